/* The rules' view of the replica, with what they read written down.
 *
 * A pending mutation must be predicted again when, and only when, an answer it was
 * given may have changed: client/core/keyset.h names those answers. */
#ifndef MUSTER_CLIENT_CORE_TRACKING_WORLD_H
#define MUSTER_CLIENT_CORE_TRACKING_WORLD_H

#include "client/core/keyset.h"
#include "common/model/decide.h"

struct mu_tracking_world {
    struct mu_world inner;
    struct mu_keyset *touches; /* borrowed; gains every question asked */
};

/* Borrows tracking. */
struct mu_world mu_tracking_world(struct mu_tracking_world *tracking);

#endif
