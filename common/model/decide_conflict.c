/* Conflicts are settled: what was lost comes back, or what stands is accepted. */
#include "common/base/reader.h"
#include "common/model/decide_inside.h"

static enum mu_status value_of(struct mu_case *c, const struct mu_known *conflict, uint32_t field,
                               struct mu_value *out_value)
{
    struct mu_reader reader = mu_reader_of(mu_now_text(conflict, field));
    *out_value = mu_value_decode(&reader);
    return mu_reader_ok(&reader) && mu_reader_at_end(&reader)
               ? MU_OK
               : mu_case_refuse(c, MU_E_CORRUPT, "the conflict's record cannot be read");
}

/* Restoring is an edit like any other: who may not make it may not restore it. */
static enum mu_status check_right(struct mu_case *c, const struct mu_known *row, uint32_t field)
{
    bool allowed = true;
    switch (row->entity) {
    case MU_TEAM:
        allowed = mu_case_is_lead(c);
        break;
    case MU_PERSON:
        allowed = field != MU_PERSON_STATE &&
                  (mu_case_is_lead(c) || (mu_case_is(c, row->id) && field != MU_PERSON_ROLE));
        break;
    case MU_DEVICE:
    case MU_INVITE:
    case MU_CONFLICT:
        allowed = false; /* no rule makes such a conflict */
        break;
    default:
        MU_TRY(mu_case_may_set(c, row, field, &allowed));
        break;
    }
    return allowed ? MU_OK : mu_case_refuse(c, MU_E_DENIED, "this value is for a lead to restore");
}

static enum mu_status restore_field(struct mu_case *c, struct mu_known *row, uint32_t field,
                                    struct mu_value lost, struct mu_value kept)
{
    bool stands = true;
    const struct mu_field *known = mu_field_find(row->entity, field);
    if (row->entity == MU_TASK && field == MU_TASK_COLUMN) {
        struct mu_id column = {0};
        (void)mu_id_from_slice(lost.bytes, &column);
        return mu_case_move(c, row, column, NULL);
    }
    if (row->entity == MU_TASK && field == MU_TASK_OWNER) {
        return mu_case_assign(c, row, lost);
    }
    if (row->entity == MU_PERSON && field == MU_PERSON_ROLE && lost.number != MU_ROLE_LEAD) {
        MU_TRY(mu_case_keep_a_lead(c, row));
    }
    if (known != NULL && known->merge == MU_MERGE_TEXT) {
        /* Over a text that its author has not seen, what was lost is merged. */
        bool seen = true;
        MU_TRY(mu_case_seen(c, mu_now_cell(row, field), &seen));
        struct mu_arg arg = {.field = field, .value = lost, .has_base = !seen, .base = kept};
        return mu_case_merge(c, row, &arg, NULL);
    }
    if (known != NULL && known->merge != MU_MERGE_SCALAR) {
        return mu_case_refuse(c, MU_E_INVALID, "%s.%s is not restored like this",
                              mu_entity_find(row->entity)->name, known->name);
    }
    MU_TRY(mu_case_scalar(c, row, field, lost, &stands));
    if (stands && row->entity == MU_TASK) {
        return mu_case_dates_agree(c, row, field);
    }
    return MU_OK;
}

static enum mu_status restore_deleted(struct mu_case *c, struct mu_known *row, uint32_t field)
{
    const struct mu_field *known = mu_field_find(row->entity, field);
    if (known == NULL || known->merge != MU_MERGE_TRASH) {
        return mu_case_refuse(c, MU_E_INVALID, "there is nothing here to delete");
    }
    if (row->entity == MU_TASK && !mu_case_answers_for(c, row)) {
        return mu_case_refuse(c, MU_E_DENIED,
                              "a task is deleted by its owner, its creator or a lead");
    }
    return mu_case_trash(c, row, field, true);
}

static enum mu_status restore(struct mu_case *c, const struct mu_known *conflict)
{
    int64_t entity = mu_now_int(conflict, MU_CONFLICT_ENTITY);
    int64_t field = mu_now_int(conflict, MU_CONFLICT_FIELD);
    if (entity <= 0 || entity > UINT32_MAX || mu_entity_find((uint32_t)entity) == NULL ||
        field <= 0 || field > UINT32_MAX) {
        return mu_case_refuse(c, MU_E_VERSION,
                              "the conflict is about something a newer Muster knows");
    }
    struct mu_known *row = NULL;
    struct mu_value lost;
    struct mu_value kept;
    MU_TRY(mu_case_need(c, (uint32_t)entity, mu_now_id(conflict, MU_CONFLICT_ROW), &row));
    MU_TRY(value_of(c, conflict, MU_CONFLICT_LOST, &lost));
    MU_TRY(value_of(c, conflict, MU_CONFLICT_KEPT, &kept));
    MU_TRY(check_right(c, row, (uint32_t)field));
    switch ((enum mu_conflict_kind)mu_now_int(conflict, MU_CONFLICT_KIND)) {
    case MU_CONFLICT_VALUE:
    case MU_CONFLICT_TEXT:
        MU_TRY(mu_case_check_value(c, row->entity, (uint32_t)field, lost));
        return restore_field(c, row, (uint32_t)field, lost, kept);
    case MU_CONFLICT_DELETE:
        return restore_deleted(c, row, (uint32_t)field);
    case MU_CONFLICT_STATUS:
        return row->entity == MU_TASK && lost.kind == MU_INT
                   ? mu_case_try_state(c, row, lost.number)
                   : mu_case_refuse(c, MU_E_INVALID, "only tasks have states");
    }
    return mu_case_refuse(c, MU_E_VERSION, "the conflict is of a kind that a newer Muster knows");
}

static enum mu_status settle(struct mu_case *c, struct mu_known *conflict, int64_t state)
{
    MU_TRY(mu_case_merge_plain(c, conflict, 0));
    MU_TRY(mu_case_put_int(c, conflict, MU_CONFLICT_STATE, state));
    return mu_case_put_id(c, conflict, MU_CONFLICT_SETTLED_BY, c->facts->person);
}

/* Whether there is anything to do: who comes second to the same end changes nothing. */
static enum mu_status is_open(struct mu_case *c, const struct mu_known *conflict, int64_t state,
                              bool *out_open)
{
    int64_t now = mu_now_int(conflict, MU_CONFLICT_STATE);
    *out_open = now == MU_CONFLICT_OPEN;
    return *out_open || now == state
               ? MU_OK
               : mu_case_refuse(c, MU_E_CONFLICT, "the conflict has been settled already");
}

enum mu_status mu_rule_conflict_restore(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *conflict = NULL;
    bool open = false;
    MU_TRY(mu_case_need(c, MU_CONFLICT, op->row, &conflict));
    MU_TRY(is_open(c, conflict, MU_CONFLICT_RESTORED, &open));
    if (!open) {
        return MU_OK;
    }
    MU_TRY(restore(c, conflict));
    return settle(c, conflict, MU_CONFLICT_RESTORED);
}

enum mu_status mu_rule_conflict_accept(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *conflict = NULL;
    bool open = false;
    MU_TRY(mu_case_need(c, MU_CONFLICT, op->row, &conflict));
    MU_TRY(is_open(c, conflict, MU_CONFLICT_ACCEPTED, &open));
    return open ? settle(c, conflict, MU_CONFLICT_ACCEPTED) : MU_OK;
}
