/* What goes through the door: messages in and out, and connections that end. */
#include <errno.h>
#include <linux/tcp.h> /* the C library's struct tcp_info ends before the counters */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "server/shell/gate.h"

#define FAREWELL_MS 300 /* for a last word to leave */
#define FRAME_COST  64  /* of a frame on the network, beside its bytes, at least */
#define ROUTING_LEN 5   /* of the ids that libzmq gives: a zero and four bytes */

/* -- descriptors ----------------------------------------------------------------- */

/* FNV-1a (Fowler, Noll, Vo) over the peer's address; 0 when there is none. */
static uint64_t address_of(int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;
    if (getpeername(fd, (struct sockaddr *)&address, &len) != 0) {
        return 0;
    }
    const uint8_t *bytes = (const uint8_t *)&address;
    uint64_t hash = 14695981039346656037U;
    for (size_t i = 0; i < len && i < sizeof address; i++) {
        hash = (hash ^ bytes[i]) * 1099511628211U;
    }
    return hash;
}

/* libzmq owns the descriptor: we may only end its traffic, and it then closes it. */
static void end_traffic(int fd)
{
    (void)shutdown(fd, SHUT_RDWR);
}

static struct mu_gate_line *line_of(const struct mu_gate *gate, int fd)
{
    return fd >= 0 && (uint32_t)fd < gate->line_room ? &gate->lines[fd] : NULL;
}

static bool fd_is_open(const struct mu_gate *gate, int fd)
{
    const struct mu_gate_line *line = line_of(gate, fd);
    return line != NULL && line->is_open;
}

static void fd_opened(struct mu_gate *gate, int fd)
{
    if ((uint32_t)fd >= gate->line_room) {
        uint32_t room = ((uint32_t)fd + 256) & ~(uint32_t)255;
        struct mu_gate_line *lines = realloc(gate->lines, room * sizeof *lines);
        if (lines == NULL) {
            end_traffic(fd);
            return;
        }
        memset(lines + gate->line_room, 0, (room - gate->line_room) * sizeof *lines);
        gate->lines = lines;
        gate->line_room = room;
    }
    if (!gate->lines[fd].is_open) {
        gate->open_count++;
    }
    gate->lines[fd] = (struct mu_gate_line){.is_open = true};
    /* At the end of its descriptors libzmq would spin on the listener: turn away before. */
    if (gate->open_count > gate->open_max) {
        mu_sink_peer(gate->sink, MU_LEVEL_WARNING, mu_slice_str("too_many_connections"));
        end_traffic(fd);
    }
}

static void fd_closed(struct mu_gate *gate, int fd)
{
    if (fd_is_open(gate, fd)) {
        gate->lines[fd].is_open = false;
        gate->open_count--;
    }
    struct mu_peer *peer = mu_peers_by_fd(&gate->peers, fd);
    if (peer != NULL) {
        mu_peers_gone(&gate->peers, peer);
    }
}

/* Bytes that the kernel has received on a connection; 0 when it cannot tell. */
static uint64_t bytes_received(int fd)
{
    struct tcp_info info;
    socklen_t len = sizeof info;
    memset(&info, 0, sizeof info);
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 ? info.tcpi_bytes_received : 0;
}

void mu_gate_police(struct mu_gate *gate)
{
    for (uint32_t fd = 0; fd < gate->line_room; fd++) {
        struct mu_gate_line *line = &gate->lines[fd];
        if (line->is_open && !line->is_ended &&
            bytes_received((int)fd) > line->delivered + MU_GATE_UNFINISHED_MAX) {
            line->is_ended = true;
            mu_sink_peer(gate->sink, MU_LEVEL_WARNING, mu_slice_str("message_without_end"));
            end_traffic((int)fd);
        }
    }
}

/* An event is two frames: u16 event and u32 value in our byte order, then the address. */
static bool next_event(void *monitor, uint16_t *out_event, int *out_fd)
{
    zmq_msg_t frame;
    (void)zmq_msg_init(&frame);
    if (zmq_msg_recv(&frame, monitor, ZMQ_DONTWAIT) < 0) {
        (void)zmq_msg_close(&frame);
        return false;
    }
    uint32_t value = 0;
    *out_event = 0;
    if (zmq_msg_size(&frame) == sizeof *out_event + sizeof value) {
        const uint8_t *bytes = zmq_msg_data(&frame);
        memcpy(out_event, bytes, sizeof *out_event);
        memcpy(&value, bytes + sizeof *out_event, sizeof value);
    }
    *out_fd = value <= INT32_MAX ? (int)value : -1;
    while (zmq_msg_more(&frame) != 0 && zmq_msg_recv(&frame, monitor, ZMQ_DONTWAIT) >= 0) {
    }
    (void)zmq_msg_close(&frame);
    return true;
}

void mu_gate_watch(struct mu_gate *gate)
{
    uint16_t event = 0;
    int fd = -1;
    while (next_event(gate->monitor, &event, &fd)) {
        if (event == ZMQ_EVENT_ACCEPTED && fd >= 0) {
            fd_opened(gate, fd);
        } else if (event == ZMQ_EVENT_DISCONNECTED && fd >= 0) {
            fd_closed(gate, fd);
        } else if (event == ZMQ_EVENT_ACCEPT_FAILED) {
            mu_sink_peer(gate->sink, MU_LEVEL_ERROR, mu_slice_str("accept_failed"));
        }
    }
}

/* -- in -------------------------------------------------------------------------- */

static bool key_of(zmq_msg_t *body, uint8_t out_key[static 32])
{
    const char *user = zmq_msg_gets(body, "User-Id");
    return user != NULL && mu_unhex(mu_slice_str(user), out_key, 32);
}

static void note_descriptor(struct mu_gate *gate, struct mu_peer *peer, int fd)
{
    /* All events of an earlier owner of fd were sent before this message was. */
    mu_gate_watch(gate);
    if (fd < 0 || !fd_is_open(gate, fd)) {
        mu_peers_gone(&gate->peers, peer); /* it spoke and left */
        return;
    }
    if (mu_peers_set_fd(&gate->peers, peer, fd) != MU_OK) {
        mu_peers_gone(&gate->peers, peer);
        end_traffic(fd);
        return;
    }
    peer->address = address_of(fd);
}

/* The connection a message came on, made known when it is new.  NULL: it may not speak. */
static struct mu_peer *peer_of(struct mu_gate *gate, const uint8_t *routing_bytes, size_t len,
                               zmq_msg_t *body)
{
    int fd = zmq_msg_get(body, ZMQ_SRCFD);
    struct mu_gate_line *line = line_of(gate, fd);
    uint8_t key[32];
    if (line != NULL) {
        line->delivered += zmq_msg_size(body) + FRAME_COST;
    }
    if (len != ROUTING_LEN || routing_bytes[0] != 0 || !key_of(body, key)) {
        if (fd >= 0) {
            end_traffic(fd);
        }
        return NULL;
    }
    uint32_t routing = 0;
    memcpy(&routing, routing_bytes + 1, sizeof routing);
    struct mu_peer *peer = mu_peers_by_routing(&gate->peers, routing);
    if (peer != NULL && memcmp(peer->curve_key, key, sizeof key) != 0) {
        mu_peers_gone(&gate->peers, peer);
        peer = NULL;
    }
    if (peer == NULL) {
        if (mu_peers_add(&gate->peers, routing, key, &peer) != MU_OK) {
            end_traffic(fd);
            return NULL;
        }
        note_descriptor(gate, peer, fd);
    }
    return peer->cut ? NULL : peer;
}

enum received { NOTHING, DROPPED, TAKEN };

static enum received receive_one(struct mu_gate *gate, struct mu_batch *batch)
{
    zmq_msg_t routing;
    (void)zmq_msg_init(&routing);
    if (zmq_msg_recv(&routing, gate->router, ZMQ_DONTWAIT) < 0) {
        (void)zmq_msg_close(&routing);
        return NOTHING;
    }
    zmq_msg_t *body = &batch->bodies[batch->body_count];
    (void)zmq_msg_init(body);
    bool has_body =
        zmq_msg_more(&routing) != 0 && zmq_msg_recv(body, gate->router, ZMQ_DONTWAIT) >= 0;
    bool is_single = has_body && zmq_msg_more(body) == 0;
    struct mu_peer *peer =
        has_body ? peer_of(gate, zmq_msg_data(&routing), zmq_msg_size(&routing), body) : NULL;
    (void)zmq_msg_close(&routing);
    if (has_body && !is_single) {
        /* No message of ours has parts. */
        zmq_msg_t rest;
        (void)zmq_msg_init(&rest);
        while (zmq_msg_recv(&rest, gate->router, ZMQ_DONTWAIT) >= 0 && zmq_msg_more(&rest) != 0) {
        }
        (void)zmq_msg_close(&rest);
        if (peer != NULL) {
            mu_gate_cut(gate, peer->conn);
        }
        peer = NULL;
    }
    if (peer == NULL) {
        (void)zmq_msg_close(body);
        return DROPPED;
    }
    struct mu_server_input *input = &batch->inputs[batch->count];
    *input = (struct mu_server_input){.kind = MU_SERVER_MESSAGE,
                                      .conn = peer->conn,
                                      .bytes = mu_slice_of(zmq_msg_data(body), zmq_msg_size(body))};
    memcpy(input->curve_key, peer->curve_key, sizeof input->curve_key);
    batch->count++;
    batch->body_count++;
    batch->bytes += input->bytes.len;
    return TAKEN;
}

bool mu_gate_receive(struct mu_gate *gate, struct mu_batch *batch)
{
    MU_ASSERT(batch->count == 0);
    bool more = true;
    /* Garbage counts as well, or a flood of it would keep us here. */
    for (int tries = 0; more && tries < 2 * MU_BATCH_COUNT; tries++) {
        if (batch->count >= MU_BATCH_COUNT / 2 || batch->bytes >= MU_BATCH_BYTES) {
            break;
        }
        more = receive_one(gate, batch) != NOTHING;
    }
    mu_gate_watch(gate);
    struct mu_conn conn;
    while (batch->count < MU_BATCH_COUNT && mu_peers_take_gone(&gate->peers, &conn)) {
        batch->inputs[batch->count] =
            (struct mu_server_input){.kind = MU_SERVER_GONE, .conn = conn};
        batch->count++;
    }
    return more || gate->peers.first_gone != 0;
}

void mu_batch_clear(struct mu_batch *batch)
{
    for (size_t i = 0; i < batch->body_count; i++) {
        (void)zmq_msg_close(&batch->bodies[i]);
    }
    batch->count = 0;
    batch->body_count = 0;
    batch->bytes = 0;
}

/* -- out ------------------------------------------------------------------------- */

void mu_gate_send(struct mu_gate *gate, struct mu_conn conn, struct mu_slice bytes)
{
    struct mu_peer *peer = mu_peers_by_conn(&gate->peers, conn);
    if (peer == NULL || peer->gone || peer->cut) {
        return;
    }
    uint8_t routing[ROUTING_LEN] = {0};
    memcpy(routing + 1, &peer->routing, sizeof peer->routing);
    int rc = zmq_send(gate->router, routing, sizeof routing, ZMQ_SNDMORE | ZMQ_DONTWAIT);
    if (rc >= 0) {
        rc = zmq_send(gate->router, bytes.data, bytes.len, ZMQ_DONTWAIT);
    }
    if (rc >= 0) {
        return;
    }
    if (zmq_errno() != EHOSTUNREACH) {
        /* Full, in spite of its credit: it does not read.  It may come again. */
        mu_gate_cut(gate, conn);
    }
    mu_peers_gone(&gate->peers, peer);
}

void mu_gate_send_all(struct mu_gate *gate, struct mu_slice bytes)
{
    for (uint32_t slot = 0; slot < gate->peers.slot_count; slot++) {
        mu_gate_send(gate, gate->peers.slots[slot].conn, bytes);
    }
}

static void cut(struct mu_peer *peer)
{
    /* The descriptor may belong to somebody else by now; then its address differs. */
    if (peer->fd >= 0 && peer->address != 0 && address_of(peer->fd) == peer->address) {
        end_traffic(peer->fd);
    }
    peer->cut = true;
    peer->cut_at_ms = 0;
}

void mu_gate_cut(struct mu_gate *gate, struct mu_conn conn)
{
    struct mu_peer *peer = mu_peers_by_conn(&gate->peers, conn);
    if (peer != NULL && !peer->gone) {
        cut(peer);
    }
}

void mu_gate_dismiss(struct mu_gate *gate, struct mu_conn conn, struct mu_mono now)
{
    struct mu_peer *peer = mu_peers_by_conn(&gate->peers, conn);
    if (peer != NULL && !peer->gone && !peer->cut) {
        peer->cut = true;
        peer->cut_at_ms = now.ms + FAREWELL_MS;
        gate->dismissed++;
    }
}

struct mu_mono mu_gate_sweep(struct mu_gate *gate, struct mu_mono now)
{
    struct mu_mono next = {.ms = INT64_MAX};
    if (gate->dismissed == 0) {
        return next;
    }
    gate->dismissed = 0;
    for (uint32_t slot = 0; slot < gate->peers.slot_count; slot++) {
        struct mu_peer *peer = &gate->peers.slots[slot];
        if (peer->conn.number == 0 || peer->gone || peer->cut_at_ms == 0) {
            continue;
        }
        if (now.ms >= peer->cut_at_ms) {
            cut(peer);
        } else {
            gate->dismissed++;
            next.ms = peer->cut_at_ms < next.ms ? peer->cut_at_ms : next.ms;
        }
    }
    return next;
}

void mu_gate_cut_all(struct mu_gate *gate)
{
    for (uint32_t slot = 0; slot < gate->peers.slot_count; slot++) {
        struct mu_peer *peer = &gate->peers.slots[slot];
        if (peer->conn.number != 0 && !peer->gone) {
            cut(peer);
        }
    }
}
