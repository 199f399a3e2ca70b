#include "client/view/names.h"

#include <stdint.h>
#include <string.h>

#include "client/core/list.h"
#include "client/view/json.h"
#include "client/view/text.h"
#include "common/db/stmt.h"

#define DAY_END_DEFAULT 1020 /* 17:00 */
#define DAY_MINUTES     INT64_C(1440)

static const char SQL_TEAM[] = "SELECT name, zone, day_end FROM team ORDER BY key LIMIT 1";
static const char SQL_PEOPLE[] =
    "SELECT id, handle, name, zone, role, state FROM person ORDER BY id";
static const char SQL_LABELS[] = "SELECT id, name, colour FROM label ORDER BY id";
static const char SQL_BOARDS[] = "SELECT id, name, archived FROM board ORDER BY name, id";
static const char SQL_COLUMNS[] = "SELECT id, name, kind, wip_limit, archived, board"
                                  " FROM board_column ORDER BY rank, id";

/* -- loading ----------------------------------------------------------------- */

struct loader {
    struct mu_db *db;
    struct mu_arena *arena;
    struct mu_names *names;
    struct mu_list list;
};

static bool copy(struct loader *loader, struct mu_slice bytes, struct mu_slice *out)
{
    return mu_arena_copy(loader->arena, bytes, out);
}

static bool take_team(struct loader *loader, struct mu_stmt *stmt)
{
    struct mu_names *names = loader->names;
    int64_t day_end = mu_stmt_int(stmt, 2);
    if (day_end > 0 && day_end < DAY_MINUTES) {
        names->day_end_minute = (int32_t)day_end;
    }
    return copy(loader, mu_stmt_text(stmt, 0), &names->team) &&
           copy(loader, mu_stmt_text(stmt, 1), &names->team_zone);
}

static bool take_person(struct loader *loader, struct mu_stmt *stmt)
{
    struct mu_person_name *person = mu_list_add(&loader->list);
    if (person == NULL) {
        return false;
    }
    person->id = mu_stmt_id(stmt, 0);
    person->role = (int)mu_stmt_int(stmt, 4);
    person->state = (int)mu_stmt_int(stmt, 5);
    return copy(loader, mu_stmt_text(stmt, 1), &person->handle) &&
           copy(loader, mu_stmt_text(stmt, 2), &person->name) &&
           copy(loader, mu_stmt_text(stmt, 3), &person->zone);
}

static bool take_label(struct loader *loader, struct mu_stmt *stmt)
{
    struct mu_label_name *label = mu_list_add(&loader->list);
    if (label == NULL) {
        return false;
    }
    label->id = mu_stmt_id(stmt, 0);
    return copy(loader, mu_stmt_text(stmt, 1), &label->name) &&
           copy(loader, mu_stmt_text(stmt, 2), &label->colour);
}

static bool take_board(struct loader *loader, struct mu_stmt *stmt)
{
    struct mu_board_name *board = mu_list_add(&loader->list);
    if (board == NULL) {
        return false;
    }
    board->id = mu_stmt_id(stmt, 0);
    board->archived = mu_stmt_int(stmt, 2) == 1;
    return copy(loader, mu_stmt_text(stmt, 1), &board->name);
}

static size_t board_index(const struct mu_names *names, struct mu_id id)
{
    for (size_t i = 0; i < names->board_count; i++) {
        if (mu_id_equal(names->boards[i].id, id)) {
            return i;
        }
    }
    return SIZE_MAX;
}

static bool take_column(struct loader *loader, struct mu_stmt *stmt)
{
    struct mu_column_name *column = mu_list_add(&loader->list);
    if (column == NULL) {
        return false;
    }
    column->id = mu_stmt_id(stmt, 0);
    column->kind = (int)mu_stmt_int(stmt, 2);
    column->wip_limit = mu_stmt_int(stmt, 3);
    column->archived = mu_stmt_int(stmt, 4) == 1;
    column->board = board_index(loader->names, mu_stmt_id(stmt, 5));
    return copy(loader, mu_stmt_text(stmt, 1), &column->name);
}

static enum mu_status load(struct loader *loader, const char *sql, size_t size,
                           bool (*take)(struct loader *loader, struct mu_stmt *stmt),
                           struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    mu_list_init(&loader->list, loader->arena, size);
    MU_TRY(mu_stmt_prepare(&stmt, loader->db, sql, err));
    enum mu_status status = MU_OK;
    bool row = true;
    while (status == MU_OK) {
        status = mu_stmt_step(&stmt, &row, err);
        if (status != MU_OK || !row) {
            break;
        }
        if (loader->list.count >= MU_NAMES_MAX) {
            status = mu_fail(err, MU_E_LIMIT, "more than %d rows of one kind", MU_NAMES_MAX);
        } else if (!take(loader, &stmt)) {
            status = mu_fail(err, MU_E_NOMEM, "read names: out of memory");
        }
    }
    mu_stmt_finalize(&stmt);
    return status;
}

/* By board, and as they came, by place, within one. */
static bool order_columns(struct mu_arena *arena, struct mu_names *names)
{
    struct mu_column_name *sorted = mu_arena_array(arena, names->column_count + 1, sizeof *sorted);
    if (sorted == NULL) {
        return false;
    }
    size_t used = 0;
    for (size_t board = 0; board <= names->board_count; board++) {
        size_t wanted = board < names->board_count ? board : SIZE_MAX;
        for (size_t i = 0; i < names->column_count; i++) {
            if (names->columns[i].board == wanted) {
                sorted[used++] = names->columns[i];
            }
        }
    }
    MU_ASSERT(used == names->column_count);
    names->columns = sorted;
    return true;
}

enum mu_status mu_names_load(struct mu_db *db, struct mu_arena *arena, struct mu_names *out,
                             struct mu_error *err)
{
    struct mu_names names = {.day_end_minute = DAY_END_DEFAULT};
    struct loader loader = {.db = db, .arena = arena, .names = &names};
    MU_TRY(load(&loader, SQL_TEAM, 1, take_team, err));
    MU_TRY(load(&loader, SQL_PEOPLE, sizeof *names.people, take_person, err));
    names.people = loader.list.items;
    names.person_count = loader.list.count;
    MU_TRY(load(&loader, SQL_LABELS, sizeof *names.labels, take_label, err));
    names.labels = loader.list.items;
    names.label_count = loader.list.count;
    MU_TRY(load(&loader, SQL_BOARDS, sizeof *names.boards, take_board, err));
    names.boards = loader.list.items;
    names.board_count = loader.list.count;
    MU_TRY(load(&loader, SQL_COLUMNS, sizeof *names.columns, take_column, err));
    names.columns = loader.list.items;
    names.column_count = loader.list.count;
    if (!order_columns(arena, &names)) {
        return mu_fail(err, MU_E_NOMEM, "read names: out of memory");
    }
    *out = names;
    return MU_OK;
}

/* -- by id ------------------------------------------------------------------- */

/* The place of id among count items of size, ordered by the id they begin with. */
static const void *find_sorted(const void *items, size_t count, size_t size, struct mu_id id)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const uint8_t *item = (const uint8_t *)items + middle * size;
        int order = memcmp(item, id.bytes, MU_ID_LEN);
        if (order == 0) {
            return item;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

const struct mu_person_name *mu_names_person(const struct mu_names *names, struct mu_id id)
{
    return find_sorted(names->people, names->person_count, sizeof *names->people, id);
}

const struct mu_label_name *mu_names_label(const struct mu_names *names, struct mu_id id)
{
    return find_sorted(names->labels, names->label_count, sizeof *names->labels, id);
}

const struct mu_column_name *mu_names_column(const struct mu_names *names, struct mu_id id)
{
    for (size_t i = 0; i < names->column_count; i++) {
        if (mu_id_equal(names->columns[i].id, id)) {
            return &names->columns[i];
        }
    }
    return NULL;
}

const struct mu_board_name *mu_names_board(const struct mu_names *names, struct mu_id id)
{
    size_t index = board_index(names, id);
    return index == SIZE_MAX ? NULL : &names->boards[index];
}

/* -- in words ---------------------------------------------------------------- */

enum mu_status mu_words_person(struct mu_buf *out, const struct mu_names *names, struct mu_id id)
{
    if (mu_id_is_zero(id)) {
        return mu_buf_append_str(out, "nobody");
    }
    const struct mu_person_name *person = mu_names_person(names, id);
    if (person == NULL) {
        return mu_buf_append_str(out, "@?");
    }
    MU_TRY(mu_buf_append_byte(out, '@'));
    return mu_show(out, person->handle, MU_SHOW_ONE_LINE);
}

/* -- in the output of commands ---------------------------------------------------- */

void mu_person_json(struct mu_json *json, const char *name, struct mu_id id,
                    const struct mu_names *names)
{
    const struct mu_person_name *person = mu_id_is_zero(id) ? NULL : mu_names_person(names, id);
    if (person != NULL) {
        mu_json_text(json, name, person->handle);
    } else {
        mu_json_null(json, name);
    }
}

enum mu_status mu_person_tab(struct mu_buf *out, struct mu_id id, const struct mu_names *names)
{
    const struct mu_person_name *person = mu_names_person(names, id);
    return mu_show(out, person != NULL ? person->handle : mu_slice_str("?"), MU_SHOW_ONE_LINE);
}
