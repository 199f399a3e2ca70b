/* Acceptance, slips and parts of tasks.  At stake: a date that was accepted is remembered however
 * often it moves, and a task is never a part of itself. */
#include "tests/harness/cmocka.h"
#include "tests/unit/model_world.h"

static void edit_due(struct stage *s, struct mu_id task, const char *due)
{
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    if (due == NULL) {
        with_null(s, MU_TASK_DUE);
    } else {
        with_text(s, MU_TASK_DUE, due);
    }
    agreed(s, ANA);
}

static void assign(struct stage *s, struct mu_id task, enum stage_who to, enum stage_who by)
{
    begin(s, MU_INTENT_TASK_ASSIGN);
    op(s, MU_TASK, task);
    with_id(s, MU_TASK_OWNER, s->people[to]);
    agreed(s, by);
}

static void verb(struct stage *s, uint32_t intent, struct mu_id task, enum stage_who by)
{
    begin(s, intent);
    op(s, MU_TASK, task);
    agreed(s, by);
}

static void set_parent(struct stage *s, struct mu_id task, struct mu_id parent)
{
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_id(s, MU_TASK_PARENT, parent);
}

static void test_acceptance__has_its_time_and_goes_with_the_owner(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "parser");
    assign(s, task, KOFI, ANA);
    assert_false(got_has(s, MU_TASK, task, MU_TASK_ACCEPTED_AT));
    int64_t at = NOON + (int64_t)s->seq * 1000;
    verb(s, MU_INTENT_TASK_ACCEPT, task, KOFI);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_ACCEPTED_AT), at);
    verb(s, MU_INTENT_TASK_START, task, KOFI);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_ACCEPTED_AT), at);
    struct mu_id other = stage_task(s, TODO, "lexer");
    assign(s, other, KOFI, KOFI); /* taken by oneself */
    assert_true(got_has(s, MU_TASK, other, MU_TASK_ACCEPTED_AT));
    assign(s, other, MIA, ANA);
    assert_false(got_has(s, MU_TASK, other, MU_TASK_ACCEPTED_AT));
}

static void test_slips__are_counted_from_acceptance_on(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "parser");
    edit_due(s, task, "2026-11-20");
    edit_due(s, task, "2026-11-23"); /* nobody has accepted it yet */
    assert_text(s, MU_TASK, task, MU_TASK_FIRST_DUE, "2026-11-23");
    assign(s, task, KOFI, KOFI);
    assert_false(got_has(s, MU_TASK, task, MU_TASK_DUE_MOVES));
    edit_due(s, task, "2026-11-24");
    edit_due(s, task, NULL);
    edit_due(s, task, "2026-11-30");
    assert_text(s, MU_TASK, task, MU_TASK_FIRST_DUE, "2026-11-23");
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_DUE_MOVES), 3);
    edit_due(s, task, "2026-11-23"); /* the way back is no slip */
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_DUE_MOVES), 3);
}

static void test_slips__the_first_date_may_come_after_acceptance(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "parser");
    assign(s, task, KOFI, KOFI);
    edit_due(s, task, "2026-11-24");
    assert_text(s, MU_TASK, task, MU_TASK_FIRST_DUE, "2026-11-24");
    assert_false(got_has(s, MU_TASK, task, MU_TASK_DUE_MOVES));
    edit_due(s, task, "2026-11-25");
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_DUE_MOVES), 1);
}

static void test_slips__of_an_undo_are_no_way_round(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "parser");
    edit_due(s, task, "2026-11-23");
    assign(s, task, KOFI, KOFI);
    begin(s, MU_INTENT_UNDO);
    op(s, MU_TASK, task);
    with_text(s, MU_TASK_DUE, "2026-12-31");
    from_text(s, "2026-11-23");
    agreed(s, KOFI);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_DUE_MOVES), 1);
}

static void test_slips__are_for_the_rules_alone_to_say(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "parser");
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_int(s, MU_TASK_DUE_MOVES, 0);
    refused(s, KOFI, MU_E_DENIED);
}

static void test_parent__makes_trees_and_no_circles(void **state)
{
    struct stage *s = *state;
    struct mu_id a = stage_task(s, TODO, "a");
    struct mu_id b = stage_task(s, TODO, "b");
    struct mu_id c = stage_task(s, TODO, "c");
    set_parent(s, b, a);
    agreed(s, KOFI);
    set_parent(s, c, b);
    agreed(s, KOFI);
    set_parent(s, a, c);
    refused(s, KOFI, MU_E_CONFLICT);
    set_parent(s, a, a);
    refused(s, KOFI, MU_E_CONFLICT);
    begin(s, MU_INTENT_UNDO);
    op(s, MU_TASK, a);
    with_id(s, MU_TASK_PARENT, c);
    from(s, mu_null());
    refused(s, KOFI, MU_E_CONFLICT);
}

static void test_parent__of_two_devices_that_close_a_circle_the_second_is_refused(void **state)
{
    struct stage *s = *state;
    struct mu_id a = stage_task(s, TODO, "a");
    struct mu_id b = stage_task(s, TODO, "b");
    uint64_t seen = s->seq;
    set_parent(s, b, a);
    agreed(s, KOFI);
    set_parent(s, a, b);
    s->base_seq = seen;
    refused(s, MIA, MU_E_CONFLICT);
}

static void test_parent__chains_have_an_end(void **state)
{
    struct stage *s = *state;
    struct mu_id last = stage_task(s, TODO, "root");
    for (int i = 0; i < 32; i++) {
        struct mu_id next = stage_task(s, TODO, "part");
        set_parent(s, next, last);
        agreed(s, KOFI);
        last = next;
    }
    struct mu_id one_more = stage_task(s, TODO, "part");
    set_parent(s, one_more, last);
    refused(s, KOFI, MU_E_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_acceptance__has_its_time_and_goes_with_the_owner),
        STAGED(test_slips__are_counted_from_acceptance_on),
        STAGED(test_slips__the_first_date_may_come_after_acceptance),
        STAGED(test_slips__of_an_undo_are_no_way_round),
        STAGED(test_slips__are_for_the_rules_alone_to_say),
        STAGED(test_parent__makes_trees_and_no_circles),
        STAGED(test_parent__of_two_devices_that_close_a_circle_the_second_is_refused),
        STAGED(test_parent__chains_have_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
