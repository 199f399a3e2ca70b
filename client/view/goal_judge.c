/* How a goal goes: health, pace, lint, and what to close it as. */
#include "client/view/goal_inside.h"
#include "common/model/decide.h"

#define MOST INT64_C(1000000000) /* a way passed a million times over is passed */

/* Thousandths of the way that part is of whole, not below 0; both within 8 * MU_MEASURE_MAX. */
static int64_t thousandths(int64_t part, int64_t whole)
{
    if (whole < 0) {
        part = -part;
        whole = -whole;
    }
    if (whole == 0 || part <= 0) {
        return 0;
    }
    int64_t share = part * 1000 / whole;
    return share < MOST ? share : MOST;
}

/* Downhill and uphill alike: the sign of the way is that of its direction. */
static bool is_way(const struct mu_target *target)
{
    return target->direction == MU_DIRECTION_UP || target->direction == MU_DIRECTION_DOWN ||
           target->direction == MU_DIRECTION_REACH;
}

static bool is_reached(const struct mu_target *target)
{
    if (!target->has_value) {
        return false;
    }
    switch (target->direction) {
    case MU_DIRECTION_STAY_BELOW:
        return target->has_aim && target->value <= target->aim;
    case MU_DIRECTION_YES_NO:
        return target->value >= 1;
    case MU_DIRECTION_DOWN:
        return target->has_aim && target->value <= target->aim;
    default:
        return target->has_aim && (target->aim >= target->baseline ? target->value >= target->aim
                                                                   : target->value <= target->aim);
    }
}

static int health_of_way(const struct mu_goal *goal, const struct mu_target *target)
{
    if (target->progress < 0 && target->expected < 0) {
        return 0;
    }
    /* Compared by products: 0.9 and 0.7 of the share of days that are over. */
    int64_t has = target->progress * goal->workdays * 10;
    int64_t full = 1000 * goal->workdays_over;
    if (has >= full * 9) {
        return MU_HEALTH_ON_TRACK;
    }
    return has >= full * 7 ? MU_HEALTH_AT_RISK : MU_HEALTH_OFF_TRACK;
}

static void judge_target(const struct mu_goal *goal, struct mu_target *target)
{
    bool dated = goal->workdays > 0;
    target->reached = is_reached(target);
    if (target->direction == MU_DIRECTION_STAY_BELOW) {
        target->health = !target->has_value ? 0
                         : target->reached  ? MU_HEALTH_ON_TRACK
                                            : MU_HEALTH_OFF_TRACK;
        return;
    }
    if (target->direction == MU_DIRECTION_YES_NO) {
        target->progress = target->reached ? 1000 : 0;
        target->health = target->reached ? MU_HEALTH_ON_TRACK : 0;
        return;
    }
    if (!is_way(target) || !target->has_aim || target->aim == target->baseline) {
        return;
    }
    int64_t value = target->has_value ? target->value : target->baseline;
    target->progress = thousandths(value - target->baseline, target->aim - target->baseline);
    if (dated) {
        target->expected = 1000 * goal->workdays_over / goal->workdays;
        target->health = target->reached ? MU_HEALTH_ON_TRACK : health_of_way(goal, target);
    }
}

/* The worst of its targets, and the pace of the slowest. */
static void judge_health(struct mu_goal *goal)
{
    for (size_t i = 0; i < goal->target_count; i++) {
        const struct mu_target *target = &goal->targets[i];
        goal->health = target->health > goal->health ? target->health : goal->health;
        if (is_way(target) && target->expected > 0) {
            int64_t pace = target->progress * goal->workdays / (goal->workdays_over * 10);
            goal->pace = goal->pace < 0 || pace < goal->pace ? pace : goal->pace;
        }
    }
    if (goal->confidence_falls && goal->health < MU_HEALTH_AT_RISK) {
        goal->health = MU_HEALTH_AT_RISK;
    }
    if (goal->state != MU_GOAL_ACTIVE) {
        goal->health = 0;
    }
}

/* -- lint ----------------------------------------------------------------------------------- */

static size_t words_of(struct mu_slice text)
{
    size_t words = 0;
    bool within = false;
    for (size_t i = 0; i < text.len; i++) {
        bool blank = text.data[i] == ' ' || text.data[i] == '\n' || text.data[i] == '\t';
        words += !blank && !within ? 1 : 0;
        within = !blank;
    }
    return words;
}

static bool is_measurable(const struct mu_target *target)
{
    if (target->direction == MU_DIRECTION_YES_NO) {
        return true;
    }
    return target->unit.len > 0 && target->has_aim &&
           (target->direction == MU_DIRECTION_STAY_BELOW || target->aim != target->baseline);
}

/* What is left for nobody to bring. */
static int64_t uncovered(const struct mu_target *target)
{
    int64_t way = target->aim - target->baseline;
    return target->source == MU_TARGET_QUOTAS && target->has_aim && way > target->quotas
               ? way - target->quotas
               : 0;
}

static void lint(struct mu_goal *goal)
{
    bool by_quotas = false;
    for (size_t i = 0; i < goal->target_count; i++) {
        const struct mu_target *target = &goal->targets[i];
        goal->smart |= is_measurable(target) ? MU_SMART_M : 0;
        by_quotas = by_quotas || target->source == MU_TARGET_QUOTAS;
        goal->uncovered = goal->uncovered > 0 ? goal->uncovered : uncovered(target);
    }
    bool covered = by_quotas ? goal->uncovered == 0 : goal->tasks > 0;
    goal->smart |= words_of(goal->title) >= 1 && words_of(goal->desc) >= 3 ? MU_SMART_S : 0;
    goal->smart |= covered && goal->confidence >= 0 ? MU_SMART_A : 0;
    goal->smart |= goal->why.len > 0 || !mu_id_is_zero(goal->parent) ? MU_SMART_R : 0;
    goal->smart |= goal->start_day > 0 && goal->start_day < goal->end_day ? MU_SMART_T : 0;
}

/* -- proposal ------------------------------------------------------------------------------- */

static void propose(struct mu_goal *goal, int64_t today)
{
    bool over = goal->end_day > 0 && today > goal->end_day;
    bool reached = goal->target_count > 0 || (goal->tasks > 0 && goal->tasks_active == 0);
    for (size_t i = 0; i < goal->target_count; i++) {
        const struct mu_target *target = &goal->targets[i];
        bool lasts = target->direction == MU_DIRECTION_STAY_BELOW && !over;
        reached = reached && target->reached && !lasts;
    }
    if (goal->state == MU_GOAL_ACTIVE && (reached || over)) {
        goal->proposal = reached ? MU_GOAL_ACHIEVED : MU_GOAL_MISSED;
    }
}

void mu_goal_judge(struct mu_goal *goal, int64_t today)
{
    for (size_t i = 0; i < goal->target_count; i++) {
        judge_target(goal, &goal->targets[i]);
    }
    judge_health(goal);
    lint(goal);
    propose(goal, today);
}
