/* Many live clients of a real server in one thread: devices that were enrolled, each with its
 * CURVE connection and its session of MSP/1, pushing what it signed and taking in changes for
 * credit.  What they leave out is a replica, so that a thousand of them fit beside the server
 * that they measure. */
#ifndef MUSTER_TESTS_BENCH_CROWD_H
#define MUSTER_TESTS_BENCH_CROWD_H

#include "common/base/buf.h"
#include "common/seal/entropy.h"
#include "common/seal/keys.h"
#include "common/wire/message.h"
#include "tests/bench/person.h"
#include "tests/bench/swarm.h"

enum mu_member_state { MU_MEMBER_AWAY, MU_MEMBER_GREETING, MU_MEMBER_LIVE };

struct mu_member {
    enum mu_member_state state;
    struct mu_id device;
    struct mu_device_keys keys;
    /* of its replica */
    struct mu_id replica, boot;
    uint64_t opened;
    uint64_t number;
    struct mu_hash last;
    /* of its session */
    uint64_t seq;      /* the last change that came */
    uint64_t acked;    /* mutations answered */
    uint64_t bytes;    /* of CHANGES and chunks taken in */
    uint64_t owed;     /* of them, for which no credit was given back yet */
    double changed_us; /* when the last change came */
    bool transferring, transferred;
};

struct mu_crowd {
    struct mu_bench_team *team;
    struct mu_swarm swarm;
    struct mu_member *members;
    size_t count;
    uint8_t server_curve[MU_CURVE_PK_LEN];
    struct mu_id workspace;
    struct mu_msg_beacon place; /* where a member that is level stands */
    bool has_place;
    struct mu_entropy entropy;
    struct mu_arena arena; /* of one message */
    struct mu_buf bytes;
    size_t live;
    uint64_t deliveries; /* changes that came, to all */
    uint64_t refusals;   /* acks that say anything but "applied" */
};

/* Enrol `count` new people, one device each, invited by the lead; nobody is connected. */
void mu_crowd_begin(struct mu_crowd *crowd, struct mu_bench_team *team, size_t count);
void mu_crowd_end(struct mu_crowd *crowd);
/* Connect `count` members from `first` on, level with the server, and wait until all are live.
 * Returns the microseconds that took. */
double mu_crowd_connect(struct mu_crowd *crowd, size_t first, size_t count);
/* Connect one as a new device, which takes the whole board, and wait until it has it. */
double mu_crowd_transfer(struct mu_crowd *crowd, size_t at);
void mu_crowd_disconnect(struct mu_crowd *crowd);
/* Take in what comes, waiting up to timeout_ms for the first of it. */
size_t mu_crowd_wait(struct mu_crowd *crowd, int timeout_ms);

/* A signed edit of a task's title, with the member's next number, in an arena that lives on. */
struct mu_pushed mu_crowd_edit(struct mu_crowd *crowd, size_t at, struct mu_id task,
                               const char *title, struct mu_arena *arena);
void mu_crowd_push(struct mu_crowd *crowd, size_t at, struct mu_pushed *items, size_t count);

/* A member of its own edits tasks in turn, in full pushes, until `count` changes are made.  Returns
 * the microseconds of the server's processor time for each. */
double mu_crowd_changes(struct mu_bench_team *team, const struct mu_id *tasks, size_t task_count,
                        size_t count);

#endif
