/* Says to the person of this device what client/view/reminders.h finds due: by notify-send where
 * there is a desktop, else in the agent's journal.
 *
 * What was said is kept in a file beside the replica, so that nothing is said twice and a
 * restart forgets nothing.  MUSTER_NOTIFY names another program to be called with two arguments,
 * title and text; empty: the journal alone. */
#ifndef MUSTER_CLIENT_SHELL_REMINDING_H
#define MUSTER_CLIENT_SHELL_REMINDING_H

#include "client/core/client.h"
#include "client/home/home.h"
#include "common/model/zone.h"

#define MU_REMINDING_NUDGES 64

struct mu_reminding {
    bool loaded;
    int64_t since_ms;                         /* everything up to here was said */
    int64_t kept_ms;                          /* since_ms as the file has it */
    struct mu_id nudges[MU_REMINDING_NUDGES]; /* told, the newest last */
    size_t nudge_count;
};

/* Errors: those of the store and of the file; then nothing was said. */
MU_MUST_USE enum mu_status mu_reminding_run(struct mu_reminding *reminding,
                                            struct mu_client *client,
                                            const struct mu_workspace *workspace,
                                            const struct mu_client_turn *turn, struct mu_id device,
                                            const struct mu_zone *zone, struct mu_error *err);

#endif
