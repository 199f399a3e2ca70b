/* What people do on a board, each as one intent that is saved when the call returns MU_OK.
 *
 * Errors of all: what the rules refuse, in words; those of the store.  Then nothing was done. */
#ifndef MUSTER_CLIENT_TUI_ACT_H
#define MUSTER_CLIENT_TUI_ACT_H

#include "client/tui/desk.h"
#include "client/view/blockers.h"
#include "client/view/conflicts.h"
#include "client/view/feedback.h"
#include "client/view/goals.h"

/* A new task at the end of a column. */
MU_MUST_USE enum mu_status mu_act_add(struct mu_desk *desk, struct mu_id column,
                                      struct mu_slice title, struct mu_id *out_task,
                                      struct mu_error *err);
MU_MUST_USE enum mu_status mu_act_title(struct mu_desk *desk, struct mu_id task,
                                        struct mu_slice title, struct mu_error *err);
/* base: the text as it was when the author began. */
MU_MUST_USE enum mu_status mu_act_desc(struct mu_desk *desk, struct mu_id task,
                                       struct mu_slice text, struct mu_slice base,
                                       struct mu_error *err);
/* when: as people write it, "none" for none.  echo gets how it was understood. */
MU_MUST_USE enum mu_status mu_act_due(struct mu_desk *desk, struct mu_id task, struct mu_slice when,
                                      struct mu_buf *echo, struct mu_error *err);
/* How a date would be understood: "Fri 27 Nov 17:00 (3 d)". */
MU_MUST_USE enum mu_status mu_act_read_due(struct mu_desk *desk, struct mu_slice when,
                                           struct mu_due *out_due, bool *out_none,
                                           struct mu_error *err);
/* owner zero: nobody. */
MU_MUST_USE enum mu_status mu_act_assign(struct mu_desk *desk, struct mu_id task,
                                         struct mu_id owner, struct mu_error *err);

struct mu_act_place {
    struct mu_id column; /* zero: where it is */
    bool behind;         /* after neighbour (zero: first), else before it (zero: last) */
    struct mu_id neighbour;
    bool placed; /* false: the end, or its old place */
};
MU_MUST_USE enum mu_status mu_act_move(struct mu_desk *desk, const struct mu_task_line *task,
                                       const struct mu_act_place *place, struct mu_error *err);
/* A status intent: MU_INTENT_TASK_DONE and its like. */
MU_MUST_USE enum mu_status mu_act_status(struct mu_desk *desk, const struct mu_task_line *task,
                                         uint32_t intent, struct mu_error *err);
/* The owner's no, and why; "" for no reason. */
MU_MUST_USE enum mu_status mu_act_decline(struct mu_desk *desk, const struct mu_task_line *task,
                                          struct mu_slice why, struct mu_error *err);
/* By id, or by name when label is NULL: then it is made. */
MU_MUST_USE enum mu_status mu_act_label(struct mu_desk *desk, struct mu_id task,
                                        const struct mu_id *label, struct mu_slice name, bool on,
                                        struct mu_error *err);
MU_MUST_USE enum mu_status mu_act_comment(struct mu_desk *desk, struct mu_id task,
                                          struct mu_slice text, struct mu_error *err);
MU_MUST_USE enum mu_status mu_act_check(struct mu_desk *desk, struct mu_id item, bool done,
                                        struct mu_error *err);
/* A further item of a checklist; of a new one when list is zero. */
MU_MUST_USE enum mu_status mu_act_item(struct mu_desk *desk, struct mu_id task, struct mu_id list,
                                       struct mu_slice name, struct mu_error *err);
MU_MUST_USE enum mu_status mu_act_archive(struct mu_desk *desk, struct mu_id task,
                                          struct mu_error *err);
/* Have what was set aside, or leave it as it stands. */
MU_MUST_USE enum mu_status mu_act_settle(struct mu_desk *desk, struct mu_id conflict, bool restore,
                                         struct mu_error *err);
/* -- act_team.c: roadblocks, promises, praise ------------------------------------------------ */

/* Somebody or something stops this task; needs: a person, or zero. */
MU_MUST_USE enum mu_status mu_act_block(struct mu_desk *desk, struct mu_id task,
                                        struct mu_slice reason, struct mu_id needs,
                                        struct mu_error *err);
/* A step of a roadblock (enum mu_blocker_state); how: in words, or "". */
MU_MUST_USE enum mu_status mu_act_blocker(struct mu_desk *desk, struct mu_id blocker, int state,
                                          struct mu_slice how, struct mu_error *err);
/* The open roadblocks of a task; memory of the frame. */
MU_MUST_USE enum mu_status mu_act_blockers(struct mu_desk *desk, struct mu_id task,
                                           struct mu_blocker **out, size_t *out_count,
                                           struct mu_error *err);
/* Goals that are not ended; memory of the frame. */
MU_MUST_USE enum mu_status mu_act_goals(struct mu_desk *desk, struct mu_goal **out,
                                        size_t *out_count, struct mu_error *err);
/* This task by the end of the day, or of the week; echo tells by when. */
MU_MUST_USE enum mu_status mu_act_promise(struct mu_desk *desk, struct mu_id task, bool week,
                                          struct mu_buf *echo, struct mu_error *err);
/* task: for which, or zero. */
MU_MUST_USE enum mu_status mu_act_kudos(struct mu_desk *desk, struct mu_id to, struct mu_id task,
                                        struct mu_slice text, struct mu_error *err);
/* Sealed: for that person alone.  task: about which, or zero: this week. */
MU_MUST_USE enum mu_status mu_act_feedback(struct mu_desk *desk, struct mu_id to, struct mu_id task,
                                           const struct mu_feedback_words *words,
                                           struct mu_error *err);
MU_MUST_USE enum mu_status mu_act_ack_checkin(struct mu_desk *desk, struct mu_id checkin,
                                              struct mu_error *err);
/* about: a task, or zero. */
MU_MUST_USE enum mu_status mu_act_nudge(struct mu_desk *desk, struct mu_id to, struct mu_id about,
                                        struct mu_slice text, struct mu_error *err);

/* Take back one's last edit; echo tells what that did. */
MU_MUST_USE enum mu_status mu_act_undo(struct mu_desk *desk, struct mu_buf *echo,
                                       struct mu_error *err);

#endif
