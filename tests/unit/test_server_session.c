/* Who may speak, and where each stands: founding, enrolment, and the verdicts of WELCOME, by
 * which clones, restored devices and a server that went back in time are found out. */
#include "tests/unit/server_scene.h"

#include "common/seal/invite.h"

/* -- founding and joining ------------------------------------------------------ */

static void test_server__founding_is_the_first_change(void **state)
{
    (void)state;
    struct mu_stage stage;
    mu_stage_open(&stage);

    struct mu_log_head head = mu_stage_head(&stage);

    assert_int_equal(head.seq, 1);
    assert_int_equal(head.epoch, 1);
    assert_true(mu_id_equal(head.workspace, stage.workspace));
    mu_stage_close(&stage);
}

static void test_server__founding_twice_changes_nothing(void **state)
{
    (void)state;
    struct mu_stage stage;
    mu_stage_open(&stage);
    struct mu_founding founding = {
        .team = "Other", .zone = "UTC", .lead_handle = "ben", .lead_name = "Ben"};
    struct mu_turn turn = mu_stage_now(&stage);
    struct mu_id workspace = {{0}};

    enum mu_status status =
        mu_server_found(&stage.db, &stage.keys, &founding, &turn, &workspace, &stage.err);

    assert_int_equal(status, MU_E_EXISTS);
    assert_int_equal(mu_stage_reopen(&stage), MU_OK);
    assert_int_equal(mu_stage_head(&stage).seq, 1);
    mu_stage_close(&stage);
}

static void test_server__founding_refuses_a_name_that_cannot_be(void **state)
{
    (void)state;
    struct mu_db db;
    struct mu_db_options options = {.application_id = 1};
    struct mu_error err;
    struct mu_device_keys keys;
    struct mu_entropy entropy;
    struct mu_server *server = NULL;
    uint8_t seed[32] = {3};
    struct mu_founding founding = {
        .team = "Or\xff", .zone = "UTC", .lead_handle = "ben", .lead_name = "Ben"};
    struct mu_id workspace = {{0}};
    mu_entropy_init(&entropy, seed);
    mu_device_keys_make(seed, &keys);
    struct mu_turn turn = {.wall = {1760000000000}, .entropy = &entropy};
    assert_int_equal(mu_db_open(&db, &options, &err), MU_OK);

    assert_int_not_equal(mu_server_found(&db, &keys, &founding, &turn, &workspace, &err), MU_OK);

    assert_int_equal(mu_server_open(&db, &keys, &turn, &server, &err), MU_E_NOT_FOUND);
    founding.team = "Orion";
    assert_int_equal(mu_server_found(&db, &keys, &founding, &turn, &workspace, &err), MU_OK);
    mu_db_close(&db);
}

static void test_server__the_lead_enrols_and_sees_the_board(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);

    assert_level(&scene, &scene.ana);
    assert_level(&scene, &scene.kofi);
    assert_true(mu_slice_equal(scene.kofi.enrolled_answer.handle, mu_slice_str("kofi")));
    assert_true(mu_slice_equal(scene.kofi.enrolled_answer.team, mu_slice_str("Orion")));
    scene_close(&scene);
}

static void test_server__an_invite_serves_once(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_player eve;
    struct mu_device_keys invite;
    uint8_t secret[16];
    scene_live(&scene);
    mu_player_open(&eve, &scene.stage, 3);
    mu_player_invite(&scene.ana, "eve", MU_ROLE_MEMBER, 11, secret);
    mu_invite_keys(secret, &invite);
    struct mu_wall now = {scene.stage.wall_ms};
    assert_int_equal(mu_server_admit(scene.stage.server, invite.public.curve, now),
                     MU_ADMIT_INVITE);

    mu_player_enrol(&eve, secret);
    assert_true(eve.enrolled);
    eve.enrolled = false;
    assert_int_equal(mu_server_admit(scene.stage.server, eve.keys.public.curve, now),
                     MU_ADMIT_DEVICE);

    struct mu_player mallory;
    mu_player_open(&mallory, &scene.stage, 4);
    uint64_t seq = mu_stage_head(&scene.stage).seq;
    mu_player_enrol(&mallory, secret);
    assert_false(mallory.enrolled);
    assert_int_equal(mallory.enrolled_answer.code, MU_E_DENIED);
    assert_int_equal(mu_stage_head(&scene.stage).seq, seq);
    mu_player_remint(&eve);
    mu_player_enrol(&eve, secret); /* who used it may hear the answer again */
    assert_true(eve.enrolled);
    assert_int_equal(mu_stage_head(&scene.stage).seq, seq);
    mu_player_close(&mallory);
    mu_player_close(&eve);
    mu_device_keys_deinit(&invite);
    scene_close(&scene);
}

static void test_server__an_invite_runs_out(void **state)
{
    (void)state;
    struct mu_stage stage;
    struct mu_player ana;
    struct mu_device_keys invite;
    mu_stage_open(&stage);
    mu_player_open(&ana, &stage, 1);
    mu_invite_keys(stage.secret, &invite);
    stage.wall_ms += 86400000;

    mu_player_enrol(&ana, stage.secret);

    assert_false(ana.enrolled);
    struct mu_wall now = {stage.wall_ms};
    assert_int_equal(mu_server_admit(stage.server, invite.public.curve, now), MU_REFUSE_FINAL);
    mu_device_keys_deinit(&invite);
    mu_player_close(&ana);
    mu_stage_close(&stage);
}

static void test_server__an_invite_of_another_secret_opens_nothing(void **state)
{
    (void)state;
    struct mu_stage stage;
    struct mu_player ana;
    uint8_t secret[16] = {7, 1};
    mu_stage_open(&stage);
    mu_player_open(&ana, &stage, 1);

    mu_player_enrol(&ana, secret);

    assert_false(ana.enrolled);
    assert_true(ana.closed);
    assert_int_equal(mu_stage_head(&stage).seq, 1);
    mu_player_close(&ana);
    mu_stage_close(&stage);
}

/* -- WELCOME ------------------------------------------------------------------- */

static void test_server__welcome_tells_where_the_server_stands(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);

    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);

    const struct mu_msg_welcome *welcome = &scene.kofi.welcome;
    struct mu_log_head head = mu_stage_head(&scene.stage);
    assert_int_equal(welcome->head, head.seq);
    assert_true(mu_id_equal(welcome->incarnation, head.incarnation));
    assert_int_equal(welcome->epoch, 1);
    assert_int_equal(welcome->key_count, 1);
    assert_int_equal(welcome->last_number, 1); /* device.enrol */
    assert_true(mu_hash_equal(welcome->last_hash, scene.kofi.last_hash));
    assert_int_equal(welcome->server_sign.len, 32);
    scene_close(&scene);
}

static void test_server__another_protocol_must_upgrade(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    mu_player_connect(&scene.kofi);
    struct mu_msg_hello hello = mu_player_hello(&scene.kofi);
    hello.protocol_min = 998;
    hello.protocol_max = 999;

    assert_int_equal(say_hello(&scene.kofi, &hello), MU_WELCOME_UPGRADE_REQUIRED);

    assert_true(scene.kofi.closed);
    assert_true(scene.kofi.welcome.reason.len > 0);
    scene_close(&scene);
}

static void test_server__another_workspace_or_device_is_sent_away(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    mu_player_connect(&scene.kofi);
    struct mu_msg_hello hello = mu_player_hello(&scene.kofi);
    hello.workspace.bytes[3] ^= 1;

    assert_int_equal(say_hello(&scene.kofi, &hello), 0);
    assert_true(scene.kofi.closed);

    mu_player_connect(&scene.kofi);
    hello = mu_player_hello(&scene.kofi);
    hello.device = scene.ana.device;
    assert_int_equal(say_hello(&scene.kofi, &hello), 0);
    assert_true(scene.kofi.closed);
    assert_int_equal(scene.kofi.error.code, MU_E_DENIED);
    scene_close(&scene);
}

static void test_server__a_newer_connection_of_a_replica_takes_over(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_conn old = scene.kofi.conn;
    scene.kofi.conn = (struct mu_conn){0}; /* the server does not hear that it is gone */

    mu_player_live(&scene.kofi);

    bool cut = false;
    struct mu_mail *mail = NULL;
    while ((mail = mu_stage_take(&scene.stage, old)) != NULL) {
        cut = cut || mail->kind == MU_SERVER_CLOSE;
    }
    assert_true(cut);
    assert_int_equal(mu_player_add(&scene.kofi, "still works").kind, MU_ACK_APPLIED);
    scene_close(&scene);
}

/* -- clones -------------------------------------------------------------------- */

static void test_server__a_copy_of_a_folder_is_forked(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_id nonce = scene.kofi.boot_nonce;

    scene.kofi.boot_nonce.bytes[0] ^= 1; /* the copy counts the same session */
    scene.kofi.open_counter--;
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_FORKED);

    scene.kofi.boot_nonce = nonce; /* the first one is not disturbed */
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);
    scene_close(&scene);
}

static void test_server__a_folder_from_a_backup_is_forked_by_its_numbers(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    uint64_t number = scene.kofi.number;
    struct mu_hash hash = scene.kofi.last_hash;
    assert_int_equal(mu_player_add(&scene.kofi, "before").kind, MU_ACK_APPLIED);

    scene.kofi.number = number;
    scene.kofi.last_hash = hash;
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_FORKED);
    assert_int_equal(scene.kofi.welcome.last_number, number + 1);
    scene_close(&scene);
}

static void test_server__equal_numbers_with_another_hash_are_forked(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    uint64_t number = scene.kofi.number;
    struct mu_hash hash = scene.kofi.last_hash;
    struct mu_intent other = mu_player_task(&scene.kofi, "other", NULL);
    assert_int_equal(mu_player_add(&scene.kofi, "one").kind, MU_ACK_APPLIED);

    scene.kofi.number = number;
    scene.kofi.last_hash = hash;
    (void)mu_player_sign(&scene.kofi, &other); /* as many numbers as the server knows */
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_FORKED);

    mu_player_remint(&scene.kofi);
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);
    scene_close(&scene);
}

static void test_server__an_acked_hash_that_differs_is_forked(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    mu_player_connect(&scene.kofi);
    struct mu_msg_hello hello = mu_player_hello(&scene.kofi);
    hello.last_number++; /* something waits */
    hello.acked_number = scene.kofi.number;
    hello.acked_hash.bytes[0] = 1;

    assert_int_equal(say_hello(&scene.kofi, &hello), MU_WELCOME_FORKED);

    scene_close(&scene);
}

static void test_server__a_late_hello_of_the_same_process_is_no_clone(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    mu_player_connect(&scene.kofi);
    struct mu_msg_hello hello = mu_player_hello(&scene.kofi);
    hello.open_counter -= 1;
    mu_player_live(&scene.kofi);
    struct mu_conn good = scene.kofi.conn;
    scene.kofi.conn = mu_stage_connect(&scene.stage);
    scene.kofi.welcomed = false;

    assert_int_equal(say_hello(&scene.kofi, &hello), 0);

    assert_true(scene.kofi.closed);
    scene.kofi.conn = good;
    scene.kofi.closed = false;
    mu_player_ping(&scene.kofi);
    mu_stage_turn(&scene.stage);
    size_t beacons = scene.kofi.beacons;
    mu_player_read(&scene.kofi);
    assert_int_equal(scene.kofi.beacons, beacons + 1); /* the live one lives */
    scene_close(&scene);
}

static void test_server__former_replicas_are_told_to_their_device_alone(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    assert_int_equal(mu_player_add(&scene.kofi, "one").kind, MU_ACK_APPLIED);
    struct mu_former former[2] = {{.replica = scene.kofi.replica}, {.replica = scene.ana.replica}};
    struct mu_hash hash = scene.kofi.last_hash;
    mu_player_remint(&scene.kofi);
    mu_player_connect(&scene.kofi);
    struct mu_msg_hello hello = mu_player_hello(&scene.kofi);
    hello.former = former;
    hello.former_count = 2;

    assert_int_equal(say_hello(&scene.kofi, &hello), MU_WELCOME_OK);

    assert_int_equal(scene.kofi.welcome.former_count, 2);
    assert_int_equal(scene.kofi.welcome.former[0].last_number, 2);
    assert_true(mu_hash_equal(scene.kofi.welcome.former[0].last_hash, hash));
    assert_int_equal(scene.kofi.welcome.former[1].last_number, 0);
    scene_close(&scene);
}

/* -- removal ------------------------------------------------------------------- */

static void test_server__a_revoked_device_is_cut_and_stays_out(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_op *op = NULL;
    scene_live(&scene);
    struct mu_intent revoke =
        mu_player_intent(&scene.ana, MU_INTENT_DEVICE_REVOKE, MU_DEVICE, scene.kofi.device, &op);
    assert_int_equal(mu_player_say(&scene.ana, &revoke).kind, MU_ACK_APPLIED);
    uint64_t seq = scene.kofi.cursor.seq;

    assert_int_equal(mu_player_add(&scene.ana, "after").kind, MU_ACK_APPLIED);
    mu_player_read(&scene.kofi);

    struct mu_wall now = {scene.stage.wall_ms};
    assert_true(scene.kofi.closed);
    assert_int_equal(scene.kofi.error.code, MU_E_DENIED);
    assert_int_equal(scene.kofi.cursor.seq, seq); /* nothing came after */
    assert_int_equal(mu_server_admit(scene.stage.server, scene.kofi.keys.public.curve, now),
                     MU_REFUSE_FINAL);
    assert_true(mu_stage_head(&scene.stage).epoch > 1); /* and could not be read */
    assert_int_equal(scene.ana.key_messages, 1);
    assert_level(&scene, &scene.ana);
    scene_close(&scene);
}

static void test_server__a_revocation_counts_from_the_next_message_on(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_op *op = NULL;
    scene_live(&scene);
    struct mu_intent revoke =
        mu_player_intent(&scene.ana, MU_INTENT_DEVICE_REVOKE, MU_DEVICE, scene.kofi.device, &op);
    struct mu_intent task = mu_player_task(&scene.kofi, "in the same turn", NULL);
    struct mu_pushed first = mu_player_sign(&scene.ana, &revoke);
    struct mu_pushed second = mu_player_sign(&scene.kofi, &task);
    uint64_t seq = mu_stage_head(&scene.stage).seq;

    mu_player_push(&scene.ana, &first, 1);
    mu_player_push(&scene.kofi, &second, 1);
    mu_stage_turn(&scene.stage);
    mu_player_read(&scene.kofi);

    assert_true(scene.kofi.closed);
    assert_int_equal(mu_stage_head(&scene.stage).seq, seq + 1);
    assert_true(mu_stage_head(&scene.stage).epoch > 1); /* on disk with the revocation */
    scene_close(&scene);
}

static void test_server__who_removes_itself_hears_it_and_leaves(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_op *op = NULL;
    scene_live(&scene);
    struct mu_pushed pushed[2];
    struct mu_intent revoke =
        mu_player_intent(&scene.kofi, MU_INTENT_DEVICE_REVOKE, MU_DEVICE, scene.kofi.device, &op);
    struct mu_intent task = mu_player_task(&scene.kofi, "too late", NULL);
    pushed[0] = mu_player_sign(&scene.kofi, &revoke);
    pushed[1] = mu_player_sign(&scene.kofi, &task);
    uint64_t seq = mu_stage_head(&scene.stage).seq;

    mu_player_push(&scene.kofi, pushed, 2);
    mu_stage_turn(&scene.stage);
    mu_player_read(&scene.kofi);

    assert_true(scene.kofi.closed);
    assert_int_equal(scene.kofi.ack_count, 1);
    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_APPLIED);
    assert_int_equal(mu_stage_head(&scene.stage).seq, seq + 1);
    scene_close(&scene);
}

static void test_session__keys_that_are_missing_are_given_when_asked_for(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    scene.kofi.epoch_count = 0; /* its store lost them */

    mu_player_send(&scene.kofi, &(struct mu_message){.kind = MU_MSG_KEYS});
    mu_stage_turn(&scene.stage);
    mu_player_read(&scene.kofi);

    assert_int_equal(scene.kofi.key_messages, 1);
    assert_int_equal(scene.kofi.epoch_count, 1);
    assert_int_equal(mu_player_add(&scene.ana, "a").kind, MU_ACK_APPLIED);
    mu_player_read(&scene.kofi);
    assert_level(&scene, &scene.kofi);
    scene_close(&scene);
}

static void test_session__a_finished_backup_is_told_to_all(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_turn turn = mu_stage_now(&scene.stage);
    uint64_t head = mu_stage_head(&scene.stage).seq;

    assert_int_equal(mu_server_backed_up(scene.stage.server, &turn, head + 1, &scene.stage.err),
                     MU_E_INVALID);
    assert_int_equal(mu_server_backed_up(scene.stage.server, &turn, head, &scene.stage.err), MU_OK);
    mu_stage_run(&scene.stage, 10000);
    mu_player_read(&scene.kofi);

    assert_true(scene.kofi.beacons > 0);
    assert_int_equal(scene.kofi.beacon.safe_seq, head);
    assert_int_equal(mu_stage_reopen(&scene.stage), MU_OK);
    assert_int_equal(mu_stage_head(&scene.stage).safe_seq, head);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_server__founding_is_the_first_change),
        cmocka_unit_test(test_server__founding_twice_changes_nothing),
        cmocka_unit_test(test_server__founding_refuses_a_name_that_cannot_be),
        cmocka_unit_test(test_server__the_lead_enrols_and_sees_the_board),
        cmocka_unit_test(test_server__an_invite_serves_once),
        cmocka_unit_test(test_server__an_invite_runs_out),
        cmocka_unit_test(test_server__an_invite_of_another_secret_opens_nothing),
        cmocka_unit_test(test_server__welcome_tells_where_the_server_stands),
        cmocka_unit_test(test_server__another_protocol_must_upgrade),
        cmocka_unit_test(test_server__another_workspace_or_device_is_sent_away),
        cmocka_unit_test(test_server__a_newer_connection_of_a_replica_takes_over),
        cmocka_unit_test(test_server__a_copy_of_a_folder_is_forked),
        cmocka_unit_test(test_server__a_folder_from_a_backup_is_forked_by_its_numbers),
        cmocka_unit_test(test_server__equal_numbers_with_another_hash_are_forked),
        cmocka_unit_test(test_server__an_acked_hash_that_differs_is_forked),
        cmocka_unit_test(test_server__a_late_hello_of_the_same_process_is_no_clone),
        cmocka_unit_test(test_server__former_replicas_are_told_to_their_device_alone),
        cmocka_unit_test(test_server__a_revoked_device_is_cut_and_stays_out),
        cmocka_unit_test(test_server__a_revocation_counts_from_the_next_message_on),
        cmocka_unit_test(test_server__who_removes_itself_hears_it_and_leaves),
        cmocka_unit_test(test_session__keys_that_are_missing_are_given_when_asked_for),
        cmocka_unit_test(test_session__a_finished_backup_is_told_to_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
