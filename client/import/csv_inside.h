/* What the parts of the table's board share; private to client/import.
 *
 *   csv_board.c   rows into cards, the board
 *   csv_names.c   cells and ids; lists, labels and people in order of appearance
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

struct csv_maker {
    const struct mu_csv_table *table;
    const struct mu_csv_map *map;
    struct mu_arena *arena;
    struct mu_error *err;
    struct mu_findings findings;
    struct mu_import_report report;
    struct mu_vec lists, labels, people, cards; /* cards: struct csv_entry, in order of rows */
    struct mu_id_map list_ids, label_ids, person_ids, card_ids, titles;
    struct mu_csv_dates due_dates, start_dates, created_dates;
};

/* -- csv_names.c */
/* The arena is full. */
MU_MUST_USE enum mu_status csv_full(struct csv_maker *m);
/* Without blanks around it; empty where the row or the map has none. */
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
bool csv_among(const uint32_t *indexes, size_t count, uint32_t index);

/* -- csv_report.c */
/* "line 7: 'text'" */
void csv_row_detail(struct csv_maker *m, enum mu_finding_kind kind, const struct mu_csv_row *row,
                    struct mu_slice text);
/* board->report: counts, and a sentence for each finding. */
MU_MUST_USE enum mu_status csv_report(struct csv_maker *m, struct mu_source_board *board);

#endif
