/* Where a task goes: the board and the column that are meant. */
#ifndef MUSTER_CLIENT_CLI_BOARD_H
#define MUSTER_CLIENT_CLI_BOARD_H

#include "client/cli/edit.h"

/* The board for a new task: the one said by option or setting, the only one, that of the
 * task this person made last, or else the one with the most tasks.  MU_E_NOT_FOUND when there is
 * none. */
MU_MUST_USE enum mu_status mu_default_board(struct mu_session *session,
                                            const struct mu_board_name **out, struct mu_error *err);
/* The column for a new task on board: the first of kind todo, else backlog, else the first. */
MU_MUST_USE enum mu_status mu_default_column(struct mu_session *session,
                                             const struct mu_board_name *board,
                                             const struct mu_column_name **out,
                                             struct mu_error *err);
/* A column by name: of board when it has one, else of any other. */
MU_MUST_USE enum mu_status mu_find_column(struct mu_session *session,
                                          const struct mu_board_name *board, struct mu_slice name,
                                          const struct mu_column_name **out, struct mu_error *err);
/* "Doing holds 4 tasks, its limit is 3", in out, or "" while it is within its limit. */
MU_MUST_USE enum mu_status mu_column_remark(struct mu_session *session, struct mu_id column,
                                            struct mu_buf *out, struct mu_error *err);
/* Open tasks that stand in a column. */
MU_MUST_USE enum mu_status mu_column_load(struct mu_session *session, struct mu_id column,
                                          int64_t *out_count, struct mu_error *err);

/* -- labels ------------------------------------------------------------------ */

/* A label by name, made anew in edit when there is none (before the operation that follows).
 * *out_new says so. */
MU_MUST_USE enum mu_status mu_edit_label(struct mu_edit *edit, struct mu_slice name,
                                         struct mu_id *out_label, bool *out_new,
                                         struct mu_error *err);
/* Put the pair of task and label (helper) on or off. */
void mu_edit_task_label(struct mu_edit *edit, struct mu_id task, struct mu_id label, bool on);
void mu_edit_task_helper(struct mu_edit *edit, struct mu_id task, struct mu_id person, bool on);

#endif
