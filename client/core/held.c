#include "client/core/held.h"

#include "client/core/inside.h"

static enum mu_status run_on(struct mu_client *client, enum mu_local_query which,
                             struct mu_id mutation, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_queries_get(&client->local, which, &stmt, err));
    mu_stmt_bind_id(stmt, 1, mutation);
    return mu_stmt_run(stmt, err);
}

static enum mu_status holds(struct mu_client *client, struct mu_id mutation, bool *out_held,
                            struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_queries_get(&client->local, MU_LOCAL_HELD_GET, &stmt, err));
    mu_stmt_bind_id(stmt, 1, mutation);
    enum mu_status status = mu_stmt_step(stmt, out_held, err);
    mu_stmt_reset(stmt);
    return status;
}

enum mu_status mu_held_add(struct mu_client *client, struct mu_id mutation, struct mu_error *err)
{
    return run_on(client, MU_LOCAL_HELD_PUT, mutation, err);
}

enum mu_status mu_held_swapped(struct mu_client *client, uint64_t at_seq, bool same_history,
                               struct mu_error *err)
{
    struct mu_outbox_entry_ref *refs = NULL;
    size_t count = 0;
    if (!same_history) {
        struct mu_stmt *stmt = NULL;
        MU_TRY(mu_queries_get(&client->local, MU_LOCAL_HELD_CLEAR, &stmt, err));
        MU_TRY(mu_stmt_run(stmt, err));
    }
    MU_TRY(mu_outbox_journal(&client->outbox, &client->turn_arena, at_seq, &refs, &count, err));
    for (size_t i = 0; i < count; i++) {
        MU_TRY(mu_held_add(client, refs[i].mutation, err));
    }
    return MU_OK;
}

enum mu_status mu_held_prune(struct mu_client *client, uint64_t seq, struct mu_error *err)
{
    struct mu_outbox_entry_ref *refs = NULL;
    size_t count = 0;
    MU_TRY(mu_outbox_prunable(&client->outbox, &client->turn_arena, seq, &refs, &count, err));
    for (size_t i = 0; i < count; i++) {
        MU_TRY(run_on(client, MU_LOCAL_HELD_DROP, refs[i].mutation, err));
    }
    return mu_outbox_prune(&client->outbox, seq, err);
}

enum mu_status mu_held_beyond(struct mu_client *client, struct mu_arena *arena,
                              uint64_t **out_positions, size_t *out_count, struct mu_error *err)
{
    struct mu_outbox_self self = {0};
    struct mu_outbox_entry_ref *refs = NULL;
    struct mu_cursor cursor;
    size_t count = 0;
    bool known = false;
    MU_TRY(mu_replica_cursor(client->replica, &cursor, err));
    MU_TRY(mu_outbox_self(&client->outbox, &self, &known, err));
    /* Seqs of another history than the rows' tell nothing. */
    bool comparable = known && mu_id_equal(self.lineage, cursor.incarnation);
    MU_TRY(
        mu_outbox_pending(&client->outbox, arena, comparable ? cursor.seq : 0, &refs, &count, err));
    uint64_t *positions = mu_arena_array(arena, count, sizeof *positions);
    if (positions == NULL && count > 0) {
        return mu_fail(err, MU_E_NOMEM, "outbox");
    }
    size_t beyond = 0;
    for (size_t i = 0; i < count; i++) {
        bool held = false;
        MU_TRY(holds(client, refs[i].mutation, &held, err));
        if (!held || client->sabotage.no_held) {
            positions[beyond++] = refs[i].position;
        }
    }
    *out_positions = positions;
    *out_count = beyond;
    return MU_OK;
}
