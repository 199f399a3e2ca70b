/* Promises: made and moved by oneself alone; whether one is kept is judged from what stands here,
 * nobody says it.
 *
 * The author's device knows its zone: it tells the instants, and here they are held against the
 * period. */
#include "common/model/decide_inside.h"
#include "common/model/rhythm.h"

/* Local days begin up to 14 hours before UTC's and 12 after. */
#define EAST_MS (INT64_C(14) * 3600000)
#define WEST_MS (INT64_C(12) * 3600000)
/* A period may have begun a while ago and be planned ahead. */
#define BACK_MS  (INT64_C(8) * MU_DAY_MS)
#define AHEAD_MS (INT64_C(400) * MU_DAY_MS)

enum mu_status mu_case_settle(struct mu_case *c, struct mu_known *commitment, int64_t state,
                              const struct mu_value *reason)
{
    MU_TRY(mu_case_put_int(c, commitment, MU_COMMITMENT_STATE, state));
    if (reason != NULL) {
        MU_TRY(mu_case_put(c, commitment, MU_COMMITMENT_REASON, *reason));
    }
    if (state == MU_COMMITMENT_OPEN) {
        return mu_case_unfulfil(c, commitment);
    }
    MU_TRY(mu_case_put_int(c, commitment, MU_COMMITMENT_SETTLED_AT, c->facts->at_ms));
    return mu_case_put_id(c, commitment, MU_COMMITMENT_SETTLED_BY, c->facts->person);
}

enum mu_status mu_case_fulfil(struct mu_case *c, struct mu_known *commitment, int64_t at_ms)
{
    if (mu_now_int(commitment, MU_COMMITMENT_STATE) != MU_COMMITMENT_OPEN ||
        mu_now_has(commitment, MU_COMMITMENT_SETTLED_AT)) {
        return MU_OK;
    }
    MU_TRY(mu_case_put_int(c, commitment, MU_COMMITMENT_SETTLED_AT, at_ms));
    return mu_case_put_id(c, commitment, MU_COMMITMENT_SETTLED_BY, c->facts->person);
}

enum mu_status mu_case_unfulfil(struct mu_case *c, struct mu_known *commitment)
{
    if (mu_now_int(commitment, MU_COMMITMENT_STATE) != MU_COMMITMENT_OPEN ||
        !mu_now_has(commitment, MU_COMMITMENT_SETTLED_AT)) {
        return MU_OK;
    }
    MU_TRY(mu_case_put(c, commitment, MU_COMMITMENT_SETTLED_AT, mu_null()));
    return mu_case_put(c, commitment, MU_COMMITMENT_SETTLED_BY, mu_null());
}

/* -- made ------------------------------------------------------------------------------- */

static struct mu_period period_of(const struct mu_op *op)
{
    return (struct mu_period){mu_arg_int(op, MU_COMMITMENT_PERIOD_KIND),
                              mu_arg_int(op, MU_COMMITMENT_PERIOD)};
}

/* The instants lie where the period lies in some zone, in their order. */
static enum mu_status check_times(struct mu_case *c, const struct mu_op *op)
{
    struct mu_period period = period_of(op);
    if (!mu_period_valid(period)) {
        return mu_case_refuse(c, MU_E_INVALID, "a promise is for a day or for a week from Monday");
    }
    int64_t horizon = mu_arg_int(op, MU_COMMITMENT_HORIZON_AT);
    int64_t due = mu_arg_int(op, MU_COMMITMENT_DUE_AT);
    int64_t until = mu_arg_int(op, MU_COMMITMENT_GRACE_UNTIL);
    int64_t opens = period.day * MU_DAY_MS - EAST_MS;
    int64_t ends = mu_period_end(period) * MU_DAY_MS + WEST_MS;
    if (horizon < opens || horizon > due || due > until || until > ends) {
        return mu_case_refuse(c, MU_E_INVALID, "a promise's times are not those of its period");
    }
    if (until < c->facts->at_ms - BACK_MS) {
        return mu_case_refuse(c, MU_E_INVALID, "a promise is for a time that is not over");
    }
    return due > c->facts->at_ms + AHEAD_MS
               ? mu_case_refuse(c, MU_E_INVALID, "a promise is for the year to come at most")
               : MU_OK;
}

static enum mu_status helps(struct mu_case *c, struct mu_id task, bool *out_helps)
{
    struct mu_known *pair = NULL;
    struct mu_id id = mu_pair_id(c->world, MU_TASK_HELPER, task, c->facts->person);
    MU_TRY(mu_case_look(c, MU_TASK_HELPER, id, &pair));
    *out_helps = mu_now_int(pair, MU_TASK_HELPER_ON) == 1;
    return MU_OK;
}

/* What one promises is one's own, or becomes it. */
static enum mu_status check_task(struct mu_case *c, struct mu_id id)
{
    struct mu_known *task = NULL;
    MU_TRY(mu_case_need(c, MU_TASK, id, &task));
    int64_t state = mu_now_int(task, MU_TASK_STATE);
    if (state == MU_STATE_DROPPED) {
        return mu_case_refuse(c, MU_E_CONFLICT, "the task has been dropped");
    }
    bool seen = true;
    MU_TRY(mu_case_seen(c, mu_now_cell(task, MU_TASK_STATE), &seen));
    if (state == MU_STATE_DONE && seen) {
        return mu_case_refuse(c, MU_E_CONFLICT, "the task is done already");
    }
    if (!mu_now_has(task, MU_TASK_OWNER)) {
        struct mu_value me = mu_id_value(&c->facts->person);
        return mu_case_assign(c, task, me);
    }
    bool mine = mu_case_is(c, mu_now_id(task, MU_TASK_OWNER));
    if (!mine) {
        MU_TRY(helps(c, id, &mine));
    }
    if (mine) {
        return MU_OK;
    }
    MU_TRY(mu_case_seen(c, mu_now_cell(task, MU_TASK_OWNER), &seen));
    return seen ? mu_case_refuse(c, MU_E_DENIED,
                                 "the task is another's: promise what you own or help with")
                : mu_case_refuse(c, MU_E_CONFLICT, "the task has gone to another meanwhile");
}

static enum mu_status check_quota(struct mu_case *c, struct mu_id id)
{
    struct mu_known *quota = NULL;
    MU_TRY(mu_case_need(c, MU_QUOTA, id, &quota));
    return mu_case_is(c, mu_now_id(quota, MU_QUOTA_PERSON))
               ? MU_OK
               : mu_case_refuse(c, MU_E_DENIED, "the quota is another's");
}

/* A promise about a task or a quota has one id on every device of its person. */
static enum mu_status check_id(struct mu_case *c, const struct mu_op *op)
{
    bool task = mu_arg_has(op, MU_COMMITMENT_TASK);
    if (!task && !mu_arg_has(op, MU_COMMITMENT_QUOTA)) {
        return MU_OK;
    }
    struct mu_id about = mu_arg_id(op, task ? MU_COMMITMENT_TASK : MU_COMMITMENT_QUOTA);
    struct mu_id id = mu_commitment_id(c->world, c->facts->person, about, period_of(op));
    return mu_id_equal(id, op->row)
               ? MU_OK
               : mu_case_refuse(c, MU_E_INVALID,
                                "a promise's id is not the one of its task and "
                                "period");
}

static enum mu_status check_person(struct mu_case *c, const struct mu_op *op)
{
    return mu_arg_has(op, MU_COMMITMENT_PERSON) &&
                   !mu_case_is(c, mu_arg_id(op, MU_COMMITMENT_PERSON))
               ? mu_case_refuse(c, MU_E_DENIED, "a promise is made by oneself")
               : MU_OK;
}

static enum mu_status check_about(struct mu_case *c, const struct mu_op *op)
{
    bool task = mu_arg_has(op, MU_COMMITMENT_TASK);
    bool quota = mu_arg_has(op, MU_COMMITMENT_QUOTA);
    bool text = mu_arg_value(op, MU_COMMITMENT_TEXT).bytes.len > 0;
    if ((task && quota) || !(task || quota || text)) {
        return mu_case_refuse(c, MU_E_INVALID, "a promise is about a task, a quota, or a text");
    }
    if (quota) {
        return check_quota(c, mu_arg_id(op, MU_COMMITMENT_QUOTA));
    }
    return task ? check_task(c, mu_arg_id(op, MU_COMMITMENT_TASK)) : MU_OK;
}

static enum mu_status make(struct mu_case *c, struct mu_known *promise, const struct mu_op *op)
{
    MU_TRY(check_times(c, op));
    MU_TRY(check_about(c, op));
    /* Why the old one was given up stands in the old one. */
    MU_TRY(mu_case_merge_plain(c, promise, MU_FIELD_BIT(MU_COMMITMENT_REASON)));
    MU_TRY(mu_case_put_id(c, promise, MU_COMMITMENT_PERSON, c->facts->person));
    MU_TRY(mu_case_put_int(c, promise, MU_COMMITMENT_STATE, MU_COMMITMENT_OPEN));
    MU_TRY(mu_case_put_int(c, promise, MU_COMMITMENT_PROMISED_AT, c->facts->at_ms));
    if (!mu_arg_has(op, MU_COMMITMENT_TASK)) {
        return MU_OK;
    }
    struct mu_known *task = NULL;
    MU_TRY(mu_case_look(c, MU_TASK, mu_arg_id(op, MU_COMMITMENT_TASK), &task));
    return mu_now_int(task, MU_TASK_STATE) == MU_STATE_DONE
               ? mu_case_fulfil(c, promise, mu_now_int(task, MU_TASK_DONE_AT))
               : MU_OK;
}

/* Promised already, by another device or before. */
static enum mu_status again(struct mu_case *c, const struct mu_known *promise)
{
    if (!mu_case_is(c, mu_now_id(promise, MU_COMMITMENT_PERSON))) {
        return mu_case_refuse(c, MU_E_DENIED, "this promise is another's");
    }
    return mu_now_int(promise, MU_COMMITMENT_STATE) == MU_COMMITMENT_OPEN
               ? MU_OK
               : mu_case_refuse(c, MU_E_CONFLICT,
                                "this was promised for that time before, and has been settled");
}

enum mu_status mu_rule_commitment_add(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *promise = NULL;
    MU_TRY(check_person(c, op));
    MU_TRY(mu_case_look(c, MU_COMMITMENT, op->row, &promise));
    if (mu_known_exists(promise)) {
        return again(c, promise);
    }
    MU_TRY(check_id(c, op));
    return make(c, promise, op);
}

/* -- moved ------------------------------------------------------------------------------- */

static bool same_subject(const struct mu_known *old, const struct mu_op *op)
{
    return mu_id_equal(mu_now_id(old, MU_COMMITMENT_TASK), mu_arg_id(op, MU_COMMITMENT_TASK)) &&
           mu_id_equal(mu_now_id(old, MU_COMMITMENT_QUOTA), mu_arg_id(op, MU_COMMITMENT_QUOTA));
}

static enum mu_status check_next_id(struct mu_case *c, const struct mu_known *old,
                                    const struct mu_op *op)
{
    if (mu_now_has(old, MU_COMMITMENT_TASK) || mu_now_has(old, MU_COMMITMENT_QUOTA)) {
        return check_id(c, op);
    }
    return mu_id_equal(mu_successor_id(c->world, old->id), op->row)
               ? MU_OK
               : mu_case_refuse(c, MU_E_INVALID, "the id is not the one of what it carries on");
}

/* The old one stands as it was, or is given up for the new one with a reason. */
static enum mu_status give_up(struct mu_case *c, struct mu_known *old, const struct mu_op *op)
{
    struct mu_value reason = mu_arg_value(op, MU_COMMITMENT_REASON);
    bool carries = c->intent->number == MU_INTENT_COMMITMENT_CARRY;
    if (!carries && reason.bytes.len == 0) {
        return mu_case_refuse(c, MU_E_INVALID, "why the promise is moved is not said");
    }
    int64_t state = mu_now_int(old, MU_COMMITMENT_STATE);
    if (carries ? state == MU_COMMITMENT_DONE : state != MU_COMMITMENT_OPEN) {
        return mu_case_refuse(c, MU_E_CONFLICT, "the promise has been settled already");
    }
    if (mu_now_has(old, MU_COMMITMENT_SETTLED_AT) && state == MU_COMMITMENT_OPEN) {
        return mu_case_refuse(c, MU_E_CONFLICT, "the promise has been kept already");
    }
    return carries ? MU_OK : mu_case_settle(c, old, MU_COMMITMENT_RENEGOTIATED, &reason);
}

enum mu_status mu_rule_commitment_next(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *promise = NULL;
    struct mu_known *old = NULL;
    MU_TRY(check_person(c, op));
    if (!mu_arg_has(op, MU_COMMITMENT_SUPERSEDES)) {
        return mu_case_refuse(c, MU_E_INVALID, "which promise it comes from is not said");
    }
    MU_TRY(mu_case_look(c, MU_COMMITMENT, op->row, &promise));
    MU_TRY(mu_case_need(c, MU_COMMITMENT, mu_arg_id(op, MU_COMMITMENT_SUPERSEDES), &old));
    if (!mu_case_is(c, mu_now_id(old, MU_COMMITMENT_PERSON))) {
        return mu_case_refuse(c, MU_E_DENIED, "a promise is moved by who made it alone");
    }
    if (mu_id_equal(old->id, op->row)) {
        return mu_case_refuse(c, MU_E_INVALID, "the promise is for that time already");
    }
    if (mu_known_exists(promise)) {
        bool mine = mu_id_equal(mu_now_id(promise, MU_COMMITMENT_SUPERSEDES), old->id);
        return mine ? MU_OK
                    : mu_case_refuse(c, MU_E_CONFLICT, "there is a promise for that time already");
    }
    if (!same_subject(old, op)) {
        return mu_case_refuse(c, MU_E_INVALID, "a promise goes on about the same task");
    }
    MU_TRY(check_next_id(c, old, op));
    MU_TRY(give_up(c, old, op));
    return make(c, promise, op);
}

/* -- settled ------------------------------------------------------------------------------ */

static enum mu_status check_settler(struct mu_case *c, const struct mu_known *promise,
                                    int64_t state)
{
    bool own = mu_case_is(c, mu_now_id(promise, MU_COMMITMENT_PERSON));
    if (state == MU_COMMITMENT_EXCUSED || state == MU_COMMITMENT_RELEASED) {
        const char *what = state == MU_COMMITMENT_EXCUSED ? "excused" : "released";
        if (!mu_case_is_lead(c)) {
            return mu_case_refuse(c, MU_E_DENIED, "a promise is %s by a lead", what);
        }
        return own ? mu_case_refuse(
                         c, MU_E_DENIED,
                         "your own promise is %s by another lead; you may renegotiate it", what)
                   : MU_OK;
    }
    if (!own) {
        return mu_case_refuse(c, MU_E_DENIED, "a promise is told done by who made it alone");
    }
    return mu_now_has(promise, MU_COMMITMENT_TASK) || mu_now_has(promise, MU_COMMITMENT_QUOTA)
               ? mu_case_refuse(c, MU_E_INVALID,
                                "a promise about a task is kept when the task is done")
               : MU_OK;
}

static bool is_legal(int64_t from, int64_t to)
{
    switch (to) {
    case MU_COMMITMENT_DONE:
    case MU_COMMITMENT_EXCUSED:
    case MU_COMMITMENT_RELEASED:
        return from == MU_COMMITMENT_OPEN;
    case MU_COMMITMENT_OPEN:
        return from == MU_COMMITMENT_DONE;
    default:
        return false;
    }
}

enum mu_status mu_rule_commitment_settle(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *promise = NULL;
    MU_TRY(mu_case_need(c, MU_COMMITMENT, op->row, &promise));
    int64_t state = mu_arg_int(op, MU_COMMITMENT_STATE);
    int64_t from = mu_now_int(promise, MU_COMMITMENT_STATE);
    struct mu_value reason = mu_arg_value(op, MU_COMMITMENT_REASON);
    bool has_reason = reason.bytes.len > 0;
    if (state == 0) {
        return mu_case_refuse(c, MU_E_INVALID, "what becomes of the promise is not said");
    }
    MU_TRY(check_settler(c, promise, state));
    if (state == from) {
        return MU_OK; /* it is so already */
    }
    if (!is_legal(from, state)) {
        return mu_case_refuse(c, MU_E_CONFLICT, "the promise has been settled already");
    }
    bool asks = state == MU_COMMITMENT_EXCUSED || state == MU_COMMITMENT_RELEASED;
    if (asks && !has_reason) {
        return mu_case_refuse(c, MU_E_INVALID, "why the promise is let go is not said");
    }
    return mu_case_settle(c, promise, state, has_reason ? &reason : NULL);
}
