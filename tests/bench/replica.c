/* How near common/replica comes to plain SQLite: loading a board, following changes, moving
 * buckets, opening.  Figures are ratios to minimal code on the same rows in the same run.
 *
 *   bench_replica [tasks] [cache KiB] [frames in the log before a checkpoint] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/db/stmt.h"
#include "common/replica/inside.h"
#include "tests/harness/dice.h"

#define KIND    0x4d737262U
#define CHANGE  1000 /* effects of a change that loads */
#define UPDATES 100000
#define BUCKET  ((size_t)16 << 20)

struct bench {
    size_t tasks;
    int cache_kib;
    int frames;
    struct mu_row *rows;
    struct mu_arena arena; /* the rows */
    struct mu_arena turn;
};

static struct mu_error err;

static void must(enum mu_status status)
{
    if (status != MU_OK) {
        (void)fprintf(stderr, "bench_replica: %s\n", err.text);
        exit(1);
    }
}

/* Of this process alone, on a machine that others use too; waiting for the disk is not in it. */
static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void open_file(const struct bench *bench, struct mu_db *db, const char *path, bool fresh)
{
    if (fresh) {
        char log[64];
        (void)unlink(path);
        (void)snprintf(log, sizeof log, "%s-wal", path);
        (void)unlink(log);
    }
    must(mu_db_open(db,
                    &(struct mu_db_options){.path = path,
                                            .application_id = KIND,
                                            .cache_kib = bench->cache_kib,
                                            .checkpoint_frames = bench->frames},
                    &err));
}

/* -- rows -------------------------------------------------------------------- */

static void set_text(struct bench *bench, struct mu_row *row, uint32_t field, size_t len,
                     struct mu_dice *dice)
{
    uint8_t text[512];
    for (size_t i = 0; i < len; i++) {
        text[i] = (uint8_t)('a' + mu_dice_below(dice, 26));
    }
    must(mu_row_set(row, &bench->arena, field, mu_bytes(mu_slice_of(text, len)), 0));
}

static struct mu_id make_id(uint64_t number, struct mu_dice *dice)
{
    uint8_t entropy[MU_ENTROPY_LEN];
    for (size_t i = 0; i < sizeof entropy; i++) {
        entropy[i] = (uint8_t)mu_dice_next(dice);
    }
    return mu_id_make((int64_t)(1700000000000U + number), entropy);
}

/* A task as an import brings it: about 300 bytes. */
static void make_rows(struct bench *bench)
{
    struct mu_dice dice = {.state = 1};
    struct mu_id columns[8];
    for (size_t i = 0; i < 8; i++) {
        columns[i] = make_id(i, &dice);
    }
    bench->rows = calloc(bench->tasks, sizeof *bench->rows);
    if (bench->rows == NULL) {
        exit(1);
    }
    for (size_t i = 0; i < bench->tasks; i++) {
        struct mu_row row = {.entity = MU_TASK, .id = make_id(i, &dice)};
        struct mu_arena *arena = &bench->arena;
        const struct mu_id *column = &columns[mu_dice_below(&dice, 8)];
        must(mu_row_set(&row, arena, MU_TASK_NO, mu_int((int64_t)i + 1), 0));
        must(mu_row_set(&row, arena, MU_TASK_BOARD, mu_id_value(&columns[0]), 0));
        must(mu_row_set(&row, arena, MU_TASK_COLUMN, mu_id_value(column), 0));
        set_text(bench, &row, MU_TASK_RANK, 6, &dice);
        set_text(bench, &row, MU_TASK_TITLE, 40, &dice);
        set_text(bench, &row, MU_TASK_DESC, 120, &dice);
        must(mu_row_set(&row, arena, MU_TASK_OWNER, mu_id_value(&columns[i % 8]), 0));
        must(mu_row_set(&row, arena, MU_TASK_STATE, mu_int(1 + (int64_t)(i % 6)), 0));
        must(mu_row_set(&row, arena, MU_TASK_DUE, mu_bytes(mu_slice_str("2026-11-27")), 0));
        must(mu_row_set(&row, arena, MU_TASK_CREATED_AT, mu_int(1700000000000 + (int64_t)i), 0));
        must(mu_row_set(&row, arena, MU_TASK_CREATED_BY, mu_id_value(&columns[1]), 0));
        bench->rows[i] = row;
    }
}

static int by_key(const void *a, const void *b)
{
    int64_t left = mu_id_key(((const struct mu_row *)a)->id);
    int64_t right = mu_id_key(((const struct mu_row *)b)->id);
    return (left > right) - (left < right);
}

/* -- plain SQLite -------------------------------------------------------------- */

static const char SQL_PLAIN[] =
    "CREATE TABLE task (key INTEGER PRIMARY KEY, id BLOB, no INTEGER, board BLOB, column_id BLOB,"
    " rank TEXT, owner BLOB, state INTEGER, due TEXT, created_at INTEGER, created_by BLOB,"
    " title TEXT, description TEXT) STRICT;"
    "CREATE INDEX task_no ON task (no) WHERE no IS NOT NULL;"
    "CREATE INDEX task_place ON task (column_id, rank, id);"
    "CREATE INDEX task_owner ON task (owner, column_id, rank, id) WHERE owner IS NOT NULL;";
static const char SQL_PLAIN_INSERT[] =
    "INSERT INTO task (key, id, no, board, column_id, rank, title, description, owner, state, due,"
    " created_at, created_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

static double plain(const struct bench *bench)
{
    struct mu_db db;
    struct mu_stmt stmt = {0};
    open_file(bench, &db, "plain.db", true);
    must(mu_db_exec(&db, SQL_PLAIN, &err));
    double start = now();
    must(mu_db_begin(&db, &err));
    must(mu_stmt_prepare(&stmt, &db, SQL_PLAIN_INSERT, &err));
    for (size_t i = 0; i < bench->tasks; i++) {
        const struct mu_row *row = &bench->rows[i];
        mu_stmt_bind_int(&stmt, 1, mu_id_key(row->id));
        mu_stmt_bind_blob(&stmt, 2, mu_id_view(&row->id));
        for (size_t j = 0; j < row->count; j++) {
            const struct mu_cell *cell = &row->cells[j];
            int at = 3 + (int)j;
            if (cell->value.kind == MU_INT) {
                mu_stmt_bind_int(&stmt, at, cell->value.number);
            } else if (mu_field_find(MU_TASK, cell->field)->type == MU_TYPE_ID) {
                mu_stmt_bind_blob(&stmt, at, cell->value.bytes);
            } else {
                mu_stmt_bind_text(&stmt, at, cell->value.bytes);
            }
        }
        must(mu_stmt_run(&stmt, &err));
    }
    must(mu_db_commit(&db, &err));
    double took = now() - start;
    mu_stmt_finalize(&stmt);
    mu_db_close(&db);
    return took;
}

/* -- the replica ----------------------------------------------------------------- */

static void note(struct mu_replica *replica, uint64_t seq)
{
    struct mu_dice dice = {.state = seq};
    struct mu_change change = {.seq = seq,
                               .mutation_id = make_id(seq, &dice),
                               .intent = 11,
                               .verdict = MU_APPLIED,
                               .at_ms = 1700000000000,
                               .received_ms = 1700000000100};
    struct mu_cursor cursor = {.seq = seq};
    must(mu_replica_note(replica, &change, &err));
    must(mu_replica_cursor_set(replica, &cursor, &err));
}

static double load(struct bench *bench, const char *path, bool keep)
{
    struct mu_db db;
    struct mu_replica *replica = NULL;
    open_file(bench, &db, path, true);
    must(mu_replica_open(&db, &replica, &err));
    double start = now();
    must(mu_db_begin(&db, &err));
    uint64_t seq = 0;
    for (size_t i = 0; i < bench->tasks; i += CHANGE) {
        struct mu_row_refs stale;
        size_t count = bench->tasks - i < CHANGE ? bench->tasks - i : CHANGE;
        mu_arena_clear(&bench->turn);
        must(mu_replica_apply(replica, &bench->turn, bench->rows + i, count, ++seq, &stale, &err));
        note(replica, seq);
    }
    must(mu_db_commit(&db, &err));
    double took = now() - start;
    mu_replica_close(replica);
    mu_db_close(&db);
    if (!keep) {
        (void)unlink(path);
    }
    return took;
}

static double move_buckets(struct bench *bench, const char *from_path, const char *to_path,
                           double *out_read)
{
    struct mu_db from_db;
    struct mu_db to_db;
    struct mu_replica *from = NULL;
    struct mu_replica *to = NULL;
    struct mu_buf rows MU_BUF_AUTO;
    double took = 0;
    mu_buf_init(&rows, BUCKET);
    open_file(bench, &from_db, from_path, false);
    open_file(bench, &to_db, to_path, true);
    must(mu_replica_open(&from_db, &from, &err));
    must(mu_replica_open(&to_db, &to, &err));
    double all = now();
    must(mu_db_begin(&to_db, &err));
    for (unsigned bucket = 0; bucket < MU_BUCKET_COUNT; bucket++) {
        struct mu_bucket_walk walk = {.bucket = bucket, .key = -1};
        struct mu_row_refs stale;
        double start = now();
        mu_buf_clear(&rows);
        mu_arena_clear(&bench->turn);
        must(mu_replica_bucket_read(from, &walk, &rows, &err));
        took += now() - start;
        must(mu_replica_bucket_replace(to, &bench->turn, bucket, mu_buf_view(&rows), &stale, &err));
    }
    must(mu_db_commit(&to_db, &err));
    all = now() - all - took;
    *out_read = took;
    mu_replica_close(to);
    mu_replica_close(from);
    mu_db_close(&to_db);
    mu_db_close(&from_db);
    return all;
}

/* Small changes of one cell or two on rows at random, some to a transaction. */
static double follow(struct bench *bench, const char *path, size_t together)
{
    struct mu_db db;
    struct mu_replica *replica = NULL;
    struct mu_dice dice = {.state = together};
    struct mu_cursor cursor;
    open_file(bench, &db, path, false);
    must(mu_replica_open(&db, &replica, &err));
    must(mu_replica_cursor(replica, &cursor, &err));
    uint64_t seq = cursor.seq;
    double start = now();
    for (size_t i = 0; i < UPDATES; i += together) {
        must(mu_db_begin(&db, &err));
        for (size_t j = 0; j < together; j++) {
            struct mu_row effect = {.entity = MU_TASK,
                                    .id = bench->rows[mu_dice_below(&dice, bench->tasks)].id};
            struct mu_row_refs stale;
            mu_arena_clear(&bench->turn);
            if (j % 3 == 0) {
                must(mu_row_set(&effect, &bench->turn, MU_TASK_RANK,
                                mu_bytes(mu_slice_str("aBcDeF")), 0));
            } else {
                must(mu_row_set(&effect, &bench->turn, MU_TASK_STATE, mu_int(1 + (int64_t)(j % 6)),
                                0));
            }
            must(mu_replica_apply(replica, &bench->turn, &effect, 1, ++seq, &stale, &err));
            note(replica, seq);
        }
        must(mu_db_commit(&db, &err));
    }
    double took = now() - start;
    mu_replica_close(replica);
    mu_db_close(&db);
    return took;
}

/* The same by minimal code: one row of the plain table, a note, the cursor. */
static double follow_plain(struct bench *bench, size_t together)
{
    static const char *const sql[] = {
        "UPDATE task SET rank = ?2 WHERE key = ?1",
        "UPDATE task SET title = ?2 WHERE key = ?1",
        "INSERT INTO note (seq, mutation, at_ms) VALUES (?1, ?2, ?3)",
        "INSERT OR REPLACE INTO meta (name, value) VALUES ('cursor', ?1)",
    };
    struct mu_db db;
    struct mu_stmt stmts[4] = {0};
    struct mu_dice dice = {.state = together};
    open_file(bench, &db, "plain.db", false);
    must(mu_db_exec(&db,
                    "CREATE TABLE note (seq INTEGER PRIMARY KEY, mutation BLOB, at_ms INTEGER);"
                    "CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID",
                    &err));
    for (size_t i = 0; i < 4; i++) {
        must(mu_stmt_prepare(&stmts[i], &db, sql[i], &err));
    }
    int64_t seq = 0;
    double start = now();
    for (size_t i = 0; i < UPDATES; i += together) {
        must(mu_db_begin(&db, &err));
        for (size_t j = 0; j < together; j++) {
            struct mu_id id = bench->rows[mu_dice_below(&dice, bench->tasks)].id;
            struct mu_id mutation = make_id((uint64_t)++seq, &dice);
            struct mu_stmt *update = &stmts[j % 3 == 0 ? 0 : 1];
            mu_stmt_bind_int(update, 1, mu_id_key(id));
            uint8_t text[40];
            for (size_t k = 0; k < sizeof text; k++) {
                text[k] = (uint8_t)('a' + mu_dice_below(&dice, 26));
            }
            mu_stmt_bind_text(update, 2, mu_slice_of(text, j % 3 == 0 ? 6 : sizeof text));
            must(mu_stmt_run(update, &err));
            mu_stmt_bind_int(&stmts[2], 1, seq);
            mu_stmt_bind_blob(&stmts[2], 2, mu_id_view(&mutation));
            mu_stmt_bind_int(&stmts[2], 3, 1700000000000);
            must(mu_stmt_run(&stmts[2], &err));
            mu_stmt_bind_int(&stmts[3], 1, seq);
            must(mu_stmt_run(&stmts[3], &err));
        }
        must(mu_db_commit(&db, &err));
    }
    double took = now() - start;
    for (size_t i = 0; i < 4; i++) {
        mu_stmt_finalize(&stmts[i]);
    }
    must(mu_db_exec(&db, "DROP TABLE note; DROP TABLE meta", &err));
    mu_db_close(&db);
    return took;
}

static double open_often(struct bench *bench, const char *path, bool with_replica)
{
    double start = now();
    for (int i = 0; i < 200; i++) {
        struct mu_db db;
        struct mu_replica *replica = NULL;
        open_file(bench, &db, path, false);
        if (with_replica) {
            must(mu_replica_open(&db, &replica, &err));
            mu_replica_close(replica);
        }
        mu_db_close(&db);
    }
    return (now() - start) / 200;
}

static double recompute(struct bench *bench, const char *path)
{
    struct mu_db db;
    struct mu_replica *replica = NULL;
    struct mu_digest stored;
    struct mu_digest computed;
    open_file(bench, &db, path, false);
    must(mu_replica_open(&db, &replica, &err));
    double start = now();
    must(mu_replica_recompute(replica, &computed, &err));
    double took = now() - start;
    must(mu_replica_digest(replica, &stored, &err));
    if (memcmp(&stored, &computed, sizeof stored) != 0) {
        (void)fprintf(stderr, "bench_replica: the digest is wrong\n");
        exit(1);
    }
    mu_replica_close(replica);
    mu_db_close(&db);
    return took;
}

static void show(const char *what, double took, double count, double floor)
{
    (void)printf("%-34s %8.1f ms %9.0f /s", what, took * 1e3, count / took);
    if (floor > 0) {
        (void)printf("  %.2f of plain", floor / took);
    }
    (void)printf("\n");
}

int main(int argc, char **argv)
{
    struct bench bench = {.tasks = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 100000,
                          .cache_kib = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 65536,
                          .frames = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 0};
    char folder[] = "/tmp/bench_replica.XXXXXX";
    if (bench.tasks == 0 || mkdtemp(folder) == NULL || chdir(folder) != 0) {
        return 1;
    }
    mu_arena_init(&bench.arena, (size_t)1 << 30);
    mu_arena_init(&bench.turn, (size_t)64 << 20);
    make_rows(&bench);
    double count = (double)bench.tasks;
    double floor = plain(&bench);
    show("plain, as they come", floor, count, 0);
    show("load, as they come", load(&bench, "board.db", true), count, floor);
    for (size_t together = 1000; together >= 10; together /= 10) {
        char what[64];
        floor = argc > 4 ? 1 : follow_plain(&bench, together);
        (void)snprintf(what, sizeof what, "plain changes, %zu together", together);
        show(what, floor, UPDATES, 0);
        (void)snprintf(what, sizeof what, "small changes, %zu together", together);
        show(what, follow(&bench, "board.db", together), UPDATES, floor);
    }
    if (argc > 4) {
        return 0;
    }
    show("recompute", recompute(&bench, "board.db"), count, 0);
    qsort(bench.rows, bench.tasks, sizeof *bench.rows, by_key);
    floor = plain(&bench);
    show("plain, sorted", floor, count, 0);
    show("load, sorted", load(&bench, "sorted.db", true), count, floor);
    double reading = 0;
    double moving = move_buckets(&bench, "board.db", "copy.db", &reading);
    show("buckets read", reading, count, 0);
    show("buckets replaced", moving, count, floor);
    double open_db = open_often(&bench, "board.db", false);
    double open_all = open_often(&bench, "board.db", true);
    (void)printf("open: database %.0f us, replica %.0f us more\n", open_db * 1e6,
                 (open_all - open_db) * 1e6);
    static const char *const files[] = {"plain.db", "board.db", "sorted.db", "copy.db"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)unlink(files[i]);
    }
    if (chdir("/") == 0) {
        (void)rmdir(folder);
    }
    mu_arena_deinit(&bench.turn);
    mu_arena_deinit(&bench.arena);
    free(bench.rows);
    return 0;
}
