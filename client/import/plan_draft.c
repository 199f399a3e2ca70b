#include <string.h>

#include "client/import/plan_inside.h"

static void count(struct plan *p, enum mu_plan_kind kind, bool exists, bool changed)
{
    struct mu_plan_count *counted = &p->counts[kind];
    if (!exists) {
        counted->created++;
    } else if (changed) {
        counted->updated++;
    } else {
        counted->unchanged++;
    }
}

enum mu_status plan_draft_begin(struct plan *p, struct plan_draft *draft, uint32_t entity,
                                struct mu_id id, uint32_t print_field)
{
    *draft = (struct plan_draft){.plan = p, .entity = entity, .id = id};
    if (p->all_is_new) {
        return MU_OK;
    }
    mu_arena_clear(&p->scratch);
    MU_TRY(p->world->row(p->world->state, &p->scratch, entity, id, &draft->row, &draft->exists,
                         p->err));
    if (draft->exists && print_field != 0) {
        draft->has_old = plan_print_read(mu_row_text(&draft->row, print_field), &draft->old);
    }
    return MU_OK;
}

static bool is_empty(struct mu_value value)
{
    return value.kind == MU_NULL || (value.kind == MU_BYTES && value.bytes.len == 0);
}

static struct mu_value value_in_row(const struct plan_draft *draft, uint32_t field)
{
    const struct mu_cell *cell = draft->exists ? mu_row_cell(&draft->row, field) : NULL;
    return cell == NULL ? mu_null() : cell->value;
}

static bool same(struct mu_value a, struct mu_value b)
{
    return mu_value_equal(a, b) || (is_empty(a) && is_empty(b));
}

static struct mu_arg *find_arg(struct plan_draft *draft, uint32_t field)
{
    for (size_t i = 0; i < draft->arg_count; i++) {
        if (draft->args[i].field == field) {
            return &draft->args[i];
        }
    }
    return NULL;
}

struct mu_value plan_draft_stands(const struct plan_draft *draft, uint32_t field)
{
    for (size_t i = 0; i < draft->arg_count; i++) {
        if (draft->args[i].field == field) {
            return draft->args[i].value;
        }
    }
    return value_in_row(draft, field);
}

void plan_draft_set(struct plan_draft *draft, uint32_t field, struct mu_value value)
{
    if (find_arg(draft, field) != NULL || !same(value_in_row(draft, field), value)) {
        plan_draft_say(draft, field, value);
    }
}

void plan_draft_say(struct plan_draft *draft, uint32_t field, struct mu_value value)
{
    struct mu_arg *arg = find_arg(draft, field);
    if (arg == NULL) {
        MU_ASSERT(draft->arg_count < PLAN_ARGS_MAX);
        arg = &draft->args[draft->arg_count++];
    }
    *arg = (struct mu_arg){.field = field, .value = is_empty(value) ? mu_null() : value};
}

void plan_draft_fixed(struct plan_draft *draft, uint32_t field, struct mu_value value)
{
    if (!draft->exists && !is_empty(value)) {
        plan_draft_set(draft, field, value);
    }
}

/* Somebody changed in Muster what the source changes now. */
static void report_replaced(struct plan_draft *draft, uint32_t field)
{
    const struct mu_entity *entity = mu_entity_find(draft->entity);
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_put(&line, entity->name);
    mu_oneline_put(&line, " ");
    mu_oneline_quote(&line, draft->title);
    mu_oneline_put(&line, ": ");
    mu_oneline_put(&line, mu_field_find(draft->entity, field)->name);
    mu_findings_detail(&draft->plan->findings, MU_FINDING_EDITS_REPLACED, &line);
}

void plan_draft_field(struct plan_draft *draft, uint32_t field, struct mu_value value)
{
    uint8_t hash[8];
    plan_print_hash_value(field, value, hash);
    plan_print_add(&draft->now, field, hash);
    const uint8_t *old = draft->has_old ? plan_print_find(&draft->old, field) : NULL;
    if (old != NULL && memcmp(old, hash, 8) == 0) {
        return;
    }
    struct mu_value now = value_in_row(draft, field);
    if (old != NULL && !same(now, value)) {
        uint8_t stands[8];
        plan_print_hash_value(field, is_empty(now) ? mu_null() : now, stands);
        if (memcmp(stands, old, 8) != 0) {
            report_replaced(draft, field);
        }
    }
    plan_draft_set(draft, field, value);
    struct mu_arg *arg = find_arg(draft, field);
    if (arg != NULL && draft->exists &&
        mu_field_find(draft->entity, field)->merge == MU_MERGE_TEXT) {
        struct mu_slice copy;
        arg->has_base = mu_arena_copy(draft->plan->arena, now.bytes, &copy);
        arg->base = mu_bytes(arg->has_base ? copy : (struct mu_slice){0});
    }
}

bool plan_draft_basis(struct plan_draft *draft, uint32_t field, struct mu_slice basis,
                      struct mu_value value)
{
    uint8_t hash[8];
    plan_print_hash(field, basis, hash);
    plan_print_add(&draft->now, field, hash);
    const uint8_t *old = draft->has_old ? plan_print_find(&draft->old, field) : NULL;
    bool news = old == NULL || memcmp(old, hash, 8) != 0;
    if (news) {
        plan_draft_set(draft, field, value);
    }
    return news;
}

void plan_draft_keep(struct plan_draft *draft, uint32_t field)
{
    const uint8_t *old = draft->has_old ? plan_print_find(&draft->old, field) : NULL;
    if (old != NULL) {
        plan_print_add(&draft->now, field, old);
    }
}

static enum mu_status set_print(struct plan_draft *draft, uint32_t print_field)
{
    uint8_t bytes[MU_PRINT_MAX];
    struct mu_value print;
    size_t len = plan_print_write(&draft->now, bytes);
    if (mu_slice_equal(mu_row_text(&draft->row, print_field), mu_slice_of(bytes, len))) {
        return MU_OK;
    }
    MU_TRY(plan_keep(draft->plan, bytes, len, &print));
    plan_draft_set(draft, print_field, print);
    return MU_OK;
}

enum mu_status plan_draft_end(struct plan_draft *draft, enum mu_plan_kind kind,
                              uint32_t print_field)
{
    if (print_field != 0) {
        MU_TRY(set_print(draft, print_field));
    }
    count(draft->plan, kind, draft->exists, draft->arg_count > 0);
    if (draft->exists && draft->arg_count == 0) {
        return MU_OK;
    }
    return plan_op(draft->plan, draft->entity, draft->id, draft->args, draft->arg_count);
}
