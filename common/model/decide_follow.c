/* What follows from an intent as a whole, whoever asked for it and by which intent: trees stay
 * trees, a task's dates are counted, and what waits for a task hears of its state. */
#include "common/model/decide_inside.h"

/* -- trees --------------------------------------------------------------------------- */

#define DEPTH_MAX 32

static bool sets(const struct mu_known *known, uint32_t field)
{
    return mu_row_cell(&known->effect, field) != NULL;
}

/* Walk up from a row that has a new parent. */
static enum mu_status check_tree(struct mu_case *c, const struct mu_known *row, uint32_t field)
{
    const char *name = mu_entity_find(row->entity)->name;
    struct mu_id id = mu_now_id(row, field);
    for (size_t depth = 0; !mu_id_is_zero(id); depth++) {
        if (mu_id_equal(id, row->id)) {
            return mu_case_refuse(c, MU_E_CONFLICT, "a %s cannot be a part of itself", name);
        }
        if (depth == DEPTH_MAX) {
            return mu_case_refuse(c, MU_E_LIMIT, "%ss are nested more than %d deep", name,
                                  DEPTH_MAX);
        }
        struct mu_known *above = NULL;
        MU_TRY(mu_case_look(c, row->entity, id, &above));
        id = mu_now_id(above, field);
    }
    return MU_OK;
}

/* -- acceptance and slips -------------------------------------------------------------- */

static bool taken_on(int64_t state)
{
    return state >= MU_STATE_ACCEPTED && state <= MU_STATE_DONE;
}

static enum mu_status follow_acceptance(struct mu_case *c, struct mu_known *task)
{
    int64_t state = mu_now_int(task, MU_TASK_STATE);
    bool accepted = mu_now_has(task, MU_TASK_ACCEPTED_AT);
    if (taken_on(state) && !accepted) {
        return mu_case_put_int(c, task, MU_TASK_ACCEPTED_AT, c->facts->at_ms);
    }
    if (accepted && (state == MU_STATE_OPEN || state == MU_STATE_ASSIGNED)) {
        return mu_case_put(c, task, MU_TASK_ACCEPTED_AT, mu_null());
    }
    return MU_OK;
}

/* The first due follows the due until somebody has accepted it; from then on each other date is
 * a move, but the way back to the first is none. */
static enum mu_status follow_due(struct mu_case *c, struct mu_known *task)
{
    if ((!sets(task, MU_TASK_DUE) && !sets(task, MU_TASK_STATE)) ||
        sets(task, MU_TASK_FIRST_DUE)) { /* an import knows it */
        return MU_OK;
    }
    const struct mu_cell *cell = mu_row_cell(&task->before, MU_TASK_DUE);
    struct mu_value was = cell != NULL ? cell->value : mu_null();
    struct mu_value due = mu_now_value(task, MU_TASK_DUE);
    bool frozen = mu_row_has(&task->before, MU_TASK_ACCEPTED_AT) &&
                  mu_row_has(&task->before, MU_TASK_FIRST_DUE);
    if (!frozen) {
        return mu_case_put(c, task, MU_TASK_FIRST_DUE, due);
    }
    bool moves =
        !mu_value_equal(was, due) && !mu_value_equal(mu_now_value(task, MU_TASK_FIRST_DUE), due);
    return moves ? mu_case_put_int(c, task, MU_TASK_DUE_MOVES,
                                   mu_now_int(task, MU_TASK_DUE_MOVES) + 1)
                 : MU_OK;
}

/* -- what is bound to a task ------------------------------------------------------------- */

/* Of one kind, in one change: a change stays a change. */
#define BOUND_MAX 256

typedef enum mu_status follower(struct mu_case *c, const struct mu_known *task,
                                struct mu_known *row);

static enum mu_status each_bound(struct mu_case *c, const struct mu_known *task, enum mu_bond bond,
                                 follower *follow)
{
    struct mu_id above = {0};
    for (size_t i = 0; i < BOUND_MAX; i++) {
        struct mu_row row = {0};
        bool found = false;
        MU_TRY(c->world->bound(c->world->state, c->arena, bond, task->id, above, &row, &found,
                               c->err));
        if (!found) {
            break;
        }
        above = row.id;
        struct mu_known *known = NULL;
        MU_TRY(mu_case_meet(c, &row, &known));
        MU_TRY(follow(c, task, known));
    }
    return MU_OK;
}

static enum mu_status unblock(struct mu_case *c, const struct mu_known *task,
                              struct mu_known *blocker)
{
    bool waits = mu_now_int(blocker, MU_BLOCKER_STATE) <= MU_BLOCKER_IN_HAND &&
                 mu_id_equal(mu_now_id(blocker, MU_BLOCKER_NEEDS_TASK), task->id);
    return waits ? mu_case_block_state(c, blocker, MU_BLOCKER_CLEARED) : MU_OK;
}

static enum mu_status fulfil(struct mu_case *c, const struct mu_known *task,
                             struct mu_known *commitment)
{
    return mu_case_fulfil(c, commitment, mu_now_int(task, MU_TASK_DONE_AT));
}

/* Once its period is over a promise is judged: a task that is reopened later changes nothing. */
static enum mu_status unfulfil(struct mu_case *c, const struct mu_known *task,
                               struct mu_known *commitment)
{
    (void)task;
    return c->facts->at_ms < mu_now_int(commitment, MU_COMMITMENT_GRACE_UNTIL)
               ? mu_case_unfulfil(c, commitment)
               : MU_OK;
}

/* A dropped task releases who promised it: anybody while the period lasts if another dropped it;
 * oneself before it is due, and with a reason. */
static enum mu_status release(struct mu_case *c, const struct mu_known *task,
                              struct mu_known *commitment)
{
    bool own = mu_case_is(c, mu_now_id(commitment, MU_COMMITMENT_PERSON));
    struct mu_value reason = mu_now_value(task, MU_TASK_REASON);
    int64_t until = mu_now_int(commitment, own ? MU_COMMITMENT_DUE_AT : MU_COMMITMENT_GRACE_UNTIL);
    bool open = mu_now_int(commitment, MU_COMMITMENT_STATE) == MU_COMMITMENT_OPEN &&
                !mu_now_has(commitment, MU_COMMITMENT_SETTLED_AT);
    if (!open || c->facts->at_ms > until || (own && reason.kind == MU_NULL)) {
        return MU_OK;
    }
    return mu_case_settle(c, commitment, MU_COMMITMENT_RELEASED,
                          reason.kind == MU_NULL ? NULL : &reason);
}

static enum mu_status follow_state(struct mu_case *c, const struct mu_known *task)
{
    int64_t from = mu_row_int(&task->before, MU_TASK_STATE);
    int64_t to = mu_now_int(task, MU_TASK_STATE);
    if (from == to || task->before.count == 0) {
        return MU_OK; /* nothing can wait for what has just been made */
    }
    if (from == MU_STATE_DONE) {
        MU_TRY(each_bound(c, task, MU_BOND_COMMITMENT, unfulfil));
    }
    if (to == MU_STATE_DONE) {
        MU_TRY(each_bound(c, task, MU_BOND_COMMITMENT, fulfil));
        return each_bound(c, task, MU_BOND_BLOCKER, unblock);
    }
    return to == MU_STATE_DROPPED ? each_bound(c, task, MU_BOND_COMMITMENT, release) : MU_OK;
}

static enum mu_status follow_task(struct mu_case *c, struct mu_known *task)
{
    MU_TRY(sets(task, MU_TASK_PARENT) ? check_tree(c, task, MU_TASK_PARENT) : MU_OK);
    if (sets(task, MU_TASK_STATE)) {
        MU_TRY(follow_acceptance(c, task));
        MU_TRY(follow_state(c, task));
    }
    return follow_due(c, task);
}

enum mu_status mu_case_follow(struct mu_case *c)
{
    for (size_t i = 0; i < c->known_count; i++) { /* it grows under way */
        struct mu_known *known = c->known[i];
        if (known->entity == MU_TASK && known->effect.count > 0) {
            MU_TRY(follow_task(c, known));
        } else if (known->entity == MU_GOAL && sets(known, MU_GOAL_PARENT)) {
            MU_TRY(check_tree(c, known, MU_GOAL_PARENT));
        }
    }
    return MU_OK;
}
