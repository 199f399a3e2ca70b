/* The server's door: the ROUTER with CURVE, the ZAP handler that decides who may come in, and
 * the monitor that tells who has left.
 *
 * Speaks libzmq and sockets; what the bytes mean is the core's.  Every option below answers a
 * fault that was reproduced with libzmq 4.3.4 (docs/protocol.md, section 11). */
#ifndef MUSTER_SERVER_SHELL_GATE_H
#define MUSTER_SERVER_SHELL_GATE_H

#include <zmq.h>

#include "common/seal/keys.h"
#include "server/core/server.h"
#include "server/shell/config.h"
#include "server/shell/peers.h"
#include "server/shell/sink.h"

/* A network connection, from when it is accepted on. */
struct mu_gate_line {
    bool is_open;
    bool is_ended;      /* told to end */
    uint64_t delivered; /* bytes of whole messages that came out of it */
};

struct mu_gate {
    void *context;
    void *router;
    void *zap;
    void *monitor;
    struct mu_sink *sink;            /* borrowed */
    char endpoint[MU_ENDPOINT_ROOM]; /* as bound, with the real port */
    struct mu_peers peers;
    struct mu_gate_line *lines; /* by descriptor */
    uint32_t line_room;
    uint32_t open_count; /* connections, those still shaking hands too */
    uint32_t open_max;
    uint32_t dismissed; /* peers that wait to be cut, at least */
    uint64_t refused;   /* handshakes that ZAP turned away */
    bool is_suspended;  /* ask those at the door to come back later */
};

/* Bind listen.  keys and sink outlive the gate.
 * Errors: MU_E_BUSY the port is in use; MU_E_INVALID no such address here; MU_E_IO. */
MU_MUST_USE enum mu_status mu_gate_open(struct mu_gate *gate, const char *listen,
                                        const struct mu_device_keys *keys, uint32_t open_max,
                                        struct mu_sink *sink, struct mu_error *err);
/* Gives what was sent a second to leave. */
void mu_gate_close(struct mu_gate *gate);

/* The sockets to poll for reading. */
#define MU_GATE_POLL_COUNT 3
void mu_gate_poll_items(struct mu_gate *gate, zmq_pollitem_t items[static MU_GATE_POLL_COUNT]);

/* Answer those who wait at the door; server is asked, unless the gate is suspended. */
void mu_gate_admit(struct mu_gate *gate, struct mu_server *server);
/* Take in what the monitor has to say.  It must be drained whenever it is readable, or libzmq
 * stops; mu_gate_receive() does. */
void mu_gate_watch(struct mu_gate *gate);

/* End connections that send without ever finishing a message: libzmq keeps all its parts and
 * counts them as nothing.  Cheap; to be called every few seconds while somebody is connected. */
void mu_gate_police(struct mu_gate *gate);
#define MU_GATE_UNFINISHED_MAX ((uint64_t)48 << 20)

/* One turn's messages, held until mu_batch_clear(). */
#define MU_BATCH_COUNT 256
#define MU_BATCH_BYTES ((size_t)4 << 20)
struct mu_batch {
    struct mu_server_input inputs[MU_BATCH_COUNT];
    zmq_msg_t bodies[MU_BATCH_COUNT];
    size_t count;      /* of inputs */
    size_t body_count; /* of bodies, which come first */
    size_t bytes;
};
void mu_batch_clear(struct mu_batch *batch);
/* Fill an empty batch with what has arrived and with those who have gone, without waiting.
 * True: there may be more. */
bool mu_gate_receive(struct mu_gate *gate, struct mu_batch *batch);

/* A peer that cannot take it is cut and counts as gone: nothing is ever left out of a stream. */
void mu_gate_send(struct mu_gate *gate, struct mu_conn conn, struct mu_slice bytes);
void mu_gate_send_all(struct mu_gate *gate, struct mu_slice bytes);
/* End its connection now: what was sent and is still here is lost. */
void mu_gate_cut(struct mu_gate *gate, struct mu_conn conn);
/* Hear no more of it, give what was sent a moment to leave, then cut it. */
void mu_gate_dismiss(struct mu_gate *gate, struct mu_conn conn, struct mu_mono now);
/* Cut those whose moment is over.  Returns when the next one's will be; INT64_MAX: nobody's. */
struct mu_mono mu_gate_sweep(struct mu_gate *gate, struct mu_mono now);
/* Everyone has to come again. */
void mu_gate_cut_all(struct mu_gate *gate);

#endif
