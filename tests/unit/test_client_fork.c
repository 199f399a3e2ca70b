/* Histories that part: a device put back from a copy, a folder used twice, a server that went
 * back in time, a mutation that no number can carry.  Nothing is doubled, nothing is lost. */
#include <string.h>

#include "tests/unit/client_fixture.h"

static size_t eras(struct mu_pair *pair, size_t client)
{
    return (size_t)client_fixture_number(pair, &pair->clients[client].outbox_db,
                                         "SELECT count(*) FROM era");
}

static size_t count_tasks(struct mu_pair *pair, size_t client)
{
    return (size_t)client_fixture_number(pair, &pair->clients[client].replica_db,
                                         "SELECT count(*) FROM task");
}

static void put_back(struct mu_pair *pair, size_t client, struct mu_memdisk_image *image)
{
    mu_pair_kill(pair, client);
    mu_memdisk_restore(pair->clients[client].disk, image);
    mu_memdisk_image_free(image);
    mu_pair_start(pair, client);
}

static void test_client_fork__a_restored_device_gets_a_new_replica_id(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    mu_pair_unplug(pair, ana, false);
    struct mu_id early = mu_pair_add(pair, ana, "in the copy", MU_KIND_TODO);
    struct mu_memdisk_image *image = mu_memdisk_snapshot(pair->clients[ana].disk, NULL);
    struct mu_id late = mu_pair_add(pair, ana, "after the copy", MU_KIND_TODO);
    mu_pair_plug(pair, ana);
    mu_pair_settle(pair);

    put_back(pair, ana, image);
    struct mu_id other = mu_pair_add(pair, ana, "in its place", MU_KIND_TODO);
    mu_pair_settle(pair);

    assert_int_equal(eras(pair, ana), 2);
    assert_int_equal(count_tasks(pair, ana), 3);
    assert_true(mu_pair_titled(pair, ana, early, "in the copy"));
    assert_true(mu_pair_titled(pair, ana, late, "after the copy"));
    assert_true(mu_pair_titled(pair, ana, other, "in its place"));
    mu_pair_check(pair);
}

/* The id says which mutation it is: what the server has under the old replica id is not
 * applied again under the new one. */
static void test_client_fork__what_the_copy_sends_again_is_known(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    mu_pair_unplug(pair, ana, false);
    (void)mu_pair_add(pair, ana, "once", MU_KIND_TODO);
    struct mu_memdisk_image *image = mu_memdisk_snapshot(pair->clients[ana].disk, NULL);
    mu_pair_plug(pair, ana);
    mu_pair_settle(pair);
    uint64_t head = mu_pair_server_status(pair).head.seq;

    put_back(pair, ana, image);
    mu_pair_settle(pair);

    /* Its new number has a change, so that none is missing; it does nothing. */
    assert_int_equal(mu_pair_server_status(pair).head.seq, head + 1);
    assert_int_equal(count_tasks(pair, ana), 1);
    mu_pair_check(pair);
    uint64_t checked = 0;
    uint64_t from = 0;
    assert_int_equal(mu_client_verify(pair->clients[ana].client, &checked, &from, &pair->err),
                     MU_OK);
    assert_int_equal(checked, head + 1);
}

static void test_client_fork__a_server_that_went_back_gets_everything_again(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    struct mu_id kept = mu_pair_add(pair, ana, "in the backup", MU_KIND_TODO);
    mu_pair_settle(pair);
    struct mu_memdisk_image *image = mu_memdisk_snapshot(pair->disk, NULL);
    struct mu_id ours = mu_pair_add(pair, ana, "ana's since", MU_KIND_TODO);
    struct mu_id theirs = mu_pair_add(pair, kofi, "kofi's since", MU_KIND_TODO);
    (void)mu_pair_title(pair, kofi, kept, "renamed since");
    mu_pair_settle(pair);
    mu_pair_unplug(pair, kofi, false);
    struct mu_id waiting = mu_pair_add(pair, kofi, "kofi's last", MU_KIND_TODO);

    mu_pair_server_restore(pair, image);
    mu_memdisk_image_free(image);
    mu_pair_plug(pair, kofi);
    mu_pair_settle(pair);

    for (size_t i = 0; i < pair->count; i++) {
        assert_true(mu_pair_titled(pair, i, kept, "renamed since"));
        assert_true(mu_pair_titled(pair, i, ours, "ana's since"));
        assert_true(mu_pair_titled(pair, i, theirs, "kofi's since"));
        assert_true(mu_pair_titled(pair, i, waiting, "kofi's last"));
        assert_int_equal(count_tasks(pair, i), 4);
    }
    assert_int_equal(mu_pair_status(pair, ana).conflicts, 0);
    mu_pair_check(pair);
}

static void test_client_fork__without_sending_again_a_restore_loses_edits(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    struct mu_memdisk_image *image = mu_memdisk_snapshot(pair->disk, NULL);
    struct mu_id task = mu_pair_add(pair, ana, "since", MU_KIND_TODO);
    mu_pair_settle(pair);
    mu_client_sabotage(pair->clients[ana].client, (struct mu_client_sabotage){.no_resend = true});

    mu_pair_server_restore(pair, image);
    mu_memdisk_image_free(image);
    mu_pair_settle(pair);

    bool found = true;
    struct mu_row row = {0};
    assert_int_equal(mu_replica_row(mu_server_replica(pair->server), &pair->clients[ana].arena,
                                    MU_TASK, task, &row, &found, &pair->err),
                     MU_OK);
    assert_false(found);
}

/* The replica was thrown away, too: the outbox alone knows what the server has forgotten. */
static void test_client_fork__a_lost_replica_and_a_restored_server(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    struct mu_memdisk_image *image = mu_memdisk_snapshot(pair->disk, NULL);
    struct mu_id task = mu_pair_add(pair, ana, "since", MU_KIND_TODO);
    mu_pair_settle(pair);

    mu_pair_kill(pair, ana);
    mu_memdisk_remove(pair->clients[ana].disk, "replica.db");
    mu_pair_server_restore(pair, image);
    mu_memdisk_image_free(image);
    mu_pair_start(pair, ana);
    mu_pair_settle(pair);

    assert_true(mu_pair_titled(pair, ana, task, "since"));
    assert_int_equal(count_tasks(pair, ana), 1);
    mu_pair_check(pair);
}

/* Put back as a copy of files, without `musterd restore`: the newest beacon proves it. */
static void test_client_fork__a_server_copied_back_is_found_out(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    struct mu_memdisk_image *image = mu_memdisk_snapshot(pair->disk, NULL);
    struct mu_id task = mu_pair_add(pair, ana, "since", MU_KIND_TODO);
    mu_pair_settle(pair);
    mu_pair_run(pair, 6000);

    mu_pair_server_kill(pair);
    mu_memdisk_restore(pair->disk, image);
    mu_memdisk_image_free(image);
    mu_pair_server_start(pair);
    mu_pair_settle(pair);

    assert_true(mu_pair_titled(pair, ana, task, "since"));
    mu_pair_check(pair);
}

/* -- poison ----------------------------------------------------------------------- */

/* The first mutation of the first PUSH loses a byte of its signed bytes on the way. */
static bool spoil(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    bool *done = state;
    struct mu_message message;
    struct mu_arena *arena = &pair->clients[frame->client].arena;
    if (*done || !frame->to_server ||
        mu_message_decode(mu_slice_of(frame->bytes, frame->len), arena, &message, &pair->err) !=
            MU_OK ||
        message.kind != MU_MSG_PUSH) {
        return true;
    }
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_MESSAGE_MAX);
    message.push.items[0].bytes.len--;
    assert_int_equal(mu_message_encode(&message, arena, &bytes), MU_OK);
    memcpy(frame->bytes, bytes.data, bytes.len);
    frame->len = bytes.len;
    *done = true;
    return true;
}

static void test_client_fork__poison_at_the_head_is_refused_and_the_rest_drains(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    bool done = false;
    mu_pair_unplug(pair, ana, false);
    struct mu_id poison = mu_pair_add(pair, ana, "poison", MU_KIND_TODO);
    struct mu_id second = mu_pair_add(pair, ana, "second", MU_KIND_TODO);
    struct mu_id third = mu_pair_add(pair, ana, "third", MU_KIND_TODO);
    pair->pass = spoil;
    pair->pass_state = &done;

    mu_pair_plug(pair, ana);
    mu_pair_settle(pair);

    assert_true(done);
    assert_int_equal(mu_pair_status(pair, ana).refused, 1);
    assert_false(mu_pair_has(pair, ana, MU_TASK, poison));
    assert_true(mu_pair_titled(pair, ana, second, "second"));
    assert_true(mu_pair_titled(pair, ana, third, "third"));
    assert_int_equal(eras(pair, ana), 2);
    assert_int_equal(mu_pair_server_status(pair).head.seq, 4);
    mu_pair_check(pair);
}

/* -- answers that a sound server never gives ---------------------------------------- */

/* Replace the answers of the first PUSHACK by one of this kind. */
struct answer {
    struct mu_ack ack;
    bool done;
};

static bool answer_so(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    struct answer *answer = state;
    struct mu_message message;
    struct mu_arena *arena = &pair->clients[frame->client].arena;
    if (answer->done || frame->to_server ||
        mu_message_decode(mu_slice_of(frame->bytes, frame->len), arena, &message, &pair->err) !=
            MU_OK ||
        message.kind != MU_MSG_PUSHACK) {
        return true;
    }
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_MESSAGE_MAX);
    struct mu_message other = {.kind = MU_MSG_PUSHACK,
                               .pushack = {.items = &answer->ack, .count = 1}};
    answer->ack.mutation = message.pushack.items[0].mutation;
    assert_int_equal(mu_message_encode(&other, arena, &bytes), MU_OK);
    answer->done = true;
    mu_pair_post(pair, frame->client, false, mu_buf_view(&bytes));
    return false;
}

static void answered(struct mu_pair *pair, enum mu_ack_kind kind)
{
    size_t ana = client_fixture_lead(pair);
    struct answer answer = {.ack = {.kind = kind, .number = 1, .expected = 1, .retry_ms = 300}};
    pair->pass = answer_so;
    pair->pass_state = &answer;

    struct mu_id task = mu_pair_add(pair, ana, "answered oddly", MU_KIND_TODO);
    mu_pair_settle(pair);

    assert_true(answer.done);
    assert_true(mu_pair_titled(pair, ana, task, "answered oddly"));
    assert_int_equal(count_tasks(pair, ana), 1);
    mu_pair_check(pair);
}

static void test_client_fork__a_fork_answer_mints_and_nothing_doubles(void **state)
{
    struct mu_pair *pair = *state;
    answered(pair, MU_ACK_FORK);
    /* The edit, and the change that says which number it took once more. */
    assert_int_equal(mu_pair_server_status(pair).head.seq, 4);
}

static void test_client_fork__a_gap_is_sent_again(void **state)
{
    answered(*state, MU_ACK_GAP);
}

static void test_client_fork__busy_waits_and_tries_again(void **state)
{
    answered(*state, MU_ACK_BUSY);
}

/* A gap that the outbox cannot fill: a number below what is left here. */
static void test_client_fork__a_gap_before_what_is_left_mints(void **state)
{
    struct mu_pair *pair = *state;
    size_t ana = client_fixture_lead(pair);
    (void)mu_pair_add(pair, ana, "one", MU_KIND_TODO);
    (void)mu_pair_add(pair, ana, "two", MU_KIND_TODO);
    mu_pair_settle(pair);
    client_fixture_exec(pair, &pair->clients[ana].outbox_db, "DELETE FROM body; DELETE FROM entry");
    struct answer answer = {.ack = {.kind = MU_ACK_GAP, .number = 3, .expected = 1}};
    pair->pass = answer_so;
    pair->pass_state = &answer;

    (void)mu_pair_add(pair, ana, "three", MU_KIND_TODO);
    mu_pair_settle(pair);

    assert_true(answer.done);
    assert_int_equal(eras(pair, ana), 2);
    assert_int_equal(count_tasks(pair, ana), 3);
    mu_pair_check(pair);
}

/* -- sent again ------------------------------------------------------------------- */

/* Whoever looks at a row whenever anything is on the wire. */
struct watcher {
    size_t client;
    struct mu_id task;
    const char *title; /* that it must show */
    size_t otherwise;  /* how often it did not */
    struct answer answer;
    bool mute; /* once answered, nothing more is answered */
};

static bool watch(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    struct watcher *watcher = state;
    watcher->otherwise += !mu_pair_titled(pair, watcher->client, watcher->task, watcher->title);
    if (watcher->answer.ack.kind == 0 || frame->client != watcher->client) {
        return true;
    }
    if (watcher->answer.done) {
        return !watcher->mute || frame->to_server;
    }
    return answer_so(pair, frame, &watcher->answer);
}

/* Ana has renamed a task, Kofi has renamed it since: his title stands. */
static struct watcher renamed_by_both(struct mu_pair *pair)
{
    size_t ana = client_fixture_lead(pair);
    size_t kofi = client_fixture_member(pair);
    struct watcher watcher = {.client = ana, .title = "by Kofi, later"};
    watcher.task = mu_pair_add(pair, ana, "a task", MU_KIND_TODO);
    (void)mu_pair_title(pair, ana, watcher.task, "by Ana");
    mu_pair_settle(pair);
    (void)mu_pair_title(pair, kofi, watcher.task, watcher.title);
    mu_pair_settle(pair);
    return watcher;
}

static size_t flickers_while_disowned(struct mu_pair *pair, bool sabotaged)
{
    struct watcher watcher = renamed_by_both(pair);
    mu_client_sabotage(pair->clients[watcher.client].client,
                       (struct mu_client_sabotage){.no_held = sabotaged});
    watcher.mute = true;
    watcher.answer.ack = (struct mu_ack){.kind = MU_ACK_FORK, .code = MU_E_CONFLICT, .number = 3};
    pair->pass = watch;
    pair->pass_state = &watcher;

    (void)mu_pair_add(pair, watcher.client, "said to have seen what never was", MU_KIND_TODO);
    mu_pair_run(pair, 5000);
    watcher.mute = false;
    mu_pair_run(pair, 60000);
    mu_pair_settle(pair);

    assert_true(watcher.answer.done);
    assert_int_equal(mu_pair_status(pair, watcher.client).pending, 0);
    assert_true(mu_pair_titled(pair, watcher.client, watcher.task, watcher.title));
    pair->pass = NULL;
    mu_pair_check(pair);
    return watcher.otherwise;
}

static void test_client_fork__what_is_sent_again_lies_beneath_what_came_after(void **state)
{
    assert_int_equal(flickers_while_disowned(*state, false), 0);
}

static void test_client_fork__without_knowing_what_rows_hold_old_titles_come_back(void **state)
{
    assert_true(flickers_while_disowned(*state, true) > 0);
}

/* A restored server still has all of it; Ana can't tell how far, since she has no copy of the
 * changes, and sends everything again. */
static size_t flickers_while_restored(struct mu_pair *pair, bool sabotaged)
{
    struct watcher watcher = renamed_by_both(pair);
    struct mu_memdisk_image *image = mu_memdisk_snapshot(pair->disk, NULL);
    size_t ana = watcher.client;
    mu_pair_unplug(pair, ana, false);
    client_fixture_exec(pair, &pair->clients[ana].replica_db, "DELETE FROM change_copy");
    struct mu_id since = mu_pair_add(pair, ana, "written meanwhile", MU_KIND_TODO);
    mu_pair_server_restore(pair, image);
    mu_memdisk_image_free(image);
    mu_client_sabotage(pair->clients[ana].client,
                       (struct mu_client_sabotage){.no_send_first = sabotaged});
    pair->pass = watch;
    pair->pass_state = &watcher;

    mu_pair_plug(pair, ana);
    mu_pair_settle(pair);

    assert_true(mu_pair_logged(pair, ana, "server.went_back fork_seq=0"));
    assert_true(mu_pair_titled(pair, ana, watcher.task, watcher.title));
    assert_true(mu_pair_titled(pair, ana, since, "written meanwhile"));
    pair->pass = NULL;
    mu_pair_check(pair);
    return watcher.otherwise;
}

static void test_client_fork__rows_of_a_new_history_come_when_all_is_answered(void **state)
{
    assert_int_equal(flickers_while_restored(*state, false), 0);
}

static void test_client_fork__rows_that_come_first_are_covered_by_old_titles(void **state)
{
    assert_true(flickers_while_restored(*state, true) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLIENT_TEST(test_client_fork__a_restored_device_gets_a_new_replica_id),
        CLIENT_TEST(test_client_fork__what_the_copy_sends_again_is_known),
        CLIENT_TEST(test_client_fork__a_server_that_went_back_gets_everything_again),
        CLIENT_TEST(test_client_fork__without_sending_again_a_restore_loses_edits),
        CLIENT_TEST(test_client_fork__a_lost_replica_and_a_restored_server),
        CLIENT_TEST(test_client_fork__a_server_copied_back_is_found_out),
        CLIENT_TEST(test_client_fork__poison_at_the_head_is_refused_and_the_rest_drains),
        CLIENT_TEST(test_client_fork__a_fork_answer_mints_and_nothing_doubles),
        CLIENT_TEST(test_client_fork__a_gap_is_sent_again),
        CLIENT_TEST(test_client_fork__busy_waits_and_tries_again),
        CLIENT_TEST(test_client_fork__a_gap_before_what_is_left_mints),
        CLIENT_TEST(test_client_fork__what_is_sent_again_lies_beneath_what_came_after),
        CLIENT_TEST(test_client_fork__without_knowing_what_rows_hold_old_titles_come_back),
        CLIENT_TEST(test_client_fork__rows_of_a_new_history_come_when_all_is_answered),
        CLIENT_TEST(test_client_fork__rows_that_come_first_are_covered_by_old_titles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
