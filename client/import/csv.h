/* Comma-separated tables from spreadsheets and other tools, as cells.
 *
 * Reads RFC 4180 and what is found in the wild: a BOM, UTF-16 with a BOM, CR,
 * LF or CRLF, commas, semicolons or tabs (found out, or named by a first line
 * "sep=;"), rows before the header.  What the cells mean is client/import/csv_map.h. */
#ifndef MUSTER_CLIENT_IMPORT_CSV_H
#define MUSTER_CLIENT_IMPORT_CSV_H

#include <stdint.h>

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/slice.h"

#define MU_CSV_FILE_MAX   ((size_t)512 * 1024 * 1024)
#define MU_CSV_ROW_MAX    1000000
#define MU_CSV_COLUMN_MAX 1024
#define MU_CSV_CELL_MAX   ((size_t)1024 * 1024)

struct mu_csv_row {
    const struct mu_slice *cells;
    size_t cell_count; /* 1 .. MU_CSV_COLUMN_MAX; may differ from the header's */
    size_t line;       /* where it begins, from 1 */
};

struct mu_csv_table {
    struct mu_csv_row header;
    struct mu_slice *names; /* header.cell_count normalised names, see mu_csv_normalise() */
    struct mu_csv_row *rows;
    size_t row_count;
    size_t preamble_count; /* rows before the header */
    char separator;
    bool torn; /* the last line is shorter than the header and has no end */
};

/* Cells point into bytes or into arena: both must outlive the table.  Empty lines
 * are left out.  out is written only on success.
 * Errors, with the line, and the column where one cell is to blame: MU_E_INVALID unclosed quote,
 * text after a closing quote, not UTF-8 or a NUL, no header; MU_E_LIMIT past one of the limits
 * above or the arena's. */
MU_MUST_USE enum mu_status mu_csv_read(struct mu_slice bytes, struct mu_arena *arena,
                                       struct mu_csv_table *out, struct mu_error *err);

/* A header name for comparing: ASCII lower case, blanks, '_' and '-' as one
 * space, none at the ends, trailing dots and colons gone.  Fails as the arena does. */
MU_MUST_USE bool mu_csv_normalise(struct mu_arena *arena, struct mu_slice name,
                                  struct mu_slice *out_name);

#endif
