/* Killed at the worst moment: what a command said was saved is on every board in the end, once. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/harness/team.h"

#include <signal.h>
#include <stdlib.h>

#include "client/home/agent_link.h"

static const char agent[] = MUSTER_PROGRAMS "/muster-agent";

#define LOAD 40 /* tasks that each of two people add */

static void assert_all_there_once(struct mu_cast *team, const char *prefix, int count)
{
    for (size_t person = 0; person < team->count; person++) {
        json_t *tasks =
            mu_team_ask(team, &team->people[person], MU_WORDS("list", "--all", "--limit", "0"));
        for (int i = 0; i < count; i++) {
            char title[64];
            (void)snprintf(title, sizeof title, "%s %d", prefix, i);
            size_t found = mu_team_task_count(tasks, title);
            if (found != 1) {
                fail_msg("%s has '%s' %zu times", team->people[person].name, title, found);
            }
        }
        json_decref(tasks);
    }
}

static void add_task(struct mu_cast *team, const struct mu_actor *actor, const char *prefix,
                     int number)
{
    char title[64];
    (void)snprintf(title, sizeof title, "%s %d", prefix, number);
    mu_team_do(team, actor, MU_WORDS("add", title));
}

static void test_team_crash__a_server_killed_under_load_loses_and_doubles_nothing(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    struct mu_actor *kofi = mu_team_join(&team, "kofi");
    mu_team_start_agent(&team, ana);
    mu_team_start_agent(&team, kofi);

    for (int i = 0; i < LOAD; i++) {
        add_task(&team, ana, "hers", i);
        add_task(&team, kofi, "his", i);
        if (i % 10 == 5) {
            assert_int_equal(mu_team_stop_server(&team, SIGKILL), 128 + SIGKILL);
            long long begin = mu_now_ms();
            mu_team_serve(&team);
            assert_in_range(mu_now_ms() - begin, 0, MU_TEAM_PATIENCE_MS);
        }
    }
    mu_team_level(&team);

    assert_all_there_once(&team, "hers", LOAD);
    assert_all_there_once(&team, "his", LOAD);
    mu_team_end(&team);
}

static void test_team_crash__an_agent_killed_between_saved_and_sent_sends_once(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    struct mu_actor *kofi = mu_team_join(&team, "kofi");
    mu_team_start_agent(&team, ana);
    mu_team_start_agent(&team, kofi);

    for (int i = 0; i < 5; i++) {
        /* Idle, so that it stops with no file locked: it cannot send any more. */
        mu_team_level(&team);
        assert_int_equal(kill(ana->agent.pid, SIGSTOP), 0);
        add_task(&team, ana, "saved", i);
        assert_int_equal(mu_team_stop_agent(ana, SIGKILL), 128 + SIGKILL);
        mu_team_start_agent(&team, ana);
    }
    mu_team_level(&team);

    assert_all_there_once(&team, "saved", 5);
    mu_team_end(&team);
}

static void test_team_crash__an_agent_killed_at_any_moment_sends_once(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    struct mu_actor *kofi = mu_team_join(&team, "kofi");
    mu_team_start_agent(&team, kofi);

    for (int i = 0; i < 10; i++) {
        mu_team_start_agent(&team, ana);
        add_task(&team, ana, "moment", 2 * i);
        add_task(&team, ana, "moment", 2 * i + 1);
        assert_int_equal(mu_team_stop_agent(ana, SIGKILL), 128 + SIGKILL);
    }
    mu_team_start_agent(&team, ana);
    mu_team_level(&team);

    assert_all_there_once(&team, "moment", 20);
    mu_team_end(&team);
}

static void test_team_crash__a_second_agent_leaves_and_a_dead_ones_lock_is_free(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    mu_team_start_agent(&team, ana);
    const char *second[] = {agent, "run", "--home", ana->home, NULL};
    const char *once[] = {agent, "--once", "--home", ana->home, NULL};

    struct mu_ran ran = mu_program_run(second, NULL, MU_TEAM_PATIENCE_MS);
    assert_int_equal(ran.code, 0);
    assert_string_equal(ran.err, "");
    mu_ran_free(&ran);
    ran = mu_program_run(once, NULL, MU_TEAM_PATIENCE_MS);
    assert_int_equal(ran.code, MU_AGENT_EXIT_RUNNING);
    mu_ran_free(&ran);
    assert_int_equal(mu_team_stop_agent(ana, SIGKILL), 128 + SIGKILL);
    ran = mu_program_run(once, NULL, MU_TEAM_PATIENCE_MS);
    assert_int_equal(ran.code, 0);
    mu_ran_free(&ran);

    mu_team_end(&team);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_team_crash__a_server_killed_under_load_loses_and_doubles_nothing),
        IN_FOLDER(test_team_crash__an_agent_killed_between_saved_and_sent_sends_once),
        IN_FOLDER(test_team_crash__an_agent_killed_at_any_moment_sends_once),
        IN_FOLDER(test_team_crash__a_second_agent_leaves_and_a_dead_ones_lock_is_free),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
