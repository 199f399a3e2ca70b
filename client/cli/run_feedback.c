/* Feedback to one person: feedback, feedback list, feedback read, feedback reply. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/books.h"
#include "client/cli/commands.h"
#include "client/cli/edit.h"
#include "client/cli/tokens.h"
#include "client/core/sealed.h"
#include "client/view/feedback.h"
#include "client/view/handles.h"
#include "client/view/text.h"

#define MOST       1000
#define WRAP_WIDTH 100

/* -- what is said ---------------------------------------------------------------------- */

static enum mu_status read_option(struct mu_cli *cli, const char *name, struct mu_slice *out,
                                  struct mu_error *err)
{
    const char *given = mu_args_value(&cli->args, name);
    *out = mu_slice_str("");
    return given == NULL ? MU_OK : mu_cli_text(cli, given, name, MU_TEXT_MAX, out, err);
}

/* One line of an answer on a terminal. */
static enum mu_status ask(struct mu_cli *cli, const char *question, struct mu_slice *out,
                          struct mu_error *err)
{
    char line[4096];
    (void)fprintf(stderr, "%s\n> ", question);
    (void)fflush(stderr);
    if (fgets(line, sizeof line, stdin) == NULL) {
        *out = mu_slice_str("");
        return MU_OK;
    }
    line[strcspn(line, "\r\n")] = '\0';
    struct mu_slice text;
    MU_TRY(mu_cli_word_text(line, "answer", MU_TEXT_MAX, &text, err));
    return mu_arena_copy(&cli->arena, text, out)
               ? MU_OK
               : mu_fail(err, MU_E_NOMEM, "out of memory for the answer");
}

static enum mu_status fill_form(struct mu_cli *cli, struct mu_feedback_words *words,
                                struct mu_error *err)
{
    MU_TRY(ask(cli, "What went well?", &words->did_well, err));
    MU_TRY(ask(cli, "What would be better another time? (empty: nothing)", &words->improve, err));
    return words->improve.len > 0
               ? ask(cli, "What is a next step, small enough to be done?", &words->next_step, err)
               : MU_OK;
}

static enum mu_status check_words(const struct mu_feedback_words *words, struct mu_error *err)
{
    if (words->did_well.len == 0) {
        return mu_fail(err, MU_E_USAGE, "feedback says first what went well: --did-well \"…\"");
    }
    return words->improve.len > 0 && words->next_step.len == 0
               ? mu_fail(err, MU_E_USAGE, "what to improve needs a next step: --next \"…\"")
               : MU_OK;
}

static enum mu_status read_form(struct mu_cli *cli, struct mu_feedback_words *out,
                                struct mu_error *err)
{
    *out = (struct mu_feedback_words){0};
    bool said = mu_args_value(&cli->args, "did-well") != NULL ||
                mu_args_value(&cli->args, "improve") != NULL ||
                mu_args_value(&cli->args, "next") != NULL;
    if (!said && !cli->json && isatty(STDIN_FILENO) == 1) {
        MU_TRY(fill_form(cli, out, err));
        return check_words(out, err);
    }
    MU_TRY(read_option(cli, "did-well", &out->did_well, err));
    MU_TRY(read_option(cli, "improve", &out->improve, err));
    MU_TRY(read_option(cli, "next", &out->next_step, err));
    return check_words(out, err);
}

/* -- what it is about -------------------------------------------------------------------- */

struct about {
    struct mu_subject subject; /* entity 0: week */
    int64_t monday;
};

/* "week", "last-week" or a day of it. */
static enum mu_status read_week(struct mu_session *session, const char *text, int64_t *out_monday,
                                struct mu_error *err)
{
    struct mu_local now = mu_zone_local(session->from.zone, session->from.now);
    int64_t day = mu_date_to_days(now.date);
    if (strcmp(text, "last-week") == 0) {
        day -= 7;
    } else if (strcmp(text, "week") != 0 && strcmp(text, "this-week") != 0) {
        struct mu_due due;
        bool none = false;
        MU_TRY(mu_token_date(session, mu_slice_str(text), &due, &none, err));
        if (none) {
            return mu_fail(err, MU_E_USAGE, "which week? --about week, last-week, or a day of it");
        }
        day = mu_date_to_days(due.date);
    }
    *out_monday = day - (mu_date_weekday(mu_date_from_days(day)) - 1);
    return MU_OK;
}

static enum mu_status read_about(struct mu_session *session, struct about *out,
                                 struct mu_error *err)
{
    const char *text = mu_args_value(&session->cli->args, "about");
    if (text == NULL) {
        return mu_fail(err, MU_E_USAGE, "about what? --about T-3, G-1, week or last-week");
    }
    *out = (struct about){.monday = 0};
    bool numbered =
        (text[0] == 'T' || text[0] == 't' || text[0] == 'G' || text[0] == 'g') && text[1] == '-';
    if (!numbered && !mu_handle_looks(mu_slice_str(text))) {
        return read_week(session, text, &out->monday, err);
    }
    MU_TRY(mu_subject_resolve(session->db, mu_slice_str(text), &session->cli->arena, &out->subject,
                              err));
    return out->subject.entity == MU_TASK || out->subject.entity == MU_GOAL
               ? MU_OK
               : mu_fail(err, MU_E_USAGE, "feedback is about a task, a goal or a week");
}

/* -- sending ----------------------------------------------------------------------------- */

/* A sealed row that goes with the edit. */
static enum mu_status put_sealed(struct mu_session *session, struct mu_edit *edit, struct mu_id to,
                                 struct mu_slice text, struct mu_id *out_row, struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf copies;
    mu_buf_init(&copies, MU_SEALED_BYTES_MAX);
    enum mu_status status = mu_client_sealed_make(session->client, &session->moment.turn, to, text,
                                                  &copies, out_row, err);
    if (status == MU_E_DENIED) {
        session->cli->hint = "with --open the whole team can read it";
    }
    MU_TRY(status);
    mu_edit_op(edit, MU_SEALED, *out_row);
    mu_edit_id(edit, MU_SEALED_TO, to);
    mu_edit_text(edit, MU_SEALED_BYTES, mu_buf_view(&copies)); /* copied into the arena */
    return MU_OK;
}

static enum mu_status put_words(struct mu_session *session, struct mu_edit *edit, struct mu_id to,
                                const struct mu_feedback_words *words, struct mu_id feedback,
                                struct mu_error *err)
{
    struct mu_id sealed = {{0}};
    bool open = mu_args_flag(&session->cli->args, "open");
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)4 * MU_TEXT_MAX);
    if (!open) {
        MU_TRY(mu_feedback_words_write(words, &text, err));
        MU_TRY(put_sealed(session, edit, to, mu_buf_view(&text), &sealed, err));
    }
    mu_edit_op(edit, MU_FEEDBACK, feedback);
    mu_edit_id(edit, MU_FEEDBACK_TO, to);
    mu_edit_int(edit, MU_FEEDBACK_VISIBILITY, open ? MU_VISIBLE_TEAM : MU_VISIBLE_SEALED);
    if (!open) {
        mu_edit_id(edit, MU_FEEDBACK_SEALED, sealed);
        return MU_OK;
    }
    mu_edit_text(edit, MU_FEEDBACK_DID_WELL, words->did_well);
    if (words->improve.len > 0) {
        mu_edit_text(edit, MU_FEEDBACK_IMPROVE, words->improve);
    }
    if (words->next_step.len > 0) {
        mu_edit_text(edit, MU_FEEDBACK_NEXT_STEP, words->next_step);
    }
    return MU_OK;
}

static enum mu_status echo_feedback(struct mu_session *session, struct mu_id id, const char *remark,
                                    struct mu_error *err)
{
    struct mu_feedback_line line;
    bool found = false;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)64 * 1024);
    MU_TRY(mu_feedback_get(session->db, id, &session->cli->arena, &line, &found, err));
    if (found) {
        MU_TRY(mu_cli_put(mu_words_feedback(&text, &line, &session->names, &session->from), err));
    }
    if (remark != NULL) {
        MU_TRY(mu_cli_put(mu_buf_printf(&text, " \xc2\xb7 %s", remark), err));
    }
    mu_edit_poke(session);
    return mu_echo_line(session, mu_buf_view(&text), err);
}

static enum mu_status send_feedback(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    const char *who = NULL;
    const struct mu_person_name *person = NULL;
    struct mu_feedback_words words;
    struct about about;
    struct mu_edit edit;
    MU_TRY(mu_cli_need(cli, "to whom (@omar)", &who, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_session_person(session, who, &person, err));
    if (mu_id_equal(person->id, session->self)) {
        return mu_fail(err, MU_E_USAGE, "feedback is for somebody else");
    }
    if (person->state == MU_PERSON_REMOVED) {
        return mu_fail(err, MU_E_NOT_FOUND, "'%s' has left the team: nobody would read it", who);
    }
    struct mu_id to = person->id;
    MU_TRY(read_about(session, &about, err));
    MU_TRY(read_form(cli, &words, err));
    struct mu_id feedback = mu_edit_new_id(session);
    mu_edit_begin(&edit, session, MU_INTENT_FEEDBACK_SEND);
    MU_TRY(put_words(session, &edit, to, &words, feedback, err));
    if (about.subject.entity == 0) {
        mu_edit_int(&edit, MU_FEEDBACK_WEEK, about.monday);
    } else {
        mu_edit_id(&edit, about.subject.entity == MU_TASK ? MU_FEEDBACK_TASK : MU_FEEDBACK_GOAL,
                   about.subject.id);
    }
    MU_TRY(mu_edit_author(&edit, err));
    return echo_feedback(session, feedback, NULL, err);
}

enum mu_status mu_run_feedback(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, send_feedback, err);
}

/* -- listing ------------------------------------------------------------------------------- */

static enum mu_status list_box(struct mu_session *session, enum mu_feedback_box box,
                               const char *heading, struct mu_json *json, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_feedback_line *lines = NULL;
    size_t count = 0;
    MU_TRY(
        mu_feedback_list(session->db, box, session->self, MOST, &cli->arena, &lines, &count, err));
    if (cli->terminal && !cli->json && count > 0) {
        MU_TRY(mu_cli_say(cli, err, "%s%s%s\n", mu_paint(cli, MU_BOLD), heading, mu_unpaint(cli)));
    }
    for (size_t i = 0; i < count; i++) {
        if (cli->json) {
            mu_feedback_json(json, NULL, &lines[i], lines[i].open ? &lines[i].words : NULL,
                             lines[i].open ? &lines[i].reply : NULL, &session->names);
        } else if (!cli->terminal) {
            MU_TRY(mu_cli_put(mu_feedback_tabs(&cli->out, &lines[i], &session->names), err));
        } else {
            MU_TRY(mu_cli_say(cli, err, "  "));
            MU_TRY(mu_cli_put(
                mu_words_feedback(&cli->out, &lines[i], &session->names, &session->from), err));
            MU_TRY(mu_cli_say(cli, err, "\n"));
        }
    }
    return count == 0 && cli->terminal && !cli->json
               ? mu_cli_say(cli, err, "%s: nothing yet\n", heading)
               : MU_OK;
}

static enum mu_status list_feedback(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_json json;
    MU_TRY(mu_session_need_self(session, err));
    if (cli->json) {
        mu_cli_json(cli, &json);
        mu_json_array(&json, "received");
    }
    MU_TRY(list_box(session, MU_FEEDBACK_INBOX, "To you", &json, err));
    if (cli->json) {
        mu_json_close(&json);
        mu_json_array(&json, "sent");
    }
    MU_TRY(list_box(session, MU_FEEDBACK_OUTBOX, "From you", &json, err));
    if (cli->json) {
        mu_json_close(&json);
    }
    if (mu_args_flag(&cli->args, "team")) {
        if (cli->json) {
            mu_json_array(&json, "team");
        }
        MU_TRY(list_box(session, MU_FEEDBACK_TEAM, "Open to the team", &json, err));
        if (cli->json) {
            mu_json_close(&json);
        }
    }
    return cli->json ? mu_cli_json_end(&json, err) : MU_OK;
}

enum mu_status mu_run_feedback_list(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_session_read(cli, &session, err));
    enum mu_status status = list_feedback(&session, err);
    mu_session_close(&session);
    return status;
}

/* -- reading --------------------------------------------------------------------------------- */

static enum mu_status need_feedback(struct mu_session *session, struct mu_feedback_line *out,
                                    struct mu_error *err)
{
    const char *ref = NULL;
    struct mu_id id;
    bool found = false;
    MU_TRY(mu_cli_need(session->cli, "which feedback (~k3f9)", &ref, err));
    MU_TRY(mu_handle_resolve(session->db, MU_FEEDBACK, "feedback", mu_slice_str(ref), &id, err));
    MU_TRY(mu_feedback_get(session->db, id, &session->cli->arena, out, &found, err));
    return found ? MU_OK : mu_fail(err, MU_E_NOT_FOUND, "no feedback %s here", ref);
}

static enum mu_status open_sealed(struct mu_session *session, struct mu_id row,
                                  struct mu_slice *out_text, bool *out_vouched,
                                  struct mu_error *err)
{
    struct mu_sealed_text text;
    enum mu_status status =
        mu_client_sealed_read(session->client, row, &session->cli->arena, &text, err);
    if (status == MU_E_NOT_FOUND) {
        session->cli->hint = "another device of the two who share it passes it on";
        return mu_fail(err, MU_E_NOT_FOUND,
                       "it is sealed, and this device has no copy that it can open (yet)");
    }
    MU_TRY(status);
    *out_text = text.text;
    *out_vouched = *out_vouched && text.vouched;
    return MU_OK;
}

/* The words and the answer, opened where they are sealed. */
static enum mu_status open_words(struct mu_session *session, struct mu_feedback_line *line,
                                 bool *out_vouched, struct mu_error *err)
{
    *out_vouched = true;
    if (line->open) {
        return MU_OK;
    }
    bool part = mu_id_equal(line->to, session->self) || mu_id_equal(line->from, session->self);
    if (!part) {
        return mu_fail(err, MU_E_DENIED,
                       "this feedback is sealed: only the two who share it read it");
    }
    struct mu_slice text;
    MU_TRY(open_sealed(session, line->sealed, &text, out_vouched, err));
    MU_TRY(mu_feedback_words_read(text, &line->words, err));
    return mu_id_is_zero(line->reply_sealed)
               ? MU_OK
               : open_sealed(session, line->reply_sealed, &line->reply, out_vouched, err);
}

static enum mu_status mark_read(struct mu_session *session, struct mu_feedback_line *line,
                                struct mu_error *err)
{
    struct mu_edit edit;
    if (line->read_ms != 0 || !mu_id_equal(line->to, session->self)) {
        return MU_OK;
    }
    mu_edit_begin(&edit, session, MU_INTENT_FEEDBACK_READ);
    mu_edit_op(&edit, MU_FEEDBACK, line->id);
    MU_TRY(mu_edit_author(&edit, err));
    mu_edit_poke(session);
    line->read_ms = session->moment.turn.wall.ms;
    return MU_OK;
}

static enum mu_status put_part(struct mu_cli *cli, const char *heading, struct mu_slice text,
                               struct mu_error *err)
{
    if (text.len == 0) {
        return MU_OK;
    }
    MU_BUF_AUTO struct mu_buf shown;
    mu_buf_init(&shown, (size_t)16 * MU_TEXT_MAX);
    MU_TRY(mu_cli_put(mu_show(&shown, text, MU_SHOW_LINES), err));
    size_t width = cli->width > WRAP_WIDTH && cli->terminal ? WRAP_WIDTH : cli->width;
    MU_TRY(mu_cli_say(cli, err, "\n%s%s%s\n", mu_paint(cli, MU_BOLD), heading, mu_unpaint(cli)));
    return mu_cli_put(mu_show_wrap(&cli->out, mu_buf_view(&shown), 2, width), err);
}

static enum mu_status put_feedback(struct mu_session *session, const struct mu_feedback_line *line,
                                   bool vouched, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    if (cli->json) {
        struct mu_json json;
        mu_cli_json(cli, &json);
        mu_feedback_json(&json, "feedback", line, &line->words, &line->reply, &session->names);
        mu_json_bool(&json, "vouched", vouched);
        return mu_cli_json_end(&json, err);
    }
    MU_TRY(mu_cli_put(mu_words_feedback(&cli->out, line, &session->names, &session->from), err));
    MU_TRY(mu_cli_say(cli, err, "\n"));
    MU_TRY(put_part(cli, "Did well", line->words.did_well, err));
    MU_TRY(put_part(cli, "To improve", line->words.improve, err));
    MU_TRY(put_part(cli, "Next step", line->words.next_step, err));
    MU_TRY(put_part(cli, "Answer", line->reply, err));
    if (!vouched) {
        mu_cli_note(cli, "no lead's signature for its author's device is known here");
    }
    return MU_OK;
}

/* The next step as a promise of one's own: from then on its words are the team's to see. */
static enum mu_status promise_next(struct mu_session *session, const struct mu_feedback_line *line,
                                   const char *when, struct mu_error *err)
{
    struct mu_cli_books books;
    struct mu_edit edit;
    bool is_period = false;
    struct mu_promise_wish wish = {.via = MU_VIA_REVIEW, .text = line->words.next_step};
    if (!mu_id_equal(line->to, session->self)) {
        return mu_fail(err, MU_E_DENIED, "a next step is promised by the one it is for");
    }
    if (wish.text.len == 0 || wish.text.len > MU_TITLE_MAX) {
        return mu_fail(err, MU_E_USAGE, "this feedback has no next step that could be promised");
    }
    if (!mu_id_is_zero(line->commitment)) {
        return mu_fail(err, MU_E_EXISTS, "this next step is a promise already");
    }
    MU_TRY(mu_cli_books(session, &session->self, &books, err));
    MU_TRY(mu_cli_period(session, &books, when, &wish.period, &is_period, err));
    if (!is_period) {
        return mu_fail(err, MU_E_USAGE, "--promise is today, tomorrow, this-week or a date");
    }
    mu_edit_begin(&edit, session, MU_INTENT_COMMITMENT_ADD);
    struct mu_id promise = mu_edit_promise(&edit, &books, &wish);
    MU_TRY(mu_edit_author(&edit, err));
    mu_edit_begin(&edit, session, MU_INTENT_FEEDBACK_TAKE);
    mu_edit_op(&edit, MU_FEEDBACK, line->id);
    mu_edit_id(&edit, MU_FEEDBACK_COMMITMENT, promise);
    MU_TRY(mu_edit_author(&edit, err));
    return echo_feedback(session, line->id, "its next step is promised", err);
}

static enum mu_status read_feedback(struct mu_session *session, struct mu_error *err)
{
    struct mu_feedback_line line;
    bool vouched = true;
    const char *when = mu_args_value(&session->cli->args, "promise");
    MU_TRY(need_feedback(session, &line, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    MU_TRY(open_words(session, &line, &vouched, err));
    if (when != NULL) {
        return promise_next(session, &line, when, err);
    }
    MU_TRY(mark_read(session, &line, err));
    MU_TRY(put_feedback(session, &line, vouched, err));
    bool offer = session->cli->terminal && !session->cli->json && line.words.next_step.len > 0 &&
                 mu_id_equal(line.to, session->self) && mu_id_is_zero(line.commitment);
    return offer ? mu_cli_say(session->cli, err,
                              "\n%smuster feedback read %s --promise this-week%s\n",
                              mu_paint(session->cli, MU_DIM), line.ref, mu_unpaint(session->cli))
                 : MU_OK;
}

enum mu_status mu_run_feedback_read(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, read_feedback, err);
}

static enum mu_status reply(struct mu_session *session, struct mu_error *err)
{
    struct mu_feedback_line line;
    struct mu_edit edit;
    struct mu_slice text;
    const char *said = NULL;
    MU_TRY(need_feedback(session, &line, err));
    MU_TRY(mu_cli_need(session->cli, "what (\"…\", or - for standard input)", &said, err));
    MU_TRY(mu_cli_no_more(session->cli, err));
    MU_TRY(mu_cli_text(session->cli, said, "answer", MU_TEXT_MAX, &text, err));
    if (text.len == 0) {
        return mu_fail(err, MU_E_USAGE, "an answer without words");
    }
    if (!mu_id_equal(line.to, session->self)) {
        return mu_fail(err, MU_E_DENIED, "feedback is answered by the one it is for");
    }
    struct mu_id sealed = {{0}};
    mu_edit_begin(&edit, session, MU_INTENT_FEEDBACK_REPLY);
    if (!line.open) {
        MU_TRY(put_sealed(session, &edit, line.from, text, &sealed, err));
    }
    mu_edit_op(&edit, MU_FEEDBACK, line.id);
    if (line.open) {
        mu_edit_text(&edit, MU_FEEDBACK_REPLY, text);
    } else {
        mu_edit_id(&edit, MU_FEEDBACK_REPLY_SEALED, sealed);
    }
    MU_TRY(mu_edit_author(&edit, err));
    return echo_feedback(session, line.id, NULL, err);
}

enum mu_status mu_run_feedback_reply(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, reply, err);
}
