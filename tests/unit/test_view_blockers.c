/* Blockers and quotas from the rows of a replica.  At stake: that time is counted once, in working
 * hours, and only while it was another who was waited for. */
#include "client/view/blockers.h"
#include "client/view/goals.h"
#include "client/view/quotas.h"
#include "client/view/readings.h"
#include "tests/unit/view_fixture.h"

#define HOUR   INT64_C(3600000)
#define MONDAY (INT64_C(20780) * 24 * HOUR) /* 23 November 2026, midnight UTC */
#define TARGET 300
#define GOAL   301

static struct board board;
static struct mu_names names;
static struct mu_calendar calendar;
static struct mu_books books;

static int setup(void **state)
{
    (void)state;
    view_board(&board, &names);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    board_close(&board);
    return 0;
}

static void put_id(struct mu_row *row, uint32_t field, uint64_t number)
{
    struct mu_id id = id_of(number);
    cell_set(&board, row, field, mu_id_value(&id));
}

static struct mu_row blocker(uint64_t number, int64_t from_hour, int64_t to_hour)
{
    struct mu_row row = row_of(MU_BLOCKER, number);
    put_id(&row, MU_BLOCKER_TASK, TASK_CALL);
    put_id(&row, MU_BLOCKER_RAISED_BY, ANA);
    cell_text(&board, &row, MU_BLOCKER_REASON, "waits");
    cell_int(&board, &row, MU_BLOCKER_KIND, MU_BLOCKER_PERSON);
    cell_int(&board, &row, MU_BLOCKER_STATE, to_hour == 0 ? MU_BLOCKER_RAISED : MU_BLOCKER_CLEARED);
    cell_int(&board, &row, MU_BLOCKER_RAISED_AT, MONDAY + from_hour * HOUR);
    if (to_hour != 0) {
        cell_int(&board, &row, MU_BLOCKER_CLEARED_AT, MONDAY + to_hour * HOUR);
    }
    return row;
}

/* The books as of an hour after Monday's midnight, with rows. */
static void open_books(struct mu_row *rows, size_t count, int64_t hour)
{
    struct mu_error err = {0};
    const struct mu_viewpoint from = {.now = {MONDAY + hour * HOUR}, .zone = mu_zone_utc()};
    board_apply(&board, rows, count, 2);
    assert_int_equal(mu_calendar_load(&board.db, &from, NULL, &board.arena, &calendar, &err),
                     MU_OK);
    books = (struct mu_books){&board.db, &calendar, MONDAY + hour * HOUR, &board.arena};
}

static void test_blocked__each_moment_once_and_only_by_another(void **state)
{
    (void)state;
    struct mu_row rows[5];
    rows[0] = blocker(200, 9, 11);
    put_id(&rows[0], MU_BLOCKER_NEEDS_PERSON, KOFI);
    rows[1] = blocker(201, 10, 12); /* its task is Kofi's */
    put_id(&rows[1], MU_BLOCKER_NEEDS_TASK, TASK_PARSER);
    rows[2] = blocker(202, 13, 17); /* herself */
    put_id(&rows[2], MU_BLOCKER_NEEDS_PERSON, ANA);
    rows[3] = blocker(203, 13, 16); /* nobody is named */
    rows[4] = blocker(204, 17, 0);  /* still open, over night */
    put_id(&rows[4], MU_BLOCKER_NEEDS_PERSON, KOFI);
    open_books(rows, 5, 48);
    struct mu_error err = {0};
    int64_t blocked_ms = 0;

    assert_int_equal(mu_blocked_ms(&books, id_of(ANA), id_of(TASK_CALL), id_of(1), MONDAY,
                                   MONDAY + 34 * HOUR, &blocked_ms, &err),
                     MU_OK);
    /* 9 to 12, then 17 to 18, and from 9 to 10 of the next day. */
    assert_int_equal(blocked_ms, 5 * HOUR);
}

static void test_blockers__oldest_first_with_their_working_age(void **state)
{
    (void)state;
    struct mu_row rows[3];
    rows[0] = blocker(200, 15, 0);
    rows[1] = blocker(201, 9, 0);
    put_id(&rows[1], MU_BLOCKER_NEEDS_PERSON, KOFI);
    put_id(&rows[1], MU_BLOCKER_ACKED_BY, KOFI);
    cell_int(&board, &rows[1], MU_BLOCKER_ACKED_AT, MONDAY + 10 * HOUR);
    rows[2] = blocker(202, 9, 10);
    open_books(rows, 3, 24 + 12);
    const struct mu_blocker_filter open = {.open = true};
    const struct mu_blocker_filter mine = {.open = true, .needs = id_of(KOFI)};
    struct mu_blocker *found = NULL;
    size_t count = 0;
    struct mu_error err = {0};

    assert_int_equal(mu_blockers_load(&books, &open, &found, &count, &err), MU_OK);
    assert_int_equal(count, 2);
    assert_true(mu_id_equal(found[0].id, id_of(201)));
    assert_int_equal(found[0].age_ms, 12 * HOUR); /* 9 to 18, and 9 to 12 */
    assert_int_equal(found[0].ack_ms, HOUR);
    assert_int_equal(found[1].age_ms, 6 * HOUR);
    assert_int_equal(found[1].ack_ms, -1);
    assert_string_equal(found[1].task_ref, "T-1");
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 1000);
    assert_int_equal(mu_words_blocker(&out, &found[0], &names), MU_OK);
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal(
        (const char *)out.data,
        "1 d 3 h \xc2\xb7 @ana \xc2\xb7 'waits' \xc2\xb7 T-1 'Call Kowalczyk' \xc2\xb7 "
        "needs @kofi \xc2\xb7 raised");
    assert_int_equal(mu_blockers_load(&books, &mine, &found, &count, &err), MU_OK);
    assert_int_equal(count, 1);
}

static void test_quotas__count_own_readings_of_the_week_as_they_were_corrected(void **state)
{
    (void)state;
    struct mu_row rows[7];
    const struct {
        uint64_t by, corrects;
        int64_t value, day;
    } readings[] = {{KOFI, 0, 1850, 20780},
                    {KOFI, 400, 1580, 20780},
                    {KOFI, 0, 500, 20786},
                    {KOFI, 0, 900, 20787},
                    {ANA, 0, 7000, 20781}};
    for (size_t i = 0; i < 5; i++) {
        rows[i] = row_of(MU_READING, 400 + i);
        put_id(&rows[i], MU_READING_TARGET, TARGET);
        put_id(&rows[i], MU_READING_BY, readings[i].by);
        cell_int(&board, &rows[i], MU_READING_VALUE, readings[i].value);
        cell_int(&board, &rows[i], MU_READING_DAY, readings[i].day);
        cell_int(&board, &rows[i], MU_READING_AT, MONDAY + (int64_t)i * HOUR);
        if (readings[i].corrects != 0) {
            put_id(&rows[i], MU_READING_CORRECTS, readings[i].corrects);
        }
    }
    rows[5] = row_of(MU_QUOTA, 410);
    put_id(&rows[5], MU_QUOTA_TARGET, TARGET);
    put_id(&rows[5], MU_QUOTA_PERSON, KOFI);
    cell_int(&board, &rows[5], MU_QUOTA_PERIOD_KIND, MU_PERIOD_WEEK);
    cell_int(&board, &rows[5], MU_QUOTA_PERIOD, 20780);
    cell_int(&board, &rows[5], MU_QUOTA_AMOUNT, 2000);
    rows[6] = row_of(MU_ABSENCE, 420); /* two of five days: he is not excused */
    put_id(&rows[6], MU_ABSENCE_PERSON, KOFI);
    cell_int(&board, &rows[6], MU_ABSENCE_FROM_DAY, 20780);
    cell_int(&board, &rows[6], MU_ABSENCE_TO_DAY, 20781);
    cell_int(&board, &rows[6], MU_ABSENCE_KIND, MU_ABSENCE_SICK);
    open_books(rows, 7, 100);
    const struct mu_quota_filter filter = {
        .target = id_of(TARGET), .from_day = 20780, .to_day = 20780};
    struct mu_quota *found = NULL;
    size_t count = 0;
    struct mu_error err = {0};

    assert_int_equal(mu_quotas_load(&books, &filter, &found, &count, &err), MU_OK);
    assert_int_equal(count, 1);
    assert_int_equal(found[0].brought, 2080);
    assert_true(found[0].met);
    assert_int_equal(found[0].met_ms, MONDAY + 2 * HOUR);
    assert_false(found[0].excused);

    struct mu_row longer = row_of(MU_ABSENCE, 420);
    cell_int(&board, &longer, MU_ABSENCE_TO_DAY, 20782);
    open_books(&longer, 1, 100);
    assert_int_equal(mu_quotas_load(&books, &filter, &found, &count, &err), MU_OK);
    assert_true(found[0].excused);
}

static void test_goals__count_their_tasks_and_parts_once(void **state)
{
    (void)state;
    struct mu_row rows[4];
    rows[0] = row_of(MU_GOAL, GOAL);
    cell_int(&board, &rows[0], MU_GOAL_NO, 7);
    cell_text(&board, &rows[0], MU_GOAL_TITLE, "Ship");
    cell_int(&board, &rows[0], MU_GOAL_STATE, MU_GOAL_ACTIVE);
    rows[1] = row_of(MU_TASK, TASK_CALL);
    put_id(&rows[1], MU_TASK_GOAL, GOAL);
    rows[2] = row_of(MU_TASK, TASK_PARSER); /* a part that says so itself, too */
    put_id(&rows[2], MU_TASK_GOAL, GOAL);
    put_id(&rows[2], MU_TASK_PARENT, TASK_CALL);
    rows[3] = row_of(MU_TASK, TASK_SHIP);
    put_id(&rows[3], MU_TASK_PARENT, TASK_PARSER);
    open_books(rows, 4, 100);
    struct mu_goal goal;
    struct mu_branch *branches = NULL;
    size_t count = 0;
    bool found = false;
    struct mu_id id;
    struct mu_error err = {0};

    assert_int_equal(mu_goal_resolve(&board.db, mu_slice_str("g-7"), &id, &err), MU_OK);
    assert_int_equal(mu_goal_get(&books, id, &goal, &found, &err), MU_OK);
    assert_true(found);
    assert_int_equal(goal.tasks, 3);
    assert_int_equal(goal.tasks_done, 1);
    assert_int_equal(goal.tasks_owned, 2);
    assert_int_equal(goal.tasks_dated, 1);
    assert_int_equal(mu_goal_tree(&books, &names, id, &branches, &count, &err), MU_OK);
    assert_int_equal(count, 3);
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(branches[i].depth, i);
    }
    assert_int_equal(mu_goal_resolve(&board.db, mu_slice_str("G-8"), &id, &err), MU_E_NOT_FOUND);
    assert_int_equal(mu_goal_resolve(&board.db, mu_slice_str("ship"), &id, &err), MU_E_USAGE);
}

#define ON_BOARD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOARD(test_blocked__each_moment_once_and_only_by_another),
        ON_BOARD(test_blockers__oldest_first_with_their_working_age),
        ON_BOARD(test_quotas__count_own_readings_of_the_week_as_they_were_corrected),
        ON_BOARD(test_goals__count_their_tasks_and_parts_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
