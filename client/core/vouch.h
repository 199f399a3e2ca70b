/* What leads have signed for, kept apart from the rows: which device has which keys, of whom.
 *
 * Rows may come by a transfer, on the server's word; this comes from changes alone, each
 * checked by its signature up to the founding.  They come by the stream or, for what was before a
 * transfer, by links.h.  Who seals a text for somebody's eyes seals to these keys and to no
 * others. */
#ifndef MUSTER_CLIENT_CORE_VOUCH_H
#define MUSTER_CLIENT_CORE_VOUCH_H

#include "client/core/client.h"

struct mu_vouched {
    bool found;
    struct mu_id person;
    int standing; /* PERSON: the role; DEVICE: 1 until it is revoked */
    uint8_t sign[MU_SIGN_PK_LEN];
    uint8_t box[MU_BOX_PK_LEN];
};

/* After mu_trust_take() of the same change, in the same savepoint, or from a chain that is known to
 * be everybody's.  Errors: those of the store. */
MU_MUST_USE enum mu_status mu_vouch_note(struct mu_client *client, const struct mu_change *change,
                                         const struct mu_mutation *mutation, struct mu_error *err);
/* entity: PERSON, INVITE (sign) or DEVICE (sign and box). */
MU_MUST_USE enum mu_status mu_vouch_get(struct mu_client *client, uint32_t entity, struct mu_id id,
                                        struct mu_vouched *out, struct mu_error *err);

#endif
