#include "server/shell/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/db/backup.h"
#include "common/seal/secret.h"
#include "server/log/log.h"
#include "server/shell/archive.h"
#include "server/shell/clock.h"
#include "server/shell/config.h"
#include "server/shell/inspect.h"

#define COPY_NAME "backup.db"
#define NOTE_NAME "backup"
#define NOTE_MAX  128
#define PATH_ROOM 1024

/* -- the recovery key ---------------------------------------------------------------- */

enum mu_status mu_recovery_key(const char *data, bool renew, struct mu_buf *out,
                               struct mu_error *err)
{
    MU_DATADIR_AUTO struct mu_datadir dir = {.fd = -1, .lock_fd = -1};
    MU_TRY(mu_datadir_open(data, &dir, err));
    struct mu_recovery_public public_key;
    MU_RECOVERY_SECRET_AUTO struct mu_recovery_secret secret;
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, MU_RECOVERY_TEXT_MAX);
    uint8_t seed[MU_RECOVERY_LEN];
    randombytes_buf(seed, sizeof seed);
    mu_recovery_make(seed, &public_key, &secret);
    mu_wipe(seed, sizeof seed);
    if (mu_recovery_print_public(&public_key, &line) != MU_OK ||
        mu_buf_append_byte(&line, '\n') != MU_OK ||
        mu_recovery_print_secret(&secret, out) != MU_OK) {
        return mu_fail(err, MU_E_NOMEM, "out of memory");
    }
    if (renew) {
        MU_TRY(mu_datadir_remove(&dir, MU_RECOVERY_NAME, err));
    }
    enum mu_status status = mu_datadir_write(&dir, MU_RECOVERY_NAME, mu_buf_view(&line), err);
    if (status == MU_E_EXISTS) {
        return mu_fail(err, MU_E_EXISTS,
                       "there is a recovery key already; another one for later backups: "
                       "musterd recovery-key --renew");
    }
    return status;
}

static enum mu_status read_recovery(const struct mu_datadir *dir, struct mu_buf *out_file,
                                    struct mu_recovery_public *out, struct mu_error *err)
{
    enum mu_status status =
        mu_datadir_read(dir, MU_RECOVERY_NAME, MU_ARCHIVE_SMALL_MAX, out_file, err);
    if (status == MU_E_NOT_FOUND) {
        return mu_fail(err, MU_E_NOT_FOUND,
                       "there is no recovery key yet; make one with: musterd recovery-key");
    }
    MU_TRY(status);
    if (mu_recovery_parse_public(mu_buf_view(out_file), out, err) != MU_OK) {
        err->status = MU_E_CORRUPT;
        return mu_error_wrap(err, "'%s' in the data folder", MU_RECOVERY_NAME);
    }
    return MU_OK;
}

/* -- the copy ------------------------------------------------------------------------ */

static void remove_copy(const struct mu_datadir *dir)
{
    static const char *const names[] = {COPY_NAME, COPY_NAME "-wal", COPY_NAME "-shm",
                                        COPY_NAME "-journal"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)unlinkat(dir->fd, names[i], 0);
    }
}

static enum mu_status head_of(struct mu_db *db, struct mu_log_head *out, struct mu_error *err)
{
    struct mu_log *log = NULL;
    bool found = false;
    MU_TRY(mu_log_open(db, &log, err));
    enum mu_status status = mu_log_head(log, out, &found, err);
    mu_log_close(log);
    if (status == MU_OK && !found) {
        return mu_fail(err, MU_E_CORRUPT, "the log has no head");
    }
    return status;
}

/* The database at one moment, proven sound, in a file of its own in the data folder. */
static enum mu_status copy_database(const struct mu_datadir *dir, struct mu_log_head *out_head,
                                    struct mu_error *err)
{
    char path[MU_DATADIR_PATH_MAX + 16];
    struct mu_db db;
    struct mu_checked checked;
    (void)snprintf(path, sizeof path, "%s/%s", dir->path, COPY_NAME);
    MU_TRY(mu_datadir_db(dir, MU_DATADIR_LOOK, &db, err));
    enum mu_status status = mu_db_backup(&db, path, err);
    mu_db_close(&db);
    MU_TRY(status);
    MU_TRY(mu_datadir_db_named(dir, COPY_NAME, MU_DATADIR_SERVE, &db, err));
    status = mu_inspect_database(&db, &checked, err);
    if (status == MU_OK) {
        status = head_of(&db, out_head, err);
    }
    mu_db_close(&db);
    return status;
}

/* -- the file ------------------------------------------------------------------------ */

struct target {
    const char *path;
    char draft[PATH_ROOM];
    char folder[PATH_ROOM];
};

static enum mu_status name_target(const char *path, struct target *out, struct mu_error *err)
{
    size_t len = strlen(path);
    if (len == 0 || len > PATH_ROOM - 8) {
        return mu_fail(err, MU_E_USAGE, "name a file for the backup");
    }
    const char *slash = strrchr(path, '/');
    size_t front = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    out->path = path;
    (void)snprintf(out->draft, sizeof out->draft, "%s.part", path);
    memcpy(out->folder, front == 0 ? "." : path, front == 0 ? 1 : front);
    out->folder[front == 0 ? 1 : front] = '\0';
    struct stat info;
    if (lstat(path, &info) == 0) {
        return mu_fd_fail(path, EEXIST, err);
    }
    return MU_OK;
}

static enum mu_status write_pieces(struct mu_archive *archive, int db_fd, uint64_t db_len,
                                   struct mu_error *err)
{
    MU_SECRET_BUF_AUTO struct mu_buf piece;
    mu_buf_init(&piece, MU_BACKUP_PLAIN_MAX);
    if (mu_buf_reserve(&piece, MU_BACKUP_PLAIN_MAX) != MU_OK) {
        return mu_fail(err, MU_E_NOMEM, "out of memory");
    }
    uint64_t left = db_len;
    while (left > 0) {
        size_t want = left < MU_BACKUP_PLAIN_MAX ? (size_t)left : MU_BACKUP_PLAIN_MAX;
        size_t got = 0;
        MU_TRY(mu_fd_read(db_fd, COPY_NAME, piece.data, want, &got, err));
        if (got != want) {
            return mu_fail(err, MU_E_IO, "'%s' became shorter while it was read", COPY_NAME);
        }
        left -= got;
        MU_TRY(mu_archive_put(archive, mu_slice_of(piece.data, got), left == 0, err));
    }
    return MU_OK;
}

/* What is on the disk now opens, is whole, and holds the copy byte for byte. */
static enum mu_status read_back(const struct mu_archive *written, int fd, int db_fd,
                                struct mu_error *err)
{
    MU_ARCHIVE_AUTO struct mu_archive archive;
    MU_SECRET_BUF_AUTO struct mu_buf copy;
    mu_archive_init(&archive, fd, written->name);
    mu_buf_init(&copy, MU_BACKUP_PLAIN_MAX);
    if (mu_buf_reserve(&copy, MU_BACKUP_PLAIN_MAX) != MU_OK) {
        return mu_fail(err, MU_E_NOMEM, "out of memory");
    }
    if (lseek(fd, 0, SEEK_SET) != 0 || lseek(db_fd, 0, SEEK_SET) != 0) {
        return mu_fd_fail(written->name, errno, err);
    }
    MU_TRY(mu_archive_open(&archive, NULL, &written->stream, err));
    MU_TRY(mu_archive_next(&archive, err)); /* what it is */
    while (!archive.stream.ended) {
        size_t got = 0;
        MU_TRY(mu_archive_next(&archive, err));
        MU_TRY(mu_fd_read(db_fd, COPY_NAME, copy.data, archive.piece.len, &got, err));
        if (!mu_slice_equal(mu_slice_of(copy.data, got), mu_buf_view(&archive.piece))) {
            return mu_fail(err, MU_E_CORRUPT, "the backup read back is not what was written");
        }
    }
    return MU_OK;
}

static enum mu_status write_archive(struct mu_archive_about *about,
                                    const struct mu_recovery_public *recovery, int db_fd, int fd,
                                    const char *name, struct mu_error *err)
{
    MU_ARCHIVE_AUTO struct mu_archive archive;
    MU_SECRET_BUF_AUTO struct mu_buf first;
    mu_archive_init(&archive, fd, name);
    mu_buf_init(&first, MU_BACKUP_PLAIN_MAX);
    if (mu_archive_about_encode(about, &first) != MU_OK) {
        return mu_fail(err, MU_E_NOMEM, "out of memory");
    }
    MU_TRY(mu_archive_begin(&archive, recovery, err));
    MU_TRY(mu_archive_put(&archive, mu_buf_view(&first), false, err));
    MU_TRY(write_pieces(&archive, db_fd, about->db_len, err));
    if (fsync(fd) != 0) {
        return mu_fd_fail(name, errno, err);
    }
    /* Not from memory, where that can be asked for. */
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    return read_back(&archive, fd, db_fd, err);
}

/* The draft gets its name, which nobody may have taken meanwhile. */
static enum mu_status publish(const struct target *target, struct mu_error *err)
{
    if (link(target->draft, target->path) == 0) {
        (void)unlink(target->draft);
    } else if (errno == EEXIST || rename(target->draft, target->path) != 0) {
        /* A stick's file system may know no links. */
        return mu_fd_fail(target->path, errno, err);
    }
    int fd = open(target->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
    int reason = errno;
    if (fd >= 0) {
        (void)close(fd);
    }
    return ok ? MU_OK : mu_fd_fail(target->folder, reason, err);
}

static enum mu_status write_file(const struct mu_datadir *dir, struct mu_archive_about *about,
                                 const struct mu_recovery_public *recovery, const char *path,
                                 uint64_t *out_bytes, struct mu_error *err)
{
    struct target target;
    struct stat info;
    MU_TRY(name_target(path, &target, err));
    int db_fd = openat(dir->fd, COPY_NAME, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (db_fd < 0 || fstat(db_fd, &info) != 0) {
        enum mu_status failed = mu_datadir_fail(dir, COPY_NAME, errno, err);
        if (db_fd >= 0) {
            (void)close(db_fd);
        }
        return failed;
    }
    about->db_len = (uint64_t)info.st_size;
    (void)unlink(target.draft); /* of a backup that was cut short */
    int fd =
        open(target.draft, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    enum mu_status status = MU_OK;
    if (fd < 0) {
        status = mu_fd_fail(target.draft, errno, err);
    } else {
        status = write_archive(about, recovery, db_fd, fd, path, err);
        if (status == MU_OK) {
            *out_bytes = fstat(fd, &info) == 0 ? (uint64_t)info.st_size : 0;
            status = publish(&target, err);
        }
        (void)close(fd);
        if (status != MU_OK) {
            (void)unlink(target.draft);
        }
    }
    (void)close(db_fd);
    return status;
}

/* -- what follows from it ------------------------------------------------------------ */

static enum mu_status move_mark(struct mu_db *db, struct mu_log *log,
                                const struct mu_log_head *copied, struct mu_error *err)
{
    struct mu_log_head head;
    bool found = false;
    MU_TRY(mu_log_reload(log, err));
    MU_TRY(mu_log_head(log, &head, &found, err));
    if (!found || !mu_id_equal(head.incarnation, copied->incarnation) || head.seq < copied->seq) {
        return mu_fail(err, MU_E_CONFLICT, "the database is another one than was copied");
    }
    MU_TRY(mu_log_safe_set(log, copied->seq, err));
    return mu_db_commit(db, err);
}

static enum mu_status move_safe_seq(const struct mu_datadir *dir, const struct mu_log_head *copied,
                                    struct mu_error *err)
{
    struct mu_db db;
    struct mu_log *log = NULL;
    MU_TRY(mu_datadir_db(dir, MU_DATADIR_SERVE, &db, err));
    enum mu_status status = mu_log_open(&db, &log, err);
    if (status == MU_OK) {
        status = mu_db_begin(&db, err);
        if (status == MU_OK) {
            status = move_mark(&db, log, copied, err);
            mu_db_rollback(&db);
        }
        mu_log_close(log);
    }
    mu_db_close(&db);
    return status;
}

/* For `musterd status` alone: a lost note costs nothing else. */
static void write_note(const struct mu_datadir *dir, const struct mu_archive_about *about)
{
    char text[NOTE_MAX];
    struct mu_error ignored;
    int len = snprintf(text, sizeof text, "%" PRIu64 " %" PRId64 "\n", about->seq, about->made_ms);
    enum mu_status status = mu_datadir_remove(dir, NOTE_NAME, &ignored);
    if (status == MU_OK && len > 0) {
        status = mu_datadir_write(dir, NOTE_NAME, mu_slice_of((const uint8_t *)text, (size_t)len),
                                  &ignored);
    }
    (void)status;
}

void mu_backup_note_read(const struct mu_datadir *dir, struct mu_backup_note *out)
{
    MU_BUF_AUTO struct mu_buf text;
    struct mu_error ignored;
    *out = (struct mu_backup_note){.found = false};
    mu_buf_init(&text, NOTE_MAX + 1);
    if (mu_datadir_read(dir, NOTE_NAME, NOTE_MAX, &text, &ignored) != MU_OK ||
        mu_buf_append_byte(&text, '\0') != MU_OK) {
        return;
    }
    char *end = NULL;
    uint64_t seq = strtoull((const char *)text.data, &end, 10);
    if (*end != ' ') {
        return;
    }
    const char *from = end + 1;
    int64_t made_ms = strtoll(from, &end, 10);
    if (end != from && *end == '\n') {
        *out = (struct mu_backup_note){.found = true, .seq = seq, .made_ms = made_ms};
    }
}

/* -- all together -------------------------------------------------------------------- */

static enum mu_status make_in(const struct mu_datadir *dir, const char *path,
                              struct mu_backed_up *out, struct mu_error *err)
{
    MU_ARCHIVE_ABOUT_AUTO struct mu_archive_about about;
    struct mu_recovery_public recovery;
    struct mu_log_head head;
    struct target target;
    mu_archive_about_init(&about);
    MU_TRY(name_target(path, &target, err)); /* before the long work */
    MU_TRY(read_recovery(dir, &about.recovery, &recovery, err));
    MU_TRY(mu_datadir_read(dir, MU_KEY_NAME, MU_ARCHIVE_SMALL_MAX, &about.key, err));
    MU_TRY(mu_datadir_read(dir, MU_CONFIG_NAME, MU_ARCHIVE_SMALL_MAX, &about.config, err));
    remove_copy(dir); /* of a backup that was cut short */
    about.made_ms = mu_clock_wall().ms;
    MU_TRY(copy_database(dir, &head, err));
    about.workspace = head.workspace;
    about.incarnation = head.incarnation;
    about.seq = head.seq;
    about.chain = head.chain;
    struct mu_backed_up done = {.seq = head.seq};
    MU_TRY(write_file(dir, &about, &recovery, path, &done.bytes, err));
    MU_TRY(move_safe_seq(dir, &head, err));
    write_note(dir, &about);
    *out = done;
    return MU_OK;
}

enum mu_status mu_backup_make(const char *data, const char *path, struct mu_backed_up *out,
                              struct mu_error *err)
{
    MU_DATADIR_AUTO struct mu_datadir dir = {.fd = -1, .lock_fd = -1};
    MU_TRY(mu_datadir_open(data, &dir, err));
    MU_TRY(mu_datadir_check_writable(&dir, err));
    if (flock(dir.fd, LOCK_EX | LOCK_NB) != 0) {
        return mu_fail(err, MU_E_BUSY, "another backup of this folder is under way");
    }
    enum mu_status status = make_in(&dir, path, out, err);
    remove_copy(&dir);
    return status;
}
