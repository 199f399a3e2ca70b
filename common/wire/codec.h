/* One pair of functions a message: generated struct to checked record (read) and
 * back (write).  Inside common/wire only; message.c picks the pair.
 *
 * read: out is whole on success only.  Errors: MU_E_PROTOCOL naming the field, MU_E_NOMEM.
 * write: makes the generated struct in the arena; it borrows from the record.
 * Errors: MU_E_LIMIT for more elements than a reader would take, MU_E_NOMEM. */
#ifndef MUSTER_COMMON_WIRE_CODEC_H
#define MUSTER_COMMON_WIRE_CODEC_H

#include "common/model/intent.h"
#include "common/wire/message.h"

#include "msp.pb-c.h"

#define MU_CODEC_PAIR(name, record, generated)                                                  \
    MU_MUST_USE enum mu_status mu_pb_##name##_read(const generated *pb, struct mu_arena *arena, \
                                                   struct record *out, struct mu_error *err);   \
    MU_MUST_USE enum mu_status mu_pb_##name##_write(const struct record *in,                    \
                                                    struct mu_arena *arena, generated **out)

MU_CODEC_PAIR(hello, mu_msg_hello, Muster__Hello);
MU_CODEC_PAIR(welcome, mu_msg_welcome, Muster__Welcome);
MU_CODEC_PAIR(keys, mu_msg_keys, Muster__Keys);
MU_CODEC_PAIR(error, mu_msg_error, Muster__Error);
MU_CODEC_PAIR(enrol, mu_msg_enrol, Muster__Enrol);
MU_CODEC_PAIR(enrolled, mu_msg_enrolled, Muster__Enrolled);
MU_CODEC_PAIR(push, mu_msg_push, Muster__Push);
MU_CODEC_PAIR(pushack, mu_msg_pushack, Muster__PushAck);
MU_CODEC_PAIR(credit, mu_msg_credit, Muster__Credit);
MU_CODEC_PAIR(changes, mu_msg_changes, Muster__Changes);
MU_CODEC_PAIR(beacon, mu_msg_beacon, Muster__Beacon);
MU_CODEC_PAIR(xfer_req, mu_msg_xfer_req, Muster__XferReq);
MU_CODEC_PAIR(xfer_begin, mu_msg_xfer_begin, Muster__XferBegin);
MU_CODEC_PAIR(xfer_chunk, mu_msg_xfer_chunk, Muster__XferChunk);
MU_CODEC_PAIR(xfer_end, mu_msg_xfer_end, Muster__XferEnd);
MU_CODEC_PAIR(links_req, mu_msg_links_req, Muster__LinksReq);
MU_CODEC_PAIR(links, mu_msg_links, Muster__Links);
/* A part of PUSH and of ENROL. */
MU_CODEC_PAIR(pushed, mu_pushed, Muster__Pushed);

#undef MU_CODEC_PAIR

/* The canonical bytes of an intent's operations; layout in proto/msp.proto.
 * Errors: MU_E_INVALID for an operation without entity or with a field twice,
 * MU_E_LIMIT past MU_OPS_*, MU_ARGS_MAX or out's ceiling, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_ops_write(const struct mu_intent *intent, struct mu_buf *out);
/* Fills ops of out, whose number says how many there may be.  Errors: MU_E_PROTOCOL,
 * MU_E_INVALID (names entity and field), MU_E_LIMIT, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_ops_read(struct mu_slice bytes, struct mu_arena *arena,
                                       struct mu_intent *out, struct mu_error *err);

/* What of a mutation stands beside a change as well. */
struct mu_mutation_tag {
    struct mu_id id;
    struct mu_id replica;
    uint64_t number;
    uint32_t intent;
};

/* Reads just these from a mutation's bytes, without the checks of mu_mutation_decode().
 * Errors: MU_E_PROTOCOL. */
MU_MUST_USE enum mu_status mu_mutation_peek(struct mu_slice bytes, struct mu_mutation_tag *out,
                                            struct mu_error *err);

#endif
