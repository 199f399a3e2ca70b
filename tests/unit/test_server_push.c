/* Exactly once: a mutation takes its number once, in order, signed by its device, whatever is
 * repeated, left out, swapped or forged; and a refusal is a change that all see. */
#include "tests/unit/server_scene.h"

#include "common/seal/hash.h"
#include "common/seal/sign.h"

static struct mu_pushed task(struct mu_player *player, const char *title)
{
    struct mu_intent intent = mu_player_task(player, title, NULL);
    return mu_player_sign(player, &intent);
}

static void push(struct mu_player *player, const struct mu_pushed *items, size_t count)
{
    mu_player_push(player, items, count);
    mu_stage_turn(player->stage);
    mu_player_read(player);
    assert_int_equal(player->ack_count, count);
}

static uint64_t head_seq(struct scene *scene)
{
    return mu_stage_head(&scene->stage).seq;
}

static void test_push__is_acknowledged_and_streamed_to_all(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_pushed items[3] = {task(&scene.kofi, "a"), task(&scene.kofi, "b"),
                                 task(&scene.kofi, "c")};
    uint64_t seq = head_seq(&scene);

    push(&scene.kofi, items, 3);
    mu_player_read(&scene.ana);

    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(scene.kofi.acks[i].kind, MU_ACK_APPLIED);
        assert_int_equal(scene.kofi.acks[i].seq, seq + 1 + i);
    }
    assert_level(&scene, &scene.ana);
    assert_level(&scene, &scene.kofi);
    assert_true(mu_id_equal(scene.ana.newest.person, scene.kofi.person));
    scene_close(&scene);
}

static void test_push__one_transaction_serves_many(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_pushed mine[2] = {task(&scene.ana, "a"), task(&scene.ana, "b")};
    struct mu_pushed theirs[2] = {task(&scene.kofi, "c"), task(&scene.kofi, "d")};
    uint64_t syncs = mu_memdisk_count(scene.stage.disk, MU_MEMDISK_SYNC);
    uint64_t seq = head_seq(&scene);

    mu_player_push(&scene.ana, mine, 2);
    mu_player_push(&scene.kofi, theirs, 2);
    mu_stage_turn(&scene.stage);

    assert_int_equal(head_seq(&scene), seq + 4);
    assert_int_equal(mu_memdisk_count(scene.stage.disk, MU_MEMDISK_SYNC), syncs + 1);
    scene_close(&scene);
}

static void test_push__again_is_a_duplicate(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_pushed items[2] = {task(&scene.kofi, "a"), task(&scene.kofi, "b")};
    push(&scene.kofi, items, 2);
    uint64_t seq = scene.kofi.acks[0].seq;
    uint64_t head = head_seq(&scene);

    push(&scene.kofi, items, 2);

    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_DUPLICATE);
    assert_int_equal(scene.kofi.acks[0].seq, seq);
    assert_int_equal(scene.kofi.acks[1].kind, MU_ACK_DUPLICATE);
    assert_int_equal(scene.kofi.acks[1].seq, seq + 1);
    assert_int_equal(head_seq(&scene), head);
    mu_stage_kill(&scene.stage); /* it is known after a restart as well */
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);
    push(&scene.kofi, items, 1);
    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_DUPLICATE);
    scene_close(&scene);
}

static void test_push__a_gap_names_what_is_expected(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_pushed items[3] = {task(&scene.kofi, "a"), task(&scene.kofi, "b"),
                                 task(&scene.kofi, "c")};
    uint64_t head = head_seq(&scene);

    push(&scene.kofi, items + 1, 2);
    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_GAP);
    assert_int_equal(scene.kofi.acks[0].expected, 2);
    assert_int_equal(scene.kofi.acks[1].kind, MU_ACK_GAP);
    assert_int_equal(head_seq(&scene), head);

    push(&scene.kofi, items, 3); /* nothing was used up */
    assert_int_equal(scene.kofi.acks[2].kind, MU_ACK_APPLIED);
    scene_close(&scene);
}

static void test_push__another_mutation_under_a_used_number_is_a_fork(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    uint64_t number = scene.kofi.number;
    struct mu_hash hash = scene.kofi.last_hash;
    struct mu_pushed first = task(&scene.kofi, "first");
    scene.kofi.number = number;
    scene.kofi.last_hash = hash;
    struct mu_pushed clone[2] = {task(&scene.kofi, "clone"), task(&scene.kofi, "clone too")};
    push(&scene.kofi, &first, 1);
    uint64_t head = head_seq(&scene);

    push(&scene.kofi, clone, 2);

    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_FORK); /* the number is taken */
    assert_int_equal(scene.kofi.acks[1].kind, MU_ACK_FORK); /* the one before is another */
    assert_int_equal(head_seq(&scene), head);
    scene_close(&scene);
}

static void test_push__a_known_mutation_under_a_new_replica_counts_its_number(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_pushed old = task(&scene.kofi, "a");
    push(&scene.kofi, &old, 1);
    uint64_t seq = scene.kofi.acks[0].seq;
    uint64_t head = head_seq(&scene);
    struct mu_mutation mutation;
    MU_BUF_AUTO struct mu_buf bytes;
    uint8_t signature[MU_SIGN_LEN];
    mu_buf_init(&bytes, MU_MUTATION_BYTES_MAX);
    assert_int_equal(mu_mutation_decode(old.bytes, &scene.kofi.arena, &mutation, &scene.stage.err),
                     MU_OK);
    mu_player_remint(&scene.kofi);
    mutation.replica = scene.kofi.replica;
    mutation.number = 1;
    mutation.previous = (struct mu_hash){{0}};
    assert_int_equal(mu_mutation_encode(&mutation, &scene.kofi.arena, &bytes), MU_OK);
    mu_sign(&scene.kofi.keys, MU_SIGN_MUTATION, mu_buf_view(&bytes), signature);
    struct mu_pushed items[2] = {{mu_buf_view(&bytes), mu_slice_of(signature, sizeof signature)},
                                 {{0}, {0}}};
    scene.kofi.number = 1;
    mu_hash_of(mu_buf_view(&bytes), &scene.kofi.last_hash);
    items[1] = task(&scene.kofi, "b");
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);

    push(&scene.kofi, items, 2);

    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_DUPLICATE);
    assert_int_equal(scene.kofi.acks[0].seq, seq);
    assert_int_equal(scene.kofi.acks[1].kind, MU_ACK_APPLIED);
    /* The number has a change of its own, which does nothing. */
    assert_int_equal(head_seq(&scene), head + 2);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.ana);
    assert_level(&scene, &scene.ana);
    mu_stage_kill(&scene.stage); /* and it is still known where it stood first */
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);
    push(&scene.kofi, items, 1);
    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_DUPLICATE);
    assert_int_equal(scene.kofi.acks[0].seq, seq);
    scene_close(&scene);
}

static void test_push__the_same_twice_in_one_push_enters_once(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_pushed one = task(&scene.kofi, "a");
    struct mu_pushed items[2] = {one, one};
    uint64_t head = head_seq(&scene);

    push(&scene.kofi, items, 2);

    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_APPLIED);
    assert_int_equal(scene.kofi.acks[1].kind, MU_ACK_DUPLICATE);
    assert_int_equal(scene.kofi.acks[1].seq, scene.kofi.acks[0].seq);
    assert_int_equal(head_seq(&scene), head + 1);
    scene_close(&scene);
}

/* -- signatures ---------------------------------------------------------------- */

static void spoil(struct mu_player *player, struct mu_pushed *item)
{
    uint8_t *copy = mu_arena_alloc(&player->arena, MU_SIGN_LEN);
    memcpy(copy, item->signature.data, MU_SIGN_LEN);
    copy[5] ^= 1;
    item->signature.data = copy;
}

static void test_push__every_signature_must_be_good(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_pushed items[3] = {task(&scene.kofi, "a"), task(&scene.kofi, "b"),
                                 task(&scene.kofi, "c")};
    uint64_t head = head_seq(&scene);
    spoil(&scene.kofi, &items[1]); /* though the next one was signed, and names its hash */

    push(&scene.kofi, items, 3);

    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_APPLIED);
    assert_int_equal(scene.kofi.acks[1].kind, MU_ACK_INVALID);
    assert_int_equal(scene.kofi.acks[1].code, MU_E_CRYPTO);
    assert_int_equal(scene.kofi.acks[2].kind, MU_ACK_GAP);
    assert_int_equal(head_seq(&scene), head + 1);
    assert_int_equal(mu_stage_logged(&scene.stage, "push.invalid"), 1);
    scene_close(&scene);
}

/* Somebody helps with the signatures of a bulk push, in whatever order. */
static void prove_backwards(void *state, struct mu_server_proof *proofs, size_t count)
{
    size_t *asked = state;
    *asked += count;
    while (count-- > 0) {
        mu_server_proof_check(&proofs[count]);
    }
}

static void test_push__signatures_of_a_bulk_push_are_checked_together(void **state)
{
    (void)state;
    struct scene scene;
    size_t asked = 0;
    scene_open(&scene);
    scene.stage.options.prove = prove_backwards;
    scene.stage.options.prove_state = &asked;
    assert_int_equal(mu_stage_reopen(&scene.stage), MU_OK);
    mu_player_live(&scene.kofi);
    struct mu_pushed items[6];
    for (size_t i = 0; i < 6; i++) {
        items[i] = task(&scene.kofi, "one of many");
    }
    struct mu_pushed first[2] = {items[0], items[1]};
    push(&scene.kofi, first, 2);
    assert_int_equal(asked, 0); /* too few to ask for help */
    struct mu_pushed good = items[3];
    spoil(&scene.kofi, &items[3]);

    push(&scene.kofi, items, 6); /* two that are known, one good, one spoilt, two behind it */
    assert_int_equal(asked, 4);
    assert_int_equal(scene.kofi.acks[1].kind, MU_ACK_DUPLICATE);
    assert_int_equal(scene.kofi.acks[2].kind, MU_ACK_APPLIED);
    assert_int_equal(scene.kofi.acks[3].kind, MU_ACK_INVALID);
    assert_int_equal(scene.kofi.acks[4].kind, MU_ACK_GAP);

    items[3] = good;
    push(&scene.kofi, items + 2, 4);
    assert_int_equal(asked, 7); /* what is known costs no check */
    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_DUPLICATE);
    assert_int_equal(scene.kofi.acks[1].kind, MU_ACK_APPLIED);
    assert_int_equal(scene.kofi.acks[3].kind, MU_ACK_APPLIED);
    scene_close(&scene);
}

static void test_push__a_known_id_does_not_excuse_the_signature(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_pushed one = task(&scene.kofi, "a");
    push(&scene.kofi, &one, 1);
    struct mu_pushed next = task(&scene.kofi, "b");
    struct mu_mutation mutation;
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_MUTATION_BYTES_MAX);
    assert_int_equal(mu_mutation_decode(next.bytes, &scene.kofi.arena, &mutation, &scene.stage.err),
                     MU_OK);
    mutation.id = scene.kofi.acks[0].mutation;
    assert_int_equal(mu_mutation_encode(&mutation, &scene.kofi.arena, &bytes), MU_OK);
    struct mu_pushed forged = {mu_buf_view(&bytes), next.signature};

    push(&scene.kofi, &forged, 1);
    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_INVALID);

    push(&scene.kofi, &next, 1); /* its number was not used up */
    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_APPLIED);
    scene_close(&scene);
}

static void test_push__another_devices_mutation_is_no_good(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_pushed mine = task(&scene.ana, "ana's");
    uint64_t head = head_seq(&scene);

    push(&scene.kofi, &mine, 1); /* taken from her, under her signature */
    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_FORK);

    scene.kofi.replica = scene.ana.replica; /* or under his own, as hers */
    scene.kofi.number = scene.ana.number - 1;
    struct mu_pushed forged = task(&scene.kofi, "as ana");
    push(&scene.kofi, &forged, 1);
    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_FORK);
    assert_int_equal(head_seq(&scene), head);
    scene_close(&scene);
}

static void test_push__poison_gets_no_number_and_harms_nobody(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    uint8_t junk[100];
    memset(junk, 0xff, sizeof junk);
    struct mu_pushed items[2] = {{mu_slice_of(junk, sizeof junk), mu_slice_of(junk, MU_SIGN_LEN)},
                                 task(&scene.kofi, "a")};

    push(&scene.kofi, items, 2);

    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_INVALID);
    assert_true(mu_id_is_zero(scene.kofi.acks[0].mutation));
    assert_true(scene.kofi.acks[0].reason.len > 0);
    assert_int_equal(scene.kofi.acks[1].kind, MU_ACK_APPLIED);
    scene_close(&scene);
}

/* -- decisions ----------------------------------------------------------------- */

static void test_push__a_refusal_is_a_change_that_all_see(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_op *op = NULL;
    scene_live(&scene);
    struct mu_intent intent =
        mu_player_intent(&scene.kofi, MU_INTENT_TEAM_EDIT, MU_TEAM, scene.stage.workspace, &op);
    assert_true(mu_op_arg(op, &scene.kofi.arena, MU_TEAM_NAME, mu_bytes(mu_slice_str("Mine"))));
    uint64_t head = head_seq(&scene);

    struct mu_ack ack = mu_player_say(&scene.kofi, &intent);
    mu_player_read(&scene.ana);

    assert_int_equal(ack.kind, MU_ACK_REJECTED);
    assert_int_equal(ack.code, MU_E_DENIED);
    assert_int_equal(ack.seq, head + 1);
    assert_true(ack.reason.len > 0);
    assert_int_equal(scene.ana.newest.verdict, MU_REJECTED);
    assert_level(&scene, &scene.ana);
    assert_int_equal(mu_player_add(&scene.kofi, "goes on").kind, MU_ACK_APPLIED);
    scene_close(&scene);
}

static void test_push__enrols_no_device_and_founds_no_team(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_op *op = NULL;
    scene_live(&scene);
    struct mu_id row = {{9}};
    struct mu_intent enrol =
        mu_player_intent(&scene.ana, MU_INTENT_DEVICE_ENROL, MU_DEVICE, row, &op);
    struct mu_intent found = mu_player_intent(&scene.ana, MU_INTENT_TEAM_FOUND, MU_TEAM, row, &op);

    assert_int_equal(mu_player_say(&scene.ana, &enrol).kind, MU_ACK_REJECTED);
    assert_int_equal(mu_player_say(&scene.ana, &found).kind, MU_ACK_REJECTED);

    scene_close(&scene);
}

static void test_push__a_clock_of_2099_is_clamped(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    int64_t now_ms = scene.stage.wall_ms;
    scene.stage.wall_ms += INT64_C(74) * 365 * 86400000;
    struct mu_pushed pushed = task(&scene.kofi, "from the future");
    scene.stage.wall_ms = now_ms;

    push(&scene.kofi, &pushed, 1);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);

    assert_int_equal(scene.kofi.newest.at_ms, now_ms);
    scene_close(&scene);
}

static void test_push__time_never_runs_backwards_in_the_log(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    scene.stage.wall_ms += 1000;
    assert_int_equal(mu_player_add(&scene.kofi, "a").kind, MU_ACK_APPLIED);
    int64_t last_ms = mu_stage_head(&scene.stage).last_ms;
    scene.stage.wall_ms -= 86400000;

    assert_int_equal(mu_player_add(&scene.kofi, "b").kind, MU_ACK_APPLIED);

    assert_int_equal(mu_stage_head(&scene.stage).last_ms, last_ms);
    scene_close(&scene);
}

static void test_push__nobody_may_claim_a_history_that_never_was(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_intent add = mu_player_task(&scene.kofi, "kofi's", NULL);
    uint64_t head = head_seq(&scene);
    scene.kofi.cursor.chain.bytes[0] ^= 1;
    struct mu_pushed other = mu_player_sign(&scene.kofi, &add);
    scene.kofi.cursor.chain.bytes[0] ^= 1;

    push(&scene.kofi, &other, 1);

    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_FORK);
    assert_int_equal(scene.kofi.acks[0].code, MU_E_CONFLICT);
    mu_player_remint(&scene.kofi);
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);
    scene.kofi.cursor.seq += 100; /* nor one that is yet to be */
    struct mu_pushed later = mu_player_sign(&scene.kofi, &add);
    scene.kofi.cursor.seq -= 100;
    push(&scene.kofi, &later, 1);
    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_FORK);
    assert_int_equal(head_seq(&scene), head);
    scene_close(&scene);
}

static void test_push__a_claim_of_nothing_counts_as_unseen(void **state)
{
    (void)state;
    struct scene scene;
    struct mu_op *op = NULL;
    scene_live(&scene);
    struct mu_id id;
    struct mu_intent add = mu_player_task(&scene.ana, "ana's words", &id);
    assert_int_equal(mu_player_say(&scene.ana, &add).kind, MU_ACK_APPLIED);
    mu_stage_run(&scene.stage, 0);
    mu_player_read(&scene.kofi);
    struct mu_intent edit = mu_player_intent(&scene.kofi, MU_INTENT_TASK_EDIT, MU_TASK, id, &op);
    assert_true(mu_op_arg(op, &scene.kofi.arena, MU_TASK_TITLE, mu_bytes(mu_slice_str("kofi's"))));
    struct mu_hash chain = scene.kofi.cursor.chain;
    scene.kofi.cursor.chain = (struct mu_hash){{0}};

    struct mu_pushed pushed = mu_player_sign(&scene.kofi, &edit);
    scene.kofi.cursor.chain = chain;
    push(&scene.kofi, &pushed, 1);

    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_APPLIED_CONFLICT); /* nothing in silence */
    scene_close(&scene);
}

/* A change tells its mutation's id to everyone, and a server that was put back has forgotten it: a
 * member must not be able to make another's edit count as known. */
static void test_push__an_id_that_another_device_used_is_no_duplicate(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_pushed squatter = task(&scene.ana, "ana's");
    push(&scene.ana, &squatter, 1);
    assert_int_equal(scene.ana.acks[0].kind, MU_ACK_APPLIED);
    struct mu_pushed mine = task(&scene.kofi, "kofi's");
    struct mu_mutation taken;
    struct mu_mutation mutation;
    MU_BUF_AUTO struct mu_buf bytes;
    uint8_t signature[MU_SIGN_LEN];
    mu_buf_init(&bytes, MU_MUTATION_BYTES_MAX);
    struct mu_arena *arena = &scene.kofi.arena;
    assert_int_equal(mu_mutation_decode(squatter.bytes, arena, &taken, &scene.stage.err), MU_OK);
    assert_int_equal(mu_mutation_decode(mine.bytes, arena, &mutation, &scene.stage.err), MU_OK);
    mutation.id = taken.id;
    assert_int_equal(mu_mutation_encode(&mutation, arena, &bytes), MU_OK);
    mu_sign(&scene.kofi.keys, MU_SIGN_MUTATION, mu_buf_view(&bytes), signature);
    struct mu_pushed same_id = {mu_buf_view(&bytes), mu_slice_of(signature, sizeof signature)};
    uint64_t head = head_seq(&scene);

    push(&scene.kofi, &same_id, 1);

    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_INVALID);
    assert_int_equal(scene.kofi.acks[0].code, MU_E_EXISTS);
    assert_int_equal(head_seq(&scene), head);
    scene_close(&scene);
}

/* -- trouble ------------------------------------------------------------------- */

static void test_push__nothing_is_said_when_the_commit_failed(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    struct mu_pushed pushed = task(&scene.kofi, "a");
    struct mu_memdisk_fault fault = {.op = MU_MEMDISK_SYNC, .nth = 1};
    uint64_t head = head_seq(&scene);
    mu_player_push(&scene.kofi, &pushed, 1);
    size_t mail = scene.stage.mail_count;
    mu_memdisk_fail(scene.stage.disk, &fault);

    assert_int_equal(mu_stage_try(&scene.stage), MU_E_IO);

    assert_int_equal(scene.stage.mail_count, mail);
    assert_int_not_equal(mu_stage_try(&scene.stage), MU_OK); /* it must be opened again */
    mu_memdisk_heal(scene.stage.disk);
    mu_memdisk_crash(scene.stage.disk, 0);
    mu_stage_kill(&scene.stage);
    assert_int_equal(head_seq(&scene), head);
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK);
    push(&scene.kofi, &pushed, 1);
    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_APPLIED);
    scene_close(&scene);
}

static void test_push__a_flood_is_put_off_and_uses_no_number(void **state)
{
    (void)state;
    struct scene scene;
    scene_open(&scene);
    scene.stage.options.limits.mutations_per_s = 10;
    scene.stage.options.limits.mutations_burst = 20;
    assert_int_equal(mu_stage_reopen(&scene.stage), MU_OK);
    assert_int_equal(mu_player_join(&scene.kofi), MU_WELCOME_OK); /* costs ten */
    struct mu_pushed items[12];
    for (size_t i = 0; i < 12; i++) {
        items[i] = task(&scene.kofi, "t");
    }

    push(&scene.kofi, items, 12);
    assert_int_equal(scene.kofi.acks[0].kind, MU_ACK_BUSY);
    assert_int_equal(scene.kofi.acks[0].retry_ms, 200);
    assert_int_equal(scene.kofi.acks[11].kind, MU_ACK_BUSY);

    scene.stage.mono_ms += 200;
    push(&scene.kofi, items, 12);
    assert_int_equal(scene.kofi.acks[11].kind, MU_ACK_APPLIED);
    assert_int_equal(mu_player_join(&scene.ana), MU_WELCOME_OK); /* others are not held up */
    scene_close(&scene);
}

static void test_push__an_import_of_5000_passes_at_once(void **state)
{
    (void)state;
    struct scene scene;
    scene_live(&scene);
    size_t applied = 0;
    for (size_t i = 0; i < 5000; i += 50) {
        struct mu_pushed items[50];
        for (size_t j = 0; j < 50; j++) {
            items[j] = task(&scene.kofi, "imported");
        }
        mu_player_push(&scene.kofi, items, 50);
        mu_stage_turn(&scene.stage);
        mu_player_read(&scene.kofi);
        for (size_t j = 0; j < 50; j++) {
            applied += scene.kofi.acks[j].kind == MU_ACK_APPLIED;
        }
        mu_player_credit(&scene.kofi, MU_CREDIT_MAX);
        mu_arena_clear(&scene.kofi.arena);
        mu_stage_sweep(&scene.stage);
    }
    assert_int_equal(applied, 5000);
    scene_close(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_push__is_acknowledged_and_streamed_to_all),
        cmocka_unit_test(test_push__one_transaction_serves_many),
        cmocka_unit_test(test_push__again_is_a_duplicate),
        cmocka_unit_test(test_push__a_gap_names_what_is_expected),
        cmocka_unit_test(test_push__another_mutation_under_a_used_number_is_a_fork),
        cmocka_unit_test(test_push__a_known_mutation_under_a_new_replica_counts_its_number),
        cmocka_unit_test(test_push__the_same_twice_in_one_push_enters_once),
        cmocka_unit_test(test_push__every_signature_must_be_good),
        cmocka_unit_test(test_push__signatures_of_a_bulk_push_are_checked_together),
        cmocka_unit_test(test_push__a_known_id_does_not_excuse_the_signature),
        cmocka_unit_test(test_push__another_devices_mutation_is_no_good),
        cmocka_unit_test(test_push__poison_gets_no_number_and_harms_nobody),
        cmocka_unit_test(test_push__a_refusal_is_a_change_that_all_see),
        cmocka_unit_test(test_push__enrols_no_device_and_founds_no_team),
        cmocka_unit_test(test_push__a_clock_of_2099_is_clamped),
        cmocka_unit_test(test_push__time_never_runs_backwards_in_the_log),
        cmocka_unit_test(test_push__nobody_may_claim_a_history_that_never_was),
        cmocka_unit_test(test_push__a_claim_of_nothing_counts_as_unseen),
        cmocka_unit_test(test_push__an_id_that_another_device_used_is_no_duplicate),
        cmocka_unit_test(test_push__nothing_is_said_when_the_commit_failed),
        cmocka_unit_test(test_push__a_flood_is_put_off_and_uses_no_number),
        cmocka_unit_test(test_push__an_import_of_5000_passes_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
