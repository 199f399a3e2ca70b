/* People, labels, boards and columns by what people write, with the nearest when none fits. */
#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "client/view/names.h"
#include "client/view/text.h"
#include "common/base/utf8.h"

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
static unsigned likeness_of(struct mu_slice text, struct mu_slice wanted)
{
    if (mu_slice_equal(text, wanted)) {
        return 3;
    }
    return mu_same_word(text, wanted) ? 2 : (mu_same_name(text, wanted) ? 1 : 0);
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

/* -- columns ----------------------------------------------------------------- */

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
