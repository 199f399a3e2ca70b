/* Safeguards switched off one at a time: each must make a run fail, or the simulator sees less
 * than it claims. */
#ifndef MUSTER_TESTS_SIM_SABOTAGE_H
#define MUSTER_TESTS_SIM_SABOTAGE_H

#include "tests/sim/sim.h"

#define MU_SABOTAGE_MORE 3

struct mu_sabotage {
    const char *name;
    const char *what; /* that is switched off, in words */
    struct mu_server_sabotage server;
    struct mu_client_sabotage client;
    struct mu_sim_sabotage sim;
    unsigned seeds;    /* within which it must be noticed */
    bool hostile;      /* it takes a hostile member */
    const char *story; /* that shows it, in tests/sim/scenarios; NULL: seeds do */
    enum mu_sim_fault
        more[MU_SABOTAGE_MORE]; /* faults that are chosen much more often; DROP: none */
};

extern const struct mu_sabotage mu_sabotages[];
extern const size_t mu_sabotage_count;

/* NULL when there is none of that name. */
const struct mu_sabotage *mu_sabotage_find(const char *name);
/* Into options; `more` is how much more often. */
void mu_sabotage_apply(const struct mu_sabotage *sabotage, unsigned more,
                       struct mu_sim_options *options);
/* Run the sabotages whose name begins with prefix from seed `from` on, each until it is noticed,
 * and tell when.  stories is the folder of their stories.  False when one was not noticed. */
bool mu_sabotage_suite(const char *prefix, uint64_t from, const char *stories);

#endif
