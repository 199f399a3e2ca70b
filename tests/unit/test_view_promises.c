/* Judgements.  At stake: that a promise, a goal and a value mean the same on every screen, and are
 * fair: nobody is held to what he could not do, and nobody talks himself out of a miss. */
#include "client/view/goal_inside.h"
#include "client/view/measure.h"
#include "client/view/promises.h"
#include "client/view/quotas.h"
#include "tests/unit/view_fixture.h"

/* -- promises --------------------------------------------------------------------------- */

#define HORIZON 900
#define DUE     1700
#define GRACE   2400

static struct mu_promise_facts facts(int64_t stored, int64_t done_ms)
{
    return (struct mu_promise_facts){.stored = stored,
                                     .done_ms = done_ms,
                                     .horizon_ms = HORIZON,
                                     .due_ms = DUE,
                                     .grace_ms = GRACE,
                                     .work_ms = 800};
}

static void test_judge__kept_late_and_missed_by_the_authors_clock(void **state)
{
    (void)state;
    const struct {
        int64_t done, now;
        enum mu_promise_state expected;
    } cases[] = {
        {0, DUE - 1, MU_PROMISE_OPEN},        {0, DUE + 1, MU_PROMISE_OPEN},
        {0, GRACE - 1, MU_PROMISE_OPEN},      {0, GRACE, MU_PROMISE_MISSED},
        {DUE, DUE + 5, MU_PROMISE_KEPT},      {DUE + 1, DUE + 5, MU_PROMISE_LATE},
        {GRACE - 1, GRACE, MU_PROMISE_LATE},  {GRACE, GRACE, MU_PROMISE_MISSED},
        {DUE, GRACE + 9000, MU_PROMISE_KEPT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mu_promise_facts given = facts(MU_COMMITMENT_OPEN, cases[i].done);
        assert_int_equal(mu_promise_judge(&given, cases[i].now), cases[i].expected);
    }
}

static void test_judge__moved_before_the_horizon_is_renegotiated_and_after_it_missed(void **state)
{
    (void)state;
    struct mu_promise_facts given = facts(MU_COMMITMENT_RENEGOTIATED, 0);
    given.settled_ms = HORIZON - 1;
    assert_int_equal(mu_promise_judge(&given, HORIZON), MU_PROMISE_RENEGOTIATED);
    given.settled_ms = HORIZON;
    assert_int_equal(mu_promise_judge(&given, HORIZON), MU_PROMISE_MISSED);
}

static void test_judge__half_of_the_time_away_excuses_what_was_not_kept(void **state)
{
    (void)state;
    struct mu_promise_facts given = facts(MU_COMMITMENT_OPEN, 0);
    given.away_ms = 399;
    assert_int_equal(mu_promise_judge(&given, GRACE), MU_PROMISE_MISSED);
    given.away_ms = 400;
    assert_int_equal(mu_promise_judge(&given, GRACE), MU_PROMISE_EXCUSED);
    assert_int_equal(mu_promise_judge(&given, GRACE - 1), MU_PROMISE_OPEN);
    given.done_ms = DUE; /* kept all the same */
    assert_int_equal(mu_promise_judge(&given, GRACE), MU_PROMISE_KEPT);
    given = facts(MU_COMMITMENT_OPEN, 0);
    given.work_ms = 0; /* no working time at all says nothing */
    assert_int_equal(mu_promise_judge(&given, GRACE), MU_PROMISE_MISSED);
}

static void test_judge__what_a_lead_settled_stands_and_is_in_no_denominator(void **state)
{
    (void)state;
    struct mu_promise promises[6] = {0};
    const int64_t stored[] = {MU_COMMITMENT_EXCUSED,      MU_COMMITMENT_RELEASED,
                              MU_COMMITMENT_RENEGOTIATED, MU_COMMITMENT_OPEN,
                              MU_COMMITMENT_OPEN,         MU_COMMITMENT_OPEN};
    const int64_t done[] = {0, 0, 0, DUE, DUE + 1, 0};
    size_t counts[MU_PROMISE_STATES];
    for (size_t i = 0; i < 6; i++) {
        struct mu_promise_facts given = facts(stored[i], done[i]);
        promises[i].state = mu_promise_judge(&given, GRACE);
    }
    mu_promises_count(promises, 6, counts);
    assert_int_equal(counts[MU_PROMISE_KEPT], 1);
    assert_int_equal(counts[MU_PROMISE_EXCUSED], 1);
    assert_int_equal(counts[MU_PROMISE_RELEASED], 1);
    assert_int_equal(mu_promises_judged(counts), 3);
}

/* -- values ------------------------------------------------------------------------------- */

static void test_measure__is_whole_numbers_and_says_what_is_wrong(void **state)
{
    (void)state;
    const struct {
        const char *text;
        int precision;
        int64_t expected;
    } good[] = {{"1850", 0, 1850},
                {"-3", 0, -3},
                {"12.5", 1, 125},
                {"12.50", 1, 125},
                {"12", 2, 1200},
                {"1,850", 0, 1850},
                {"21,900.5", 2, 2190050},
                {".5", 1, 5},
                {"yes", 0, 1},
                {"1000000000000000", 0, INT64_C(1000000000000000)}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t value = 0;
        struct mu_error err = {0};
        assert_int_equal(
            mu_measure_parse(mu_slice_str(good[i].text), good[i].precision, &value, &err), MU_OK);
        assert_int_equal(value, good[i].expected);
    }
    const struct {
        const char *text;
        enum mu_status status;
        const char *words;
    } bad[] = {{"12,5", MU_E_USAGE, "behind a point"},
               {"1e400", MU_E_USAGE, "without an exponent"},
               {"12.55", MU_E_USAGE, "more decimals"},
               {"", MU_E_USAGE, "digits"},
               {"-", MU_E_USAGE, "digits"},
               {"nan", MU_E_USAGE, "digits"},
               {"1,85", MU_E_USAGE, "thousands"},
               {"0x10", MU_E_USAGE, "digits"},
               {"1000000000000000.1", MU_E_LIMIT, "too large"},
               {"99999999999999999999999999", MU_E_LIMIT, "too large"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t value = 7;
        struct mu_error err = {0};
        assert_int_equal(mu_measure_parse(mu_slice_str(bad[i].text), 1, &value, &err),
                         bad[i].status);
        assert_int_equal(value, 7);
        if (strstr(err.text, bad[i].words) == NULL) {
            fail_msg("'%s': %s", bad[i].text, err.text);
        }
    }
}

static void reads(int64_t value, int precision, const char *unit, const char *expected)
{
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 200);
    assert_int_equal(mu_words_measure(&out, value, precision, mu_slice_str(unit)), MU_OK);
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal((const char *)out.data, expected);
}

static void test_measure__in_words(void **state)
{
    (void)state;
    reads(21900, 0, "EUR", "EUR 21,900");
    reads(5, 1, "%", "0.5 %");
    reads(-1234567, 2, "", "-12,345.67");
    reads(140, 1, "h", "14 h");
}

/* -- goals ----------------------------------------------------------------------------------- */

static struct mu_goal goal_of(struct mu_target *target, int64_t workdays, int64_t over)
{
    struct mu_goal goal = {.state = MU_GOAL_ACTIVE,
                           .confidence = -1,
                           .pace = -1,
                           .start_day = 100,
                           .end_day = 190,
                           .workdays = workdays,
                           .workdays_over = over,
                           .targets = target,
                           .target_count = 1};
    return goal;
}

static struct mu_target target_of(int direction, int64_t baseline, int64_t aim, int64_t value)
{
    return (struct mu_target){.name = mu_slice_str("features"),
                              .unit = mu_slice_str("features"),
                              .direction = direction,
                              .source = MU_TARGET_MANUAL,
                              .has_baseline = true,
                              .baseline = baseline,
                              .has_aim = true,
                              .aim = aim,
                              .has_value = true,
                              .value = value,
                              .progress = -1,
                              .expected = -1};
}

static void test_goal__health_is_the_way_made_by_the_days_that_are_over(void **state)
{
    (void)state;
    const struct {
        int direction;
        int64_t baseline, aim, value;
        int health;
        int64_t pace;
    } cases[] = {
        {MU_DIRECTION_UP, 0, 100, 50, MU_HEALTH_ON_TRACK, 100},
        {MU_DIRECTION_UP, 0, 100, 45, MU_HEALTH_ON_TRACK, 90}, /* 0.9 of what is expected */
        {MU_DIRECTION_UP, 0, 1000, 449, MU_HEALTH_AT_RISK, 89},
        {MU_DIRECTION_UP, 0, 1000, 350, MU_HEALTH_AT_RISK, 70},
        {MU_DIRECTION_UP, 0, 1000, 349, MU_HEALTH_OFF_TRACK, 69},
        {MU_DIRECTION_DOWN, 100, 0, 50, MU_HEALTH_ON_TRACK, 100},
        {MU_DIRECTION_DOWN, 100, 0, 90, MU_HEALTH_OFF_TRACK, 20},
        {MU_DIRECTION_UP, 0, 100, -20, MU_HEALTH_OFF_TRACK, 0},
        {MU_DIRECTION_STAY_BELOW, 0, 24, 23, MU_HEALTH_ON_TRACK, -1},
        {MU_DIRECTION_STAY_BELOW, 0, 24, 25, MU_HEALTH_OFF_TRACK, -1},
        {MU_DIRECTION_UP, 0, 1, INT64_C(1000000000000000), MU_HEALTH_ON_TRACK, 200000000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mu_target target =
            target_of(cases[i].direction, cases[i].baseline, cases[i].aim, cases[i].value);
        struct mu_goal goal = goal_of(&target, 60, 30);
        mu_goal_judge(&goal, 150);
        assert_int_equal(goal.health, cases[i].health);
        assert_int_equal(goal.pace, cases[i].pace);
    }
    struct mu_target target = target_of(MU_DIRECTION_UP, 0, 100, 50);
    struct mu_goal goal = goal_of(&target, 60, 30);
    goal.confidence_falls = true;
    mu_goal_judge(&goal, 150);
    assert_int_equal(goal.health, MU_HEALTH_AT_RISK);
    goal = goal_of(&target, 60, 30);
    goal.state = MU_GOAL_PAUSED;
    mu_goal_judge(&goal, 150);
    assert_int_equal(goal.health, 0);
}

static void test_goal__is_proposed_to_be_closed_at_its_end_or_when_reached(void **state)
{
    (void)state;
    struct mu_target half = target_of(MU_DIRECTION_UP, 0, 100, 50);
    struct mu_target all = target_of(MU_DIRECTION_UP, 0, 100, 100);
    struct mu_target below = target_of(MU_DIRECTION_STAY_BELOW, 0, 24, 20);
    const struct {
        struct mu_target *target;
        int64_t today;
        int expected;
    } cases[] = {{&half, 190, 0},
                 {&half, 191, MU_GOAL_MISSED},
                 {&all, 150, MU_GOAL_ACHIEVED},
                 {&below, 150, 0},
                 {&below, 191, MU_GOAL_ACHIEVED}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mu_goal goal = goal_of(cases[i].target, 60, 30);
        mu_goal_judge(&goal, cases[i].today);
        assert_int_equal(goal.proposal, cases[i].expected);
    }
}

static void lint_reads(const struct mu_goal *goal, const char *expected)
{
    char text[10];
    mu_smart_text(goal->smart, text);
    assert_string_equal(text, expected);
}

static void test_goal__lint_says_which_letter_is_missing(void **state)
{
    (void)state;
    struct mu_target target = target_of(MU_DIRECTION_UP, 0, 360000, 0);
    target.source = MU_TARGET_QUOTAS;
    target.unit = mu_slice_str("EUR");
    target.quotas = 358800;
    struct mu_goal goal = goal_of(&target, 60, 30);
    goal.title = mu_slice_str("Sell");
    goal.desc = mu_slice_str("more to those we have");
    goal.confidence = 7;
    mu_goal_judge(&goal, 150);
    lint_reads(&goal, "S M - - T");
    assert_int_equal(goal.uncovered, 1200);
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 1000);
    assert_int_equal(mu_words_smart(&out, &goal), MU_OK);
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_non_null(strstr((const char *)out.data, "A: EUR 1,200 of features is uncovered"));
    target.quotas = 360000;
    goal.smart = 0;
    goal.uncovered = 0;
    goal.why = mu_slice_str("rent is due");
    mu_goal_judge(&goal, 150);
    lint_reads(&goal, "S M A R T");
}

/* -- quotas ---------------------------------------------------------------------------------- */

static void test_quotas__add_up_and_leave_out_who_is_excused(void **state)
{
    (void)state;
    struct mu_quota quotas[6];
    const int64_t brought[] = {5000, 4700, 4600, 4000, 3600, 0};
    for (size_t i = 0; i < 6; i++) {
        quotas[i] = (struct mu_quota){
            .amount = 4600, .brought = brought[i], .excused = i == 5, .met = brought[i] >= 4600};
    }
    struct mu_quota_sum sum = mu_quotas_sum(quotas, 6);
    assert_int_equal(sum.brought, 21900);
    assert_int_equal(sum.expected, 23000);
    assert_int_equal(sum.excused, 4600);
    assert_int_equal(sum.people, 5);
    assert_int_equal(sum.met, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judge__kept_late_and_missed_by_the_authors_clock),
        cmocka_unit_test(test_judge__moved_before_the_horizon_is_renegotiated_and_after_it_missed),
        cmocka_unit_test(test_judge__half_of_the_time_away_excuses_what_was_not_kept),
        cmocka_unit_test(test_judge__what_a_lead_settled_stands_and_is_in_no_denominator),
        cmocka_unit_test(test_measure__is_whole_numbers_and_says_what_is_wrong),
        cmocka_unit_test(test_measure__in_words),
        cmocka_unit_test(test_goal__health_is_the_way_made_by_the_days_that_are_over),
        cmocka_unit_test(test_goal__is_proposed_to_be_closed_at_its_end_or_when_reached),
        cmocka_unit_test(test_goal__lint_says_which_letter_is_missing),
        cmocka_unit_test(test_quotas__add_up_and_leave_out_who_is_excused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
