#include "common/model/recur.h"

#include <stdio.h>
#include <string.h>

static const char *const day_names[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};
static const char *const freq_names[] = {"DAILY", "WEEKLY", "MONTHLY"};

/* Months that are looked through for a day before the rule is given up: a 31st comes within
 * INTERVAL_MAX steps or never. */
#define STEPS_MAX 4800

/* -- the text ------------------------------------------------------------------ */

static bool take(struct mu_slice *rest, const char *word)
{
    size_t len = strlen(word);
    if (rest->len < len || memcmp(rest->data, word, len) != 0) {
        return false;
    }
    *rest = mu_slice_of(rest->data + len, rest->len - len);
    return true;
}

/* [-]digits, at most four of them, without a zero in front. */
static bool take_number(struct mu_slice *rest, int32_t *out_number)
{
    bool minus = take(rest, "-");
    int32_t number = 0;
    size_t used = 0;
    while (used < rest->len && used < 4 && rest->data[used] >= '0' && rest->data[used] <= '9') {
        number = number * 10 + (rest->data[used] - '0');
        used++;
    }
    if (used == 0 || rest->data[0] == '0') {
        return false;
    }
    *rest = mu_slice_of(rest->data + used, rest->len - used);
    *out_number = minus ? -number : number;
    return true;
}

static bool take_weekday(struct mu_slice *rest, unsigned *out_day)
{
    for (unsigned i = 0; i < 7; i++) {
        if (take(rest, day_names[i])) {
            *out_day = i;
            return true;
        }
    }
    return false;
}

static bool take_weekdays(struct mu_slice *rest, struct mu_recur *rule)
{
    unsigned day = 0;
    do {
        if (!take_weekday(rest, &day)) {
            return false;
        }
        rule->weekdays = (uint8_t)(rule->weekdays | 1u << day);
    } while (take(rest, ","));
    return true;
}

static bool take_by(struct mu_slice *rest, struct mu_recur *rule)
{
    unsigned day = 0;
    if (rule->freq == MU_RECUR_WEEKLY && take(rest, ";BYDAY=")) {
        return take_weekdays(rest, rule);
    }
    if (rule->freq == MU_RECUR_MONTHLY && take(rest, ";BYMONTHDAY=")) {
        return take_number(rest, &rule->month_day) && rule->month_day >= -1 &&
               rule->month_day <= 31;
    }
    if (rule->freq == MU_RECUR_MONTHLY && take(rest, ";BYDAY=")) {
        bool good = take_number(rest, &rule->ordinal) && rule->ordinal >= -1 &&
                    rule->ordinal <= 5 && take_weekday(rest, &day);
        rule->weekdays = (uint8_t)(1u << day);
        return good;
    }
    return true;
}

static bool parse(struct mu_slice text, struct mu_recur *rule)
{
    struct mu_slice rest = text;
    if (!take(&rest, "FREQ=")) {
        return false;
    }
    for (unsigned i = 0; i < 3 && rule->freq == 0; i++) {
        rule->freq = take(&rest, freq_names[i]) ? (enum mu_recur_freq)(i + 1) : rule->freq;
    }
    rule->interval = 1;
    if (rule->freq == 0 || (take(&rest, ";INTERVAL=") && !take_number(&rest, &rule->interval)) ||
        rule->interval < 1 || rule->interval > MU_RECUR_INTERVAL_MAX || !take_by(&rest, rule)) {
        return false;
    }
    return rest.len == 0;
}

enum mu_status mu_recur_parse(struct mu_slice text, struct mu_recur *out, struct mu_error *err)
{
    struct mu_recur rule = {0};
    char canonical[MU_RECUR_TEXT_MAX + 1] = "";
    bool good = text.len <= MU_RECUR_TEXT_MAX && parse(text, &rule);
    if (good) {
        mu_recur_format(&rule, canonical);
    }
    if (!good || !mu_slice_equal(mu_slice_str(canonical), text)) {
        return mu_fail(err, MU_E_INVALID, "that is no rule of days");
    }
    *out = rule;
    return MU_OK;
}

static size_t append(char *out, size_t used, const char *text)
{
    size_t len = strlen(text);
    MU_ASSERT(used + len <= MU_RECUR_TEXT_MAX);
    memcpy(out + used, text, len + 1);
    return used + len;
}

static size_t append_number(char *out, size_t used, int32_t number)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%d", (int)number);
    return append(out, used, text);
}

void mu_recur_format(const struct mu_recur *rule, char out_text[static MU_RECUR_TEXT_MAX + 1])
{
    MU_ASSERT(rule->freq >= MU_RECUR_DAILY && rule->freq <= MU_RECUR_MONTHLY);
    size_t used = append(out_text, 0, "FREQ=");
    used = append(out_text, used, freq_names[rule->freq - 1]);
    if (rule->interval > 1) {
        used = append(out_text, used, ";INTERVAL=");
        used = append_number(out_text, used, rule->interval);
    }
    if (rule->month_day != 0) {
        used = append(out_text, used, ";BYMONTHDAY=");
        used = append_number(out_text, used, rule->month_day);
    }
    if (rule->weekdays != 0) {
        used = append(out_text, used, ";BYDAY=");
        used = rule->ordinal != 0 ? append_number(out_text, used, rule->ordinal) : used;
    }
    bool first = true;
    for (unsigned i = 0; i < 7; i++) {
        if (((unsigned)rule->weekdays >> i & 1u) != 0) {
            used = append(out_text, used, first ? "" : ",");
            used = append(out_text, used, day_names[i]);
            first = false;
        }
    }
}

/* -- the days -------------------------------------------------------------------- */

/* 0: Monday */
static unsigned weekday(int64_t day)
{
    return (unsigned)(((day + 3) % 7 + 7) % 7);
}

static bool in_range(int64_t day)
{
    return day >= MU_RECUR_DAY_MIN && day <= MU_RECUR_DAY_MAX;
}

static bool next_daily(const struct mu_recur *rule, int64_t start, int64_t from, int64_t *out)
{
    int64_t steps = from <= start ? 0 : (from - start + rule->interval - 1) / rule->interval;
    *out = start + steps * rule->interval;
    return true;
}

static bool next_weekly(const struct mu_recur *rule, int64_t start, int64_t from, int64_t *out)
{
    unsigned days = rule->weekdays != 0 ? rule->weekdays : 1u << weekday(start);
    int64_t monday = start - weekday(start);
    int64_t day = from < start ? start : from;
    int64_t week = (day - monday) / 7;
    int64_t beside = week % rule->interval;
    if (beside != 0) {
        day = monday + (week + rule->interval - beside) * 7;
    }
    for (int64_t end = day - weekday(day) + 7; day < end; day++) {
        if ((days >> weekday(day) & 1u) != 0) {
            *out = day;
            return true;
        }
    }
    day += (int64_t)(rule->interval - 1) * 7;
    while ((days >> weekday(day) & 1u) == 0) {
        day++;
    }
    *out = day;
    return true;
}

/* The rule's day in a month; false when the month has none. */
static bool day_of_month(const struct mu_recur *rule, int32_t start_day, int32_t year,
                         int32_t month, int64_t *out)
{
    struct mu_date first = {year, month, 1};
    struct mu_date after =
        month == 12 ? (struct mu_date){year + 1, 1, 1} : (struct mu_date){year, month + 1, 1};
    int64_t begin = mu_date_to_days(first);
    int64_t end = mu_date_to_days(after);
    if (rule->weekdays == 0) {
        int32_t wanted = rule->month_day != 0 ? rule->month_day : start_day;
        *out = wanted == -1 ? end - 1 : begin + wanted - 1;
        return *out < end;
    }
    unsigned wanted = 0;
    while (((unsigned)rule->weekdays >> wanted & 1u) == 0) {
        wanted++;
    }
    if (rule->ordinal == -1) {
        *out = end - 1 - (int64_t)((weekday(end - 1) + 7 - wanted) % 7);
        return true;
    }
    *out = begin + (int64_t)((wanted + 7 - weekday(begin)) % 7) + (int64_t)(rule->ordinal - 1) * 7;
    return *out < end;
}

static bool next_monthly(const struct mu_recur *rule, int64_t start, int64_t from, int64_t *out)
{
    struct mu_date first = mu_date_from_days(start);
    struct mu_date look = mu_date_from_days(from < start ? start : from);
    int64_t base = (int64_t)first.year * 12 + first.month - 1;
    int64_t month = (int64_t)look.year * 12 + look.month - 1;
    int64_t beside = (month - base) % rule->interval;
    month += beside == 0 ? 0 : rule->interval - beside;
    for (int step = 0; step < STEPS_MAX && month / 12 <= 9998; step++, month += rule->interval) {
        int64_t day = 0;
        if (day_of_month(rule, first.day, (int32_t)(month / 12), (int32_t)(month % 12) + 1, &day) &&
            day >= from && day >= start) {
            *out = day;
            return true;
        }
    }
    return false;
}

bool mu_recur_next(const struct mu_recur *rule, int64_t start, int64_t from, int64_t *out_day)
{
    int64_t day = 0;
    bool found = false;
    if (!in_range(start) || !in_range(from)) {
        return false;
    }
    switch (rule->freq) {
    case MU_RECUR_DAILY:
        found = next_daily(rule, start, from, &day);
        break;
    case MU_RECUR_WEEKLY:
        found = next_weekly(rule, start, from, &day);
        break;
    case MU_RECUR_MONTHLY:
        found = next_monthly(rule, start, from, &day);
        break;
    }
    if (!found || !in_range(day)) {
        return false;
    }
    *out_day = day;
    return true;
}

bool mu_recur_after(const struct mu_recur *rule, int64_t done_day, int64_t *out_day)
{
    if (!in_range(done_day) || !in_range(done_day + 1)) {
        return false;
    }
    if (rule->weekdays != 0 || rule->month_day != 0) {
        struct mu_recur plain = *rule; /* the day named that comes after an interval */
        plain.interval = 1;
        int64_t from = done_day + 1;
        if (rule->freq == MU_RECUR_WEEKLY) {
            from += (int64_t)(rule->interval - 1) * 7;
        } else if (rule->interval > 1) {
            from += (int64_t)(rule->interval - 1) * 28;
        }
        return mu_recur_next(&plain, done_day, from, out_day);
    }
    return mu_recur_next(rule, done_day, done_day + 1, out_day);
}
