/* Markdown (CommonMark) as lines for a terminal.
 *
 * Nothing that somebody wrote gets lost or does anything: HTML is shown as it stands, pictures as
 * their words and address.  A line end in a paragraph stays one, as on the boards people come
 * from. */
#ifndef MUSTER_CLIENT_MARKDOWN_MARKDOWN_H
#define MUSTER_CLIENT_MARKDOWN_MARKDOWN_H

#include "common/base/buf.h"

/* text: any bytes.  Lines (client/view/mark.h) of at most width columns, where that is more than
 * indent and the depth of lists, each beginning with indent blanks and ended by '\n'.
 * Errors: MU_E_NOMEM, MU_E_LIMIT; out may then hold a part. */
MU_MUST_USE enum mu_status mu_markdown(struct mu_buf *out, struct mu_slice text, size_t indent,
                                       size_t width);

#endif
