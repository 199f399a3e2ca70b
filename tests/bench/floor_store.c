#include "tests/bench/floor_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
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

double mu_floor_load(const char *folder, size_t tasks)
{
    static const char setup[] =
        "PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
        "CREATE TABLE task (k INTEGER PRIMARY KEY, id BLOB, title TEXT, body TEXT, place INTEGER,"
        " rank TEXT, owner INTEGER) STRICT;"
        "CREATE INDEX task_place ON task (place, rank);"
        "CREATE INDEX task_owner ON task (owner);"
        "CREATE TABLE task_label (k INTEGER PRIMARY KEY, id BLOB, task BLOB, label BLOB) STRICT;"
        "CREATE INDEX task_label_task ON task_label (task)";
    sqlite3 *db = mu_plain_open(folder, "floor-load.db", setup);
    sqlite3_stmt *insert =
        mu_plain_prepare(db, "INSERT INTO task VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    sqlite3_stmt *link = mu_plain_prepare(db, "INSERT INTO task_label VALUES (?1, ?2, ?2, ?2)");
    char body[200];
    memset(body, 'b', sizeof body);
    double begin = mu_now_us();
    mu_plain_check(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK, db, "begin");
    for (size_t i = 0; i < tasks; i++) {
        char id[24];
        char title[64];
        char rank[24];
        (void)snprintf(id, sizeof id, "%016zx", i);
        (void)snprintf(title, sizeof title, "A task like many others, number %zu", i);
        (void)snprintf(rank, sizeof rank, "a%08zu", i);
        sqlite3_bind_int64(insert, 1, (sqlite3_int64)i);
        sqlite3_bind_blob(insert, 2, id, 16, SQLITE_STATIC);
        sqlite3_bind_text(insert, 3, title, -1, SQLITE_STATIC);
        sqlite3_bind_text(insert, 4, body, (int)sizeof body, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 5, (sqlite3_int64)(i % 7));
        sqlite3_bind_text(insert, 6, rank, -1, SQLITE_STATIC);
        sqlite3_bind_int64(insert, 7, (sqlite3_int64)(i % 40));
        mu_plain_run(db, insert);
        sqlite3_bind_int64(link, 1, (sqlite3_int64)i);
        sqlite3_bind_blob(link, 2, id, 16, SQLITE_STATIC);
        mu_plain_run(db, link);
    }
    mu_plain_check(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL), SQLITE_OK, db, "commit");
    double took = mu_now_us() - begin;
    sqlite3_finalize(insert);
    sqlite3_finalize(link);
    sqlite3_close(db);
    return (double)tasks * 2e6 / took;
}
