/* What is held is what was signed and sealed: one changed byte is found and named, and an
 * incoming change that nobody vouches for is not applied. */
#include <string.h>

#include "common/seal/envelope.h"
#include "common/seal/sign.h"
#include "common/wire/mutation.h"
#include "server/core/inside.h"
#include "tests/unit/client_fixture.h"

static enum mu_status verify(struct mu_pair *pair, size_t client, uint64_t *out_checked,
                             uint64_t *out_from)
{
    return mu_client_verify(pair->clients[client].client, out_checked, out_from, &pair->err);
}

static void test_client_verify__counts_every_change(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    struct mu_id task = mu_pair_add(pair, ana, "one", MU_KIND_TODO);
    mu_pair_settle(pair);
    (void)mu_pair_title(pair, kofi, task, "two");
    mu_pair_settle(pair);
    uint64_t checked = 0;
    uint64_t from = 0;

    assert_int_equal(verify(pair, kofi, &checked, &from), MU_OK);

    assert_int_equal(from, 1);
    assert_int_equal(checked, mu_pair_server_status(pair).head.seq);
}

static void test_client_verify__after_a_transfer_it_starts_there(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    pair->options.limits.stream_first = 1;
    mu_pair_server_kill(pair);
    mu_pair_server_start(pair);
    mu_pair_settle(pair);
    size_t kofi = client_fixture_member(pair);
    uint64_t loaded = mu_pair_status(pair, kofi).cursor.seq;
    (void)mu_pair_add(pair, ana, "since", MU_KIND_TODO);
    mu_pair_settle(pair);
    uint64_t checked = 0;
    uint64_t from = 0;

    assert_int_equal(verify(pair, kofi, &checked, &from), MU_OK);

    assert_int_equal(from, loaded + 1);
    assert_int_equal(checked, 1);
}

static void test_client_verify__a_changed_byte_is_named(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    (void)mu_pair_add(pair, ana, "one", MU_KIND_TODO);
    (void)mu_pair_add(pair, ana, "two", MU_KIND_TODO);
    mu_pair_settle(pair);
    uint64_t checked = 0;
    uint64_t from = 0;
    client_fixture_exec(pair, &pair->clients[ana].replica_db,
                        "UPDATE change_copy SET sealed = CAST(substr(sealed, 1, 99) || x'5a' ||"
                        " substr(sealed, 101) AS BLOB) WHERE seq = 3");

    assert_int_equal(verify(pair, ana, &checked, &from), MU_E_CRYPTO);

    assert_non_null(strstr(pair->err.text, "change 3"));
}

static void test_client_verify__a_swapped_change_and_its_chain_are_named(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    (void)mu_pair_add(pair, ana, "one", MU_KIND_TODO);
    (void)mu_pair_add(pair, ana, "two", MU_KIND_TODO);
    mu_pair_settle(pair);
    uint64_t checked = 0;
    uint64_t from = 0;
    client_fixture_exec(pair, &pair->clients[ana].replica_db,
                        "UPDATE change_copy SET sealed = (SELECT sealed FROM change_copy"
                        " WHERE seq = 3) WHERE seq = 4");

    assert_int_equal(verify(pair, ana, &checked, &from), MU_E_CRYPTO);

    assert_non_null(strstr(pair->err.text, "change 4"));
}

static void test_client_verify__a_missing_change_is_named(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    (void)mu_pair_add(pair, ana, "one", MU_KIND_TODO);
    (void)mu_pair_add(pair, ana, "two", MU_KIND_TODO);
    mu_pair_settle(pair);
    uint64_t checked = 0;
    uint64_t from = 0;
    client_fixture_exec(pair, &pair->clients[ana].replica_db,
                        "DELETE FROM change_copy WHERE seq = 2");

    assert_int_equal(verify(pair, ana, &checked, &from), MU_E_CRYPTO);

    assert_non_null(strstr(pair->err.text, "change 2"));
}

static void test_client_verify__one_change_by_its_seq(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    (void)mu_pair_add(pair, ana, "one", MU_KIND_TODO);
    mu_pair_settle(pair);
    struct mu_change change;
    bool found = false;

    assert_int_equal(mu_client_change(pair->clients[ana].client, 3, &pair->clients[ana].arena,
                                      &change, &found, &pair->err),
                     MU_OK);
    assert_true(found);
    assert_int_equal(change.seq, 3);
    assert_int_equal(change.intent, MU_INTENT_TASK_ADD);
    assert_int_equal(mu_client_change(pair->clients[ana].client, 4, &pair->clients[ana].arena,
                                      &change, &found, &pair->err),
                     MU_OK);
    assert_false(found);
}

/* -- a doctored server ------------------------------------------------------------- */

/* Opens the next CHANGES to a client with the server's key, lets doctor() have its way with the
 * only change, and seals it again. */
struct forgery {
    size_t client;
    void (*doctor)(struct mu_pair *pair, struct mu_change *change, struct mu_arena *arena);
    bool done;
};

static bool forge(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    struct forgery *forgery = state;
    struct mu_arena *arena = &pair->clients[frame->client].arena;
    struct mu_message message;
    if (forgery->done || frame->to_server || frame->client != forgery->client ||
        mu_message_decode(mu_slice_of(frame->bytes, frame->len), arena, &message, &pair->err) !=
            MU_OK ||
        message.kind != MU_MSG_CHANGES) {
        return true;
    }
    MU_BUF_AUTO struct mu_buf plain;
    MU_BUF_AUTO struct mu_buf again;
    MU_BUF_AUTO struct mu_buf sealed;
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&plain, MU_MESSAGE_MAX);
    mu_buf_init(&again, MU_MESSAGE_MAX);
    mu_buf_init(&sealed, MU_MESSAGE_MAX);
    mu_buf_init(&bytes, MU_MESSAGE_MAX);
    struct mu_envelope_head head;
    struct mu_change change;
    uint8_t nonce[MU_NONCE_LEN] = {9};
    const struct mu_epoch_key *key = &pair->server->sealer.key;
    assert_int_equal(message.changes.count, 1);
    assert_int_equal(mu_envelope_head_read(message.changes.sealed[0], &head, &pair->err), MU_OK);
    assert_int_equal(mu_envelope_open(message.changes.sealed[0], key, &plain, &pair->err), MU_OK);
    assert_int_equal(mu_change_decode(mu_buf_view(&plain), arena, &change, &pair->err), MU_OK);
    forgery->doctor(pair, &change, arena);
    assert_int_equal(mu_change_encode(&change, arena, &again), MU_OK);
    assert_int_equal(mu_envelope_seal(&head, key, nonce, mu_buf_view(&again), &sealed, &pair->err),
                     MU_OK);
    message.changes.sealed[0] = mu_buf_view(&sealed);
    assert_int_equal(mu_message_encode(&message, arena, &bytes), MU_OK);
    forgery->done = true;
    mu_pair_post(pair, frame->client, false, mu_buf_view(&bytes));
    return false;
}

/* Kofi's client stops at the forged change, says why, and keeps working locally. */
static void refuses(struct mu_pair *pair, struct forgery *forgery, size_t author,
                    const struct mu_intent *intent, const char *why)
{
    size_t kofi = forgery->client;
    uint64_t before = mu_pair_status(pair, kofi).cursor.seq;
    pair->pass = forge;
    pair->pass_state = forgery;
    (void)mu_pair_author(pair, author, intent);
    mu_pair_pump(pair);

    assert_true(forgery->done);
    struct mu_client_status status = mu_pair_status(pair, kofi);
    assert_int_equal(status.link, MU_LINK_PARKED);
    assert_int_equal(status.parked_code, MU_E_CRYPTO);
    assert_non_null(strstr(status.parked_reason, why));
    assert_int_equal(status.cursor.seq, before);
    (void)mu_pair_add(pair, kofi, "still at work", MU_KIND_TODO);
    assert_int_equal(mu_client_check(pair->clients[kofi].client, &pair->err), MU_OK);
    pair->pass = NULL;
    mu_pair_run(pair, 301000); /* the true one comes with the next session */
    mu_pair_settle(pair);
    mu_pair_check(pair);
}

static void break_signature(struct mu_pair *pair, struct mu_change *change, struct mu_arena *arena)
{
    (void)pair;
    (void)arena;
    change->signature[0] ^= 1;
}

static struct mu_intent name_person(struct mu_pair *pair, size_t who)
{
    struct mu_op *op = NULL;
    struct mu_intent intent =
        mu_pair_intent(pair, who, MU_INTENT_PERSON_EDIT, MU_PERSON, pair->clients[who].person, &op);
    mu_pair_arg(pair, who, op, MU_PERSON_NAME, mu_bytes(mu_slice_str("A. R.")));
    return intent;
}

static void test_client_verify__an_unsigned_change_is_not_applied(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    struct forgery forgery = {.client = client_fixture_member(pair), .doctor = break_signature};
    struct mu_intent intent = name_person(pair, ana);

    refuses(pair, &forgery, ana, &intent, "is not signed by its author");
}

static void another_author(struct mu_pair *pair, struct mu_change *change, struct mu_arena *arena)
{
    (void)arena;
    change->device = pair->clients[1].file.device;
    change->person = pair->clients[1].person;
}

static void test_client_verify__a_change_in_anothers_name_is_not_applied(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    struct forgery forgery = {.client = client_fixture_member(pair), .doctor = another_author};
    struct mu_intent intent = name_person(pair, ana);

    refuses(pair, &forgery, ana, &intent, "is not signed by its author");
}

/* The server slips a role into the effects of a harmless edit. */
static void grant_role(struct mu_pair *pair, struct mu_change *change, struct mu_arena *arena)
{
    struct mu_row *effect = mu_arena_array(arena, 1, sizeof *effect);
    assert_non_null(effect);
    *effect = (struct mu_row){.entity = MU_PERSON, .id = pair->clients[1].person};
    assert_int_equal(mu_row_set(effect, arena, MU_PERSON_ROLE, mu_int(MU_ROLE_LEAD), 0), MU_OK);
    change->effects = effect;
    change->effect_count = 1;
}

static void test_client_verify__a_role_that_no_lead_gave_is_not_applied(void **state)
{
    struct mu_pair *pair = *state;
    (void)client_fixture_lead(pair);
    (void)client_fixture_member(pair);
    size_t mia = client_fixture_member(pair);
    struct forgery forgery = {.client = mia, .doctor = grant_role};
    struct mu_intent intent = name_person(pair, 1);

    refuses(pair, &forgery, 1, &intent, "keys or roles that nobody signed for");
}

static void swap_key(struct mu_pair *pair, struct mu_change *change, struct mu_arena *arena)
{
    struct mu_row *effect = mu_arena_array(arena, 1, sizeof *effect);
    assert_non_null(effect);
    *effect = (struct mu_row){.entity = MU_DEVICE, .id = pair->clients[0].file.device};
    assert_int_equal(mu_row_set(effect, arena, MU_DEVICE_BOX_KEY,
                                mu_bytes(mu_slice_of(pair->keys.public.box, 32)), 0),
                     MU_OK);
    change->effects = effect;
    change->effect_count = 1;
}

static void test_client_verify__a_key_that_nobody_enrolled_is_not_applied(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    struct forgery forgery = {.client = client_fixture_member(pair), .doctor = swap_key};
    struct mu_intent intent = name_person(pair, ana);

    refuses(pair, &forgery, ana, &intent, "keys or roles that nobody signed for");
}

/* -- a member who says what only the server or a newcomer may ------------------------- */

/* The next PUSH of a client carries this intent instead of what it should, rightly signed. */
struct imposture {
    size_t client;
    struct mu_intent intent;
    bool done;
};

static bool pose(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    struct imposture *imposture = state;
    struct mu_pair_client *self = &pair->clients[imposture->client];
    struct mu_message message;
    struct mu_mutation mutation;
    uint8_t signature[MU_SIGN_LEN];
    if (imposture->done || !frame->to_server || frame->client != imposture->client ||
        mu_message_decode(mu_slice_of(frame->bytes, frame->len), &self->arena, &message,
                          &pair->err) != MU_OK ||
        message.kind != MU_MSG_PUSH) {
        return true;
    }
    MU_BUF_AUTO struct mu_buf signed_bytes;
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&signed_bytes, MU_MUTATION_BYTES_MAX);
    mu_buf_init(&bytes, MU_MESSAGE_MAX);
    struct mu_pushed *pushed = &message.push.items[0];
    assert_int_equal(mu_mutation_decode(pushed->bytes, &self->arena, &mutation, &pair->err), MU_OK);
    mutation.intent = imposture->intent;
    assert_int_equal(mu_mutation_encode(&mutation, &self->arena, &signed_bytes), MU_OK);
    mu_sign(&self->keys, MU_SIGN_MUTATION, mu_buf_view(&signed_bytes), signature);
    *pushed =
        (struct mu_pushed){mu_buf_view(&signed_bytes), mu_slice_of(signature, sizeof signature)};
    assert_int_equal(mu_message_encode(&message, &self->arena, &bytes), MU_OK);
    imposture->done = true;
    mu_pair_post(pair, frame->client, true, mu_buf_view(&bytes));
    return false;
}

/* The refusal stands in the log, and nobody takes it for the server's fault. */
static void stops_nobody(struct mu_pair *pair, uint32_t intent, uint32_t entity, bool with_key)
{
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    struct mu_op *op = NULL;
    struct imposture imposture = {.client = kofi};
    imposture.intent =
        mu_pair_intent(pair, kofi, intent, entity, pair->clients[ana].file.device, &op);
    if (with_key) {
        mu_pair_arg(pair, kofi, op, MU_DEVICE_SIGN_KEY,
                    mu_bytes(mu_slice_of(pair->keys.public.sign, MU_SIGN_PK_LEN)));
    }
    uint64_t head = mu_pair_server_status(pair).head.seq;
    uint64_t checked = 0;
    uint64_t from = 0;
    pair->pass = pose;
    pair->pass_state = &imposture;

    (void)mu_pair_add(pair, kofi, "what he shows himself", MU_KIND_TODO);
    mu_pair_run(pair, 1000);

    assert_true(imposture.done);
    struct mu_client_status status = mu_pair_status(pair, ana);
    assert_int_equal(status.link, MU_LINK_LIVE);
    assert_true(status.cursor.seq > head);
    assert_int_equal(verify(pair, ana, &checked, &from), MU_OK);
}

static void test_client_verify__a_member_who_founds_a_team_stops_nobody(void **state)
{
    stops_nobody(*state, MU_INTENT_TEAM_FOUND, MU_TEAM, false);
}

static void test_client_verify__a_member_who_enrols_without_keys_stops_nobody(void **state)
{
    stops_nobody(*state, MU_INTENT_DEVICE_ENROL, MU_DEVICE, false);
}

static void test_client_verify__a_member_who_enrols_with_anothers_key_stops_nobody(void **state)
{
    stops_nobody(*state, MU_INTENT_DEVICE_ENROL, MU_DEVICE, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLIENT_TEST(test_client_verify__counts_every_change),
        CLIENT_TEST(test_client_verify__after_a_transfer_it_starts_there),
        CLIENT_TEST(test_client_verify__a_changed_byte_is_named),
        CLIENT_TEST(test_client_verify__a_swapped_change_and_its_chain_are_named),
        CLIENT_TEST(test_client_verify__a_missing_change_is_named),
        CLIENT_TEST(test_client_verify__one_change_by_its_seq),
        CLIENT_TEST(test_client_verify__an_unsigned_change_is_not_applied),
        CLIENT_TEST(test_client_verify__a_change_in_anothers_name_is_not_applied),
        CLIENT_TEST(test_client_verify__a_role_that_no_lead_gave_is_not_applied),
        CLIENT_TEST(test_client_verify__a_key_that_nobody_enrolled_is_not_applied),
        CLIENT_TEST(test_client_verify__a_member_who_founds_a_team_stops_nobody),
        CLIENT_TEST(test_client_verify__a_member_who_enrols_without_keys_stops_nobody),
        CLIENT_TEST(test_client_verify__a_member_who_enrols_with_anothers_key_stops_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
