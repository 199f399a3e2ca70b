/* Pending mutations on the visible rows: one more at the end, or all of them anew.
 *
 * What changes beneath them is rebase.h's. */
#ifndef MUSTER_CLIENT_CORE_SHOW_H
#define MUSTER_CLIENT_CORE_SHOW_H

#include "client/core/predict.h"

/* Write a prediction onto the visible rows and remember it under position.  Nothing later may
 * be shown. */
MU_MUST_USE enum mu_status mu_show_prediction(struct mu_client *client, uint64_t position,
                                              const struct mu_prediction *prediction,
                                              struct mu_arena *arena, struct mu_error *err);
/* Predict the outbox's entry at position and show it. */
MU_MUST_USE enum mu_status mu_show_entry(struct mu_client *client, uint64_t position,
                                         struct mu_error *err);
/* Everything anew: confirmed rows, then all that is pending in order. */
MU_MUST_USE enum mu_status mu_show_replay(struct mu_client *client, struct mu_error *err);
/* Make the visible rows show what the outbox has, when their stamps differ.  In both
 * transactions. */
MU_MUST_USE enum mu_status mu_show_notice(struct mu_client *client, bool *out_changed,
                                          struct mu_error *err);
/* Whether they differ; outside a transaction too. */
MU_MUST_USE enum mu_status mu_show_differs(struct mu_client *client, bool *out_differs,
                                           struct mu_error *err);
/* The set of pending mutations has changed, or is about to, and the visible rows of this
 * transaction follow: one new stamp on both sides. */
MU_MUST_USE enum mu_status mu_show_stamp(struct mu_client *client, struct mu_id stamp,
                                         struct mu_error *err);

#endif
