/* The bounded parts that a turn leans on: sessions by connection, the newest changes, the
 * allowance of each device, and rows kept for transfers. */
#include "tests/harness/cmocka.h"

#include "server/core/pins.h"
#include "server/core/rate.h"
#include "server/core/recent.h"
#include "server/core/session.h"

/* -- sessions ---------------------------------------------------------------------- */

static void test_sessions__are_found_whatever_the_order(void **state)
{
    (void)state;
    struct mu_sessions sessions = {0};
    static const uint64_t numbers[] = {5, 1, 9, 3, 7, 2, 8};
    for (size_t i = 0; i < 7; i++) {
        assert_non_null(mu_sessions_add(&sessions, (struct mu_conn){numbers[i]}));
    }
    mu_sessions_remove(&sessions, (struct mu_conn){3});
    mu_sessions_remove(&sessions, (struct mu_conn){4}); /* never there */

    assert_int_equal(sessions.count, 6);
    for (uint64_t number = 0; number < 12; number++) {
        bool there = number != 3 && number != 4 && number != 6 && number >= 1 && number <= 9;
        struct mu_session *session = mu_sessions_find(&sessions, (struct mu_conn){number});
        assert_true((session != NULL) == there);
        assert_true(session == NULL || session->conn.number == number);
    }
    mu_sessions_deinit(&sessions);
}

/* -- the newest changes ------------------------------------------------------------- */

static struct mu_recent recent;

static void put(uint64_t seq, size_t len)
{
    static uint8_t bytes[MU_RECENT_BYTES + 1];
    memset(bytes, (int)(seq & 0xff), len);
    mu_recent_put(&recent, seq, mu_slice_of(bytes, len));
}

static bool holds(uint64_t seq)
{
    struct mu_slice sealed;
    return mu_recent_get(&recent, seq, &sealed) && sealed.data[0] == (uint8_t)(seq & 0xff);
}

static void test_recent__keeps_the_newest_in_a_bound(void **state)
{
    (void)state;
    for (uint64_t seq = 10; seq < 10 + 2 * MU_RECENT_COUNT; seq++) {
        put(seq, 100);
    }
    assert_false(holds(10));
    assert_true(holds(10 + 2 * MU_RECENT_COUNT - 1));
    assert_true(holds(10 + MU_RECENT_COUNT));
    assert_false(holds(10 + MU_RECENT_COUNT - 1));

    uint64_t seq = 10 + 2 * MU_RECENT_COUNT;
    put(seq, MU_RECENT_BYTES / 2 + 1);
    put(seq + 1, MU_RECENT_BYTES / 2 + 1); /* both do not fit */
    assert_false(holds(seq));
    assert_true(holds(seq + 1));
    assert_true(recent.bytes <= MU_RECENT_BYTES);

    put(seq + 2, MU_RECENT_BYTES + 1); /* never fits: nothing is held, nothing is wrong */
    assert_false(holds(seq + 2));
    assert_false(holds(seq + 1));
    put(seq + 3, 10);
    assert_true(holds(seq + 3));
    mu_recent_clear(&recent);
    assert_int_equal(recent.bytes, 0);
}

static void test_recent__starts_anew_after_a_gap(void **state)
{
    (void)state;
    put(1, 10);
    put(2, 10);
    put(7, 10);
    assert_false(holds(2));
    assert_true(holds(7));
    mu_recent_clear(&recent);
}

/* -- allowances ---------------------------------------------------------------------- */

static struct mu_id device_of(uint8_t set, uint8_t number)
{
    struct mu_id id = {{1, number}};
    id.bytes[MU_ID_LEN - 1] = set;
    return id;
}

static void test_rate__fills_with_time_up_to_its_burst(void **state)
{
    (void)state;
    struct mu_rates rates = {0};
    struct mu_rate_limit limit = {.per_s = 50, .burst = 100};
    struct mu_id device = device_of(1, 1);

    assert_int_equal(mu_rate_take(&rates, device, 100, limit, 0), 0);
    assert_int_equal(mu_rate_take(&rates, device, 1, limit, 0), 20);
    assert_int_equal(mu_rate_take(&rates, device, 64, limit, 19), 1280 - 19);
    assert_int_equal(mu_rate_take(&rates, device, 1, limit, 20), 0);
    assert_int_equal(mu_rate_take(&rates, device, 100, limit, INT64_MAX / 2), 0);
    assert_int_not_equal(mu_rate_take(&rates, device, 1, limit, INT64_MAX / 2), 0);
    assert_int_not_equal(mu_rate_take(&rates, device, 1, limit, 5), 0); /* time went back */
}

static void test_rate__one_device_does_not_pay_for_another(void **state)
{
    (void)state;
    struct mu_rates rates = {0};
    struct mu_rate_limit limit = {.per_s = 1, .burst = 10};

    assert_int_equal(mu_rate_take(&rates, device_of(1, 1), 10, limit, 0), 0);
    for (uint8_t i = 2; i < 60; i++) { /* more devices than places: the fullest are forgotten */
        assert_int_equal(mu_rate_take(&rates, device_of(1, i), 1, limit, 0), 0);
    }

    assert_int_not_equal(mu_rate_take(&rates, device_of(1, 1), 10, limit, 0), 0);
}

static void test_rate__zero_is_no_limit_and_too_much_is_the_burst(void **state)
{
    (void)state;
    struct mu_rates rates = {0};
    struct mu_rate_limit none = {0};
    struct mu_rate_limit small = {.per_s = 1, .burst = 10};

    assert_int_equal(mu_rate_take(&rates, device_of(1, 1), UINT32_MAX, none, 0), 0);
    assert_int_equal(mu_rate_take(&rates, device_of(1, 1), 64, small, 0), 0);
}

/* -- rows as they were ---------------------------------------------------------------- */

struct pinned {
    struct mu_arena arena;
    struct mu_buf scratch;
    struct mu_pins pins;
    struct mu_row row;
};

static void pinned_open(struct pinned *p, size_t max)
{
    mu_arena_init(&p->arena, 1 << 20);
    mu_buf_init(&p->scratch, 1 << 20);
    mu_pins_init(&p->pins, max);
    p->row = (struct mu_row){.entity = MU_TASK, .id = {{1, 2, 3}}};
}

static void pinned_close(struct pinned *p)
{
    mu_pins_deinit(&p->pins);
    assert_int_equal(p->pins.bytes, 0);
    mu_buf_deinit(&p->scratch);
    mu_arena_deinit(&p->arena);
}

/* The row gets a new value by change seq; what was is kept where it is wanted. */
static void change(struct pinned *p, uint64_t seq)
{
    if (mu_pins_wants(&p->pins, mu_row_seq(&p->row))) {
        assert_int_equal(mu_pins_keep(&p->pins, &p->row, seq, &p->scratch), MU_OK);
    }
    assert_int_equal(mu_row_set(&p->row, &p->arena, MU_TASK_NO, mu_int((int64_t)seq), seq), MU_OK);
}

/* The value at seq, 0: there was no row; -1: what is there now is what was. */
static int64_t value_at(struct pinned *p, uint64_t seq)
{
    struct mu_slice bytes;
    struct mu_row row;
    if (!mu_pins_find(&p->pins, MU_TASK, p->row.id, seq, &bytes)) {
        return -1;
    }
    if (bytes.len == 0) {
        return 0;
    }
    struct mu_reader reader = mu_reader_of(bytes);
    assert_int_equal(mu_row_decode(&reader, &p->arena, &row), MU_OK);
    return mu_row_int(&row, MU_TASK_NO);
}

static void test_pins__each_transfer_sees_its_own_state(void **state)
{
    (void)state;
    struct pinned p;
    pinned_open(&p, 1 << 20);
    change(&p, 5);
    assert_int_equal(p.pins.bytes, 0); /* nobody wants it */
    mu_pins_hold(&p.pins, 1, 6, 6);
    change(&p, 7);
    change(&p, 8);
    mu_pins_hold(&p.pins, 2, 6, 8);
    change(&p, 9);
    change(&p, 10);

    assert_int_equal(value_at(&p, 6), 5);
    assert_int_equal(value_at(&p, 8), 8);
    assert_true(mu_pins_touched(&p.pins, mu_id_bucket(p.row.id), 8));
    assert_false(mu_pins_touched(&p.pins, mu_id_bucket(p.row.id), 10));

    mu_pins_hold(&p.pins, 1, 8, 8); /* the older one is through */
    assert_int_equal(value_at(&p, 8), 8);
    mu_pins_hold(&p.pins, 0, 0, 0);
    assert_int_equal(p.pins.bytes, 0);
    pinned_close(&p);
}

static void test_pins__a_row_that_was_not_there_is_told(void **state)
{
    (void)state;
    struct pinned p;
    pinned_open(&p, 1 << 20);
    mu_pins_hold(&p.pins, 1, 3, 3);

    change(&p, 4);

    assert_int_equal(value_at(&p, 3), 0);
    assert_int_equal(value_at(&p, 4), -1);
    pinned_close(&p);
}

static void test_pins__have_a_bound(void **state)
{
    (void)state;
    struct pinned p;
    pinned_open(&p, 200);
    mu_pins_hold(&p.pins, 1, 3, 3);
    change(&p, 4);
    struct mu_row other = p.row;

    for (uint8_t i = 0; i < 100; i++) {
        other.id.bytes[15] = i;
        enum mu_status status = mu_pins_keep(&p.pins, &other, 5, &p.scratch);
        assert_true(status == MU_OK || status == MU_E_LIMIT);
        assert_true(p.pins.bytes <= 200);
    }

    assert_int_equal(mu_pins_keep(&p.pins, &other, 5, &p.scratch), MU_E_LIMIT);
    pinned_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sessions__are_found_whatever_the_order),
        cmocka_unit_test(test_recent__keeps_the_newest_in_a_bound),
        cmocka_unit_test(test_recent__starts_anew_after_a_gap),
        cmocka_unit_test(test_rate__fills_with_time_up_to_its_burst),
        cmocka_unit_test(test_rate__one_device_does_not_pay_for_another),
        cmocka_unit_test(test_rate__zero_is_no_limit_and_too_much_is_the_burst),
        cmocka_unit_test(test_pins__each_transfer_sees_its_own_state),
        cmocka_unit_test(test_pins__a_row_that_was_not_there_is_told),
        cmocka_unit_test(test_pins__have_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
