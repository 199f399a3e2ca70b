#include "common/model/when.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX   120
#define WORDS_MAX  8
#define AMOUNT_MAX 9999
#define COUNT(a)   (sizeof(a) / sizeof(a)[0])

/* The phrase as words, and how far it has been understood. */
struct phrase {
    const struct mu_when_context *context;
    char shown[TEXT_MAX + 1]; /* for messages: what is no printable ASCII as '?' */
    char exact[TEXT_MAX + 1]; /* as written, cut into words by terminators */
    char lower[TEXT_MAX + 1]; /* the same in lower case */
    const char *words[WORDS_MAX];
    const char *written[WORDS_MAX];
    size_t count;
    size_t at;
    struct mu_due due;
};

static const char *const day_names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
static const char *const month_names[] = {"january",   "february", "march",    "april",
                                          "may",       "june",     "july",     "august",
                                          "september", "october",  "november", "december"};

/* -- words ----------------------------------------------------------------- */

static enum mu_status not_understood(const struct phrase *phrase, struct mu_error *err)
{
    return mu_fail(err, MU_E_USAGE,
                   "'%s' is not a date: write fri, next fri 15:00, in 3 wd, 31 may or 2026-05-31",
                   phrase->shown);
}

static bool split(struct phrase *phrase, struct mu_slice text)
{
    bool in_word = false;
    size_t len = text.len < TEXT_MAX ? text.len : TEXT_MAX;
    for (size_t i = 0; i < len; i++) {
        uint8_t byte = text.data[i];
        bool blank = byte == ' ' || byte == '\t' || byte == ',';
        phrase->shown[i] = (char)(byte >= 0x20 && byte < 0x7f ? byte : '?');
        phrase->exact[i] = (char)(blank ? '\0' : byte);
        phrase->lower[i] = (char)(byte >= 'A' && byte <= 'Z' ? byte + 32 : phrase->exact[i]);
        if (!blank && !in_word) {
            if (phrase->count == WORDS_MAX) {
                return false;
            }
            phrase->written[phrase->count] = phrase->exact + i;
            phrase->words[phrase->count++] = phrase->lower + i;
        }
        in_word = !blank;
    }
    return text.len <= TEXT_MAX && phrase->count > 0;
}

static const char *peek(const struct phrase *phrase)
{
    return phrase->at < phrase->count ? phrase->words[phrase->at] : "";
}

static bool take(struct phrase *phrase, const char *word)
{
    if (strcmp(peek(phrase), word) == 0) {
        phrase->at++;
        return true;
    }
    return false;
}

/* 1 + index of the name that word begins, three letters at the least; 0: none. */
static int32_t name_number(const char *word, const char *const *names, size_t count)
{
    size_t len = strlen(word);
    for (size_t i = 0; i < count; i++) {
        if (len >= 3 && strncmp(word, names[i], len) == 0) {
            return (int32_t)i + 1;
        }
    }
    return 0;
}

/* Digits at *text, at most AMOUNT_MAX; moves past them.  -1 when there are none or too many. */
static int32_t number(const char **text)
{
    int32_t value = 0;
    const char *at = *text;
    for (; *at >= '0' && *at <= '9'; at++) {
        value = value * 10 + (*at - '0');
        if (value > AMOUNT_MAX) {
            return -1;
        }
    }
    if (at == *text) {
        return -1;
    }
    *text = at;
    return value;
}

/* -- moving dates ---------------------------------------------------------- */

static struct mu_date plus_days(struct mu_date date, int64_t days)
{
    return mu_date_from_days(mu_date_to_days(date) + days);
}

/* The same day of another month, or that month's last. */
static struct mu_date plus_months(struct mu_date date, int32_t months)
{
    int32_t month = date.year * 12 + date.month - 1 + months;
    struct mu_date moved = {.year = month / 12, .month = month % 12 + 1, .day = date.day};
    while (moved.day > 28 && !mu_date_valid(moved)) {
        moved.day--;
    }
    return moved;
}

static struct mu_date plus_workdays(struct mu_date date, int32_t days)
{
    int32_t step = days < 0 ? -1 : 1;
    for (int32_t left = days * step; left > 0;) {
        date = plus_days(date, step);
        left -= mu_date_weekday(date) <= 5 ? 1 : 0;
    }
    return date;
}

static int32_t now_minute(const struct phrase *phrase)
{
    return phrase->context->now.second / 60;
}

static void set_minutes_from_now(struct phrase *phrase, int64_t minutes)
{
    int64_t total = now_minute(phrase) + minutes;
    int64_t days = total / 1440 - (total % 1440 < 0 ? 1 : 0);
    phrase->due.date = plus_days(phrase->context->now.date, days);
    phrase->due.has_time = true;
    phrase->due.minute = (int32_t)(total - days * 1440);
}

/* -- offsets: +3d, in 2 weeks ---------------------------------------------- */

enum unit { MINUTES, HOURS, DAYS, WORKDAYS, WEEKS, MONTHS, YEARS, NO_UNIT };

static enum unit unit_of(const char *word)
{
    static const struct {
        const char *word;
        enum unit unit;
    } units[] = {
        {"m", MINUTES},       {"min", MINUTES},      {"mins", MINUTES},      {"minute", MINUTES},
        {"minutes", MINUTES}, {"h", HOURS},          {"hour", HOURS},        {"hours", HOURS},
        {"d", DAYS},          {"day", DAYS},         {"days", DAYS},         {"wd", WORKDAYS},
        {"wds", WORKDAYS},    {"workday", WORKDAYS}, {"workdays", WORKDAYS}, {"w", WEEKS},
        {"week", WEEKS},      {"weeks", WEEKS},      {"mo", MONTHS},         {"month", MONTHS},
        {"months", MONTHS},   {"y", YEARS},          {"year", YEARS},        {"years", YEARS}};
    for (size_t i = 0; i < COUNT(units); i++) {
        if (strcmp(units[i].word, word) == 0) {
            return units[i].unit;
        }
    }
    return NO_UNIT;
}

static void move_by(struct phrase *phrase, int32_t amount, enum unit unit)
{
    struct mu_date today = phrase->context->now.date;
    switch (unit) {
    case MINUTES:
        set_minutes_from_now(phrase, amount);
        return;
    case HOURS:
        set_minutes_from_now(phrase, (int64_t)amount * 60);
        return;
    case DAYS:
        phrase->due.date = plus_days(today, amount);
        return;
    case WORKDAYS:
        phrase->due.date = plus_workdays(today, amount);
        return;
    case WEEKS:
        phrase->due.date = plus_days(today, (int64_t)amount * 7);
        return;
    case MONTHS:
        phrase->due.date = plus_months(today, amount);
        return;
    case YEARS:
        phrase->due.date = plus_months(today, amount * 12);
        return;
    case NO_UNIT:
        break;
    }
    MU_ASSERT(false);
}

/* True when an offset stood there and was taken. */
static bool offset(struct phrase *phrase)
{
    size_t at = phrase->at;
    bool in = strcmp(peek(phrase), "in") == 0;
    at += in ? 1 : 0;
    if (at >= phrase->count) {
        return false;
    }
    const char *text = phrase->words[at++];
    int32_t sign = *text == '-' ? -1 : 1;
    text += *text == '-' || *text == '+' ? 1 : 0;
    int32_t amount = number(&text);
    if (amount < 0) {
        return false;
    }
    if (*text == '\0' && at < phrase->count) { /* "in 3 days" */
        text = phrase->words[at++];
    }
    enum unit unit = unit_of(text);
    if (unit == NO_UNIT) {
        return false;
    }
    phrase->at = at;
    move_by(phrase, sign * amount, unit);
    return true;
}

/* -- times and zones ------------------------------------------------------- */

static bool clock_time(const char *text, int32_t *out_minute)
{
    int32_t hour = number(&text);
    int32_t minute = 0;
    bool colon = *text == ':';
    if (colon) {
        const char *digits = ++text;
        minute = number(&text);
        if (text - digits != 2) {
            return false;
        }
    }
    bool am = strcmp(text, "am") == 0;
    bool pm = strcmp(text, "pm") == 0;
    if (hour < 0 || minute < 0 || minute > 59 || (!am && !pm && (*text != '\0' || !colon))) {
        return false;
    }
    if (am || pm) {
        if (hour < 1 || hour > 12) {
            return false;
        }
        hour = hour % 12 + (pm ? 12 : 0);
    }
    if (hour > 23) {
        return false;
    }
    *out_minute = hour * 60 + minute;
    return true;
}

static void time_of_day(struct phrase *phrase)
{
    size_t before = phrase->at;
    int32_t minute = 0;
    bool at = take(phrase, "at");
    if (take(phrase, "noon")) {
        minute = 720;
    } else if (clock_time(peek(phrase), &minute)) {
        phrase->at++;
    } else {
        bool eod = !at && take(phrase, "eod"); /* a date alone means just that */
        phrase->at = before + (eod ? 1 : 0);
        return;
    }
    phrase->due.has_time = true;
    phrase->due.minute = minute;
}

/* +02:00 as the zone of that name, which counts westwards. */
static bool fixed_zone(const char *word, char *out_zone, size_t size)
{
    int32_t sign = *word == '-' ? 1 : -1;
    if (*word != '-' && *word != '+') {
        return false;
    }
    const char *text = word + 1;
    int32_t hours = number(&text);
    if (hours < 0 || hours > 12 || (strcmp(text, ":00") != 0 && *text != '\0')) {
        return false;
    }
    if (hours == 0) {
        memcpy(out_zone, "UTC", sizeof "UTC");
    } else {
        (void)snprintf(out_zone, size, "Etc/GMT%+d", (int)(sign * hours));
    }
    return true;
}

static void zone(struct phrase *phrase)
{
    struct mu_due *due = &phrase->due;
    if (!due->has_time || phrase->at >= phrase->count) {
        return;
    }
    const char *word = phrase->words[phrase->at];
    const char *written = phrase->written[phrase->at];
    if (strcmp(word, "z") == 0 || strcmp(word, "utc") == 0) {
        memcpy(due->zone, "UTC", sizeof "UTC");
    } else if (strchr(word, '/') != NULL && mu_due_zone_valid(mu_slice_str(written))) {
        memcpy(due->zone, written, strlen(written) + 1);
    } else if (!fixed_zone(word, due->zone, sizeof due->zone)) {
        return;
    }
    phrase->at++;
}

/* -- dates ----------------------------------------------------------------- */

/* Whether the due's moment on today's date is behind us. */
static bool over_today(const struct phrase *phrase)
{
    int32_t end = phrase->due.has_time ? phrase->due.minute : phrase->context->day_end_minute;
    return now_minute(phrase) >= end;
}

static int64_t days_until(const struct phrase *phrase, int32_t weekday)
{
    return (weekday - mu_date_weekday(phrase->context->now.date) + 7) % 7;
}

static bool named_day(struct phrase *phrase)
{
    struct mu_date today = phrase->context->now.date;
    bool next = take(phrase, "next");
    int32_t weekday = name_number(peek(phrase), day_names, COUNT(day_names));
    if (weekday == 0) {
        phrase->at -= next ? 1 : 0;
        return false;
    }
    phrase->at++;
    time_of_day(phrase);
    int64_t days = next ? 8 - mu_date_weekday(today) + weekday - 1 : days_until(phrase, weekday);
    if (days == 0 && over_today(phrase)) {
        days = 7;
    }
    phrase->due.date = plus_days(today, days);
    return true;
}

static bool word_day(struct phrase *phrase)
{
    struct mu_date today = phrase->context->now.date;
    if (take(phrase, "today") || take(phrase, "eod")) {
        phrase->due.date = today;
    } else if (take(phrase, "tomorrow")) {
        phrase->due.date = plus_days(today, 1);
    } else if (take(phrase, "yesterday")) {
        phrase->due.date = plus_days(today, -1);
    } else if (take(phrase, "eow")) {
        phrase->due.date = plus_days(today, days_until(phrase, 5));
    } else if (take(phrase, "eom")) {
        phrase->due.date = plus_months((struct mu_date){today.year, today.month, 31}, 0);
    } else {
        return false;
    }
    time_of_day(phrase);
    return true;
}

/* "31 may [2027]" and "may 31 [2027]"; without a year the next one to come. */
static bool month_day(struct phrase *phrase)
{
    if (phrase->at + 1 >= phrase->count) {
        return false;
    }
    const char *first = phrase->words[phrase->at];
    const char *second = phrase->words[phrase->at + 1];
    int32_t month = name_number(first, month_names, COUNT(month_names));
    const char *digits = month != 0 ? second : first;
    if (month == 0) {
        month = name_number(second, month_names, COUNT(month_names));
    }
    int32_t day = number(&digits);
    digits += *digits == '.' ? 1 : 0;
    if (month == 0 || day < 0 || *digits != '\0') {
        return false;
    }
    phrase->at += 2;
    struct mu_date today = phrase->context->now.date;
    struct mu_date date = {.year = today.year, .month = month, .day = day};
    const char *year = peek(phrase);
    if (strlen(year) == 4 && (date.year = number(&year)) > 0 && *year == '\0') {
        phrase->at++;
    } else {
        date.year = today.year;
        date.year += mu_date_to_days(date) < mu_date_to_days(today) ? 1 : 0;
    }
    phrase->due.date = date;
    time_of_day(phrase);
    return true;
}

/* 2026-05-31, alone or with T17:00. */
static bool iso_day(struct phrase *phrase)
{
    const char *text = peek(phrase);
    if (strlen(text) < 10 || text[4] != '-' || text[7] != '-') {
        return false;
    }
    struct mu_date date = {.year = number(&text)};
    text += *text == '-' ? 1 : 0;
    date.month = number(&text);
    text += *text == '-' ? 1 : 0;
    date.day = number(&text);
    if (text != peek(phrase) + 10) {
        return false;
    }
    phrase->due.date = date;
    if (*text == '\0') {
        phrase->at++;
        time_of_day(phrase);
        return true;
    }
    bool utc = strlen(text) == 7 && text[6] == 'z';
    char clock[6] = "";
    if (*text != 't' || (strlen(text) != 6 && !utc)) {
        return false;
    }
    memcpy(clock, text + 1, 5);
    if (!clock_time(clock, &phrase->due.minute)) {
        return false;
    }
    phrase->due.has_time = true;
    if (utc) {
        memcpy(phrase->due.zone, "UTC", sizeof "UTC");
    }
    phrase->at++;
    return true;
}

/* 03/04 can be read in two ways, so it is not read at all. */
static enum mu_status refuse_slashes(const struct phrase *phrase, struct mu_error *err)
{
    const char *text = peek(phrase);
    int32_t first = number(&text);
    text += *text == '/' ? 1 : 0;
    int32_t second = number(&text);
    int32_t year = phrase->context->now.date.year;
    if (*text == '/' && strlen(text + 1) == 4) {
        text++;
        year = number(&text);
    }
    struct mu_date month_first = {.year = year, .month = first, .day = second};
    struct mu_date day_first = {.year = year, .month = second, .day = first};
    if (mu_date_valid(month_first) && mu_date_valid(day_first)) {
        return mu_fail(
            err, MU_E_USAGE, "'%s' may be %04d-%02d-%02d or %04d-%02d-%02d: write one of these",
            phrase->shown, (int)year, (int)first, (int)second, (int)year, (int)second, (int)first);
    }
    if (mu_date_valid(month_first) || mu_date_valid(day_first)) {
        struct mu_date date = mu_date_valid(month_first) ? month_first : day_first;
        return mu_fail(err, MU_E_USAGE, "'%s' has slashes: write %04d-%02d-%02d", phrase->shown,
                       (int)date.year, (int)date.month, (int)date.day);
    }
    return not_understood(phrase, err);
}

static bool slashed(const char *word)
{
    return word[0] >= '0' && word[0] <= '9' && strchr(word, '/') != NULL;
}

/* -- the whole ------------------------------------------------------------- */

static bool time_alone(struct phrase *phrase)
{
    time_of_day(phrase);
    if (!phrase->due.has_time) {
        return false;
    }
    phrase->due.date = plus_days(phrase->context->now.date, over_today(phrase) ? 1 : 0);
    return true;
}

enum mu_status mu_when_parse(struct mu_slice text, const struct mu_when_context *context,
                             enum mu_when_kind *out_kind, struct mu_due *out_due,
                             struct mu_error *err)
{
    struct phrase phrase = {.context = context};
    if (!split(&phrase, text)) {
        return not_understood(&phrase, err);
    }
    if (phrase.count == 1 && strcmp(phrase.words[0], "none") == 0) {
        *out_kind = MU_WHEN_NO_DATE;
        return MU_OK;
    }
    if (slashed(phrase.words[0])) {
        return refuse_slashes(&phrase, err);
    }
    if (!word_day(&phrase) && !named_day(&phrase) && !iso_day(&phrase) && !month_day(&phrase) &&
        !time_alone(&phrase) && !offset(&phrase)) {
        return not_understood(&phrase, err);
    }
    if (!phrase.due.has_time) { /* "in 2 weeks 15:00" */
        time_of_day(&phrase);
    }
    if (phrase.due.zone[0] == '\0') {
        zone(&phrase);
    }
    if (phrase.at != phrase.count) {
        return not_understood(&phrase, err);
    }
    if (!mu_date_valid(phrase.due.date)) {
        return mu_fail(err, MU_E_USAGE, "'%s' names a day that does not exist", phrase.shown);
    }
    *out_kind = MU_WHEN_DUE;
    *out_due = phrase.due;
    return MU_OK;
}
