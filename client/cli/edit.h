/* An edit: an intent made, authored and echoed. */
#ifndef MUSTER_CLIENT_CLI_EDIT_H
#define MUSTER_CLIENT_CLI_EDIT_H

#include "client/cli/session.h"

/* Building one never fails before mu_edit_author(): a full arena is remembered. */
struct mu_edit {
    struct mu_session *session;
    struct mu_intent intent;
    struct mu_authored authored; /* once authored */
    bool failed;
};

void mu_edit_begin(struct mu_edit *edit, struct mu_session *session, uint32_t intent);
/* A new operation, which the calls below fill until the next one. */
void mu_edit_op(struct mu_edit *edit, uint32_t entity, struct mu_id row);
void mu_edit_text(struct mu_edit *edit, uint32_t field, struct mu_slice text);
void mu_edit_int(struct mu_edit *edit, uint32_t field, int64_t number);
void mu_edit_id(struct mu_edit *edit, uint32_t field, struct mu_id id);
void mu_edit_null(struct mu_edit *edit, uint32_t field);
/* A text with the one that was edited, for merging. */
void mu_edit_merged(struct mu_edit *edit, uint32_t field, struct mu_slice text,
                    struct mu_slice base);
/* An id for a new row. */
struct mu_id mu_edit_new_id(struct mu_session *session);
/* Sign and keep it; it is durable when this returns MU_OK.  Reads the names again. */
MU_MUST_USE enum mu_status mu_edit_author(struct mu_edit *edit, struct mu_error *err);
/* Tell the agent.  After the last edit of a command. */
void mu_edit_poke(struct mu_session *session);

/* The task's line as it is now, then "saved here, 1 change waiting"; or its JSON with "saved",
 * "pending" and "mutation".  remark: what else to say, such as "over its limit", or NULL. */
MU_MUST_USE enum mu_status mu_echo_task(struct mu_session *session, struct mu_id task,
                                        const char *remark, struct mu_error *err);
/* The same for what is no task; text is neutralised already. */
MU_MUST_USE enum mu_status mu_echo_line(struct mu_session *session, struct mu_slice text,
                                        struct mu_error *err);
/* A task as it is now; MU_E_NOT_FOUND. */
MU_MUST_USE enum mu_status mu_current_task(struct mu_session *session, struct mu_id task,
                                           struct mu_task_line *out, struct mu_error *err);
/* The end of an edit: tell the agent, and echo. */
MU_MUST_USE enum mu_status mu_finish_task(struct mu_session *session, struct mu_id task,
                                          const char *remark, struct mu_error *err);
/* Resolve the next word as a task. */
MU_MUST_USE enum mu_status mu_need_task(struct mu_session *session, struct mu_id *out_id,
                                        struct mu_error *err);

#endif
