#include "server/shell/datadir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/db/place.h"
#include "common/seal/secret.h"
#include "server/shell/config.h"

#define KEY_NAME     MU_KEY_NAME
#define DB_NAME      MU_DB_FILE_NAME
#define LOCK_NAME    "lock"
#define ROOM_NAME    "room"
#define ROOM_BYTES   (1 << 20)
#define MUSTERD_FILE 0x4d737453U /* "MstS", the kind of database */

/* What is in every folder, and what an init that was cut short, or a server, may have left. */
#define NAMES_OF_NONE 2
static const char *const own_names[] = {".",
                                        "..",
                                        DB_NAME,
                                        DB_NAME "-wal",
                                        LOCK_NAME,
                                        KEY_NAME,
                                        DB_NAME "-shm",
                                        MU_CONFIG_NAME,
                                        "head",
                                        ROOM_NAME,
                                        "socket",
                                        DB_NAME "-journal",
                                        "key.new",
                                        MU_CONFIG_NAME ".new"};

enum mu_status mu_datadir_fail(const struct mu_datadir *folder, const char *name, int system_errno,
                               struct mu_error *err)
{
    char path[MU_DATADIR_PATH_MAX + 64];
    char shown[MU_DB_NAME_MAX];
    (void)snprintf(path, sizeof path, "%s%s%s", folder->path, name[0] != '\0' ? "/" : "", name);
    mu_place_show(path, shown);
    const char *text = mu_place_errno_text(system_errno);
    enum mu_status status = mu_place_errno_status(system_errno);
    if (text != NULL) {
        return mu_fail(err, status, "'%s': %s", shown, text);
    }
    return mu_fail(err, status, "'%s': system error %d", shown, system_errno);
}

const char *mu_datadir_show(const struct mu_datadir *folder, char out_shown[static MU_DB_NAME_MAX])
{
    mu_place_show(folder->path, out_shown);
    return out_shown;
}

static void folder_clear(struct mu_datadir *folder)
{
    *folder = (struct mu_datadir){.fd = -1, .lock_fd = -1};
}

/* Open path as a folder and learn its real name. */
static enum mu_status folder_enter(const char *path, struct mu_datadir *folder,
                                   struct mu_error *err)
{
    folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->fd < 0) {
        (void)snprintf(folder->path, sizeof folder->path, "%s", path);
        return errno == ENOENT ? mu_fail(err, MU_E_NOT_FOUND, "'%.200s': no such folder", path)
                               : mu_datadir_fail(folder, "", errno, err);
    }
    char *real = realpath(path, NULL);
    if (real == NULL) {
        return mu_datadir_fail(folder, "", errno, err);
    }
    size_t len = strlen(real);
    if (len >= sizeof folder->path) {
        free(real);
        return mu_fail(err, MU_E_LIMIT, "the path of the data folder is too long");
    }
    memcpy(folder->path, real, len + 1);
    free(real);
    return MU_OK;
}

static bool is_own_name(const char *name, size_t own_count)
{
    for (size_t i = 0; i < own_count; i++) {
        if (strcmp(own_names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static enum mu_status check_only_ours(const struct mu_datadir *folder, size_t own_count,
                                      struct mu_error *err)
{
    int fd = openat(folder->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = fd >= 0 ? fdopendir(fd) : NULL;
    if (listing == NULL) {
        enum mu_status status = mu_datadir_fail(folder, "", errno, err);
        if (fd >= 0) {
            (void)close(fd);
        }
        return status;
    }
    bool foreign = false;
    const struct dirent *entry = NULL;
    /* One thread reads this stream. */
    while (!foreign && (entry = readdir(listing)) != NULL) { /* NOLINT(concurrency-mt-unsafe) */
        foreign = !is_own_name(entry->d_name, own_count);
    }
    (void)closedir(listing);
    if (foreign) {
        char shown[MU_DB_NAME_MAX];
        return mu_fail(err, MU_E_EXISTS, "'%s' is not empty; name a new or an empty folder",
                       mu_datadir_show(folder, shown));
    }
    return MU_OK;
}

/* A folder that others can write to is no place for keys. */
static enum mu_status check_rights(const struct mu_datadir *folder, struct mu_error *err)
{
    struct stat info;
    char shown[MU_DB_NAME_MAX];
    mu_place_show(folder->path, shown);
    if (fstat(folder->fd, &info) != 0) {
        return mu_datadir_fail(folder, "", errno, err);
    }
    if (info.st_uid != geteuid()) {
        return mu_fail(err, MU_E_DENIED, "'%s' belongs to another user", shown);
    }
    if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return mu_fail(err, MU_E_DENIED, "others may write in '%s'; run: chmod 700 on it", shown);
    }
    return MU_OK;
}

static enum mu_status make(const char *path, size_t own_count, struct mu_datadir *out_folder,
                           struct mu_error *err)
{
    struct mu_datadir folder;
    folder_clear(&folder);
    bool made = mkdir(path, S_IRWXU) == 0;
    if (!made && errno != EEXIST) {
        int reason = errno;
        (void)snprintf(folder.path, sizeof folder.path, "%s", path);
        return mu_datadir_fail(&folder, "", reason, err);
    }
    enum mu_status status = folder_enter(path, &folder, err);
    if (status == MU_OK && !made) {
        status = check_only_ours(&folder, own_count, err);
    }
    if (status == MU_OK && fchmod(folder.fd, S_IRWXU) != 0) {
        status = mu_datadir_fail(&folder, "", errno, err);
    }
    if (status != MU_OK) {
        mu_datadir_close(&folder);
        return status;
    }
    *out_folder = folder;
    return MU_OK;
}

enum mu_status mu_datadir_make(const char *path, struct mu_datadir *out_folder,
                               struct mu_error *err)
{
    return make(path, sizeof own_names / sizeof own_names[0], out_folder, err);
}

enum mu_status mu_datadir_make_empty(const char *path, struct mu_datadir *out_folder,
                                     struct mu_error *err)
{
    return make(path, NAMES_OF_NONE, out_folder, err);
}

static bool has(const struct mu_datadir *folder, const char *name)
{
    return faccessat(folder->fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

bool mu_datadir_is_complete(const struct mu_datadir *folder)
{
    return has(folder, KEY_NAME) && has(folder, DB_NAME) && has(folder, MU_CONFIG_NAME);
}

enum mu_status mu_datadir_open(const char *path, struct mu_datadir *out_folder,
                               struct mu_error *err)
{
    struct mu_datadir folder;
    folder_clear(&folder);
    enum mu_status status = folder_enter(path, &folder, err);
    if (status == MU_OK && !mu_datadir_is_complete(&folder)) {
        char shown[MU_DB_NAME_MAX];
        status = mu_fail(err, MU_E_NOT_FOUND, "no server in '%s'; make one with: musterd init",
                         mu_datadir_show(&folder, shown));
    }
    if (status == MU_OK) {
        status = check_rights(&folder, err);
    }
    if (status != MU_OK) {
        mu_datadir_close(&folder);
        return status;
    }
    *out_folder = folder;
    return MU_OK;
}

/* The number in the lock file, written by whoever holds it; 0: cannot tell. */
static long holder_of(int fd)
{
    char text[24] = "";
    ssize_t len = pread(fd, text, sizeof text - 1, 0);
    return len > 0 ? strtol(text, NULL, 10) : 0;
}

enum mu_status mu_datadir_lock(struct mu_datadir *folder, struct mu_error *err)
{
    int fd = openat(folder->fd, LOCK_NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK,
                    S_IRUSR | S_IWUSR);
    if (fd < 0) {
        return mu_datadir_fail(folder, LOCK_NAME, errno, err);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int reason = errno;
        long holder = holder_of(fd);
        (void)close(fd);
        if (reason != EWOULDBLOCK) {
            return mu_datadir_fail(folder, LOCK_NAME, reason, err);
        }
        char shown[MU_DB_NAME_MAX];
        return mu_fail(err, MU_E_BUSY, "'%s' is in use by another musterd (process %ld)",
                       mu_datadir_show(folder, shown), holder);
    }
    char text[24];
    int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    /* The number is for people: the lock stands without it. */
    if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)len, 0) == len) {
        folder->lock_fd = fd;
        return MU_OK;
    }
    int reason = errno;
    (void)close(fd);
    return mu_datadir_fail(folder, LOCK_NAME, reason, err);
}

void mu_datadir_close(struct mu_datadir *folder)
{
    if (folder->lock_fd >= 0) {
        (void)close(folder->lock_fd);
    }
    if (folder->fd >= 0) {
        (void)close(folder->fd);
    }
    folder_clear(folder);
}

static enum mu_status read_open_file(const struct mu_datadir *folder, const char *name, int fd,
                                     size_t max, struct mu_buf *out, struct mu_error *err)
{
    struct stat info;
    if (fstat(fd, &info) != 0) {
        return mu_datadir_fail(folder, name, errno, err);
    }
    if (!S_ISREG(info.st_mode)) {
        return mu_fail(err, MU_E_DENIED, "'%s' in the data folder is not a regular file", name);
    }
    if (strcmp(name, KEY_NAME) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return mu_fail(err, MU_E_DENIED, "others may read '%s' in the data folder; run: chmod 600",
                       name);
    }
    size_t total = 0;
    for (;;) {
        uint8_t bytes[1024];
        ssize_t got = read(fd, bytes, sizeof bytes);
        if (got < 0) {
            return mu_datadir_fail(folder, name, errno, err);
        }
        if (got == 0) {
            break;
        }
        total += (size_t)got;
        enum mu_status status = total > max ? MU_E_LIMIT : mu_buf_append(out, bytes, (size_t)got);
        mu_wipe(bytes, sizeof bytes);
        if (status != MU_OK) {
            return mu_fail(err, status, "'%s' in the data folder is too long", name);
        }
    }
    return MU_OK;
}

enum mu_status mu_datadir_read(const struct mu_datadir *folder, const char *name, size_t max,
                               struct mu_buf *out, struct mu_error *err)
{
    int fd = openat(folder->fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return mu_datadir_fail(folder, name, errno, err);
    }
    enum mu_status status = read_open_file(folder, name, fd, max, out, err);
    (void)close(fd);
    return status;
}

static bool write_all(int fd, struct mu_slice bytes)
{
    size_t done = 0;
    while (done < bytes.len) {
        ssize_t put = write(fd, bytes.data + done, bytes.len - done);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return false;
        }
        done += (size_t)put;
    }
    return fsync(fd) == 0;
}

enum mu_status mu_datadir_write(const struct mu_datadir *folder, const char *name,
                                struct mu_slice bytes, struct mu_error *err)
{
    char draft[64];
    (void)snprintf(draft, sizeof draft, "%s.new", name);
    (void)unlinkat(folder->fd, draft, 0); /* of a run that was cut short */
    int fd = openat(folder->fd, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                    S_IRUSR | S_IWUSR);
    if (fd < 0) {
        return mu_datadir_fail(folder, draft, errno, err);
    }
    bool ok = write_all(fd, bytes);
    int reason = errno;
    (void)close(fd);
    /* link() unlike rename() never replaces what is there. */
    if (ok && linkat(folder->fd, draft, folder->fd, name, 0) != 0) {
        ok = false;
        reason = errno;
    }
    (void)unlinkat(folder->fd, draft, 0);
    if (ok && fsync(folder->fd) != 0) {
        ok = false;
        reason = errno;
    }
    return ok ? MU_OK : mu_datadir_fail(folder, name, reason, err);
}

enum mu_status mu_datadir_remove(const struct mu_datadir *folder, const char *name,
                                 struct mu_error *err)
{
    if (unlinkat(folder->fd, name, 0) != 0 && errno != ENOENT) {
        return mu_datadir_fail(folder, name, errno, err);
    }
    return MU_OK;
}

enum mu_status mu_datadir_check_writable(const struct mu_datadir *folder, struct mu_error *err)
{
    if (faccessat(folder->fd, ".", W_OK, 0) != 0) {
        return mu_datadir_fail(folder, "", errno, err);
    }
    return MU_OK;
}

bool mu_datadir_has_room(const struct mu_datadir *folder)
{
    int fd = openat(folder->fd, ROOM_NAME, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK,
                    S_IRUSR | S_IWUSR);
    bool ok = fd >= 0 && posix_fallocate(fd, 0, ROOM_BYTES) == 0;
    if (fd >= 0) {
        (void)close(fd);
    }
    (void)unlinkat(folder->fd, ROOM_NAME, 0);
    return ok;
}

static enum mu_status make_key(const struct mu_datadir *folder, struct mu_error *err)
{
    struct mu_key_file file = {0};
    MU_SECRET_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_KEY_FILE_LEN_MAX);
    randombytes_buf(file.seed, sizeof file.seed);
    enum mu_status status = mu_keys_encode(&file, &bytes, err);
    mu_key_file_deinit(&file);
    return status == MU_OK ? mu_datadir_write(folder, KEY_NAME, mu_buf_view(&bytes), err) : status;
}

enum mu_status mu_datadir_keys(const struct mu_datadir *folder, bool make,
                               struct mu_device_keys *out_keys, struct mu_error *err)
{
    MU_SECRET_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_KEY_FILE_LEN_MAX);
    enum mu_status status = mu_datadir_read(folder, KEY_NAME, MU_KEY_FILE_LEN_MAX, &bytes, err);
    if (status == MU_E_NOT_FOUND && make && has(folder, DB_NAME)) {
        char shown[MU_DB_NAME_MAX];
        return mu_fail(err, MU_E_EXISTS, "there is a database in '%s', but no key of its server",
                       mu_datadir_show(folder, shown));
    }
    if (status == MU_E_NOT_FOUND && make) {
        MU_TRY(make_key(folder, err));
        status = mu_datadir_read(folder, KEY_NAME, MU_KEY_FILE_LEN_MAX, &bytes, err);
    }
    MU_TRY(status);
    MU_KEY_FILE_AUTO struct mu_key_file file = {0};
    if (mu_keys_decode(mu_buf_view(&bytes), &file, err) != MU_OK) {
        return mu_error_wrap(err, "'%s' in the data folder", KEY_NAME);
    }
    mu_device_keys_make(file.seed, out_keys);
    return MU_OK;
}

enum mu_status mu_datadir_db(const struct mu_datadir *folder, enum mu_datadir_use use,
                             struct mu_db *db, struct mu_error *err)
{
    return mu_datadir_db_named(folder, DB_NAME, use, db, err);
}

enum mu_status mu_datadir_db_named(const struct mu_datadir *folder, const char *name,
                                   enum mu_datadir_use use, struct mu_db *db, struct mu_error *err)
{
    char path[MU_DATADIR_PATH_MAX + 16];
    (void)snprintf(path, sizeof path, "%s/%.14s", folder->path, name);
    struct mu_db_options options = {
        .path = path, .application_id = MUSTERD_FILE, .full_sync = true, .must_exist = true};
    switch (use) {
    case MU_DATADIR_FOUND:
        options.must_exist = false;
        break;
    case MU_DATADIR_SERVE:
        options.cache_kib = 64 << 10;
        options.busy_ms = 5000;
        options.checkpoint_frames = 1 << 16; /* checkpoint.h comes first, this is the backstop */
        break;
    case MU_DATADIR_LOOK:
        options.read_only = true;
        options.busy_ms = 2000;
        break;
    case MU_DATADIR_CHECKPOINT:
        options.cache_kib = 256;
        break;
    }
    enum mu_status status = mu_db_open(db, &options, err);
    if (status == MU_E_INVALID) {
        err->status = MU_E_CORRUPT; /* a foreign file in the place of ours */
    }
    return status == MU_OK ? MU_OK : err->status;
}
