/* Whose a row is to set back: asked when a conflict is restored and when an edit is undone. */
#include "common/model/decide_inside.h"

static enum mu_status runs_goal_of(struct mu_case *c, struct mu_id target, bool *out_allowed)
{
    struct mu_known *row = NULL;
    struct mu_known *goal = NULL;
    MU_TRY(mu_case_look(c, MU_TARGET, target, &row));
    MU_TRY(mu_case_look(c, MU_GOAL, mu_now_id(row, MU_TARGET_GOAL), &goal));
    *out_allowed = mu_case_runs_goal(c, goal);
    return MU_OK;
}

static bool may_goal(const struct mu_case *c, const struct mu_known *goal, uint32_t field)
{
    bool judges =
        field == MU_GOAL_HEALTH || field == MU_GOAL_HEALTH_NOTE || field == MU_GOAL_CONFIDENCE;
    return judges ? mu_case_is(c, mu_now_id(goal, MU_GOAL_OWNER)) : mu_case_runs_goal(c, goal);
}

enum mu_status mu_case_may_set(struct mu_case *c, const struct mu_known *row, uint32_t field,
                               bool *out_allowed)
{
    *out_allowed = true;
    switch (row->entity) {
    case MU_GOAL:
        *out_allowed = may_goal(c, row, field);
        return MU_OK;
    case MU_TARGET:
        return runs_goal_of(c, row->id, out_allowed);
    case MU_QUOTA:
        return runs_goal_of(c, mu_now_id(row, MU_QUOTA_TARGET), out_allowed);
    case MU_COMMITMENT:
        *out_allowed = mu_case_is(c, mu_now_id(row, MU_COMMITMENT_PERSON)) ||
                       mu_case_is(c, mu_now_id(row, MU_COMMITMENT_SETTLED_BY));
        return MU_OK;
    case MU_BLOCKER:
        *out_allowed =
            field != MU_BLOCKER_REASON || mu_case_is(c, mu_now_id(row, MU_BLOCKER_RAISED_BY));
        return MU_OK;
    default:
        return MU_OK;
    }
}
