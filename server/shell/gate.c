#include "server/shell/gate.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* A draft option: its name is hidden in Debian's zmq.h, its number is stable and works.
 * Without it, a CURVE server lets any key in while no handler runs. */
#define ZAP_ENFORCE_DOMAIN 93
#define ZAP_DOMAIN         "muster"
#define ZAP_ADDRESS        "inproc://zeromq.zap.01"
#define MONITOR_ADDRESS    "inproc://monitor"
#define MONITOR_EVENTS     (ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_ACCEPT_FAILED | ZMQ_EVENT_DISCONNECTED)

struct int_option {
    int name;
    int value;
    const char *text;
};

static const struct int_option router_options[] = {
    {ZMQ_CURVE_SERVER, 1, "CURVE_SERVER"},
    {ZAP_ENFORCE_DOMAIN, 1, "ZAP_ENFORCE_DOMAIN"},
    {ZMQ_ROUTER_MANDATORY, 1, "ROUTER_MANDATORY"}, /* a send to who is gone fails aloud */
    {ZMQ_ROUTER_HANDOVER, 0, "ROUTER_HANDOVER"},   /* nobody takes over another's name */
    {ZMQ_HANDSHAKE_IVL, 5000, "HANDSHAKE_IVL"},    /* silent connections end */
    /* On this side only: on a client they abort the process. */
    {ZMQ_HEARTBEAT_IVL, 10000, "HEARTBEAT_IVL"},
    {ZMQ_HEARTBEAT_TIMEOUT, 15000, "HEARTBEAT_TIMEOUT"},
    {ZMQ_TCP_KEEPALIVE, 1, "TCP_KEEPALIVE"},
    {ZMQ_BACKLOG, 4096, "BACKLOG"},
    {ZMQ_SNDHWM, 8192, "SNDHWM"}, /* byte credit ends long before it */
    {ZMQ_RCVHWM, 16, "RCVHWM"},   /* a client has one push in flight */
    {ZMQ_LINGER, 1000, "LINGER"},
    {ZMQ_IPV6, 1, "IPV6"},
};

static enum mu_status fail_zmq(struct mu_error *err, const char *what)
{
    return mu_fail(err, zmq_errno() == EMFILE ? MU_E_LIMIT : MU_E_IO, "%s: %s", what,
                   zmq_strerror(zmq_errno()));
}

static enum mu_status set_options(struct mu_gate *gate, const struct mu_device_keys *keys,
                                  struct mu_error *err)
{
    for (size_t i = 0; i < sizeof router_options / sizeof router_options[0]; i++) {
        const struct int_option *option = &router_options[i];
        if (zmq_setsockopt(gate->router, option->name, &option->value, sizeof option->value) != 0) {
            return fail_zmq(err, option->text);
        }
    }
    /* From the first byte on; without it one peer without a key can fill the memory.  The
     * envelope of CURVE comes on top of a message. */
    int64_t message_max = (int64_t)MU_MESSAGE_MAX + 64;
    if (zmq_setsockopt(gate->router, ZMQ_MAXMSGSIZE, &message_max, sizeof message_max) != 0) {
        return fail_zmq(err, "MAXMSGSIZE");
    }
    if (zmq_setsockopt(gate->router, ZMQ_ZAP_DOMAIN, ZAP_DOMAIN, sizeof ZAP_DOMAIN - 1) != 0) {
        return fail_zmq(err, "ZAP_DOMAIN");
    }
    if (zmq_setsockopt(gate->router, ZMQ_CURVE_SECRETKEY, keys->curve_secret,
                       sizeof keys->curve_secret) != 0) {
        return fail_zmq(err, "CURVE_SECRETKEY");
    }
    return MU_OK;
}

/* The handler first, then the monitor, then the door: nobody knocks before both are there. */
static enum mu_status make_sockets(struct mu_gate *gate, struct mu_error *err)
{
    gate->context = zmq_ctx_new();
    if (gate->context == NULL || zmq_ctx_set(gate->context, ZMQ_MAX_SOCKETS, 16) != 0) {
        return fail_zmq(err, "libzmq");
    }
    gate->zap = zmq_socket(gate->context, ZMQ_REP);
    gate->router = zmq_socket(gate->context, ZMQ_ROUTER);
    gate->monitor = zmq_socket(gate->context, ZMQ_PAIR);
    if (gate->zap == NULL || gate->router == NULL || gate->monitor == NULL) {
        return fail_zmq(err, "cannot make a socket");
    }
    /* Room for a storm of connections during a long turn; full, it would stop the door. */
    static const int events_max = 1 << 17;
    static const int no_linger = 0;
    (void)zmq_setsockopt(gate->monitor, ZMQ_RCVHWM, &events_max, sizeof events_max);
    (void)zmq_setsockopt(gate->monitor, ZMQ_LINGER, &no_linger, sizeof no_linger);
    (void)zmq_setsockopt(gate->zap, ZMQ_LINGER, &no_linger, sizeof no_linger);
    if (zmq_bind(gate->zap, ZAP_ADDRESS) != 0 ||
        zmq_socket_monitor(gate->router, MONITOR_ADDRESS, MONITOR_EVENTS) != 0 ||
        zmq_connect(gate->monitor, MONITOR_ADDRESS) != 0) {
        return fail_zmq(err, "cannot watch the socket");
    }
    return MU_OK;
}

/* libzmq binds numbers alone; a name such as localhost is looked up here. */
static enum mu_status to_numeric(const char *listen, char out_text[static MU_ENDPOINT_ROOM],
                                 struct mu_error *err)
{
    struct mu_endpoint endpoint;
    MU_TRY(mu_endpoint_parse(listen, &endpoint, err));
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (!endpoint.is_wildcard && getaddrinfo(endpoint.host, NULL, &hints, &found) == 0) {
        (void)getnameinfo(found->ai_addr, found->ai_addrlen, endpoint.host, sizeof endpoint.host,
                          NULL, 0, NI_NUMERICHOST);
        freeaddrinfo(found);
    }
    return mu_endpoint_print(&endpoint, out_text, err);
}

static enum mu_status bind_door(struct mu_gate *gate, const char *listen, struct mu_error *err)
{
    char numeric[MU_ENDPOINT_ROOM];
    struct mu_endpoint asked;
    struct mu_endpoint bound;
    MU_TRY(mu_endpoint_parse(listen, &asked, err));
    MU_TRY(to_numeric(listen, numeric, err));
    if (zmq_bind(gate->router, numeric) != 0) {
        switch (zmq_errno()) {
        case EADDRINUSE:
            return mu_fail(err, MU_E_BUSY, "'%.80s' is in use by another program", listen);
        case EADDRNOTAVAIL:
        case ENODEV:
        case EINVAL:
            return mu_fail(err, MU_E_INVALID, "'%.80s' is no address of this machine", listen);
        case EACCES:
            return mu_fail(err, MU_E_DENIED, "'%.80s': only root may use ports below 1024", listen);
        default:
            return mu_fail(err, MU_E_IO, "'%.80s': %s", listen, zmq_strerror(zmq_errno()));
        }
    }
    char told[MU_ENDPOINT_ROOM];
    size_t len = sizeof told;
    if (zmq_getsockopt(gate->router, ZMQ_LAST_ENDPOINT, told, &len) != 0) {
        return fail_zmq(err, "LAST_ENDPOINT");
    }
    /* The host as it was asked for: libzmq would tell 127.0.0.1 as an address of IPv6. */
    MU_TRY(mu_endpoint_parse(told, &bound, err));
    asked.port = bound.port;
    return mu_endpoint_print(&asked, gate->endpoint, err);
}

enum mu_status mu_gate_open(struct mu_gate *gate, const char *listen,
                            const struct mu_device_keys *keys, uint32_t open_max,
                            struct mu_sink *sink, struct mu_error *err)
{
    *gate = (struct mu_gate){.sink = sink, .open_max = open_max};
    mu_peers_init(&gate->peers);
    enum mu_status status = make_sockets(gate, err);
    if (status == MU_OK) {
        status = set_options(gate, keys, err);
    }
    if (status == MU_OK) {
        status = bind_door(gate, listen, err);
    }
    if (status != MU_OK) {
        mu_gate_close(gate);
    }
    return status;
}

void mu_gate_close(struct mu_gate *gate)
{
    void *sockets[] = {gate->router, gate->monitor, gate->zap};
    for (size_t i = 0; i < sizeof sockets / sizeof sockets[0]; i++) {
        if (sockets[i] != NULL) {
            (void)zmq_close(sockets[i]);
        }
    }
    if (gate->context != NULL) {
        while (zmq_ctx_term(gate->context) != 0 && zmq_errno() == EINTR) {
        }
    }
    mu_peers_deinit(&gate->peers);
    free(gate->lines);
    *gate = (struct mu_gate){0};
}

void mu_gate_poll_items(struct mu_gate *gate, zmq_pollitem_t items[static MU_GATE_POLL_COUNT])
{
    items[0] = (zmq_pollitem_t){.socket = gate->zap, .events = ZMQ_POLLIN};
    items[1] = (zmq_pollitem_t){.socket = gate->router, .events = ZMQ_POLLIN};
    items[2] = (zmq_pollitem_t){.socket = gate->monitor, .events = ZMQ_POLLIN};
}
