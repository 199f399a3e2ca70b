/* A transfer shows one state, that of its seq, whatever happens to the board while a slow client
 * takes it; it sends what differs and no more, and never more than its bound of memory. */
#include "tests/unit/server_scene.h"

#include "server/core/inside.h"

/* count tasks by ana; ids of the first in out_ids. */
static void fill(struct scene *scene, size_t count, struct mu_id *out_ids)
{
    for (size_t i = 0; i < count; i++) {
        struct mu_intent intent =
            mu_player_task(&scene->ana, "a task to be moved over", &out_ids[i]);
        assert_int_equal(mu_player_say(&scene->ana, &intent).kind, MU_ACK_APPLIED);
        mu_player_credit(&scene->ana, MU_CREDIT_MAX);
        mu_stage_run(&scene->stage, 0);
        mu_player_read(&scene->ana);
        mu_arena_clear(&scene->ana.arena);
    }
}

static void edit(struct scene *scene, struct mu_id id, const char *title)
{
    struct mu_op *op = NULL;
    struct mu_intent intent = mu_player_intent(&scene->ana, MU_INTENT_TASK_EDIT, MU_TASK, id, &op);
    assert_true(mu_op_arg(op, &scene->ana.arena, MU_TASK_TITLE, mu_bytes(mu_slice_str(title))));
    assert_int_equal(mu_player_say(&scene->ana, &intent).kind, MU_ACK_APPLIED);
    mu_player_credit(&scene->ana, MU_CREDIT_MAX);
    mu_stage_run(&scene->stage, 0);
    mu_player_read(&scene->ana);
}

static void test_xfer__brings_a_first_visit_level(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_id ids[60];
    scene_open(&scene);
    fill(&scene, 60, ids);
    scene.stage.options.limits.stream_first = 50;
    assert_int_equal(mu_stage_reopen(&scene.stage), MU_OK);

    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_BELOW_HORIZON);
    mu_player_xfer(&scene.kofi);
    mu_player_credit(&scene.kofi, MU_CREDIT_START);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);

    assert_int_equal(scene.kofi.xfer_ends, 1);
    assert_int_equal(scene.kofi.changes, 0);
    assert_level(&scene, &scene.kofi);
    assert_int_equal(mu_player_add(&scene.kofi, "then it streams").kind, MU_ACK_APPLIED);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);
    assert_level(&scene, &scene.kofi);
    scene_close(&scene);
}

/* -- the links before a transfer ------------------------------------------------------ */

static void ask_links(struct scene *scene, uint64_t first)
{
    const struct mu_message message = {.kind = MU_MSG_LINKS_REQ, .links_req = {.first = first}};
    mu_player_send(&scene->kofi, &message);
    mu_stage_run(&scene->stage, 0);
    mu_player_read(&scene->kofi);
}

static void test_xfer__links_tell_every_change_and_who_signed_for_keys(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_id ids[60];
    scene_open(&scene);
    fill(&scene, 60, ids);
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);

    ask_links(&scene, 1);

    assert_int_equal(scene.kofi.link_pages, 1);
    assert_int_equal(scene.kofi.links, mu_stage_head(&scene.stage).seq);
    assert_int_equal(scene.kofi.links_first, 1);
    /* the founding, who was invited and who came: not one of the sixty tasks */
    assert_in_range(scene.kofi.links_sealed, 3, 8);

    ask_links(&scene, mu_stage_head(&scene.stage).seq - 2);
    assert_int_equal(scene.kofi.links, 3);
    assert_int_equal(scene.kofi.links_sealed, 0);
    ask_links(&scene, mu_stage_head(&scene.stage).seq + 1);
    assert_int_equal(scene.kofi.links, 0);
    scene_close(&scene);
}

static void test_xfer__who_asks_for_links_without_end_gets_none(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);

    for (size_t i = 0; i < 100; i++) {
        ask_links(&scene, 1);
    }

    assert_int_equal(scene.kofi.link_pages, 100);
    assert_int_equal(scene.kofi.links, 0); /* later */
    assert_false(scene.kofi.closed);
    scene_close(&scene);
}

static void test_xfer__of_equal_state_is_empty(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);

    mu_player_xfer(&scene.kofi);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);

    assert_int_equal(scene.kofi.xfer_ends, 1);
    assert_int_equal(scene.kofi.chunks, 0);
    assert_level(&scene, &scene.kofi);
    scene_close(&scene);
}

static void test_xfer__repairs_one_bucket_by_one_bucket(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_id ids[40];
    struct mu_row_refs stale;
    scene_live(&scene);
    fill(&scene, 40, ids);
    mu_player_credit(&scene.kofi, MU_CREDIT_MAX);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);
    assert_int_equal(mu_db_begin(&scene.kofi.db, &scene.stage.err), MU_OK);
    assert_int_equal(mu_replica_bucket_replace(scene.kofi.rows, &scene.kofi.arena,
                                               mu_id_bucket(ids[7]), (struct mu_slice){0}, &stale,
                                               &scene.stage.err),
                     MU_OK); /* rows lost by damage */
    assert_int_equal(mu_db_commit(&scene.kofi.db, &scene.stage.err), MU_OK);

    mu_player_xfer(&scene.kofi);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);

    assert_int_equal(scene.kofi.chunks, 1);
    assert_level(&scene, &scene.kofi);
    scene_close(&scene);
}

static void test_xfer__needs_credit_and_carries_no_changes_meanwhile(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_id ids[30];
    scene_live(&scene);
    struct mu_player eve;
    uint8_t secret[16];
    mu_player_open(&eve, &scene.stage, 3);
    mu_player_invite(&scene.ana, "eve", MU_ROLE_MEMBER, 11, secret);
    mu_player_enrol(&eve, secret);
    fill(&scene, 30, ids);
    assert_int_equal(mu_player_join(&eve), MU_WELCOME_OK);
    mu_player_xfer(&eve);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&eve);
    assert_int_equal(eve.chunks, 0);

    while (eve.xfer_ends == 0) { /* one chunk at a time; the player asserts the rest */
        mu_player_credit(&eve, 1);
        mu_stage_run(&scene.stage, 0);
        uint64_t chunks = eve.chunks;
        uint64_t bytes = eve.stream_bytes;
        mu_player_read(&eve);
        assert_true(eve.chunks <= chunks + 1);
        if (eve.chunks > chunks) {
            mu_player_credit(&eve, eve.stream_bytes - bytes - 1);
        }
        assert_int_equal(eve.changes, 0);
    }
    mu_player_close(&eve);
    scene_close(&scene);
}

/* -- while the board changes ------------------------------------------------------ */

static void test_xfer__shows_one_state_while_rows_change(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_id ids[80];
    scene_open(&scene);
    fill(&scene, 80, ids);
    scene.stage.options.limits.stream_first = 10;
    assert_int_equal(mu_stage_reopen(&scene.stage), MU_OK);
    mu_player_live(&scene.ana);
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_BELOW_HORIZON);
    mu_player_xfer(&scene.kofi);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);
    uint64_t at_seq = scene.kofi.xfer.at_seq;

    size_t i = 0;
    while (scene.kofi.xfer_ends == 0) { /* rows sent, rows still to be sent, twice, and new ones */
        edit(&scene, ids[i % 80], "changed while it was carried");
        if (i % 7 == 0) {
            edit(&scene, ids[79 - i % 80], "and again");
            assert_int_equal(mu_player_add(&scene.ana, "new meanwhile").kind, MU_ACK_APPLIED);
        }
        mu_player_credit(&scene.kofi, 200);
        mu_stage_run(&scene.stage, 0);
        mu_player_read(&scene.kofi); /* asserts the digest of at_seq at the end */
        i++;
    }
    assert_true(i > 20);
    assert_true(mu_stage_head(&scene.stage).seq > at_seq + 20);

    mu_player_credit(&scene.kofi, MU_CREDIT_MAX);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);
    assert_level(&scene, &scene.kofi);
    scene_close(&scene);
}

static void test_xfer__two_of_different_age_each_show_their_own(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_player eve;
    uint8_t secret[16];
    struct mu_id ids[40];
    scene_open(&scene);
    mu_player_open(&eve, &scene.stage, 3);
    mu_player_invite(&scene.ana, "eve", MU_ROLE_MEMBER, 11, secret);
    mu_player_enrol(&eve, secret);
    fill(&scene, 40, ids);
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);
    assert_int_equal(mu_player_join(&eve), MU_WELCOME_OK);
    mu_player_xfer(&scene.kofi);
    mu_stage_run(&scene.stage, 0);
    for (size_t i = 0; i < 40; i++) {
        edit(&scene, ids[i], "once");
    }
    mu_player_xfer(&eve);
    mu_stage_run(&scene.stage, 0);
    for (size_t i = 0; i < 40; i++) {
        edit(&scene, ids[i], "twice");
    }

    mu_player_credit(&eve, MU_CREDIT_MAX);
    mu_player_credit(&scene.kofi, MU_CREDIT_MAX);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&eve);
    mu_player_read(&scene.kofi);

    assert_int_equal(eve.xfer_ends, 1);
    assert_int_equal(scene.kofi.xfer_ends, 1);
    assert_true(scene.kofi.xfer.at_seq + 40 == eve.xfer.at_seq);
    assert_level(&scene, &eve);
    assert_level(&scene, &scene.kofi);
    assert_int_equal(scene.stage.server->pins.bytes, 0); /* nothing is kept any more */
    mu_player_close(&eve);
    scene_close(&scene);
}

static void test_xfer__that_is_outrun_ends_and_begins_again(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_id ids[40];
    scene_open(&scene);
    fill(&scene, 40, ids);
    scene.stage.options.limits.pinned_bytes = 4000;
    assert_int_equal(mu_stage_reopen(&scene.stage), MU_OK);
    mu_player_live(&scene.ana);
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);
    mu_player_xfer(&scene.kofi);
    mu_stage_run(&scene.stage, 0);

    for (size_t i = 0; i < 40; i++) {
        edit(&scene, ids[i], "too much");
        assert_true(scene.stage.server->pins.bytes <= 4000);
    }

    mu_player_read(&scene.kofi);
    assert_true(scene.kofi.closed);
    assert_int_equal(scene.kofi.error.code, MU_E_BUSY);
    assert_int_equal(mu_stage_logged(&scene.stage, "xfer.outrun"), 1);
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);
    mu_player_xfer(&scene.kofi);
    mu_player_credit(&scene.kofi, MU_CREDIT_MAX);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);
    assert_level(&scene, &scene.kofi);
    scene_close(&scene);
}

static void test_xfer__ends_with_its_connection(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_id ids[10];
    scene_open(&scene);
    fill(&scene, 10, ids);
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);
    mu_player_xfer(&scene.kofi);
    mu_stage_run(&scene.stage, 0);
    edit(&scene, ids[0], "kept for the transfer");
    assert_int_equal(scene.stage.server->pins.transfers, 1);
    assert_true(scene.stage.server->pins.bytes > 0);

    mu_stage_gone(&scene.stage, scene.kofi.conn);
    mu_stage_turn(&scene.stage);

    assert_int_equal(scene.stage.server->pins.transfers, 0);
    assert_int_equal(scene.stage.server->pins.bytes, 0);
    scene_close(&scene);
}

static void test_xfer__large_rows_go_into_several_chunks(void **state)
{
    (void)state;
    struct scene scene;
    static char text[MU_TEXT_MAX];
    struct mu_id ids[12];
    scene_open(&scene);
    memset(text, 'y', sizeof text);
    for (size_t i = 0; i < 12; i++) { /* all in one bucket: more than a chunk */
        struct mu_intent intent = mu_player_task(&scene.ana, "large", &ids[i]);
        memset(ids[i].bytes + 8, 0x85, 3);
        intent.ops[0].row = ids[i];
        assert_true(mu_op_arg(&intent.ops[0], &scene.ana.arena, MU_TASK_DESC,
                              mu_bytes(mu_slice_of(text, sizeof text))));
        assert_int_equal(mu_player_say(&scene.ana, &intent).kind, MU_ACK_APPLIED);
    }
    mu_player_credit(&scene.ana, MU_CREDIT_MAX);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.ana);
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);
    mu_player_xfer(&scene.kofi);
    mu_stage_run(&scene.stage, 0);
    for (size_t i = 0; i < 12; i++) { /* now short: what was must still be carried */
        struct mu_op *op = NULL;
        struct mu_intent intent =
            mu_player_intent(&scene.ana, MU_INTENT_TASK_EDIT, MU_TASK, ids[i], &op);
        assert_true(mu_op_arg(op, &scene.ana.arena, MU_TASK_DESC, mu_bytes(mu_slice_str("short"))));
        assert_int_equal(mu_player_say(&scene.ana, &intent).kind, MU_ACK_APPLIED);
    }

    mu_player_credit(&scene.kofi, MU_CREDIT_MAX);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);

    assert_int_equal(scene.kofi.xfer_ends, 1);
    assert_true(scene.kofi.staged[mu_id_bucket(ids[0])].len > 12 * sizeof text);
    assert_level(&scene, &scene.kofi);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_xfer__brings_a_first_visit_level),
        cmocka_unit_test(test_xfer__of_equal_state_is_empty),
        cmocka_unit_test(test_xfer__repairs_one_bucket_by_one_bucket),
        cmocka_unit_test(test_xfer__needs_credit_and_carries_no_changes_meanwhile),
        cmocka_unit_test(test_xfer__shows_one_state_while_rows_change),
        cmocka_unit_test(test_xfer__two_of_different_age_each_show_their_own),
        cmocka_unit_test(test_xfer__that_is_outrun_ends_and_begins_again),
        cmocka_unit_test(test_xfer__ends_with_its_connection),
        cmocka_unit_test(test_xfer__links_tell_every_change_and_who_signed_for_keys),
        cmocka_unit_test(test_xfer__who_asks_for_links_without_end_gets_none),
        cmocka_unit_test(test_xfer__large_rows_go_into_several_chunks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
