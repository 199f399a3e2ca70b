#include "client/view/tasks.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "client/view/goals.h"
#include "client/view/text.h"
#include "common/base/reader.h"

/* Columns of a line, in the order of enum part. */
#define PARTS \
    "key, id, no, title, state, owner, due, no_date, archived, deleted, seqs, column_id, goal"
enum part { KEY, ID, NO, TITLE, STATE, OWNER, DUE, NO_DATE, ARCHIVED, DELETED, SEQS, COLUMN, GOAL };

#define OPEN " AND state < 6 AND archived IS NOT 1 AND deleted IS NOT 1"

static const char SQL_OPEN[] =
    "SELECT " PARTS " FROM task WHERE column_id = ?1" OPEN " ORDER BY rank, id";
static const char SQL_ALL[] = "SELECT " PARTS " FROM task WHERE column_id = ?1 ORDER BY rank, id";
static const char SQL_NOWHERE[] =
    "SELECT " PARTS " FROM task WHERE column_id IS NULL ORDER BY rank, id";
static const char SQL_ONE[] = "SELECT " PARTS " FROM task WHERE key = ?1";
/* By one owner, whose index has the order of the board, too. */
static const char SQL_OPEN_OWNED[] =
    "SELECT " PARTS " FROM task WHERE column_id = ?1"
    " AND owner = ?2 AND owner IS NOT NULL" OPEN " ORDER BY rank, id";
static const char SQL_ALL_OWNED[] = "SELECT " PARTS " FROM task WHERE column_id = ?1"
                                    " AND owner = ?2 AND owner IS NOT NULL ORDER BY rank, id";
static const char SQL_LABELS[] = "SELECT label FROM task_label WHERE task = ?1 AND is_on = 1"
                                 " ORDER BY label";
static const char SQL_HELPERS[] = "SELECT person FROM task_helper WHERE task = ?1 AND is_on = 1"
                                  " ORDER BY person";
static const char SQL_PENDING[] = "SELECT 1 FROM mu_base WHERE entity = ?1 AND key = ?2";
static const char SQL_GOAL[] = "SELECT no FROM goal WHERE key = ?1";
static const char SQL_BLOCKED[] = "SELECT 1 FROM blocker WHERE task = ?1 AND task IS NOT NULL"
                                  " AND state <= 3 LIMIT 1";
static const char SQL_ANY_GOAL[] = "SELECT 1 FROM goal LIMIT 1";
static const char SQL_ANY_BLOCKER[] = "SELECT 1 FROM blocker WHERE state <= 3 LIMIT 1";
static const char SQL_ANY_LABEL[] = "SELECT 1 FROM task_label LIMIT 1";
static const char SQL_ANY_HELPER[] = "SELECT 1 FROM task_helper LIMIT 1";
static const char SQL_ANY_PENDING[] = "SELECT 1 FROM mu_base LIMIT 1";

/* -- statements for what hangs on a task ------------------------------------- */

struct parts {
    struct mu_db *db;
    struct mu_stmt labels;
    struct mu_stmt helpers;
    struct mu_stmt pending;
    struct mu_stmt goal;
    struct mu_stmt blocked;
    bool any_label, any_helper, any_pending, any_goal, any_blocker;
};

static enum mu_status any(struct mu_db *db, const char *sql, bool *out_any, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, sql, err));
    enum mu_status status = mu_stmt_step(&stmt, out_any, err);
    mu_stmt_finalize(&stmt);
    return status;
}

static enum mu_status parts_open(struct parts *parts, struct mu_db *db, struct mu_error *err)
{
    parts->db = db;
    MU_TRY(any(db, SQL_ANY_LABEL, &parts->any_label, err));
    MU_TRY(any(db, SQL_ANY_HELPER, &parts->any_helper, err));
    MU_TRY(any(db, SQL_ANY_PENDING, &parts->any_pending, err));
    MU_TRY(any(db, SQL_ANY_GOAL, &parts->any_goal, err));
    MU_TRY(any(db, SQL_ANY_BLOCKER, &parts->any_blocker, err));
    if (parts->any_goal) {
        MU_TRY(mu_stmt_prepare(&parts->goal, db, SQL_GOAL, err));
    }
    if (parts->any_blocker) {
        MU_TRY(mu_stmt_prepare(&parts->blocked, db, SQL_BLOCKED, err));
    }
    if (parts->any_label) {
        MU_TRY(mu_stmt_prepare(&parts->labels, db, SQL_LABELS, err));
    }
    if (parts->any_helper) {
        MU_TRY(mu_stmt_prepare(&parts->helpers, db, SQL_HELPERS, err));
    }
    if (parts->any_pending) {
        MU_TRY(mu_stmt_prepare(&parts->pending, db, SQL_PENDING, err));
    }
    return MU_OK;
}

static void parts_close(struct parts *parts)
{
    mu_stmt_finalize(&parts->labels);
    mu_stmt_finalize(&parts->helpers);
    mu_stmt_finalize(&parts->pending);
    mu_stmt_finalize(&parts->goal);
    mu_stmt_finalize(&parts->blocked);
}

static enum mu_status read_ids(struct mu_stmt *stmt, struct mu_id task,
                               struct mu_id out_ids[static MU_TASK_PEOPLE_SHOWN], size_t *out_count,
                               struct mu_error *err)
{
    size_t count = 0;
    bool row = true;
    enum mu_status status = MU_OK;
    mu_stmt_bind_id(stmt, 1, task);
    while (count < MU_TASK_PEOPLE_SHOWN) {
        status = mu_stmt_step(stmt, &row, err);
        if (status != MU_OK || !row) {
            break;
        }
        out_ids[count++] = mu_stmt_id(stmt, 0);
    }
    mu_stmt_reset(stmt);
    *out_count = count;
    return status;
}

/* The number of its goal, and whether something stops it. */
static enum mu_status read_aims(struct parts *parts, struct mu_task_line *line,
                                struct mu_error *err)
{
    bool row = false;
    line->goal_ref[0] = '\0';
    line->blocked = false;
    if (!mu_id_is_zero(line->goal) && parts->any_goal) {
        mu_stmt_bind_int(&parts->goal, 1, mu_id_key(line->goal));
        enum mu_status status = mu_stmt_step(&parts->goal, &row, err);
        mu_goal_ref(line->goal, status == MU_OK && row ? mu_stmt_int(&parts->goal, 0) : 0,
                    line->goal_ref);
        mu_stmt_reset(&parts->goal);
        MU_TRY(status);
    }
    if (parts->any_blocker) {
        mu_stmt_bind_id(&parts->blocked, 1, line->id);
        enum mu_status status = mu_stmt_step(&parts->blocked, &line->blocked, err);
        mu_stmt_reset(&parts->blocked);
        return status;
    }
    return MU_OK;
}

static enum mu_status read_parts(struct parts *parts, struct mu_task_line *line,
                                 struct mu_error *err)
{
    MU_TRY(read_aims(parts, line, err));
    line->label_count = 0;
    line->helper_count = 0;
    line->pending = false;
    if (parts->any_label) {
        MU_TRY(read_ids(&parts->labels, line->id, line->labels, &line->label_count, err));
    }
    if (parts->any_helper) {
        MU_TRY(read_ids(&parts->helpers, line->id, line->helpers, &line->helper_count, err));
    }
    if (parts->any_pending) {
        mu_stmt_bind_int(&parts->pending, 1, MU_TASK);
        mu_stmt_bind_int(&parts->pending, 2, line->key);
        enum mu_status status = mu_stmt_step(&parts->pending, &line->pending, err);
        mu_stmt_reset(&parts->pending);
        return status;
    }
    return MU_OK;
}

/* -- a line ------------------------------------------------------------------ */

void mu_task_ref(struct mu_id id, int64_t no, char out_ref[static MU_TASK_REF_MAX])
{
    if (no > 0) {
        (void)snprintf(out_ref, MU_TASK_REF_MAX, "T-%" PRId64, no);
    } else {
        mu_id_handle(id, out_ref);
    }
}

/* common/replica keeps per distinct seq, ascending, a varint seq and a varint of fields. */
static uint64_t newest_seq(struct mu_slice seqs)
{
    struct mu_reader reader = mu_reader_of(seqs);
    uint64_t newest = 0;
    while (!mu_reader_at_end(&reader) && mu_reader_ok(&reader)) {
        uint64_t seq = mu_reader_varint(&reader);
        (void)mu_reader_varint(&reader);
        newest = mu_reader_ok(&reader) ? seq : newest;
    }
    return newest;
}

static void read_line(struct mu_stmt *stmt, const struct mu_column_name *column,
                      struct mu_task_line *out)
{
    out->key = mu_stmt_int(stmt, KEY);
    out->id = mu_stmt_id(stmt, ID);
    out->no = mu_stmt_int(stmt, NO);
    mu_task_ref(out->id, out->no, out->ref);
    out->title = mu_stmt_text(stmt, TITLE);
    out->state = (int)mu_stmt_int(stmt, STATE);
    out->column = column;
    out->owner = mu_stmt_id(stmt, OWNER);
    out->due = mu_stmt_text(stmt, DUE);
    out->no_date = mu_stmt_int(stmt, NO_DATE) == 1;
    out->archived = mu_stmt_int(stmt, ARCHIVED) == 1;
    out->deleted = mu_stmt_int(stmt, DELETED) == 1;
    out->goal = mu_stmt_id(stmt, GOAL);
    out->updated_seq = newest_seq(mu_stmt_blob(stmt, SEQS));
}

/* -- the filter -------------------------------------------------------------- */

/* Whether text holds word, case aside.  Both are short; the plain way does. */
static bool holds(struct mu_slice text, struct mu_slice word)
{
    for (size_t at = 0; at < text.len; at++) {
        if (mu_starts_with_word(mu_slice_of(text.data + at, text.len - at), word)) {
            return true;
        }
    }
    return word.len == 0;
}

/* Bytewise order of canonical dues is that of their local times, but for zones; a bound by the
 * day is what people mean. */
static int compare_due(const struct mu_due *due, const struct mu_due *bound)
{
    int64_t days = mu_date_to_days(due->date) - mu_date_to_days(bound->date);
    if (days != 0) {
        return days < 0 ? -1 : 1;
    }
    if (!due->has_time || !bound->has_time) {
        return 0;
    }
    return due->minute < bound->minute ? -1 : (due->minute > bound->minute ? 1 : 0);
}

static bool due_fits(const struct mu_task_filter *filter, struct mu_slice text)
{
    if (filter->due == MU_DUE_ANY) {
        return true;
    }
    if (filter->due == MU_DUE_NONE) {
        return text.len == 0;
    }
    struct mu_due due;
    struct mu_error ignored;
    if (text.len == 0 || mu_due_parse(text, &due, &ignored) != MU_OK) {
        return false;
    }
    int order = compare_due(&due, &filter->due_bound);
    switch (filter->due) {
    case MU_DUE_BEFORE:
        return order < 0;
    case MU_DUE_UNTIL:
        return order <= 0;
    case MU_DUE_AT:
        return order == 0;
    case MU_DUE_FROM:
        return order >= 0;
    case MU_DUE_AFTER:
        return order > 0;
    case MU_DUE_ANY:
    case MU_DUE_NONE:
        break;
    }
    return false;
}

static bool state_fits(const struct mu_task_filter *filter, const struct mu_task_line *line)
{
    if (line->deleted != filter->trash) {
        return false;
    }
    if (filter->states != 0) {
        bool in_range = line->state >= 0 && line->state < 32;
        return in_range && (filter->states >> line->state & 1u) != 0;
    }
    return filter->all || filter->trash || (line->state < MU_STATE_DONE && !line->archived);
}

/* What needs no further query. */
static bool fits(const struct mu_task_filter *filter, const struct mu_task_line *line)
{
    if (!state_fits(filter, line) || !due_fits(filter, line->due) ||
        (filter->by_owner && !mu_id_equal(filter->owner, line->owner)) ||
        (!mu_id_is_zero(filter->goal) && !mu_id_equal(filter->goal, line->goal))) {
        return false;
    }
    for (size_t i = 0; i < filter->word_count; i++) {
        if (!holds(line->title, filter->words[i])) {
            return false;
        }
    }
    return true;
}

static bool has_labels(const struct mu_task_filter *filter, const struct mu_task_line *line)
{
    for (size_t i = 0; i < filter->label_count; i++) {
        bool found = false;
        for (size_t j = 0; j < line->label_count && !found; j++) {
            found = mu_id_equal(filter->labels[i], line->labels[j]);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static bool column_fits(const struct mu_task_filter *filter, const struct mu_names *names,
                        const struct mu_column_name *column)
{
    if (filter->columns != NULL) {
        return filter->columns[column - names->columns];
    }
    const struct mu_board_name *board =
        column->board == SIZE_MAX ? NULL : &names->boards[column->board];
    if (filter->board != NULL) {
        return board == filter->board && (filter->all || filter->trash || !column->archived);
    }
    return filter->all || filter->trash ||
           (!column->archived && (board == NULL || !board->archived));
}

/* -- the walk ---------------------------------------------------------------- */

struct mu_task_list {
    const struct mu_names *names;
    const struct mu_task_filter *filter;
    struct parts parts;
    struct mu_stmt walk; /* of the column under way */
    struct mu_stmt tail; /* tasks in no column */
    size_t next;         /* column */
    bool in_column;      /* walk stands in column next - 1 */
};

static bool has_owner(const struct mu_task_filter *filter)
{
    return filter->by_owner && !mu_id_is_zero(filter->owner);
}

static enum mu_status prepare(struct mu_task_list *list, struct mu_db *db, struct mu_error *err)
{
    const struct mu_task_filter *filter = list->filter;
    MU_TRY(parts_open(&list->parts, db, err));
    bool closed = filter->all || filter->trash || filter->states != 0;
    const char *sql = has_owner(filter) ? (closed ? SQL_ALL_OWNED : SQL_OPEN_OWNED)
                                        : (closed ? SQL_ALL : SQL_OPEN);
    MU_TRY(mu_stmt_prepare(&list->walk, db, sql, err));
    return mu_stmt_prepare(&list->tail, db, SQL_NOWHERE, err);
}

enum mu_status mu_task_list_open(struct mu_db *db, const struct mu_names *names,
                                 const struct mu_task_filter *filter, struct mu_arena *arena,
                                 struct mu_task_list **out, struct mu_error *err)
{
    struct mu_task_list *list = mu_arena_alloc(arena, sizeof *list);
    if (list == NULL) {
        return mu_fail(err, MU_E_NOMEM, "list tasks: out of memory");
    }
    list->names = names;
    list->filter = filter;
    enum mu_status status = prepare(list, db, err);
    if (status != MU_OK) {
        mu_task_list_close(list);
        return status;
    }
    *out = list;
    return MU_OK;
}

void mu_task_list_close(struct mu_task_list *list)
{
    if (list != NULL) {
        parts_close(&list->parts);
        mu_stmt_finalize(&list->walk);
        mu_stmt_finalize(&list->tail);
    }
}

/* The next row of the board, whether it fits or not. */
static enum mu_status step_board(struct mu_task_list *list, struct mu_task_line *out, bool *out_row,
                                 struct mu_error *err)
{
    const struct mu_names *names = list->names;
    for (;;) {
        if (list->in_column) {
            MU_TRY(mu_stmt_step(&list->walk, out_row, err));
            if (*out_row) {
                read_line(&list->walk, &names->columns[list->next - 1], out);
                return MU_OK;
            }
            mu_stmt_reset(&list->walk);
            list->in_column = false;
        }
        while (list->next < names->column_count &&
               !column_fits(list->filter, names, &names->columns[list->next])) {
            list->next++;
        }
        if (list->next >= names->column_count) {
            break;
        }
        mu_stmt_bind_id(&list->walk, 1, names->columns[list->next].id);
        if (has_owner(list->filter)) {
            mu_stmt_bind_id(&list->walk, 2, list->filter->owner);
        }
        list->in_column = true;
        list->next++;
    }
    bool nowhere = list->filter->columns == NULL && list->filter->board == NULL;
    *out_row = false;
    if (nowhere) {
        MU_TRY(mu_stmt_step(&list->tail, out_row, err));
        if (*out_row) {
            read_line(&list->tail, NULL, out);
        }
    }
    return MU_OK;
}

enum mu_status mu_task_list_next(struct mu_task_list *list, struct mu_task_line *out,
                                 bool *out_found, struct mu_error *err)
{
    for (;;) {
        bool row = false;
        MU_TRY(step_board(list, out, &row, err));
        if (!row) {
            *out_found = false;
            return MU_OK;
        }
        if (!fits(list->filter, out)) {
            continue;
        }
        MU_TRY(read_parts(&list->parts, out, err));
        if (has_labels(list->filter, out) && (!list->filter->blocked || out->blocked)) {
            *out_found = true;
            return MU_OK;
        }
    }
}

/* -- one task ---------------------------------------------------------------- */

static enum mu_status keep_texts(struct mu_task_line *line, struct mu_arena *arena,
                                 struct mu_error *err)
{
    if (!mu_arena_copy(arena, line->title, &line->title) ||
        !mu_arena_copy(arena, line->due, &line->due)) {
        return mu_fail(err, MU_E_NOMEM, "read task: out of memory");
    }
    return MU_OK;
}

static enum mu_status get_line(struct mu_stmt *stmt, const struct mu_names *names, struct mu_id id,
                               struct mu_arena *arena, struct mu_task_line *out, bool *out_found,
                               struct mu_error *err)
{
    mu_stmt_bind_int(stmt, 1, mu_id_key(id));
    MU_TRY(mu_stmt_step(stmt, out_found, err));
    if (!*out_found || !mu_id_equal(mu_stmt_id(stmt, ID), id)) {
        *out_found = false;
        return MU_OK;
    }
    read_line(stmt, mu_names_column(names, mu_stmt_id(stmt, COLUMN)), out);
    return keep_texts(out, arena, err);
}

enum mu_status mu_task_line_get(struct mu_db *db, const struct mu_names *names, struct mu_id id,
                                struct mu_arena *arena, struct mu_task_line *out, bool *out_found,
                                struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, SQL_ONE, err));
    enum mu_status status = get_line(&stmt, names, id, arena, out, out_found, err);
    mu_stmt_finalize(&stmt);
    if (status != MU_OK || !*out_found) {
        return status;
    }
    struct parts parts = {0};
    status = parts_open(&parts, db, err);
    if (status == MU_OK) {
        status = read_parts(&parts, out, err);
    }
    parts_close(&parts);
    return status;
}
