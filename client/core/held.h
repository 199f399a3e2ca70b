/* Which own mutations the confirmed rows of this replica hold: their changes were applied to
 * them, or a transfer brought rows that have them.
 *
 * A client that can't know what the server has forgotten sends more again than it need.  What the
 * rows hold already is not shown once more over what came after it, while it waits to be
 * answered.  The table moves with the rows in one transaction, so that a power cut
 * takes both or neither. */
#ifndef MUSTER_CLIENT_CORE_HELD_H
#define MUSTER_CLIENT_CORE_HELD_H

#include "client/core/client.h"

/* The rows hold mutation from now on. */
MU_MUST_USE enum mu_status mu_held_add(struct mu_client *client, struct mu_id mutation,
                                       struct mu_error *err);
/* A transfer brought the rows as they are at at_seq, and the outbox knows it.  same_history: they
 * are what they were and more; otherwise they hold what the outbox knows of alone. */
MU_MUST_USE enum mu_status mu_held_swapped(struct mu_client *client, uint64_t at_seq,
                                           bool same_history, struct mu_error *err);
/* Forget journal entries up to seq, here and in the outbox. */
MU_MUST_USE enum mu_status mu_held_prune(struct mu_client *client, uint64_t seq,
                                         struct mu_error *err);
/* Positions of the outbox that visible rows must show over confirmed ones, ascending:
 * everything that waits, and the journal, but for what the rows hold. */
MU_MUST_USE enum mu_status mu_held_beyond(struct mu_client *client, struct mu_arena *arena,
                                          uint64_t **out_positions, size_t *out_count,
                                          struct mu_error *err);

#endif
