/* muster checkin: a slot is filled, with what was done, promised and what holds one up. */
#include <string.h>
#include <unistd.h>

#include "client/cli/checkin.h"
#include "client/cli/commands.h"
#include "client/cli/tokens.h"
#include "client/view/blockers.h"
#include "client/view/handles.h"
#include "client/view/slot_words.h"
#include "client/view/text.h"
#include "common/model/rhythm.h"
#include "common/seal/hash.h"

#define DOT        " \xc2\xb7 "
#define LINE_MAX   ((size_t)64 * 1024)
#define EDITS_MOST (1 + 3 * MU_FORM_ROWS_MAX)

/* -- which slot ---------------------------------------------------------------------- */

static bool is_wanted(const struct mu_slot *slot, bool written)
{
    return (slot->checkin != NULL) == written;
}

static bool is_now(const struct mu_slot *slot)
{
    return slot->state == MU_SLOT_OPEN || slot->state == MU_SLOT_DUE;
}

/* The one that is open now and not written; else the only one not written; else the only one. */
static const struct mu_slot *choose(const struct mu_slots *slots, size_t *out_fits)
{
    const struct mu_slot *found = NULL;
    for (int pass = 0; pass < 3; pass++) {
        size_t fits = 0;
        for (size_t i = 0; i < slots->count; i++) {
            const struct mu_slot *slot = &slots->list[i];
            if (is_wanted(slot, pass == 2) && (pass > 0 || is_now(slot))) {
                found = slot;
                fits++;
            }
        }
        if (fits > 0) {
            *out_fits = fits;
            return found;
        }
    }
    *out_fits = 0;
    return NULL;
}

static enum mu_status no_slot(struct mu_session *session, const struct mu_book_of_days *days,
                              struct mu_error *err)
{
    if (days->schedules.count == 0) {
        session->cli->hint = "a lead adds one: muster schedule add standup --days mon-fri";
        return mu_fail(err, MU_E_NOT_FOUND, "no check-in is asked for: there is no schedule");
    }
    return mu_fail(err, MU_E_NOT_FOUND, "no check-in is asked of you %s",
                   mu_args_value(&session->cli->args, "day") != NULL ? "on that day" : "today");
}

static enum mu_status find_slot(struct mu_session *session, const struct mu_book_of_days *days,
                                struct mu_slots *slots, const struct mu_slot **out,
                                struct mu_error *err)
{
    const char *name = mu_args_value(&session->cli->args, "schedule");
    const char *day = mu_args_value(&session->cli->args, "day");
    const struct mu_schedule *schedule = NULL;
    struct mu_slot_query query = {
        .person = &session->self, .current = day == NULL, .now_ms = session->from.now.ms};
    size_t fits = 0;
    if (name != NULL) {
        MU_TRY(mu_schedules_named(&days->schedules, mu_slice_str(name), &schedule, err));
        query.schedule = &schedule->id;
    }
    if (day != NULL) {
        MU_TRY(mu_day_parse(session, mu_slice_str(day), &query.from_day, err));
        query.to_day = query.from_day;
    }
    MU_TRY(mu_slots_load(session->db, &days->calendar, &days->schedules, &query,
                         &session->cli->arena, slots, err));
    *out = choose(slots, &fits);
    if (fits > 1) {
        return mu_fail(err, MU_E_USAGE, "several check-ins are asked for: say --schedule NAME");
    }
    return fits == 1 ? MU_OK : no_slot(session, days, err);
}

/* -- the edits -------------------------------------------------------------------------- */

struct batch {
    struct mu_edit edits[EDITS_MOST];
    size_t count;
    struct mu_id checkin;
    struct mu_id promises[MU_FORM_ROWS_MAX];
    struct mu_id promised_tasks[MU_FORM_ROWS_MAX]; /* zero: words */
    struct mu_id blockers[MU_FORM_ROWS_MAX];
};

static struct mu_edit *next_edit(struct batch *batch, struct mu_session *session, uint32_t intent)
{
    MU_ASSERT(batch->count < EDITS_MOST);
    mu_edit_begin(&batch->edits[batch->count], session, intent);
    return &batch->edits[batch->count++];
}

static void put_item(struct mu_edit *edit, struct mu_id checkin, int64_t kind, struct mu_id row)
{
    mu_edit_op(edit, MU_CHECKIN_ITEM, mu_checkin_item_id(mu_id_derive, checkin, kind, row));
    mu_edit_id(edit, MU_CHECKIN_ITEM_CHECKIN, checkin);
    mu_edit_int(edit, MU_CHECKIN_ITEM_KIND, kind);
    mu_edit_id(edit, MU_CHECKIN_ITEM_ROW, row);
}

static void put_checkin(struct mu_edit *edit, const struct mu_form *form, struct batch *batch)
{
    const struct mu_slot *slot = form->slot;
    mu_edit_op(edit, MU_CHECKIN, batch->checkin);
    if (slot->checkin == NULL) {
        mu_edit_id(edit, MU_CHECKIN_SCHEDULE, slot->schedule->id);
        mu_edit_id(edit, MU_CHECKIN_PERSON, slot->person->id);
        mu_edit_int(edit, MU_CHECKIN_DAY, slot->day);
        mu_edit_id(edit, MU_CHECKIN_VERSION, slot->version->id);
    }
    if (form->text.len > 0) {
        mu_edit_text(edit, MU_CHECKIN_TEXT, form->text);
    }
    for (size_t i = 0; i < form->question_count; i++) {
        struct mu_id question = form->questions[i].id;
        if (form->answers[i].len > 0) {
            mu_edit_op(edit, MU_ANSWER, mu_answer_id(mu_id_derive, batch->checkin, question));
            mu_edit_id(edit, MU_ANSWER_CHECKIN, batch->checkin);
            mu_edit_id(edit, MU_ANSWER_QUESTION, question);
            mu_edit_text(edit, MU_ANSWER_VALUE, form->answers[i]);
        }
    }
}

/* Whoever reviews the task's goal; zero: nobody, or the one who asks. */
static enum mu_status reviewer_of(struct mu_session *session, const struct mu_task_line *line,
                                  struct mu_id *out, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    bool row = false;
    *out = (struct mu_id){{0}};
    if (mu_id_is_zero(line->goal)) {
        return MU_OK;
    }
    MU_TRY(mu_stmt_prepare(&stmt, session->db, "SELECT reviewer FROM goal WHERE key = ?1", err));
    mu_stmt_bind_int(&stmt, 1, mu_id_key(line->goal));
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK && row && !mu_id_equal(mu_stmt_id(&stmt, 0), session->self)) {
        *out = mu_stmt_id(&stmt, 0);
    }
    mu_stmt_finalize(&stmt);
    return status;
}

/* What its owner has finished goes to Review when the goal that it serves has a reviewer. */
static enum mu_status put_done(struct mu_session *session, const struct mu_form *form,
                               struct batch *batch, struct mu_edit *checkin, struct mu_error *err)
{
    for (size_t i = 0; i < form->done_count; i++) {
        struct mu_task_line line;
        MU_TRY(mu_current_task(session, form->done[i], &line, err));
        put_item(checkin, batch->checkin, MU_CHECKIN_DONE, form->done[i]);
        struct mu_id reviewer;
        MU_TRY(reviewer_of(session, &line, &reviewer, err));
        bool reviewed = !mu_id_is_zero(reviewer);
        if (line.state != MU_STATE_DONE && !(reviewed && line.state == MU_STATE_REVIEW)) {
            struct mu_edit *edit =
                next_edit(batch, session, reviewed ? MU_INTENT_TASK_REVIEW : MU_INTENT_TASK_DONE);
            mu_edit_op(edit, MU_TASK, form->done[i]);
            mu_edit_int(edit, MU_ARG_EXPECT, line.state);
        }
    }
    return MU_OK;
}

static bool is_task_ref(const char *word)
{
    bool named = (word[0] == 'T' || word[0] == 't') && word[1] == '-' && word[2] != '\0';
    return (named && word[2 + strspn(word + 2, "0123456789")] == '\0') ||
           mu_handle_looks(mu_slice_str(word));
}

static enum mu_status put_promises(struct mu_session *session, const struct mu_cli_books *books,
                                   const struct mu_form *form, struct batch *batch,
                                   struct mu_edit *checkin, struct mu_error *err)
{
    bool weekly = form->slot->schedule->kind == MU_SCHEDULE_WEEKLY;
    for (size_t i = 0; i < form->promise_count; i++) {
        struct mu_promise_wish wish = {.via = MU_VIA_CHECKIN, .checkin = batch->checkin};
        wish.period = mu_period_of(weekly ? MU_PERIOD_WEEK : MU_PERIOD_DAY,
                                   form->slot->day + (weekly ? 7 : 0));
        if (is_task_ref(form->promised[i])) {
            MU_TRY(mu_task_resolve(session->db, mu_slice_str(form->promised[i]), &wish.task, err));
        } else {
            MU_TRY(mu_cli_word_text(form->promised[i], "promise", MU_TITLE_MAX, &wish.text, err));
        }
        struct mu_edit *edit = next_edit(batch, session, MU_INTENT_COMMITMENT_ADD);
        batch->promised_tasks[i] = wish.task;
        batch->promises[i] = mu_edit_promise(edit, books, &wish);
        put_item(checkin, batch->checkin, MU_CHECKIN_PROMISED, batch->promises[i]);
    }
    return MU_OK;
}

/* What is held up: the task that is said, else the one that is promised first. */
static enum mu_status put_blockers(struct mu_session *session, const struct mu_form *form,
                                   struct batch *batch, struct mu_edit *checkin,
                                   struct mu_error *err)
{
    for (size_t i = 0; i < form->block_count; i++) {
        const struct mu_form_block *block = &form->blocked[i];
        struct mu_blocker_wish wish = {.reason = block->reason, .checkin = batch->checkin};
        const struct mu_person_name *person = NULL;
        if (block->kind != NULL &&
            (wish.kind = mu_blocker_kind_parse(mu_slice_str(block->kind))) == 0) {
            return mu_fail(err, MU_E_USAGE,
                           "--kind is person, decision, dependency, external or tool");
        }
        if (block->needs != NULL && block->needs[0] == '@') {
            MU_TRY(mu_session_person(session, block->needs, &person, err));
            wish.needs_person = person->id;
        } else if (block->needs != NULL) {
            MU_TRY(mu_task_resolve(session->db, mu_slice_str(block->needs), &wish.needs_task, err));
        }
        if (block->on != NULL) {
            MU_TRY(mu_task_resolve(session->db, mu_slice_str(block->on), &wish.task, err));
        } else if (form->promise_count > 0) {
            wish.task = batch->promised_tasks[0];
        }
        struct mu_edit *edit = next_edit(batch, session, MU_INTENT_BLOCKER_RAISE);
        batch->blockers[i] = mu_edit_blocker(edit, &wish);
        put_item(checkin, batch->checkin, MU_CHECKIN_BLOCKED, batch->blockers[i]);
    }
    return MU_OK;
}

/* All of it is saved, or nothing is. */
static enum mu_status author(struct mu_session *session, struct batch *batch, struct mu_error *err)
{
    struct mu_intent intents[EDITS_MOST];
    struct mu_authored authored[EDITS_MOST];
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->edits[i].failed) {
            return mu_fail(err, MU_E_LIMIT, "this check-in is too large");
        }
        intents[i] = batch->edits[i].intent;
    }
    MU_TRY(mu_client_author_all(session->client, &session->moment.turn, intents, batch->count,
                                &session->cli->arena, authored, err));
    return mu_session_names(session, err);
}

/* -- the echo ----------------------------------------------------------------------------- */

static enum mu_status put_refs(struct mu_session *session, const struct mu_form *form,
                               struct mu_buf *out, struct mu_error *err)
{
    for (size_t i = 0; i < form->done_count; i++) {
        struct mu_task_line line;
        MU_TRY(mu_current_task(session, form->done[i], &line, err));
        bool reviewed = line.state == MU_STATE_REVIEW;
        MU_TRY(mu_cli_put(
            mu_buf_printf(out, DOT "done %s%s", line.ref, reviewed ? ", to be reviewed" : ""),
            err));
    }
    for (size_t i = 0; i < form->promise_count; i++) {
        MU_TRY(mu_cli_put(mu_buf_append_str(out, DOT "promised "), err));
        MU_TRY(mu_cli_put(mu_show(out, mu_slice_str(form->promised[i]), MU_SHOW_ONE_LINE), err));
    }
    for (size_t i = 0; i < form->block_count; i++) {
        MU_TRY(mu_cli_put(mu_buf_append_str(out, DOT "blocked '"), err));
        MU_TRY(mu_cli_put(mu_show(out, form->blocked[i].reason, MU_SHOW_ONE_LINE), err));
        MU_TRY(mu_cli_put(mu_buf_append_byte(out, '\''), err));
    }
    return MU_OK;
}

static enum mu_status echo_json(struct mu_session *session, const struct mu_slot *slot,
                                const struct mu_form *form, const struct batch *batch,
                                struct mu_error *err)
{
    struct mu_json json;
    struct mu_client_status status;
    MU_TRY(mu_client_status(session->client, &status, err));
    mu_cli_json(session->cli, &json);
    mu_slot_json(&json, "slot", slot, session->self, true, &session->names);
    mu_json_array(&json, "done");
    for (size_t i = 0; i < form->done_count; i++) {
        mu_json_id(&json, NULL, form->done[i]);
    }
    mu_json_close(&json);
    mu_json_array(&json, "promised");
    for (size_t i = 0; i < form->promise_count; i++) {
        mu_json_id(&json, NULL, batch->promises[i]);
    }
    mu_json_close(&json);
    mu_json_array(&json, "blocked");
    for (size_t i = 0; i < form->block_count; i++) {
        mu_json_id(&json, NULL, batch->blockers[i]);
    }
    mu_json_close(&json);
    mu_json_bool(&json, "saved", true);
    mu_json_int(&json, "pending", (int64_t)status.pending);
    return mu_cli_json_end(&json, err);
}

static enum mu_status echo(struct mu_session *session, const struct mu_book_of_days *days,
                           const struct mu_form *form, const struct batch *batch,
                           struct mu_error *err)
{
    const struct mu_slot_query query = {.schedule = &form->slot->schedule->id,
                                        .person = &session->self,
                                        .from_day = form->slot->day,
                                        .to_day = form->slot->day,
                                        .now_ms = session->from.now.ms};
    struct mu_slots slots;
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, LINE_MAX);
    MU_TRY(mu_slots_load(session->db, &days->calendar, &days->schedules, &query,
                         &session->cli->arena, &slots, err));
    if (slots.count == 0) {
        return mu_fail(err, MU_E_INTERNAL, "the check-in is saved, but cannot be read");
    }
    mu_edit_poke(session);
    if (session->cli->json) {
        return echo_json(session, &slots.list[0], form, batch, err);
    }
    MU_TRY(mu_cli_put(mu_show(&line, form->slot->schedule->name, MU_SHOW_ONE_LINE), err));
    MU_TRY(mu_cli_put(mu_buf_append_byte(&line, ' '), err));
    MU_TRY(mu_cli_put(mu_words_day(&line, form->slot->day, form->slot->day), err));
    MU_TRY(mu_cli_put(mu_buf_append_str(&line, DOT), err));
    MU_TRY(
        mu_cli_put(mu_words_slot(&line, &slots.list[0], session->self, true, &session->from), err));
    MU_TRY(put_refs(session, form, &line, err));
    return mu_echo_line(session, mu_buf_view(&line), err);
}

/* -- the whole ------------------------------------------------------------------------------ */

static enum mu_status read_form(struct mu_session *session, struct mu_form *form,
                                struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    bool options =
        mu_args_value(&cli->args, "done") != NULL || mu_args_value(&cli->args, "promise") != NULL ||
        mu_args_value(&cli->args, "answer") != NULL || mu_args_value(&cli->args, "blocked") != NULL;
    bool words = cli->word < cli->args.word_count;
    MU_TRY(mu_form_options(session, form, err));
    if (mu_args_flag(&cli->args, "edit")) {
        return mu_form_edit(session, form, err);
    }
    if (words && strcmp(cli->args.words[cli->word].text, "-") == 0) {
        struct mu_slice text = {0};
        MU_TRY(mu_cli_text(cli, "-", "check-in", MU_FORM_MAX, &text, err));
        return mu_form_read(session, form, text, err);
    }
    if (words) {
        return mu_cli_rest(cli, NULL, "check-in", MU_TEXT_MAX, &form->text, err);
    }
    return !options && !cli->json && isatty(STDIN_FILENO) == 1 ? mu_form_ask(session, form, err)
                                                               : MU_OK;
}

/* Whoever works elsewhere than the team thinks is asked at the wrong hours. */
static void doubt_zone(struct mu_session *session, const struct mu_book_of_days *days)
{
    const char *here = session->cli->zone.name;
    const struct mu_zone_stretch *zone = mu_person_zone(days->self, session->from.now.ms);
    int32_t offset = mu_zone_local(session->from.zone, session->from.now).offset_s;
    if (here[0] != '\0' && mu_person_local(days->self, session->from.now.ms).offset_s != offset) {
        mu_cli_note(session->cli,
                    "this device is in %s, the team has you in %.*s: muster member zone %s", here,
                    (int)zone->name.len, (const char *)zone->name.data, here);
    }
}

static enum mu_status check_in(struct mu_session *session, struct mu_error *err)
{
    struct mu_book_of_days days;
    struct mu_cli_books books;
    struct mu_slots slots;
    struct mu_form form = {.slot = NULL};
    struct batch *batch = mu_arena_alloc(&session->cli->arena, sizeof *batch);
    if (batch == NULL) {
        return mu_fail(err, MU_E_NOMEM, "check-in: out of memory");
    }
    batch->count = 0;
    MU_TRY(mu_days_load(session, &session->self, &days, err));
    MU_TRY(mu_cli_books(session, &session->self, &books, err));
    MU_TRY(find_slot(session, &days, &slots, &form.slot, err));
    doubt_zone(session, &days);
    MU_TRY(mu_form_fill(session, &books, &form, err));
    MU_TRY(read_form(session, &form, err));
    MU_TRY(mu_form_check(&form, err));
    MU_TRY(mu_session_now(session, err)); /* a dialogue takes its time */
    batch->checkin =
        mu_checkin_id(mu_id_derive, form.slot->schedule->id, session->self, form.slot->day);
    struct mu_edit *edit = next_edit(batch, session, MU_INTENT_CHECKIN_SEND);
    put_checkin(edit, &form, batch);
    MU_TRY(put_done(session, &form, batch, edit, err));
    MU_TRY(put_promises(session, &books, &form, batch, edit, err));
    MU_TRY(put_blockers(session, &form, batch, edit, err));
    MU_TRY(author(session, batch, err));
    return echo(session, &days, &form, batch, err);
}

enum mu_status mu_run_checkin(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, check_in, err);
}
