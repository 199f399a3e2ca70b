/* The client as a turn machine: the outbox, the optimistic rows, and the link to
 * the server.
 *
 * The command line uses it to author edits; the agent uses it to author and to
 * sync.  Any number of processes may have one replica open: nothing that another
 * may change is kept in memory across turns.  No clock, socket, file or random
 * source in here. */
#ifndef MUSTER_CLIENT_CORE_CLIENT_H
#define MUSTER_CLIENT_CORE_CLIENT_H

#include "common/base/time.h"
#include "common/replica/replica.h"
#include "common/seal/entropy.h"
#include "common/seal/keys.h"
#include "common/wire/message.h"

struct mu_client;

/* Safeguards that the simulator can switch off to prove that it would notice. */
struct mu_client_sabotage {
    bool no_outbox_replay, leave_on_ack, no_rearm, no_chain_check, no_contiguity,
        drop_outbox_on_xfer, no_resend;
    bool no_journal;           /* what came back is forgotten */
    bool no_digest_check;      /* beacons tell nothing of rows */
    bool no_scrub;             /* rows are never counted again */
    bool no_links;             /* what leads signed before a transfer is not asked for */
    bool no_links_check;       /* whatever chain the links come to */
    bool no_held;              /* what is sent again is shown again, whatever the rows hold */
    bool no_send_first;        /* rows of another history come before what waits has gone */
    bool no_sync_before_prune; /* the journal forgets what the replica may not have on its disk */
    bool no_own_check;         /* whatever bears the id of an own mutation is it */
    bool no_fork_check;        /* what the server calls shared is */
    bool no_doubt;             /* nothing but the verdict of WELCOME tells that the server forgot */
};

struct mu_client_turn {
    struct mu_wall wall;
    struct mu_mono mono;
    struct mu_entropy *entropy;
    const char *zone; /* IANA name of the device's zone, "" when unknown */
    int32_t utc_offset_min;
    const struct mu_client_sabotage *sabotage; /* read by mu_client_open() alone; NULL: none */
};

/* replica_db: rows that the server knows too, NORMAL.  outbox_db: what only this device
 * knows (outbox, journal, replica id, epoch keys), FULL.  Both and keys stay the
 * caller's.  Outbox entries that the replica does not show are replayed. */
MU_MUST_USE enum mu_status mu_client_open(struct mu_db *replica_db, struct mu_db *outbox_db,
                                          const struct mu_key_file *keys,
                                          const struct mu_client_turn *turn,
                                          struct mu_client **out_client, struct mu_error *err);
void mu_client_close(struct mu_client *client);
struct mu_replica *mu_client_replica(struct mu_client *client);

/* -- authoring --------------------------------------------------------------- */

struct mu_authored {
    struct mu_id mutation;
    uint64_t position;           /* in the outbox */
    struct mu_decision decision; /* as predicted; memory from the arena given */
};

/* Check intent against what is visible, sign it, make it durable in the outbox, then show
 * it.  When this returns MU_OK the edit is saved.  A prediction that refuses gives
 * MU_E_DENIED or the rule's status with its reason in err, and nothing is kept. */
MU_MUST_USE enum mu_status mu_client_author(struct mu_client *client,
                                            const struct mu_client_turn *turn,
                                            const struct mu_intent *intent, struct mu_arena *arena,
                                            struct mu_authored *out, struct mu_error *err);
/* Several edits that are saved together or not at all, in their order, each predicted on what the
 * ones before it come to.  out has count places.  The server decides on each by itself. */
MU_MUST_USE enum mu_status mu_client_author_all(struct mu_client *client,
                                                const struct mu_client_turn *turn,
                                                const struct mu_intent *intents, size_t count,
                                                struct mu_arena *arena, struct mu_authored *out,
                                                struct mu_error *err);
/* An intent that takes back the newest own edit not taken back yet, where the values it set
 * still stand.  Errors: MU_E_NOT_FOUND nothing to undo, MU_E_CONFLICT somebody changed it
 * since (names what). */
MU_MUST_USE enum mu_status mu_client_undo(struct mu_client *client, struct mu_arena *arena,
                                          struct mu_intent *out_intent, struct mu_id *out_undone,
                                          struct mu_error *err);

enum mu_entry_state { MU_QUEUED = 1, MU_SENT, MU_ACKED, MU_REFUSED };
struct mu_outbox_entry {
    uint64_t position;
    struct mu_id mutation;
    uint64_t number;
    enum mu_entry_state state;
    int64_t authored_ms;
    uint32_t intent;
    uint32_t code;          /* enum mu_status when REFUSED */
    struct mu_slice reason; /* when REFUSED */
    struct mu_slice bytes;  /* signed bytes */
};
/* Waiting and refused entries, oldest first. */
MU_MUST_USE enum mu_status mu_client_outbox(struct mu_client *client, struct mu_arena *arena,
                                            struct mu_outbox_entry **out_entries, size_t *out_count,
                                            struct mu_error *err);
/* Forget a refused entry. */
MU_MUST_USE enum mu_status mu_client_dismiss(struct mu_client *client, uint64_t position,
                                             struct mu_error *err);

/* -- the link ---------------------------------------------------------------- */

enum mu_client_input_kind {
    MU_CLIENT_MESSAGE, /* from the current connection */
    MU_CLIENT_LOST,    /* the connection failed; refused says the server refused the key */
    MU_CLIENT_TICK,
    MU_CLIENT_POKE, /* another process wrote to the outbox */
    MU_CLIENT_BYE   /* end the session, the process is leaving */
};
struct mu_client_input {
    enum mu_client_input_kind kind;
    struct mu_slice bytes;
    bool refused;
};

enum mu_client_output_kind {
    MU_CLIENT_CONNECT, /* drop any connection, open a new one to the key file's endpoint */
    MU_CLIENT_SEND,
    MU_CLIENT_DISCONNECT,
    MU_CLIENT_VIEW_CHANGED, /* rows changed: tell the screens */
    MU_CLIENT_LOG
};
struct mu_client_output {
    enum mu_client_output_kind kind;
    struct mu_slice bytes; /* SEND, LOG; valid until the next turn */
};
struct mu_client_outputs {
    const struct mu_client_output *items;
    size_t count;
    int64_t wake_at_ms; /* mono */
};

/* One turn: a batch of inputs in one transaction of the replica (and one of the outbox
 * before it where the outbox changes).  Outputs only after the commit.  MU_E_BUSY means that
 * another process held a file all the while and nothing was consumed: run the same inputs
 * again.  On any other failure treat it as a crash: close and open again; MU_E_FULL and
 * MU_E_IO name the file. */
MU_MUST_USE enum mu_status mu_client_run(struct mu_client *client,
                                         const struct mu_client_turn *turn,
                                         const struct mu_client_input *inputs, size_t count,
                                         struct mu_client_outputs *out, struct mu_error *err);

/* The sync truth, as every surface tells it.  Written to the replica by the process that
 * holds the link, read by all. */
enum mu_link { MU_LINK_OFFLINE = 1, MU_LINK_CATCHING_UP, MU_LINK_LIVE, MU_LINK_PARKED };
struct mu_client_status {
    enum mu_link link;
    int64_t offline_since_ms; /* wall; 0: never online */
    struct mu_cursor cursor;
    uint64_t head; /* of the server, as last heard */
    uint64_t pending, refused, conflicts;
    int64_t oldest_pending_ms; /* wall; 0: none */
    struct mu_hash digest_root;
    int64_t server_offset_ms;              /* server minus our clock at last contact */
    int64_t heard_ms;                      /* wall: when the link last heard the server; 0: never.
                                            * Much older than a beacon's 5 s: its process is gone */
    uint32_t parked_code;                  /* enum mu_status: why PARKED */
    char parked_reason[MU_REASON_MAX + 1]; /* one line for people, "" unless PARKED */
    bool degraded; /* digests still differ after a repair: compare with the server's */
    uint64_t xfer_done, xfer_total; /* chunked rows, while a transfer runs */
};
MU_MUST_USE enum mu_status mu_client_status(struct mu_client *client,
                                            struct mu_client_status *out_status,
                                            struct mu_error *err);

/* Verify signatures and chain of every change this replica holds, offline.  *out_checked
 * counts them; on a bad entry MU_E_CRYPTO names its seq and why. */
MU_MUST_USE enum mu_status mu_client_verify(struct mu_client *client, uint64_t *out_checked,
                                            uint64_t *out_from, struct mu_error *err);
/* A change of the kept log by seq, opened.  found false when this replica does not hold it. */
MU_MUST_USE enum mu_status mu_client_change(struct mu_client *client, uint64_t seq,
                                            struct mu_arena *arena, struct mu_change *out_change,
                                            bool *out_found, struct mu_error *err);

/* For tests and the simulator, expensive, not while a turn runs: visible state is confirmed
 * state with the pending mutations replayed on top (recomputed from nothing and compared row
 * by row), the digest is that of the rows, numbers and hashes of the outbox are dense and
 * chained.  Errors: MU_E_CORRUPT says what differs. */
MU_MUST_USE enum mu_status mu_client_check(struct mu_client *client, struct mu_error *err);

/* Switch safeguards off while open. */
void mu_client_sabotage(struct mu_client *client, struct mu_client_sabotage sabotage);

#endif
