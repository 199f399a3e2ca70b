/* Tables as spreadsheets write them: the cells must come out as they were typed, and a file
 * that is torn must be refused with its line. */
#include "client/import/csv.h"
#include "common/base/buf.h"
#include "tests/harness/cmocka.h"

static struct mu_arena arena;
static struct mu_csv_table table;
static struct mu_error err;

static int set_up(void **state)
{
    (void)state;
    mu_arena_init(&arena, (size_t)64 * 1024 * 1024);
    err = (struct mu_error){0};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mu_arena_deinit(&arena);
    return 0;
}

static void read_bytes(const void *bytes, size_t len)
{
    if (mu_csv_read(mu_slice_of(bytes, len), &arena, &table, &err) != MU_OK) {
        fail_msg("%s", err.text);
    }
}

static void read_text(const char *text)
{
    read_bytes(text, strlen(text));
}

static void assert_cell(const struct mu_csv_row *row, size_t column, const char *text)
{
    assert_true(column < row->cell_count);
    if (!mu_slice_equal(row->cells[column], mu_slice_str(text))) {
        fail_msg("cell %zu of line %zu is '%.*s', not '%s'", column, row->line,
                 (int)row->cells[column].len, (const char *)row->cells[column].data, text);
    }
}

static void assert_name(size_t column, const char *text)
{
    assert_true(mu_slice_equal(table.names[column], mu_slice_str(text)));
}

static void test_csv__rfc_4180(void **state)
{
    (void)state;
    read_text("Name,Notes\r\n\"a \"\"quoted\"\" name\",\"two\r\nlines, and commas\"\r\nplain,\r\n");
    assert_int_equal(table.separator, ',');
    assert_int_equal(table.header.cell_count, 2);
    assert_int_equal(table.row_count, 2);
    assert_cell(&table.rows[0], 0, "a \"quoted\" name");
    assert_cell(&table.rows[0], 1, "two\r\nlines, and commas");
    assert_cell(&table.rows[1], 0, "plain");
    assert_cell(&table.rows[1], 1, "");
    assert_int_equal(table.rows[0].line, 2);
    assert_int_equal(table.rows[1].line, 4);
}

static void test_csv__line_ends_of_all_kinds_and_none_at_the_end(void **state)
{
    (void)state;
    read_text("a,b\rc,d\n\n\r\ne,f");
    assert_int_equal(table.row_count, 2);
    assert_cell(&table.rows[0], 1, "d");
    assert_cell(&table.rows[1], 1, "f");
    assert_int_equal(table.rows[1].line, 5);
}

static void test_csv__quotes_in_the_middle_are_text(void **state)
{
    (void)state;
    read_text("size,what\n15\" screen,\"closed\" \nit's,5'10\"\n");
    assert_cell(&table.rows[0], 0, "15\" screen");
    assert_cell(&table.rows[0], 1, "closed");
    assert_cell(&table.rows[1], 1, "5'10\"");
}

static void test_csv__finds_the_separator(void **state)
{
    (void)state;
    read_text("a;b;c\n1,5;2,5;3\n\"x;y\";2;3\n");
    assert_int_equal(table.separator, ';');
    assert_cell(&table.rows[0], 0, "1,5");
    assert_cell(&table.rows[1], 0, "x;y");
    read_text("a\tb\n1,2\t3,4\n");
    assert_int_equal(table.separator, '\t');
    read_text("a|b|c\n1|2|3\n");
    assert_int_equal(table.separator, '|');
    read_text("just one column\nof lines\n");
    assert_int_equal(table.separator, ',');
    assert_int_equal(table.row_count, 1);
    read_text("sep=;\na,x;b\n1;2\n");
    assert_int_equal(table.separator, ';');
    assert_cell(&table.header, 0, "a,x");
    assert_int_equal(table.header.line, 2);
}

static void test_csv__the_header_may_come_late(void **state)
{
    (void)state;
    read_text(",,\n,,https://app.example/x\n\nTask ID,Name,Due,Tags\n1,a,b,c\n");
    assert_int_equal(table.preamble_count, 2);
    assert_cell(&table.header, 1, "Name");
    assert_int_equal(table.row_count, 1);
    read_text("Report of May\nName;Due\nx;y\n");
    assert_int_equal(table.preamble_count, 1);
    assert_cell(&table.header, 0, "Name");
    read_text("Name,Due,,,,,\nx,y,,,,,\n");
    assert_int_equal(table.preamble_count, 0);
    assert_cell(&table.header, 0, "Name");
}

static void test_csv__marks_in_front_and_utf_16(void **state)
{
    (void)state;
    read_text("\xef\xbb\xbfName,B\nx,y\n");
    assert_cell(&table.header, 0, "Name");
    static const uint8_t little[] = {0xff, 0xfe, 'N',  0,    ';',  0,   0xe9, 0,   '\n',
                                     0,    0x3d, 0xd8, 0x80, 0xde, ';', 0,    'x', 0};
    read_bytes(little, sizeof little);
    assert_cell(&table.header, 1, "\xc3\xa9");
    assert_cell(&table.rows[0], 0, "\xf0\x9f\x9a\x80");
    static const uint8_t big[] = {0xfe, 0xff, 0, 'N', 0, ',', 0, 'b', 0, '\n', 0, 'x'};
    read_bytes(big, sizeof big);
    assert_cell(&table.header, 1, "b");
    assert_cell(&table.rows[0], 0, "x");
}

static void test_csv__names_are_compared_plainly(void **state)
{
    (void)state;
    read_text("Task_ID, Due  Date ,Section/Column,Other Vendor...,due-on:,\xc3\x9c"
              "ber\n");
    assert_name(0, "task id");
    assert_name(1, "due date");
    assert_name(2, "section/column");
    assert_name(3, "other vendor");
    assert_name(4, "due on");
    assert_name(5, "\xc3\x9c"
                   "ber");
}

static void test_csv__rows_of_other_lengths_stay_as_they_are(void **state)
{
    (void)state;
    read_text("a,b,c\n1\n1,2,3,4\n,,\n");
    assert_int_equal(table.rows[0].cell_count, 1);
    assert_int_equal(table.rows[1].cell_count, 4);
    assert_int_equal(table.rows[2].cell_count, 3);
}

static void test_csv__refuses_what_is_torn_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t len;
        const char *message;
    } bad[] = {
        {"a,b\n1,\"open\n2,3\n", 15,
         "line 2, column 2: a quote that is opened here is never closed"},
        {"a,b\n\"x\"y,1\n", 11, "line 2, column 1: text after a closing quote"},
        {"a,b\n\xff,1\n", 8, "line 2: not UTF-8"},
        {"a,b\r\nx\0,1\n", 10, "line 2: a NUL byte"},
        {"", 0, "the table has no header"},
        {"\n\n,,\n", 5, "the table has no header"},
        {"\xff\xfe\x61", 3, "half a character"},
        {"\xff\xfe\x00\xd8\x61\x00", 6, "half a UTF-16 surrogate pair"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        table.row_count = 77;
        assert_int_equal(mu_csv_read(mu_slice_of(bad[i].bytes, bad[i].len), &arena, &table, &err),
                         MU_E_INVALID);
        if (strstr(err.text, bad[i].message) == NULL) {
            fail_msg("'%s' does not say '%s'", err.text, bad[i].message);
        }
        assert_int_equal(table.row_count, 77);
    }
}

static void test_csv__limits(void **state)
{
    (void)state;
    struct mu_buf text;
    mu_buf_init(&text, (size_t)8 * 1024 * 1024);
    for (size_t i = 0; i <= MU_CSV_COLUMN_MAX; i++) {
        assert_int_equal(mu_buf_append_str(&text, "a,"), MU_OK);
    }
    assert_int_equal(mu_csv_read(mu_buf_view(&text), &arena, &table, &err), MU_E_LIMIT);
    assert_non_null(strstr(err.text, "line 1: more than 1024 columns"));

    mu_buf_clear(&text);
    assert_int_equal(mu_buf_append_str(&text, "a,b\n"), MU_OK);
    for (size_t i = 0; i <= MU_CSV_CELL_MAX; i++) {
        assert_int_equal(mu_buf_append_byte(&text, 'x'), MU_OK);
    }
    assert_int_equal(mu_csv_read(mu_buf_view(&text), &arena, &table, &err), MU_E_LIMIT);
    assert_non_null(strstr(err.text, "line 2, column 1: a cell of 1048577 bytes"));
    mu_buf_deinit(&text);

    struct mu_arena small;
    for (size_t max = 0; max < 4000; max += 61) {
        mu_arena_init(&small, max);
        enum mu_status status =
            mu_csv_read(mu_slice_str("Name,Due\n\"a\"\"b\",c\nd,e\n"), &small, &table, &err);
        assert_true(status == MU_OK || status == MU_E_LIMIT);
        assert_true(status == MU_E_LIMIT || max > 100);
        mu_arena_deinit(&small);
    }
}

static void test_csv__every_front_of_a_table_is_read_or_refused(void **state)
{
    (void)state;
    const char *whole = "sep=;\r\n\"N \"\"x\"\"\";\xc3\xa9\r\n\"a\r\nb\";2\r\n";
    for (size_t len = 0; len <= strlen(whole); len++) {
        char copy[64]; /* a sanitizer sees a step too far */
        memcpy(copy, whole, len);
        enum mu_status status = mu_csv_read(mu_slice_of(copy, len), &arena, &table, &err);
        assert_true(status == MU_OK || status == MU_E_INVALID);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_csv__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(rfc_4180),
        TEST(line_ends_of_all_kinds_and_none_at_the_end),
        TEST(quotes_in_the_middle_are_text),
        TEST(finds_the_separator),
        TEST(the_header_may_come_late),
        TEST(marks_in_front_and_utf_16),
        TEST(names_are_compared_plainly),
        TEST(rows_of_other_lengths_stay_as_they_are),
        TEST(refuses_what_is_torn_with_its_line),
        TEST(limits),
        TEST(every_front_of_a_table_is_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
