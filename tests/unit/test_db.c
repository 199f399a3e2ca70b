/* A commit is where a person's work becomes safe, and a failed one must not look like it:
 * statements, transactions and migrations do what they say, or say that they did not. */
#include "tests/harness/cmocka.h"

#include "common/db/db.h"
#include "common/db/migrate.h"
#include "common/db/stmt.h"
#include "tests/harness/folder.h"

#define KIND 0x4d737401U

static const char SQL_ONE[] = "CREATE TABLE t(k INTEGER PRIMARY KEY, v BLOB, w TEXT) STRICT;";
static const char SQL_TWO[] = "-- a second step, of several statements\n"
                              "ALTER TABLE t ADD COLUMN n INTEGER;\n"
                              "CREATE TABLE u(k INTEGER PRIMARY KEY) STRICT;\n"
                              "INSERT INTO u(k) VALUES (1), (2);\n";
static const char SQL_BAD[] = "CREATE TABLE z(k INTEGER PRIMARY KEY) STRICT; INSERT INTO none "
                              "VALUES (1);";
#define STEP(number, text)                                             \
    {                                                                  \
        .to_version = (number), .sql = (text), .len = sizeof(text) - 1 \
    }
static const struct mu_migration steps[] = {STEP(1, SQL_ONE), STEP(2, SQL_TWO)};
static const struct mu_migration bad_steps[] = {STEP(1, SQL_ONE), STEP(2, SQL_TWO),
                                                STEP(3, SQL_BAD)};

static const char SQL_INSERT[] = "INSERT INTO t(k, v, w) VALUES (?1, ?2, ?3)";
static const char SQL_SELECT[] = "SELECT k, v, w, NULL, 1.5 FROM t ORDER BY k";
static const char SQL_COUNT[] = "SELECT count(*) FROM t";

static void open_memory(struct mu_db *db)
{
    struct mu_db_options options = {.application_id = KIND};
    struct mu_error err = {0};
    assert_int_equal(mu_db_open(db, &options, &err), MU_OK);
    assert_int_equal(mu_db_migrate(db, steps, 1, &err), MU_OK);
}

static void open_file(struct mu_db *db)
{
    struct mu_db_options options = {.path = "x.db", .application_id = KIND, .full_sync = true};
    struct mu_error err = {0};
    assert_int_equal(mu_db_open(db, &options, &err), MU_OK);
    assert_int_equal(mu_db_migrate(db, steps, 1, &err), MU_OK);
}

static int64_t query(struct mu_db *db, const char *sql)
{
    struct mu_error err = {0};
    struct mu_stmt stmt;
    bool row = false;
    assert_int_equal(mu_stmt_prepare(&stmt, db, sql, &err), MU_OK);
    assert_int_equal(mu_stmt_step(&stmt, &row, &err), MU_OK);
    assert_true(row);
    int64_t value = mu_stmt_int(&stmt, 0);
    mu_stmt_finalize(&stmt);
    return value;
}

static void exec(struct mu_db *db, const char *sql)
{
    struct mu_error err = {0};
    assert_int_equal(mu_db_exec(db, sql, &err), MU_OK);
}

static void test_stmt__reads_back_what_was_bound(void **state)
{
    (void)state;
    struct mu_error err = {0};
    struct mu_db db;
    open_memory(&db);
    struct mu_id id = {.bytes = {1, 2, 3, [15] = 255}};
    struct mu_slice nul = mu_slice_of("a\0b", 3);
    struct mu_stmt insert;
    struct mu_stmt select;
    assert_int_equal(mu_stmt_prepare(&insert, &db, SQL_INSERT, &err), MU_OK);
    assert_int_equal(mu_stmt_prepare(&select, &db, SQL_SELECT, &err), MU_OK);

    mu_stmt_bind_int(&insert, 1, INT64_MIN);
    mu_stmt_bind_id(&insert, 2, id);
    mu_stmt_bind_text(&insert, 3, nul);
    assert_int_equal(mu_stmt_run(&insert, &err), MU_OK);
    mu_stmt_bind_int(&insert, 1, INT64_MAX);
    mu_stmt_bind_blob(&insert, 2, mu_slice_of(NULL, 0));
    mu_stmt_bind_text(&insert, 3, mu_slice_of(NULL, 0));
    assert_int_equal(mu_stmt_run(&insert, &err), MU_OK);

    bool row = false;
    assert_int_equal(mu_stmt_step(&select, &row, &err), MU_OK);
    assert_true(row);
    assert_true(mu_stmt_int(&select, 0) == INT64_MIN);
    assert_true(mu_id_equal(mu_stmt_id(&select, 1), id));
    assert_true(mu_slice_equal(mu_stmt_text(&select, 2), nul));
    assert_int_equal(mu_stmt_type(&select, 2), MU_STMT_TEXT);
    assert_true(mu_stmt_is_null(&select, 3));
    assert_int_equal(mu_stmt_blob(&select, 3).len, 0);
    assert_int_equal(mu_stmt_type(&select, 4), MU_STMT_REAL);
    assert_int_equal(mu_stmt_step(&select, &row, &err), MU_OK);
    assert_true(row);
    assert_true(mu_stmt_int(&select, 0) == INT64_MAX);
    assert_int_equal(mu_stmt_type(&select, 1), MU_STMT_BLOB); /* empty, not NULL */
    assert_int_equal(mu_stmt_type(&select, 2), MU_STMT_TEXT);
    assert_true(mu_id_is_zero(mu_stmt_id(&select, 1)));
    assert_int_equal(mu_stmt_step(&select, &row, &err), MU_OK);
    assert_false(row);
    mu_stmt_finalize(&insert);
    mu_stmt_finalize(&select);
    mu_db_close(&db);
}

static void test_stmt__parameters_are_null_again_after_a_run(void **state)
{
    (void)state;
    struct mu_error err = {0};
    struct mu_db db;
    open_memory(&db);
    struct mu_stmt insert;
    assert_int_equal(mu_stmt_prepare(&insert, &db, SQL_INSERT, &err), MU_OK);
    mu_stmt_bind_blob(&insert, 2, mu_slice_str("secret"));
    assert_int_equal(mu_stmt_run(&insert, &err), MU_OK);
    assert_int_equal(mu_stmt_run(&insert, &err), MU_OK);

    assert_int_equal(query(&db, "SELECT count(*) FROM t WHERE v IS NULL"), 1);

    mu_stmt_finalize(&insert);
    mu_stmt_finalize(&insert);
    mu_db_close(&db);
}

static void test_stmt__a_failed_bind_is_reported_by_the_step(void **state)
{
    (void)state;
    struct mu_error err = {0};
    struct mu_db db;
    open_memory(&db);
    struct mu_stmt insert;
    assert_int_equal(mu_stmt_prepare(&insert, &db, SQL_INSERT, &err), MU_OK);
    static uint8_t huge[MU_DB_VALUE_MAX + 1];

    mu_stmt_bind_int(&insert, 4, 1);
    assert_int_equal(mu_stmt_run(&insert, &err), MU_E_INTERNAL);
    mu_stmt_bind_blob(&insert, 2, mu_slice_of(huge, sizeof huge));
    assert_int_equal(mu_stmt_run(&insert, &err), MU_E_LIMIT);
    assert_int_equal(query(&db, SQL_COUNT), 0);
    assert_int_equal(mu_stmt_run(&insert, &err), MU_OK); /* forgotten with the reset */

    mu_stmt_finalize(&insert);
    mu_db_close(&db);
}

static void test_stmt__names_the_statement_at_fault(void **state)
{
    (void)state;
    struct mu_error err = {0};
    struct mu_db db;
    open_memory(&db);
    exec(&db, "INSERT INTO t(k) VALUES (1)");
    struct mu_stmt insert;
    assert_int_equal(mu_stmt_prepare(&insert, &db, SQL_INSERT, &err), MU_OK);

    mu_stmt_bind_int(&insert, 1, 1);
    mu_stmt_bind_text(&insert, 3, mu_slice_str("private"));
    assert_int_equal(mu_stmt_run(&insert, &err), MU_E_CONFLICT);

    assert_string_equal(err.text, "'memory': UNIQUE constraint failed: t.k "
                                  "(INSERT INTO t(k, v, w) VALUES (?1, ?2, ?3))");
    mu_stmt_finalize(&insert);
    assert_int_equal(mu_stmt_prepare(&insert, &db, "SELECT absent FROM t", &err), MU_E_INTERNAL);
    assert_string_equal(err.text, "'memory': no such column: absent");
    mu_stmt_finalize(&insert);
    mu_db_close(&db);
}

static void test_db__rolls_back_and_releases(void **state)
{
    (void)state;
    struct mu_error err = {0};
    struct mu_db db;
    open_memory(&db);

    assert_int_equal(mu_db_begin(&db, &err), MU_OK);
    exec(&db, "INSERT INTO t(k) VALUES (1)");
    assert_int_equal(mu_db_savepoint(&db, &err), MU_OK);
    exec(&db, "INSERT INTO t(k) VALUES (2)");
    assert_int_equal(mu_db_rollback_to(&db, &err), MU_OK);
    assert_int_equal(mu_db_savepoint(&db, &err), MU_OK);
    exec(&db, "INSERT INTO t(k) VALUES (3)");
    assert_int_equal(mu_db_release(&db, &err), MU_OK);
    assert_int_equal(mu_db_commit(&db, &err), MU_OK);
    assert_int_equal(query(&db, "SELECT sum(k) FROM t"), 4);

    assert_int_equal(mu_db_begin(&db, &err), MU_OK);
    exec(&db, "DELETE FROM t");
    mu_db_rollback(&db);
    mu_db_rollback(&db);
    assert_int_equal(query(&db, "SELECT sum(k) FROM t"), 4);
    mu_db_close(&db);
}

/* SQLite ends the transaction by itself when the disk is full; going on without noticing would
 * commit the rest of the turn statement by statement. */
static void test_db__refuses_to_go_on_in_a_transaction_that_sqlite_undid(void **state)
{
    (void)state;
    struct mu_error err = {0};
    struct mu_db db;
    open_memory(&db);
    exec(&db, "PRAGMA max_page_count = 8");
    assert_int_equal(mu_db_begin(&db, &err), MU_OK);
    exec(&db, "INSERT INTO t(k) VALUES (1)");
    assert_int_equal(mu_db_exec(&db, "INSERT INTO t(v) VALUES (zeroblob(100000))", &err),
                     MU_E_FULL);
    assert_string_equal(err.text, "'memory': disk full");

    assert_int_equal(mu_db_exec(&db, "INSERT INTO t(k) VALUES (2)", &err), MU_E_FULL);
    assert_int_equal(mu_db_savepoint(&db, &err), MU_E_FULL);
    assert_int_equal(mu_db_commit(&db, &err), MU_E_FULL);

    assert_int_equal(query(&db, SQL_COUNT), 0);
    assert_int_equal(mu_db_begin(&db, &err), MU_OK);
    exec(&db, "INSERT INTO t(k) VALUES (3)");
    assert_int_equal(mu_db_commit(&db, &err), MU_OK);
    assert_int_equal(query(&db, SQL_COUNT), 1);
    mu_db_close(&db);
}

static void test_db__a_second_writer_waits_its_turn_or_is_told(void **state)
{
    (void)state;
    struct mu_error err = {0};
    struct mu_db first;
    struct mu_db second;
    open_file(&first);
    open_file(&second);
    assert_int_equal(mu_db_begin(&first, &err), MU_OK);

    assert_int_equal(mu_db_begin(&second, &err), MU_E_BUSY);
    assert_string_equal(err.text, "'x.db': in use by another program");
    assert_int_equal(query(&second, SQL_COUNT), 0); /* reading goes on */

    assert_int_equal(mu_db_commit(&first, &err), MU_OK);
    assert_int_equal(mu_db_begin(&second, &err), MU_OK);
    mu_db_rollback(&second);
    mu_db_close(&first);
    mu_db_close(&second);
}

static void test_db__notices_the_commits_of_others_only(void **state)
{
    (void)state;
    struct mu_error err = {0};
    struct mu_db mine;
    struct mu_db theirs;
    open_file(&mine);
    open_file(&theirs);
    int64_t before = 0;
    int64_t after_mine = 0;
    int64_t after_theirs = 0;

    assert_int_equal(mu_db_change_counter(&mine, &before, &err), MU_OK);
    exec(&mine, "INSERT INTO t(k) VALUES (1)");
    assert_int_equal(mu_db_change_counter(&mine, &after_mine, &err), MU_OK);
    exec(&theirs, "INSERT INTO t(k) VALUES (2)");
    assert_int_equal(mu_db_change_counter(&mine, &after_theirs, &err), MU_OK);

    assert_int_equal(before, after_mine);
    assert_int_not_equal(after_mine, after_theirs);
    mu_db_close(&mine);
    mu_db_close(&theirs);
}

static void test_migrate__takes_each_step_once_and_keeps_rows(void **state)
{
    (void)state;
    struct mu_error err = {0};
    struct mu_db db;
    uint32_t version = 0;
    open_memory(&db);
    exec(&db, "INSERT INTO t(k) VALUES (1)");

    assert_int_equal(mu_db_migrate(&db, steps, 2, &err), MU_OK);
    assert_int_equal(mu_db_migrate(&db, steps, 2, &err), MU_OK);

    assert_int_equal(mu_db_schema_version(&db, &version, &err), MU_OK);
    assert_int_equal(version, 2);
    assert_int_equal(query(&db, "SELECT count(*) FROM t WHERE n IS NULL"), 1);
    assert_int_equal(query(&db, "SELECT count(*) FROM u"), 2);
    mu_db_close(&db);
}

static void test_migrate__a_failed_step_leaves_the_step_before(void **state)
{
    (void)state;
    struct mu_error err = {0};
    struct mu_db db;
    uint32_t version = 0;
    open_memory(&db);

    assert_int_equal(mu_db_migrate(&db, bad_steps, 3, &err), MU_E_INTERNAL);

    assert_string_equal(err.text, "schema step 3: 'memory': no such table: none");
    assert_int_equal(mu_db_schema_version(&db, &version, &err), MU_OK);
    assert_int_equal(version, 2);
    assert_int_equal(query(&db, "SELECT count(*) FROM sqlite_schema WHERE name = 'z'"), 0);
    assert_false(db.in_transaction);
    mu_db_close(&db);
}

static void test_migrate__refuses_a_newer_schema_politely(void **state)
{
    (void)state;
    struct mu_error err = {0};
    struct mu_db db;
    open_memory(&db);
    exec(&db, "PRAGMA user_version = 9");

    assert_int_equal(mu_db_migrate(&db, steps, 2, &err), MU_E_VERSION);

    assert_string_equal(err.text, "'memory' was written by a newer Muster (schema 9, this program "
                                  "knows 2); upgrade this program");
    assert_int_equal(query(&db, "PRAGMA user_version"), 9);
    exec(&db, "PRAGMA user_version = -1");
    assert_int_equal(mu_db_migrate(&db, steps, 2, &err), MU_E_CORRUPT);
    mu_db_close(&db);
}

static void test_migrate__does_not_touch_an_older_schema_opened_for_reading(void **state)
{
    (void)state;
    struct mu_error err = {0};
    struct mu_db db;
    open_file(&db);
    mu_db_close(&db);
    struct mu_db_options options = {.path = "x.db", .application_id = KIND, .read_only = true};
    assert_int_equal(mu_db_open(&db, &options, &err), MU_OK);

    assert_int_equal(mu_db_migrate(&db, steps, 2, &err), MU_E_VERSION);

    assert_int_equal(query(&db, "PRAGMA user_version"), 1);
    mu_db_close(&db);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stmt__reads_back_what_was_bound),
        cmocka_unit_test(test_stmt__parameters_are_null_again_after_a_run),
        cmocka_unit_test(test_stmt__a_failed_bind_is_reported_by_the_step),
        cmocka_unit_test(test_stmt__names_the_statement_at_fault),
        cmocka_unit_test(test_db__rolls_back_and_releases),
        cmocka_unit_test(test_db__refuses_to_go_on_in_a_transaction_that_sqlite_undid),
        IN_FOLDER(test_db__a_second_writer_waits_its_turn_or_is_told),
        IN_FOLDER(test_db__notices_the_commits_of_others_only),
        cmocka_unit_test(test_migrate__takes_each_step_once_and_keeps_rows),
        cmocka_unit_test(test_migrate__a_failed_step_leaves_the_step_before),
        cmocka_unit_test(test_migrate__refuses_a_newer_schema_politely),
        IN_FOLDER(test_migrate__does_not_touch_an_older_schema_opened_for_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
