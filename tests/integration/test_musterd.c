/* What a host meets: a folder that is taken, foreign, damaged or gone, a port in use, a server
 * that is asked to stop.  Each with a line to act on and its exit code, and no harm done. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/harness/team.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char musterd[] = MUSTER_PROGRAMS "/musterd";

static void assert_says(const char *const *argv, int code, const char *words)
{
    struct mu_ran ran = mu_program_run(argv, NULL, MU_TEAM_PATIENCE_MS);
    if (ran.code != code || (strstr(ran.err, words) == NULL && strstr(ran.out, words) == NULL)) {
        fail_msg("%s %s: exit %d instead of %d, said: %s%s", argv[0], argv[1], ran.code, code,
                 ran.out, ran.err);
    }
    mu_ran_free(&ran);
}

#define SERVE(folder) MU_WORDS(musterd, "serve", "--data", folder)
#define INIT(folder) \
    MU_WORDS(musterd, "init", "--data", folder, "--team", "T", "--lead", "Ana <ana>")

static void test_musterd__a_founded_folder_is_not_founded_again(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    json_t *before = mu_team_server(&team);

    assert_says(INIT(team.data), 5, "there is a server in");
    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);
    assert_says(INIT(team.data), 5, "nothing was changed");
    mu_team_serve(&team);

    json_t *after = mu_team_server(&team);
    assert_true(json_equal(json_object_get(before, "digest"), json_object_get(after, "digest")));
    assert_true(
        json_equal(json_object_get(before, "incarnation"), json_object_get(after, "incarnation")));
    json_decref(before);
    json_decref(after);
    mu_team_end(&team);
}

static void test_musterd__two_cannot_serve_one_folder_or_one_port(void **state)
{
    (void)state;
    struct mu_cast team;
    char pid[32];
    mu_team_begin(&team);
    (void)snprintf(pid, sizeof pid, "(process %ld)", (long)team.server.pid);

    assert_says(SERVE(team.data), 7, pid);
    assert_says(MU_WORDS(musterd, "init", "--data", "other", "--team", "T", "--lead", "Ana <ana>",
                         "--listen", team.endpoint),
                0, "mst1");
    assert_says(SERVE("other"), 7, "in use by another program");

    mu_team_end(&team);
}

static void test_musterd__folders_that_are_none_of_ours(void **state)
{
    (void)state;
    assert_int_equal(mkdir("empty", 0700), 0);
    assert_int_equal(mkdir("full", 0700), 0);
    int fd = open("full/thesis.txt", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(write(fd, "x", 1), 1);
    (void)close(fd);

    assert_says(SERVE("nowhere"), 3, "no such folder");
    assert_says(SERVE("empty"), 3, "musterd init");
    assert_says(INIT("full"), 5, "is not empty");
    assert_says(INIT("no/where"), 3, "no such file or folder");
    assert_says(MU_WORDS(musterd, "serve"), 2, "needs --data");
    assert_says(MU_WORDS(musterd, "sreve", "--data", "x"), 2, "did you mean 'serve'");
    assert_says(MU_WORDS(musterd, "init", "--data", "x", "--team", "T", "--lead", "Ana"), 2,
                "write the lead as");
    assert_says(MU_WORDS(musterd, "init", "--data", "x", "--team", "T", "--lead", "Ana <a na>"), 2,
                "handle is made of");
    assert_says(MU_WORDS(musterd, "init", "--data", "x", "--team", "", "--lead", "Ana <ana>"), 2,
                "a team needs a name");
    assert_says(MU_WORDS(musterd, "init", "--data", "x", "--team", "T", "--lead", "Ana <ana>",
                         "--zone", "Europe/Nowhere"),
                2, "no time zone 'Europe/Nowhere'");
    assert_says(MU_WORDS(musterd, "init", "--data", "x", "--team", "T", "--lead", "Ana <ana>",
                         "--zone", "../../etc/passwd", "--json"),
                2, "{\"error\":{\"code\":\"usage\",");
    assert_int_equal(access("x", F_OK), -1);
}

/* Somebody changes the database behind the server's back. */
static void tamper(const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open("server/muster.db", &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void overwrite_front(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(close(fd), 0);
}

static void test_musterd__a_database_that_cannot_be_used_is_named(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);

    tamper("UPDATE log_schema SET number = number + 1000");
    assert_says(SERVE(team.data), 7, "newer");
    tamper("UPDATE log_schema SET number = number - 1000");
    tamper("PRAGMA application_id = 1");
    assert_says(SERVE(team.data), 7, "is not a Muster file");
    overwrite_front("server/muster.db", "this is no database");
    assert_says(SERVE(team.data), 7, "muster.db");

    mu_team_end(&team);
}

static void test_musterd__a_folder_open_to_others_is_refused(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);

    assert_int_equal(chmod("server", 0777), 0);
    assert_says(SERVE(team.data), 5, "chmod 700");
    assert_int_equal(chmod("server", 0700), 0);
    assert_int_equal(chmod("server/key", 0644), 0);
    assert_says(SERVE(team.data), 5, "chmod 600");
    assert_int_equal(chmod("server/key", 0600), 0);
    mu_team_serve(&team);

    mu_team_end(&team);
}

static void test_musterd__is_looked_at_while_it_serves_and_after(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    (void)mu_team_join(&team, "ana");
    json_t *serving = mu_team_server(&team);
    assert_says(MU_WORDS(musterd, "check", "--data", team.data), 0, "sound: 2 changes");
    assert_says(MU_WORDS(musterd, "status", "--data", team.data), 0, "1 members, 1 devices");

    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);
    json_t *stopped = mu_team_server(&team);

    assert_true(json_is_true(json_object_get(serving, "serving")));
    assert_true(json_is_false(json_object_get(stopped, "serving")));
    assert_true(json_equal(json_object_get(serving, "digest"), json_object_get(stopped, "digest")));
    assert_says(MU_WORDS(musterd, "check", "--data", team.data), 0, "sound: 2 changes");
    json_decref(serving);
    json_decref(stopped);
    mu_team_end(&team);
}

static void test_musterd__check_finds_a_row_that_was_changed(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    (void)mu_team_join(&team, "ana");
    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);
    tamper("UPDATE person SET role = 1");

    assert_says(MU_WORDS(musterd, "check", "--data", team.data), 7, "not what the digest says");

    mu_team_end(&team);
}

/* An older copy put back without `musterd restore` is found out: the lineage changes. */
static void test_musterd__a_database_from_yesterday_starts_a_new_lineage(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    mu_team_do(&team, ana, MU_WORDS("add", "One"));
    mu_team_do(&team, ana, MU_WORDS("sync"));
    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);
    struct mu_ran copy =
        mu_program_run(MU_WORDS("cp", "server/muster.db", "yesterday.db"), NULL, 10000);
    assert_int_equal(copy.code, 0);
    mu_ran_free(&copy);
    mu_team_serve(&team);
    json_t *before = mu_team_server(&team);
    mu_team_do(&team, ana, MU_WORDS("add", "Two"));
    mu_team_do(&team, ana, MU_WORDS("sync"));
    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);

    copy = mu_program_run(MU_WORDS("cp", "yesterday.db", "server/muster.db"), NULL, 10000);
    assert_int_equal(copy.code, 0);
    mu_ran_free(&copy);
    mu_team_serve(&team);
    mu_team_start_agent(&team, ana);
    mu_team_level(&team);

    json_t *after = mu_team_server(&team);
    json_t *tasks = mu_team_ask(&team, ana, MU_WORDS("list"));
    assert_false(
        json_equal(json_object_get(before, "incarnation"), json_object_get(after, "incarnation")));
    assert_non_null(mu_team_task(tasks, "One"));
    assert_non_null(mu_team_task(tasks, "Two"));
    json_decref(tasks);
    json_decref(before);
    json_decref(after);
    mu_team_end(&team);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_musterd__a_founded_folder_is_not_founded_again),
        IN_FOLDER(test_musterd__two_cannot_serve_one_folder_or_one_port),
        IN_FOLDER(test_musterd__folders_that_are_none_of_ours),
        IN_FOLDER(test_musterd__a_database_that_cannot_be_used_is_named),
        IN_FOLDER(test_musterd__a_folder_open_to_others_is_refused),
        IN_FOLDER(test_musterd__is_looked_at_while_it_serves_and_after),
        IN_FOLDER(test_musterd__check_finds_a_row_that_was_changed),
        IN_FOLDER(test_musterd__a_database_from_yesterday_starts_a_new_lineage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
