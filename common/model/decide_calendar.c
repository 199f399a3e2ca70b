/* When people work: zones they move to, absences, holidays.
 *
 * What was declared stays as it was declared: an absence is withdrawn and declared anew, never
 * moved, so that nobody's past changes under a lead's eyes. */
#include "common/model/decide_inside.h"
#include "common/model/due.h"
#include "common/model/rhythm.h"

#define ABSENCE_DAYS_MAX 731
/* Who travels says so on arrival; what lies further back has been judged. */
#define ZONE_LATE_MS  MU_DAY_MS
#define ZONE_AHEAD_MS (400 * MU_DAY_MS)

static enum mu_status check_self_or_lead(struct mu_case *c, struct mu_id person, const char *what)
{
    return mu_case_is(c, person) || mu_case_is_lead(c)
               ? MU_OK
               : mu_case_refuse(c, MU_E_DENIED, "%s by that person or a lead", what);
}

enum mu_status mu_rule_zone_move(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *since = NULL;
    MU_TRY(mu_case_look(c, MU_ZONE_SINCE, op->row, &since));
    MU_TRY(
        check_self_or_lead(c, mu_arg_id(op, MU_ZONE_SINCE_PERSON), "where a person works is said"));
    int64_t from_ms = mu_arg_int(op, MU_ZONE_SINCE_FROM);
    if (from_ms < c->facts->at_ms - ZONE_LATE_MS || from_ms > c->facts->at_ms + ZONE_AHEAD_MS) {
        return mu_case_refuse(c, MU_E_INVALID,
                              "a move to another zone is said at most a day after it, or ahead");
    }
    if (!mu_due_zone_valid(mu_arg_value(op, MU_ZONE_SINCE_ZONE).bytes)) {
        return mu_case_refuse(c, MU_E_INVALID, "that is not the name of a time zone");
    }
    return mu_case_merge_plain(c, since, 0);
}

enum mu_status mu_rule_absence_add(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *absence = NULL;
    MU_TRY(mu_case_look(c, MU_ABSENCE, op->row, &absence));
    MU_TRY(
        check_self_or_lead(c, mu_arg_id(op, MU_ABSENCE_PERSON), "a person's absence is declared"));
    int64_t from_day = mu_arg_int(op, MU_ABSENCE_FROM_DAY);
    int64_t to_day = mu_arg_int(op, MU_ABSENCE_TO_DAY);
    if (to_day < from_day) {
        return mu_case_refuse(c, MU_E_INVALID, "the absence ends before it begins");
    }
    if (to_day - from_day >= ABSENCE_DAYS_MAX) {
        return mu_case_refuse(c, MU_E_LIMIT, "an absence is two years at most");
    }
    MU_TRY(mu_case_merge_plain(c, absence, 0));
    if (!mu_now_has(absence, MU_ABSENCE_KIND)) {
        MU_TRY(mu_case_put_int(c, absence, MU_ABSENCE_KIND, MU_ABSENCE_LEAVE));
    }
    MU_TRY(mu_case_put_int(c, absence, MU_ABSENCE_DECLARED_AT, c->facts->at_ms));
    return mu_case_put_id(c, absence, MU_ABSENCE_DECLARED_BY, c->facts->person);
}

enum mu_status mu_rule_absence_withdraw(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *absence = NULL;
    MU_TRY(mu_case_need(c, MU_ABSENCE, op->row, &absence));
    MU_TRY(check_self_or_lead(c, mu_now_id(absence, MU_ABSENCE_PERSON),
                              "a person's absence is withdrawn"));
    MU_TRY(mu_case_merge_plain(c, absence, 0));
    return mu_op_find(op, MU_ABSENCE_WITHDRAWN) != NULL
               ? MU_OK
               : mu_case_put_int(c, absence, MU_ABSENCE_WITHDRAWN, 1);
}

/* One row for a calendar's day, whoever names it. */
enum mu_status mu_rule_holiday_edit(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *holiday = NULL;
    MU_TRY(mu_case_look(c, MU_HOLIDAY, op->row, &holiday));
    bool known = mu_known_exists(holiday);
    if (!known) {
        struct mu_id id =
            mu_holiday_id(c->world->derive, mu_arg_value(op, MU_HOLIDAY_CALENDAR).bytes,
                          mu_arg_int(op, MU_HOLIDAY_DAY));
        if (!mu_id_equal(id, op->row)) {
            return mu_case_refuse(c, MU_E_INVALID,
                                  "the id of a holiday is not the one of its calendar and day");
        }
    }
    MU_TRY(mu_case_merge_plain(c, holiday, 0));
    /* Named again it is back. */
    return mu_op_find(op, MU_HOLIDAY_DELETED) != NULL || !mu_now_has(holiday, MU_HOLIDAY_DELETED)
               ? MU_OK
               : mu_case_put_int(c, holiday, MU_HOLIDAY_DELETED, 0);
}
