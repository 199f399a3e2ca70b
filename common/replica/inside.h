/* Between the files of common/replica: the tables of a description, the statements on
 * them, and rows by storage key. */
#ifndef MUSTER_COMMON_REPLICA_INSIDE_H
#define MUSTER_COMMON_REPLICA_INSIDE_H

#include "common/db/stmt.h"
#include "common/replica/replica.h"

/* What tables are made from: the lists of common/model/domain.h, or a test's. */
struct mu_description {
    const struct mu_entity *entities; /* ascending by number */
    size_t entity_count;
    const struct mu_index *indexes;
    size_t index_count;
};

/* Columns of GET and RANGE; field n follows at MU_TABLE_FIELDS + n - 1.  The parameters of INSERT
 * and updates are these plus one. */
enum mu_table_column {
    MU_TABLE_KEY,
    MU_TABLE_ID,
    MU_TABLE_SEQS,
    MU_TABLE_RAW_CELLS,
    MU_TABLE_FIELDS
};

enum mu_table_query {
    MU_TABLE_GET,   /* ?1 key */
    MU_TABLE_RANGE, /* ?1 <= key < ?2, in order */
    MU_TABLE_INSERT,
    MU_TABLE_DELETE, /* ?1 key */
    MU_TABLE_RAW,    /* keys > ?1 of rows with raw cells */
    MU_TABLE_QUERY_COUNT
};

/* An update sets every field without an index, since the row is written whole anyway, and those
 * with one only where they change: naming a column rewrites its indexes. */
#define MU_UPDATES_MAX 8
struct mu_update {
    uint64_t indexed; /* the fields with an index that it sets */
    char *sql;
    struct mu_stmt stmt;
};

/* The table of one entity.  Statements are written and prepared at their first use. */
struct mu_table {
    const struct mu_entity *entity;
    uint64_t indexed; /* bit n - 1: an index names field n */
    char *sql[MU_TABLE_QUERY_COUNT];
    struct mu_stmt stmts[MU_TABLE_QUERY_COUNT];
    struct mu_update updates[MU_UPDATES_MAX]; /* the last one sets all */
    size_t update_count;
};

/* Statements that no description changes; their SQL stands in replica.c. */
enum mu_replica_query {
    MU_QUERY_META_GET,
    MU_QUERY_META_SET,
    MU_QUERY_RAW_GET,
    MU_QUERY_RAW_PUT,
    MU_QUERY_RAW_DELETE,
    MU_QUERY_RAW_RANGE,
    MU_QUERY_BASE_GET,
    MU_QUERY_BASE_ANY,
    MU_QUERY_BASE_PUT,
    MU_QUERY_BASE_DELETE,
    MU_QUERY_BASE_RANGE,
    MU_QUERY_BASE_ALL,
    MU_QUERY_NEXT_ENTITY,
    MU_QUERY_SUM_GET,
    MU_QUERY_SUM_SET,
    MU_QUERY_SUMS,
    MU_QUERY_NOTE_GET,
    MU_QUERY_NOTE_PUT,
    MU_QUERY_NOTE_DROP,
    MU_QUERY_AUTHOR_GET,
    MU_QUERY_AUTHOR_PUT,
    MU_QUERY_TOUCHED_GET,
    MU_QUERY_TOUCHED_PUT,
    MU_QUERY_TASK_NUMBER,
    MU_QUERY_GOAL_NUMBER,
    MU_QUERY_BLOCKER_BOUND,
    MU_QUERY_COMMITMENT_BOUND,
    MU_QUERY_COLUMN_OF_KIND,
    MU_QUERY_PERSON_OF_HANDLE,
    MU_QUERY_OTHER_LEAD,
    MU_QUERY_OTHER_DEVICE,
    MU_QUERY_TASK_AFTER,
    MU_QUERY_TASK_BEFORE,
    MU_QUERY_COLUMN_AFTER,
    MU_QUERY_COLUMN_BEFORE,
    MU_QUERY_CHECKLIST_AFTER,
    MU_QUERY_CHECKLIST_BEFORE,
    MU_QUERY_ITEM_AFTER,
    MU_QUERY_ITEM_BEFORE,
    MU_QUERY_COUNT
};

/* A sum mod 2^256, least limb first. */
struct mu_sum {
    uint64_t limbs[4];
};

/* What one call adds to the stored sums. */
struct mu_sums {
    struct mu_sum delta[MU_BUCKET_COUNT]; /* zero unless touched */
    bool touched[MU_BUCKET_COUNT];
    uint8_t list[MU_BUCKET_COUNT]; /* the touched ones */
    size_t count;
    struct mu_hash key;
    bool key_known; /* key is that of the workspace, which never changes */
    bool founding;  /* the workspace was set here, perhaps in a transaction still open */
};

struct mu_replica {
    struct mu_db *db; /* borrowed */
    struct mu_description about;
    struct mu_table *tables; /* about.entity_count of them, in that order */
    struct mu_stmt stmts[MU_QUERY_COUNT];
    /* One row at a time passes through these; nothing in them outlives a call. */
    struct mu_arena scratch;
    struct mu_buf bytes;
    struct mu_buf seqs;
    struct mu_buf raw;
    struct mu_buf touched;
    struct mu_sums sums;
};

/* mu_replica_open() for another description than the domain's; it must outlive the replica. */
MU_MUST_USE enum mu_status mu_replica_open_as(struct mu_db *db, const struct mu_description *about,
                                              struct mu_replica **out_replica,
                                              struct mu_error *err);

/* The statement, prepared and reset. */
MU_MUST_USE enum mu_status mu_replica_query(struct mu_replica *replica, enum mu_replica_query which,
                                            struct mu_stmt **out_stmt, struct mu_error *err);

/* -- schema.c -------------------------------------------------------------- */

/* Make or upgrade the tables, in the caller's transaction or one of its own. */
MU_MUST_USE enum mu_status mu_schema_prepare(struct mu_replica *replica, struct mu_error *err);

/* make.c: the tables, columns and indexes; then cells and rows kept raw into their places. */
MU_MUST_USE enum mu_status mu_schema_make(struct mu_replica *replica, struct mu_error *err);
MU_MUST_USE enum mu_status mu_schema_move(struct mu_replica *replica, struct mu_error *err);
/* MU_E_VERSION when another program has upgraded the tables since they were opened here. */
MU_MUST_USE enum mu_status mu_schema_check(struct mu_replica *replica, struct mu_error *err);

/* -- table.c: rows of known entities --------------------------------------- */

/* NULL when the description does not know the entity. */
struct mu_table *mu_table_find(struct mu_replica *replica, uint32_t entity);
void mu_table_init(struct mu_table *table, const struct mu_description *about, size_t entity);
void mu_table_deinit(struct mu_table *table);
/* CREATE TABLE of an entity; the definition of one column, as in it. */
MU_MUST_USE enum mu_status mu_table_define(const struct mu_entity *entity, struct mu_buf *out_sql);
MU_MUST_USE enum mu_status mu_table_define_column(const struct mu_field *field,
                                                  struct mu_buf *out_sql);
MU_MUST_USE enum mu_status mu_table_query(struct mu_replica *replica, struct mu_table *table,
                                          enum mu_table_query which, struct mu_stmt **out_stmt,
                                          struct mu_error *err);
/* The update that sets these indexed fields, or more. */
MU_MUST_USE enum mu_status mu_table_update(struct mu_replica *replica, struct mu_table *table,
                                           uint64_t indexed, struct mu_update **out_update,
                                           struct mu_error *err);

/* -- cells.c ----------------------------------------------------------------- */

/* Bit n - 1 for field n of masks; 0 for fields that no mask holds. */
static inline uint64_t mu_field_bit(uint32_t field)
{
    return field >= 1 && field <= MU_FIELD_COUNT_MAX ? (uint64_t)1 << (field - 1) : 0;
}

/* The row that GET or RANGE stands on; its cells come from the arena, its bytes are copied there
 * or borrowed from the statement.  MU_E_CORRUPT when it is no row that mu_table_write() wrote,
 * MU_E_VERSION when a newer program's did. */
MU_MUST_USE enum mu_status mu_table_read(struct mu_replica *replica, const struct mu_table *table,
                                         struct mu_stmt *stmt, struct mu_arena *arena, bool copy,
                                         struct mu_row *out_row, struct mu_error *err);
/* Insert row, or update the one with its key; changed has bit n - 1 for each field n that may
 * differ from what is stored. */
MU_MUST_USE enum mu_status mu_table_write(struct mu_replica *replica, struct mu_table *table,
                                          const struct mu_row *row, bool exists, uint64_t changed,
                                          struct mu_error *err);

/* -- store.c: rows of any entity, by key ------------------------------------ */

/* Bits of the fields that effect sets; of those that differ between two rows. */
uint64_t mu_store_fields(const struct mu_row *effect);
uint64_t mu_store_differences(const struct mu_row *a, const struct mu_row *b);
/* The visible row with this key, whatever its id. */
MU_MUST_USE enum mu_status mu_store_get(struct mu_replica *replica, struct mu_arena *arena,
                                        uint32_t entity, int64_t key, struct mu_row *out_row,
                                        bool *out_found, struct mu_error *err);
MU_MUST_USE enum mu_status mu_store_put(struct mu_replica *replica, const struct mu_row *row,
                                        bool exists, uint64_t changed, struct mu_error *err);
MU_MUST_USE enum mu_status mu_store_delete(struct mu_replica *replica, uint32_t entity, int64_t key,
                                           struct mu_error *err);
/* The base image with this key: found with count 0 means that the row did not exist. */
MU_MUST_USE enum mu_status mu_base_get(struct mu_replica *replica, struct mu_arena *arena,
                                       uint32_t entity, int64_t key, struct mu_row *out_row,
                                       bool *out_found, struct mu_error *err);
/* Whether there is any base image. */
MU_MUST_USE enum mu_status mu_base_any(struct mu_replica *replica, bool *out_any,
                                       struct mu_error *err);
MU_MUST_USE enum mu_status mu_base_put(struct mu_replica *replica, const struct mu_row *row,
                                       struct mu_error *err);
MU_MUST_USE enum mu_status mu_base_delete(struct mu_replica *replica, uint32_t entity, int64_t key,
                                          struct mu_error *err);
/* MU_E_CONFLICT when a stored row has another id than the one that came. */
MU_MUST_USE enum mu_status mu_store_same_id(const struct mu_row *stored, struct mu_id id,
                                            struct mu_error *err);
/* "task 0190-…: what": the row's table and id, for messages. */
enum mu_status mu_store_fail(struct mu_replica *replica, enum mu_status status, uint32_t entity,
                             struct mu_id id, const char *what, struct mu_error *err);

/* -- scan.c: confirmed rows in the order (entity, key) ----------------------- */

/* Rows with low <= key < high. */
struct mu_scan {
    struct mu_replica *replica;
    int64_t low;
    int64_t high;
    uint32_t entity; /* 0: before the first */
    struct mu_stmt *rows;
    struct mu_stmt *bases;    /* both of this entity, NULL between entities */
    bool has_row, has_base;   /* where they stand */
    bool step_row, step_base; /* before the next row */
    bool lenient;             /* rows that are damaged, or do not exist: without cells */
    bool damaged, dirty;      /* the row given last: unreadable, when lenient; a base image */
};

/* After (entity, key); 0 and -1 from the start. */
void mu_scan_init(struct mu_scan *scan, struct mu_replica *replica, int64_t low, int64_t high);
void mu_scan_deinit(struct mu_scan *scan);
MU_MUST_USE enum mu_status mu_scan_seek(struct mu_scan *scan, uint32_t entity, int64_t key,
                                        struct mu_error *err);
/* Next confirmed row, borrowed until the next call; cells from the arena. */
MU_MUST_USE enum mu_status mu_scan_next(struct mu_scan *scan, struct mu_arena *arena,
                                        struct mu_row *out_row, int64_t *out_key, bool *out_found,
                                        struct mu_error *err);

/* The first entity after `entity` that may have rows; 0 when there is none. */
MU_MUST_USE enum mu_status mu_scan_next_entity(struct mu_replica *replica, uint32_t entity,
                                               uint32_t *out_next, struct mu_error *err);

/* -- digest.c ---------------------------------------------------------------- */

/* Nothing touched yet; reads the digest's key. */
MU_MUST_USE enum mu_status mu_sums_begin(struct mu_replica *replica, struct mu_error *err);
/* Add (or take away) a confirmed row; one without cells counts nothing. */
MU_MUST_USE enum mu_status mu_sums_row(struct mu_replica *replica, const struct mu_row *row,
                                       bool add, struct mu_error *err);
/* Add the deltas to the stored sums. */
MU_MUST_USE enum mu_status mu_sums_flush(struct mu_replica *replica, struct mu_error *err);
/* Store the delta of a bucket as its sum. */
MU_MUST_USE enum mu_status mu_sums_replace(struct mu_replica *replica, unsigned bucket,
                                           struct mu_error *err);

/* -- history.c --------------------------------------------------------------- */

/* Remember in replica->touched that seq touched key, last touched by previous. */
MU_MUST_USE enum mu_status mu_touched_add(struct mu_replica *replica, int64_t key, uint64_t seq,
                                          uint64_t previous, struct mu_error *err);
/* Write what was remembered. */
MU_MUST_USE enum mu_status mu_touched_flush(struct mu_replica *replica, uint64_t seq,
                                            struct mu_error *err);
/* A transfer brought key's row as of seq, and it was last touched here by `before`. */
MU_MUST_USE enum mu_status mu_touched_bridge(struct mu_replica *replica, int64_t key, uint64_t seq,
                                             uint64_t before, struct mu_error *err);

#endif
