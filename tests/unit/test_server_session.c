/* From an empty database to two people on one board: founding, enrolment, the verdicts of
 * WELCOME. */
#include "tests/harness/cmocka.h"

#include "tests/harness/player.h"

static void test_server__founding_is_the_first_change(void **state)
{
    (void)state;
    struct mu_stage stage;
    mu_stage_open(&stage);

    struct mu_log_head head = mu_stage_head(&stage);

    assert_int_equal(head.seq, 1);
    assert_int_equal(head.epoch, 1);
    assert_true(mu_id_equal(head.workspace, stage.workspace));
    mu_stage_close(&stage);
}

static void test_server__the_lead_enrols_and_sees_the_board(void **state)
{
    (void)state;
    struct mu_stage stage;
    struct mu_player ana;
    mu_stage_open(&stage);
    mu_player_open(&ana, &stage, 1);

    mu_player_enrol(&ana, stage.secret);
    assert_true(ana.enrolled);
    mu_player_live(&ana);

    struct mu_hash mine = mu_player_root(&ana);
    struct mu_hash theirs = mu_stage_root(&stage);
    assert_int_equal(ana.cursor.seq, 2);
    assert_true(mu_hash_equal(mine, theirs));
    mu_player_close(&ana);
    mu_stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_server__founding_is_the_first_change),
        cmocka_unit_test(test_server__the_lead_enrols_and_sees_the_board),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
