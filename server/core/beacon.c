/* Beacons: where the server stands, signed once a turn for all. */
#include "common/seal/sign.h"
#include "server/core/inside.h"

#define BEACON_MS 5000
/* Who heard something this short before the beat needs no beacon at it. */
#define FRESH_MS 1000
/* How long a cut connection is remembered when nobody says that it is gone. */
#define CLOSED_MS 60000

static enum mu_status build(struct mu_server *server, struct mu_error *err)
{
    struct mu_message message = {.kind = MU_MSG_BEACON};
    struct mu_msg_beacon *beacon = &message.beacon;
    struct mu_digest digest;
    uint8_t signature[MU_SIGN_LEN];
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, 1024);
    MU_TRY(mu_replica_digest(server->replica, &digest, err));
    *beacon = (struct mu_msg_beacon){
        .incarnation = server->head.incarnation,
        .head = server->head.seq,
        .safe_seq = server->sabotage.safe_too_soon ? server->head.seq : server->head.safe_seq,
        .digest_root = mu_digest_root(&digest),
        .chain = server->head.chain,
        .epoch = server->head.epoch,
        .server_ms = server->now_ms,
    };
    if (mu_beacon_signed_bytes(beacon, server->head.workspace, &bytes) != MU_OK) {
        return mu_fail(err, MU_E_NOMEM, "no memory for a beacon");
    }
    mu_sign(server->keys, MU_SIGN_BEACON, mu_buf_view(&bytes), signature);
    beacon->signature = mu_slice_of(signature, sizeof signature);
    return mu_out_encode(server, &message, &server->beacon, err);
}

enum mu_status mu_serve_beacon(struct mu_server *server, struct mu_session *session,
                               struct mu_error *err)
{
    if (server->beacon.len == 0 || server->beacon_seq != server->head.seq) {
        MU_TRY(build(server, err));
        server->beacon_seq = server->head.seq;
    }
    return mu_out_bytes(server, session, server->beacon, err);
}

/* A connection that never got as far as a session. */
static enum mu_status check_silent(struct mu_server *server, struct mu_session *session,
                                   struct mu_error *err)
{
    int64_t age_ms = server->turn->mono.ms - session->opened_ms;
    return age_ms < (int64_t)server->limits.silent_ms
               ? MU_OK
               : mu_out_bye(server, session, MU_E_OFFLINE, "nothing was said for too long", err);
}

static enum mu_status beat(struct mu_server *server, struct mu_session *session,
                           struct mu_error *err)
{
    int64_t quiet_ms = server->turn->mono.ms - session->sent_ms;
    switch (session->state) {
    case MU_SESSION_NEW:
    case MU_SESSION_INVITE:
        return check_silent(server, session, err);
    case MU_SESSION_APART:
    case MU_SESSION_LIVE:
        return quiet_ms >= FRESH_MS ? mu_serve_beacon(server, session, err) : MU_OK;
    case MU_SESSION_CLOSED:
        return MU_OK;
    }
    return MU_OK;
}

enum mu_status mu_serve_beats(struct mu_server *server, struct mu_error *err)
{
    int64_t now_ms = server->turn->mono.ms;
    if (now_ms < server->next_beacon_ms) {
        return MU_OK;
    }
    server->next_beacon_ms = now_ms + BEACON_MS; /* one beat for all: one waking */
    for (size_t i = server->sessions.count; i-- > 0;) {
        struct mu_session *session = server->sessions.items[i];
        if (session->state == MU_SESSION_CLOSED && now_ms - session->sent_ms >= CLOSED_MS) {
            mu_sessions_remove(&server->sessions, session->conn);
            continue;
        }
        MU_TRY(beat(server, session, err));
    }
    return MU_OK;
}
