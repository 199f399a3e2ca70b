/* Small files and folders that belong to this user alone: read whole, written whole.
 *
 * A path is never followed through a symbolic link in its last part, and what belongs to
 * another user is refused: it would be his to change under our feet. */
#ifndef MUSTER_CLIENT_HOME_FILE_H
#define MUSTER_CLIENT_HOME_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "common/base/buf.h"
#include "common/base/error.h"
#include "common/base/slice.h"

#define MU_PATH_MAX 1024 /* bytes with the terminator */

/* folder "/" name.  MU_E_LIMIT when it is too long. */
MU_MUST_USE enum mu_status mu_path_join(const char *folder, const char *name,
                                        char out_path[static MU_PATH_MAX], struct mu_error *err);

/* Make the folder and its parents where missing, mode 0700; takes the rights of others from one
 * that is there.  Errors: MU_E_DENIED another user's, MU_E_INVALID a link or no folder,
 * MU_E_FULL, MU_E_IO. */
MU_MUST_USE enum mu_status mu_folder_make(const char *path, struct mu_error *err);
/* Make the names in a folder durable. */
MU_MUST_USE enum mu_status mu_folder_sync(const char *path, struct mu_error *err);

enum mu_file_trust {
    MU_FILE_ANY,    /* whatever the system lets us read */
    MU_FILE_OURS,   /* a regular file of this user */
    MU_FILE_PRIVATE /* and nobody else has a right to it */
};
/* Append the file to out (whose max bounds it).  *out_found false with MU_OK: no such file.
 * Errors: MU_E_DENIED not ours, or others may read it (says what to do), MU_E_INVALID a link or
 * no regular file, MU_E_LIMIT, MU_E_IO. */
MU_MUST_USE enum mu_status mu_file_read(const char *path, enum mu_file_trust trust,
                                        struct mu_buf *out, bool *out_found, struct mu_error *err);
/* Put bytes in the place of the file, mode 0600, all or nothing, durable when it returns. */
MU_MUST_USE enum mu_status mu_file_write(const char *path, struct mu_slice bytes,
                                         struct mu_error *err);

/* The tail of a path as messages show it, controls as '?'.  NUL-terminated. */
#define MU_SHOWN_MAX 128
const char *mu_path_show(const char *path, char out_shown[static MU_SHOWN_MAX]);
/* Fill err from an errno: "what 'path': no permission".  Never MU_OK. */
enum mu_status mu_fail_errno(struct mu_error *err, int system_errno, const char *what,
                             const char *path);

#endif
