/* Memory that runs out: the n-th allocation of the program fails.
 *
 * For tests linked with -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
 * (tests/unit/server.cmake): allocations of our own
 * archives alone, not those of shared libraries. */
#ifndef MUSTER_TESTS_HARNESS_SCARCE_H
#define MUSTER_TESTS_HARNESS_SCARCE_H

#include <stdbool.h>
#include <stdint.h>

/* The nth allocation from now on fails, 1 = the next; 0: none. */
void mu_scarce_fail(uint64_t nth);
/* Whether the failure was met since. */
bool mu_scarce_met(void);
/* How many allocations are still to succeed before it, + 1; 0: it was met, or none is to fail. */
uint64_t mu_scarce_left(void);

#endif
