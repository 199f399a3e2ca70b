/* The session of a client's link, in memory: it ends with the process.
 *
 *            tick                       WELCOME OK
 *  OFFLINE --------> HELLO --------------------------------> OPEN
 *     ^                |  \  FORKED: new replica id, again     |  repair, first load
 *     |                |   \                                   v
 *     |                |    +--- LINEAGE_CHANGED -> RESEND -> XFER ---> OPEN
 *     |                |         BELOW_HORIZON
 *     |                +-- REVOKED, UPGRADE_REQUIRED, refused key --> PARKED
 *     +------------------- lost, silent, garbled (with backoff) ------- any
 *
 * OPEN is catching up while the cursor is behind the server's head, else live. */
#ifndef MUSTER_CLIENT_CORE_SESSION_H
#define MUSTER_CLIENT_CORE_SESSION_H

#include "client/core/list.h"
#include "client/core/record.h"
#include "common/wire/message.h"

enum mu_session_state {
    MU_SESSION_OFFLINE,
    MU_SESSION_HELLO,  /* connected, HELLO sent */
    MU_SESSION_RESEND, /* its rows are of another history or too old: what waits is sent before XFER
                        */
    MU_SESSION_OPEN,
    MU_SESSION_XFER, /* asked for, or running */
    MU_SESSION_PARKED
};

struct mu_flying {
    uint64_t position;
    struct mu_id mutation;
    uint64_t number;
    struct mu_hash hash;
};

/* The one PUSH under way. */
struct mu_flight {
    struct mu_flying items[MU_PUSH_COUNT_MAX];
    size_t count; /* 0: none */
    size_t bytes;
    int64_t sent_ms;
};

enum mu_xfer_reason { MU_XFER_LOAD = 1, MU_XFER_LINEAGE, MU_XFER_REPAIR };

/* The one transfer under way. */
struct mu_transfer {
    enum mu_xfer_reason reason;
    bool begun; /* XFER_BEGIN has come */
    struct mu_id id;
    struct mu_id incarnation;
    uint64_t at_seq;
    struct mu_hash chain;
    struct mu_hash root;
    uint8_t expected[MU_BUCKET_COUNT / 8]; /* buckets still to come whole */
    uint32_t next[MU_BUCKET_COUNT];        /* number of the next chunk of each */
    uint64_t fork_seq;                     /* LINEAGE: the last change both histories share */
};

/* What goes before a transfer is asked for. */
struct mu_resend {
    enum mu_xfer_reason reason;
    uint64_t last_number; /* that goes before it */
    uint64_t fork_seq;    /* LINEAGE: the last change both histories share */
};

struct mu_session {
    enum mu_session_state state;
    struct mu_link_record record; /* as last written */
    bool loaded;                  /* record was read */
    bool dirty;                   /* record must be written */
    /* all mono */
    int64_t retry_ms;       /* OFFLINE, PARKED: when to connect */
    int64_t hello_ms;       /* HELLO: when it was sent */
    int64_t began_ms;       /* OPEN: when the session began */
    int64_t heard_ms;       /* when any message came */
    int64_t progress_ms;    /* when the stream brought something */
    int64_t keys_ms;        /* keys_asked: when */
    int64_t busy_ms;        /* no PUSH before this */
    bool pinged;            /* since anything was heard */
    bool keys_asked;        /* and not come yet */
    bool granted;           /* the first credit of this session */
    unsigned failures;      /* sessions in a row that did not get as far as OPEN */
    uint64_t server_number; /* last number of this replica id that the server has */
    uint64_t credit_owed;   /* taken in, not given back yet */
    unsigned mismatches;    /* beacons in a row whose digest at our seq differs */
    unsigned histories;     /* sessions in a row that ended because the chain at our seq differs */
    bool wants_mint;        /* a new replica id is needed, then HELLO again */
    bool wants_disown;      /* what waits claims to have seen a history that the server has not */
    unsigned mints;         /* on this connection */
    bool sent_again;        /* on this connection: what the server had forgotten waits again */
    bool displaced;         /* a change stands where the server said that an own one was */
    struct mu_resend resend;
    int64_t links_ms;     /* when links.c asked for a page; 0: not, and due */
    uint64_t safe_heard;  /* a backup covers this seq, the journal still keeps it; 0: nothing */
    uint64_t sync_wanted; /* the cursor to be on the disk after this turn; 0: none */
    uint64_t synced_seq;  /* up to here the replica is on the disk, not merely committed */
    struct mu_flight flight;
    struct mu_transfer xfer;
    struct mu_arena kept_arena; /* frames that wait for a key */
    struct mu_list kept;        /* struct mu_slice, whole messages in order */
    size_t kept_bytes;
};

#endif
