/* Tasks and what hangs on them, boards and labels.  At stake: that each intent does exactly
 * what docs/intents.md says, for who may ask. */
#include "tests/harness/cmocka.h"
#include "tests/unit/model_world.h"

static struct mu_id add(struct stage *s, const char *title, enum stage_column column)
{
    struct mu_id task = stage_id(s);
    op(s, MU_TASK, task);
    with_text(s, MU_TASK_TITLE, title);
    with_id(s, MU_TASK_COLUMN, s->columns[column]);
    return task;
}

/* -- task.add, task.edit -------------------------------------------------------------- */

static void test_add__gives_number_board_author_time_and_state(void **state)
{
    struct stage *s = *state;
    (void)stage_task(s, TODO, "first");

    begin(s, MU_INTENT_TASK_ADD);
    struct mu_id open = add(s, "open", TODO);
    struct mu_id mine = add(s, "mine", BACKLOG);
    with_id(s, MU_TASK_OWNER, s->people[KOFI]);
    struct mu_id hers = add(s, "hers", TODO);
    with_id(s, MU_TASK_OWNER, s->people[MIA]);
    with_text(s, MU_TASK_DUE, "2026-11-27T17:00 Europe/Lisbon");
    struct mu_id done = add(s, "done", DONE);
    int64_t at = NOON + (int64_t)s->seq * 1000;
    agreed(s, KOFI);

    assert_int_equal(got_int(s, MU_TASK, open, MU_TASK_NO), 2);
    assert_int_equal(got_int(s, MU_TASK, done, MU_TASK_NO), 5);
    assert_id(got_id(s, MU_TASK, open, MU_TASK_BOARD), s->board);
    assert_id(got_id(s, MU_TASK, open, MU_TASK_CREATED_BY), s->people[KOFI]);
    assert_int_equal(got_int(s, MU_TASK, open, MU_TASK_CREATED_AT), at);
    assert_int_equal(got_int(s, MU_TASK, open, MU_TASK_STATE), MU_STATE_OPEN);
    assert_int_equal(got_int(s, MU_TASK, mine, MU_TASK_STATE), MU_STATE_ACCEPTED);
    assert_int_equal(got_int(s, MU_TASK, hers, MU_TASK_STATE), MU_STATE_ASSIGNED);
    assert_int_equal(got_int(s, MU_TASK, done, MU_TASK_STATE), MU_STATE_DONE);
    assert_int_equal(got_int(s, MU_TASK, done, MU_TASK_DONE_AT), at);
    assert_int_equal(got_int(s, MU_TASK, done, MU_TASK_NO_DATE), 1);
    assert_id(got_id(s, MU_TASK, done, MU_TASK_OWNER), s->people[KOFI]);
}

static void test_add__with_labels_helpers_and_a_checklist_in_one_go(void **state)
{
    struct stage *s = *state;
    struct mu_id label = stage_id(s);
    struct mu_id list = stage_id(s);
    struct mu_id item = stage_id(s);

    begin(s, MU_INTENT_TASK_ADD);
    struct mu_id task = add(s, "task", TODO);
    op(s, MU_LABEL, label);
    with_text(s, MU_LABEL_NAME, "sales");
    struct mu_id tagged = stage_pair(s, MU_TASK_LABEL, task, label);
    op(s, MU_TASK_LABEL, tagged);
    with_id(s, MU_TASK_LABEL_TASK, task);
    with_id(s, MU_TASK_LABEL_LABEL, label);
    struct mu_id helped = stage_pair(s, MU_TASK_HELPER, task, s->people[MIA]);
    op(s, MU_TASK_HELPER, helped);
    with_id(s, MU_TASK_HELPER_TASK, task);
    with_id(s, MU_TASK_HELPER_PERSON, s->people[MIA]);
    op(s, MU_CHECKLIST, list);
    with_id(s, MU_CHECKLIST_TASK, task);
    with_text(s, MU_CHECKLIST_NAME, "list");
    op(s, MU_ITEM, item);
    with_id(s, MU_ITEM_CHECKLIST, list);
    with_text(s, MU_ITEM_NAME, "item");
    agreed(s, KOFI);

    assert_int_equal(got_int(s, MU_TASK_LABEL, tagged, MU_TASK_LABEL_ON), 1);
    assert_int_equal(got_int(s, MU_TASK_HELPER, helped, MU_TASK_HELPER_ON), 1);
    assert_id(got_id(s, MU_ITEM, item, MU_ITEM_TASK), task);
}

static void test_add__asks_for_a_title_and_a_column_that_is_there(void **state)
{
    struct stage *s = *state;

    begin(s, MU_INTENT_TASK_ADD);
    (void)add(s, "", TODO);
    refused(s, KOFI, MU_E_INVALID);
    begin(s, MU_INTENT_TASK_ADD);
    op(s, MU_TASK, stage_id(s));
    with_text(s, MU_TASK_TITLE, "no column");
    refused(s, KOFI, MU_E_INVALID);
    begin(s, MU_INTENT_TASK_ADD);
    op(s, MU_TASK, stage_id(s));
    with_text(s, MU_TASK_TITLE, "column of no board");
    with_id(s, MU_TASK_COLUMN, s->board);
    refused(s, KOFI, MU_E_NOT_FOUND);
    begin(s, MU_INTENT_TASK_ADD);
    (void)add(s, "guest's", TODO);
    refused(s, GUS, MU_E_DENIED);
}

static void test_add__of_a_task_that_is_there_is_refused(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "one");

    begin(s, MU_INTENT_TASK_ADD);
    op(s, MU_TASK, task);
    with_text(s, MU_TASK_TITLE, "two");
    with_id(s, MU_TASK_COLUMN, s->columns[TODO]);
    refused(s, KOFI, MU_E_EXISTS);

    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "one");
}

static void test_edit__a_due_and_the_flag_for_none_exclude_each_other(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "task");

    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_int(s, MU_TASK_NO_DATE, 1);
    agreed(s, KOFI);
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_text(s, MU_TASK_DUE, "2026-11-27");
    agreed(s, KOFI);
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_NO_DATE), 0);
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_int(s, MU_TASK_NO_DATE, 1);
    agreed(s, KOFI);
    assert_false(got_has(s, MU_TASK, task, MU_TASK_DUE));
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_int(s, MU_TASK_NO_DATE, 1);
    with_text(s, MU_TASK_DUE, "2026-11-28");
    agreed(s, KOFI);

    assert_text(s, MU_TASK, task, MU_TASK_DUE, "2026-11-28");
    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_NO_DATE), 0);
}

static void test_edit__no_date_over_an_unseen_due_keeps_the_due(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "task");
    uint64_t base = s->seq;
    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_text(s, MU_TASK_DUE, "2026-11-27");
    agreed(s, MIA);

    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_int(s, MU_TASK_NO_DATE, 1);
    s->base_seq = base;
    disputed(s, KOFI);

    assert_false(got_has(s, MU_TASK, task, MU_TASK_DUE));
    struct mu_value lost = conflict_value(stage_conflict(s, task, MU_TASK_DUE), MU_CONFLICT_LOST);
    assert_true(mu_slice_equal(lost.bytes, mu_slice_str("2026-11-27")));
}

static void test_edit__several_tasks_at_once_and_one_twice(void **state)
{
    struct stage *s = *state;
    struct mu_id a = stage_task(s, TODO, "a");
    struct mu_id b = stage_task(s, TODO, "b");

    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, a);
    with_text(s, MU_TASK_TITLE, "A");
    op(s, MU_TASK, b);
    with_text(s, MU_TASK_TITLE, "B");
    op(s, MU_TASK, a);
    with_text(s, MU_TASK_TITLE, "a"); /* as it was: no effect at all */
    struct mu_decision decision = say(s, KOFI);

    assert_int_equal(decision.effect_count, 1);
    assert_text(s, MU_TASK, b, MU_TASK_TITLE, "B");
}

static void test_edit__one_refused_operation_refuses_all(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "a");

    begin(s, MU_INTENT_TASK_EDIT);
    op(s, MU_TASK, task);
    with_text(s, MU_TASK_TITLE, "b");
    op(s, MU_TASK, stage_id(s));
    with_text(s, MU_TASK_TITLE, "c");
    struct mu_decision decision = say(s, KOFI);

    assert_int_equal(decision.code, MU_E_NOT_FOUND);
    assert_string_equal(decision.reason, "operation 2: there is no such task");
    assert_text(s, MU_TASK, task, MU_TASK_TITLE, "a");
}

static void test_delete__is_for_owner_creator_and_lead(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "ana's");

    begin(s, MU_INTENT_TASK_DELETE);
    op(s, MU_TASK, task);
    with_int(s, MU_TASK_DELETED, 1);
    refused(s, KOFI, MU_E_DENIED);
    begin(s, MU_INTENT_TASK_DELETE);
    op(s, MU_TASK, task);
    refused(s, ANA, MU_E_INVALID);
    begin(s, MU_INTENT_TASK_ASSIGN);
    op(s, MU_TASK, task);
    with_id(s, MU_TASK_OWNER, s->people[KOFI]);
    agreed(s, KOFI);
    begin(s, MU_INTENT_TASK_DELETE);
    op(s, MU_TASK, task);
    with_int(s, MU_TASK_DELETED, 1);
    agreed(s, KOFI);

    assert_int_equal(got_int(s, MU_TASK, task, MU_TASK_DELETED), 1);
}

/* -- labels and helpers ------------------------------------------------------------------ */

static void tag(struct stage *s, struct mu_id task, struct mu_id label)
{
    op(s, MU_TASK_LABEL, stage_pair(s, MU_TASK_LABEL, task, label));
    with_id(s, MU_TASK_LABEL_TASK, task);
    with_id(s, MU_TASK_LABEL_LABEL, label);
}

static void test_label__made_by_name_on_two_devices_is_one(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "task");
    struct mu_id label = stage_id(s);
    uint64_t base = s->seq;

    begin(s, MU_INTENT_TASK_LABEL);
    op(s, MU_LABEL, label);
    with_text(s, MU_LABEL_NAME, "sales");
    with_text(s, MU_LABEL_COLOUR, "red");
    tag(s, task, label);
    agreed(s, KOFI);
    begin(s, MU_INTENT_TASK_LABEL);
    op(s, MU_LABEL, label);
    with_text(s, MU_LABEL_NAME, "sales");
    with_text(s, MU_LABEL_COLOUR, "green");
    tag(s, task, label);
    s->base_seq = base;
    agreed(s, MIA);
    assert_text(s, MU_LABEL, label, MU_LABEL_COLOUR, "red");
    begin(s, MU_INTENT_LABEL_EDIT);
    op(s, MU_LABEL, label);
    with_text(s, MU_LABEL_COLOUR, "blue");
    agreed(s, MIA);

    assert_text(s, MU_LABEL, label, MU_LABEL_COLOUR, "blue");
}

static void test_label__off_and_on_again(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "task");
    struct mu_id label = stage_id(s);
    begin(s, MU_INTENT_LABEL_EDIT);
    op(s, MU_LABEL, label);
    with_text(s, MU_LABEL_NAME, "sales");
    agreed(s, KOFI);
    struct mu_id pair = stage_pair(s, MU_TASK_LABEL, task, label);
    static const struct {
        bool told;
        int64_t on, then;
    } steps[] = {{false, 0, 1}, {true, 0, 0}, {false, 0, 1}, {true, 1, 1}};

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        begin(s, MU_INTENT_TASK_LABEL);
        tag(s, task, label);
        if (steps[i].told) {
            with_int(s, MU_TASK_LABEL_ON, steps[i].on);
        }
        agreed(s, MIA);
        assert_int_equal(got_int(s, MU_TASK_LABEL, pair, MU_TASK_LABEL_ON), steps[i].then);
    }
    begin(s, MU_INTENT_TASK_LABEL); /* what the pair is of need not be said again */
    op(s, MU_TASK_LABEL, pair);
    with_int(s, MU_TASK_LABEL_ON, 0);
    agreed(s, MIA);

    assert_int_equal(got_int(s, MU_TASK_LABEL, pair, MU_TASK_LABEL_ON), 0);
}

static void test_pair__under_another_id_is_refused(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "task");

    begin(s, MU_INTENT_TASK_HELP);
    op(s, MU_TASK_HELPER, stage_id(s));
    with_id(s, MU_TASK_HELPER_TASK, task);
    with_id(s, MU_TASK_HELPER_PERSON, s->people[MIA]);
    refused(s, KOFI, MU_E_INVALID);
    begin(s, MU_INTENT_TASK_HELP);
    op(s, MU_TASK_HELPER, stage_pair(s, MU_TASK_HELPER, task, s->people[MIA]));
    with_id(s, MU_TASK_HELPER_TASK, task);
    with_id(s, MU_TASK_HELPER_PERSON, s->people[ANA]);
    refused(s, KOFI, MU_E_INVALID);
}

/* -- comments, checklists ------------------------------------------------------------------- */

static struct mu_id comment(struct stage *s, enum stage_who who, struct mu_id task,
                            const char *text)
{
    struct mu_id id = stage_id(s);
    begin(s, MU_INTENT_COMMENT_ADD);
    op(s, MU_COMMENT, id);
    with_id(s, MU_COMMENT_TASK, task);
    with_text(s, MU_COMMENT_TEXT, text);
    agreed(s, who);
    return id;
}

static void test_comment__a_guest_may_speak_and_speaks_for_himself(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "task");

    int64_t at = NOON + (int64_t)s->seq * 1000;
    struct mu_id id = comment(s, GUS, task, "hello");
    begin(s, MU_INTENT_COMMENT_ADD);
    op(s, MU_COMMENT, stage_id(s));
    with_id(s, MU_COMMENT_TASK, task);
    with_text(s, MU_COMMENT_TEXT, "as ana");
    with_id(s, MU_COMMENT_AUTHOR, s->people[ANA]);
    refused(s, GUS, MU_E_DENIED);

    assert_id(got_id(s, MU_COMMENT, id, MU_COMMENT_AUTHOR), s->people[GUS]);
    assert_int_equal(got_int(s, MU_COMMENT, id, MU_COMMENT_AT), at);
}

static void test_comment__is_replaced_by_its_author_on_its_task(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "task");
    struct mu_id other = stage_task(s, TODO, "other");
    struct mu_id old = comment(s, KOFI, task, "one");
    static const struct {
        enum stage_who who;
        bool here;
        enum mu_status code;
    } tries[] = {{ANA, true, MU_E_DENIED}, {KOFI, false, MU_E_INVALID}, {KOFI, true, MU_OK}};

    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        begin(s, MU_INTENT_COMMENT_ADD);
        op(s, MU_COMMENT, stage_id(s));
        with_id(s, MU_COMMENT_TASK, tries[i].here ? task : other);
        with_text(s, MU_COMMENT_TEXT, "two");
        with_id(s, MU_COMMENT_REPLACES, old);
        assert_int_equal(say(s, tries[i].who).code, tries[i].code);
    }
    begin(s, MU_INTENT_COMMENT_ADD); /* a comment once made stays */
    op(s, MU_COMMENT, old);
    with_id(s, MU_COMMENT_TASK, task);
    with_text(s, MU_COMMENT_TEXT, "three");
    refused(s, KOFI, MU_E_EXISTS);
}

static void test_item__is_on_the_task_of_its_list(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "task");
    struct mu_id other = stage_task(s, TODO, "other");
    struct mu_id list = stage_id(s);
    struct mu_id item = stage_id(s);
    begin(s, MU_INTENT_CHECKLIST_ADD);
    op(s, MU_CHECKLIST, list);
    with_id(s, MU_CHECKLIST_TASK, task);
    with_text(s, MU_CHECKLIST_NAME, "list");
    agreed(s, KOFI);

    begin(s, MU_INTENT_CHECKLIST_ADD);
    op(s, MU_ITEM, item);
    with_id(s, MU_ITEM_CHECKLIST, list);
    with_id(s, MU_ITEM_TASK, other);
    with_text(s, MU_ITEM_NAME, "item");
    refused(s, KOFI, MU_E_INVALID);
    begin(s, MU_INTENT_CHECKLIST_ADD);
    op(s, MU_ITEM, item);
    with_id(s, MU_ITEM_CHECKLIST, list);
    with_id(s, MU_ITEM_TASK, task);
    with_text(s, MU_ITEM_NAME, "item");
    agreed(s, KOFI);
    begin(s, MU_INTENT_ITEM_EDIT);
    op(s, MU_ITEM, item);
    with_int(s, MU_ITEM_DONE, 1);
    with_text(s, MU_ITEM_DUE, "2026-11-27");
    with_id(s, MU_ITEM_PERSON, s->people[MIA]);
    agreed(s, MIA);

    assert_int_equal(got_int(s, MU_ITEM, item, MU_ITEM_DONE), 1);
    assert_id(got_id(s, MU_ITEM, item, MU_ITEM_PERSON), s->people[MIA]);
}

static void test_item__has_a_trash_like_a_task(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "task");
    struct mu_id list = stage_id(s);
    struct mu_id item = stage_id(s);
    begin(s, MU_INTENT_CHECKLIST_ADD);
    op(s, MU_CHECKLIST, list);
    with_id(s, MU_CHECKLIST_TASK, task);
    with_text(s, MU_CHECKLIST_NAME, "list");
    op(s, MU_ITEM, item);
    with_id(s, MU_ITEM_CHECKLIST, list);
    with_text(s, MU_ITEM_NAME, "item");
    uint64_t base = agreed(s, KOFI);
    begin(s, MU_INTENT_ITEM_EDIT);
    op(s, MU_ITEM, item);
    with_int(s, MU_ITEM_DONE, 1);
    agreed(s, MIA);

    begin(s, MU_INTENT_ITEM_EDIT);
    op(s, MU_ITEM, item);
    with_int(s, MU_ITEM_DELETED, 1);
    s->base_seq = base;
    disputed(s, KOFI);
    assert_int_equal(got_int(s, MU_ITEM, item, MU_ITEM_DELETED), 0);
    begin(s, MU_INTENT_ITEM_EDIT);
    op(s, MU_ITEM, item);
    with_int(s, MU_ITEM_DELETED, 1);
    agreed(s, KOFI);

    assert_int_equal(got_int(s, MU_ITEM, item, MU_ITEM_DELETED), 1);
}

/* -- boards ------------------------------------------------------------------------------- */

static void test_board__and_columns_are_made_and_edited(void **state)
{
    struct stage *s = *state;
    struct mu_id board = stage_id(s);
    struct mu_id column = stage_id(s);

    begin(s, MU_INTENT_COLUMN_EDIT);
    op(s, MU_COLUMN, column);
    with_text(s, MU_COLUMN_NAME, "nowhere");
    refused(s, KOFI, MU_E_INVALID);
    begin(s, MU_INTENT_BOARD_EDIT);
    op(s, MU_BOARD, board);
    with_text(s, MU_BOARD_NAME, "board");
    agreed(s, KOFI);
    begin(s, MU_INTENT_COLUMN_EDIT);
    op(s, MU_COLUMN, column);
    with_id(s, MU_COLUMN_BOARD, board);
    with_text(s, MU_COLUMN_NAME, "column");
    with_int(s, MU_COLUMN_KIND, MU_KIND_REVIEW);
    agreed(s, KOFI);
    begin(s, MU_INTENT_COLUMN_EDIT);
    op(s, MU_COLUMN, column);
    with_int(s, MU_COLUMN_WIP_LIMIT, 3);
    agreed(s, MIA);
    begin(s, MU_INTENT_COLUMN_EDIT);
    op(s, MU_COLUMN, column);
    with_int(s, MU_COLUMN_WIP_LIMIT, -1);
    refused(s, MIA, MU_E_INVALID);
    begin(s, MU_INTENT_BOARD_EDIT);
    op(s, MU_BOARD, board);
    with_null(s, MU_BOARD_NAME);
    refused(s, MIA, MU_E_INVALID);

    assert_int_equal(got_int(s, MU_COLUMN, column, MU_COLUMN_WIP_LIMIT), 3);
    assert_int_equal(got_int(s, MU_COLUMN, column, MU_COLUMN_KIND), MU_KIND_REVIEW);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_add__gives_number_board_author_time_and_state),
        STAGED(test_add__with_labels_helpers_and_a_checklist_in_one_go),
        STAGED(test_add__asks_for_a_title_and_a_column_that_is_there),
        STAGED(test_add__of_a_task_that_is_there_is_refused),
        STAGED(test_edit__a_due_and_the_flag_for_none_exclude_each_other),
        STAGED(test_edit__no_date_over_an_unseen_due_keeps_the_due),
        STAGED(test_edit__several_tasks_at_once_and_one_twice),
        STAGED(test_edit__one_refused_operation_refuses_all),
        STAGED(test_delete__is_for_owner_creator_and_lead),
        STAGED(test_label__made_by_name_on_two_devices_is_one),
        STAGED(test_label__off_and_on_again),
        STAGED(test_pair__under_another_id_is_refused),
        STAGED(test_comment__a_guest_may_speak_and_speaks_for_himself),
        STAGED(test_comment__is_replaced_by_its_author_on_its_task),
        STAGED(test_item__is_on_the_task_of_its_list),
        STAGED(test_item__has_a_trash_like_a_task),
        STAGED(test_board__and_columns_are_made_and_edited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
