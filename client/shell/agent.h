/* The agent: every workspace of a home served by one process, and the loop that does it. */
#ifndef MUSTER_CLIENT_SHELL_AGENT_H
#define MUSTER_CLIENT_SHELL_AGENT_H

#include "client/shell/callers.h"
#include "client/shell/exit.h"
#include "client/shell/served.h"

struct mu_agent {
    struct mu_home home;
    const char *only; /* serve this workspace alone; NULL: all */
    struct mu_home_zone zone;
    struct mu_arena zone_arena;
    struct mu_serving serving;
    struct mu_callers callers;
    struct mu_served **list; /* each on the heap: they must not move */
    size_t count;
    int lock_fd;        /* -1: not taken */
    bool stopping;      /* a caller asked */
    int64_t slept_ms;   /* BOOTTIME minus MONOTONIC when last looked */
    int64_t started_ms; /* wall */
};

/* Take the lock and find the workspaces; connects nothing yet.  zone: a name that overrules the
 * system's, or "".
 * Errors: MU_E_BUSY another agent runs; MU_E_NOT_FOUND no such workspace; those of files. */
MU_MUST_USE enum mu_status mu_agent_open(struct mu_agent *agent, const struct mu_home *home,
                                         const char *only, const char *zone, struct mu_error *err);
/* End the sessions in an orderly way, let go of everything. */
void mu_agent_close(struct mu_agent *agent);

/* Listen for callers and serve until stop_fd becomes readable or a caller asks. */
MU_MUST_USE enum mu_status mu_agent_serve(struct mu_agent *agent, int stop_fd,
                                          struct mu_error *err);
/* Serve until every workspace is level with its server, for at most wait_ms; says on *err what
 * it was waiting for when it is not.  Errors: MU_E_OFFLINE time ran out; MU_E_CRYPTO our key is
 * refused; MU_E_BUSY stopped by stop_fd; what a store failed with. */
MU_MUST_USE enum mu_status mu_agent_once(struct mu_agent *agent, int64_t wait_ms, int stop_fd,
                                         struct mu_error *err);

#endif
