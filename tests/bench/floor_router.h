/* A ROUTER with CURVE on a port of its own, in a context of its own: the floor of a server. */
#ifndef MUSTER_TESTS_BENCH_FLOOR_ROUTER_H
#define MUSTER_TESTS_BENCH_FLOOR_ROUTER_H

#include <stddef.h>
#include <stdint.h>

#include "tests/bench/swarm.h"

struct mu_floor_router {
    void *context;
    void *socket;
    char endpoint[64];
    uint8_t public_key[32];
    uint8_t client_public[32], client_secret[32]; /* of every client */
};

void mu_floor_router_open(struct mu_floor_router *router);
void mu_floor_router_close(struct mu_floor_router *router);
/* A client of it in a swarm. */
void mu_floor_client(const struct mu_floor_router *router, struct mu_swarm *swarm, size_t at);
void mu_floor_must(int ok, const char *what);

#endif
