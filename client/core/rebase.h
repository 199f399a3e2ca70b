/* Keeps the visible rows equal to confirmed state with the pending mutations replayed on
 * top, without replaying them all.
 *
 *     lifted row    shows the state as of the position under way: its base image and the
 *                   effects of the writers passed so far
 *     re-applied    a pending mutation that wrote a lifted row: its stored effects are put
 *                   on again when its turn comes
 *     predicted     one that read or wrote something that changed: the rules are asked
 *                   again, at its place in the order, with everything later out of the way
 *
 * Positions are worked off in ascending order from a heap.  A prediction that comes to
 * something else than before changes what it wrote, and so adds those after it that
 * touched that. */
#ifndef MUSTER_CLIENT_CORE_REBASE_H
#define MUSTER_CLIENT_CORE_REBASE_H

#include "client/core/client.h"
#include "client/core/keyset.h"
#include "client/core/list.h"

/* What a turn has changed beneath the pending mutations, gathered first and worked off at
 * its end. */
struct mu_rebase {
    struct mu_client *client; /* borrowed */
    struct mu_arena *arena;   /* borrowed */
    bool idle;                /* nothing is shown: nothing to gather */
    bool everything;          /* replay all */
    struct mu_keyset changed; /* confirmed answers that changed */
    struct mu_keyset stale;   /* rows whose base image changed */
    struct mu_list gone;      /* struct mu_gone */
    /* while running */
    struct mu_keyset queued;  /* positions; wrote: predict, else re-apply */
    struct mu_list heap;      /* of queued positions not worked off yet */
    struct mu_keyset lifted;  /* rows */
    struct mu_keyset cleared; /* keys whose later writers are out of the way */
    struct mu_keyset told;    /* keys whose later touchers are queued to predict */
    uint64_t now;             /* position under way; 0: none yet */
};

/* At the start of a turn, in its transaction. */
MU_MUST_USE enum mu_status mu_rebase_begin(struct mu_rebase *rebase, struct mu_client *client,
                                           struct mu_arena *arena, struct mu_error *err);
/* A confirmed answer changed. */
MU_MUST_USE enum mu_status mu_rebase_changed(struct mu_rebase *rebase, struct mu_touch_key key,
                                             struct mu_error *err);
/* The base image of a row changed. */
MU_MUST_USE enum mu_status mu_rebase_stale(struct mu_rebase *rebase, struct mu_row_ref ref,
                                           struct mu_error *err);
/* position is no longer pending.  as_predicted: confirmed state now holds just what it had
 * come to, so that nothing after it sees a difference. */
MU_MUST_USE enum mu_status mu_rebase_gone(struct mu_rebase *rebase, uint64_t position,
                                          bool as_predicted, struct mu_error *err);
/* Replay everything (a transfer, a new lineage). */
void mu_rebase_all(struct mu_rebase *rebase);
/* Whether anything was gathered. */
bool mu_rebase_wanted(const struct mu_rebase *rebase);
/* Work it off.  The stamps are the caller's. */
MU_MUST_USE enum mu_status mu_rebase_run(struct mu_rebase *rebase, struct mu_error *err);

#endif
