#include "client/view/kudos.h"

#include <string.h>

#include "client/core/list.h"
#include "client/view/tasks.h"
#include "client/view/text.h"
#include "client/view/value_words.h"
#include "common/db/stmt.h"

static const char SQL_KUDOS[] =
    "SELECT k.id, k.from_person, k.at, k.text, k.tag, k.task, k.goal, k.checkin, k.blocker"
    " FROM kudos k WHERE k.at >= ?1 AND (?2 IS NULL OR EXISTS (SELECT 1 FROM kudos_to x WHERE "
    "x.kudos = k.id"
    " AND x.person = ?2)) ORDER BY k.at DESC, k.id DESC LIMIT ?3";
static const char SQL_TO[] = "SELECT person FROM kudos_to WHERE kudos = ?1 ORDER BY person";
static const char SQL_MARKS[] = "SELECT mark, count(*), max(person = ?2) FROM reaction"
                                " WHERE kudos = ?1 AND is_on = 1 GROUP BY mark ORDER BY mark";

#define TEXT_WIDTH 400

static enum mu_status no_memory(struct mu_error *err)
{
    return mu_fail(err, MU_E_NOMEM, "read kudos: out of memory");
}

static bool read_line(struct mu_stmt *stmt, struct mu_arena *arena, struct mu_kudos_line *line)
{
    line->id = mu_stmt_id(stmt, 0);
    mu_id_handle(line->id, line->ref);
    line->from = mu_stmt_id(stmt, 1);
    line->at_ms = mu_stmt_int(stmt, 2);
    static const uint32_t about[] = {MU_TASK, MU_GOAL, MU_CHECKIN, MU_BLOCKER};
    for (int i = 0; i < 4; i++) {
        if (!mu_stmt_is_null(stmt, 5 + i)) {
            line->about = (struct mu_subject){.entity = about[i], .id = mu_stmt_id(stmt, 5 + i)};
        }
    }
    return mu_arena_copy(arena, mu_stmt_text(stmt, 3), &line->text) &&
           mu_arena_copy(arena, mu_stmt_text(stmt, 4), &line->tag);
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
        struct mu_kudos_line *line = mu_list_add(lines);
        if (line == NULL || !read_line(stmt, arena, line)) {
            return no_memory(err);
        }
    }
}

static enum mu_status read_to(struct mu_stmt *stmt, struct mu_arena *arena,
                              struct mu_kudos_line *line, struct mu_error *err)
{
    struct mu_list ids;
    mu_list_init(&ids, arena, sizeof(struct mu_id));
    mu_stmt_bind_id(stmt, 1, line->id);
    for (;;) {
        bool row = false;
        MU_TRY(mu_stmt_step(stmt, &row, err));
        if (!row) {
            break;
        }
        struct mu_id *id = mu_list_add(&ids);
        if (id == NULL) {
            return no_memory(err);
        }
        *id = mu_stmt_id(stmt, 0);
    }
    mu_stmt_reset(stmt);
    line->to = ids.items;
    line->to_count = ids.count;
    return MU_OK;
}

static enum mu_status read_marks(struct mu_stmt *stmt, struct mu_id self, struct mu_arena *arena,
                                 struct mu_kudos_line *line, struct mu_error *err)
{
    struct mu_list marks;
    mu_list_init(&marks, arena, sizeof(struct mu_mark));
    mu_stmt_bind_id(stmt, 1, line->id);
    mu_stmt_bind_id(stmt, 2, self);
    for (;;) {
        bool row = false;
        MU_TRY(mu_stmt_step(stmt, &row, err));
        if (!row) {
            break;
        }
        struct mu_mark *mark = mu_list_add(&marks);
        if (mark == NULL || !mu_arena_copy(arena, mu_stmt_text(stmt, 0), &mark->mark)) {
            return no_memory(err);
        }
        mark->count = (size_t)mu_stmt_int(stmt, 1);
        mark->mine = mu_stmt_int(stmt, 2) == 1;
    }
    mu_stmt_reset(stmt);
    line->marks = marks.items;
    line->mark_count = marks.count;
    return MU_OK;
}

static enum mu_status read_parts(struct mu_db *db, struct mu_id self, struct mu_arena *arena,
                                 struct mu_kudos_line *lines, size_t count, struct mu_error *err)
{
    struct mu_stmt to = {0};
    struct mu_stmt marks = {0};
    enum mu_status status = mu_stmt_prepare(&to, db, SQL_TO, err);
    if (status == MU_OK) {
        status = mu_stmt_prepare(&marks, db, SQL_MARKS, err);
    }
    for (size_t i = 0; i < count && status == MU_OK; i++) {
        status = read_to(&to, arena, &lines[i], err);
        if (status == MU_OK) {
            status = read_marks(&marks, self, arena, &lines[i], err);
        }
        if (status == MU_OK) {
            status = mu_subject_read(db, lines[i].about.entity, lines[i].about.id, arena,
                                     &lines[i].about, err);
        }
    }
    mu_stmt_finalize(&to);
    mu_stmt_finalize(&marks);
    return status;
}

enum mu_status mu_kudos_read(struct mu_db *db, const struct mu_kudos_filter *filter,
                             struct mu_arena *arena, struct mu_kudos_line **out_lines,
                             size_t *out_count, struct mu_error *err)
{
    struct mu_list lines;
    struct mu_stmt stmt = {0};
    mu_list_init(&lines, arena, sizeof(struct mu_kudos_line));
    MU_TRY(mu_stmt_prepare(&stmt, db, SQL_KUDOS, err));
    mu_stmt_bind_int(&stmt, 1, filter->since_ms);
    if (!mu_id_is_zero(filter->to)) {
        mu_stmt_bind_id(&stmt, 2, filter->to);
    }
    mu_stmt_bind_int(&stmt, 3, filter->most > INT32_MAX ? INT32_MAX : (int64_t)filter->most);
    enum mu_status status = read_lines(&stmt, arena, &lines, err);
    mu_stmt_finalize(&stmt);
    MU_TRY(status);
    MU_TRY(read_parts(db, filter->self, arena, lines.items, lines.count, err));
    *out_lines = lines.items;
    *out_count = lines.count;
    return MU_OK;
}

/* -- words --------------------------------------------------------------------- */

enum mu_status mu_words_people(struct mu_buf *out, const struct mu_id *people, size_t count,
                               const struct mu_names *names)
{
    for (size_t i = 0; i < count; i++) {
        MU_TRY(mu_buf_append_str(out, i == 0 ? "" : i + 1 == count ? " and " : ", "));
        MU_TRY(mu_words_person(out, names, people[i]));
    }
    return MU_OK;
}

enum mu_status mu_words_utc(struct mu_buf *out, int64_t wall_ms)
{
    MU_BUF_AUTO struct mu_buf quoted;
    struct mu_json json;
    mu_buf_init(&quoted, 64);
    mu_json_start(&json, &quoted);
    mu_json_instant(&json, NULL, wall_ms);
    MU_TRY(mu_json_end(&json));
    return quoted.len > 2 && quoted.data[0] == '"'
               ? mu_buf_append(out, quoted.data + 1, quoted.len - 2)
               : MU_OK;
}

/* Who comes behind previous (NULL: first) in the order of handles; NULL when nobody does. */
static const struct mu_person_name *next_thanked(const struct mu_kudos_line *line,
                                                 const struct mu_names *names,
                                                 const struct mu_person_name *previous)
{
    const struct mu_person_name *next = NULL;
    for (size_t i = 0; i < line->to_count; i++) {
        const struct mu_person_name *person = mu_names_person(names, line->to[i]);
        bool behind = person != NULL &&
                      (previous == NULL || mu_slice_compare(person->handle, previous->handle) > 0);
        if (behind && (next == NULL || mu_slice_compare(person->handle, next->handle) < 0)) {
            next = person;
        }
    }
    return next;
}

/* Nobody is thanked first: by name. */
static enum mu_status put_thanked(struct mu_buf *out, const struct mu_kudos_line *line,
                                  const struct mu_names *names)
{
    const struct mu_person_name *person = NULL;
    size_t put = 0;
    while ((person = next_thanked(line, names, person)) != NULL) {
        MU_TRY(mu_buf_append_str(out, put == 0 ? "" : put + 1 == line->to_count ? " and " : ", "));
        MU_TRY(mu_words_person(out, names, person->id));
        put++;
    }
    return put > 0 || line->to_count == 0 ? MU_OK : mu_buf_append_str(out, "somebody");
}

static enum mu_status put_marks(struct mu_buf *out, const struct mu_kudos_line *line)
{
    for (size_t i = 0; i < line->mark_count; i++) {
        MU_TRY(mu_buf_append_str(out, i == 0 ? "  " : " "));
        MU_TRY(mu_show(out, line->marks[i].mark, MU_SHOW_ONE_LINE));
        if (line->marks[i].count > 1) {
            MU_TRY(mu_buf_printf(out, " %zu", line->marks[i].count));
        }
    }
    return MU_OK;
}

enum mu_status mu_words_kudos(struct mu_buf *out, const struct mu_kudos_line *line,
                              const struct mu_names *names, const struct mu_viewpoint *from)
{
    (void)from;
    MU_TRY(mu_words_person(out, names, line->from));
    MU_TRY(mu_buf_append_str(out, " to "));
    MU_TRY(put_thanked(out, line, names));
    MU_TRY(mu_buf_append_str(out, ": "));
    MU_TRY(mu_words_quote(out, line->text, TEXT_WIDTH));
    if (line->about.entity != 0) {
        MU_TRY(mu_buf_append_str(out, " for "));
        MU_TRY(mu_words_subject(out, &line->about));
    }
    if (line->tag.len > 0) {
        MU_TRY(mu_buf_append_str(out, " \xc2\xb7 "));
        MU_TRY(mu_show(out, line->tag, MU_SHOW_ONE_LINE));
    }
    return put_marks(out, line);
}

static enum mu_status put_handles(struct mu_buf *out, const struct mu_kudos_line *line,
                                  const struct mu_names *names)
{
    const struct mu_person_name *person = NULL;
    for (bool more = false; (person = next_thanked(line, names, person)) != NULL; more = true) {
        MU_TRY(mu_buf_append_str(out, more ? "," : ""));
        MU_TRY(mu_show(out, person->handle, MU_SHOW_ONE_LINE));
    }
    return MU_OK;
}

enum mu_status mu_kudos_tabs(struct mu_buf *out, const struct mu_kudos_line *line,
                             const struct mu_names *names)
{
    const struct mu_person_name *giver = mu_names_person(names, line->from);
    MU_TRY(mu_buf_printf(out, "%s\t", line->ref));
    MU_TRY(mu_words_utc(out, line->at_ms));
    MU_TRY(mu_buf_append_byte(out, '\t'));
    MU_TRY(mu_show(out, giver != NULL ? giver->handle : mu_slice_str("?"), MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_append_byte(out, '\t'));
    MU_TRY(put_handles(out, line, names));
    MU_TRY(mu_buf_append_byte(out, '\t'));
    MU_TRY(mu_show(out, line->text, MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_printf(out, "\t%s\t", line->about.ref));
    MU_TRY(mu_show(out, line->tag, MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_append_byte(out, '\t'));
    for (size_t i = 0; i < line->mark_count; i++) {
        MU_TRY(mu_buf_append_str(out, i == 0 ? "" : ","));
        MU_TRY(mu_show(out, line->marks[i].mark, MU_SHOW_ONE_LINE));
        MU_TRY(mu_buf_printf(out, ":%zu", line->marks[i].count));
    }
    return mu_buf_append_byte(out, '\n');
}

void mu_kudos_json(struct mu_json *json, const char *name, const struct mu_kudos_line *line,
                   const struct mu_names *names)
{
    mu_json_object(json, name);
    mu_json_str(json, "ref", line->ref);
    mu_json_id(json, "id", line->id);
    mu_person_json(json, "from", line->from, names);
    mu_json_instant(json, "at", line->at_ms);
    mu_json_array(json, "to");
    for (size_t i = 0; i < line->to_count; i++) {
        mu_person_json(json, NULL, line->to[i], names);
    }
    mu_json_close(json);
    mu_json_text(json, "text", line->text);
    mu_json_text(json, "tag", line->tag);
    mu_subject_json(json, "about", &line->about);
    mu_json_array(json, "marks");
    for (size_t i = 0; i < line->mark_count; i++) {
        mu_json_object(json, NULL);
        mu_json_text(json, "mark", line->marks[i].mark);
        mu_json_int(json, "count", (int64_t)line->marks[i].count);
        mu_json_bool(json, "mine", line->marks[i].mine);
        mu_json_close(json);
    }
    mu_json_close(json);
    mu_json_close(json);
}
