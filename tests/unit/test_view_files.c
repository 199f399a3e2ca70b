/* Texts in tables and calendars: no formula, no line too long, no character cut, nothing that
 * breaks out of its cell. */
#include <stdio.h>
#include <string.h>

#include "client/view/csv_text.h"
#include "client/view/ics_text.h"
#include "common/base/utf8.h"
#include "tests/harness/cmocka.h"

static struct mu_buf out;

static int set_up(void **state)
{
    (void)state;
    mu_buf_init(&out, (size_t)1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mu_buf_deinit(&out);
    return 0;
}

static void out_is(const char *text)
{
    if (out.len != strlen(text) || memcmp(out.data, text, out.len) != 0) {
        fail_msg("'%.*s' is not '%s'", (int)out.len, (const char *)out.data, text);
    }
    mu_buf_clear(&out);
}

static void test_view_files__a_cell_is_no_formula_and_stays_in_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *cell;
    } cells[] = {
        {"plain", "plain"},
        {"", ""},
        {"a,b", "\"a,b\""},
        {"say \"hi\"", "\"say \"\"hi\"\"\""},
        {"two\nlines", "\"two\nlines\""},
        {" blank ", "\" blank \""},
        {"=1+1", "'=1+1"},
        {"+49 30", "'+49 30"},
        {"-5", "'-5"},
        {"@ana", "'@ana"},
        {"\t=x", "\"'\t=x\""},
        {"=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
        {"a=b", "a=b"},
        {"\xe6\x97\xa5\xe6\x9c\xac", "\xe6\x97\xa5\xe6\x9c\xac"},
    };
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        assert_int_equal(mu_csv_put_cell(&out, mu_slice_str(cells[i].text), true), MU_OK);
        out_is(cells[i].cell);
    }
    assert_int_equal(mu_csv_put_cell(&out, mu_slice_str("a"), true), MU_OK);
    assert_int_equal(mu_csv_put_cell(&out, mu_slice_str("b"), false), MU_OK);
    assert_int_equal(mu_csv_put_end(&out), MU_OK);
    out_is("a,b\r\n");
}

static void test_view_files__a_calendar_text_is_escaped(void **state)
{
    (void)state;
    assert_int_equal(mu_ics_put_text(&out, "SUMMARY", mu_slice_str("a;b,c\\d\r\ne\x07\x1b[1m")),
                     MU_OK);
    out_is("SUMMARY:a\\;b\\,c\\\\d\\ne[1m\r\n");
    /* Nothing gets out of its line. */
    assert_int_equal(mu_ics_put_text(&out, "SUMMARY", mu_slice_str("x\nEND:VEVENT\r\nATTACH:y")),
                     MU_OK);
    out_is("SUMMARY:x\\nEND:VEVENT\\nATTACH:y\r\n");
}

static void test_view_files__long_lines_are_folded_between_characters(void **state)
{
    (void)state;
    for (size_t lead = 0; lead < 8; lead++) {
        MU_BUF_AUTO struct mu_buf text;
        mu_buf_init(&text, (size_t)1 << 20);
        for (size_t i = 0; i < lead; i++) {
            assert_int_equal(mu_buf_append_byte(&text, 'x'), MU_OK);
        }
        for (size_t i = 0; i < 100; i++) {
            assert_int_equal(mu_buf_append_str(&text, "\xf0\x9f\x9a\x80,\xc3\xa4"), MU_OK);
        }
        mu_buf_clear(&out);
        assert_int_equal(mu_ics_put_text(&out, "DESCRIPTION", mu_buf_view(&text)), MU_OK);

        struct mu_slice rest = mu_buf_view(&out);
        size_t lines = 0;
        while (rest.len > 0) {
            const uint8_t *end = memchr(rest.data, '\r', rest.len);
            assert_non_null(end);
            size_t len = (size_t)(end - rest.data);
            assert_true(len <= 75);
            assert_true(mu_utf8_valid(mu_slice_of(rest.data, len)));
            assert_true(lines == 0 || rest.data[0] == ' ');
            assert_int_equal(end[1], '\n');
            /* An escape is not torn apart. */
            assert_true(rest.data[len - 1] != '\\' || rest.data[len - 2] == '\\');
            rest = mu_slice_of(end + 2, rest.len - len - 2);
            lines++;
        }
        assert_true(lines > 10);
    }
}

static void test_view_files__instants_and_dates(void **state)
{
    (void)state;
    assert_int_equal(mu_ics_put_instant(&out, "DTSTART", INT64_C(1791558000000)), MU_OK);
    out_is("DTSTART:20261009T150000Z\r\n");
    assert_int_equal(mu_ics_put_instant(&out, "DTSTART", -1), MU_OK);
    out_is("DTSTART:19691231T235959Z\r\n");
    assert_int_equal(mu_ics_put_date(&out, "DTSTART", (struct mu_date){2026, 2, 3}), MU_OK);
    out_is("DTSTART;VALUE=DATE:20260203\r\n");
}

#define WITH_BUFFER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BUFFER(test_view_files__a_cell_is_no_formula_and_stays_in_its_place),
        WITH_BUFFER(test_view_files__a_calendar_text_is_escaped),
        WITH_BUFFER(test_view_files__long_lines_are_folded_between_characters),
        WITH_BUFFER(test_view_files__instants_and_dates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
