/* Streams: changes to every live session, in order, as its credit allows.
 *
 * A session is served from where it stands, whether that is a year ago or now.  Sessions that
 * stand at one place get the same bytes, encoded once a turn. */
#include "server/core/inside.h"

/* What a turn builds for streams and transfers; what is left waits for the next. */
#define TURN_BYTES ((size_t)4 * 1024 * 1024)
/* Messages a session gets in one turn before the others have theirs. */
#define SESSION_FRAMES 4
/* A catch-up message ends at a multiple of this, so that sessions that started anywhere soon
 * share theirs. */
#define FRAME_STEP 256

void mu_serve_credit(struct mu_session *session, uint64_t bytes)
{
    int64_t max = (int64_t)MU_CREDIT_MAX;
    int64_t more = bytes > MU_CREDIT_MAX ? max : (int64_t)bytes;
    session->credit = session->credit > max - more ? max : session->credit + more;
}

bool mu_serve_room(struct mu_server *server)
{
    if (server->stream_bytes < TURN_BYTES) {
        return true;
    }
    server->more = true;
    return false;
}

/* -- one message -------------------------------------------------------------- */

static const struct mu_frame *find_frame(const struct mu_server *server, uint64_t first)
{
    for (size_t i = server->frame_count; i-- > 0;) {
        if (server->frames[i].first == first) {
            return &server->frames[i];
        }
    }
    return NULL;
}

static size_t count_wanted(const struct mu_server *server, uint64_t first)
{
    uint64_t step_end = first + FRAME_STEP - 1 - (first - 1) % FRAME_STEP;
    uint64_t last = step_end < server->head.seq ? step_end : server->head.seq;
    return (size_t)(last - first + 1);
}

/* Sealed changes from first on, borrowed from memory or read into the turn's. */
static enum mu_status gather(struct mu_server *server, uint64_t first, struct mu_slice *sealed,
                             size_t wanted, size_t *out_count, struct mu_error *err)
{
    struct mu_log_sealed *entries = NULL;
    size_t count = 0;
    size_t bytes = 0;
    while (count < wanted && mu_recent_get(&server->recent, first + count, &sealed[count])) {
        if (count > 0 && bytes + sealed[count].len > MU_CHANGES_BYTES_MAX) {
            break;
        }
        bytes += sealed[count++].len;
    }
    if (count == 0) {
        MU_TRY(mu_log_read(server->log, &server->turn_memory,
                           (struct mu_log_window){first, wanted, MU_CHANGES_BYTES_MAX}, &entries,
                           &count, err));
        for (size_t i = 0; i < count; i++) {
            sealed[i] = entries[i].sealed;
            server->stream_bytes += sealed[i].len;
        }
    }
    MU_ASSERT(count > 0);
    *out_count = count;
    return MU_OK;
}

static enum mu_status build_frame(struct mu_server *server, uint64_t first,
                                  const struct mu_frame **out_frame, struct mu_error *err)
{
    struct mu_slice sealed[FRAME_STEP];
    struct mu_envelope_head head;
    struct mu_message message = {.kind = MU_MSG_CHANGES,
                                 .changes = {.seq_first = first, .sealed = sealed}};
    size_t count = 0;
    MU_TRY(gather(server, first, sealed, count_wanted(server, first), &count, err));
    MU_TRY(mu_envelope_head_read(sealed[count - 1], &head, err));
    message.changes.count = count;
    if (server->frame_count == MU_FRAMES_MAX) {
        server->frame_count = 0; /* those sent stay good, they are only built again */
    }
    struct mu_frame *frame = &server->frames[server->frame_count];
    *frame = (struct mu_frame){.first = first, .last = first + count - 1, .epoch = head.epoch};
    MU_TRY(mu_out_encode(server, &message, &frame->bytes, err));
    server->stream_bytes += frame->bytes.len;
    server->frame_count++;
    *out_frame = frame;
    return MU_OK;
}

/* -- one session -------------------------------------------------------------- */

static bool wants(const struct mu_server *server, const struct mu_session *session)
{
    return session->state == MU_SESSION_LIVE && !session->xfer.active &&
           (session->credit > 0 || server->sabotage.no_credit) &&
           session->next_seq <= server->head.seq;
}

static enum mu_status send_changes(struct mu_server *server, struct mu_session *session,
                                   struct mu_error *err)
{
    for (size_t i = 0; i < SESSION_FRAMES && wants(server, session); i++) {
        const struct mu_frame *frame = find_frame(server, session->next_seq);
        if (frame == NULL && !mu_serve_room(server)) {
            return MU_OK;
        }
        if (frame == NULL) {
            MU_TRY(build_frame(server, session->next_seq, &frame, err));
        }
        MU_ASSERT(frame->first == session->next_seq && frame->last <= server->head.seq);
        if (frame->epoch > session->epoch_known) {
            MU_TRY(mu_sealer_tell(server, session, err));
        }
        MU_TRY(mu_out_bytes(server, session, frame->bytes, err));
        session->credit -= (int64_t)frame->bytes.len;
        session->next_seq = frame->last + 1;
    }
    server->more = server->more || wants(server, session);
    return MU_OK;
}

enum mu_status mu_serve_streams(struct mu_server *server, struct mu_error *err)
{
    size_t count = server->sessions.count;
    for (size_t i = 0; i < count; i++) {
        /* Another begins each turn, so that none is always the one for whom nothing is left. */
        struct mu_session *session = server->sessions.items[(server->stream_from + i) % count];
        if (session->xfer.active) {
            MU_TRY(mu_serve_chunks(server, session, err));
        }
        MU_TRY(send_changes(server, session, err));
    }
    if (server->more && count > 0) {
        server->stream_from = (server->stream_from + 1) % count;
    }
    return MU_OK;
}
