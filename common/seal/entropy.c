#include "common/seal/entropy.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "common/base/check.h"

static_assert(randombytes_SEEDBYTES == MU_HASH_LEN, "a pinch seeds one draw");

void mu_entropy_init(struct mu_entropy *entropy, const uint8_t seed[static MU_HASH_LEN])
{
    *entropy = (struct mu_entropy){0};
    memcpy(entropy->seed.bytes, seed, MU_HASH_LEN);
}

void mu_entropy_draw(struct mu_entropy *entropy, uint8_t *out_bytes, size_t len)
{
    entropy->draws++;
    uint8_t count[8];
    for (unsigned i = 0; i < 8; i++) {
        count[i] = (uint8_t)(entropy->draws >> (8 * i));
    }
    uint8_t seed[MU_HASH_LEN];
    (void)crypto_generichash(seed, sizeof seed, count, sizeof count, entropy->seed.bytes,
                             sizeof entropy->seed.bytes);
    randombytes_buf_deterministic(out_bytes, len, seed);
    sodium_memzero(seed, sizeof seed);
}

struct mu_id mu_entropy_id(struct mu_entropy *entropy, int64_t wall_ms)
{
    uint8_t bytes[MU_ENTROPY_LEN];
    mu_entropy_draw(entropy, bytes, sizeof bytes);
    return mu_id_make(wall_ms, bytes);
}

uint64_t mu_entropy_below(struct mu_entropy *entropy, uint64_t below)
{
    MU_ASSERT(below > 0);
    uint64_t number = 0;
    mu_entropy_draw(entropy, (uint8_t *)&number, sizeof number);
    return number % below;
}

void mu_entropy_deinit(struct mu_entropy *entropy)
{
    sodium_memzero(entropy, sizeof *entropy);
}
