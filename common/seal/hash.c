#include "common/seal/hash.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "common/base/check.h"
#include "common/seal/be.h"

static_assert(sizeof(struct mu_hasher) == sizeof(crypto_generichash_state), "same size");
static_assert(alignof(struct mu_hasher) >= alignof(crypto_generichash_state), "same alignment");
static_assert(MU_HASH_LEN == crypto_generichash_BYTES, "BLAKE2b-256");
static_assert(MU_HASH_LEN == crypto_generichash_KEYBYTES, "a hash may be a key");

/* None of libsodium's calls here fails for these lengths. */

void mu_hash_of(struct mu_slice bytes, struct mu_hash *out)
{
    int rc = crypto_generichash(out->bytes, sizeof out->bytes, bytes.data, bytes.len, NULL, 0);
    MU_ASSERT(rc == 0);
}

void mu_hash_keyed(const struct mu_hash *key, struct mu_slice bytes, struct mu_hash *out)
{
    int rc = crypto_generichash(out->bytes, sizeof out->bytes, bytes.data, bytes.len, key->bytes,
                                sizeof key->bytes);
    MU_ASSERT(rc == 0);
}

static crypto_generichash_state *state_of(struct mu_hasher *hasher)
{
    return (crypto_generichash_state *)(void *)hasher->state;
}

void mu_hasher_init(struct mu_hasher *hasher, const struct mu_hash *key)
{
    int rc = crypto_generichash_init(state_of(hasher), key == NULL ? NULL : key->bytes,
                                     key == NULL ? 0 : sizeof key->bytes, MU_HASH_LEN);
    MU_ASSERT(rc == 0);
}

void mu_hasher_add(struct mu_hasher *hasher, struct mu_slice bytes)
{
    int rc = crypto_generichash_update(state_of(hasher), bytes.data, bytes.len);
    MU_ASSERT(rc == 0);
}

void mu_hasher_end(struct mu_hasher *hasher, struct mu_hash *out)
{
    int rc = crypto_generichash_final(state_of(hasher), out->bytes, sizeof out->bytes);
    MU_ASSERT(rc == 0);
    sodium_memzero(hasher, sizeof *hasher);
}

static void add_be64(struct mu_hasher *hasher, uint64_t value)
{
    uint8_t bytes[8];
    mu_be_put(bytes, value, sizeof bytes);
    mu_hasher_add(hasher, mu_slice_of(bytes, sizeof bytes));
}

static void add_block(struct mu_hasher *hasher, struct mu_slice bytes)
{
    add_be64(hasher, bytes.len);
    mu_hasher_add(hasher, bytes);
}

struct mu_id mu_id_derive(const char *label, const struct mu_slice *parts, size_t count)
{
    struct mu_hasher hasher;
    mu_hasher_init(&hasher, NULL);
    add_block(&hasher, mu_slice_str(label));
    for (size_t i = 0; i < count; i++) {
        add_block(&hasher, parts[i]);
    }
    struct mu_hash hash;
    mu_hasher_end(&hasher, &hash);

    struct mu_id id;
    memcpy(id.bytes, hash.bytes, sizeof id.bytes);
    id.bytes[6] = (uint8_t)((id.bytes[6] & 0x0f) | 0x80); /* version 8 */
    id.bytes[8] = (uint8_t)((id.bytes[8] & 0x3f) | 0x80); /* variant of RFC 9562 */
    return id;
}

struct mu_hash mu_chain_next(struct mu_hash previous, uint64_t seq, struct mu_hash change_hash)
{
    struct mu_hasher hasher;
    mu_hasher_init(&hasher, NULL);
    mu_hasher_add(&hasher, mu_hash_view(&previous));
    add_be64(&hasher, seq);
    mu_hasher_add(&hasher, mu_hash_view(&change_hash));
    struct mu_hash next;
    mu_hasher_end(&hasher, &next);
    return next;
}
