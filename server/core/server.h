/* The server as a turn machine: inputs and one `now` go in, one transaction runs,
 * outputs come out after the commit.  Nobody hears about anything not on disk.
 *
 * No clock, socket, file or random source in here; the shell (and the simulator)
 * bring them.  One instance serves one workspace. */
#ifndef MUSTER_SERVER_CORE_SERVER_H
#define MUSTER_SERVER_CORE_SERVER_H

#include "common/base/time.h"
#include "common/replica/replica.h"
#include "common/seal/entropy.h"
#include "common/seal/keys.h"
#include "common/wire/message.h"
#include "server/core/known.h"
#include "server/log/log.h"

struct mu_server;

/* What a turn knows of the world outside. */
struct mu_turn {
    struct mu_wall wall;
    struct mu_mono mono;
    struct mu_entropy *entropy;
};

/* A connection as the shell numbers it; never reused while the process lives. */
struct mu_conn {
    uint64_t number;
};

enum mu_server_input_kind {
    MU_SERVER_MESSAGE, /* bytes from conn, whose CURVE key ZAP proved */
    MU_SERVER_GONE,    /* conn is closed */
    MU_SERVER_TICK     /* time passed: beacons, timeouts */
};

struct mu_server_input {
    enum mu_server_input_kind kind;
    struct mu_conn conn;
    uint8_t curve_key[32]; /* of the peer, from the message's ZAP user id */
    struct mu_slice bytes; /* borrowed for the turn */
};

enum mu_server_output_kind {
    MU_SERVER_SEND,  /* bytes to conn */
    MU_SERVER_CLOSE, /* cut conn; nothing is sent to it afterwards */
    MU_SERVER_LOG    /* one line for the operator: event name and key=value fields, no user text */
};

struct mu_server_output {
    enum mu_server_output_kind kind;
    struct mu_conn conn;
    struct mu_slice bytes; /* SEND, or the text of LOG; valid until the next turn.  Many SENDs of
                            * one turn may share the same bytes */
};

struct mu_server_outputs {
    const struct mu_server_output *items;
    size_t count;
    int64_t wake_at_ms; /* mono time of the next TICK wanted; INT64_MAX: none */
};

/* Founding: the first change of a workspace. */
struct mu_founding {
    const char *team;
    const char *zone; /* IANA */
    const char *lead_handle;
    const char *lead_name;
    uint8_t invite_secret[16]; /* the caller draws it, and prints the invite */
    int64_t invite_expires_ms;
};

/* Make the workspace in an empty database, in one transaction: team, a board with
 * columns Backlog, To do, Doing, Review, Done, the lead, the lead's invite, as one
 * change team.found signed by the server's own key.
 * Errors: MU_E_EXISTS when it was founded already (nothing changed); MU_E_INVALID names the
 * field that cannot be. */
MU_MUST_USE enum mu_status mu_server_found(struct mu_db *db, const struct mu_device_keys *keys,
                                           const struct mu_founding *founding,
                                           const struct mu_turn *turn, struct mu_id *out_workspace,
                                           struct mu_error *err);

/* What one device, and all together, may ask of the server. */
struct mu_server_limits {
    uint32_t sessions_max;    /* further connections are told to come back later */
    uint32_t mutations_per_s; /* a device's, on the long run; 0: no limit */
    uint32_t mutations_burst; /* that it may save up: an import comes at once */
    uint32_t stream_first;    /* a first visit takes a transfer when the log is longer than this, */
    uint32_t stream_rows;     /* or when the board has more rows */
    uint32_t pinned_bytes;    /* rows kept as they were for slow transfers, all together */
    uint32_t silent_ms;       /* a connection that has not said HELLO by then is cut */
};
struct mu_server_limits mu_server_limits_default(void);

/* Safeguards that the simulator can switch off to prove that it would notice.  All on
 * (zero) in the real server.  send_before_commit: outputs leave before their turn is on disk;
 * it is committed by the next turn or by closing, and a crash between loses it. */
struct mu_server_sabotage {
    bool no_dedup_by_id, no_dedup_by_number, no_hash_check; /* of what is pushed */
    bool no_signature_check, no_author_check, no_claim_check;
    bool no_clamp;
    bool send_before_commit, skip_effect;
    bool no_incarnation; /* a database that went back goes on under its name */
    bool no_credit;      /* what is there is sent, whether asked for or not */
    bool no_pins;        /* a transfer shows rows as they are when it comes to them */
    bool no_rotation;    /* who was removed can read on with the key of before */
    bool no_repeat_kept; /* a number that a known mutation used up leaves no trace */
    bool safe_too_soon;  /* everything counts as backed up */
};

/* A mutation's signature to be checked. */
struct mu_server_proof {
    const uint8_t *sign_key; /* of its device */
    struct mu_slice bytes, signature;
    bool good; /* the answer */
};
/* Answer one.  Looks at nothing else: on any thread. */
void mu_server_proof_check(struct mu_server_proof *proof);

struct mu_server_options {
    struct mu_server_limits limits;
    /* Answers all of them, in any order, perhaps on many processors; everything is borrowed until
     * it returns.  NULL: each is checked when it is its turn. */
    void (*prove)(void *state, struct mu_server_proof *proofs, size_t count);
    void *prove_state;
    /* The head that was last seen on this database (known.h), when the shell kept it.  A
     * database behind it went back in time: it gets a new incarnation at once. */
    bool has_known;
    struct mu_server_known known;
    struct mu_server_sabotage sabotage;
};

/* Open a founded workspace.  db and keys stay the caller's and outlive the server.  Must not
 * be called inside a transaction of db.
 * Errors: MU_E_NOT_FOUND never founded, MU_E_VERSION, MU_E_CORRUPT, those of the store. */
MU_MUST_USE enum mu_status mu_server_open(struct mu_db *db, const struct mu_device_keys *keys,
                                          const struct mu_turn *turn, struct mu_server **out_server,
                                          struct mu_error *err);
/* The same with options; NULL: the defaults. */
MU_MUST_USE enum mu_status mu_server_open_with(struct mu_db *db, const struct mu_device_keys *keys,
                                               const struct mu_server_options *options,
                                               const struct mu_turn *turn,
                                               struct mu_server **out_server, struct mu_error *err);
void mu_server_close(struct mu_server *server);

/* One turn: a batch of inputs in one transaction, each mutation in a savepoint of its own.
 * Outputs are valid until the next turn.  A failure means that the commit (or the
 * store) failed and nothing may be sent: treat it as a crash, close and open again. */
MU_MUST_USE enum mu_status mu_server_turn(struct mu_server *server, const struct mu_turn *turn,
                                          const struct mu_server_input *inputs, size_t count,
                                          struct mu_server_outputs *out, struct mu_error *err);

/* A restored database starts a lineage of its own: new incarnation, with what it came from and
 * where it forked.  For `musterd restore`, on a founded database that no server has open. */
MU_MUST_USE enum mu_status mu_server_restored(struct mu_db *db, const struct mu_turn *turn,
                                              struct mu_error *err);

/* A backup that covers everything up to seq is finished and kept: devices need not remember
 * longer what they wrote up to there.  Between turns.  MU_E_INVALID for what is not in the log
 * (nothing changed); any other failure is one of a turn. */
MU_MUST_USE enum mu_status mu_server_backed_up(struct mu_server *server, const struct mu_turn *turn,
                                               uint64_t seq, struct mu_error *err);

/* What the ZAP handler asks for a CURVE key, between turns. */
enum mu_admission {
    MU_ADMIT_DEVICE,
    MU_ADMIT_INVITE,    /* for an enrolment alone */
    MU_REFUSE_FINAL,    /* 400: unknown, revoked, used, expired */
    MU_REFUSE_TEMPORARY /* 300 */
};
enum mu_admission mu_server_admit(struct mu_server *server, const uint8_t curve_key[static 32],
                                  struct mu_wall now);

struct mu_server_status {
    struct mu_log_head head;
    struct mu_hash digest_root;
    uint64_t members, devices, sessions;
    uint64_t backlog; /* changes not yet sent to connected sessions, of the slowest */
};
MU_MUST_USE enum mu_status mu_server_status(struct mu_server *server,
                                            struct mu_server_status *out_status,
                                            struct mu_error *err);
struct mu_replica *mu_server_replica(struct mu_server *server);
/* What to keep beside the database (known.h); of the last turn that committed. */
struct mu_server_known mu_server_known(const struct mu_server *server);

/* The same while it runs. */
void mu_server_sabotage(struct mu_server *server, struct mu_server_sabotage sabotage);

#endif
