/* A bad network between clients and server: a relay on real sockets that delays, throttles, cuts,
 * resets, half-opens and changes what passes, at random. */
#ifndef MUSTER_TESTS_TORTURE_PROXY_H
#define MUSTER_TESTS_TORTURE_PROXY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* What was done; counted in memory that the relay shares with its parent. */
struct proxy_count {
    uint64_t links;     /* relayed */
    uint64_t refused;   /* the server was not there */
    uint64_t delayed;   /* links that got slow to answer */
    uint64_t throttled; /* links that got narrow */
    uint64_t cut;       /* ended in order */
    uint64_t reset;     /* ended by RST */
    uint64_t deaf;      /* half-open: both sides are there, and nothing passes one way or both */
    uint64_t changed;   /* bytes */
    uint64_t bytes;     /* passed */
};

struct proxy_shared;

struct proxy {
    pid_t pid;
    uint16_t port; /* where clients connect, on 127.0.0.1 */
    int listener;
    struct proxy_shared *shared;
};

/* Bind; nothing is relayed yet. */
bool proxy_open(struct proxy *proxy);
/* Relay to a server on 127.0.0.1 from now on, in a process that ends with this one; calmly. */
bool proxy_start(struct proxy *proxy, uint16_t server_port, uint64_t seed);
void proxy_storm(struct proxy *proxy);
/* From now on the network is good again; what is half-open ends. */
void proxy_calm(struct proxy *proxy);
struct proxy_count proxy_counted(const struct proxy *proxy);
void proxy_stop(struct proxy *proxy);

#endif
