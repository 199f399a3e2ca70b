#include "tests/harness/wire_text.h"

#include <inttypes.h>
#include <stdlib.h>

#define LINE(out, ...) check(mu_buf_printf((out), __VA_ARGS__))

static void check(enum mu_status status)
{
    MU_ASSERT(status == MU_OK);
}

/* ---- Parts */

static void hex(const char *name, struct mu_slice bytes, struct mu_buf *out)
{
    LINE(out, "%s ", name);
    char digits[2 * 64 + 1];
    for (size_t at = 0; at < bytes.len; at += 64) {
        size_t len = bytes.len - at < 64 ? bytes.len - at : 64;
        mu_hex(mu_slice_of(bytes.data + at, len), digits);
        check(mu_buf_append_str(out, digits));
    }
    check(mu_buf_append_byte(out, '\n'));
}

static void id(const char *name, const struct mu_id *value, struct mu_buf *out)
{
    hex(name, mu_id_view(value), out);
}

static void hash(const char *name, const struct mu_hash *value, struct mu_buf *out)
{
    hex(name, mu_hash_view(value), out);
}

static void number(const char *name, uint64_t value, struct mu_buf *out)
{
    LINE(out, "%s %" PRIu64 "\n", name, value);
}

static void signed_number(const char *name, int64_t value, struct mu_buf *out)
{
    LINE(out, "%s %" PRId64 "\n", name, value);
}

static void value_text(const char *name, struct mu_value value, struct mu_buf *out)
{
    switch (value.kind) {
    case MU_NULL:
        LINE(out, "    %s null\n", name);
        break;
    case MU_INT:
        LINE(out, "    %s int %" PRId64 "\n", name, value.number);
        break;
    case MU_BYTES:
        LINE(out, "    %s bytes", name);
        hex("", value.bytes, out);
        break;
    }
}

static void row_text(const struct mu_row *row, struct mu_buf *out)
{
    LINE(out, "  row of %" PRIu32 "\n", row->entity);
    id("    id", &row->id, out);
    for (size_t i = 0; i < row->count; i++) {
        LINE(out, "    field %" PRIu32 " seq %" PRIu64 "\n", row->cells[i].field,
             row->cells[i].seq);
        value_text("value", row->cells[i].value, out);
    }
}

static void former_text(const struct mu_former *former, size_t count, struct mu_buf *out)
{
    for (size_t i = 0; i < count; i++) {
        id("former replica", &former[i].replica, out);
        number("  last_number", former[i].last_number, out);
        hash("  last_hash", &former[i].last_hash, out);
    }
}

static void keys_text(const struct mu_wrapped_key *keys, size_t count, struct mu_buf *out)
{
    for (size_t i = 0; i < count; i++) {
        number("key of epoch", keys[i].epoch, out);
        hex("  wrapped", keys[i].bytes, out);
    }
}

static void pushed_text(const struct mu_pushed *pushed, struct mu_buf *out)
{
    hex("mutation", pushed->bytes, out);
    hex("  signature", pushed->signature, out);
}

/* ---- Messages */

static void beacon_text(const struct mu_msg_beacon *beacon, struct mu_buf *out)
{
    id("incarnation", &beacon->incarnation, out);
    number("head", beacon->head, out);
    number("safe_seq", beacon->safe_seq, out);
    hash("digest_root", &beacon->digest_root, out);
    hash("chain", &beacon->chain, out);
    number("epoch", beacon->epoch, out);
    signed_number("server_ms", beacon->server_ms, out);
    hex("signature", beacon->signature, out);
}

static void hello_text(const struct mu_msg_hello *hello, struct mu_buf *out)
{
    number("protocol_min", hello->protocol_min, out);
    number("protocol_max", hello->protocol_max, out);
    number("schema", hello->schema, out);
    number("capabilities", hello->capabilities, out);
    id("workspace", &hello->workspace, out);
    id("device", &hello->device, out);
    id("replica", &hello->replica, out);
    id("boot_nonce", &hello->boot_nonce, out);
    number("open_counter", hello->open_counter, out);
    id("incarnation", &hello->incarnation, out);
    number("cursor", hello->cursor, out);
    hash("chain", &hello->chain, out);
    number("last_number", hello->last_number, out);
    hash("last_hash", &hello->last_hash, out);
    number("acked_number", hello->acked_number, out);
    hash("acked_hash", &hello->acked_hash, out);
    former_text(hello->former, hello->former_count, out);
    number("epoch", hello->epoch, out);
    signed_number("client_ms", hello->client_ms, out);
    if (hello->has_beacon) {
        beacon_text(&hello->beacon, out);
    }
}

static void welcome_text(const struct mu_msg_welcome *welcome, struct mu_buf *out)
{
    number("verdict", welcome->verdict, out);
    number("protocol", welcome->protocol, out);
    id("session", &welcome->session, out);
    id("incarnation", &welcome->incarnation, out);
    id("parent_incarnation", &welcome->parent_incarnation, out);
    number("fork_seq", welcome->fork_seq, out);
    hash("fork_chain", &welcome->fork_chain, out);
    number("head", welcome->head, out);
    number("horizon", welcome->horizon, out);
    number("safe_seq", welcome->safe_seq, out);
    number("last_number", welcome->last_number, out);
    hash("last_hash", &welcome->last_hash, out);
    former_text(welcome->former, welcome->former_count, out);
    signed_number("server_ms", welcome->server_ms, out);
    number("epoch", welcome->epoch, out);
    keys_text(welcome->keys, welcome->key_count, out);
    hex("server_sign", welcome->server_sign, out);
    hex("server_box", welcome->server_box, out);
    hex("reason", welcome->reason, out);
}

static void pushack_text(const struct mu_msg_pushack *pushack, struct mu_buf *out)
{
    for (size_t i = 0; i < pushack->count; i++) {
        const struct mu_ack *ack = &pushack->items[i];
        number("ack", ack->kind, out);
        id("  mutation", &ack->mutation, out);
        number("  number", ack->number, out);
        number("  seq", ack->seq, out);
        number("  expected", ack->expected, out);
        number("  code", ack->code, out);
        number("  retry_ms", ack->retry_ms, out);
        hex("  reason", ack->reason, out);
    }
}

static void begin_text(const struct mu_msg_xfer_begin *begin, struct mu_buf *out)
{
    id("transfer", &begin->transfer, out);
    id("incarnation", &begin->incarnation, out);
    number("at_seq", begin->at_seq, out);
    hash("chain", &begin->chain, out);
    hash("digest_root", &begin->digest_root, out);
    hex("buckets", mu_slice_of(begin->buckets, sizeof begin->buckets), out);
    number("row_count", begin->row_count, out);
}

static void chunk_text(const struct mu_msg_xfer_chunk *chunk, struct mu_buf *out)
{
    id("transfer", &chunk->transfer, out);
    number("bucket", chunk->bucket, out);
    number("number", chunk->number, out);
    number("last", chunk->last, out);
    hex("sealed", chunk->sealed, out);
}

static void enrolled_text(const struct mu_msg_enrolled *enrolled, struct mu_buf *out)
{
    number("accepted", enrolled->accepted, out);
    id("device", &enrolled->device, out);
    id("person", &enrolled->person, out);
    hex("handle", enrolled->handle, out);
    hex("team", enrolled->team, out);
    hex("server_sign", enrolled->server_sign, out);
    hex("server_box", enrolled->server_box, out);
    number("code", enrolled->code, out);
    hex("reason", enrolled->reason, out);
}

void mu_wire_text_message(const struct mu_message *message, struct mu_buf *out)
{
    LINE(out, "%s\n", mu_message_name(message->kind));
    switch (message->kind) {
    case MU_MSG_HELLO:
        hello_text(&message->hello, out);
        break;
    case MU_MSG_WELCOME:
        welcome_text(&message->welcome, out);
        break;
    case MU_MSG_PUSH:
        for (size_t i = 0; i < message->push.count; i++) {
            pushed_text(&message->push.items[i], out);
        }
        break;
    case MU_MSG_PUSHACK:
        pushack_text(&message->pushack, out);
        break;
    case MU_MSG_CREDIT:
        number("bytes", message->credit.bytes, out);
        break;
    case MU_MSG_CHANGES:
        number("seq_first", message->changes.seq_first, out);
        for (size_t i = 0; i < message->changes.count; i++) {
            hex("sealed", message->changes.sealed[i], out);
        }
        break;
    case MU_MSG_BEACON:
        beacon_text(&message->beacon, out);
        break;
    case MU_MSG_XFER_REQ:
        hex("buckets", mu_slice_of(message->xfer_req.buckets, sizeof message->xfer_req.buckets),
            out);
        break;
    case MU_MSG_XFER_BEGIN:
        begin_text(&message->xfer_begin, out);
        break;
    case MU_MSG_XFER_CHUNK:
        chunk_text(&message->xfer_chunk, out);
        break;
    case MU_MSG_XFER_END:
        id("transfer", &message->xfer_end.transfer, out);
        break;
    case MU_MSG_LINKS_REQ:
        number("first", message->links_req.first, out);
        break;
    case MU_MSG_LINKS:
        number("first", message->links.first, out);
        hex("hashes", message->links.hashes, out);
        for (size_t i = 0; i < message->links.sealed_count; i++) {
            hex("sealed", message->links.sealed[i], out);
        }
        break;
    case MU_MSG_KEYS:
        keys_text(message->keys.keys, message->keys.key_count, out);
        break;
    case MU_MSG_ENROL:
        number("protocol_min", message->enrol.protocol_min, out);
        number("protocol_max", message->enrol.protocol_max, out);
        pushed_text(&message->enrol.mutation, out);
        break;
    case MU_MSG_ENROLLED:
        enrolled_text(&message->enrolled, out);
        break;
    case MU_MSG_PING:
        break;
    case MU_MSG_ERROR:
    case MU_MSG_BYE:
        number("code", message->error.code, out);
        hex("text", message->error.text, out);
        number("fatal", message->error.fatal, out);
        break;
    }
}

/* ---- Mutations and changes */

void mu_wire_text_mutation(const struct mu_mutation *mutation, struct mu_buf *out)
{
    id("id", &mutation->id, out);
    id("replica", &mutation->replica, out);
    number("number", mutation->number, out);
    hash("previous", &mutation->previous, out);
    number("base_seq", mutation->base_seq, out);
    hash("seen_chain", &mutation->seen_chain, out);
    signed_number("authored_ms", mutation->authored_ms, out);
    signed_number("clock_offset_ms", mutation->clock_offset_ms, out);
    number("offset_age_s", mutation->offset_age_s, out);
    number("clock_doubt", mutation->clock_doubt, out);
    LINE(out, "zone %s\n", mutation->zone);
    signed_number("utc_offset_min", mutation->utc_offset_min, out);
    LINE(out, "intent %" PRIu32 " version %" PRIu32 "\n", mutation->intent.number,
         mutation->intent.version);
    for (size_t i = 0; i < mutation->intent.op_count; i++) {
        const struct mu_op *op = &mutation->intent.ops[i];
        LINE(out, "  operation on %" PRIu32 "\n", op->entity);
        id("    row", &op->row, out);
        for (size_t j = 0; j < op->arg_count; j++) {
            LINE(out, "    field %" PRIu32 "\n", op->args[j].field);
            value_text("value", op->args[j].value, out);
            if (op->args[j].has_base) {
                value_text("base", op->args[j].base, out);
            }
        }
    }
}

void mu_wire_text_change(const struct mu_change *change, struct mu_buf *out)
{
    number("seq", change->seq, out);
    hex("mutation", change->mutation, out);
    hex("signature", mu_slice_of(change->signature, sizeof change->signature), out);
    id("mutation_id", &change->mutation_id, out);
    id("replica", &change->replica, out);
    number("number", change->number, out);
    number("intent", change->intent, out);
    id("person", &change->person, out);
    id("device", &change->device, out);
    signed_number("at_ms", change->at_ms, out);
    signed_number("received_ms", change->received_ms, out);
    number("verdict", change->verdict, out);
    number("code", change->code, out);
    hex("reason", change->reason, out);
    for (size_t i = 0; i < change->effect_count; i++) {
        row_text(&change->effects[i], out);
    }
}
