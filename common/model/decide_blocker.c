/* Blockers: raised by who is stuck, acknowledged by who can help, cleared by hand or when the
 * task they wait for is done. */
#include "common/model/decide_inside.h"

static bool is_over(int64_t state)
{
    return state == MU_BLOCKER_CLEARED || state == MU_BLOCKER_WITHDRAWN;
}

enum mu_status mu_case_block_state(struct mu_case *c, struct mu_known *blocker, int64_t state)
{
    MU_TRY(mu_case_put_int(c, blocker, MU_BLOCKER_STATE, state));
    if (is_over(state)) {
        return mu_case_stamp(c, blocker, MU_BLOCKER_CLEARED_AT, MU_BLOCKER_CLEARED_BY);
    }
    MU_TRY(mu_now_has(blocker, MU_BLOCKER_CLEARED_AT)
               ? mu_case_put(c, blocker, MU_BLOCKER_CLEARED_AT, mu_null())
               : MU_OK);
    MU_TRY(mu_now_has(blocker, MU_BLOCKER_CLEARED_BY)
               ? mu_case_put(c, blocker, MU_BLOCKER_CLEARED_BY, mu_null())
               : MU_OK);
    bool told = state == MU_BLOCKER_ACKNOWLEDGED || state == MU_BLOCKER_IN_HAND;
    bool other = !mu_case_is(c, mu_now_id(blocker, MU_BLOCKER_RAISED_BY));
    return told && other ? mu_case_stamp(c, blocker, MU_BLOCKER_ACKED_AT, MU_BLOCKER_ACKED_BY)
                         : MU_OK;
}

/* -- raised -------------------------------------------------------------------------------- */

/* Whom it waits for; a task that is done already holds nobody up. */
static enum mu_status check_needs(struct mu_case *c, struct mu_known *blocker)
{
    struct mu_id id = mu_now_id(blocker, MU_BLOCKER_NEEDS_TASK);
    if (!mu_id_is_zero(id) && mu_id_equal(id, mu_now_id(blocker, MU_BLOCKER_TASK))) {
        return mu_case_refuse(c, MU_E_INVALID, "a task cannot wait for itself");
    }
    if (mu_id_is_zero(id) || is_over(mu_now_int(blocker, MU_BLOCKER_STATE))) {
        return MU_OK;
    }
    struct mu_known *task = NULL;
    MU_TRY(mu_case_look(c, MU_TASK, id, &task));
    return mu_now_int(task, MU_TASK_STATE) == MU_STATE_DONE
               ? mu_case_block_state(c, blocker, MU_BLOCKER_CLEARED)
               : MU_OK;
}

static int64_t kind_of(const struct mu_op *op)
{
    if (mu_arg_has(op, MU_BLOCKER_KIND)) {
        return mu_arg_int(op, MU_BLOCKER_KIND);
    }
    if (mu_arg_has(op, MU_BLOCKER_NEEDS_TASK)) {
        return MU_BLOCKER_DEPENDENCY;
    }
    return mu_arg_has(op, MU_BLOCKER_NEEDS_PERSON) ? MU_BLOCKER_PERSON : MU_BLOCKER_EXTERNAL;
}

enum mu_status mu_rule_blocker_raise(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *blocker = NULL;
    MU_TRY(mu_case_look(c, MU_BLOCKER, op->row, &blocker));
    MU_TRY(mu_case_merge_plain(c, blocker, 0));
    MU_TRY(mu_case_put_int(c, blocker, MU_BLOCKER_KIND, kind_of(op)));
    MU_TRY(mu_case_put_int(c, blocker, MU_BLOCKER_STATE, MU_BLOCKER_RAISED));
    MU_TRY(mu_case_stamp(c, blocker, MU_BLOCKER_RAISED_AT, MU_BLOCKER_RAISED_BY));
    return check_needs(c, blocker);
}

/* -- changed -------------------------------------------------------------------------------- */

enum mu_status mu_rule_blocker_edit(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *blocker = NULL;
    MU_TRY(mu_case_need(c, MU_BLOCKER, op->row, &blocker));
    bool words = mu_op_find(op, MU_BLOCKER_REASON) != NULL;
    if (words && !mu_case_is(c, mu_now_id(blocker, MU_BLOCKER_RAISED_BY))) {
        return mu_case_refuse(c, MU_E_DENIED, "a blocker's reason is told by who raised it alone");
    }
    MU_TRY(mu_case_merge_plain(c, blocker, 0));
    return check_needs(c, blocker);
}

static enum mu_status check_step(struct mu_case *c, const struct mu_known *blocker, int64_t to)
{
    bool own = mu_case_is(c, mu_now_id(blocker, MU_BLOCKER_RAISED_BY));
    if (to == MU_BLOCKER_ACKNOWLEDGED && own) {
        return mu_case_refuse(c, MU_E_DENIED,
                              "a blocker is acknowledged by another than who raised it");
    }
    if (to == MU_BLOCKER_WITHDRAWN && !own) {
        return mu_case_refuse(c, MU_E_DENIED, "a blocker is withdrawn by who raised it; clear it");
    }
    if (to == MU_BLOCKER_RAISED && !own && !mu_case_is_lead(c)) {
        return mu_case_refuse(c, MU_E_DENIED,
                              "a blocker is raised again by who raised it, or a lead");
    }
    return MU_OK;
}

/* Steps go forward whatever their author had seen; what came too late leaves its name and words
 * alone. */
static enum mu_status step(struct mu_case *c, struct mu_known *blocker, int64_t to)
{
    int64_t from = mu_now_int(blocker, MU_BLOCKER_STATE);
    bool seen = true;
    MU_TRY(mu_case_seen(c, mu_now_cell(blocker, MU_BLOCKER_STATE), &seen));
    bool acks = to == MU_BLOCKER_ACKNOWLEDGED || to == MU_BLOCKER_IN_HAND;
    if (from == to) {
        return MU_OK;
    }
    if (acks && (is_over(from) || from > to)) {
        if (is_over(from) && seen) {
            return mu_case_refuse(c, MU_E_CONFLICT, "the blocker is over: raise it again first");
        }
        return mu_case_is(c, mu_now_id(blocker, MU_BLOCKER_RAISED_BY))
                   ? MU_OK
                   : mu_case_stamp(c, blocker, MU_BLOCKER_ACKED_AT, MU_BLOCKER_ACKED_BY);
    }
    if (is_over(to) && is_over(from)) {
        return MU_OK;
    }
    if (to == MU_BLOCKER_RAISED && !seen) {
        return mu_case_refuse(c, MU_E_CONFLICT, "the blocker has been changed meanwhile");
    }
    return mu_case_block_state(c, blocker, to);
}

enum mu_status mu_rule_blocker_state(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *blocker = NULL;
    MU_TRY(mu_case_need(c, MU_BLOCKER, op->row, &blocker));
    if (!mu_arg_has(op, MU_BLOCKER_STATE)) {
        return mu_case_refuse(c, MU_E_INVALID, "what becomes of the blocker is not said");
    }
    int64_t to = mu_arg_int(op, MU_BLOCKER_STATE);
    MU_TRY(check_step(c, blocker, to));
    MU_TRY(step(c, blocker, to));
    return mu_case_merge_plain(c, blocker, MU_FIELD_BIT(MU_BLOCKER_STATE));
}
