#include "common/wire/pb.h"

#include "common/base/utf8.h"

/* ---- In */

/* Above the length of the bytes themselves: structs, arrays and what protobuf-c notes
 * while it scans.  The scan keeps the counts so low that this is never reached by
 * bytes that passed it; it is the second lock on the same door. */
#define BUDGET_EXTRA ((size_t)256 * 1024)

struct allowance {
    struct mu_arena *arena;
    size_t left;
    bool spent; /* the budget refused, not the arena */
};

static void *allowance_alloc(void *state, size_t size)
{
    struct allowance *allowance = state;
    if (size > allowance->left) {
        allowance->spent = true;
        return NULL;
    }
    void *memory = mu_arena_alloc(allowance->arena, size);
    if (memory != NULL) {
        allowance->left -= size;
    }
    return memory;
}

static void allowance_free(void *state, void *memory)
{
    (void)state; /* the arena is cleared as a whole */
    (void)memory;
}

ProtobufCMessage *mu_pb_unpack(const ProtobufCMessageDescriptor *type, struct mu_slice bytes,
                               struct mu_arena *arena, struct mu_error *err)
{
    if (mu_pb_scan(type, bytes, err) != MU_OK) {
        return NULL;
    }
    struct allowance allowance = {.arena = arena, .left = bytes.len + BUDGET_EXTRA};
    ProtobufCAllocator allocator = {
        .alloc = allowance_alloc,
        .free = allowance_free,
        .allocator_data = &allowance,
    };
    ProtobufCMessage *pb = protobuf_c_message_unpack(type, &allocator, bytes.len, bytes.data);
    if (pb == NULL && allowance.spent) {
        (void)mu_fail(err, MU_E_PROTOCOL, "%s takes too much memory", type->short_name);
    } else if (pb == NULL) {
        /* The scan found the bytes well formed, so it was memory. */
        (void)mu_fail(err, MU_E_NOMEM, "no memory for %s of %zu bytes", type->short_name,
                      bytes.len);
    }
    return pb;
}

/* ---- Out */

struct sink {
    ProtobufCBuffer base; /* first, as protobuf-c wants it */
    struct mu_buf *out;
    enum mu_status status; /* the first failure stays */
};

static void sink_append(ProtobufCBuffer *base, size_t len, const uint8_t *data)
{
    struct sink *sink = (struct sink *)base;
    if (sink->status == MU_OK) {
        sink->status = mu_buf_append(sink->out, data, len);
    }
}

enum mu_status mu_pb_pack(const ProtobufCMessage *pb, size_t max, struct mu_buf *out)
{
    if (protobuf_c_message_get_packed_size(pb) > max) {
        return MU_E_LIMIT;
    }
    struct sink sink = {.base.append = sink_append, .out = out};
    size_t before = out->len;
    (void)protobuf_c_message_pack_to_buffer(pb, &sink.base);
    if (sink.status != MU_OK) {
        out->len = before;
    }
    return sink.status;
}

/* ---- Fields */

static struct mu_slice view(struct mu_pb_bytes field)
{
    return field.has ? mu_slice_of(field.data.data, field.data.len) : (struct mu_slice){0};
}

enum mu_status mu_pb_id(struct mu_pb_bytes field, struct mu_id *out, struct mu_error *err)
{
    *out = (struct mu_id){0};
    if (field.has && !mu_id_from_slice(view(field), out)) {
        return mu_fail(err, MU_E_PROTOCOL, "%s is not %d bytes", field.what, MU_ID_LEN);
    }
    return MU_OK;
}

enum mu_status mu_pb_id_needed(struct mu_pb_bytes field, struct mu_id *out, struct mu_error *err)
{
    MU_TRY(mu_pb_id(field, out, err));
    return mu_id_is_zero(*out) ? mu_fail(err, MU_E_PROTOCOL, "%s is missing", field.what) : MU_OK;
}

enum mu_status mu_pb_hash(struct mu_pb_bytes field, struct mu_hash *out, struct mu_error *err)
{
    *out = (struct mu_hash){0};
    if (field.has && !mu_hash_from_slice(view(field), out)) {
        return mu_fail(err, MU_E_PROTOCOL, "%s is not %d bytes", field.what, MU_HASH_LEN);
    }
    return MU_OK;
}

enum mu_status mu_pb_fixed(struct mu_pb_bytes field, size_t len, struct mu_slice *out,
                           struct mu_error *err)
{
    if (view(field).len != len) {
        return mu_fail(err, MU_E_PROTOCOL, "%s is not %zu bytes", field.what, len);
    }
    *out = view(field);
    return MU_OK;
}

enum mu_status mu_pb_block(struct mu_pb_bytes field, size_t max, struct mu_slice *out,
                           struct mu_error *err)
{
    struct mu_slice bytes = view(field);
    if (bytes.len == 0) {
        return mu_fail(err, MU_E_PROTOCOL, "%s is missing", field.what);
    }
    if (bytes.len > max) {
        return mu_fail(err, MU_E_PROTOCOL, "%s has %zu bytes, at most %zu fit", field.what,
                       bytes.len, max);
    }
    *out = bytes;
    return MU_OK;
}

enum mu_status mu_pb_text(struct mu_pb_bytes field, size_t max, struct mu_slice *out,
                          struct mu_error *err)
{
    struct mu_slice text = view(field);
    if (text.len > max) {
        return mu_fail(err, MU_E_PROTOCOL, "%s has %zu bytes, at most %zu fit", field.what,
                       text.len, max);
    }
    if (!mu_utf8_valid(text)) {
        return mu_fail(err, MU_E_PROTOCOL, "%s is not UTF-8 text", field.what);
    }
    *out = text;
    return MU_OK;
}

enum mu_status mu_pb_wall(const char *what, int64_t ms, struct mu_error *err)
{
    const int64_t limit = (int64_t)1 << 53;
    return ms >= -limit && ms <= limit
               ? MU_OK
               : mu_fail(err, MU_E_PROTOCOL, "%s is no time of this world", what);
}

ProtobufCBinaryData mu_pb_view(struct mu_slice bytes)
{
    /* protobuf-c has one struct for reading and writing, without const; packing only reads. */
    union {
        const uint8_t *read;
        uint8_t *write;
    } data = {.read = bytes.data};
    return (ProtobufCBinaryData){.len = bytes.len, .data = data.write};
}

struct mu_slice mu_pb_line(struct mu_slice text, size_t max)
{
    struct mu_slice rest = mu_utf8_cut(text, max);
    size_t good = 0;
    uint32_t point = 1;
    while (good < rest.len) {
        size_t len = mu_utf8_next(
            (struct mu_slice){.data = rest.data + good, .len = rest.len - good}, &point);
        if (len == 0 || point == 0) {
            break;
        }
        good += len;
    }
    rest.len = good;
    return rest;
}
