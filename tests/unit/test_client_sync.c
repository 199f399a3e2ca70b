/* Client and server cores against each other: what people author reaches everybody, once, and
 * nothing that was saved is lost. */
#include "tests/harness/cmocka.h"
#include "tests/harness/pair.h"

static int open_pair(void **state)
{
    static struct mu_pair pair;
    mu_pair_open(&pair, "sync");
    *state = &pair;
    return 0;
}

static int close_pair(void **state)
{
    mu_pair_close(*state);
    return 0;
}

static void test_client_sync__an_edit_reaches_the_others(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = mu_pair_join(pair);
    mu_pair_settle(pair);
    size_t kofi = mu_pair_join(pair);
    mu_pair_settle(pair);

    struct mu_id task = mu_pair_add(pair, ana, "call Kowalczyk", MU_KIND_TODO);
    assert_true(mu_pair_has(pair, ana, MU_TASK, task));
    assert_false(mu_pair_has(pair, kofi, MU_TASK, task));
    mu_pair_settle(pair);

    assert_true(mu_pair_titled(pair, kofi, task, "call Kowalczyk"));
    struct mu_row row = mu_pair_row(pair, ana, MU_TASK, task);
    assert_int_equal(mu_row_int(&row, MU_TASK_NO), 1);
    assert_int_equal(mu_pair_status(pair, ana).pending, 0);
    mu_pair_check(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_client_sync__an_edit_reaches_the_others, open_pair,
                                        close_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
