#include "client/core/stream.h"

#include "client/core/changes.h"
#include "client/core/inside.h"
#include "client/core/keyring.h"
#include "client/core/link.h"
#include "client/core/output.h"
#include "client/core/xfer.h"

#define CREDIT_BACK (MU_CREDIT_START / 4)
#define KEPT_MAX    (4 * MU_MESSAGE_MAX)

/* -- credit --------------------------------------------------------------------- */

enum mu_status mu_stream_grant(struct mu_client *client, struct mu_error *err)
{
    if (client->session.granted) {
        return MU_OK;
    }
    client->session.granted = true;
    const struct mu_message credit = {.kind = MU_MSG_CREDIT, .credit.bytes = MU_CREDIT_START};
    return mu_output_send(client, &credit, err);
}

enum mu_status mu_stream_pay(struct mu_client *client, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    if (session->credit_owed < CREDIT_BACK) {
        return MU_OK;
    }
    const struct mu_message credit = {.kind = MU_MSG_CREDIT, .credit.bytes = session->credit_owed};
    session->credit_owed = 0;
    return mu_output_send(client, &credit, err);
}

/* Keep a frame until the key of its epoch has come. */
static enum mu_status keep(struct mu_client *client, struct mu_slice bytes, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    if (session->kept_bytes + bytes.len > KEPT_MAX) {
        return mu_link_drop(client, "stream.beyond_credit", err);
    }
    struct mu_slice *place = mu_list_add(&session->kept);
    if (place == NULL || !mu_arena_copy(&session->kept_arena, bytes, place)) {
        return mu_fail(err, MU_E_NOMEM, "frames that wait for a key");
    }
    session->kept_bytes += bytes.len;
    return mu_keyring_ask(client, err);
}

static enum mu_status take_changes(struct mu_client *client, const struct mu_msg_changes *changes,
                                   bool *out_no_key, struct mu_error *err)
{
    enum mu_intake intake = MU_INTAKE_TAKEN;
    struct mu_error fault = {0};
    if (client->session.state != MU_SESSION_OPEN) {
        return MU_OK; /* of a session that is over */
    }
    MU_TRY(mu_changes_take(client, changes, &intake, &fault, err));
    *out_no_key = intake == MU_INTAKE_NO_KEY;
    switch (intake) {
    case MU_INTAKE_TAKEN:
        return mu_link_follow(client, err);
    case MU_INTAKE_NO_KEY:
        return MU_OK;
    case MU_INTAKE_GAP:
        return mu_link_drop(client, "stream.gap", err);
    case MU_INTAKE_FAULT:
        return mu_link_park(client, fault.status, mu_slice_str(fault.text), err);
    }
    return MU_OK;
}

/* CHANGES and XFER_CHUNK: counted against the credit, and kept while a key is missing. */
static enum mu_status take_frame(struct mu_client *client, const struct mu_message *message,
                                 struct mu_slice bytes, bool *out_no_key, struct mu_error *err)
{
    *out_no_key = false;
    if (message->kind == MU_MSG_CHANGES) {
        MU_TRY(take_changes(client, &message->changes, out_no_key, err));
    } else if (message->kind == MU_MSG_XFER_CHUNK) {
        MU_TRY(mu_transfer_chunk(client, &message->xfer_chunk, out_no_key, err));
    } else {
        MU_TRY(mu_transfer_end(client, &message->xfer_end, err));
    }
    if (!*out_no_key && message->kind != MU_MSG_XFER_END) {
        client->session.credit_owed += bytes.len;
    }
    client->session.progress_ms = client->turn->mono.ms;
    return MU_OK;
}

enum mu_status mu_stream_take(struct mu_client *client, const struct mu_message *message,
                              struct mu_slice bytes, struct mu_error *err)
{
    bool no_key = client->session.kept.count > 0;
    if (!no_key) {
        MU_TRY(take_frame(client, message, bytes, &no_key, err));
    }
    return no_key ? keep(client, bytes, err) : MU_OK;
}

enum mu_status mu_stream_keys(struct mu_client *client, const struct mu_msg_keys *keys,
                              struct mu_error *err)
{
    struct mu_session *session = &client->session;
    session->keys_asked = false;
    MU_TRY(mu_keyring_take(client, keys->keys, keys->key_count, err));
    struct mu_slice *kept = session->kept.items;
    size_t count = session->kept.count;
    session->kept.count = 0;
    session->kept_bytes = 0;
    for (size_t i = 0; i < count; i++) {
        struct mu_message message;
        bool no_key = false;
        mu_arena_clear(&client->arena);
        MU_TRY(mu_message_decode(kept[i], &client->arena, &message, err));
        MU_TRY(take_frame(client, &message, kept[i], &no_key, err));
        if (no_key) {
            return mu_link_drop(client, "key.withheld", err);
        }
        if (session->state == MU_SESSION_OFFLINE || session->state == MU_SESSION_PARKED) {
            return MU_OK; /* the frames are gone with the session */
        }
    }
    mu_arena_clear(&session->kept_arena);
    mu_list_init(&session->kept, &session->kept_arena, sizeof(struct mu_slice));
    return MU_OK;
}
