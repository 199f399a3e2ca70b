/* The form of a check-in: what it begins with, and how it is read and written. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "client/cli/checkin.h"
#include "client/cli/tokens.h"
#include "client/view/goals.h"
#include "client/view/readings.h"
#include "client/view/rows.h"
#include "client/view/slot_words.h"
#include "client/view/text.h"
#include "common/model/rhythm.h"

#define PROMISE_DAYS 7
#define MOVED_MAX    50

/* -- what it begins with ---------------------------------------------------------------- */

static enum mu_status fill_questions(struct mu_session *session, struct mu_form *form,
                                     struct mu_error *err)
{
    struct mu_question *all = NULL;
    size_t count = 0;
    MU_TRY(mu_questions_load(session->db, form->slot->version->id, &session->cli->arena, &all,
                             &count, err));
    form->questions = all;
    for (size_t i = 0; i < count; i++) {
        if (mu_question_is_asked(&all[i], form->slot->version, form->slot->day)) {
            form->questions[form->question_count++] = all[i];
        }
    }
    form->answers =
        mu_arena_array(&session->cli->arena, form->question_count + 1, sizeof *form->answers);
    form->proposed =
        mu_arena_array(&session->cli->arena, form->question_count + 1, sizeof *form->proposed);
    return form->answers != NULL && form->proposed != NULL
               ? MU_OK
               : mu_fail(err, MU_E_NOMEM, "check-in: out of memory");
}

/* What the person recorded of a target since from_day; *out_any: anything. */
static enum mu_status sum_recorded(const struct mu_cli_books *books, struct mu_id person,
                                   struct mu_id target, int64_t from_day, int64_t to_day,
                                   int64_t *out_sum, bool *out_any, struct mu_error *err)
{
    struct mu_reading *readings = NULL;
    size_t count = 0;
    *out_sum = 0;
    *out_any = false;
    MU_TRY(mu_readings_of_target(&books->books, target, &readings, &count, err));
    for (size_t i = 0; i < count; i++) {
        const struct mu_reading *one = &readings[i];
        int64_t most = 2 * MU_MEASURE_MAX;
        bool counts = !one->corrected && mu_id_equal(one->by, person) && one->day >= from_day &&
                      one->day <= to_day;
        int64_t sum = *out_sum + (counts ? one->value : 0);
        *out_sum = sum > most ? most : (sum < -most ? -most : sum);
        *out_any = *out_any || counts;
    }
    return MU_OK;
}

static enum mu_status precision_of(struct mu_session *session, struct mu_id target, int *out,
                                   struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    bool row = false;
    MU_TRY(mu_stmt_prepare(&stmt, session->db, "SELECT precision FROM target WHERE key = ?1", err));
    mu_stmt_bind_int(&stmt, 1, mu_id_key(target));
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    *out = status == MU_OK && row ? (int)mu_stmt_int(&stmt, 0) : 0;
    mu_stmt_finalize(&stmt);
    return status;
}

/* "-12.50", the way a number is answered. */
static enum mu_status put_number(struct mu_buf *out, int64_t value, int precision)
{
    int64_t unit = 1;
    for (int i = 0; i < precision; i++) {
        unit *= 10;
    }
    int64_t size = value < 0 ? -value : value;
    MU_TRY(mu_buf_printf(out, "%s%" PRId64, value < 0 ? "-" : "", size / unit));
    return precision == 0 ? MU_OK : mu_buf_printf(out, ".%0*" PRId64, precision, size % unit);
}

/* A target that is gone proposes nothing. */
static enum mu_status propose(struct mu_session *session, const struct mu_cli_books *books,
                              struct mu_form *form, size_t at, struct mu_error *err)
{
    struct mu_id target;
    struct mu_error ignored;
    int precision = 0;
    int64_t sum = 0;
    bool any = false;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 64);
    struct mu_slice name = mu_choice_line(form->questions[at].choices, 0);
    if (mu_target_resolve(session->db, name, &target, &ignored) != MU_OK) {
        return MU_OK;
    }
    bool weekly = form->slot->schedule->kind == MU_SCHEDULE_WEEKLY;
    int64_t day = form->slot->day;
    int64_t from_day = weekly ? mu_period_of(MU_PERIOD_WEEK, day).day : day;
    MU_TRY(precision_of(session, target, &precision, err));
    MU_TRY(sum_recorded(books, session->self, target, from_day, day, &sum, &any, err));
    if (!any) {
        return MU_OK;
    }
    MU_TRY(mu_cli_put(put_number(&text, sum, precision), err));
    return mu_arena_copy(&session->cli->arena, mu_buf_view(&text), &form->proposed[at])
               ? MU_OK
               : mu_fail(err, MU_E_NOMEM, "check-in: out of memory");
}

/* Only for who has not written yet: later a number is changed by hand. */
static enum mu_status fill_numbers(struct mu_session *session, const struct mu_cli_books *books,
                                   struct mu_form *form, struct mu_error *err)
{
    for (size_t i = 0; i < form->question_count && form->slot->checkin == NULL; i++) {
        const struct mu_question *question = &form->questions[i];
        if (question->kind == MU_ASK_NUMBER && question->choices.len > 0) {
            MU_TRY(propose(session, books, form, i, err));
        }
    }
    return MU_OK;
}

/* When the last check-in before this slot was written, or a day ago. */
static enum mu_status last_written(struct mu_session *session, int64_t *out_ms,
                                   struct mu_error *err)
{
    static const char sql[] =
        "SELECT max(authored_at) FROM checkin WHERE person = ?1 AND day < ?2 AND day >= ?2 - 14";
    struct mu_stmt stmt = {0};
    bool row = false;
    struct mu_local now = mu_zone_local(session->from.zone, session->from.now);
    MU_TRY(mu_stmt_prepare(&stmt, session->db, sql, err));
    mu_stmt_bind_id(&stmt, 1, session->self);
    mu_stmt_bind_int(&stmt, 2, mu_date_to_days(now.date));
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    *out_ms = session->from.now.ms - MU_DAY_MS;
    if (status == MU_OK && row && !mu_stmt_is_null(&stmt, 0)) {
        *out_ms = mu_stmt_int(&stmt, 0);
    }
    mu_stmt_finalize(&stmt);
    return status;
}

static void bind_owner(const void *by, struct mu_stmt *stmt)
{
    const struct mu_session *session = by;
    mu_stmt_bind_id(stmt, 1, session->self);
}

struct own {
    struct mu_id id;
    int state;
    int64_t done_ms;
};

static bool take_own(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct own *own = mu_list_add(&rows->list);
    if (own != NULL) {
        *own = (struct own){mu_stmt_id(stmt, 0), (int)mu_stmt_int(stmt, 1), mu_stmt_int(stmt, 2)};
    }
    return own != NULL;
}

static enum mu_status fill_moved(struct mu_session *session, struct mu_form *form,
                                 struct mu_error *err)
{
    static const char sql[] = "SELECT id, state, done_at FROM task WHERE owner = ?1"
                              " AND owner IS NOT NULL AND deleted IS NOT 1"
                              " AND state IN (4, 5, 6) ORDER BY column_id, rank, id";
    struct mu_rows rows = {.db = session->db, .arena = &session->cli->arena};
    int64_t since = 0;
    MU_TRY(last_written(session, &since, err));
    MU_TRY(mu_rows_read(&rows, sql, sizeof(struct own), bind_owner, session, take_own, err));
    const struct own *own = rows.list.items;
    struct mu_list lines;
    mu_list_init(&lines, &session->cli->arena, sizeof(struct mu_task_line));
    for (size_t i = 0; i < rows.list.count && lines.count < MOVED_MAX; i++) {
        bool found = false;
        struct mu_task_line line;
        if (own[i].state == MU_STATE_DONE && own[i].done_ms < since) {
            continue;
        }
        MU_TRY(mu_task_line_get(session->db, &session->names, own[i].id, &session->cli->arena,
                                &line, &found, err));
        struct mu_task_line *place = found ? mu_list_add(&lines) : NULL;
        if (found && place == NULL) {
            return mu_fail(err, MU_E_NOMEM, "check-in: out of memory");
        }
        if (found) {
            *place = line;
        }
    }
    form->moved = lines.items;
    form->moved_count = lines.count;
    return MU_OK;
}

/* Those for the slot's own day, and older ones that are still to be settled or came to their end
 * since yesterday. */
static enum mu_status fill_promises(struct mu_session *session, const struct mu_cli_books *books,
                                    struct mu_form *form, struct mu_error *err)
{
    const struct mu_promise_filter filter = {.person = session->self,
                                             .from_day = form->slot->day - PROMISE_DAYS,
                                             .to_day = form->slot->day};
    struct mu_promise *promises = NULL;
    size_t count = 0;
    size_t kept = 0;
    MU_TRY(mu_promises_load(&books->books, &filter, &promises, &count, err));
    int64_t newest = INT64_MIN; /* the last day before this one that had any */
    for (size_t i = 0; i < count; i++) {
        int64_t day = promises[i].period.day;
        newest = day < form->slot->day && day > newest ? day : newest;
    }
    for (size_t i = 0; i < count; i++) {
        if (promises[i].period.day >= newest && mu_id_is_zero(promises[i].successor)) {
            promises[kept++] = promises[i];
        }
    }
    form->known = promises;
    form->known_count = kept;
    return MU_OK;
}

enum mu_status mu_form_fill(struct mu_session *session, const struct mu_cli_books *books,
                            struct mu_form *form, struct mu_error *err)
{
    MU_TRY(fill_questions(session, form, err));
    MU_TRY(fill_numbers(session, books, form, err));
    MU_TRY(fill_promises(session, books, form, err));
    return fill_moved(session, form, err);
}

/* -- reading ------------------------------------------------------------------------------- */

static const char *keep(struct mu_session *session, struct mu_slice text)
{
    char *copy = mu_arena_array(&session->cli->arena, text.len + 1, 1);
    if (copy != NULL && text.len > 0) {
        memcpy(copy, text.data, text.len);
    }
    return copy;
}

static struct mu_slice trimmed(struct mu_slice text)
{
    while (text.len > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text = mu_slice_of(text.data + 1, text.len - 1);
    }
    while (text.len > 0 && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\t' ||
                            text.data[text.len - 1] == '\r')) {
        text.len--;
    }
    return text;
}

static enum mu_status full(struct mu_error *err)
{
    return mu_fail(err, MU_E_LIMIT, "more than %d lines of one kind in a check-in",
                   MU_FORM_ROWS_MAX);
}

static enum mu_status add_done(struct mu_session *session, struct mu_form *form,
                               struct mu_slice text, struct mu_error *err)
{
    struct mu_id task;
    MU_TRY(mu_task_resolve(session->db, text, &task, err));
    for (size_t i = 0; i < form->done_count; i++) {
        if (mu_id_equal(form->done[i], task)) {
            return MU_OK;
        }
    }
    if (form->done_count == MU_FORM_ROWS_MAX) {
        return full(err);
    }
    form->done[form->done_count++] = task;
    return MU_OK;
}

static enum mu_status add_promise(struct mu_session *session, struct mu_form *form,
                                  struct mu_slice text, struct mu_error *err)
{
    const char *words = keep(session, text);
    if (form->promise_count == MU_FORM_ROWS_MAX) {
        return full(err);
    }
    if (words == NULL) {
        return mu_fail(err, MU_E_NOMEM, "check-in: out of memory");
    }
    form->promised[form->promise_count++] = words;
    return MU_OK;
}

/* The last word says whom or what it needs, when it is "@ana". */
static enum mu_status add_block(struct mu_session *session, struct mu_form *form,
                                struct mu_slice text, struct mu_error *err)
{
    struct mu_form_block block = {.reason = text};
    size_t at = text.len;
    while (at > 0 && text.data[at - 1] != ' ') {
        at--;
    }
    if (form->block_count == MU_FORM_ROWS_MAX) {
        return full(err);
    }
    if (at > 0 && at < text.len && text.data[at] == '@') {
        block.needs = keep(session, mu_slice_of(text.data + at, text.len - at));
        block.reason = trimmed(mu_slice_of(text.data, at));
    }
    form->blocked[form->block_count++] = block;
    return MU_OK;
}

static enum mu_status add_answer(struct mu_form *form, size_t number, struct mu_slice value,
                                 struct mu_error *err)
{
    if (number < 1 || number > form->question_count) {
        return mu_fail(err, MU_E_USAGE, "there is no question %zu; %zu are asked", number,
                       form->question_count);
    }
    form->answers[number - 1] = value;
    return MU_OK;
}

/* Whether line begins with word and a colon; *out_rest is what follows. */
static bool begins(struct mu_slice line, const char *word, struct mu_slice *out_rest)
{
    size_t len = strlen(word);
    if (line.len <= len || line.data[len] != ':' ||
        !mu_starts_with_word(line, mu_slice_str(word))) {
        return false;
    }
    *out_rest = trimmed(mu_slice_of(line.data + len + 1, line.len - len - 1));
    return true;
}

static bool numbered(struct mu_slice line, size_t *out_number, struct mu_slice *out_rest)
{
    size_t at = 0;
    size_t number = 0;
    for (; at < line.len && at < 3 && line.data[at] >= '0' && line.data[at] <= '9'; at++) {
        number = number * 10 + (size_t)(line.data[at] - '0');
    }
    if (at == 0 || at >= line.len || line.data[at] != ':') {
        return false;
    }
    *out_number = number;
    *out_rest = trimmed(mu_slice_of(line.data + at + 1, line.len - at - 1));
    return true;
}

static enum mu_status read_line(struct mu_session *session, struct mu_form *form,
                                struct mu_slice line, struct mu_buf *text, struct mu_error *err)
{
    struct mu_slice rest = {0};
    size_t number = 0;
    if (line.len > 0 && line.data[0] == '#') {
        return MU_OK;
    }
    struct mu_slice bare = trimmed(line);
    if (begins(bare, "done", &rest)) {
        return rest.len > 0 ? add_done(session, form, rest, err) : MU_OK;
    }
    if (begins(bare, "promise", &rest)) {
        return rest.len > 0 ? add_promise(session, form, rest, err) : MU_OK;
    }
    if (begins(bare, "blocked", &rest)) {
        return rest.len > 0 ? add_block(session, form, rest, err) : MU_OK;
    }
    if (form->question_count > 0 && numbered(bare, &number, &rest)) {
        return rest.len > 0 ? add_answer(form, number, rest, err) : MU_OK;
    }
    if (text->len > 0) {
        MU_TRY(mu_cli_put(mu_buf_append_byte(text, '\n'), err));
    }
    return bare.len > 0 || text->len > 0 ? mu_cli_put(mu_buf_append(text, line.data, line.len), err)
                                         : MU_OK;
}

enum mu_status mu_form_read(struct mu_session *session, struct mu_form *form, struct mu_slice text,
                            struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf kept;
    mu_buf_init(&kept, MU_TEXT_MAX);
    for (size_t at = 0; at < text.len;) {
        size_t end = at;
        while (end < text.len && text.data[end] != '\n') {
            end++;
        }
        MU_TRY(read_line(session, form, mu_slice_of(text.data + at, end - at), &kept, err));
        at = end + 1;
    }
    while (kept.len > 0 && kept.data[kept.len - 1] == '\n') {
        kept.len--;
    }
    if (kept.len == 0) {
        return MU_OK;
    }
    return mu_arena_copy(&session->cli->arena, mu_buf_view(&kept), &form->text)
               ? MU_OK
               : mu_fail(err, MU_E_NOMEM, "check-in: out of memory");
}

/* -- options --------------------------------------------------------------------------------- */

enum mu_status mu_form_options(struct mu_session *session, struct mu_form *form,
                               struct mu_error *err)
{
    const struct mu_parsed *args = &session->cli->args;
    const char *value = NULL;
    for (size_t i = 0; (value = mu_args_nth(args, "done", i)) != NULL; i++) {
        MU_TRY(add_done(session, form, mu_slice_str(value), err));
    }
    for (size_t i = 0; (value = mu_args_nth(args, "promise", i)) != NULL; i++) {
        MU_TRY(add_promise(session, form, mu_slice_str(value), err));
    }
    for (size_t i = 0; (value = mu_args_nth(args, "answer", i)) != NULL; i++) {
        char *end = NULL;
        unsigned long number = strtoul(value, &end, 10);
        if (end == value || *end != '=') {
            return mu_fail(err, MU_E_USAGE,
                           "--answer is a question's number and what is said: 2=17");
        }
        MU_TRY(add_answer(form, number, mu_slice_str(end + 1), err));
    }
    for (size_t i = 0; (value = mu_args_nth(args, "blocked", i)) != NULL; i++) {
        struct mu_slice reason = {0};
        MU_TRY(mu_cli_word_text(value, "reason", MU_TEXT_MAX, &reason, err));
        MU_TRY(add_block(session, form, reason, err));
        struct mu_form_block *block = &form->blocked[form->block_count - 1];
        const char *needs = mu_args_nth(args, "needs", i);
        block->needs = needs != NULL ? needs : block->needs;
        block->kind = mu_args_nth(args, "kind", i);
        block->on = mu_args_nth(args, "on", i);
    }
    return MU_OK;
}

/* Nobody has said anything by what was recorded: a number alone is no check-in. */
static bool is_empty(const struct mu_form *form)
{
    bool empty = form->text.len == 0 && form->done_count == 0 && form->promise_count == 0 &&
                 form->block_count == 0;
    for (size_t i = 0; i < form->question_count && empty; i++) {
        empty = form->answers[i].len == 0;
    }
    return empty;
}

enum mu_status mu_form_check(struct mu_form *form, struct mu_error *err)
{
    bool said = form->text.len > 0;
    bool empty = is_empty(form);
    for (size_t i = 0; i < form->question_count; i++) {
        form->answers[i] = form->answers[i].len > 0 ? form->answers[i] : form->proposed[i];
    }
    for (size_t i = 0; i < form->question_count; i++) {
        const struct mu_question *question = &form->questions[i];
        char shown[MU_SHORT_MAX];
        mu_show_short(question->text, shown);
        if (form->answers[i].len > 0) {
            struct mu_error why = {0};
            if (mu_answer_check(question->kind, question->choices, form->answers[i], &why) !=
                MU_OK) {
                return mu_fail(err, MU_E_USAGE, "question %zu '%s': %s", i + 1, shown, why.text);
            }
            continue;
        }
        bool by_rows = (question->kind == MU_ASK_TASKS && form->done_count > 0) ||
                       (question->kind == MU_ASK_COMMITMENTS && form->promise_count > 0) ||
                       (question->kind == MU_ASK_BLOCKERS && form->block_count > 0);
        bool by_text = question->kind == MU_ASK_TEXT && said;
        said = said && !by_text; /* the check-in's own words answer the first of them */
        if (question->required && !by_rows && !by_text) {
            return mu_fail(err, MU_E_USAGE, "question %zu '%s' asks for an answer: --answer %zu=…",
                           i + 1, shown, i + 1);
        }
    }
    return empty ? mu_fail(err, MU_E_USAGE,
                           "nothing is said yet: muster checkin \"text\" --done T-1 --promise T-2")
                 : MU_OK;
}
