/* The log is the truth: what was appended comes back in order, byte for byte, a mutation is
 * known for ever, and a hole or a foreign table is an error and not a shorter history. */
#include "tests/harness/cmocka.h"

#include "common/seal/hash.h"
#include "server/log/log.h"

#define KIND 0x4d737354U

struct box {
    struct mu_db db;
    struct mu_log *log;
    struct mu_error err;
};

static struct mu_id id_of(uint64_t number)
{
    struct mu_id id = {{0}};
    for (size_t i = 0; i < 8; i++) {
        id.bytes[i] = (uint8_t)(number >> (8 * i));
    }
    id.bytes[15] = 1;
    return id;
}

static struct mu_hash hash_of(const char *text)
{
    struct mu_hash hash;
    mu_hash_of(mu_slice_str(text), &hash);
    return hash;
}

static void open_box(struct box *box)
{
    *box = (struct box){0};
    struct mu_db_options options = {.application_id = KIND};
    assert_int_equal(mu_db_open(&box->db, &options, &box->err), MU_OK);
    assert_int_equal(mu_log_open(&box->db, &box->log, &box->err), MU_OK);
}

static void close_box(struct box *box)
{
    mu_log_close(box->log);
    mu_db_close(&box->db);
}

static void found(struct box *box)
{
    struct mu_log_head head = {.workspace = id_of(7), .incarnation = id_of(8)};
    uint8_t key[32] = {9};
    assert_int_equal(mu_log_head_set(box->log, &head, &box->err), MU_OK);
    assert_int_equal(mu_log_epoch_add(box->log, 1, key, 1000, &box->err), MU_OK);
}

static struct mu_log_entry entry_of(uint64_t seq, const char *sealed)
{
    return (struct mu_log_entry){.seq = seq,
                                 .received_ms = 1000 + (int64_t)seq,
                                 .chain = hash_of(sealed),
                                 .sealed = mu_slice_str(sealed),
                                 .mutation = id_of(100 + seq),
                                 .replica = id_of(50),
                                 .device = id_of(60),
                                 .number = seq,
                                 .mutation_hash = hash_of("mutation")};
}

static void append(struct box *box, uint64_t seq, const char *sealed)
{
    struct mu_log_entry entry = entry_of(seq, sealed);
    assert_int_equal(mu_log_append(box->log, &entry, &box->err), MU_OK);
}

static struct mu_log_head head_of(struct box *box)
{
    struct mu_log_head head;
    bool there = false;
    assert_int_equal(mu_log_head(box->log, &head, &there, &box->err), MU_OK);
    assert_true(there);
    return head;
}

static void test_log__a_new_file_was_never_founded(void **state)
{
    (void)state;
    struct box box;
    open_box(&box);
    struct mu_log_head head;
    bool there = true;

    assert_int_equal(mu_log_head(box.log, &head, &there, &box.err), MU_OK);

    assert_false(there);
    close_box(&box);
}

static void test_log__the_head_survives_closing(void **state)
{
    (void)state;
    struct box box;
    open_box(&box);
    found(&box);
    append(&box, 1, "one");
    append(&box, 2, "two");

    mu_log_close(box.log);
    assert_int_equal(mu_log_open(&box.db, &box.log, &box.err), MU_OK);

    struct mu_log_head head = head_of(&box);
    struct mu_hash two = hash_of("two");
    assert_int_equal(head.seq, 2);
    assert_int_equal(head.epoch, 1);
    assert_int_equal(head.last_ms, 1002);
    assert_true(mu_hash_equal(head.chain, two));
    assert_true(mu_id_equal(head.workspace, id_of(7)));
    close_box(&box);
}

static void test_log__reads_in_order_within_count_and_bytes(void **state)
{
    (void)state;
    struct box box;
    open_box(&box);
    found(&box);
    append(&box, 1, "aaaaaaaaaa");
    append(&box, 2, "bbbbbbbbbb");
    append(&box, 3, "cccccccccc");
    struct mu_arena arena;
    mu_arena_init(&arena, 1 << 20);
    struct mu_log_sealed *entries = NULL;
    size_t count = 9;

    assert_int_equal(mu_log_read(box.log, &arena, (struct mu_log_window){2, 10, 100}, &entries,
                                 &count, &box.err),
                     MU_OK);
    assert_int_equal(count, 2);
    assert_int_equal(entries[0].seq, 2);
    assert_true(mu_slice_equal(entries[1].sealed, mu_slice_str("cccccccccc")));
    assert_int_equal(
        mu_log_read(box.log, &arena, (struct mu_log_window){1, 10, 20}, &entries, &count, &box.err),
        MU_OK);
    assert_int_equal(count, 2);
    assert_int_equal(
        mu_log_read(box.log, &arena, (struct mu_log_window){1, 10, 3}, &entries, &count, &box.err),
        MU_OK);
    assert_int_equal(count, 1); /* one larger change travels alone */
    assert_int_equal(mu_log_read(box.log, &arena, (struct mu_log_window){4, 10, 100}, &entries,
                                 &count, &box.err),
                     MU_OK);
    assert_int_equal(count, 0);

    mu_arena_deinit(&arena);
    close_box(&box);
}

static void test_log__a_hole_is_damage(void **state)
{
    (void)state;
    struct box box;
    open_box(&box);
    found(&box);
    append(&box, 1, "one");
    append(&box, 2, "two");
    append(&box, 3, "three");
    assert_int_equal(mu_db_exec(&box.db, "DELETE FROM log_change WHERE seq = 2", &box.err), MU_OK);
    struct mu_arena arena;
    mu_arena_init(&arena, 1 << 20);
    struct mu_log_sealed *entries = NULL;
    size_t count = 0;

    assert_int_equal(mu_log_read(box.log, &arena, (struct mu_log_window){1, 10, 100}, &entries,
                                 &count, &box.err),
                     MU_E_CORRUPT);

    assert_non_null(strstr(box.err.text, "change 2"));
    mu_arena_deinit(&arena);
    close_box(&box);
}

static void test_log__a_mutation_is_known_though_its_change_is_gone(void **state)
{
    (void)state;
    struct box box;
    open_box(&box);
    found(&box);
    append(&box, 1, "one");
    append(&box, 2, "two");
    struct mu_log_place place;
    bool there = false;

    assert_int_equal(mu_log_find(box.log, id_of(101), &place, &there, &box.err), MU_OK);
    assert_true(there);
    assert_int_equal(place.seq, 1);
    assert_int_equal(place.number, 1);
    assert_true(mu_id_equal(place.replica, id_of(50)));

    assert_int_equal(mu_db_exec(&box.db, "DELETE FROM log_change WHERE seq = 1", &box.err), MU_OK);
    assert_int_equal(mu_log_find(box.log, id_of(101), &place, &there, &box.err), MU_OK);
    assert_true(there);
    assert_true(mu_id_is_zero(place.replica));
    assert_int_equal(mu_log_find(box.log, id_of(999), &place, &there, &box.err), MU_OK);
    assert_false(there);
    close_box(&box);
}

static void test_log__a_mutation_enters_once(void **state)
{
    (void)state;
    struct box box;
    open_box(&box);
    found(&box);
    append(&box, 1, "one");
    struct mu_log_entry again = entry_of(2, "again");
    again.mutation = id_of(101);

    assert_int_equal(mu_log_append(box.log, &again, &box.err), MU_E_CONFLICT);

    close_box(&box);
}

static void test_log__the_mark_follows_and_keeps_what_hello_told(void **state)
{
    (void)state;
    struct box box;
    open_box(&box);
    found(&box);
    struct mu_replica_mark mark = {
        .replica = id_of(50), .device = id_of(60), .open_counter = 4, .boot_nonce = id_of(70)};
    assert_int_equal(mu_log_mark_set(box.log, &mark, &box.err), MU_OK);
    append(&box, 1, "one");
    bool there = false;

    assert_int_equal(mu_log_mark(box.log, id_of(50), &mark, &there, &box.err), MU_OK);

    assert_true(there);
    struct mu_hash hash = hash_of("mutation");
    assert_int_equal(mark.last_number, 1);
    assert_true(mu_hash_equal(mark.last_hash, hash));
    assert_int_equal(mark.open_counter, 4);
    assert_true(mu_id_equal(mark.boot_nonce, id_of(70)));
    assert_int_equal(mu_log_mark(box.log, id_of(51), &mark, &there, &box.err), MU_OK);
    assert_false(there);
    close_box(&box);
}

static void test_log__epochs_come_back_in_order(void **state)
{
    (void)state;
    struct box box;
    open_box(&box);
    found(&box);
    append(&box, 1, "one");
    uint8_t key[32] = {5};
    assert_int_equal(mu_log_epoch_add(box.log, 1001, key, 2000, &box.err), MU_OK);
    struct mu_log_epoch epoch;
    bool there = false;

    assert_int_equal(mu_log_epoch_next(box.log, 0, &epoch, &there, &box.err), MU_OK);
    assert_true(there);
    assert_int_equal(epoch.epoch, 1);
    assert_int_equal(epoch.first_seq, 1);
    assert_int_equal(mu_log_epoch_next(box.log, 1, &epoch, &there, &box.err), MU_OK);
    assert_int_equal(epoch.epoch, 1001);
    assert_int_equal(epoch.first_seq, 2);
    assert_int_equal(epoch.key[0], 5);
    assert_int_equal(mu_log_epoch_next(box.log, 1001, &epoch, &there, &box.err), MU_OK);
    assert_false(there);
    assert_int_equal(head_of(&box).epoch, 1001);
    close_box(&box);
}

static void test_log__reload_forgets_what_was_rolled_back(void **state)
{
    (void)state;
    struct box box;
    open_box(&box);
    found(&box);
    append(&box, 1, "one");
    assert_int_equal(mu_db_begin(&box.db, &box.err), MU_OK);
    assert_int_equal(mu_db_savepoint(&box.db, &box.err), MU_OK);
    append(&box, 2, "two");
    assert_int_equal(mu_db_rollback_to(&box.db, &box.err), MU_OK);

    assert_int_equal(mu_log_reload(box.log, &box.err), MU_OK);

    assert_int_equal(head_of(&box).seq, 1);
    append(&box, 2, "other");
    assert_int_equal(mu_db_commit(&box.db, &box.err), MU_OK);
    close_box(&box);
}

static void test_log__a_newer_log_is_refused_and_left_alone(void **state)
{
    (void)state;
    struct box box;
    open_box(&box);
    assert_int_equal(mu_db_exec(&box.db, "UPDATE log_schema SET number = 2", &box.err), MU_OK);
    struct mu_log *other = NULL;

    assert_int_equal(mu_log_open(&box.db, &other, &box.err), MU_E_VERSION);

    assert_null(other);
    close_box(&box);
}

static void test_log__safe_seq_never_moves_back(void **state)
{
    (void)state;
    struct box box;
    open_box(&box);
    found(&box);

    assert_int_equal(mu_log_safe_set(box.log, 5, &box.err), MU_OK);
    assert_int_equal(mu_log_safe_set(box.log, 3, &box.err), MU_OK);

    assert_int_equal(head_of(&box).safe_seq, 5);
    assert_int_equal(mu_log_reload(box.log, &box.err), MU_OK);
    assert_int_equal(head_of(&box).safe_seq, 5);
    close_box(&box);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log__a_new_file_was_never_founded),
        cmocka_unit_test(test_log__the_head_survives_closing),
        cmocka_unit_test(test_log__reads_in_order_within_count_and_bytes),
        cmocka_unit_test(test_log__a_hole_is_damage),
        cmocka_unit_test(test_log__a_mutation_is_known_though_its_change_is_gone),
        cmocka_unit_test(test_log__a_mutation_enters_once),
        cmocka_unit_test(test_log__the_mark_follows_and_keeps_what_hello_told),
        cmocka_unit_test(test_log__epochs_come_back_in_order),
        cmocka_unit_test(test_log__reload_forgets_what_was_rolled_back),
        cmocka_unit_test(test_log__a_newer_log_is_refused_and_left_alone),
        cmocka_unit_test(test_log__safe_seq_never_moves_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
