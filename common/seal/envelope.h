/* A sealed change: one byte string from the server's commit to the last replica.
 *
 *   version 1 | kind 1 | workspace 16 | incarnation 16 | be32 epoch | be64 seq
 *   nonce 24 | ciphertext as long as the plaintext | tag 16
 *
 * XChaCha20-Poly1305-IETF under the workspace's epoch key; the first line is
 * the associated data.  Which key an epoch has, and whether workspace,
 * incarnation and seq are the expected ones, is for the caller to know. */
#ifndef MUSTER_COMMON_SEAL_ENVELOPE_H
#define MUSTER_COMMON_SEAL_ENVELOPE_H

#include "common/base/buf.h"
#include "common/base/error.h"
#include "common/base/id.h"
#include "common/base/slice.h"

#define MU_ENVELOPE_VERSION 1
#define MU_NONCE_LEN        24
#define MU_EPOCH_KEY_LEN    32

#define MU_ENVELOPE_HEAD_LEN 46
#define MU_ENVELOPE_OVERHEAD 86 /* sealed length minus plain length */

/* Secret: wipe with mu_wipe(). */
struct mu_epoch_key {
    uint8_t bytes[MU_EPOCH_KEY_LEN];
};

enum mu_envelope_kind {
    MU_ENVELOPE_CHANGE = 1,
    MU_ENVELOPE_CHUNK = 2, /* of a state transfer */
};

struct mu_envelope_head {
    uint8_t version; /* MU_ENVELOPE_VERSION */
    uint8_t kind;    /* enum mu_envelope_kind */
    struct mu_id workspace;
    struct mu_id incarnation;
    uint32_t epoch;
    uint64_t seq;
};

/* Append the sealed form of plain to out.  The nonce is random and used once.
 * plain may not be part of out.  On failure out is unchanged.
 * Errors: MU_E_INVALID for a head of another version or unknown kind,
 * MU_E_LIMIT past out's ceiling, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_envelope_seal(const struct mu_envelope_head *head,
                                            const struct mu_epoch_key *key,
                                            const uint8_t nonce[static MU_NONCE_LEN],
                                            struct mu_slice plain, struct mu_buf *out,
                                            struct mu_error *err);

/* The head as it stands there: true only once mu_envelope_open() has succeeded.
 * Errors: MU_E_VERSION, MU_E_CORRUPT when too short or of an unknown kind. */
MU_MUST_USE enum mu_status mu_envelope_head_read(struct mu_slice sealed,
                                                 struct mu_envelope_head *out,
                                                 struct mu_error *err);

/* Append the plaintext to out_plain.  sealed may not be part of out_plain.
 * On failure out_plain is unchanged.  Errors: as mu_envelope_head_read();
 * MU_E_CRYPTO when a byte was changed or the key is another; MU_E_LIMIT past
 * out_plain's ceiling, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_envelope_open(struct mu_slice sealed, const struct mu_epoch_key *key,
                                            struct mu_buf *out_plain, struct mu_error *err);

#endif
