/* MSP/1 messages as checked records, and their bytes.
 *
 * One envelope with one message, protobuf (proto2) underneath; protobuf-c types
 * stay inside this layer.  Decoding takes bytes nobody trusts: every length,
 * count, range and text is checked here, memory comes from the arena given, so
 * later layers may assert.  Unknown protobuf fields are ignored; unknown entities
 * and fields of the domain pass through. */
#ifndef MUSTER_COMMON_WIRE_MESSAGE_H
#define MUSTER_COMMON_WIRE_MESSAGE_H

#include "common/base/arena.h"
#include "common/base/buf.h"
#include "common/base/id.h"
#include "common/model/domain.h"

#define MU_PROTOCOL_MIN 1
#define MU_PROTOCOL_MAX 1
#define MU_SCHEMA       1 /* of the domain, told in HELLO */

#define MU_MESSAGE_MAX        ((size_t)1024 * 1024) /* bytes of any message */
#define MU_PUSH_COUNT_MAX     64
#define MU_PUSH_BYTES_MAX     ((size_t)768 * 1024)
#define MU_MUTATION_BYTES_MAX ((size_t)512 * 1024) /* signed bytes of one mutation */
#define MU_CHANGES_COUNT_MAX  1024
#define MU_CHANGES_BYTES_MAX  ((size_t)256 * 1024) /* soft: one larger change travels alone */
#define MU_LINKS_COUNT_MAX    4096                 /* links of one LINKS */
#define MU_LINKS_SEALED_MAX   256                  /* changes of one LINKS */
#define MU_CHUNK_BYTES_MAX    ((size_t)256 * 1024) /* plain */
#define MU_CHUNK_SEALED_MAX   (MU_CHUNK_BYTES_MAX + 1024) /* with its envelope */
#define MU_LINE_MAX           512 /* bytes of a reason or of an error's text */
#define MU_FORMER_MAX         64
#define MU_EPOCH_KEYS_MAX     512
#define MU_CREDIT_START       ((uint64_t)256 * 1024)
#define MU_CREDIT_MAX         ((uint64_t)16 * 1024 * 1024)

enum mu_message_kind {
    MU_MSG_HELLO = 1,
    MU_MSG_WELCOME,
    MU_MSG_PUSH,
    MU_MSG_PUSHACK,
    MU_MSG_CREDIT,
    MU_MSG_CHANGES,
    MU_MSG_BEACON,
    MU_MSG_XFER_REQ,
    MU_MSG_XFER_BEGIN,
    MU_MSG_XFER_CHUNK,
    MU_MSG_XFER_END,
    MU_MSG_KEYS,
    MU_MSG_ENROL,
    MU_MSG_ENROLLED,
    MU_MSG_PING, /* from a client that has heard nothing for long: answered by a BEACON */
    MU_MSG_ERROR,
    MU_MSG_BYE,
    MU_MSG_LINKS_REQ,
    MU_MSG_LINKS
};

/* A replica id used before, with how far it got. */
struct mu_former {
    struct mu_id replica;
    uint64_t last_number;
    struct mu_hash last_hash;
};

struct mu_msg_beacon {
    struct mu_id incarnation;
    uint64_t head;
    uint64_t safe_seq;
    struct mu_hash digest_root;
    struct mu_hash chain;
    uint32_t epoch;
    int64_t server_ms;
    struct mu_slice signature; /* 64, over mu_beacon_signed_bytes() */
};

/* Begins the session of a connection, or begins it anew (after FORKED: under a new replica
 * id): what was granted and what was under way before is void then. */
struct mu_msg_hello {
    uint32_t protocol_min, protocol_max, schema;
    uint64_t capabilities;
    struct mu_id workspace;
    struct mu_id device; /* the ZAP user decides who it is; this must agree */
    struct mu_id replica;
    struct mu_id boot_nonce;
    uint64_t open_counter;
    struct mu_id incarnation; /* zero on a first visit */
    uint64_t cursor;
    struct mu_hash chain; /* at cursor */
    uint64_t last_number; /* of this replica, 0: none */
    struct mu_hash last_hash;
    uint64_t acked_number; /* highest number this replica knows accepted, 0: none */
    struct mu_hash acked_hash;
    struct mu_former *former;
    size_t former_count;
    uint32_t epoch; /* newest key held, 0: none */
    int64_t client_ms;
    /* The newest beacon heard with a valid signature, whatever its incarnation: the proof by
     * which a server learns that it went back in time. */
    bool has_beacon;
    struct mu_msg_beacon beacon;
};

enum mu_welcome_verdict {
    MU_WELCOME_OK = 1,
    MU_WELCOME_FORKED,
    MU_WELCOME_LINEAGE_CHANGED,
    MU_WELCOME_BELOW_HORIZON,
    MU_WELCOME_UPGRADE_REQUIRED,
    MU_WELCOME_REVOKED
};

struct mu_wrapped_key {
    uint32_t epoch;
    struct mu_slice bytes; /* common/seal/wrap.h */
};

struct mu_msg_welcome {
    enum mu_welcome_verdict verdict;
    uint32_t protocol;
    struct mu_id session;
    struct mu_id incarnation;
    struct mu_id parent_incarnation; /* zero: none */
    /* With LINEAGE_CHANGED: up to where the history that this client holds still stands; what it
     * knows of its own mutations beyond is to be sent again.  fork_chain is the chain there: a
     * client that has another chain at fork_seq shares nothing for certain (0). */
    uint64_t fork_seq;
    struct mu_hash fork_chain;
    uint64_t head;
    uint64_t horizon;
    uint64_t safe_seq;
    uint64_t last_number; /* of the replica that said hello */
    struct mu_hash last_hash;
    struct mu_former *former; /* what the server knows of the former replicas named */
    size_t former_count;
    int64_t server_ms;
    uint32_t epoch;
    struct mu_wrapped_key *keys;
    size_t key_count;
    struct mu_slice server_sign; /* 32 bytes each; the client compares them with its key file */
    struct mu_slice server_box;
    struct mu_slice reason; /* one line for people when the verdict refuses */
};

struct mu_pushed {
    struct mu_slice bytes;     /* the signed bytes of a mutation */
    struct mu_slice signature; /* 64 */
};

struct mu_msg_push {
    struct mu_pushed *items;
    size_t count;
};

enum mu_ack_kind {
    MU_ACK_APPLIED = 1,
    MU_ACK_APPLIED_CONFLICT,
    MU_ACK_REJECTED,
    MU_ACK_DUPLICATE,
    MU_ACK_GAP,
    MU_ACK_FORK, /* its number is taken; with code CONFLICT: what it claims to have seen is not of
                  * this history, and may be claimed no more */
    MU_ACK_BUSY,
    MU_ACK_INVALID /* cannot be kept under any number: not decodable or not signed by this device */
};

struct mu_ack {
    enum mu_ack_kind kind;
    struct mu_id mutation; /* zero when it could not be read */
    uint64_t number;
    uint64_t seq;      /* APPLIED.., REJECTED, DUPLICATE */
    uint64_t expected; /* GAP */
    uint32_t code;     /* enum mu_status of a refusal, also when DUPLICATE of a refused one */
    uint32_t retry_ms; /* BUSY */
    struct mu_slice reason;
};

struct mu_msg_pushack {
    struct mu_ack *items;
    size_t count;
};

/* A session begins with none: the client grants MU_CREDIT_START after WELCOME and gives back
 * what it has taken in.  Counted are the bytes of whole CHANGES and XFER_CHUNK messages; a
 * message leaves while any credit is left.  While a transfer runs no CHANGES leave; after
 * XFER_END they go on from at_seq + 1. */
struct mu_msg_credit {
    uint64_t bytes; /* added to what the client still takes; past MU_CREDIT_MAX it is cut */
};

struct mu_msg_changes {
    uint64_t seq_first;
    struct mu_slice *sealed; /* seq_first, seq_first + 1, ... byte for byte as in the log */
    size_t count;
};

/* Ends a transfer under way.  The client sends it after LINEAGE_CHANGED and BELOW_HORIZON, and
 * whenever it likes in a session (first load, repair).  Changes that are on their way reach it
 * before BEGIN and have seq <= at_seq.  All chunks show the state at at_seq, however slowly they
 * are taken; a server that cannot keep that up closes the connection, and the client asks again
 * with what it has staged. */
struct mu_msg_xfer_req {
    struct mu_hash buckets[MU_BUCKET_COUNT]; /* of confirmed (or already staged) state */
};

struct mu_msg_xfer_begin {
    struct mu_id transfer;
    struct mu_id incarnation;
    uint64_t at_seq;
    struct mu_hash chain; /* at at_seq */
    struct mu_hash digest_root;
    uint8_t buckets[MU_BUCKET_COUNT / 8]; /* bit set: this bucket will be sent */
    uint64_t row_count;                   /* a hint for progress */
};

struct mu_msg_xfer_chunk {
    struct mu_id transfer;
    uint32_t bucket;
    uint32_t number;        /* 0.. within the bucket */
    bool last;              /* of the bucket */
    struct mu_slice sealed; /* envelope of kind 2 around canonical rows; seq = at_seq;
                             * plaintext starts with bucket and number as varints */
};

struct mu_msg_xfer_end {
    struct mu_id transfer;
};

/* A client that was loaded by a transfer asks for the links of the chain before it, from first on,
 * a LINKS at a time.  Answered with what there is, up to the server's head; count 0 past it. */
struct mu_msg_links_req {
    uint64_t first; /* > 0 */
};

struct mu_msg_links {
    uint64_t first;
    struct mu_slice hashes;  /* count of MU_HASH_LEN: of the sealed changes first, first + 1, ... */
    size_t count;            /* <= MU_LINKS_COUNT_MAX */
    struct mu_slice *sealed; /* in order, those of them that speak of keys and roles */
    size_t sealed_count;     /* <= MU_LINKS_SEALED_MAX */
};

/* From a client, without keys: asks for every key it may have. */
struct mu_msg_keys {
    struct mu_wrapped_key *keys;
    size_t key_count;
};

/* The only message a temporary invite key may send: a mutation device.enrol signed by
 * the new device, as in PUSH. */
struct mu_msg_enrol {
    uint32_t protocol_min, protocol_max;
    struct mu_pushed mutation;
};

struct mu_msg_enrolled {
    bool accepted;
    struct mu_id device;
    struct mu_id person;
    struct mu_slice handle;
    struct mu_slice team;
    struct mu_slice server_sign; /* 32 */
    struct mu_slice server_box;  /* 32 */
    uint32_t code;               /* enum mu_status of a refusal */
    struct mu_slice reason;
};

struct mu_msg_error {
    uint32_t code; /* enum mu_status */
    struct mu_slice text;
    bool fatal; /* the session ends */
};

struct mu_message {
    enum mu_message_kind kind;
    union {
        struct mu_msg_hello hello;
        struct mu_msg_welcome welcome;
        struct mu_msg_push push;
        struct mu_msg_pushack pushack;
        struct mu_msg_credit credit;
        struct mu_msg_changes changes;
        struct mu_msg_beacon beacon;
        struct mu_msg_xfer_req xfer_req;
        struct mu_msg_xfer_begin xfer_begin;
        struct mu_msg_xfer_chunk xfer_chunk;
        struct mu_msg_xfer_end xfer_end;
        struct mu_msg_links_req links_req;
        struct mu_msg_links links;
        struct mu_msg_keys keys;
        struct mu_msg_enrol enrol;
        struct mu_msg_enrolled enrolled;
        struct mu_msg_error error; /* ERROR and BYE */
    };
};

/* Slices of *out borrow from bytes or from the arena: keep both.  Errors: MU_E_PROTOCOL
 * for what is not a message or breaks a bound (says which), MU_E_VERSION for an unknown
 * kind, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_message_decode(struct mu_slice bytes, struct mu_arena *arena,
                                             struct mu_message *out, struct mu_error *err);
/* Append the bytes; the same message gives the same bytes.  Reasons, error texts, handle
 * and team are cut to what a reader takes, at a code point.  out is unchanged on failure.
 * Errors: MU_E_LIMIT for more than MU_*_MAX allow or past out's ceiling, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_message_encode(const struct mu_message *message,
                                             struct mu_arena *arena, struct mu_buf *out);
/* The bytes a beacon's signature covers: every field but the signature, canonical. */
MU_MUST_USE enum mu_status mu_beacon_signed_bytes(const struct mu_msg_beacon *beacon,
                                                  struct mu_id workspace, struct mu_buf *out);
const char *mu_message_name(enum mu_message_kind kind);

#endif
