#include <string.h>

#include "common/base/reader.h"
#include "common/wire/codec.h"
#include "common/wire/message.h"
#include "common/wire/mutation.h"
#include "common/wire/pb.h"

/* The fewest bytes of a row: entity, id, count. */
#define ROW_LEN_MIN (1 + MU_ID_LEN + 1)

/* A rejection has a code and no effects, a repetition neither, everything else no code. */
static bool agrees(const struct mu_change *change)
{
    bool idle = change->verdict == MU_REJECTED || change->verdict == MU_REPEATED;
    return (change->verdict == MU_REJECTED) == (change->code != MU_OK) &&
           (!idle || change->effect_count == 0);
}

/* ---- Out */

static enum mu_status write_effects(const struct mu_change *change, struct mu_buf *out)
{
    if (change->effect_count > MU_EFFECTS_MAX) {
        return MU_E_LIMIT;
    }
    MU_TRY(mu_buf_append_varint(out, change->effect_count));
    for (size_t i = 0; i < change->effect_count; i++) {
        MU_TRY(mu_row_encode(&change->effects[i], out));
    }
    return MU_OK;
}

static bool matches_mutation(const struct mu_change *change)
{
    struct mu_mutation_tag tag;
    struct mu_error ignored;
    return mu_mutation_peek(change->mutation, &tag, &ignored) == MU_OK &&
           mu_id_equal(tag.id, change->mutation_id) && mu_id_equal(tag.replica, change->replica) &&
           tag.number == change->number && tag.intent == change->intent;
}

enum mu_status mu_change_encode(const struct mu_change *change, struct mu_arena *arena,
                                struct mu_buf *out)
{
    (void)arena;
    if (change->seq == 0 || !agrees(change) || !matches_mutation(change)) {
        return MU_E_INVALID;
    }
    MU_BUF_AUTO struct mu_buf effects;
    mu_buf_init(&effects, MU_CHANGE_BYTES_MAX);
    if (change->effect_count > 0) {
        MU_TRY(write_effects(change, &effects));
    }
    Muster__Change pb;
    muster__change__init(&pb);
    MU_PB_SET(&pb, seq, change->seq);
    MU_PB_SET_BYTES(&pb, mutation, change->mutation);
    MU_PB_SET_BYTES(&pb, signature, mu_slice_of(change->signature, sizeof change->signature));
    MU_PB_SET_ID(&pb, person, &change->person);
    MU_PB_SET_ID(&pb, device, &change->device);
    MU_PB_SET(&pb, at_ms, change->at_ms);
    MU_PB_SET(&pb, received_ms, change->received_ms);
    MU_PB_SET(&pb, verdict, (Muster__Verdict)change->verdict);
    MU_PB_SET(&pb, code, (uint32_t)change->code);
    MU_PB_SET_BYTES(&pb, reason, mu_pb_line(change->reason, MU_REASON_MAX));
    MU_PB_SET_BYTES(&pb, effects, mu_buf_view(&effects));
    return mu_pb_pack(&pb.base, MU_CHANGE_BYTES_MAX, out);
}

/* ---- In */

static enum mu_status check_cells(const struct mu_row *row, struct mu_error *err)
{
    for (size_t i = 0; i < row->count; i++) {
        if (row->cells[i].seq != 0) {
            return mu_fail(err, MU_E_PROTOCOL, "a cell has a seq of its own");
        }
        MU_TRY(mu_value_check(row->entity, row->cells[i].field, row->cells[i].value, err));
    }
    return MU_OK;
}

static enum mu_status read_effect(struct mu_reader *reader, struct mu_arena *arena,
                                  struct mu_row *out, struct mu_error *err)
{
    enum mu_status status = mu_row_decode(reader, arena, out);
    if (status == MU_E_NOMEM) {
        return mu_fail(err, MU_E_NOMEM, "no memory for its cells");
    }
    if (status != MU_OK) {
        return mu_fail(err, MU_E_PROTOCOL, "it is torn");
    }
    return check_cells(out, err);
}

static enum mu_status read_effects(struct mu_slice bytes, struct mu_arena *arena,
                                   struct mu_change *out, struct mu_error *err)
{
    struct mu_reader reader = mu_reader_of(bytes);
    uint64_t count = bytes.len == 0 ? 0 : mu_reader_varint(&reader);
    if (!mu_reader_ok(&reader) || count > (size_t)(reader.end - reader.at) / ROW_LEN_MIN) {
        return mu_fail(err, MU_E_PROTOCOL, "effects are torn");
    }
    if (count > MU_EFFECTS_MAX) {
        return mu_fail(err, MU_E_LIMIT, "%u effects, at most %zu fit", (unsigned)count,
                       MU_EFFECTS_MAX);
    }
    out->effect_count = (size_t)count;
    out->effects = mu_arena_array(arena, out->effect_count, sizeof *out->effects);
    if (out->effects == NULL) {
        return mu_fail(err, MU_E_NOMEM, "no memory for %zu effects", out->effect_count);
    }
    for (size_t i = 0; i < out->effect_count; i++) {
        if (read_effect(&reader, arena, &out->effects[i], err) != MU_OK) {
            return mu_error_wrap(err, "effect %zu", i + 1);
        }
    }
    return mu_reader_at_end(&reader) ? MU_OK
                                     : mu_fail(err, MU_E_PROTOCOL, "bytes after the last effect");
}

/* A newer server may know more codes; to this version they are all refusals. */
static enum mu_status known_code(uint32_t code)
{
    return code <= MU_E_USAGE ? (enum mu_status)code : MU_E_INVALID;
}

static enum mu_status read_head(const Muster__Change *pb, struct mu_change *out,
                                struct mu_error *err)
{
    struct mu_slice signature;
    struct mu_mutation_tag tag;
    if (out->seq == 0 || out->seq > INT64_MAX) {
        return mu_fail(err, MU_E_PROTOCOL, "seq is missing or out of range");
    }
    if (out->verdict < MU_APPLIED || out->verdict > MU_REPEATED) {
        return mu_fail(err, MU_E_PROTOCOL, "verdict %u is unknown", (unsigned)out->verdict);
    }
    MU_TRY(mu_pb_block(MU_PB_BYTES(pb, mutation), MU_MUTATION_BYTES_MAX, &out->mutation, err));
    MU_TRY(mu_pb_fixed(MU_PB_BYTES(pb, signature), MU_SIGNATURE_LEN, &signature, err));
    MU_TRY(mu_pb_id(MU_PB_BYTES(pb, person), &out->person, err));
    MU_TRY(mu_pb_id(MU_PB_BYTES(pb, device), &out->device, err));
    MU_TRY(mu_pb_wall("at_ms", out->at_ms, err));
    MU_TRY(mu_pb_wall("received_ms", out->received_ms, err));
    MU_TRY(mu_pb_text(MU_PB_BYTES(pb, reason), MU_REASON_MAX, &out->reason, err));
    MU_TRY(mu_mutation_peek(out->mutation, &tag, err));
    memcpy(out->signature, signature.data, sizeof out->signature);
    out->mutation_id = tag.id;
    out->replica = tag.replica;
    out->number = tag.number;
    out->intent = tag.intent;
    return MU_OK;
}

static enum mu_status read_change(struct mu_slice bytes, struct mu_arena *arena,
                                  struct mu_change *out, struct mu_error *err)
{
    if (bytes.len > MU_CHANGE_BYTES_MAX) {
        return mu_fail(err, MU_E_LIMIT, "%zu bytes, at most %zu fit", bytes.len,
                       MU_CHANGE_BYTES_MAX);
    }
    ProtobufCMessage *base = mu_pb_unpack(&muster__change__descriptor, bytes, arena, err);
    if (base == NULL) {
        return err->status;
    }
    const Muster__Change *pb = (const Muster__Change *)base;
    *out = (struct mu_change){
        .seq = pb->seq,
        .at_ms = pb->at_ms,
        .received_ms = pb->received_ms,
        .verdict = (enum mu_verdict)pb->verdict,
        .code = known_code(pb->code),
    };
    MU_TRY(read_head(pb, out, err));
    MU_TRY(read_effects(mu_slice_of(pb->effects.data, pb->effects.len), arena, out, err));
    return agrees(out) ? MU_OK : mu_fail(err, MU_E_PROTOCOL, "verdict, code and effects disagree");
}

enum mu_status mu_change_decode(struct mu_slice bytes, struct mu_arena *arena,
                                struct mu_change *out, struct mu_error *err)
{
    struct mu_change change;
    if (read_change(bytes, arena, &change, err) != MU_OK) {
        return mu_error_wrap(err, "change");
    }
    *out = change;
    return MU_OK;
}
