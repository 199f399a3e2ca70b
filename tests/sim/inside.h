/* The inside of a run, shared by the files of tests/sim. */
#ifndef MUSTER_TESTS_SIM_INSIDE_H
#define MUSTER_TESTS_SIM_INSIDE_H

#include "tests/harness/dice.h"
#include "tests/harness/memdisk.h"
#include "tests/sim/queue.h"
#include "tests/sim/sim.h"

#define MU_SIM_DEVICES_MAX 8
#define MU_SIM_INBOX_MAX   256
#define MU_SIM_ARENA_MAX   ((size_t)64 << 20)

/* Messages and other inputs waiting for the next turn of one machine. */
struct mu_inbox_item {
    int kind; /* of the machine's own input kinds */
    uint64_t conn;
    bool flag;
    uint8_t *bytes;
    size_t len;
};
struct mu_inbox {
    struct mu_inbox_item items[MU_SIM_INBOX_MAX];
    size_t count;
    bool turn_planned;
};

struct mu_conn_state {
    unsigned device;
    bool at_server; /* the server has heard of it and not been told that it is gone */
    bool at_device; /* it is the device's present connection */
    bool admitted;
    bool dead;       /* nothing passes any more */
    int64_t up_ms;   /* last delivery planned towards the server */
    int64_t down_ms; /* and towards the device */
};

struct mu_node {
    struct mu_memdisk *disk;
    bool up;
    int64_t boot_ms;    /* virtual time of the last start */
    int64_t clock_ms;   /* its wall clock minus virtual time */
    int64_t tick_at_ms; /* virtual; INT64_MAX: none wanted */
    struct mu_inbox inbox;
};

struct mu_sim_server {
    struct mu_node node;
    struct mu_db db;
    struct mu_device_keys keys;
    struct mu_server *server;
    uint64_t head; /* as last seen; never goes back */
};

struct mu_sim_device {
    struct mu_node node;
    struct mu_db replica_db, outbox_db;
    struct mu_key_file key;
    struct mu_device_keys keys;
    struct mu_id person;
    struct mu_client *client;
    uint64_t conn; /* index + 1 into conns; 0: none */
    bool cut_up, cut_down;
    uint64_t turns;
    bool enrolled;
};

/* What a person was told is saved. */
struct mu_saved {
    struct mu_id mutation;
    unsigned device;
    struct mu_id task; /* of a title edit, else zero */
    char title[32];    /* "" when it is none; unlike any other */
    uint64_t base_seq; /* the author's cursor */
    struct mu_id replica;
    uint64_t seq; /* found at the end; 0: not in the log */
};

struct mu_sim {
    const struct mu_sim_options *options;
    struct mu_sim_result *result;
    struct mu_dice dice;
    struct mu_queue queue;
    int64_t now_ms;
    struct mu_sim_server server;
    struct mu_sim_device devices[MU_SIM_DEVICES_MAX];
    unsigned device_count;
    struct mu_conn_state *conns;
    size_t conn_count, conn_room;
    struct mu_saved *saved;
    size_t saved_count, saved_room;
    struct mu_hash *chains; /* [seq]: as first seen anywhere */
    size_t chain_count;
    struct mu_id workspace;
    unsigned edits_left;
    unsigned titles;
    bool healed;
    int64_t healed_ms;
    struct mu_arena arena; /* of one step */
};

/* The run has failed: the first reason stays. */
void mu_sim_fail(struct mu_sim *sim, const char *fmt, ...) MU_PRINTF(2, 3);
bool mu_sim_failed(const struct mu_sim *sim);
bool mu_sim_chance(struct mu_sim *sim, unsigned percent);
uint64_t mu_sim_below(struct mu_sim *sim, uint64_t limit);
/* Into the trace, and printed when asked for. */
void mu_sim_note(struct mu_sim *sim, const char *fmt, ...) MU_PRINTF(2, 3);
void mu_sim_note_bytes(struct mu_sim *sim, const void *bytes, size_t len);
void mu_sim_count(struct mu_sim *sim, enum mu_sim_fault fault);

/* One event happens (sim.c). */
void mu_sim_step(struct mu_sim *sim, struct mu_event *event);

/* -- machines (machine.c) -------------------------------------------------- */

#define MU_SIM_START_MS INT64_C(1780000000000) /* virtual time 0 on a clock that is right */

void mu_sim_found(struct mu_sim *sim);
void mu_sim_server_start(struct mu_sim *sim);
void mu_sim_device_start(struct mu_sim *sim, unsigned device);
/* The machine stops where it is.  power: what was not synced is at the seed's mercy. */
void mu_sim_server_stop(struct mu_sim *sim, bool power);
void mu_sim_device_stop(struct mu_sim *sim, unsigned device, bool power);
void mu_sim_server_turn(struct mu_sim *sim);
void mu_sim_device_turn(struct mu_sim *sim, unsigned device);
void mu_sim_free_machines(struct mu_sim *sim);
/* now for a turn of that device; entropy is drawn anew and lives as long as the sim's step. */
struct mu_client_turn mu_sim_device_now(struct mu_sim *sim, unsigned device,
                                        struct mu_entropy *entropy);
struct mu_turn mu_sim_server_now(struct mu_sim *sim, struct mu_entropy *entropy);

/* -- the network (net.c) --------------------------------------------------- */

void mu_sim_connect(struct mu_sim *sim, unsigned device);
void mu_sim_disconnect(struct mu_sim *sim, unsigned device);
void mu_sim_send_up(struct mu_sim *sim, unsigned device, struct mu_slice bytes);
void mu_sim_send_down(struct mu_sim *sim, uint64_t conn, struct mu_slice bytes);
/* The server cuts conn. */
void mu_sim_cut(struct mu_sim *sim, uint64_t conn);
/* Every connection of the server breaks; devices notice sooner or later, or by themselves. */
void mu_sim_break_all(struct mu_sim *sim);
void mu_sim_break(struct mu_sim *sim, unsigned device);
/* An event of the network; inputs for the machines go into their inboxes. */
void mu_sim_deliver(struct mu_sim *sim, struct mu_event *event);
void mu_sim_inbox_free(struct mu_inbox *inbox);
void mu_sim_give_server(struct mu_sim *sim, enum mu_server_input_kind kind, uint64_t conn,
                        struct mu_slice bytes);
void mu_sim_give_device(struct mu_sim *sim, unsigned device, enum mu_client_input_kind kind,
                        bool flag, struct mu_slice bytes);

/* -- people, chaos, promises ----------------------------------------------- */

void mu_sim_edit(struct mu_sim *sim, unsigned device); /* people.c */
void mu_sim_chaos(struct mu_sim *sim);                 /* chaos.c */
void mu_sim_heal(struct mu_sim *sim);                  /* chaos.c */
void mu_sim_check_server(struct mu_sim *sim);          /* oracle.c */
void mu_sim_check_device(struct mu_sim *sim, unsigned device);
bool mu_sim_level(struct mu_sim *sim, char out_why[static 128]);
void mu_sim_check_end(struct mu_sim *sim);

#endif
