/* Goals, quotas, promises and blockers among real programs, with clocks that the test moves.  At
 * stake: that the figures come out, the same on every replica, whoever was offline; and that
 * nobody is judged by anything but the board and the clock. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/harness/team.h"

#include <inttypes.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define MONDAY INT64_C(1922400000000) /* 2 December 2030, midnight UTC */

struct scene {
    struct mu_cast team;
    char clock[400];
    struct mu_actor *ana, *kofi;
};

/* It is that time for every program from now on. */
static void it_is(struct scene *scene, int64_t ms)
{
    struct timespec now;
    char text[32];
    assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
    int64_t real_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    int len = snprintf(text, sizeof text, "%" PRId64 "\n", ms - real_ms);
    FILE *file = fopen(scene->clock, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, (size_t)len, file), (size_t)len);
    assert_int_equal(fclose(file), 0);
}

static void begin(struct scene *scene)
{
    char folder[300];
    assert_non_null(getcwd(folder, sizeof folder));
    (void)snprintf(scene->clock, sizeof scene->clock, "%s/clock", folder);
    assert_int_equal(setenv("MUSTER_CLOCK", scene->clock, 1), 0);
    it_is(scene, MONDAY + 9 * HOUR);
    mu_team_begin(&scene->team);
    scene->ana = mu_team_join(&scene->team, "ana");
    scene->kofi = mu_team_join(&scene->team, "kofi");
}

static void end(struct scene *scene)
{
    mu_team_end(&scene->team);
    assert_int_equal(unsetenv("MUSTER_CLOCK"), 0);
}

static void sync_with(struct scene *scene, const struct mu_actor *actor)
{
    mu_team_do(&scene->team, actor, MU_WORDS("sync", "--wait", "30s"));
}

/* Everybody has what everybody wrote. */
static void meet(struct scene *scene)
{
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < scene->team.count; i++) {
            sync_with(scene, &scene->team.people[i]);
        }
    }
}

/* Run, expect the code and words in what it said. */
static void gives(struct scene *scene, const struct mu_actor *actor, int code, const char *says,
                  const char *const *words)
{
    struct mu_ran ran = mu_cast_run(&scene->team, actor, words, NULL);
    const char *said = code != 0 ? ran.err : ran.out;
    if (ran.code != code || strstr(said, says) == NULL) {
        fail_msg("muster %s %s: exit %d, not %d, or without '%s':\n%s%s", words[0],
                 words[1] != NULL ? words[1] : "", ran.code, code, says, ran.out, ran.err);
    }
    mu_ran_free(&ran);
}

static json_t *item(json_t *told, const char *list, size_t at)
{
    json_t *found = json_array_get(json_object_get(told, list), at);
    if (found == NULL) {
        fail_msg("'%s' has fewer than %zu", list, at + 1);
    }
    return found;
}

static const char *text_of(json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static int64_t number_of(json_t *object, const char *name)
{
    json_t *number = json_object_get(object, name);
    if (!json_is_integer(number)) {
        fail_msg("'%s' is no number", name);
    }
    return json_integer_value(number);
}

/* -- sales: quotas and a week ------------------------------------------------------------- */

static void check_week(struct scene *scene, const struct mu_actor *actor)
{
    json_t *told = mu_team_ask(&scene->team, actor, MU_WORDS("quota", "list", "sales"));
    assert_string_equal(text_of(item(told, "quotas", 0), "period_from"), "2030-12-02");
    json_t *team = json_object_get(told, "team");
    assert_int_equal(number_of(team, "brought"), 21900);
    assert_int_equal(number_of(team, "expected"), 23000);
    assert_int_equal(number_of(team, "excused"), 4600);
    assert_int_equal(number_of(team, "people"), 5);
    assert_int_equal(number_of(team, "met"), 3);
    json_decref(told);
}

static void test_goals__a_quarter_of_quotas_and_a_week_of_sales(void **state)
{
    (void)state;
    struct scene scene;
    begin(&scene);
    struct mu_actor *rita = mu_team_join(&scene.team, "rita");
    struct mu_actor *sam = mu_team_join(&scene.team, "sam");
    struct mu_actor *omar = mu_team_join(&scene.team, "omar");
    struct mu_actor *mia = mu_team_join(&scene.team, "mia");
    struct mu_actor *lena = mu_team_join(&scene.team, "lena");
    mu_team_do(&scene.team, scene.ana,
               MU_WORDS("goal", "add", "Sell for EUR 360,000 this quarter", "--desc",
                        "more to those who know us", "--why", "it pays us", "--start", "2030-12-02",
                        "--end", "2031-02-28", "--confidence", "7"));
    meet(&scene);
    mu_team_do(&scene.team, scene.ana,
               MU_WORDS("target", "add", "G-1", "sales", "--to", "360,000", "--unit", "EUR",
                        "--source", "quotas"));
    gives(&scene, scene.ana, 0, "A: EUR 1,200 of sales is uncovered by quotas",
          MU_WORDS("quota", "set", "sales", "@rita", "@sam", "@omar", "@mia", "@lena", "@kofi",
                   "4600", "--times", "13"));
    mu_team_do(&scene.team, scene.ana,
               MU_WORDS("quota", "set", "sales", "@ana", "1200", "--week", "2031-02-24"));
    gives(&scene, scene.ana, 0, "S M A R T", MU_WORDS("goal", "list"));
    meet(&scene);
    for (size_t i = 1; i < scene.team.count; i++) {
        gives(&scene, &scene.team.people[i], 0, "accepted 13 quotas", MU_WORDS("quota", "accept"));
    }
    it_is(&scene, MONDAY + 3 * DAY + 10 * HOUR); /* in cars and basements */
    mu_team_do(&scene.team, rita,
               MU_WORDS("record", "sales", "1850", "--note", "Nordwind renewal"));
    mu_team_do(&scene.team, rita, MU_WORDS("record", "sales", "3150"));
    mu_team_do(&scene.team, sam, MU_WORDS("record", "sales", "4700"));
    mu_team_do(&scene.team, mia, MU_WORDS("record", "sales", "6400"));
    mu_team_do(&scene.team, scene.kofi, MU_WORDS("record", "sales", "4000"));
    mu_team_do(&scene.team, omar, MU_WORDS("record", "sales", "3600", "--day", "2030-12-03"));
    it_is(&scene, MONDAY + 4 * DAY + 15 * HOUR);
    mu_team_do(&scene.team, mia, MU_WORDS("record", "sales", "4600", "--correct", "last"));
    mu_team_do(&scene.team, lena, MU_WORDS("absence", "@me", "2030-12-02..2030-12-06"));
    meet(&scene);
    for (size_t i = 0; i < scene.team.count; i++) {
        check_week(&scene, &scene.team.people[i]);
    }
    gives(
        &scene, scene.ana, 0,
        "EUR 21,900 of EUR 23,000 expected (EUR 27,600 less EUR 4,600 excused) \xc2\xb7 3 of 5 met",
        MU_WORDS("quota", "list", "sales"));
    /* Once the week is over, the promise that a quota is was kept, or not, or is excused. */
    it_is(&scene, MONDAY + 7 * DAY + 9 * HOUR);
    gives(&scene, rita, 0, "kept", MU_WORDS("promises"));
    gives(&scene, omar, 0, "missed", MU_WORDS("promises"));
    gives(&scene, lena, 0, "excused: away", MU_WORDS("promises"));
    end(&scene);
}

/* -- blockers ----------------------------------------------------------------------------- */

static void test_blockers__are_aged_acknowledged_and_cleared(void **state)
{
    (void)state;
    struct scene scene;
    begin(&scene);
    mu_team_do(&scene.team, scene.ana, MU_WORDS("add", "parser", "@kofi"));
    mu_team_do(&scene.team, scene.ana, MU_WORDS("add", "grammar", "@ana"));
    meet(&scene);
    it_is(&scene, MONDAY + DAY + 9 * HOUR + 12 * MINUTE); /* on a train */
    mu_team_do(
        &scene.team, scene.kofi,
        MU_WORDS("block", "T-1", "which Unicode version", "--needs", "@ana", "--kind", "decision"));
    it_is(&scene, MONDAY + DAY + 11 * HOUR + 40 * MINUTE + MINUTE / 3);
    meet(&scene);
    gives(&scene, scene.ana, 0, "2 h 28 min", MU_WORDS("blockers", "@ana"));
    gives(&scene, scene.kofi, 5, "another than who raised it", MU_WORDS("blocker", "ack", "T-1"));
    json_t *tasks = mu_team_ask(&scene.team, scene.ana, MU_WORDS("list"));
    assert_true(json_is_true(json_object_get(mu_team_task(tasks, "parser"), "blocked")));
    assert_true(json_is_false(json_object_get(mu_team_task(tasks, "grammar"), "blocked")));
    json_decref(tasks);
    mu_team_do(&scene.team, scene.ana, MU_WORDS("blocker", "ack", "T-1", "ask the vendor"));
    it_is(&scene, MONDAY + DAY + 12 * HOUR + 5 * MINUTE);
    mu_team_do(&scene.team, scene.ana, MU_WORDS("unblock", "T-1", "Unicode 15"));
    meet(&scene);
    json_t *told = mu_team_ask(&scene.team, scene.kofi, MU_WORDS("blockers", "--all"));
    json_t *blocker = item(told, "blockers", 0);
    assert_string_equal(text_of(blocker, "state"), "cleared");
    assert_string_equal(text_of(blocker, "how"), "Unicode 15");
    assert_in_range(number_of(blocker, "ack_s"), 2 * 3600 + 27 * 60, 2 * 3600 + 30 * 60);
    assert_in_range(number_of(blocker, "age_s"), 2 * 3600 + 52 * 60, 2 * 3600 + 55 * 60);
    json_decref(told);

    /* One that waits for a task ends with it, and not over night: that is no working time. */
    mu_team_do(&scene.team, scene.kofi, MU_WORDS("block", "T-1", "no grammar", "--needs", "T-2"));
    meet(&scene);
    it_is(&scene, MONDAY + 2 * DAY + 9 * HOUR);
    mu_team_do(&scene.team, scene.ana, MU_WORDS("done", "T-2"));
    meet(&scene);
    gives(&scene, scene.kofi, 0, "4 h 5", MU_WORDS("blockers", "--all"));
    told = mu_team_ask(&scene.team, scene.kofi, MU_WORDS("blockers"));
    assert_int_equal(json_array_size(json_object_get(told, "blockers")), 0);
    json_decref(told);
    end(&scene);
}

/* -- promises ----------------------------------------------------------------------------- */

static const char *state_of(json_t *told, const char *task, int64_t period)
{
    json_t *promises = json_object_get(told, "promises");
    for (size_t i = 0; i < json_array_size(promises); i++) {
        json_t *one = json_array_get(promises, i);
        if (strcmp(text_of(one, "task"), task) == 0 && number_of(one, "period") == period) {
            return text_of(one, "state");
        }
    }
    fail_msg("no promise of %s for %" PRId64, task, period);
    return "";
}

static void test_promises__are_judged_by_the_board_and_the_clock(void **state)
{
    (void)state;
    struct scene scene;
    int64_t monday = MONDAY / DAY;
    begin(&scene);
    for (int i = 1; i <= 6; i++) {
        char title[16];
        (void)snprintf(title, sizeof title, "task %d", i);
        mu_team_do(&scene.team, scene.ana, MU_WORDS("add", title, "@kofi"));
    }
    mu_team_do(&scene.team, scene.ana, MU_WORDS("add", "hers", "@ana"));
    meet(&scene);
    static const char *const tasks[] = {"T-1", "T-2", "T-3", "T-4", "T-5"};
    for (size_t i = 0; i < 5; i++) {
        mu_team_do(&scene.team, scene.kofi, MU_WORDS("promise", tasks[i], "tomorrow"));
    }
    gives(&scene, scene.kofi, 5, "another's", MU_WORDS("promise", "T-7", "today"));
    /* Before its day has begun a promise may be moved; after that it is a miss. */
    mu_team_do(&scene.team, scene.kofi,
               MU_WORDS("renegotiate", "T-3", "2030-12-04", "the audit came first"));
    it_is(&scene, MONDAY + DAY + 10 * HOUR);
    mu_team_do(&scene.team, scene.kofi, MU_WORDS("renegotiate", "T-4", "this-week", "too much"));
    it_is(&scene, MONDAY + DAY + 16 * HOUR);
    mu_team_do(&scene.team, scene.kofi, MU_WORDS("done", "T-1"));
    it_is(&scene, MONDAY + DAY + 19 * HOUR); /* offline all the time */
    mu_team_do(&scene.team, scene.kofi, MU_WORDS("done", "T-2"));
    it_is(&scene, MONDAY + 2 * DAY + 9 * HOUR);
    for (int64_t day = 4; day <= 6; day++) { /* carried, and carried, and carried */
        char when[16];
        (void)snprintf(when, sizeof when, "2030-12-%02" PRId64, day);
        mu_team_do(&scene.team, scene.kofi, MU_WORDS("carry", "T-5", when));
    }
    meet(&scene);
    it_is(&scene, MONDAY + 5 * DAY + HOUR);
    for (size_t i = 0; i < scene.team.count; i++) {
        const struct mu_actor *actor = &scene.team.people[i];
        json_t *told = mu_team_ask(&scene.team, actor, MU_WORDS("promises", "@kofi"));
        assert_string_equal(state_of(told, "T-1", monday + 1), "kept");
        assert_string_equal(state_of(told, "T-2", monday + 1), "late");
        assert_string_equal(state_of(told, "T-3", monday + 1), "renegotiated");
        assert_string_equal(state_of(told, "T-3", monday + 2), "missed");
        assert_string_equal(state_of(told, "T-4", monday + 1), "missed");
        assert_string_equal(state_of(told, "T-5", monday + 1), "missed");
        json_t *counts = json_object_get(told, "counts");
        assert_int_equal(number_of(counts, "kept"), 1);
        assert_int_equal(number_of(counts, "late"), 1);
        assert_int_equal(number_of(counts, "renegotiated"), 1);
        json_decref(told);
    }
    gives(&scene, scene.kofi, 0, "carried 3 times", MU_WORDS("promises"));
    /* A lead lets go, and changes nothing else. */
    gives(&scene, scene.kofi, 5, "by a lead", MU_WORDS("excuse", "T-5", "it was hard"));
    gives(&scene, scene.ana, 0, "excused: 'was ill'",
          MU_WORDS("excuse", "T-5", "@kofi", "was ill"));
    end(&scene);
}

/* Held up by another for most of the time: excused. */
static void test_promises__excuse_who_waited_for_another(void **state)
{
    (void)state;
    struct scene scene;
    begin(&scene);
    mu_team_do(&scene.team, scene.ana, MU_WORDS("add", "parser", "@kofi"));
    mu_team_do(&scene.team, scene.ana, MU_WORDS("add", "lexer", "@kofi"));
    meet(&scene);
    mu_team_do(&scene.team, scene.kofi, MU_WORDS("promise", "T-1", "today"));
    mu_team_do(&scene.team, scene.kofi, MU_WORDS("promise", "T-2", "today"));
    it_is(&scene, MONDAY + 10 * HOUR);
    mu_team_do(&scene.team, scene.kofi,
               MU_WORDS("block", "T-1", "which version", "--needs", "@ana"));
    mu_team_do(&scene.team, scene.kofi, MU_WORDS("block", "T-2", "no idea", "--needs", "@kofi"));
    it_is(&scene, MONDAY + DAY + 9 * HOUR);
    json_t *told = mu_team_ask(&scene.team, scene.kofi, MU_WORDS("promises"));
    assert_string_equal(state_of(told, "T-1", MONDAY / DAY), "excused");
    assert_string_equal(state_of(told, "T-2", MONDAY / DAY), "missed"); /* on himself */
    json_decref(told);
    end(&scene);
}

/* -- tasks ------------------------------------------------------------------------------------ */

static void test_tasks__serve_goals_have_parts_and_remember_their_first_date(void **state)
{
    (void)state;
    struct scene scene;
    begin(&scene);
    mu_team_do(&scene.team, scene.ana, MU_WORDS("goal", "add", "Ship 2.0 by 31 May"));
    meet(&scene);
    mu_team_do(&scene.team, scene.ana,
               MU_WORDS("add", "parser", "@kofi", "due:2030-12-06", "goal:G-1"));
    meet(&scene);
    mu_team_do(&scene.team, scene.ana, MU_WORDS("edit", "T-1", "--due", "2030-12-07"));
    mu_team_do(&scene.team, scene.ana, MU_WORDS("add", "lexer", "parent:T-1"));
    meet(&scene);
    mu_team_do(&scene.team, scene.kofi, MU_WORDS("accept", "T-1"));
    mu_team_do(&scene.team, scene.kofi, MU_WORDS("edit", "T-1", "--due", "2030-12-09"));
    mu_team_do(&scene.team, scene.kofi, MU_WORDS("edit", "T-1", "--due", "2030-12-10"));
    gives(&scene, scene.kofi, 5, "part of itself", MU_WORDS("edit", "T-1", "parent:T-2"));
    meet(&scene);
    json_t *told = mu_team_ask(&scene.team, scene.ana, MU_WORDS("show", "T-1"));
    json_t *task = json_object_get(told, "task");
    assert_string_equal(text_of(task, "first_due"), "2030-12-07");
    assert_int_equal(number_of(task, "due_moves"), 2);
    assert_string_equal(text_of(task, "goal"), "G-1");
    assert_string_equal(text_of(item(task, "parts", 0), "title"), "lexer");
    json_decref(told);
    told = mu_team_ask(&scene.team, scene.kofi, MU_WORDS("goal", "show", "G-1"));
    assert_int_equal(number_of(item(told, "breakdown", 1), "depth"), 1);
    json_t *coverage = json_object_get(json_object_get(told, "goal"), "tasks");
    assert_int_equal(number_of(coverage, "total"), 2);
    assert_int_equal(number_of(coverage, "owned"), 1);
    assert_int_equal(number_of(coverage, "dated"), 1);
    json_decref(told);
    end(&scene);
}

/* -- bad input --------------------------------------------------------------------------------- */

static void test_goals__refuse_what_makes_no_sense_and_change_nothing(void **state)
{
    (void)state;
    struct scene scene;
    begin(&scene);
    mu_team_do(&scene.team, scene.ana, MU_WORDS("goal", "add", "Sell"));
    mu_team_do(&scene.team, scene.ana, MU_WORDS("add", "parser", "@kofi"));
    meet(&scene);
    mu_team_do(&scene.team, scene.ana, MU_WORDS("target", "add", "G-1", "sales", "--to", "100"));
    meet(&scene);
    mu_team_do(&scene.team, scene.kofi, MU_WORDS("promise", "T-1", "tomorrow"));
    int64_t before = 0;
    json_t *status = mu_team_ask(&scene.team, scene.kofi, MU_WORDS("status"));
    before = number_of(status, "pending");
    json_decref(status);
    gives(&scene, scene.kofi, 2, "behind a point", MU_WORDS("record", "sales", "12,5"));
    gives(&scene, scene.kofi, 2, "exponent", MU_WORDS("record", "sales", "1e400"));
    gives(&scene, scene.kofi, 2, "more decimals", MU_WORDS("record", "sales", "1.5"));
    gives(&scene, scene.kofi, 2, "too large",
          MU_WORDS("record", "sales", "9999999999999999999999"));
    gives(&scene, scene.kofi, 2, "today or a day before",
          MU_WORDS("record", "sales", "5", "--day", "2031-01-01"));
    gives(&scene, scene.kofi, 3, "no target", MU_WORDS("record", "nothing", "5"));
    gives(&scene, scene.kofi, 5, "goal's owner or a lead",
          MU_WORDS("quota", "set", "sales", "@kofi", "1"));
    gives(&scene, scene.kofi, 5, "owner, its creator or a lead",
          MU_WORDS("goal", "close", "G-1", "missed"));
    gives(&scene, scene.ana, 2, "is not said", MU_WORDS("goal", "close", "G-1", "dropped"));
    gives(&scene, scene.ana, 2, "ends before",
          MU_WORDS("goal", "edit", "G-1", "--start", "2031-02-01", "--end", "2031-01-01"));
    gives(&scene, scene.kofi, 3, "no goal", MU_WORDS("goal", "show", "G-77"));
    gives(&scene, scene.kofi, 2, "no goal", MU_WORDS("goal", "show", "seven"));
    gives(&scene, scene.kofi, 2, "why", MU_WORDS("renegotiate", "T-1", "tomorrow"));
    gives(&scene, scene.kofi, 2, "why", MU_WORDS("block", "T-1"));
    gives(&scene, scene.kofi, 2, "is no kind", MU_WORDS("block", "T-1", "x", "--kind", "magic"));
    gives(&scene, scene.kofi, 2, "a day to come", MU_WORDS("promise", "T-1", "2030-11-01"));
    gives(&scene, scene.kofi, 3, "no task", MU_WORDS("promise", "T-99", "today"));
    status = mu_team_ask(&scene.team, scene.kofi, MU_WORDS("status"));
    assert_int_equal(number_of(status, "pending"), before);
    json_decref(status);
    end(&scene);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_goals__a_quarter_of_quotas_and_a_week_of_sales),
        IN_FOLDER(test_blockers__are_aged_acknowledged_and_cleared),
        IN_FOLDER(test_promises__are_judged_by_the_board_and_the_clock),
        IN_FOLDER(test_promises__excuse_who_waited_for_another),
        IN_FOLDER(test_tasks__serve_goals_have_parts_and_remember_their_first_date),
        IN_FOLDER(test_goals__refuse_what_makes_no_sense_and_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
