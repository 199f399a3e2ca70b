/* The server and the devices: how they start, run a turn and stop in the middle of anything. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/inside.h"

#define SERVER_APP  0x4d555331
#define REPLICA_APP 0x4d555232
#define OUTBOX_APP  0x4d554f33
#define ZONE        "Europe/Lisbon"

/* -- time and chance ------------------------------------------------------- */

void mu_sim_draw_entropy(struct mu_sim *sim, struct mu_entropy *entropy)
{
    uint8_t seed[MU_HASH_LEN];
    for (size_t i = 0; i < sizeof seed; i += 8) {
        uint64_t word = mu_dice_next(&sim->dice);
        memcpy(seed + i, &word, 8);
    }
    mu_entropy_init(entropy, seed);
}

struct mu_wall mu_sim_wall_of(const struct mu_sim *sim, const struct mu_node *node)
{
    return (struct mu_wall){MU_SIM_START_MS + sim->now_ms + node->clock_ms};
}

static struct mu_mono mono_of(const struct mu_sim *sim, const struct mu_node *node)
{
    return (struct mu_mono){sim->now_ms - node->boot_ms};
}

struct mu_client_turn mu_sim_device_now(struct mu_sim *sim, unsigned device,
                                        struct mu_entropy *entropy)
{
    const struct mu_node *node = &sim->devices[device].node;
    mu_sim_draw_entropy(sim, entropy);
    return (struct mu_client_turn){.wall = mu_sim_wall_of(sim, node),
                                   .mono = mono_of(sim, node),
                                   .entropy = entropy,
                                   .zone = ZONE,
                                   .utc_offset_min = 60,
                                   .sabotage = &sim->options->client_sabotage};
}

struct mu_turn mu_sim_server_now(struct mu_sim *sim, struct mu_entropy *entropy)
{
    const struct mu_node *node = &sim->server.node;
    mu_sim_draw_entropy(sim, entropy);
    return (struct mu_turn){
        .wall = mu_sim_wall_of(sim, node), .mono = mono_of(sim, node), .entropy = entropy};
}

/* -- stores ---------------------------------------------------------------- */

static enum mu_status open_db(struct mu_db *db, const char *path, const char *vfs, uint32_t app,
                              bool full, struct mu_error *err)
{
    return mu_db_open(
        db,
        &(struct mu_db_options){
            .path = path, .vfs = vfs, .application_id = app, .full_sync = full, .exclusive = true},
        err);
}

void mu_sim_server_disk_name(const struct mu_sim *sim, char out[static 64])
{
    (void)snprintf(out, 64, "sim-%llu-server", (unsigned long long)sim->options->seed);
}

void mu_sim_device_disk_name(const struct mu_sim *sim, unsigned device, char out[static 64])
{
    (void)snprintf(out, 64, "sim-%llu-device-%u", (unsigned long long)sim->options->seed, device);
}

enum mu_status mu_sim_open_server_db(struct mu_sim *sim, struct mu_db *db, struct mu_error *err)
{
    char name[64];
    mu_sim_server_disk_name(sim, name);
    return open_db(db, "server.db", name, SERVER_APP, !sim->options->sabotage.server_not_synced,
                   err);
}

static void close_server(struct mu_sim *sim)
{
    mu_sim_history_anew(sim);
    mu_server_close(sim->server.server);
    sim->server.server = NULL;
    mu_db_close(&sim->server.db);
}

static void close_device(struct mu_sim_device *device)
{
    mu_client_close(device->client);
    device->client = NULL;
    mu_db_close(&device->replica_db);
    mu_db_close(&device->outbox_db);
}

/* The machine is gone: what of its disk is left? */
static void leave_disk(struct mu_sim *sim, struct mu_node *node, bool power)
{
    node->power_fails = false;
    if (power || !mu_memdisk_has_power(node->disk)) {
        mu_memdisk_crash(node->disk, mu_dice_next(&sim->dice));
    } else {
        mu_memdisk_kill(node->disk);
    }
}

/* Only the disk may make a store fail. */
static bool is_of_disk(enum mu_status status)
{
    return status == MU_E_IO || status == MU_E_FULL;
}

/* -- the server ------------------------------------------------------------ */

static void restart_server_later(struct mu_sim *sim)
{
    mu_queue_plan(&sim->queue,
                  &(struct mu_event){.at_ms = sim->now_ms + 200 + (int64_t)mu_sim_below(sim, 20000),
                                     .kind = MU_EVENT_SERVER_START});
}

void mu_sim_server_stop(struct mu_sim *sim, bool power)
{
    struct mu_node *node = &sim->server.node;
    if (!node->up) {
        return;
    }
    node->up = false;
    mu_sim_note(sim, "server stops%s", power ? " without power" : "");
    leave_disk(sim, node, power);
    close_server(sim);
    mu_sim_inbox_free(&node->inbox);
    mu_sim_break_all(sim);
    restart_server_later(sim);
}

static enum mu_status open_server(struct mu_sim *sim, struct mu_error *err)
{
    struct mu_sim_server *server = &sim->server;
    struct mu_entropy entropy;
    struct mu_turn turn = mu_sim_server_now(sim, &entropy);
    struct mu_server_options options = {.limits = mu_server_limits_default(),
                                        .has_known = server->has_known,
                                        .known = server->known,
                                        .sabotage = sim->options->server_sabotage};
    options.limits.stream_first = 100;
    MU_TRY(mu_sim_open_server_db(sim, &server->db, err));
    MU_TRY(mu_server_open_with(&server->db, &server->keys, &options, &turn, &server->server, err));
    return MU_OK;
}

void mu_sim_server_start(struct mu_sim *sim)
{
    struct mu_node *node = &sim->server.node;
    struct mu_error err = {0};
    if (node->up || node->off) {
        return;
    }
    node->boot_ms = sim->now_ms - 1;
    node->tick_at_ms = INT64_MAX;
    enum mu_status status = open_server(sim, &err);
    if (status != MU_OK) {
        close_server(sim);
        leave_disk(sim, node, false);
        mu_sim_note(sim, "server cannot start: %s", err.text);
        if (!is_of_disk(status) || sim->healed) {
            mu_sim_fail(sim, "the server does not start again: %s", err.text);
        }
        restart_server_later(sim);
        return;
    }
    node->up = true;
    mu_sim_note(sim, "server starts");
    mu_sim_check_server(sim);
    mu_sim_give_server(sim, MU_SERVER_TICK, 0, (struct mu_slice){0});
}

static void want_tick(struct mu_sim *sim, struct mu_node *node, int64_t wake_mono_ms,
                      enum mu_event_kind kind, unsigned device)
{
    int64_t far = INT64_C(86400000);
    int64_t in = wake_mono_ms - mono_of(sim, node).ms;
    int64_t at = sim->now_ms + (in < 1 ? 1 : in > far ? far : in);
    if (at == node->tick_at_ms) {
        return;
    }
    node->tick_at_ms = at;
    mu_queue_plan(&sim->queue, &(struct mu_event){.at_ms = at, .kind = kind, .device = device});
}

/* How much each transfer has to bring. */
static void note_transfer(struct mu_sim *sim, struct mu_slice line)
{
    char text[128];
    unsigned long long conn = 0;
    unsigned long long at = 0;
    unsigned buckets = 0;
    (void)snprintf(text, sizeof text, "%.*s", (int)line.len, (const char *)line.data);
    if (sscanf(text, "xfer.begin conn=%llu at=%llu buckets=%u", &conn, &at, &buckets) == 3 &&
        conn >= 1 && conn <= sim->conn_count) {
        struct mu_sim_device *device = &sim->devices[sim->conns[conn - 1].device];
        device->buckets_before = device->buckets;
        device->buckets = buckets;
    }
}

static void server_outputs(struct mu_sim *sim, const struct mu_server_outputs *outputs, size_t most)
{
    for (size_t i = 0; i < outputs->count && i < most; i++) {
        const struct mu_server_output *output = &outputs->items[i];
        if (output->kind != MU_SERVER_LOG && output->conn.number > sim->conn_count) {
            continue; /* whoever took this turn apart looks at them itself */
        }
        switch (output->kind) {
        case MU_SERVER_SEND:
            mu_sim_send_down(sim, output->conn.number, output->bytes);
            break;
        case MU_SERVER_CLOSE:
            mu_sim_cut(sim, output->conn.number);
            break;
        case MU_SERVER_LOG:
            note_transfer(sim, output->bytes);
            mu_sim_note(sim, "server: %.*s", (int)output->bytes.len,
                        (const char *)output->bytes.data);
            break;
        }
    }
}

/* With the seed's help: how many outputs get out before the machine stops. */
static size_t stop_after(struct mu_sim *sim, size_t count, enum mu_sim_fault fault)
{
    if (count == 0 || !mu_sim_strikes(sim, fault, 100)) {
        return SIZE_MAX;
    }
    mu_sim_count(sim, fault);
    return mu_sim_below(sim, count + 1);
}

void mu_sim_server_turn(struct mu_sim *sim)
{
    struct mu_node *node = &sim->server.node;
    node->inbox.turn_planned = false;
    if (!node->up || node->inbox.count == 0) {
        return;
    }
    struct mu_server_input inputs[MU_SIM_INBOX_MAX];
    size_t count = node->inbox.count;
    for (size_t i = 0; i < count; i++) {
        const struct mu_inbox_item *item = &node->inbox.items[i];
        inputs[i] = (struct mu_server_input){.kind = (enum mu_server_input_kind)item->kind,
                                             .conn = {item->conn},
                                             .bytes = mu_slice_of(item->bytes, item->len)};
        if (item->conn != 0) {
            memcpy(inputs[i].curve_key,
                   sim->devices[sim->conns[item->conn - 1].device].keys.public.curve, 32);
        }
    }
    struct mu_entropy entropy;
    struct mu_turn turn = mu_sim_server_now(sim, &entropy);
    struct mu_server_outputs outputs = {0};
    struct mu_error err = {0};
    mu_sim_watch_in(sim, inputs, count);
    enum mu_status status =
        mu_server_turn(sim->server.server, &turn, inputs, count, &outputs, &err);
    mu_sim_inbox_free(&node->inbox);
    if (status != MU_OK || !mu_memdisk_has_power(node->disk)) {
        mu_sim_note(sim, "server turn failed: %s", status == MU_OK ? "no power" : err.text);
        if (status != MU_OK && (sim->options->calm || !is_of_disk(status))) {
            mu_sim_fail(sim, "a turn of the server failed without a fault: %s", err.text);
        }
        mu_sim_server_stop(sim, !mu_memdisk_has_power(node->disk));
        return;
    }
    mu_sim_check_server(sim);
    mu_sim_watch_out(sim, &outputs);
    if (mu_sim_chance(sim, 70)) { /* the shell writes it when it likes */
        sim->server.known = mu_server_known(sim->server.server);
        sim->server.has_known = true;
    }
    size_t most = stop_after(sim, outputs.count, MU_SIM_SERVER_EFFECT);
    server_outputs(sim, &outputs, most);
    if (most != SIZE_MAX) {
        mu_sim_server_stop(sim, mu_sim_chance(sim, 50));
        return;
    }
    want_tick(sim, node, outputs.wake_at_ms, MU_EVENT_SERVER_TICK, 0);
}

bool mu_sim_server_apart(struct mu_sim *sim, const struct mu_server_input *input,
                         struct mu_server_outputs *out)
{
    struct mu_entropy entropy;
    struct mu_turn turn = mu_sim_server_now(sim, &entropy);
    struct mu_error err = {0};
    if (mu_server_turn(sim->server.server, &turn, input, 1, out, &err) != MU_OK) {
        mu_sim_fail(sim, "a turn of the server: %s", err.text);
        return false;
    }
    mu_sim_check_server(sim);
    server_outputs(sim, out, SIZE_MAX);
    return true;
}

/* -- devices --------------------------------------------------------------- */

void mu_sim_device_start_later(struct mu_sim *sim, unsigned device)
{
    mu_queue_plan(&sim->queue,
                  &(struct mu_event){.at_ms = sim->now_ms + 100 + (int64_t)mu_sim_below(sim, 30000),
                                     .kind = MU_EVENT_DEVICE_START,
                                     .device = device});
}

/* A replica's turns are not synced: a repair may be among those that are lost. */
static void leave_device_disk(struct mu_sim *sim, struct mu_sim_device *self, bool power)
{
    power = power || !mu_memdisk_has_power(self->node.disk);
    self->altered = self->altered || (power && self->hurt && !self->doubtful);
    leave_disk(sim, &self->node, power);
}

void mu_sim_device_stop(struct mu_sim *sim, unsigned device, bool power)
{
    struct mu_sim_device *self = &sim->devices[device];
    if (!self->node.up) {
        return;
    }
    self->node.up = false;
    power = power || !mu_memdisk_has_power(self->node.disk);
    mu_sim_note(sim, "device %u stops%s", device, power ? " without power" : "");
    leave_device_disk(sim, self, power);
    close_device(self);
    mu_sim_inbox_free(&self->node.inbox);
    mu_sim_disconnect(sim, device);
    mu_sim_device_start_later(sim, device);
}

static enum mu_status open_device(struct mu_sim *sim, unsigned device, struct mu_error *err)
{
    struct mu_sim_device *self = &sim->devices[device];
    char name[64];
    mu_sim_device_disk_name(sim, device, name);
    struct mu_entropy entropy;
    struct mu_client_turn turn = mu_sim_device_now(sim, device, &entropy);
    MU_TRY(open_db(&self->replica_db, "replica.db", name, REPLICA_APP, false, err));
    MU_TRY(open_db(&self->outbox_db, "outbox.db", name, OUTBOX_APP,
                   !sim->options->sabotage.outbox_not_synced, err));
    MU_TRY(mu_db_renew_log(&self->outbox_db, err)); /* as the agent does */
    return mu_client_open(&self->replica_db, &self->outbox_db, &self->key, &turn, &self->client,
                          err);
}

/* A damaged replica is set aside and made anew, nothing else than the disk may be to blame. */
static void device_failed(struct mu_sim *sim, unsigned device, enum mu_status status,
                          const struct mu_error *err)
{
    const struct mu_sim_device *self = &sim->devices[device];
    if (self->doubtful || (self->altered && status == MU_E_CORRUPT)) {
        if (is_of_disk(status)) {
            return;
        }
        mu_sim_rebuild(sim, device);
    } else if (!is_of_disk(status) || sim->options->calm) {
        mu_sim_fail(sim, "device %u failed without a fault: %s", device, err->text);
    }
}

/* An edit that a fault cut off, so that nobody was told that it is saved, may be there. */
static void find_attempt(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_outbox_entry *entries = NULL;
    struct mu_error err = {0};
    size_t count = 0;
    mu_arena_clear(&sim->scratch);
    if (!self->has_attempt ||
        mu_client_outbox(self->client, &sim->scratch, &entries, &count, &err) != MU_OK) {
        return;
    }
    self->has_attempt = false;
    if (count > 0 && mu_sim_saved_find(sim, entries[count - 1].mutation) == NULL) {
        self->attempt.mutation = entries[count - 1].mutation;
        mu_sim_remember(sim, &self->attempt);
    }
}

void mu_sim_device_start(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_error err = {0};
    if (self->node.up || self->node.off || self->hostile) {
        return;
    }
    self->node.boot_ms = sim->now_ms - 1;
    self->node.tick_at_ms = INT64_MAX;
    enum mu_status status = open_device(sim, device, &err);
    if (status != MU_OK) {
        close_device(self);
        leave_device_disk(sim, self, false);
        mu_sim_note(sim, "device %u cannot start: %s", device, err.text);
        if (sim->healed && !self->doubtful && !self->altered) {
            mu_sim_fail(sim, "device %u does not start again: %s", device, err.text);
        }
        device_failed(sim, device, status, &err);
        mu_sim_device_start_later(sim, device);
        return;
    }
    self->node.up = true;
    mu_sim_note(sim, "device %u starts", device);
    find_attempt(sim, device);
    mu_client_sabotage(self->client, sim->options->client_sabotage);
    mu_sim_give_device(sim, device, MU_CLIENT_TICK, false, (struct mu_slice){0});
    if (sim->healed) {
        mu_sim_doctor(sim, device);
    }
    for (; self->owed > 0 && self->node.up; self->owed--) {
        mu_sim_edit(sim, device);
    }
}

static void device_outputs(struct mu_sim *sim, unsigned device,
                           const struct mu_client_outputs *outputs, size_t most)
{
    for (size_t i = 0; i < outputs->count && i < most; i++) {
        const struct mu_client_output *output = &outputs->items[i];
        switch (output->kind) {
        case MU_CLIENT_CONNECT:
            mu_sim_note(sim, "device %u connects", device);
            mu_sim_connect(sim, device);
            break;
        case MU_CLIENT_DISCONNECT:
            mu_sim_disconnect(sim, device);
            break;
        case MU_CLIENT_SEND:
            mu_sim_send_up(sim, device, output->bytes);
            break;
        case MU_CLIENT_LOG:
            mu_sim_check_word(sim, device, output->bytes);
            mu_sim_note(sim, "device %u: %.*s", device, (int)output->bytes.len,
                        (const char *)output->bytes.data);
            break;
        case MU_CLIENT_VIEW_CHANGED:
            break;
        }
    }
}

void mu_sim_device_turn(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    self->node.inbox.turn_planned = false;
    if (!self->node.up || self->node.inbox.count == 0) {
        return;
    }
    if (sim->now_ms < self->stalled_until_ms) {
        self->node.inbox.turn_planned = true;
        mu_queue_plan(&sim->queue, &(struct mu_event){.at_ms = self->stalled_until_ms,
                                                      .kind = MU_EVENT_DEVICE_TURN,
                                                      .device = device});
        return;
    }
    struct mu_client_input inputs[MU_SIM_INBOX_MAX];
    size_t count = self->node.inbox.count;
    for (size_t i = 0; i < count; i++) {
        const struct mu_inbox_item *item = &self->node.inbox.items[i];
        inputs[i] = (struct mu_client_input){.kind = (enum mu_client_input_kind)item->kind,
                                             .bytes = mu_slice_of(item->bytes, item->len),
                                             .refused = item->flag};
    }
    struct mu_entropy entropy;
    struct mu_client_turn turn = mu_sim_device_now(sim, device, &entropy);
    struct mu_client_outputs outputs = {0};
    struct mu_error err = {0};
    enum mu_status status = mu_client_run(self->client, &turn, inputs, count, &outputs, &err);
    mu_sim_inbox_free(&self->node.inbox);
    if (status != MU_OK || !mu_memdisk_has_power(self->node.disk)) {
        mu_sim_note(sim, "turn of device %u failed: %s", device,
                    status == MU_OK ? "no power" : err.text);
        mu_sim_device_stop(sim, device, !mu_memdisk_has_power(self->node.disk));
        if (status != MU_OK) {
            device_failed(sim, device, status, &err);
        }
        return;
    }
    size_t most = stop_after(sim, outputs.count, MU_SIM_DEVICE_EFFECT);
    device_outputs(sim, device, &outputs, most);
    if (most != SIZE_MAX) {
        mu_sim_device_stop(sim, device, mu_sim_chance(sim, 50));
        return;
    }
    want_tick(sim, &self->node, outputs.wake_at_ms, MU_EVENT_DEVICE_TICK, device);
    self->turns++;
    mu_sim_check_device(sim, device);
}

void mu_sim_free_machines(struct mu_sim *sim)
{
    for (unsigned i = 0; i < MU_SIM_DEVICES_MAX; i++) {
        struct mu_sim_device *device = &sim->devices[i];
        mu_sim_inbox_free(&device->node.inbox);
        close_device(device);
        mu_memdisk_free(device->node.disk);
        mu_device_keys_deinit(&device->keys);
        mu_key_file_deinit(&device->key);
        mu_sim_copy_free(&device->copy);
    }
    mu_sim_inbox_free(&sim->server.node.inbox);
    close_server(sim);
    mu_memdisk_free(sim->server.node.disk);
    mu_device_keys_deinit(&sim->server.keys);
    for (size_t i = 0; i < sim->server.copy_count; i++) {
        mu_sim_copy_free(&sim->server.copies[i]);
    }
}
