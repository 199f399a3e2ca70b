/* Who is expected when, and what it is judged.  At stake: a person's record.  Written by the
 * sentences of the domain: written in time and received late is on time; excused days are in no
 * count; nobody's overdue slot is everybody's business. */
#include <stdlib.h>

#include "client/view/console.h"
#include "client/view/reminders.h"
#include "client/view/slots.h"
#include "common/model/rhythm.h"
#include "tests/unit/replica_fixture.h"
#include "tests/unit/zone_fixture.h"

enum {
    TEAM = 1,
    ANA = 10,  /* lead, Lisbon */
    KOFI = 11, /* member, Nairobi */
    OLGA = 12, /* observer */
    MIA = 13,  /* invited, never came */
    STANDUP = 20,
    FIRST = 21, /* version: Monday to Friday, 09:00 to 09:30, 15 minutes of grace, member's zone */
    SECOND = 22,
    CHECKIN = 30,
    ABSENCE = 40,
    HOLIDAY = 50,
    MOVE = 60,
    DEVICE = 70,
};

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)

struct team {
    struct board board;
    struct mu_calendar calendar;
    struct mu_schedules schedules;
    struct mu_slots slots;
    uint64_t seq;
    int64_t tuesday; /* 2026-11-24 */
};

static int64_t utc(const struct team *t, int64_t day, int64_t hour, int64_t minute)
{
    return (t->tuesday + day) * MU_DAY_MS + hour * HOUR + minute * MINUTE;
}

static void put_int(struct team *t, struct mu_row *row, uint32_t field, int64_t value)
{
    cell_int(&t->board, row, field, value);
}

static void put_id(struct team *t, struct mu_row *row, uint32_t field, uint64_t target)
{
    struct mu_id id = id_of(target);
    cell_set(&t->board, row, field, mu_id_value(&id));
}

static void apply(struct team *t, const struct mu_row *row)
{
    (void)board_apply(&t->board, row, 1, ++t->seq);
}

static void add_person(struct team *t, uint64_t id, const char *handle, int role, const char *zone)
{
    struct mu_row row = row_of(MU_PERSON, id);
    cell_text(&t->board, &row, MU_PERSON_HANDLE, handle);
    put_int(t, &row, MU_PERSON_ROLE, role);
    put_int(t, &row, MU_PERSON_STATE, id == MIA ? MU_PERSON_INACTIVE : MU_PERSON_ACTIVE);
    cell_text(&t->board, &row, MU_PERSON_ZONE, zone);
    apply(t, &row);
    if (id != MIA) {
        row = row_of(MU_DEVICE, DEVICE + id);
        put_id(t, &row, MU_DEVICE_PERSON, id);
        put_int(t, &row, MU_DEVICE_ENROLLED_AT, utc(t, -60, 12, 0));
        apply(t, &row);
    }
}

struct shape {
    int64_t from_day; /* from Tuesday on */
    unsigned days;
    int32_t open, due;
    int64_t made_ms;
};

static void add_version(struct team *t, uint64_t id, struct shape shape)
{
    struct mu_row row = row_of(MU_SCHEDULE_VERSION, id);
    put_id(t, &row, MU_SCHEDULE_VERSION_SCHEDULE, STANDUP);
    put_int(t, &row, MU_SCHEDULE_VERSION_FROM_DAY, t->tuesday + shape.from_day);
    put_int(t, &row, MU_SCHEDULE_VERSION_DAYS, shape.days);
    put_int(t, &row, MU_SCHEDULE_VERSION_OPEN, shape.open);
    put_int(t, &row, MU_SCHEDULE_VERSION_DUE, shape.due);
    put_int(t, &row, MU_SCHEDULE_VERSION_GRACE, 15);
    put_int(t, &row, MU_SCHEDULE_VERSION_ZONE_MODE, MU_ZONE_OF_MEMBER);
    put_int(t, &row, MU_SCHEDULE_VERSION_CREATED_AT, shape.made_ms);
    apply(t, &row);
}

static int setup(void **state)
{
    struct team *t = calloc(1, sizeof *t);
    assert_non_null(t);
    board_open(&t->board);
    t->tuesday = mu_date_to_days((struct mu_date){2026, 11, 24});
    struct mu_row row = row_of(MU_TEAM, TEAM);
    cell_text(&t->board, &row, MU_TEAM_ZONE, "Europe/Lisbon");
    apply(t, &row);
    add_person(t, ANA, "ana", MU_ROLE_LEAD, "Europe/Lisbon");
    add_person(t, KOFI, "kofi", MU_ROLE_MEMBER, "Africa/Nairobi");
    add_person(t, OLGA, "olga", MU_ROLE_OBSERVER, "Europe/Lisbon");
    add_person(t, MIA, "mia", MU_ROLE_MEMBER, "America/Denver");
    row = row_of(MU_SCHEDULE, STANDUP);
    cell_text(&t->board, &row, MU_SCHEDULE_NAME, "standup");
    put_int(t, &row, MU_SCHEDULE_KIND, MU_SCHEDULE_STANDUP);
    put_int(t, &row, MU_SCHEDULE_STATE, MU_SCHEDULE_ACTIVE);
    apply(t, &row);
    add_version(t, FIRST, (struct shape){-30, 0x1f, 540, 570, utc(t, -31, 12, 0)});
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    struct team *t = *state;
    board_close(&t->board);
    free(t);
    return 0;
}

static void add_checkin(struct team *t, uint64_t person, int64_t day, int64_t authored,
                        int64_t received)
{
    struct mu_row row = row_of(MU_CHECKIN, CHECKIN + t->seq * 1000);
    put_id(t, &row, MU_CHECKIN_SCHEDULE, STANDUP);
    put_id(t, &row, MU_CHECKIN_PERSON, person);
    put_int(t, &row, MU_CHECKIN_DAY, t->tuesday + day);
    put_id(t, &row, MU_CHECKIN_VERSION, FIRST);
    put_int(t, &row, MU_CHECKIN_AUTHORED_AT, authored);
    put_int(t, &row, MU_CHECKIN_RECEIVED_AT, received);
    apply(t, &row);
}

static void add_absence(struct team *t, uint64_t person, int64_t from, int64_t to, int64_t declared)
{
    struct mu_row row = row_of(MU_ABSENCE, ABSENCE + t->seq * 1000);
    put_id(t, &row, MU_ABSENCE_PERSON, person);
    put_int(t, &row, MU_ABSENCE_FROM_DAY, t->tuesday + from);
    put_int(t, &row, MU_ABSENCE_TO_DAY, t->tuesday + to);
    put_int(t, &row, MU_ABSENCE_KIND, MU_ABSENCE_LEAVE);
    put_int(t, &row, MU_ABSENCE_DECLARED_AT, declared);
    apply(t, &row);
}

static void look(struct team *t, struct mu_slot_query query)
{
    struct mu_error err = {0};
    struct mu_viewpoint from = {.zone_of = zone_of_viewpoint, .state = &t->board.arena};
    assert_int_equal(
        mu_calendar_load(&t->board.db, &from, query.person, &t->board.arena, &t->calendar, &err),
        MU_OK);
    assert_int_equal(mu_schedules_load(&t->board.db, &t->board.arena, &t->schedules, &err), MU_OK);
    query.from_day += query.current ? 0 : t->tuesday;
    query.to_day += query.current ? 0 : t->tuesday;
    assert_int_equal(mu_slots_load(&t->board.db, &t->calendar, &t->schedules, &query,
                                   &t->board.arena, &t->slots, &err),
                     MU_OK);
}

static const struct mu_slot *slot_of(const struct team *t, uint64_t person, int64_t day)
{
    for (size_t i = 0; i < t->slots.count; i++) {
        const struct mu_slot *slot = &t->slots.list[i];
        if (mu_id_equal(slot->person->id, id_of(person)) && slot->day == t->tuesday + day) {
            return slot;
        }
    }
    return NULL;
}

static void assert_state(struct team *t, uint64_t person, int64_t day, int64_t now,
                         enum mu_slot_state state)
{
    look(t, (struct mu_slot_query){.from_day = day, .to_day = day, .now_ms = now});
    const struct mu_slot *slot = slot_of(t, person, day);
    assert_non_null(slot);
    assert_string_equal(mu_slot_state_name(slot->state), mu_slot_state_name(state));
}

/* -- who and when ----------------------------------------------------------------------- */

static void test_slots__are_of_members_and_leads_who_have_come_on_their_days(void **state)
{
    struct team *t = *state;

    look(t, (struct mu_slot_query){.from_day = -1, .to_day = 5, .now_ms = utc(t, 0, 8, 0)});

    assert_int_equal(t->slots.count, 5 * 2); /* Ana and Kofi, Monday to Friday */
    assert_null(slot_of(t, OLGA, 0));
    assert_null(slot_of(t, MIA, 0));
    assert_null(slot_of(t, KOFI, 4)); /* Saturday */
    /* Each at nine of her own. */
    assert_true(slot_of(t, KOFI, 0)->times.open_ms == utc(t, 0, 6, 0));
    assert_true(slot_of(t, ANA, 0)->times.open_ms == utc(t, 0, 9, 0));
    assert_true(slot_of(t, ANA, 0)->times.due_ms == utc(t, 0, 9, 30));
    assert_true(slot_of(t, ANA, 0)->times.grace_ms == utc(t, 0, 9, 45));
}

static void test_slots__follow_the_working_days_of_a_person(void **state)
{
    struct team *t = *state;
    struct mu_row row = row_of(MU_PERSON, KOFI);
    put_int(t, &row, MU_PERSON_WORKDAYS, 0x0e); /* Tuesday to Thursday */
    apply(t, &row);

    look(t, (struct mu_slot_query){.from_day = -1, .to_day = 5, .now_ms = utc(t, 0, 8, 0)});

    assert_null(slot_of(t, KOFI, -1));
    assert_non_null(slot_of(t, KOFI, 0));
    assert_null(slot_of(t, KOFI, 3));
    assert_non_null(slot_of(t, ANA, 3));
}

static void test_slots__begin_with_the_first_that_opens_after_somebody_came(void **state)
{
    struct team *t = *state;
    struct mu_row row = row_of(MU_DEVICE, DEVICE + KOFI);
    put_int(t, &row, MU_DEVICE_ENROLLED_AT, utc(t, 0, 6, 1));
    apply(t, &row);

    look(t, (struct mu_slot_query){.from_day = -1, .to_day = 1, .now_ms = utc(t, 0, 8, 0)});

    assert_null(slot_of(t, KOFI, -1));
    assert_null(slot_of(t, KOFI, 0));
    assert_non_null(slot_of(t, KOFI, 1));
}

static void test_slots__current_ones_are_each_persons_own_today(void **state)
{
    struct team *t = *state;
    /* 22:30 in Lisbon on Tuesday, half past one of Wednesday in Nairobi. */
    look(t, (struct mu_slot_query){.current = true, .now_ms = utc(t, 0, 22, 30)});

    assert_int_equal(t->slots.count, 2);
    assert_non_null(slot_of(t, ANA, 0));
    assert_non_null(slot_of(t, KOFI, 1));
}

/* -- states ------------------------------------------------------------------------------- */

static void test_slots__go_from_scheduled_over_open_and_due_to_missed(void **state)
{
    struct team *t = *state;
    const struct {
        int64_t hour, minute;
        enum mu_slot_state state;
    } steps[] = {{5, 59, MU_SLOT_SCHEDULED}, {6, 0, MU_SLOT_OPEN}, {6, 30, MU_SLOT_OPEN},
                 {6, 31, MU_SLOT_DUE},       {6, 45, MU_SLOT_DUE}, {6, 46, MU_SLOT_MISSED},
                 {23, 0, MU_SLOT_MISSED}};

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        assert_state(t, KOFI, 0, utc(t, 0, steps[i].hour, steps[i].minute), steps[i].state);
    }
}

static void test_slots__judge_by_when_it_was_written_not_by_when_it_came(void **state)
{
    struct team *t = *state;
    int64_t noon = utc(t, 0, 12, 0);
    add_checkin(t, KOFI, 0, utc(t, 0, 6, 12), utc(t, 0, 8, 40));
    add_checkin(t, KOFI, -1, utc(t, -1, 6, 30) + 1, utc(t, -1, 6, 31));
    add_checkin(t, ANA, 0, utc(t, 0, 9, 45), utc(t, 0, 9, 45));
    add_checkin(t, ANA, -1, utc(t, -1, 9, 45) + 1, utc(t, -1, 10, 0));

    assert_state(t, KOFI, 0, noon, MU_SLOT_ON_TIME);
    assert_true(slot_of(t, KOFI, 0)->arrived_late);
    assert_state(t, KOFI, -1, noon, MU_SLOT_IN_GRACE);
    assert_false(slot_of(t, KOFI, -1)->arrived_late);
    assert_state(t, ANA, 0, noon, MU_SLOT_IN_GRACE);
    assert_state(t, ANA, -1, noon, MU_SLOT_LATE);
    assert_false(slot_of(t, ANA, -1)->arrived_late);
}

static void test_slots__overdue_ones_are_for_their_person_and_leads_alone(void **state)
{
    struct team *t = *state;
    assert_state(t, KOFI, 0, utc(t, 0, 6, 40), MU_SLOT_DUE);
    const struct mu_slot *slot = slot_of(t, KOFI, 0);

    assert_int_equal(mu_slot_state_for(slot, id_of(KOFI), false), MU_SLOT_DUE);
    assert_int_equal(mu_slot_state_for(slot, id_of(ANA), true), MU_SLOT_DUE);
    assert_int_equal(mu_slot_state_for(slot, id_of(OLGA), false), MU_SLOT_OPEN);
    assert_state(t, KOFI, 0, utc(t, 0, 6, 46), MU_SLOT_MISSED); /* then everybody's */
    assert_int_equal(mu_slot_state_for(slot_of(t, KOFI, 0), id_of(OLGA), false), MU_SLOT_MISSED);
}

static void test_slots__excused_ones_say_why_and_whether_that_was_said_late(void **state)
{
    struct team *t = *state;
    add_absence(t, KOFI, 0, 1, utc(t, 0, 12, 0)); /* after the first was due */
    struct mu_row row = row_of(MU_HOLIDAY, HOLIDAY);
    cell_text(&t->board, &row, MU_HOLIDAY_CALENDAR, "Europe/Lisbon");
    put_int(t, &row, MU_HOLIDAY_DAY, t->tuesday + 1);
    cell_text(&t->board, &row, MU_HOLIDAY_NAME, "Feast");
    apply(t, &row);

    look(t, (struct mu_slot_query){.from_day = 0, .to_day = 2, .now_ms = utc(t, 2, 20, 0)});

    assert_int_equal(slot_of(t, KOFI, 0)->state, MU_SLOT_EXCUSED);
    assert_true(slot_of(t, KOFI, 0)->declared_late);
    assert_int_equal(slot_of(t, KOFI, 1)->state, MU_SLOT_EXCUSED);
    assert_false(slot_of(t, KOFI, 1)->declared_late);
    assert_int_equal(slot_of(t, KOFI, 2)->state, MU_SLOT_MISSED);
    assert_int_equal(slot_of(t, ANA, 1)->state, MU_SLOT_EXCUSED);
    assert_int_equal(slot_of(t, ANA, 1)->off.kind, MU_DAY_HOLIDAY);
    assert_int_equal(slot_of(t, ANA, 0)->state, MU_SLOT_MISSED);
    struct mu_slot_counts counts;
    mu_slots_count(&t->slots, id_of(KOFI), &counts);
    assert_int_equal(counts.counted, 1);
    assert_int_equal(counts.excused, 2);
    assert_int_equal(counts.excused_late, 1);
}

static void test_slots__an_absence_that_was_withdrawn_excuses_nothing(void **state)
{
    struct team *t = *state;
    struct mu_row row = row_of(MU_ABSENCE, ABSENCE);
    put_id(t, &row, MU_ABSENCE_PERSON, KOFI);
    put_int(t, &row, MU_ABSENCE_FROM_DAY, t->tuesday);
    put_int(t, &row, MU_ABSENCE_TO_DAY, t->tuesday);
    put_int(t, &row, MU_ABSENCE_WITHDRAWN, 1);
    apply(t, &row);

    assert_state(t, KOFI, 0, utc(t, 0, 12, 0), MU_SLOT_MISSED);
}

static void test_slots__of_who_is_out_of_reach_say_since_when(void **state)
{
    struct team *t = *state;
    struct mu_silence silences[2] = {{id_of(KOFI), utc(t, 0, 5, 10)},
                                     {id_of(ANA), utc(t, 0, 10, 0)}};

    look(t, (struct mu_slot_query){.from_day = 0,
                                   .to_day = 0,
                                   .now_ms = utc(t, 0, 12, 0),
                                   .silences = silences,
                                   .silence_count = 2});

    assert_int_equal(slot_of(t, KOFI, 0)->state, MU_SLOT_MISSED);
    assert_true(slot_of(t, KOFI, 0)->silent_since_ms == utc(t, 0, 5, 10));
    assert_int_equal(slot_of(t, ANA, 0)->silent_since_ms, 0); /* was there when it was due */
}

/* -- versions --------------------------------------------------------------------------------- */

static void test_slots__a_change_in_mid_week_leaves_the_days_before_alone(void **state)
{
    struct team *t = *state;
    add_version(t, SECOND, (struct shape){1, 0x1f, 600, 660, utc(t, 0, 12, 0)});

    look(t, (struct mu_slot_query){.from_day = -1, .to_day = 3, .now_ms = utc(t, 3, 20, 0)});

    assert_true(slot_of(t, ANA, 0)->times.due_ms == utc(t, 0, 9, 30));
    assert_true(slot_of(t, ANA, 1)->times.due_ms == utc(t, 1, 11, 0));
    assert_true(slot_of(t, KOFI, 1)->times.due_ms == utc(t, 1, 8, 0));
    /* What was written by the version that its author knew is judged by it. */
    add_checkin(t, ANA, 1, utc(t, 1, 10, 30), utc(t, 1, 10, 30));
    assert_state(t, ANA, 1, utc(t, 3, 20, 0), MU_SLOT_LATE);
}

static void test_slots__a_change_for_today_does_not_reach_a_slot_that_is_open(void **state)
{
    struct team *t = *state;
    /* At 08:00 UTC: Kofi's slot was open since 6:00, Ana's opens at 9:00. */
    add_version(t, SECOND, (struct shape){0, 0x1f, 540, 560, utc(t, 0, 8, 0)});

    look(t, (struct mu_slot_query){.from_day = 0, .to_day = 0, .now_ms = utc(t, 0, 8, 30)});

    assert_true(slot_of(t, KOFI, 0)->times.due_ms == utc(t, 0, 6, 30));
    assert_true(slot_of(t, ANA, 0)->times.due_ms == utc(t, 0, 9, 20));
}

static void test_slots__a_pause_is_a_version_without_days(void **state)
{
    struct team *t = *state;
    add_version(t, SECOND, (struct shape){1, 0, 540, 570, utc(t, 0, 12, 0)});
    add_version(t, SECOND + 1, (struct shape){3, 0x1f, 540, 570, utc(t, 2, 12, 0)});

    look(t, (struct mu_slot_query){.from_day = 0, .to_day = 3, .now_ms = utc(t, 3, 20, 0)});

    assert_non_null(slot_of(t, ANA, 0));
    assert_null(slot_of(t, ANA, 1));
    assert_null(slot_of(t, ANA, 2));
    assert_non_null(slot_of(t, ANA, 3));
}

static void test_slots__of_two_changes_for_one_day_the_later_made_counts(void **state)
{
    struct team *t = *state;
    add_version(t, SECOND + 1, (struct shape){1, 0x1f, 540, 580, utc(t, 0, 13, 0)});
    add_version(t, SECOND, (struct shape){1, 0x1f, 540, 590, utc(t, 0, 12, 0)});

    look(t, (struct mu_slot_query){.from_day = 1, .to_day = 1, .now_ms = utc(t, 1, 8, 30)});

    assert_true(slot_of(t, ANA, 1)->times.due_ms == utc(t, 1, 9, 40));
}

/* -- moves and odd ends --------------------------------------------------------------------------
 */

static void test_slots__who_moves_is_asked_by_the_clock_of_where_he_is(void **state)
{
    struct team *t = *state;
    struct mu_row row = row_of(MU_ZONE_SINCE, MOVE);
    put_id(t, &row, MU_ZONE_SINCE_PERSON, KOFI);
    put_int(t, &row, MU_ZONE_SINCE_FROM, utc(t, 0, 20, 0));
    cell_text(&t->board, &row, MU_ZONE_SINCE_ZONE, "America/Denver");
    apply(t, &row);

    look(t, (struct mu_slot_query){.from_day = 0, .to_day = 1, .now_ms = utc(t, 1, 8, 0)});

    assert_true(slot_of(t, KOFI, 0)->times.open_ms == utc(t, 0, 6, 0));
    assert_true(slot_of(t, KOFI, 1)->times.open_ms == utc(t, 1, 16, 0));
}

static void test_slots__what_nobody_asked_for_is_shown_and_counts_nothing(void **state)
{
    struct team *t = *state;
    add_checkin(t, KOFI, 4, utc(t, 4, 6, 0), utc(t, 4, 6, 0)); /* Saturday */

    look(t, (struct mu_slot_query){.from_day = 4, .to_day = 4, .now_ms = utc(t, 4, 8, 0)});

    assert_int_equal(t->slots.count, 1);
    assert_false(t->slots.list[0].expected);
    assert_false(mu_slot_counts(&t->slots.list[0]));
}

static void test_slots__a_streak_is_not_broken_by_excused_days(void **state)
{
    struct team *t = *state;
    add_checkin(t, KOFI, -5, utc(t, -5, 9, 0), utc(t, -5, 9, 0)); /* Thursday, late */
    add_checkin(t, KOFI, -4, utc(t, -4, 6, 10), utc(t, -4, 6, 10));
    add_absence(t, KOFI, -1, -1, utc(t, -9, 12, 0));
    add_checkin(t, KOFI, 0, utc(t, 0, 6, 40), utc(t, 0, 6, 40)); /* in grace */
    struct mu_slot_counts counts;

    struct mu_id kofi = id_of(KOFI);
    look(t, (struct mu_slot_query){
                .person = &kofi, .from_day = -7, .to_day = 1, .now_ms = utc(t, 0, 12, 0)});
    mu_slots_count(&t->slots, kofi, &counts);

    assert_int_equal(t->slots.count, 7); /* Tuesday to Tuesday and Wednesday, but for days off */
    assert_int_equal(counts.streak, 2);
    assert_int_equal(counts.on_time, 1);
    assert_int_equal(counts.in_grace, 1);
    assert_int_equal(counts.late, 1);
    assert_int_equal(counts.missed, 2); /* Tuesday and Wednesday a week ago */
    assert_int_equal(counts.counted, 5);
    assert_int_equal(counts.excused, 1);
}

static void test_slots__questions_come_every_so_many_slots(void **state)
{
    struct team *t = *state;
    struct mu_schedule_version version = {.from_day = t->tuesday, .days = 0x15}; /* Mon Wed Fri */
    struct mu_question every = {.every = 1};
    struct mu_question third = {.every = 3};

    assert_true(mu_question_is_asked(&every, &version, t->tuesday + 1));
    assert_true(mu_question_is_asked(&third, &version, t->tuesday + 1)); /* the first, Wednesday */
    assert_false(mu_question_is_asked(&third, &version, t->tuesday + 3));
    assert_false(mu_question_is_asked(&third, &version, t->tuesday + 6));
    assert_true(mu_question_is_asked(&third, &version, t->tuesday + 8));
    assert_true(mu_question_is_asked(&third, &version, t->tuesday + 1 + 7 * 300));
    assert_false(mu_question_is_asked(&every, &version, t->tuesday - 1));
}

/* -- reminders ------------------------------------------------------------------------------------
 */

/* What is said to person from since to now; the first of them, or NULL. */
static const struct mu_notice *told(struct team *t, uint64_t person, int64_t since, int64_t now,
                                    const struct mu_id *given, size_t *out_count)
{
    struct mu_names names;
    struct mu_notice *notices = NULL;
    struct mu_error err = {0};
    look(t, (struct mu_slot_query){.current = true, .now_ms = now});
    assert_int_equal(mu_names_load(&t->board.db, &t->board.arena, &names, &err), MU_OK);
    const struct mu_notice_query query = {.self = id_of(person),
                                          .since_ms = since,
                                          .now_ms = now,
                                          .given = given,
                                          .given_count = given != NULL ? 1 : 0};
    assert_int_equal(mu_notices_load(&t->board.db, &t->calendar, &t->schedules, &names, &query,
                                     &t->board.arena, &notices, out_count, &err),
                     MU_OK);
    return *out_count > 0 ? &notices[0] : NULL;
}

static void assert_told(struct team *t, uint64_t person, int64_t since, int64_t now,
                        enum mu_notice_kind kind, const char *text)
{
    size_t count = 0;
    const struct mu_notice *notice = told(t, person, since, now, NULL, &count);
    assert_int_equal(count, 1);
    assert_string_equal(mu_notice_kind_name(notice->kind), mu_notice_kind_name(kind));
    if (!mu_slice_equal(notice->text, mu_slice_str(text))) {
        fail_msg("told '%.*s'", (int)notice->text.len, (const char *)notice->text.data);
    }
}

static void assert_silent(struct team *t, uint64_t person, int64_t since, int64_t now)
{
    size_t count = 0;
    (void)told(t, person, since, now, NULL, &count);
    assert_int_equal(count, 0);
}

#define TO_CHECK_IN " \xc2\xb7 muster checkin"

static void test_reminders__come_once_before_a_slot_is_due_and_never_when_it_is_filled(void **state)
{
    struct team *t = *state;

    assert_told(t, KOFI, utc(t, 0, 6, 14), utc(t, 0, 6, 16), MU_NOTICE_CHECKIN,
                "standup: due at 09:30" TO_CHECK_IN);
    assert_silent(t, KOFI, utc(t, 0, 6, 16), utc(t, 0, 6, 29));
    /* The machine slept: it is of use while grace runs. */
    assert_told(t, KOFI, utc(t, 0, 6, 14), utc(t, 0, 6, 40), MU_NOTICE_CHECKIN,
                "standup was due at 09:30, grace until 09:45" TO_CHECK_IN);
    assert_silent(t, KOFI, utc(t, 0, 6, 14), utc(t, 0, 6, 50));
    add_checkin(t, KOFI, 0, utc(t, 0, 6, 10), utc(t, 0, 6, 10));
    assert_silent(t, KOFI, utc(t, 0, 6, 14), utc(t, 0, 6, 16));
    /* By the schedule's own minutes. */
    struct mu_row row = row_of(MU_SCHEDULE_VERSION, FIRST);
    cell_text(&t->board, &row, MU_SCHEDULE_VERSION_REMINDERS, "25,5");
    apply(t, &row);
    assert_told(t, ANA, utc(t, 0, 9, 4), utc(t, 0, 9, 6), MU_NOTICE_CHECKIN,
                "standup: due at 09:30" TO_CHECK_IN);
    assert_silent(t, ANA, utc(t, 0, 9, 14), utc(t, 0, 9, 16));
    assert_told(t, ANA, utc(t, 0, 9, 24), utc(t, 0, 9, 26), MU_NOTICE_CHECKIN,
                "standup: due at 09:30" TO_CHECK_IN);
}

static void be_quiet(struct team *t, uint64_t person, int64_t from, int64_t to)
{
    struct mu_row row = row_of(MU_PERSON, person);
    put_int(t, &row, MU_PERSON_QUIET_FROM, from);
    put_int(t, &row, MU_PERSON_QUIET_TO, to);
    apply(t, &row);
}

static void test_reminders__wait_for_the_end_of_quiet_hours(void **state)
{
    struct team *t = *state;
    be_quiet(t, KOFI, 20 * 60, 9 * 60 + 20); /* until 06:20 UTC */

    assert_silent(t, KOFI, utc(t, 0, 5, 50), utc(t, 0, 6, 19));
    size_t count = 0; /* the reminder and the day's digest */
    (void)told(t, KOFI, utc(t, 0, 6, 19), utc(t, 0, 6, 21), NULL, &count);
    assert_int_equal(count, 2);
    be_quiet(t, KOFI, 20 * 60, 11 * 60); /* too late to be of use */
    assert_told(t, KOFI, utc(t, 0, 5, 50), utc(t, 0, 8, 1), MU_NOTICE_DIGEST, "Today: 1 check-in");
}

static void test_reminders__a_digest_comes_once_a_working_day(void **state)
{
    struct team *t = *state;

    assert_told(t, ANA, utc(t, 0, 8, 59), utc(t, 0, 9, 1), MU_NOTICE_DIGEST, "Today: 1 check-in");
    assert_silent(t, ANA, utc(t, 0, 9, 1), utc(t, 0, 9, 10));
    assert_silent(t, ANA, utc(t, 4, 8, 59), utc(t, 4, 9, 1)); /* Saturday */
    add_checkin(t, ANA, 0, utc(t, 0, 8, 0), utc(t, 0, 8, 0));
    assert_silent(t, ANA, utc(t, 0, 8, 59), utc(t, 0, 9, 1)); /* nothing to tell */
}

static void test_reminders__a_nudge_is_told_once_and_not_at_night(void **state)
{
    struct team *t = *state;
    struct mu_row row = row_of(MU_NUDGE, 90);
    put_id(t, &row, MU_NUDGE_FROM, ANA);
    put_id(t, &row, MU_NUDGE_TO, KOFI);
    cell_text(&t->board, &row, MU_NUDGE_TEXT, "how far\nis it?");
    put_int(t, &row, MU_NUDGE_AT, utc(t, 0, 10, 0));
    apply(t, &row);

    /* Late, since the device was offline. */
    assert_told(t, KOFI, utc(t, 0, 11, 0), utc(t, 0, 12, 0), MU_NOTICE_NUDGE,
                "@ana: how far is it?");
    size_t count = 0;
    struct mu_id given = id_of(90);
    (void)told(t, KOFI, utc(t, 0, 11, 0), utc(t, 0, 12, 0), &given, &count);
    assert_int_equal(count, 0);
    assert_silent(t, KOFI, utc(t, 3, 11, 0), utc(t, 3, 12, 0)); /* stale */
    be_quiet(t, KOFI, 14 * 60, 16 * 60);
    assert_silent(t, KOFI, utc(t, 0, 11, 0), utc(t, 0, 12, 0));
}

static void test_reminders__a_miss_is_told_to_the_lead_on_a_later_working_day(void **state)
{
    struct team *t = *state;
    struct mu_row row = row_of(MU_SCHEDULE_VERSION, FIRST);
    put_int(t, &row, MU_SCHEDULE_VERSION_ESCALATE_AFTER, 1);
    apply(t, &row);
    add_checkin(t, ANA, 6, utc(t, 6, 8, 0), utc(t, 6, 8, 0));

    /* Kofi missed Friday: Ana hears of it on Monday morning. */
    assert_silent(t, ANA, utc(t, 4, 0, 0), utc(t, 6, 8, 59));
    size_t count = 0;
    const struct mu_notice *notice = told(t, ANA, utc(t, 6, 8, 59), utc(t, 6, 9, 1), NULL, &count);
    assert_int_equal(count, 1);
    assert_int_equal(notice->kind, MU_NOTICE_ESCALATION);
    assert_memory_equal(notice->text.data, "@kofi missed standup on Fri 27 Nov", notice->text.len);
    add_checkin(t, KOFI, 3, utc(t, 3, 9, 0), utc(t, 6, 8, 0)); /* it came, if late */
    assert_silent(t, ANA, utc(t, 6, 8, 59), utc(t, 6, 9, 1));
}

/* -- the console ---------------------------------------------------------------------------------
 */

/* What the console tells viewer of the team at now. */
static void console_tells(struct team *t, uint64_t viewer, int64_t now, const char *text)
{
    struct mu_names names;
    struct mu_console console;
    struct mu_error err = {0};
    const struct mu_client_status link = {.link = MU_LINK_OFFLINE};
    const struct mu_viewpoint from = {.now = {now},
                                      .zone = mu_zone_utc(),
                                      .zone_name = "UTC",
                                      .day_end_minute = 1020,
                                      .zone_of = zone_of_viewpoint,
                                      .state = &t->board.arena};
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 65536);
    assert_int_equal(mu_names_load(&t->board.db, &t->board.arena, &names, &err), MU_OK);
    const struct mu_console_query query = {.db = &t->board.db,
                                           .names = &names,
                                           .from = &from,
                                           .status = &link,
                                           .self = id_of(viewer),
                                           .most = 10};
    assert_int_equal(mu_console_read(&query, &t->board.arena, &console, &err), MU_OK);
    for (size_t i = 0; i < console.sections[0].row_count; i++) {
        assert_int_equal(mu_words_console_row(&out, &console.sections[0].rows[i]), MU_OK);
        assert_int_equal(mu_buf_append_byte(&out, '\n'), MU_OK);
    }
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal((const char *)out.data, text);
}

static void test_console__tells_of_check_ins_what_they_are_judged(void **state)
{
    struct team *t = *state;
    console_tells(t, ANA, utc(t, 0, 6, 10),
                  "@ana: lead, opens 09:00, nothing open\n"
                  "@kofi: open until 06:30 (09:30 there), nothing open, 09:10 there\n");
    console_tells(t, ANA, utc(t, 0, 6, 40),
                  "@ana: lead, opens 09:00, nothing open\n"
                  "@kofi: in grace until 06:45 (09:45 there), nothing open, 09:40 there\n");
    console_tells(t, OLGA, utc(t, 0, 6, 40),
                  "@ana: lead, opens 09:00, nothing open\n"
                  "@kofi: open until 06:30 (09:30 there), nothing open, 09:40 there\n");
    add_checkin(t, KOFI, 0, utc(t, 0, 6, 12), utc(t, 0, 8, 40));
    add_absence(t, ANA, 0, 0, utc(t, -3, 8, 0));
    console_tells(
        t, ANA, utc(t, 0, 12, 0),
        "@ana: lead, excused: on leave, nothing open\n"
        "@kofi: written 06:12 (09:12 there), received 08:40, nothing open, 15:00 there\n");
}

#define SLOT_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SLOT_TEST(test_console__tells_of_check_ins_what_they_are_judged),
        SLOT_TEST(test_slots__are_of_members_and_leads_who_have_come_on_their_days),
        SLOT_TEST(test_slots__follow_the_working_days_of_a_person),
        SLOT_TEST(test_slots__begin_with_the_first_that_opens_after_somebody_came),
        SLOT_TEST(test_slots__current_ones_are_each_persons_own_today),
        SLOT_TEST(test_slots__go_from_scheduled_over_open_and_due_to_missed),
        SLOT_TEST(test_slots__judge_by_when_it_was_written_not_by_when_it_came),
        SLOT_TEST(test_slots__overdue_ones_are_for_their_person_and_leads_alone),
        SLOT_TEST(test_slots__excused_ones_say_why_and_whether_that_was_said_late),
        SLOT_TEST(test_slots__an_absence_that_was_withdrawn_excuses_nothing),
        SLOT_TEST(test_slots__of_who_is_out_of_reach_say_since_when),
        SLOT_TEST(test_slots__a_change_in_mid_week_leaves_the_days_before_alone),
        SLOT_TEST(test_slots__a_change_for_today_does_not_reach_a_slot_that_is_open),
        SLOT_TEST(test_slots__a_pause_is_a_version_without_days),
        SLOT_TEST(test_slots__of_two_changes_for_one_day_the_later_made_counts),
        SLOT_TEST(test_slots__who_moves_is_asked_by_the_clock_of_where_he_is),
        SLOT_TEST(test_slots__what_nobody_asked_for_is_shown_and_counts_nothing),
        SLOT_TEST(test_slots__a_streak_is_not_broken_by_excused_days),
        SLOT_TEST(test_slots__questions_come_every_so_many_slots),
        SLOT_TEST(test_reminders__come_once_before_a_slot_is_due_and_never_when_it_is_filled),
        SLOT_TEST(test_reminders__wait_for_the_end_of_quiet_hours),
        SLOT_TEST(test_reminders__a_digest_comes_once_a_working_day),
        SLOT_TEST(test_reminders__a_nudge_is_told_once_and_not_at_night),
        SLOT_TEST(test_reminders__a_miss_is_told_to_the_lead_on_a_later_working_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
