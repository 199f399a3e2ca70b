/* Confirmed effects into the board. */
#include "common/replica/inside.h"

struct apply {
    struct mu_replica *replica;
    struct mu_arena *arena; /* the caller's */
    uint64_t seq;
    size_t effect_count;
    bool any_dirty; /* is there any base image? */
    struct mu_row_refs stale;
};

/* The confirmed row that effect changes: the base image of a dirty row, else the visible row;
 * one without cells when there is none yet. */
static enum mu_status confirmed(struct apply *apply, const struct mu_row *effect,
                                struct mu_row *out_row, bool *out_dirty, bool *out_exists,
                                struct mu_error *err)
{
    struct mu_replica *replica = apply->replica;
    int64_t key = mu_id_key(effect->id);
    struct mu_row row;
    bool found = false;
    *out_dirty = false;
    if (apply->any_dirty) {
        MU_TRY(mu_base_get(replica, &replica->scratch, effect->entity, key, &row, out_dirty, err));
    }
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

/* The cells of effect, with seq, over those of row; their bytes stay borrowed. */
static bool merge(struct mu_row *row, struct mu_arena *arena, const struct mu_row *effect,
                  uint64_t seq)
{
    size_t room = row->count + effect->count;
    struct mu_cell *cells = mu_arena_array(arena, room, sizeof *cells);
    if (cells == NULL) {
        return false;
    }
    size_t count = 0;
    size_t at = 0;
    for (size_t i = 0; i < effect->count; i++) {
        uint32_t field = effect->cells[i].field;
        MU_ASSERT(field > (i == 0 ? 0 : effect->cells[i - 1].field));
        while (at < row->count && row->cells[at].field < field) {
            cells[count++] = row->cells[at++];
        }
        at += at < row->count && row->cells[at].field == field;
        cells[count] = effect->cells[i];
        cells[count++].seq = seq;
    }
    while (at < row->count) {
        cells[count++] = row->cells[at++];
    }
    row->cells = cells;
    row->count = count;
    row->room = room;
    return true;
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

static enum mu_status mark_stale(struct apply *apply, const struct mu_row *row, uint64_t previous,
                                 struct mu_error *err)
{
    struct mu_row_refs *stale = &apply->stale;
    if (stale->items == NULL) {
        stale->items = mu_arena_array(apply->arena, apply->effect_count, sizeof *stale->items);
        if (stale->items == NULL) {
            return no_memory(err);
        }
    }
    if (previous != apply->seq || !listed(stale, row)) { /* an earlier effect of this change */
        stale->items[stale->count++] = (struct mu_row_ref){.entity = row->entity, .id = row->id};
    }
    return MU_OK;
}

static enum mu_status apply_one(struct apply *apply, const struct mu_row *effect,
                                struct mu_error *err)
{
    struct mu_replica *replica = apply->replica;
    struct mu_row row;
    bool dirty = false;
    bool exists = false;
    if (effect->entity == 0) {
        return mu_fail(err, MU_E_INVALID, "a change names a row of no entity");
    }
    if (effect->count == 0) {
        return MU_OK;
    }
    mu_arena_clear(&replica->scratch);
    MU_TRY(confirmed(apply, effect, &row, &dirty, &exists, err));
    uint64_t previous = mu_row_seq(&row);
    MU_TRY(mu_sums_row(replica, &row, false, err));
    if (!merge(&row, &replica->scratch, effect, apply->seq)) {
        return no_memory(err);
    }
    MU_TRY(mu_sums_row(replica, &row, true, err));
    if (previous > 0 && previous < apply->seq) {
        MU_TRY(mu_touched_add(replica, mu_id_key(row.id), apply->seq, previous, err));
    }
    if (!dirty) {
        return mu_store_put(replica, &row, exists, mu_store_fields(effect), err);
    }
    MU_TRY(mu_base_put(replica, &row, err));
    return mark_stale(apply, &row, previous, err);
}

enum mu_status mu_replica_apply(struct mu_replica *replica, struct mu_arena *arena,
                                const struct mu_row *effects, size_t effect_count, uint64_t seq,
                                struct mu_row_refs *out_stale, struct mu_error *err)
{
    MU_ASSERT(replica->db->in_transaction);
    struct apply apply = {
        .replica = replica, .arena = arena, .seq = seq, .effect_count = effect_count};
    if (seq == 0 || seq > INT64_MAX) {
        return mu_fail(err, MU_E_INVALID, "a change without a number in the order");
    }
    mu_buf_clear(&replica->touched);
    MU_TRY(mu_sums_begin(replica, err));
    MU_TRY(mu_base_any(replica, &apply.any_dirty, err));
    for (size_t i = 0; i < effect_count; i++) {
        MU_TRY(apply_one(&apply, &effects[i], err));
    }
    MU_TRY(mu_sums_flush(replica, err));
    MU_TRY(mu_touched_flush(replica, seq, err));
    *out_stale = apply.stale;
    return MU_OK;
}
