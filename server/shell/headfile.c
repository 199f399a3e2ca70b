#include "server/shell/headfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_NAME "head"

enum mu_status mu_headfile_open(const struct mu_datadir *dir, struct mu_headfile *out_file,
                                struct mu_error *err)
{
    int fd = openat(dir->fd, HEAD_NAME, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK,
                    S_IRUSR | S_IWUSR);
    if (fd < 0) {
        return mu_datadir_fail(dir, HEAD_NAME, errno, err);
    }
    uint8_t bytes[MU_KNOWN_LEN];
    struct mu_headfile file = {.fd = fd};
    ssize_t got = pread(fd, bytes, sizeof bytes, 0);
    if (got < 0) {
        enum mu_status status = mu_datadir_fail(dir, HEAD_NAME, errno, err);
        (void)close(fd);
        return status;
    }
    file.has_known = mu_known_decode(mu_slice_of(bytes, (size_t)got), &file.known);
    *out_file = file;
    return MU_OK;
}

static bool known_equal(const struct mu_server_known *a, const struct mu_server_known *b)
{
    return a->seq == b->seq && mu_id_equal(a->incarnation, b->incarnation) &&
           mu_hash_equal(a->chain, b->chain);
}

enum mu_status mu_headfile_put(struct mu_headfile *file, const struct mu_server_known *known,
                               struct mu_error *err)
{
    if (file->has_known && known_equal(&file->known, known)) {
        return MU_OK;
    }
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_KNOWN_LEN);
    if (mu_known_encode(known, &bytes) != MU_OK) {
        return mu_fail(err, MU_E_NOMEM, "out of memory");
    }
    if (pwrite(file->fd, bytes.data, bytes.len, 0) != (ssize_t)bytes.len) {
        return mu_fail(err, MU_E_IO, "cannot write '%s' in the data folder", HEAD_NAME);
    }
    file->known = *known;
    file->has_known = true;
    return MU_OK;
}

void mu_headfile_close(struct mu_headfile *file)
{
    if (file->fd >= 0) {
        /* What is lost here is only lag. */
        (void)fsync(file->fd);
        (void)close(file->fd);
        file->fd = -1;
    }
}
