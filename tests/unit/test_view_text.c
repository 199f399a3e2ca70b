/* Text of others must never drive a terminal, hide, or pretend; and what people really write
 * must come through as it is, with its true width. */
#include "tests/harness/cmocka.h"

#include <stdlib.h>

#include "client/view/text.h"
#include "common/base/utf8.h"

static struct mu_slice lit(const char *text)
{
    return mu_slice_str(text);
}

static void shows(struct mu_slice text, enum mu_show_lines lines, const char *expected)
{
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 1 << 20);
    assert_int_equal(mu_show(&out, text, lines), MU_OK);
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal((const char *)out.data, expected);
}

static void one_line(const char *text, const char *expected)
{
    shows(lit(text), MU_SHOW_ONE_LINE, expected);
}

static void test_show__controls_become_escapes(void **state)
{
    (void)state;
    one_line("a\033[2Jb", "a\\x1b[2Jb");
    one_line("\007\b\177", "\\x07\\x08\\x7f");
    one_line("\xc2\x9b"
             "31m",
             "\\u009b31m"); /* C1 CSI */
    shows(mu_slice_of("a\0b", 3), MU_SHOW_ONE_LINE, "a\\x00b");
}

static void test_show__line_ends_stay_only_where_lines_are_wanted(void **state)
{
    (void)state;
    one_line("a\nb\r\nc\td\xe2\x80\xa8"
             "e\xc2\x85"
             "f",
             "a b c d e f");
    shows(lit("a\nb\r\nc\td\xe2\x80\xa8"
              "e"),
          MU_SHOW_LINES, "a\nb\nc    d\ne");
    /* A carriage return alone would let a line be written over. */
    shows(lit("safe\rfake"), MU_SHOW_LINES, "safe\\x0dfake");
    one_line("safe\rfake", "safe\\x0dfake");
}

static void test_show__what_turns_or_hides_text_becomes_visible(void **state)
{
    (void)state;
    /* NOLINTNEXTLINE(misc-misleading-bidirectional): what must not come through */
    one_line("a\xe2\x80\xae"
             "b",
             "a\\u202eb"); /* RLO */
    one_line("a\xe2\x81\xa6"
             "b\xe2\x81\xa9",
             "a\\u2066b\\u2069"); /* isolates */
    one_line("a\xe2\x80\x8b"
             "b\xef\xbb\xbf",
             "a\\u200bb\\ufeff"); /* zero-width space, BOM */
    one_line("pay\xc2\xadpal", "pay\\u00adpal");
    one_line("\xf3\xa0\x81\x81\xf3\xa0\x81\x82", "\\u{e0041}\\u{e0042}"); /* bare tags */
    one_line("a\xe2\x80\x8d"
             "b",
             "a\\u200db");
    one_line("\xe3\x85\xa4", "\\u3164");
    one_line("x\xef\xb8\x8f", "x\\ufe0f");
}

static void test_show__bytes_that_are_no_utf8_are_replaced(void **state)
{
    (void)state;
    one_line("a\xff"
             "b",
             "a\xef\xbf\xbd"
             "b");
    one_line("\xc0\x9b", "\xef\xbf\xbd\xef\xbf\xbd");
    one_line("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    one_line("\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd");
}

static void test_show__real_text_comes_through(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "Call Kowalczyk \xe2\x80\x94 Stra\xc3\x9f"
        "e",
        "\xe6\x9d\xb1\xe4\xba\xac",
        "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7\xe2\x80\x8d\xf0"
        "\x9f"
        "\x91\xa6",                                                     /* family */
        "\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd",                             /* thumb with a skin */
        "\xf0\x9f\x91\xa9\xf0\x9f\x8f\xbd\xe2\x80\x8d\xf0\x9f\x92\xbb", /* with a computer */
        "\xe2\x9d\xa4\xef\xb8\x8f",                                     /* heart, emoji style */
        "1\xef\xb8\x8f\xe2\x83\xa3",                                    /* keycap */
        "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa",                             /* a country's flag */
        "\xf0\x9f\x8f\xb4\xf3\xa0\x81\xa7\xf3\xa0\x81\xa2\xf3\xa0\x81\xa5\xf3\xa0\x81\xae\xf3\xa0"
        "\x81"
        "\xa7\xf3\xa0\x81\xbf",                                                 /* England's */
        "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae\xd9\x88\xd8\xa7\xd9\x87\xd9\x85", /* with a ZWNJ */
        "e\xcc\x81",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        one_line(texts[i], texts[i]);
    }
}

static void test_show__marks_are_capped_and_sit_on_nothing_of_ours(void **state)
{
    (void)state;
    one_line("a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"
             "b",
             "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81"
             "b");
    one_line("\xcc\x81x", "\xe2\x97\x8c\xcc\x81x");
    one_line("a \xcc\x81", "a \xe2\x97\x8c\xcc\x81");
}

static void test_show__endless_emoji_sequences_are_broken(void **state)
{
    (void)state;
    MU_BUF_AUTO struct mu_buf text;
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&text, 1 << 20);
    mu_buf_init(&out, 1 << 20);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(mu_buf_append_str(&text, "\xf0\x9f\x91\xa8\xe2\x80\x8d"), MU_OK);
        assert_int_equal(mu_buf_append_str(&text, "\xf0\x9f\x8f\xbd\xf0\x9f\x8f\xbd"), MU_OK);
    }
    assert_int_equal(mu_show(&out, mu_buf_view(&text), MU_SHOW_ONE_LINE), MU_OK);
    assert_true(mu_show_width(mu_buf_view(&out)) > 1000);
}

static void test_show__fails_whole(void **state)
{
    (void)state;
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 4);
    assert_int_equal(mu_buf_append_byte(&out, 'x'), MU_OK);

    assert_int_equal(mu_show(&out, lit("a\x1b"), MU_SHOW_ONE_LINE), MU_E_LIMIT);

    assert_int_equal(out.len, 1);
}

/* Whatever goes in, what comes out is valid, without controls and without unseen characters
 * outside of a sequence; neutralising it again changes nothing. */
static void test_show__any_bytes_come_out_harmless_and_stable(void **state)
{
    (void)state;
    uint32_t seed = 12345;
    MU_BUF_AUTO struct mu_buf once;
    MU_BUF_AUTO struct mu_buf twice;
    mu_buf_init(&once, 1 << 16);
    mu_buf_init(&twice, 1 << 16);
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[48];
        size_t len = 0;
        while (len < 40) {
            seed = seed * 1664525 + 1013904223;
            uint32_t pick = seed >> 8;
            static const uint32_t points[] = {0x1b,   0x9b,    0x200d,  0x200c,  0xfe0f,  0x202e,
                                              0x301,  0x1f468, 0x1f3fd, 0x1f3f4, 0xe0067, 0xe007f,
                                              0x20e3, 0x31,    0x20,    0x645,   0x94d,   0x1f1e9};
            if (pick % 8 == 0) {
                bytes[len++] = (uint8_t)(pick >> 4);
            } else {
                len += mu_utf8_put(points[pick / 8 % 18], bytes + len);
            }
        }
        mu_buf_clear(&once);
        mu_buf_clear(&twice);
        assert_int_equal(mu_show(&once, mu_slice_of(bytes, len), MU_SHOW_ONE_LINE), MU_OK);
        assert_true(mu_utf8_valid(mu_buf_view(&once)));
        for (size_t i = 0; i < once.len; i++) {
            assert_true(once.data[i] >= 0x20 && once.data[i] != 0x7f);
            assert_false(once.data[i] == 0xc2 && once.data[i + 1] < 0xa0);
        }
        assert_int_equal(mu_show(&twice, mu_buf_view(&once), MU_SHOW_ONE_LINE), MU_OK);
        assert_true(mu_slice_equal(mu_buf_view(&once), mu_buf_view(&twice)));
    }
}

static void test_width__counts_what_a_terminal_draws(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t width;
    } cases[] = {
        {"", 0},
        {"abc", 3},
        {"Stra\xc3\x9f"
         "e",
         6},
        {"e\xcc\x81", 1},
        {"\xe6\x9d\xb1\xe4\xba\xac", 4},
        {"\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", 2},
        {"\xf0\x9f\x91\x8d\xf0\x9f\x8f\xbd", 2},
        {"\xe2\x9d\xa4\xef\xb8\x8f", 2},
        {"1\xef\xb8\x8f\xe2\x83\xa3", 2},
        {"\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa", 2},
        {"\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa\xf0\x9f\x87\xab\xf0\x9f\x87\xb7", 4},
        {"\xf0\x9f\xab\xa8", 2}, /* Unicode 15 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(mu_show_width(lit(cases[i].text)), cases[i].width);
    }
}

static void fits(const char *text, size_t width, bool pad, const char *expected)
{
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 1000);
    assert_int_equal(mu_show_fit(&out, lit(text), width, pad), MU_OK);
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal((const char *)out.data, expected);
}

static void test_fit__cuts_between_clusters_and_pads(void **state)
{
    (void)state;
    fits("abcdef", 6, true, "abcdef");
    fits("abcdef", 5, true, "abcd\xe2\x80\xa6");
    fits("abc", 5, true, "abc  ");
    fits("abc", 5, false, "abc");
    fits("\xe6\x9d\xb1\xe4\xba\xac", 3, true, "\xe6\x9d\xb1\xe2\x80\xa6");
    fits("\xe6\x9d\xb1\xe4\xba\xac", 2, true, "\xe2\x80\xa6 ");
    fits("\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9"
         "ab",
         3, true, "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9\xe2\x80\xa6");
    fits("abc", 0, true, "");
}

static void wraps(const char *text, size_t indent, size_t width, const char *expected)
{
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 1000);
    assert_int_equal(mu_show_wrap(&out, lit(text), indent, width), MU_OK);
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal((const char *)out.data, expected);
}

static void test_wrap__breaks_at_blanks_and_indents(void **state)
{
    (void)state;
    wraps("one two three", 2, 10, "  one two\n  three\n");
    wraps("one two\n\nthree", 2, 40, "  one two\n\n  three\n");
    wraps("abcdefghij", 0, 4, "abcd\nefgh\nij\n");
    wraps("ab cdefghi", 0, 4, "ab\ncdef\nghi\n");
    wraps("\xe6\x9d\xb1\xe4\xba\xac", 0, 1, "\xe6\x9d\xb1\n\xe4\xba\xac\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_show__controls_become_escapes),
        cmocka_unit_test(test_show__line_ends_stay_only_where_lines_are_wanted),
        cmocka_unit_test(test_show__what_turns_or_hides_text_becomes_visible),
        cmocka_unit_test(test_show__bytes_that_are_no_utf8_are_replaced),
        cmocka_unit_test(test_show__real_text_comes_through),
        cmocka_unit_test(test_show__marks_are_capped_and_sit_on_nothing_of_ours),
        cmocka_unit_test(test_show__endless_emoji_sequences_are_broken),
        cmocka_unit_test(test_show__fails_whole),
        cmocka_unit_test(test_show__any_bytes_come_out_harmless_and_stable),
        cmocka_unit_test(test_width__counts_what_a_terminal_draws),
        cmocka_unit_test(test_fit__cuts_between_clusters_and_pads),
        cmocka_unit_test(test_wrap__breaks_at_blanks_and_indents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
