/* The turn: inputs in, one transaction, outputs out after the commit. */
#include <stdio.h>
#include <string.h>

#include "server/core/open.h"

/* -- one message ------------------------------------------------------------- */

static enum mu_status refuse(struct mu_server *server, struct mu_session *session,
                             enum mu_message_kind kind, struct mu_error *err)
{
    struct mu_error fault;
    (void)mu_fail(&fault, MU_E_PROTOCOL, "%s has no place here", mu_message_name(kind));
    return mu_out_fault(server, session, &fault, err);
}

static enum mu_status on_ping(struct mu_server *server, struct mu_session *session,
                              struct mu_error *err)
{
    if (session->state == MU_SESSION_LIVE || session->state == MU_SESSION_APART) {
        return mu_serve_beacon(server, session, err);
    }
    const struct mu_message pong = {.kind = MU_MSG_PING};
    return mu_out_message(server, session, &pong, err);
}

static enum mu_status on_bye(struct mu_server *server, struct mu_session *session,
                             struct mu_error *err)
{
    return mu_out_bye(server, session, MU_OK, "", err);
}

static enum mu_status dispatch(struct mu_server *server, struct mu_session *session,
                               const struct mu_message *message, struct mu_error *err)
{
    bool invited = session->state == MU_SESSION_INVITE;
    bool welcomed = session->state == MU_SESSION_LIVE || session->state == MU_SESSION_APART;
    switch (message->kind) {
    case MU_MSG_HELLO:
        return invited ? refuse(server, session, message->kind, err)
                       : mu_serve_hello(server, session, &message->hello, err);
    case MU_MSG_PUSH:
        return welcomed ? mu_serve_push(server, session, &message->push, err)
                        : refuse(server, session, message->kind, err);
    case MU_MSG_CREDIT:
        if (!welcomed) {
            return refuse(server, session, message->kind, err);
        }
        mu_serve_credit(session, message->credit.bytes);
        return MU_OK;
    case MU_MSG_XFER_REQ:
        return welcomed ? mu_serve_xfer(server, session, &message->xfer_req, err)
                        : refuse(server, session, message->kind, err);
    case MU_MSG_LINKS_REQ:
        return welcomed ? mu_serve_links(server, session, &message->links_req, err)
                        : refuse(server, session, message->kind, err);
    case MU_MSG_ENROL:
        return invited ? mu_serve_enrol(server, session, &message->enrol, err)
                       : refuse(server, session, message->kind, err);
    case MU_MSG_KEYS:
        return welcomed ? mu_serve_keys(server, session, err)
                        : refuse(server, session, message->kind, err);
    case MU_MSG_PING:
        return on_ping(server, session, err);
    case MU_MSG_BYE:
        return on_bye(server, session, err);
    case MU_MSG_ERROR: /* the client tells; there is nothing to answer */
        return MU_OK;
    case MU_MSG_WELCOME:
    case MU_MSG_PUSHACK:
    case MU_MSG_CHANGES:
    case MU_MSG_BEACON:
    case MU_MSG_XFER_BEGIN:
    case MU_MSG_XFER_CHUNK:
    case MU_MSG_XFER_END:
    case MU_MSG_LINKS:
    case MU_MSG_ENROLLED:
        break;
    }
    return refuse(server, session, message->kind, err);
}

/* -- connections ------------------------------------------------------------- */

static enum mu_status open_session(struct mu_server *server, const struct mu_server_input *input,
                                   struct mu_session **out_session, struct mu_error *err)
{
    struct mu_bearer bearer;
    *out_session = NULL;
    MU_TRY(mu_access_find(server, input->curve_key, server->now_ms, &bearer, err));
    if (bearer.admission != MU_ADMIT_DEVICE && bearer.admission != MU_ADMIT_INVITE) {
        return mu_out_turn_away(server, input->conn, MU_E_DENIED,
                                bearer.known ? "this device was removed from the team"
                                             : "this key is not, or no longer, known here",
                                err);
    }
    struct mu_session *session = server->sessions.count < server->limits.sessions_max
                                     ? mu_sessions_add(&server->sessions, input->conn)
                                     : NULL;
    if (session == NULL) {
        return mu_out_turn_away(server, input->conn, MU_E_BUSY,
                                "the server has no room for more connections, try later", err);
    }
    session->opened_ms = server->turn->mono.ms;
    session->sent_ms = session->opened_ms;
    memcpy(session->curve_key, input->curve_key, sizeof session->curve_key);
    session->person = bearer.person;
    session->role = bearer.role;
    if (bearer.admission == MU_ADMIT_DEVICE) {
        session->state = MU_SESSION_NEW;
        session->device = bearer.row;
        memcpy(session->sign_key, bearer.sign_key, sizeof session->sign_key);
        memcpy(session->box_key, bearer.box_key, sizeof session->box_key);
    } else {
        session->state = MU_SESSION_INVITE;
    }
    *out_session = session;
    return MU_OK;
}

static enum mu_status on_message(struct mu_server *server, const struct mu_server_input *input,
                                 struct mu_error *err)
{
    struct mu_message message;
    struct mu_error fault;
    if (server->access_changed) { /* by a message before this one: it counts from here on */
        MU_TRY(mu_access_refresh(server, err));
    }
    struct mu_session *session = mu_sessions_find(&server->sessions, input->conn);
    if (session == NULL) {
        MU_TRY(open_session(server, input, &session, err));
    }
    if (session == NULL || session->state == MU_SESSION_CLOSED) {
        return MU_OK;
    }
    if (memcmp(session->curve_key, input->curve_key, sizeof session->curve_key) != 0) {
        return mu_out_bye(server, session, MU_E_DENIED, "another key than at the beginning", err);
    }
    mu_arena_clear(&server->input_memory);
    /* Want of memory counts against the peer too: its message has a budget of its own. */
    if (mu_message_decode(input->bytes, &server->input_memory, &message, &fault) != MU_OK) {
        return mu_out_fault(server, session, &fault, err);
    }
    return dispatch(server, session, &message, err);
}

static void on_gone(struct mu_server *server, struct mu_conn conn)
{
    struct mu_session *session = mu_sessions_find(&server->sessions, conn);
    if (session != NULL) {
        mu_xfer_stop(server, session);
        mu_sessions_remove(&server->sessions, conn);
    }
}

/* -- the turn ---------------------------------------------------------------- */

static enum mu_status take(struct mu_server *server, const struct mu_server_input *input,
                           struct mu_error *err)
{
    switch (input->kind) {
    case MU_SERVER_MESSAGE:
        return on_message(server, input, err);
    case MU_SERVER_GONE:
        on_gone(server, input->conn);
        return MU_OK;
    case MU_SERVER_TICK:
        return MU_OK;
    }
    MU_ASSERT(!"an input of no kind");
    return MU_OK;
}

static enum mu_status run(struct mu_server *server, const struct mu_server_input *inputs,
                          size_t count, struct mu_error *err)
{
    uint64_t before = server->head.seq;
    for (size_t i = 0; i < count; i++) {
        MU_TRY(take(server, &inputs[i], err));
    }
    if (server->access_changed) {
        MU_TRY(mu_access_refresh(server, err));
    }
    MU_TRY(mu_serve_streams(server, err));
    MU_TRY(mu_serve_beats(server, err));
    MU_ASSERT(server->head.seq >= before);
    return server->head.seq > before ? mu_server_stand(server, err) : MU_OK;
}

static int64_t wake_at(const struct mu_server *server)
{
    if (server->more) {
        return server->turn->mono.ms;
    }
    return server->sessions.count > 0 ? server->next_beacon_ms : INT64_MAX;
}

/* Until it has gone well the server counts as broken. */
static enum mu_status begin(struct mu_server *server, const struct mu_turn *turn,
                            struct mu_error *err)
{
    if (server->broken) {
        return mu_fail(err, MU_E_INTERNAL, "the server has failed and must be opened again");
    }
    server->broken = true;
    if (server->open_transaction) {
        server->open_transaction = false;
        MU_TRY(mu_server_end(server, err));
    }
    return mu_server_begin(server, turn, err);
}

static enum mu_status end(struct mu_server *server, enum mu_status status, struct mu_error *err)
{
    if (status == MU_OK && server->sabotage.send_before_commit) {
        server->open_transaction = true;
    } else if (status == MU_OK) {
        status = mu_server_end(server, err);
    }
    if (status != MU_OK) {
        mu_db_rollback(server->db);
        return status;
    }
    server->broken = false;
    return MU_OK;
}

enum mu_status mu_server_turn(struct mu_server *server, const struct mu_turn *turn,
                              const struct mu_server_input *inputs, size_t count,
                              struct mu_server_outputs *out, struct mu_error *err)
{
    enum mu_status status = begin(server, turn, err);
    if (status == MU_OK) {
        status = run(server, inputs, count, err);
    }
    MU_TRY(end(server, status, err));
    *out = (struct mu_server_outputs){
        .items = server->outs.items, .count = server->outs.count, .wake_at_ms = wake_at(server)};
    return MU_OK;
}

enum mu_status mu_server_backed_up(struct mu_server *server, const struct mu_turn *turn,
                                   uint64_t seq, struct mu_error *err)
{
    if (seq > server->head.seq) {
        return mu_fail(err, MU_E_INVALID, "a backup up to change %llu, and the log ends at %llu",
                       (unsigned long long)seq, (unsigned long long)server->head.seq);
    }
    enum mu_status status = begin(server, turn, err);
    if (status == MU_OK) {
        status = mu_log_safe_set(server->log, seq, err);
    }
    return end(server, status, err);
}
