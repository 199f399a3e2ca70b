/* The figures: stats, report, review. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/books.h"
#include "client/cli/commands.h"
#include "client/cli/tokens.h"
#include "client/view/subject.h"
#include "client/view/team_report.h"
#include "client/view/text.h"

#define DAYS_MAX     3660
#define CHANGES_MOST 16

/* "this", "last", or a day of the week. */
static enum mu_status read_week(struct mu_session *session, const char *week,
                                struct mu_metric_window *out, struct mu_error *err)
{
    int64_t day = out->to_day;
    if (strcmp(week, "last") == 0 || strcmp(week, "last-week") == 0) {
        day -= 7;
    } else if (strcmp(week, "this") != 0 && strcmp(week, "this-week") != 0) {
        struct mu_due due;
        bool none = false;
        MU_TRY(mu_token_date(session, mu_slice_str(week), &due, &none, err));
        if (none) {
            return mu_fail(err, MU_E_USAGE, "--week is this, last, or a day of it");
        }
        day = mu_date_to_days(due.date);
    }
    out->from_day = mu_week_monday(day);
    out->to_day = out->from_day + 6;
    return MU_OK;
}

static enum mu_status read_window(struct mu_session *session, const struct mu_books *books,
                                  int64_t days, struct mu_metric_window *out, struct mu_error *err)
{
    const char *week = mu_args_value(&session->cli->args, "week");
    const char *given = mu_args_value(&session->cli->args, "days");
    if (given != NULL) {
        MU_TRY(mu_token_number(given, "--days", 1, DAYS_MAX, &days, err));
    }
    *out = mu_metric_window(books, days);
    return week != NULL ? read_week(session, week, out, err) : MU_OK;
}

/* -- stats ------------------------------------------------------------------------------ */

static enum mu_status put_figure(struct mu_cli *cli, enum mu_metric metric,
                                 const struct mu_figure *figure, struct mu_error *err)
{
    const struct mu_metric_info *info = mu_metric_info(metric);
    if (!cli->terminal) {
        MU_TRY(mu_cli_say(cli, err, "%s\t", info->key));
        if (mu_figure_shown(metric, figure)) {
            MU_TRY(mu_cli_say(cli, err, "%" PRId64, figure->k));
        }
        return mu_cli_say(cli, err, "\t%" PRId64 "\n", figure->n);
    }
    MU_TRY(mu_cli_say(cli, err, "  %-34s ", info->label));
    MU_TRY(mu_cli_put(mu_words_figure(&cli->out, metric, figure), err));
    return mu_cli_say(cli, err, "\n");
}

static enum mu_status put_counted_json(struct mu_session *session, struct mu_json *json,
                                       const struct mu_counted *counted, const uint64_t *seqs,
                                       size_t count, struct mu_error *err)
{
    struct mu_subject subject;
    MU_TRY(mu_subject_read(session->db, counted->entity, counted->id, &session->cli->arena,
                           &subject, err));
    mu_json_object(json, NULL);
    mu_subject_json(json, "row", &subject);
    mu_json_str(json, "as", counted->as);
    mu_json_int(json, "value", counted->value);
    mu_json_array(json, "changes");
    for (size_t i = 0; i < count; i++) {
        mu_json_int(json, NULL, (int64_t)seqs[i]);
    }
    mu_json_close(json);
    mu_json_close(json);
    return MU_OK;
}

static enum mu_status put_counted(struct mu_session *session, const struct mu_counted *counted,
                                  const uint64_t *seqs, size_t count, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_subject subject;
    const char *gap = cli->terminal ? "  " : "\t";
    MU_TRY(mu_subject_read(session->db, counted->entity, counted->id, &cli->arena, &subject, err));
    MU_TRY(mu_cli_say(cli, err, "%s%s%s", cli->terminal ? "    " : "", counted->as, gap));
    MU_TRY(mu_cli_put(mu_words_subject(&cli->out, &subject), err));
    if (counted->day != 0) {
        struct mu_date date = mu_date_from_days(counted->day);
        MU_TRY(mu_cli_say(cli, err, "%s%04d-%02d-%02d", gap, (int)date.year, (int)date.month,
                          (int)date.day));
    }
    MU_TRY(mu_cli_say(cli, err, "%s%s", gap, count > 0 ? "changes" : "no change yet"));
    for (size_t i = 0; i < count; i++) {
        MU_TRY(mu_cli_say(cli, err, " %" PRIu64, seqs[i]));
    }
    return mu_cli_say(cli, err, "\n");
}

/* Everything that a figure was counted from, with the changes of the log that say it. */
static enum mu_status explain(struct mu_session *session, const struct mu_figure *figure,
                              struct mu_json *json, struct mu_error *err)
{
    for (size_t i = 0; i < figure->counted_count; i++) {
        uint64_t seqs[CHANGES_MOST];
        size_t count = 0;
        const struct mu_counted *counted = &figure->counted[i];
        MU_TRY(mu_counted_changes(session->db, counted, seqs, CHANGES_MOST, &count, err));
        MU_TRY(json != NULL ? put_counted_json(session, json, counted, seqs, count, err)
                            : put_counted(session, counted, seqs, count, err));
    }
    return MU_OK;
}

static enum mu_status explain_json(struct mu_session *session, struct mu_json *json,
                                   const struct mu_metrics *metrics, const enum mu_metric *only,
                                   struct mu_error *err)
{
    mu_json_object(json, "explained");
    for (int i = 0; i < MU_METRICS; i++) {
        if (only != NULL && *only != (enum mu_metric)i) {
            continue;
        }
        mu_json_object(json, mu_metric_info((enum mu_metric)i)->key);
        mu_json_str(json, "formula", mu_metric_info((enum mu_metric)i)->formula);
        mu_json_array(json, "counted");
        MU_TRY(explain(session, &metrics->figures[i], json, err));
        mu_json_close(json);
        mu_json_close(json);
    }
    mu_json_close(json);
    return MU_OK;
}

static enum mu_status stats_json(struct mu_session *session, const struct mu_metrics *metrics,
                                 const struct mu_metric_input *input, const enum mu_metric *only,
                                 struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_json json;
    mu_cli_json(cli, &json);
    mu_json_int(&json, "from_day", input->from_day);
    mu_json_int(&json, "to_day", input->to_day);
    mu_json_int(&json, "from_ms", input->from_ms);
    mu_json_int(&json, "to_ms", input->to_ms);
    mu_metrics_json(&json, "stats", metrics, &session->names);
    if (mu_args_flag(&cli->args, "explain")) {
        MU_TRY(explain_json(session, &json, metrics, only, err));
    }
    return mu_cli_json_end(&json, err);
}

static enum mu_status stats_text(struct mu_session *session, const struct mu_metrics *metrics,
                                 const struct mu_metric_input *input, const enum mu_metric *only,
                                 struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    bool explained = mu_args_flag(&cli->args, "explain");
    if (cli->terminal) {
        bool team = mu_id_is_zero(metrics->person);
        MU_TRY(mu_cli_say(cli, err, "%s", mu_paint(cli, MU_BOLD)));
        MU_TRY(mu_cli_put(team ? mu_buf_append_str(&cli->out, "The team")
                               : mu_words_person(&cli->out, &session->names, metrics->person),
                          err));
        MU_TRY(mu_cli_say(cli, err, ", "));
        MU_TRY(mu_cli_put(mu_words_window(&cli->out, input->from_day, input->to_day), err));
        MU_TRY(mu_cli_say(cli, err, "%s\n", mu_unpaint(cli)));
    }
    for (int i = 0; i < MU_METRICS; i++) {
        if (only != NULL && *only != (enum mu_metric)i) {
            continue;
        }
        MU_TRY(put_figure(cli, (enum mu_metric)i, &metrics->figures[i], err));
        if (explained) {
            MU_TRY(explain(session, &metrics->figures[i], NULL, err));
        }
    }
    return MU_OK;
}

/* @me, another, or the team; then perhaps one figure. */
static enum mu_status read_words(struct mu_session *session, struct mu_id *out_person,
                                 enum mu_metric *metric, const enum mu_metric **out_only,
                                 struct mu_error *err)
{
    const struct mu_arg_word *word = NULL;
    *out_person = session->self;
    *out_only = NULL;
    while ((word = mu_cli_word(session->cli)) != NULL) {
        const struct mu_person_name *person = NULL;
        if (strcmp(word->text, "team") == 0) {
            *out_person = (struct mu_id){{0}};
        } else if (mu_metric_named(mu_slice_str(word->text), metric)) {
            *out_only = metric;
        } else {
            MU_TRY(mu_session_person(session, word->text, &person, err));
            *out_person = person->id;
        }
    }
    return MU_OK;
}

static enum mu_status stats(struct mu_session *session, struct mu_error *err)
{
    struct mu_id person;
    enum mu_metric metric = MU_METRIC_KEPT;
    const enum mu_metric *only = NULL;
    struct mu_cli_books books;
    struct mu_metric_window window;
    struct mu_metric_input input;
    struct mu_metrics metrics;
    MU_TRY(mu_session_need_self(session, err));
    MU_TRY(read_words(session, &person, &metric, &only, err));
    bool team = mu_id_is_zero(person);
    if (!team && !mu_team_report_may_see(&session->names, session->self, person)) {
        session->cli->hint = "muster stats @me, or team, or a lead's";
        return mu_fail(err, MU_E_DENIED,
                       "figures are for their person and the leads; you see your own and theirs");
    }
    MU_TRY(mu_cli_books(session, team ? NULL : &person, &books, err));
    MU_TRY(read_window(session, &books.books, MU_METRIC_DAYS, &window, err));
    window.person = person;
    MU_TRY(mu_metrics_load(&books.books, &session->from, &window, &input, err));
    MU_TRY(mu_metrics_count(&input, person, &session->cli->arena, &metrics, err));
    return session->cli->json ? stats_json(session, &metrics, &input, only, err)
                              : stats_text(session, &metrics, &input, only, err);
}

enum mu_status mu_run_stats(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_reader(cli, stats, err);
}

/* -- report --------------------------------------------------------------------------------- */

static enum mu_status load_report(struct mu_session *session, int64_t days,
                                  struct mu_cli_books *books, struct mu_team_report *out,
                                  struct mu_error *err)
{
    struct mu_metric_window window;
    MU_TRY(mu_session_need_self(session, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    MU_TRY(mu_cli_books(session, NULL, books, err));
    MU_TRY(read_window(session, &books->books, days, &window, err));
    return mu_team_report_load(&books->books, &session->names, &session->from, session->self,
                               &window, out, err);
}

static enum mu_status report(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_cli_books books;
    struct mu_team_report report_of;
    struct mu_json json;
    bool markdown = mu_args_flag(&cli->args, "markdown");
    bool html = mu_args_flag(&cli->args, "html");
    if (markdown + html + cli->json > 1) {
        return mu_fail(err, MU_E_USAGE, "one form at a time: --markdown, --html or --json");
    }
    MU_TRY(load_report(session, MU_METRIC_DAYS, &books, &report_of, err));
    if (cli->json) {
        mu_cli_json(cli, &json);
        mu_team_report_json(&json, &report_of, &session->names);
        return mu_cli_json_end(&json, err);
    }
    enum mu_status (*put)(struct mu_buf *, const struct mu_team_report *, const struct mu_names *,
                          const struct mu_viewpoint *) = html       ? mu_team_report_html
                                                         : markdown ? mu_team_report_markdown
                                                                    : mu_team_report_text;
    return mu_cli_put(put(&cli->out, &report_of, &session->names, &session->from), err);
}

enum mu_status mu_run_report(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_reader(cli, report, err);
}

/* -- review ------------------------------------------------------------------------------------ */

/* Promises that were not kept, and those for the days to come. */
static enum mu_status put_promises(struct mu_session *session, const struct mu_books *books,
                                   const struct mu_team_report *report_of, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const struct mu_promise_filter filter = {.from_day = report_of->from_day,
                                             .to_day = report_of->to_day + 7};
    struct mu_promise *promises = NULL;
    size_t count = 0;
    MU_TRY(mu_promises_load(books, &filter, &promises, &count, err));
    for (int open = 0; open < 2; open++) {
        MU_TRY(mu_cli_say(cli, err, "\n%s%s%s\n", mu_paint(cli, MU_BOLD),
                          open == 1 ? "What is promised" : "Late and missed", mu_unpaint(cli)));
        size_t told = 0;
        for (size_t i = 0; i < count; i++) {
            bool is_open = promises[i].state == MU_PROMISE_OPEN;
            bool failed =
                promises[i].state == MU_PROMISE_LATE || promises[i].state == MU_PROMISE_MISSED;
            if ((open == 1 ? !is_open : !failed) ||
                !mu_team_report_may_see(&session->names, session->self, promises[i].person)) {
                continue;
            }
            MU_TRY(mu_cli_say(cli, err, "  "));
            MU_TRY(
                mu_cli_put(mu_words_person(&cli->out, &session->names, promises[i].person), err));
            MU_TRY(mu_cli_say(cli, err, "  "));
            MU_TRY(mu_cli_put(mu_words_promise(&cli->out, &promises[i], &session->from), err));
            MU_TRY(mu_cli_say(cli, err, "\n"));
            told++;
        }
        MU_TRY(told == 0 ? mu_cli_say(cli, err, "  nothing\n") : MU_OK);
    }
    return MU_OK;
}

static enum mu_status review(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_cli_books books;
    struct mu_team_report report_of;
    MU_TRY(load_report(session, 7, &books, &report_of, err));
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_team_report_json(&json, &report_of, &session->names);
        return mu_cli_json_end(&json, err);
    }
    MU_TRY(mu_cli_put(mu_team_report_text(&cli->out, &report_of, &session->names, &session->from),
                      err));
    return put_promises(session, &books.books, &report_of, err);
}

enum mu_status mu_run_review(struct mu_cli *cli, struct mu_error *err)
{
    if (cli->args.word_count > 0) {
        return mu_run_verb(cli, err); /* review T-42 */
    }
    return mu_with_reader(cli, review, err);
}
