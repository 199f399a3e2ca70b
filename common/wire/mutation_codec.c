#include <string.h>

#include "common/base/reader.h"
#include "common/wire/codec.h"
#include "common/wire/message.h"
#include "common/wire/mutation.h"
#include "common/wire/pb.h"

#define OFFSET_MIN_MAX (24 * 60) /* minutes that a zone may differ from UTC */

/* ---- Out */

static void fill(const struct mu_mutation *mutation, struct mu_slice ops, Muster__Mutation *pb)
{
    muster__mutation__init(pb);
    MU_PB_SET_ID(pb, id, &mutation->id);
    MU_PB_SET_ID(pb, replica, &mutation->replica);
    MU_PB_SET(pb, number, mutation->number);
    MU_PB_SET(pb, intent, mutation->intent.number);
    MU_PB_SET(pb, intent_version, mutation->intent.version);
    MU_PB_SET_HASH(pb, previous, &mutation->previous);
    MU_PB_SET(pb, base_seq, mutation->base_seq);
    MU_PB_SET_HASH(pb, seen_chain, &mutation->seen_chain);
    MU_PB_SET(pb, authored_ms, mutation->authored_ms);
    MU_PB_SET(pb, clock_offset_ms, mutation->clock_offset_ms);
    MU_PB_SET(pb, offset_age_s, mutation->offset_age_s);
    MU_PB_SET(pb, clock_doubt, mutation->clock_doubt);
    MU_PB_SET_BYTES(pb, zone, mu_pb_line(mu_slice_str(mutation->zone), MU_ZONE_MAX));
    MU_PB_SET(pb, utc_offset_min, mutation->utc_offset_min);
    MU_PB_SET_BYTES(pb, operations, ops);
}

enum mu_status mu_mutation_encode(const struct mu_mutation *mutation, struct mu_arena *arena,
                                  struct mu_buf *out)
{
    (void)arena;
    MU_BUF_AUTO struct mu_buf ops;
    mu_buf_init(&ops, MU_MUTATION_BYTES_MAX);
    MU_TRY(mu_ops_write(&mutation->intent, &ops));
    Muster__Mutation pb;
    fill(mutation, mu_buf_view(&ops), &pb);
    return mu_pb_pack(&pb.base, MU_MUTATION_BYTES_MAX, out);
}

/* ---- In */

static enum mu_status read_head(const Muster__Mutation *pb, struct mu_mutation *out,
                                struct mu_error *err)
{
    struct mu_slice zone;
    MU_TRY(mu_pb_id_needed(MU_PB_BYTES(pb, id), &out->id, err));
    MU_TRY(mu_pb_id_needed(MU_PB_BYTES(pb, replica), &out->replica, err));
    MU_TRY(mu_pb_hash(MU_PB_BYTES(pb, previous), &out->previous, err));
    MU_TRY(mu_pb_hash(MU_PB_BYTES(pb, seen_chain), &out->seen_chain, err));
    MU_TRY(mu_pb_text(MU_PB_BYTES(pb, zone), MU_ZONE_MAX, &zone, err));
    MU_TRY(mu_pb_wall("authored_ms", out->authored_ms, err));
    MU_TRY(mu_pb_wall("clock_offset_ms", out->clock_offset_ms, err));
    if (out->number == 0 || out->number > INT64_MAX) {
        return mu_fail(err, MU_E_PROTOCOL, "number is missing or out of range");
    }
    if (out->base_seq > INT64_MAX) {
        return mu_fail(err, MU_E_PROTOCOL, "base_seq is out of range");
    }
    if (out->intent.number == 0 || out->intent.version == 0) {
        return mu_fail(err, MU_E_PROTOCOL, "intent is missing");
    }
    if (out->utc_offset_min < -OFFSET_MIN_MAX || out->utc_offset_min > OFFSET_MIN_MAX) {
        return mu_fail(err, MU_E_PROTOCOL, "utc_offset_min is out of range");
    }
    if (zone.len > 0) {
        memcpy(out->zone, zone.data, zone.len);
    }
    return MU_OK;
}

static enum mu_status read_mutation(struct mu_slice bytes, struct mu_arena *arena,
                                    struct mu_mutation *out, struct mu_error *err)
{
    if (bytes.len > MU_MUTATION_BYTES_MAX) {
        return mu_fail(err, MU_E_LIMIT, "%zu bytes, at most %zu fit", bytes.len,
                       MU_MUTATION_BYTES_MAX);
    }
    ProtobufCMessage *base = mu_pb_unpack(&muster__mutation__descriptor, bytes, arena, err);
    if (base == NULL) {
        return err->status;
    }
    const Muster__Mutation *pb = (const Muster__Mutation *)base;
    *out = (struct mu_mutation){
        .number = pb->number,
        .base_seq = pb->base_seq,
        .authored_ms = pb->authored_ms,
        .clock_offset_ms = pb->clock_offset_ms,
        .offset_age_s = pb->offset_age_s,
        .clock_doubt = pb->clock_doubt != 0,
        .utc_offset_min = pb->utc_offset_min,
        .intent = {.number = pb->intent, .version = pb->intent_version},
    };
    MU_TRY(read_head(pb, out, err));
    return mu_ops_read(mu_slice_of(pb->operations.data, pb->operations.len), arena, &out->intent,
                       err);
}

enum mu_status mu_mutation_decode(struct mu_slice bytes, struct mu_arena *arena,
                                  struct mu_mutation *out, struct mu_error *err)
{
    struct mu_mutation mutation;
    if (read_mutation(bytes, arena, &mutation, err) != MU_OK) {
        return mu_error_wrap(err, "mutation");
    }
    *out = mutation;
    return MU_OK;
}

/* ---- The few fields that a change repeats */

enum { FIELD_ID = 1, FIELD_REPLICA = 2, FIELD_NUMBER = 3, FIELD_INTENT = 4, FIELDS_SEEN = 0x1e };

static bool peek_block(struct mu_reader *reader, uint64_t field, struct mu_mutation_tag *tag)
{
    struct mu_slice block = mu_reader_block(reader, MU_MUTATION_BYTES_MAX);
    if (field == FIELD_ID) {
        return mu_id_from_slice(block, &tag->id);
    }
    return field != FIELD_REPLICA || mu_id_from_slice(block, &tag->replica);
}

static bool peek_number(struct mu_reader *reader, uint64_t field, struct mu_mutation_tag *tag)
{
    uint64_t number = mu_reader_varint(reader);
    if (field == FIELD_NUMBER) {
        tag->number = number;
    } else if (field == FIELD_INTENT) {
        tag->intent = (uint32_t)number;
        return number > 0 && number <= UINT32_MAX;
    }
    return field != FIELD_NUMBER || number > 0;
}

/* One field; false when it is not what a mutation has there. */
static bool peek_field(struct mu_reader *reader, struct mu_mutation_tag *tag, unsigned *seen)
{
    uint64_t key = mu_reader_varint(reader);
    uint64_t field = key >> 3;
    bool number = field == FIELD_NUMBER || field == FIELD_INTENT;
    bool block = field == FIELD_ID || field == FIELD_REPLICA;
    if (field < 5) {
        *seen |= 1U << field;
    }
    switch (key & 7) {
    case 0:
        return !block && peek_number(reader, field, tag);
    case 2:
        return !number && peek_block(reader, field, tag);
    case 1:
    case 5:
        (void)mu_reader_bytes(reader, (key & 7) == 1 ? 8 : 4);
        return !number && !block;
    default:
        return false;
    }
}

enum mu_status mu_mutation_peek(struct mu_slice bytes, struct mu_mutation_tag *out,
                                struct mu_error *err)
{
    struct mu_reader reader = mu_reader_of(bytes);
    struct mu_mutation_tag tag = {0};
    unsigned seen = 0;
    while ((seen & FIELDS_SEEN) != FIELDS_SEEN) {
        if (!peek_field(&reader, &tag, &seen) || !mu_reader_ok(&reader)) {
            return mu_fail(err, MU_E_PROTOCOL, "mutation is torn or lacks its head");
        }
    }
    *out = tag;
    return MU_OK;
}
