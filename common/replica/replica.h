/* The board on disk: tables made from the domain, effects applied, digest kept.
 *
 * Server and client use the same code.  Visible rows are what screens read; on a
 * client, a row with unconfirmed edits also has a base image, its confirmed state,
 * and confirmed effects go there.  The digest covers confirmed state alone.  This
 * file decides nothing and opens no transaction: the caller's turn does. */
#ifndef MUSTER_COMMON_REPLICA_REPLICA_H
#define MUSTER_COMMON_REPLICA_REPLICA_H

#include "common/db/db.h"
#include "common/model/change.h"

struct mu_replica;

/* Names in mu_replica_meta() that mean something here.  The workspace's 16 bytes are set once,
 * before there are rows, since the digest's key hangs on them: MU_E_CONFLICT later. */
#define MU_META_WORKSPACE "workspace"
#define MU_META_CURSOR    "cursor" /* by mu_replica_cursor_set() alone */
#define MU_META_SCHEMA    "schema" /* by mu_replica_open() alone */

/* Where a replica stands in a server lineage. */
struct mu_cursor {
    struct mu_id incarnation;
    uint64_t seq;
    struct mu_hash chain; /* chain at seq */
};

/* Make or upgrade the tables in db, in the caller's transaction if there is one; db stays
 * the caller's and must outlive the replica.  New fields get columns, and cells kept raw by an
 * older version move into them.  Errors: MU_E_VERSION for a newer schema, or for an older one
 * when db is read-only; MU_E_NOT_FOUND read-only and never made; those of the store.
 *
 * SQL of others may read the board: a table for each entity under its name, with key (the
 * storage key), id, and a column for each field under its name; nothing but this layer may
 * write there.  A column is NULL for no value, and for one that only a newer version can hold. */
MU_MUST_USE enum mu_status mu_replica_open(struct mu_db *db, struct mu_replica **out_replica,
                                           struct mu_error *err);
void mu_replica_close(struct mu_replica *replica);
struct mu_db *mu_replica_db(struct mu_replica *replica);

/* -- rows ------------------------------------------------------------------ */

/* The visible row, cells with their seq; unknown fields included. */
MU_MUST_USE enum mu_status mu_replica_row(struct mu_replica *replica, struct mu_arena *arena,
                                          uint32_t entity, struct mu_id id, struct mu_row *out_row,
                                          bool *out_found, struct mu_error *err);
/* The confirmed row: the base image if there is one, else the visible row. */
MU_MUST_USE enum mu_status mu_replica_confirmed(struct mu_replica *replica, struct mu_arena *arena,
                                                uint32_t entity, struct mu_id id,
                                                struct mu_row *out_row, bool *out_found,
                                                struct mu_error *err);

/* Everything below that writes wants a transaction of the caller's, who undoes it (or its
 * savepoint) after a failure; nothing is kept in memory that this could spoil.  Several processes
 * may work on one file.  A row that cannot be read is MU_E_CORRUPT: its bucket is to be replaced.
 * MU_E_VERSION: another program has upgraded the file meanwhile. */

/* Write the cells of one decided change into confirmed state with change->seq and keep
 * the digest.  Rows with a base image change there and are reported through stale, so
 * that the caller can rebuild what is visible.  Errors: MU_E_CONFLICT when an id meets
 * another's key, those of the store. */
struct mu_row_ref {
    uint32_t entity;
    struct mu_id id;
};
struct mu_row_refs {
    struct mu_row_ref *items; /* in the arena */
    size_t count;
};
MU_MUST_USE enum mu_status mu_replica_apply(struct mu_replica *replica, struct mu_arena *arena,
                                            const struct mu_row *effects, size_t effect_count,
                                            uint64_t seq, struct mu_row_refs *out_stale,
                                            struct mu_error *err);

/* -- unconfirmed edits, clients only --------------------------------------- */

/* Write cells into the visible row only; takes a base image first if there is none. */
MU_MUST_USE enum mu_status mu_replica_overlay(struct mu_replica *replica, struct mu_arena *arena,
                                              const struct mu_row *effect, struct mu_error *err);
/* Visible = base; the base image stays.  Nothing happens when there is none. */
MU_MUST_USE enum mu_status mu_replica_rewind(struct mu_replica *replica, struct mu_arena *arena,
                                             struct mu_row_ref ref, struct mu_error *err);
/* Visible = base and the base image goes. */
MU_MUST_USE enum mu_status mu_replica_settle(struct mu_replica *replica, struct mu_arena *arena,
                                             struct mu_row_ref ref, struct mu_error *err);
/* All rows that have a base image. */
MU_MUST_USE enum mu_status mu_replica_dirty(struct mu_replica *replica, struct mu_arena *arena,
                                            struct mu_row_refs *out_refs, struct mu_error *err);

/* -- digest and transfer --------------------------------------------------- */

/* 256 sums mod 2^256, as 32 bytes with the least first, of keyed BLAKE2b-256 over each confirmed
 * row's canonical bytes; the key is BLAKE2b-256("muster digest" || workspace id).  root = BLAKE2b
 * over the sums. */
struct mu_digest {
    struct mu_hash buckets[MU_BUCKET_COUNT];
};
MU_MUST_USE enum mu_status mu_replica_digest(struct mu_replica *replica, struct mu_digest *out,
                                             struct mu_error *err);
struct mu_hash mu_digest_root(const struct mu_digest *digest);
/* The same from the rows themselves; a difference means damage.  In one transaction with
 * mu_replica_digest() when others may write meanwhile. */
MU_MUST_USE enum mu_status mu_replica_recompute(struct mu_replica *replica, struct mu_digest *out,
                                                struct mu_error *err);
/* One bucket's sum from its rows, and how many there are. */
MU_MUST_USE enum mu_status mu_replica_recount(struct mu_replica *replica, unsigned bucket,
                                              struct mu_hash *out_sum, size_t *out_rows,
                                              struct mu_error *err);
/* The sum that rows in canonical bytes, those of a transfer, come to, and how many they are;
 * nothing is stored.  Errors: MU_E_CORRUPT when they cannot be read. */
MU_MUST_USE enum mu_status mu_replica_rows_digest(struct mu_replica *replica, struct mu_slice rows,
                                                  struct mu_hash *out_sum, uint64_t *out_count,
                                                  struct mu_error *err);
/* Confirmed rows of one bucket in the order (entity, key), starting after the row
 * whose entity and key are given (0, -1: from the start), appended in canonical
 * bytes to out until its max would be passed.  *out_done tells the end; otherwise
 * next_entity/next_key continue. */
struct mu_bucket_walk {
    unsigned bucket;
    uint32_t entity;
    int64_t key;
    bool done;
};
MU_MUST_USE enum mu_status mu_replica_bucket_read(struct mu_replica *replica,
                                                  struct mu_bucket_walk *walk, struct mu_buf *out,
                                                  struct mu_error *err);
/* Before and after the buckets of a whole board are replaced, in the same transaction: rows that
 * come in any order fill an index page by page all over it; made of all rows at once it is sorted
 * first.  Nothing else may happen between the two. */
MU_MUST_USE enum mu_status mu_replica_indexes_drop(struct mu_replica *replica,
                                                   struct mu_error *err);
MU_MUST_USE enum mu_status mu_replica_indexes_make(struct mu_replica *replica,
                                                   struct mu_error *err);
/* Replace the confirmed rows of a bucket by those in staged canonical bytes: rows not
 * named go, their visible row too unless dirty; digest kept.  Reports dirty rows that
 * need a rebuild. */
MU_MUST_USE enum mu_status mu_replica_bucket_replace(struct mu_replica *replica,
                                                     struct mu_arena *arena, unsigned bucket,
                                                     struct mu_slice rows,
                                                     struct mu_row_refs *out_stale,
                                                     struct mu_error *err);

/* -- what else moves with the rows ----------------------------------------- */

MU_MUST_USE enum mu_status mu_replica_cursor(struct mu_replica *replica, struct mu_cursor *out,
                                             struct mu_error *err);
MU_MUST_USE enum mu_status mu_replica_cursor_set(struct mu_replica *replica,
                                                 const struct mu_cursor *cursor,
                                                 struct mu_error *err);
/* Small named values (workspace id, link state, ...): names are ours, values <= 4 KiB.
 * A missing name gives found false. */
MU_MUST_USE enum mu_status mu_replica_meta(struct mu_replica *replica, const char *name,
                                           struct mu_arena *arena, struct mu_slice *out_value,
                                           bool *out_found, struct mu_error *err);
MU_MUST_USE enum mu_status mu_replica_meta_set(struct mu_replica *replica, const char *name,
                                               struct mu_slice value, struct mu_error *err);

/* History: one line of facts per change, and which rows it touched.  Written by
 * mu_replica_note() in the same transaction as its effects.  A change that only repeats another
 * has none. */
struct mu_note {
    uint64_t seq;
    struct mu_id mutation;
    struct mu_id replica;
    struct mu_id person;
    struct mu_id device;
    uint32_t intent;
    enum mu_verdict verdict;
    int64_t at_ms;
    int64_t received_ms;
};
MU_MUST_USE enum mu_status mu_replica_note(struct mu_replica *replica,
                                           const struct mu_change *change, struct mu_error *err);
MU_MUST_USE enum mu_status mu_replica_note_get(struct mu_replica *replica, uint64_t seq,
                                               struct mu_note *out_note, bool *out_found,
                                               struct mu_error *err);
/* Forget notes and touches of all changes after seq: those of a lineage that ended there.  Before
 * its rows are replaced, so that no row's history leads to them. */
MU_MUST_USE enum mu_status mu_replica_history_drop(struct mu_replica *replica, uint64_t after_seq,
                                                   struct mu_error *err);
/* Seqs of the changes that touched a row, newest first, below before_seq (0: all). */
MU_MUST_USE enum mu_status mu_replica_touched(struct mu_replica *replica, struct mu_arena *arena,
                                              struct mu_id row, uint64_t before_seq, size_t most,
                                              uint64_t **out_seqs, size_t *out_count,
                                              struct mu_error *err);

/* The rules' view of this replica; predict says which questions may be asked.
 * Valid while the replica is open. */
struct mu_world mu_replica_world(struct mu_replica *replica);

#endif
