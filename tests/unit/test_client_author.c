/* Edits that belong together.  At stake: a check-in with its promises and its blocker is saved
 * as a whole or not at all. */
#include "tests/unit/client_fixture.h"

static struct mu_intent title_of(struct mu_pair *pair, size_t client, struct mu_id task,
                                 const char *title)
{
    struct mu_intent intent = {.number = MU_INTENT_TASK_EDIT, .version = 1};
    struct mu_arena *arena = &pair->clients[client].arena;
    struct mu_op *op = mu_intent_op(&intent, arena, MU_TASK, task);
    assert_non_null(op);
    assert_true(mu_op_arg(op, arena, MU_TASK_TITLE, mu_bytes(mu_slice_str(title))));
    return intent;
}

static enum mu_status author(struct mu_pair *pair, size_t client, const struct mu_intent *intents,
                             size_t count, struct mu_authored *out)
{
    struct mu_pair_client *who = &pair->clients[client];
    struct mu_client_turn turn = mu_pair_turn(pair, client);
    return mu_client_author_all(who->client, &turn, intents, count, &who->arena, out, &pair->err);
}

static void test_client_author__several_are_saved_in_order_each_on_the_one_before(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    struct mu_id task = mu_pair_add(pair, ana, "none", MU_KIND_TODO);
    mu_pair_settle(pair);
    mu_pair_unplug(pair, ana, false);
    struct mu_intent intents[2] = {title_of(pair, ana, task, "one"),
                                   title_of(pair, ana, task, "two")};
    struct mu_authored authored[2];

    assert_int_equal(author(pair, ana, intents, 2, authored), MU_OK);

    assert_true(mu_pair_titled(pair, ana, task, "two"));
    assert_int_equal(authored[1].position, authored[0].position + 1);
    assert_int_equal(mu_pair_status(pair, ana).pending, 2);
    mu_pair_check(pair);
    mu_pair_plug(pair, ana);
    mu_pair_settle(pair);
    assert_int_equal(mu_pair_status(pair, ana).pending, 0);
    mu_pair_check(pair);
}

static void test_client_author__one_that_is_refused_saves_none(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    struct mu_id task = mu_pair_add(pair, ana, "none", MU_KIND_TODO);
    mu_pair_settle(pair);
    struct mu_intent intents[2] = {title_of(pair, ana, task, "one"),
                                   title_of(pair, ana, (struct mu_id){{7}}, "two")};
    struct mu_authored authored[2] = {{.position = 77}};

    assert_int_equal(author(pair, ana, intents, 2, authored), MU_E_NOT_FOUND);

    assert_true(mu_pair_titled(pair, ana, task, "none"));
    assert_int_equal(authored[0].position, 77);
    assert_int_equal(mu_pair_status(pair, ana).pending, 0);
    mu_pair_check(pair);
    (void)mu_pair_title(pair, ana, task, "three"); /* numbers go on without a hole */
    mu_pair_settle(pair);
    mu_pair_check(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLIENT_TEST(test_client_author__several_are_saved_in_order_each_on_the_one_before),
        CLIENT_TEST(test_client_author__one_that_is_refused_saves_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
