/* muster list: the board as lines. */
#include <string.h>

#include "client/cli/board.h"
#include "client/cli/commands.h"
#include "client/cli/run_skills.h"
#include "client/cli/tokens.h"
#include "client/view/goals.h"
#include "client/view/task_words.h"
#include "client/view/text.h"

/* Lines without --limit or --all: what a person reads.  What is left out is said on stderr.
 * Programs ask for --json and get all. */
#define LIMIT      100
#define TITLE_MIN  20
#define PEOPLE_MAX 16
#define LABELS_MIN 6 /* with the gap before them */
#define FLUSH_AT   ((size_t)64 * 1024)

/* -- the question ------------------------------------------------------------ */

static enum mu_status filter_person(struct mu_session *session, struct mu_task_filter *filter,
                                    struct mu_slice handle, struct mu_error *err)
{
    filter->by_owner = true;
    if (mu_slice_equal(handle, mu_slice_str("nobody"))) {
        filter->owner = (struct mu_id){{0}};
        return MU_OK;
    }
    const struct mu_person_name *person = NULL;
    MU_TRY(mu_session_person(session, (const char *)handle.data, &person, err));
    filter->owner = person->id;
    return MU_OK;
}

static enum mu_status filter_label(struct mu_session *session, struct mu_task_filter *filter,
                                   struct mu_slice name, struct mu_error *err)
{
    const struct mu_label_name *label = NULL;
    if (filter->label_count == MU_TASK_LABELS_MAX) {
        return mu_fail(err, MU_E_LIMIT, "more than %d labels", MU_TASK_LABELS_MAX);
    }
    MU_TRY(mu_names_find_label(&session->names, name, &label, err));
    filter->labels[filter->label_count++] = label->id;
    return MU_OK;
}

static enum mu_status filter_due(struct mu_session *session, struct mu_task_filter *filter,
                                 struct mu_slice text, enum mu_due_compare compare,
                                 struct mu_error *err)
{
    bool none = false;
    MU_TRY(mu_token_date(session, text, &filter->due_bound, &none, err));
    if (none && compare != MU_DUE_AT) {
        return mu_fail(err, MU_E_USAGE, "nothing is before or after 'none': due:none");
    }
    filter->due = none ? MU_DUE_NONE : compare;
    return MU_OK;
}

/* Any of the columns named. */
static enum mu_status filter_column(struct mu_session *session, struct mu_task_filter *filter,
                                    struct mu_slice name, struct mu_error *err)
{
    bool *marks = mu_arena_array(&session->cli->arena, session->names.column_count + 1, 1);
    if (marks == NULL) {
        return mu_fail(err, MU_E_NOMEM, "list tasks: out of memory");
    }
    if (filter->columns != NULL) {
        memcpy(marks, filter->columns, session->names.column_count);
    }
    filter->columns = marks;
    return mu_names_mark_columns(&session->names, filter->board, name, marks, err);
}

static enum mu_status filter_word(struct mu_session *session, struct mu_task_filter *filter,
                                  const struct mu_arg_word *word, struct mu_error *err)
{
    struct mu_token token = mu_token_of(word);
    int state = 0;
    switch (token.kind) {
    case MU_TOKEN_PERSON:
        return filter_person(session, filter, token.value, err);
    case MU_TOKEN_LABEL:
        return filter_label(session, filter, token.value, err);
    case MU_TOKEN_COLUMN:
        return filter_column(session, filter, token.value, err);
    case MU_TOKEN_DUE:
        return filter_due(session, filter, token.value, token.compare, err);
    case MU_TOKEN_STATE:
        MU_TRY(mu_token_state(token.value, &state, err));
        filter->states |= 1u << state;
        return MU_OK;
    case MU_TOKEN_GOAL:
        return mu_goal_resolve(session->db, token.value, &filter->goal, err);
    case MU_TOKEN_START:
    case MU_TOKEN_PARENT:
    case MU_TOKEN_TEXT:
        break;
    }
    if (filter->word_count == MU_TASK_WORDS_MAX) {
        return mu_fail(err, MU_E_LIMIT, "more than %d words", MU_TASK_WORDS_MAX);
    }
    filter->words[filter->word_count++] = mu_slice_str(word->text);
    return MU_OK;
}

static enum mu_status read_filter(struct mu_session *session, struct mu_task_filter *filter,
                                  size_t *out_limit, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const char *limit = mu_args_value(&cli->args, "limit");
    int64_t number = 0;
    *filter = (struct mu_task_filter){.all = mu_args_flag(&cli->args, "all"),
                                      .trash = mu_args_flag(&cli->args, "trash"),
                                      .blocked = mu_args_flag(&cli->args, "blocked")};
    if (mu_args_flag(&cli->args, "unowned")) {
        filter->by_owner = true; /* the zero id: nobody */
    }
    *out_limit = LIMIT;
    if (filter->all || cli->json) {
        *out_limit = SIZE_MAX;
    }
    if (limit != NULL) {
        MU_TRY(mu_token_number(limit, "--limit", 0, 100000000, &number, err));
        *out_limit = number == 0 ? SIZE_MAX : (size_t)number;
    }
    MU_TRY(mu_session_board(session, &filter->board, err));
    const struct mu_arg_word *word = NULL;
    while ((word = mu_cli_word(cli)) != NULL) {
        MU_TRY(filter_word(session, filter, word, err));
    }
    const char *name = mu_args_value(&cli->args, "column");
    if (name != NULL) {
        MU_TRY(filter_column(session, filter, mu_slice_str(name), err));
    }
    for (size_t i = 0; (name = mu_args_nth(&cli->args, "label", i)) != NULL; i++) {
        MU_TRY(filter_label(session, filter, mu_slice_str(name), err));
    }
    return MU_OK;
}

/* -- on a terminal ----------------------------------------------------------- */

/* The lines of a terminal are measured before they are painted, so they are kept. */
struct shown_line {
    const struct mu_column_name *column;
    char ref[MU_TASK_REF_MAX];
    struct mu_slice title, people, due, labels; /* neutralised */
    bool late, closed;
    const char *marks; /* "blocked", "waiting", both, or "" */
};

/* Columns that each part gets; 0: there is no room for it, or nothing in it. */
struct widths {
    size_t ref, title, people, due, labels;
    size_t waiting; /* of the words for blockers and unconfirmed edits */
};

static bool keep(struct mu_cli *cli, struct mu_buf *text, struct mu_slice *out)
{
    bool ok = mu_arena_copy(&cli->arena, mu_buf_view(text), out);
    mu_buf_clear(text);
    return ok;
}

static void widen(size_t *width, struct mu_slice text)
{
    size_t wide = mu_show_width(text);
    *width = wide > *width ? wide : *width;
}

static enum mu_status keep_line(struct mu_session *session, const struct mu_task_line *line,
                                struct mu_buf *text, struct shown_line *out, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    out->column = line->column;
    memcpy(out->ref, line->ref, sizeof out->ref);
    out->late = mu_task_is_late(line, &session->from);
    out->marks = mu_task_marks(line);
    out->closed = line->state >= MU_STATE_DONE || line->archived;
    MU_TRY(mu_cli_put(mu_show(text, line->title, MU_SHOW_ONE_LINE), err));
    bool ok = keep(cli, text, &out->title);
    MU_TRY(mu_cli_put(mu_words_task_people(text, line, &session->names), err));
    ok = ok && keep(cli, text, &out->people);
    if (line->due.len > 0) {
        MU_TRY(mu_cli_put(mu_words_due_text(text, line->due, MU_DUE_SHORT, &session->from), err));
    }
    ok = ok && keep(cli, text, &out->due);
    MU_TRY(mu_cli_put(mu_words_task_labels(text, line, &session->names), err));
    ok = ok && keep(cli, text, &out->labels);
    return ok ? MU_OK : mu_fail(err, MU_E_NOMEM, "list tasks: out of memory");
}

static enum mu_status put_cell(struct mu_cli *cli, struct mu_slice text, size_t width,
                               enum mu_paint paint, bool pad, struct mu_error *err)
{
    MU_TRY(mu_cli_put(mu_buf_append_str(&cli->out, text.len > 0 ? mu_paint(cli, paint) : ""), err));
    MU_TRY(mu_cli_put(mu_show_fit(&cli->out, text, width, pad), err));
    return mu_cli_put(mu_buf_append_str(&cli->out, text.len > 0 ? mu_unpaint(cli) : ""), err);
}

/* The parts behind the title, in order; what is empty at the end is not padded to. */
static enum mu_status put_rest(struct mu_cli *cli, const struct shown_line *line,
                               const struct widths *widths, struct mu_error *err)
{
    const struct {
        struct mu_slice text;
        size_t width;
        enum mu_paint paint;
    } parts[] = {
        {line->people, widths->people, MU_PLAIN},
        {line->due, widths->due, line->late ? MU_RED : MU_PLAIN},
        {line->labels, widths->labels, MU_YELLOW},
        {mu_slice_str(line->marks), widths->waiting, MU_DIM},
    };
    size_t last = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        last = parts[i].width > 0 && parts[i].text.len > 0 ? i + 1 : last;
    }
    for (size_t i = 0; i < last; i++) {
        if (parts[i].width > 0) {
            MU_TRY(mu_cli_say(cli, err, "  "));
            MU_TRY(put_cell(cli, parts[i].text, parts[i].width, parts[i].paint, i + 1 < last, err));
        }
    }
    return mu_cli_say(cli, err, "\n");
}

/* "  T-42  Call Kowalczyk        @ana  Fri 27 Nov (3 d)  #sales" */
static enum mu_status put_line(struct mu_cli *cli, const struct shown_line *line,
                               const struct widths *widths, struct mu_error *err)
{
    bool more = line->people.len + line->due.len + line->labels.len > 0 || line->marks[0] != '\0';
    MU_TRY(mu_cli_say(cli, err, "  "));
    MU_TRY(put_cell(cli, mu_slice_str(line->ref), widths->ref, MU_CYAN, true, err));
    MU_TRY(mu_cli_say(cli, err, "  "));
    MU_TRY(put_cell(cli, line->title, widths->title, line->closed ? MU_DIM : MU_PLAIN, more, err));
    return put_rest(cli, line, widths, err);
}

static size_t with_gap(size_t width)
{
    return width > 0 ? width + 2 : 0;
}

/* The title first, then people and dates, then labels: what does not fit is left out. */
static void fit_widths(struct widths *widths, size_t width)
{
    size_t wanted = widths->title;
    size_t room = width - 2 - with_gap(widths->ref);
    widths->people = widths->people > PEOPLE_MAX ? PEOPLE_MAX : widths->people;
    size_t *const parts[] = {&widths->due, &widths->people, &widths->waiting};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (room < TITLE_MIN + with_gap(*parts[i])) {
            *parts[i] = 0;
        }
        room -= with_gap(*parts[i]);
    }
    size_t labels = room > wanted ? room - wanted : 0;
    labels = labels < room / 3 ? room / 3 : labels;
    labels = labels < with_gap(widths->labels) ? labels : with_gap(widths->labels);
    widths->labels = labels < LABELS_MIN ? 0 : labels - 2;
    room -= with_gap(widths->labels);
    widths->title = wanted < room ? wanted : room;
}

static enum mu_status put_heading(struct mu_session *session, const struct mu_column_name *column,
                                  bool first, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const struct mu_names *names = &session->names;
    MU_TRY(mu_cli_say(cli, err, "%s%s", first ? "" : "\n", mu_paint(cli, MU_BOLD)));
    MU_TRY(mu_cli_put(mu_show(&cli->out, column != NULL ? column->name : mu_slice_str("No column"),
                              MU_SHOW_ONE_LINE),
                      err));
    MU_TRY(mu_cli_say(cli, err, "%s", mu_unpaint(cli)));
    if (column != NULL && column->board != SIZE_MAX && names->board_count > 1) {
        MU_TRY(mu_cli_say(cli, err, "%s  ", mu_paint(cli, MU_DIM)));
        MU_TRY(mu_cli_put(mu_show(&cli->out, names->boards[column->board].name, MU_SHOW_ONE_LINE),
                          err));
        MU_TRY(mu_cli_say(cli, err, "%s", mu_unpaint(cli)));
    }
    if (column != NULL && column->wip_limit > 0) {
        int64_t load = 0;
        MU_TRY(mu_column_load(session, column->id, &load, err));
        bool over = load > column->wip_limit;
        MU_TRY(mu_cli_say(cli, err, "  %s%lld of %lld%s%s", mu_paint(cli, over ? MU_RED : MU_DIM),
                          (long long)load, (long long)column->wip_limit,
                          over ? ", over its limit" : "", mu_unpaint(cli)));
    }
    return mu_cli_say(cli, err, "\n");
}

static enum mu_status paint_lines(struct mu_session *session, const struct shown_line *lines,
                                  size_t count, struct mu_error *err)
{
    struct widths widths = {0};
    for (size_t i = 0; i < count; i++) {
        widen(&widths.ref, mu_slice_str(lines[i].ref));
        widen(&widths.title, lines[i].title);
        widen(&widths.people, lines[i].people);
        widen(&widths.due, lines[i].due);
        widen(&widths.labels, lines[i].labels);
        widen(&widths.waiting, mu_slice_str(lines[i].marks));
    }
    fit_widths(&widths, session->cli->width);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || lines[i].column != lines[i - 1].column) {
            MU_TRY(put_heading(session, lines[i].column, i == 0, err));
        }
        MU_TRY(put_line(session->cli, &lines[i], &widths, err));
    }
    return MU_OK;
}

static enum mu_status list_terminal(struct mu_session *session, struct mu_task_list *list,
                                    size_t limit, bool *out_more, size_t *out_count,
                                    struct mu_error *err)
{
    struct mu_task_line line;
    bool found = true;
    size_t room = 0;
    struct shown_line *lines = NULL;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)16 * MU_TEXT_MAX);
    for (;;) {
        MU_TRY(mu_task_list_next(list, &line, &found, err));
        if (!found || *out_count == limit) {
            break;
        }
        if (*out_count == room) {
            struct shown_line *wider =
                mu_arena_array(&session->cli->arena, room * 2 + 64, sizeof *wider);
            if (wider == NULL) {
                return mu_fail(err, MU_E_NOMEM, "list tasks: out of memory");
            }
            if (room > 0) {
                memcpy(wider, lines, room * sizeof *wider);
            }
            lines = wider;
            room = room * 2 + 64;
        }
        MU_TRY(keep_line(session, &line, &text, &lines[*out_count], err));
        (*out_count)++;
    }
    *out_more = found;
    return paint_lines(session, lines, *out_count, err);
}

/* -- for programs ------------------------------------------------------------ */

static enum mu_status list_tabs(struct mu_session *session, struct mu_task_list *list, size_t limit,
                                bool *out_more, size_t *out_count, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_task_line line;
    bool found = true;
    for (;; (*out_count)++) {
        MU_TRY(mu_task_list_next(list, &line, &found, err));
        if (!found || *out_count == limit) {
            *out_more = found;
            return MU_OK;
        }
        MU_TRY(mu_cli_put(mu_task_tabs(&cli->out, &line, &session->names), err));
        if (cli->out.len >= FLUSH_AT) {
            MU_TRY(mu_cli_flush(cli, err));
        }
    }
}

static enum mu_status list_json(struct mu_session *session, struct mu_task_list *list, size_t limit,
                                bool *out_more, size_t *out_count, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_task_line line;
    struct mu_json json;
    bool found = true;
    mu_cli_json(cli, &json);
    mu_json_array(&json, "tasks");
    for (;; (*out_count)++) {
        MU_TRY(mu_task_list_next(list, &line, &found, err));
        if (!found || *out_count == limit) {
            break;
        }
        mu_task_json(&json, NULL, &line, &session->names);
        if (cli->out.len >= FLUSH_AT) {
            MU_TRY(mu_cli_put(json.status, err));
            MU_TRY(mu_cli_flush(cli, err));
        }
    }
    *out_more = found;
    mu_json_close(&json);
    mu_json_bool(&json, "more", found);
    return mu_cli_json_end(&json, err);
}

/* -- the command ------------------------------------------------------------- */

static enum mu_status list_tasks(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_task_filter filter;
    struct mu_task_list *list = NULL;
    size_t limit = 0;
    size_t count = 0;
    bool more = false;
    MU_TRY(read_filter(session, &filter, &limit, err));
    MU_TRY(mu_task_list_open(session->db, &session->names, &filter, &cli->arena, &list, err));
    enum mu_status status = cli->json ? list_json(session, list, limit, &more, &count, err)
                            : cli->terminal
                                ? list_terminal(session, list, limit, &more, &count, err)
                                : list_tabs(session, list, limit, &more, &count, err);
    mu_task_list_close(list);
    MU_TRY(status);
    if (mu_args_flag(&cli->args, "unowned") && count > 0) {
        MU_TRY(mu_cli_flush(cli, err));
        MU_TRY(mu_skills_note_unowned(session, err));
    }
    /* Who asked for a number knows that there may be more. */
    if (more && mu_args_value(&cli->args, "limit") == NULL) {
        MU_TRY(mu_cli_flush(cli, err));
        mu_cli_note(cli, "%zu shown, there are more: --limit N, or --limit 0 for every one", count);
    } else if (count == 0 && cli->terminal && !cli->json) {
        MU_TRY(mu_cli_say(cli, err, "Nothing to show%s\n",
                          filter.all ? "." : "; --all has what is done and archived, too."));
    }
    if (count == 0 && mu_args_flag(&cli->args, "exit-code")) {
        cli->exit_code = MU_EXIT_NO;
    }
    return MU_OK;
}

enum mu_status mu_run_list(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_session_read(cli, &session, err));
    enum mu_status status = list_tasks(&session, err);
    mu_session_close(&session);
    return status;
}
