/* States of tasks and the columns that go with them.  At stake: a board on which the column
 * and the state of a card never tell two stories. */
#include "tests/harness/cmocka.h"
#include "tests/unit/model_world.h"

static void verb(struct stage *s, struct mu_id task, uint32_t intent)
{
    begin(s, intent);
    op(s, MU_TASK, task);
}

static void move(struct stage *s, struct mu_id task, enum stage_column column)
{
    begin(s, MU_INTENT_TASK_MOVE);
    op(s, MU_TASK, task);
    with_id(s, MU_TASK_COLUMN, s->columns[column]);
}

static void assign(struct stage *s, struct mu_id task, enum stage_who who)
{
    begin(s, MU_INTENT_TASK_ASSIGN);
    op(s, MU_TASK, task);
    with_id(s, MU_TASK_OWNER, s->people[who]);
}

static void assert_task(struct stage *s, struct mu_id task, int64_t state, enum stage_column column)
{
    assert_string_equal(mu_state_name(got_int(s, MU_TASK, task, MU_TASK_STATE)),
                        mu_state_name(state));
    assert_id(got_id(s, MU_TASK, task, MU_TASK_COLUMN), s->columns[column]);
}

/* A task of kofi's in the state, by the intents themselves. */
static struct mu_id task_in(struct stage *s, int64_t state)
{
    struct mu_id task = stage_task(s, TODO, "task");
    if (state == MU_STATE_OPEN) {
        return task;
    }
    assign(s, task, KOFI);
    agreed(s, state == MU_STATE_ASSIGNED ? ANA : KOFI);
    static const uint32_t verbs[] = {
        [MU_STATE_DOING] = MU_INTENT_TASK_START,
        [MU_STATE_REVIEW] = MU_INTENT_TASK_REVIEW,
        [MU_STATE_DONE] = MU_INTENT_TASK_DONE,
        [MU_STATE_DROPPED] = MU_INTENT_TASK_DROP,
    };
    if (state >= MU_STATE_DOING) {
        verb(s, task, verbs[state]);
        agreed(s, KOFI);
    }
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_STATE), state);
    return task;
}

/* -- the machine, as a table ------------------------------------------------------------ */

#define NO   0 /* refused */
#define SAME (-1)

static const struct {
    uint32_t intent;
    int64_t to[MU_STATE_DROPPED]; /* from open, assigned, accepted, doing, review, done, dropped */
} machine[] = {
    {MU_INTENT_TASK_ACCEPT, {MU_STATE_ACCEPTED, MU_STATE_ACCEPTED, SAME, NO, NO, NO, NO}},
    {MU_INTENT_TASK_DECLINE, {SAME, MU_STATE_OPEN, NO, NO, NO, NO, NO}},
    {MU_INTENT_TASK_START,
     {MU_STATE_DOING, MU_STATE_DOING, MU_STATE_DOING, SAME, MU_STATE_DOING, NO, NO}},
    {MU_INTENT_TASK_REVIEW,
     {MU_STATE_REVIEW, MU_STATE_REVIEW, MU_STATE_REVIEW, MU_STATE_REVIEW, SAME, NO, NO}},
    {MU_INTENT_TASK_DONE,
     {MU_STATE_DONE, MU_STATE_DONE, MU_STATE_DONE, MU_STATE_DONE, MU_STATE_DONE, SAME, NO}},
    {MU_INTENT_TASK_REOPEN, {NO, NO, NO, SAME, NO, MU_STATE_DOING, MU_STATE_ACCEPTED}},
    {MU_INTENT_TASK_DROP,
     {MU_STATE_DROPPED, MU_STATE_DROPPED, MU_STATE_DROPPED, MU_STATE_DROPPED, MU_STATE_DROPPED,
      MU_STATE_DROPPED, SAME}},
};

static void test_status__every_verb_in_every_state(void **state)
{
    struct stage *s = *state;
    for (size_t i = 0; i < sizeof machine / sizeof machine[0]; i++) {
        for (int64_t from = MU_STATE_OPEN; from <= MU_STATE_DROPPED; from++) {
            struct mu_id task = task_in(s, from);
            verb(s, task, machine[i].intent);
            struct mu_decision decision =
                say(s, machine[i].intent == MU_INTENT_TASK_DROP ? ANA : KOFI);
            int64_t to = machine[i].to[from - 1];

            bool as_told = to == NO ? decision.code == MU_E_CONFLICT
                                    : decision.verdict == MU_APPLIED &&
                                          (decision.effect_count == 0) == (to == SAME);
            int64_t now = got_int(s, MU_TASK, task, MU_TASK_STATE);
            if (!as_told || now != (to > 0 ? to : from)) {
                fail_msg("%s of a task that is %s made it %s: %s",
                         mu_intent_find(machine[i].intent)->name, mu_state_name(from),
                         mu_state_name(now), decision.reason);
            }
        }
    }
}

static void test_status__the_column_follows(void **state)
{
    struct stage *s = *state;
    struct mu_id other = stage_task(s, DOING, "other");
    struct mu_id task = stage_task(s, BACKLOG, "task");

    verb(s, task, MU_INTENT_TASK_START);
    agreed(s, KOFI);
    assert_task(s, task, MU_STATE_DOING, DOING);
    assert_order(s, DOING, "other task");
    verb(s, task, MU_INTENT_TASK_REVIEW);
    agreed(s, KOFI);
    assert_task(s, task, MU_STATE_REVIEW, REVIEW);
    verb(s, task, MU_INTENT_TASK_DONE);
    agreed(s, KOFI);
    assert_task(s, task, MU_STATE_DONE, DONE);
    verb(s, task, MU_INTENT_TASK_REOPEN);
    agreed(s, KOFI);
    assert_task(s, task, MU_STATE_DOING, DOING);
    verb(s, task, MU_INTENT_TASK_DROP);
    agreed(s, KOFI);
    assert_task(s, task, MU_STATE_DROPPED, DOING);
    verb(s, task, MU_INTENT_TASK_REOPEN);
    agreed(s, KOFI);
    assert_task(s, task, MU_STATE_ACCEPTED, TODO);
    (void)other;
}

static void test_status__a_board_without_the_column_keeps_the_task_where_it_is(void **state)
{
    struct stage *s = *state;
    begin(s, MU_INTENT_COLUMN_EDIT);
    op(s, MU_COLUMN, s->columns[REVIEW]);
    with_int(s, MU_COLUMN_ARCHIVED, 1);
    agreed(s, ANA);
    struct mu_id task = stage_task(s, DOING, "task");

    verb(s, task, MU_INTENT_TASK_REVIEW);
    agreed(s, KOFI);

    assert_task(s, task, MU_STATE_REVIEW, DOING);
}

static void test_status__a_board_without_todo_takes_tasks_back_into_backlog(void **state)
{
    struct stage *s = *state;
    struct mu_id task = task_in(s, MU_STATE_DOING);
    begin(s, MU_INTENT_COLUMN_EDIT);
    op(s, MU_COLUMN, s->columns[TODO]);
    with_int(s, MU_COLUMN_ARCHIVED, 1);
    agreed(s, ANA);
    verb(s, task, MU_INTENT_TASK_DROP);
    agreed(s, KOFI);

    verb(s, task, MU_INTENT_TASK_REOPEN);
    agreed(s, KOFI);

    assert_task(s, task, MU_STATE_ACCEPTED, BACKLOG);
}

static void test_status__what_goes_with_a_state(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "task");

    verb(s, task, MU_INTENT_TASK_DONE);
    int64_t at = NOON + (int64_t)s->seq * 1000;
    agreed(s, KOFI);
    assert_id(got_id(s, MU_TASK, task, MU_TASK_OWNER), s->people[KOFI]);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_NO_DATE), 1);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_DONE_AT), at);
    verb(s, task, MU_INTENT_TASK_REOPEN);
    agreed(s, MIA);
    assert_false(got_has(s, MU_TASK, task, MU_TASK_DONE_AT));
    verb(s, task, MU_INTENT_TASK_DROP);
    with_text(s, MU_TASK_REASON, "no longer needed");
    agreed(s, KOFI);

    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_ARCHIVED), 1);
    assert_text(s, MU_TASK, task, MU_TASK_REASON, "no longer needed");
    verb(s, task, MU_INTENT_TASK_REOPEN);
    agreed(s, MIA);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_ARCHIVED), 0);
    assert_id(got_id(s, MU_TASK, task, MU_TASK_OWNER), s->people[KOFI]);
}

static void test_status__a_due_task_gets_no_flag(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "task");
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_text(s, MU_TASK_DUE, "2026-11-27");
    agreed(s, ANA);

    verb(s, task, MU_INTENT_TASK_START);
    agreed(s, KOFI);

    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_NO_DATE), 0);
}

static void test_status__accepting_and_declining_is_the_owners(void **state)
{
    struct stage *s = *state;
    struct mu_id task = task_in(s, MU_STATE_ASSIGNED);

    verb(s, task, MU_INTENT_TASK_ACCEPT);
    refused(s, MIA, MU_E_DENIED);
    verb(s, task, MU_INTENT_TASK_DECLINE);
    refused(s, ANA, MU_E_DENIED);
    verb(s, task, MU_INTENT_TASK_DECLINE);
    with_text(s, MU_TASK_REASON, "on leave");
    agreed(s, KOFI);

    assert_task(s, task, MU_STATE_OPEN, TODO);
    assert_false(got_has(s, MU_TASK, task, MU_TASK_OWNER));
    assert_text(s, MU_TASK, task, MU_TASK_REASON, "on leave");
}

static void test_status__dropping_is_for_owner_creator_and_lead(void **state)
{
    struct stage *s = *state;
    struct mu_id task = task_in(s, MU_STATE_ACCEPTED);

    verb(s, task, MU_INTENT_TASK_DROP);
    refused(s, MIA, MU_E_DENIED);
    verb(s, task, MU_INTENT_TASK_DROP);
    agreed(s, ANA);

    assert_task(s, task, MU_STATE_DROPPED, TODO);
}

/* -- two at once -------------------------------------------------------------------------- */

static void test_status__an_illegal_step_over_an_unseen_state_is_told_to_all(void **state)
{
    struct stage *s = *state;
    struct mu_id task = task_in(s, MU_STATE_ACCEPTED);
    uint64_t base = s->seq;
    verb(s, task, MU_INTENT_TASK_DONE);
    agreed(s, KOFI);

    verb(s, task, MU_INTENT_TASK_START);
    with_int(s, MU_ARG_EXPECT, MU_STATE_ACCEPTED);
    s->base_seq = base;
    disputed(s, MIA);

    assert_task(s, task, MU_STATE_DONE, DONE);
    const struct mu_row *conflict = stage_conflict(s, task, MU_TASK_STATE);
    assert_int_equal(mu_row_int(conflict, MU_CONFLICT_KIND), MU_CONFLICT_STATUS);
    assert_int_equal(conflict_value(conflict, MU_CONFLICT_KEPT).number, MU_STATE_DONE);
    assert_int_equal(conflict_value(conflict, MU_CONFLICT_LOST).number, MU_STATE_DOING);
    assert_id(mu_row_id(conflict, MU_CONFLICT_KEPT_BY), s->people[KOFI]);
    assert_id(mu_row_id(conflict, MU_CONFLICT_LOST_BY), s->people[MIA]);
}

static void test_status__a_stale_start_sends_no_review_back(void **state)
{
    struct stage *s = *state;
    struct mu_id task = task_in(s, MU_STATE_ACCEPTED);
    uint64_t base = s->seq;
    verb(s, task, MU_INTENT_TASK_REVIEW);
    agreed(s, KOFI);

    verb(s, task, MU_INTENT_TASK_START);
    s->base_seq = base;
    disputed(s, MIA);

    assert_task(s, task, MU_STATE_REVIEW, REVIEW);
}

static void test_status__a_legal_step_over_an_unseen_state_is_no_conflict(void **state)
{
    struct stage *s = *state;
    struct mu_id task = task_in(s, MU_STATE_ACCEPTED);
    uint64_t base = s->seq;
    verb(s, task, MU_INTENT_TASK_START);
    agreed(s, KOFI);

    verb(s, task, MU_INTENT_TASK_DONE);
    with_int(s, MU_ARG_EXPECT, MU_STATE_ACCEPTED);
    s->base_seq = base;
    agreed(s, MIA);

    assert_task(s, task, MU_STATE_DONE, DONE);
}

static void test_status__the_same_step_twice_is_one(void **state)
{
    struct stage *s = *state;
    struct mu_id task = task_in(s, MU_STATE_DOING);
    uint64_t base = s->seq;
    verb(s, task, MU_INTENT_TASK_DONE);
    agreed(s, KOFI);

    verb(s, task, MU_INTENT_TASK_DONE);
    s->base_seq = base;
    struct mu_decision decision = say(s, MIA);

    assert_int_equal(decision.verdict, MU_APPLIED);
    assert_int_equal(decision.effect_count, 0);
}

static void test_status__what_its_author_expected_is_no_dispute(void **state)
{
    struct stage *s = *state;
    struct mu_id task = task_in(s, MU_STATE_ACCEPTED);
    uint64_t base = s->seq;
    verb(s, task, MU_INTENT_TASK_DONE);
    agreed(s, KOFI);

    verb(s, task, MU_INTENT_TASK_START);
    with_int(s, MU_ARG_EXPECT, MU_STATE_DONE);
    s->base_seq = base;
    refused(s, MIA, MU_E_CONFLICT);
}

static void test_status__an_acceptance_that_comes_too_late_is_told(void **state)
{
    struct stage *s = *state;
    struct mu_id task = task_in(s, MU_STATE_ASSIGNED);
    uint64_t base = s->seq;
    assign(s, task, MIA);
    agreed(s, ANA);

    verb(s, task, MU_INTENT_TASK_ACCEPT);
    s->base_seq = base;
    disputed(s, KOFI);

    assert_task(s, task, MU_STATE_ASSIGNED, TODO);
    assert_id(got_id(s, MU_TASK, task, MU_TASK_OWNER), s->people[MIA]);
    assert_non_null(stage_conflict(s, task, MU_TASK_STATE));
}

static void test_status__a_reason_that_replaces_an_unseen_one_keeps_it(void **state)
{
    struct stage *s = *state;
    struct mu_id task = task_in(s, MU_STATE_ASSIGNED);
    uint64_t base = s->seq;
    verb(s, task, MU_INTENT_TASK_DECLINE);
    with_text(s, MU_TASK_REASON, "on leave");
    agreed(s, KOFI);

    verb(s, task, MU_INTENT_TASK_DROP);
    with_text(s, MU_TASK_REASON, "cancelled");
    s->base_seq = base;
    disputed(s, ANA);

    assert_text(s, MU_TASK, task, MU_TASK_REASON, "cancelled");
    struct mu_value lost =
        conflict_value(stage_conflict(s, task, MU_TASK_REASON), MU_CONFLICT_LOST);
    assert_true(mu_slice_equal(lost.bytes, mu_slice_str("on leave")));
}

/* -- moves -------------------------------------------------------------------------------- */

static void test_move__the_state_follows_the_column(void **state)
{
    struct stage *s = *state;
    static const struct {
        enum stage_column column;
        int64_t state;
    } steps[] = {
        {DOING, MU_STATE_DOING},   {REVIEW, MU_STATE_REVIEW},    {DONE, MU_STATE_DONE},
        {DOING, MU_STATE_DOING},   {BACKLOG, MU_STATE_ACCEPTED}, {TODO, MU_STATE_ACCEPTED},
        {DONE, MU_STATE_DONE},     {REVIEW, MU_STATE_REVIEW},    {DOING, MU_STATE_DOING},
        {TODO, MU_STATE_ACCEPTED},
    };
    struct mu_id task = stage_task(s, TODO, "task");

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        move(s, task, steps[i].column);
        agreed(s, KOFI);
        assert_task(s, task, steps[i].state, steps[i].column);
        assert_int_equal(got_has(s, MU_TASK, task, MU_TASK_DONE_AT),
                         steps[i].state == MU_STATE_DONE);
    }
    assert_id(got_id(s, MU_TASK, task, MU_TASK_OWNER), s->people[KOFI]);
}

static void test_move__out_of_doing_without_an_owner_is_open(void **state)
{
    struct stage *s = *state;
    struct mu_id task = task_in(s, MU_STATE_DOING);
    begin(s, MU_INTENT_TASK_ASSIGN);
    op(s, MU_TASK, task);
    with_null(s, MU_TASK_OWNER);
    agreed(s, ANA);
    assert_task(s, task, MU_STATE_DOING, DOING);

    move(s, task, TODO);
    agreed(s, ANA);

    assert_task(s, task, MU_STATE_OPEN, TODO);
}

static void test_move__between_backlog_and_todo_leaves_the_state_alone(void **state)
{
    struct stage *s = *state;
    struct mu_id task = task_in(s, MU_STATE_ASSIGNED);

    move(s, task, BACKLOG);
    agreed(s, MIA);

    assert_task(s, task, MU_STATE_ASSIGNED, BACKLOG);
}

static void test_move__a_dropped_task_goes_nowhere_by_itself(void **state)
{
    struct stage *s = *state;
    struct mu_id task = task_in(s, MU_STATE_DROPPED);

    move(s, task, DOING);
    refused(s, KOFI, MU_E_CONFLICT);
    move(s, task, BACKLOG);
    agreed(s, KOFI);

    assert_task(s, task, MU_STATE_DROPPED, BACKLOG);
}

static void test_move__two_columns_at_once_the_later_stands_the_other_is_kept(void **state)
{
    struct stage *s = *state;
    struct mu_id task = task_in(s, MU_STATE_ACCEPTED);
    uint64_t base = s->seq;
    move(s, task, DOING);
    agreed(s, KOFI);

    move(s, task, REVIEW);
    s->base_seq = base;
    disputed(s, MIA);

    assert_task(s, task, MU_STATE_REVIEW, REVIEW);
    const struct mu_row *conflict = stage_conflict(s, task, MU_TASK_COLUMN);
    assert_int_equal(mu_row_int(conflict, MU_CONFLICT_KIND), MU_CONFLICT_VALUE);
}

static void test_move__an_older_move_that_arrives_late_changes_nothing(void **state)
{
    struct stage *s = *state;
    struct mu_id other = stage_task(s, REVIEW, "other");
    struct mu_id task = task_in(s, MU_STATE_ACCEPTED);
    uint64_t base = s->seq;
    move(s, task, DOING);
    agreed(s, KOFI);
    struct mu_slice rank = mu_row_text(stage_row(s, MU_TASK, task), MU_TASK_RANK);

    move(s, task, REVIEW);
    with_id(s, MU_ARG_AFTER, other);
    s->base_seq = base;
    s->at_ms = NOON;
    disputed(s, MIA);

    assert_task(s, task, MU_STATE_DOING, DOING);
    assert_true(mu_slice_equal(mu_row_text(stage_row(s, MU_TASK, task), MU_TASK_RANK), rank));
    assert_int_equal(stage_conflicts(s), 1);
}

static void test_move__a_stale_drag_does_not_reopen_what_was_finished(void **state)
{
    struct stage *s = *state;
    struct mu_id task = task_in(s, MU_STATE_ACCEPTED);
    uint64_t base = s->seq;
    verb(s, task, MU_INTENT_TASK_DONE);
    agreed(s, KOFI);

    move(s, task, DOING);
    s->base_seq = base;
    disputed(s, MIA);
    assert_task(s, task, MU_STATE_DONE, DONE);
    move(s, task, BACKLOG);
    s->base_seq = base;
    disputed(s, ANA);

    assert_task(s, task, MU_STATE_DONE, DONE);
    assert_int_equal(stage_conflicts(s), 2);
}

static void test_move__a_column_of_another_board_is_refused(void **state)
{
    struct stage *s = *state;
    struct mu_id board = stage_id(s);
    struct mu_id column = stage_id(s);
    begin(s, MU_INTENT_BOARD_EDIT);
    op(s, MU_BOARD, board);
    with_text(s, MU_BOARD_NAME, "other");
    agreed(s, KOFI);
    begin(s, MU_INTENT_COLUMN_EDIT);
    op(s, MU_COLUMN, column);
    with_id(s, MU_COLUMN_BOARD, board);
    with_text(s, MU_COLUMN_NAME, "there");
    agreed(s, KOFI);
    struct mu_id task = stage_task(s, TODO, "task");

    begin(s, MU_INTENT_TASK_MOVE);
    op(s, MU_TASK, task);
    with_id(s, MU_TASK_COLUMN, column);
    refused(s, KOFI, MU_E_INVALID);

    assert_task(s, task, MU_STATE_OPEN, TODO);
    assert_int_equal(got_int(s, MU_COLUMN, column, MU_COLUMN_KIND), MU_KIND_TODO);
}

/* -- giving ---------------------------------------------------------------------------------- */

static void test_assign__the_state_follows_the_owner(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "task");

    assign(s, task, KOFI);
    agreed(s, ANA);
    assert_task(s, task, MU_STATE_ASSIGNED, TODO);
    assign(s, task, ANA);
    agreed(s, ANA);
    assert_task(s, task, MU_STATE_ACCEPTED, TODO);
    assign(s, task, MIA);
    agreed(s, ANA);
    assert_task(s, task, MU_STATE_ASSIGNED, TODO);
    begin(s, MU_INTENT_TASK_ASSIGN);
    op(s, MU_TASK, task);
    with_null(s, MU_TASK_OWNER);
    agreed(s, ANA);
    assert_task(s, task, MU_STATE_OPEN, TODO);
    verb(s, task, MU_INTENT_TASK_START);
    agreed(s, KOFI);
    assign(s, task, MIA);
    agreed(s, ANA);

    assert_task(s, task, MU_STATE_DOING, DOING);
    assert_id(got_id(s, MU_TASK, task, MU_TASK_OWNER), s->people[MIA]);
}

static void test_assign__to_who_has_it_changes_nothing(void **state)
{
    struct stage *s = *state;
    struct mu_id task = task_in(s, MU_STATE_ACCEPTED);

    assign(s, task, KOFI);
    assert_int_equal(say(s, ANA).effect_count, 0);

    assert_task(s, task, MU_STATE_ACCEPTED, TODO);
}

static void test_assign__two_owners_at_once_the_later_stands(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "task");
    uint64_t base = s->seq;
    assign(s, task, KOFI);
    agreed(s, KOFI);

    assign(s, task, MIA);
    s->base_seq = base;
    s->at_ms = NOON;
    disputed(s, ANA);

    assert_task(s, task, MU_STATE_ACCEPTED, TODO);
    assert_id(got_id(s, MU_TASK, task, MU_TASK_OWNER), s->people[KOFI]);
}

static void test_assign__not_to_who_left_nor_to_what_is_no_person(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "task");
    begin(s, MU_INTENT_PERSON_REMOVE);
    op(s, MU_PERSON, s->people[KOFI]);
    agreed(s, ANA);

    assign(s, task, KOFI);
    refused(s, ANA, MU_E_INVALID);
    begin(s, MU_INTENT_TASK_ASSIGN);
    op(s, MU_TASK, task);
    with_id(s, MU_TASK_OWNER, task);
    refused(s, ANA, MU_E_NOT_FOUND);
    begin(s, MU_INTENT_TASK_ASSIGN);
    op(s, MU_TASK, task);
    refused(s, ANA, MU_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_status__every_verb_in_every_state),
        STAGED(test_status__the_column_follows),
        STAGED(test_status__a_board_without_the_column_keeps_the_task_where_it_is),
        STAGED(test_status__a_board_without_todo_takes_tasks_back_into_backlog),
        STAGED(test_status__what_goes_with_a_state),
        STAGED(test_status__a_due_task_gets_no_flag),
        STAGED(test_status__accepting_and_declining_is_the_owners),
        STAGED(test_status__dropping_is_for_owner_creator_and_lead),
        STAGED(test_status__an_illegal_step_over_an_unseen_state_is_told_to_all),
        STAGED(test_status__a_stale_start_sends_no_review_back),
        STAGED(test_status__a_legal_step_over_an_unseen_state_is_no_conflict),
        STAGED(test_status__the_same_step_twice_is_one),
        STAGED(test_status__what_its_author_expected_is_no_dispute),
        STAGED(test_status__an_acceptance_that_comes_too_late_is_told),
        STAGED(test_status__a_reason_that_replaces_an_unseen_one_keeps_it),
        STAGED(test_move__the_state_follows_the_column),
        STAGED(test_move__out_of_doing_without_an_owner_is_open),
        STAGED(test_move__between_backlog_and_todo_leaves_the_state_alone),
        STAGED(test_move__a_dropped_task_goes_nowhere_by_itself),
        STAGED(test_move__two_columns_at_once_the_later_stands_the_other_is_kept),
        STAGED(test_move__an_older_move_that_arrives_late_changes_nothing),
        STAGED(test_move__a_stale_drag_does_not_reopen_what_was_finished),
        STAGED(test_move__a_column_of_another_board_is_refused),
        STAGED(test_assign__the_state_follows_the_owner),
        STAGED(test_assign__to_who_has_it_changes_nothing),
        STAGED(test_assign__two_owners_at_once_the_later_stands),
        STAGED(test_assign__not_to_who_left_nor_to_what_is_no_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
