/* The digest is kept as rows change, so it says nothing of rows that were damaged where they lay.
 * Bit by bit the rows are counted again and compared with it. */
#ifndef MUSTER_CLIENT_CORE_SCRUB_H
#define MUSTER_CLIENT_CORE_SCRUB_H

#include "client/core/client.h"

/* Some buckets, or some hundred rows, on from where the last call ended.  *out_sound: they are
 * what the digest says; else the next call begins with the bucket that is not. */
MU_MUST_USE enum mu_status mu_scrub(struct mu_client *client, const struct mu_digest *digest,
                                    bool *out_sound, struct mu_error *err);

#endif
