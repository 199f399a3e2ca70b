/* Every allocation and every operation of the disk fails once, in turn: the server answers with
 * an error or does its work, never half of it, and after opening it again nothing acknowledged
 * is missing and nothing is doubled. */
#include "tests/unit/server_scene.h"

#include "tests/harness/scarce.h"

#define CASES_MAX 4000

/* Two mutations by Kofi; opened again as often as needed until both are acknowledged. */
struct errand {
    struct scene scene;
    struct mu_pushed items[2];
    uint64_t head;
    bool failed;
};

static void errand_open(struct errand *errand)
{
    struct mu_intent first;
    struct mu_intent second;
    scene_live(&errand->scene);
    first = mu_player_task(&errand->scene.kofi, "first", NULL);
    errand->items[0] = mu_player_sign(&errand->scene.kofi, &first);
    second = mu_player_task(&errand->scene.kofi, "second", NULL);
    errand->items[1] = mu_player_sign(&errand->scene.kofi, &second);
    errand->head = mu_stage_head(&errand->scene.stage).seq;
    errand->failed = false;
}

/* One turn in which things may go wrong. */
static void run(struct errand *errand)
{
    mu_player_push(&errand->scene.kofi, errand->items, 2);
    errand->failed = mu_stage_try(&errand->scene.stage) != MU_OK;
}

/* All is well again; the client does what clients do. */
static void finish(struct errand *errand)
{
    struct scene *scene = &errand->scene;
    if (errand->failed) {
        mu_stage_kill(&scene->stage);
        assert_int_equal(mu_player_join(&scene->kofi), MU_WELCOME_OK);
    } else {
        scene->kofi.ack_count = 0;
        mu_player_read(&scene->kofi);
    }
    mu_player_push(&scene->kofi, errand->items, 2);
    mu_stage_run(&scene->stage, 0);
    mu_player_read(&scene->kofi);
    assert_false(scene->kofi.closed);
    for (size_t i = 0; i < 2; i++) {
        enum mu_ack_kind kind = scene->kofi.acks[i].kind;
        assert_true(kind == MU_ACK_APPLIED || kind == MU_ACK_DUPLICATE);
        assert_int_equal(scene->kofi.acks[i].seq, errand->head + 1 + i);
    }
    assert_int_equal(mu_stage_head(&scene->stage).seq, errand->head + 2);
    mu_player_credit(&scene->kofi, MU_CREDIT_MAX);
    mu_stage_run(&scene->stage, 0);
    mu_player_read(&scene->kofi);
    assert_level(scene, &scene->kofi);
    scene_close(scene);
}

/* A turn while memory is scarce; what it sends is lost. */
static bool turn_scarce(struct mu_stage *stage, uint64_t nth)
{
    struct mu_turn turn = mu_stage_now(stage);
    struct mu_server_outputs out;
    mu_scarce_fail(nth);
    enum mu_status status =
        mu_server_turn(stage->server, &turn, stage->inputs, stage->input_count, &out, &stage->err);
    bool met = mu_scarce_met();
    mu_scarce_fail(0);
    assert_true(status == MU_OK || (status == MU_E_NOMEM && met));
    return met;
}

static void test_faults__every_allocation_of_a_turn_may_fail(void **state)
{
    (void)state;
    bool met = true;
    uint64_t nth = 1;
    for (; met && nth < CASES_MAX; nth++) {
        struct errand errand;
        errand_open(&errand);
        /* A server just opened has to ask for all its memory anew. */
        assert_int_equal(mu_stage_reopen(&errand.scene.stage), MU_OK);
        assert_int_equal(mu_player_join(&errand.scene.kofi), MU_WELCOME_OK);
        mu_player_push(&errand.scene.kofi, errand.items, 2);
        met = turn_scarce(&errand.scene.stage, nth);
        errand.failed = true;
        finish(&errand);
    }
    assert_true(nth > 5 && nth < CASES_MAX);
}

static void test_faults__every_allocation_of_opening_may_fail(void **state)
{
    (void)state;
    uint64_t nth = 1;
    for (; nth < CASES_MAX; nth++) {
        struct errand errand;
        errand_open(&errand);
        mu_scarce_fail(nth);
        enum mu_status status = mu_stage_reopen(&errand.scene.stage);
        bool met = mu_scarce_met();
        mu_scarce_fail(0);
        assert_true(status == MU_OK || status == MU_E_NOMEM);
        errand.failed = true;
        finish(&errand);
        if (!met) {
            break;
        }
    }
    assert_true(nth > 5 && nth < CASES_MAX);
}

static void fail_each(enum mu_memdisk_op op, bool full)
{
    uint64_t nth = 1;
    for (; nth < CASES_MAX; nth++) {
        struct errand errand;
        struct mu_memdisk_fault fault = {.op = op, .nth = nth, .full = full};
        errand_open(&errand);
        uint64_t met = mu_memdisk_faults_met(errand.scene.stage.disk);
        mu_memdisk_fail(errand.scene.stage.disk, &fault);
        run(&errand);
        met = mu_memdisk_faults_met(errand.scene.stage.disk) - met;
        mu_memdisk_heal(errand.scene.stage.disk);
        assert_true(met > 0 || !errand.failed);
        finish(&errand);
        if (met == 0) {
            break;
        }
    }
    assert_true(nth < CASES_MAX);
}

static void test_faults__every_write_and_sync_may_fail(void **state)
{
    (void)state;
    fail_each(MU_MEMDISK_WRITE, false);
    fail_each(MU_MEMDISK_WRITE, true);
    fail_each(MU_MEMDISK_SYNC, false);
    fail_each(MU_MEMDISK_READ, false);
}

static void test_faults__the_power_may_go_at_any_write(void **state)
{
    (void)state;
    uint64_t after = 0;
    for (; after < CASES_MAX; after++) {
        struct errand errand;
        errand_open(&errand);
        struct mu_memdisk *disk = errand.scene.stage.disk;
        mu_memdisk_cut_power(disk, after);
        run(&errand);
        bool went = !mu_memdisk_has_power(disk);
        mu_memdisk_crash(disk, after);
        errand.failed = true;
        finish(&errand);
        if (!went) {
            break;
        }
    }
    assert_true(after > 1 && after < CASES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults__every_allocation_of_a_turn_may_fail),
        cmocka_unit_test(test_faults__every_allocation_of_opening_may_fail),
        cmocka_unit_test(test_faults__every_write_and_sync_may_fail),
        cmocka_unit_test(test_faults__the_power_may_go_at_any_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
