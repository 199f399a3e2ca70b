#include <string.h>

#include "client/import/plan_inside.h"
#include "common/seal/hash.h"

/* What an operation and an argument take beside their value, generously. */
#define OP_BYTES  64
#define ARG_BYTES 32

enum mu_status plan_full(struct plan *p)
{
    return mu_fail(p->err, MU_E_LIMIT,
                   "the plan of this import needs more than the %zu MiB of memory it may take",
                   p->arena->max / ((size_t)1024 * 1024));
}

static size_t size_of(const struct mu_arg *args, size_t arg_count)
{
    size_t bytes = OP_BYTES;
    for (size_t i = 0; i < arg_count; i++) {
        bytes += ARG_BYTES + args[i].value.bytes.len + args[i].base.bytes.len;
    }
    return bytes;
}

/* The intent that has room for an operation of that size. */
static struct mu_intent *intent_for(struct plan *p, size_t bytes)
{
    struct mu_intent *last =
        p->intents.count == 0 ? NULL : mu_vec_at(&p->intents, p->intents.count - 1);
    if (last == NULL || last->op_count == PLAN_OPS_MAX || p->bytes + bytes > PLAN_BYTES_MAX) {
        last = mu_vec_push(&p->intents, p->arena);
        if (last == NULL) {
            return NULL;
        }
        *last = (struct mu_intent){.number = MU_INTENT_IMPORT, .version = 1};
        p->bytes = 0;
    }
    p->bytes += bytes;
    return last;
}

enum mu_status plan_op(struct plan *p, uint32_t entity, struct mu_id id, const struct mu_arg *args,
                       size_t arg_count)
{
    struct mu_intent *intent = intent_for(p, size_of(args, arg_count));
    struct mu_op *op = intent == NULL ? NULL : mu_intent_op(intent, p->arena, entity, id);
    struct mu_arg *copy = mu_arena_array(p->arena, arg_count, sizeof *copy);
    if (op == NULL || (copy == NULL && arg_count > 0)) {
        return plan_full(p);
    }
    if (arg_count > 0) {
        memcpy(copy, args, arg_count * sizeof *copy);
    }
    op->args = copy;
    op->arg_count = arg_count;
    return MU_OK;
}

enum mu_status plan_keep(struct plan *p, const void *bytes, size_t len, struct mu_value *out_value)
{
    struct mu_slice copy;
    if (!mu_arena_copy(p->arena, mu_slice_of(bytes, len), &copy)) {
        return plan_full(p);
    }
    *out_value = mu_bytes(copy);
    return MU_OK;
}

enum mu_status plan_id(struct plan *p, struct mu_id id, struct mu_value *out_value)
{
    return plan_keep(p, id.bytes, sizeof id.bytes, out_value);
}

/* A board, and what cannot be without it, are known by the board; all else by its scope. */
static struct mu_slice scope_of(const struct plan *p, const char *kind)
{
    static const char *const own[] = {"board", "list", "field"};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (strcmp(kind, own[i]) == 0) {
            return p->board->id;
        }
    }
    return p->board->scope.len > 0 ? p->board->scope : p->board->id;
}

struct mu_id plan_row_id(const struct plan *p, const char *kind, struct mu_slice id)
{
    struct mu_slice parts[] = {p->board->system, scope_of(p, kind), mu_slice_str(kind), id};
    return p->world->derive("import", parts, sizeof parts / sizeof parts[0]);
}

enum mu_status plan_source(struct plan *p, const char *kind, struct mu_slice id,
                           struct mu_value *out_value)
{
    struct mu_slice parts[] = {p->board->system, scope_of(p, kind), mu_slice_str(kind), id};
    uint8_t text[4 * (MU_SOURCE_ID_MAX + 1)];
    size_t len = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (i > 0) {
            text[len++] = ':';
        }
        if (parts[i].len > 0) {
            memcpy(text + len, parts[i].data, parts[i].len);
            len += parts[i].len;
        }
    }
    return plan_keep(p, text, len, out_value);
}
