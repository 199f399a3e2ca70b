#include "client/core/push.h"

#include "client/core/held.h"
#include "client/core/inside.h"
#include "client/core/output.h"
#include "client/core/undo.h"
#include "client/core/xfer.h"

/* Bytes of mutations in one PUSH; a larger one travels alone. */
#define PUSH_BYTES ((size_t)256 * 1024)

/* An answer is late after this, and a millisecond more for every 8 bytes (a slow line). */
#define ACK_LATE_MS      15000
#define ACK_BYTES_PER_MS 8

#define BUSY_MIN_MS 20
#define BUSY_MAX_MS 60000

/* -- sending ------------------------------------------------------------------ */

static bool fits(const struct mu_flight *flight, const struct mu_outbox_item *item, size_t len)
{
    if (flight->count == 0) {
        return true;
    }
    return flight->count < MU_PUSH_COUNT_MAX && flight->bytes + len <= PUSH_BYTES &&
           item->number == flight->items[flight->count - 1].number + 1;
}

static enum mu_status load(struct mu_client *client, const struct mu_outbox_item *items,
                           size_t count, struct mu_pushed *bodies, struct mu_error *err)
{
    struct mu_flight *flight = &client->session.flight;
    flight->bytes = 0;
    for (size_t i = 0; i < count; i++) {
        struct mu_pushed *body = &bodies[flight->count];
        MU_TRY(mu_outbox_body(&client->outbox, &client->turn_arena, items[i].position, body, err));
        size_t len = body->bytes.len + body->signature.len;
        if (!fits(flight, &items[i], len)) {
            return MU_OK;
        }
        flight->items[flight->count++] = (struct mu_flying){.position = items[i].position,
                                                            .mutation = items[i].mutation,
                                                            .number = items[i].number,
                                                            .hash = items[i].hash};
        flight->bytes += len;
    }
    return MU_OK;
}

enum mu_status mu_push_next(struct mu_client *client, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    struct mu_flight *flight = &session->flight;
    bool resends = session->state == MU_SESSION_RESEND;
    if ((session->state != MU_SESSION_OPEN && !resends) || session->wants_mint ||
        flight->count > 0 || client->turn->mono.ms < session->busy_ms) {
        return MU_OK;
    }
    struct mu_outbox_item *items = NULL;
    size_t count = 0;
    MU_TRY(mu_outbox_next(&client->outbox, &client->turn_arena, session->server_number,
                          MU_PUSH_COUNT_MAX, &items, &count, err));
    while (resends && count > 0 && items[count - 1].number > session->resend.last_number) {
        count--; /* written since, on rows of no use to the server: after the transfer */
    }
    if (count == 0) {
        return resends ? mu_transfer_request(client, session->resend.reason,
                                             session->resend.fork_seq, err)
                       : MU_OK;
    }
    if (items[0].number > session->server_number + 1) {
        session->wants_mint = true; /* the server lacks numbers that are gone here */
        return MU_OK;
    }
    struct mu_pushed bodies[MU_PUSH_COUNT_MAX];
    MU_TRY(load(client, items, count, bodies, err));
    flight->sent_ms = client->turn->mono.ms;
    const struct mu_message message = {.kind = MU_MSG_PUSH,
                                       .push = {.items = bodies, .count = flight->count}};
    return mu_output_send(client, &message, err);
}

int64_t mu_push_deadline(const struct mu_client *client)
{
    const struct mu_flight *flight = &client->session.flight;
    if (flight->count == 0) {
        return INT64_MAX;
    }
    return flight->sent_ms + ACK_LATE_MS + (int64_t)(flight->bytes / ACK_BYTES_PER_MS);
}

/* -- answers ------------------------------------------------------------------ */

static bool speaks_of(const struct mu_ack *ack, const struct mu_flying *flying)
{
    return mu_id_is_zero(ack->mutation) || mu_id_equal(ack->mutation, flying->mutation);
}

/* Position passed its change already (a transfer, or an answer that came late): it is
 * settled by the answer. */
static enum mu_status settle_passed(struct mu_client *client, const struct mu_outbox_item *item,
                                    const struct mu_ack *ack, struct mu_error *err)
{
    const struct mu_outbox_mark mark = {.position = item->position,
                                        .state = ack->code == 0 ? MU_JOURNAL : MU_REFUSED,
                                        .seq = ack->seq,
                                        .code = ack->code,
                                        .reason = ack->reason};
    MU_TRY(mu_outbox_set(&client->outbox, &mark, err));
    if (ack->code != 0) {
        MU_TRY(mu_undo_forget(client, item->mutation, err));
    } else {
        MU_TRY(mu_held_add(client, item->mutation, err));
    }
    client->pending_changed = true;
    return mu_rebase_gone(&client->rebase, item->position, false, err);
}

static enum mu_status leave_now(struct mu_client *client, const struct mu_outbox_item *item,
                                struct mu_error *err)
{
    client->pending_changed = true;
    MU_TRY(mu_outbox_drop(&client->outbox, item->position, err));
    return mu_rebase_gone(&client->rebase, item->position, false, err);
}

/* The server has it, under a seq. */
static enum mu_status kept(struct mu_client *client, const struct mu_flying *flying,
                           const struct mu_ack *ack, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    struct mu_outbox_item item = {0};
    struct mu_cursor cursor;
    bool found = false;
    if (flying->number > session->server_number) {
        session->server_number = flying->number;
    }
    MU_TRY(mu_outbox_accepted(&client->outbox, flying->number, flying->hash, err));
    MU_TRY(mu_outbox_find(&client->outbox, flying->mutation, &item, &found, err));
    if (!found || item.state >= MU_REFUSED) {
        return MU_OK; /* its change came first */
    }
    if (client->sabotage.leave_on_ack) {
        return leave_now(client, &item, err);
    }
    MU_TRY(mu_replica_cursor(client->replica, &cursor, err));
    /* While the rows are of another history their cursor tells nothing. */
    if (session->state != MU_SESSION_RESEND && ack->seq <= cursor.seq) {
        return settle_passed(client, &item, ack, err);
    }
    const struct mu_outbox_mark mark = {.position = item.position,
                                        .state = MU_ACKED,
                                        .seq = ack->seq,
                                        .code = ack->code,
                                        .reason = ack->reason};
    return mu_outbox_set(&client->outbox, &mark, err);
}

/* No number can carry it: it becomes a refused entry, and what stands behind it is numbered
 * anew so that there is no hole. */
static enum mu_status poison(struct mu_client *client, const struct mu_flying *flying,
                             const struct mu_ack *ack, struct mu_error *err)
{
    const struct mu_outbox_mark mark = {.position = flying->position,
                                        .state = MU_REFUSED,
                                        .code = ack->code == 0 ? MU_E_INVALID : ack->code,
                                        .reason = ack->reason};
    MU_TRY(mu_outbox_set(&client->outbox, &mark, err));
    MU_TRY(mu_undo_forget(client, flying->mutation, err));
    client->session.wants_mint = true;
    client->pending_changed = true;
    return mu_rebase_gone(&client->rebase, flying->position, false, err);
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

static void gap(struct mu_session *session, const struct mu_ack *ack)
{
    /* Whatever is queued goes again from there; a number that is gone here means a new id. */
    session->server_number = ack->expected == 0 ? 0 : ack->expected - 1;
}

static enum mu_status answer(struct mu_client *client, const struct mu_flying *flying,
                             const struct mu_ack *ack, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    switch (ack->kind) {
    case MU_ACK_APPLIED:
    case MU_ACK_APPLIED_CONFLICT:
    case MU_ACK_REJECTED:
    case MU_ACK_DUPLICATE:
        return kept(client, flying, ack, err);
    case MU_ACK_GAP:
        gap(session, ack);
        return MU_OK;
    case MU_ACK_FORK:
        session->wants_mint = true;
        session->wants_disown = session->wants_disown || ack->code == MU_E_CONFLICT;
        return MU_OK;
    case MU_ACK_BUSY:
        session->busy_ms = client->turn->mono.ms + clamp(ack->retry_ms, BUSY_MIN_MS, BUSY_MAX_MS);
        return MU_OK;
    case MU_ACK_INVALID:
        return poison(client, flying, ack, err);
    }
    return MU_OK;
}

enum mu_status mu_push_acked(struct mu_client *client, const struct mu_msg_pushack *acks,
                             struct mu_error *err)
{
    /* Taken by value: an answer may start the next flight. */
    const struct mu_flight flight = client->session.flight;
    client->session.flight.count = 0;
    for (size_t i = 0; i < acks->count && i < flight.count; i++) {
        if (speaks_of(&acks->items[i], &flight.items[i])) {
            MU_TRY(answer(client, &flight.items[i], &acks->items[i], err));
        }
    }
    return MU_OK;
}
