/* Command lines are typed by people and by scripts: what is understood must be exactly what was
 * written, and what is not must be said by name. */
#include "tests/harness/cmocka.h"

#include "common/base/flags.h"

struct line {
    const char *data, *name;
    bool json;
};

static enum mu_status parse(struct line *line, const char **args, size_t count, size_t *out_rest,
                            struct mu_error *err)
{
    const struct mu_flag options[] = {
        {"data", &line->data, NULL}, {"name", &line->name, NULL}, {"json", NULL, &line->json}};
    return mu_flags_parse(options, 3, args, count, out_rest, err);
}

static void test_flags__takes_values_in_both_forms_and_words_between(void **state)
{
    (void)state;
    struct line line = {0};
    struct mu_error err;
    size_t rest = 0;
    const char *args[] = {"init", "--data", "a b", "--json", "more", "--name=x=y"};

    assert_int_equal(parse(&line, args, 6, &rest, &err), MU_OK);

    assert_string_equal(line.data, "a b");
    assert_string_equal(line.name, "x=y");
    assert_true(line.json);
    assert_int_equal(rest, 2);
    assert_string_equal(args[0], "init");
    assert_string_equal(args[1], "more");
}

static void test_flags__two_dashes_end_them(void **state)
{
    (void)state;
    struct line line = {0};
    struct mu_error err;
    size_t rest = 0;
    const char *args[] = {"--json", "--", "--data", "-"};

    assert_int_equal(parse(&line, args, 4, &rest, &err), MU_OK);

    assert_null(line.data);
    assert_int_equal(rest, 2);
    assert_string_equal(args[0], "--data");
    assert_string_equal(args[1], "-");
}

static void assert_refused(const char *a, const char *b, const char *c, const char *text)
{
    struct line line = {0};
    struct mu_error err;
    size_t rest = 0;
    const char *args[] = {a, b, c};
    size_t count = b == NULL ? 1 : (c == NULL ? 2 : 3);
    assert_int_equal(parse(&line, args, count, &rest, &err), MU_E_USAGE);
    assert_string_equal(err.text, text);
}

static void test_flags__says_what_is_wrong(void **state)
{
    (void)state;

    assert_refused("--dta", "x", NULL, "unknown option '--dta'; did you mean '--data'?");
    assert_refused("--frobnicate", NULL, NULL, "unknown option '--frobnicate'");
    assert_refused("--dat", "x", NULL, "unknown option '--dat'; did you mean '--data'?");
    assert_refused("-d", "x", NULL, "unknown option '-d'; options are written in full");
    assert_refused("--data", NULL, NULL, "option '--data' needs a value");
    assert_refused("--json=1", NULL, NULL, "option '--json' takes no value");
    assert_refused("--data=a", "--data", "b", "option '--data' is given twice");
}

static void test_flags__nearest_word_is_near(void **state)
{
    (void)state;
    static const char *const words[] = {"init", "serve", "status"};

    assert_string_equal(mu_flags_nearest("sreve", words, 3), "serve");
    assert_string_equal(mu_flags_nearest("stats", words, 3), "status");
    assert_null(mu_flags_nearest("banana", words, 3));
    assert_null(mu_flags_nearest("", words, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flags__takes_values_in_both_forms_and_words_between),
        cmocka_unit_test(test_flags__two_dashes_end_them),
        cmocka_unit_test(test_flags__says_what_is_wrong),
        cmocka_unit_test(test_flags__nearest_word_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
