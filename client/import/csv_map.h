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
    X(CREATED, "created")   \
    X(CHANGED, "changed")   \
    X(HELPERS, "helpers")   \
    X(PARENT, "parent")     \
    X(URL, "url")           \
    X(EMAIL, "email")       \
    X(TYPE, "type")         \
    X(PROJECTS, "projects")

enum mu_csv_field {
#define X(name, word) MU_CSV_##name,
    MU_CSV_FIELD_MAP(X)
#undef X
        MU_CSV_FIELDS
};

/* A column that becomes a custom field. */
struct mu_csv_custom {
    uint32_t column;
    struct mu_slice name;
};

struct mu_csv_map {
    uint32_t column[MU_CSV_FIELDS];     /* MU_SOURCE_NONE: not in the table */
    const struct mu_csv_custom *custom; /* in the order of columns or of the mapping */
    size_t custom_count;
    bool asana; /* the table is one of Asana: ids are its gids, projects name boards */
};

/* text: "title=Name,owner=Assignee,due=Due Date,column=Section", or a line each, lines with '#'
 * in front left out.  A column is named as in the header (compared by mu_csv_normalise()), in
 * double quotes when its name holds a comma, or by its place as "#3".  "field=Effort" and
 * "field:Hours=Effort" make custom fields, "field=*" one of each column that is not named.
 * title is required.
 * Errors: MU_E_USAGE with the fields or the columns there are. */
MU_MUST_USE enum mu_status mu_csv_map_parse(struct mu_slice text, const struct mu_csv_table *table,
                                            struct mu_arena *arena, struct mu_csv_map *out,
                                            struct mu_error *err);

/* The map of a table that names its columns as Asana's exports do, in one of their variants, or
 * as scripts that ask its API do; columns that are none of Asana's own are custom fields.
 * MU_E_INVALID when there is no name column. */
MU_MUST_USE enum mu_status mu_csv_map_asana(const struct mu_csv_table *table,
                                            struct mu_arena *arena, struct mu_csv_map *out,
                                            struct mu_error *err);

/* Where the table comes from.  Ids are derived from identity, so that a second
 * import under the same identity updates what the first one made.  A table of Asana is
 * known by the project that all its tasks are in, when there is one and given says no other. */
struct mu_csv_origin {
    struct mu_slice identity; /* of the source: its file name or a name the user gives */
    struct mu_slice name;     /* of the board */
    bool given;               /* by the user, not by the file's name */
};

/* Each row a card.  Its id comes from the id column, or else from its title, its date of
 * creation and how many rows above have the same.  Lists, labels and people come from
 * the cells, in order of appearance; owners, helpers and labels may be several, separated
 * by ';' (labels also by ',').  A parent is named by id or by title; a title that several rows
 * have names none.  Dates: 2026-05-31, 2026-05-31T17:00:00Z,
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
