/* An epoch key on its way to one device: crypto_box from the server's box key
 * to the device's, with workspace and epoch inside, so that a wrapped key moved
 * to another workspace or epoch is found out.
 *
 *   version 1 | nonce 24 | box("mu-epoch" | workspace 16 | be32 epoch | key 32) */
#ifndef MUSTER_COMMON_SEAL_WRAP_H
#define MUSTER_COMMON_SEAL_WRAP_H

#include "common/base/buf.h"
#include "common/base/error.h"
#include "common/base/id.h"
#include "common/seal/envelope.h"
#include "common/seal/keys.h"

#define MU_WRAP_VERSION 1
#define MU_WRAPPED_LEN  101

/* Append the wrapped key, MU_WRAPPED_LEN bytes, to out.  The nonce is random
 * and used once.  On failure out is unchanged.
 * Errors: MU_E_CRYPTO for a box key that is no key, MU_E_LIMIT, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_epoch_wrap(const struct mu_epoch_key *key, uint32_t epoch,
                                         struct mu_id workspace,
                                         const uint8_t device_box_pk[static MU_BOX_PK_LEN],
                                         const struct mu_device_keys *server,
                                         const uint8_t nonce[static MU_NONCE_LEN],
                                         struct mu_buf *out);

/* Errors: MU_E_CORRUPT for a wrong length, MU_E_VERSION, MU_E_CRYPTO when it was
 * changed, is for another device or workspace, or from another server. */
MU_MUST_USE enum mu_status mu_epoch_unwrap(struct mu_slice wrapped,
                                           const struct mu_device_keys *device,
                                           const uint8_t server_box_pk[static MU_BOX_PK_LEN],
                                           struct mu_id workspace, uint32_t *out_epoch,
                                           struct mu_epoch_key *out, struct mu_error *err);

#endif
