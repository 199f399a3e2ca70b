/* Who may have written an incoming change: whether its mutation is signed by the device it
 * names, by that device's key as confirmed state knows it at that seq, and whether keys and
 * roles in its effects are vouched for.
 *
 * Each mutation names the hash of its replica's previous one, so in a run of them one
 * signature, the last one's, speaks for all. */
#ifndef MUSTER_CLIENT_CORE_TRUST_H
#define MUSTER_CLIENT_CORE_TRUST_H

#include "client/core/client.h"
#include "client/core/list.h"

/* A device that has signed. */
struct mu_signer {
    struct mu_id device;
    struct mu_id person;
    bool known;
    bool active; /* and its person not removed */
    int role;
    uint8_t key[MU_SIGN_PK_LEN];
};

/* Mutations of one replica in a row whose last one's signature is still to be checked. */
struct mu_run {
    struct mu_id replica;
    struct mu_id device;
    uint64_t first_seq, last_seq;
    uint64_t number;
    struct mu_hash hash;   /* of bytes */
    struct mu_slice bytes; /* the last one's */
    uint8_t signature[MU_SIGN_LEN];
    uint8_t key[MU_SIGN_PK_LEN];
};

struct mu_trust {
    struct mu_client *client; /* borrowed */
    struct mu_arena *arena;   /* borrowed; for as long as the runs */
    struct mu_list signers;   /* struct mu_signer, as of the last change applied */
    struct mu_list runs;      /* struct mu_run */
};

void mu_trust_init(struct mu_trust *trust, struct mu_client *client, struct mu_arena *arena);
/* Check a change before its effects are applied; its signature is owed until
 * mu_trust_settle().  Errors: MU_E_CRYPTO for what cannot be trusted (says why), those of the
 * store; *out_fault tells the two apart. */
MU_MUST_USE enum mu_status mu_trust_take(struct mu_trust *trust, const struct mu_change *change,
                                         const struct mu_mutation *mutation, bool *out_fault,
                                         struct mu_error *err);
/* Its effects have been applied: what is known of devices and people may be old. */
void mu_trust_applied(struct mu_trust *trust, const struct mu_change *change);
/* The key that signs change, found without asking whether it may: its device's as confirmed
 * now, the new device's own for an enrolment, the server's for the founding. */
MU_MUST_USE enum mu_status mu_trust_key(struct mu_client *client, const struct mu_change *change,
                                        const struct mu_mutation *mutation,
                                        uint8_t out_key[static MU_SIGN_PK_LEN], bool *out_known,
                                        struct mu_error *err);
/* Check the signatures owed.  MU_E_CRYPTO names a seq. */
MU_MUST_USE enum mu_status mu_trust_settle(struct mu_trust *trust, struct mu_error *err);

#endif
