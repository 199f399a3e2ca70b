/* Invites go by mail, chat and voice: each way in which one can be wrong has its own words and
 * its own exit code, leaves nothing behind, and one that was only interrupted works again. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/harness/team.h"

#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static const char agent[] = MUSTER_PROGRAMS "/muster-agent";
static const char musterd[] = MUSTER_PROGRAMS "/musterd";

static struct mu_ran join_with(const char *home, const char *invite)
{
    const char *argv[] = {agent, "--join", "--home", home, NULL};
    return mu_program_run(argv, invite, MU_TEAM_PATIENCE_MS);
}

static void assert_join(const char *home, const char *invite, int code, const char *words)
{
    struct mu_ran ran = join_with(home, invite);
    if (ran.code != code || strstr(ran.err, words) == NULL) {
        fail_msg("exit %d instead of %d, said: %s", ran.code, code, ran.err);
    }
    mu_ran_free(&ran);
}

/* What a failed join may leave: no workspace and no keys. */
static void assert_nothing_joined(const char *home)
{
    char data[300];
    (void)snprintf(data, sizeof data, "%s/data", home);
    DIR *listing = opendir(data);
    const struct dirent *entry = NULL;
    while (listing != NULL && (entry = readdir(listing)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            fail_msg("%s/%s was left behind", data, entry->d_name);
        }
    }
    if (listing != NULL) {
        (void)closedir(listing);
    }
}

static void test_joining__each_wrong_invite_has_its_own_words(void **state)
{
    (void)state;
    struct mu_cast team;
    char line[700];
    mu_team_begin(&team);

    assert_join("h1", "", 2, "not an invite");
    assert_join("h1", "hello, this is no invite", 2, "not an invite");
    (void)snprintf(line, sizeof line, "%.100s", team.invite);
    assert_join("h1", line, 2, "cut short");
    (void)snprintf(line, sizeof line, "%s", team.invite);
    line[40] = line[40] == 'q' ? 'p' : 'q';
    assert_join("h1", line, 2, "mistyped");
    assert_nothing_joined("h1");

    mu_team_end(&team);
}

static void test_joining__a_used_invite_is_dead(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    (void)mu_team_join(&team, "ana");

    assert_join("h2", team.invite, 5, "used already");
    assert_nothing_joined("h2");
    assert_join("ana", team.invite, 5, "joined already");

    mu_team_end(&team);
}

static void test_joining__another_servers_invite_is_told_from_a_dead_server(void **state)
{
    (void)state;
    struct mu_cast team;
    char other[700];
    mu_team_begin(&team);
    const char *argv[] = {musterd,  "init",      "--data",   "other",       "--team", "Other",
                          "--lead", "Mia <mia>", "--listen", team.endpoint, NULL};
    struct mu_ran ran = mu_program_run(argv, NULL, MU_TEAM_PATIENCE_MS);
    assert_int_equal(ran.code, 0);
    const char *last = strstr(ran.out, "mst1");
    assert_non_null(last);
    (void)snprintf(other, sizeof other, "%s", last);
    mu_ran_free(&ran);

    assert_join("h3", other, 4, "does not hold the key");
    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);
    assert_join("h4", team.invite, 6, "cannot be reached");
    mu_team_serve(&team);
    assert_join("h4", team.invite, 0, "");

    mu_team_end(&team);
}

/* The server enrolled the device, and the answer was lost: the same invite gives the same device.
 */
static void test_joining__an_answer_that_was_lost_is_given_again(void **state)
{
    (void)state;
    struct mu_cast team;
    char begun[300] = "";
    mu_team_begin(&team);
    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);
    assert_join("h5", team.invite, 6, "cannot be reached");
    DIR *listing = opendir("h5/data");
    const struct dirent *entry = NULL;
    while ((entry = readdir(listing)) != NULL) {
        if (strncmp(entry->d_name, ".join-", 6) == 0) {
            (void)snprintf(begun, sizeof begun, "h5/data/%.200s", entry->d_name);
        }
    }
    (void)closedir(listing);
    assert_string_not_equal(begun, "");
    mu_team_serve(&team);
    assert_join("h5", team.invite, 0, "");
    assert_int_equal(rename("h5/data/orion", begun), 0);

    assert_join("h5", team.invite, 0, "");

    json_t *server = mu_team_server(&team);
    assert_int_equal(json_integer_value(json_object_get(server, "devices")), 1);
    json_decref(server);
    assert_int_equal(access("h5/data/orion/key", R_OK), 0);
    mu_team_end(&team);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_joining__each_wrong_invite_has_its_own_words),
        IN_FOLDER(test_joining__a_used_invite_is_dead),
        IN_FOLDER(test_joining__another_servers_invite_is_told_from_a_dead_server),
        IN_FOLDER(test_joining__an_answer_that_was_lost_is_given_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
