/* Order keys: texts that sort bytewise, between any two of which there is another.
 *
 * A key has an integer part whose first letter tells its length, so that adding at either end
 * costs a character in many thousands, and a fraction that has no trailing lowest digit
 * (after "Implementing Fractional Indexing", Greenspan).  Rows order by (key, id); equal keys
 * are legal. */
#ifndef MUSTER_COMMON_MODEL_RANK_H
#define MUSTER_COMMON_MODEL_RANK_H

#include "common/base/error.h"
#include "common/base/slice.h"

#define MU_RANK_MAX       200 /* bytes; what mu_rank_valid() accepts */
#define MU_RANK_REBALANCE 64  /* a longer new key asks its maker to spread the neighbours */

struct mu_rank {
    uint8_t len;
    uint8_t bytes[MU_RANK_MAX];
};

bool mu_rank_valid(struct mu_slice key);
struct mu_slice mu_rank_view(const struct mu_rank *rank);
/* A key strictly between two valid keys; an empty slice is the open end.
 * Errors: MU_E_LIMIT no room (below >= above, an invalid key, or the new one would pass
 * MU_RANK_MAX): rebalance. */
MU_MUST_USE enum mu_status mu_rank_between(struct mu_slice below, struct mu_slice above,
                                           struct mu_rank *out);

#endif
