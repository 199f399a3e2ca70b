/* A thread that folds the write-ahead log into the database file through a connection of its
 * own, so that the writer's commits never wait for it (p99 of a propagation fell from 9-12 ms
 * to 3-5 ms when this was measured). */
#ifndef MUSTER_SERVER_SHELL_CHECKPOINT_H
#define MUSTER_SERVER_SHELL_CHECKPOINT_H

#include <pthread.h>
#include <stdbool.h>

#include "server/shell/datadir.h"
#include "server/shell/sink.h"

struct mu_checkpointer {
    pthread_t thread;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool running;
    bool asked;                   /* under mutex */
    bool stopping;                /* under mutex */
    bool broken;                  /* under mutex: see mu_checkpointer_broken() */
    const struct mu_datadir *dir; /* borrowed */
    struct mu_sink *sink;         /* borrowed */
};

/* Must not move while it runs.  MU_E_LIMIT when the system gives no thread. */
MU_MUST_USE enum mu_status mu_checkpointer_start(struct mu_checkpointer *checkpointer,
                                                 const struct mu_datadir *dir, struct mu_sink *sink,
                                                 struct mu_error *err);
/* Fold soon.  Never waits. */
void mu_checkpointer_ask(struct mu_checkpointer *checkpointer);
/* A write or sync failed: what is on the disk is unknown, and trying again would only hide it.
 * The process must end. */
bool mu_checkpointer_broken(struct mu_checkpointer *checkpointer);
void mu_checkpointer_stop(struct mu_checkpointer *checkpointer);

#endif
