/* Sentences about calendars, schedules and check-ins. */
#include <stdio.h>

#include "client/view/teller.h"
#include "common/model/due.h"

static void tell_day(struct mu_teller *teller, int64_t day)
{
    char text[16];
    struct mu_date date = mu_date_from_days(day < 0 ? 0 : day);
    (void)snprintf(text, sizeof text, "%04d-%02d-%02d", (int)date.year, (int)date.month,
                   (int)date.day);
    mu_tell(teller, text);
}

static void tell_whose(struct mu_teller *teller, const char *words, struct mu_id person)
{
    mu_tell(teller, words);
    mu_tell_person(teller, person);
}

static void tell_part(struct mu_teller *teller, uint32_t entity, struct mu_id id)
{
    struct mu_id task = {{0}};
    struct mu_slice name = {0};
    if (teller->status == MU_OK) {
        mu_tell_ask(teller, mu_part_read(teller->history, entity, id, &task, &name, teller->err));
    }
    if (name.len > 0) {
        mu_tell(teller, " ");
        mu_tell_quote(teller, name);
    }
}

static void tell_absence(struct mu_teller *teller, const struct mu_op *op)
{
    tell_whose(teller, "declared the absence of ", mu_op_id(op, MU_ABSENCE_PERSON));
    mu_tell(teller, " ");
    tell_day(teller, mu_op_int(op, MU_ABSENCE_FROM_DAY));
    if (mu_op_int(op, MU_ABSENCE_TO_DAY) != mu_op_int(op, MU_ABSENCE_FROM_DAY)) {
        mu_tell(teller, " to ");
        tell_day(teller, mu_op_int(op, MU_ABSENCE_TO_DAY));
    }
}

static void tell_holiday(struct mu_teller *teller, const struct mu_op *op)
{
    bool gone = mu_op_int(op, MU_HOLIDAY_DELETED) == 1;
    mu_tell(teller, gone ? "took out the holiday " : "named the holiday ");
    mu_tell_quote(teller, mu_op_text(op, MU_HOLIDAY_NAME));
    if (mu_op_value(op, MU_HOLIDAY_DAY).kind == MU_INT) {
        mu_tell(teller, " on ");
        tell_day(teller, mu_op_int(op, MU_HOLIDAY_DAY));
    }
}

static void tell_schedule(struct mu_teller *teller, const struct mu_intent *intent)
{
    static const char *const words[] = {"changed the schedule", "resumed the schedule",
                                        "paused the schedule", "ended the schedule"};
    const struct mu_op *schedule = mu_op_first(intent, MU_SCHEDULE);
    const struct mu_op *version = mu_op_first(intent, MU_SCHEDULE_VERSION);
    int64_t state = schedule == NULL ? 0 : mu_op_int(schedule, MU_SCHEDULE_STATE);
    mu_tell(teller, words[state >= 1 && state <= 3 ? state : 0]);
    tell_part(teller, MU_SCHEDULE,
              schedule != NULL ? schedule->row : mu_op_id(version, MU_SCHEDULE_VERSION_SCHEDULE));
    if (version != NULL) {
        mu_tell(teller, " from ");
        tell_day(teller, mu_op_int(version, MU_SCHEDULE_VERSION_FROM_DAY));
        mu_tell(teller, " on");
    }
}

static void tell_checkin(struct mu_teller *teller, const struct mu_intent *intent)
{
    const struct mu_op *checkin = mu_op_first(intent, MU_CHECKIN);
    bool fresh = checkin != NULL && mu_op_value(checkin, MU_CHECKIN_DAY).kind == MU_INT;
    mu_tell(teller, fresh ? "checked in for " : "edited a check-in");
    if (fresh) {
        tell_day(teller, mu_op_int(checkin, MU_CHECKIN_DAY));
    }
    if (checkin != NULL && mu_op_text(checkin, MU_CHECKIN_TEXT).len > 0) {
        mu_tell(teller, ": ");
        mu_tell_quote(teller, mu_op_text(checkin, MU_CHECKIN_TEXT));
    }
}

static void tell_note(struct mu_teller *teller, struct mu_slice note)
{
    if (note.len > 0) {
        mu_tell(teller, ": ");
        mu_tell_quote(teller, note);
    }
}

bool mu_tell_about_rhythm(struct mu_teller *teller, const struct mu_intent *intent,
                          const struct mu_op *op)
{
    switch (intent->number) {
    case MU_INTENT_ZONE_MOVE:
        tell_whose(teller, "said that ", mu_op_id(op, MU_ZONE_SINCE_PERSON));
        mu_tell(teller, " works in ");
        mu_tell_quote(teller, mu_op_text(op, MU_ZONE_SINCE_ZONE));
        return true;
    case MU_INTENT_ABSENCE_ADD:
        tell_absence(teller, op);
        return true;
    case MU_INTENT_ABSENCE_WITHDRAW:
        mu_tell(teller, "withdrew an absence");
        return true;
    case MU_INTENT_HOLIDAY_EDIT:
        tell_holiday(teller, op);
        return true;
    case MU_INTENT_SCHEDULE_ADD:
        mu_tell(teller, "added the schedule ");
        mu_tell_quote(teller, mu_op_text(mu_op_first(intent, MU_SCHEDULE), MU_SCHEDULE_NAME));
        return true;
    case MU_INTENT_SCHEDULE_CHANGE:
        tell_schedule(teller, intent);
        return true;
    case MU_INTENT_CHECKIN_SEND:
        tell_checkin(teller, intent);
        return true;
    case MU_INTENT_CHECKIN_ACK:
        mu_tell(teller, "acknowledged a check-in");
        tell_note(teller, mu_op_text(op, MU_CHECKIN_ACK_NOTE));
        return true;
    case MU_INTENT_NUDGE_SEND:
        tell_whose(teller, "nudged ", mu_op_id(op, MU_NUDGE_TO));
        tell_note(teller, mu_op_text(op, MU_NUDGE_TEXT));
        return true;
    default:
        return false;
    }
}
