/* BLAKE2b-256 over bytes, and the two values that everyone must derive alike:
 * ids that several devices make on their own, and the chain over the log. */
#ifndef MUSTER_COMMON_SEAL_HASH_H
#define MUSTER_COMMON_SEAL_HASH_H

#include <stdalign.h>

#include "common/base/id.h"
#include "common/base/slice.h"

void mu_hash_of(struct mu_slice bytes, struct mu_hash *out);
void mu_hash_keyed(const struct mu_hash *key, struct mu_slice bytes, struct mu_hash *out);

/* A hash under way, fed piece by piece.  Live on the stack or in memory that is
 * aligned for it: malloc() alone does not promise 64 bytes. */
struct mu_hasher {
    alignas(64) uint8_t state[384]; /* libsodium's crypto_generichash_state */
};

/* key may be NULL: then the result is that of mu_hash_of(). */
void mu_hasher_init(struct mu_hasher *hasher, const struct mu_hash *key);
void mu_hasher_add(struct mu_hasher *hasher, struct mu_slice bytes);
/* The hasher is wiped; mu_hasher_init() makes it usable again. */
void mu_hasher_end(struct mu_hasher *hasher, struct mu_hash *out);

/* The id that every device derives alike from label and parts: a UUIDv8
 * (RFC 9562, section 5.8) whose free bits are the front of
 * BLAKE2b-256(be64 len(label) || label || be64 len(part) || part ...). */
struct mu_id mu_id_derive(const char *label, const struct mu_slice *parts, size_t count);

/* chain[seq] = BLAKE2b-256(chain[seq - 1] || be64 seq || change_hash), where
 * change_hash is mu_hash_of() the sealed change and chain[0] is all zero. */
struct mu_hash mu_chain_next(struct mu_hash previous, uint64_t seq, struct mu_hash change_hash);

#endif
