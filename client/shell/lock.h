/* One agent a home: the lock that says so (client/home/agent_link.h). */
#ifndef MUSTER_CLIENT_SHELL_LOCK_H
#define MUSTER_CLIENT_SHELL_LOCK_H

#include "client/home/home.h"

/* Take the lock of this home and write into it who has it and where he listens.  *out_fd holds it
 * until it is closed.  Errors: MU_E_BUSY another agent runs; those of files. */
MU_MUST_USE enum mu_status mu_agent_lock(const struct mu_home *home, int *out_fd,
                                         struct mu_error *err);

#endif
