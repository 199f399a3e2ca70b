/* Connections as libzmq gives them: ordered and whole until they break, and what is lost with
 * them.  Losses in the middle happen too, as the work of a relay that is broken. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/inside.h"

#define BREAK_NOTICED_MS 8000

static struct mu_conn_state *conn_of(struct mu_sim *sim, uint64_t conn)
{
    MU_ASSERT(conn >= 1 && conn <= sim->conn_count);
    return &sim->conns[conn - 1];
}

void mu_sim_inbox_free(struct mu_inbox *inbox)
{
    for (size_t i = 0; i < inbox->count; i++) {
        free(inbox->items[i].bytes);
    }
    *inbox = (struct mu_inbox){0};
}

static void give(struct mu_inbox *inbox, const struct mu_inbox_item *item, struct mu_slice bytes)
{
    MU_ASSERT(inbox->count < MU_SIM_INBOX_MAX);
    struct mu_inbox_item *given = &inbox->items[inbox->count++];
    *given = *item;
    given->bytes = NULL;
    given->len = bytes.len;
    if (bytes.len > 0) {
        given->bytes = malloc(bytes.len);
        MU_ASSERT(given->bytes != NULL);
        memcpy(given->bytes, bytes.data, bytes.len);
    }
}

void mu_sim_give_server(struct mu_sim *sim, enum mu_server_input_kind kind, uint64_t conn,
                        struct mu_slice bytes)
{
    struct mu_node *node = &sim->server.node;
    if (!node->up) {
        return;
    }
    if (node->inbox.count == MU_SIM_INBOX_MAX) { /* a full inbox is worked off at once */
        mu_sim_server_turn(sim);
        if (!node->up) {
            return;
        }
    }
    give(&node->inbox, &(struct mu_inbox_item){.kind = (int)kind, .conn = conn}, bytes);
    if (!node->inbox.turn_planned) {
        node->inbox.turn_planned = true;
        mu_queue_plan(&sim->queue,
                      &(struct mu_event){.at_ms = sim->now_ms + 1, .kind = MU_EVENT_SERVER_TURN});
    }
}

void mu_sim_give_device(struct mu_sim *sim, unsigned device, enum mu_client_input_kind kind,
                        bool flag, struct mu_slice bytes)
{
    struct mu_node *node = &sim->devices[device].node;
    if (!node->up) {
        return;
    }
    if (node->inbox.count == MU_SIM_INBOX_MAX) {
        mu_sim_device_turn(sim, device);
        if (!node->up) {
            return;
        }
    }
    give(&node->inbox, &(struct mu_inbox_item){.kind = (int)kind, .flag = flag}, bytes);
    if (!node->inbox.turn_planned) {
        node->inbox.turn_planned = true;
        mu_queue_plan(&sim->queue, &(struct mu_event){.at_ms = sim->now_ms + 1,
                                                      .kind = MU_EVENT_DEVICE_TURN,
                                                      .device = device});
    }
}

static int64_t latency(struct mu_sim *sim)
{
    return mu_sim_chance(sim, 90) ? 1 + (int64_t)mu_sim_below(sim, 80)
                                  : 100 + (int64_t)mu_sim_below(sim, 3000);
}

static void plan_lost(struct mu_sim *sim, uint64_t conn, int64_t after_ms, bool refused)
{
    mu_queue_plan(&sim->queue, &(struct mu_event){.at_ms = sim->now_ms + after_ms,
                                                  .kind = MU_EVENT_LOST,
                                                  .device = conn_of(sim, conn)->device,
                                                  .conn = conn,
                                                  .flag = refused});
}

static void plan_gone(struct mu_sim *sim, uint64_t conn, int64_t after_ms)
{
    mu_queue_plan(
        &sim->queue,
        &(struct mu_event){.at_ms = sim->now_ms + after_ms, .kind = MU_EVENT_GONE, .conn = conn});
}

/* Nothing passes over conn any more.  The server's heartbeats notice; the device may have to
 * find out by itself. */
static void die(struct mu_sim *sim, uint64_t conn)
{
    struct mu_conn_state *state = conn_of(sim, conn);
    if (state->dead) {
        return;
    }
    state->dead = true;
    plan_gone(sim, conn, 1 + (int64_t)mu_sim_below(sim, BREAK_NOTICED_MS));
    if (mu_sim_chance(sim, 60)) {
        plan_lost(sim, conn, 1 + (int64_t)mu_sim_below(sim, BREAK_NOTICED_MS), false);
    }
}

void mu_sim_break(struct mu_sim *sim, unsigned device)
{
    if (sim->devices[device].conn != 0) {
        die(sim, sim->devices[device].conn);
    }
}

void mu_sim_break_all(struct mu_sim *sim)
{
    for (size_t i = 0; i < sim->conn_count; i++) {
        sim->conns[i].at_server = false;
        if (sim->conns[i].at_device) {
            die(sim, i + 1);
        }
    }
}

void mu_sim_cut(struct mu_sim *sim, uint64_t conn)
{
    struct mu_conn_state *state = conn_of(sim, conn);
    state->at_server = false;
    if (!state->dead) {
        state->dead = true;
        plan_lost(sim, conn, latency(sim), false);
    }
}

void mu_sim_disconnect(struct mu_sim *sim, unsigned device)
{
    uint64_t conn = sim->devices[device].conn;
    if (conn == 0) {
        return;
    }
    struct mu_conn_state *state = conn_of(sim, conn);
    state->at_device = false;
    sim->devices[device].conn = 0;
    if (!state->dead) { /* what is under way still arrives, then the end of the stream */
        plan_gone(sim, conn,
                  state->up_ms > sim->now_ms ? state->up_ms - sim->now_ms + 1 : latency(sim));
    }
}

void mu_sim_connect(struct mu_sim *sim, unsigned device)
{
    mu_sim_disconnect(sim, device);
    if (sim->conn_count == sim->conn_room) {
        sim->conn_room = sim->conn_room == 0 ? 64 : sim->conn_room * 2;
        sim->conns = realloc(sim->conns, sim->conn_room * sizeof *sim->conns);
        MU_ASSERT(sim->conns != NULL);
    }
    sim->conns[sim->conn_count++] = (struct mu_conn_state){.device = device, .at_device = true};
    sim->devices[device].conn = sim->conn_count;
}

/* -- messages -------------------------------------------------------------- */

/* What the seed does to one message. */
enum fate { ARRIVES, VANISHES, TWICE, OVERTAKEN };

static enum fate fate_of(struct mu_sim *sim, uint64_t conn, bool cut)
{
    struct mu_conn_state *state = conn_of(sim, conn);
    if (state->dead || state->trails_off) {
        return VANISHES;
    }
    if (cut) {
        die(sim, conn);
        return VANISHES;
    }
    if (mu_sim_strikes(sim, MU_SIM_DROP, 200)) {
        mu_sim_count(sim, MU_SIM_DROP);
        die(sim, conn);
        return VANISHES;
    }
    if (mu_sim_strikes(sim, MU_SIM_DOUBLE, 200)) {
        mu_sim_count(sim, MU_SIM_DOUBLE);
        return TWICE;
    }
    if (mu_sim_strikes(sim, MU_SIM_SWAP, 200)) {
        mu_sim_count(sim, MU_SIM_SWAP);
        return OVERTAKEN;
    }
    return ARRIVES;
}

static void plan_message(struct mu_sim *sim, struct mu_event *event, int64_t *last_ms,
                         enum fate fate)
{
    int64_t at = sim->now_ms + latency(sim);
    if (fate == OVERTAKEN) { /* the ones behind do not wait for it */
        event->at_ms = (at > *last_ms ? at : *last_ms) + 200;
        mu_queue_plan(&sim->queue, event);
        return;
    }
    event->at_ms = at > *last_ms ? at : *last_ms;
    *last_ms = event->at_ms;
    mu_queue_plan(&sim->queue, event);
    if (fate == TWICE) {
        mu_queue_plan(&sim->queue, event);
    }
}

void mu_sim_send_up(struct mu_sim *sim, unsigned device, struct mu_slice bytes)
{
    struct mu_sim_device *from = &sim->devices[device];
    if (from->conn == 0) {
        return;
    }
    mu_sim_watch_up(sim, device, bytes);
    mu_sim_hostile_overhear(sim, bytes);
    enum fate fate = fate_of(sim, from->conn, from->cut_up);
    if (fate != VANISHES) {
        struct mu_event event = {.kind = MU_EVENT_TO_SERVER,
                                 .device = device,
                                 .conn = from->conn,
                                 .bytes = (uint8_t *)(uintptr_t)bytes.data,
                                 .len = bytes.len};
        plan_message(sim, &event, &conn_of(sim, from->conn)->up_ms, fate);
    }
}

/* What was sent so far arrives, and then nothing more. */
static void trail_off(struct mu_sim *sim, uint64_t conn)
{
    struct mu_conn_state *state = conn_of(sim, conn);
    int64_t rest_ms = state->down_ms > sim->now_ms ? state->down_ms - sim->now_ms : 0;
    state->trails_off = true;
    plan_lost(sim, conn, rest_ms + 1, false);
    plan_gone(sim, conn, rest_ms + 1);
}

/* A story wants this transfer to break here. */
static bool breaks_at_chunk(struct mu_sim *sim, unsigned device, struct mu_slice bytes)
{
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_message message;
    struct mu_error err = {0};
    if (self->chunks_left == 0) {
        return false;
    }
    mu_arena_clear(&sim->scratch);
    if (mu_message_decode(bytes, &sim->scratch, &message, &err) != MU_OK ||
        message.kind != MU_MSG_XFER_CHUNK) {
        return false;
    }
    self->chunks_left--;
    return self->chunks_left == 0;
}

void mu_sim_send_down(struct mu_sim *sim, uint64_t conn, struct mu_slice bytes)
{
    struct mu_conn_state *state = conn_of(sim, conn);
    mu_sim_hostile_overhear(sim, bytes);
    bytes = mu_sim_forge(sim, state->device, bytes);
    if (breaks_at_chunk(sim, state->device, bytes)) {
        trail_off(sim, conn);
    }
    enum fate fate = fate_of(sim, conn, sim->devices[state->device].cut_down);
    if (fate != VANISHES) {
        struct mu_event event = {.kind = MU_EVENT_TO_DEVICE,
                                 .device = state->device,
                                 .conn = conn,
                                 .bytes = (uint8_t *)(uintptr_t)bytes.data,
                                 .len = bytes.len};
        plan_message(sim, &event, &state->down_ms, fate);
    }
}

static void arrive_at_server(struct mu_sim *sim, const struct mu_event *event)
{
    struct mu_conn_state *state = conn_of(sim, event->conn);
    if (state->dead) {
        return;
    }
    if (!sim->server.node.up) {
        state->dead = true;
        plan_lost(sim, event->conn, latency(sim), false);
        return;
    }
    if (!state->admitted) {
        struct mu_wall wall = {MU_SIM_START_MS + sim->now_ms + sim->server.node.clock_ms};
        enum mu_admission admission = mu_server_admit(
            sim->server.server, sim->devices[state->device].keys.public.curve, wall);
        if (admission != MU_ADMIT_DEVICE) {
            state->dead = true;
            plan_lost(sim, event->conn, latency(sim), admission == MU_REFUSE_FINAL);
            return;
        }
        state->admitted = state->at_server = true;
    }
    if (state->at_server) {
        mu_sim_give_server(sim, MU_SERVER_MESSAGE, event->conn,
                           mu_slice_of(event->bytes, event->len));
    }
}

/* What comes for a device that reads nothing stays in the socket. */
static bool waits_in_socket(struct mu_sim *sim, const struct mu_event *event)
{
    int64_t until_ms = sim->devices[conn_of(sim, event->conn)->device].stalled_until_ms;
    bool down = event->kind == MU_EVENT_TO_DEVICE || event->kind == MU_EVENT_LOST;
    if (!down || sim->now_ms >= until_ms) {
        return false;
    }
    struct mu_event later = *event;
    later.at_ms = until_ms;
    mu_queue_plan(&sim->queue, &later);
    return true;
}

static void arrive_at_device(struct mu_sim *sim, const struct mu_event *event)
{
    struct mu_conn_state *state = conn_of(sim, event->conn);
    struct mu_slice bytes = mu_slice_of(event->bytes, event->len);
    if (!state->at_device || state->dead) {
        return;
    }
    if (sim->devices[state->device].hostile) {
        mu_sim_hostile_hear(sim, bytes);
    } else {
        mu_sim_give_device(sim, state->device, MU_CLIENT_MESSAGE, false, bytes);
    }
}

void mu_sim_deliver(struct mu_sim *sim, struct mu_event *event)
{
    struct mu_conn_state *state = conn_of(sim, event->conn);
    if (waits_in_socket(sim, event)) {
        return;
    }
    if (event->kind == MU_EVENT_TO_SERVER) {
        arrive_at_server(sim, event);
    } else if (event->kind == MU_EVENT_GONE) {
        if (state->at_server) {
            state->at_server = false;
            mu_sim_give_server(sim, MU_SERVER_GONE, event->conn, (struct mu_slice){0});
        }
    } else if (event->kind == MU_EVENT_TO_DEVICE) {
        arrive_at_device(sim, event);
    } else if (event->kind == MU_EVENT_LOST && state->at_device) {
        state->at_device = false;
        if (sim->devices[state->device].conn == event->conn) {
            sim->devices[state->device].conn = 0;
        }
        mu_sim_give_device(sim, state->device, MU_CLIENT_LOST, event->flag, (struct mu_slice){0});
    }
}
