/* One task whole, and what was set aside: nothing of it may be missing, and none of it may drive
 * a terminal. */
#include "tests/unit/view_fixture.h"

#include "client/view/conflicts.h"
#include "client/view/detail.h"
#include "client/view/task_words.h"

#define NOW INT64_C(1795528920000)

static struct board board;
static struct mu_names names;
static struct mu_viewpoint from;

static void set_id(struct mu_row *row, uint32_t field, uint64_t number)
{
    struct mu_id id = id_of(number);
    cell_set(&board, row, field, mu_id_value(&id));
}

static void add_parts(void)
{
    struct mu_row rows[9] = {
        row_of(MU_TASK, TASK_CALL), row_of(MU_CHECKLIST, 70),    row_of(MU_ITEM, 71),
        row_of(MU_ITEM, 72),        row_of(MU_COMMENT, 73),      row_of(MU_COMMENT, 74),
        row_of(MU_ATTACHMENT, 75),  row_of(MU_CUSTOM_FIELD, 76), row_of(MU_CUSTOM_VALUE, 77)};
    cell_text(&board, &rows[0], MU_TASK_DESC, "first\n\033[2Jsecond");
    set_id(&rows[1], MU_CHECKLIST_TASK, TASK_CALL);
    cell_text(&board, &rows[1], MU_CHECKLIST_NAME, "Steps");
    for (size_t i = 2; i < 4; i++) {
        set_id(&rows[i], MU_ITEM_TASK, TASK_CALL);
        set_id(&rows[i], MU_ITEM_CHECKLIST, 70);
        cell_text(&board, &rows[i], MU_ITEM_NAME, i == 2 ? "Dial" : "Talk");
        cell_text(&board, &rows[i], MU_ITEM_RANK, i == 2 ? "a0" : "a1");
        cell_int(&board, &rows[i], MU_ITEM_DONE, i == 2 ? 1 : 0);
    }
    for (size_t i = 4; i < 6; i++) {
        set_id(&rows[i], MU_COMMENT_TASK, TASK_CALL);
        set_id(&rows[i], MU_COMMENT_AUTHOR, KOFI);
        cell_int(&board, &rows[i], MU_COMMENT_AT, NOW + (int64_t)i);
        cell_text(&board, &rows[i], MU_COMMENT_TEXT, i == 4 ? "wrnog" : "right");
    }
    set_id(&rows[5], MU_COMMENT_REPLACES, 73);
    set_id(&rows[6], MU_ATTACHMENT_TASK, TASK_CALL);
    cell_text(&board, &rows[6], MU_ATTACHMENT_NAME, "map");
    cell_text(&board, &rows[6], MU_ATTACHMENT_URL, "https://example.org/map");
    set_id(&rows[7], MU_CUSTOM_FIELD_BOARD, BOARD_WORK);
    cell_text(&board, &rows[7], MU_CUSTOM_FIELD_NAME, "Priority");
    set_id(&rows[8], MU_CUSTOM_VALUE_TASK, TASK_CALL);
    set_id(&rows[8], MU_CUSTOM_VALUE_CUSTOM_FIELD, 76);
    cell_text(&board, &rows[8], MU_CUSTOM_VALUE_VALUE, "high");
    (void)board_apply(&board, rows, 9, 2);
}

static void encoded(struct mu_row *row, uint32_t field, struct mu_value value)
{
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, 1000);
    assert_int_equal(mu_value_encode(value, &bytes), MU_OK);
    cell_set(&board, row, field, mu_bytes(mu_buf_view(&bytes)));
}

static void add_conflict(uint64_t number, uint32_t entity, uint64_t about, uint32_t field, int kind)
{
    struct mu_row row = row_of(MU_CONFLICT, number);
    cell_int(&board, &row, MU_CONFLICT_ENTITY, entity);
    set_id(&row, MU_CONFLICT_ROW, about);
    cell_int(&board, &row, MU_CONFLICT_FIELD, field);
    cell_int(&board, &row, MU_CONFLICT_KIND, kind);
    cell_int(&board, &row, MU_CONFLICT_STATE, MU_CONFLICT_OPEN);
    bool status = kind == MU_CONFLICT_STATUS;
    encoded(&row, MU_CONFLICT_KEPT,
            status ? mu_int(MU_STATE_DONE) : mu_bytes(mu_slice_str("2026-11-27")));
    encoded(&row, MU_CONFLICT_LOST,
            status ? mu_int(MU_STATE_DOING) : mu_bytes(mu_slice_str("2026-11-28")));
    set_id(&row, MU_CONFLICT_KEPT_BY, ANA);
    set_id(&row, MU_CONFLICT_LOST_BY, KOFI);
    cell_int(&board, &row, MU_CONFLICT_KEPT_AT, NOW + (int64_t)number);
    cell_int(&board, &row, MU_CONFLICT_LOST_AT, NOW);
    (void)board_apply(&board, &row, 1, 3);
}

static int enter(void **state)
{
    (void)state;
    view_board(&board, &names);
    from = (struct mu_viewpoint){.now = {NOW},
                                 .zone = mu_zone_utc(),
                                 .zone_name = "UTC",
                                 .day_end_minute = names.day_end_minute};
    add_parts();
    return 0;
}

static int leave(void **state)
{
    (void)state;
    board_close(&board);
    return 0;
}

static struct mu_task_detail read_detail(uint64_t task)
{
    struct mu_error err;
    struct mu_task_detail detail;
    assert_int_equal(
        mu_task_detail_read(&board.db, &names, id_of(task), &board.arena, &detail, &err), MU_OK);
    return detail;
}

static void is_text(struct mu_buf *out, const char *expected)
{
    assert_int_equal(mu_buf_append_byte(out, 0), MU_OK);
    assert_string_equal((const char *)out->data, expected);
}

static void test_detail__shows_everything_harmlessly(void **state)
{
    (void)state;
    struct mu_task_detail detail = read_detail(TASK_CALL);
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 65536);

    assert_int_equal(mu_words_detail(&out, &detail, &names, &from, 80), MU_OK);

    is_text(&out, "T-1  Call Kowalczyk\n"
                  "  state      accepted\n"
                  "  column     To do on Work\n"
                  "  owner      @ana\n"
                  "  due        Fri 27 Nov 18:00 (3 d)\n"
                  "  fields     Priority: high\n"
                  "\n"
                  "  first\n"
                  "  \\x1b[2Jsecond\n"
                  "\n"
                  "Steps  1 of 2\n"
                  "    1 [x] Dial\n"
                  "    2 [ ] Talk\n"
                  "\n"
                  "1 comment\n"
                  "  @kofi  14:02  (rewritten)\n"
                  "    right\n"
                  "\n"
                  "1 attachment\n"
                  "  map  https://example.org/map\n");
}

static void test_detail__of_no_task_is_not_found(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_task_detail detail;

    assert_int_equal(
        mu_task_detail_read(&board.db, &names, id_of(999), &board.arena, &detail, &err),
        MU_E_NOT_FOUND);
}

static void test_item__is_found_by_number_name_and_front(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_task_detail detail = read_detail(TASK_CALL);
    const struct mu_item_line *item = NULL;

    assert_int_equal(mu_detail_find_item(&detail, mu_slice_str("2"), &item, &err), MU_OK);
    assert_true(mu_slice_equal(item->name, mu_slice_str("Talk")));
    assert_int_equal(mu_detail_find_item(&detail, mu_slice_str("di"), &item, &err), MU_OK);
    assert_true(mu_slice_equal(item->name, mu_slice_str("Dial")));
    assert_int_equal(mu_detail_find_item(&detail, mu_slice_str("3"), &item, &err), MU_E_NOT_FOUND);
    assert_string_equal(err.text, "no checklist item '3' on T-1, which has 2");
    assert_int_equal(mu_detail_find_item(&detail, mu_slice_str(""), &item, &err), MU_E_USAGE);
}

static void test_echo__says_what_was_understood(void **state)
{
    (void)state;
    struct mu_task_detail call = read_detail(TASK_CALL);
    struct mu_task_detail parser = read_detail(TASK_PARSER);
    struct mu_task_detail test = read_detail(TASK_TEST);
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 65536);

    assert_int_equal(mu_words_task_echo(&out, &call.line, &names, &from), MU_OK);
    is_text(&out, "T-1 \"Call Kowalczyk\" \xc2\xb7 @ana \xc2\xb7 due Fri 27 Nov 18:00 (3 d) "
                  "\xc2\xb7 To do on Work");
    mu_buf_clear(&out);
    assert_int_equal(mu_words_task_echo(&out, &parser.line, &names, &from), MU_OK);
    assert_non_null(
        strstr((const char *)out.data, "\xc2\xb7 with @ana \xc2\xb7 no date \xc2\xb7 "));
    mu_buf_clear(&out);
    assert_int_equal(mu_task_tabs(&out, &test.line, &names), MU_OK);
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_non_null(
        strstr((const char *)out.data, "\tTest \xc3\x84rger\\x1b[2J\topen\tTo do\t\t\t\t\t\n"));
}

static void conflict_reads(const char *tail)
{
    struct mu_error err;
    struct mu_conflict_line *lines = NULL;
    size_t count = 0;
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 65536);
    assert_int_equal(mu_conflicts(&board.db, true, 1, &board.arena, &lines, &count, &err), MU_OK);
    assert_int_equal(count, 1);
    struct mu_task_detail detail = read_detail(TASK_CALL);
    assert_true(mu_id_equal(lines[0].task, id_of(TASK_CALL)));
    assert_int_equal(mu_words_conflict(&out, &lines[0], &detail.line, &names, &from), MU_OK);
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal((const char *)out.data + MU_HANDLE_LEN, tail);
}

static void test_conflict__has_a_sentence_for_each_kind(void **state)
{
    (void)state;
    add_conflict(100, MU_TASK, TASK_CALL, MU_TASK_DUE, MU_CONFLICT_VALUE);
    conflict_reads(" due date of T-1 'Call Kowalczyk': @ana's Fri 27 Nov stands, "
                   "@kofi's Sat 28 Nov was set aside");
    add_conflict(101, MU_TASK, TASK_CALL, MU_TASK_STATE, MU_CONFLICT_STATUS);
    conflict_reads(
        " state of T-1 'Call Kowalczyk': @kofi asked for doing when it was done already");
    add_conflict(102, MU_TASK, TASK_CALL, 0, MU_CONFLICT_DELETE);
    conflict_reads(" deletion of T-1 'Call Kowalczyk': @kofi deleted it without having seen its "
                   "last edit; it stayed");
    add_conflict(103, MU_ITEM, 71, MU_ITEM_DUE, MU_CONFLICT_VALUE);
    conflict_reads(" due date of the item on T-1 'Call Kowalczyk': @ana's Fri 27 Nov stands, "
                   "@kofi's Sat 28 Nov was set aside");
}

static void test_conflict__is_found_by_handle_and_stands_in_the_task(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_conflict_line found;
    char handle[MU_HANDLE_LEN + 1];
    add_conflict(100, MU_TASK, TASK_CALL, MU_TASK_DUE, MU_CONFLICT_VALUE);
    add_conflict(101, MU_ITEM, 71, MU_ITEM_DUE, MU_CONFLICT_VALUE);
    mu_id_handle(id_of(101), handle);

    assert_int_equal(
        mu_conflict_resolve(&board.db, mu_slice_str(handle), &board.arena, &found, &err), MU_OK);
    assert_true(mu_id_equal(found.id, id_of(101)));
    assert_int_equal(
        mu_conflict_resolve(&board.db, mu_slice_str("~0000"), &board.arena, &found, &err),
        MU_E_NOT_FOUND);
    assert_int_equal(
        mu_conflict_resolve(&board.db, mu_slice_str("T-1"), &board.arena, &found, &err),
        MU_E_USAGE);
    assert_int_equal(read_detail(TASK_CALL).conflict_count, 2);
    assert_int_equal(read_detail(TASK_PARSER).conflict_count, 0);
}

static void test_conflict__damaged_values_are_shown_as_nothing(void **state)
{
    (void)state;
    struct mu_row row = row_of(MU_CONFLICT, 104);
    cell_int(&board, &row, MU_CONFLICT_ENTITY, 99);
    set_id(&row, MU_CONFLICT_ROW, TASK_CALL);
    cell_int(&board, &row, MU_CONFLICT_STATE, MU_CONFLICT_OPEN);
    cell_set(&board, &row, MU_CONFLICT_KEPT, mu_bytes(mu_slice_str("\xff\xff\xff")));
    (void)board_apply(&board, &row, 1, 3);
    struct mu_error err;
    struct mu_conflict_line *lines = NULL;
    size_t count = 0;
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 4096);

    assert_int_equal(mu_conflicts(&board.db, false, 10, &board.arena, &lines, &count, &err), MU_OK);

    assert_int_equal(count, 1);
    assert_int_equal(mu_words_conflict(&out, &lines[0], NULL, &names, &from), MU_OK);
}

#define ON_BOARD(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOARD(test_detail__shows_everything_harmlessly),
        ON_BOARD(test_detail__of_no_task_is_not_found),
        ON_BOARD(test_item__is_found_by_number_name_and_front),
        ON_BOARD(test_echo__says_what_was_understood),
        ON_BOARD(test_conflict__has_a_sentence_for_each_kind),
        ON_BOARD(test_conflict__is_found_by_handle_and_stands_in_the_task),
        ON_BOARD(test_conflict__damaged_values_are_shown_as_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
