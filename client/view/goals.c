#include "client/view/goals.h"

#include <string.h>

#include "client/view/goal_inside.h"
#include "client/view/readings.h"
#include "client/view/rows.h"

#define PARTS                                                                                 \
    "id, no, title, description, why, owner, reviewer, parent, start_day, end_day, cadence, " \
    "state,"                                                                                  \
    " reason, confidence, health, health_note, created_by"
enum part {
    ID,
    NO,
    TITLE,
    DESC,
    WHY,
    OWNER,
    REVIEWER,
    PARENT,
    START,
    END,
    CADENCE,
    STATE,
    REASON,
    CONFIDENCE,
    HEALTH,
    NOTE,
    CREATED_BY
};

#define IN_ORDER " ORDER BY no IS NULL, no, id"
static const char SQL_ALL[] = "SELECT " PARTS " FROM goal" IN_ORDER;
static const char SQL_LIVE[] = "SELECT " PARTS " FROM goal WHERE state <= 3" IN_ORDER;
static const char SQL_ONE[] = "SELECT " PARTS " FROM goal WHERE key = ?1";
static const char SQL_NO[] = "SELECT no FROM goal WHERE key = ?1";
static const char SQL_PENDING[] = "SELECT 1 FROM mu_base WHERE entity = 30 AND key = ?1";
/* Tasks of the goal, and parts of them that belong to no other. */
static const char SQL_TASKS[] =
    "WITH RECURSIVE t (id, state, owner, due, deleted) AS ("
    "SELECT id, state, owner, due, deleted FROM task WHERE goal = ?1 UNION "
    "SELECT p.id, p.state, p.owner, p.due, p.deleted FROM task AS p JOIN t ON p.parent = t.id"
    " WHERE p.goal IS NULL OR p.goal = ?1 LIMIT 20000)"
    " SELECT count(*), sum(state = 6), sum(state < 6), sum(state < 6 AND owner IS NOT NULL),"
    " sum(state < 6 AND due IS NOT NULL) FROM t WHERE deleted IS NOT 1 AND state <> 7";

/* -- reading -------------------------------------------------------------------------------- */

static bool take(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct mu_goal *goal = mu_list_add(&rows->list);
    if (goal == NULL) {
        return false;
    }
    goal->id = mu_stmt_id(stmt, ID);
    goal->no = mu_stmt_int(stmt, NO);
    mu_goal_ref(goal->id, goal->no, goal->ref);
    goal->owner = mu_stmt_id(stmt, OWNER);
    goal->reviewer = mu_stmt_id(stmt, REVIEWER);
    goal->parent = mu_stmt_id(stmt, PARENT);
    goal->created_by = mu_stmt_id(stmt, CREATED_BY);
    goal->start_day = mu_stmt_int(stmt, START);
    goal->end_day = mu_stmt_int(stmt, END);
    goal->cadence = (int)mu_stmt_int(stmt, CADENCE);
    goal->state = (int)mu_stmt_int(stmt, STATE);
    goal->confidence = mu_stmt_is_null(stmt, CONFIDENCE) ? -1 : mu_stmt_int(stmt, CONFIDENCE);
    goal->own_health = (int)mu_stmt_int(stmt, HEALTH);
    goal->pace = -1;
    return mu_rows_text(rows, stmt, TITLE, &goal->title) &&
           mu_rows_text(rows, stmt, DESC, &goal->desc) &&
           mu_rows_text(rows, stmt, WHY, &goal->why) &&
           mu_rows_text(rows, stmt, REASON, &goal->reason) &&
           mu_rows_text(rows, stmt, NOTE, &goal->health_note);
}

static enum mu_status one_int(struct mu_db *db, const char *sql, int64_t key, bool *out_row,
                              int64_t *out_number, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, db, sql, err));
    mu_stmt_bind_int(&stmt, 1, key);
    enum mu_status status = mu_stmt_step(&stmt, out_row, err);
    *out_number = status == MU_OK && *out_row ? mu_stmt_int(&stmt, 0) : 0;
    mu_stmt_finalize(&stmt);
    return status;
}

static enum mu_status count_tasks(const struct mu_books *books, struct mu_goal *goal,
                                  struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    bool row = false;
    MU_TRY(mu_stmt_prepare(&stmt, books->db, SQL_TASKS, err));
    mu_stmt_bind_id(&stmt, 1, goal->id);
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK && row) {
        goal->tasks = mu_stmt_int(&stmt, 0);
        goal->tasks_done = mu_stmt_int(&stmt, 1);
        goal->tasks_active = mu_stmt_int(&stmt, 2);
        goal->tasks_owned = mu_stmt_int(&stmt, 3);
        goal->tasks_dated = mu_stmt_int(&stmt, 4);
    }
    mu_stmt_finalize(&stmt);
    return status;
}

/* Three readings, each below the one before. */
static enum mu_status read_confidence(const struct mu_books *books, struct mu_goal *goal,
                                      struct mu_error *err)
{
    struct mu_reading *readings = NULL;
    size_t count = 0;
    int64_t last[3] = {0};
    size_t kept = 0;
    MU_TRY(mu_readings_of_goal(books, goal->id, &readings, &count, err));
    for (size_t i = count; i > 0 && kept < 3; i--) {
        if (!readings[i - 1].corrected) {
            last[kept++] = readings[i - 1].value;
        }
    }
    goal->confidence_falls = kept == 3 && last[0] < last[1] && last[1] < last[2];
    return MU_OK;
}

/* A day is over at the end of the working day. */
static void count_days(const struct mu_books *books, struct mu_goal *goal)
{
    const struct mu_calendar *calendar = books->calendar;
    if (goal->start_day == 0 || goal->end_day < goal->start_day) {
        return;
    }
    struct mu_local now = mu_person_local(&calendar->team, books->now_ms);
    int64_t today = mu_date_to_days(now.date);
    int64_t over = now.second / 60 >= calendar->day_end_minute ? today : today - 1;
    over = over < goal->end_day ? over : goal->end_day;
    goal->workdays =
        mu_calendar_workdays(calendar, &calendar->team, goal->start_day, goal->end_day);
    goal->workdays_over = mu_calendar_workdays(calendar, &calendar->team, goal->start_day, over);
}

static enum mu_status complete(const struct mu_books *books, struct mu_goal *goal,
                               struct mu_error *err)
{
    bool row = false;
    int64_t number = 0;
    MU_TRY(one_int(books->db, SQL_PENDING, mu_id_key(goal->id), &goal->pending, &number, err));
    if (!mu_id_is_zero(goal->parent)) {
        MU_TRY(one_int(books->db, SQL_NO, mu_id_key(goal->parent), &row, &number, err));
        mu_goal_ref(goal->parent, number, goal->parent_ref);
    }
    MU_TRY(count_tasks(books, goal, err));
    MU_TRY(read_confidence(books, goal, err));
    count_days(books, goal);
    MU_TRY(mu_goal_targets(books, goal, err));
    int64_t today = mu_person_day(&books->calendar->team, books->now_ms);
    mu_goal_judge(goal, today);
    return MU_OK;
}

static void bind_key(const void *by, struct mu_stmt *stmt)
{
    const struct mu_id *id = by;
    mu_stmt_bind_int(stmt, 1, mu_id_key(*id));
}

enum mu_status mu_goals_load(const struct mu_books *books, const struct mu_goal_filter *filter,
                             struct mu_goal **out, size_t *out_count, struct mu_error *err)
{
    struct mu_rows rows = {.db = books->db, .arena = books->arena};
    MU_TRY(mu_rows_read(&rows, filter->all ? SQL_ALL : SQL_LIVE, sizeof(struct mu_goal), NULL, NULL,
                        take, err));
    struct mu_goal *goals = rows.list.items;
    size_t kept = 0;
    for (size_t i = 0; i < rows.list.count; i++) {
        if (mu_id_is_zero(filter->owner) || mu_id_equal(filter->owner, goals[i].owner)) {
            MU_TRY(complete(books, &goals[i], err));
            goals[kept++] = goals[i];
        }
    }
    *out = goals;
    *out_count = kept;
    return MU_OK;
}

enum mu_status mu_goal_get(const struct mu_books *books, struct mu_id id, struct mu_goal *out,
                           bool *out_found, struct mu_error *err)
{
    struct mu_rows rows = {.db = books->db, .arena = books->arena};
    MU_TRY(mu_rows_read(&rows, SQL_ONE, sizeof(struct mu_goal), bind_key, &id, take, err));
    struct mu_goal *goals = rows.list.items;
    *out_found = rows.list.count == 1 && mu_id_equal(goals[0].id, id);
    if (!*out_found) {
        return MU_OK;
    }
    MU_TRY(complete(books, &goals[0], err));
    *out = goals[0];
    return MU_OK;
}
