/* Joining: from an invite to a workspace of this home.
 *
 * The new device's keys are on the disk before the server hears of them, so an enrolment that
 * was cut short is simply done again with the same invite. */
#ifndef MUSTER_CLIENT_SHELL_ENROL_H
#define MUSTER_CLIENT_SHELL_ENROL_H

#include "client/home/home.h"
#include "common/seal/invite.h"

struct mu_enrol_args {
    const struct mu_home *home;
    void *context;      /* of libzmq */
    const char *device; /* its name; NULL: this machine's */
    const struct mu_home_zone *zone;
    int64_t wait_ms; /* for the server's answer */
    int stop_fd;     /* readable: stop */
};

/* Errors, each with its own text: MU_E_USAGE the server's host cannot be found; MU_E_EXISTS joined
 * already; MU_E_OFFLINE the server was not reached in time (the same invite works again);
 * MU_E_CRYPTO what answers is not the server that the invite names; MU_E_DENIED the invite is
 * used, withdrawn or expired; MU_E_BUSY stopped; those of files. */
MU_MUST_USE enum mu_status mu_enrol(const struct mu_enrol_args *args,
                                    const struct mu_invite *invite, struct mu_workspace *out,
                                    struct mu_error *err);

#endif
