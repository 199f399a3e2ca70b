/* A backup as a file: the sealed stream of common/seal/backup.h on a descriptor, and what is in
 * it.  The first piece says what the backup is and carries the small files; the rest is the
 * database. */
#ifndef MUSTER_SERVER_SHELL_ARCHIVE_H
#define MUSTER_SERVER_SHELL_ARCHIVE_H

#include "common/base/buf.h"
#include "common/base/id.h"
#include "common/seal/backup.h"

#define MU_ARCHIVE_SMALL_MAX ((size_t)4 << 10) /* of a small file */

/* Holds the server's key: wiped by mu_archive_about_deinit(). */
struct mu_archive_about {
    int64_t made_ms; /* wall */
    struct mu_id workspace;
    struct mu_id incarnation;
    uint64_t seq; /* the last change in it */
    struct mu_hash chain;
    uint64_t db_len;
    struct mu_buf key;      /* the file `key` */
    struct mu_buf config;   /* the file `musterd.conf` */
    struct mu_buf recovery; /* the file `recovery` */
};
void mu_archive_about_init(struct mu_archive_about *about);
void mu_archive_about_deinit(struct mu_archive_about *about);
#define MU_ARCHIVE_ABOUT_AUTO MU_CLEANUP(mu_archive_about_deinit)

MU_MUST_USE enum mu_status mu_archive_about_encode(const struct mu_archive_about *about,
                                                   struct mu_buf *out);
/* *about is initialised.  MU_E_VERSION, MU_E_CORRUPT, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_archive_about_decode(struct mu_slice bytes,
                                                   struct mu_archive_about *about,
                                                   struct mu_error *err);

/* One direction of a file.  name is for messages and borrowed. */
struct mu_archive {
    int fd;
    const char *name;
    struct mu_backup_stream stream;
    struct mu_buf piece; /* plain */
    struct mu_buf sealed;
};
void mu_archive_init(struct mu_archive *archive, int fd, const char *name);
/* The descriptor stays open. */
void mu_archive_deinit(struct mu_archive *archive);
#define MU_ARCHIVE_AUTO MU_CLEANUP(mu_archive_deinit)

MU_MUST_USE enum mu_status mu_archive_begin(struct mu_archive *archive,
                                            const struct mu_recovery_public *recovery,
                                            struct mu_error *err);
/* Seal and write one piece.  MU_E_FULL, MU_E_IO. */
MU_MUST_USE enum mu_status mu_archive_put(struct mu_archive *archive, struct mu_slice plain,
                                          bool is_last, struct mu_error *err);

/* Read the front; secret or, to prove what was just written, written: one of them is NULL. */
MU_MUST_USE enum mu_status mu_archive_open(struct mu_archive *archive,
                                           const struct mu_recovery_secret *secret,
                                           const struct mu_backup_stream *written,
                                           struct mu_error *err);
/* The next piece, in archive->piece until the next call.  After the last one the file must
 * end, else MU_E_CORRUPT; MU_E_CORRUPT too when it ends before. */
MU_MUST_USE enum mu_status mu_archive_next(struct mu_archive *archive, struct mu_error *err);

/* Read len bytes or up to the end; write all of them.  MU_E_FULL, MU_E_IO. */
MU_MUST_USE enum mu_status mu_fd_read(int fd, const char *name, uint8_t *out_bytes, size_t len,
                                      size_t *out_got, struct mu_error *err);
MU_MUST_USE enum mu_status mu_fd_write(int fd, const char *name, struct mu_slice bytes,
                                       struct mu_error *err);
/* Fill err from errno: "'name': what the system said". */
enum mu_status mu_fd_fail(const char *name, int system_errno, struct mu_error *err);

#endif
