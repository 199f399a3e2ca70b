/* Sealed texts of this device's person: writing one, reading one, and passing them on to
 * devices that have no copy yet.
 *
 * Texts are sealed to keys that a lead's signature vouches for (client/core/vouch.h) and to no
 * others, whatever the rows say. */
#ifndef MUSTER_CLIENT_CORE_SEALED_H
#define MUSTER_CLIENT_CORE_SEALED_H

#include "client/core/client.h"
#include "common/seal/sealed.h"

/* Seal text (1 .. MU_SEALED_TEXT_MAX bytes of UTF-8 without NUL) to every device of person to and
 * of our own, and author it.  MU_OK means saved, as with mu_client_author(); *out_row is its row.
 * Errors: MU_E_INVALID for a text that is none; MU_E_DENIED when no device of to is vouched for;
 * MU_E_LIMIT when copies for all of them do not fit; those of mu_client_author(). */
MU_MUST_USE enum mu_status mu_client_sealed_send(struct mu_client *client,
                                                 const struct mu_client_turn *turn, struct mu_id to,
                                                 struct mu_slice text, struct mu_id *out_row,
                                                 struct mu_error *err);

/* Seal text as above, for an intent that carries the row itself (feedback.send): its id, and the
 * bytes, appended to copies, whose ceiling should be MU_SEALED_BYTES_MAX.  Nothing is authored. */
MU_MUST_USE enum mu_status mu_client_sealed_make(struct mu_client *client,
                                                 const struct mu_client_turn *turn, struct mu_id to,
                                                 struct mu_slice text, struct mu_buf *copies,
                                                 struct mu_id *out_row, struct mu_error *err);

struct mu_sealed_text {
    struct mu_id from, from_device, to;
    int64_t created_ms;   /* the author's own clock, signed */
    struct mu_slice text; /* secret, in the arena given */
    bool vouched;         /* a lead's signature vouches for the author's device */
    bool resealed;        /* not written for this device: another one passed it on */
};

/* Errors: MU_E_NOT_FOUND no such text, or no copy for this device (yet); MU_E_CRYPTO it was
 * changed, or is not its author's, or was written for another row or person; MU_E_CORRUPT,
 * MU_E_VERSION. */
MU_MUST_USE enum mu_status mu_client_sealed_read(struct mu_client *client, struct mu_id row,
                                                 struct mu_arena *arena, struct mu_sealed_text *out,
                                                 struct mu_error *err);

/* Whether mu_client_sealed_pass_on() may have something to do: the link is live, and texts or
 * devices have come since the last time. */
bool mu_client_sealed_due(const struct mu_client *client);
/* Author copies of the texts that this device can open for those devices of their sender and
 * recipient that are vouched for and lack one.  *out_count: texts passed on, also on failure; then
 * poke.  Errors: those of mu_client_author(). */
MU_MUST_USE enum mu_status mu_client_sealed_pass_on(struct mu_client *client,
                                                    const struct mu_client_turn *turn,
                                                    size_t *out_count, struct mu_error *err);

#endif
