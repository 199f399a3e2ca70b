#include "common/base/id.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char handle_digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

struct mu_id mu_id_make(int64_t wall_ms, const uint8_t entropy[static MU_ENTROPY_LEN])
{
    uint64_t ms = wall_ms < 0 ? 0 : (uint64_t)wall_ms;
    struct mu_id id;
    for (unsigned i = 0; i < 6; i++) {
        id.bytes[i] = (uint8_t)(ms >> (40 - 8 * i));
    }
    memcpy(id.bytes + 6, entropy, MU_ENTROPY_LEN);
    id.bytes[6] = (uint8_t)(0x70 | (id.bytes[6] & 0x0f));
    id.bytes[8] = (uint8_t)(0x80 | (id.bytes[8] & 0x3f));
    return id;
}

bool mu_id_equal(struct mu_id a, struct mu_id b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

bool mu_id_is_zero(struct mu_id id)
{
    return mu_id_equal(id, (struct mu_id){0});
}

int mu_id_compare(struct mu_id a, struct mu_id b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes);
}

bool mu_hash_equal(struct mu_hash a, struct mu_hash b)
{
    return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

bool mu_id_from_slice(struct mu_slice bytes, struct mu_id *out_id)
{
    if (bytes.len != MU_ID_LEN) {
        return false;
    }
    memcpy(out_id->bytes, bytes.data, MU_ID_LEN);
    return true;
}

bool mu_hash_from_slice(struct mu_slice bytes, struct mu_hash *out_hash)
{
    if (bytes.len != MU_HASH_LEN) {
        return false;
    }
    memcpy(out_hash->bytes, bytes.data, MU_HASH_LEN);
    return true;
}

struct mu_slice mu_id_view(const struct mu_id *id)
{
    return mu_slice_of(id->bytes, sizeof id->bytes);
}

struct mu_slice mu_hash_view(const struct mu_hash *hash)
{
    return mu_slice_of(hash->bytes, sizeof hash->bytes);
}

void mu_hex(struct mu_slice bytes, char *out_text)
{
    for (size_t i = 0; i < bytes.len; i++) {
        *out_text++ = hex_digits[bytes.data[i] >> 4];
        *out_text++ = hex_digits[bytes.data[i] & 15];
    }
    *out_text = '\0';
}

static int digit_of(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

bool mu_unhex(struct mu_slice text, uint8_t *out_bytes, size_t out_len)
{
    if (text.len != 2 * out_len) {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (digit_of(text.data[i]) < 0) {
            return false;
        }
    }
    for (size_t i = 0; i < out_len; i++) {
        out_bytes[i] = (uint8_t)(digit_of(text.data[2 * i]) * 16 + digit_of(text.data[2 * i + 1]));
    }
    return true;
}

void mu_id_text(struct mu_id id, char out_text[static MU_ID_TEXT_LEN + 1])
{
    char *at = out_text;
    for (size_t i = 0; i < MU_ID_LEN; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *at++ = '-';
        }
        *at++ = hex_digits[id.bytes[i] >> 4];
        *at++ = hex_digits[id.bytes[i] & 15];
    }
    *at = '\0';
}

bool mu_id_parse(struct mu_slice text, struct mu_id *out_id)
{
    if (text.len != MU_ID_TEXT_LEN) {
        return false;
    }
    uint8_t digits[2 * MU_ID_LEN];
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (text.data[i] == '-')) {
            return false;
        }
        if (!dash) {
            digits[count++] = text.data[i];
        }
    }
    return mu_unhex(mu_slice_of(digits, count), out_id->bytes, MU_ID_LEN);
}

int64_t mu_id_key(struct mu_id id)
{
    uint64_t low = 0;
    for (size_t i = 8; i < MU_ID_LEN; i++) {
        low = low << 8 | id.bytes[i];
    }
    return (int64_t)(low & (((uint64_t)1 << 62) - 1));
}

unsigned mu_id_bucket(struct mu_id id)
{
    return (unsigned)(mu_id_key(id) >> MU_BUCKET_KEY_SHIFT);
}

void mu_id_handle(struct mu_id id, char out_text[static MU_HANDLE_LEN + 1])
{
    uint64_t key = (uint64_t)mu_id_key(id);
    out_text[0] = '~';
    for (unsigned i = 1; i < MU_HANDLE_LEN; i++) {
        out_text[i] = handle_digits[key & 31];
        key >>= 5;
    }
    out_text[MU_HANDLE_LEN] = '\0';
}
