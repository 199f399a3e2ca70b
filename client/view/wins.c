#include "client/view/wins.h"

#include <inttypes.h>
#include <stdlib.h>

#include "client/view/kudos.h"
#include "client/view/text.h"
#include "client/view/value_words.h"
#include "common/db/stmt.h"
#include "common/seal/hash.h"

static const char SQL_POSTED[] =
    "SELECT id, person, kind, about, level, text, posted_by, posted_at FROM win"
    " WHERE posted_at >= ?1 ORDER BY posted_at DESC, id DESC LIMIT ?2";
static const char SQL_THERE[] = "SELECT 1 FROM win WHERE key = ?1";
static const char SQL_DONE[] =
    "SELECT id, owner, done_at FROM task WHERE done_at >= ?1 AND done_at IS NOT NULL AND state = 6"
    " AND owner IS NOT NULL AND coalesce(deleted, 0) = 0 ORDER BY done_at, id";
static const char SQL_CLEARED[] =
    "SELECT id, cleared_by, cleared_at FROM blocker WHERE cleared_at >= ?1 AND state = 4"
    " AND cleared_by IS NOT NULL AND cleared_by <> raised_by ORDER BY cleared_at, id";

#define TEXT_WIDTH 200

const char *mu_win_kind_name(int64_t kind)
{
    static const char *const names[] = {"task", "goal", "quota", "streak", "unblocked", "other"};
    return kind >= 1 && kind <= 6 ? names[kind - 1] : "?";
}

static enum mu_status no_memory(struct mu_error *err)
{
    return mu_fail(err, MU_E_NOMEM, "read wins: out of memory");
}

/* -- posted ---------------------------------------------------------------------- */

static bool read_line(struct mu_stmt *stmt, struct mu_arena *arena, struct mu_win_line *line)
{
    line->id = mu_stmt_id(stmt, 0);
    mu_id_handle(line->id, line->ref);
    line->person = mu_stmt_id(stmt, 1);
    line->kind = mu_stmt_int(stmt, 2);
    line->about.entity = mu_win_entity(line->kind);
    line->about.id = mu_stmt_id(stmt, 3);
    line->level = mu_stmt_int(stmt, 4);
    line->posted_by = mu_stmt_id(stmt, 6);
    line->at_ms = mu_stmt_int(stmt, 7);
    return mu_arena_copy(arena, mu_stmt_text(stmt, 5), &line->text);
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
        struct mu_win_line *line = mu_list_add(lines);
        if (line == NULL || !read_line(stmt, arena, line)) {
            return no_memory(err);
        }
    }
}

enum mu_status mu_wins_posted(struct mu_db *db, int64_t since_ms, size_t most,
                              struct mu_arena *arena, struct mu_win_line **out_lines,
                              size_t *out_count, struct mu_error *err)
{
    struct mu_list lines;
    struct mu_stmt stmt = {0};
    mu_list_init(&lines, arena, sizeof(struct mu_win_line));
    MU_TRY(mu_stmt_prepare(&stmt, db, SQL_POSTED, err));
    mu_stmt_bind_int(&stmt, 1, since_ms);
    mu_stmt_bind_int(&stmt, 2, most > INT32_MAX ? INT32_MAX : (int64_t)most);
    enum mu_status status = read_lines(&stmt, arena, &lines, err);
    mu_stmt_finalize(&stmt);
    MU_TRY(status);
    struct mu_win_line *items = lines.items;
    for (size_t i = 0; i < lines.count; i++) {
        MU_TRY(mu_subject_read(db, items[i].about.entity, items[i].about.id, arena, &items[i].about,
                               err));
    }
    *out_lines = items;
    *out_count = lines.count;
    return MU_OK;
}

/* -- proposed ---------------------------------------------------------------------- */

void mu_wins_begin(struct mu_win_proposals *proposals, struct mu_db *db, struct mu_arena *arena)
{
    *proposals = (struct mu_win_proposals){.db = db, .arena = arena};
    mu_list_init(&proposals->lines, arena, sizeof(struct mu_win_line));
}

static enum mu_status is_posted(struct mu_db *db, struct mu_id id, bool *out_posted,
                                struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, SQL_THERE, err));
    mu_stmt_bind_int(&stmt, 1, mu_id_key(id));
    enum mu_status status = mu_stmt_step(&stmt, out_posted, err);
    mu_stmt_finalize(&stmt);
    return status;
}

enum mu_status mu_wins_add(struct mu_win_proposals *proposals, const struct mu_win_key *key,
                           uint32_t about, int64_t at_ms, struct mu_error *err)
{
    const struct mu_world world = {.derive = mu_id_derive};
    struct mu_id id = mu_win_id(&world, key);
    bool posted = false;
    MU_TRY(is_posted(proposals->db, id, &posted, err));
    if (posted) {
        return MU_OK;
    }
    struct mu_win_line *line = mu_list_add(&proposals->lines);
    if (line == NULL) {
        return no_memory(err);
    }
    *line = (struct mu_win_line){.id = id,
                                 .person = key->person,
                                 .kind = key->kind,
                                 .level = key->level,
                                 .text = mu_slice_str(""),
                                 .at_ms = at_ms};
    mu_id_handle(id, line->ref);
    return mu_subject_read(proposals->db, about, key->about, proposals->arena, &line->about, err);
}

static enum mu_status add_all(struct mu_win_proposals *proposals, const char *sql, int64_t kind,
                              int64_t since_ms, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    bool row = true;
    MU_TRY(mu_stmt_prepare(&stmt, proposals->db, sql, err));
    mu_stmt_bind_int(&stmt, 1, since_ms);
    enum mu_status status = MU_OK;
    while (status == MU_OK) {
        status = mu_stmt_step(&stmt, &row, err);
        if (status != MU_OK || !row) {
            break;
        }
        const struct mu_win_key key = {
            .person = mu_stmt_id(&stmt, 1), .kind = kind, .about = mu_stmt_id(&stmt, 0)};
        status = mu_wins_add(proposals, &key, mu_win_entity(kind), mu_stmt_int(&stmt, 2), err);
    }
    mu_stmt_finalize(&stmt);
    return status;
}

enum mu_status mu_wins_add_board(struct mu_win_proposals *proposals, int64_t since_ms,
                                 struct mu_error *err)
{
    MU_TRY(add_all(proposals, SQL_DONE, MU_WIN_TASK, since_ms, err));
    return add_all(proposals, SQL_CLEARED, MU_WIN_UNBLOCKED, since_ms, err);
}

static int newer_first(const void *left, const void *right)
{
    const struct mu_win_line *a = left;
    const struct mu_win_line *b = right;
    return a->at_ms != b->at_ms ? (a->at_ms < b->at_ms ? 1 : -1) : mu_id_compare(a->id, b->id);
}

struct mu_win_line *mu_wins_end(struct mu_win_proposals *proposals, size_t *out_count)
{
    *out_count = proposals->lines.count;
    if (proposals->lines.count > 1) {
        qsort(proposals->lines.items, proposals->lines.count, sizeof(struct mu_win_line),
              newer_first);
    }
    return proposals->lines.items;
}

/* -- words --------------------------------------------------------------------------- */

/* ", the third week in a row": quotas of weeks; those of months say so of months. */
static enum mu_status put_run(struct mu_buf *out, size_t run, bool months)
{
    static const char *const names[] = {"second",  "third",  "fourth", "fifth", "sixth",
                                        "seventh", "eighth", "ninth",  "tenth"};
    const char *unit = months ? "month" : "week";
    if (run < 2) {
        return MU_OK;
    }
    if (run - 2 < sizeof names / sizeof names[0]) {
        return mu_buf_printf(out, ", the %s %s in a row", names[run - 2], unit);
    }
    return mu_buf_printf(out, ", %zu %ss in a row", run, unit);
}

enum mu_status mu_words_win(struct mu_buf *out, const struct mu_win_line *line,
                            const struct mu_names *names)
{
    MU_TRY(mu_words_person(out, names, line->person));
    switch (line->kind) {
    case MU_WIN_TASK:
        MU_TRY(mu_buf_append_str(out, " finished "));
        MU_TRY(mu_words_subject(out, &line->about));
        break;
    case MU_WIN_GOAL:
        MU_TRY(mu_buf_printf(out, " brought to %" PRId64 "%% ", line->level));
        MU_TRY(mu_words_subject(out, &line->about));
        break;
    case MU_WIN_QUOTA:
        MU_TRY(mu_buf_append_str(out, " met the quota"));
        MU_TRY(put_run(out, line->run, line->monthly));
        break;
    case MU_WIN_STREAK:
        MU_TRY(mu_buf_printf(out, " checked in %" PRId64 " times running", line->level));
        break;
    case MU_WIN_UNBLOCKED:
        MU_TRY(mu_buf_append_str(out, " cleared a blocker for somebody: "));
        MU_TRY(mu_words_subject(out, &line->about));
        break;
    default:
        break;
    }
    if (line->text.len == 0) {
        return MU_OK;
    }
    MU_TRY(mu_buf_append_str(out, ": "));
    return mu_words_quote(out, line->text, TEXT_WIDTH);
}

enum mu_status mu_win_tabs(struct mu_buf *out, const struct mu_win_line *line,
                           const struct mu_names *names)
{
    MU_TRY(mu_buf_printf(out, "%s\t", line->ref));
    MU_TRY(mu_words_utc(out, line->at_ms));
    MU_TRY(mu_buf_append_byte(out, '\t'));
    MU_TRY(mu_person_tab(out, line->person, names));
    MU_TRY(mu_buf_printf(out, "\t%s\t%s\t", mu_win_kind_name(line->kind), line->about.ref));
    if (line->level != 0) {
        MU_TRY(mu_buf_printf(out, "%" PRId64, line->level));
    }
    MU_TRY(mu_buf_append_byte(out, '\t'));
    MU_TRY(mu_show(out, line->text, MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_append_byte(out, '\t'));
    if (mu_id_is_zero(line->posted_by)) {
        return mu_buf_append_str(out, "proposed\n");
    }
    MU_TRY(mu_person_tab(out, line->posted_by, names));
    return mu_buf_append_byte(out, '\n');
}

void mu_win_json(struct mu_json *json, const char *name, const struct mu_win_line *line,
                 const struct mu_names *names)
{
    mu_json_object(json, name);
    mu_json_str(json, "ref", line->ref);
    mu_json_id(json, "id", line->id);
    mu_person_json(json, "person", line->person, names);
    mu_json_str(json, "kind", mu_win_kind_name(line->kind));
    mu_subject_json(json, "about", &line->about);
    if (line->level != 0) {
        mu_json_int(json, "level", line->level);
    } else {
        mu_json_null(json, "level");
    }
    if (line->run > 0) {
        mu_json_int(json, "run", (int64_t)line->run);
    } else {
        mu_json_null(json, "run");
    }
    mu_json_text(json, "text", line->text);
    mu_person_json(json, "posted_by", line->posted_by, names);
    mu_json_instant(json, "at", line->at_ms);
    mu_json_close(json);
}
