/* The demonstration is the first thing anybody runs: it must tell the truth with its exit code and
 * leave nothing behind, whatever happens. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/harness/team.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static const char muster[] = MUSTER_PROGRAMS "/muster";

static void assert_nothing_left(void)
{
    DIR *listing = opendir(".");
    const struct dirent *entry = NULL;
    assert_non_null(listing);
    while ((entry = readdir(listing)) != NULL) {
        if (strncmp(entry->d_name, "muster-demo-", 12) == 0) {
            fail_msg("%s was left behind", entry->d_name);
        }
    }
    (void)closedir(listing);
}

static void test_demo__holds_and_leaves_nothing(void **state)
{
    assert_int_equal(setenv("TMPDIR", *state, 1), 0);

    struct mu_ran ran = mu_program_run(MU_WORDS(muster, "demo"), NULL, 2 * MU_TEAM_PATIENCE_MS);

    if (ran.code != 0) {
        fail_msg("exit %d: %s%s", ran.code, ran.out, ran.err);
    }
    assert_non_null(strstr(ran.out, "Everything held."));
    assert_null(strstr(ran.out, "DID NOT HOLD"));
    mu_ran_free(&ran);
    assert_nothing_left();
}

static void test_demo__takes_a_board_of_ones_own(void **state)
{
    assert_int_equal(setenv("TMPDIR", *state, 1), 0);

    struct mu_ran ran =
        mu_program_run(MU_WORDS(muster, "demo", MUSTER_SOURCE_DIR "/tests/boards/trello-2015.json"),
                       NULL, 2 * MU_TEAM_PATIENCE_MS);

    if (ran.code != 0) {
        fail_msg("exit %d: %s%s", ran.code, ran.out, ran.err);
    }
    mu_ran_free(&ran);
    assert_nothing_left();
}

static void test_demo__a_file_that_is_no_board_is_named(void **state)
{
    assert_int_equal(setenv("TMPDIR", *state, 1), 0);
    int fd = open("thesis.json", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "once upon", 9), 9);
    (void)close(fd);

    struct mu_ran ran =
        mu_program_run(MU_WORDS(muster, "demo", "thesis.json"), NULL, MU_TEAM_PATIENCE_MS);

    assert_int_not_equal(ran.code, 0);
    assert_non_null(strstr(ran.err, "muster demo: "));
    assert_null(strstr(ran.out, "Everything held."));
    mu_ran_free(&ran);
    assert_nothing_left();
}

static void test_demo__stopped_in_the_middle_removes_everything(void **state)
{
    struct mu_program demo;
    char line[300] = "";
    assert_int_equal(setenv("TMPDIR", *state, 1), 0);
    assert_true(mu_program_start(&demo, MU_WORDS(muster, "demo"), "demo.log"));
    while (strncmp(line, "3.", 2) != 0) {
        assert_true(mu_program_line(&demo, MU_TEAM_PATIENCE_MS, line, sizeof line));
    }

    int code = mu_program_stop(&demo, SIGTERM, MU_TEAM_PATIENCE_MS);

    assert_in_range(code, 0, 127); /* it ended by itself */
    assert_nothing_left();
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_demo__holds_and_leaves_nothing),
        IN_FOLDER(test_demo__takes_a_board_of_ones_own),
        IN_FOLDER(test_demo__a_file_that_is_no_board_is_named),
        IN_FOLDER(test_demo__stopped_in_the_middle_removes_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
