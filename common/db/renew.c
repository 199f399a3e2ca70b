/* Writing the write-ahead log over itself, byte by byte the same.
 *
 * After a failed sync the system may hold pages of the log that everybody reads and that will
 * never reach the disk, since it believes them written.  Whatever is committed behind them would
 * be lost at the next power cut, sync or no sync.  Moving the log into the database first would
 * be worse: half of that, then a power cut, and neither file is whole.  Written again, the pages
 * are new to the system and the next sync is an honest one. */
#include <sqlite3.h>
#include <stdlib.h>

#include "common/db/inside.h"

#define PIECE (64 * 1024)

static int write_again(sqlite3_file *file, uint8_t *piece)
{
    sqlite3_int64 size = 0;
    int rc = file->pMethods->xFileSize(file, &size);
    for (sqlite3_int64 at = 0; rc == SQLITE_OK && at < size; at += PIECE) {
        int len = size - at < PIECE ? (int)(size - at) : PIECE;
        rc = file->pMethods->xRead(file, piece, len, at);
        if (rc == SQLITE_OK) {
            rc = file->pMethods->xWrite(file, piece, len, at);
        }
    }
    return rc == SQLITE_OK && size > 0 ? file->pMethods->xSync(file, SQLITE_SYNC_NORMAL) : rc;
}

static int log_of(struct mu_db *db, sqlite3_file **out_log)
{
    sqlite3_file *log = NULL;
    int rc = sqlite3_file_control(db->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
    *out_log = rc == SQLITE_OK && log != NULL && log->pMethods != NULL ? log : NULL;
    return rc;
}

enum mu_status mu_db_sync_log(struct mu_db *db, struct mu_error *err)
{
    sqlite3_file *log = NULL;
    int rc = log_of(db, &log);
    if (rc == SQLITE_OK && log != NULL) {
        /* What has left the log for the database was synced there before. */
        rc = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
    }
    if (rc == SQLITE_OK) {
        return MU_OK;
    }
    db->broken = true;
    return mu_db_fail_rc(db, rc, "syncing the log", err);
}

enum mu_status mu_db_renew_log(struct mu_db *db, struct mu_error *err)
{
    uint8_t *piece = malloc(PIECE);
    if (piece == NULL) {
        return mu_fail(err, MU_E_NOMEM, "'%s'", db->name);
    }
    /* Who may write the database is the only one who writes the log. */
    enum mu_status status = mu_db_begin(db, err);
    if (status == MU_OK) {
        sqlite3_file *log = NULL;
        int rc = log_of(db, &log);
        if (rc == SQLITE_OK && log != NULL) {
            rc = write_again(log, piece);
        }
        if (rc != SQLITE_OK) {
            db->broken = true;
            status = mu_db_fail_rc(db, rc, "writing the log again", err);
        }
        mu_db_rollback(db);
    }
    free(piece);
    return status;
}
