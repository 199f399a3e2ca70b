/* What the disk forgets decides what every crash test is worth: it must lose what was not
 * synced, keep what was, and let a database that promises too much be caught. */
#include "tests/harness/cmocka.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "common/db/backup.h"
#include "tests/harness/dice.h"
#include "tests/harness/memdisk.h"
#include "tests/unit/disk_script.h"

#define CRASH_POINTS 600

/* Changing operations of the whole script, opening and closing included. */
static uint64_t script_changes(enum durability durability)
{
    struct mu_memdisk *disk = mu_memdisk_new("measure");
    struct mu_error err = {0};
    int64_t acked = 0;
    assert_int_equal(script_run("measure", durability, &acked, &err), MU_OK);
    uint64_t changes = mu_memdisk_changes(disk);
    mu_memdisk_free(disk);
    return changes;
}

/* Power cuts at random points, the second one of three while it recovers or goes on; how many
 * of the points lost an acknowledged row.  Damage of any kind fails the test. */
static unsigned lossy_points(enum durability durability, bool survivors)
{
    uint64_t changes = script_changes(durability);
    struct mu_dice dice = {.state = 20240501 + (uint64_t)durability};
    unsigned lossy = 0;
    for (unsigned point = 0; point < CRASH_POINTS; point++) {
        struct mu_memdisk *disk = mu_memdisk_new("crash");
        int64_t acked = 0;
        for (unsigned cut = 0; cut < 3; cut++) {
            mu_memdisk_cut_power(disk, mu_dice_below(&dice, cut == 1 ? 20 : changes));
            struct mu_error err = {0};
            struct mu_db db;
            enum mu_status status = script_run("crash", durability, &acked, &err);
            assert_true(status == MU_OK || !mu_memdisk_has_power(disk));
            mu_memdisk_crash(disk, survivors ? mu_dice_next(&dice) : 0);

            status = script_open(&db, "crash", durability, &err);
            if (status != MU_OK || mu_db_check(&db, &err) != MU_OK) {
                assert_int_equal(durability, OFF); /* without syncs all may be rubbish */
                mu_db_close(&db);
                lossy++;
                break;
            }
            int64_t there = script_count(&db);
            mu_memdisk_kill(disk); /* leave the log as the crash left it */
            mu_db_close(&db);
            if (there < acked) {
                lossy++;
                break;
            }
            acked = there;
        }
        mu_memdisk_free(disk);
    }
    return lossy;
}

static void test_memdisk__a_full_sync_loses_no_acknowledged_row(void **state)
{
    (void)state;

    assert_int_equal(lossy_points(FULL, false), 0);
    assert_int_equal(lossy_points(FULL, true), 0);
}

static void test_memdisk__less_than_a_full_sync_is_caught(void **state)
{
    (void)state;

    unsigned normal = lossy_points(NORMAL, true);
    unsigned off = lossy_points(OFF, true);

    assert_in_range(normal, CRASH_POINTS / 2, CRASH_POINTS);
    assert_in_range(off, CRASH_POINTS / 2, CRASH_POINTS);
}

/* ---- The disk without SQLite's help. */

static sqlite3_file *open_raw(const char *vfs_name, const char *name, int kind)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(vfs_name);
    sqlite3_file *file = calloc(1, (size_t)vfs->szOsFile);
    assert_non_null(file);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | kind;
    assert_int_equal(vfs->xOpen(vfs, name, file, flags, NULL), SQLITE_OK);
    return file;
}

static void close_raw(sqlite3_file *file)
{
    assert_int_equal(file->pMethods->xClose(file), SQLITE_OK);
    free(file);
}

static void put(sqlite3_file *file, char byte, int len, sqlite3_int64 offset)
{
    char bytes[4096];
    memset(bytes, byte, sizeof bytes);
    assert_int_equal(file->pMethods->xWrite(file, bytes, len, offset), SQLITE_OK);
}

static char byte_at(const char *vfs, const char *name, sqlite3_int64 offset)
{
    char byte = 0;
    sqlite3_file *file = open_raw(vfs, name, SQLITE_OPEN_MAIN_DB);
    (void)file->pMethods->xRead(file, &byte, 1, offset);
    close_raw(file);
    return byte;
}

static void delete_raw(const char *vfs_name, const char *name, int sync_folder)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(vfs_name);
    assert_int_equal(vfs->xDelete(vfs, name, sync_folder), SQLITE_OK);
}

/* A file of two written sectors of 'a', durable with its name. */
static sqlite3_file *open_durable(const char *vfs, const char *name)
{
    sqlite3_file *file = open_raw(vfs, name, SQLITE_OPEN_WAL);
    put(file, 'a', 1024, 0);
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK);
    return file;
}

static void test_memdisk__forgets_at_a_crash_what_was_not_synced(void **state)
{
    (void)state;
    struct mu_memdisk *disk = mu_memdisk_new("raw");
    sqlite3_file *file = open_durable("raw", "/f");
    put(file, 'b', 512, 0);
    put(file, 'b', 512, 1024);

    mu_memdisk_crash(disk, 0);

    char byte = 0;
    assert_int_equal(file->pMethods->xRead(file, &byte, 1, 0), SQLITE_IOERR_READ); /* dead */
    assert_int_equal(file->pMethods->xWrite(file, "x", 1, 0), SQLITE_IOERR_WRITE);
    close_raw(file);
    assert_int_equal(mu_memdisk_size(disk, "/f"), 1024);
    assert_int_equal(byte_at("raw", "/f", 0), 'a');
    mu_memdisk_free(disk);
}

static void test_memdisk__keeps_at_a_kill_what_was_written(void **state)
{
    (void)state;
    struct mu_memdisk *disk = mu_memdisk_new("raw");
    sqlite3_file *file = open_durable("raw", "/f");
    put(file, 'b', 512, 1024);

    mu_memdisk_kill(disk);
    close_raw(file);
    assert_int_equal(mu_memdisk_size(disk, "/f"), 1536);
    mu_memdisk_crash(disk, 0); /* and the power goes later: never synced is never safe */

    assert_int_equal(mu_memdisk_size(disk, "/f"), 1024);
    mu_memdisk_free(disk);
}

/* A system that drops dirty pages when fsync fails shows them until the power goes. */
static void test_memdisk__never_keeps_what_a_failed_sync_was_for(void **state)
{
    (void)state;
    struct mu_memdisk *disk = mu_memdisk_new("raw");
    sqlite3_file *file = open_durable("raw", "/f");
    put(file, 'b', 512, 0);
    mu_memdisk_fail(disk, &(struct mu_memdisk_fault){.op = MU_MEMDISK_SYNC, .nth = 1});
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_IOERR_FSYNC);
    put(file, 'c', 512, 512);
    assert_int_equal(file->pMethods->xSync(file, SQLITE_SYNC_NORMAL), SQLITE_OK);

    char byte = 0;
    assert_int_equal(file->pMethods->xRead(file, &byte, 1, 0), SQLITE_OK);
    assert_int_equal(byte, 'b');
    mu_memdisk_crash(disk, 0);
    close_raw(file);

    assert_int_equal(byte_at("raw", "/f", 0), 'a');
    assert_int_equal(byte_at("raw", "/f", 512), 'c');
    mu_memdisk_free(disk);
}

static void test_memdisk__a_name_is_durable_only_when_its_folder_was_synced(void **state)
{
    (void)state;
    struct mu_memdisk *disk = mu_memdisk_new("raw");
    sqlite3_file *data = open_raw("raw", "/a/data", SQLITE_OPEN_MAIN_DB);
    sqlite3_file *other = open_raw("raw", "/b/data", SQLITE_OPEN_MAIN_DB);
    put(data, 'd', 512, 0);
    put(other, 'd', 512, 0);
    assert_int_equal(data->pMethods->xSync(data, SQLITE_SYNC_NORMAL), SQLITE_OK);
    assert_int_equal(other->pMethods->xSync(other, SQLITE_SYNC_NORMAL), SQLITE_OK);
    sqlite3_file *log = open_durable("raw", "/a/log");
    close_raw(data);
    close_raw(other);
    close_raw(log);
    delete_raw("raw", "/a/log", 0);
    assert_int_equal(mu_memdisk_size(disk, "/a/log"), -1);

    mu_memdisk_crash(disk, 0);

    assert_int_equal(mu_memdisk_size(disk, "/a/data"), 512);
    assert_int_equal(mu_memdisk_size(disk, "/b/data"), -1);
    assert_int_equal(mu_memdisk_size(disk, "/a/log"), 1024); /* back from the dead */
    delete_raw("raw", "/a/log", 1);
    mu_memdisk_crash(disk, 0);
    assert_int_equal(mu_memdisk_size(disk, "/a/log"), -1);
    mu_memdisk_free(disk);
}

static void test_memdisk__a_seed_decides_what_survives(void **state)
{
    (void)state;
    unsigned none = 0;
    unsigned all = 0;
    unsigned some = 0;
    unsigned torn = 0;
    for (uint64_t seed = 1; seed <= 400; seed++) {
        struct mu_memdisk *disk = mu_memdisk_new("raw");
        sqlite3_file *file = open_durable("raw", "/f");
        put(file, 'b', 1024, 0);
        mu_memdisk_crash(disk, seed);
        close_raw(file);
        bool first = byte_at("raw", "/f", 0) == 'b';
        bool first_end = byte_at("raw", "/f", 511) == 'b';
        bool second = byte_at("raw", "/f", 512) == 'b';
        bool second_end = byte_at("raw", "/f", 1023) == 'b';
        torn += first != first_end || second != second_end ? 1 : 0;
        none += !first && !first_end && !second && !second_end ? 1 : 0;
        all += first && first_end && second && second_end ? 1 : 0;
        some += first == first_end && second == second_end && first != second ? 1 : 0;
        mu_memdisk_free(disk);
    }

    assert_true(none > 40 && all > 40 && some > 20 && torn > 5);
}

static void test_memdisk__equal_seeds_give_equal_disks(void **state)
{
    (void)state;
    uint64_t digests[3];
    static const uint64_t seeds[3] = {7, 7, 8};
    for (size_t i = 0; i < 3; i++) {
        struct mu_memdisk *disk = mu_memdisk_new("seeded");
        struct mu_error err = {0};
        int64_t acked = 0;
        mu_memdisk_seed(disk, seeds[i]);
        mu_memdisk_cut_power(disk, 300);
        assert_int_equal(script_run("seeded", FULL, &acked, &err), MU_E_IO);
        mu_memdisk_crash(disk, seeds[i]);
        assert_int_equal(script_run("seeded", FULL, &acked, &err), MU_OK);
        digests[i] = mu_memdisk_digest(disk);
        mu_memdisk_free(disk);
        assert_int_equal(acked, SCRIPT_ROWS);
    }

    assert_true(digests[0] == digests[1]);
    assert_true(digests[1] != digests[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memdisk__forgets_at_a_crash_what_was_not_synced),
        cmocka_unit_test(test_memdisk__keeps_at_a_kill_what_was_written),
        cmocka_unit_test(test_memdisk__never_keeps_what_a_failed_sync_was_for),
        cmocka_unit_test(test_memdisk__a_name_is_durable_only_when_its_folder_was_synced),
        cmocka_unit_test(test_memdisk__a_seed_decides_what_survives),
        cmocka_unit_test(test_memdisk__equal_seeds_give_equal_disks),
        cmocka_unit_test(test_memdisk__a_full_sync_loses_no_acknowledged_row),
        cmocka_unit_test(test_memdisk__less_than_a_full_sync_is_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
