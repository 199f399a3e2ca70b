/* `musterd recovery-key`, `musterd backup` and `musterd restore`: a server's whole state in one
 * sealed file, and back.
 *
 * A backup is made beside a serving musterd.  It holds the database as it stood at one moment,
 * the server's key and its configuration; only the recovery key opens it, whose secret half is
 * printed once and kept nowhere here. */
#ifndef MUSTER_SERVER_SHELL_BACKUP_H
#define MUSTER_SERVER_SHELL_BACKUP_H

#include "common/base/buf.h"
#include "common/base/error.h"
#include "server/shell/datadir.h"

/* Make a recovery key for the folder; its secret line is appended to out (mu_wipe_buf()).
 * renew: in the place of an older one, which goes on opening the backups made for it.
 * Errors: MU_E_EXISTS there is one and renew is not said; those of the folder. */
MU_MUST_USE enum mu_status mu_recovery_key(const char *data, bool renew, struct mu_buf *out,
                                           struct mu_error *err);

struct mu_backed_up {
    uint64_t seq;   /* the last change in it */
    uint64_t bytes; /* of the file */
};
/* Write path, which must not exist: all of it or nothing, durable, and read back.  The copy's
 * pages, chain and digest are checked before.  Then everything up to seq counts as safe, and
 * clients may forget their journals up to there.
 * Errors: MU_E_NOT_FOUND no recovery key yet; MU_E_EXISTS path is taken; MU_E_BUSY another backup
 * is under way; MU_E_CORRUPT the database is damaged (first finding named); MU_E_FULL, MU_E_IO. */
MU_MUST_USE enum mu_status mu_backup_make(const char *data, const char *path,
                                          struct mu_backed_up *out, struct mu_error *err);

struct mu_restored {
    uint64_t seq;
    int64_t made_ms;
    char listen[256];
};
/* Make the folder anew from a backup, as a lineage of its own.  key_path: a file with the secret
 * line, "-" for standard input.  Nothing is left behind after a failure.
 * Errors: MU_E_EXISTS the folder is not empty; MU_E_DENIED another recovery key; MU_E_INVALID no
 * backup or no key; MU_E_CORRUPT cut short or changed; MU_E_VERSION; those of files. */
MU_MUST_USE enum mu_status mu_restore(const char *path, const char *data, const char *key_path,
                                      struct mu_restored *out, struct mu_error *err);

/* When the last backup was made; found false: never, or it is not known. */
struct mu_backup_note {
    bool found;
    uint64_t seq;
    int64_t made_ms;
};
void mu_backup_note_read(const struct mu_datadir *dir, struct mu_backup_note *out);

#endif
