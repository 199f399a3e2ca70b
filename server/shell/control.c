#include "server/shell/control.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "server/shell/clock.h"

#define SOCKET_NAME "socket"
#define PATIENCE_MS 2000 /* for a caller to say his line */

/* By way of the open folder: a data folder's path may be longer than sun_path. */
static struct sockaddr_un address_in(const struct mu_datadir *dir)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/" SOCKET_NAME,
                   dir->fd);
    return address;
}

static int make_socket(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd >= 0) {
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
        (void)fcntl(fd, F_SETFL, O_NONBLOCK);
    }
    return fd;
}

enum mu_status mu_control_open(struct mu_control *control, const struct mu_datadir *dir,
                               struct mu_error *err)
{
    *control = (struct mu_control){.listen_fd = -1};
    for (size_t i = 0; i < MU_CONTROL_CALLERS; i++) {
        control->callers[i].fd = -1;
    }
    int fd = make_socket();
    if (fd < 0) {
        return mu_datadir_fail(dir, SOCKET_NAME, errno, err);
    }
    struct sockaddr_un address = address_in(dir);
    (void)unlinkat(dir->fd, SOCKET_NAME, 0);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, MU_CONTROL_CALLERS) != 0) {
        int reason = errno;
        (void)close(fd);
        return mu_datadir_fail(dir, SOCKET_NAME, reason, err);
    }
    control->listen_fd = fd;
    return MU_OK;
}

static void hang_up(struct mu_control_caller *caller)
{
    (void)close(caller->fd);
    *caller = (struct mu_control_caller){.fd = -1};
}

void mu_control_close(struct mu_control *control, const struct mu_datadir *dir)
{
    if (control->listen_fd < 0) {
        return;
    }
    for (size_t i = 0; i < MU_CONTROL_CALLERS; i++) {
        if (control->callers[i].fd >= 0) {
            hang_up(&control->callers[i]);
        }
    }
    (void)unlinkat(dir->fd, SOCKET_NAME, 0);
    (void)close(control->listen_fd);
    control->listen_fd = -1;
}

size_t mu_control_poll_items(const struct mu_control *control,
                             zmq_pollitem_t items[static MU_CONTROL_POLL_MAX])
{
    size_t count = 0;
    items[count++] = (zmq_pollitem_t){.fd = control->listen_fd, .events = ZMQ_POLLIN};
    for (size_t i = 0; i < MU_CONTROL_CALLERS; i++) {
        if (control->callers[i].fd >= 0) {
            items[count++] = (zmq_pollitem_t){.fd = control->callers[i].fd, .events = ZMQ_POLLIN};
        }
    }
    return count;
}

/* The slot for a new caller: a free one, or that of who has waited longest. */
static struct mu_control_caller *seat(struct mu_control *control)
{
    struct mu_control_caller *oldest = &control->callers[0];
    for (size_t i = 0; i < MU_CONTROL_CALLERS; i++) {
        struct mu_control_caller *caller = &control->callers[i];
        if (caller->fd < 0) {
            return caller;
        }
        if (caller->since.ms < oldest->since.ms) {
            oldest = caller;
        }
    }
    hang_up(oldest);
    return oldest;
}

/* A socket's buffer takes the whole answer; who reads nothing loses it. */
static void reply(struct mu_control_caller *caller, mu_control_answer *answer, void *context)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_CONTROL_ANSWER_MAX);
    answer(context, caller->line, &text);
    ssize_t sent = send(caller->fd, text.data, text.len, MSG_NOSIGNAL);
    (void)sent;
    hang_up(caller);
}

static void listen_to(struct mu_control_caller *caller, mu_control_answer *answer, void *context)
{
    size_t room = sizeof caller->line - caller->len - 1;
    ssize_t got = recv(caller->fd, caller->line + caller->len, room, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got <= 0) {
        hang_up(caller);
        return;
    }
    caller->len += (size_t)got;
    caller->line[caller->len] = '\0';
    char *end = strchr(caller->line, '\n');
    if (end != NULL) {
        *end = '\0';
        reply(caller, answer, context);
    } else if (caller->len + 1 == sizeof caller->line) {
        hang_up(caller);
    }
}

void mu_control_serve(struct mu_control *control, struct mu_mono now, mu_control_answer *answer,
                      void *context)
{
    int fd = -1;
    while ((fd = accept(control->listen_fd, NULL, NULL)) >= 0) {
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
        (void)fcntl(fd, F_SETFL, O_NONBLOCK);
        struct mu_control_caller *caller = seat(control);
        caller->fd = fd;
        caller->since = now;
    }
    for (size_t i = 0; i < MU_CONTROL_CALLERS; i++) {
        struct mu_control_caller *caller = &control->callers[i];
        if (caller->fd >= 0) {
            listen_to(caller, answer, context);
        }
        if (caller->fd >= 0 && now.ms - caller->since.ms > PATIENCE_MS) {
            hang_up(caller);
        }
    }
}

static bool wait_readable(int fd, struct mu_mono deadline)
{
    int64_t left = deadline.ms - mu_clock_mono().ms;
    struct pollfd item = {.fd = fd, .events = POLLIN};
    return left > 0 && poll(&item, 1, (int)left) > 0;
}

static enum mu_status read_answer(int fd, struct mu_mono deadline, struct mu_buf *out,
                                  struct mu_error *err)
{
    for (;;) {
        if (!wait_readable(fd, deadline)) {
            return mu_fail(err, MU_E_BUSY, "the serving musterd does not answer");
        }
        uint8_t bytes[1024];
        ssize_t got = recv(fd, bytes, sizeof bytes, 0);
        if (got == 0) {
            return out->len > 0 ? MU_OK : mu_fail(err, MU_E_OFFLINE, "the serving musterd hung up");
        }
        if (got < 0 && errno != EAGAIN && errno != EINTR) {
            return mu_fail(err, MU_E_OFFLINE, "the serving musterd hung up");
        }
        if (got > 0 && mu_buf_append(out, bytes, (size_t)got) != MU_OK) {
            return mu_fail(err, MU_E_LIMIT, "the answer of the serving musterd is too long");
        }
    }
}

enum mu_status mu_control_ask(const struct mu_datadir *dir, const char *request, int timeout_ms,
                              struct mu_buf *out, struct mu_error *err)
{
    struct mu_mono deadline = {.ms = mu_clock_mono().ms + timeout_ms};
    char line[MU_CONTROL_LINE_MAX];
    int len = snprintf(line, sizeof line, "%s\n", request);
    MU_ASSERT(len > 0 && (size_t)len < sizeof line);
    int fd = make_socket();
    if (fd < 0) {
        return mu_datadir_fail(dir, SOCKET_NAME, errno, err);
    }
    struct sockaddr_un address = address_in(dir);
    enum mu_status status = MU_OK;
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) {
        bool nobody = errno == ENOENT || errno == ECONNREFUSED;
        status = nobody ? mu_fail(err, MU_E_OFFLINE, "no musterd serves this folder")
                        : mu_datadir_fail(dir, SOCKET_NAME, errno, err);
    } else if (send(fd, line, (size_t)len, MSG_NOSIGNAL) != len) {
        status = mu_fail(err, MU_E_OFFLINE, "the serving musterd hung up");
    } else {
        status = read_answer(fd, deadline, out, err);
    }
    (void)close(fd);
    return status;
}
