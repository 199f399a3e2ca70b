/* At stake: a due date in Lisbon runs out at one moment, in Nairobi and in Denver alike.
 * The oracle is the C library, which reads the same zone files by other code. */
#include "tests/harness/cmocka.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/model/zone.h"

#define ZONE_FOLDER "/usr/share/zoneinfo/"

static const char *const zone_names[] = {"Europe/Lisbon",
                                         "Africa/Nairobi",
                                         "America/Denver",
                                         "Australia/Lord_Howe",
                                         "Asia/Kathmandu",
                                         "Pacific/Apia",
                                         "Pacific/Chatham",
                                         "America/St_Johns",
                                         "Europe/Dublin",
                                         "Africa/Casablanca",
                                         "America/Sao_Paulo",
                                         "Asia/Tehran",
                                         "Asia/Kolkata",
                                         "Antarctica/Troll",
                                         "America/Nuuk",
                                         "Pacific/Kiritimati",
                                         "Asia/Pyongyang",
                                         "America/Caracas",
                                         "Europe/Istanbul",
                                         "Asia/Gaza",
                                         "Pacific/Kwajalein",
                                         "Etc/GMT-2",
                                         "UTC"};

struct fixture {
    struct mu_arena arena;
    uint8_t bytes[MU_ZONE_FILE_MAX];
    size_t len;
    const struct mu_zone *zone;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    assert_non_null(fixture);
    mu_arena_init(&fixture->arena, (size_t)1 << 20);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;
    mu_arena_deinit(&fixture->arena);
    free(fixture);
    return 0;
}

static void load(struct fixture *fixture, const char *name)
{
    char path[200];
    struct mu_error err = {0};
    assert_true(snprintf(path, sizeof path, ZONE_FOLDER "%s", name) < (int)sizeof path);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("no %s: install tzdata", path);
    }
    fixture->len = fread(fixture->bytes, 1, sizeof fixture->bytes, file);
    assert_int_equal(fclose(file), 0);
    mu_arena_clear(&fixture->arena);
    if (mu_zone_read(mu_slice_of(fixture->bytes, fixture->len), &fixture->arena, &fixture->zone,
                     &err) != MU_OK) {
        fail_msg("%s: %s", name, err.text);
    }
    assert_int_equal(setenv("TZ", name, 1), 0);
    tzset();
}

static void same_as_library(const struct mu_zone *zone, const char *name, time_t at)
{
    struct tm tm;
    assert_non_null(localtime_r(&at, &tm));
    struct mu_local local = mu_zone_local(zone, (struct mu_wall){.ms = (int64_t)at * 1000});
    if (local.date.year != tm.tm_year + 1900 || local.date.month != tm.tm_mon + 1 ||
        local.date.day != tm.tm_mday ||
        local.second != tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec) {
        fail_msg("%s at %lld: %d-%02d-%02d %d s", name, (long long)at, (int)local.date.year,
                 (int)local.date.month, (int)local.date.day, (int)local.second);
    }
}

/* Civil time to instant: what shows this local time first, or the end of the gap. */
static void comes_back(const struct mu_zone *zone, const char *name, int64_t at)
{
    struct mu_local local = mu_zone_local(zone, (struct mu_wall){.ms = at * 1000});
    struct mu_wall instant = mu_zone_instant(zone, local.date, local.second / 60);
    struct mu_local again = mu_zone_local(zone, instant);
    if (instant.ms > at * 1000 || again.second / 60 != local.second / 60 ||
        mu_date_to_days(again.date) != mu_date_to_days(local.date)) {
        fail_msg("%s at %lld came back at %lld", name, (long long)at, (long long)instant.ms);
    }
}

static void test_zone__local_times_are_those_of_the_c_library(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof zone_names / sizeof zone_names[0]; i++) {
        load(fixture, zone_names[i]);
        /* 1995 to 2065 in steps that meet every hour of the day. */
        for (int64_t at = 788918400; at < 2997993600; at += 46 * 3600 + 1801) {
            same_as_library(fixture->zone, zone_names[i], (time_t)at);
        }
    }
}

static void test_zone__both_sides_of_every_change_agree(void **state)
{
    struct fixture *fixture = *state;
    for (size_t i = 0; i < sizeof zone_names / sizeof zone_names[0]; i++) {
        load(fixture, zone_names[i]);
        int32_t offset = INT32_MAX;
        for (int64_t at = 1420070400; at < 2208988800; at += 1800) { /* 2015 to 2040 */
            int32_t now = mu_zone_local(fixture->zone, (struct mu_wall){.ms = at * 1000}).offset_s;
            if (now != offset) {
                same_as_library(fixture->zone, zone_names[i], (time_t)at - 1);
                same_as_library(fixture->zone, zone_names[i], (time_t)at);
                for (int64_t near = at - 7200; near <= at + 7200; near += 600) {
                    comes_back(fixture->zone, zone_names[i], near);
                }
                offset = now;
            }
        }
    }
}

static void test_zone__gap_gives_its_end_and_overlap_the_first(void **state)
{
    struct fixture *fixture = *state;
    load(fixture, "Europe/Lisbon");
    struct mu_wall gap = mu_zone_instant(fixture->zone, (struct mu_date){2026, 3, 29}, 90);
    struct mu_wall twice = mu_zone_instant(fixture->zone, (struct mu_date){2026, 10, 25}, 90);
    assert_true(gap.ms == INT64_C(1774746000000));   /* 2026-03-29T01:00Z */
    assert_true(twice.ms == INT64_C(1792888200000)); /* 2026-10-25T00:30Z, still summer */

    load(fixture, "Pacific/Apia"); /* went over 30 December 2011 */
    struct mu_wall skipped = mu_zone_instant(fixture->zone, (struct mu_date){2011, 12, 30}, 720);
    assert_true(skipped.ms == INT64_C(1325239200000));
}

static void test_zone__due_without_a_time_ends_with_the_working_day(void **state)
{
    struct fixture *fixture = *state;
    struct mu_due due = {.date = {2026, 11, 27}};
    load(fixture, "America/Denver");
    assert_true(mu_due_instant(&due, fixture->zone, 1020).ms == INT64_C(1795824000000));
    due.has_time = true;
    due.minute = 60;
    assert_true(mu_due_instant(&due, mu_zone_utc(), 1020).ms == INT64_C(1795741200000));
}

static void test_zone__damaged_files_are_refused(void **state)
{
    struct fixture *fixture = *state;
    struct mu_error err = {0};
    const struct mu_zone *zone = NULL;
    load(fixture, "Europe/Lisbon");
    for (size_t len = 0; len < fixture->len; len++) {
        mu_arena_clear(&fixture->arena);
        assert_int_not_equal(
            mu_zone_read(mu_slice_of(fixture->bytes, len), &fixture->arena, &zone, &err), MU_OK);
    }
    for (size_t at = 0; at < fixture->len; at++) {
        uint8_t kept = fixture->bytes[at];
        fixture->bytes[at] ^= 0xff;
        mu_arena_clear(&fixture->arena);
        if (mu_zone_read(mu_slice_of(fixture->bytes, fixture->len), &fixture->arena, &zone, &err) ==
            MU_OK) { /* whatever it says now, it answers */
            (void)mu_zone_instant(zone, (struct mu_date){2026, 6, 1}, 0);
            (void)mu_zone_instant(zone, (struct mu_date){9999, 12, 31}, 1439);
        }
        fixture->bytes[at] = kept;
    }
    mu_arena_clear(&fixture->arena);
    mu_arena_deinit(&fixture->arena);
    mu_arena_init(&fixture->arena, 64);
    assert_int_equal(
        mu_zone_read(mu_slice_of(fixture->bytes, fixture->len), &fixture->arena, &zone, &err),
        MU_E_NOMEM);
}

static void test_due__only_the_canonical_form_passes(void **state)
{
    (void)state;
    static const char *const good[] = {
        "2026-11-27", "2026-11-27T17:00",     "2026-11-27T17:00 Europe/Lisbon",
        "0001-01-01", "9999-12-31T23:59 UTC", "2028-02-29 Asia/Tokyo"};
    static const char *const bad[] = {"",
                                      "2026-11-27 ",
                                      "2026-11-27T17",
                                      "2026-11-27T24:00",
                                      "2026-02-29",
                                      "2026-13-01",
                                      "2026-1-27",
                                      "0000-01-01",
                                      "2026-11-27T17:00 Europe/Lis bon",
                                      "2026-11-27T17:00Z",
                                      "2026-11-27T17:60",
                                      "20261127"};
    struct mu_error err = {0};
    struct mu_due due;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        char text[MU_DUE_TEXT_MAX + 1];
        assert_int_equal(mu_due_parse(mu_slice_str(good[i]), &due, &err), MU_OK);
        mu_due_format(&due, text);
        assert_string_equal(text, good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(mu_due_parse(mu_slice_str(bad[i]), &due, &err), MU_E_INVALID);
    }
}

static void test_date__days_go_both_ways(void **state)
{
    (void)state;
    struct mu_date before = mu_date_from_days(-719163);
    for (int64_t days = -719162; days <= 2932896; days++) {
        struct mu_date date = mu_date_from_days(days);
        assert_true(mu_date_valid(date));
        assert_true(mu_date_to_days(date) == days);
        assert_int_equal(mu_date_weekday(date) % 7, (mu_date_weekday(before) + 1) % 7);
        before = date;
    }
    assert_int_equal(mu_date_weekday((struct mu_date){2026, 11, 27}), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_zone__local_times_are_those_of_the_c_library),
        cmocka_unit_test(test_zone__both_sides_of_every_change_agree),
        cmocka_unit_test(test_zone__gap_gives_its_end_and_overlap_the_first),
        cmocka_unit_test(test_zone__due_without_a_time_ends_with_the_working_day),
        cmocka_unit_test(test_zone__damaged_files_are_refused),
        cmocka_unit_test(test_due__only_the_canonical_form_passes),
        cmocka_unit_test(test_date__days_go_both_ways),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
