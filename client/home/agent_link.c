#include "client/home/agent_link.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define LOCK_TEXT_MAX (MU_PATH_MAX + 64)
#define POKE_MS       200 /* an agent that is stopped or swapped out must not hold an edit up */

enum mu_status mu_agent_lock_path(const struct mu_home *home, char out_path[static MU_PATH_MAX],
                                  struct mu_error *err)
{
    return mu_path_join(home->state, "agent.lock", out_path, err);
}

enum mu_status mu_agent_socket_path(const struct mu_home *home, char out_path[static MU_PATH_MAX],
                                    struct mu_error *err)
{
    return mu_path_join(home->runtime, "agent.sock", out_path, err);
}

/* -- sockets ----------------------------------------------------------------- */

enum mu_status mu_socket_address(const char *path, struct sockaddr_un *out, int *out_folder,
                                 struct mu_error *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(path);
    *out_folder = -1;
    if (len < sizeof address.sun_path) {
        memcpy(address.sun_path, path, len + 1);
        *out = address;
        return MU_OK;
    }
    char folder[MU_PATH_MAX];
    const char *name = strrchr(path, '/');
    if (name == NULL || len >= sizeof folder) {
        return mu_fail_errno(err, ENAMETOOLONG, "use socket", path);
    }
    memcpy(folder, path, (size_t)(name - path));
    folder[name - path] = '\0';
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return mu_fail_errno(err, errno, "open folder", folder);
    }
    int put =
        snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d%s", descriptor, name);
    if (put < 0 || (size_t)put >= sizeof address.sun_path) {
        (void)close(descriptor);
        return mu_fail_errno(err, ENAMETOOLONG, "use socket", path);
    }
    *out = address;
    *out_folder = descriptor;
    return MU_OK;
}

bool mu_socket_peer_is_us(int socket)
{
    struct ucred peer = {0};
    socklen_t len = sizeof peer;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && len == sizeof peer &&
           peer.uid == geteuid();
}

static enum mu_status connect_path(const char *path, int *out_socket, struct mu_error *err)
{
    struct sockaddr_un address;
    int folder = -1;
    MU_TRY(mu_socket_address(path, &address, &folder, err));
    int link = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int why = link < 0 ? errno : 0;
    if (why == 0 && connect(link, (const struct sockaddr *)&address, sizeof address) != 0) {
        why = errno;
    }
    if (folder >= 0) {
        (void)close(folder);
    }
    if (why == 0 && !mu_socket_peer_is_us(link)) {
        (void)close(link);
        return mu_fail(err, MU_E_DENIED, "another user's program listens on the agent's socket");
    }
    if (why != 0) {
        if (link >= 0) {
            (void)close(link);
        }
        bool nobody = why == ENOENT || why == ECONNREFUSED || why == ENOTDIR || why == EAGAIN;
        return nobody ? mu_fail(err, MU_E_OFFLINE, "muster-agent is not running")
                      : mu_fail_errno(err, why, "connect to", path);
    }
    *out_socket = link;
    return MU_OK;
}

/* The agent may have been started with another runtime folder; its lock says where it listens. */
static bool path_in_lock(const struct mu_home *home, char out_path[static MU_PATH_MAX])
{
    char lock[MU_PATH_MAX];
    struct mu_error ignored;
    bool found = false;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, LOCK_TEXT_MAX);
    if (mu_agent_lock_path(home, lock, &ignored) != MU_OK ||
        mu_file_read(lock, MU_FILE_OURS, &text, &found, &ignored) != MU_OK || !found ||
        text.len == 0) {
        return false;
    }
    const uint8_t *end = text.data + text.len;
    const uint8_t *line = memchr(text.data, '\n', text.len);
    if (line == NULL || ++line == end || *line != '/') {
        return false;
    }
    const uint8_t *stop = memchr(line, '\n', (size_t)(end - line));
    if (stop == NULL || stop - line >= MU_PATH_MAX ||
        memchr(line, '\0', (size_t)(stop - line)) != NULL) {
        return false;
    }
    memcpy(out_path, line, (size_t)(stop - line));
    out_path[stop - line] = '\0';
    return true;
}

static enum mu_status connect_home(const struct mu_home *home, int *out_socket,
                                   struct mu_error *err)
{
    char path[MU_PATH_MAX];
    MU_TRY(mu_agent_socket_path(home, path, err));
    enum mu_status status = connect_path(path, out_socket, err);
    char elsewhere[MU_PATH_MAX];
    if (status == MU_E_OFFLINE && path_in_lock(home, elsewhere) && strcmp(elsewhere, path) != 0) {
        status = connect_path(elsewhere, out_socket, err);
    }
    return status;
}

/* -- lines ------------------------------------------------------------------- */

static int64_t now_ms(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + (int64_t)now.tv_nsec / 1000000;
}

/* Whether the socket is ready for events before deadline_ms (-1: never runs out). */
static bool wait_for(int socket, short events, int64_t deadline_ms)
{
    for (;;) {
        int left = -1;
        if (deadline_ms >= 0) {
            int64_t rest = deadline_ms - now_ms();
            left = rest <= 0 ? 0 : (rest > 60000 ? 60000 : (int)rest);
        }
        struct pollfd one = {.fd = socket, .events = events};
        int ready = poll(&one, 1, left);
        if (ready > 0) {
            return true;
        }
        bool over = deadline_ms >= 0 && now_ms() >= deadline_ms;
        if ((ready == 0 && over) || (ready < 0 && errno != EINTR)) {
            return false;
        }
    }
}

static bool take_line(struct mu_agent_link *link, char out_text[static MU_AGENT_LINE_MAX])
{
    const char *end = memchr(link->buffer, '\n', link->len);
    if (end == NULL) {
        return false;
    }
    size_t len = (size_t)(end - link->buffer);
    memcpy(out_text, link->buffer, len);
    out_text[len] = '\0';
    link->len -= len + 1;
    memmove(link->buffer, end + 1, link->len);
    return true;
}

static enum mu_status gone(struct mu_error *err)
{
    return mu_fail(err, MU_E_OFFLINE, "muster-agent has closed the connection");
}

enum mu_status mu_agent_line(struct mu_agent_link *link, int timeout_ms,
                             char out_text[static MU_AGENT_LINE_MAX], bool *out_line,
                             struct mu_error *err)
{
    int64_t deadline = timeout_ms < 0 ? -1 : now_ms() + timeout_ms;
    while (!take_line(link, out_text)) {
        if (link->len == sizeof link->buffer) {
            return mu_fail(err, MU_E_INVALID, "muster-agent sent too long a line");
        }
        if (!wait_for(link->socket, POLLIN, deadline)) {
            *out_line = false;
            return MU_OK;
        }
        ssize_t got =
            recv(link->socket, link->buffer + link->len, sizeof link->buffer - link->len, 0);
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) {
            return gone(err);
        }
        if (got > 0) {
            link->len += (size_t)got;
        }
    }
    *out_line = true;
    return MU_OK;
}

static enum mu_status send_line(struct mu_agent_link *link, const char *request, int64_t deadline,
                                struct mu_error *err)
{
    char line[MU_AGENT_LINE_MAX];
    int len = snprintf(line, sizeof line, "%s\n", request);
    MU_ASSERT(len > 0 && (size_t)len < sizeof line);
    for (size_t sent = 0; sent < (size_t)len;) {
        ssize_t put = send(link->socket, line + sent, (size_t)len - sent, MSG_NOSIGNAL);
        if (put > 0) {
            sent += (size_t)put;
        } else if (put < 0 && errno != EINTR && errno != EAGAIN) {
            return gone(err);
        } else if (!wait_for(link->socket, POLLOUT, deadline)) {
            return mu_fail(err, MU_E_BUSY, "muster-agent does not answer");
        }
    }
    return MU_OK;
}

enum mu_status mu_agent_send(struct mu_agent_link *link, const char *request, int timeout_ms,
                             struct mu_error *err)
{
    return send_line(link, request, now_ms() + timeout_ms, err);
}

enum mu_status mu_agent_ask(struct mu_agent_link *link, const char *request, int timeout_ms,
                            char out_answer[static MU_AGENT_LINE_MAX], struct mu_error *err)
{
    char line[MU_AGENT_LINE_MAX];
    bool there = false;
    MU_TRY(send_line(link, request, now_ms() + timeout_ms, err));
    MU_TRY(mu_agent_line(link, timeout_ms, line, &there, err));
    if (!there) {
        return mu_fail(err, MU_E_BUSY, "muster-agent does not answer");
    }
    if (strncmp(line, "error ", 6) == 0) {
        char shown[MU_SHOWN_MAX];
        return mu_fail(err, MU_E_INVALID, "muster-agent: %s", mu_path_show(line + 6, shown));
    }
    size_t skip = strncmp(line, "ok ", 3) == 0 ? 3 : (strcmp(line, "ok") == 0 ? 2 : 0);
    memcpy(out_answer, line + skip, strlen(line + skip) + 1);
    return MU_OK;
}

/* -- the link ---------------------------------------------------------------- */

/* "muster-agent 1 PID VERSION"; false for another protocol, or none. */
static bool parse_greeting(const char *line, struct mu_agent_link *link)
{
    static const char front[] = "muster-agent ";
    char *end = NULL;
    if (strncmp(line, front, sizeof front - 1) != 0 ||
        strtol(line + sizeof front - 1, &end, 10) != MU_AGENT_PROTOCOL || *end != ' ') {
        return false;
    }
    errno = 0;
    link->pid = strtol(end, &end, 10);
    size_t len = strlen(end);
    if (errno != 0 || link->pid <= 0 || *end != ' ' || len - 1 >= sizeof link->version) {
        return false;
    }
    memcpy(link->version, end + 1, len);
    return true;
}

static enum mu_status read_greeting(struct mu_agent_link *link, int timeout_ms,
                                    struct mu_error *err)
{
    char line[MU_AGENT_LINE_MAX];
    bool there = false;
    MU_TRY(mu_agent_line(link, timeout_ms, line, &there, err));
    if (!there) {
        return mu_fail(err, MU_E_BUSY, "muster-agent does not answer");
    }
    if (!parse_greeting(line, link)) {
        return mu_fail(err, MU_E_VERSION,
                       "the running muster-agent is of another version: run muster agent stop");
    }
    return MU_OK;
}

enum mu_status mu_agent_connect(const struct mu_home *home, int timeout_ms,
                                struct mu_agent_link *out, struct mu_error *err)
{
    struct mu_agent_link link = {.socket = -1};
    MU_TRY(connect_home(home, &link.socket, err));
    enum mu_status status = read_greeting(&link, timeout_ms, err);
    if (status != MU_OK) {
        mu_agent_disconnect(&link);
        return status;
    }
    *out = link;
    return MU_OK;
}

void mu_agent_disconnect(struct mu_agent_link *link)
{
    if (link->socket >= 0) {
        (void)close(link->socket);
        link->socket = -1;
    }
}

bool mu_agent_poke(const struct mu_home *home, const char *workspace, bool no_start)
{
    struct mu_error ignored;
    struct mu_agent_link link = {.socket = -1};
    enum mu_status status = connect_home(home, &link.socket, &ignored);
    if (status == MU_OK) {
        char request[MU_AGENT_LINE_MAX];
        (void)snprintf(request, sizeof request, "poke %.*s", MU_WORKSPACE_NAME_MAX, workspace);
        status = send_line(&link, request, now_ms() + POKE_MS, &ignored);
        mu_agent_disconnect(&link);
        return status == MU_OK;
    }
    return status == MU_E_OFFLINE && !no_start && mu_agent_start(home, &ignored) == MU_OK;
}
