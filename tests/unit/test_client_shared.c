/* Two processes on one replica, as the command line and the agent are: each sees what the
 * other wrote, neither waits for ever, and a file that is held gives BUSY with nothing done. */
#include <stdlib.h>

#include "tests/harness/folder.h"
#include "tests/unit/client_fixture.h"

/* The agent is client 0 of the pair; the command line opens the same files beside it. */
struct shared {
    struct mu_pair pair;
    struct mu_db replica_db, outbox_db;
    struct mu_client *line;
    void *folder;
};

static void open_line(struct shared *shared)
{
    struct mu_pair *pair = &shared->pair;
    struct mu_client_turn turn = mu_pair_turn(pair, 0);
    mu_pair_open_file(pair, 0, &shared->replica_db, "replica.db");
    mu_pair_open_file(pair, 0, &shared->outbox_db, "outbox.db");
    assert_int_equal(mu_client_open(&shared->replica_db, &shared->outbox_db, &pair->clients[0].file,
                                    &turn, &shared->line, &pair->err),
                     MU_OK);
}

static int enter(void **state)
{
    struct shared *shared = calloc(1, sizeof *shared);
    if (shared == NULL || mu_folder_enter(&shared->folder) != 0) {
        return -1;
    }
    mu_pair_open(&shared->pair, "shared");
    shared->pair.real_files = true;
    (void)client_fixture_lead(&shared->pair);
    open_line(shared);
    *state = shared;
    return 0;
}

static int leave(void **state)
{
    struct shared *shared = *state;
    mu_client_close(shared->line);
    mu_db_close(&shared->replica_db);
    mu_db_close(&shared->outbox_db);
    mu_pair_close(&shared->pair);
    int rc = mu_folder_leave(&shared->folder);
    free(shared);
    return rc;
}

static enum mu_status line_adds(struct shared *shared, struct mu_id *out_task)
{
    struct mu_pair *pair = &shared->pair;
    struct mu_client_turn turn = mu_pair_turn(pair, 0);
    struct mu_authored authored;
    struct mu_op *op = NULL;
    struct mu_id column = mu_pair_column(pair, 0, MU_KIND_TODO);
    *out_task = mu_entropy_id(&pair->entropy, pair->wall_ms);
    struct mu_intent intent = mu_pair_intent(pair, 0, MU_INTENT_TASK_ADD, MU_TASK, *out_task, &op);
    mu_pair_arg(pair, 0, op, MU_TASK_TITLE, mu_bytes(mu_slice_str("from the command line")));
    mu_pair_arg(pair, 0, op, MU_TASK_COLUMN, mu_id_value(&column));
    return mu_client_author(shared->line, &turn, &intent, &pair->clients[0].arena, &authored,
                            &pair->err);
}

static void test_client_shared__an_edit_of_one_is_sent_by_the_other(void **state)
{
    struct shared *shared = *state;
    struct mu_pair *pair = &shared->pair;
    struct mu_id task;

    assert_int_equal(line_adds(shared, &task), MU_OK);
    assert_true(mu_pair_titled(pair, 0, task, "from the command line"));
    pair->clients[0].poked = true;
    mu_pair_settle(pair);

    assert_int_equal(mu_pair_server_status(pair).head.seq, 3);
    struct mu_client_status status;
    assert_int_equal(mu_client_status(shared->line, &status, &pair->err), MU_OK);
    assert_int_equal(status.pending, 0);
    assert_int_equal(status.link, MU_LINK_LIVE);
    mu_pair_check(pair);
}

static void test_client_shared__both_author_in_turn(void **state)
{
    struct shared *shared = *state;
    struct mu_pair *pair = &shared->pair;
    mu_pair_unplug(pair, 0, false);
    for (int i = 0; i < 10; i++) {
        struct mu_id task;
        assert_int_equal(line_adds(shared, &task), MU_OK);
        (void)mu_pair_title(pair, 0, task, "from the agent");
    }
    assert_int_equal(mu_client_check(shared->line, &pair->err), MU_OK);
    mu_pair_check(pair);

    mu_pair_plug(pair, 0);
    mu_pair_settle(pair);

    assert_int_equal(mu_pair_server_status(pair).head.seq, 22);
    mu_pair_check(pair);
    assert_int_equal(mu_client_check(shared->line, &pair->err), MU_OK);
}

static void test_client_shared__a_held_file_gives_busy_and_nothing_is_done(void **state)
{
    struct shared *shared = *state;
    struct mu_pair *pair = &shared->pair;
    struct mu_client_turn turn = mu_pair_turn(pair, 0);
    struct mu_client_outputs out;
    struct mu_client_input input = {.kind = MU_CLIENT_BYE};
    struct mu_id task;
    struct mu_db *held[] = {&pair->clients[0].replica_db, &pair->clients[0].outbox_db};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(mu_db_begin(held[i], &pair->err), MU_OK);
        assert_int_equal(line_adds(shared, &task), MU_E_BUSY);
        assert_int_equal(mu_client_run(shared->line, &turn, &input, 1, &out, &pair->err),
                         MU_E_BUSY);
        mu_db_rollback(held[i]);
        assert_false(mu_pair_has(pair, 0, MU_TASK, task));
    }

    assert_int_equal(line_adds(shared, &task), MU_OK);
    assert_true(mu_pair_has(pair, 0, MU_TASK, task));
}

/* A reader is not kept out by a turn under way. */
static void test_client_shared__opening_to_read_waits_for_nobody(void **state)
{
    struct shared *shared = *state;
    struct mu_pair *pair = &shared->pair;
    (void)mu_pair_add(pair, 0, "to be read", MU_KIND_TODO);
    mu_client_close(shared->line);
    shared->line = NULL;
    mu_db_close(&shared->replica_db);
    mu_db_close(&shared->outbox_db);
    assert_int_equal(mu_db_begin(&pair->clients[0].outbox_db, &pair->err), MU_OK);
    assert_int_equal(mu_db_begin(&pair->clients[0].replica_db, &pair->err), MU_OK);

    open_line(shared);

    mu_db_rollback(&pair->clients[0].replica_db);
    mu_db_rollback(&pair->clients[0].outbox_db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_client_shared__an_edit_of_one_is_sent_by_the_other,
                                        enter, leave),
        cmocka_unit_test_setup_teardown(test_client_shared__both_author_in_turn, enter, leave),
        cmocka_unit_test_setup_teardown(
            test_client_shared__a_held_file_gives_busy_and_nothing_is_done, enter, leave),
        cmocka_unit_test_setup_teardown(test_client_shared__opening_to_read_waits_for_nobody, enter,
                                        leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
