#include "common/db/db.h"

#include <assert.h>
#include <sqlite3.h>
#include <stddef.h>
#include <stdio.h>

#include "common/db/inside.h"
#include "common/db/place.h"

#define MEND_BUSY_MS 1000 /* others may be writing */

enum control { BEGIN, COMMIT, ROLLBACK, SAVEPOINT, RELEASE, ROLLBACK_TO, DATA_VERSION };
static_assert(DATA_VERSION + 1 == MU_DB_CONTROL_MAX, "one slot for each control statement");

static const char *const SQL_CONTROL[MU_DB_CONTROL_MAX] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [SAVEPOINT] = "SAVEPOINT input",
    [RELEASE] = "RELEASE input",
    [ROLLBACK_TO] = "ROLLBACK TO input",
    [DATA_VERSION] = "PRAGMA data_version",
};

enum mu_status mu_db_status(int sqlite_rc)
{
    if (sqlite_rc == SQLITE_IOERR_NOMEM) {
        return MU_E_NOMEM;
    }
    switch (sqlite_rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return MU_OK;
    case SQLITE_NOMEM:
        return MU_E_NOMEM;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return MU_E_BUSY;
    case SQLITE_FULL:
        return MU_E_FULL;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return MU_E_IO;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return MU_E_CORRUPT;
    case SQLITE_CONSTRAINT:
        return MU_E_CONFLICT;
    case SQLITE_TOOBIG:
        return MU_E_LIMIT;
    case SQLITE_AUTH:
        return MU_E_DENIED;
    default: /* misuse, bad SQL, wrong types: our own mistakes */
        return MU_E_INTERNAL;
    }
}

/* Failures after which what the disk holds is unknown: after a failed sync the system may have
 * dropped the pages, and the next sync reports success without them.  Reading and locking
 * errors leave the file as it was. */
bool mu_db_breaks(int rc, bool committing)
{
    switch (rc) {
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_DIR_FSYNC:
    case SQLITE_IOERR_TRUNCATE:
        return true;
    default:
        return committing && (rc & 0xff) == SQLITE_IOERR;
    }
}

/* Words for a failure that the world is to blame for; NULL when the statement is. */
static const char *reason(int rc, int system_errno)
{
    switch (rc) {
    case SQLITE_IOERR_NOMEM:
        return "out of memory";
    case SQLITE_READONLY_DBMOVED:
        return "it was moved or deleted while in use";
    default:
        break;
    }
    const char *known = mu_place_errno_text(system_errno);
    switch (rc & 0xff) {
    case SQLITE_NOMEM:
        return "out of memory";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return "in use by another program";
    case SQLITE_FULL:
        return "disk full";
    case SQLITE_READONLY:
        return "it may only be read";
    case SQLITE_CORRUPT:
        return "it is damaged";
    case SQLITE_NOTADB:
        return "it is not a database, or is damaged";
    case SQLITE_CANTOPEN:
        return known != NULL ? known : "it cannot be opened";
    case SQLITE_IOERR:
        return known != NULL ? known : "reading or writing failed";
    case SQLITE_TOOBIG:
        return "a value or row is too large";
    default:
        return NULL;
    }
}

/* What the system said, or 0.  SQLite notes it for the connection, but not when a commit fails:
 * for writes and syncs the files are asked, the log before the database. */
static int errno_of(sqlite3 *handle, int rc)
{
    int number = 0;
    if (mu_db_breaks(rc, false)) {
        sqlite3_file *log = NULL;
        (void)sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
        if (log != NULL && log->pMethods != NULL) {
            (void)log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &number);
        }
        if (number == 0) {
            (void)sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &number);
        }
    }
    int primary = rc & 0xff;
    if (number == 0 && (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN)) {
        number = sqlite3_system_errno(handle);
    }
    return number;
}

enum mu_status mu_db_fail_rc(struct mu_db *db, int rc, const char *what, struct mu_error *err)
{
    int system_errno = db->handle == NULL ? 0 : errno_of(db->handle, rc);
    enum mu_status status = mu_db_status(rc);
    if (status == MU_OK) {
        status = MU_E_INTERNAL;
    }
    if (status == MU_E_IO && !mu_db_breaks(rc, false) &&
        mu_place_errno_status(system_errno) == MU_E_FULL) {
        status = MU_E_FULL; /* such as no room for the shared memory file */
    }
    db->broken = db->broken || mu_db_breaks(rc, false);
    if (db->in_transaction && db->lost == MU_OK && db->handle != NULL &&
        sqlite3_get_autocommit(db->handle) != 0) {
        db->lost = status;
    }

    const char *words = reason(rc, system_errno);
    if (words == NULL) {
        words = db->handle != NULL ? sqlite3_errmsg(db->handle) : sqlite3_errstr(rc);
    }
    if (what == NULL || *what == '\0') {
        return mu_fail(err, status, "'%s': %s", db->name, words);
    }
    return mu_fail(err, status, "%s: '%s': %s", what, db->name, words);
}

enum mu_status mu_db_fail(struct mu_db *db, struct mu_error *err, const char *what)
{
    int rc = db->handle == NULL ? SQLITE_MISUSE : sqlite3_extended_errcode(db->handle);
    return mu_db_fail_rc(db, rc, what, err);
}

enum mu_status mu_db_ready(struct mu_db *db, struct mu_error *err)
{
    MU_ASSERT(db->handle != NULL);
    if (db->broken) {
        return mu_fail(err, MU_E_IO, "'%s': an earlier write failed; it must be opened again",
                       db->name);
    }
    if (db->in_transaction && sqlite3_get_autocommit(db->handle) != 0) {
        enum mu_status status = db->lost == MU_OK ? MU_E_IO : db->lost;
        return mu_fail(err, status, "'%s': the transaction was undone by an earlier failure",
                       db->name);
    }
    return MU_OK;
}

static void close_handle(struct mu_db *db)
{
    for (size_t i = 0; i < MU_DB_CONTROL_MAX; i++) {
        (void)sqlite3_finalize(db->control[i]);
        db->control[i] = NULL;
    }
    if (db->broken) { /* leave the files as they are: the next opening recovers from them */
        (void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    }
    int rc = sqlite3_close(db->handle);
    MU_ASSERT(rc == SQLITE_OK); /* else a statement was not finalized */
    db->handle = NULL;
    db->in_transaction = false;
}

/* A failed sync has left its mark on the log: mend it before the next process appends to it.
 * When the disk does not let us, the next opening for long tries again. */
static void mend(const struct mu_db *broken, const char *path)
{
    struct mu_db db = {0};
    struct mu_error err = {0};
    const struct mu_db_options options = {.path = path,
                                          .vfs = broken->vfs,
                                          .application_id = broken->application_id,
                                          .full_sync = true,
                                          .exclusive = broken->exclusive,
                                          .must_exist = true,
                                          .busy_ms = MEND_BUSY_MS};
    if (mu_db_open(&db, &options, &err) == MU_OK) {
        (void)!mu_db_renew_log(&db, &err);
        close_handle(&db);
    }
}

void mu_db_close(struct mu_db *db)
{
    if (db->handle == NULL) {
        return;
    }
    char path[MU_PLACE_MAX] = "";
    if (db->broken && db->full_sync) {
        const char *name = sqlite3_db_filename(db->handle, "main");
        (void)snprintf(path, sizeof path, "%s", name != NULL ? name : "");
    }
    close_handle(db);
    if (path[0] != '\0') {
        mend(db, path);
    }
}

enum mu_status mu_db_exec(struct mu_db *db, const char *sql, struct mu_error *err)
{
    MU_TRY(mu_db_ready(db, err));
    int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? MU_OK : mu_db_fail_rc(db, rc, NULL, err);
}

/* Control statements are prepared at their first use.  These two return SQLite's code. */
static int prepare_control(struct mu_db *db, enum control which)
{
    if (db->control[which] != NULL) {
        return SQLITE_OK;
    }
    return sqlite3_prepare_v3(db->handle, SQL_CONTROL[which], -1, SQLITE_PREPARE_PERSISTENT,
                              &db->control[which], NULL);
}

static int control(struct mu_db *db, enum control which)
{
    int rc = prepare_control(db, which);
    if (rc != SQLITE_OK) {
        return rc;
    }
    (void)sqlite3_step(db->control[which]);
    return sqlite3_reset(db->control[which]);
}

enum mu_status mu_db_begin(struct mu_db *db, struct mu_error *err)
{
    MU_ASSERT(!db->in_transaction);
    MU_TRY(mu_db_ready(db, err));
    int rc = control(db, BEGIN);
    if (rc != SQLITE_OK) {
        return mu_db_fail_rc(db, rc, NULL, err);
    }
    db->in_transaction = true;
    db->lost = MU_OK;
    return MU_OK;
}

enum mu_status mu_db_commit(struct mu_db *db, struct mu_error *err)
{
    MU_ASSERT(db->in_transaction);
    enum mu_status status = mu_db_ready(db, err);
    if (status == MU_OK) {
        int rc = control(db, COMMIT);
        if (rc != SQLITE_OK) {
            db->broken = db->broken || mu_db_breaks(rc, true);
            status = mu_db_fail_rc(db, rc, NULL, err);
        }
    }
    if (status != MU_OK) {
        mu_db_rollback(db);
    }
    db->in_transaction = false;
    return status;
}

void mu_db_rollback(struct mu_db *db)
{
    if (db->handle != NULL && sqlite3_get_autocommit(db->handle) == 0 &&
        control(db, ROLLBACK) != SQLITE_OK && sqlite3_get_autocommit(db->handle) == 0) {
        db->broken = true; /* still inside: closing is all that is left */
    }
    db->in_transaction = false;
    db->lost = MU_OK;
}

static enum mu_status control_checked(struct mu_db *db, enum control which, struct mu_error *err)
{
    MU_ASSERT(db->in_transaction);
    MU_TRY(mu_db_ready(db, err));
    int rc = control(db, which);
    return rc == SQLITE_OK ? MU_OK : mu_db_fail_rc(db, rc, NULL, err);
}

enum mu_status mu_db_savepoint(struct mu_db *db, struct mu_error *err)
{
    return control_checked(db, SAVEPOINT, err);
}

enum mu_status mu_db_release(struct mu_db *db, struct mu_error *err)
{
    return control_checked(db, RELEASE, err);
}

enum mu_status mu_db_rollback_to(struct mu_db *db, struct mu_error *err)
{
    MU_TRY(control_checked(db, ROLLBACK_TO, err));
    return control_checked(db, RELEASE, err);
}

enum mu_status mu_db_change_counter(struct mu_db *db, int64_t *out_counter, struct mu_error *err)
{
    MU_TRY(mu_db_ready(db, err));
    int rc = prepare_control(db, DATA_VERSION);
    if (rc == SQLITE_OK) {
        sqlite3_stmt *stmt = db->control[DATA_VERSION];
        int64_t counter = sqlite3_step(stmt) == SQLITE_ROW ? sqlite3_column_int64(stmt, 0) : 0;
        rc = sqlite3_reset(stmt);
        if (rc == SQLITE_OK) {
            *out_counter = counter;
            return MU_OK;
        }
    }
    return mu_db_fail_rc(db, rc, NULL, err);
}

enum mu_status mu_db_checkpoint(struct mu_db *db, struct mu_error *err)
{
    MU_TRY(mu_db_ready(db, err));
    int rc = sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY) { /* busy: readers; the next one goes on */
        return MU_OK;
    }
    return mu_db_fail_rc(db, rc, "checkpoint", err);
}
