/* Between the files of goals: reading, judging. */
#ifndef MUSTER_CLIENT_VIEW_GOAL_INSIDE_H
#define MUSTER_CLIENT_VIEW_GOAL_INSIDE_H

#include "client/view/goals.h"

/* The targets of a goal with their values; its tasks must have been counted. */
MU_MUST_USE enum mu_status mu_goal_targets(const struct mu_books *books, struct mu_goal *goal,
                                           struct mu_error *err);
/* Health, pace, lint and proposal, from all that was read; pure. */
void mu_goal_judge(struct mu_goal *goal, int64_t today);

#endif
