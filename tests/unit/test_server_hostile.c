/* Whoever gets past the handshake may still be hostile: garbage, messages out of place, other
 * people's keys and floods end with a word and a cut, cost nothing that lasts, and disturb nobody.
 */
#include "tests/unit/server_scene.h"

#include "common/seal/invite.h"
#include "common/seal/sign.h"
#include "server/core/inside.h"

static void post_junk(struct mu_player *player, uint8_t byte)
{
    uint8_t junk[64];
    memset(junk, byte, sizeof junk);
    mu_stage_post(player->stage, player->conn, player->keys.public.curve,
                  mu_slice_of(junk, sizeof junk));
}

static void test_hostile__garbage_is_told_twice_and_then_cut(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    size_t logged = mu_stage_logged(&scene.stage, "peer.fault");

    post_junk(&scene.kofi, 0xff);
    post_junk(&scene.kofi, 0x00);
    mu_stage_turn(&scene.stage);
    mu_player_read(&scene.kofi);
    assert_int_equal(scene.kofi.errors, 2);
    assert_false(scene.kofi.closed);
    assert_false(scene.kofi.error.fatal);

    post_junk(&scene.kofi, 0x7f);
    post_junk(&scene.kofi, 0x7f); /* and is not listened to any more */
    mu_stage_turn(&scene.stage);
    mu_player_read(&scene.kofi);
    assert_int_equal(scene.kofi.errors, 3);
    assert_true(scene.kofi.closed);
    assert_int_equal(mu_stage_logged(&scene.stage, "peer.fault"), logged + 1);
    assert_int_equal(mu_player_add(&scene.ana, "undisturbed").kind, MU_ACK_APPLIED);
    scene_close(&scene);
}

static void test_hostile__an_unknown_key_is_turned_away(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_player eve;
    scene_live(&scene);
    mu_player_open(&eve, &scene.stage, 3);
    mu_player_connect(&eve);
    struct mu_message message = {.kind = MU_MSG_HELLO};
    message.hello = mu_player_hello(&eve);
    struct mu_wall now = {scene.stage.wall_ms};

    assert_int_equal(mu_server_admit(scene.stage.server, eve.keys.public.curve, now),
                     MU_REFUSE_FINAL);
    mu_player_send(&eve, &message);
    mu_stage_turn(&scene.stage);
    mu_player_read(&eve);

    assert_true(eve.closed);
    assert_false(eve.welcomed);
    struct mu_server_status status;
    assert_int_equal(mu_server_status(scene.stage.server, &status, &scene.stage.err), MU_OK);
    assert_int_equal(status.sessions, 2);
    mu_player_close(&eve);
    scene_close(&scene);
}

static void test_hostile__a_connection_keeps_its_key(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_conn conn = scene.kofi.conn;
    scene.kofi.conn = scene.ana.conn;
    uint64_t seq = mu_stage_head(&scene.stage).seq;

    struct mu_intent intent = mu_player_task(&scene.kofi, "over her line", NULL);
    struct mu_pushed pushed = mu_player_sign(&scene.kofi, &intent);
    mu_player_push(&scene.kofi, &pushed, 1);
    mu_stage_turn(&scene.stage);
    mu_player_read(&scene.ana);

    assert_true(scene.ana.closed);
    assert_int_equal(mu_stage_head(&scene.stage).seq, seq);
    scene.kofi.conn = conn;
    scene_close(&scene);
}

static void test_hostile__nothing_but_hello_comes_first(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    mu_player_connect(&scene.kofi);
    struct mu_intent intent = mu_player_task(&scene.kofi, "too early", NULL);
    struct mu_pushed pushed = mu_player_sign(&scene.kofi, &intent);
    uint64_t seq = mu_stage_head(&scene.stage).seq;

    mu_player_push(&scene.kofi, &pushed, 1);
    mu_player_credit(&scene.kofi, 1000);
    mu_player_xfer(&scene.kofi);
    mu_stage_turn(&scene.stage);
    mu_player_read(&scene.kofi);

    assert_int_equal(scene.kofi.errors, 3);
    assert_true(scene.kofi.closed);
    assert_int_equal(scene.kofi.pushacks, 0);
    assert_int_equal(mu_stage_head(&scene.stage).seq, seq);
    scene_close(&scene);
}

static void test_hostile__a_server_does_not_take_a_servers_messages(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    uint8_t signature[64] = {0};
    struct mu_message message = {.kind = MU_MSG_BEACON};
    message.beacon.incarnation = scene.stage.workspace;
    message.beacon.signature = mu_slice_of(signature, sizeof signature);

    mu_player_send(&scene.kofi, &message);
    mu_stage_turn(&scene.stage);
    mu_player_read(&scene.kofi);

    assert_int_equal(scene.kofi.errors, 1);
    assert_non_null(strstr(scene.kofi.error_text, "BEACON"));
    scene_close(&scene);
}

static void test_hostile__connections_are_bounded_and_silent_ones_cut(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene.stage.options.limits.sessions_max = 4;
    assert_int_equal(mu_stage_reopen(&scene.stage), MU_OK);
    mu_player_live(&scene.ana);
    for (size_t i = 0; i < 10; i++) { /* pings from ever new connections, never HELLO */
        scene.kofi.conn = mu_stage_connect(&scene.stage);
        mu_player_ping(&scene.kofi);
    }
    mu_stage_turn(&scene.stage);
    assert_int_equal(scene.stage.server->sessions.count, 4);
    struct mu_wall now = {scene.stage.wall_ms};
    assert_int_equal(mu_server_admit(scene.stage.server, scene.kofi.keys.public.curve, now),
                     MU_REFUSE_TEMPORARY);

    mu_stage_run(&scene.stage, 200000); /* the shell never says that they are gone */

    assert_int_equal(scene.stage.server->sessions.count, 1);
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);
    scene_close(&scene);
}

static void test_hostile__hellos_are_not_for_nothing(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene.stage.options.limits.mutations_per_s = 1;
    scene.stage.options.limits.mutations_burst = 100;
    assert_int_equal(mu_stage_reopen(&scene.stage), MU_OK);
    bool cut = false;
    for (size_t i = 0; i < 20 && !cut; i++) {
        struct mu_message message = {.kind = MU_MSG_HELLO};
        mu_player_connect(&scene.kofi);
        message.hello = mu_player_hello(&scene.kofi);
        mu_player_send(&scene.kofi, &message);
        mu_stage_turn(&scene.stage);
        mu_player_read(&scene.kofi);
        cut = scene.kofi.closed;
    }
    assert_true(cut);
    assert_int_equal(scene.kofi.error.code, MU_E_BUSY);
    scene_close(&scene);
}

static void test_hostile__a_hello_of_impossible_numbers_ends_its_connection_alone(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    for (int i = 0; i < 4; i++) {
        mu_player_connect(&scene.kofi);
        struct mu_msg_hello hello = mu_player_hello(&scene.kofi);
        hello.open_counter = i == 0 ? UINT64_MAX : hello.open_counter;
        hello.last_number = i == 1 ? UINT64_MAX : hello.last_number;
        hello.acked_number = i == 2 ? UINT64_MAX : hello.acked_number;
        hello.cursor = i == 3 ? UINT64_MAX : hello.cursor;
        hello.epoch = UINT32_MAX;

        int verdict = say_hello(&scene.kofi, &hello);

        assert_true(i == 3 ? verdict == MU_WELCOME_LINEAGE_CHANGED : scene.kofi.closed);
    }
    assert_int_equal(mu_player_add(&scene.ana, "undisturbed").kind, MU_ACK_APPLIED);
    scene_close(&scene);
}

/* -- invites ----------------------------------------------------------------------- */

static void test_hostile__an_invite_may_enrol_and_nothing_else(void **state)
{
    (void)state;
    struct mu_stage stage;
    struct mu_player ana;
    mu_stage_open(&stage);
    mu_player_open(&ana, &stage, 1);
    struct mu_device_keys own = ana.keys;
    mu_invite_keys(stage.secret, &ana.keys); /* speaks with the temporary key */
    mu_player_connect(&ana);
    struct mu_message message = {.kind = MU_MSG_HELLO};
    message.hello = mu_player_hello(&ana);

    mu_player_send(&ana, &message);
    mu_player_credit(&ana, 100);
    mu_player_ping(&ana);
    mu_stage_turn(&stage);
    mu_player_read(&ana);

    assert_false(ana.welcomed);
    assert_int_equal(ana.errors, 2);
    assert_int_equal(ana.pings, 1);
    ana.keys = own;
    mu_player_close(&ana);
    mu_stage_close(&stage);
}

static void test_hostile__an_enrolment_must_be_vouched_for(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_player eve;
    uint8_t secret[16];
    uint8_t other[16];
    scene_live(&scene);
    mu_player_invite(&scene.ana, "eve", MU_ROLE_MEMBER, 11, secret);
    mu_player_invite(&scene.ana, "zoe", MU_ROLE_MEMBER, 12, other);
    uint64_t seq = mu_stage_head(&scene.stage).seq;

    /* The key of one invite names the other. */
    mu_player_open(&eve, &scene.stage, 3);
    struct mu_device_keys real;
    mu_invite_keys(other, &real);
    mu_player_enrol_as(&eve, secret, &real);
    assert_false(eve.enrolled);
    assert_int_equal(eve.enrolled_answer.code, MU_E_CRYPTO);
    assert_int_equal(mu_stage_head(&scene.stage).seq, seq);

    /* A device with Kofi's keys would be Kofi. */
    struct mu_device_keys own = eve.keys;
    eve.keys = scene.kofi.keys;
    mu_player_remint(&eve);
    mu_player_enrol(&eve, secret);
    assert_false(eve.enrolled);
    assert_int_equal(eve.enrolled_answer.code, MU_E_EXISTS);
    eve.keys = own;

    mu_player_remint(&eve);
    mu_player_enrol(&eve, secret); /* the invite was not used up by that */
    assert_true(eve.enrolled);
    mu_device_keys_deinit(&real);
    mu_player_close(&eve);
    scene_close(&scene);
}

static void test_hostile__an_enrolment_asked_again_is_answered_again(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_player eve;
    uint8_t secret[16];
    scene_live(&scene);
    mu_player_invite(&scene.ana, "eve", MU_ROLE_MEMBER, 11, secret);
    mu_player_open(&eve, &scene.stage, 3);
    mu_player_enrol(&eve, secret);
    assert_true(eve.enrolled);
    uint64_t seq = mu_stage_head(&scene.stage).seq;
    eve.enrolled = false;

    mu_stage_post(&scene.stage, eve.conn, eve.invite.public.curve, mu_buf_view(&eve.enrolment));
    mu_stage_turn(&scene.stage);
    mu_player_read(&eve);

    assert_true(eve.enrolled);
    assert_int_equal(mu_stage_head(&scene.stage).seq, seq);
    mu_player_close(&eve);
    scene_close(&scene);
}

/* -- mutations that mean harm -------------------------------------------------------- */

static void test_hostile__an_id_that_collides_is_refused(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_id id;
    scene_live(&scene);
    struct mu_intent first = mu_player_task(&scene.ana, "hers", &id);
    assert_int_equal(mu_player_say(&scene.ana, &first).kind, MU_ACK_APPLIED);
    struct mu_intent second = mu_player_task(&scene.kofi, "his", NULL);
    id.bytes[0] ^= 1; /* the same storage key */
    assert_int_equal(mu_id_key(id), mu_id_key(first.ops[0].row));
    second.ops[0].row = id;

    struct mu_ack ack = mu_player_say(&scene.kofi, &second);

    assert_int_equal(ack.kind, MU_ACK_REJECTED);
    assert_int_equal(ack.code, MU_E_CONFLICT);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);
    assert_level(&scene, &scene.kofi);
    scene_close(&scene);
}

static void test_hostile__unknown_fields_have_a_bound(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_id id;
    static char text[20000];
    size_t applied = 0;
    struct mu_ack ack = {0};
    scene_live(&scene);
    memset(text, 'z', sizeof text);
    struct mu_intent add = mu_player_task(&scene.kofi, "t", &id);
    assert_int_equal(mu_player_say(&scene.kofi, &add).kind, MU_ACK_APPLIED);

    for (uint32_t field = 500; field < 510; field++) { /* of a newer client, it says */
        struct mu_op *op = NULL;
        struct mu_intent intent =
            mu_player_intent(&scene.kofi, MU_INTENT_TASK_EDIT, MU_TASK, id, &op);
        assert_true(
            mu_op_arg(op, &scene.kofi.arena, field, mu_bytes(mu_slice_of(text, sizeof text))));
        ack = mu_player_say(&scene.kofi, &intent);
        applied += ack.kind == MU_ACK_APPLIED;
        mu_player_credit(&scene.kofi, MU_CREDIT_MAX);
    }

    assert_int_equal(applied, 2);
    assert_int_equal(ack.kind, MU_ACK_REJECTED);
    assert_int_equal(ack.code, MU_E_LIMIT);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);
    assert_level(&scene, &scene.kofi);
    scene_close(&scene);
}

static void test_hostile__the_operators_log_holds_no_words_of_users(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    assert_int_equal(mu_player_add(&scene.kofi, "verysecrettitle").kind, MU_ACK_APPLIED);
    post_junk(&scene.kofi, 0xff);
    mu_stage_turn(&scene.stage);
    size_t lines = 0;

    for (size_t i = 0; i < scene.stage.mail_count; i++) {
        const struct mu_mail *mail = &scene.stage.mail[i];
        char line[600] = {0};
        if (mail->kind != MU_SERVER_LOG) {
            continue;
        }
        lines++;
        memcpy(line, mail->bytes.data, mail->bytes.len);
        assert_null(strstr(line, "verysecrettitle"));
        assert_null(strstr(line, "kofi"));
        assert_null(strstr(line, "Ana"));
        for (size_t j = 0; j < mail->bytes.len; j++) {
            assert_true(line[j] >= ' ' && line[j] <= '~');
        }
    }
    assert_true(lines > 3);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile__garbage_is_told_twice_and_then_cut),
        cmocka_unit_test(test_hostile__an_unknown_key_is_turned_away),
        cmocka_unit_test(test_hostile__a_connection_keeps_its_key),
        cmocka_unit_test(test_hostile__nothing_but_hello_comes_first),
        cmocka_unit_test(test_hostile__a_server_does_not_take_a_servers_messages),
        cmocka_unit_test(test_hostile__connections_are_bounded_and_silent_ones_cut),
        cmocka_unit_test(test_hostile__hellos_are_not_for_nothing),
        cmocka_unit_test(test_hostile__a_hello_of_impossible_numbers_ends_its_connection_alone),
        cmocka_unit_test(test_hostile__an_invite_may_enrol_and_nothing_else),
        cmocka_unit_test(test_hostile__an_enrolment_must_be_vouched_for),
        cmocka_unit_test(test_hostile__an_enrolment_asked_again_is_answered_again),
        cmocka_unit_test(test_hostile__an_id_that_collides_is_refused),
        cmocka_unit_test(test_hostile__unknown_fields_have_a_bound),
        cmocka_unit_test(test_hostile__the_operators_log_holds_no_words_of_users),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
