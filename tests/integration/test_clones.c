/* One device's folder on two machines, or put back from a copy: found out when it says hello,
 * and every edit made on either survives, under replica ids of their own. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/harness/team.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>

static const char musterd[] = MUSTER_PROGRAMS "/musterd";

#define REPLICA_ROOM 40

/* The replica id in use, as hex. */
static void replica_of(const struct mu_actor *actor, char out_text[static REPLICA_ROOM])
{
    char path[500];
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    (void)snprintf(path, sizeof path, "%s/data/orion/outbox.db", actor->home);
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_busy_timeout(db, 5000), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT hex(replica) FROM era ORDER BY era DESC LIMIT 1",
                                        -1, &stmt, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
    (void)snprintf(out_text, REPLICA_ROOM, "%s", (const char *)sqlite3_column_text(stmt, 0));
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void begin(struct mu_cast *team, struct mu_actor **out_ana, struct mu_actor **out_kofi)
{
    mu_team_begin(team);
    *out_ana = mu_team_join(team, "ana");
    *out_kofi = mu_team_join(team, "kofi");
    mu_team_start_agent(team, *out_ana);
    mu_team_start_agent(team, *out_kofi);
    mu_team_do(team, *out_ana, MU_WORDS("add", "Together"));
    mu_team_level(team);
    mu_team_do(team, *out_kofi, MU_WORDS("comment", "T-1", "seen"));
    mu_team_level(team);
    assert_int_equal(mu_team_stop_agent(*out_kofi, SIGTERM), 0);
}

static void test_clones__a_folder_on_two_machines_loses_no_edit(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = NULL;
    struct mu_actor *kofi = NULL;
    char first[REPLICA_ROOM];
    char second[REPLICA_ROOM];
    begin(&team, &ana, &kofi);
    struct mu_actor *copy = mu_team_clone(&team, kofi, "kofi2");

    /* As many numbers on the one as on the other. */
    mu_team_do(&team, kofi, MU_WORDS("add", "On the old laptop"));
    mu_team_do(&team, kofi, MU_WORDS("add", "On the old laptop too"));
    mu_team_do(&team, copy, MU_WORDS("add", "On the new laptop"));
    mu_team_do(&team, copy, MU_WORDS("add", "On the new laptop too"));
    mu_team_start_agent(&team, kofi);
    mu_team_start_agent(&team, copy);
    mu_team_level(&team);
    mu_team_do(&team, kofi, MU_WORDS("add", "Later on the old one"));
    mu_team_do(&team, copy, MU_WORDS("add", "Later on the new one"));
    mu_team_level(&team);

    replica_of(kofi, first);
    replica_of(copy, second);
    assert_string_not_equal(first, second);
    mu_team_all_have(&team, MU_WORDS("Together", "On the old laptop", "On the old laptop too",
                                     "On the new laptop", "On the new laptop too",
                                     "Later on the old one", "Later on the new one"));
    mu_team_verify(&team);
    mu_team_end(&team);
}

/* A folder put back from a copy that is older than what it has sent since. */
static void put_back(struct mu_actor *kofi)
{
    mu_team_says(MU_WORDS("rm", "-r", kofi->home), 0, NULL);
    mu_team_copy("kept", kofi->home);
}

static void test_clones__a_folder_put_back_loses_no_edit(void **state)
{
    (void)state;
    struct mu_cast team;
    struct mu_actor *ana = NULL;
    struct mu_actor *kofi = NULL;
    begin(&team, &ana, &kofi);
    mu_team_do(&team, kofi, MU_WORDS("add", "Waiting in the copy"));
    mu_team_copy(kofi->home, "kept");
    mu_team_do(&team, kofi, MU_WORDS("add", "After the copy"));
    mu_team_do(&team, kofi, MU_WORDS("sync"));

    put_back(kofi);
    mu_team_do(&team, kofi, MU_WORDS("add", "After putting it back"));
    mu_team_start_agent(&team, kofi);
    mu_team_level(&team);

    mu_team_all_have(&team, MU_WORDS("Together", "Waiting in the copy", "After the copy",
                                     "After putting it back"));
    mu_team_verify(&team);
    mu_team_end(&team);
}

/* The device goes back in time, the server too; who comes first to whom is the caller's. */
static void both_go_back(bool clone_meets_old_server)
{
    struct mu_cast team;
    struct mu_actor *ana = NULL;
    struct mu_actor *kofi = NULL;
    begin(&team, &ana, &kofi);
    mu_team_says(
        MU_WORDS("sh", "-c", "\"$0\" recovery-key --data server | tail -n 1 > key.txt", musterd), 0,
        NULL);
    mu_team_says(MU_WORDS(musterd, "backup", "--data", team.data, "b"), 0, NULL);
    struct mu_actor *copy = mu_team_clone(&team, kofi, "kofi2");
    mu_team_do(&team, ana, MU_WORDS("add", "Hers, forgotten"));
    mu_team_do(&team, kofi, MU_WORDS("add", "His, forgotten"));
    mu_team_do(&team, kofi, MU_WORDS("sync"));
    mu_team_do(&team, copy, MU_WORDS("add", "The copy's"));
    if (clone_meets_old_server) {
        mu_team_do(&team, copy, MU_WORDS("sync"));
    }
    mu_team_level(&team);

    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);
    assert_int_equal(rename("server", "lost"), 0);
    mu_team_says(MU_WORDS(musterd, "restore", "b", "--data", team.data, "--key", "key.txt"), 0,
                 NULL);
    mu_team_serve(&team);
    mu_team_start_agent(&team, copy);
    mu_team_start_agent(&team, kofi);
    mu_team_level(&team);

    mu_team_all_have(&team,
                     MU_WORDS("Together", "Hers, forgotten", "His, forgotten", "The copy's"));
    mu_team_verify(&team);
    mu_team_end(&team);
}

static void test_clones__a_clone_found_out_before_the_server_went_back(void **state)
{
    (void)state;
    both_go_back(true);
}

static void test_clones__a_clone_found_out_by_a_server_that_went_back(void **state)
{
    (void)state;
    both_go_back(false);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_clones__a_folder_on_two_machines_loses_no_edit),
        IN_FOLDER(test_clones__a_folder_put_back_loses_no_edit),
        IN_FOLDER(test_clones__a_clone_found_out_before_the_server_went_back),
        IN_FOLDER(test_clones__a_clone_found_out_by_a_server_that_went_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
