/* HELLO and its WELCOME: who a client is, where it stands, and what it must do first. */
#include <string.h>

#include "common/seal/secret.h"
#include "common/seal/sign.h"
#include "server/core/inside.h"

#define HELLO_COST 10

/* Everything about one HELLO while it is judged. */
struct greeting {
    const struct mu_msg_hello *hello;
    struct mu_replica_mark mark;
    bool marked; /* the replica has been here */
    struct mu_lineage_verdict lineage;
    struct mu_msg_welcome welcome;
    uint64_t rows; /* of the board, counted at a first visit */
};

static const char *verdict_name(enum mu_welcome_verdict verdict)
{
    switch (verdict) {
    case MU_WELCOME_OK:
        return "ok";
    case MU_WELCOME_FORKED:
        return "forked";
    case MU_WELCOME_LINEAGE_CHANGED:
        return "lineage_changed";
    case MU_WELCOME_BELOW_HORIZON:
        return "below_horizon";
    case MU_WELCOME_UPGRADE_REQUIRED:
        return "upgrade_required";
    case MU_WELCOME_REVOKED:
        return "revoked";
    }
    return "?";
}

/* -- a server that went back in time ------------------------------------------ */

/* A beacon that this server signed, about something it does not have (any more). */
static enum mu_status check_beacon(struct mu_server *server, const struct mu_msg_hello *hello,
                                   bool *out_proof, struct mu_error *err)
{
    const struct mu_msg_beacon *beacon = &hello->beacon;
    struct mu_server_known known = {
        .incarnation = beacon->incarnation, .seq = beacon->head, .chain = beacon->chain};
    *out_proof = false;
    MU_TRY(mu_lineage_behind(server, &known, out_proof, err));
    if (!*out_proof) {
        return MU_OK;
    }
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, 1024);
    MU_TRY(mu_beacon_signed_bytes(beacon, server->head.workspace, &bytes));
    *out_proof = mu_sign_verify(server->keys->public.sign, MU_SIGN_BEACON, mu_buf_view(&bytes),
                                beacon->signature.data);
    return MU_OK;
}

static enum mu_status look_back(struct mu_server *server, const struct mu_session *session,
                                const struct mu_msg_hello *hello, struct mu_error *err)
{
    bool proof = false;
    if (!hello->has_beacon) {
        return MU_OK;
    }
    MU_TRY(check_beacon(server, hello, &proof, err));
    if (!proof) {
        return MU_OK;
    }
    return mu_lineage_leave(server, hello->beacon.incarnation, session, err);
}

/* -- clones ------------------------------------------------------------------ */

/* Whether this replica id was used by two of one device: a copy of the folder, or the same folder
 * put back from a backup. */
static bool is_forked(const struct mu_server *server, const struct greeting *greeting)
{
    const struct mu_msg_hello *hello = greeting->hello;
    const struct mu_replica_mark *mark = &greeting->mark;
    if (!greeting->marked) {
        return false;
    }
    if (hello->last_number < mark->last_number) {
        return true;
    }
    if (server->sabotage.no_hash_check) {
        return false;
    }
    bool same_process = mu_id_equal(hello->boot_nonce, mark->boot_nonce);
    if (!same_process && hello->open_counter <= mark->open_counter) {
        return true; /* the counter moves with every session, in the folder itself */
    }
    return (hello->last_number == mark->last_number &&
            !mu_hash_equal(hello->last_hash, mark->last_hash)) ||
           (hello->acked_number > 0 && hello->acked_number == mark->last_number &&
            !mu_hash_equal(hello->acked_hash, mark->last_hash));
}

/* -- the verdict ------------------------------------------------------------- */

/* The log brings a new device the history too, a transfer brings many rows several times faster. */
static bool needs_transfer(const struct mu_server *server, const struct greeting *greeting)
{
    const struct mu_msg_hello *hello = greeting->hello;
    return hello->cursor < server->head.horizon ||
           (mu_id_is_zero(hello->incarnation) && (server->head.seq > server->limits.stream_first ||
                                                  greeting->rows > server->limits.stream_rows));
}

static enum mu_welcome_verdict judge(const struct mu_server *server,
                                     const struct greeting *greeting, struct mu_id device)
{
    if (greeting->marked && !mu_id_equal(greeting->mark.device, device)) {
        return MU_WELCOME_FORKED; /* before all else: it gets no hold of another's id */
    }
    if (!greeting->lineage.same) {
        return MU_WELCOME_LINEAGE_CHANGED;
    }
    if (is_forked(server, greeting)) {
        return MU_WELCOME_FORKED;
    }
    return needs_transfer(server, greeting) ? MU_WELCOME_BELOW_HORIZON : MU_WELCOME_OK;
}

static enum mu_status judge_lineage(struct mu_server *server, struct greeting *greeting,
                                    struct mu_error *err)
{
    const struct mu_msg_hello *hello = greeting->hello;
    if (mu_id_is_zero(hello->incarnation) && hello->cursor == 0) {
        greeting->lineage = (struct mu_lineage_verdict){.same = true}; /* a first visit */
        return mu_xfer_rows(server, MU_BUCKET_COUNT, &greeting->rows, err);
    }
    struct mu_lineage_claim claim = {
        .incarnation = hello->incarnation, .cursor = hello->cursor, .chain = hello->chain};
    MU_TRY(mu_lineage_judge(server, &claim, &greeting->lineage, err));
    /* It holds an ack that this history does not know: what was acknowledged after its cursor is
     * gone though the cursor stands. */
    uint64_t counted = greeting->marked ? greeting->mark.last_number : 0;
    if (greeting->lineage.same && hello->acked_number > counted) {
        greeting->lineage =
            (struct mu_lineage_verdict){.fork_seq = hello->cursor, .fork_chain = hello->chain};
    }
    return MU_OK;
}

/* -- the answer -------------------------------------------------------------- */

/* How far each former replica id of this device got. */
static enum mu_status fill_former(struct mu_server *server, struct mu_id device,
                                  const struct mu_msg_hello *hello, struct mu_msg_welcome *welcome,
                                  struct mu_error *err)
{
    if (hello->former_count == 0) {
        return MU_OK;
    }
    welcome->former =
        mu_arena_array(&server->turn_memory, hello->former_count, sizeof *welcome->former);
    if (welcome->former == NULL) {
        return mu_fail(err, MU_E_NOMEM, "no memory for a welcome");
    }
    for (size_t i = 0; i < hello->former_count; i++) {
        struct mu_replica_mark mark;
        bool found = false;
        MU_TRY(mu_log_mark(server->log, hello->former[i].replica, &mark, &found, err));
        struct mu_former *former = &welcome->former[welcome->former_count];
        *former = (struct mu_former){.replica = hello->former[i].replica};
        if (found && mu_id_equal(mark.device, device)) {
            former->last_number = mark.last_number;
            former->last_hash = mark.last_hash;
        }
        welcome->former_count++;
    }
    return MU_OK;
}

/* The newest epoch whose key the client surely holds: a number that it brings from a history that
 * ended tells nothing. */
static enum mu_status newest_shared(struct mu_server *server, uint32_t claimed, uint32_t *out_epoch,
                                    struct mu_error *err)
{
    struct mu_epoch_key key;
    bool found = false;
    *out_epoch = 0;
    if (claimed == 0) {
        return MU_OK;
    }
    MU_TRY(mu_log_epoch_key(server->log, claimed, key.bytes, &found, err));
    mu_wipe(&key, sizeof key);
    *out_epoch = found ? claimed : 0;
    return MU_OK;
}

static enum mu_status fill(struct mu_server *server, struct mu_session *session,
                           struct greeting *greeting, struct mu_error *err)
{
    struct mu_msg_welcome *welcome = &greeting->welcome;
    const struct mu_log_head *head = &server->head;
    welcome->protocol = MU_PROTOCOL_MAX;
    welcome->session = session->id;
    welcome->incarnation = head->incarnation;
    welcome->parent_incarnation = head->parent_incarnation;
    welcome->fork_seq = greeting->lineage.fork_seq;
    welcome->fork_chain = greeting->lineage.fork_chain;
    welcome->head = head->seq;
    welcome->horizon = head->horizon;
    welcome->safe_seq = head->safe_seq;
    welcome->last_number = greeting->mark.last_number;
    welcome->last_hash = greeting->mark.last_hash;
    welcome->server_ms = server->now_ms;
    welcome->epoch = head->epoch;
    welcome->server_sign = mu_slice_of(server->keys->public.sign, MU_SIGN_PK_LEN);
    welcome->server_box = mu_slice_of(server->keys->public.box, MU_BOX_PK_LEN);
    MU_TRY(fill_former(server, session->device, greeting->hello, welcome, err));
    uint32_t held = 0;
    MU_TRY(newest_shared(server, greeting->hello->epoch, &held, err));
    MU_TRY(mu_sealer_wrap(server, session, held, MU_EPOCH_KEYS_MAX, &welcome->keys,
                          &welcome->key_count, err));
    session->epoch_known =
        welcome->key_count == 0 ? head->epoch : welcome->keys[welcome->key_count - 1].epoch;
    return MU_OK;
}

/* Write down which process of the device speaks for the replica, and end the session of the one
 * before. */
static enum mu_status take_over(struct mu_server *server, struct mu_session *session,
                                struct greeting *greeting, struct mu_error *err)
{
    const struct mu_msg_hello *hello = greeting->hello;
    struct mu_replica_mark mark = greeting->mark;
    mark.replica = hello->replica;
    mark.device = session->device;
    mark.open_counter = hello->open_counter;
    mark.boot_nonce = hello->boot_nonce;
    MU_TRY(mu_log_mark_set(server->log, &mark, err));
    for (size_t i = 0; i < server->sessions.count; i++) {
        struct mu_session *other = server->sessions.items[i];
        if (other != session && other->state != MU_SESSION_CLOSED &&
            mu_id_equal(other->replica, hello->replica) &&
            mu_id_equal(other->device, session->device)) {
            MU_TRY(mu_out_bye(server, other, MU_E_CONFLICT,
                              "a newer connection of this device took over", err));
        }
    }
    return MU_OK;
}

static enum mu_status answer(struct mu_server *server, struct mu_session *session,
                             struct greeting *greeting, struct mu_error *err)
{
    struct mu_message message = {.kind = MU_MSG_WELCOME};
    char device[MU_ID_TEXT_LEN + 1];
    char replica[MU_ID_TEXT_LEN + 1];
    message.welcome = greeting->welcome;
    mu_id_text(session->device, device);
    mu_id_text(greeting->hello->replica, replica);
    MU_TRY(mu_out_message(server, session, &message, err));
    return mu_out_log(server, err,
                      "session.hello conn=%llu device=%s replica=%s verdict=%s cursor=%llu "
                      "head=%llu",
                      (unsigned long long)session->conn.number, device, replica,
                      verdict_name(greeting->welcome.verdict),
                      (unsigned long long)greeting->hello->cursor,
                      (unsigned long long)server->head.seq);
}

static enum mu_status refuse(struct mu_server *server, struct mu_session *session,
                             struct greeting *greeting, enum mu_welcome_verdict verdict,
                             enum mu_status code, const char *reason, struct mu_error *err)
{
    greeting->welcome = (struct mu_msg_welcome){.verdict = verdict,
                                                .protocol = MU_PROTOCOL_MAX,
                                                .server_ms = server->now_ms,
                                                .reason = mu_slice_str(reason)};
    MU_TRY(answer(server, session, greeting, err));
    return mu_out_bye(server, session, code, reason, err);
}

/* -- HELLO ------------------------------------------------------------------- */

/* Whatever this connection had before is void. */
static void begin_anew(struct mu_server *server, struct mu_session *session,
                       const struct mu_msg_hello *hello)
{
    mu_xfer_stop(server, session);
    session->state = MU_SESSION_NEW;
    session->credit = 0;
    session->next_seq = 0;
    session->replica = hello->replica;
    session->id = mu_entropy_id(server->turn->entropy, server->now_ms);
}

/* A late message of a connection that its own process has given up: not a clone, and no news. */
static bool is_stale(const struct greeting *greeting)
{
    return greeting->marked &&
           mu_id_equal(greeting->hello->boot_nonce, greeting->mark.boot_nonce) &&
           greeting->hello->open_counter < greeting->mark.open_counter;
}

static enum mu_status welcome(struct mu_server *server, struct mu_session *session,
                              struct greeting *greeting, struct mu_error *err)
{
    const struct mu_msg_hello *hello = greeting->hello;
    MU_TRY(judge_lineage(server, greeting, err));
    enum mu_welcome_verdict verdict = judge(server, greeting, session->device);
    greeting->welcome.verdict = verdict;
    MU_TRY(fill(server, session, greeting, err));
    MU_TRY(answer(server, session, greeting, err));
    if (verdict == MU_WELCOME_FORKED) {
        session->replica = (struct mu_id){{0}}; /* it must come back under a new one */
        return MU_OK;
    }
    MU_TRY(mu_sealer_tell(server, session, err));
    MU_TRY(take_over(server, session, greeting, err));
    session->state = verdict == MU_WELCOME_OK ? MU_SESSION_LIVE : MU_SESSION_APART;
    session->next_seq = verdict == MU_WELCOME_OK ? hello->cursor + 1 : 0;
    return MU_OK;
}

/* Everything a HELLO counts fits the store. */
static bool is_sane(const struct mu_msg_hello *hello)
{
    return hello->open_counter <= INT64_MAX && hello->last_number <= INT64_MAX &&
           hello->acked_number <= hello->last_number;
}

enum mu_status mu_serve_hello(struct mu_server *server, struct mu_session *session,
                              const struct mu_msg_hello *hello, struct mu_error *err)
{
    struct greeting greeting = {.hello = hello};
    struct mu_rate_limit limit = {server->limits.mutations_per_s, server->limits.mutations_burst};
    bool gone = false;
    MU_TRY(mu_access_recheck(server, session, &gone, err));
    if (gone) {
        return refuse(server, session, &greeting, MU_WELCOME_REVOKED, MU_E_DENIED,
                      "this device was removed from the team", err);
    }
    if (hello->protocol_min > MU_PROTOCOL_MAX || hello->protocol_max < MU_PROTOCOL_MIN) {
        return refuse(server, session, &greeting, MU_WELCOME_UPGRADE_REQUIRED, MU_E_VERSION,
                      hello->protocol_min > MU_PROTOCOL_MAX
                          ? "this server is older than the client: upgrade the server"
                          : "this client is too old for the server: upgrade it",
                      err);
    }
    if (!is_sane(hello)) {
        return mu_out_bye(server, session, MU_E_PROTOCOL, "HELLO counts what cannot be", err);
    }
    if (!mu_id_equal(hello->workspace, server->head.workspace) ||
        !mu_id_equal(hello->device, session->device)) {
        return mu_out_bye(server, session, MU_E_DENIED,
                          "this key belongs to another workspace or device", err);
    }
    if (mu_rate_take(&server->rates, session->device, HELLO_COST, limit, server->turn->mono.ms) >
        0) {
        return mu_out_bye(server, session, MU_E_BUSY, "too many requests, try later", err);
    }
    MU_TRY(look_back(server, session, hello, err));
    begin_anew(server, session, hello);
    MU_TRY(mu_log_mark(server->log, hello->replica, &greeting.mark, &greeting.marked, err));
    if (!greeting.marked) {
        greeting.mark = (struct mu_replica_mark){.replica = hello->replica};
    }
    if (is_stale(&greeting)) {
        return mu_out_bye(server, session, MU_E_CONFLICT,
                          "a newer connection of this device took over", err);
    }
    return welcome(server, session, &greeting, err);
}
