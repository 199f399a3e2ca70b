#include "common/model/due.h"

#include <stdio.h>
#include <string.h>

#define DATE_LEN 10 /* 2026-11-27 */
#define TIME_LEN 16 /* 2026-11-27T17:00 */

int64_t mu_date_to_days(struct mu_date date)
{
    int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct mu_date mu_date_from_days(int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    int64_t year = year_of_era + era * 400 + (month >= 10 ? 1 : 0);
    return (struct mu_date){.year = (int32_t)year,
                            .month = (int32_t)(month < 10 ? month + 3 : month - 9),
                            .day = (int32_t)(day_of_year - (153 * month + 2) / 5 + 1)};
}

int mu_date_weekday(struct mu_date date)
{
    int64_t days = mu_date_to_days(date); /* 1970-01-01 was a Thursday */
    return (int)(((days + 3) % 7 + 7) % 7) + 1;
}

bool mu_date_valid(struct mu_date date)
{
    static const int32_t month_days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1) {
        return false;
    }
    bool leap = date.year % 4 == 0 && (date.year % 100 != 0 || date.year % 400 == 0);
    return date.day <= month_days[date.month - 1] + (date.month == 2 && leap ? 1 : 0);
}

/* count decimal digits at text[at]; false when one is no digit. */
static bool digits(struct mu_slice text, size_t at, size_t count, int32_t *out_value)
{
    int32_t value = 0;
    for (size_t i = at; i < at + count; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') {
            return false;
        }
        value = value * 10 + (text.data[i] - '0');
    }
    *out_value = value;
    return true;
}

static bool zone_byte(uint8_t byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '+' || byte == '-' || byte == '/';
}

static bool parse_time(struct mu_slice text, struct mu_due *due)
{
    int32_t hour = 0;
    int32_t minute = 0;
    if (text.len < TIME_LEN || text.data[10] != 'T' || text.data[13] != ':' ||
        !digits(text, 11, 2, &hour) || !digits(text, 14, 2, &minute) || hour > 23 || minute > 59) {
        return false;
    }
    due->has_time = true;
    due->minute = hour * 60 + minute;
    return true;
}

bool mu_due_zone_valid(struct mu_slice zone)
{
    for (size_t i = 0; i < zone.len; i++) {
        if (!zone_byte(zone.data[i])) {
            return false;
        }
    }
    return zone.len > 0 && zone.len <= MU_DUE_ZONE_MAX;
}

/* What follows the date and time: nothing, or a blank and a zone. */
static bool parse_zone(struct mu_slice rest, struct mu_due *due)
{
    if (rest.len == 0) {
        return true;
    }
    struct mu_slice zone = {.data = rest.data + 1, .len = rest.len - 1};
    if (rest.data[0] != ' ' || !mu_due_zone_valid(zone)) {
        return false;
    }
    memcpy(due->zone, zone.data, zone.len);
    return true;
}

enum mu_status mu_due_parse(struct mu_slice text, struct mu_due *out, struct mu_error *err)
{
    struct mu_due due = {0};
    if (text.len < DATE_LEN || text.data[4] != '-' || text.data[7] != '-' ||
        !digits(text, 0, 4, &due.date.year) || !digits(text, 5, 2, &due.date.month) ||
        !digits(text, 8, 2, &due.date.day)) {
        return mu_fail(err, MU_E_INVALID, "due is not a date like 2026-11-27");
    }
    if (!mu_date_valid(due.date)) {
        return mu_fail(err, MU_E_INVALID, "due names a day that does not exist");
    }
    size_t at = DATE_LEN;
    if (text.len > at && text.data[at] == 'T') {
        if (!parse_time(text, &due)) {
            return mu_fail(err, MU_E_INVALID, "due has no time like 2026-11-27T17:00");
        }
        at = TIME_LEN;
    }
    if (!parse_zone(mu_slice_of(text.data + at, text.len - at), &due)) {
        return mu_fail(err, MU_E_INVALID, "due has no zone name after its date");
    }
    *out = due;
    return MU_OK;
}

void mu_due_format(const struct mu_due *due, char out_text[static MU_DUE_TEXT_MAX + 1])
{
    MU_ASSERT(mu_date_valid(due->date));
    MU_ASSERT(due->minute >= 0 && due->minute < 1440 && (due->has_time || due->minute == 0));
    unsigned minute = (unsigned)due->minute;
    char time[8] = "";
    if (due->has_time) {
        (void)snprintf(time, sizeof time, "T%02u:%02u", minute / 60 % 24, minute % 60);
    }
    (void)snprintf(out_text, MU_DUE_TEXT_MAX + 1, "%04d-%02d-%02d%s%s%s", (int)due->date.year,
                   (int)due->date.month, (int)due->date.day, time, due->zone[0] != '\0' ? " " : "",
                   due->zone);
}
