/* Buckets of rows from one replica to another: a new one gets the state whole, a damaged one is
 * repaired, edits that are not confirmed stay, and bytes that lie change nothing for long. */
#include "tests/unit/replica_fixture.h"

#include "common/db/stmt.h"

#define PIECE ((size_t)256 * 1024)

/* Rows of several entities, known and unknown, some with base images, in random order. */
static void fill(struct board *board, uint64_t seed, size_t rows)
{
    static const uint32_t entities[] = {MU_TASK, MU_PERSON, 5000, MU_CONFLICT, 6000};
    struct mu_dice dice = {.state = seed};
    struct mu_error err = {0};
    for (size_t i = 0; i < rows; i++) {
        struct mu_row effect = row_of(entities[i % 5], i);
        cell_int(board, &effect, 1 + (uint32_t)mu_dice_below(&dice, 3),
                 (int64_t)mu_dice_below(&dice, 1000));
        cell_text(board, &effect, 90, "from the future");
        board_apply(board, &effect, 1, i + 1);
        if (mu_dice_below(&dice, 4) == 0) {
            struct mu_row edit = row_of(entities[i % 5], i + mu_dice_below(&dice, 2) * rows);
            cell_text(board, &edit, 2, "not sent yet");
            assert_int_equal(mu_replica_overlay(board->replica, &board->arena, &edit, &err), MU_OK);
        }
    }
}

static struct mu_row_refs replace(struct board *board, unsigned bucket, const struct mu_buf *rows)
{
    struct mu_error err = {0};
    struct mu_row_refs stale = {0};
    enum mu_status status = mu_replica_bucket_replace(board->replica, &board->arena, bucket,
                                                      mu_buf_view(rows), &stale, &err);
    if (status != MU_OK) {
        fail_msg("%s", err.text);
    }
    return stale;
}

/* Every bucket whose digest differs; how many there were. */
static unsigned transfer(struct board *from, struct board *to)
{
    struct mu_digest want = board_digest(from);
    struct mu_digest have;
    struct mu_error err = {0};
    unsigned moved = 0;
    assert_int_equal(mu_replica_recompute(to->replica, &have, &err), MU_OK);
    for (unsigned bucket = 0; bucket < MU_BUCKET_COUNT; bucket++) {
        if (!mu_hash_equal(want.buckets[bucket], have.buckets[bucket])) {
            struct mu_buf rows MU_BUF_AUTO;
            mu_buf_init(&rows, PIECE * 4);
            board_bucket(from, bucket, PIECE, &rows);
            replace(to, bucket, &rows);
            moved++;
        }
    }
    return moved;
}

static void assert_same(struct board *a, struct board *b)
{
    struct mu_digest digest_a = board_digest(a);
    struct mu_digest digest_b = board_digest(b);
    assert_digests_equal(&digest_a, &digest_b);
    assert_digest_true(a);
    assert_digest_true(b);
}

static void test_replica_transfer__an_empty_replica_gets_everything(void **state)
{
    (void)state;
    struct board from;
    struct board to;
    board_open(&from);
    board_open(&to);
    fill(&from, 1, 900);

    assert_in_range(transfer(&from, &to), 200, MU_BUCKET_COUNT);

    assert_same(&from, &to);
    assert_int_equal(transfer(&from, &to), 0);
    board_close(&to);
    board_close(&from);
}

static void test_replica_transfer__pieces_are_ordered_rows_of_one_bucket(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    fill(&board, 2, 3000);
    for (unsigned bucket = 0; bucket < MU_BUCKET_COUNT; bucket += 51) {
        struct mu_buf whole MU_BUF_AUTO;
        struct mu_buf pieces MU_BUF_AUTO;
        mu_buf_init(&whole, PIECE);
        mu_buf_init(&pieces, PIECE);
        board_bucket(&board, bucket, PIECE, &whole);
        board_bucket(&board, bucket, 60, &pieces); /* one row at a time */
        assert_int_equal(whole.len, pieces.len);
        assert_memory_equal(whole.data, pieces.data, whole.len);

        struct mu_reader reader = mu_reader_of(mu_buf_view(&whole));
        uint32_t entity = 0;
        int64_t key = -1;
        while (!mu_reader_at_end(&reader)) {
            struct mu_row row;
            assert_int_equal(mu_row_decode(&reader, &board.arena, &row), MU_OK);
            assert_int_equal(mu_id_bucket(row.id), bucket);
            assert_true(row.entity > entity || mu_id_key(row.id) > key);
            entity = row.entity;
            key = mu_id_key(row.id);
            assert_true(mu_row_seq(&row) > 0);
        }
    }
    board_close(&board);
}

/* A receiver knows before it stores anything whether the pieces are what the sender has. */
static void test_replica_transfer__rows_under_way_have_the_sum_of_their_bucket(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    struct mu_error err = {0};
    struct mu_id workspace = id_of(77);
    assert_int_equal(
        mu_replica_meta_set(board.replica, MU_META_WORKSPACE, mu_id_view(&workspace), &err), MU_OK);
    fill(&board, 5, 900);
    uint64_t came = 0;
    struct mu_digest digest = board_digest(&board);
    for (unsigned bucket = 0; bucket < MU_BUCKET_COUNT; bucket++) {
        struct mu_buf rows MU_BUF_AUTO;
        struct mu_hash sum;
        uint64_t count = 0;
        mu_buf_init(&rows, PIECE);
        board_bucket(&board, bucket, PIECE, &rows);
        assert_int_equal(
            mu_replica_rows_digest(board.replica, mu_buf_view(&rows), &sum, &count, &err), MU_OK);
        assert_true(mu_hash_equal(sum, digest.buckets[bucket]));
        came += count;
        if (rows.len > 0) {
            struct mu_slice cut = mu_slice_of(rows.data, rows.len - 1);
            assert_int_equal(mu_replica_rows_digest(board.replica, cut, &sum, &count, &err),
                             MU_E_CORRUPT);
        }
    }
    assert_int_equal(came, 900);
    board_close(&board);
}

static void test_replica_transfer__a_row_larger_than_a_piece_is_an_error(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    struct mu_error err = {0};
    struct mu_row effect = row_of(MU_TASK, 1);
    cell_text(&board, &effect, MU_TASK_TITLE, "a title that has more bytes than the piece");
    board_apply(&board, &effect, 1, 1);
    struct mu_buf piece MU_BUF_AUTO;
    mu_buf_init(&piece, 40);
    struct mu_bucket_walk walk = {.bucket = mu_id_bucket(effect.id), .key = -1};

    assert_int_equal(mu_replica_bucket_read(board.replica, &walk, &piece, &err), MU_E_LIMIT);

    assert_int_equal(piece.len, 0);
    assert_false(walk.done);
    board_close(&board);
}

static void damage(struct board *board, const char *sql)
{
    struct mu_error err = {0};
    if (mu_db_exec(&board->db, sql, &err) != MU_OK) {
        fail_msg("%s", err.text);
    }
}

static void test_replica_transfer__damage_of_every_kind_is_repaired(void **state)
{
    (void)state;
    static const char *const damages[] = {
        "UPDATE task SET no = 77 WHERE key = (SELECT key FROM task LIMIT 1 OFFSET 5)",
        "DELETE FROM person WHERE key = (SELECT key FROM person LIMIT 1 OFFSET 5)",
        "UPDATE task SET seqs = x'ff' WHERE key = (SELECT key FROM task LIMIT 1 OFFSET 5)",
        "UPDATE task SET seqs = x'' WHERE key = (SELECT key FROM task LIMIT 1 OFFSET 5)",
        "UPDATE task SET raw = x'05' WHERE key = (SELECT key FROM task LIMIT 1 OFFSET 5)",
        "UPDATE task SET id = zeroblob(16) WHERE key = (SELECT key FROM task LIMIT 1 OFFSET 5)",
        "UPDATE mu_raw SET row = x'00' WHERE key = (SELECT key FROM mu_raw LIMIT 1 OFFSET 5)",
        "DELETE FROM mu_raw WHERE key = (SELECT key FROM mu_raw LIMIT 1 OFFSET 5)",
        "UPDATE mu_base SET row = x'00' WHERE key = (SELECT key FROM mu_base LIMIT 1 OFFSET 5)",
        "UPDATE mu_base SET row = x'' WHERE key = (SELECT key FROM mu_base LIMIT 1 OFFSET 5)",
        "INSERT INTO mu_raw (entity, key, row) VALUES (9999, 5, x'01')",
        "UPDATE mu_digest SET sum = zeroblob(32) WHERE bucket = 9",
        "UPDATE mu_digest SET sum = x'' WHERE bucket = 9",
        "DELETE FROM mu_digest",
        "DELETE FROM task",
    };
    struct board from;
    board_open(&from);
    fill(&from, 3, 600);
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        struct board to;
        board_open(&to);
        fill(&to, 3, 600);
        damage(&to, damages[i]);

        for (unsigned bucket = 0; bucket < MU_BUCKET_COUNT; bucket++) {
            struct mu_buf rows MU_BUF_AUTO;
            mu_buf_init(&rows, PIECE);
            board_bucket(&from, bucket, PIECE, &rows);
            replace(&to, bucket, &rows);
        }

        assert_same(&from, &to);
        board_close(&to);
    }
    board_close(&from);
}

static void test_replica_transfer__rows_that_are_not_there_go_unless_edited(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    struct mu_error err = {0};
    struct mu_row clean = row_of(MU_TASK, 1);
    cell_int(&board, &clean, MU_TASK_NO, 1);
    board_apply(&board, &clean, 1, 1);
    unsigned bucket = mu_id_bucket(clean.id);
    uint64_t other = 2;
    while (mu_id_bucket(id_of(other)) != bucket) {
        other++;
    }
    struct mu_row edited = row_of(MU_TASK, other);
    cell_int(&board, &edited, MU_TASK_NO, 2);
    board_apply(&board, &edited, 1, 1);
    struct mu_row edit = row_of(MU_TASK, other);
    cell_text(&board, &edit, MU_TASK_TITLE, "mine");
    assert_int_equal(mu_replica_overlay(board.replica, &board.arena, &edit, &err), MU_OK);

    struct mu_buf nothing MU_BUF_AUTO;
    mu_buf_init(&nothing, PIECE);
    struct mu_row_refs stale = replace(&board, bucket, &nothing);

    struct mu_row row;
    bool found = true;
    assert_int_equal(stale.count, 1);
    assert_true(mu_id_equal(stale.items[0].id, edited.id));
    assert_int_equal(
        mu_replica_row(board.replica, &board.arena, MU_TASK, clean.id, &row, &found, &err), MU_OK);
    assert_false(found);
    assert_int_equal(
        mu_replica_confirmed(board.replica, &board.arena, MU_TASK, edited.id, &row, &found, &err),
        MU_OK);
    assert_false(found);
    assert_int_equal(
        mu_replica_row(board.replica, &board.arena, MU_TASK, edited.id, &row, &found, &err), MU_OK);
    assert_true(found);
    assert_digest_true(&board);
    board_close(&board);
}

static void test_replica_transfer__an_edited_row_keeps_its_edit_over_what_came(void **state)
{
    (void)state;
    struct board from;
    struct board to;
    struct mu_error err = {0};
    board_open(&from);
    board_open(&to);
    struct mu_row task = row_of(MU_TASK, 1);
    cell_int(&to, &task, MU_TASK_NO, 1);
    board_apply(&to, &task, 1, 1);
    cell_int(&from, &task, MU_TASK_NO, 2);
    board_apply(&from, &task, 1, 2);
    struct mu_row edit = row_of(MU_TASK, 1);
    cell_text(&to, &edit, MU_TASK_TITLE, "mine");
    assert_int_equal(mu_replica_overlay(to.replica, &to.arena, &edit, &err), MU_OK);

    struct mu_buf rows MU_BUF_AUTO;
    mu_buf_init(&rows, PIECE);
    board_bucket(&from, mu_id_bucket(task.id), PIECE, &rows);
    struct mu_row_refs stale = replace(&to, mu_id_bucket(task.id), &rows);

    struct mu_row row;
    bool found = false;
    assert_int_equal(stale.count, 1);
    assert_true(mu_id_equal(stale.items[0].id, task.id));
    assert_int_equal(mu_replica_row(to.replica, &to.arena, MU_TASK, task.id, &row, &found, &err),
                     MU_OK);
    assert_int_equal(mu_row_int(&row, MU_TASK_NO), 1);
    assert_true(mu_row_has(&row, MU_TASK_TITLE));
    assert_int_equal(
        mu_replica_confirmed(to.replica, &to.arena, MU_TASK, task.id, &row, &found, &err), MU_OK);
    assert_int_equal(mu_row_int(&row, MU_TASK_NO), 2);
    assert_false(mu_row_has(&row, MU_TASK_TITLE));
    assert_same(&from, &to);
    board_close(&to);
    board_close(&from);
}

static void test_replica_transfer__bytes_that_lie_are_refused(void **state)
{
    (void)state;
    struct board from;
    struct board to;
    board_open(&from);
    board_open(&to);
    fill(&from, 4, 3000);
    struct mu_buf rows MU_BUF_AUTO;
    struct mu_buf twice MU_BUF_AUTO;
    mu_buf_init(&rows, PIECE);
    mu_buf_init(&twice, PIECE);
    board_bucket(&from, 7, PIECE, &rows);
    assert_int_equal(mu_buf_append(&twice, rows.data, rows.len), MU_OK);
    assert_int_equal(mu_buf_append(&twice, rows.data, rows.len), MU_OK);
    struct mu_digest before = board_digest(&to);
    struct mu_error err = {0};
    struct mu_row_refs stale;
    const struct {
        unsigned bucket;
        struct mu_slice bytes;
    } lies[] = {
        {8, mu_buf_view(&rows)},                       /* another bucket's */
        {7, mu_buf_view(&twice)},                      /* not ascending */
        {7, mu_slice_of(rows.data, rows.len - 1)},     /* cut off */
        {7, mu_slice_of("\x07\x00", 2)},               /* no row at all */
        {7, mu_slice_of(rows.data + 1, rows.len - 1)}, /* shifted */
    };
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        assert_int_equal(mu_replica_bucket_replace(to.replica, &to.arena, lies[i].bucket,
                                                   lies[i].bytes, &stale, &err),
                         MU_E_CORRUPT);
        struct mu_digest after = board_digest(&to);
        assert_digests_equal(&before, &after);
        assert_digest_true(&to);
    }
    board_close(&to);
    board_close(&from);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replica_transfer__an_empty_replica_gets_everything),
        cmocka_unit_test(test_replica_transfer__pieces_are_ordered_rows_of_one_bucket),
        cmocka_unit_test(test_replica_transfer__rows_under_way_have_the_sum_of_their_bucket),
        cmocka_unit_test(test_replica_transfer__a_row_larger_than_a_piece_is_an_error),
        cmocka_unit_test(test_replica_transfer__damage_of_every_kind_is_repaired),
        cmocka_unit_test(test_replica_transfer__rows_that_are_not_there_go_unless_edited),
        cmocka_unit_test(test_replica_transfer__an_edited_row_keeps_its_edit_over_what_came),
        cmocka_unit_test(test_replica_transfer__bytes_that_lie_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
