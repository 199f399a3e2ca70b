#include "server/shell/prover.h"

#include <unistd.h>

#define STACK_BYTES ((size_t)128 << 10)
#define TOGETHER    4 /* proofs that are taken at once, 50 us each */

/* Take some that are left, check them, say so.  False: none was left. */
static bool work(struct mu_prover *prover)
{
    (void)pthread_mutex_lock(&prover->mutex);
    struct mu_server_proof *proofs = prover->proofs;
    size_t begin = prover->next;
    size_t end = prover->count - begin < TOGETHER ? prover->count : begin + TOGETHER;
    prover->next = end;
    (void)pthread_mutex_unlock(&prover->mutex);
    if (begin == end) {
        return false;
    }
    for (size_t i = begin; i < end; i++) {
        mu_server_proof_check(&proofs[i]);
    }
    (void)pthread_mutex_lock(&prover->mutex);
    prover->left -= end - begin;
    if (prover->left == 0) {
        (void)pthread_cond_signal(&prover->done);
    }
    (void)pthread_mutex_unlock(&prover->mutex);
    return true;
}

/* False: time to stop. */
static bool wait_for_work(struct mu_prover *prover)
{
    (void)pthread_mutex_lock(&prover->mutex);
    while (prover->next == prover->count && !prover->stopping) {
        (void)pthread_cond_wait(&prover->wake, &prover->mutex);
    }
    bool go_on = !prover->stopping;
    (void)pthread_mutex_unlock(&prover->mutex);
    return go_on;
}

static void *run(void *argument)
{
    struct mu_prover *prover = argument;
    while (wait_for_work(prover)) {
        while (work(prover)) {
        }
    }
    return NULL;
}

void mu_prover_prove(void *state, struct mu_server_proof *proofs, size_t count)
{
    struct mu_prover *prover = state;
    (void)pthread_mutex_lock(&prover->mutex);
    MU_ASSERT(prover->left == 0);
    prover->proofs = proofs;
    prover->next = 0;
    prover->count = count;
    prover->left = count;
    (void)pthread_cond_broadcast(&prover->wake);
    (void)pthread_mutex_unlock(&prover->mutex);
    while (work(prover)) {
    }
    (void)pthread_mutex_lock(&prover->mutex);
    while (prover->left > 0) {
        (void)pthread_cond_wait(&prover->done, &prover->mutex);
    }
    prover->proofs = NULL;
    (void)pthread_mutex_unlock(&prover->mutex);
}

void mu_prover_start(struct mu_prover *prover)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    pthread_attr_t attributes;
    *prover = (struct mu_prover){.running = true};
    (void)pthread_mutex_init(&prover->mutex, NULL);
    (void)pthread_cond_init(&prover->wake, NULL);
    (void)pthread_cond_init(&prover->done, NULL);
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
    while (prover->thread_count < MU_PROVER_THREADS_MAX &&
           (long)prover->thread_count + 1 < processors &&
           pthread_create(&prover->threads[prover->thread_count], &attributes, run, prover) == 0) {
        prover->thread_count++;
    }
    (void)pthread_attr_destroy(&attributes);
}

void mu_prover_stop(struct mu_prover *prover)
{
    if (!prover->running) {
        return;
    }
    (void)pthread_mutex_lock(&prover->mutex);
    prover->stopping = true;
    (void)pthread_cond_broadcast(&prover->wake);
    (void)pthread_mutex_unlock(&prover->mutex);
    for (size_t i = 0; i < prover->thread_count; i++) {
        (void)pthread_join(prover->threads[i], NULL);
    }
    (void)pthread_cond_destroy(&prover->wake);
    (void)pthread_cond_destroy(&prover->done);
    (void)pthread_mutex_destroy(&prover->mutex);
    *prover = (struct mu_prover){0};
}
