/* Tables log_change and log_mutation. */
#include <inttypes.h>

#include "server/log/inside.h"

/* The replica's mark moves to this mutation; *out_writer is its number in log_replica. */
static enum mu_status move_mark(struct mu_log *log, const struct mu_log_entry *entry,
                                int64_t *out_writer, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    MU_TRY(mu_log_query(log, MU_LOG_WRITER_PUT, &stmt, err));
    mu_stmt_bind_id(stmt, 1, entry->replica);
    mu_stmt_bind_id(stmt, 2, entry->device);
    MU_TRY(mu_log_bind(stmt, 3, entry->number, err));
    mu_stmt_bind_blob(stmt, 4, mu_hash_view(&entry->mutation_hash));
    MU_TRY(mu_stmt_step(stmt, &row, err));
    MU_ASSERT(row);
    int64_t writer = mu_stmt_int(stmt, 0);
    MU_TRY(mu_stmt_run(stmt, err));
    *out_writer = writer;
    return MU_OK;
}

static enum mu_status put_mutation(struct mu_log *log, const struct mu_log_entry *entry,
                                   struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_log_query(log, MU_LOG_MUTATION_PUT, &stmt, err));
    mu_stmt_bind_id(stmt, 1, entry->mutation);
    MU_TRY(mu_log_bind(stmt, 2, entry->seq, err));
    return mu_stmt_run(stmt, err);
}

enum mu_status mu_log_append(struct mu_log *log, const struct mu_log_entry *entry,
                             struct mu_error *err)
{
    MU_ASSERT(log->founded && log->head.epoch > 0);
    MU_ASSERT(entry->seq == log->head.seq + 1 && entry->number > 0);
    int64_t writer = 0;
    MU_TRY(move_mark(log, entry, &writer, err));
    if (!entry->repeated) {
        MU_TRY(put_mutation(log, entry, err));
    }
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_log_query(log, MU_LOG_CHANGE_PUT, &stmt, err));
    MU_TRY(mu_log_bind(stmt, 1, entry->seq, err));
    mu_stmt_bind_int(stmt, 2, entry->received_ms);
    mu_stmt_bind_int(stmt, 3, writer);
    MU_TRY(mu_log_bind(stmt, 4, entry->number, err));
    mu_stmt_bind_blob(stmt, 5, mu_hash_view(&entry->chain));
    mu_stmt_bind_blob(stmt, 6, entry->sealed);
    MU_TRY(mu_stmt_run(stmt, err));
    log->head.seq = entry->seq;
    log->head.chain = entry->chain;
    log->head.last_ms = entry->received_ms;
    return MU_OK;
}

static enum mu_status read_row(struct mu_log *log, struct mu_stmt *stmt, struct mu_arena *arena,
                               uint64_t expected, struct mu_log_sealed *out, struct mu_error *err)
{
    uint64_t seq = 0;
    MU_TRY(mu_log_number_at(stmt, 0, &seq, err));
    if (seq != expected) {
        return mu_fail(err, MU_E_CORRUPT, "'%s': change %" PRIu64 " is missing in the log",
                       log->db->name, expected);
    }
    MU_TRY(mu_log_hash_at(stmt, 2, &out->chain, err));
    if (!mu_arena_copy(arena, mu_stmt_blob(stmt, 3), &out->sealed)) {
        return mu_fail(err, MU_E_NOMEM, "read change %" PRIu64, seq);
    }
    out->seq = seq;
    out->received_ms = mu_stmt_int(stmt, 1);
    return MU_OK;
}

/* window.max_count entries are there. */
static enum mu_status read_rows(struct mu_log *log, struct mu_stmt *stmt, struct mu_arena *arena,
                                struct mu_log_window window, struct mu_log_sealed *entries,
                                size_t *out_count, struct mu_error *err)
{
    size_t count = 0;
    size_t bytes = 0;
    while (count < window.max_count) {
        bool row = false;
        MU_TRY(mu_stmt_step(stmt, &row, err));
        if (!row) {
            return mu_fail(err, MU_E_CORRUPT, "'%s': change %" PRIu64 " is missing in the log",
                           log->db->name, window.seq + count);
        }
        size_t len = mu_stmt_blob(stmt, 3).len;
        if (count > 0 && (len > window.max_bytes || bytes > window.max_bytes - len)) {
            break;
        }
        MU_TRY(read_row(log, stmt, arena, window.seq + count, &entries[count], err));
        bytes += len;
        count++;
    }
    *out_count = count;
    return MU_OK;
}

enum mu_status mu_log_read(struct mu_log *log, struct mu_arena *arena, struct mu_log_window window,
                           struct mu_log_sealed **out_entries, size_t *out_count,
                           struct mu_error *err)
{
    MU_ASSERT(window.seq > 0);
    if (window.seq > log->head.seq || window.max_count == 0) {
        *out_entries = NULL;
        *out_count = 0;
        return MU_OK;
    }
    uint64_t there = log->head.seq - window.seq + 1;
    if (there < window.max_count) {
        window.max_count = (size_t)there;
    }
    struct mu_log_sealed *entries = mu_arena_array(arena, window.max_count, sizeof *entries);
    if (entries == NULL) {
        return mu_fail(err, MU_E_NOMEM, "read %zu changes", window.max_count);
    }
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_log_query(log, MU_LOG_CHANGE_RANGE, &stmt, err));
    MU_TRY(mu_log_bind(stmt, 1, window.seq, err));
    MU_TRY(mu_log_bind(stmt, 2, window.max_count, err));
    enum mu_status status = read_rows(log, stmt, arena, window, entries, out_count, err);
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_entries = entries;
    }
    return status;
}

enum mu_status mu_log_chain(struct mu_log *log, uint64_t seq, struct mu_hash *out_chain,
                            int64_t *out_ms, bool *out_found, struct mu_error *err)
{
    struct mu_hash chain = {0};
    int64_t ms = 0;
    bool found = seq == 0;
    if (seq == log->head.seq) {
        chain = log->head.chain;
        ms = log->head.last_ms;
        found = true;
    } else if (seq > 0 && seq < log->head.seq) {
        struct mu_stmt *stmt = NULL;
        MU_TRY(mu_log_query(log, MU_LOG_CHANGE_CHAIN, &stmt, err));
        MU_TRY(mu_log_bind(stmt, 1, seq, err));
        enum mu_status status = mu_stmt_step(stmt, &found, err);
        if (status == MU_OK && found) {
            status = mu_log_hash_at(stmt, 0, &chain, err);
            ms = mu_stmt_int(stmt, 1);
        }
        mu_stmt_reset(stmt);
        MU_TRY(status);
    }
    *out_found = found;
    if (found) {
        *out_chain = chain;
        if (out_ms != NULL) {
            *out_ms = ms;
        }
    }
    return MU_OK;
}

enum mu_status mu_log_find(struct mu_log *log, struct mu_id mutation,
                           struct mu_log_place *out_place, bool *out_found, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    struct mu_log_place place = {0};
    bool found = false;
    MU_TRY(mu_log_query(log, MU_LOG_MUTATION_GET, &stmt, err));
    mu_stmt_bind_id(stmt, 1, mutation);
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK && found) {
        status = mu_log_number_at(stmt, 0, &place.seq, err);
        place.replica = mu_stmt_id(stmt, 1); /* NULL: its change is gone */
        if (status == MU_OK) {
            status = mu_log_number_at(stmt, 2, &place.number, err);
        }
    }
    mu_stmt_reset(stmt);
    MU_TRY(status);
    *out_found = found;
    if (found) {
        *out_place = place;
    }
    return MU_OK;
}
