/* A random team's year, counted twice: by client/view/metrics.c, and from the exported rows alone
 * by a script in another language that shares no code with it (tests/metrics/recount.py).  At
 * stake: that every figure can be proved by anybody who has the rows. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/import/muster_json.h"
#include "client/view/metrics.h"
#include "tests/unit/replica_fixture.h"
#include "tests/unit/zone_fixture.h"

extern char **environ;

#define FIRST_DAY 20454 /* 2026-01-01 */
#define DAYS      365
#define DAY_MS    INT64_C(86400000)
#define HOUR_MS   INT64_C(3600000)
#define PEOPLE    9
#define WINDOWS   14
#define ROWS_MAX  60000

struct year {
    struct board board;
    struct mu_arena arena;
    struct mu_dice dice;
    struct mu_row *rows;
    size_t count;
    uint64_t next_id;
    uint64_t people[PEOPLE];
    uint64_t schedules[2];
    uint64_t versions[2][2];
    uint64_t target;
};

static uint64_t below(struct year *year, uint64_t limit)
{
    return mu_dice_below(&year->dice, limit);
}

static bool chance(struct year *year, uint64_t percent)
{
    return below(year, 100) < percent;
}

static struct mu_row *make(struct year *year, uint32_t entity)
{
    assert_true(year->count < ROWS_MAX);
    year->rows[year->count] = row_of(entity, ++year->next_id);
    return &year->rows[year->count++];
}

static void number(struct year *year, struct mu_row *row, uint32_t field, int64_t value)
{
    cell_int(&year->board, row, field, value);
}

static void text(struct year *year, struct mu_row *row, uint32_t field, const char *value)
{
    cell_text(&year->board, row, field, value);
}

static void link_to(struct year *year, struct mu_row *row, uint32_t field, uint64_t target)
{
    struct mu_id id = id_of(target);
    cell_set(&year->board, row, field, mu_id_value(&id));
}

/* Some instant of the year, to the second. */
static int64_t some_time(struct year *year)
{
    return (FIRST_DAY + (int64_t)below(year, DAYS)) * DAY_MS + (int64_t)below(year, 86400) * 1000;
}

static uint64_t somebody(struct year *year)
{
    return year->people[below(year, PEOPLE)];
}

/* -- people and their calendar ------------------------------------------------------------ */

static void add_people(struct year *year)
{
    static const char *const handles[PEOPLE] = {"ana",  "ben",  "kofi", "lena", "mia",
                                                "omar", "rita", "sam",  "obs"};
    static const char *const zones[PEOPLE] = {
        "Europe/Lisbon", "Africa/Nairobi", "America/Denver",      "Asia/Kathmandu", "",
        "Pacific/Apia",  "Europe/Lisbon",  "Australia/Lord_Howe", "Pacific/Chatham"};
    struct mu_row *row = make(year, MU_TEAM);
    text(year, row, MU_TEAM_NAME, "Orion");
    text(year, row, MU_TEAM_ZONE, "Europe/Lisbon");
    for (size_t i = 0; i < PEOPLE; i++) {
        row = make(year, MU_PERSON);
        year->people[i] = year->next_id;
        text(year, row, MU_PERSON_HANDLE, handles[i]);
        if (zones[i][0] != '\0') {
            text(year, row, MU_PERSON_ZONE, zones[i]);
        }
        number(year, row, MU_PERSON_ROLE,
               i == 0 ? MU_ROLE_LEAD : (i == 8 ? MU_ROLE_OBSERVER : MU_ROLE_MEMBER));
        number(year, row, MU_PERSON_STATE, MU_PERSON_ACTIVE);
        if (i % 3 == 1) {
            number(year, row, MU_PERSON_DAY_START, 8 * 60 + 30);
        }
        if (i == 5) {
            number(year, row, MU_PERSON_WORKDAYS, 0x4f); /* Sunday, Monday to Thursday */
        }
        row = make(year, MU_DEVICE);
        link_to(year, row, MU_DEVICE_PERSON, year->people[i]);
        number(year, row, MU_DEVICE_ENROLLED_AT, (FIRST_DAY + (i == 7 ? 60 : -9)) * DAY_MS);
    }
}

static void add_calendar(struct year *year)
{
    for (unsigned i = 0; i < 12; i++) {
        struct mu_row *row = make(year, MU_HOLIDAY);
        text(year, row, MU_HOLIDAY_CALENDAR, i % 3 == 0 ? "team" : "Europe/Lisbon");
        number(year, row, MU_HOLIDAY_DAY, FIRST_DAY + 17 + (int64_t)i * 29);
        text(year, row, MU_HOLIDAY_NAME, "a holiday");
        number(year, row, MU_HOLIDAY_DELETED, i == 5 ? 1 : 0);
    }
    for (unsigned i = 0; i < 30; i++) {
        struct mu_row *row = make(year, MU_ABSENCE);
        int64_t from = FIRST_DAY + (int64_t)below(year, DAYS);
        link_to(year, row, MU_ABSENCE_PERSON, somebody(year));
        number(year, row, MU_ABSENCE_FROM_DAY, from);
        number(year, row, MU_ABSENCE_TO_DAY, from + (int64_t)below(year, 12));
        number(year, row, MU_ABSENCE_KIND, MU_ABSENCE_LEAVE);
        number(year, row, MU_ABSENCE_DECLARED_AT, (from - 4 + (int64_t)below(year, 9)) * DAY_MS);
        number(year, row, MU_ABSENCE_WITHDRAWN, i % 7 == 6 ? 1 : 0);
    }
    struct mu_row *move = make(year, MU_ZONE_SINCE); /* Rita moves to Denver in May, and back */
    link_to(year, move, MU_ZONE_SINCE_PERSON, year->people[6]);
    number(year, move, MU_ZONE_SINCE_FROM, (FIRST_DAY + 130) * DAY_MS + 10 * HOUR_MS);
    text(year, move, MU_ZONE_SINCE_ZONE, "America/Denver");
    move = make(year, MU_ZONE_SINCE);
    link_to(year, move, MU_ZONE_SINCE_PERSON, year->people[6]);
    number(year, move, MU_ZONE_SINCE_FROM, (FIRST_DAY + 250) * DAY_MS);
    text(year, move, MU_ZONE_SINCE_ZONE, "Europe/Lisbon");
}

/* -- check-ins --------------------------------------------------------------------------------- */

static void add_version(struct year *year, size_t schedule, size_t which, int64_t from_day)
{
    struct mu_row *row = make(year, MU_SCHEDULE_VERSION);
    year->versions[schedule][which] = year->next_id;
    link_to(year, row, MU_SCHEDULE_VERSION_SCHEDULE, year->schedules[schedule]);
    number(year, row, MU_SCHEDULE_VERSION_FROM_DAY, from_day);
    number(year, row, MU_SCHEDULE_VERSION_DAYS, schedule == 0 ? 0x1f : 0x10);
    number(year, row, MU_SCHEDULE_VERSION_OPEN, schedule == 0 ? 540 : 14 * 60);
    number(year, row, MU_SCHEDULE_VERSION_DUE, (schedule == 0 ? 570 : 15 * 60) + (int)which * 30);
    number(year, row, MU_SCHEDULE_VERSION_GRACE, schedule == 0 ? 15 : 120);
    number(year, row, MU_SCHEDULE_VERSION_ZONE_MODE,
           schedule == 0 ? MU_ZONE_OF_MEMBER : MU_ZONE_OF_TEAM);
    number(year, row, MU_SCHEDULE_VERSION_CREATED_AT, (from_day - 1) * DAY_MS + 12 * HOUR_MS);
}

static void add_checkin(struct year *year, size_t schedule, uint64_t person, int64_t day)
{
    struct mu_row *row = make(year, MU_CHECKIN);
    bool late_version = day >= FIRST_DAY + 200;
    int64_t written = day * DAY_MS - 14 * HOUR_MS + (int64_t)below(year, 2600) * 60000;
    link_to(year, row, MU_CHECKIN_SCHEDULE, year->schedules[schedule]);
    link_to(year, row, MU_CHECKIN_PERSON, person);
    number(year, row, MU_CHECKIN_DAY, day);
    link_to(year, row, MU_CHECKIN_VERSION, year->versions[schedule][late_version ? 1 : 0]);
    text(year, row, MU_CHECKIN_TEXT, "done and to do");
    number(year, row, MU_CHECKIN_AUTHORED_AT, written);
    number(year, row, MU_CHECKIN_RECEIVED_AT, written + (int64_t)below(year, 300) * 60000);
    if (chance(year, 40)) {
        link_to(year, row, MU_CHECKIN_ACK_BY, year->people[below(year, 2)]);
        number(year, row, MU_CHECKIN_ACK_AT, written + (int64_t)below(year, 900) * 60000);
    }
}

static void add_checkins(struct year *year)
{
    for (size_t i = 0; i < 2; i++) {
        struct mu_row *row = make(year, MU_SCHEDULE);
        year->schedules[i] = year->next_id;
        text(year, row, MU_SCHEDULE_NAME, i == 0 ? "standup" : "weekly");
        number(year, row, MU_SCHEDULE_KIND, i == 0 ? MU_SCHEDULE_STANDUP : MU_SCHEDULE_WEEKLY);
        number(year, row, MU_SCHEDULE_STATE, MU_SCHEDULE_ACTIVE);
        add_version(year, i, 0, FIRST_DAY);
        add_version(year, i, 1, FIRST_DAY + 200);
    }
    for (int64_t day = FIRST_DAY; day < FIRST_DAY + DAYS; day++) {
        for (size_t i = 0; i < PEOPLE; i++) {
            if (chance(year, 70)) {
                add_checkin(year, 0, year->people[i], day);
            }
            if (chance(year, 15)) {
                add_checkin(year, 1, year->people[i], day);
            }
        }
    }
}

/* -- work
 * ------------------------------------------------------------------------------------------ */

static void some_due(struct year *year, struct mu_row *row, uint32_t field, int64_t day)
{
    static const char *const zones[] = {"", "T15:00", "T09:30 Asia/Kathmandu",
                                        "T02:30 America/Denver", "T23:45"};
    char due[MU_DUE_TEXT_MAX + 1];
    struct mu_date date = mu_date_from_days(day);
    (void)snprintf(due, sizeof due, "%04d-%02d-%02d%s", (int)date.year, (int)date.month,
                   (int)date.day, zones[below(year, 5)]);
    text(year, row, field, due);
}

static uint64_t add_task(struct year *year, int64_t at)
{
    struct mu_row *row = make(year, MU_TASK);
    uint64_t id = year->next_id;
    int64_t state = (int64_t)below(year, 7) + 1;
    int64_t day = at / DAY_MS + (int64_t)below(year, 20);
    state = state < 6 && chance(year, 60) ? MU_STATE_DONE : state;
    number(year, row, MU_TASK_NO, (int64_t)id);
    text(year, row, MU_TASK_TITLE, "some work");
    number(year, row, MU_TASK_STATE, state);
    if (state != MU_STATE_OPEN || chance(year, 20)) {
        link_to(year, row, MU_TASK_OWNER, somebody(year));
    }
    if (chance(year, 70)) {
        some_due(year, row, MU_TASK_DUE, day);
        some_due(year, row, MU_TASK_FIRST_DUE, day - (int64_t)below(year, 5));
    }
    if (state >= MU_STATE_ACCEPTED) {
        number(year, row, MU_TASK_ACCEPTED_AT, at);
        number(year, row, MU_TASK_DUE_MOVES, (int64_t)below(year, 4));
    }
    if (state == MU_STATE_DONE) {
        number(year, row, MU_TASK_DONE_AT, at + (int64_t)below(year, 20 * 1440) * 60000);
    }
    number(year, row, MU_TASK_ARCHIVED, chance(year, 10) ? 1 : 0);
    number(year, row, MU_TASK_DELETED, chance(year, 4) ? 1 : 0);
    return id;
}

static uint64_t add_promise(struct year *year, uint64_t task, uint64_t before, int64_t at)
{
    struct mu_row *row = make(year, MU_COMMITMENT);
    uint64_t id = year->next_id;
    bool week = chance(year, 30);
    int64_t day = at / DAY_MS + (int64_t)below(year, 3);
    int64_t first = week ? day - ((day + 3) % 7) : day;
    int64_t end = (first + (week ? 7 : 1)) * DAY_MS;
    int64_t roll = (int64_t)below(year, 20);
    int64_t state = roll == 0   ? MU_COMMITMENT_EXCUSED
                    : roll == 1 ? MU_COMMITMENT_RELEASED
                    : roll < 4  ? MU_COMMITMENT_RENEGOTIATED
                    : roll < 7  ? MU_COMMITMENT_DONE
                                : MU_COMMITMENT_OPEN;
    link_to(year, row, MU_COMMITMENT_PERSON, somebody(year));
    if (chance(year, 80)) {
        link_to(year, row, MU_COMMITMENT_TASK, task);
    } else {
        text(year, row, MU_COMMITMENT_TEXT, "in words");
    }
    number(year, row, MU_COMMITMENT_PERIOD_KIND, week ? MU_PERIOD_WEEK : MU_PERIOD_DAY);
    number(year, row, MU_COMMITMENT_PERIOD, first);
    number(year, row, MU_COMMITMENT_DUE_AT, end - 7 * HOUR_MS);
    number(year, row, MU_COMMITMENT_HORIZON_AT, end - 15 * HOUR_MS);
    number(year, row, MU_COMMITMENT_GRACE_UNTIL, end);
    number(year, row, MU_COMMITMENT_STATE, state);
    number(year, row, MU_COMMITMENT_PROMISED_AT, at);
    if (state != MU_COMMITMENT_OPEN) {
        number(year, row, MU_COMMITMENT_SETTLED_AT,
               end - 30 * HOUR_MS + (int64_t)below(year, 40) * HOUR_MS);
    }
    if (before != 0) {
        link_to(year, row, MU_COMMITMENT_SUPERSEDES, before);
    }
    return id;
}

/* One that was moved on twice, and whose period is not over. */
static void add_carried(struct year *year)
{
    uint64_t before = 0;
    for (int i = 0; i < 3; i++) {
        struct mu_row *row = make(year, MU_COMMITMENT);
        link_to(year, row, MU_COMMITMENT_PERSON, year->people[2]);
        text(year, row, MU_COMMITMENT_TEXT, "tidy up");
        number(year, row, MU_COMMITMENT_PERIOD_KIND, MU_PERIOD_WEEK);
        number(year, row, MU_COMMITMENT_PERIOD, FIRST_DAY + 361);
        number(year, row, MU_COMMITMENT_HORIZON_AT, (FIRST_DAY + 367) * DAY_MS);
        number(year, row, MU_COMMITMENT_DUE_AT, (FIRST_DAY + 368) * DAY_MS);
        number(year, row, MU_COMMITMENT_GRACE_UNTIL, (FIRST_DAY + 369) * DAY_MS);
        number(year, row, MU_COMMITMENT_PROMISED_AT, (FIRST_DAY + 361) * DAY_MS);
        number(year, row, MU_COMMITMENT_STATE,
               i < 2 ? MU_COMMITMENT_RENEGOTIATED : MU_COMMITMENT_OPEN);
        if (i < 2) {
            number(year, row, MU_COMMITMENT_SETTLED_AT, (FIRST_DAY + 362) * DAY_MS);
        }
        if (before != 0) {
            link_to(year, row, MU_COMMITMENT_SUPERSEDES, before);
        }
        before = year->next_id;
    }
}

static void add_blocker(struct year *year, uint64_t task, int64_t at)
{
    struct mu_row *row = make(year, MU_BLOCKER);
    int64_t state = (int64_t)below(year, 5) + 1;
    bool old = at < (FIRST_DAY + DAYS - 40) * DAY_MS;
    state = old && state <= MU_BLOCKER_IN_HAND ? MU_BLOCKER_CLEARED : state;
    link_to(year, row, MU_BLOCKER_TASK, task);
    text(year, row, MU_BLOCKER_REASON, "which version");
    number(year, row, MU_BLOCKER_KIND, MU_BLOCKER_DECISION);
    if (chance(year, 60)) {
        link_to(year, row, MU_BLOCKER_NEEDS_PERSON, somebody(year));
    } else {
        link_to(year, row, MU_BLOCKER_NEEDS_TASK, task);
    }
    number(year, row, MU_BLOCKER_STATE, state);
    link_to(year, row, MU_BLOCKER_RAISED_BY, somebody(year));
    number(year, row, MU_BLOCKER_RAISED_AT, at);
    if (state > MU_BLOCKER_RAISED && chance(year, 80)) {
        link_to(year, row, MU_BLOCKER_ACKED_BY, somebody(year));
        number(year, row, MU_BLOCKER_ACKED_AT, at + (int64_t)below(year, 50) * HOUR_MS);
    }
    if (state >= MU_BLOCKER_CLEARED) {
        number(year, row, MU_BLOCKER_CLEARED_AT, at + (int64_t)below(year, 200) * HOUR_MS);
    }
}

static void add_praise(struct year *year, uint64_t task, int64_t at)
{
    if (chance(year, 40)) {
        struct mu_row *row = make(year, MU_FEEDBACK);
        link_to(year, row, MU_FEEDBACK_FROM, somebody(year));
        link_to(year, row, MU_FEEDBACK_TO, somebody(year));
        link_to(year, row, MU_FEEDBACK_TASK, task);
        number(year, row, MU_FEEDBACK_VISIBILITY, MU_VISIBLE_TEAM);
        number(year, row, MU_FEEDBACK_SENT_AT, at + (int64_t)below(year, 400) * HOUR_MS);
        if (chance(year, 50)) {
            number(year, row, MU_FEEDBACK_ANSWERED_AT, at + 500 * HOUR_MS);
        }
    }
    if (chance(year, 30)) {
        struct mu_row *row = make(year, MU_KUDOS);
        uint64_t kudos = year->next_id;
        link_to(year, row, MU_KUDOS_FROM, somebody(year));
        text(year, row, MU_KUDOS_TEXT, "well done");
        number(year, row, MU_KUDOS_AT, at);
        for (uint64_t i = 0; i <= below(year, 3); i++) {
            row = make(year, MU_KUDOS_TO);
            link_to(year, row, MU_KUDOS_TO_KUDOS, kudos);
            link_to(year, row, MU_KUDOS_TO_PERSON, year->people[(i + below(year, 3)) % PEOPLE]);
        }
    }
}

static void add_work(struct year *year)
{
    uint64_t before = 0;
    for (unsigned i = 0; i < 900; i++) {
        int64_t at = some_time(year);
        uint64_t task = add_task(year, at);
        for (uint64_t j = 0; j < below(year, 3); j++) {
            before = add_promise(year, task, chance(year, 30) ? before : 0, at);
        }
        if (chance(year, 30)) {
            add_blocker(year, task, at);
        }
        add_praise(year, task, at);
    }
}

static void add_quotas(struct year *year)
{
    uint64_t last = 0;
    struct mu_row *row = make(year, MU_TARGET);
    year->target = year->next_id;
    text(year, row, MU_TARGET_NAME, "sales");
    for (int64_t monday = FIRST_DAY + 4; monday < FIRST_DAY + DAYS; monday += 7) {
        for (size_t i = 0; i < PEOPLE - 1; i++) {
            row = make(year, MU_QUOTA);
            link_to(year, row, MU_QUOTA_TARGET, year->target);
            link_to(year, row, MU_QUOTA_PERSON, year->people[i]);
            number(year, row, MU_QUOTA_PERIOD_KIND, MU_PERIOD_WEEK);
            number(year, row, MU_QUOTA_PERIOD, monday);
            number(year, row, MU_QUOTA_AMOUNT, i == 3 && chance(year, 20) ? 0 : 4600);
            for (uint64_t j = 0; j < below(year, 4); j++) {
                row = make(year, MU_READING);
                link_to(year, row, MU_READING_TARGET, year->target);
                number(year, row, MU_READING_VALUE, (int64_t)below(year, 3000));
                number(year, row, MU_READING_DAY, monday + (int64_t)below(year, 9));
                number(year, row, MU_READING_AT,
                       monday * DAY_MS + (int64_t)below(year, 9) * HOUR_MS);
                link_to(year, row, MU_READING_BY, year->people[i]);
                if (last != 0 && chance(year, 10)) {
                    link_to(year, row, MU_READING_CORRECTS, last);
                }
                last = year->next_id;
            }
        }
    }
}

/* -- counting, and writing it down
 * ------------------------------------------------------------------ */

static void write_rows(struct year *year, struct mu_json *json)
{
    size_t entity_count = 0;
    const struct mu_entity *entities = mu_entities(&entity_count);
    struct mu_arena scratch;
    mu_arena_init(&scratch, (size_t)1 << 20);
    mu_json_object(json, "rows");
    for (size_t i = 0; i < entity_count; i++) {
        mu_json_array(json, entities[i].name);
        for (size_t j = 0; j < year->count; j++) {
            if (year->rows[j].entity == entities[i].number) {
                mu_arena_clear(&scratch);
                mu_export_row(json, &year->rows[j], &scratch);
            }
        }
        mu_json_close(json);
    }
    mu_json_close(json);
    mu_arena_deinit(&scratch);
}

static void write_figures(struct mu_json *json, const struct mu_metrics *metrics,
                          const struct mu_names *names)
{
    const struct mu_person_name *person = mu_names_person(names, metrics->person);
    mu_json_object(json, NULL);
    if (person != NULL) {
        mu_json_text(json, "person", person->handle);
    } else {
        mu_json_null(json, "person");
    }
    mu_json_object(json, "figures");
    for (int i = 0; i < MU_METRICS; i++) {
        mu_json_object(json, mu_metric_info((enum mu_metric)i)->key);
        mu_json_int(json, "k", metrics->figures[i].k);
        mu_json_int(json, "n", metrics->figures[i].n);
        mu_json_close(json);
    }
    mu_json_close(json);
    mu_json_close(json);
}

static void write_window(struct year *year, const struct mu_books *books,
                         const struct mu_viewpoint *from, const struct mu_names *names,
                         int64_t first, struct mu_json *json)
{
    struct mu_error err = {0};
    struct mu_metric_input input;
    struct mu_metrics metrics;
    struct mu_metric_window window = {.from_day = first, .to_day = first + MU_METRIC_DAYS - 1};
    if (mu_metrics_load(books, from, &window, &input, &err) != MU_OK) {
        fail_msg("%s", err.text);
    }
    mu_json_object(json, NULL);
    mu_json_int(json, "from_day", input.from_day);
    mu_json_int(json, "to_day", input.to_day);
    mu_json_int(json, "from_ms", input.from_ms);
    mu_json_int(json, "to_ms", input.to_ms);
    mu_json_array(json, "people");
    for (size_t i = 0; i <= PEOPLE; i++) {
        const struct mu_id nobody = {{0}};
        struct mu_id person = i < PEOPLE ? id_of(year->people[i]) : nobody;
        assert_int_equal(mu_metrics_count(&input, person, books->arena, &metrics, &err), MU_OK);
        write_figures(json, &metrics, names);
        if (i == PEOPLE) {
            continue;
        }
        /* What is loaded for one person alone gives the same. */
        struct mu_metric_input own;
        struct mu_metrics alone;
        window.person = person;
        assert_int_equal(mu_metrics_load(books, from, &window, &own, &err), MU_OK);
        assert_int_equal(mu_metrics_count(&own, person, books->arena, &alone, &err), MU_OK);
        for (int m = 0; m < MU_METRICS; m++) {
            if (alone.figures[m].k != metrics.figures[m].k ||
                alone.figures[m].n != metrics.figures[m].n) {
                fail_msg("%s differs when loaded alone", mu_metric_info((enum mu_metric)m)->key);
            }
        }
    }
    mu_json_close(json);
    mu_json_close(json);
}

static void write_year(struct year *year, struct mu_buf *out)
{
    struct mu_error err = {0};
    struct mu_json json;
    struct mu_names names;
    struct mu_calendar calendar;
    const struct mu_viewpoint from = {.now = {(FIRST_DAY + DAYS + 2) * DAY_MS},
                                      .zone = mu_zone_utc(),
                                      .zone_name = "UTC",
                                      .zone_of = zone_of_viewpoint,
                                      .state = &year->arena};
    assert_int_equal(mu_names_load(&year->board.db, &year->arena, &names, &err), MU_OK);
    assert_int_equal(mu_calendar_load(&year->board.db, &from, NULL, &year->arena, &calendar, &err),
                     MU_OK);
    const struct mu_books books = {&year->board.db, &calendar, from.now.ms, &year->arena};
    mu_json_start(&json, out);
    mu_json_object(&json, NULL);
    mu_json_int(&json, "now_ms", from.now.ms);
    write_rows(year, &json);
    mu_json_array(&json, "windows");
    for (int64_t i = 0; i < WINDOWS; i++) {
        write_window(year, &books, &from, &names, FIRST_DAY + 2 + i * 27, &json);
    }
    mu_json_close(&json);
    mu_json_close(&json);
    assert_int_equal(mu_json_end(&json), MU_OK);
}

/* Ends with 0 when the script comes to the same integers. */
static int recount(const char *path)
{
    char *const argv[] = {(char[]){MUSTER_PYTHON}, (char[]){MUSTER_RECOUNT}, strdup(path), NULL};
    pid_t child = 0;
    int code = 0;
    assert_int_equal(posix_spawn(&child, argv[0], NULL, NULL, argv, environ), 0);
    assert_int_equal(waitpid(child, &code, 0), child);
    free(argv[2]);
    return WIFEXITED(code) ? WEXITSTATUS(code) : -1;
}

static void write_file(const char *path, const struct mu_buf *bytes)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes->data, 1, bytes->len, file), bytes->len);
    assert_int_equal(fclose(file), 0);
}

static void test_year__is_recounted_to_the_same_integers(void **state)
{
    (void)state;
    char path[] = "/tmp/muster-year-XXXXXX";
    struct year year = {.dice = {2026}};
    struct mu_buf out;
    board_open(&year.board);
    mu_arena_init(&year.arena, (size_t)1 << 30);
    mu_buf_init(&out, (size_t)256 << 20);
    year.rows = calloc(ROWS_MAX, sizeof *year.rows);
    assert_non_null(year.rows);
    add_people(&year);
    add_calendar(&year);
    add_checkins(&year);
    add_work(&year);
    add_carried(&year);
    add_quotas(&year);
    (void)board_apply(&year.board, year.rows, year.count, 1);

    write_year(&year, &out);
    int file = mkstemp(path);
    assert_true(file >= 0);
    (void)close(file);
    write_file(path, &out);
    assert_int_equal(recount(path), 0);
    /* And it would notice: one kept promise fewer. */
    char *at = strstr((char *)out.data, "\"windows\"");
    assert_non_null(at);
    at = strstr(at, "\"kept\":{\"k\":");
    assert_non_null(at);
    at[12] = at[12] == '9' ? '8' : (char)(at[12] + 1);
    write_file(path, &out);
    assert_int_equal(recount(path), 1);

    (void)unlink(path);
    free(year.rows);
    mu_buf_deinit(&out);
    mu_arena_deinit(&year.arena);
    board_close(&year.board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_year__is_recounted_to_the_same_integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
