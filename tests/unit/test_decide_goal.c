/* Goals, targets, readings and quotas.  At stake: who may say what, what is never changed after
 * it was said, and numbers that the server alone gives. */
#include "common/model/due.h"
#include "tests/harness/cmocka.h"
#include "tests/unit/model_world.h"

#define TODAY (NOON / INT64_C(86400000))

static struct mu_id goal_of(struct stage *s, enum stage_who who, const char *title)
{
    struct mu_id goal = stage_id(s);
    begin(s, MU_INTENT_GOAL_ADD);
    op(s, MU_GOAL, goal);
    with_text(s, MU_GOAL_TITLE, title);
    with_int(s, MU_GOAL_STATE, MU_GOAL_ACTIVE);
    agreed(s, who);
    return goal;
}

static void target_op(struct stage *s, struct mu_id target, struct mu_id goal)
{
    op(s, MU_TARGET, target);
    with_id(s, MU_TARGET_GOAL, goal);
    with_text(s, MU_TARGET_NAME, "sales");
    with_text(s, MU_TARGET_UNIT, "EUR");
    with_int(s, MU_TARGET_BASELINE, 0);
    with_int(s, MU_TARGET_AIM, 360000);
}

static struct mu_id target_of(struct stage *s, struct mu_id goal)
{
    struct mu_id target = stage_id(s);
    begin(s, MU_INTENT_TARGET_ADD);
    target_op(s, target, goal);
    agreed(s, ANA);
    return target;
}

static struct mu_id quota_op(struct stage *s, struct mu_id target, enum stage_who of,
                             int64_t amount)
{
    struct mu_world world = stage_world(s);
    struct mu_period week = mu_period_of(MU_PERIOD_WEEK, TODAY);
    struct mu_id quota = mu_quota_id(&world, target, s->people[of], week);
    op(s, MU_QUOTA, quota);
    with_id(s, MU_QUOTA_TARGET, target);
    with_id(s, MU_QUOTA_PERSON, s->people[of]);
    with_int(s, MU_QUOTA_PERIOD_KIND, week.kind);
    with_int(s, MU_QUOTA_PERIOD, week.day);
    with_int(s, MU_QUOTA_AMOUNT, amount);
    return quota;
}

/* -- goals ----------------------------------------------------------------------------- */

static void test_goal__gets_a_number_an_owner_and_a_state(void **state)
{
    struct stage *s = *state;
    struct mu_id first = goal_of(s, KOFI, "Ship 2.0");
    begin(s, MU_INTENT_GOAL_ADD);
    struct mu_id second = stage_id(s);
    op(s, MU_GOAL, second);
    with_text(s, MU_GOAL_TITLE, "Answer within 24 hours");
    with_id(s, MU_GOAL_OWNER, s->people[MIA]);
    target_op(s, stage_id(s), second);
    agreed(s, ANA);
    assert_int_equal(got_int(s, MU_GOAL, first, MU_GOAL_NO), 1);
    assert_int_equal(got_int(s, MU_GOAL, second, MU_GOAL_NO), 2);
    assert_id(got_id(s, MU_GOAL, first, MU_GOAL_OWNER), s->people[KOFI]);
    assert_id(got_id(s, MU_GOAL, second, MU_GOAL_CREATED_BY), s->people[ANA]);
    assert_int_equal(got_int(s, MU_GOAL, second, MU_GOAL_STATE), MU_GOAL_DRAFT);
    /* Tasks have numbers of their own. */
    struct mu_id task = stage_task(s, TODO, "one");
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_NO), 1);
}

static void test_goal__predicted_has_no_number_yet(void **state)
{
    struct stage *s = *state;
    begin(s, MU_INTENT_GOAL_ADD);
    op(s, MU_GOAL, stage_id(s));
    with_text(s, MU_GOAL_TITLE, "Ship 2.0");
    s->predict = true;
    struct mu_decision decision = say(s, KOFI);
    assert_int_equal(decision.verdict, MU_APPLIED);
    assert_false(mu_row_has(&decision.effects[0], MU_GOAL_NO));
}

static void test_goal__is_changed_by_its_owner_its_creator_or_a_lead(void **state)
{
    struct stage *s = *state;
    struct mu_id goal = goal_of(s, KOFI, "Ship 2.0");
    begin(s, MU_INTENT_GOAL_EDIT);
    op(s, MU_GOAL, goal);
    with_text(s, MU_GOAL_WHY, "customers wait");
    refused(s, MIA, MU_E_DENIED);
    refused(s, GUS, MU_E_DENIED);
    agreed(s, ANA);
    begin(s, MU_INTENT_TARGET_ADD);
    target_op(s, stage_id(s), goal);
    refused(s, MIA, MU_E_DENIED);
    agreed(s, KOFI);
}

static void test_goal__health_is_its_owners_word_and_has_a_note(void **state)
{
    struct stage *s = *state;
    struct mu_id goal = goal_of(s, KOFI, "Ship 2.0");
    begin(s, MU_INTENT_GOAL_EDIT);
    op(s, MU_GOAL, goal);
    with_int(s, MU_GOAL_HEALTH, MU_HEALTH_AT_RISK);
    refused(s, KOFI, MU_E_INVALID);
    with_text(s, MU_GOAL_HEALTH_NOTE, "two are ill");
    refused(s, ANA, MU_E_DENIED);
    agreed(s, KOFI);
    assert_int_equal(got_int(s, MU_GOAL, goal, MU_GOAL_HEALTH), MU_HEALTH_AT_RISK);
}

static void step(struct stage *s, struct mu_id goal, int64_t to, const char *reason)
{
    begin(s, MU_INTENT_GOAL_STATE);
    op(s, MU_GOAL, goal);
    with_int(s, MU_GOAL_STATE, to);
    if (reason != NULL) {
        with_text(s, MU_GOAL_REASON, reason);
    }
}

static void test_goal__states_go_their_way(void **state)
{
    struct stage *s = *state;
    struct mu_id goal = goal_of(s, KOFI, "Ship 2.0");
    step(s, goal, MU_GOAL_PAUSED, NULL);
    agreed(s, KOFI);
    step(s, goal, MU_GOAL_DRAFT, NULL);
    refused(s, KOFI, MU_E_CONFLICT);
    step(s, goal, MU_GOAL_DROPPED, NULL);
    refused(s, KOFI, MU_E_INVALID);
    step(s, goal, MU_GOAL_DROPPED, "the market is gone");
    agreed(s, KOFI);
    step(s, goal, MU_GOAL_ACHIEVED, NULL);
    refused(s, KOFI, MU_E_CONFLICT);
    step(s, goal, MU_GOAL_ACTIVE, NULL);
    agreed(s, KOFI);
    assert_int_equal(got_int(s, MU_GOAL, goal, MU_GOAL_STATE), MU_GOAL_ACTIVE);
}

static void test_goal__is_never_a_part_of_itself(void **state)
{
    struct stage *s = *state;
    struct mu_id upper = goal_of(s, KOFI, "Grow");
    struct mu_id lower = goal_of(s, KOFI, "Ship");
    begin(s, MU_INTENT_GOAL_EDIT);
    op(s, MU_GOAL, lower);
    with_id(s, MU_GOAL_PARENT, upper);
    agreed(s, KOFI);
    begin(s, MU_INTENT_GOAL_EDIT);
    op(s, MU_GOAL, upper);
    with_id(s, MU_GOAL_PARENT, lower);
    refused(s, KOFI, MU_E_CONFLICT);
    begin(s, MU_INTENT_GOAL_EDIT);
    op(s, MU_GOAL, upper);
    with_id(s, MU_GOAL_PARENT, upper);
    refused(s, KOFI, MU_E_CONFLICT);
}

static void test_goal__restored_value_is_for_who_may_edit_it(void **state)
{
    struct stage *s = *state;
    struct mu_id goal = goal_of(s, KOFI, "Ship 2.0");
    uint64_t seen = s->seq;
    begin(s, MU_INTENT_GOAL_EDIT);
    op(s, MU_GOAL, goal);
    with_text(s, MU_GOAL_TITLE, "Ship 2.0 by May");
    agreed(s, ANA);
    begin(s, MU_INTENT_GOAL_EDIT);
    op(s, MU_GOAL, goal);
    with_text(s, MU_GOAL_TITLE, "Ship 2.0 by June");
    s->base_seq = seen;
    disputed(s, KOFI);
    begin(s, MU_INTENT_CONFLICT_RESTORE);
    op(s, MU_CONFLICT, stage_conflict(s, goal, MU_GOAL_TITLE)->id);
    refused(s, MIA, MU_E_DENIED);
    agreed(s, ANA);
    assert_text(s, MU_GOAL, goal, MU_GOAL_TITLE, "Ship 2.0 by May");
}

/* -- readings ---------------------------------------------------------------------------- */

static struct mu_id reading_op(struct stage *s, struct mu_id target, int64_t value)
{
    struct mu_id reading = stage_id(s);
    begin(s, MU_INTENT_READING_ADD);
    op(s, MU_READING, reading);
    with_id(s, MU_READING_TARGET, target);
    with_int(s, MU_READING_VALUE, value);
    with_int(s, MU_READING_DAY, TODAY);
    return reading;
}

static void test_reading__is_its_authors_and_corrected_by_him_alone(void **state)
{
    struct stage *s = *state;
    struct mu_id target = target_of(s, goal_of(s, ANA, "Sell"));
    struct mu_id first = reading_op(s, target, 1850);
    int64_t at = NOON + (int64_t)s->seq * 1000;
    agreed(s, KOFI);
    assert_id(got_id(s, MU_READING, first, MU_READING_BY), s->people[KOFI]);
    assert_int_equal(got_int(s, MU_READING, first, MU_READING_AT), at);
    (void)reading_op(s, target, 1580);
    with_id(s, MU_READING_CORRECTS, first);
    refused(s, ANA, MU_E_DENIED); /* not even a lead */
    agreed(s, KOFI);
    assert_int_equal(got_int(s, MU_READING, first, MU_READING_VALUE), 1850);
}

static void test_reading__of_tomorrow_too_large_or_of_nothing_is_refused(void **state)
{
    struct stage *s = *state;
    struct mu_id goal = goal_of(s, ANA, "Sell");
    struct mu_id target = target_of(s, goal);
    (void)reading_op(s, target, MU_MEASURE_MAX + 1);
    refused(s, KOFI, MU_E_INVALID);
    begin(s, MU_INTENT_READING_ADD);
    op(s, MU_READING, stage_id(s));
    with_id(s, MU_READING_TARGET, target);
    with_int(s, MU_READING_VALUE, 5);
    with_int(s, MU_READING_DAY, TODAY + 2);
    refused(s, KOFI, MU_E_INVALID);
    begin(s, MU_INTENT_READING_ADD);
    op(s, MU_READING, stage_id(s));
    with_id(s, MU_READING_GOAL, goal);
    with_int(s, MU_READING_DAY, TODAY);
    refused(s, ANA, MU_E_INVALID);
}

static void test_reading__of_confidence_stands_on_the_goal(void **state)
{
    struct stage *s = *state;
    struct mu_id goal = goal_of(s, KOFI, "Sell");
    begin(s, MU_INTENT_READING_ADD);
    op(s, MU_READING, stage_id(s));
    with_id(s, MU_READING_GOAL, goal);
    with_int(s, MU_READING_CONFIDENCE, 7);
    with_int(s, MU_READING_DAY, TODAY);
    refused(s, ANA, MU_E_DENIED);
    agreed(s, KOFI);
    assert_int_equal(got_int(s, MU_GOAL, goal, MU_GOAL_CONFIDENCE), 7);
}

/* -- quotas ---------------------------------------------------------------------------------- */

static void test_quota__is_one_row_set_by_a_lead_and_accepted_by_its_person(void **state)
{
    struct stage *s = *state;
    struct mu_id target = target_of(s, goal_of(s, ANA, "Sell"));
    begin(s, MU_INTENT_QUOTA_SET);
    struct mu_id quota = quota_op(s, target, KOFI, 4600);
    refused(s, KOFI, MU_E_DENIED);
    agreed(s, ANA);
    assert_false(got_has(s, MU_QUOTA, quota, MU_QUOTA_ACCEPTED_AT));
    begin(s, MU_INTENT_QUOTA_ACCEPT);
    op(s, MU_QUOTA, quota);
    with_int(s, MU_QUOTA_AMOUNT, 4600);
    refused(s, ANA, MU_E_DENIED);
    agreed(s, KOFI);
    assert_int_equal(got_int(s, MU_QUOTA, quota, MU_QUOTA_ACCEPTED), 4600);
    /* A new amount stands beside the one that was accepted. */
    begin(s, MU_INTENT_QUOTA_SET);
    (void)quota_op(s, target, KOFI, 5000);
    agreed(s, ANA);
    assert_int_equal(got_int(s, MU_QUOTA, quota, MU_QUOTA_AMOUNT), 5000);
    assert_int_equal(got_int(s, MU_QUOTA, quota, MU_QUOTA_ACCEPTED), 4600);
}

static void test_quota__for_oneself_is_accepted_by_being_set(void **state)
{
    struct stage *s = *state;
    struct mu_id target = target_of(s, goal_of(s, ANA, "Sell"));
    begin(s, MU_INTENT_QUOTA_SET);
    struct mu_id quota = quota_op(s, target, ANA, 1200);
    agreed(s, ANA);
    assert_int_equal(got_int(s, MU_QUOTA, quota, MU_QUOTA_ACCEPTED), 1200);
}

static void test_quota__under_another_id_or_for_half_a_week_is_refused(void **state)
{
    struct stage *s = *state;
    struct mu_id target = target_of(s, goal_of(s, ANA, "Sell"));
    for (int i = 0; i < 2; i++) {
        struct mu_period period = mu_period_of(MU_PERIOD_WEEK, TODAY);
        period.day += i;
        struct mu_world world = stage_world(s);
        struct mu_id id = mu_quota_id(&world, target, s->people[KOFI], period);
        begin(s, MU_INTENT_QUOTA_SET);
        op(s, MU_QUOTA, i == 0 ? stage_id(s) : id);
        with_id(s, MU_QUOTA_TARGET, target);
        with_id(s, MU_QUOTA_PERSON, s->people[KOFI]);
        with_int(s, MU_QUOTA_PERIOD_KIND, period.kind);
        with_int(s, MU_QUOTA_PERIOD, period.day);
        with_int(s, MU_QUOTA_AMOUNT, 4600);
        refused(s, ANA, MU_E_INVALID);
    }
}

/* -- periods ---------------------------------------------------------------------------------- */

static void test_period__weeks_begin_on_mondays_and_months_on_their_first(void **state)
{
    (void)state;
    int64_t tuesday = mu_date_to_days((struct mu_date){2026, 11, 24});
    struct mu_period week = mu_period_of(MU_PERIOD_WEEK, tuesday);
    struct mu_period month = mu_period_of(MU_PERIOD_MONTH, tuesday);
    assert_int_equal(week.day, tuesday - 1);
    assert_int_equal(mu_period_end(week), tuesday + 6);
    assert_int_equal(month.day, tuesday - 23);
    assert_int_equal(mu_period_end(month), tuesday + 7);
    assert_int_equal(mu_period_end(mu_period_of(MU_PERIOD_DAY, tuesday)), tuesday + 1);
    assert_false(mu_period_valid((struct mu_period){MU_PERIOD_WEEK, tuesday}));
    assert_false(mu_period_valid((struct mu_period){4, tuesday}));
    assert_false(mu_period_valid((struct mu_period){MU_PERIOD_DAY, -1}));
    /* The turn of the year is within a week; a month of 31 days ends on a first. */
    struct mu_period turn =
        mu_period_of(MU_PERIOD_WEEK, mu_date_to_days((struct mu_date){2027, 1, 2}));
    assert_int_equal(turn.day, mu_date_to_days((struct mu_date){2026, 12, 28}));
    struct mu_period january =
        mu_period_of(MU_PERIOD_MONTH, mu_date_to_days((struct mu_date){2027, 1, 31}));
    assert_int_equal(mu_period_end(january), mu_date_to_days((struct mu_date){2027, 2, 1}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_goal__gets_a_number_an_owner_and_a_state),
        STAGED(test_goal__predicted_has_no_number_yet),
        STAGED(test_goal__is_changed_by_its_owner_its_creator_or_a_lead),
        STAGED(test_goal__health_is_its_owners_word_and_has_a_note),
        STAGED(test_goal__states_go_their_way),
        STAGED(test_goal__is_never_a_part_of_itself),
        STAGED(test_goal__restored_value_is_for_who_may_edit_it),
        STAGED(test_reading__is_its_authors_and_corrected_by_him_alone),
        STAGED(test_reading__of_tomorrow_too_large_or_of_nothing_is_refused),
        STAGED(test_reading__of_confidence_stands_on_the_goal),
        STAGED(test_quota__is_one_row_set_by_a_lead_and_accepted_by_its_person),
        STAGED(test_quota__for_oneself_is_accepted_by_being_set),
        STAGED(test_quota__under_another_id_or_for_half_a_week_is_refused),
        cmocka_unit_test(test_period__weeks_begin_on_mondays_and_months_on_their_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
