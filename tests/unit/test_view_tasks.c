/* Lists show the board as it stands, in its order, and a reference means one task for ever. */
#include "tests/unit/view_fixture.h"

#include "client/view/tasks.h"

static struct board board;
static struct mu_names names;

static int enter(void **state)
{
    (void)state;
    view_board(&board, &names);
    return 0;
}

static int leave(void **state)
{
    (void)state;
    board_close(&board);
    return 0;
}

/* References of what the filter lets through, in order, with blanks between. */
static void lists(const struct mu_task_filter *filter, const char *expected)
{
    struct mu_error err;
    struct mu_task_list *list = NULL;
    struct mu_task_line line;
    char refs[200] = "";
    bool found = false;
    assert_int_equal(mu_task_list_open(&board.db, &names, filter, &board.arena, &list, &err),
                     MU_OK);
    for (;;) {
        assert_int_equal(mu_task_list_next(list, &line, &found, &err), MU_OK);
        if (!found) {
            break;
        }
        strncat(refs, line.no > 0 ? line.ref : "~", sizeof refs - strlen(refs) - 1);
        strncat(refs, " ", sizeof refs - strlen(refs) - 1);
    }
    mu_task_list_close(list);
    assert_string_equal(refs, expected);
}

static void test_list__shows_open_tasks_in_the_order_of_the_board(void **state)
{
    (void)state;
    struct mu_task_filter filter = {.all = false};

    lists(&filter, "~ T-1 T-2 ");
}

static void test_list__all_has_done_and_archived_but_no_trash(void **state)
{
    (void)state;
    struct mu_task_filter all = {.all = true};
    struct mu_task_filter trash = {.trash = true};

    lists(&all, "T-6 ~ T-1 T-4 T-2 T-3 ");
    lists(&trash, "T-5 ");
}

static void test_list__filters_by_owner_label_words_state_and_column(void **state)
{
    (void)state;
    struct mu_task_filter filter = {.by_owner = true, .owner = id_of(ANA)};
    lists(&filter, "T-1 ");
    filter = (struct mu_task_filter){.by_owner = true};
    lists(&filter, "~ ");
    filter =
        (struct mu_task_filter){.labels = {id_of(LABEL_RED), id_of(LABEL_SALES)}, .label_count = 2};
    lists(&filter, "T-2 ");
    filter = (struct mu_task_filter){.labels = {id_of(LABEL_RED)}, .label_count = 1, .all = true};
    lists(&filter, "T-2 ");
    filter = (struct mu_task_filter){.words = {mu_slice_str("CALL")}, .word_count = 1};
    lists(&filter, "T-1 ");
    filter.all = true;
    lists(&filter, "T-1 T-4 ");
    filter = (struct mu_task_filter){.words = {mu_slice_str("\xc3\xa4rger")}, .word_count = 1};
    lists(&filter, "~ ");
    filter = (struct mu_task_filter){.states = 1u << MU_STATE_DONE};
    lists(&filter, "T-3 ");
    struct mu_error err;
    bool marks[8] = {false};
    filter = (struct mu_task_filter){.columns = marks};
    assert_int_equal(mu_names_mark_columns(&names, NULL, mu_slice_str("doing"), marks, &err),
                     MU_OK);
    lists(&filter, "T-2 ");
}

static void test_list__filters_by_due(void **state)
{
    (void)state;
    struct mu_task_filter filter = {.due = MU_DUE_BEFORE, .due_bound = {.date = {2026, 11, 27}}};
    lists(&filter, "");
    filter.due = MU_DUE_UNTIL;
    lists(&filter, "T-1 ");
    filter.due = MU_DUE_AT;
    lists(&filter, "T-1 ");
    filter.due = MU_DUE_AFTER;
    lists(&filter, "");
    filter.due = MU_DUE_NONE;
    lists(&filter, "~ T-2 ");
}

static void test_line__carries_what_hangs_on_the_task(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_task_line line;
    bool found = false;
    struct mu_row edit = row_of(MU_TASK, TASK_PARSER);
    cell_text(&board, &edit, MU_TASK_TITLE, "Parser!");
    assert_int_equal(mu_replica_overlay(board.replica, &board.arena, &edit, &err), MU_OK);

    assert_int_equal(
        mu_task_line_get(&board.db, &names, id_of(TASK_PARSER), &board.arena, &line, &found, &err),
        MU_OK);

    assert_true(found);
    assert_string_equal(line.ref, "T-2");
    assert_true(mu_slice_equal(line.title, mu_slice_str("Parser!")));
    assert_true(line.pending);
    assert_int_equal(line.label_count, 2);
    assert_int_equal(line.helper_count, 1);
    assert_true(mu_id_equal(line.helpers[0], id_of(ANA)));
    assert_true(mu_slice_equal(line.column->name, mu_slice_str("Doing")));
    assert_int_equal(line.updated_seq, 1);
}

static enum mu_status resolve(const char *ref, uint64_t expected, struct mu_error *err)
{
    struct mu_id id = {{0}};
    enum mu_status status = mu_task_resolve(&board.db, mu_slice_str(ref), &id, err);
    if (status == MU_OK) {
        assert_true(mu_id_equal(id, id_of(expected)));
    }
    return status;
}

static void test_resolve__takes_numbers_handles_and_ids(void **state)
{
    (void)state;
    struct mu_error err;
    char handle[MU_HANDLE_LEN + 1];
    char id[MU_ID_TEXT_LEN + 1];
    mu_id_handle(id_of(TASK_TEST), handle);
    mu_id_text(id_of(TASK_CALL), id);

    assert_int_equal(resolve("T-2", TASK_PARSER, &err), MU_OK);
    assert_int_equal(resolve("t-2", TASK_PARSER, &err), MU_OK);
    assert_int_equal(resolve("2", TASK_PARSER, &err), MU_OK);
    assert_int_equal(resolve(handle, TASK_TEST, &err), MU_OK);
    assert_int_equal(resolve(id, TASK_CALL, &err), MU_OK);
}

static void test_resolve__a_handle_goes_on_to_work_once_there_is_a_number(void **state)
{
    (void)state;
    struct mu_error err;
    char handle[MU_HANDLE_LEN + 1];
    mu_id_handle(id_of(TASK_CALL), handle);

    assert_int_equal(resolve(handle, TASK_CALL, &err), MU_OK);
}

static void test_resolve__says_what_is_wrong(void **state)
{
    (void)state;
    struct mu_error err;

    assert_int_equal(resolve("T-99", 0, &err), MU_E_NOT_FOUND);
    assert_string_equal(err.text, "no task T-99 here");
    assert_int_equal(resolve("~0000", 0, &err), MU_E_NOT_FOUND);
    assert_int_equal(resolve("T-0", 0, &err), MU_E_USAGE);
    assert_int_equal(resolve("T-99999999999999999999", 0, &err), MU_E_USAGE);
    assert_int_equal(resolve("bu\033y", 0, &err), MU_E_USAGE);
    assert_string_equal(err.text,
                        "'bu\\x1by' is no task: write T-42, or ~k3f9 before it has a number");
}

static void test_resolve__two_with_one_handle_are_told_apart(void **state)
{
    (void)state;
    struct mu_error err;
    char handle[MU_HANDLE_LEN + 1];
    struct mu_id twin = id_of(TASK_CALL);
    twin.bytes[9] ^= 1; /* beyond the bits of the handle */
    mu_id_handle(twin, handle);
    struct mu_row row = {.entity = MU_TASK, .id = twin};
    cell_text(&board, &row, MU_TASK_TITLE, "Twin");
    struct mu_id id;

    /* Who has no number is meant. */
    (void)board_apply(&board, &row, 1, 2);
    assert_int_equal(mu_task_resolve(&board.db, mu_slice_str(handle), &id, &err), MU_OK);
    assert_true(mu_id_equal(id, twin));

    cell_int(&board, &row, MU_TASK_NO, 9);
    (void)board_apply(&board, &row, 1, 3);
    assert_int_equal(mu_task_resolve(&board.db, mu_slice_str(handle), &id, &err), MU_E_CONFLICT);
    assert_non_null(strstr(err.text, "T-1"));
    assert_non_null(strstr(err.text, "T-9"));
}

static void test_names__suggest_the_nearest(void **state)
{
    (void)state;
    struct mu_error err;
    const struct mu_person_name *person = NULL;
    const struct mu_label_name *label = NULL;
    const struct mu_column_name *column = NULL;

    assert_int_equal(mu_names_find_person(&names, mu_slice_str("Kofi"), &person, &err), MU_OK);
    assert_int_equal(mu_names_find_person(&names, mu_slice_str("koffi"), &person, &err),
                     MU_E_NOT_FOUND);
    assert_string_equal(err.text, "no person '@koffi'; did you mean '@kofi'?");
    assert_int_equal(mu_names_find_person(&names, mu_slice_str("zz"), &person, &err),
                     MU_E_NOT_FOUND);
    assert_string_equal(err.text, "no person '@zz'");
    assert_int_equal(mu_names_find_label(&names, mu_slice_str("RED"), &label, &err), MU_OK);
    assert_int_equal(mu_names_find_column(&names, NULL, mu_slice_str("shiped"), &column, &err),
                     MU_E_NOT_FOUND);
    assert_string_equal(err.text, "no column 'shiped'; did you mean 'Shipped'?");
    assert_int_equal(mu_names_find_column(&names, NULL, mu_slice_str("done"), &column, &err),
                     MU_OK);
    assert_true(mu_slice_equal(column->name, mu_slice_str("Shipped")));
    assert_int_equal(names.day_end_minute, 18 * 60);
}

static void test_words__distance_counts_edits(void **state)
{
    (void)state;
    assert_int_equal(mu_word_distance(mu_slice_str("kitten"), mu_slice_str("SITTING"), 5), 3);
    assert_int_equal(mu_word_distance(mu_slice_str("a"), mu_slice_str("a"), 5), 0);
    assert_int_equal(mu_word_distance(mu_slice_str(""), mu_slice_str("abc"), 5), 3);
    assert_int_equal(mu_word_distance(mu_slice_str("abcdefgh"), mu_slice_str("x"), 2), 3);
}

#define ON_BOARD(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOARD(test_list__shows_open_tasks_in_the_order_of_the_board),
        ON_BOARD(test_list__all_has_done_and_archived_but_no_trash),
        ON_BOARD(test_list__filters_by_owner_label_words_state_and_column),
        ON_BOARD(test_list__filters_by_due),
        ON_BOARD(test_line__carries_what_hangs_on_the_task),
        ON_BOARD(test_resolve__takes_numbers_handles_and_ids),
        ON_BOARD(test_resolve__a_handle_goes_on_to_work_once_there_is_a_number),
        ON_BOARD(test_resolve__says_what_is_wrong),
        ON_BOARD(test_resolve__two_with_one_handle_are_told_apart),
        ON_BOARD(test_names__suggest_the_nearest),
        cmocka_unit_test(test_words__distance_counts_edits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
