#include "common/db/db.h"

#include <assert.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "common/db/place.h"
#include "common/db/stmt.h"

#define CACHE_KIB_DEFAULT         2048
#define CHECKPOINT_FRAMES_DEFAULT 1000
#define LOG_SIZE_KEPT             (16 << 20) /* bytes of the -wal file after a checkpoint */

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

static const char SQL_SETTINGS[] = "PRAGMA cell_size_check = ON;"
                                   "PRAGMA mmap_size = 0;"
                                   "PRAGMA temp_store = MEMORY;"
                                   "PRAGMA foreign_keys = OFF;"
                                   "PRAGMA secure_delete = ON;";

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
static bool breaks(int rc, bool committing)
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

static enum mu_status fail_rc(struct mu_db *db, int rc, const char *what, struct mu_error *err)
{
    int system_errno = 0;
    int primary = rc & 0xff;
    if (db->handle != NULL && (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN)) {
        system_errno = sqlite3_system_errno(db->handle);
    }
    enum mu_status status = mu_db_status(rc);
    if (status == MU_OK) {
        status = MU_E_INTERNAL;
    }
    if (status == MU_E_IO && mu_place_errno_status(system_errno) == MU_E_FULL) {
        status = MU_E_FULL; /* such as no room for the shared memory file */
    }
    db->broken = db->broken || breaks(rc, false);
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
    return fail_rc(db, rc, what, err);
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

/* The tail of the path, fit for a terminal. */
static void set_name(struct mu_db *db, const char *path)
{
    size_t len = strlen(path);
    size_t skip = len < sizeof db->name ? 0 : len - sizeof db->name + 1;
    size_t used = 0;
    for (const char *next = path + skip; *next != '\0'; next++) {
        bool control = (unsigned char)*next < 0x20 || *next == 0x7f;
        db->name[used++] = control ? '?' : *next;
    }
    db->name[used] = '\0';
}

static enum mu_status configure(struct mu_db *db, const struct mu_db_options *options,
                                struct mu_error *err)
{
    static const struct {
        int option;
        int value;
    } switches[] = {
        {SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_DQS_DML, 0},        {SQLITE_DBCONFIG_DQS_DDL, 0},
        {SQLITE_DBCONFIG_ENABLE_FKEY, 0},    {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
    };
    static const struct {
        int id;
        int value;
    } limits[] = {
        {SQLITE_LIMIT_LENGTH, MU_DB_VALUE_MAX},
        {SQLITE_LIMIT_SQL_LENGTH, MU_DB_SQL_MAX},
        {SQLITE_LIMIT_COLUMN, 200},
        {SQLITE_LIMIT_EXPR_DEPTH, 100},
        {SQLITE_LIMIT_COMPOUND_SELECT, 50},
        {SQLITE_LIMIT_ATTACHED, 0},
        {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000},
        {SQLITE_LIMIT_VARIABLE_NUMBER, MU_DB_PARAM_MAX},
        {SQLITE_LIMIT_TRIGGER_DEPTH, 10},
        {SQLITE_LIMIT_WORKER_THREADS, 0},
    };
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
        int rc = sqlite3_db_config(db->handle, switches[i].option, switches[i].value, NULL);
        if (rc != SQLITE_OK) {
            return fail_rc(db, rc, "configure", err);
        }
    }
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        (void)sqlite3_limit(db->handle, limits[i].id, limits[i].value);
    }
    (void)sqlite3_busy_timeout(db->handle, options->busy_ms);

    if (options->exclusive) { /* before the first read, or the log wants shared memory */
        MU_TRY(mu_db_exec(db, "PRAGMA locking_mode = EXCLUSIVE", err));
    }
    MU_TRY(mu_db_exec(db, SQL_SETTINGS, err));
    char sql[128];
    int cache_kib = options->cache_kib > 0 ? options->cache_kib : CACHE_KIB_DEFAULT;
    (void)snprintf(sql, sizeof sql, "PRAGMA cache_size = -%d; PRAGMA journal_size_limit = %d",
                   cache_kib, LOG_SIZE_KEPT);
    return mu_db_exec(db, sql, err);
}

/* First column of the first row, as a number. */
static enum mu_status query_int(struct mu_db *db, const char *sql, int64_t *out_value,
                                struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, sql, err));
    bool row = false;
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK) {
        *out_value = row ? mu_stmt_int(&stmt, 0) : 0;
    }
    mu_stmt_finalize(&stmt);
    return status;
}

static enum mu_status query_is(struct mu_db *db, const char *sql, const char *expected,
                               bool *out_is, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, sql, err));
    bool row = false;
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK) {
        *out_is = row && mu_slice_equal(mu_stmt_text(&stmt, 0), mu_slice_str(expected));
    }
    mu_stmt_finalize(&stmt);
    return status;
}

/* Whose file is this?  *out_fresh: nobody's, it is empty. */
static enum mu_status identify(struct mu_db *db, const struct mu_db_options *options,
                               bool *out_fresh, struct mu_error *err)
{
    int64_t application_id = 0;
    int64_t version = 0;
    int64_t tables = 0;
    bool utf8 = false;
    MU_TRY(query_int(db, "PRAGMA application_id", &application_id, err));
    MU_TRY(query_int(db, "PRAGMA user_version", &version, err));
    MU_TRY(query_int(db, "SELECT count(*) FROM sqlite_schema", &tables, err));
    MU_TRY(query_is(db, "PRAGMA encoding", "UTF-8", &utf8, err));

    bool fresh = application_id == 0 && version == 0 && tables == 0;
    if (fresh && (options->must_exist || options->read_only)) {
        return mu_fail(err, MU_E_NOT_FOUND, "'%s' is empty", db->name);
    }
    if (!fresh && (uint32_t)application_id != options->application_id) {
        return mu_fail(err, MU_E_INVALID, "'%s' is not a Muster file", db->name);
    }
    if (!utf8) {
        return mu_fail(err, MU_E_CORRUPT, "'%s': its text is not UTF-8", db->name);
    }
    *out_fresh = fresh;
    return MU_OK;
}

/* Write the mark of our kind into an empty file.  Looks again inside the transaction, because
 * another process may found the same file. */
static enum mu_status found(struct mu_db *db, const struct mu_db_options *options,
                            struct mu_error *err)
{
    MU_TRY(mu_db_begin(db, err));
    bool fresh = false;
    enum mu_status status = identify(db, options, &fresh, err);
    if (status == MU_OK && fresh) {
        char sql[64];
        (void)snprintf(sql, sizeof sql, "PRAGMA application_id = %" PRId32,
                       (int32_t)options->application_id);
        status = mu_db_exec(db, sql, err);
    }
    if (status != MU_OK) {
        mu_db_rollback(db);
        return status;
    }
    return mu_db_commit(db, err);
}

/* SQLite's own automatic checkpoint forgets a failed sync; this one does not. */
static int on_log_grown(void *context, sqlite3 *handle, const char *schema, int frames)
{
    struct mu_db *db = context;
    if (frames >= db->checkpoint_frames) {
        int rc = sqlite3_wal_checkpoint_v2(handle, schema, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        db->broken = db->broken || breaks(rc, false);
    }
    return SQLITE_OK;
}

static enum mu_status start_log(struct mu_db *db, const struct mu_db_options *options,
                                struct mu_error *err)
{
    bool wal = false;
    MU_TRY(query_is(db, "PRAGMA journal_mode = WAL", "wal", &wal, err));
    if (!wal) {
        return mu_fail(err, MU_E_IO, "'%s': this disk cannot hold a write-ahead log", db->name);
    }
    (void)sqlite3_wal_hook(db->handle, on_log_grown, db);
    return mu_db_exec(
        db, options->full_sync ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", err);
}

static enum mu_status open_handle(struct mu_db *db, const struct mu_db_options *options,
                                  struct mu_error *err)
{
    char place[MU_PLACE_MAX];
    const char *path = options->path;
    if (path == NULL) {
        path = ":memory:";
    } else if (options->vfs == NULL) {
        bool must_exist = options->must_exist || options->read_only;
        MU_TRY(mu_place_prepare(path,
                                options->read_only ? MU_PLACE_READ
                                : must_exist       ? MU_PLACE_EXISTING
                                                   : MU_PLACE_ANY,
                                place, err));
        path = place;
    } else if (strncmp(path, "file:", 5) == 0 || *path == ':' || *path == '\0') {
        return mu_fail(err, MU_E_INVALID, "'%s' is not a plain name", db->name);
    }

    bool create = options->path == NULL || (options->vfs != NULL && !options->must_exist);
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_NOFOLLOW |
                SQLITE_OPEN_EXRESCODE;
    flags |= options->read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    flags |= create && !options->read_only ? SQLITE_OPEN_CREATE : 0;
    int rc = sqlite3_open_v2(path, &db->handle, flags, options->vfs);
    if (rc != SQLITE_OK) {
        return fail_rc(db, rc, NULL, err);
    }
    return MU_OK;
}

static enum mu_status set_up(struct mu_db *db, const struct mu_db_options *options,
                             struct mu_error *err)
{
    MU_TRY(open_handle(db, options, err));
    MU_TRY(configure(db, options, err));
    bool fresh = false;
    MU_TRY(identify(db, options, &fresh, err));
    if (options->read_only) {
        return mu_db_exec(db, "PRAGMA query_only = ON", err);
    }
    if (sqlite3_db_readonly(db->handle, "main") != 0) {
        return fail_rc(db, SQLITE_READONLY, NULL, err);
    }
    if (options->path != NULL) {
        MU_TRY(start_log(db, options, err));
    }
    return fresh ? found(db, options, err) : MU_OK;
}

enum mu_status mu_db_open(struct mu_db *db, const struct mu_db_options *options,
                          struct mu_error *err)
{
    MU_ASSERT(options->application_id != 0);
    *db = (struct mu_db){
        .vfs = options->vfs,
        .read_only = options->read_only,
        .checkpoint_frames =
            options->checkpoint_frames > 0 ? options->checkpoint_frames : CHECKPOINT_FRAMES_DEFAULT,
    };
    set_name(db, options->path == NULL ? "memory" : options->path);
    enum mu_status status = set_up(db, options, err);
    if (status != MU_OK) {
        mu_db_close(db);
    }
    return status;
}

void mu_db_close(struct mu_db *db)
{
    if (db->handle == NULL) {
        return;
    }
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

enum mu_status mu_db_exec(struct mu_db *db, const char *sql, struct mu_error *err)
{
    MU_TRY(mu_db_ready(db, err));
    int rc = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? MU_OK : fail_rc(db, rc, NULL, err);
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
        return fail_rc(db, rc, NULL, err);
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
            db->broken = db->broken || breaks(rc, true);
            status = fail_rc(db, rc, NULL, err);
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
    return rc == SQLITE_OK ? MU_OK : fail_rc(db, rc, NULL, err);
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
    return fail_rc(db, rc, NULL, err);
}

enum mu_status mu_db_checkpoint(struct mu_db *db, struct mu_error *err)
{
    MU_TRY(mu_db_ready(db, err));
    int rc = sqlite3_wal_checkpoint_v2(db->handle, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY) { /* busy: readers; the next one goes on */
        return MU_OK;
    }
    return fail_rc(db, rc, "checkpoint", err);
}
