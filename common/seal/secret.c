#include "common/seal/secret.h"

#include <sodium.h>

enum mu_status mu_seal_start(void)
{
    return sodium_init() < 0 ? MU_E_CRYPTO : MU_OK;
}

void mu_wipe(void *bytes, size_t len)
{
    if (len > 0) {
        sodium_memzero(bytes, len);
    }
}

void mu_wipe_buf(struct mu_buf *buf)
{
    if (buf != NULL) {
        mu_wipe(buf->data, buf->cap);
        mu_buf_deinit(buf);
    }
}

bool mu_secret_equal(const void *a, const void *b, size_t len)
{
    return len == 0 || sodium_memcmp(a, b, len) == 0;
}
