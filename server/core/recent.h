/* The newest sealed changes, kept in memory so that live sessions are served without
 * reading the log.  A cache: whatever it does not hold is read there. */
#ifndef MUSTER_SERVER_CORE_RECENT_H
#define MUSTER_SERVER_CORE_RECENT_H

#include "common/base/slice.h"

#define MU_RECENT_COUNT 1024
#define MU_RECENT_BYTES ((size_t)512 * 1024)

/* Holds the changes first .. next - 1; change seq in slots[seq % MU_RECENT_COUNT]. */
struct mu_recent {
    struct mu_slice slots[MU_RECENT_COUNT]; /* each on the heap */
    uint64_t first;
    uint64_t next; /* 0: empty */
    size_t bytes;
};

void mu_recent_clear(struct mu_recent *recent);
/* Copies sealed, drops the oldest to make room.  Without memory nothing is kept. */
void mu_recent_put(struct mu_recent *recent, uint64_t seq, struct mu_slice sealed);
/* False when it is not held.  Borrowed until the next put. */
bool mu_recent_get(const struct mu_recent *recent, uint64_t seq, struct mu_slice *out_sealed);

#endif
