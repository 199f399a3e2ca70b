/* Goals, promises and blockers: what people do with them, few enough that devices that are apart
 * meet at the same ones. */
#include "common/model/rhythm.h"
#include "tests/sim/work.h"

static int64_t today(const struct mu_sim_work *work)
{
    return work->turn.wall.ms / MU_DAY_MS;
}

static struct mu_id self(const struct mu_sim_work *work)
{
    return work->sim->devices[work->device].person;
}

/* -- goals --------------------------------------------------------------------- */

static void set_goal(struct mu_sim_work *work)
{
    struct mu_id parent;
    mu_work_begin(work, MU_INTENT_GOAL_ADD);
    struct mu_id goal = mu_work_id(work);
    struct mu_op *op = mu_work_op(work, MU_GOAL, goal);
    mu_work_arg(work, op, MU_GOAL_TITLE, mu_bytes(mu_slice_str("ship")));
    mu_work_arg(work, op, MU_GOAL_STATE, mu_int(MU_GOAL_ACTIVE));
    if (mu_work_some(work, "goal", "1", &parent)) {
        mu_work_arg(work, op, MU_GOAL_PARENT, mu_id_value(&parent));
    }
    op = mu_work_op(work, MU_TARGET, mu_work_id(work));
    mu_work_arg(work, op, MU_TARGET_GOAL, mu_id_value(&goal));
    mu_work_arg(work, op, MU_TARGET_NAME, mu_bytes(mu_slice_str("sales")));
    mu_work_arg(work, op, MU_TARGET_AIM, mu_int(360000));
}

/* Two devices that hang two goals under each other close no circle. */
static void change_goal(struct mu_sim_work *work)
{
    struct mu_id goal;
    struct mu_id parent;
    if (!mu_work_some(work, "goal", "1", &goal) || !mu_work_some(work, "goal", "1", &parent)) {
        set_goal(work);
        return;
    }
    if (mu_sim_chance(work->sim, 50)) {
        mu_work_begin(work, MU_INTENT_GOAL_EDIT);
        mu_work_arg(work, mu_work_op(work, MU_GOAL, goal), MU_GOAL_PARENT, mu_id_value(&parent));
        return;
    }
    mu_work_begin(work, MU_INTENT_GOAL_STATE);
    struct mu_op *op = mu_work_op(work, MU_GOAL, goal);
    mu_work_arg(work, op, MU_GOAL_STATE,
                mu_int(MU_GOAL_ACTIVE + (int64_t)mu_sim_below(work->sim, 5)));
    mu_work_arg(work, op, MU_GOAL_REASON, mu_bytes(mu_slice_str("so it is")));
}

static void record(struct mu_sim_work *work)
{
    struct mu_id target;
    struct mu_id old;
    if (!mu_work_some(work, "target", "1", &target)) {
        set_goal(work);
        return;
    }
    mu_work_begin(work, MU_INTENT_READING_ADD);
    struct mu_op *op = mu_work_op(work, MU_READING, mu_work_id(work));
    mu_work_arg(work, op, MU_READING_TARGET, mu_id_value(&target));
    mu_work_arg(work, op, MU_READING_VALUE, mu_int((int64_t)mu_sim_below(work->sim, 5000)));
    mu_work_arg(work, op, MU_READING_DAY, mu_int(today(work)));
    if (mu_sim_chance(work->sim, 20) && mu_work_some(work, "reading", "1", &old)) {
        mu_work_arg(work, op, MU_READING_CORRECTS, mu_id_value(&old));
    }
}

static void set_quota(struct mu_sim_work *work)
{
    struct mu_id target;
    struct mu_id person;
    struct mu_id quota;
    if (!mu_work_some(work, "target", "1", &target) ||
        !mu_work_some(work, "person", "1", &person)) {
        return;
    }
    if (mu_sim_chance(work->sim, 40) && mu_work_some(work, "quota", "1", &quota)) {
        mu_work_begin(work, MU_INTENT_QUOTA_ACCEPT);
        mu_work_arg(work, mu_work_op(work, MU_QUOTA, quota), MU_QUOTA_AMOUNT, mu_int(4600));
        return;
    }
    struct mu_world world = mu_replica_world(work->replica);
    struct mu_period week = mu_period_of(MU_PERIOD_WEEK, today(work));
    mu_work_begin(work, MU_INTENT_QUOTA_SET);
    struct mu_op *op = mu_work_op(work, MU_QUOTA, mu_quota_id(&world, target, person, week));
    mu_work_arg(work, op, MU_QUOTA_TARGET, mu_id_value(&target));
    mu_work_arg(work, op, MU_QUOTA_PERSON, mu_id_value(&person));
    mu_work_arg(work, op, MU_QUOTA_PERIOD_KIND, mu_int(week.kind));
    mu_work_arg(work, op, MU_QUOTA_PERIOD, mu_int(week.day));
    mu_work_arg(work, op, MU_QUOTA_AMOUNT,
                mu_int(4000 + (int64_t)mu_sim_below(work->sim, 3) * 300));
}

/* -- promises -------------------------------------------------------------------- */

static struct mu_op *promise_op(struct mu_sim_work *work, struct mu_id task, int64_t day)
{
    struct mu_world world = mu_replica_world(work->replica);
    struct mu_period period = {MU_PERIOD_DAY, day};
    struct mu_id id = mu_commitment_id(&world, self(work), task, period);
    struct mu_op *op = mu_work_op(work, MU_COMMITMENT, id);
    mu_work_arg(work, op, MU_COMMITMENT_TASK, mu_id_value(&task));
    mu_work_arg(work, op, MU_COMMITMENT_PERIOD_KIND, mu_int(period.kind));
    mu_work_arg(work, op, MU_COMMITMENT_PERIOD, mu_int(day));
    mu_work_arg(work, op, MU_COMMITMENT_HORIZON_AT, mu_int(day * MU_DAY_MS));
    mu_work_arg(work, op, MU_COMMITMENT_DUE_AT, mu_int(day * MU_DAY_MS + MU_DAY_MS / 2));
    mu_work_arg(work, op, MU_COMMITMENT_GRACE_UNTIL, mu_int((day + 1) * MU_DAY_MS));
    return op;
}

static void promise(struct mu_sim_work *work)
{
    struct mu_id task;
    if (mu_id_is_zero(self(work)) || !mu_work_some(work, "task", "1", &task)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_COMMITMENT_ADD);
    (void)promise_op(work, task, today(work) + (int64_t)mu_sim_below(work->sim, 2));
}

static void move_promise(struct mu_sim_work *work)
{
    struct mu_id old;
    if (!mu_work_some(work, "commitment", "1", &old)) {
        promise(work);
        return;
    }
    struct mu_row row = mu_work_row(work, MU_COMMITMENT, old);
    mu_work_begin(work, mu_sim_chance(work->sim, 50) ? MU_INTENT_COMMITMENT_RENEGOTIATE
                                                     : MU_INTENT_COMMITMENT_CARRY);
    struct mu_op *op = promise_op(work, mu_row_id(&row, MU_COMMITMENT_TASK),
                                  mu_row_int(&row, MU_COMMITMENT_PERIOD) + 1);
    mu_work_arg(work, op, MU_COMMITMENT_SUPERSEDES, mu_id_value(&old));
    mu_work_arg(work, op, MU_COMMITMENT_REASON, mu_bytes(mu_slice_str("it rains")));
}

static void settle(struct mu_sim_work *work)
{
    struct mu_id promised;
    if (!mu_work_some(work, "commitment", "1", &promised)) {
        promise(work);
        return;
    }
    mu_work_begin(work, MU_INTENT_COMMITMENT_SETTLE);
    struct mu_op *op = mu_work_op(work, MU_COMMITMENT, promised);
    mu_work_arg(
        work, op, MU_COMMITMENT_STATE,
        mu_int(mu_sim_chance(work->sim, 50) ? MU_COMMITMENT_EXCUSED : MU_COMMITMENT_RELEASED));
    mu_work_arg(work, op, MU_COMMITMENT_REASON, mu_bytes(mu_slice_str("ill")));
}

/* -- blockers and parts of tasks --------------------------------------------------- */

static void block(struct mu_sim_work *work)
{
    struct mu_id task;
    struct mu_id needed;
    if (!mu_work_some(work, "task", "1", &task) || !mu_work_some(work, "task", "1", &needed)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_BLOCKER_RAISE);
    struct mu_op *op = mu_work_op(work, MU_BLOCKER, mu_work_id(work));
    mu_work_arg(work, op, MU_BLOCKER_TASK, mu_id_value(&task));
    mu_work_arg(work, op, MU_BLOCKER_REASON, mu_bytes(mu_slice_str("waits")));
    if (!mu_id_equal(task, needed)) {
        mu_work_arg(work, op, MU_BLOCKER_NEEDS_TASK, mu_id_value(&needed));
    }
}

static void step_blocker(struct mu_sim_work *work)
{
    struct mu_id blocker;
    if (!mu_work_some(work, "blocker", "1", &blocker)) {
        block(work);
        return;
    }
    mu_work_begin(work, MU_INTENT_BLOCKER_STATE);
    struct mu_op *op = mu_work_op(work, MU_BLOCKER, blocker);
    mu_work_arg(work, op, MU_BLOCKER_STATE, mu_int(1 + (int64_t)mu_sim_below(work->sim, 5)));
    mu_work_arg(work, op, MU_BLOCKER_NEXT_ACTION, mu_bytes(mu_slice_str("ask")));
}

static void break_down(struct mu_sim_work *work)
{
    struct mu_id task;
    struct mu_id parent;
    struct mu_id goal;
    if (!mu_work_some(work, "task", "1", &task) || !mu_work_some(work, "task", "1", &parent)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_TASK_EDIT);
    struct mu_op *op = mu_work_op(work, MU_TASK, task);
    mu_work_arg(work, op, MU_TASK_PARENT, mu_id_value(&parent));
    if (mu_work_some(work, "goal", "1", &goal)) {
        mu_work_arg(work, op, MU_TASK_GOAL, mu_id_value(&goal));
    }
}

void mu_sim_goals(struct mu_sim_work *work)
{
    static void (*const edits[])(struct mu_sim_work *) = {
        set_goal,     change_goal, record, record, set_quota,    promise,      promise,
        move_promise, settle,      block,  block,  step_blocker, step_blocker, break_down};
    edits[mu_sim_below(work->sim, sizeof edits / sizeof edits[0])](work);
}
