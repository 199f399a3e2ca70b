#include "tests/unit/disk_script.h"

#include <string.h>

#include "common/db/migrate.h"
#include "common/db/stmt.h"

#define KIND          0x4d737401U
#define ROW_BYTES_MAX 6000

static const char SQL_TABLE[] = "CREATE TABLE t(k INTEGER PRIMARY KEY, v BLOB NOT NULL) STRICT;"
                                "CREATE INDEX t_v ON t(v);";
static const struct mu_migration steps[] = {
    {.to_version = 1, .sql = SQL_TABLE, .len = sizeof SQL_TABLE - 1},
};
static const char SQL_INSERT[] = "INSERT INTO t(k, v) VALUES (?1, ?2)";
static const char SQL_COUNT[] = "SELECT count(*), coalesce(max(k), 0) FROM t";

enum mu_status script_open(struct mu_db *db, const char *vfs, enum durability durability,
                           struct mu_error *err)
{
    struct mu_db_options options = {
        .path = SCRIPT_FILE,
        .vfs = vfs,
        .application_id = KIND,
        .full_sync = durability == FULL,
        .exclusive = true,
        .checkpoint_frames = 12, /* many checkpoints in a short script */
    };
    MU_TRY(mu_db_open(db, &options, err));
    enum mu_status status = mu_db_migrate(db, steps, 1, err);
    if (status == MU_OK && durability == OFF) {
        status = mu_db_exec(db, "PRAGMA synchronous = OFF", err);
    }
    if (status != MU_OK) {
        mu_db_close(db);
    }
    return status;
}

enum mu_status script_insert(struct mu_db *db, int64_t k, struct mu_error *err)
{
    uint8_t value[ROW_BYTES_MAX];
    size_t len = (size_t)(k * 977) % sizeof value;
    memset(value, (int)(k & 0x7f), sizeof value);
    struct mu_stmt insert = {0};
    MU_TRY(mu_db_begin(db, err));
    enum mu_status status = mu_stmt_prepare(&insert, db, SQL_INSERT, err);
    if (status == MU_OK) {
        mu_stmt_bind_int(&insert, 1, k);
        mu_stmt_bind_blob(&insert, 2, mu_slice_of(value, len));
        status = mu_stmt_run(&insert, err);
    }
    mu_stmt_finalize(&insert);
    if (status != MU_OK) {
        mu_db_rollback(db);
        return status;
    }
    return mu_db_commit(db, err);
}

int64_t script_count(struct mu_db *db)
{
    struct mu_error err = {0};
    struct mu_stmt stmt = {0};
    bool row = false;
    int64_t count = -1;
    if (mu_stmt_prepare(&stmt, db, SQL_COUNT, &err) == MU_OK &&
        mu_stmt_step(&stmt, &row, &err) == MU_OK && row &&
        mu_stmt_int(&stmt, 0) == mu_stmt_int(&stmt, 1)) {
        count = mu_stmt_int(&stmt, 0);
    }
    mu_stmt_finalize(&stmt);
    return count;
}

enum mu_status script_run(const char *vfs, enum durability durability, int64_t *acked,
                          struct mu_error *err)
{
    struct mu_db db;
    MU_TRY(script_open(&db, vfs, durability, err));
    enum mu_status status = MU_OK;
    int64_t there = script_count(&db);
    if (there < 0) {
        status = mu_fail(err, MU_E_IO, "the rows cannot be counted");
    }
    while (status == MU_OK && there < SCRIPT_ROWS) {
        status = script_insert(&db, ++there, err);
        *acked = status == MU_OK ? there : *acked;
    }
    mu_db_close(&db);
    return status;
}
