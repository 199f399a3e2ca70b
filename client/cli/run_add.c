/* muster add: a task from one line. */
#include <string.h>

#include "client/cli/board.h"
#include "client/cli/commands.h"
#include "client/cli/tokens.h"
#include "client/view/goals.h"
#include "common/base/utf8.h"

/* What the line was understood to say. */
struct wish {
    struct mu_buf title;
    const struct mu_person_name *owner; /* the first person named */
    const struct mu_person_name *helpers[MU_TASK_PEOPLE_SHOWN];
    size_t helper_count;
    struct mu_slice labels[MU_TASK_LABELS_MAX];
    size_t label_count;
    struct mu_slice column; /* empty: the default */
    struct mu_due due, start;
    bool has_due, has_start, no_date;
    struct mu_id goal, parent; /* zero: none */
};

static enum mu_status add_text(struct wish *wish, struct mu_slice text, struct mu_error *err)
{
    enum mu_status status = wish->title.len > 0 ? mu_buf_append_byte(&wish->title, ' ') : MU_OK;
    if (status == MU_OK) {
        status = mu_buf_append(&wish->title, text.data, text.len);
    }
    return status == MU_E_LIMIT
               ? mu_fail(err, status, "the title is larger than the limit of %d bytes", MU_TEXT_MAX)
               : mu_cli_put(status, err);
}

static enum mu_status add_person(struct mu_session *session, struct wish *wish,
                                 struct mu_slice handle, struct mu_error *err)
{
    const struct mu_person_name *person = NULL;
    /* Words come from the command line: a value ends where its word does. */
    enum mu_status status = mu_session_person(session, (const char *)handle.data, &person, err);
    if (status == MU_E_NOT_FOUND) {
        session->cli->hint =
            "to write it as text, put it into quotes with other words, or after --";
    }
    MU_TRY(status);
    if (wish->owner == NULL) {
        wish->owner = person;
    } else if (wish->helper_count < MU_TASK_PEOPLE_SHOWN) {
        wish->helpers[wish->helper_count++] = person;
    } else {
        return mu_fail(err, MU_E_LIMIT, "more than %d helpers", MU_TASK_PEOPLE_SHOWN);
    }
    return MU_OK;
}

static bool all_digits(struct mu_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
    }
    return true;
}

/* "#3" is more likely the third of something than a label, unless there is such a label. */
static bool is_number(struct mu_session *session, struct mu_slice name)
{
    const struct mu_label_name *known = NULL;
    struct mu_error ignored;
    return all_digits(name) &&
           mu_names_find_label(&session->names, name, &known, &ignored) != MU_OK;
}

static enum mu_status add_label(struct wish *wish, struct mu_slice name, struct mu_error *err)
{
    if (wish->label_count == MU_TASK_LABELS_MAX) {
        return mu_fail(err, MU_E_LIMIT, "more than %d labels", MU_TASK_LABELS_MAX);
    }
    wish->labels[wish->label_count++] = name;
    return MU_OK;
}

static enum mu_status add_due(struct mu_session *session, struct wish *wish, struct mu_slice text,
                              struct mu_error *err)
{
    MU_TRY(mu_token_date(session, text, &wish->due, &wish->no_date, err));
    wish->has_due = !wish->no_date;
    return MU_OK;
}

static enum mu_status add_start(struct mu_session *session, struct wish *wish, struct mu_slice text,
                                struct mu_error *err)
{
    bool none = false;
    MU_TRY(mu_token_date(session, text, &wish->start, &none, err));
    wish->has_start = !none;
    return MU_OK;
}

static enum mu_status add_word(struct mu_session *session, struct wish *wish,
                               const struct mu_arg_word *word, struct mu_error *err)
{
    struct mu_token token = mu_token_of(word);
    switch (token.kind) {
    case MU_TOKEN_PERSON:
        return add_person(session, wish, token.value, err);
    case MU_TOKEN_LABEL:
        return is_number(session, token.value) ? add_text(wish, mu_slice_str(word->text), err)
                                               : add_label(wish, token.value, err);
    case MU_TOKEN_COLUMN:
        wish->column = token.value;
        return MU_OK;
    case MU_TOKEN_DUE:
        /* "due<fri" asks a question; a new task has nothing to answer. */
        return token.compare == MU_DUE_AT ? add_due(session, wish, token.value, err)
                                          : add_text(wish, mu_slice_str(word->text), err);
    case MU_TOKEN_START:
        return add_start(session, wish, token.value, err);
    case MU_TOKEN_GOAL:
        return mu_goal_resolve(session->db, token.value, &wish->goal, err);
    case MU_TOKEN_PARENT:
        return mu_task_resolve(session->db, token.value, &wish->parent, err);
    case MU_TOKEN_STATE:
    case MU_TOKEN_TEXT:
        break;
    }
    return add_text(wish, mu_slice_str(word->text), err);
}

static enum mu_status read_options(struct mu_session *session, struct wish *wish,
                                   struct mu_error *err)
{
    const struct mu_parsed *args = &session->cli->args;
    const char *value = mu_args_value(args, "due");
    if (value != NULL) {
        MU_TRY(add_due(session, wish, mu_slice_str(value), err));
    }
    value = mu_args_value(args, "start");
    if (value != NULL) {
        MU_TRY(add_start(session, wish, mu_slice_str(value), err));
    }
    value = mu_args_value(args, "owner");
    if (value != NULL) {
        MU_TRY(add_person(session, wish, mu_slice_str(value), err));
    }
    for (size_t i = 0; (value = mu_args_nth(args, "label", i)) != NULL; i++) {
        MU_TRY(add_label(wish, mu_slice_str(value[0] == '#' ? value + 1 : value), err));
    }
    value = mu_args_value(args, "goal");
    if (value != NULL) {
        MU_TRY(mu_goal_resolve(session->db, mu_slice_str(value), &wish->goal, err));
    }
    value = mu_args_value(args, "parent");
    if (value != NULL) {
        MU_TRY(mu_task_resolve(session->db, mu_slice_str(value), &wish->parent, err));
    }
    value = mu_args_value(args, "column");
    wish->column = value != NULL ? mu_slice_str(value) : wish->column;
    wish->no_date = wish->no_date || (!wish->has_due && mu_args_flag(args, "no-date"));
    return MU_OK;
}

static enum mu_status read_wish(struct mu_session *session, struct wish *wish, struct mu_error *err)
{
    const struct mu_arg_word *word = NULL;
    while ((word = mu_cli_word(session->cli)) != NULL) {
        MU_TRY(add_word(session, wish, word, err));
    }
    MU_TRY(read_options(session, wish, err));
    if (wish->title.len == 0) {
        return mu_fail(err, MU_E_USAGE, "a task needs a title: muster add \"Call Kowalczyk\"");
    }
    if (mu_slice_equal(mu_buf_view(&wish->title), mu_slice_str("-"))) {
        struct mu_slice title = {0};
        MU_TRY(mu_cli_text(session->cli, "-", "title", MU_TEXT_MAX, &title, err));
        mu_buf_clear(&wish->title);
        MU_TRY(add_text(wish, title, err));
    }
    return mu_utf8_valid(mu_buf_view(&wish->title))
               ? MU_OK
               : mu_fail(err, MU_E_INVALID, "the title is not UTF-8 text");
}

/* -- the edit ---------------------------------------------------------------- */

static void put_due(struct mu_edit *edit, uint32_t field, const struct mu_due *due)
{
    char text[MU_DUE_TEXT_MAX + 1];
    mu_due_format(due, text);
    mu_edit_text(edit, field, mu_slice_str(text));
}

/* The place among the others, when one was asked for. */
static enum mu_status put_place(struct mu_edit *edit, struct mu_error *err)
{
    struct mu_session *session = edit->session;
    const char *after = mu_args_value(&session->cli->args, "after");
    struct mu_id id = {{0}};
    if (after != NULL) {
        MU_TRY(mu_task_resolve(session->db, mu_slice_str(after), &id, err));
    }
    if (after != NULL || mu_args_flag(&session->cli->args, "first")) {
        mu_edit_id(edit, MU_ARG_AFTER, id);
    }
    return MU_OK;
}

static enum mu_status put_checklist(struct mu_edit *edit, struct mu_id task, struct mu_error *err)
{
    struct mu_session *session = edit->session;
    if (mu_args_nth(&session->cli->args, "check", 0) == NULL) {
        return MU_OK;
    }
    struct mu_id list = mu_edit_new_id(session);
    mu_edit_op(edit, MU_CHECKLIST, list);
    mu_edit_id(edit, MU_CHECKLIST_TASK, task);
    mu_edit_text(edit, MU_CHECKLIST_NAME, mu_slice_str("Checklist"));
    const char *name = NULL;
    for (size_t i = 0; (name = mu_args_nth(&session->cli->args, "check", i)) != NULL; i++) {
        struct mu_slice text = {0};
        MU_TRY(mu_cli_word_text(name, "checklist item", MU_TITLE_MAX, &text, err));
        mu_edit_op(edit, MU_ITEM, mu_edit_new_id(session));
        mu_edit_id(edit, MU_ITEM_CHECKLIST, list);
        mu_edit_id(edit, MU_ITEM_TASK, task);
        mu_edit_text(edit, MU_ITEM_NAME, text);
    }
    return MU_OK;
}

static enum mu_status choose_column(struct mu_session *session, const struct wish *wish,
                                    const struct mu_column_name **out, struct mu_error *err)
{
    const struct mu_board_name *board = NULL;
    MU_TRY(mu_default_board(session, &board, err));
    return wish->column.len > 0 ? mu_find_column(session, board, wish->column, out, err)
                                : mu_default_column(session, board, out, err);
}

static enum mu_status put_task(struct mu_edit *edit, const struct wish *wish, struct mu_id task,
                               struct mu_error *err)
{
    struct mu_session *session = edit->session;
    const struct mu_column_name *column = NULL;
    MU_TRY(choose_column(session, wish, &column, err));
    mu_edit_op(edit, MU_TASK, task);
    mu_edit_text(edit, MU_TASK_TITLE, mu_buf_view(&wish->title));
    mu_edit_id(edit, MU_TASK_COLUMN, column->id);
    if (wish->owner != NULL) {
        mu_edit_id(edit, MU_TASK_OWNER, wish->owner->id);
    }
    if (wish->has_due) {
        put_due(edit, MU_TASK_DUE, &wish->due);
    }
    if (wish->has_start) {
        put_due(edit, MU_TASK_START, &wish->start);
    }
    if (wish->no_date) {
        mu_edit_int(edit, MU_TASK_NO_DATE, 1);
    }
    if (!mu_id_is_zero(wish->goal)) {
        mu_edit_id(edit, MU_TASK_GOAL, wish->goal);
    }
    if (!mu_id_is_zero(wish->parent)) {
        mu_edit_id(edit, MU_TASK_PARENT, wish->parent);
    }
    const char *skills = mu_args_value(&session->cli->args, "skills");
    if (skills != NULL) {
        struct mu_slice text = {0};
        MU_TRY(mu_cli_word_text(skills, "skills", MU_NAME_MAX, &text, err));
        mu_edit_text(edit, MU_TASK_SKILLS, text);
    }
    const char *desc = mu_args_value(&session->cli->args, "desc");
    if (desc != NULL) {
        struct mu_slice text = {0};
        MU_TRY(mu_cli_text(session->cli, desc, "description", MU_TEXT_MAX, &text, err));
        mu_edit_text(edit, MU_TASK_DESC, text);
    }
    return put_place(edit, err);
}

static enum mu_status make_edit(struct mu_edit *edit, const struct wish *wish, struct mu_id task,
                                size_t *out_new_labels, struct mu_error *err)
{
    struct mu_id labels[MU_TASK_LABELS_MAX];
    MU_TRY(put_task(edit, wish, task, err));
    for (size_t i = 0; i < wish->label_count; i++) {
        bool is_new = false;
        MU_TRY(mu_edit_label(edit, wish->labels[i], &labels[i], &is_new, err));
        *out_new_labels += is_new ? 1 : 0;
    }
    for (size_t i = 0; i < wish->label_count; i++) {
        mu_edit_task_label(edit, task, labels[i], true);
    }
    for (size_t i = 0; i < wish->helper_count; i++) {
        mu_edit_task_helper(edit, task, wish->helpers[i]->id, true);
    }
    return put_checklist(edit, task, err);
}

/* With what somebody should know: labels made in passing, and a limit that is passed. */
static enum mu_status echo(struct mu_session *session, struct mu_id task, size_t new_labels,
                           struct mu_error *err)
{
    struct mu_task_line line;
    MU_BUF_AUTO struct mu_buf remark;
    mu_buf_init(&remark, 1024);
    MU_TRY(mu_current_task(session, task, &line, err));
    if (line.column != NULL) {
        MU_TRY(mu_column_remark(session, line.column->id, &remark, err));
    }
    if (new_labels > 0) {
        MU_TRY(mu_cli_put(mu_buf_printf(&remark, "%s%s", remark.len > 0 ? " \xc2\xb7 " : "",
                                        new_labels == 1 ? "made a new label" : "made new labels"),
                          err));
    }
    MU_TRY(mu_cli_put(mu_buf_append_byte(&remark, 0), err));
    return mu_finish_task(session, task, remark.len > 1 ? (const char *)remark.data : NULL, err);
}

static enum mu_status add(struct mu_session *session, struct wish *wish, struct mu_error *err)
{
    struct mu_edit edit;
    size_t new_labels = 0;
    MU_TRY(mu_session_need_self(session, err));
    MU_TRY(read_wish(session, wish, err));
    struct mu_id task = mu_edit_new_id(session);
    mu_edit_begin(&edit, session, MU_INTENT_TASK_ADD);
    MU_TRY(make_edit(&edit, wish, task, &new_labels, err));
    MU_TRY(mu_edit_author(&edit, err));
    return echo(session, task, new_labels, err);
}

enum mu_status mu_run_add(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_session_open(cli, &session, err));
    struct wish wish = {.owner = NULL};
    mu_buf_init(&wish.title, MU_TEXT_MAX);
    enum mu_status status = add(&session, &wish, err);
    mu_buf_deinit(&wish.title);
    mu_session_close(&session);
    return status;
}
