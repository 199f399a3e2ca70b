/* Rows of a foreign board.  At stake: that a board comes over whole, that a second import
 * doubles nothing and tramples on nobody's edits, and that no import opens a door. */
#include <time.h>

#include "tests/harness/cmocka.h"
#include "tests/unit/model_world.h"

static void task_op(struct stage *s, struct mu_id task, const char *title, enum stage_column column)
{
    op(s, MU_TASK, task);
    with_text(s, MU_TASK_TITLE, title);
    with_id(s, MU_TASK_BOARD, s->board);
    with_id(s, MU_TASK_COLUMN, s->columns[column]);
    with_text(s, MU_TASK_SOURCE, "trello:1");
}

static struct mu_id import_task(struct stage *s, const char *title, enum stage_column column)
{
    struct mu_id task = stage_id(s);
    begin(s, MU_INTENT_IMPORT);
    task_op(s, task, title, column);
    agreed(s, KOFI);
    return task;
}

/* -- making ------------------------------------------------------------------------------ */

static void test_import__takes_a_board_over_whole(void **state)
{
    struct stage *s = *state;
    struct mu_id gone = stage_id(s), board = stage_id(s), column = stage_id(s);
    struct mu_id label = stage_id(s), task = stage_id(s), list = stage_id(s), item = stage_id(s);
    struct mu_id comment = stage_id(s), link = stage_id(s), field = stage_id(s);
    struct mu_id act = stage_id(s);

    begin(s, MU_INTENT_IMPORT);
    op(s, MU_PERSON, gone);
    with_text(s, MU_PERSON_HANDLE, "gone");
    with_int(s, MU_PERSON_ROLE, MU_ROLE_MEMBER);
    op(s, MU_BOARD, board);
    with_text(s, MU_BOARD_NAME, "Board");
    op(s, MU_COLUMN, column);
    with_id(s, MU_COLUMN_BOARD, board);
    with_text(s, MU_COLUMN_NAME, "Finished");
    with_int(s, MU_COLUMN_KIND, MU_KIND_DONE);
    with_text(s, MU_COLUMN_RANK, "a7");
    op(s, MU_LABEL, label);
    with_text(s, MU_LABEL_COLOUR, "green"); /* without a name */
    op(s, MU_TASK, task);
    with_text(s, MU_TASK_TITLE, ""); /* there are such cards */
    with_id(s, MU_TASK_COLUMN, column);
    with_text(s, MU_TASK_RANK, "a3V");
    with_int(s, MU_TASK_CREATED_AT, NOON - 5000);
    with_id(s, MU_TASK_CREATED_BY, gone);
    with_int(s, MU_TASK_DONE_AT, NOON - 4000);
    op(s, MU_TASK_LABEL, stage_pair(s, MU_TASK_LABEL, task, label));
    with_id(s, MU_TASK_LABEL_TASK, task);
    with_id(s, MU_TASK_LABEL_LABEL, label);
    with_int(s, MU_TASK_LABEL_ON, 1);
    op(s, MU_TASK_HELPER, stage_pair(s, MU_TASK_HELPER, task, gone));
    with_id(s, MU_TASK_HELPER_TASK, task);
    with_id(s, MU_TASK_HELPER_PERSON, gone);
    op(s, MU_CHECKLIST, list);
    with_id(s, MU_CHECKLIST_TASK, task);
    with_text(s, MU_CHECKLIST_NAME, "list");
    op(s, MU_ITEM, item);
    with_id(s, MU_ITEM_CHECKLIST, list);
    with_text(s, MU_ITEM_NAME, "item");
    with_int(s, MU_ITEM_DONE, 1);
    op(s, MU_COMMENT, comment);
    with_id(s, MU_COMMENT_TASK, task);
    with_id(s, MU_COMMENT_AUTHOR, gone);
    with_int(s, MU_COMMENT_AT, NOON - 3000);
    with_text(s, MU_COMMENT_TEXT, "said there");
    with_text(s, MU_COMMENT_SOURCE, "trello:c");
    op(s, MU_ATTACHMENT, link);
    with_id(s, MU_ATTACHMENT_TASK, task);
    with_text(s, MU_ATTACHMENT_URL, "https://example.org");
    op(s, MU_CUSTOM_FIELD, field);
    with_id(s, MU_CUSTOM_FIELD_BOARD, board);
    with_text(s, MU_CUSTOM_FIELD_NAME, "Effort");
    op(s, MU_CUSTOM_VALUE, stage_pair(s, MU_CUSTOM_VALUE, task, field));
    with_id(s, MU_CUSTOM_VALUE_TASK, task);
    with_id(s, MU_CUSTOM_VALUE_CUSTOM_FIELD, field);
    with_text(s, MU_CUSTOM_VALUE_VALUE, "3");
    op(s, MU_ACTIVITY, act);
    with_id(s, MU_ACTIVITY_TASK, task);
    with_id(s, MU_ACTIVITY_PERSON, gone);
    with_text(s, MU_ACTIVITY_SOURCE, "trello:a");
    agreed(s, KOFI);

    assert_int_equal(got_int(s, MU_PERSON, gone, MU_PERSON_STATE), MU_PERSON_INACTIVE);
    assert_id(got_id(s, MU_TASK, task, MU_TASK_BOARD), board);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_STATE), MU_STATE_DONE);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_NO), 1);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_CREATED_AT), NOON - 5000);
    assert_id(got_id(s, MU_TASK, task, MU_TASK_CREATED_BY), gone);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_DONE_AT), NOON - 4000);
    assert_text(s, MU_TASK, task, MU_TASK_RANK, "a3V");
    assert_id(got_id(s, MU_ITEM, item, MU_ITEM_TASK), task);
    assert_id(got_id(s, MU_COMMENT, comment, MU_COMMENT_AUTHOR), gone);
    assert_int_equal(got_int(s, MU_COMMENT, comment, MU_COMMENT_AT), NOON - 3000);
}

static void test_import__numbers_tasks_in_the_order_of_operations(void **state)
{
    struct stage *s = *state;
    (void)stage_task(s, TODO, "one");
    struct mu_id tasks[3];
    begin(s, MU_INTENT_IMPORT);
    for (size_t i = 0; i < 3; i++) {
        tasks[i] = stage_id(s);
        task_op(s, tasks[i], "imported", TODO);
    }
    agreed(s, KOFI);

    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(got_int(s, MU_TASK, tasks[i], MU_TASK_NO), (int64_t)i + 2);
    }
    begin(s, MU_INTENT_IMPORT);
    task_op(s, stage_id(s), "with a number of its own", TODO);
    with_int(s, MU_TASK_NO, 1);
    refused(s, KOFI, MU_E_DENIED);
}

/* -- again ----------------------------------------------------------------------------------- */

static void test_import__again_changes_nothing(void **state)
{
    struct stage *s = *state;
    struct mu_id task = import_task(s, "one", TODO);

    begin(s, MU_INTENT_IMPORT);
    task_op(s, task, "one", TODO);
    struct mu_decision decision = say(s, MIA);

    assert_int_equal(decision.verdict, MU_APPLIED);
    assert_int_equal(decision.effect_count, 0);
}

static void test_import__again_updates_and_lets_fixed_fields_be(void **state)
{
    struct stage *s = *state;
    struct mu_id task = import_task(s, "one", TODO);

    begin(s, MU_INTENT_IMPORT);
    op(s, MU_TASK, task);
    with_text(s, MU_TASK_TITLE, "two");
    with_id(s, MU_TASK_COLUMN, s->columns[DONE]);
    with_text(s, MU_TASK_SOURCE, "trello:other");
    with_int(s, MU_TASK_CREATED_AT, 5);
    agreed(s, MIA);

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "two");
    assert_text(s, MU_TASK, task, MU_TASK_SOURCE, "trello:1");
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_CREATED_AT) == 5, 0);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_STATE), MU_STATE_DONE);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_NO), 1);
    assert_false(got_has(s, MU_TASK, task, MU_TASK_OWNER));
}

static void test_import__competes_row_by_row_with_edits_not_seen(void **state)
{
    struct stage *s = *state;
    struct mu_id a = import_task(s, "a", TODO);
    struct mu_id b = import_task(s, "b", TODO);
    uint64_t base = s->seq;
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, a);
    with_text(s, MU_TASK_TITLE, "mia's");
    agreed(s, MIA);

    begin(s, MU_INTENT_IMPORT);
    task_op(s, a, "source's", TODO);
    task_op(s, b, "source's", TODO);
    s->base_seq = base;
    s->at_ms = NOON;
    disputed(s, KOFI);

    assert_text(s, MU_TASK, a, MU_TASK_TITLE, "mia's");
    assert_text(s, MU_TASK, b, MU_TASK_TITLE, "source's");
    assert_non_null(stage_conflict(s, a, MU_TASK_TITLE));
}

static void test_import__a_state_over_one_not_seen_leaves_the_card_where_it_is(void **state)
{
    struct stage *s = *state;
    struct mu_id task = import_task(s, "a", TODO);
    uint64_t base = s->seq;
    begin(s, MU_INTENT_TASK_DONE);
    op(s, MU_TASK, task);
    agreed(s, MIA);

    begin(s, MU_INTENT_IMPORT);
    op(s, MU_TASK, task);
    with_id(s, MU_TASK_COLUMN, s->columns[DOING]);
    with_int(s, MU_TASK_STATE, MU_STATE_DOING);
    with_text(s, MU_TASK_RANK, "a1");
    s->base_seq = base;
    disputed(s, KOFI);

    assert_id(got_id(s, MU_TASK, task, MU_TASK_COLUMN), s->columns[DONE]);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_STATE), MU_STATE_DONE);
    assert_int_equal(mu_row_int(stage_conflict(s, task, MU_TASK_STATE), MU_CONFLICT_KIND),
                     MU_CONFLICT_STATUS);
}

static void test_import__brings_nothing_back_from_the_trash(void **state)
{
    struct stage *s = *state;
    struct mu_id task = import_task(s, "a", TODO);
    uint64_t base = s->seq;
    begin(s, MU_INTENT_TASK_DELETE);
    op(s, MU_TASK, task);
    with_int(s, MU_TASK_DELETED, 1);
    agreed(s, KOFI);

    begin(s, MU_INTENT_IMPORT);
    task_op(s, task, "b", TODO);
    s->base_seq = base;
    agreed(s, MIA);

    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_DELETED), 1);
}

/* -- doors ----------------------------------------------------------------------------------- */

static void test_import__makes_no_lead_and_touches_no_member(void **state)
{
    struct stage *s = *state;

    begin(s, MU_INTENT_IMPORT);
    op(s, MU_PERSON, stage_id(s));
    with_text(s, MU_PERSON_HANDLE, "mallory");
    with_int(s, MU_PERSON_ROLE, MU_ROLE_LEAD);
    refused(s, KOFI, MU_E_DENIED);
    begin(s, MU_INTENT_IMPORT); /* active at once: no */
    struct mu_id person = stage_id(s);
    op(s, MU_PERSON, person);
    with_text(s, MU_PERSON_HANDLE, "mallory");
    with_int(s, MU_PERSON_STATE, MU_PERSON_ACTIVE);
    agreed(s, KOFI);
    begin(s, MU_INTENT_IMPORT); /* another with a handle that is taken */
    op(s, MU_PERSON, stage_id(s));
    with_text(s, MU_PERSON_HANDLE, "ana");
    refused(s, KOFI, MU_E_EXISTS);
    begin(s, MU_INTENT_IMPORT);
    op(s, MU_PERSON, s->people[ANA]);
    with_text(s, MU_PERSON_NAME, "Fool");
    with_int(s, MU_PERSON_ROLE, MU_ROLE_GUEST);
    with_int(s, MU_PERSON_STATE, MU_PERSON_REMOVED);
    agreed(s, KOFI);
    begin(s, MU_INTENT_IMPORT);
    op(s, MU_PERSON, person);
    with_text(s, MU_PERSON_NAME, "Mallory");
    with_int(s, MU_PERSON_ROLE, MU_ROLE_LEAD);
    agreed(s, KOFI);

    assert_int_equal(got_int(s, MU_PERSON, person, MU_PERSON_STATE), MU_PERSON_INACTIVE);
    assert_int_equal(got_int(s, MU_PERSON, person, MU_PERSON_ROLE), MU_ROLE_MEMBER);
    assert_text(s, MU_PERSON, person, MU_PERSON_NAME, "Mallory");
    assert_text(s, MU_PERSON, s->people[ANA], MU_PERSON_NAME, "ana");
    assert_int_equal(got_int(s, MU_PERSON, s->people[ANA], MU_PERSON_ROLE), MU_ROLE_LEAD);
    assert_int_equal(got_int(s, MU_PERSON, s->people[ANA], MU_PERSON_STATE), MU_PERSON_ACTIVE);
}

static void test_import__speaks_for_others_only_with_a_source(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "task");
    struct mu_id native = stage_id(s);
    begin(s, MU_INTENT_COMMENT_ADD);
    op(s, MU_COMMENT, native);
    with_id(s, MU_COMMENT_TASK, task);
    with_text(s, MU_COMMENT_TEXT, "ana's own");
    agreed(s, ANA);

    begin(s, MU_INTENT_IMPORT);
    op(s, MU_COMMENT, stage_id(s));
    with_id(s, MU_COMMENT_TASK, task);
    with_id(s, MU_COMMENT_AUTHOR, s->people[ANA]);
    with_text(s, MU_COMMENT_TEXT, "not ana's");
    refused(s, KOFI, MU_E_DENIED);
    begin(s, MU_INTENT_IMPORT);
    op(s, MU_ACTIVITY, stage_id(s));
    with_id(s, MU_ACTIVITY_PERSON, s->people[ANA]);
    with_text(s, MU_ACTIVITY_TEXT, "not ana's");
    refused(s, KOFI, MU_E_DENIED);
    begin(s, MU_INTENT_IMPORT); /* nor replaces what was said here */
    op(s, MU_COMMENT, stage_id(s));
    with_id(s, MU_COMMENT_TASK, task);
    with_text(s, MU_COMMENT_TEXT, "better");
    with_text(s, MU_COMMENT_SOURCE, "trello:c");
    with_id(s, MU_COMMENT_REPLACES, native);
    refused(s, KOFI, MU_E_DENIED);
    begin(s, MU_INTENT_IMPORT); /* nor turns it into a version of something else */
    op(s, MU_COMMENT, native);
    with_id(s, MU_COMMENT_REPLACES, native);
    with_text(s, MU_COMMENT_TEXT, "changed");
    assert_int_equal(say(s, KOFI).effect_count, 0);

    assert_text(s, MU_COMMENT, native, MU_COMMENT_TEXT, "ana's own");
}

static void test_import__of_what_does_not_fit_together_is_refused(void **state)
{
    struct stage *s = *state;
    struct mu_id board = stage_id(s);
    struct mu_id task = import_task(s, "a", TODO);
    begin(s, MU_INTENT_BOARD_EDIT);
    op(s, MU_BOARD, board);
    with_text(s, MU_BOARD_NAME, "other");
    agreed(s, KOFI);

    begin(s, MU_INTENT_IMPORT); /* column of another board */
    op(s, MU_TASK, stage_id(s));
    with_text(s, MU_TASK_TITLE, "x");
    with_id(s, MU_TASK_BOARD, board);
    with_id(s, MU_TASK_COLUMN, s->columns[TODO]);
    refused(s, KOFI, MU_E_INVALID);
    begin(s, MU_INTENT_IMPORT); /* children before parents */
    struct mu_id list = stage_id(s);
    op(s, MU_ITEM, stage_id(s));
    with_id(s, MU_ITEM_CHECKLIST, list);
    with_text(s, MU_ITEM_NAME, "x");
    op(s, MU_CHECKLIST, list);
    with_id(s, MU_CHECKLIST_TASK, task);
    with_text(s, MU_CHECKLIST_NAME, "x");
    refused(s, KOFI, MU_E_NOT_FOUND);
    begin(s, MU_INTENT_IMPORT); /* a key longer than any that Muster makes */
    char rank[101] = "a0";
    memset(rank + 2, 'V', 98);
    task_op(s, stage_id(s), "x", TODO);
    with_text(s, MU_TASK_RANK, rank);
    refused(s, KOFI, MU_E_LIMIT);
    begin(s, MU_INTENT_IMPORT);
    op(s, MU_DEVICE, s->devices[KOFI]);
    with_int(s, MU_DEVICE_STATE, MU_DEVICE_ACTIVE);
    refused(s, KOFI, MU_E_INVALID);
}

static void test_import__a_task_may_follow_its_column_to_another_board(void **state)
{
    struct stage *s = *state;
    struct mu_id board = stage_id(s);
    struct mu_id column = stage_id(s);
    struct mu_id task = import_task(s, "a", TODO);
    begin(s, MU_INTENT_IMPORT);
    op(s, MU_BOARD, board);
    with_text(s, MU_BOARD_NAME, "other");
    op(s, MU_COLUMN, column);
    with_id(s, MU_COLUMN_BOARD, board);
    with_text(s, MU_COLUMN_NAME, "there");
    op(s, MU_TASK, task);
    with_id(s, MU_TASK_COLUMN, column);
    agreed(s, KOFI);

    assert_id(got_id(s, MU_TASK, task, MU_TASK_BOARD), board);
}

/* -- bulk ------------------------------------------------------------------------------------ */

#define BULK MU_OPS_BULK_MAX

/* Twice the rows must not take four times as long; what a world answers is free here. */
static double seconds_of(size_t count, bool twice)
{
    struct stage stage;
    struct stage *s = &stage;
    stage_open(s);
    struct mu_id list = stage_id(s);
    begin(s, MU_INTENT_IMPORT);
    struct mu_id task = stage_id(s);
    task_op(s, task, "with a long list", TODO);
    op(s, MU_CHECKLIST, list);
    with_id(s, MU_CHECKLIST_TASK, task);
    with_text(s, MU_CHECKLIST_NAME, "list");
    for (size_t i = 2; i < count; i++) {
        struct mu_id row = stage_id(s);
        if (i % 2 == 0) {
            task_op(s, row, "task", TODO);
        } else {
            op(s, MU_ITEM, row);
            with_id(s, MU_ITEM_CHECKLIST, list);
            with_text(s, MU_ITEM_NAME, "item");
        }
        if (twice) { /* in front of all others: the lane moves */
            with_id(s, MU_ARG_AFTER, (struct mu_id){0});
        }
    }
    struct mu_world world = stage_world(s);
    struct mu_facts facts = stage_facts(s, KOFI);
    struct mu_decision decision = {0};
    struct mu_error err = {0};
    MU_ARENA_AUTO struct mu_arena arena; /* what a server grants is a few times this */
    mu_arena_init(&arena, (size_t)16 << 20);
    clock_t start = clock();
    assert_int_equal(mu_decide(&world, &facts, &s->intent, &arena, &decision, &err), MU_OK);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    assert_string_equal(decision.reason, "");
    assert_int_equal(decision.effect_count, count);
    stage_close(s);
    return seconds;
}

static void test_import__of_a_full_batch_is_quick(void **state)
{
    (void)state;
    for (int front = 0; front < 2; front++) {
        double some = seconds_of(BULK / 4, front == 1);
        double all = seconds_of(BULK, front == 1);

        if (all > 0.05 && all > 12 * some) {
            fail_msg("a quarter took %f s, all of it %f s", some, all);
        }
    }
}

static void test_import__of_more_than_a_batch_is_refused(void **state)
{
    struct stage *s = *state;
    begin(s, MU_INTENT_IMPORT);
    for (size_t i = 0; i <= BULK; i++) {
        task_op(s, stage_id(s), "task", TODO);
    }
    refused(s, KOFI, MU_E_LIMIT);
    begin(s, MU_INTENT_TASK_EDIT);
    for (size_t i = 0; i <= MU_OPS_MAX; i++) {
        op(s, MU_TASK, stage_id(s));
    }
    refused(s, KOFI, MU_E_LIMIT);
}

/* -- what was said in another workspace ----------------------------------------------------- */

static struct mu_id someone_who_never_joined(struct stage *s)
{
    struct mu_id gone = stage_id(s);
    begin(s, MU_INTENT_IMPORT);
    op(s, MU_PERSON, gone);
    with_text(s, MU_PERSON_HANDLE, "gone");
    agreed(s, ANA);
    return gone;
}

static void promise(struct stage *s, struct mu_id row, struct mu_id person)
{
    begin(s, MU_INTENT_IMPORT);
    op(s, MU_COMMITMENT, row);
    with_id(s, MU_COMMITMENT_PERSON, person);
    with_text(s, MU_COMMITMENT_TEXT, "said there");
    with_int(s, MU_COMMITMENT_PERIOD_KIND, 1);
    with_int(s, MU_COMMITMENT_PERIOD, 20000);
    with_int(s, MU_COMMITMENT_DUE_AT, NOON);
    with_int(s, MU_COMMITMENT_HORIZON_AT, NOON);
    with_int(s, MU_COMMITMENT_GRACE_UNTIL, NOON);
    with_int(s, MU_COMMITMENT_STATE, 1);
    with_int(s, MU_COMMITMENT_PROMISED_AT, NOON - 5000);
}

static void test_import__a_lead_brings_what_others_said_until_they_join(void **state)
{
    struct stage *s = *state;
    struct mu_id gone = someone_who_never_joined(s);
    struct mu_id row = stage_id(s), own = stage_id(s), forged = stage_id(s);

    promise(s, row, gone);
    agreed(s, ANA);
    assert_int_equal(got_int(s, MU_COMMITMENT, row, MU_COMMITMENT_PROMISED_AT), NOON - 5000);
    promise(s, own, s->people[ANA]);
    agreed(s, ANA);

    /* Kofi is here and speaks for himself; and a member is no lead. */
    promise(s, forged, s->people[KOFI]);
    refused(s, ANA, MU_E_DENIED);
    promise(s, forged, gone);
    refused(s, KOFI, MU_E_DENIED);
    assert_null(stage_row(s, MU_COMMITMENT, forged));
}

static void test_import__what_was_said_is_made_and_never_changed(void **state)
{
    struct stage *s = *state;
    struct mu_id gone = someone_who_never_joined(s);
    struct mu_id row = stage_id(s);
    promise(s, row, gone);
    agreed(s, ANA);

    begin(s, MU_INTENT_IMPORT);
    op(s, MU_COMMITMENT, row);
    with_text(s, MU_COMMITMENT_TEXT, "otherwise");
    refused(s, ANA, MU_E_EXISTS);
    assert_text(s, MU_COMMITMENT, row, MU_COMMITMENT_TEXT, "said there");
}

static void test_import__goals_get_numbers_of_their_own_here(void **state)
{
    struct stage *s = *state;
    struct mu_id goals[] = {stage_id(s), stage_id(s)};
    begin(s, MU_INTENT_IMPORT);
    for (size_t i = 0; i < 2; i++) {
        op(s, MU_GOAL, goals[i]);
        with_text(s, MU_GOAL_TITLE, "Ship");
    }
    agreed(s, ANA);
    assert_int_equal(got_int(s, MU_GOAL, goals[0], MU_GOAL_NO), 1);
    assert_int_equal(got_int(s, MU_GOAL, goals[1], MU_GOAL_NO), 2);

    begin(s, MU_INTENT_IMPORT);
    op(s, MU_GOAL, stage_id(s));
    with_text(s, MU_GOAL_TITLE, "Ship");
    with_int(s, MU_GOAL_NO, 1);
    refused(s, ANA, MU_E_DENIED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_import__takes_a_board_over_whole),
        STAGED(test_import__numbers_tasks_in_the_order_of_operations),
        STAGED(test_import__again_changes_nothing),
        STAGED(test_import__again_updates_and_lets_fixed_fields_be),
        STAGED(test_import__competes_row_by_row_with_edits_not_seen),
        STAGED(test_import__a_state_over_one_not_seen_leaves_the_card_where_it_is),
        STAGED(test_import__brings_nothing_back_from_the_trash),
        STAGED(test_import__makes_no_lead_and_touches_no_member),
        STAGED(test_import__speaks_for_others_only_with_a_source),
        STAGED(test_import__a_lead_brings_what_others_said_until_they_join),
        STAGED(test_import__what_was_said_is_made_and_never_changed),
        STAGED(test_import__goals_get_numbers_of_their_own_here),
        STAGED(test_import__of_what_does_not_fit_together_is_refused),
        STAGED(test_import__a_task_may_follow_its_column_to_another_board),
        cmocka_unit_test(test_import__of_a_full_batch_is_quick),
        STAGED(test_import__of_more_than_a_batch_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
