/* Between the files of client/core: the client itself and the frame of a transaction.
 *
 * Order of duties everywhere: begin the outbox, then the replica; commit the outbox, then
 * the replica.  So nobody waits for the other's lock while holding the one it needs, and what
 * the outbox says is never behind what the rows show. */
#ifndef MUSTER_CLIENT_CORE_INSIDE_H
#define MUSTER_CLIENT_CORE_INSIDE_H

#include "client/core/client.h"
#include "client/core/local.h"
#include "client/core/outbox.h"
#include "client/core/rebase.h"
#include "client/core/session.h"

/* Ceiling of one turn's memory. */
#define MU_CLIENT_ARENA_MAX ((size_t)512 << 20)

/* Small arenas that rebase.c clears at each step. */
enum { MU_WORK_KEY, MU_WORK_LIFT, MU_WORK_STORED, MU_WORK_COUNT };

struct mu_client {
    struct mu_db *replica_db;       /* borrowed */
    struct mu_db *outbox_db;        /* borrowed */
    const struct mu_key_file *file; /* borrowed */
    struct mu_device_keys keys;     /* of file's seed */
    struct mu_id workspace;
    struct mu_id device;
    struct mu_id boot_nonce;
    struct mu_replica *replica;
    struct mu_outbox outbox;
    struct mu_queries local;
    struct mu_queries undo;
    struct mu_client_sabotage sabotage;
    struct mu_session session;
    unsigned scrub_bucket; /* whose rows are counted again next, 0 .. MU_BUCKET_COUNT - 1 */

    /* The epoch key used last; never changes for its epoch. */
    uint32_t key_epoch; /* 0: none */
    struct mu_epoch_key key;

    /* Sealed texts may lack a copy: sealed.c looks when the link is live. */
    bool sealed_due;

    /* Of the turn under way. */
    const struct mu_client_turn *turn;
    struct mu_rebase rebase;
    bool pending_changed; /* the set of pending mutations: a new stamp is due */
    bool view_changed;
    struct mu_list outputs; /* struct mu_client_output, in output_arena */

    struct mu_arena output_arena; /* until the next turn */
    struct mu_arena turn_arena;   /* the turn */
    struct mu_arena arena;        /* one input */
    struct mu_arena scratch;      /* one change or mutation */
    struct mu_arena work[MU_WORK_COUNT];
};

/* Both transactions.  On failure neither is open. */
MU_MUST_USE enum mu_status mu_client_begin(struct mu_client *client, struct mu_error *err);
/* The outbox, then the replica.  On failure of the second the first stands. */
MU_MUST_USE enum mu_status mu_client_commit(struct mu_client *client, bool *out_outbox_stands,
                                            struct mu_error *err);
void mu_client_rollback(struct mu_client *client);

#endif
