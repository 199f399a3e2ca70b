/* Days, weeks and working time of people in their zones.  At stake: a slot that opens at nine
 * opens at nine, on the day the clocks change and on the day somebody moves.  The oracle is the
 * C library, which reads the same zone files by other code. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/view/calendar.h"
#include "common/model/domain.h"
#include "common/model/rhythm.h"
#include "tests/harness/cmocka.h"
#include "tests/unit/zone_fixture.h"

static const char *const zone_names[] = {"Europe/Lisbon",     "Africa/Nairobi",
                                         "America/Denver",    "Australia/Lord_Howe",
                                         "Asia/Kathmandu",    "Pacific/Apia",
                                         "Pacific/Chatham",   "America/St_Johns",
                                         "Europe/Dublin",     "Africa/Casablanca",
                                         "America/Sao_Paulo", "Asia/Tehran",
                                         "Asia/Kolkata",      "Antarctica/Troll",
                                         "America/Nuuk",      "Pacific/Kiritimati",
                                         "Asia/Gaza",         "America/Santiago",
                                         "Africa/Cairo",      "Europe/Berlin",
                                         "America/New_York",  "UTC"};
#define ZONE_COUNT (sizeof zone_names / sizeof zone_names[0])

struct fixture {
    struct mu_arena arena;
    struct mu_zone_stretch zones[3];
    struct mu_calendar_person person;
    struct mu_calendar calendar;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    mu_arena_init(&f->arena, (size_t)8 << 20);
    f->zones[0] = (struct mu_zone_stretch){INT64_MIN, mu_slice_str("UTC"), mu_zone_utc()};
    f->person = (struct mu_calendar_person){.workdays = MU_WORKDAYS_MON_FRI,
                                            .day_start_minute = 540,
                                            .quiet_from = -1,
                                            .quiet_to = -1,
                                            .zones = f->zones,
                                            .zone_count = 1};
    f->calendar = (struct mu_calendar){.day_end_minute = 1020};
    f->calendar.team = f->person;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    mu_arena_deinit(&f->arena);
    free(f);
    return 0;
}

static void live_in(struct fixture *f, const char *name)
{
    mu_arena_clear(&f->arena);
    f->zones[0] =
        (struct mu_zone_stretch){INT64_MIN, mu_slice_str(name), zone_of_system(&f->arena, name)};
    f->person.zone_count = 1;
    assert_int_equal(setenv("TZ", name, 1), 0);
    tzset();
}

static int64_t day_of(int32_t year, int32_t month, int32_t day)
{
    return mu_date_to_days((struct mu_date){year, month, day});
}

/* The local day and minute of an instant, as the C library has them: one number. */
static int64_t library_minute(int64_t at_ms)
{
    time_t at = (time_t)(at_ms / 1000);
    struct tm tm;
    assert_non_null(localtime_r(&at, &tm));
    return day_of(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday) * MU_DAY_MINUTES + tm.tm_hour * 60 +
           tm.tm_min;
}

/* An instant is right when it shows the minute and none before it does, or when the minute was
 * left out and the instant is the first after the gap. */
static void assert_instant(const struct fixture *f, const char *zone, int64_t day, int32_t minute)
{
    int64_t wanted = day * MU_DAY_MINUTES + minute;
    int64_t at = mu_person_instant(&f->person, day, minute);
    int64_t shown = library_minute(at);
    bool first = shown == wanted;
    for (int64_t back = 1; back <= 48 && first; back++) { /* clocks go back by a day at most */
        first = library_minute(at - back * 1800000) != wanted;
    }
    bool after_gap = shown > wanted && library_minute(at - 60000) < wanted;
    if (!first && !after_gap) {
        fail_msg("%s day %lld minute %d: %lld shows %lld", zone, (long long)day, (int)minute,
                 (long long)at, (long long)shown);
    }
}

static void test_calendar__five_years_of_slots_in_all_zones_are_those_of_the_c_library(void **state)
{
    static const int32_t minutes[] = {0, 29, 150, 540, 570, 585, 1020, 1439, 1440 + 90};
    struct fixture *f = *state;

    for (size_t i = 0; i < ZONE_COUNT; i++) {
        live_in(f, zone_names[i]);
        for (int64_t day = day_of(2024, 1, 1); day < day_of(2029, 1, 1); day++) {
            for (size_t j = 0; j < sizeof minutes / sizeof minutes[0]; j++) {
                assert_instant(f, zone_names[i], day, minutes[j]);
            }
        }
    }
}

static void test_calendar__every_minute_around_every_change_of_clocks(void **state)
{
    struct fixture *f = *state;
    size_t changes = 0;

    for (size_t i = 0; i < ZONE_COUNT; i++) {
        live_in(f, zone_names[i]);
        int32_t offset = INT32_MAX;
        for (int64_t at = day_of(2024, 1, 1) * MU_DAY_MS; at < day_of(2029, 1, 1) * MU_DAY_MS;
             at += 1800000) {
            int32_t now = mu_person_local(&f->person, at).offset_s;
            if (offset != INT32_MAX && now != offset) {
                changes++;
                int64_t day = mu_person_day(&f->person, at);
                for (int32_t minute = -240; minute < MU_DAY_MINUTES + 240; minute += 5) {
                    int64_t on = day + (minute < 0 ? -1 : 0);
                    assert_instant(f, zone_names[i], on,
                                   minute < 0 ? minute + MU_DAY_MINUTES : minute);
                }
            }
            offset = now;
        }
    }
    assert_true(changes > 100);
}

static void test_calendar__odd_zones_have_the_instants_that_are_written_down(void **state)
{
    struct fixture *f = *state;
    const struct {
        const char *zone;
        int32_t year, month, day, minute;
        int64_t instant_s;
    } known[] = {
        /* Lord Howe: half an hour forward on 2026-10-04 at 02:00. */
        {"Australia/Lord_Howe", 2026, 10, 4, 540, 1791064800 + 0},
        {"Asia/Kathmandu", 2026, 11, 24, 540, 1795490100},  /* +05:45 */
        {"Pacific/Chatham", 2026, 11, 24, 540, 1795461300}, /* +13:45 */
        {"Pacific/Apia", 2026, 11, 24, 540, 1795464000},    /* +13 */
        {"Africa/Nairobi", 2026, 11, 24, 540, 1795500000},  /* +3 */
        {"Europe/Lisbon", 2026, 11, 24, 540, 1795510800},   /* +0 */
        {"America/Denver", 2026, 11, 24, 540, 1795536000},  /* -7 */
    };

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        live_in(f, known[i].zone);
        int64_t at = mu_person_instant(
            &f->person, day_of(known[i].year, known[i].month, known[i].day), known[i].minute);
        if (at != known[i].instant_s * 1000) {
            fail_msg("%s: %lld, not %lld", known[i].zone, (long long)(at / 1000),
                     (long long)known[i].instant_s);
        }
    }
}

/* -- moves ------------------------------------------------------------------------- */

static void move_to(struct fixture *f, const char *zone, int64_t from_ms)
{
    f->zones[f->person.zone_count++] =
        (struct mu_zone_stretch){from_ms, mu_slice_str(zone), zone_of_system(&f->arena, zone)};
}

static void test_calendar__who_moves_has_the_mornings_of_where_he_is(void **state)
{
    struct fixture *f = *state;
    int64_t tuesday = day_of(2026, 11, 24);
    live_in(f, "Africa/Nairobi");
    int64_t nairobi = mu_person_instant(&f->person, tuesday, 540);
    move_to(f, "America/Denver", nairobi + 12 * 3600000); /* Tuesday evening */

    assert_int_equal(mu_person_instant(&f->person, tuesday, 540), nairobi);
    /* Wednesday's nine o'clock is Denver's. */
    assert_int_equal(mu_person_instant(&f->person, tuesday + 1, 540),
                     (day_of(2026, 11, 25) * 1440 + 16 * 60) * 60000);
    assert_int_equal(mu_person_day(&f->person, nairobi + 12 * 3600000 - 1), tuesday);
    assert_int_equal(mu_person_day(&f->person, nairobi + 12 * 3600000), tuesday);
}

static void test_calendar__a_time_that_a_move_skips_is_the_moment_of_the_move(void **state)
{
    struct fixture *f = *state;
    int64_t tuesday = day_of(2026, 11, 24);
    live_in(f, "America/Denver");
    int64_t seven = mu_person_instant(&f->person, tuesday, 7 * 60);
    move_to(f, "Africa/Nairobi", seven); /* there it is 17:00 already */

    assert_int_equal(mu_person_instant(&f->person, tuesday, 540), seven);
    assert_int_equal(mu_person_instant(&f->person, tuesday, 18 * 60), seven + 3600000);
}

static void test_calendar__a_time_that_a_move_repeats_is_its_first(void **state)
{
    struct fixture *f = *state;
    int64_t tuesday = day_of(2026, 11, 24);
    live_in(f, "Africa/Nairobi");
    int64_t nine = mu_person_instant(&f->person, tuesday, 540);
    move_to(f, "America/Denver", nine + 3600000); /* there it is 00:00 of the same day */

    assert_int_equal(mu_person_instant(&f->person, tuesday, 540), nine);
    assert_int_equal(mu_person_instant(&f->person, tuesday, 600 + 60), nine + 12 * 3600000);
}

/* -- weeks ------------------------------------------------------------------------------ */

static void test_calendar__iso_weeks_are_those_of_the_c_library(void **state)
{
    (void)state;

    for (int64_t day = day_of(1999, 12, 1); day < day_of(2041, 1, 15); day++) {
        time_t noon = (time_t)(day * 86400 + 43200);
        struct tm tm;
        char text[16] = "";
        int32_t year = 0;
        int32_t week = 0;
        assert_non_null(gmtime_r(&noon, &tm));
        assert_int_equal(strftime(text, sizeof text, "%G %V", &tm), 7);
        mu_week_number(day, &year, &week);
        assert_int_equal(year, strtol(text, NULL, 10));
        assert_int_equal(week, strtol(text + 5, NULL, 10));
        assert_int_equal(mu_day_weekday(day), (tm.tm_wday + 6) % 7);
        assert_int_equal(mu_day_weekday(mu_week_monday(day)), 0);
    }
    assert_int_equal(mu_month_first(day_of(2028, 2, 29)), day_of(2028, 2, 1));
    assert_int_equal(mu_month_next(day_of(2028, 2, 29)), day_of(2028, 3, 1));
    assert_int_equal(mu_month_next(day_of(2026, 12, 31)), day_of(2027, 1, 1));
}

/* -- working time -------------------------------------------------------------------------- */

static void test_calendar__working_time_is_of_working_days_alone(void **state)
{
    struct fixture *f = *state;
    static const struct mu_holiday holidays[] = {
        {{(const uint8_t *)"team", 4}, 0, {(const uint8_t *)"Feast", 5}}};
    struct mu_holiday holiday = holidays[0];
    struct mu_absence absence = {.from_day = 0, .to_day = 0, .declared_ms = 5};
    live_in(f, "Europe/Lisbon");
    int64_t tuesday = day_of(2026, 11, 24);
    int64_t raised = mu_person_instant(&f->person, tuesday, 9 * 60 + 12);
    int64_t now = mu_person_instant(&f->person, tuesday, 11 * 60 + 40);

    assert_int_equal(mu_calendar_work_ms(&f->calendar, &f->person, raised, now), 148 * 60000);
    /* To the Monday after: 7 h 48 min of Tuesday, three whole days, 40 min of Monday. */
    int64_t monday = mu_person_instant(&f->person, tuesday + 6, 9 * 60 + 40);
    assert_int_equal(mu_calendar_work_ms(&f->calendar, &f->person, raised, monday),
                     (468 + 3 * 480 + 40) * 60000);
    assert_int_equal(mu_calendar_workdays(&f->calendar, &f->person, tuesday, tuesday + 6), 5);
    assert_int_equal(mu_calendar_workday_after(&f->calendar, &f->person, tuesday, 4), tuesday + 6);
    /* Wednesday is a holiday, on Thursday she is away. */
    holiday.day = tuesday + 1;
    f->calendar.holidays = &holiday;
    f->calendar.holiday_count = 1;
    absence.from_day = absence.to_day = tuesday + 2;
    f->person.absences = &absence;
    f->person.absence_count = 1;
    assert_int_equal(mu_calendar_work_ms(&f->calendar, &f->person, raised, monday),
                     (468 + 480 + 40) * 60000);
    assert_int_equal(mu_calendar_workdays(&f->calendar, &f->person, tuesday, tuesday + 6), 3);
    assert_int_equal(mu_calendar_day(&f->calendar, &f->person, tuesday + 1).kind, MU_DAY_HOLIDAY);
    assert_int_equal(mu_calendar_day(&f->calendar, &f->person, tuesday + 2).kind, MU_DAY_ABSENT);
    assert_int_equal(mu_calendar_day(&f->calendar, &f->person, tuesday + 4).kind, MU_DAY_OFF);
    /* Only there. */
    holiday.calendar = mu_slice_str("Africa/Nairobi");
    assert_int_equal(mu_calendar_day(&f->calendar, &f->person, tuesday + 1).kind, MU_DAY_WORK);
    holiday.calendar = mu_slice_str("Europe/Lisbon");
    assert_int_equal(mu_calendar_day(&f->calendar, &f->person, tuesday + 1).kind, MU_DAY_HOLIDAY);
}

static void test_calendar__quiet_hours_may_pass_midnight(void **state)
{
    struct fixture *f = *state;
    live_in(f, "Africa/Nairobi");
    int64_t tuesday = day_of(2026, 11, 24);
    int64_t until = 0;
    f->person.quiet_from = 20 * 60;
    f->person.quiet_to = 7 * 60;
    int64_t late = mu_person_instant(&f->person, tuesday, 22 * 60);
    int64_t early = mu_person_instant(&f->person, tuesday, 6 * 60);
    int64_t day = mu_person_instant(&f->person, tuesday, 12 * 60);

    assert_true(mu_person_is_quiet(&f->person, late, &until));
    assert_int_equal(until, mu_person_instant(&f->person, tuesday + 1, 7 * 60));
    assert_true(mu_person_is_quiet(&f->person, early, &until));
    assert_int_equal(until, mu_person_instant(&f->person, tuesday, 7 * 60));
    assert_false(mu_person_is_quiet(&f->person, day, &until));
    f->person.quiet_to = 20 * 60;
    assert_false(mu_person_is_quiet(&f->person, late, &until));
}

#define CALENDAR_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALENDAR_TEST(test_calendar__five_years_of_slots_in_all_zones_are_those_of_the_c_library),
        CALENDAR_TEST(test_calendar__every_minute_around_every_change_of_clocks),
        CALENDAR_TEST(test_calendar__odd_zones_have_the_instants_that_are_written_down),
        CALENDAR_TEST(test_calendar__who_moves_has_the_mornings_of_where_he_is),
        CALENDAR_TEST(test_calendar__a_time_that_a_move_skips_is_the_moment_of_the_move),
        CALENDAR_TEST(test_calendar__a_time_that_a_move_repeats_is_its_first),
        CALENDAR_TEST(test_calendar__iso_weeks_are_those_of_the_c_library),
        CALENDAR_TEST(test_calendar__working_time_is_of_working_days_alone),
        CALENDAR_TEST(test_calendar__quiet_hours_may_pass_midnight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
