/* Opening a file is where foreign, damaged and hostile bytes come in, and a commit is where a
 * person's work becomes safe: both must do what they say, or say that they did not. */
#include "tests/harness/cmocka.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/db/backup.h"
#include "common/db/db.h"
#include "common/db/migrate.h"
#include "common/db/stmt.h"

#define KIND 0x4d737401U

static const struct mu_migration steps[] = {
    {.to_version = 1, .sql = "CREATE TABLE t(k INTEGER PRIMARY KEY, v BLOB) STRICT;", .len = 53},
};

/* Each test works in a fresh folder, its present directory. */
static int enter_folder(void **state)
{
    char *folder = strdup("/tmp/muster-db-XXXXXX");
    *state = folder;
    return folder != NULL && mkdtemp(folder) != NULL ? chdir(folder) : -1;
}

static int leave_folder(void **state)
{
    char *folder = *state;
    char command[64];
    (void)snprintf(command, sizeof command, "%s", folder);
    int left = chdir("/");
    free(folder);
    return left;
}

static enum mu_status open_as(struct mu_db *db, const char *path, struct mu_error *err)
{
    struct mu_db_options options = {.path = path, .application_id = KIND, .full_sync = true};
    return mu_db_open(db, &options, err);
}

static void test_db__keeps_a_row(void **state)
{
    (void)state;
    struct mu_error err = {0};
    struct mu_db db;
    assert_int_equal(open_as(&db, "x.db", &err), MU_OK);
    assert_int_equal(mu_db_migrate(&db, steps, 1, &err), MU_OK);

    struct mu_stmt insert;
    assert_int_equal(mu_stmt_prepare(&insert, &db, "INSERT INTO t(k, v) VALUES (?1, ?2)", &err),
                     MU_OK);
    mu_stmt_bind_int(&insert, 1, 7);
    mu_stmt_bind_blob(&insert, 2, mu_slice_of(NULL, 0));
    assert_int_equal(mu_stmt_run(&insert, &err), MU_OK);
    mu_stmt_finalize(&insert);
    mu_db_close(&db);

    assert_int_equal(open_as(&db, "x.db", &err), MU_OK);
    assert_int_equal(mu_db_check(&db, &err), MU_OK);
    mu_db_close(&db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_db__keeps_a_row, enter_folder, leave_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
