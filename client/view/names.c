#include "client/view/names.h"

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "client/core/list.h"
#include "client/view/text.h"
#include "common/base/utf8.h"
#include "common/db/stmt.h"

#define DAY_END_DEFAULT 1020 /* 17:00 */

static const char SQL_TEAM[] = "SELECT name, zone, day_end FROM team ORDER BY key LIMIT 1";
static const char SQL_PEOPLE[] =
    "SELECT id, handle, name, zone, role, state FROM person ORDER BY id";
static const char SQL_LABELS[] = "SELECT id, name, colour FROM label ORDER BY id";
static const char SQL_BOARDS[] = "SELECT id, name, archived FROM board ORDER BY name, id";
static const char SQL_COLUMNS[] = "SELECT id, name, kind, wip_limit, archived, board"
                                  " FROM board_column ORDER BY rank, id";

/* -- loading ------------------------------------------------------------------ */

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
    if (day_end > 0 && day_end < 24 * 60) {
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

/* -- by id -------------------------------------------------------------------- */

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

/* -- by what people write ------------------------------------------------------ */

/* The next character, folded; 0 at the end, the byte itself where there is none. */
static uint32_t next_folded(struct mu_slice *text)
{
    uint32_t point = 0;
    size_t len = mu_utf8_next(*text, &point);
    if (text->len == 0) {
        return 0;
    }
    if (len == 0) {
        point = text->data[0];
        len = 1;
    }
    *text = mu_slice_of(text->data + len, text->len - len);
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)point);
}

bool mu_same_word(struct mu_slice a, struct mu_slice b)
{
    while (a.len > 0 && b.len > 0) {
        if (next_folded(&a) != next_folded(&b)) {
            return false;
        }
    }
    return a.len == b.len;
}

static struct mu_slice without_gaps(struct mu_slice text)
{
    while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '-' || text.data[0] == '_')) {
        text = mu_slice_of(text.data + 1, text.len - 1);
    }
    return text;
}

bool mu_same_name(struct mu_slice a, struct mu_slice b)
{
    for (;;) {
        a = without_gaps(a);
        b = without_gaps(b);
        if (a.len == 0 || b.len == 0) {
            return a.len == b.len;
        }
        if (next_folded(&a) != next_folded(&b)) {
            return false;
        }
    }
}

bool mu_starts_with_word(struct mu_slice text, struct mu_slice word)
{
    while (word.len > 0) {
        if (text.len == 0 || next_folded(&text) != next_folded(&word)) {
            return false;
        }
    }
    return true;
}

/* Restricted to words that a person types: longer ones are simply far apart. */
#define WORD_MAX 40

size_t mu_word_distance(struct mu_slice a, struct mu_slice b, size_t limit)
{
    uint32_t left[WORD_MAX];
    size_t row[WORD_MAX + 1];
    size_t len = 0;
    while (a.len > 0 && len < WORD_MAX) {
        left[len++] = next_folded(&a);
    }
    if (a.len > 0 || b.len > (size_t)4 * WORD_MAX) {
        return limit + 1;
    }
    for (size_t i = 0; i <= len; i++) {
        row[i] = i;
    }
    for (size_t line = 1; b.len > 0; line++) {
        uint32_t point = next_folded(&b);
        size_t corner = row[0];
        row[0] = line;
        for (size_t i = 1; i <= len; i++) {
            size_t change = corner + (left[i - 1] == point ? 0 : 1);
            size_t edge = (row[i] < row[i - 1] ? row[i] : row[i - 1]) + 1;
            corner = row[i];
            row[i] = change < edge ? change : edge;
        }
    }
    return row[len] <= limit ? row[len] : limit + 1;
}

/* The best of the words offered so far; ties keep the first. */
struct nearest {
    struct mu_slice wanted;
    struct mu_slice word;
    size_t distance; /* beyond what is near: none so far */
    size_t near;
};

static struct nearest nearest_to(struct mu_slice wanted)
{
    size_t near = wanted.len < 4 ? 1 : (wanted.len < 8 ? 2 : 3);
    return (struct nearest){.wanted = wanted, .distance = near + 1, .near = near};
}

static void offer(struct nearest *nearest, struct mu_slice word)
{
    bool is_front = word.len > nearest->wanted.len && nearest->wanted.len >= 2 &&
                    mu_same_word(mu_slice_of(word.data, nearest->wanted.len), nearest->wanted);
    size_t distance = is_front ? 1 : mu_word_distance(nearest->wanted, word, nearest->near);
    if (distance < nearest->distance) {
        nearest->distance = distance;
        nearest->word = word;
    }
}

static enum mu_status not_found(const struct nearest *nearest, const char *kind, const char *sign,
                                struct mu_error *err)
{
    char wanted[MU_SHORT_MAX];
    char word[MU_SHORT_MAX];
    mu_show_short(nearest->wanted, wanted);
    if (nearest->distance > nearest->near) {
        return mu_fail(err, MU_E_NOT_FOUND, "no %s '%s%s'", kind, sign, wanted);
    }
    mu_show_short(nearest->word, word);
    return mu_fail(err, MU_E_NOT_FOUND, "no %s '%s%s'; did you mean '%s%s'?", kind, sign, wanted,
                   sign, word);
}

enum mu_status mu_names_find_person(const struct mu_names *names, struct mu_slice handle,
                                    const struct mu_person_name **out, struct mu_error *err)
{
    struct nearest nearest = nearest_to(handle);
    const struct mu_person_name *folded = NULL;
    for (size_t i = 0; i < names->person_count; i++) {
        const struct mu_person_name *person = &names->people[i];
        if (mu_slice_equal(person->handle, handle)) {
            *out = person;
            return MU_OK;
        }
        folded = folded == NULL && mu_same_word(person->handle, handle) ? person : folded;
        if (person->state != MU_PERSON_REMOVED) {
            offer(&nearest, person->handle);
        }
    }
    if (folded != NULL) {
        *out = folded;
        return MU_OK;
    }
    return not_found(&nearest, "person", "@", err);
}

struct mu_slice mu_label_words(const struct mu_label_name *label)
{
    return label->name.len > 0 ? label->name : label->colour;
}

/* 3 equal, 2 but for case, 1 but for gaps, 0 not alike. */
static unsigned likeness_of(struct mu_slice name, struct mu_slice wanted)
{
    if (mu_slice_equal(name, wanted)) {
        return 3;
    }
    return mu_same_word(name, wanted) ? 2 : (mu_same_name(name, wanted) ? 1 : 0);
}

enum mu_status mu_names_find_label(const struct mu_names *names, struct mu_slice name,
                                   const struct mu_label_name **out, struct mu_error *err)
{
    struct nearest nearest = nearest_to(name);
    const struct mu_label_name *found = NULL;
    unsigned best = 0;
    for (size_t i = 0; i < names->label_count; i++) {
        struct mu_slice words = mu_label_words(&names->labels[i]);
        unsigned likeness = likeness_of(words, name);
        if (likeness > best) {
            best = likeness;
            found = &names->labels[i];
        }
        offer(&nearest, words);
    }
    if (found != NULL) {
        *out = found;
        return MU_OK;
    }
    return not_found(&nearest, "label", "#", err);
}

enum mu_status mu_names_find_board(const struct mu_names *names, struct mu_slice name,
                                   const struct mu_board_name **out, struct mu_error *err)
{
    struct nearest nearest = nearest_to(name);
    const struct mu_board_name *found = NULL;
    for (size_t i = 0; i < names->board_count; i++) {
        const struct mu_board_name *board = &names->boards[i];
        bool better = found == NULL || (found->archived && !board->archived);
        found = mu_same_name(board->name, name) && better ? board : found;
        offer(&nearest, board->name);
    }
    if (found == NULL) {
        return not_found(&nearest, "board", "", err);
    }
    *out = found;
    return MU_OK;
}

/* -- columns ------------------------------------------------------------------- */

static bool is_of(const struct mu_names *names, const struct mu_column_name *column,
                  const struct mu_board_name *board)
{
    if (column->archived || column->board == SIZE_MAX) {
        return false;
    }
    return board != NULL ? &names->boards[column->board] == board
                         : !names->boards[column->board].archived;
}

/* Columns whose name, or kind when by_kind, is name: the first and how many. */
static size_t match_columns(const struct mu_names *names, const struct mu_board_name *board,
                            struct mu_slice name, bool by_kind, const struct mu_column_name **first)
{
    size_t count = 0;
    size_t last_board = SIZE_MAX;
    for (size_t i = 0; i < names->column_count; i++) {
        const struct mu_column_name *column = &names->columns[i];
        struct mu_slice word = by_kind ? mu_slice_str(mu_kind_name(column->kind)) : column->name;
        /* Of one board the first counts: kinds repeat, and names may. */
        if (!is_of(names, column, board) || column->board == last_board ||
            !mu_same_name(word, name)) {
            continue;
        }
        last_board = column->board;
        *first = count == 0 ? column : *first;
        count++;
    }
    return count;
}

static enum mu_status no_column(const struct mu_names *names, const struct mu_board_name *board,
                                struct mu_slice name, struct mu_error *err)
{
    struct nearest nearest = nearest_to(name);
    for (size_t i = 0; i < names->column_count; i++) {
        if (is_of(names, &names->columns[i], board)) {
            offer(&nearest, names->columns[i].name);
        }
    }
    return not_found(&nearest, "column", "", err);
}

enum mu_status mu_names_mark_columns(const struct mu_names *names,
                                     const struct mu_board_name *board, struct mu_slice name,
                                     bool *out_marks, struct mu_error *err)
{
    bool any = false;
    for (int by_kind = 0; by_kind < 2 && !any; by_kind++) {
        for (size_t i = 0; i < names->column_count; i++) {
            const struct mu_column_name *column = &names->columns[i];
            struct mu_slice word =
                by_kind == 1 ? mu_slice_str(mu_kind_name(column->kind)) : column->name;
            bool fits = is_of(names, column, board) && mu_same_name(word, name);
            out_marks[i] = out_marks[i] || fits;
            any = any || fits;
        }
    }
    return any ? MU_OK : no_column(names, board, name, err);
}

enum mu_status mu_names_find_column(const struct mu_names *names, const struct mu_board_name *board,
                                    struct mu_slice name, const struct mu_column_name **out,
                                    struct mu_error *err)
{
    const struct mu_column_name *found = NULL;
    size_t count = match_columns(names, board, name, false, &found);
    if (count == 0) {
        count = match_columns(names, board, name, true, &found);
    }
    if (count == 1) {
        *out = found;
        return MU_OK;
    }
    char shown[MU_SHORT_MAX];
    if (count > 1) {
        return mu_fail(err, MU_E_USAGE, "%zu boards have a column '%s': say --board NAME", count,
                       mu_show_short(name, shown));
    }
    return no_column(names, board, name, err);
}

/* -- in words ------------------------------------------------------------------ */

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
