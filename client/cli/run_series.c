/* Tasks that come again: series add, series list, series end. */
#include <stdlib.h>
#include <string.h>

#include "client/cli/board.h"
#include "client/cli/commands.h"
#include "client/cli/edit.h"
#include "client/cli/tokens.h"
#include "client/view/handles.h"
#include "client/view/recur_words.h"
#include "client/view/series.h"

#define MADE_MOST 64

/* Make what is due of all series, as the agent does. */
static enum mu_status make_due(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_occurrence *items = NULL;
    size_t count = 0;
    MU_TRY(mu_series_due(session->db, &session->names, &session->from, MADE_MOST, &cli->arena,
                         &items, &count, err));
    for (size_t i = 0; i < count; i++) {
        struct mu_intent intent;
        struct mu_authored authored;
        MU_TRY(mu_occurrence_intent(&items[i], &cli->arena, &intent, err));
        MU_TRY(mu_client_author(session->client, &session->moment.turn, &intent, &cli->arena,
                                &authored, err));
    }
    return MU_OK;
}

/* What the command line says of a new series. */
struct said {
    struct mu_buf title;
    struct mu_id owner; /* zero: nobody */
    const struct mu_column_name *column;
    struct mu_recur rule;
    int64_t due_minute; /* -1: none */
    int64_t start_day;
};

static enum mu_status read_title(struct mu_session *session, struct said *said,
                                 struct mu_error *err)
{
    const struct mu_arg_word *word = NULL;
    while ((word = mu_cli_word(session->cli)) != NULL) {
        struct mu_token token = mu_token_of(word);
        if (token.kind == MU_TOKEN_PERSON) {
            const struct mu_person_name *person = NULL;
            MU_TRY(mu_session_person(session, word->text, &person, err));
            said->owner = person->id;
            continue;
        }
        if (token.kind == MU_TOKEN_COLUMN) {
            const struct mu_board_name *board = NULL;
            MU_TRY(mu_default_board(session, &board, err));
            MU_TRY(mu_find_column(session, board, token.value, &said->column, err));
            continue;
        }
        enum mu_status status = said->title.len > 0 ? mu_buf_append_byte(&said->title, ' ') : MU_OK;
        status = status == MU_OK ? mu_buf_append_str(&said->title, word->text) : status;
        if (status != MU_OK) {
            return mu_fail(err, status, "the title is longer than %d bytes", MU_TITLE_MAX);
        }
    }
    return said->title.len == 0 ? mu_fail(err, MU_E_USAGE,
                                          "a series needs a title: muster series add \"Weekly "
                                          "numbers\" --every fri")
                                : MU_OK;
}

/* "15:00" */
static enum mu_status read_minute(struct mu_session *session, const char *text, int64_t *out_minute,
                                  struct mu_error *err)
{
    struct mu_due due;
    bool none = false;
    MU_TRY(mu_token_date(session, mu_slice_str(text), &due, &none, err));
    if (none || !due.has_time) {
        return mu_fail(err, MU_E_USAGE, "--due is a time of the day, such as 15:00");
    }
    *out_minute = due.minute;
    return MU_OK;
}

static enum mu_status read_options(struct mu_session *session, struct said *said,
                                   struct mu_error *err)
{
    const struct mu_parsed *args = &session->cli->args;
    const char *every = mu_args_value(args, "every");
    const char *due = mu_args_value(args, "due");
    const char *start = mu_args_value(args, "start");
    struct mu_local now = mu_zone_local(session->from.zone, session->from.now);
    if (every == NULL) {
        return mu_fail(err, MU_E_USAGE,
                       "how often? --every fri, weekday, \"2 weeks on fri\", "
                       "\"month on 15\"");
    }
    MU_TRY(mu_recur_words_parse(every, &said->rule, err));
    said->due_minute = -1;
    said->start_day = mu_date_to_days(now.date);
    if (due != NULL) {
        MU_TRY(read_minute(session, due, &said->due_minute, err));
    }
    if (start != NULL) {
        struct mu_due first;
        bool none = false;
        MU_TRY(mu_token_date(session, mu_slice_str(start), &first, &none, err));
        if (none) {
            return mu_fail(err, MU_E_USAGE, "--start is a date");
        }
        said->start_day = mu_date_to_days(first.date);
    }
    return MU_OK;
}

static enum mu_status echo_series(struct mu_session *session, struct mu_id id, struct mu_error *err)
{
    struct mu_series_line *lines = NULL;
    size_t count = 0;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)8 * MU_TITLE_MAX);
    MU_TRY(mu_series_list(session->db, true, &session->names, &session->from, &session->cli->arena,
                          &lines, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (mu_id_equal(lines[i].id, id)) {
            MU_TRY(mu_cli_put(mu_words_series(&text, &lines[i], &session->names, &session->from),
                              err));
        }
    }
    mu_edit_poke(session);
    return mu_echo_line(session, mu_buf_view(&text), err);
}

static enum mu_status write_series(struct mu_session *session, const struct said *said,
                                   struct mu_error *err)
{
    struct mu_edit edit;
    char rule[MU_RECUR_TEXT_MAX + 1];
    struct mu_id id = mu_edit_new_id(session);
    bool completion = mu_args_flag(&session->cli->args, "after-done");
    mu_recur_format(&said->rule, rule);
    mu_edit_begin(&edit, session, MU_INTENT_SERIES_ADD);
    mu_edit_op(&edit, MU_SERIES, id);
    mu_edit_text(&edit, MU_SERIES_RULE, mu_slice_str(rule));
    mu_edit_int(&edit, MU_SERIES_BASIS,
                completion ? MU_SERIES_FROM_COMPLETION : MU_SERIES_FROM_DUE);
    mu_edit_int(&edit, MU_SERIES_START_DAY, said->start_day);
    mu_edit_id(&edit, MU_SERIES_COLUMN, said->column->id);
    mu_edit_text(&edit, MU_SERIES_TITLE, mu_buf_view(&said->title));
    if (said->due_minute >= 0) {
        mu_edit_int(&edit, MU_SERIES_DUE, said->due_minute);
    }
    if (session->cli->zone.name[0] != '\0') {
        mu_edit_text(&edit, MU_SERIES_ZONE, mu_slice_str(session->cli->zone.name));
    }
    if (!mu_id_is_zero(said->owner)) {
        mu_edit_id(&edit, MU_SERIES_OWNER, said->owner);
    }
    MU_TRY(mu_edit_author(&edit, err));
    MU_TRY(make_due(session, err));
    return echo_series(session, id, err);
}

static enum mu_status add(struct mu_session *session, struct mu_error *err)
{
    struct said said = {.column = NULL};
    mu_buf_init(&said.title, MU_TITLE_MAX);
    enum mu_status status = read_title(session, &said, err);
    if (status == MU_OK) {
        status = read_options(session, &said, err);
    }
    if (status == MU_OK && said.column == NULL) {
        const struct mu_board_name *board = NULL;
        status = mu_default_board(session, &board, err);
        if (status == MU_OK) {
            status = mu_default_column(session, board, &said.column, err);
        }
    }
    if (status == MU_OK) {
        status = write_series(session, &said, err);
    }
    mu_buf_deinit(&said.title);
    return status;
}

enum mu_status mu_run_series_add(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, add, err);
}

static enum mu_status end(struct mu_session *session, struct mu_error *err)
{
    struct mu_edit edit;
    struct mu_id id;
    const char *ref = NULL;
    MU_TRY(mu_cli_need(session->cli, "which series (~k3f9)", &ref, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    MU_TRY(mu_handle_resolve(session->db, MU_SERIES, "series", mu_slice_str(ref), &id, err));
    mu_edit_begin(&edit, session, MU_INTENT_SERIES_EDIT);
    mu_edit_op(&edit, MU_SERIES, id);
    mu_edit_int(&edit, MU_SERIES_ENDED, 1);
    MU_TRY(mu_edit_author(&edit, err));
    return echo_series(session, id, err);
}

enum mu_status mu_run_series_end(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, end, err);
}

static enum mu_status list(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_series_line *lines = NULL;
    struct mu_json json;
    size_t count = 0;
    MU_TRY(mu_series_list(session->db, mu_args_flag(&cli->args, "all"), &session->names,
                          &session->from, &cli->arena, &lines, &count, err));
    if (cli->json) {
        mu_cli_json(cli, &json);
        mu_json_array(&json, "series");
    }
    for (size_t i = 0; i < count; i++) {
        if (cli->json) {
            mu_series_json(&json, NULL, &lines[i], &session->names);
        } else if (!cli->terminal) {
            MU_TRY(mu_cli_put(mu_series_tabs(&cli->out, &lines[i], &session->names), err));
        } else {
            MU_TRY(mu_cli_put(
                mu_words_series(&cli->out, &lines[i], &session->names, &session->from), err));
            MU_TRY(mu_cli_say(cli, err, "\n"));
        }
    }
    if (cli->json) {
        mu_json_close(&json);
        return mu_cli_json_end(&json, err);
    }
    return count == 0 && cli->terminal
               ? mu_cli_say(cli, err,
                            "Nothing comes again yet: muster series add \"Weekly "
                            "numbers\" --every fri\n")
               : MU_OK;
}

enum mu_status mu_run_series_list(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_session_read(cli, &session, err));
    enum mu_status status = list(&session, err);
    mu_session_close(&session);
    return status;
}
