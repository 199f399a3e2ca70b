#include "client/view/calendar.h"

#include "common/model/rhythm.h"

#define WORK_HOURS_DEFAULT (8 * 60)
#define SPAN_DAYS_MAX      3660

static struct mu_date date_of(int64_t day)
{
    return mu_date_from_days(day < 0 ? 0 : day > MU_DAY_MAX ? MU_DAY_MAX : day);
}

const struct mu_calendar_person *mu_calendar_find(const struct mu_calendar *calendar,
                                                  struct mu_id person)
{
    size_t low = 0;
    size_t high = calendar->person_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = mu_id_compare(calendar->people[middle].id, person);
        if (order == 0) {
            return &calendar->people[middle];
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

/* -- instants and days --------------------------------------------------------- */

const struct mu_zone_stretch *mu_person_zone(const struct mu_calendar_person *person, int64_t at_ms)
{
    size_t at = 0;
    while (at + 1 < person->zone_count && person->zones[at + 1].from_ms <= at_ms) {
        at++;
    }
    return &person->zones[at];
}

struct mu_local mu_person_local(const struct mu_calendar_person *person, int64_t at_ms)
{
    return mu_zone_local(mu_person_zone(person, at_ms)->zone, (struct mu_wall){at_ms});
}

int64_t mu_person_day(const struct mu_calendar_person *person, int64_t at_ms)
{
    return mu_date_to_days(mu_person_local(person, at_ms).date);
}

int64_t mu_person_instant(const struct mu_calendar_person *person, int64_t day, int32_t minute)
{
    struct mu_date date = date_of(day + minute / MU_DAY_MINUTES);
    for (size_t i = 0;; i++) {
        const struct mu_zone_stretch *here = &person->zones[i];
        bool last = i + 1 == person->zone_count;
        int64_t at = mu_zone_instant(here->zone, date, minute % MU_DAY_MINUTES).ms;
        if (at < here->from_ms) { /* left out by the move that began it */
            return here->from_ms;
        }
        if (last || at < person->zones[i + 1].from_ms) {
            return at;
        }
    }
}

int64_t mu_week_monday(int64_t day)
{
    return day - mu_day_weekday(day);
}

/* The year of a week is that of its Thursday. */
void mu_week_number(int64_t day, int32_t *out_year, int32_t *out_week)
{
    int64_t thursday = mu_week_monday(day) + 3;
    *out_year = mu_date_from_days(thursday).year;
    int64_t first = mu_date_to_days((struct mu_date){.year = *out_year, .month = 1, .day = 1});
    *out_week = (int32_t)((thursday - first) / 7) + 1;
}

int64_t mu_month_first(int64_t day)
{
    struct mu_date date = mu_date_from_days(day);
    date.day = 1;
    return mu_date_to_days(date);
}

int64_t mu_month_next(int64_t day)
{
    return mu_month_first(mu_month_first(day) + 31);
}

/* -- working days ---------------------------------------------------------------- */

static size_t holidays_before(const struct mu_calendar *calendar, int64_t day)
{
    size_t low = 0;
    size_t high = calendar->holiday_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (calendar->holidays[middle].day < day) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Holidays of everybody, or of where she is at noon of that day. */
static const struct mu_holiday *holiday_of(const struct mu_calendar *calendar,
                                           const struct mu_calendar_person *person, int64_t day)
{
    for (size_t i = holidays_before(calendar, day);
         i < calendar->holiday_count && calendar->holidays[i].day == day; i++) {
        const struct mu_holiday *holiday = &calendar->holidays[i];
        if (mu_slice_equal(holiday->calendar, mu_slice_str(MU_CALENDAR_TEAM))) {
            return holiday;
        }
        int64_t noon = mu_person_instant(person, day, MU_DAY_MINUTES / 2);
        if (person != &calendar->team &&
            mu_slice_equal(holiday->calendar, mu_person_zone(person, noon)->name)) {
            return holiday;
        }
    }
    return NULL;
}

/* Of several the one that was declared first: it excuses soonest. */
static const struct mu_absence *absence_of(const struct mu_calendar_person *person, int64_t day)
{
    const struct mu_absence *found = NULL;
    for (size_t i = 0; i < person->absence_count && person->absences[i].from_day <= day; i++) {
        const struct mu_absence *absence = &person->absences[i];
        if (day <= absence->to_day &&
            (found == NULL || absence->declared_ms < found->declared_ms)) {
            found = absence;
        }
    }
    return found;
}

struct mu_day_off mu_calendar_day(const struct mu_calendar *calendar,
                                  const struct mu_calendar_person *person, int64_t day)
{
    if ((person->workdays >> mu_day_weekday(day) & 1u) == 0) {
        return (struct mu_day_off){.kind = MU_DAY_OFF};
    }
    const struct mu_holiday *holiday = holiday_of(calendar, person, day);
    if (holiday != NULL) {
        return (struct mu_day_off){.kind = MU_DAY_HOLIDAY, .holiday = holiday};
    }
    const struct mu_absence *absence = absence_of(person, day);
    return absence != NULL ? (struct mu_day_off){.kind = MU_DAY_ABSENT, .absence = absence}
                           : (struct mu_day_off){.kind = MU_DAY_WORK};
}

static bool works(const struct mu_calendar *calendar, const struct mu_calendar_person *person,
                  int64_t day)
{
    return mu_calendar_day(calendar, person, day).kind == MU_DAY_WORK;
}

int64_t mu_calendar_workdays(const struct mu_calendar *calendar,
                             const struct mu_calendar_person *person, int64_t from_day,
                             int64_t to_day)
{
    int64_t count = 0;
    if (to_day - from_day > SPAN_DAYS_MAX) {
        from_day = to_day - SPAN_DAYS_MAX;
    }
    for (int64_t day = from_day; day <= to_day; day++) {
        count += works(calendar, person, day) ? 1 : 0;
    }
    return count;
}

int64_t mu_calendar_workday_after(const struct mu_calendar *calendar,
                                  const struct mu_calendar_person *person, int64_t day,
                                  int64_t count)
{
    int64_t last = day + SPAN_DAYS_MAX;
    while (count > 0 && day < last) {
        day++;
        count -= works(calendar, person, day) ? 1 : 0;
    }
    return day;
}

int64_t mu_calendar_work_ms(const struct mu_calendar *calendar,
                            const struct mu_calendar_person *person, int64_t from_ms, int64_t to_ms)
{
    int32_t begin_minute = person->day_start_minute;
    int32_t end_minute = calendar->day_end_minute;
    if (end_minute <= begin_minute) { /* who begins late works into the night */
        end_minute = begin_minute + WORK_HOURS_DEFAULT;
    }
    int64_t total = 0;
    int64_t last = mu_person_day(person, to_ms);
    int64_t first = mu_person_day(person, from_ms) - (end_minute > MU_DAY_MINUTES ? 1 : 0);
    if (last - first > SPAN_DAYS_MAX) {
        first = last - SPAN_DAYS_MAX;
    }
    for (int64_t day = first; day <= last; day++) {
        if (!works(calendar, person, day)) {
            continue;
        }
        int64_t begin = mu_person_instant(person, day, begin_minute);
        int64_t end = mu_person_instant(person, day, end_minute);
        begin = begin < from_ms ? from_ms : begin;
        end = end > to_ms ? to_ms : end;
        total += end > begin ? end - begin : 0;
    }
    return total;
}

bool mu_person_is_quiet(const struct mu_calendar_person *person, int64_t at_ms,
                        int64_t *out_until_ms)
{
    int32_t from = person->quiet_from;
    int32_t to = person->quiet_to;
    if (from < 0 || to < 0 || from == to) {
        return false;
    }
    struct mu_local local = mu_person_local(person, at_ms);
    int32_t minute = local.second / 60;
    bool over_midnight = from > to;
    bool quiet = over_midnight ? minute >= from || minute < to : minute >= from && minute < to;
    if (quiet) {
        int64_t day = mu_date_to_days(local.date) + (over_midnight && minute >= from ? 1 : 0);
        *out_until_ms = mu_person_instant(person, day, to);
    }
    return quiet;
}
