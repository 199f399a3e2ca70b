/* mu_db_open(): the path, the settings, whose file it is, the write-ahead log. */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "common/db/db.h"
#include "common/db/inside.h"
#include "common/db/place.h"
#include "common/db/stmt.h"

#define CACHE_KIB_DEFAULT         2048
#define CHECKPOINT_FRAMES_DEFAULT 1000
#define WRITE_FORMAT_AT           18 /* in the file, as SQLite's format says */
#define WRITE_FORMAT_MAX          2
#define RETRY_MS                  5
#define LOG_SIZE_KEPT             (16 << 20) /* bytes of the -wal file after a checkpoint */

static const char SQL_SETTINGS[] = "PRAGMA cell_size_check = ON;"
                                   "PRAGMA mmap_size = 0;"
                                   "PRAGMA temp_store = MEMORY;"
                                   "PRAGMA foreign_keys = OFF;"
                                   "PRAGMA secure_delete = ON;";

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
            return mu_db_fail_rc(db, rc, "configure", err);
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

/* Step a setting's statement to its end: one that writes commits there, and can fail there. */
static enum mu_status finish(struct mu_stmt *stmt, struct mu_error *err)
{
    bool row = true;
    while (row) {
        MU_TRY(mu_stmt_step(stmt, &row, err));
    }
    return MU_OK;
}

/* First column of the first row, as a number. */
static enum mu_status query_int(struct mu_db *db, const char *sql, int64_t *out_value,
                                struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, sql, err));
    bool row = false;
    int64_t value = 0;
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK && row) {
        value = mu_stmt_int(&stmt, 0);
        status = finish(&stmt, err);
    }
    mu_stmt_finalize(&stmt);
    if (status == MU_OK) {
        *out_value = value;
    }
    return status;
}

static enum mu_status query_is(struct mu_db *db, const char *sql, const char *expected,
                               bool *out_is, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, sql, err));
    bool row = false;
    bool is = false;
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK && row) {
        is = mu_slice_equal(mu_stmt_text(&stmt, 0), mu_slice_str(expected));
        status = finish(&stmt, err);
    }
    mu_stmt_finalize(&stmt);
    if (status == MU_OK) {
        *out_is = is;
    }
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

/* The same at one moment: another process may be founding the file between two questions. */
static enum mu_status identify_at_once(struct mu_db *db, const struct mu_db_options *options,
                                       bool *out_fresh, struct mu_error *err)
{
    MU_TRY(mu_db_exec(db, "BEGIN", err));
    enum mu_status status = identify(db, options, out_fresh, err);
    struct mu_error ignored = {0};
    enum mu_status ended = mu_db_exec(db, "COMMIT", status == MU_OK ? err : &ignored);
    return status == MU_OK ? ended : status;
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
        db->broken = db->broken || mu_db_breaks(rc, false);
    }
    return SQLITE_OK;
}

/* SQLite does not wait for the lock when it turns the log on, lest two wait for one another: who
 * came second at the founding of a file tries again, as long as it would have waited. */
static enum mu_status turn_log_on(struct mu_db *db, int busy_ms, bool *out_wal,
                                  struct mu_error *err)
{
    struct mu_error why = {0};
    enum mu_status status = MU_E_BUSY;
    for (int waited_ms = 0; status == MU_E_BUSY && waited_ms <= busy_ms; waited_ms += RETRY_MS) {
        if (waited_ms > 0) {
            (void)sqlite3_sleep(RETRY_MS);
        }
        why = (struct mu_error){0};
        status = query_is(db, "PRAGMA journal_mode = WAL", "wal", out_wal, &why);
    }
    return status == MU_OK ? MU_OK : mu_fail(err, status, "%s", why.text);
}

static enum mu_status start_log(struct mu_db *db, const struct mu_db_options *options,
                                struct mu_error *err)
{
    bool wal = false;
    MU_TRY(turn_log_on(db, options->busy_ms, &wal, err));
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
        return mu_db_fail_rc(db, rc, NULL, err);
    }
    return MU_OK;
}

/* A header that names a format of the future makes SQLite open any file for reading only. */
static bool is_header_damaged(struct mu_db *db)
{
    sqlite3_file *file = NULL;
    uint8_t format = 0;
    int rc = sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    return rc == SQLITE_OK && file != NULL && file->pMethods != NULL &&
           file->pMethods->xRead(file, &format, 1, WRITE_FORMAT_AT) == SQLITE_OK &&
           format > WRITE_FORMAT_MAX;
}

static enum mu_status set_up(struct mu_db *db, const struct mu_db_options *options,
                             struct mu_error *err)
{
    MU_TRY(open_handle(db, options, err));
    MU_TRY(configure(db, options, err));
    bool fresh = false;
    MU_TRY(identify_at_once(db, options, &fresh, err));
    if (options->read_only) {
        return mu_db_exec(db, "PRAGMA query_only = ON", err);
    }
    if (sqlite3_db_readonly(db->handle, "main") != 0) {
        return mu_db_fail_rc(db, is_header_damaged(db) ? SQLITE_CORRUPT : SQLITE_READONLY, NULL,
                             err);
    }
    if (options->path != NULL && options->vfs == NULL) {
        MU_TRY(mu_place_make_private(sqlite3_db_filename(db->handle, "main"), err));
    }
    if (options->path != NULL) {
        MU_TRY(start_log(db, options, err));
    }
    return fresh ? found(db, options, err) : MU_OK;
}

/* SQLite's own copy of a VFS's name: the caller's may go before the database is closed. */
static const char *lasting_name(const char *vfs)
{
    const sqlite3_vfs *known = vfs == NULL ? NULL : sqlite3_vfs_find(vfs);
    return known != NULL ? known->zName : NULL;
}

enum mu_status mu_db_open(struct mu_db *db, const struct mu_db_options *options,
                          struct mu_error *err)
{
    MU_ASSERT(options->application_id != 0);
    *db = (struct mu_db){
        .vfs = lasting_name(options->vfs),
        .read_only = options->read_only,
        .full_sync = options->full_sync,
        .application_id = options->application_id,
        .exclusive = options->exclusive,
        .checkpoint_frames =
            options->checkpoint_frames > 0 ? options->checkpoint_frames : CHECKPOINT_FRAMES_DEFAULT,
    };
    mu_place_show(options->path == NULL ? "memory" : options->path, db->name);
    enum mu_status status = set_up(db, options, err);
    if (status != MU_OK) {
        mu_db_close(db);
    }
    return status;
}
