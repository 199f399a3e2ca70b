/* PUSH and PUSHACK: mutations up, and what became of each. */
#include "common/model/change.h"
#include "common/wire/codec.h"
#include "common/wire/pb.h"

/* ---- One signed mutation */

enum mu_status mu_pb_pushed_read(const Muster__Pushed *pb, struct mu_arena *arena,
                                 struct mu_pushed *out, struct mu_error *err)
{
    (void)arena;
    MU_TRY(mu_pb_block(MU_PB_BYTES(pb, mutation), MU_MUTATION_BYTES_MAX, &out->bytes, err));
    return mu_pb_fixed(MU_PB_BYTES(pb, signature), MU_SIGNATURE_LEN, &out->signature, err);
}

static void fill_pushed(const struct mu_pushed *in, Muster__Pushed *pb)
{
    muster__pushed__init(pb);
    MU_PB_SET_BYTES(pb, mutation, in->bytes);
    MU_PB_SET_BYTES(pb, signature, in->signature);
}

enum mu_status mu_pb_pushed_write(const struct mu_pushed *in, struct mu_arena *arena,
                                  Muster__Pushed **out)
{
    Muster__Pushed *pb = mu_arena_alloc(arena, sizeof *pb);
    if (pb == NULL) {
        return MU_E_NOMEM;
    }
    fill_pushed(in, pb);
    *out = pb;
    return in->bytes.len > MU_MUTATION_BYTES_MAX ? MU_E_LIMIT : MU_OK;
}

/* ---- PUSH */

enum mu_status mu_pb_push_read(const Muster__Push *pb, struct mu_arena *arena,
                               struct mu_msg_push *out, struct mu_error *err)
{
    if (pb->n_item == 0) {
        return mu_fail(err, MU_E_PROTOCOL, "no mutation in it");
    }
    *out = (struct mu_msg_push){.count = pb->n_item};
    out->items = mu_arena_array(arena, out->count, sizeof *out->items);
    if (out->items == NULL) {
        return mu_fail(err, MU_E_NOMEM, "no memory for %zu mutations", out->count);
    }
    size_t total = 0;
    for (size_t i = 0; i < out->count; i++) {
        if (mu_pb_pushed_read(pb->item[i], arena, &out->items[i], err) != MU_OK) {
            return mu_error_wrap(err, "item %zu", i + 1);
        }
        total += out->items[i].bytes.len;
    }
    return total > MU_PUSH_BYTES_MAX
               ? mu_fail(err, MU_E_PROTOCOL, "mutations of %zu bytes, at most %zu fit", total,
                         MU_PUSH_BYTES_MAX)
               : MU_OK;
}

enum mu_status mu_pb_push_write(const struct mu_msg_push *in, struct mu_arena *arena,
                                Muster__Push **out)
{
    Muster__Push *pb = mu_arena_alloc(arena, sizeof *pb);
    Muster__Pushed **pointers = mu_arena_array(arena, in->count, sizeof *pointers);
    Muster__Pushed *all = mu_arena_array(arena, in->count, sizeof *all);
    if (pb == NULL || pointers == NULL || all == NULL) {
        return MU_E_NOMEM;
    }
    size_t total = 0;
    for (size_t i = 0; i < in->count; i++) {
        fill_pushed(&in->items[i], &all[i]);
        pointers[i] = &all[i];
        total += in->items[i].bytes.len;
        if (in->items[i].bytes.len > MU_MUTATION_BYTES_MAX || total > MU_PUSH_BYTES_MAX) {
            return MU_E_LIMIT;
        }
    }
    muster__push__init(pb);
    pb->n_item = in->count;
    pb->item = pointers;
    *out = pb;
    return in->count > MU_PUSH_COUNT_MAX ? MU_E_LIMIT : MU_OK;
}

/* ---- PUSHACK */

static enum mu_status read_ack(const Muster__Ack *pb, struct mu_ack *out, struct mu_error *err)
{
    *out = (struct mu_ack){
        .kind = (enum mu_ack_kind)pb->kind,
        .number = pb->number,
        .seq = pb->seq,
        .expected = pb->expected,
        .code = pb->code,
        .retry_ms = pb->retry_ms,
    };
    if (out->kind < MU_ACK_APPLIED || out->kind > MU_ACK_INVALID) {
        return mu_fail(err, MU_E_PROTOCOL, "kind %u is unknown", (unsigned)out->kind);
    }
    MU_TRY(mu_pb_id(MU_PB_BYTES(pb, mutation), &out->mutation, err));
    return mu_pb_text(MU_PB_BYTES(pb, reason), MU_LINE_MAX, &out->reason, err);
}

enum mu_status mu_pb_pushack_read(const Muster__PushAck *pb, struct mu_arena *arena,
                                  struct mu_msg_pushack *out, struct mu_error *err)
{
    *out = (struct mu_msg_pushack){.count = pb->n_item};
    out->items = mu_arena_array(arena, out->count, sizeof *out->items);
    if (out->items == NULL) {
        return mu_fail(err, MU_E_NOMEM, "no memory for %zu acknowledgements", out->count);
    }
    for (size_t i = 0; i < out->count; i++) {
        if (read_ack(pb->item[i], &out->items[i], err) != MU_OK) {
            return mu_error_wrap(err, "item %zu", i + 1);
        }
    }
    return MU_OK;
}

enum mu_status mu_pb_pushack_write(const struct mu_msg_pushack *in, struct mu_arena *arena,
                                   Muster__PushAck **out)
{
    Muster__PushAck *pb = mu_arena_alloc(arena, sizeof *pb);
    Muster__Ack **pointers = mu_arena_array(arena, in->count, sizeof *pointers);
    Muster__Ack *all = mu_arena_array(arena, in->count, sizeof *all);
    if (pb == NULL || pointers == NULL || all == NULL) {
        return MU_E_NOMEM;
    }
    for (size_t i = 0; i < in->count; i++) {
        const struct mu_ack *ack = &in->items[i];
        muster__ack__init(&all[i]);
        MU_PB_SET(&all[i], kind, (Muster__AckKind)ack->kind);
        MU_PB_SET_ID(&all[i], mutation, &ack->mutation);
        MU_PB_SET(&all[i], number, ack->number);
        MU_PB_SET(&all[i], seq, ack->seq);
        MU_PB_SET(&all[i], expected, ack->expected);
        MU_PB_SET(&all[i], code, ack->code);
        MU_PB_SET(&all[i], retry_ms, ack->retry_ms);
        MU_PB_SET_BYTES(&all[i], reason, mu_pb_line(ack->reason, MU_LINE_MAX));
        pointers[i] = &all[i];
    }
    muster__push_ack__init(pb);
    pb->n_item = in->count;
    pb->item = pointers;
    *out = pb;
    return in->count > MU_PUSH_COUNT_MAX ? MU_E_LIMIT : MU_OK;
}
