/* The report for people: text, Markdown, HTML. */
#include <inttypes.h>
#include <string.h>

#include "client/view/team_report.h"
#include "client/view/text.h"

/* The columns of the table; the rest stands in stats and in JSON. */
static const enum mu_metric columns[] = {MU_METRIC_KEPT,  MU_METRIC_CHECKIN, MU_METRIC_ON_TIME,
                                         MU_METRIC_QUOTA, MU_METRIC_ACKS,    MU_METRIC_KUDOS};
#define COLUMNS (sizeof columns / sizeof columns[0])
static const char *const headings[] = {"promises kept", "check-ins",    "tasks on time",
                                       "quota",         "acknowledges", "kudos"};

enum style { TEXT, MARKDOWN, HTML };

struct page {
    struct mu_buf *out;
    enum style style;
    const struct mu_team_report *report;
    const struct mu_names *names;
    const struct mu_viewpoint *from;
};

/* -- pieces --------------------------------------------------------------------------- */

static enum mu_status put_date(struct mu_buf *out, int64_t day, bool year)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct mu_date date = mu_date_from_days(day);
    MU_TRY(mu_buf_printf(out, "%d %s", (int)date.day, months[date.month - 1]));
    return year ? mu_buf_printf(out, " %d", (int)date.year) : MU_OK;
}

enum mu_status mu_words_window(struct mu_buf *out, int64_t from_day, int64_t to_day)
{
    MU_TRY(put_date(out, from_day,
                    mu_date_from_days(from_day).year != mu_date_from_days(to_day).year));
    MU_TRY(mu_buf_append_str(out, " to "));
    return put_date(out, to_day, true);
}

/* Neutralised text where it stands: what Markdown or HTML would act on is escaped. */
static enum mu_status put(const struct page *page, struct mu_slice text)
{
    static const char special[] = "\\`*_{}[]<>#|~&";
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (page->style == HTML && (c == '<' || c == '>' || c == '&' || c == '"' || c == '\'')) {
            MU_TRY(mu_buf_printf(page->out, "&#%u;", (unsigned)c));
        } else if (page->style == MARKDOWN && c < 0x80 && c != 0 &&
                   strchr(special, (int)c) != NULL) {
            MU_TRY(mu_buf_append_byte(page->out, '\\'));
            MU_TRY(mu_buf_append_byte(page->out, c));
        } else {
            MU_TRY(mu_buf_append_byte(page->out, c));
        }
    }
    return MU_OK;
}

static enum mu_status put_buf(const struct page *page, struct mu_buf *text)
{
    enum mu_status status = put(page, mu_buf_view(text));
    mu_buf_clear(text);
    return status;
}

static enum mu_status put_heading(const struct page *page, const char *text)
{
    switch (page->style) {
    case TEXT:
        return mu_buf_printf(page->out, "\n%s\n", text);
    case MARKDOWN:
        return mu_buf_printf(page->out, "\n## %s\n\n", text);
    case HTML:
        return mu_buf_printf(page->out, "<h2>%s</h2>\n", text);
    }
    return MU_OK;
}

static enum mu_status put_item(const struct page *page, struct mu_buf *text)
{
    const char *const before[] = {"  ", "- ", "<li>"};
    const char *const after[] = {"\n", "\n", "</li>\n"};
    MU_TRY(mu_buf_append_str(page->out, before[page->style]));
    MU_TRY(put_buf(page, text));
    return mu_buf_append_str(page->out, after[page->style]);
}

static enum mu_status open_list(const struct page *page)
{
    return page->style == HTML ? mu_buf_append_str(page->out, "<ul>\n") : MU_OK;
}

static enum mu_status close_list(const struct page *page)
{
    return page->style == HTML ? mu_buf_append_str(page->out, "</ul>\n") : MU_OK;
}

/* -- wins first --------------------------------------------------------------------------- */

static enum mu_status put_wins(const struct page *page, struct mu_buf *line)
{
    const struct mu_team_report *report = page->report;
    MU_TRY(put_heading(page, "Wins"));
    MU_TRY(open_list(page));
    if (report->tasks_done > 0) {
        MU_TRY(mu_words_count(line, (uint64_t)report->tasks_done, "task done", "tasks done"));
        MU_TRY(report->kudos_count == 0 ? MU_OK
                                        : mu_buf_printf(line, ", %zu kudos", report->kudos_count));
        MU_TRY(put_item(page, line));
    }
    for (size_t i = 0; i < report->win_count; i++) {
        MU_TRY(mu_words_win(line, &report->wins[i], page->names));
        MU_TRY(put_item(page, line));
    }
    for (size_t i = 0; i < report->kudos_count; i++) {
        MU_TRY(mu_words_kudos(line, &report->kudos[i], page->names, page->from));
        MU_TRY(put_item(page, line));
    }
    if (report->win_count + report->kudos_count == 0) {
        MU_TRY(mu_buf_append_str(line, "none posted yet: muster wins"));
        MU_TRY(put_item(page, line));
    }
    if (report->unthanked_count > 0) {
        MU_TRY(mu_buf_append_str(line, "no kudos yet for "));
        MU_TRY(mu_words_people(line, report->unthanked, report->unthanked_count, page->names));
        MU_TRY(put_item(page, line));
    }
    return close_list(page);
}

/* -- the table ------------------------------------------------------------------------------- */

static enum mu_status put_name(struct mu_buf *out, const struct page *page, struct mu_id person)
{
    const struct mu_person_name *name = mu_names_person(page->names, person);
    if (mu_id_is_zero(person)) {
        return mu_buf_append_str(out, "team");
    }
    MU_TRY(mu_words_person(out, page->names, person));
    return name != NULL && name->role == MU_ROLE_LEAD ? mu_buf_append_str(out, " (lead)") : MU_OK;
}

/* A bar of k of n, drawn without a script. */
static enum mu_status put_bar(const struct page *page, enum mu_metric metric,
                              const struct mu_figure *figure)
{
    if (page->style != HTML || mu_metric_info(metric)->kind != MU_METRIC_RATE ||
        !mu_figure_shown(metric, figure)) {
        return MU_OK;
    }
    return mu_buf_printf(page->out,
                         "<svg width=\"100\" height=\"8\" role=\"img\"><rect width=\"100\" "
                         "height=\"8\" fill=\"#ddd\"/><rect width=\"%" PRId64
                         "\" height=\"8\" fill=\"#396\"/></svg> ",
                         figure->k * 100 / figure->n);
}

static enum mu_status put_row(const struct page *page, const struct mu_metrics *metrics,
                              struct mu_buf *cell)
{
    const char *const begin[] = {"  ", "| ", "<tr><th>"};
    const char *const between[] = {"  ", " | ", "</th><td>"};
    const char *const end[] = {"\n", " |\n", "</td></tr>\n"};
    MU_TRY(mu_buf_append_str(page->out, begin[page->style]));
    MU_TRY(put_name(cell, page, metrics->person));
    if (page->style == TEXT) {
        MU_TRY(mu_show_fit(page->out, mu_buf_view(cell), 16, true));
        mu_buf_clear(cell);
    } else {
        MU_TRY(put_buf(page, cell));
    }
    for (size_t i = 0; i < COLUMNS; i++) {
        const struct mu_figure *figure = &metrics->figures[columns[i]];
        MU_TRY(mu_buf_append_str(page->out, page->style == HTML && i > 0 ? "</td><td>"
                                                                         : between[page->style]));
        MU_TRY(put_bar(page, columns[i], figure));
        MU_TRY(mu_words_figure(cell, columns[i], figure));
        if (page->style == TEXT) {
            MU_TRY(mu_show_fit(page->out, mu_buf_view(cell), 18, i + 1 < COLUMNS));
            mu_buf_clear(cell);
        } else {
            MU_TRY(put_buf(page, cell));
        }
    }
    return mu_buf_append_str(page->out, end[page->style]);
}

static enum mu_status put_columns(const struct page *page)
{
    struct mu_buf *out = page->out;
    if (page->style == TEXT) {
        MU_TRY(mu_buf_printf(out, "  %-16s", ""));
        for (size_t i = 0; i < COLUMNS; i++) {
            MU_TRY(mu_buf_printf(out, i + 1 < COLUMNS ? "  %-18s" : "  %s", headings[i]));
        }
        return mu_buf_append_byte(out, '\n');
    }
    MU_TRY(mu_buf_append_str(out, page->style == HTML ? "<table>\n<tr><th></th>" : "| who |"));
    for (size_t i = 0; i < COLUMNS; i++) {
        MU_TRY(mu_buf_printf(out, page->style == HTML ? "<th>%s</th>" : " %s |", headings[i]));
    }
    MU_TRY(mu_buf_append_str(out, page->style == HTML ? "</tr>\n" : "\n|---|"));
    for (size_t i = 0; i < COLUMNS && page->style == MARKDOWN; i++) {
        MU_TRY(mu_buf_append_str(out, "---|"));
    }
    return page->style == MARKDOWN ? mu_buf_append_byte(out, '\n') : MU_OK;
}

static enum mu_status put_table(const struct page *page, struct mu_buf *cell)
{
    MU_TRY(put_heading(page, "Who did what"));
    MU_TRY(put_columns(page));
    for (size_t i = 0; i < page->report->person_count; i++) {
        MU_TRY(put_row(page, &page->report->people[i], cell));
    }
    MU_TRY(put_row(page, &page->report->team, cell));
    return page->style == HTML ? mu_buf_append_str(page->out, "</table>\n") : MU_OK;
}

/* -- the team's own, goals, blockers ------------------------------------------------------------
 */

static enum mu_status put_team(const struct page *page, struct mu_buf *line)
{
    static const enum mu_metric shown[] = {
        MU_METRIC_RENEGOTIATED, MU_METRIC_EXCUSED,        MU_METRIC_RELEASED,
        MU_METRIC_CARRIED,      MU_METRIC_DUE_MOVES,      MU_METRIC_OWNED,
        MU_METRIC_DATED,        MU_METRIC_BLOCKER_ACK,    MU_METRIC_FEEDBACK,
        MU_METRIC_ANSWERED,     MU_METRIC_FEEDBACK_AFTER, MU_METRIC_ON_TIME_NOW};
    MU_TRY(put_heading(page, "The team"));
    MU_TRY(open_list(page));
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        MU_TRY(mu_buf_printf(line, "%s: ", mu_metric_info(shown[i])->label));
        MU_TRY(mu_words_figure(line, shown[i], &page->report->team.figures[shown[i]]));
        MU_TRY(put_item(page, line));
    }
    return close_list(page);
}

static enum mu_status put_goals(const struct page *page, struct mu_buf *line)
{
    const struct mu_team_report *report = page->report;
    if (report->goal_count > 0) {
        MU_TRY(put_heading(page, "Goals"));
        MU_TRY(open_list(page));
        for (size_t i = 0; i < report->goal_count; i++) {
            MU_TRY(mu_words_goal(line, &report->goals[i], page->names));
            MU_TRY(put_item(page, line));
        }
        MU_TRY(close_list(page));
    }
    if (report->blocker_count == 0) {
        return MU_OK;
    }
    MU_TRY(put_heading(page, "Blockers, the oldest first"));
    MU_TRY(open_list(page));
    for (size_t i = 0; i < report->blocker_count; i++) {
        MU_TRY(mu_words_blocker(line, &report->blockers[i], page->names));
        MU_TRY(put_item(page, line));
    }
    return close_list(page);
}

/* -- pages
 * ------------------------------------------------------------------------------------------ */

static const char html_head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\"><title>Report</title><style>body{font:15px/1.5 sans-serif;margin:2em;"
    "max-width:70em}table{border-collapse:collapse}th,td{padding:.3em .8em;text-align:left;"
    "border-bottom:1px solid #ddd}</style></head><body>\n";

static enum mu_status put_title(const struct page *page, struct mu_buf *line)
{
    const char *const begin[] = {"", "# ", "<h1>"};
    const char *const end[] = {"\n", "\n", "</h1>\n"};
    MU_TRY(mu_buf_append_str(page->out, page->style == HTML ? html_head : ""));
    MU_TRY(mu_show(line, page->names->team, MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_append_str(line, ", "));
    MU_TRY(mu_words_window(line, page->report->from_day, page->report->to_day));
    MU_TRY(mu_buf_append_str(page->out, begin[page->style]));
    MU_TRY(put_buf(page, line));
    return mu_buf_append_str(page->out, end[page->style]);
}

static enum mu_status put_page(const struct page *page)
{
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, (size_t)1 << 20);
    MU_TRY(put_title(page, &line));
    MU_TRY(put_wins(page, &line));
    MU_TRY(put_table(page, &line));
    MU_TRY(put_team(page, &line));
    MU_TRY(put_goals(page, &line));
    return page->style == HTML ? mu_buf_append_str(page->out, "</body></html>\n") : MU_OK;
}

enum mu_status mu_team_report_text(struct mu_buf *out, const struct mu_team_report *report,
                                   const struct mu_names *names, const struct mu_viewpoint *from)
{
    const struct page page = {out, TEXT, report, names, from};
    return put_page(&page);
}

enum mu_status mu_team_report_markdown(struct mu_buf *out, const struct mu_team_report *report,
                                       const struct mu_names *names,
                                       const struct mu_viewpoint *from)
{
    const struct page page = {out, MARKDOWN, report, names, from};
    return put_page(&page);
}

enum mu_status mu_team_report_html(struct mu_buf *out, const struct mu_team_report *report,
                                   const struct mu_names *names, const struct mu_viewpoint *from)
{
    const struct page page = {out, HTML, report, names, from};
    return put_page(&page);
}
