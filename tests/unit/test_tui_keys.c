/* Keys are one table that a person may change, and one key never means two things. */
#include "tests/harness/cmocka.h"

#include <string.h>

#include "client/tui/keys.h"

static const struct mu_key_row rows[] = {
    {"left", "h Left", ""}, {"done", "x", ""}, {"take", "Space", ""}, {"text", "C-e", ""}};

static const struct mu_key_row foreign_rows[] = {{"ack", "Space", ""}};
static const struct mu_key_table table = {rows, 4};
static const struct mu_key_table foreign = {foreign_rows, 1};

static void test_keys__find_their_row(void **state)
{
    struct mu_bindings bindings;
    struct mu_error err;
    (void)state;
    assert_int_equal(mu_bindings_make(table, foreign, "", &bindings, &err), MU_OK);

    assert_int_equal(mu_bindings_find(&bindings, 'h'), 0);
    assert_int_equal(mu_bindings_find(&bindings, MU_KEY_LEFT), 0);
    assert_int_equal(mu_bindings_find(&bindings, ' '), 2);
    assert_int_equal(mu_bindings_find(&bindings, 5), 3);
    assert_int_equal(mu_bindings_find(&bindings, 'y'), 4);
    assert_int_equal(mu_bindings_find(&bindings, MU_KEY_NONE), 4);
}

static void test_keys__may_be_changed(void **state)
{
    struct mu_bindings bindings;
    struct mu_error err;
    (void)state;

    assert_int_equal(
        mu_bindings_make(table, foreign, "done=D  ack=k left=\xc3\xa4,Left", &bindings, &err),
        MU_OK);

    assert_int_equal(mu_bindings_find(&bindings, 'D'), 1);
    assert_int_equal(mu_bindings_find(&bindings, 'x'), 4);
    assert_int_equal(mu_bindings_find(&bindings, 0xe4), 0);
    assert_int_equal(mu_bindings_find(&bindings, 'h'), 4);
}

static void refuses(const char *changes, const char *because)
{
    struct mu_bindings bindings;
    struct mu_error err;
    assert_int_equal(mu_bindings_make(table, foreign, changes, &bindings, &err), MU_E_USAGE);
    assert_string_equal(err.text, because);
}

static void test_keys__what_cannot_be_is_named(void **state)
{
    (void)state;
    refuses("done=h", "keys: 'h' is meant for both left and done");
    refuses("fly=f", "keys: 'fly' names nothing that a screen does");
    refuses("done", "keys: 'done' names nothing that a screen does");
    refuses("done=", "keys: which key for 'done'?");
    refuses("done=Hyper", "keys: 'Hyper' is no key");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys__find_their_row),
        cmocka_unit_test(test_keys__may_be_changed),
        cmocka_unit_test(test_keys__what_cannot_be_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
