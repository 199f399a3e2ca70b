/* Which elements two sequences have in common, in order (Myers, "An O(ND) Difference
 * Algorithm and Its Variations", 1986, the greedy forward form).
 *
 * Work is capped: sequences that differ in more than MU_DIFF_MOST places count as wholly
 * different between their common front and back. */
#ifndef MUSTER_COMMON_MODEL_DIFF_H
#define MUSTER_COMMON_MODEL_DIFF_H

#include <stddef.h>
#include <stdint.h>

#define MU_DIFF_MOST 512
/* Numbers that mu_diff_match() wants to work in. */
#define MU_DIFF_WORK ((size_t)(MU_DIFF_MOST + 1) * (MU_DIFF_MOST + 2) / 2)
#define MU_DIFF_NONE (-1)

/* Elements as numbers: equal numbers are equal elements. */
struct mu_diff_side {
    const uint32_t *items;
    size_t count; /* < 2^30 */
};

/* out_match[i] is the place in b of a's element i, or MU_DIFF_NONE; ascending.  work has room
 * for MU_DIFF_WORK numbers. */
void mu_diff_match(struct mu_diff_side a, struct mu_diff_side b, int32_t *work, int32_t *out_match);

#endif
