/* One workspace that the agent serves: its store, its core, its connection, and the turns
 * between them.
 *
 * A turn that fails is a crash without the restart: everything of this workspace is closed and
 * opened again, others are not touched. */
#ifndef MUSTER_CLIENT_SHELL_SERVED_H
#define MUSTER_CLIENT_SHELL_SERVED_H

#include <sys/types.h>

#include "client/core/client.h"
#include "client/home/home.h"
#include "client/home/moment.h"
#include "client/home/store.h"
#include "client/shell/dealer.h"
#include "client/shell/reminding.h"

#define MU_SERVED_BATCH 64

/* What every workspace of one agent shares. */
struct mu_serving {
    void *context; /* of libzmq */
    const struct mu_home_zone *zone;
    bool quiet; /* nobody reads what happens on the way: only the end counts */
};

/* Which file a path named when it was opened; tells that somebody put another in its place. */
struct mu_file_mark {
    dev_t device;
    ino_t inode;
};

struct mu_served {
    const struct mu_serving *serving; /* borrowed */
    struct mu_workspace workspace;
    struct mu_store store;
    struct mu_device_keys keys; /* secret; of store.keys */
    struct mu_client *client;   /* NULL: closed, to be opened at retry_at */
    struct mu_file_mark replica_mark, outbox_mark;
    struct mu_dealer dealer;
    zmq_msg_t bodies[MU_SERVED_BATCH]; /* of messages not yet consumed */
    size_t body_count;
    bool poked;     /* something waits in the outbox */
    bool lost;      /* the connection is gone, and the core has not heard */
    bool refused;   /* with lost: our key is not accepted */
    bool leaving;   /* say goodbye */
    bool held_back; /* a file was busy: the same inputs once more at retry_at */
    bool more;      /* there may be more messages */
    struct mu_mono wake_at;
    struct mu_mono retry_at;
    struct mu_mono recur_at;  /* when series are looked at again */
    struct mu_mono remind_at; /* when reminders are looked for again */
    struct mu_reminding reminding;
    int failures;                        /* to open or to run, one after another */
    struct mu_error last;                /* why it is closed; status MU_OK when it is not */
    char server_said[MU_REASON_MAX + 1]; /* its last complaint, as it came */
};

/* serving must outlive it.  Opens nothing yet: the first turn does.  Must not move afterwards. */
void mu_served_init(struct mu_served *served, const struct mu_serving *serving,
                    const struct mu_workspace *workspace);
/* What was sent and has not left gets linger_ms. */
void mu_served_deinit(struct mu_served *served, int linger_ms);

/* Take in what has come, run a turn when there is something to do, send what comes of it.
 * *out_changed: rows or the link's state have changed. */
void mu_served_run(struct mu_served *served, bool *out_changed);
/* The machine slept or the network is another one: begin anew. */
void mu_served_reconnect(struct mu_served *served);

/* When mu_served_run() is due though nothing is polled. */
struct mu_mono mu_served_due(const struct mu_served *served);
/* MU_E_BUSY and the like when it cannot tell now. */
MU_MUST_USE enum mu_status mu_served_status(struct mu_served *served, struct mu_client_status *out,
                                            struct mu_error *err);

#endif
