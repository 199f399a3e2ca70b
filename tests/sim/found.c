/* The workspace is founded and every device enrolled, by the same messages as ever. */
#include <stdio.h>
#include <string.h>

#include "common/seal/hash.h"
#include "common/seal/invite.h"
#include "common/seal/sign.h"
#include "common/wire/mutation.h"
#include "tests/sim/inside.h"

#define ZONE "Europe/Lisbon"
#define TEAM "Orion"
/* Connections that carry an enrolment are numbered apart. */
#define ENROLMENT_CONN UINT64_C(1000000000)

/* -- founding and enrolment ------------------------------------------------ */

static void make_keys(struct mu_sim *sim, uint8_t out_seed[static MU_SEED_LEN],
                      struct mu_device_keys *out)
{
    for (size_t i = 0; i < MU_SEED_LEN; i += 8) {
        uint64_t word = mu_dice_next(&sim->dice);
        memcpy(out_seed + i, &word, 8);
    }
    mu_device_keys_make(out_seed, out);
}

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
    MU_ASSERT(mu_server_admit(sim->server.server, invite.public.curve, turn.wall) ==
              MU_ADMIT_INVITE);
    if (!mu_sim_server_apart(sim, &input, &outputs)) {
        return;
    }
    for (size_t i = 0; i < outputs.count; i++) {
        if (outputs.items[i].conn.number == input.conn.number) {
            take_answer(sim, self, &outputs.items[i]);
        }
    }
    if (!self->enrolled) {
        mu_sim_fail(sim, "enrolment of device %u had no answer", device);
    }
    input.kind = MU_SERVER_GONE;
    input.bytes = (struct mu_slice){0};
    (void)mu_sim_server_apart(sim, &input, &outputs);
    mu_device_keys_deinit(&invite);
}

static void make_device(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_entropy entropy;
    char name[64];
    mu_sim_draw_entropy(sim, &entropy);
    self->key.workspace = sim->workspace;
    self->key.device = mu_entropy_id(&entropy, MU_SIM_START_MS);
    make_keys(sim, self->key.seed, &self->keys);
    memcpy(self->key.server_curve, sim->server.keys.public.curve, 32);
    memcpy(self->key.server_sign, sim->server.keys.public.sign, 32);
    memcpy(self->key.server_box, sim->server.keys.public.box, 32);
    (void)snprintf(self->key.endpoint, sizeof self->key.endpoint, "tcp://127.0.0.1:7420");
    (void)snprintf(self->key.handle, sizeof self->key.handle, "p%u", device);
    mu_sim_device_disk_name(sim, device, name);
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
    mu_sim_server_disk_name(sim, name);
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
    if (mu_sim_open_server_db(sim, &db, &err) != MU_OK ||
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
        if (sim->devices[i].hostile) {
            continue;
        }
        mu_sim_device_start(sim, i);
        settle(sim, i);
    }
    sim->history.founded = sim->history.scanned;
}
