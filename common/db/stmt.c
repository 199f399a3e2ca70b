#include "common/db/stmt.h"

#include <sqlite3.h>
#include <string.h>

#include "common/db/inside.h"

#define WHAT_SHOWN 60 /* bytes of the SQL in a message */

enum mu_status mu_stmt_prepare(struct mu_stmt *stmt, struct mu_db *db, const char *sql,
                               struct mu_error *err)
{
    *stmt = (struct mu_stmt){.db = db, .what = sql};
    MU_TRY(mu_db_ready(db, err));
    const char *tail = NULL;
    int rc =
        sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt->handle, &tail);
    if (rc != SQLITE_OK) {
        return mu_db_fail(db, err, NULL);
    }
    MU_ASSERT(stmt->handle != NULL);
    MU_ASSERT(tail[strspn(tail, " \n;")] == '\0'); /* a second statement would never run */
    return MU_OK;
}

/* A statement left before its last row commits when it ends; if that fails, nobody is left to be
 * told but the connection. */
static void ended(struct mu_stmt *stmt, int rc)
{
    if (mu_db_breaks(rc, false)) {
        stmt->db->broken = true;
    }
}

void mu_stmt_finalize(struct mu_stmt *stmt)
{
    ended(stmt, sqlite3_finalize(stmt->handle));
    *stmt = (struct mu_stmt){0};
}

static void bound(struct mu_stmt *stmt, int rc)
{
    if (stmt->bind_rc == SQLITE_OK) {
        stmt->bind_rc = rc;
    }
}

void mu_stmt_bind_int(struct mu_stmt *stmt, int index, int64_t value)
{
    bound(stmt, sqlite3_bind_int64(stmt->handle, index, value));
}

/* SQLite binds NULL for a null pointer, whatever the length. */
static const void *start_of(struct mu_slice bytes)
{
    return bytes.len == 0 ? "" : (const void *)bytes.data;
}

void mu_stmt_bind_blob(struct mu_stmt *stmt, int index, struct mu_slice bytes)
{
    bound(stmt,
          sqlite3_bind_blob64(stmt->handle, index, start_of(bytes), bytes.len, SQLITE_STATIC));
}

void mu_stmt_bind_text(struct mu_stmt *stmt, int index, struct mu_slice text)
{
    bound(stmt, sqlite3_bind_text64(stmt->handle, index, start_of(text), text.len, SQLITE_STATIC,
                                    SQLITE_UTF8));
}

void mu_stmt_bind_id(struct mu_stmt *stmt, int index, struct mu_id id)
{
    bound(stmt,
          sqlite3_bind_blob64(stmt->handle, index, id.bytes, sizeof id.bytes, SQLITE_TRANSIENT));
}

void mu_stmt_bind_null(struct mu_stmt *stmt, int index)
{
    bound(stmt, sqlite3_bind_null(stmt->handle, index));
}

static enum mu_status fail_bind(struct mu_stmt *stmt, struct mu_error *err)
{
    enum mu_status status = mu_db_status(stmt->bind_rc);
    return mu_fail(err, status == MU_OK ? MU_E_INTERNAL : status, "'%s': bind: %s (%.*s)",
                   stmt->db->name, sqlite3_errstr(stmt->bind_rc), WHAT_SHOWN, stmt->what);
}

static enum mu_status fail_step(struct mu_stmt *stmt, struct mu_error *err)
{
    enum mu_status status = mu_db_fail(stmt->db, err, NULL);
    if (status == MU_E_INTERNAL || status == MU_E_CONFLICT) { /* the statement's own fault */
        char inner[MU_ERROR_TEXT_MAX];
        memcpy(inner, err->text, sizeof inner);
        return mu_fail(err, status, "%.180s (%.*s)", inner, WHAT_SHOWN, stmt->what);
    }
    return status;
}

enum mu_status mu_stmt_step(struct mu_stmt *stmt, bool *out_row, struct mu_error *err)
{
    MU_ASSERT(stmt->handle != NULL);
    MU_TRY(mu_db_ready(stmt->db, err));
    if (stmt->bind_rc != SQLITE_OK) {
        return fail_bind(stmt, err);
    }
    int rc = sqlite3_step(stmt->handle);
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) {
        return fail_step(stmt, err);
    }
    *out_row = rc == SQLITE_ROW;
    return MU_OK;
}

void mu_stmt_reset(struct mu_stmt *stmt)
{
    if (stmt->handle == NULL) {
        return;
    }
    ended(stmt, sqlite3_reset(stmt->handle));
    (void)sqlite3_clear_bindings(stmt->handle);
    stmt->bind_rc = SQLITE_OK;
}

enum mu_status mu_stmt_run(struct mu_stmt *stmt, struct mu_error *err)
{
    bool row = true;
    enum mu_status status = MU_OK;
    while (status == MU_OK && row) {
        status = mu_stmt_step(stmt, &row, err);
    }
    mu_stmt_reset(stmt);
    return status;
}

int64_t mu_stmt_int(struct mu_stmt *stmt, int column)
{
    return sqlite3_column_int64(stmt->handle, column);
}

struct mu_slice mu_stmt_blob(struct mu_stmt *stmt, int column)
{
    const void *data = sqlite3_column_blob(stmt->handle, column); /* before the length */
    int len = sqlite3_column_bytes(stmt->handle, column);
    return mu_slice_of(data, data == NULL || len < 0 ? 0 : (size_t)len);
}

/* Text is stored as UTF-8 and read as the bytes it is: asking SQLite for a terminated copy
 * could fail for want of memory and read as empty. */
struct mu_slice mu_stmt_text(struct mu_stmt *stmt, int column)
{
    return mu_stmt_blob(stmt, column);
}

enum mu_stmt_type mu_stmt_type(struct mu_stmt *stmt, int column)
{
    switch (sqlite3_column_type(stmt->handle, column)) {
    case SQLITE_INTEGER:
        return MU_STMT_INT;
    case SQLITE_FLOAT:
        return MU_STMT_REAL;
    case SQLITE_TEXT:
        return MU_STMT_TEXT;
    case SQLITE_BLOB:
        return MU_STMT_BLOB;
    default:
        return MU_STMT_NULL;
    }
}

bool mu_stmt_is_null(struct mu_stmt *stmt, int column)
{
    return mu_stmt_type(stmt, column) == MU_STMT_NULL;
}

struct mu_id mu_stmt_id(struct mu_stmt *stmt, int column)
{
    struct mu_id id = {0};
    (void)mu_id_from_slice(mu_stmt_blob(stmt, column), &id);
    return id;
}
