/* When people work: absence, holiday, and a member's zone and hours. */
#include <stdio.h>

#include "client/cli/commands.h"
#include "client/cli/rhythm.h"
#include "client/cli/tokens.h"
#include "client/view/slot_words.h"
#include "client/view/text.h"
#include "common/model/rhythm.h"
#include "common/seal/hash.h"

#define DOT " \xc2\xb7 "

/* -- absence -------------------------------------------------------------------------- */

static enum mu_status put_days(struct mu_buf *out, int64_t from, int64_t to, int64_t today)
{
    MU_TRY(mu_words_day(out, from, today));
    if (to == from) {
        return MU_OK;
    }
    MU_TRY(mu_buf_append_str(out, " to "));
    return mu_words_day(out, to, today);
}

static enum mu_status echo_absence(struct mu_session *session, struct mu_id person, int64_t from,
                                   int64_t to, int64_t today, struct mu_error *err)
{
    struct mu_book_of_days days;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 4096);
    MU_TRY(mu_days_load(session, &person, &days, err));
    const struct mu_calendar_person *whose = mu_calendar_find(&days.calendar, person);
    int64_t working = 0;
    for (int64_t day = from; whose != NULL && day <= to; day++) {
        enum mu_day_kind kind = mu_calendar_day(&days.calendar, whose, day).kind;
        working += kind == MU_DAY_ABSENT ? 1 : 0;
    }
    MU_TRY(mu_cli_put(mu_words_person(&text, &session->names, person), err));
    MU_TRY(mu_cli_put(mu_buf_append_str(&text, " is away "), err));
    MU_TRY(mu_cli_put(put_days(&text, from, to, today), err));
    MU_TRY(mu_cli_put(mu_buf_append_str(&text, DOT), err));
    MU_TRY(
        mu_cli_put(mu_words_count(&text, (uint64_t)working, "working day", "working days"), err));
    if (from < today) {
        MU_TRY(
            mu_cli_put(mu_buf_append_str(&text, DOT "declared late for days before today"), err));
    }
    mu_edit_poke(session);
    return mu_echo_line(session, mu_buf_view(&text), err);
}

static enum mu_status declare_absence(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const struct mu_person_name *person = NULL;
    const char *kind = mu_args_value(&cli->args, "kind");
    const char *range = NULL;
    struct mu_edit edit;
    int64_t from = 0;
    int64_t to = 0;
    MU_TRY(mu_person_meant(session, &person, err));
    MU_TRY(mu_cli_need(cli, "which days (2026-12-24..2027-01-02)", &range, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_days_parse(session, mu_slice_str(range), &from, &to, err));
    int64_t number = kind == NULL ? MU_ABSENCE_LEAVE : mu_absence_kind_parse(mu_slice_str(kind));
    if (number == 0) {
        return mu_fail(err, MU_E_USAGE, "an absence is leave, sick or other");
    }
    struct mu_id whose = person->id; /* the names are read again below */
    mu_edit_begin(&edit, session, MU_INTENT_ABSENCE_ADD);
    mu_edit_op(&edit, MU_ABSENCE, mu_edit_new_id(session));
    mu_edit_id(&edit, MU_ABSENCE_PERSON, whose);
    mu_edit_int(&edit, MU_ABSENCE_FROM_DAY, from);
    mu_edit_int(&edit, MU_ABSENCE_TO_DAY, to);
    mu_edit_int(&edit, MU_ABSENCE_KIND, number);
    MU_TRY(mu_edit_author(&edit, err));
    struct mu_local now = mu_zone_local(session->from.zone, session->from.now);
    return echo_absence(session, whose, from, to, mu_date_to_days(now.date), err);
}

enum mu_status mu_run_absence(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, declare_absence, err);
}

static enum mu_status say_absence(struct mu_session *session, const struct mu_absence *absence,
                                  int64_t today, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    char handle[MU_HANDLE_LEN + 1];
    char from[MU_DAY_TEXT_MAX];
    char to[MU_DAY_TEXT_MAX];
    mu_id_handle(absence->id, handle);
    mu_day_text(absence->from_day, from);
    mu_day_text(absence->to_day, to);
    const char *between = cli->terminal ? "  " : "\t";
    MU_TRY(mu_cli_say(cli, err, "%s%s", handle, between));
    MU_TRY(mu_cli_put(mu_words_person(&cli->out, &session->names, absence->person), err));
    MU_TRY(mu_cli_say(cli, err, "%s", between));
    if (cli->terminal) {
        MU_TRY(mu_cli_put(put_days(&cli->out, absence->from_day, absence->to_day, today), err));
    } else {
        MU_TRY(mu_cli_say(cli, err, "%s\t%s", from, to));
    }
    return mu_cli_say(cli, err, "%s%s\n", between, mu_absence_kind_name(absence->kind));
}

static void absence_json(struct mu_json *json, const struct mu_absence *absence,
                         const struct mu_names *names)
{
    char day[MU_DAY_TEXT_MAX];
    const struct mu_person_name *person = mu_names_person(names, absence->person);
    const struct mu_person_name *by = mu_names_person(names, absence->declared_by);
    mu_json_object(json, NULL);
    mu_json_id(json, "id", absence->id);
    mu_json_text(json, "person", person != NULL ? person->handle : mu_slice_str(""));
    mu_day_text(absence->from_day, day);
    mu_json_str(json, "from", day);
    mu_day_text(absence->to_day, day);
    mu_json_str(json, "to", day);
    mu_json_str(json, "kind", mu_absence_kind_name(absence->kind));
    mu_json_instant(json, "declared", absence->declared_ms);
    mu_json_text(json, "declared_by", by != NULL ? by->handle : mu_slice_str(""));
    mu_json_close(json);
}

/* Those that are not over; --all: every one. */
static enum mu_status list_absences(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_book_of_days days;
    const struct mu_person_name *person = NULL;
    struct mu_json json;
    bool one = cli->word < cli->args.word_count;
    if (one) {
        MU_TRY(mu_person_meant(session, &person, err));
    }
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_days_load(session, one ? &person->id : NULL, &days, err));
    int64_t today = mu_person_day(days.self, session->from.now.ms);
    if (cli->json) {
        mu_cli_json(cli, &json);
        mu_json_array(&json, "absences");
    }
    for (size_t i = 0; i < days.calendar.person_count; i++) {
        const struct mu_calendar_person *whose = &days.calendar.people[i];
        for (size_t j = 0; j < whose->absence_count; j++) {
            const struct mu_absence *absence = &whose->absences[j];
            if (absence->to_day < today && !mu_args_flag(&cli->args, "all")) {
                continue;
            }
            if (cli->json) {
                absence_json(&json, absence, &session->names);
            } else {
                MU_TRY(say_absence(session, absence, today, err));
            }
        }
    }
    if (cli->json) {
        mu_json_close(&json);
        return mu_cli_json_end(&json, err);
    }
    return MU_OK;
}

enum mu_status mu_run_absence_list(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, list_absences, err);
}

static enum mu_status find_absence(const struct mu_calendar *calendar, const char *word,
                                   const struct mu_absence **out, struct mu_error *err)
{
    size_t fits = 0;
    for (size_t i = 0; i < calendar->person_count; i++) {
        for (size_t j = 0; j < calendar->people[i].absence_count; j++) {
            const struct mu_absence *absence = &calendar->people[i].absences[j];
            char handle[MU_HANDLE_LEN + 1];
            mu_id_handle(absence->id, handle);
            if (mu_same_word(mu_slice_str(handle), mu_slice_str(word))) {
                *out = absence;
                fits++;
            }
        }
    }
    char shown[MU_SHORT_MAX];
    mu_show_short(mu_slice_str(word), shown);
    if (fits > 1) {
        return mu_fail(err, MU_E_CONFLICT, "several absences are called '%s'", shown);
    }
    return fits == 1 ? MU_OK
                     : mu_fail(err, MU_E_NOT_FOUND, "no absence '%s'; muster absence list", shown);
}

static enum mu_status withdraw_absence(struct mu_session *session, struct mu_error *err)
{
    const char *word = NULL;
    const struct mu_absence *absence = NULL;
    struct mu_book_of_days days;
    struct mu_edit edit;
    MU_TRY(mu_cli_need(session->cli, "which absence (~k3f9)", &word, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    MU_TRY(mu_days_load(session, NULL, &days, err));
    MU_TRY(find_absence(&days.calendar, word, &absence, err));
    mu_edit_begin(&edit, session, MU_INTENT_ABSENCE_WITHDRAW);
    mu_edit_op(&edit, MU_ABSENCE, absence->id);
    mu_edit_int(&edit, MU_ABSENCE_WITHDRAWN, 1);
    MU_TRY(mu_edit_author(&edit, err));
    mu_edit_poke(session);
    return mu_echo_line(session, mu_slice_str("absence withdrawn"), err);
}

enum mu_status mu_run_absence_withdraw(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, withdraw_absence, err);
}

/* -- holiday --------------------------------------------------------------------------- */

/* The calendar meant: everybody's, or that of the people of a zone. */
static enum mu_status calendar_meant(struct mu_session *session, struct mu_slice *out,
                                     struct mu_error *err)
{
    const char *zone = mu_args_value(&session->cli->args, "zone");
    const struct mu_zone *found = NULL;
    *out = mu_slice_str(MU_CALENDAR_TEAM);
    if (zone != NULL) {
        MU_TRY(mu_zone_load(zone, &session->cli->arena, &found, err));
        *out = mu_slice_str(zone);
    }
    return MU_OK;
}

static enum mu_status echo_holiday(struct mu_session *session, const char *words, int64_t day,
                                   struct mu_slice name, struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)8 * MU_NAME_MAX);
    struct mu_local now = mu_zone_local(session->from.zone, session->from.now);
    MU_TRY(mu_cli_put(mu_words_day(&text, day, mu_date_to_days(now.date)), err));
    MU_TRY(mu_cli_put(mu_buf_printf(&text, DOT "%s", words), err));
    if (name.len > 0) {
        MU_TRY(mu_cli_put(mu_buf_append_str(&text, DOT), err));
        MU_TRY(mu_cli_put(mu_show(&text, name, MU_SHOW_ONE_LINE), err));
    }
    mu_edit_poke(session);
    return mu_echo_line(session, mu_buf_view(&text), err);
}

static enum mu_status add_holiday(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const char *date = NULL;
    const char *name = NULL;
    struct mu_slice calendar = {0};
    struct mu_slice title = {0};
    struct mu_edit edit;
    int64_t day = 0;
    MU_TRY(mu_cli_need(cli, "which day", &date, err));
    MU_TRY(mu_cli_need(cli, "what it is called", &name, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_day_parse(session, mu_slice_str(date), &day, err));
    MU_TRY(mu_cli_word_text(name, "name", MU_NAME_MAX, &title, err));
    MU_TRY(calendar_meant(session, &calendar, err));
    mu_edit_begin(&edit, session, MU_INTENT_HOLIDAY_EDIT);
    mu_edit_op(&edit, MU_HOLIDAY, mu_holiday_id(mu_id_derive, calendar, day));
    mu_edit_text(&edit, MU_HOLIDAY_CALENDAR, calendar);
    mu_edit_int(&edit, MU_HOLIDAY_DAY, day);
    mu_edit_text(&edit, MU_HOLIDAY_NAME, title);
    MU_TRY(mu_edit_author(&edit, err));
    return echo_holiday(session, "holiday", day, title, err);
}

enum mu_status mu_run_holiday_add(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, add_holiday, err);
}

static enum mu_status remove_holiday(struct mu_session *session, struct mu_error *err)
{
    const char *date = NULL;
    struct mu_slice calendar = {0};
    struct mu_edit edit;
    int64_t day = 0;
    MU_TRY(mu_cli_need(session->cli, "which day", &date, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    MU_TRY(mu_day_parse(session, mu_slice_str(date), &day, err));
    MU_TRY(calendar_meant(session, &calendar, err));
    struct mu_id id = mu_holiday_id(mu_id_derive, calendar, day);
    struct mu_row row = {0};
    bool found = false;
    MU_TRY(mu_replica_row(mu_client_replica(session->client), &session->cli->arena, MU_HOLIDAY, id,
                          &row, &found, err));
    if (!found || mu_row_int(&row, MU_HOLIDAY_DELETED) == 1) {
        return mu_fail(err, MU_E_NOT_FOUND, "there is no holiday on that day");
    }
    mu_edit_begin(&edit, session, MU_INTENT_HOLIDAY_EDIT);
    mu_edit_op(&edit, MU_HOLIDAY, id);
    mu_edit_int(&edit, MU_HOLIDAY_DELETED, 1);
    MU_TRY(mu_edit_author(&edit, err));
    return echo_holiday(session, "no holiday any more", day, (struct mu_slice){0}, err);
}

enum mu_status mu_run_holiday_remove(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, remove_holiday, err);
}

static enum mu_status list_holidays(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_book_of_days days;
    struct mu_json json;
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_days_load(session, &session->self, &days, err));
    int64_t today = mu_person_day(days.self, session->from.now.ms);
    if (cli->json) {
        mu_cli_json(cli, &json);
        mu_json_array(&json, "holidays");
    }
    for (size_t i = 0; i < days.calendar.holiday_count; i++) {
        const struct mu_holiday *holiday = &days.calendar.holidays[i];
        char day[MU_DAY_TEXT_MAX];
        if (holiday->day < today && !mu_args_flag(&cli->args, "all")) {
            continue;
        }
        mu_day_text(holiday->day, day);
        if (cli->json) {
            mu_json_object(&json, NULL);
            mu_json_str(&json, "day", day);
            mu_json_text(&json, "name", holiday->name);
            mu_json_text(&json, "calendar", holiday->calendar);
            mu_json_close(&json);
            continue;
        }
        const char *between = cli->terminal ? "  " : "\t";
        MU_TRY(mu_cli_say(cli, err, "%s%s", day, between));
        MU_TRY(mu_cli_put(mu_show(&cli->out, holiday->name, MU_SHOW_ONE_LINE), err));
        MU_TRY(mu_cli_say(cli, err, "%s", between));
        MU_TRY(mu_cli_put(mu_show(&cli->out, holiday->calendar, MU_SHOW_ONE_LINE), err));
        MU_TRY(mu_cli_say(cli, err, "\n"));
    }
    if (cli->json) {
        mu_json_close(&json);
        return mu_cli_json_end(&json, err);
    }
    return MU_OK;
}

enum mu_status mu_run_holiday_list(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, list_holidays, err);
}

/* -- where and when a member works -------------------------------------------------------- */

static enum mu_status move_zone(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const char *from = mu_args_value(&cli->args, "from");
    const struct mu_person_name *person = NULL;
    const struct mu_zone *zone = NULL;
    const char *name = NULL;
    struct mu_edit edit;
    MU_TRY(mu_person_meant(session, &person, err));
    MU_TRY(mu_cli_need(cli, "which time zone (Europe/Lisbon)", &name, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_zone_load(name, &cli->arena, &zone, err));
    int64_t from_ms = session->moment.turn.wall.ms;
    if (from != NULL) { /* from the day's beginning there */
        int64_t day = 0;
        MU_TRY(mu_day_parse(session, mu_slice_str(from), &day, err));
        from_ms = mu_zone_instant(zone, mu_date_from_days(day), 0).ms;
    }
    struct mu_id whose = person->id;
    mu_edit_begin(&edit, session, MU_INTENT_ZONE_MOVE);
    mu_edit_op(&edit, MU_ZONE_SINCE, mu_edit_new_id(session));
    mu_edit_id(&edit, MU_ZONE_SINCE_PERSON, whose);
    mu_edit_int(&edit, MU_ZONE_SINCE_FROM, from_ms);
    mu_edit_text(&edit, MU_ZONE_SINCE_ZONE, mu_slice_str(name));
    MU_TRY(mu_edit_author(&edit, err));
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 4096);
    MU_TRY(mu_cli_put(mu_words_person(&text, &session->names, whose), err));
    MU_TRY(mu_cli_put(mu_buf_printf(&text, " works in %s from ", name), err));
    MU_TRY(mu_cli_put(mu_words_instant(&text, from_ms, &session->from), err));
    MU_TRY(mu_cli_put(mu_buf_append_str(&text, " on"), err));
    mu_edit_poke(session);
    return mu_echo_line(session, mu_buf_view(&text), err);
}

enum mu_status mu_run_member_zone(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, move_zone, err);
}

static enum mu_status put_hours(struct mu_edit *edit, const struct mu_parsed *args,
                                struct mu_error *err)
{
    const char *days = mu_args_value(args, "days");
    const char *start = mu_args_value(args, "start");
    const char *quiet = mu_args_value(args, "quiet");
    int32_t minute = 0;
    if (days != NULL) {
        unsigned mask = 0;
        MU_TRY(mu_weekdays_parse(mu_slice_str(days), &mask, err));
        mu_edit_int(edit, MU_PERSON_WORKDAYS, mask);
    }
    if (start != NULL) {
        MU_TRY(mu_minute_parse(start, "--start", &minute, err));
        mu_edit_int(edit, MU_PERSON_DAY_START, minute);
    }
    if (quiet == NULL) {
        return MU_OK;
    }
    if (mu_same_word(mu_slice_str(quiet), mu_slice_str("none"))) {
        mu_edit_null(edit, MU_PERSON_QUIET_FROM);
        mu_edit_null(edit, MU_PERSON_QUIET_TO);
        return MU_OK;
    }
    char ends[2][6] = {"", ""};
    if (sscanf(quiet, "%5[0-9:]-%5[0-9:]", ends[0], ends[1]) != 2) {
        return mu_fail(err, MU_E_USAGE, "--quiet is hours like 20:00-07:00, or none");
    }
    MU_TRY(mu_minute_parse(ends[0], "--quiet", &minute, err));
    mu_edit_int(edit, MU_PERSON_QUIET_FROM, minute);
    MU_TRY(mu_minute_parse(ends[1], "--quiet", &minute, err));
    mu_edit_int(edit, MU_PERSON_QUIET_TO, minute);
    return MU_OK;
}

static enum mu_status say_hours(struct mu_session *session, struct mu_id person,
                                struct mu_error *err)
{
    struct mu_book_of_days days;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 4096);
    MU_TRY(mu_days_load(session, &person, &days, err));
    const struct mu_calendar_person *whose = mu_calendar_find(&days.calendar, person);
    whose = whose != NULL ? whose : &days.calendar.team;
    const struct mu_zone_stretch *zone = mu_person_zone(whose, session->from.now.ms);
    MU_TRY(mu_cli_put(mu_words_person(&text, &session->names, person), err));
    MU_TRY(mu_cli_put(mu_buf_append_str(&text, DOT), err));
    MU_TRY(mu_cli_put(mu_words_weekdays(&text, whose->workdays), err));
    MU_TRY(mu_cli_put(mu_buf_append_str(&text, " from "), err));
    MU_TRY(mu_cli_put(mu_words_minute(&text, whose->day_start_minute), err));
    if (whose->quiet_from >= 0 && whose->quiet_to >= 0) {
        MU_TRY(mu_cli_put(mu_buf_append_str(&text, DOT "quiet "), err));
        MU_TRY(mu_cli_put(mu_words_minute(&text, whose->quiet_from), err));
        MU_TRY(mu_cli_put(mu_buf_append_byte(&text, '-'), err));
        MU_TRY(mu_cli_put(mu_words_minute(&text, whose->quiet_to), err));
    }
    MU_TRY(mu_cli_put(mu_buf_append_str(&text, DOT), err));
    MU_TRY(mu_cli_put(mu_show(&text, zone->name, MU_SHOW_ONE_LINE), err));
    return mu_echo_line(session, mu_buf_view(&text), err);
}

static enum mu_status set_hours(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const struct mu_person_name *person = NULL;
    struct mu_edit edit;
    MU_TRY(mu_person_meant(session, &person, err));
    MU_TRY(mu_cli_no_more(cli, err));
    struct mu_id whose = person->id;
    mu_edit_begin(&edit, session, MU_INTENT_PERSON_EDIT);
    mu_edit_op(&edit, MU_PERSON, whose);
    MU_TRY(put_hours(&edit, &cli->args, err));
    if (edit.intent.ops[0].arg_count == 0) {
        return mu_fail(err, MU_E_USAGE,
                       "what changes? --days mon-thu, --start 08:30 or --quiet 20:00-07:00");
    }
    MU_TRY(mu_edit_author(&edit, err));
    mu_edit_poke(session);
    return say_hours(session, whose, err);
}

enum mu_status mu_run_member_hours(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, set_hours, err);
}
