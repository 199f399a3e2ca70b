/* Changing a task: edit and move. */
#include <string.h>

#include "client/cli/board.h"
#include "client/cli/commands.h"
#include "client/cli/tokens.h"
#include "client/view/goals.h"

/* -- edit -------------------------------------------------------------------- */

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
    const char *skills = mu_args_value(args, "skills");
    bool no_date = mu_args_flag(args, "no-date");
    bool archive = mu_args_flag(args, "archive");
    bool unarchive = mu_args_flag(args, "unarchive");
    *out_any = title != NULL || desc != NULL || due != NULL || start != NULL || no_date ||
               skills != NULL || archive || unarchive;
    if (archive && unarchive) {
        return mu_fail(err, MU_E_USAGE, "--archive and --unarchive at once");
    }
    if (due != NULL && no_date) {
        return mu_fail(err, MU_E_USAGE, "--due and --no-date at once");
    }
    mu_edit_op(edit, MU_TASK, task);
    if (title != NULL) {
        struct mu_slice text = {0};
        MU_TRY(mu_cli_word_text(title, "title", MU_TEXT_MAX, &text, err));
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
    if (skills != NULL) {
        struct mu_slice text = {0};
        MU_TRY(mu_cli_word_text(skills, "skills", MU_NAME_MAX, &text, err));
        mu_edit_text(edit, MU_TASK_SKILLS, text);
    }
    if (archive || unarchive) {
        mu_edit_int(edit, MU_TASK_ARCHIVED, archive ? 1 : 0);
    }
    return MU_OK;
}

static enum mu_status put_goal(struct mu_edit *edit, struct mu_slice ref, struct mu_error *err)
{
    struct mu_id goal;
    if (mu_slice_equal(ref, mu_slice_str("none"))) {
        mu_edit_null(edit, MU_TASK_GOAL);
        return MU_OK;
    }
    MU_TRY(mu_goal_resolve(edit->session->db, ref, &goal, err));
    mu_edit_id(edit, MU_TASK_GOAL, goal);
    return MU_OK;
}

static enum mu_status put_parent(struct mu_edit *edit, struct mu_slice ref, struct mu_error *err)
{
    struct mu_id parent;
    if (mu_slice_equal(ref, mu_slice_str("none"))) {
        mu_edit_null(edit, MU_TASK_PARENT);
        return MU_OK;
    }
    MU_TRY(mu_task_resolve(edit->session->db, ref, &parent, err));
    mu_edit_id(edit, MU_TASK_PARENT, parent);
    return MU_OK;
}

/* What it serves: goal:G-2 and parent:T-3 as words, or as options. */
static enum mu_status put_aims(struct mu_edit *edit, bool *out_any, struct mu_error *err)
{
    struct mu_cli *cli = edit->session->cli;
    const char *goal = mu_args_value(&cli->args, "goal");
    const char *parent = mu_args_value(&cli->args, "parent");
    const struct mu_arg_word *word = NULL;
    *out_any = *out_any || goal != NULL || parent != NULL;
    if (goal != NULL) {
        MU_TRY(put_goal(edit, mu_slice_str(goal), err));
    }
    if (parent != NULL) {
        MU_TRY(put_parent(edit, mu_slice_str(parent), err));
    }
    while (cli->word < cli->args.word_count) {
        struct mu_token token = mu_token_of(&cli->args.words[cli->word]);
        if (token.kind != MU_TOKEN_GOAL && token.kind != MU_TOKEN_PARENT) {
            return mu_cli_no_more(cli, err);
        }
        word = mu_cli_word(cli);
        MU_ASSERT(word != NULL);
        MU_TRY(token.kind == MU_TOKEN_GOAL ? put_goal(edit, token.value, err)
                                           : put_parent(edit, token.value, err));
        *out_any = true;
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
    mu_edit_begin(&fields, session, MU_INTENT_TASK_EDIT);
    mu_edit_begin(&labels, session, MU_INTENT_TASK_LABEL);
    mu_edit_begin(&helpers, session, MU_INTENT_TASK_HELP);
    MU_TRY(put_fields(&fields, task, &any, err));
    MU_TRY(put_aims(&fields, &any, err));
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
    return mu_finish_task(session, task, NULL, err);
}

enum mu_status mu_run_edit(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, edit_task, err);
}

/* -- move -------------------------------------------------------------------- */

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
    MU_TRY(mu_current_task(session, task, &line, err));
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
    return mu_finish_task(session, task, remark.len > 1 ? (const char *)remark.data : NULL, err);
}

enum mu_status mu_run_move(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, move_task, err);
}
