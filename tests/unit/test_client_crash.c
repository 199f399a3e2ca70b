/* Saved means saved: whatever dies between the outbox and the rows, or between two turns, the
 * edit is there afterwards, shown, and sent once. */
#include "tests/unit/client_fixture.h"

/* A replica as it was before the edit, an outbox as it is after: what a power cut leaves when
 * it comes between the two commits. */
static void lose_rows(struct mu_pair *pair, size_t client, struct mu_memdisk_image *before)
{
    mu_pair_kill(pair, client);
    mu_memdisk_restore(pair->clients[client].disk, before);
    mu_memdisk_image_free(before);
    mu_pair_start(pair, client);
}

static void test_client_crash__opening_shows_what_the_outbox_has(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    mu_pair_unplug(pair, ana, false);
    struct mu_id old = mu_pair_add(pair, ana, "shown before", MU_KIND_TODO);
    struct mu_memdisk_image *before = mu_memdisk_snapshot(pair->clients[ana].disk, "replica.db");
    struct mu_id task = mu_pair_add(pair, ana, "saved", MU_KIND_TODO);

    lose_rows(pair, ana, before);

    assert_true(mu_pair_titled(pair, ana, old, "shown before"));
    assert_true(mu_pair_titled(pair, ana, task, "saved"));
    mu_pair_check(pair);
    mu_pair_plug(pair, ana);
    mu_pair_settle(pair);
    assert_int_equal(mu_pair_server_status(pair).head.seq, 4);
    mu_pair_check(pair);
}

static void test_client_crash__without_the_replay_the_check_notices(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    mu_pair_unplug(pair, ana, false);
    struct mu_memdisk_image *before = mu_memdisk_snapshot(pair->clients[ana].disk, "replica.db");
    (void)mu_pair_add(pair, ana, "saved", MU_KIND_TODO);
    pair->clients[ana].sabotage.no_outbox_replay = true;

    lose_rows(pair, ana, before);

    assert_int_equal(mu_client_check(pair->clients[ana].client, &pair->err), MU_E_CORRUPT);
}

/* The outbox already counts the edit as come back, the rows have never seen it. */
static void test_client_crash__rows_older_than_the_journal_catch_up(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    struct mu_memdisk_image *before = mu_memdisk_snapshot(pair->clients[ana].disk, "replica.db");
    struct mu_id task = mu_pair_add(pair, ana, "applied once", MU_KIND_TODO);
    mu_pair_settle(pair);
    mu_pair_unplug(pair, ana, false);

    lose_rows(pair, ana, before);

    assert_true(mu_pair_titled(pair, ana, task, "applied once"));
    mu_pair_check(pair);
    mu_pair_plug(pair, ana);
    mu_pair_settle(pair);
    struct mu_row row = mu_pair_row(pair, ana, MU_TASK, task);
    assert_int_equal(mu_row_int(&row, MU_TASK_NO), 1);
    assert_int_equal(mu_pair_server_status(pair).head.seq, 3);
    mu_pair_check(pair);
}

static void test_client_crash__a_deleted_replica_is_made_anew(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    struct mu_id first = mu_pair_add(pair, ana, "known to the server", MU_KIND_TODO);
    mu_pair_settle(pair);
    mu_pair_unplug(pair, ana, false);
    struct mu_id second = mu_pair_add(pair, ana, "known here alone", MU_KIND_TODO);

    mu_pair_kill(pair, ana);
    mu_memdisk_remove(pair->clients[ana].disk, "replica.db");
    mu_pair_start(pair, ana);
    mu_pair_check(pair);
    mu_pair_plug(pair, ana);
    mu_pair_settle(pair);

    assert_true(mu_pair_titled(pair, ana, first, "known to the server"));
    assert_true(mu_pair_titled(pair, ana, second, "known here alone"));
    mu_pair_check(pair);
}

static void test_client_crash__a_replica_of_another_team_is_refused(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    mu_pair_kill(pair, ana);
    struct mu_id mine = pair->clients[ana].file.workspace;
    pair->clients[ana].file.workspace.bytes[0] ^= 1;

    assert_int_not_equal(mu_pair_try_start(pair, ana), MU_OK);

    pair->clients[ana].file.workspace = mine;
    mu_db_close(&pair->clients[ana].replica_db);
    mu_db_close(&pair->clients[ana].outbox_db);
    mu_pair_start(pair, ana);
    mu_pair_check(pair);
}

/* The power goes at every write in turn while an edit is authored and pushed. */
static void test_client_crash__power_may_go_at_any_write(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    struct mu_memdisk *disk = pair->clients[ana].disk;
    size_t saved = 0;
    size_t shown = 0;
    uint64_t before = mu_memdisk_changes(disk);
    mu_pair_unplug(pair, ana, false);
    (void)mu_pair_add(pair, ana, "how many writes", MU_KIND_TODO);
    uint64_t writes = mu_memdisk_changes(disk) - before + 20;
    mu_pair_plug(pair, ana);
    mu_pair_settle(pair);
    for (uint64_t after = 0; after < writes; after++) {
        struct mu_authored authored;
        struct mu_op *op = NULL;
        struct mu_id task = mu_entropy_id(&pair->entropy, pair->wall_ms);
        struct mu_id column = mu_pair_column(pair, ana, MU_KIND_TODO);
        struct mu_intent intent = mu_pair_intent(pair, ana, MU_INTENT_TASK_ADD, MU_TASK, task, &op);
        mu_pair_arg(pair, ana, op, MU_TASK_TITLE, mu_bytes(mu_slice_str("held through")));
        mu_pair_arg(pair, ana, op, MU_TASK_COLUMN, mu_id_value(&column));
        mu_memdisk_cut_power(disk, after);
        bool good = mu_pair_try(pair, ana, &intent, &authored) == MU_OK;
        saved += good;

        mu_pair_power_cut(pair, ana, after);
        mu_pair_start(pair, ana);
        if (good && mu_pair_has(pair, ana, MU_COLUMN, column)) { /* else the cut took the board */
            assert_true(mu_pair_titled(pair, ana, task, "held through"));
            shown++;
        }
        mu_pair_check(pair);
        mu_pair_settle(pair);
        if (good) {
            assert_true(mu_pair_has(pair, ana, MU_TASK, task));
        }
    }
    assert_true(shown > 0 && saved < writes);
    mu_pair_check(pair);
}

static void test_client_crash__a_killed_server_keeps_what_it_answered(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    struct mu_id task = mu_pair_add(pair, ana, "one", MU_KIND_TODO);
    mu_pair_settle(pair);
    (void)mu_pair_title(pair, ana, task, "two");

    mu_pair_server_kill(pair);
    mu_pair_run(pair, 5000);
    assert_int_equal(mu_pair_status(pair, ana).link, MU_LINK_OFFLINE);
    mu_pair_server_start(pair);
    mu_pair_settle(pair);

    assert_true(mu_pair_titled(pair, ana, task, "two"));
    mu_pair_check(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLIENT_TEST(test_client_crash__opening_shows_what_the_outbox_has),
        CLIENT_TEST(test_client_crash__without_the_replay_the_check_notices),
        CLIENT_TEST(test_client_crash__rows_older_than_the_journal_catch_up),
        CLIENT_TEST(test_client_crash__a_deleted_replica_is_made_anew),
        CLIENT_TEST(test_client_crash__a_replica_of_another_team_is_refused),
        CLIENT_TEST(test_client_crash__power_may_go_at_any_write),
        CLIENT_TEST(test_client_crash__a_killed_server_keeps_what_it_answered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
