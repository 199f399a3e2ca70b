/* What a command costs at the least: a program that opens its file, does one thing and ends.
 *
 *   muster-bench-floor list FILE    fifty tasks by an index
 *   muster-bench-floor edit FILE    one row of an outbox durable, one task changed */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(int rc, int wanted, sqlite3 *db)
{
    if (rc != wanted) {
        (void)fprintf(stderr, "muster-bench-floor: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
}

static sqlite3 *open_file(const char *path, int flags)
{
    sqlite3 *db = NULL;
    must(sqlite3_open_v2(path, &db, flags, NULL), SQLITE_OK, db);
    return db;
}

static void list(const char *path)
{
    static const char sql[] = "SELECT no, title, due FROM task ORDER BY no LIMIT 50";
    sqlite3 *db = open_file(path, SQLITE_OPEN_READONLY);
    sqlite3_stmt *stmt = NULL;
    must(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK, db);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        (void)printf("T-%lld\t%s\t%s\n", (long long)sqlite3_column_int64(stmt, 0),
                     (const char *)sqlite3_column_text(stmt, 1),
                     (const char *)sqlite3_column_text(stmt, 2));
    }
    must(sqlite3_finalize(stmt), SQLITE_OK, db);
    must(sqlite3_close(db), SQLITE_OK, db);
}

static void edit(const char *path)
{
    static const char sql[] =
        "PRAGMA synchronous=FULL;"
        "BEGIN IMMEDIATE; INSERT INTO outbox (body) VALUES (zeroblob(300)); COMMIT;"
        "PRAGMA synchronous=NORMAL;"
        "BEGIN IMMEDIATE; UPDATE task SET title = 'another title' WHERE no = 42; COMMIT;";
    sqlite3 *db = open_file(path, SQLITE_OPEN_READWRITE);
    must(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, db);
    must(sqlite3_close(db), SQLITE_OK, db);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "list") == 0) {
        list(argv[2]);
    } else if (argc == 3 && strcmp(argv[1], "edit") == 0) {
        edit(argv[2]);
    } else {
        return 2;
    }
    return 0;
}
