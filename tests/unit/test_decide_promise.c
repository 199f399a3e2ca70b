/* Promises.  At stake: nobody promises for another or lets himself off; two devices make one;
 * and what is judged later stands in the row as it was. */
#include "common/model/due.h"
#include "tests/harness/cmocka.h"
#include "tests/unit/model_world.h"

#define DAY_MS INT64_C(86400000)
#define TODAY  (NOON / DAY_MS)

/* A promise for a whole day of UTC: due at 17:00. */
static struct mu_id promise_op(struct stage *s, enum stage_who who, struct mu_id task, int64_t day)
{
    struct mu_world world = stage_world(s);
    struct mu_period period = {MU_PERIOD_DAY, day};
    struct mu_id id = mu_commitment_id(&world, s->people[who], task, period);
    op(s, MU_COMMITMENT, id);
    with_id(s, MU_COMMITMENT_TASK, task);
    with_int(s, MU_COMMITMENT_PERIOD_KIND, period.kind);
    with_int(s, MU_COMMITMENT_PERIOD, period.day);
    with_int(s, MU_COMMITMENT_HORIZON_AT, day * DAY_MS + 9 * 3600000);
    with_int(s, MU_COMMITMENT_DUE_AT, day * DAY_MS + INT64_C(17) * 3600000);
    with_int(s, MU_COMMITMENT_GRACE_UNTIL, (day + 1) * DAY_MS);
    return id;
}

static void text_op(struct stage *s, struct mu_id id, const char *text)
{
    op(s, MU_COMMITMENT, id);
    with_text(s, MU_COMMITMENT_TEXT, text);
    with_int(s, MU_COMMITMENT_PERIOD_KIND, MU_PERIOD_DAY);
    with_int(s, MU_COMMITMENT_PERIOD, TODAY);
    with_int(s, MU_COMMITMENT_HORIZON_AT, TODAY * DAY_MS);
    with_int(s, MU_COMMITMENT_DUE_AT, TODAY * DAY_MS + 3600000);
    with_int(s, MU_COMMITMENT_GRACE_UNTIL, (TODAY + 1) * DAY_MS);
}

static struct mu_id owned(struct stage *s, enum stage_who who)
{
    struct mu_id task = stage_task(s, TODO, "parser");
    begin(s, MU_INTENT_TASK_ASSIGN);
    op(s, MU_TASK, task);
    with_id(s, MU_TASK_OWNER, s->people[who]);
    agreed(s, who);
    return task;
}

static struct mu_id promised(struct stage *s, enum stage_who who, struct mu_id task, int64_t day)
{
    begin(s, MU_INTENT_COMMITMENT_ADD);
    struct mu_id id = promise_op(s, who, task, day);
    agreed(s, who);
    return id;
}

static void verb(struct stage *s, uint32_t intent, struct mu_id task)
{
    begin(s, intent);
    op(s, MU_TASK, task);
}

static void settle_op(struct stage *s, struct mu_id id, int64_t to, const char *reason)
{
    begin(s, MU_INTENT_COMMITMENT_SETTLE);
    op(s, MU_COMMITMENT, id);
    with_int(s, MU_COMMITMENT_STATE, to);
    if (reason != NULL) {
        with_text(s, MU_COMMITMENT_REASON, reason);
    }
}

/* -- made ------------------------------------------------------------------------------- */

static void test_promise__is_its_authors_and_open(void **state)
{
    struct stage *s = *state;
    struct mu_id task = owned(s, KOFI);
    int64_t at = NOON + (int64_t)s->seq * 1000;
    struct mu_id id = promised(s, KOFI, task, TODAY);
    assert_id(got_id(s, MU_COMMITMENT, id, MU_COMMITMENT_PERSON), s->people[KOFI]);
    assert_int_equal(got_int(s, MU_COMMITMENT, id, MU_COMMITMENT_PROMISED_AT), at);
    assert_int_equal(got_int(s, MU_COMMITMENT, id, MU_COMMITMENT_STATE), MU_COMMITMENT_OPEN);
}

static void test_promise__from_two_devices_is_one(void **state)
{
    struct stage *s = *state;
    struct mu_id task = owned(s, KOFI);
    uint64_t seen = s->seq;
    struct mu_id id = promised(s, KOFI, task, TODAY);
    begin(s, MU_INTENT_COMMITMENT_ADD);
    assert_id(promise_op(s, KOFI, task, TODAY), id);
    struct mu_facts facts = stage_facts(s, KOFI);
    facts.replica = stage_id(s); /* his telephone */
    facts.base_seq = seen;
    struct mu_decision decision = say_as(s, facts);
    assert_int_equal(decision.verdict, MU_APPLIED);
    assert_int_equal(decision.effect_count, 0);
}

static void test_promise__for_a_task_of_another_is_refused(void **state)
{
    struct stage *s = *state;
    struct mu_id task = owned(s, KOFI);
    begin(s, MU_INTENT_COMMITMENT_ADD);
    (void)promise_op(s, MIA, task, TODAY);
    refused(s, MIA, MU_E_DENIED);
    begin(s, MU_INTENT_COMMITMENT_ADD);
    (void)promise_op(s, KOFI, task, TODAY);
    with_id(s, MU_COMMITMENT_PERSON, s->people[KOFI]);
    refused(s, ANA, MU_E_DENIED); /* nor for another person */
    refused(s, GUS, MU_E_DENIED);
    /* Who helps may promise. */
    begin(s, MU_INTENT_TASK_HELP);
    op(s, MU_TASK_HELPER, stage_pair(s, MU_TASK_HELPER, task, s->people[MIA]));
    with_id(s, MU_TASK_HELPER_TASK, task);
    with_id(s, MU_TASK_HELPER_PERSON, s->people[MIA]);
    agreed(s, KOFI);
    (void)promised(s, MIA, task, TODAY);
}

static void test_promise__takes_a_task_that_nobody_has(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "free");
    (void)promised(s, KOFI, task, TODAY);
    assert_id(got_id(s, MU_TASK, task, MU_TASK_OWNER), s->people[KOFI]);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_STATE), MU_STATE_ACCEPTED);
}

static void test_promise__of_what_is_done_or_dropped_is_refused(void **state)
{
    struct stage *s = *state;
    struct mu_id task = owned(s, KOFI);
    verb(s, MU_INTENT_TASK_DONE, task);
    agreed(s, KOFI);
    begin(s, MU_INTENT_COMMITMENT_ADD);
    (void)promise_op(s, KOFI, task, TODAY);
    refused(s, KOFI, MU_E_CONFLICT);
    verb(s, MU_INTENT_TASK_DROP, task);
    agreed(s, KOFI);
    begin(s, MU_INTENT_COMMITMENT_ADD);
    (void)promise_op(s, KOFI, task, TODAY);
    refused(s, KOFI, MU_E_CONFLICT);
}

static void test_promise__made_offline_of_what_was_done_meanwhile_is_kept(void **state)
{
    struct stage *s = *state;
    struct mu_id task = owned(s, KOFI);
    uint64_t seen = s->seq;
    verb(s, MU_INTENT_TASK_DONE, task);
    agreed(s, MIA);
    begin(s, MU_INTENT_COMMITMENT_ADD);
    struct mu_id id = promise_op(s, KOFI, task, TODAY);
    s->base_seq = seen;
    agreed(s, KOFI);
    assert_int_equal(got_int(s, MU_COMMITMENT, id, MU_COMMITMENT_SETTLED_AT),
                     got_int(s, MU_TASK, task, MU_TASK_DONE_AT));
}

static void test_promise__about_nothing_or_of_other_times_is_refused(void **state)
{
    struct stage *s = *state;
    struct mu_id id = stage_id(s);
    for (int i = 0; i < 6; i++) {
        begin(s, MU_INTENT_COMMITMENT_ADD);
        op(s, MU_COMMITMENT, id);
        if (i != 0) {
            with_text(s, MU_COMMITMENT_TEXT, "call them back");
        }
        int64_t day = i == 1 ? TODAY - 30 : TODAY;
        with_int(s, MU_COMMITMENT_PERIOD_KIND, i == 2 ? MU_PERIOD_WEEK : MU_PERIOD_DAY);
        with_int(s, MU_COMMITMENT_PERIOD, i == 2 ? mu_period_of(MU_PERIOD_WEEK, day).day + 1 : day);
        int64_t due = (i == 3 ? day + 4 : day) * DAY_MS + 3600000;
        with_int(s, MU_COMMITMENT_HORIZON_AT, i == 4 ? due + 1 : day * DAY_MS);
        with_int(s, MU_COMMITMENT_DUE_AT, due);
        with_int(s, MU_COMMITMENT_GRACE_UNTIL, i == 5 ? due - 1 : (day + 1) * DAY_MS);
        refused(s, KOFI, MU_E_INVALID);
    }
}

/* -- kept, and what reopens ------------------------------------------------------------------ */

static void test_promise__knows_when_its_task_was_done(void **state)
{
    struct stage *s = *state;
    struct mu_id task = owned(s, KOFI);
    struct mu_id id = promised(s, KOFI, task, TODAY);
    verb(s, MU_INTENT_TASK_DONE, task);
    agreed(s, KOFI);
    assert_int_equal(got_int(s, MU_COMMITMENT, id, MU_COMMITMENT_SETTLED_AT),
                     got_int(s, MU_TASK, task, MU_TASK_DONE_AT));
    assert_int_equal(got_int(s, MU_COMMITMENT, id, MU_COMMITMENT_STATE), MU_COMMITMENT_OPEN);
    /* Reopened within its period it is open again. */
    verb(s, MU_INTENT_TASK_REOPEN, task);
    agreed(s, KOFI);
    assert_false(got_has(s, MU_COMMITMENT, id, MU_COMMITMENT_SETTLED_AT));
    verb(s, MU_INTENT_TASK_DONE, task);
    agreed(s, KOFI);
    /* After it, what was kept stays kept. */
    verb(s, MU_INTENT_TASK_REOPEN, task);
    s->at_ms = (TODAY + 2) * DAY_MS;
    agreed(s, KOFI);
    assert_true(got_has(s, MU_COMMITMENT, id, MU_COMMITMENT_SETTLED_AT));
}

static void test_promise__is_released_when_its_task_is_dropped_with_a_reason(void **state)
{
    struct stage *s = *state;
    struct mu_id first = owned(s, KOFI);
    struct mu_id second = owned(s, KOFI);
    struct mu_id third = owned(s, KOFI);
    struct mu_id silent = promised(s, KOFI, first, TODAY + 1);
    struct mu_id told = promised(s, KOFI, second, TODAY + 1);
    struct mu_id late = promised(s, KOFI, third, TODAY + 1);
    verb(s, MU_INTENT_TASK_DROP, first);
    agreed(s, KOFI);
    verb(s, MU_INTENT_TASK_DROP, second);
    with_text(s, MU_TASK_REASON, "not needed");
    agreed(s, KOFI);
    verb(s, MU_INTENT_TASK_DROP, third);
    with_text(s, MU_TASK_REASON, "no time");
    s->at_ms = (TODAY + 1) * DAY_MS + INT64_C(18) * 3600000; /* after it was due */
    agreed(s, KOFI);
    assert_int_equal(got_int(s, MU_COMMITMENT, silent, MU_COMMITMENT_STATE), MU_COMMITMENT_OPEN);
    assert_int_equal(got_int(s, MU_COMMITMENT, told, MU_COMMITMENT_STATE), MU_COMMITMENT_RELEASED);
    assert_text(s, MU_COMMITMENT, told, MU_COMMITMENT_REASON, "not needed");
    assert_int_equal(got_int(s, MU_COMMITMENT, late, MU_COMMITMENT_STATE), MU_COMMITMENT_OPEN);
}

/* -- settled ----------------------------------------------------------------------------------- */

static void test_promise__is_let_go_by_another_who_leads_and_says_why(void **state)
{
    struct stage *s = *state;
    struct mu_id id = promised(s, KOFI, owned(s, KOFI), TODAY);
    settle_op(s, id, MU_COMMITMENT_EXCUSED, "ill");
    refused(s, KOFI, MU_E_DENIED);
    refused(s, MIA, MU_E_DENIED);
    settle_op(s, id, MU_COMMITMENT_EXCUSED, NULL);
    refused(s, ANA, MU_E_INVALID);
    settle_op(s, id, MU_COMMITMENT_EXCUSED, "ill");
    agreed(s, ANA);
    assert_id(got_id(s, MU_COMMITMENT, id, MU_COMMITMENT_SETTLED_BY), s->people[ANA]);
    struct mu_id own = promised(s, ANA, owned(s, ANA), TODAY);
    settle_op(s, own, MU_COMMITMENT_RELEASED, "no time");
    refused(s, ANA, MU_E_DENIED);
}

static void test_promise__a_lead_alters_nothing_else_of_it(void **state)
{
    struct stage *s = *state;
    struct mu_id id = stage_id(s);
    begin(s, MU_INTENT_COMMITMENT_ADD);
    text_op(s, id, "call three accounts");
    agreed(s, KOFI);
    settle_op(s, id, MU_COMMITMENT_DONE, NULL);
    refused(s, ANA, MU_E_DENIED);
    agreed(s, KOFI);
    assert_int_equal(got_int(s, MU_COMMITMENT, id, MU_COMMITMENT_STATE), MU_COMMITMENT_DONE);
    settle_op(s, id, MU_COMMITMENT_OPEN, NULL);
    refused(s, ANA, MU_E_DENIED);
    agreed(s, KOFI);
    assert_false(got_has(s, MU_COMMITMENT, id, MU_COMMITMENT_SETTLED_AT));
}

static void test_promise__about_a_task_is_not_said_to_be_done(void **state)
{
    struct stage *s = *state;
    struct mu_id id = promised(s, KOFI, owned(s, KOFI), TODAY);
    settle_op(s, id, MU_COMMITMENT_DONE, NULL);
    refused(s, KOFI, MU_E_INVALID);
}

static void test_undo__does_not_let_anybody_off(void **state)
{
    struct stage *s = *state;
    struct mu_id id = promised(s, KOFI, owned(s, KOFI), TODAY);
    begin(s, MU_INTENT_UNDO);
    op(s, MU_COMMITMENT, id);
    with_int(s, MU_COMMITMENT_STATE, MU_COMMITMENT_EXCUSED);
    from(s, mu_int(MU_COMMITMENT_OPEN));
    refused(s, KOFI, MU_E_DENIED);
    settle_op(s, id, MU_COMMITMENT_EXCUSED, "ill");
    agreed(s, ANA);
    begin(s, MU_INTENT_UNDO);
    op(s, MU_COMMITMENT, id);
    with_int(s, MU_COMMITMENT_STATE, MU_COMMITMENT_OPEN);
    from(s, mu_int(MU_COMMITMENT_EXCUSED));
    refused(s, MIA, MU_E_DENIED);
    agreed(s, ANA);
    assert_false(got_has(s, MU_COMMITMENT, id, MU_COMMITMENT_SETTLED_AT));
}

/* -- moved ------------------------------------------------------------------------------------- */

static void test_renegotiate__needs_a_reason_and_closes_the_old_one(void **state)
{
    struct stage *s = *state;
    struct mu_id task = owned(s, KOFI);
    struct mu_id old = promised(s, KOFI, task, TODAY + 1);
    begin(s, MU_INTENT_COMMITMENT_RENEGOTIATE);
    struct mu_id next = promise_op(s, KOFI, task, TODAY + 2);
    with_id(s, MU_COMMITMENT_SUPERSEDES, old);
    refused(s, KOFI, MU_E_INVALID);
    with_text(s, MU_COMMITMENT_REASON, "waiting for the audit");
    refused(s, ANA, MU_E_DENIED);
    int64_t at = NOON + (int64_t)s->seq * 1000;
    agreed(s, KOFI);
    assert_int_equal(got_int(s, MU_COMMITMENT, old, MU_COMMITMENT_STATE),
                     MU_COMMITMENT_RENEGOTIATED);
    assert_int_equal(got_int(s, MU_COMMITMENT, old, MU_COMMITMENT_SETTLED_AT), at);
    assert_text(s, MU_COMMITMENT, old, MU_COMMITMENT_REASON, "waiting for the audit");
    assert_id(got_id(s, MU_COMMITMENT, next, MU_COMMITMENT_SUPERSEDES), old);
    assert_int_equal(got_int(s, MU_COMMITMENT, next, MU_COMMITMENT_STATE), MU_COMMITMENT_OPEN);
    assert_false(got_has(s, MU_COMMITMENT, next, MU_COMMITMENT_REASON));
}

static void test_renegotiate__meets_a_release_that_it_had_not_seen(void **state)
{
    struct stage *s = *state;
    struct mu_id task = owned(s, KOFI);
    struct mu_id old = promised(s, KOFI, task, TODAY + 1);
    uint64_t seen = s->seq;
    settle_op(s, old, MU_COMMITMENT_RELEASED, "not needed any more");
    agreed(s, ANA);
    begin(s, MU_INTENT_COMMITMENT_RENEGOTIATE);
    (void)promise_op(s, KOFI, task, TODAY + 2);
    with_id(s, MU_COMMITMENT_SUPERSEDES, old);
    with_text(s, MU_COMMITMENT_REASON, "ill");
    s->base_seq = seen;
    refused(s, KOFI, MU_E_CONFLICT);
}

static void test_carry__leaves_the_old_one_to_be_judged_and_makes_a_chain(void **state)
{
    struct stage *s = *state;
    struct mu_id task = owned(s, KOFI);
    struct mu_id last = promised(s, KOFI, task, TODAY);
    for (int64_t i = 1; i <= 3; i++) {
        struct mu_id old = last;
        begin(s, MU_INTENT_COMMITMENT_CARRY);
        last = promise_op(s, KOFI, task, TODAY + i);
        with_id(s, MU_COMMITMENT_SUPERSEDES, old);
        agreed(s, KOFI);
        assert_int_equal(got_int(s, MU_COMMITMENT, old, MU_COMMITMENT_STATE), MU_COMMITMENT_OPEN);
        assert_id(got_id(s, MU_COMMITMENT, last, MU_COMMITMENT_SUPERSEDES), old);
        struct mu_decision again = say(s, KOFI); /* from another device */
        assert_int_equal(again.verdict, MU_APPLIED);
        assert_int_equal(again.effect_count, 0);
    }
}

static void test_carry__of_a_text_has_one_successor(void **state)
{
    struct stage *s = *state;
    struct mu_id old = stage_id(s);
    begin(s, MU_INTENT_COMMITMENT_ADD);
    text_op(s, old, "call three accounts");
    agreed(s, KOFI);
    begin(s, MU_INTENT_COMMITMENT_CARRY);
    text_op(s, stage_id(s), "call one account");
    with_id(s, MU_COMMITMENT_SUPERSEDES, old);
    refused(s, KOFI, MU_E_INVALID);
    struct mu_world world = stage_world(s);
    begin(s, MU_INTENT_COMMITMENT_CARRY);
    text_op(s, mu_successor_id(&world, old), "call one account");
    with_id(s, MU_COMMITMENT_SUPERSEDES, old);
    agreed(s, KOFI);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_promise__is_its_authors_and_open),
        STAGED(test_promise__from_two_devices_is_one),
        STAGED(test_promise__for_a_task_of_another_is_refused),
        STAGED(test_promise__takes_a_task_that_nobody_has),
        STAGED(test_promise__of_what_is_done_or_dropped_is_refused),
        STAGED(test_promise__made_offline_of_what_was_done_meanwhile_is_kept),
        STAGED(test_promise__about_nothing_or_of_other_times_is_refused),
        STAGED(test_promise__knows_when_its_task_was_done),
        STAGED(test_promise__is_released_when_its_task_is_dropped_with_a_reason),
        STAGED(test_promise__is_let_go_by_another_who_leads_and_says_why),
        STAGED(test_promise__a_lead_alters_nothing_else_of_it),
        STAGED(test_promise__about_a_task_is_not_said_to_be_done),
        STAGED(test_undo__does_not_let_anybody_off),
        STAGED(test_renegotiate__needs_a_reason_and_closes_the_old_one),
        STAGED(test_renegotiate__meets_a_release_that_it_had_not_seen),
        STAGED(test_carry__leaves_the_old_one_to_be_judged_and_makes_a_chain),
        STAGED(test_carry__of_a_text_has_one_successor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
