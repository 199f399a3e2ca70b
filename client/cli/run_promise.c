/* Promises: promise, promise done, promises, renegotiate, carry, excuse, release. */
#include <string.h>

#include "client/cli/books.h"
#include "client/cli/commands.h"
#include "client/cli/tokens.h"
#include "client/view/handles.h"
#include "client/view/promises.h"

#define DAYS_DEFAULT 7
#define DAYS_MAX     3660
#define AHEAD_DAYS   400
#define LINE_MAX     ((size_t)16 * 1024)

static void put_json(struct mu_json *json, const char *name, const void *row,
                     const struct mu_names *names)
{
    mu_promise_json(json, name, row, names);
}

static enum mu_status finish(struct mu_session *session, const struct mu_cli_books *books,
                             struct mu_id id, struct mu_error *err)
{
    struct mu_promise promise;
    bool found = false;
    MU_BUF_AUTO struct mu_buf line;
    mu_buf_init(&line, LINE_MAX);
    MU_TRY(mu_promise_get(&books->books, id, &promise, &found, err));
    if (!found) {
        return mu_fail(err, MU_E_INTERNAL, "the edit is saved, but its promise cannot be read");
    }
    MU_TRY(mu_cli_put(mu_buf_printf(&line, "%s ", promise.ref), err));
    MU_TRY(mu_cli_put(mu_words_promise(&line, &promise, &session->from), err));
    return mu_finish_row(session, mu_buf_view(&line), "promise", put_json, &promise, err);
}

/* "T-42" or "~k3f9": what may be a task rather than words. */
static bool looks_like_task(const char *word)
{
    struct mu_slice text = mu_slice_str(word);
    bool named = text.len > 2 && (word[0] == 'T' || word[0] == 't') && word[1] == '-';
    for (size_t i = 2; i < text.len && named; i++) {
        named = word[i] >= '0' && word[i] <= '9';
    }
    return named || mu_handle_looks(text);
}

/* -- promise --------------------------------------------------------------------------------- */

/* The last word may say for when; before it stands a task, or words. */
static enum mu_status read_wish(struct mu_session *session, const struct mu_cli_books *books,
                                struct mu_promise_wish *wish, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_parsed *args = &cli->args;
    const char *when = mu_args_value(args, "for");
    bool is_period = false;
    if (args->word_count == cli->word) {
        return mu_fail(err, MU_E_USAGE, "what do you promise? muster promise T-42 today");
    }
    if (when == NULL && args->word_count - cli->word > 1 &&
        !args->words[args->word_count - 1].literal) {
        const char *last = args->words[args->word_count - 1].text;
        MU_TRY(mu_cli_period(session, books, last, &wish->period, &is_period, err));
        args->word_count -= is_period ? 1 : 0;
    }
    if (!is_period) {
        MU_TRY(mu_cli_period(session, books, when != NULL ? when : "today", &wish->period,
                             &is_period, err));
        if (!is_period) {
            return mu_fail(err, MU_E_USAGE,
                           "a promise is for today, tomorrow, this-week, next-week or a date");
        }
    }
    bool one = args->word_count - cli->word == 1 && !args->words[cli->word].literal;
    if (one && looks_like_task(args->words[cli->word].text)) {
        return mu_need_task(session, &wish->task, err);
    }
    return mu_cli_rest(cli, NULL, "promise", MU_TITLE_MAX, &wish->text, err);
}

static enum mu_status promise(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli_books books;
    struct mu_edit edit;
    struct mu_promise_wish wish = {.via = MU_VIA_BOARD};
    MU_TRY(mu_cli_books(session, &session->self, &books, err));
    MU_TRY(read_wish(session, &books, &wish, err));
    mu_edit_begin(&edit, session, MU_INTENT_COMMITMENT_ADD);
    struct mu_id id = mu_edit_promise(&edit, &books, &wish);
    MU_TRY(mu_edit_author(&edit, err));
    return finish(session, &books, id, err);
}

enum mu_status mu_run_promise(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, promise, err);
}

/* -- which one is meant ------------------------------------------------------------------------ */

/* The newest promise of person about a task that something can still be done with. */
static enum mu_status of_task(const struct mu_cli_books *books, struct mu_id person,
                              struct mu_id task, const char *ref, struct mu_promise *out,
                              struct mu_error *err)
{
    const struct mu_promise_filter filter = {.task = task};
    struct mu_promise *promises = NULL;
    size_t count = 0;
    MU_TRY(mu_promises_load(&books->books, &filter, &promises, &count, err));
    const struct mu_promise *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct mu_promise *one = &promises[i];
        bool settled = one->facts.stored != MU_COMMITMENT_OPEN || !mu_id_is_zero(one->successor);
        if (!mu_id_equal(one->person, person) || settled) {
            continue;
        }
        bool better = best == NULL || one->period.day > best->period.day;
        best = better ? one : best;
    }
    if (best == NULL) {
        return mu_fail(err, MU_E_NOT_FOUND, "there is no open promise about %s", ref);
    }
    *out = *best;
    return MU_OK;
}

/* The next word: T-42, or a promise's handle. */
static enum mu_status need_promise(struct mu_session *session, const struct mu_cli_books *books,
                                   struct mu_id person, struct mu_promise *out,
                                   struct mu_error *err)
{
    const char *ref = NULL;
    struct mu_id id;
    struct mu_id task;
    bool found = false;
    struct mu_error ignored;
    MU_TRY(mu_cli_need(session->cli, "which promise (T-42, or ~k3f9)", &ref, err));
    struct mu_slice text = mu_slice_str(ref);
    enum mu_status status = MU_E_NOT_FOUND;
    if (mu_handle_looks(text)) {
        status = mu_handle_resolve(session->db, MU_COMMITMENT, "promise", text, &id, err);
        if (status == MU_E_NOT_FOUND &&
            mu_task_resolve(session->db, text, &task, &ignored) == MU_OK) {
            return of_task(books, person, task, ref, out, err);
        }
        MU_TRY(status);
        MU_TRY(mu_promise_get(&books->books, id, out, &found, err));
        return found ? MU_OK : mu_fail(err, MU_E_NOT_FOUND, "no promise %s here", ref);
    }
    MU_TRY(mu_task_resolve(session->db, text, &task, err));
    return of_task(books, person, task, ref, out, err);
}

/* -- renegotiate, carry ---------------------------------------------------------------------------
 */

static enum mu_status move(struct mu_session *session, uint32_t intent, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_cli_books books;
    struct mu_promise old;
    struct mu_edit edit;
    bool carries = intent == MU_INTENT_COMMITMENT_CARRY;
    bool is_period = false;
    MU_TRY(mu_cli_books(session, &session->self, &books, err));
    MU_TRY(need_promise(session, &books, session->self, &old, err));
    struct mu_promise_wish wish = {
        .task = old.task, .quota = old.quota, .via = MU_VIA_BOARD, .supersedes = old.id};
    if (mu_id_is_zero(old.task) && mu_id_is_zero(old.quota)) {
        wish.text = old.title;
    }
    if (cli->word < cli->args.word_count) {
        MU_TRY(mu_cli_period(session, &books, cli->args.words[cli->word].text, &wish.period,
                             &is_period, err));
        cli->word += is_period ? 1 : 0;
    }
    if (!is_period && !carries) {
        return mu_fail(err, MU_E_USAGE,
                       "to when? tomorrow, this-week, next-week or a date, then why");
    }
    if (!is_period) {
        MU_TRY(mu_cli_period(session, &books,
                             old.period.kind == MU_PERIOD_WEEK ? "this-week" : "today",
                             &wish.period, &is_period, err));
    }
    MU_TRY(mu_cli_rest(cli, "reason", "reason", MU_TEXT_MAX, &wish.reason, err));
    if (!carries && wish.reason.len == 0) {
        return mu_fail(err, MU_E_USAGE,
                       "why? muster renegotiate T-42 tomorrow \"the audit came "
                       "first\"");
    }
    mu_edit_begin(&edit, session, intent);
    struct mu_id id = mu_edit_promise(&edit, &books, &wish);
    MU_TRY(mu_edit_author(&edit, err));
    if (!carries && books.books.now_ms >= old.facts.horizon_ms) {
        mu_cli_note(cli, "its horizon is over: it is recorded, and the old promise counts as "
                         "missed");
    }
    return finish(session, &books, id, err);
}

static enum mu_status renegotiate(struct mu_session *session, struct mu_error *err)
{
    return move(session, MU_INTENT_COMMITMENT_RENEGOTIATE, err);
}

static enum mu_status carry(struct mu_session *session, struct mu_error *err)
{
    return move(session, MU_INTENT_COMMITMENT_CARRY, err);
}

enum mu_status mu_run_renegotiate(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, renegotiate, err);
}

enum mu_status mu_run_carry(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, carry, err);
}

/* -- promise done, excuse, release
 * ------------------------------------------------------------------ */

static int64_t state_of(const char *command)
{
    if (strcmp(command, "excuse") == 0) {
        return MU_COMMITMENT_EXCUSED;
    }
    return strcmp(command, "release") == 0 ? MU_COMMITMENT_RELEASED : MU_COMMITMENT_DONE;
}

static enum mu_status settle(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_cli_books books;
    struct mu_promise promise;
    struct mu_edit edit;
    struct mu_slice reason = {0};
    struct mu_id person = session->self;
    int64_t state = state_of(cli->command->name);
    const struct mu_person_name *who = NULL;
    /* "T-42 @kofi why": the person before the promise is looked for. */
    for (size_t i = cli->word; i < cli->args.word_count; i++) {
        if (mu_token_of(&cli->args.words[i]).kind == MU_TOKEN_PERSON) {
            MU_TRY(mu_session_person(session, cli->args.words[i].text, &who, err));
            person = who->id;
            memmove(&cli->args.words[i], &cli->args.words[i + 1],
                    (cli->args.word_count - i - 1) * sizeof cli->args.words[0]);
            cli->args.word_count--;
            break;
        }
    }
    MU_TRY(mu_cli_books(session, NULL, &books, err));
    MU_TRY(need_promise(session, &books, person, &promise, err));
    MU_TRY(mu_cli_rest(cli, "reason", "reason", MU_TEXT_MAX, &reason, err));
    mu_edit_begin(&edit, session, MU_INTENT_COMMITMENT_SETTLE);
    mu_edit_op(&edit, MU_COMMITMENT, promise.id);
    mu_edit_int(&edit, MU_COMMITMENT_STATE, state);
    if (reason.len > 0) {
        mu_edit_text(&edit, MU_COMMITMENT_REASON, reason);
    }
    MU_TRY(mu_edit_author(&edit, err));
    return finish(session, &books, promise.id, err);
}

enum mu_status mu_run_promise_settle(struct mu_cli *cli, struct mu_error *err)
{
    return mu_with_session(cli, settle, err);
}

/* -- promises
 * --------------------------------------------------------------------------------------- */

static enum mu_status say_counts(struct mu_cli *cli, const size_t counts[static MU_PROMISE_STATES],
                                 struct mu_error *err)
{
    static const enum mu_promise_state beside[] = {MU_PROMISE_OPEN,    MU_PROMISE_LATE,
                                                   MU_PROMISE_MISSED,  MU_PROMISE_RENEGOTIATED,
                                                   MU_PROMISE_EXCUSED, MU_PROMISE_RELEASED};
    MU_TRY(mu_cli_say(cli, err, "kept %zu of %zu", counts[MU_PROMISE_KEPT],
                      mu_promises_judged(counts)));
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++) {
        if (counts[beside[i]] > 0) {
            MU_TRY(mu_cli_say(cli, err, " \xc2\xb7 %s %zu", mu_promise_state_name(beside[i]),
                              counts[beside[i]]));
        }
    }
    return mu_cli_say(cli, err, "\n");
}

static enum mu_status say_json(struct mu_session *session, const struct mu_promise *promises,
                               size_t count, const size_t counts[static MU_PROMISE_STATES],
                               struct mu_error *err)
{
    struct mu_json json;
    mu_cli_json(session->cli, &json);
    mu_json_array(&json, "promises");
    for (size_t i = 0; i < count; i++) {
        mu_promise_json(&json, NULL, &promises[i], &session->names);
    }
    mu_json_close(&json);
    mu_json_object(&json, "counts");
    for (int state = MU_PROMISE_OPEN; state <= MU_PROMISE_RELEASED; state++) {
        mu_json_int(&json, mu_promise_state_name((enum mu_promise_state)state),
                    (int64_t)counts[state]);
    }
    mu_json_int(&json, "judged", (int64_t)mu_promises_judged(counts));
    mu_json_close(&json);
    return mu_cli_json_end(&json, err);
}

static enum mu_paint paint_of(const struct mu_promise *promise)
{
    switch (promise->state) {
    case MU_PROMISE_KEPT:
        return MU_GREEN;
    case MU_PROMISE_LATE:
        return MU_YELLOW;
    case MU_PROMISE_MISSED:
        return MU_RED;
    case MU_PROMISE_OPEN:
        return promise->overdue ? MU_RED : MU_PLAIN;
    case MU_PROMISE_RENEGOTIATED:
    case MU_PROMISE_EXCUSED:
    case MU_PROMISE_RELEASED:
        break;
    }
    return MU_DIM;
}

static enum mu_status say_lines(struct mu_session *session, const struct mu_promise *promises,
                                size_t count, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    for (size_t i = 0; i < count; i++) {
        enum mu_paint paint = paint_of(&promises[i]);
        MU_TRY(mu_cli_say(cli, err, "%s%s  ", mu_paint(cli, paint), promises[i].ref));
        MU_TRY(mu_cli_put(mu_words_promise(&cli->out, &promises[i], &session->from), err));
        MU_TRY(mu_cli_say(cli, err, "%s\n", mu_unpaint(cli)));
    }
    return MU_OK;
}

static enum mu_status list(struct mu_session *session, struct mu_error *err)
{
    struct mu_cli *cli = session->cli;
    struct mu_cli_books books;
    const char *days = mu_args_value(&cli->args, "days");
    int64_t back = DAYS_DEFAULT;
    struct mu_promise *promises = NULL;
    size_t count = 0;
    size_t counts[MU_PROMISE_STATES];
    const struct mu_arg_word *word = mu_cli_word(cli);
    const struct mu_person_name *who = NULL;
    MU_TRY(mu_session_need_self(session, err));
    if (days != NULL) {
        MU_TRY(mu_token_number(days, "--days", 1, DAYS_MAX, &back, err));
    }
    MU_TRY(mu_session_person(session, word != NULL ? word->text : "@me", &who, err));
    MU_TRY(mu_cli_no_more(cli, err));
    MU_TRY(mu_cli_books(session, &who->id, &books, err));
    int64_t today = mu_person_day(mu_books_person(&books.books, who->id), books.books.now_ms);
    const struct mu_promise_filter filter = {
        .person = who->id, .from_day = today - back, .to_day = today + AHEAD_DAYS};
    MU_TRY(mu_promises_load(&books.books, &filter, &promises, &count, err));
    mu_promises_keep_private(promises, count, &session->names, session->self);
    mu_promises_count(promises, count, counts);
    if (cli->json) {
        return say_json(session, promises, count, counts, err);
    }
    MU_TRY(say_lines(session, promises, count, err));
    if (count == 0) {
        mu_cli_note(cli, "no promises; make one: muster promise T-42 today");
        return MU_OK;
    }
    return cli->terminal ? say_counts(cli, counts, err) : MU_OK;
}

enum mu_status mu_run_promises(struct mu_cli *cli, struct mu_error *err)
{
    struct mu_session session;
    MU_TRY(mu_session_read(cli, &session, err));
    enum mu_status status = list(&session, err);
    mu_session_close(&session);
    return status;
}
