/* Rules of days.  At stake: that every device names the same days. */
#include "common/model/recur.h"
#include "tests/harness/cmocka.h"

static int64_t day(int32_t year, int32_t month, int32_t of_month)
{
    return mu_date_to_days((struct mu_date){year, month, of_month});
}

static struct mu_recur rule_of(const char *text)
{
    struct mu_recur rule = {0};
    struct mu_error err = {0};
    if (mu_recur_parse(mu_slice_str(text), &rule, &err) != MU_OK) {
        fail_msg("%s: %s", text, err.text);
    }
    return rule;
}

static void expect(const char *text, int64_t start, int64_t from, int64_t expected)
{
    struct mu_recur rule = rule_of(text);
    int64_t got = 0;
    assert_true(mu_recur_next(&rule, start, from, &got));
    if (got != expected) {
        struct mu_date is = mu_date_from_days(got);
        fail_msg("%s: %d-%02d-%02d", text, (int)is.year, (int)is.month, (int)is.day);
    }
}

static void test_recur__names_the_days_of_rfc_5545(void **state)
{
    (void)state;
    int64_t fri = day(2026, 11, 27);

    expect("FREQ=DAILY", fri, fri - 3, fri);
    expect("FREQ=DAILY;INTERVAL=3", fri, fri + 1, fri + 3);
    expect("FREQ=WEEKLY", fri, fri + 1, fri + 7);
    expect("FREQ=WEEKLY;BYDAY=MO,FR", fri, fri, fri);
    expect("FREQ=WEEKLY;BYDAY=MO,FR", fri, fri + 1, fri + 3);
    expect("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", fri, fri + 1, fri + 10); /* not next week */
    expect("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR", fri, fri + 11, fri + 14);
    expect("FREQ=MONTHLY", day(2026, 1, 31), day(2026, 2, 1), day(2026, 3, 31));
    expect("FREQ=MONTHLY;BYMONTHDAY=-1", day(2026, 1, 31), day(2026, 2, 1), day(2026, 2, 28));
    expect("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15", fri, fri, day(2027, 2, 15));
    expect("FREQ=MONTHLY;BYDAY=2TU", fri, fri, day(2026, 12, 8));
    expect("FREQ=MONTHLY;BYDAY=-1FR", fri, fri, fri);
    expect("FREQ=MONTHLY;BYDAY=5FR", fri, fri, day(2027, 1, 29));
    expect("FREQ=MONTHLY;BYMONTHDAY=29", day(2027, 1, 29), day(2027, 2, 1), day(2027, 3, 29));
}

static void test_recur__every_step_leads_to_a_later_day(void **state)
{
    static const char *const rules[] = {
        "FREQ=DAILY",   "FREQ=DAILY;INTERVAL=366",  "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU",
        "FREQ=MONTHLY", "FREQ=MONTHLY;INTERVAL=12", "FREQ=MONTHLY;INTERVAL=5;BYDAY=5MO"};
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        struct mu_recur rule = rule_of(rules[i]);
        int64_t at = day(2024, 2, 29);
        for (int step = 0; step < 200; step++) {
            int64_t next = 0;
            if (!mu_recur_next(&rule, day(2024, 2, 29), at, &next)) {
                break;
            }
            int64_t again = 0;
            assert_true(next >= at);
            assert_true(mu_recur_next(&rule, day(2024, 2, 29), next, &again) && again == next);
            at = next + 1;
        }
    }
}

static void test_recur__from_completion_counts_from_the_day_it_was_done(void **state)
{
    (void)state;
    int64_t got = 0;
    int64_t wed = day(2026, 11, 25);
    struct mu_recur every_three = rule_of("FREQ=DAILY;INTERVAL=3");
    struct mu_recur fridays = rule_of("FREQ=WEEKLY;BYDAY=FR");
    struct mu_recur month = rule_of("FREQ=MONTHLY");

    assert_true(mu_recur_after(&every_three, wed, &got) && got == wed + 3);
    assert_true(mu_recur_after(&fridays, wed, &got) && got == wed + 2);
    assert_true(mu_recur_after(&fridays, wed + 2, &got) && got == wed + 9);
    assert_true(mu_recur_after(&month, wed, &got) && got == day(2026, 12, 25));
}

static void test_recur__takes_the_canonical_form_alone(void **state)
{
    static const char *const bad[] = {
        "",
        "FREQ=DAILY;INTERVAL=1",
        "FREQ=DAILY;INTERVAL=367",
        "FREQ=DAILY;BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=FR,MO",
        "FREQ=WEEKLY;BYDAY=MO,MO",
        "FREQ=WEEKLY;BYDAY=MO,",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYMONTHDAY=-2",
        "FREQ=MONTHLY;BYDAY=6MO",
        "FREQ=MONTHLY;BYDAY=MO",
        "FREQ=MONTHLY ",
        "freq=daily",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct mu_recur rule = {.interval = 77};
        struct mu_error err = {0};
        if (mu_recur_parse(mu_slice_str(bad[i]), &rule, &err) != MU_E_INVALID) {
            fail_msg("'%s' was taken", bad[i]);
        }
        assert_int_equal(rule.interval, 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recur__names_the_days_of_rfc_5545),
        cmocka_unit_test(test_recur__every_step_leads_to_a_later_day),
        cmocka_unit_test(test_recur__from_completion_counts_from_the_day_it_was_done),
        cmocka_unit_test(test_recur__takes_the_canonical_form_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
