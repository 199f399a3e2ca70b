/* Tasks: made, edited, moved, given and thrown away. */
#include "common/model/decide_inside.h"

/* Human numbers are dense in the order of acceptance. */
enum mu_status mu_case_number(struct mu_case *c, struct mu_numbering *numbering,
                              struct mu_known *row, uint32_t field)
{
    if (c->facts->predict) {
        return MU_OK;
    }
    if (!numbering->known) {
        MU_TRY(c->world->last_number(c->world->state, row->entity, &numbering->last, c->err));
        numbering->known = true;
    }
    return mu_case_put_int(c, row, field, ++numbering->last);
}

enum mu_status mu_case_stamp(struct mu_case *c, struct mu_known *row, uint32_t at_field,
                             uint32_t by_field)
{
    if (!mu_now_has(row, at_field)) {
        MU_TRY(mu_case_put_int(c, row, at_field, c->facts->at_ms));
    }
    return mu_now_has(row, by_field) ? MU_OK : mu_case_put_id(c, row, by_field, c->facts->person);
}

enum mu_status mu_case_new_task(struct mu_case *c, struct mu_known *task)
{
    MU_TRY(mu_case_number(c, &c->tasks, task, MU_TASK_NO));
    return mu_case_stamp(c, task, MU_TASK_CREATED_AT, MU_TASK_CREATED_BY);
}

enum mu_status mu_case_dates_agree(struct mu_case *c, struct mu_known *task, uint32_t field)
{
    bool both = mu_now_has(task, MU_TASK_DUE) && mu_now_int(task, MU_TASK_NO_DATE) == 1;
    if (!both || (field != MU_TASK_DUE && field != MU_TASK_NO_DATE)) {
        return MU_OK;
    }
    return field == MU_TASK_DUE ? mu_case_put_int(c, task, MU_TASK_NO_DATE, 0)
                                : mu_case_force(c, task, MU_TASK_DUE, mu_null());
}

/* The due wins. */
enum mu_status mu_case_set_dates(struct mu_case *c, struct mu_known *task, const struct mu_op *op)
{
    const struct mu_arg *due = mu_op_find(op, MU_TASK_DUE);
    const struct mu_arg *no_date = mu_op_find(op, MU_TASK_NO_DATE);
    bool stands = false;
    if (due != NULL) {
        MU_TRY(mu_case_merge(c, task, due, &stands));
    }
    if (stands && due->value.kind != MU_NULL) {
        return mu_case_dates_agree(c, task, MU_TASK_DUE);
    }
    if (no_date == NULL) {
        return MU_OK;
    }
    MU_TRY(mu_case_merge(c, task, no_date, &stands));
    return stands ? mu_case_dates_agree(c, task, MU_TASK_NO_DATE) : MU_OK;
}

#define DATE_FIELDS (MU_FIELD_BIT(MU_TASK_DUE) | MU_FIELD_BIT(MU_TASK_NO_DATE))

enum mu_status mu_case_born(struct mu_case *c, struct mu_known *task, const struct mu_op *op,
                            struct mu_id giver)
{
    struct mu_known *column = NULL;
    MU_TRY(mu_case_need(c, MU_COLUMN, mu_now_id(task, MU_TASK_COLUMN), &column));
    MU_TRY(mu_case_put(c, task, MU_TASK_BOARD, mu_now_value(column, MU_COLUMN_BOARD)));
    MU_TRY(mu_case_merge_plain(c, task, DATE_FIELDS));
    MU_TRY(mu_case_set_dates(c, task, op));
    MU_TRY(mu_case_new_task(c, task));
    MU_TRY(mu_case_place(c, task, op));

    int64_t state = mu_state_of_kind(mu_now_int(column, MU_COLUMN_KIND));
    if (state == 0 && mu_now_has(task, MU_TASK_OWNER)) {
        bool own = mu_id_equal(mu_now_id(task, MU_TASK_OWNER), giver);
        state = own ? MU_STATE_ACCEPTED : MU_STATE_ASSIGNED;
    } else if (state != 0 && !mu_now_has(task, MU_TASK_OWNER)) {
        MU_TRY(mu_case_put_id(c, task, MU_TASK_OWNER, giver));
    }
    return mu_case_enter(c, task, state == 0 ? MU_STATE_OPEN : state);
}

enum mu_status mu_rule_task_add(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *task = NULL;
    MU_TRY(mu_case_look(c, MU_TASK, op->row, &task));
    MU_TRY(mu_case_put(c, task, MU_TASK_COLUMN, mu_arg_value(op, MU_TASK_COLUMN)));
    return mu_case_born(c, task, op, c->facts->person);
}

enum mu_status mu_rule_task_edit(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *task = NULL;
    MU_TRY(mu_case_need(c, MU_TASK, op->row, &task));
    MU_TRY(mu_case_merge_plain(c, task, DATE_FIELDS));
    MU_TRY(mu_case_set_dates(c, task, op));
    return mu_case_revive(c, task, MU_TASK_DELETED);
}

enum mu_status mu_rule_task_move(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *task = NULL;
    MU_TRY(mu_case_need(c, MU_TASK, op->row, &task));
    struct mu_id column = mu_arg_has(op, MU_TASK_COLUMN) ? mu_arg_id(op, MU_TASK_COLUMN)
                                                         : mu_now_id(task, MU_TASK_COLUMN);
    MU_TRY(mu_case_move(c, task, column, op));
    MU_TRY(mu_case_merge_plain(c, task, MU_FIELD_BIT(MU_TASK_COLUMN)));
    return mu_case_revive(c, task, MU_TASK_DELETED);
}

enum mu_status mu_rule_task_assign(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *task = NULL;
    MU_TRY(mu_case_need(c, MU_TASK, op->row, &task));
    const struct mu_arg *owner = mu_op_find(op, MU_TASK_OWNER);
    if (owner == NULL) {
        return mu_case_refuse(c, MU_E_INVALID, "to whom the task goes is not said");
    }
    MU_TRY(mu_case_assign(c, task, owner->value));
    MU_TRY(mu_case_merge_plain(c, task, MU_FIELD_BIT(MU_TASK_OWNER)));
    return mu_case_revive(c, task, MU_TASK_DELETED);
}

enum mu_status mu_rule_task_delete(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *task = NULL;
    MU_TRY(mu_case_need(c, MU_TASK, op->row, &task));
    if (mu_op_find(op, MU_TASK_DELETED) == NULL) {
        return mu_case_refuse(c, MU_E_INVALID,
                              "whether the task goes to the trash or comes back is not said");
    }
    if (!mu_case_answers_for(c, task)) {
        return mu_case_refuse(c, MU_E_DENIED,
                              "a task is deleted by its owner, its creator or a lead");
    }
    return mu_case_merge_plain(c, task, 0);
}
