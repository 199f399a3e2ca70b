/* The session over time: silence, refusal, backoff, credit, keys that come late, a server that
 * is another or says nonsense. */
#include <string.h>

#include "common/wire/mutation.h"
#include "tests/unit/client_fixture.h"

static void test_client_link__silence_is_noticed_and_a_new_connection_made(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    mu_pair_run(pair, 7000); /* one beacon at least */
    assert_int_equal(mu_pair_status(pair, ana).link, MU_LINK_LIVE);
    int64_t cut_ms = pair->wall_ms;

    mu_pair_unplug(pair, ana, true);
    mu_pair_run(pair, 16000);

    struct mu_client_status status = mu_pair_status(pair, ana);
    assert_int_equal(status.link, MU_LINK_OFFLINE);
    assert_true(mu_pair_logged(pair, ana, "link.lost why=silence"));
    assert_true(status.offline_since_ms >= cut_ms && status.offline_since_ms <= cut_ms + 16000);
    assert_true(status.heard_ms <= cut_ms);
    mu_pair_plug(pair, ana);
    mu_pair_settle(pair);
    assert_int_equal(mu_pair_status(pair, ana).link, MU_LINK_LIVE);
}

static void test_client_link__idle_minutes_stay_live(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    uint64_t connects = pair->clients[ana].connects;

    mu_pair_run(pair, INT64_C(300000));

    assert_int_equal(pair->clients[ana].connects, connects);
    assert_int_equal(mu_pair_status(pair, ana).link, MU_LINK_LIVE);
}

static void test_client_link__a_session_is_renewed_after_half_a_day(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    uint64_t connects = pair->clients[ana].connects;

    pair->mono_ms += INT64_C(12) * 3600000;
    pair->wall_ms += INT64_C(12) * 3600000;
    mu_pair_run(pair, 2000);

    assert_true(mu_pair_logged(pair, ana, "link.lost why=session.old"));
    assert_int_equal(pair->clients[ana].connects, connects + 1);
    assert_int_equal(mu_pair_status(pair, ana).link, MU_LINK_LIVE);
}

static void test_client_link__retries_grow_to_half_a_minute(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    mu_pair_server_kill(pair);
    mu_pair_run(pair, 120000);
    uint64_t connects = pair->clients[ana].connects;

    mu_pair_run(pair, INT64_C(600000));

    /* Every attempt waits 10 s for an answer and 15 to 30 s for the next. */
    uint64_t tries = pair->clients[ana].connects - connects;
    assert_true(tries >= 600 / 40 - 1 && tries <= 600 / 25 + 1);
}

static void test_client_link__a_poke_tries_at_once(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    mu_pair_unplug(pair, ana, false);
    mu_pair_run(pair, 300000);
    while (pair->clients[ana].wake_at_ms <= pair->mono_ms + 5000 ||
           mu_pair_status(pair, ana).link != MU_LINK_OFFLINE) {
        mu_pair_run(pair, 1000);
    }
    mu_pair_plug(pair, ana);

    (void)mu_pair_add(pair, ana, "now", MU_KIND_TODO);
    mu_pair_pump(pair);

    /* When the poke fell into an attempt that nobody answers, the next one comes after it. */
    mu_pair_run(pair, 11000);
    assert_int_equal(mu_pair_status(pair, ana).link, MU_LINK_LIVE);
    assert_int_equal(mu_pair_status(pair, ana).pending, 0);
}

/* -- parked -------------------------------------------------------------------- */

static void revoke(struct mu_pair *pair, size_t lead, size_t whose)
{
    struct mu_op *op = NULL;
    struct mu_intent intent = mu_pair_intent(pair, lead, MU_INTENT_DEVICE_REVOKE, MU_DEVICE,
                                             pair->clients[whose].file.device, &op);
    (void)mu_pair_author(pair, lead, &intent);
    mu_pair_pump(pair);
}

static void test_client_link__a_revoked_device_is_parked_and_keeps_its_edits(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    mu_pair_unplug(pair, kofi, false);
    (void)mu_pair_add(pair, kofi, "unsent", MU_KIND_TODO);
    revoke(pair, ana, kofi);

    mu_pair_plug(pair, kofi);
    mu_pair_run(pair, 60000);

    struct mu_client_status status = mu_pair_status(pair, kofi);
    assert_int_equal(status.link, MU_LINK_PARKED);
    assert_int_equal(status.parked_code, MU_E_DENIED);
    assert_true(status.parked_reason[0] != '\0');
    assert_int_equal(status.pending, 1);
    uint64_t connects = pair->clients[kofi].connects;
    mu_pair_run(pair, INT64_C(1500000));
    assert_true(pair->clients[kofi].connects - connects <= 6);
    (void)mu_pair_add(pair, kofi, "still at work", MU_KIND_TODO);
    assert_int_equal(mu_pair_status(pair, kofi).pending, 2);
}

static void test_client_link__a_device_revoked_while_connected_is_parked(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);

    revoke(pair, ana, kofi);
    mu_pair_run(pair, 20000);

    assert_int_equal(mu_pair_status(pair, kofi).link, MU_LINK_PARKED);
    assert_int_equal(mu_pair_status(pair, kofi).parked_code, MU_E_DENIED);
}

/* WELCOME with something changed in it. */
struct welcome {
    enum mu_welcome_verdict verdict; /* 0: as it was */
    bool other_server;
    bool done;
};

static bool change_welcome(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    struct welcome *change = state;
    struct mu_arena *arena = &pair->clients[frame->client].arena;
    struct mu_message message;
    static const uint8_t other[32] = {1, 2, 3};
    if (change->done || frame->to_server ||
        mu_message_decode(mu_slice_of(frame->bytes, frame->len), arena, &message, &pair->err) !=
            MU_OK ||
        message.kind != MU_MSG_WELCOME) {
        return true;
    }
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_MESSAGE_MAX);
    if (change->verdict != 0) {
        message.welcome.verdict = change->verdict;
    }
    if (change->other_server) {
        message.welcome.server_sign = mu_slice_of(other, sizeof other);
    }
    assert_int_equal(mu_message_encode(&message, arena, &bytes), MU_OK);
    change->done = true;
    mu_pair_post(pair, frame->client, false, mu_buf_view(&bytes));
    return false;
}

static void parked_by(struct mu_pair *pair, struct welcome *change, enum mu_status code)
{
    size_t ana = mu_pair_join(pair);
    pair->pass = change_welcome;
    pair->pass_state = change;
    mu_pair_pump(pair);

    assert_int_equal(mu_pair_status(pair, ana).link, MU_LINK_PARKED);
    assert_int_equal(mu_pair_status(pair, ana).parked_code, code);
    mu_pair_run(pair, 301000);
    mu_pair_settle(pair);
    assert_int_equal(mu_pair_status(pair, ana).parked_code, 0);
    assert_string_equal(mu_pair_status(pair, ana).parked_reason, "");
}

static void test_client_link__another_servers_keys_are_not_trusted(void **state)
{
    struct welcome change = {.other_server = true};
    parked_by(*state, &change, MU_E_CRYPTO);
}

static void test_client_link__a_newer_protocol_parks(void **state)
{
    struct welcome change = {.verdict = MU_WELCOME_UPGRADE_REQUIRED};
    parked_by(*state, &change, MU_E_VERSION);
}

/* -- the stream ------------------------------------------------------------------- */

static void test_client_link__credit_is_given_back_as_it_is_used(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    char title[3000];
    memset(title, 'x', sizeof title - 1);
    title[sizeof title - 1] = '\0';
    mu_pair_unplug(pair, kofi, false);
    for (int i = 0; i < 400; i++) { /* several times the first credit */
        (void)mu_pair_add(pair, ana, title, MU_KIND_TODO);
    }
    mu_pair_settle(pair);
    struct client_filter filter = {.kind = MU_MSG_CREDIT, .client = kofi};
    client_fixture_filter(pair, &filter);

    mu_pair_plug(pair, kofi);
    mu_pair_settle(pair);

    assert_true(filter.seen >= 5);
    mu_pair_check(pair);
}

/* The newest epoch's key is not known here when its first change comes. */
static void test_client_link__an_unknown_epoch_is_asked_for_and_nothing_lost(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    size_t mia = client_fixture_member(pair);
    struct client_filter filter = {.kind = MU_MSG_KEYS, .client = kofi, .drop = 1};
    client_fixture_filter(pair, &filter);
    mu_pair_kill(pair, mia);
    revoke(pair, ana, mia); /* begins a new epoch; the KEYS that go ahead are lost */

    struct mu_id task = mu_pair_add(pair, ana, "under the new key", MU_KIND_TODO);
    mu_pair_pump(pair);

    assert_int_equal(filter.drop, 0);
    assert_true(filter.seen >= 3); /* lost, asked, answered */
    assert_true(mu_pair_titled(pair, kofi, task, "under the new key"));
    assert_int_equal(mu_pair_status(pair, kofi).link, MU_LINK_LIVE);
    mu_pair_check(pair);
}

static void test_client_link__a_key_that_never_comes_ends_the_session(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    size_t mia = client_fixture_member(pair);
    struct client_filter filter = {.kind = MU_MSG_KEYS, .client = kofi, .drop = 1000};
    client_fixture_filter(pair, &filter);
    mu_pair_kill(pair, mia);
    revoke(pair, ana, mia);
    struct mu_id task = mu_pair_add(pair, ana, "under the new key", MU_KIND_TODO);

    mu_pair_run(pair, 11000);
    assert_true(mu_pair_logged(pair, kofi, "link.lost why=keys.unanswered"));
    mu_pair_settle(pair); /* WELCOME brings it */

    assert_true(mu_pair_titled(pair, kofi, task, "under the new key"));
    mu_pair_check(pair);
}

static void test_client_link__a_hole_in_the_stream_ends_the_session(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    struct client_filter filter = {.kind = MU_MSG_CHANGES, .client = kofi, .drop = 1};
    client_fixture_filter(pair, &filter);
    struct mu_id lost = mu_pair_add(pair, ana, "lost", MU_KIND_TODO);
    mu_pair_pump(pair);
    (void)mu_pair_add(pair, ana, "after it", MU_KIND_TODO);
    mu_pair_pump(pair);

    assert_true(mu_pair_logged(pair, kofi, "link.lost why=stream.gap"));
    mu_pair_settle(pair);

    assert_true(mu_pair_has(pair, kofi, MU_TASK, lost));
    mu_pair_check(pair);
}

static void test_client_link__without_contiguity_a_hole_goes_unnoticed(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    mu_client_sabotage(pair->clients[kofi].client,
                       (struct mu_client_sabotage){.no_contiguity = true, .no_chain_check = true});
    struct client_filter filter = {.kind = MU_MSG_CHANGES, .client = kofi, .drop = 1};
    client_fixture_filter(pair, &filter);
    struct mu_id lost = mu_pair_add(pair, ana, "lost", MU_KIND_TODO);
    mu_pair_pump(pair);
    (void)mu_pair_add(pair, ana, "after it", MU_KIND_TODO);
    mu_pair_pump(pair);

    assert_int_equal(mu_pair_status(pair, kofi).cursor.seq, mu_pair_server_status(pair).head.seq);
    assert_false(mu_pair_has(pair, kofi, MU_TASK, lost));
}

static void test_client_link__without_rearming_what_was_sent_stays_behind(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    mu_client_sabotage(pair->clients[ana].client, (struct mu_client_sabotage){.no_rearm = true});
    struct client_filter filter = {.kind = MU_MSG_PUSH, .client = ana, .drop = 1};
    client_fixture_filter(pair, &filter);
    (void)mu_pair_add(pair, ana, "sent, not received", MU_KIND_TODO);

    mu_pair_run(pair, INT64_C(300000));

    assert_int_equal(mu_pair_status(pair, ana).pending, 1);
    mu_client_sabotage(pair->clients[ana].client, (struct mu_client_sabotage){0});
    mu_pair_settle(pair);
}

static void test_client_link__leaving_on_the_ack_makes_an_edit_flicker(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    mu_client_sabotage(pair->clients[ana].client,
                       (struct mu_client_sabotage){.leave_on_ack = true});
    struct client_filter filter = {.kind = MU_MSG_CHANGES, .client = ana, .drop = 1};
    client_fixture_filter(pair, &filter);
    struct mu_id task = mu_pair_add(pair, ana, "saved", MU_KIND_TODO);
    assert_true(mu_pair_has(pair, ana, MU_TASK, task));

    mu_pair_pump(pair);

    assert_false(mu_pair_has(pair, ana, MU_TASK, task));
}

/* A forged beacon, and one that says another history: the connection is given up. */
static void test_client_link__a_forged_beacon_ends_the_session(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    static const uint8_t signature[MU_SIGN_LEN] = {1};
    const struct mu_message beacon = {
        .kind = MU_MSG_BEACON,
        .beacon = {.incarnation = mu_pair_status(pair, ana).cursor.incarnation,
                   .head = 99,
                   .epoch = 1,
                   .signature = mu_slice_of(signature, sizeof signature)}};

    client_fixture_say(pair, ana, &beacon);
    mu_pair_pump(pair);

    assert_true(mu_pair_logged(pair, ana, "link.lost why=beacon.forged"));
    assert_int_not_equal(mu_pair_status(pair, ana).head, 99);
    mu_pair_settle(pair);
}

static void test_client_link__nonsense_ends_the_session(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    static const uint8_t nonsense[] = {0xff, 0xff, 0xff, 0x07, 0x13};

    mu_pair_post(pair, ana, false, mu_slice_of(nonsense, sizeof nonsense));
    mu_pair_pump(pair);

    assert_true(mu_pair_logged(pair, ana, "link.lost why=message.garbled"));
    mu_pair_settle(pair);
    mu_pair_check(pair);
}

/* -- clocks ------------------------------------------------------------------------ */

static struct mu_mutation newest(struct mu_pair *pair, size_t client)
{
    struct mu_pair_client *who = &pair->clients[client];
    struct mu_outbox_entry *entries = NULL;
    struct mu_mutation mutation;
    size_t count = 0;
    assert_int_equal(mu_client_outbox(who->client, &who->arena, &entries, &count, &pair->err),
                     MU_OK);
    assert_true(count > 0);
    assert_int_equal(
        mu_mutation_decode(entries[count - 1].bytes, &who->arena, &mutation, &pair->err), MU_OK);
    return mutation;
}

static void test_client_link__a_mutation_says_how_its_clock_stood(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = mu_pair_join(pair);
    pair->clients[ana].skew_ms = -30000;
    mu_pair_settle(pair);
    mu_pair_unplug(pair, ana, false);
    mu_pair_run(pair, 60000);

    (void)mu_pair_add(pair, ana, "sound", MU_KIND_TODO);
    struct mu_mutation sound = newest(pair, ana);
    pair->clients[ana].skew_ms += 600000; /* the clock is set while offline */
    (void)mu_pair_add(pair, ana, "unsound", MU_KIND_TODO);
    struct mu_mutation unsound = newest(pair, ana);

    assert_int_equal(sound.clock_offset_ms, 30000);
    assert_true(sound.offset_age_s >= 60 && sound.offset_age_s <= 62);
    assert_false(sound.clock_doubt);
    assert_string_equal(sound.zone, "Europe/Lisbon");
    assert_true(unsound.clock_doubt);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLIENT_TEST(test_client_link__silence_is_noticed_and_a_new_connection_made),
        CLIENT_TEST(test_client_link__idle_minutes_stay_live),
        CLIENT_TEST(test_client_link__a_session_is_renewed_after_half_a_day),
        CLIENT_TEST(test_client_link__retries_grow_to_half_a_minute),
        CLIENT_TEST(test_client_link__a_poke_tries_at_once),
        CLIENT_TEST(test_client_link__a_revoked_device_is_parked_and_keeps_its_edits),
        CLIENT_TEST(test_client_link__a_device_revoked_while_connected_is_parked),
        CLIENT_TEST(test_client_link__another_servers_keys_are_not_trusted),
        CLIENT_TEST(test_client_link__a_newer_protocol_parks),
        CLIENT_TEST(test_client_link__credit_is_given_back_as_it_is_used),
        CLIENT_TEST(test_client_link__an_unknown_epoch_is_asked_for_and_nothing_lost),
        CLIENT_TEST(test_client_link__a_key_that_never_comes_ends_the_session),
        CLIENT_TEST(test_client_link__a_hole_in_the_stream_ends_the_session),
        CLIENT_TEST(test_client_link__without_contiguity_a_hole_goes_unnoticed),
        CLIENT_TEST(test_client_link__without_rearming_what_was_sent_stays_behind),
        CLIENT_TEST(test_client_link__leaving_on_the_ack_makes_an_edit_flicker),
        CLIENT_TEST(test_client_link__a_forged_beacon_ends_the_session),
        CLIENT_TEST(test_client_link__nonsense_ends_the_session),
        CLIENT_TEST(test_client_link__a_mutation_says_how_its_clock_stood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
