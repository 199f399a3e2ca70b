/* State transfer: XFER_REQ, XFER_BEGIN, XFER_CHUNK, XFER_END, LINKS_REQ, LINKS. */
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

/* ---- LINKS_REQ */

static enum mu_status check_first(uint64_t first, struct mu_error *err)
{
    return first > 0 && first <= INT64_MAX - MU_LINKS_COUNT_MAX
               ? MU_OK
               : mu_fail(err, MU_E_PROTOCOL, "first is out of range");
}

enum mu_status mu_pb_links_req_read(const Muster__LinksReq *pb, struct mu_arena *arena,
                                    struct mu_msg_links_req *out, struct mu_error *err)
{
    (void)arena;
    *out = (struct mu_msg_links_req){.first = pb->first};
    return check_first(pb->first, err);
}

enum mu_status mu_pb_links_req_write(const struct mu_msg_links_req *in, struct mu_arena *arena,
                                     Muster__LinksReq **out)
{
    Muster__LinksReq *pb = mu_arena_alloc(arena, sizeof *pb);
    if (pb == NULL) {
        return MU_E_NOMEM;
    }
    muster__links_req__init(pb);
    MU_PB_SET(pb, first, in->first);
    *out = pb;
    return MU_OK;
}

/* ---- LINKS */

enum mu_status mu_pb_links_read(const Muster__Links *pb, struct mu_arena *arena,
                                struct mu_msg_links *out, struct mu_error *err)
{
    *out = (struct mu_msg_links){.first = pb->first,
                                 .hashes = mu_slice_of(pb->hashes.data, pb->hashes.len),
                                 .count = pb->hashes.len / MU_HASH_LEN,
                                 .sealed_count = pb->n_sealed};
    MU_TRY(check_first(pb->first, err));
    if (out->hashes.len % MU_HASH_LEN != 0 || out->count > MU_LINKS_COUNT_MAX) {
        return mu_fail(err, MU_E_PROTOCOL, "hashes has %zu bytes", out->hashes.len);
    }
    out->sealed = mu_arena_array(arena, out->sealed_count, sizeof *out->sealed);
    if (out->sealed == NULL && out->sealed_count > 0) {
        return mu_fail(err, MU_E_NOMEM, "no memory for %zu changes", out->sealed_count);
    }
    for (size_t i = 0; i < out->sealed_count; i++) {
        out->sealed[i] = mu_slice_of(pb->sealed[i].data, pb->sealed[i].len);
        if (out->sealed[i].len == 0) {
            return mu_fail(err, MU_E_PROTOCOL, "sealed %zu is empty", i + 1);
        }
    }
    return MU_OK;
}

enum mu_status mu_pb_links_write(const struct mu_msg_links *in, struct mu_arena *arena,
                                 Muster__Links **out)
{
    Muster__Links *pb = mu_arena_alloc(arena, sizeof *pb);
    ProtobufCBinaryData *sealed = mu_arena_array(arena, in->sealed_count, sizeof *sealed);
    if (pb == NULL || (sealed == NULL && in->sealed_count > 0)) {
        return MU_E_NOMEM;
    }
    for (size_t i = 0; i < in->sealed_count; i++) {
        sealed[i] = mu_pb_view(in->sealed[i]);
    }
    muster__links__init(pb);
    MU_PB_SET(pb, first, in->first);
    MU_PB_SET_BYTES(pb, hashes, in->hashes);
    pb->n_sealed = in->sealed_count;
    pb->sealed = sealed;
    *out = pb;
    return in->sealed_count > MU_LINKS_SEALED_MAX ||
                   in->hashes.len > MU_LINKS_COUNT_MAX * MU_HASH_LEN
               ? MU_E_LIMIT
               : MU_OK;
}
