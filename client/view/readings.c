#include "client/view/readings.h"

#include <stdlib.h>

#include "client/view/rows.h"

static const char SQL_TARGET[] = "SELECT id, corrects, value, day, at, by_person, note FROM reading"
                                 " WHERE target = ?1 ORDER BY at, id";
static const char SQL_GOAL[] =
    "SELECT id, corrects, confidence, day, at, by_person, note FROM reading"
    " WHERE goal = ?1 AND confidence IS NOT NULL ORDER BY at, id";

static void bind(const void *by, struct mu_stmt *stmt)
{
    const struct mu_id *id = by;
    mu_stmt_bind_id(stmt, 1, *id);
}

static bool take(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct mu_reading *reading = mu_list_add(&rows->list);
    if (reading == NULL) {
        return false;
    }
    reading->id = mu_stmt_id(stmt, 0);
    reading->corrects = mu_stmt_id(stmt, 1);
    reading->value = mu_stmt_int(stmt, 2);
    reading->day = mu_stmt_int(stmt, 3);
    reading->at_ms = mu_stmt_int(stmt, 4);
    reading->by = mu_stmt_id(stmt, 5);
    return mu_rows_text(rows, stmt, 6, &reading->note);
}

static int by_id(const void *a, const void *b)
{
    const struct mu_reading *left = a;
    const struct mu_reading *right = b;
    return mu_id_compare(left->id, right->id);
}

static int by_time(const void *a, const void *b)
{
    const struct mu_reading *left = a;
    const struct mu_reading *right = b;
    if (left->day != right->day) {
        return left->day < right->day ? -1 : 1;
    }
    if (left->at_ms != right->at_ms) {
        return left->at_ms < right->at_ms ? -1 : 1;
    }
    return mu_id_compare(left->id, right->id);
}

static enum mu_status read(const struct mu_books *books, const char *sql, struct mu_id id,
                           struct mu_reading **out, size_t *out_count, struct mu_error *err)
{
    struct mu_rows rows = {.db = books->db, .arena = books->arena};
    MU_TRY(mu_rows_read(&rows, sql, sizeof(struct mu_reading), bind, &id, take, err));
    struct mu_reading *readings = rows.list.items;
    size_t count = rows.list.count;
    if (count > 0) {
        qsort(readings, count, sizeof *readings, by_id);
    }
    for (size_t i = 0; i < count; i++) {
        struct mu_reading key = {.id = readings[i].corrects};
        struct mu_reading *old =
            mu_id_is_zero(key.id) ? NULL : bsearch(&key, readings, count, sizeof *readings, by_id);
        if (old != NULL) {
            old->corrected = true;
        }
    }
    if (count > 0) {
        qsort(readings, count, sizeof *readings, by_time);
    }
    *out = readings;
    *out_count = count;
    return MU_OK;
}

enum mu_status mu_readings_of_target(const struct mu_books *books, struct mu_id target,
                                     struct mu_reading **out, size_t *out_count,
                                     struct mu_error *err)
{
    return read(books, SQL_TARGET, target, out, out_count, err);
}

enum mu_status mu_readings_of_goal(const struct mu_books *books, struct mu_id goal,
                                   struct mu_reading **out, size_t *out_count, struct mu_error *err)
{
    return read(books, SQL_GOAL, goal, out, out_count, err);
}
