/* The stream of a session: CREDIT, CHANGES, BEACON. */
#include "common/model/change.h"
#include "common/wire/codec.h"
#include "common/wire/pb.h"

/* ---- CREDIT */

enum mu_status mu_pb_credit_read(const Muster__Credit *pb, struct mu_arena *arena,
                                 struct mu_msg_credit *out, struct mu_error *err)
{
    (void)arena;
    (void)err;
    *out = (struct mu_msg_credit){.bytes = pb->bytes < MU_CREDIT_MAX ? pb->bytes : MU_CREDIT_MAX};
    return MU_OK;
}

enum mu_status mu_pb_credit_write(const struct mu_msg_credit *in, struct mu_arena *arena,
                                  Muster__Credit **out)
{
    Muster__Credit *pb = mu_arena_alloc(arena, sizeof *pb);
    if (pb == NULL) {
        return MU_E_NOMEM;
    }
    muster__credit__init(pb);
    MU_PB_SET(pb, bytes, in->bytes);
    *out = pb;
    return MU_OK;
}

/* ---- CHANGES */

enum mu_status mu_pb_changes_read(const Muster__Changes *pb, struct mu_arena *arena,
                                  struct mu_msg_changes *out, struct mu_error *err)
{
    *out = (struct mu_msg_changes){.seq_first = pb->seq_first, .count = pb->n_sealed};
    if (out->count == 0) {
        return mu_fail(err, MU_E_PROTOCOL, "no change in it");
    }
    if (out->seq_first == 0 || out->count > INT64_MAX - (out->seq_first - 1) ||
        out->seq_first > INT64_MAX) {
        return mu_fail(err, MU_E_PROTOCOL, "seq_first is out of range");
    }
    out->sealed = mu_arena_array(arena, out->count, sizeof *out->sealed);
    if (out->sealed == NULL) {
        return mu_fail(err, MU_E_NOMEM, "no memory for %zu changes", out->count);
    }
    for (size_t i = 0; i < out->count; i++) {
        out->sealed[i] = mu_slice_of(pb->sealed[i].data, pb->sealed[i].len);
        if (out->sealed[i].len == 0) {
            return mu_fail(err, MU_E_PROTOCOL, "sealed %zu is empty", i + 1);
        }
    }
    return MU_OK;
}

enum mu_status mu_pb_changes_write(const struct mu_msg_changes *in, struct mu_arena *arena,
                                   Muster__Changes **out)
{
    Muster__Changes *pb = mu_arena_alloc(arena, sizeof *pb);
    ProtobufCBinaryData *sealed = mu_arena_array(arena, in->count, sizeof *sealed);
    if (pb == NULL || sealed == NULL) {
        return MU_E_NOMEM;
    }
    for (size_t i = 0; i < in->count; i++) {
        sealed[i] = mu_pb_view(in->sealed[i]);
    }
    muster__changes__init(pb);
    MU_PB_SET(pb, seq_first, in->seq_first);
    pb->n_sealed = in->count;
    pb->sealed = sealed;
    *out = pb;
    return in->count > MU_CHANGES_COUNT_MAX ? MU_E_LIMIT : MU_OK;
}

/* ---- BEACON */

enum mu_status mu_pb_beacon_read(const Muster__Beacon *pb, struct mu_arena *arena,
                                 struct mu_msg_beacon *out, struct mu_error *err)
{
    (void)arena;
    *out = (struct mu_msg_beacon){
        .head = pb->head,
        .safe_seq = pb->safe_seq,
        .epoch = pb->epoch,
        .server_ms = pb->server_ms,
    };
    MU_TRY(mu_pb_id_needed(MU_PB_BYTES(pb, incarnation), &out->incarnation, err));
    MU_TRY(mu_pb_hash(MU_PB_BYTES(pb, digest_root), &out->digest_root, err));
    MU_TRY(mu_pb_hash(MU_PB_BYTES(pb, chain), &out->chain, err));
    MU_TRY(mu_pb_wall("server_ms", out->server_ms, err));
    return mu_pb_fixed(MU_PB_BYTES(pb, signature), MU_SIGNATURE_LEN, &out->signature, err);
}

enum mu_status mu_pb_beacon_write(const struct mu_msg_beacon *in, struct mu_arena *arena,
                                  Muster__Beacon **out)
{
    Muster__Beacon *pb = mu_arena_alloc(arena, sizeof *pb);
    if (pb == NULL) {
        return MU_E_NOMEM;
    }
    muster__beacon__init(pb);
    MU_PB_SET_ID(pb, incarnation, &in->incarnation);
    MU_PB_SET(pb, head, in->head);
    MU_PB_SET(pb, safe_seq, in->safe_seq);
    MU_PB_SET_HASH(pb, digest_root, &in->digest_root);
    MU_PB_SET_HASH(pb, chain, &in->chain);
    MU_PB_SET(pb, epoch, in->epoch);
    MU_PB_SET(pb, server_ms, in->server_ms);
    MU_PB_SET_BYTES(pb, signature, in->signature);
    *out = pb;
    return MU_OK;
}

static enum mu_status append_beacon(const struct mu_msg_beacon *beacon,
                                    const struct mu_id *workspace, struct mu_buf *out)
{
    MU_TRY(mu_buf_append(out, workspace->bytes, MU_ID_LEN));
    MU_TRY(mu_buf_append(out, beacon->incarnation.bytes, MU_ID_LEN));
    MU_TRY(mu_buf_append_varint(out, beacon->head));
    MU_TRY(mu_buf_append_varint(out, beacon->safe_seq));
    MU_TRY(mu_buf_append(out, beacon->digest_root.bytes, MU_HASH_LEN));
    MU_TRY(mu_buf_append(out, beacon->chain.bytes, MU_HASH_LEN));
    MU_TRY(mu_buf_append_varint(out, beacon->epoch));
    return mu_buf_append_svarint(out, beacon->server_ms);
}

enum mu_status mu_beacon_signed_bytes(const struct mu_msg_beacon *beacon, struct mu_id workspace,
                                      struct mu_buf *out)
{
    size_t before = out->len;
    enum mu_status status = append_beacon(beacon, &workspace, out);
    if (status != MU_OK) {
        out->len = before;
    }
    return status;
}
