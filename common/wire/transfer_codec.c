/* State transfer: XFER_REQ, XFER_BEGIN, XFER_CHUNK, XFER_END. */
#include <string.h>

#include "common/wire/codec.h"
#include "common/wire/pb.h"

/* ---- XFER_REQ */

enum mu_status mu_pb_xfer_req_read(const Muster__XferReq *pb, struct mu_arena *arena,
                                   struct mu_msg_xfer_req *out, struct mu_error *err)
{
    (void)arena;
    struct mu_slice buckets;
    MU_TRY(mu_pb_fixed(MU_PB_BYTES(pb, buckets), sizeof out->buckets, &buckets, err));
    memcpy(out->buckets, buckets.data, sizeof out->buckets);
    return MU_OK;
}

enum mu_status mu_pb_xfer_req_write(const struct mu_msg_xfer_req *in, struct mu_arena *arena,
                                    Muster__XferReq **out)
{
    Muster__XferReq *pb = mu_arena_alloc(arena, sizeof *pb);
    if (pb == NULL) {
        return MU_E_NOMEM;
    }
    muster__xfer_req__init(pb);
    MU_PB_SET_BYTES(pb, buckets, mu_slice_of(in->buckets, sizeof in->buckets));
    *out = pb;
    return MU_OK;
}

/* ---- XFER_BEGIN */

enum mu_status mu_pb_xfer_begin_read(const Muster__XferBegin *pb, struct mu_arena *arena,
                                     struct mu_msg_xfer_begin *out, struct mu_error *err)
{
    (void)arena;
    struct mu_slice buckets;
    *out = (struct mu_msg_xfer_begin){.at_seq = pb->at_seq, .row_count = pb->row_count};
    MU_TRY(mu_pb_id_needed(MU_PB_BYTES(pb, transfer), &out->transfer, err));
    MU_TRY(mu_pb_id_needed(MU_PB_BYTES(pb, incarnation), &out->incarnation, err));
    MU_TRY(mu_pb_hash(MU_PB_BYTES(pb, chain), &out->chain, err));
    MU_TRY(mu_pb_hash(MU_PB_BYTES(pb, digest_root), &out->digest_root, err));
    MU_TRY(mu_pb_fixed(MU_PB_BYTES(pb, buckets), sizeof out->buckets, &buckets, err));
    memcpy(out->buckets, buckets.data, sizeof out->buckets);
    return MU_OK;
}

enum mu_status mu_pb_xfer_begin_write(const struct mu_msg_xfer_begin *in, struct mu_arena *arena,
                                      Muster__XferBegin **out)
{
    Muster__XferBegin *pb = mu_arena_alloc(arena, sizeof *pb);
    if (pb == NULL) {
        return MU_E_NOMEM;
    }
    muster__xfer_begin__init(pb);
    MU_PB_SET_ID(pb, transfer, &in->transfer);
    MU_PB_SET_ID(pb, incarnation, &in->incarnation);
    MU_PB_SET(pb, at_seq, in->at_seq);
    MU_PB_SET_HASH(pb, chain, &in->chain);
    MU_PB_SET_HASH(pb, digest_root, &in->digest_root);
    MU_PB_SET_BYTES(pb, buckets, mu_slice_of(in->buckets, sizeof in->buckets));
    MU_PB_SET(pb, row_count, in->row_count);
    *out = pb;
    return MU_OK;
}

/* ---- XFER_CHUNK */

enum mu_status mu_pb_xfer_chunk_read(const Muster__XferChunk *pb, struct mu_arena *arena,
                                     struct mu_msg_xfer_chunk *out, struct mu_error *err)
{
    (void)arena;
    *out = (struct mu_msg_xfer_chunk){
        .bucket = pb->bucket,
        .number = pb->number,
        .last = pb->last != 0,
    };
    if (out->bucket >= MU_BUCKET_COUNT) {
        return mu_fail(err, MU_E_PROTOCOL, "bucket %u of %d", out->bucket, MU_BUCKET_COUNT);
    }
    MU_TRY(mu_pb_id_needed(MU_PB_BYTES(pb, transfer), &out->transfer, err));
    return mu_pb_block(MU_PB_BYTES(pb, sealed), MU_CHUNK_SEALED_MAX, &out->sealed, err);
}

enum mu_status mu_pb_xfer_chunk_write(const struct mu_msg_xfer_chunk *in, struct mu_arena *arena,
                                      Muster__XferChunk **out)
{
    Muster__XferChunk *pb = mu_arena_alloc(arena, sizeof *pb);
    if (pb == NULL) {
        return MU_E_NOMEM;
    }
    muster__xfer_chunk__init(pb);
    MU_PB_SET_ID(pb, transfer, &in->transfer);
    MU_PB_SET(pb, bucket, in->bucket);
    MU_PB_SET(pb, number, in->number);
    MU_PB_SET(pb, last, in->last);
    MU_PB_SET_BYTES(pb, sealed, in->sealed);
    *out = pb;
    return in->sealed.len > MU_CHUNK_SEALED_MAX ? MU_E_LIMIT : MU_OK;
}

/* ---- XFER_END */

enum mu_status mu_pb_xfer_end_read(const Muster__XferEnd *pb, struct mu_arena *arena,
                                   struct mu_msg_xfer_end *out, struct mu_error *err)
{
    (void)arena;
    return mu_pb_id_needed(MU_PB_BYTES(pb, transfer), &out->transfer, err);
}

enum mu_status mu_pb_xfer_end_write(const struct mu_msg_xfer_end *in, struct mu_arena *arena,
                                    Muster__XferEnd **out)
{
    Muster__XferEnd *pb = mu_arena_alloc(arena, sizeof *pb);
    if (pb == NULL) {
        return MU_E_NOMEM;
    }
    muster__xfer_end__init(pb);
    MU_PB_SET_ID(pb, transfer, &in->transfer);
    *out = pb;
    return MU_OK;
}
