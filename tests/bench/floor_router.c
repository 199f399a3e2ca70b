#include "tests/bench/floor_router.h"

#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

void mu_floor_must(int ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "muster-bench: floor: %s: %s\n", what, zmq_strerror(zmq_errno()));
        exit(1);
    }
}

static void key_pair(uint8_t *public_key, uint8_t *secret_key)
{
    char public_text[41];
    char secret_text[41];
    mu_floor_must(zmq_curve_keypair(public_text, secret_text) == 0 &&
                      zmq_z85_decode(public_key, public_text) != NULL &&
                      zmq_z85_decode(secret_key, secret_text) != NULL,
                  "keys");
}

void mu_floor_router_open(struct mu_floor_router *router)
{
    static const int yes = 1;
    static const int nothing = 0;
    static const int backlog = 1024;
    uint8_t secret[32];
    size_t size = sizeof router->endpoint;
    key_pair(router->public_key, secret);
    key_pair(router->client_public, router->client_secret);
    router->context = zmq_ctx_new();
    router->socket = zmq_socket(router->context, ZMQ_ROUTER);
    mu_floor_must(
        router->socket != NULL &&
            zmq_setsockopt(router->socket, ZMQ_CURVE_SERVER, &yes, sizeof yes) == 0 &&
            zmq_setsockopt(router->socket, ZMQ_CURVE_SECRETKEY, secret, sizeof secret) == 0 &&
            zmq_setsockopt(router->socket, ZMQ_LINGER, &nothing, sizeof nothing) == 0 &&
            zmq_setsockopt(router->socket, ZMQ_BACKLOG, &backlog, sizeof backlog) == 0 &&
            zmq_setsockopt(router->socket, ZMQ_SNDHWM, &nothing, sizeof nothing) == 0 &&
            zmq_setsockopt(router->socket, ZMQ_RCVHWM, &nothing, sizeof nothing) == 0 &&
            zmq_bind(router->socket, "tcp://127.0.0.1:*") == 0 &&
            zmq_getsockopt(router->socket, ZMQ_LAST_ENDPOINT, router->endpoint, &size) == 0,
        "router");
}

void mu_floor_router_close(struct mu_floor_router *router)
{
    (void)zmq_close(router->socket);
    (void)zmq_ctx_term(router->context);
}

void mu_floor_client(const struct mu_floor_router *router, struct mu_swarm *swarm, size_t at)
{
    mu_swarm_open(swarm, at, router->endpoint, router->public_key, router->client_public,
                  router->client_secret);
}
