/* Schedules of check-ins and their versions.
 *
 * A change makes a new version that holds from a day on and touches no day before; a pause is a
 * version without days.  So what was asked of anybody on any past day stays what it was. */
#include "common/model/decide_inside.h"
#include "common/model/rhythm.h"

static bool brings(const struct mu_case *c, uint32_t entity)
{
    for (size_t i = 0; i < c->intent->op_count; i++) {
        if (c->intent->ops[i].entity == entity) {
            return true;
        }
    }
    return false;
}

enum mu_status mu_rule_schedule(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *schedule = NULL;
    MU_TRY(mu_case_look(c, MU_SCHEDULE, op->row, &schedule));
    bool known = mu_known_exists(schedule);
    if ((!known || mu_op_find(op, MU_SCHEDULE_STATE) != NULL) && !brings(c, MU_SCHEDULE_VERSION)) {
        return mu_case_refuse(c, MU_E_INVALID, "from which day on this holds is not said");
    }
    if (mu_now_int(schedule, MU_SCHEDULE_STATE) == MU_SCHEDULE_ENDED) {
        return mu_case_refuse(c, MU_E_CONFLICT, "the schedule has ended: add another one");
    }
    MU_TRY(mu_case_merge_plain(c, schedule, 0));
    if (known) {
        return MU_OK;
    }
    MU_TRY(mu_case_put_int(c, schedule, MU_SCHEDULE_STATE, MU_SCHEDULE_ACTIVE));
    MU_TRY(mu_case_put_int(c, schedule, MU_SCHEDULE_CREATED_AT, c->facts->at_ms));
    return mu_case_put_id(c, schedule, MU_SCHEDULE_CREATED_BY, c->facts->person);
}

static enum mu_status check_days(struct mu_case *c, const struct mu_op *op, int64_t state)
{
    bool asks = mu_arg_int(op, MU_SCHEDULE_VERSION_DAYS) != 0;
    if (state == MU_SCHEDULE_ENDED && asks) {
        return mu_case_refuse(c, MU_E_CONFLICT, "the schedule has ended: add another one");
    }
    if (state == MU_SCHEDULE_PAUSED && asks) {
        return mu_case_refuse(c, MU_E_CONFLICT, "the schedule is paused: resume it first");
    }
    return asks || state != MU_SCHEDULE_ACTIVE
               ? MU_OK
               : mu_case_refuse(c, MU_E_INVALID, "a schedule needs at least one day");
}

static enum mu_status check_times(struct mu_case *c, const struct mu_op *op)
{
    int64_t open = mu_arg_int(op, MU_SCHEDULE_VERSION_OPEN);
    int64_t due = mu_arg_int(op, MU_SCHEDULE_VERSION_DUE);
    if (due <= open || due - open > MU_DAY_MINUTES) {
        return mu_case_refuse(c, MU_E_INVALID,
                              "a check-in is due after it opens, within a day of it");
    }
    int32_t minutes[MU_REMINDERS_MAX];
    size_t count = 0;
    struct mu_error error = {0};
    struct mu_slice reminders = mu_arg_has(op, MU_SCHEDULE_VERSION_REMINDERS)
                                    ? mu_arg_value(op, MU_SCHEDULE_VERSION_REMINDERS).bytes
                                    : (struct mu_slice){0};
    if (mu_reminders_parse(reminders, minutes, &count, &error) != MU_OK) {
        return mu_case_refuse(c, MU_E_INVALID, "%s", error.text);
    }
    return MU_OK;
}

enum mu_status mu_rule_schedule_version(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *version = NULL;
    struct mu_known *schedule = NULL;
    MU_TRY(mu_case_look(c, MU_SCHEDULE_VERSION, op->row, &version));
    MU_TRY(mu_case_need(c, MU_SCHEDULE, mu_arg_id(op, MU_SCHEDULE_VERSION_SCHEDULE), &schedule));
    if (schedule->before.count == 0 && c->intent->number != MU_INTENT_SCHEDULE_ADD) {
        return mu_case_refuse(c, MU_E_NOT_FOUND, "there is no such schedule");
    }
    MU_TRY(check_days(c, op, mu_now_int(schedule, MU_SCHEDULE_STATE)));
    MU_TRY(check_times(c, op));
    /* Somewhere it is still yesterday. */
    if (mu_arg_int(op, MU_SCHEDULE_VERSION_FROM_DAY) < mu_utc_day(c->facts->at_ms) - 1) {
        return mu_case_refuse(c, MU_E_INVALID, "a schedule changes from today on, not in the past");
    }
    MU_TRY(mu_case_merge_plain(c, version, 0));
    MU_TRY(mu_case_put_int(c, version, MU_SCHEDULE_VERSION_CREATED_AT, c->facts->at_ms));
    return mu_case_put_id(c, version, MU_SCHEDULE_VERSION_CREATED_BY, c->facts->person);
}

enum mu_status mu_rule_question(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *question = NULL;
    struct mu_known *version = NULL;
    MU_TRY(mu_case_look(c, MU_QUESTION, op->row, &question));
    MU_TRY(mu_case_need(c, MU_SCHEDULE_VERSION, mu_arg_id(op, MU_QUESTION_VERSION), &version));
    if (version->before.count > 0) {
        return mu_case_refuse(c, MU_E_CONFLICT, "questions change by a new version alone");
    }
    int64_t kind = mu_arg_int(op, MU_QUESTION_KIND);
    struct mu_slice choices = mu_arg_has(op, MU_QUESTION_CHOICES)
                                  ? mu_arg_value(op, MU_QUESTION_CHOICES).bytes
                                  : (struct mu_slice){0};
    int64_t low = 0;
    int64_t high = 0;
    if (kind == MU_ASK_CHOICE && mu_choice_count(choices) < 2) {
        return mu_case_refuse(c, MU_E_INVALID, "a question of choice has two choices at least");
    }
    if (kind == MU_ASK_SCALE && !mu_scale_bounds(choices, &low, &high)) {
        return mu_case_refuse(c, MU_E_INVALID,
                              "a scale has a lowest and a highest number, 0 to 100");
    }
    return mu_case_merge_plain(c, question, 0);
}
