/* Buckets of confirmed rows: read in chunks by the sender of a state transfer, replaced by the
 * receiver. */
#include <string.h>

#include "common/replica/inside.h"

/* Keys of a bucket: low <= key < low + 2^MU_BUCKET_KEY_SHIFT. */
static int64_t bucket_low(unsigned bucket)
{
    return (int64_t)bucket << MU_BUCKET_KEY_SHIFT;
}

static int64_t bucket_high(unsigned bucket)
{
    return bucket_low(bucket + 1);
}

/* -- reading ----------------------------------------------------------------- */

/* Append row whole, or nothing.  *out_fits is false when it would pass out's maximum. */
static enum mu_status append(struct mu_replica *replica, const struct mu_row *row,
                             struct mu_buf *out, bool *out_fits, struct mu_error *err)
{
    size_t before = out->len;
    enum mu_status status = mu_row_encode(row, out);
    *out_fits = status == MU_OK;
    if (status == MU_OK) {
        return MU_OK;
    }
    out->len = before;
    if (status == MU_E_LIMIT && before > 0) {
        return MU_OK;
    }
    return mu_store_fail(replica, status, row->entity, row->id, mu_status_text(status), err);
}

static enum mu_status read_on(struct mu_scan *scan, struct mu_bucket_walk *walk, struct mu_buf *out,
                              struct mu_error *err)
{
    struct mu_replica *replica = scan->replica;
    MU_TRY(mu_scan_seek(scan, walk->entity, walk->key, err));
    for (;;) {
        struct mu_row row;
        int64_t key = 0;
        bool found = false;
        bool fits = false;
        mu_arena_clear(&replica->scratch);
        MU_TRY(mu_scan_next(scan, &replica->scratch, &row, &key, &found, err));
        if (!found) {
            walk->done = true;
            return MU_OK;
        }
        MU_TRY(append(replica, &row, out, &fits, err));
        if (!fits) {
            return MU_OK;
        }
        walk->entity = row.entity;
        walk->key = key;
    }
}

enum mu_status mu_replica_bucket_read(struct mu_replica *replica, struct mu_bucket_walk *walk,
                                      struct mu_buf *out, struct mu_error *err)
{
    MU_ASSERT(walk->bucket < MU_BUCKET_COUNT);
    if (walk->done) {
        return MU_OK;
    }
    struct mu_scan scan;
    mu_scan_init(&scan, replica, bucket_low(walk->bucket), bucket_high(walk->bucket));
    enum mu_status status = read_on(&scan, walk, out, err);
    mu_scan_deinit(&scan);
    return status;
}

/* -- replacing --------------------------------------------------------------- */

/* A row as it came, and what stands in its place. */
struct staged {
    struct mu_row row;
    struct mu_slice bytes;
    bool exists;       /* there is a visible row with this key, and no base image */
    bool dirty;        /* there is a base image with this key */
    bool same;         /* and it is this one */
    uint64_t previous; /* newest seq of what stood there */
};

/* A row that stands and did not come. */
struct leftover {
    uint32_t entity;
    int64_t key;
    bool dirty;
};

struct swap {
    struct mu_replica *replica;
    struct mu_arena *arena;
    unsigned bucket;
    struct staged *staged;
    size_t staged_count, staged_room;
    struct leftover *leftovers;
    size_t leftover_count, leftover_room;
    struct mu_row_refs stale;
};

static enum mu_status no_memory(struct mu_error *err)
{
    return mu_fail(err, MU_E_NOMEM, "no memory for a bucket of rows");
}

/* Room for one more item behind count, doubling. */
static bool grow(struct mu_arena *arena, void **items, size_t count, size_t *room, size_t size)
{
    if (count < *room) {
        return true;
    }
    size_t more = *room == 0 ? 64 : *room * 2;
    uint8_t *bigger = mu_arena_array(arena, more, size);
    if (bigger == NULL) {
        return false;
    }
    if (count > 0) {
        memcpy(bigger, *items, count * size);
    }
    *items = bigger;
    *room = more;
    return true;
}

static int compare(uint32_t entity_a, int64_t key_a, uint32_t entity_b, int64_t key_b)
{
    if (entity_a != entity_b) {
        return entity_a < entity_b ? -1 : 1;
    }
    return (key_a > key_b) - (key_a < key_b);
}

/* Decode what came: rows of this bucket, ascending, none twice. */
static enum mu_status decode_staged(struct swap *swap, struct mu_slice rows, struct mu_error *err)
{
    struct mu_reader reader = mu_reader_of(rows);
    while (!mu_reader_at_end(&reader)) {
        void *items = swap->staged;
        if (!grow(swap->arena, &items, swap->staged_count, &swap->staged_room,
                  sizeof *swap->staged)) {
            return no_memory(err);
        }
        swap->staged = items;
        struct staged *next = &swap->staged[swap->staged_count];
        const uint8_t *start = reader.at;
        enum mu_status status = mu_row_decode(&reader, swap->arena, &next->row);
        if (status == MU_E_NOMEM) {
            return no_memory(err);
        }
        const struct mu_row *last = swap->staged_count == 0 ? NULL : &next[-1].row;
        if (status != MU_OK || next->row.count == 0 || mu_id_bucket(next->row.id) != swap->bucket ||
            (last != NULL && compare(last->entity, mu_id_key(last->id), next->row.entity,
                                     mu_id_key(next->row.id)) >= 0)) {
            return mu_fail(err, MU_E_CORRUPT, "the rows that came for bucket %u are damaged",
                           swap->bucket);
        }
        next->bytes = mu_slice_of(start, (size_t)(reader.at - start));
        swap->staged_count++;
    }
    return MU_OK;
}

static enum mu_status leave_over(struct swap *swap, struct leftover leftover, struct mu_error *err)
{
    void *items = swap->leftovers;
    if (!grow(swap->arena, &items, swap->leftover_count, &swap->leftover_room,
              sizeof *swap->leftovers)) {
        return no_memory(err);
    }
    swap->leftovers = items;
    swap->leftovers[swap->leftover_count++] = leftover;
    return MU_OK;
}

static enum mu_status note_standing(struct swap *swap, struct staged *staged,
                                    const struct mu_row *standing, bool dirty, struct mu_error *err)
{
    struct mu_replica *replica = swap->replica;
    staged->dirty = dirty;
    staged->exists = !dirty;
    if (standing->count == 0) { /* damaged, or the base image of none */
        return MU_OK;
    }
    staged->previous = mu_row_seq(standing);
    mu_buf_clear(&replica->bytes);
    enum mu_status status = mu_row_encode(standing, &replica->bytes);
    if (status != MU_OK) {
        return mu_store_fail(replica, status, standing->entity, standing->id,
                             mu_status_text(status), err);
    }
    staged->same = mu_slice_equal(mu_buf_view(&replica->bytes), staged->bytes);
    return MU_OK;
}

/* Move *at to the first row that came at or behind (entity, key); whether it is that one. */
static bool came(const struct swap *swap, uint32_t entity, int64_t key, size_t *at)
{
    for (; *at < swap->staged_count; ++*at) {
        const struct mu_row *row = &swap->staged[*at].row;
        int order = compare(row->entity, mu_id_key(row->id), entity, key);
        if (order >= 0) {
            return order == 0;
        }
    }
    return false;
}

/* The next row that stands, beside what came. */
static enum mu_status match_next(struct swap *swap, struct mu_scan *scan, size_t *at,
                                 bool *out_found, struct mu_error *err)
{
    struct mu_row row;
    int64_t key = 0;
    mu_arena_clear(&swap->replica->scratch);
    MU_TRY(mu_scan_next(scan, &swap->replica->scratch, &row, &key, out_found, err));
    if (!*out_found) {
        return MU_OK;
    }
    if (came(swap, row.entity, key, at)) {
        return note_standing(swap, &swap->staged[*at], &row, scan->dirty, err);
    }
    if (row.count == 0 && !scan->damaged) {
        return MU_OK; /* a base image of a row that does not exist */
    }
    struct leftover leftover = {.entity = row.entity, .key = key, .dirty = scan->dirty};
    return leave_over(swap, leftover, err);
}

/* Nothing is written while the walk is open. */
static enum mu_status match(struct swap *swap, struct mu_scan *scan, struct mu_error *err)
{
    size_t at = 0;
    bool found = true;
    while (found) {
        MU_TRY(match_next(swap, scan, &at, &found, err));
    }
    return MU_OK;
}

/* The id of a base image, which may be too damaged to be decoded. */
static enum mu_status base_id(struct mu_replica *replica, uint32_t entity, int64_t key,
                              struct mu_id *out_id, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool found = false;
    MU_TRY(mu_replica_query(replica, MU_QUERY_BASE_GET, &stmt, err));
    mu_stmt_bind_int(stmt, 1, entity);
    mu_stmt_bind_int(stmt, 2, key);
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK) {
        *out_id = found ? mu_stmt_id(stmt, 0) : (struct mu_id){0};
    }
    mu_stmt_reset(stmt);
    return status;
}

static enum mu_status mark_stale(struct swap *swap, uint32_t entity, struct mu_id id,
                                 struct mu_error *err)
{
    if (swap->stale.items == NULL) {
        swap->stale.items = mu_arena_array(swap->arena, swap->staged_count + swap->leftover_count,
                                           sizeof *swap->stale.items);
        if (swap->stale.items == NULL) {
            return no_memory(err);
        }
    }
    swap->stale.items[swap->stale.count++] = (struct mu_row_ref){.entity = entity, .id = id};
    return MU_OK;
}

static enum mu_status drop(struct swap *swap, const struct leftover *leftover, struct mu_error *err)
{
    struct mu_row none = {.entity = leftover->entity};
    if (!leftover->dirty) {
        return mu_store_delete(swap->replica, leftover->entity, leftover->key, err);
    }
    MU_TRY(base_id(swap->replica, leftover->entity, leftover->key, &none.id, err));
    MU_TRY(mu_base_put(swap->replica, &none, err));
    return mark_stale(swap, none.entity, none.id, err);
}

static enum mu_status put(struct swap *swap, const struct staged *staged, struct mu_error *err)
{
    struct mu_replica *replica = swap->replica;
    const struct mu_row *row = &staged->row;
    int64_t key = mu_id_key(row->id);
    if (staged->dirty) {
        struct mu_row base = {.entity = row->entity};
        MU_TRY(base_id(replica, row->entity, key, &base.id, err));
        MU_TRY(mu_store_same_id(&base, row->id, err));
        MU_TRY(mu_base_put(replica, row, err));
        return mark_stale(swap, row->entity, row->id, err);
    }
    if (staged->exists) { /* perhaps with another id, or damaged */
        MU_TRY(mu_store_delete(replica, row->entity, key, err));
    }
    return mu_store_put(replica, row, false, UINT64_MAX, err);
}

static enum mu_status write_staged(struct swap *swap, const struct staged *staged,
                                   struct mu_error *err)
{
    const struct mu_row *row = &staged->row;
    MU_TRY(mu_sums_row(swap->replica, row, true, err));
    if (staged->same) {
        return MU_OK;
    }
    MU_TRY(put(swap, staged, err));
    return mu_touched_bridge(swap->replica, mu_id_key(row->id), mu_row_seq(row), staged->previous,
                             err);
}

static enum mu_status write_all(struct swap *swap, struct mu_error *err)
{
    for (size_t i = 0; i < swap->leftover_count; i++) {
        MU_TRY(drop(swap, &swap->leftovers[i], err));
    }
    MU_TRY(mu_sums_begin(swap->replica, err));
    for (size_t i = 0; i < swap->staged_count; i++) {
        MU_TRY(write_staged(swap, &swap->staged[i], err));
    }
    return mu_sums_replace(swap->replica, swap->bucket, err);
}

enum mu_status mu_replica_bucket_replace(struct mu_replica *replica, struct mu_arena *arena,
                                         unsigned bucket, struct mu_slice rows,
                                         struct mu_row_refs *out_stale, struct mu_error *err)
{
    MU_ASSERT(replica->db->in_transaction);
    MU_ASSERT(bucket < MU_BUCKET_COUNT);
    struct swap swap = {.replica = replica, .arena = arena, .bucket = bucket};
    MU_TRY(decode_staged(&swap, rows, err));
    struct mu_scan scan;
    mu_scan_init(&scan, replica, bucket_low(bucket), bucket_high(bucket));
    scan.lenient = true;
    enum mu_status status = match(&swap, &scan, err);
    mu_scan_deinit(&scan);
    MU_TRY(status);
    MU_TRY(write_all(&swap, err));
    *out_stale = swap.stale;
    return MU_OK;
}
