/* Threads that check signatures beside the one that runs turns, so that a bulk push does not take
 * the time of all its signatures one after the other.  They see bytes and keys and nothing else;
 * without work they sleep. */
#ifndef MUSTER_SERVER_SHELL_PROVER_H
#define MUSTER_SERVER_SHELL_PROVER_H

#include <pthread.h>
#include <stdbool.h>

#include "server/core/server.h"

#define MU_PROVER_THREADS_MAX 3

struct mu_prover {
    pthread_t threads[MU_PROVER_THREADS_MAX];
    size_t thread_count;
    pthread_mutex_t mutex;
    pthread_cond_t wake, done;
    bool running;
    /* under mutex */
    struct mu_server_proof *proofs; /* borrowed while some are left */
    size_t count;
    size_t next; /* the first that nobody has taken */
    size_t left; /* not answered yet */
    bool stopping;
};

/* One thread for each processor but one, as many as the system gives; with none of them,
 * mu_prover_prove() does it all.  Must not move while it runs. */
void mu_prover_start(struct mu_prover *prover);
/* Accepts a zeroed prover. */
void mu_prover_stop(struct mu_prover *prover);
/* For struct mu_server_options: state is the prover.  Returns when all are answered. */
void mu_prover_prove(void *state, struct mu_server_proof *proofs, size_t count);

#endif
