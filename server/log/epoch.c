/* Table log_epoch: the keys under which changes are sealed. */
#include <string.h>

#include "server/log/inside.h"

enum mu_status mu_log_epoch_add(struct mu_log *log, uint32_t epoch, const uint8_t key[static 32],
                                int64_t created_ms, struct mu_error *err)
{
    MU_ASSERT(epoch > log->head.epoch);
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_log_query(log, MU_LOG_EPOCH_PUT, &stmt, err));
    MU_TRY(mu_log_bind(stmt, 1, epoch, err));
    mu_stmt_bind_blob(stmt, 2, mu_slice_of(key, 32));
    mu_stmt_bind_int(stmt, 3, created_ms);
    MU_TRY(mu_log_bind(stmt, 4, log->head.seq + 1, err));
    MU_TRY(mu_stmt_run(stmt, err));
    log->head.epoch = epoch;
    return MU_OK;
}

static enum mu_status key_at(struct mu_stmt *stmt, int column, uint8_t out_key[static 32],
                             struct mu_error *err)
{
    struct mu_slice key = mu_stmt_blob(stmt, column);
    if (key.len != 32) {
        return mu_fail(err, MU_E_CORRUPT, "'%s': an epoch key of %zu bytes", stmt->db->name,
                       key.len);
    }
    memcpy(out_key, key.data, 32);
    return MU_OK;
}

enum mu_status mu_log_epoch_key(struct mu_log *log, uint32_t epoch, uint8_t out_key[static 32],
                                bool *out_found, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool found = false;
    MU_TRY(mu_log_query(log, MU_LOG_EPOCH_GET, &stmt, err));
    MU_TRY(mu_log_bind(stmt, 1, epoch, err));
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK && found) {
        status = key_at(stmt, 0, out_key, err);
    }
    mu_stmt_reset(stmt);
    MU_TRY(status);
    *out_found = found;
    return MU_OK;
}

enum mu_status mu_log_epoch_next(struct mu_log *log, uint32_t after, struct mu_log_epoch *out_epoch,
                                 bool *out_found, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool found = false;
    uint64_t epoch = 0;
    MU_TRY(mu_log_query(log, MU_LOG_EPOCH_NEXT, &stmt, err));
    MU_TRY(mu_log_bind(stmt, 1, after, err));
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK && found) {
        status = mu_log_number_at(stmt, 0, &epoch, err);
        if (status == MU_OK) {
            status = key_at(stmt, 1, out_epoch->key, err);
        }
        if (status == MU_OK) {
            out_epoch->epoch = (uint32_t)epoch;
            out_epoch->created_ms = mu_stmt_int(stmt, 2);
            status = mu_log_number_at(stmt, 3, &out_epoch->first_seq, err);
        }
    }
    mu_stmt_reset(stmt);
    MU_TRY(status);
    *out_found = found;
    return MU_OK;
}
