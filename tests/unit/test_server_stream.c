/* One stream a session: every change once, in order, never past what the client granted, and
 * a slow or silent client costs some numbers and no memory. */
#include "tests/unit/server_scene.h"

#include "server/core/inside.h"

/* count tasks by the player, in pushes of 50; mail is thrown away. */
static void fill(struct mu_player *player, size_t count)
{
    for (size_t i = 0; i < count; i += 50) {
        struct mu_pushed items[50];
        for (size_t j = 0; j < 50; j++) {
            struct mu_intent intent = mu_player_task(player, "some title of some length", NULL);
            items[j] = mu_player_sign(player, &intent);
        }
        mu_player_push(player, items, 50);
        mu_stage_turn(player->stage);
        mu_player_read(player);
        assert_int_equal(player->acks[49].kind, MU_ACK_APPLIED);
        mu_player_credit(player, MU_CREDIT_MAX);
        mu_stage_run(player->stage, 0);
        mu_player_read(player);
        mu_arena_clear(&player->arena);
    }
}

static void sweep(struct scene *scene)
{
    mu_player_read(&scene->ana);
    mu_player_read(&scene->kofi);
    mu_stage_sweep(&scene->stage);
}

static void test_stream__nothing_comes_without_credit(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);

    mu_stage_run(&scene.stage, 20000);
    mu_player_read(&scene.kofi);

    assert_int_equal(scene.kofi.cursor.seq, 0);
    assert_int_equal(scene.kofi.stream_bytes, 0);
    assert_true(scene.kofi.beacons >= 3); /* but it hears that the server lives */
    scene_close(&scene);
}

static void test_stream__catches_up_and_goes_on_live(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    mu_player_connect(&scene.kofi); /* away */
    fill(&scene.ana, 1500);         /* more than memory keeps */

    mu_player_live(&scene.kofi);
    assert_level(&scene, &scene.kofi);

    assert_int_equal(mu_player_add(&scene.ana, "live").kind, MU_ACK_APPLIED);
    mu_player_read(&scene.kofi);
    assert_level(&scene, &scene.kofi);
    scene_close(&scene);
}

static void test_stream__never_sends_past_the_credit(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    mu_player_connect(&scene.kofi);
    fill(&scene.ana, 1500);
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);
    const uint64_t credit = 100000;
    uint64_t granted = 0;
    scene.kofi.stream_bytes = 0;

    while (scene.kofi.cursor.seq < mu_stage_head(&scene.stage).seq) {
        uint64_t before = scene.kofi.stream_bytes;
        mu_player_credit(&scene.kofi, credit);
        granted += credit;
        mu_stage_run(&scene.stage, 0);
        mu_player_read(&scene.kofi);
        /* a message leaves while any is left: at most one goes over */
        assert_true(scene.kofi.stream_bytes < granted + MU_MESSAGE_MAX);
        assert_true(scene.kofi.stream_bytes > before || scene.kofi.stream_bytes >= granted);
        sweep(&scene);
    }
    assert_level(&scene, &scene.kofi);
    scene_close(&scene);
}

static void test_stream__a_debt_is_paid_before_more_comes(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    mu_player_connect(&scene.kofi);
    fill(&scene.ana, 600);
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);
    scene.kofi.stream_bytes = 0;
    mu_player_credit(&scene.kofi, 1); /* one message, and a debt */
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);
    uint64_t first = scene.kofi.stream_bytes;
    assert_true(first > 1000);

    mu_player_credit(&scene.kofi, first - 1);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);
    assert_int_equal(scene.kofi.stream_bytes, first);

    mu_player_credit(&scene.kofi, 1);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);
    assert_true(scene.kofi.stream_bytes > first);
    scene_close(&scene);
}

static void test_stream__absurd_credit_is_cut(void **state)
{
    (void)state;
    struct mu_session session = {.credit = -5};

    mu_serve_credit(&session, UINT64_MAX);
    assert_true(session.credit <= (int64_t)MU_CREDIT_MAX && session.credit > 0);
    mu_serve_credit(&session, UINT64_MAX);
    assert_int_equal(session.credit, MU_CREDIT_MAX);
    mu_serve_credit(&session, 0);
    assert_int_equal(session.credit, MU_CREDIT_MAX);
}

static void test_stream__live_sessions_share_the_same_bytes(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_intent intent = mu_player_task(&scene.ana, "for both", NULL);
    struct mu_pushed pushed = mu_player_sign(&scene.ana, &intent);
    struct mu_turn turn = mu_stage_now(&scene.stage);
    struct mu_server_outputs out;
    const uint8_t *bytes[2] = {NULL, NULL};
    size_t count = 0;
    mu_player_push(&scene.ana, &pushed, 1);

    assert_int_equal(mu_server_turn(scene.stage.server, &turn, scene.stage.inputs,
                                    scene.stage.input_count, &out, &scene.stage.err),
                     MU_OK);

    for (size_t i = 0; i < out.count; i++) {
        struct mu_message message;
        if (out.items[i].kind == MU_SERVER_SEND &&
            mu_message_decode(out.items[i].bytes, &scene.ana.arena, &message, &scene.stage.err) ==
                MU_OK &&
            message.kind == MU_MSG_CHANGES) {
            assert_true(count < 2);
            bytes[count++] = out.items[i].bytes.data;
        }
    }
    assert_int_equal(count, 2);
    assert_ptr_equal(bytes[0], bytes[1]);
    scene_close(&scene);
}

static void test_stream__small_changes_travel_together(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    sweep(&scene);
    fill(&scene.ana, 50);
    size_t messages = 0;
    uint64_t before = scene.kofi.cursor.seq;
    for (size_t i = 0; i < scene.stage.mail_count; i++) {
        const struct mu_mail *mail = &scene.stage.mail[i];
        messages += mail->kind == MU_SERVER_SEND && mail->conn.number == scene.kofi.conn.number;
    }
    mu_player_read(&scene.kofi);

    assert_int_equal(scene.kofi.cursor.seq, before + 50);
    assert_true(messages <= 2);
    scene_close(&scene);
}

static void test_stream__a_slow_client_costs_no_memory(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    /* Kofi takes nothing any more. */
    mu_player_connect(&scene.kofi);
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);
    fill(&scene.ana, 2000);
    size_t mails = 0;
    for (size_t i = 0; i < scene.stage.mail_count; i++) {
        const struct mu_mail *mail = &scene.stage.mail[i];
        mails += mail->conn.number == scene.kofi.conn.number && mail->bytes.len > 500;
    }

    struct mu_server_status status;
    assert_int_equal(mu_server_status(scene.stage.server, &status, &scene.stage.err), MU_OK);
    assert_true(status.backlog >= 2000);
    assert_true(mails <= 1); /* its WELCOME */
    assert_true(sizeof(struct mu_session) < 1024);
    mu_player_credit(&scene.kofi, MU_CREDIT_MAX);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);
    assert_level(&scene, &scene.kofi);
    scene_close(&scene);
}

static void test_stream__a_change_larger_than_a_message_should_be_travels_alone(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_op *op = NULL;
    scene_live(&scene);
    static char text[MU_TEXT_MAX + 1];
    memset(text, 'x', MU_TEXT_MAX);
    struct mu_intent intent = mu_player_task(&scene.ana, "big", NULL);
    struct mu_id row = intent.ops[0].row;
    for (int i = 0; i < 5; i++) { /* five long items in one mutation */
        op = mu_intent_op(&intent, &scene.ana.arena, MU_CHECKLIST,
                          mu_entropy_id(&scene.stage.entropy, scene.stage.wall_ms));
        assert_true(mu_op_arg(op, &scene.ana.arena, MU_CHECKLIST_TASK, mu_id_value(&row)));
        assert_true(mu_op_arg(op, &scene.ana.arena, MU_CHECKLIST_NAME,
                              mu_bytes(mu_slice_of(text, MU_TITLE_MAX))));
    }
    op = &intent.ops[0];
    assert_true(
        mu_op_arg(op, &scene.ana.arena, MU_TASK_DESC, mu_bytes(mu_slice_of(text, MU_TEXT_MAX))));

    struct mu_ack ack = mu_player_say(&scene.ana, &intent);

    assert_int_equal(ack.kind, MU_ACK_APPLIED);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);
    assert_level(&scene, &scene.kofi);
    scene_close(&scene);
}

static void test_stream__a_beacon_tells_head_and_digest(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    size_t before = scene.kofi.beacons;

    mu_stage_run(&scene.stage, 5500);
    mu_player_read(&scene.kofi);

    struct mu_hash root = mu_stage_root(&scene.stage);
    assert_true(scene.kofi.beacons > before);
    assert_int_equal(scene.kofi.beacon.head, mu_stage_head(&scene.stage).seq);
    assert_true(mu_hash_equal(scene.kofi.beacon.digest_root, root));
    scene_close(&scene);
}

static void test_stream__an_idle_server_sleeps(void **state)
{
    (void)state;
    struct mu_stage stage;
    mu_stage_open(&stage);
    mu_stage_turn(&stage);
    assert_true(stage.wake_at_ms == INT64_MAX);
    mu_stage_close(&stage);

    struct scene scene;
    scene_live(&scene);
    uint64_t turns = scene.stage.commits;
    mu_stage_run(&scene.stage, 60000);
    assert_true(scene.stage.commits - turns <= 14); /* one beat in five seconds for all */
    scene_close(&scene);
}

static void test_stream__weeks_and_removals_start_epochs(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    scene.stage.wall_ms += INT64_C(8) * 86400000;

    assert_int_equal(mu_player_add(&scene.ana, "next week").kind, MU_ACK_APPLIED);
    mu_player_read(&scene.kofi);

    assert_true(mu_stage_head(&scene.stage).epoch > 1);
    assert_int_equal(scene.kofi.key_messages, 1);
    assert_level(&scene, &scene.kofi);
    mu_stage_kill(&scene.stage); /* the key is on disk */
    mu_player_live(&scene.kofi);
    assert_int_equal(mu_player_add(&scene.kofi, "after a restart").kind, MU_ACK_APPLIED);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);
    assert_level(&scene, &scene.kofi);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stream__nothing_comes_without_credit),
        cmocka_unit_test(test_stream__catches_up_and_goes_on_live),
        cmocka_unit_test(test_stream__never_sends_past_the_credit),
        cmocka_unit_test(test_stream__a_debt_is_paid_before_more_comes),
        cmocka_unit_test(test_stream__absurd_credit_is_cut),
        cmocka_unit_test(test_stream__live_sessions_share_the_same_bytes),
        cmocka_unit_test(test_stream__small_changes_travel_together),
        cmocka_unit_test(test_stream__a_slow_client_costs_no_memory),
        cmocka_unit_test(test_stream__a_change_larger_than_a_message_should_be_travels_alone),
        cmocka_unit_test(test_stream__a_beacon_tells_head_and_digest),
        cmocka_unit_test(test_stream__an_idle_server_sleeps),
        cmocka_unit_test(test_stream__weeks_and_removals_start_epochs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
