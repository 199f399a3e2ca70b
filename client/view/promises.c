#include "client/view/promises.h"

#include <string.h>

#include "client/view/blockers.h"
#include "client/view/quotas.h"
#include "client/view/rows.h"

#define PARTS                                                                             \
    "id, person, task, quota, text, period_kind, period, promised_at, state, settled_at," \
    " settled_by, horizon_at, due_at, grace_until, reason, supersedes"
enum part {
    ID,
    PERSON,
    TASK,
    QUOTA,
    TEXT,
    KIND,
    PERIOD,
    PROMISED,
    STATE,
    SETTLED,
    SETTLED_BY,
    HORIZON,
    DUE,
    GRACE,
    REASON,
    SUPERSEDES
};

static const char SQL_OF[] = "SELECT " PARTS " FROM commitment WHERE person = ?1"
                             " AND period BETWEEN ?2 AND ?3 ORDER BY period, promised_at, id";
static const char SQL_TASK[] = "SELECT " PARTS " FROM commitment WHERE task = ?1"
                               " ORDER BY person, period, promised_at, id";
static const char SQL_ONE[] = "SELECT " PARTS " FROM commitment WHERE key = ?1";
static const char SQL_TITLE[] = "SELECT no, title, state, done_at FROM task WHERE key = ?1";
static const char SQL_NEXT[] = "SELECT id FROM commitment WHERE supersedes = ?1 LIMIT 1";
static const char SQL_BEFORE[] = "SELECT supersedes FROM commitment WHERE key = ?1";
static const char SQL_ANY_PENDING[] = "SELECT 1 FROM mu_base LIMIT 1";
static const char SQL_PENDING[] = "SELECT 1 FROM mu_base WHERE entity = 34 AND key = ?1";

#define CHAIN_MAX 1000

/* -- judgement -------------------------------------------------------------------------- */

enum mu_promise_state mu_promise_judge(const struct mu_promise_facts *facts, int64_t now_ms)
{
    if (facts->stored == MU_COMMITMENT_EXCUSED) {
        return MU_PROMISE_EXCUSED;
    }
    if (facts->stored == MU_COMMITMENT_RELEASED) {
        return MU_PROMISE_RELEASED;
    }
    bool moved = facts->stored == MU_COMMITMENT_RENEGOTIATED;
    bool done = facts->done_ms != 0 && !moved;
    if (done && facts->done_ms <= facts->due_ms) {
        return MU_PROMISE_KEPT;
    }
    if (moved && facts->settled_ms < facts->horizon_ms) {
        return MU_PROMISE_RENEGOTIATED;
    }
    bool in_grace = done && facts->done_ms < facts->grace_ms;
    if (!moved && !in_grace && now_ms < facts->grace_ms) {
        return MU_PROMISE_OPEN;
    }
    if (facts->work_ms > 0 && facts->away_ms >= facts->work_ms - facts->away_ms) {
        return MU_PROMISE_EXCUSED;
    }
    return in_grace ? MU_PROMISE_LATE : MU_PROMISE_MISSED;
}

void mu_promises_count(const struct mu_promise *promises, size_t count,
                       size_t out_counts[static MU_PROMISE_STATES])
{
    memset(out_counts, 0, MU_PROMISE_STATES * sizeof *out_counts);
    for (size_t i = 0; i < count; i++) {
        out_counts[promises[i].state]++;
    }
}

void mu_promises_keep_private(struct mu_promise *promises, size_t count,
                              const struct mu_names *names, struct mu_id viewer)
{
    const struct mu_person_name *self = mu_names_person(names, viewer);
    bool leads = self != NULL && self->role == MU_ROLE_LEAD;
    for (size_t i = 0; i < count; i++) {
        bool may = leads || mu_id_equal(promises[i].person, viewer);
        promises[i].overdue = promises[i].overdue && may;
    }
}

size_t mu_promises_judged(const size_t counts[static MU_PROMISE_STATES])
{
    return counts[MU_PROMISE_KEPT] + counts[MU_PROMISE_LATE] + counts[MU_PROMISE_MISSED];
}

/* -- times -------------------------------------------------------------------------------- */

/* The last day of the period on which the person works, absences aside. */
static int64_t last_workday(const struct mu_calendar *calendar,
                            const struct mu_calendar_person *person, struct mu_period period)
{
    struct mu_calendar_person there = *person;
    there.absence_count = 0;
    int64_t last = mu_period_end(period) - 1;
    for (int64_t day = last; day >= period.day; day--) {
        if (mu_calendar_day(calendar, &there, day).kind == MU_DAY_WORK) {
            return day;
        }
    }
    return last;
}

struct mu_promise_times mu_promise_times(const struct mu_calendar *calendar,
                                         const struct mu_calendar_person *person,
                                         struct mu_period period)
{
    int64_t day = last_workday(calendar, person, period);
    int32_t start =
        person->day_start_minute < calendar->day_end_minute ? person->day_start_minute : 0;
    return (struct mu_promise_times){
        .horizon_ms = mu_person_instant(person, day, start),
        .due_ms = mu_person_instant(person, day, calendar->day_end_minute),
        .grace_ms = mu_person_instant(person, mu_period_end(period), 0),
    };
}

/* Quotas are accepted weeks ahead: an absence in the one that counts weighs by that week alone, as
 * it does for what the team was expected to bring. */
static enum mu_status weigh_quota(const struct mu_books *books, struct mu_promise *promise,
                                  struct mu_error *err)
{
    struct mu_quota quota;
    bool found = false;
    MU_TRY(mu_quota_get(books, promise->quota, &quota, &found, err));
    if (found && quota.excused) {
        promise->facts.work_ms = promise->facts.work_ms > 0 ? promise->facts.work_ms : 1;
        promise->facts.away_ms = promise->facts.work_ms;
        promise->by_absence = true;
    }
    return MU_OK;
}

/* Working time from the promise to its due, and how much of it was not the person's own. */
static enum mu_status weigh(const struct mu_books *books, struct mu_promise *promise,
                            struct mu_error *err)
{
    struct mu_promise_facts *facts = &promise->facts;
    const struct mu_calendar_person *person = mu_books_person(books, promise->person);
    struct mu_calendar_person there = *person;
    int64_t blocked = 0;
    there.absence_count = 0;
    facts->work_ms =
        mu_calendar_work_ms(books->calendar, &there, promise->promised_ms, facts->due_ms);
    int64_t present =
        mu_calendar_work_ms(books->calendar, person, promise->promised_ms, facts->due_ms);
    int64_t absent = facts->work_ms - present;
    MU_TRY(mu_blocked_ms(books, promise->person, promise->task, promise->id, promise->promised_ms,
                         facts->due_ms, &blocked, err));
    facts->away_ms = absent + blocked;
    promise->by_absence = absent > 0;
    promise->by_blocker = blocked > 0;
    return mu_id_is_zero(promise->quota) ? MU_OK : weigh_quota(books, promise, err);
}

/* -- reading -------------------------------------------------------------------------------- */

struct reader {
    struct mu_rows rows;
    const struct mu_books *books;
    struct mu_stmt title, next, before, pending;
    bool any_pending;
};

static enum mu_status any(struct mu_db *db, const char *sql, bool *out_any, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, sql, err));
    enum mu_status status = mu_stmt_step(&stmt, out_any, err);
    mu_stmt_finalize(&stmt);
    return status;
}

static void reader_close(struct reader *reader)
{
    mu_stmt_finalize(&reader->title);
    mu_stmt_finalize(&reader->next);
    mu_stmt_finalize(&reader->before);
    mu_stmt_finalize(&reader->pending);
}

static enum mu_status reader_open(struct reader *reader, const struct mu_books *books,
                                  struct mu_error *err)
{
    *reader = (struct reader){.books = books,
                              .rows = {.db = books->db, .arena = books->arena, .state = reader}};
    mu_list_init(&reader->rows.list, books->arena, sizeof(struct mu_promise));
    MU_TRY(any(books->db, SQL_ANY_PENDING, &reader->any_pending, err));
    MU_TRY(mu_stmt_prepare(&reader->title, books->db, SQL_TITLE, err));
    MU_TRY(mu_stmt_prepare(&reader->next, books->db, SQL_NEXT, err));
    MU_TRY(mu_stmt_prepare(&reader->before, books->db, SQL_BEFORE, err));
    return mu_stmt_prepare(&reader->pending, books->db, SQL_PENDING, err);
}

static bool take(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct mu_promise *promise = mu_list_add(&rows->list);
    if (promise == NULL) {
        return false;
    }
    promise->id = mu_stmt_id(stmt, ID);
    mu_id_handle(promise->id, promise->ref);
    promise->person = mu_stmt_id(stmt, PERSON);
    promise->task = mu_stmt_id(stmt, TASK);
    promise->quota = mu_stmt_id(stmt, QUOTA);
    promise->period = (struct mu_period){mu_stmt_int(stmt, KIND), mu_stmt_int(stmt, PERIOD)};
    promise->promised_ms = mu_stmt_int(stmt, PROMISED);
    promise->settled_by = mu_stmt_id(stmt, SETTLED_BY);
    promise->supersedes = mu_stmt_id(stmt, SUPERSEDES);
    promise->facts = (struct mu_promise_facts){
        .stored = mu_stmt_int(stmt, STATE),
        .settled_ms = mu_stmt_int(stmt, SETTLED),
        .horizon_ms = mu_stmt_int(stmt, HORIZON),
        .due_ms = mu_stmt_int(stmt, DUE),
        .grace_ms = mu_stmt_int(stmt, GRACE),
    };
    return mu_rows_text(rows, stmt, TEXT, &promise->title) &&
           mu_rows_text(rows, stmt, REASON, &promise->reason);
}

static enum mu_status read_task(struct reader *reader, struct mu_promise *promise,
                                int64_t *out_done_ms, struct mu_error *err)
{
    struct mu_stmt *stmt = &reader->title;
    bool row = false;
    *out_done_ms = 0;
    if (mu_id_is_zero(promise->task)) {
        return MU_OK;
    }
    mu_stmt_bind_int(stmt, 1, mu_id_key(promise->task));
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    mu_task_ref(promise->task, status == MU_OK && row ? mu_stmt_int(stmt, 0) : 0,
                promise->task_ref);
    if (status == MU_OK && row) {
        *out_done_ms = mu_stmt_int(stmt, 2) == MU_STATE_DONE ? mu_stmt_int(stmt, 3) : 0;
        if (!mu_rows_text(&reader->rows, stmt, 1, &promise->title)) {
            status = mu_fail(err, MU_E_NOMEM, "read promises: out of memory");
        }
    }
    mu_stmt_reset(stmt);
    return status;
}

static enum mu_status read_chain(struct reader *reader, struct mu_promise *promise, int64_t key,
                                 struct mu_error *err)
{
    bool row = false;
    mu_stmt_bind_id(&reader->next, 1, promise->id);
    MU_TRY(mu_stmt_step(&reader->next, &row, err));
    promise->successor = row ? mu_stmt_id(&reader->next, 0) : (struct mu_id){{0}};
    mu_stmt_reset(&reader->next);
    struct mu_id id = promise->supersedes;
    while (!mu_id_is_zero(id) && promise->carried < CHAIN_MAX) {
        promise->carried++;
        mu_stmt_bind_int(&reader->before, 1, mu_id_key(id));
        MU_TRY(mu_stmt_step(&reader->before, &row, err));
        id = row ? mu_stmt_id(&reader->before, 0) : (struct mu_id){{0}};
        mu_stmt_reset(&reader->before);
    }
    if (!reader->any_pending) {
        return MU_OK;
    }
    mu_stmt_bind_int(&reader->pending, 1, key);
    MU_TRY(mu_stmt_step(&reader->pending, &promise->pending, err));
    mu_stmt_reset(&reader->pending);
    return MU_OK;
}

/* When what was promised was done, as far as it tells for this promise. */
static enum mu_status read_done(struct reader *reader, struct mu_promise *promise,
                                int64_t task_done_ms, struct mu_error *err)
{
    struct mu_promise_facts *facts = &promise->facts;
    struct mu_quota quota;
    bool found = false;
    if (facts->stored == MU_COMMITMENT_DONE) {
        facts->done_ms = facts->settled_ms;
    } else if (facts->stored == MU_COMMITMENT_OPEN && !mu_id_is_zero(promise->quota)) {
        MU_TRY(mu_quota_get(reader->books, promise->quota, &quota, &found, err));
        facts->done_ms = found ? quota.met_ms : 0;
    } else if (facts->stored == MU_COMMITMENT_OPEN) {
        facts->done_ms = facts->settled_ms != 0 ? facts->settled_ms : task_done_ms;
    }
    return MU_OK;
}

static enum mu_status complete(struct reader *reader, struct mu_promise *promise,
                               struct mu_error *err)
{
    int64_t task_done_ms = 0;
    MU_TRY(read_task(reader, promise, &task_done_ms, err));
    MU_TRY(read_chain(reader, promise, mu_id_key(promise->id), err));
    MU_TRY(read_done(reader, promise, task_done_ms, err));
    int64_t now_ms = reader->books->now_ms;
    promise->state = mu_promise_judge(&promise->facts, now_ms);
    if (promise->state == MU_PROMISE_LATE || promise->state == MU_PROMISE_MISSED) {
        MU_TRY(weigh(reader->books, promise, err));
        promise->state = mu_promise_judge(&promise->facts, now_ms);
    }
    promise->overdue = promise->state == MU_PROMISE_OPEN && now_ms > promise->facts.due_ms;
    return MU_OK;
}

struct question {
    struct mu_id id;
    int64_t from_day, to_day;
};

static void bind_person(const void *by, struct mu_stmt *stmt)
{
    const struct question *question = by;
    mu_stmt_bind_id(stmt, 1, question->id);
    mu_stmt_bind_int(stmt, 2, question->from_day);
    mu_stmt_bind_int(stmt, 3, question->to_day);
}

static void bind_task(const void *by, struct mu_stmt *stmt)
{
    const struct question *question = by;
    mu_stmt_bind_id(stmt, 1, question->id);
}

static void bind_key(const void *by, struct mu_stmt *stmt)
{
    const struct question *question = by;
    mu_stmt_bind_int(stmt, 1, mu_id_key(question->id));
}

typedef void binder(const void *by, struct mu_stmt *stmt);

/* mu_rows_read() begins a list; the promises of several people stand in one. */
static enum mu_status gather(struct reader *reader, const char *sql, binder *bind,
                             const struct question *question, struct mu_list *all,
                             struct mu_error *err)
{
    MU_TRY(mu_rows_read(&reader->rows, sql, sizeof(struct mu_promise), bind, question, take, err));
    struct mu_promise *found = reader->rows.list.items;
    for (size_t i = 0; i < reader->rows.list.count; i++) {
        MU_TRY(complete(reader, &found[i], err));
        struct mu_promise *kept = mu_list_add(all);
        if (kept == NULL) {
            return mu_fail(err, MU_E_NOMEM, "read promises: out of memory");
        }
        *kept = found[i];
    }
    return MU_OK;
}

static enum mu_status load(struct reader *reader, const struct mu_promise_filter *filter,
                           struct mu_list *all, struct mu_error *err)
{
    struct question question = {filter->task, filter->from_day, filter->to_day};
    if (!mu_id_is_zero(filter->task)) {
        return gather(reader, SQL_TASK, bind_task, &question, all, err);
    }
    question.id = filter->person;
    if (!mu_id_is_zero(filter->person)) {
        return gather(reader, SQL_OF, bind_person, &question, all, err);
    }
    const struct mu_calendar *calendar = reader->books->calendar;
    for (size_t i = 0; i < calendar->person_count; i++) {
        question.id = calendar->people[i].id;
        MU_TRY(gather(reader, SQL_OF, bind_person, &question, all, err));
    }
    return MU_OK;
}

enum mu_status mu_promises_load(const struct mu_books *books,
                                const struct mu_promise_filter *filter, struct mu_promise **out,
                                size_t *out_count, struct mu_error *err)
{
    struct reader reader;
    struct mu_list all;
    mu_list_init(&all, books->arena, sizeof(struct mu_promise));
    enum mu_status status = reader_open(&reader, books, err);
    if (status == MU_OK) {
        status = load(&reader, filter, &all, err);
    }
    reader_close(&reader);
    MU_TRY(status);
    *out = all.items;
    *out_count = all.count;
    return MU_OK;
}

enum mu_status mu_promise_get(const struct mu_books *books, struct mu_id id, struct mu_promise *out,
                              bool *out_found, struct mu_error *err)
{
    struct reader reader;
    struct mu_list all;
    const struct question question = {.id = id};
    mu_list_init(&all, books->arena, sizeof(struct mu_promise));
    enum mu_status status = reader_open(&reader, books, err);
    if (status == MU_OK) {
        status = gather(&reader, SQL_ONE, bind_key, &question, &all, err);
    }
    reader_close(&reader);
    MU_TRY(status);
    const struct mu_promise *found = all.items;
    *out_found = all.count == 1 && mu_id_equal(found[0].id, id);
    if (*out_found) {
        *out = found[0];
    }
    return MU_OK;
}
