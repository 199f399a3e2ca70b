/* Tasks that come again.  An occurrence has the id of its series and its nominal day, and takes
 * everything from the series as it stands: whoever's device makes it, it is one task, its author
 * is who made the series, and who comes second changes nothing. */
#include <string.h>

#include "common/model/decide_inside.h"
#include "common/model/recur.h"

struct mu_id mu_occurrence_id(const struct mu_world *world, struct mu_id series, int64_t day)
{
    uint8_t bytes[8];
    for (unsigned i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)((uint64_t)day >> (56 - 8 * i));
    }
    struct mu_slice parts[] = {mu_id_view(&series), mu_slice_of(bytes, sizeof bytes)};
    return world->derive("occurrence", parts, 2);
}

static enum mu_status check_rule(struct mu_case *c, const struct mu_op *op)
{
    if (mu_arg_has(op, MU_SERIES_ZONE) &&
        !mu_due_zone_valid(mu_arg_value(op, MU_SERIES_ZONE).bytes)) {
        return mu_case_refuse(c, MU_E_INVALID, "series.zone is no name of a zone");
    }
    if (!mu_arg_has(op, MU_SERIES_RULE)) {
        return MU_OK;
    }
    struct mu_recur rule;
    struct mu_error why = {0};
    enum mu_status status = mu_recur_parse(mu_arg_value(op, MU_SERIES_RULE).bytes, &rule, &why);
    return status == MU_OK ? MU_OK : mu_case_refuse(c, status, "series.rule: %s", why.text);
}

enum mu_status mu_rule_series_add(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *series = NULL;
    MU_TRY(mu_case_look(c, MU_SERIES, op->row, &series));
    MU_TRY(check_rule(c, op));
    MU_TRY(mu_case_merge_plain(c, series, 0));
    MU_TRY(mu_case_put_id(c, series, MU_SERIES_CREATED_BY, c->facts->person));
    return mu_case_put_int(c, series, MU_SERIES_CREATED_AT, c->facts->at_ms);
}

bool mu_case_leads_series(const struct mu_case *c, const struct mu_known *series)
{
    return mu_case_is_lead(c) || mu_case_is(c, mu_now_id(series, MU_SERIES_CREATED_BY)) ||
           mu_case_is(c, mu_now_id(series, MU_SERIES_OWNER));
}

enum mu_status mu_rule_series_edit(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *series = NULL;
    MU_TRY(mu_case_need(c, MU_SERIES, op->row, &series));
    if (!mu_case_leads_series(c, series)) {
        return mu_case_refuse(c, MU_E_DENIED,
                              "a series is changed by its owner, its creator or a lead");
    }
    MU_TRY(check_rule(c, op));
    return mu_case_merge_plain(c, series, 0);
}

/* -- occurrences ------------------------------------------------------------------------ */

static enum mu_status check_occurrence(struct mu_case *c, const struct mu_op *op,
                                       const struct mu_known *series)
{
    int64_t day = mu_arg_int(op, MU_TASK_OCCURRENCE);
    if (mu_now_int(series, MU_SERIES_ENDED) == 1) {
        return mu_case_refuse(c, MU_E_CONFLICT, "the series has ended");
    }
    if (day < mu_now_int(series, MU_SERIES_START_DAY)) {
        return mu_case_refuse(c, MU_E_INVALID, "the series begins later than that");
    }
    return mu_id_equal(mu_occurrence_id(c->world, series->id, day), op->row)
               ? MU_OK
               : mu_case_refuse(c, MU_E_INVALID,
                                "the id of an occurrence is not that of its series and day");
}

static enum mu_status take_template(struct mu_case *c, struct mu_known *task,
                                    const struct mu_known *series)
{
    static const struct {
        uint32_t from, to;
    } fields[] = {
        {MU_SERIES_TITLE, MU_TASK_TITLE},
        {MU_SERIES_DESC, MU_TASK_DESC},
        {MU_SERIES_COLUMN, MU_TASK_COLUMN},
        {MU_SERIES_GOAL, MU_TASK_GOAL},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (mu_now_has(series, fields[i].from)) {
            MU_TRY(mu_case_put(c, task, fields[i].to, mu_now_value(series, fields[i].from)));
        }
    }
    struct mu_id owner = mu_now_id(series, MU_SERIES_OWNER);
    struct mu_known *person = NULL;
    if (mu_id_is_zero(owner)) {
        return MU_OK;
    }
    MU_TRY(mu_case_look(c, MU_PERSON, owner, &person));
    return mu_now_int(person, MU_PERSON_STATE) == MU_PERSON_REMOVED
               ? MU_OK
               : mu_case_put_id(c, task, MU_TASK_OWNER, owner);
}

/* The series' minute of the nominal day, in the series' zone. */
static enum mu_status take_due(struct mu_case *c, struct mu_known *task,
                               const struct mu_known *series, int64_t day)
{
    struct mu_due due = {.date = mu_date_from_days(day)};
    char text[MU_DUE_TEXT_MAX + 1];
    struct mu_slice zone = mu_now_text(series, MU_SERIES_ZONE);
    if (mu_now_has(series, MU_SERIES_DUE)) {
        due.has_time = true;
        due.minute = (int32_t)mu_now_int(series, MU_SERIES_DUE);
        if (mu_due_zone_valid(zone)) {
            memcpy(due.zone, zone.data, zone.len);
        }
    }
    mu_due_format(&due, text);
    struct mu_slice copy = {0};
    return mu_arena_copy(c->arena, mu_slice_str(text), &copy)
               ? mu_case_put(c, task, MU_TASK_DUE, mu_bytes(copy))
               : mu_case_nomem(c);
}

enum mu_status mu_rule_series_occur(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *task = NULL;
    struct mu_known *series = NULL;
    MU_TRY(mu_case_look(c, MU_TASK, op->row, &task));
    if (mu_known_exists(task)) {
        return MU_OK;
    }
    MU_TRY(mu_case_need(c, MU_SERIES, mu_arg_id(op, MU_TASK_SERIES), &series));
    MU_TRY(check_occurrence(c, op, series));
    MU_TRY(take_template(c, task, series));
    MU_TRY(take_due(c, task, series, mu_arg_int(op, MU_TASK_OCCURRENCE)));
    struct mu_id author = mu_now_id(series, MU_SERIES_CREATED_BY);
    MU_TRY(mu_case_put_id(c, task, MU_TASK_CREATED_BY, author));
    return mu_case_born(c, task, op, author);
}
