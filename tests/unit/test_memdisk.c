/* What the disk forgets decides what every crash test is worth: it must lose what was not
 * synced, keep what was, and let a database that promises too much be caught. */
#include "tests/harness/cmocka.h"

#include "common/db/backup.h"
#include "common/db/db.h"
#include "common/db/migrate.h"
#include "common/db/stmt.h"
#include "tests/harness/dice.h"
#include "tests/harness/memdisk.h"

#define KIND          0x4d737401U
#define SCRIPT_ROWS   40
#define CRASH_POINTS  600
#define ROW_BYTES_MAX 6000

enum durability { FULL, NORMAL, OFF };

static const char SQL_TABLE[] = "CREATE TABLE t(k INTEGER PRIMARY KEY, v BLOB NOT NULL) STRICT;"
                                "CREATE INDEX t_v ON t(v);";
static const struct mu_migration steps[] = {
    {.to_version = 1, .sql = SQL_TABLE, .len = sizeof SQL_TABLE - 1},
};
static const char SQL_INSERT[] = "INSERT INTO t(k, v) VALUES (?1, ?2)";
static const char SQL_COUNT[] = "SELECT count(*), coalesce(max(k), 0) FROM t";

static enum mu_status open_on(struct mu_db *db, const char *vfs, enum durability durability,
                              struct mu_error *err)
{
    struct mu_db_options options = {
        .path = "/a/x.db",
        .vfs = vfs,
        .application_id = KIND,
        .full_sync = durability == FULL,
        .exclusive = true,
        .checkpoint_frames = 12, /* many checkpoints in a short script */
    };
    MU_TRY(mu_db_open(db, &options, err));
    enum mu_status status = mu_db_migrate(db, steps, 1, err);
    if (status == MU_OK && durability == OFF) {
        status = mu_db_exec(db, "PRAGMA synchronous = OFF", err);
    }
    if (status != MU_OK) {
        mu_db_close(db);
    }
    return status;
}

/* Row k in a transaction of its own; its size and bytes follow from k. */
static enum mu_status insert_row(struct mu_db *db, int64_t k, struct mu_error *err)
{
    uint8_t value[ROW_BYTES_MAX];
    size_t len = (size_t)(k * 977) % sizeof value;
    memset(value, (int)(k & 0x7f), sizeof value);
    struct mu_stmt insert = {0};
    MU_TRY(mu_db_begin(db, err));
    enum mu_status status = mu_stmt_prepare(&insert, db, SQL_INSERT, err);
    if (status == MU_OK) {
        mu_stmt_bind_int(&insert, 1, k);
        mu_stmt_bind_blob(&insert, 2, mu_slice_of(value, len));
        status = mu_stmt_run(&insert, err);
    }
    mu_stmt_finalize(&insert);
    if (status != MU_OK) {
        mu_db_rollback(db);
        return status;
    }
    return mu_db_commit(db, err);
}

/* Rows in the database, which must be 1 .. n. */
static int64_t count_rows(struct mu_db *db)
{
    struct mu_error err = {0};
    struct mu_stmt stmt;
    bool row = false;
    assert_int_equal(mu_stmt_prepare(&stmt, db, SQL_COUNT, &err), MU_OK);
    assert_int_equal(mu_stmt_step(&stmt, &row, &err), MU_OK);
    assert_true(row);
    int64_t count = mu_stmt_int(&stmt, 0);
    assert_int_equal(mu_stmt_int(&stmt, 1), count);
    mu_stmt_finalize(&stmt);
    return count;
}

/* Open, insert rows from `first` on until something fails; how many rows are acknowledged. */
static int64_t run_script(const char *vfs, enum durability durability, int64_t acked)
{
    struct mu_error err = {0};
    struct mu_db db;
    if (open_on(&db, vfs, durability, &err) != MU_OK) {
        return acked;
    }
    for (int64_t there = count_rows(&db); there < SCRIPT_ROWS; there++) {
        if (insert_row(&db, there + 1, &err) != MU_OK) {
            break;
        }
        acked = there + 1;
    }
    mu_db_close(&db);
    return acked;
}

/* Changing operations of the whole script, opening and closing included. */
static uint64_t script_changes(enum durability durability)
{
    struct mu_memdisk *disk = mu_memdisk_new("measure");
    assert_int_equal(run_script("measure", durability, 0), SCRIPT_ROWS);
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
            acked = run_script("crash", durability, acked);
            mu_memdisk_crash(disk, survivors ? mu_dice_next(&dice) : 0);

            struct mu_error err = {0};
            struct mu_db db;
            enum mu_status status = open_on(&db, "crash", durability, &err);
            if (status != MU_OK || mu_db_check(&db, &err) != MU_OK) {
                assert_int_equal(durability, OFF); /* without syncs all may be rubbish */
                mu_db_close(&db);
                lossy++;
                break;
            }
            int64_t there = count_rows(&db);
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

    unsigned normal = lossy_points(NORMAL, false);
    unsigned off = lossy_points(OFF, true);

    assert_in_range(normal, CRASH_POINTS / 2, CRASH_POINTS);
    assert_in_range(off, CRASH_POINTS / 2, CRASH_POINTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memdisk__a_full_sync_loses_no_acknowledged_row),
        cmocka_unit_test(test_memdisk__less_than_a_full_sync_is_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
