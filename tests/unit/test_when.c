/* At stake: a person writes "fri" and the team sees the day that was meant, or a question. */
#include "tests/harness/cmocka.h"

#include <string.h>

#include "common/model/when.h"

/* Wednesday 2026-11-25, 10:30. */
static struct mu_when_context wednesday(void)
{
    return (struct mu_when_context){.now = {.date = {2026, 11, 25}, .second = (10 * 60 + 30) * 60},
                                    .day_end_minute = 1020};
}

static void expect_at(struct mu_when_context context, const char *text, const char *expected)
{
    enum mu_when_kind kind = MU_WHEN_NO_DATE;
    struct mu_due due = {0};
    struct mu_error err = {0};
    char got[MU_DUE_TEXT_MAX + 1] = "none";
    enum mu_status status = mu_when_parse(mu_slice_str(text), &context, &kind, &due, &err);
    if (status != MU_OK) {
        fail_msg("'%s': %s", text, err.text);
    }
    if (kind == MU_WHEN_DUE) {
        mu_due_format(&due, got);
    }
    if (strcmp(got, expected) != 0) {
        fail_msg("'%s' gave %s, not %s", text, got, expected);
    }
}

static void expect(const char *text, const char *expected)
{
    expect_at(wednesday(), text, expected);
}

static void refuse(const char *text, const char *part)
{
    struct mu_when_context context = wednesday();
    enum mu_when_kind kind = MU_WHEN_DUE;
    struct mu_due due = {.minute = 7};
    struct mu_error err = {0};
    enum mu_status status = mu_when_parse(mu_slice_str(text), &context, &kind, &due, &err);
    assert_int_equal(status, MU_E_USAGE);
    assert_int_equal(due.minute, 7);
    if (strstr(err.text, part) == NULL) {
        fail_msg("'%s' said: %s", text, err.text);
    }
}

static void test_when__weekdays_are_the_coming_ones(void **state)
{
    (void)state;
    expect("fri", "2026-11-27");
    expect("FRIDAY", "2026-11-27");
    expect("tue", "2026-12-01");
    expect("wed", "2026-11-25");
    expect("wed 09:00", "2026-12-02T09:00");
    expect("wed 11:00", "2026-11-25T11:00");
    expect("next fri", "2026-12-04");
    expect("next mon 9am", "2026-11-30T09:00");
    expect("next wed", "2026-12-02");
}

static void test_when__a_weekday_is_next_week_once_its_day_has_ended(void **state)
{
    (void)state;
    struct mu_when_context evening = wednesday();
    evening.now.second = 18 * 3600;
    expect_at(evening, "wed", "2026-12-02");
    expect_at(evening, "today", "2026-11-25");
}

static void test_when__words_offsets_and_dates(void **state)
{
    (void)state;
    expect("today", "2026-11-25");
    expect("tomorrow noon", "2026-11-26T12:00");
    expect("yesterday", "2026-11-24");
    expect("eod", "2026-11-25");
    expect("eow", "2026-11-27");
    expect("eom", "2026-11-30");
    expect("+3d", "2026-11-28");
    expect("-1d", "2026-11-24");
    expect("in 3 wd", "2026-11-30");
    expect("-3wd", "2026-11-20");
    expect("in 2 weeks 15:00", "2026-12-09T15:00");
    expect("1mo", "2026-12-25");
    expect("3mo", "2027-02-25");
    expect("1y", "2027-11-25");
    expect("+90m", "2026-11-25T12:00");
    expect("in 14 hours", "2026-11-26T00:30");
    expect("2026-05-31", "2026-05-31");
    expect("2026-05-31T17:00", "2026-05-31T17:00");
    expect("2026-05-31T17:00Z", "2026-05-31T17:00 UTC");
    expect("31 may", "2027-05-31");
    expect("may 31, 2028 5pm", "2028-05-31T17:00");
    expect("31. december", "2026-12-31");
    expect("15:00", "2026-11-25T15:00");
    expect("9:00", "2026-11-26T09:00");
    expect("none", "none");
}

static void test_when__months_end_on_their_last_day(void **state)
{
    (void)state;
    struct mu_when_context context = wednesday();
    context.now.date = (struct mu_date){2027, 12, 31};
    expect_at(context, "2mo", "2028-02-29");
    expect_at(context, "1mo", "2028-01-31");
    expect_at(context, "1d", "2028-01-01");
}

static void test_when__zones_follow_a_time(void **state)
{
    (void)state;
    expect("fri 15:00 Europe/Lisbon", "2026-11-27T15:00 Europe/Lisbon");
    expect("fri 15:00 z", "2026-11-27T15:00 UTC");
    expect("fri 15:00 +02:00", "2026-11-27T15:00 Etc/GMT-2");
    expect("fri 15:00 -07:00", "2026-11-27T15:00 Etc/GMT+7");
    refuse("fri Europe/Lisbon", "is not a date");
    refuse("fri 15:00 +05:30", "is not a date");
}

static void test_when__slashes_are_refused_with_the_readings(void **state)
{
    (void)state;
    refuse("03/04", "2026-03-04 or 2026-04-03");
    refuse("31/05", "write 2026-05-31");
    refuse("3/4/2027", "2027-03-04 or 2027-04-03");
    refuse("99/99", "is not a date");
}

static void test_when__what_is_no_date_is_named_and_nothing_is_written(void **state)
{
    (void)state;
    refuse("soonish", "'soonish' is not a date");
    refuse("", "is not a date");
    refuse("fr", "is not a date");
    refuse("2026-02-30", "does not exist");
    refuse("2026-04-30t2omay", "is not a date");
    refuse("2026-04-30T17:60", "is not a date");
    refuse("fri 25:00", "is not a date");
    refuse("fri 15:00 banana", "is not a date");
    refuse("fri 15:00 Europe/Lis(bon", "is not a date"); /* no zone can have that name */
    refuse("+99999d", "is not a date");
    refuse("31 may 0", "is not a date");
    refuse("a b c d e f g h i j k", "is not a date");
    refuse("fri\x1b[31m", "'fri?[31m'");
    refuse("fri at", "is not a date");
    refuse("in", "is not a date");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_when__weekdays_are_the_coming_ones),
        cmocka_unit_test(test_when__a_weekday_is_next_week_once_its_day_has_ended),
        cmocka_unit_test(test_when__words_offsets_and_dates),
        cmocka_unit_test(test_when__months_end_on_their_last_day),
        cmocka_unit_test(test_when__zones_follow_a_time),
        cmocka_unit_test(test_when__slashes_are_refused_with_the_readings),
        cmocka_unit_test(test_when__what_is_no_date_is_named_and_nothing_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
