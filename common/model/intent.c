#include "common/model/intent.h"

#include <string.h>

static const struct mu_intent_rule rules[] = {
#define N(name, number, spoken, entity, role, flags) \
    {(number), (spoken), (entity), (role), (flags)},
    MU_INTENT_MAP(N)
#undef N
};

const struct mu_intent_rule *mu_intent_find(uint32_t number)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i].number == number) {
            return &rules[i];
        }
    }
    return NULL;
}

struct mu_op *mu_intent_op(struct mu_intent *intent, struct mu_arena *arena, uint32_t entity,
                           struct mu_id row)
{
    if (intent->op_count == intent->op_room) {
        size_t room = intent->op_room == 0 ? 4 : intent->op_room * 2;
        struct mu_op *ops = mu_arena_array(arena, room, sizeof *ops);
        if (ops == NULL) {
            return NULL;
        }
        if (intent->op_count > 0) {
            memcpy(ops, intent->ops, intent->op_count * sizeof *ops);
        }
        intent->ops = ops;
        intent->op_room = room;
    }
    struct mu_op *op = &intent->ops[intent->op_count++];
    *op = (struct mu_op){.entity = entity, .row = row};
    return op;
}

static bool append(struct mu_op *op, struct mu_arena *arena, const struct mu_arg *arg)
{
    if (op->arg_count == MU_ARGS_MAX) {
        return false;
    }
    if (op->arg_count % 8 == 0) { /* grown in steps of eight */
        struct mu_arg *args = mu_arena_array(arena, op->arg_count + 8, sizeof *args);
        if (args == NULL) {
            return false;
        }
        if (op->arg_count > 0) {
            memcpy(args, op->args, op->arg_count * sizeof *args);
        }
        op->args = args;
    }
    struct mu_arg copy = *arg;
    if (!mu_arena_copy(arena, arg->value.bytes, &copy.value.bytes) ||
        !mu_arena_copy(arena, arg->base.bytes, &copy.base.bytes)) {
        return false;
    }
    op->args[op->arg_count++] = copy;
    return true;
}

bool mu_op_arg(struct mu_op *op, struct mu_arena *arena, uint32_t field, struct mu_value value)
{
    return append(op, arena, &(struct mu_arg){.field = field, .value = value});
}

bool mu_op_arg_based(struct mu_op *op, struct mu_arena *arena, uint32_t field,
                     struct mu_value value, struct mu_value base)
{
    return append(op, arena,
                  &(struct mu_arg){.field = field, .value = value, .has_base = true, .base = base});
}

const struct mu_arg *mu_op_find(const struct mu_op *op, uint32_t field)
{
    for (size_t i = 0; i < op->arg_count; i++) {
        if (op->args[i].field == field) {
            return &op->args[i];
        }
    }
    return NULL;
}
