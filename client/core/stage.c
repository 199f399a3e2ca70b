#include "client/core/stage.h"

#include "client/core/inside.h"

/* Rows of one bucket: a 256th of the board. */
#define BUCKET_BYTES_MAX ((size_t)256 << 20)

static enum mu_status get(struct mu_client *client, enum mu_local_query which,
                          struct mu_stmt **out_stmt, struct mu_error *err)
{
    return mu_queries_get(&client->local, which, out_stmt, err);
}

static enum mu_status run_on(struct mu_client *client, enum mu_local_query which, unsigned bucket,
                             struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(get(client, which, &stmt, err));
    mu_stmt_bind_int(stmt, 1, bucket);
    return mu_stmt_run(stmt, err);
}

enum mu_status mu_stage_read(struct mu_client *client, struct mu_staged *out, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = true;
    enum mu_status status = MU_OK;
    *out = (struct mu_staged){0};
    MU_TRY(get(client, MU_LOCAL_STAGE_DIGESTS, &stmt, err));
    while ((status = mu_stmt_step(stmt, &row, err)) == MU_OK && row) {
        size_t bucket = (size_t)mu_stmt_int(stmt, 0) % MU_BUCKET_COUNT;
        out->has[bucket] = mu_hash_from_slice(mu_stmt_blob(stmt, 1), &out->digest[bucket]);
    }
    mu_stmt_reset(stmt);
    return status;
}

enum mu_status mu_stage_drop(struct mu_client *client, unsigned bucket, struct mu_error *err)
{
    MU_TRY(run_on(client, MU_LOCAL_STAGE_DIGEST_DROP, bucket, err));
    return run_on(client, MU_LOCAL_STAGE_DROP, bucket, err);
}

enum mu_status mu_stage_clear(struct mu_client *client, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(get(client, MU_LOCAL_STAGE_DIGEST_CLEAR, &stmt, err));
    MU_TRY(mu_stmt_run(stmt, err));
    MU_TRY(get(client, MU_LOCAL_STAGE_CLEAR, &stmt, err));
    return mu_stmt_run(stmt, err);
}

enum mu_status mu_stage_put(struct mu_client *client, unsigned bucket, uint32_t number,
                            struct mu_slice rows, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(get(client, MU_LOCAL_STAGE_PUT, &stmt, err));
    mu_stmt_bind_int(stmt, 1, bucket);
    mu_stmt_bind_int(stmt, 2, number);
    mu_stmt_bind_blob(stmt, 3, rows);
    return mu_stmt_run(stmt, err);
}

static enum mu_status read_rows(struct mu_client *client, unsigned bucket, struct mu_buf *out,
                                struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = true;
    enum mu_status status = MU_OK;
    MU_TRY(get(client, MU_LOCAL_STAGE_ROWS, &stmt, err));
    mu_stmt_bind_int(stmt, 1, bucket);
    while ((status = mu_stmt_step(stmt, &row, err)) == MU_OK && row) {
        struct mu_slice rows = mu_stmt_blob(stmt, 0);
        status = mu_buf_append(out, rows.data, rows.len);
        if (status != MU_OK) {
            status = mu_fail(err, status, "rows of bucket %u", bucket);
            break;
        }
    }
    mu_stmt_reset(stmt);
    return status;
}

enum mu_status mu_stage_take(struct mu_client *client, unsigned bucket, struct mu_buf *out,
                             struct mu_error *err)
{
    MU_TRY(read_rows(client, bucket, out, err));
    return mu_stage_drop(client, bucket, err);
}

enum mu_status mu_stage_complete(struct mu_client *client, unsigned bucket, struct mu_slice only,
                                 uint64_t *out_count, struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf rows;
    mu_buf_init(&rows, BUCKET_BYTES_MAX);
    struct mu_hash digest;
    if (only.data == NULL) {
        MU_TRY(read_rows(client, bucket, &rows, err));
        only = mu_buf_view(&rows);
    }
    MU_TRY(mu_replica_rows_digest(client->replica, only, &digest, out_count, err));
    struct mu_stmt *stmt = NULL;
    MU_TRY(get(client, MU_LOCAL_STAGE_DIGEST_PUT, &stmt, err));
    mu_stmt_bind_int(stmt, 1, bucket);
    mu_stmt_bind_blob(stmt, 2, mu_hash_view(&digest));
    return mu_stmt_run(stmt, err);
}
