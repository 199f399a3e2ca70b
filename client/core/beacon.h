/* What the server says of itself when it has nothing else to say, and whether it agrees with
 * what is held here. */
#ifndef MUSTER_CLIENT_CORE_BEACON_H
#define MUSTER_CLIENT_CORE_BEACON_H

#include "client/core/client.h"

/* The newest one heard, for HELLO: proof of how far the server had got. */
MU_MUST_USE enum mu_status mu_beacon_kept(struct mu_client *client, struct mu_arena *arena,
                                          struct mu_msg_beacon *out, bool *out_found,
                                          struct mu_error *err);
MU_MUST_USE enum mu_status mu_beacon_heard(struct mu_client *client,
                                           const struct mu_msg_beacon *beacon,
                                           struct mu_error *err);

#endif
