/* One connection to a server: a DEALER with CURVE, and the monitor that tells how it fares.
 *
 * Never reconnects by itself: after a failure the owner opens it anew.  Every option answers a
 * fault that was reproduced with libzmq 4.3.4 (docs/protocol.md, section 11). */
#ifndef MUSTER_CLIENT_SHELL_DEALER_H
#define MUSTER_CLIENT_SHELL_DEALER_H

#include <stdbool.h>
#include <zmq.h>

#include "common/base/error.h"
#include "common/base/slice.h"
#include "common/base/time.h"

struct mu_dealer {
    void *context; /* borrowed */
    void *socket;  /* NULL: closed */
    void *monitor;
    bool is_up;                /* the handshake is done */
    bool has_met;              /* somebody accepted the connection */
    struct mu_mono give_up_at; /* for the handshake */
};

struct mu_dealer_options {
    const char *endpoint;
    const uint8_t *server_key; /* CURVE, 32 bytes each */
    const uint8_t *public_key;
    const uint8_t *secret_key;
};

/* Begin to connect; what is sent meanwhile waits for it.  A dealer that is open is closed first.
 * Errors: MU_E_INVALID an endpoint that cannot be; MU_E_LIMIT no descriptor left; MU_E_IO. */
MU_MUST_USE enum mu_status mu_dealer_open(struct mu_dealer *dealer, void *context,
                                          const struct mu_dealer_options *options,
                                          struct mu_mono now, struct mu_error *err);
/* What was sent and has not left gets linger_ms to leave, when the context ends. */
void mu_dealer_close(struct mu_dealer *dealer, int linger_ms);

/* False: the connection takes no more, treat it as lost. */
MU_MUST_USE bool mu_dealer_send(struct mu_dealer *dealer, struct mu_slice bytes);
/* Take the next message without waiting; *out is initialised, and the caller's to close when
 * this returns true. */
MU_MUST_USE bool mu_dealer_receive(struct mu_dealer *dealer, zmq_msg_t *out);

enum mu_dealer_event {
    MU_DEALER_NOTHING,
    MU_DEALER_UP,         /* the handshake has just been done */
    MU_DEALER_LOST,       /* not reached, or no more */
    MU_DEALER_WRONG_PEER, /* somebody is there, but not with the server's key (or too busy) */
    MU_DEALER_REFUSED     /* the server does not know our key: final */
};
/* Drain the monitor.  After LOST, WRONG_PEER or REFUSED close it: it never recovers. */
enum mu_dealer_event mu_dealer_watch(struct mu_dealer *dealer, struct mu_mono now);

#define MU_DEALER_POLL_COUNT 2
/* Closed: none.  Returns how many. */
size_t mu_dealer_poll_items(const struct mu_dealer *dealer,
                            zmq_pollitem_t items[static MU_DEALER_POLL_COUNT]);
/* When mu_dealer_watch() should be called at the latest; INT64_MAX: when polled. */
struct mu_mono mu_dealer_deadline(const struct mu_dealer *dealer);

#endif
