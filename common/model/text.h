/* Merging two edits of one text: by line, and by word where both touched one stretch of
 * lines (diff3 over common/model/diff.h). */
#ifndef MUSTER_COMMON_MODEL_TEXT_H
#define MUSTER_COMMON_MODEL_TEXT_H

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/slice.h"

struct mu_text_versions {
    struct mu_slice base;   /* what both edits began with */
    struct mu_slice theirs; /* the server's: stands where both changed one place */
    struct mu_slice mine;
};

struct mu_text_merged {
    struct mu_slice text; /* one of the versions, or in the arena */
    bool overlap;         /* something of mine was left out */
};

/* All three are valid UTF-8, and so is the result.  One that would pass max bytes is theirs,
 * with overlap.  Time is bounded for texts of MU_TEXT_MAX; texts that have little in common
 * with their base merge coarsely.  Errors: MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_text_merge(const struct mu_text_versions *versions, size_t max,
                                         struct mu_arena *arena, struct mu_text_merged *out);

#endif
