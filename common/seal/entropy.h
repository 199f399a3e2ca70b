/* One pinch of randomness a turn, stretched to as many bytes as the turn needs.
 *
 * The shell brings 32 fresh bytes; the core draws from them, so that a turn is a
 * pure function of its inputs and the simulator can repeat it.  Bytes are those of
 * libsodium's randombytes_buf_deterministic() under a seed that is hashed with a
 * counter for every draw: no two draws share a stream. */
#ifndef MUSTER_COMMON_SEAL_ENTROPY_H
#define MUSTER_COMMON_SEAL_ENTROPY_H

#include "common/base/id.h"

struct mu_entropy {
    struct mu_hash seed;
    uint64_t draws;
};

void mu_entropy_init(struct mu_entropy *entropy, const uint8_t seed[static MU_HASH_LEN]);
void mu_entropy_draw(struct mu_entropy *entropy, uint8_t *out_bytes, size_t len);
/* A UUIDv7 of wall_ms. */
struct mu_id mu_entropy_id(struct mu_entropy *entropy, int64_t wall_ms);
/* 0 .. below-1; below > 0.  For jitter, not for keys. */
uint64_t mu_entropy_below(struct mu_entropy *entropy, uint64_t below);
void mu_entropy_deinit(struct mu_entropy *entropy);

#endif
