/* Columns and labels. */
#include <inttypes.h>
#include <string.h>

#include "client/cli/board.h"
#include "client/cli/commands.h"
#include "client/cli/tokens.h"
#include "client/view/text.h"

#define WIP_MAX 100000

/* -- column list ------------------------------------------------------------- */

static struct mu_slice board_of(struct mu_session *session, const struct mu_column_name *column)
{
    return column->board != SIZE_MAX ? session->names.boards[column->board].name : mu_slice_str("");
}

static enum mu_status say_column(struct mu_session *session, const struct mu_column_name *column,
                                 struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    int64_t load = 0;
    MU_TRY(mu_column_load(session, column->id, &load, err));
    MU_BUF_AUTO struct mu_buf part;
    mu_buf_init(&part, (size_t)8 * MU_NAME_MAX);
    MU_TRY(mu_cli_put(mu_show(&part, column->name, MU_SHOW_ONE_LINE), err));
    MU_TRY(mu_cli_put(
        mu_show_fit(&cli->out, mu_buf_view(&part), cli->terminal ? 24 : 100000, cli->terminal),
        err));
    MU_TRY(mu_cli_say(cli, err, cli->terminal ? "  %-8s %" PRId64 : "\t%s\t%" PRId64,
                      mu_kind_name(column->kind), load));
    if (column->wip_limit > 0) {
        MU_TRY(
            mu_cli_say(cli, err, cli->terminal ? " of %" PRId64 : "\t%" PRId64, column->wip_limit));
    } else {
        MU_TRY(mu_cli_say(cli, err, cli->terminal ? "" : "\t"));
    }
    MU_TRY(mu_cli_say(cli, err, cli->terminal ? "  " : "\t"));
    MU_TRY(mu_cli_put(mu_show(&cli->out, board_of(session, column), MU_SHOW_ONE_LINE), err));
    return mu_cli_say(cli, err, column->archived ? "%sarchived\n" : "%s\n",
                      cli->terminal ? "  " : "\t");
}

static enum mu_status column_json(struct mu_json *json, struct mu_session *session,
                                  const struct mu_column_name *column, struct mu_error *err)
{
    int64_t load = 0;
    MU_TRY(mu_column_load(session, column->id, &load, err));
    mu_json_object(json, NULL);
    mu_json_id(json, "id", column->id);
    mu_json_text(json, "name", column->name);
    mu_json_str(json, "kind", mu_kind_name(column->kind));
    mu_json_int(json, "open_tasks", load);
    if (column->wip_limit > 0) {
        mu_json_int(json, "wip_limit", column->wip_limit);
    } else {
        mu_json_null(json, "wip_limit");
    }
    mu_json_text(json, "board", board_of(session, column));
    mu_json_bool(json, "archived", column->archived);
    mu_json_close(json);
    return MU_OK;
}

static enum mu_status list_columns(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const struct mu_board_name *board = NULL;
    struct mu_json json;
    bool all = mu_args_flag(&cli->args, "all");
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_session_board(session, &board, err));
    if (cli->json) {
        mu_cli_json(cli, &json);
        mu_json_array(&json, "columns");
    }
    for (size_t i = 0; i < session->names.column_count; i++) {
        const struct mu_column_name *column = &session->names.columns[i];
        const struct mu_board_name *of =
            column->board != SIZE_MAX ? &session->names.boards[column->board] : NULL;
        bool hidden = column->archived || (of != NULL && of->archived);
        if ((board != NULL && of != board) || (hidden && !all)) {
            continue;
        }
        MU_TRY(cli->json ? column_json(&json, session, column, err)
                         : say_column(session, column, err));
    }
    if (cli->json) {
        mu_json_close(&json);
        return mu_cli_json_end(&json, err);
    }
    return MU_OK;
}

enum mu_status mu_run_column_list(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, list_columns, err);
}

/* -- column add, edit -------------------------------------------------------- */

static enum mu_status put_column(struct mu_edit *edit, const struct mu_board_name *board,
                                 struct mu_error *err)
{
    struct mu_cli *cli = edit->session->cli;
    const char *kind = mu_args_value(&cli->args, "kind");
    const char *wip = mu_args_value(&cli->args, "wip");
    const char *after = mu_args_value(&cli->args, "after");
    int64_t limit = 0;
    if (kind != NULL) {
        int64_t number = mu_kind_parse(kind);
        if (number == 0) {
            return mu_fail(err, MU_E_USAGE, "a kind is one of backlog, todo, doing, review, done");
        }
        mu_edit_int(edit, MU_COLUMN_KIND, number);
    }
    if (wip != NULL && strcmp(wip, "none") == 0) {
        mu_edit_null(edit, MU_COLUMN_WIP_LIMIT);
    } else if (wip != NULL) {
        MU_TRY(mu_token_number(wip, "--wip", 1, WIP_MAX, &limit, err));
        mu_edit_int(edit, MU_COLUMN_WIP_LIMIT, limit);
    }
    if (after != NULL) {
        const struct mu_column_name *other = NULL;
        MU_TRY(
            mu_names_find_column(&edit->session->names, board, mu_slice_str(after), &other, err));
        mu_edit_id(edit, MU_ARG_AFTER, other->id);
    } else if (mu_args_flag(&cli->args, "first")) {
        mu_edit_id(edit, MU_ARG_AFTER, (struct mu_id){{0}});
    }
    if (mu_args_flag(&cli->args, "archive") || mu_args_flag(&cli->args, "unarchive")) {
        mu_edit_int(edit, MU_COLUMN_ARCHIVED, mu_args_flag(&cli->args, "archive") ? 1 : 0);
    }
    return MU_OK;
}

static enum mu_status echo_named(struct mu_session *session, const char *kind, struct mu_slice name,
                                 struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 65536);
    mu_edit_poke(session);
    MU_TRY(mu_cli_put(mu_buf_printf(&text, "%s \"", kind), err));
    MU_TRY(mu_cli_put(mu_show(&text, name, MU_SHOW_ONE_LINE), err));
    MU_TRY(mu_cli_put(mu_buf_append_byte(&text, '"'), err));
    return mu_echo_line(session, mu_buf_view(&text), err);
}

/* column "Doing" · doing · holds 2 of 3 · on Work */
static enum mu_status echo_column(struct mu_session *session, struct mu_id id, struct mu_error *err)
{
    const struct mu_column_name *column = mu_names_column(&session->names, id);
    int64_t load = 0;
    if (column == NULL) {
        return mu_fail(err, MU_E_INTERNAL, "the edit is saved, but its column cannot be read");
    }
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 65536);
    mu_edit_poke(session);
    MU_TRY(mu_column_load(session, id, &load, err));
    MU_TRY(mu_cli_put(mu_buf_append_str(&text, "column \""), err));
    MU_TRY(mu_cli_put(mu_show(&text, column->name, MU_SHOW_ONE_LINE), err));
    MU_TRY(mu_cli_put(mu_buf_printf(&text, "\" \xc2\xb7 %s \xc2\xb7 holds %" PRId64,
                                    mu_kind_name(column->kind), load),
                      err));
    if (column->wip_limit > 0) {
        MU_TRY(mu_cli_put(mu_buf_printf(&text, " of %" PRId64, column->wip_limit), err));
    }
    MU_TRY(mu_cli_put(mu_buf_append_str(&text, " \xc2\xb7 on "), err));
    MU_TRY(mu_cli_put(mu_show(&text, board_of(session, column), MU_SHOW_ONE_LINE), err));
    MU_TRY(mu_cli_put(mu_buf_append_str(&text, column->archived ? " \xc2\xb7 archived" : ""), err));
    return mu_echo_line(session, mu_buf_view(&text), err);
}

static enum mu_status add_column(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const char *given = NULL;
    const struct mu_board_name *board = NULL;
    struct mu_slice name = {0};
    struct mu_edit edit;
    MU_TRY(mu_cli_need(cli, "which name", &given, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_cli_word_text(given, "name", MU_NAME_MAX, &name, err));
    MU_TRY(mu_default_board(session, &board, err));
    mu_edit_begin(&edit, session, MU_INTENT_COLUMN_EDIT);
    struct mu_id id = mu_edit_new_id(session);
    mu_edit_op(&edit, MU_COLUMN, id);
    mu_edit_id(&edit, MU_COLUMN_BOARD, board->id);
    mu_edit_text(&edit, MU_COLUMN_NAME, name);
    MU_TRY(put_column(&edit, board, err));
    MU_TRY(mu_edit_author(&edit, err));
    return echo_column(session, id, err);
}

enum mu_status mu_run_column_add(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, add_column, err);
}

static enum mu_status edit_column(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const char *which = NULL;
    const char *renamed = mu_args_value(&cli->args, "name");
    const struct mu_board_name *board = NULL;
    const struct mu_column_name *column = NULL;
    struct mu_edit edit;
    MU_TRY(mu_cli_need(cli, "which column", &which, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_default_board(session, &board, err));
    MU_TRY(mu_find_column(session, board, mu_slice_str(which[0] == '^' ? which + 1 : which),
                          &column, err));
    struct mu_id id = column->id;
    mu_edit_begin(&edit, session, MU_INTENT_COLUMN_EDIT);
    mu_edit_op(&edit, MU_COLUMN, id);
    if (renamed != NULL) {
        struct mu_slice name = {0};
        MU_TRY(mu_cli_word_text(renamed, "name", MU_NAME_MAX, &name, err));
        mu_edit_text(&edit, MU_COLUMN_NAME, name);
    }
    MU_TRY(put_column(&edit, board, err));
    if (!edit.failed && edit.intent.ops[0].arg_count == 0) {
        return mu_fail(err, MU_E_USAGE, "nothing to change: muster help column edit");
    }
    MU_TRY(mu_edit_author(&edit, err));
    return echo_column(session, id, err);
}

enum mu_status mu_run_column_edit(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, edit_column, err);
}

/* -- label
 * ------------------------------------------------------------------------------------------- */

static enum mu_status list_labels(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_json json;
    MU_TRY(mu_cli_no_more(cli, err));
    if (cli->json) {
        mu_cli_json(cli, &json);
        mu_json_array(&json, "labels");
    }
    for (size_t i = 0; i < session->names.label_count; i++) {
        const struct mu_label_name *label = &session->names.labels[i];
        if (cli->json) {
            mu_json_object(&json, NULL);
            mu_json_id(&json, "id", label->id);
            mu_json_text(&json, "name", label->name);
            mu_json_text(&json, "colour", label->colour);
            mu_json_close(&json);
            continue;
        }
        MU_TRY(mu_cli_say(cli, err, cli->terminal ? "#" : ""));
        MU_TRY(mu_cli_put(mu_show(&cli->out, mu_label_words(label), MU_SHOW_ONE_LINE), err));
        MU_TRY(mu_cli_say(cli, err, cli->terminal ? "  " : "\t"));
        MU_TRY(mu_cli_put(mu_show(&cli->out, label->colour, MU_SHOW_ONE_LINE), err));
        MU_TRY(mu_cli_say(cli, err, "\n"));
    }
    if (cli->json) {
        mu_json_close(&json);
        return mu_cli_json_end(&json, err);
    }
    return MU_OK;
}

enum mu_status mu_run_label_list(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, list_labels, err);
}

static enum mu_status edit_label(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const char *which = NULL;
    const char *renamed = mu_args_value(&cli->args, "name");
    const char *colour = mu_args_value(&cli->args, "colour");
    const struct mu_label_name *label = NULL;
    struct mu_edit edit;
    MU_TRY(mu_cli_need(cli, "which label", &which, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_names_find_label(&session->names, mu_slice_str(which[0] == '#' ? which + 1 : which),
                               &label, err));
    struct mu_slice name = mu_label_words(label);
    mu_edit_begin(&edit, session, MU_INTENT_LABEL_EDIT);
    mu_edit_op(&edit, MU_LABEL, label->id);
    if (renamed != NULL) {
        MU_TRY(mu_cli_word_text(renamed, "name", MU_NAME_MAX, &name, err));
        mu_edit_text(&edit, MU_LABEL_NAME, name);
    }
    if (colour != NULL) {
        struct mu_slice text = {0};
        MU_TRY(mu_cli_word_text(colour, "colour", 32, &text, err));
        mu_edit_text(&edit, MU_LABEL_COLOUR, text);
    }
    if (renamed == NULL && colour == NULL) {
        return mu_fail(err, MU_E_USAGE, "nothing to change: --name or --colour");
    }
    MU_TRY(mu_edit_author(&edit, err));
    return echo_named(session, "label", name, err);
}

enum mu_status mu_run_label_edit(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, edit_label, err);
}
