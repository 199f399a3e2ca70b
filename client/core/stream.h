/* The one ordered stream of a session, CHANGES and chunks of a transfer: its credit, and the
 * frames that wait for the key of their epoch. */
#ifndef MUSTER_CLIENT_CORE_STREAM_H
#define MUSTER_CLIENT_CORE_STREAM_H

#include "client/core/client.h"

/* The first credit of a session, once. */
MU_MUST_USE enum mu_status mu_stream_grant(struct mu_client *client, struct mu_error *err);
/* Give back what was taken in, when it is enough for a message. */
MU_MUST_USE enum mu_status mu_stream_pay(struct mu_client *client, struct mu_error *err);
/* CHANGES, XFER_CHUNK or XFER_END, with its bytes as they came. */
MU_MUST_USE enum mu_status mu_stream_take(struct mu_client *client,
                                          const struct mu_message *message, struct mu_slice bytes,
                                          struct mu_error *err);
/* KEYS came: what waited for them goes on. */
MU_MUST_USE enum mu_status mu_stream_keys(struct mu_client *client, const struct mu_msg_keys *keys,
                                          struct mu_error *err);

#endif
