/* What hangs on a task: labels, helpers, comments, checklists and their items. */
#include <assert.h>

#include "common/model/decide_inside.h"

/* Rows that stand for a pair have one id on every device, and once on, the pair is on. */
enum mu_status mu_rule_pair(struct mu_case *c, const struct mu_op *op)
{
    static_assert(MU_TASK_LABEL_TASK == 1 && MU_TASK_HELPER_TASK == 1 && MU_TASK_LABEL_LABEL == 2 &&
                      MU_TASK_HELPER_PERSON == 2 && MU_TASK_LABEL_ON == 3 &&
                      MU_TASK_HELPER_ON == 3 && MU_CUSTOM_VALUE_TASK == 1 &&
                      MU_CUSTOM_VALUE_CUSTOM_FIELD == 2,
                  "pairs are alike");
    struct mu_known *pair = NULL;
    MU_TRY(mu_case_look(c, op->entity, op->row, &pair));
    MU_TRY(mu_case_check_pair(c, pair, op));
    MU_TRY(mu_case_merge_plain(c, pair, 0));
    return mu_op_find(op, MU_TASK_LABEL_ON) != NULL ? MU_OK
                                                    : mu_case_put_int(c, pair, MU_TASK_LABEL_ON, 1);
}

enum mu_status mu_case_check_pair(struct mu_case *c, const struct mu_known *pair,
                                  const struct mu_op *op)
{
    if (mu_known_exists(pair)) {
        return MU_OK;
    }
    struct mu_id id = mu_pair_id(c->world, op->entity, mu_arg_id(op, 1), mu_arg_id(op, 2));
    return mu_id_equal(id, op->row)
               ? MU_OK
               : mu_case_refuse(c, MU_E_INVALID, "the id of a %s is not the one of its pair",
                                mu_entity_find(op->entity)->name);
}

/* A label that goes with a task: one that is there stays as it is. */
enum mu_status mu_rule_label_make(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *label = NULL;
    MU_TRY(mu_case_look(c, MU_LABEL, op->row, &label));
    return mu_known_exists(label) ? MU_OK : mu_case_merge_plain(c, label, 0);
}

enum mu_status mu_rule_comment_add(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *comment = NULL;
    MU_TRY(mu_case_look(c, MU_COMMENT, op->row, &comment));
    if (mu_arg_has(op, MU_COMMENT_REPLACES)) {
        struct mu_known *old = NULL;
        MU_TRY(mu_case_need(c, MU_COMMENT, mu_arg_id(op, MU_COMMENT_REPLACES), &old));
        if (!mu_id_equal(mu_now_id(old, MU_COMMENT_TASK), mu_arg_id(op, MU_COMMENT_TASK))) {
            return mu_case_refuse(c, MU_E_INVALID, "the comment to replace is on another task");
        }
        if (!mu_case_is(c, mu_now_id(old, MU_COMMENT_AUTHOR))) {
            return mu_case_refuse(c, MU_E_DENIED, "a comment is replaced by its author alone");
        }
    }
    MU_TRY(mu_case_merge_plain(c, comment, 0));
    MU_TRY(mu_case_put_id(c, comment, MU_COMMENT_AUTHOR, c->facts->person));
    return mu_case_put_int(c, comment, MU_COMMENT_AT, c->facts->at_ms);
}

enum mu_status mu_rule_checklist_make(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *list = NULL;
    MU_TRY(mu_case_look(c, MU_CHECKLIST, op->row, &list));
    MU_TRY(mu_case_merge_plain(c, list, 0));
    return mu_case_place(c, list, op);
}

enum mu_status mu_case_item_task(struct mu_case *c, struct mu_known *item, const struct mu_op *op)
{
    struct mu_known *list = NULL;
    struct mu_id id = mu_known_exists(item) ? mu_now_id(item, MU_ITEM_CHECKLIST)
                                            : mu_arg_id(op, MU_ITEM_CHECKLIST);
    MU_TRY(mu_case_need(c, MU_CHECKLIST, id, &list));
    struct mu_id task = mu_now_id(list, MU_CHECKLIST_TASK);
    if (mu_arg_has(op, MU_ITEM_TASK) && !mu_id_equal(mu_arg_id(op, MU_ITEM_TASK), task)) {
        return mu_case_refuse(c, MU_E_INVALID, "the item's checklist is on another task");
    }
    return mu_case_put_id(c, item, MU_ITEM_TASK, task);
}

enum mu_status mu_rule_item_make(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *item = NULL;
    MU_TRY(mu_case_look(c, MU_ITEM, op->row, &item));
    MU_TRY(mu_case_item_task(c, item, op));
    MU_TRY(mu_case_merge_plain(c, item, 0));
    return mu_case_place(c, item, op);
}

enum mu_status mu_rule_item_edit(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *item = NULL;
    MU_TRY(mu_case_need(c, MU_ITEM, op->row, &item));
    MU_TRY(mu_case_merge_plain(c, item, 0));
    if (mu_op_find(op, MU_ARG_AFTER) != NULL || mu_op_find(op, MU_ARG_BEFORE) != NULL) {
        MU_TRY(mu_case_place(c, item, op));
    }
    return mu_op_find(op, MU_ITEM_DELETED) != NULL ? MU_OK
                                                   : mu_case_revive(c, item, MU_ITEM_DELETED);
}
