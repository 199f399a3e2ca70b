#include "client/tui/act.h"

#include "client/tui/deed.h"
#include "client/view/sentence.h"
#include "common/model/when.h"
#include "common/seal/hash.h"

/* An edit of one row with one field. */
static enum mu_status set_one(struct mu_desk *desk, uint32_t intent, uint32_t entity,
                              struct mu_id row, uint32_t field, struct mu_value value,
                              struct mu_error *err)
{
    struct mu_deed deed = mu_deed_begin(desk, intent);
    mu_deed_op(&deed, entity, row);
    mu_deed_put(&deed, field, value);
    return mu_deed_author(&deed, err);
}

/* -- a task's own fields ------------------------------------------------------------------ */

enum mu_status mu_act_add(struct mu_desk *desk, struct mu_id column, struct mu_slice title,
                          struct mu_id *out_task, struct mu_error *err)
{
    struct mu_id task = mu_deed_new_id(desk);
    struct mu_deed deed = mu_deed_begin(desk, MU_INTENT_TASK_ADD);
    mu_deed_op(&deed, MU_TASK, task);
    mu_deed_put(&deed, MU_TASK_TITLE, mu_bytes(title));
    mu_deed_put_id(&deed, MU_TASK_COLUMN, column);
    MU_TRY(mu_deed_author(&deed, err));
    *out_task = task;
    return MU_OK;
}

enum mu_status mu_act_title(struct mu_desk *desk, struct mu_id task, struct mu_slice title,
                            struct mu_error *err)
{
    return set_one(desk, MU_INTENT_TASK_EDIT, MU_TASK, task, MU_TASK_TITLE, mu_bytes(title), err);
}

enum mu_status mu_act_desc(struct mu_desk *desk, struct mu_id task, struct mu_slice text,
                           struct mu_slice base, struct mu_error *err)
{
    struct mu_deed deed = mu_deed_begin(desk, MU_INTENT_TASK_EDIT);
    mu_deed_op(&deed, MU_TASK, task);
    if (!deed.failed) {
        deed.failed = !mu_op_arg_based(&deed.intent.ops[0], &desk->frame, MU_TASK_DESC,
                                       mu_bytes(text), mu_bytes(base));
    }
    return mu_deed_author(&deed, err);
}

enum mu_status mu_act_read_due(struct mu_desk *desk, struct mu_slice when, struct mu_due *out_due,
                               bool *out_none, struct mu_error *err)
{
    const struct mu_when_context context = {.now = mu_zone_local(desk->from.zone, desk->from.now),
                                            .day_end_minute = desk->from.day_end_minute};
    enum mu_when_kind kind = MU_WHEN_DUE;
    MU_TRY(mu_when_parse(when, &context, &kind, out_due, err));
    *out_none = kind == MU_WHEN_NO_DATE;
    if (!*out_none && out_due->zone[0] != '\0' &&
        desk->from.zone_of(desk->from.state, out_due->zone) == NULL) {
        return mu_fail(err, MU_E_NOT_FOUND, "no time zone '%s' on this system", out_due->zone);
    }
    return MU_OK;
}

enum mu_status mu_act_due(struct mu_desk *desk, struct mu_id task, struct mu_slice when,
                          struct mu_buf *echo, struct mu_error *err)
{
    struct mu_due due;
    bool none = false;
    char text[MU_DUE_TEXT_MAX + 1];
    MU_TRY(mu_act_read_due(desk, when, &due, &none, err));
    if (none) {
        MU_TRY(set_one(desk, MU_INTENT_TASK_EDIT, MU_TASK, task, MU_TASK_DUE, mu_null(), err));
        return mu_buf_append_str(echo, "no due date");
    }
    mu_due_format(&due, text);
    MU_TRY(set_one(desk, MU_INTENT_TASK_EDIT, MU_TASK, task, MU_TASK_DUE,
                   mu_bytes(mu_slice_str(text)), err));
    MU_TRY(mu_buf_append_str(echo, "due "));
    return mu_words_due(echo, &due, MU_DUE_EXACT, &desk->from);
}

enum mu_status mu_act_assign(struct mu_desk *desk, struct mu_id task, struct mu_id owner,
                             struct mu_error *err)
{
    return set_one(desk, MU_INTENT_TASK_ASSIGN, MU_TASK, task, MU_TASK_OWNER,
                   mu_id_is_zero(owner) ? mu_null() : mu_id_value(&owner), err);
}

enum mu_status mu_act_archive(struct mu_desk *desk, struct mu_id task, struct mu_error *err)
{
    return set_one(desk, MU_INTENT_TASK_EDIT, MU_TASK, task, MU_TASK_ARCHIVED, mu_int(1), err);
}

/* -- place and state ---------------------------------------------------------------------- */

enum mu_status mu_act_move(struct mu_desk *desk, const struct mu_task_line *task,
                           const struct mu_act_place *place, struct mu_error *err)
{
    struct mu_deed deed = mu_deed_begin(desk, MU_INTENT_TASK_MOVE);
    mu_deed_op(&deed, MU_TASK, task->id);
    if (!mu_id_is_zero(place->column)) {
        mu_deed_put_id(&deed, MU_TASK_COLUMN, place->column);
    }
    if (place->placed) {
        mu_deed_put_id(&deed, place->behind ? MU_ARG_AFTER : MU_ARG_BEFORE, place->neighbour);
    }
    mu_deed_put(&deed, MU_ARG_EXPECT, mu_int(task->state));
    return mu_deed_author(&deed, err);
}

enum mu_status mu_act_status(struct mu_desk *desk, const struct mu_task_line *task, uint32_t intent,
                             struct mu_error *err)
{
    return set_one(desk, intent, MU_TASK, task->id, MU_ARG_EXPECT, mu_int(task->state), err);
}

enum mu_status mu_act_decline(struct mu_desk *desk, const struct mu_task_line *task,
                              struct mu_slice why, struct mu_error *err)
{
    struct mu_deed deed = mu_deed_begin(desk, MU_INTENT_TASK_DECLINE);
    mu_deed_op(&deed, MU_TASK, task->id);
    if (why.len > 0) {
        mu_deed_put(&deed, MU_TASK_REASON, mu_bytes(why));
    }
    mu_deed_put(&deed, MU_ARG_EXPECT, mu_int(task->state));
    return mu_deed_author(&deed, err);
}

/* -- what hangs on a task ----------------------------------------------------------------- */

enum mu_status mu_act_label(struct mu_desk *desk, struct mu_id task, const struct mu_id *label,
                            struct mu_slice name, bool on, struct mu_error *err)
{
    struct mu_deed deed = mu_deed_begin(desk, MU_INTENT_TASK_LABEL);
    struct mu_id id = label != NULL ? *label : mu_id_derive("label", &name, 1);
    struct mu_world world = mu_replica_world(mu_client_replica(desk->client));
    if (label == NULL) {
        mu_deed_op(&deed, MU_LABEL, id);
        mu_deed_put(&deed, MU_LABEL_NAME, mu_bytes(name));
    }
    mu_deed_op(&deed, MU_TASK_LABEL, mu_pair_id(&world, MU_TASK_LABEL, task, id));
    mu_deed_put_id(&deed, MU_TASK_LABEL_TASK, task);
    mu_deed_put_id(&deed, MU_TASK_LABEL_LABEL, id);
    mu_deed_put(&deed, MU_TASK_LABEL_ON, mu_int(on ? 1 : 0));
    return mu_deed_author(&deed, err);
}

enum mu_status mu_act_comment(struct mu_desk *desk, struct mu_id task, struct mu_slice text,
                              struct mu_error *err)
{
    struct mu_deed deed = mu_deed_begin(desk, MU_INTENT_COMMENT_ADD);
    mu_deed_op(&deed, MU_COMMENT, mu_deed_new_id(desk));
    mu_deed_put_id(&deed, MU_COMMENT_TASK, task);
    mu_deed_put(&deed, MU_COMMENT_TEXT, mu_bytes(text));
    return mu_deed_author(&deed, err);
}

enum mu_status mu_act_check(struct mu_desk *desk, struct mu_id item, bool done,
                            struct mu_error *err)
{
    return set_one(desk, MU_INTENT_ITEM_EDIT, MU_ITEM, item, MU_ITEM_DONE, mu_int(done ? 1 : 0),
                   err);
}

enum mu_status mu_act_item(struct mu_desk *desk, struct mu_id task, struct mu_id list,
                           struct mu_slice name, struct mu_error *err)
{
    struct mu_deed deed = mu_deed_begin(desk, MU_INTENT_CHECKLIST_ADD);
    if (mu_id_is_zero(list)) {
        list = mu_deed_new_id(desk);
        mu_deed_op(&deed, MU_CHECKLIST, list);
        mu_deed_put_id(&deed, MU_CHECKLIST_TASK, task);
        mu_deed_put(&deed, MU_CHECKLIST_NAME, mu_bytes(mu_slice_str("Checklist")));
    }
    mu_deed_op(&deed, MU_ITEM, mu_deed_new_id(desk));
    mu_deed_put_id(&deed, MU_ITEM_CHECKLIST, list);
    mu_deed_put_id(&deed, MU_ITEM_TASK, task);
    mu_deed_put(&deed, MU_ITEM_NAME, mu_bytes(name));
    return mu_deed_author(&deed, err);
}

enum mu_status mu_act_settle(struct mu_desk *desk, struct mu_id conflict, bool restore,
                             struct mu_error *err)
{
    struct mu_deed deed =
        mu_deed_begin(desk, restore ? MU_INTENT_CONFLICT_RESTORE : MU_INTENT_CONFLICT_ACCEPT);
    mu_deed_op(&deed, MU_CONFLICT, conflict);
    return mu_deed_author(&deed, err);
}

enum mu_status mu_act_undo(struct mu_desk *desk, struct mu_buf *echo, struct mu_error *err)
{
    struct mu_intent intent = {.number = MU_INTENT_UNDO, .version = 1};
    struct mu_history history;
    struct mu_id undone;
    MU_TRY(mu_client_undo(desk->client, &desk->frame, &intent, &undone, err));
    MU_TRY(mu_history_open(&history, desk->db, &desk->names, &desk->from, &desk->frame, err));
    enum mu_status status = mu_sentence(&history, &intent, echo, err);
    mu_history_close(&history);
    if (status != MU_OK && status != MU_E_LIMIT) {
        return status;
    }
    return mu_desk_author(desk, &intent, err);
}
