#include "client/cli/rhythm.h"

#include <string.h>

#include "client/cli/tokens.h"
#include "client/view/text.h"
#include "common/model/rhythm.h"

enum mu_status mu_day_parse(struct mu_session *session, struct mu_slice text, int64_t *out_day,
                            struct mu_error *err)
{
    struct mu_due due;
    bool none = false;
    MU_TRY(mu_token_date(session, text, &due, &none, err));
    if (none || due.has_time) {
        char shown[MU_SHORT_MAX];
        return mu_fail(err, MU_E_USAGE, "'%s' is no day", mu_show_short(text, shown));
    }
    *out_day = mu_date_to_days(due.date);
    return MU_OK;
}

enum mu_status mu_days_parse(struct mu_session *session, struct mu_slice text, int64_t *out_from,
                             int64_t *out_to, struct mu_error *err)
{
    size_t cut = 0;
    while (cut + 1 < text.len && (text.data[cut] != '.' || text.data[cut + 1] != '.')) {
        cut++;
    }
    bool range = cut + 1 < text.len;
    MU_TRY(mu_day_parse(session, mu_slice_of(text.data, range ? cut : text.len), out_from, err));
    *out_to = *out_from;
    if (range) {
        MU_TRY(mu_day_parse(session, mu_slice_of(text.data + cut + 2, text.len - cut - 2), out_to,
                            err));
    }
    if (*out_to < *out_from) {
        char shown[MU_SHORT_MAX];
        return mu_fail(err, MU_E_USAGE, "'%s' ends before it begins", mu_show_short(text, shown));
    }
    return MU_OK;
}

/* -- weekdays ---------------------------------------------------------------------- */

/* 0 = Monday; -1: no weekday. */
static int weekday_of(struct mu_slice word)
{
    static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
    for (int i = 0; i < 7 && word.len >= 3; i++) {
        if (word.len <= strlen(names[i]) && mu_starts_with_word(mu_slice_str(names[i]), word)) {
            return i;
        }
    }
    return -1;
}

static bool add_weekdays(struct mu_slice part, unsigned *days)
{
    size_t dash = 0;
    while (dash < part.len && part.data[dash] != '-') {
        dash++;
    }
    int first = weekday_of(mu_slice_of(part.data, dash));
    int last = dash < part.len ? weekday_of(mu_slice_of(part.data + dash + 1, part.len - dash - 1))
                               : first;
    if (first < 0 || last < 0) {
        return false;
    }
    for (int day = first;; day = (day + 1) % 7) { /* sat-mon goes over the week's end */
        *days |= 1u << day;
        if (day == last) {
            return true;
        }
    }
}

enum mu_status mu_weekdays_parse(struct mu_slice text, unsigned *out_days, struct mu_error *err)
{
    char shown[MU_SHORT_MAX];
    unsigned days = 0;
    bool good = text.len > 0;
    if (mu_same_word(text, mu_slice_str("daily"))) {
        *out_days = 0x7f;
        return MU_OK;
    }
    for (size_t at = 0; at < text.len && good;) {
        size_t end = at;
        while (end < text.len && text.data[end] != ',') {
            end++;
        }
        good = add_weekdays(mu_slice_of(text.data + at, end - at), &days);
        at = end + 1;
    }
    if (!good) {
        return mu_fail(err, MU_E_USAGE, "'%s' are no days: write mon,wed or mon-fri or daily",
                       mu_show_short(text, shown));
    }
    *out_days = days;
    return MU_OK;
}

/* -- hours ---------------------------------------------------------------------------- */

enum mu_status mu_minute_parse(const char *text, const char *what, int32_t *out_minute,
                               struct mu_error *err)
{
    size_t len = strlen(text);
    const char *at = text;
    int32_t hour = 0;
    int32_t minute = 0;
    bool good = (len == 5 && text[2] == ':') || (len == 4 && text[1] == ':');
    for (; good && *at != ':'; at++) {
        good = *at >= '0' && *at <= '9';
        hour = hour * 10 + (*at - '0');
    }
    for (at += good ? 1 : 0; good && *at != '\0'; at++) {
        good = *at >= '0' && *at <= '9';
        minute = minute * 10 + (*at - '0');
    }
    if (!good || hour > 23 || minute > 59) {
        char shown[MU_SHORT_MAX];
        return mu_fail(err, MU_E_USAGE, "%s is a time like 09:30, not '%s'", what,
                       mu_show_short(mu_slice_str(text), shown));
    }
    *out_minute = hour * 60 + minute;
    return MU_OK;
}

enum mu_status mu_minutes_parse(const char *text, const char *what, int64_t most,
                                int64_t *out_minutes, struct mu_error *err)
{
    int64_t ms = 0;
    size_t digits = strspn(text, "0123456789");
    if (digits > 0 && text[digits] == '\0') {
        return mu_token_number(text, what, 0, most, out_minutes, err);
    }
    MU_TRY(mu_token_span(text, &ms, err));
    if (ms % 60000 != 0 || ms / 60000 > most) {
        return mu_fail(err, MU_E_USAGE, "%s is whole minutes, at most %d", what, (int)most);
    }
    *out_minutes = ms / 60000;
    return MU_OK;
}

/* -- the session's calendar --------------------------------------------------------------- */

enum mu_status mu_days_load(struct mu_session *session, const struct mu_id *person,
                            struct mu_book_of_days *out, struct mu_error *err)
{
    struct mu_arena *arena = &session->cli->arena;
    MU_TRY(mu_session_need_self(session, err));
    MU_TRY(mu_calendar_load(session->db, &session->from, person, arena, &out->calendar, err));
    MU_TRY(mu_schedules_load(session->db, arena, &out->schedules, err));
    out->self = mu_calendar_find(&out->calendar, session->self);
    const struct mu_person_name *name = mu_names_person(&session->names, session->self);
    out->leads = name != NULL && name->role == MU_ROLE_LEAD;
    out->self = out->self != NULL ? out->self : &out->calendar.team;
    return MU_OK;
}

enum mu_status mu_schedule_meant(struct mu_session *session, const struct mu_schedules *schedules,
                                 const struct mu_schedule **out, struct mu_error *err)
{
    const char *name = mu_args_value(&session->cli->args, "schedule");
    size_t living = 0;
    const struct mu_schedule *found = NULL;
    if (name != NULL) {
        return mu_schedules_named(schedules, mu_slice_str(name), out, err);
    }
    for (size_t i = 0; i < schedules->count; i++) {
        if (schedules->list[i].state != MU_SCHEDULE_ENDED) {
            found = &schedules->list[i];
            living++;
        }
    }
    *out = living == 1 ? found : NULL;
    return MU_OK;
}

enum mu_status mu_person_meant(struct mu_session *session, const struct mu_person_name **out,
                               struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const char *who = "@me";
    if (cli->word < cli->args.word_count && cli->args.words[cli->word].text[0] == '@') {
        who = mu_cli_word(cli)->text;
    }
    return mu_session_person(session, who, out, err);
}
