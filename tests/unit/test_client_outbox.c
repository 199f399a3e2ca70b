/* The outbox by itself: numbers without a hole, eras of replica ids, what may be forgotten;
 * and the set of keys that rebasing stands on. */
#include <string.h>

#include "client/core/keyset.h"
#include "client/core/outbox.h"
#include "common/seal/hash.h"
#include "common/wire/mutation.h"
#include "tests/harness/cmocka.h"
#include "tests/harness/dice.h"

#define KIND 0x4d737462U

struct fixture {
    struct mu_db db;
    struct mu_outbox outbox;
    struct mu_device_keys keys;
    struct mu_arena arena;
    struct mu_error err;
    uint8_t ids;
};

static struct mu_id next_id(struct fixture *f)
{
    struct mu_id id = {{++f->ids}};
    return id;
}

static int open_outbox(void **state)
{
    static struct fixture f;
    static const uint8_t seed[MU_SEED_LEN] = {3};
    f = (struct fixture){0};
    const struct mu_db_options options = {.application_id = KIND};
    mu_arena_init(&f.arena, (size_t)16 << 20);
    mu_device_keys_make(seed, &f.keys);
    assert_int_equal(mu_db_open(&f.db, &options, &f.err), MU_OK);
    assert_int_equal(mu_outbox_open(&f.outbox, &f.db, &f.err), MU_OK);
    assert_int_equal(mu_db_begin(&f.db, &f.err), MU_OK);
    assert_int_equal(mu_outbox_found(&f.outbox, next_id(&f), next_id(&f), &f.err), MU_OK);
    *state = &f;
    return 0;
}

static int close_outbox(void **state)
{
    struct fixture *f = *state;
    mu_db_rollback(&f->db);
    mu_outbox_close(&f->outbox);
    mu_db_close(&f->db);
    mu_arena_deinit(&f->arena);
    mu_device_keys_deinit(&f->keys);
    return 0;
}

static struct mu_outbox_self self_of(struct fixture *f)
{
    struct mu_outbox_self self = {0};
    bool found = false;
    assert_int_equal(mu_outbox_self(&f->outbox, &self, &found, &f->err), MU_OK);
    assert_true(found);
    return self;
}

static uint64_t append(struct fixture *f, uint64_t base_seq)
{
    struct mu_outbox_self self = self_of(f);
    struct mu_op *op = NULL;
    struct mu_mutation mutation = {.id = next_id(f),
                                   .replica = self.replica,
                                   .number = self.last_number + 1,
                                   .previous = self.last_hash,
                                   .base_seq = base_seq,
                                   .authored_ms = 1000,
                                   .intent = {.number = MU_INTENT_TASK_ACCEPT, .version = 1}};
    op = mu_intent_op(&mutation.intent, &f->arena, MU_TASK, next_id(f));
    assert_non_null(op);
    MU_BUF_AUTO struct mu_buf bytes;
    uint8_t signature[MU_SIGN_LEN];
    uint64_t position = 0;
    mu_buf_init(&bytes, MU_MUTATION_BYTES_MAX);
    assert_int_equal(mu_mutation_encode(&mutation, &f->arena, &bytes), MU_OK);
    mu_sign(&f->keys, MU_SIGN_MUTATION, mu_buf_view(&bytes), signature);
    assert_int_equal(
        mu_outbox_append(&f->outbox, &mutation, mu_buf_view(&bytes), signature, &position, &f->err),
        MU_OK);
    return position;
}

static void set(struct fixture *f, uint64_t position, int state, uint64_t seq)
{
    const struct mu_outbox_mark mark = {.position = position, .state = state, .seq = seq};
    assert_int_equal(mu_outbox_set(&f->outbox, &mark, &f->err), MU_OK);
}

static size_t count_next(struct fixture *f, uint64_t server_number,
                         struct mu_outbox_item **out_items)
{
    size_t count = 0;
    assert_int_equal(
        mu_outbox_next(&f->outbox, &f->arena, server_number, 64, out_items, &count, &f->err),
        MU_OK);
    return count;
}

static void restamp(struct fixture *f, uint64_t base_max)
{
    const struct mu_restamp order = {.replica = next_id(f),
                                     .stamp = next_id(f),
                                     .base_max = base_max,
                                     .base_chain = {{42}},
                                     .keys = &f->keys};
    assert_int_equal(mu_outbox_restamp(&f->outbox, &order, &f->arena, &f->err), MU_OK);
}

static void test_outbox__a_new_replica_id_numbers_what_waits_from_one(void **state)
{
    struct fixture *f = *state;
    uint64_t back = append(f, 5);
    (void)append(f, 5);
    (void)append(f, 9);
    set(f, back, MU_JOURNAL, 6);
    struct mu_outbox_self before = self_of(f);

    restamp(f, 7);

    struct mu_outbox_item *items = NULL;
    struct mu_outbox_self after = self_of(f);
    assert_int_equal(count_next(f, 0, &items), 2);
    assert_int_equal(items[0].number, 1);
    assert_int_equal(items[1].number, 2);
    assert_int_equal(after.last_number, 2);
    assert_true(mu_hash_equal(after.last_hash, items[1].hash));
    assert_false(mu_id_equal(after.replica, before.replica));
    struct mu_pushed body = {0};
    struct mu_mutation mutation;
    assert_int_equal(mu_outbox_body(&f->outbox, &f->arena, items[1].position, &body, &f->err),
                     MU_OK);
    assert_int_equal(mu_mutation_decode(body.bytes, &f->arena, &mutation, &f->err), MU_OK);
    assert_true(mu_id_equal(mutation.id, items[1].mutation));
    assert_true(mu_id_equal(mutation.replica, after.replica));
    assert_int_equal(mutation.base_seq, 7); /* 9 is of a history that is gone */
    assert_int_equal(mutation.seen_chain.bytes[0], 42);
    assert_true(mu_hash_equal(mutation.previous, items[0].hash));
    assert_true(
        mu_sign_verify(f->keys.public.sign, MU_SIGN_MUTATION, body.bytes, body.signature.data));
    struct mu_former *former = NULL;
    size_t count = 0;
    assert_int_equal(mu_outbox_former(&f->outbox, &f->arena, &former, &count, &f->err), MU_OK);
    assert_int_equal(count, 1);
    assert_true(mu_id_equal(former[0].replica, before.replica));
    assert_int_equal(former[0].last_number, 3);
}

static void test_outbox__a_number_the_server_lacks_is_not_forgotten(void **state)
{
    struct fixture *f = *state;
    uint64_t first = append(f, 0);
    uint64_t second = append(f, 0);
    struct mu_outbox_item *items = NULL;
    set(f, first, MU_JOURNAL, 3);
    set(f, second, MU_JOURNAL, 4);
    assert_int_equal(count_next(f, 0, &items), 2);
    assert_int_equal(mu_outbox_accepted(&f->outbox, 1, items[0].hash, &f->err), MU_OK);

    assert_int_equal(mu_outbox_prune(&f->outbox, 4, &f->err), MU_OK);

    assert_int_equal(count_next(f, 1, &items), 1);
    assert_int_equal(items[0].position, second);
    bool empty = true;
    assert_int_equal(mu_outbox_empty(&f->outbox, &empty, &f->err), MU_OK);
    assert_false(empty);
    assert_int_equal(mu_outbox_accepted(&f->outbox, 2, items[0].hash, &f->err), MU_OK);
    assert_int_equal(mu_outbox_prune(&f->outbox, 4, &f->err), MU_OK);
    assert_int_equal(mu_outbox_empty(&f->outbox, &empty, &f->err), MU_OK);
    assert_true(empty);
}

static void test_outbox__what_a_server_forgot_waits_again_in_order(void **state)
{
    struct fixture *f = *state;
    uint64_t kept = append(f, 0);
    uint64_t lost = append(f, 0);
    uint64_t acked = append(f, 0);
    (void)append(f, 0);
    set(f, kept, MU_JOURNAL, 10);
    set(f, lost, MU_JOURNAL, 11);
    set(f, acked, MU_ACKED, 12);

    assert_int_equal(mu_outbox_resend(&f->outbox, 10, &f->err), MU_OK);

    struct mu_outbox_entry_ref *refs = NULL;
    size_t count = 0;
    assert_int_equal(mu_outbox_pending(&f->outbox, &f->arena, 10, &refs, &count, &f->err), MU_OK);
    assert_int_equal(count, 3);
    assert_int_equal(refs[0].position, lost);
    assert_int_equal(refs[1].position, acked);
}

static void test_outbox__a_replica_behind_the_journal_shows_it(void **state)
{
    struct fixture *f = *state;
    uint64_t position = append(f, 0);
    struct mu_outbox_entry_ref *refs = NULL;
    size_t count = 0;
    set(f, position, MU_JOURNAL, 5);

    assert_int_equal(mu_outbox_pending(&f->outbox, &f->arena, 4, &refs, &count, &f->err), MU_OK);
    assert_int_equal(count, 1);
    assert_int_equal(mu_outbox_pending(&f->outbox, &f->arena, 5, &refs, &count, &f->err), MU_OK);
    assert_int_equal(count, 0);
}

static void test_outbox__sessions_are_counted(void **state)
{
    struct fixture *f = *state;
    uint64_t counter = 0;

    assert_int_equal(mu_outbox_count_open(&f->outbox, &counter, &f->err), MU_OK);
    assert_int_equal(counter, 1);
    assert_int_equal(mu_outbox_count_open(&f->outbox, &counter, &f->err), MU_OK);

    assert_int_equal(counter, 2);
    assert_int_equal(self_of(f).open_counter, 2);
}

static void test_outbox__a_key_stays_what_it_was(void **state)
{
    struct fixture *f = *state;
    struct mu_epoch_key key = {{1}};
    struct mu_epoch_key other = {{2}};
    struct mu_epoch_key read;
    uint32_t newest = 9;
    bool found = true;
    assert_int_equal(mu_outbox_key(&f->outbox, 4, &read, &found, &f->err), MU_OK);
    assert_false(found);

    assert_int_equal(mu_outbox_key_add(&f->outbox, 4, &key, &f->err), MU_OK);
    assert_int_equal(mu_outbox_key_add(&f->outbox, 4, &other, &f->err), MU_OK);

    assert_int_equal(mu_outbox_key(&f->outbox, 4, &read, &found, &f->err), MU_OK);
    assert_true(found);
    assert_memory_equal(read.bytes, key.bytes, sizeof key.bytes);
    assert_int_equal(mu_outbox_key_newest(&f->outbox, &newest, &f->err), MU_OK);
    assert_int_equal(newest, 4);
}

/* -- the set ----------------------------------------------------------------------- */

static void test_keyset__holds_what_was_added_once_and_in_order(void **state)
{
    enum { KEYS = 3000 };
    static bool in[KEYS];
    (void)state;
    memset(in, 0, sizeof in);
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, (size_t)16 << 20);
    struct mu_dice dice = {.state = 11};
    struct mu_keyset set;
    struct mu_error err;
    size_t distinct = 0;
    mu_keyset_init(&set, &arena);
    for (int i = 0; i < 5000; i++) {
        uint64_t number = mu_dice_below(&dice, KEYS);
        bool fresh = false;
        assert_int_equal(mu_keyset_add(&set, mu_touch_position(number), false, &fresh, &err),
                         MU_OK);
        assert_int_equal(fresh, !in[number]);
        distinct += fresh;
        in[number] = true;
    }

    assert_int_equal(set.count, distinct);
    for (uint64_t i = 0; i < KEYS; i++) {
        assert_int_equal(mu_keyset_has(&set, mu_touch_position(i)), in[i]);
    }
    struct mu_touch_key key = set.items[0].key;
    assert_int_equal(mu_keyset_add(&set, key, true, NULL, &err), MU_OK);
    assert_true(mu_keyset_find(&set, key)->wrote);
    assert_int_equal(mu_keyset_add(&set, key, false, NULL, &err), MU_OK);
    assert_true(mu_keyset_find(&set, key)->wrote);
}

static void test_keyset__full_memory_leaves_it_as_it_was(void **state)
{
    (void)state;
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, 4000);
    struct mu_keyset set;
    struct mu_error err;
    uint64_t number = 0;
    mu_keyset_init(&set, &arena);
    while (mu_keyset_add(&set, mu_touch_position(number), false, NULL, &err) == MU_OK) {
        number++;
    }

    assert_int_equal(err.status, MU_E_NOMEM);
    assert_int_equal(set.count, number);
    assert_true(mu_keyset_has(&set, mu_touch_position(number - 1)));
    assert_false(mu_keyset_has(&set, mu_touch_position(number)));
}

#define OUTBOX_TEST(test) cmocka_unit_test_setup_teardown(test, open_outbox, close_outbox)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OUTBOX_TEST(test_outbox__a_new_replica_id_numbers_what_waits_from_one),
        OUTBOX_TEST(test_outbox__a_number_the_server_lacks_is_not_forgotten),
        OUTBOX_TEST(test_outbox__what_a_server_forgot_waits_again_in_order),
        OUTBOX_TEST(test_outbox__a_replica_behind_the_journal_shows_it),
        OUTBOX_TEST(test_outbox__sessions_are_counted),
        OUTBOX_TEST(test_outbox__a_key_stays_what_it_was),
        cmocka_unit_test(test_keyset__holds_what_was_added_once_and_in_order),
        cmocka_unit_test(test_keyset__full_memory_leaves_it_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
