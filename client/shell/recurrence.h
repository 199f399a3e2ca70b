/* Makes the tasks of series when their day comes: what every device does, and all do alike. */
#ifndef MUSTER_CLIENT_SHELL_RECURRENCE_H
#define MUSTER_CLIENT_SHELL_RECURRENCE_H

#include "client/core/client.h"
#include "common/model/zone.h"

/* Author what is due of all series (client/view/series.h), as this device's person when he may
 * add tasks.  *out_count: how many were made, also on failure; then poke.  Errors: those of the
 * store and of mu_client_author(); what the rules refuse is left to others. */
MU_MUST_USE enum mu_status mu_recurrence_run(struct mu_client *client,
                                             const struct mu_client_turn *turn, struct mu_id device,
                                             const struct mu_zone *zone, size_t *out_count,
                                             struct mu_error *err);

#endif
