#include "tests/bench/crowd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/shell/enrol_message.h"
#include "common/seal/hash.h"
#include "common/seal/sign.h"
#include "common/wire/mutation.h"
#include "tests/bench/samples.h"

#define PATIENCE_US    60e6
#define CREDIT_BACK    (MU_CREDIT_START / 2)
#define AT_ONCE        64 /* handshakes of an enrolment */
#define CHANGES_MEMORY ((size_t)64 << 20)

static void must(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "muster-bench: %s\n", what);
        exit(1);
    }
}

static int64_t wall_ms(void)
{
    return mu_moment_wall().ms;
}

static void post(struct mu_crowd *crowd, size_t at, const struct mu_message *message)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, (size_t)4 << 20);
    mu_buf_clear(&crowd->bytes);
    must(mu_message_encode(message, &arena, &crowd->bytes) == MU_OK, "a message is too large");
    mu_swarm_send(&crowd->swarm, at, crowd->bytes.data, crowd->bytes.len);
}

/* -- a session ------------------------------------------------------------------- */

static void say_hello(struct mu_crowd *crowd, size_t at, bool new_here)
{
    struct mu_member *member = &crowd->members[at];
    struct mu_message hello = {.kind = MU_MSG_HELLO,
                               .hello = {.protocol_min = MU_PROTOCOL_MIN,
                                         .protocol_max = MU_PROTOCOL_MAX,
                                         .schema = MU_SCHEMA,
                                         .workspace = crowd->workspace,
                                         .device = member->device,
                                         .replica = member->replica,
                                         .boot_nonce = member->boot,
                                         .open_counter = ++member->opened,
                                         .last_number = member->number,
                                         .last_hash = member->last,
                                         .client_ms = wall_ms()}};
    if (!new_here && crowd->has_place) {
        hello.hello.incarnation = crowd->place.incarnation;
        hello.hello.cursor = crowd->place.head;
        hello.hello.chain = crowd->place.chain;
        hello.hello.epoch = crowd->place.epoch;
        member->seq = crowd->place.head;
    }
    member->transferring = new_here;
    member->transferred = false;
    member->owed = 0;
    member->state = MU_MEMBER_GREETING;
    post(crowd, at, &hello);
}

static void give_credit(struct mu_crowd *crowd, size_t at, uint64_t bytes)
{
    const struct mu_message credit = {.kind = MU_MSG_CREDIT, .credit = {.bytes = bytes}};
    post(crowd, at, &credit);
}

static void welcome(struct mu_crowd *crowd, size_t at, const struct mu_msg_welcome *message)
{
    struct mu_member *member = &crowd->members[at];
    bool level = message->verdict == MU_WELCOME_OK;
    must(level || member->transferring, "the server did not welcome a member");
    member->state = MU_MEMBER_LIVE;
    crowd->live++;
    give_credit(crowd, at, MU_CREDIT_START);
    if (!crowd->has_place) {
        const struct mu_message ping = {.kind = MU_MSG_PING};
        post(crowd, at, &ping); /* for a beacon */
    }
    if (member->transferring) {
        static struct mu_message request = {.kind = MU_MSG_XFER_REQ};
        post(crowd, at, &request);
    }
}

static void taken(struct mu_crowd *crowd, size_t at, size_t len)
{
    struct mu_member *member = &crowd->members[at];
    member->bytes += len;
    member->owed += len;
    if (member->owed >= CREDIT_BACK) {
        uint64_t owed = member->owed;
        member->owed = 0;
        give_credit(crowd, at, owed);
    }
}

static void count_acks(struct mu_crowd *crowd, struct mu_member *member,
                       const struct mu_msg_pushack *acks)
{
    for (size_t i = 0; i < acks->count; i++) {
        crowd->refusals += acks->items[i].kind != MU_ACK_APPLIED;
    }
    member->acked += acks->count;
}

static void take(void *state, size_t at, const uint8_t *bytes, size_t len)
{
    struct mu_crowd *crowd = state;
    struct mu_member *member = &crowd->members[at];
    struct mu_message message;
    struct mu_error err = {0};
    mu_arena_clear(&crowd->arena);
    mu_bench_must(mu_message_decode(mu_slice_of(bytes, len), &crowd->arena, &message, &err), &err,
                  "a message of the server");
    if (message.kind == MU_MSG_CHANGES) {
        must(member->transferring || message.changes.seq_first == member->seq + 1,
             "a change is missing");
        member->seq = message.changes.seq_first + message.changes.count - 1;
        member->changed_us = mu_now_us();
        crowd->deliveries += message.changes.count;
        taken(crowd, at, len);
    } else if (message.kind == MU_MSG_PUSHACK) {
        count_acks(crowd, member, &message.pushack);
    } else if (message.kind == MU_MSG_WELCOME) {
        welcome(crowd, at, &message.welcome);
    } else if (message.kind == MU_MSG_BEACON) {
        crowd->place = message.beacon;
        crowd->place.signature = (struct mu_slice){0};
        crowd->has_place = true;
    } else if (message.kind == MU_MSG_XFER_CHUNK) {
        taken(crowd, at, len);
    } else if (message.kind == MU_MSG_XFER_END) {
        member->transferred = true;
    } else if (message.kind == MU_MSG_ENROLLED) {
        must(message.enrolled.accepted, "the server did not enrol a member");
        member->state = MU_MEMBER_LIVE;
        crowd->live++;
    } else if (message.kind == MU_MSG_ERROR) {
        (void)fprintf(stderr, "muster-bench: the server says: %.*s\n", (int)message.error.text.len,
                      (const char *)message.error.text.data);
        exit(1);
    }
}

size_t mu_crowd_wait(struct mu_crowd *crowd, int timeout_ms)
{
    return mu_swarm_wait(&crowd->swarm, timeout_ms, take, crowd);
}

static void wait_for_live(struct mu_crowd *crowd, size_t count)
{
    double end = mu_now_us() + PATIENCE_US;
    while (crowd->live < count) {
        (void)mu_crowd_wait(crowd, 1000);
        must(mu_now_us() < end, "members never got to the server");
    }
}

static void connect_one(struct mu_crowd *crowd, size_t at, bool new_here)
{
    const struct mu_device_keys *keys = &crowd->members[at].keys;
    mu_swarm_open(&crowd->swarm, at, crowd->team->endpoint, crowd->server_curve, keys->public.curve,
                  keys->curve_secret);
    say_hello(crowd, at, new_here);
}

/* Where the head is, by a session of its own. */
static void find_place(struct mu_crowd *crowd)
{
    double end = mu_now_us() + PATIENCE_US;
    crowd->has_place = false;
    connect_one(crowd, 0, true);
    while (!crowd->has_place || !crowd->members[0].transferred) {
        (void)mu_crowd_wait(crowd, 1000);
        must(mu_now_us() < end, "the server never said where it stands");
    }
    mu_crowd_disconnect(crowd);
}

double mu_crowd_connect(struct mu_crowd *crowd, size_t first, size_t count)
{
    find_place(crowd);
    double begin = mu_now_us();
    for (size_t i = 0; i < count; i++) {
        connect_one(crowd, first + i, false);
    }
    wait_for_live(crowd, count);
    return mu_now_us() - begin;
}

double mu_crowd_transfer(struct mu_crowd *crowd, size_t at)
{
    double begin = mu_now_us();
    connect_one(crowd, at, true);
    while (!crowd->members[at].transferred) {
        (void)mu_crowd_wait(crowd, 1000);
        must(mu_now_us() < begin + PATIENCE_US, "a transfer never ended");
    }
    return mu_now_us() - begin;
}

void mu_crowd_disconnect(struct mu_crowd *crowd)
{
    for (size_t i = 0; i < crowd->count; i++) {
        mu_swarm_close(&crowd->swarm, i);
        crowd->members[i].state = MU_MEMBER_AWAY;
    }
    crowd->live = 0;
}

/* -- edits ----------------------------------------------------------------------- */

struct mu_pushed mu_crowd_edit(struct mu_crowd *crowd, size_t at, struct mu_id task,
                               const char *title, struct mu_arena *arena)
{
    struct mu_member *member = &crowd->members[at];
    uint8_t *signature = mu_arena_array(arena, MU_SIGN_LEN, 1);
    struct mu_pushed pushed = {.signature = mu_slice_of(signature, MU_SIGN_LEN)};
    struct mu_mutation mutation = {.id = mu_entropy_id(&crowd->entropy, wall_ms()),
                                   .replica = member->replica,
                                   .number = ++member->number,
                                   .previous = member->last,
                                   .base_seq = crowd->place.head,
                                   .seen_chain = crowd->place.chain,
                                   .authored_ms = wall_ms(),
                                   .intent = {.number = MU_INTENT_TASK_EDIT, .version = 1}};
    mu_arena_clear(&crowd->arena);
    struct mu_op *op = mu_intent_op(&mutation.intent, &crowd->arena, MU_TASK, task);
    mu_buf_clear(&crowd->bytes);
    must(signature != NULL && op != NULL &&
             mu_op_arg(op, &crowd->arena, MU_TASK_TITLE, mu_bytes(mu_slice_str(title))) &&
             mu_mutation_encode(&mutation, &crowd->arena, &crowd->bytes) == MU_OK &&
             mu_arena_copy(arena, mu_buf_view(&crowd->bytes), &pushed.bytes),
         "no memory for an edit");
    mu_sign(&member->keys, MU_SIGN_MUTATION, pushed.bytes, signature);
    mu_hash_of(pushed.bytes, &member->last);
    return pushed;
}

void mu_crowd_push(struct mu_crowd *crowd, size_t at, struct mu_pushed *items, size_t count)
{
    const struct mu_message push = {.kind = MU_MSG_PUSH, .push = {.items = items, .count = count}};
    post(crowd, at, &push);
}

/* -- people ---------------------------------------------------------------------- */

static void invite(struct mu_bench_person *lead, size_t number, struct mu_invite *out)
{
    const struct mu_key_file *keys = &lead->store.keys;
    struct mu_intent intent = {.number = MU_INTENT_INVITE_CREATE, .version = 1};
    MU_DEVICE_KEYS_AUTO struct mu_device_keys temporary;
    char handle[32];
    (void)snprintf(handle, sizeof handle, "m%zu", number);
    struct mu_slice name = mu_slice_str(handle);
    struct mu_id person_id = mu_id_derive("person", &name, 1);
    *out = (struct mu_invite){.version = MU_INVITE_VERSION,
                              .workspace = keys->workspace,
                              .expires_ms = wall_ms() + 3600000};
    memcpy(out->server_curve, keys->server_curve, sizeof out->server_curve);
    memcpy(out->endpoint, keys->endpoint, sizeof out->endpoint);
    mu_invite_print_server(keys->server_sign, keys->server_box, out->server_print);
    mu_entropy_draw(&lead->moment.entropy, out->secret, sizeof out->secret);
    mu_invite_keys(out->secret, &temporary);
    const struct mu_device_public *public = &temporary.public;
    struct mu_arena *arena = &lead->arena;
    mu_arena_clear(arena);
    struct mu_op *person = mu_intent_op(&intent, arena, MU_PERSON, person_id);
    must(person != NULL && mu_op_arg(person, arena, MU_PERSON_HANDLE, mu_bytes(name)) &&
             mu_op_arg(person, arena, MU_PERSON_NAME, mu_bytes(name)),
         "invite");
    struct mu_op *op = mu_intent_op(&intent, arena, MU_INVITE, mu_invite_id(public->curve));
    must(op != NULL && mu_op_arg(op, arena, MU_INVITE_PERSON, mu_id_value(&person_id)) &&
             mu_op_arg(op, arena, MU_INVITE_SIGN_KEY,
                       mu_bytes(mu_slice_of(public->sign, sizeof public->sign))) &&
             mu_op_arg(op, arena, MU_INVITE_CURVE_KEY,
                       mu_bytes(mu_slice_of(public->curve, sizeof public->curve))) &&
             mu_op_arg(op, arena, MU_INVITE_EXPIRES_AT, mu_int(out->expires_ms)),
         "invite");
    mu_person_author(lead, &intent);
}

static void enrol(struct mu_crowd *crowd, size_t at, const struct mu_invite *invite,
                  struct mu_moment *moment)
{
    struct mu_member *member = &crowd->members[at];
    struct mu_error err = {0};
    MU_DEVICE_KEYS_AUTO struct mu_device_keys temporary;
    MU_KEY_FILE_AUTO struct mu_key_file keys = {.workspace = crowd->workspace};
    mu_invite_keys(invite->secret, &temporary);
    mu_entropy_draw(&crowd->entropy, keys.seed, sizeof keys.seed);
    keys.device = mu_entropy_id(&crowd->entropy, wall_ms());
    member->device = keys.device;
    member->replica = mu_entropy_id(&crowd->entropy, wall_ms());
    member->boot = mu_entropy_id(&crowd->entropy, wall_ms());
    mu_device_keys_make(keys.seed, &member->keys);
    const struct mu_enrol_message parts = {.turn = &moment->turn,
                                           .invite = invite,
                                           .temporary = &temporary,
                                           .keys = &keys,
                                           .device = "bench"};
    mu_buf_clear(&crowd->bytes);
    mu_bench_must(mu_enrol_message(&parts, &crowd->bytes, &err), &err, "enrol");
    mu_swarm_open(&crowd->swarm, at, crowd->team->endpoint, crowd->server_curve,
                  temporary.public.curve, temporary.curve_secret);
    mu_swarm_send(&crowd->swarm, at, crowd->bytes.data, crowd->bytes.len);
}

void mu_crowd_begin(struct mu_crowd *crowd, struct mu_bench_team *team, size_t count)
{
    static struct mu_bench_person lead;
    uint8_t seed[MU_SEED_LEN];
    struct mu_invite *invites = calloc(count, sizeof *invites);
    *crowd = (struct mu_crowd){
        .team = team, .members = calloc(count, sizeof *crowd->members), .count = count};
    must(invites != NULL && crowd->members != NULL, "no memory for people");
    mu_arena_init(&crowd->arena, (size_t)64 << 20);
    mu_buf_init(&crowd->bytes, MU_MESSAGE_MAX);
    mu_swarm_begin(&crowd->swarm, count);
    mu_person_enter(team, "lead", &lead);
    crowd->workspace = lead.store.keys.workspace;
    memcpy(crowd->server_curve, lead.store.keys.server_curve, sizeof crowd->server_curve);
    mu_entropy_draw(&lead.moment.entropy, seed, sizeof seed);
    mu_entropy_init(&crowd->entropy, seed);
    for (size_t i = 0; i < count; i++) {
        invite(&lead, i, &invites[i]);
    }
    (void)mu_team_sync(team, "lead");
    for (size_t i = 0; i < count; i++) {
        enrol(crowd, i, &invites[i], &lead.moment);
        if ((i + 1) % AT_ONCE == 0 || i + 1 == count) {
            wait_for_live(crowd, i + 1);
        }
    }
    mu_crowd_disconnect(crowd);
    mu_person_leave(&lead);
    free(invites);
}

void mu_crowd_end(struct mu_crowd *crowd)
{
    mu_swarm_end(&crowd->swarm);
    for (size_t i = 0; i < crowd->count; i++) {
        mu_device_keys_deinit(&crowd->members[i].keys);
    }
    free(crowd->members);
    mu_buf_deinit(&crowd->bytes);
    mu_arena_deinit(&crowd->arena);
}

double mu_crowd_changes(struct mu_bench_team *team, const struct mu_id *tasks, size_t task_count,
                        size_t count)
{
    static struct mu_crowd crowd;
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, CHANGES_MEMORY);
    mu_crowd_begin(&crowd, team, 1);
    (void)mu_crowd_connect(&crowd, 0, 1);
    double cpu = mu_program_cpu_us(team->server);
    for (size_t done = 0; done < count;) {
        struct mu_pushed items[MU_PUSH_COUNT_MAX];
        size_t together = 0;
        while (together < MU_PUSH_COUNT_MAX && done < count) {
            char title[64];
            /* far apart, as people's edits are */
            size_t task = done * 7919 % task_count;
            (void)snprintf(title, sizeof title, "a title for the %zuth time", done++);
            items[together++] = mu_crowd_edit(&crowd, 0, tasks[task], title, &arena);
        }
        mu_crowd_push(&crowd, 0, items, together);
        while (crowd.members[0].acked < done) {
            (void)mu_crowd_wait(&crowd, 1000);
        }
    }
    cpu = mu_program_cpu_us(team->server) - cpu;
    mu_crowd_end(&crowd);
    return cpu / (double)count;
}
