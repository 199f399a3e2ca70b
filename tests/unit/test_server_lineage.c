/* A server that went back in time: found out by the head kept beside the database, by a beacon
 * that it signed, or told apart client by client; what it forgot comes back and nothing doubles. */
#include "tests/unit/server_scene.h"

/* Ana and Kofi level; a copy of the database; then one more task that only Kofi and the log
 * know. */
struct story {
    struct scene scene;
    struct mu_memdisk_image *copy;
    uint64_t fork;         /* head at the copy */
    struct mu_id parent;   /* incarnation until now */
    struct mu_pushed lost; /* forgotten by whoever goes back to the copy */
    struct mu_intent intent;
    struct mu_server_known known; /* head after it */
};

static void story_open(struct story *story)
{
    struct scene *scene = &story->scene;
    scene_live(scene);
    struct mu_log_head head = mu_stage_head(&scene->stage);
    story->fork = head.seq;
    story->parent = head.incarnation;
    story->copy = mu_stage_copy(&scene->stage);
    story->intent = mu_player_task(&scene->kofi, "written after the backup", NULL);
    story->lost = mu_player_sign(&scene->kofi, &story->intent);
    mu_player_push(&scene->kofi, &story->lost, 1);
    mu_stage_run(&scene->stage, 0);
    mu_player_read(&scene->kofi);
    assert_int_equal(scene->kofi.acks[0].kind, MU_ACK_APPLIED);
    assert_int_equal(scene->kofi.cursor.seq, story->fork + 1);
    story->known = mu_server_known(scene->stage.server);
}

static void story_close(struct story *story)
{
    mu_memdisk_image_free(story->copy);
    scene_close(&story->scene);
}

/* Ana's own work takes the same seqs in the new history. */
static void ana_goes_on(struct story *story)
{
    struct mu_player *ana = &story->scene.ana;
    if (mu_player_join(ana) == MU_WELCOME_LINEAGE_CHANGED) {
        mu_player_remint(ana);
        mu_player_xfer(ana);
    }
    mu_player_credit(ana, MU_CREDIT_MAX);
    mu_stage_run(ana->stage, 0);
    mu_player_read(ana);
    assert_int_equal(mu_player_add(ana, "written after the restore").kind, MU_ACK_APPLIED);
}

/* Transfer, new replica id, the lost mutation again. */
static struct mu_ack kofi_comes_back(struct story *story)
{
    struct mu_player *kofi = &story->scene.kofi;
    mu_player_remint(kofi);
    mu_player_xfer(kofi);
    mu_player_credit(kofi, MU_CREDIT_MAX);
    mu_stage_run(kofi->stage, 0);
    mu_player_read(kofi);
    assert_int_equal(kofi->xfer_ends, 1);
    struct mu_ack ack = mu_player_say(kofi, &story->intent);
    mu_stage_run(kofi->stage, 0);
    mu_player_read(kofi);
    return ack;
}

static void test_lineage__a_database_behind_its_known_head_starts_anew(void **state)
{
    (void)state;
    struct story story;
    story_open(&story);
    struct mu_stage *stage = &story.scene.stage;
    stage->options.has_known = true;
    stage->options.known = story.known;

    mu_stage_put_back(stage, story.copy);

    struct mu_log_head head = mu_stage_head(stage);
    assert_false(mu_id_equal(head.incarnation, story.parent));
    assert_true(mu_id_equal(head.parent_incarnation, story.parent));
    assert_int_equal(head.fork_seq, story.fork);
    assert_int_equal(mu_stage_reopen(stage), MU_OK); /* the same file accuses once */
    struct mu_log_head again = mu_stage_head(stage);
    assert_true(mu_id_equal(again.incarnation, head.incarnation));
    story_close(&story);
}

static void test_lineage__what_was_forgotten_comes_back_once(void **state)
{
    (void)state;
    struct story story;
    story_open(&story);
    struct mu_stage *stage = &story.scene.stage;
    stage->options.has_known = true;
    stage->options.known = story.known;
    mu_stage_put_back(stage, story.copy);
    ana_goes_on(&story);

    assert_int_equal(mu_player_join(&story.scene.kofi), MU_WELCOME_LINEAGE_CHANGED);
    assert_int_equal(story.scene.kofi.welcome.fork_seq, story.fork);
    assert_int_equal(kofi_comes_back(&story).kind, MU_ACK_APPLIED);

    mu_player_credit(&story.scene.ana, MU_CREDIT_MAX);
    mu_stage_run(stage, 0);
    mu_player_read(&story.scene.ana);
    assert_level(&story.scene, &story.scene.ana);
    assert_level(&story.scene, &story.scene.kofi);
    story_close(&story);
}

static void test_lineage__an_older_known_head_accuses_nobody(void **state)
{
    (void)state;
    struct story story;
    story_open(&story);
    struct mu_stage *stage = &story.scene.stage;
    stage->options.has_known = true;
    stage->options.known = story.known;
    assert_int_equal(mu_player_add(&story.scene.kofi, "later").kind, MU_ACK_APPLIED);

    assert_int_equal(mu_stage_reopen(stage), MU_OK);

    struct mu_log_head head = mu_stage_head(stage);
    assert_true(mu_id_equal(head.incarnation, story.parent));
    story_close(&story);
}

static void test_lineage__musterd_restore_starts_anew_and_is_not_accused(void **state)
{
    (void)state;
    struct story story;
    story_open(&story);
    struct mu_stage *stage = &story.scene.stage;
    mu_stage_put_back(stage, story.copy);
    mu_server_close(stage->server);
    stage->server = NULL;
    struct mu_turn turn = mu_stage_now(stage);

    assert_int_equal(mu_server_restored(&stage->db, &turn, &stage->err), MU_OK);

    stage->options.has_known = true;
    stage->options.known = story.known; /* of the parent */
    assert_int_equal(mu_stage_reopen(stage), MU_OK);
    struct mu_log_head head = mu_stage_head(stage);
    assert_true(mu_id_equal(head.parent_incarnation, story.parent));
    assert_true(head.epoch > 1);
    story_close(&story);
}

/* Kofi heard a beacon about what the copy does not have. */
static void hear_beacon(struct story *story)
{
    mu_player_ping(&story->scene.kofi);
    mu_stage_turn(&story->scene.stage);
    mu_player_read(&story->scene.kofi);
    assert_int_equal(story->scene.kofi.beacon.head, story->fork + 1);
}

static struct mu_msg_hello hello_with_beacon(struct story *story)
{
    struct mu_player *kofi = &story->scene.kofi;
    mu_player_connect(kofi);
    struct mu_msg_hello hello = mu_player_hello(kofi);
    hello.has_beacon = true;
    hello.beacon = kofi->beacon;
    return hello;
}

static void test_lineage__a_beacon_ahead_proves_it(void **state)
{
    (void)state;
    struct story story;
    story_open(&story);
    struct mu_player *kofi = &story.scene.kofi;
    hear_beacon(&story);
    mu_stage_put_back(&story.scene.stage, story.copy);
    mu_player_live(&story.scene.ana); /* nothing has told yet */
    struct mu_msg_hello hello = hello_with_beacon(&story);

    assert_int_equal(say_hello(kofi, &hello), MU_WELCOME_LINEAGE_CHANGED);

    struct mu_log_head head = mu_stage_head(&story.scene.stage);
    assert_true(mu_id_equal(head.parent_incarnation, story.parent));
    assert_true(mu_id_equal(kofi->welcome.incarnation, head.incarnation));
    assert_int_equal(kofi->welcome.fork_seq, story.fork);
    mu_player_read(&story.scene.ana);
    assert_true(story.scene.ana.closed); /* whoever was connected comes again */
    assert_int_equal(kofi_comes_back(&story).kind, MU_ACK_APPLIED);
    assert_level(&story.scene, kofi);
    story_close(&story);
}

static void test_lineage__a_beacon_about_other_bytes_proves_it_too(void **state)
{
    (void)state;
    struct story story;
    story_open(&story);
    hear_beacon(&story);
    mu_stage_put_back(&story.scene.stage, story.copy);
    ana_goes_on(&story); /* the same seq, another chain */
    struct mu_msg_hello hello = hello_with_beacon(&story);

    assert_int_equal(say_hello(&story.scene.kofi, &hello), MU_WELCOME_LINEAGE_CHANGED);

    struct mu_log_head head = mu_stage_head(&story.scene.stage);
    assert_true(mu_id_equal(head.parent_incarnation, story.parent));
    assert_int_equal(head.fork_seq, story.fork + 1);
    story_close(&story);
}

static void test_lineage__a_forged_beacon_proves_nothing(void **state)
{
    (void)state;
    struct story story;
    story_open(&story);
    hear_beacon(&story);
    struct mu_msg_hello hello = hello_with_beacon(&story);
    hello.beacon.head += 1000;

    assert_int_equal(say_hello(&story.scene.kofi, &hello), MU_WELCOME_OK);

    struct mu_log_head head = mu_stage_head(&story.scene.stage);
    assert_true(mu_id_equal(head.incarnation, story.parent));
    story_close(&story);
}

static void test_lineage__a_client_ahead_without_proof_is_healed_alone(void **state)
{
    (void)state;
    struct story story;
    story_open(&story);
    mu_stage_put_back(&story.scene.stage, story.copy);
    ana_goes_on(&story);

    assert_int_equal(mu_player_join(&story.scene.kofi), MU_WELCOME_LINEAGE_CHANGED);

    struct mu_log_head head = mu_stage_head(&story.scene.stage);
    assert_true(mu_id_equal(head.incarnation, story.parent));
    assert_int_equal(story.scene.kofi.welcome.fork_seq, 0); /* nothing is certain */
    assert_int_equal(kofi_comes_back(&story).kind, MU_ACK_APPLIED);
    assert_level(&story.scene, &story.scene.kofi);
    story_close(&story);
}

static void test_lineage__an_ack_that_is_unknown_here_was_forgotten(void **state)
{
    (void)state;
    struct story story;
    story_open(&story);
    struct mu_player *kofi = &story.scene.kofi;
    struct mu_cursor before = story.scene.ana.cursor; /* Kofi heard the ack, not the change */
    mu_stage_put_back(&story.scene.stage, story.copy);
    mu_player_connect(kofi);
    struct mu_msg_hello hello = mu_player_hello(kofi);
    hello.cursor = before.seq;
    hello.chain = before.chain;
    hello.acked_number = kofi->number;
    hello.acked_hash = kofi->last_hash;

    assert_int_equal(say_hello(kofi, &hello), MU_WELCOME_LINEAGE_CHANGED);

    assert_int_equal(kofi->welcome.fork_seq, before.seq);
    assert_true(mu_hash_equal(kofi->welcome.fork_chain, before.chain));
    story_close(&story);
}

static void test_lineage__the_stream_never_shows_the_parents_changes(void **state)
{
    (void)state;
    struct story story;
    struct mu_player eve;
    uint8_t secret[16];
    story_open(&story);
    struct mu_stage *stage = &story.scene.stage;
    mu_player_invite(&story.scene.ana, "eve", MU_ROLE_MEMBER, 11, secret);
    mu_player_open(&eve, stage, 3);
    mu_player_enrol(&eve, secret);
    assert_true(eve.enrolled);
    mu_server_close(stage->server);
    stage->server = NULL;
    struct mu_turn turn = mu_stage_now(stage);
    assert_int_equal(mu_server_restored(&stage->db, &turn, &stage->err), MU_OK);
    assert_int_equal(mu_stage_reopen(stage), MU_OK);

    assert_int_equal(mu_player_join(&eve), MU_WELCOME_BELOW_HORIZON);

    mu_player_credit(&eve, MU_CREDIT_MAX);
    mu_stage_run(stage, 0);
    mu_player_read(&eve);
    assert_int_equal(eve.cursor.seq, 0); /* not without a transfer */
    mu_player_xfer(&eve);
    mu_stage_run(stage, 0);
    mu_player_read(&eve);
    assert_level(&story.scene, &eve);
    assert_int_equal(mu_player_add(&eve, "in the new lineage").kind, MU_ACK_APPLIED);
    mu_player_close(&eve);
    story_close(&story);
}

/* Two histories that begin from one copy must not have keys of one number. */
static void test_lineage__no_two_lineages_share_the_number_of_an_epoch(void **state)
{
    (void)state;
    struct story story;
    story_open(&story);
    struct mu_stage *stage = &story.scene.stage;
    stage->options.has_known = true;
    stage->options.known = story.known;

    mu_stage_put_back(stage, story.copy);
    uint32_t first = mu_stage_head(stage).epoch;
    mu_stage_put_back(stage, story.copy);

    assert_int_not_equal(mu_stage_head(stage).epoch, first);
    story_close(&story);
}

static void test_lineage__a_device_with_keys_of_a_lost_history_gets_those_of_this(void **state)
{
    (void)state;
    struct story story;
    story_open(&story);
    struct mu_player *kofi = &story.scene.kofi;
    mu_player_connect(kofi);
    struct mu_msg_hello hello = mu_player_hello(kofi);
    hello.epoch = 123456; /* newer than any here */

    assert_int_equal(say_hello(kofi, &hello), MU_WELCOME_OK);

    assert_int_equal(kofi->welcome.key_count, 1);
    assert_int_equal(kofi->welcome.keys[0].epoch, mu_stage_head(&story.scene.stage).epoch);
    story_close(&story);
}

/* Who claims another history is still asked whose replica id it is. */
static void test_lineage__nobody_gets_hold_of_anothers_replica_id(void **state)
{
    (void)state;
    struct story story;
    story_open(&story);
    struct mu_player *ana = &story.scene.ana;
    struct mu_player *kofi = &story.scene.kofi;
    mu_player_connect(ana);
    struct mu_msg_hello hello = mu_player_hello(ana);
    hello.replica = kofi->replica;
    hello.incarnation.bytes[0] ^= 1;

    assert_int_equal(say_hello(ana, &hello), MU_WELCOME_FORKED);

    assert_int_equal(mu_player_join(kofi), MU_WELCOME_OK);
    mu_player_credit(kofi, MU_CREDIT_MAX);
    assert_int_equal(mu_player_add(kofi, "still mine").kind, MU_ACK_APPLIED);
    story_close(&story);
}

static void test_lineage__the_known_head_survives_its_bytes(void **state)
{
    (void)state;
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, 1024);
    struct mu_server_known known = {.incarnation = {{1, 2}}, .seq = 77, .chain = {{3}}};
    struct mu_server_known read = {.seq = 5};
    assert_int_equal(mu_known_encode(&known, &bytes), MU_OK);

    assert_true(mu_known_decode(mu_buf_view(&bytes), &read));
    assert_int_equal(read.seq, 77);
    assert_true(mu_id_equal(read.incarnation, known.incarnation));
    assert_true(mu_hash_equal(read.chain, known.chain));

    for (size_t i = 0; i < bytes.len; i++) { /* torn or flipped: no file */
        struct mu_server_known none = {.seq = 5};
        bytes.data[i] ^= 4;
        assert_false(mu_known_decode(mu_buf_view(&bytes), &none));
        bytes.data[i] ^= 4;
        assert_false(mu_known_decode(mu_slice_of(bytes.data, i), &none));
        assert_int_equal(none.seq, 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lineage__a_database_behind_its_known_head_starts_anew),
        cmocka_unit_test(test_lineage__what_was_forgotten_comes_back_once),
        cmocka_unit_test(test_lineage__an_older_known_head_accuses_nobody),
        cmocka_unit_test(test_lineage__musterd_restore_starts_anew_and_is_not_accused),
        cmocka_unit_test(test_lineage__a_beacon_ahead_proves_it),
        cmocka_unit_test(test_lineage__a_beacon_about_other_bytes_proves_it_too),
        cmocka_unit_test(test_lineage__a_forged_beacon_proves_nothing),
        cmocka_unit_test(test_lineage__a_client_ahead_without_proof_is_healed_alone),
        cmocka_unit_test(test_lineage__an_ack_that_is_unknown_here_was_forgotten),
        cmocka_unit_test(test_lineage__the_stream_never_shows_the_parents_changes),
        cmocka_unit_test(test_lineage__no_two_lineages_share_the_number_of_an_epoch),
        cmocka_unit_test(test_lineage__a_device_with_keys_of_a_lost_history_gets_those_of_this),
        cmocka_unit_test(test_lineage__nobody_gets_hold_of_anothers_replica_id),
        cmocka_unit_test(test_lineage__the_known_head_survives_its_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
