/* Several exports of one board: each card from where it is newest, the log united, and
 * nothing that was deleted brought back. */
#include "tests/unit/import_fixture.h"

static struct mu_arena arena;
static struct mu_source_board board;
static struct mu_error err;

static int set_up(void **state)
{
    (void)state;
    mu_arena_init(&arena, ARENA_MAX);
    err = (struct mu_error){0};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mu_arena_deinit(&arena);
    return 0;
}

static void merge(const char *first, const char *second)
{
    struct mu_buf files[2];
    import_read_board(first, &files[0]);
    import_read_board(second, &files[1]);
    struct mu_slice views[] = {mu_buf_view(&files[0]), mu_buf_view(&files[1])};
    if (mu_trello_read(views, 2, &arena, &board, &err) != MU_OK) {
        fail_msg("%s", err.text);
    }
    assert_true(mu_source_check(&board));
    mu_buf_deinit(&files[0]);
    mu_buf_deinit(&files[1]);
}

static enum mu_status merge_texts(const char *first, const char *second)
{
    struct mu_slice views[] = {mu_slice_str(first), mu_slice_str(second)};
    return mu_trello_read(views, 2, &arena, &board, &err);
}

static bool has_card(const char *title)
{
    for (size_t i = 0; i < board.card_count; i++) {
        if (mu_slice_equal(board.cards[i].title, mu_slice_str(title))) {
            return true;
        }
    }
    return false;
}

static void check_move(void)
{
    assert_text(board.name, "Move");
    assert_int_equal(board.card_count, 4);
    /* Changed last in the new file: with its place, its checklist, its count. */
    const struct mu_source_card *boxes = import_card(&board, "Boxes, 40 of them");
    assert_text(board.lists[boxes->list].name, "Packed");
    /* Changed last in the old file. */
    assert_text(import_card(&board, "Van")->desc, "newer in the old file");
    assert_true(has_card("Keys"));
    /* Only in the old file: kept, unless the log of the new one says that it was deleted. */
    assert_true(has_card("Sell the sofa"));
    assert_false(has_card("Cancel the gym"));
    assert_int_equal(import_finding(&board, MU_FINDING_ONLY_OLDER), 1);
    assert_int_equal(import_finding(&board, MU_FINDING_MERGED), 2);

    assert_int_equal(board.checklist_count, 2);
    for (size_t i = 0; i < board.checklist_count; i++) {
        if (import_card_index(&board, "Boxes, 40 of them") == board.checklists[i].card) {
            assert_int_equal(board.checklists[i].item_count, 2);
            assert_true(board.checklists[i].items[0].done);
        }
    }
    /* Four and four entries, one of them in both. */
    assert_int_equal(board.report.in[MU_COUNT_ACTIONS], 7);
    assert_int_equal(board.comment_count, 2);
    assert_int_equal(board.activity_count, 5);
    assert_int_equal(import_finding(&board, MU_FINDING_COMMENTS_MISSING), 0);
    assert_int_equal(import_finding(&board, MU_FINDING_SAME_ID), 0);
    /* Paul is no member any more. */
    assert_int_equal(board.report.out[MU_COUNT_MEMBERS], 1);
    assert_int_equal(board.report.out[MU_COUNT_GONE], 1);
}

static void test_import_merge__each_card_is_taken_from_where_it_is_newest(void **state)
{
    (void)state;
    merge("trello-merge-old.json", "trello-merge-new.json");
    check_move();
}

static void test_import_merge__the_order_of_files_does_not_matter(void **state)
{
    (void)state;
    merge("trello-merge-new.json", "trello-merge-old.json");
    check_move();
}

static void test_import_merge__a_file_given_twice_is_that_file(void **state)
{
    (void)state;
    merge("orion.json", "orion.json");
    assert_int_equal(board.card_count, 42);
    assert_int_equal(board.report.in[MU_COUNT_CARDS], 42);
    assert_int_equal(board.report.in[MU_COUNT_ACTIONS], 255);
    assert_int_equal(board.report.in[MU_COUNT_ITEMS], 36);
    assert_int_equal(board.report.in[MU_COUNT_ATTACHMENTS], 6);
    assert_int_equal(board.report.in[MU_COUNT_VALUES], 10);
    assert_int_equal(board.report.in[MU_COUNT_LABELS], 8);
    assert_int_equal(board.report.in[MU_COUNT_MEMBERS], 5);
    assert_int_equal(import_finding(&board, MU_FINDING_SAME_ID), 0);
    assert_int_equal(import_finding(&board, MU_FINDING_ONLY_OLDER), 0);
}

#define BOARD(last, cards, actions)                                                            \
    "{\"id\":\"b\",\"name\":\"B\",\"dateLastActivity\":\"" last                                \
    "\",\"lists\":[{\"id\":\"l\",\"name\":\"L\"}],\"cards\":[" cards "],\"actions\":[" actions \
    "]}"
#define CARD(id, name, last) \
    "{\"id\":\"" id "\",\"idList\":\"l\",\"name\":\"" name "\",\"dateLastActivity\":\"" last "\"}"

static void test_import_merge__a_card_export_joins_its_board(void **state)
{
    (void)state;
    assert_int_equal(
        merge_texts(BOARD("2024-01-01T00:00:00Z", CARD("c", "old", "2024-01-01T00:00:00Z"), ""),
                    "{\"id\":\"c\",\"idBoard\":\"b\",\"idList\":\"l\",\"name\":\"new\","
                    "\"dateLastActivity\":\"2024-02-01T00:00:00Z\",\"checklists\":[{\"id\":\"k\","
                    "\"name\":\"K\"}]}"),
        MU_OK);
    assert_int_equal(board.card_count, 1);
    assert_text(board.cards[0].title, "new");
    assert_text(board.lists[0].name, "L");
    assert_int_equal(board.checklist_count, 1);
    assert_int_equal(import_finding(&board, MU_FINDING_CARD_FILE), 1);
    assert_int_equal(import_finding(&board, MU_FINDING_UNKNOWN_LIST), 0);
}

static void test_import_merge__different_boards_are_refused_by_number(void **state)
{
    (void)state;
    board.card_count = 77;
    assert_int_equal(merge_texts("{\"id\":\"b1\",\"lists\":[]}", "{\"id\":\"b2\",\"lists\":[]}"),
                     MU_E_INVALID);
    assert_non_null(strstr(err.text, "file 1 and file 2 are of different boards"));
    assert_int_equal(board.card_count, 77);
}

static void test_import_merge__an_error_names_its_file(void **state)
{
    (void)state;
    assert_int_equal(merge_texts("{\"id\":\"b\",\"lists\":[]}", "{\"id\":\"b\",\"lists\":[}"),
                     MU_E_INVALID);
    assert_non_null(strstr(err.text, "file 2: line 1, column "));
}

/* A log of count entries from the second given on, newest first. */
static void append_log(struct mu_buf *out, size_t first, size_t count)
{
    assert_int_equal(mu_buf_append_str(out, "{\"id\":\"b\",\"lists\":[],\"actions\":["), MU_OK);
    for (size_t i = count; i > 0; i--) {
        size_t second = first + i - 1;
        assert_int_equal(mu_buf_printf(out,
                                       "{\"id\":\"a%zu\",\"type\":\"createList\",\"date\":"
                                       "\"2024-01-01T%02zu:%02zu:%02zuZ\"}%s",
                                       second, second / 3600, second / 60 % 60, second % 60,
                                       i == 1 ? "]}" : ","),
                         MU_OK);
    }
}

static void read_logs(size_t old_first, size_t old_count, size_t new_first, size_t new_count)
{
    struct mu_buf files[2];
    mu_buf_init(&files[0], (size_t)1024 * 1024);
    mu_buf_init(&files[1], (size_t)1024 * 1024);
    append_log(&files[0], old_first, old_count);
    append_log(&files[1], new_first, new_count);
    struct mu_slice views[] = {mu_buf_view(&files[0]), mu_buf_view(&files[1])};
    assert_int_equal(mu_trello_read(views, 2, &arena, &board, &err), MU_OK);
    mu_buf_deinit(&files[0]);
    mu_buf_deinit(&files[1]);
}

static void test_import_merge__an_older_file_fills_a_log_that_was_cut(void **state)
{
    (void)state;
    read_logs(0, 600, 400, 1000); /* whole up to 599, then 400 to 1399 */
    assert_int_equal(board.report.in[MU_COUNT_ACTIONS], 1400);
    assert_int_equal(import_finding(&board, MU_FINDING_ACTIONS_CUT), 0);

    read_logs(0, 300, 400, 1000); /* 300 to 399 are nowhere */
    assert_int_equal(board.report.in[MU_COUNT_ACTIONS], 1300);
    assert_int_equal(import_finding(&board, MU_FINDING_ACTIONS_CUT), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_import_merge__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_card_is_taken_from_where_it_is_newest),
        TEST(the_order_of_files_does_not_matter),
        TEST(a_file_given_twice_is_that_file),
        TEST(a_card_export_joins_its_board),
        TEST(different_boards_are_refused_by_number),
        TEST(an_error_names_its_file),
        TEST(an_older_file_fills_a_log_that_was_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
