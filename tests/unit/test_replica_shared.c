/* The agent and a command have one file open at the same time: what one writes the other sees in
 * its next transaction, and nothing that one keeps in memory spoils what the other has written. */
#include "tests/unit/replica_fixture.h"

#include "tests/harness/folder.h"

struct side {
    struct mu_db db;
    struct mu_replica *replica;
    struct mu_arena arena;
};

static void must(enum mu_status status, const struct mu_error *err)
{
    if (status != MU_OK) {
        fail_msg("%s", err->text);
    }
}

static void side_open(struct side *side, const struct mu_description *about)
{
    struct mu_error err = {0};
    mu_arena_init(&side->arena, (size_t)16 << 20);
    must(mu_db_open(&side->db,
                    &(struct mu_db_options){
                        .path = "r.db", .application_id = FIXTURE_KIND, .busy_ms = 1000},
                    &err),
         &err);
    must(mu_replica_open_as(&side->db, about, &side->replica, &err), &err);
}

static void side_close(struct side *side)
{
    mu_replica_close(side->replica);
    mu_db_close(&side->db);
    mu_arena_deinit(&side->arena);
}

static void write_row(struct side *side, uint64_t seq)
{
    struct mu_error err = {0};
    struct mu_row_refs stale;
    struct mu_row effect = row_of(MU_TASK, seq % 7);
    assert_int_equal(mu_row_set(&effect, &side->arena, MU_TASK_NO, mu_int((int64_t)seq), 0), MU_OK);
    must(mu_replica_apply(side->replica, &side->arena, &effect, 1, seq, &stale, &err), &err);
}

static void set_workspace(struct side *side, uint64_t number)
{
    struct mu_error err = {0};
    struct mu_id workspace = id_of(number);
    must(mu_replica_meta_set(side->replica, MU_META_WORKSPACE, mu_id_view(&workspace), &err), &err);
}

static void assert_true_digest(struct side *side)
{
    struct mu_error err = {0};
    struct mu_digest stored;
    struct mu_digest computed;
    must(mu_replica_digest(side->replica, &stored, &err), &err);
    must(mu_replica_recompute(side->replica, &computed, &err), &err);
    assert_digests_equal(&stored, &computed);
}

static void test_replica_shared__two_write_in_turns(void **state)
{
    (void)state;
    struct side sides[2];
    struct mu_error err = {0};
    struct mu_dice dice = {.state = 3};
    struct mu_description domain = domain_description();
    side_open(&sides[0], &domain);
    side_open(&sides[1], &domain);
    for (uint64_t seq = 1; seq <= 200; seq++) {
        struct side *side = &sides[mu_dice_below(&dice, 2)];
        struct mu_row edit = row_of(MU_TASK, seq % 7);
        assert_int_equal(mu_row_set(&edit, &side->arena, MU_TASK_STATE, mu_int(3), 0), MU_OK);
        must(mu_db_begin(&side->db, &err), &err);
        write_row(side, seq);
        if (mu_dice_below(&dice, 5) == 0) {
            must(mu_replica_overlay(side->replica, &side->arena, &edit, &err), &err);
        }
        if (mu_dice_below(&dice, 5) == 0) {
            struct mu_row_ref ref = {.entity = MU_TASK, .id = edit.id};
            must(mu_replica_settle(side->replica, &side->arena, ref, &err), &err);
        }
        if (mu_dice_below(&dice, 4) == 0) {
            mu_db_rollback(&side->db);
        } else {
            must(mu_db_commit(&side->db, &err), &err);
        }
        assert_true_digest(&sides[0]);
        assert_true_digest(&sides[1]);
    }
    side_close(&sides[1]);
    side_close(&sides[0]);
}

static void test_replica_shared__a_workspace_that_was_undone_keys_nothing(void **state)
{
    (void)state;
    struct side one;
    struct side two;
    struct mu_error err = {0};
    struct mu_description domain = domain_description();
    side_open(&one, &domain);
    side_open(&two, &domain);
    must(mu_db_begin(&one.db, &err), &err);
    write_row(&one, 1);
    mu_db_rollback(&one.db);
    must(mu_db_begin(&one.db, &err), &err);
    set_workspace(&one, 1);
    write_row(&one, 1);
    write_row(&one, 2);
    mu_db_rollback(&one.db);

    must(mu_db_begin(&two.db, &err), &err);
    set_workspace(&two, 2);
    write_row(&two, 1);
    must(mu_db_commit(&two.db, &err), &err);
    must(mu_db_begin(&one.db, &err), &err);
    write_row(&one, 2);
    must(mu_db_commit(&one.db, &err), &err);

    assert_true_digest(&one);
    assert_true_digest(&two);
    struct side fresh;
    side_open(&fresh, &domain);
    assert_true_digest(&fresh);
    side_close(&fresh);
    side_close(&two);
    side_close(&one);
}

/* The agent of yesterday's version runs on while today's command opens the file. */
static void test_replica_shared__an_upgrade_under_a_running_program_is_told(void **state)
{
    (void)state;
    struct side old;
    struct side new;
    struct mu_error err = {0};
    struct mu_description domain = domain_description();
    static struct mu_entity entities[MU_TASK];
    struct mu_description older = {.entities = entities, .entity_count = MU_TASK};
    memcpy(entities, domain.entities, sizeof entities);
    entities[MU_TASK - 1].field_count = MU_TASK_STATE;
    side_open(&old, &older);
    must(mu_db_begin(&old.db, &err), &err);
    write_row(&old, 1);
    must(mu_db_commit(&old.db, &err), &err);

    side_open(&new, &domain);
    struct mu_row effect = row_of(MU_TASK, 1);
    struct mu_row_refs stale;
    struct mu_row row;
    bool found = false;
    assert_int_equal(
        mu_row_set(&effect, &new.arena, MU_TASK_DUE, mu_bytes(mu_slice_str("2026-11-27")), 0),
        MU_OK);
    must(mu_db_begin(&new.db, &err), &err);
    must(mu_replica_apply(new.replica, &new.arena, &effect, 1, 2, &stale, &err), &err);
    must(mu_db_commit(&new.db, &err), &err);

    assert_int_equal(
        mu_replica_row(old.replica, &old.arena, MU_TASK, effect.id, &row, &found, &err),
        MU_E_VERSION);
    assert_string_equal(err.text, "'r.db' was written by a newer Muster; upgrade this program");
    side_close(&new);
    side_close(&old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_replica_shared__two_write_in_turns, mu_folder_enter,
                                        mu_folder_leave),
        cmocka_unit_test_setup_teardown(
            test_replica_shared__a_workspace_that_was_undone_keys_nothing, mu_folder_enter,
            mu_folder_leave),
        cmocka_unit_test_setup_teardown(
            test_replica_shared__an_upgrade_under_a_running_program_is_told, mu_folder_enter,
            mu_folder_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
