/* What we write must be JSON to others, keep every character, and move no terminal. */
#include "tests/harness/cmocka.h"

#include <jansson.h>

#include "client/view/json.h"

static void test_json__nests_and_separates(void **state)
{
    (void)state;
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 1000);
    struct mu_json json;

    mu_json_start(&json, &out);
    mu_json_object(&json, NULL);
    mu_json_int(&json, "schema", 1);
    mu_json_array(&json, "list");
    mu_json_int(&json, NULL, INT64_MIN);
    mu_json_object(&json, NULL);
    mu_json_close(&json);
    mu_json_bool(&json, NULL, true);
    mu_json_null(&json, NULL);
    mu_json_close(&json);
    mu_json_raw(&json, "raw", mu_slice_str("{\"a\":\"\xc2\x9b\xc3\xa4\"}"));
    mu_json_id(&json, "none", (struct mu_id){{0}});
    mu_json_id(&json, "id", (struct mu_id){{1}});
    mu_json_instant(&json, "at", 1795525509999);
    mu_json_close(&json);
    mu_json_line(&json);
    assert_int_equal(mu_json_end(&json), MU_OK);

    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal((const char *)out.data,
                        "{\"schema\":1,\"list\":[-9223372036854775808,{},true,null],"
                        "\"raw\":{\"a\":\"\\u009b\xc3\xa4\"},\"none\":null,"
                        "\"id\":\"01000000-0000-0000-0000-000000000000\","
                        "\"at\":\"2026-11-24T13:05:09Z\"}\n");
}

static void test_json__text_comes_back_as_it_was_and_is_harmless(void **state)
{
    (void)state;
    /* NOLINTNEXTLINE(misc-misleading-bidirectional): what must not come through */
    static const char text[] = "q\" b\\ \n\t\r\x01\x1b[2J \x7f \xc2\x9b \xe2\x80\xae "
                               "\xf0\x9f\x91\xa8\xe2\x80\x8d\xf0\x9f\x91\xa9 \xf3\xa0\x81\x81 "
                               "\xe6\x9d\xb1";
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 1000);
    struct mu_json json;

    mu_json_start(&json, &out);
    mu_json_array(&json, NULL);
    mu_json_str(&json, NULL, text);
    mu_json_close(&json);
    assert_int_equal(mu_json_end(&json), MU_OK);

    for (size_t i = 0; i < out.len; i++) {
        assert_true(out.data[i] >= 0x20 && out.data[i] != 0x7f);
    }
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    /* NOLINTNEXTLINE(misc-misleading-bidirectional) */
    assert_null(strstr((const char *)out.data, "\xe2\x80\xae"));
    json_error_t error;
    json_t *read = json_loads((const char *)out.data, 0, &error);
    assert_non_null(read);
    assert_string_equal(json_string_value(json_array_get(read, 0)), text);
    json_decref(read);
}

static void test_json__bytes_that_are_no_utf8_are_replaced(void **state)
{
    (void)state;
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 100);
    struct mu_json json;

    mu_json_start(&json, &out);
    mu_json_str(&json, NULL,
                "a\xff"
                "b");
    assert_int_equal(mu_json_end(&json), MU_OK);

    assert_true(mu_slice_equal(mu_buf_view(&out), mu_slice_str("\"a\\ufffdb\"")));
}

static void test_json__the_first_failure_is_kept(void **state)
{
    (void)state;
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 10);
    struct mu_json json;

    mu_json_start(&json, &out);
    mu_json_array(&json, NULL);
    mu_json_str(&json, NULL, "much too long");
    mu_json_int(&json, NULL, 1);
    mu_json_close(&json);

    assert_int_equal(mu_json_end(&json), MU_E_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json__nests_and_separates),
        cmocka_unit_test(test_json__text_comes_back_as_it_was_and_is_harmless),
        cmocka_unit_test(test_json__bytes_that_are_no_utf8_are_replaced),
        cmocka_unit_test(test_json__the_first_failure_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
