/* A server that rewrites its past: it holds every key of its own and the epoch's, changes what
 * stands in its log, seals and chains everything anew, and goes on as if nothing had been.
 * Somebody notices, and is told in words. */
#include <stdio.h>
#include <string.h>

#include "common/db/stmt.h"
#include "common/seal/envelope.h"
#include "common/seal/hash.h"
#include "common/wire/mutation.h"
#include "server/core/inside.h"
#include "tests/unit/client_fixture.h"

#define CHANGES_MAX 64

enum { ANA, KOFI, MIA };

/* -- the forger ------------------------------------------------------------------------ */

struct entry {
    int64_t received_ms, writer, number;
    struct mu_slice sealed;
};

static size_t read_log(struct mu_pair *pair, struct mu_arena *arena, struct entry *entries)
{
    struct mu_stmt stmt = {0};
    bool row = false;
    size_t count = 0;
    assert_int_equal(mu_stmt_prepare(&stmt, &pair->db,
                                     "SELECT received_ms, writer, number, sealed FROM log_change"
                                     " ORDER BY seq",
                                     &pair->err),
                     MU_OK);
    assert_int_equal(mu_stmt_step(&stmt, &row, &pair->err), MU_OK);
    while (row) {
        assert_in_range(count, 0, CHANGES_MAX - 1);
        struct entry *entry = &entries[count++];
        entry->received_ms = mu_stmt_int(&stmt, 0);
        entry->writer = mu_stmt_int(&stmt, 1);
        entry->number = mu_stmt_int(&stmt, 2);
        assert_true(mu_arena_copy(arena, mu_stmt_blob(&stmt, 3), &entry->sealed));
        assert_int_equal(mu_stmt_step(&stmt, &row, &pair->err), MU_OK);
    }
    mu_stmt_finalize(&stmt);
    return count;
}

/* The same change as number seq, with another title in its effects if retitle says so. */
static void seal_as(struct mu_pair *pair, struct mu_arena *arena, struct mu_slice was, uint64_t seq,
                    const char *retitle, struct mu_buf *out)
{
    const struct mu_epoch_key *key = &pair->server->sealer.key;
    MU_BUF_AUTO struct mu_buf plain;
    MU_BUF_AUTO struct mu_buf again;
    mu_buf_init(&plain, MU_MESSAGE_MAX);
    mu_buf_init(&again, MU_MESSAGE_MAX);
    struct mu_envelope_head head;
    struct mu_change change;
    uint8_t nonce[MU_NONCE_LEN] = {0};
    mu_entropy_draw(&pair->entropy, nonce, sizeof nonce);
    assert_int_equal(mu_envelope_head_read(was, &head, &pair->err), MU_OK);
    assert_int_equal(mu_envelope_open(was, key, &plain, &pair->err), MU_OK);
    assert_int_equal(mu_change_decode(mu_buf_view(&plain), arena, &change, &pair->err), MU_OK);
    head.seq = seq;
    change.seq = seq;
    if (retitle != NULL) {
        assert_int_equal(change.effects[0].entity, MU_TASK);
        assert_int_equal(mu_row_set(&change.effects[0], arena, MU_TASK_TITLE,
                                    mu_bytes(mu_slice_str(retitle)), 0),
                         MU_OK);
    }
    assert_int_equal(mu_change_encode(&change, arena, &again), MU_OK);
    assert_int_equal(mu_envelope_seal(&head, key, nonce, mu_buf_view(&again), out, &pair->err),
                     MU_OK);
}

static void put_entry(struct mu_pair *pair, const struct entry *entry, uint64_t seq,
                      struct mu_slice sealed, const struct mu_hash *chain)
{
    struct mu_stmt stmt = {0};
    assert_int_equal(mu_stmt_prepare(&stmt, &pair->db,
                                     "INSERT INTO log_change"
                                     " (seq, received_ms, writer, number, chain, sealed)"
                                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                                     &pair->err),
                     MU_OK);
    mu_stmt_bind_int(&stmt, 1, (int64_t)seq);
    mu_stmt_bind_int(&stmt, 2, entry->received_ms);
    mu_stmt_bind_int(&stmt, 3, entry->writer);
    mu_stmt_bind_int(&stmt, 4, entry->number);
    mu_stmt_bind_blob(&stmt, 5, mu_hash_view(chain));
    mu_stmt_bind_blob(&stmt, 6, sealed);
    assert_int_equal(mu_stmt_run(&stmt, &pair->err), MU_OK);
    mu_stmt_finalize(&stmt);
}

/* The log anew, of the old changes named in order; the one at retitled (0: none) gets another
 * title in its effects. */
static void rewrite(struct mu_pair *pair, const uint64_t *order, size_t count, size_t retitled)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, (size_t)16 << 20);
    struct entry entries[CHANGES_MAX];
    size_t had = read_log(pair, &arena, entries);
    struct mu_cursor cursor = {.incarnation = pair->server->head.incarnation};
    client_fixture_exec(pair, &pair->db, "DELETE FROM log_change");
    for (size_t i = 0; i < count; i++) {
        MU_BUF_AUTO struct mu_buf sealed;
        mu_buf_init(&sealed, MU_MESSAGE_MAX);
        uint64_t seq = i + 1;
        assert_in_range(order[i], 1, had);
        const struct entry *entry = &entries[order[i] - 1];
        if (order[i] == seq && seq != retitled) {
            assert_int_equal(mu_buf_append(&sealed, entry->sealed.data, entry->sealed.len), MU_OK);
        } else {
            seal_as(pair, &arena, entry->sealed, seq, seq == retitled ? "as it never was" : NULL,
                    &sealed);
        }
        struct mu_hash hash;
        mu_hash_of(mu_buf_view(&sealed), &hash);
        cursor.seq = seq;
        cursor.chain = mu_chain_next(cursor.chain, seq, hash);
        put_entry(pair, entry, seq, mu_buf_view(&sealed), &cursor.chain);
    }
    assert_int_equal(mu_replica_cursor_set(pair->server->replica, &cursor, &pair->err), MU_OK);
    assert_int_equal(mu_log_reload(pair->server->log, &pair->err), MU_OK);
    mu_recent_clear(&pair->server->recent);
    pair->server->beacon_seq = 0;
}

static size_t in_order(struct mu_pair *pair, uint64_t *out_order)
{
    size_t count = (size_t)mu_pair_server_status(pair).head.seq;
    assert_in_range(count, 1, CHANGES_MAX - 1);
    for (size_t i = 0; i < count; i++) {
        out_order[i] = i + 1;
    }
    return count;
}

/* -- who was there ------------------------------------------------------------------------ */

/* A forger hides what a HELLO could prove to an honest server, and says that all is well. */
static bool smooth(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    struct mu_arena *arena = &pair->clients[frame->client].arena;
    struct mu_message message;
    (void)state;
    if (!frame->to_server ||
        mu_message_decode(mu_slice_of(frame->bytes, frame->len), arena, &message, &pair->err) !=
            MU_OK ||
        message.kind != MU_MSG_HELLO ||
        (!message.hello.has_beacon &&
         mu_hash_equal(message.hello.chain, pair->server->head.chain))) {
        return true;
    }
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_MESSAGE_MAX);
    message.hello.has_beacon = false;
    message.hello.chain = pair->server->head.chain;
    assert_int_equal(mu_message_encode(&message, arena, &bytes), MU_OK);
    mu_pair_post(pair, frame->client, true, mu_buf_view(&bytes));
    return false;
}

static void test_client_rewrite__who_was_there_is_told(void **state)
{
    struct mu_pair *pair = *state;
    assert_int_equal(client_fixture_lead(pair), ANA);
    assert_int_equal(client_fixture_member(pair), KOFI);
    struct mu_id task = mu_pair_add(pair, ANA, "as it was", MU_KIND_TODO);
    mu_pair_settle(pair);
    uint64_t made = mu_pair_server_status(pair).head.seq;
    (void)mu_pair_add(pair, KOFI, "another", MU_KIND_TODO);
    mu_pair_settle(pair);
    mu_pair_run(pair, 7000); /* a beacon */
    uint64_t order[CHANGES_MAX];
    size_t count = in_order(pair, order);

    rewrite(pair, order, count, (size_t)made);
    pair->pass = smooth;
    mu_pair_run(pair, 60000);

    for (size_t i = ANA; i <= KOFI; i++) {
        struct mu_client_status status = mu_pair_status(pair, i);
        assert_int_equal(status.link, MU_LINK_PARKED);
        assert_int_equal(status.parked_code, MU_E_CRYPTO);
        assert_non_null(strstr(status.parked_reason, "was rewritten"));
        assert_true(mu_pair_titled(pair, i, task, "as it was"));
        (void)mu_pair_title(pair, i, task, "still at work");
        assert_int_equal(mu_client_check(pair->clients[i].client, &pair->err), MU_OK);
    }
}

/* -- who came later ------------------------------------------------------------------------- */

/* Mia has joined and received nothing yet; the others worked.  out_order: the log as it is. */
static size_t before_mia(struct mu_pair *pair, uint64_t *out_order, uint64_t *out_made)
{
    assert_int_equal(client_fixture_lead(pair), ANA);
    assert_int_equal(client_fixture_member(pair), KOFI);
    assert_int_equal(mu_pair_join(pair), MIA);
    mu_pair_unplug(pair, MIA, false);
    mu_pair_settle(pair);
    struct mu_id task = mu_pair_add(pair, ANA, "as it was", MU_KIND_TODO);
    mu_pair_settle(pair);
    *out_made = mu_pair_server_status(pair).head.seq;
    (void)mu_pair_title(pair, KOFI, task, "renamed");
    mu_pair_settle(pair);
    (void)mu_pair_title(pair, ANA, task, "renamed again");
    mu_pair_settle(pair);
    mu_pair_kill(pair, ANA);
    mu_pair_kill(pair, KOFI);
    return in_order(pair, out_order);
}

/* Mia gets what the server has now; her verification names seq. */
static void names(struct mu_pair *pair, uint64_t seq, const char *why)
{
    uint64_t checked = 0;
    uint64_t from = 0;
    char named[32];
    (void)snprintf(named, sizeof named, "change %llu ", (unsigned long long)seq);
    mu_pair_plug(pair, MIA);
    mu_pair_run(pair, 30000);

    assert_int_equal(mu_pair_status(pair, MIA).cursor.seq, mu_pair_server_status(pair).head.seq);
    assert_int_equal(mu_client_verify(pair->clients[MIA].client, &checked, &from, &pair->err),
                     MU_E_CRYPTO);
    if (strstr(pair->err.text, named) == NULL || strstr(pair->err.text, why) == NULL) {
        fail_msg("'%s' instead of '%s...%s'", pair->err.text, named, why);
    }
}

static void test_client_rewrite__as_it_was_it_verifies(void **state)
{
    struct mu_pair *pair = *state;
    uint64_t order[CHANGES_MAX];
    uint64_t made = 0;
    uint64_t checked = 0;
    uint64_t from = 0;
    size_t count = before_mia(pair, order, &made);

    rewrite(pair, order, count, 0);
    mu_pair_plug(pair, MIA);
    mu_pair_run(pair, 30000);

    assert_int_equal(mu_client_verify(pair->clients[MIA].client, &checked, &from, &pair->err),
                     MU_OK);
    assert_int_equal(checked, count);
}

static void test_client_rewrite__another_outcome_is_named_by_the_next_author(void **state)
{
    struct mu_pair *pair = *state;
    uint64_t order[CHANGES_MAX];
    uint64_t made = 0;
    size_t count = before_mia(pair, order, &made);

    rewrite(pair, order, count, (size_t)made);

    names(pair, made + 1, "was shown another history");
}

static void test_client_rewrite__a_deleted_change_is_missed(void **state)
{
    struct mu_pair *pair = *state;
    uint64_t order[CHANGES_MAX];
    uint64_t made = 0;
    size_t count = before_mia(pair, order, &made);

    for (size_t i = (size_t)made; i + 1 < count; i++) { /* Kofi's goes, Ana's last comes after */
        order[i] = order[i + 1];
    }
    rewrite(pair, order, count - 1, 0);

    names(pair, made + 1, "was shown a longer history");
}

static void test_client_rewrite__a_deleted_change_leaves_a_gap_in_its_author(void **state)
{
    struct mu_pair *pair = *state;
    uint64_t order[CHANGES_MAX];
    uint64_t made = 0;
    (void)before_mia(pair, order, &made);

    order[made - 1] = made + 2; /* Ana's last in the place of the one before; Kofi's goes too */
    rewrite(pair, order, (size_t)made, 0);

    names(pair, made, "that is missing");
}

/* Kofi wrote three offline, so that none of them claims to have seen another.  Mia gets them but
 * for the one that is `taken`th from the end. */
static void without(struct mu_pair *pair, size_t taken)
{
    uint64_t order[CHANGES_MAX];
    assert_int_equal(client_fixture_lead(pair), ANA);
    assert_int_equal(client_fixture_member(pair), KOFI);
    assert_int_equal(mu_pair_join(pair), MIA);
    mu_pair_unplug(pair, MIA, false);
    mu_pair_settle(pair);
    mu_pair_unplug(pair, KOFI, false);
    (void)mu_pair_add(pair, KOFI, "first", MU_KIND_TODO);
    (void)mu_pair_add(pair, KOFI, "second", MU_KIND_TODO);
    (void)mu_pair_add(pair, KOFI, "third", MU_KIND_TODO);
    mu_pair_plug(pair, KOFI);
    mu_pair_settle(pair);
    mu_pair_kill(pair, ANA);
    mu_pair_kill(pair, KOFI);
    size_t count = in_order(pair, order);

    for (size_t i = count - taken; i + 1 < count; i++) {
        order[i] = order[i + 1];
    }
    rewrite(pair, order, count - 1, 0);

    names(pair, count - taken + 1, "that is missing");
}

static void test_client_rewrite__a_change_taken_from_a_run_is_missed(void **state)
{
    without(*state, 2);
}

static void test_client_rewrite__an_authors_first_change_is_missed(void **state)
{
    without(*state, 3);
}

static void test_client_rewrite__swapped_changes_are_named(void **state)
{
    struct mu_pair *pair = *state;
    uint64_t order[CHANGES_MAX];
    uint64_t made = 0;
    size_t count = before_mia(pair, order, &made);

    order[made - 1] = made + 2;
    order[made + 1] = made;
    rewrite(pair, order, count, 0);

    names(pair, made, "");
}

static void test_client_rewrite__a_change_that_stands_twice_is_named(void **state)
{
    struct mu_pair *pair = *state;
    uint64_t order[CHANGES_MAX];
    uint64_t made = 0;
    size_t count = before_mia(pair, order, &made);

    order[count] = made + 1; /* Kofi's edit once more, over Ana's */
    rewrite(pair, order, count + 1, 0);

    names(pair, made + 1, "more than once");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLIENT_TEST(test_client_rewrite__who_was_there_is_told),
        CLIENT_TEST(test_client_rewrite__as_it_was_it_verifies),
        CLIENT_TEST(test_client_rewrite__another_outcome_is_named_by_the_next_author),
        CLIENT_TEST(test_client_rewrite__a_deleted_change_is_missed),
        CLIENT_TEST(test_client_rewrite__a_deleted_change_leaves_a_gap_in_its_author),
        CLIENT_TEST(test_client_rewrite__a_change_taken_from_a_run_is_missed),
        CLIENT_TEST(test_client_rewrite__an_authors_first_change_is_missed),
        CLIENT_TEST(test_client_rewrite__swapped_changes_are_named),
        CLIENT_TEST(test_client_rewrite__a_change_that_stands_twice_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
