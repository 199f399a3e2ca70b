/* Between the files of server/log: the open log and its statements. */
#ifndef MUSTER_SERVER_LOG_INSIDE_H
#define MUSTER_SERVER_LOG_INSIDE_H

#include "common/db/stmt.h"
#include "server/log/log.h"

enum mu_log_query {
    MU_LOG_HEAD,
    MU_LOG_LAST,
    MU_LOG_NEWEST_EPOCH,
    MU_LOG_HEAD_PUT,
    MU_LOG_SAFE_PUT,
    MU_LOG_ANCESTOR_PUT,
    MU_LOG_ANCESTOR_GET,
    MU_LOG_CHANGE_PUT,
    MU_LOG_CHANGE_RANGE,
    MU_LOG_CHANGE_CHAIN,
    MU_LOG_MUTATION_PUT,
    MU_LOG_MUTATION_GET,
    MU_LOG_WRITER_PUT,
    MU_LOG_MARK_GET,
    MU_LOG_MARK_PUT,
    MU_LOG_EPOCH_PUT,
    MU_LOG_EPOCH_GET,
    MU_LOG_EPOCH_NEXT,
    MU_LOG_QUERY_COUNT
};

struct mu_log {
    struct mu_db *db; /* borrowed */
    struct mu_stmt stmts[MU_LOG_QUERY_COUNT];
    bool founded;
    struct mu_log_head head; /* as the database has it, in the open transaction */
};

/* The statement, prepared and reset.  Borrowed. */
MU_MUST_USE enum mu_status mu_log_query(struct mu_log *log, enum mu_log_query which,
                                        struct mu_stmt **out_stmt, struct mu_error *err);

/* SQLite's integers have a sign: values are bounded where they come in, and checked here. */
MU_MUST_USE enum mu_status mu_log_bind(struct mu_stmt *stmt, int index, uint64_t value,
                                       struct mu_error *err);
/* MU_E_CORRUPT unless the column holds what was written there. */
MU_MUST_USE enum mu_status mu_log_number_at(struct mu_stmt *stmt, int column, uint64_t *out_value,
                                            struct mu_error *err);
MU_MUST_USE enum mu_status mu_log_hash_at(struct mu_stmt *stmt, int column,
                                          struct mu_hash *out_hash, struct mu_error *err);
MU_MUST_USE enum mu_status mu_log_id_at(struct mu_stmt *stmt, int column, struct mu_id *out_id,
                                        struct mu_error *err);

#endif
