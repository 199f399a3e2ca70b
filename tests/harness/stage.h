/* A server in memory with a clock of its own, and the mail it sends.
 *
 * For tests that play clients by hand, message by message (player.h).  What must
 * succeed is asserted. */
#ifndef MUSTER_TESTS_HARNESS_STAGE_H
#define MUSTER_TESTS_HARNESS_STAGE_H

#include "server/core/server.h"
#include "tests/harness/memdisk.h"

struct mu_mail {
    struct mu_conn conn;
    enum mu_server_output_kind kind;
    struct mu_slice bytes; /* on the heap */
    bool taken;
};

struct mu_stage {
    struct mu_memdisk *disk; /* NULL: the real one */
    const char *path;        /* of the database, there */
    int cache_kib;
    struct mu_db db;
    struct mu_device_keys keys;
    struct mu_server *server;
    struct mu_server_options options;
    struct mu_entropy entropy;
    int64_t wall_ms;
    int64_t mono_ms;
    int64_t wake_at_ms;
    struct mu_id workspace;
    uint8_t secret[16]; /* of the lead's invite */
    uint64_t conns;     /* numbers given so far */
    uint64_t commits;   /* turns that went well */
    struct mu_server_input inputs[256];
    size_t input_count;
    struct mu_mail *mail;
    size_t mail_count;
    size_t mail_room;
    uint64_t sent_bytes;
    struct mu_error err; /* of the last turn that failed */
};

/* A founded workspace with its server open: team "Orion", lead "ana". */
void mu_stage_open(struct mu_stage *stage);
/* The same in a new file on the real disk; for measuring. */
void mu_stage_open_file(struct mu_stage *stage, const char *path, int cache_kib);
void mu_stage_close(struct mu_stage *stage);
/* The process is killed and started again: sessions and mail are gone. */
void mu_stage_kill(struct mu_stage *stage);
/* The database as an administrator copies it, and put back: the server is closed, the file is
 * replaced (also by that of an earlier day), and opened again with stage->options. */
struct mu_memdisk_image *mu_stage_copy(struct mu_stage *stage);
void mu_stage_put_back(struct mu_stage *stage, const struct mu_memdisk_image *image);
/* Close the server and open it again with stage->options. */
MU_MUST_USE enum mu_status mu_stage_reopen(struct mu_stage *stage);
struct mu_turn mu_stage_now(struct mu_stage *stage);

struct mu_conn mu_stage_connect(struct mu_stage *stage);
/* Queue bytes from conn for the next turn. */
void mu_stage_post(struct mu_stage *stage, struct mu_conn conn, const uint8_t curve_key[static 32],
                   struct mu_slice bytes);
void mu_stage_gone(struct mu_stage *stage, struct mu_conn conn);
/* One turn over what is queued. */
MU_MUST_USE enum mu_status mu_stage_try(struct mu_stage *stage);
void mu_stage_turn(struct mu_stage *stage);
/* Turns until the server wants none before ms from now; time passes by ms. */
void mu_stage_run(struct mu_stage *stage, int64_t ms);

/* The next mail to conn not taken yet; NULL when there is none. */
struct mu_mail *mu_stage_take(struct mu_stage *stage, struct mu_conn conn);
/* How many LOG lines so far begin with event. */
size_t mu_stage_logged(const struct mu_stage *stage, const char *event);
void mu_stage_sweep(struct mu_stage *stage); /* forget all mail */

struct mu_log_head mu_stage_head(struct mu_stage *stage);
struct mu_hash mu_stage_root(struct mu_stage *stage);

#endif
