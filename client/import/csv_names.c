#include <string.h>

#include "client/import/csv_inside.h"
#include "common/base/utf8.h"
#include "common/model/domain.h"
#include "common/seal/hash.h"

enum mu_status csv_full(struct csv_maker *m)
{
    return mu_fail(m->err, MU_E_LIMIT, "the table is too large for the memory it may take");
}

/* -- cells and ids ------------------------------------------------------------------------- */

/* Without the mark that keeps a spreadsheet from taking a text for a formula. */
struct mu_slice csv_plain(struct mu_slice cell)
{
    cell = mu_csv_trim(cell);
    bool marked = cell.len > 1 && cell.data[0] == '\'' &&
                  strchr("=+-@\t\r", cell.data[1]) != NULL && cell.data[1] != '\0';
    return marked ? (struct mu_slice){cell.data + 1, cell.len - 1} : cell;
}

struct mu_slice csv_cell(const struct csv_maker *m, const struct mu_csv_row *row,
                         enum mu_csv_field field)
{
    uint32_t column = m->map->column[field];
    return column < row->cell_count ? csv_plain(row->cells[column]) : (struct mu_slice){0};
}

struct mu_slice csv_fit(struct csv_maker *m, struct mu_slice text, size_t max)
{
    struct mu_slice fits = mu_utf8_cut(text, max);
    if (fits.len < text.len) {
        struct mu_oneline line;
        mu_oneline_clear(&line);
        mu_oneline_quote(&line, text);
        mu_findings_detail(&m->findings, MU_FINDING_TEXT_CUT, &line);
    }
    return fits;
}

enum mu_status csv_text_id(struct csv_maker *m, const char *kind, struct mu_slice text,
                           struct mu_slice *out_id)
{
    struct mu_id id = mu_id_derive(kind, &text, 1);
    char hex[2 * MU_ID_LEN + 1];
    mu_hex(mu_id_view(&id), hex);
    return mu_arena_copy(m->arena, mu_slice_str(hex), out_id) ? MU_OK : csv_full(m);
}

struct mu_slice csv_id_cell(const struct csv_maker *m, const struct mu_csv_row *row)
{
    struct mu_slice id = csv_cell(m, row, MU_CSV_ID);
    if (id.len > 3 && id.data[0] == '=' && id.data[1] == '"' && id.data[id.len - 1] == '"') {
        return (struct mu_slice){id.data + 2, id.len - 3};
    }
    if (id.len > 1 && id.data[0] == '\'') {
        return (struct mu_slice){id.data + 1, id.len - 1};
    }
    return id;
}

struct mu_slice csv_take_piece(struct mu_slice *rest, const char *marks)
{
    size_t len = 0;
    while (len < rest->len && strchr(marks, rest->data[len]) == NULL) {
        len++;
    }
    struct mu_slice piece = {rest->data, len};
    size_t step = len < rest->len ? len + 1 : len;
    *rest = (struct mu_slice){rest->data + step, rest->len - step};
    return mu_csv_trim(piece);
}

/* -- lists, labels, people: in order of appearance --------------------------------------------- */

enum mu_status csv_list_of(struct csv_maker *m, struct mu_slice name, uint32_t *out_list)
{
    *out_list = mu_id_map_find(&m->list_ids, name);
    if (*out_list != MU_ID_MAP_NONE) {
        return MU_OK;
    }
    struct mu_source_list *list = mu_vec_push(&m->lists, m->arena);
    *out_list = (uint32_t)(m->lists.count - 1);
    if (list == NULL || !mu_id_map_set(&m->list_ids, name, *out_list)) {
        return csv_full(m);
    }
    list->name = name.len > 0 ? csv_fit(m, name, MU_NAME_MAX) : mu_slice_str("No column");
    return csv_text_id(m, "csv list", name, &list->id);
}

static enum mu_status label_of(struct csv_maker *m, struct mu_slice name, uint32_t *out_label)
{
    *out_label = mu_id_map_find(&m->label_ids, name);
    if (*out_label != MU_ID_MAP_NONE) {
        return MU_OK;
    }
    struct mu_source_label *label = mu_vec_push(&m->labels, m->arena);
    *out_label = (uint32_t)(m->labels.count - 1);
    if (label == NULL || !mu_id_map_set(&m->label_ids, name, *out_label)) {
        return csv_full(m);
    }
    label->name = csv_fit(m, name, MU_NAME_MAX);
    return csv_text_id(m, "csv label", name, &label->id);
}

/* "@ana", "ana" and "ana@example.com" are handles, "Ana Ruiz" is a name.  An address is
 * nobody's business but its owner's: only what stands before the '@' is kept. */
static void name_person(struct csv_maker *m, struct mu_slice text, struct mu_source_person *person)
{
    if (text.len > 1 && text.data[0] == '@') {
        text = (struct mu_slice){text.data + 1, text.len - 1};
    }
    if (memchr(text.data, ' ', text.len) == NULL) {
        const uint8_t *at = memchr(text.data, '@', text.len);
        text.len = at != NULL && at > text.data ? (size_t)(at - text.data) : text.len;
        person->handle = mu_utf8_cut(text, MU_SOURCE_ID_MAX);
    }
    person->name = csv_fit(m, text, MU_NAME_MAX);
}

static enum mu_status person_of(struct csv_maker *m, struct mu_slice text, uint32_t *out_person)
{
    *out_person = mu_id_map_find(&m->person_ids, text);
    if (*out_person != MU_ID_MAP_NONE) {
        return MU_OK;
    }
    struct mu_source_person *person = mu_vec_push(&m->people, m->arena);
    *out_person = (uint32_t)(m->people.count - 1);
    if (person == NULL || !mu_id_map_set(&m->person_ids, text, *out_person)) {
        return csv_full(m);
    }
    person->on_board = true;
    name_person(m, text, person);
    return csv_text_id(m, "csv person", text, &person->id);
}

bool csv_same_word(struct mu_slice text, const char *word)
{
    bool same = text.len == strlen(word);
    for (size_t i = 0; same && i < text.len; i++) {
        uint8_t byte = text.data[i];
        same = (byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte) == (uint8_t)word[i];
    }
    return same;
}

bool csv_among(const uint32_t *indexes, size_t count, uint32_t index)
{
    for (size_t i = 0; i < count; i++) {
        if (indexes[i] == index) {
            return true;
        }
    }
    return false;
}

#define PIECES_MAX 64 /* of one cell; more are not labels but a sentence */

enum mu_status csv_read_labels(struct csv_maker *m, const struct mu_csv_row *row,
                               struct mu_source_card *card)
{
    struct mu_slice rest = csv_cell(m, row, MU_CSV_LABELS);
    uint32_t labels[PIECES_MAX];
    size_t count = 0;
    while (rest.len > 0 && count < PIECES_MAX) {
        struct mu_slice name = csv_take_piece(&rest, ",;");
        uint32_t label;
        if (name.len == 0) {
            continue;
        }
        MU_TRY(label_of(m, name, &label));
        if (!csv_among(labels, count, label)) {
            labels[count++] = label;
        }
    }
    static const char *const types[] = {"milestone", "approval"};
    for (size_t i = 0; i < sizeof types / sizeof types[0] && count < PIECES_MAX; i++) {
        uint32_t label;
        if (!csv_same_word(csv_cell(m, row, MU_CSV_TYPE), types[i])) {
            continue;
        }
        MU_TRY(label_of(m, mu_slice_str(types[i]), &label));
        if (!csv_among(labels, count, label)) {
            labels[count++] = label;
        }
    }
    uint32_t *kept = mu_arena_array(m->arena, count, sizeof *kept);
    if (kept == NULL && count > 0) {
        return csv_full(m);
    }
    if (count > 0) {
        memcpy(kept, labels, count * sizeof *kept);
    }
    card->labels = kept;
    card->label_count = count;
    return MU_OK;
}

/* People of one cell, none of whom are among those already there. */
static enum mu_status read_cell(struct csv_maker *m, struct mu_slice cell, const char *marks,
                                uint32_t people[static PIECES_MAX], size_t *count)
{
    while (cell.len > 0 && *count < PIECES_MAX) {
        struct mu_slice name = csv_take_piece(&cell, marks);
        uint32_t person;
        if (name.len == 0) {
            continue;
        }
        MU_TRY(person_of(m, name, &person));
        if (!csv_among(people, *count, person)) {
            people[(*count)++] = person;
        }
    }
    return MU_OK;
}

/* "ana@example.com" beside "Ana Ruiz" gives her the handle ana; the address is not kept. */
static enum mu_status learn_handle(struct csv_maker *m, const struct mu_csv_row *row,
                                   uint32_t index)
{
    struct mu_slice email = csv_cell(m, row, MU_CSV_EMAIL);
    struct mu_source_person *person = mu_vec_at(&m->people, index);
    const uint8_t *at = email.len == 0 ? NULL : memchr(email.data, '@', email.len);
    if (at != NULL && person->handle.len == 0) {
        person->handle =
            mu_utf8_cut(mu_slice_of(email.data, (size_t)(at - email.data)), MU_SOURCE_ID_MAX);
    }
    return MU_OK;
}

enum mu_status csv_read_people(struct csv_maker *m, const struct mu_csv_row *row,
                               struct mu_source_card *card)
{
    uint32_t people[PIECES_MAX];
    size_t count = 0;
    MU_TRY(read_cell(m, csv_cell(m, row, MU_CSV_OWNER), ";", people, &count));
    card->owner = count == 0 ? MU_SOURCE_NONE : people[0];
    card->creator = MU_SOURCE_NONE;
    size_t owners = count == 0 ? 0 : 1;
    MU_TRY(owners == 1 && count == 1 ? learn_handle(m, row, people[0]) : MU_OK);
    MU_TRY(
        read_cell(m, csv_cell(m, row, MU_CSV_HELPERS), m->map->asana ? ",;" : ";", people, &count));
    uint32_t *helpers = mu_arena_array(m->arena, count - owners, sizeof *helpers);
    if (helpers == NULL && count > owners) {
        return csv_full(m);
    }
    if (count > owners) {
        memcpy(helpers, people + owners, (count - owners) * sizeof *helpers);
        card->helpers = helpers;
        card->helper_count = count - owners;
    }
    return MU_OK;
}
