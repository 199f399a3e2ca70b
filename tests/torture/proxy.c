#include "tests/torture/proxy.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/demo/program.h"
#include "tests/harness/dice.h"

#define LINKS_MAX     64
#define ROOM          (64 * 1024)
#define TICK_MS       10
#define STROKE_MAX_MS 400   /* between two strokes of fate */
#define DEAF_MAX_MS   12000 /* then even this ends */
#define DELAY_MAX_MS  700
#define NARROW_BYTES  16 /* a millisecond, at most */

struct proxy_shared {
    atomic_bool calm;
    struct proxy_count count; /* written by the relay alone */
};

/* One direction. */
struct flow {
    int from, to;
    uint8_t bytes[ROOM];
    size_t len;
    long long ready_ms; /* what is in it may not leave before */
    size_t allowance;   /* bytes that may pass now, when narrow */
    bool ended;         /* nothing more comes */
    bool told;          /* and `to` knows */
    bool deaf;          /* what comes is lost */
};

struct link {
    bool used, connecting;
    int client, server;
    struct flow up, down;
    long long delay_ms;
    size_t narrow;     /* bytes a millisecond; 0: as wide as it is */
    long long ends_ms; /* a half-open one; 0: not */
    bool change_next;  /* the next bytes down arrive changed */
};

struct relay {
    int listener;
    uint16_t server_port;
    struct proxy_shared *shared;
    struct mu_dice dice;
    struct link links[LINKS_MAX];
    long long stroke_ms, last_ms;
};

/* -- sockets ------------------------------------------------------------------------- */

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

static bool make_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
           fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static void close_hard(int fd)
{
    const struct linger now = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    (void)close(fd);
}

/* -- links --------------------------------------------------------------------------- */

static void end_link(struct link *link, bool hard)
{
    if (hard) {
        close_hard(link->client);
        close_hard(link->server);
    } else {
        (void)close(link->client);
        (void)close(link->server);
    }
    link->used = false;
}

static struct link *free_link(struct relay *relay)
{
    for (size_t i = 0; i < LINKS_MAX; i++) {
        if (!relay->links[i].used) {
            return &relay->links[i];
        }
    }
    return NULL;
}

static void begin_flow(struct flow *flow, int from, int to)
{
    flow->from = from;
    flow->to = to;
    flow->len = 0;
    flow->ready_ms = 0;
    flow->allowance = 0;
    flow->ended = flow->told = flow->deaf = false;
}

static void accept_one(struct relay *relay)
{
    int client = accept(relay->listener, NULL, NULL);
    if (client < 0) {
        return;
    }
    struct link *link = free_link(relay);
    struct sockaddr_in where = loopback(relay->server_port);
    int server = link == NULL ? -1 : socket(AF_INET, SOCK_STREAM, 0);
    if (server < 0 || !make_nonblocking(client) || !make_nonblocking(server) ||
        (connect(server, (const struct sockaddr *)&where, sizeof where) != 0 &&
         errno != EINPROGRESS)) {
        if (server >= 0) {
            (void)close(server);
        }
        (void)close(client);
        relay->shared->count.refused++;
        return;
    }
    link->used = true;
    link->connecting = true;
    link->client = client;
    link->server = server;
    link->delay_ms = 0;
    link->narrow = 0;
    link->ends_ms = 0;
    link->change_next = false;
    begin_flow(&link->up, client, server);
    begin_flow(&link->down, server, client);
    relay->shared->count.links++;
}

static void finish_connecting(struct relay *relay, struct link *link)
{
    int error = 0;
    socklen_t len = sizeof error;
    if (getsockopt(link->server, SOL_SOCKET, SO_ERROR, &error, &len) != 0 || error != 0) {
        relay->shared->count.refused++;
        end_link(link, false);
        return;
    }
    link->connecting = false;
}

/* -- bytes --------------------------------------------------------------------------- */

/* False when the link is broken. */
static bool take_in(struct link *link, struct flow *flow, long long now)
{
    uint8_t lost[4096];
    ssize_t got = flow->deaf ? recv(flow->from, lost, sizeof lost, 0)
                             : recv(flow->from, flow->bytes + flow->len, ROOM - flow->len, 0);
    if (got < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    if (got == 0) {
        flow->ended = true;
        return true;
    }
    if (!flow->deaf) {
        flow->ready_ms = flow->len == 0 ? now + link->delay_ms : flow->ready_ms;
        flow->len += (size_t)got;
    }
    return true;
}

static bool let_out(struct relay *relay, struct link *link, struct flow *flow, long long now)
{
    size_t most = link->narrow == 0 ? flow->len : flow->allowance;
    most = most < flow->len ? most : flow->len;
    if (flow->deaf || now < flow->ready_ms || most == 0) {
        return true;
    }
    if (link->change_next && flow == &link->down) {
        flow->bytes[mu_dice_below(&relay->dice, most)] ^=
            (uint8_t)(1U << mu_dice_below(&relay->dice, 8));
        link->change_next = false;
        relay->shared->count.changed++;
    }
    ssize_t sent = send(flow->to, flow->bytes, most, MSG_NOSIGNAL);
    if (sent < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    flow->len -= (size_t)sent;
    flow->allowance -= link->narrow == 0 ? 0 : (size_t)sent;
    memmove(flow->bytes, flow->bytes + sent, flow->len);
    relay->shared->count.bytes += (uint64_t)sent;
    return true;
}

/* The end of one direction is passed on, but by a deaf one. */
static void pass_end(struct flow *flow)
{
    if (flow->ended && !flow->told && !flow->deaf && flow->len == 0) {
        (void)shutdown(flow->to, SHUT_WR);
        flow->told = true;
    }
}

static void serve_link(struct relay *relay, struct link *link, short client, short server,
                       long long now)
{
    if (link->connecting) {
        if (server != 0) {
            finish_connecting(relay, link);
        }
        return;
    }
    bool whole = true;
    if ((client & (POLLIN | POLLHUP | POLLERR)) != 0 && !link->up.ended) {
        whole = take_in(link, &link->up, now);
    }
    if ((server & (POLLIN | POLLHUP | POLLERR)) != 0 && !link->down.ended) {
        whole = take_in(link, &link->down, now) && whole;
    }
    whole = let_out(relay, link, &link->up, now) && whole;
    whole = let_out(relay, link, &link->down, now) && whole;
    pass_end(&link->up);
    pass_end(&link->down);
    bool over = link->up.ended && link->down.ended && link->up.len == 0 && link->down.len == 0;
    bool deaf = link->up.deaf || link->down.deaf;
    if (deaf ? now >= link->ends_ms : (!whole || over)) {
        end_link(link, !whole);
    }
}

/* -- fate ---------------------------------------------------------------------------- */

static struct link *some_link(struct relay *relay)
{
    size_t first = (size_t)mu_dice_below(&relay->dice, LINKS_MAX);
    for (size_t i = 0; i < LINKS_MAX; i++) {
        struct link *link = &relay->links[(first + i) % LINKS_MAX];
        if (link->used && !link->connecting && link->ends_ms == 0) {
            return link;
        }
    }
    return NULL;
}

static void go_deaf(struct relay *relay, struct link *link, long long now)
{
    uint64_t which = mu_dice_below(&relay->dice, 3);
    link->up.deaf = which != 0;
    link->down.deaf = which != 1;
    link->ends_ms = now + 1 + (long long)mu_dice_below(&relay->dice, DEAF_MAX_MS);
    relay->shared->count.deaf++;
}

static void strike(struct relay *relay, long long now)
{
    struct proxy_count *count = &relay->shared->count;
    struct link *link = some_link(relay);
    if (link == NULL) {
        return;
    }
    switch (mu_dice_below(&relay->dice, 8)) {
    case 0:
        link->delay_ms = (long long)mu_dice_below(&relay->dice, DELAY_MAX_MS);
        count->delayed++;
        break;
    case 1:
        link->narrow = 1 + (size_t)mu_dice_below(&relay->dice, NARROW_BYTES);
        count->throttled++;
        break;
    case 2:
        count->cut++;
        end_link(link, false);
        break;
    case 3:
        count->reset++;
        end_link(link, true);
        break;
    case 4:
        go_deaf(relay, link, now);
        break;
    case 5:
        link->change_next = true;
        break;
    default: /* better weather */
        link->delay_ms = 0;
        link->narrow = 0;
        break;
    }
}

static void calm_down(struct relay *relay)
{
    for (size_t i = 0; i < LINKS_MAX; i++) {
        struct link *link = &relay->links[i];
        link->delay_ms = 0;
        link->narrow = 0;
        link->change_next = false;
        if (link->used && link->ends_ms != 0) {
            end_link(link, true);
        }
    }
}

/* -- the loop ------------------------------------------------------------------------ */

/* Never ready for more than there is room for. */
static short wanted(const struct flow *in)
{
    return (short)(!in->ended && (in->deaf || in->len < ROOM) ? POLLIN : 0);
}

/* What time lets through; not saved up for longer than a moment. */
static void widen(struct flow *flow, size_t narrow, long long elapsed_ms)
{
    size_t most = narrow * 10 * TICK_MS;
    flow->allowance += narrow * (size_t)elapsed_ms;
    flow->allowance = flow->allowance < most ? flow->allowance : most;
}

static void turn(struct relay *relay, long long now)
{
    struct pollfd fds[1 + 2 * LINKS_MAX];
    fds[0] = (struct pollfd){.fd = relay->listener, .events = POLLIN};
    for (size_t i = 0; i < LINKS_MAX; i++) {
        struct link *link = &relay->links[i];
        struct pollfd *pair = &fds[1 + 2 * i];
        pair[0] = (struct pollfd){.fd = -1};
        pair[1] = (struct pollfd){.fd = -1};
        if (!link->used) {
            continue;
        }
        pair[1] = (struct pollfd){.fd = link->server, .events = POLLOUT};
        if (!link->connecting) {
            short up = wanted(&link->up);
            short down = wanted(&link->down);
            pair[0] = (struct pollfd){.fd = up != 0 ? link->client : -1, .events = up};
            pair[1] = (struct pollfd){.fd = down != 0 ? link->server : -1, .events = down};
        }
    }
    if (poll(fds, 1 + 2 * LINKS_MAX, TICK_MS) < 0) {
        return;
    }
    for (size_t i = 0; i < LINKS_MAX; i++) {
        struct link *link = &relay->links[i];
        if (link->used) {
            widen(&link->up, link->narrow, now - relay->last_ms);
            widen(&link->down, link->narrow, now - relay->last_ms);
            serve_link(relay, link, fds[1 + 2 * i].revents, fds[2 + 2 * i].revents, now);
        }
    }
    if (fds[0].revents != 0) {
        accept_one(relay);
    }
    relay->last_ms = now;
}

static void run(struct relay *relay, pid_t parent)
{
    while (getppid() == parent) {
        long long now = mu_now_ms();
        if (atomic_load(&relay->shared->calm)) {
            calm_down(relay);
        } else if (now >= relay->stroke_ms) {
            strike(relay, now);
            relay->stroke_ms = now + (long long)mu_dice_below(&relay->dice, STROKE_MAX_MS);
        }
        turn(relay, now);
    }
}

/* -- for the parent ------------------------------------------------------------------ */

bool proxy_open(struct proxy *proxy)
{
    struct sockaddr_in where = loopback(0);
    socklen_t len = sizeof where;
    *proxy = (struct proxy){.listener = socket(AF_INET, SOCK_STREAM, 0)};
    if (proxy->listener < 0 || !make_nonblocking(proxy->listener) ||
        bind(proxy->listener, (const struct sockaddr *)&where, sizeof where) != 0 ||
        listen(proxy->listener, LINKS_MAX) != 0 ||
        getsockname(proxy->listener, (struct sockaddr *)&where, &len) != 0) {
        return false;
    }
    void *shared = mmap(NULL, sizeof *proxy->shared, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    proxy->shared = shared != MAP_FAILED ? shared : NULL;
    if (proxy->shared != NULL) {
        atomic_store(&proxy->shared->calm, true);
    }
    proxy->port = ntohs(where.sin_port);
    return proxy->shared != NULL;
}

bool proxy_start(struct proxy *proxy, uint16_t server_port, uint64_t seed)
{
    pid_t parent = getpid();
    proxy->pid = fork();
    if (proxy->pid == 0) {
        static struct relay relay;
        relay.listener = proxy->listener;
        relay.server_port = server_port;
        relay.shared = proxy->shared;
        relay.dice.state = seed;
        relay.last_ms = mu_now_ms();
        run(&relay, parent);
        _exit(0);
    }
    (void)close(proxy->listener);
    proxy->listener = -1;
    return proxy->pid > 0;
}

void proxy_storm(struct proxy *proxy)
{
    atomic_store(&proxy->shared->calm, false);
}

void proxy_calm(struct proxy *proxy)
{
    atomic_store(&proxy->shared->calm, true);
}

struct proxy_count proxy_counted(const struct proxy *proxy)
{
    return proxy->shared != NULL ? proxy->shared->count : (struct proxy_count){0};
}

void proxy_stop(struct proxy *proxy)
{
    if (proxy->pid > 0) {
        (void)kill(proxy->pid, SIGKILL);
        (void)waitpid(proxy->pid, NULL, 0);
        proxy->pid = 0;
    }
}
