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

void csv_cell_detail(struct csv_maker *m, enum mu_finding_kind kind, const struct mu_csv_row *row,
                     enum mu_csv_field field, struct mu_slice text)
{
    struct mu_oneline line;
    uint32_t column = m->map->column[field];
    mu_oneline_clear(&line);
    mu_oneline_put(&line, "line ");
    mu_oneline_number(&line, row->line);
    if (column < m->table->header.cell_count) {
        mu_oneline_put(&line, ", column ");
        mu_oneline_quote(&line, mu_csv_trim(m->table->header.cells[column]));
    }
    mu_oneline_put(&line, ": ");
    mu_oneline_quote(&line, text);
    mu_findings_detail(&m->findings, kind, &line);
}

static void count(struct csv_maker *m, const struct mu_source_board *board)
{
    size_t rows = m->report.in[MU_COUNT_CARDS];
    mu_source_count(board, m->report.out);
    memcpy(m->report.in, m->report.out, sizeof m->report.in);
    m->report.in[MU_COUNT_CARDS] = rows;
}

static bool is_used(const struct csv_maker *m, uint32_t column)
{
    for (size_t i = 0; i < m->map->custom_count; i++) {
        if (m->map->custom[i].column == column) {
            return true;
        }
    }
    return csv_among(m->map->column, MU_CSV_FIELDS, column);
}

static void find_unused(struct csv_maker *m)
{
    for (uint32_t i = 0; i < m->table->header.cell_count; i++) {
        struct mu_oneline line;
        mu_oneline_clear(&line);
        mu_oneline_text(&line, mu_csv_trim(m->table->header.cells[i]));
        if (!is_used(m, i) && line.len > 0) {
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
    {MU_FINDING_TORN,
     "last line is shorter than the header and has no end: the file may have been cut off",
     "last lines are shorter than the header and have no end"},
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
    {MU_FINDING_SECTION_ROWS, "row is a heading and is taken for a section",
     "rows are headings and are taken for sections"},
    {MU_FINDING_MULTI_HOMED, "row is in several projects: it comes in once",
     "rows are in several projects: each comes in once"},
    {MU_FINDING_PARENT_AMBIGUOUS, "parent is named by a title that several rows have: left out",
     "parents are named by titles that several rows have: left out"},
    {MU_FINDING_PARENT_UNKNOWN, "parent is not in the file", "parents are not in the file"},
    {MU_FINDING_PARENT_CIRCLE, "row stood under itself and stands alone now",
     "rows stood under themselves and stand alone now"},
    {MU_FINDING_TEXT_CUT, "text is too long and was cut", "texts are too long and were cut"},
};

enum mu_status csv_report(struct csv_maker *m, struct mu_source_board *board)
{
    count(m, board);
    find_unused(m);
    mu_findings_count(&m->findings, MU_FINDING_PREAMBLE, m->table->preamble_count);
    mu_findings_count(&m->findings, MU_FINDING_TORN, m->table->torn ? 1 : 0);
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
