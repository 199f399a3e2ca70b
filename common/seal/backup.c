#include "common/seal/backup.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "common/base/check.h"
#include "common/seal/be.h"
#include "common/seal/bech32m.h"
#include "common/seal/secret.h"

#define MAGIC     "MUSTERBK"
#define MAGIC_LEN 8
#define KEY_LEN   crypto_secretstream_xchacha20poly1305_KEYBYTES
/* Offsets in the head. */
#define AT_VERSION  8
#define AT_RECOVERY 9
#define AT_KEY      41
#define AT_STREAM   121

static_assert(KEY_LEN == MU_BACKUP_KEY_LEN && AT_KEY + KEY_LEN + crypto_box_SEALBYTES == AT_STREAM,
              "layout");
static_assert(AT_STREAM + crypto_secretstream_xchacha20poly1305_HEADERBYTES == MU_BACKUP_HEAD_LEN,
              "layout");
static_assert(crypto_secretstream_xchacha20poly1305_ABYTES == MU_BACKUP_SEALED_MIN, "layout");
static_assert(sizeof(crypto_secretstream_xchacha20poly1305_state) <=
                  sizeof((struct mu_backup_stream){0}.state),
              "room");
static_assert(MU_RECOVERY_LEN == crypto_box_PUBLICKEYBYTES, "key");
static_assert(MU_RECOVERY_LEN == crypto_box_SECRETKEYBYTES, "key");
static_assert(MU_RECOVERY_LEN == crypto_box_SEEDBYTES, "key");

#define SECRET_PREFIX "mrk"
#define PUBLIC_PREFIX "mrp"

/* -- the recovery key ---------------------------------------------------------------- */

void mu_recovery_make(const uint8_t seed[static MU_RECOVERY_LEN],
                      struct mu_recovery_public *out_public, struct mu_recovery_secret *out_secret)
{
    int rc = crypto_box_seed_keypair(out_public->bytes, out_secret->bytes, seed);
    MU_ASSERT(rc == 0);
}

void mu_recovery_secret_deinit(struct mu_recovery_secret *secret)
{
    mu_wipe(secret, sizeof *secret);
}

enum mu_status mu_recovery_print_secret(const struct mu_recovery_secret *secret, struct mu_buf *out)
{
    return mu_bech32m_write(SECRET_PREFIX, mu_slice_of(secret->bytes, MU_RECOVERY_LEN), out);
}

enum mu_status mu_recovery_print_public(const struct mu_recovery_public *public_key,
                                        struct mu_buf *out)
{
    return mu_bech32m_write(PUBLIC_PREFIX, mu_slice_of(public_key->bytes, MU_RECOVERY_LEN), out);
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static enum mu_status parse(struct mu_slice text, const char *prefix,
                            uint8_t out_bytes[static MU_RECOVERY_LEN], struct mu_error *err)
{
    while (text.len > 0 && is_blank(text.data[text.len - 1])) {
        text.len--;
    }
    while (text.len > 0 && is_blank(text.data[0])) {
        text = mu_slice_of(text.data + 1, text.len - 1);
    }
    struct mu_bech32m parsed;
    uint8_t bytes[MU_RECOVERY_LEN];
    size_t len = 0;
    size_t prefix_len = strlen(prefix);
    enum mu_bech32m_fault fault = mu_bech32m_parse(text, &parsed);
    bool named = text.len > prefix_len && memcmp(text.data, prefix, prefix_len) == 0 &&
                 text.data[prefix_len] == '1';
    enum mu_status status = MU_OK;
    if (!named) {
        status = mu_fail(err, MU_E_INVALID, "this is no recovery key: one begins with %s1", prefix);
    } else if (fault != MU_BECH32M_FINE || !mu_bech32m_bytes(&parsed, bytes, sizeof bytes, &len) ||
               len != sizeof bytes) {
        status =
            mu_fail(err, MU_E_INVALID, "the recovery key is incomplete or has a wrong character");
    } else {
        memcpy(out_bytes, bytes, sizeof bytes);
    }
    mu_wipe(&parsed, sizeof parsed);
    mu_wipe(bytes, sizeof bytes);
    return status;
}

enum mu_status mu_recovery_parse_secret(struct mu_slice text, struct mu_recovery_secret *out,
                                        struct mu_error *err)
{
    return parse(text, SECRET_PREFIX, out->bytes, err);
}

enum mu_status mu_recovery_parse_public(struct mu_slice text, struct mu_recovery_public *out,
                                        struct mu_error *err)
{
    return parse(text, PUBLIC_PREFIX, out->bytes, err);
}

/* -- the stream ---------------------------------------------------------------------- */

static crypto_secretstream_xchacha20poly1305_state *state_of(struct mu_backup_stream *stream)
{
    return (crypto_secretstream_xchacha20poly1305_state *)(void *)stream->state;
}

void mu_backup_stream_deinit(struct mu_backup_stream *stream)
{
    mu_wipe(stream, sizeof *stream);
}

/* The first chunk vouches for everything before it. */
static struct mu_slice bound_to(const struct mu_backup_stream *stream)
{
    return mu_slice_of(stream->head, stream->started ? 0 : MU_BACKUP_HEAD_LEN);
}

enum mu_status mu_backup_begin(const struct mu_recovery_public *recovery,
                               const uint8_t key[static MU_BACKUP_KEY_LEN],
                               struct mu_backup_stream *out_stream, struct mu_buf *out)
{
    MU_BACKUP_STREAM_AUTO struct mu_backup_stream stream = {.started = false};
    memcpy(stream.head, MAGIC, MAGIC_LEN);
    stream.head[AT_VERSION] = MU_BACKUP_VERSION;
    memcpy(stream.head + AT_RECOVERY, recovery->bytes, MU_RECOVERY_LEN);
    memcpy(stream.key, key, sizeof stream.key);
    if (crypto_box_seal(stream.head + AT_KEY, stream.key, KEY_LEN, recovery->bytes) != 0 ||
        crypto_secretstream_xchacha20poly1305_init_push(state_of(&stream), stream.head + AT_STREAM,
                                                        stream.key) != 0) {
        return MU_E_CRYPTO;
    }
    MU_TRY(mu_buf_append(out, stream.head, sizeof stream.head));
    memcpy(out_stream, &stream, sizeof stream);
    return MU_OK;
}

enum mu_status mu_backup_seal(struct mu_backup_stream *stream, struct mu_slice plain, bool is_last,
                              struct mu_buf *out)
{
    MU_ASSERT(plain.len <= MU_BACKUP_PLAIN_MAX && !stream->ended);
    size_t len = plain.len + MU_BACKUP_SEALED_MIN;
    MU_TRY(mu_buf_reserve(out, MU_BACKUP_FRAME_LEN + len));
    mu_be_put(out->data + out->len, len, MU_BACKUP_FRAME_LEN);
    struct mu_slice bound = bound_to(stream);
    int rc = crypto_secretstream_xchacha20poly1305_push(
        state_of(stream), out->data + out->len + MU_BACKUP_FRAME_LEN, NULL, plain.data, plain.len,
        bound.data, bound.len,
        is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
                : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
    MU_ASSERT(rc == 0);
    out->len += MU_BACKUP_FRAME_LEN + len;
    stream->started = true;
    stream->ended = is_last;
    return MU_OK;
}

static enum mu_status check_head(struct mu_slice head, struct mu_error *err)
{
    size_t front = head.len < MAGIC_LEN ? head.len : MAGIC_LEN;
    if (front == 0 || memcmp(head.data, MAGIC, front) != 0) {
        return mu_fail(err, MU_E_INVALID, "this is no backup of Muster");
    }
    if (head.len > AT_VERSION && head.data[AT_VERSION] != MU_BACKUP_VERSION) {
        return mu_fail(err, MU_E_VERSION, "the backup has version %u, this Muster reads %u",
                       (unsigned)head.data[AT_VERSION], (unsigned)MU_BACKUP_VERSION);
    }
    if (head.len != MU_BACKUP_HEAD_LEN) {
        return mu_fail(err, MU_E_CORRUPT, "the backup is cut short");
    }
    return MU_OK;
}

static enum mu_status start_reading(struct mu_backup_stream *stream, struct mu_error *err)
{
    if (crypto_secretstream_xchacha20poly1305_init_pull(state_of(stream), stream->head + AT_STREAM,
                                                        stream->key) != 0) {
        return mu_fail(err, MU_E_CORRUPT, "the backup is damaged at its front");
    }
    return MU_OK;
}

enum mu_status mu_backup_open(struct mu_slice head, const struct mu_recovery_secret *secret,
                              struct mu_backup_stream *out_stream, struct mu_error *err)
{
    MU_BACKUP_STREAM_AUTO struct mu_backup_stream stream = {.started = false};
    uint8_t mine[MU_RECOVERY_LEN];
    MU_TRY(check_head(head, err));
    memcpy(stream.head, head.data, sizeof stream.head);
    if (crypto_scalarmult_base(mine, secret->bytes) != 0) {
        return mu_fail(err, MU_E_INVALID, "this is no recovery key");
    }
    if (memcmp(mine, stream.head + AT_RECOVERY, sizeof mine) != 0) {
        return mu_fail(err, MU_E_DENIED, "the backup was made for another recovery key");
    }
    if (crypto_box_seal_open(stream.key, stream.head + AT_KEY, KEY_LEN + crypto_box_SEALBYTES, mine,
                             secret->bytes) != 0) {
        return mu_fail(err, MU_E_CORRUPT, "the backup is damaged at its front");
    }
    MU_TRY(start_reading(&stream, err));
    memcpy(out_stream, &stream, sizeof stream);
    return MU_OK;
}

enum mu_status mu_backup_reopen(struct mu_slice head, const struct mu_backup_stream *written,
                                struct mu_backup_stream *out_stream, struct mu_error *err)
{
    MU_BACKUP_STREAM_AUTO struct mu_backup_stream stream = {.started = false};
    MU_TRY(check_head(head, err));
    if (memcmp(head.data, written->head, MU_BACKUP_HEAD_LEN) != 0) {
        return mu_fail(err, MU_E_CORRUPT, "the backup is damaged at its front");
    }
    memcpy(stream.head, written->head, sizeof stream.head);
    memcpy(stream.key, written->key, sizeof stream.key);
    MU_TRY(start_reading(&stream, err));
    memcpy(out_stream, &stream, sizeof stream);
    return MU_OK;
}

enum mu_status mu_backup_unseal(struct mu_backup_stream *stream, struct mu_slice sealed,
                                struct mu_buf *out, struct mu_error *err)
{
    if (stream->ended) {
        return mu_fail(err, MU_E_CORRUPT, "something stands behind the backup's end");
    }
    if (sealed.len < MU_BACKUP_SEALED_MIN || sealed.len > MU_BACKUP_SEALED_MAX) {
        return mu_fail(err, MU_E_CORRUPT, "the backup is damaged");
    }
    mu_buf_clear(out);
    enum mu_status status = mu_buf_reserve(out, sealed.len);
    if (status != MU_OK) {
        return mu_fail(err, status, "no memory for a piece of the backup");
    }
    uint8_t tag = 0;
    unsigned long long len = 0;
    struct mu_slice bound = bound_to(stream);
    if (crypto_secretstream_xchacha20poly1305_pull(state_of(stream), out->data, &len, &tag,
                                                   sealed.data, sealed.len, bound.data,
                                                   bound.len) != 0) {
        return mu_fail(err, MU_E_CORRUPT, "the backup is damaged");
    }
    out->len = (size_t)len;
    stream->started = true;
    stream->ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    return MU_OK;
}

enum mu_status mu_backup_frame(const uint8_t frame[static MU_BACKUP_FRAME_LEN], size_t *out_len,
                               struct mu_error *err)
{
    uint64_t len = mu_be_get(frame, MU_BACKUP_FRAME_LEN);
    if (len < MU_BACKUP_SEALED_MIN || len > MU_BACKUP_SEALED_MAX) {
        return mu_fail(err, MU_E_CORRUPT, "the backup is damaged");
    }
    *out_len = (size_t)len;
    return MU_OK;
}
