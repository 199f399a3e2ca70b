/* A server that runs: its folder, its store, its door, and the turns between them. */
#ifndef MUSTER_SERVER_SHELL_SERVICE_H
#define MUSTER_SERVER_SHELL_SERVICE_H

#include "server/core/server.h"
#include "server/shell/checkpoint.h"
#include "server/shell/config.h"
#include "server/shell/control.h"
#include "server/shell/datadir.h"
#include "server/shell/exit.h"
#include "server/shell/gate.h"
#include "server/shell/headfile.h"
#include "server/shell/prover.h"
#include "server/shell/sink.h"

struct mu_service {
    struct mu_sink sink;
    struct mu_datadir dir; /* locked */
    struct mu_config config;
    struct mu_device_keys keys; /* secret */
    struct mu_headfile headfile;
    struct mu_db db;
    struct mu_server *server; /* NULL: closed, only while suspended */
    bool is_suspended;        /* the disk is full: no turns are run */
    struct mu_gate gate;
    struct mu_control control;
    struct mu_checkpointer checkpointer;
    struct mu_prover prover;
    struct mu_batch batch;
    struct mu_mono wake_at;  /* when the core wants a tick */
    struct mu_mono retry_at; /* when suspended: try to go on */
    struct mu_mono policed;
    uint64_t unfolded_bytes; /* received since the last checkpoint was asked for */
    uint64_t unfolded_turns;
    int failures; /* of turns, one after another */
};

/* Open everything and bind; listen overrides the configuration unless NULL.  Must not move
 * afterwards.  On failure everything is closed. */
MU_MUST_USE enum mu_status mu_service_open(struct mu_service *service, const char *data,
                                           const char *listen, struct mu_error *err);
void mu_service_close(struct mu_service *service);

/* Serve until stop_fd becomes readable, finishing the turn under way.
 * Returns what the process shall exit with. */
enum mu_exit mu_service_run(struct mu_service *service, int stop_fd);

/* suspend.c: life while the disk is full.  The core is opened anew to say who may come in, and
 * who comes is told to come back; once there is room, everything goes on without a restart. */
void mu_service_suspend(struct mu_service *service);
/* One round of it: answer who speaks, try to go on when it is time.  False: the store cannot be
 * opened again, *out_exit says how to end. */
MU_MUST_USE bool mu_service_idle(struct mu_service *service, enum mu_exit *out_exit);

/* Open the database and the core on it; what the head file remembers goes with it, and a
 * database that went back in time is found out. */
MU_MUST_USE enum mu_status mu_service_open_store(struct mu_service *service, struct mu_error *err);
void mu_service_close_store(struct mu_service *service);

#endif
