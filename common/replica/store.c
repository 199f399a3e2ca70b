/* Rows of any entity by storage key: the table of a known one, mu_raw for the others; and
 * the base images of dirty rows. */
#include <inttypes.h>

#include "common/replica/inside.h"

enum mu_status mu_store_fail(struct mu_replica *replica, enum mu_status status, uint32_t entity,
                             struct mu_id id, const char *what, struct mu_error *err)
{
    char text[MU_ID_TEXT_LEN + 1];
    mu_id_text(id, text);
    const struct mu_table *table = mu_table_find(replica, entity);
    if (table == NULL) {
        return mu_fail(err, status, "entity %" PRIu32 " %s: %s", entity, text, what);
    }
    return mu_fail(err, status, "%s %s: %s", table->entity->name, text, what);
}

enum mu_status mu_store_same_id(const struct mu_row *stored, struct mu_id id, struct mu_error *err)
{
    if (mu_id_equal(stored->id, id)) {
        return MU_OK;
    }
    char theirs[MU_ID_TEXT_LEN + 1];
    char ours[MU_ID_TEXT_LEN + 1];
    mu_id_text(id, theirs);
    mu_id_text(stored->id, ours);
    return mu_fail(err, MU_E_CONFLICT, "row %s has the storage key of row %s", theirs, ours);
}

uint64_t mu_store_fields(const struct mu_row *effect)
{
    uint64_t mask = 0;
    for (size_t i = 0; i < effect->count; i++) {
        mask |= mu_field_bit(effect->cells[i].field);
    }
    return mask;
}

uint64_t mu_store_differences(const struct mu_row *a, const struct mu_row *b)
{
    uint64_t mask = 0;
    size_t i = 0;
    size_t j = 0;
    while (i < a->count || j < b->count) {
        uint64_t left = i < a->count ? a->cells[i].field : UINT64_MAX;
        uint64_t right = j < b->count ? b->cells[j].field : UINT64_MAX;
        if (left != right || !mu_value_equal(a->cells[i].value, b->cells[j].value)) {
            mask |= mu_field_bit((uint32_t)(left < right ? left : right));
        }
        i += left <= right;
        j += right <= left;
    }
    return mask;
}

/* The canonical bytes of one row, which must be of this entity and key. */
static enum mu_status decode(struct mu_replica *replica, struct mu_arena *arena,
                             struct mu_slice bytes, uint32_t entity, int64_t key,
                             struct mu_row *out_row, struct mu_error *err)
{
    struct mu_slice copy;
    if (!mu_arena_copy(arena, bytes, &copy)) {
        return mu_fail(err, MU_E_NOMEM, "no memory for a row");
    }
    struct mu_row row;
    struct mu_reader reader = mu_reader_of(copy);
    enum mu_status status = mu_row_decode(&reader, arena, &row);
    if (status == MU_E_NOMEM) {
        return mu_fail(err, status, "no memory for a row");
    }
    if (status != MU_OK || !mu_reader_at_end(&reader) || row.entity != entity ||
        mu_id_key(row.id) != key || row.count == 0) {
        return mu_fail(err, MU_E_CORRUPT,
                       "'%s': kept row %" PRId64 " of entity %" PRIu32 " is damaged",
                       replica->db->name, key, entity);
    }
    *out_row = row;
    return MU_OK;
}

static enum mu_status encode(struct mu_replica *replica, const struct mu_row *row,
                             struct mu_slice *out_bytes, struct mu_error *err)
{
    mu_buf_clear(&replica->bytes);
    enum mu_status status = row->count == 0 ? MU_OK : mu_row_encode(row, &replica->bytes);
    if (status != MU_OK) {
        return mu_store_fail(replica, status, row->entity, row->id, mu_status_text(status), err);
    }
    *out_bytes = mu_buf_view(&replica->bytes);
    return MU_OK;
}

/* -- rows -------------------------------------------------------------------- */

static enum mu_status get_raw(struct mu_replica *replica, struct mu_arena *arena, uint32_t entity,
                              int64_t key, struct mu_row *out_row, bool *out_found,
                              struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_replica_query(replica, MU_QUERY_RAW_GET, &stmt, err));
    mu_stmt_bind_int(stmt, 1, entity);
    mu_stmt_bind_int(stmt, 2, key);
    bool found = false;
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK && found) {
        status = decode(replica, arena, mu_stmt_blob(stmt, 0), entity, key, out_row, err);
    }
    mu_stmt_reset(stmt);
    *out_found = found;
    return status;
}

enum mu_status mu_store_get(struct mu_replica *replica, struct mu_arena *arena, uint32_t entity,
                            int64_t key, struct mu_row *out_row, bool *out_found,
                            struct mu_error *err)
{
    struct mu_table *table = mu_table_find(replica, entity);
    if (table == NULL) {
        return get_raw(replica, arena, entity, key, out_row, out_found, err);
    }
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_table_query(replica, table, MU_TABLE_GET, &stmt, err));
    mu_stmt_bind_int(stmt, 1, key);
    bool found = false;
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK && found) {
        status = mu_table_read(replica, table, stmt, arena, true, out_row, err);
    }
    mu_stmt_reset(stmt);
    *out_found = found;
    return status;
}

enum mu_status mu_store_put(struct mu_replica *replica, const struct mu_row *row, bool exists,
                            uint64_t changed, struct mu_error *err)
{
    struct mu_table *table = mu_table_find(replica, row->entity);
    if (table != NULL) {
        return mu_table_write(replica, table, row, exists, changed, err);
    }
    struct mu_slice bytes;
    MU_TRY(encode(replica, row, &bytes, err));
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_replica_query(replica, MU_QUERY_RAW_PUT, &stmt, err));
    mu_stmt_bind_int(stmt, 1, row->entity);
    mu_stmt_bind_int(stmt, 2, mu_id_key(row->id));
    mu_stmt_bind_blob(stmt, 3, bytes);
    return mu_stmt_run(stmt, err);
}

enum mu_status mu_store_delete(struct mu_replica *replica, uint32_t entity, int64_t key,
                               struct mu_error *err)
{
    struct mu_table *table = mu_table_find(replica, entity);
    struct mu_stmt *stmt = NULL;
    if (table != NULL) {
        MU_TRY(mu_table_query(replica, table, MU_TABLE_DELETE, &stmt, err));
        mu_stmt_bind_int(stmt, 1, key);
    } else {
        MU_TRY(mu_replica_query(replica, MU_QUERY_RAW_DELETE, &stmt, err));
        mu_stmt_bind_int(stmt, 1, entity);
        mu_stmt_bind_int(stmt, 2, key);
    }
    return mu_stmt_run(stmt, err);
}

/* -- base images ------------------------------------------------------------- */

enum mu_status mu_base_get(struct mu_replica *replica, struct mu_arena *arena, uint32_t entity,
                           int64_t key, struct mu_row *out_row, bool *out_found,
                           struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_replica_query(replica, MU_QUERY_BASE_GET, &stmt, err));
    mu_stmt_bind_int(stmt, 1, entity);
    mu_stmt_bind_int(stmt, 2, key);
    bool found = false;
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK && found) {
        struct mu_slice image = mu_stmt_blob(stmt, 1);
        if (image.len == 0) {
            *out_row = (struct mu_row){.entity = entity, .id = mu_stmt_id(stmt, 0)};
        } else {
            status = decode(replica, arena, image, entity, key, out_row, err);
        }
    }
    mu_stmt_reset(stmt);
    *out_found = found;
    return status;
}

enum mu_status mu_base_any(struct mu_replica *replica, bool *out_any, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_replica_query(replica, MU_QUERY_BASE_ANY, &stmt, err));
    enum mu_status status = mu_stmt_step(stmt, out_any, err);
    mu_stmt_reset(stmt);
    return status;
}

enum mu_status mu_base_put(struct mu_replica *replica, const struct mu_row *row,
                           struct mu_error *err)
{
    struct mu_slice image;
    MU_TRY(encode(replica, row, &image, err));
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_replica_query(replica, MU_QUERY_BASE_PUT, &stmt, err));
    mu_stmt_bind_int(stmt, 1, row->entity);
    mu_stmt_bind_int(stmt, 2, mu_id_key(row->id));
    mu_stmt_bind_blob(stmt, 3, mu_id_view(&row->id));
    mu_stmt_bind_blob(stmt, 4, image);
    return mu_stmt_run(stmt, err);
}

enum mu_status mu_base_delete(struct mu_replica *replica, uint32_t entity, int64_t key,
                              struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_replica_query(replica, MU_QUERY_BASE_DELETE, &stmt, err));
    mu_stmt_bind_int(stmt, 1, entity);
    mu_stmt_bind_int(stmt, 2, key);
    return mu_stmt_run(stmt, err);
}
