/* Somebody who was removed, or a device that was revoked, takes no further part: connected or
 * not, with edits waiting or not; and what it holds opens nothing that is written later. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/harness/team.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "common/seal/envelope.h"
#include "common/seal/secret.h"

static void begin(struct mu_cast *team, struct mu_actor **out_ana, struct mu_actor **out_kofi)
{
    mu_team_begin(team);
    *out_ana = mu_team_join(team, "ana");
    *out_kofi = mu_team_join(team, "kofi");
    mu_team_start_agent(team, *out_ana);
    mu_team_start_agent(team, *out_kofi);
    mu_team_do(team, *out_ana, MU_WORDS("add", "Before"));
    mu_team_level(team);
}

/* What ana types to be rid of kofi. */
enum farewell { REMOVE_MEMBER, REVOKE_DEVICE };

static void say_farewell(struct mu_cast *team, const struct mu_actor *ana, enum farewell how)
{
    if (how == REMOVE_MEMBER) {
        mu_team_do(team, ana, MU_WORDS("member", "remove", "@kofi"));
        return;
    }
    json_t *told = mu_team_ask(team, ana, MU_WORDS("device", "list", "@kofi"));
    json_t *device = json_array_get(json_object_get(told, "devices"), 0);
    const char *ref = json_string_value(json_object_get(device, "ref"));
    assert_non_null(ref);
    mu_team_do(team, ana, MU_WORDS("device", "revoke", ref));
    json_decref(told);
}

static void wait_until_parked(struct mu_cast *team, const struct mu_actor *actor)
{
    long long deadline = mu_now_ms() + MU_TEAM_PATIENCE_MS;
    bool parked = false;
    while (!parked && mu_now_ms() < deadline) {
        json_t *mine = mu_team_ask(team, actor, MU_WORDS("status"));
        parked = json_is_string(json_object_get(mine, "parked"));
        json_decref(mine);
    }
    assert_true(parked);
}

static void assert_has(struct mu_cast *team, const struct mu_actor *actor, const char *title,
                       bool wanted)
{
    json_t *tasks = mu_team_ask(team, actor, MU_WORDS("list"));
    assert_int_equal(mu_team_task_count(tasks, title), wanted ? 1 : 0);
    json_decref(tasks);
}

static void farewell_while_connected(enum farewell how)
{
    struct mu_cast team;
    struct mu_actor *ana = NULL;
    struct mu_actor *kofi = NULL;
    begin(&team, &ana, &kofi);

    say_farewell(&team, ana, how);
    wait_until_parked(&team, kofi);
    mu_team_do(&team, kofi, MU_WORDS("add", "Too late"));
    mu_team_do(&team, ana, MU_WORDS("add", "After"));
    assert_int_equal(mu_team_stop_agent(kofi, SIGTERM), 0);
    mu_team_level(&team);
    struct mu_ran sync = mu_cast_run(&team, kofi, MU_WORDS("sync", "--wait", "3s"), NULL);

    assert_int_equal(sync.code, 4);
    assert_has(&team, kofi, "Before", true);
    assert_has(&team, kofi, "Too late", true);
    assert_has(&team, kofi, "After", false);
    assert_has(&team, ana, "Too late", false);
    mu_ran_free(&sync);
    mu_team_end(&team);
}

static void farewell_while_offline(enum farewell how)
{
    struct mu_cast team;
    struct mu_actor *ana = NULL;
    struct mu_actor *kofi = NULL;
    begin(&team, &ana, &kofi);
    assert_int_equal(mu_team_stop_agent(kofi, SIGTERM), 0);
    mu_team_do(&team, kofi, MU_WORDS("add", "Waiting"));
    mu_team_do(&team, kofi, MU_WORDS("edit", "T-1", "--title", "Before, by him"));

    say_farewell(&team, ana, how);
    mu_team_do(&team, ana, MU_WORDS("add", "After"));
    mu_team_level(&team);
    struct mu_ran sync = mu_cast_run(&team, kofi, MU_WORDS("sync", "--wait", "3s"), NULL);
    json_t *mine = mu_team_ask(&team, kofi, MU_WORDS("status"));

    assert_int_equal(sync.code, 4);
    assert_non_null(strstr(sync.err, "the server refuses this device's key"));
    assert_int_equal(json_integer_value(json_object_get(mine, "pending")), 2);
    assert_string_equal(json_string_value(json_object_get(mine, "link")), "parked");
    assert_has(&team, kofi, "Waiting", true);
    assert_has(&team, kofi, "Before, by him", true);
    assert_has(&team, kofi, "After", false);
    assert_has(&team, ana, "Waiting", false);
    assert_has(&team, ana, "Before", true);
    json_decref(mine);
    mu_ran_free(&sync);
    mu_team_end(&team);
}

static void test_removal__a_member_removed_while_connected(void **state)
{
    (void)state;
    farewell_while_connected(REMOVE_MEMBER);
}

static void test_removal__a_member_removed_with_edits_waiting(void **state)
{
    (void)state;
    farewell_while_offline(REMOVE_MEMBER);
}

static void test_removal__a_device_revoked_while_connected(void **state)
{
    (void)state;
    farewell_while_connected(REVOKE_DEVICE);
}

static void test_removal__a_device_revoked_with_edits_waiting(void **state)
{
    (void)state;
    farewell_while_offline(REVOKE_DEVICE);
}

/* -- keys ---------------------------------------------------------------------------- */

static sqlite3 *open_db(const char *path)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_busy_timeout(db, 5000), SQLITE_OK);
    return db;
}

#define KEYS_MAX 16

/* Every epoch key that a home holds. */
static size_t keys_of(const struct mu_actor *actor, struct mu_epoch_key *out_keys)
{
    char path[500];
    sqlite3_stmt *stmt = NULL;
    size_t count = 0;
    (void)snprintf(path, sizeof path, "%s/data/orion/outbox.db", actor->home);
    sqlite3 *db = open_db(path);
    assert_int_equal(
        sqlite3_prepare_v2(db, "SELECT key FROM epoch_key ORDER BY epoch", -1, &stmt, NULL),
        SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        assert_true(count < KEYS_MAX);
        memcpy(out_keys[count++].bytes, sqlite3_column_blob(stmt, 0), MU_EPOCH_KEY_LEN);
    }
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return count;
}

/* How many of the server's changes in (after, up_to] one of these keys opens. */
static int64_t count_opened(const struct mu_epoch_key *keys, size_t count, int64_t after,
                            int64_t up_to)
{
    sqlite3_stmt *stmt = NULL;
    int64_t opened = 0;
    sqlite3 *db = open_db("server/muster.db");
    assert_int_equal(sqlite3_prepare_v2(
                         db,
                         "SELECT sealed FROM log_change WHERE seq > ?1 AND seq <= ?2 ORDER BY seq",
                         -1, &stmt, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_bind_int64(stmt, 1, after), SQLITE_OK);
    assert_int_equal(sqlite3_bind_int64(stmt, 2, up_to), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        bool opens = false;
        for (size_t i = 0; i < count && !opens; i++) {
            MU_BUF_AUTO struct mu_buf plain;
            struct mu_error err;
            mu_buf_init(&plain, 1 << 20);
            opens = mu_envelope_open(mu_slice_of(sqlite3_column_blob(stmt, 0),
                                                 (size_t)sqlite3_column_bytes(stmt, 0)),
                                     &keys[i], &plain, &err) == MU_OK;
        }
        opened += opens ? 1 : 0;
    }
    assert_int_equal(sqlite3_finalize(stmt), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return opened;
}

static int64_t head_of(const struct mu_cast *team)
{
    json_t *told = mu_team_server(team);
    int64_t head = json_integer_value(json_object_get(told, "head"));
    json_decref(told);
    return head;
}

static void keys_after(enum farewell how)
{
    struct mu_cast team;
    struct mu_actor *ana = NULL;
    struct mu_actor *kofi = NULL;
    struct mu_epoch_key keys[KEYS_MAX];
    struct mu_epoch_key hers[KEYS_MAX];
    begin(&team, &ana, &kofi);
    assert_int_equal(mu_seal_start(), MU_OK);
    int64_t before = head_of(&team);

    say_farewell(&team, ana, how);
    wait_until_parked(&team, kofi);
    assert_int_equal(mu_team_stop_agent(kofi, SIGTERM), 0);
    mu_team_level(&team);
    int64_t gone = head_of(&team);
    mu_team_do(&team, ana, MU_WORDS("add", "A secret"));
    mu_team_level(&team);
    mu_team_do(&team, ana, MU_WORDS("comment", "T-2", "that he must not read"));
    mu_team_level(&team);
    int64_t after = head_of(&team);
    size_t count = keys_of(kofi, keys);
    size_t her_count = keys_of(ana, hers);

    /* The attempt is a real one: what was his, opens. */
    assert_int_equal(count_opened(keys, count, 0, before), before);
    assert_true(after >= gone + 2);
    assert_int_equal(count_opened(keys, count, gone, after), 0);
    assert_int_equal(count_opened(hers, her_count, 0, after), after);
    mu_wipe(keys, sizeof keys);
    mu_wipe(hers, sizeof hers);
    mu_team_end(&team);
}

static void test_removal__a_removed_members_keys_open_nothing_later(void **state)
{
    (void)state;
    keys_after(REMOVE_MEMBER);
}

static void test_removal__a_revoked_devices_keys_open_nothing_later(void **state)
{
    (void)state;
    keys_after(REVOKE_DEVICE);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_removal__a_member_removed_while_connected),
        IN_FOLDER(test_removal__a_member_removed_with_edits_waiting),
        IN_FOLDER(test_removal__a_device_revoked_while_connected),
        IN_FOLDER(test_removal__a_device_revoked_with_edits_waiting),
        IN_FOLDER(test_removal__a_removed_members_keys_open_nothing_later),
        IN_FOLDER(test_removal__a_revoked_devices_keys_open_nothing_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
