#include "server/shell/checkpoint.h"

#define STACK_BYTES ((size_t)256 << 10)

/* False: time to stop. */
static bool wait_for_work(struct mu_checkpointer *checkpointer)
{
    (void)pthread_mutex_lock(&checkpointer->mutex);
    while (!checkpointer->asked && !checkpointer->stopping) {
        (void)pthread_cond_wait(&checkpointer->wake, &checkpointer->mutex);
    }
    bool go_on = !checkpointer->stopping;
    checkpointer->asked = false;
    (void)pthread_mutex_unlock(&checkpointer->mutex);
    return go_on;
}

static void note_broken(struct mu_checkpointer *checkpointer)
{
    (void)pthread_mutex_lock(&checkpointer->mutex);
    checkpointer->broken = true;
    (void)pthread_mutex_unlock(&checkpointer->mutex);
}

bool mu_checkpointer_broken(struct mu_checkpointer *checkpointer)
{
    if (!checkpointer->running) {
        return false;
    }
    (void)pthread_mutex_lock(&checkpointer->mutex);
    bool broken = checkpointer->broken;
    (void)pthread_mutex_unlock(&checkpointer->mutex);
    return broken;
}

static void *run(void *argument)
{
    struct mu_checkpointer *checkpointer = argument;
    struct mu_error err;
    struct mu_db db = {0};
    while (wait_for_work(checkpointer)) {
        enum mu_status status = MU_OK;
        if (db.handle == NULL) {
            status = mu_datadir_db(checkpointer->dir, MU_DATADIR_CHECKPOINT, &db, &err);
        }
        if (status == MU_OK) {
            status = mu_db_checkpoint(&db, &err);
        }
        if (status != MU_OK) {
            mu_sink_fail(checkpointer->sink, "checkpoint_failed", &err);
            bool broken = db.broken || status == MU_E_IO;
            mu_db_close(&db);
            if (broken) {
                note_broken(checkpointer);
                return NULL;
            }
        }
    }
    mu_db_close(&db);
    return NULL;
}

enum mu_status mu_checkpointer_start(struct mu_checkpointer *checkpointer,
                                     const struct mu_datadir *dir, struct mu_sink *sink,
                                     struct mu_error *err)
{
    *checkpointer = (struct mu_checkpointer){.dir = dir, .sink = sink};
    (void)pthread_mutex_init(&checkpointer->mutex, NULL);
    (void)pthread_cond_init(&checkpointer->wake, NULL);
    pthread_attr_t attributes;
    (void)pthread_attr_init(&attributes);
    (void)pthread_attr_setstacksize(&attributes, STACK_BYTES);
    int rc = pthread_create(&checkpointer->thread, &attributes, run, checkpointer);
    (void)pthread_attr_destroy(&attributes);
    if (rc != 0) {
        (void)pthread_cond_destroy(&checkpointer->wake);
        (void)pthread_mutex_destroy(&checkpointer->mutex);
        return mu_fail(err, MU_E_LIMIT, "the system allows no further thread");
    }
    checkpointer->running = true;
    return MU_OK;
}

static void signal_it(struct mu_checkpointer *checkpointer, bool stop)
{
    (void)pthread_mutex_lock(&checkpointer->mutex);
    checkpointer->asked = true;
    checkpointer->stopping = checkpointer->stopping || stop;
    (void)pthread_cond_signal(&checkpointer->wake);
    (void)pthread_mutex_unlock(&checkpointer->mutex);
}

void mu_checkpointer_ask(struct mu_checkpointer *checkpointer)
{
    if (checkpointer->running) {
        signal_it(checkpointer, false);
    }
}

void mu_checkpointer_stop(struct mu_checkpointer *checkpointer)
{
    if (!checkpointer->running) {
        return;
    }
    signal_it(checkpointer, true);
    (void)pthread_join(checkpointer->thread, NULL);
    (void)pthread_cond_destroy(&checkpointer->wake);
    (void)pthread_mutex_destroy(&checkpointer->mutex);
    checkpointer->running = false;
}
