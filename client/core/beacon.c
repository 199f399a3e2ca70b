#include "client/core/beacon.h"

#include "client/core/inside.h"
#include "client/core/link.h"
#include "client/core/output.h"
#include "client/core/scrub.h"
#include "client/core/xfer.h"
#include "common/wire/mutation.h"

/* At most one full repair in this time; after that the difference is shown to people. */
#define REPAIR_EVERY_MS ((int64_t)60 * 60 * 1000)
#define MISMATCHES_MAX  2
#define HISTORIES_MAX   3

#define META_BEACON      "beacon"
#define BEACON_BYTES_MAX 1024

static enum mu_status signed_by_server(struct mu_client *client, const struct mu_msg_beacon *beacon,
                                       bool *out_signed, struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, BEACON_BYTES_MAX);
    enum mu_status status = mu_beacon_signed_bytes(beacon, client->workspace, &bytes);
    if (status != MU_OK) {
        return mu_fail(err, status, "beacon: %s", mu_status_text(status));
    }
    *out_signed = beacon->signature.len == MU_SIGN_LEN &&
                  mu_sign_verify(client->file->server_sign, MU_SIGN_BEACON, mu_buf_view(&bytes),
                                 beacon->signature.data);
    return MU_OK;
}

static void set_degraded(struct mu_session *session, bool degraded)
{
    session->dirty = session->dirty || session->record.degraded != degraded;
    session->record.degraded = degraded;
}

static bool may_repair(const struct mu_client *client)
{
    int64_t repaired_ms = client->session.record.repaired_ms;
    int64_t since_ms = client->turn->wall.ms - repaired_ms;
    return repaired_ms == 0 || since_ms < 0 || since_ms >= REPAIR_EVERY_MS;
}

static enum mu_status repair(struct mu_client *client, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    session->mismatches = 0;
    if (!may_repair(client)) {
        set_degraded(session, true);
        return MU_OK;
    }
    session->record.repaired_ms = client->turn->wall.ms;
    session->dirty = true;
    MU_TRY(mu_output_log(client, err, "repair.begun"));
    return mu_transfer_request(client, MU_XFER_REPAIR, 0, err);
}

/* The next HELLO names our history, and the server answers to it.  One that calls it its own and
 * then signs for another cannot have been restored: it was rewritten. */
static enum mu_status another_history(struct mu_client *client, const struct mu_cursor *cursor,
                                      struct mu_error *err)
{
    if (++client->session.histories < HISTORIES_MAX) {
        return mu_link_drop(client, "chain.differs", err);
    }
    struct mu_error why = {0};
    (void)mu_fail(
        &why, MU_E_CRYPTO,
        "the server's history is no longer the one that this device received up to "
        "change %llu: it was rewritten; nothing of it is taken, your changes are kept here",
        (unsigned long long)cursor->seq);
    return mu_link_park(client, why.status, mu_slice_str(why.text), err);
}

/* Both stand at one seq: they must hold the same. */
static enum mu_status compare(struct mu_client *client, const struct mu_msg_beacon *beacon,
                              const struct mu_cursor *cursor, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    if (!mu_hash_equal(beacon->chain, cursor->chain) && !client->sabotage.no_chain_check) {
        return another_history(client, cursor, err);
    }
    session->histories = 0;
    struct mu_digest digest;
    MU_TRY(mu_replica_digest(client->replica, &digest, err));
    if (mu_hash_equal(mu_digest_root(&digest), beacon->digest_root) ||
        client->sabotage.no_digest_check) {
        bool sound = true;
        session->mismatches = 0;
        if (!client->sabotage.no_scrub) {
            MU_TRY(mu_scrub(client, &digest, &sound, err));
        }
        if (!sound && may_repair(client)) {
            MU_TRY(mu_output_log(client, err, "rows.damaged bucket=%u", client->scrub_bucket));
        }
        if (!sound) {
            return repair(client, err);
        }
        set_degraded(session, false);
        return MU_OK;
    }
    session->mismatches++;
    MU_TRY(mu_output_log(client, err, "digest.differs seq=%llu", (unsigned long long)cursor->seq));
    return session->mismatches < MISMATCHES_MAX ? MU_OK : repair(client, err);
}

/* -- the newest one -------------------------------------------------------------- */

enum mu_status mu_beacon_kept(struct mu_client *client, struct mu_arena *arena,
                              struct mu_msg_beacon *out, bool *out_found, struct mu_error *err)
{
    struct mu_slice bytes = {0};
    struct mu_message message;
    struct mu_error ignored = {0};
    MU_TRY(mu_replica_meta(client->replica, META_BEACON, arena, &bytes, out_found, err));
    if (*out_found && (mu_message_decode(bytes, arena, &message, &ignored) != MU_OK ||
                       message.kind != MU_MSG_BEACON)) {
        *out_found = false;
    }
    if (*out_found) {
        *out = message.beacon;
    }
    return MU_OK;
}

/* Only when it says something new of the history: most of them say that time passes. */
static enum mu_status keep(struct mu_client *client, const struct mu_msg_beacon *beacon,
                           struct mu_error *err)
{
    struct mu_msg_beacon kept;
    bool found = false;
    MU_TRY(mu_beacon_kept(client, &client->turn_arena, &kept, &found, err));
    if (found && kept.head == beacon->head && mu_id_equal(kept.incarnation, beacon->incarnation) &&
        mu_hash_equal(kept.chain, beacon->chain)) {
        return MU_OK;
    }
    const struct mu_message message = {.kind = MU_MSG_BEACON, .beacon = *beacon};
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, BEACON_BYTES_MAX);
    enum mu_status status = mu_message_encode(&message, &client->turn_arena, &bytes);
    if (status != MU_OK) {
        return mu_fail(err, status, "beacon: %s", mu_status_text(status));
    }
    return mu_replica_meta_set(client->replica, META_BEACON, mu_buf_view(&bytes), err);
}

/* -- hearing one ----------------------------------------------------------------- */

enum mu_status mu_beacon_heard(struct mu_client *client, const struct mu_msg_beacon *beacon,
                               struct mu_error *err)
{
    struct mu_cursor cursor;
    bool genuine = false;
    MU_TRY(signed_by_server(client, beacon, &genuine, err));
    if (!genuine) {
        return mu_link_drop(client, "beacon.forged", err);
    }
    MU_TRY(keep(client, beacon, err));
    if (client->session.state != MU_SESSION_OPEN) {
        return MU_OK;
    }
    MU_TRY(mu_replica_cursor(client->replica, &cursor, err));
    if (!mu_id_equal(beacon->incarnation, cursor.incarnation)) {
        return mu_link_drop(client, "beacon.of_another_history", err);
    }
    mu_link_heard_clock(client, beacon->server_ms);
    MU_TRY(mu_link_heard_head(client, beacon->head, err));
    mu_link_heard_safe(client, beacon->safe_seq);
    return beacon->head == cursor.seq ? compare(client, beacon, &cursor, err) : MU_OK;
}
