/* muster export ics: due dates, and the check-ins of one person, as a calendar (RFC 5545) that any
 * calendar program reads.
 *
 * Events, not to-dos: those are what all of them show.  A due of a day is an event of that day; one
 * with a time stands at its instant, in UTC, so that no time zone has to be described. */
#include <stdio.h>

#include "client/cli/commands.h"
#include "client/cli/session.h"
#include "client/view/ics_text.h"
#include "client/view/slots.h"
#include "client/view/tasks.h"
#include "common/base/utf8.h"
#include "common/db/stmt.h"
#include "common/model/due.h"

#define FLUSH_AT ((size_t)64 * 1024)
#define DESC_MAX 4096 /* bytes of a description that a calendar gets */
#define DAY_END  (24 * 60)
#define AHEAD    27 /* days of check-ins after today */

/* Of one owner, or of all when that is NULL; open tasks, or all when ?2 is set; of a board. */
static const char SQL_DUES[] =
    "SELECT t.id, t.no, t.title, t.due, t.description, t.state, o.handle, c.name "
    "FROM task t LEFT JOIN person o ON o.id = t.owner "
    "LEFT JOIN board_column c ON c.id = t.column_id "
    "WHERE t.due IS NOT NULL AND coalesce(t.deleted, 0) = 0 AND (?1 IS NULL OR t.owner = ?1) "
    "AND (?2 = 1 OR (t.state < 6 AND coalesce(t.archived, 0) = 0)) "
    "AND (?3 IS NULL OR t.board = ?3) ORDER BY t.due, t.id";

enum { ID, NO, TITLE, DUE, DESC, STATE, OWNER, COLUMN };

struct calendar {
    struct mu_session *session;
    const struct mu_person_name *person; /* NULL: everybody */
    struct mu_stmt dues;
    int64_t now_ms;
};

static enum mu_status put_when(struct calendar *calendar, const struct mu_due *due)
{
    struct mu_session *session = calendar->session;
    struct mu_buf *out = &session->cli->out;
    const struct mu_viewpoint *from = &session->from;
    if (!due->has_time) {
        MU_TRY(mu_ics_put_date(out, "DTSTART", due->date));
        struct mu_date next = mu_date_from_days(mu_date_to_days(due->date) + 1);
        return mu_date_valid(next) ? mu_ics_put_date(out, "DTEND", next) : MU_OK;
    }
    const struct mu_zone *zone = from->zone;
    if (due->zone[0] != '\0' && from->zone_of != NULL) {
        const struct mu_zone *named = from->zone_of(from->state, due->zone);
        zone = named != NULL ? named : mu_zone_utc();
    }
    return mu_ics_put_instant(out, "DTSTART", mu_due_instant(due, zone, DAY_END - 1).ms);
}

static enum mu_status put_summary(struct calendar *calendar)
{
    struct mu_stmt *row = &calendar->dues;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)1 << 20);
    struct mu_slice title = mu_stmt_text(row, TITLE);
    if (mu_stmt_int(row, NO) > 0) {
        MU_TRY(mu_buf_printf(&text, "T-%lld ", (long long)mu_stmt_int(row, NO)));
    }
    MU_TRY(mu_buf_append(&text, title.data, title.len));
    return mu_ics_put_text(&calendar->session->cli->out, "SUMMARY", mu_buf_view(&text));
}

/* "@ana · doing · In progress", then what it is about. */
static enum mu_status put_description(struct calendar *calendar)
{
    struct mu_stmt *row = &calendar->dues;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)1 << 20);
    struct mu_slice owner = mu_stmt_text(row, OWNER);
    struct mu_slice column = mu_stmt_text(row, COLUMN);
    struct mu_slice desc = mu_utf8_cut(mu_stmt_text(row, DESC), DESC_MAX);
    MU_TRY(mu_buf_append_str(&text, owner.len > 0 ? "@" : "nobody"));
    MU_TRY(mu_buf_append(&text, owner.data, owner.len));
    MU_TRY(mu_buf_printf(&text, " \xc2\xb7 %s \xc2\xb7 ", mu_state_name(mu_stmt_int(row, STATE))));
    MU_TRY(mu_buf_append(&text, column.data, column.len));
    MU_TRY(mu_buf_append_str(&text, desc.len > 0 ? "\n\n" : ""));
    MU_TRY(mu_buf_append(&text, desc.data, desc.len));
    return mu_ics_put_text(&calendar->session->cli->out, "DESCRIPTION", mu_buf_view(&text));
}

static enum mu_status put_event(struct calendar *calendar)
{
    struct mu_buf *out = &calendar->session->cli->out;
    char uid[MU_ID_TEXT_LEN + 16];
    char id[MU_ID_TEXT_LEN + 1];
    struct mu_due due;
    struct mu_error ignored;
    if (mu_due_parse(mu_stmt_text(&calendar->dues, DUE), &due, &ignored) != MU_OK) {
        return MU_OK;
    }
    mu_id_text(mu_stmt_id(&calendar->dues, ID), id);
    (void)snprintf(uid, sizeof uid, "%s@muster", id);
    MU_TRY(mu_ics_put(out, "BEGIN", "VEVENT"));
    MU_TRY(mu_ics_put(out, "UID", uid));
    MU_TRY(mu_ics_put_instant(out, "DTSTAMP", calendar->now_ms));
    MU_TRY(put_when(calendar, &due));
    MU_TRY(put_summary(calendar));
    MU_TRY(put_description(calendar));
    MU_TRY(mu_ics_put(out, "TRANSP", "TRANSPARENT")); /* a due date keeps nobody busy */
    return mu_ics_put(out, "END", "VEVENT");
}

/* -- check-ins of one person, when they are to come -------------------------------- */

static enum mu_status put_slot(struct calendar *calendar, const struct mu_slot *slot)
{
    struct mu_buf *out = &calendar->session->cli->out;
    char uid[2 * MU_ID_TEXT_LEN + 48];
    char schedule[MU_ID_TEXT_LEN + 1];
    char person[MU_ID_TEXT_LEN + 1];
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)1 << 16);
    mu_id_text(slot->schedule->id, schedule);
    mu_id_text(slot->person->id, person);
    (void)snprintf(uid, sizeof uid, "%s-%s-%lld@muster", schedule, person, (long long)slot->day);
    MU_TRY(mu_buf_append_str(&text, "Check in: "));
    MU_TRY(mu_buf_append(&text, slot->schedule->name.data, slot->schedule->name.len));
    MU_TRY(mu_ics_put(out, "BEGIN", "VEVENT"));
    MU_TRY(mu_ics_put(out, "UID", uid));
    MU_TRY(mu_ics_put_instant(out, "DTSTAMP", calendar->now_ms));
    MU_TRY(mu_ics_put_instant(out, "DTSTART", slot->times.open_ms));
    MU_TRY(mu_ics_put_instant(out, "DTEND", slot->times.due_ms));
    MU_TRY(mu_ics_put_text(out, "SUMMARY", mu_buf_view(&text)));
    MU_TRY(mu_ics_put(out, "TRANSP", "TRANSPARENT"));
    return mu_ics_put(out, "END", "VEVENT");
}

static enum mu_status put_slots(struct calendar *calendar, struct mu_error *err)
{
    struct mu_session *session = calendar->session;
    struct mu_arena *arena = &session->cli->arena;
    const struct mu_id *who = &calendar->person->id;
    struct mu_calendar days;
    struct mu_schedules schedules;
    struct mu_slots slots;
    MU_TRY(mu_calendar_load(session->db, &session->from, who, arena, &days, err));
    MU_TRY(mu_schedules_load(session->db, arena, &schedules, err));
    const struct mu_calendar_person *person = mu_calendar_find(&days, *who);
    if (person == NULL) {
        return MU_OK;
    }
    int64_t today = mu_person_day(person, calendar->now_ms);
    struct mu_slot_query query = {
        .person = who, .from_day = today, .to_day = today + AHEAD, .now_ms = calendar->now_ms};
    MU_TRY(mu_slots_load(session->db, &days, &schedules, &query, arena, &slots, err));
    for (size_t i = 0; i < slots.count; i++) {
        enum mu_slot_state state = slots.list[i].state;
        if (state == MU_SLOT_SCHEDULED || state == MU_SLOT_OPEN) {
            MU_TRY(mu_cli_put(put_slot(calendar, &slots.list[i]), err));
        }
    }
    return MU_OK;
}

/* -- the file ------------------------------------------------------------------------- */

static enum mu_status put_front(struct calendar *calendar)
{
    struct mu_session *session = calendar->session;
    struct mu_buf *out = &session->cli->out;
    MU_TRY(mu_ics_put(out, "BEGIN", "VCALENDAR"));
    MU_TRY(mu_ics_put(out, "VERSION", "2.0"));
    MU_TRY(mu_ics_put(out, "PRODID", "-//Muster//Muster//EN"));
    MU_TRY(mu_ics_put(out, "CALSCALE", "GREGORIAN"));
    return mu_ics_put_text(out, "X-WR-CALNAME", session->names.team);
}

static enum mu_status bind(struct calendar *calendar, struct mu_error *err)
{
    struct mu_session *session = calendar->session;
    struct mu_cli *cli = session->cli;
    const struct mu_arg_word *word = mu_cli_word(cli);
    const struct mu_board_name *board = NULL;
    const struct mu_person_name *person = NULL;
    MU_TRY(mu_session_board(session, &board, err));
    if (word != NULL) {
        MU_TRY(mu_session_person(session, word->text, &person, err));
        if (person == NULL) {
            return mu_fail(err, MU_E_NOT_FOUND, "this replica does not know who you are yet: sync");
        }
        calendar->person = person;
        mu_stmt_bind_id(&calendar->dues, 1, person->id);
    }
    MU_TRY(mu_cli_no_more(cli, err));
    mu_stmt_bind_int(&calendar->dues, 2, mu_args_flag(&cli->args, "all") ? 1 : 0);
    if (board != NULL) {
        mu_stmt_bind_id(&calendar->dues, 3, board->id);
    }
    return MU_OK;
}

static enum mu_status write_calendar(struct calendar *calendar, struct mu_error *err)
{
    struct mu_cli *cli = calendar->session->cli;
    bool row = false;
    MU_TRY(mu_stmt_prepare(&calendar->dues, calendar->session->db, SQL_DUES, err));
    MU_TRY(bind(calendar, err));
    MU_TRY(mu_cli_put(put_front(calendar), err));
    for (;;) {
        MU_TRY(mu_stmt_step(&calendar->dues, &row, err));
        if (!row) {
            MU_TRY(calendar->person != NULL ? put_slots(calendar, err) : MU_OK);
            return mu_cli_put(mu_ics_put(&cli->out, "END", "VCALENDAR"), err);
        }
        MU_TRY(mu_cli_put(put_event(calendar), err));
        MU_TRY(cli->out.len >= FLUSH_AT ? mu_cli_flush(cli, err) : MU_OK);
    }
}

enum mu_status mu_run_export_ics(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    if (cli->json) {
        return mu_fail(err, MU_E_USAGE,
                       "a calendar is no JSON: leave --json, or take 'export json'");
    }
    MU_TRY(mu_session_read(cli, &session, err));
    struct calendar calendar = {.session = &session, .now_ms = session.from.now.ms};
    enum mu_status status = write_calendar(&calendar, err);
    mu_stmt_finalize(&calendar.dues);
    mu_session_close(&session);
    return status;
}
