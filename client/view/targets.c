/* Targets of a goal and what was measured of them. */
#include "client/view/goal_inside.h"
#include "client/view/readings.h"
#include "client/view/rows.h"
#include "common/model/decide.h"

static const char SQL_TARGETS[] =
    "SELECT id, name, unit, direction, source, precision, baseline, aim FROM target"
    " WHERE goal = ?1 AND deleted IS NOT 1 ORDER BY id";
static const char SQL_QUOTAS[] =
    "SELECT min(sum(amount), 2000000000000000) FROM quota WHERE target = ?1";

static void bind(const void *by, struct mu_stmt *stmt)
{
    const struct mu_id *goal = by;
    mu_stmt_bind_id(stmt, 1, *goal);
}

static bool take(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct mu_target *target = mu_list_add(&rows->list);
    if (target == NULL) {
        return false;
    }
    target->id = mu_stmt_id(stmt, 0);
    mu_id_handle(target->id, target->ref);
    target->direction = (int)mu_stmt_int(stmt, 3);
    target->source = (int)mu_stmt_int(stmt, 4);
    target->precision = (int)mu_stmt_int(stmt, 5);
    target->has_baseline = !mu_stmt_is_null(stmt, 6);
    target->baseline = mu_stmt_int(stmt, 6);
    target->has_aim = !mu_stmt_is_null(stmt, 7);
    target->aim = mu_stmt_int(stmt, 7);
    target->progress = -1;
    target->expected = -1;
    return mu_rows_text(rows, stmt, 1, &target->name) && mu_rows_text(rows, stmt, 2, &target->unit);
}

static enum mu_status sum_quotas(const struct mu_books *books, struct mu_target *target,
                                 struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    bool row = false;
    MU_TRY(mu_stmt_prepare(&stmt, books->db, SQL_QUOTAS, err));
    mu_stmt_bind_id(&stmt, 1, target->id);
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    target->quotas = status == MU_OK && row ? mu_stmt_int(&stmt, 0) : 0;
    mu_stmt_finalize(&stmt);
    return status;
}

/* A sum that is past every measure stays there. */
static int64_t add(int64_t a, int64_t b)
{
    int64_t sum = a + b;
    int64_t most = 2 * MU_MEASURE_MAX;
    return sum > most ? most : (sum < -most ? -most : sum);
}

static enum mu_status measure(const struct mu_books *books, const struct mu_goal *goal,
                              struct mu_target *target, struct mu_error *err)
{
    struct mu_reading *readings = NULL;
    size_t count = 0;
    if (target->source == MU_TARGET_TASKS) {
        int64_t scale = 1;
        for (int i = 0; i < target->precision && i < MU_PRECISION_MAX; i++) {
            scale *= 10;
        }
        target->has_value = true;
        target->value = goal->tasks_done * scale;
        return MU_OK;
    }
    MU_TRY(mu_readings_of_target(books, target->id, &readings, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (readings[i].corrected) {
            continue;
        }
        bool adds = target->source == MU_TARGET_QUOTAS && target->readings > 0;
        target->value = adds ? add(target->value, readings[i].value) : readings[i].value;
        target->has_value = true;
        target->readings++;
    }
    if (!target->has_value && target->source == MU_TARGET_QUOTAS) {
        target->has_value = true; /* nothing brought is a value, too */
    }
    return sum_quotas(books, target, err);
}

enum mu_status mu_goal_targets(const struct mu_books *books, struct mu_goal *goal,
                               struct mu_error *err)
{
    struct mu_rows rows = {.db = books->db, .arena = books->arena};
    MU_TRY(mu_rows_read(&rows, SQL_TARGETS, sizeof(struct mu_target), bind, &goal->id, take, err));
    goal->targets = rows.list.items;
    goal->target_count = rows.list.count;
    for (size_t i = 0; i < goal->target_count; i++) {
        goal->targets[i].goal = goal->id;
        MU_TRY(measure(books, goal, &goal->targets[i], err));
    }
    return MU_OK;
}
