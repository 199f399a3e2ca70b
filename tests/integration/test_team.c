/* The main job with the real programs: people on one board, together and apart, end with the
 * same board, and nothing anyone wrote is lost. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/harness/team.h"

#include <signal.h>
#include <stdlib.h>

static void test_team__two_people_work_on_one_board(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    struct mu_actor *kofi = mu_team_join(&team, "kofi");
    mu_team_start_agent(&team, ana);
    mu_team_start_agent(&team, kofi);

    mu_team_do(&team, ana, MU_WORDS("add", "Call Kowalczyk", "@kofi", "due:fri"));
    mu_team_level(&team);
    mu_team_do(&team, kofi, MU_WORDS("accept", "T-1"));
    mu_team_do(&team, kofi, MU_WORDS("comment", "T-1", "She is away till noon"));
    mu_team_do(&team, kofi, MU_WORDS("add", "Order chairs", "#office"));
    mu_team_level(&team);

    json_t *hers = mu_team_ask(&team, ana, MU_WORDS("list"));
    json_t *his = mu_team_ask(&team, kofi, MU_WORDS("list"));
    assert_true(json_equal(json_object_get(hers, "tasks"), json_object_get(his, "tasks")));
    json_t *task = mu_team_task(hers, "Call Kowalczyk");
    assert_non_null(task);
    assert_string_equal(json_string_value(json_object_get(task, "owner")), "kofi");
    assert_string_equal(json_string_value(json_object_get(task, "state")), "accepted");
    assert_non_null(mu_team_task(hers, "Order chairs"));
    json_decref(hers);
    json_decref(his);
    mu_team_end(&team);
}

static void test_team__edits_made_apart_come_together(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    struct mu_actor *kofi = mu_team_join(&team, "kofi");
    struct mu_actor *mia = mu_team_join(&team, "mia");
    for (size_t i = 0; i < team.count; i++) {
        mu_team_start_agent(&team, &team.people[i]);
    }
    mu_team_do(&team, ana, MU_WORDS("add", "One"));
    mu_team_do(&team, ana, MU_WORDS("add", "Two"));
    mu_team_level(&team);

    assert_int_equal(mu_team_stop_agent(kofi, SIGTERM), 0);
    assert_int_equal(mu_team_stop_agent(mia, SIGTERM), 0);
    mu_team_do(&team, kofi, MU_WORDS("start", "T-1"));
    mu_team_do(&team, mia, MU_WORDS("edit", "T-2", "--title", "Two and a half"));
    mu_team_do(&team, mia, MU_WORDS("add", "Three"));
    mu_team_do(&team, ana, MU_WORDS("add", "Four"));
    mu_team_start_agent(&team, kofi);
    mu_team_start_agent(&team, mia);
    mu_team_level(&team);

    for (size_t i = 0; i < team.count; i++) {
        json_t *tasks = mu_team_ask(&team, &team.people[i], MU_WORDS("list"));
        json_t *one = mu_team_task(tasks, "One");
        assert_non_null(one);
        assert_string_equal(json_string_value(json_object_get(one, "state")), "doing");
        assert_non_null(mu_team_task(tasks, "Two and a half"));
        assert_non_null(mu_team_task(tasks, "Three"));
        assert_non_null(mu_team_task(tasks, "Four"));
        assert_int_equal(json_array_size(json_object_get(tasks, "tasks")), 4);
        json_decref(tasks);
    }
    mu_team_end(&team);
}

/* The conflicts that a home shows; NULL-checked. */
static json_t *conflicts_of(struct mu_cast *team, const struct mu_actor *actor)
{
    json_t *told = mu_team_ask(team, actor, MU_WORDS("conflicts"));
    assert_non_null(json_object_get(told, "conflicts"));
    return told;
}

static void test_team__two_edits_of_one_title_leave_the_loser_on_record(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    struct mu_actor *kofi = mu_team_join(&team, "kofi");
    mu_team_do(&team, ana, MU_WORDS("add", "Draft"));
    mu_team_do(&team, ana, MU_WORDS("sync"));
    mu_team_do(&team, kofi, MU_WORDS("sync"));

    mu_team_do(&team, ana, MU_WORDS("edit", "T-1", "--title", "Draft of the budget"));
    mu_team_do(&team, kofi, MU_WORDS("edit", "T-1", "--title", "Draft for Monday"));
    mu_team_start_agent(&team, kofi);
    mu_team_start_agent(&team, ana);
    mu_team_level(&team);

    json_t *hers = conflicts_of(&team, ana);
    json_t *his = conflicts_of(&team, kofi);
    json_t *tasks = mu_team_ask(&team, ana, MU_WORDS("list"));
    char *record = json_dumps(hers, JSON_COMPACT);
    bool budget_stands = mu_team_task(tasks, "Draft of the budget") != NULL;
    assert_int_equal(json_array_size(json_object_get(hers, "conflicts")), 1);
    assert_true(json_equal(json_object_get(hers, "conflicts"), json_object_get(his, "conflicts")));
    assert_true(budget_stands || mu_team_task(tasks, "Draft for Monday") != NULL);
    assert_non_null(strstr(record, "Draft of the budget"));
    assert_non_null(strstr(record, "Draft for Monday"));
    free(record);
    json_decref(tasks);
    json_decref(hers);
    json_decref(his);
    mu_team_end(&team);
}

static void test_team__a_revoked_device_is_cut_off_and_keeps_what_it_has(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    struct mu_actor *kofi = mu_team_join(&team, "kofi");
    mu_team_start_agent(&team, ana);
    mu_team_start_agent(&team, kofi);
    mu_team_do(&team, ana, MU_WORDS("add", "Before"));
    mu_team_level(&team);

    mu_team_do(&team, ana, MU_WORDS("member", "remove", "@kofi"));
    long long deadline = mu_now_ms() + MU_TEAM_PATIENCE_MS;
    bool parked = false;
    while (!parked && mu_now_ms() < deadline) {
        json_t *mine = mu_team_ask(&team, kofi, MU_WORDS("status"));
        const char *why = json_string_value(json_object_get(mine, "parked"));
        parked = why != NULL && strstr(why, "removed from the team") != NULL;
        json_decref(mine);
    }
    mu_team_do(&team, ana, MU_WORDS("add", "After"));
    assert_int_equal(mu_team_stop_agent(kofi, SIGTERM), 0);
    mu_team_level(&team);
    struct mu_ran sync = mu_cast_run(&team, kofi, MU_WORDS("sync", "--wait", "3s"), NULL);

    assert_true(parked);
    assert_int_equal(sync.code, 4);
    json_t *tasks = mu_team_ask(&team, kofi, MU_WORDS("list"));
    assert_non_null(mu_team_task(tasks, "Before"));
    assert_null(mu_team_task(tasks, "After"));
    json_decref(tasks);
    mu_ran_free(&sync);
    mu_team_end(&team);
}

static void test_team__a_running_agent_serves_what_is_joined_later(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor early = {.name = "ana"};
    mu_team_begin(&team);
    (void)snprintf(early.home, sizeof early.home, "%.200s/ana", team.folder);
    mu_team_start_agent(&team, &early);

    struct mu_actor *ana = mu_team_join(&team, "ana");
    ana->agent = early.agent;
    mu_team_do(&team, ana, MU_WORDS("add", "Now"));
    mu_team_level(&team);

    json_t *server = mu_team_server(&team);
    assert_int_equal(json_integer_value(json_object_get(server, "connected")), 1);
    json_decref(server);
    mu_team_end(&team);
}

static void test_team__the_server_comes_back_and_all_go_on(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    struct mu_actor *kofi = mu_team_join(&team, "kofi");
    mu_team_start_agent(&team, ana);
    mu_team_start_agent(&team, kofi);
    mu_team_level(&team);

    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);
    mu_team_do(&team, ana, MU_WORDS("add", "While it was away"));
    mu_team_serve(&team);
    mu_team_level(&team);

    json_t *tasks = mu_team_ask(&team, kofi, MU_WORDS("list"));
    assert_non_null(mu_team_task(tasks, "While it was away"));
    json_decref(tasks);
    mu_team_end(&team);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_team__two_people_work_on_one_board),
        IN_FOLDER(test_team__edits_made_apart_come_together),
        IN_FOLDER(test_team__two_edits_of_one_title_leave_the_loser_on_record),
        IN_FOLDER(test_team__a_revoked_device_is_cut_off_and_keeps_what_it_has),
        IN_FOLDER(test_team__a_running_agent_serves_what_is_joined_later),
        IN_FOLDER(test_team__the_server_comes_back_and_all_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
