/* What a person typed must be understood as it was meant, or refused: never guessed. */
#include "tests/harness/cmocka.h"

#include "client/cli/args.h"
#include "client/cli/tokens.h"

static const struct mu_option options[] = {{"due", 0, "WHEN", ""},
                                           {"label", 'l', "NAME", ""},
                                           {"all", 'a', NULL, ""},
                                           {NULL, 0, NULL, NULL}};
static const struct mu_option common[] = {{"json", 0, NULL, ""}, {NULL, 0, NULL, NULL}};

static struct mu_parsed parsed;

static enum mu_status parse(const char *const *words, size_t count, struct mu_error *err)
{
    /* argv is not const; what is parsed is not changed. */
    char *copies[16];
    union {
        const char *given;
        char *taken;
    } word;
    for (size_t i = 0; i < count; i++) {
        word.given = words[i];
        copies[i] = word.taken;
    }
    return mu_args_parse(copies, count, options, common, &parsed, err);
}

#define PARSE(err, ...)                       \
    parse((const char *const[]){__VA_ARGS__}, \
          sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *), err)

static void test_args__options_stand_anywhere(void **state)
{
    (void)state;
    struct mu_error err;

    assert_int_equal(PARSE(&err, "one", "--due", "fri", "two", "--all", "--label=a", "-l", "b"),
                     MU_OK);

    assert_int_equal(parsed.word_count, 2);
    assert_string_equal(parsed.words[1].text, "two");
    assert_string_equal(mu_args_value(&parsed, "due"), "fri");
    assert_string_equal(mu_args_nth(&parsed, "label", 0), "a");
    assert_string_equal(mu_args_nth(&parsed, "label", 1), "b");
    assert_null(mu_args_nth(&parsed, "label", 2));
    assert_string_equal(mu_args_value(&parsed, "label"), "b");
    assert_true(mu_args_flag(&parsed, "all"));
    assert_false(mu_args_flag(&parsed, "json"));
}

static void test_args__two_dashes_end_options(void **state)
{
    (void)state;
    struct mu_error err;

    assert_int_equal(PARSE(&err, "a", "--", "--due", "--", ""), MU_OK);

    assert_int_equal(parsed.word_count, 4);
    assert_false(parsed.words[0].literal);
    assert_string_equal(parsed.words[1].text, "--due");
    assert_true(parsed.words[1].literal);
    assert_string_equal(parsed.words[3].text, "");
}

static void test_args__no_option_is_abbreviated(void **state)
{
    (void)state;
    struct mu_error err;

    assert_int_equal(PARSE(&err, "--lab", "x"), MU_E_USAGE);
    assert_string_equal(err.text, "no option '--lab' here; did you mean '--label'?");
    assert_int_equal(PARSE(&err, "--jsno"), MU_E_USAGE);
    assert_string_equal(err.text, "no option '--jsno' here; did you mean '--json'?");
    assert_int_equal(PARSE(&err, "--zebra\033"), MU_E_USAGE);
    assert_string_equal(err.text, "no option '--zebra\\x1b' here");
    assert_int_equal(PARSE(&err, "-x"), MU_E_USAGE);
}

static void test_args__values_are_taken_whole_or_missed(void **state)
{
    (void)state;
    struct mu_error err;

    assert_int_equal(PARSE(&err, "--due", "--all"), MU_OK);
    assert_string_equal(mu_args_value(&parsed, "due"), "--all");
    assert_int_equal(PARSE(&err, "--due="), MU_OK);
    assert_string_equal(mu_args_value(&parsed, "due"), "");
    assert_int_equal(PARSE(&err, "--due"), MU_E_USAGE);
    assert_string_equal(err.text, "--due wants a value: --due WHEN");
    assert_int_equal(PARSE(&err, "--all=yes"), MU_E_USAGE);
    assert_string_equal(err.text, "--all takes no value");
}

static void test_args__a_word_with_a_dash_may_be_text(void **state)
{
    (void)state;
    struct mu_error err;

    assert_int_equal(PARSE(&err, "-", "-3", "-5d", "", "-long-dash"), MU_OK);

    assert_int_equal(parsed.word_count, 5);
}

static void is_token(const char *text, bool literal, enum mu_token_kind kind, const char *value)
{
    const struct mu_arg_word word = {.text = text, .literal = literal};
    struct mu_token token = mu_token_of(&word);
    assert_int_equal(token.kind, kind);
    assert_true(mu_slice_equal(token.value, mu_slice_str(value)));
}

static void test_token__is_one_only_where_nothing_else_can_be_meant(void **state)
{
    (void)state;
    is_token("@ana", false, MU_TOKEN_PERSON, "ana");
    is_token("#sales", false, MU_TOKEN_LABEL, "sales");
    is_token("^doing", false, MU_TOKEN_COLUMN, "doing");
    is_token("due:fri", false, MU_TOKEN_DUE, "fri");
    is_token("due:next fri", false, MU_TOKEN_DUE, "next fri");
    is_token("start:mon", false, MU_TOKEN_START, "mon");
    is_token("state:doing", false, MU_TOKEN_STATE, "doing");
    is_token("goal:G-2", false, MU_TOKEN_GOAL, "G-2");

    is_token("@ana", true, MU_TOKEN_TEXT, "@ana");
    is_token("@", false, MU_TOKEN_TEXT, "@");
    is_token("#", false, MU_TOKEN_TEXT, "#");
    is_token("due:", false, MU_TOKEN_TEXT, "due:");
    is_token("meet @ana", false, MU_TOKEN_TEXT, "meet @ana");
    is_token("@ana and @kofi", false, MU_TOKEN_TEXT, "@ana and @kofi");
    is_token("ana@example.org", false, MU_TOKEN_TEXT, "ana@example.org");
    is_token("", false, MU_TOKEN_TEXT, "");
}

static void test_token__knows_the_signs_of_comparing(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum mu_due_compare compare;
    } cases[] = {{"due<fri", MU_DUE_BEFORE}, {"due<=fri", MU_DUE_UNTIL}, {"due>fri", MU_DUE_AFTER},
                 {"due>=fri", MU_DUE_FROM},  {"due=fri", MU_DUE_AT},     {"due:fri", MU_DUE_AT}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct mu_arg_word word = {.text = cases[i].text};
        struct mu_token token = mu_token_of(&word);
        assert_int_equal(token.kind, MU_TOKEN_DUE);
        assert_int_equal(token.compare, cases[i].compare);
        assert_true(mu_slice_equal(token.value, mu_slice_str("fri")));
    }
}

static void test_token__spans_and_numbers(void **state)
{
    (void)state;
    struct mu_error err;
    int64_t value = 0;

    assert_int_equal(mu_token_span("5s", &value, &err), MU_OK);
    assert_int_equal(value, 5000);
    assert_int_equal(mu_token_span("7d", &value, &err), MU_OK);
    assert_int_equal(value, 7 * 86400000LL);
    assert_int_equal(mu_token_span("7", &value, &err), MU_E_USAGE);
    assert_int_equal(mu_token_span("-7d", &value, &err), MU_E_USAGE);
    assert_int_equal(mu_token_span("99999999999999999999d", &value, &err), MU_E_USAGE);
    assert_int_equal(mu_token_number("12", "--limit", 0, 100, &value, &err), MU_OK);
    assert_int_equal(value, 12);
    assert_int_equal(mu_token_number("101", "--limit", 0, 100, &value, &err), MU_E_USAGE);
    assert_string_equal(err.text, "--limit is a number from 0 to 100, not '101'");
    assert_int_equal(mu_token_number("1x", "--limit", 0, 100, &value, &err), MU_E_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_args__options_stand_anywhere),
        cmocka_unit_test(test_args__two_dashes_end_options),
        cmocka_unit_test(test_args__no_option_is_abbreviated),
        cmocka_unit_test(test_args__values_are_taken_whole_or_missed),
        cmocka_unit_test(test_args__a_word_with_a_dash_may_be_text),
        cmocka_unit_test(test_token__is_one_only_where_nothing_else_can_be_meant),
        cmocka_unit_test(test_token__knows_the_signs_of_comparing),
        cmocka_unit_test(test_token__spans_and_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
