#include "server/log/log.h"

#include <inttypes.h>
#include <stdlib.h>

#include "server/log/inside.h"

#define LOG_SCHEMA 1

extern const char mu_log_sql_1[];

static const char SQL_EXISTS[] =
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'log_schema'";
static const char SQL_SCHEMA[] = "SELECT number FROM log_schema WHERE k = 1";

/* WRITER_PUT leaves what HELLO told alone. */
static const char *const sql[MU_LOG_QUERY_COUNT] = {
    [MU_LOG_HEAD] = "SELECT workspace, incarnation, parent, fork_seq, fork_floor, horizon, safe_seq"
                    " FROM log_head WHERE k = 1",
    [MU_LOG_LAST] = "SELECT seq, chain, received_ms FROM log_change ORDER BY seq DESC LIMIT 1",
    [MU_LOG_NEWEST_EPOCH] = "SELECT epoch FROM log_epoch ORDER BY epoch DESC LIMIT 1",
    [MU_LOG_HEAD_PUT] =
        "INSERT OR REPLACE INTO log_head (k, workspace, incarnation, parent, fork_seq, fork_floor,"
        " horizon, safe_seq) VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    [MU_LOG_SAFE_PUT] = "UPDATE log_head SET safe_seq = max(safe_seq, ?1) WHERE k = 1",
    [MU_LOG_ANCESTOR_PUT] =
        "INSERT INTO log_ancestor (incarnation, fork_seq) VALUES (?1, ?2)"
        " ON CONFLICT (incarnation) DO UPDATE SET fork_seq = min(fork_seq, excluded.fork_seq)",
    [MU_LOG_ANCESTOR_GET] = "SELECT fork_seq FROM log_ancestor WHERE incarnation = ?1",
    [MU_LOG_CHANGE_PUT] = "INSERT INTO log_change (seq, received_ms, writer, number, chain, sealed)"
                          " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    [MU_LOG_CHANGE_RANGE] = "SELECT seq, received_ms, chain, sealed FROM log_change"
                            " WHERE seq >= ?1 ORDER BY seq LIMIT ?2",
    [MU_LOG_CHANGE_CHAIN] = "SELECT chain, received_ms FROM log_change WHERE seq = ?1",
    [MU_LOG_MUTATION_PUT] = "INSERT INTO log_mutation (mutation, seq) VALUES (?1, ?2)",
    [MU_LOG_MUTATION_GET] = "SELECT m.seq, r.replica, c.number FROM log_mutation m"
                            " LEFT JOIN log_change c ON c.seq = m.seq"
                            " LEFT JOIN log_replica r ON r.k = c.writer WHERE m.mutation = ?1",
    [MU_LOG_WRITER_PUT] =
        "INSERT INTO log_replica (replica, device, last_number, last_hash, open_counter,"
        " boot_nonce) VALUES (?1, ?2, ?3, ?4, 0, zeroblob(16))"
        " ON CONFLICT (replica) DO UPDATE SET last_number = excluded.last_number,"
        " last_hash = excluded.last_hash RETURNING k",
    [MU_LOG_MARK_GET] = "SELECT device, last_number, last_hash, open_counter, boot_nonce"
                        " FROM log_replica WHERE replica = ?1",
    [MU_LOG_MARK_PUT] =
        "INSERT INTO log_replica (replica, device, last_number, last_hash, open_counter,"
        " boot_nonce) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT (replica) DO UPDATE SET device = excluded.device,"
        " last_number = excluded.last_number, last_hash = excluded.last_hash,"
        " open_counter = excluded.open_counter, boot_nonce = excluded.boot_nonce",
    [MU_LOG_EPOCH_PUT] =
        "INSERT INTO log_epoch (epoch, key, created_ms, first_seq) VALUES (?1, ?2, ?3, ?4)",
    [MU_LOG_EPOCH_GET] = "SELECT key FROM log_epoch WHERE epoch = ?1",
    [MU_LOG_EPOCH_NEXT] = "SELECT epoch, key, created_ms, first_seq FROM log_epoch"
                          " WHERE epoch > ?1 ORDER BY epoch LIMIT 1",
};

/* -- statements -------------------------------------------------------------- */

enum mu_status mu_log_query(struct mu_log *log, enum mu_log_query which, struct mu_stmt **out_stmt,
                            struct mu_error *err)
{
    struct mu_stmt *stmt = &log->stmts[which];
    if (stmt->handle == NULL) {
        MU_TRY(mu_stmt_prepare(stmt, log->db, sql[which], err));
    }
    mu_stmt_reset(stmt);
    *out_stmt = stmt;
    return MU_OK;
}

enum mu_status mu_log_bind(struct mu_stmt *stmt, int index, uint64_t value, struct mu_error *err)
{
    if (value > INT64_MAX) {
        return mu_fail(err, MU_E_LIMIT, "'%s': a number of the log past 2^63", stmt->db->name);
    }
    mu_stmt_bind_int(stmt, index, (int64_t)value);
    return MU_OK;
}

static enum mu_status fail_damaged(struct mu_stmt *stmt, struct mu_error *err)
{
    return mu_fail(err, MU_E_CORRUPT, "'%s': the log holds what no server wrote (%.60s)",
                   stmt->db->name, stmt->what);
}

enum mu_status mu_log_number_at(struct mu_stmt *stmt, int column, uint64_t *out_value,
                                struct mu_error *err)
{
    int64_t value = mu_stmt_int(stmt, column);
    if (value < 0) {
        return fail_damaged(stmt, err);
    }
    *out_value = (uint64_t)value;
    return MU_OK;
}

enum mu_status mu_log_hash_at(struct mu_stmt *stmt, int column, struct mu_hash *out_hash,
                              struct mu_error *err)
{
    return mu_hash_from_slice(mu_stmt_blob(stmt, column), out_hash) ? MU_OK
                                                                    : fail_damaged(stmt, err);
}

enum mu_status mu_log_id_at(struct mu_stmt *stmt, int column, struct mu_id *out_id,
                            struct mu_error *err)
{
    return mu_id_from_slice(mu_stmt_blob(stmt, column), out_id) ? MU_OK : fail_damaged(stmt, err);
}

/* -- open -------------------------------------------------------------------- */

static enum mu_status ask_number(struct mu_db *db, const char *text, int64_t *out_number,
                                 struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    bool row = false;
    MU_TRY(mu_stmt_prepare(&stmt, db, text, err));
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    int64_t number = status == MU_OK && row ? mu_stmt_int(&stmt, 0) : 0;
    mu_stmt_finalize(&stmt);
    if (status == MU_OK) {
        *out_number = number;
    }
    return status;
}

static enum mu_status prepare_tables(struct mu_db *db, struct mu_error *err)
{
    int64_t number = 0;
    MU_TRY(ask_number(db, SQL_EXISTS, &number, err));
    if (number == 0) {
        return mu_db_exec(db, mu_log_sql_1, err);
    }
    MU_TRY(ask_number(db, SQL_SCHEMA, &number, err));
    if (number > LOG_SCHEMA) {
        return mu_fail(err, MU_E_VERSION,
                       "'%s': its log has schema %" PRId64 ", this program knows %d: use a newer "
                       "Muster",
                       db->name, number, LOG_SCHEMA);
    }
    if (number < 1) {
        return mu_fail(err, MU_E_CORRUPT, "'%s': its log has schema %" PRId64, db->name, number);
    }
    return MU_OK;
}

/* All tables or none. */
static enum mu_status prepare_whole(struct mu_db *db, struct mu_error *err)
{
    if (db->in_transaction || db->read_only) {
        return prepare_tables(db, err);
    }
    MU_TRY(mu_db_begin(db, err));
    enum mu_status status = prepare_tables(db, err);
    if (status == MU_OK) {
        return mu_db_commit(db, err);
    }
    mu_db_rollback(db);
    return status;
}

enum mu_status mu_log_open(struct mu_db *db, struct mu_log **out_log, struct mu_error *err)
{
    MU_TRY(prepare_whole(db, err));
    struct mu_log *log = calloc(1, sizeof *log);
    if (log == NULL) {
        return mu_fail(err, MU_E_NOMEM, "open the log of '%s'", db->name);
    }
    log->db = db;
    enum mu_status status = mu_log_reload(log, err);
    if (status != MU_OK) {
        mu_log_close(log);
        return status;
    }
    *out_log = log;
    return MU_OK;
}

void mu_log_close(struct mu_log *log)
{
    if (log == NULL) {
        return;
    }
    for (size_t i = 0; i < MU_LOG_QUERY_COUNT; i++) {
        mu_stmt_finalize(&log->stmts[i]);
    }
    free(log);
}

/* -- the head ---------------------------------------------------------------- */

static enum mu_status read_head_row(struct mu_log *log, struct mu_log_head *out, bool *out_found,
                                    struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_log_query(log, MU_LOG_HEAD, &stmt, err));
    MU_TRY(mu_stmt_step(stmt, out_found, err));
    if (!*out_found) {
        return MU_OK;
    }
    MU_TRY(mu_log_id_at(stmt, 0, &out->workspace, err));
    MU_TRY(mu_log_id_at(stmt, 1, &out->incarnation, err));
    MU_TRY(mu_log_id_at(stmt, 2, &out->parent_incarnation, err));
    MU_TRY(mu_log_number_at(stmt, 3, &out->fork_seq, err));
    MU_TRY(mu_log_number_at(stmt, 4, &out->fork_floor, err));
    MU_TRY(mu_log_number_at(stmt, 5, &out->horizon, err));
    return mu_log_number_at(stmt, 6, &out->safe_seq, err);
}

static enum mu_status read_end(struct mu_log *log, struct mu_log_head *out, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    MU_TRY(mu_log_query(log, MU_LOG_LAST, &stmt, err));
    MU_TRY(mu_stmt_step(stmt, &row, err));
    if (row) {
        MU_TRY(mu_log_number_at(stmt, 0, &out->seq, err));
        MU_TRY(mu_log_hash_at(stmt, 1, &out->chain, err));
        out->last_ms = mu_stmt_int(stmt, 2);
    }
    mu_stmt_reset(stmt);
    MU_TRY(mu_log_query(log, MU_LOG_NEWEST_EPOCH, &stmt, err));
    MU_TRY(mu_stmt_step(stmt, &row, err));
    uint64_t epoch = 0;
    if (row) {
        MU_TRY(mu_log_number_at(stmt, 0, &epoch, err));
    }
    mu_stmt_reset(stmt);
    out->epoch = (uint32_t)epoch;
    return MU_OK;
}

enum mu_status mu_log_reload(struct mu_log *log, struct mu_error *err)
{
    struct mu_log_head head = {0};
    bool found = false;
    enum mu_status status = read_head_row(log, &head, &found, err);
    mu_stmt_reset(&log->stmts[MU_LOG_HEAD]);
    if (status == MU_OK) {
        status = read_end(log, &head, err);
        mu_stmt_reset(&log->stmts[MU_LOG_LAST]);
        mu_stmt_reset(&log->stmts[MU_LOG_NEWEST_EPOCH]);
    }
    if (status == MU_OK && found && head.seq < head.fork_seq) {
        status = mu_fail(err, MU_E_CORRUPT,
                         "'%s': the log ends at %" PRIu64 ", before its lineage's fork at %" PRIu64,
                         log->db->name, head.seq, head.fork_seq);
    }
    if (status == MU_OK) {
        log->head = head;
        log->founded = found;
    }
    return status;
}

enum mu_status mu_log_head(struct mu_log *log, struct mu_log_head *out_head, bool *out_found,
                           struct mu_error *err)
{
    MU_TRY(mu_db_ready(log->db, err));
    if (log->founded) {
        *out_head = log->head;
    }
    *out_found = log->founded;
    return MU_OK;
}

static enum mu_status bind_head(struct mu_stmt *stmt, const struct mu_log_head *head,
                                struct mu_error *err)
{
    mu_stmt_bind_id(stmt, 1, head->workspace);
    mu_stmt_bind_id(stmt, 2, head->incarnation);
    mu_stmt_bind_id(stmt, 3, head->parent_incarnation);
    MU_TRY(mu_log_bind(stmt, 4, head->fork_seq, err));
    MU_TRY(mu_log_bind(stmt, 5, head->fork_floor, err));
    MU_TRY(mu_log_bind(stmt, 6, head->horizon, err));
    return mu_log_bind(stmt, 7, head->safe_seq, err);
}

enum mu_status mu_log_head_set(struct mu_log *log, const struct mu_log_head *head,
                               struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_log_query(log, MU_LOG_HEAD_PUT, &stmt, err));
    MU_TRY(bind_head(stmt, head, err));
    MU_TRY(mu_stmt_run(stmt, err));
    struct mu_log_head next = *head;
    next.seq = log->head.seq;
    next.chain = log->head.chain;
    next.epoch = log->head.epoch;
    next.last_ms = log->head.last_ms;
    log->head = next;
    log->founded = true;
    return MU_OK;
}

enum mu_status mu_log_safe_set(struct mu_log *log, uint64_t seq, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_log_query(log, MU_LOG_SAFE_PUT, &stmt, err));
    MU_TRY(mu_log_bind(stmt, 1, seq, err));
    MU_TRY(mu_stmt_run(stmt, err));
    if (log->head.safe_seq < seq) {
        log->head.safe_seq = seq;
    }
    return MU_OK;
}

enum mu_status mu_log_ancestor_add(struct mu_log *log, struct mu_id incarnation, uint64_t fork_seq,
                                   struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_log_query(log, MU_LOG_ANCESTOR_PUT, &stmt, err));
    mu_stmt_bind_id(stmt, 1, incarnation);
    MU_TRY(mu_log_bind(stmt, 2, fork_seq, err));
    return mu_stmt_run(stmt, err);
}

enum mu_status mu_log_ancestor(struct mu_log *log, struct mu_id incarnation, uint64_t *out_fork_seq,
                               bool *out_found, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    uint64_t fork_seq = 0;
    bool found = false;
    MU_TRY(mu_log_query(log, MU_LOG_ANCESTOR_GET, &stmt, err));
    mu_stmt_bind_id(stmt, 1, incarnation);
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK && found) {
        status = mu_log_number_at(stmt, 0, &fork_seq, err);
    }
    mu_stmt_reset(stmt);
    MU_TRY(status);
    *out_found = found;
    if (found) {
        *out_fork_seq = fork_seq;
    }
    return MU_OK;
}
