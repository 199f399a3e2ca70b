#include "client/view/subject.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/view/goals.h"
#include "client/view/handles.h"
#include "client/view/text.h"
#include "client/view/value_words.h"

#define TITLE_WIDTH 60

/* A row's number (or null) and its words, by key. */
static const struct {
    uint32_t entity;
    const char *sql;
} readers[] = {
    {MU_TASK, "SELECT no, title FROM task WHERE key = ?1"},
    {MU_GOAL, "SELECT no, title FROM goal WHERE key = ?1"},
    {MU_BLOCKER, "SELECT NULL, reason FROM blocker WHERE key = ?1"},
    {MU_SCHEDULE, "SELECT NULL, name FROM schedule WHERE key = ?1"},
    {MU_CHECKIN, "SELECT NULL, text FROM checkin WHERE key = ?1"},
};

static const char *sql_of(uint32_t entity)
{
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        if (readers[i].entity == entity) {
            return readers[i].sql;
        }
    }
    return NULL;
}

static void put_ref(struct mu_subject *subject, int64_t no)
{
    if (subject->entity == MU_GOAL && no > 0) {
        (void)snprintf(subject->ref, sizeof subject->ref, "G-%" PRId64, no);
    } else {
        mu_task_ref(subject->id, subject->entity == MU_TASK ? no : 0, subject->ref);
    }
}

enum mu_status mu_subject_read(struct mu_db *db, uint32_t entity, struct mu_id id,
                               struct mu_arena *arena, struct mu_subject *out, struct mu_error *err)
{
    *out = (struct mu_subject){.entity = entity, .id = id, .title = mu_slice_str("")};
    if (entity == 0 || mu_id_is_zero(id)) {
        out->entity = 0;
        return MU_OK;
    }
    put_ref(out, 0);
    const char *sql = sql_of(entity);
    if (sql == NULL) {
        return MU_OK;
    }
    struct mu_stmt stmt = {0};
    bool row = false;
    MU_TRY(mu_stmt_prepare(&stmt, db, sql, err));
    mu_stmt_bind_int(&stmt, 1, mu_id_key(id));
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK && row) {
        put_ref(out, mu_stmt_int(&stmt, 0));
        if (!mu_arena_copy(arena, mu_stmt_text(&stmt, 1), &out->title)) {
            status = mu_fail(err, MU_E_NOMEM, "read '%s': out of memory", out->ref);
        }
    }
    mu_stmt_finalize(&stmt);
    return status;
}

/* -- as people write it --------------------------------------------------------- */

static enum mu_status find(struct mu_db *db, struct mu_slice ref, uint32_t *out_entity,
                           struct mu_id *out_id, struct mu_error *err)
{
    static const uint32_t others[] = {MU_GOAL, MU_BLOCKER, MU_CHECKIN};
    if (ref.len > 2 && (ref.data[0] == 'G' || ref.data[0] == 'g') && ref.data[1] == '-') {
        *out_entity = MU_GOAL;
        return mu_goal_resolve(db, ref, out_id, err);
    }
    *out_entity = MU_TASK;
    enum mu_status status = mu_task_resolve(db, ref, out_id, err);
    if (status != MU_E_NOT_FOUND || !mu_handle_looks(ref)) {
        return status;
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct mu_error ignored = {0};
        if (mu_handle_resolve(db, others[i], "row", ref, out_id, &ignored) == MU_OK) {
            *out_entity = others[i];
            return MU_OK;
        }
    }
    return status;
}

enum mu_status mu_subject_resolve(struct mu_db *db, struct mu_slice ref, struct mu_arena *arena,
                                  struct mu_subject *out, struct mu_error *err)
{
    uint32_t entity = 0;
    struct mu_id id;
    MU_TRY(find(db, ref, &entity, &id, err));
    return mu_subject_read(db, entity, id, arena, out, err);
}

/* -- words ------------------------------------------------------------------------ */

enum mu_status mu_words_subject(struct mu_buf *out, const struct mu_subject *subject)
{
    if (subject->entity == 0) {
        return MU_OK;
    }
    MU_TRY(mu_buf_append_str(out, subject->ref));
    if (subject->title.len == 0) {
        return MU_OK;
    }
    MU_TRY(mu_buf_append_byte(out, ' '));
    return mu_words_quote(out, subject->title, TITLE_WIDTH);
}

void mu_subject_json(struct mu_json *json, const char *name, const struct mu_subject *subject)
{
    if (subject->entity == 0) {
        mu_json_null(json, name);
        return;
    }
    mu_json_object(json, name);
    mu_json_str(json, "kind", mu_entity_find(subject->entity)->name);
    mu_json_str(json, "ref", subject->ref);
    mu_json_id(json, "id", subject->id);
    mu_json_text(json, "title", subject->title);
    mu_json_close(json);
}
