/* One SQLite connection: opened safely, its settings in one place, its failures in words.
 *
 * What tables mean is left to the layers above; they prepare statements (stmt.h)
 * and bring migrations (migrate.h).  sqlite3.h stays out of this header so that
 * every layer may include it. */
#ifndef MUSTER_COMMON_DB_DB_H
#define MUSTER_COMMON_DB_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/error.h"

struct sqlite3;
struct sqlite3_stmt;

#define MU_DB_NAME_MAX    128       /* bytes of the path that messages show */
#define MU_DB_VALUE_MAX   (8 << 20) /* bytes of the largest text or blob, and of a row */
#define MU_DB_PARAM_MAX   250       /* highest parameter number of a statement */
#define MU_DB_SQL_MAX     (256 << 10)
#define MU_DB_CONTROL_MAX 7

/* Zeroed = closed.  Must not move while open: statements and SQLite point to it. */
struct mu_db {
    struct sqlite3 *handle; /* NULL when closed */
    struct sqlite3_stmt *control[MU_DB_CONTROL_MAX];
    char name[MU_DB_NAME_MAX]; /* for messages; the tail of a long path, controls as '?' */
    const char *vfs;           /* SQLite's copy of the name; NULL = SQLite's default */
    int checkpoint_frames;
    uint32_t application_id;
    bool read_only;
    bool full_sync;
    bool exclusive;
    /* Between mu_db_begin() and mu_db_commit() or mu_db_rollback().  While it is set and
     * SQLite has no transaction, SQLite rolled back by itself: every statement is then
     * refused with `lost`, so that nothing is committed in pieces. */
    bool in_transaction;
    enum mu_status lost;
    /* A write or sync failed, so what is on the disk is unknown.  Everything is refused
     * until the file has been closed and opened again. */
    bool broken;
};

struct mu_db_options {
    const char *path;        /* NULL = a private database in memory, gone when closed */
    const char *vfs;         /* NULL = the real disk; else the path is a plain name in that VFS */
    uint32_t application_id; /* the kind of file, not 0 */
    bool full_sync; /* true: a commit is on the disk when it returns; false: only in order */
    bool exclusive; /* one connection, no shared memory; what a simulated disk needs */
    bool read_only;
    bool must_exist;       /* a missing or empty file is an error, not a new database */
    int cache_kib;         /* 0 = 2048 */
    int busy_ms;           /* how long to wait for another process; 0 = not at all */
    int checkpoint_frames; /* pages in the write-ahead log that start a checkpoint; 0 = 1000 */
};

/* Open or found a database.  The path may be relative; a symbolic link in its last part, a
 * folder, a FIFO and the like are refused, "file:" and ":memory:" have no special meaning, and
 * the file is readable by its owner only.  Triggers, views, ATTACH and extensions are off.
 * Errors: MU_E_NOT_FOUND no such folder or (read_only, must_exist) file; MU_E_INVALID another
 * kind of file ("'x.db' is not a Muster file") or no regular file; MU_E_CORRUPT no database at
 * all, or a damaged one; MU_E_BUSY, MU_E_FULL, MU_E_IO, MU_E_NOMEM, MU_E_LIMIT path too long.
 * On failure *db is closed; a file of somebody else is not written to. */
MU_MUST_USE enum mu_status mu_db_open(struct mu_db *db, const struct mu_db_options *options,
                                      struct mu_error *err);
/* Accepts a closed database.  Every statement must have been finalized; an open transaction is
 * rolled back.  After a failed sync the log of a full_sync database is written again, if the disk
 * lets it (mu_db_renew_log()). */
void mu_db_close(struct mu_db *db);

/* Run one or more statements that bring no rows anybody wants. */
MU_MUST_USE enum mu_status mu_db_exec(struct mu_db *db, const char *sql, struct mu_error *err);

/* BEGIN IMMEDIATE.  MU_E_BUSY after busy_ms; MU_E_IO when the database is broken. */
MU_MUST_USE enum mu_status mu_db_begin(struct mu_db *db, struct mu_error *err);
/* On failure the transaction is over and the outcome is unknown when db->broken, else it is
 * undone.  MU_E_BUSY cannot happen after mu_db_begin(). */
MU_MUST_USE enum mu_status mu_db_commit(struct mu_db *db, struct mu_error *err);
/* Never fails; nothing to do when no transaction is open. */
void mu_db_rollback(struct mu_db *db);

/* One level inside a transaction: a bad input is undone without its neighbours. */
MU_MUST_USE enum mu_status mu_db_savepoint(struct mu_db *db, struct mu_error *err);
MU_MUST_USE enum mu_status mu_db_release(struct mu_db *db, struct mu_error *err);
/* Undo back to the savepoint, and end it. */
MU_MUST_USE enum mu_status mu_db_rollback_to(struct mu_db *db, struct mu_error *err);

/* Changes whenever another connection (or process) has committed since the last call; own
 * commits do not change it. */
MU_MUST_USE enum mu_status mu_db_change_counter(struct mu_db *db, int64_t *out_counter,
                                                struct mu_error *err);
/* Move what the write-ahead log holds into the file, as far as readers let it. */
MU_MUST_USE enum mu_status mu_db_checkpoint(struct mu_db *db, struct mu_error *err);

/* Sync the log: what was committed so far is on the disk, full_sync or not.  Errors: MU_E_FULL,
 * MU_E_IO; then the database is as after a failed commit. */
MU_MUST_USE enum mu_status mu_db_sync_log(struct mu_db *db, struct mu_error *err);

/* Write the log over itself and sync it, so that what a process before us failed to sync gets to
 * the disk after all, and nothing is appended behind a hole.  For whoever opens a full_sync
 * database for long, before its first transaction.  Not inside a transaction. */
MU_MUST_USE enum mu_status mu_db_renew_log(struct mu_db *db, struct mu_error *err);

/* MU_OK, or why nothing more may be asked of this connection: it is broken, or SQLite has undone
 * the transaction that the caller believes to be in.  Everything here and in stmt.h asks first. */
MU_MUST_USE enum mu_status mu_db_ready(struct mu_db *db, struct mu_error *err);
/* The one translation of SQLITE_* (extended or not) to a status. */
enum mu_status mu_db_status(int sqlite_rc);
/* Fill err from the connection's last failure: "what: 'x.db': disk full".  Call it before
 * anything else touches the connection.  what may be NULL.  Never returns MU_OK. */
enum mu_status mu_db_fail(struct mu_db *db, struct mu_error *err, const char *what);

#endif
