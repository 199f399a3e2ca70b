/* A sealed text is read by its sender and its recipient on all their devices and by nobody
 * else: not by the server, not by others, not by a device that no lead vouches for. */
#include <string.h>

#include "client/core/sealed.h"
#include "common/db/stmt.h"
#include "tests/unit/client_fixture.h"

static const char secret[] = "thy-quiet-word about the launch, thy-quiet-word once more";
static const char marker[] = "thy-quiet-word";

enum { ANA, KOFI, MIA };

/* The lead, and two members. */
static struct mu_pair *three(void **state)
{
    struct mu_pair *pair = *state;
    assert_int_equal(client_fixture_lead(pair), ANA);
    assert_int_equal(client_fixture_member(pair), KOFI);
    assert_int_equal(client_fixture_member(pair), MIA);
    mu_pair_settle(pair);
    return pair;
}

static size_t device_of(struct mu_pair *pair, size_t whose)
{
    size_t client = mu_pair_join_as(pair, whose);
    mu_pair_settle(pair);
    return client;
}

static enum mu_status try_send(struct mu_pair *pair, size_t from, size_t to, const char *text,
                               struct mu_id *out_row)
{
    struct mu_client_turn turn = mu_pair_turn(pair, from);
    enum mu_status status =
        mu_client_sealed_send(pair->clients[from].client, &turn, pair->clients[to].person,
                              mu_slice_str(text), out_row, &pair->err);
    pair->clients[from].poked = true;
    return status;
}

static struct mu_id send(struct mu_pair *pair, size_t from, size_t to)
{
    struct mu_id row = {0};
    assert_int_equal(try_send(pair, from, to, secret, &row), MU_OK);
    mu_pair_settle(pair);
    return row;
}

static enum mu_status read(struct mu_pair *pair, size_t client, struct mu_id row,
                           struct mu_sealed_text *out)
{
    return mu_client_sealed_read(pair->clients[client].client, row, &pair->clients[client].arena,
                                 out, &pair->err);
}

static struct mu_sealed_text reads(struct mu_pair *pair, size_t client, struct mu_id row)
{
    struct mu_sealed_text text = {0};
    assert_int_equal(read(pair, client, row, &text), MU_OK);
    assert_true(mu_slice_equal(text.text, mu_slice_str(secret)));
    return text;
}

static size_t pass_on(struct mu_pair *pair, size_t client)
{
    struct mu_client_turn turn = mu_pair_turn(pair, client);
    size_t count = 0;
    assert_true(mu_client_sealed_due(pair->clients[client].client));
    assert_int_equal(
        mu_client_sealed_pass_on(pair->clients[client].client, &turn, &count, &pair->err), MU_OK);
    pair->clients[client].poked = true;
    return count;
}

static size_t copies_len(struct mu_pair *pair, size_t client, struct mu_id row)
{
    struct mu_row sealed = mu_pair_row(pair, client, MU_SEALED, row);
    return mu_row_text(&sealed, MU_SEALED_BYTES).len;
}

/* -- who reads ------------------------------------------------------------------------ */

static bool no_marker(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    (void)pair;
    (void)state;
    for (size_t at = 0; at + sizeof marker - 1 <= frame->len; at++) {
        assert_memory_not_equal(frame->bytes + at, marker, sizeof marker - 1);
    }
    return true;
}

static void test_client_sealed__both_read_it_on_all_their_devices(void **state)
{
    struct mu_pair *pair = three(state);
    size_t ana_too = device_of(pair, ANA);
    size_t kofi_too = device_of(pair, KOFI);

    struct mu_id row = send(pair, ANA, KOFI);

    const size_t readers[] = {ANA, KOFI, ana_too, kofi_too};
    for (size_t i = 0; i < 4; i++) {
        struct mu_sealed_text text = reads(pair, readers[i], row);
        assert_true(text.vouched);
        assert_false(text.resealed);
        assert_true(mu_id_equal(text.from, pair->clients[ANA].person));
        assert_true(mu_id_equal(text.from_device, pair->clients[ANA].file.device));
        assert_true(mu_id_equal(text.to, pair->clients[KOFI].person));
    }
    mu_pair_check(pair);
}

static void test_client_sealed__nobody_else_does(void **state)
{
    struct mu_pair *pair = three(state);
    struct mu_sealed_text text = {0};
    pair->pass = no_marker;
    struct mu_id row = send(pair, KOFI, ANA);
    struct mu_row sealed = mu_pair_row(pair, MIA, MU_SEALED, row);
    pair->pass = NULL;
    (void)mu_pair_add(pair, ANA, "a word for-all-to-see", MU_KIND_TODO);
    mu_pair_settle(pair);

    assert_int_equal(read(pair, MIA, row, &text), MU_E_NOT_FOUND);
    const struct mu_sealed_open_args args = {
        .about = {.workspace = pair->workspace,
                  .message = row,
                  .from_device = pair->clients[KOFI].file.device,
                  .to_person = pair->clients[ANA].person},
        .sealed = mu_row_text(&sealed, MU_SEALED_BYTES),
        .reader = &pair->keys,
        .author_sign_pk = pair->clients[KOFI].keys.public.sign};
    struct mu_sealed_opened opened = {0};
    assert_int_equal(mu_sealed_open(&args, &opened, &pair->err), MU_E_NOT_FOUND);

    assert_true(mu_memdisk_holds(pair->disk, mu_slice_str("for-all-to-see")));
    assert_true(mu_memdisk_holds(pair->clients[MIA].disk, mu_slice_str("for-all-to-see")));
    assert_false(mu_memdisk_holds(pair->disk, mu_slice_str(marker)));
    for (size_t i = 0; i < pair->count; i++) { /* not even lying about at those who may read it */
        assert_false(mu_memdisk_holds(pair->clients[i].disk, mu_slice_str(marker)));
    }
}

/* -- new devices -------------------------------------------------------------------------- */

static void test_client_sealed__a_new_device_gets_its_copy(void **state)
{
    struct mu_pair *pair = three(state);
    struct mu_id row = send(pair, ANA, KOFI);
    size_t kofi_too = device_of(pair, KOFI);
    struct mu_sealed_text text = {0};
    assert_int_equal(read(pair, kofi_too, row, &text), MU_E_NOT_FOUND);

    assert_int_equal(pass_on(pair, MIA), 0);
    assert_int_equal(pass_on(pair, kofi_too), 0);
    assert_int_equal(pass_on(pair, KOFI), 1);
    mu_pair_settle(pair);

    text = reads(pair, kofi_too, row);
    assert_true(text.resealed);
    assert_true(text.vouched);
    assert_int_equal(read(pair, MIA, row, &text), MU_E_NOT_FOUND);
    assert_int_equal(pass_on(pair, ANA), 0);
    assert_false(mu_memdisk_holds(pair->disk, mu_slice_str(marker)));
    mu_pair_check(pair);
}

static void test_client_sealed__two_pass_it_on_at_a_time(void **state)
{
    struct mu_pair *pair = three(state);
    struct mu_id row = send(pair, ANA, KOFI);
    size_t ana_too = device_of(pair, ANA);
    size_t before = copies_len(pair, ANA, row);

    assert_int_equal(pass_on(pair, ANA), 1);
    assert_int_equal(pass_on(pair, KOFI), 1);
    mu_pair_settle(pair);

    (void)reads(pair, ana_too, row);
    (void)reads(pair, KOFI, row);
    assert_int_equal(copies_len(pair, ANA, row), before + before / 2); /* a third copy, once */
    assert_int_equal(mu_pair_status(pair, KOFI).refused, 0);
    mu_pair_check(pair);
}

static void test_client_sealed__a_revoked_device_gets_none(void **state)
{
    struct mu_pair *pair = three(state);
    size_t kofi_too = device_of(pair, KOFI);
    struct mu_op *op = NULL;
    struct mu_intent intent = mu_pair_intent(pair, ANA, MU_INTENT_DEVICE_REVOKE, MU_DEVICE,
                                             pair->clients[kofi_too].file.device, &op);
    mu_pair_unplug(pair, kofi_too, false);
    (void)mu_pair_author(pair, ANA, &intent);
    mu_pair_settle(pair);

    struct mu_id row = send(pair, ANA, KOFI);

    (void)reads(pair, KOFI, row);
    struct mu_row sealed = mu_pair_row(pair, ANA, MU_SEALED, row);
    struct mu_box_pk key;
    memcpy(key.bytes, pair->clients[kofi_too].keys.public.box, sizeof key.bytes);
    assert_false(mu_sealed_has(mu_row_text(&sealed, MU_SEALED_BYTES), &key));
    assert_int_equal(pass_on(pair, ANA), 0);
}

static void test_client_sealed__passing_on_is_no_edit_to_undo(void **state)
{
    struct mu_pair *pair = three(state);
    (void)send(pair, ANA, KOFI);
    struct mu_id task = mu_pair_add(pair, ANA, "mine", MU_KIND_TODO);
    (void)device_of(pair, ANA);
    (void)mu_pair_title(pair, ANA, task, "mine, renamed");
    assert_int_equal(pass_on(pair, ANA), 1);
    struct mu_intent undo;
    struct mu_id undone;

    assert_int_equal(mu_client_undo(pair->clients[ANA].client, &pair->clients[ANA].arena, &undo,
                                    &undone, &pair->err),
                     MU_OK);

    assert_int_equal(undo.ops[0].entity, MU_TASK);
    assert_true(mu_id_equal(undo.ops[0].row, task));
}

/* -- forgeries ------------------------------------------------------------------------------ */

/* What the server would have to hand out: the rows of Kofi's replica are changed. */
static void doctor(struct mu_pair *pair, size_t client, const char *sql)
{
    client_fixture_exec(pair, &pair->clients[client].replica_db, sql);
}

static void test_client_sealed__a_text_moved_to_another_row_is_refused(void **state)
{
    struct mu_pair *pair = three(state);
    struct mu_id first = send(pair, ANA, KOFI);
    mu_pair_run(pair, 1000); /* ids go by time */
    struct mu_id second = send(pair, ANA, KOFI);
    struct mu_sealed_text text = {0};

    doctor(pair, KOFI, "UPDATE sealed SET bytes = (SELECT bytes FROM sealed ORDER BY id LIMIT 1)");

    (void)reads(pair, KOFI, first);
    assert_int_equal(read(pair, KOFI, second, &text), MU_E_CRYPTO);
    assert_int_equal(text.text.len, 0);
}

static void test_client_sealed__a_changed_copy_is_refused(void **state)
{
    struct mu_pair *pair = three(state);
    struct mu_id row = send(pair, ANA, KOFI);
    struct mu_sealed_text text = {0};

    /* version, key and length are 37 bytes; the copies are of one size */
    doctor(pair, KOFI,
           "UPDATE sealed SET bytes = CAST(substr(bytes, 1, 99) || x'5a5a5a' ||"
           " substr(bytes, 103, length(bytes) / 2 - 3) || x'5a5a5a' ||"
           " substr(bytes, 103 + length(bytes) / 2) AS BLOB)");

    assert_int_equal(read(pair, KOFI, row, &text), MU_E_CRYPTO);
}

static void test_client_sealed__in_anothers_name_it_is_refused(void **state)
{
    struct mu_pair *pair = three(state);
    struct mu_id row = send(pair, ANA, KOFI);
    struct mu_sealed_text text = {0};

    doctor(pair, KOFI,
           "UPDATE sealed SET from_person = (SELECT id FROM person WHERE handle = 'kofi2')");
    assert_int_equal(read(pair, KOFI, row, &text), MU_E_CRYPTO);
    assert_int_equal(pass_on(pair, KOFI), 0); /* not to the devices of that person */
    doctor(pair, KOFI,
           "UPDATE sealed SET from_device = (SELECT d.id FROM device d JOIN person p"
           " ON d.person = p.id WHERE p.handle = 'kofi2')");
    assert_int_equal(read(pair, KOFI, row, &text), MU_E_CRYPTO);
    assert_int_equal(pass_on(pair, ANA), 0);
    doctor(pair, ANA,
           "UPDATE sealed SET to_person = (SELECT id FROM person WHERE handle = 'kofi2')");
    assert_int_equal(read(pair, ANA, row, &text), MU_E_CRYPTO);
}

/* -- whose keys ------------------------------------------------------------------------------- */

static void test_client_sealed__a_key_that_the_server_put_into_a_row_is_not_used(void **state)
{
    struct mu_pair *pair = three(state);
    struct mu_box_pk key;
    memcpy(key.bytes, pair->keys.public.box, sizeof key.bytes);
    struct mu_stmt stmt = {0};
    assert_int_equal(mu_stmt_prepare(&stmt, &pair->clients[ANA].replica_db,
                                     "UPDATE device SET box_key = ?1", &pair->err),
                     MU_OK);
    mu_stmt_bind_blob(&stmt, 1, mu_slice_of(key.bytes, sizeof key.bytes));
    assert_int_equal(mu_stmt_run(&stmt, &pair->err), MU_OK);
    mu_stmt_finalize(&stmt);

    struct mu_id row = {0};
    assert_int_equal(try_send(pair, ANA, KOFI, secret, &row), MU_OK);

    struct mu_row sealed = mu_pair_row(pair, ANA, MU_SEALED, row);
    assert_false(mu_sealed_has(mu_row_text(&sealed, MU_SEALED_BYTES), &key));
    memcpy(key.bytes, pair->clients[KOFI].keys.public.box, sizeof key.bytes);
    assert_true(mu_sealed_has(mu_row_text(&sealed, MU_SEALED_BYTES), &key));
}

/* The server cannot make a lead of a member, whose invites would then count. */
static void test_client_sealed__a_lead_by_the_servers_word_vouches_for_nobody(void **state)
{
    struct mu_pair *pair = three(state);
    doctor(pair, KOFI, "UPDATE person SET role = 4");
    struct mu_id row = {0};

    client_fixture_exec(pair, &pair->clients[KOFI].replica_db,
                        "DELETE FROM vouched WHERE entity = 2");
    size_t ana_too = device_of(pair, ANA);
    assert_int_equal(try_send(pair, KOFI, ANA, secret, &row), MU_OK);

    struct mu_row sealed = mu_pair_row(pair, KOFI, MU_SEALED, row);
    struct mu_box_pk key;
    memcpy(key.bytes, pair->clients[ana_too].keys.public.box, sizeof key.bytes);
    assert_false(mu_sealed_has(mu_row_text(&sealed, MU_SEALED_BYTES), &key));
}

/* -- bounds --------------------------------------------------------------------------------------
 */

static void test_client_sealed__texts_have_their_bounds(void **state)
{
    struct mu_pair *pair = three(state);
    char text[MU_SEALED_TEXT_MAX + 2];
    struct mu_id row = {0};
    memset(text, 'x', sizeof text);
    text[MU_SEALED_TEXT_MAX + 1] = '\0';

    assert_int_equal(try_send(pair, ANA, KOFI, "", &row), MU_E_INVALID);
    assert_int_equal(try_send(pair, ANA, KOFI, "\xff", &row), MU_E_INVALID);
    assert_int_equal(try_send(pair, ANA, KOFI, text, &row), MU_E_LIMIT);
    text[MU_SEALED_TEXT_MAX] = '\0';
    assert_int_equal(try_send(pair, ANA, KOFI, text, &row), MU_OK);
    mu_pair_settle(pair);

    struct mu_sealed_text got = {0};
    assert_int_equal(read(pair, KOFI, row, &got), MU_OK);
    assert_int_equal(got.text.len, MU_SEALED_TEXT_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CLIENT_TEST(test_client_sealed__both_read_it_on_all_their_devices),
        CLIENT_TEST(test_client_sealed__nobody_else_does),
        CLIENT_TEST(test_client_sealed__a_new_device_gets_its_copy),
        CLIENT_TEST(test_client_sealed__two_pass_it_on_at_a_time),
        CLIENT_TEST(test_client_sealed__a_revoked_device_gets_none),
        CLIENT_TEST(test_client_sealed__passing_on_is_no_edit_to_undo),
        CLIENT_TEST(test_client_sealed__a_text_moved_to_another_row_is_refused),
        CLIENT_TEST(test_client_sealed__a_changed_copy_is_refused),
        CLIENT_TEST(test_client_sealed__in_anothers_name_it_is_refused),
        CLIENT_TEST(test_client_sealed__a_key_that_the_server_put_into_a_row_is_not_used),
        CLIENT_TEST(test_client_sealed__a_lead_by_the_servers_word_vouches_for_nobody),
        CLIENT_TEST(test_client_sealed__texts_have_their_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
