/* An invite: the one line a lead gives to a new member.  It names the server by
 * its key and carries the secret of which the enrolment's temporary keys are
 * derived.  Who may use it, how often and until when is the server's to decide.
 *
 * The line is "mst1" and bech32m characters (bech32m.h) over
 *   version 1 | be16 length of everything | workspace 16 | server_curve 32 |
 *   server_print 16 | secret 16 | be64 expires_ms | endpoint
 * The length stands in front so that a line cut short can be told from one
 * that was mistyped. */
#ifndef MUSTER_COMMON_SEAL_INVITE_H
#define MUSTER_COMMON_SEAL_INVITE_H

#include "common/base/buf.h"
#include "common/base/error.h"
#include "common/base/id.h"
#include "common/base/slice.h"
#include "common/seal/keys.h"

#define MU_INVITE_VERSION    1
#define MU_INVITE_PREFIX     "mst"
#define MU_INVITE_SECRET_LEN 16
#define MU_INVITE_PRINT_LEN  16
#define MU_INVITE_LINE_MAX   564  /* characters of the longest line */
#define MU_INVITE_PASTE_MAX  4096 /* bytes that mu_invite_decode() looks at */

/* Secret: wiped by mu_invite_deinit(). */
struct mu_invite {
    uint8_t version; /* MU_INVITE_VERSION */
    struct mu_id workspace;
    uint8_t server_curve[MU_CURVE_PK_LEN];
    uint8_t server_print[MU_INVITE_PRINT_LEN]; /* of the server's sign and box keys */
    uint8_t secret[MU_INVITE_SECRET_LEN];
    int64_t expires_ms;                 /* wall time, 0 = never */
    char endpoint[MU_ENDPOINT_MAX + 1]; /* printable ASCII without blanks, not empty */
};

void mu_invite_deinit(struct mu_invite *invite);

#define MU_INVITE_AUTO MU_CLEANUP(mu_invite_deinit)

/* Append the line, without a line break, to out.  On failure out is unchanged.
 * Errors: MU_E_INVALID for another version, a negative time or a bad endpoint,
 * MU_E_LIMIT, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_invite_encode(const struct mu_invite *invite, struct mu_buf *out,
                                            struct mu_error *err);

/* Blanks, tabs and line breaks are passed over wherever they stand.
 * Errors: MU_E_INVALID when it is no invite at all or its case is mixed;
 * MU_E_CORRUPT when it was cut short or mistyped (the message says which);
 * MU_E_VERSION when a newer Muster made it. */
MU_MUST_USE enum mu_status mu_invite_decode(struct mu_slice line, struct mu_invite *out,
                                            struct mu_error *err);

/* The fingerprint that goes into server_print: the front of
 * BLAKE2b-256("muster server print v1" || 0 || sign || box). */
void mu_invite_print_server(const uint8_t sign[static MU_SIGN_PK_LEN],
                            const uint8_t box[static MU_BOX_PK_LEN],
                            uint8_t out_print[static MU_INVITE_PRINT_LEN]);
/* Whether a server that showed these keys is the one the invite speaks of. */
MU_MUST_USE bool mu_invite_check_server(const struct mu_invite *invite,
                                        const uint8_t sign[static MU_SIGN_PK_LEN],
                                        const uint8_t box[static MU_BOX_PK_LEN]);

/* The temporary keys of the enrolment.  The server keeps their public part
 * only, so that nothing it stores can redeem an invite. */
void mu_invite_keys(const uint8_t secret[static MU_INVITE_SECRET_LEN], struct mu_device_keys *out);

/* Id of the invite's row, which both sides derive: mu_id_derive("invite", temporary CURVE key). */
struct mu_id mu_invite_id(const uint8_t curve[static MU_CURVE_PK_LEN]);

/* What the invite's key signs for a new device (field DEVICE.PROOF): workspace, device id and
 * the device's sign, box and curve keys, one after another. */
#define MU_INVITE_PROOF_LEN (2 * MU_ID_LEN + MU_SIGN_PK_LEN + MU_BOX_PK_LEN + MU_CURVE_PK_LEN)
void mu_invite_proof_bytes(struct mu_id workspace, struct mu_id device,
                           const struct mu_device_public *keys,
                           uint8_t out[static MU_INVITE_PROOF_LEN]);

#endif
