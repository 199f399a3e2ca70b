/* One server core and a few client cores, each on a disk of its own in memory, with the wire
 * between them in the test's hand and a clock that moves only when told.
 *
 * What must succeed is asserted.  A test may look at, change, drop or repeat every frame
 * (pass), cut lines, kill and restart processes, cut the power, and put a disk back. */
#ifndef MUSTER_TESTS_HARNESS_PAIR_H
#define MUSTER_TESTS_HARNESS_PAIR_H

#include "client/core/client.h"
#include "server/core/server.h"
#include "tests/harness/memdisk.h"

#define MU_PAIR_CLIENTS_MAX 8
#define MU_PAIR_SERVER      SIZE_MAX

struct mu_pair;

/* A message on the wire. */
struct mu_pair_frame {
    bool to_server;
    size_t client; /* index */
    uint64_t conn;
    uint8_t *bytes; /* on the heap; may be changed in place */
    size_t len;
};

struct mu_pair_client {
    struct mu_memdisk *disk;
    char vfs[24];
    struct mu_db replica_db, outbox_db;
    struct mu_key_file file;
    struct mu_device_keys keys;
    struct mu_id person;
    struct mu_client *client; /* NULL: no process */
    struct mu_client_sabotage sabotage;
    struct mu_arena arena; /* of what the test asks for */
    uint64_t conn;         /* 0: none */
    bool unplugged;        /* nothing gets through */
    bool lost, refused;    /* the next turn hears that the connection is gone */
    bool poked;
    int64_t wake_at_ms;
    int64_t skew_ms; /* its wall clock minus the true one */
    uint64_t views, sent_frames, sent_bytes, connects, turns;
    uint64_t spent_ns; /* in turns, by pair->clock_ns */
    char log[4096];    /* the last lines, newest first, each with a line break */
};

struct mu_pair {
    /* Clients keep their files in the present folder instead, so that others can open them
     * beside: set before mu_pair_join(). */
    bool real_files;
    struct mu_memdisk *disk;
    char server_vfs[24];
    struct mu_db db;
    struct mu_device_keys keys;
    struct mu_server_options options;
    struct mu_server *server; /* NULL: no process */
    struct mu_id workspace;
    struct mu_entropy entropy;
    int64_t wall_ms, mono_ms;
    int64_t server_wake_at_ms;
    uint64_t conns;
    struct mu_server_input gone[64]; /* closed connections, for the next turn */
    size_t gone_count;
    struct mu_pair_frame *frames;
    size_t frame_count, frame_room;
    struct mu_pair_client clients[MU_PAIR_CLIENTS_MAX];
    size_t count;
    /* Called for every frame as it is sent; false drops it.  NULL: all pass. */
    bool (*pass)(struct mu_pair *pair, struct mu_pair_frame *frame, void *state);
    void *pass_state;
    /* Called before and after each turn of a client (or MU_PAIR_SERVER), which may then fail: its
     * process is killed and started again, as its shell does.  NULL: no turn may fail. */
    void (*trouble)(struct mu_pair *pair, size_t who, bool begins, void *state);
    void *trouble_state;
    uint64_t failed_turns;
    uint64_t (*clock_ns)(void); /* for benchmarks; NULL: time is not taken */
    struct mu_error err;
};

/* A founded team with its server running.  Pairs that are open at the same time have
 * different names (at most 8 characters). */
void mu_pair_open(struct mu_pair *pair, const char *name);
void mu_pair_close(struct mu_pair *pair);

/* Enrol a device and open its client, not yet run.  The first is the lead "ana"; later ones
 * are members invited by client 0, which must be live.  Returns its index. */
size_t mu_pair_join(struct mu_pair *pair);
/* One more device of the person of client whose, which was that person's first. */
size_t mu_pair_join_as(struct mu_pair *pair, size_t whose);

/* Deliver everything that is on the way or due, until nothing is; no time passes. */
void mu_pair_pump(struct mu_pair *pair);
/* Let ms pass, with every timer that falls into it. */
void mu_pair_run(struct mu_pair *pair, int64_t ms);
/* Run until every client that has a process and a line is live, level and has nothing
 * pending; asserts that it gets there within two minutes. */
void mu_pair_settle(struct mu_pair *pair);
/* mu_client_check() of every running client, equal digests where cursors are equal. */
void mu_pair_check(struct mu_pair *pair);

/* One turn of the server over inputs of the test's own; what it sends is on the wire then. */
void mu_pair_serve(struct mu_pair *pair, const struct mu_server_input *inputs, size_t count);
/* Frames of kind from a client (or, not to_server, to it) are put into the queue by hand. */
void mu_pair_post(struct mu_pair *pair, size_t client, bool to_server, struct mu_slice bytes);

/* -- accidents ---------------------------------------------------------------- */

/* The line: cut with notice to both sides, or silently; and mended. */
void mu_pair_unplug(struct mu_pair *pair, size_t client, bool silently);
void mu_pair_plug(struct mu_pair *pair, size_t client);
/* The process ends without a word; everything it wrote stays. */
void mu_pair_kill(struct mu_pair *pair, size_t client);
/* One of a client's files, as its own process opens it; name is "replica.db" or "outbox.db". */
void mu_pair_open_file(struct mu_pair *pair, size_t client, struct mu_db *db, const char *name);
/* The power goes: unsynced writes are lost; seed as in mu_memdisk_crash(). */
void mu_pair_power_cut(struct mu_pair *pair, size_t client, uint64_t seed);
void mu_pair_start(struct mu_pair *pair, size_t client);
MU_MUST_USE enum mu_status mu_pair_try_start(struct mu_pair *pair, size_t client);
void mu_pair_server_kill(struct mu_pair *pair);
void mu_pair_server_start(struct mu_pair *pair);
/* Stop the server, put its disk back to image, start it as `musterd restore` would. */
void mu_pair_server_restore(struct mu_pair *pair, const struct mu_memdisk_image *image);

/* -- people ------------------------------------------------------------------- */

struct mu_client_turn mu_pair_turn(struct mu_pair *pair, size_t client);
struct mu_client_status mu_pair_status(struct mu_pair *pair, size_t client);
struct mu_server_status mu_pair_server_status(struct mu_pair *pair);
/* Author and poke.  The try variant leaves the reason in pair->err. */
MU_MUST_USE enum mu_status mu_pair_try(struct mu_pair *pair, size_t client,
                                       const struct mu_intent *intent, struct mu_authored *out);
struct mu_authored mu_pair_author(struct mu_pair *pair, size_t client,
                                  const struct mu_intent *intent);
/* First column of this kind, as the client sees it. */
struct mu_id mu_pair_column(struct mu_pair *pair, size_t client, int64_t kind);
/* task.add at the end of a column of kind; the task's id. */
struct mu_id mu_pair_add(struct mu_pair *pair, size_t client, const char *title, int64_t kind);
/* An intent with one operation on a row; memory from the client's arena. */
struct mu_intent mu_pair_intent(struct mu_pair *pair, size_t client, uint32_t number,
                                uint32_t entity, struct mu_id row, struct mu_op **out_op);
void mu_pair_arg(struct mu_pair *pair, size_t client, struct mu_op *op, uint32_t field,
                 struct mu_value value);
struct mu_authored mu_pair_title(struct mu_pair *pair, size_t client, struct mu_id task,
                                 const char *title);
struct mu_authored mu_pair_move(struct mu_pair *pair, size_t client, struct mu_id task,
                                int64_t kind);
/* The visible row; asserts that it is there. */
struct mu_row mu_pair_row(struct mu_pair *pair, size_t client, uint32_t entity, struct mu_id id);
bool mu_pair_has(struct mu_pair *pair, size_t client, uint32_t entity, struct mu_id id);
/* Whether the visible task's title is this. */
bool mu_pair_titled(struct mu_pair *pair, size_t client, struct mu_id task, const char *title);
/* Whether a line that begins with event is among the last of the client's log. */
bool mu_pair_logged(const struct mu_pair *pair, size_t client, const char *event);

#endif
