/* A laptop's disk lets people down: a replica that is damaged, deleted or full of nonsense is
 * fetched anew, and what had only been saved here is not lost with it. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/harness/team.h"

#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* The only workspace's file of somebody. */
static void file_of(const struct mu_actor *actor, const char *name, char *out_path, size_t room)
{
    assert_in_range(snprintf(out_path, room, "%s/data/orion/%s", actor->home, name), 1, room - 1);
}

static void overwrite(const char *path, off_t at, size_t len)
{
    static const char nonsense[65536] = "nonsense";
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, nonsense, len, at), (ssize_t)len);
    assert_int_equal(close(fd), 0);
}

static void assert_set_aside(const struct mu_actor *actor)
{
    char pattern[500];
    glob_t found;
    file_of(actor, "replica.db.aside-*", pattern, sizeof pattern);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    globfree(&found);
}

/* Ana and Kofi with some tasks, and one that only Kofi's outbox knows; his agent is down. */
static void begin(struct mu_cast *team, struct mu_actor **out_ana, struct mu_actor **out_kofi)
{
    mu_team_begin(team);
    *out_ana = mu_team_join(team, "ana");
    *out_kofi = mu_team_join(team, "kofi");
    mu_team_start_agent(team, *out_ana);
    mu_team_start_agent(team, *out_kofi);
    mu_team_do(team, *out_ana, MU_WORDS("add", "One"));
    mu_team_do(team, *out_ana, MU_WORDS("add", "Two"));
    mu_team_level(team);
    assert_int_equal(mu_team_stop_agent(*out_kofi, SIGTERM), 0);
    mu_team_do(team, *out_kofi, MU_WORDS("add", "Only here"));
}

static void assert_whole(struct mu_cast *team, const struct mu_actor *actor)
{
    json_t *tasks = mu_team_ask(team, actor, MU_WORDS("list"));
    assert_non_null(mu_team_task(tasks, "One"));
    assert_non_null(mu_team_task(tasks, "Two"));
    assert_non_null(mu_team_task(tasks, "Only here"));
    json_decref(tasks);
}

static void test_team_files__a_damaged_replica_is_fetched_anew(void **state)
{
    (void)state;
    static const struct {
        off_t at;
        size_t len;
    } damages[] = {{0, 100}, {4096, 8192}, {20000, 65536}};
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        struct mu_cast team;
        struct mu_actor *ana = NULL;
        struct mu_actor *kofi = NULL;
        char path[500];
        begin(&team, &ana, &kofi);
        file_of(kofi, "replica.db", path, sizeof path);

        overwrite(path, damages[i].at, damages[i].len);
        mu_team_start_agent(&team, kofi);
        mu_team_level(&team);

        assert_whole(&team, kofi);
        assert_whole(&team, ana);
        assert_set_aside(kofi);
        mu_team_end(&team);
        struct mu_ran ran =
            mu_program_run(MU_WORDS("rm", "-rf", "server", "ana", "kofi"), NULL, 5000);
        assert_int_equal(ran.code, 0);
        mu_ran_free(&ran);
    }
}

static void test_team_files__a_replica_deleted_under_the_agent_comes_back(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = NULL;
    struct mu_actor *kofi = NULL;
    static const char *const names[] = {"replica.db", "replica.db-wal", "replica.db-shm"};
    begin(&team, &ana, &kofi);
    mu_team_start_agent(&team, kofi);
    mu_team_level(&team);

    for (size_t i = 0; i < 3; i++) {
        char path[500];
        file_of(kofi, names[i], path, sizeof path);
        (void)unlink(path);
    }
    struct mu_ran sync = mu_cast_run(&team, kofi, MU_WORDS("sync"), NULL);
    mu_team_level(&team);

    assert_int_equal(sync.code, 0);
    assert_whole(&team, kofi);
    mu_ran_free(&sync);
    mu_team_end(&team);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_team_files__a_damaged_replica_is_fetched_anew),
        IN_FOLDER(test_team_files__a_replica_deleted_under_the_agent_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
