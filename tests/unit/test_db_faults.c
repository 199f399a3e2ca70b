/* The n-th read, write, sync, lock and so on fails, once or for ever: nothing that was
 * acknowledged may go, nothing may be half there, and the message must help a person. */
#include "tests/harness/cmocka.h"

#include "common/db/backup.h"
#include "tests/harness/memdisk.h"
#include "tests/unit/disk_script.h"

/* The script under one fault, then a power cut, then a sound disk.  False when the fault was not
 * met any more. */
static bool survives(const struct mu_memdisk_fault *fault)
{
    struct mu_memdisk *disk = mu_memdisk_new("faulty");
    struct mu_error err = {0};
    int64_t acked = 0;
    mu_memdisk_fail(disk, fault);
    enum mu_status status = script_run("faulty", FULL, &acked, &err);
    bool met = mu_memdisk_faults_met(disk) > 0;
    if (status != MU_OK) {
        assert_true(met);
        assert_true(status == MU_E_IO || status == MU_E_FULL);
        assert_true(strstr(err.text, "disk full") != NULL ||
                    strstr(err.text, "the disk reports an error") != NULL ||
                    strstr(err.text, "too many open files") != NULL ||
                    strstr(err.text, "the rows cannot be counted") != NULL ||
                    strstr(err.text, "reading or writing failed") != NULL ||
                    strstr(err.text, "it must be opened again") != NULL);
    }
    mu_memdisk_heal(disk);
    mu_memdisk_crash(disk, 0);

    struct mu_db db;
    assert_int_equal(script_open(&db, "faulty", FULL, &err), MU_OK);
    assert_int_equal(mu_db_check(&db, &err), MU_OK);
    assert_in_range(script_count(&db), acked, acked + 1); /* a failed commit may have been one */
    mu_db_close(&db);
    assert_int_equal(script_run("faulty", FULL, &acked, &err), MU_OK);
    mu_memdisk_free(disk);
    return met;
}

static void try_all(enum mu_memdisk_op op, uint64_t stride, uint64_t at_least)
{
    for (unsigned kind = 0; kind < 4; kind++) {
        struct mu_memdisk_fault fault = {
            .op = op, .nth = 1, .forever = (kind & 1) != 0, .full = (kind & 2) != 0};
        uint64_t positions = 0;
        while (survives(&fault)) {
            positions++;
            fault.nth += stride;
        }
        assert_in_range(positions, at_least, 10000);
    }
}

static void test_db_faults__no_failed_write_loses_an_acknowledged_row(void **state)
{
    (void)state;
    try_all(MU_MEMDISK_WRITE, 7, 40);
}

static void test_db_faults__no_failed_sync_loses_an_acknowledged_row(void **state)
{
    (void)state;
    try_all(MU_MEMDISK_SYNC, 1, 40);
}

static void test_db_faults__no_other_failure_loses_an_acknowledged_row(void **state)
{
    (void)state;
    try_all(MU_MEMDISK_OPEN, 1, 2);
    try_all(MU_MEMDISK_READ, 1, 2);
    try_all(MU_MEMDISK_TRUNCATE, 1, 0);
    try_all(MU_MEMDISK_DELETE, 1, 1);
    try_all(MU_MEMDISK_LOCK, 1, 2);
}

static void test_db_faults__after_a_failed_sync_the_connection_is_of_no_use(void **state)
{
    (void)state;
    struct mu_memdisk *disk = mu_memdisk_new("faulty");
    struct mu_error err = {0};
    struct mu_db db;
    assert_int_equal(script_open(&db, "faulty", FULL, &err), MU_OK);
    assert_int_equal(script_insert(&db, 1, &err), MU_OK);
    mu_memdisk_fail(disk, &(struct mu_memdisk_fault){.op = MU_MEMDISK_SYNC, .nth = 1});

    assert_int_equal(script_insert(&db, 2, &err), MU_E_IO);
    assert_string_equal(err.text, "'/a/x.db': the disk reports an error");
    assert_true(db.broken);
    assert_int_equal(script_insert(&db, 2, &err), MU_E_IO);
    assert_string_equal(err.text, "'/a/x.db': an earlier write failed; it must be opened again");
    assert_int_equal(script_count(&db), -1);
    mu_db_close(&db);

    assert_int_equal(script_open(&db, "faulty", FULL, &err), MU_OK);
    int64_t there = script_count(&db);
    assert_in_range(there, 1, 2);
    assert_int_equal(script_insert(&db, there + 1, &err), MU_OK);
    mu_db_close(&db);
    mu_memdisk_free(disk);
}

/* SQLite's own automatic checkpoint would swallow this. */
/* Fail the nth sync of a script, let `mended` say what happens before the next process appends
 * a row, then cut the power: is that row there? */
static bool survives_behind_a_failed_sync(uint64_t nth, void (*mended)(struct mu_db *db))
{
    struct mu_memdisk *disk = mu_memdisk_new("faulty");
    struct mu_error err = {0};
    struct mu_db db;
    int64_t acked = 0;
    mu_memdisk_fail(disk, &(struct mu_memdisk_fault){.op = MU_MEMDISK_SYNC, .nth = nth});
    enum mu_status status = script_run("faulty", FULL, &acked, &err); /* closes */
    assert_true(status == MU_E_IO || acked == SCRIPT_ROWS);

    assert_int_equal(script_open(&db, "faulty", FULL, &err), MU_OK);
    mended(&db);
    int64_t row = script_count(&db) + 1;
    assert_int_equal(script_insert(&db, row, &err), MU_OK);
    mu_memdisk_crash(disk, 0);
    mu_db_close(&db);

    assert_int_equal(script_open(&db, "faulty", FULL, &err), MU_OK);
    int64_t there = script_count(&db);
    mu_db_close(&db);
    mu_memdisk_free(disk);
    return there >= row;
}

static void renew(struct mu_db *db)
{
    struct mu_error err = {0};
    assert_int_equal(mu_db_renew_log(db, &err), MU_OK);
}

static void trust_the_close(struct mu_db *db)
{
    (void)db;
}

static void test_db_faults__rows_behind_a_failed_sync_are_safe(void **state)
{
    (void)state;
    for (uint64_t nth = 1; nth <= 60; nth++) {
        assert_true(survives_behind_a_failed_sync(nth, renew));
        assert_true(survives_behind_a_failed_sync(nth, trust_the_close));
    }
}

static void test_db_faults__a_failed_sync_of_a_checkpoint_is_noticed(void **state)
{
    (void)state;
    struct mu_memdisk *disk = mu_memdisk_new("faulty");
    struct mu_error err = {0};
    struct mu_db db;
    bool noticed = false;
    for (uint64_t nth = 1; nth < 20 && !noticed; nth++) {
        assert_int_equal(script_open(&db, "faulty", FULL, &err), MU_OK);
        mu_memdisk_fail(disk, &(struct mu_memdisk_fault){.op = MU_MEMDISK_SYNC, .nth = nth});
        enum mu_status status = MU_OK;
        while (status == MU_OK && !db.broken) {
            status = script_insert(&db, script_count(&db) + 1, &err);
        }
        noticed = status == MU_OK; /* the commit was fine, what came after it was not */
        mu_memdisk_heal(disk);
        mu_db_close(&db);
    }
    assert_true(noticed);
    mu_memdisk_free(disk);
}

static void test_db_faults__a_full_disk_refuses_reads_on_and_recovers_without_reopening(
    void **state)
{
    (void)state;
    struct mu_memdisk *disk = mu_memdisk_new("small");
    struct mu_error err = {0};
    struct mu_db db;
    assert_int_equal(script_open(&db, "small", FULL, &err), MU_OK);
    mu_memdisk_set_limit(disk, mu_memdisk_used(disk) + 20000);
    enum mu_status status = MU_OK;
    int64_t acked = 0;
    while ((status = script_insert(&db, acked + 1, &err)) == MU_OK) {
        acked++;
    }

    assert_int_equal(status, MU_E_FULL);
    assert_string_equal(err.text, "'/a/x.db': disk full");
    assert_int_equal(script_count(&db), acked);
    assert_int_equal(script_insert(&db, acked + 1, &err), MU_E_FULL);

    mu_memdisk_heal(disk);
    assert_int_equal(script_insert(&db, acked + 1, &err), MU_OK);
    assert_int_equal(script_count(&db), acked + 1);
    mu_db_close(&db);
    mu_memdisk_free(disk);
}

static void test_db_faults__a_disk_that_became_read_only_is_named(void **state)
{
    (void)state;
    struct mu_memdisk *disk = mu_memdisk_new("frozen");
    struct mu_error err = {0};
    struct mu_db db;
    assert_int_equal(script_open(&db, "frozen", FULL, &err), MU_OK);
    mu_memdisk_set_read_only(disk, true);

    assert_int_equal(script_insert(&db, 1, &err), MU_E_IO);
    assert_string_equal(err.text, "'/a/x.db': read-only file system");
    mu_db_close(&db);
    assert_int_equal(script_open(&db, "frozen", FULL, &err), MU_E_IO);
    mu_memdisk_free(disk);
}

/* ---- Files that change behind our back. */

static void test_db_faults__a_restored_snapshot_is_the_past_and_a_clone_a_twin(void **state)
{
    (void)state;
    struct mu_memdisk *disk = mu_memdisk_new("mine");
    struct mu_memdisk *other = mu_memdisk_new("theirs");
    struct mu_error err = {0};
    struct mu_db db;
    assert_int_equal(script_open(&db, "mine", FULL, &err), MU_OK);
    assert_int_equal(script_insert(&db, 1, &err), MU_OK);
    struct mu_memdisk_image *image = mu_memdisk_snapshot(disk, SCRIPT_FILE); /* while open */
    assert_int_equal(script_insert(&db, 2, &err), MU_OK);

    mu_memdisk_restore(disk, image);
    mu_memdisk_restore(other, image);
    mu_memdisk_image_free(image);
    assert_int_equal(script_insert(&db, 3, &err), MU_E_IO); /* dead */
    mu_db_close(&db);
    mu_memdisk_crash(disk, 0); /* restored files are durable */

    assert_int_equal(script_open(&db, "mine", FULL, &err), MU_OK);
    assert_int_equal(script_count(&db), 1);
    mu_db_close(&db);
    assert_int_equal(script_open(&db, "theirs", FULL, &err), MU_OK);
    assert_int_equal(script_count(&db), 1);
    mu_db_close(&db);
    mu_memdisk_free(disk);
    mu_memdisk_free(other);
}

static void test_db_faults__removed_files_are_gone_and_a_backup_is_not(void **state)
{
    (void)state;
    struct mu_memdisk *disk = mu_memdisk_new("mine");
    struct mu_error err = {0};
    struct mu_db db;
    int64_t acked = 0;
    assert_int_equal(script_run("mine", FULL, &acked, &err), MU_OK);
    assert_int_equal(script_open(&db, "mine", FULL, &err), MU_OK);
    assert_int_equal(mu_db_backup(&db, "/b/copy.db", &err), MU_OK);
    assert_int_equal(mu_db_backup(&db, "/b/copy.db", &err), MU_E_EXISTS);
    mu_db_close(&db);
    mu_memdisk_remove(disk, "/a/");

    mu_memdisk_crash(disk, 0); /* the backup was durable when it returned */
    assert_int_equal(mu_memdisk_size(disk, SCRIPT_FILE), -1);

    struct mu_db_options options = {.path = "/b/copy.db",
                                    .vfs = "mine",
                                    .application_id = 0x4d737401U,
                                    .exclusive = true,
                                    .must_exist = true};
    assert_int_equal(mu_db_open(&db, &options, &err), MU_OK);
    assert_int_equal(mu_db_check(&db, &err), MU_OK);
    assert_int_equal(script_count(&db), SCRIPT_ROWS);
    mu_db_close(&db);
    options.path = SCRIPT_FILE;
    assert_int_not_equal(mu_db_open(&db, &options, &err), MU_OK);
    mu_memdisk_free(disk);
}

static void test_db_faults__a_backup_that_fails_leaves_nothing(void **state)
{
    (void)state;
    struct mu_memdisk *disk = mu_memdisk_new("mine");
    struct mu_error err = {0};
    struct mu_db db;
    assert_int_equal(script_open(&db, "mine", FULL, &err), MU_OK);
    assert_int_equal(script_insert(&db, 1, &err), MU_OK);
    mu_memdisk_set_limit(disk, mu_memdisk_used(disk) + 5000);

    assert_int_equal(mu_db_backup(&db, "/b/copy.db", &err), MU_E_FULL);

    assert_string_equal(err.text, "back up: '/b/copy.db': disk full");
    assert_int_equal(mu_memdisk_size(disk, "/b/copy.db"), -1);
    mu_memdisk_heal(disk);
    assert_int_equal(script_insert(&db, 2, &err), MU_OK);
    mu_db_close(&db);
    mu_memdisk_free(disk);
}

/* A flipped bit is found by the check, or did not matter to any row. */
static void test_db_faults__damage_is_found_or_harmless(void **state)
{
    (void)state;
    unsigned found = 0;
    for (size_t flip = 0; flip < 100; flip++) {
        struct mu_memdisk *disk = mu_memdisk_new("mine");
        struct mu_error err = {0};
        struct mu_db db;
        int64_t acked = 0;
        assert_int_equal(script_run("mine", FULL, &acked, &err), MU_OK);
        size_t size = (size_t)mu_memdisk_size(disk, SCRIPT_FILE);
        assert_true(mu_memdisk_flip(disk, SCRIPT_FILE, flip * 7919 % size, 0x41));

        enum mu_status status = script_open(&db, "mine", FULL, &err);
        if (status == MU_OK) {
            status = mu_db_check(&db, &err);
            mu_db_close(&db);
        }
        assert_true(status == MU_OK || status == MU_E_CORRUPT || status == MU_E_INVALID ||
                    status == MU_E_VERSION || status == MU_E_INTERNAL);
        found += status == MU_OK ? 0 : 1;
        mu_memdisk_free(disk);
    }
    assert_true(found > 0);
}

static void test_db_faults__a_shortened_file_is_damaged(void **state)
{
    (void)state;
    struct mu_memdisk *disk = mu_memdisk_new("mine");
    struct mu_error err = {0};
    struct mu_db db;
    int64_t acked = 0;
    assert_int_equal(script_run("mine", FULL, &acked, &err), MU_OK);
    assert_true(mu_memdisk_shorten(disk, SCRIPT_FILE, 8192));

    assert_int_equal(script_open(&db, "mine", FULL, &err), MU_E_CORRUPT);

    assert_string_equal(err.text, "'/a/x.db': it is damaged");
    mu_memdisk_free(disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_db_faults__no_failed_write_loses_an_acknowledged_row),
        cmocka_unit_test(test_db_faults__no_failed_sync_loses_an_acknowledged_row),
        cmocka_unit_test(test_db_faults__no_other_failure_loses_an_acknowledged_row),
        cmocka_unit_test(test_db_faults__after_a_failed_sync_the_connection_is_of_no_use),
        cmocka_unit_test(test_db_faults__rows_behind_a_failed_sync_are_safe),
        cmocka_unit_test(test_db_faults__a_failed_sync_of_a_checkpoint_is_noticed),
        cmocka_unit_test(
            test_db_faults__a_full_disk_refuses_reads_on_and_recovers_without_reopening),
        cmocka_unit_test(test_db_faults__a_disk_that_became_read_only_is_named),
        cmocka_unit_test(test_db_faults__a_restored_snapshot_is_the_past_and_a_clone_a_twin),
        cmocka_unit_test(test_db_faults__removed_files_are_gone_and_a_backup_is_not),
        cmocka_unit_test(test_db_faults__a_backup_that_fails_leaves_nothing),
        cmocka_unit_test(test_db_faults__damage_is_found_or_harmless),
        cmocka_unit_test(test_db_faults__a_shortened_file_is_damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
