#include "server/core/known.h"

#include <assert.h>
#include <string.h>

#include "common/seal/be.h"
#include "common/seal/hash.h"

#define MAGIC     "MUSTERHD"
#define MAGIC_LEN 8
#define CHECK_LEN 12
#define BODY_LEN  (MU_KNOWN_LEN - CHECK_LEN)

static_assert(MAGIC_LEN + MU_ID_LEN + 8 + MU_HASH_LEN == BODY_LEN, "layout of the known head");

enum mu_status mu_known_encode(const struct mu_server_known *known, struct mu_buf *out)
{
    uint8_t bytes[MU_KNOWN_LEN];
    struct mu_hash check;
    memcpy(bytes, MAGIC, MAGIC_LEN);
    memcpy(bytes + MAGIC_LEN, known->incarnation.bytes, MU_ID_LEN);
    mu_be_put(bytes + MAGIC_LEN + MU_ID_LEN, known->seq, 8);
    memcpy(bytes + BODY_LEN - MU_HASH_LEN, known->chain.bytes, MU_HASH_LEN);
    mu_hash_of(mu_slice_of(bytes, BODY_LEN), &check);
    memcpy(bytes + BODY_LEN, check.bytes, CHECK_LEN);
    return mu_buf_append(out, bytes, sizeof bytes);
}

bool mu_known_decode(struct mu_slice bytes, struct mu_server_known *out)
{
    if (bytes.len != MU_KNOWN_LEN || memcmp(bytes.data, MAGIC, MAGIC_LEN) != 0) {
        return false;
    }
    struct mu_hash check;
    mu_hash_of(mu_slice_of(bytes.data, BODY_LEN), &check);
    if (memcmp(bytes.data + BODY_LEN, check.bytes, CHECK_LEN) != 0) {
        return false;
    }
    memcpy(out->incarnation.bytes, bytes.data + MAGIC_LEN, MU_ID_LEN);
    out->seq = mu_be_get(bytes.data + MAGIC_LEN + MU_ID_LEN, 8);
    memcpy(out->chain.bytes, bytes.data + BODY_LEN - MU_HASH_LEN, MU_HASH_LEN);
    return true;
}
