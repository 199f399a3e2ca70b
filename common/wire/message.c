#include "common/wire/message.h"

#include <assert.h>

#include "common/wire/codec.h"
#include "common/wire/pb.h"

/* K(KIND, generated member, record member, struct of the record): every kind with content. */
#define KINDS(K)                                             \
    K(HELLO, hello, hello, mu_msg_hello)                     \
    K(WELCOME, welcome, welcome, mu_msg_welcome)             \
    K(PUSH, push, push, mu_msg_push)                         \
    K(PUSHACK, pushack, pushack, mu_msg_pushack)             \
    K(CREDIT, credit, credit, mu_msg_credit)                 \
    K(CHANGES, changes, changes, mu_msg_changes)             \
    K(BEACON, beacon, beacon, mu_msg_beacon)                 \
    K(XFER_REQ, xfer_req, xfer_req, mu_msg_xfer_req)         \
    K(XFER_BEGIN, xfer_begin, xfer_begin, mu_msg_xfer_begin) \
    K(XFER_CHUNK, xfer_chunk, xfer_chunk, mu_msg_xfer_chunk) \
    K(XFER_END, xfer_end, xfer_end, mu_msg_xfer_end)         \
    K(KEYS, keys, keys, mu_msg_keys)                         \
    K(ENROL, enrol, enrol, mu_msg_enrol)                     \
    K(ENROLLED, enrolled, enrolled, mu_msg_enrolled)         \
    K(ERROR, error, error, mu_msg_error)                     \
    K(BYE, bye, error, mu_msg_error)                         \
    K(LINKS_REQ, links_req, links_req, mu_msg_links_req)     \
    K(LINKS, links, links, mu_msg_links)

#define K(kind, member, record, type) \
    static_assert((int)MU_MSG_##kind == (int)MUSTER__MESSAGE__KIND_##kind, "one number a kind");
KINDS(K)
K(PING, , , )
#undef K

/* Field numbers of the envelope below this one are kinds. */
#define KIND_MAX 100

const char *mu_message_name(enum mu_message_kind kind)
{
    switch (kind) {
#define K(kind, member, record, type) \
    case MU_MSG_##kind:               \
        return #kind;
        KINDS(K)
        K(PING, , , )
#undef K
    }
    return "?";
}

/* No kind that this version knows: a newer one, or none at all? */
static enum mu_status refuse_kind(const Muster__Message *pb, struct mu_error *err)
{
    for (unsigned i = 0; i < pb->base.n_unknown_fields; i++) {
        unsigned number = pb->base.unknown_fields[i].tag;
        if (number < KIND_MAX) {
            return mu_fail(err, MU_E_VERSION, "message kind %u is unknown", number);
        }
    }
    return mu_fail(err, MU_E_PROTOCOL, "a message of no kind");
}

static enum mu_status read_kind(const Muster__Message *pb, struct mu_arena *arena,
                                struct mu_message *out, struct mu_error *err)
{
    enum mu_message_kind kind = (enum mu_message_kind)pb->kind_case;
    switch (kind) {
#define K(name, member, record, type)                                        \
    case MU_MSG_##name: {                                                    \
        struct type read;                                                    \
        if (mu_pb_##record##_read(pb->member, arena, &read, err) != MU_OK) { \
            return mu_error_wrap(err, "%s", #name);                          \
        }                                                                    \
        out->record = read;                                                  \
        break;                                                               \
    }
        KINDS(K)
#undef K
    case MU_MSG_PING:
        break;
    default: /* the number comes from outside */
        return refuse_kind(pb, err);
    }
    out->kind = kind;
    return MU_OK;
}

enum mu_status mu_message_decode(struct mu_slice bytes, struct mu_arena *arena,
                                 struct mu_message *out, struct mu_error *err)
{
    if (bytes.len > MU_MESSAGE_MAX) {
        return mu_fail(err, MU_E_PROTOCOL, "a message of %zu bytes, at most %zu fit", bytes.len,
                       MU_MESSAGE_MAX);
    }
    ProtobufCMessage *base = mu_pb_unpack(&muster__message__descriptor, bytes, arena, err);
    if (base == NULL) {
        return err->status;
    }
    return read_kind((const Muster__Message *)base, arena, out, err);
}

enum mu_status mu_message_encode(const struct mu_message *message, struct mu_arena *arena,
                                 struct mu_buf *out)
{
    Muster__Message pb;
    muster__message__init(&pb);
    pb.kind_case = (Muster__Message__KindCase)message->kind;
    switch (message->kind) {
#define K(name, member, record, type)                                        \
    case MU_MSG_##name:                                                      \
        MU_TRY(mu_pb_##record##_write(&message->record, arena, &pb.member)); \
        break;
        KINDS(K)
#undef K
    case MU_MSG_PING:
        pb.ping = mu_arena_alloc(arena, sizeof *pb.ping);
        if (pb.ping == NULL) {
            return MU_E_NOMEM;
        }
        muster__ping__init(pb.ping);
        break;
    }
    return mu_pb_pack(&pb.base, MU_MESSAGE_MAX, out);
}
