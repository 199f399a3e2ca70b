/* Cells of a comma-separated table (RFC 4180) that no spreadsheet takes for a formula.
 *
 * A text that begins with = + - @ tab or CR gets a ' in front, which spreadsheets hide; an import
 * takes it off again (client/import/csv.h).  Texts are quoted where the format asks for it. */
#ifndef MUSTER_CLIENT_VIEW_CSV_TEXT_H
#define MUSTER_CLIENT_VIEW_CSV_TEXT_H

#include "common/base/buf.h"

/* One cell; first: of its line, so that no comma goes in front.  Errors: as mu_buf_append(). */
MU_MUST_USE enum mu_status mu_csv_put_cell(struct mu_buf *out, struct mu_slice text, bool first);
/* The end of a line. */
MU_MUST_USE enum mu_status mu_csv_put_end(struct mu_buf *out);
/* Whether a spreadsheet would take the text for a formula. */
bool mu_csv_is_formula(struct mu_slice text);

#endif
