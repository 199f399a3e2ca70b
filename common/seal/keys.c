#include "common/seal/keys.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "common/base/check.h"
#include "common/base/reader.h"
#include "common/base/utf8.h"
#include "common/seal/be.h"
#include "common/seal/bech32m.h"
#include "common/seal/hash.h"
#include "common/seal/secret.h"

static_assert(MU_SEED_LEN == crypto_kdf_KEYBYTES, "the seed is a KDF key");
static_assert(MU_SIGN_PK_LEN == crypto_sign_PUBLICKEYBYTES, "Ed25519");
static_assert(MU_SIGN_LEN == crypto_sign_BYTES, "Ed25519");
static_assert(MU_BOX_PK_LEN == crypto_box_PUBLICKEYBYTES, "X25519");

enum subkey {
    SUBKEY_SIGN = 1,
    SUBKEY_BOX = 2,
    SUBKEY_CURVE = 3,
};

static void subseed(const uint8_t seed[static MU_SEED_LEN], enum subkey which,
                    uint8_t out[static MU_SEED_LEN])
{
    int rc = crypto_kdf_derive_from_key(out, MU_SEED_LEN, (uint64_t)which, "mu-dev-1", seed);
    MU_ASSERT(rc == 0);
}

void mu_device_keys_make(const uint8_t seed[static MU_SEED_LEN], struct mu_device_keys *out)
{
    uint8_t sub[MU_SEED_LEN];
    subseed(seed, SUBKEY_SIGN, sub);
    int rc = crypto_sign_seed_keypair(out->public.sign, out->sign_secret, sub);
    subseed(seed, SUBKEY_BOX, sub);
    rc |= crypto_box_seed_keypair(out->public.box, out->box_secret, sub);
    subseed(seed, SUBKEY_CURVE, sub);
    rc |= crypto_box_seed_keypair(out->public.curve, out->curve_secret, sub);
    mu_wipe(sub, sizeof sub);
    MU_ASSERT(rc == 0);
}

void mu_device_keys_deinit(struct mu_device_keys *keys)
{
    if (keys != NULL) {
        mu_wipe(keys, sizeof *keys);
    }
}

void mu_device_fingerprint(const struct mu_device_public *device,
                           char out_text[static MU_FINGERPRINT_LEN + 1])
{
    static const char label[] = "muster fingerprint v1"; /* with its NUL */
    struct mu_hasher hasher;
    mu_hasher_init(&hasher, NULL);
    mu_hasher_add(&hasher, mu_slice_of(label, sizeof label));
    mu_hasher_add(&hasher, mu_slice_of(device->sign, sizeof device->sign));
    mu_hasher_add(&hasher, mu_slice_of(device->box, sizeof device->box));
    mu_hasher_add(&hasher, mu_slice_of(device->curve, sizeof device->curve));
    struct mu_hash hash;
    mu_hasher_end(&hasher, &hash);

    uint8_t values[26 + MU_BECH32M_CHECK];
    for (unsigned i = 0; i < 26; i++) {
        unsigned bit = i * 5;
        uint64_t two = mu_be_get(hash.bytes + bit / 8, 2);
        values[i] = (uint8_t)(two >> (11 - bit % 8) & 31);
    }
    mu_bech32m_checksum("mstdev", values, 26, values + 26);

    size_t at = 0;
    for (size_t i = 0; i < sizeof values; i++) {
        if (i > 0 && i % 4 == 0) {
            out_text[at++] = ' ';
        }
        out_text[at++] = mu_bech32m_char(values[i]);
    }
    out_text[at] = '\0';
}

/* The key file.  Mark, version, length and checksum stay where they are in all
 * versions, so that damage can be told from a newer file. */

#define MARK      "MUSTERKY"
#define MARK_LEN  8
#define HEAD_LEN  (MARK_LEN + 1 + 4)
#define CHECK_LEN 16
#define VERSION   1
#define FIXED_LEN (MU_ID_LEN * 2 + MU_SEED_LEN + MU_CURVE_PK_LEN + MU_SIGN_PK_LEN + MU_BOX_PK_LEN)

static_assert(HEAD_LEN + FIXED_LEN + 1 + MU_ENDPOINT_MAX + 1 + MU_KEY_HANDLE_MAX + CHECK_LEN <=
                  MU_KEY_FILE_LEN_MAX,
              "the longest key file");

void mu_key_file_deinit(struct mu_key_file *file)
{
    if (file != NULL) {
        mu_wipe(file, sizeof *file);
    }
}

static void checksum(const uint8_t *bytes, size_t len, uint8_t out[static CHECK_LEN])
{
    int rc = crypto_generichash(out, CHECK_LEN, bytes, len, NULL, 0);
    MU_ASSERT(rc == 0);
}

/* A text that ends within size bytes and is UTF-8. */
static bool text_fits(const char *text, size_t size)
{
    const char *end = memchr(text, '\0', size);
    return end != NULL && mu_utf8_valid(mu_slice_of(text, (size_t)(end - text)));
}

static size_t put(uint8_t *file, size_t at, const void *bytes, size_t len)
{
    memcpy(file + at, bytes, len);
    return at + len;
}

static size_t put_text(uint8_t *file, size_t at, const char *text)
{
    size_t len = strlen(text);
    file[at] = (uint8_t)len;
    return put(file, at + 1, text, len);
}

enum mu_status mu_keys_encode(const struct mu_key_file *file, struct mu_buf *out,
                              struct mu_error *err)
{
    if (!text_fits(file->endpoint, sizeof file->endpoint) ||
        !text_fits(file->handle, sizeof file->handle)) {
        return mu_fail(err, MU_E_INVALID, "key file: endpoint or handle is not a text that fits");
    }

    uint8_t bytes[MU_KEY_FILE_LEN_MAX];
    size_t at = put(bytes, 0, MARK, MARK_LEN);
    bytes[at] = VERSION;
    at = HEAD_LEN;
    at = put(bytes, at, file->workspace.bytes, MU_ID_LEN);
    at = put(bytes, at, file->device.bytes, MU_ID_LEN);
    at = put(bytes, at, file->seed, sizeof file->seed);
    at = put(bytes, at, file->server_curve, sizeof file->server_curve);
    at = put(bytes, at, file->server_sign, sizeof file->server_sign);
    at = put(bytes, at, file->server_box, sizeof file->server_box);
    at = put_text(bytes, at, file->endpoint);
    at = put_text(bytes, at, file->handle);
    mu_be_put(bytes + MARK_LEN + 1, at + CHECK_LEN, 4);
    checksum(bytes, at, bytes + at);

    enum mu_status status = mu_buf_append(out, bytes, at + CHECK_LEN);
    mu_wipe(bytes, sizeof bytes);
    return status == MU_OK ? MU_OK : mu_fail(err, status, "key file: %s", mu_status_text(status));
}

/* Mark, length, checksum and version, in the order that names the trouble best. */
static enum mu_status check_frame(struct mu_slice bytes, struct mu_error *err)
{
    size_t front = bytes.len < MARK_LEN ? bytes.len : MARK_LEN;
    if (front > 0 && memcmp(bytes.data, MARK, front) != 0) {
        return mu_fail(err, MU_E_INVALID, "not a Muster key file");
    }
    if (bytes.len < HEAD_LEN) {
        return mu_fail(err, MU_E_CORRUPT, "key file is torn: %zu bytes are left of it", bytes.len);
    }
    uint64_t len = mu_be_get(bytes.data + MARK_LEN + 1, 4);
    if (bytes.len < len) {
        return mu_fail(err, MU_E_CORRUPT, "key file is torn: %zu of %zu bytes", bytes.len,
                       (size_t)len);
    }
    if (bytes.len > len || len < HEAD_LEN + CHECK_LEN) {
        return mu_fail(err, MU_E_CORRUPT, "key file is damaged: its length does not match");
    }
    uint8_t check[CHECK_LEN];
    checksum(bytes.data, bytes.len - CHECK_LEN, check);
    if (memcmp(check, bytes.data + bytes.len - CHECK_LEN, CHECK_LEN) != 0) {
        return mu_fail(err, MU_E_CORRUPT, "key file is damaged: its checksum does not match");
    }
    uint8_t version = bytes.data[MARK_LEN];
    if (version != VERSION) {
        return mu_fail(err, MU_E_VERSION, "key file has version %u, this Muster reads %u",
                       (unsigned)version, (unsigned)VERSION);
    }
    return MU_OK;
}

static void get(struct mu_reader *reader, void *out, size_t len)
{
    struct mu_slice bytes = mu_reader_bytes(reader, len);
    if (bytes.len == len) {
        memcpy(out, bytes.data, len);
    }
}

static void get_text(struct mu_reader *reader, char *out, size_t size)
{
    size_t len = mu_reader_byte(reader);
    struct mu_slice bytes = mu_reader_bytes(reader, len);
    if (bytes.len >= size || !mu_utf8_valid(bytes)) {
        reader->failed = true;
        return;
    }
    if (bytes.len > 0) {
        memcpy(out, bytes.data, bytes.len);
    }
    out[bytes.len] = '\0';
}

enum mu_status mu_keys_decode(struct mu_slice bytes, struct mu_key_file *out, struct mu_error *err)
{
    MU_TRY(check_frame(bytes, err));

    struct mu_reader reader =
        mu_reader_of(mu_slice_of(bytes.data + HEAD_LEN, bytes.len - HEAD_LEN - CHECK_LEN));
    MU_KEY_FILE_AUTO struct mu_key_file file = {0};
    get(&reader, file.workspace.bytes, MU_ID_LEN);
    get(&reader, file.device.bytes, MU_ID_LEN);
    get(&reader, file.seed, sizeof file.seed);
    get(&reader, file.server_curve, sizeof file.server_curve);
    get(&reader, file.server_sign, sizeof file.server_sign);
    get(&reader, file.server_box, sizeof file.server_box);
    get_text(&reader, file.endpoint, sizeof file.endpoint);
    get_text(&reader, file.handle, sizeof file.handle);
    if (!mu_reader_at_end(&reader)) {
        return mu_fail(err, MU_E_CORRUPT, "key file is damaged: its fields do not fit");
    }
    memcpy(out, &file, sizeof file);
    return MU_OK;
}
