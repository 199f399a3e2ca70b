/* The two clocks and the pinch of randomness that every turn is given. */
#ifndef MUSTER_SERVER_SHELL_CLOCK_H
#define MUSTER_SERVER_SHELL_CLOCK_H

#include "common/base/time.h"
#include "server/core/server.h"

struct mu_wall mu_clock_wall(void);
struct mu_mono mu_clock_mono(void);

/* Now, and fresh bytes of the system's random source in *entropy, which the turn borrows. */
struct mu_turn mu_clock_turn(struct mu_entropy *entropy);

#endif
