#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/core/inside.h"

#define OUTS_MAX   ((size_t)1024 * 1024)
#define LINE_MAX   512
#define FAULTS_MAX 3

static enum mu_status add(struct mu_server *server, enum mu_server_output_kind kind,
                          struct mu_conn conn, struct mu_slice bytes, struct mu_error *err)
{
    struct mu_outs *outs = &server->outs;
    if (outs->count == outs->room) {
        size_t room = outs->room == 0 ? 64 : outs->room * 2;
        struct mu_server_output *items =
            room > OUTS_MAX ? NULL : realloc(outs->items, room * sizeof *items);
        if (items == NULL) {
            return mu_fail(err, MU_E_NOMEM, "no memory for %zu outputs of a turn", room);
        }
        outs->items = items;
        outs->room = room;
    }
    outs->items[outs->count++] =
        (struct mu_server_output){.kind = kind, .conn = conn, .bytes = bytes};
    return MU_OK;
}

enum mu_status mu_out_encode(struct mu_server *server, const struct mu_message *message,
                             struct mu_slice *out_bytes, struct mu_error *err)
{
    mu_buf_clear(&server->message);
    enum mu_status status = mu_message_encode(message, &server->turn_memory, &server->message);
    if (status != MU_OK) {
        return mu_fail(err, status, "encode %s: %s", mu_message_name(message->kind),
                       mu_status_text(status));
    }
    if (!mu_arena_copy(&server->turn_memory, mu_buf_view(&server->message), out_bytes)) {
        return mu_fail(err, MU_E_NOMEM, "no memory for a message");
    }
    return MU_OK;
}

enum mu_status mu_out_bytes(struct mu_server *server, struct mu_session *session,
                            struct mu_slice bytes, struct mu_error *err)
{
    MU_ASSERT(session->state != MU_SESSION_CLOSED);
    session->sent_ms = server->turn->mono.ms;
    return add(server, MU_SERVER_SEND, session->conn, bytes, err);
}

enum mu_status mu_out_message(struct mu_server *server, struct mu_session *session,
                              const struct mu_message *message, struct mu_error *err)
{
    struct mu_slice bytes;
    MU_TRY(mu_out_encode(server, message, &bytes, err));
    return mu_out_bytes(server, session, bytes, err);
}

enum mu_status mu_out_log(struct mu_server *server, struct mu_error *err, const char *fmt, ...)
{
    char line[LINE_MAX];
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    MU_ASSERT(len >= 0);
    size_t kept = (size_t)len < sizeof line ? (size_t)len : sizeof line - 1;
    struct mu_slice text;
    if (!mu_arena_copy(&server->turn_memory, mu_slice_of(line, kept), &text)) {
        return mu_fail(err, MU_E_NOMEM, "no memory for a line of the log");
    }
    return add(server, MU_SERVER_LOG, (struct mu_conn){0}, text, err);
}

static struct mu_message farewell(enum mu_message_kind kind, enum mu_status code, const char *why)
{
    return (struct mu_message){
        .kind = kind, .error = {.code = (uint32_t)code, .text = mu_slice_str(why), .fatal = true}};
}

enum mu_status mu_out_fault(struct mu_server *server, struct mu_session *session,
                            const struct mu_error *fault, struct mu_error *err)
{
    if (session->faults == 0) { /* one line a connection, however much it sends */
        char device[MU_ID_TEXT_LEN + 1];
        mu_id_text(session->device, device);
        MU_TRY(mu_out_log(server, err, "peer.fault conn=%llu device=%s code=%d",
                          (unsigned long long)session->conn.number, device, (int)fault->status));
    }
    if (++session->faults >= FAULTS_MAX) {
        return mu_out_bye(server, session, fault->status, fault->text, err);
    }
    struct mu_message message = farewell(MU_MSG_ERROR, fault->status, fault->text);
    message.error.fatal = false;
    return mu_out_message(server, session, &message, err);
}

enum mu_status mu_out_bye(struct mu_server *server, struct mu_session *session, enum mu_status code,
                          const char *why, struct mu_error *err)
{
    struct mu_message message = farewell(MU_MSG_BYE, code, why);
    MU_TRY(mu_out_message(server, session, &message, err));
    mu_xfer_stop(server, session);
    session->state = MU_SESSION_CLOSED;
    return add(server, MU_SERVER_CLOSE, session->conn, (struct mu_slice){0}, err);
}

enum mu_status mu_out_turn_away(struct mu_server *server, struct mu_conn conn, enum mu_status code,
                                const char *why, struct mu_error *err)
{
    struct mu_message message = farewell(MU_MSG_BYE, code, why);
    struct mu_slice bytes;
    MU_TRY(mu_out_encode(server, &message, &bytes, err));
    MU_TRY(add(server, MU_SERVER_SEND, conn, bytes, err));
    return add(server, MU_SERVER_CLOSE, conn, (struct mu_slice){0}, err);
}
