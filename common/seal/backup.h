/* Backups that only a recovery key opens: the key pair, its text, and the sealed stream.
 *
 *   "MUSTERBK" | version 1 | recovery public key 32 | box seal of the stream's key 80 |
 *   secretstream header 24 | chunks: be32 length | that many sealed bytes
 *
 * Each backup has a key of its own, sealed (crypto_box_seal) to the recovery key, so that the
 * machine that makes backups cannot read them.  Chunks are libsodium's secretstream
 * (XChaCha20-Poly1305); the first is bound to what stands before it, the last is marked, so
 * that a chunk changed, left out, put elsewhere or cut off is found out.  Files, and what is
 * in the stream, are the shell's. */
#ifndef MUSTER_COMMON_SEAL_BACKUP_H
#define MUSTER_COMMON_SEAL_BACKUP_H

#include <stdalign.h>

#include "common/base/buf.h"
#include "common/base/error.h"
#include "common/base/slice.h"

#define MU_BACKUP_VERSION    1
#define MU_BACKUP_HEAD_LEN   145
#define MU_BACKUP_PLAIN_MAX  ((size_t)64 << 10) /* of a chunk */
#define MU_BACKUP_SEALED_MIN 17
#define MU_BACKUP_SEALED_MAX (MU_BACKUP_PLAIN_MAX + MU_BACKUP_SEALED_MIN)
#define MU_BACKUP_FRAME_LEN  4
#define MU_BACKUP_KEY_LEN    32

#define MU_RECOVERY_LEN      32
#define MU_RECOVERY_TEXT_MAX 128

struct mu_recovery_public {
    uint8_t bytes[MU_RECOVERY_LEN];
};
/* Secret: never copied by assignment, wiped by mu_recovery_secret_deinit(). */
struct mu_recovery_secret {
    uint8_t bytes[MU_RECOVERY_LEN];
};
/* seed: fresh random bytes, the caller's to wipe. */
void mu_recovery_make(const uint8_t seed[static MU_RECOVERY_LEN],
                      struct mu_recovery_public *out_public, struct mu_recovery_secret *out_secret);
void mu_recovery_secret_deinit(struct mu_recovery_secret *secret);
#define MU_RECOVERY_SECRET_AUTO MU_CLEANUP(mu_recovery_secret_deinit)

/* One line without its end: "mrk1..." the secret one, "mrp1..." the public one, each with a
 * checksum.  On failure out is unchanged.  Errors: MU_E_LIMIT, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_recovery_print_secret(const struct mu_recovery_secret *secret,
                                                    struct mu_buf *out);
MU_MUST_USE enum mu_status mu_recovery_print_public(const struct mu_recovery_public *public_key,
                                                    struct mu_buf *out);
/* Blanks around are fine.  MU_E_INVALID says what is wrong, without the text. */
MU_MUST_USE enum mu_status mu_recovery_parse_secret(struct mu_slice text,
                                                    struct mu_recovery_secret *out,
                                                    struct mu_error *err);
MU_MUST_USE enum mu_status mu_recovery_parse_public(struct mu_slice text,
                                                    struct mu_recovery_public *out,
                                                    struct mu_error *err);

/* A stream under way, either direction.  Secret: wiped by mu_backup_stream_deinit(). */
struct mu_backup_stream {
    alignas(16) uint8_t state[64]; /* libsodium's crypto_secretstream_..._state */
    uint8_t key[MU_BACKUP_KEY_LEN];
    uint8_t head[MU_BACKUP_HEAD_LEN];
    bool started; /* a chunk went through */
    bool ended;   /* the last one did */
};
void mu_backup_stream_deinit(struct mu_backup_stream *stream);
#define MU_BACKUP_STREAM_AUTO MU_CLEANUP(mu_backup_stream_deinit)

/* Begin a backup; appends MU_BACKUP_HEAD_LEN bytes.  key: fresh random bytes, for this backup
 * alone.  Draws further randomness from libsodium.
 * Errors: MU_E_CRYPTO for a recovery key that is no key, MU_E_LIMIT, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_backup_begin(const struct mu_recovery_public *recovery,
                                           const uint8_t key[static MU_BACKUP_KEY_LEN],
                                           struct mu_backup_stream *out_stream, struct mu_buf *out);
/* Append a sealed chunk with its length in front; plain.len <= MU_BACKUP_PLAIN_MAX (asserted);
 * nothing comes after the last (asserted). */
MU_MUST_USE enum mu_status mu_backup_seal(struct mu_backup_stream *stream, struct mu_slice plain,
                                          bool is_last, struct mu_buf *out);

/* Begin to read; head is the file's front.  Errors: MU_E_INVALID no backup at all, MU_E_VERSION,
 * MU_E_DENIED made for another recovery key, MU_E_CORRUPT changed. */
MU_MUST_USE enum mu_status mu_backup_open(struct mu_slice head,
                                          const struct mu_recovery_secret *secret,
                                          struct mu_backup_stream *out_stream,
                                          struct mu_error *err);
/* The same by who wrote it and still has the stream: to prove what arrived on the disk. */
MU_MUST_USE enum mu_status mu_backup_reopen(struct mu_slice head,
                                            const struct mu_backup_stream *written,
                                            struct mu_backup_stream *out_stream,
                                            struct mu_error *err);
/* Put the plain bytes of one chunk (its length not among sealed) in the place of out's.
 * Errors: MU_E_CORRUPT changed, moved, or behind the last one; MU_E_LIMIT, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_backup_unseal(struct mu_backup_stream *stream, struct mu_slice sealed,
                                            struct mu_buf *out, struct mu_error *err);
/* The length in front of a chunk; MU_E_CORRUPT when it can be none. */
MU_MUST_USE enum mu_status mu_backup_frame(const uint8_t frame[static MU_BACKUP_FRAME_LEN],
                                           size_t *out_len, struct mu_error *err);

#endif
