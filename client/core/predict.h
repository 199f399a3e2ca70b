/* What an own mutation comes to on the rows as they are visible now.
 *
 * The same rules that the server runs (mu_decide()), asked through a world that
 * writes down what they read. */
#ifndef MUSTER_CLIENT_CORE_PREDICT_H
#define MUSTER_CLIENT_CORE_PREDICT_H

#include "client/core/client.h"
#include "client/core/keyset.h"

struct mu_prediction {
    struct mu_decision decision; /* REJECTED: without effects */
    struct mu_keyset touches;    /* what was read, and what the effects write */
};

/* Memory from arena.  Errors: MU_E_OFFLINE when this device is not on the board yet (nothing
 * was ever loaded), those of the store. */
MU_MUST_USE enum mu_status mu_predict(struct mu_client *client, const struct mu_mutation *mutation,
                                      struct mu_arena *arena, struct mu_prediction *out,
                                      struct mu_error *err);

/* The mutation in these bytes of the outbox.  One that cannot be read (a later version's, or
 * damaged) asks for nothing, and so comes to nothing; what is wrong with it the server will say.
 * Errors: MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_predict_read(struct mu_slice bytes, struct mu_arena *arena,
                                           struct mu_mutation *out, struct mu_error *err);

#endif
