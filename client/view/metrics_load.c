/* What metrics.c counts, taken from the replica: by the indexes of a person, or all of it. */
#include <string.h>

#include "client/view/metrics.h"
#include "client/view/rows.h"

#define TASKS                                                                         \
    "SELECT id, owner, state, archived, deleted, done_at, first_due, due, due_moves," \
    " accepted_at FROM task WHERE coalesce(deleted, 0) = 0 AND (state <= 5 OR done_at >= ?1)"
static const char SQL_TASKS[] = TASKS " ORDER BY id";
static const char SQL_TASKS_OF[] = TASKS " AND owner = ?2 AND owner IS NOT NULL ORDER BY id";
#define FEEDBACK "SELECT id, from_person, to_person, task, sent_at, answered_at FROM feedback"
static const char SQL_FEEDBACK[] = FEEDBACK " WHERE ?2 IS NULL AND sent_at >= ?1"
                                            " ORDER BY sent_at, id";
static const char SQL_FEEDBACK_OF[] = FEEDBACK " WHERE to_person = ?2 AND sent_at >= ?1"
                                               " ORDER BY sent_at, id";
static const char SQL_KUDOS[] =
    "SELECT k.id, k.from_person, t.person, k.at FROM kudos k JOIN kudos_to t ON t.kudos = k.id"
    " WHERE k.at >= ?1 AND (?2 IS NULL OR k.from_person = ?2 OR t.person = ?2)"
    " ORDER BY k.at, k.id, t.person";
static const char SQL_ACKS[] =
    "SELECT id, ack_by, day, ack_at - received_at FROM checkin WHERE day >= ?1 AND day <= ?3"
    " AND ack_at IS NOT NULL AND (?2 IS NULL OR ack_by = ?2)"
    " AND ack_by IN (SELECT id FROM person WHERE role = 4) ORDER BY day, id";

struct by {
    int64_t since;
    int64_t until;
    struct mu_id person; /* zero: all */
};

static void bind(const void *how, struct mu_stmt *stmt)
{
    const struct by *by = how;
    mu_stmt_bind_int(stmt, 1, by->since);
    if (!mu_id_is_zero(by->person)) {
        mu_stmt_bind_id(stmt, 2, by->person);
    }
}

static void bind_days(const void *how, struct mu_stmt *stmt)
{
    const struct by *by = how;
    bind(how, stmt);
    mu_stmt_bind_int(stmt, 3, by->until);
}

/* -- tasks -------------------------------------------------------------------------- */

/* Where dues are local, with the zone that was asked for last. */
struct place {
    const struct mu_books *books;
    const struct mu_viewpoint *from;
    char name[MU_DUE_ZONE_MAX + 1];
    const struct mu_zone *zone;
};

static const struct mu_zone *zone_of_due(struct place *place, const struct mu_due *due,
                                         struct mu_id owner, int64_t at_ms)
{
    if (due->zone[0] != '\0' && place->from->zone_of != NULL) {
        if (strcmp(place->name, due->zone) != 0) {
            memcpy(place->name, due->zone, sizeof place->name);
            place->zone = place->from->zone_of(place->from->state, due->zone);
        }
        if (place->zone != NULL) {
            return place->zone;
        }
    }
    return mu_person_zone(mu_books_person(place->books, owner), at_ms)->zone;
}

static int64_t due_instant(struct place *place, struct mu_slice text, struct mu_id owner,
                           int64_t at_ms)
{
    struct mu_due due;
    struct mu_error ignored = {0};
    if (text.len == 0 || mu_due_parse(text, &due, &ignored) != MU_OK) {
        return INT64_MIN;
    }
    const struct mu_zone *zone = zone_of_due(place, &due, owner, at_ms);
    return mu_due_instant(&due, zone, place->books->calendar->day_end_minute).ms;
}

static bool take_task(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct place *place = rows->state;
    struct mu_metric_task *task = mu_list_add(&rows->list);
    if (task == NULL) {
        return false;
    }
    int64_t state = mu_stmt_int(stmt, 2);
    task->id = mu_stmt_id(stmt, 0);
    task->owner = mu_stmt_id(stmt, 1);
    task->active = state <= MU_STATE_REVIEW && mu_stmt_int(stmt, 3) != 1;
    task->done_ms = state == MU_STATE_DONE ? mu_stmt_int(stmt, 5) : 0;
    task->dated = !mu_stmt_is_null(stmt, 7);
    task->due_moves = mu_stmt_int(stmt, 8);
    task->accepted = !mu_stmt_is_null(stmt, 9);
    task->first_due_ms = INT64_MIN;
    task->due_ms = INT64_MIN;
    if (task->done_ms != 0 && task->dated) { /* nobody asks of others */
        task->due_ms = due_instant(place, mu_stmt_text(stmt, 7), task->owner, task->done_ms);
        struct mu_slice first = mu_stmt_text(stmt, 6);
        task->first_due_ms =
            first.len == 0 ? task->due_ms : due_instant(place, first, task->owner, task->done_ms);
    }
    return true;
}

/* -- the rest ------------------------------------------------------------------------- */

static bool take_feedback(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct mu_metric_feedback *feedback = mu_list_add(&rows->list);
    if (feedback == NULL) {
        return false;
    }
    *feedback = (struct mu_metric_feedback){.id = mu_stmt_id(stmt, 0),
                                            .from = mu_stmt_id(stmt, 1),
                                            .to = mu_stmt_id(stmt, 2),
                                            .task = mu_stmt_id(stmt, 3),
                                            .sent_ms = mu_stmt_int(stmt, 4),
                                            .answered = !mu_stmt_is_null(stmt, 5)};
    return true;
}

static bool take_kudos(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct mu_metric_kudos *kudos = mu_list_add(&rows->list);
    if (kudos == NULL) {
        return false;
    }
    *kudos = (struct mu_metric_kudos){.id = mu_stmt_id(stmt, 0),
                                      .from = mu_stmt_id(stmt, 1),
                                      .to = mu_stmt_id(stmt, 2),
                                      .at_ms = mu_stmt_int(stmt, 3)};
    return true;
}

static bool take_ack(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct mu_metric_ack *ack = mu_list_add(&rows->list);
    if (ack == NULL) {
        return false;
    }
    *ack = (struct mu_metric_ack){.checkin = mu_stmt_id(stmt, 0),
                                  .by = mu_stmt_id(stmt, 1),
                                  .day = mu_stmt_int(stmt, 2),
                                  .waited_ms = mu_stmt_int(stmt, 3)};
    return true;
}

static enum mu_status load_plain(const struct mu_books *books, const struct mu_viewpoint *from,
                                 struct mu_id person, struct mu_metric_input *out,
                                 struct mu_error *err)
{
    bool all = mu_id_is_zero(person);
    struct place place = {.books = books, .from = from};
    struct mu_rows rows = {.db = books->db, .arena = books->arena, .state = &place};
    const struct by by = {.since = out->from_ms, .person = person};
    const struct by days = {.since = out->from_day, .until = out->to_day, .person = person};
    MU_TRY(mu_rows_read(&rows, all ? SQL_TASKS : SQL_TASKS_OF, sizeof *out->tasks, bind, &by,
                        take_task, err));
    out->tasks = rows.list.items;
    out->task_count = rows.list.count;
    MU_TRY(mu_rows_read(&rows, all ? SQL_FEEDBACK : SQL_FEEDBACK_OF, sizeof *out->feedback, bind,
                        &by, take_feedback, err));
    out->feedback = rows.list.items;
    out->feedback_count = rows.list.count;
    MU_TRY(mu_rows_read(&rows, SQL_KUDOS, sizeof *out->kudos, bind, &by, take_kudos, err));
    out->kudos = rows.list.items;
    out->kudos_count = rows.list.count;
    if (!all && mu_books_person(books, person)->role != MU_ROLE_LEAD) {
        return MU_OK; /* check-ins are acknowledged by leads */
    }
    MU_TRY(mu_rows_read(&rows, SQL_ACKS, sizeof *out->acks, bind_days, &days, take_ack, err));
    out->acks = rows.list.items;
    out->ack_count = rows.list.count;
    return MU_OK;
}

/* -- blockers: open ones and those raised in the window, raised by or acknowledged by her ---- */

static enum mu_status load_blockers(const struct mu_books *books, struct mu_metric_input *out,
                                    struct mu_error *err)
{
    /* Acknowledgements of others' blockers are hers, too: all are read. */
    const struct mu_blocker_filter filter = {.since_ms = out->from_ms};
    struct mu_blocker *blockers = NULL;
    MU_TRY(mu_blockers_load(books, &filter, &blockers, &out->blocker_count, err));
    out->blockers = blockers;
    return MU_OK;
}

static enum mu_status load_judged(const struct mu_books *books, struct mu_id person,
                                  struct mu_metric_input *out, struct mu_error *err)
{
    const struct mu_promise_filter promises = {
        .person = person, .from_day = out->from_day, .to_day = out->to_day};
    const struct mu_quota_filter quotas = {
        .person = person, .from_day = out->from_day, .to_day = out->to_day};
    const struct mu_slot_query query = {.person = mu_id_is_zero(person) ? NULL : &person,
                                        .from_day = out->from_day,
                                        .to_day = out->to_day,
                                        .now_ms = books->now_ms};
    struct mu_promise *promise_list = NULL;
    struct mu_quota *quota_list = NULL;
    struct mu_slots *slots = mu_arena_alloc(books->arena, sizeof *slots);
    struct mu_schedules *schedules = mu_arena_alloc(books->arena, sizeof *schedules);
    if (slots == NULL || schedules == NULL) {
        return mu_fail(err, MU_E_NOMEM, "load figures: out of memory");
    }
    MU_TRY(mu_promises_load(books, &promises, &promise_list, &out->promise_count, err));
    MU_TRY(mu_quotas_load(books, &quotas, &quota_list, &out->quota_count, err));
    MU_TRY(mu_schedules_load(books->db, books->arena, schedules, err));
    MU_TRY(mu_slots_load(books->db, books->calendar, schedules, &query, books->arena, slots, err));
    out->promises = promise_list;
    out->quotas = quota_list;
    out->slots = slots;
    return load_blockers(books, out, err);
}

struct mu_metric_window mu_metric_window(const struct mu_books *books, int64_t days)
{
    int64_t today = mu_person_day(&books->calendar->team, books->now_ms);
    return (struct mu_metric_window){.from_day = today - (days - 1), .to_day = today};
}

enum mu_status mu_metrics_load(const struct mu_books *books, const struct mu_viewpoint *from,
                               const struct mu_metric_window *window, struct mu_metric_input *out,
                               struct mu_error *err)
{
    const struct mu_calendar_person *team = &books->calendar->team;
    int64_t end_ms = mu_person_instant(team, window->to_day + 1, 0);
    memset(out, 0, sizeof *out);
    out->from_day = window->from_day;
    out->to_day = window->to_day;
    out->now_ms = books->now_ms;
    out->from_ms = mu_person_instant(team, window->from_day, 0);
    out->to_ms = end_ms <= books->now_ms ? end_ms : books->now_ms + 1;
    MU_TRY(load_plain(books, from, window->person, out, err));
    return load_judged(books, window->person, out, err);
}
