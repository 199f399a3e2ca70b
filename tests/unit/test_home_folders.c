/* Which folders are a person's, which team is meant, and that joining survives a crash at any
 * point without a second device. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/home/home.h"
#include "client/home/moment.h"
#include "client/home/store.h"
#include "common/seal/invite.h"
#include "common/seal/secret.h"

static const uint8_t secret_one[MU_INVITE_SECRET_LEN] = {1};
static const uint8_t secret_two[MU_INVITE_SECRET_LEN] = {2};

static struct mu_key_file fresh_keys(uint8_t workspace, uint8_t device)
{
    struct mu_key_file keys = {.workspace = {{workspace}},
                               .device = {{device}},
                               .seed = {device},
                               .endpoint = "tcp://127.0.0.1:1"};
    return keys;
}

static struct mu_home home_here(void)
{
    struct mu_home home;
    struct mu_error err;
    assert_int_equal(mu_home_find("home", &home, &err), MU_OK);
    return home;
}

static struct mu_workspace join(const struct mu_home *home, const uint8_t *secret,
                                uint8_t workspace, const char *team)
{
    struct mu_error err;
    struct mu_joining joining;
    struct mu_workspace made;
    struct mu_key_file fresh = fresh_keys(workspace, workspace);
    assert_int_equal(mu_joining_begin(home, secret, &fresh, &joining, &err), MU_OK);
    memcpy(joining.keys.handle, "ana", 4);
    assert_int_equal(mu_joining_finish(home, &joining, mu_slice_str(team), &made, &err), MU_OK);
    mu_joining_deinit(&joining);
    return made;
}

static void shift_clock(const char *text)
{
    FILE *file = fopen("clock", "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void test_home__clocks_are_moved_by_a_file_while_programs_run(void **state)
{
    const int64_t day_ms = INT64_C(86400000);
    (void)state;
    int64_t wall = mu_moment_wall().ms;
    int64_t mono = mu_moment_mono().ms;
    assert_int_equal(setenv("MUSTER_CLOCK", "clock", 1), 0);

    assert_in_range(mu_moment_wall().ms - wall, 0, 60000); /* no such file */
    shift_clock("86400000\n");
    assert_in_range(mu_moment_wall().ms - wall - day_ms, 0, 60000);
    assert_in_range(mu_moment_mono().ms - mono - day_ms, 0, 60000);
    shift_clock("tomorrow");
    assert_in_range(mu_moment_wall().ms - wall, 0, 60000);
    shift_clock("99999999999999999999");
    assert_in_range(mu_moment_wall().ms - wall, 0, 60000);
    assert_int_equal(unsetenv("MUSTER_CLOCK"), 0);
}

static void test_home__is_one_folder_by_flag_or_environment(void **state)
{
    struct mu_error err;
    struct mu_home home;
    char wanted[MU_PATH_MAX];
    assert_int_equal(setenv("MUSTER_HOME", "/elsewhere", 1), 0);

    assert_int_equal(mu_home_find("one/", &home, &err), MU_OK);
    assert_int_equal(mu_path_join(*state, "one/data", wanted, &err), MU_OK);
    assert_string_equal(home.data, wanted);
    assert_int_equal(mu_home_find(NULL, &home, &err), MU_OK);
    assert_string_equal(home.runtime, "/elsewhere/run");
    assert_int_equal(mu_home_find("", &home, &err), MU_E_USAGE);

    assert_int_equal(unsetenv("MUSTER_HOME"), 0);
}

static void test_home__follows_xdg_and_ignores_relative_folders(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_home home;
    assert_int_equal(setenv("HOME", "/home/ana", 1), 0);
    assert_int_equal(setenv("XDG_DATA_HOME", "relative", 1), 0);
    assert_int_equal(setenv("XDG_CONFIG_HOME", "/conf", 1), 0);
    assert_int_equal(unsetenv("XDG_STATE_HOME"), 0);
    assert_int_equal(unsetenv("XDG_RUNTIME_DIR"), 0);
    assert_int_equal(unsetenv("MUSTER_HOME"), 0);

    assert_int_equal(mu_home_find(NULL, &home, &err), MU_OK);

    assert_string_equal(home.folder, "");
    assert_string_equal(home.config, "/conf/muster/config");
    assert_string_equal(home.data, "/home/ana/.local/share/muster");
    assert_string_equal(home.state, "/home/ana/.local/state/muster");
    assert_string_equal(home.runtime, "/home/ana/.local/state/muster/run");
    assert_int_equal(setenv("XDG_RUNTIME_DIR", "/run/user/1", 1), 0);
    assert_int_equal(mu_home_find(NULL, &home, &err), MU_OK);
    assert_string_equal(home.runtime, "/run/user/1/muster");
    assert_int_equal(unsetenv("XDG_DATA_HOME") | unsetenv("XDG_CONFIG_HOME"), 0);
}

static void test_choose__wants_a_name_only_when_there_is_a_choice(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_home home = home_here();
    struct mu_workspace chosen;
    assert_int_equal(mu_home_choose(&home, NULL, &chosen, &err), MU_E_NOT_FOUND);
    assert_non_null(strstr(err.text, "muster join"));

    (void)join(&home, secret_one, 1, "Orion");
    assert_int_equal(mu_home_choose(&home, NULL, &chosen, &err), MU_OK);
    assert_string_equal(chosen.name, "orion");

    (void)join(&home, secret_two, 2, "Sales");
    assert_int_equal(mu_home_choose(&home, "", &chosen, &err), MU_E_USAGE);
    assert_string_equal(err.text,
                        "several workspaces are joined (orion and sales): say --workspace NAME");
    assert_int_equal(mu_home_choose(&home, "sales", &chosen, &err), MU_OK);
    assert_string_equal(chosen.name, "sales");
    assert_int_equal(mu_home_choose(&home, "../sales", &chosen, &err), MU_E_NOT_FOUND);
}

static void test_slug__is_a_plain_name(void **state)
{
    (void)state;
    char name[MU_WORKSPACE_NAME_MAX + 1];

    mu_workspace_slug(mu_slice_str("  Orion & S\xc3\xb6hne!"), name);
    assert_string_equal(name, "orion-shne");
    mu_workspace_slug(mu_slice_str("\xe6\x9d\xb1\xe4\xba\xac"), name);
    assert_string_equal(name, "team");
    mu_workspace_slug(mu_slice_str("../../etc"), name);
    assert_string_equal(name, "etc");
    char long_name[200];
    memset(long_name, 'x', sizeof long_name);
    mu_workspace_slug(mu_slice_of(long_name, sizeof long_name), name);
    assert_int_equal(strlen(name), MU_WORKSPACE_NAME_MAX - 6);
}

static void test_joining__again_with_the_same_invite_is_the_same_device(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_home home = home_here();
    struct mu_joining first;
    struct mu_joining again;
    struct mu_joining other;
    struct mu_key_file keys = fresh_keys(1, 11);
    assert_int_equal(mu_joining_begin(&home, secret_one, &keys, &first, &err), MU_OK);
    mu_joining_deinit(&first); /* and here the machine loses power */

    keys = fresh_keys(1, 12);
    assert_int_equal(mu_joining_begin(&home, secret_one, &keys, &again, &err), MU_OK);
    keys = fresh_keys(1, 13);
    assert_int_equal(mu_joining_begin(&home, secret_two, &keys, &other, &err), MU_OK);

    assert_int_equal(again.keys.device.bytes[0], 11);
    assert_int_equal(again.keys.seed[0], 11);
    assert_int_equal(other.keys.device.bytes[0], 13);
    struct mu_workspace chosen;
    assert_int_equal(mu_home_choose(&home, NULL, &chosen, &err), MU_E_NOT_FOUND);
}

static void test_joining__starts_anew_over_a_torn_key(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_home home = home_here();
    struct mu_joining joining;
    char path[MU_PATH_MAX];
    struct mu_key_file keys = fresh_keys(1, 11);
    assert_int_equal(mu_joining_begin(&home, secret_one, &keys, &joining, &err), MU_OK);
    assert_int_equal(mu_path_join(joining.folder, "key", path, &err), MU_OK);
    assert_int_equal(truncate(path, 30), 0);

    keys = fresh_keys(1, 12);
    assert_int_equal(mu_joining_begin(&home, secret_one, &keys, &joining, &err), MU_OK);

    assert_int_equal(joining.keys.device.bytes[0], 12);
}

static void test_joining__a_team_twice_is_refused(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_home home = home_here();
    struct mu_joining joining;
    struct mu_key_file keys = fresh_keys(1, 2);
    (void)join(&home, secret_one, 1, "Orion");

    assert_int_equal(mu_joining_begin(&home, secret_two, &keys, &joining, &err), MU_E_EXISTS);

    assert_string_equal(err.text, "this team is joined already, as 'orion' by @ana");
}

static void test_joining__names_that_are_taken_get_a_number(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_home home = home_here();
    (void)join(&home, secret_one, 1, "Orion");
    struct mu_workspace second = join(&home, secret_two, 2, "ORION");

    MU_KEY_FILE_AUTO struct mu_key_file keys;
    assert_string_equal(second.name, "orion-2");
    assert_int_equal(mu_workspace_keys(&second, &keys, &err), MU_OK);
    assert_int_equal(keys.workspace.bytes[0], 2);
    assert_string_equal(keys.handle, "ana");
}

static void test_joining__abandoned_leaves_nothing(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_home home = home_here();
    struct mu_joining joining;
    struct mu_key_file keys = fresh_keys(1, 2);
    assert_int_equal(mu_joining_begin(&home, secret_one, &keys, &joining, &err), MU_OK);

    mu_joining_abandon(&joining);

    assert_int_not_equal(access(joining.folder, F_OK), 0);
}

static void test_store__opens_both_files_and_a_reader_beside(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_home home = home_here();
    struct mu_workspace workspace = join(&home, secret_one, 1, "Orion");
    struct mu_store store;
    struct mu_db reader;
    assert_int_equal(mu_store_open_reader(&workspace, &reader, &err), MU_E_NOT_FOUND);

    assert_int_equal(mu_store_open(&workspace, &store, &err), MU_OK);
    assert_int_equal(mu_db_exec(&store.replica, "CREATE TABLE t (x INTEGER) STRICT", &err), MU_OK);
    assert_int_equal(mu_store_open_reader(&workspace, &reader, &err), MU_OK);
    assert_int_equal(mu_db_exec(&reader, "SELECT x FROM t", &err), MU_OK);
    assert_int_not_equal(mu_db_exec(&reader, "INSERT INTO t VALUES (1)", &err), MU_OK);

    mu_db_close(&reader);
    mu_store_close(&store);
    struct stat info;
    assert_int_equal(stat("home/data/orion/outbox.db", &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void test_store__a_replica_is_no_outbox(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_home home = home_here();
    struct mu_workspace workspace = join(&home, secret_one, 1, "Orion");
    struct mu_store store;
    assert_int_equal(mu_store_open(&workspace, &store, &err), MU_OK);
    mu_store_close(&store);
    assert_int_equal(rename("home/data/orion/replica.db", "home/data/orion/outbox.db"), 0);

    assert_int_equal(mu_store_open(&workspace, &store, &err), MU_E_INVALID);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    if (mu_seal_start() != MU_OK) {
        return 1;
    }
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_home__clocks_are_moved_by_a_file_while_programs_run),
        IN_FOLDER(test_home__is_one_folder_by_flag_or_environment),
        IN_FOLDER(test_home__follows_xdg_and_ignores_relative_folders),
        IN_FOLDER(test_choose__wants_a_name_only_when_there_is_a_choice),
        cmocka_unit_test(test_slug__is_a_plain_name),
        IN_FOLDER(test_joining__again_with_the_same_invite_is_the_same_device),
        IN_FOLDER(test_joining__starts_anew_over_a_torn_key),
        IN_FOLDER(test_joining__a_team_twice_is_refused),
        IN_FOLDER(test_joining__names_that_are_taken_get_a_number),
        IN_FOLDER(test_joining__abandoned_leaves_nothing),
        IN_FOLDER(test_store__opens_both_files_and_a_reader_beside),
        IN_FOLDER(test_store__a_replica_is_no_outbox),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
