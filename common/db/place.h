/* Where a database file may live on the real disk: turns a person's path into one that SQLite
 * can be given, and makes the file private before a byte is in it.
 *
 * The only part of common/db that speaks POSIX.  Internal to common/db. */
#ifndef MUSTER_COMMON_DB_PLACE_H
#define MUSTER_COMMON_DB_PLACE_H

#include "common/base/error.h"
#include "common/db/db.h"

#define MU_PLACE_MAX 500 /* bytes with the terminator; SQLite adds "-journal" and stops at 512 */

enum mu_place_use {
    MU_PLACE_READ,     /* the file exists and is left as it is */
    MU_PLACE_EXISTING, /* the file exists and will be written */
    MU_PLACE_ANY,      /* made when missing */
    MU_PLACE_NEW,      /* made here; MU_E_EXISTS when something is there */
};

/* The tail of a path as messages show it, controls as '?'. */
void mu_place_show(const char *path, char out_shown[static MU_DB_NAME_MAX]);

/* Absolute path of the file, links in its folder resolved, the file itself a regular one; when
 * made here, mode 0600 and its name durable.  The file is never opened when it exists: closing
 * it would drop the locks of another connection in this process.
 * Errors: MU_E_NOT_FOUND, MU_E_EXISTS, MU_E_INVALID, MU_E_LIMIT, MU_E_FULL, MU_E_IO. */
MU_MUST_USE enum mu_status mu_place_prepare(const char *path, enum mu_place_use use,
                                            char out_path[static MU_PLACE_MAX],
                                            struct mu_error *err);

/* Take the rights of group and others from a file of this user and its log, if they have any.
 * place comes from mu_place_prepare(). */
MU_MUST_USE enum mu_status mu_place_make_private(const char *place, struct mu_error *err);

/* The status and the words for a failed system call; NULL words for an errno without any. */
enum mu_status mu_place_errno_status(int system_errno);
const char *mu_place_errno_text(int system_errno);

#endif
