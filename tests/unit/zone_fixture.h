/* Zones of this system for tests that are about days. */
#ifndef MUSTER_TESTS_UNIT_ZONE_FIXTURE_H
#define MUSTER_TESTS_UNIT_ZONE_FIXTURE_H

#include "common/model/zone.h"

/* Stops the test when there is no such file. */
const struct mu_zone *zone_of_system(struct mu_arena *arena, const char *name);
/* Fits struct mu_viewpoint: state is an arena. */
const struct mu_zone *zone_of_viewpoint(void *state, const char *name);

#endif
