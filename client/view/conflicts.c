#include "client/view/conflicts.h"

#include <string.h>

#include "client/core/list.h"
#include "client/view/task_words.h"
#include "client/view/text.h"
#include "client/view/value_words.h"
#include "common/base/reader.h"

#define PARTS                                                                                 \
    "id, kind, state, entity, field, row_id, kept, kept_by, kept_at, lost, lost_by, lost_at," \
    " settled_by"
enum part {
    ID,
    KIND,
    STATE,
    ENTITY,
    FIELD,
    ROW,
    KEPT,
    KEPT_BY,
    KEPT_AT,
    LOST,
    LOST_BY,
    LOST_AT,
    SETTLED_BY
};

/* ids grow with time, but a conflict's is derived: the later of both times tells the order. */
#define NEWEST " ORDER BY max(ifnull(kept_at, 0), ifnull(lost_at, 0)) DESC, id"

static const char SQL_OPEN[] = "SELECT " PARTS " FROM conflict WHERE state = 1" NEWEST " LIMIT ?1";
static const char SQL_ALL[] = "SELECT " PARTS " FROM conflict" NEWEST " LIMIT ?1";
static const char SQL_OF[] = "SELECT " PARTS " FROM conflict WHERE row_id = ?1 OR row_id IN"
                             " (SELECT id FROM item WHERE task = ?1"
                             " UNION ALL SELECT id FROM checklist WHERE task = ?1"
                             " UNION ALL SELECT id FROM custom_value WHERE task = ?1"
                             " UNION ALL SELECT id FROM attachment WHERE task = ?1)" NEWEST;
/* task of a part */
static const char SQL_TASK_OF[] =
    "SELECT task FROM item WHERE key = ?1 AND ?2 = 12"
    " UNION ALL SELECT task FROM checklist WHERE key = ?1 AND ?2 = 11"
    " UNION ALL SELECT task FROM attachment WHERE key = ?1 AND ?2 = 14"
    " UNION ALL SELECT task FROM custom_value"
    " WHERE key = ?1 AND ?2 = 16";

const char *mu_conflict_kind_name(int kind)
{
    static const char *const names[] = {"value", "text", "delete", "status"};
    return kind >= 1 && kind <= 4 ? names[kind - 1] : "?";
}

const char *mu_conflict_state_name(int state)
{
    static const char *const names[] = {"open", "restored", "accepted"};
    return state >= 1 && state <= 3 ? names[state - 1] : "?";
}

/* -- reading ----------------------------------------------------------------- */

/* A value as a conflict row keeps it; null when it is damaged. */
static bool read_value(struct mu_slice bytes, struct mu_arena *arena, struct mu_value *out)
{
    struct mu_slice copy;
    if (!mu_arena_copy(arena, bytes, &copy)) {
        return false;
    }
    struct mu_reader reader = mu_reader_of(copy);
    struct mu_value value = mu_value_decode(&reader);
    *out = mu_reader_ok(&reader) ? value : mu_null();
    return true;
}

static bool read_line(struct mu_stmt *stmt, struct mu_arena *arena, struct mu_conflict_line *out)
{
    *out = (struct mu_conflict_line){
        .id = mu_stmt_id(stmt, ID),
        .kind = (int)mu_stmt_int(stmt, KIND),
        .state = (int)mu_stmt_int(stmt, STATE),
        .entity = (uint32_t)mu_stmt_int(stmt, ENTITY),
        .field = (uint32_t)mu_stmt_int(stmt, FIELD),
        .row = mu_stmt_id(stmt, ROW),
        .kept_by = mu_stmt_id(stmt, KEPT_BY),
        .kept_at_ms = mu_stmt_int(stmt, KEPT_AT),
        .lost_by = mu_stmt_id(stmt, LOST_BY),
        .lost_at_ms = mu_stmt_int(stmt, LOST_AT),
        .settled_by = mu_stmt_id(stmt, SETTLED_BY),
    };
    mu_id_handle(out->id, out->ref);
    return read_value(mu_stmt_blob(stmt, KEPT), arena, &out->kept) &&
           read_value(mu_stmt_blob(stmt, LOST), arena, &out->lost);
}

static enum mu_status find_task(struct mu_stmt *stmt, struct mu_conflict_line *line,
                                struct mu_error *err)
{
    if (line->entity == MU_TASK) {
        line->task = line->row;
        return MU_OK;
    }
    bool row = false;
    mu_stmt_bind_int(stmt, 1, mu_id_key(line->row));
    mu_stmt_bind_int(stmt, 2, line->entity);
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    if (status == MU_OK && row) {
        line->task = mu_stmt_id(stmt, 0);
    }
    mu_stmt_reset(stmt);
    return status;
}

static enum mu_status find_tasks(struct mu_db *db, struct mu_conflict_line *lines, size_t count,
                                 struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, SQL_TASK_OF, err));
    enum mu_status status = MU_OK;
    for (size_t i = 0; i < count && status == MU_OK; i++) {
        status = find_task(&stmt, &lines[i], err);
    }
    mu_stmt_finalize(&stmt);
    return status;
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
        struct mu_conflict_line *line = mu_list_add(lines);
        if (line == NULL || !read_line(stmt, arena, line)) {
            return mu_fail(err, MU_E_NOMEM, "read conflicts: out of memory");
        }
    }
}

/* Runs stmt, which is bound, and takes it down. */
static enum mu_status take_all(struct mu_db *db, struct mu_stmt *stmt, struct mu_arena *arena,
                               struct mu_conflict_line **out_lines, size_t *out_count,
                               struct mu_error *err)
{
    struct mu_list lines;
    mu_list_init(&lines, arena, sizeof(struct mu_conflict_line));
    enum mu_status status = read_lines(stmt, arena, &lines, err);
    mu_stmt_finalize(stmt);
    MU_TRY(status);
    MU_TRY(find_tasks(db, lines.items, lines.count, err));
    *out_lines = lines.items;
    *out_count = lines.count;
    return MU_OK;
}

enum mu_status mu_conflicts(struct mu_db *db, bool all, size_t most, struct mu_arena *arena,
                            struct mu_conflict_line **out_lines, size_t *out_count,
                            struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, all ? SQL_ALL : SQL_OPEN, err));
    mu_stmt_bind_int(&stmt, 1, most > INT32_MAX ? INT32_MAX : (int64_t)most);
    return take_all(db, &stmt, arena, out_lines, out_count, err);
}

enum mu_status mu_conflicts_of(struct mu_db *db, struct mu_id task, struct mu_arena *arena,
                               struct mu_conflict_line **out_lines, size_t *out_count,
                               struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, SQL_OF, err));
    mu_stmt_bind_id(&stmt, 1, task);
    return take_all(db, &stmt, arena, out_lines, out_count, err);
}

enum mu_status mu_conflict_resolve(struct mu_db *db, struct mu_slice ref, struct mu_arena *arena,
                                   struct mu_conflict_line *out, struct mu_error *err)
{
    char shown[MU_SHORT_MAX];
    struct mu_id id;
    bool whole = mu_id_parse(ref, &id);
    if (!whole && (ref.len != MU_HANDLE_LEN || ref.data[0] != '~')) {
        return mu_fail(err, MU_E_USAGE,
                       "'%s' is no conflict: write ~k3f9, as muster conflicts has it",
                       mu_show_short(ref, shown));
    }
    struct mu_conflict_line *lines = NULL;
    size_t count = 0;
    MU_TRY(mu_conflicts(db, true, SIZE_MAX, arena, &lines, &count, err));
    const struct mu_conflict_line *found = NULL;
    bool several = false;
    for (size_t i = 0; i < count; i++) {
        if (whole ? mu_id_equal(lines[i].id, id) : mu_same_word(mu_slice_str(lines[i].ref), ref)) {
            /* An open one is meant before a settled one of the same handle. */
            bool better = found == NULL ||
                          (found->state != MU_CONFLICT_OPEN && lines[i].state == MU_CONFLICT_OPEN);
            several = found != NULL && found->state == lines[i].state;
            found = better ? &lines[i] : found;
        }
    }
    if (found == NULL) {
        return mu_fail(err, MU_E_NOT_FOUND, "no conflict %s here", mu_show_short(ref, shown));
    }
    if (several) {
        char text[MU_ID_TEXT_LEN + 1];
        mu_id_text(found->id, text);
        return mu_fail(err, MU_E_CONFLICT, "%s may be one of several: use the whole id, such as %s",
                       mu_show_short(ref, shown), text);
    }
    *out = *found;
    return MU_OK;
}

/* -- words ------------------------------------------------------------------- */

static enum mu_status put_subject(struct mu_buf *out, const struct mu_conflict_line *conflict,
                                  const struct mu_task_line *task)
{
    const struct mu_entity *entity = mu_entity_find(conflict->entity);
    if (conflict->kind == MU_CONFLICT_DELETE) {
        MU_TRY(mu_buf_append_str(out, "deletion"));
    } else {
        MU_TRY(mu_words_field(out, conflict->entity, conflict->field));
    }
    if (conflict->entity != MU_TASK) {
        MU_TRY(mu_buf_printf(out, " of the %s", entity != NULL ? entity->name : "row"));
    }
    if (task != NULL) {
        MU_TRY(mu_buf_append_str(out, conflict->entity == MU_TASK ? " of " : " on "));
        MU_TRY(mu_words_task(out, task));
    }
    return mu_buf_append_str(out, ": ");
}

/* "@mia's Fri 27 Nov" */
static enum mu_status put_side(struct mu_buf *out, const struct mu_conflict_line *conflict,
                               struct mu_value value, struct mu_id by, const struct mu_names *names,
                               const struct mu_viewpoint *from)
{
    if (!mu_id_is_zero(by)) {
        MU_TRY(mu_words_person(out, names, by));
        MU_TRY(mu_buf_append_str(out, "'s "));
    }
    return mu_words_value(out, conflict->entity, conflict->field, value, names, from);
}

static enum mu_status put_settled(struct mu_buf *out, const struct mu_conflict_line *conflict,
                                  const struct mu_names *names)
{
    if (conflict->state == MU_CONFLICT_OPEN) {
        return MU_OK;
    }
    MU_TRY(mu_buf_printf(out, " (%s by ", mu_conflict_state_name(conflict->state)));
    MU_TRY(mu_words_person(out, names, conflict->settled_by));
    return mu_buf_append_byte(out, ')');
}

enum mu_status mu_words_conflict(struct mu_buf *out, const struct mu_conflict_line *conflict,
                                 const struct mu_task_line *task, const struct mu_names *names,
                                 const struct mu_viewpoint *from)
{
    MU_TRY(mu_buf_printf(out, "%s ", conflict->ref));
    MU_TRY(put_subject(out, conflict, task));
    switch (conflict->kind) {
    case MU_CONFLICT_DELETE:
        MU_TRY(mu_words_person(out, names, conflict->lost_by));
        MU_TRY(mu_buf_append_str(out, " deleted it without having seen its last edit; it stayed"));
        break;
    case MU_CONFLICT_STATUS:
        MU_TRY(mu_words_person(out, names, conflict->lost_by));
        MU_TRY(mu_buf_append_str(out, " asked for "));
        MU_TRY(mu_words_value(out, conflict->entity, conflict->field, conflict->lost, names, from));
        MU_TRY(mu_buf_append_str(out, " when it was "));
        MU_TRY(mu_words_value(out, conflict->entity, conflict->field, conflict->kept, names, from));
        MU_TRY(mu_buf_append_str(out, " already"));
        break;
    default:
        MU_TRY(put_side(out, conflict, conflict->kept, conflict->kept_by, names, from));
        MU_TRY(mu_buf_append_str(out, " stands, "));
        MU_TRY(put_side(out, conflict, conflict->lost, conflict->lost_by, names, from));
        MU_TRY(mu_buf_append_str(out, " was set aside"));
        break;
    }
    return put_settled(out, conflict, names);
}

static enum mu_status put_tabs_side(struct mu_buf *out, const struct mu_conflict_line *conflict,
                                    bool kept, const struct mu_names *names,
                                    const struct mu_viewpoint *from)
{
    struct mu_id by = kept ? conflict->kept_by : conflict->lost_by;
    struct mu_value value = kept ? conflict->kept : conflict->lost;
    const struct mu_person_name *person = mu_id_is_zero(by) ? NULL : mu_names_person(names, by);
    const struct mu_field *field = mu_field_find(conflict->entity, conflict->field);
    if (person != NULL) {
        MU_TRY(mu_show(out, person->handle, MU_SHOW_ONE_LINE));
    }
    MU_TRY(mu_buf_append_byte(out, '\t'));
    /* A text and a date as they are: nothing in quotes, nothing cut. */
    if (value.kind == MU_BYTES && field != NULL &&
        (field->type == MU_TYPE_TEXT || field->type == MU_TYPE_DUE)) {
        MU_TRY(mu_show(out, value.bytes, MU_SHOW_ONE_LINE));
    } else {
        MU_TRY(mu_words_value(out, conflict->entity, conflict->field, value, names, from));
    }
    return mu_buf_append_byte(out, '\t');
}

enum mu_status mu_words_conflict_tabs(struct mu_buf *out, const struct mu_conflict_line *conflict,
                                      const struct mu_task_line *task, const struct mu_names *names,
                                      const struct mu_viewpoint *from)
{
    const struct mu_field *field = mu_field_find(conflict->entity, conflict->field);
    MU_TRY(mu_buf_printf(out, "%s\t%s\t%s\t", conflict->ref, task != NULL ? task->ref : "",
                         field != NULL ? field->name : "deleted"));
    MU_TRY(put_tabs_side(out, conflict, true, names, from));
    MU_TRY(put_tabs_side(out, conflict, false, names, from));
    return mu_buf_printf(out, "%s\n", mu_conflict_state_name(conflict->state));
}

static enum mu_status put_whole(struct mu_buf *out, const char *head,
                                const struct mu_conflict_line *conflict, bool kept,
                                const struct mu_names *names, const struct mu_viewpoint *from,
                                size_t width)
{
    struct mu_value value = kept ? conflict->kept : conflict->lost;
    struct mu_id by = kept ? conflict->kept_by : conflict->lost_by;
    int64_t at_ms = kept ? conflict->kept_at_ms : conflict->lost_at_ms;
    MU_TRY(mu_buf_append_str(out, head));
    if (!mu_id_is_zero(by)) {
        MU_TRY(mu_buf_append_str(out, " by "));
        MU_TRY(mu_words_person(out, names, by));
        MU_TRY(mu_buf_append_str(out, ", "));
        MU_TRY(mu_words_instant(out, at_ms, from));
    }
    MU_TRY(mu_buf_append_byte(out, '\n'));
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)4 * MU_VALUE_MAX);
    const struct mu_field *field = mu_field_find(conflict->entity, conflict->field);
    if (value.kind == MU_BYTES && field != NULL && field->type == MU_TYPE_TEXT) {
        MU_TRY(mu_show(&text, value.bytes, MU_SHOW_LINES));
    } else {
        MU_TRY(mu_words_value(&text, conflict->entity, conflict->field, value, names, from));
    }
    return mu_show_wrap(out, mu_buf_view(&text), 4, width);
}

enum mu_status mu_words_conflict_whole(struct mu_buf *out, const struct mu_conflict_line *conflict,
                                       const struct mu_names *names,
                                       const struct mu_viewpoint *from, size_t width)
{
    MU_TRY(put_whole(out, "  stands", conflict, true, names, from, width));
    return put_whole(out, "  set aside", conflict, false, names, from, width);
}

/* -- JSON -------------------------------------------------------------------- */

static void value_json(struct mu_json *json, const char *name,
                       const struct mu_conflict_line *conflict, struct mu_value value)
{
    const struct mu_field *field = mu_field_find(conflict->entity, conflict->field);
    struct mu_id id;
    if (value.kind == MU_NULL) {
        mu_json_null(json, name);
    } else if (conflict->entity == MU_TASK && conflict->field == MU_TASK_STATE &&
               value.kind == MU_INT) {
        mu_json_str(json, name, mu_state_name(value.number));
    } else if (value.kind == MU_INT) {
        mu_json_int(json, name, value.number);
    } else if (field != NULL && field->type == MU_TYPE_ID && mu_id_from_slice(value.bytes, &id)) {
        mu_json_id(json, name, id);
    } else {
        mu_json_text(json, name, value.bytes);
    }
}

void mu_conflict_json(struct mu_json *json, const char *name,
                      const struct mu_conflict_line *conflict, const struct mu_task_line *task,
                      const struct mu_names *names)
{
    const struct mu_entity *entity = mu_entity_find(conflict->entity);
    const struct mu_field *field = mu_field_find(conflict->entity, conflict->field);
    mu_json_object(json, name);
    mu_json_str(json, "ref", conflict->ref);
    mu_json_id(json, "id", conflict->id);
    mu_json_str(json, "kind", mu_conflict_kind_name(conflict->kind));
    mu_json_str(json, "state", mu_conflict_state_name(conflict->state));
    if (task != NULL) {
        mu_json_str(json, "task", task->ref);
    } else {
        mu_json_null(json, "task");
    }
    mu_json_str(json, "entity", entity != NULL ? entity->name : "?");
    mu_json_id(json, "row", conflict->row);
    if (field != NULL) {
        mu_json_str(json, "field", field->name);
    } else {
        mu_json_null(json, "field");
    }
    value_json(json, "kept", conflict, conflict->kept);
    mu_person_json(json, "kept_by", conflict->kept_by, names);
    mu_json_instant(json, "kept_at", conflict->kept_at_ms);
    value_json(json, "lost", conflict, conflict->lost);
    mu_person_json(json, "lost_by", conflict->lost_by, names);
    mu_json_instant(json, "lost_at", conflict->lost_at_ms);
    mu_person_json(json, "settled_by", conflict->settled_by, names);
    mu_json_close(json);
}
