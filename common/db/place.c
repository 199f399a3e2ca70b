#include "common/db/place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum mu_status mu_place_errno_status(int system_errno)
{
    switch (system_errno) {
    case ENOSPC:
    case EDQUOT:
        return MU_E_FULL;
    case ENOMEM:
        return MU_E_NOMEM;
    case ENOENT:
    case ENOTDIR:
        return MU_E_NOT_FOUND;
    case EEXIST:
        return MU_E_EXISTS;
    case ENAMETOOLONG:
        return MU_E_LIMIT;
    case EISDIR:
    case ELOOP:
        return MU_E_INVALID;
    default:
        return MU_E_IO;
    }
}

const char *mu_place_errno_text(int system_errno)
{
    switch (system_errno) {
    case ENOSPC:
        return "disk full";
    case EDQUOT:
        return "disk quota used up";
    case EROFS:
        return "read-only file system";
    case EACCES:
    case EPERM:
        return "no permission";
    case ENOENT:
        return "no such file or folder";
    case ENOTDIR:
        return "a part of its path is not a folder";
    case EISDIR:
        return "it is a folder";
    case ELOOP:
        return "it is a symbolic link";
    case EEXIST:
        return "it exists already";
    case EMFILE:
    case ENFILE:
        return "too many open files";
    case ENOMEM:
        return "out of memory";
    case EFBIG:
        return "the file system allows no file that large";
    case ENAMETOOLONG:
        return "the path is too long";
    case EIO:
        return "the disk reports an error";
    default:
        return NULL;
    }
}

void mu_place_show(const char *path, char out_shown[static MU_DB_NAME_MAX])
{
    size_t len = strlen(path);
    size_t skip = len < MU_DB_NAME_MAX ? 0 : len - MU_DB_NAME_MAX + 1;
    size_t used = 0;
    for (const char *next = path + skip; *next != '\0'; next++) {
        bool control = (unsigned char)*next < 0x20 || *next == 0x7f;
        out_shown[used++] = (char)(control ? '?' : *next);
    }
    out_shown[used] = '\0';
}

static enum mu_status fail_errno(struct mu_error *err, const char *shown, int system_errno)
{
    enum mu_status status = mu_place_errno_status(system_errno);
    const char *text = mu_place_errno_text(system_errno);
    if (text == NULL) {
        return mu_fail(err, status, "'%s': system error %d", shown, system_errno);
    }
    return mu_fail(err, status, "'%s': %s", shown, text);
}

/* The folder of path without links, then "/" and the last part. */
static enum mu_status resolve(const char *path, const char *shown,
                              char out_path[static MU_PLACE_MAX], struct mu_error *err)
{
    size_t len = strlen(path);
    if (len >= MU_PLACE_MAX) {
        return fail_errno(err, shown, ENAMETOOLONG);
    }
    const char *slash = strrchr(path, '/');
    const char *last = slash == NULL ? path : slash + 1;
    if (*last == '\0' || strcmp(last, ".") == 0 || strcmp(last, "..") == 0) {
        return mu_fail(err, MU_E_INVALID, "'%s' is not the name of a file", shown);
    }

    char folder[MU_PLACE_MAX] = ".";
    if (slash == path) {
        memcpy(folder, "/", 2);
    } else if (slash != NULL) {
        size_t folder_len = (size_t)(slash - path);
        memcpy(folder, path, folder_len);
        folder[folder_len] = '\0';
    }
    char *real = realpath(folder, NULL);
    if (real == NULL) {
        return errno == ENOENT ? mu_fail(err, MU_E_NOT_FOUND, "'%s': no such folder", shown)
                               : fail_errno(err, shown, errno);
    }

    size_t real_len = strcmp(real, "/") == 0 ? 0 : strlen(real);
    size_t last_len = strlen(last);
    bool fits = real_len + 1 + last_len < MU_PLACE_MAX;
    if (fits) {
        memcpy(out_path, real, real_len);
        out_path[real_len] = '/';
        memcpy(out_path + real_len + 1, last, last_len);
        out_path[real_len + 1 + last_len] = '\0';
    }
    free(real);
    return fits ? MU_OK : fail_errno(err, shown, ENAMETOOLONG);
}

/* The folder of an absolute path. */
static void folder_of(const char *path, char out_folder[static MU_PLACE_MAX])
{
    size_t len = (size_t)(strrchr(path, '/') - path);
    len = len == 0 ? 1 : len;
    memcpy(out_folder, path, len);
    out_folder[len] = '\0';
}

/* Make the name of a new file survive a power cut.  A folder that cannot be synced (some
 * network file systems) is no reason to refuse the file. */
static enum mu_status sync_folder(const char *path, const char *shown, struct mu_error *err)
{
    char folder[MU_PLACE_MAX];
    folder_of(path, folder);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        return errno == EACCES ? MU_OK : fail_errno(err, shown, errno);
    }
    int failed = fsync(fd) == 0 || errno == EINVAL ? 0 : errno;
    (void)close(fd);
    return failed == 0 ? MU_OK : fail_errno(err, shown, failed);
}

static enum mu_status create(const char *path, const char *shown, struct mu_error *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        return errno == EEXIST ? mu_fail(err, MU_E_EXISTS, "'%s' exists already", shown)
                               : fail_errno(err, shown, errno);
    }
    (void)close(fd);
    enum mu_status status = sync_folder(path, shown, err);
    if (status != MU_OK) {
        (void)unlink(path);
    }
    return status;
}

static enum mu_status check_regular(mode_t mode, const char *shown, struct mu_error *err)
{
    if (S_ISLNK(mode)) {
        return mu_fail(err, MU_E_INVALID, "'%s' is a symbolic link", shown);
    }
    if (S_ISDIR(mode)) {
        return mu_fail(err, MU_E_INVALID, "'%s' is a folder", shown);
    }
    if (!S_ISREG(mode)) {
        return mu_fail(err, MU_E_INVALID, "'%s' is not a regular file", shown);
    }
    return MU_OK;
}

/* SQLite would open a file that it may not write for reading, and fail later in other words. */
static enum mu_status check_rights(const char *path, enum mu_place_use use, const char *shown,
                                   struct mu_error *err)
{
    int rights = use == MU_PLACE_READ ? R_OK : R_OK | W_OK;
    if (faccessat(AT_FDCWD, path, rights, AT_EACCESS) != 0) {
        return fail_errno(err, shown, errno);
    }
    char folder[MU_PLACE_MAX];
    folder_of(path, folder);
    if (use != MU_PLACE_READ && faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) != 0) {
        (void)fail_errno(err, shown, errno); /* the log lies beside the file */
        return mu_error_wrap(err, "write to the folder");
    }
    return MU_OK;
}

enum mu_status mu_place_prepare(const char *path, enum mu_place_use use,
                                char out_path[static MU_PLACE_MAX], struct mu_error *err)
{
    char shown[MU_DB_NAME_MAX];
    char full[MU_PLACE_MAX];
    mu_place_show(path, shown);
    MU_TRY(resolve(path, shown, full, err));

    struct stat info;
    if (use == MU_PLACE_ANY && lstat(full, &info) != 0 && errno == ENOENT) {
        enum mu_status status = create(full, shown, err);
        if (status != MU_OK && status != MU_E_EXISTS) { /* another process was faster: fine */
            return status;
        }
    }
    if (use == MU_PLACE_NEW) {
        MU_TRY(create(full, shown, err));
    }
    if (lstat(full, &info) != 0) {
        return errno == ENOENT ? mu_fail(err, MU_E_NOT_FOUND, "'%s': no such file", shown)
                               : fail_errno(err, shown, errno);
    }
    MU_TRY(check_regular(info.st_mode, shown, err));
    MU_TRY(check_rights(full, use, shown, err));
    memcpy(out_path, full, sizeof full);
    return MU_OK;
}

enum mu_status mu_place_make_private(const char *place, struct mu_error *err)
{
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char path[MU_PLACE_MAX + 8];
        struct stat info;
        (void)snprintf(path, sizeof path, "%s%s", place, suffixes[i]);
        if (lstat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_uid == geteuid() &&
            (info.st_mode & (S_IRWXG | S_IRWXO)) != 0 && chmod(path, S_IRUSR | S_IWUSR) != 0) {
            char shown[MU_DB_NAME_MAX];
            int failed = errno;
            mu_place_show(path, shown);
            return fail_errno(err, shown, failed);
        }
    }
    return MU_OK;
}
