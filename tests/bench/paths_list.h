/* Paths that are no function of their own, as functions by whose names callgrind can tell them. */
#ifndef MUSTER_TESTS_BENCH_PATHS_LIST_H
#define MUSTER_TESTS_BENCH_PATHS_LIST_H

#include "tests/harness/pair.h"

/* What muster list reads and shows. */
void mu_path_list(struct mu_db *db, struct mu_arena *arena);
/* A new person joins and is level. */
void mu_path_transfer(struct mu_pair *pair);

#endif
