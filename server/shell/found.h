/* `musterd init`: make a data folder and found a team in it. */
#ifndef MUSTER_SERVER_SHELL_FOUND_H
#define MUSTER_SERVER_SHELL_FOUND_H

#include "common/base/buf.h"
#include "common/base/error.h"

struct mu_found_args {
    const char *data;
    const char *team;
    const char *lead;            /* "Ana Ruiz <ana>" */
    const char *zone;            /* NULL: UTC */
    const char *listen;          /* NULL: the default; port * or 0: a free one, now and for ever */
    const char *public_endpoint; /* what invites name; NULL: from listen */
};

struct mu_found {
    char endpoint[256];   /* that invites name */
    struct mu_buf invite; /* the lead's, one line; secret */
};

/* out->invite is the caller's to wipe (mu_wipe_buf()).
 * Errors: MU_E_EXISTS there is a server, or something else, in the folder (nothing was touched);
 * MU_E_USAGE or MU_E_INVALID a value that cannot be; those of files and of the store.  After a
 * failure, or a crash, the same command can be given again. */
MU_MUST_USE enum mu_status mu_found(const struct mu_found_args *args, struct mu_found *out,
                                    struct mu_error *err);

/* "Ana Ruiz <ana>" taken apart; MU_E_USAGE says how to write it. */
struct mu_lead {
    char name[128];
    char handle[64];
};
MU_MUST_USE enum mu_status mu_lead_parse(const char *text, struct mu_lead *out,
                                         struct mu_error *err);

#endif
