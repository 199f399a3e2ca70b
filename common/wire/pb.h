/* protobuf-c, kept on a short rein: bytes in through a scan and a bounded
 * allocator, bytes out into a struct mu_buf, and the helpers by which generated
 * structs become records.  Inside common/wire only. */
#ifndef MUSTER_COMMON_WIRE_PB_H
#define MUSTER_COMMON_WIRE_PB_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/id.h"

#include "msp.pb-c.h"

/* Walks the bytes of a message of this type without allocating: tags, lengths,
 * ranges of numbers, how often a field stands, how many elements a repeated one
 * has, how many fields are unknown.  What passes cannot make protobuf-c allocate
 * more than a small multiple of its length.  Errors: MU_E_PROTOCOL, naming type and field. */
MU_MUST_USE enum mu_status mu_pb_scan(const ProtobufCMessageDescriptor *type, struct mu_slice bytes,
                                      struct mu_error *err);

/* Scan and unpack.  The message lives in the arena and is never freed by itself;
 * NULL on failure, with err set.  Errors: as mu_pb_scan(), MU_E_NOMEM. */
MU_MUST_USE ProtobufCMessage *mu_pb_unpack(const ProtobufCMessageDescriptor *type,
                                           struct mu_slice bytes, struct mu_arena *arena,
                                           struct mu_error *err);

/* Append the bytes of pb; out is unchanged on failure.  Errors: MU_E_LIMIT past max
 * bytes or out's ceiling, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_pb_pack(const ProtobufCMessage *pb, size_t max, struct mu_buf *out);

/* ---- Fields to record members.  what names the field in errors; an absent id or
 * hash is zero, an absent text empty.  Errors: MU_E_PROTOCOL. */
struct mu_pb_bytes {
    const char *what;
    protobuf_c_boolean has;
    ProtobufCBinaryData data;
};

#define MU_PB_BYTES(pb, name) \
    ((struct mu_pb_bytes){.what = #name, .has = (pb)->has_##name, .data = (pb)->name})

MU_MUST_USE enum mu_status mu_pb_id(struct mu_pb_bytes field, struct mu_id *out,
                                    struct mu_error *err);
/* Refuses zero too. */
MU_MUST_USE enum mu_status mu_pb_id_needed(struct mu_pb_bytes field, struct mu_id *out,
                                           struct mu_error *err);
MU_MUST_USE enum mu_status mu_pb_hash(struct mu_pb_bytes field, struct mu_hash *out,
                                      struct mu_error *err);
/* Exactly len bytes. */
MU_MUST_USE enum mu_status mu_pb_fixed(struct mu_pb_bytes field, size_t len, struct mu_slice *out,
                                       struct mu_error *err);
/* 1 .. max bytes. */
MU_MUST_USE enum mu_status mu_pb_block(struct mu_pb_bytes field, size_t max, struct mu_slice *out,
                                       struct mu_error *err);
/* UTF-8 without NUL, at most max bytes. */
MU_MUST_USE enum mu_status mu_pb_text(struct mu_pb_bytes field, size_t max, struct mu_slice *out,
                                      struct mu_error *err);
/* A wall time or the difference of two: within 2^53 ms, so that sums cannot overflow. */
MU_MUST_USE enum mu_status mu_pb_wall(const char *what, int64_t ms, struct mu_error *err);

/* ---- Record members to fields.  Zeros are not written. */
ProtobufCBinaryData mu_pb_view(struct mu_slice bytes);
/* The front of text that is UTF-8 without NUL and at most max bytes: texts that were
 * cut to fit a buffer must not make a message that its reader refuses. */
struct mu_slice mu_pb_line(struct mu_slice text, size_t max);

#define MU_PB_SET(pb, name, value)       \
    do {                                 \
        (pb)->name = (value);            \
        (pb)->has_##name = (value) != 0; \
    } while (0)
#define MU_PB_SET_ID(pb, name, id)                \
    do {                                          \
        (pb)->name = mu_pb_view(mu_id_view(id));  \
        (pb)->has_##name = !mu_id_is_zero(*(id)); \
    } while (0)
#define MU_PB_SET_HASH(pb, name, hash)                                     \
    do {                                                                   \
        (pb)->name = mu_pb_view(mu_hash_view(hash));                       \
        (pb)->has_##name = !mu_hash_equal(*(hash), (struct mu_hash){{0}}); \
    } while (0)
#define MU_PB_SET_BYTES(pb, name, slice)       \
    do {                                       \
        (pb)->name = mu_pb_view(slice);        \
        (pb)->has_##name = (pb)->name.len > 0; \
    } while (0)

#endif
