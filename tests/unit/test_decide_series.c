/* Tasks that come again.  At stake: that two devices that were apart make one task of a day, and
 * that it is the same whoever makes it. */
#include "tests/harness/cmocka.h"
#include "tests/unit/model_world.h"

#define FRIDAY 20784 /* 2026-11-27 */

static struct mu_id added(struct stage *s, enum stage_who who)
{
    struct mu_id series = stage_id(s);
    begin(s, MU_INTENT_SERIES_ADD);
    op(s, MU_SERIES, series);
    with_text(s, MU_SERIES_RULE, "FREQ=WEEKLY;BYDAY=FR");
    with_int(s, MU_SERIES_BASIS, MU_SERIES_FROM_DUE);
    with_int(s, MU_SERIES_START_DAY, FRIDAY);
    with_int(s, MU_SERIES_DUE, 15 * 60);
    with_text(s, MU_SERIES_ZONE, "Europe/Lisbon");
    with_id(s, MU_SERIES_COLUMN, s->columns[TODO]);
    with_text(s, MU_SERIES_TITLE, "weekly numbers");
    with_id(s, MU_SERIES_OWNER, s->people[KOFI]);
    agreed(s, who);
    return series;
}

static struct mu_id ask_occurrence(struct stage *s, struct mu_id series, int64_t day)
{
    struct mu_world world = stage_world(s);
    struct mu_id task = mu_occurrence_id(&world, series, day);
    begin(s, MU_INTENT_SERIES_OCCUR);
    op(s, MU_TASK, task);
    with_id(s, MU_TASK_SERIES, series);
    with_int(s, MU_TASK_OCCURRENCE, day);
    return task;
}

static void test_occurrence__is_what_the_series_says_whoever_makes_it(void **state)
{
    struct stage *s = *state;
    struct mu_id series = added(s, ANA);

    struct mu_id task = ask_occurrence(s, series, FRIDAY);
    agreed(s, KOFI); /* its owner's own device, and yet it is given, not taken */

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "weekly numbers");
    assert_text(s, MU_TASK, task, MU_TASK_DUE, "2026-11-27T15:00 Europe/Lisbon");
    assert_id(got_id(s, MU_TASK, task, MU_TASK_OWNER), s->people[KOFI]);
    assert_id(got_id(s, MU_TASK, task, MU_TASK_CREATED_BY), s->people[ANA]);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_STATE), MU_STATE_ASSIGNED);
    assert_true(got_int(s, MU_TASK, task, MU_TASK_NO) > 0);
}

static void test_occurrence__made_by_two_apart_is_one(void **state)
{
    struct stage *s = *state;
    struct mu_id series = added(s, ANA);
    uint64_t seen = s->seq;
    (void)ask_occurrence(s, series, FRIDAY);
    agreed(s, KOFI);

    (void)ask_occurrence(s, series, FRIDAY);
    s->base_seq = seen;
    assert_int_equal(say(s, MIA).effect_count, 0);
}

static void test_occurrence__is_refused_before_the_start_after_the_end_and_with_another_id(
    void **state)
{
    struct stage *s = *state;
    struct mu_id series = added(s, ANA);

    (void)ask_occurrence(s, series, FRIDAY - 7);
    refused(s, KOFI, MU_E_INVALID);
    (void)ask_occurrence(s, series, FRIDAY);
    s->op->row = stage_id(s);
    refused(s, KOFI, MU_E_INVALID);
    (void)ask_occurrence(s, series, FRIDAY);
    refused(s, GUS, MU_E_DENIED);
    begin(s, MU_INTENT_SERIES_EDIT);
    op(s, MU_SERIES, series);
    with_int(s, MU_SERIES_ENDED, 1);
    refused(s, MIA, MU_E_DENIED);
    agreed(s, KOFI);
    (void)ask_occurrence(s, series, FRIDAY + 7);
    refused(s, ANA, MU_E_CONFLICT);
}

static void test_occurrence__of_an_owner_who_left_is_nobodys(void **state)
{
    struct stage *s = *state;
    struct mu_id series = added(s, ANA);
    stage_set(s, MU_PERSON, s->people[KOFI], MU_PERSON_STATE, mu_int(MU_PERSON_REMOVED));

    struct mu_id task = ask_occurrence(s, series, FRIDAY);
    agreed(s, MIA);

    assert_false(got_has(s, MU_TASK, task, MU_TASK_OWNER));
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_STATE), MU_STATE_OPEN);
}

static void test_series__is_refused_with_a_rule_that_is_none(void **state)
{
    static const char *const bad[] = {"daily", "FREQ=HOURLY",
                                      "FREQ=WEEKLY;BYDAY=", "FREQ=WEEKLY;INTERVAL=0",
                                      "FREQ=MONTHLY;BYMONTHDAY=32"};
    struct stage *s = *state;
    struct mu_id series = added(s, ANA);

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        begin(s, MU_INTENT_SERIES_EDIT);
        op(s, MU_SERIES, series);
        with_text(s, MU_SERIES_RULE, bad[i]);
        refused(s, ANA, MU_E_INVALID);
    }
    begin(s, MU_INTENT_SERIES_EDIT);
    op(s, MU_SERIES, series);
    with_int(s, MU_SERIES_DUE, 24 * 60);
    refused(s, ANA, MU_E_INVALID);
}

static void test_skills__of_a_person_and_of_a_task_are_plain_fields(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "parser");

    begin(s, MU_INTENT_PERSON_EDIT);
    op(s, MU_PERSON, s->people[KOFI]);
    with_text(s, MU_PERSON_SKILLS, "unicode,parsing");
    refused(s, MIA, MU_E_DENIED);
    agreed(s, KOFI);
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_text(s, MU_TASK_SKILLS, "unicode");
    agreed(s, MIA);

    assert_text(s, MU_PERSON, s->people[KOFI], MU_PERSON_SKILLS, "unicode,parsing");
    assert_text(s, MU_TASK, task, MU_TASK_SKILLS, "unicode");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_occurrence__is_what_the_series_says_whoever_makes_it),
        STAGED(test_occurrence__made_by_two_apart_is_one),
        STAGED(test_occurrence__is_refused_before_the_start_after_the_end_and_with_another_id),
        STAGED(test_occurrence__of_an_owner_who_left_is_nobodys),
        STAGED(test_series__is_refused_with_a_rule_that_is_none),
        STAGED(test_skills__of_a_person_and_of_a_task_are_plain_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
