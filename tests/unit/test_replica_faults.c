/* The n-th operation of the disk fails, or the n-th allocation: an error, never rows and a
 * digest that do not belong together, and nothing left in memory that spoils the next try. */
#include "tests/unit/replica_fixture.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "tests/harness/memdisk.h"

#define TURNS 12

/* -- allocations that fail ----------------------------------------------------- */

static uint64_t allocations_left = UINT64_MAX; /* until the one that fails */
static bool allocation_failed;

static bool fails(void)
{
    if (allocations_left == UINT64_MAX) {
        return false;
    }
    if (allocations_left > 0) {
        allocations_left--;
        return false;
    }
    allocations_left = UINT64_MAX; /* once */
    allocation_failed = true;
    return true;
}

/* The linker brings the layer's own calls here. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return fails() ? NULL : __real_realloc(memory, size);
}

static sqlite3_mem_methods sqlite_memory;

static void *sqlite_malloc(int size)
{
    return fails() ? NULL : sqlite_memory.xMalloc(size);
}

static void *sqlite_realloc(void *memory, int size)
{
    return fails() ? NULL : sqlite_memory.xRealloc(memory, size);
}

static int bend_sqlite(void **state)
{
    (void)state;
    sqlite3_mem_methods bent;
    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_memory) != SQLITE_OK) {
        return -1;
    }
    bent = sqlite_memory;
    bent.xMalloc = sqlite_malloc;
    bent.xRealloc = sqlite_realloc;
    return sqlite3_config(SQLITE_CONFIG_MALLOC, &bent) == SQLITE_OK ? 0 : -1;
}

/* -- the script ----------------------------------------------------------------- */

/* The state after so many turns, told by the digest's root. */
static struct mu_hash roots[TURNS + 1];

static enum mu_status replace_bucket(struct board *board, uint64_t turn, struct mu_error *err)
{
    struct mu_row_refs stale;
    struct mu_buf rows MU_BUF_AUTO;
    mu_buf_init(&rows, 1 << 16);
    struct mu_bucket_walk walk = {.bucket = mu_id_bucket(id_of(turn % 4)), .key = -1};
    MU_TRY(mu_replica_bucket_read(board->replica, &walk, &rows, err));
    unsigned empty = mu_id_bucket(id_of(turn % 3));
    MU_TRY(mu_replica_bucket_replace(board->replica, &board->arena, empty, (struct mu_slice){0},
                                     &stale, err));
    return mu_replica_bucket_replace(board->replica, &board->arena, walk.bucket, mu_buf_view(&rows),
                                     &stale, err);
}

static enum mu_status work(struct board *board, uint64_t turn, struct mu_error *err)
{
    static const uint8_t long_text[3000] = {'x'};
    struct mu_row_refs stale;
    struct mu_row effects[3];
    struct mu_arena *arena = &board->arena;
    for (size_t i = 0; i < 3; i++) {
        static const uint32_t entities[] = {MU_TASK, MU_COMMENT, 700};
        effects[i] = row_of(entities[i], (turn + i) % 5);
        if (mu_row_set(&effects[i], arena, 1, mu_int((int64_t)turn), 0) != MU_OK ||
            mu_row_set(&effects[i], arena, 6, mu_bytes(mu_slice_of(long_text, turn * 250)), 0) !=
                MU_OK) {
            return mu_fail(err, MU_E_NOMEM, "no memory for a test");
        }
    }
    MU_TRY(mu_db_savepoint(&board->db, err));
    MU_TRY(mu_replica_apply(board->replica, arena, effects, 3, turn, &stale, err));
    MU_TRY(mu_db_release(&board->db, err));
    struct mu_change change = {.seq = turn, .verdict = MU_APPLIED};
    MU_TRY(mu_replica_note(board->replica, &change, err));
    if (turn % 3 == 0) {
        MU_TRY(mu_replica_overlay(board->replica, arena, &effects[0], err));
    }
    struct mu_row_ref ref = {.entity = MU_TASK, .id = id_of(turn % 5)};
    if (turn % 4 == 0) {
        MU_TRY(mu_replica_settle(board->replica, arena, ref, err));
    }
    if (turn % 5 == 0) {
        MU_TRY(replace_bucket(board, turn, err));
    }
    struct mu_cursor cursor = {.seq = turn};
    return mu_replica_cursor_set(board->replica, &cursor, err);
}

static enum mu_status run_turn(struct board *board, uint64_t turn, struct mu_error *err)
{
    mu_arena_clear(&board->arena);
    MU_TRY(mu_db_begin(&board->db, err));
    enum mu_status status = work(board, turn, err);
    if (status != MU_OK) {
        mu_db_rollback(&board->db);
        return status;
    }
    return mu_db_commit(&board->db, err);
}

static enum mu_status start(struct board *board, const char *vfs, struct mu_error *err)
{
    struct mu_db_options options = {.path = vfs == NULL ? NULL : "/r.db",
                                    .vfs = vfs,
                                    .application_id = FIXTURE_KIND,
                                    .full_sync = true,
                                    .exclusive = vfs != NULL,
                                    .checkpoint_frames = 20};
    mu_arena_init(&board->arena, (size_t)16 << 20);
    MU_TRY(mu_db_open(&board->db, &options, err));
    enum mu_status status = mu_replica_open(&board->db, &board->replica, err);
    if (status != MU_OK) {
        mu_db_close(&board->db);
    }
    return status;
}

static void stop(struct board *board)
{
    board_close(board);
}

/* Turns until one fails; *turn is the next. */
static enum mu_status run_from(struct board *board, uint64_t *turn, struct mu_error *err)
{
    enum mu_status status = MU_OK;
    while (status == MU_OK && *turn <= TURNS) {
        status = run_turn(board, *turn, err);
        *turn += status == MU_OK;
    }
    return status;
}

/* Rows, digest and cursor belong together; the turns they have seen. */
static uint64_t check(struct board *board)
{
    struct mu_error err = {0};
    struct mu_cursor cursor;
    assert_digest_true(board);
    struct mu_digest digest = board_digest(board);
    struct mu_hash root = mu_digest_root(&digest);
    assert_int_equal(mu_replica_cursor(board->replica, &cursor, &err), MU_OK);
    assert_in_range(cursor.seq, 0, TURNS);
    assert_true(mu_hash_equal(root, roots[cursor.seq]));
    return cursor.seq;
}

static int find_roots(void **state)
{
    struct board board;
    struct mu_error err = {0};
    if (bend_sqlite(state) != 0) {
        return -1;
    }
    assert_int_equal(start(&board, NULL, &err), MU_OK);
    for (uint64_t turn = 0; turn <= TURNS; turn++) {
        if (turn > 0) {
            assert_int_equal(run_turn(&board, turn, &err), MU_OK);
        }
        struct mu_digest digest = board_digest(&board);
        roots[turn] = mu_digest_root(&digest);
    }
    stop(&board);
    return 0;
}

/* -- tests ---------------------------------------------------------------------- */

/* False when the fault was not met any more. */
static bool survives(const struct mu_memdisk_fault *fault)
{
    struct mu_memdisk *disk = mu_memdisk_new("faulty");
    struct board board = {0};
    struct mu_error err = {0};
    uint64_t turn = 1;
    mu_memdisk_fail(disk, fault);
    enum mu_status status = start(&board, "faulty", &err);
    if (status == MU_OK) {
        status = run_from(&board, &turn, &err);
        stop(&board);
    } else {
        mu_arena_deinit(&board.arena);
    }
    bool met = mu_memdisk_faults_met(disk) > 0;
    assert_true(met || status == MU_OK);
    assert_true(status == MU_OK || status == MU_E_IO || status == MU_E_FULL);
    mu_memdisk_heal(disk);
    mu_memdisk_crash(disk, 0);

    assert_int_equal(start(&board, "faulty", &err), MU_OK);
    uint64_t seen = check(&board);
    assert_in_range(seen, turn - 1, turn); /* a failed commit may have been one */
    turn = seen + 1;
    assert_int_equal(run_from(&board, &turn, &err), MU_OK);
    assert_int_equal(check(&board), TURNS);
    stop(&board);
    mu_memdisk_free(disk);
    return met;
}

static void test_replica_faults__no_failure_of_the_disk_parts_rows_from_digest(void **state)
{
    (void)state;
    static const struct {
        enum mu_memdisk_op op;
        uint64_t stride;
        uint64_t at_least;
    } kinds[] = {{MU_MEMDISK_WRITE, 11, 30},
                 {MU_MEMDISK_SYNC, 2, 15},
                 {MU_MEMDISK_READ, 9, 10},
                 {MU_MEMDISK_OPEN, 1, 2},
                 {MU_MEMDISK_LOCK, 1, 2}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        for (unsigned how = 0; how < 4; how++) {
            struct mu_memdisk_fault fault = {
                .op = kinds[i].op, .nth = 1, .forever = (how & 1) != 0, .full = (how & 2) != 0};
            uint64_t positions = 0;
            while (survives(&fault)) {
                positions++;
                fault.nth += kinds[i].stride;
            }
            assert_in_range(positions, kinds[i].at_least, 10000);
        }
    }
}

static void test_replica_faults__a_power_cut_leaves_whole_turns(void **state)
{
    (void)state;
    for (uint64_t after = 0;; after += 17) {
        struct mu_memdisk *disk = mu_memdisk_new("faulty");
        struct board board = {0};
        struct mu_error err = {0};
        uint64_t turn = 1;
        mu_memdisk_cut_power(disk, after);
        if (start(&board, "faulty", &err) == MU_OK) {
            (void)run_from(&board, &turn, &err);
            stop(&board);
        } else {
            mu_arena_deinit(&board.arena);
        }
        bool cut = !mu_memdisk_has_power(disk);
        mu_memdisk_crash(disk, after);
        assert_int_equal(start(&board, "faulty", &err), MU_OK);
        assert_in_range(check(&board), turn - 1, turn);
        stop(&board);
        mu_memdisk_free(disk);
        if (!cut) {
            assert_in_range(after, 100, 100000);
            return;
        }
    }
}

/* The same replica goes on after the failure, without being opened again. */
static void test_replica_faults__no_failed_allocation_spoils_the_next_try(void **state)
{
    (void)state;
    uint64_t failures = 0;
    for (uint64_t nth = 0; nth == 0 || allocation_failed; nth += 53) {
        struct board board = {0};
        struct mu_error err = {0};
        uint64_t turn = 1;
        assert_int_equal(start(&board, NULL, &err), MU_OK);
        allocation_failed = false;
        allocations_left = nth;
        enum mu_status status = run_from(&board, &turn, &err);
        allocations_left = UINT64_MAX;
        assert_true(status == MU_OK || status == MU_E_NOMEM);
        assert_true(allocation_failed || status == MU_OK);
        failures += status != MU_OK;

        assert_int_equal(check(&board), turn - 1);
        assert_int_equal(run_from(&board, &turn, &err), MU_OK);
        assert_int_equal(check(&board), TURNS);
        stop(&board);
    }
    assert_in_range(failures, 100, 100000);
}

static void test_replica_faults__an_opening_that_failed_can_be_tried_again(void **state)
{
    (void)state;
    uint64_t failures = 0;
    for (uint64_t nth = 0; nth == 0 || allocation_failed; nth += 1 + nth / 25) {
        struct mu_db db;
        struct mu_error err = {0};
        struct mu_replica *replica = NULL;
        struct mu_digest digest;
        assert_int_equal(
            mu_db_open(&db, &(struct mu_db_options){.application_id = FIXTURE_KIND}, &err), MU_OK);
        allocation_failed = false;
        allocations_left = nth;
        enum mu_status status = mu_replica_open(&db, &replica, &err);
        allocations_left = UINT64_MAX;
        assert_true(status == MU_OK || status == MU_E_NOMEM);
        assert_false(db.in_transaction);
        failures += status != MU_OK;

        if (status != MU_OK) {
            assert_null(replica);
            assert_int_equal(mu_replica_open(&db, &replica, &err), MU_OK);
        }
        assert_int_equal(mu_replica_recompute(replica, &digest, &err), MU_OK);
        mu_replica_close(replica);
        mu_db_close(&db);
    }
    assert_in_range(failures, 100, 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replica_faults__no_failure_of_the_disk_parts_rows_from_digest),
        cmocka_unit_test(test_replica_faults__a_power_cut_leaves_whole_turns),
        cmocka_unit_test(test_replica_faults__no_failed_allocation_spoils_the_next_try),
        cmocka_unit_test(test_replica_faults__an_opening_that_failed_can_be_tried_again),
    };
    return cmocka_run_group_tests(tests, find_roots, NULL);
}
