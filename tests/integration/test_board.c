/* The board as people have it: the real program on a real terminal, somebody else editing through
 * a real server, and whatever keys a cat can press. */
#include "tests/harness/cmocka.h"
#include "tests/harness/dice.h"
#include "tests/harness/folder.h"
#include "tests/harness/pane.h"
#include "tests/harness/team.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_A_TIME 36
#define KEY_TIMES   90

static struct mu_cast team;
static struct mu_actor *ana;
static struct mu_actor *kofi;

#define KEYS(...) mu_pane_keys((const char *const[]){__VA_ARGS__, NULL})

static int leave(void **state)
{
    mu_pane_stop();
    return mu_folder_leave(state);
}

static void gather(void)
{
    mu_team_begin(&team);
    ana = mu_team_join(&team, "ana");
    kofi = mu_team_join(&team, "kofi");
}

static void add(const struct mu_actor *actor, const char *title, const char *column)
{
    mu_team_do(&team, actor, MU_WORDS("add", column, "--", title));
}

/* Ana's board, and how it ended, with the terminal's modes. */
static void open_board(const char *surroundings, int columns, int rows)
{
    char command[2048];
    (void)snprintf(command, sizeof command,
                   "%s MUSTER_NO_AGENT=1 %s/muster --home %s board; echo \"EXIT $?\"; stty -a; cat",
                   surroundings, MUSTER_PROGRAMS, ana->home);
    mu_pane_start(command, columns, rows);
}

/* Left well: with code 0, and a terminal that echoes and reads lines. */
static void left_well(void)
{
    static char pane[MU_PANE_TEXT_MAX];
    mu_pane_shows("EXIT 0");
    mu_pane_shows("tostop");
    mu_pane_read(pane);
    assert_null(strstr(pane, "-echo "));
    assert_null(strstr(pane, "-icanon"));
}

/* Line and place of a text on the pane. */
static int line_of(const char *text)
{
    static char pane[MU_PANE_TEXT_MAX];
    int line = 0;
    mu_pane_read(pane);
    const char *at = strstr(pane, text);
    assert_non_null(at);
    for (const char *byte = pane; byte < at; byte++) {
        line += *byte == '\n';
    }
    return line;
}

static void test_board__shows_what_others_do_and_keeps_the_eye(void **state)
{
    (void)state;
    gather();
    add(ana, "Alpha", "^doing");
    add(ana, "Beta", "^doing");
    mu_team_start_agent(&team, ana);
    mu_team_start_agent(&team, kofi);
    mu_team_level(&team);
    open_board("env", 80, 24);
    mu_pane_shows("Alpha");
    mu_pane_shows(" Live ");
    KEYS("l", "l", "j");
    mu_pane_shows("\xe2\x96\x8cT-2 Beta");

    add(kofi, "Gamma", "^doing");
    mu_pane_shows("Gamma");
    mu_pane_shows("@kofi");
    mu_team_do(&team, kofi, MU_WORDS("move", "T-2", "--first"));
    mu_pane_shows("moved T-2");
    mu_pane_shows("\xe2\x96\x8cT-2 Beta");
    assert_true(line_of("Beta") < line_of("Alpha"));

    mu_pane_resize(120, 40);
    mu_pane_shows(" Done 0");
    mu_pane_shows("\xe2\x96\x8cT-2 Beta");
    KEYS(">");
    mu_pane_shows("Review 1");
    mu_team_level(&team);
    json_t *tasks = mu_team_ask(&team, kofi, MU_WORDS("list", "--json"));
    assert_string_equal(json_string_value(json_object_get(mu_team_task(tasks, "Beta"), "column")),
                        "Review");
    json_decref(tasks);
    mu_pane_resize(80, 24);
    KEYS("q");
    left_well();
    mu_team_end(&team);
}

static void test_board__edits_are_saved_without_an_agent_and_undone(void **state)
{
    (void)state;
    gather();
    add(ana, "Alpha", "^backlog");
    open_board("env", 80, 24);
    mu_pane_shows("Alpha");
    KEYS("n");
    mu_pane_shows("new card:");
    mu_pane_type("Delta \xe6\x9d\xb1\xe4\xba\xac");
    KEYS("Enter");
    mu_pane_shows("Delta \xe6\x9d\xb1\xe4\xba\xac");
    KEYS("d");
    mu_pane_type("2031-01-03");
    mu_pane_shows("= Fri 3 Jan 2031");
    KEYS("Enter", "Space");
    mu_pane_shows("@ana");
    KEYS("/");
    mu_pane_type("\xe4\xba\xac");
    mu_pane_shows("1 fit");
    mu_pane_loses("Alpha");
    KEYS("Escape");
    mu_pane_shows("Alpha");
    KEYS("e");
    mu_pane_shows("title:  Delta");
    mu_pane_type("!");
    KEYS("Enter");
    mu_pane_shows("\xe4\xba\xac!");
    KEYS("z");
    mu_pane_shows("took back");
    mu_pane_loses("\xe4\xba\xac! ");

    /* Another program of the same person writes: seen by the file alone. */
    add(ana, "Epsilon", "^backlog");
    mu_pane_shows("Epsilon");
    KEYS("q");
    left_well();
    mu_team_end(&team);
}

static void test_board__holds_in_poor_surroundings(void **state)
{
    (void)state;
    gather();
    add(ana, "\xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x9a\x80 sign", "^backlog");
    open_board("env LC_ALL=C NO_COLOR=1", 80, 24);
    mu_pane_shows("\xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x9a\x80");
    mu_pane_resize(20, 6);
    mu_pane_shows("Backlog");
    mu_pane_resize(80, 24);
    mu_pane_shows("q quit");
    KEYS("q");
    left_well();
    mu_pane_stop();
    open_board("env TERM=dumb", 80, 24);
    mu_pane_shows("muster board --plain");
    mu_pane_shows("EXIT 2");
    mu_team_end(&team);
}

static void test_board__plain_lines_answer_lines(void **state)
{
    (void)state;
    gather();
    add(ana, "Alpha", "^backlog");

    struct mu_ran ran =
        mu_cast_run(&team, ana, MU_WORDS("board", "--plain"), "n Beta\nm 1 doing\nb\n99\n1\nq\n");

    assert_int_equal(ran.code, 0);
    assert_non_null(strstr(ran.out, "1. ~"));
    assert_non_null(strstr(ran.out, "Alpha, nobody"));
    assert_non_null(strstr(ran.out, "Saved here."));
    assert_non_null(strstr(ran.out, "Doing 1\n2. "));
    assert_non_null(strstr(ran.out, "which card? a number from 1 to 2"));
    assert_null(strchr(ran.out, '\033'));
    mu_ran_free(&ran);
    mu_team_end(&team);
}

static void test_board__no_keys_break_it(void **state)
{
    static const char *const keys[] = {"h",
                                       "j",
                                       "k",
                                       "l",
                                       "Up",
                                       "Down",
                                       "Left",
                                       "Right",
                                       "<",
                                       ">",
                                       "J",
                                       "K",
                                       "S-Left",
                                       "S-Up",
                                       "Enter",
                                       "Escape",
                                       "n",
                                       "e",
                                       "a",
                                       "Space",
                                       "d",
                                       "#",
                                       "x",
                                       "m",
                                       "c",
                                       "/",
                                       "f",
                                       "o",
                                       "z",
                                       "?",
                                       ":",
                                       "t",
                                       "R",
                                       "A",
                                       "X",
                                       "PPage",
                                       "NPage",
                                       "Home",
                                       "End",
                                       "Tab",
                                       "\xe4\xba\xac",
                                       "\xf0\x9f\x9a\x80",
                                       "1",
                                       "@",
                                       "BSpace",
                                       "DC",
                                       "C-u",
                                       "C-w",
                                       "C-l",
                                       "F5"};
    const char *batch[KEYS_A_TIME + 1] = {NULL};
    struct mu_dice dice = {20261124};
    (void)state;
    gather();
    add(ana, "Alpha", "^doing");
    mu_team_do(&team, ana, MU_WORDS("add", "Beta", "--check", "one", "--label", "red"));
    open_board("env", 80, 24);
    mu_pane_shows("Alpha");

    for (int i = 0; i < KEY_TIMES; i++) {
        for (int j = 0; j < KEYS_A_TIME; j++) {
            batch[j] = keys[mu_dice_below(&dice, sizeof keys / sizeof *keys)];
        }
        mu_pane_keys(batch);
        if (i % 15 == 0) {
            mu_pane_resize(40 + 2 * i, 10 + i % 30);
        }
    }

    mu_pane_resize(80, 24);
    KEYS("Escape");
    KEYS("Escape");
    KEYS("Escape");
    mu_pane_shows("? keys  q quit");
    KEYS("q");
    left_well();
    mu_team_end(&team);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_board__shows_what_others_do_and_keeps_the_eye),
        IN_FOLDER(test_board__edits_are_saved_without_an_agent_and_undone),
        IN_FOLDER(test_board__holds_in_poor_surroundings),
        IN_FOLDER(test_board__plain_lines_answer_lines),
        IN_FOLDER(test_board__no_keys_break_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
