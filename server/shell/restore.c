/* A data folder made anew from a backup.  Its configuration is written last: until then the
 * folder is none that would be served. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/seal/secret.h"
#include "server/core/server.h"
#include "server/shell/archive.h"
#include "server/shell/backup.h"
#include "server/shell/clock.h"
#include "server/shell/config.h"
#include "server/shell/inspect.h"

/* -- the secret ---------------------------------------------------------------------- */

static enum mu_status read_secret(const char *key_path, struct mu_recovery_secret *out,
                                  struct mu_error *err)
{
    bool is_stdin = strcmp(key_path, "-") == 0;
    const char *name = is_stdin ? "standard input" : key_path;
    uint8_t bytes[MU_RECOVERY_TEXT_MAX];
    size_t got = 0;
    int fd = is_stdin ? STDIN_FILENO : open(key_path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return mu_fd_fail(name, errno, err);
    }
    if (is_stdin && isatty(fd) == 1) {
        (void)!write(STDERR_FILENO, "Recovery key: ", 14);
        ssize_t line = read(fd, bytes, sizeof bytes);
        got = line > 0 ? (size_t)line : 0;
    } else {
        enum mu_status status = mu_fd_read(fd, name, bytes, sizeof bytes, &got, err);
        if (!is_stdin) {
            (void)close(fd);
        }
        MU_TRY(status);
    }
    enum mu_status status = mu_recovery_parse_secret(mu_slice_of(bytes, got), out, err);
    mu_wipe(bytes, sizeof bytes);
    return status;
}

/* -- the folder ---------------------------------------------------------------------- */

static enum mu_status read_database(const struct mu_datadir *dir, struct mu_archive *archive,
                                    uint64_t db_len, struct mu_error *err)
{
    int fd = openat(dir->fd, MU_DB_FILE_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    S_IRUSR | S_IWUSR);
    if (fd < 0) {
        return mu_datadir_fail(dir, MU_DB_FILE_NAME, errno, err);
    }
    uint64_t total = 0;
    enum mu_status status = MU_OK;
    while (status == MU_OK && !archive->stream.ended) {
        status = mu_archive_next(archive, err);
        if (status == MU_OK) {
            total += archive->piece.len;
            status = mu_fd_write(fd, MU_DB_FILE_NAME, mu_buf_view(&archive->piece), err);
        }
    }
    if (status == MU_OK && total != db_len) {
        status = mu_fail(err, MU_E_CORRUPT, "the backup holds less or more than it says");
    }
    if (status == MU_OK && fsync(fd) != 0) {
        status = mu_datadir_fail(dir, MU_DB_FILE_NAME, errno, err);
    }
    (void)close(fd);
    return status;
}

/* What came out is proven sound, and then begins a lineage of its own. */
static enum mu_status begin_lineage(const struct mu_datadir *dir,
                                    const struct mu_archive_about *about, struct mu_error *err)
{
    struct mu_db db;
    struct mu_checked checked;
    MU_TRY(mu_datadir_db(dir, MU_DATADIR_SERVE, &db, err));
    enum mu_status status = mu_inspect_database(&db, &checked, err);
    if (status == MU_OK && checked.head != about->seq) {
        status = mu_fail(err, MU_E_CORRUPT, "the backup holds another database than it says");
    }
    if (status == MU_OK) {
        struct mu_entropy entropy;
        struct mu_turn turn = mu_clock_turn(&entropy);
        status = mu_server_restored(&db, &turn, err);
        mu_entropy_deinit(&entropy);
    }
    mu_db_close(&db);
    return status;
}

static enum mu_status fill(const struct mu_datadir *dir, struct mu_archive *archive,
                           struct mu_restored *out, struct mu_error *err)
{
    MU_ARCHIVE_ABOUT_AUTO struct mu_archive_about about;
    struct mu_config config;
    mu_archive_about_init(&about);
    MU_TRY(mu_archive_next(archive, err));
    MU_TRY(mu_archive_about_decode(mu_buf_view(&archive->piece), &about, err));
    MU_TRY(mu_config_parse(mu_buf_view(&about.config), &config, err));
    MU_TRY(read_database(dir, archive, about.db_len, err));
    MU_TRY(begin_lineage(dir, &about, err));
    MU_TRY(mu_datadir_write(dir, MU_KEY_NAME, mu_buf_view(&about.key), err));
    MU_TRY(mu_datadir_write(dir, MU_RECOVERY_NAME, mu_buf_view(&about.recovery), err));
    MU_TRY(mu_datadir_write(dir, MU_CONFIG_NAME, mu_buf_view(&about.config), err));
    out->seq = about.seq;
    out->made_ms = about.made_ms;
    memcpy(out->listen, config.listen, sizeof out->listen);
    return MU_OK;
}

static void empty(const struct mu_datadir *dir)
{
    static const char *const names[] = {MU_CONFIG_NAME,
                                        MU_RECOVERY_NAME,
                                        MU_KEY_NAME,
                                        MU_DB_FILE_NAME,
                                        MU_DB_FILE_NAME "-wal",
                                        MU_DB_FILE_NAME "-shm",
                                        MU_DB_FILE_NAME "-journal",
                                        "lock"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        (void)unlinkat(dir->fd, names[i], 0);
    }
}

static enum mu_status restore_from(struct mu_archive *archive, const char *data, bool made,
                                   struct mu_restored *out, struct mu_error *err)
{
    MU_DATADIR_AUTO struct mu_datadir dir = {.fd = -1, .lock_fd = -1};
    MU_TRY(mu_datadir_make_empty(data, &dir, err));
    enum mu_status status = mu_datadir_lock(&dir, err);
    if (status == MU_OK) {
        status = fill(&dir, archive, out, err);
    }
    if (status != MU_OK) {
        empty(&dir);
        if (made) {
            (void)rmdir(dir.path);
        }
    }
    return status;
}

enum mu_status mu_restore(const char *path, const char *data, const char *key_path,
                          struct mu_restored *out, struct mu_error *err)
{
    MU_RECOVERY_SECRET_AUTO struct mu_recovery_secret secret;
    MU_ARCHIVE_AUTO struct mu_archive archive;
    struct stat info;
    mu_archive_init(&archive, -1, path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return mu_fd_fail(path, errno, err);
    }
    archive.fd = fd;
    bool made = lstat(data, &info) != 0;
    enum mu_status status = read_secret(key_path, &secret, err);
    if (status == MU_OK) {
        status = mu_archive_open(&archive, &secret, NULL, err);
    }
    if (status == MU_OK) {
        status = restore_from(&archive, data, made, out, err);
    }
    (void)close(fd);
    return status;
}
