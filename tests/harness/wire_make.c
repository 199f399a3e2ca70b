#include "tests/harness/wire_make.h"

#include <string.h>

#include "common/base/check.h"

#define WALL_MAX ((uint64_t)1 << 41)

/* ---- Parts */

static void *take(struct mu_arena *arena, size_t count, size_t size)
{
    void *memory = mu_arena_array(arena, count, size);
    MU_ASSERT(memory != NULL);
    return memory;
}

static struct mu_slice bytes_of(struct mu_dice *dice, struct mu_arena *arena, size_t len)
{
    uint8_t *bytes = take(arena, len, 1);
    for (size_t i = 0; i < len; i++) {
        bytes[i] = (uint8_t)mu_dice_next(dice);
    }
    return mu_slice_of(bytes, len);
}

static struct mu_id make_id(struct mu_dice *dice)
{
    struct mu_id id;
    for (size_t i = 0; i < MU_ID_LEN; i++) {
        id.bytes[i] = (uint8_t)mu_dice_next(dice);
    }
    return id;
}

static struct mu_hash make_hash(struct mu_dice *dice)
{
    struct mu_hash hash;
    for (size_t i = 0; i < MU_HASH_LEN; i++) {
        hash.bytes[i] = (uint8_t)mu_dice_next(dice);
    }
    return hash;
}

/* Small and large numbers alike. */
static uint64_t make_number(struct mu_dice *dice)
{
    return mu_dice_next(dice) >> (1 + mu_dice_below(dice, 63));
}

static uint32_t make_number32(struct mu_dice *dice)
{
    return (uint32_t)(mu_dice_next(dice) >> (32 + mu_dice_below(dice, 32)));
}

static int64_t make_wall(struct mu_dice *dice)
{
    int64_t ms = (int64_t)mu_dice_below(dice, WALL_MAX);
    return mu_dice_below(dice, 4) == 0 ? -ms : ms;
}

static struct mu_slice make_text(struct mu_dice *dice, struct mu_arena *arena, size_t max)
{
    static const char *const pieces[] = {"plan", " ", "Größe", "→", "👩‍👩‍👧",
                                         "\n",   "x"};
    char *text = take(arena, max, 1);
    size_t len = 0;
    size_t want = (size_t)mu_dice_below(dice, 12);
    for (size_t i = 0; i < want; i++) {
        const char *piece = pieces[mu_dice_below(dice, sizeof pieces / sizeof pieces[0])];
        if (strlen(piece) > max - len) {
            break;
        }
        memcpy(text + len, piece, strlen(piece));
        len += strlen(piece);
    }
    return mu_slice_of(text, len);
}

static struct mu_former *make_former(struct mu_dice *dice, struct mu_arena *arena, size_t count)
{
    struct mu_former *former = take(arena, count, sizeof *former);
    for (size_t i = 0; i < count; i++) {
        former[i].replica = make_id(dice);
        former[i].last_number = make_number(dice);
        former[i].last_hash = make_hash(dice);
    }
    return former;
}

static struct mu_wrapped_key *make_keys(struct mu_dice *dice, struct mu_arena *arena, size_t count)
{
    struct mu_wrapped_key *keys = take(arena, count, sizeof *keys);
    for (size_t i = 0; i < count; i++) {
        keys[i].epoch = make_number32(dice) | 1;
        keys[i].bytes = bytes_of(dice, arena, 101);
    }
    return keys;
}

static struct mu_pushed make_pushed(struct mu_dice *dice, struct mu_arena *arena)
{
    struct mu_pushed pushed;
    pushed.bytes = bytes_of(dice, arena, 1 + (size_t)mu_dice_below(dice, 300));
    pushed.signature = bytes_of(dice, arena, MU_SIGNATURE_LEN);
    return pushed;
}

/* ---- Messages */

static struct mu_msg_beacon make_beacon(struct mu_dice *dice, struct mu_arena *arena)
{
    struct mu_msg_beacon beacon = {0};
    beacon.incarnation = make_id(dice);
    beacon.head = make_number(dice);
    beacon.safe_seq = make_number(dice);
    beacon.digest_root = make_hash(dice);
    beacon.chain = make_hash(dice);
    beacon.epoch = make_number32(dice);
    beacon.server_ms = make_wall(dice);
    beacon.signature = bytes_of(dice, arena, MU_SIGNATURE_LEN);
    return beacon;
}

static struct mu_msg_hello make_hello(struct mu_dice *dice, struct mu_arena *arena)
{
    struct mu_msg_hello hello = {0};
    hello.protocol_min = 1 + (uint32_t)mu_dice_below(dice, 3);
    hello.protocol_max = hello.protocol_min + (uint32_t)mu_dice_below(dice, 3);
    hello.schema = make_number32(dice);
    hello.capabilities = make_number(dice);
    hello.workspace = make_id(dice);
    hello.device = make_id(dice);
    hello.replica = make_id(dice);
    hello.boot_nonce = make_id(dice);
    hello.open_counter = make_number(dice);
    if (mu_dice_below(dice, 3) != 0) { /* not a first visit */
        hello.incarnation = make_id(dice);
        hello.cursor = make_number(dice);
        hello.chain = make_hash(dice);
        hello.last_number = make_number(dice);
        hello.last_hash = make_hash(dice);
        hello.acked_number = make_number(dice);
        hello.acked_hash = make_hash(dice);
        hello.former_count = (size_t)mu_dice_below(dice, 4);
        hello.former = make_former(dice, arena, hello.former_count);
        hello.epoch = make_number32(dice);
    }
    hello.client_ms = make_wall(dice);
    hello.has_beacon = mu_dice_below(dice, 2) == 0;
    if (hello.has_beacon) {
        hello.beacon = make_beacon(dice, arena);
    }
    return hello;
}

static struct mu_msg_welcome make_welcome(struct mu_dice *dice, struct mu_arena *arena)
{
    struct mu_msg_welcome welcome = {0};
    welcome.verdict = (enum mu_welcome_verdict)(1 + mu_dice_below(dice, MU_WELCOME_REVOKED));
    welcome.protocol = 1;
    welcome.session = make_id(dice);
    welcome.incarnation = make_id(dice);
    welcome.parent_incarnation = mu_dice_below(dice, 2) == 0 ? make_id(dice) : (struct mu_id){0};
    welcome.fork_seq = make_number(dice);
    welcome.fork_chain = make_hash(dice);
    welcome.head = make_number(dice);
    welcome.horizon = make_number(dice);
    welcome.safe_seq = make_number(dice);
    welcome.last_number = make_number(dice);
    welcome.last_hash = make_hash(dice);
    welcome.former_count = (size_t)mu_dice_below(dice, 3);
    welcome.former = make_former(dice, arena, welcome.former_count);
    welcome.server_ms = make_wall(dice);
    welcome.epoch = make_number32(dice);
    welcome.key_count = (size_t)mu_dice_below(dice, 4);
    welcome.keys = make_keys(dice, arena, welcome.key_count);
    welcome.server_sign = bytes_of(dice, arena, 32);
    welcome.server_box = bytes_of(dice, arena, 32);
    welcome.reason = make_text(dice, arena, MU_LINE_MAX);
    return welcome;
}

static struct mu_msg_push make_push(struct mu_dice *dice, struct mu_arena *arena)
{
    struct mu_msg_push push = {.count = 1 + (size_t)mu_dice_below(dice, 4)};
    push.items = take(arena, push.count, sizeof *push.items);
    for (size_t i = 0; i < push.count; i++) {
        push.items[i] = make_pushed(dice, arena);
    }
    return push;
}

static struct mu_msg_pushack make_pushack(struct mu_dice *dice, struct mu_arena *arena)
{
    struct mu_msg_pushack pushack = {.count = 1 + (size_t)mu_dice_below(dice, 5)};
    pushack.items = take(arena, pushack.count, sizeof *pushack.items);
    for (size_t i = 0; i < pushack.count; i++) {
        struct mu_ack *ack = &pushack.items[i];
        ack->kind = (enum mu_ack_kind)(1 + mu_dice_below(dice, MU_ACK_INVALID));
        ack->mutation = make_id(dice);
        ack->number = make_number(dice);
        ack->seq = make_number(dice);
        ack->expected = make_number(dice);
        ack->code = (uint32_t)mu_dice_below(dice, 18);
        ack->retry_ms = make_number32(dice);
        ack->reason = make_text(dice, arena, MU_LINE_MAX);
    }
    return pushack;
}

static struct mu_msg_changes make_changes(struct mu_dice *dice, struct mu_arena *arena)
{
    struct mu_msg_changes changes = {
        .seq_first = 1 + make_number(dice) / 2,
        .count = 1 + (size_t)mu_dice_below(dice, 20),
    };
    changes.sealed = take(arena, changes.count, sizeof *changes.sealed);
    for (size_t i = 0; i < changes.count; i++) {
        changes.sealed[i] = bytes_of(dice, arena, 1 + (size_t)mu_dice_below(dice, 200));
    }
    return changes;
}

static struct mu_msg_xfer_req make_request(struct mu_dice *dice)
{
    struct mu_msg_xfer_req request;
    for (size_t i = 0; i < MU_BUCKET_COUNT; i++) {
        request.buckets[i] = make_hash(dice);
    }
    return request;
}

static struct mu_msg_xfer_begin make_begin(struct mu_dice *dice)
{
    struct mu_msg_xfer_begin begin = {0};
    begin.transfer = make_id(dice);
    begin.incarnation = make_id(dice);
    begin.at_seq = make_number(dice);
    begin.chain = make_hash(dice);
    begin.digest_root = make_hash(dice);
    for (size_t i = 0; i < sizeof begin.buckets; i++) {
        begin.buckets[i] = (uint8_t)mu_dice_next(dice);
    }
    begin.row_count = make_number(dice);
    return begin;
}

static struct mu_msg_xfer_chunk make_chunk(struct mu_dice *dice, struct mu_arena *arena)
{
    struct mu_msg_xfer_chunk chunk = {0};
    chunk.transfer = make_id(dice);
    chunk.bucket = (uint32_t)mu_dice_below(dice, MU_BUCKET_COUNT);
    chunk.number = make_number32(dice);
    chunk.last = mu_dice_below(dice, 2) == 0;
    chunk.sealed = bytes_of(dice, arena, 1 + (size_t)mu_dice_below(dice, 500));
    return chunk;
}

static struct mu_msg_enrolled make_enrolled(struct mu_dice *dice, struct mu_arena *arena)
{
    struct mu_msg_enrolled enrolled = {.accepted = mu_dice_below(dice, 3) != 0};
    if (!enrolled.accepted) {
        enrolled.code = MU_E_DENIED;
        enrolled.reason = make_text(dice, arena, MU_LINE_MAX);
        return enrolled;
    }
    enrolled.device = make_id(dice);
    enrolled.person = make_id(dice);
    enrolled.handle = make_text(dice, arena, 64);
    enrolled.team = make_text(dice, arena, 200);
    enrolled.server_sign = bytes_of(dice, arena, 32);
    enrolled.server_box = bytes_of(dice, arena, 32);
    return enrolled;
}

static struct mu_msg_links make_links(struct mu_dice *dice, struct mu_arena *arena)
{
    struct mu_msg_links links = {.first = 1 + mu_dice_below(dice, 1000000),
                                 .count = (size_t)mu_dice_below(dice, 6),
                                 .sealed_count = 1 + (size_t)mu_dice_below(dice, 3)};
    links.hashes = bytes_of(dice, arena, links.count * MU_HASH_LEN);
    links.sealed = take(arena, links.sealed_count, sizeof *links.sealed);
    for (size_t i = 0; i < links.sealed_count; i++) {
        links.sealed[i] = bytes_of(dice, arena, 1 + (size_t)mu_dice_below(dice, 200));
    }
    return links;
}

struct mu_message mu_wire_make_message(enum mu_message_kind kind, struct mu_dice *dice,
                                       struct mu_arena *arena)
{
    struct mu_message message = {.kind = kind};
    switch (kind) {
    case MU_MSG_HELLO:
        message.hello = make_hello(dice, arena);
        break;
    case MU_MSG_WELCOME:
        message.welcome = make_welcome(dice, arena);
        break;
    case MU_MSG_PUSH:
        message.push = make_push(dice, arena);
        break;
    case MU_MSG_PUSHACK:
        message.pushack = make_pushack(dice, arena);
        break;
    case MU_MSG_CREDIT:
        message.credit.bytes = mu_dice_below(dice, MU_CREDIT_MAX + 1);
        break;
    case MU_MSG_CHANGES:
        message.changes = make_changes(dice, arena);
        break;
    case MU_MSG_BEACON:
        message.beacon = make_beacon(dice, arena);
        break;
    case MU_MSG_XFER_REQ:
        message.xfer_req = make_request(dice);
        break;
    case MU_MSG_XFER_BEGIN:
        message.xfer_begin = make_begin(dice);
        break;
    case MU_MSG_XFER_CHUNK:
        message.xfer_chunk = make_chunk(dice, arena);
        break;
    case MU_MSG_XFER_END:
        message.xfer_end.transfer = make_id(dice);
        break;
    case MU_MSG_LINKS_REQ:
        message.links_req.first = 1 + mu_dice_below(dice, 1000000);
        break;
    case MU_MSG_LINKS:
        message.links = make_links(dice, arena);
        break;
    case MU_MSG_KEYS:
        message.keys.key_count = (size_t)mu_dice_below(dice, 5);
        message.keys.keys = make_keys(dice, arena, message.keys.key_count);
        break;
    case MU_MSG_ENROL:
        message.enrol.protocol_min = 1;
        message.enrol.protocol_max = 1 + (uint32_t)mu_dice_below(dice, 3);
        message.enrol.mutation = make_pushed(dice, arena);
        break;
    case MU_MSG_ENROLLED:
        message.enrolled = make_enrolled(dice, arena);
        break;
    case MU_MSG_PING:
        break;
    case MU_MSG_ERROR:
    case MU_MSG_BYE:
        message.error.code = (uint32_t)mu_dice_below(dice, 18);
        message.error.text = make_text(dice, arena, MU_LINE_MAX);
        message.error.fatal = mu_dice_below(dice, 2) == 0;
        break;
    }
    return message;
}

/* ---- Values, mutations, changes */

static struct mu_value make_value(const struct mu_field *field, struct mu_dice *dice,
                                  struct mu_arena *arena)
{
    if (mu_dice_below(dice, 8) == 0) {
        return mu_null();
    }
    switch (field->type) {
    case MU_TYPE_INT:
        return mu_int((int64_t)mu_dice_next(dice));
    case MU_TYPE_BOOL:
        return mu_int((int64_t)mu_dice_below(dice, 2));
    case MU_TYPE_ENUM:
        return mu_int(1 + (int64_t)mu_dice_below(dice, field->limit));
    case MU_TYPE_WALL:
        return mu_int(make_wall(dice));
    case MU_TYPE_TEXT:
        return mu_bytes(make_text(dice, arena, field->limit));
    case MU_TYPE_DUE:
        return mu_bytes(mu_slice_str("2026-11-27"));
    case MU_TYPE_RANK:
        return mu_bytes(mu_slice_str("a1V"));
    case MU_TYPE_ID:
        return mu_bytes(bytes_of(dice, arena, MU_ID_LEN));
    case MU_TYPE_BYTES:
        return mu_bytes(bytes_of(
            dice, arena, (size_t)mu_dice_below(dice, field->limit < 300 ? field->limit + 1 : 300)));
    }
    return mu_null();
}

static struct mu_value make_unknown_value(struct mu_dice *dice, struct mu_arena *arena)
{
    return mu_dice_below(dice, 2) == 0 ? mu_int((int64_t)mu_dice_next(dice))
                                       : mu_bytes(bytes_of(dice, arena, 20));
}

/* One of those that this version knows. */
static const struct mu_entity *make_entity(struct mu_dice *dice)
{
    size_t count = 0;
    const struct mu_entity *entities = mu_entities(&count);
    return &entities[mu_dice_below(dice, count)];
}

static void add_op(struct mu_intent *intent, struct mu_dice *dice, struct mu_arena *arena)
{
    const struct mu_entity *entity = make_entity(dice);
    struct mu_op *op = mu_intent_op(intent, arena, entity->number, make_id(dice));
    bool ok = op != NULL;
    for (size_t i = 0; ok && i < entity->field_count; i++) {
        const struct mu_field *field = &entity->fields[i];
        if (mu_dice_below(dice, 2) == 0) {
            ok = mu_op_arg(op, arena, field->number, make_value(field, dice, arena));
        } else if (field->merge == MU_MERGE_TEXT) {
            ok = mu_op_arg_based(op, arena, field->number, make_value(field, dice, arena),
                                 make_value(field, dice, arena));
        }
    }
    struct mu_id neighbour = make_id(dice);
    ok = ok && mu_op_arg(op, arena, MU_ARG_AFTER, mu_id_value(&neighbour));
    ok = ok && mu_op_arg(op, arena, 900, make_unknown_value(dice, arena));
    MU_ASSERT(ok);
}

struct mu_mutation mu_wire_make_mutation(struct mu_dice *dice, struct mu_arena *arena)
{
    struct mu_mutation mutation = {0};
    mutation.id = make_id(dice);
    mutation.replica = make_id(dice);
    mutation.number = 1 + make_number(dice) / 2;
    mutation.previous = make_hash(dice);
    mutation.base_seq = make_number(dice);
    mutation.seen_chain = make_hash(dice);
    mutation.authored_ms = make_wall(dice);
    mutation.clock_offset_ms = make_wall(dice) / 1000;
    mutation.offset_age_s = make_number32(dice);
    mutation.clock_doubt = mu_dice_below(dice, 2) == 0;
    memcpy(mutation.zone, "Europe/Berlin", sizeof "Europe/Berlin");
    mutation.utc_offset_min = (int32_t)mu_dice_below(dice, 1800) - 900;
    mutation.intent.number = MU_INTENT_IMPORT;
    mutation.intent.version = 1;
    size_t count = (size_t)mu_dice_below(dice, 4);
    for (size_t i = 0; i < count; i++) {
        add_op(&mutation.intent, dice, arena);
    }
    struct mu_op *op = mu_intent_op(&mutation.intent, arena, 4711, make_id(dice));
    MU_ASSERT(op != NULL && mu_op_arg(op, arena, 17, make_unknown_value(dice, arena)));
    return mutation;
}

static struct mu_row make_row(struct mu_dice *dice, struct mu_arena *arena)
{
    const struct mu_entity *entity = make_entity(dice);
    struct mu_row row = {.entity = entity->number, .id = make_id(dice)};
    bool ok = true;
    for (size_t i = 0; ok && i < entity->field_count; i++) {
        struct mu_value value = make_value(&entity->fields[i], dice, arena);
        ok = mu_row_set(&row, arena, entity->fields[i].number, value, 0) == MU_OK;
    }
    ok = ok && mu_row_set(&row, arena, 900, make_unknown_value(dice, arena), 0) == MU_OK;
    MU_ASSERT(ok);
    return row;
}

struct mu_change mu_wire_make_change(struct mu_dice *dice, struct mu_arena *arena)
{
    struct mu_mutation mutation = mu_wire_make_mutation(dice, arena);
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_MUTATION_BYTES_MAX);
    struct mu_change change = {0};
    MU_ASSERT(mu_mutation_encode(&mutation, arena, &bytes) == MU_OK &&
              mu_arena_copy(arena, mu_buf_view(&bytes), &change.mutation));
    change.seq = 1 + make_number(dice) / 2;
    for (size_t i = 0; i < MU_SIGNATURE_LEN; i++) {
        change.signature[i] = (uint8_t)mu_dice_next(dice);
    }
    change.mutation_id = mutation.id;
    change.replica = mutation.replica;
    change.number = mutation.number;
    change.intent = mutation.intent.number;
    change.person = mu_dice_below(dice, 4) == 0 ? (struct mu_id){0} : make_id(dice);
    change.device = make_id(dice);
    change.at_ms = make_wall(dice);
    change.received_ms = make_wall(dice);
    change.verdict = (enum mu_verdict)(1 + mu_dice_below(dice, MU_REJECTED));
    if (change.verdict == MU_REJECTED) {
        change.code = MU_E_DENIED;
        change.reason = make_text(dice, arena, MU_REASON_MAX);
        return change;
    }
    change.effect_count = (size_t)mu_dice_below(dice, 4);
    change.effects = take(arena, change.effect_count, sizeof *change.effects);
    for (size_t i = 0; i < change.effect_count; i++) {
        change.effects[i] = make_row(dice, arena);
    }
    return change;
}
