/* Order keys.  Rows that the source still has in the order of the last import keep
 * their keys: the longest run of those (Fredman, "On computing the length of longest
 * increasing subsequences", 1975).  Only the others get a new one, so that an import
 * moves what somebody moved and no more. */
#include <string.h>

#include "client/import/plan_inside.h"

static struct mu_slice old_key(const struct plan_place *place)
{
    return mu_rank_view(&place->old);
}

/* Marks as not moved a longest run of places whose old keys ascend strictly. */
static bool keep_longest(struct plan *p, struct plan_place *places, size_t count)
{
    uint32_t *ends = mu_arena_array(p->arena, count, sizeof *ends);     /* of runs by length */
    uint32_t *before = mu_arena_array(p->arena, count, sizeof *before); /* in its run */
    if ((ends == NULL || before == NULL) && count > 0) {
        return false;
    }
    size_t longest = 0;
    for (size_t i = 0; i < count; i++) {
        places[i].moved = true;
        if (!places[i].has_old) {
            continue;
        }
        size_t low = 0;
        size_t high = longest;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (mu_slice_compare(old_key(&places[ends[middle]]), old_key(&places[i])) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        before[i] = low == 0 ? UINT32_MAX : ends[low - 1];
        ends[low] = (uint32_t)i;
        longest = low == longest ? longest + 1 : longest;
    }
    for (uint32_t i = longest == 0 ? UINT32_MAX : ends[longest - 1]; i != UINT32_MAX;
         i = before[i]) {
        places[i].moved = false;
    }
    return true;
}

enum mu_status plan_place_all(struct plan *p, struct plan_place *places, size_t count)
{
    if (!keep_longest(p, places, count)) {
        return plan_full(p);
    }
    struct mu_slice below = {0};
    size_t next = 0; /* the next that keeps its key */
    for (size_t i = 0; i < count; i++) {
        struct plan_place *place = &places[i];
        if (!place->moved) {
            place->rank = place->old;
        } else {
            next = next < i ? i : next;
            while (next < count && places[next].moved) {
                next++;
            }
            struct mu_slice above = next < count ? old_key(&places[next]) : (struct mu_slice){0};
            if (mu_rank_between(below, above, &place->rank) != MU_OK ||
                place->rank.len > MU_RANK_REBALANCE) {
                /* No room: the same key as a neighbour, in the order of their ids. */
                place->rank = i > 0 ? places[i - 1].rank : places[next].old;
            }
        }
        below = mu_rank_view(&place->rank);
    }
    return MU_OK;
}

enum mu_status plan_place_old(struct plan *p, uint32_t entity, struct mu_id id,
                              uint32_t print_field, uint32_t parent_field,
                              struct mu_slice parent_basis, struct plan_place *out)
{
    struct plan_draft draft;
    *out = (struct plan_place){0};
    MU_TRY(plan_draft_begin(p, &draft, entity, id, print_field));
    if (!draft.has_old || draft.old.rank.len == 0) {
        return MU_OK;
    }
    if (parent_field != 0) {
        uint8_t hash[8];
        const uint8_t *old = plan_print_find(&draft.old, parent_field);
        plan_print_hash(parent_field, parent_basis, hash);
        if (old == NULL || memcmp(old, hash, sizeof hash) != 0) {
            return MU_OK;
        }
    }
    out->has_old = true;
    out->old = draft.old.rank;
    return MU_OK;
}

enum mu_status plan_place_draft(struct plan_draft *draft, uint32_t rank_field,
                                const struct plan_place *place, bool here)
{
    struct mu_value value;
    draft->now.rank = place->rank;
    if (!place->moved || !here) {
        return MU_OK;
    }
    MU_TRY(plan_keep(draft->plan, place->rank.bytes, place->rank.len, &value));
    plan_draft_set(draft, rank_field, value);
    return MU_OK;
}
