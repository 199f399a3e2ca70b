#include "server/shell/archive.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "common/base/reader.h"
#include "common/db/place.h"
#include "common/seal/secret.h"

#define ABOUT_VERSION 1

/* -- files --------------------------------------------------------------------------- */

enum mu_status mu_fd_fail(const char *name, int system_errno, struct mu_error *err)
{
    char shown[MU_DB_NAME_MAX];
    mu_place_show(name, shown);
    const char *text = mu_place_errno_text(system_errno);
    enum mu_status status = mu_place_errno_status(system_errno);
    if (text != NULL) {
        return mu_fail(err, status, "'%s': %s", shown, text);
    }
    return mu_fail(err, status, "'%s': system error %d", shown, system_errno);
}

enum mu_status mu_fd_read(int fd, const char *name, uint8_t *out_bytes, size_t len, size_t *out_got,
                          struct mu_error *err)
{
    size_t got = 0;
    while (got < len) {
        ssize_t part = read(fd, out_bytes + got, len - got);
        if (part < 0 && errno != EINTR) {
            return mu_fd_fail(name, errno, err);
        }
        if (part == 0) {
            break;
        }
        got += part > 0 ? (size_t)part : 0;
    }
    *out_got = got;
    return MU_OK;
}

enum mu_status mu_fd_write(int fd, const char *name, struct mu_slice bytes, struct mu_error *err)
{
    size_t done = 0;
    while (done < bytes.len) {
        ssize_t part = write(fd, bytes.data + done, bytes.len - done);
        if (part < 0 && errno != EINTR) {
            return mu_fd_fail(name, errno, err);
        }
        done += part > 0 ? (size_t)part : 0;
    }
    return MU_OK;
}

/* -- what a backup is ---------------------------------------------------------------- */

void mu_archive_about_init(struct mu_archive_about *about)
{
    *about = (struct mu_archive_about){.seq = 0};
    mu_buf_init(&about->key, MU_ARCHIVE_SMALL_MAX);
    mu_buf_init(&about->config, MU_ARCHIVE_SMALL_MAX);
    mu_buf_init(&about->recovery, MU_ARCHIVE_SMALL_MAX);
}

void mu_archive_about_deinit(struct mu_archive_about *about)
{
    mu_wipe_buf(&about->key);
    mu_buf_deinit(&about->config);
    mu_buf_deinit(&about->recovery);
}

enum mu_status mu_archive_about_encode(const struct mu_archive_about *about, struct mu_buf *out)
{
    MU_TRY(mu_buf_append_byte(out, ABOUT_VERSION));
    MU_TRY(mu_buf_append_svarint(out, about->made_ms));
    MU_TRY(mu_buf_append(out, about->workspace.bytes, MU_ID_LEN));
    MU_TRY(mu_buf_append(out, about->incarnation.bytes, MU_ID_LEN));
    MU_TRY(mu_buf_append_varint(out, about->seq));
    MU_TRY(mu_buf_append(out, about->chain.bytes, MU_HASH_LEN));
    MU_TRY(mu_buf_append_varint(out, about->db_len));
    MU_TRY(mu_buf_append_block(out, mu_buf_view(&about->key)));
    MU_TRY(mu_buf_append_block(out, mu_buf_view(&about->config)));
    return mu_buf_append_block(out, mu_buf_view(&about->recovery));
}

enum mu_status mu_archive_about_decode(struct mu_slice bytes, struct mu_archive_about *about,
                                       struct mu_error *err)
{
    struct mu_reader reader = mu_reader_of(bytes);
    uint8_t version = mu_reader_byte(&reader);
    if (mu_reader_ok(&reader) && version != ABOUT_VERSION) {
        return mu_fail(err, MU_E_VERSION, "the backup was made by a newer Muster");
    }
    about->made_ms = mu_reader_svarint(&reader);
    struct mu_slice workspace = mu_reader_bytes(&reader, MU_ID_LEN);
    struct mu_slice incarnation = mu_reader_bytes(&reader, MU_ID_LEN);
    about->seq = mu_reader_varint(&reader);
    struct mu_slice chain = mu_reader_bytes(&reader, MU_HASH_LEN);
    about->db_len = mu_reader_varint(&reader);
    struct mu_slice key = mu_reader_block(&reader, MU_ARCHIVE_SMALL_MAX);
    struct mu_slice config = mu_reader_block(&reader, MU_ARCHIVE_SMALL_MAX);
    struct mu_slice recovery = mu_reader_block(&reader, MU_ARCHIVE_SMALL_MAX);
    if (!mu_reader_ok(&reader) || !mu_reader_at_end(&reader)) {
        return mu_fail(err, MU_E_CORRUPT, "the backup's first piece makes no sense");
    }
    memcpy(about->workspace.bytes, workspace.data, MU_ID_LEN);
    memcpy(about->incarnation.bytes, incarnation.data, MU_ID_LEN);
    memcpy(about->chain.bytes, chain.data, MU_HASH_LEN);
    if (mu_buf_append(&about->key, key.data, key.len) != MU_OK ||
        mu_buf_append(&about->config, config.data, config.len) != MU_OK ||
        mu_buf_append(&about->recovery, recovery.data, recovery.len) != MU_OK) {
        return mu_fail(err, MU_E_NOMEM, "out of memory");
    }
    return MU_OK;
}

/* -- pieces -------------------------------------------------------------------------- */

void mu_archive_init(struct mu_archive *archive, int fd, const char *name)
{
    *archive = (struct mu_archive){.fd = fd, .name = name};
    mu_buf_init(&archive->piece, MU_BACKUP_SEALED_MAX);
    mu_buf_init(&archive->sealed, MU_BACKUP_FRAME_LEN + MU_BACKUP_SEALED_MAX);
}

void mu_archive_deinit(struct mu_archive *archive)
{
    mu_backup_stream_deinit(&archive->stream);
    mu_wipe_buf(&archive->piece);
    mu_buf_deinit(&archive->sealed);
}

enum mu_status mu_archive_begin(struct mu_archive *archive,
                                const struct mu_recovery_public *recovery, struct mu_error *err)
{
    mu_buf_clear(&archive->sealed);
    uint8_t key[MU_BACKUP_KEY_LEN];
    randombytes_buf(key, sizeof key);
    enum mu_status status = mu_backup_begin(recovery, key, &archive->stream, &archive->sealed);
    mu_wipe(key, sizeof key);
    if (status != MU_OK) {
        return mu_fail(err, status, "the backup cannot be sealed to this recovery key");
    }
    return mu_fd_write(archive->fd, archive->name, mu_buf_view(&archive->sealed), err);
}

enum mu_status mu_archive_put(struct mu_archive *archive, struct mu_slice plain, bool is_last,
                              struct mu_error *err)
{
    mu_buf_clear(&archive->sealed);
    if (mu_backup_seal(&archive->stream, plain, is_last, &archive->sealed) != MU_OK) {
        return mu_fail(err, MU_E_NOMEM, "out of memory");
    }
    return mu_fd_write(archive->fd, archive->name, mu_buf_view(&archive->sealed), err);
}

enum mu_status mu_archive_open(struct mu_archive *archive, const struct mu_recovery_secret *secret,
                               const struct mu_backup_stream *written, struct mu_error *err)
{
    uint8_t head[MU_BACKUP_HEAD_LEN];
    size_t got = 0;
    MU_TRY(mu_fd_read(archive->fd, archive->name, head, sizeof head, &got, err));
    struct mu_slice bytes = mu_slice_of(head, got);
    return written != NULL ? mu_backup_reopen(bytes, written, &archive->stream, err)
                           : mu_backup_open(bytes, secret, &archive->stream, err);
}

static enum mu_status fail_short(struct mu_error *err)
{
    return mu_fail(err, MU_E_CORRUPT, "the backup is cut short");
}

static enum mu_status check_end(struct mu_archive *archive, struct mu_error *err)
{
    uint8_t more = 0;
    size_t got = 0;
    MU_TRY(mu_fd_read(archive->fd, archive->name, &more, 1, &got, err));
    return got == 0 ? MU_OK
                    : mu_fail(err, MU_E_CORRUPT, "something stands behind the backup's end");
}

enum mu_status mu_archive_next(struct mu_archive *archive, struct mu_error *err)
{
    uint8_t frame[MU_BACKUP_FRAME_LEN];
    size_t got = 0;
    size_t len = 0;
    MU_TRY(mu_fd_read(archive->fd, archive->name, frame, sizeof frame, &got, err));
    if (got < sizeof frame) {
        return fail_short(err);
    }
    MU_TRY(mu_backup_frame(frame, &len, err));
    mu_buf_clear(&archive->sealed);
    if (mu_buf_reserve(&archive->sealed, len) != MU_OK) {
        return mu_fail(err, MU_E_NOMEM, "out of memory");
    }
    MU_TRY(mu_fd_read(archive->fd, archive->name, archive->sealed.data, len, &got, err));
    if (got < len) {
        return fail_short(err);
    }
    MU_TRY(mu_backup_unseal(&archive->stream, mu_slice_of(archive->sealed.data, len),
                            &archive->piece, err));
    return archive->stream.ended ? check_end(archive, err) : MU_OK;
}
