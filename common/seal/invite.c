#include "common/seal/invite.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "common/base/check.h"
#include "common/seal/be.h"
#include "common/seal/bech32m.h"
#include "common/seal/hash.h"
#include "common/seal/secret.h"

/* Version and length keep their place in all versions. */
#define AT_WORKSPACE 3
#define AT_CURVE     (AT_WORKSPACE + MU_ID_LEN)
#define AT_PRINT     (AT_CURVE + MU_CURVE_PK_LEN)
#define AT_SECRET    (AT_PRINT + MU_INVITE_PRINT_LEN)
#define AT_EXPIRES   (AT_SECRET + MU_INVITE_SECRET_LEN)
#define AT_ENDPOINT  (AT_EXPIRES + 8)
#define BYTES_MAX    (AT_ENDPOINT + MU_ENDPOINT_MAX)
#define MARK_LEN     (sizeof MU_INVITE_PREFIX) /* the prefix and "1" */

/* Characters of a line over len bytes. */
#define LINE_LEN(len) (MARK_LEN + ((len)*8 + 4) / 5 + MU_BECH32M_CHECK)

static_assert(LINE_LEN(BYTES_MAX) == MU_INVITE_LINE_MAX, "the longest line");
static_assert(MU_INVITE_LINE_MAX <= MU_BECH32M_LEN_MAX, "the checksum holds for it");

void mu_invite_deinit(struct mu_invite *invite)
{
    if (invite != NULL) {
        mu_wipe(invite, sizeof *invite);
    }
}

static bool endpoint_fine(const uint8_t *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] <= ' ' || text[i] > '~') {
            return false;
        }
    }
    return len > 0 && len <= MU_ENDPOINT_MAX;
}

enum mu_status mu_invite_encode(const struct mu_invite *invite, struct mu_buf *out,
                                struct mu_error *err)
{
    if (invite->version != MU_INVITE_VERSION || invite->expires_ms < 0) {
        return mu_fail(err, MU_E_INVALID, "cannot write an invite of version %u that ends at %lld",
                       (unsigned)invite->version, (long long)invite->expires_ms);
    }
    const char *end = memchr(invite->endpoint, '\0', sizeof invite->endpoint);
    size_t endpoint_len = end == NULL ? sizeof invite->endpoint : (size_t)(end - invite->endpoint);
    if (!endpoint_fine((const uint8_t *)invite->endpoint, endpoint_len)) {
        return mu_fail(err, MU_E_INVALID, "an invite needs an endpoint of printable characters");
    }

    uint8_t bytes[BYTES_MAX];
    size_t len = AT_ENDPOINT + endpoint_len;
    bytes[0] = invite->version;
    mu_be_put(bytes + 1, len, 2);
    memcpy(bytes + AT_WORKSPACE, invite->workspace.bytes, MU_ID_LEN);
    memcpy(bytes + AT_CURVE, invite->server_curve, sizeof invite->server_curve);
    memcpy(bytes + AT_PRINT, invite->server_print, sizeof invite->server_print);
    memcpy(bytes + AT_SECRET, invite->secret, sizeof invite->secret);
    mu_be_put(bytes + AT_EXPIRES, (uint64_t)invite->expires_ms, 8);
    memcpy(bytes + AT_ENDPOINT, invite->endpoint, endpoint_len);

    enum mu_status status = mu_bech32m_write(MU_INVITE_PREFIX, mu_slice_of(bytes, len), out);
    mu_wipe(bytes, sizeof bytes);
    return status == MU_OK ? MU_OK : mu_fail(err, status, "invite: %s", mu_status_text(status));
}

/* What is left of a paste without its white space. */
struct line {
    size_t len;
    uint8_t text[MU_BECH32M_LEN_MAX + 1]; /* one more, so that too long shows */
};

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static void gather(struct mu_slice paste, struct line *out)
{
    out->len = 0;
    for (size_t i = 0; i < paste.len && out->len < sizeof out->text; i++) {
        if (!is_blank(paste.data[i])) {
            out->text[out->len++] = paste.data[i];
        }
    }
}

/* Whether the line begins as an invite does, as far as it goes. */
static bool mark_fits(const struct line *line)
{
    static const char small[] = MU_INVITE_PREFIX "1";
    static const char large[] = "MST1";
    size_t front = line->len < MARK_LEN ? line->len : MARK_LEN;
    for (size_t i = 0; i < front; i++) {
        if (line->text[i] != (uint8_t)small[i] && line->text[i] != (uint8_t)large[i]) {
            return false;
        }
    }
    return front > 0;
}

static enum mu_status cut_short(const struct line *line, size_t expected, struct mu_error *err)
{
    if (expected > 0) {
        return mu_fail(err, MU_E_CORRUPT, "the invite is cut short: %zu of %zu characters",
                       line->len, expected);
    }
    return mu_fail(err, MU_E_CORRUPT, "the invite is cut short: only %zu characters", line->len);
}

/* The checksum failed: the length in front tells a cut line from a mistyped one. */
static enum mu_status explain(const struct line *line, const struct mu_bech32m *parsed,
                              struct mu_error *err)
{
    uint32_t front = 0;
    for (size_t i = 0; i < 5; i++) {
        front = front << 5 | parsed->values[i];
    }
    size_t expected = LINE_LEN((size_t)(front >> 1 & 0xffff));
    if (parsed->prefix_len == MARK_LEN - 1 && expected <= MU_BECH32M_LEN_MAX) {
        if (line->len < expected) {
            return cut_short(line, expected, err);
        }
        if (line->len > expected) {
            return mu_fail(err, MU_E_CORRUPT,
                           "the invite is mistyped or torn: %zu characters too many",
                           line->len - expected);
        }
    }
    return mu_fail(err, MU_E_CORRUPT,
                   "the invite is mistyped or torn: its checksum does not match");
}

static enum mu_status parse_line(const struct line *line, struct mu_bech32m *out,
                                 struct mu_error *err)
{
    if (!mark_fits(line) || line->len > MU_BECH32M_LEN_MAX) {
        return mu_fail(err, MU_E_INVALID, "not an invite: an invite begins with '%s1'",
                       MU_INVITE_PREFIX);
    }
    if (line->len < MARK_LEN) {
        return cut_short(line, 0, err);
    }
    switch (mu_bech32m_parse(mu_slice_of(line->text, line->len), out)) {
    case MU_BECH32M_FINE:
        break;
    case MU_BECH32M_CASE:
        return mu_fail(err, MU_E_INVALID, "the invite mixes upper and lower case");
    case MU_BECH32M_CHARACTER:
        return mu_fail(err, MU_E_CORRUPT,
                       "the invite is mistyped or torn: it holds a character that none has");
    case MU_BECH32M_SHORT:
        return cut_short(line, 0, err);
    case MU_BECH32M_CHECKSUM:
        return explain(line, out, err);
    case MU_BECH32M_LENGTH:
    case MU_BECH32M_SEPARATOR:
        return mu_fail(err, MU_E_INVALID, "not an invite");
    }
    return MU_OK;
}

static enum mu_status read_fields(const uint8_t *bytes, size_t len, struct mu_invite *out,
                                  struct mu_error *err)
{
    if (len < AT_WORKSPACE || mu_be_get(bytes + 1, 2) != len || bytes[0] == 0) {
        return mu_fail(err, MU_E_CORRUPT, "the invite is damaged: its length does not match");
    }
    if (bytes[0] != MU_INVITE_VERSION) {
        return mu_fail(err, MU_E_VERSION,
                       "the invite has version %u, this Muster reads %u: a newer Muster made it",
                       (unsigned)bytes[0], (unsigned)MU_INVITE_VERSION);
    }
    if (len <= AT_ENDPOINT || !endpoint_fine(bytes + AT_ENDPOINT, len - AT_ENDPOINT) ||
        mu_be_get(bytes + AT_EXPIRES, 8) > INT64_MAX) {
        return mu_fail(err, MU_E_CORRUPT, "the invite is damaged: its fields do not fit");
    }
    memset(out, 0, sizeof *out);
    out->version = bytes[0];
    memcpy(out->workspace.bytes, bytes + AT_WORKSPACE, MU_ID_LEN);
    memcpy(out->server_curve, bytes + AT_CURVE, sizeof out->server_curve);
    memcpy(out->server_print, bytes + AT_PRINT, sizeof out->server_print);
    memcpy(out->secret, bytes + AT_SECRET, sizeof out->secret);
    out->expires_ms = (int64_t)mu_be_get(bytes + AT_EXPIRES, 8);
    memcpy(out->endpoint, bytes + AT_ENDPOINT, len - AT_ENDPOINT);
    return MU_OK;
}

enum mu_status mu_invite_decode(struct mu_slice line, struct mu_invite *out, struct mu_error *err)
{
    if (line.len > MU_INVITE_PASTE_MAX) {
        return mu_fail(err, MU_E_INVALID, "not an invite: %zu bytes are too many", line.len);
    }
    struct line text;
    struct mu_bech32m parsed;
    uint8_t bytes[MU_BECH32M_LEN_MAX];
    size_t len = 0;
    gather(line, &text);
    enum mu_status status = parse_line(&text, &parsed, err);
    if (status == MU_OK && !mu_bech32m_bytes(&parsed, bytes, sizeof bytes, &len)) {
        status = mu_fail(err, MU_E_CORRUPT, "the invite is damaged: bits are left over");
    }
    if (status == MU_OK) {
        status = read_fields(bytes, len, out, err);
    }
    mu_wipe(&text, sizeof text);
    mu_wipe(&parsed, sizeof parsed);
    mu_wipe(bytes, sizeof bytes);
    return status;
}

void mu_invite_print_server(const uint8_t sign[static MU_SIGN_PK_LEN],
                            const uint8_t box[static MU_BOX_PK_LEN],
                            uint8_t out_print[static MU_INVITE_PRINT_LEN])
{
    static const char label[] = "muster server print v1"; /* with its NUL */
    struct mu_hasher hasher;
    mu_hasher_init(&hasher, NULL);
    mu_hasher_add(&hasher, mu_slice_of(label, sizeof label));
    mu_hasher_add(&hasher, mu_slice_of(sign, MU_SIGN_PK_LEN));
    mu_hasher_add(&hasher, mu_slice_of(box, MU_BOX_PK_LEN));
    struct mu_hash hash;
    mu_hasher_end(&hasher, &hash);
    memcpy(out_print, hash.bytes, MU_INVITE_PRINT_LEN);
}

bool mu_invite_check_server(const struct mu_invite *invite,
                            const uint8_t sign[static MU_SIGN_PK_LEN],
                            const uint8_t box[static MU_BOX_PK_LEN])
{
    uint8_t print[MU_INVITE_PRINT_LEN];
    mu_invite_print_server(sign, box, print);
    return mu_secret_equal(print, invite->server_print, sizeof print);
}

void mu_invite_keys(const uint8_t secret[static MU_INVITE_SECRET_LEN], struct mu_device_keys *out)
{
    static const char label[] = "muster enrolment v1"; /* with its NUL */
    uint8_t seed[MU_SEED_LEN];
    int rc = crypto_generichash(seed, sizeof seed, (const uint8_t *)label, sizeof label, secret,
                                MU_INVITE_SECRET_LEN);
    MU_ASSERT(rc == 0);
    mu_device_keys_make(seed, out);
    mu_wipe(seed, sizeof seed);
}

struct mu_id mu_invite_id(const uint8_t curve[static MU_CURVE_PK_LEN])
{
    struct mu_slice key = mu_slice_of(curve, MU_CURVE_PK_LEN);
    return mu_id_derive("invite", &key, 1);
}

void mu_invite_proof_bytes(struct mu_id workspace, struct mu_id device,
                           const struct mu_device_public *keys,
                           uint8_t out[static MU_INVITE_PROOF_LEN])
{
    memcpy(out, workspace.bytes, MU_ID_LEN);
    out += MU_ID_LEN;
    memcpy(out, device.bytes, MU_ID_LEN);
    out += MU_ID_LEN;
    memcpy(out, keys->sign, MU_SIGN_PK_LEN);
    out += MU_SIGN_PK_LEN;
    memcpy(out, keys->box, MU_BOX_PK_LEN);
    out += MU_BOX_PK_LEN;
    memcpy(out, keys->curve, MU_CURVE_PK_LEN);
}
