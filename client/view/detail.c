#include "client/view/detail.h"

#include "client/core/list.h"
#include "client/view/text.h"

static const char SQL_MORE[] = "SELECT description, start, reason, source_url, created_at, done_at,"
                               " created_by, accepted_at, first_due, due_moves, parent"
                               " FROM task WHERE key = ?1";
static const char SQL_PARENT[] = "SELECT no FROM task WHERE key = ?1";
static const char SQL_CHECKLISTS[] = "SELECT id, name FROM checklist WHERE task = ?1"
                                     " AND deleted IS NOT 1 ORDER BY rank, id";
static const char SQL_ITEMS[] = "SELECT id, name, done, due, person, checklist FROM item"
                                " WHERE task = ?1 AND deleted IS NOT 1 ORDER BY rank, id";
static const char SQL_COMMENTS[] =
    "SELECT id, author, at, text, replaces IS NOT NULL FROM comment AS c WHERE task = ?1"
    " AND NOT EXISTS (SELECT 1 FROM comment AS d WHERE d.task = ?1 AND d.replaces = c.id)"
    " ORDER BY at, id";
static const char SQL_ATTACHMENTS[] = "SELECT name, url, size FROM attachment WHERE task = ?1"
                                      " ORDER BY at, id";
static const char SQL_CUSTOMS[] =
    "SELECT f.name, v.value FROM custom_value AS v, custom_field AS f"
    " WHERE v.task = ?1 AND f.id = v.custom_field AND v.value IS NOT NULL ORDER BY f.name, f.id";

struct reader {
    struct mu_db *db;
    struct mu_arena *arena;
    struct mu_id task;
    struct mu_task_detail *detail;
    struct mu_list list;
    struct mu_error *err;
};

static bool copy(struct reader *reader, struct mu_slice bytes, struct mu_slice *out)
{
    return mu_arena_copy(reader->arena, bytes, out);
}

static bool take_more(struct reader *reader, struct mu_stmt *stmt)
{
    struct mu_task_detail *detail = reader->detail;
    detail->created_at_ms = mu_stmt_int(stmt, 4);
    detail->done_at_ms = mu_stmt_int(stmt, 5);
    detail->created_by = mu_stmt_id(stmt, 6);
    detail->accepted_at_ms = mu_stmt_int(stmt, 7);
    detail->due_moves = mu_stmt_int(stmt, 9);
    detail->parent = mu_stmt_id(stmt, 10);
    return copy(reader, mu_stmt_text(stmt, 8), &detail->first_due) &&
           copy(reader, mu_stmt_text(stmt, 0), &detail->desc) &&
           copy(reader, mu_stmt_text(stmt, 1), &detail->start) &&
           copy(reader, mu_stmt_text(stmt, 2), &detail->reason) &&
           copy(reader, mu_stmt_text(stmt, 3), &detail->source_url);
}

static bool take_checklist(struct reader *reader, struct mu_stmt *stmt)
{
    struct mu_checklist_line *line = mu_list_add(&reader->list);
    if (line == NULL) {
        return false;
    }
    line->id = mu_stmt_id(stmt, 0);
    return copy(reader, mu_stmt_text(stmt, 1), &line->name);
}

/* With its checklist, until they are dealt out. */
struct loose_item {
    struct mu_item_line item;
    struct mu_id checklist;
};

static bool take_item(struct reader *reader, struct mu_stmt *stmt)
{
    struct loose_item *loose = mu_list_add(&reader->list);
    if (loose == NULL) {
        return false;
    }
    loose->item.id = mu_stmt_id(stmt, 0);
    loose->item.done = mu_stmt_int(stmt, 2) == 1;
    loose->item.person = mu_stmt_id(stmt, 4);
    loose->checklist = mu_stmt_id(stmt, 5);
    return copy(reader, mu_stmt_text(stmt, 1), &loose->item.name) &&
           copy(reader, mu_stmt_text(stmt, 3), &loose->item.due);
}

static bool take_comment(struct reader *reader, struct mu_stmt *stmt)
{
    struct mu_comment_line *line = mu_list_add(&reader->list);
    if (line == NULL) {
        return false;
    }
    line->id = mu_stmt_id(stmt, 0);
    line->author = mu_stmt_id(stmt, 1);
    line->at_ms = mu_stmt_int(stmt, 2);
    line->rewritten = mu_stmt_int(stmt, 4) == 1;
    return copy(reader, mu_stmt_text(stmt, 3), &line->text);
}

static bool take_attachment(struct reader *reader, struct mu_stmt *stmt)
{
    struct mu_attachment_line *line = mu_list_add(&reader->list);
    if (line == NULL) {
        return false;
    }
    line->size = mu_stmt_int(stmt, 2);
    return copy(reader, mu_stmt_text(stmt, 0), &line->name) &&
           copy(reader, mu_stmt_text(stmt, 1), &line->url);
}

static bool take_custom(struct reader *reader, struct mu_stmt *stmt)
{
    struct mu_custom_line *line = mu_list_add(&reader->list);
    return line != NULL && copy(reader, mu_stmt_text(stmt, 0), &line->name) &&
           copy(reader, mu_stmt_text(stmt, 1), &line->value);
}

static enum mu_status step_all(struct reader *reader, struct mu_stmt *stmt,
                               bool (*take)(struct reader *reader, struct mu_stmt *stmt))
{
    for (;;) {
        bool row = false;
        MU_TRY(mu_stmt_step(stmt, &row, reader->err));
        if (!row) {
            return MU_OK;
        }
        if (!take(reader, stmt)) {
            return mu_fail(reader->err, MU_E_NOMEM, "read task: out of memory");
        }
    }
}

static enum mu_status read_rows(struct reader *reader, const char *sql, size_t size,
                                bool (*take)(struct reader *reader, struct mu_stmt *stmt))
{
    struct mu_stmt stmt = {0};
    mu_list_init(&reader->list, reader->arena, size);
    MU_TRY(mu_stmt_prepare(&stmt, reader->db, sql, reader->err));
    if (take == take_more) {
        mu_stmt_bind_int(&stmt, 1, mu_id_key(reader->task));
    } else {
        mu_stmt_bind_id(&stmt, 1, reader->task);
    }
    enum mu_status status = step_all(reader, &stmt, take);
    mu_stmt_finalize(&stmt);
    return status;
}

/* Each checklist gets its items, in their order. */
static enum mu_status deal_items(struct reader *reader, const struct loose_item *loose,
                                 size_t count)
{
    struct mu_task_detail *detail = reader->detail;
    struct mu_item_line *items = mu_arena_array(reader->arena, count + 1, sizeof *items);
    if (items == NULL) {
        return mu_fail(reader->err, MU_E_NOMEM, "read task: out of memory");
    }
    for (size_t i = 0; i < detail->checklist_count; i++) {
        struct mu_checklist_line *list = &detail->checklists[i];
        list->items = items;
        for (size_t j = 0; j < count; j++) {
            if (mu_id_equal(loose[j].checklist, list->id)) {
                *items++ = loose[j].item;
                list->item_count++;
                list->done_count += loose[j].item.done ? 1 : 0;
            }
        }
    }
    return MU_OK;
}

static enum mu_status read_parent(struct reader *reader)
{
    struct mu_task_detail *detail = reader->detail;
    struct mu_stmt stmt = {0};
    bool row = false;
    if (mu_id_is_zero(detail->parent)) {
        return MU_OK;
    }
    MU_TRY(mu_stmt_prepare(&stmt, reader->db, SQL_PARENT, reader->err));
    mu_stmt_bind_int(&stmt, 1, mu_id_key(detail->parent));
    enum mu_status status = mu_stmt_step(&stmt, &row, reader->err);
    mu_task_ref(detail->parent, status == MU_OK && row ? mu_stmt_int(&stmt, 0) : 0,
                detail->parent_ref);
    mu_stmt_finalize(&stmt);
    return status;
}

static enum mu_status read_parts(struct reader *reader)
{
    struct mu_task_detail *detail = reader->detail;
    MU_TRY(read_rows(reader, SQL_MORE, 1, take_more));
    MU_TRY(read_parent(reader));
    MU_TRY(read_rows(reader, SQL_CHECKLISTS, sizeof *detail->checklists, take_checklist));
    detail->checklists = reader->list.items;
    detail->checklist_count = reader->list.count;
    MU_TRY(read_rows(reader, SQL_ITEMS, sizeof(struct loose_item), take_item));
    MU_TRY(deal_items(reader, reader->list.items, reader->list.count));
    MU_TRY(read_rows(reader, SQL_COMMENTS, sizeof *detail->comments, take_comment));
    detail->comments = reader->list.items;
    detail->comment_count = reader->list.count;
    MU_TRY(read_rows(reader, SQL_ATTACHMENTS, sizeof *detail->attachments, take_attachment));
    detail->attachments = reader->list.items;
    detail->attachment_count = reader->list.count;
    MU_TRY(read_rows(reader, SQL_CUSTOMS, sizeof *detail->customs, take_custom));
    detail->customs = reader->list.items;
    detail->custom_count = reader->list.count;
    return MU_OK;
}

enum mu_status mu_task_detail_read(struct mu_db *db, const struct mu_names *names, struct mu_id id,
                                   struct mu_arena *arena, struct mu_task_detail *out,
                                   struct mu_error *err)
{
    struct mu_task_detail detail = {.desc = {0}};
    bool found = false;
    MU_TRY(mu_task_line_get(db, names, id, arena, &detail.line, &found, err));
    if (!found) {
        return mu_fail(err, MU_E_NOT_FOUND, "no such task here");
    }
    struct reader reader = {.db = db, .arena = arena, .task = id, .detail = &detail, .err = err};
    MU_TRY(read_parts(&reader));
    MU_TRY(mu_conflicts_of(db, id, arena, &detail.conflicts, &detail.conflict_count, err));
    *out = detail;
    return MU_OK;
}

/* -- items ------------------------------------------------------------------- */

static bool place_of(struct mu_slice which, size_t *out_place)
{
    size_t place = 0;
    for (size_t i = 0; i < which.len; i++) {
        if (which.data[i] < '0' || which.data[i] > '9' || which.len > 6) {
            return false;
        }
        place = place * 10 + (size_t)(which.data[i] - '0');
    }
    *out_place = place;
    return which.len > 0 && place > 0;
}

static const struct mu_item_line *item_at(const struct mu_task_detail *detail, size_t place)
{
    for (size_t i = 0; i < detail->checklist_count; i++) {
        if (place <= detail->checklists[i].item_count) {
            return &detail->checklists[i].items[place - 1];
        }
        place -= detail->checklists[i].item_count;
    }
    return NULL;
}

enum mu_status mu_detail_find_item(const struct mu_task_detail *detail, struct mu_slice which,
                                   const struct mu_item_line **out, struct mu_error *err)
{
    char shown[MU_SHORT_MAX];
    size_t place = 0;
    size_t total = 0;
    size_t hits = 0;
    const struct mu_item_line *found = NULL;
    for (size_t i = 0; i < detail->checklist_count; i++) {
        const struct mu_checklist_line *list = &detail->checklists[i];
        total += list->item_count;
        for (size_t j = 0; j < list->item_count; j++) {
            if (mu_same_word(list->items[j].name, which)) {
                *out = &list->items[j];
                return MU_OK;
            }
            if (mu_starts_with_word(list->items[j].name, which)) {
                found = &list->items[j];
                hits++;
            }
        }
    }
    if (place_of(which, &place)) {
        found = item_at(detail, place);
        hits = found != NULL ? 1 : 0;
    }
    if (hits == 1) {
        *out = found;
        return MU_OK;
    }
    if (hits > 1) {
        return mu_fail(err, MU_E_USAGE, "%zu items begin with '%s': say its number", hits,
                       mu_show_short(which, shown));
    }
    return mu_fail(err, MU_E_NOT_FOUND, "no checklist item '%s' on %s, which has %zu",
                   mu_show_short(which, shown), detail->line.ref, total);
}
