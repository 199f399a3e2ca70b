/* The board where things are not as they should be: poor terminals, a shell that stops it, an agent
 * that dies, files that somebody else holds or that may not grow, and whatever keys a cat can
 * press. */
#include "tests/harness/cmocka.h"
#include "tests/harness/dice.h"
#include "tests/harness/folder.h"
#include "tests/integration/board_pane.h"

#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_A_TIME 36
#define KEY_COUNT   3240 /* MUSTER_TEST_KEYS says another: 100000 takes some minutes */
#define CALM_EVERY  30   /* batches */

static struct mu_cast team;
static struct mu_actor *ana;
static struct mu_actor *kofi;

static int leave(void **state)
{
    mu_pane_stop();
    return mu_folder_leave(state);
}

static void gather(void)
{
    mu_board_gather(&team, &ana, &kofi);
}

static void add(const struct mu_actor *actor, const char *title, const char *column)
{
    mu_board_add(&team, actor, title, column);
}

static void test_board__holds_in_poor_surroundings(void **state)
{
    (void)state;
    gather();
    add(ana, "\xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x9a\x80 sign", "^backlog");
    mu_board_open(ana, "LC_ALL=C NO_COLOR=1", "board", 80, 24);
    mu_pane_shows("\xe6\x9d\xb1\xe4\xba\xac \xf0\x9f\x9a\x80");
    mu_pane_resize(20, 6);
    mu_pane_shows("Backlog");
    mu_pane_resize(80, 24);
    mu_pane_shows("q quit");
    KEYS("q");
    mu_board_left_well();
    mu_pane_stop();
    mu_board_open(ana, "TERM=dumb", "board", 80, 24);
    mu_pane_shows("muster board --plain");
    mu_pane_shows("EXIT 2");
    mu_team_end(&team);
}

static void test_board__colours_are_sixteen_or_none(void **state)
{
    static char pane[MU_PANE_TEXT_MAX];
    (void)state;
    gather();
    mu_team_do(&team, ana, MU_WORDS("add", "Alpha", "due:2020-01-01", "@ana"));
    mu_board_open(ana, "TERM=xterm-256color", "board", 80, 24);
    mu_pane_shows("! late");
    mu_pane_read_raw(pane);
    assert_non_null(strstr(pane, "[31m"));
    assert_null(strstr(pane, "[38;"));
    KEYS("q");
    mu_board_left_well();
    mu_pane_stop();
    mu_board_open(ana, "NO_COLOR=1", "board", 80, 24);
    mu_pane_shows("! late");
    mu_pane_read_raw(pane);
    assert_null(strstr(pane, "[31m"));
    KEYS("q");
    mu_board_left_well();
    mu_team_end(&team);
}

static void test_board__is_stopped_and_goes_on(void **state)
{
    char line[1024];
    (void)state;
    gather();
    add(ana, "Alpha", "^backlog");
    mu_pane_start("env PS1=READY sh -i", 80, 24);
    mu_pane_shows("READY");
    (void)snprintf(line, sizeof line, "MUSTER_NO_AGENT=1 %s/muster --home %s board",
                   MUSTER_PROGRAMS, ana->home);
    mu_pane_type(line);
    KEYS("Enter");
    mu_pane_shows("q quit");
    KEYS("C-z");
    mu_pane_loses("q quit");
    mu_pane_shows("READY");
    mu_pane_resize(100, 30);
    KEYS("f", "g", "Enter");
    mu_pane_shows("q quit");
    mu_pane_shows("Alpha");
    KEYS("n");
    mu_pane_shows("new card:");
    KEYS("Escape", "q");
    mu_pane_loses("q quit");
    mu_pane_shows("READY");
    mu_team_end(&team);
}

/* Whether it still does something: who has ended may wait for long until its parent looks. */
static bool runs(pid_t pid)
{
    char path[64];
    char line[256] = "";
    (void)snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return false;
    }
    bool read = fgets(line, sizeof line, file) != NULL;
    (void)fclose(file);
    const char *state = strrchr(line, ')');
    return read && state != NULL && state[1] != '\0' && state[2] != 'Z';
}

static void test_board__ends_with_its_terminal(void **state)
{
    (void)state;
    gather();
    add(ana, "Alpha", "^backlog");
    /* The leak checker stops all threads at the end, and hangs when the hangup comes meanwhile; the
     * second half of this test ends under it. */
    mu_board_open(ana, "ASAN_OPTIONS=detect_leaks=0", "board", 80, 24);
    mu_pane_shows("Alpha");
    pid_t pid = (pid_t)mu_board_pid();
    mu_pane_stop();
    long long end = mu_now_ms() + MU_TEAM_PATIENCE_MS;
    while (runs(pid) && mu_now_ms() < end) {
        struct mu_ran ran = mu_program_run(MU_WORDS("/bin/true"), NULL, MU_TEAM_PATIENCE_MS);
        mu_ran_free(&ran);
    }
    assert_false(runs(pid));

    mu_board_open(ana, "", "board", 80, 24);
    mu_pane_shows("Alpha");
    assert_int_equal(kill((pid_t)mu_board_pid(), SIGTERM), 0);
    mu_board_left_well();
    mu_team_end(&team);
}

static void test_board__tells_that_its_agent_died(void **state)
{
    (void)state;
    gather();
    add(ana, "Alpha", "^backlog");
    mu_team_start_agent(&team, ana);
    mu_team_level(&team);
    mu_board_open(ana, "", "board", 80, 24);
    mu_pane_shows(" Live ");
    (void)mu_team_stop_agent(ana, SIGKILL);
    mu_pane_shows("Offline since");
    KEYS("n");
    mu_pane_type("Beta");
    KEYS("Enter");
    mu_pane_shows("1 change waiting");
    mu_team_start_agent(&team, ana);
    mu_pane_shows(" Live ");
    KEYS("q");
    mu_board_left_well();
    mu_team_end(&team);
}

static void test_board__waits_for_who_holds_its_files(void **state)
{
    char path[512];
    sqlite3 *db = NULL;
    (void)state;
    gather();
    add(ana, "Alpha", "^backlog");
    mu_board_open(ana, "", "board", 80, 24);
    mu_pane_shows("Alpha");
    (void)snprintf(path, sizeof path, "%s/data/orion/outbox.db", ana->home);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    KEYS("n");
    mu_pane_type("Beta");
    KEYS("Enter");
    mu_pane_shows("in use by another program");
    assert_int_equal(sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    KEYS("n");
    mu_pane_type("Gamma");
    KEYS("Enter");
    mu_pane_shows("a new card, saved here");
    mu_pane_shows("Gamma");
    mu_pane_loses("Beta");
    KEYS("q");
    mu_board_left_well();
    mu_team_end(&team);
}

/* No file of the screen's may grow: the nearest to a full disk that needs no disk. */
static void may_grow(const char *limit)
{
    char pid[32];
    char words[64];
    (void)snprintf(pid, sizeof pid, "%ld", mu_board_pid());
    (void)snprintf(words, sizeof words, "--fsize=%s:unlimited", limit);
    struct mu_ran ran =
        mu_program_run(MU_WORDS("prlimit", "--pid", pid, words), NULL, MU_TEAM_PATIENCE_MS);
    assert_int_equal(ran.code, 0);
    mu_ran_free(&ran);
}

static void test_board__goes_on_when_nothing_can_be_written(void **state)
{
    (void)state;
    gather();
    add(ana, "Alpha", "^backlog");
    mu_board_open(ana, "", "board", 80, 24);
    mu_pane_shows("Alpha");
    may_grow("0");
    KEYS("n");
    mu_pane_type("Beta");
    KEYS("Enter");
    mu_pane_shows("outbox");
    KEYS("?");
    mu_pane_shows("Keys of the board");
    KEYS("q");
    may_grow("unlimited");
    KEYS("n");
    mu_pane_type("Gamma");
    KEYS("Enter");
    mu_pane_shows("a new card, saved here");
    KEYS("q");
    mu_board_left_well();
    mu_team_end(&team);
}

/* -- any keys -------------------------------------------------------------------------------- */

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
                                   "S-Down",
                                   "S-Right",
                                   "Enter",
                                   "Escape",
                                   "n",
                                   "b",
                                   "p",
                                   "+",
                                   "w",
                                   "F",
                                   "v",
                                   "r",
                                   "e",
                                   "C-e",
                                   "a",
                                   "Space",
                                   "y",
                                   "d",
                                   "#",
                                   "x",
                                   "m",
                                   "c",
                                   "/",
                                   "f",
                                   "o",
                                   "z",
                                   "u",
                                   "?",
                                   ":",
                                   "t",
                                   "R",
                                   "A",
                                   "X",
                                   "g",
                                   "G",
                                   "PPage",
                                   "NPage",
                                   "Home",
                                   "End",
                                   "Tab",
                                   "1",
                                   "@",
                                   "BSpace",
                                   "DC",
                                   "C-u",
                                   "C-w",
                                   "C-a",
                                   "C-l",
                                   "C-k",
                                   "C-b",
                                   "C-f",
                                   "F5",
                                   "\xe4\xba\xac",
                                   "\xf0\x9f\x9a\x80"};

/* Whatever was begun is given up, and all keys have been answered: the screen shows a word that it
 * was told last. */
static void calm(void)
{
    static unsigned turn;
    char word[32];
    for (int i = 0; i < 4; i++) {
        KEYS("Escape");
        KEYS("Escape");
    }
    (void)snprintf(word, sizeof word, "calm-%u", ++turn);
    KEYS(":");
    mu_pane_type(word);
    mu_pane_shows(word);
    KEYS("Escape");
    mu_pane_loses(word);
    mu_pane_shows("? keys  q quit");
}

/* A screen that is left by some of the keys is opened again; one that fails says so. */
static void open_again_and_again(const char *screen)
{
    char command[2048];
    (void)snprintf(
        command, sizeof command,
        "while [ ! -e stop ]; do env EDITOR=true MUSTER_NO_AGENT=1 %s/muster --home %s %s"
        " || { echo \"BROKE $?\" >broke; break; }; done; cat broke; echo \"EXIT $?\";"
        " stty -a; cat",
        MUSTER_PROGRAMS, ana->home, screen);
    FILE *file = fopen("broke", "w");
    assert_non_null(file);
    (void)fclose(file);
    mu_pane_start(command, 80, 24);
}

/* KEY_COUNT of them into a screen, or as many as was asked for. */
static void press_any(const char *screen)
{
    const char *batch[KEYS_A_TIME + 1] = {NULL};
    const char *asked = getenv("MUSTER_TEST_KEYS"); /* NOLINT(concurrency-mt-unsafe) */
    long total = asked != NULL ? strtol(asked, NULL, 10) : KEY_COUNT;
    struct mu_dice dice = {20261124};
    gather();
    add(ana, "Alpha", "^doing");
    mu_team_do(&team, ana, MU_WORDS("add", "Beta", "--check", "one", "--label", "red"));
    mu_team_do(&team, ana, MU_WORDS("goal", "add", "Ship", "--why", "people wait"));
    open_again_and_again(screen);
    mu_pane_shows("Beta");

    for (long pressed = 0, times = 0; pressed < total; pressed += KEYS_A_TIME, times++) {
        for (int j = 0; j < KEYS_A_TIME; j++) {
            batch[j] = keys[mu_dice_below(&dice, sizeof keys / sizeof *keys)];
        }
        mu_pane_keys(batch);
        if (times % CALM_EVERY == CALM_EVERY - 1) {
            mu_pane_resize(80, 24);
            calm();
            mu_pane_resize(30 + (int)(times / 3 % 100), 6 + (int)(times / 7 % 40));
        }
    }

    mu_pane_resize(80, 24);
    calm();
    FILE *file = fopen("stop", "w");
    assert_non_null(file);
    (void)fclose(file);
    KEYS("q");
    mu_board_left_well();
    struct mu_ran ran = mu_program_run(MU_WORDS("cat", "broke"), NULL, MU_TEAM_PATIENCE_MS);
    assert_string_equal(ran.out, "");
    mu_ran_free(&ran);
    mu_team_end(&team);
}

static void test_board__no_keys_break_it(void **state)
{
    (void)state;
    press_any("board");
}

static void test_board__no_keys_break_the_console(void **state)
{
    (void)state;
    press_any("lead");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_board__holds_in_poor_surroundings),
        IN_FOLDER(test_board__colours_are_sixteen_or_none),
        IN_FOLDER(test_board__is_stopped_and_goes_on),
        IN_FOLDER(test_board__ends_with_its_terminal),
        IN_FOLDER(test_board__tells_that_its_agent_died),
        IN_FOLDER(test_board__waits_for_who_holds_its_files),
        IN_FOLDER(test_board__goes_on_when_nothing_can_be_written),
        IN_FOLDER(test_board__no_keys_break_it),
        IN_FOLDER(test_board__no_keys_break_the_console),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
