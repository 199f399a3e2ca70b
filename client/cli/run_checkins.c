/* Check-ins of the team: list, missing, ack; and a lead's nudge. */
#include <stdlib.h>
#include <string.h>

#include "client/cli/books.h"
#include "client/cli/commands.h"
#include "client/cli/rhythm.h"
#include "client/cli/tokens.h"
#include "client/view/slot_words.h"
#include "client/view/text.h"
#include "common/model/rhythm.h"
#include "common/seal/hash.h"

#define DOT       " \xc2\xb7 "
#define DAYS_MOST 366
#define LINE_MAX  ((size_t)4 * MU_TEXT_MAX)

/* -- the slots asked for ----------------------------------------------------------------- */

struct asked {
    struct mu_book_of_days days;
    struct mu_slots slots;
    struct mu_id person; /* zero: everybody */
};

/* A lead's row comes first, on his own screen and on everybody's. */
static int leads_first(const void *a, const void *b)
{
    const struct mu_slot *left = a;
    const struct mu_slot *right = b;
    if (left->day != right->day) {
        return left->day < right->day ? -1 : 1;
    }
    if (left->schedule != right->schedule) {
        return left->schedule < right->schedule ? -1 : 1;
    }
    bool left_leads = left->person->role == MU_ROLE_LEAD;
    bool right_leads = right->person->role == MU_ROLE_LEAD;
    if (left_leads != right_leads) {
        return left_leads ? -1 : 1;
    }
    return mu_slice_compare(left->person->handle, right->person->handle);
}

static enum mu_status read_days(struct mu_session *session, struct mu_slot_query *query,
                                const struct mu_calendar_person *self, struct mu_error *err)
{
    const struct mu_parsed *args = &session->cli->args;
    const char *day = mu_args_value(args, "day");
    const char *count = mu_args_value(args, "days");
    int64_t number = 0;
    query->current = day == NULL && count == NULL;
    if (day != NULL) {
        MU_TRY(mu_days_parse(session, mu_slice_str(day), &query->from_day, &query->to_day, err));
    } else if (count != NULL) {
        MU_TRY(mu_token_number(count, "--days", 1, DAYS_MOST, &number, err));
        query->to_day = mu_person_day(self, session->from.now.ms);
        query->from_day = query->to_day - number + 1;
    }
    return query->to_day - query->from_day < DAYS_MOST
               ? MU_OK
               : mu_fail(err, MU_E_USAGE, "at most %d days at a time", DAYS_MOST);
}

static enum mu_status look(struct mu_session *session, struct asked *asked, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const char *name = mu_args_value(&cli->args, "schedule");
    const struct mu_schedule *schedule = NULL;
    struct mu_slot_query query = {.now_ms = session->from.now.ms};
    asked->person = (struct mu_id){{0}};
    if (cli->word < cli->args.word_count && cli->args.words[cli->word].text[0] == '@') {
        const struct mu_person_name *person = NULL;
        MU_TRY(mu_person_meant(session, &person, err));
        asked->person = person->id;
        query.person = &asked->person;
    }
    MU_TRY(mu_days_load(session, NULL, &asked->days, err));
    if (name != NULL) {
        MU_TRY(mu_schedules_named(&asked->days.schedules, mu_slice_str(name), &schedule, err));
        query.schedule = &schedule->id;
    }
    MU_TRY(read_days(session, &query, asked->days.self, err));
    MU_TRY(mu_slots_load(session->db, &asked->days.calendar, &asked->days.schedules, &query,
                         &cli->arena, &asked->slots, err));
    if (asked->slots.count > 1) {
        qsort(asked->slots.list, asked->slots.count, sizeof *asked->slots.list, leads_first);
    }
    return MU_OK;
}

/* -- list ---------------------------------------------------------------------------------- */

static enum mu_paint paint_of(enum mu_slot_state state)
{
    switch (state) {
    case MU_SLOT_ON_TIME:
    case MU_SLOT_IN_GRACE:
        return MU_GREEN;
    case MU_SLOT_DUE:
    case MU_SLOT_LATE:
        return MU_YELLOW;
    case MU_SLOT_MISSED:
        return MU_RED;
    case MU_SLOT_SCHEDULED:
    case MU_SLOT_OPEN:
    case MU_SLOT_EXCUSED:
        break;
    }
    return MU_DIM;
}

static enum mu_status say_words(struct mu_session *session, const struct asked *asked,
                                const struct mu_slot *slot, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    enum mu_slot_state state = mu_slot_state_for(slot, session->self, asked->days.leads);
    MU_BUF_AUTO struct mu_buf part;
    mu_buf_init(&part, LINE_MAX);
    MU_TRY(mu_cli_put(mu_words_person(&part, &session->names, slot->person->id), err));
    MU_TRY(mu_cli_put(mu_show_fit(&cli->out, mu_buf_view(&part), 14, true), err));
    mu_buf_clear(&part);
    MU_TRY(mu_cli_put(mu_show(&part, slot->schedule->name, MU_SHOW_ONE_LINE), err));
    MU_TRY(mu_cli_put(mu_buf_append_byte(&part, ' '), err));
    MU_TRY(mu_cli_put(mu_words_day(&part, slot->day, slot->day), err));
    MU_TRY(mu_cli_say(cli, err, " "));
    MU_TRY(mu_cli_put(mu_show_fit(&cli->out, mu_buf_view(&part), 22, true), err));
    MU_TRY(mu_cli_say(cli, err, " %s", mu_paint(cli, paint_of(state))));
    MU_TRY(mu_cli_put(
        mu_words_slot(&cli->out, slot, session->self, asked->days.leads, &session->from), err));
    MU_TRY(mu_cli_say(cli, err, "%s", mu_unpaint(cli)));
    if (slot->checkin != NULL && !mu_id_is_zero(slot->checkin->ack_by)) {
        MU_TRY(mu_cli_say(cli, err, DOT "seen by "));
        MU_TRY(mu_cli_put(mu_words_person(&cli->out, &session->names, slot->checkin->ack_by), err));
    }
    MU_TRY(mu_cli_say(cli, err, "\n"));
    if (slot->checkin == NULL || slot->checkin->text.len == 0) {
        return MU_OK;
    }
    mu_buf_clear(&part);
    MU_TRY(mu_cli_put(mu_show(&part, slot->checkin->text, MU_SHOW_LINES), err));
    return mu_cli_put(mu_show_wrap(&cli->out, mu_buf_view(&part), 15, cli->width), err);
}

static enum mu_status say_plain(struct mu_session *session, const struct asked *asked,
                                const struct mu_slot *slot, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    char day[MU_DAY_TEXT_MAX];
    enum mu_slot_state state = mu_slot_state_for(slot, session->self, asked->days.leads);
    mu_day_text(slot->day, day);
    MU_TRY(mu_cli_put(mu_show(&cli->out, slot->person->handle, MU_SHOW_ONE_LINE), err));
    MU_TRY(mu_cli_say(cli, err, "\t"));
    MU_TRY(mu_cli_put(mu_show(&cli->out, slot->schedule->name, MU_SHOW_ONE_LINE), err));
    MU_TRY(mu_cli_say(cli, err, "\t%s\t%s\t", day, mu_slot_state_name(state)));
    MU_TRY(mu_cli_put(
        mu_words_slot(&cli->out, slot, session->self, asked->days.leads, &session->from), err));
    MU_TRY(mu_cli_say(cli, err, "\t"));
    if (slot->checkin != NULL) {
        MU_TRY(mu_cli_put(mu_show(&cli->out, slot->checkin->text, MU_SHOW_ONE_LINE), err));
    }
    return mu_cli_say(cli, err, "\n");
}

static bool is_missing(const struct mu_session *session, const struct asked *asked,
                       const struct mu_slot *slot)
{
    enum mu_slot_state state = mu_slot_state_for(slot, session->self, asked->days.leads);
    return slot->expected &&
           (state == MU_SLOT_OPEN || state == MU_SLOT_DUE || state == MU_SLOT_MISSED);
}

static enum mu_status say(struct mu_session *session, const struct asked *asked, bool missing,
                          struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_json json;
    size_t said = 0;
    if (cli->json) {
        mu_cli_json(cli, &json);
        mu_json_array(&json, "slots");
    }
    for (size_t i = 0; i < asked->slots.count; i++) {
        const struct mu_slot *slot = &asked->slots.list[i];
        if (missing && !is_missing(session, asked, slot)) {
            continue;
        }
        said++;
        if (cli->json) {
            mu_slot_json(&json, NULL, slot, session->self, asked->days.leads, &session->names);
        } else {
            MU_TRY(cli->terminal ? say_words(session, asked, slot, err)
                                 : say_plain(session, asked, slot, err));
        }
    }
    if (said == 0 && mu_args_flag(&cli->args, "exit-code")) {
        cli->exit_code = MU_EXIT_NO;
    }
    if (cli->json) {
        mu_json_close(&json);
        return mu_cli_json_end(&json, err);
    }
    return MU_OK;
}

static enum mu_status list(struct mu_session *session, struct mu_error *err)
{
    struct asked asked;
    MU_TRY(look(session, &asked, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    return say(session, &asked, false, err);
}

static enum mu_status missing(struct mu_session *session, struct mu_error *err)
{
    struct asked asked;
    MU_TRY(look(session, &asked, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    return say(session, &asked, true, err);
}

enum mu_status mu_run_checkin_list(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_reader(cli, list, err);
}

enum mu_status mu_run_checkin_missing(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_reader(cli, missing, err);
}

/* -- ack -------------------------------------------------------------------------------------- */

static enum mu_status ack_one(struct mu_session *session, const struct mu_slot *slot,
                              struct mu_slice note, struct mu_error *err)
{
    struct mu_edit edit;
    mu_edit_begin(&edit, session, MU_INTENT_CHECKIN_ACK);
    mu_edit_op(&edit, MU_CHECKIN, slot->checkin->id);
    if (note.len > 0) {
        mu_edit_text(&edit, MU_CHECKIN_ACK_NOTE, note);
    }
    return mu_edit_author(&edit, err);
}

/* One person's newest of those asked for, or with --all everybody's that waits. */
static enum mu_status ack(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct asked asked;
    struct mu_slice note = {0};
    bool all = mu_args_flag(&cli->args, "all");
    const struct mu_slot *newest = NULL;
    uint64_t count = 0;
    MU_TRY(look(session, &asked, err));
    if (mu_id_is_zero(asked.person) && !all) {
        return mu_fail(err, MU_E_USAGE, "whose check-in? muster checkin ack @kofi, or --all");
    }
    MU_TRY(mu_cli_rest(cli, "note", "note", MU_TEXT_MAX, &note, err));
    for (size_t i = 0; i < asked.slots.count; i++) {
        const struct mu_slot *slot = &asked.slots.list[i];
        if (slot->checkin == NULL || mu_id_equal(slot->person->id, session->self)) {
            newest = slot->checkin != NULL && !all ? slot : newest;
            continue;
        }
        newest = slot;
        if (all && mu_id_is_zero(slot->checkin->ack_by)) {
            MU_TRY(ack_one(session, slot, note, err));
            count++;
        }
    }
    if (!all && newest == NULL) {
        return mu_fail(err, MU_E_NOT_FOUND, "there is no check-in to acknowledge");
    }
    if (!all) {
        MU_TRY(ack_one(session, newest, note, err));
        count = 1;
    }
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, 256);
    MU_TRY(mu_cli_put(mu_words_count(&line, count, "check-in", "check-ins"), err));
    MU_TRY(mu_cli_put(mu_buf_append_str(&line, " acknowledged"), err));
    mu_edit_poke(session);
    return mu_echo_line(session, mu_buf_view(&line), err);
}

enum mu_status mu_run_checkin_ack(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, ack, err);
}

/* -- nudge ---------------------------------------------------------------------------------------
 */

/* The first of today's nudges that is left. */
static enum mu_status next_nudge(struct mu_session *session, struct mu_id to, struct mu_id *out,
                                 struct mu_error *err)
{
    int64_t today = mu_utc_day(session->moment.turn.wall.ms);
    for (int64_t nth = 0; nth < MU_NUDGES_A_DAY; nth++) {
        struct mu_row row = {0};
        bool found = false;
        *out = mu_nudge_id(mu_id_derive, session->self, to, today, nth);
        MU_TRY(mu_replica_row(mu_client_replica(session->client), &session->cli->arena, MU_NUDGE,
                              *out, &row, &found, err));
        if (!found) {
            return MU_OK;
        }
    }
    session->cli->exit_code = MU_EXIT_REFUSED;
    return mu_fail(err, MU_E_LIMIT,
                   "you have nudged this person %d times today: talk to each other",
                   MU_NUDGES_A_DAY);
}

/* What it is about: the task that is said, else the slot that is missing. */
static enum mu_status about_what(struct mu_session *session, const struct asked *asked,
                                 struct mu_id *out, struct mu_error *err)
{
    const char *task = mu_args_value(&session->cli->args, "about");
    *out = (struct mu_id){{0}};
    if (task != NULL) {
        return mu_task_resolve(session->db, mu_slice_str(task), out, err);
    }
    for (size_t i = 0; i < asked->slots.count; i++) {
        const struct mu_slot *slot = &asked->slots.list[i];
        if (is_missing(session, asked, slot)) {
            *out = mu_checkin_id(mu_id_derive, slot->schedule->id, slot->person->id, slot->day);
        }
    }
    return MU_OK;
}

static enum mu_status nudge(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct asked asked;
    struct mu_slice text = {0};
    struct mu_id about;
    struct mu_id row;
    struct mu_edit edit;
    MU_TRY(look(session, &asked, err));
    if (mu_id_is_zero(asked.person)) {
        return mu_fail(err, MU_E_USAGE, "whom? muster nudge @kofi");
    }
    MU_TRY(mu_cli_rest(cli, NULL, "words", MU_TITLE_MAX, &text, err));
    MU_TRY(about_what(session, &asked, &about, err));
    MU_TRY(next_nudge(session, asked.person, &row, err));
    mu_edit_begin(&edit, session, MU_INTENT_NUDGE_SEND);
    mu_edit_op(&edit, MU_NUDGE, row);
    mu_edit_id(&edit, MU_NUDGE_TO, asked.person);
    if (!mu_id_is_zero(about)) {
        mu_edit_id(&edit, MU_NUDGE_ABOUT, about);
    }
    if (text.len > 0) {
        mu_edit_text(&edit, MU_NUDGE_TEXT, text);
    }
    enum mu_status status = mu_edit_author(&edit, err);
    if (status == MU_E_LIMIT) {
        cli->exit_code = MU_EXIT_REFUSED; /* asked too often, not too much */
    }
    MU_TRY(status);
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, 4096);
    MU_TRY(mu_cli_put(mu_words_person(&line, &session->names, asked.person), err));
    MU_TRY(mu_cli_put(mu_buf_append_str(&line, " will be reminded"), err));
    mu_edit_poke(session);
    return mu_echo_line(session, mu_buf_view(&line), err);
}

enum mu_status mu_run_nudge(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, nudge, err);
}
