/* A device that was loaded by a transfer learns from the chain whose keys leads signed for, and
 * from nothing else. */
#include <string.h>

#include "client/core/sealed.h"
#include "common/seal/envelope.h"
#include "common/seal/hash.h"
#include "common/seal/invite.h"
#include "common/seal/sign.h"
#include "common/wire/mutation.h"
#include "server/core/inside.h"
#include "tests/unit/client_fixture.h"

enum { ANA, KOFI, MIA };

/* The server as it stands between Mia and her LINKS. */
struct server_lie {
    bool mute;                    /* it answers nothing */
    bool torn;                    /* a byte of a change is another */
    uint64_t seq_first, seq_last; /* changes that forge() may alter */
    void (*forge)(struct mu_pair *pair, struct mu_change *change, struct mu_mutation *mutation);
    size_t forged;
};

/* -- forging ---------------------------------------------------------------------------- */

static struct mu_arg *arg_of(struct mu_mutation *mutation, uint32_t entity, uint32_t field)
{
    for (size_t i = 0; i < mutation->intent.op_count; i++) {
        struct mu_op *op = &mutation->intent.ops[i];
        for (size_t j = 0; op->entity == entity && j < op->arg_count; j++) {
            if (op->args[j].field == field) {
                return &op->args[j];
            }
        }
    }
    fail();
    return NULL;
}

/* The server's own keys stand where another's should. */
static void put_box_key(struct mu_pair *pair, struct mu_mutation *mutation)
{
    arg_of(mutation, MU_DEVICE, MU_DEVICE_BOX_KEY)->value =
        mu_bytes(mu_slice_of(pair->keys.public.box, MU_BOX_PK_LEN));
}

static void another_box_key(struct mu_pair *pair, struct mu_change *change,
                            struct mu_mutation *mutation)
{
    (void)change;
    put_box_key(pair, mutation);
}

/* The founding names an invite whose key the server holds, and with that it vouches for keys of
 * its own. */
static void another_founding(struct mu_pair *pair, struct mu_change *change,
                             struct mu_mutation *mutation)
{
    if (change->seq == 1) {
        arg_of(mutation, MU_INVITE, MU_INVITE_SIGN_KEY)->value =
            mu_bytes(mu_slice_of(pair->keys.public.sign, MU_SIGN_PK_LEN));
        return;
    }
    static uint8_t proof[MU_SIGN_LEN];
    uint8_t bytes[MU_INVITE_PROOF_LEN];
    struct mu_device_public keys = pair->keys.public;
    put_box_key(pair, mutation);
    memcpy(keys.sign, arg_of(mutation, MU_DEVICE, MU_DEVICE_SIGN_KEY)->value.bytes.data,
           sizeof keys.sign);
    memcpy(keys.curve, arg_of(mutation, MU_DEVICE, MU_DEVICE_CURVE_KEY)->value.bytes.data,
           sizeof keys.curve);
    mu_invite_proof_bytes(pair->workspace, mutation->intent.ops[0].row, &keys, bytes);
    mu_sign(&pair->keys, MU_SIGN_ENROL, mu_slice_of(bytes, sizeof bytes), proof);
    arg_of(mutation, MU_DEVICE, MU_DEVICE_PROOF)->value =
        mu_bytes(mu_slice_of(proof, sizeof proof));
}

static struct mu_slice keep(struct mu_arena *arena, const struct mu_buf *bytes)
{
    struct mu_slice kept = {0};
    assert_true(mu_arena_copy(arena, mu_buf_view(bytes), &kept));
    return kept;
}

/* Opens a change with the server's key, alters it, signs it with the server's keys, seals it. */
static struct mu_slice forge_one(struct mu_pair *pair, struct mu_slice sealed,
                                 struct server_lie *lie, struct mu_arena *arena)
{
    MU_BUF_AUTO struct mu_buf plain;
    MU_BUF_AUTO struct mu_buf signed_bytes;
    MU_BUF_AUTO struct mu_buf again;
    MU_BUF_AUTO struct mu_buf out;
    struct mu_envelope_head head;
    struct mu_change change;
    struct mu_mutation mutation;
    uint8_t nonce[MU_NONCE_LEN] = {9};
    uint8_t signature[MU_SIGN_LEN];
    const struct mu_epoch_key *key = &pair->server->sealer.key;
    mu_buf_init(&plain, MU_MESSAGE_MAX);
    mu_buf_init(&signed_bytes, MU_MESSAGE_MAX);
    mu_buf_init(&again, MU_MESSAGE_MAX);
    mu_buf_init(&out, MU_MESSAGE_MAX);
    assert_int_equal(mu_envelope_head_read(sealed, &head, &pair->err), MU_OK);
    if (head.seq < lie->seq_first || head.seq > lie->seq_last) {
        return sealed;
    }
    assert_int_equal(mu_envelope_open(sealed, key, &plain, &pair->err), MU_OK);
    struct mu_slice opened = keep(arena, &plain);
    assert_int_equal(mu_change_decode(opened, arena, &change, &pair->err), MU_OK);
    assert_int_equal(mu_mutation_decode(change.mutation, arena, &mutation, &pair->err), MU_OK);
    lie->forge(pair, &change, &mutation);
    assert_int_equal(mu_mutation_encode(&mutation, arena, &signed_bytes), MU_OK);
    change.mutation = mu_buf_view(&signed_bytes);
    mu_sign(&pair->keys, MU_SIGN_MUTATION, change.mutation, signature);
    memcpy(change.signature, signature, sizeof signature);
    assert_int_equal(mu_change_encode(&change, arena, &again), MU_OK);
    assert_int_equal(mu_envelope_seal(&head, key, nonce, mu_buf_view(&again), &out, &pair->err),
                     MU_OK);
    lie->forged++;
    return keep(arena, &out);
}

/* The hashes of a page are those of the changes in it. */
static void agree(struct mu_msg_links *links, uint8_t *hashes, struct mu_error *err)
{
    for (size_t i = 0; i < links->sealed_count; i++) {
        struct mu_envelope_head head;
        struct mu_hash hash;
        assert_int_equal(mu_envelope_head_read(links->sealed[i], &head, err), MU_OK);
        mu_hash_of(links->sealed[i], &hash);
        memcpy(hashes + (head.seq - links->first) * MU_HASH_LEN, hash.bytes, MU_HASH_LEN);
    }
    links->hashes.data = hashes;
}

static bool between(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    struct server_lie *lie = state;
    struct mu_arena *arena = &pair->clients[frame->client].arena;
    struct mu_message message;
    if (frame->to_server ||
        mu_message_decode(mu_slice_of(frame->bytes, frame->len), arena, &message, &pair->err) !=
            MU_OK ||
        message.kind != MU_MSG_LINKS) {
        return true;
    }
    if (lie->mute) {
        return false;
    }
    if (lie->torn) {
        frame->bytes[frame->len - 1] ^= 1;
        return true;
    }
    if (lie->forge == NULL || lie->forged > 0) {
        return true;
    }
    struct mu_slice hashes = {0};
    assert_true(mu_arena_copy(arena, message.links.hashes, &hashes));
    for (size_t i = 0; i < message.links.sealed_count; i++) {
        message.links.sealed[i] = forge_one(pair, message.links.sealed[i], lie, arena);
    }
    agree(&message.links, (uint8_t *)(uintptr_t)hashes.data, &pair->err);
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_MESSAGE_MAX);
    assert_int_equal(mu_message_encode(&message, arena, &bytes), MU_OK);
    mu_pair_post(pair, frame->client, false, mu_buf_view(&bytes));
    return false;
}

/* -- Mia, loaded by a transfer -------------------------------------------------------------- */

static void load_mia(struct mu_pair *pair, struct server_lie *lie, bool sabotaged)
{
    assert_int_equal(client_fixture_lead(pair), ANA);
    assert_int_equal(client_fixture_member(pair), KOFI);
    pair->options.limits.stream_first = 1;
    mu_pair_server_kill(pair);
    mu_pair_server_start(pair);
    mu_pair_settle(pair);
    pair->pass = between;
    pair->pass_state = lie;
    pair->clients[MIA].sabotage.no_links_check = sabotaged;
    assert_int_equal(client_fixture_member(pair), MIA);
    mu_pair_settle(pair);
    assert_true(mu_pair_logged(pair, MIA, "transfer.done"));
}

static enum mu_status try_send(struct mu_pair *pair, size_t from, size_t to, struct mu_id *out_row)
{
    struct mu_client_turn turn = mu_pair_turn(pair, from);
    enum mu_status status =
        mu_client_sealed_send(pair->clients[from].client, &turn, pair->clients[to].person,
                              mu_slice_str("for your eyes"), out_row, &pair->err);
    pair->clients[from].poked = true;
    return status;
}

static bool vouched(struct mu_pair *pair, size_t client, struct mu_id row)
{
    struct mu_sealed_text text = {0};
    mu_pair_settle(pair);
    assert_int_equal(mu_client_sealed_read(pair->clients[client].client, row,
                                           &pair->clients[client].arena, &text, &pair->err),
                     MU_OK);
    return text.vouched;
}

static bool sealed_to(struct mu_pair *pair, struct mu_id row, const uint8_t *box)
{
    struct mu_box_pk key;
    memcpy(key.bytes, box, sizeof key.bytes);
    struct mu_row sealed = mu_pair_row(pair, MIA, MU_SEALED, row);
    return mu_sealed_has(mu_row_text(&sealed, MU_SEALED_BYTES), &key);
}

static void test_client_links__a_device_loaded_by_a_transfer_seals_and_vouches(void **state)
{
    struct mu_pair *pair = *state;
    struct server_lie honest = {0};
    struct mu_id to_kofi = {0};
    struct mu_id to_mia = {0};
    load_mia(pair, &honest, false);

    assert_true(mu_pair_logged(pair, MIA, "links.done"));
    assert_int_equal(try_send(pair, MIA, KOFI, &to_kofi), MU_OK);
    assert_int_equal(try_send(pair, ANA, MIA, &to_mia), MU_OK);
    assert_true(vouched(pair, KOFI, to_kofi));
    assert_true(vouched(pair, MIA, to_mia));
    mu_pair_check(pair);
}

static void test_client_links__without_them_it_seals_to_nobody(void **state)
{
    struct mu_pair *pair = *state;
    struct server_lie lie = {.mute = true};
    struct mu_id row = {0};
    load_mia(pair, &lie, false);

    assert_int_equal(try_send(pair, MIA, KOFI, &row), MU_E_DENIED);
    assert_non_null(strstr(pair->err.text, "no lead's signature"));
    assert_int_equal(
        client_fixture_number(pair, &pair->clients[MIA].replica_db, "SELECT count(*) FROM sealed"),
        0);
    assert_int_equal(try_send(pair, ANA, MIA, &row), MU_OK); /* ana saw her enrolled */
    assert_false(vouched(pair, MIA, row));
}

static void test_client_links__who_came_meanwhile_is_known_too(void **state)
{
    struct mu_pair *pair = *state;
    struct server_lie lie = {.mute = true};
    struct mu_id row = {0};
    load_mia(pair, &lie, false);
    size_t kofi_too = mu_pair_join_as(pair, KOFI);
    mu_pair_settle(pair);

    lie.mute = false;
    mu_pair_run(pair, 70000);

    assert_true(mu_pair_logged(pair, MIA, "links.done"));
    assert_int_equal(try_send(pair, MIA, KOFI, &row), MU_OK);
    assert_true(vouched(pair, kofi_too, row));
}

static void test_client_links__a_damaged_page_is_refused(void **state)
{
    struct mu_pair *pair = *state;
    struct server_lie lie = {.torn = true};
    struct mu_id row = {0};
    load_mia(pair, &lie, false);

    assert_true(mu_pair_logged(pair, MIA, "links.refused why=damaged"));
    assert_int_equal(try_send(pair, MIA, KOFI, &row), MU_E_DENIED);
}

/* -- a server that lies ------------------------------------------------------------------------ */

static void test_client_links__a_key_that_nobody_signed_is_not_believed(void **state)
{
    struct mu_pair *pair = *state;
    struct server_lie lie = {.forge = another_box_key, .seq_first = 4, .seq_last = 4};
    struct mu_id row = {0};
    load_mia(pair, &lie, true); /* even where any chain would do */

    assert_int_equal(lie.forged, 1);
    assert_int_equal(try_send(pair, MIA, KOFI, &row), MU_E_DENIED);
}

static void test_client_links__another_founding_comes_to_another_chain(void **state)
{
    struct mu_pair *pair = *state;
    struct server_lie lie = {.forge = another_founding, .seq_first = 1, .seq_last = 2};
    struct mu_id row = {0};
    load_mia(pair, &lie, false);

    assert_int_equal(lie.forged, 2);
    assert_true(mu_pair_logged(pair, MIA, "links.refused why=other_history"));
    assert_int_equal(try_send(pair, MIA, ANA, &row), MU_E_DENIED);
}

static void test_client_links__without_the_chain_a_forged_founding_gets_the_text(void **state)
{
    struct mu_pair *pair = *state;
    struct server_lie lie = {.forge = another_founding, .seq_first = 1, .seq_last = 2};
    struct mu_id row = {0};
    load_mia(pair, &lie, true);

    assert_int_equal(try_send(pair, MIA, ANA, &row), MU_OK);
    assert_true(sealed_to(pair, row, pair->keys.public.box));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLIENT_TEST(test_client_links__a_device_loaded_by_a_transfer_seals_and_vouches),
        CLIENT_TEST(test_client_links__without_them_it_seals_to_nobody),
        CLIENT_TEST(test_client_links__who_came_meanwhile_is_known_too),
        CLIENT_TEST(test_client_links__a_damaged_page_is_refused),
        CLIENT_TEST(test_client_links__a_key_that_nobody_signed_is_not_believed),
        CLIENT_TEST(test_client_links__another_founding_comes_to_another_chain),
        CLIENT_TEST(test_client_links__without_the_chain_a_forged_founding_gets_the_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
