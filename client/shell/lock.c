#include "client/shell/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/home/agent_link.h"

static enum mu_status open_lock(const struct mu_home *home, int *out_fd, struct mu_error *err)
{
    char path[MU_PATH_MAX];
    MU_TRY(mu_agent_lock_path(home, path, err));
    MU_TRY(mu_folder_make(home->state, err));
    int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        return mu_fail_errno(err, errno, "open", path);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int why = errno;
        (void)close(fd);
        return why == EWOULDBLOCK ? mu_fail(err, MU_E_BUSY, "another muster-agent is running")
                                  : mu_fail_errno(err, why, "lock", path);
    }
    *out_fd = fd;
    return MU_OK;
}

enum mu_status mu_agent_lock(const struct mu_home *home, int *out_fd, struct mu_error *err)
{
    char where[MU_PATH_MAX];
    char text[MU_PATH_MAX + 32];
    int fd = -1;
    MU_TRY(mu_agent_socket_path(home, where, err));
    MU_TRY(open_lock(home, &fd, err));
    int len = snprintf(text, sizeof text, "%ld\n%s\n", (long)getpid(), where);
    MU_ASSERT(len > 0 && (size_t)len < sizeof text);
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)len, 0) != len) {
        int why = errno;
        (void)close(fd);
        return mu_fail_errno(err, why, "write", "agent.lock");
    }
    *out_fd = fd;
    return MU_OK;
}
