/* Own mutations on their way to the server: one PUSH at a time, in the order of their
 * numbers, and what the server says to each. */
#ifndef MUSTER_CLIENT_CORE_PUSH_H
#define MUSTER_CLIENT_CORE_PUSH_H

#include "client/core/client.h"

/* Send what waits, if the session is open and nothing is under way. */
MU_MUST_USE enum mu_status mu_push_next(struct mu_client *client, struct mu_error *err);
MU_MUST_USE enum mu_status mu_push_acked(struct mu_client *client,
                                         const struct mu_msg_pushack *acks, struct mu_error *err);
/* When an answer is overdue, mono; INT64_MAX: nothing is under way. */
int64_t mu_push_deadline(const struct mu_client *client);

#endif
