#include "client/core/xfer.h"

#include <string.h>

#include "client/core/held.h"
#include "client/core/inside.h"
#include "client/core/keyring.h"
#include "client/core/link.h"
#include "client/core/links.h"
#include "client/core/output.h"
#include "client/core/stage.h"
#include "client/core/stream.h"

#define BUCKET_BYTES_MAX ((size_t)256 << 20)
#define WHOLE_BOARD_ROWS 5000

static bool bit(const uint8_t *bits, unsigned bucket)
{
    return (bits[bucket / 8] >> (bucket % 8) & 1) != 0;
}

static void clear_bit(uint8_t *bits, unsigned bucket)
{
    bits[bucket / 8] = (uint8_t)(bits[bucket / 8] & ~(1U << (bucket % 8)));
}

/* -- asking ------------------------------------------------------------------ */

/* Never the digest of a bucket that is meant to come: a digest that no rows have. */
static const struct mu_hash no_bucket = {{0xff}};

/* Digests of confirmed state.  A repair does not believe the stored ones: where the rows
 * say something else, the bucket is asked for. */
static enum mu_status confirmed(struct mu_client *client, enum mu_xfer_reason reason,
                                struct mu_digest *out, struct mu_error *err)
{
    struct mu_digest stored;
    MU_TRY(mu_replica_digest(client->replica, &stored, err));
    *out = stored;
    if (reason != MU_XFER_REPAIR) {
        return MU_OK;
    }
    MU_TRY(mu_replica_recompute(client->replica, out, err));
    for (size_t i = 0; i < MU_BUCKET_COUNT; i++) {
        if (!mu_hash_equal(stored.buckets[i], out->buckets[i])) {
            out->buckets[i] = no_bucket;
        }
    }
    return MU_OK;
}

enum mu_status mu_transfer_request(struct mu_client *client, enum mu_xfer_reason reason,
                                   uint64_t fork_seq, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    struct mu_message message = {.kind = MU_MSG_XFER_REQ};
    struct mu_digest digest;
    struct mu_staged staged;
    MU_TRY(confirmed(client, reason, &digest, err));
    MU_TRY(mu_stage_read(client, &staged, err));
    for (unsigned i = 0; i < MU_BUCKET_COUNT; i++) {
        message.xfer_req.buckets[i] = staged.has[i] ? staged.digest[i] : digest.buckets[i];
        if (!staged.has[i]) {
            MU_TRY(mu_stage_drop(client, i, err));
        }
    }
    session->state = MU_SESSION_XFER;
    session->progress_ms = client->turn->mono.ms;
    session->xfer = (struct mu_transfer){.reason = reason, .fork_seq = fork_seq};
    session->record.link = MU_LINK_CATCHING_UP;
    session->record.xfer_done = 0;
    session->record.xfer_total = 0;
    session->dirty = true;
    MU_TRY(mu_output_send(client, &message, err));
    return mu_stream_grant(client, err);
}

/* -- receiving ----------------------------------------------------------------- */

enum mu_status mu_transfer_begin(struct mu_client *client, const struct mu_msg_xfer_begin *begin,
                                 struct mu_error *err)
{
    struct mu_session *session = &client->session;
    struct mu_transfer *xfer = &session->xfer;
    if (session->state != MU_SESSION_XFER || xfer->begun) {
        return mu_link_drop(client, "transfer.unasked", err);
    }
    xfer->begun = true;
    xfer->id = begin->transfer;
    xfer->incarnation = begin->incarnation;
    xfer->at_seq = begin->at_seq;
    xfer->chain = begin->chain;
    xfer->root = begin->digest_root;
    memcpy(xfer->expected, begin->buckets, sizeof xfer->expected);
    for (unsigned i = 0; i < MU_BUCKET_COUNT; i++) {
        if (bit(begin->buckets, i)) {
            MU_TRY(mu_stage_drop(client, i, err));
        }
    }
    session->record.xfer_total = begin->row_count;
    session->dirty = true;
    return MU_OK;
}

/* The rows inside, borrowed from plain. */
static enum mu_status open_chunk(struct mu_client *client, const struct mu_msg_xfer_chunk *chunk,
                                 const struct mu_epoch_key *key, struct mu_buf *plain,
                                 struct mu_slice *out_rows, struct mu_error *err)
{
    const struct mu_transfer *xfer = &client->session.xfer;
    struct mu_envelope_head head;
    MU_TRY(mu_envelope_head_read(chunk->sealed, &head, err));
    MU_TRY(mu_envelope_open(chunk->sealed, key, plain, err));
    struct mu_reader reader = mu_reader_of(mu_buf_view(plain));
    uint64_t bucket = mu_reader_varint(&reader);
    uint64_t number = mu_reader_varint(&reader);
    if (!mu_reader_ok(&reader) || head.kind != MU_ENVELOPE_CHUNK ||
        !mu_id_equal(head.workspace, client->workspace) ||
        !mu_id_equal(head.incarnation, xfer->incarnation) || head.seq != xfer->at_seq ||
        bucket != chunk->bucket || number != chunk->number) {
        return mu_fail(err, MU_E_CRYPTO, "a chunk of a transfer is sealed for another place");
    }
    *out_rows = mu_slice_of(reader.at, (size_t)(reader.end - reader.at));
    return MU_OK;
}

static enum mu_status stage(struct mu_client *client, const struct mu_msg_xfer_chunk *chunk,
                            const struct mu_epoch_key *key, struct mu_error *err)
{
    struct mu_session *session = &client->session;
    struct mu_transfer *xfer = &session->xfer;
    MU_BUF_AUTO struct mu_buf plain;
    mu_buf_init(&plain, MU_MESSAGE_MAX);
    struct mu_slice rows = {0};
    uint64_t count = 0;
    MU_TRY(open_chunk(client, chunk, key, &plain, &rows, err));
    MU_TRY(mu_stage_put(client, chunk->bucket, chunk->number, rows, err));
    xfer->next[chunk->bucket]++;
    if (!chunk->last) {
        return MU_OK;
    }
    clear_bit(xfer->expected, chunk->bucket);
    MU_TRY(mu_stage_complete(client, chunk->bucket,
                             chunk->number == 0 ? rows : (struct mu_slice){0}, &count, err));
    session->record.xfer_done += count;
    session->dirty = true;
    return MU_OK;
}

enum mu_status mu_transfer_chunk(struct mu_client *client, const struct mu_msg_xfer_chunk *chunk,
                                 bool *out_no_key, struct mu_error *err)
{
    const struct mu_transfer *xfer = &client->session.xfer;
    *out_no_key = false;
    if (client->session.state != MU_SESSION_XFER || !xfer->begun ||
        !mu_id_equal(chunk->transfer, xfer->id)) {
        return MU_OK; /* of a transfer that was given up */
    }
    if (chunk->bucket >= MU_BUCKET_COUNT || !bit(xfer->expected, chunk->bucket) ||
        chunk->number != xfer->next[chunk->bucket]) {
        return mu_link_drop(client, "transfer.out_of_order", err);
    }
    struct mu_envelope_head head;
    struct mu_error why = {0};
    const struct mu_epoch_key *key = NULL;
    bool found = true;
    if (mu_envelope_head_read(chunk->sealed, &head, &why) == MU_OK) {
        MU_TRY(mu_keyring_get(client, head.epoch, &key, &found, err));
        *out_no_key = !found;
    }
    if (*out_no_key) {
        return MU_OK;
    }
    enum mu_status status = key == NULL ? MU_E_CORRUPT : stage(client, chunk, key, &why);
    if (status == MU_E_CORRUPT || status == MU_E_CRYPTO || status == MU_E_VERSION) {
        return mu_link_drop(client, "transfer.damaged", err);
    }
    return status == MU_OK ? MU_OK : mu_fail(err, status, "%s", why.text);
}

/* -- swapping in ------------------------------------------------------------------ */

/* So many rows of so many buckets that their indexes are better made afterwards. */
static bool is_whole_board(const struct mu_client *client, const struct mu_staged *staged)
{
    size_t buckets = 0;
    for (unsigned i = 0; i < MU_BUCKET_COUNT; i++) {
        buckets += staged->has[i];
    }
    return buckets > MU_BUCKET_COUNT / 2 && client->session.record.xfer_total >= WHOLE_BOARD_ROWS;
}

static enum mu_status replace_each(struct mu_client *client, const struct mu_staged *staged,
                                   struct mu_error *err)
{
    MU_BUF_AUTO struct mu_buf rows;
    mu_buf_init(&rows, BUCKET_BYTES_MAX);
    for (unsigned i = 0; i < MU_BUCKET_COUNT; i++) {
        if (!staged->has[i]) {
            continue;
        }
        struct mu_row_refs stale = {0};
        mu_buf_clear(&rows);
        mu_arena_clear(&client->scratch);
        MU_TRY(mu_stage_take(client, i, &rows, err));
        MU_TRY(mu_replica_bucket_replace(client->replica, &client->scratch, i, mu_buf_view(&rows),
                                         &stale, err));
    }
    return MU_OK;
}

static enum mu_status replace_buckets(struct mu_client *client, struct mu_error *err)
{
    struct mu_staged staged;
    MU_TRY(mu_stage_read(client, &staged, err));
    bool whole = is_whole_board(client, &staged);
    if (whole) {
        MU_TRY(mu_replica_indexes_drop(client->replica, err));
    }
    MU_TRY(replace_each(client, &staged, err));
    return whole ? mu_replica_indexes_make(client->replica, err) : MU_OK;
}

/* The copies of changes go on at at_seq; those of a history that is gone go. */
static enum mu_status move_copies(struct mu_client *client, struct mu_error *err)
{
    const struct mu_transfer *xfer = &client->session.xfer;
    struct mu_stmt *stmt = NULL;
    uint64_t last = xfer->reason == MU_XFER_LINEAGE ? xfer->fork_seq : xfer->at_seq;
    MU_TRY(mu_queries_get(&client->local, MU_LOCAL_COPY_DROP_AFTER, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)last);
    MU_TRY(mu_stmt_run(stmt, err));
    MU_TRY(mu_replica_history_drop(client->replica, last, err));
    MU_TRY(mu_queries_get(&client->local, MU_LOCAL_COPY_MARK, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)xfer->at_seq);
    mu_stmt_bind_blob(stmt, 2, mu_hash_view(&xfer->chain));
    return mu_stmt_run(stmt, err);
}

static enum mu_status drop_waiting(struct mu_client *client, struct mu_error *err)
{
    struct mu_outbox_item *items = NULL;
    size_t count = 0;
    MU_TRY(mu_outbox_list(&client->outbox, &client->arena, &items, &count, err));
    for (size_t i = 0; i < count; i++) {
        MU_TRY(mu_outbox_drop(&client->outbox, items[i].position, err));
    }
    return MU_OK;
}

/* Rows, cursor and what the outbox knows of it.  *out_right: the digest is the server's. */
static enum mu_status swap(struct mu_client *client, bool *out_right, struct mu_error *err)
{
    const struct mu_transfer *xfer = &client->session.xfer;
    const struct mu_cursor cursor = {
        .incarnation = xfer->incarnation, .seq = xfer->at_seq, .chain = xfer->chain};
    struct mu_digest digest;
    MU_TRY(replace_buckets(client, err));
    MU_TRY(mu_replica_digest(client->replica, &digest, err));
    *out_right = mu_hash_equal(mu_digest_root(&digest), xfer->root);
    if (!*out_right) {
        return MU_OK;
    }
    MU_TRY(mu_stage_clear(client, err));
    MU_TRY(move_copies(client, err));
    return mu_replica_cursor_set(client->replica, &cursor, err);
}

/* before_seq: where the cursor stood. */
static enum mu_status swapped_in(struct mu_client *client, uint64_t before_seq,
                                 struct mu_error *err)
{
    struct mu_session *session = &client->session;
    MU_TRY(mu_outbox_settle(&client->outbox, session->xfer.at_seq, err));
    if (client->sabotage.drop_outbox_on_xfer) {
        MU_TRY(drop_waiting(client, err));
    }
    MU_TRY(mu_held_swapped(client, session->xfer.at_seq, session->xfer.reason != MU_XFER_LINEAGE,
                           err));
    bool other = session->xfer.reason == MU_XFER_LINEAGE;
    if (other || session->xfer.at_seq > before_seq) { /* it passed changes over */
        MU_TRY(mu_links_owe(client, other ? session->xfer.fork_seq : before_seq, err));
    }
    mu_rebase_all(&client->rebase);
    client->pending_changed = true;
    client->view_changed = true;
    client->sealed_due = true;
    session->histories = 0;
    session->record.xfer_done = 0;
    session->record.xfer_total = 0;
    MU_TRY(mu_output_log(client, err, "transfer.done seq=%llu reason=%d",
                         (unsigned long long)session->xfer.at_seq, (int)session->xfer.reason));
    return mu_link_opened(client, err);
}

static bool complete(const struct mu_transfer *xfer)
{
    for (size_t i = 0; i < sizeof xfer->expected; i++) {
        if (xfer->expected[i] != 0) {
            return false;
        }
    }
    return true;
}

enum mu_status mu_transfer_end(struct mu_client *client, const struct mu_msg_xfer_end *end,
                               struct mu_error *err)
{
    struct mu_session *session = &client->session;
    if (session->state != MU_SESSION_XFER || !session->xfer.begun ||
        !mu_id_equal(end->transfer, session->xfer.id)) {
        return MU_OK;
    }
    if (!complete(&session->xfer)) {
        return mu_link_drop(client, "transfer.incomplete", err);
    }
    bool right = false;
    struct mu_cursor before;
    struct mu_error why = {0};
    MU_TRY(mu_replica_cursor(client->replica, &before, err));
    MU_TRY(mu_db_savepoint(client->replica_db, err));
    enum mu_status status = swap(client, &right, &why);
    if (status == MU_OK && right) {
        MU_TRY(mu_db_release(client->replica_db, err));
        return swapped_in(client, before.seq, err);
    }
    MU_TRY(mu_db_rollback_to(client->replica_db, err));
    if (status == MU_OK || status == MU_E_CONFLICT || status == MU_E_INVALID ||
        status == MU_E_CORRUPT) {
        /* Some bucket is not what it seems: nothing of it is kept. */
        MU_TRY(mu_stage_clear(client, err));
        return mu_link_drop(client, "transfer.wrong_digest", err);
    }
    return mu_fail(err, status, "%s", why.text);
}
