/* What the files of the rules share: the case at hand, and the steps all of them take.
 *
 *   decide.c           who may, dispatch, effects out
 *   decide_shape.c     what each intent may carry
 *   decide_check.c     what is asked of every operation
 *   decide_rows.c      rows as they are now: the world with this intent's effects over it
 *   decide_merge.c     one cell by the merge rule of its field; conflict rows
 *   decide_place.c     order keys from neighbours
 *   decide_status.c    states of a task, and the column that goes with them
 *   decide_follow.c    what follows from an intent as a whole
 *   decide_<noun>.c    the intents
 *
 * A refusal travels as a failure: mu_case_refuse() marks the case, returns its code, and
 * mu_decide() turns the mark into a decision.  No other file includes this one. */
#ifndef MUSTER_COMMON_MODEL_DECIDE_INSIDE_H
#define MUSTER_COMMON_MODEL_DECIDE_INSIDE_H

#include "common/model/decide.h"

/* A row that the rules have looked at. */
struct mu_known {
    uint32_t entity;
    struct mu_id id;
    struct mu_row before; /* as the world has it; count 0: it has not */
    struct mu_row effect; /* cells that this intent sets */
    struct mu_lane *lane; /* rows that this intent put under this row, or NULL */
    struct mu_lane *in;   /* the lane it stands in, or NULL */
};

/* Rows of one parent that this intent placed, ascending by (rank, id). */
struct mu_lane {
    struct mu_known **rows;
    size_t count;
    size_t room;
};

struct mu_case {
    const struct mu_world *world;
    const struct mu_facts *facts;
    const struct mu_intent *intent;
    struct mu_arena *arena;
    struct mu_error *err;

    struct mu_known **known; /* in the order they were looked at */
    size_t known_count;
    size_t known_room;
    struct mu_known **table; /* the same by hash; a power of two, at most half full */
    size_t table_room;

    const struct mu_op *op; /* under way */
    bool conflict;          /* a conflict row was made */
    bool refused;
    enum mu_status code;
    char reason[MU_REASON_MAX + 1];

    struct mu_numbering { /* of tasks and of goals */
        int64_t last;
        bool known;
    } tasks, goals;
    uint64_t writer_seq; /* the last one asked for; 0: none */
    struct mu_writer writer;
    bool writer_found;
    size_t skips_left;   /* neighbours that may be passed over */
    size_t spreads_left; /* times that crowded keys may be spread */
};

/* -- decide_rows.c ----------------------------------------------------------- */

/* Refuse the intent: one line for people, without text of users. */
MU_MUST_USE enum mu_status mu_case_refuse(struct mu_case *c, enum mu_status code, const char *fmt,
                                          ...) MU_PRINTF(3, 4);
MU_MUST_USE enum mu_status mu_case_nomem(struct mu_case *c);

/* The row, read from the world the first time. */
MU_MUST_USE enum mu_status mu_case_look(struct mu_case *c, uint32_t entity, struct mu_id id,
                                        struct mu_known **out_known);
/* The same, given what the world holds. */
MU_MUST_USE enum mu_status mu_case_meet(struct mu_case *c, const struct mu_row *row,
                                        struct mu_known **out_known);
/* A row that the world cannot have. */
MU_MUST_USE enum mu_status mu_case_make(struct mu_case *c, uint32_t entity, struct mu_id id,
                                        struct mu_known **out_known);
/* Refused with NOT_FOUND when there is no such row. */
MU_MUST_USE enum mu_status mu_case_need(struct mu_case *c, uint32_t entity, struct mu_id id,
                                        struct mu_known **out_known);
bool mu_known_exists(const struct mu_known *known);

/* As the row stands now, as mu_row_*(). */
const struct mu_cell *mu_now_cell(const struct mu_known *known, uint32_t field);
struct mu_value mu_now_value(const struct mu_known *known, uint32_t field);
int64_t mu_now_int(const struct mu_known *known, uint32_t field);
struct mu_id mu_now_id(const struct mu_known *known, uint32_t field);
struct mu_slice mu_now_text(const struct mu_known *known, uint32_t field);
bool mu_now_has(const struct mu_known *known, uint32_t field);

/* Set a cell without asking anything; an equal value changes nothing. */
MU_MUST_USE enum mu_status mu_case_put(struct mu_case *c, struct mu_known *known, uint32_t field,
                                       struct mu_value value);
MU_MUST_USE enum mu_status mu_case_put_int(struct mu_case *c, struct mu_known *known,
                                           uint32_t field, int64_t number);
MU_MUST_USE enum mu_status mu_case_put_id(struct mu_case *c, struct mu_known *known, uint32_t field,
                                          struct mu_id id);

/* -- decide_check.c ---------------------------------------------------------- */

/* The value of an argument, absent as NULL. */
struct mu_value mu_arg_value(const struct mu_op *op, uint32_t field);
bool mu_arg_has(const struct mu_op *op, uint32_t field); /* present and not NULL */
struct mu_id mu_arg_id(const struct mu_op *op, uint32_t field);
int64_t mu_arg_int(const struct mu_op *op, uint32_t field);
/* Refused unless a known field's value may stand in a row of its entity: not NULL or empty
 * where the row needs it, its reference there. */
MU_MUST_USE enum mu_status mu_case_check_value(struct mu_case *c, uint32_t entity, uint32_t field,
                                               struct mu_value value);

/* -- decide_merge.c ---------------------------------------------------------- */

bool mu_case_is(const struct mu_case *c, struct mu_id person); /* the author */
bool mu_case_is_lead(const struct mu_case *c);
MU_MUST_USE enum mu_status mu_case_seen(struct mu_case *c, const struct mu_cell *cell,
                                        bool *out_seen);
MU_MUST_USE enum mu_status mu_case_writer(struct mu_case *c, uint64_t seq,
                                          struct mu_writer *out_writer, bool *out_found);

/* One value of a conflict, with who wrote it when. */
struct mu_stand {
    struct mu_value value;
    struct mu_id person; /* zero: not known */
    int64_t at_ms;
};
/* The conflict row of this mutation for a field of known. */
MU_MUST_USE enum mu_status mu_case_conflict(struct mu_case *c, const struct mu_known *known,
                                            uint32_t field, enum mu_conflict_kind kind,
                                            const struct mu_stand *kept,
                                            const struct mu_stand *lost);
struct mu_stand mu_case_mine(const struct mu_case *c, struct mu_value value);
MU_MUST_USE enum mu_status mu_case_theirs(struct mu_case *c, const struct mu_cell *cell,
                                          struct mu_stand *out_stand);

/* The later of mine and theirs by the clamped clock; *out_stands tells whether it is mine. */
MU_MUST_USE enum mu_status mu_case_scalar(struct mu_case *c, struct mu_known *known, uint32_t field,
                                          struct mu_value value, bool *out_stands);
/* Mine stands in any case; what was not seen is kept in a conflict row. */
MU_MUST_USE enum mu_status mu_case_force(struct mu_case *c, struct mu_known *known, uint32_t field,
                                         struct mu_value value);
/* Set or clear the trash flag of known. */
MU_MUST_USE enum mu_status mu_case_trash(struct mu_case *c, struct mu_known *known, uint32_t field,
                                         bool deleted);
/* An argument by the merge rule of its field.  Not for STATUS, PLACE and SERVER.
 * A value that is given up for theirs leaves *out_stands false; NULL: not wanted. */
MU_MUST_USE enum mu_status mu_case_merge(struct mu_case *c, struct mu_known *known,
                                         const struct mu_arg *arg, bool *out_stands);
/* All arguments of the operation under way whose fields are plain: not STATUS, PLACE, SERVER,
 * nor those in skip (bits by field number). */
MU_MUST_USE enum mu_status mu_case_merge_plain(struct mu_case *c, struct mu_known *known,
                                               uint64_t skip);
#define MU_FIELD_BIT(field) (UINT64_C(1) << (field))
/* A row in the trash which this author did not see there comes back when he edits it. */
MU_MUST_USE enum mu_status mu_case_revive(struct mu_case *c, struct mu_known *known,
                                          uint32_t deleted_field);

/* -- decide_place.c ---------------------------------------------------------- */

/* The fields that place rows of entity: false when it has no order. */
bool mu_place_fields(uint32_t entity, uint32_t *out_rank, uint32_t *out_parent);
/* Give known a key under the parent that it has now, as AFTER or BEFORE of op say (op NULL
 * or neither: last). */
MU_MUST_USE enum mu_status mu_case_place(struct mu_case *c, struct mu_known *known,
                                         const struct mu_op *op);
/* Take a key as given (import, undo). */
MU_MUST_USE enum mu_status mu_case_place_at(struct mu_case *c, struct mu_known *known,
                                            struct mu_slice rank);

/* -- decide_status.c --------------------------------------------------------- */

/* Put a task into state, with what follows: owner, no_date, done_at.  Not the column. */
MU_MUST_USE enum mu_status mu_case_enter(struct mu_case *c, struct mu_known *task, int64_t state);
/* The column that fits the state. */
MU_MUST_USE enum mu_status mu_case_settle_column(struct mu_case *c, struct mu_known *task);
/* The state that a column of kind asks of its tasks, 0 for backlog and todo. */
int64_t mu_state_of_kind(int64_t kind);
/* The kind of the column in which task stands, 0 when that is not known. */
MU_MUST_USE enum mu_status mu_case_kind_of(struct mu_case *c, struct mu_id column,
                                           int64_t *out_kind);
/* Move task to column by the rules of task.move; op may be NULL (last). */
MU_MUST_USE enum mu_status mu_case_move(struct mu_case *c, struct mu_known *task,
                                        struct mu_id column, const struct mu_op *op);
/* Give task to owner (a person's id, or NULL for nobody) by the rules of task.assign. */
MU_MUST_USE enum mu_status mu_case_assign(struct mu_case *c, struct mu_known *task,
                                          struct mu_value owner);
/* The state that a move of task between columns of these kinds brings, 0: the one it has. */
int64_t mu_state_after_move(const struct mu_known *task, int64_t from_kind, int64_t to_kind);
/* Bring task to state as the intents do, as of now (conflict.restore). */
MU_MUST_USE enum mu_status mu_case_try_state(struct mu_case *c, struct mu_known *task,
                                             int64_t state);
/* done_at follows the state. */
MU_MUST_USE enum mu_status mu_case_done_at(struct mu_case *c, struct mu_known *task);
/* Owner, creator or lead. */
bool mu_case_answers_for(const struct mu_case *c, const struct mu_known *task);

/* -- what one noun lends to the others ----------------------------------------- */

/* A task that giver makes in the column it has, with the arguments of op: board, dates, number,
 * place and state. */
MU_MUST_USE enum mu_status mu_case_born(struct mu_case *c, struct mu_known *task,
                                        const struct mu_op *op, struct mu_id giver);
/* Owner or creator of a series, or a lead. */
bool mu_case_leads_series(const struct mu_case *c, const struct mu_known *series);
/* Number, created_at and created_by of a task that is made. */
MU_MUST_USE enum mu_status mu_case_new_task(struct mu_case *c, struct mu_known *task);
/* The next human number into field of row, but not in a prediction. */
MU_MUST_USE enum mu_status mu_case_number(struct mu_case *c, struct mu_numbering *numbering,
                                          struct mu_known *row, uint32_t field);
/* The present time and the author into fields of row, where they have nothing. */
MU_MUST_USE enum mu_status mu_case_stamp(struct mu_case *c, struct mu_known *row, uint32_t at_field,
                                         uint32_t by_field);
/* A goal is its owner's, its creator's and a lead's. */
bool mu_case_runs_goal(const struct mu_case *c, const struct mu_known *goal);
/* An open commitment is fulfilled by its task at at_ms, or no longer. */
MU_MUST_USE enum mu_status mu_case_fulfil(struct mu_case *c, struct mu_known *commitment,
                                          int64_t at_ms);
MU_MUST_USE enum mu_status mu_case_unfulfil(struct mu_case *c, struct mu_known *commitment);
/* State of a commitment or a blocker, with who and when; reason may be NULL (none). */
MU_MUST_USE enum mu_status mu_case_settle(struct mu_case *c, struct mu_known *commitment,
                                          int64_t state, const struct mu_value *reason);
MU_MUST_USE enum mu_status mu_case_block_state(struct mu_case *c, struct mu_known *blocker,
                                               int64_t state);
/* Whether the author may put field of row back to what it was: what belongs to one person or
 * role (decide_right.c). */
MU_MUST_USE enum mu_status mu_case_may_set(struct mu_case *c, const struct mu_known *row,
                                           uint32_t field, bool *out_allowed);
/* After all operations: trees have no circles; what a task's new state and due bring. */
MU_MUST_USE enum mu_status mu_case_follow(struct mu_case *c);
/* The arguments due and no_date of op, which exclude each other. */
MU_MUST_USE enum mu_status mu_case_set_dates(struct mu_case *c, struct mu_known *task,
                                             const struct mu_op *op);
/* After field (any) of task was set: due and no_date exclude each other. */
MU_MUST_USE enum mu_status mu_case_dates_agree(struct mu_case *c, struct mu_known *task,
                                               uint32_t field);
/* Refused unless the row that op makes has the id of its pair. */
MU_MUST_USE enum mu_status mu_case_check_pair(struct mu_case *c, const struct mu_known *pair,
                                              const struct mu_op *op);
/* An item is on the task of its checklist. */
MU_MUST_USE enum mu_status mu_case_item_task(struct mu_case *c, struct mu_known *item,
                                             const struct mu_op *op);
/* Refused when the handle that op gives is another person's. */
MU_MUST_USE enum mu_status mu_case_check_handle(struct mu_case *c, const struct mu_op *op);
/* Before person is demoted or removed: refused for the last active lead. */
MU_MUST_USE enum mu_status mu_case_keep_a_lead(struct mu_case *c, const struct mu_known *person);

/* -- the intents: called for each operation, c->op ------------------------------ */

typedef enum mu_status mu_rule(struct mu_case *c, const struct mu_op *op);

mu_rule mu_rule_team_found, mu_rule_team_edit, mu_rule_invite_person, mu_rule_invite_create,
    mu_rule_invite_withdraw;
mu_rule mu_rule_device_enrol, mu_rule_device_revoke;
mu_rule mu_rule_person_edit, mu_rule_person_role, mu_rule_person_remove;
mu_rule mu_rule_task_add, mu_rule_task_edit, mu_rule_task_move, mu_rule_task_assign;
mu_rule mu_rule_task_status, mu_rule_task_delete;
mu_rule mu_rule_pair, mu_rule_label_make, mu_rule_comment_add;
mu_rule mu_rule_checklist_make, mu_rule_item_make, mu_rule_item_edit;
mu_rule mu_rule_board_edit, mu_rule_column_edit, mu_rule_label_edit;
mu_rule mu_rule_conflict_restore, mu_rule_conflict_accept;
mu_rule mu_rule_import, mu_rule_import_said, mu_rule_undo;
mu_rule mu_rule_sealed_send, mu_rule_sealed_copy;
mu_rule mu_rule_win_post, mu_rule_kudos_give, mu_rule_kudos_to, mu_rule_kudos_react;
mu_rule mu_rule_feedback_send, mu_rule_feedback_read, mu_rule_feedback_reply, mu_rule_feedback_take;
mu_rule mu_rule_series_add, mu_rule_series_edit, mu_rule_series_occur;
mu_rule mu_rule_zone_move, mu_rule_absence_add, mu_rule_absence_withdraw, mu_rule_holiday_edit;
mu_rule mu_rule_schedule, mu_rule_schedule_version, mu_rule_question;
mu_rule mu_rule_checkin_send, mu_rule_answer, mu_rule_checkin_item, mu_rule_checkin_ack;
mu_rule mu_rule_nudge_send;
mu_rule mu_rule_goal_add, mu_rule_goal_edit, mu_rule_goal_state;
mu_rule mu_rule_target_add, mu_rule_target_edit, mu_rule_reading_add;
mu_rule mu_rule_quota_set, mu_rule_quota_accept;
mu_rule mu_rule_commitment_add, mu_rule_commitment_settle, mu_rule_commitment_next;
mu_rule mu_rule_blocker_raise, mu_rule_blocker_edit, mu_rule_blocker_state;

#endif
