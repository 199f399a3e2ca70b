#include "client/shell/dealer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/wire/message.h"

#define PATIENCE_MS 10000 /* for TCP and handshake together */
#define EVENTS                                                              \
    (ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED |      \
     ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | \
     ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH)
#define AUTH_FINAL 400 /* of ZAP; 300 asks to try again */

struct int_option {
    int name;
    int value;
    const char *text;
};

/* No ZMTP heartbeats on this side: with a full queue they abort the process.  The core misses
 * beacons instead. */
static const struct int_option socket_options[] = {
    {ZMQ_RECONNECT_IVL, -1, "RECONNECT_IVL"},
    {ZMQ_CONNECT_TIMEOUT, PATIENCE_MS, "CONNECT_TIMEOUT"},
    {ZMQ_HANDSHAKE_IVL, PATIENCE_MS, "HANDSHAKE_IVL"},
    {ZMQ_TCP_KEEPALIVE, 1, "TCP_KEEPALIVE"},
    {ZMQ_IPV6, 1, "IPV6"},
    {ZMQ_SNDHWM, 1000, "SNDHWM"},
    {ZMQ_RCVHWM, 1000, "RCVHWM"}, /* credit bounds their bytes */
    {ZMQ_LINGER, 0, "LINGER"},
};

static enum mu_status fail_zmq(struct mu_error *err, const char *what)
{
    int why = zmq_errno();
    enum mu_status status = why == EMFILE ? MU_E_LIMIT : (why == EINVAL ? MU_E_INVALID : MU_E_IO);
    return mu_fail(err, status, "%s: %s", what, zmq_strerror(why));
}

static enum mu_status set_options(void *socket, const struct mu_dealer_options *options,
                                  struct mu_error *err)
{
    for (size_t i = 0; i < sizeof socket_options / sizeof socket_options[0]; i++) {
        const struct int_option *option = &socket_options[i];
        if (zmq_setsockopt(socket, option->name, &option->value, sizeof option->value) != 0) {
            return fail_zmq(err, option->text);
        }
    }
    int64_t message_max = (int64_t)MU_MESSAGE_MAX + 64; /* CURVE's envelope comes on top */
    if (zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &message_max, sizeof message_max) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, options->server_key, 32) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, options->public_key, 32) != 0 ||
        zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, options->secret_key, 32) != 0) {
        return fail_zmq(err, "cannot set up the connection");
    }
    return MU_OK;
}

/* Each socket has a monitor of its own name. */
static enum mu_status attach_monitor(struct mu_dealer *dealer, struct mu_error *err)
{
    char name[48];
    (void)snprintf(name, sizeof name, "inproc://monitor-%" PRIxPTR, (uintptr_t)dealer->socket);
    static const int unbounded = 0;
    dealer->monitor = zmq_socket(dealer->context, ZMQ_PAIR);
    if (dealer->monitor == NULL ||
        zmq_setsockopt(dealer->monitor, ZMQ_LINGER, &unbounded, sizeof unbounded) != 0 ||
        zmq_socket_monitor(dealer->socket, name, EVENTS) != 0 ||
        zmq_connect(dealer->monitor, name) != 0) {
        return fail_zmq(err, "cannot watch the connection");
    }
    return MU_OK;
}

enum mu_status mu_dealer_open(struct mu_dealer *dealer, void *context,
                              const struct mu_dealer_options *options, struct mu_mono now,
                              struct mu_error *err)
{
    mu_dealer_close(dealer, 0);
    dealer->context = context;
    dealer->give_up_at = (struct mu_mono){.ms = now.ms + PATIENCE_MS};
    dealer->socket = zmq_socket(context, ZMQ_DEALER);
    enum mu_status status =
        dealer->socket == NULL ? fail_zmq(err, "cannot make a connection") : MU_OK;
    if (status == MU_OK) {
        status = set_options(dealer->socket, options, err);
    }
    if (status == MU_OK) {
        status = attach_monitor(dealer, err);
    }
    if (status == MU_OK && zmq_connect(dealer->socket, options->endpoint) != 0) {
        status = fail_zmq(err, options->endpoint);
    }
    if (status != MU_OK) {
        mu_dealer_close(dealer, 0);
    }
    return status;
}

void mu_dealer_close(struct mu_dealer *dealer, int linger_ms)
{
    if (dealer->socket != NULL) {
        (void)zmq_setsockopt(dealer->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
        (void)zmq_close(dealer->socket);
    }
    if (dealer->monitor != NULL) {
        (void)zmq_close(dealer->monitor);
    }
    *dealer = (struct mu_dealer){0};
}

bool mu_dealer_send(struct mu_dealer *dealer, struct mu_slice bytes)
{
    return dealer->socket != NULL &&
           zmq_send(dealer->socket, bytes.data, bytes.len, ZMQ_DONTWAIT) >= 0;
}

bool mu_dealer_receive(struct mu_dealer *dealer, zmq_msg_t *out)
{
    if (dealer->socket == NULL) {
        return false;
    }
    (void)zmq_msg_init(out);
    while (zmq_msg_recv(out, dealer->socket, ZMQ_DONTWAIT) >= 0) {
        if (zmq_msg_more(out) == 0) {
            return true;
        }
        /* A message in parts is none of ours: all but its last part fall away, and that one the
         * core refuses. */
    }
    (void)zmq_msg_close(out);
    return false;
}

static bool next_event(void *monitor, uint16_t *out_event, uint32_t *out_value)
{
    zmq_msg_t frame;
    (void)zmq_msg_init(&frame);
    if (zmq_msg_recv(&frame, monitor, ZMQ_DONTWAIT) < 0) {
        (void)zmq_msg_close(&frame);
        return false;
    }
    *out_event = 0;
    *out_value = 0;
    if (zmq_msg_size(&frame) == sizeof *out_event + sizeof *out_value) {
        const uint8_t *bytes = zmq_msg_data(&frame);
        memcpy(out_event, bytes, sizeof *out_event);
        memcpy(out_value, bytes + sizeof *out_event, sizeof *out_value);
    }
    while (zmq_msg_more(&frame) != 0 && zmq_msg_recv(&frame, monitor, ZMQ_DONTWAIT) >= 0) {
    }
    (void)zmq_msg_close(&frame);
    return true;
}

/* The worst that one event says. */
static enum mu_dealer_event meaning(struct mu_dealer *dealer, uint16_t event, uint32_t value)
{
    switch (event) {
    case ZMQ_EVENT_CONNECTED:
        dealer->has_met = true;
        return MU_DEALER_NOTHING;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        dealer->is_up = true;
        return MU_DEALER_UP;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        return value == AUTH_FINAL ? MU_DEALER_REFUSED : MU_DEALER_LOST;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        return dealer->is_up ? MU_DEALER_LOST : MU_DEALER_WRONG_PEER;
    case ZMQ_EVENT_DISCONNECTED:
    case ZMQ_EVENT_CLOSED:
        return MU_DEALER_LOST;
    default:
        return MU_DEALER_NOTHING;
    }
}

enum mu_dealer_event mu_dealer_watch(struct mu_dealer *dealer, struct mu_mono now)
{
    enum mu_dealer_event worst = MU_DEALER_NOTHING;
    uint16_t event = 0;
    uint32_t value = 0;
    while (dealer->monitor != NULL && next_event(dealer->monitor, &event, &value)) {
        enum mu_dealer_event here = meaning(dealer, event, value);
        /* The reason comes before the end; what says more is kept. */
        worst = here > worst ? here : worst;
    }
    bool late = dealer->socket != NULL && !dealer->is_up && now.ms >= dealer->give_up_at.ms;
    return worst < MU_DEALER_LOST && late ? MU_DEALER_LOST : worst;
}

size_t mu_dealer_poll_items(const struct mu_dealer *dealer,
                            zmq_pollitem_t items[static MU_DEALER_POLL_COUNT])
{
    if (dealer->socket == NULL) {
        return 0;
    }
    items[0] = (zmq_pollitem_t){.socket = dealer->socket, .events = ZMQ_POLLIN};
    items[1] = (zmq_pollitem_t){.socket = dealer->monitor, .events = ZMQ_POLLIN};
    return MU_DEALER_POLL_COUNT;
}

struct mu_mono mu_dealer_deadline(const struct mu_dealer *dealer)
{
    bool waits = dealer->socket != NULL && !dealer->is_up;
    return waits ? dealer->give_up_at : (struct mu_mono){.ms = INT64_MAX};
}
