/* The table of conflicts, row by row.  At stake: that nothing which somebody wrote is lost in
 * silence, and that no conflict is made where there is none. */
#include "tests/harness/cmocka.h"
#include "tests/unit/model_world.h"

static struct stage stage;

static int open_stage(void **state)
{
    (void)state;
    stage_open(&stage);
    return 0;
}

static int close_stage(void **state)
{
    (void)state;
    stage_close(&stage);
    return 0;
}

static void edit_text(struct mu_id task, uint32_t field, const char *text)
{
    begin(&stage, MU_INTENT_TASK_EDIT);
    op(&stage, MU_TASK, task);
    with_text(&stage, field, text);
}

static void test_decide__a_seen_value_is_simply_written(void **state)
{
    (void)state;
    struct mu_id task = stage_task(&stage, TODO, "one");

    edit_text(task, MU_TASK_TITLE, "two");
    agreed(&stage, KOFI);

    assert_text(&stage, MU_TASK, task, MU_TASK_TITLE, "two");
    assert_int_equal(stage_conflicts(&stage), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_decide__a_seen_value_is_simply_written, open_stage,
                                        close_stage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
