/* A member of the team whose device is enrolled and whose program is not ours: it sends what it
 * likes.  It can sign as itself, and has heard everything that ever went over the wire (as if it
 * had broken every other device's CURVE key). */
#include <stdlib.h>
#include <string.h>

#include "common/seal/hash.h"
#include "common/seal/sign.h"
#include "common/wire/mutation.h"
#include "tests/harness/wire_make.h"
#include "tests/sim/inside.h"

#define HEARD_MAX 64

struct heard {
    uint8_t *bytes;
    size_t len;
};

struct mu_hostile {
    unsigned device;
    struct heard heard[HEARD_MAX];
    size_t heard_count; /* ever; the newest HEARD_MAX are kept */
    struct mu_id replica;
    struct mu_id boot_nonce;
    uint64_t opened;
    uint64_t number; /* last one it used under replica */
    struct mu_hash last_hash;
    bool signs_nothing;       /* under this replica id */
    struct mu_id incarnation; /* as told by the last WELCOME */
};

void mu_sim_hostile_begin(struct mu_sim *sim, unsigned device)
{
    sim->hostile = calloc(1, sizeof *sim->hostile);
    MU_ASSERT(sim->hostile != NULL);
    sim->hostile->device = device;
    sim->devices[device].hostile = true;
}

void mu_sim_hostile_free(struct mu_sim *sim)
{
    struct mu_hostile *hostile = sim->hostile;
    for (size_t i = 0; hostile != NULL && i < HEARD_MAX; i++) {
        free(hostile->heard[i].bytes);
    }
    free(hostile);
    sim->hostile = NULL;
}

/* -- hearing ----------------------------------------------------------------- */

void mu_sim_hostile_overhear(struct mu_sim *sim, struct mu_slice bytes)
{
    struct mu_hostile *hostile = sim->hostile;
    if (hostile == NULL || bytes.len == 0 || !mu_sim_chance(sim, 20)) {
        return;
    }
    struct heard *heard = &hostile->heard[hostile->heard_count++ % HEARD_MAX];
    free(heard->bytes);
    heard->bytes = malloc(bytes.len);
    MU_ASSERT(heard->bytes != NULL);
    memcpy(heard->bytes, bytes.data, bytes.len);
    heard->len = bytes.len;
}

void mu_sim_hostile_hear(struct mu_sim *sim, struct mu_slice bytes)
{
    struct mu_message message;
    struct mu_error err = {0};
    if (mu_message_decode(bytes, &sim->arena, &message, &err) == MU_OK &&
        message.kind == MU_MSG_WELCOME) {
        sim->hostile->incarnation = message.welcome.incarnation;
    }
}

static struct mu_slice something_heard(struct mu_sim *sim)
{
    const struct mu_hostile *hostile = sim->hostile;
    size_t count = hostile->heard_count < HEARD_MAX ? hostile->heard_count : HEARD_MAX;
    if (count == 0) {
        return (struct mu_slice){0};
    }
    const struct heard *heard = &hostile->heard[mu_sim_below(sim, count)];
    return mu_slice_of(heard->bytes, heard->len);
}

/* -- speaking ----------------------------------------------------------------- */

static void send(struct mu_sim *sim, struct mu_slice bytes)
{
    unsigned device = sim->hostile->device;
    if (sim->devices[device].conn == 0) {
        mu_sim_connect(sim, device);
    }
    mu_sim_count(sim, MU_SIM_HOSTILE);
    mu_sim_send_up(sim, device, bytes);
}

static void say(struct mu_sim *sim, const struct mu_message *message)
{
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_MESSAGE_MAX);
    if (mu_message_encode(message, &sim->arena, &bytes) == MU_OK) {
        send(sim, mu_buf_view(&bytes));
    }
}

static struct mu_id some_id(struct mu_sim *sim)
{
    struct mu_entropy entropy;
    mu_sim_draw_entropy(sim, &entropy);
    return mu_entropy_id(&entropy, MU_SIM_START_MS + sim->now_ms);
}

static struct mu_hash some_hash(struct mu_sim *sim)
{
    struct mu_hash hash;
    struct mu_entropy entropy;
    mu_sim_draw_entropy(sim, &entropy);
    mu_entropy_draw(&entropy, hash.bytes, sizeof hash.bytes);
    return hash;
}

static void say_garbage(struct mu_sim *sim)
{
    uint8_t bytes[300];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (uint8_t)mu_sim_below(sim, 256);
    }
    send(sim, mu_slice_of(bytes, 1 + (size_t)mu_sim_below(sim, sizeof bytes)));
}

/* What it heard, as it was, cut short or with bits turned. */
static void repeat(struct mu_sim *sim)
{
    struct mu_slice heard = something_heard(sim);
    struct mu_slice copy = {0};
    if (heard.len == 0 || !mu_arena_copy(&sim->arena, heard, &copy)) {
        return;
    }
    uint8_t *bytes = (uint8_t *)(uintptr_t)copy.data;
    uint64_t flips = mu_sim_chance(sim, 50) ? 0 : 1 + mu_sim_below(sim, 4);
    for (uint64_t i = 0; i < flips; i++) {
        bytes[mu_sim_below(sim, copy.len)] ^= (uint8_t)(1U << mu_sim_below(sim, 8));
    }
    copy.len = mu_sim_chance(sim, 80) ? copy.len : 1 + (size_t)mu_sim_below(sim, copy.len);
    send(sim, copy);
}

/* A message of any kind, whole and senseless. */
static void say_anything(struct mu_sim *sim)
{
    struct mu_message message = mu_wire_make_message(
        (enum mu_message_kind)(1 + mu_sim_below(sim, MU_MSG_LINKS)), &sim->dice, &sim->arena);
    say(sim, &message);
}

static struct mu_id id_of_another(struct mu_sim *sim, struct mu_id own)
{
    const struct mu_saved *saved =
        sim->saved_count == 0 ? NULL : &sim->saved[mu_sim_below(sim, sim->saved_count)];
    return saved == NULL || saved->seq == 0 ? own : saved->replica;
}

/* HELLO, mostly right: as itself, with claims that nobody can check. */
static void say_hello(struct mu_sim *sim)
{
    struct mu_hostile *hostile = sim->hostile;
    const struct mu_key_file *key = &sim->devices[hostile->device].key;
    if (mu_id_is_zero(hostile->replica) || mu_sim_chance(sim, 10)) {
        hostile->replica = some_id(sim);
        hostile->boot_nonce = some_id(sim);
        hostile->number = 0;
        hostile->last_hash = (struct mu_hash){{0}};
        hostile->signs_nothing = mu_sim_chance(sim, 25);
    }
    struct mu_message message = {.kind = MU_MSG_HELLO};
    struct mu_msg_hello *hello = &message.hello;
    *hello = (struct mu_msg_hello){.protocol_min = MU_PROTOCOL_MIN,
                                   .protocol_max = MU_PROTOCOL_MAX,
                                   .schema = MU_SCHEMA,
                                   .workspace = key->workspace,
                                   .device = key->device,
                                   .replica = hostile->replica,
                                   .boot_nonce = hostile->boot_nonce,
                                   .open_counter = ++hostile->opened,
                                   .last_number = hostile->number,
                                   .last_hash = hostile->last_hash};
    if (mu_sim_chance(sim, 30)) {
        hello->incarnation = mu_sim_chance(sim, 70) ? hostile->incarnation : some_id(sim);
        hello->cursor = mu_sim_below(sim, sim->server.head + 20);
        hello->chain = some_hash(sim);
    }
    if (mu_sim_chance(sim, 10)) {
        hello->replica = id_of_another(sim, hostile->replica);
        hello->last_number = mu_sim_below(sim, 100);
        hello->acked_number = hello->last_number;
        hello->open_counter = UINT64_C(1) << mu_sim_below(sim, 62);
    }
    say(sim, &message);
    if (mu_sim_chance(sim, 50)) { /* or never any */
        say(sim, &(struct mu_message){
                     .kind = MU_MSG_CREDIT,
                     .credit.bytes = mu_sim_chance(sim, 50) ? UINT64_MAX : mu_sim_below(sim, 900)});
    }
}

/* -- mutations of its own ------------------------------------------------------- */

static void escalate(struct mu_sim *sim, struct mu_mutation *mutation)
{
    const struct mu_sim_device *self = &sim->devices[sim->hostile->device];
    uint32_t number = mu_sim_chance(sim, 50) ? MU_INTENT_PERSON_ROLE : MU_INTENT_DEVICE_REVOKE;
    bool role = number == MU_INTENT_PERSON_ROLE;
    mutation->intent = (struct mu_intent){.number = number, .version = 1};
    struct mu_op *op = mu_intent_op(&mutation->intent, &sim->arena, role ? MU_PERSON : MU_DEVICE,
                                    role ? self->person : sim->devices[0].key.device);
    bool fits =
        op != NULL && (!role || mu_op_arg(op, &sim->arena, MU_PERSON_ROLE, mu_int(MU_ROLE_LEAD)));
    MU_ASSERT(fits);
}

/* An edit that the server has forgotten and its author not sent again yet: whoever saw the change
 * knows its id. */
static const struct mu_saved *forgotten(const struct mu_sim *sim, size_t from)
{
    for (size_t i = 0; i < sim->saved_count; i++) {
        const struct mu_saved *saved = &sim->saved[(from + i) % sim->saved_count];
        if (saved->applied && saved->seq == 0) {
            return saved;
        }
    }
    return NULL;
}

/* Something that others wrote, under its name: their id, or their place in their order. */
static void squat(struct mu_sim *sim, struct mu_mutation *mutation)
{
    if (sim->saved_count == 0) {
        return;
    }
    size_t at = (size_t)mu_sim_below(sim, sim->saved_count);
    const struct mu_saved *victim = forgotten(sim, at);
    if (victim != NULL && mu_sim_chance(sim, 90)) {
        mutation->id = victim->mutation;
        return;
    }
    victim = &sim->saved[at];
    if (!victim->applied && victim->seq == 0) {
        return; /* nobody else can know of it yet */
    }
    if (mu_sim_chance(sim, 50)) {
        mutation->id = victim->mutation;
    } else {
        mutation->replica = victim->replica;
        mutation->number = 1 + mu_sim_below(sim, 60);
    }
}

static bool sign(struct mu_sim *sim, const struct mu_mutation *mutation, struct mu_pushed *out)
{
    MU_BUF_AUTO struct mu_buf bytes;
    uint8_t signature[MU_SIGN_LEN];
    mu_buf_init(&bytes, MU_MUTATION_BYTES_MAX);
    if (mu_mutation_encode(mutation, &sim->arena, &bytes) != MU_OK) {
        return false;
    }
    mu_sign(&sim->devices[sim->hostile->device].keys, MU_SIGN_MUTATION, mu_buf_view(&bytes),
            signature);
    signature[0] ^= sim->hostile->signs_nothing ? 1 : 0;
    return mu_arena_copy(&sim->arena, mu_buf_view(&bytes), &out->bytes) &&
           mu_arena_copy(&sim->arena, mu_slice_of(signature, sizeof signature), &out->signature);
}

/* Numbered as it should be, mostly. */
static bool write(struct mu_sim *sim, struct mu_pushed *out)
{
    struct mu_hostile *hostile = sim->hostile;
    struct mu_mutation mutation = mu_wire_make_mutation(&sim->dice, &sim->arena);
    mutation.id = some_id(sim);
    mutation.replica = hostile->replica;
    mutation.number = hostile->number + 1;
    mutation.previous = hostile->last_hash;
    if (mu_sim_chance(sim, 85)) { /* what it has seen, it says in a way that nobody can deny */
        mutation.base_seq = 0;
        mutation.seen_chain = (struct mu_hash){{0}};
    }
    if (mu_sim_chance(sim, 30)) {
        escalate(sim, &mutation);
    }
    if (mu_sim_chance(sim, forgotten(sim, 0) != NULL ? 90 : 25)) {
        squat(sim, &mutation);
    }
    if (mu_sim_chance(sim, 10)) {
        mutation.number = mu_sim_below(sim, hostile->number + 5) + 1;
    }
    if (!sign(sim, &mutation, out)) {
        return false;
    }
    if (mutation.number == hostile->number + 1) {
        hostile->number++;
        mu_hash_of(out->bytes, &hostile->last_hash);
    }
    return true;
}

static void push(struct mu_sim *sim)
{
    struct mu_pushed items[8];
    size_t count = 0;
    size_t wanted = 1 + (size_t)mu_sim_below(sim, 8);
    while (count < wanted && write(sim, &items[count])) {
        count++;
    }
    if (count > 1 && mu_sim_chance(sim, 20)) { /* one twice, or two in the wrong order */
        items[0] = items[1];
    }
    if (count > 0 && mu_sim_chance(sim, 15)) {
        items[count - 1].signature = mu_slice_of(items[0].bytes.data, MU_SIGN_LEN);
    }
    if (count > 0) {
        say(sim,
            &(struct mu_message){.kind = MU_MSG_PUSH, .push = {.items = items, .count = count}});
    }
}

/* The mutations of another's push in one of its own, signatures and all. */
static void pass_off(struct mu_sim *sim)
{
    struct mu_message message;
    struct mu_error err = {0};
    struct mu_slice heard = something_heard(sim);
    if (heard.len > 0 && mu_message_decode(heard, &sim->arena, &message, &err) == MU_OK &&
        message.kind == MU_MSG_PUSH) {
        for (size_t i = 0; i < message.push.count && mu_sim_chance(sim, 50); i++) {
            mu_sign(&sim->devices[sim->hostile->device].keys, MU_SIGN_MUTATION,
                    message.push.items[i].bytes,
                    (uint8_t *)(uintptr_t)message.push.items[i].signature.data);
        }
        say(sim, &message);
    }
}

static void ask_for_everything(struct mu_sim *sim)
{
    struct mu_message message = {.kind = MU_MSG_XFER_REQ};
    for (size_t i = 0; i < MU_BUCKET_COUNT; i++) {
        message.xfer_req.buckets[i] = some_hash(sim);
    }
    say(sim, &message);
}

static void ping(struct mu_sim *sim)
{
    for (uint64_t i = mu_sim_below(sim, 20); i > 0; i--) {
        say(sim, &(struct mu_message){.kind = MU_MSG_PING});
    }
}

void mu_sim_hostile_act(struct mu_sim *sim)
{
    static void (*const acts[])(struct mu_sim *) = {
        say_garbage, repeat, repeat, say_anything, say_hello, say_hello, say_hello,         push,
        push,        push,   push,   pass_off,     pass_off,  ping,      ask_for_everything};
    unsigned device = sim->hostile->device;
    if (mu_sim_chance(sim, 10)) {
        mu_sim_disconnect(sim, device);
    }
    if (sim->devices[device].conn == 0) {
        say_hello(sim);
    }
    if (forgotten(sim, 0) != NULL) { /* an opportunity */
        push(sim);
    }
    for (uint64_t i = mu_sim_below(sim, 4) + 1; i > 0; i--) {
        acts[mu_sim_below(sim, sizeof acts / sizeof acts[0])](sim);
    }
}
