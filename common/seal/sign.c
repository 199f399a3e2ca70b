#include "common/seal/sign.h"

#include <sodium.h>
#include <string.h>

#include "common/base/check.h"
#include "common/seal/hash.h"

static void digest(const char *domain, struct mu_slice bytes, struct mu_hash *out)
{
    struct mu_hasher hasher;
    mu_hasher_init(&hasher, NULL);
    mu_hasher_add(&hasher, mu_slice_of(domain, strlen(domain) + 1));
    mu_hasher_add(&hasher, bytes);
    mu_hasher_end(&hasher, out);
}

void mu_sign(const struct mu_device_keys *keys, const char *domain, struct mu_slice bytes,
             uint8_t out[static MU_SIGN_LEN])
{
    struct mu_hash hash;
    digest(domain, bytes, &hash);
    int rc = crypto_sign_detached(out, NULL, hash.bytes, sizeof hash.bytes, keys->sign_secret);
    MU_ASSERT(rc == 0);
}

bool mu_sign_verify(const uint8_t pk[static MU_SIGN_PK_LEN], const char *domain,
                    struct mu_slice bytes, const uint8_t sig[static MU_SIGN_LEN])
{
    struct mu_hash hash;
    digest(domain, bytes, &hash);
    return crypto_sign_verify_detached(sig, hash.bytes, sizeof hash.bytes, pk) == 0;
}
