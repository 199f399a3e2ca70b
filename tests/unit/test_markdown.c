/* Texts of people as pages: read as they were meant, harmless whatever is in them, and never cut
 * short in silence. */
#include "tests/harness/cmocka.h"

#include <stdlib.h>
#include <string.h>

#include "client/markdown/markdown.h"
#include "client/view/mark.h"
#include "client/view/text.h"

/* Marks as letters that the texts below don't use. */
static const char marks[MU_MARK_END + 1] = "?.^~`,";

static void shows(const char *text, size_t width, const char *page)
{
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, (size_t)4 << 20);
    assert_int_equal(mu_markdown(&out, mu_slice_str(text), 2, width), MU_OK);
    for (size_t i = 0; i < out.len; i++) {
        out.data[i] = out.data[i] < MU_MARK_END && out.data[i] > 0 ? (uint8_t)marks[out.data[i]]
                                                                   : out.data[i];
    }
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal((const char *)out.data, page);
}

static void test_markdown__sets_what_people_write(void **state)
{
    (void)state;
    shows("# Plan\nfirst *line*\nnext **line** and `code`\n\nlast", 40,
          "  ^Plan\n\n  first ~line\n  next ^line. and `code\n\n  last\n");
    shows("- one\n- two\n  - inner\n\n3. three\n4. four\n", 40,
          "  - one\n  - two\n    - inner\n\n  3. three\n  4. four\n");
    shows("> said\n> twice\n\n```\nint  x;\n```\n", 40, "  > said\n  > twice\n\n      `int  x;\n");
    shows("see [this](https://a.example) or <https://b.example>", 60,
          "  see this ,(https://a.example). or https://b.example\n");
    shows("", 40, "");
}

static void test_markdown__wraps_at_blanks_and_within_what_has_none(void **state)
{
    (void)state;
    shows("one two three four five", 14, "  one two\n  three four\n  five\n");
    shows("- aaaaaaaaaaaaaaaa b", 14, "  - aaaaaaaaaa\n    aaaaaa b\n");
    shows("\xe6\x9d\xb1\xe4\xba\xac\xe6\x9d\xb1\xe4\xba\xac\xe6\x9d\xb1\xe4\xba\xac", 10,
          "  \xe6\x9d\xb1\xe4\xba\xac\xe6\x9d\xb1\xe4\xba\xac\n  \xe6\x9d\xb1\xe4\xba\xac\n");
}

static void test_markdown__makes_nothing_of_hostile_text(void **state)
{
    (void)state;
    shows("a\033[31mb \xe2\x80\xaeright\n\n<script>x</script>\n\n![p](http://t.example/p.png)", 60,
          "  a\\x1b[31mb \\u202eright\n\n  ,<script>x</script>\n\n"
          "  ,[picture:. p,] (http://t.example/p.png)\n");
    shows("mark \x02 here", 40, "  mark \\x02 here\n");
}

static void test_markdown__stays_within_its_width_however_deep(void **state)
{
    MU_BUF_AUTO struct mu_buf text;
    MU_BUF_AUTO struct mu_buf out;
    (void)state;
    mu_buf_init(&text, (size_t)1 << 20);
    mu_buf_init(&out, (size_t)8 << 20);
    for (int i = 0; i < 2000; i++) {
        assert_int_equal(mu_buf_append_str(&text, i % 2 == 0 ? "> " : "- "), MU_OK);
    }
    assert_int_equal(mu_buf_append_str(&text, "deep in there"), MU_OK);
    assert_int_equal(mu_markdown(&out, mu_buf_view(&text), 2, 80), MU_OK);
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_non_null(strstr((const char *)out.data, "deep in there"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markdown__sets_what_people_write),
        cmocka_unit_test(test_markdown__wraps_at_blanks_and_within_what_has_none),
        cmocka_unit_test(test_markdown__makes_nothing_of_hostile_text),
        cmocka_unit_test(test_markdown__stays_within_its_width_however_deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
