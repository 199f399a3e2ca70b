#include "client/core/hello.h"

#include <string.h>

#include "client/core/beacon.h"
#include "client/core/inside.h"
#include "client/core/keyring.h"
#include "client/core/link.h"
#include "client/core/output.h"
#include "client/core/xfer.h"
#include "common/wire/mutation.h"

/* A server that is never content with a replica id is not asked for ever. */
#define MINTS_MAX 4

static const struct mu_hash no_hash;

/* -- HELLO ------------------------------------------------------------------ */

enum mu_status mu_hello_send(struct mu_client *client, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    struct mu_outbox_self self = {0};
    struct mu_cursor cursor;
    struct mu_message message = {.kind = MU_MSG_HELLO};
    struct mu_msg_hello *hello = &message.hello;
    bool found = false;
    MU_TRY(mu_outbox_self(&client->outbox, &self, &found, err));
    MU_ASSERT(found);
    MU_TRY(mu_replica_cursor(client->replica, &cursor, err));
    *hello = (struct mu_msg_hello){.protocol_min = MU_PROTOCOL_MIN,
                                   .protocol_max = MU_PROTOCOL_MAX,
                                   .schema = MU_SCHEMA,
                                   .workspace = client->workspace,
                                   .device = client->device,
                                   .replica = self.replica,
                                   .boot_nonce = client->boot_nonce,
                                   .incarnation = cursor.incarnation,
                                   .cursor = cursor.seq,
                                   .chain = cursor.chain,
                                   .last_number = self.last_number,
                                   .last_hash = self.last_hash,
                                   .acked_number = self.acked_number,
                                   .acked_hash = self.acked_hash,
                                   .client_ms = client->turn->wall.ms};
    MU_TRY(mu_outbox_count_open(&client->outbox, &hello->open_counter, err));
    MU_TRY(mu_outbox_former(&client->outbox, &client->turn_arena, &hello->former,
                            &hello->former_count, err));
    MU_TRY(mu_outbox_key_newest(&client->outbox, &hello->epoch, err));
    MU_TRY(mu_beacon_kept(client, &client->turn_arena, &hello->beacon, &hello->has_beacon, err));
    session->state = MU_SESSION_HELLO;
    session->safe_heard = 0; /* it may have been of another history */
    session->synced_seq = 0;
    session->granted = false;
    session->credit_owed = 0;
    session->hello_ms = client->turn->mono.ms;
    return mu_output_send(client, &message, err);
}

/* -- a new replica id --------------------------------------------------------- */

static enum mu_status restamp(struct mu_client *client, uint64_t base_max,
                              const struct mu_hash *base_chain, struct mu_error *err)
{
    const struct mu_client_turn *turn = client->turn;
    const struct mu_restamp order = {.replica = mu_entropy_id(turn->entropy, turn->wall.ms),
                                     .stamp = mu_entropy_id(turn->entropy, turn->wall.ms),
                                     .base_max = base_max,
                                     .base_chain = *base_chain,
                                     .keys = &client->keys};
    MU_TRY(mu_outbox_restamp(&client->outbox, &order, &client->scratch, err));
    mu_rebase_all(&client->rebase); /* what could not be read has left */
    client->pending_changed = true;
    client->session.flight.count = 0;
    client->session.server_number = 0;
    return MU_OK;
}

enum mu_status mu_hello_mint(struct mu_client *client, struct mu_error *err)
{
    if (++client->session.mints > MINTS_MAX) {
        return mu_link_drop(client, "replica.minted_in_vain", err);
    }
    bool disown = client->session.wants_disown;
    client->session.wants_disown = false;
    if (!client->sabotage.no_resend) {
        /* What the server lacks would stay behind under the old id. */
        MU_TRY(disown
                   ? mu_outbox_resend(&client->outbox, 0, err)
                   : mu_outbox_resend_after(&client->outbox, client->session.server_number, err));
    }
    MU_TRY(restamp(client, disown ? 0 : UINT64_MAX, &no_hash, err));
    MU_TRY(mu_output_log(client, err, "replica.minted"));
    return mu_hello_send(client, err);
}

/* -- a server that went back in time ------------------------------------------- */

static enum mu_status chain_at(struct mu_client *client, uint64_t seq, struct mu_hash *out,
                               struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    *out = no_hash;
    MU_TRY(mu_queries_get(&client->local, MU_LOCAL_COPY_GET, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)seq);
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    if (status == MU_OK && row) {
        (void)mu_hash_from_slice(mu_stmt_blob(stmt, 0), out);
    }
    mu_stmt_reset(stmt);
    return status;
}

/* Up to where the history that HELLO named still stands.  The server's word is not enough: its own
 * past may have been another there, when it was put back from a copy and went on. */
static enum mu_status shared_front(struct mu_client *client, const struct mu_msg_welcome *welcome,
                                   uint64_t *out_seq, struct mu_error *err)
{
    struct mu_hash ours;
    MU_TRY(chain_at(client, welcome->fork_seq, &ours, err));
    bool shared = welcome->verdict == MU_WELCOME_LINEAGE_CHANGED && welcome->fork_seq > 0 &&
                  (mu_hash_equal(ours, welcome->fork_chain) || client->sabotage.no_fork_check);
    *out_seq = shared ? welcome->fork_seq : 0;
    return MU_OK;
}

/* Up to where the outbox's seqs still stand.  When they are of another history than the cursor's
 * (the replica was thrown away) nothing is certain: the server knows by mutation id what it
 * still has. */
static enum mu_status find_fork(struct mu_client *client, const struct mu_outbox_self *self,
                                const struct mu_cursor *cursor,
                                const struct mu_msg_welcome *welcome, uint64_t *out_fork_seq,
                                struct mu_error *err)
{
    *out_fork_seq = 0;
    return mu_id_equal(self->lineage, cursor->incarnation)
               ? shared_front(client, welcome, out_fork_seq, err)
               : MU_OK;
}

/* What the server has forgotten waits again, ahead of the rest, under a new replica id. */
static enum mu_status wait_again(struct mu_client *client, uint64_t fork_seq,
                                 const struct mu_hash *fork_chain, struct mu_error *err)
{
    if (!client->sabotage.no_resend) {
        MU_TRY(mu_outbox_resend(&client->outbox, fork_seq, err));
    }
    MU_TRY(restamp(client, fork_seq, fork_seq == 0 ? &no_hash : fork_chain, err));
    client->session.sent_again = true;
    MU_TRY(
        mu_output_log(client, err, "server.went_back fork_seq=%llu", (unsigned long long)fork_seq));
    return mu_hello_send(client, err);
}

static enum mu_status send_again(struct mu_client *client, const struct mu_outbox_self *self,
                                 const struct mu_cursor *cursor,
                                 const struct mu_msg_welcome *welcome, struct mu_error *err)
{
    uint64_t fork_seq = 0;
    MU_TRY(find_fork(client, self, cursor, welcome, &fork_seq, err));
    MU_TRY(mu_outbox_lineage(&client->outbox, welcome->incarnation, err));
    return wait_again(client, fork_seq, &welcome->fork_chain, err);
}

enum mu_status mu_hello_send_all_again(struct mu_client *client, struct mu_error *err)
{
    return wait_again(client, 0, &no_hash, err);
}

/* Whether the server lacks what it acknowledged to this outbox: another lineage, or the same one
 * cut short.  A replica that was made anew, or is older than the outbox, has no cursor to tell by:
 * then it is better to ask about what was acknowledged past the history that both share. */
static enum mu_status has_forgotten(struct mu_client *client, const struct mu_outbox_self *self,
                                    const struct mu_cursor *cursor,
                                    const struct mu_msg_welcome *welcome, bool *out_forgotten,
                                    struct mu_error *err)
{
    uint64_t newest = 0;
    uint64_t shared = 0;
    *out_forgotten = false;
    if (client->session.sent_again) {
        return MU_OK;
    }
    MU_TRY(mu_outbox_newest_seq(&client->outbox, welcome->last_number, &newest, err));
    MU_TRY(shared_front(client, welcome, &shared, err));
    newest = client->sabotage.no_doubt ? 0 : newest;
    *out_forgotten = !mu_id_equal(self->lineage, welcome->incarnation) ||
                     (welcome->verdict == MU_WELCOME_LINEAGE_CHANGED &&
                      mu_id_equal(cursor->incarnation, welcome->incarnation)) ||
                     newest > welcome->head ||
                     (newest > shared && !mu_id_equal(cursor->incarnation, self->lineage));
    return MU_OK;
}

/* -- WELCOME ----------------------------------------------------------------- */

static bool is_our_server(const struct mu_client *client, const struct mu_msg_welcome *welcome)
{
    const struct mu_key_file *file = client->file;
    return mu_slice_equal(welcome->server_sign,
                          mu_slice_of(file->server_sign, sizeof file->server_sign)) &&
           mu_slice_equal(welcome->server_box,
                          mu_slice_of(file->server_box, sizeof file->server_box));
}

static struct mu_slice reason_or(struct mu_slice reason, const char *otherwise)
{
    return reason.len > 0 ? reason : mu_slice_str(otherwise);
}

/* The cursor stands in the server's history: go on from there. */
static enum mu_status go_on(struct mu_client *client, const struct mu_msg_welcome *welcome,
                            struct mu_cursor *cursor, struct mu_error *err)
{
    bool first = mu_id_is_zero(cursor->incarnation);
    if (first) {
        *cursor = (struct mu_cursor){.incarnation = welcome->incarnation};
        MU_TRY(mu_replica_cursor_set(client->replica, cursor, err));
    }
    if (!mu_id_equal(cursor->incarnation, welcome->incarnation) || cursor->seq > welcome->head) {
        return mu_link_park(client, MU_E_CONFLICT,
                            mu_slice_str("the server is behind this replica without saying so: it "
                                         "was not restored by 'musterd restore'"),
                            err);
    }
    return mu_link_opened(client, err);
}

/* The rows are of another history, or too old.  What waits goes to the server before its rows come
 * here: so the rows that come have all of it as the server decided, and until then the old ones
 * with what waits on top are shown. */
static enum mu_status send_first(struct mu_client *client, const struct mu_outbox_self *self,
                                 const struct mu_msg_welcome *welcome, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    bool other = welcome->verdict == MU_WELCOME_LINEAGE_CHANGED;
    session->resend = (struct mu_resend){.reason = other ? MU_XFER_LINEAGE : MU_XFER_LOAD,
                                         .last_number = self->last_number};
    MU_TRY(shared_front(client, welcome, &session->resend.fork_seq, err));
    if (client->sabotage.no_send_first) {
        return mu_transfer_request(client, session->resend.reason, session->resend.fork_seq, err);
    }
    session->state = MU_SESSION_RESEND;
    session->record.link = MU_LINK_CATCHING_UP;
    session->dirty = true;
    return MU_OK; /* mu_push_next() goes on */
}

static enum mu_status accept(struct mu_client *client, const struct mu_msg_welcome *welcome,
                             struct mu_error *err)
{
    struct mu_outbox_self self = {0};
    struct mu_cursor cursor;
    bool found = false;
    MU_TRY(mu_outbox_self(&client->outbox, &self, &found, err));
    MU_TRY(mu_replica_cursor(client->replica, &cursor, err));
    if (mu_id_is_zero(self.lineage)) {
        MU_TRY(mu_outbox_lineage(&client->outbox, welcome->incarnation, err));
    } else {
        bool forgotten = false;
        MU_TRY(has_forgotten(client, &self, &cursor, welcome, &forgotten, err));
        if (forgotten) {
            return send_again(client, &self, &cursor, welcome, err);
        }
    }
    client->session.server_number = welcome->last_number;
    client->session.began_ms = client->turn->mono.ms;
    MU_TRY(mu_link_heard_head(client, welcome->head, err));
    if (welcome->verdict == MU_WELCOME_LINEAGE_CHANGED ||
        welcome->verdict == MU_WELCOME_BELOW_HORIZON) {
        return send_first(client, &self, welcome, err);
    }
    mu_link_heard_safe(client, welcome->safe_seq);
    return go_on(client, welcome, &cursor, err);
}

enum mu_status mu_hello_welcome(struct mu_client *client, const struct mu_msg_welcome *welcome,
                                struct mu_error *err)
{
    if (client->session.state != MU_SESSION_HELLO) {
        return mu_link_drop(client, "welcome.unasked", err);
    }
    switch (welcome->verdict) {
    case MU_WELCOME_REVOKED:
        return mu_link_park(client, MU_E_DENIED,
                            reason_or(welcome->reason, "this device was revoked"), err);
    case MU_WELCOME_UPGRADE_REQUIRED:
        return mu_link_park(client, MU_E_VERSION,
                            reason_or(welcome->reason, "the server asks for a newer Muster"), err);
    case MU_WELCOME_OK:
    case MU_WELCOME_FORKED:
    case MU_WELCOME_LINEAGE_CHANGED:
    case MU_WELCOME_BELOW_HORIZON:
        break;
    }
    if (!is_our_server(client, welcome)) {
        return mu_link_park(client, MU_E_CRYPTO,
                            mu_slice_str("the server shows other keys than those of the invite"),
                            err);
    }
    if (welcome->protocol < MU_PROTOCOL_MIN || welcome->protocol > MU_PROTOCOL_MAX) {
        return mu_link_park(client, MU_E_VERSION,
                            mu_slice_str("the server speaks another version of the protocol"), err);
    }
    mu_link_heard_clock(client, welcome->server_ms);
    MU_TRY(mu_keyring_take(client, welcome->keys, welcome->key_count, err));
    if (welcome->verdict != MU_WELCOME_FORKED) {
        return accept(client, welcome, err);
    }
    client->session.server_number = welcome->last_number;
    return mu_hello_mint(client, err);
}
