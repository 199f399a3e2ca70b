#include "tests/harness/player.h"

#include <stdio.h>
#include <string.h>

#include "common/db/stmt.h"
#include "common/seal/hash.h"
#include "common/seal/invite.h"
#include "common/seal/sign.h"
#include "common/seal/wrap.h"

#define KIND      0x4d737450U
#define ARENA_MAX ((size_t)256 * 1024 * 1024)

static void must(enum mu_status status, const struct mu_error *err, const char *what)
{
    if (status != MU_OK) {
        (void)fprintf(stderr, "player: %s: %s: %s\n", what, mu_status_text(status),
                      err == NULL ? "" : err->text);
    }
    MU_ASSERT(status == MU_OK);
}

static struct mu_id fresh_id(struct mu_player *player)
{
    return mu_entropy_id(&player->stage->entropy, player->stage->wall_ms);
}

/* -- life -------------------------------------------------------------------- */

void mu_player_open(struct mu_player *player, struct mu_stage *stage, uint8_t number)
{
    struct mu_db_options options = {.application_id = KIND};
    struct mu_error err;
    uint8_t seed[32] = {100, number};
    *player = (struct mu_player){.stage = stage};
    mu_arena_init(&player->arena, ARENA_MAX);
    mu_buf_init(&player->enrolment, MU_MESSAGE_MAX);
    mu_device_keys_make(seed, &player->keys);
    player->device = fresh_id(player);
    player->replica = fresh_id(player);
    player->boot_nonce = fresh_id(player);
    must(mu_db_open(&player->db, &options, &err), &err, "open");
    must(mu_replica_open(&player->db, &player->rows, &err), &err, "open rows");
    must(mu_replica_meta_set(player->rows, MU_META_WORKSPACE, mu_id_view(&stage->workspace), &err),
         &err, "workspace");
    for (size_t i = 0; i < MU_BUCKET_COUNT; i++) {
        mu_buf_init(&player->staged[i], ARENA_MAX);
    }
}

void mu_player_close(struct mu_player *player)
{
    mu_replica_close(player->rows);
    mu_db_close(&player->db);
    mu_arena_deinit(&player->arena);
    mu_device_keys_deinit(&player->keys);
    mu_device_keys_deinit(&player->invite);
    mu_buf_deinit(&player->enrolment);
    for (size_t i = 0; i < MU_BUCKET_COUNT; i++) {
        mu_buf_deinit(&player->staged[i]);
    }
}

void mu_player_remint(struct mu_player *player)
{
    player->replica = fresh_id(player);
    player->number = 0;
    player->last_hash = (struct mu_hash){{0}};
    player->acked_number = 0;
    player->acked_hash = (struct mu_hash){{0}};
}

/* -- sending ----------------------------------------------------------------- */

void mu_player_send(struct mu_player *player, const struct mu_message *message)
{
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_MESSAGE_MAX);
    must(mu_message_encode(message, &player->arena, &bytes), NULL, "encode");
    mu_stage_post(player->stage, player->conn, player->keys.public.curve, mu_buf_view(&bytes));
}

void mu_player_credit(struct mu_player *player, uint64_t bytes)
{
    mu_player_send(player, &(struct mu_message){.kind = MU_MSG_CREDIT, .credit = {bytes}});
}

void mu_player_ping(struct mu_player *player)
{
    mu_player_send(player, &(struct mu_message){.kind = MU_MSG_PING});
}

void mu_player_connect(struct mu_player *player)
{
    if (player->conn.number != 0) {
        mu_stage_gone(player->stage, player->conn);
    }
    player->conn = mu_stage_connect(player->stage);
    player->closed = false;
    player->welcomed = false;
}

struct mu_msg_hello mu_player_hello(struct mu_player *player)
{
    struct mu_msg_hello hello = {
        .protocol_min = MU_PROTOCOL_MIN,
        .protocol_max = MU_PROTOCOL_MAX,
        .schema = MU_SCHEMA,
        .workspace = player->stage->workspace,
        .device = player->device,
        .replica = player->replica,
        .boot_nonce = player->boot_nonce,
        .open_counter = ++player->open_counter,
        .incarnation = player->cursor.incarnation,
        .cursor = player->cursor.seq,
        .chain = player->cursor.chain,
        .last_number = player->number,
        .last_hash = player->last_hash,
        .acked_number = player->acked_number,
        .acked_hash = player->acked_hash,
        .client_ms = player->stage->wall_ms,
    };
    for (size_t i = 0; i < player->epoch_count; i++) {
        hello.epoch = player->epochs[i].epoch > hello.epoch ? player->epochs[i].epoch : hello.epoch;
    }
    return hello;
}

enum mu_welcome_verdict mu_player_join(struct mu_player *player)
{
    struct mu_message message = {.kind = MU_MSG_HELLO};
    mu_player_connect(player);
    message.hello = mu_player_hello(player);
    mu_player_send(player, &message);
    mu_stage_turn(player->stage);
    mu_player_read(player);
    MU_ASSERT(player->welcomed);
    return player->welcome.verdict;
}

void mu_player_live(struct mu_player *player)
{
    enum mu_welcome_verdict verdict = mu_player_join(player);
    MU_ASSERT(verdict == MU_WELCOME_OK);
    mu_player_credit(player, MU_CREDIT_MAX);
    mu_stage_run(player->stage, 0);
    mu_player_read(player);
}

/* -- mutations --------------------------------------------------------------- */

struct mu_intent mu_player_intent(struct mu_player *player, uint32_t number, uint32_t entity,
                                  struct mu_id row, struct mu_op **out_op)
{
    struct mu_intent intent = {.number = number, .version = 1};
    *out_op = mu_intent_op(&intent, &player->arena, entity, row);
    MU_ASSERT(*out_op != NULL);
    return intent;
}

static void arg(struct mu_player *player, struct mu_op *op, uint32_t field, struct mu_value value)
{
    bool fits = mu_op_arg(op, &player->arena, field, value);
    MU_ASSERT(fits);
}

static struct mu_id first_column(struct mu_player *player)
{
    struct mu_stmt stmt = {0};
    struct mu_error err;
    bool row = false;
    must(mu_stmt_prepare(&stmt, mu_replica_db(mu_server_replica(player->stage->server)),
                         "SELECT id FROM board_column ORDER BY rank, id LIMIT 1", &err),
         &err, "columns");
    must(mu_stmt_step(&stmt, &row, &err), &err, "columns");
    MU_ASSERT(row);
    struct mu_id id = mu_stmt_id(&stmt, 0);
    mu_stmt_finalize(&stmt);
    return id;
}

struct mu_intent mu_player_task(struct mu_player *player, const char *title, struct mu_id *out_id)
{
    struct mu_op *op = NULL;
    struct mu_id id = fresh_id(player);
    struct mu_id column = first_column(player);
    struct mu_intent intent = mu_player_intent(player, MU_INTENT_TASK_ADD, MU_TASK, id, &op);
    arg(player, op, MU_TASK_TITLE, mu_bytes(mu_slice_str(title)));
    arg(player, op, MU_TASK_COLUMN, mu_id_value(&column));
    if (out_id != NULL) {
        *out_id = id;
    }
    return intent;
}

struct mu_pushed mu_player_sign(struct mu_player *player, const struct mu_intent *intent)
{
    MU_BUF_AUTO struct mu_buf bytes;
    uint8_t signature[MU_SIGN_LEN];
    struct mu_pushed pushed;
    struct mu_mutation mutation = {
        .id = fresh_id(player),
        .replica = player->replica,
        .number = player->number + 1,
        .previous = player->last_hash,
        .base_seq = player->cursor.seq,
        .seen_chain = player->cursor.chain,
        .authored_ms = player->stage->wall_ms,
        .zone = "Europe/Lisbon",
        .intent = *intent,
    };
    mu_buf_init(&bytes, MU_MUTATION_BYTES_MAX);
    must(mu_mutation_encode(&mutation, &player->arena, &bytes), NULL, "encode a mutation");
    mu_sign(&player->keys, MU_SIGN_MUTATION, mu_buf_view(&bytes), signature);
    bool fits =
        mu_arena_copy(&player->arena, mu_buf_view(&bytes), &pushed.bytes) &&
        mu_arena_copy(&player->arena, mu_slice_of(signature, sizeof signature), &pushed.signature);
    MU_ASSERT(fits);
    player->number++;
    mu_hash_of(pushed.bytes, &player->last_hash);
    return pushed;
}

void mu_player_push(struct mu_player *player, const struct mu_pushed *items, size_t count)
{
    struct mu_pushed copies[MU_PUSH_COUNT_MAX];
    MU_ASSERT(count <= MU_PUSH_COUNT_MAX);
    memcpy(copies, items, count * sizeof *items);
    mu_player_send(player, &(struct mu_message){.kind = MU_MSG_PUSH,
                                                .push = {.items = copies, .count = count}});
}

struct mu_ack mu_player_say(struct mu_player *player, const struct mu_intent *intent)
{
    struct mu_pushed pushed = mu_player_sign(player, intent);
    mu_player_push(player, &pushed, 1);
    mu_stage_turn(player->stage);
    mu_player_read(player);
    MU_ASSERT(player->ack_count == 1);
    return player->acks[0];
}

struct mu_ack mu_player_add(struct mu_player *player, const char *title)
{
    struct mu_intent intent = mu_player_task(player, title, NULL);
    return mu_player_say(player, &intent);
}

/* -- joining ----------------------------------------------------------------- */

static struct mu_intent enrol_intent(struct mu_player *player, const struct mu_device_keys *named)
{
    const struct mu_device_public *keys = &player->keys.public;
    uint8_t proved[MU_INVITE_PROOF_LEN];
    uint8_t proof[MU_SIGN_LEN];
    struct mu_op *op = NULL;
    struct mu_id invite = mu_invite_id(named->public.curve);
    struct mu_intent intent =
        mu_player_intent(player, MU_INTENT_DEVICE_ENROL, MU_DEVICE, player->device, &op);
    mu_invite_proof_bytes(player->stage->workspace, player->device, keys, proved);
    mu_sign(named, MU_SIGN_ENROL, mu_slice_of(proved, sizeof proved), proof);
    arg(player, op, MU_DEVICE_NAME, mu_bytes(mu_slice_str("laptop")));
    arg(player, op, MU_DEVICE_SIGN_KEY, mu_bytes(mu_slice_of(keys->sign, 32)));
    arg(player, op, MU_DEVICE_BOX_KEY, mu_bytes(mu_slice_of(keys->box, 32)));
    arg(player, op, MU_DEVICE_CURVE_KEY, mu_bytes(mu_slice_of(keys->curve, 32)));
    arg(player, op, MU_DEVICE_INVITE, mu_id_value(&invite));
    arg(player, op, MU_DEVICE_PROOF, mu_bytes(mu_slice_of(proof, sizeof proof)));
    return intent;
}

void mu_player_enrol_as(struct mu_player *player, const uint8_t secret[static 16],
                        const struct mu_device_keys *named)
{
    mu_invite_keys(secret, &player->invite);
    mu_player_connect(player);
    struct mu_intent intent = enrol_intent(player, named == NULL ? &player->invite : named);
    struct mu_message message = {.kind = MU_MSG_ENROL,
                                 .enrol = {.protocol_min = MU_PROTOCOL_MIN,
                                           .protocol_max = MU_PROTOCOL_MAX,
                                           .mutation = mu_player_sign(player, &intent)}};
    mu_buf_clear(&player->enrolment);
    must(mu_message_encode(&message, &player->arena, &player->enrolment), NULL, "encode");
    mu_stage_post(player->stage, player->conn, player->invite.public.curve,
                  mu_buf_view(&player->enrolment));
    mu_stage_turn(player->stage);
    mu_player_read(player);
}

void mu_player_enrol(struct mu_player *player, const uint8_t secret[static 16])
{
    mu_player_enrol_as(player, secret, NULL);
}

void mu_player_invite(struct mu_player *player, const char *handle, int role, uint8_t number,
                      uint8_t out_secret[static 16])
{
    struct mu_slice text = mu_slice_str(handle);
    struct mu_id person = mu_id_derive("person", &text, 1);
    struct mu_device_keys keys;
    struct mu_op *op = NULL;
    memset(out_secret, number, 16);
    mu_invite_keys(out_secret, &keys);
    struct mu_intent intent =
        mu_player_intent(player, MU_INTENT_INVITE_CREATE, MU_PERSON, person, &op);
    arg(player, op, MU_PERSON_HANDLE, mu_bytes(text));
    arg(player, op, MU_PERSON_NAME, mu_bytes(text));
    arg(player, op, MU_PERSON_ROLE, mu_int(role));
    op = mu_intent_op(&intent, &player->arena, MU_INVITE, mu_invite_id(keys.public.curve));
    arg(player, op, MU_INVITE_PERSON, mu_id_value(&person));
    arg(player, op, MU_INVITE_SIGN_KEY, mu_bytes(mu_slice_of(keys.public.sign, 32)));
    arg(player, op, MU_INVITE_CURVE_KEY, mu_bytes(mu_slice_of(keys.public.curve, 32)));
    arg(player, op, MU_INVITE_EXPIRES_AT, mu_int(player->stage->wall_ms + 86400000));
    struct mu_ack ack = mu_player_say(player, &intent);
    must(ack.kind == MU_ACK_APPLIED ? MU_OK : MU_E_DENIED, NULL, "invite");
    mu_device_keys_deinit(&keys);
}

struct mu_hash mu_player_root(struct mu_player *player)
{
    struct mu_digest digest;
    struct mu_error err;
    must(mu_replica_digest(player->rows, &digest, &err), &err, "digest");
    return mu_digest_root(&digest);
}
