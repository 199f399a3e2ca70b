/* State transfers: the buckets of rows in which a client differs, as they were at one seq.
 *
 * Rows are read a chunk at a time while the board goes on changing; pins.h keeps what the
 * transfer has still to see.  docs/decisions/0010-transfers-keep-rows-as-they-were.md tells why. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/seal/hash.h"
#include "server/core/inside.h"

#define XFER_COST 50
/* Bytes of chunks that a session gets in one turn before the others have theirs. */
#define SESSION_BYTES MU_CHUNK_BYTES_MAX
#define ROWS_MAX      (MU_CHUNK_BYTES_MAX - MU_CHUNK_PREFIX_MAX)

static bool has_bit(const uint8_t *bits, unsigned bucket)
{
    return (bits[bucket / 8] >> (bucket % 8) & 1) != 0;
}

static void set_bit(uint8_t *bits, unsigned bucket)
{
    bits[bucket / 8] = (uint8_t)(bits[bucket / 8] | 1u << (bucket % 8));
}

static void clear_bit(uint8_t *bits, unsigned bucket)
{
    bits[bucket / 8] = (uint8_t)(bits[bucket / 8] & ~(1u << (bucket % 8)));
}

/* -- which transfers run ------------------------------------------------------ */

static void recount(struct mu_server *server)
{
    size_t count = 0;
    uint64_t oldest = UINT64_MAX;
    uint64_t newest = 0;
    for (size_t i = 0; i < server->sessions.count; i++) {
        const struct mu_xfer *xfer = &server->sessions.items[i]->xfer;
        if (xfer->active) {
            count++;
            oldest = xfer->at_seq < oldest ? xfer->at_seq : oldest;
            newest = xfer->at_seq > newest ? xfer->at_seq : newest;
        }
    }
    mu_pins_hold(&server->pins, count, count == 0 ? 0 : oldest, newest);
}

void mu_xfer_stop(struct mu_server *server, struct mu_session *session)
{
    if (session->xfer.active) {
        session->xfer = (struct mu_xfer){0};
        recount(server);
    }
}

/* There is no room to keep rows for all: the oldest transfer begins again on a new connection,
 * with what it has taken so far. */
static enum mu_status end_oldest(struct mu_server *server, struct mu_error *err)
{
    for (size_t i = 0; i < server->sessions.count; i++) {
        struct mu_session *session = server->sessions.items[i];
        if (session->xfer.active && session->xfer.at_seq == server->pins.oldest) {
            MU_TRY(mu_out_log(server, err, "xfer.outrun conn=%llu at=%" PRIu64,
                              (unsigned long long)session->conn.number, session->xfer.at_seq));
            MU_TRY(mu_out_bye(server, session, MU_E_BUSY,
                              "the board changed too much during the transfer: go on with it on a "
                              "new connection",
                              err));
        }
    }
    return MU_OK;
}

static enum mu_status guard_row(struct mu_server *server, const struct mu_row *effect, uint64_t seq,
                                struct mu_error *err)
{
    struct mu_row row;
    bool found = false;
    MU_TRY(mu_replica_row(server->replica, &server->rule_memory, effect->entity, effect->id, &row,
                          &found, err));
    if (!found) {
        row = (struct mu_row){.entity = effect->entity, .id = effect->id};
    }
    while (mu_pins_wants(&server->pins, mu_row_seq(&row))) {
        enum mu_status status = mu_pins_keep(&server->pins, &row, seq, &server->rows);
        if (status != MU_E_LIMIT) {
            return status == MU_OK ? MU_OK : mu_fail(err, status, "no memory for a transfer");
        }
        MU_TRY(end_oldest(server, err));
    }
    return MU_OK;
}

enum mu_status mu_xfer_guard(struct mu_server *server, const struct mu_row *effects, size_t count,
                             uint64_t seq, struct mu_error *err)
{
    for (size_t i = 0; i < count && server->pins.transfers > 0 && !server->sabotage.no_pins; i++) {
        MU_TRY(guard_row(server, &effects[i], seq, err));
    }
    return MU_OK;
}

/* -- beginning ----------------------------------------------------------------- */

enum mu_status mu_xfer_rows(struct mu_server *server, size_t buckets, uint64_t *out_count,
                            struct mu_error *err)
{
    size_t entity_count = 0;
    const struct mu_entity *entities = mu_entities(&entity_count);
    uint64_t rows = 0;
    for (size_t i = 0; i < entity_count && buckets > 0; i++) {
        char sql[128];
        struct mu_stmt stmt = {0};
        bool row = false;
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM \"%s\"", entities[i].name);
        MU_TRY(mu_stmt_prepare(&stmt, server->db, sql, err));
        enum mu_status status = mu_stmt_step(&stmt, &row, err);
        rows += status == MU_OK && row ? (uint64_t)mu_stmt_int(&stmt, 0) : 0;
        mu_stmt_finalize(&stmt);
        MU_TRY(status);
    }
    *out_count = rows * buckets / MU_BUCKET_COUNT;
    return MU_OK;
}

static enum mu_status begin(struct mu_server *server, struct mu_session *session,
                            const struct mu_msg_xfer_req *request, struct mu_error *err)
{
    struct mu_message message = {.kind = MU_MSG_XFER_BEGIN};
    struct mu_msg_xfer_begin *begin = &message.xfer_begin;
    struct mu_digest digest;
    size_t count = 0;
    MU_TRY(mu_replica_digest(server->replica, &digest, err));
    begin->transfer = mu_entropy_id(server->turn->entropy, server->now_ms);
    begin->incarnation = server->head.incarnation;
    begin->at_seq = server->head.seq;
    begin->chain = server->head.chain;
    begin->digest_root = mu_digest_root(&digest);
    for (unsigned i = 0; i < MU_BUCKET_COUNT; i++) {
        if (!mu_hash_equal(request->buckets[i], digest.buckets[i])) {
            set_bit(begin->buckets, i);
            count++;
        }
    }
    MU_TRY(mu_xfer_rows(server, count, &begin->row_count, err));
    session->xfer =
        (struct mu_xfer){.active = true, .id = begin->transfer, .at_seq = begin->at_seq};
    memcpy(session->xfer.buckets, begin->buckets, sizeof begin->buckets);
    session->xfer.walk.done = true; /* of no bucket yet */
    recount(server);
    MU_TRY(mu_out_message(server, session, &message, err));
    return mu_out_log(server, err, "xfer.begin conn=%llu at=%" PRIu64 " buckets=%zu",
                      (unsigned long long)session->conn.number, begin->at_seq, count);
}

enum mu_status mu_serve_xfer(struct mu_server *server, struct mu_session *session,
                             const struct mu_msg_xfer_req *request, struct mu_error *err)
{
    struct mu_rate_limit limit = {server->limits.mutations_per_s, server->limits.mutations_burst};
    mu_xfer_stop(server, session);
    if (mu_rate_take(&server->rates, session->device, XFER_COST, limit, server->turn->mono.ms) >
        0) {
        return mu_out_bye(server, session, MU_E_BUSY, "too many transfers, try later", err);
    }
    return begin(server, session, request, err);
}

/* -- chunks -------------------------------------------------------------------- */

/* Append rows as they were at at_seq, given rows as they are; the walk moves over what was
 * appended. */
static enum mu_status turn_back(struct mu_server *server, struct mu_slice rows, uint64_t at_seq,
                                struct mu_bucket_walk *walk, struct mu_buf *out,
                                struct mu_error *err)
{
    struct mu_reader reader = mu_reader_of(rows);
    size_t left = ROWS_MAX;
    while (!mu_reader_at_end(&reader)) {
        struct mu_row row;
        const uint8_t *start = reader.at;
        mu_arena_clear(&server->rule_memory);
        enum mu_status status = mu_row_decode(&reader, &server->rule_memory, &row);
        if (status != MU_OK) {
            return mu_fail(err, status, "read a row for a transfer: %s", mu_status_text(status));
        }
        struct mu_slice bytes = mu_slice_of(start, (size_t)(reader.at - start));
        if (mu_row_seq(&row) > at_seq) {
            bool kept = mu_pins_find(&server->pins, row.entity, row.id, at_seq, &bytes);
            MU_ASSERT(kept);
        }
        if (bytes.len > left) { /* it was longer then: the rest goes into another chunk */
            walk->done = false;
            return left < ROWS_MAX ? MU_OK
                                   : mu_fail(err, MU_E_LIMIT, "a row of %zu bytes", bytes.len);
        }
        if (mu_buf_append(out, bytes.data, bytes.len) != MU_OK) {
            return mu_fail(err, MU_E_NOMEM, "no memory for a chunk");
        }
        left -= bytes.len;
        walk->entity = row.entity;
        walk->key = mu_id_key(row.id);
    }
    return MU_OK;
}

/* Append the next rows of the transfer to out.  MU_E_LIMIT: a row larger than a chunk. */
static enum mu_status read_rows(struct mu_server *server, struct mu_xfer *xfer, struct mu_buf *out,
                                struct mu_error *err)
{
    struct mu_bucket_walk ahead = xfer->walk;
    mu_buf_clear(&server->rows);
    MU_TRY(mu_replica_bucket_read(server->replica, &ahead, &server->rows, err));
    struct mu_slice rows = mu_buf_view(&server->rows);
    if (mu_pins_touched(&server->pins, xfer->walk.bucket, xfer->at_seq)) {
        xfer->walk.done = ahead.done;
        return turn_back(server, rows, xfer->at_seq, &xfer->walk, out, err);
    }
    xfer->walk = ahead;
    return mu_buf_append(out, rows.data, rows.len) == MU_OK
               ? MU_OK
               : mu_fail(err, MU_E_NOMEM, "no memory for a chunk");
}

static enum mu_status seal_chunk(struct mu_server *server, const struct mu_xfer *xfer,
                                 struct mu_error *err)
{
    uint8_t nonce[MU_NONCE_LEN];
    struct mu_envelope_head head = {.version = MU_ENVELOPE_VERSION,
                                    .kind = MU_ENVELOPE_CHUNK,
                                    .workspace = server->head.workspace,
                                    .incarnation = server->head.incarnation,
                                    .epoch = server->sealer.epoch,
                                    .seq = xfer->at_seq};
    mu_entropy_draw(server->turn->entropy, nonce, sizeof nonce);
    mu_buf_clear(&server->sealed);
    return mu_envelope_seal(&head, &server->sealer.key, nonce, mu_buf_view(&server->plain),
                            &server->sealed, err);
}

static enum mu_status send_chunk(struct mu_server *server, struct mu_session *session,
                                 struct mu_error *err)
{
    struct mu_xfer *xfer = &session->xfer;
    struct mu_buf *plain = &server->plain;
    struct mu_message message = {.kind = MU_MSG_XFER_CHUNK};
    struct mu_slice bytes;
    mu_buf_clear(plain);
    if (mu_buf_append_varint(plain, xfer->walk.bucket) != MU_OK ||
        mu_buf_append_varint(plain, xfer->number) != MU_OK) {
        return mu_fail(err, MU_E_NOMEM, "no memory for a chunk");
    }
    MU_TRY(read_rows(server, xfer, plain, err));
    MU_TRY(seal_chunk(server, xfer, err));
    message.xfer_chunk = (struct mu_msg_xfer_chunk){.transfer = xfer->id,
                                                    .bucket = xfer->walk.bucket,
                                                    .number = xfer->number++,
                                                    .last = xfer->walk.done,
                                                    .sealed = mu_buf_view(&server->sealed)};
    MU_TRY(mu_out_encode(server, &message, &bytes, err));
    session->credit -= (int64_t)bytes.len;
    server->stream_bytes += bytes.len;
    return mu_out_bytes(server, session, bytes, err);
}

/* The walk enters the next bucket to be sent; false when there is none. */
static bool next_bucket(struct mu_xfer *xfer)
{
    for (unsigned i = 0; i < MU_BUCKET_COUNT; i++) {
        if (has_bit(xfer->buckets, i)) {
            clear_bit(xfer->buckets, i);
            xfer->walk = (struct mu_bucket_walk){.bucket = i, .key = -1};
            xfer->number = 0;
            return true;
        }
    }
    return false;
}

static enum mu_status end(struct mu_server *server, struct mu_session *session,
                          struct mu_error *err)
{
    const struct mu_message message = {.kind = MU_MSG_XFER_END,
                                       .xfer_end = {.transfer = session->xfer.id}};
    uint64_t at_seq = session->xfer.at_seq;
    mu_xfer_stop(server, session);
    session->state = MU_SESSION_LIVE;
    session->next_seq = at_seq + 1;
    return mu_out_message(server, session, &message, err);
}

/* One row that no chunk can carry: nothing that this client could do about it. */
static enum mu_status give_up(struct mu_server *server, struct mu_session *session,
                              const struct mu_error *why, struct mu_error *err)
{
    MU_TRY(mu_out_log(server, err, "xfer.failed conn=%llu bucket=%u code=%d",
                      (unsigned long long)session->conn.number, session->xfer.walk.bucket,
                      (int)why->status));
    return mu_out_bye(server, session, why->status, "a row is too large to be transferred", err);
}

enum mu_status mu_serve_chunks(struct mu_server *server, struct mu_session *session,
                               struct mu_error *err)
{
    struct mu_xfer *xfer = &session->xfer;
    size_t before = server->stream_bytes;
    if (session->epoch_known < server->sealer.epoch) {
        MU_TRY(mu_sealer_tell(server, session, err));
    }
    for (;;) {
        struct mu_error why;
        if (xfer->walk.done && !next_bucket(xfer)) {
            return end(server, session, err);
        }
        if (session->credit <= 0) {
            return MU_OK;
        }
        if (!mu_serve_room(server) || server->stream_bytes - before >= SESSION_BYTES) {
            server->more = true;
            return MU_OK;
        }
        enum mu_status status = send_chunk(server, session, &why);
        if (status == MU_E_LIMIT) {
            return give_up(server, session, &why, err);
        }
        if (status != MU_OK) {
            *err = why;
            return status;
        }
    }
}
