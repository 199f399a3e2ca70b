#include "common/seal/bech32m.h"

#include <string.h>

#include "common/base/check.h"
#include "common/seal/secret.h"

static const char CHARACTERS[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
static const uint32_t FINAL = 0x2bc830a3; /* BIP-350; plain Bech32 has 1 here */

/* The checksum is the remainder of the text, read as a polynomial over GF(32),
 * by the generator of BIP-173; rest holds six coefficients of five bits. */
static uint32_t divide(uint32_t rest, uint8_t value)
{
    static const uint32_t generator[5] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                          0x2a1462b3};
    uint32_t top = rest >> 25;
    rest = (rest & 0x1ffffff) << 5 ^ value;
    for (unsigned bit = 0; bit < 5; bit++) {
        if ((top >> bit & 1) != 0) {
            rest ^= generator[bit];
        }
    }
    return rest;
}

static uint8_t lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

static uint32_t divide_prefix(const uint8_t *prefix, size_t len)
{
    uint32_t rest = 1;
    for (size_t i = 0; i < len; i++) {
        rest = divide(rest, lower(prefix[i]) >> 5);
    }
    rest = divide(rest, 0);
    for (size_t i = 0; i < len; i++) {
        rest = divide(rest, lower(prefix[i]) & 31);
    }
    return rest;
}

static bool case_mixed(struct mu_slice text)
{
    bool upper_seen = false;
    bool lower_seen = false;
    for (size_t i = 0; i < text.len; i++) {
        upper_seen = upper_seen || (text.data[i] >= 'A' && text.data[i] <= 'Z');
        lower_seen = lower_seen || (text.data[i] >= 'a' && text.data[i] <= 'z');
    }
    return upper_seen && lower_seen;
}

static bool value_of(uint8_t character, uint8_t *out_value)
{
    const char *found = memchr(CHARACTERS, lower(character), sizeof CHARACTERS - 1);
    if (found == NULL) {
        return false;
    }
    *out_value = (uint8_t)(found - CHARACTERS);
    return true;
}

enum mu_bech32m_fault mu_bech32m_parse(struct mu_slice text, struct mu_bech32m *out)
{
    if (text.len == 0 || text.len > MU_BECH32M_LEN_MAX) {
        return MU_BECH32M_LENGTH;
    }
    if (case_mixed(text)) {
        return MU_BECH32M_CASE;
    }
    size_t separator = text.len; /* the last "1" */
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < 33 || text.data[i] > 126) {
            return MU_BECH32M_CHARACTER;
        }
        separator = text.data[i] == '1' ? i : separator;
    }
    if (separator == text.len || separator == 0) {
        return MU_BECH32M_SEPARATOR;
    }
    size_t all = text.len - separator - 1;
    if (all < MU_BECH32M_CHECK) {
        return MU_BECH32M_SHORT;
    }

    uint32_t rest = divide_prefix(text.data, separator);
    struct mu_bech32m parsed = {.prefix_len = separator, .count = all - MU_BECH32M_CHECK};
    enum mu_bech32m_fault fault = MU_BECH32M_FINE;
    for (size_t i = 0; i < all && fault == MU_BECH32M_FINE; i++) {
        if (!value_of(text.data[separator + 1 + i], &parsed.values[i])) {
            fault = MU_BECH32M_CHARACTER;
        }
        rest = divide(rest, parsed.values[i]);
    }
    if (fault == MU_BECH32M_FINE) {
        memcpy(out, &parsed, sizeof parsed);
        fault = rest == FINAL ? MU_BECH32M_FINE : MU_BECH32M_CHECKSUM;
    }
    mu_wipe(&parsed, sizeof parsed);
    return fault;
}

void mu_bech32m_checksum(const char *prefix, const uint8_t *values, size_t count,
                         uint8_t out_check[static MU_BECH32M_CHECK])
{
    uint32_t rest = divide_prefix((const uint8_t *)prefix, strlen(prefix));
    for (size_t i = 0; i < count; i++) {
        rest = divide(rest, values[i]);
    }
    for (unsigned i = 0; i < MU_BECH32M_CHECK; i++) {
        rest = divide(rest, 0);
    }
    rest ^= FINAL;
    for (unsigned i = 0; i < MU_BECH32M_CHECK; i++) {
        out_check[i] = (uint8_t)(rest >> (25 - 5 * i) & 31);
    }
}

char mu_bech32m_char(uint8_t value)
{
    MU_ASSERT(value < 32);
    return CHARACTERS[value];
}

enum mu_status mu_bech32m_write(const char *prefix, struct mu_slice bytes, struct mu_buf *out)
{
    size_t prefix_len = strlen(prefix);
    size_t frame = prefix_len + 1 + MU_BECH32M_CHECK;
    if (frame > MU_BECH32M_LEN_MAX || bytes.len > (MU_BECH32M_LEN_MAX - frame) * 5 / 8) {
        return MU_E_LIMIT;
    }

    uint8_t values[MU_BECH32M_LEN_MAX] = {0};
    size_t count = 0;
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        bits = (bits << 8 | bytes.data[i]) & 0xfff;
        for (held += 8; held >= 5; held -= 5) {
            values[count++] = (uint8_t)(bits >> (held - 5) & 31);
        }
    }
    if (held > 0) {
        values[count++] = (uint8_t)(bits << (5 - held) & 31);
    }
    uint8_t check[MU_BECH32M_CHECK];
    mu_bech32m_checksum(prefix, values, count, check);

    char text[MU_BECH32M_LEN_MAX];
    memcpy(text, prefix, prefix_len);
    text[prefix_len] = '1';
    for (size_t i = 0; i < count; i++) {
        text[prefix_len + 1 + i] = mu_bech32m_char(values[i]);
    }
    for (size_t i = 0; i < MU_BECH32M_CHECK; i++) {
        text[prefix_len + 1 + count + i] = mu_bech32m_char(check[i]);
    }
    enum mu_status status = mu_buf_append(out, text, frame + count);
    mu_wipe(values, sizeof values);
    mu_wipe(text, sizeof text);
    return status;
}

bool mu_bech32m_bytes(const struct mu_bech32m *parsed, uint8_t *out_bytes, size_t max,
                      size_t *out_len)
{
    size_t len = parsed->count * 5 / 8;
    unsigned left = (unsigned)(parsed->count * 5 % 8);
    if (len > max || left >= 5) {
        return false;
    }
    uint8_t last = parsed->count == 0 ? 0 : parsed->values[parsed->count - 1];
    if ((last & ((1U << left) - 1)) != 0) {
        return false;
    }
    uint32_t bits = 0;
    unsigned held = 0;
    size_t at = 0;
    for (size_t i = 0; i < parsed->count; i++) {
        bits = (bits << 5 | parsed->values[i]) & 0xfff;
        held += 5;
        if (held >= 8) {
            held -= 8;
            out_bytes[at++] = (uint8_t)(bits >> held);
        }
    }
    *out_len = len;
    return true;
}
