#include "common/seal/sealed.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "common/base/check.h"
#include "common/base/reader.h"
#include "common/seal/be.h"
#include "common/seal/secret.h"
#include "common/seal/sign.h"

/* Inside a copy, before padding:
 *   version 1 | workspace 16 | message 16 | from 16 | to 16 | be64 created
 *   count 1 | box keys 32 each | be32 length | text | signature 64
 * The signature covers everything before it. */
#define DOMAIN                "muster sealed text v1"
#define ABOUT_LEN             (1 + 4 * MU_ID_LEN + 8 + 1)
#define INNER_LEN(keys, text) (ABOUT_LEN + (keys)*MU_BOX_PK_LEN + 4 + (text) + MU_SIGN_LEN)
#define PADDED_LEN(inner)     (((inner) / MU_SEALED_STEP + 1) * MU_SEALED_STEP)
#define INNER_MAX             INNER_LEN(MU_SEALED_KEYS_MAX, MU_SEALED_TEXT_MAX)
#define PADDED_MAX            PADDED_LEN(INNER_MAX)
#define COPY_HEAD_LEN         (1 + MU_BOX_PK_LEN + 4)

static_assert(MU_SEALED_KEYS_MAX <= UINT8_MAX, "the count is one byte");
static_assert(sizeof(struct mu_box_pk) == MU_BOX_PK_LEN, "keys lie side by side");

/* Lengthen buf by len zeros, so that what is written there later is never left
 * behind in memory that a growing buffer gave back. */
static enum mu_status append_zeros(struct mu_buf *buf, size_t len)
{
    static const uint8_t zeros[MU_SEALED_STEP] = {0};
    size_t before = buf->len;
    for (size_t left = len; left > 0;) {
        size_t part = left < sizeof zeros ? left : sizeof zeros;
        enum mu_status status = mu_buf_append(buf, zeros, part);
        if (status != MU_OK) {
            buf->len = before;
            return status;
        }
        left -= part;
    }
    return MU_OK;
}

/* One copy in a run of copies. */
struct copy {
    uint8_t version;
    struct mu_slice box_pk;
    struct mu_slice cipher;
};

/* The next copy of a sealed text.  Version, key and length keep their place in
 * all versions, so a copy for another device may be of any. */
static enum mu_status next_copy(struct mu_reader *reader, struct copy *out, struct mu_error *err)
{
    struct copy copy = {.version = mu_reader_byte(reader)};
    copy.box_pk = mu_reader_bytes(reader, MU_BOX_PK_LEN);
    struct mu_slice len = mu_reader_bytes(reader, 4);
    copy.cipher = mu_reader_bytes(reader, len.len == 4 ? (size_t)mu_be_get(len.data, 4) : 0);
    if (!mu_reader_ok(reader)) {
        return mu_fail(err, MU_E_CORRUPT, "sealed text is cut short");
    }
    *out = copy;
    return MU_OK;
}

/* Append inner, sealed to box_pk. */
static enum mu_status append_copy(struct mu_slice inner, const uint8_t *box_pk, struct mu_buf *out,
                                  struct mu_error *err)
{
    uint8_t padded[PADDED_MAX];
    size_t padded_len = 0;
    MU_ASSERT(inner.len <= INNER_MAX);
    memcpy(padded, inner.data, inner.len);
    int rc = sodium_pad(&padded_len, padded, inner.len, MU_SEALED_STEP, sizeof padded);
    MU_ASSERT(rc == 0);

    size_t cipher_len = padded_len + crypto_box_SEALBYTES;
    size_t before = out->len;
    enum mu_status status = append_zeros(out, COPY_HEAD_LEN + cipher_len);
    if (status == MU_OK) {
        uint8_t *at = out->data + before;
        at[0] = MU_SEALED_VERSION;
        memcpy(at + 1, box_pk, MU_BOX_PK_LEN);
        mu_be_put(at + 1 + MU_BOX_PK_LEN, cipher_len, 4);
        if (crypto_box_seal(at + COPY_HEAD_LEN, padded, padded_len, box_pk) != 0) {
            out->len = before;
            status = MU_E_INVALID;
        }
    }
    mu_wipe(padded, sizeof padded);
    if (status == MU_E_INVALID) {
        return mu_fail(err, status, "seal a text: a reader's box key is no key");
    }
    return status == MU_OK ? MU_OK
                           : mu_fail(err, status, "seal a text: %s", mu_status_text(status));
}

static enum mu_status check_args(const struct mu_sealed_make_args *args, struct mu_error *err)
{
    if (args->reader_count == 0) {
        return mu_fail(err, MU_E_INVALID, "seal a text: it has no readers");
    }
    if (args->reader_count > MU_SEALED_KEYS_MAX) {
        return mu_fail(err, MU_E_LIMIT, "seal a text: %zu devices are more than %u",
                       args->reader_count, (unsigned)MU_SEALED_KEYS_MAX);
    }
    if (args->text.len > MU_SEALED_TEXT_MAX) {
        return mu_fail(err, MU_E_LIMIT, "seal a text: %zu bytes are more than %u", args->text.len,
                       (unsigned)MU_SEALED_TEXT_MAX);
    }
    for (size_t i = 0; i < args->reader_count; i++) {
        for (size_t k = 0; k < i; k++) {
            if (memcmp(&args->readers[i], &args->readers[k], MU_BOX_PK_LEN) == 0) {
                return mu_fail(err, MU_E_INVALID, "seal a text: one device is named twice");
            }
        }
    }
    return MU_OK;
}

static uint8_t *put(uint8_t *at, const void *bytes, size_t len)
{
    if (len > 0) {
        memcpy(at, bytes, len);
    }
    return at + len;
}

/* Fills inner; returns its length. */
static size_t write_inner(const struct mu_sealed_make_args *args, uint8_t inner[static INNER_MAX])
{
    uint8_t *at = inner;
    *at++ = MU_SEALED_VERSION;
    at = put(at, args->about.workspace.bytes, MU_ID_LEN);
    at = put(at, args->about.message.bytes, MU_ID_LEN);
    at = put(at, args->about.from_device.bytes, MU_ID_LEN);
    at = put(at, args->about.to_person.bytes, MU_ID_LEN);
    mu_be_put(at, (uint64_t)args->created_ms, 8);
    at += 8;
    *at++ = (uint8_t)args->reader_count;
    at = put(at, args->readers, args->reader_count * MU_BOX_PK_LEN);
    mu_be_put(at, args->text.len, 4);
    at = put(at + 4, args->text.data, args->text.len);
    mu_sign(args->author, DOMAIN, mu_slice_of(inner, (size_t)(at - inner)), at);
    return (size_t)(at - inner) + MU_SIGN_LEN;
}

enum mu_status mu_sealed_make(const struct mu_sealed_make_args *args, struct mu_buf *out,
                              struct mu_error *err)
{
    MU_TRY(check_args(args, err));

    uint8_t inner[INNER_MAX];
    size_t inner_len = write_inner(args, inner);
    size_t before = out->len;
    enum mu_status status = MU_OK;
    for (size_t i = 0; i < args->reader_count && status == MU_OK; i++) {
        status = append_copy(mu_slice_of(inner, inner_len), args->readers[i].bytes, out, err);
    }
    mu_wipe(inner, sizeof inner);
    if (status != MU_OK) {
        out->len = before;
    }
    return status;
}

/* Decrypt one copy into the empty buffer inner. */
static enum mu_status open_copy(const struct copy *copy, const struct mu_device_keys *reader,
                                struct mu_buf *inner, struct mu_error *err)
{
    if (copy->version != MU_SEALED_VERSION) {
        return mu_fail(err, MU_E_VERSION, "sealed text has version %u, this Muster reads %u",
                       (unsigned)copy->version, (unsigned)MU_SEALED_VERSION);
    }
    size_t len = copy->cipher.len;
    if (len < crypto_box_SEALBYTES + MU_SEALED_STEP || len > crypto_box_SEALBYTES + PADDED_MAX ||
        (len - crypto_box_SEALBYTES) % MU_SEALED_STEP != 0) {
        return mu_fail(err, MU_E_CORRUPT, "sealed text has an impossible size of %zu bytes", len);
    }
    len -= crypto_box_SEALBYTES;
    mu_wipe(inner->data, inner->cap);
    inner->len = 0;
    enum mu_status status = append_zeros(inner, len);
    if (status != MU_OK) {
        return mu_fail(err, status, "open a sealed text: %s", mu_status_text(status));
    }
    if (crypto_box_seal_open(inner->data, copy->cipher.data, copy->cipher.len, reader->public.box,
                             reader->box_secret) != 0) {
        return mu_fail(err, MU_E_CRYPTO, "sealed text does not open: it was changed");
    }
    if (sodium_unpad(&inner->len, inner->data, len, MU_SEALED_STEP) != 0) {
        return mu_fail(err, MU_E_CRYPTO, "sealed text opens to something else");
    }
    return MU_OK;
}

static struct mu_id read_id(struct mu_reader *reader)
{
    struct mu_id id = {0};
    struct mu_slice bytes = mu_reader_bytes(reader, MU_ID_LEN);
    if (bytes.len == MU_ID_LEN) {
        memcpy(id.bytes, bytes.data, MU_ID_LEN);
    }
    return id;
}

static uint64_t read_be(struct mu_reader *reader, size_t len)
{
    struct mu_slice bytes = mu_reader_bytes(reader, len);
    return bytes.len == len ? mu_be_get(bytes.data, len) : 0;
}

/* Take opened->inner apart and hold it against what was expected. */
static enum mu_status read_inner(const struct mu_sealed_open_args *args,
                                 struct mu_sealed_opened *opened, struct mu_error *err)
{
    struct mu_reader reader = mu_reader_of(mu_buf_view(&opened->inner));
    uint8_t version = mu_reader_byte(&reader);
    opened->about.workspace = read_id(&reader);
    opened->about.message = read_id(&reader);
    opened->about.from_device = read_id(&reader);
    opened->about.to_person = read_id(&reader);
    opened->created_ms = (int64_t)read_be(&reader, 8);
    opened->readers = mu_reader_bytes(&reader, (size_t)mu_reader_byte(&reader) * MU_BOX_PK_LEN);
    opened->text = mu_reader_bytes(&reader, (size_t)read_be(&reader, 4));
    struct mu_slice signature = mu_reader_bytes(&reader, MU_SIGN_LEN);
    if (!mu_reader_at_end(&reader) || version != MU_SEALED_VERSION ||
        opened->text.len > MU_SEALED_TEXT_MAX || opened->readers.len == 0 ||
        opened->readers.len > (size_t)MU_SEALED_KEYS_MAX * MU_BOX_PK_LEN) {
        return mu_fail(err, MU_E_CRYPTO, "sealed text opens to something else");
    }
    struct mu_slice body = mu_slice_of(opened->inner.data, opened->inner.len - MU_SIGN_LEN);
    if (!mu_sign_verify(args->author_sign_pk, DOMAIN, body, signature.data)) {
        return mu_fail(err, MU_E_CRYPTO, "sealed text is not signed by its author's device");
    }
    if (!mu_id_equal(opened->about.workspace, args->about.workspace) ||
        !mu_id_equal(opened->about.message, args->about.message) ||
        !mu_id_equal(opened->about.from_device, args->about.from_device) ||
        !mu_id_equal(opened->about.to_person, args->about.to_person)) {
        return mu_fail(err, MU_E_CRYPTO, "sealed text was written for another place");
    }
    opened->resealed = true;
    for (size_t at = 0; at < opened->readers.len; at += MU_BOX_PK_LEN) {
        if (memcmp(opened->readers.data + at, args->reader->public.box, MU_BOX_PK_LEN) == 0) {
            opened->resealed = false;
        }
    }
    return MU_OK;
}

enum mu_status mu_sealed_open(const struct mu_sealed_open_args *args, struct mu_sealed_opened *out,
                              struct mu_error *err)
{
    struct mu_slice own = mu_slice_of(args->reader->public.box, MU_BOX_PK_LEN);
    struct mu_reader reader = mu_reader_of(args->sealed);
    MU_SEALED_OPENED_AUTO struct mu_sealed_opened opened = {0};
    mu_buf_init(&opened.inner, PADDED_MAX);

    /* Whoever stores the copies may have put a false one first: try each. */
    enum mu_status status = MU_E_NOT_FOUND;
    for (size_t i = 0; i < MU_SEALED_COPIES_MAX && !mu_reader_at_end(&reader); i++) {
        struct copy copy;
        MU_TRY(next_copy(&reader, &copy, err));
        if (!mu_slice_equal(copy.box_pk, own)) {
            continue;
        }
        status = open_copy(&copy, args->reader, &opened.inner, err);
        if (status == MU_OK) {
            status = read_inner(args, &opened, err);
        }
        if (status == MU_OK) {
            *out = opened;
            opened = (struct mu_sealed_opened){0}; /* taken by the caller */
            return MU_OK;
        }
    }
    if (status == MU_E_NOT_FOUND) {
        return mu_fail(err, status, "sealed text has no copy for this device");
    }
    return status;
}

void mu_sealed_opened_deinit(struct mu_sealed_opened *opened)
{
    if (opened != NULL) {
        mu_wipe_buf(&opened->inner);
        *opened = (struct mu_sealed_opened){0};
    }
}

bool mu_sealed_has(struct mu_slice sealed, const struct mu_box_pk *reader)
{
    struct mu_reader walk = mu_reader_of(sealed);
    struct mu_error ignored = {0};
    struct copy copy;
    while (!mu_reader_at_end(&walk) && next_copy(&walk, &copy, &ignored) == MU_OK) {
        if (mu_slice_equal(copy.box_pk, mu_slice_of(reader->bytes, MU_BOX_PK_LEN))) {
            return true;
        }
    }
    return false;
}

enum mu_status mu_sealed_add(const struct mu_sealed_opened *opened, const struct mu_box_pk *reader,
                             struct mu_buf *sealed, struct mu_error *err)
{
    struct mu_reader walk = mu_reader_of(mu_buf_view(sealed));
    size_t count = 0;
    for (; !mu_reader_at_end(&walk); count++) {
        struct copy copy;
        MU_TRY(next_copy(&walk, &copy, err));
        if (mu_slice_equal(copy.box_pk, mu_slice_of(reader->bytes, MU_BOX_PK_LEN))) {
            return mu_fail(err, MU_E_EXISTS, "sealed text has a copy for this device");
        }
    }
    if (count >= MU_SEALED_COPIES_MAX) {
        return mu_fail(err, MU_E_LIMIT, "sealed text has %zu copies already", count);
    }
    return append_copy(mu_buf_view(&opened->inner), reader->bytes, sealed, err);
}
