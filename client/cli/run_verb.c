/* What is done to a task with a word: assign, the status verbs, delete, comment, check, undo. */
#include <string.h>

#include "client/cli/board.h"
#include "client/cli/commands.h"
#include "client/cli/run_skills.h"
#include "client/view/detail.h"
#include "client/view/sentence.h"
#include "client/view/text.h"

/* -- assign, and the status verbs
 * ------------------------------------------------------------------ */

/* Who would be good at it is named. */
static enum mu_status ask_for_whom(struct mu_session *session, struct mu_id task,
                                   struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf hint;
    mu_buf_init(&hint, (size_t)32 * MU_NAME_MAX);
    MU_TRY(mu_skills_hint(session, task, &hint, err));
    return hint.len == 0 ? mu_fail(err, MU_E_USAGE,
                                   "to whom (@kofi, or nobody)? usage: muster assign T-42 @who")
                         : mu_fail(err, MU_E_USAGE, "to whom? it asks for %.*s", (int)hint.len,
                                   (const char *)hint.data);
}

static enum mu_status assign_task(struct mu_session *session, struct mu_error *err)
{
    struct mu_id task;
    struct mu_edit edit;
    const char *who = NULL;
    MU_TRY(mu_need_task(session, &task, err));
    if (session->cli->word >= session->cli->args.word_count) {
        return ask_for_whom(session, task, err);
    }
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
    return mu_finish_task(session, task, NULL, err);
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

/* What somebody says may well begin with "file:"; only "-" is read from standard input. */
static enum mu_status said_or_read(struct mu_cli *cli, const char *given, const char *what,
                                   struct mu_slice *out_text, struct mu_error *err)
{
    return strcmp(given, "-") == 0 ? mu_cli_text(cli, given, what, MU_TEXT_MAX, out_text, err)
                                   : mu_cli_word_text(given, what, MU_TEXT_MAX, out_text, err);
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
        MU_TRY(said_or_read(cli, given, "reason", &text, err));
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
    MU_TRY(mu_current_task(session, task, &line, err));
    mu_edit_begin(&edit, session, intent);
    mu_edit_op(&edit, MU_TASK, task);
    mu_edit_int(&edit, MU_ARG_EXPECT, line.state);
    if (intent == MU_INTENT_TASK_DECLINE || intent == MU_INTENT_TASK_DROP) {
        MU_TRY(put_reason(&edit, err));
    } else {
        MU_TRY(mu_cli_no_more(session->cli, err));
    }
    MU_TRY(mu_edit_author(&edit, err));
    MU_TRY(mu_current_task(session, task, &line, err));
    MU_BUF_AUTO struct mu_buf remark;
    mu_buf_init(&remark, 1024);
    MU_TRY(put_state(session, &line, &remark, err));
    return mu_finish_task(session, task, remark.len > 1 ? (const char *)remark.data : NULL, err);
}

enum mu_status mu_run_verb(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, verb_task, err);
}

/* -- delete ------------------------------------------------------------------ */

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
    return mu_finish_task(session, task, NULL, err);
}

enum mu_status mu_run_delete(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, delete_task, err);
}

/* -- comment ----------------------------------------------------------------- */

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
    MU_TRY(said_or_read(cli, given, "comment", &text, err));
    mu_edit_begin(&edit, session, MU_INTENT_COMMENT_ADD);
    mu_edit_op(&edit, MU_COMMENT, mu_edit_new_id(session));
    mu_edit_id(&edit, MU_COMMENT_TASK, task);
    mu_edit_text(&edit, MU_COMMENT_TEXT, text);
    MU_TRY(mu_edit_author(&edit, err));
    return mu_finish_task(session, task, "commented", err);
}

enum mu_status mu_run_comment(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, comment_task, err);
}

/* -- check ------------------------------------------------------------------- */

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
        MU_TRY(mu_cli_word_text(added, "checklist item", MU_TITLE_MAX, &name, err));
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
