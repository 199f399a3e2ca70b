/* JSON that nobody trusts: what is not JSON must be refused with its place before anything
 * reads it, and what is JSON must be walked to the last byte. */
#include "client/import/json_scan.h"
#include "tests/harness/cmocka.h"

static struct mu_slice text_of(const char *text)
{
    return mu_slice_str(text);
}

static void test_json_scan__accepts_what_rfc_8259_has(void **state)
{
    (void)state;
    static const char *const good[] = {
        "{}",
        "[]",
        " \t\r\n[ ] \n",
        "0",
        "-0.5e+10",
        "1E2",
        "true",
        "null",
        "\"\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude80\"",
        "\"\xc3\xa9\xf0\x9f\x9a\x80\"",
        "{\"a\":[1,2,{\"b\":null}],\"c\":{}}",
        "[[],[[]],{}]",
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct mu_error err = {0};
        if (mu_json_check(text_of(good[i]), &err) != MU_OK) {
            fail_msg("%s: %s", good[i], err.text);
        }
    }
}

static void test_json_scan__refuses_the_rest_and_says_where(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } bad[] = {
        {"", "line 1, column 1: the file ends in the middle"},
        {"{\n  \"a\": 1,\n}", "line 3, column 1: expected a key in double quotes"},
        {"[1 2]", "line 1, column 4: expected ',' or ']' after a value"},
        {"{\"a\" 1}", "column 6: expected ':' after a key"},
        {"{\"a\":1 \"b\":2}", "column 8: expected ',' or '}' after a value"},
        {"[1,]", "column 4: expected a value"},
        {"{'a':1}", "column 2: expected a key in double quotes"},
        {"[01]", "column 3: expected ',' or ']'"},
        {"[-]", "column 3: '-' without a number"},
        {"[1.]", "column 4: a number without digits behind its point"},
        {"[1e]", "column 4: a number without digits in its exponent"},
        {"[+1]", "column 2: expected a value"},
        {"[NaN]", "column 2: expected a value"},
        {"nul", "column 4: the file ends in the middle"},
        {"nulx", "column 1: expected a value"},
        {"\"\\x\"", "column 3: an escape that JSON does not have"},
        {"\"\\u12g4\"", "column 3: '\\u' without four hexadecimal digits"},
        {"\"\\u0000\"", "column 3: a NUL character"},
        {"\"\\ud83d\"", "column 3: half a surrogate pair"},
        {"\"\\ud83d\\u0041\"", "column 3: half a surrogate pair"},
        {"\"\\ude80\"", "column 3: half a surrogate pair"},
        {"\"a\nb\"", "column 3: a control character or a line end inside a text"},
        {"\"\xff\"", "column 2: not UTF-8"},
        {"\"\xc0\x80\"", "column 2: not UTF-8"},
        {"\"\xed\xa0\x80\"", "column 2: not UTF-8"},
        {"[\"\xc3\xa9\", x]", "line 1, column 7: expected a value"},
        {"{} {}", "column 4: something follows the end"},
        {"[}", "column 2: expected a value"},
        {"{]", "column 2: expected a key"},
        {"\xe2\x80\x8b[]", "column 1: expected a value"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct mu_error err = {0};
        assert_int_equal(mu_json_check(text_of(bad[i].text), &err), MU_E_INVALID);
        if (strstr(err.text, bad[i].message) == NULL) {
            fail_msg("'%s' gives '%s', not '%s'", bad[i].text, err.text, bad[i].message);
        }
    }
}

static void test_json_scan__a_nul_byte_is_named(void **state)
{
    (void)state;
    struct mu_error err = {0};
    assert_int_equal(mu_json_check(mu_slice_of("[\"a\0b\"]", 7), &err), MU_E_INVALID);
    assert_non_null(strstr(err.text, "line 1, column 4: a NUL byte"));
    assert_int_equal(mu_json_check(mu_slice_of("[]\0", 3), &err), MU_E_INVALID);
    assert_non_null(strstr(err.text, "a NUL byte"));
}

static void test_json_scan__every_text_cut_short_is_refused(void **state)
{
    (void)state;
    const char *whole = "{\"a\":[1.5e3,true,\"\\ud83d\\ude80\xc3\xa9\"],\"b\":{\"c\":null}}";
    struct mu_error err = {0};
    size_t len = strlen(whole);
    assert_int_equal(mu_json_check(mu_slice_of(whole, len), &err), MU_OK);
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(mu_json_check(mu_slice_of(whole, i), &err), MU_E_INVALID);
    }
}

static void test_json_scan__nesting_ends_at_its_limit(void **state)
{
    (void)state;
    static const size_t depth = MU_JSON_DEPTH_MAX;
    char text[2 * MU_JSON_DEPTH_MAX];
    struct mu_error err = {0};
    memset(text, '[', depth);
    memset(text + depth, ']', depth);
    assert_int_equal(mu_json_check(mu_slice_of(text, 2 * depth), &err), MU_OK);
    memset(text, '[', depth + 1);
    assert_int_equal(mu_json_check(mu_slice_of(text, depth + 1), &err), MU_E_LIMIT);
    assert_non_null(strstr(err.text, "nested too deep"));
}

static void assert_slice(struct mu_slice slice, const char *text)
{
    if (!mu_slice_equal(slice, mu_slice_str(text))) {
        fail_msg("'%.*s' is not '%s'", (int)slice.len, (const char *)slice.data, text);
    }
}

static void test_json_scan__walks_objects_and_arrays(void **state)
{
    (void)state;
    struct mu_slice key;
    struct mu_slice value;
    struct mu_json_walk walk = mu_json_walk(
        text_of(" { \"a\" : [1, {\"x\":\"}\\\"]\"}] , \"b\":\"]}\",\"c\":-1e5 , \"d\":{}}"));
    assert_true(walk.is_object);
    assert_true(mu_json_next(&walk, &key, &value));
    assert_slice(key, "a");
    assert_slice(value, "[1, {\"x\":\"}\\\"]\"}]");
    assert_int_equal(mu_json_count(value), 2);
    assert_true(mu_json_next(&walk, &key, &value));
    assert_slice(key, "b");
    assert_slice(value, "\"]}\"");
    assert_int_equal(mu_json_kind(value), '"');
    assert_true(mu_json_next(&walk, &key, &value));
    assert_slice(value, "-1e5");
    assert_true(mu_json_next(&walk, &key, &value));
    assert_slice(key, "d");
    assert_int_equal(mu_json_count(value), 0);
    assert_false(mu_json_next(&walk, &key, &value));
    assert_false(mu_json_next(&walk, &key, &value));

    walk = mu_json_walk(text_of("17"));
    assert_false(mu_json_next(&walk, &key, &value));
    walk = mu_json_walk((struct mu_slice){0});
    assert_false(mu_json_next(&walk, &key, &value));
}

static void test_json_scan__walking_what_was_never_checked_stays_inside(void **state)
{
    (void)state;
    const char *torn = "{\"a\":[1,{\"b\":\"c\\\"d";
    for (size_t len = 0; len <= strlen(torn); len++) {
        char copy[32]; /* exact in size, so that a sanitizer sees a step too far */
        memcpy(copy, torn, len);
        struct mu_json_walk walk = mu_json_walk(mu_slice_of(copy, len));
        struct mu_slice key;
        struct mu_slice value;
        while (mu_json_next(&walk, &key, &value)) {
            assert_true(value.data >= (const uint8_t *)copy &&
                        value.data + value.len <= (const uint8_t *)copy + len);
        }
    }
}

static void test_json_scan__a_mark_in_front_is_taken_off(void **state)
{
    (void)state;
    assert_slice(mu_json_strip(text_of("\xef\xbb\xbf[]")), "[]");
    assert_slice(mu_json_strip(text_of("\xef\xbb")), "\xef\xbb");
    assert_slice(mu_json_strip(text_of("[]")), "[]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json_scan__accepts_what_rfc_8259_has),
        cmocka_unit_test(test_json_scan__refuses_the_rest_and_says_where),
        cmocka_unit_test(test_json_scan__a_nul_byte_is_named),
        cmocka_unit_test(test_json_scan__every_text_cut_short_is_refused),
        cmocka_unit_test(test_json_scan__nesting_ends_at_its_limit),
        cmocka_unit_test(test_json_scan__walks_objects_and_arrays),
        cmocka_unit_test(test_json_scan__walking_what_was_never_checked_stays_inside),
        cmocka_unit_test(test_json_scan__a_mark_in_front_is_taken_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
