#include "common/db/migrate.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>

#include "common/db/stmt.h"

static const char SQL_VERSION[] = "PRAGMA user_version";

enum mu_status mu_db_schema_version(struct mu_db *db, uint32_t *out_version, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    bool row = false;
    MU_TRY(mu_stmt_prepare(&stmt, db, SQL_VERSION, err));
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    int64_t version = row ? mu_stmt_int(&stmt, 0) : 0;
    mu_stmt_finalize(&stmt);
    if (status == MU_OK && version < 0) {
        status = mu_fail(err, MU_E_CORRUPT, "'%s': schema number %" PRId64, db->name, version);
    }
    if (status == MU_OK) {
        *out_version = (uint32_t)version;
    }
    return status;
}

/* Run and finalize. */
static enum mu_status run_statement(struct mu_db *db, sqlite3_stmt *stmt, struct mu_error *err)
{
    int rc = SQLITE_ROW;
    while (rc == SQLITE_ROW) {
        rc = sqlite3_step(stmt);
    }
    enum mu_status status = rc == SQLITE_DONE ? MU_OK : mu_db_fail(db, err, NULL);
    (void)sqlite3_finalize(stmt);
    return status;
}

/* Every statement of the step, one after another. */
static enum mu_status run_statements(struct mu_db *db, const struct mu_migration *step,
                                     struct mu_error *err)
{
    const char *next = step->sql;
    const char *end = step->sql + step->len;
    enum mu_status status = MU_OK;
    while (status == MU_OK && next < end) {
        sqlite3_stmt *stmt = NULL;
        const char *tail = end;
        if (sqlite3_prepare_v3(db->handle, next, (int)(end - next), 0, &stmt, &tail) != SQLITE_OK) {
            return mu_db_fail(db, err, NULL);
        }
        if (stmt != NULL) { /* NULL for a comment or white space */
            status = run_statement(db, stmt, err);
        }
        next = tail;
    }
    return status;
}

static enum mu_status apply(struct mu_db *db, const struct mu_migration *step, struct mu_error *err)
{
    uint32_t version = 0;
    MU_TRY(mu_db_schema_version(db, &version, err));
    if (version >= step->to_version) { /* another process was faster */
        return MU_OK;
    }
    enum mu_status status = run_statements(db, step, err);
    if (status != MU_OK) {
        return mu_error_wrap(err, "schema step %" PRIu32, step->to_version);
    }
    char sql[64];
    (void)snprintf(sql, sizeof sql, "PRAGMA user_version = %" PRIu32, step->to_version);
    return mu_db_exec(db, sql, err);
}

static enum mu_status migrate_one(struct mu_db *db, const struct mu_migration *step,
                                  struct mu_error *err)
{
    MU_TRY(mu_db_begin(db, err));
    enum mu_status status = apply(db, step, err);
    if (status != MU_OK) {
        mu_db_rollback(db);
        return status;
    }
    return mu_db_commit(db, err);
}

static void check_list(const struct mu_migration *list, size_t count)
{
    uint32_t before = 0;
    MU_ASSERT(count > 0);
    for (size_t i = 0; i < count; i++) {
        MU_ASSERT(list[i].to_version > before && list[i].to_version <= INT32_MAX);
        MU_ASSERT(list[i].len <= MU_DB_SQL_MAX);
        before = list[i].to_version;
    }
}

/* Can this program bring a file of schema `version` up to `known`? */
static enum mu_status check_version(const struct mu_db *db, uint32_t version, uint32_t known,
                                    struct mu_error *err)
{
    if (version > known) {
        return mu_fail(err, MU_E_VERSION,
                       "'%s' was written by a newer Muster (schema %" PRIu32
                       ", this program knows %" PRIu32 "); upgrade this program",
                       db->name, version, known);
    }
    if (version < known && db->read_only) {
        return mu_fail(err, MU_E_VERSION,
                       "'%s' was written by an older Muster (schema %" PRIu32
                       ", this program needs %" PRIu32 ") and is open for reading only",
                       db->name, version, known);
    }
    return MU_OK;
}

enum mu_status mu_db_migrate(struct mu_db *db, const struct mu_migration *list, size_t count,
                             struct mu_error *err)
{
    check_list(list, count);
    uint32_t version = 0;
    MU_TRY(mu_db_schema_version(db, &version, err));
    MU_TRY(check_version(db, version, list[count - 1].to_version, err));
    enum mu_status status = MU_OK;
    for (size_t i = 0; status == MU_OK && i < count; i++) {
        if (list[i].to_version > version) {
            status = migrate_one(db, &list[i], err);
        }
    }
    return status;
}
