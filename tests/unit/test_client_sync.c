/* What people author reaches everybody, once and in order, whatever the wire does; offline
 * everything works; a refusal is kept where its author sees it. */
#include "tests/unit/client_fixture.h"

static size_t count_tasks(struct mu_pair *pair, size_t client)
{
    return (size_t)client_fixture_number(pair, &pair->clients[client].replica_db,
                                         "SELECT count(*) FROM task");
}

static void test_client_sync__an_edit_reaches_the_others(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);

    struct mu_id task = mu_pair_add(pair, ana, "call Kowalczyk", MU_KIND_TODO);
    assert_true(mu_pair_has(pair, ana, MU_TASK, task));
    assert_false(mu_pair_has(pair, kofi, MU_TASK, task));
    mu_pair_settle(pair);

    assert_true(mu_pair_titled(pair, kofi, task, "call Kowalczyk"));
    struct mu_row row = mu_pair_row(pair, ana, MU_TASK, task);
    assert_int_equal(mu_row_int(&row, MU_TASK_NO), 1);
    assert_true(pair->clients[kofi].views > 0);
    mu_pair_check(pair);
}

static void test_client_sync__edits_made_offline_come_along_later(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    struct mu_id task = mu_pair_add(pair, ana, "parser", MU_KIND_TODO);
    mu_pair_settle(pair);

    mu_pair_unplug(pair, kofi, false);
    (void)mu_pair_title(pair, kofi, task, "parser tests");
    struct mu_id other = mu_pair_add(pair, kofi, "lexer", MU_KIND_TODO);
    mu_pair_run(pair, 60000);
    (void)mu_pair_title(pair, ana, task, "the parser"); /* the later one stands */
    mu_pair_pump(pair);
    assert_true(mu_pair_titled(pair, kofi, task, "parser tests"));
    assert_int_equal(mu_pair_status(pair, kofi).link, MU_LINK_OFFLINE);
    assert_int_equal(mu_pair_status(pair, kofi).pending, 2);
    mu_pair_check(pair);
    mu_pair_plug(pair, kofi);
    mu_pair_settle(pair);

    assert_true(mu_pair_has(pair, ana, MU_TASK, other));
    assert_true(mu_pair_titled(pair, ana, task, "the parser"));
    assert_true(mu_pair_titled(pair, kofi, task, "the parser"));
    assert_int_equal(mu_pair_status(pair, ana).conflicts, 1);
    assert_int_equal(mu_pair_status(pair, kofi).conflicts, 1);
    mu_pair_check(pair);
}

static void test_client_sync__a_lost_ack_doubles_nothing(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    struct client_filter filter = {.kind = MU_MSG_PUSHACK, .client = ana, .drop = 1};
    client_fixture_filter(pair, &filter);

    (void)mu_pair_add(pair, ana, "once", MU_KIND_TODO);
    mu_pair_run(pair, 40000);
    (void)mu_pair_add(pair, ana, "twice", MU_KIND_TODO);
    mu_pair_settle(pair);

    assert_int_equal(filter.drop, 0);
    assert_int_equal(count_tasks(pair, ana), 2);
    assert_int_equal(mu_pair_server_status(pair).head.seq, 4);
    mu_pair_check(pair);
}

static void test_client_sync__a_push_without_answer_ends_the_connection(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    uint64_t connects = pair->clients[ana].connects;
    struct client_filter filter = {.kind = MU_MSG_PUSH, .client = ana, .drop = 1};
    client_fixture_filter(pair, &filter);

    (void)mu_pair_add(pair, ana, "lost on the way", MU_KIND_TODO);
    mu_pair_run(pair, 10000);
    assert_int_equal(mu_pair_status(pair, ana).pending, 1);
    mu_pair_run(pair, 15000);

    assert_true(mu_pair_logged(pair, ana, "link.lost why=push.unanswered"));
    assert_int_equal(pair->clients[ana].connects, connects + 1);
    assert_int_equal(mu_pair_status(pair, ana).pending, 0);
}

/* The same bytes twice, as a broken relay might: the second is passed over. */
static bool pass_twice(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    (void)state;
    mu_pair_post(pair, frame->client, frame->to_server, mu_slice_of(frame->bytes, frame->len));
    return true;
}

static void test_client_sync__every_message_twice_is_like_once(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    pair->pass = pass_twice;

    (void)mu_pair_add(pair, ana, "one", MU_KIND_TODO);
    (void)mu_pair_add(pair, kofi, "two", MU_KIND_TODO);
    mu_pair_pump(pair);
    pair->pass = NULL;
    mu_pair_settle(pair);

    assert_int_equal(count_tasks(pair, ana), 2);
    assert_int_equal(count_tasks(pair, kofi), 2);
    mu_pair_check(pair);
}

static void test_client_sync__a_prediction_refuses_and_keeps_nothing(void **state)
{
    struct mu_pair *pair = *state;
    (void)client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    struct mu_authored authored;
    struct mu_op *op = NULL;
    struct mu_intent intent = mu_pair_intent(pair, kofi, MU_INTENT_PERSON_ROLE, MU_PERSON,
                                             pair->clients[kofi].person, &op);
    mu_pair_arg(pair, kofi, op, MU_PERSON_ROLE, mu_int(MU_ROLE_LEAD));

    assert_int_equal(mu_pair_try(pair, kofi, &intent, &authored), MU_E_DENIED);

    assert_true(pair->err.text[0] != '\0');
    assert_int_equal(mu_pair_status(pair, kofi).pending, 0);
    mu_pair_check(pair);
}

static void test_client_sync__nothing_can_be_authored_before_the_first_load(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = mu_pair_join(pair);
    struct mu_authored authored;
    struct mu_op *op = NULL;
    struct mu_intent intent =
        mu_pair_intent(pair, ana, MU_INTENT_PERSON_EDIT, MU_PERSON, pair->clients[ana].person, &op);
    mu_pair_arg(pair, ana, op, MU_PERSON_NAME, mu_bytes(mu_slice_str("Ana")));

    assert_int_equal(mu_pair_try(pair, ana, &intent, &authored), MU_E_OFFLINE);
}

static struct mu_outbox_entry *entries_of(struct mu_pair *pair, size_t client, size_t *out_count)
{
    struct mu_outbox_entry *entries = NULL;
    assert_int_equal(mu_client_outbox(pair->clients[client].client, &pair->clients[client].arena,
                                      &entries, out_count, &pair->err),
                     MU_OK);
    return entries;
}

/* Kofi is demoted while he edits offline: the server's no comes back as a card. */
static void test_client_sync__a_refusal_is_a_card_until_dismissed(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    struct mu_id task = mu_pair_add(pair, ana, "budget", MU_KIND_TODO);
    mu_pair_settle(pair);
    mu_pair_unplug(pair, kofi, false);
    (void)mu_pair_title(pair, kofi, task, "mine now");
    struct mu_op *op = NULL;
    struct mu_intent intent = mu_pair_intent(pair, ana, MU_INTENT_PERSON_ROLE, MU_PERSON,
                                             pair->clients[kofi].person, &op);
    mu_pair_arg(pair, ana, op, MU_PERSON_ROLE, mu_int(MU_ROLE_OBSERVER));
    (void)mu_pair_author(pair, ana, &intent);
    mu_pair_pump(pair);
    mu_pair_plug(pair, kofi);
    mu_pair_settle(pair);

    size_t count = 0;
    struct mu_outbox_entry *entries = entries_of(pair, kofi, &count);
    assert_int_equal(count, 1);
    assert_int_equal(entries[0].state, MU_REFUSED);
    assert_int_equal(entries[0].code, MU_E_DENIED);
    assert_true(entries[0].reason.len > 0);
    assert_true(mu_pair_titled(pair, kofi, task, "budget"));
    assert_int_equal(mu_pair_status(pair, kofi).refused, 1);
    mu_pair_check(pair);
    assert_int_equal(
        mu_client_dismiss(pair->clients[kofi].client, entries[0].position + 1, &pair->err),
        MU_E_NOT_FOUND);
    assert_int_equal(mu_client_dismiss(pair->clients[kofi].client, entries[0].position, &pair->err),
                     MU_OK);
    (void)entries_of(pair, kofi, &count);
    assert_int_equal(count, 0);
    mu_pair_check(pair);
}

static void test_client_sync__what_waits_cannot_be_dismissed(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    mu_pair_unplug(pair, ana, false);
    (void)mu_pair_add(pair, ana, "waits", MU_KIND_TODO);
    size_t count = 0;
    struct mu_outbox_entry *entries = entries_of(pair, ana, &count);
    assert_int_equal(count, 1);
    assert_int_equal(entries[0].state, MU_QUEUED);

    assert_int_equal(mu_client_dismiss(pair->clients[ana].client, entries[0].position, &pair->err),
                     MU_E_CONFLICT);

    (void)entries_of(pair, ana, &count);
    assert_int_equal(count, 1);
}

/* More than one PUSH holds, and more than the server answers at once. */
static void test_client_sync__two_hundred_offline_edits_drain_in_order(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    mu_pair_unplug(pair, kofi, false);
    struct mu_id first = mu_pair_add(pair, kofi, "first", MU_KIND_TODO);
    for (int i = 0; i < 198; i++) {
        (void)mu_pair_add(pair, kofi, "one of many", MU_KIND_TODO);
    }
    struct mu_id last = mu_pair_add(pair, kofi, "last", MU_KIND_TODO);

    mu_pair_plug(pair, kofi);
    mu_pair_settle(pair);

    struct mu_row row = mu_pair_row(pair, ana, MU_TASK, first);
    assert_int_equal(mu_row_int(&row, MU_TASK_NO), 1);
    row = mu_pair_row(pair, ana, MU_TASK, last);
    assert_int_equal(mu_row_int(&row, MU_TASK_NO), 200);
    mu_pair_check(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLIENT_TEST(test_client_sync__an_edit_reaches_the_others),
        CLIENT_TEST(test_client_sync__edits_made_offline_come_along_later),
        CLIENT_TEST(test_client_sync__a_lost_ack_doubles_nothing),
        CLIENT_TEST(test_client_sync__a_push_without_answer_ends_the_connection),
        CLIENT_TEST(test_client_sync__every_message_twice_is_like_once),
        CLIENT_TEST(test_client_sync__a_prediction_refuses_and_keeps_nothing),
        CLIENT_TEST(test_client_sync__nothing_can_be_authored_before_the_first_load),
        CLIENT_TEST(test_client_sync__a_refusal_is_a_card_until_dismissed),
        CLIENT_TEST(test_client_sync__what_waits_cannot_be_dismissed),
        CLIENT_TEST(test_client_sync__two_hundred_offline_edits_drain_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
