#include "tests/bench/swarm.h"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#define EVENTS 256

static void must(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "muster-bench: %s: %s\n", what, zmq_strerror(zmq_errno()));
        exit(1);
    }
}

void mu_swarm_begin(struct mu_swarm *swarm, size_t room)
{
    struct rlimit limit = {0};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    *swarm = (struct mu_swarm){.context = zmq_ctx_new(),
                               .sockets = calloc(room, sizeof *swarm->sockets),
                               .unread = calloc(room, sizeof *swarm->unread),
                               .room = room,
                               .epoll = epoll_create1(EPOLL_CLOEXEC)};
    must(swarm->context != NULL && swarm->sockets != NULL && swarm->unread != NULL &&
             swarm->epoll >= 0 && zmq_ctx_set(swarm->context, ZMQ_MAX_SOCKETS, (int)room + 16) == 0,
         "sockets");
}

void mu_swarm_end(struct mu_swarm *swarm)
{
    for (size_t i = 0; i < swarm->room; i++) {
        mu_swarm_close(swarm, i);
    }
    (void)close(swarm->epoll);
    (void)zmq_ctx_term(swarm->context);
    free(swarm->sockets);
    free(swarm->unread);
    *swarm = (struct mu_swarm){0};
}

static void set_key(void *socket, int name, const void *key)
{
    must(zmq_setsockopt(socket, name, key, 32) == 0, "key");
}

void mu_swarm_open(struct mu_swarm *swarm, size_t at, const char *endpoint, const void *server_key,
                   const void *public_key, const void *secret_key)
{
    static const int nothing = 0;
    int fd = -1;
    size_t size = sizeof fd;
    mu_swarm_close(swarm, at);
    void *socket = zmq_socket(swarm->context, ZMQ_DEALER);
    must(socket != NULL, "socket");
    set_key(socket, ZMQ_CURVE_SERVERKEY, server_key);
    set_key(socket, ZMQ_CURVE_PUBLICKEY, public_key);
    set_key(socket, ZMQ_CURVE_SECRETKEY, secret_key);
    must(zmq_setsockopt(socket, ZMQ_LINGER, &nothing, sizeof nothing) == 0 &&
             zmq_setsockopt(socket, ZMQ_RCVHWM, &nothing, sizeof nothing) == 0 &&
             zmq_connect(socket, endpoint) == 0 && zmq_getsockopt(socket, ZMQ_FD, &fd, &size) == 0,
         "connect");
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = at};
    must(epoll_ctl(swarm->epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll");
    swarm->sockets[at] = socket;
}

void mu_swarm_close(struct mu_swarm *swarm, size_t at)
{
    int fd = -1;
    size_t size = sizeof fd;
    if (swarm->sockets[at] == NULL) {
        return;
    }
    if (zmq_getsockopt(swarm->sockets[at], ZMQ_FD, &fd, &size) == 0) {
        (void)epoll_ctl(swarm->epoll, EPOLL_CTL_DEL, fd, NULL);
    }
    (void)zmq_close(swarm->sockets[at]);
    swarm->sockets[at] = NULL;
}

static void read_later(struct mu_swarm *swarm, size_t at)
{
    for (size_t i = 0; i < swarm->unread_count; i++) {
        if (swarm->unread[i] == at) {
            return;
        }
    }
    swarm->unread[swarm->unread_count++] = at;
}

void mu_swarm_send(struct mu_swarm *swarm, size_t at, const void *bytes, size_t len)
{
    must(zmq_send(swarm->sockets[at], bytes, len, 0) >= 0, "send");
    read_later(swarm, at);
}

/* Until nothing is left, or its descriptor would not tell of what comes next. */
static size_t drain(struct mu_swarm *swarm, size_t at, mu_swarm_take *take, void *state)
{
    size_t count = 0;
    zmq_msg_t message;
    while (swarm->sockets[at] != NULL && zmq_msg_init(&message) == 0) {
        if (zmq_msg_recv(&message, swarm->sockets[at], ZMQ_DONTWAIT) < 0) {
            (void)zmq_msg_close(&message);
            break;
        }
        take(state, at, zmq_msg_data(&message), zmq_msg_size(&message));
        (void)zmq_msg_close(&message);
        count++;
    }
    return count;
}

static size_t drain_unread(struct mu_swarm *swarm, mu_swarm_take *take, void *state)
{
    size_t count = 0;
    while (swarm->unread_count > 0) {
        count += drain(swarm, swarm->unread[--swarm->unread_count], take, state);
    }
    return count;
}

size_t mu_swarm_wait(struct mu_swarm *swarm, int timeout_ms, mu_swarm_take *take, void *state)
{
    struct epoll_event events[EVENTS];
    size_t count = drain_unread(swarm, take, state);
    int ready = epoll_wait(swarm->epoll, events, EVENTS, count > 0 ? 0 : timeout_ms);
    for (int i = 0; i < ready; i++) {
        count += drain(swarm, events[i].data.u64, take, state);
    }
    return count + drain_unread(swarm, take, state);
}

struct mu_traffic mu_traffic_of(unsigned port)
{
    struct mu_traffic sum = {0};
    long last = sysconf(_SC_OPEN_MAX);
    for (int fd = 0; fd < last && fd < 8192; fd++) {
        struct sockaddr_in peer = {0};
        socklen_t len = sizeof peer;
        struct tcp_info info = {0};
        socklen_t info_len = sizeof info;
        if (getpeername(fd, (struct sockaddr *)&peer, &len) == 0 && peer.sin_family == AF_INET &&
            ntohs(peer.sin_port) == port &&
            getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &info_len) == 0) {
            sum.in += (double)info.tcpi_bytes_received;
            sum.out += (double)info.tcpi_bytes_acked;
        }
    }
    return sum;
}
