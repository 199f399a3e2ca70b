/* The small file beside the database that remembers how far it had got (server/core/known.h).
 *
 * Written after each commit and synced only at the end: it may lag behind the database, it is
 * never ahead of it. */
#ifndef MUSTER_SERVER_SHELL_HEADFILE_H
#define MUSTER_SERVER_SHELL_HEADFILE_H

#include <stdbool.h>

#include "common/base/error.h"
#include "server/core/known.h"
#include "server/shell/datadir.h"

struct mu_headfile {
    int fd; /* -1: closed */
    bool has_known;
    struct mu_server_known known; /* as it stands in the file */
};

/* Made when missing; a torn file counts as empty.  MU_E_IO and the like. */
MU_MUST_USE enum mu_status mu_headfile_open(const struct mu_datadir *dir,
                                            struct mu_headfile *out_file, struct mu_error *err);
/* Nothing is written when that is what stands there.  A failure costs only the warning that
 * this file would have given. */
MU_MUST_USE enum mu_status mu_headfile_put(struct mu_headfile *file,
                                           const struct mu_server_known *known,
                                           struct mu_error *err);
/* Make it durable and close. */
void mu_headfile_close(struct mu_headfile *file);

#endif
