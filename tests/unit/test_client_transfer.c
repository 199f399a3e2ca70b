/* State transfers: first load, a broken one that goes on, repair of a damaged replica, and
 * what happens when it does not help. */
#include "tests/unit/client_fixture.h"

static size_t count_tasks(struct mu_pair *pair, size_t client)
{
    return (size_t)client_fixture_number(pair, &pair->clients[client].replica_db,
                                         "SELECT count(*) FROM task");
}

/* From here on whoever comes for the first time is sent rows, not changes. */
static void load_by_transfer(struct mu_pair *pair)
{
    pair->options.limits.stream_first = 1;
    mu_pair_server_kill(pair);
    mu_pair_server_start(pair);
    mu_pair_settle(pair);
}

static void add_tasks(struct mu_pair *pair, size_t client, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)mu_pair_add(pair, client, "one of the board's", MU_KIND_TODO);
    }
    mu_pair_settle(pair);
}

static void test_client_transfer__a_first_load_takes_rows(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    add_tasks(pair, ana, 30);
    load_by_transfer(pair);

    size_t kofi = client_fixture_member(pair);

    assert_true(mu_pair_logged(pair, kofi, "transfer.done"));
    assert_int_equal(count_tasks(pair, kofi), 30);
    assert_int_equal(mu_pair_status(pair, kofi).xfer_total, 0);
    mu_pair_check(pair);
    (void)mu_pair_add(pair, kofi, "and on it goes", MU_KIND_TODO);
    mu_pair_settle(pair);
    assert_int_equal(count_tasks(pair, ana), 31);
    mu_pair_check(pair);
}

/* Lets so many chunks through, then the line is cut. */
struct cut {
    size_t after;
    size_t chunks;
};

static bool cut_after(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    struct cut *cut = state;
    struct mu_message message;
    assert_int_equal(mu_message_decode(mu_slice_of(frame->bytes, frame->len),
                                       &pair->clients[frame->client].arena, &message, &pair->err),
                     MU_OK);
    cut->chunks += message.kind == MU_MSG_XFER_CHUNK;
    return cut->chunks <= cut->after;
}

static void test_client_transfer__a_broken_one_asks_only_for_what_is_missing(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    add_tasks(pair, ana, 60);
    load_by_transfer(pair);
    struct cut cut = {.after = 25};
    size_t kofi = mu_pair_join(pair);
    pair->pass = cut_after;
    pair->pass_state = &cut;
    mu_pair_pump(pair);
    size_t whole = cut.chunks;
    assert_int_equal(mu_pair_status(pair, kofi).link, MU_LINK_CATCHING_UP);
    assert_true(mu_pair_status(pair, kofi).xfer_total > 0);
    mu_pair_unplug(pair, kofi, false);
    mu_pair_kill(pair, kofi);
    mu_pair_start(pair, kofi);

    cut = (struct cut){.after = 1000};
    mu_pair_plug(pair, kofi);
    mu_pair_settle(pair);

    assert_int_equal(count_tasks(pair, kofi), 60);
    /* A row more may have come in a bucket that was staged: it comes again. */
    assert_true(cut.chunks >= whole - 25 && cut.chunks <= whole - 25 + 2);
    mu_pair_check(pair);
}

static void test_client_transfer__the_outbox_goes_through_untouched(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    add_tasks(pair, ana, 5);
    load_by_transfer(pair);
    size_t kofi = client_fixture_member(pair);
    mu_pair_unplug(pair, kofi, false);
    struct mu_id mine = mu_pair_add(pair, kofi, "written on the train", MU_KIND_TODO);

    mu_pair_kill(pair, kofi);
    mu_memdisk_remove(pair->clients[kofi].disk, "replica.db");
    mu_pair_start(pair, kofi);
    mu_pair_plug(pair, kofi);
    mu_pair_settle(pair);

    assert_true(mu_pair_logged(pair, kofi, "transfer.done"));
    assert_true(mu_pair_titled(pair, ana, mine, "written on the train"));
    mu_pair_check(pair);
}

static void test_client_transfer__dropping_the_outbox_with_it_loses_edits(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    load_by_transfer(pair);
    size_t kofi = client_fixture_member(pair);
    mu_pair_unplug(pair, kofi, false);
    struct mu_id mine = mu_pair_add(pair, kofi, "written on the train", MU_KIND_TODO);
    mu_pair_kill(pair, kofi);
    mu_memdisk_remove(pair->clients[kofi].disk, "replica.db");
    pair->clients[kofi].sabotage.drop_outbox_on_xfer = true;
    pair->clients[kofi].sabotage.no_send_first = true; /* or it would be safe before */
    mu_pair_start(pair, kofi);
    mu_pair_plug(pair, kofi);
    mu_pair_settle(pair);

    assert_false(mu_pair_has(pair, ana, MU_TASK, mine));
}

/* Only WELCOME gets back to the client. */
static bool welcome_only(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    const size_t *client = state;
    struct mu_message message;
    return frame->to_server || frame->client != *client ||
           (mu_message_decode(mu_slice_of(frame->bytes, frame->len),
                              &pair->clients[frame->client].arena, &message, &pair->err) == MU_OK &&
            message.kind == MU_MSG_WELCOME);
}

/* Kofi's edit is refused, the answer is lost, and a transfer passes over the change: he must
 * hear of it all the same. */
static void test_client_transfer__a_refusal_that_it_passes_over_is_still_told(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    struct mu_id task = mu_pair_add(pair, ana, "budget", MU_KIND_TODO);
    size_t kofi = client_fixture_member(pair);
    mu_pair_unplug(pair, kofi, false);
    (void)mu_pair_title(pair, kofi, task, "mine now");
    mu_pair_run(pair, 12000);
    struct mu_op *op = NULL;
    struct mu_intent role = mu_pair_intent(pair, ana, MU_INTENT_PERSON_ROLE, MU_PERSON,
                                           pair->clients[kofi].person, &op);
    mu_pair_arg(pair, ana, op, MU_PERSON_ROLE, mu_int(MU_ROLE_OBSERVER));
    (void)mu_pair_author(pair, ana, &role);
    mu_pair_pump(pair);
    uint64_t head = mu_pair_server_status(pair).head.seq;
    pair->pass = welcome_only;
    pair->pass_state = &kofi;
    mu_pair_plug(pair, kofi);
    while (mu_pair_server_status(pair).head.seq == head) {
        mu_pair_run(pair, 1000);
    }
    mu_pair_unplug(pair, kofi, false);
    mu_pair_kill(pair, kofi);
    mu_memdisk_remove(pair->clients[kofi].disk, "replica.db");
    load_by_transfer(pair);
    pair->pass = NULL;
    mu_pair_start(pair, kofi);
    assert_int_equal(mu_pair_status(pair, kofi).pending, 1);
    mu_pair_plug(pair, kofi);
    mu_pair_settle(pair);

    assert_true(mu_pair_logged(pair, kofi, "transfer.done"));
    assert_int_equal(mu_pair_status(pair, kofi).refused, 1);
    assert_true(mu_pair_titled(pair, kofi, task, "budget"));
    mu_pair_check(pair);
}

/* -- repair ---------------------------------------------------------------------- */

static void test_client_transfer__a_damaged_row_is_repaired(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    add_tasks(pair, ana, 3);
    struct mu_id task = mu_pair_add(pair, ana, "as it was", MU_KIND_TODO);
    mu_pair_settle(pair);
    client_fixture_exec(pair, &pair->clients[ana].replica_db,
                        "UPDATE task SET title = 'damaged' WHERE title = 'as it was';"
                        "UPDATE mu_digest SET sum = zeroblob(32)");

    mu_pair_run(pair, 12000);

    assert_true(mu_pair_logged(pair, ana, "repair.begun"));
    assert_true(mu_pair_titled(pair, ana, task, "as it was"));
    assert_false(mu_pair_status(pair, ana).degraded);
    mu_pair_settle(pair);
    mu_pair_check(pair);
}

/* The digest alone is wrong: the rows come again, and it is made anew. */
static void test_client_transfer__a_damaged_digest_is_repaired(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    add_tasks(pair, ana, 3);
    client_fixture_exec(pair, &pair->clients[ana].replica_db,
                        "UPDATE mu_digest SET sum = zeroblob(32)");

    mu_pair_run(pair, 12000);

    assert_true(mu_pair_logged(pair, ana, "repair.begun"));
    mu_pair_check(pair);
}

static void test_client_transfer__one_repair_an_hour_then_it_is_shown(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    add_tasks(pair, ana, 3);
    for (int i = 0; i < 2; i++) {
        client_fixture_exec(pair, &pair->clients[ana].replica_db,
                            "UPDATE mu_digest SET sum = zeroblob(32)");
        mu_pair_run(pair, 16000);
    }

    assert_true(mu_pair_status(pair, ana).degraded);
    assert_int_equal(mu_pair_status(pair, ana).link, MU_LINK_LIVE);
    pair->wall_ms += INT64_C(3600000);
    mu_pair_run(pair, 16000);

    assert_false(mu_pair_status(pair, ana).degraded);
    mu_pair_check(pair);
}

/* -- transfers that lie ------------------------------------------------------------ */

static bool flip_chunk(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    size_t *left = state;
    struct mu_message message;
    if (*left > 0 &&
        mu_message_decode(mu_slice_of(frame->bytes, frame->len),
                          &pair->clients[frame->client].arena, &message, &pair->err) == MU_OK &&
        message.kind == MU_MSG_XFER_CHUNK) {
        frame->bytes[frame->len - 1] ^= 1;
        (*left)--;
    }
    return true;
}

static void test_client_transfer__a_changed_chunk_is_thrown_away(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    add_tasks(pair, ana, 10);
    load_by_transfer(pair);
    size_t left = 1;
    size_t kofi = mu_pair_join(pair);
    pair->pass = flip_chunk;
    pair->pass_state = &left;

    mu_pair_settle(pair);

    assert_int_equal(left, 0);
    assert_true(mu_pair_logged(pair, kofi, "link.lost why=transfer.damaged") ||
                mu_pair_logged(pair, kofi, "link.lost why=message.garbled"));
    assert_int_equal(count_tasks(pair, kofi), 10);
    mu_pair_check(pair);
}

/* XFER_BEGIN promises another digest than the rows have. */
static bool false_promise(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    size_t *left = state;
    struct mu_message message;
    struct mu_arena *arena = &pair->clients[frame->client].arena;
    if (*left > 0 &&
        mu_message_decode(mu_slice_of(frame->bytes, frame->len), arena, &message, &pair->err) ==
            MU_OK &&
        message.kind == MU_MSG_XFER_BEGIN) {
        MU_BUF_AUTO struct mu_buf bytes;
        mu_buf_init(&bytes, MU_MESSAGE_MAX);
        message.xfer_begin.digest_root.bytes[0] ^= 1;
        assert_int_equal(mu_message_encode(&message, arena, &bytes), MU_OK);
        (*left)--;
        mu_pair_post(pair, frame->client, false, mu_buf_view(&bytes));
        return false;
    }
    return true;
}

static void test_client_transfer__a_wrong_digest_is_never_swapped_in(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    add_tasks(pair, ana, 10);
    load_by_transfer(pair);
    size_t left = 1;
    size_t kofi = mu_pair_join(pair);
    pair->pass = false_promise;
    pair->pass_state = &left;

    mu_pair_pump(pair);
    assert_int_equal(left, 0);
    assert_int_equal(count_tasks(pair, kofi), 0);
    assert_true(mu_pair_logged(pair, kofi, "link.lost why=transfer.wrong_digest"));
    mu_pair_settle(pair);

    assert_int_equal(count_tasks(pair, kofi), 10);
    mu_pair_check(pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLIENT_TEST(test_client_transfer__a_first_load_takes_rows),
        CLIENT_TEST(test_client_transfer__a_broken_one_asks_only_for_what_is_missing),
        CLIENT_TEST(test_client_transfer__the_outbox_goes_through_untouched),
        CLIENT_TEST(test_client_transfer__dropping_the_outbox_with_it_loses_edits),
        CLIENT_TEST(test_client_transfer__a_refusal_that_it_passes_over_is_still_told),
        CLIENT_TEST(test_client_transfer__a_damaged_row_is_repaired),
        CLIENT_TEST(test_client_transfer__a_damaged_digest_is_repaired),
        CLIENT_TEST(test_client_transfer__one_repair_an_hour_then_it_is_shown),
        CLIENT_TEST(test_client_transfer__a_changed_chunk_is_thrown_away),
        CLIENT_TEST(test_client_transfer__a_wrong_digest_is_never_swapped_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
