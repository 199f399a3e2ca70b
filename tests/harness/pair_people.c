/* What people do in a pair: join, and author edits. */
#include <stdio.h>
#include <string.h>

#include "common/db/stmt.h"
#include "common/seal/hash.h"
#include "common/seal/invite.h"
#include "common/seal/sign.h"
#include "common/wire/mutation.h"
#include "tests/harness/pair.h"

#define ARENA_MAX ((size_t)256 << 20)
#define DAY_MS    INT64_C(86400000)

static void must(struct mu_pair *pair, bool good, const char *what)
{
    if (!good) {
        (void)fprintf(stderr, "pair: %s: %s\n", what, pair->err.text);
    }
    MU_ASSERT(good);
}

/* -- joining -------------------------------------------------------------------- */

static void arg_bytes(struct mu_pair *pair, size_t client, struct mu_op *op, uint32_t field,
                      const void *bytes, size_t len)
{
    mu_pair_arg(pair, client, op, field, mu_bytes(mu_slice_of(bytes, len)));
}

static struct mu_intent enrol_intent(struct mu_pair *pair, size_t client,
                                     const struct mu_device_keys *invite)
{
    struct mu_pair_client *who = &pair->clients[client];
    struct mu_op *op = NULL;
    struct mu_intent intent =
        mu_pair_intent(pair, client, MU_INTENT_DEVICE_ENROL, MU_DEVICE, who->file.device, &op);
    uint8_t vouched[MU_INVITE_PROOF_LEN];
    uint8_t proof[MU_SIGN_LEN];
    struct mu_id invite_id = mu_invite_id(invite->public.curve);
    mu_invite_proof_bytes(pair->workspace, who->file.device, &who->keys.public, vouched);
    mu_sign(invite, MU_SIGN_ENROL, mu_slice_of(vouched, sizeof vouched), proof);
    arg_bytes(pair, client, op, MU_DEVICE_NAME, "laptop", 6);
    arg_bytes(pair, client, op, MU_DEVICE_SIGN_KEY, who->keys.public.sign, 32);
    arg_bytes(pair, client, op, MU_DEVICE_BOX_KEY, who->keys.public.box, 32);
    arg_bytes(pair, client, op, MU_DEVICE_CURVE_KEY, who->keys.public.curve, 32);
    arg_bytes(pair, client, op, MU_DEVICE_PROOF, proof, sizeof proof);
    mu_pair_arg(pair, client, op, MU_DEVICE_INVITE, mu_id_value(&invite_id));
    return intent;
}

/* ENROL over a connection of its own, answered in the same turn. */
static void enrol(struct mu_pair *pair, size_t client, const uint8_t secret[static 16])
{
    struct mu_pair_client *who = &pair->clients[client];
    struct mu_device_keys invite;
    mu_invite_keys(secret, &invite);
    struct mu_mutation mutation = {.id = mu_entropy_id(&pair->entropy, pair->wall_ms),
                                   .replica = mu_entropy_id(&pair->entropy, pair->wall_ms),
                                   .number = 1,
                                   .authored_ms = pair->wall_ms,
                                   .intent = enrol_intent(pair, client, &invite)};
    MU_BUF_AUTO struct mu_buf bytes;
    MU_BUF_AUTO struct mu_buf message_bytes;
    mu_buf_init(&bytes, MU_MUTATION_BYTES_MAX);
    mu_buf_init(&message_bytes, MU_MESSAGE_MAX);
    must(pair, mu_mutation_encode(&mutation, &who->arena, &bytes) == MU_OK, "encode");
    uint8_t signature[MU_SIGN_LEN];
    mu_sign(&who->keys, MU_SIGN_MUTATION, mu_buf_view(&bytes), signature);
    const struct mu_message message = {
        .kind = MU_MSG_ENROL,
        .enrol = {.protocol_min = MU_PROTOCOL_MIN,
                  .protocol_max = MU_PROTOCOL_MAX,
                  .mutation = {.bytes = mu_buf_view(&bytes),
                               .signature = mu_slice_of(signature, sizeof signature)}}};
    must(pair, mu_message_encode(&message, &who->arena, &message_bytes) == MU_OK, "encode");
    struct mu_server_input inputs[2] = {
        {.kind = MU_SERVER_MESSAGE, .conn = {++pair->conns}, .bytes = mu_buf_view(&message_bytes)},
        {.kind = MU_SERVER_GONE, .conn = {pair->conns}}};
    memcpy(inputs[0].curve_key, invite.public.curve, 32);
    mu_pair_serve(pair, inputs, 2);
    mu_device_keys_deinit(&invite);
    struct mu_wall now = {pair->wall_ms};
    must(pair, mu_server_admit(pair->server, who->keys.public.curve, now) == MU_ADMIT_DEVICE,
         "enrolled");
}

/* Client 0 invites the person of client; one who is there already gets one more device. */
static void invite(struct mu_pair *pair, size_t client, const char *handle, bool new_person,
                   uint8_t secret[static 16])
{
    struct mu_device_keys keys;
    struct mu_op *op = NULL;
    struct mu_slice text = mu_slice_str(handle);
    struct mu_id person = mu_id_derive("person", &text, 1);
    secret[1] = (uint8_t)client;
    mu_invite_keys(secret, &keys);
    struct mu_intent intent = {.number = MU_INTENT_INVITE_CREATE, .version = 1};
    if (new_person) {
        intent = mu_pair_intent(pair, 0, MU_INTENT_INVITE_CREATE, MU_PERSON, person, &op);
        mu_pair_arg(pair, 0, op, MU_PERSON_HANDLE, mu_bytes(text));
        mu_pair_arg(pair, 0, op, MU_PERSON_NAME, mu_bytes(text));
        mu_pair_arg(pair, 0, op, MU_PERSON_ROLE, mu_int(MU_ROLE_MEMBER));
    }
    op = mu_intent_op(&intent, &pair->clients[0].arena, MU_INVITE, mu_invite_id(keys.public.curve));
    must(pair, op != NULL, "invite");
    mu_pair_arg(pair, 0, op, MU_INVITE_PERSON, mu_id_value(&person));
    arg_bytes(pair, 0, op, MU_INVITE_SIGN_KEY, keys.public.sign, 32);
    arg_bytes(pair, 0, op, MU_INVITE_CURVE_KEY, keys.public.curve, 32);
    mu_pair_arg(pair, 0, op, MU_INVITE_EXPIRES_AT, mu_int(pair->wall_ms + DAY_MS));
    (void)mu_pair_author(pair, 0, &intent);
    mu_device_keys_deinit(&keys);
    mu_pair_settle(pair);
}

static size_t join(struct mu_pair *pair, size_t person)
{
    MU_ASSERT(pair->count < MU_PAIR_CLIENTS_MAX);
    size_t client = pair->count;
    struct mu_pair_client *who = &pair->clients[client];
    uint8_t secret[16] = {100};
    char handle[32] = "ana";
    if (client > 0) {
        if (person > 0) {
            (void)snprintf(handle, sizeof handle, "kofi%zu", person);
        }
        invite(pair, client, handle, person == client, secret);
    }
    mu_arena_init(&who->arena, ARENA_MAX);
    who->file = (struct mu_key_file){.workspace = pair->workspace,
                                     .device = mu_entropy_id(&pair->entropy, pair->wall_ms)};
    mu_entropy_draw(&pair->entropy, who->file.seed, sizeof who->file.seed);
    memcpy(who->file.server_sign, pair->keys.public.sign, sizeof who->file.server_sign);
    memcpy(who->file.server_box, pair->keys.public.box, sizeof who->file.server_box);
    mu_device_keys_make(who->file.seed, &who->keys);
    struct mu_slice text = mu_slice_str(handle);
    who->person = mu_id_derive("person", &text, 1);
    who->disk = mu_memdisk_new(who->vfs);
    pair->count++;
    enrol(pair, client, secret);
    mu_pair_start(pair, client);
    return client;
}

size_t mu_pair_join(struct mu_pair *pair)
{
    return join(pair, pair->count);
}

size_t mu_pair_join_as(struct mu_pair *pair, size_t whose)
{
    MU_ASSERT(whose < pair->count);
    return join(pair, whose);
}

/* -- intents ---------------------------------------------------------------------- */

struct mu_intent mu_pair_intent(struct mu_pair *pair, size_t client, uint32_t number,
                                uint32_t entity, struct mu_id row, struct mu_op **out_op)
{
    struct mu_intent intent = {.number = number, .version = 1};
    *out_op = mu_intent_op(&intent, &pair->clients[client].arena, entity, row);
    must(pair, *out_op != NULL, "intent");
    return intent;
}

void mu_pair_arg(struct mu_pair *pair, size_t client, struct mu_op *op, uint32_t field,
                 struct mu_value value)
{
    must(pair, mu_op_arg(op, &pair->clients[client].arena, field, value), "argument");
}

enum mu_status mu_pair_try(struct mu_pair *pair, size_t client, const struct mu_intent *intent,
                           struct mu_authored *out)
{
    struct mu_pair_client *who = &pair->clients[client];
    struct mu_client_turn turn = mu_pair_turn(pair, client);
    who->poked = true;
    return mu_client_author(who->client, &turn, intent, &who->arena, out, &pair->err);
}

struct mu_authored mu_pair_author(struct mu_pair *pair, size_t client,
                                  const struct mu_intent *intent)
{
    struct mu_authored authored = {0};
    must(pair, mu_pair_try(pair, client, intent, &authored) == MU_OK, "author");
    return authored;
}

struct mu_id mu_pair_column(struct mu_pair *pair, size_t client, int64_t kind)
{
    struct mu_pair_client *who = &pair->clients[client];
    struct mu_world world = mu_replica_world(mu_client_replica(who->client));
    struct mu_row column = {0};
    bool found = false;
    struct mu_stmt stmt = {0};
    bool row = false;
    must(pair,
         mu_stmt_prepare(&stmt, &who->replica_db, "SELECT id FROM board ORDER BY key LIMIT 1",
                         &pair->err) == MU_OK &&
             mu_stmt_step(&stmt, &row, &pair->err) == MU_OK && row,
         "board");
    struct mu_id board = mu_stmt_id(&stmt, 0);
    mu_stmt_finalize(&stmt);
    must(pair,
         world.column_of_kind(world.state, &who->arena, board, kind, &column, &found, &pair->err) ==
                 MU_OK &&
             found,
         "column");
    return column.id;
}

struct mu_id mu_pair_add(struct mu_pair *pair, size_t client, const char *title, int64_t kind)
{
    struct mu_pair_client *who = &pair->clients[client];
    struct mu_id task = mu_entropy_id(&pair->entropy, pair->wall_ms);
    struct mu_id column = mu_pair_column(pair, client, kind);
    struct mu_op *op = NULL;
    struct mu_intent intent = mu_pair_intent(pair, client, MU_INTENT_TASK_ADD, MU_TASK, task, &op);
    mu_pair_arg(pair, client, op, MU_TASK_TITLE, mu_bytes(mu_slice_str(title)));
    mu_pair_arg(pair, client, op, MU_TASK_COLUMN, mu_id_value(&column));
    mu_pair_arg(pair, client, op, MU_TASK_OWNER, mu_id_value(&who->person));
    (void)mu_pair_author(pair, client, &intent);
    return task;
}

struct mu_authored mu_pair_title(struct mu_pair *pair, size_t client, struct mu_id task,
                                 const char *title)
{
    struct mu_op *op = NULL;
    struct mu_intent intent = mu_pair_intent(pair, client, MU_INTENT_TASK_EDIT, MU_TASK, task, &op);
    mu_pair_arg(pair, client, op, MU_TASK_TITLE, mu_bytes(mu_slice_str(title)));
    return mu_pair_author(pair, client, &intent);
}

struct mu_authored mu_pair_move(struct mu_pair *pair, size_t client, struct mu_id task,
                                int64_t kind)
{
    struct mu_id column = mu_pair_column(pair, client, kind);
    struct mu_op *op = NULL;
    struct mu_intent intent = mu_pair_intent(pair, client, MU_INTENT_TASK_MOVE, MU_TASK, task, &op);
    mu_pair_arg(pair, client, op, MU_TASK_COLUMN, mu_id_value(&column));
    return mu_pair_author(pair, client, &intent);
}

/* -- rows --------------------------------------------------------------------------- */

static bool find(struct mu_pair *pair, size_t client, uint32_t entity, struct mu_id id,
                 struct mu_row *out)
{
    struct mu_pair_client *who = &pair->clients[client];
    bool found = false;
    must(pair,
         mu_replica_row(mu_client_replica(who->client), &who->arena, entity, id, out, &found,
                        &pair->err) == MU_OK,
         "row");
    return found;
}

struct mu_row mu_pair_row(struct mu_pair *pair, size_t client, uint32_t entity, struct mu_id id)
{
    struct mu_row row = {0};
    must(pair, find(pair, client, entity, id, &row), "no such row");
    return row;
}

bool mu_pair_has(struct mu_pair *pair, size_t client, uint32_t entity, struct mu_id id)
{
    struct mu_row row = {0};
    return find(pair, client, entity, id, &row);
}

bool mu_pair_titled(struct mu_pair *pair, size_t client, struct mu_id task, const char *title)
{
    struct mu_row row = mu_pair_row(pair, client, MU_TASK, task);
    return mu_slice_equal(mu_row_text(&row, MU_TASK_TITLE), mu_slice_str(title));
}
