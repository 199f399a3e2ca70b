#include "common/db/place.h"

#include <errno.h>
#include <fcntl.h>
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

static enum mu_status fail_errno(struct mu_error *err, const char *path, int system_errno)
{
    enum mu_status status = mu_place_errno_status(system_errno);
    const char *text = mu_place_errno_text(system_errno);
    if (text == NULL) {
        return mu_fail(err, status, "'%s': system error %d", path, system_errno);
    }
    return mu_fail(err, status, "'%s': %s", path, text);
}

/* The folder of path without links, then "/" and the last part. */
static enum mu_status resolve(const char *path, char out_path[static MU_PLACE_MAX],
                              struct mu_error *err)
{
    size_t len = strlen(path);
    if (len >= MU_PLACE_MAX) {
        return fail_errno(err, path, ENAMETOOLONG);
    }
    const char *slash = strrchr(path, '/');
    const char *last = slash == NULL ? path : slash + 1;
    if (*last == '\0' || strcmp(last, ".") == 0 || strcmp(last, "..") == 0) {
        return mu_fail(err, MU_E_INVALID, "'%s' is not the name of a file", path);
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
        return errno == ENOENT ? mu_fail(err, MU_E_NOT_FOUND, "no folder '%s'", folder)
                               : fail_errno(err, folder, errno);
    }

    size_t real_len = strcmp(real, "/") == 0 ? 0 : strlen(real);
    size_t last_len = strlen(last);
    bool fits = real_len + 1 + last_len < MU_PLACE_MAX;
    if (fits) {
        memcpy(out_path, real, real_len);
        out_path[real_len] = '/';
        memcpy(out_path + real_len + 1, last, last_len + 1);
    }
    free(real);
    return fits ? MU_OK : fail_errno(err, path, ENAMETOOLONG);
}

/* Make the name of a new file survive a power cut.  A folder that cannot be synced (some
 * network file systems) is no reason to refuse the file. */
static enum mu_status sync_folder(const char *path, const char *shown, struct mu_error *err)
{
    char folder[MU_PLACE_MAX];
    size_t len = (size_t)(strrchr(path, '/') - path);
    memcpy(folder, path, len);
    folder[len] = '\0';
    int fd = open(len == 0 ? "/" : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
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
    return sync_folder(path, shown, err);
}

enum mu_status mu_place_prepare(const char *path, enum mu_place_use use,
                                char out_path[static MU_PLACE_MAX], struct mu_error *err)
{
    char full[MU_PLACE_MAX];
    MU_TRY(resolve(path, full, err));

    struct stat info;
    if (use == MU_PLACE_ANY && lstat(full, &info) != 0 && errno == ENOENT) {
        enum mu_status status = create(full, path, err);
        if (status != MU_OK && status != MU_E_EXISTS) { /* another process was faster: fine */
            return status;
        }
    }
    if (use == MU_PLACE_NEW) {
        MU_TRY(create(full, path, err));
    }
    if (lstat(full, &info) != 0) {
        return errno == ENOENT ? mu_fail(err, MU_E_NOT_FOUND, "no file '%s'", path)
                               : fail_errno(err, path, errno);
    }
    if (S_ISLNK(info.st_mode)) {
        return mu_fail(err, MU_E_INVALID, "'%s' is a symbolic link", path);
    }
    if (S_ISDIR(info.st_mode)) {
        return mu_fail(err, MU_E_INVALID, "'%s' is a folder", path);
    }
    if (!S_ISREG(info.st_mode)) {
        return mu_fail(err, MU_E_INVALID, "'%s' is not a regular file", path);
    }
    if (use != MU_PLACE_READ && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0 &&
        info.st_uid == geteuid() && chmod(full, S_IRUSR | S_IWUSR) != 0) {
        return fail_errno(err, path, errno);
    }
    memcpy(out_path, full, sizeof full);
    return MU_OK;
}
