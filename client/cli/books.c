#include "client/cli/books.h"

#include <string.h>

#include "client/cli/tokens.h"
#include "client/view/promises.h"

enum mu_status mu_cli_books(struct mu_session *session, const struct mu_id *person,
                            struct mu_cli_books *out, struct mu_error *err)
{
    struct mu_arena *arena = &session->cli->arena;
    MU_TRY(mu_calendar_load(session->db, &session->from, person, arena, &out->calendar, err));
    out->books = (struct mu_books){.db = session->db,
                                   .calendar = &out->calendar,
                                   .now_ms = session->from.now.ms,
                                   .arena = arena};
    return MU_OK;
}

enum mu_status mu_cli_period(struct mu_session *session, const struct mu_cli_books *books,
                             const char *word, struct mu_period *out, bool *out_is,
                             struct mu_error *err)
{
    static const struct {
        const char *word;
        int64_t kind, days;
    } names[] = {
        {"today", MU_PERIOD_DAY, 0},      {"tomorrow", MU_PERIOD_DAY, 1},
        {"this-week", MU_PERIOD_WEEK, 0}, {"week", MU_PERIOD_WEEK, 0},
        {"next-week", MU_PERIOD_WEEK, 7},
    };
    const struct mu_calendar_person *self = mu_books_person(&books->books, session->self);
    int64_t today = mu_person_day(self, books->books.now_ms);
    *out_is = true;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(word, names[i].word) == 0) {
            *out = mu_period_of(names[i].kind, today + names[i].days);
            return MU_OK;
        }
    }
    struct mu_due due;
    bool none = false;
    struct mu_error ignored;
    *out_is = mu_token_date(session, mu_slice_str(word), &due, &none, &ignored) == MU_OK && !none &&
              !due.has_time;
    if (*out_is) {
        *out = (struct mu_period){MU_PERIOD_DAY, mu_date_to_days(due.date)};
        if (out->day < today) {
            return mu_fail(err, MU_E_USAGE, "a promise is for a day to come, not '%s'", word);
        }
    }
    return MU_OK;
}

/* -- operations ------------------------------------------------------------------------------ */

static struct mu_id promise_id(struct mu_edit *edit, const struct mu_promise_wish *wish)
{
    struct mu_session *session = edit->session;
    struct mu_world world = mu_replica_world(mu_client_replica(session->client));
    if (!mu_id_is_zero(wish->task) || !mu_id_is_zero(wish->quota)) {
        return mu_commitment_id(&world, session->self,
                                mu_id_is_zero(wish->task) ? wish->quota : wish->task, wish->period);
    }
    return mu_id_is_zero(wish->supersedes) ? mu_edit_new_id(session)
                                           : mu_successor_id(&world, wish->supersedes);
}

static void put_id(struct mu_edit *edit, uint32_t field, struct mu_id id)
{
    if (!mu_id_is_zero(id)) {
        mu_edit_id(edit, field, id);
    }
}

static void put_text(struct mu_edit *edit, uint32_t field, struct mu_slice text)
{
    if (text.len > 0) {
        mu_edit_text(edit, field, text);
    }
}

struct mu_id mu_edit_promise(struct mu_edit *edit, const struct mu_cli_books *books,
                             const struct mu_promise_wish *wish)
{
    const struct mu_calendar_person *self = mu_books_person(&books->books, edit->session->self);
    struct mu_promise_times times = mu_promise_times(&books->calendar, self, wish->period);
    if (times.due_ms <= books->books.now_ms) {
        times.due_ms = times.grace_ms; /* promised after hours: the day is what is left */
    }
    struct mu_id id = promise_id(edit, wish);
    mu_edit_op(edit, MU_COMMITMENT, id);
    put_id(edit, MU_COMMITMENT_TASK, wish->task);
    put_id(edit, MU_COMMITMENT_QUOTA, wish->quota);
    put_text(edit, MU_COMMITMENT_TEXT, wish->text);
    mu_edit_int(edit, MU_COMMITMENT_PERIOD_KIND, wish->period.kind);
    mu_edit_int(edit, MU_COMMITMENT_PERIOD, wish->period.day);
    mu_edit_int(edit, MU_COMMITMENT_HORIZON_AT, times.horizon_ms);
    mu_edit_int(edit, MU_COMMITMENT_DUE_AT, times.due_ms);
    mu_edit_int(edit, MU_COMMITMENT_GRACE_UNTIL, times.grace_ms);
    mu_edit_int(edit, MU_COMMITMENT_VIA, wish->via);
    put_id(edit, MU_COMMITMENT_CHECKIN, wish->checkin);
    put_id(edit, MU_COMMITMENT_SUPERSEDES, wish->supersedes);
    put_text(edit, MU_COMMITMENT_REASON, wish->reason);
    return id;
}

struct mu_id mu_edit_blocker(struct mu_edit *edit, const struct mu_blocker_wish *wish)
{
    struct mu_id id = mu_edit_new_id(edit->session);
    mu_edit_op(edit, MU_BLOCKER, id);
    mu_edit_text(edit, MU_BLOCKER_REASON, wish->reason);
    put_id(edit, MU_BLOCKER_TASK, wish->task);
    put_id(edit, MU_BLOCKER_NEEDS_PERSON, wish->needs_person);
    put_id(edit, MU_BLOCKER_NEEDS_TASK, wish->needs_task);
    put_id(edit, MU_BLOCKER_CHECKIN, wish->checkin);
    if (wish->kind != 0) {
        mu_edit_int(edit, MU_BLOCKER_KIND, wish->kind);
    }
    return id;
}

/* -- words and endings ------------------------------------------------------------------------ */

enum mu_status mu_cli_rest(struct mu_cli *cli, const char *option, const char *what, size_t max,
                           struct mu_slice *out, struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, max);
    const struct mu_arg_word *word = NULL;
    const char *given = option != NULL ? mu_args_value(&cli->args, option) : NULL;
    *out = (struct mu_slice){0};
    while ((word = mu_cli_word(cli)) != NULL) {
        struct mu_slice piece = {0};
        MU_TRY(mu_cli_word_text(word->text, what, max, &piece, err));
        bool fits = (text.len == 0 || mu_buf_append_byte(&text, ' ') == MU_OK) &&
                    mu_buf_append(&text, piece.data, piece.len) == MU_OK;
        if (!fits) {
            return mu_fail(err, MU_E_LIMIT, "the %s is larger than the limit of %zu bytes", what,
                           max);
        }
    }
    if (text.len == 0 && given != NULL) {
        return mu_cli_text(cli, given, what, max, out, err);
    }
    return mu_arena_copy(&cli->arena, mu_buf_view(&text), out)
               ? MU_OK
               : mu_fail(err, MU_E_NOMEM, "read the %s: out of memory", what);
}

enum mu_status mu_finish_row(struct mu_session *session, struct mu_slice line, const char *name,
                             mu_row_json *put, const void *row, struct mu_error *err)
{
    struct mu_client_status status;
    struct mu_json json;
    mu_edit_poke(session);
    if (!session->cli->json) {
        return mu_echo_line(session, line, err);
    }
    MU_TRY(mu_client_status(session->client, &status, err));
    mu_cli_json(session->cli, &json);
    put(&json, name, row, &session->names);
    mu_json_bool(&json, "saved", true);
    mu_json_int(&json, "pending", (int64_t)status.pending);
    return mu_cli_json_end(&json, err);
}
