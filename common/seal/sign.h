/* Ed25519 signatures, each bound to what it is for.
 *
 * Signed is BLAKE2b-256(domain || 0 || bytes), so that large bytes are read
 * once and a signature made in one domain says nothing in another. */
#ifndef MUSTER_COMMON_SEAL_SIGN_H
#define MUSTER_COMMON_SEAL_SIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/slice.h"
#include "common/seal/keys.h"

/* domain is a constant text such as "muster mutation v1", never outside data. */
void mu_sign(const struct mu_device_keys *keys, const char *domain, struct mu_slice bytes,
             uint8_t out[static MU_SIGN_LEN]);
MU_MUST_USE bool mu_sign_verify(const uint8_t pk[static MU_SIGN_PK_LEN], const char *domain,
                                struct mu_slice bytes, const uint8_t sig[static MU_SIGN_LEN]);

#endif
