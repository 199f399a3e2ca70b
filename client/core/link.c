#include "client/core/link.h"

#include <string.h>

#include "client/core/beacon.h"
#include "client/core/held.h"
#include "client/core/hello.h"
#include "client/core/inside.h"
#include "client/core/links.h"
#include "client/core/output.h"
#include "client/core/push.h"
#include "client/core/stream.h"
#include "client/core/xfer.h"
#include "common/base/utf8.h"

/* The server speaks every 5 s at least: three times nothing is a dead line.  While much is on
 * its way a slow line may take longer for one message. */
#define SILENCE_MS      15000
#define SILENCE_SLOW_MS 45000
#define PING_AFTER_MS   8000
#define HELLO_LATE_MS   10000
#define KEYS_LATE_MS    10000
#define STALLED_MS      60000 /* more is to come, and does not, though the server speaks */

#define RETRY_FIRST_MS  250
#define RETRY_MAX_MS    30000
#define PARKED_RETRY_MS 300000

/* CURVE makes no new keys within a connection. */
#define SESSION_MAX_MS ((int64_t)12 * 60 * 60 * 1000)

static int64_t now_ms(const struct mu_client *client)
{
    return client->turn->mono.ms;
}

/* -- the record ---------------------------------------------------------------- */

static void set_link(struct mu_client *client, enum mu_link link)
{
    struct mu_session *session = &client->session;
    if (session->record.link == link) {
        return;
    }
    if (link == MU_LINK_OFFLINE || link == MU_LINK_PARKED) {
        if (session->record.link == MU_LINK_CATCHING_UP || session->record.link == MU_LINK_LIVE) {
            session->record.offline_since_ms = client->turn->wall.ms;
        }
    }
    session->record.link = link;
    session->dirty = true;
    client->view_changed = true;
}

void mu_link_heard_clock(struct mu_client *client, int64_t server_ms)
{
    struct mu_link_record *record = &client->session.record;
    record->server_offset_ms = server_ms - client->turn->wall.ms;
    record->heard_ms = client->turn->wall.ms;
    record->heard_mono_ms = now_ms(client);
    client->session.dirty = true;
}

enum mu_status mu_link_follow(struct mu_client *client, struct mu_error *err)
{
    struct mu_cursor cursor;
    MU_TRY(mu_replica_cursor(client->replica, &cursor, err));
    if (client->session.record.head < cursor.seq) {
        client->session.record.head = cursor.seq;
        client->session.dirty = true;
    }
    if (client->session.state == MU_SESSION_OPEN) {
        bool live = cursor.seq >= client->session.record.head;
        if (!live && client->session.record.link != MU_LINK_CATCHING_UP) {
            client->session.progress_ms = now_ms(client);
        }
        set_link(client, live ? MU_LINK_LIVE : MU_LINK_CATCHING_UP);
    }
    return MU_OK;
}

enum mu_status mu_link_heard_head(struct mu_client *client, uint64_t head, struct mu_error *err)
{
    if (client->session.record.head != head) {
        client->session.record.head = head;
        client->session.dirty = true;
    }
    return mu_link_follow(client, err);
}

void mu_link_heard_safe(struct mu_client *client, uint64_t safe_seq)
{
    struct mu_session *session = &client->session;
    session->safe_heard = session->record.safe_seq == safe_seq ? 0 : safe_seq;
}

/* The outbox is on the disk at once, the replica is not.  What left the journal before the rows
 * were there would, after a power cut, be on this device in no file. */
static enum mu_status let_journal_go(struct mu_client *client, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    struct mu_cursor cursor;
    if (session->safe_heard == 0) {
        return MU_OK;
    }
    MU_TRY(mu_replica_cursor(client->replica, &cursor, err));
    if (session->synced_seq >= session->safe_heard || client->sabotage.no_sync_before_prune) {
        MU_TRY(mu_held_prune(
            client, session->safe_heard < cursor.seq ? session->safe_heard : cursor.seq, err));
        session->record.safe_seq = session->safe_heard;
        session->dirty = true;
        session->safe_heard = 0;
        return MU_OK;
    }
    session->sync_wanted = cursor.seq >= session->safe_heard ? cursor.seq : 0;
    return MU_OK;
}

enum mu_status mu_link_committed(struct mu_client *client, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    if (session->sync_wanted == 0) {
        return MU_OK;
    }
    MU_TRY(mu_db_sync_log(client->replica_db, err));
    session->synced_seq = session->sync_wanted;
    session->sync_wanted = 0;
    return MU_OK;
}

/* -- coming and going ------------------------------------------------------------ */

static void forget_session(struct mu_session *session, bool keep_flight)
{
    if (!keep_flight) {
        session->flight.count = 0;
    }
    session->xfer = (struct mu_transfer){0};
    session->keys_asked = false;
    session->pinged = false;
    session->granted = false;
    session->wants_mint = false;
    session->wants_disown = false;
    session->mints = 0;
    session->sent_again = false;
    session->displaced = false;
    session->links_ms = 0;
    session->safe_heard = 0;
    session->synced_seq = 0;
    session->mismatches = 0;
    session->credit_owed = 0;
    session->busy_ms = 0;
    mu_arena_clear(&session->kept_arena);
    mu_list_init(&session->kept, &session->kept_arena, sizeof(struct mu_slice));
    session->kept_bytes = 0;
}

static int64_t backoff_ms(struct mu_client *client)
{
    unsigned doublings = client->session.failures < 8 ? client->session.failures : 8;
    int64_t most = (int64_t)RETRY_FIRST_MS << doublings;
    most = most > RETRY_MAX_MS ? RETRY_MAX_MS : most;
    return most / 2 +
           (int64_t)mu_entropy_below(client->turn->entropy, (uint64_t)(most - most / 2) + 1);
}

static enum mu_status disconnect(struct mu_client *client, struct mu_error *err)
{
    enum mu_session_state state = client->session.state;
    forget_session(&client->session, client->sabotage.no_rearm);
    client->session.record.xfer_done = 0;
    client->session.record.xfer_total = 0;
    if (state == MU_SESSION_OFFLINE || state == MU_SESSION_PARKED) {
        return MU_OK;
    }
    return mu_output_add(client, MU_CLIENT_DISCONNECT, err);
}

enum mu_status mu_link_drop(struct mu_client *client, const char *event, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    MU_TRY(disconnect(client, err));
    session->state = MU_SESSION_OFFLINE;
    session->retry_ms = now_ms(client) + backoff_ms(client);
    session->failures++;
    set_link(client, MU_LINK_OFFLINE);
    return mu_output_log(client, err, "link.lost why=%s retry_ms=%lld", event,
                         (long long)(session->retry_ms - now_ms(client)));
}

enum mu_status mu_link_park(struct mu_client *client, enum mu_status code, struct mu_slice reason,
                            struct mu_error *err)
{
    struct mu_session *session = &client->session;
    struct mu_slice line = mu_utf8_cut(reason, MU_REASON_MAX);
    MU_TRY(disconnect(client, err));
    session->state = MU_SESSION_PARKED;
    session->retry_ms = now_ms(client) + PARKED_RETRY_MS;
    set_link(client, MU_LINK_PARKED);
    session->record.parked_code = (uint32_t)code;
    memset(session->record.parked_reason, 0, sizeof session->record.parked_reason);
    if (line.len > 0) {
        memcpy(session->record.parked_reason, line.data, line.len);
    }
    session->dirty = true;
    client->view_changed = true;
    return mu_output_log(client, err, "link.parked code=%d", (int)code);
}

static enum mu_status connect_now(struct mu_client *client, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    forget_session(session, client->sabotage.no_rearm);
    session->heard_ms = now_ms(client);
    MU_TRY(mu_output_add(client, MU_CLIENT_CONNECT, err));
    return mu_hello_send(client, err);
}

enum mu_status mu_link_opened(struct mu_client *client, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    session->state = MU_SESSION_OPEN;
    session->failures = 0;
    session->progress_ms = now_ms(client);
    session->record.parked_code = 0;
    memset(session->record.parked_reason, 0, sizeof session->record.parked_reason);
    session->dirty = true;
    MU_TRY(mu_stream_grant(client, err));
    return mu_link_follow(client, err);
}

/* -- inputs --------------------------------------------------------------------------- */

static enum mu_status server_error(struct mu_client *client, const struct mu_msg_error *error,
                                   bool bye, struct mu_error *err)
{
    if (error->code == MU_E_DENIED && error->fatal) {
        return mu_link_park(client, MU_E_DENIED, error->text, err);
    }
    if (bye || error->fatal) {
        return mu_link_drop(client, bye ? "server.bye" : "server.error", err);
    }
    return mu_output_log(client, err, "server.complains code=%u", (unsigned)error->code);
}

static enum mu_status dispatch(struct mu_client *client, const struct mu_message *message,
                               struct mu_slice bytes, struct mu_error *err)
{
    switch (message->kind) {
    case MU_MSG_WELCOME:
        return mu_hello_welcome(client, &message->welcome, err);
    case MU_MSG_PUSHACK:
        return mu_push_acked(client, &message->pushack, err);
    case MU_MSG_CHANGES:
    case MU_MSG_XFER_CHUNK:
    case MU_MSG_XFER_END:
        return mu_stream_take(client, message, bytes, err);
    case MU_MSG_XFER_BEGIN:
        return mu_transfer_begin(client, &message->xfer_begin, err);
    case MU_MSG_LINKS:
        return mu_links_take(client, &message->links, err);
    case MU_MSG_BEACON:
        return mu_beacon_heard(client, &message->beacon, err);
    case MU_MSG_KEYS:
        return mu_stream_keys(client, &message->keys, err);
    case MU_MSG_ERROR:
    case MU_MSG_BYE:
        return server_error(client, &message->error, message->kind == MU_MSG_BYE, err);
    case MU_MSG_HELLO:
    case MU_MSG_PUSH:
    case MU_MSG_CREDIT:
    case MU_MSG_XFER_REQ:
    case MU_MSG_LINKS_REQ:
    case MU_MSG_ENROL:
    case MU_MSG_ENROLLED:
        break;
    case MU_MSG_PING:
        return MU_OK;
    }
    return mu_output_log(client, err, "message.unexpected kind=%s", mu_message_name(message->kind));
}

static enum mu_status receive(struct mu_client *client, struct mu_slice bytes, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    if (session->state == MU_SESSION_OFFLINE || session->state == MU_SESSION_PARKED) {
        return MU_OK; /* of a connection that was given up */
    }
    session->heard_ms = now_ms(client);
    session->pinged = false;
    struct mu_message message;
    struct mu_error why = {0};
    enum mu_status status = mu_message_decode(bytes, &client->arena, &message, &why);
    if (status == MU_E_VERSION) {
        return mu_output_log(client, err, "message.unknown");
    }
    if (status == MU_E_PROTOCOL) {
        return mu_link_drop(client, "message.garbled", err);
    }
    if (status != MU_OK) {
        return mu_fail(err, status, "%s", why.text);
    }
    return dispatch(client, &message, bytes, err);
}

static enum mu_status lost(struct mu_client *client, bool refused, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    if (session->state == MU_SESSION_OFFLINE || session->state == MU_SESSION_PARKED) {
        return MU_OK;
    }
    if (refused) {
        return mu_link_park(client, MU_E_DENIED,
                            mu_slice_str("the server refuses this device's key"), err);
    }
    return mu_link_drop(client, "connection", err);
}

static enum mu_status leave(struct mu_client *client, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    if (session->state != MU_SESSION_OFFLINE && session->state != MU_SESSION_PARKED) {
        const struct mu_message bye = {.kind = MU_MSG_BYE};
        MU_TRY(mu_output_send(client, &bye, err));
    }
    MU_TRY(disconnect(client, err));
    if (session->state != MU_SESSION_PARKED) { /* why it is parked stays to be read */
        set_link(client, MU_LINK_OFFLINE);
    }
    session->state = MU_SESSION_OFFLINE;
    session->retry_ms = INT64_MAX;
    return MU_OK;
}

enum mu_status mu_link_input(struct mu_client *client, const struct mu_client_input *input,
                             struct mu_error *err)
{
    struct mu_session *session = &client->session;
    switch (input->kind) {
    case MU_CLIENT_MESSAGE:
        return receive(client, input->bytes, err);
    case MU_CLIENT_LOST:
        return lost(client, input->refused, err);
    case MU_CLIENT_POKE:
        client->view_changed = true;
        if (session->state == MU_SESSION_OFFLINE) {
            session->retry_ms = now_ms(client);
        }
        return MU_OK;
    case MU_CLIENT_BYE:
        return leave(client, err);
    case MU_CLIENT_TICK:
        break;
    }
    return MU_OK;
}

/* -- timers ---------------------------------------------------------------------------- */

static bool pushes(const struct mu_session *session)
{
    return session->state == MU_SESSION_OPEN || session->state == MU_SESSION_RESEND;
}

static bool expects_more(const struct mu_session *session)
{
    return session->state != MU_SESSION_RESEND &&
           (session->state == MU_SESSION_XFER || session->record.link == MU_LINK_CATCHING_UP);
}

static int64_t silence_limit_ms(const struct mu_session *session)
{
    return expects_more(session) ? SILENCE_SLOW_MS : SILENCE_MS;
}

/* Why the connection is to be given up, or NULL. */
static const char *overdue(const struct mu_client *client)
{
    const struct mu_session *session = &client->session;
    int64_t now = now_ms(client);
    if (session->state == MU_SESSION_HELLO) {
        return now - session->hello_ms >= HELLO_LATE_MS ? "hello.unanswered" : NULL;
    }
    if (session->state == MU_SESSION_OPEN && session->flight.count == 0 &&
        now - session->began_ms >= SESSION_MAX_MS) {
        return "session.old";
    }
    if (now - session->heard_ms >= silence_limit_ms(session)) {
        return "silence";
    }
    if (now >= mu_push_deadline(client)) {
        return "push.unanswered";
    }
    if (expects_more(session) && now - session->progress_ms >= STALLED_MS) {
        return "stream.stalled";
    }
    if (session->keys_asked && now - session->keys_ms >= KEYS_LATE_MS) {
        return "keys.unanswered";
    }
    return NULL;
}

static enum mu_status keep_alive(struct mu_client *client, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    const char *why = overdue(client);
    if (why != NULL) {
        return mu_link_drop(client, why, err);
    }
    if (pushes(session) && !session->pinged &&
        now_ms(client) - session->heard_ms >= PING_AFTER_MS) {
        const struct mu_message ping = {.kind = MU_MSG_PING};
        session->pinged = true;
        return mu_output_send(client, &ping, err);
    }
    return MU_OK;
}

enum mu_status mu_link_due(struct mu_client *client, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    switch (session->state) {
    case MU_SESSION_OFFLINE:
    case MU_SESSION_PARKED:
        return now_ms(client) >= session->retry_ms ? connect_now(client, err) : MU_OK;
    case MU_SESSION_HELLO:
    case MU_SESSION_RESEND:
    case MU_SESSION_OPEN:
    case MU_SESSION_XFER:
        break;
    }
    MU_TRY(keep_alive(client, err));
    if (session->displaced && session->state == MU_SESSION_OPEN) {
        session->displaced = false;
        return mu_hello_send_all_again(client, err);
    }
    MU_TRY(let_journal_go(client, err));
    MU_TRY(mu_push_next(client, err));
    if (session->wants_mint && pushes(session)) {
        session->wants_mint = false;
        return mu_hello_mint(client, err);
    }
    MU_TRY(mu_links_due(client, err));
    return mu_stream_pay(client, err);
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t mu_link_wake_at(const struct mu_client *client)
{
    const struct mu_session *session = &client->session;
    switch (session->state) {
    case MU_SESSION_OFFLINE:
    case MU_SESSION_PARKED:
        return session->retry_ms;
    case MU_SESSION_HELLO:
        return session->hello_ms + HELLO_LATE_MS;
    case MU_SESSION_RESEND:
    case MU_SESSION_OPEN:
    case MU_SESSION_XFER:
        break;
    }
    int64_t at = session->heard_ms + silence_limit_ms(session);
    at = sooner(at, mu_push_deadline(client));
    if (expects_more(session)) {
        at = sooner(at, session->progress_ms + STALLED_MS);
    }
    if (session->keys_asked) {
        at = sooner(at, session->keys_ms + KEYS_LATE_MS);
    }
    if (session->state == MU_SESSION_OPEN) {
        at = sooner(at, session->began_ms + SESSION_MAX_MS);
    }
    if (pushes(session)) {
        if (!session->pinged) {
            at = sooner(at, session->heard_ms + PING_AFTER_MS);
        }
        if (session->busy_ms > now_ms(client)) {
            at = sooner(at, session->busy_ms);
        }
    }
    return at;
}
