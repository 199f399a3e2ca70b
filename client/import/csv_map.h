/* Which column of a CSV table is what, and the board that comes of it. */
#ifndef MUSTER_CLIENT_IMPORT_CSV_MAP_H
#define MUSTER_CLIENT_IMPORT_CSV_MAP_H

#include "client/import/csv.h"
#include "client/import/source.h"

/* X(NAME, "word in the mapping") */
#define MU_CSV_FIELD_MAP(X) \
    X(TITLE, "title")       \
    X(OWNER, "owner")       \
    X(DUE, "due")           \
    X(COLUMN, "column")     \
    X(LABELS, "labels")     \
    X(DESC, "desc")         \
    X(ID, "id")             \
    X(START, "start")       \
    X(DONE, "done")         \
    X(CREATED, "created")

enum mu_csv_field {
#define X(name, word) MU_CSV_##name,
    MU_CSV_FIELD_MAP(X)
#undef X
        MU_CSV_FIELDS
};

struct mu_csv_map {
    uint32_t column[MU_CSV_FIELDS]; /* MU_SOURCE_NONE: not in the table */
};

/* text: "title=Name,owner=Assignee,due=Due Date,column=Section".  A column is
 * named as in the header (compared by mu_csv_normalise()), in double quotes when
 * its name holds a comma, or by its place as "#3".  title is required.
 * Errors: MU_E_USAGE with the fields or the columns there are. */
MU_MUST_USE enum mu_status mu_csv_map_parse(struct mu_slice text, const struct mu_csv_table *table,
                                            struct mu_arena *arena, struct mu_csv_map *out,
                                            struct mu_error *err);

/* The map of a table that names its columns as Asana's exports do.
 * MU_E_INVALID when there is no name column. */
MU_MUST_USE enum mu_status mu_csv_map_asana(const struct mu_csv_table *table,
                                            struct mu_csv_map *out, struct mu_error *err);

/* Where the table comes from.  Ids are derived from identity, so that a second
 * import under the same identity updates what the first one made. */
struct mu_csv_origin {
    struct mu_slice identity; /* of the source: its file name or a name the user gives */
    struct mu_slice name;     /* of the board */
};

/* Each row a card.  Its id comes from the id column, or else from its title and
 * how many rows above have the same title.  Lists, labels and people come from
 * the cells, in order of appearance; owners and labels may be several, separated
 * by ';' (labels also by ',').  Dates: 2026-05-31, 2026-05-31T17:00:00Z,
 * 31.5.2026, and 31/5/2026 or 5/31/2026 where the column as a whole leaves no
 * doubt; others are reported and left out.  A time of day without a zone is dropped,
 * its date stays.
 * Everything in out lives in arena or in the table's bytes.  out is written only
 * on success.  Errors: MU_E_LIMIT when the arena is full. */
MU_MUST_USE enum mu_status mu_csv_board(const struct mu_csv_table *table,
                                        const struct mu_csv_map *map,
                                        const struct mu_csv_origin *origin, struct mu_arena *arena,
                                        struct mu_source_board *out, struct mu_error *err);

#endif
