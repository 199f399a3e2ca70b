#include <string.h>

#include "client/import/csv_inside.h"

void csv_row_detail(struct csv_maker *m, enum mu_finding_kind kind, const struct mu_csv_row *row,
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

static void count(struct csv_maker *m, const struct mu_source_board *board)
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

static void find_unused(struct csv_maker *m)
{
    for (uint32_t i = 0; i < m->table->header.cell_count; i++) {
        struct mu_oneline line;
        mu_oneline_clear(&line);
        mu_oneline_text(&line, mu_csv_trim(m->table->header.cells[i]));
        if (!csv_among(m->map->column, MU_CSV_FIELDS, i) && line.len > 0) {
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

enum mu_status csv_report(struct csv_maker *m, struct mu_source_board *board)
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
        return csv_full(m);
    }
    board->report = m->report;
    return MU_OK;
}
