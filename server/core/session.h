/* Connections and what the server remembers of each: some numbers, never a queue. */
#ifndef MUSTER_SERVER_CORE_SESSION_H
#define MUSTER_SERVER_CORE_SESSION_H

#include "common/replica/replica.h"
#include "common/seal/keys.h"
#include "server/core/server.h"

enum mu_session_state {
    MU_SESSION_NEW = 1, /* a device that has not said HELLO, or must say it again */
    MU_SESSION_INVITE,  /* the temporary key of an invite: ENROL and nothing else */
    MU_SESSION_APART,   /* welcomed, but it needs a transfer first: nothing is streamed */
    MU_SESSION_LIVE,    /* changes are streamed from next_seq on */
    MU_SESSION_CLOSED   /* cut; what still comes from it is ignored until it is gone */
};

/* A state transfer under way. */
struct mu_xfer {
    bool active;
    struct mu_id id;
    uint64_t at_seq;
    uint8_t buckets[MU_BUCKET_COUNT / 8]; /* still to be sent, walk.bucket included */
    struct mu_bucket_walk walk;
    uint32_t number; /* of the next chunk in walk.bucket */
};

struct mu_session {
    struct mu_conn conn;
    enum mu_session_state state;
    uint8_t curve_key[MU_CURVE_PK_LEN];
    int64_t opened_ms; /* mono */
    int64_t sent_ms;   /* mono, of the last message sent */
    unsigned faults;   /* messages that were no good */
    /* Of a device; zero in INVITE but for person and device once enrolled. */
    struct mu_id device;
    struct mu_id person;
    int role;
    uint8_t sign_key[MU_SIGN_PK_LEN];
    uint8_t box_key[MU_BOX_PK_LEN];
    /* From HELLO on. */
    struct mu_id id;
    struct mu_id replica;
    uint64_t next_seq;    /* LIVE: the change to send next, 1 .. head + 1 */
    int64_t credit;       /* bytes; a message larger than what was left makes it negative */
    uint32_t epoch_known; /* newest epoch whose key it was given */
    struct mu_xfer xfer;
};

/* Ascending by the number of their connection. */
struct mu_sessions {
    struct mu_session **items;
    size_t count;
    size_t room;
};

void mu_sessions_deinit(struct mu_sessions *sessions);
/* NULL when there is none. */
struct mu_session *mu_sessions_find(const struct mu_sessions *sessions, struct mu_conn conn);
/* A zeroed session; NULL without memory.  There must be none for conn (asserted). */
struct mu_session *mu_sessions_add(struct mu_sessions *sessions, struct mu_conn conn);
void mu_sessions_remove(struct mu_sessions *sessions, struct mu_conn conn);

#endif
