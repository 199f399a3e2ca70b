/* What is done to one task: edit, move, assign, the status verbs, delete, comment, check, undo. */
#include <string.h>

#include "client/cli/board.h"
#include "client/cli/commands.h"
#include "client/cli/tokens.h"
#include "client/view/detail.h"
#include "client/view/sentence.h"
#include "client/view/task_words.h"
#include "client/view/text.h"

static enum mu_status current(struct mu_session *session, struct mu_id task,
                              struct mu_task_line *out, struct mu_error *err)
{
    bool found = false;
    MU_TRY(mu_task_line_get(session->db, &session->names, task, &session->cli->arena, out, &found,
                            err));
    return found ? MU_OK : mu_fail(err, MU_E_NOT_FOUND, "no such task here");
}

static enum mu_status finish(struct mu_session *session, struct mu_id task, const char *remark,
                             struct mu_error *err)
{
    mu_edit_poke(session);
    return mu_echo_task(session, task, remark, err);
}

/* -- edit ----------------------------------------------------------------------------------------
 */

static enum mu_status put_date(struct mu_edit *edit, uint32_t field, const char *value,
                               struct mu_error *err)
{
    struct mu_due due;
    bool none = false;
    char text[MU_DUE_TEXT_MAX + 1];
    MU_TRY(mu_token_date(edit->session, mu_slice_str(value), &due, &none, err));
    if (none) {
        mu_edit_null(edit, field);
        return MU_OK;
    }
    mu_due_format(&due, text);
    mu_edit_text(edit, field, mu_slice_str(text));
    return MU_OK;
}

static enum mu_status put_desc(struct mu_edit *edit, struct mu_id task, const char *value,
                               struct mu_error *err)
{
    struct mu_cli *cli = edit->session->cli;
    struct mu_slice text = {0};
    struct mu_row row;
    bool found = false;
    MU_TRY(mu_cli_text(cli, value, "description", MU_TEXT_MAX, &text, err));
    MU_TRY(mu_replica_row(mu_client_replica(edit->session->client), &cli->arena, MU_TASK, task,
                          &row, &found, err));
    mu_edit_merged(edit, MU_TASK_DESC, text,
                   found ? mu_row_text(&row, MU_TASK_DESC) : mu_slice_str(""));
    return MU_OK;
}

/* The fields of task.edit; *out_any when there is one. */
static enum mu_status put_fields(struct mu_edit *edit, struct mu_id task, bool *out_any,
                                 struct mu_error *err)
{
    struct mu_cli *cli = edit->session->cli;
    const struct mu_parsed *args = &cli->args;
    const char *title = mu_args_value(args, "title");
    const char *desc = mu_args_value(args, "desc");
    const char *due = mu_args_value(args, "due");
    const char *start = mu_args_value(args, "start");
    bool no_date = mu_args_flag(args, "no-date");
    bool archive = mu_args_flag(args, "archive");
    bool unarchive = mu_args_flag(args, "unarchive");
    *out_any = title != NULL || desc != NULL || due != NULL || start != NULL || no_date ||
               archive || unarchive;
    if (archive && unarchive) {
        return mu_fail(err, MU_E_USAGE, "--archive and --unarchive at once");
    }
    if (due != NULL && no_date) {
        return mu_fail(err, MU_E_USAGE, "--due and --no-date at once");
    }
    mu_edit_op(edit, MU_TASK, task);
    if (title != NULL) {
        struct mu_slice text = {0};
        MU_TRY(mu_cli_text(cli, title, "title", MU_TEXT_MAX, &text, err));
        mu_edit_text(edit, MU_TASK_TITLE, text);
    }
    if (desc != NULL) {
        MU_TRY(put_desc(edit, task, desc, err));
    }
    if (due != NULL) {
        MU_TRY(put_date(edit, MU_TASK_DUE, due, err));
    }
    if (start != NULL) {
        MU_TRY(put_date(edit, MU_TASK_START, start, err));
    }
    if (no_date) {
        mu_edit_int(edit, MU_TASK_NO_DATE, 1);
    }
    if (archive || unarchive) {
        mu_edit_int(edit, MU_TASK_ARCHIVED, archive ? 1 : 0);
    }
    return MU_OK;
}

static enum mu_status put_labels(struct mu_edit *edit, struct mu_id task, struct mu_error *err)
{
    const struct mu_parsed *args = &edit->session->cli->args;
    struct mu_id labels[MU_TASK_LABELS_MAX];
    const char *name = NULL;
    size_t count = 0;
    for (; (name = mu_args_nth(args, "label", count)) != NULL; count++) {
        bool is_new = false;
        if (count == MU_TASK_LABELS_MAX) {
            return mu_fail(err, MU_E_LIMIT, "more than %d labels", MU_TASK_LABELS_MAX);
        }
        struct mu_slice text = mu_slice_str(name[0] == '#' ? name + 1 : name);
        MU_TRY(mu_edit_label(edit, text, &labels[count], &is_new, err));
    }
    for (size_t i = 0; i < count; i++) {
        mu_edit_task_label(edit, task, labels[i], true);
    }
    for (size_t i = 0; (name = mu_args_nth(args, "unlabel", i)) != NULL; i++) {
        const struct mu_label_name *label = NULL;
        struct mu_slice text = mu_slice_str(name[0] == '#' ? name + 1 : name);
        MU_TRY(mu_names_find_label(&edit->session->names, text, &label, err));
        mu_edit_task_label(edit, task, label->id, false);
    }
    return MU_OK;
}

static enum mu_status put_helpers(struct mu_edit *edit, struct mu_id task, struct mu_error *err)
{
    static const struct {
        const char *option;
        bool on;
    } kinds[] = {{"helper", true}, {"no-helper", false}};
    const struct mu_parsed *args = &edit->session->cli->args;
    for (size_t kind = 0; kind < 2; kind++) {
        const char *handle = NULL;
        for (size_t i = 0; (handle = mu_args_nth(args, kinds[kind].option, i)) != NULL; i++) {
            const struct mu_person_name *person = NULL;
            MU_TRY(mu_session_person(edit->session, handle, &person, err));
            mu_edit_task_helper(edit, task, person->id, kinds[kind].on);
        }
    }
    return MU_OK;
}

static enum mu_status edit_task(struct mu_session *session, struct mu_error *err)
{
    struct mu_id task;
    struct mu_edit fields;
    struct mu_edit labels;
    struct mu_edit helpers;
    bool any = false;
    MU_TRY(mu_need_task(session, &task, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    mu_edit_begin(&fields, session, MU_INTENT_TASK_EDIT);
    mu_edit_begin(&labels, session, MU_INTENT_TASK_LABEL);
    mu_edit_begin(&helpers, session, MU_INTENT_TASK_HELP);
    MU_TRY(put_fields(&fields, task, &any, err));
    MU_TRY(put_labels(&labels, task, err));
    MU_TRY(put_helpers(&helpers, task, err));
    if (!any && labels.intent.op_count == 0 && helpers.intent.op_count == 0) {
        return mu_fail(err, MU_E_USAGE, "nothing to change: muster help edit lists what there is");
    }
    /* Each is an edit of its own: they need different rights and merge differently. */
    if (any) {
        MU_TRY(mu_edit_author(&fields, err));
    }
    if (labels.intent.op_count > 0) {
        MU_TRY(mu_edit_author(&labels, err));
    }
    if (helpers.intent.op_count > 0) {
        MU_TRY(mu_edit_author(&helpers, err));
    }
    return finish(session, task, NULL, err);
}

enum mu_status mu_run_edit(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, edit_task, err);
}

/* -- move ----------------------------------------------------------------------------------------
 */

static enum mu_status put_place(struct mu_edit *edit, bool *out_placed, struct mu_error *err)
{
    struct mu_session *session = edit->session;
    const struct mu_parsed *args = &session->cli->args;
    const char *after = mu_args_value(args, "after");
    const char *before = mu_args_value(args, "before");
    struct mu_id id = {{0}};
    int said = (after != NULL) + (before != NULL) + mu_args_flag(args, "first") +
               mu_args_flag(args, "last");
    if (said > 1) {
        return mu_fail(err, MU_E_USAGE, "one place: --after, --before, --first or --last");
    }
    if (after != NULL || before != NULL) {
        MU_TRY(
            mu_task_resolve(session->db, mu_slice_str(after != NULL ? after : before), &id, err));
    }
    bool behind = after != NULL || mu_args_flag(args, "first");
    if (said == 1) {
        mu_edit_id(edit, behind ? MU_ARG_AFTER : MU_ARG_BEFORE, id);
    }
    *out_placed = said == 1;
    return MU_OK;
}

static enum mu_status move_task(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_id task;
    struct mu_task_line line;
    struct mu_edit edit;
    bool placed = false;
    MU_TRY(mu_need_task(session, &task, err));
    MU_TRY(current(session, task, &line, err));
    const struct mu_arg_word *name = mu_cli_word(cli);
    MU_TRY(mu_cli_no_more(cli, err));
    mu_edit_begin(&edit, session, MU_INTENT_TASK_MOVE);
    mu_edit_op(&edit, MU_TASK, task);
    struct mu_id column_id = line.column != NULL ? line.column->id : (struct mu_id){{0}};
    if (name != NULL) {
        const struct mu_column_name *column = NULL;
        const struct mu_board_name *board = line.column != NULL && line.column->board != SIZE_MAX
                                                ? &session->names.boards[line.column->board]
                                                : NULL;
        const char *text = name->text[0] == '^' ? name->text + 1 : name->text;
        MU_TRY(mu_names_find_column(&session->names, board, mu_slice_str(text), &column, err));
        column_id = column->id;
        mu_edit_id(&edit, MU_TASK_COLUMN, column_id);
    }
    MU_TRY(put_place(&edit, &placed, err));
    if (name == NULL && !placed) {
        return mu_fail(err, MU_E_USAGE, "to which column? usage: muster move %s",
                       cli->command->arguments);
    }
    mu_edit_int(&edit, MU_ARG_EXPECT, line.state);
    MU_TRY(mu_edit_author(&edit, err));
    MU_BUF_AUTO struct mu_buf remark;
    mu_buf_init(&remark, 512);
    MU_TRY(mu_column_remark(session, column_id, &remark, err));
    MU_TRY(mu_cli_put(mu_buf_append_byte(&remark, 0), err));
    return finish(session, task, remark.len > 1 ? (const char *)remark.data : NULL, err);
}

enum mu_status mu_run_move(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, move_task, err);
}

/* -- assign, and the status verbs
 * ------------------------------------------------------------------ */

static enum mu_status assign_task(struct mu_session *session, struct mu_error *err)
{
    struct mu_id task;
    struct mu_edit edit;
    const char *who = NULL;
    MU_TRY(mu_need_task(session, &task, err));
    MU_TRY(mu_cli_need(session->cli, "to whom (@kofi, or nobody)", &who, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    mu_edit_begin(&edit, session, MU_INTENT_TASK_ASSIGN);
    mu_edit_op(&edit, MU_TASK, task);
    if (strcmp(who, "nobody") == 0 || strcmp(who, "@nobody") == 0) {
        mu_edit_null(&edit, MU_TASK_OWNER);
    } else {
        const struct mu_person_name *person = NULL;
        MU_TRY(mu_session_person(session, who, &person, err));
        mu_edit_id(&edit, MU_TASK_OWNER, person->id);
    }
    MU_TRY(mu_edit_author(&edit, err));
    return finish(session, task, NULL, err);
}

enum mu_status mu_run_assign(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, assign_task, err);
}

static uint32_t intent_of(const char *verb)
{
    static const struct {
        const char *verb;
        uint32_t intent;
    } verbs[] = {
        {"accept", MU_INTENT_TASK_ACCEPT}, {"decline", MU_INTENT_TASK_DECLINE},
        {"start", MU_INTENT_TASK_START},   {"review", MU_INTENT_TASK_REVIEW},
        {"done", MU_INTENT_TASK_DONE},     {"reopen", MU_INTENT_TASK_REOPEN},
        {"drop", MU_INTENT_TASK_DROP},
    };
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].verb, verb) == 0) {
            return verbs[i].intent;
        }
    }
    MU_ASSERT(!"a status verb");
    return 0;
}

/* The reason is --reason, or the words behind the task. */
static enum mu_status put_reason(struct mu_edit *edit, struct mu_error *err)
{
    struct mu_cli *cli = edit->session->cli;
    const char *given = mu_args_value(&cli->args, "reason");
    const struct mu_arg_word *word = given == NULL ? mu_cli_word(cli) : NULL;
    MU_TRY(mu_cli_no_more(cli, err));
    given = word != NULL ? word->text : given;
    if (given != NULL) {
        struct mu_slice text = {0};
        MU_TRY(mu_cli_text(cli, given, "reason", MU_TEXT_MAX, &text, err));
        mu_edit_text(edit, MU_TASK_REASON, text);
    }
    return MU_OK;
}

/* The state, where the column's name does not begin with it, and a limit that is passed. */
static enum mu_status put_state(struct mu_session *session, const struct mu_task_line *line,
                                struct mu_buf *out, struct mu_error *err)
{
    struct mu_slice state = mu_slice_str(mu_state_name(line->state));
    if (line->column == NULL || !mu_starts_with_word(line->column->name, state)) {
        MU_TRY(mu_cli_put(mu_buf_append(out, state.data, state.len), err));
    }
    MU_BUF_AUTO struct mu_buf limit;
    mu_buf_init(&limit, 512);
    if (line->column != NULL) {
        MU_TRY(mu_column_remark(session, line->column->id, &limit, err));
    }
    if (out->len > 0 && limit.len > 0) {
        MU_TRY(mu_cli_put(mu_buf_append_str(out, " \xc2\xb7 "), err));
    }
    MU_TRY(mu_cli_put(mu_buf_append(out, limit.data, limit.len), err));
    return mu_cli_put(mu_buf_append_byte(out, 0), err);
}

static enum mu_status verb_task(struct mu_session *session, struct mu_error *err)
{
    struct mu_id task;
    struct mu_edit edit;
    struct mu_task_line line;
    uint32_t intent = intent_of(session->cli->command->name);
    MU_TRY(mu_need_task(session, &task, err));
    MU_TRY(current(session, task, &line, err));
    mu_edit_begin(&edit, session, intent);
    mu_edit_op(&edit, MU_TASK, task);
    mu_edit_int(&edit, MU_ARG_EXPECT, line.state);
    if (intent == MU_INTENT_TASK_DECLINE || intent == MU_INTENT_TASK_DROP) {
        MU_TRY(put_reason(&edit, err));
    } else {
        MU_TRY(mu_cli_no_more(session->cli, err));
    }
    MU_TRY(mu_edit_author(&edit, err));
    MU_TRY(current(session, task, &line, err));
    MU_BUF_AUTO struct mu_buf remark;
    mu_buf_init(&remark, 1024);
    MU_TRY(put_state(session, &line, &remark, err));
    return finish(session, task, remark.len > 1 ? (const char *)remark.data : NULL, err);
}

enum mu_status mu_run_verb(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, verb_task, err);
}

/* -- delete -------------------------------------------------------------------------------------
 */

static enum mu_status delete_task(struct mu_session *session, struct mu_error *err)
{
    struct mu_id task;
    struct mu_edit edit;
    bool back = mu_args_flag(&session->cli->args, "restore");
    MU_TRY(mu_need_task(session, &task, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    mu_edit_begin(&edit, session, MU_INTENT_TASK_DELETE);
    mu_edit_op(&edit, MU_TASK, task);
    mu_edit_int(&edit, MU_TASK_DELETED, back ? 0 : 1);
    MU_TRY(mu_edit_author(&edit, err));
    return finish(session, task, NULL, err);
}

enum mu_status mu_run_delete(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, delete_task, err);
}

/* -- comment --------------------------------------------------------------------------------------
 */

static enum mu_status comment_task(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_id task;
    struct mu_edit edit;
    const char *given = NULL;
    struct mu_slice text = {0};
    MU_TRY(mu_need_task(session, &task, err));
    MU_TRY(mu_cli_need(cli, "what do you say", &given, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_cli_text(cli, given, "comment", MU_TEXT_MAX, &text, err));
    mu_edit_begin(&edit, session, MU_INTENT_COMMENT_ADD);
    mu_edit_op(&edit, MU_COMMENT, mu_edit_new_id(session));
    mu_edit_id(&edit, MU_COMMENT_TASK, task);
    mu_edit_text(&edit, MU_COMMENT_TEXT, text);
    MU_TRY(mu_edit_author(&edit, err));
    return finish(session, task, "commented", err);
}

enum mu_status mu_run_comment(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, comment_task, err);
}

/* -- check ----------------------------------------------------------------------------------------
 */

/* The last checklist, or a new one in the same edit. */
static void put_new_item(struct mu_edit *edit, const struct mu_task_detail *detail,
                         struct mu_slice name, const char *list_name)
{
    struct mu_session *session = edit->session;
    const struct mu_checklist_line *list =
        detail->checklist_count > 0 ? &detail->checklists[detail->checklist_count - 1] : NULL;
    for (size_t i = 0; list_name != NULL && i < detail->checklist_count; i++) {
        if (mu_same_word(detail->checklists[i].name, mu_slice_str(list_name))) {
            list = &detail->checklists[i];
            list_name = NULL;
        }
    }
    struct mu_id list_id = list != NULL && list_name == NULL ? list->id : (struct mu_id){{0}};
    if (mu_id_is_zero(list_id)) {
        list_id = mu_edit_new_id(session);
        mu_edit_op(edit, MU_CHECKLIST, list_id);
        mu_edit_id(edit, MU_CHECKLIST_TASK, detail->line.id);
        mu_edit_text(edit, MU_CHECKLIST_NAME,
                     mu_slice_str(list_name != NULL ? list_name : "Checklist"));
    }
    mu_edit_op(edit, MU_ITEM, mu_edit_new_id(session));
    mu_edit_id(edit, MU_ITEM_CHECKLIST, list_id);
    mu_edit_id(edit, MU_ITEM_TASK, detail->line.id);
    mu_edit_text(edit, MU_ITEM_NAME, name);
}

static enum mu_status say_items(struct mu_session *session, const struct mu_task_detail *detail,
                                struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_detail_json(&json, "task", detail, &session->names);
        mu_json_close(&json);
        return mu_cli_json_end(&json, err);
    }
    size_t number = 1;
    for (size_t i = 0; i < detail->checklist_count; i++) {
        for (size_t j = 0; j < detail->checklists[i].item_count; j++, number++) {
            const struct mu_item_line *item = &detail->checklists[i].items[j];
            MU_TRY(cli->terminal
                       ? mu_cli_say(cli, err, "%3zu [%c] ", number, item->done ? 'x' : ' ')
                       : mu_cli_say(cli, err, "%zu\t%s\t", number, item->done ? "done" : "open"));
            MU_TRY(mu_cli_put(mu_show(&cli->out, item->name, MU_SHOW_ONE_LINE), err));
            MU_TRY(mu_cli_say(cli, err, "\n"));
        }
    }
    return MU_OK;
}

static enum mu_status check_item(struct mu_session *session, const struct mu_task_detail *detail,
                                 const char *which, struct mu_error *err)
{
    const struct mu_parsed *args = &session->cli->args;
    const struct mu_item_line *item = NULL;
    struct mu_edit edit;
    MU_TRY(mu_detail_find_item(detail, mu_slice_str(which), &item, err));
    mu_edit_begin(&edit, session, MU_INTENT_ITEM_EDIT);
    mu_edit_op(&edit, MU_ITEM, item->id);
    if (mu_args_flag(args, "remove")) {
        mu_edit_int(&edit, MU_ITEM_DELETED, 1);
    } else {
        mu_edit_int(&edit, MU_ITEM_DONE, mu_args_flag(args, "off") ? 0 : 1);
    }
    return mu_edit_author(&edit, err);
}

static enum mu_status check_task(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_id task;
    struct mu_task_detail detail;
    const char *added = mu_args_value(&cli->args, "add");
    MU_TRY(mu_need_task(session, &task, err));
    const struct mu_arg_word *which = mu_cli_word(cli);
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_task_detail_read(session->db, &session->names, task, &cli->arena, &detail, err));
    if (which == NULL && added == NULL) {
        return say_items(session, &detail, err);
    }
    if (which != NULL) {
        MU_TRY(check_item(session, &detail, which->text, err));
    }
    if (added != NULL) {
        struct mu_slice name = {0};
        struct mu_edit edit;
        MU_TRY(mu_cli_text(cli, added, "checklist item", MU_TITLE_MAX, &name, err));
        mu_edit_begin(&edit, session, MU_INTENT_CHECKLIST_ADD);
        put_new_item(&edit, &detail, name, mu_args_value(&cli->args, "list"));
        MU_TRY(mu_edit_author(&edit, err));
    }
    mu_edit_poke(session);
    MU_TRY(mu_task_detail_read(session->db, &session->names, task, &cli->arena, &detail, err));
    size_t done = 0;
    size_t total = 0;
    for (size_t i = 0; i < detail.checklist_count; i++) {
        done += detail.checklists[i].done_count;
        total += detail.checklists[i].item_count;
    }
    MU_BUF_AUTO struct mu_buf remark;
    mu_buf_init(&remark, 64);
    MU_TRY(mu_cli_put(mu_buf_printf(&remark, "checked %zu of %zu%c", done, total, '\0'), err));
    return mu_echo_task(session, task, (const char *)remark.data, err);
}

enum mu_status mu_run_check(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, check_task, err);
}

/* -- undo
 * ------------------------------------------------------------------------------------------ */

/* What the undo does, in words. */
static enum mu_status tell_undo(struct mu_session *session, const struct mu_intent *intent,
                                struct mu_buf *out, struct mu_error *err)
{
    struct mu_history history;
    MU_TRY(mu_history_open(&history, session->db, &session->names, &session->from,
                           &session->cli->arena, err));
    enum mu_status status = mu_sentence(&history, intent, out, err);
    mu_history_close(&history);
    return status;
}

static enum mu_status undo(struct mu_session *session, struct mu_error *err)
{
    struct mu_edit edit;
    struct mu_id undone;
    MU_TRY(mu_cli_no_more(session->cli, err));
    mu_edit_begin(&edit, session, MU_INTENT_UNDO);
    MU_TRY(mu_client_undo(session->client, &session->cli->arena, &edit.intent, &undone, err));
    MU_BUF_AUTO struct mu_buf told;
    mu_buf_init(&told, 4096);
    MU_TRY(tell_undo(session, &edit.intent, &told, err));
    MU_TRY(mu_edit_author(&edit, err));
    mu_edit_poke(session);
    return mu_echo_line(session, mu_buf_view(&told), err);
}

enum mu_status mu_run_undo(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, undo, err);
}
