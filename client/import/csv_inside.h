/* What the parts of the table's board share; private to client/import.
 *
 *   csv_board.c   rows into cards, the board
 *   csv_names.c   cells and ids; lists, labels and people in order of appearance
 *   csv_inner.c   parents, custom values
 *   csv_asana.c   what only Asana's tables have: its names for columns, projects, sections
 *   csv_report.c  counts and findings in words */
#ifndef MUSTER_CLIENT_IMPORT_CSV_INSIDE_H
#define MUSTER_CLIENT_IMPORT_CSV_INSIDE_H

#include "client/import/csv_date.h"
#include "client/import/csv_map.h"
#include "client/import/findings.h"
#include "client/import/id_map.h"
#include "client/import/vec.h"

/* A row that becomes a card. */
struct csv_entry {
    struct mu_source_card card;
    size_t row;
};

/* How many rows have a title, and the first two of them. */
struct csv_title {
    size_t count;
    uint32_t entries[2];
};

/* A project that rows name. */
struct csv_project {
    struct mu_slice name;
    size_t rows; /* that are not under another */
};

struct csv_maker {
    const struct mu_csv_table *table;
    const struct mu_csv_map *map;
    struct mu_arena *arena;
    struct mu_error *err;
    struct mu_findings findings;
    struct mu_import_report report;
    struct mu_vec lists, labels, people, cards;    /* cards: struct csv_entry, in order of rows */
    struct mu_vec fields, values, names, projects; /* names: struct csv_title */
    struct mu_id_map list_ids, label_ids, person_ids, card_ids, titles, name_ids, project_ids;
    struct mu_csv_dates due_dates, start_dates, created_dates, changed_dates, done_dates;
    bool ids_rounded;        /* all long ids end in zeros: a spreadsheet rounded them */
    struct mu_slice heading; /* the last row that is a heading; may be empty */
    bool has_heading;
    size_t root_count; /* rows that are not under another */
};

/* -- csv_names.c */
/* The arena is full. */
MU_MUST_USE enum mu_status csv_full(struct csv_maker *m);
/* Without blanks around it, and without the ' that an export puts in front of what a spreadsheet
 * would take for a formula (client/view/csv_text.h). */
struct mu_slice csv_plain(struct mu_slice cell);
/* The same of a field; empty where the row or the map has none. */
struct mu_slice csv_cell(const struct csv_maker *m, const struct mu_csv_row *row,
                         enum mu_csv_field field);
/* A text for a field of the domain: cut, and then reported. */
struct mu_slice csv_fit(struct csv_maker *m, struct mu_slice text, size_t max);
/* An id of what has only a text: its hash, so that it is the same next time. */
MU_MUST_USE enum mu_status csv_text_id(struct csv_maker *m, const char *kind, struct mu_slice text,
                                       struct mu_slice *out_id);
MU_MUST_USE enum mu_status csv_list_of(struct csv_maker *m, struct mu_slice name,
                                       uint32_t *out_list);
MU_MUST_USE enum mu_status csv_read_labels(struct csv_maker *m, const struct mu_csv_row *row,
                                           struct mu_source_card *card);
/* The first owns the card, the others help. */
MU_MUST_USE enum mu_status csv_read_people(struct csv_maker *m, const struct mu_csv_row *row,
                                           struct mu_source_card *card);
/* The next piece of a cell with several, without blanks around it. */
struct mu_slice csv_take_piece(struct mu_slice *rest, const char *marks);
/* Without what spreadsheets put around an id to keep it: ="1204" and '1204. */
struct mu_slice csv_id_cell(const struct csv_maker *m, const struct mu_csv_row *row);
/* But for the case of its letters; word in lower case. */
bool csv_same_word(struct mu_slice text, const char *word);
bool csv_among(const uint32_t *indexes, size_t count, uint32_t index);

/* -- csv_inner.c */
/* Custom fields of the map, before any row is read. */
MU_MUST_USE enum mu_status csv_make_fields(struct csv_maker *m);
MU_MUST_USE enum mu_status csv_read_values(struct csv_maker *m, const struct mu_csv_row *row,
                                           uint32_t entry);
/* Who stands under whom, by place in the order of rows, when all are read. */
MU_MUST_USE enum mu_status csv_find_parents(struct csv_maker *m);

/* -- csv_asana.c */
/* Whether the row is a heading between tasks; then it is remembered for those below. */
bool csv_is_heading(struct csv_maker *m, const struct mu_csv_row *row);
/* Projects of a row. */
MU_MUST_USE enum mu_status csv_read_projects(struct csv_maker *m, const struct mu_csv_row *row,
                                             struct mu_source_card *card);
/* The list of a row that may stand where its parent does: MU_SOURCE_NONE until that is known. */
MU_MUST_USE enum mu_status csv_asana_list(struct csv_maker *m, const struct mu_csv_row *row,
                                          uint32_t *out_list);
/* Lists of those. */
MU_MUST_USE enum mu_status csv_end_lists(struct csv_maker *m);
/* Name, id and scope of the board, and which other boards show a card. */
MU_MUST_USE enum mu_status csv_asana_name(struct csv_maker *m, const struct mu_csv_origin *origin,
                                          struct mu_source_board *board);

/* -- csv_report.c */
/* "line 7: 'text'" */
void csv_row_detail(struct csv_maker *m, enum mu_finding_kind kind, const struct mu_csv_row *row,
                    struct mu_slice text);
/* "line 7, column 'Due Date': 'text'" */
void csv_cell_detail(struct csv_maker *m, enum mu_finding_kind kind, const struct mu_csv_row *row,
                     enum mu_csv_field field, struct mu_slice text);
/* board->report: counts, and a sentence for each finding. */
MU_MUST_USE enum mu_status csv_report(struct csv_maker *m, struct mu_source_board *board);

#endif
