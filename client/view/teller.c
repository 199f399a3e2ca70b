#include "client/view/teller.h"

#include "client/view/sentence.h"
#include "client/view/task_words.h"
#include "client/view/value_words.h"

#define TEXT_WIDTH 60

void mu_tell_ask(struct mu_teller *teller, enum mu_status status)
{
    teller->status = status;
    teller->explained = status != MU_OK;
}

void mu_tell(struct mu_teller *teller, const char *text)
{
    if (teller->status == MU_OK) {
        teller->status = mu_buf_append_str(teller->out, text);
    }
}

void mu_tell_quote(struct mu_teller *teller, struct mu_slice text)
{
    if (teller->status == MU_OK) {
        teller->status = mu_words_quote(teller->out, text, TEXT_WIDTH);
    }
}

void mu_tell_person(struct mu_teller *teller, struct mu_id id)
{
    if (teller->status == MU_OK) {
        teller->status = mu_words_person(teller->out, teller->history->names, id);
    }
}

void mu_tell_value(struct mu_teller *teller, uint32_t entity, uint32_t field, struct mu_value value)
{
    if (teller->status == MU_OK) {
        teller->status = mu_words_value(teller->out, entity, field, value, teller->history->names,
                                        teller->history->from);
    }
}

void mu_tell_field(struct mu_teller *teller, uint32_t entity, uint32_t field)
{
    if (teller->status == MU_OK) {
        teller->status = mu_words_field(teller->out, entity, field);
    }
}

void mu_tell_count(struct mu_teller *teller, size_t count, const char *one, const char *many)
{
    if (teller->status == MU_OK) {
        teller->status = mu_words_count(teller->out, count, one, many);
    }
}

/* -- arguments --------------------------------------------------------------- */

struct mu_value mu_op_value(const struct mu_op *op, uint32_t field)
{
    const struct mu_arg *arg = op != NULL ? mu_op_find(op, field) : NULL;
    return arg != NULL ? arg->value : mu_null();
}

struct mu_slice mu_op_text(const struct mu_op *op, uint32_t field)
{
    struct mu_value value = mu_op_value(op, field);
    return value.kind == MU_BYTES ? value.bytes : mu_slice_str("");
}

int64_t mu_op_int(const struct mu_op *op, uint32_t field)
{
    struct mu_value value = mu_op_value(op, field);
    return value.kind == MU_INT ? value.number : 0;
}

struct mu_id mu_op_id(const struct mu_op *op, uint32_t field)
{
    struct mu_id id = {{0}};
    (void)mu_id_from_slice(mu_op_text(op, field), &id);
    return id;
}

const struct mu_op *mu_op_first(const struct mu_intent *intent, uint32_t entity)
{
    for (size_t i = 0; i < intent->op_count; i++) {
        if (intent->ops[i].entity == entity) {
            return &intent->ops[i];
        }
    }
    return NULL;
}

size_t mu_op_count(const struct mu_intent *intent, uint32_t entity)
{
    size_t count = 0;
    for (size_t i = 0; i < intent->op_count; i++) {
        count += intent->ops[i].entity == entity ? 1 : 0;
    }
    return count;
}

/* -- rows as they are now ---------------------------------------------------- */

void mu_tell_task(struct mu_teller *teller, struct mu_id id)
{
    if (teller->status != MU_OK) {
        return;
    }
    struct mu_stmt *stmt = &teller->history->task;
    bool row = false;
    mu_stmt_bind_int(stmt, 1, mu_id_key(id));
    mu_tell_ask(teller, mu_stmt_step(stmt, &row, teller->err));
    struct mu_task_line line = {.id = id};
    if (teller->status == MU_OK && row) {
        line.no = mu_stmt_int(stmt, 0);
        line.title = mu_stmt_text(stmt, 1);
    }
    if (teller->status == MU_OK) {
        mu_task_ref(id, line.no, line.ref);
        teller->status =
            row ? mu_words_task(teller->out, &line) : mu_buf_append_str(teller->out, line.ref);
    }
    mu_stmt_reset(stmt);
}

/* The task and the name that a part has: of an item its name, of a label's row its label. */
enum mu_status mu_part_read(struct mu_history *history, uint32_t entity, struct mu_id id,
                            struct mu_id *out_task, struct mu_slice *out_name, struct mu_error *err)
{
    struct mu_stmt *stmt = &history->part;
    bool row = false;
    mu_stmt_bind_int(stmt, 1, mu_id_key(id));
    mu_stmt_bind_int(stmt, 2, entity);
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    *out_task = (struct mu_id){{0}};
    *out_name = mu_slice_str("");
    if (status == MU_OK && row) {
        *out_task = mu_stmt_id(stmt, 0);
        if (!mu_arena_copy(history->arena, mu_stmt_text(stmt, 1), out_name)) {
            status = mu_fail(err, MU_E_NOMEM, "read history: out of memory");
        }
    }
    mu_stmt_reset(stmt);
    return status;
}

enum mu_status mu_task_of_op(struct mu_history *history, const struct mu_op *op,
                             struct mu_id *out_task, struct mu_error *err)
{
    static const struct {
        uint32_t entity;
        uint32_t field;
    } links[] = {
        {MU_TASK_LABEL, MU_TASK_LABEL_TASK}, {MU_TASK_HELPER, MU_TASK_HELPER_TASK},
        {MU_CHECKLIST, MU_CHECKLIST_TASK},   {MU_ITEM, MU_ITEM_TASK},
        {MU_COMMENT, MU_COMMENT_TASK},       {MU_ATTACHMENT, MU_ATTACHMENT_TASK},
        {MU_ACTIVITY, MU_ACTIVITY_TASK},     {MU_CUSTOM_VALUE, MU_CUSTOM_VALUE_TASK},
        {MU_COMMITMENT, MU_COMMITMENT_TASK}, {MU_BLOCKER, MU_BLOCKER_TASK},
    };
    *out_task = op->entity == MU_TASK ? op->row : (struct mu_id){{0}};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        if (op->entity == links[i].entity) {
            *out_task = mu_op_id(op, links[i].field);
            struct mu_slice ignored;
            return mu_id_is_zero(*out_task)
                       ? mu_part_read(history, op->entity, op->row, out_task, &ignored, err)
                       : MU_OK;
        }
    }
    return MU_OK;
}

void mu_tell_task_of(struct mu_teller *teller, const struct mu_op *op)
{
    struct mu_id task = {{0}};
    if (teller->status == MU_OK) {
        mu_tell_ask(teller, mu_task_of_op(teller->history, op, &task, teller->err));
    }
    mu_tell_task(teller, task);
}
