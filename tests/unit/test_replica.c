/* Rows of every entity come back as they went in, and the digest is that of the rows: what two
 * replicas compare must not depend on how they came to be. */
#include "tests/unit/replica_fixture.h"

static struct mu_row get(struct board *board, uint32_t entity, struct mu_id id)
{
    struct mu_error err = {0};
    struct mu_row row;
    bool found = false;
    assert_int_equal(mu_replica_row(board->replica, &board->arena, entity, id, &row, &found, &err),
                     MU_OK);
    assert_true(found);
    return row;
}

static bool exists(struct board *board, uint32_t entity, struct mu_id id)
{
    struct mu_error err = {0};
    struct mu_row row;
    bool found = true;
    assert_int_equal(mu_replica_row(board->replica, &board->arena, entity, id, &row, &found, &err),
                     MU_OK);
    return found;
}

static void test_replica__every_field_of_every_entity_comes_back(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    struct mu_dice dice = {.state = 1};
    size_t count = 0;
    const struct mu_entity *entities = mu_entities(&count);
    uint64_t seq = 0;
    for (size_t i = 0; i < count; i++) {
        const struct mu_entity *entity = &entities[i];
        struct mu_row expected = row_of(entity->number, i + 1);
        for (size_t j = 0; j < entity->field_count; j++) {
            struct mu_row effect = row_of(entity->number, i + 1);
            struct mu_value value = value_for(&board, &entity->fields[j], &dice);
            cell_set(&board, &effect, entity->fields[j].number, value);
            board_apply(&board, &effect, 1, ++seq);
            assert_int_equal(mu_row_merge(&expected, &board.arena, &effect, seq), MU_OK);
            struct mu_row row = get(&board, entity->number, expected.id);
            assert_rows_equal(&row, &expected);
        }
    }
    assert_digest_true(&board);
    board_close(&board);
}

static void test_replica__a_cleared_cell_keeps_its_seq(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    struct mu_row effect = row_of(MU_TASK, 1);
    cell_text(&board, &effect, MU_TASK_TITLE, "");
    cell_set(&board, &effect, MU_TASK_OWNER, mu_null());

    board_apply(&board, &effect, 1, 7);

    struct mu_row row = get(&board, MU_TASK, id_of(1));
    assert_int_equal(row.count, 2);
    assert_int_equal(mu_row_cell(&row, MU_TASK_OWNER)->seq, 7);
    assert_int_equal(mu_row_cell(&row, MU_TASK_OWNER)->value.kind, MU_NULL);
    assert_int_equal(mu_row_cell(&row, MU_TASK_TITLE)->value.kind, MU_BYTES);
    assert_null(mu_row_cell(&row, MU_TASK_DUE));
    assert_digest_true(&board);
    board_close(&board);
}

static void test_replica__two_ids_with_one_key_are_a_conflict(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    struct mu_error err = {0};
    struct mu_row_refs stale;
    for (uint32_t entity = MU_TASK; entity <= 900; entity += 900 - MU_TASK) {
        struct mu_row first = row_of(entity, 1);
        cell_text(&board, &first, 5, "one");
        board_apply(&board, &first, 1, 1);
        struct mu_row second = first;
        second.id.bytes[0] ^= 1;
        assert_int_equal(mu_replica_apply(board.replica, &board.arena, &second, 1, 2, &stale, &err),
                         MU_E_CONFLICT);
        assert_int_equal(mu_replica_overlay(board.replica, &board.arena, &second, &err),
                         MU_E_CONFLICT);
        assert_false(exists(&board, entity, second.id));
        assert_true(exists(&board, entity, first.id));
    }
    board_close(&board);
}

static void test_replica__unknown_fields_and_entities_are_kept_and_counted(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    struct mu_digest empty = board_digest(&board);
    struct mu_row rows[2] = {row_of(MU_TASK, 1), row_of(700, 2)};
    for (size_t i = 0; i < 2; i++) {
        cell_text(&board, &rows[i], 300, "from the future");
        cell_int(&board, &rows[i], 4000000000U, -5);
        board_apply(&board, &rows[i], 1, 3);
        struct mu_digest after = board_digest(&board);
        assert_memory_not_equal(&after, &empty, sizeof after);
        empty = after;
        struct mu_row expected = {.entity = rows[i].entity, .id = rows[i].id};
        assert_int_equal(mu_row_merge(&expected, &board.arena, &rows[i], 3), MU_OK);
        struct mu_row row = get(&board, rows[i].entity, rows[i].id);
        assert_rows_equal(&row, &expected);
    }
    assert_digest_true(&board);
    board_close(&board);
}

/* A newer version may add a word to a list or let a text grow longer. */
static void test_replica__values_that_no_column_holds_are_kept(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    struct mu_row effect = row_of(MU_TASK, 1);
    cell_int(&board, &effect, MU_TASK_NO, 12);
    cell_text(&board, &effect, MU_TASK_OWNER, "nobody's id");
    cell_int(&board, &effect, MU_TASK_STATE, 8);
    cell_text(&board, &effect, MU_TASK_DUE, "2026-11-27");
    cell_int(&board, &effect, MU_TASK_ARCHIVED, 2);

    board_apply(&board, &effect, 1, 3);

    struct mu_row row = get(&board, MU_TASK, id_of(1));
    struct mu_row expected = row_of(MU_TASK, 1);
    assert_int_equal(mu_row_merge(&expected, &board.arena, &effect, 3), MU_OK);
    assert_rows_equal(&row, &expected);

    struct mu_row later = row_of(MU_TASK, 1);
    cell_int(&board, &later, MU_TASK_STATE, 2);
    board_apply(&board, &later, 1, 4);
    row = get(&board, MU_TASK, id_of(1));
    assert_int_equal(mu_row_merge(&expected, &board.arena, &later, 4), MU_OK);
    assert_rows_equal(&row, &expected);
    assert_digest_true(&board);
    board_close(&board);
}

static void test_replica__the_digest_does_not_know_the_order(void **state)
{
    (void)state;
    struct board one;
    struct board two;
    board_open(&one);
    board_open(&two);
    for (uint64_t i = 0; i < 200; i++) {
        struct mu_row effect = row_of(i % 3 == 0 ? 901 : MU_COMMENT, i);
        cell_int(&one, &effect, MU_COMMENT_AT, (int64_t)i);
        board_apply(&one, &effect, 1, i + 1);
    }
    for (uint64_t i = 200; i-- > 0;) {
        struct mu_row effect = row_of(i % 3 == 0 ? 901 : MU_COMMENT, i);
        cell_int(&two, &effect, MU_COMMENT_AT, (int64_t)i);
        board_apply(&two, &effect, 1, i + 1);
    }
    struct mu_digest digest_one = board_digest(&one);
    struct mu_digest digest_two = board_digest(&two);
    assert_digests_equal(&digest_one, &digest_two);

    struct mu_row effect = row_of(MU_COMMENT, 1);
    cell_int(&two, &effect, MU_COMMENT_AT, 1);
    board_apply(&two, &effect, 1, 500); /* the value it had, but a newer seq */
    digest_two = board_digest(&two);
    assert_memory_not_equal(&digest_one, &digest_two, sizeof digest_one);
    board_close(&two);
    board_close(&one);
}

static void test_replica__the_digest_hangs_on_the_workspace(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    struct mu_error err = {0};
    struct mu_id ours = id_of(1);
    struct mu_id theirs = id_of(2);
    struct mu_row effect = row_of(MU_TASK, 1);
    cell_int(&board, &effect, MU_TASK_NO, 1);
    assert_int_equal(mu_db_savepoint(&board.db, &err), MU_OK);
    board_apply(&board, &effect, 1, 1);
    struct mu_digest without = board_digest(&board);
    assert_int_equal(mu_replica_meta_set(board.replica, MU_META_WORKSPACE, mu_id_view(&ours), &err),
                     MU_E_CONFLICT);
    assert_int_equal(mu_db_rollback_to(&board.db, &err), MU_OK);

    assert_int_equal(mu_replica_meta_set(board.replica, MU_META_WORKSPACE, mu_id_view(&ours), &err),
                     MU_OK);
    board_apply(&board, &effect, 1, 1);

    struct mu_digest with = board_digest(&board);
    assert_memory_not_equal(&without, &with, sizeof with);
    assert_digest_true(&board);
    assert_int_equal(mu_replica_meta_set(board.replica, MU_META_WORKSPACE, mu_id_view(&ours), &err),
                     MU_OK);
    assert_int_equal(
        mu_replica_meta_set(board.replica, MU_META_WORKSPACE, mu_id_view(&theirs), &err),
        MU_E_CONFLICT);
    board_close(&board);
}

/* The root as an independent program computed it from the header's words. */
static void test_replica__the_digest_is_the_one_of_the_protocol(void **state)
{
    (void)state;
    static const char expected[] =
        "771bf9ceb345a086572ad19f7216b5acc56cd23d381a4eec7ed205b023474c79";
    struct board board;
    board_open(&board);
    struct mu_error err = {0};
    struct mu_id workspace;
    struct mu_row task = {.entity = MU_TASK};
    struct mu_row unknown = {.entity = 4000};
    assert_true(mu_id_parse(mu_slice_str("00010203-0405-0607-0809-0a0b0c0d0e0f"), &workspace));
    assert_true(mu_id_parse(mu_slice_str("01900000-0000-7000-a000-000000000001"), &task.id));
    assert_true(mu_id_parse(mu_slice_str("01900000-0000-7000-a000-000000000002"), &unknown.id));
    assert_int_equal(
        mu_replica_meta_set(board.replica, MU_META_WORKSPACE, mu_id_view(&workspace), &err), MU_OK);
    cell_int(&board, &task, MU_TASK_NO, -3);
    cell_text(&board, &task, MU_TASK_TITLE, "Ship 2.0");
    cell_set(&board, &task, MU_TASK_OWNER, mu_null());
    cell_set(&board, &unknown, 9, mu_bytes(mu_slice_of("\xff\0", 2)));

    board_apply(&board, &unknown, 1, 2);
    board_apply(&board, &task, 1, 300);

    struct mu_digest digest = board_digest(&board);
    struct mu_hash root = mu_digest_root(&digest);
    char text[2 * MU_HASH_LEN + 1];
    mu_hex(mu_hash_view(&root), text);
    assert_string_equal(text, expected);
    board_close(&board);
}

static void test_replica__cursor_and_meta_come_back(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    struct mu_error err = {0};
    struct mu_cursor cursor = {.seq = 9};
    struct mu_slice value = {0};
    bool found = true;
    assert_int_equal(mu_replica_cursor(board.replica, &cursor, &err), MU_OK);
    assert_int_equal(cursor.seq, 0);
    assert_true(mu_id_is_zero(cursor.incarnation));
    assert_int_equal(mu_replica_meta(board.replica, "link", &board.arena, &value, &found, &err),
                     MU_OK);
    assert_false(found);

    struct mu_cursor set = {.incarnation = id_of(4), .seq = UINT64_MAX - 1, .chain = {{1, 2, 3}}};
    assert_int_equal(mu_replica_cursor_set(board.replica, &set, &err), MU_OK);
    assert_int_equal(mu_replica_meta_set(board.replica, "link", mu_slice_str("live"), &err), MU_OK);
    assert_int_equal(mu_replica_meta_set(board.replica, "link", mu_slice_str(""), &err), MU_OK);
    board_reopen(&board, NULL);

    assert_int_equal(mu_replica_cursor(board.replica, &cursor, &err), MU_OK);
    assert_int_equal(cursor.seq, set.seq);
    assert_true(mu_id_equal(cursor.incarnation, set.incarnation));
    assert_true(mu_hash_equal(cursor.chain, set.chain));
    assert_int_equal(mu_replica_meta(board.replica, "link", &board.arena, &value, &found, &err),
                     MU_OK);
    assert_true(found);
    assert_int_equal(value.len, 0);
    static const uint8_t long_value[4097];
    assert_int_equal(mu_replica_meta_set(board.replica, "link",
                                         mu_slice_of(long_value, sizeof long_value), &err),
                     MU_E_LIMIT);
    board_close(&board);
}

static void test_replica__a_change_without_number_is_refused(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    struct mu_error err = {0};
    struct mu_row_refs stale;
    struct mu_row effect = row_of(MU_TASK, 1);
    cell_int(&board, &effect, MU_TASK_NO, 1);
    assert_int_equal(mu_replica_apply(board.replica, &board.arena, &effect, 1, 0, &stale, &err),
                     MU_E_INVALID);
    assert_int_equal(
        mu_replica_apply(board.replica, &board.arena, &effect, 1, UINT64_MAX, &stale, &err),
        MU_E_INVALID);
    effect.entity = 0;
    assert_int_equal(mu_replica_apply(board.replica, &board.arena, &effect, 1, 1, &stale, &err),
                     MU_E_INVALID);
    assert_false(exists(&board, MU_TASK, effect.id));
    board_close(&board);
}

static void test_replica__a_row_of_one_change_costs_few_bytes_for_its_seqs(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    struct mu_dice dice = {.state = 4};
    const struct mu_entity *entity = mu_entity_find(MU_TASK);
    struct mu_row effect = row_of(MU_TASK, 1);
    for (size_t i = 0; i < entity->field_count; i++) {
        cell_set(&board, &effect, (uint32_t)i + 1, value_for(&board, &entity->fields[i], &dice));
    }
    board_apply(&board, &effect, 1, 100000);
    int64_t mask = (int64_t)(entity->field_count + 6) / 7;
    assert_int_equal(ask_int(&board, "SELECT length(seqs) FROM task"), 3 + mask);

    struct mu_row second = row_of(MU_TASK, 1);
    cell_int(&board, &second, MU_TASK_NO, 1);
    cell_int(&board, &second, MU_TASK_STATE, 1);
    board_apply(&board, &second, 1, 100001);
    assert_int_equal(ask_int(&board, "SELECT length(seqs) FROM task"), 3 + mask + 3 + 2);
    board_close(&board);
}

static void test_replica__a_damaged_row_is_an_error_not_a_row(void **state)
{
    (void)state;
    static const char *const damages[] = {
        "UPDATE task SET id = zeroblob(16)",
        "UPDATE task SET seqs = x''",
        "UPDATE task SET seqs = x'0103ff'",
        "UPDATE task SET seqs = x'01000102'",
        "UPDATE task SET seqs = x'01030203'",     /* a field twice */
        "UPDATE task SET seqs = x'01ffffffff07'", /* fields that there are not */
        "UPDATE task SET seqs = x'0102'",         /* a value without a seq */
        "UPDATE task SET raw = x'00'",            /* half a cell */
        "UPDATE task SET raw = x'000100'",        /* field 0 */
        "UPDATE task SET raw = x'010100'",        /* a field in both places */
        "UPDATE task SET raw = x'500100400100'",  /* not ascending */
    };
    struct mu_error err = {0};
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        struct board board;
        struct mu_row row;
        struct mu_row_refs stale;
        struct mu_digest digest;
        bool found = false;
        board_open(&board);
        struct mu_row effect = row_of(MU_TASK, 1);
        cell_int(&board, &effect, MU_TASK_NO, 5);
        board_apply(&board, &effect, 1, 1);
        assert_int_equal(mu_db_exec(&board.db, damages[i], &err), MU_OK);

        assert_int_equal(
            mu_replica_row(board.replica, &board.arena, MU_TASK, effect.id, &row, &found, &err),
            MU_E_CORRUPT);
        assert_int_equal(mu_replica_apply(board.replica, &board.arena, &effect, 1, 2, &stale, &err),
                         MU_E_CORRUPT);
        assert_int_equal(mu_replica_recompute(board.replica, &digest, &err), MU_E_CORRUPT);
        board_close(&board);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replica__every_field_of_every_entity_comes_back),
        cmocka_unit_test(test_replica__a_cleared_cell_keeps_its_seq),
        cmocka_unit_test(test_replica__two_ids_with_one_key_are_a_conflict),
        cmocka_unit_test(test_replica__unknown_fields_and_entities_are_kept_and_counted),
        cmocka_unit_test(test_replica__values_that_no_column_holds_are_kept),
        cmocka_unit_test(test_replica__the_digest_does_not_know_the_order),
        cmocka_unit_test(test_replica__the_digest_hangs_on_the_workspace),
        cmocka_unit_test(test_replica__the_digest_is_the_one_of_the_protocol),
        cmocka_unit_test(test_replica__cursor_and_meta_come_back),
        cmocka_unit_test(test_replica__a_change_without_number_is_refused),
        cmocka_unit_test(test_replica__a_row_of_one_change_costs_few_bytes_for_its_seqs),
        cmocka_unit_test(test_replica__a_damaged_row_is_an_error_not_a_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
