/* Effects as the client keeps and compares them: what a pending mutation was predicted
 * to come to, and which answers of the rules a set of cells may alter. */
#ifndef MUSTER_CLIENT_CORE_EFFECTS_H
#define MUSTER_CLIENT_CORE_EFFECTS_H

#include "client/core/keyset.h"
#include "common/model/row.h"

/* Rows in canonical bytes, one behind the other. */
MU_MUST_USE enum mu_status mu_effects_encode(const struct mu_row *effects, size_t count,
                                             struct mu_buf *out, struct mu_error *err);
/* Values borrow from bytes.  Errors: MU_E_CORRUPT, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_effects_decode(struct mu_slice bytes, struct mu_arena *arena,
                                             struct mu_row **out_effects, size_t *out_count,
                                             struct mu_error *err);
/* Whether both set the same cells, those aside that only the server gives. */
bool mu_effects_same(const struct mu_row *a, size_t a_count, const struct mu_row *b,
                     size_t b_count);

/* Whether the cells of effect may move the row among its neighbours: then what it was before
 * matters to mu_effect_touches(). */
bool mu_effect_places(const struct mu_row *effect);
/* Add as written: the row of effect, and every answer that its cells may alter.  before is the
 * row as it stood, NULL when there was none or mu_effect_places() is false. */
MU_MUST_USE enum mu_status mu_effect_touches(struct mu_keyset *set, const struct mu_row *before,
                                             const struct mu_row *effect, struct mu_error *err);

#endif
