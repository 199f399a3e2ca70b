/* The one place where text of others is made fit for a screen, and where it is measured.
 *
 * What could move a cursor, turn the direction of writing, hide or pretend to be other text comes
 * out as a visible escape: "\x1b", "\u202e".  Letters, emoji sequences and accents stay as they
 * are.  Whatever Muster prints that was written by somebody goes through here: titles, names,
 * labels, comments, reasons, file names.  JSON has its own way, client/view/json.h. */
#ifndef MUSTER_CLIENT_VIEW_TEXT_H
#define MUSTER_CLIENT_VIEW_TEXT_H

#include "common/base/buf.h"

#define MU_SHOW_MARKS_MAX 4 /* combining marks kept on one letter; the rest is dropped */

enum mu_show_lines {
    MU_SHOW_ONE_LINE, /* line ends and tabs become a space each */
    MU_SHOW_LINES     /* line ends stay (as '\n'); tabs become four spaces */
};

/* Append text, neutralised; any bytes at all.  On failure out is unchanged.
 * Errors: as mu_buf_append(). */
MU_MUST_USE enum mu_status mu_show(struct mu_buf *out, struct mu_slice text,
                                   enum mu_show_lines lines);

/* Neutralised, on one line, at most MU_SHORT_WIDTH columns, NUL-terminated: for messages. */
#define MU_SHORT_WIDTH 40
#define MU_SHORT_MAX   128 /* bytes; the front is cut to them as well */
const char *mu_show_short(struct mu_slice text, char out_shown[static MU_SHORT_MAX]);

/* The rest is for neutralised text on one line. */

/* Columns that a terminal gives it, counted by grapheme cluster. */
size_t mu_show_width(struct mu_slice shown);
/* The longest front of whole clusters that is at most width columns wide. */
struct mu_slice mu_show_cut(struct mu_slice shown, size_t width);
/* The front that fits, with "…" at its end when something is left out; never more than width
 * columns.  Then blanks up to width when pad. */
MU_MUST_USE enum mu_status mu_show_fit(struct mu_buf *out, struct mu_slice shown, size_t width,
                                       bool pad);
/* Lines of at most width columns, broken at blanks where there are any; each begins with indent
 * blanks and ends in '\n'.  shown may hold line ends. */
MU_MUST_USE enum mu_status mu_show_wrap(struct mu_buf *out, struct mu_slice shown, size_t indent,
                                        size_t width);

#endif
