#include "client/core/tracking_world.h"

static enum mu_status saw(struct mu_tracking_world *tracking, struct mu_touch_key key,
                          struct mu_error *err)
{
    return mu_keyset_add(tracking->touches, key, false, NULL, err);
}

static enum mu_status saw_row(struct mu_tracking_world *tracking, const struct mu_row *row,
                              bool found, struct mu_error *err)
{
    return found ? saw(tracking, mu_touch_row(row->entity, row->id), err) : MU_OK;
}

static enum mu_status row(void *state, struct mu_arena *arena, uint32_t entity, struct mu_id id,
                          struct mu_row *out_row, bool *out_found, struct mu_error *err)
{
    struct mu_tracking_world *tracking = state;
    MU_TRY(saw(tracking, mu_touch_row(entity, id), err));
    return tracking->inner.row(tracking->inner.state, arena, entity, id, out_row, out_found, err);
}

static enum mu_status neighbour(void *state, struct mu_arena *arena, uint32_t entity,
                                struct mu_id parent, struct mu_slice rank, struct mu_id id,
                                bool before, struct mu_row *out_row, bool *out_found,
                                struct mu_error *err)
{
    struct mu_tracking_world *tracking = state;
    MU_TRY(saw(tracking, mu_touch_place(entity, parent), err));
    MU_TRY(tracking->inner.neighbour(tracking->inner.state, arena, entity, parent, rank, id, before,
                                     out_row, out_found, err));
    return saw_row(tracking, out_row, *out_found, err);
}

static enum mu_status column_of_kind(void *state, struct mu_arena *arena, struct mu_id board,
                                     int64_t kind, struct mu_row *out_row, bool *out_found,
                                     struct mu_error *err)
{
    struct mu_tracking_world *tracking = state;
    MU_TRY(saw(tracking, mu_touch_kind(), err));
    MU_TRY(tracking->inner.column_of_kind(tracking->inner.state, arena, board, kind, out_row,
                                          out_found, err));
    return saw_row(tracking, out_row, *out_found, err);
}

static enum mu_status person_of_handle(void *state, struct mu_slice handle, struct mu_id *out_id,
                                       bool *out_found, struct mu_error *err)
{
    struct mu_tracking_world *tracking = state;
    MU_TRY(saw(tracking, mu_touch_people(), err));
    return tracking->inner.person_of_handle(tracking->inner.state, handle, out_id, out_found, err);
}

static enum mu_status other_lead(void *state, struct mu_id person, bool *out_found,
                                 struct mu_error *err)
{
    struct mu_tracking_world *tracking = state;
    MU_TRY(saw(tracking, mu_touch_people(), err));
    return tracking->inner.other_lead(tracking->inner.state, person, out_found, err);
}

static enum mu_status other_device(void *state, struct mu_id person, struct mu_id device,
                                   bool *out_found, struct mu_error *err)
{
    struct mu_tracking_world *tracking = state;
    MU_TRY(saw(tracking, mu_touch_people(), err));
    return tracking->inner.other_device(tracking->inner.state, person, device, out_found, err);
}

static enum mu_status last_number(void *state, uint32_t entity, int64_t *out_number,
                                  struct mu_error *err)
{
    (void)state;
    (void)out_number;
    return mu_fail(err, MU_E_INTERNAL, "a prediction asked for the last number of entity %u",
                   (unsigned)entity);
}

static enum mu_status bound(void *state, struct mu_arena *arena, enum mu_bond bond,
                            struct mu_id task, struct mu_id above, struct mu_row *out_row,
                            bool *out_found, struct mu_error *err)
{
    struct mu_tracking_world *tracking = state;
    uint32_t entity = bond == MU_BOND_BLOCKER ? MU_BLOCKER : MU_COMMITMENT;
    MU_TRY(saw(tracking, mu_touch_place(entity, task), err));
    MU_TRY(tracking->inner.bound(tracking->inner.state, arena, bond, task, above, out_row,
                                 out_found, err));
    return saw_row(tracking, out_row, *out_found, err);
}

static enum mu_status writer(void *state, uint64_t seq, struct mu_writer *out_writer,
                             bool *out_found, struct mu_error *err)
{
    (void)state;
    (void)out_writer;
    (void)out_found;
    return mu_fail(err, MU_E_INTERNAL, "a prediction asked who wrote change %llu",
                   (unsigned long long)seq);
}

struct mu_world mu_tracking_world(struct mu_tracking_world *tracking)
{
    return (struct mu_world){.state = tracking,
                             .row = row,
                             .neighbour = neighbour,
                             .column_of_kind = column_of_kind,
                             .person_of_handle = person_of_handle,
                             .other_lead = other_lead,
                             .other_device = other_device,
                             .last_number = last_number,
                             .bound = bound,
                             .writer = writer,
                             .derive = tracking->inner.derive};
}
