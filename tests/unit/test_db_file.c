/* Opening a file is where foreign, damaged and hostile bytes come in: it must not follow, hang
 * on, widen or overwrite what it finds, and must say what is wrong in words. */
#include "tests/harness/cmocka.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/db/backup.h"
#include "common/db/db.h"
#include "common/db/migrate.h"
#include "common/db/stmt.h"
#include "tests/harness/folder.h"

#define KIND   0x4d737401U
#define NOBODY 65534

static const char SQL_TABLE[] = "CREATE TABLE t(k INTEGER PRIMARY KEY, v BLOB) STRICT;";
static const struct mu_migration steps[] = {
    {.to_version = 1, .sql = SQL_TABLE, .len = sizeof SQL_TABLE - 1},
};

static enum mu_status open_as(struct mu_db *db, const char *path, struct mu_error *err)
{
    struct mu_db_options options = {.path = path, .application_id = KIND, .full_sync = true};
    return mu_db_open(db, &options, err);
}

static void assert_refused(const char *path, enum mu_status status, const char *text)
{
    struct mu_error err = {0};
    struct mu_db db;
    assert_int_equal(open_as(&db, path, &err), status);
    assert_string_equal(err.text, text);
    assert_null(db.handle);
}

/* A Muster file with this many rows of 1000 bytes, closed. */
static void make_file(const char *path, int rows)
{
    struct mu_error err = {0};
    struct mu_db db;
    assert_int_equal(open_as(&db, path, &err), MU_OK);
    assert_int_equal(mu_db_migrate(&db, steps, 1, &err), MU_OK);
    for (int i = 0; i < rows; i++) {
        assert_int_equal(mu_db_exec(&db, "INSERT INTO t(v) VALUES (zeroblob(1000))", &err), MU_OK);
    }
    mu_db_close(&db);
}

static void write_file(const char *path, const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, len), len);
    assert_int_equal(close(fd), 0);
}

static mode_t mode_of(const char *path)
{
    struct stat info;
    assert_int_equal(lstat(path, &info), 0);
    return info.st_mode & 07777;
}

static void test_db_file__names_with_a_meaning_to_sqlite_are_plain_files(void **state)
{
    (void)state;
    static const char *const names[] = {
        "file:x?mode=memory", ":memory:", "file::memory:", "file:y?vfs=none", "x?immutable=1"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        make_file(names[i], 1);
        assert_int_equal(access(names[i], F_OK), 0);
    }

    assert_int_equal(access("x", F_OK), -1);
}

static void test_db_file__refuses_what_is_no_regular_file(void **state)
{
    (void)state;
    make_file("real.db", 1);
    assert_int_equal(mkdir("folder", 0700), 0);
    assert_int_equal(mkfifo("fifo", 0600), 0);
    assert_int_equal(symlink("real.db", "link.db"), 0);
    assert_int_equal(symlink("nowhere.db", "dangling.db"), 0);

    assert_refused("folder", MU_E_INVALID, "'folder' is a folder");
    assert_refused("fifo", MU_E_INVALID, "'fifo' is not a regular file");
    assert_refused("link.db", MU_E_INVALID, "'link.db' is a symbolic link");
    assert_refused("dangling.db", MU_E_INVALID, "'dangling.db' is a symbolic link");
    assert_refused("/dev/null", MU_E_INVALID, "'/dev/null' is not a regular file");
    assert_refused("none/x.db", MU_E_NOT_FOUND, "'none/x.db': no such folder");
    assert_refused("real.db/x.db", MU_E_NOT_FOUND,
                   "'real.db/x.db': a part of its path is not a folder");
    assert_refused("folder/", MU_E_INVALID, "'folder/' is not the name of a file");
    assert_refused("", MU_E_INVALID, "'' is not the name of a file");
    assert_refused("folder/..", MU_E_INVALID, "'folder/..' is not the name of a file");
    assert_refused("a\033[31m\nb/x", MU_E_NOT_FOUND, "'a?[31m?b/x': no such folder");
    assert_int_equal(access("nowhere.db", F_OK), -1);
}

/* Opening a FIFO for reading only would wait for a writer for ever. */
static void test_db_file__does_not_hang_on_a_fifo_opened_for_reading(void **state)
{
    (void)state;
    assert_int_equal(mkfifo("fifo", 0400), 0);
    struct mu_db_options options = {.path = "fifo", .application_id = KIND, .read_only = true};
    struct mu_error err = {0};
    struct mu_db db;

    (void)alarm(20);
    enum mu_status status = mu_db_open(&db, &options, &err);
    (void)alarm(0);

    assert_int_equal(status, MU_E_INVALID);
}

static void test_db_file__refuses_a_path_too_long_for_its_log(void **state)
{
    (void)state;
    char path[600];
    memset(path, 'x', sizeof path);
    for (size_t i = 0; i + 100 < sizeof path; i += 100) {
        path[i] = '/';
    }
    path[sizeof path - 1] = '\0';
    struct mu_error err = {0};
    struct mu_db db;

    assert_int_equal(open_as(&db, path, &err), MU_E_LIMIT);
}

static void test_db_file__a_folder_behind_a_link_is_fine(void **state)
{
    (void)state;
    assert_int_equal(mkdir("real", 0700), 0);
    assert_int_equal(symlink("real", "link"), 0);

    make_file("link/x.db", 1);

    assert_int_equal(access("real/x.db", F_OK), 0);
}

static void test_db_file__leaves_a_foreign_database_as_it_was(void **state)
{
    (void)state;
    sqlite3 *foreign = NULL;
    assert_int_equal(sqlite3_open("foreign.db", &foreign), SQLITE_OK);
    assert_int_equal(sqlite3_exec(foreign, "CREATE TABLE a(b)", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(foreign), SQLITE_OK);
    assert_int_equal(chmod("foreign.db", 0644), 0);
    struct stat before;
    struct stat after;
    assert_int_equal(lstat("foreign.db", &before), 0);

    assert_refused("foreign.db", MU_E_INVALID, "'foreign.db' is not a Muster file");

    assert_int_equal(lstat("foreign.db", &after), 0);
    assert_int_equal(after.st_size, before.st_size);
    assert_int_equal(after.st_mode, before.st_mode);
    assert_int_equal(after.st_mtim.tv_sec, before.st_mtim.tv_sec);
    assert_int_equal(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
}

static void test_db_file__refuses_another_kind_of_muster_file(void **state)
{
    (void)state;
    make_file("outbox.db", 1);
    struct mu_db_options options = {.path = "outbox.db", .application_id = KIND + 1};
    struct mu_error err = {0};
    struct mu_db db;

    assert_int_equal(mu_db_open(&db, &options, &err), MU_E_INVALID);

    make_file("outbox.db", 1);
}

static void test_db_file__reports_damage_as_damage(void **state)
{
    (void)state;
    static const char prose[] = "Dear diary, this is no database, but it is longer than a header "
                                "of one hundred bytes would be, so that the magic is looked at.";
    write_file("prose.db", prose, sizeof prose);
    write_file("short.db", prose, 10);
    make_file("cut.db", 100);
    assert_int_equal(truncate("cut.db", 40000), 0);
    make_file("head.db", 100);
    assert_int_equal(truncate("head.db", 600), 0);

    assert_refused("prose.db", MU_E_CORRUPT, "'prose.db': it is not a database, or is damaged");
    assert_refused("short.db", MU_E_CORRUPT, "'short.db': it is not a database, or is damaged");
    assert_refused("cut.db", MU_E_CORRUPT, "'cut.db': it is damaged");
    assert_refused("head.db", MU_E_CORRUPT, "'head.db': it is damaged");
}

static void test_db_file__an_empty_or_missing_file_is_new_only_when_that_may_be(void **state)
{
    (void)state;
    struct mu_db_options options = {
        .path = "x.db", .application_id = KIND, .full_sync = true, .must_exist = true};
    struct mu_error err = {0};
    struct mu_db db;

    assert_int_equal(mu_db_open(&db, &options, &err), MU_E_NOT_FOUND);
    assert_string_equal(err.text, "'x.db': no such file");
    assert_int_equal(access("x.db", F_OK), -1);

    write_file("x.db", "", 0);
    assert_int_equal(mu_db_open(&db, &options, &err), MU_E_NOT_FOUND);
    assert_string_equal(err.text, "'x.db' is empty");

    options.must_exist = false;
    assert_int_equal(mu_db_open(&db, &options, &err), MU_OK);
    mu_db_close(&db);
}

static void test_db_file__is_for_its_owner_only(void **state)
{
    (void)state;
    mode_t usual = umask(0);
    struct mu_error err = {0};
    struct mu_db db;
    assert_int_equal(open_as(&db, "new.db", &err), MU_OK);
    assert_int_equal(mode_of("new.db"), 0600);
    assert_int_equal(mode_of("new.db-wal"), 0600);
    assert_int_equal(mode_of("new.db-shm"), 0600);
    mu_db_close(&db);
    assert_int_equal(chmod("new.db", 0666), 0); /* as a copy under a careless umask */

    assert_int_equal(open_as(&db, "new.db", &err), MU_OK);

    assert_int_equal(mode_of("new.db"), 0600);
    assert_int_equal(mode_of("new.db-wal"), 0600);
    assert_int_equal(mode_of("new.db-shm"), 0600);
    mu_db_close(&db);
    (void)umask(usual);
}

/* Root may write everywhere, so root tests this as nobody. */
static void become_nobody(void)
{
    if (geteuid() == 0) {
        assert_int_equal(chown(".", NOBODY, NOBODY), 0);
        assert_int_equal(seteuid(NOBODY), 0);
    }
}

static void become_self(void)
{
    if (getuid() == 0) {
        assert_int_equal(seteuid(0), 0);
        assert_int_equal(chown(".", 0, 0), 0);
    }
    assert_int_equal(chmod(".", 0700), 0);
}

static void test_db_file__says_what_is_wrong_with_a_folder_that_may_only_be_read(void **state)
{
    (void)state;
    struct mu_error missing = {0};
    struct mu_error present = {0};
    struct mu_error file = {0};
    struct mu_db db;
    become_nobody();
    make_file("x.db", 1);
    make_file("y.db", 1);
    assert_int_equal(chmod("y.db", 0400), 0);
    assert_int_equal(chmod(".", 0500), 0);

    enum mu_status on_missing = open_as(&db, "none.db", &missing);
    enum mu_status on_present = open_as(&db, "x.db", &present);
    enum mu_status on_file = open_as(&db, "y.db", &file);

    become_self();
    assert_int_equal(on_missing, MU_E_IO);
    assert_string_equal(missing.text, "'none.db': no permission");
    assert_int_equal(on_present, MU_E_IO);
    assert_string_equal(present.text, "write to the folder: 'x.db': no permission");
    assert_int_equal(on_file, MU_E_IO);
    assert_string_equal(file.text, "'y.db': no permission");
}

static void test_db_file__reading_only_writes_nothing(void **state)
{
    (void)state;
    make_file("x.db", 3);
    struct mu_db_options options = {.path = "x.db", .application_id = KIND, .read_only = true};
    struct mu_error err = {0};
    struct mu_db db;

    assert_int_equal(mu_db_open(&db, &options, &err), MU_OK);
    assert_int_equal(mu_db_migrate(&db, steps, 1, &err), MU_OK);
    assert_int_equal(mu_db_check(&db, &err), MU_OK);
    assert_int_equal(mu_db_exec(&db, "DELETE FROM t", &err), MU_E_IO);
    assert_string_equal(err.text, "'x.db': it may only be read");
    mu_db_close(&db);

    options.path = "none.db";
    assert_int_equal(mu_db_open(&db, &options, &err), MU_E_NOT_FOUND);
    assert_int_equal(access("none.db", F_OK), -1);
}

/* What a hostile file could bring along stays inert. */
static void test_db_file__triggers_views_and_attaching_are_off(void **state)
{
    (void)state;
    make_file("x.db", 0);
    sqlite3 *hostile = NULL;
    assert_int_equal(sqlite3_open("x.db", &hostile), SQLITE_OK);
    assert_int_equal(sqlite3_exec(hostile,
                                  "CREATE VIEW w AS SELECT 1;"
                                  "CREATE TRIGGER g AFTER INSERT ON t BEGIN DELETE FROM t; END;",
                                  NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(hostile), SQLITE_OK);
    struct mu_error err = {0};
    struct mu_db db;
    assert_int_equal(open_as(&db, "x.db", &err), MU_OK);

    assert_int_equal(mu_db_exec(&db, "INSERT INTO t(k) VALUES (1)", &err), MU_OK);
    struct mu_stmt stmt;
    bool row = false;
    assert_int_equal(mu_stmt_prepare(&stmt, &db, "SELECT k FROM t", &err), MU_OK);
    assert_int_equal(mu_stmt_step(&stmt, &row, &err), MU_OK);
    mu_stmt_finalize(&stmt);

    assert_true(row); /* the trigger did not run */
    assert_int_equal(mu_db_exec(&db, "SELECT * FROM w", &err), MU_E_INTERNAL);
    assert_int_equal(mu_db_exec(&db, "ATTACH 'other.db' AS other", &err), MU_E_INTERNAL);
    assert_int_equal(access("other.db", F_OK), -1);
    assert_int_equal(mu_db_exec(&db, "SELECT load_extension('x')", &err), MU_E_INTERNAL);
    assert_int_equal(mu_db_exec(&db, "SELECT \"no such column\"", &err), MU_E_INTERNAL);
    assert_int_equal(mu_db_exec(&db,
                                "PRAGMA writable_schema = ON;"
                                "UPDATE sqlite_schema SET sql = 'x'",
                                &err),
                     MU_E_INTERNAL);
    mu_db_close(&db);
}

/* Eight programs find no file and make it, at once. */
static void test_db_file__may_be_founded_by_several_at_once(void **state)
{
    (void)state;
    pid_t children[8];
    for (size_t i = 0; i < 8; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            struct mu_db_options options = {
                .path = "x.db", .application_id = KIND, .full_sync = true, .busy_ms = 10000};
            struct mu_error err = {0};
            struct mu_db db;
            enum mu_status status = mu_db_open(&db, &options, &err);
            if (status == MU_OK) {
                status = mu_db_migrate(&db, steps, 1, &err);
            }
            if (status == MU_OK) {
                status = mu_db_exec(&db, "INSERT INTO t(v) VALUES (x'00')", &err);
            }
            if (status != MU_OK) {
                (void)fprintf(stderr, "child: %s\n", err.text);
            }
            mu_db_close(&db);
            _exit((int)status);
        }
    }
    for (size_t i = 0; i < 8; i++) {
        int ended = 0;
        assert_int_equal(waitpid(children[i], &ended, 0), children[i]);
        assert_true(WIFEXITED(ended) && WEXITSTATUS(ended) == 0);
    }
}

/* Not "may only be read", of which nobody would make a new replica. */
static void test_db_file__a_header_of_the_future_is_damage(void **state)
{
    (void)state;
    struct mu_db_options options = {.path = "x.db", .application_id = KIND};
    struct mu_error err = {0};
    struct mu_db db;
    assert_int_equal(mu_db_open(&db, &options, &err), MU_OK);
    assert_int_equal(mu_db_exec(&db, "CREATE TABLE t (v)", &err), MU_OK);
    mu_db_close(&db);
    FILE *file = fopen("x.db", "r+");
    assert_non_null(file);
    assert_int_equal(fseek(file, 18, SEEK_SET), 0);
    assert_int_equal(fputc(0x42, file), 0x42);
    assert_int_equal(fclose(file), 0);

    assert_int_equal(mu_db_open(&db, &options, &err), MU_E_CORRUPT);
}

static void test_db_file__a_second_program_is_told_that_the_file_is_in_use(void **state)
{
    (void)state;
    struct mu_db_options options = {
        .path = "x.db", .application_id = KIND, .full_sync = true, .exclusive = true};
    struct mu_error err = {0};
    struct mu_db first;
    struct mu_db second;
    assert_int_equal(mu_db_open(&first, &options, &err), MU_OK);

    assert_int_equal(mu_db_open(&second, &options, &err), MU_E_BUSY);

    assert_string_equal(err.text, "'x.db': in use by another program");
    mu_db_close(&first);
}

static void test_db_file__a_backup_is_whole_private_and_never_overwrites(void **state)
{
    (void)state;
    make_file("x.db", 50);
    struct mu_error err = {0};
    struct mu_db db;
    struct mu_db copy;
    assert_int_equal(open_as(&db, "x.db", &err), MU_OK);
    assert_int_equal(mu_db_exec(&db, "INSERT INTO t(k) VALUES (777)", &err), MU_OK);

    assert_int_equal(mu_db_backup(&db, "copy.db", &err), MU_OK);
    assert_int_equal(mu_db_backup(&db, "copy.db", &err), MU_E_EXISTS);
    assert_string_equal(err.text, "'copy.db' exists already");
    assert_int_equal(mu_db_backup(&db, "none/copy.db", &err), MU_E_NOT_FOUND);
    mu_db_close(&db);

    assert_int_equal(mode_of("copy.db"), 0600);
    assert_int_equal(open_as(&copy, "copy.db", &err), MU_OK);
    assert_int_equal(mu_db_check(&copy, &err), MU_OK);
    struct mu_stmt stmt;
    bool row = false;
    assert_int_equal(mu_stmt_prepare(&stmt, &copy, "SELECT count(*), max(k) FROM t", &err), MU_OK);
    assert_int_equal(mu_stmt_step(&stmt, &row, &err), MU_OK);
    assert_int_equal(mu_stmt_int(&stmt, 0), 51);
    assert_int_equal(mu_stmt_int(&stmt, 1), 777);
    mu_stmt_finalize(&stmt);
    mu_db_close(&copy);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_db_file__names_with_a_meaning_to_sqlite_are_plain_files),
        IN_FOLDER(test_db_file__refuses_what_is_no_regular_file),
        IN_FOLDER(test_db_file__does_not_hang_on_a_fifo_opened_for_reading),
        IN_FOLDER(test_db_file__refuses_a_path_too_long_for_its_log),
        IN_FOLDER(test_db_file__a_folder_behind_a_link_is_fine),
        IN_FOLDER(test_db_file__leaves_a_foreign_database_as_it_was),
        IN_FOLDER(test_db_file__refuses_another_kind_of_muster_file),
        IN_FOLDER(test_db_file__reports_damage_as_damage),
        IN_FOLDER(test_db_file__an_empty_or_missing_file_is_new_only_when_that_may_be),
        IN_FOLDER(test_db_file__is_for_its_owner_only),
        IN_FOLDER(test_db_file__says_what_is_wrong_with_a_folder_that_may_only_be_read),
        IN_FOLDER(test_db_file__reading_only_writes_nothing),
        IN_FOLDER(test_db_file__triggers_views_and_attaching_are_off),
        IN_FOLDER(test_db_file__may_be_founded_by_several_at_once),
        IN_FOLDER(test_db_file__a_header_of_the_future_is_damage),
        IN_FOLDER(test_db_file__a_second_program_is_told_that_the_file_is_in_use),
        IN_FOLDER(test_db_file__a_backup_is_whole_private_and_never_overwrites),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
