/* Instructions of the hot paths, counted by callgrind: repeatable where times are not. */
#ifndef MUSTER_TESTS_BENCH_CHECK_H
#define MUSTER_TESTS_BENCH_CHECK_H

#include <stdbool.h>

/* Count, and compare with the committed numbers; with `record`, write them instead.  Returns the
 * program's exit code: 1 when a path takes more than it may. */
int mu_bench_check(bool record);

#endif
