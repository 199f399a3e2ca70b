#include <string.h>

#include "client/import/csv_date.h"
#include "client/import/csv_map.h"
#include "client/import/findings.h"
#include "client/import/id_map.h"
#include "client/import/vec.h"
#include "common/base/utf8.h"
#include "common/model/domain.h"
#include "common/seal/hash.h"

/* A row that becomes a card. */
struct entry {
    struct mu_source_card card;
    size_t row;
};

struct maker {
    const struct mu_csv_table *table;
    const struct mu_csv_map *map;
    struct mu_arena *arena;
    struct mu_error *err;
    struct mu_findings findings;
    struct mu_import_report report;
    struct mu_vec lists, labels, people, cards; /* cards: struct entry, in order of rows */
    struct mu_id_map list_ids, label_ids, person_ids, card_ids, titles;
    struct mu_csv_dates due_dates, start_dates, created_dates;
};

static enum mu_status full(struct maker *m)
{
    return mu_fail(m->err, MU_E_LIMIT, "the table is too large for the memory it may take");
}

/* -- cells and ids ------------------------------------------------------------------------- */

static struct mu_slice cell(const struct maker *m, const struct mu_csv_row *row,
                            enum mu_csv_field field)
{
    uint32_t column = m->map->column[field];
    return column < row->cell_count ? mu_csv_trim(row->cells[column]) : (struct mu_slice){0};
}

/* A text for a field of the domain: cut, and then reported. */
static struct mu_slice fit(struct maker *m, struct mu_slice text, size_t max)
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

/* An id of what has only a text: its hash, so that it is the same next time. */
static enum mu_status text_id(struct maker *m, const char *kind, struct mu_slice text,
                              struct mu_slice *out_id)
{
    struct mu_id id = mu_id_derive(kind, &text, 1);
    char hex[2 * MU_ID_LEN + 1];
    mu_hex(mu_id_view(&id), hex);
    return mu_arena_copy(m->arena, mu_slice_str(hex), out_id) ? MU_OK : full(m);
}

/* The next piece of a cell with several, without blanks around it. */
static struct mu_slice take_piece(struct mu_slice *rest, const char *marks)
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

static enum mu_status list_of(struct maker *m, struct mu_slice name, uint32_t *out_list)
{
    *out_list = mu_id_map_find(&m->list_ids, name);
    if (*out_list != MU_ID_MAP_NONE) {
        return MU_OK;
    }
    struct mu_source_list *list = mu_vec_push(&m->lists, m->arena);
    *out_list = (uint32_t)(m->lists.count - 1);
    if (list == NULL || !mu_id_map_set(&m->list_ids, name, *out_list)) {
        return full(m);
    }
    list->name = name.len > 0 ? fit(m, name, MU_NAME_MAX) : mu_slice_str("No column");
    return text_id(m, "csv list", name, &list->id);
}

static enum mu_status label_of(struct maker *m, struct mu_slice name, uint32_t *out_label)
{
    *out_label = mu_id_map_find(&m->label_ids, name);
    if (*out_label != MU_ID_MAP_NONE) {
        return MU_OK;
    }
    struct mu_source_label *label = mu_vec_push(&m->labels, m->arena);
    *out_label = (uint32_t)(m->labels.count - 1);
    if (label == NULL || !mu_id_map_set(&m->label_ids, name, *out_label)) {
        return full(m);
    }
    label->name = fit(m, name, MU_NAME_MAX);
    return text_id(m, "csv label", name, &label->id);
}

/* "@ana", "ana" and "ana@example.com" are handles, "Ana Ruiz" is a name.  An address is
 * nobody's business but its owner's: only what stands before the '@' is kept. */
static void name_person(struct maker *m, struct mu_slice text, struct mu_source_person *person)
{
    if (text.len > 1 && text.data[0] == '@') {
        text = (struct mu_slice){text.data + 1, text.len - 1};
    }
    if (memchr(text.data, ' ', text.len) == NULL) {
        const uint8_t *at = memchr(text.data, '@', text.len);
        text.len = at != NULL && at > text.data ? (size_t)(at - text.data) : text.len;
        person->handle = mu_utf8_cut(text, MU_SOURCE_ID_MAX);
    }
    person->name = fit(m, text, MU_NAME_MAX);
}

static enum mu_status person_of(struct maker *m, struct mu_slice text, uint32_t *out_person)
{
    *out_person = mu_id_map_find(&m->person_ids, text);
    if (*out_person != MU_ID_MAP_NONE) {
        return MU_OK;
    }
    struct mu_source_person *person = mu_vec_push(&m->people, m->arena);
    *out_person = (uint32_t)(m->people.count - 1);
    if (person == NULL || !mu_id_map_set(&m->person_ids, text, *out_person)) {
        return full(m);
    }
    person->on_board = true;
    name_person(m, text, person);
    return text_id(m, "csv person", text, &person->id);
}

static bool among(const uint32_t *indexes, size_t count, uint32_t index)
{
    for (size_t i = 0; i < count; i++) {
        if (indexes[i] == index) {
            return true;
        }
    }
    return false;
}

#define PIECES_MAX 64 /* of one cell; more are not labels but a sentence */

static enum mu_status read_labels(struct maker *m, const struct mu_csv_row *row,
                                  struct mu_source_card *card)
{
    struct mu_slice rest = cell(m, row, MU_CSV_LABELS);
    uint32_t labels[PIECES_MAX];
    size_t count = 0;
    while (rest.len > 0 && count < PIECES_MAX) {
        struct mu_slice name = take_piece(&rest, ",;");
        uint32_t label;
        if (name.len == 0) {
            continue;
        }
        MU_TRY(label_of(m, name, &label));
        if (!among(labels, count, label)) {
            labels[count++] = label;
        }
    }
    uint32_t *kept = mu_arena_array(m->arena, count, sizeof *kept);
    if (kept == NULL && count > 0) {
        return full(m);
    }
    if (count > 0) {
        memcpy(kept, labels, count * sizeof *kept);
    }
    card->labels = kept;
    card->label_count = count;
    return MU_OK;
}

/* The first owns the card, the others help. */
static enum mu_status read_people(struct maker *m, const struct mu_csv_row *row,
                                  struct mu_source_card *card)
{
    struct mu_slice rest = cell(m, row, MU_CSV_OWNER);
    uint32_t people[PIECES_MAX];
    size_t count = 0;
    while (rest.len > 0 && count < PIECES_MAX) {
        struct mu_slice name = take_piece(&rest, ";");
        uint32_t person;
        if (name.len == 0) {
            continue;
        }
        MU_TRY(person_of(m, name, &person));
        if (!among(people, count, person)) {
            people[count++] = person;
        }
    }
    card->owner = count == 0 ? MU_SOURCE_NONE : people[0];
    card->creator = MU_SOURCE_NONE;
    uint32_t *helpers = count < 2 ? NULL : mu_arena_array(m->arena, count - 1, sizeof *helpers);
    if (helpers == NULL && count > 1) {
        return full(m);
    }
    if (count > 1) {
        memcpy(helpers, people + 1, (count - 1) * sizeof *helpers);
        card->helpers = helpers;
        card->helper_count = count - 1;
    }
    return MU_OK;
}

/* -- ids of cards ------------------------------------------------------------------------------ */

/* 1.21143E+15: what a spreadsheet makes of a long number. */
static bool is_damaged(struct mu_slice id)
{
    bool digits = false;
    bool exponent = false;
    for (size_t i = 0; i < id.len; i++) {
        uint8_t byte = id.data[i];
        if ((byte == 'E' || byte == 'e') && digits && !exponent) {
            exponent = true;
        } else if (byte >= '0' && byte <= '9') {
            digits = true;
        } else if (byte != '.' && byte != ',' && !(byte == '+' && exponent)) {
            return false;
        }
    }
    return exponent && id.data[id.len - 1] != 'E' && id.data[id.len - 1] != 'e';
}

static void row_detail(struct maker *m, enum mu_finding_kind kind, const struct mu_csv_row *row,
                       struct mu_slice text)
{
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_put(&line, "line ");
    mu_oneline_number(&line, row->line);
    mu_oneline_put(&line, ": ");
    mu_oneline_quote(&line, text);
    mu_findings_detail(&m->findings, kind, &line);
}

/* From title, date of creation and how many rows above have the same. */
static enum mu_status made_up_id(struct maker *m, const struct mu_csv_row *row,
                                 struct mu_slice *out_id)
{
    struct mu_slice parts[] = {cell(m, row, MU_CSV_TITLE), cell(m, row, MU_CSV_CREATED)};
    struct mu_id same = mu_id_derive("csv title", parts, 2);
    struct mu_slice key;
    if (!mu_arena_copy(m->arena, mu_id_view(&same), &key)) {
        return full(m);
    }
    uint32_t above = mu_id_map_find(&m->titles, key);
    above = above == MU_ID_MAP_NONE ? 0 : above + 1;
    if (!mu_id_map_set(&m->titles, key, above)) {
        return full(m);
    }
    uint8_t bytes[MU_ID_LEN + 4];
    memcpy(bytes, same.bytes, MU_ID_LEN);
    for (size_t i = 0; i < 4; i++) {
        bytes[MU_ID_LEN + i] = (uint8_t)(above >> (8 * i));
    }
    return text_id(m, "csv row", mu_slice_of(bytes, sizeof bytes), out_id);
}

static enum mu_status card_id(struct maker *m, const struct mu_csv_row *row,
                              struct mu_slice *out_id)
{
    struct mu_slice id = cell(m, row, MU_CSV_ID);
    bool damaged = id.len > 0 && is_damaged(id);
    bool repeated = id.len > 0 && !damaged && mu_id_map_find(&m->card_ids, id) != MU_ID_MAP_NONE;
    if (damaged) {
        row_detail(m, MU_FINDING_KEY_DAMAGED, row, id);
    } else if (repeated) {
        row_detail(m, MU_FINDING_SAME_KEY, row, id);
    }
    if (id.len == 0 || damaged || repeated) {
        return made_up_id(m, row, out_id);
    }
    if (!mu_id_map_set(&m->card_ids, id, 0)) {
        return full(m);
    }
    if (id.len > MU_SOURCE_ID_MAX) {
        return text_id(m, "csv id", id, out_id);
    }
    *out_id = id;
    return MU_OK;
}

/* -- cards ---------------------------------------------------------------------------------------
 */

static struct mu_source_time date(struct maker *m, const struct mu_csv_row *row,
                                  enum mu_csv_field field, const struct mu_csv_dates *dates)
{
    struct mu_source_time time = {0};
    struct mu_slice text = cell(m, row, field);
    if (!mu_csv_date(dates, text, &time)) {
        row_detail(m, MU_FINDING_BAD_DATE, row, text);
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

static bool is_empty(const struct maker *m, const struct mu_csv_row *row)
{
    for (size_t i = 0; i < MU_CSV_FIELDS; i++) {
        if (cell(m, row, (enum mu_csv_field)i).len > 0) {
            return false;
        }
    }
    return true;
}

static enum mu_status read_card(struct maker *m, const struct mu_csv_row *row,
                                struct mu_source_card *card)
{
    MU_TRY(card_id(m, row, &card->id));
    card->title = fit(m, cell(m, row, MU_CSV_TITLE), MU_TEXT_MAX);
    if (card->title.len == 0) {
        row_detail(m, MU_FINDING_NO_TITLE, row, cell(m, row, MU_CSV_DESC));
        card->title = mu_slice_str("(no title)");
    }
    card->desc = fit(m, cell(m, row, MU_CSV_DESC), MU_TEXT_MAX);
    struct mu_slice column = m->map->column[MU_CSV_COLUMN] == MU_SOURCE_NONE
                                 ? mu_slice_str("Imported")
                                 : cell(m, row, MU_CSV_COLUMN);
    MU_TRY(list_of(m, column, &card->list));
    MU_TRY(read_people(m, row, card));
    MU_TRY(read_labels(m, row, card));
    card->due = date(m, row, MU_CSV_DUE, &m->due_dates);
    card->start = date(m, row, MU_CSV_START, &m->start_dates);
    card->created_ms = date(m, row, MU_CSV_CREATED, &m->created_dates).at_ms;
    card->due_complete = is_done(cell(m, row, MU_CSV_DONE));
    struct mu_csv_dates none = {0};
    struct mu_source_time done;
    if (card->due_complete && mu_csv_date(&none, cell(m, row, MU_CSV_DONE), &done)) {
        card->ticked_ms = done.at_ms;
    }
    return MU_OK;
}

static enum mu_status read_row(struct maker *m, size_t index)
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
    struct entry *entry = mu_vec_push(&m->cards, m->arena);
    if (entry == NULL) {
        return full(m);
    }
    entry->row = index;
    return read_card(m, row, &entry->card);
}

/* By list, in the order of rows within it. */
static enum mu_status sort_cards(struct maker *m, struct mu_source_board *board)
{
    size_t count = m->cards.count;
    struct mu_source_card *cards = mu_arena_array(m->arena, count, sizeof *cards);
    size_t *at = mu_arena_array(m->arena, m->lists.count + 1, sizeof *at);
    if ((cards == NULL && count > 0) || at == NULL) {
        return full(m);
    }
    for (size_t i = 0; i < count; i++) {
        const struct entry *entry = mu_vec_at(&m->cards, i);
        at[entry->card.list + 1]++;
    }
    for (size_t i = 1; i <= m->lists.count; i++) {
        at[i] += at[i - 1];
    }
    for (size_t i = 0; i < count; i++) {
        const struct entry *entry = mu_vec_at(&m->cards, i);
        struct mu_source_card *card = &cards[at[entry->card.list]++];
        bool first = card == cards || card[-1].list != entry->card.list;
        *card = entry->card;
        card->order = first ? 0 : card[-1].order + 1;
    }
    board->cards = cards;
    board->card_count = count;
    return MU_OK;
}

/* -- report
 * ----------------------------------------------------------------------------------------- */

static void count(struct maker *m, const struct mu_source_board *board)
{
    size_t *out = m->report.out;
    out[MU_COUNT_CARDS] = board->card_count;
    out[MU_COUNT_LISTS] = board->list_count;
    out[MU_COUNT_LABELS] = board->label_count;
    out[MU_COUNT_MEMBERS] = board->person_count;
    for (size_t i = 0; i < board->card_count; i++) {
        const struct mu_source_card *card = &board->cards[i];
        size_t members = card->helper_count + (card->owner == MU_SOURCE_NONE ? 0 : 1);
        out[members == 0   ? MU_COUNT_CARDS_OWNERLESS
            : members == 1 ? MU_COUNT_CARDS_ONE_MEMBER
                           : MU_COUNT_CARDS_SHARED]++;
        out[MU_COUNT_CARDS_DUE] += card->due.when != MU_WHEN_NONE ? 1 : 0;
        out[MU_COUNT_CARDS_COMPLETE] += card->due_complete ? 1 : 0;
    }
    size_t rows = m->report.in[MU_COUNT_CARDS];
    memcpy(m->report.in, out, sizeof m->report.in);
    m->report.in[MU_COUNT_CARDS] = rows;
}

static void find_unused(struct maker *m)
{
    for (uint32_t i = 0; i < m->table->header.cell_count; i++) {
        struct mu_oneline line;
        mu_oneline_clear(&line);
        mu_oneline_text(&line, mu_csv_trim(m->table->header.cells[i]));
        if (!among(m->map->column, MU_CSV_FIELDS, i) && line.len > 0) {
            mu_findings_detail(&m->findings, MU_FINDING_COLUMNS_UNUSED, &line);
        }
    }
}

static const struct {
    enum mu_finding_kind kind;
    const char *one;
    const char *many;
} sentences[] = {
    {MU_FINDING_ROWS_SKIPPED, "row has nothing in the mapped columns and is left out",
     "rows have nothing in the mapped columns and are left out"},
    {MU_FINDING_ROWS_RAGGED, "row has more cells than the header: the last ones are left out",
     "rows have more cells than the header: the last ones are left out"},
    {MU_FINDING_PREAMBLE, "row stands before the header and is left out",
     "rows stand before the header and are left out"},
    {MU_FINDING_COLUMNS_UNUSED, "column is not mapped and is left out",
     "columns are not mapped and are left out"},
    {MU_FINDING_KEY_DAMAGED, "id was rounded by a spreadsheet: title and date stand for it",
     "ids were rounded by a spreadsheet: title and date stand for them"},
    {MU_FINDING_SAME_KEY, "id is that of a row above: title and date stand for it",
     "ids are those of rows above: title and date stand for them"},
    {MU_FINDING_NO_TITLE, "row has no title and gets '(no title)'",
     "rows have no title and get '(no title)'"},
    {MU_FINDING_BAD_DATE, "date is not understood or could be two days, and is left out",
     "dates are not understood or could be two days each, and are left out"},
    {MU_FINDING_TEXT_CUT, "text is too long and was cut", "texts are too long and were cut"},
};

static enum mu_status report(struct maker *m, struct mu_source_board *board)
{
    count(m, board);
    find_unused(m);
    mu_findings_count(&m->findings, MU_FINDING_PREAMBLE, m->table->preamble_count);
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        struct mu_oneline line;
        mu_oneline_clear(&line);
        mu_oneline_count(&line, m->findings.slots[sentences[i].kind].count, sentences[i].one,
                         sentences[i].many);
        mu_findings_text(&m->findings, sentences[i].kind, &line);
    }
    if (!mu_findings_end(&m->findings, &m->report)) {
        return full(m);
    }
    board->report = m->report;
    return MU_OK;
}

/* -- the board
 * ---------------------------------------------------------------------------------------- */

static void see_dates(struct maker *m)
{
    for (size_t i = 0; i < m->table->row_count; i++) {
        const struct mu_csv_row *row = &m->table->rows[i];
        mu_csv_dates_see(&m->due_dates, cell(m, row, MU_CSV_DUE));
        mu_csv_dates_see(&m->start_dates, cell(m, row, MU_CSV_START));
        mu_csv_dates_see(&m->created_dates, cell(m, row, MU_CSV_CREATED));
    }
}

static enum mu_status name_board(struct maker *m, const struct mu_csv_origin *origin,
                                 struct mu_source_board *board)
{
    board->system = mu_slice_str("csv");
    board->name = fit(m, origin->name.len > 0 ? origin->name : origin->identity, MU_NAME_MAX);
    if (board->name.len == 0) {
        board->name = mu_slice_str("Imported table");
    }
    if (origin->identity.len == 0 || origin->identity.len > MU_SOURCE_ID_MAX) {
        return text_id(m, "csv board", origin->identity, &board->id);
    }
    return mu_arena_copy(m->arena, origin->identity, &board->id) ? MU_OK : full(m);
}

static enum mu_status make(struct maker *m, const struct mu_csv_origin *origin,
                           struct mu_source_board *board)
{
    see_dates(m);
    for (size_t i = 0; i < m->table->row_count; i++) {
        MU_TRY(read_row(m, i));
    }
    MU_TRY(name_board(m, origin, board));
    board->lists = (struct mu_source_list *)(void *)m->lists.items;
    board->list_count = m->lists.count;
    board->labels = (struct mu_source_label *)(void *)m->labels.items;
    board->label_count = m->labels.count;
    board->people = (struct mu_source_person *)(void *)m->people.items;
    board->person_count = m->people.count;
    MU_TRY(sort_cards(m, board));
    return report(m, board);
}

enum mu_status mu_csv_board(const struct mu_csv_table *table, const struct mu_csv_map *map,
                            const struct mu_csv_origin *origin, struct mu_arena *arena,
                            struct mu_source_board *out, struct mu_error *err)
{
    struct maker m = {.table = table, .map = map, .arena = arena, .err = err};
    struct mu_source_board board = {0};
    mu_findings_init(&m.findings, arena);
    mu_vec_init(&m.lists, sizeof(struct mu_source_list));
    mu_vec_init(&m.labels, sizeof(struct mu_source_label));
    mu_vec_init(&m.people, sizeof(struct mu_source_person));
    mu_vec_init(&m.cards, sizeof(struct entry));
    struct mu_id_map *maps[] = {&m.list_ids, &m.label_ids, &m.person_ids, &m.card_ids, &m.titles};
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        mu_id_map_init(maps[i], arena);
    }
    MU_TRY(make(&m, origin, &board));
    MU_ASSERT(mu_source_check(&board));
    *out = board;
    return MU_OK;
}
