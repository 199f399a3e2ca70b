#include "client/view/sentence.h"

#include <inttypes.h>

#include "client/view/task_words.h"
#include "client/view/text.h"
#include "client/view/value_words.h"

#define TEXT_WIDTH 60

/* A sentence under way.  Failures of the buffer are kept, those of the store fill err. */
struct writer {
    struct mu_history *history;
    struct mu_buf *out;
    struct mu_error *err;
    enum mu_status status;
    bool explained; /* err says why status is a failure */
};

/* The outcome of a question to the store, which fills err itself. */
static void ask(struct writer *writer, enum mu_status status)
{
    writer->status = status;
    writer->explained = status != MU_OK;
}

static void put(struct writer *writer, const char *text)
{
    if (writer->status == MU_OK) {
        writer->status = mu_buf_append_str(writer->out, text);
    }
}

static void put_quote(struct writer *writer, struct mu_slice text)
{
    if (writer->status == MU_OK) {
        writer->status = mu_words_quote(writer->out, text, TEXT_WIDTH);
    }
}

static void put_person(struct writer *writer, struct mu_id id)
{
    if (writer->status == MU_OK) {
        writer->status = mu_words_person(writer->out, writer->history->names, id);
    }
}

static void put_value(struct writer *writer, uint32_t entity, uint32_t field, struct mu_value value)
{
    if (writer->status == MU_OK) {
        writer->status = mu_words_value(writer->out, entity, field, value, writer->history->names,
                                        writer->history->from);
    }
}

static void put_field(struct writer *writer, uint32_t entity, uint32_t field)
{
    if (writer->status == MU_OK) {
        writer->status = mu_words_field(writer->out, entity, field);
    }
}

static void put_count(struct writer *writer, size_t count, const char *one, const char *many)
{
    if (writer->status == MU_OK) {
        writer->status = mu_words_count(writer->out, count, one, many);
    }
}

/* -- arguments -------------------------------------------------------------------- */

static struct mu_value value_of(const struct mu_op *op, uint32_t field)
{
    const struct mu_arg *arg = op != NULL ? mu_op_find(op, field) : NULL;
    return arg != NULL ? arg->value : mu_null();
}

static struct mu_slice text_of(const struct mu_op *op, uint32_t field)
{
    struct mu_value value = value_of(op, field);
    return value.kind == MU_BYTES ? value.bytes : mu_slice_str("");
}

static int64_t int_of(const struct mu_op *op, uint32_t field)
{
    struct mu_value value = value_of(op, field);
    return value.kind == MU_INT ? value.number : 0;
}

static struct mu_id id_of(const struct mu_op *op, uint32_t field)
{
    struct mu_id id = {{0}};
    (void)mu_id_from_slice(text_of(op, field), &id);
    return id;
}

static const struct mu_op *first_of(const struct mu_intent *intent, uint32_t entity)
{
    for (size_t i = 0; i < intent->op_count; i++) {
        if (intent->ops[i].entity == entity) {
            return &intent->ops[i];
        }
    }
    return NULL;
}

static size_t count_of(const struct mu_intent *intent, uint32_t entity)
{
    size_t count = 0;
    for (size_t i = 0; i < intent->op_count; i++) {
        count += intent->ops[i].entity == entity ? 1 : 0;
    }
    return count;
}

/* -- rows as they are now ----------------------------------------------------------- */

static void put_task(struct writer *writer, struct mu_id id)
{
    if (writer->status != MU_OK) {
        return;
    }
    struct mu_stmt *stmt = &writer->history->task;
    bool row = false;
    mu_stmt_bind_int(stmt, 1, mu_id_key(id));
    ask(writer, mu_stmt_step(stmt, &row, writer->err));
    struct mu_task_line line = {.id = id};
    if (writer->status == MU_OK && row) {
        line.no = mu_stmt_int(stmt, 0);
        line.title = mu_stmt_text(stmt, 1);
    }
    if (writer->status == MU_OK) {
        mu_task_ref(id, line.no, line.ref);
        writer->status =
            row ? mu_words_task(writer->out, &line) : mu_buf_append_str(writer->out, line.ref);
    }
    mu_stmt_reset(stmt);
}

/* The task and the name that a part has: of an item its name, of a label's row its label. */
static enum mu_status read_part(struct mu_history *history, uint32_t entity, struct mu_id id,
                                struct mu_id *out_task, struct mu_slice *out_name,
                                struct mu_error *err)
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
    };
    *out_task = op->entity == MU_TASK ? op->row : (struct mu_id){{0}};
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        if (op->entity == links[i].entity) {
            *out_task = id_of(op, links[i].field);
            struct mu_slice ignored;
            return mu_id_is_zero(*out_task)
                       ? read_part(history, op->entity, op->row, out_task, &ignored, err)
                       : MU_OK;
        }
    }
    return MU_OK;
}

static void put_task_of(struct writer *writer, const struct mu_op *op)
{
    struct mu_id task = {{0}};
    if (writer->status == MU_OK) {
        ask(writer, mu_task_of_op(writer->history, op, &task, writer->err));
    }
    put_task(writer, task);
}

/* -- tasks --------------------------------------------------------------------------- */

static void add_task(struct writer *writer, const struct mu_intent *intent)
{
    const struct mu_op *task = first_of(intent, MU_TASK);
    if (task == NULL) {
        put(writer, "added nothing");
        return;
    }
    put(writer, "added ");
    put_task(writer, task->row);
    if (value_of(task, MU_TASK_COLUMN).kind == MU_BYTES) {
        put(writer, " to ");
        put_value(writer, MU_TASK, MU_TASK_COLUMN, value_of(task, MU_TASK_COLUMN));
    }
    if (!mu_id_is_zero(id_of(task, MU_TASK_OWNER))) {
        put(writer, " for ");
        put_person(writer, id_of(task, MU_TASK_OWNER));
    }
    if (value_of(task, MU_TASK_DUE).kind == MU_BYTES) {
        put(writer, ", due ");
        put_value(writer, MU_TASK, MU_TASK_DUE, value_of(task, MU_TASK_DUE));
    }
}

/* "renamed T-1 …, set its due date to …" */
static void edit_field(struct writer *writer, const struct mu_op *op, const struct mu_arg *arg)
{
    bool cleared =
        arg->value.kind == MU_NULL || (arg->value.kind == MU_BYTES && arg->value.bytes.len == 0);
    if (op->entity == MU_TASK && arg->field == MU_TASK_ARCHIVED) {
        put(writer, arg->value.number == 1 ? "archived it" : "took it out of the archive");
        return;
    }
    if (op->entity == MU_TASK && arg->field == MU_TASK_NO_DATE) {
        put(writer, arg->value.number == 1 ? "said that it needs no date" : "asked for a date");
        return;
    }
    if (op->entity == MU_TASK && arg->field == MU_TASK_DESC) {
        put(writer, cleared ? "removed its description" : "edited its description");
        return;
    }
    put(writer, cleared ? "removed its " : "set its ");
    put_field(writer, op->entity, arg->field);
    if (!cleared) {
        put(writer, " to ");
        put_value(writer, op->entity, arg->field, arg->value);
    }
}

static bool is_place(uint32_t field)
{
    return field == MU_ARG_AFTER || field == MU_ARG_BEFORE || field == MU_ARG_EXPECT;
}

static void edit_fields(struct writer *writer, const struct mu_op *op)
{
    size_t told = 0;
    for (size_t i = 0; i < op->arg_count; i++) {
        if (is_place(op->args[i].field)) {
            continue;
        }
        put(writer, told > 0 ? ", " : "");
        edit_field(writer, op, &op->args[i]);
        told++;
    }
    put(writer, told == 0 ? "changed its place" : "");
}

static void edit_task(struct writer *writer, const struct mu_op *op)
{
    put_task(writer, op->row);
    put(writer, ": ");
    edit_fields(writer, op);
}

static void move_task(struct writer *writer, const struct mu_op *op)
{
    put(writer, "moved ");
    put_task(writer, op->row);
    if (value_of(op, MU_TASK_COLUMN).kind == MU_BYTES) {
        put(writer, " to ");
        put_value(writer, MU_TASK, MU_TASK_COLUMN, value_of(op, MU_TASK_COLUMN));
    }
}

static void assign_task(struct writer *writer, const struct mu_op *op)
{
    struct mu_id owner = id_of(op, MU_TASK_OWNER);
    bool nobody = mu_id_is_zero(owner);
    put(writer, nobody ? "took the owner off " : "gave ");
    put_task(writer, op->row);
    if (!nobody) {
        put(writer, " to ");
        put_person(writer, owner);
    }
}

static void tell_verb(struct writer *writer, const struct mu_op *op, const char *verb)
{
    put(writer, verb);
    put_task(writer, op->row);
    struct mu_slice reason = text_of(op, MU_TASK_REASON);
    if (reason.len > 0) {
        put(writer, ": ");
        put_quote(writer, reason);
    }
}

static void label_tasks(struct writer *writer, const struct mu_intent *intent)
{
    bool told = false;
    for (size_t i = 0; i < intent->op_count; i++) {
        const struct mu_op *op = &intent->ops[i];
        if (op->entity != MU_TASK_LABEL) {
            continue;
        }
        bool on = int_of(op, MU_TASK_LABEL_ON) == 1;
        put(writer, told ? ", " : "");
        put(writer, on ? "put label " : "took label ");
        put_value(writer, MU_TASK_LABEL, MU_TASK_LABEL_LABEL, value_of(op, MU_TASK_LABEL_LABEL));
        put(writer, on ? " on " : " off ");
        put_task_of(writer, op);
        told = true;
    }
}

static void help_tasks(struct writer *writer, const struct mu_intent *intent)
{
    bool told = false;
    for (size_t i = 0; i < intent->op_count; i++) {
        const struct mu_op *op = &intent->ops[i];
        if (op->entity != MU_TASK_HELPER) {
            continue;
        }
        bool on = int_of(op, MU_TASK_HELPER_ON) == 1;
        put(writer, told ? ", " : "");
        put(writer, on ? "asked " : "released ");
        put_person(writer, id_of(op, MU_TASK_HELPER_PERSON));
        put(writer, on ? " to help with " : " from helping with ");
        put_task_of(writer, op);
        told = true;
    }
}

/* -- parts of tasks -------------------------------------------------------------------- */

static void add_comment(struct writer *writer, const struct mu_op *op)
{
    bool again = value_of(op, MU_COMMENT_REPLACES).kind == MU_BYTES;
    put(writer, again ? "rewrote a comment on " : "commented on ");
    put_task_of(writer, op);
    put(writer, ": ");
    put_quote(writer, text_of(op, MU_COMMENT_TEXT));
}

static void add_checklist(struct writer *writer, const struct mu_intent *intent)
{
    const struct mu_op *list = first_of(intent, MU_CHECKLIST);
    const struct mu_op *item = first_of(intent, MU_ITEM);
    size_t items = count_of(intent, MU_ITEM);
    const struct mu_op *any = list != NULL ? list : item;
    if (any == NULL) {
        put(writer, "added no checklist item");
        return;
    }
    if (list != NULL) {
        put(writer, "added checklist ");
        put_quote(writer, text_of(list, MU_CHECKLIST_NAME));
        put(writer, items > 0 ? " with " : "");
        if (items > 0) {
            put_count(writer, items, "item", "items");
        }
    } else if (items == 1) {
        put(writer, "added item ");
        put_quote(writer, text_of(item, MU_ITEM_NAME));
    } else {
        put(writer, "added ");
        put_count(writer, items, "item", "items");
    }
    put(writer, " to ");
    put_task_of(writer, any);
}

static void edit_item(struct writer *writer, const struct mu_op *op)
{
    struct mu_id task = {{0}};
    struct mu_slice name = {0};
    if (writer->status == MU_OK) {
        ask(writer, read_part(writer->history, MU_ITEM, op->row, &task, &name, writer->err));
    }
    const struct mu_arg *done = mu_op_find(op, MU_ITEM_DONE);
    const struct mu_arg *deleted = mu_op_find(op, MU_ITEM_DELETED);
    if (done != NULL) {
        put(writer, done->value.number == 1 ? "ticked " : "unticked ");
    } else if (deleted != NULL) {
        put(writer, deleted->value.number == 1 ? "removed " : "brought back ");
    } else {
        put(writer, "edited ");
    }
    put_quote(writer, name);
    put(writer, " of ");
    put_task(writer, task);
    if (done == NULL && deleted == NULL) {
        put(writer, ": ");
        edit_fields(writer, op);
    }
}

/* -- boards, people, the rest ------------------------------------------------------------ */

static void edit_named(struct writer *writer, const struct mu_op *op, const char *kind,
                       uint32_t name_field, struct mu_slice name_now)
{
    struct mu_slice name = text_of(op, name_field);
    put(writer, kind);
    put_quote(writer, name_now.len > 0 ? name_now : name);
    put(writer, ": ");
    edit_fields(writer, op);
}

static void edit_board_part(struct writer *writer, const struct mu_op *op)
{
    const struct mu_names *names = writer->history->names;
    const struct mu_column_name *column = mu_names_column(names, op->row);
    const struct mu_board_name *board = mu_names_board(names, op->row);
    const struct mu_label_name *label = mu_names_label(names, op->row);
    struct mu_slice none = mu_slice_str("");
    if (op->entity == MU_COLUMN) {
        edit_named(writer, op, "column ", MU_COLUMN_NAME, column != NULL ? column->name : none);
    } else if (op->entity == MU_BOARD) {
        edit_named(writer, op, "board ", MU_BOARD_NAME, board != NULL ? board->name : none);
    } else {
        edit_named(writer, op, "label ", MU_LABEL_NAME, label != NULL ? label->name : none);
    }
}

static void invite(struct writer *writer, const struct mu_intent *intent)
{
    const struct mu_op *person = first_of(intent, MU_PERSON);
    const struct mu_op *op = first_of(intent, MU_INVITE);
    struct mu_id id = person != NULL ? person->row
                      : op != NULL   ? id_of(op, MU_INVITE_PERSON)
                                     : (struct mu_id){{0}};
    put(writer, "invited ");
    put_person(writer, id);
    if (person != NULL && int_of(person, MU_PERSON_ROLE) > 0) {
        put(writer, " as ");
        put(writer, mu_role_name(int_of(person, MU_PERSON_ROLE)));
    }
}

static void edit_person(struct writer *writer, const struct mu_op *op)
{
    put_person(writer, op->row);
    put(writer, ": ");
    edit_fields(writer, op);
}

static void take_back(struct writer *writer, const struct mu_intent *intent)
{
    put(writer, "took back an edit");
    if (intent->op_count == 0) {
        return;
    }
    struct mu_id task = {{0}};
    if (writer->status == MU_OK) {
        ask(writer, mu_task_of_op(writer->history, &intent->ops[0], &task, writer->err));
    }
    if (!mu_id_is_zero(task)) {
        put(writer, " of ");
        put_task(writer, task);
    }
}

static void import_rows(struct writer *writer, const struct mu_intent *intent)
{
    size_t tasks = count_of(intent, MU_TASK);
    put(writer, "imported ");
    put_count(writer, intent->op_count, "row", "rows");
    if (tasks > 0) {
        put(writer, ", among them ");
        put_count(writer, tasks, "task", "tasks");
    }
}

static void tell_unknown(struct writer *writer, const struct mu_intent *intent)
{
    if (writer->status == MU_OK) {
        writer->status = mu_buf_printf(
            writer->out, "did something that this version does not know (intent %" PRIu32 ")",
            intent->number);
    }
}

/* -- all of them ------------------------------------------------------------------------- */

static bool tell_people(struct writer *writer, const struct mu_intent *intent,
                        const struct mu_op *op)
{
    switch (intent->number) {
    case MU_INTENT_TEAM_FOUND:
        put(writer, "founded the team ");
        put_quote(writer, text_of(first_of(intent, MU_TEAM), MU_TEAM_NAME));
        return true;
    case MU_INTENT_TEAM_EDIT:
        put(writer, "the team: ");
        edit_fields(writer, op);
        return true;
    case MU_INTENT_INVITE_CREATE:
        invite(writer, intent);
        return true;
    case MU_INTENT_INVITE_WITHDRAW:
        put(writer, "withdrew an invite");
        return true;
    case MU_INTENT_DEVICE_ENROL:
        put(writer, "joined with device ");
        put_quote(writer, text_of(op, MU_DEVICE_NAME));
        return true;
    case MU_INTENT_DEVICE_REVOKE:
        put(writer, "revoked a device");
        return true;
    case MU_INTENT_PERSON_EDIT:
    case MU_INTENT_PERSON_ROLE:
        edit_person(writer, op);
        return true;
    case MU_INTENT_PERSON_REMOVE:
        put(writer, "removed ");
        put_person(writer, op->row);
        put(writer, " from the team");
        return true;
    default:
        return false;
    }
}

static bool tell_status(struct writer *writer, const struct mu_intent *intent,
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
            tell_verb(writer, op, verbs[i].verb);
            return true;
        }
    }
    return false;
}

static bool tell_task(struct writer *writer, const struct mu_intent *intent, const struct mu_op *op)
{
    switch (intent->number) {
    case MU_INTENT_TASK_ADD:
        add_task(writer, intent);
        return true;
    case MU_INTENT_TASK_EDIT:
        edit_task(writer, op);
        return true;
    case MU_INTENT_TASK_MOVE:
        move_task(writer, op);
        return true;
    case MU_INTENT_TASK_ASSIGN:
        assign_task(writer, op);
        return true;
    case MU_INTENT_TASK_DELETE:
        put(writer, int_of(op, MU_TASK_DELETED) == 1 ? "deleted " : "took out of the trash ");
        put_task(writer, op->row);
        return true;
    case MU_INTENT_TASK_LABEL:
        label_tasks(writer, intent);
        return true;
    case MU_INTENT_TASK_HELP:
        help_tasks(writer, intent);
        return true;
    case MU_INTENT_COMMENT_ADD:
        add_comment(writer, op);
        return true;
    case MU_INTENT_CHECKLIST_ADD:
        add_checklist(writer, intent);
        return true;
    case MU_INTENT_ITEM_EDIT:
        edit_item(writer, op);
        return true;
    default:
        return tell_status(writer, intent, op);
    }
}

static void tell_other(struct writer *writer, const struct mu_intent *intent,
                       const struct mu_op *op)
{
    switch (intent->number) {
    case MU_INTENT_BOARD_EDIT:
    case MU_INTENT_COLUMN_EDIT:
    case MU_INTENT_LABEL_EDIT:
        edit_board_part(writer, op);
        return;
    case MU_INTENT_CONFLICT_RESTORE:
        put(writer, "brought back what conflict ");
        break;
    case MU_INTENT_CONFLICT_ACCEPT:
        put(writer, "accepted what stands in conflict ");
        break;
    default:
        tell_unknown(writer, intent);
        return;
    }
    char handle[MU_HANDLE_LEN + 1];
    mu_id_handle(op->row, handle);
    put(writer, handle);
    put(writer, intent->number == MU_INTENT_CONFLICT_RESTORE ? " had set aside" : "");
}

enum mu_status mu_sentence(struct mu_history *history, const struct mu_intent *intent,
                           struct mu_buf *out, struct mu_error *err)
{
    struct writer writer = {.history = history, .out = out, .err = err};
    const struct mu_op nothing = {.entity = 0};
    const struct mu_op *op = intent->op_count > 0 ? &intent->ops[0] : &nothing;
    if (intent->number == MU_INTENT_IMPORT) {
        import_rows(&writer, intent);
    } else if (intent->number == MU_INTENT_UNDO) {
        take_back(&writer, intent);
    } else if (!tell_people(&writer, intent, op) && !tell_task(&writer, intent, op)) {
        tell_other(&writer, intent, op);
    }
    if (writer.status != MU_OK && !writer.explained) {
        return mu_fail(err, writer.status, "a sentence of the log: %s",
                       mu_status_text(writer.status));
    }
    return writer.status;
}
