/* Between the files of server/core: the open server and what its parts ask of each
 * other.  Functions that take a turn's state run inside mu_server_turn() and its
 * transaction; a failure of one of them ends the turn, and with it this instance. */
#ifndef MUSTER_SERVER_CORE_INSIDE_H
#define MUSTER_SERVER_CORE_INSIDE_H

#include "common/db/stmt.h"
#include "common/seal/envelope.h"
#include "common/wire/mutation.h"
#include "server/core/pins.h"
#include "server/core/rate.h"
#include "server/core/recent.h"
#include "server/core/server.h"
#include "server/core/session.h"

/* The outputs of a turn, in order. */
struct mu_outs {
    struct mu_server_output *items;
    size_t count;
    size_t room;
};

/* The newest epoch and its key. */
struct mu_sealer {
    uint32_t epoch;
    struct mu_epoch_key key;
    int64_t created_ms;
    uint64_t first_seq;
};

/* A CHANGES message of this turn, for every session that stands at first. */
struct mu_frame {
    uint64_t first;
    uint64_t last;
    uint32_t epoch; /* newest among its changes */
    struct mu_slice bytes;
};
#define MU_FRAMES_MAX 64

/* Bucket and number in front of the rows of a chunk, as varints. */
#define MU_CHUNK_PREFIX_MAX ((size_t)10)

struct mu_server {
    struct mu_db *db;                  /* borrowed */
    const struct mu_device_keys *keys; /* borrowed */
    struct mu_replica *replica;
    struct mu_log *log;
    struct mu_world world;
    struct mu_log_head head; /* as the log has it; mu_server_head_read() after every write */
    struct mu_sealer sealer;
    struct mu_server_limits limits;
    void (*prove)(void *state, struct mu_server_proof *proofs, size_t count); /* or NULL */
    void *prove_state;
    struct mu_server_sabotage sabotage;
    struct mu_sessions sessions;
    struct mu_recent recent;
    struct mu_rates rates;
    struct mu_pins pins;
    struct mu_stmt find_device; /* by curve key */
    struct mu_stmt find_invite;

    struct mu_arena turn_memory;  /* what outputs point to; until the next turn */
    struct mu_arena input_memory; /* one message */
    struct mu_arena rule_memory;  /* one mutation */
    struct mu_buf plain;          /* scratch, each used within one function */
    struct mu_buf sealed;
    struct mu_buf rows;
    struct mu_buf message;

    /* Of the turn under way. */
    const struct mu_turn *turn;
    int64_t now_ms; /* wall, never before the log's last change */
    struct mu_outs outs;
    struct mu_frame frames[MU_FRAMES_MAX];
    size_t frame_count;
    size_t stream_bytes;    /* built for streams and transfers in this turn */
    struct mu_slice beacon; /* encoded and signed at its first use; empty: not yet */
    uint64_t beacon_seq;    /* head that it tells */
    bool access_changed;    /* a device or person gained or lost rights */
    bool more;              /* something is left to be sent though no input comes */
    int64_t next_beacon_ms; /* mono */
    int64_t change_counter; /* of the database, at the last turn */
    size_t stream_from;     /* session that is served first in the next turn */
    struct mu_server_known committed;
    bool open_transaction; /* sabotage: the last turn waits for its commit */
    bool broken;           /* a turn failed */
};

/* -- outs.c ------------------------------------------------------------------ */

MU_MUST_USE enum mu_status mu_out_message(struct mu_server *server, struct mu_session *session,
                                          const struct mu_message *message, struct mu_error *err);
/* Encode message into turn memory. */
MU_MUST_USE enum mu_status mu_out_encode(struct mu_server *server, const struct mu_message *message,
                                         struct mu_slice *out_bytes, struct mu_error *err);
/* bytes live in turn memory and may go to many. */
MU_MUST_USE enum mu_status mu_out_bytes(struct mu_server *server, struct mu_session *session,
                                        struct mu_slice bytes, struct mu_error *err);
MU_MUST_USE enum mu_status mu_out_log(struct mu_server *server, struct mu_error *err,
                                      const char *fmt, ...) MU_PRINTF(3, 4);
/* An ERROR that leaves the session open; three of them end it. */
MU_MUST_USE enum mu_status mu_out_fault(struct mu_server *server, struct mu_session *session,
                                        const struct mu_error *fault, struct mu_error *err);
/* Say why (BYE), then cut. */
MU_MUST_USE enum mu_status mu_out_bye(struct mu_server *server, struct mu_session *session,
                                      enum mu_status code, const char *why, struct mu_error *err);
/* The same to a connection that has no session. */
MU_MUST_USE enum mu_status mu_out_turn_away(struct mu_server *server, struct mu_conn conn,
                                            enum mu_status code, const char *why,
                                            struct mu_error *err);

/* -- open.c ------------------------------------------------------------------ */

MU_MUST_USE enum mu_status mu_server_head_read(struct mu_server *server, struct mu_error *err);

/* -- access.c ---------------------------------------------------------------- */

/* Who stands behind a CURVE key. */
struct mu_bearer {
    enum mu_admission admission;
    bool known;          /* there is such a device, though it may be refused */
    bool spent;          /* an invite that was used: who used it may hear the answer again */
    struct mu_id row;    /* of the device or the invite */
    struct mu_id person; /* of the device, or that the invite is for */
    int role;
    uint8_t sign_key[MU_SIGN_PK_LEN]; /* of the device or the invite */
    uint8_t box_key[MU_BOX_PK_LEN];
};
MU_MUST_USE enum mu_status mu_access_find(struct mu_server *server,
                                          const uint8_t curve_key[static MU_CURVE_PK_LEN],
                                          int64_t now_ms, struct mu_bearer *out,
                                          struct mu_error *err);
/* Whether these effects may give or take rights. */
bool mu_access_touched(const struct mu_row *effects, size_t count);
/* Whether one of them takes the right to read from someone. */
bool mu_access_revokes(const struct mu_row *effects, size_t count);
/* Look at every session again after access changed; those without rights are cut. */
MU_MUST_USE enum mu_status mu_access_refresh(struct mu_server *server, struct mu_error *err);
/* Read the rights of a device's session again.  *out_gone: it has none any more. */
MU_MUST_USE enum mu_status mu_access_recheck(struct mu_server *server, struct mu_session *session,
                                             bool *out_gone, struct mu_error *err);
/* Tell a device that it was removed, and cut it. */
MU_MUST_USE enum mu_status mu_access_cut(struct mu_server *server, struct mu_session *session,
                                         struct mu_error *err);

/* -- epoch.c ----------------------------------------------------------------- */

/* Read the newest epoch's key. */
MU_MUST_USE enum mu_status mu_sealer_load(struct mu_server *server, struct mu_error *err);
void mu_sealer_wipe(struct mu_server *server);
/* A new epoch. */
MU_MUST_USE enum mu_status mu_sealer_renew(struct mu_server *server, struct mu_error *err);
/* A new epoch when the present one is a week old or full. */
MU_MUST_USE enum mu_status mu_sealer_check(struct mu_server *server, struct mu_error *err);
/* Keys of the epochs after `after`, wrapped for the session's device, at most most. */
MU_MUST_USE enum mu_status mu_sealer_wrap(struct mu_server *server,
                                          const struct mu_session *session, uint32_t after,
                                          size_t most, struct mu_wrapped_key **out_keys,
                                          size_t *out_count, struct mu_error *err);
/* Send KEYS until the session knows every epoch. */
MU_MUST_USE enum mu_status mu_sealer_tell(struct mu_server *server, struct mu_session *session,
                                          struct mu_error *err);
/* A client lacks a key that it was sent: all of them once more. */
MU_MUST_USE enum mu_status mu_serve_keys(struct mu_server *server, struct mu_session *session,
                                         struct mu_error *err);

/* -- sequence.c: one mutation becomes the next change ------------------------- */

struct mu_author {
    struct mu_id person; /* zero: the server, or not yet known */
    struct mu_id device;
    struct mu_id shown; /* person that the change names; as person but for an enrolment */
    int role;
};

/* A mutation that may take its number. */
struct mu_candidate {
    const struct mu_mutation *mutation;
    struct mu_slice bytes;
    struct mu_slice signature; /* MU_SIGN_LEN */
    struct mu_hash hash;       /* of bytes */
    bool refused;              /* before the rules were asked, with: */
    enum mu_status code;
    const char *reason;
};

struct mu_sequenced {
    uint64_t seq;
    enum mu_verdict verdict;
    enum mu_status code;
    char reason[MU_REASON_MAX + 1];
};

/* What a mutation may claim to have seen. */
struct mu_base {
    uint64_t seq;
    int64_t ms; /* server time at seq, 0 when there is none */
};
MU_MUST_USE enum mu_status mu_base_of(struct mu_server *server, uint64_t base_seq,
                                      struct mu_hash seen_chain, struct mu_base *out,
                                      struct mu_error *err);

/* Decide, apply, seal, append.  A refusal becomes a change too, unless keep_refused is false:
 * then nothing is written and seq is 0. */
MU_MUST_USE enum mu_status mu_sequence(struct mu_server *server, const struct mu_author *author,
                                       const struct mu_candidate *candidate, bool keep_refused,
                                       struct mu_sequenced *out, struct mu_error *err);
/* A mutation that is known by its id takes one more number: a change without effects. */
MU_MUST_USE enum mu_status mu_sequence_repeated(struct mu_server *server,
                                                const struct mu_author *author,
                                                const struct mu_candidate *candidate,
                                                struct mu_error *err);

/* -- room.c ------------------------------------------------------------------ */

/* MU_E_LIMIT when a row would hold more of what this version does not know than a transfer
 * can carry. */
MU_MUST_USE enum mu_status mu_room_check(struct mu_server *server, const struct mu_row *effects,
                                         size_t count, struct mu_error *err);

/* -- lineage.c --------------------------------------------------------------- */

/* A new incarnation from here on.  Sessions are cut but for except (may be NULL). */
MU_MUST_USE enum mu_status mu_lineage_mint(struct mu_server *server,
                                           const struct mu_session *except, struct mu_error *err);
/* The same, because of what is known of this incarnation: it is no news from now on. */
MU_MUST_USE enum mu_status mu_lineage_leave(struct mu_server *server, struct mu_id incarnation,
                                            const struct mu_session *except, struct mu_error *err);
/* Whether the database went back behind what was known of it. */
MU_MUST_USE enum mu_status mu_lineage_behind(struct mu_server *server,
                                             const struct mu_server_known *known, bool *out_behind,
                                             struct mu_error *err);
/* Where a client stands with us. */
struct mu_lineage_claim {
    struct mu_id incarnation;
    uint64_t cursor;
    struct mu_hash chain;
};
struct mu_lineage_verdict {
    bool same;         /* same incarnation, and its history is a front of ours */
    uint64_t fork_seq; /* else: what still stands of it */
    struct mu_hash fork_chain;
};
MU_MUST_USE enum mu_status mu_lineage_judge(struct mu_server *server,
                                            const struct mu_lineage_claim *claim,
                                            struct mu_lineage_verdict *out, struct mu_error *err);

/* -- a file a message -------------------------------------------------------- */

MU_MUST_USE enum mu_status mu_serve_hello(struct mu_server *server, struct mu_session *session,
                                          const struct mu_msg_hello *hello, struct mu_error *err);
MU_MUST_USE enum mu_status mu_serve_push(struct mu_server *server, struct mu_session *session,
                                         const struct mu_msg_push *push, struct mu_error *err);
MU_MUST_USE enum mu_status mu_serve_enrol(struct mu_server *server, struct mu_session *session,
                                          const struct mu_msg_enrol *enrol, struct mu_error *err);
/* About how many rows there are in that many of the buckets. */
MU_MUST_USE enum mu_status mu_xfer_rows(struct mu_server *server, size_t buckets,
                                        uint64_t *out_count, struct mu_error *err);
MU_MUST_USE enum mu_status mu_serve_xfer(struct mu_server *server, struct mu_session *session,
                                         const struct mu_msg_xfer_req *request,
                                         struct mu_error *err);
MU_MUST_USE enum mu_status mu_serve_links(struct mu_server *server, struct mu_session *session,
                                          const struct mu_msg_links_req *request,
                                          struct mu_error *err);
void mu_serve_credit(struct mu_session *session, uint64_t bytes);

/* -- stream.c, xfer.c, beacon.c: what leaves without being asked for ----------- */

MU_MUST_USE enum mu_status mu_serve_streams(struct mu_server *server, struct mu_error *err);
/* Chunks of the session's transfer as credit and the turn's bytes allow. */
MU_MUST_USE enum mu_status mu_serve_chunks(struct mu_server *server, struct mu_session *session,
                                           struct mu_error *err);
void mu_xfer_stop(struct mu_server *server, struct mu_session *session);
/* Keep what transfers need of rows that change seq is about to overwrite. */
MU_MUST_USE enum mu_status mu_xfer_guard(struct mu_server *server, const struct mu_row *effects,
                                         size_t count, uint64_t seq, struct mu_error *err);
/* Whether the turn may build more for streams and transfers; sets server->more when not. */
bool mu_serve_room(struct mu_server *server);
MU_MUST_USE enum mu_status mu_serve_beacon(struct mu_server *server, struct mu_session *session,
                                           struct mu_error *err);
/* Every few seconds: beacons to who heard nothing, silent connections cut. */
MU_MUST_USE enum mu_status mu_serve_beats(struct mu_server *server, struct mu_error *err);

#endif
