/* Table log_replica: how far each replica's numbers got. */
#include "server/log/inside.h"

static enum mu_status read_mark(struct mu_stmt *stmt, struct mu_replica_mark *out,
                                struct mu_error *err)
{
    MU_TRY(mu_log_id_at(stmt, 0, &out->device, err));
    MU_TRY(mu_log_number_at(stmt, 1, &out->last_number, err));
    MU_TRY(mu_log_hash_at(stmt, 2, &out->last_hash, err));
    MU_TRY(mu_log_number_at(stmt, 3, &out->open_counter, err));
    return mu_log_id_at(stmt, 4, &out->boot_nonce, err);
}

enum mu_status mu_log_mark(struct mu_log *log, struct mu_id replica,
                           struct mu_replica_mark *out_mark, bool *out_found, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    struct mu_replica_mark mark = {.replica = replica};
    bool found = false;
    MU_TRY(mu_log_query(log, MU_LOG_MARK_GET, &stmt, err));
    mu_stmt_bind_id(stmt, 1, replica);
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK && found) {
        status = read_mark(stmt, &mark, err);
    }
    mu_stmt_reset(stmt);
    MU_TRY(status);
    *out_found = found;
    if (found) {
        *out_mark = mark;
    }
    return MU_OK;
}

enum mu_status mu_log_mark_set(struct mu_log *log, const struct mu_replica_mark *mark,
                               struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_log_query(log, MU_LOG_MARK_PUT, &stmt, err));
    mu_stmt_bind_id(stmt, 1, mark->replica);
    mu_stmt_bind_id(stmt, 2, mark->device);
    MU_TRY(mu_log_bind(stmt, 3, mark->last_number, err));
    mu_stmt_bind_blob(stmt, 4, mu_hash_view(&mark->last_hash));
    MU_TRY(mu_log_bind(stmt, 5, mark->open_counter, err));
    mu_stmt_bind_id(stmt, 6, mark->boot_nonce);
    return mu_stmt_run(stmt, err);
}
