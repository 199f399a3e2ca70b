#include "common/model/rhythm.h"

#include "common/model/domain.h"

struct number {
    uint8_t bytes[8];
};

/* Big-endian, as everything that is hashed. */
static struct number number_of(int64_t value)
{
    struct number number;
    for (int i = 0; i < 8; i++) {
        number.bytes[i] = (uint8_t)((uint64_t)value >> (56 - 8 * i));
    }
    return number;
}

static struct mu_slice number_view(const struct number *number)
{
    return mu_slice_of(number->bytes, sizeof number->bytes);
}

struct mu_id mu_checkin_id(mu_deriver *derive, struct mu_id schedule, struct mu_id person,
                           int64_t day)
{
    struct number at = number_of(day);
    struct mu_slice parts[] = {mu_id_view(&schedule), mu_id_view(&person), number_view(&at)};
    return derive("checkin", parts, 3);
}

struct mu_id mu_answer_id(mu_deriver *derive, struct mu_id checkin, struct mu_id question)
{
    struct mu_slice parts[] = {mu_id_view(&checkin), mu_id_view(&question)};
    return derive("answer", parts, 2);
}

struct mu_id mu_checkin_item_id(mu_deriver *derive, struct mu_id checkin, int64_t kind,
                                struct mu_id row)
{
    struct number of = number_of(kind);
    struct mu_slice parts[] = {mu_id_view(&checkin), number_view(&of), mu_id_view(&row)};
    return derive("checkin_item", parts, 3);
}

struct mu_id mu_holiday_id(mu_deriver *derive, struct mu_slice calendar, int64_t day)
{
    struct number at = number_of(day);
    struct mu_slice parts[] = {calendar, number_view(&at)};
    return derive("holiday", parts, 2);
}

struct mu_id mu_nudge_id(mu_deriver *derive, struct mu_id from, struct mu_id to, int64_t utc_day,
                         int64_t nth)
{
    struct number at = number_of(utc_day);
    struct number count = number_of(nth);
    struct mu_slice parts[] = {mu_id_view(&from), mu_id_view(&to), number_view(&at),
                               number_view(&count)};
    return derive("nudge", parts, 4);
}

/* -- days and clocks ---------------------------------------------------------- */

int64_t mu_utc_day(int64_t ms)
{
    return ms / MU_DAY_MS - (ms % MU_DAY_MS < 0 ? 1 : 0);
}

int mu_day_weekday(int64_t day)
{
    /* 1970-01-01 was a Thursday. */
    int64_t from_monday = (day + 3) % 7;
    return (int)(from_monday < 0 ? from_monday + 7 : from_monday);
}

bool mu_clock_uncertain(int64_t offset_ms, bool doubt)
{
    return doubt || offset_ms > MU_CLOCK_DOUBT_MS || offset_ms < -MU_CLOCK_DOUBT_MS;
}

/* -- small texts ----------------------------------------------------------------- */

/* Digits from *at on, at most limit; false when there are none or the number is larger. */
static bool digits(struct mu_slice text, size_t *at, int64_t limit, int64_t *out)
{
    int64_t value = 0;
    size_t begin = *at;
    for (; *at < text.len && text.data[*at] >= '0' && text.data[*at] <= '9'; (*at)++) {
        value = value * 10 + (text.data[*at] - '0');
        if (value > limit) {
            return false;
        }
    }
    *out = value;
    return *at > begin;
}

enum mu_status mu_reminders_parse(struct mu_slice text,
                                  int32_t out_minutes[static MU_REMINDERS_MAX], size_t *out_count,
                                  struct mu_error *err)
{
    size_t count = 0;
    for (size_t at = 0; at < text.len;) {
        int64_t minutes = 0;
        if (count == MU_REMINDERS_MAX) {
            return mu_fail(err, MU_E_INVALID, "more than %d reminders", MU_REMINDERS_MAX);
        }
        if (!digits(text, &at, MU_REMINDER_LEAD_MAX, &minutes)) {
            return mu_fail(err, MU_E_INVALID,
                           "a reminder is minutes before due, at most a week of them");
        }
        out_minutes[count++] = (int32_t)minutes;
        if (at < text.len && (text.data[at] != ',' || ++at == text.len)) {
            return mu_fail(err, MU_E_INVALID, "reminders are minutes with commas between them");
        }
    }
    *out_count = count;
    return MU_OK;
}

struct mu_slice mu_choice_line(struct mu_slice choices, size_t at)
{
    size_t begin = 0;
    for (size_t i = 0; i <= choices.len; i++) {
        if (i < choices.len && choices.data[i] != '\n') {
            continue;
        }
        if (at == 0) {
            return mu_slice_of(choices.data + begin, i - begin);
        }
        at--;
        begin = i + 1;
    }
    return (struct mu_slice){0};
}

size_t mu_choice_count(struct mu_slice choices)
{
    size_t count = choices.len > 0 ? 1 : 0;
    for (size_t i = 0; i + 1 < choices.len; i++) {
        count += choices.data[i] == '\n' ? 1 : 0;
    }
    return count;
}

#define SCALE_MOST 100

bool mu_scale_bounds(struct mu_slice choices, int64_t *out_low, int64_t *out_high)
{
    struct mu_slice low = mu_choice_line(choices, 0);
    struct mu_slice high = mu_choice_line(choices, 1);
    size_t low_end = 0;
    size_t high_end = 0;
    return digits(low, &low_end, SCALE_MOST, out_low) && low_end == low.len &&
           digits(high, &high_end, SCALE_MOST, out_high) && high_end == high.len &&
           *out_low < *out_high && mu_choice_count(choices) == 2;
}

#define WHOLE_DIGITS 15
#define PART_DIGITS  6

static size_t digit_run(struct mu_slice text, size_t at)
{
    size_t begin = at;
    while (at < text.len && text.data[at] >= '0' && text.data[at] <= '9') {
        at++;
    }
    return at - begin;
}

static bool is_number(struct mu_slice text)
{
    size_t at = text.len > 0 && text.data[0] == '-' ? 1 : 0;
    size_t whole = digit_run(text, at);
    at += whole;
    if (whole == 0 || whole > WHOLE_DIGITS) {
        return false;
    }
    if (at == text.len) {
        return true;
    }
    size_t part = digit_run(text, at + 1);
    return text.data[at] == '.' && part > 0 && part <= PART_DIGITS && at + 1 + part == text.len;
}

static bool is_choice(struct mu_slice choices, struct mu_slice value)
{
    size_t count = mu_choice_count(choices);
    for (size_t i = 0; i < count; i++) {
        if (mu_slice_equal(mu_choice_line(choices, i), value)) {
            return true;
        }
    }
    return false;
}

enum mu_status mu_answer_check(int64_t kind, struct mu_slice choices, struct mu_slice value,
                               struct mu_error *err)
{
    int64_t low = 0;
    int64_t high = 0;
    int64_t given = 0;
    size_t at = 0;
    if (kind == MU_ASK_NUMBER && !is_number(value)) {
        return mu_fail(err, MU_E_INVALID,
                       "the answer is a number like 1850 or 12.5, with a point and no exponent");
    }
    if (kind == MU_ASK_CHOICE && !is_choice(choices, value)) {
        return mu_fail(err, MU_E_INVALID, "the answer is none of the question's choices");
    }
    if (kind == MU_ASK_SCALE &&
        (!mu_scale_bounds(choices, &low, &high) || !digits(value, &at, SCALE_MOST, &given) ||
         at != value.len || given < low || given > high)) {
        return mu_fail(err, MU_E_INVALID, "the answer is a whole number from %d to %d", (int)low,
                       (int)high);
    }
    return MU_OK;
}
