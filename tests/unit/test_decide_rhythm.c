/* Calendars, schedules and check-ins.  At stake: nobody speaks for another, nobody's past
 * changes, and two devices of one person fill one slot. */
#include <string.h>

#include "common/model/rhythm.h"
#include "tests/harness/cmocka.h"
#include "tests/unit/model_world.h"

#define TODAY      (NOON / MU_DAY_MS) /* Tuesday 2023-11-14 */
#define MON_TO_FRI 0x1f

static struct mu_world world_of(struct stage *s)
{
    return stage_world(s);
}

/* -- building -------------------------------------------------------------------- */

struct schedule {
    struct mu_id id, version, question;
};

static void with_version(struct stage *s, const struct schedule *schedule, int64_t from_day,
                         int64_t days)
{
    op(s, MU_SCHEDULE_VERSION, schedule->version);
    with_id(s, MU_SCHEDULE_VERSION_SCHEDULE, schedule->id);
    with_int(s, MU_SCHEDULE_VERSION_FROM_DAY, from_day);
    with_int(s, MU_SCHEDULE_VERSION_DAYS, days);
    with_int(s, MU_SCHEDULE_VERSION_OPEN, 540);
    with_int(s, MU_SCHEDULE_VERSION_DUE, 570);
    with_int(s, MU_SCHEDULE_VERSION_GRACE, 15);
    with_int(s, MU_SCHEDULE_VERSION_ZONE_MODE, MU_ZONE_OF_MEMBER);
}

static void with_question(struct stage *s, const struct schedule *schedule, int64_t kind,
                          const char *choices)
{
    op(s, MU_QUESTION, schedule->question);
    with_id(s, MU_QUESTION_VERSION, schedule->version);
    with_int(s, MU_QUESTION_POSITION, 0);
    with_text(s, MU_QUESTION_TEXT, "How is it going?");
    with_int(s, MU_QUESTION_KIND, kind);
    if (choices != NULL) {
        with_text(s, MU_QUESTION_CHOICES, choices);
    }
}

static struct schedule ask_add(struct stage *s, int64_t from_day, int64_t days)
{
    struct schedule schedule = {stage_id(s), stage_id(s), stage_id(s)};
    begin(s, MU_INTENT_SCHEDULE_ADD);
    op(s, MU_SCHEDULE, schedule.id);
    with_text(s, MU_SCHEDULE_NAME, "standup");
    with_int(s, MU_SCHEDULE_KIND, MU_SCHEDULE_STANDUP);
    with_version(s, &schedule, from_day, days);
    return schedule;
}

static struct schedule added(struct stage *s)
{
    struct schedule schedule = ask_add(s, TODAY, MON_TO_FRI);
    with_question(s, &schedule, MU_ASK_NUMBER, NULL);
    agreed(s, ANA);
    return schedule;
}

static struct mu_id ask_checkin(struct stage *s, const struct schedule *schedule,
                                enum stage_who whose, int64_t day)
{
    struct mu_world world = world_of(s);
    struct mu_id id = mu_checkin_id(world.derive, schedule->id, s->people[whose], day);
    begin(s, MU_INTENT_CHECKIN_SEND);
    op(s, MU_CHECKIN, id);
    with_id(s, MU_CHECKIN_SCHEDULE, schedule->id);
    with_id(s, MU_CHECKIN_PERSON, s->people[whose]);
    with_int(s, MU_CHECKIN_DAY, day);
    with_id(s, MU_CHECKIN_VERSION, schedule->version);
    with_text(s, MU_CHECKIN_TEXT, "parser tests today");
    return id;
}

static struct mu_id with_answer(struct stage *s, struct mu_id checkin, struct mu_id question,
                                const char *value)
{
    struct mu_world world = world_of(s);
    struct mu_id id = mu_answer_id(world.derive, checkin, question);
    op(s, MU_ANSWER, id);
    with_id(s, MU_ANSWER_CHECKIN, checkin);
    with_id(s, MU_ANSWER_QUESTION, question);
    with_text(s, MU_ANSWER_VALUE, value);
    return id;
}

/* -- the calendar ------------------------------------------------------------------ */

static void ask_absence(struct stage *s, struct mu_id id, enum stage_who whose, int64_t from_day,
                        int64_t to_day)
{
    begin(s, MU_INTENT_ABSENCE_ADD);
    op(s, MU_ABSENCE, id);
    with_id(s, MU_ABSENCE_PERSON, s->people[whose]);
    with_int(s, MU_ABSENCE_FROM_DAY, from_day);
    with_int(s, MU_ABSENCE_TO_DAY, to_day);
}

static void test_absence__is_declared_by_its_person_or_a_lead(void **state)
{
    struct stage *s = *state;
    struct mu_id own = stage_id(s);
    struct mu_id other = stage_id(s);

    ask_absence(s, own, KOFI, TODAY, TODAY + 9);
    agreed(s, KOFI);
    ask_absence(s, other, KOFI, TODAY, TODAY);
    agreed(s, ANA);
    ask_absence(s, stage_id(s), KOFI, TODAY, TODAY);
    refused(s, MIA, MU_E_DENIED);

    assert_int_equal(got_int(s, MU_ABSENCE, own, MU_ABSENCE_KIND), MU_ABSENCE_LEAVE);
    assert_true(got_int(s, MU_ABSENCE, own, MU_ABSENCE_DECLARED_AT) >= NOON);
    assert_id(got_id(s, MU_ABSENCE, own, MU_ABSENCE_DECLARED_BY), s->people[KOFI]);
    assert_id(got_id(s, MU_ABSENCE, other, MU_ABSENCE_DECLARED_BY), s->people[ANA]);
}

static void test_absence__that_ends_before_it_begins_or_never_is_refused(void **state)
{
    struct stage *s = *state;

    ask_absence(s, stage_id(s), KOFI, TODAY, TODAY - 1);
    refused(s, KOFI, MU_E_INVALID);
    ask_absence(s, stage_id(s), KOFI, TODAY, TODAY + 731);
    refused(s, KOFI, MU_E_LIMIT);
    ask_absence(s, stage_id(s), KOFI, -1, TODAY);
    refused(s, KOFI, MU_E_INVALID);
    ask_absence(s, stage_id(s), KOFI, TODAY, MU_DAY_MAX + 1);
    refused(s, KOFI, MU_E_INVALID);
}

static void test_absence__is_withdrawn_and_never_moved(void **state)
{
    struct stage *s = *state;
    struct mu_id absence = stage_id(s);
    ask_absence(s, absence, KOFI, TODAY, TODAY + 9);
    agreed(s, KOFI);

    begin(s, MU_INTENT_ABSENCE_WITHDRAW);
    op(s, MU_ABSENCE, absence);
    with_int(s, MU_ABSENCE_TO_DAY, TODAY + 20);
    refused(s, KOFI, MU_E_DENIED);
    begin(s, MU_INTENT_ABSENCE_WITHDRAW);
    op(s, MU_ABSENCE, absence);
    refused(s, MIA, MU_E_DENIED);
    begin(s, MU_INTENT_ABSENCE_WITHDRAW);
    op(s, MU_ABSENCE, absence);
    agreed(s, KOFI);

    assert_int_equal(got_int(s, MU_ABSENCE, absence, MU_ABSENCE_WITHDRAWN), 1);
    assert_int_equal(got_int(s, MU_ABSENCE, absence, MU_ABSENCE_TO_DAY), TODAY + 9);
}

static void ask_holiday(struct stage *s, struct mu_id id, const char *calendar, int64_t day)
{
    begin(s, MU_INTENT_HOLIDAY_EDIT);
    op(s, MU_HOLIDAY, id);
    with_text(s, MU_HOLIDAY_CALENDAR, calendar);
    with_int(s, MU_HOLIDAY_DAY, day);
    with_text(s, MU_HOLIDAY_NAME, "Jamhuri Day");
}

static void test_holiday__has_one_row_for_its_day_and_comes_back_when_named_again(void **state)
{
    struct stage *s = *state;
    struct mu_world world = world_of(s);
    struct mu_id id = mu_holiday_id(world.derive, mu_slice_str("team"), TODAY);

    ask_holiday(s, id, "team", TODAY);
    agreed(s, ANA);
    begin(s, MU_INTENT_HOLIDAY_EDIT);
    op(s, MU_HOLIDAY, id);
    with_int(s, MU_HOLIDAY_DELETED, 1);
    agreed(s, ANA);
    ask_holiday(s, id, "team", TODAY);
    agreed(s, ANA);
    assert_int_equal(got_int(s, MU_HOLIDAY, id, MU_HOLIDAY_DELETED), 0);

    ask_holiday(s, stage_id(s), "team", TODAY + 1);
    refused(s, ANA, MU_E_INVALID);
    ask_holiday(s, mu_holiday_id(world.derive, mu_slice_str("team"), TODAY + 1), "team", TODAY + 1);
    refused(s, KOFI, MU_E_DENIED);
}

static void ask_zone(struct stage *s, enum stage_who whose, int64_t from_ms, const char *zone)
{
    begin(s, MU_INTENT_ZONE_MOVE);
    op(s, MU_ZONE_SINCE, stage_id(s));
    with_id(s, MU_ZONE_SINCE_PERSON, s->people[whose]);
    with_int(s, MU_ZONE_SINCE_FROM, from_ms);
    with_text(s, MU_ZONE_SINCE_ZONE, zone);
}

static void test_zone_move__is_said_in_time_by_its_person_or_a_lead(void **state)
{
    struct stage *s = *state;

    ask_zone(s, KOFI, NOON, "Africa/Nairobi");
    agreed(s, KOFI);
    ask_zone(s, KOFI, NOON + 30 * MU_DAY_MS, "Europe/Lisbon");
    agreed(s, ANA);
    ask_zone(s, KOFI, NOON, "Europe/Lisbon");
    refused(s, MIA, MU_E_DENIED);
    ask_zone(s, KOFI, NOON - 2 * MU_DAY_MS, "America/Denver"); /* would judge yesterday anew */
    refused(s, KOFI, MU_E_INVALID);
    ask_zone(s, KOFI, NOON, "no zone at all");
    refused(s, KOFI, MU_E_INVALID);
}

static void test_person_edit__takes_the_working_days_and_quiet_hours(void **state)
{
    struct stage *s = *state;

    begin(s, MU_INTENT_PERSON_EDIT);
    op(s, MU_PERSON, s->people[KOFI]);
    with_int(s, MU_PERSON_WORKDAYS, 0x0f);
    with_int(s, MU_PERSON_DAY_START, 480);
    with_int(s, MU_PERSON_QUIET_FROM, 1200);
    with_int(s, MU_PERSON_QUIET_TO, 420);
    agreed(s, KOFI);
    const struct {
        uint32_t field;
        int64_t value;
    } bad[] = {{MU_PERSON_WORKDAYS, 0},
               {MU_PERSON_WORKDAYS, 0x80},
               {MU_PERSON_DAY_START, 1440},
               {MU_PERSON_QUIET_FROM, -1},
               {MU_PERSON_QUIET_TO, 1440}};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        begin(s, MU_INTENT_PERSON_EDIT);
        op(s, MU_PERSON, s->people[KOFI]);
        with_int(s, bad[i].field, bad[i].value);
        refused(s, KOFI, MU_E_INVALID);
    }
    assert_int_equal(got_int(s, MU_PERSON, s->people[KOFI], MU_PERSON_WORKDAYS), 0x0f);
}

/* -- schedules ----------------------------------------------------------------------- */

static void test_schedule__is_made_by_a_lead_with_its_first_version(void **state)
{
    struct stage *s = *state;

    struct schedule schedule = added(s);
    (void)ask_add(s, TODAY, MON_TO_FRI);
    refused(s, KOFI, MU_E_DENIED);
    struct schedule many = ask_add(s, TODAY, MON_TO_FRI);
    for (size_t i = 0; i < 10000; i++) { /* nobody answers these */
        many.question = stage_id(s);
        with_question(s, &many, MU_ASK_TEXT, NULL);
    }
    refused(s, ANA, MU_E_LIMIT);
    begin(s, MU_INTENT_SCHEDULE_ADD); /* never asked of anybody */
    op(s, MU_SCHEDULE, stage_id(s));
    with_text(s, MU_SCHEDULE_NAME, "standup");
    with_int(s, MU_SCHEDULE_KIND, MU_SCHEDULE_STANDUP);
    refused(s, ANA, MU_E_INVALID);

    assert_int_equal(got_int(s, MU_SCHEDULE, schedule.id, MU_SCHEDULE_STATE), MU_SCHEDULE_ACTIVE);
    assert_id(got_id(s, MU_SCHEDULE_VERSION, schedule.version, MU_SCHEDULE_VERSION_CREATED_BY),
              s->people[ANA]);
}

static void test_schedule__with_no_days_or_in_the_past_or_due_before_it_opens_is_refused(
    void **state)
{
    struct stage *s = *state;

    (void)ask_add(s, TODAY, 0);
    refused(s, ANA, MU_E_INVALID);
    (void)ask_add(s, TODAY, 0x80);
    refused(s, ANA, MU_E_INVALID);
    (void)ask_add(s, TODAY - 2, MON_TO_FRI);
    refused(s, ANA, MU_E_INVALID);
    (void)ask_add(s, TODAY, MON_TO_FRI);
    s->op->args[4].value = mu_int(540); /* due as it opens */
    refused(s, ANA, MU_E_INVALID);
    (void)ask_add(s, TODAY, MON_TO_FRI);
    with_text(s, MU_SCHEDULE_VERSION_REMINDERS, "30,soon");
    refused(s, ANA, MU_E_INVALID);
}

static void ask_change(struct stage *s, struct schedule *schedule, int64_t from_day, int64_t days,
                       int64_t to_state)
{
    schedule->version = stage_id(s);
    begin(s, MU_INTENT_SCHEDULE_CHANGE);
    if (to_state != 0) {
        op(s, MU_SCHEDULE, schedule->id);
        with_int(s, MU_SCHEDULE_STATE, to_state);
    }
    with_version(s, schedule, from_day, days);
}

static void test_schedule__changes_from_a_day_on_and_keeps_what_was(void **state)
{
    struct stage *s = *state;
    struct schedule schedule = added(s);
    struct mu_id first = schedule.version;

    ask_change(s, &schedule, TODAY + 1, 0x15, 0);
    agreed(s, ANA);
    ask_change(s, &schedule, TODAY - 5, 0x15, 0);
    refused(s, ANA, MU_E_INVALID);
    begin(s, MU_INTENT_SCHEDULE_CHANGE); /* a version is never rewritten */
    op(s, MU_SCHEDULE_VERSION, first);
    with_int(s, MU_SCHEDULE_VERSION_DAYS, 1);
    refused(s, ANA, MU_E_EXISTS);
    begin(s, MU_INTENT_SCHEDULE_CHANGE); /* nor asked more */
    schedule.version = first;
    schedule.question = stage_id(s);
    with_question(s, &schedule, MU_ASK_TEXT, NULL);
    refused(s, ANA, MU_E_CONFLICT);

    assert_int_equal(got_int(s, MU_SCHEDULE_VERSION, first, MU_SCHEDULE_VERSION_DAYS), MON_TO_FRI);
}

static void test_schedule__is_paused_by_a_version_without_days(void **state)
{
    struct stage *s = *state;
    struct schedule schedule = added(s);

    ask_change(s, &schedule, TODAY + 1, MON_TO_FRI, MU_SCHEDULE_PAUSED);
    refused(s, ANA, MU_E_CONFLICT);
    ask_change(s, &schedule, TODAY + 1, 0, 0);
    refused(s, ANA, MU_E_INVALID);
    begin(s, MU_INTENT_SCHEDULE_CHANGE); /* from when? */
    op(s, MU_SCHEDULE, schedule.id);
    with_int(s, MU_SCHEDULE_STATE, MU_SCHEDULE_PAUSED);
    refused(s, ANA, MU_E_INVALID);
    ask_change(s, &schedule, TODAY + 1, 0, MU_SCHEDULE_PAUSED);
    agreed(s, ANA);
    ask_change(s, &schedule, TODAY + 3, MON_TO_FRI, MU_SCHEDULE_ACTIVE);
    agreed(s, ANA);
    ask_change(s, &schedule, TODAY + 4, 0, MU_SCHEDULE_ENDED);
    agreed(s, ANA);
    ask_change(s, &schedule, TODAY + 5, MON_TO_FRI, MU_SCHEDULE_ACTIVE);
    refused(s, ANA, MU_E_CONFLICT);
}

static void test_question__of_choice_or_scale_needs_what_there_is_to_choose(void **state)
{
    struct stage *s = *state;
    const struct {
        int64_t kind;
        const char *choices;
        bool good;
    } cases[] = {
        {MU_ASK_CHOICE, NULL, false},     {MU_ASK_CHOICE, "one", false},
        {MU_ASK_CHOICE, "yes\nno", true}, {MU_ASK_SCALE, NULL, false},
        {MU_ASK_SCALE, "5\n1", false},    {MU_ASK_SCALE, "1\n5\n9", false},
        {MU_ASK_SCALE, "1\n5", true},     {MU_ASK_TASKS, NULL, true},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct schedule schedule = ask_add(s, TODAY, MON_TO_FRI);
        with_question(s, &schedule, cases[i].kind, cases[i].choices);
        if (cases[i].good) {
            agreed(s, ANA);
        } else {
            refused(s, ANA, MU_E_INVALID);
        }
    }
}

/* -- check-ins ------------------------------------------------------------------------- */

static void test_checkin__tells_when_it_was_written_and_when_it_came(void **state)
{
    struct stage *s = *state;
    struct schedule schedule = added(s);

    struct mu_id id = ask_checkin(s, &schedule, KOFI, TODAY);
    s->at_ms = NOON - 3600 * 1000;
    agreed(s, KOFI);

    assert_int_equal(got_int(s, MU_CHECKIN, id, MU_CHECKIN_AUTHORED_AT), NOON - 3600 * 1000);
    assert_true(got_int(s, MU_CHECKIN, id, MU_CHECKIN_RECEIVED_AT) >= NOON);
    assert_int_equal(got_int(s, MU_CHECKIN, id, MU_CHECKIN_UNCERTAIN), 0);
    assert_false(got_has(s, MU_CHECKIN, id, MU_CHECKIN_EDITS));
}

static void test_checkin__of_a_device_whose_clock_is_in_doubt_says_so(void **state)
{
    struct stage *s = *state;
    struct schedule schedule = added(s);

    struct mu_id id = ask_checkin(s, &schedule, KOFI, TODAY);
    struct mu_facts facts = stage_facts(s, KOFI);
    facts.clock_uncertain = true;
    assert_int_equal(say_as(s, facts).verdict, MU_APPLIED);

    assert_int_equal(got_int(s, MU_CHECKIN, id, MU_CHECKIN_UNCERTAIN), 1);
    assert_false(mu_clock_uncertain(2 * 60 * 1000, false));
    assert_true(mu_clock_uncertain(2 * 60 * 1000 + 1, false));
    assert_true(mu_clock_uncertain(-2 * 60 * 1000 - 1, false));
    assert_true(mu_clock_uncertain(0, true));
}

static void test_checkin__of_two_devices_is_one_and_the_earlier_writing_counts(void **state)
{
    struct stage *s = *state;
    struct schedule schedule = added(s);
    struct mu_id id = ask_checkin(s, &schedule, KOFI, TODAY);
    uint64_t before = s->seq;
    s->at_ms = NOON - 60 * 1000;
    agreed(s, KOFI);
    int64_t received = got_int(s, MU_CHECKIN, id, MU_CHECKIN_RECEIVED_AT);

    (void)ask_checkin(s, &schedule, KOFI, TODAY); /* on a telephone that had not seen it */
    struct mu_facts facts = stage_facts(s, KOFI);
    facts.replica = stage_id(s);
    facts.base_seq = before;
    facts.at_ms = NOON - 3600 * 1000;
    assert_int_equal(say_as(s, facts).verdict, MU_APPLIED);

    assert_int_equal(got_int(s, MU_CHECKIN, id, MU_CHECKIN_AUTHORED_AT), NOON - 3600 * 1000);
    assert_int_equal(got_int(s, MU_CHECKIN, id, MU_CHECKIN_RECEIVED_AT), received);
    assert_false(got_has(s, MU_CHECKIN, id, MU_CHECKIN_EDITS)); /* the same words */
}

static void test_checkin__is_edited_by_its_person_alone_and_counts_it(void **state)
{
    struct stage *s = *state;
    struct schedule schedule = added(s);
    struct mu_id id = ask_checkin(s, &schedule, KOFI, TODAY);
    struct mu_id answer = with_answer(s, id, schedule.question, "3");
    s->at_ms = NOON - 60 * 1000;
    agreed(s, KOFI);

    begin(s, MU_INTENT_CHECKIN_SEND);
    op(s, MU_CHECKIN, id);
    with_text(s, MU_CHECKIN_TEXT, "something else");
    refused(s, ANA, MU_E_DENIED); /* not even a lead */
    begin(s, MU_INTENT_CHECKIN_SEND);
    (void)with_answer(s, id, schedule.question, "4");
    refused(s, ANA, MU_E_DENIED);
    begin(s, MU_INTENT_CHECKIN_SEND);
    op(s, MU_CHECKIN, id);
    with_text(s, MU_CHECKIN_TEXT, "something else");
    (void)with_answer(s, id, schedule.question, "4");
    agreed(s, KOFI);

    assert_int_equal(got_int(s, MU_CHECKIN, id, MU_CHECKIN_EDITS), 1);
    assert_true(got_has(s, MU_CHECKIN, id, MU_CHECKIN_EDITED_AT));
    assert_int_equal(got_int(s, MU_CHECKIN, id, MU_CHECKIN_AUTHORED_AT), NOON - 60 * 1000);
    assert_text(s, MU_ANSWER, answer, MU_ANSWER_VALUE, "4");
}

static void test_checkin__for_a_slot_that_is_none_is_refused(void **state)
{
    struct stage *s = *state;
    struct schedule schedule = added(s);

    (void)ask_checkin(s, &schedule, KOFI, TODAY);
    refused(s, ANA, MU_E_DENIED); /* for another */
    (void)ask_checkin(s, &schedule, KOFI, TODAY + 2);
    refused(s, KOFI, MU_E_INVALID); /* not yet */
    (void)ask_checkin(s, &schedule, KOFI, TODAY - 1);
    refused(s, KOFI, MU_E_INVALID); /* before the schedule began */
    (void)ask_checkin(s, &schedule, KOFI, TODAY + 4);
    s->at_ms = NOON + 4 * MU_DAY_MS; /* Saturday */
    refused(s, KOFI, MU_E_INVALID);
    (void)ask_checkin(s, &schedule, KOFI, TODAY);
    s->at_ms = NOON + 9 * MU_DAY_MS; /* long gone */
    refused(s, KOFI, MU_E_INVALID);
    (void)ask_checkin(s, &schedule, KOFI, TODAY);
    s->op->row = stage_id(s); /* a second check-in for one slot */
    refused(s, KOFI, MU_E_INVALID);
    struct schedule other = added(s);
    other.id = schedule.id; /* by the hours of another schedule */
    (void)ask_checkin(s, &other, KOFI, TODAY);
    refused(s, KOFI, MU_E_INVALID);
}

static void test_answer__fits_its_question(void **state)
{
    struct stage *s = *state;
    const struct {
        int64_t kind;
        const char *choices, *value;
        bool good;
    } cases[] = {
        {MU_ASK_NUMBER, NULL, "1850", true},
        {MU_ASK_NUMBER, NULL, "-12.5", true},
        {MU_ASK_NUMBER, NULL, "12,5", false},
        {MU_ASK_NUMBER, NULL, "1e400", false},
        {MU_ASK_NUMBER, NULL, "12.", false},
        {MU_ASK_NUMBER, NULL, ".5", false},
        {MU_ASK_NUMBER, NULL, "-", false},
        {MU_ASK_NUMBER, NULL, "1234567890123456", false},
        {MU_ASK_CHOICE, "yes\nno", "no", true},
        {MU_ASK_CHOICE, "yes\nno", "n", false},
        {MU_ASK_CHOICE, "yes\nno", "yes\nno", false},
        {MU_ASK_SCALE, "1\n5", "5", true},
        {MU_ASK_SCALE, "1\n5", "0", false},
        {MU_ASK_SCALE, "1\n5", "3.5", false},
        {MU_ASK_TEXT, NULL, "anything", true},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct schedule schedule = ask_add(s, TODAY, MON_TO_FRI);
        with_question(s, &schedule, cases[i].kind, cases[i].choices);
        agreed(s, ANA);
        struct mu_id id = ask_checkin(s, &schedule, KOFI, TODAY);
        (void)with_answer(s, id, schedule.question, cases[i].value);
        struct mu_decision decision = say(s, KOFI);
        if ((decision.verdict == MU_APPLIED) != cases[i].good) {
            fail_msg("'%s' ended in %d: %s", cases[i].value, decision.verdict, decision.reason);
        }
    }
}

static void test_answer__belongs_to_its_question_and_schedule(void **state)
{
    struct stage *s = *state;
    struct schedule schedule = added(s);
    struct schedule other = added(s);

    struct mu_id id = ask_checkin(s, &schedule, KOFI, TODAY);
    (void)with_answer(s, id, other.question, "1");
    refused(s, KOFI, MU_E_INVALID);
    id = ask_checkin(s, &schedule, KOFI, TODAY);
    (void)with_answer(s, id, schedule.question, "1");
    s->op->row = stage_id(s);
    refused(s, KOFI, MU_E_INVALID);
}

static void test_checkin_item__names_a_task_that_is_there_under_its_own_id(void **state)
{
    struct stage *s = *state;
    struct mu_world world = world_of(s);
    struct schedule schedule = added(s);
    struct mu_id task = stage_task(s, TODO, "parser");
    struct mu_id id = ask_checkin(s, &schedule, KOFI, TODAY);
    agreed(s, KOFI);
    struct mu_id item = mu_checkin_item_id(world.derive, id, MU_CHECKIN_DONE, task);

    const struct {
        enum stage_who who;
        struct mu_id item, row;
        enum mu_status code;
    } cases[] = {
        {MIA, item, task, MU_E_DENIED},
        {KOFI, stage_id(s), task, MU_E_INVALID},
        {KOFI, mu_checkin_item_id(world.derive, id, MU_CHECKIN_DONE, s->board), s->board,
         MU_E_NOT_FOUND},
        {KOFI, item, task, MU_OK},
        {KOFI, item, task, MU_OK}, /* said again it is the same */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        begin(s, MU_INTENT_CHECKIN_SEND);
        op(s, MU_CHECKIN_ITEM, cases[i].item);
        with_id(s, MU_CHECKIN_ITEM_CHECKIN, id);
        with_int(s, MU_CHECKIN_ITEM_KIND, MU_CHECKIN_DONE);
        with_id(s, MU_CHECKIN_ITEM_ROW, cases[i].row);
        if (cases[i].code == MU_OK) {
            agreed(s, cases[i].who);
        } else {
            refused(s, cases[i].who, cases[i].code);
        }
    }
}

static void ask_ack(struct stage *s, struct mu_id checkin, const char *note)
{
    begin(s, MU_INTENT_CHECKIN_ACK);
    op(s, MU_CHECKIN, checkin);
    if (note != NULL) {
        with_text(s, MU_CHECKIN_ACK_NOTE, note);
    }
}

static void test_checkin_ack__is_a_leads_and_the_first_counts(void **state)
{
    struct stage *s = *state;
    struct schedule schedule = added(s);
    struct mu_id kofis = ask_checkin(s, &schedule, KOFI, TODAY);
    agreed(s, KOFI);
    struct mu_id anas = ask_checkin(s, &schedule, ANA, TODAY);
    agreed(s, ANA);

    ask_ack(s, kofis, NULL);
    refused(s, MIA, MU_E_DENIED);
    ask_ack(s, anas, NULL);
    refused(s, ANA, MU_E_DENIED); /* one's own */
    ask_ack(s, kofis, "thanks");
    agreed(s, ANA);
    int64_t at = got_int(s, MU_CHECKIN, kofis, MU_CHECKIN_ACK_AT);
    ask_ack(s, kofis, "thank you");
    agreed(s, ANA);

    assert_int_equal(got_int(s, MU_CHECKIN, kofis, MU_CHECKIN_ACK_AT), at);
    assert_id(got_id(s, MU_CHECKIN, kofis, MU_CHECKIN_ACK_BY), s->people[ANA]);
    assert_text(s, MU_CHECKIN, kofis, MU_CHECKIN_ACK_NOTE, "thank you");
}

/* -- nudges ------------------------------------------------------------------------------ */

static void ask_nudge(struct stage *s, enum stage_who to, int64_t nth, struct mu_id about)
{
    struct mu_world world = world_of(s);
    begin(s, MU_INTENT_NUDGE_SEND);
    op(s, MU_NUDGE, mu_nudge_id(world.derive, s->people[ANA], s->people[to], TODAY, nth));
    with_id(s, MU_NUDGE_TO, s->people[to]);
    with_id(s, MU_NUDGE_ABOUT, about);
}

static void test_nudge__is_a_leads_three_a_day_and_one_about_a_thing(void **state)
{
    struct stage *s = *state;

    ask_nudge(s, KOFI, 0, s->board);
    agreed(s, ANA);
    ask_nudge(s, KOFI, 0, s->team);
    refused(s, ANA, MU_E_EXISTS);
    ask_nudge(s, KOFI, 1, s->board);
    refused(s, ANA, MU_E_LIMIT); /* about that today */
    ask_nudge(s, KOFI, 2, s->team);
    refused(s, ANA, MU_E_NOT_FOUND); /* the second comes before the third */
    ask_nudge(s, KOFI, 1, s->team);
    agreed(s, ANA);
    ask_nudge(s, KOFI, 2, s->columns[TODO]);
    agreed(s, ANA);
    ask_nudge(s, KOFI, 3, s->columns[DONE]);
    refused(s, ANA, MU_E_LIMIT);
    ask_nudge(s, MIA, 0, s->board);
    agreed(s, ANA);
    ask_nudge(s, ANA, 0, s->board);
    refused(s, ANA, MU_E_INVALID);
    ask_nudge(s, MIA, 0, s->board);
    refused(s, KOFI, MU_E_DENIED);
}

/* -- small texts ---------------------------------------------------------------------------- */

static void test_rhythm__weekdays_and_days_hold_on_both_sides_of_1970(void **state)
{
    (void)state;

    assert_int_equal(mu_day_weekday(0), 3); /* a Thursday */
    assert_int_equal(mu_day_weekday(-1), 2);
    assert_int_equal(mu_day_weekday(-4), 6);
    assert_int_equal(mu_day_weekday(TODAY), 1);
    assert_int_equal(mu_utc_day(-1), -1);
    assert_int_equal(mu_utc_day(MU_DAY_MS - 1), 0);
}

static void test_rhythm__reminders_are_minutes_between_commas(void **state)
{
    (void)state;
    int32_t minutes[MU_REMINDERS_MAX];
    size_t count = 0;
    struct mu_error err = {0};
    static const char *const bad[] = {",", "5,", "5,,6", "a", "5 ", "10081", "1,2,3,4,5,6,7,8,9"};

    assert_int_equal(mu_reminders_parse(mu_slice_str("60,15,0"), minutes, &count, &err), MU_OK);
    assert_int_equal(count, 3);
    assert_int_equal(minutes[1], 15);
    assert_int_equal(mu_reminders_parse(mu_slice_str(""), minutes, &count, &err), MU_OK);
    assert_int_equal(count, 0);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(mu_reminders_parse(mu_slice_str(bad[i]), minutes, &count, &err),
                         MU_E_INVALID);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_absence__is_declared_by_its_person_or_a_lead),
        STAGED(test_absence__that_ends_before_it_begins_or_never_is_refused),
        STAGED(test_absence__is_withdrawn_and_never_moved),
        STAGED(test_holiday__has_one_row_for_its_day_and_comes_back_when_named_again),
        STAGED(test_zone_move__is_said_in_time_by_its_person_or_a_lead),
        STAGED(test_person_edit__takes_the_working_days_and_quiet_hours),
        STAGED(test_schedule__is_made_by_a_lead_with_its_first_version),
        STAGED(test_schedule__with_no_days_or_in_the_past_or_due_before_it_opens_is_refused),
        STAGED(test_schedule__changes_from_a_day_on_and_keeps_what_was),
        STAGED(test_schedule__is_paused_by_a_version_without_days),
        STAGED(test_question__of_choice_or_scale_needs_what_there_is_to_choose),
        STAGED(test_checkin__tells_when_it_was_written_and_when_it_came),
        STAGED(test_checkin__of_a_device_whose_clock_is_in_doubt_says_so),
        STAGED(test_checkin__of_two_devices_is_one_and_the_earlier_writing_counts),
        STAGED(test_checkin__is_edited_by_its_person_alone_and_counts_it),
        STAGED(test_checkin__for_a_slot_that_is_none_is_refused),
        STAGED(test_answer__fits_its_question),
        STAGED(test_answer__belongs_to_its_question_and_schedule),
        STAGED(test_checkin_item__names_a_task_that_is_there_under_its_own_id),
        STAGED(test_checkin_ack__is_a_leads_and_the_first_counts),
        STAGED(test_nudge__is_a_leads_three_a_day_and_one_about_a_thing),
        cmocka_unit_test(test_rhythm__weekdays_and_days_hold_on_both_sides_of_1970),
        cmocka_unit_test(test_rhythm__reminders_are_minutes_between_commas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
