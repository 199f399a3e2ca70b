/* Epoch keys: kept in outbox.db, unwrapped as they come, and the frames that wait for one. */
#ifndef MUSTER_CLIENT_CORE_KEYRING_H
#define MUSTER_CLIENT_CORE_KEYRING_H

#include "client/core/client.h"
#include "common/seal/envelope.h"

/* The key of epoch; found false when this device does not have it.  Borrowed until the next
 * call. */
MU_MUST_USE enum mu_status mu_keyring_get(struct mu_client *client, uint32_t epoch,
                                          const struct mu_epoch_key **out_key, bool *out_found,
                                          struct mu_error *err);
/* Keys from WELCOME or KEYS.  One that does not open is left out and logged. */
MU_MUST_USE enum mu_status mu_keyring_take(struct mu_client *client,
                                           const struct mu_wrapped_key *keys, size_t count,
                                           struct mu_error *err);
/* Ask the server for them, unless that is under way. */
MU_MUST_USE enum mu_status mu_keyring_ask(struct mu_client *client, struct mu_error *err);

#endif
