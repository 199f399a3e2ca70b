/* The log of one workspace: sealed changes in order, and the marks that make
 * every mutation happen once.
 *
 * The narrow interface behind which another store may stand one day.  Everything
 * here runs inside the caller's transaction: a change, its marks and its effects
 * become durable together or not at all. */
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
    uint64_t seq;                    /* 0: empty */
    struct mu_hash chain;
    uint64_t horizon;  /* changes up to this seq may be gone from the log */
    uint64_t safe_seq; /* covered by a finished backup */
    uint32_t epoch;
    int64_t last_ms; /* server clock at the last append; time never runs backwards in the log */
};

struct mu_log_entry {
    uint64_t seq;
    struct mu_hash chain;
    struct mu_slice sealed;
    /* marks */
    struct mu_id mutation;
    struct mu_id replica;
    uint64_t number;
    struct mu_hash mutation_hash;
    struct mu_id device;
};

struct mu_replica_mark {
    struct mu_id replica;
    struct mu_id device;
    uint64_t last_number;
    struct mu_hash last_hash;
    uint64_t open_counter;
    struct mu_id boot_nonce;
};

MU_MUST_USE enum mu_status mu_log_open(struct mu_db *db, struct mu_log **out_log,
                                       struct mu_error *err);
void mu_log_close(struct mu_log *log);

/* found false in a database that was never founded. */
MU_MUST_USE enum mu_status mu_log_head(struct mu_log *log, struct mu_log_head *out_head,
                                       bool *out_found, struct mu_error *err);
MU_MUST_USE enum mu_status mu_log_head_set(struct mu_log *log, const struct mu_log_head *head,
                                           struct mu_error *err);

/* Append entry; seq must be head + 1 (asserted) and its mutation new.  Moves the
 * replica's mark. */
MU_MUST_USE enum mu_status mu_log_append(struct mu_log *log, const struct mu_log_entry *entry,
                                         struct mu_error *err);
/* Sealed bytes from seq on, copied into arena, at most max_count and, but for the first,
 * max_bytes together.  Entries come in order without a hole; count 0 past the head.
 * Errors: MU_E_CORRUPT on a hole. */
MU_MUST_USE enum mu_status mu_log_read(struct mu_log *log, struct mu_arena *arena, uint64_t seq,
                                       size_t max_count, size_t max_bytes,
                                       struct mu_log_entry **out_entries, size_t *out_count,
                                       struct mu_error *err);
/* Chain at seq (0: zero).  found false when unknown. */
MU_MUST_USE enum mu_status mu_log_chain(struct mu_log *log, uint64_t seq, struct mu_hash *out_chain,
                                        bool *out_found, struct mu_error *err);
MU_MUST_USE enum mu_status mu_log_find(struct mu_log *log, struct mu_id mutation, uint64_t *out_seq,
                                       bool *out_found, struct mu_error *err);
MU_MUST_USE enum mu_status mu_log_mark(struct mu_log *log, struct mu_id replica,
                                       struct mu_replica_mark *out_mark, bool *out_found,
                                       struct mu_error *err);
/* Write what HELLO told (open counter, boot nonce) for a replica, making its mark if new. */
MU_MUST_USE enum mu_status mu_log_mark_set(struct mu_log *log, const struct mu_replica_mark *mark,
                                           struct mu_error *err);

/* Epoch keys, sealed in nothing: the server reads the board. */
MU_MUST_USE enum mu_status mu_log_epoch_key(struct mu_log *log, uint32_t epoch,
                                            uint8_t out_key[static 32], bool *out_found,
                                            struct mu_error *err);
MU_MUST_USE enum mu_status mu_log_epoch_key_set(struct mu_log *log, uint32_t epoch,
                                                const uint8_t key[static 32], int64_t created_ms,
                                                struct mu_error *err);

#endif
