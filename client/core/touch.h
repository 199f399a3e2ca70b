/* The tables shown and touch of replica.db: which pending mutations the visible rows
 * show, and what each of them read and wrote. */
#ifndef MUSTER_CLIENT_CORE_TOUCH_H
#define MUSTER_CLIENT_CORE_TOUCH_H

#include "client/core/keyset.h"
#include "client/core/query.h"

/* One pending mutation that touches a key. */
struct mu_toucher {
    uint64_t position;
    bool wrote;
};

/* Remember that position is shown, with what it was predicted to come to (effects.h) and what
 * it touched. */
MU_MUST_USE enum mu_status mu_touch_put(struct mu_queries *local, uint64_t position,
                                        struct mu_slice effects, const struct mu_keyset *touches,
                                        struct mu_error *err);
/* What position was predicted to come to.  found false when it is not shown. */
MU_MUST_USE enum mu_status mu_touch_effects(struct mu_queries *local, struct mu_arena *arena,
                                            uint64_t position, struct mu_slice *out_effects,
                                            bool *out_found, struct mu_error *err);
/* Whether any position is shown. */
MU_MUST_USE enum mu_status mu_touch_any(struct mu_queries *local, bool *out_any,
                                        struct mu_error *err);
/* Forget position. */
MU_MUST_USE enum mu_status mu_touch_drop(struct mu_queries *local, uint64_t position,
                                         struct mu_error *err);
MU_MUST_USE enum mu_status mu_touch_clear(struct mu_queries *local, struct mu_error *err);
/* Positions shown, ascending. */
MU_MUST_USE enum mu_status mu_touch_shown(struct mu_queries *local, struct mu_arena *arena,
                                          uint64_t **out_positions, size_t *out_count,
                                          struct mu_error *err);
/* What position touched. */
MU_MUST_USE enum mu_status mu_touch_of(struct mu_queries *local, struct mu_arena *arena,
                                       uint64_t position, struct mu_touch **out_touches,
                                       size_t *out_count, struct mu_error *err);
/* Positions between two, neither included. */
struct mu_touch_span {
    uint64_t after;
    uint64_t before; /* 0: no end */
};
/* Who of span touched key, by position. */
MU_MUST_USE enum mu_status mu_touch_by(struct mu_queries *local, struct mu_arena *arena,
                                       struct mu_touch_key key, struct mu_touch_span span,
                                       struct mu_toucher **out_touchers, size_t *out_count,
                                       struct mu_error *err);
/* Whether a pending mutation has written key. */
MU_MUST_USE enum mu_status mu_touch_written(struct mu_queries *local, struct mu_touch_key key,
                                            bool *out_written, struct mu_error *err);

#endif
