/* Who may ask, which rule answers, and the effects that come of it. */
#include "common/model/decide.h"

#include <string.h>

#include "common/model/decide_shape.h"

int64_t mu_clamp_time(int64_t authored_ms, int64_t offset_ms, int64_t base_ms, int64_t now_ms)
{
    int64_t meant_ms = authored_ms;
    if (offset_ms > 0 && authored_ms > INT64_MAX - offset_ms) {
        meant_ms = INT64_MAX;
    } else if (offset_ms < 0 && authored_ms < INT64_MIN - offset_ms) {
        meant_ms = INT64_MIN;
    } else {
        meant_ms += offset_ms;
    }
    meant_ms = meant_ms < base_ms ? base_ms : meant_ms;
    return meant_ms > now_ms ? now_ms : meant_ms;
}

struct mu_id mu_pair_id(const struct mu_world *world, uint32_t entity, struct mu_id a,
                        struct mu_id b)
{
    const struct mu_entity *pair = mu_entity_find(entity);
    MU_ASSERT(pair != NULL);
    struct mu_slice parts[] = {mu_id_view(&a), mu_id_view(&b)};
    return world->derive(pair->name, parts, 2);
}

/* -- who ------------------------------------------------------------------------ */

static enum mu_status check_author(struct mu_case *c, const struct mu_intent_rule *rule)
{
    if (c->facts->role < rule->role) {
        return rule->role > MU_ROLE_LEAD
                   ? mu_case_refuse(c, MU_E_DENIED, "%s is for the server alone", rule->name)
                   : mu_case_refuse(c, MU_E_DENIED, "%s asks for the role %s, yours is %s",
                                    rule->name, mu_role_name(rule->role),
                                    mu_role_name(c->facts->role));
    }
    if (rule->role == MU_ROLE_NONE || rule->role == MU_ROLE_SYSTEM) {
        return MU_OK;
    }
    if (mu_id_is_zero(c->facts->person)) {
        return mu_case_refuse(c, MU_E_DENIED, "%s is asked by a person", rule->name);
    }
    struct mu_known *person = NULL;
    struct mu_known *device = NULL;
    MU_TRY(mu_case_look(c, MU_PERSON, c->facts->person, &person));
    MU_TRY(mu_case_look(c, MU_DEVICE, c->facts->device, &device));
    if (mu_now_int(person, MU_PERSON_STATE) == MU_PERSON_REMOVED) {
        return mu_case_refuse(c, MU_E_DENIED, "you are no longer in this team");
    }
    if (mu_now_int(device, MU_DEVICE_STATE) == MU_DEVICE_REVOKED) {
        return mu_case_refuse(c, MU_E_DENIED, "this device has been revoked");
    }
    return MU_OK;
}

/* -- what ------------------------------------------------------------------------ */

static enum mu_status check_counts(struct mu_case *c, const struct mu_intent_rule *rule)
{
    size_t most = (rule->flags & MU_INTENT_BULK) != 0 ? MU_OPS_BULK_MAX : MU_OPS_MAX;
    if (c->intent->op_count == 0) {
        return mu_case_refuse(c, MU_E_INVALID, "%s without an operation", rule->name);
    }
    if (c->intent->op_count > most) {
        return mu_case_refuse(c, MU_E_LIMIT, "%s with %zu operations, at most %zu fit", rule->name,
                              c->intent->op_count, most);
    }
    return MU_OK;
}

/* Operations of one kind that may come once alone. */
static enum mu_status check_ones(struct mu_case *c, const struct mu_intent_rule *rule)
{
    uint64_t seen = 0; /* bits by entity, of operations under MU_SHAPE_ONE */
    for (size_t i = 0; i < c->intent->op_count; i++) {
        uint32_t entity = c->intent->ops[i].entity;
        const struct mu_shape *shape = mu_shape_find(rule->number, entity);
        if (shape == NULL || (shape->flags & MU_SHAPE_ONE) == 0) {
            continue;
        }
        if ((seen & (UINT64_C(1) << entity)) != 0) {
            return mu_case_refuse(c, MU_E_INVALID, "%s takes one %s at a time", rule->name,
                                  mu_entity_find(entity)->name);
        }
        seen |= UINT64_C(1) << entity;
    }
    return rule->number == MU_INTENT_INVITE_CREATE && (seen & (UINT64_C(1) << MU_INVITE)) == 0
               ? mu_case_refuse(c, MU_E_INVALID, "%s without an invite", rule->name)
               : MU_OK;
}

static enum mu_status run(struct mu_case *c)
{
    const struct mu_intent_rule *rule = mu_intent_find(c->intent->number);
    if (rule == NULL || c->intent->version != 1) {
        return mu_case_refuse(c, MU_E_VERSION,
                              "a newer Muster asked this: the server has to be upgraded first");
    }
    MU_TRY(check_author(c, rule));
    MU_TRY(check_counts(c, rule));
    MU_TRY(check_ones(c, rule));
    for (size_t i = 0; i < c->intent->op_count; i++) {
        c->op = &c->intent->ops[i];
        const struct mu_entity *entity = mu_entity_find(c->op->entity);
        const struct mu_shape *shape = mu_shape_find(rule->number, c->op->entity);
        if (shape == NULL) {
            return mu_case_refuse(c, MU_E_INVALID, "%s does nothing with a %s", rule->name,
                                  entity != NULL ? entity->name : "row of a newer Muster");
        }
        MU_TRY(mu_case_check_op(c, shape));
        MU_TRY(shape->rule(c, c->op));
    }
    c->op = NULL;
    return mu_case_follow(c);
}

/* -- effects ------------------------------------------------------------------------ */

/* A later operation may have set back what an earlier one had set. */
static void drop_unchanged(struct mu_known *known)
{
    size_t kept = 0;
    for (size_t i = 0; i < known->effect.count; i++) {
        const struct mu_cell *cell = &known->effect.cells[i];
        const struct mu_cell *before = mu_row_cell(&known->before, cell->field);
        struct mu_value was = before != NULL ? before->value : mu_null();
        if (!mu_value_equal(was, cell->value)) {
            known->effect.cells[kept++] = *cell;
        }
    }
    known->effect.count = kept;
}

static enum mu_status collect(struct mu_case *c, struct mu_decision *decision)
{
    decision->effects = mu_arena_array(c->arena, c->known_count + 1, sizeof(struct mu_row));
    if (decision->effects == NULL) {
        return mu_case_nomem(c);
    }
    for (size_t i = 0; i < c->known_count; i++) {
        drop_unchanged(c->known[i]);
        if (c->known[i]->effect.count > 0) {
            decision->effects[decision->effect_count++] = c->known[i]->effect;
        }
    }
    return MU_OK;
}

#define SKIPS_MOST   ((size_t)4 * MU_OPS_BULK_MAX)
#define SPREADS_MOST 2

enum mu_status mu_decide(const struct mu_world *world, const struct mu_facts *facts,
                         const struct mu_intent *intent, struct mu_arena *arena,
                         struct mu_decision *out, struct mu_error *err)
{
    struct mu_case c = {
        .world = world,
        .facts = facts,
        .intent = intent,
        .arena = arena,
        .err = err,
        .skips_left = SKIPS_MOST,
        .spreads_left = SPREADS_MOST,
    };
    struct mu_decision decision = {.verdict = MU_APPLIED};
    enum mu_status status = run(&c);
    if (status == MU_OK) {
        status = collect(&c, &decision);
    }
    if (status == MU_OK && intent->number == MU_INTENT_UNDO && decision.effect_count == 0) {
        status =
            mu_case_refuse(&c, MU_E_CONFLICT, "nothing is left to undo: it has been changed since");
    }
    if (c.refused) {
        *out = (struct mu_decision){.verdict = MU_REJECTED, .code = c.code};
        memcpy(out->reason, c.reason, sizeof out->reason);
        return MU_OK;
    }
    MU_TRY(status);
    decision.verdict = c.conflict ? MU_APPLIED_CONFLICT : MU_APPLIED;
    *out = decision;
    return MU_OK;
}
