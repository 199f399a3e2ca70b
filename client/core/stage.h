/* Chunks of a transfer under way, kept in replica.db until all are there, so that a broken
 * transfer goes on where it stopped. */
#ifndef MUSTER_CLIENT_CORE_STAGE_H
#define MUSTER_CLIENT_CORE_STAGE_H

#include "client/core/client.h"

/* Digests of the buckets that are complete; has[i] tells which. */
struct mu_staged {
    bool has[MU_BUCKET_COUNT];
    struct mu_hash digest[MU_BUCKET_COUNT];
};
MU_MUST_USE enum mu_status mu_stage_read(struct mu_client *client, struct mu_staged *out,
                                         struct mu_error *err);
/* Forget what came of a bucket. */
MU_MUST_USE enum mu_status mu_stage_drop(struct mu_client *client, unsigned bucket,
                                         struct mu_error *err);
MU_MUST_USE enum mu_status mu_stage_clear(struct mu_client *client, struct mu_error *err);
MU_MUST_USE enum mu_status mu_stage_put(struct mu_client *client, unsigned bucket, uint32_t number,
                                        struct mu_slice rows, struct mu_error *err);
/* All chunks of a bucket together, appended to out, and no longer kept here. */
MU_MUST_USE enum mu_status mu_stage_take(struct mu_client *client, unsigned bucket,
                                         struct mu_buf *out, struct mu_error *err);
/* The bucket is complete, with so many rows: those of its only chunk, or what was put (only.data
 * NULL).  Errors: MU_E_CORRUPT when they cannot be read. */
MU_MUST_USE enum mu_status mu_stage_complete(struct mu_client *client, unsigned bucket,
                                             struct mu_slice only, uint64_t *out_count,
                                             struct mu_error *err);

#endif
