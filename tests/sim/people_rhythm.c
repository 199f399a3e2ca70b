/* What people do with the calendar and the check-ins: schedules that change while others are
 * away, one slot filled from two devices, absences, moves, nudges.  Some of it is not allowed to
 * who tries it. */
#include "common/model/rhythm.h"
#include "common/seal/hash.h"
#include "tests/sim/work.h"

static struct mu_id self_of(struct mu_sim_work *work)
{
    return work->sim->devices[work->device].person;
}

static int64_t today(struct mu_sim_work *work)
{
    return mu_utc_day(work->turn.wall.ms);
}

static struct mu_id anybody(struct mu_sim_work *work)
{
    struct mu_id person = self_of(work);
    if (mu_sim_chance(work->sim, 40)) {
        (void)mu_work_some(work, "person", "1", &person);
    }
    return person;
}

static void with_int(struct mu_sim_work *work, struct mu_op *op, uint32_t field, int64_t value)
{
    mu_work_arg(work, op, field, mu_int(value));
}

static void with_id(struct mu_sim_work *work, struct mu_op *op, uint32_t field, struct mu_id id)
{
    mu_work_arg(work, op, field, mu_id_value(&id));
}

static void with_text(struct mu_sim_work *work, struct mu_op *op, uint32_t field, const char *text)
{
    mu_work_arg(work, op, field, mu_bytes(mu_slice_str(text)));
}

static void add_version(struct mu_sim_work *work, struct mu_id schedule, bool asks)
{
    struct mu_id version = mu_work_id(work);
    struct mu_op *op = mu_work_op(work, MU_SCHEDULE_VERSION, version);
    with_id(work, op, MU_SCHEDULE_VERSION_SCHEDULE, schedule);
    with_int(work, op, MU_SCHEDULE_VERSION_FROM_DAY,
             today(work) + (int64_t)mu_sim_below(work->sim, 2));
    with_int(work, op, MU_SCHEDULE_VERSION_DAYS, asks ? 0x7f : 0);
    with_int(work, op, MU_SCHEDULE_VERSION_OPEN, 540);
    with_int(work, op, MU_SCHEDULE_VERSION_DUE, 570 + (int64_t)mu_sim_below(work->sim, 60));
    with_int(work, op, MU_SCHEDULE_VERSION_GRACE, 15);
    with_int(work, op, MU_SCHEDULE_VERSION_ZONE_MODE, MU_ZONE_OF_MEMBER);
    op = mu_work_op(work, MU_QUESTION, mu_work_id(work));
    with_id(work, op, MU_QUESTION_VERSION, version);
    with_int(work, op, MU_QUESTION_POSITION, 0);
    with_text(work, op, MU_QUESTION_TEXT, "How many?");
    with_int(work, op, MU_QUESTION_KIND, MU_ASK_NUMBER);
}

static void add_schedule(struct mu_sim_work *work)
{
    mu_work_begin(work, MU_INTENT_SCHEDULE_ADD);
    struct mu_id schedule = mu_work_id(work);
    struct mu_op *op = mu_work_op(work, MU_SCHEDULE, schedule);
    with_text(work, op, MU_SCHEDULE_NAME, "standup");
    with_int(work, op, MU_SCHEDULE_KIND, MU_SCHEDULE_STANDUP);
    add_version(work, schedule, true);
}

static void change_schedule(struct mu_sim_work *work)
{
    struct mu_id schedule;
    if (!mu_work_some(work, "schedule", "1", &schedule)) {
        add_schedule(work);
        return;
    }
    mu_work_begin(work, MU_INTENT_SCHEDULE_CHANGE);
    bool asks = mu_sim_chance(work->sim, 70);
    if (mu_sim_chance(work->sim, 60)) {
        struct mu_op *op = mu_work_op(work, MU_SCHEDULE, schedule);
        with_int(work, op, MU_SCHEDULE_STATE, asks ? MU_SCHEDULE_ACTIVE : MU_SCHEDULE_PAUSED);
    }
    add_version(work, schedule, asks);
}

static void check_in(struct mu_sim_work *work)
{
    struct mu_id version;
    struct mu_id question;
    struct mu_id task;
    if (!mu_work_some(work, "schedule_version", "days > 0", &version)) {
        add_schedule(work);
        return;
    }
    struct mu_row row = mu_work_row(work, MU_SCHEDULE_VERSION, version);
    struct mu_id schedule = mu_row_id(&row, MU_SCHEDULE_VERSION_SCHEDULE);
    struct mu_id person = mu_sim_chance(work->sim, 95) ? self_of(work) : anybody(work);
    int64_t day = today(work) - (mu_sim_chance(work->sim, 10) ? 1 : 0);
    struct mu_id checkin = mu_checkin_id(mu_id_derive, schedule, person, day);
    mu_work_begin(work, MU_INTENT_CHECKIN_SEND);
    struct mu_op *op = mu_work_op(work, MU_CHECKIN, checkin);
    with_id(work, op, MU_CHECKIN_SCHEDULE, schedule);
    with_id(work, op, MU_CHECKIN_PERSON, person);
    with_int(work, op, MU_CHECKIN_DAY, day);
    with_id(work, op, MU_CHECKIN_VERSION, version);
    with_text(work, op, MU_CHECKIN_TEXT, mu_sim_chance(work->sim, 50) ? "tests today" : "parser");
    if (mu_work_some(work, "question", "1", &question)) {
        op = mu_work_op(work, MU_ANSWER, mu_answer_id(mu_id_derive, checkin, question));
        with_id(work, op, MU_ANSWER_CHECKIN, checkin);
        with_id(work, op, MU_ANSWER_QUESTION, question);
        with_text(work, op, MU_ANSWER_VALUE, mu_sim_chance(work->sim, 90) ? "3" : "12,5");
    }
    if (mu_work_some(work, "task", "1", &task)) {
        op = mu_work_op(work, MU_CHECKIN_ITEM,
                        mu_checkin_item_id(mu_id_derive, checkin, MU_CHECKIN_DONE, task));
        with_id(work, op, MU_CHECKIN_ITEM_CHECKIN, checkin);
        with_int(work, op, MU_CHECKIN_ITEM_KIND, MU_CHECKIN_DONE);
        with_id(work, op, MU_CHECKIN_ITEM_ROW, task);
    }
}

static void acknowledge(struct mu_sim_work *work)
{
    struct mu_id checkin;
    if (!mu_work_some(work, "checkin", "1", &checkin)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_CHECKIN_ACK);
    struct mu_op *op = mu_work_op(work, MU_CHECKIN, checkin);
    if (mu_sim_chance(work->sim, 50)) {
        with_text(work, op, MU_CHECKIN_ACK_NOTE, "seen");
    }
}

static void be_away(struct mu_sim_work *work)
{
    struct mu_id absence;
    if (mu_sim_chance(work->sim, 30) && mu_work_some(work, "absence", "1", &absence)) {
        mu_work_begin(work, MU_INTENT_ABSENCE_WITHDRAW);
        (void)mu_work_op(work, MU_ABSENCE, absence);
        return;
    }
    mu_work_begin(work, MU_INTENT_ABSENCE_ADD);
    struct mu_op *op = mu_work_op(work, MU_ABSENCE, mu_work_id(work));
    int64_t from = today(work) - 3 + (int64_t)mu_sim_below(work->sim, 6);
    with_id(work, op, MU_ABSENCE_PERSON, anybody(work));
    with_int(work, op, MU_ABSENCE_FROM_DAY, from);
    with_int(work, op, MU_ABSENCE_TO_DAY, from + (int64_t)mu_sim_below(work->sim, 9) - 1);
}

static void name_holiday(struct mu_sim_work *work)
{
    int64_t day = today(work) + (int64_t)mu_sim_below(work->sim, 3);
    struct mu_slice calendar = mu_slice_str("team");
    mu_work_begin(work, MU_INTENT_HOLIDAY_EDIT);
    struct mu_op *op = mu_work_op(work, MU_HOLIDAY, mu_holiday_id(mu_id_derive, calendar, day));
    mu_work_arg(work, op, MU_HOLIDAY_CALENDAR, mu_bytes(calendar));
    with_int(work, op, MU_HOLIDAY_DAY, day);
    with_text(work, op, MU_HOLIDAY_NAME, mu_sim_chance(work->sim, 50) ? "Feast" : "Fast");
    if (mu_sim_chance(work->sim, 30)) {
        with_int(work, op, MU_HOLIDAY_DELETED, 1);
    }
}

static void move_house(struct mu_sim_work *work)
{
    static const char *const zones[] = {"Europe/Lisbon", "Africa/Nairobi", "America/Denver",
                                        "Australia/Lord_Howe"};
    mu_work_begin(work, MU_INTENT_ZONE_MOVE);
    struct mu_op *op = mu_work_op(work, MU_ZONE_SINCE, mu_work_id(work));
    with_id(work, op, MU_ZONE_SINCE_PERSON, anybody(work));
    with_int(work, op, MU_ZONE_SINCE_FROM, work->turn.wall.ms);
    with_text(work, op, MU_ZONE_SINCE_ZONE, zones[mu_sim_below(work->sim, 4)]);
}

static void set_hours(struct mu_sim_work *work)
{
    mu_work_begin(work, MU_INTENT_PERSON_EDIT);
    struct mu_op *op = mu_work_op(work, MU_PERSON, anybody(work));
    with_int(work, op, MU_PERSON_WORKDAYS, 1 + (int64_t)mu_sim_below(work->sim, 0x7f));
    with_int(work, op, MU_PERSON_QUIET_FROM, (int64_t)mu_sim_below(work->sim, MU_DAY_MINUTES));
}

static void nudge(struct mu_sim_work *work)
{
    struct mu_id about;
    struct mu_id to;
    if (!mu_work_some(work, "person", "1", &to) || !mu_work_some(work, "task", "1", &about)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_NUDGE_SEND);
    int64_t nth = (int64_t)mu_sim_below(work->sim, 3);
    struct mu_op *op =
        mu_work_op(work, MU_NUDGE, mu_nudge_id(mu_id_derive, self_of(work), to, today(work), nth));
    with_id(work, op, MU_NUDGE_TO, to);
    with_id(work, op, MU_NUDGE_ABOUT, about);
    with_text(work, op, MU_NUDGE_TEXT, "how far is it?");
}

void mu_sim_rhythm(struct mu_sim_work *work)
{
    static void (*const edits[])(struct mu_sim_work *) = {
        check_in,    check_in, check_in,     check_in,   change_schedule, acknowledge,
        acknowledge, be_away,  name_holiday, move_house, set_hours,       nudge};
    edits[mu_sim_below(work->sim, sizeof edits / sizeof edits[0])](work);
}
