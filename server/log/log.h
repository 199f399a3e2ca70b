/* The log of one workspace: sealed changes in order, and the marks that make
 * every mutation happen once.
 *
 * The narrow interface behind which another store may stand one day.  Everything
 * here runs inside the caller's transaction: a change, its marks and its effects
 * become durable together or not at all.  The head is kept in memory: whoever rolls
 * back to before a call that wrote calls mu_log_reload(). */
#ifndef MUSTER_SERVER_LOG_LOG_H
#define MUSTER_SERVER_LOG_LOG_H

#include "common/base/arena.h"
#include "common/base/id.h"
#include "common/db/db.h"

struct mu_log;

/* Where the log ends. */
struct mu_log_head {
    struct mu_id workspace;
    struct mu_id incarnation;
    struct mu_id parent_incarnation; /* zero: none */
    uint64_t fork_seq;               /* last seq shared with the parent */
    uint64_t fork_floor;             /* lowest fork_seq of all ancestors, 0 without a parent */
    uint64_t seq;                    /* 0: empty */
    struct mu_hash chain;
    uint64_t horizon;  /* changes up to this seq may be gone, or are an ancestor's: they are
                        * not streamed */
    uint64_t safe_seq; /* covered by a finished backup */
    uint32_t epoch;
    int64_t last_ms; /* server clock at the last append; time never runs backwards in the log */
};

/* A change to append, with its marks. */
struct mu_log_entry {
    uint64_t seq;
    int64_t received_ms; /* server clock */
    struct mu_hash chain;
    struct mu_slice sealed;
    struct mu_id mutation;
    struct mu_id replica;
    struct mu_id device;
    uint64_t number;
    struct mu_hash mutation_hash;
    bool repeated; /* the mutation stands in the log already, and is found there as before */
};

/* A change as it is read back. */
struct mu_log_sealed {
    uint64_t seq;
    int64_t received_ms;
    struct mu_hash chain;
    struct mu_slice sealed;
};

struct mu_replica_mark {
    struct mu_id replica;
    struct mu_id device;
    uint64_t last_number;
    struct mu_hash last_hash;
    uint64_t open_counter;
    struct mu_id boot_nonce;
};

/* Where a mutation stands. */
struct mu_log_place {
    uint64_t seq;
    struct mu_id replica; /* under which it was numbered; zero when its change is gone */
    uint64_t number;
};

/* Tables are made when missing; db stays the caller's and outlives the log.
 * Errors: MU_E_VERSION for a newer log, MU_E_CORRUPT, those of the store. */
MU_MUST_USE enum mu_status mu_log_open(struct mu_db *db, struct mu_log **out_log,
                                       struct mu_error *err);
void mu_log_close(struct mu_log *log);

/* found false in a database that was never founded. */
MU_MUST_USE enum mu_status mu_log_head(struct mu_log *log, struct mu_log_head *out_head,
                                       bool *out_found, struct mu_error *err);
/* Founds the log, or changes what it says of itself.  seq, chain, epoch and last_ms follow
 * from what was appended and are not looked at. */
MU_MUST_USE enum mu_status mu_log_head_set(struct mu_log *log, const struct mu_log_head *head,
                                           struct mu_error *err);
/* Remember an incarnation that came before, or that a client proves to have seen, and up to where
 * its history is ours (0: unknown).  A lower fork_seq than the one remembered replaces it. */
MU_MUST_USE enum mu_status mu_log_ancestor_add(struct mu_log *log, struct mu_id incarnation,
                                               uint64_t fork_seq, struct mu_error *err);
MU_MUST_USE enum mu_status mu_log_ancestor(struct mu_log *log, struct mu_id incarnation,
                                           uint64_t *out_fork_seq, bool *out_found,
                                           struct mu_error *err);
/* A backup that covers everything up to seq is finished; never moves back. */
MU_MUST_USE enum mu_status mu_log_safe_set(struct mu_log *log, uint64_t seq, struct mu_error *err);
/* Read the head again: another process wrote, or a savepoint was rolled back. */
MU_MUST_USE enum mu_status mu_log_reload(struct mu_log *log, struct mu_error *err);

/* Append entry; seq must be head + 1 (asserted), the log founded and with an epoch key.
 * Moves the replica's mark, making it when new.  MU_E_CONFLICT when the mutation stands in
 * the log already and the entry does not say so (the caller's transaction is then as good as
 * lost). */
MU_MUST_USE enum mu_status mu_log_append(struct mu_log *log, const struct mu_log_entry *entry,
                                         struct mu_error *err);
/* What is read at once. */
struct mu_log_window {
    uint64_t seq; /* the first; > 0 */
    size_t max_count;
    size_t max_bytes; /* of all together; the first is read whatever its size */
};
/* Changes in a window, their bytes copied into arena, in order and without a hole; count 0 past
 * the head.  Errors: MU_E_CORRUPT on a hole, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_log_read(struct mu_log *log, struct mu_arena *arena,
                                       struct mu_log_window window,
                                       struct mu_log_sealed **out_entries, size_t *out_count,
                                       struct mu_error *err);
/* Chain and time at seq (0: zeros).  found false when unknown.  out_ms may be NULL. */
MU_MUST_USE enum mu_status mu_log_chain(struct mu_log *log, uint64_t seq, struct mu_hash *out_chain,
                                        int64_t *out_ms, bool *out_found, struct mu_error *err);
MU_MUST_USE enum mu_status mu_log_find(struct mu_log *log, struct mu_id mutation,
                                       struct mu_log_place *out_place, bool *out_found,
                                       struct mu_error *err);
MU_MUST_USE enum mu_status mu_log_mark(struct mu_log *log, struct mu_id replica,
                                       struct mu_replica_mark *out_mark, bool *out_found,
                                       struct mu_error *err);
/* Write a mark whole, making it if new. */
MU_MUST_USE enum mu_status mu_log_mark_set(struct mu_log *log, const struct mu_replica_mark *mark,
                                           struct mu_error *err);

/* Epoch keys, sealed in nothing: the server reads the board.  The caller wipes its copies. */
struct mu_log_epoch {
    uint32_t epoch;
    uint8_t key[32];
    int64_t created_ms;
    uint64_t first_seq; /* the first change that may be sealed with it */
};
/* A newer epoch than the head's; changes appended from now on belong to it. */
MU_MUST_USE enum mu_status mu_log_epoch_add(struct mu_log *log, uint32_t epoch,
                                            const uint8_t key[static 32], int64_t created_ms,
                                            struct mu_error *err);
/* The key of one epoch. */
MU_MUST_USE enum mu_status mu_log_epoch_key(struct mu_log *log, uint32_t epoch,
                                            uint8_t out_key[static 32], bool *out_found,
                                            struct mu_error *err);
/* The lowest epoch above after; found false past the newest. */
MU_MUST_USE enum mu_status mu_log_epoch_next(struct mu_log *log, uint32_t after,
                                             struct mu_log_epoch *out_epoch, bool *out_found,
                                             struct mu_error *err);

#endif
