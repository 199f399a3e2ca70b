/* Sentences about tasks and their parts. */
#include "client/view/teller.h"

static void add_task(struct mu_teller *teller, const struct mu_intent *intent)
{
    const struct mu_op *task = mu_op_first(intent, MU_TASK);
    if (task == NULL) {
        mu_tell(teller, "added nothing");
        return;
    }
    mu_tell(teller, "added ");
    mu_tell_task(teller, task->row);
    if (mu_op_value(task, MU_TASK_COLUMN).kind == MU_BYTES) {
        mu_tell(teller, " to ");
        mu_tell_value(teller, MU_TASK, MU_TASK_COLUMN, mu_op_value(task, MU_TASK_COLUMN));
    }
    if (!mu_id_is_zero(mu_op_id(task, MU_TASK_OWNER))) {
        mu_tell(teller, " for ");
        mu_tell_person(teller, mu_op_id(task, MU_TASK_OWNER));
    }
    if (mu_op_value(task, MU_TASK_DUE).kind == MU_BYTES) {
        mu_tell(teller, ", due ");
        mu_tell_value(teller, MU_TASK, MU_TASK_DUE, mu_op_value(task, MU_TASK_DUE));
    }
}

/* "renamed T-1 …, set its due date to …" */
static void edit_field(struct mu_teller *teller, const struct mu_op *op, const struct mu_arg *arg)
{
    bool cleared =
        arg->value.kind == MU_NULL || (arg->value.kind == MU_BYTES && arg->value.bytes.len == 0);
    if (op->entity == MU_TASK && arg->field == MU_TASK_ARCHIVED) {
        mu_tell(teller, arg->value.number == 1 ? "archived it" : "took it out of the archive");
        return;
    }
    if (op->entity == MU_TASK && arg->field == MU_TASK_NO_DATE) {
        mu_tell(teller, arg->value.number == 1 ? "said that it needs no date" : "asked for a date");
        return;
    }
    if (op->entity == MU_TASK && arg->field == MU_TASK_DESC) {
        mu_tell(teller, cleared ? "removed its description" : "edited its description");
        return;
    }
    mu_tell(teller, cleared ? "removed its " : "set its ");
    mu_tell_field(teller, op->entity, arg->field);
    if (!cleared) {
        mu_tell(teller, " to ");
        mu_tell_value(teller, op->entity, arg->field, arg->value);
    }
}

static bool is_place(uint32_t field)
{
    return field == MU_ARG_AFTER || field == MU_ARG_BEFORE || field == MU_ARG_EXPECT;
}

void mu_tell_fields(struct mu_teller *teller, const struct mu_op *op)
{
    size_t told = 0;
    for (size_t i = 0; i < op->arg_count; i++) {
        if (is_place(op->args[i].field)) {
            continue;
        }
        mu_tell(teller, told > 0 ? ", " : "");
        edit_field(teller, op, &op->args[i]);
        told++;
    }
    mu_tell(teller, told == 0 ? "changed its place" : "");
}

static void edit_task(struct mu_teller *teller, const struct mu_op *op)
{
    mu_tell_task(teller, op->row);
    mu_tell(teller, ": ");
    mu_tell_fields(teller, op);
}

static void move_task(struct mu_teller *teller, const struct mu_op *op)
{
    mu_tell(teller, "moved ");
    mu_tell_task(teller, op->row);
    if (mu_op_value(op, MU_TASK_COLUMN).kind == MU_BYTES) {
        mu_tell(teller, " to ");
        mu_tell_value(teller, MU_TASK, MU_TASK_COLUMN, mu_op_value(op, MU_TASK_COLUMN));
    }
}

static void assign_task(struct mu_teller *teller, const struct mu_op *op)
{
    struct mu_id owner = mu_op_id(op, MU_TASK_OWNER);
    bool nobody = mu_id_is_zero(owner);
    mu_tell(teller, nobody ? "took the owner off " : "gave ");
    mu_tell_task(teller, op->row);
    if (!nobody) {
        mu_tell(teller, " to ");
        mu_tell_person(teller, owner);
    }
}

static void tell_verb(struct mu_teller *teller, const struct mu_op *op, const char *verb)
{
    mu_tell(teller, verb);
    mu_tell_task(teller, op->row);
    struct mu_slice reason = mu_op_text(op, MU_TASK_REASON);
    if (reason.len > 0) {
        mu_tell(teller, ": ");
        mu_tell_quote(teller, reason);
    }
}

static void label_tasks(struct mu_teller *teller, const struct mu_intent *intent)
{
    bool told = false;
    for (size_t i = 0; i < intent->op_count; i++) {
        const struct mu_op *op = &intent->ops[i];
        if (op->entity != MU_TASK_LABEL) {
            continue;
        }
        bool on = mu_op_int(op, MU_TASK_LABEL_ON) == 1;
        mu_tell(teller, told ? ", " : "");
        mu_tell(teller, on ? "put label " : "took label ");
        mu_tell_value(teller, MU_TASK_LABEL, MU_TASK_LABEL_LABEL,
                      mu_op_value(op, MU_TASK_LABEL_LABEL));
        mu_tell(teller, on ? " on " : " off ");
        mu_tell_task_of(teller, op);
        told = true;
    }
}

static void help_tasks(struct mu_teller *teller, const struct mu_intent *intent)
{
    bool told = false;
    for (size_t i = 0; i < intent->op_count; i++) {
        const struct mu_op *op = &intent->ops[i];
        if (op->entity != MU_TASK_HELPER) {
            continue;
        }
        bool on = mu_op_int(op, MU_TASK_HELPER_ON) == 1;
        mu_tell(teller, told ? ", " : "");
        mu_tell(teller, on ? "asked " : "released ");
        mu_tell_person(teller, mu_op_id(op, MU_TASK_HELPER_PERSON));
        mu_tell(teller, on ? " to help with " : " from helping with ");
        mu_tell_task_of(teller, op);
        told = true;
    }
}

/* -- parts of tasks ---------------------------------------------------------- */

static void add_comment(struct mu_teller *teller, const struct mu_op *op)
{
    bool again = mu_op_value(op, MU_COMMENT_REPLACES).kind == MU_BYTES;
    mu_tell(teller, again ? "rewrote a comment on " : "commented on ");
    mu_tell_task_of(teller, op);
    mu_tell(teller, ": ");
    mu_tell_quote(teller, mu_op_text(op, MU_COMMENT_TEXT));
}

static void add_checklist(struct mu_teller *teller, const struct mu_intent *intent)
{
    const struct mu_op *list = mu_op_first(intent, MU_CHECKLIST);
    const struct mu_op *item = mu_op_first(intent, MU_ITEM);
    size_t items = mu_op_count(intent, MU_ITEM);
    const struct mu_op *any = list != NULL ? list : item;
    if (any == NULL) {
        mu_tell(teller, "added no checklist item");
        return;
    }
    if (list != NULL) {
        mu_tell(teller, "added checklist ");
        mu_tell_quote(teller, mu_op_text(list, MU_CHECKLIST_NAME));
        mu_tell(teller, items > 0 ? " with " : "");
        if (items > 0) {
            mu_tell_count(teller, items, "item", "items");
        }
    } else if (items == 1) {
        mu_tell(teller, "added item ");
        mu_tell_quote(teller, mu_op_text(item, MU_ITEM_NAME));
    } else {
        mu_tell(teller, "added ");
        mu_tell_count(teller, items, "item", "items");
    }
    mu_tell(teller, " to ");
    mu_tell_task_of(teller, any);
}

static void edit_item(struct mu_teller *teller, const struct mu_op *op)
{
    struct mu_id task = {{0}};
    struct mu_slice name = {0};
    if (teller->status == MU_OK) {
        mu_tell_ask(teller,
                    mu_part_read(teller->history, MU_ITEM, op->row, &task, &name, teller->err));
    }
    const struct mu_arg *done = mu_op_find(op, MU_ITEM_DONE);
    const struct mu_arg *deleted = mu_op_find(op, MU_ITEM_DELETED);
    if (done != NULL) {
        mu_tell(teller, done->value.number == 1 ? "ticked " : "unticked ");
    } else if (deleted != NULL) {
        mu_tell(teller, deleted->value.number == 1 ? "removed " : "brought back ");
    } else {
        mu_tell(teller, "edited ");
    }
    mu_tell_quote(teller, name);
    mu_tell(teller, " of ");
    mu_tell_task(teller, task);
    if (done == NULL && deleted == NULL) {
        mu_tell(teller, ": ");
        mu_tell_fields(teller, op);
    }
}

static bool tell_status(struct mu_teller *teller, const struct mu_intent *intent,
                        const struct mu_op *op)
{
    static const struct {
        uint32_t intent;
        const char *verb;
    } verbs[] = {
        {MU_INTENT_TASK_ACCEPT, "accepted "}, {MU_INTENT_TASK_DECLINE, "declined "},
        {MU_INTENT_TASK_START, "started "},   {MU_INTENT_TASK_REVIEW, "put into review "},
        {MU_INTENT_TASK_DONE, "finished "},   {MU_INTENT_TASK_REOPEN, "reopened "},
        {MU_INTENT_TASK_DROP, "dropped "},
    };
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (verbs[i].intent == intent->number) {
            tell_verb(teller, op, verbs[i].verb);
            return true;
        }
    }
    return false;
}

bool mu_tell_about_task(struct mu_teller *teller, const struct mu_intent *intent,
                        const struct mu_op *op)
{
    switch (intent->number) {
    case MU_INTENT_TASK_ADD:
        add_task(teller, intent);
        return true;
    case MU_INTENT_TASK_EDIT:
        edit_task(teller, op);
        return true;
    case MU_INTENT_TASK_MOVE:
        move_task(teller, op);
        return true;
    case MU_INTENT_TASK_ASSIGN:
        assign_task(teller, op);
        return true;
    case MU_INTENT_TASK_DELETE:
        mu_tell(teller,
                mu_op_int(op, MU_TASK_DELETED) == 1 ? "deleted " : "took out of the trash ");
        mu_tell_task(teller, op->row);
        return true;
    case MU_INTENT_TASK_LABEL:
        label_tasks(teller, intent);
        return true;
    case MU_INTENT_TASK_HELP:
        help_tasks(teller, intent);
        return true;
    case MU_INTENT_COMMENT_ADD:
        add_comment(teller, op);
        return true;
    case MU_INTENT_CHECKLIST_ADD:
        add_checklist(teller, intent);
        return true;
    case MU_INTENT_ITEM_EDIT:
        edit_item(teller, op);
        return true;
    default:
        return tell_status(teller, intent, op);
    }
}
