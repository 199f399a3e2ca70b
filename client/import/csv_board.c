#include <string.h>

#include "client/import/csv_inside.h"
#include "client/import/rounded.h"
#include "common/model/domain.h"
#include "common/seal/hash.h"

/* So many long ids do not all end in zeros by chance. */
#define ROUNDED_MIN 4

/* -- ids of cards ------------------------------------------------------------------------------ */

/* From title, date of creation and how many rows above have the same. */
static enum mu_status made_up_id(struct csv_maker *m, const struct mu_csv_row *row,
                                 struct mu_slice *out_id)
{
    struct mu_slice parts[] = {csv_cell(m, row, MU_CSV_TITLE), csv_cell(m, row, MU_CSV_CREATED)};
    struct mu_id same = mu_id_derive("csv title", parts, 2);
    struct mu_slice key;
    if (!mu_arena_copy(m->arena, mu_id_view(&same), &key)) {
        return csv_full(m);
    }
    uint32_t above = mu_id_map_find(&m->titles, key);
    above = above == MU_ID_MAP_NONE ? 0 : above + 1;
    if (!mu_id_map_set(&m->titles, key, above)) {
        return csv_full(m);
    }
    uint8_t bytes[MU_ID_LEN + 4];
    memcpy(bytes, same.bytes, MU_ID_LEN);
    for (size_t i = 0; i < 4; i++) {
        bytes[MU_ID_LEN + i] = (uint8_t)(above >> (8 * i));
    }
    return csv_text_id(m, "csv row", mu_slice_of(bytes, sizeof bytes), out_id);
}

static enum mu_status csv_card_id(struct csv_maker *m, const struct mu_csv_row *row,
                                  struct mu_slice *out_id)
{
    struct mu_slice id = csv_id_cell(m, row);
    bool damaged = mu_id_rounded(id) || (m->ids_rounded && mu_id_long(id));
    bool repeated = id.len > 0 && !damaged && mu_id_map_find(&m->card_ids, id) != MU_ID_MAP_NONE;
    if (damaged) {
        csv_cell_detail(m, MU_FINDING_KEY_DAMAGED, row, MU_CSV_ID, id);
    } else if (repeated) {
        csv_cell_detail(m, MU_FINDING_SAME_KEY, row, MU_CSV_ID, id);
    }
    if (id.len == 0 || damaged || repeated) {
        return made_up_id(m, row, out_id);
    }
    if (!mu_id_map_set(&m->card_ids, id, (uint32_t)(m->cards.count - 1))) {
        return csv_full(m);
    }
    if (id.len > MU_SOURCE_ID_MAX) {
        return csv_text_id(m, "csv id", id, out_id);
    }
    *out_id = id;
    return MU_OK;
}

/* -- cards ---------------------------------------------------------------------------------------
 */

static struct mu_source_time date(struct csv_maker *m, const struct mu_csv_row *row,
                                  enum mu_csv_field field, const struct mu_csv_dates *dates)
{
    struct mu_source_time time = {0};
    struct mu_slice text = csv_cell(m, row, field);
    if (!mu_csv_date(dates, text, &time)) {
        csv_cell_detail(m, MU_FINDING_BAD_DATE, row, field, text);
    }
    return time;
}

/* A date of completion, or a word for yes. */
static bool is_done(struct mu_slice text)
{
    static const char *const denials[] = {"false", "no", "0", "n", "open", "nein", "non", "-"};
    for (size_t i = 0; i < sizeof denials / sizeof denials[0]; i++) {
        size_t len = strlen(denials[i]);
        bool same = text.len == len;
        for (size_t k = 0; k < len && same; k++) {
            same = (text.data[k] | 0x20) == (denials[i][k] | 0x20);
        }
        if (same) {
            return false;
        }
    }
    return text.len > 0;
}

static bool is_empty(const struct csv_maker *m, const struct mu_csv_row *row)
{
    for (size_t i = 0; i < MU_CSV_FIELDS; i++) {
        if (csv_cell(m, row, (enum mu_csv_field)i).len > 0) {
            return false;
        }
    }
    for (size_t i = 0; i < m->map->custom_count; i++) {
        uint32_t column = m->map->custom[i].column;
        if (column < row->cell_count && mu_csv_trim(row->cells[column]).len > 0) {
            return false;
        }
    }
    return true;
}

static enum mu_status read_list(struct csv_maker *m, const struct mu_csv_row *row,
                                struct mu_source_card *card)
{
    if (m->map->asana) {
        return csv_asana_list(m, row, &card->list);
    }
    struct mu_slice column = m->map->column[MU_CSV_COLUMN] == MU_SOURCE_NONE
                                 ? mu_slice_str("Imported")
                                 : csv_cell(m, row, MU_CSV_COLUMN);
    return csv_list_of(m, column, &card->list);
}

static void read_dates(struct csv_maker *m, const struct mu_csv_row *row,
                       struct mu_source_card *card)
{
    card->due = date(m, row, MU_CSV_DUE, &m->due_dates);
    card->start = date(m, row, MU_CSV_START, &m->start_dates);
    card->created_ms = date(m, row, MU_CSV_CREATED, &m->created_dates).at_ms;
    card->changed_ms = date(m, row, MU_CSV_CHANGED, &m->changed_dates).at_ms;
    card->due_complete = is_done(csv_cell(m, row, MU_CSV_DONE));
    struct mu_source_time done;
    if (card->due_complete && mu_csv_date(&m->done_dates, csv_cell(m, row, MU_CSV_DONE), &done)) {
        card->ticked_ms = done.at_ms;
    }
}

static enum mu_status read_card(struct csv_maker *m, const struct mu_csv_row *row,
                                struct mu_source_card *card)
{
    MU_TRY(csv_card_id(m, row, &card->id));
    card->title = csv_fit(m, csv_cell(m, row, MU_CSV_TITLE), MU_TEXT_MAX);
    if (card->title.len == 0) {
        csv_row_detail(m, MU_FINDING_NO_TITLE, row, csv_cell(m, row, MU_CSV_DESC));
        card->title = mu_slice_str("(no title)");
    }
    card->desc = csv_fit(m, csv_cell(m, row, MU_CSV_DESC), MU_TEXT_MAX);
    card->url = csv_fit(m, csv_cell(m, row, MU_CSV_URL), MU_SOURCE_URL_MAX);
    card->parent = MU_SOURCE_NONE;
    MU_TRY(read_list(m, row, card));
    MU_TRY(csv_read_people(m, row, card));
    MU_TRY(csv_read_labels(m, row, card));
    MU_TRY(m->map->asana ? csv_read_projects(m, row, card) : MU_OK);
    read_dates(m, row, card);
    return csv_read_values(m, row, (uint32_t)(m->cards.count - 1));
}

static enum mu_status read_row(struct csv_maker *m, size_t index)
{
    const struct mu_csv_row *row = &m->table->rows[index];
    m->report.in[MU_COUNT_CARDS]++;
    if (row->cell_count > m->table->header.cell_count) {
        mu_findings_count(&m->findings, MU_FINDING_ROWS_RAGGED, 1);
    }
    if (is_empty(m, row)) {
        mu_findings_count(&m->findings, MU_FINDING_ROWS_SKIPPED, 1);
        return MU_OK;
    }
    if (m->map->asana && csv_is_heading(m, row)) {
        csv_row_detail(m, MU_FINDING_SECTION_ROWS, row, csv_cell(m, row, MU_CSV_TITLE));
        return MU_OK;
    }
    struct csv_entry *entry = mu_vec_push(&m->cards, m->arena);
    if (entry == NULL) {
        return csv_full(m);
    }
    entry->row = index;
    return read_card(m, row, &entry->card);
}

static int compare_values(const void *a, const void *b)
{
    const struct mu_source_value *one = a;
    const struct mu_source_value *other = b;
    if (one->card != other->card) {
        return one->card < other->card ? -1 : 1;
    }
    return (one->field > other->field) - (one->field < other->field);
}

/* By list, in the order of rows within it. */
static enum mu_status sort_cards(struct csv_maker *m, struct mu_source_board *board)
{
    size_t count = m->cards.count;
    struct mu_source_card *cards = mu_arena_array(m->arena, count, sizeof *cards);
    size_t *at = mu_arena_array(m->arena, m->lists.count + 1, sizeof *at);
    uint32_t *places = mu_arena_array(m->arena, count, sizeof *places);
    if (((cards == NULL || places == NULL) && count > 0) || at == NULL) {
        return csv_full(m);
    }
    for (size_t i = 0; i < count; i++) {
        const struct csv_entry *entry = mu_vec_at(&m->cards, i);
        at[entry->card.list + 1]++;
    }
    for (size_t i = 1; i <= m->lists.count; i++) {
        at[i] += at[i - 1];
    }
    for (size_t i = 0; i < count; i++) {
        const struct csv_entry *entry = mu_vec_at(&m->cards, i);
        struct mu_source_card *card = &cards[at[entry->card.list]++];
        bool first = card == cards || card[-1].list != entry->card.list;
        *card = entry->card;
        card->order = first ? 0 : card[-1].order + 1;
        places[i] = (uint32_t)(card - cards);
    }
    for (size_t i = 0; i < count; i++) {
        cards[i].parent =
            cards[i].parent == MU_SOURCE_NONE ? MU_SOURCE_NONE : places[cards[i].parent];
    }
    for (size_t i = 0; places != NULL && i < m->values.count; i++) {
        struct mu_source_value *value = mu_vec_at(&m->values, i);
        value->card = places[value->card];
    }
    mu_vec_sort(&m->values, compare_values);
    board->cards = cards;
    board->card_count = count;
    return MU_OK;
}

/* -- the board
 * ---------------------------------------------------------------------------------------- */

/* What only the table as a whole can tell: which number of a date is the day, and whether its
 * ids have been through a spreadsheet. */
static void see_columns(struct csv_maker *m)
{
    size_t long_ids = 0;
    size_t zeroed_ids = 0;
    for (size_t i = 0; i < m->table->row_count; i++) {
        const struct mu_csv_row *row = &m->table->rows[i];
        mu_csv_dates_see(&m->due_dates, csv_cell(m, row, MU_CSV_DUE));
        mu_csv_dates_see(&m->start_dates, csv_cell(m, row, MU_CSV_START));
        mu_csv_dates_see(&m->created_dates, csv_cell(m, row, MU_CSV_CREATED));
        mu_csv_dates_see(&m->changed_dates, csv_cell(m, row, MU_CSV_CHANGED));
        mu_csv_dates_see(&m->done_dates, csv_cell(m, row, MU_CSV_DONE));
        long_ids += mu_id_long(csv_id_cell(m, row)) ? 1 : 0;
        zeroed_ids += mu_id_zeroed(csv_id_cell(m, row)) ? 1 : 0;
    }
    m->ids_rounded = long_ids >= ROUNDED_MIN && zeroed_ids == long_ids;
}

static enum mu_status name_board(struct csv_maker *m, const struct mu_csv_origin *origin,
                                 struct mu_source_board *board)
{
    board->system = mu_slice_str("csv");
    board->name = csv_fit(m, origin->name.len > 0 ? origin->name : origin->identity, MU_NAME_MAX);
    if (board->name.len == 0) {
        board->name = mu_slice_str("Imported table");
    }
    if (origin->identity.len == 0 || origin->identity.len > MU_SOURCE_ID_MAX) {
        return csv_text_id(m, "csv board", origin->identity, &board->id);
    }
    return mu_arena_copy(m->arena, origin->identity, &board->id) ? MU_OK : csv_full(m);
}

/* What the table has no column for. */
static unsigned silent(const struct csv_maker *m)
{
    static const struct {
        enum mu_csv_field field;
        unsigned flag;
    } fields[] = {{MU_CSV_DESC, MU_SILENT_DESC},     {MU_CSV_OWNER, MU_SILENT_PEOPLE},
                  {MU_CSV_LABELS, MU_SILENT_LABELS}, {MU_CSV_DUE, MU_SILENT_DUE},
                  {MU_CSV_START, MU_SILENT_START},   {MU_CSV_URL, MU_SILENT_URL},
                  {MU_CSV_DONE, MU_SILENT_DONE},     {MU_CSV_COLUMN, MU_SILENT_LISTS}};
    unsigned flags = 0;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        flags |= m->map->column[fields[i].field] == MU_SOURCE_NONE ? fields[i].flag : 0;
    }
    /* Further owners help. */
    bool helpers = m->map->column[MU_CSV_HELPERS] != MU_SOURCE_NONE ||
                   (m->map->column[MU_CSV_OWNER] != MU_SOURCE_NONE && !m->map->asana);
    flags &= m->has_heading ? ~MU_SILENT_LISTS : ~0U;
    return flags | (helpers ? 0 : MU_SILENT_HELPERS);
}

static enum mu_status make(struct csv_maker *m, const struct mu_csv_origin *origin,
                           struct mu_source_board *board)
{
    see_columns(m);
    MU_TRY(csv_make_fields(m));
    for (size_t i = 0; i < m->table->row_count; i++) {
        MU_TRY(read_row(m, i));
    }
    MU_TRY(csv_find_parents(m));
    MU_TRY(csv_end_lists(m));
    for (size_t i = 0; i < m->cards.count; i++) {
        ((struct csv_entry *)mu_vec_at(&m->cards, i))->card.silent = silent(m);
    }
    MU_TRY(m->map->asana ? csv_asana_name(m, origin, board) : name_board(m, origin, board));
    board->lists = (struct mu_source_list *)(void *)m->lists.items;
    board->list_count = m->lists.count;
    board->labels = (struct mu_source_label *)(void *)m->labels.items;
    board->label_count = m->labels.count;
    board->people = (struct mu_source_person *)(void *)m->people.items;
    board->person_count = m->people.count;
    board->fields = (struct mu_source_field *)(void *)m->fields.items;
    board->field_count = m->fields.count;
    MU_TRY(sort_cards(m, board));
    board->values = (struct mu_source_value *)(void *)m->values.items;
    board->value_count = m->values.count;
    return csv_report(m, board);
}

enum mu_status mu_csv_board(const struct mu_csv_table *table, const struct mu_csv_map *map,
                            const struct mu_csv_origin *origin, struct mu_arena *arena,
                            struct mu_source_board *out, struct mu_error *err)
{
    struct csv_maker m = {.table = table, .map = map, .arena = arena, .err = err};
    struct mu_source_board board = {0};
    mu_findings_init(&m.findings, arena);
    mu_vec_init(&m.lists, sizeof(struct mu_source_list));
    mu_vec_init(&m.labels, sizeof(struct mu_source_label));
    mu_vec_init(&m.people, sizeof(struct mu_source_person));
    mu_vec_init(&m.cards, sizeof(struct csv_entry));
    mu_vec_init(&m.fields, sizeof(struct mu_source_field));
    mu_vec_init(&m.values, sizeof(struct mu_source_value));
    mu_vec_init(&m.names, sizeof(struct csv_title));
    mu_vec_init(&m.projects, sizeof(struct csv_project));
    struct mu_id_map *maps[] = {&m.list_ids, &m.label_ids, &m.person_ids, &m.card_ids,
                                &m.titles,   &m.name_ids,  &m.project_ids};
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        mu_id_map_init(maps[i], arena);
    }
    MU_TRY(make(&m, origin, &board));
    MU_ASSERT(mu_source_check(&board));
    *out = board;
    return MU_OK;
}
