/* State transfer: first load, long absence, a server that went back, repair.
 *
 * The client shows its 256 bucket digests, staged ones included; only what differs comes,
 * is staged, and swapped in with the cursor in one transaction when the digest is right.
 * The outbox is not touched. */
#ifndef MUSTER_CLIENT_CORE_XFER_H
#define MUSTER_CLIENT_CORE_XFER_H

#include "client/core/client.h"
#include "client/core/session.h"

/* fork_seq: the last change that the replica's history shares with the server's; only when
 * reason is LINEAGE. */
MU_MUST_USE enum mu_status mu_transfer_request(struct mu_client *client, enum mu_xfer_reason reason,
                                               uint64_t fork_seq, struct mu_error *err);
MU_MUST_USE enum mu_status mu_transfer_begin(struct mu_client *client,
                                             const struct mu_msg_xfer_begin *begin,
                                             struct mu_error *err);
/* *out_no_key: the epoch's key is missing, nothing was taken. */
MU_MUST_USE enum mu_status mu_transfer_chunk(struct mu_client *client,
                                             const struct mu_msg_xfer_chunk *chunk,
                                             bool *out_no_key, struct mu_error *err);
MU_MUST_USE enum mu_status mu_transfer_end(struct mu_client *client,
                                           const struct mu_msg_xfer_end *end, struct mu_error *err);

#endif
