/* Every allocation and every operation of the disk fails once, in turn, while a client authors,
 * opens, takes in changes beneath its own pending edits, pushes, and loads by a transfer; and while
 * the server serves it so.  What was said saved stands once in the end, rows and outbox agree, and
 * the digest is the server's. */
#include <stdio.h>

#include "tests/harness/scarce.h"
#include "tests/unit/client_fixture.h"

#define CASES_MAX     6000
#define DAYS_A_SERVER 40 /* so that history does not grow with the cases */

enum { ANA, KOFI };

/* What is to go wrong: the nth allocation, or the nth operation of the disk. */
struct mishap {
    size_t who; /* KOFI or MU_PAIR_SERVER */
    bool memory;
    struct mu_memdisk_fault fault;
    uint64_t nth;
    bool met;
};

/* One server for a while of many cases. */
struct course {
    struct mu_pair pair;
    bool open;
    unsigned days;
    struct mu_id task; /* that both keep renaming */
};

static void course_close(struct course *course)
{
    if (course->open) {
        mu_pair_close(&course->pair);
    }
    course->open = false;
}

/* Both live and level; Kofi's process has not run yet today. */
static struct mu_pair *morning(struct course *course)
{
    struct mu_pair *pair = &course->pair;
    if (course->days++ % DAYS_A_SERVER == 0) {
        course_close(course);
        mu_pair_open(pair, "faults");
        course->open = true;
        assert_int_equal(client_fixture_lead(pair), ANA);
        assert_int_equal(client_fixture_member(pair), KOFI);
        course->task = mu_pair_add(pair, ANA, "first of all", MU_KIND_TODO);
        mu_pair_settle(pair);
    }
    mu_pair_unplug(pair, KOFI, false);
    mu_pair_pump(pair);
    return pair;
}

/* -- trouble ---------------------------------------------------------------------------- */

static void scarce_turns(struct mu_pair *pair, size_t who, bool begins, void *state)
{
    struct mishap *mishap = state;
    (void)pair;
    if (who != mishap->who || mishap->met || !mishap->memory) {
        return;
    }
    if (begins) {
        mu_scarce_fail(mishap->nth);
    } else {
        mishap->nth = mu_scarce_left();
        mishap->met = mu_scarce_met();
        mu_scarce_fail(0);
    }
}

static struct mu_memdisk *disk_of(struct mu_pair *pair, const struct mishap *mishap)
{
    return mishap->who == MU_PAIR_SERVER ? pair->disk : pair->clients[KOFI].disk;
}

/* From here to where all is level again. */
static bool in_trouble(struct mu_pair *pair, struct mishap mishap)
{
    struct mu_memdisk *disk = disk_of(pair, &mishap);
    uint64_t met_before = mu_memdisk_faults_met(disk);
    pair->trouble = scarce_turns;
    pair->trouble_state = &mishap;
    if (!mishap.memory) {
        mishap.fault.nth = mishap.nth;
        mu_memdisk_fail(disk, &mishap.fault);
    }
    mu_pair_run(pair, 100);
    mu_pair_settle(pair);
    mu_memdisk_heal(disk);
    pair->trouble = NULL;
    return mishap.met || mu_memdisk_faults_met(disk) > met_before;
}

/* -- a day of work ------------------------------------------------------------------------ */

/* Kofi comes back to what Ana did to the same rows meanwhile. */
static bool day(struct course *course, const struct mishap *mishap)
{
    struct mu_pair *pair = morning(course);
    char later[32]; /* another one each day: what is said already changes nothing */
    (void)snprintf(later, sizeof later, "by ana, %u", course->days);
    struct mu_id own = mu_pair_add(pair, KOFI, "kofi's own", MU_KIND_TODO);
    (void)mu_pair_title(pair, KOFI, course->task, "by kofi");
    mu_pair_run(pair, 10);
    (void)mu_pair_title(pair, ANA, course->task, later);
    struct mu_id theirs = mu_pair_add(pair, ANA, "ana's own", MU_KIND_TODO);
    mu_pair_run(pair, 10);
    mu_pair_kill(pair, KOFI); /* a process just started asks for all its memory anew */
    mu_pair_start(pair, KOFI);
    mu_pair_plug(pair, KOFI);

    bool met = in_trouble(pair, *mishap);

    for (size_t i = ANA; i <= KOFI; i++) {
        assert_true(mu_pair_titled(pair, i, own, "kofi's own"));
        assert_true(mu_pair_titled(pair, i, theirs, "ana's own"));
        assert_true(mu_pair_titled(pair, i, course->task, later));
    }
    mu_pair_check(pair);
    return met;
}

/* Kofi's replica is gone, his outbox is not: all comes by a transfer, beneath what waits. */
static bool load(struct course *course, const struct mishap *mishap)
{
    struct mu_pair *pair = morning(course);
    struct mu_memdisk *disk = pair->clients[KOFI].disk;
    pair->options.limits.stream_first = 1;
    mu_pair_server_kill(pair);
    mu_pair_server_start(pair);
    (void)mu_pair_title(pair, KOFI, course->task, "waits");
    mu_pair_run(pair, 10);
    mu_pair_kill(pair, KOFI);
    mu_memdisk_remove(disk, "replica.db");
    mu_memdisk_remove(disk, "replica.db-wal");
    mu_pair_start(pair, KOFI);
    mu_pair_plug(pair, KOFI);

    bool met = in_trouble(pair, *mishap);

    assert_true(mu_pair_titled(pair, ANA, course->task, "waits"));
    assert_true(mu_pair_titled(pair, KOFI, course->task, "waits"));
    mu_pair_check(pair);
    return met;
}

/* In turn, until a whole day met no trouble. */
static void each(bool (*case_of)(struct course *course, const struct mishap *mishap),
                 struct mishap mishap, uint64_t at_least)
{
    static struct course course;
    course = (struct course){0};
    mishap.nth = 1;
    while (mishap.nth < CASES_MAX && case_of(&course, &mishap)) {
        mishap.nth++;
    }
    course_close(&course);
    assert_in_range(mishap.nth, at_least, CASES_MAX - 1);
}

static void test_client_faults__every_allocation_of_the_links_turns_may_fail(void **state)
{
    (void)state;
    each(day, (struct mishap){.who = KOFI, .memory = true}, 20);
}

static void test_client_faults__every_allocation_of_a_transfer_may_fail(void **state)
{
    (void)state;
    each(load, (struct mishap){.who = KOFI, .memory = true}, 20);
}

static void test_client_faults__every_write_of_the_links_turns_may_fail(void **state)
{
    (void)state;
    each(day, (struct mishap){.who = KOFI, .fault = {.op = MU_MEMDISK_WRITE}}, 10);
}

static void test_client_faults__every_read_of_the_links_turns_may_fail(void **state)
{
    (void)state;
    each(day, (struct mishap){.who = KOFI, .fault = {.op = MU_MEMDISK_READ}}, 2);
}

static void test_client_faults__every_sync_of_the_links_turns_may_fail(void **state)
{
    (void)state;
    each(day, (struct mishap){.who = KOFI, .fault = {.op = MU_MEMDISK_SYNC}}, 2);
}

static void test_client_faults__every_write_of_a_transfer_may_fail(void **state)
{
    (void)state;
    each(load, (struct mishap){.who = KOFI, .fault = {.op = MU_MEMDISK_WRITE}}, 10);
}

/* -- the server's side ------------------------------------------------------------------- */

static void test_client_faults__every_allocation_of_serving_may_fail(void **state)
{
    (void)state;
    each(day, (struct mishap){.who = MU_PAIR_SERVER, .memory = true}, 3);
}

static void test_client_faults__every_allocation_of_serving_a_transfer_may_fail(void **state)
{
    (void)state;
    each(load, (struct mishap){.who = MU_PAIR_SERVER, .memory = true}, 10);
}

static void test_client_faults__every_write_of_serving_may_fail(void **state)
{
    (void)state;
    each(day, (struct mishap){.who = MU_PAIR_SERVER, .fault = {.op = MU_MEMDISK_WRITE}}, 10);
}

static void test_client_faults__every_read_of_serving_a_transfer_may_fail(void **state)
{
    (void)state;
    each(load, (struct mishap){.who = MU_PAIR_SERVER, .fault = {.op = MU_MEMDISK_READ}}, 2);
}

/* -- authoring ---------------------------------------------------------------------------- */

/* Saved, or not saved and said so; the same process goes on. */
static void test_client_faults__every_allocation_of_authoring_may_fail(void **state)
{
    (void)state;
    static struct course course;
    course = (struct course){0};
    bool met = true;
    uint64_t nth = 1;
    for (; met && nth < CASES_MAX; nth++) {
        struct mu_pair *pair = morning(&course);
        struct mu_authored authored;
        struct mu_op *op = NULL;
        mu_pair_kill(pair, KOFI);
        mu_pair_start(pair, KOFI);
        uint64_t before = mu_pair_status(pair, KOFI).pending;
        struct mu_intent intent =
            mu_pair_intent(pair, KOFI, MU_INTENT_TASK_EDIT, MU_TASK, course.task, &op);
        mu_pair_arg(pair, KOFI, op, MU_TASK_TITLE, mu_bytes(mu_slice_str("scarce")));

        mu_scarce_fail(nth);
        enum mu_status status = mu_pair_try(pair, KOFI, &intent, &authored);
        met = mu_scarce_met();
        mu_scarce_fail(0);

        assert_true(status == MU_OK || (status == MU_E_NOMEM && met));
        assert_int_equal(mu_pair_status(pair, KOFI).pending, before + (status == MU_OK));
        assert_int_equal(mu_client_check(pair->clients[KOFI].client, &pair->err), MU_OK);
        assert_true(mu_pair_titled(pair, KOFI, course.task, "scarce") == (status == MU_OK));
        (void)mu_pair_title(pair, KOFI, course.task, "again");
        mu_pair_plug(pair, KOFI);
        mu_pair_settle(pair);
        assert_true(mu_pair_titled(pair, ANA, course.task, "again"));
        mu_pair_check(pair);
    }
    course_close(&course);
    assert_in_range(nth, 10, CASES_MAX - 1);
}

/* -- opening ------------------------------------------------------------------------------ */

static void test_client_faults__every_allocation_of_opening_may_fail(void **state)
{
    (void)state;
    static struct course course;
    course = (struct course){0};
    bool met = true;
    uint64_t nth = 1;
    for (; met && nth < CASES_MAX; nth++) {
        struct mu_pair *pair = morning(&course);
        struct mu_pair_client *kofi = &pair->clients[KOFI];
        (void)mu_pair_title(pair, KOFI, course.task, "opened again");
        mu_pair_kill(pair, KOFI);
        mu_pair_open_file(pair, KOFI, &kofi->replica_db, "replica.db");
        mu_pair_open_file(pair, KOFI, &kofi->outbox_db, "outbox.db");
        struct mu_client_turn turn = mu_pair_turn(pair, KOFI);
        struct mu_client *client = NULL;

        mu_scarce_fail(nth);
        enum mu_status status = mu_client_open(&kofi->replica_db, &kofi->outbox_db, &kofi->file,
                                               &turn, &client, &pair->err);
        met = mu_scarce_met();
        mu_scarce_fail(0);

        assert_true(status == MU_OK || (status == MU_E_NOMEM && met));
        mu_client_close(client);
        mu_db_close(&kofi->replica_db);
        mu_db_close(&kofi->outbox_db);
        mu_pair_start(pair, KOFI);
        assert_true(mu_pair_titled(pair, KOFI, course.task, "opened again"));
        mu_pair_plug(pair, KOFI);
        mu_pair_settle(pair);
        mu_pair_check(pair);
    }
    course_close(&course);
    assert_in_range(nth, 5, CASES_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_client_faults__every_allocation_of_the_links_turns_may_fail),
        cmocka_unit_test(test_client_faults__every_allocation_of_a_transfer_may_fail),
        cmocka_unit_test(test_client_faults__every_write_of_the_links_turns_may_fail),
        cmocka_unit_test(test_client_faults__every_read_of_the_links_turns_may_fail),
        cmocka_unit_test(test_client_faults__every_sync_of_the_links_turns_may_fail),
        cmocka_unit_test(test_client_faults__every_write_of_a_transfer_may_fail),
        cmocka_unit_test(test_client_faults__every_allocation_of_serving_may_fail),
        cmocka_unit_test(test_client_faults__every_allocation_of_serving_a_transfer_may_fail),
        cmocka_unit_test(test_client_faults__every_write_of_serving_may_fail),
        cmocka_unit_test(test_client_faults__every_read_of_serving_a_transfer_may_fail),
        cmocka_unit_test(test_client_faults__every_allocation_of_authoring_may_fail),
        cmocka_unit_test(test_client_faults__every_allocation_of_opening_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
