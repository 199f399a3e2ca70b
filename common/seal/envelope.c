#include "common/seal/envelope.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "common/base/check.h"
#include "common/seal/be.h"

#define TAG_LEN crypto_aead_xchacha20poly1305_ietf_ABYTES

static_assert(MU_NONCE_LEN == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
static_assert(MU_EPOCH_KEY_LEN == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "key");
static_assert(MU_ENVELOPE_OVERHEAD == MU_ENVELOPE_HEAD_LEN + MU_NONCE_LEN + TAG_LEN, "overhead");

static bool kind_known(uint8_t kind)
{
    return kind == MU_ENVELOPE_CHANGE || kind == MU_ENVELOPE_CHUNK;
}

static void head_write(const struct mu_envelope_head *head,
                       uint8_t out[static MU_ENVELOPE_HEAD_LEN])
{
    out[0] = head->version;
    out[1] = head->kind;
    memcpy(out + 2, head->workspace.bytes, MU_ID_LEN);
    memcpy(out + 18, head->incarnation.bytes, MU_ID_LEN);
    mu_be_put(out + 34, head->epoch, 4);
    mu_be_put(out + 38, head->seq, 8);
}

/* The plaintext is copied behind the head and encrypted where it lies. */
static enum mu_status lay_out(const uint8_t head[static MU_ENVELOPE_HEAD_LEN],
                              const uint8_t nonce[static MU_NONCE_LEN], struct mu_slice plain,
                              struct mu_buf *out)
{
    static const uint8_t no_tag[TAG_LEN] = {0};
    MU_TRY(mu_buf_append(out, head, MU_ENVELOPE_HEAD_LEN));
    MU_TRY(mu_buf_append(out, nonce, MU_NONCE_LEN));
    MU_TRY(mu_buf_append(out, plain.data, plain.len));
    return mu_buf_append(out, no_tag, sizeof no_tag);
}

enum mu_status mu_envelope_seal(const struct mu_envelope_head *head, const struct mu_epoch_key *key,
                                const uint8_t nonce[static MU_NONCE_LEN], struct mu_slice plain,
                                struct mu_buf *out, struct mu_error *err)
{
    if (head->version != MU_ENVELOPE_VERSION || !kind_known(head->kind)) {
        return mu_fail(err, MU_E_INVALID, "cannot seal version %u, kind %u",
                       (unsigned)head->version, (unsigned)head->kind);
    }
    uint8_t ad[MU_ENVELOPE_HEAD_LEN];
    head_write(head, ad);
    size_t before = out->len;
    enum mu_status status = lay_out(ad, nonce, plain, out);
    if (status != MU_OK) {
        if (out->len > before) {
            sodium_memzero(out->data + before, out->len - before);
            out->len = before;
        }
        return mu_fail(err, status, "seal %zu bytes: %s", plain.len, mu_status_text(status));
    }
    uint8_t *text = out->data + before + MU_ENVELOPE_HEAD_LEN + MU_NONCE_LEN;
    int rc = crypto_aead_xchacha20poly1305_ietf_encrypt_detached(
        text, text + plain.len, NULL, text, plain.len, ad, sizeof ad, NULL, nonce, key->bytes);
    MU_ASSERT(rc == 0);
    return MU_OK;
}

enum mu_status mu_envelope_head_read(struct mu_slice sealed, struct mu_envelope_head *out,
                                     struct mu_error *err)
{
    if (sealed.len == 0) {
        return mu_fail(err, MU_E_CORRUPT, "sealed change is empty");
    }
    const uint8_t *at = sealed.data;
    if (at[0] != MU_ENVELOPE_VERSION) {
        return mu_fail(err, MU_E_VERSION, "sealed change has version %u, this Muster reads %u",
                       (unsigned)at[0], (unsigned)MU_ENVELOPE_VERSION);
    }
    if (sealed.len < MU_ENVELOPE_OVERHEAD) {
        return mu_fail(err, MU_E_CORRUPT, "sealed change of %zu bytes is too short", sealed.len);
    }
    if (!kind_known(at[1])) {
        return mu_fail(err, MU_E_CORRUPT, "sealed change is of unknown kind %u", (unsigned)at[1]);
    }
    struct mu_envelope_head head = {.version = at[0], .kind = at[1]};
    memcpy(head.workspace.bytes, at + 2, MU_ID_LEN);
    memcpy(head.incarnation.bytes, at + 18, MU_ID_LEN);
    head.epoch = (uint32_t)mu_be_get(at + 34, 4);
    head.seq = mu_be_get(at + 38, 8);
    *out = head;
    return MU_OK;
}

enum mu_status mu_envelope_open(struct mu_slice sealed, const struct mu_epoch_key *key,
                                struct mu_buf *out_plain, struct mu_error *err)
{
    struct mu_envelope_head head;
    MU_TRY(mu_envelope_head_read(sealed, &head, err));

    const uint8_t *nonce = sealed.data + MU_ENVELOPE_HEAD_LEN;
    const uint8_t *cipher = nonce + MU_NONCE_LEN;
    size_t len = sealed.len - MU_ENVELOPE_OVERHEAD;
    size_t before = out_plain->len;
    enum mu_status status = mu_buf_append(out_plain, cipher, len);
    if (status != MU_OK) {
        return mu_fail(err, status, "open %zu bytes: %s", len, mu_status_text(status));
    }
    /* An empty change leaves the buffer without memory: give libsodium an address. */
    uint8_t nothing[1];
    uint8_t *text = len == 0 ? nothing : out_plain->data + before;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt_detached(text, NULL, text, len, cipher + len,
                                                            sealed.data, MU_ENVELOPE_HEAD_LEN,
                                                            nonce, key->bytes) != 0) {
        out_plain->len = before;
        return mu_fail(err, MU_E_CRYPTO,
                       "sealed change %llu of epoch %u does not open: changed, or another key",
                       (unsigned long long)head.seq, (unsigned)head.epoch);
    }
    return MU_OK;
}
