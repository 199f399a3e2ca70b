/* Goals with their targets, what was measured, and what each is to bring. */
#include "common/model/decide_inside.h"
#include "common/model/rhythm.h"

bool mu_case_runs_goal(const struct mu_case *c, const struct mu_known *goal)
{
    return mu_case_is_lead(c) || mu_case_is(c, mu_now_id(goal, MU_GOAL_OWNER)) ||
           mu_case_is(c, mu_now_id(goal, MU_GOAL_CREATED_BY));
}

static enum mu_status need_goal(struct mu_case *c, struct mu_id id, struct mu_known **out_goal)
{
    MU_TRY(mu_case_need(c, MU_GOAL, id, out_goal));
    return mu_case_runs_goal(c, *out_goal)
               ? MU_OK
               : mu_case_refuse(c, MU_E_DENIED,
                                "a goal is changed by its owner, its creator or a lead");
}

enum mu_status mu_rule_goal_add(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *goal = NULL;
    MU_TRY(mu_case_look(c, MU_GOAL, op->row, &goal));
    int64_t state = mu_arg_has(op, MU_GOAL_STATE) ? mu_arg_int(op, MU_GOAL_STATE) : MU_GOAL_DRAFT;
    if (state != MU_GOAL_DRAFT && state != MU_GOAL_ACTIVE) {
        return mu_case_refuse(c, MU_E_INVALID, "a goal begins as a draft or active");
    }
    MU_TRY(mu_case_merge_plain(c, goal, MU_FIELD_BIT(MU_GOAL_STATE)));
    MU_TRY(mu_case_put_int(c, goal, MU_GOAL_STATE, state));
    if (!mu_now_has(goal, MU_GOAL_OWNER)) {
        MU_TRY(mu_case_put_id(c, goal, MU_GOAL_OWNER, c->facts->person));
    }
    MU_TRY(mu_case_number(c, &c->goals, goal, MU_GOAL_NO));
    return mu_case_stamp(c, goal, MU_GOAL_CREATED_AT, MU_GOAL_CREATED_BY);
}

enum mu_status mu_rule_goal_edit(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *goal = NULL;
    MU_TRY(need_goal(c, op->row, &goal));
    bool judges =
        mu_op_find(op, MU_GOAL_HEALTH) != NULL || mu_op_find(op, MU_GOAL_HEALTH_NOTE) != NULL;
    if (judges && !mu_case_is(c, mu_now_id(goal, MU_GOAL_OWNER))) {
        return mu_case_refuse(c, MU_E_DENIED, "how a goal feels is for its owner to say");
    }
    MU_TRY(mu_case_merge_plain(c, goal, 0));
    return mu_now_has(goal, MU_GOAL_HEALTH) && mu_now_text(goal, MU_GOAL_HEALTH_NOTE).len == 0
               ? mu_case_refuse(c, MU_E_INVALID, "a health of one's own needs a note that says why")
               : MU_OK;
}

#define AT(state) (1u << MU_GOAL_##state)

/* From which states a state may be reached. */
static const unsigned steps[] = {
    [MU_GOAL_DRAFT] = 0,
    [MU_GOAL_ACTIVE] = AT(DRAFT) | AT(PAUSED) | AT(ACHIEVED) | AT(MISSED) | AT(DROPPED),
    [MU_GOAL_PAUSED] = AT(ACTIVE),
    [MU_GOAL_ACHIEVED] = AT(ACTIVE) | AT(PAUSED),
    [MU_GOAL_MISSED] = AT(ACTIVE) | AT(PAUSED),
    [MU_GOAL_DROPPED] = AT(DRAFT) | AT(ACTIVE) | AT(PAUSED),
};

static const char *const state_names[] = {"?",        "a draft", "active", "paused",
                                          "achieved", "missed",  "dropped"};

enum mu_status mu_rule_goal_state(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *goal = NULL;
    MU_TRY(need_goal(c, op->row, &goal));
    const struct mu_arg *to = mu_op_find(op, MU_GOAL_STATE);
    if (to == NULL || to->value.kind != MU_INT) {
        return mu_case_refuse(c, MU_E_INVALID, "what becomes of the goal is not said");
    }
    if (to->value.number == MU_GOAL_DROPPED && mu_arg_value(op, MU_GOAL_REASON).bytes.len == 0) {
        return mu_case_refuse(c, MU_E_INVALID, "why the goal is dropped is not said");
    }
    int64_t from = mu_now_int(goal, MU_GOAL_STATE);
    bool seen = true;
    MU_TRY(mu_case_seen(c, mu_now_cell(goal, MU_GOAL_STATE), &seen));
    if (seen && from != to->value.number && (steps[to->value.number] & (1u << from)) == 0) {
        return mu_case_refuse(c, MU_E_CONFLICT, "the goal is %s: it cannot become %s",
                              state_names[from], state_names[to->value.number]);
    }
    return mu_case_merge_plain(c, goal, 0);
}

/* -- targets ----------------------------------------------------------------------------- */

enum mu_status mu_rule_target_add(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *goal = NULL;
    struct mu_known *target = NULL;
    MU_TRY(need_goal(c, mu_arg_id(op, MU_TARGET_GOAL), &goal));
    MU_TRY(mu_case_look(c, MU_TARGET, op->row, &target));
    MU_TRY(mu_case_merge_plain(c, target, 0));
    if (!mu_now_has(target, MU_TARGET_DIRECTION)) {
        MU_TRY(mu_case_put_int(c, target, MU_TARGET_DIRECTION, MU_DIRECTION_UP));
    }
    return mu_now_has(target, MU_TARGET_SOURCE)
               ? MU_OK
               : mu_case_put_int(c, target, MU_TARGET_SOURCE, MU_TARGET_MANUAL);
}

enum mu_status mu_rule_target_edit(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *goal = NULL;
    struct mu_known *target = NULL;
    MU_TRY(mu_case_need(c, MU_TARGET, op->row, &target));
    MU_TRY(need_goal(c, mu_now_id(target, MU_TARGET_GOAL), &goal));
    return mu_case_merge_plain(c, target, 0);
}

/* -- readings ------------------------------------------------------------------------------ */

/* The local day of its author, or one before it. */
static enum mu_status check_day(struct mu_case *c, const struct mu_op *op)
{
    int64_t day = mu_arg_int(op, MU_READING_DAY);
    return day <= c->facts->at_ms / MU_DAY_MS + 1
               ? MU_OK
               : mu_case_refuse(c, MU_E_INVALID, "a reading is of a day that has come");
}

static enum mu_status check_corrected(struct mu_case *c, const struct mu_op *op)
{
    if (!mu_arg_has(op, MU_READING_CORRECTS)) {
        return MU_OK;
    }
    struct mu_known *old = NULL;
    MU_TRY(mu_case_need(c, MU_READING, mu_arg_id(op, MU_READING_CORRECTS), &old));
    if (!mu_id_equal(mu_now_id(old, MU_READING_TARGET), mu_arg_id(op, MU_READING_TARGET))) {
        return mu_case_refuse(c, MU_E_INVALID, "the reading to correct is of another target");
    }
    return mu_case_is(c, mu_now_id(old, MU_READING_BY))
               ? MU_OK
               : mu_case_refuse(c, MU_E_DENIED, "a reading is corrected by who made it alone");
}

/* How sure its owner is stands on the goal, and as a reading in its course. */
static enum mu_status take_confidence(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *goal = NULL;
    MU_TRY(mu_case_need(c, MU_GOAL, mu_arg_id(op, MU_READING_GOAL), &goal));
    if (!mu_case_is(c, mu_now_id(goal, MU_GOAL_OWNER))) {
        return mu_case_refuse(c, MU_E_DENIED, "how sure one is of a goal is for its owner to say");
    }
    bool stands = true;
    return mu_case_scalar(c, goal, MU_GOAL_CONFIDENCE, mu_arg_value(op, MU_READING_CONFIDENCE),
                          &stands);
}

enum mu_status mu_rule_reading_add(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *reading = NULL;
    bool value = mu_arg_has(op, MU_READING_TARGET) && mu_arg_has(op, MU_READING_VALUE);
    bool sure = mu_arg_has(op, MU_READING_GOAL) && mu_arg_has(op, MU_READING_CONFIDENCE);
    if (value == sure) {
        return mu_case_refuse(c, MU_E_INVALID,
                              "a reading is a target's value, or a goal's confidence");
    }
    MU_TRY(check_day(c, op));
    MU_TRY(check_corrected(c, op));
    MU_TRY(sure ? take_confidence(c, op) : MU_OK);
    MU_TRY(mu_case_look(c, MU_READING, op->row, &reading));
    MU_TRY(mu_case_merge_plain(c, reading, 0));
    return mu_case_stamp(c, reading, MU_READING_AT, MU_READING_BY);
}

/* -- quotas -------------------------------------------------------------------------------- */

static enum mu_status accept(struct mu_case *c, struct mu_known *quota, int64_t amount)
{
    if (mu_now_has(quota, MU_QUOTA_ACCEPTED) && mu_now_int(quota, MU_QUOTA_ACCEPTED) == amount) {
        return MU_OK;
    }
    MU_TRY(mu_case_put_int(c, quota, MU_QUOTA_ACCEPTED, amount));
    return mu_case_put_int(c, quota, MU_QUOTA_ACCEPTED_AT, c->facts->at_ms);
}

static enum mu_status check_quota(struct mu_case *c, const struct mu_op *op)
{
    struct mu_period period = {mu_arg_int(op, MU_QUOTA_PERIOD_KIND),
                               mu_arg_int(op, MU_QUOTA_PERIOD)};
    if (!mu_period_valid(period)) {
        return mu_case_refuse(c, MU_E_INVALID,
                              "a quota is for a day, a week from Monday or a month from its first");
    }
    struct mu_id id = mu_quota_id(c->world, mu_arg_id(op, MU_QUOTA_TARGET),
                                  mu_arg_id(op, MU_QUOTA_PERSON), period);
    return mu_id_equal(id, op->row)
               ? MU_OK
               : mu_case_refuse(c, MU_E_INVALID,
                                "a quota's id is not the one of its person and "
                                "period");
}

enum mu_status mu_rule_quota_set(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *quota = NULL;
    struct mu_known *target = NULL;
    struct mu_known *goal = NULL;
    MU_TRY(mu_case_look(c, MU_QUOTA, op->row, &quota));
    MU_TRY(mu_known_exists(quota) ? MU_OK : check_quota(c, op));
    struct mu_id of =
        mu_known_exists(quota) ? mu_now_id(quota, MU_QUOTA_TARGET) : mu_arg_id(op, MU_QUOTA_TARGET);
    MU_TRY(mu_case_need(c, MU_TARGET, of, &target));
    MU_TRY(mu_case_look(c, MU_GOAL, mu_now_id(target, MU_TARGET_GOAL), &goal));
    if (!mu_case_runs_goal(c, goal)) {
        return mu_case_refuse(c, MU_E_DENIED, "a quota is set by the goal's owner or a lead");
    }
    MU_TRY(mu_case_merge_plain(c, quota, 0));
    MU_TRY(mu_case_put_id(c, quota, MU_QUOTA_SET_BY, c->facts->person));
    return mu_case_is(c, mu_now_id(quota, MU_QUOTA_PERSON))
               ? accept(c, quota, mu_now_int(quota, MU_QUOTA_AMOUNT))
               : MU_OK;
}

/* What is accepted is the amount that stood before its person, whatever it is by now. */
enum mu_status mu_rule_quota_accept(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *quota = NULL;
    MU_TRY(mu_case_need(c, MU_QUOTA, op->row, &quota));
    if (!mu_case_is(c, mu_now_id(quota, MU_QUOTA_PERSON))) {
        return mu_case_refuse(c, MU_E_DENIED, "a quota is accepted by whose it is alone");
    }
    return mu_arg_has(op, MU_QUOTA_AMOUNT)
               ? accept(c, quota, mu_arg_int(op, MU_QUOTA_AMOUNT))
               : mu_case_refuse(c, MU_E_INVALID, "the amount that is accepted is not said");
}
