/* The small parts that readers and plan stand on. */
#include "client/import/findings.h"
#include "client/import/id_map.h"
#include "client/import/iso_time.h"
#include "client/import/vec.h"
#include "tests/harness/cmocka.h"

static struct mu_arena arena;

static int set_up(void **state)
{
    (void)state;
    mu_arena_init(&arena, (size_t)16 * 1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mu_arena_deinit(&arena);
    return 0;
}

static void test_import_parts__an_id_map_finds_what_was_set_last(void **state)
{
    (void)state;
    static char ids[5000][8];
    struct mu_id_map map;
    mu_id_map_init(&map, &arena);
    assert_int_equal(mu_id_map_find(&map, mu_slice_str("x")), MU_ID_MAP_NONE);
    for (uint32_t i = 0; i < 5000; i++) {
        (void)snprintf(ids[i], sizeof ids[i], "%u", i);
        assert_true(mu_id_map_set(&map, mu_slice_str(ids[i]), i));
    }
    assert_int_equal(map.count, 5000);
    for (uint32_t i = 0; i < 5000; i++) {
        assert_int_equal(mu_id_map_find(&map, mu_slice_str(ids[i])), i);
    }
    assert_true(mu_id_map_set(&map, mu_slice_str("17"), 99));
    assert_int_equal(mu_id_map_find(&map, mu_slice_str("17")), 99);
    assert_int_equal(map.count, 5000);
    assert_int_equal(mu_id_map_find(&map, mu_slice_str("5000")), MU_ID_MAP_NONE);
    assert_int_equal(mu_id_map_find(&map, mu_slice_str("")), MU_ID_MAP_NONE);
}

static void test_import_parts__a_map_and_a_vector_without_memory_say_so(void **state)
{
    (void)state;
    struct mu_arena small;
    struct mu_id_map map;
    struct mu_vec vec;
    mu_arena_init(&small, 100);
    mu_id_map_init(&map, &small);
    assert_false(mu_id_map_set(&map, mu_slice_str("x"), 1));
    assert_int_equal(mu_id_map_find(&map, mu_slice_str("x")), MU_ID_MAP_NONE);
    mu_vec_init(&vec, 64);
    assert_null(mu_vec_push(&vec, &small));
    assert_int_equal(vec.count, 0);
    mu_arena_deinit(&small);
}

static int compare_numbers(const void *a, const void *b)
{
    const uint32_t *one = a;
    const uint32_t *other = b;
    return (*one > *other) - (*one < *other);
}

static void test_import_parts__a_vector_grows_and_sorts(void **state)
{
    (void)state;
    struct mu_vec vec;
    mu_vec_init(&vec, sizeof(uint32_t));
    mu_vec_sort(&vec, compare_numbers);
    for (uint32_t i = 0; i < 1000; i++) {
        uint32_t *item = mu_vec_push(&vec, &arena);
        assert_non_null(item);
        assert_int_equal(*item, 0);
        *item = (i * 7919) % 1000;
    }
    mu_vec_sort(&vec, compare_numbers);
    for (uint32_t i = 0; i < 1000; i++) {
        assert_int_equal(*(uint32_t *)mu_vec_at(&vec, i), i);
    }
}

static void test_import_parts__times_are_read_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
        enum mu_source_when when;
        bool local;
        const char *words;
    } good[] = {
        {"1970-01-01", 0, MU_WHEN_DATE, false, "1970-01-01"},
        {"1970-01-01T00:00:00.000Z", 0, MU_WHEN_INSTANT, false, "1970-01-01 00:00 UTC"},
        {"1969-12-31T23:59:59.999Z", -1, MU_WHEN_INSTANT, false, "1969-12-31 23:59 UTC"},
        {"2018-01-05T12:00:00.5Z", 1515153600500, MU_WHEN_INSTANT, false, "2018-01-05 12:00 UTC"},
        {"2018-01-05t12:00:00,123456z", 1515153600123, MU_WHEN_INSTANT, false,
         "2018-01-05 12:00 UTC"},
        {"2018-01-05T12:00Z", 1515153600000, MU_WHEN_INSTANT, false, "2018-01-05 12:00 UTC"},
        {"2018-01-05T13:30:00+01:30", 1515153600000, MU_WHEN_INSTANT, false,
         "2018-01-05 12:00 UTC"},
        {"2018-01-05T10:30:00-0130", 1515153600000, MU_WHEN_INSTANT, false, "2018-01-05 12:00 UTC"},
        {"2018-01-05 12:00:00", 1515153600000, MU_WHEN_INSTANT, true, "2018-01-05 12:00 UTC"},
        {"2024-02-29", 1709164800000, MU_WHEN_DATE, false, "2024-02-29"},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct mu_source_time time;
        bool local;
        char words[MU_ISO_TEXT_MAX + 1];
        assert_true(mu_iso_parse(mu_slice_str(good[i].text), &time, &local));
        assert_true(time.at_ms == good[i].ms);
        assert_int_equal(time.when, good[i].when);
        assert_int_equal(local, good[i].local);
        mu_iso_format(time, words);
        assert_string_equal(words, good[i].words);
    }
    static const char *const bad[] = {"",
                                      "2018",
                                      "2018-1-5",
                                      "2018-13-01",
                                      "2023-02-29",
                                      "0000-01-01",
                                      "2018-01-05T",
                                      "2018-01-05T24:00Z",
                                      "2018-01-05T12:60Z",
                                      "2018-01-05T12:00:00.Z",
                                      "2018-01-05T12:00:00+25:00",
                                      "2018-01-05T12:00:00Zx",
                                      "2018-01-05x",
                                      "-018-01-05"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct mu_source_time time = {.at_ms = 77};
        bool local;
        assert_false(mu_iso_parse(mu_slice_str(bad[i]), &time, &local));
        assert_true(time.at_ms == 77);
    }
}

static void test_import_parts__a_line_stays_one_line(void **state)
{
    (void)state;
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_quote(&line, mu_slice_str("a\nb\x1b[2J"));
    assert_true(mu_slice_equal(mu_oneline_view(&line), mu_slice_str("'a b [2J'")));

    mu_oneline_clear(&line);
    for (size_t i = 0; i < 100; i++) {
        mu_oneline_text(&line, mu_slice_str("\xf0\x9f\x9a\x80\xf0\x9f\x9a\x80\xf0\x9f\x9a\x80"));
    }
    assert_true(line.len <= MU_ONELINE_MAX && line.len > MU_ONELINE_MAX - 12);
    assert_int_equal(line.len % 4, 0);

    mu_oneline_clear(&line);
    mu_oneline_count(&line, 1234567, "card", "cards");
    assert_true(mu_slice_equal(mu_oneline_view(&line), mu_slice_str("1,234,567 cards")));
}

static void test_import_parts__findings_count_exactly_and_keep_some(void **state)
{
    (void)state;
    struct mu_findings findings;
    struct mu_import_report report = {0};
    struct mu_oneline line;
    mu_findings_init(&findings, &arena);
    mu_oneline_clear(&line);
    mu_oneline_put(&line, "a \"detail\"");
    for (size_t i = 0; i < MU_FINDING_DETAIL_MAX + 50; i++) {
        mu_findings_detail(&findings, MU_FINDING_UPLOADS, &line);
    }
    mu_findings_count(&findings, MU_FINDING_NO_ID, 3);
    mu_findings_text(&findings, MU_FINDING_NO_TITLE, &line);
    mu_findings_text(&findings, MU_FINDING_UPLOADS, &line);
    assert_true(mu_findings_end(&findings, &report));

    assert_int_equal(report.finding_count, 2);
    assert_null(mu_report_find(&report, MU_FINDING_NO_TITLE));
    const struct mu_finding *uploads = mu_report_find(&report, MU_FINDING_UPLOADS);
    assert_int_equal(uploads->count, MU_FINDING_DETAIL_MAX + 50);
    assert_int_equal(uploads->detail_count, MU_FINDING_DETAIL_MAX);

    struct mu_buf out;
    mu_buf_init(&out, (size_t)1024 * 1024);
    assert_int_equal(mu_report_text(&report, 2, &out), MU_OK);
    assert_int_equal(mu_buf_append(&out, "", 1), MU_OK);
    assert_non_null(
        strstr((const char *)out.data, "  a \"detail\"\n  a \"detail\"\n  and 248 more\n"));
    mu_buf_clear(&out);
    assert_int_equal(mu_report_json(&report, &out), MU_OK);
    assert_int_equal(mu_buf_append(&out, "", 1), MU_OK);
    assert_non_null(strstr((const char *)out.data,
                           "{\"kind\":\"uploads_not_in_file\",\"count\":250,\"text\":\"a "
                           "\\u0022detail\\u0022\",\"details\":[\"a \\u0022detail\\u0022\","));
    mu_buf_deinit(&out);

    struct mu_arena small;
    mu_arena_init(&small, 64);
    mu_findings_init(&findings, &small);
    mu_findings_detail(&findings, MU_FINDING_UPLOADS, &line);
    assert_false(mu_findings_end(&findings, &report));
    mu_arena_deinit(&small);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_import_parts__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_id_map_finds_what_was_set_last),
        TEST(a_map_and_a_vector_without_memory_say_so),
        TEST(a_vector_grows_and_sorts),
        TEST(times_are_read_and_written),
        TEST(a_line_stays_one_line),
        TEST(findings_count_exactly_and_keep_some),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
