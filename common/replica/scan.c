/* Confirmed rows in the order (entity, key): the visible rows and the base images of each
 * entity, merged by key.  A base image stands for its visible row. */
#include <inttypes.h>

#include "common/replica/inside.h"

void mu_scan_init(struct mu_scan *scan, struct mu_replica *replica, int64_t low, int64_t high)
{
    *scan = (struct mu_scan){.replica = replica, .low = low, .high = high};
}

static void leave(struct mu_scan *scan)
{
    if (scan->rows != NULL) {
        mu_stmt_reset(scan->rows);
        mu_stmt_reset(scan->bases);
    }
    scan->rows = NULL;
    scan->bases = NULL;
}

void mu_scan_deinit(struct mu_scan *scan)
{
    leave(scan);
}

enum mu_status mu_scan_next_entity(struct mu_replica *replica, uint32_t entity, uint32_t *out_next,
                                   struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    int64_t next = INT64_MAX;
    MU_TRY(mu_replica_query(replica, MU_QUERY_NEXT_ENTITY, &stmt, err));
    mu_stmt_bind_int(stmt, 1, entity);
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    if (status == MU_OK && row && !mu_stmt_is_null(stmt, 0)) {
        next = mu_stmt_int(stmt, 0);
    }
    mu_stmt_reset(stmt);
    MU_TRY(status);
    for (size_t i = 0; i < replica->about.entity_count; i++) {
        uint32_t known = replica->about.entities[i].number;
        if (known > entity) {
            next = known < next ? known : next;
            break;
        }
    }
    if (next != INT64_MAX && (next <= entity || next > UINT32_MAX)) {
        return mu_fail(err, MU_E_CORRUPT, "'%s': entity %" PRId64, replica->db->name, next);
    }
    *out_next = next == INT64_MAX ? 0 : (uint32_t)next;
    return MU_OK;
}

static enum mu_status enter(struct mu_scan *scan, uint32_t entity, int64_t low,
                            struct mu_error *err)
{
    struct mu_replica *replica = scan->replica;
    struct mu_table *table = mu_table_find(replica, entity);
    struct mu_stmt *rows = NULL;
    struct mu_stmt *bases = NULL;
    int first = 1;
    if (table != NULL) {
        MU_TRY(mu_table_query(replica, table, MU_TABLE_RANGE, &rows, err));
    } else {
        MU_TRY(mu_replica_query(replica, MU_QUERY_RAW_RANGE, &rows, err));
        mu_stmt_bind_int(rows, first++, entity);
    }
    scan->rows = rows; /* from here on leave() resets them */
    enum mu_status status = mu_replica_query(replica, MU_QUERY_BASE_RANGE, &bases, err);
    if (status != MU_OK) {
        mu_stmt_reset(rows);
        scan->rows = NULL;
        return status;
    }
    scan->bases = bases;
    scan->entity = entity;
    mu_stmt_bind_int(rows, first, low);
    mu_stmt_bind_int(rows, first + 1, scan->high);
    mu_stmt_bind_int(bases, 1, entity);
    mu_stmt_bind_int(bases, 2, low);
    mu_stmt_bind_int(bases, 3, scan->high);
    MU_TRY(mu_stmt_step(rows, &scan->has_row, err));
    return mu_stmt_step(bases, &scan->has_base, err);
}

enum mu_status mu_scan_seek(struct mu_scan *scan, uint32_t entity, int64_t key,
                            struct mu_error *err)
{
    leave(scan);
    scan->entity = entity;
    if (entity == 0) {
        return MU_OK;
    }
    int64_t low = key < scan->low ? scan->low : key + 1;
    return enter(scan, entity, low, err);
}

/* Canonical bytes in column 1 of a statement. */
static enum mu_status read_kept(struct mu_scan *scan, struct mu_stmt *stmt, struct mu_arena *arena,
                                struct mu_row *out_row, struct mu_error *err)
{
    struct mu_row row;
    struct mu_reader reader = mu_reader_of(mu_stmt_blob(stmt, 1));
    enum mu_status status = mu_row_decode(&reader, arena, &row);
    int64_t key = mu_stmt_int(stmt, 0);
    if (status == MU_E_NOMEM) {
        return mu_fail(err, status, "no memory for a row");
    }
    if (status != MU_OK || !mu_reader_at_end(&reader) || row.entity != scan->entity ||
        row.count == 0 || mu_id_key(row.id) != key) {
        return mu_fail(err, MU_E_CORRUPT,
                       "'%s': kept row %" PRId64 " of entity %" PRIu32 " is damaged",
                       scan->replica->db->name, key, scan->entity);
    }
    *out_row = row;
    return MU_OK;
}

static enum mu_status read_row(struct mu_scan *scan, struct mu_arena *arena, struct mu_row *out_row,
                               struct mu_error *err)
{
    struct mu_table *table = mu_table_find(scan->replica, scan->entity);
    return table == NULL
               ? read_kept(scan, scan->rows, arena, out_row, err)
               : mu_table_read(scan->replica, table, scan->rows, arena, false, out_row, err);
}

/* The lower of the two statements' keys: its confirmed row.  The statements are stepped at the
 * next call, so that the row's bytes stay good until then. */
static enum mu_status take(struct mu_scan *scan, struct mu_arena *arena, struct mu_row *out_row,
                           int64_t *out_key, struct mu_error *err)
{
    int64_t row_key = scan->has_row ? mu_stmt_int(scan->rows, 0) : INT64_MAX;
    int64_t base_key = scan->has_base ? mu_stmt_int(scan->bases, 0) : INT64_MAX;
    bool from_base = base_key <= row_key;
    enum mu_status status = MU_OK;
    *out_key = from_base ? base_key : row_key;
    if (from_base && mu_stmt_blob(scan->bases, 1).len == 0) {
        *out_row = (struct mu_row){.entity = scan->entity};
    } else if (from_base) {
        status = read_kept(scan, scan->bases, arena, out_row, err);
    } else {
        status = read_row(scan, arena, out_row, err);
    }
    scan->dirty = from_base;
    scan->damaged = status == MU_E_CORRUPT;
    if (scan->damaged && scan->lenient) {
        *out_row = (struct mu_row){.entity = scan->entity};
        status = MU_OK;
    }
    scan->step_row = row_key <= base_key;
    scan->step_base = from_base;
    return status;
}

static enum mu_status advance(struct mu_scan *scan, struct mu_error *err)
{
    if (scan->step_row && scan->has_row) {
        MU_TRY(mu_stmt_step(scan->rows, &scan->has_row, err));
    }
    if (scan->step_base && scan->has_base) {
        MU_TRY(mu_stmt_step(scan->bases, &scan->has_base, err));
    }
    scan->step_row = false;
    scan->step_base = false;
    return MU_OK;
}

/* On to the next row, or to the next entity; neither: the end. */
static enum mu_status move_on(struct mu_scan *scan, bool *out_on_row, bool *out_more,
                              struct mu_error *err)
{
    if (scan->rows != NULL) {
        MU_TRY(advance(scan, err));
        *out_on_row = scan->has_row || scan->has_base;
        if (*out_on_row) {
            return MU_OK;
        }
    }
    leave(scan);
    uint32_t next = 0;
    *out_on_row = false;
    MU_TRY(mu_scan_next_entity(scan->replica, scan->entity, &next, err));
    *out_more = next != 0;
    return next == 0 ? MU_OK : enter(scan, next, scan->low, err);
}

enum mu_status mu_scan_next(struct mu_scan *scan, struct mu_arena *arena, struct mu_row *out_row,
                            int64_t *out_key, bool *out_found, struct mu_error *err)
{
    bool more = true;
    bool found = false;
    struct mu_row row = {0};
    while (more && !found) {
        bool on_row = false;
        MU_TRY(move_on(scan, &on_row, &more, err));
        enum mu_status status = on_row ? take(scan, arena, &row, out_key, err) : MU_OK;
        MU_TRY(status);
        found = on_row && (row.count > 0 || scan->lenient);
    }
    *out_found = found;
    if (found) {
        *out_row = row;
    }
    return MU_OK;
}
