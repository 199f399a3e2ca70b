/* outbox.db: what only this device knows, and how far each own mutation got.
 *
 *     author --> QUEUED --> ACKED --> (its change is applied) --> journal
 *                      \         \                                  |
 *                       +---------+--> REFUSED --> dismissed    backed up: gone
 *
 * A mutation leaves when a change with its id has been applied, not on the ack.  What is under
 * way (SENT) only the session knows, so that whatever ends it makes it wait again.  The
 * journal keeps what came back until a backup of the server covers it.  Everything
 * here runs in the caller's transaction; nothing is remembered between calls, so
 * that several processes may share the file. */
#ifndef MUSTER_CLIENT_CORE_OUTBOX_H
#define MUSTER_CLIENT_CORE_OUTBOX_H

#include "client/core/client.h"
#include "client/core/query.h"
#include "common/seal/envelope.h"
#include "common/seal/sign.h"

#define MU_JOURNAL 5 /* follows enum mu_entry_state: came back, not yet backed up */

struct mu_outbox {
    struct mu_db *db; /* borrowed */
    struct mu_queries queries;
};

/* Make or upgrade the tables.  Outside a transaction.  Errors: MU_E_VERSION, the store's. */
MU_MUST_USE enum mu_status mu_outbox_open(struct mu_outbox *outbox, struct mu_db *db,
                                          struct mu_error *err);
void mu_outbox_close(struct mu_outbox *outbox);

/* The replica id in use and what has been numbered under it. */
struct mu_outbox_self {
    uint64_t open_counter;
    struct mu_id stamp;
    int64_t era;
    struct mu_id replica;
    uint64_t last_number; /* 0: none */
    struct mu_hash last_hash;
    uint64_t acked_number; /* <= last_number */
    struct mu_hash acked_hash;
    struct mu_id lineage; /* incarnation that the seqs of acked and journal entries belong to */
};
/* found false in a new file. */
MU_MUST_USE enum mu_status mu_outbox_self(struct mu_outbox *outbox, struct mu_outbox_self *out,
                                          bool *out_found, struct mu_error *err);
/* First use of a new file. */
MU_MUST_USE enum mu_status mu_outbox_found(struct mu_outbox *outbox, struct mu_id replica,
                                           struct mu_id stamp, struct mu_error *err);
/* From now on numbers count from 1 under replica; the id so far becomes a former one. */
MU_MUST_USE enum mu_status mu_outbox_mint(struct mu_outbox *outbox, struct mu_id replica,
                                          struct mu_error *err);
/* The set of pending mutations has changed. */
MU_MUST_USE enum mu_status mu_outbox_stamp(struct mu_outbox *outbox, struct mu_id stamp,
                                           struct mu_error *err);
/* Entries wait, are acked and kept for this incarnation from now on. */
MU_MUST_USE enum mu_status mu_outbox_lineage(struct mu_outbox *outbox, struct mu_id incarnation,
                                             struct mu_error *err);
/* Count a session and tell its number. */
MU_MUST_USE enum mu_status mu_outbox_count_open(struct mu_outbox *outbox, uint64_t *out_counter,
                                                struct mu_error *err);
/* The newest MU_FORMER_MAX former replica ids. */
MU_MUST_USE enum mu_status mu_outbox_former(struct mu_outbox *outbox, struct mu_arena *arena,
                                            struct mu_former **out_former, size_t *out_count,
                                            struct mu_error *err);
/* The server is known to have kept number of the era in use. */
MU_MUST_USE enum mu_status mu_outbox_accepted(struct mu_outbox *outbox, uint64_t number,
                                              struct mu_hash hash, struct mu_error *err);

/* -- entries --------------------------------------------------------------- */

struct mu_outbox_item {
    uint64_t position;
    struct mu_id mutation;
    int64_t era;
    uint64_t number;
    struct mu_hash hash;
    uint32_t intent;
    int64_t authored_ms;
    int state; /* enum mu_entry_state or MU_JOURNAL */
    uint64_t seq;
    uint32_t code;
    struct mu_slice reason; /* in the arena given */
};

/* Append a mutation as QUEUED; its number must be the next one (asserted). */
MU_MUST_USE enum mu_status mu_outbox_append(struct mu_outbox *outbox,
                                            const struct mu_mutation *mutation,
                                            struct mu_slice bytes,
                                            const uint8_t signature[static MU_SIGN_LEN],
                                            uint64_t *out_position, struct mu_error *err);
/* reason is left empty. */
MU_MUST_USE enum mu_status mu_outbox_find(struct mu_outbox *outbox, struct mu_id mutation,
                                          struct mu_outbox_item *out_item, bool *out_found,
                                          struct mu_error *err);
MU_MUST_USE enum mu_status mu_outbox_body(struct mu_outbox *outbox, struct mu_arena *arena,
                                          uint64_t position, struct mu_pushed *out_body,
                                          struct mu_error *err);
/* Entries waiting or refused, oldest first. */
MU_MUST_USE enum mu_status mu_outbox_list(struct mu_outbox *outbox, struct mu_arena *arena,
                                          struct mu_outbox_item **out_items, size_t *out_count,
                                          struct mu_error *err);
struct mu_outbox_entry_ref {
    uint64_t position;
    struct mu_id mutation;
};
/* What a replica at cursor may lack: everything waiting, and journal entries that it has not
 * applied (a power cut took its last turns).  Ascending. */
MU_MUST_USE enum mu_status mu_outbox_pending(struct mu_outbox *outbox, struct mu_arena *arena,
                                             uint64_t cursor, struct mu_outbox_entry_ref **out_refs,
                                             size_t *out_count, struct mu_error *err);
/* Journal entries up to seq. */
MU_MUST_USE enum mu_status mu_outbox_journal(struct mu_outbox *outbox, struct mu_arena *arena,
                                             uint64_t seq, struct mu_outbox_entry_ref **out_refs,
                                             size_t *out_count, struct mu_error *err);
/* What to push next under the era in use: by number, queued, or in the journal though the
 * server has not counted its number yet (it came back under a former id). */
MU_MUST_USE enum mu_status mu_outbox_next(struct mu_outbox *outbox, struct mu_arena *arena,
                                          uint64_t server_number, size_t most,
                                          struct mu_outbox_item **out_items, size_t *out_count,
                                          struct mu_error *err);

/* All entries numbered under the era in use, by number. */
MU_MUST_USE enum mu_status mu_outbox_era(struct mu_outbox *outbox, struct mu_arena *arena,
                                         struct mu_outbox_item **out_items, size_t *out_count,
                                         struct mu_error *err);

/* A new state for one entry. */
struct mu_outbox_mark {
    uint64_t position;
    int state;
    uint64_t seq;
    uint32_t code;
    struct mu_slice reason; /* cut at MU_REASON_MAX bytes */
};
MU_MUST_USE enum mu_status mu_outbox_set(struct mu_outbox *outbox,
                                         const struct mu_outbox_mark *mark, struct mu_error *err);
MU_MUST_USE enum mu_status mu_outbox_drop(struct mu_outbox *outbox, uint64_t position,
                                          struct mu_error *err);
/* The server has forgotten everything past fork_seq: acked and journal entries beyond it
 * wait again. */
MU_MUST_USE enum mu_status mu_outbox_resend(struct mu_outbox *outbox, uint64_t fork_seq,
                                            struct mu_error *err);
/* The server has not counted numbers past this one of the era in use, or not for us: acked and
 * journal entries beyond it wait again. */
MU_MUST_USE enum mu_status mu_outbox_resend_after(struct mu_outbox *outbox, uint64_t number,
                                                  struct mu_error *err);
/* The highest seq that the server is known to have given one of these entries, 0: none.  Those
 * whose number of the era in use it counts, up to counted, are no matter: it has them. */
MU_MUST_USE enum mu_status mu_outbox_newest_seq(struct mu_outbox *outbox, uint64_t counted,
                                                uint64_t *out_seq, struct mu_error *err);
/* Whether another than mutation was given this seq: then the server speaks of another history. */
MU_MUST_USE enum mu_status mu_outbox_displaced(struct mu_outbox *outbox, uint64_t seq,
                                               struct mu_id mutation, bool *out_displaced,
                                               struct mu_error *err);
/* Acked entries up to seq whose change this replica has passed by a transfer: into the
 * journal, or refused when the ack said so. */
MU_MUST_USE enum mu_status mu_outbox_settle(struct mu_outbox *outbox, uint64_t seq,
                                            struct mu_error *err);
/* Those that mu_outbox_prune() would forget. */
MU_MUST_USE enum mu_status mu_outbox_prunable(struct mu_outbox *outbox, struct mu_arena *arena,
                                              uint64_t seq, struct mu_outbox_entry_ref **out_refs,
                                              size_t *out_count, struct mu_error *err);
/* Forget journal entries up to seq, all of whose numbers the server has counted. */
MU_MUST_USE enum mu_status mu_outbox_prune(struct mu_outbox *outbox, uint64_t seq,
                                           struct mu_error *err);

/* Nothing waits, is refused or in the journal. */
MU_MUST_USE enum mu_status mu_outbox_empty(struct mu_outbox *outbox, bool *out_empty,
                                           struct mu_error *err);

struct mu_outbox_counts {
    uint64_t pending, refused;
    int64_t oldest_ms; /* authored; 0: none pending */
};
MU_MUST_USE enum mu_status mu_outbox_counts(struct mu_outbox *outbox, struct mu_outbox_counts *out,
                                            struct mu_error *err);

/* -- epoch keys ------------------------------------------------------------ */

MU_MUST_USE enum mu_status mu_outbox_key(struct mu_outbox *outbox, uint32_t epoch,
                                         struct mu_epoch_key *out_key, bool *out_found,
                                         struct mu_error *err);
/* Nothing happens when the epoch has a key already. */
MU_MUST_USE enum mu_status mu_outbox_key_add(struct mu_outbox *outbox, uint32_t epoch,
                                             const struct mu_epoch_key *key, struct mu_error *err);
/* 0: none. */
MU_MUST_USE enum mu_status mu_outbox_key_newest(struct mu_outbox *outbox, uint32_t *out_epoch,
                                                struct mu_error *err);

/* -- a new replica id ------------------------------------------------------ */

struct mu_restamp {
    struct mu_id replica; /* the new id */
    struct mu_id stamp;
    uint64_t base_max; /* base_seq above this names another history: lowered to it */
    struct mu_hash base_chain;
    const struct mu_device_keys *keys;
};
/* Give everything queued or sent a number from 1 under a new replica id: encoded and
 * signed again, mutation ids unchanged, in the order of their positions. */
MU_MUST_USE enum mu_status mu_outbox_restamp(struct mu_outbox *outbox,
                                             const struct mu_restamp *restamp,
                                             struct mu_arena *scratch, struct mu_error *err);

#endif
