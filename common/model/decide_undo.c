/* An edit is taken back, as far as its values still stand. */
#include "common/model/decide_shape.h"
#include "common/model/rank.h"

#define BIT(field) MU_FIELD_BIT(MU_##field)

/* A flag that was never set is one that is not set. */
static bool same(const struct mu_known *row, uint32_t field, struct mu_value a, struct mu_value b)
{
    const struct mu_field *known = mu_field_find(row->entity, field);
    if (known != NULL && known->type == MU_TYPE_BOOL) {
        return (a.kind == MU_INT && a.number != 0) == (b.kind == MU_INT && b.number != 0);
    }
    return mu_value_equal(a, b);
}

static bool stands(const struct mu_known *row, const struct mu_arg *arg)
{
    return same(row, arg->field, mu_now_value(row, arg->field), arg->base);
}

static enum mu_status check_right(struct mu_case *c, const struct mu_known *row,
                                  const struct mu_op *op)
{
    bool allowed = true;
    if (row->entity == MU_TEAM) {
        allowed = mu_case_is_lead(c);
    } else if (row->entity == MU_PERSON) {
        allowed = mu_case_is_lead(c) || mu_case_is(c, row->id);
    } else if (row->entity == MU_TASK && mu_op_find(op, MU_TASK_DELETED) != NULL) {
        allowed = mu_case_answers_for(c, row);
    } else if (row->entity == MU_SERIES) {
        allowed = mu_case_leads_series(c, row);
    } else if (row->entity == MU_REACTION) {
        allowed = mu_case_is(c, mu_now_id(row, MU_REACTION_PERSON));
    } else if (row->entity == MU_ABSENCE) {
        allowed = mu_case_is_lead(c) || mu_case_is(c, mu_now_id(row, MU_ABSENCE_PERSON));
    } else if (row->entity == MU_HOLIDAY || row->entity == MU_SCHEDULE) {
        allowed = mu_case_is_lead(c);
    }
    for (size_t i = 0; i < op->arg_count && allowed; i++) {
        MU_TRY(mu_case_may_set(c, row, op->args[i].field, &allowed));
    }
    return allowed ? MU_OK
                   : mu_case_refuse(c, MU_E_DENIED, "this %s is not yours to set back",
                                    mu_entity_find(row->entity)->name);
}

static enum mu_status set_rank(struct mu_case *c, struct mu_known *row, struct mu_value value)
{
    return value.kind == MU_BYTES && value.bytes.len <= MU_RANK_REBALANCE
               ? mu_case_place_at(c, row, value.bytes)
               : mu_case_place(c, row, NULL);
}

static enum mu_status set_back(struct mu_case *c, struct mu_known *row, const struct mu_arg *arg)
{
    const struct mu_field *known = mu_field_find(row->entity, arg->field);
    if (known != NULL && known->merge == MU_MERGE_TRASH) {
        bool deleted = arg->value.kind == MU_INT && arg->value.number == 1;
        return mu_case_trash(c, row, arg->field, deleted);
    }
    if (known != NULL && known->merge == MU_MERGE_PLACE) {
        return set_rank(c, row, arg->value);
    }
    if (same(row, arg->field, mu_now_value(row, arg->field), arg->value)) {
        return MU_OK;
    }
    return mu_case_put(c, row, arg->field, arg->value);
}

/* A row cannot be without these: there is no value to go back to. */
static bool cannot_lack(const struct mu_known *row, const struct mu_arg *arg)
{
    return arg->value.kind == MU_NULL && arg->field < 64 &&
           (mu_shape_always(row->entity) & MU_FIELD_BIT(arg->field)) != 0;
}

static enum mu_status each_field(struct mu_case *c, struct mu_known *row, const struct mu_op *op,
                                 uint64_t skip)
{
    for (size_t i = 0; i < op->arg_count; i++) {
        const struct mu_arg *arg = &op->args[i];
        bool apart = arg->field < 64 && (skip & MU_FIELD_BIT(arg->field)) != 0;
        bool goes = !apart && !cannot_lack(row, arg) && stands(row, arg);
        MU_TRY(goes ? set_back(c, row, arg) : MU_OK);
    }
    return MU_OK;
}

/* -- tasks -------------------------------------------------------------------------- */

/* These make sense together alone: one of them changed by another, all are left. */
static const uint32_t together[] = {MU_TASK_BOARD, MU_TASK_COLUMN, MU_TASK_OWNER, MU_TASK_STATE};
#define TOGETHER (BIT(TASK_BOARD) | BIT(TASK_COLUMN) | BIT(TASK_OWNER) | BIT(TASK_STATE))

static bool all_stand(const struct mu_known *task, const struct mu_op *op)
{
    for (size_t i = 0; i < sizeof together / sizeof together[0]; i++) {
        const struct mu_arg *arg = mu_op_find(op, together[i]);
        if (arg != NULL && !cannot_lack(task, arg) && !stands(task, arg)) {
            return false;
        }
    }
    return true;
}

static enum mu_status set_column(struct mu_case *c, struct mu_known *task, const struct mu_op *op)
{
    struct mu_known *column = NULL;
    MU_TRY(mu_case_need(c, MU_COLUMN, mu_arg_id(op, MU_TASK_COLUMN), &column));
    int64_t from_kind = 0;
    MU_TRY(mu_case_kind_of(c, mu_now_id(task, MU_TASK_COLUMN), &from_kind));
    int64_t state = mu_state_after_move(task, from_kind, mu_now_int(column, MU_COLUMN_KIND));
    MU_TRY(mu_case_put_id(c, task, MU_TASK_COLUMN, column->id));
    MU_TRY(mu_case_put(c, task, MU_TASK_BOARD, mu_now_value(column, MU_COLUMN_BOARD)));
    if (state != 0 && !mu_arg_has(op, MU_TASK_STATE)) {
        MU_TRY(mu_case_put_int(c, task, MU_TASK_STATE, state));
    }
    return set_rank(c, task, mu_arg_value(op, MU_TASK_RANK));
}

/* What the rules of tasks ask, whatever was put back. */
static enum mu_status agree(struct mu_case *c, struct mu_known *task)
{
    int64_t state = mu_now_int(task, MU_TASK_STATE);
    bool owned = mu_now_has(task, MU_TASK_OWNER);
    if (owned && state == MU_STATE_OPEN) {
        state = MU_STATE_ASSIGNED;
    } else if (!owned && (state == MU_STATE_ASSIGNED || state == MU_STATE_ACCEPTED)) {
        state = MU_STATE_OPEN;
    }
    MU_TRY(mu_case_put_int(c, task, MU_TASK_STATE, state));
    bool dated = mu_now_has(task, MU_TASK_DUE);
    bool working = state >= MU_STATE_DOING && state <= MU_STATE_DONE;
    bool no_date = mu_now_int(task, MU_TASK_NO_DATE) == 1;
    if (dated && no_date) {
        MU_TRY(mu_case_put_int(c, task, MU_TASK_NO_DATE, 0));
    } else if (!dated && !no_date && working) {
        MU_TRY(mu_case_put_int(c, task, MU_TASK_NO_DATE, 1));
    }
    return mu_case_done_at(c, task);
}

static enum mu_status set_together(struct mu_case *c, struct mu_known *task, const struct mu_op *op)
{
    const struct mu_arg *owner = mu_op_find(op, MU_TASK_OWNER);
    bool has_state = mu_arg_has(op, MU_TASK_STATE);
    MU_TRY(owner != NULL ? mu_case_put(c, task, MU_TASK_OWNER, owner->value) : MU_OK);
    MU_TRY(has_state ? mu_case_put_int(c, task, MU_TASK_STATE, mu_arg_int(op, MU_TASK_STATE))
                     : MU_OK);
    if (mu_arg_has(op, MU_TASK_COLUMN)) {
        return set_column(c, task, op);
    }
    return has_state ? mu_case_settle_column(c, task) : MU_OK;
}

static enum mu_status undo_task(struct mu_case *c, struct mu_known *task, const struct mu_op *op)
{
    MU_TRY(each_field(c, task, op, TOGETHER | BIT(TASK_RANK)));
    MU_TRY(all_stand(task, op) ? set_together(c, task, op) : MU_OK);
    const struct mu_arg *rank = mu_op_find(op, MU_TASK_RANK);
    if (rank != NULL && !mu_arg_has(op, MU_TASK_COLUMN) && stands(task, rank) &&
        !cannot_lack(task, rank)) {
        MU_TRY(set_rank(c, task, rank->value));
    }
    return task->effect.count > 0 ? agree(c, task) : MU_OK;
}

/* Who and when go with the state; a promise can only be open again. */
static enum mu_status undo_state(struct mu_case *c, struct mu_known *row)
{
    if (row->entity == MU_COMMITMENT && mu_row_has(&row->effect, MU_COMMITMENT_STATE)) {
        return mu_now_int(row, MU_COMMITMENT_STATE) == MU_COMMITMENT_OPEN
                   ? mu_case_settle(c, row, MU_COMMITMENT_OPEN, NULL)
                   : mu_case_refuse(c, MU_E_DENIED, "a promise is not settled by an undo");
    }
    return row->entity == MU_BLOCKER && mu_row_has(&row->effect, MU_BLOCKER_STATE)
               ? mu_case_block_state(c, row, mu_now_int(row, MU_BLOCKER_STATE))
               : MU_OK;
}

enum mu_status mu_rule_undo(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *row = NULL;
    MU_TRY(mu_case_need(c, op->entity, op->row, &row));
    MU_TRY(check_right(c, row, op));
    for (size_t i = 0; i < op->arg_count; i++) {
        if (!op->args[i].has_base) {
            return mu_case_refuse(c, MU_E_INVALID, "the value to take back is not said");
        }
    }
    if (op->entity == MU_TASK) {
        return undo_task(c, row, op);
    }
    MU_TRY(each_field(c, row, op, 0));
    MU_TRY(undo_state(c, row));
    bool reopened = op->entity == MU_CONFLICT && row->effect.count > 0 &&
                    mu_now_int(row, MU_CONFLICT_STATE) == MU_CONFLICT_OPEN;
    return reopened && mu_now_has(row, MU_CONFLICT_SETTLED_BY)
               ? mu_case_put(c, row, MU_CONFLICT_SETTLED_BY, mu_null())
               : MU_OK;
}
