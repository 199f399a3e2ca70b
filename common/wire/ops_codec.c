/* The operations of an intent in canonical bytes. */
#include "common/base/reader.h"
#include "common/wire/codec.h"
#include "common/wire/pb.h"

/* The fewest bytes of an operation (entity, row, count) and of an argument (field, value). */
#define OP_LEN_MIN  (1 + MU_ID_LEN + 1)
#define ARG_LEN_MIN 2
/* mu_op_arg() grows arguments in steps of eight and counts on that room. */
#define ARG_STEP 8

static size_t ops_max(uint32_t number)
{
    const struct mu_intent_rule *rule = mu_intent_find(number);
    /* What an unknown intent may carry is for its own version to say. */
    return rule == NULL || (rule->flags & MU_INTENT_BULK) != 0 ? MU_OPS_BULK_MAX : MU_OPS_MAX;
}

/* Whether a field stands twice among the first count arguments and the next. */
static bool stands_twice(const struct mu_arg *args, size_t count, uint32_t field, uint64_t *seen)
{
    if (field < 64) {
        uint64_t bit = (uint64_t)1 << field;
        bool twice = (*seen & bit) != 0;
        *seen |= bit;
        return twice;
    }
    for (size_t i = 0; i < count; i++) {
        if (args[i].field == field) {
            return true;
        }
    }
    return false;
}

/* ---- Out */

static enum mu_status write_op(const struct mu_op *op, struct mu_buf *out)
{
    if (op->arg_count > MU_ARGS_MAX) {
        return MU_E_LIMIT;
    }
    if (op->entity == 0) {
        return MU_E_INVALID;
    }
    MU_TRY(mu_buf_append_varint(out, op->entity));
    MU_TRY(mu_buf_append(out, op->row.bytes, MU_ID_LEN));
    MU_TRY(mu_buf_append_varint(out, op->arg_count));
    uint64_t seen = 0;
    for (size_t i = 0; i < op->arg_count; i++) {
        const struct mu_arg *arg = &op->args[i];
        if (arg->field == 0 || stands_twice(op->args, i, arg->field, &seen)) {
            return MU_E_INVALID;
        }
        MU_TRY(mu_buf_append_varint(out, (uint64_t)arg->field << 1 | arg->has_base));
        MU_TRY(mu_value_encode(arg->value, out));
        if (arg->has_base) {
            MU_TRY(mu_value_encode(arg->base, out));
        }
    }
    return MU_OK;
}

enum mu_status mu_ops_write(const struct mu_intent *intent, struct mu_buf *out)
{
    if (intent->op_count > ops_max(intent->number)) {
        return MU_E_LIMIT;
    }
    MU_TRY(mu_buf_append_varint(out, intent->op_count));
    for (size_t i = 0; i < intent->op_count; i++) {
        MU_TRY(write_op(&intent->ops[i], out));
    }
    return MU_OK;
}

/* ---- In */

static enum mu_status check_value(uint32_t entity, uint32_t field, struct mu_value value,
                                  struct mu_error *err)
{
    switch (field) {
    case MU_ARG_AFTER:
    case MU_ARG_BEFORE:
        return value.kind == MU_BYTES && value.bytes.len == MU_ID_LEN
                   ? MU_OK
                   : mu_fail(err, MU_E_INVALID, "a neighbour is not an id");
    case MU_ARG_EXPECT:
        return value.kind == MU_INT
                   ? MU_OK
                   : mu_fail(err, MU_E_INVALID, "the state expected is not a number");
    default:
        return mu_value_check(entity, field, value, err);
    }
}

static enum mu_status read_arg(struct mu_reader *reader, uint32_t entity, struct mu_arg *out,
                               struct mu_error *err)
{
    uint64_t key = mu_reader_varint(reader);
    struct mu_arg arg = {.value = mu_value_decode(reader), .has_base = (key & 1) != 0};
    if (arg.has_base) {
        arg.base = mu_value_decode(reader);
    }
    if (!mu_reader_ok(reader) || key >> 1 == 0 || key >> 1 > UINT32_MAX) {
        return mu_fail(err, MU_E_PROTOCOL, "an argument is torn");
    }
    arg.field = (uint32_t)(key >> 1);
    MU_TRY(check_value(entity, arg.field, arg.value, err));
    if (arg.has_base) {
        MU_TRY(check_value(entity, arg.field, arg.base, err));
    }
    *out = arg;
    return MU_OK;
}

static enum mu_status read_op(struct mu_reader *reader, struct mu_arena *arena, struct mu_op *op,
                              struct mu_error *err)
{
    uint64_t entity = mu_reader_varint(reader);
    (void)mu_id_from_slice(mu_reader_bytes(reader, MU_ID_LEN), &op->row);
    uint64_t count = mu_reader_varint(reader);
    if (!mu_reader_ok(reader) || entity == 0 || entity > UINT32_MAX ||
        count > (size_t)(reader->end - reader->at) / ARG_LEN_MIN) {
        return mu_fail(err, MU_E_PROTOCOL, "it is torn");
    }
    if (count > MU_ARGS_MAX) {
        return mu_fail(err, MU_E_LIMIT, "it has %u arguments, at most %d fit", (unsigned)count,
                       MU_ARGS_MAX);
    }
    op->entity = (uint32_t)entity;
    op->arg_count = (size_t)count;
    op->args = mu_arena_array(arena, (op->arg_count + ARG_STEP - 1) / ARG_STEP * ARG_STEP,
                              sizeof *op->args);
    if (op->args == NULL) {
        return mu_fail(err, MU_E_NOMEM, "no memory for %zu arguments", op->arg_count);
    }
    uint64_t seen = 0;
    for (size_t i = 0; i < op->arg_count; i++) {
        MU_TRY(read_arg(reader, op->entity, &op->args[i], err));
        if (stands_twice(op->args, i, op->args[i].field, &seen)) {
            return mu_fail(err, MU_E_PROTOCOL, "field %u stands twice", op->args[i].field);
        }
    }
    return MU_OK;
}

enum mu_status mu_ops_read(struct mu_slice bytes, struct mu_arena *arena, struct mu_intent *out,
                           struct mu_error *err)
{
    struct mu_reader reader = mu_reader_of(bytes);
    uint64_t count = mu_reader_varint(&reader);
    size_t max = ops_max(out->number);
    if (!mu_reader_ok(&reader) || count > (size_t)(reader.end - reader.at) / OP_LEN_MIN) {
        return mu_fail(err, MU_E_PROTOCOL, "operations are torn");
    }
    if (count > max) {
        return mu_fail(err, MU_E_LIMIT, "%u operations, at most %zu fit", (unsigned)count, max);
    }
    out->op_count = out->op_room = (size_t)count;
    out->ops = mu_arena_array(arena, out->op_room, sizeof *out->ops);
    if (out->ops == NULL) {
        return mu_fail(err, MU_E_NOMEM, "no memory for %zu operations", out->op_count);
    }
    for (size_t i = 0; i < out->op_count; i++) {
        if (read_op(&reader, arena, &out->ops[i], err) != MU_OK) {
            return mu_error_wrap(err, "operation %zu", i + 1);
        }
    }
    return mu_reader_at_end(&reader)
               ? MU_OK
               : mu_fail(err, MU_E_PROTOCOL, "bytes after the last operation");
}
