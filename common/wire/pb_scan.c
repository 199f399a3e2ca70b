#include "common/base/reader.h"
#include "common/wire/message.h"
#include "common/wire/pb.h"

/* Message > Enrol > Pushed is the deepest; the schema has no type that contains itself. */
#define DEPTH_MAX 4
/* A newer peer may send a few fields that this version does not know. */
#define UNKNOWN_MAX 64

enum wire_type { WIRE_VARINT = 0, WIRE_64BIT = 1, WIRE_LENGTH = 2, WIRE_32BIT = 5 };

/* Every repeated field of the schema.  One that is missing here may not repeat. */
static const struct repeat {
    const ProtobufCMessageDescriptor *type;
    uint32_t field;
    unsigned max;
} repeats[] = {
    {&muster__hello__descriptor, 17, MU_FORMER_MAX},
    {&muster__welcome__descriptor, 12, MU_FORMER_MAX},
    {&muster__welcome__descriptor, 15, MU_EPOCH_KEYS_MAX},
    {&muster__keys__descriptor, 1, MU_EPOCH_KEYS_MAX},
    {&muster__push__descriptor, 1, MU_PUSH_COUNT_MAX},
    {&muster__push_ack__descriptor, 1, MU_PUSH_COUNT_MAX},
    {&muster__changes__descriptor, 2, MU_CHANGES_COUNT_MAX},
    {&muster__links__descriptor, 3, MU_LINKS_SEALED_MAX},
};

/* A message under way. */
struct level {
    const ProtobufCMessageDescriptor *type;
    const uint8_t *end;
    uint64_t seen;    /* bit n: field n stood here; numbers of the schema are below 64 */
    unsigned members; /* of the oneof */
    unsigned unknown;
    unsigned counts[sizeof repeats / sizeof repeats[0]];
};

struct scan {
    struct mu_reader reader;
    struct level levels[DEPTH_MAX];
    size_t depth; /* levels in use */
};

static const ProtobufCFieldDescriptor *find_field(const ProtobufCMessageDescriptor *type,
                                                  uint64_t number)
{
    size_t low = 0;
    size_t high = type->n_fields;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (type->fields[middle].id < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < type->n_fields && type->fields[low].id == number ? &type->fields[low] : NULL;
}

static enum mu_status refuse(const struct level *level, const ProtobufCFieldDescriptor *field,
                             const char *why, struct mu_error *err)
{
    return mu_fail(err, MU_E_PROTOCOL, "%s.%s %s", level->type->short_name, field->name, why);
}

static enum mu_status torn(const struct level *level, struct mu_error *err)
{
    return mu_fail(err, MU_E_PROTOCOL, "%s is torn or not protobuf", level->type->short_name);
}

static enum mu_status count_repeat(struct level *level, const ProtobufCFieldDescriptor *field,
                                   struct mu_error *err)
{
    for (size_t i = 0; i < sizeof repeats / sizeof repeats[0]; i++) {
        if (repeats[i].type == level->type && repeats[i].field == field->id) {
            if (++level->counts[i] > repeats[i].max) {
                return mu_fail(err, MU_E_PROTOCOL, "%s.%s stands more than %u times",
                               level->type->short_name, field->name, repeats[i].max);
            }
            return MU_OK;
        }
    }
    return refuse(level, field, "may not repeat", err);
}

static enum mu_status count_field(struct level *level, const ProtobufCFieldDescriptor *field,
                                  struct mu_error *err)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        return count_repeat(level, field, err);
    }
    uint64_t bit = (uint64_t)1 << (field->id & 63);
    if ((level->seen & bit) != 0) {
        return refuse(level, field, "stands twice", err);
    }
    level->seen |= bit;
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 && ++level->members > 1) {
        return refuse(level, field, "stands beside another kind", err);
    }
    return MU_OK;
}

/* protobuf-c cuts numbers to the width of their field in silence. */
static bool number_fits(ProtobufCType type, uint64_t number)
{
    if (type == PROTOBUF_C_TYPE_BOOL) {
        return number <= 1;
    }
    if (type == PROTOBUF_C_TYPE_UINT64 || type == PROTOBUF_C_TYPE_SINT64) {
        return true;
    }
    return number <= INT32_MAX || (type != PROTOBUF_C_TYPE_ENUM && number <= UINT32_MAX);
}

static bool is_length(ProtobufCType type)
{
    return type == PROTOBUF_C_TYPE_BYTES || type == PROTOBUF_C_TYPE_MESSAGE;
}

static enum mu_status enter(struct scan *scan, const ProtobufCFieldDescriptor *field, size_t len,
                            struct mu_error *err)
{
    if (scan->depth == DEPTH_MAX) {
        return refuse(&scan->levels[scan->depth - 1], field, "lies too deep", err);
    }
    scan->levels[scan->depth++] = (struct level){
        .type = field->descriptor,
        .end = scan->reader.at + len,
    };
    return MU_OK;
}

static enum mu_status read_length(struct scan *scan, const ProtobufCFieldDescriptor *field,
                                  struct mu_error *err)
{
    struct level *level = &scan->levels[scan->depth - 1];
    uint64_t len = mu_reader_varint(&scan->reader);
    if (!mu_reader_ok(&scan->reader) || len > (size_t)(level->end - scan->reader.at)) {
        return torn(level, err);
    }
    if (field != NULL && field->type == PROTOBUF_C_TYPE_MESSAGE) {
        return enter(scan, field, (size_t)len, err);
    }
    (void)mu_reader_bytes(&scan->reader, (size_t)len);
    return MU_OK;
}

/* One field, or the front of a message inside. */
static enum mu_status read_field(struct scan *scan, struct mu_error *err)
{
    struct level *level = &scan->levels[scan->depth - 1];
    uint64_t tag = mu_reader_varint(&scan->reader);
    uint64_t number = tag >> 3;
    if (!mu_reader_ok(&scan->reader) || number == 0 || number > (1u << 29) - 1) {
        return torn(level, err);
    }
    const ProtobufCFieldDescriptor *field = find_field(level->type, number);
    if (field != NULL) {
        MU_TRY(count_field(level, field, err));
        if (is_length(field->type) != ((tag & 7) == WIRE_LENGTH)) {
            return refuse(level, field, "has the wrong form", err);
        }
    } else if (++level->unknown > UNKNOWN_MAX) {
        return mu_fail(err, MU_E_PROTOCOL, "%s has more than %d unknown fields",
                       level->type->short_name, UNKNOWN_MAX);
    }
    switch (tag & 7) {
    case WIRE_VARINT:
        number = mu_reader_varint(&scan->reader);
        if (field != NULL && mu_reader_ok(&scan->reader) && !number_fits(field->type, number)) {
            return refuse(level, field, "is out of range", err);
        }
        break;
    case WIRE_LENGTH:
        return read_length(scan, field, err);
    case WIRE_64BIT:
    case WIRE_32BIT:
        if (field != NULL) {
            return refuse(level, field, "has the wrong form", err);
        }
        (void)mu_reader_bytes(&scan->reader, (tag & 7) == WIRE_64BIT ? 8 : 4);
        break;
    default:
        return torn(level, err);
    }
    return mu_reader_ok(&scan->reader) && scan->reader.at <= level->end ? MU_OK : torn(level, err);
}

enum mu_status mu_pb_scan(const ProtobufCMessageDescriptor *type, struct mu_slice bytes,
                          struct mu_error *err)
{
    struct scan scan = {.reader = mu_reader_of(bytes), .depth = 1};
    scan.levels[0] = (struct level){.type = type, .end = scan.reader.end};
    while (scan.depth > 0) {
        if (scan.reader.at == scan.levels[scan.depth - 1].end) {
            scan.depth--;
            continue;
        }
        MU_TRY(read_field(&scan, err));
    }
    return MU_OK;
}
