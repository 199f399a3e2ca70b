#include "client/view/blockers.h"

#include <stdlib.h>

#include "client/view/rows.h"

#define PARTS                                                                                      \
    "id, task, commitment, goal, reason, kind, state, needs_person, needs_task, next_action, how," \
    " raised_by, raised_at, acked_by, acked_at, cleared_by, cleared_at"
enum part {
    ID,
    TASK,
    COMMITMENT,
    GOAL,
    REASON,
    KIND,
    STATE,
    NEEDS_PERSON,
    NEEDS_TASK,
    NEXT_ACTION,
    HOW,
    RAISED_BY,
    RAISED_AT,
    ACKED_BY,
    ACKED_AT,
    CLEARED_BY,
    CLEARED_AT
};

static const char SQL_OPEN[] = "SELECT " PARTS " FROM blocker WHERE state <= 3"
                               " ORDER BY raised_at, id";
static const char SQL_TASK[] = "SELECT " PARTS " FROM blocker WHERE task = ?1"
                               " ORDER BY raised_at, id";
static const char SQL_RAISED[] = "SELECT " PARTS " FROM blocker WHERE raised_by = ?1"
                                 " AND (state <= 3 OR raised_at >= ?2) ORDER BY raised_at, id";
static const char SQL_ALL[] = "SELECT " PARTS " FROM blocker WHERE state <= 3 OR raised_at >= ?2"
                              " ORDER BY raised_at, id";
static const char SQL_ONE[] = "SELECT " PARTS " FROM blocker WHERE key = ?1";
static const char SQL_TITLE[] = "SELECT no, title, owner FROM task WHERE key = ?1";
static const char SQL_PENDING[] = "SELECT 1 FROM mu_base WHERE entity = 35 AND key = ?1";
/* What may have held up a promise of a task, or of words. */
static const char SQL_HOLDS[] =
    "SELECT raised_at, cleared_at, needs_person, needs_task FROM blocker WHERE task = ?1"
    " AND state <> 5";
static const char SQL_HOLDS_PROMISE[] =
    "SELECT raised_at, cleared_at, needs_person, needs_task FROM blocker WHERE raised_by = ?2"
    " AND commitment = ?1 AND task IS NULL AND state <> 5";

bool mu_blocker_is_open(const struct mu_blocker *blocker)
{
    return blocker->state <= MU_BLOCKER_IN_HAND;
}

/* -- reading -------------------------------------------------------------------------------- */

static bool take(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct mu_blocker *blocker = mu_list_add(&rows->list);
    if (blocker == NULL) {
        return false;
    }
    blocker->id = mu_stmt_id(stmt, ID);
    mu_id_handle(blocker->id, blocker->ref);
    blocker->task = mu_stmt_id(stmt, TASK);
    blocker->commitment = mu_stmt_id(stmt, COMMITMENT);
    blocker->goal = mu_stmt_id(stmt, GOAL);
    blocker->kind = (int)mu_stmt_int(stmt, KIND);
    blocker->state = (int)mu_stmt_int(stmt, STATE);
    blocker->needs_person = mu_stmt_id(stmt, NEEDS_PERSON);
    blocker->needs_task = mu_stmt_id(stmt, NEEDS_TASK);
    blocker->raised_by = mu_stmt_id(stmt, RAISED_BY);
    blocker->raised_ms = mu_stmt_int(stmt, RAISED_AT);
    blocker->acked_by = mu_stmt_id(stmt, ACKED_BY);
    blocker->acked_ms = mu_stmt_int(stmt, ACKED_AT);
    blocker->cleared_by = mu_stmt_id(stmt, CLEARED_BY);
    blocker->cleared_ms = mu_stmt_int(stmt, CLEARED_AT);
    return mu_rows_text(rows, stmt, REASON, &blocker->reason) &&
           mu_rows_text(rows, stmt, NEXT_ACTION, &blocker->next_action) &&
           mu_rows_text(rows, stmt, HOW, &blocker->how);
}

struct question {
    struct mu_id id, other;
    int64_t since_ms;
};

static void bind_id(const void *by, struct mu_stmt *stmt)
{
    const struct question *question = by;
    mu_stmt_bind_id(stmt, 1, question->id);
}

static void bind_id_since(const void *by, struct mu_stmt *stmt)
{
    const struct question *question = by;
    mu_stmt_bind_id(stmt, 1, question->id);
    mu_stmt_bind_int(stmt, 2, question->since_ms);
}

static void bind_since(const void *by, struct mu_stmt *stmt)
{
    const struct question *question = by;
    mu_stmt_bind_int(stmt, 2, question->since_ms);
}

static void bind_key(const void *by, struct mu_stmt *stmt)
{
    const struct question *question = by;
    mu_stmt_bind_int(stmt, 1, mu_id_key(question->id));
}

static enum mu_status read_title(struct mu_rows *rows, struct mu_stmt *stmt, struct mu_id task,
                                 char out_ref[static MU_TASK_REF_MAX], struct mu_slice *out_title,
                                 struct mu_error *err)
{
    bool row = false;
    if (mu_id_is_zero(task)) {
        return MU_OK;
    }
    mu_stmt_bind_int(stmt, 1, mu_id_key(task));
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    mu_task_ref(task, status == MU_OK && row ? mu_stmt_int(stmt, 0) : 0, out_ref);
    if (status == MU_OK && row && !mu_rows_text(rows, stmt, 1, out_title)) {
        status = mu_fail(err, MU_E_NOMEM, "read blockers: out of memory");
    }
    mu_stmt_reset(stmt);
    return status;
}

static void measure(const struct mu_books *books, struct mu_blocker *blocker)
{
    const struct mu_calendar_person *raiser = mu_books_person(books, blocker->raised_by);
    int64_t end = blocker->cleared_ms != 0 ? blocker->cleared_ms : books->now_ms;
    blocker->age_ms = mu_calendar_work_ms(books->calendar, raiser, blocker->raised_ms, end);
    blocker->ack_ms =
        blocker->acked_ms == 0
            ? -1
            : mu_calendar_work_ms(books->calendar, raiser, blocker->raised_ms, blocker->acked_ms);
    blocker->day_ms = mu_books_day_ms(books, blocker->raised_by);
}

static enum mu_status complete_all(const struct mu_books *books, struct mu_rows *rows,
                                   struct mu_stmt *title, struct mu_stmt *pending,
                                   struct mu_error *err)
{
    struct mu_blocker *blockers = rows->list.items;
    MU_TRY(mu_stmt_prepare(title, books->db, SQL_TITLE, err));
    MU_TRY(mu_stmt_prepare(pending, books->db, SQL_PENDING, err));
    for (size_t i = 0; i < rows->list.count; i++) {
        struct mu_blocker *blocker = &blockers[i];
        struct mu_slice unused = {0};
        MU_TRY(read_title(rows, title, blocker->task, blocker->task_ref, &blocker->title, err));
        MU_TRY(read_title(rows, title, blocker->needs_task, blocker->needs_ref, &unused, err));
        mu_stmt_bind_int(pending, 1, mu_id_key(blocker->id));
        MU_TRY(mu_stmt_step(pending, &blocker->pending, err));
        mu_stmt_reset(pending);
        measure(books, blocker);
    }
    return MU_OK;
}

static enum mu_status read(const struct mu_books *books, const char *sql,
                           void (*bind)(const void *by, struct mu_stmt *stmt),
                           const struct question *question, struct mu_blocker **out,
                           size_t *out_count, struct mu_error *err)
{
    struct mu_rows rows = {.db = books->db, .arena = books->arena};
    struct mu_stmt title = {0};
    struct mu_stmt pending = {0};
    MU_TRY(mu_rows_read(&rows, sql, sizeof(struct mu_blocker), bind, question, take, err));
    enum mu_status status = complete_all(books, &rows, &title, &pending, err);
    mu_stmt_finalize(&title);
    mu_stmt_finalize(&pending);
    MU_TRY(status);
    *out = rows.list.items;
    *out_count = rows.list.count;
    return MU_OK;
}

static bool fits(const struct mu_blocker_filter *filter, const struct mu_blocker *blocker)
{
    return (!filter->open || mu_blocker_is_open(blocker)) &&
           (mu_id_is_zero(filter->raised_by) ||
            mu_id_equal(filter->raised_by, blocker->raised_by)) &&
           (mu_id_is_zero(filter->needs) || mu_id_equal(filter->needs, blocker->needs_person)) &&
           (mu_blocker_is_open(blocker) || blocker->raised_ms >= filter->since_ms);
}

enum mu_status mu_blockers_load(const struct mu_books *books,
                                const struct mu_blocker_filter *filter, struct mu_blocker **out,
                                size_t *out_count, struct mu_error *err)
{
    struct question question = {.id = filter->task, .since_ms = filter->since_ms};
    struct mu_blocker *found = NULL;
    size_t count = 0;
    if (!mu_id_is_zero(filter->task)) {
        MU_TRY(read(books, SQL_TASK, bind_id, &question, &found, &count, err));
    } else if (!filter->open && !mu_id_is_zero(filter->raised_by)) {
        question.id = filter->raised_by;
        MU_TRY(read(books, SQL_RAISED, bind_id_since, &question, &found, &count, err));
    } else if (!filter->open) {
        MU_TRY(read(books, SQL_ALL, bind_since, &question, &found, &count, err));
    } else {
        MU_TRY(read(books, SQL_OPEN, NULL, NULL, &found, &count, err));
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (fits(filter, &found[i])) {
            found[kept++] = found[i];
        }
    }
    *out = found;
    *out_count = kept;
    return MU_OK;
}

enum mu_status mu_blocker_get(const struct mu_books *books, struct mu_id id, struct mu_blocker *out,
                              bool *out_found, struct mu_error *err)
{
    struct mu_blocker *found = NULL;
    size_t count = 0;
    const struct question question = {.id = id};
    MU_TRY(read(books, SQL_ONE, bind_key, &question, &found, &count, err));
    *out_found = count == 1 && mu_id_equal(found[0].id, id);
    if (*out_found) {
        *out = found[0];
    }
    return MU_OK;
}

/* -- held up by another --------------------------------------------------------------------- */

struct hold {
    int64_t from_ms, to_ms;
    struct mu_id needs_person, needs_task;
};

static bool take_hold(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct hold *hold = mu_list_add(&rows->list);
    if (hold == NULL) {
        return false;
    }
    *hold = (struct hold){mu_stmt_int(stmt, 0),
                          mu_stmt_is_null(stmt, 1) ? INT64_MAX : mu_stmt_int(stmt, 1),
                          mu_stmt_id(stmt, 2), mu_stmt_id(stmt, 3)};
    return true;
}

static int by_begin(const void *a, const void *b)
{
    const struct hold *left = a;
    const struct hold *right = b;
    return left->from_ms < right->from_ms ? -1 : (left->from_ms > right->from_ms ? 1 : 0);
}

/* Whether it waits for somebody else: a person, or who owns a task. */
static enum mu_status is_on_another(struct mu_stmt *title, const struct hold *hold,
                                    struct mu_id person, bool *out_is, struct mu_error *err)
{
    *out_is = !mu_id_is_zero(hold->needs_person) && !mu_id_equal(hold->needs_person, person);
    if (*out_is || mu_id_is_zero(hold->needs_task)) {
        return MU_OK;
    }
    bool row = false;
    mu_stmt_bind_int(title, 1, mu_id_key(hold->needs_task));
    enum mu_status status = mu_stmt_step(title, &row, err);
    struct mu_id owner = status == MU_OK && row ? mu_stmt_id(title, 2) : (struct mu_id){{0}};
    *out_is = !mu_id_is_zero(owner) && !mu_id_equal(owner, person);
    mu_stmt_reset(title);
    return status;
}

/* Each moment once: holds by their begin, and what an earlier one covered is cut off. */
static enum mu_status sum_holds(const struct mu_books *books, const struct mu_rows *rows,
                                struct mu_stmt *title, struct mu_id person, int64_t from_ms,
                                int64_t to_ms, int64_t *out_ms, struct mu_error *err)
{
    const struct mu_calendar_person *who = mu_books_person(books, person);
    const struct hold *holds = rows->list.items;
    int64_t reached = from_ms;
    for (size_t i = 0; i < rows->list.count; i++) {
        bool another = false;
        MU_TRY(is_on_another(title, &holds[i], person, &another, err));
        int64_t begin = holds[i].from_ms > reached ? holds[i].from_ms : reached;
        int64_t end = holds[i].to_ms < to_ms ? holds[i].to_ms : to_ms;
        if (another && end > begin) {
            *out_ms += mu_calendar_work_ms(books->calendar, who, begin, end);
            reached = end;
        }
    }
    return MU_OK;
}

static void bind_pair(const void *by, struct mu_stmt *stmt)
{
    const struct question *question = by;
    mu_stmt_bind_id(stmt, 1, question->id);
    mu_stmt_bind_id(stmt, 2, question->other);
}

enum mu_status mu_blocked_ms(const struct mu_books *books, struct mu_id person, struct mu_id task,
                             struct mu_id commitment, int64_t from_ms, int64_t to_ms,
                             int64_t *out_ms, struct mu_error *err)
{
    struct mu_rows rows = {.db = books->db, .arena = books->arena};
    struct question question = {.id = task, .other = person};
    *out_ms = 0;
    if (!mu_id_is_zero(task)) {
        MU_TRY(mu_rows_read(&rows, SQL_HOLDS, sizeof(struct hold), bind_id, &question, take_hold,
                            err));
    } else {
        question.id = commitment;
        MU_TRY(mu_rows_read(&rows, SQL_HOLDS_PROMISE, sizeof(struct hold), bind_pair, &question,
                            take_hold, err));
    }
    if (rows.list.count == 0) {
        return MU_OK;
    }
    qsort(rows.list.items, rows.list.count, sizeof(struct hold), by_begin);
    struct mu_stmt title = {0};
    MU_TRY(mu_stmt_prepare(&title, books->db, SQL_TITLE, err));
    enum mu_status status = sum_holds(books, &rows, &title, person, from_ms, to_ms, out_ms, err);
    mu_stmt_finalize(&title);
    return status;
}
