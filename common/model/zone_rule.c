#include "common/model/zone_rule.h"

#include "common/model/due.h"

#define DAY_S     86400
#define HOURS_MAX 167

/* Text under way; failed stays failed. */
struct cursor {
    const uint8_t *at;
    const uint8_t *end;
    bool failed;
};

static bool more(const struct cursor *cursor)
{
    return !cursor->failed && cursor->at < cursor->end;
}

static bool take(struct cursor *cursor, char byte)
{
    if (more(cursor) && *cursor->at == (uint8_t)byte) {
        cursor->at++;
        return true;
    }
    return false;
}

static bool at_digit(const struct cursor *cursor)
{
    return more(cursor) && *cursor->at >= '0' && *cursor->at <= '9';
}

/* A number of at most three digits within most. */
static int32_t number(struct cursor *cursor, int32_t most)
{
    int32_t value = 0;
    int digits = 0;
    for (; at_digit(cursor) && digits < 4; digits++) {
        value = value * 10 + (*cursor->at++ - '0');
    }
    if (digits == 0 || digits > 3 || value > most) {
        cursor->failed = true;
        return 0;
    }
    return value;
}

/* Three letters or more, or anything in angle brackets. */
static void name(struct cursor *cursor)
{
    if (take(cursor, '<')) {
        while (more(cursor) && *cursor->at != '>') {
            cursor->at++;
        }
        cursor->failed = cursor->failed || !take(cursor, '>');
        return;
    }
    int letters = 0;
    while (more(cursor) && ((*cursor->at >= 'A' && *cursor->at <= 'Z') ||
                            (*cursor->at >= 'a' && *cursor->at <= 'z'))) {
        cursor->at++;
        letters++;
    }
    cursor->failed = cursor->failed || letters < 3;
}

/* [+-]hh[:mm[:ss]] in seconds. */
static int32_t clock_time(struct cursor *cursor, int32_t hours_max)
{
    int32_t sign = take(cursor, '-') ? -1 : 1;
    if (sign > 0) {
        (void)take(cursor, '+');
    }
    int32_t seconds = number(cursor, hours_max) * 3600;
    if (take(cursor, ':')) {
        seconds += number(cursor, 59) * 60;
        if (take(cursor, ':')) {
            seconds += number(cursor, 59);
        }
    }
    return sign * seconds;
}

static struct mu_zone_day day(struct cursor *cursor)
{
    struct mu_zone_day day = {.second = 2 * 3600};
    if (take(cursor, 'M')) {
        day.kind = MU_ZONE_DAY_MONTH;
        day.month = number(cursor, 12);
        cursor->failed = cursor->failed || !take(cursor, '.');
        day.week = number(cursor, 5);
        cursor->failed = cursor->failed || !take(cursor, '.');
        day.weekday = number(cursor, 6);
        cursor->failed = cursor->failed || day.month == 0 || day.week == 0;
    } else if (take(cursor, 'J')) {
        day.kind = MU_ZONE_DAY_JULIAN;
        day.day = number(cursor, 365);
        cursor->failed = cursor->failed || day.day == 0;
    } else {
        day.kind = MU_ZONE_DAY_ZERO;
        day.day = number(cursor, 365);
    }
    if (take(cursor, '/')) {
        day.second = clock_time(cursor, HOURS_MAX);
    }
    return day;
}

bool mu_zone_rule_parse(struct mu_slice text, struct mu_zone_rule *out)
{
    if (text.len == 0) {
        return false;
    }
    struct cursor cursor = {.at = text.data, .end = text.data + text.len};
    struct mu_zone_rule rule = {0};
    name(&cursor);
    rule.standard_s = -clock_time(&cursor, 24); /* POSIX counts westwards */
    if (more(&cursor)) {
        rule.has_summer = true;
        name(&cursor);
        rule.summer_s = rule.standard_s + 3600;
        if (more(&cursor) && *cursor.at != ',') {
            rule.summer_s = -clock_time(&cursor, 24);
        }
        cursor.failed = cursor.failed || !take(&cursor, ',');
        rule.to_summer = day(&cursor);
        cursor.failed = cursor.failed || !take(&cursor, ',');
        rule.to_standard = day(&cursor);
    }
    if (cursor.failed || cursor.at != cursor.end) {
        return false;
    }
    *out = rule;
    return true;
}

static bool leap(int32_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int64_t days_of(const struct mu_zone_day *day, int32_t year)
{
    int64_t new_year = mu_date_to_days((struct mu_date){.year = year, .month = 1, .day = 1});
    switch (day->kind) {
    case MU_ZONE_DAY_ZERO:
        return new_year + day->day;
    case MU_ZONE_DAY_JULIAN:
        return new_year + day->day - 1 + (leap(year) && day->day >= 60 ? 1 : 0);
    case MU_ZONE_DAY_MONTH:
        break;
    }
    struct mu_date first = {.year = year, .month = day->month, .day = 1};
    int32_t ahead = (day->weekday - mu_date_weekday(first) % 7 + 7) % 7;
    int64_t days = mu_date_to_days(first) + ahead + (int64_t)(day->week - 1) * 7;
    while (mu_date_from_days(days).month != day->month) { /* the fifth may be the fourth */
        days -= 7;
    }
    return days;
}

/* The changes of the years around at_s, in order. */
#define AROUND 6
static void changes_around(const struct mu_zone_rule *rule, int64_t at_s,
                           struct mu_zone_change out[static AROUND])
{
    int64_t day_number = (at_s >= 0 ? at_s : at_s - DAY_S + 1) / DAY_S;
    int32_t year = mu_date_from_days(day_number).year;
    for (int32_t i = 0; i < AROUND / 2; i++) {
        int32_t which = year - 1 + i;
        struct mu_zone_change summer = {.at_s = days_of(&rule->to_summer, which) * DAY_S +
                                                rule->to_summer.second - rule->standard_s,
                                        .offset_s = rule->summer_s};
        struct mu_zone_change standard = {.at_s = days_of(&rule->to_standard, which) * DAY_S +
                                                  rule->to_standard.second - rule->summer_s,
                                          .offset_s = rule->standard_s};
        bool north = summer.at_s <= standard.at_s;
        size_t at = (size_t)i * 2;
        out[at] = north ? summer : standard;
        out[at + 1] = north ? standard : summer;
    }
}

struct mu_zone_change mu_zone_rule_last(const struct mu_zone_rule *rule, int64_t at_s)
{
    struct mu_zone_change last = {.at_s = INT64_MIN, .offset_s = rule->standard_s};
    if (!rule->has_summer) {
        return last;
    }
    struct mu_zone_change around[AROUND];
    changes_around(rule, at_s, around);
    for (size_t i = 0; i < AROUND && around[i].at_s <= at_s; i++) {
        last = around[i];
    }
    return last;
}

bool mu_zone_rule_next(const struct mu_zone_rule *rule, int64_t at_s, struct mu_zone_change *out)
{
    if (!rule->has_summer) {
        return false;
    }
    struct mu_zone_change around[AROUND];
    changes_around(rule, at_s, around);
    for (size_t i = 0; i < AROUND; i++) {
        if (around[i].at_s > at_s) {
            *out = around[i];
            return true;
        }
    }
    return false;
}
