#include "client/view/recur_words.h"

#include <stdio.h>
#include <string.h>

#include "client/view/text.h"

#define WORDS_MAX 8
#define TEXT_MAX  80
#define WEEKDAYS  0x1f

static const char *const day_names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
static const char *const long_names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                         "friday", "saturday", "sunday"};

/* Words in lower case. */
struct words {
    char text[TEXT_MAX + 1];
    char *at[WORDS_MAX];
    size_t count;
};

static bool split(const char *text, struct words *out)
{
    size_t len = strlen(text);
    if (len > TEXT_MAX) {
        return false;
    }
    out->count = 0;
    for (size_t i = 0; i <= len; i++) {
        char c = text[i];
        out->text[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        bool blank = c == ' ' || c == '\t';
        bool begins = !blank && c != '\0' && (i == 0 || out->text[i - 1] == '\0');
        out->text[i] = blank ? '\0' : out->text[i];
        if (begins) {
            if (out->count == WORDS_MAX) {
                return false;
            }
            out->at[out->count++] = &out->text[i];
        }
    }
    return out->count > 0;
}

static bool is(const struct words *words, size_t which, const char *word)
{
    return which < words->count && strcmp(words->at[which], word) == 0;
}

static bool day_of(const char *word, size_t len, unsigned *out_day)
{
    for (unsigned i = 0; i < 7; i++) {
        if (len >= 2 && len <= strlen(long_names[i]) && memcmp(word, long_names[i], len) == 0) {
            *out_day = i;
            return true;
        }
    }
    return false;
}

static bool days_of(const char *word, uint8_t *out_days)
{
    unsigned days = 0;
    while (*word != '\0') {
        size_t len = strcspn(word, ",");
        unsigned day = 0;
        if (!day_of(word, len, &day)) {
            return false;
        }
        days |= 1u << day;
        word += len;
        word += *word == ',' ? 1 : 0;
    }
    *out_days = (uint8_t)days;
    return days != 0;
}

static bool number_of(const char *word, int32_t high, int32_t *out_number)
{
    int32_t number = 0;
    size_t used = 0;
    for (; word[used] >= '0' && word[used] <= '9' && used < 4; used++) {
        number = number * 10 + (word[used] - '0');
    }
    const char *rest = word + used;
    bool ordinal = strcmp(rest, "st") == 0 || strcmp(rest, "nd") == 0 || strcmp(rest, "rd") == 0 ||
                   strcmp(rest, "th") == 0;
    *out_number = number;
    return used > 0 && (*rest == '\0' || ordinal) && number >= 1 && number <= high;
}

/* What stands behind "on" of a month. */
static bool place(const struct words *words, size_t at, struct mu_recur *rule)
{
    bool last = is(words, at, "last");
    int32_t number = -1;
    unsigned day = 0;
    if (at >= words->count || (!last && !number_of(words->at[at], 31, &number))) {
        return false;
    }
    if (at + 1 == words->count) {
        rule->month_day = last ? -1 : number;
        return true;
    }
    rule->ordinal = last ? -1 : number;
    if (at + 2 != words->count || rule->ordinal > 5 ||
        !day_of(words->at[at + 1], strlen(words->at[at + 1]), &day)) {
        return false;
    }
    rule->weekdays = (uint8_t)(1u << day);
    return true;
}

static bool unit_of(const struct words *words, size_t at, bool several, struct mu_recur *rule)
{
    if (is(words, at, several ? "days" : "day")) {
        rule->freq = MU_RECUR_DAILY;
    } else if (is(words, at, several ? "weeks" : "week")) {
        rule->freq = MU_RECUR_WEEKLY;
    } else if (is(words, at, several ? "months" : "month")) {
        rule->freq = MU_RECUR_MONTHLY;
    } else {
        return false;
    }
    return true;
}

static bool parse(const struct words *words, struct mu_recur *rule)
{
    size_t at = is(words, 0, "every") ? 1 : 0;
    *rule = (struct mu_recur){.interval = 1};
    if (at + 1 == words->count && (is(words, at, "weekday") || is(words, at, "weekdays"))) {
        rule->freq = MU_RECUR_WEEKLY;
        rule->weekdays = WEEKDAYS;
        return true;
    }
    if (at + 1 == words->count && days_of(words->at[at], &rule->weekdays)) {
        rule->freq = MU_RECUR_WEEKLY;
        return true;
    }
    bool several = at < words->count &&
                   number_of(words->at[at], MU_RECUR_INTERVAL_MAX, &rule->interval) &&
                   rule->interval > 1;
    at += several ? 1 : 0;
    if (!unit_of(words, at, several, rule)) {
        return false;
    }
    if (at + 1 == words->count) {
        return true;
    }
    if (!is(words, at + 1, "on") || rule->freq == MU_RECUR_DAILY) {
        return false;
    }
    return rule->freq == MU_RECUR_MONTHLY
               ? place(words, at + 2, rule)
               : at + 3 == words->count && days_of(words->at[at + 2], &rule->weekdays);
}

enum mu_status mu_recur_words_parse(const char *text, struct mu_recur *out, struct mu_error *err)
{
    struct words words;
    struct mu_recur rule;
    char shown[MU_SHORT_MAX];
    if (!split(text, &words) || !parse(&words, &rule)) {
        return mu_fail(err, MU_E_USAGE,
                       "'%s' is no rule: day, weekday, mon,thu, week on fri, 2 weeks on fri, "
                       "month on 15, month on last fri, 3 days",
                       mu_show_short(mu_slice_str(text), shown));
    }
    *out = rule;
    return MU_OK;
}

/* -- words ---------------------------------------------------------------------- */

static enum mu_status put_days(struct mu_buf *out, const struct mu_recur *rule)
{
    bool first = true;
    for (unsigned i = 0; i < 7; i++) {
        if (((unsigned)rule->weekdays >> i & 1u) != 0) {
            MU_TRY(mu_buf_append_str(out, first ? "" : ", "));
            MU_TRY(mu_buf_append_str(out, day_names[i]));
            first = false;
        }
    }
    return MU_OK;
}

static enum mu_status put_ordinal(struct mu_buf *out, int32_t number)
{
    static const char *const tails[] = {"th", "st", "nd", "rd"};
    if (number == -1) {
        return mu_buf_append_str(out, "last");
    }
    int32_t last = number % 10;
    bool teen = number >= 11 && number <= 13;
    return mu_buf_printf(out, "%d%s", (int)number, tails[last <= 3 && !teen ? last : 0]);
}

enum mu_status mu_words_recur(struct mu_buf *out, const struct mu_recur *rule)
{
    static const char *const one[] = {"day", "week", "month"};
    if (rule->freq == MU_RECUR_WEEKLY && rule->weekdays == WEEKDAYS && rule->interval == 1) {
        return mu_buf_append_str(out, "every weekday");
    }
    if (rule->interval > 1) {
        MU_TRY(mu_buf_printf(out, "every %d %ss", (int)rule->interval, one[rule->freq - 1]));
    } else {
        MU_TRY(mu_buf_printf(out, "every %s", one[rule->freq - 1]));
    }
    if (rule->weekdays == 0 && rule->month_day == 0) {
        return MU_OK;
    }
    MU_TRY(mu_buf_append_str(out, rule->freq == MU_RECUR_MONTHLY ? " on the " : " on "));
    if (rule->freq == MU_RECUR_MONTHLY) {
        MU_TRY(put_ordinal(out, rule->month_day != 0 ? rule->month_day : rule->ordinal));
        MU_TRY(mu_buf_append_str(out, rule->month_day == -1 ? " day"
                                      : rule->weekdays != 0 ? " "
                                                            : ""));
    }
    return put_days(out, rule);
}
