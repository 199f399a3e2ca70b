#include "client/shell/callers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/shell/version.h"

/* -- opening ----------------------------------------------------------------------- */

static bool make_quiet(int fd)
{
    return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

static enum mu_status bind_at(int fd, const char *path, struct mu_error *err)
{
    struct sockaddr_un address;
    int folder = -1;
    MU_TRY(mu_socket_address(path, &address, &folder, err));
    (void)unlink(path);
    bool ok = bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
              listen(fd, MU_CALLERS_MAX) == 0 && make_quiet(fd);
    int why = errno;
    if (folder >= 0) {
        (void)close(folder);
    }
    return ok ? MU_OK : mu_fail_errno(err, why, "listen at", path);
}

enum mu_status mu_callers_open(struct mu_callers *callers, const struct mu_home *home,
                               struct mu_error *err)
{
    memset(callers, 0, sizeof *callers);
    callers->listen_fd = -1;
    for (size_t i = 0; i < MU_CALLERS_MAX; i++) {
        callers->list[i].fd = -1;
    }
    MU_TRY(mu_agent_socket_path(home, callers->path, err));
    MU_TRY(mu_folder_make(home->runtime, err));
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    if (fd < 0) {
        return mu_fail_errno(err, errno, "listen at", callers->path);
    }
    enum mu_status status = bind_at(fd, callers->path, err);
    if (status != MU_OK) {
        (void)close(fd);
        return status;
    }
    callers->listen_fd = fd;
    return MU_OK;
}

static void hang_up(struct mu_caller *caller)
{
    (void)close(caller->fd);
    memset(caller, 0, sizeof *caller);
    caller->fd = -1;
}

void mu_callers_close(struct mu_callers *callers)
{
    if (callers->listen_fd < 0) {
        return;
    }
    for (size_t i = 0; i < MU_CALLERS_MAX; i++) {
        if (callers->list[i].fd >= 0) {
            hang_up(&callers->list[i]);
        }
    }
    (void)unlink(callers->path);
    (void)close(callers->listen_fd);
    callers->listen_fd = -1;
}

size_t mu_callers_poll_items(const struct mu_callers *callers,
                             zmq_pollitem_t items[static MU_CALLERS_POLL_MAX])
{
    if (callers->listen_fd < 0) {
        return 0;
    }
    size_t count = 0;
    items[count++] = (zmq_pollitem_t){.fd = callers->listen_fd, .events = ZMQ_POLLIN};
    for (size_t i = 0; i < MU_CALLERS_MAX; i++) {
        const struct mu_caller *caller = &callers->list[i];
        if (caller->fd >= 0) {
            bool owes = caller->out_len > 0 || caller->owes_all;
            items[count++] = (zmq_pollitem_t){
                .fd = caller->fd, .events = (short)(ZMQ_POLLIN | (owes ? ZMQ_POLLOUT : 0))};
        }
    }
    return count;
}

/* -- out --------------------------------------------------------------------------- */

static void flush_out(struct mu_caller *caller)
{
    while (caller->out_len > 0) {
        ssize_t sent = send(caller->fd, caller->out, caller->out_len, MSG_NOSIGNAL);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR)) {
            return;
        }
        if (sent <= 0) {
            /* A poke that is on its way must not be lost with it: who reads decides. */
            caller->deaf = true;
            caller->out_len = 0;
            return;
        }
        caller->out_len -= (size_t)sent;
        memmove(caller->out, caller->out + sent, caller->out_len);
    }
}

/* False: it does not fit. */
static bool put_line(struct mu_caller *caller, const char *word, const char *rest)
{
    if (caller->deaf) {
        return true;
    }
    char line[MU_AGENT_LINE_MAX + 32];
    int len = snprintf(line, sizeof line, "%s%s%s\n", word, rest[0] != '\0' ? " " : "", rest);
    if (len <= 0 || (size_t)len >= sizeof line ||
        (size_t)len > sizeof caller->out - caller->out_len) {
        return false;
    }
    memcpy(caller->out + caller->out_len, line, (size_t)len);
    caller->out_len += (size_t)len;
    return true;
}

/* A line is in the buffer once, however often it is said. */
static bool says_already(const struct mu_caller *caller, const char *workspace)
{
    char line[MU_WORKSPACE_NAME_MAX + 16];
    int len = snprintf(line, sizeof line, "changed %s\n", workspace);
    for (size_t at = 0; at + (size_t)len <= caller->out_len; at++) {
        if (memcmp(caller->out + at, line, (size_t)len) == 0) {
            return true;
        }
    }
    return false;
}

void mu_callers_changed(struct mu_callers *callers, const char *workspace)
{
    for (size_t i = 0; i < MU_CALLERS_MAX; i++) {
        struct mu_caller *caller = &callers->list[i];
        bool wants = caller->fd >= 0 && caller->watches &&
                     (caller->watched[0] == '\0' || strcmp(caller->watched, workspace) == 0);
        if (wants && !says_already(caller, workspace)) {
            if (!put_line(caller, "changed", workspace)) {
                caller->owes_all = true;
            }
            flush_out(caller);
        }
    }
}

/* -- in ---------------------------------------------------------------------------- */

static void start_watch(struct mu_caller *caller, const char *name,
                        const struct mu_callers_answer *answer)
{
    if (strlen(name) > MU_WORKSPACE_NAME_MAX ||
        (name[0] != '\0' && !answer->is_known(answer->context, name))) {
        (void)put_line(caller, "error", "no such workspace");
        return;
    }
    memcpy(caller->watched, name, strlen(name) + 1);
    caller->watches = true;
    (void)put_line(caller, "ok", "");
}

static void answer_line(struct mu_caller *caller, const char *line,
                        const struct mu_callers_answer *answer)
{
    if (strcmp(line, "watch") == 0) {
        start_watch(caller, "", answer);
    } else if (strncmp(line, "watch ", 6) == 0) {
        start_watch(caller, line + 6, answer);
    } else {
        char text[MU_AGENT_LINE_MAX] = "";
        answer->request(answer->context, line, text);
        (void)put_line(caller, text, "");
    }
}

/* Answer the lines that are whole. */
static void take_lines(struct mu_caller *caller, const struct mu_callers_answer *answer)
{
    char *end = NULL;
    while (caller->fd >= 0 && (end = memchr(caller->in, '\n', caller->in_len)) != NULL) {
        *end = '\0';
        size_t used = (size_t)(end - caller->in) + 1;
        answer_line(caller, caller->in, answer);
        caller->in_len -= used;
        memmove(caller->in, caller->in + used, caller->in_len);
        flush_out(caller);
    }
}

static void listen_to(struct mu_caller *caller, const struct mu_callers_answer *answer)
{
    ssize_t got =
        recv(caller->fd, caller->in + caller->in_len, sizeof caller->in - caller->in_len, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got > 0) {
        caller->in_len += (size_t)got;
        take_lines(caller, answer);
    }
    bool too_long = caller->fd >= 0 && caller->in_len == sizeof caller->in;
    if (caller->fd >= 0 && (got <= 0 || too_long)) {
        hang_up(caller);
    }
}

static void greet(struct mu_callers *callers, int fd)
{
    for (size_t i = 0; i < MU_CALLERS_MAX; i++) {
        struct mu_caller *caller = &callers->list[i];
        if (caller->fd < 0) {
            char greeting[96];
            (void)snprintf(greeting, sizeof greeting, "muster-agent %d %ld %s", MU_AGENT_PROTOCOL,
                           (long)getpid(), mu_agent_version());
            caller->fd = fd;
            (void)put_line(caller, greeting, "");
            flush_out(caller);
            return;
        }
    }
    (void)close(fd); /* too many at once */
}

void mu_callers_serve(struct mu_callers *callers, const struct mu_callers_answer *answer)
{
    int fd = -1;
    while (callers->listen_fd >= 0 && (fd = accept(callers->listen_fd, NULL, NULL)) >= 0) {
        if (make_quiet(fd) && mu_socket_peer_is_us(fd)) {
            greet(callers, fd);
        } else {
            (void)close(fd);
        }
    }
    for (size_t i = 0; i < MU_CALLERS_MAX; i++) {
        struct mu_caller *caller = &callers->list[i];
        if (caller->fd >= 0) {
            flush_out(caller);
        }
        if (caller->fd >= 0 && caller->owes_all && caller->out_len == 0) {
            caller->owes_all = false;
            (void)put_line(caller, "changed", caller->watched);
            flush_out(caller);
        }
        if (caller->fd >= 0) {
            listen_to(caller, answer);
        }
    }
}
