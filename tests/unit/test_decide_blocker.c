/* Blockers.  At stake: what stops somebody is never lost, goes forward whatever two people do at a
 * time, and ends by itself when the task it waits for is done. */
#include "tests/harness/cmocka.h"
#include "tests/unit/model_world.h"

static struct mu_id raise_op(struct stage *s, const char *reason)
{
    struct mu_id blocker = stage_id(s);
    begin(s, MU_INTENT_BLOCKER_RAISE);
    op(s, MU_BLOCKER, blocker);
    with_text(s, MU_BLOCKER_REASON, reason);
    return blocker;
}

static struct mu_id raised(struct stage *s, enum stage_who who)
{
    struct mu_id blocker = raise_op(s, "which Unicode version");
    with_id(s, MU_BLOCKER_NEEDS_PERSON, s->people[ANA]);
    with_int(s, MU_BLOCKER_KIND, MU_BLOCKER_DECISION);
    agreed(s, who);
    return blocker;
}

static void state_op(struct stage *s, struct mu_id blocker, int64_t to)
{
    begin(s, MU_INTENT_BLOCKER_STATE);
    op(s, MU_BLOCKER, blocker);
    with_int(s, MU_BLOCKER_STATE, to);
}

static int64_t state_of(const struct stage *s, struct mu_id blocker)
{
    return got_int(s, MU_BLOCKER, blocker, MU_BLOCKER_STATE);
}

static void task_verb(struct stage *s, uint32_t intent, struct mu_id task)
{
    begin(s, intent);
    op(s, MU_TASK, task);
}

static void test_raise__needs_a_reason_and_has_its_author_and_time(void **state)
{
    struct stage *s = *state;
    begin(s, MU_INTENT_BLOCKER_RAISE);
    op(s, MU_BLOCKER, stage_id(s));
    with_id(s, MU_BLOCKER_NEEDS_PERSON, s->people[ANA]);
    refused(s, KOFI, MU_E_INVALID);
    int64_t at = NOON + (int64_t)s->seq * 1000;
    struct mu_id blocker = raised(s, KOFI);
    assert_id(got_id(s, MU_BLOCKER, blocker, MU_BLOCKER_RAISED_BY), s->people[KOFI]);
    assert_int_equal(got_int(s, MU_BLOCKER, blocker, MU_BLOCKER_RAISED_AT), at);
    assert_int_equal(got_int(s, MU_BLOCKER, blocker, MU_BLOCKER_KIND), MU_BLOCKER_DECISION);
    struct mu_id other = raise_op(s, "the bank");
    agreed(s, KOFI);
    assert_int_equal(got_int(s, MU_BLOCKER, other, MU_BLOCKER_KIND), MU_BLOCKER_EXTERNAL);
    (void)raise_op(s, "x");
    refused(s, GUS, MU_E_DENIED);
}

static void test_state__is_acknowledged_by_another_and_keeps_the_first_time(void **state)
{
    struct stage *s = *state;
    struct mu_id blocker = raised(s, KOFI);
    state_op(s, blocker, MU_BLOCKER_ACKNOWLEDGED);
    refused(s, KOFI, MU_E_DENIED);
    int64_t at = NOON + (int64_t)s->seq * 1000;
    agreed(s, ANA);
    state_op(s, blocker, MU_BLOCKER_IN_HAND);
    with_text(s, MU_BLOCKER_NEXT_ACTION, "ask the vendor");
    agreed(s, MIA);
    assert_int_equal(got_int(s, MU_BLOCKER, blocker, MU_BLOCKER_ACKED_AT), at);
    assert_id(got_id(s, MU_BLOCKER, blocker, MU_BLOCKER_ACKED_BY), s->people[ANA]);
    assert_text(s, MU_BLOCKER, blocker, MU_BLOCKER_NEXT_ACTION, "ask the vendor");
    at = NOON + (int64_t)s->seq * 1000;
    state_op(s, blocker, MU_BLOCKER_CLEARED);
    with_text(s, MU_BLOCKER_HOW, "Unicode 15");
    agreed(s, ANA);
    assert_int_equal(got_int(s, MU_BLOCKER, blocker, MU_BLOCKER_CLEARED_AT), at);
    state_op(s, blocker, MU_BLOCKER_ACKNOWLEDGED);
    refused(s, MIA, MU_E_CONFLICT);
    state_op(s, blocker, MU_BLOCKER_RAISED);
    refused(s, MIA, MU_E_DENIED);
    agreed(s, KOFI);
    assert_false(got_has(s, MU_BLOCKER, blocker, MU_BLOCKER_CLEARED_AT));
}

static void test_state__a_late_acknowledgement_opens_nothing_again(void **state)
{
    struct stage *s = *state;
    struct mu_id blocker = raised(s, KOFI);
    uint64_t seen = s->seq;
    state_op(s, blocker, MU_BLOCKER_CLEARED);
    agreed(s, KOFI);
    state_op(s, blocker, MU_BLOCKER_ACKNOWLEDGED);
    s->base_seq = seen;
    agreed(s, ANA);
    assert_int_equal(state_of(s, blocker), MU_BLOCKER_CLEARED);
    assert_id(got_id(s, MU_BLOCKER, blocker, MU_BLOCKER_ACKED_BY), s->people[ANA]);
}

static void test_state__is_withdrawn_by_who_raised_it(void **state)
{
    struct stage *s = *state;
    struct mu_id blocker = raised(s, KOFI);
    state_op(s, blocker, MU_BLOCKER_WITHDRAWN);
    refused(s, ANA, MU_E_DENIED);
    agreed(s, KOFI);
    assert_true(got_has(s, MU_BLOCKER, blocker, MU_BLOCKER_CLEARED_AT));
}

static void test_edit__the_reason_is_its_raisers(void **state)
{
    struct stage *s = *state;
    struct mu_id blocker = raised(s, KOFI);
    begin(s, MU_INTENT_BLOCKER_EDIT);
    op(s, MU_BLOCKER, blocker);
    with_text(s, MU_BLOCKER_REASON, "it was nothing");
    refused(s, ANA, MU_E_DENIED);
    agreed(s, KOFI);
    begin(s, MU_INTENT_BLOCKER_EDIT);
    op(s, MU_BLOCKER, blocker);
    with_id(s, MU_BLOCKER_NEEDS_PERSON, s->people[MIA]);
    agreed(s, ANA);
}

static void test_done__clears_what_waits_for_the_task_and_undo_brings_it_back(void **state)
{
    struct stage *s = *state;
    struct mu_id needed = stage_task(s, TODO, "grammar");
    struct mu_id other = stage_task(s, TODO, "lexer");
    struct mu_id waits[3];
    for (int i = 0; i < 3; i++) {
        waits[i] = raise_op(s, "waits");
        with_id(s, MU_BLOCKER_NEEDS_TASK, i == 2 ? other : needed);
        agreed(s, KOFI);
    }
    task_verb(s, MU_INTENT_TASK_DONE, needed);
    int64_t at = NOON + (int64_t)s->seq * 1000;
    agreed(s, MIA);
    assert_int_equal(state_of(s, waits[0]), MU_BLOCKER_CLEARED);
    assert_int_equal(state_of(s, waits[1]), MU_BLOCKER_CLEARED);
    assert_int_equal(state_of(s, waits[2]), MU_BLOCKER_RAISED);
    assert_int_equal(got_int(s, MU_BLOCKER, waits[0], MU_BLOCKER_CLEARED_AT), at);
    assert_id(got_id(s, MU_BLOCKER, waits[0], MU_BLOCKER_CLEARED_BY), s->people[MIA]);
    begin(s, MU_INTENT_UNDO);
    op(s, MU_TASK, needed);
    with_int(s, MU_TASK_STATE, MU_STATE_OPEN);
    from(s, mu_int(MU_STATE_DONE));
    op(s, MU_BLOCKER, waits[0]);
    with_int(s, MU_BLOCKER_STATE, MU_BLOCKER_RAISED);
    from(s, mu_int(MU_BLOCKER_CLEARED));
    agreed(s, MIA);
    assert_int_equal(state_of(s, waits[0]), MU_BLOCKER_RAISED);
    assert_false(got_has(s, MU_BLOCKER, waits[0], MU_BLOCKER_CLEARED_AT));
}

static void test_raise__for_a_task_done_meanwhile_is_over_at_once(void **state)
{
    struct stage *s = *state;
    struct mu_id needed = stage_task(s, TODO, "grammar");
    task_verb(s, MU_INTENT_TASK_DONE, needed);
    agreed(s, MIA);
    struct mu_id blocker = raise_op(s, "waits");
    with_id(s, MU_BLOCKER_NEEDS_TASK, needed);
    agreed(s, KOFI);
    assert_int_equal(state_of(s, blocker), MU_BLOCKER_CLEARED);
    blocker = raise_op(s, "waits for itself");
    with_id(s, MU_BLOCKER_TASK, needed);
    with_id(s, MU_BLOCKER_NEEDS_TASK, needed);
    refused(s, KOFI, MU_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_raise__needs_a_reason_and_has_its_author_and_time),
        STAGED(test_state__is_acknowledged_by_another_and_keeps_the_first_time),
        STAGED(test_state__a_late_acknowledgement_opens_nothing_again),
        STAGED(test_state__is_withdrawn_by_who_raised_it),
        STAGED(test_edit__the_reason_is_its_raisers),
        STAGED(test_done__clears_what_waits_for_the_task_and_undo_brings_it_back),
        STAGED(test_raise__for_a_task_done_meanwhile_is_over_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
