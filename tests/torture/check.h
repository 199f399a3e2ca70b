/* The reckoning: what every board and the server's store hold, against what was said saved. */
#ifndef MUSTER_TESTS_TORTURE_CHECK_H
#define MUSTER_TESTS_TORTURE_CHECK_H

#include "client/demo/cast.h"
#include "tests/torture/oracle.h"

struct reckoning {
    uint64_t tasks; /* on every board */
    uint64_t comments;
    uint64_t faults; /* lost, doubled, stale or unasked for; each was printed */
};
/* Everyone is level.  MU_E_IO a program did not do what it must. */
MU_MUST_USE enum mu_status check_all(struct mu_cast *cast, const struct oracle *oracle,
                                     struct reckoning *out, struct mu_error *err);

#endif
