/* Incoming changes: opened, checked, applied to confirmed rows, and own mutations among
 * them taken out of the outbox. */
#ifndef MUSTER_CLIENT_CORE_CHANGES_H
#define MUSTER_CLIENT_CORE_CHANGES_H

#include "client/core/client.h"

enum mu_intake {
    MU_INTAKE_TAKEN = 1,
    MU_INTAKE_NO_KEY, /* an epoch whose key is missing: nothing was applied */
    MU_INTAKE_GAP,    /* does not follow the cursor: nothing was applied */
    MU_INTAKE_FAULT   /* a change that cannot be trusted or read; those before it are applied */
};

/* In both transactions.  Changes up to the cursor are passed over.  MU_OK with FAULT fills
 * fault with what is wrong with which change; other failures are those of the stores. */
MU_MUST_USE enum mu_status mu_changes_take(struct mu_client *client,
                                           const struct mu_msg_changes *changes,
                                           enum mu_intake *out_intake, struct mu_error *out_fault,
                                           struct mu_error *err);

/* A sealed change as plaintext, checked to be the one at seq of this workspace; its slices
 * borrow from plain and the arena.  NOT_FOUND: no key of its epoch.  Else MU_E_CRYPTO,
 * MU_E_VERSION, MU_E_PROTOCOL and the like name the change; *out_fault tells these from the
 * failures of the store. */
struct mu_sealed_change {
    struct mu_id incarnation; /* it must name; zero: any */
    uint64_t seq;             /* it must have */
    struct mu_slice bytes;
};
MU_MUST_USE enum mu_status mu_change_open(struct mu_client *client,
                                          const struct mu_sealed_change *sealed,
                                          struct mu_arena *arena, struct mu_buf *plain,
                                          struct mu_change *out, bool *out_fault,
                                          struct mu_error *err);

#endif
