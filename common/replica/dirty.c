/* Visible and confirmed rows, and edits that are not confirmed yet. */
#include "common/replica/inside.h"

enum mu_status mu_replica_row(struct mu_replica *replica, struct mu_arena *arena, uint32_t entity,
                              struct mu_id id, struct mu_row *out_row, bool *out_found,
                              struct mu_error *err)
{
    struct mu_row row;
    bool found = false;
    MU_TRY(mu_store_get(replica, arena, entity, mu_id_key(id), &row, &found, err));
    *out_found = found && mu_id_equal(row.id, id);
    if (*out_found) {
        *out_row = row;
    }
    return MU_OK;
}

enum mu_status mu_replica_confirmed(struct mu_replica *replica, struct mu_arena *arena,
                                    uint32_t entity, struct mu_id id, struct mu_row *out_row,
                                    bool *out_found, struct mu_error *err)
{
    struct mu_row row;
    bool dirty = false;
    MU_TRY(mu_base_get(replica, arena, entity, mu_id_key(id), &row, &dirty, err));
    if (!dirty) {
        return mu_replica_row(replica, arena, entity, id, out_row, out_found, err);
    }
    *out_found = row.count > 0 && mu_id_equal(row.id, id);
    if (*out_found) {
        *out_row = row;
    }
    return MU_OK;
}

enum mu_status mu_replica_overlay(struct mu_replica *replica, struct mu_arena *arena,
                                  const struct mu_row *effect, struct mu_error *err)
{
    MU_ASSERT(replica->db->in_transaction);
    int64_t key = mu_id_key(effect->id);
    struct mu_row row = {.entity = effect->entity, .id = effect->id};
    struct mu_row base;
    bool exists = false;
    bool dirty = false;
    if (effect->count == 0) {
        return MU_OK;
    }
    mu_arena_clear(&replica->scratch);
    MU_TRY(mu_base_get(replica, &replica->scratch, effect->entity, key, &base, &dirty, err));
    if (dirty) {
        MU_TRY(mu_store_same_id(&base, effect->id, err));
    }
    MU_TRY(mu_store_get(replica, &replica->scratch, effect->entity, key, &row, &exists, err));
    if (exists) {
        MU_TRY(mu_store_same_id(&row, effect->id, err));
    }
    if (!dirty) {
        MU_TRY(mu_base_put(replica, &row, err));
    }
    (void)arena;
    if (mu_row_merge(&row, &replica->scratch, effect, 0) != MU_OK) {
        return mu_fail(err, MU_E_NOMEM, "no memory for an edit's rows");
    }
    return mu_store_put(replica, &row, exists, mu_store_fields(effect), err);
}

/* Visible = base; *out_dirty tells whether there is one. */
static enum mu_status restore(struct mu_replica *replica, struct mu_row_ref ref, bool *out_dirty,
                              struct mu_error *err)
{
    MU_ASSERT(replica->db->in_transaction);
    int64_t key = mu_id_key(ref.id);
    struct mu_row base;
    struct mu_row visible;
    bool exists = false;
    mu_arena_clear(&replica->scratch);
    MU_TRY(mu_base_get(replica, &replica->scratch, ref.entity, key, &base, out_dirty, err));
    *out_dirty = *out_dirty && mu_id_equal(base.id, ref.id);
    if (!*out_dirty) {
        return MU_OK;
    }
    MU_TRY(mu_store_get(replica, &replica->scratch, ref.entity, key, &visible, &exists, err));
    if (base.count > 0) {
        uint64_t changed = exists ? mu_store_differences(&base, &visible) : UINT64_MAX;
        return mu_store_put(replica, &base, exists, changed, err);
    }
    return exists ? mu_store_delete(replica, ref.entity, key, err) : MU_OK;
}

enum mu_status mu_replica_rewind(struct mu_replica *replica, struct mu_arena *arena,
                                 struct mu_row_ref ref, struct mu_error *err)
{
    (void)arena;
    bool dirty = false;
    return restore(replica, ref, &dirty, err);
}

enum mu_status mu_replica_settle(struct mu_replica *replica, struct mu_arena *arena,
                                 struct mu_row_ref ref, struct mu_error *err)
{
    (void)arena;
    bool dirty = false;
    MU_TRY(restore(replica, ref, &dirty, err));
    return dirty ? mu_base_delete(replica, ref.entity, mu_id_key(ref.id), err) : MU_OK;
}

/* Room for one more, doubling. */
static bool grow(struct mu_row_refs *refs, size_t *room, struct mu_arena *arena)
{
    if (refs->count < *room) {
        return true;
    }
    size_t more = *room == 0 ? 16 : *room * 2;
    struct mu_row_ref *items = mu_arena_array(arena, more, sizeof *items);
    if (items == NULL) {
        return false;
    }
    for (size_t i = 0; i < refs->count; i++) {
        items[i] = refs->items[i];
    }
    refs->items = items;
    *room = more;
    return true;
}

enum mu_status mu_replica_dirty(struct mu_replica *replica, struct mu_arena *arena,
                                struct mu_row_refs *out_refs, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    struct mu_row_refs refs = {0};
    size_t room = 0;
    bool row = false;
    MU_TRY(mu_replica_query(replica, MU_QUERY_BASE_ALL, &stmt, err));
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    while (status == MU_OK && row) {
        if (!grow(&refs, &room, arena)) {
            status = mu_fail(err, MU_E_NOMEM, "no memory for the list of edited rows");
            break;
        }
        refs.items[refs.count++] = (struct mu_row_ref){.entity = (uint32_t)mu_stmt_int(stmt, 0),
                                                       .id = mu_stmt_id(stmt, 1)};
        status = mu_stmt_step(stmt, &row, err);
    }
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_refs = refs;
    }
    return status;
}
