/* SQLite with nothing around it, for the floors. */
#ifndef MUSTER_TESTS_BENCH_FLOOR_STORE_H
#define MUSTER_TESTS_BENCH_FLOOR_STORE_H

#include <sqlite3.h>

/* A new database in write-ahead mode, `setup` run on it. */
sqlite3 *mu_plain_open(const char *folder, const char *name, const char *setup);
sqlite3_stmt *mu_plain_prepare(sqlite3 *db, const char *sql);
/* Step a statement without rows, and reset it. */
void mu_plain_run(sqlite3 *db, sqlite3_stmt *stmt);
/* Ends the program when rc is not what was wanted. */
void mu_plain_check(int rc, int wanted, sqlite3 *db, const char *what);

#endif
