/* How much each device may ask for: a bucket of tokens that fills with time.
 *
 * A fixed table, so that no number of devices takes more memory: what does not fit
 * any more is the bucket that has the most tokens, which loses least by being forgotten. */
#ifndef MUSTER_SERVER_CORE_RATE_H
#define MUSTER_SERVER_CORE_RATE_H

#include "common/base/id.h"

#define MU_RATE_SETS 128
#define MU_RATE_WAYS 4

struct mu_rate {
    struct mu_id device; /* zero: unused */
    int64_t tokens;      /* thousandths of a mutation, <= burst */
    int64_t at_ms;       /* mono, when tokens were counted */
};

struct mu_rates {
    struct mu_rate slots[MU_RATE_SETS][MU_RATE_WAYS];
};

/* What a device may take: per_s tokens a second, at most burst saved up; per_s 0: no limit. */
struct mu_rate_limit {
    uint32_t per_s;
    uint32_t burst;
};

/* Take cost tokens.  0 when they were there, else the milliseconds until they will be, and
 * nothing is taken.  A cost above burst counts as burst. */
uint32_t mu_rate_take(struct mu_rates *rates, struct mu_id device, uint32_t cost,
                      struct mu_rate_limit limit, int64_t now_ms);

#endif
