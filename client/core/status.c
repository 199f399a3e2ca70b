#include "client/core/inside.h"

#include <string.h>

static enum mu_status count_conflicts(struct mu_client *client, uint64_t *out_count,
                                      struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    MU_TRY(mu_queries_get(&client->local, MU_LOCAL_CONFLICTS, &stmt, err));
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    uint64_t count = row ? (uint64_t)mu_stmt_int(stmt, 0) : 0;
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_count = count;
    }
    return status;
}

enum mu_status mu_client_status(struct mu_client *client, struct mu_client_status *out_status,
                                struct mu_error *err)
{
    struct mu_client_status status = {0};
    struct mu_link_record record;
    struct mu_outbox_counts counts;
    struct mu_digest digest;
    MU_TRY(mu_record_read(client->replica, &record, err));
    MU_TRY(mu_replica_cursor(client->replica, &status.cursor, err));
    MU_TRY(mu_outbox_counts(&client->outbox, &counts, err));
    MU_TRY(count_conflicts(client, &status.conflicts, err));
    MU_TRY(mu_replica_digest(client->replica, &digest, err));
    status.link = record.link;
    status.offline_since_ms = record.offline_since_ms;
    status.head = record.head < status.cursor.seq ? status.cursor.seq : record.head;
    status.pending = counts.pending;
    status.refused = counts.refused;
    status.oldest_pending_ms = counts.oldest_ms;
    status.digest_root = mu_digest_root(&digest);
    status.server_offset_ms = record.server_offset_ms;
    status.heard_ms = record.heard_ms;
    status.parked_code = record.parked_code;
    memcpy(status.parked_reason, record.parked_reason, sizeof status.parked_reason);
    status.degraded = record.degraded;
    status.xfer_done = record.xfer_done;
    status.xfer_total = record.xfer_total;
    *out_status = status;
    return MU_OK;
}

/* Sent is what this process has under way; to all others it waits. */
static bool flies(const struct mu_client *client, uint64_t position)
{
    const struct mu_flight *flight = &client->session.flight;
    for (size_t i = 0; i < flight->count; i++) {
        if (flight->items[i].position == position) {
            return true;
        }
    }
    return false;
}

enum mu_status mu_client_outbox(struct mu_client *client, struct mu_arena *arena,
                                struct mu_outbox_entry **out_entries, size_t *out_count,
                                struct mu_error *err)
{
    struct mu_outbox_item *items = NULL;
    size_t count = 0;
    MU_TRY(mu_outbox_list(&client->outbox, arena, &items, &count, err));
    struct mu_outbox_entry *entries = mu_arena_array(arena, count, sizeof *entries);
    if (entries == NULL && count > 0) {
        return mu_fail(err, MU_E_NOMEM, "outbox");
    }
    for (size_t i = 0; i < count; i++) {
        struct mu_pushed body = {0};
        MU_TRY(mu_outbox_body(&client->outbox, arena, items[i].position, &body, err));
        bool sent = items[i].state == MU_QUEUED && flies(client, items[i].position);
        entries[i] =
            (struct mu_outbox_entry){.position = items[i].position,
                                     .mutation = items[i].mutation,
                                     .number = items[i].number,
                                     .state = sent ? MU_SENT : (enum mu_entry_state)items[i].state,
                                     .authored_ms = items[i].authored_ms,
                                     .intent = items[i].intent,
                                     .code = items[i].state == MU_REFUSED ? items[i].code : 0,
                                     .reason = items[i].reason,
                                     .bytes = body.bytes};
    }
    *out_entries = entries;
    *out_count = count;
    return MU_OK;
}

static enum mu_status dismiss(struct mu_client *client, uint64_t position, struct mu_error *err)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, MU_CLIENT_ARENA_MAX);
    struct mu_outbox_item *items = NULL;
    size_t count = 0;
    MU_TRY(mu_outbox_list(&client->outbox, &arena, &items, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (items[i].position == position) {
            return items[i].state == MU_REFUSED
                       ? mu_outbox_drop(&client->outbox, position, err)
                       : mu_fail(err, MU_E_CONFLICT, "edit %llu is not refused, it waits",
                                 (unsigned long long)position);
        }
    }
    return mu_fail(err, MU_E_NOT_FOUND, "there is no refused edit %llu",
                   (unsigned long long)position);
}

enum mu_status mu_client_dismiss(struct mu_client *client, uint64_t position, struct mu_error *err)
{
    MU_TRY(mu_db_begin(client->outbox_db, err));
    enum mu_status status = dismiss(client, position, err);
    if (status == MU_OK) {
        return mu_db_commit(client->outbox_db, err);
    }
    mu_db_rollback(client->outbox_db);
    return status;
}
