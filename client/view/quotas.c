#include "client/view/quotas.h"

#include "client/view/readings.h"
#include "client/view/rows.h"

#define PARTS \
    "id, target, person, period_kind, period, amount, set_by, accepted_at, accepted_amount"
static const char SQL_TARGET[] =
    "SELECT " PARTS " FROM quota WHERE target = ?1 AND period BETWEEN ?3 AND ?4"
    " AND amount > 0 ORDER BY period, person, id";
static const char SQL_PERSON[] =
    "SELECT " PARTS " FROM quota WHERE person = ?2 AND period BETWEEN ?3 AND ?4"
    " AND amount > 0 ORDER BY target, period, id";
static const char SQL_ALL[] = "SELECT " PARTS " FROM quota WHERE period BETWEEN ?3 AND ?4"
                              " AND amount > 0 ORDER BY target, period, person, id";
static const char SQL_ONE[] = "SELECT " PARTS " FROM quota WHERE key = ?5";
static const char SQL_PENDING[] = "SELECT 1 FROM mu_base WHERE entity = 33 AND key = ?1";

struct question {
    const struct mu_quota_filter *filter;
    int64_t key;
};

static void bind(const void *by, struct mu_stmt *stmt)
{
    const struct question *question = by;
    mu_stmt_bind_id(stmt, 1, question->filter->target);
    mu_stmt_bind_id(stmt, 2, question->filter->person);
    mu_stmt_bind_int(stmt, 3, question->filter->from_day);
    mu_stmt_bind_int(stmt, 4, question->filter->to_day);
}

static void bind_key(const void *by, struct mu_stmt *stmt)
{
    const struct question *question = by;
    mu_stmt_bind_int(stmt, 5, question->key);
}

static bool take(struct mu_rows *rows, struct mu_stmt *stmt)
{
    struct mu_quota *quota = mu_list_add(&rows->list);
    if (quota == NULL) {
        return false;
    }
    quota->id = mu_stmt_id(stmt, 0);
    quota->target = mu_stmt_id(stmt, 1);
    quota->person = mu_stmt_id(stmt, 2);
    quota->period = (struct mu_period){mu_stmt_int(stmt, 3), mu_stmt_int(stmt, 4)};
    quota->amount = mu_stmt_int(stmt, 5);
    quota->set_by = mu_stmt_id(stmt, 6);
    quota->accepted_ms = mu_stmt_int(stmt, 7);
    quota->has_accepted = !mu_stmt_is_null(stmt, 8);
    quota->accepted_amount = mu_stmt_int(stmt, 8);
    quota->accepted = quota->has_accepted && quota->accepted_amount == quota->amount;
    return true;
}

/* -- what was brought ----------------------------------------------------------------------- */

/* Readings of one target at a time: quotas come by target. */
struct ledger {
    struct mu_id target;
    struct mu_reading *readings;
    size_t count;
};

static void add_up(const struct ledger *ledger, struct mu_quota *quota)
{
    int64_t end = mu_period_end(quota->period);
    for (size_t i = 0; i < ledger->count; i++) {
        const struct mu_reading *reading = &ledger->readings[i];
        if (reading->corrected || reading->day < quota->period.day || reading->day >= end ||
            !mu_id_equal(reading->by, quota->person)) {
            continue;
        }
        int64_t most = 2 * MU_MEASURE_MAX; /* a sum that is past every measure stays there */
        int64_t sum = quota->brought + reading->value;
        quota->brought = sum > most ? most : (sum < -most ? -most : sum);
        if (quota->brought < quota->amount) {
            quota->met_ms = 0;
        } else if (quota->met_ms == 0) {
            quota->met_ms = reading->at_ms;
        }
    }
    quota->met = quota->brought >= quota->amount;
}

/* Away on at least half of the working days of the period. */
static bool is_excused(const struct mu_books *books, const struct mu_quota *quota)
{
    const struct mu_calendar_person *person = mu_books_person(books, quota->person);
    struct mu_calendar_person there = *person;
    int64_t last = mu_period_end(quota->period) - 1;
    there.absence_count = 0;
    int64_t days = mu_calendar_workdays(books->calendar, &there, quota->period.day, last);
    int64_t present = mu_calendar_workdays(books->calendar, person, quota->period.day, last);
    return days > 0 && 2 * (days - present) >= days;
}

static enum mu_status complete(const struct mu_books *books, struct mu_rows *rows,
                               struct mu_stmt *pending, struct mu_error *err)
{
    struct ledger ledger = {.count = 0};
    struct mu_quota *quotas = rows->list.items;
    for (size_t i = 0; i < rows->list.count; i++) {
        struct mu_quota *quota = &quotas[i];
        if (!mu_id_equal(ledger.target, quota->target)) {
            ledger.target = quota->target;
            MU_TRY(
                mu_readings_of_target(books, quota->target, &ledger.readings, &ledger.count, err));
        }
        add_up(&ledger, quota);
        quota->excused = is_excused(books, quota);
        mu_stmt_bind_int(pending, 1, mu_id_key(quota->id));
        MU_TRY(mu_stmt_step(pending, &quota->pending, err));
        mu_stmt_reset(pending);
    }
    return MU_OK;
}

static enum mu_status read(const struct mu_books *books, const char *sql,
                           void (*binder)(const void *by, struct mu_stmt *stmt),
                           const struct question *question, struct mu_quota **out,
                           size_t *out_count, struct mu_error *err)
{
    struct mu_rows rows = {.db = books->db, .arena = books->arena};
    struct mu_stmt pending = {0};
    MU_TRY(mu_rows_read(&rows, sql, sizeof(struct mu_quota), binder, question, take, err));
    MU_TRY(mu_stmt_prepare(&pending, books->db, SQL_PENDING, err));
    enum mu_status status = complete(books, &rows, &pending, err);
    mu_stmt_finalize(&pending);
    *out = rows.list.items;
    *out_count = rows.list.count;
    return status;
}

enum mu_status mu_quotas_load(const struct mu_books *books, const struct mu_quota_filter *filter,
                              struct mu_quota **out, size_t *out_count, struct mu_error *err)
{
    const struct question question = {.filter = filter};
    bool by_target = !mu_id_is_zero(filter->target);
    bool by_person = !mu_id_is_zero(filter->person);
    const char *sql = by_target ? SQL_TARGET : (by_person ? SQL_PERSON : SQL_ALL);
    MU_TRY(read(books, sql, bind, &question, out, out_count, err));
    if (by_target && by_person) {
        size_t kept = 0;
        for (size_t i = 0; i < *out_count; i++) {
            if (mu_id_equal((*out)[i].person, filter->person)) {
                (*out)[kept++] = (*out)[i];
            }
        }
        *out_count = kept;
    }
    return MU_OK;
}

enum mu_status mu_quota_get(const struct mu_books *books, struct mu_id id, struct mu_quota *out,
                            bool *out_found, struct mu_error *err)
{
    const struct question question = {.key = mu_id_key(id)};
    struct mu_quota *found = NULL;
    size_t count = 0;
    MU_TRY(read(books, SQL_ONE, bind_key, &question, &found, &count, err));
    *out_found = count == 1 && mu_id_equal(found[0].id, id);
    if (*out_found) {
        *out = found[0];
    }
    return MU_OK;
}

struct mu_quota_sum mu_quotas_sum(const struct mu_quota *quotas, size_t count)
{
    struct mu_quota_sum sum = {0};
    for (size_t i = 0; i < count; i++) {
        const struct mu_quota *quota = &quotas[i];
        sum.brought += quota->brought;
        if (quota->excused) {
            sum.excused += quota->amount;
            sum.excused_people++;
        } else {
            sum.expected += quota->amount;
            sum.people++;
            sum.met += quota->met ? 1 : 0;
        }
    }
    return sum;
}

void mu_quota_json(struct mu_json *json, const char *name, const struct mu_quota *quota,
                   const struct mu_names *names)
{
    static const char *const kinds[] = {"?", "day", "week", "month"};
    char handle[MU_HANDLE_LEN + 1];
    const struct mu_person_name *person = mu_names_person(names, quota->person);
    bool known = quota->period.kind >= MU_PERIOD_DAY && quota->period.kind <= MU_PERIOD_MONTH;
    mu_id_handle(quota->id, handle);
    mu_json_object(json, name);
    mu_json_str(json, "ref", handle);
    mu_json_id(json, "id", quota->id);
    mu_json_id(json, "target", quota->target);
    if (person != NULL) {
        mu_json_text(json, "person", person->handle);
    } else {
        mu_json_null(json, "person");
    }
    mu_json_str(json, "period_kind", kinds[known ? quota->period.kind : 0]);
    mu_json_int(json, "period", quota->period.day);
    mu_json_day(json, "period_from", quota->period.day);
    mu_json_int(json, "amount", quota->amount);
    mu_json_int(json, "brought", quota->brought);
    mu_json_bool(json, "met", quota->met);
    mu_json_bool(json, "excused", quota->excused);
    mu_json_bool(json, "accepted", quota->accepted);
    if (quota->has_accepted) {
        mu_json_int(json, "accepted_amount", quota->accepted_amount);
    } else {
        mu_json_null(json, "accepted_amount");
    }
    mu_json_instant(json, "accepted_at", quota->accepted_ms);
    mu_json_bool(json, "pending", quota->pending);
    mu_json_close(json);
}
