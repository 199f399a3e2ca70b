#include "tests/bench/floor_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/floor.h"

void mu_plain_check(int rc, int wanted, sqlite3 *db, const char *what)
{
    if (rc != wanted) {
        (void)fprintf(stderr, "muster-bench: %s: %s\n", what, sqlite3_errmsg(db));
        exit(1);
    }
}

sqlite3 *mu_plain_open(const char *folder, const char *name, const char *setup)
{
    char path[512];
    sqlite3 *db = NULL;
    (void)snprintf(path, sizeof path, "%s/%s-wal", folder, name);
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    (void)unlink(path);
    mu_plain_check(sqlite3_open(path, &db), SQLITE_OK, db, path);
    mu_plain_check(sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL), SQLITE_OK, db,
                   "wal");
    mu_plain_check(sqlite3_exec(db, setup, NULL, NULL, NULL), SQLITE_OK, db, setup);
    return db;
}

sqlite3_stmt *mu_plain_prepare(sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    mu_plain_check(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK, db, sql);
    return stmt;
}

void mu_plain_run(sqlite3 *db, sqlite3_stmt *stmt)
{
    mu_plain_check(sqlite3_step(stmt), SQLITE_DONE, db, "step");
    (void)sqlite3_reset(stmt);
}

/* Statements that a query of the source gives are run on the copy. */
static void run_each(sqlite3 *db, const char *query)
{
    sqlite3_stmt *stmt = mu_plain_prepare(db, query);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        const char *sql = (const char *)sqlite3_column_text(stmt, 0);
        mu_plain_check(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, db, sql);
    }
    sqlite3_finalize(stmt);
}

double mu_floor_load(const char *folder, const char *replica)
{
    static const char copy[] =
        "INSERT INTO main.task SELECT * FROM source.task ORDER BY key;"
        "INSERT INTO main.task_label SELECT * FROM source.task_label ORDER BY key;";
    char attach[600];
    sqlite3 *db = mu_plain_open(folder, "floor-load.db",
                                "PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;");
    (void)snprintf(attach, sizeof attach, "ATTACH '%s' AS source", replica);
    mu_plain_check(sqlite3_exec(db, attach, NULL, NULL, NULL), SQLITE_OK, db, attach);
    double begin = mu_now_us();
    mu_plain_check(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK, db, "begin");
    run_each(db, "SELECT sql FROM source.sqlite_schema WHERE type = 'table'"
                 " AND name IN ('task', 'task_label')");
    mu_plain_check(sqlite3_exec(db, copy, NULL, NULL, NULL), SQLITE_OK, db, "copy");
    int rows = sqlite3_total_changes(db);
    run_each(db, "SELECT sql FROM source.sqlite_schema WHERE type = 'index'"
                 " AND tbl_name IN ('task', 'task_label')");
    mu_plain_check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK, db, "commit");
    double took = mu_now_us() - begin;
    sqlite3_close(db);
    return rows * 1e6 / took;
}
