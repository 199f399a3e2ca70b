/* The rules' questions, answered from the visible rows. */
#include "common/replica/inside.h"
#include "common/seal/hash.h"

static enum mu_status row(void *state, struct mu_arena *arena, uint32_t entity, struct mu_id id,
                          struct mu_row *out_row, bool *out_found, struct mu_error *err)
{
    return mu_replica_row(state, arena, entity, id, out_row, out_found, err);
}

/* The row whose key the statement brings first; resets it. */
static enum mu_status first_row(struct mu_replica *replica, struct mu_stmt *stmt, uint32_t entity,
                                struct mu_arena *arena, struct mu_row *out_row, bool *out_found,
                                struct mu_error *err)
{
    bool found = false;
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    int64_t key = status == MU_OK && found ? mu_stmt_int(stmt, 0) : 0;
    mu_stmt_reset(stmt);
    MU_TRY(status);
    *out_found = false;
    return found ? mu_store_get(replica, arena, entity, key, out_row, out_found, err) : MU_OK;
}

static bool neighbour_query(uint32_t entity, bool before, enum mu_replica_query *out_which)
{
    switch (entity) {
    case MU_TASK:
        *out_which = before ? MU_QUERY_TASK_BEFORE : MU_QUERY_TASK_AFTER;
        return true;
    case MU_COLUMN:
        *out_which = before ? MU_QUERY_COLUMN_BEFORE : MU_QUERY_COLUMN_AFTER;
        return true;
    case MU_CHECKLIST:
        *out_which = before ? MU_QUERY_CHECKLIST_BEFORE : MU_QUERY_CHECKLIST_AFTER;
        return true;
    case MU_ITEM:
        *out_which = before ? MU_QUERY_ITEM_BEFORE : MU_QUERY_ITEM_AFTER;
        return true;
    default:
        return false;
    }
}

static enum mu_status neighbour(void *state, struct mu_arena *arena, uint32_t entity,
                                struct mu_id parent, struct mu_slice rank, struct mu_id id,
                                bool before, struct mu_row *out_row, bool *out_found,
                                struct mu_error *err)
{
    struct mu_replica *replica = state;
    enum mu_replica_query which = MU_QUERY_TASK_AFTER;
    struct mu_stmt *stmt = NULL;
    if (!neighbour_query(entity, before, &which)) {
        return mu_fail(err, MU_E_INTERNAL, "rows of entity %u have no order", (unsigned)entity);
    }
    /* The open end behind the last: a rank above every valid one ("" is below them all), and
     * the id that it needs to pass the comparison. */
    struct mu_slice place = before && rank.len == 0 ? mu_slice_str("\x7f") : rank;
    MU_TRY(mu_replica_query(replica, which, &stmt, err));
    mu_stmt_bind_blob(stmt, 1, mu_id_view(&parent));
    mu_stmt_bind_text(stmt, 2, place);
    mu_stmt_bind_blob(stmt, 3, mu_id_view(&id));
    return first_row(replica, stmt, entity, arena, out_row, out_found, err);
}

static enum mu_status column_of_kind(void *state, struct mu_arena *arena, struct mu_id board,
                                     int64_t kind, struct mu_row *out_row, bool *out_found,
                                     struct mu_error *err)
{
    struct mu_replica *replica = state;
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_replica_query(replica, MU_QUERY_COLUMN_OF_KIND, &stmt, err));
    mu_stmt_bind_blob(stmt, 1, mu_id_view(&board));
    mu_stmt_bind_int(stmt, 2, kind);
    return first_row(replica, stmt, MU_COLUMN, arena, out_row, out_found, err);
}

static enum mu_status person_of_handle(void *state, struct mu_slice handle, struct mu_id *out_id,
                                       bool *out_found, struct mu_error *err)
{
    struct mu_replica *replica = state;
    struct mu_stmt *stmt = NULL;
    bool found = false;
    MU_TRY(mu_replica_query(replica, MU_QUERY_PERSON_OF_HANDLE, &stmt, err));
    mu_stmt_bind_text(stmt, 1, handle);
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK && found) {
        *out_id = mu_stmt_id(stmt, 0);
    }
    mu_stmt_reset(stmt);
    *out_found = found;
    return status;
}

/* Whether the statement brings a row; resets it. */
static enum mu_status any_row(struct mu_stmt *stmt, bool *out_found, struct mu_error *err)
{
    enum mu_status status = mu_stmt_step(stmt, out_found, err);
    mu_stmt_reset(stmt);
    return status;
}

static enum mu_status other_lead(void *state, struct mu_id person, bool *out_found,
                                 struct mu_error *err)
{
    struct mu_replica *replica = state;
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_replica_query(replica, MU_QUERY_OTHER_LEAD, &stmt, err));
    mu_stmt_bind_blob(stmt, 1, mu_id_view(&person));
    return any_row(stmt, out_found, err);
}

static enum mu_status other_device(void *state, struct mu_id person, struct mu_id device,
                                   bool *out_found, struct mu_error *err)
{
    struct mu_replica *replica = state;
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_replica_query(replica, MU_QUERY_OTHER_DEVICE, &stmt, err));
    mu_stmt_bind_blob(stmt, 1, mu_id_view(&person));
    mu_stmt_bind_blob(stmt, 2, mu_id_view(&device));
    return any_row(stmt, out_found, err);
}

static enum mu_status last_number(void *state, uint32_t entity, int64_t *out_number,
                                  struct mu_error *err)
{
    struct mu_replica *replica = state;
    struct mu_stmt *stmt = NULL;
    bool found = false;
    if (entity != MU_TASK && entity != MU_GOAL) {
        *out_number = 0; /* nothing else is numbered */
        return MU_OK;
    }
    MU_TRY(mu_replica_query(
        replica, entity == MU_TASK ? MU_QUERY_TASK_NUMBER : MU_QUERY_GOAL_NUMBER, &stmt, err));
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    int64_t number = status == MU_OK && found ? mu_stmt_int(stmt, 0) : 0;
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out_number = number;
    }
    return status;
}

static enum mu_status bound(void *state, struct mu_arena *arena, enum mu_bond bond,
                            struct mu_id task, struct mu_id above, struct mu_row *out_row,
                            bool *out_found, struct mu_error *err)
{
    struct mu_replica *replica = state;
    struct mu_stmt *stmt = NULL;
    bool blocker = bond == MU_BOND_BLOCKER;
    MU_TRY(mu_replica_query(replica, blocker ? MU_QUERY_BLOCKER_BOUND : MU_QUERY_COMMITMENT_BOUND,
                            &stmt, err));
    mu_stmt_bind_blob(stmt, 1, mu_id_view(&task));
    mu_stmt_bind_blob(stmt, 2, mu_id_view(&above));
    return first_row(replica, stmt, blocker ? MU_BLOCKER : MU_COMMITMENT, arena, out_row, out_found,
                     err);
}

static enum mu_status writer(void *state, uint64_t seq, struct mu_writer *out_writer,
                             bool *out_found, struct mu_error *err)
{
    struct mu_note note;
    MU_TRY(mu_replica_note_get(state, seq, &note, out_found, err));
    if (*out_found) {
        *out_writer = (struct mu_writer){.replica = note.replica,
                                         .person = note.person,
                                         .at_ms = note.at_ms,
                                         .received_ms = note.received_ms};
    }
    return MU_OK;
}

struct mu_world mu_replica_world(struct mu_replica *replica)
{
    return (struct mu_world){
        .state = replica,
        .row = row,
        .neighbour = neighbour,
        .column_of_kind = column_of_kind,
        .person_of_handle = person_of_handle,
        .other_lead = other_lead,
        .other_device = other_device,
        .last_number = last_number,
        .bound = bound,
        .writer = writer,
        .derive = mu_id_derive,
    };
}
