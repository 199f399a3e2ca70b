/* The table undo of outbox.db: how to take back what this device authored. */
#ifndef MUSTER_CLIENT_CORE_UNDO_H
#define MUSTER_CLIENT_CORE_UNDO_H

#include "client/core/client.h"
#include "client/core/query.h"

void mu_undo_open(struct mu_queries *undo, struct mu_db *outbox_db);
/* An edit is being authored: remember its inverse, read off the rows as they are visible
 * before it; or, when it is itself an undo, which edit it takes back.  In the outbox's
 * transaction, before the effects are shown. */
MU_MUST_USE enum mu_status mu_undo_record(struct mu_client *client,
                                          const struct mu_mutation *mutation, uint64_t position,
                                          const struct mu_decision *decision,
                                          struct mu_arena *arena, struct mu_error *err);
/* The edit was refused: there is nothing to take back, and an edit that it took back can be
 * taken back again. */
MU_MUST_USE enum mu_status mu_undo_forget(struct mu_client *client, struct mu_id mutation,
                                          struct mu_error *err);

#endif
