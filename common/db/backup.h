/* A consistent copy of a live database, and a check that a file is sound.
 *
 * Names, schedules and encryption of backups are left to the programs. */
#ifndef MUSTER_COMMON_DB_BACKUP_H
#define MUSTER_COMMON_DB_BACKUP_H

#include "common/db/db.h"

/* Copy source as it stands at one moment into a new file at path (in the source's VFS), durable
 * when it returns.  Must not be called inside a transaction of source.
 * Errors: MU_E_EXISTS the path is taken; else as mu_db_open().  On failure no file is left. */
MU_MUST_USE enum mu_status mu_db_backup(struct mu_db *source, const char *path,
                                        struct mu_error *err);

/* SQLite's quick check of every page.  MU_E_CORRUPT names the first finding. */
MU_MUST_USE enum mu_status mu_db_check(struct mu_db *db, struct mu_error *err);

#endif
