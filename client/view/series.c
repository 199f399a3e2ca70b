#include "client/view/series.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/core/list.h"
#include "client/view/recur_words.h"
#include "client/view/text.h"
#include "common/db/stmt.h"
#include "common/model/decide.h"
#include "common/seal/hash.h"

static const char SQL_SERIES[] =
    "SELECT id, rule, basis, start_day, due_minute, zone, column_id, owner, goal, title, ended"
    " FROM series WHERE ?1 OR coalesce(ended, 0) = 0 ORDER BY title, id";
static const char SQL_THERE[] = "SELECT 1 FROM task WHERE key = ?1";
static const char SQL_LAST[] =
    "SELECT occurrence, state, done_at FROM task WHERE series = ?1 AND series IS NOT NULL"
    " ORDER BY occurrence DESC LIMIT 1";

#define NO_DAY INT64_MIN

static enum mu_status no_memory(struct mu_error *err)
{
    return mu_fail(err, MU_E_NOMEM, "read series: out of memory");
}

/* -- days ------------------------------------------------------------------------- */

static const struct mu_zone *zone_named(const struct mu_viewpoint *from, struct mu_slice name)
{
    char text[MU_DUE_ZONE_MAX + 1];
    if (from->zone_of == NULL || name.len == 0 || name.len > MU_DUE_ZONE_MAX) {
        return NULL;
    }
    memcpy(text, name.data, name.len);
    text[name.len] = '\0';
    return from->zone_of(from->state, text);
}

/* The day of an instant where the series is at home. */
static int64_t day_of(const struct mu_series_line *line, const struct mu_names *names,
                      const struct mu_viewpoint *from, struct mu_wall wall)
{
    const struct mu_zone *zone = zone_named(from, line->zone);
    zone = zone != NULL ? zone : zone_named(from, names->team_zone);
    zone = zone != NULL ? zone : from->zone;
    return mu_date_to_days(mu_zone_local(zone, wall).date);
}

/* -- reading ------------------------------------------------------------------------ */

static bool read_line(struct mu_stmt *stmt, struct mu_arena *arena, struct mu_series_line *line)
{
    struct mu_error ignored = {0};
    line->id = mu_stmt_id(stmt, 0);
    mu_id_handle(line->id, line->ref);
    line->basis = (int)mu_stmt_int(stmt, 2);
    line->start_day = mu_stmt_int(stmt, 3);
    line->due_minute = mu_stmt_is_null(stmt, 4) ? -1 : mu_stmt_int(stmt, 4);
    line->column = mu_stmt_id(stmt, 6);
    line->owner = mu_stmt_id(stmt, 7);
    line->goal = mu_stmt_id(stmt, 8);
    line->ended = mu_stmt_int(stmt, 10) == 1;
    line->next_day = NO_DAY;
    line->readable = mu_recur_parse(mu_stmt_text(stmt, 1), &line->rule, &ignored) == MU_OK;
    return mu_arena_copy(arena, mu_stmt_text(stmt, 1), &line->rule_text) &&
           mu_arena_copy(arena, mu_stmt_text(stmt, 5), &line->zone) &&
           mu_arena_copy(arena, mu_stmt_text(stmt, 9), &line->title);
}

static enum mu_status read_lines(struct mu_stmt *stmt, struct mu_arena *arena,
                                 struct mu_list *lines, struct mu_error *err)
{
    for (;;) {
        bool row = false;
        MU_TRY(mu_stmt_step(stmt, &row, err));
        if (!row) {
            return MU_OK;
        }
        struct mu_series_line *line = mu_list_add(lines);
        if (line == NULL || !read_line(stmt, arena, line)) {
            return no_memory(err);
        }
    }
}

static enum mu_status read_last(struct mu_db *db, struct mu_id series, bool *out_any,
                                int64_t *out_state, int64_t *out_done_ms, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, SQL_LAST, err));
    mu_stmt_bind_id(&stmt, 1, series);
    enum mu_status status = mu_stmt_step(&stmt, out_any, err);
    if (status == MU_OK && *out_any) {
        *out_state = mu_stmt_int(&stmt, 1);
        *out_done_ms = mu_stmt_int(&stmt, 2);
    }
    mu_stmt_finalize(&stmt);
    return status;
}

/* By completion: the first one, or the one that follows the last when that is over. */
static enum mu_status next_by_completion(struct mu_db *db, const struct mu_series_line *line,
                                         const struct mu_names *names,
                                         const struct mu_viewpoint *from, int64_t *out_day,
                                         struct mu_error *err)
{
    bool any = false;
    int64_t state = 0;
    int64_t done_ms = 0;
    *out_day = NO_DAY;
    MU_TRY(read_last(db, line->id, &any, &state, &done_ms, err));
    if (!any) {
        (void)mu_recur_next(&line->rule, line->start_day, line->start_day, out_day);
    } else if (state == MU_STATE_DONE && done_ms != 0) {
        struct mu_wall done = {.ms = done_ms};
        (void)mu_recur_after(&line->rule, day_of(line, names, from, done), out_day);
    }
    return MU_OK;
}

static enum mu_status find_next(struct mu_db *db, const struct mu_names *names,
                                const struct mu_viewpoint *from, struct mu_series_line *line,
                                struct mu_error *err)
{
    if (!line->readable || line->ended) {
        return MU_OK;
    }
    if (line->basis == MU_SERIES_FROM_COMPLETION) {
        return next_by_completion(db, line, names, from, &line->next_day, err);
    }
    int64_t today = day_of(line, names, from, from->now);
    (void)mu_recur_next(&line->rule, line->start_day,
                        today < line->start_day ? line->start_day : today, &line->next_day);
    return MU_OK;
}

enum mu_status mu_series_list(struct mu_db *db, bool all, const struct mu_names *names,
                              const struct mu_viewpoint *from, struct mu_arena *arena,
                              struct mu_series_line **out_lines, size_t *out_count,
                              struct mu_error *err)
{
    struct mu_list lines;
    struct mu_stmt stmt = {0};
    mu_list_init(&lines, arena, sizeof(struct mu_series_line));
    MU_TRY(mu_stmt_prepare(&stmt, db, SQL_SERIES, err));
    mu_stmt_bind_int(&stmt, 1, all ? 1 : 0);
    enum mu_status status = read_lines(&stmt, arena, &lines, err);
    mu_stmt_finalize(&stmt);
    MU_TRY(status);
    struct mu_series_line *items = lines.items;
    for (size_t i = 0; i < lines.count; i++) {
        MU_TRY(find_next(db, names, from, &items[i], err));
    }
    *out_lines = items;
    *out_count = lines.count;
    return MU_OK;
}

/* -- what is due ---------------------------------------------------------------------- */

static enum mu_status add_unless_there(struct mu_db *db, const struct mu_series_line *line,
                                       int64_t day, struct mu_list *items, struct mu_error *err)
{
    const struct mu_world world = {.derive = mu_id_derive};
    struct mu_id task = mu_occurrence_id(&world, line->id, day);
    struct mu_stmt stmt = {0};
    bool there = false;
    MU_TRY(mu_stmt_prepare(&stmt, db, SQL_THERE, err));
    mu_stmt_bind_int(&stmt, 1, mu_id_key(task));
    enum mu_status status = mu_stmt_step(&stmt, &there, err);
    mu_stmt_finalize(&stmt);
    MU_TRY(status);
    if (there) {
        return MU_OK;
    }
    struct mu_occurrence *item = mu_list_add(items);
    if (item == NULL) {
        return no_memory(err);
    }
    *item = (struct mu_occurrence){.series = line->id, .day = day, .task = task};
    return MU_OK;
}

static enum mu_status add_by_due(struct mu_db *db, const struct mu_series_line *line, int64_t today,
                                 size_t most, struct mu_list *items, struct mu_error *err)
{
    int64_t from = today - MU_SERIES_BACK_DAYS;
    int64_t day = 0;
    from = from < line->start_day ? line->start_day : from;
    while (items->count < most && mu_recur_next(&line->rule, line->start_day, from, &day)) {
        MU_TRY(add_unless_there(db, line, day, items, err));
        if (day > today) {
            break;
        }
        from = day + 1;
    }
    return MU_OK;
}

enum mu_status mu_series_due(struct mu_db *db, const struct mu_names *names,
                             const struct mu_viewpoint *from, size_t most, struct mu_arena *arena,
                             struct mu_occurrence **out_items, size_t *out_count,
                             struct mu_error *err)
{
    struct mu_series_line *lines = NULL;
    struct mu_list items;
    size_t count = 0;
    mu_list_init(&items, arena, sizeof(struct mu_occurrence));
    MU_TRY(mu_series_list(db, false, names, from, arena, &lines, &count, err));
    for (size_t i = 0; i < count && items.count < most; i++) {
        if (!lines[i].readable) {
            continue;
        }
        if (lines[i].basis != MU_SERIES_FROM_COMPLETION) {
            int64_t today = day_of(&lines[i], names, from, from->now);
            MU_TRY(add_by_due(db, &lines[i], today, most, &items, err));
        } else if (lines[i].next_day != NO_DAY) {
            MU_TRY(add_unless_there(db, &lines[i], lines[i].next_day, &items, err));
        }
    }
    *out_items = items.items;
    *out_count = items.count;
    return MU_OK;
}

enum mu_status mu_occurrence_intent(const struct mu_occurrence *occurrence, struct mu_arena *arena,
                                    struct mu_intent *out_intent, struct mu_error *err)
{
    *out_intent = (struct mu_intent){.number = MU_INTENT_SERIES_OCCUR, .version = 1};
    struct mu_op *op = mu_intent_op(out_intent, arena, MU_TASK, occurrence->task);
    bool fits = op != NULL &&
                mu_op_arg(op, arena, MU_TASK_SERIES, mu_id_value(&occurrence->series)) &&
                mu_op_arg(op, arena, MU_TASK_OCCURRENCE, mu_int(occurrence->day));
    return fits ? MU_OK : no_memory(err);
}

/* -- words ------------------------------------------------------------------------------ */

static enum mu_status put_rule(struct mu_buf *out, const struct mu_series_line *line)
{
    MU_TRY(line->readable ? mu_words_recur(out, &line->rule)
                          : mu_show(out, line->rule_text, MU_SHOW_ONE_LINE));
    if (line->basis == MU_SERIES_FROM_COMPLETION) {
        MU_TRY(mu_buf_append_str(out, " after it is done"));
    }
    return line->due_minute < 0 ? MU_OK
                                : mu_buf_printf(out, ", %02" PRId64 ":%02" PRId64,
                                                line->due_minute / 60, line->due_minute % 60);
}

enum mu_status mu_words_series(struct mu_buf *out, const struct mu_series_line *line,
                               const struct mu_names *names, const struct mu_viewpoint *from)
{
    MU_TRY(mu_buf_printf(out, "%s  ", line->ref));
    MU_TRY(mu_show(out, line->title, MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_append_str(out, " \xc2\xb7 "));
    MU_TRY(put_rule(out, line));
    if (!mu_id_is_zero(line->owner)) {
        MU_TRY(mu_buf_append_str(out, " \xc2\xb7 "));
        MU_TRY(mu_words_person(out, names, line->owner));
    }
    if (line->ended) {
        return mu_buf_append_str(out, " \xc2\xb7 ended");
    }
    if (line->next_day == NO_DAY) {
        return MU_OK;
    }
    const struct mu_due due = {.date = mu_date_from_days(line->next_day)};
    MU_TRY(mu_buf_append_str(out, " \xc2\xb7 next "));
    return mu_words_due(out, &due, MU_DUE_PLAIN, from);
}

static void day_text(int64_t day, char out[static 32])
{
    struct mu_date date = mu_date_from_days(day == NO_DAY ? 0 : day);
    (void)snprintf(out, 32, "%04d-%02d-%02d", (int)date.year, (int)date.month, (int)date.day);
    if (day == NO_DAY) {
        out[0] = '\0';
    }
}

static const char *basis_name(const struct mu_series_line *line)
{
    return line->basis == MU_SERIES_FROM_COMPLETION ? "completion" : "due";
}

enum mu_status mu_series_tabs(struct mu_buf *out, const struct mu_series_line *line,
                              const struct mu_names *names)
{
    char day[32];
    const struct mu_person_name *owner = mu_names_person(names, line->owner);
    MU_TRY(mu_buf_printf(out, "%s\t", line->ref));
    MU_TRY(mu_show(out, line->title, MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_append_byte(out, '\t'));
    MU_TRY(mu_show(out, line->rule_text, MU_SHOW_ONE_LINE));
    day_text(line->start_day, day);
    MU_TRY(mu_buf_printf(out, "\t%s\t%s\t", basis_name(line), day));
    if (line->due_minute >= 0) {
        MU_TRY(mu_buf_printf(out, "%" PRId64, line->due_minute));
    }
    MU_TRY(mu_buf_append_byte(out, '\t'));
    MU_TRY(mu_show(out, line->zone, MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_append_byte(out, '\t'));
    MU_TRY(mu_show(out, owner != NULL ? owner->handle : mu_slice_str(""), MU_SHOW_ONE_LINE));
    day_text(line->next_day, day);
    return mu_buf_printf(out, "\t%s\t%s\n", day, line->ended ? "ended" : "");
}

void mu_series_json(struct mu_json *json, const char *name, const struct mu_series_line *line,
                    const struct mu_names *names)
{
    char day[32];
    const struct mu_person_name *owner = mu_names_person(names, line->owner);
    mu_json_object(json, name);
    mu_json_str(json, "ref", line->ref);
    mu_json_id(json, "id", line->id);
    mu_json_text(json, "title", line->title);
    mu_json_text(json, "rule", line->rule_text);
    mu_json_str(json, "basis", basis_name(line));
    day_text(line->start_day, day);
    mu_json_str(json, "start", day);
    if (line->due_minute >= 0) {
        mu_json_int(json, "due_minute", line->due_minute);
    } else {
        mu_json_null(json, "due_minute");
    }
    mu_json_text(json, "zone", line->zone);
    if (owner != NULL) {
        mu_json_text(json, "owner", owner->handle);
    } else {
        mu_json_null(json, "owner");
    }
    day_text(line->next_day, day);
    if (day[0] != '\0') {
        mu_json_str(json, "next", day);
    } else {
        mu_json_null(json, "next");
    }
    mu_json_bool(json, "ended", line->ended);
    mu_json_close(json);
}
