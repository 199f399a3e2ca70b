/* What a turn has to say, gathered until its commit. */
#ifndef MUSTER_CLIENT_CORE_OUTPUT_H
#define MUSTER_CLIENT_CORE_OUTPUT_H

#include "client/core/client.h"

MU_MUST_USE enum mu_status mu_output_add(struct mu_client *client, enum mu_client_output_kind kind,
                                         struct mu_error *err);
MU_MUST_USE enum mu_status mu_output_send(struct mu_client *client,
                                          const struct mu_message *message, struct mu_error *err);
/* "event key=value": fixed words and numbers, never a text of others. */
MU_MUST_USE enum mu_status mu_output_log(struct mu_client *client, struct mu_error *err,
                                         const char *fmt, ...) MU_PRINTF(3, 4);

#endif
