/* How far the clocks of the programs are moved, for tests and demonstrations of days to come.
 *
 * MUSTER_CLOCK names a file with one number: milliseconds that are added to the wall clock and
 * the monotonic clock alike, read anew each time, so that a whole team can be moved from one
 * morning to the next while it runs.  Who can set it can set the system's clock for that program
 * as well: nothing is trusted more because of it. */
#ifndef MUSTER_COMMON_BASE_SHIFT_H
#define MUSTER_COMMON_BASE_SHIFT_H

#include <stdint.h>

/* 0 without MUSTER_CLOCK, or when its file says nothing that can be read. */
int64_t mu_clock_shift_ms(void);

#endif
