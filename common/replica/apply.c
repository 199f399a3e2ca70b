/* Confirmed effects into the board. */
#include "common/replica/inside.h"

/* The confirmed row that effect changes: the base image of a dirty row, else the visible row;
 * one without cells when there is none yet. */
static enum mu_status confirmed(struct mu_replica *replica, const struct mu_row *effect,
                                struct mu_row *out_row, bool *out_dirty, bool *out_exists,
                                struct mu_error *err)
{
    int64_t key = mu_id_key(effect->id);
    struct mu_row row;
    bool found = false;
    MU_TRY(mu_base_get(replica, &replica->scratch, effect->entity, key, &row, out_dirty, err));
    if (!*out_dirty) {
        MU_TRY(mu_store_get(replica, &replica->scratch, effect->entity, key, &row, &found, err));
    }
    if (*out_dirty || found) {
        MU_TRY(mu_store_same_id(&row, effect->id, err));
        *out_row = row;
    } else {
        *out_row = (struct mu_row){.entity = effect->entity, .id = effect->id};
    }
    *out_exists = found;
    return MU_OK;
}

static enum mu_status no_memory(struct mu_error *err)
{
    return mu_fail(err, MU_E_NOMEM, "no memory for a change's rows");
}

static bool listed(const struct mu_row_refs *refs, const struct mu_row *row)
{
    for (size_t i = 0; i < refs->count; i++) {
        if (refs->items[i].entity == row->entity && mu_id_equal(refs->items[i].id, row->id)) {
            return true;
        }
    }
    return false;
}

static enum mu_status apply_one(struct mu_replica *replica, struct mu_arena *arena,
                                const struct mu_row *effect, uint64_t seq, size_t effect_count,
                                struct mu_row_refs *stale, struct mu_error *err)
{
    struct mu_row row;
    bool dirty = false;
    bool exists = false;
    mu_arena_clear(&replica->scratch);
    MU_TRY(confirmed(replica, effect, &row, &dirty, &exists, err));
    uint64_t previous = mu_row_seq(&row);
    MU_TRY(mu_sums_row(replica, &row, false, err));
    if (mu_row_merge(&row, &replica->scratch, effect, seq) != MU_OK) {
        return no_memory(err);
    }
    MU_TRY(mu_sums_row(replica, &row, true, err));
    if (previous > 0 && previous < seq) {
        MU_TRY(mu_touched_add(replica, mu_id_key(row.id), seq, previous, err));
    }
    if (!dirty) {
        return mu_store_put(replica, &row, exists, mu_store_fields(effect), err);
    }
    MU_TRY(mu_base_put(replica, &row, err));
    if (stale->items == NULL) {
        stale->items = mu_arena_array(arena, effect_count, sizeof *stale->items);
        if (stale->items == NULL) {
            return no_memory(err);
        }
    }
    if (previous != seq || !listed(stale, &row)) { /* an earlier effect of this change */
        stale->items[stale->count++] = (struct mu_row_ref){.entity = row.entity, .id = row.id};
    }
    return MU_OK;
}

enum mu_status mu_replica_apply(struct mu_replica *replica, struct mu_arena *arena,
                                const struct mu_row *effects, size_t effect_count, uint64_t seq,
                                struct mu_row_refs *out_stale, struct mu_error *err)
{
    MU_ASSERT(replica->db->in_transaction);
    struct mu_row_refs stale = {0};
    if (seq == 0 || seq > INT64_MAX) {
        return mu_fail(err, MU_E_INVALID, "a change without a number in the order");
    }
    mu_buf_clear(&replica->touched);
    MU_TRY(mu_sums_begin(replica, err));
    for (size_t i = 0; i < effect_count; i++) {
        if (effects[i].entity == 0) {
            return mu_fail(err, MU_E_INVALID, "a change names a row of no entity");
        }
        if (effects[i].count > 0) {
            MU_TRY(apply_one(replica, arena, &effects[i], seq, effect_count, &stale, err));
        }
    }
    MU_TRY(mu_sums_flush(replica, err));
    MU_TRY(mu_touched_flush(replica, seq, err));
    *out_stale = stale;
    return MU_OK;
}
