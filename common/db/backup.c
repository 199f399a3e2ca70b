#include "common/db/backup.h"

#include <sqlite3.h>
#include <string.h>

#include "common/db/place.h"
#include "common/db/stmt.h"

/* The copy is written with a rollback journal, whose deletion is the commit: EXTRA makes that
 * durable too.  With FULL a power cut could bring the journal back and undo the copy. */
static const char SQL_COPY_SYNC[] = "PRAGMA synchronous = EXTRA";
static const char SQL_CHECK[] = "PRAGMA quick_check(1)";

/* The copy's name in the source's VFS, with nothing there yet. */
static enum mu_status prepare_place(const struct mu_db *source, const char *path,
                                    char out_path[static MU_PLACE_MAX], struct mu_error *err)
{
    if (source->vfs == NULL) {
        return mu_place_prepare(path, MU_PLACE_NEW, out_path, err);
    }
    size_t len = strlen(path);
    if (len >= MU_PLACE_MAX || strncmp(path, "file:", 5) == 0 || *path == ':' || len == 0) {
        return mu_fail(err, MU_E_INVALID, "'%s' is not a plain name", path);
    }
    sqlite3_vfs *vfs = sqlite3_vfs_find(source->vfs);
    int there = 0;
    if (vfs == NULL || vfs->xAccess(vfs, path, SQLITE_ACCESS_EXISTS, &there) != SQLITE_OK) {
        return mu_fail(err, MU_E_IO, "'%s' cannot be reached", path);
    }
    if (there != 0) {
        return mu_fail(err, MU_E_EXISTS, "'%s' exists already", path);
    }
    memcpy(out_path, path, len + 1);
    return MU_OK;
}

/* All pages in one step: one moment of the source, one synced transaction of the copy. */
static enum mu_status copy_pages(struct mu_db *source, struct mu_db *copy, struct mu_error *err)
{
    MU_TRY(mu_db_exec(copy, SQL_COPY_SYNC, err));
    sqlite3_backup *backup = sqlite3_backup_init(copy->handle, "main", source->handle, "main");
    if (backup == NULL) {
        return mu_db_fail(copy, err, "back up");
    }
    (void)sqlite3_backup_step(backup, -1);
    int rc = sqlite3_backup_finish(backup);
    if (rc != SQLITE_OK) { /* whoever was at fault, the copy's connection holds the code */
        return mu_db_fail(copy, err, "back up");
    }
    return MU_OK;
}

enum mu_status mu_db_backup(struct mu_db *source, const char *path, struct mu_error *err)
{
    MU_ASSERT(!source->in_transaction);
    MU_TRY(mu_db_ready(source, err));
    char place[MU_PLACE_MAX];
    MU_TRY(prepare_place(source, path, place, err));

    struct mu_db copy = {.vfs = source->vfs};
    mu_place_show(path, copy.name);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE |
                SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_EXRESCODE;
    flags |= source->vfs == NULL ? 0 : SQLITE_OPEN_CREATE;
    enum mu_status status = MU_OK;
    if (sqlite3_open_v2(place, &copy.handle, flags, source->vfs) != SQLITE_OK) {
        status = mu_db_fail(&copy, err, "back up");
    }
    if (status == MU_OK) {
        status = copy_pages(source, &copy, err);
    }
    mu_db_close(&copy);
    if (status != MU_OK) {
        sqlite3_vfs *vfs = sqlite3_vfs_find(source->vfs);
        (void)vfs->xDelete(vfs, place, 1);
    }
    return status;
}

enum mu_status mu_db_check(struct mu_db *db, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, SQL_CHECK, err));
    bool row = false;
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK) {
        struct mu_slice finding = row ? mu_stmt_text(&stmt, 0) : mu_slice_str("no answer");
        if (!mu_slice_equal(finding, mu_slice_str("ok"))) {
            int shown = finding.len < 160 ? (int)finding.len : 160;
            status = mu_fail(err, MU_E_CORRUPT, "'%s': it is damaged: %.*s", db->name, shown,
                             (const char *)finding.data);
        }
    }
    mu_stmt_finalize(&stmt);
    return status;
}
