/* The digest: per bucket the sum mod 2^256 of a keyed hash of each confirmed row, so that it
 * neither depends on the order in which rows came nor needs the others to change one. */
#include <string.h>

#include "common/replica/inside.h"
#include "common/seal/hash.h"

#define LABEL "muster digest"

static struct mu_sum sum_of(const uint8_t bytes[static MU_HASH_LEN])
{
    struct mu_sum sum = {0};
    for (size_t i = 0; i < MU_HASH_LEN; i++) {
        sum.limbs[i / 8] |= (uint64_t)bytes[i] << (8 * (i % 8));
    }
    return sum;
}

static struct mu_hash bytes_of(const struct mu_sum *sum)
{
    struct mu_hash hash;
    for (size_t i = 0; i < MU_HASH_LEN; i++) {
        hash.bytes[i] = (uint8_t)(sum->limbs[i / 8] >> (8 * (i % 8)));
    }
    return hash;
}

static void add(struct mu_sum *sum, const struct mu_sum *more)
{
    uint64_t carry = 0;
    for (size_t i = 0; i < 4; i++) {
        uint64_t with_carry = sum->limbs[i] + carry;
        carry = with_carry < carry;
        sum->limbs[i] = with_carry + more->limbs[i];
        carry += sum->limbs[i] < with_carry;
    }
}

/* -x = ~x + 1 */
static void negate(struct mu_sum *sum)
{
    static const struct mu_sum one = {{1, 0, 0, 0}};
    for (size_t i = 0; i < 4; i++) {
        sum->limbs[i] = ~sum->limbs[i];
    }
    add(sum, &one);
}

/* BLAKE2b-256(label || workspace id), of 16 zero bytes while there is none. */
static enum mu_status read_key(struct mu_replica *replica, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool found = false;
    struct mu_id workspace = {0};
    if (replica->sums.key_known) {
        return MU_OK;
    }
    MU_TRY(mu_replica_query(replica, MU_QUERY_META_GET, &stmt, err));
    mu_stmt_bind_text(stmt, 1, mu_slice_str(MU_META_WORKSPACE));
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK && found && !mu_id_from_slice(mu_stmt_blob(stmt, 0), &workspace)) {
        status = mu_fail(err, MU_E_CORRUPT, "'%s': its workspace id is damaged", replica->db->name);
    }
    mu_stmt_reset(stmt);
    MU_TRY(status);
    struct mu_hasher hasher;
    mu_hasher_init(&hasher, NULL);
    mu_hasher_add(&hasher, mu_slice_str(LABEL));
    mu_hasher_add(&hasher, mu_id_view(&workspace));
    mu_hasher_end(&hasher, &replica->sums.key);
    replica->sums.key_known = found && !replica->sums.founding;
    return MU_OK;
}

enum mu_status mu_sums_begin(struct mu_replica *replica, struct mu_error *err)
{
    struct mu_sums *sums = &replica->sums;
    for (size_t i = 0; i < sums->count; i++) {
        sums->touched[sums->list[i]] = false;
        sums->delta[sums->list[i]] = (struct mu_sum){0};
    }
    sums->count = 0;
    return read_key(replica, err);
}

enum mu_status mu_sums_row(struct mu_replica *replica, const struct mu_row *row, bool plus,
                           struct mu_error *err)
{
    if (row->count == 0) {
        return MU_OK;
    }
    mu_buf_clear(&replica->bytes);
    enum mu_status status = mu_row_encode(row, &replica->bytes);
    if (status != MU_OK) {
        return mu_store_fail(replica, status, row->entity, row->id, mu_status_text(status), err);
    }
    struct mu_hash hash;
    mu_hash_keyed(&replica->sums.key, mu_buf_view(&replica->bytes), &hash);
    struct mu_sum sum = sum_of(hash.bytes);
    if (!plus) {
        negate(&sum);
    }
    unsigned bucket = mu_id_bucket(row->id);
    struct mu_sums *sums = &replica->sums;
    add(&sums->delta[bucket], &sum);
    if (!sums->touched[bucket]) {
        sums->touched[bucket] = true;
        sums->list[sums->count++] = (uint8_t)bucket;
    }
    return MU_OK;
}

static enum mu_status store(struct mu_replica *replica, unsigned bucket, const struct mu_sum *sum,
                            struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    struct mu_hash bytes = bytes_of(sum);
    MU_TRY(mu_replica_query(replica, MU_QUERY_SUM_SET, &stmt, err));
    mu_stmt_bind_int(stmt, 1, bucket);
    mu_stmt_bind_blob(stmt, 2, mu_hash_view(&bytes));
    return mu_stmt_run(stmt, err);
}

static enum mu_status damaged(const struct mu_replica *replica, struct mu_error *err)
{
    return mu_fail(err, MU_E_CORRUPT, "'%s': its digest is damaged", replica->db->name);
}

static enum mu_status load(struct mu_replica *replica, unsigned bucket, struct mu_sum *out_sum,
                           struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool found = false;
    struct mu_hash bytes = {0};
    MU_TRY(mu_replica_query(replica, MU_QUERY_SUM_GET, &stmt, err));
    mu_stmt_bind_int(stmt, 1, bucket);
    enum mu_status status = mu_stmt_step(stmt, &found, err);
    if (status == MU_OK && found && !mu_hash_from_slice(mu_stmt_blob(stmt, 0), &bytes)) {
        status = damaged(replica, err);
    }
    mu_stmt_reset(stmt);
    *out_sum = sum_of(bytes.bytes);
    return status;
}

static enum mu_status flush(struct mu_replica *replica, unsigned bucket, struct mu_error *err)
{
    struct mu_sum sum;
    MU_TRY(load(replica, bucket, &sum, err));
    add(&sum, &replica->sums.delta[bucket]);
    return store(replica, bucket, &sum, err);
}

enum mu_status mu_sums_flush(struct mu_replica *replica, struct mu_error *err)
{
    for (size_t i = 0; i < replica->sums.count; i++) {
        MU_TRY(flush(replica, replica->sums.list[i], err));
    }
    return MU_OK;
}

enum mu_status mu_sums_replace(struct mu_replica *replica, unsigned bucket, struct mu_error *err)
{
    return store(replica, bucket, &replica->sums.delta[bucket], err);
}

enum mu_status mu_replica_digest(struct mu_replica *replica, struct mu_digest *out,
                                 struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    struct mu_digest digest = {0};
    MU_TRY(mu_replica_query(replica, MU_QUERY_SUMS, &stmt, err));
    bool row = false;
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    while (status == MU_OK && row) {
        int64_t bucket = mu_stmt_int(stmt, 0);
        if (bucket < 0 || bucket >= MU_BUCKET_COUNT ||
            !mu_hash_from_slice(mu_stmt_blob(stmt, 1), &digest.buckets[bucket])) {
            status = damaged(replica, err);
        } else {
            status = mu_stmt_step(stmt, &row, err);
        }
    }
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out = digest;
    }
    return status;
}

struct mu_hash mu_digest_root(const struct mu_digest *digest)
{
    struct mu_hash root;
    mu_hash_of(mu_slice_of(digest->buckets, sizeof digest->buckets), &root);
    return root;
}

static enum mu_status add_next(struct mu_scan *scan, bool *out_found, struct mu_error *err)
{
    struct mu_replica *replica = scan->replica;
    struct mu_row row;
    int64_t key = 0;
    mu_arena_clear(&replica->scratch);
    MU_TRY(mu_scan_next(scan, &replica->scratch, &row, &key, out_found, err));
    return *out_found ? mu_sums_row(replica, &row, true, err) : MU_OK;
}

/* Sums of the rows with keys from low up to high, into the deltas. */
static enum mu_status count_rows(struct mu_replica *replica, int64_t low, int64_t high,
                                 size_t *out_rows, struct mu_error *err)
{
    struct mu_scan scan;
    size_t rows = 0;
    MU_TRY(mu_sums_begin(replica, err));
    mu_scan_init(&scan, replica, low, high);
    enum mu_status status = MU_OK;
    bool found = true;
    while (status == MU_OK && found) {
        status = add_next(&scan, &found, err);
        rows += found;
    }
    mu_scan_deinit(&scan);
    *out_rows = rows;
    return status;
}

enum mu_status mu_replica_recompute(struct mu_replica *replica, struct mu_digest *out,
                                    struct mu_error *err)
{
    size_t rows = 0;
    MU_TRY(count_rows(replica, 0, INT64_MAX, &rows, err));
    for (size_t i = 0; i < MU_BUCKET_COUNT; i++) {
        out->buckets[i] = bytes_of(&replica->sums.delta[i]);
    }
    return MU_OK;
}

enum mu_status mu_replica_recount(struct mu_replica *replica, unsigned bucket,
                                  struct mu_hash *out_sum, size_t *out_rows, struct mu_error *err)
{
    MU_ASSERT(bucket < MU_BUCKET_COUNT);
    size_t rows = 0;
    MU_TRY(count_rows(replica, (int64_t)bucket << MU_BUCKET_KEY_SHIFT,
                      (int64_t)(bucket + 1) << MU_BUCKET_KEY_SHIFT, &rows, err));
    *out_sum = bytes_of(&replica->sums.delta[bucket]);
    *out_rows = rows;
    return MU_OK;
}

enum mu_status mu_replica_rows_digest(struct mu_replica *replica, struct mu_slice rows,
                                      struct mu_hash *out_sum, uint64_t *out_count,
                                      struct mu_error *err)
{
    struct mu_reader reader = mu_reader_of(rows);
    struct mu_sum sum = {0};
    uint64_t count = 0;
    MU_TRY(read_key(replica, err));
    while (!mu_reader_at_end(&reader)) {
        const uint8_t *start = reader.at;
        struct mu_row row;
        struct mu_hash hash;
        mu_arena_clear(&replica->scratch);
        enum mu_status status = mu_row_decode(&reader, &replica->scratch, &row);
        if (status != MU_OK) {
            return mu_fail(err, status, "rows of a transfer: %s", mu_status_text(status));
        }
        mu_hash_keyed(&replica->sums.key, mu_slice_of(start, (size_t)(reader.at - start)), &hash);
        struct mu_sum more = sum_of(hash.bytes);
        add(&sum, &more);
        count++;
    }
    *out_sum = bytes_of(&sum);
    *out_count = count;
    return MU_OK;
}
