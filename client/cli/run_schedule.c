/* Schedules of check-ins: add, list, edit, pause, resume, end. */
#include <inttypes.h>
#include <string.h>

#include "client/cli/commands.h"
#include "client/cli/rhythm.h"
#include "client/cli/tokens.h"
#include "client/view/goals.h"
#include "client/view/slot_words.h"
#include "client/view/text.h"
#include "common/model/rhythm.h"

#define DOT           " \xc2\xb7 "
#define GRACE_DEFAULT 15

/* A version as it is wished. */
struct wish {
    struct mu_schedule_version version;
    const struct mu_question *questions;
    size_t question_count;
};

/* -- questions ------------------------------------------------------------------------ */

/* The next word of a question's head. */
static struct mu_slice head_word(struct mu_slice *head)
{
    while (head->len > 0 && head->data[0] == ' ') {
        *head = mu_slice_of(head->data + 1, head->len - 1);
    }
    size_t len = 0;
    while (len < head->len && head->data[len] != ' ') {
        len++;
    }
    struct mu_slice word = mu_slice_of(head->data, len);
    *head = mu_slice_of(head->data + len, head->len - len);
    return word;
}

/* "yes|no" or "1-5" as lines. */
static enum mu_status read_choices(struct mu_session *session, struct mu_slice word,
                                   uint8_t between, struct mu_slice *out, struct mu_error *err)
{
    struct mu_slice copy = {0};
    uint8_t *bytes = mu_arena_array(&session->cli->arena, word.len + 1, 1);
    if (bytes == NULL) {
        return mu_fail(err, MU_E_NOMEM, "schedule: out of memory");
    }
    for (size_t i = 0; i < word.len; i++) {
        bytes[i] = word.data[i] == between ? '\n' : word.data[i];
    }
    copy = mu_slice_of(bytes, word.len);
    *out = copy;
    return MU_OK;
}

/* "number: how many", "number from sales: this week?", "choice yes|no required: is it", "scale 1-5
 * every 5: how sure".  A question whose first word is no kind is all text. */
static enum mu_status read_question(struct mu_session *session, struct mu_slice text,
                                    struct mu_question *out, struct mu_error *err)
{
    *out = (struct mu_question){.kind = MU_ASK_TEXT, .every = 1, .text = text};
    size_t colon = 0;
    while (colon < text.len && text.data[colon] != ':') {
        colon++;
    }
    struct mu_slice head = mu_slice_of(text.data, colon < text.len ? colon : 0);
    int64_t kind = mu_ask_kind_parse(head_word(&head));
    if (kind == 0) {
        return MU_OK;
    }
    out->kind = (int)kind;
    out->text = mu_slice_of(text.data + colon + 1, text.len - colon - 1);
    while (out->text.len > 0 && out->text.data[0] == ' ') {
        out->text = mu_slice_of(out->text.data + 1, out->text.len - 1);
    }
    if (kind == MU_ASK_CHOICE || kind == MU_ASK_SCALE) {
        MU_TRY(read_choices(session, head_word(&head), kind == MU_ASK_CHOICE ? '|' : '-',
                            &out->choices, err));
    }
    for (struct mu_slice word = head_word(&head); word.len > 0; word = head_word(&head)) {
        char shown[MU_SHORT_MAX];
        if (mu_same_word(word, mu_slice_str("required"))) {
            out->required = true;
        } else if (mu_same_word(word, mu_slice_str("every"))) {
            struct mu_slice number = head_word(&head);
            char digits[8] = "";
            memcpy(digits, number.data, number.len < 7 ? number.len : 7);
            MU_TRY(mu_token_number(digits, "every", 1, 366, &out->every, err));
        } else if (kind == MU_ASK_NUMBER && mu_same_word(word, mu_slice_str("from"))) {
            struct mu_id target;
            out->choices = head_word(&head); /* the target whose readings it begins with */
            MU_TRY(mu_target_resolve(session->db, out->choices, &target, err));
        } else {
            return mu_fail(err, MU_E_USAGE,
                           "'%s' before a question's colon: write required, every 5, or (a "
                           "number) from TARGET",
                           mu_show_short(word, shown));
        }
    }
    return MU_OK;
}

static enum mu_status read_questions(struct mu_session *session, struct wish *wish,
                                     struct mu_error *err)
{
    const struct mu_parsed *args = &session->cli->args;
    size_t count = 0;
    while (mu_args_nth(args, "question", count) != NULL) {
        count++;
    }
    if (count > MU_QUESTIONS_MAX) {
        return mu_fail(err, MU_E_LIMIT, "a schedule asks at most %d questions", MU_QUESTIONS_MAX);
    }
    if (count == 0) {
        return MU_OK;
    }
    struct mu_question *questions = mu_arena_array(&session->cli->arena, count, sizeof *questions);
    if (questions == NULL) {
        return mu_fail(err, MU_E_NOMEM, "schedule: out of memory");
    }
    for (size_t i = 0; i < count; i++) {
        struct mu_slice text = {0};
        MU_TRY(mu_cli_word_text(mu_args_nth(args, "question", i), "question", MU_NAME_MAX, &text,
                                err));
        MU_TRY(read_question(session, text, &questions[i], err));
        questions[i].position = (int64_t)i;
    }
    wish->questions = questions;
    wish->question_count = count;
    return MU_OK;
}

/* -- a version from options ---------------------------------------------------------------- */

static enum mu_status read_hours(struct mu_session *session, struct wish *wish,
                                 struct mu_error *err)
{
    const struct mu_parsed *args = &session->cli->args;
    const char *open = mu_args_value(args, "open");
    const char *due = mu_args_value(args, "due");
    const char *grace = mu_args_value(args, "grace");
    struct mu_schedule_version *version = &wish->version;
    int64_t minutes = 0;
    if (open != NULL) {
        MU_TRY(mu_minute_parse(open, "--open", &version->open_minute, err));
    }
    if (due != NULL) {
        MU_TRY(mu_minute_parse(due, "--due", &version->due_minute, err));
        if (version->due_minute <= version->open_minute) { /* after midnight */
            version->due_minute += MU_DAY_MINUTES;
        }
    }
    if (version->due_minute <= version->open_minute) {
        return mu_fail(err, MU_E_USAGE, "it is due before it opens: say --open and --due");
    }
    if (grace != NULL) {
        MU_TRY(mu_minutes_parse(grace, "--grace", MU_DAY_MINUTES, &minutes, err));
        version->grace_minutes = (int32_t)minutes;
    }
    return MU_OK;
}

static enum mu_status read_zone_mode(const char *mode, struct wish *wish, struct mu_error *err)
{
    if (mode == NULL) {
        return MU_OK;
    }
    bool team = mu_same_word(mu_slice_str(mode), mu_slice_str("team"));
    if (!team && !mu_same_word(mu_slice_str(mode), mu_slice_str("member"))) {
        return mu_fail(err, MU_E_USAGE, "--zone is member (everybody's own time) or team");
    }
    wish->version.zone_mode = team ? MU_ZONE_OF_TEAM : MU_ZONE_OF_MEMBER;
    return MU_OK;
}

static enum mu_status read_reminders(struct mu_session *session, struct wish *wish,
                                     struct mu_error *err)
{
    const struct mu_parsed *args = &session->cli->args;
    const char *remind = mu_args_value(args, "remind");
    const char *escalate = mu_args_value(args, "escalate");
    const char *to = mu_args_value(args, "to");
    int32_t minutes[MU_REMINDERS_MAX];
    size_t count = 0;
    if (remind != NULL) {
        bool none = mu_same_word(mu_slice_str(remind), mu_slice_str("none"));
        wish->version.reminders = mu_slice_str(none ? "" : remind);
        if (mu_reminders_parse(wish->version.reminders, minutes, &count, err) != MU_OK) {
            return mu_fail(err, MU_E_USAGE, "--remind is minutes before it is due, such as 60,15");
        }
    }
    if (escalate != NULL) {
        MU_TRY(mu_token_number(escalate, "--escalate", 0, 30, &wish->version.escalate_after, err));
    }
    if (to != NULL) {
        const struct mu_person_name *person = NULL;
        MU_TRY(mu_session_person(session, to, &person, err));
        wish->version.escalate_to = person->id;
    }
    return MU_OK;
}

static enum mu_status read_wish(struct mu_session *session, struct wish *wish, int64_t from_day,
                                struct mu_error *err)
{
    const struct mu_parsed *args = &session->cli->args;
    const char *days = mu_args_value(args, "days");
    const char *from = mu_args_value(args, "from");
    wish->version.from_day = from_day;
    if (from != NULL) {
        MU_TRY(mu_day_parse(session, mu_slice_str(from), &wish->version.from_day, err));
    }
    if (days != NULL) {
        MU_TRY(mu_weekdays_parse(mu_slice_str(days), &wish->version.days, err));
    }
    MU_TRY(read_hours(session, wish, err));
    MU_TRY(read_zone_mode(mu_args_value(args, "zone"), wish, err));
    MU_TRY(read_reminders(session, wish, err));
    return read_questions(session, wish, err);
}

static void put_version(struct mu_edit *edit, struct mu_id schedule, const struct wish *wish)
{
    const struct mu_schedule_version *version = &wish->version;
    struct mu_id id = mu_edit_new_id(edit->session);
    mu_edit_op(edit, MU_SCHEDULE_VERSION, id);
    mu_edit_id(edit, MU_SCHEDULE_VERSION_SCHEDULE, schedule);
    mu_edit_int(edit, MU_SCHEDULE_VERSION_FROM_DAY, version->from_day);
    mu_edit_int(edit, MU_SCHEDULE_VERSION_DAYS, version->days);
    mu_edit_int(edit, MU_SCHEDULE_VERSION_OPEN, version->open_minute);
    mu_edit_int(edit, MU_SCHEDULE_VERSION_DUE, version->due_minute);
    mu_edit_int(edit, MU_SCHEDULE_VERSION_GRACE, version->grace_minutes);
    mu_edit_int(edit, MU_SCHEDULE_VERSION_ZONE_MODE, version->zone_mode);
    if (version->reminders.len > 0) {
        mu_edit_text(edit, MU_SCHEDULE_VERSION_REMINDERS, version->reminders);
    }
    if (version->escalate_after > 0) {
        mu_edit_int(edit, MU_SCHEDULE_VERSION_ESCALATE_AFTER, version->escalate_after);
    }
    if (!mu_id_is_zero(version->escalate_to)) {
        mu_edit_id(edit, MU_SCHEDULE_VERSION_ESCALATE_TO, version->escalate_to);
    }
    for (size_t i = 0; i < wish->question_count; i++) {
        const struct mu_question *question = &wish->questions[i];
        mu_edit_op(edit, MU_QUESTION, mu_edit_new_id(edit->session));
        mu_edit_id(edit, MU_QUESTION_VERSION, id);
        mu_edit_int(edit, MU_QUESTION_POSITION, question->position);
        mu_edit_text(edit, MU_QUESTION_TEXT, question->text);
        mu_edit_int(edit, MU_QUESTION_KIND, question->kind);
        mu_edit_int(edit, MU_QUESTION_REQUIRED, question->required ? 1 : 0);
        mu_edit_int(edit, MU_QUESTION_EVERY, question->every);
        if (question->choices.len > 0) {
            mu_edit_text(edit, MU_QUESTION_CHOICES, question->choices);
        }
    }
}

static enum mu_status echo(struct mu_session *session, struct mu_slice name, const char *words,
                           const struct wish *wish, struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)8 * MU_NAME_MAX);
    struct mu_local now = mu_zone_local(session->from.zone, session->from.now);
    MU_TRY(mu_cli_put(mu_show(&text, name, MU_SHOW_ONE_LINE), err));
    MU_TRY(mu_cli_put(mu_buf_append_str(&text, DOT), err));
    if (words != NULL) {
        MU_TRY(mu_cli_put(mu_buf_append_str(&text, words), err));
    } else {
        MU_TRY(mu_cli_put(mu_words_version(&text, &wish->version), err));
    }
    MU_TRY(mu_cli_put(mu_buf_append_str(&text, DOT "from "), err));
    MU_TRY(mu_cli_put(mu_words_day(&text, wish->version.from_day, mu_date_to_days(now.date)), err));
    MU_TRY(mu_cli_put(mu_buf_append_str(&text, " on"), err));
    mu_edit_poke(session);
    return mu_echo_line(session, mu_buf_view(&text), err);
}

/* -- add -------------------------------------------------------------------------------------- */

static enum mu_status add_schedule(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const char *word = NULL;
    const char *kind_word = mu_args_value(&cli->args, "kind");
    struct mu_slice name = {0};
    struct mu_book_of_days days;
    struct mu_edit edit;
    const struct mu_schedule *known = NULL;
    struct mu_error ignored;
    struct wish wish = {
        .version = {.grace_minutes = GRACE_DEFAULT, .zone_mode = MU_ZONE_OF_MEMBER}};
    MU_TRY(mu_cli_need(cli, "what it is called", &word, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_cli_word_text(word, "name", MU_NAME_MAX, &name, err));
    if (mu_args_value(&cli->args, "days") == NULL) {
        return mu_fail(err, MU_E_USAGE, "on which days? --days mon-fri");
    }
    MU_TRY(mu_days_load(session, &session->self, &days, err));
    if (mu_schedules_named(&days.schedules, name, &known, &ignored) == MU_OK &&
        known->state != MU_SCHEDULE_ENDED) {
        return mu_fail(err, MU_E_EXISTS, "there is a schedule of that name: muster schedule edit");
    }
    MU_TRY(
        read_wish(session, &wish, mu_person_day(&days.calendar.team, session->from.now.ms), err));
    unsigned mask = wish.version.days;
    bool weekly = (mask & (mask - 1)) == 0;
    int64_t kind = kind_word != NULL ? mu_schedule_kind_parse(mu_slice_str(kind_word))
                   : weekly          ? MU_SCHEDULE_WEEKLY
                                     : MU_SCHEDULE_STANDUP;
    if (kind == 0) {
        return mu_fail(err, MU_E_USAGE, "--kind is standup, weekly or custom");
    }
    struct mu_id schedule = mu_edit_new_id(session);
    mu_edit_begin(&edit, session, MU_INTENT_SCHEDULE_ADD);
    mu_edit_op(&edit, MU_SCHEDULE, schedule);
    mu_edit_text(&edit, MU_SCHEDULE_NAME, name);
    mu_edit_int(&edit, MU_SCHEDULE_KIND, kind);
    put_version(&edit, schedule, &wish);
    MU_TRY(mu_edit_author(&edit, err));
    return echo(session, name, NULL, &wish, err);
}

enum mu_status mu_run_schedule_add(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, add_schedule, err);
}

/* -- edit, pause, resume, end --------------------------------------------------------------------
 */

/* The last version that asks something: what a change starts from. */
static const struct mu_schedule_version *last_asking(const struct mu_schedule *schedule)
{
    for (size_t i = schedule->version_count; i > 0; i--) {
        if (schedule->versions[i - 1].days != 0) {
            return &schedule->versions[i - 1];
        }
    }
    return NULL;
}

static enum mu_status begin_change(struct mu_session *session, struct mu_book_of_days *days,
                                   const struct mu_schedule **out_schedule, struct wish *wish,
                                   struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const char *word = NULL;
    MU_TRY(mu_cli_need(cli, "which schedule", &word, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_days_load(session, &session->self, days, err));
    MU_TRY(mu_schedules_named(&days->schedules, mu_slice_str(word), out_schedule, err));
    const struct mu_schedule_version *version = last_asking(*out_schedule);
    if (version == NULL) {
        return mu_fail(err, MU_E_NOT_FOUND, "that schedule has never asked anything");
    }
    struct mu_question *questions = NULL;
    MU_TRY(mu_questions_load(session->db, version->id, &cli->arena, &questions,
                             &wish->question_count, err));
    wish->questions = questions;
    wish->version = *version;
    return MU_OK;
}

static enum mu_status change(struct mu_session *session, int64_t state, const char *words,
                             int64_t ahead, struct mu_error *err)
{
    struct mu_book_of_days days;
    const struct mu_schedule *schedule = NULL;
    struct mu_edit edit;
    struct wish wish = {.question_count = 0};
    MU_TRY(begin_change(session, &days, &schedule, &wish, err));
    int64_t today = mu_person_day(&days.calendar.team, session->from.now.ms);
    MU_TRY(read_wish(session, &wish, today + ahead, err));
    if (state == MU_SCHEDULE_PAUSED || state == MU_SCHEDULE_ENDED) {
        wish.version.days = 0;
        wish.question_count = 0;
    }
    mu_edit_begin(&edit, session, MU_INTENT_SCHEDULE_CHANGE);
    if (state != 0) {
        mu_edit_op(&edit, MU_SCHEDULE, schedule->id);
        mu_edit_int(&edit, MU_SCHEDULE_STATE, state);
    }
    put_version(&edit, schedule->id, &wish);
    MU_TRY(mu_edit_author(&edit, err));
    return echo(session, schedule->name, words, &wish, err);
}

/* From tomorrow on: today's slots keep what they were. */
static enum mu_status edit_schedule(struct mu_session *session, struct mu_error *err)
{
    return change(session, 0, NULL, 1, err);
}

static enum mu_status pause_schedule(struct mu_session *session, struct mu_error *err)
{
    return change(session, MU_SCHEDULE_PAUSED, "paused", 1, err);
}

static enum mu_status resume_schedule(struct mu_session *session, struct mu_error *err)
{
    return change(session, MU_SCHEDULE_ACTIVE, NULL, 0, err);
}

static enum mu_status end_schedule(struct mu_session *session, struct mu_error *err)
{
    return change(session, MU_SCHEDULE_ENDED, "ended", 1, err);
}

enum mu_status mu_run_schedule_edit(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, edit_schedule, err);
}

enum mu_status mu_run_schedule_pause(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, pause_schedule, err);
}

enum mu_status mu_run_schedule_resume(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, resume_schedule, err);
}

enum mu_status mu_run_schedule_end(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, end_schedule, err);
}

/* -- list
 * ------------------------------------------------------------------------------------------ */

static void question_json(struct mu_json *json, const struct mu_question *question)
{
    mu_json_object(json, NULL);
    mu_json_text(json, "text", question->text);
    mu_json_str(json, "kind", mu_ask_kind_name(question->kind));
    mu_json_bool(json, "required", question->required);
    mu_json_int(json, "every", question->every);
    mu_json_array(json, "choices");
    for (size_t i = 0; i < mu_choice_count(question->choices); i++) {
        mu_json_text(json, NULL, mu_choice_line(question->choices, i));
    }
    mu_json_close(json);
    mu_json_close(json);
}

static enum mu_status version_json(struct mu_json *json, struct mu_session *session,
                                   const struct mu_schedule_version *version, struct mu_error *err)
{
    char from[MU_DAY_TEXT_MAX];
    struct mu_question *questions = NULL;
    size_t count = 0;
    MU_TRY(
        mu_questions_load(session->db, version->id, &session->cli->arena, &questions, &count, err));
    mu_day_text(version->from_day, from);
    mu_json_object(json, NULL);
    mu_json_id(json, "id", version->id);
    mu_json_str(json, "from", from);
    mu_json_int(json, "days", version->days);
    mu_json_int(json, "open_minute", version->open_minute);
    mu_json_int(json, "due_minute", version->due_minute);
    mu_json_int(json, "grace_minutes", version->grace_minutes);
    mu_json_str(json, "zone", version->zone_mode == MU_ZONE_OF_TEAM ? "team" : "member");
    mu_json_text(json, "reminders", version->reminders);
    mu_json_int(json, "escalate_after", version->escalate_after);
    mu_json_id(json, "escalate_to", version->escalate_to);
    mu_json_array(json, "questions");
    for (size_t i = 0; i < count; i++) {
        question_json(json, &questions[i]);
    }
    mu_json_close(json);
    mu_json_close(json);
    return MU_OK;
}

static enum mu_status schedules_json(struct mu_session *session,
                                     const struct mu_schedules *schedules, bool all,
                                     struct mu_error *err)
{
    struct mu_json json;
    mu_cli_json(session->cli, &json);
    mu_json_array(&json, "schedules");
    for (size_t i = 0; i < schedules->count; i++) {
        const struct mu_schedule *schedule = &schedules->list[i];
        if (schedule->state == MU_SCHEDULE_ENDED && !all) {
            continue;
        }
        mu_json_object(&json, NULL);
        mu_json_text(&json, "name", schedule->name);
        mu_json_id(&json, "id", schedule->id);
        mu_json_str(&json, "kind", mu_schedule_kind_name(schedule->kind));
        mu_json_str(&json, "state", mu_schedule_state_name(schedule->state));
        mu_json_array(&json, "versions");
        for (size_t j = 0; j < schedule->version_count; j++) {
            MU_TRY(version_json(&json, session, &schedule->versions[j], err));
        }
        mu_json_close(&json);
        mu_json_close(&json);
    }
    mu_json_close(&json);
    return mu_cli_json_end(&json, err);
}

/* The version of today, and those to come. */
static enum mu_status say_schedule(struct mu_session *session, const struct mu_schedule *schedule,
                                   int64_t today, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const char *between = cli->terminal ? "  " : "\t";
    size_t first = 0;
    for (size_t i = 0; i < schedule->version_count; i++) {
        first = schedule->versions[i].from_day <= today ? i : first;
    }
    for (size_t i = first; i < schedule->version_count; i++) {
        const struct mu_schedule_version *version = &schedule->versions[i];
        MU_TRY(mu_cli_put(mu_show(&cli->out, schedule->name, MU_SHOW_ONE_LINE), err));
        MU_TRY(mu_cli_say(cli, err, "%s%s%s", between, mu_schedule_kind_name(schedule->kind),
                          between));
        if (version->days == 0) {
            MU_TRY(mu_cli_say(cli, err, "%s", mu_schedule_state_name(schedule->state)));
        } else {
            MU_TRY(mu_cli_put(mu_words_version(&cli->out, version), err));
        }
        if (version->from_day > today) {
            MU_TRY(mu_cli_say(cli, err, "%sfrom ", between));
            MU_TRY(mu_cli_put(mu_words_day(&cli->out, version->from_day, today), err));
            MU_TRY(mu_cli_say(cli, err, " on"));
        }
        MU_TRY(mu_cli_say(cli, err, "\n"));
    }
    return MU_OK;
}

static enum mu_status list_schedules(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_book_of_days days;
    bool all = mu_args_flag(&cli->args, "all");
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_days_load(session, &session->self, &days, err));
    if (cli->json) {
        return schedules_json(session, &days.schedules, all, err);
    }
    int64_t today = mu_person_day(&days.calendar.team, session->from.now.ms);
    for (size_t i = 0; i < days.schedules.count; i++) {
        if (days.schedules.list[i].state != MU_SCHEDULE_ENDED || all) {
            MU_TRY(say_schedule(session, &days.schedules.list[i], today, err));
        }
    }
    return MU_OK;
}

enum mu_status mu_run_schedule_list(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, list_schedules, err);
}
