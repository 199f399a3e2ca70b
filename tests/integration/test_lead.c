/* The lead's console as a lead has it: the real program on a real terminal, the team working
 * through a real server. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/integration/board_pane.h"

#include <stdlib.h>
#include <string.h>

static struct mu_cast team;
static struct mu_actor *ana;
static struct mu_actor *kofi;

static int leave(void **state)
{
    mu_pane_stop();
    return mu_folder_leave(state);
}

/* Kofi is late with one, has one to answer; nobody has the third. */
static void gather(void)
{
    mu_board_gather(&team, &ana, &kofi);
    mu_team_do(&team, ana, MU_WORDS("add", "@kofi", "due:2020-01-01", "--", "Alpha"));
    mu_team_do(&team, ana, MU_WORDS("add", "@kofi", "due:2031-01-01", "--", "Beta"));
    mu_team_do(&team, ana, MU_WORDS("add", "^backlog", "--", "Gamma"));
    mu_team_do(&team, ana, MU_WORDS("sync"));
    mu_team_do(&team, kofi, MU_WORDS("sync"));
}

static void test_lead__sees_the_team_and_what_it_does(void **state)
{
    (void)state;
    gather();
    mu_team_start_agent(&team, ana);
    mu_team_start_agent(&team, kofi);
    mu_team_level(&team);
    mu_board_open(ana, "", "lead", 80, 24);
    mu_pane_shows("\xe2\x96\x8c@ana");
    mu_pane_shows("lead");
    mu_pane_shows("1 late");
    mu_pane_shows("2 unanswered");
    mu_pane_shows("Nobody's 1");
    mu_pane_shows("this device");
    assert_true(mu_board_line_of("@ana") < mu_board_line_of("@kofi"));

    KEYS("j");
    mu_pane_shows("\xe2\x96\x8c@kofi");
    mu_team_do(&team, kofi, MU_WORDS("done", "T-1"));
    mu_pane_shows("nothing is late");
    mu_pane_shows("1 done in 7 d");
    mu_pane_shows("\xe2\x96\x8c@kofi");

    KEYS("Enter");
    mu_pane_shows("Orion \xc2\xb7 kofi");
    mu_pane_shows("Done in 7 days 1");
    KEYS("v");
    mu_pane_shows("finished T-1 'Alpha'");
    KEYS("q", "Tab", "Enter");
    mu_pane_shows("T-2  Beta");
    KEYS("c");
    mu_pane_type("how far is it");
    KEYS("Enter");
    mu_pane_shows("1 comment");
    KEYS("q");
    mu_pane_resize(40, 10);
    mu_pane_shows("Open 1");
    mu_pane_resize(120, 40);
    KEYS("q");
    mu_pane_shows("Nobody's 1");
    mu_pane_shows("\xe2\x96\x8c@kofi");
    KEYS("q");
    mu_board_left_well();
    mu_team_level(&team);
    json_t *told = mu_team_ask(&team, kofi, MU_WORDS("show", "T-2", "--json"));
    char *text = json_dumps(told, 0);
    assert_non_null(strstr(text, "how far is it"));
    free(text);
    json_decref(told);
    mu_team_end(&team);
}

static void test_lead__settles_a_conflict_where_it_stands(void **state)
{
    (void)state;
    gather();
    mu_team_do(&team, ana, MU_WORDS("edit", "T-3", "--title", "Gamma of Ana"));
    mu_team_do(&team, kofi, MU_WORDS("edit", "T-3", "--title", "Gamma of Kofi"));
    mu_team_do(&team, ana, MU_WORDS("sync"));
    mu_team_do(&team, kofi, MU_WORDS("sync"));
    mu_team_do(&team, ana, MU_WORDS("sync"));
    mu_board_open(ana, "", "lead", 100, 30);
    mu_pane_shows("Conflicts 1");
    KEYS("Tab", "Tab", "Tab", "R");
    mu_pane_shows("restored what was set aside");
    mu_pane_loses("Conflicts 1");
    mu_pane_shows("Gamma of Ana");
    KEYS("q");
    mu_board_left_well();
    mu_team_end(&team);
}

static void test_lead__answers_a_roadblock_where_it_stands(void **state)
{
    (void)state;
    gather();
    mu_team_do(&team, kofi, MU_WORDS("block", "T-2", "which Unicode version", "--needs", "@ana"));
    mu_team_do(&team, kofi, MU_WORDS("promise", "T-2", "today"));
    mu_team_do(&team, kofi, MU_WORDS("sync"));
    mu_team_do(&team, ana, MU_WORDS("goal", "add", "Ship", "--why", "people wait"));
    mu_team_do(&team, ana, MU_WORDS("sync"));
    mu_board_open(ana, "", "lead", 100, 30);
    mu_pane_shows("Blocked 1");
    mu_pane_shows("which Unicode version");
    mu_pane_shows("1 promised");
    KEYS("j", "j");
    mu_pane_shows("\xe2\x96\x8cT-2");
    KEYS("Space");
    mu_pane_shows("acknowledged, saved here");
    mu_pane_shows(" \xc2\xb7 acknowledged");
    KEYS("r");
    mu_pane_shows("what cleared it:");
    mu_pane_type("fifteen");
    KEYS("Enter");
    mu_pane_shows("cleared, saved here");
    mu_pane_loses("Blocked 1");
    KEYS("g", "j", "+");
    mu_pane_shows("kudos to @kofi:");
    mu_pane_type("asked early");
    KEYS("Enter");
    mu_pane_shows("Wins and kudos in 7 days 1");
    mu_pane_shows("@ana to @kofi: 'asked early'");
    KEYS("n");
    mu_pane_type("well done");
    KEYS("Enter");
    mu_pane_shows("nudged, saved here");
    KEYS("F");
    mu_pane_shows("did well:");
    mu_pane_type("careful");
    KEYS("Enter");
    mu_pane_shows("to improve");
    mu_pane_type("say so earlier");
    KEYS("Enter", "Enter");
    mu_pane_shows("the next step:");
    mu_pane_type("call at noon");
    KEYS("Enter");
    mu_pane_shows("feedback sealed");
    KEYS("Tab", "Enter");
    mu_pane_shows("why        people wait");
    KEYS("q", "q");
    mu_board_left_well();
    mu_team_do(&team, ana, MU_WORDS("sync"));
    mu_team_do(&team, kofi, MU_WORDS("sync"));
    struct mu_ran ran = mu_cast_run(&team, kofi, MU_WORDS("feedback", "list"), NULL);
    assert_non_null(strstr(ran.out, "ana"));
    assert_non_null(strstr(ran.out, "sealed"));
    mu_ran_free(&ran);
    mu_team_end(&team);
}

static void test_lead__for_reading_changes_nothing(void **state)
{
    (void)state;
    gather();
    mu_board_open(ana, "", "lead --readonly", 80, 24);
    mu_pane_shows("only for reading");
    KEYS("Tab", "x");
    mu_pane_shows("nothing is changed from here");
    mu_pane_shows("Late 1");
    KEYS("q");
    mu_board_left_well();
    mu_team_end(&team);
}

static void test_lead__plain_lines_answer_lines(void **state)
{
    (void)state;
    gather();

    struct mu_ran ran = mu_cast_run(&team, ana, MU_WORDS("lead", "--plain"),
                                    "3\nc 3 when\nb\nc 99 x\nc 1 x\n2\nq\n");

    assert_int_equal(ran.code, 0);
    assert_non_null(strstr(ran.out, "1. @ana: lead"));
    assert_non_null(strstr(ran.out, "2. @kofi: 1 late, 2 unanswered, 2 open"));
    assert_non_null(strstr(ran.out, "T-1  Alpha"));
    assert_non_null(strstr(ran.out, "Saved here."));
    assert_non_null(strstr(ran.out, "which row? a number from 1 to"));
    assert_non_null(strstr(ran.out, "that row is about no task"));
    assert_non_null(strstr(ran.out, "People 1\n1. @kofi"));
    assert_null(strchr(ran.out, '\033'));
    mu_ran_free(&ran);
    mu_team_end(&team);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_lead__sees_the_team_and_what_it_does),
        IN_FOLDER(test_lead__settles_a_conflict_where_it_stands),
        IN_FOLDER(test_lead__answers_a_roadblock_where_it_stands),
        IN_FOLDER(test_lead__for_reading_changes_nothing),
        IN_FOLDER(test_lead__plain_lines_answer_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
