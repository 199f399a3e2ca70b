/* The server and the devices: how they start, run a turn and stop in the middle of anything. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/seal/hash.h"
#include "common/seal/invite.h"
#include "common/seal/sign.h"
#include "common/wire/mutation.h"
#include "tests/sim/inside.h"

#define SERVER_APP  0x4d555331
#define REPLICA_APP 0x4d555232
#define OUTBOX_APP  0x4d554f33
#define ZONE        "Europe/Lisbon"
#define TEAM        "Orion"
/* Connections that carry an enrolment are numbered apart. */
#define ENROLMENT_CONN UINT64_C(1000000000)

/* -- time and chance ------------------------------------------------------- */

static void draw_entropy(struct mu_sim *sim, struct mu_entropy *entropy)
{
    uint8_t seed[MU_HASH_LEN];
    for (size_t i = 0; i < sizeof seed; i += 8) {
        uint64_t word = mu_dice_next(&sim->dice);
        memcpy(seed + i, &word, 8);
    }
    mu_entropy_init(entropy, seed);
}

static struct mu_wall wall_of(const struct mu_sim *sim, const struct mu_node *node)
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
    draw_entropy(sim, entropy);
    return (struct mu_client_turn){.wall = wall_of(sim, node),
                                   .mono = mono_of(sim, node),
                                   .entropy = entropy,
                                   .zone = ZONE,
                                   .utc_offset_min = 60,
                                   .sabotage = &sim->options->client_sabotage};
}

struct mu_turn mu_sim_server_now(struct mu_sim *sim, struct mu_entropy *entropy)
{
    const struct mu_node *node = &sim->server.node;
    draw_entropy(sim, entropy);
    return (struct mu_turn){
        .wall = wall_of(sim, node), .mono = mono_of(sim, node), .entropy = entropy};
}

static void make_keys(struct mu_sim *sim, uint8_t out_seed[static MU_SEED_LEN],
                      struct mu_device_keys *out)
{
    for (size_t i = 0; i < MU_SEED_LEN; i += 8) {
        uint64_t word = mu_dice_next(&sim->dice);
        memcpy(out_seed + i, &word, 8);
    }
    mu_device_keys_make(out_seed, out);
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

static void server_disk_name(const struct mu_sim *sim, char out[static 64])
{
    (void)snprintf(out, 64, "sim-%llu-server", (unsigned long long)sim->options->seed);
}

static void device_disk_name(const struct mu_sim *sim, unsigned device, char out[static 64])
{
    (void)snprintf(out, 64, "sim-%llu-device-%u", (unsigned long long)sim->options->seed, device);
}

static void close_server(struct mu_sim *sim)
{
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
static void leave_disk(struct mu_sim *sim, struct mu_memdisk *disk, bool power)
{
    if (power || !mu_memdisk_has_power(disk)) {
        mu_memdisk_crash(disk, mu_dice_next(&sim->dice));
    } else {
        mu_memdisk_kill(disk);
    }
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
    leave_disk(sim, node->disk, power);
    close_server(sim);
    mu_sim_inbox_free(&node->inbox);
    mu_sim_break_all(sim);
    restart_server_later(sim);
}

void mu_sim_server_start(struct mu_sim *sim)
{
    struct mu_node *node = &sim->server.node;
    struct mu_error err = {0};
    char name[64];
    if (node->up) {
        return;
    }
    server_disk_name(sim, name);
    node->boot_ms = sim->now_ms - 1;
    node->tick_at_ms = INT64_MAX;
    struct mu_entropy entropy;
    struct mu_turn turn = mu_sim_server_now(sim, &entropy);
    enum mu_status status = open_db(&sim->server.db, "server.db", name, SERVER_APP, true, &err);
    if (status == MU_OK) {
        status =
            mu_server_open(&sim->server.db, &sim->server.keys, &turn, &sim->server.server, &err);
    }
    if (status != MU_OK) {
        close_server(sim);
        leave_disk(sim, node->disk, false);
        mu_sim_note(sim, "server cannot start: %s", err.text);
        if (sim->healed && status != MU_E_BUSY) {
            mu_sim_fail(sim, "the server does not start again: %s", err.text);
        }
        restart_server_later(sim);
        return;
    }
    node->up = true;
    mu_sim_note(sim, "server starts");
    mu_server_sabotage(sim->server.server, sim->options->server_sabotage);
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

static void server_outputs(struct mu_sim *sim, const struct mu_server_outputs *outputs, size_t most)
{
    for (size_t i = 0; i < outputs->count && i < most; i++) {
        const struct mu_server_output *output = &outputs->items[i];
        if (output->kind != MU_SERVER_LOG && output->conn.number >= ENROLMENT_CONN) {
            continue; /* its enrolment looks at the outputs itself */
        }
        switch (output->kind) {
        case MU_SERVER_SEND:
            mu_sim_send_down(sim, output->conn.number, output->bytes);
            break;
        case MU_SERVER_CLOSE:
            mu_sim_cut(sim, output->conn.number);
            break;
        case MU_SERVER_LOG:
            mu_sim_note(sim, "server: %.*s", (int)output->bytes.len,
                        (const char *)output->bytes.data);
            break;
        }
    }
}

/* With the seed's help: how many outputs get out before the machine stops. */
static size_t stop_after(struct mu_sim *sim, size_t count, enum mu_sim_fault fault)
{
    if (sim->healed || sim->options->calm || count == 0 || !mu_sim_chance(sim, 1)) {
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
    enum mu_status status =
        mu_server_turn(sim->server.server, &turn, inputs, count, &outputs, &err);
    mu_sim_inbox_free(&node->inbox);
    if (status != MU_OK || !mu_memdisk_has_power(node->disk)) {
        mu_sim_note(sim, "server turn failed: %s", status == MU_OK ? "no power" : err.text);
        if (status != MU_OK && sim->options->calm) {
            mu_sim_fail(sim, "a turn of the server failed without a fault: %s", err.text);
        }
        if (sim->options->server_sabotage.send_before_commit && status != MU_OK) {
            server_outputs(sim, &outputs, SIZE_MAX);
        }
        mu_sim_server_stop(sim, !mu_memdisk_has_power(node->disk));
        return;
    }
    size_t most = stop_after(sim, outputs.count, MU_SIM_SERVER_EFFECT);
    server_outputs(sim, &outputs, most);
    if (most != SIZE_MAX) {
        mu_sim_server_stop(sim, mu_sim_chance(sim, 50));
        return;
    }
    want_tick(sim, node, outputs.wake_at_ms, MU_EVENT_SERVER_TICK, 0);
    mu_sim_check_server(sim);
}

/* -- devices --------------------------------------------------------------- */

static void restart_device_later(struct mu_sim *sim, unsigned device)
{
    mu_queue_plan(&sim->queue,
                  &(struct mu_event){.at_ms = sim->now_ms + 100 + (int64_t)mu_sim_below(sim, 30000),
                                     .kind = MU_EVENT_DEVICE_START,
                                     .device = device});
}

void mu_sim_device_stop(struct mu_sim *sim, unsigned device, bool power)
{
    struct mu_sim_device *self = &sim->devices[device];
    if (!self->node.up) {
        return;
    }
    self->node.up = false;
    mu_sim_note(sim, "device %u stops%s", device, power ? " without power" : "");
    leave_disk(sim, self->node.disk, power);
    close_device(self);
    mu_sim_inbox_free(&self->node.inbox);
    mu_sim_disconnect(sim, device);
    restart_device_later(sim, device);
}

void mu_sim_device_start(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_error err = {0};
    char name[64];
    if (self->node.up) {
        return;
    }
    device_disk_name(sim, device, name);
    self->node.boot_ms = sim->now_ms - 1;
    self->node.tick_at_ms = INT64_MAX;
    struct mu_entropy entropy;
    struct mu_client_turn turn = mu_sim_device_now(sim, device, &entropy);
    enum mu_status status =
        open_db(&self->replica_db, "replica.db", name, REPLICA_APP, false, &err);
    if (status == MU_OK) {
        status = open_db(&self->outbox_db, "outbox.db", name, OUTBOX_APP, true, &err);
    }
    if (status == MU_OK) { /* as the agent does */
        status = mu_db_renew_log(&self->outbox_db, &err);
    }
    if (status == MU_OK) {
        status = mu_client_open(&self->replica_db, &self->outbox_db, &self->key, &turn,
                                &self->client, &err);
    }
    if (status != MU_OK) {
        close_device(self);
        leave_disk(sim, self->node.disk, false);
        mu_sim_note(sim, "device %u cannot start: %s", device, err.text);
        if (sim->healed) {
            mu_sim_fail(sim, "device %u does not start again: %s", device, err.text);
        }
        restart_device_later(sim, device);
        return;
    }
    self->node.up = true;
    mu_sim_note(sim, "device %u starts", device);
    mu_client_sabotage(self->client, sim->options->client_sabotage);
    mu_sim_give_device(sim, device, MU_CLIENT_TICK, false, (struct mu_slice){0});
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
        if (status != MU_OK && sim->options->calm) {
            mu_sim_fail(sim, "a turn of device %u failed without a fault: %s", device, err.text);
        }
        mu_sim_device_stop(sim, device, !mu_memdisk_has_power(self->node.disk));
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

/* -- founding and enrolment ------------------------------------------------ */

static struct mu_intent enrol_intent(struct mu_sim *sim, struct mu_sim_device *self,
                                     const struct mu_device_keys *invite, unsigned device)
{
    uint8_t proof_bytes[MU_INVITE_PROOF_LEN];
    uint8_t proof[MU_SIGN_LEN];
    char name[16];
    struct mu_intent intent = {.number = MU_INTENT_DEVICE_ENROL, .version = 1};
    struct mu_id invite_id = mu_invite_id(invite->public.curve);
    const struct mu_device_public *keys = &self->keys.public;
    (void)snprintf(name, sizeof name, "device %u", device);
    mu_invite_proof_bytes(sim->workspace, self->key.device, keys, proof_bytes);
    mu_sign(invite, MU_SIGN_ENROL, mu_slice_of(proof_bytes, sizeof proof_bytes), proof);
    struct mu_op *op = mu_intent_op(&intent, &sim->arena, MU_DEVICE, self->key.device);
    MU_ASSERT(op != NULL);
    bool fits =
        mu_op_arg(op, &sim->arena, MU_DEVICE_NAME, mu_bytes(mu_slice_str(name))) &&
        mu_op_arg(op, &sim->arena, MU_DEVICE_SIGN_KEY, mu_bytes(mu_slice_of(keys->sign, 32))) &&
        mu_op_arg(op, &sim->arena, MU_DEVICE_BOX_KEY, mu_bytes(mu_slice_of(keys->box, 32))) &&
        mu_op_arg(op, &sim->arena, MU_DEVICE_CURVE_KEY, mu_bytes(mu_slice_of(keys->curve, 32))) &&
        mu_op_arg(op, &sim->arena, MU_DEVICE_INVITE, mu_id_value(&invite_id)) &&
        mu_op_arg(op, &sim->arena, MU_DEVICE_PROOF, mu_bytes(mu_slice_of(proof, sizeof proof)));
    MU_ASSERT(fits);
    return intent;
}

/* What the server said to a device that enrols. */
static void take_answer(struct mu_sim *sim, struct mu_sim_device *self,
                        const struct mu_server_output *output)
{
    struct mu_message answer;
    struct mu_error err = {0};
    if (output->kind != MU_SERVER_SEND ||
        mu_message_decode(output->bytes, &sim->arena, &answer, &err) != MU_OK ||
        answer.kind != MU_MSG_ENROLLED) {
        return;
    }
    self->enrolled = answer.enrolled.accepted;
    self->person = answer.enrolled.person;
    if (!self->enrolled) {
        mu_sim_fail(sim, "enrolment refused: %.*s", (int)answer.enrolled.reason.len,
                    (const char *)answer.enrolled.reason.data);
    }
}

/* One ENROL through a connection of its own, answered in the same turn. */
static void enrol(struct mu_sim *sim, unsigned device, const uint8_t secret[static 16])
{
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_device_keys invite;
    struct mu_entropy entropy;
    struct mu_turn turn = mu_sim_server_now(sim, &entropy);
    mu_invite_keys(secret, &invite);
    struct mu_mutation mutation = {.id = mu_entropy_id(&entropy, turn.wall.ms),
                                   .replica = mu_entropy_id(&entropy, turn.wall.ms),
                                   .number = 1,
                                   .authored_ms = turn.wall.ms,
                                   .zone = ZONE,
                                   .intent = enrol_intent(sim, self, &invite, device)};
    MU_BUF_AUTO struct mu_buf bytes;
    MU_BUF_AUTO struct mu_buf message_bytes;
    uint8_t signature[MU_SIGN_LEN];
    mu_buf_init(&bytes, MU_MUTATION_BYTES_MAX);
    mu_buf_init(&message_bytes, MU_MESSAGE_MAX);
    enum mu_status status = mu_mutation_encode(&mutation, &sim->arena, &bytes);
    MU_ASSERT(status == MU_OK);
    mu_sign(&self->keys, MU_SIGN_MUTATION, mu_buf_view(&bytes), signature);
    struct mu_message message = {
        .kind = MU_MSG_ENROL,
        .enrol = {.protocol_min = MU_PROTOCOL_MIN,
                  .protocol_max = MU_PROTOCOL_MAX,
                  .mutation = {.bytes = mu_buf_view(&bytes),
                               .signature = mu_slice_of(signature, sizeof signature)}}};
    status = mu_message_encode(&message, &sim->arena, &message_bytes);
    MU_ASSERT(status == MU_OK);

    struct mu_server_input input = {.kind = MU_SERVER_MESSAGE,
                                    .conn = {ENROLMENT_CONN + device},
                                    .bytes = mu_buf_view(&message_bytes)};
    memcpy(input.curve_key, invite.public.curve, 32);
    struct mu_server_outputs outputs = {0};
    struct mu_error err = {0};
    MU_ASSERT(mu_server_admit(sim->server.server, invite.public.curve, turn.wall) ==
              MU_ADMIT_INVITE);
    if (mu_server_turn(sim->server.server, &turn, &input, 1, &outputs, &err) != MU_OK) {
        mu_sim_fail(sim, "enrolment: %s", err.text);
        return;
    }
    for (size_t i = 0; i < outputs.count; i++) {
        if (outputs.items[i].conn.number == input.conn.number) {
            take_answer(sim, self, &outputs.items[i]);
        }
    }
    server_outputs(sim, &outputs, SIZE_MAX);
    mu_sim_check_server(sim);
    if (!self->enrolled) {
        mu_sim_fail(sim, "enrolment of device %u had no answer", device);
    }
    input.kind = MU_SERVER_GONE;
    input.bytes = (struct mu_slice){0};
    if (mu_server_turn(sim->server.server, &turn, &input, 1, &outputs, &err) != MU_OK) {
        mu_sim_fail(sim, "enrolment: %s", err.text);
    } else {
        server_outputs(sim, &outputs, SIZE_MAX);
        mu_sim_check_server(sim);
    }
    mu_device_keys_deinit(&invite);
}

static void make_device(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_entropy entropy;
    char name[64];
    draw_entropy(sim, &entropy);
    self->key.workspace = sim->workspace;
    self->key.device = mu_entropy_id(&entropy, MU_SIM_START_MS);
    make_keys(sim, self->key.seed, &self->keys);
    memcpy(self->key.server_curve, sim->server.keys.public.curve, 32);
    memcpy(self->key.server_sign, sim->server.keys.public.sign, 32);
    memcpy(self->key.server_box, sim->server.keys.public.box, 32);
    (void)snprintf(self->key.endpoint, sizeof self->key.endpoint, "tcp://127.0.0.1:7420");
    (void)snprintf(self->key.handle, sizeof self->key.handle, "p%u", device);
    device_disk_name(sim, device, name);
    self->node.disk = mu_memdisk_new(name);
    mu_memdisk_seed(self->node.disk, mu_dice_next(&sim->dice));
}

/* A lead's device invites a person, offline as every edit. */
static void invite_person(struct mu_sim *sim, unsigned device, const uint8_t secret[static 16])
{
    struct mu_sim_device *lead = &sim->devices[0];
    struct mu_device_keys invite;
    struct mu_entropy entropy;
    struct mu_client_turn turn = mu_sim_device_now(sim, 0, &entropy);
    char handle[16];
    (void)snprintf(handle, sizeof handle, "p%u", device);
    mu_invite_keys(secret, &invite);
    struct mu_slice handle_text = mu_slice_str(handle);
    struct mu_id person = mu_id_derive("person", &handle_text, 1);
    struct mu_id invite_id = mu_invite_id(invite.public.curve);
    struct mu_intent intent = {.number = MU_INTENT_INVITE_CREATE, .version = 1};
    struct mu_op *op = mu_intent_op(&intent, &sim->arena, MU_PERSON, person);
    bool fits = op != NULL && mu_op_arg(op, &sim->arena, MU_PERSON_HANDLE, mu_bytes(handle_text)) &&
                mu_op_arg(op, &sim->arena, MU_PERSON_NAME, mu_bytes(handle_text)) &&
                mu_op_arg(op, &sim->arena, MU_PERSON_ROLE, mu_int(MU_ROLE_MEMBER));
    op = mu_intent_op(&intent, &sim->arena, MU_INVITE, invite_id);
    fits = fits && op != NULL &&
           mu_op_arg(op, &sim->arena, MU_INVITE_PERSON, mu_id_value(&person)) &&
           mu_op_arg(op, &sim->arena, MU_INVITE_SIGN_KEY,
                     mu_bytes(mu_slice_of(invite.public.sign, 32))) &&
           mu_op_arg(op, &sim->arena, MU_INVITE_CURVE_KEY,
                     mu_bytes(mu_slice_of(invite.public.curve, 32))) &&
           mu_op_arg(op, &sim->arena, MU_INVITE_EXPIRES_AT,
                     mu_int(MU_SIM_START_MS + INT64_C(604800000)));
    MU_ASSERT(fits);
    struct mu_authored authored;
    struct mu_error err = {0};
    if (mu_client_author(lead->client, &turn, &intent, &sim->arena, &authored, &err) != MU_OK) {
        mu_sim_fail(sim, "invite of p%u: %s", device, err.text);
    }
    mu_device_keys_deinit(&invite);
}

/* Let the events run until device has nothing pending. */
static void settle(struct mu_sim *sim, unsigned device)
{
    mu_sim_give_device(sim, device, MU_CLIENT_POKE, false, (struct mu_slice){0});
    for (unsigned i = 0; i < 2000 && !mu_sim_failed(sim); i++) {
        struct mu_client_status status;
        struct mu_error err = {0};
        struct mu_event event;
        if (mu_client_status(sim->devices[device].client, &status, &err) == MU_OK &&
            status.pending == 0 && status.link == MU_LINK_LIVE) {
            return;
        }
        if (!mu_queue_take(&sim->queue, &event)) {
            break;
        }
        mu_sim_step(sim, &event);
    }
    mu_sim_fail(sim, "device %u does not come up in calm weather", device);
}

void mu_sim_found(struct mu_sim *sim)
{
    uint8_t seed[MU_SEED_LEN];
    uint8_t secrets[MU_SIM_DEVICES_MAX][16];
    char name[64];
    struct mu_error err = {0};
    for (size_t i = 0; i < MU_SIM_DEVICES_MAX; i++) {
        for (size_t j = 0; j < 16; j++) {
            secrets[i][j] = (uint8_t)mu_dice_next(&sim->dice);
        }
    }
    make_keys(sim, seed, &sim->server.keys);
    server_disk_name(sim, name);
    sim->server.node.disk = mu_memdisk_new(name);
    mu_memdisk_seed(sim->server.node.disk, mu_dice_next(&sim->dice));

    struct mu_entropy entropy;
    struct mu_turn turn = mu_sim_server_now(sim, &entropy);
    struct mu_founding founding = {.team = TEAM,
                                   .zone = ZONE,
                                   .lead_handle = "p0",
                                   .lead_name = "Ana",
                                   .invite_expires_ms = MU_SIM_START_MS + 3600000};
    memcpy(founding.invite_secret, secrets[0], 16);
    struct mu_db db = {0};
    if (open_db(&db, "server.db", name, SERVER_APP, true, &err) != MU_OK ||
        mu_server_found(&db, &sim->server.keys, &founding, &turn, &sim->workspace, &err) != MU_OK) {
        mu_sim_fail(sim, "founding: %s", err.text);
        mu_db_close(&db);
        return;
    }
    mu_db_close(&db);
    mu_sim_server_start(sim);
    for (unsigned i = 0; i < sim->device_count && !mu_sim_failed(sim); i++) {
        make_device(sim, i);
        if (i > 0) {
            invite_person(sim, i, secrets[i]);
            settle(sim, 0);
        }
        mu_arena_clear(&sim->arena);
        enrol(sim, i, secrets[i]);
        mu_sim_device_start(sim, i);
        settle(sim, i);
    }
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
    }
    mu_sim_inbox_free(&sim->server.node.inbox);
    close_server(sim);
    mu_memdisk_free(sim->server.node.disk);
    mu_device_keys_deinit(&sim->server.keys);
}
