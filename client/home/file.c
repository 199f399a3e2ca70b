#include "client/home/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX_NEW ".new"

const char *mu_path_show(const char *path, char out_shown[static MU_SHOWN_MAX])
{
    size_t len = strlen(path);
    size_t skip = len < MU_SHOWN_MAX ? 0 : len - MU_SHOWN_MAX + 1;
    size_t used = 0;
    for (const char *next = path + skip; *next != '\0'; next++) {
        bool control = (unsigned char)*next < 0x20 || *next == 0x7f;
        out_shown[used++] = (char)(control ? '?' : *next);
    }
    out_shown[used] = '\0';
    return out_shown;
}

static enum mu_status status_of(int system_errno)
{
    switch (system_errno) {
    case ENOSPC:
    case EDQUOT:
        return MU_E_FULL;
    case ENOMEM:
        return MU_E_NOMEM;
    case ENOENT:
        return MU_E_NOT_FOUND;
    case EACCES:
    case EPERM:
        return MU_E_DENIED;
    case ENAMETOOLONG:
        return MU_E_LIMIT;
    case ELOOP:
    case ENOTDIR:
    case EISDIR:
        return MU_E_INVALID;
    default:
        return MU_E_IO;
    }
}

enum mu_status mu_fail_errno(struct mu_error *err, int system_errno, const char *what,
                             const char *path)
{
    char shown[MU_SHOWN_MAX];
    const char *why = NULL;
    switch (system_errno) {
    case ENOSPC:
        why = "disk full";
        break;
    case EDQUOT:
        why = "disk quota used up";
        break;
    case EACCES:
    case EPERM:
        why = "no permission";
        break;
    case EROFS:
        why = "read-only file system";
        break;
    case ENOENT:
        why = "no such file or folder";
        break;
    case ENOTDIR:
        why = "a part of its path is not a folder";
        break;
    case EISDIR:
        why = "it is a folder";
        break;
    case ELOOP:
        why = "it is a symbolic link";
        break;
    case ENAMETOOLONG:
        why = "the path is too long";
        break;
    default:
        break;
    }
    mu_path_show(path, shown);
    if (why != NULL) {
        return mu_fail(err, status_of(system_errno), "%s '%s': %s", what, shown, why);
    }
    return mu_fail(err, status_of(system_errno), "%s '%s': system error %d", what, shown,
                   system_errno);
}

enum mu_status mu_path_join(const char *folder, const char *name, char out_path[static MU_PATH_MAX],
                            struct mu_error *err)
{
    char joined[MU_PATH_MAX];
    int len = snprintf(joined, sizeof joined, "%s/%s", folder, name);
    if (len < 0 || (size_t)len >= sizeof joined) {
        return mu_fail(err, MU_E_LIMIT, "the path of '%s' is longer than %d bytes", name,
                       MU_PATH_MAX - 1);
    }
    memcpy(out_path, joined, (size_t)len + 1);
    return MU_OK;
}

/* -- folders ----------------------------------------------------------------- */

/* One level; a folder that is there is fine whoever owns it. */
static enum mu_status make_level(const char *path, struct mu_error *err)
{
    if (mkdir(path, 0700) == 0) {
        return MU_OK;
    }
    int why = errno;
    struct stat info;
    /* Some systems answer EROFS or EACCES before EEXIST. */
    if (stat(path, &info) == 0) {
        return S_ISDIR(info.st_mode) ? MU_OK : mu_fail_errno(err, ENOTDIR, "make folder", path);
    }
    return mu_fail_errno(err, why, "make folder", path);
}

static enum mu_status make_parents(const char *path, struct mu_error *err)
{
    char front[MU_PATH_MAX];
    size_t len = strlen(path);
    if (len >= sizeof front) {
        return mu_fail_errno(err, ENAMETOOLONG, "make folder", path);
    }
    memcpy(front, path, len + 1);
    for (size_t i = 1; i < len; i++) {
        if (front[i] == '/' && front[i - 1] != '/') {
            front[i] = '\0';
            MU_TRY(make_level(front, err));
            front[i] = '/';
        }
    }
    return make_level(front, err);
}

enum mu_status mu_folder_make(const char *path, struct mu_error *err)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0 && errno == ENOENT) {
        MU_TRY(make_parents(path, err));
        folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    if (folder < 0) {
        return mu_fail_errno(err, errno, "open folder", path);
    }
    char shown[MU_SHOWN_MAX];
    enum mu_status status = MU_OK;
    struct stat info;
    if (fstat(folder, &info) != 0) {
        status = mu_fail_errno(err, errno, "look at folder", path);
    } else if (info.st_uid != geteuid()) {
        status = mu_fail(err, MU_E_DENIED, "folder '%s' belongs to another user (number %lu)",
                         mu_path_show(path, shown), (unsigned long)info.st_uid);
    } else if ((info.st_mode & 0077) != 0 && fchmod(folder, 0700) != 0) {
        status = mu_fail_errno(err, errno, "make private", path);
    }
    (void)close(folder);
    return status;
}

enum mu_status mu_folder_sync(const char *path, struct mu_error *err)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return mu_fail_errno(err, errno, "open folder", path);
    }
    /* EINVAL: a file system that has no such thing. */
    int why = fsync(folder) != 0 && errno != EINVAL ? errno : 0;
    (void)close(folder);
    return why == 0 ? MU_OK : mu_fail_errno(err, why, "sync folder", path);
}

/* -- reading ----------------------------------------------------------------- */

static enum mu_status check_trust(int file, const char *path, enum mu_file_trust trust,
                                  struct mu_error *err)
{
    char shown[MU_SHOWN_MAX];
    mu_path_show(path, shown);
    struct stat info;
    if (fstat(file, &info) != 0) {
        return mu_fail_errno(err, errno, "look at", path);
    }
    if (!S_ISREG(info.st_mode)) {
        return mu_fail(err, MU_E_INVALID, "'%s' is not a regular file", shown);
    }
    if (trust == MU_FILE_ANY) {
        return MU_OK;
    }
    if (info.st_uid != geteuid()) {
        return mu_fail(err, MU_E_DENIED, "'%s' belongs to another user (number %lu)", shown,
                       (unsigned long)info.st_uid);
    }
    if (trust == MU_FILE_PRIVATE && (info.st_mode & 0077) != 0) {
        return mu_fail(err, MU_E_DENIED, "others have a right to '%s': run chmod 600 on it", shown);
    }
    return MU_OK;
}

static enum mu_status read_all(int file, const char *path, struct mu_buf *out, struct mu_error *err)
{
    size_t before = out->len;
    for (;;) {
        uint8_t piece[4096];
        ssize_t got = read(file, piece, sizeof piece);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            int why = errno;
            out->len = before;
            return mu_fail_errno(err, why, "read", path);
        }
        if (got == 0) {
            return MU_OK;
        }
        enum mu_status status = mu_buf_append(out, piece, (size_t)got);
        if (status != MU_OK) {
            char shown[MU_SHOWN_MAX];
            out->len = before;
            return status == MU_E_LIMIT ? mu_fail(err, status, "'%s' is larger than %zu bytes",
                                                  mu_path_show(path, shown), out->max - before)
                                        : mu_fail(err, status, "read '%s': out of memory",
                                                  mu_path_show(path, shown));
        }
    }
}

enum mu_status mu_file_read(const char *path, enum mu_file_trust trust, struct mu_buf *out,
                            bool *out_found, struct mu_error *err)
{
    /* O_NONBLOCK: a FIFO in the place of the file must not hold us up. */
    int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    int file = open(path, trust == MU_FILE_ANY ? flags : flags | O_NOFOLLOW);
    if (file < 0) {
        if (errno == ENOENT || (errno == ENOTDIR && trust == MU_FILE_ANY)) {
            *out_found = false;
            return MU_OK;
        }
        return mu_fail_errno(err, errno, "open", path);
    }
    enum mu_status status = check_trust(file, path, trust, err);
    if (status == MU_OK) {
        status = read_all(file, path, out, err);
    }
    (void)close(file);
    if (status == MU_OK) {
        *out_found = true;
    }
    return status;
}

/* -- writing ----------------------------------------------------------------- */

static int write_all(int file, struct mu_slice bytes)
{
    while (bytes.len > 0) {
        ssize_t put = write(file, bytes.data, bytes.len);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return errno;
        }
        bytes = mu_slice_of(bytes.data + put, bytes.len - (size_t)put);
    }
    return fsync(file) == 0 ? 0 : errno;
}

enum mu_status mu_file_write(const char *path, struct mu_slice bytes, struct mu_error *err)
{
    char fresh[MU_PATH_MAX];
    char folder[MU_PATH_MAX];
    size_t len = strlen(path);
    const char *name = strrchr(path, '/');
    if (name == NULL || len + sizeof SUFFIX_NEW > sizeof fresh) {
        return mu_fail_errno(err, ENAMETOOLONG, "write", path);
    }
    memcpy(fresh, path, len);
    memcpy(fresh + len, SUFFIX_NEW, sizeof SUFFIX_NEW);
    size_t folder_len = name == path ? 1 : (size_t)(name - path);
    memcpy(folder, path, folder_len);
    folder[folder_len] = '\0';

    /* What an earlier attempt left behind goes; O_EXCL then makes the file ours. */
    (void)unlink(fresh);
    int file = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file < 0) {
        return mu_fail_errno(err, errno, "write", path);
    }
    int why = write_all(file, bytes);
    if (close(file) != 0 && why == 0) {
        why = errno;
    }
    if (why == 0 && rename(fresh, path) != 0) {
        why = errno;
    }
    if (why != 0) {
        (void)unlink(fresh);
        return mu_fail_errno(err, why, "write", path);
    }
    return mu_folder_sync(folder, err);
}
