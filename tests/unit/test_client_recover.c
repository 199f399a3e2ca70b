/* A client that finds its own files or its server other than it left them: what nobody can read
 * does not hold up the rest, what the server forgot is sent again, damaged rows are fetched anew.
 */
#include "tests/harness/cmocka.h"

#include "common/db/stmt.h"
#include "common/seal/sign.h"
#include "common/wire/mutation.h"
#include "tests/harness/pair.h"

static int open_pair(void **state)
{
    static struct mu_pair pair;
    mu_pair_open(&pair, "recover");
    *state = &pair;
    return 0;
}

static int close_pair(void **state)
{
    mu_pair_close(*state);
    return 0;
}

/* The lead and `members` more, all level. */
static void gather(struct mu_pair *pair, size_t members)
{
    for (size_t i = 0; i <= members; i++) {
        (void)mu_pair_join(pair);
        mu_pair_settle(pair);
    }
}

/* The server's files as they were, the file beside them gone: nothing tells it. */
static void put_back_silently(struct mu_pair *pair, const struct mu_memdisk_image *image)
{
    mu_pair_server_kill(pair);
    mu_memdisk_restore(pair->disk, image);
    mu_pair_server_start(pair);
}

/* The oldest entry becomes signed bytes that are no mutation. */
static void garble_oldest(struct mu_pair *pair, size_t client)
{
    struct mu_pair_client *self = &pair->clients[client];
    static const uint8_t garbage[] = {0xff, 0xff, 0x01, 0x02};
    struct mu_slice bytes = mu_slice_of(garbage, sizeof garbage);
    uint8_t signature[MU_SIGN_LEN];
    struct mu_stmt stmt = {0};
    mu_sign(&self->keys, MU_SIGN_MUTATION, bytes, signature);
    assert_int_equal(mu_stmt_prepare(&stmt, &self->outbox_db,
                                     "UPDATE body SET bytes = ?1, signature = ?2 WHERE position ="
                                     " (SELECT min(position) FROM entry WHERE state < 4)",
                                     &pair->err),
                     MU_OK);
    mu_stmt_bind_blob(&stmt, 1, bytes);
    mu_stmt_bind_blob(&stmt, 2, mu_slice_of(signature, sizeof signature));
    assert_int_equal(mu_stmt_run(&stmt, &pair->err), MU_OK);
    mu_stmt_finalize(&stmt);
}

static void test_client_recover__an_unreadable_entry_does_not_hold_up_the_rest(void **state)
{
    struct mu_pair *pair = *state;
    gather(pair, 1);
    mu_pair_unplug(pair, 0, false);
    (void)mu_pair_add(pair, 0, "garbled", MU_KIND_TODO);
    struct mu_id behind = mu_pair_add(pair, 0, "behind it", MU_KIND_TODO);
    garble_oldest(pair, 0);
    mu_pair_kill(pair, 0);
    assert_int_equal(mu_memdisk_size(pair->clients[0].disk, "replica.db") > 0, true);
    mu_memdisk_remove(pair->clients[0].disk, "replica.db"); /* so that all is shown anew */

    mu_pair_start(pair, 0);
    mu_pair_plug(pair, 0);
    mu_pair_settle(pair);

    assert_true(mu_pair_titled(pair, 1, behind, "behind it"));
    assert_int_equal(mu_pair_status(pair, 0).refused, 1);
    mu_pair_check(pair);
}

static void test_client_recover__an_unreadable_entry_stays_behind_when_others_are_numbered_anew(
    void **state)
{
    struct mu_pair *pair = *state;
    gather(pair, 1);
    struct mu_memdisk_image *image = mu_memdisk_snapshot(pair->disk, NULL);
    mu_pair_unplug(pair, 0, false);
    (void)mu_pair_add(pair, 0, "garbled", MU_KIND_TODO);
    struct mu_id behind = mu_pair_add(pair, 0, "behind it", MU_KIND_TODO);
    garble_oldest(pair, 0);
    mu_pair_server_restore(pair, image); /* another lineage: all that waits is stamped again */

    mu_pair_plug(pair, 0);
    mu_pair_settle(pair);

    assert_true(mu_pair_titled(pair, 1, behind, "behind it"));
    assert_int_equal(mu_pair_status(pair, 0).refused, 1);
    mu_pair_check(pair);
    mu_memdisk_image_free(image);
}

static void test_client_recover__a_rebuilt_replica_still_tells_what_the_server_forgot(void **state)
{
    struct mu_pair *pair = *state;
    gather(pair, 2);
    mu_pair_unplug(pair, 2, false); /* mia, who proves nothing */
    struct mu_memdisk_image *image = mu_memdisk_snapshot(pair->disk, NULL);
    struct mu_id task = mu_pair_add(pair, 1, "forgotten", MU_KIND_TODO);
    mu_pair_settle(pair);
    mu_pair_kill(pair, 0);
    mu_pair_kill(pair, 1);
    mu_memdisk_remove(pair->clients[1].disk, "replica.db"); /* with cursor and beacon */

    put_back_silently(pair, image);
    mu_pair_plug(pair, 2);
    mu_pair_start(pair, 1);
    mu_pair_settle(pair);

    assert_true(mu_pair_titled(pair, 2, task, "forgotten"));
    mu_pair_check(pair);
    mu_memdisk_image_free(image);
}

/* The same with a replica of an older lineage, while the server has gone on past the seq that it
 * gave to what it forgot: then neither the cursor nor the head tells that something is missing. */
static void test_client_recover__an_older_replica_still_tells_what_the_server_forgot(void **state)
{
    struct mu_pair *pair = *state;
    gather(pair, 2);
    struct mu_memdisk_image *old = mu_memdisk_snapshot(pair->clients[1].disk, "replica.db");
    struct mu_memdisk_image *image = mu_memdisk_snapshot(pair->disk, NULL);
    mu_pair_server_restore(pair, image); /* another lineage */
    mu_memdisk_image_free(image);
    mu_pair_settle(pair);
    image = mu_memdisk_snapshot(pair->disk, NULL);
    mu_pair_unplug(pair, 2, false); /* mia, who proves nothing */
    struct mu_id first = mu_pair_add(pair, 1, "forgotten", MU_KIND_TODO);
    mu_pair_settle(pair);
    struct mu_id second = mu_pair_add(pair, 1, "written having seen it", MU_KIND_TODO);
    mu_pair_settle(pair);
    mu_pair_kill(pair, 0);
    mu_pair_kill(pair, 1);
    mu_memdisk_restore(pair->clients[1].disk, old);
    mu_memdisk_image_free(old);

    put_back_silently(pair, image);
    mu_pair_plug(pair, 2);
    (void)mu_pair_add(pair, 2, "in its place", MU_KIND_TODO);
    (void)mu_pair_add(pair, 2, "and one more", MU_KIND_TODO);
    mu_pair_settle(pair);
    mu_pair_start(pair, 1);
    mu_pair_settle(pair);

    assert_true(mu_pair_titled(pair, 2, first, "forgotten"));
    assert_true(mu_pair_titled(pair, 2, second, "written having seen it"));
    mu_pair_check(pair);
    mu_memdisk_image_free(image);
}

/* The server knows where its new lineage begins, not that what came before was another past
 * already: copies of changes up to there are not to be kept for its word alone. */
static void test_client_recover__copies_of_a_past_that_was_replaced_are_dropped(void **state)
{
    struct mu_pair *pair = *state;
    uint64_t checked = 0;
    uint64_t from = 0;
    gather(pair, 2);
    mu_pair_unplug(pair, 2, false);
    struct mu_memdisk_image *image = mu_memdisk_snapshot(pair->disk, NULL);
    struct mu_id lost = mu_pair_add(pair, 1, "one", MU_KIND_TODO);
    (void)mu_pair_add(pair, 1, "two", MU_KIND_TODO);
    (void)mu_pair_add(pair, 1, "three", MU_KIND_TODO);
    mu_pair_settle(pair);
    mu_pair_unplug(pair, 0, false);
    mu_pair_unplug(pair, 1, false);
    put_back_silently(pair, image);
    mu_pair_plug(pair, 2);
    (void)mu_pair_add(pair, 2, "another one", MU_KIND_TODO);
    (void)mu_pair_add(pair, 2, "another two", MU_KIND_TODO);
    mu_pair_settle(pair);

    mu_pair_plug(pair, 1); /* whose beacon proves it */
    mu_pair_settle(pair);

    assert_true(mu_pair_titled(pair, 2, lost, "one"));
    assert_int_equal(mu_client_verify(pair->clients[1].client, &checked, &from, &pair->err), MU_OK);
    mu_pair_check(pair);
    mu_memdisk_image_free(image);
}

static void test_client_recover__rows_that_were_damaged_are_fetched_anew(void **state)
{
    struct mu_pair *pair = *state;
    gather(pair, 1);
    struct mu_id task = mu_pair_add(pair, 0, "as it was", MU_KIND_TODO);
    mu_pair_settle(pair);
    mu_pair_unplug(pair, 1, false);
    struct mu_id waiting = mu_pair_add(pair, 1, "waits", MU_KIND_TODO);
    assert_int_equal(mu_db_exec(&pair->clients[1].replica_db,
                                "UPDATE task SET title = 'flipped' WHERE title = 'as it was'",
                                &pair->err),
                     MU_OK);
    assert_true(mu_pair_titled(pair, 1, task, "flipped"));

    mu_pair_plug(pair, 1);
    mu_pair_settle(pair);
    mu_pair_run(pair, 100000);

    assert_true(mu_pair_logged(pair, 1, "rows.damaged"));
    assert_true(mu_pair_titled(pair, 1, task, "as it was"));
    assert_true(mu_pair_titled(pair, 0, waiting, "waits"));
    assert_false(mu_pair_status(pair, 1).degraded);
    mu_pair_check(pair);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, open_pair, close_pair)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_client_recover__an_unreadable_entry_does_not_hold_up_the_rest),
        TEST(test_client_recover__an_unreadable_entry_stays_behind_when_others_are_numbered_anew),
        TEST(test_client_recover__a_rebuilt_replica_still_tells_what_the_server_forgot),
        TEST(test_client_recover__an_older_replica_still_tells_what_the_server_forgot),
        TEST(test_client_recover__copies_of_a_past_that_was_replaced_are_dropped),
        TEST(test_client_recover__rows_that_were_damaged_are_fetched_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
