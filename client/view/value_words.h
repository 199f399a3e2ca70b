/* Fields and their values in words: "due date", "Fri 27 Nov", "@ana", "'Parser'". */
#ifndef MUSTER_CLIENT_VIEW_VALUE_WORDS_H
#define MUSTER_CLIENT_VIEW_VALUE_WORDS_H

#include "client/view/names.h"
#include "client/view/words.h"
#include "common/model/row.h"

/* "due date", "description"; the field's own name when there is no better word, "field 77" of
 * a newer version. */
MU_MUST_USE enum mu_status mu_words_field(struct mu_buf *out, uint32_t entity, uint32_t field);
/* One line, long texts cut, in quotes; "nothing" for null; ids as names where names has them. */
MU_MUST_USE enum mu_status mu_words_value(struct mu_buf *out, uint32_t entity, uint32_t field,
                                          struct mu_value value, const struct mu_names *names,
                                          const struct mu_viewpoint *from);
/* Text in single quotes, on one line, at most width columns of it. */
MU_MUST_USE enum mu_status mu_words_quote(struct mu_buf *out, struct mu_slice text, size_t width);

#endif
