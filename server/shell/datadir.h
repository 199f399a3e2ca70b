/* The data folder of a server: one place, one owner, one process at a time.
 *
 *   muster.db     the workspace (and -wal, -shm beside it)
 *   key           the seed of the server's keys, 0600
 *   musterd.conf  where to listen (config.h)
 *   head          how far the database had got (headfile.h)
 *   recovery      the public half of the key that backups are sealed to (backup.h)
 *   backup        when the last backup was made
 *   backup.db     a copy, while a backup is being made of it
 *   lock          held by the process that serves
 *   socket        where a serving musterd answers `musterd status`
 *
 * The folder is 0700; nothing in it is followed through a symbolic link. */
#ifndef MUSTER_SERVER_SHELL_DATADIR_H
#define MUSTER_SERVER_SHELL_DATADIR_H

#include <stdbool.h>

#include "common/base/buf.h"
#include "common/db/db.h"
#include "common/seal/keys.h"

#define MU_DATADIR_PATH_MAX 440 /* leaves room for a database's name and suffix */

#define MU_DB_FILE_NAME  "muster.db"
#define MU_KEY_NAME      "key"
#define MU_RECOVERY_NAME "recovery"

struct mu_datadir {
    int fd;                         /* -1: closed */
    int lock_fd;                    /* -1: not locked */
    char path[MU_DATADIR_PATH_MAX]; /* absolute, links resolved */
};

/* Make the folder (its parent must exist) or take an empty one, or one in which an earlier
 * init was cut short.  Errors: MU_E_EXISTS something else is in it; MU_E_NOT_FOUND no parent;
 * MU_E_IO and the like name the path. */
MU_MUST_USE enum mu_status mu_datadir_make(const char *path, struct mu_datadir *out_folder,
                                           struct mu_error *err);
/* The same, but anything in it is MU_E_EXISTS. */
MU_MUST_USE enum mu_status mu_datadir_make_empty(const char *path, struct mu_datadir *out_folder,
                                                 struct mu_error *err);
/* Errors: MU_E_NOT_FOUND no such folder, or no server in it; MU_E_DENIED others may write
 * there, or it is another user's. */
MU_MUST_USE enum mu_status mu_datadir_open(const char *path, struct mu_datadir *out_folder,
                                           struct mu_error *err);
/* Whether an init came to its end here. */
bool mu_datadir_is_complete(const struct mu_datadir *folder);
/* Errors: MU_E_BUSY another process has it (names its number); MU_E_IO read-only. */
MU_MUST_USE enum mu_status mu_datadir_lock(struct mu_datadir *folder, struct mu_error *err);
void mu_datadir_close(struct mu_datadir *folder);

#define MU_DATADIR_AUTO MU_CLEANUP(mu_datadir_close)

/* Append a whole file, at most max bytes of it.  Errors: MU_E_NOT_FOUND, MU_E_LIMIT longer,
 * MU_E_DENIED a link, no regular file, or others may read what is private. */
MU_MUST_USE enum mu_status mu_datadir_read(const struct mu_datadir *folder, const char *name,
                                           size_t max, struct mu_buf *out, struct mu_error *err);
/* Make a file with these bytes, 0600, durable when it returns; all of it or nothing.
 * Errors: MU_E_EXISTS, MU_E_FULL, MU_E_IO. */
MU_MUST_USE enum mu_status mu_datadir_write(const struct mu_datadir *folder, const char *name,
                                            struct mu_slice bytes, struct mu_error *err);

/* Nothing to remove is fine. */
MU_MUST_USE enum mu_status mu_datadir_remove(const struct mu_datadir *folder, const char *name,
                                             struct mu_error *err);

/* Even for reading, SQLite puts a file beside a database. */
MU_MUST_USE enum mu_status mu_datadir_check_writable(const struct mu_datadir *folder,
                                                     struct mu_error *err);
/* Whether the disk has room for a while: tries it out with a file of its own. */
bool mu_datadir_has_room(const struct mu_datadir *folder);

/* The server's keys; a key file is made of a fresh seed when make says so and there is none. */
MU_MUST_USE enum mu_status mu_datadir_keys(const struct mu_datadir *folder, bool make,
                                           struct mu_device_keys *out_keys, struct mu_error *err);

enum mu_datadir_use { MU_DATADIR_FOUND, MU_DATADIR_SERVE, MU_DATADIR_LOOK, MU_DATADIR_CHECKPOINT };
/* Open muster.db as this use needs it. */
MU_MUST_USE enum mu_status mu_datadir_db(const struct mu_datadir *folder, enum mu_datadir_use use,
                                         struct mu_db *db, struct mu_error *err);
/* The same for another file in the folder. */
MU_MUST_USE enum mu_status mu_datadir_db_named(const struct mu_datadir *folder, const char *name,
                                               enum mu_datadir_use use, struct mu_db *db,
                                               struct mu_error *err);

/* The folder's path as messages show it; returns out_shown. */
const char *mu_datadir_show(const struct mu_datadir *folder, char out_shown[static MU_DB_NAME_MAX]);
/* Fill err with "'path/name': what the system said". */
enum mu_status mu_datadir_fail(const struct mu_datadir *folder, const char *name, int system_errno,
                               struct mu_error *err);

#endif
