/* Taking back the newest own edit: here, after it was synced, and not where somebody else has
 * been since. */
#include <string.h>

#include "tests/unit/client_fixture.h"

static enum mu_status undo(struct mu_pair *pair, size_t client)
{
    struct mu_pair_client *who = &pair->clients[client];
    struct mu_intent intent;
    struct mu_id undone;
    struct mu_authored authored;
    enum mu_status status = mu_client_undo(who->client, &who->arena, &intent, &undone, &pair->err);
    return status == MU_OK ? mu_pair_try(pair, client, &intent, &authored) : status;
}

static int64_t state_of(struct mu_pair *pair, size_t client, struct mu_id task)
{
    struct mu_row row = mu_pair_row(pair, client, MU_TASK, task);
    return mu_row_int(&row, MU_TASK_STATE);
}

static struct mu_id column_of(struct mu_pair *pair, size_t client, struct mu_id task)
{
    struct mu_row row = mu_pair_row(pair, client, MU_TASK, task);
    return mu_row_id(&row, MU_TASK_COLUMN);
}

static void test_client_undo__an_edit_that_still_waits(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    struct mu_id task = mu_pair_add(pair, ana, "before", MU_KIND_TODO);
    mu_pair_settle(pair);
    mu_pair_unplug(pair, ana, false);
    (void)mu_pair_title(pair, ana, task, "after");

    assert_int_equal(undo(pair, ana), MU_OK);

    assert_true(mu_pair_titled(pair, ana, task, "before"));
    mu_pair_check(pair);
    mu_pair_plug(pair, ana);
    mu_pair_settle(pair);
    assert_true(mu_pair_titled(pair, ana, task, "before"));
    assert_int_equal(mu_pair_status(pair, ana).refused, 0);
    mu_pair_check(pair);
}

static void test_client_undo__after_it_was_synced_and_step_by_step(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    struct mu_id task = mu_pair_add(pair, ana, "one", MU_KIND_TODO);
    struct mu_id todo = column_of(pair, ana, task);
    int64_t assigned = state_of(pair, ana, task);
    (void)mu_pair_title(pair, ana, task, "two");
    mu_pair_settle(pair);
    (void)mu_pair_move(pair, ana, task, MU_KIND_DOING);
    mu_pair_settle(pair);
    assert_int_equal(state_of(pair, kofi, task), MU_STATE_DOING);

    assert_int_equal(undo(pair, ana), MU_OK);
    mu_pair_settle(pair);
    assert_int_equal(state_of(pair, kofi, task), assigned);
    assert_true(mu_id_equal(column_of(pair, kofi, task), todo));
    assert_int_equal(undo(pair, ana), MU_OK);
    mu_pair_settle(pair);
    assert_true(mu_pair_titled(pair, kofi, task, "one"));
    assert_int_equal(undo(pair, ana), MU_OK);
    mu_pair_settle(pair);

    struct mu_row row = mu_pair_row(pair, kofi, MU_TASK, task);
    assert_int_equal(mu_row_int(&row, MU_TASK_DELETED), 1);
    mu_pair_check(pair);
}

static void test_client_undo__not_over_what_another_wrote(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    struct mu_id task = mu_pair_add(pair, ana, "one", MU_KIND_TODO);
    (void)mu_pair_title(pair, ana, task, "ana's");
    mu_pair_settle(pair);
    (void)mu_pair_title(pair, kofi, task, "kofi's");
    mu_pair_settle(pair);

    assert_int_equal(undo(pair, ana), MU_E_CONFLICT);

    assert_non_null(strstr(pair->err.text, "title"));
    assert_true(mu_pair_titled(pair, ana, task, "kofi's"));
}

static void test_client_undo__nothing_to_take_back(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);

    assert_int_equal(undo(pair, ana), MU_E_NOT_FOUND);
}

static void test_client_undo__words_that_were_said_stay_said(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    struct mu_id task = mu_pair_add(pair, ana, "one", MU_KIND_TODO);
    struct mu_op *op = NULL;
    struct mu_intent intent = mu_pair_intent(pair, ana, MU_INTENT_COMMENT_ADD, MU_COMMENT,
                                             mu_entropy_id(&pair->entropy, pair->wall_ms), &op);
    mu_pair_arg(pair, ana, op, MU_COMMENT_TASK, mu_id_value(&task));
    mu_pair_arg(pair, ana, op, MU_COMMENT_TEXT, mu_bytes(mu_slice_str("so be it")));
    (void)mu_pair_author(pair, ana, &intent);

    assert_int_equal(undo(pair, ana), MU_E_DENIED);
}

/* What the server refused is not there to be taken back; the one before is. */
static void test_client_undo__a_refused_edit_is_passed_over(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    struct mu_id task = mu_pair_add(pair, kofi, "one", MU_KIND_TODO);
    (void)mu_pair_title(pair, kofi, task, "two");
    mu_pair_settle(pair);
    mu_pair_unplug(pair, kofi, false);
    (void)mu_pair_title(pair, kofi, task, "three");
    struct mu_op *op = NULL;
    struct mu_intent role = mu_pair_intent(pair, ana, MU_INTENT_PERSON_ROLE, MU_PERSON,
                                           pair->clients[kofi].person, &op);
    mu_pair_arg(pair, ana, op, MU_PERSON_ROLE, mu_int(MU_ROLE_OBSERVER));
    (void)mu_pair_author(pair, ana, &role);
    mu_pair_pump(pair);
    mu_pair_plug(pair, kofi);
    mu_pair_settle(pair);
    assert_int_equal(mu_pair_status(pair, kofi).refused, 1);
    role = mu_pair_intent(pair, ana, MU_INTENT_PERSON_ROLE, MU_PERSON, pair->clients[kofi].person,
                          &op);
    mu_pair_arg(pair, ana, op, MU_PERSON_ROLE, mu_int(MU_ROLE_MEMBER));
    (void)mu_pair_author(pair, ana, &role);
    mu_pair_settle(pair);

    assert_int_equal(undo(pair, kofi), MU_OK);
    mu_pair_settle(pair);

    assert_true(mu_pair_titled(pair, ana, task, "one"));
    mu_pair_check(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLIENT_TEST(test_client_undo__an_edit_that_still_waits),
        CLIENT_TEST(test_client_undo__after_it_was_synced_and_step_by_step),
        CLIENT_TEST(test_client_undo__not_over_what_another_wrote),
        CLIENT_TEST(test_client_undo__nothing_to_take_back),
        CLIENT_TEST(test_client_undo__words_that_were_said_stay_said),
        CLIENT_TEST(test_client_undo__a_refused_edit_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
