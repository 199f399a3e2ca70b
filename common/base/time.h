/* Times as values that the compiler keeps apart.
 *
 * Wall time is for people and records; monotonic time is for timers.  Neither
 * decides an order (docs/protocol.md, section 9). */
#ifndef MUSTER_COMMON_BASE_TIME_H
#define MUSTER_COMMON_BASE_TIME_H

#include <stdint.h>

struct mu_wall {
    int64_t ms; /* since 1970-01-01T00:00Z */
};

struct mu_mono {
    int64_t ms; /* since some moment before the process began */
};

#endif
