/* Many DEALER sockets with CURVE in one thread, for loads and for their floors alike. */
#ifndef MUSTER_TESTS_BENCH_SWARM_H
#define MUSTER_TESTS_BENCH_SWARM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mu_swarm {
    void *context; /* of libzmq, its own */
    void **sockets;
    size_t *unread; /* sockets that were written to: what came meanwhile gives no event */
    size_t unread_count;
    size_t room;
    int epoll;
};

/* Room for `room` sockets.  Errors end the program. */
void mu_swarm_begin(struct mu_swarm *swarm, size_t room);
void mu_swarm_end(struct mu_swarm *swarm);
/* Keys are 32 bytes each.  One that is open is closed first. */
void mu_swarm_open(struct mu_swarm *swarm, size_t at, const char *endpoint, const void *server_key,
                   const void *public_key, const void *secret_key);
void mu_swarm_close(struct mu_swarm *swarm, size_t at);
void mu_swarm_send(struct mu_swarm *swarm, size_t at, const void *bytes, size_t len);

/* A message that came; it may send, open and close. */
typedef void mu_swarm_take(void *state, size_t at, const uint8_t *bytes, size_t len);
/* Wait up to timeout_ms for something, and take all that is there.  Returns how many. */
size_t mu_swarm_wait(struct mu_swarm *swarm, int timeout_ms, mu_swarm_take *take, void *state);

/* Bytes of TCP that this process has received from and got across to a port, over all
 * connections that are open now. */
struct mu_traffic {
    double in, out;
};
struct mu_traffic mu_traffic_of(unsigned port);

#endif
