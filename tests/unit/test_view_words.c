/* The words people rely on: when something is due, how far away that is, and whether what they
 * see is the truth. */
#include "tests/harness/cmocka.h"

#include "client/view/words.h"

/* Tuesday 24 November 2026, 14:02 UTC. */
#define NOW    INT64_C(1795528920000)
#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

static struct mu_viewpoint here(void)
{
    return (struct mu_viewpoint){
        .now = {NOW}, .zone = mu_zone_utc(), .zone_name = "UTC", .day_end_minute = 17 * 60};
}

static void due_is(const char *due, enum mu_due_form form, const char *expected)
{
    struct mu_viewpoint from = here();
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 200);
    assert_int_equal(mu_words_due_text(&out, mu_slice_str(due), form, &from), MU_OK);
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal((const char *)out.data, expected);
}

static void test_due__is_said_with_weekday_and_distance(void **state)
{
    (void)state;
    due_is("2026-11-27", MU_DUE_EXACT, "Fri 27 Nov 17:00 (3 d)");
    due_is("2026-11-27", MU_DUE_SHORT, "Fri 27 Nov (3 d)");
    due_is("2026-11-27", MU_DUE_PLAIN, "Fri 27 Nov");
    due_is("2026-11-27T09:30", MU_DUE_PLAIN, "Fri 27 Nov 09:30");
    due_is("2026-11-27T09:30", MU_DUE_SHORT, "Fri 27 Nov (3 d)");
    due_is("2026-11-24T16:30", MU_DUE_SHORT, "Tue 24 Nov 16:30 (2 h)");
    due_is("2026-11-27T09:30", MU_DUE_EXACT, "Fri 27 Nov 09:30 (3 d)");
    due_is("2026-11-24", MU_DUE_EXACT, "Tue 24 Nov 17:00 (2 h)");
    due_is("2026-11-24T14:02", MU_DUE_EXACT, "Tue 24 Nov 14:02 (now)");
    due_is("2026-11-24T14:20", MU_DUE_EXACT, "Tue 24 Nov 14:20 (18 min)");
    due_is("2027-01-04", MU_DUE_SHORT, "Mon 4 Jan 2027 (5 wk)");
}

static void test_due__that_is_over_says_late(void **state)
{
    (void)state;
    due_is("2026-11-24T12:00", MU_DUE_EXACT, "Tue 24 Nov 12:00 (2 h late)");
    due_is("2026-11-22", MU_DUE_SHORT, "Sun 22 Nov (2 d late)");
    due_is("2025-11-22", MU_DUE_SHORT, "Sat 22 Nov 2025 (52 wk late)");
}

static void test_due__bytes_that_are_no_due_are_neutralised(void **state)
{
    (void)state;
    due_is("some\033day", MU_DUE_EXACT, "some\\x1bday");
}

static const struct mu_zone *nine_hours_east(void *state, const char *name)
{
    assert_string_equal(name, "Asia/Tokyo");
    return state;
}

static void test_due__of_another_zone_is_said_in_both(void **state)
{
    (void)state;
    /* A TZif file of version 2 with nothing but a footer. */
    static const char file[] = "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                               "\0\0\0\0\1\0\0\0\4\0\0\0\0\0\0JST\0"
                               "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                               "\0\0\0\0\1\0\0\0\4\0\0\x7e\x90\0\0JST\0\nJST-9\n";
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, 10000);
    const struct mu_zone *tokyo = NULL;
    struct mu_error err;
    assert_int_equal(mu_zone_read(mu_slice_of(file, sizeof file - 1), &arena, &tokyo, &err), MU_OK);
    union {
        const struct mu_zone *zone;
        void *state;
    } lent = {.zone = tokyo};
    struct mu_viewpoint from = here();
    from.zone_of = nine_hours_east;
    from.state = lent.state;
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 200);

    assert_int_equal(
        mu_words_due_text(&out, mu_slice_str("2026-11-27T17:00 Asia/Tokyo"), MU_DUE_EXACT, &from),
        MU_OK);
    assert_int_equal(mu_buf_append_str(&out, "|"), MU_OK);
    assert_int_equal(
        mu_words_due_text(&out, mu_slice_str("2026-11-25T08:00 Asia/Tokyo"), MU_DUE_EXACT, &from),
        MU_OK);

    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal((const char *)out.data,
                        "Fri 27 Nov 17:00 Asia/Tokyo (08:00 here, 3 d)|"
                        "Wed 25 Nov 08:00 Asia/Tokyo (Tue 24 Nov 23:00 here, 8 h)");
}

static void when_is(int64_t wall_ms, const char *expected)
{
    struct mu_viewpoint from = here();
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 200);
    assert_int_equal(mu_words_when(&out, wall_ms, &from), MU_OK);
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal((const char *)out.data, expected);
}

static void test_when__is_as_short_as_it_can_be(void **state)
{
    (void)state;
    when_is(NOW, "14:02");
    when_is(NOW - DAY, "Mon 14:02");
    when_is(NOW - 6 * DAY, "Wed 14:02");
    when_is(NOW - 7 * DAY, "17 Nov 14:02");
    when_is(NOW - 400 * DAY, "20 Oct 2025");
    when_is(NOW + DAY, "25 Nov 14:02");
}

static void sync_is(struct mu_client_status status, const char *expected)
{
    struct mu_viewpoint from = here();
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 400);
    assert_int_equal(mu_words_sync(&out, &status, &from), MU_OK);
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal((const char *)out.data, expected);
}

static void test_sync__has_one_vocabulary(void **state)
{
    (void)state;
    const struct mu_client_status live = {.link = MU_LINK_LIVE, .heard_ms = NOW - 4000};
    struct mu_client_status status = live;
    sync_is(status, "Live");

    status.refused = 1;
    sync_is(status, "Needs you: 1 change refused \xc2\xb7 Live");

    status =
        (struct mu_client_status){.link = MU_LINK_OFFLINE, .offline_since_ms = NOW, .pending = 3};
    sync_is(status, "Offline since 14:02 \xc2\xb7 3 changes waiting");

    status = (struct mu_client_status){.link = MU_LINK_OFFLINE, .pending = 1};
    sync_is(status, "Offline, not connected yet \xc2\xb7 1 change waiting");

    status = live;
    status.link = MU_LINK_CATCHING_UP;
    status.cursor.seq = 1204;
    status.head = 5000;
    sync_is(status, "Catching up 1,204/5,000");
    status.xfer_done = 7;
    status.xfer_total = 1000000;
    sync_is(status, "Catching up 7/1,000,000");
}

static void test_sync__a_link_that_nobody_tends_is_offline(void **state)
{
    (void)state;
    const struct mu_client_status status = {.link = MU_LINK_LIVE, .heard_ms = NOW - 5 * MINUTE};

    sync_is(status, "Offline since 13:57");
}

static void test_sync__parked_says_why_without_controls(void **state)
{
    (void)state;
    const struct mu_client_status status = {.link = MU_LINK_PARKED,
                                            .parked_reason = "this device was \033revoked"};

    sync_is(status, "Needs you: this device was \\x1brevoked \xc2\xb7 Stopped");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_due__is_said_with_weekday_and_distance),
        cmocka_unit_test(test_due__that_is_over_says_late),
        cmocka_unit_test(test_due__bytes_that_are_no_due_are_neutralised),
        cmocka_unit_test(test_due__of_another_zone_is_said_in_both),
        cmocka_unit_test(test_when__is_as_short_as_it_can_be),
        cmocka_unit_test(test_sync__has_one_vocabulary),
        cmocka_unit_test(test_sync__a_link_that_nobody_tends_is_offline),
        cmocka_unit_test(test_sync__parked_says_why_without_controls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
