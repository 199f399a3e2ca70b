/* What a player does with what comes. */
#include <stdio.h>
#include <string.h>

#include "common/seal/hash.h"
#include "common/seal/sign.h"
#include "common/seal/wrap.h"
#include "tests/harness/player.h"

static void must(enum mu_status status, const struct mu_error *err, const char *what)
{
    if (status != MU_OK) {
        (void)fprintf(stderr, "player: %s: %s: %s\n", what, mu_status_text(status), err->text);
    }
    MU_ASSERT(status == MU_OK);
}

static void take_keys(struct mu_player *player, const struct mu_wrapped_key *keys, size_t count)
{
    struct mu_error err;
    for (size_t i = 0; i < count; i++) {
        MU_ASSERT(player->epoch_count < MU_PLAYER_KEYS);
        struct mu_player_key *key = &player->epochs[player->epoch_count++];
        must(mu_epoch_unwrap(keys[i].bytes, &player->keys, player->stage->keys.public.box,
                             player->stage->workspace, &key->epoch, &key->key, &err),
             &err, "unwrap");
        MU_ASSERT(key->epoch == keys[i].epoch);
    }
}

static const struct mu_epoch_key *key_of(const struct mu_player *player, uint32_t epoch)
{
    for (size_t i = 0; i < player->epoch_count; i++) {
        if (player->epochs[i].epoch == epoch) {
            return &player->epochs[i].key;
        }
    }
    return NULL;
}

static void open_sealed(struct mu_player *player, struct mu_slice sealed,
                        struct mu_envelope_head *head, struct mu_buf *plain)
{
    struct mu_error err;
    must(mu_envelope_head_read(sealed, head, &err), &err, "envelope");
    const struct mu_epoch_key *key = key_of(player, head->epoch);
    MU_ASSERT(key != NULL && mu_id_equal(head->workspace, player->stage->workspace));
    must(mu_envelope_open(sealed, key, plain, &err), &err, "open");
}

static void apply(struct mu_player *player, struct mu_slice sealed)
{
    MU_BUF_AUTO struct mu_buf plain;
    struct mu_envelope_head head;
    struct mu_change change;
    struct mu_row_refs stale;
    struct mu_hash hash;
    struct mu_error err;
    uint64_t seq = player->cursor.seq + 1;
    mu_buf_init(&plain, MU_MESSAGE_MAX);
    open_sealed(player, sealed, &head, &plain);
    MU_ASSERT(head.seq == seq && head.kind == MU_ENVELOPE_CHANGE);
    MU_ASSERT(mu_id_equal(head.incarnation, player->cursor.incarnation));
    must(mu_change_decode(mu_buf_view(&plain), &player->arena, &change, &err), &err, "change");
    MU_ASSERT(change.seq == seq);
    must(mu_replica_apply(player->rows, &player->arena, change.effects, change.effect_count, seq,
                          &stale, &err),
         &err, "apply");
    mu_hash_of(sealed, &hash);
    player->cursor.chain = mu_chain_next(player->cursor.chain, seq, hash);
    player->cursor.seq = seq;
    player->changes++;
    player->newest = (struct mu_note){.seq = seq,
                                      .mutation = change.mutation_id,
                                      .replica = change.replica,
                                      .person = change.person,
                                      .device = change.device,
                                      .intent = change.intent,
                                      .verdict = change.verdict,
                                      .at_ms = change.at_ms,
                                      .received_ms = change.received_ms};
}

static void on_welcome(struct mu_player *player, const struct mu_msg_welcome *welcome)
{
    player->welcomed = true;
    player->welcome = *welcome;
    take_keys(player, welcome->keys, welcome->key_count);
    if (welcome->verdict == MU_WELCOME_OK) {
        player->cursor.incarnation = welcome->incarnation;
    }
}

static void on_acks(struct mu_player *player, const struct mu_msg_pushack *acks)
{
    player->pushacks++;
    player->ack_count = acks->count;
    memcpy(player->acks, acks->items, acks->count * sizeof *acks->items);
}

static void on_beacon(struct mu_player *player, const struct mu_msg_beacon *beacon)
{
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, 1024);
    enum mu_status status = mu_beacon_signed_bytes(beacon, player->stage->workspace, &bytes);
    MU_ASSERT(status == MU_OK);
    bool good = mu_sign_verify(player->stage->keys.public.sign, MU_SIGN_BEACON, mu_buf_view(&bytes),
                               beacon->signature.data);
    MU_ASSERT(good);
    player->beacons++;
    player->beacon = *beacon;
    memcpy(player->beacon_signature, beacon->signature.data, MU_SIGN_LEN);
    player->beacon.signature = mu_slice_of(player->beacon_signature, MU_SIGN_LEN);
}

/* -- transfer ---------------------------------------------------------------- */

void mu_player_xfer(struct mu_player *player)
{
    struct mu_message message = {.kind = MU_MSG_XFER_REQ};
    struct mu_digest digest;
    struct mu_error err;
    must(mu_replica_digest(player->rows, &digest, &err), &err, "digest");
    memcpy(message.xfer_req.buckets, digest.buckets, sizeof digest.buckets);
    mu_player_send(player, &message);
}

static void on_begin(struct mu_player *player, const struct mu_msg_xfer_begin *begin)
{
    player->xfer = *begin;
    for (size_t i = 0; i < MU_BUCKET_COUNT; i++) {
        mu_buf_clear(&player->staged[i]);
    }
}

static void on_chunk(struct mu_player *player, const struct mu_msg_xfer_chunk *chunk)
{
    MU_BUF_AUTO struct mu_buf plain;
    struct mu_envelope_head head;
    mu_buf_init(&plain, MU_MESSAGE_MAX);
    open_sealed(player, chunk->sealed, &head, &plain);
    MU_ASSERT(head.kind == MU_ENVELOPE_CHUNK && head.seq == player->xfer.at_seq);
    struct mu_reader reader = mu_reader_of(mu_buf_view(&plain));
    MU_ASSERT(mu_reader_varint(&reader) == chunk->bucket);
    MU_ASSERT(mu_reader_varint(&reader) == chunk->number);
    enum mu_status status =
        mu_buf_append(&player->staged[chunk->bucket], reader.at, (size_t)(reader.end - reader.at));
    MU_ASSERT(status == MU_OK);
    player->chunks++;
}

static void on_end(struct mu_player *player)
{
    struct mu_row_refs stale;
    struct mu_error err;
    for (unsigned i = 0; i < MU_BUCKET_COUNT; i++) {
        if ((player->xfer.buckets[i / 8] >> (i % 8) & 1) != 0) {
            must(mu_replica_bucket_replace(player->rows, &player->arena, i,
                                           mu_buf_view(&player->staged[i]), &stale, &err),
                 &err, "replace");
        }
    }
    struct mu_hash root = mu_player_root(player);
    MU_ASSERT(mu_hash_equal(root, player->xfer.digest_root));
    player->cursor = (struct mu_cursor){.incarnation = player->xfer.incarnation,
                                        .seq = player->xfer.at_seq,
                                        .chain = player->xfer.chain};
    player->xfer_ends++;
}

/* -- mail -------------------------------------------------------------------- */

static void on_error(struct mu_player *player, const struct mu_msg_error *error)
{
    player->errors++;
    player->error = *error;
    (void)snprintf(player->error_text, sizeof player->error_text, "%.*s", (int)error->text.len,
                   (const char *)error->text.data);
}

static void read_one(struct mu_player *player, const struct mu_message *message, size_t len)
{
    switch (message->kind) {
    case MU_MSG_WELCOME:
        on_welcome(player, &message->welcome);
        return;
    case MU_MSG_PUSHACK:
        on_acks(player, &message->pushack);
        return;
    case MU_MSG_CHANGES:
        MU_ASSERT(message->changes.seq_first == player->cursor.seq + 1);
        player->stream_bytes += len;
        for (size_t i = 0; i < message->changes.count; i++) {
            apply(player, message->changes.sealed[i]);
        }
        return;
    case MU_MSG_BEACON:
        on_beacon(player, &message->beacon);
        return;
    case MU_MSG_XFER_BEGIN:
        on_begin(player, &message->xfer_begin);
        return;
    case MU_MSG_XFER_CHUNK:
        player->stream_bytes += len;
        on_chunk(player, &message->xfer_chunk);
        return;
    case MU_MSG_XFER_END:
        on_end(player);
        return;
    case MU_MSG_LINKS:
        player->link_pages++;
        player->links_first = message->links.first;
        player->links = message->links.count;
        player->links_sealed = message->links.sealed_count;
        return;
    case MU_MSG_KEYS:
        player->key_messages++;
        take_keys(player, message->keys.keys, message->keys.key_count);
        return;
    case MU_MSG_ENROLLED:
        player->enrolled = message->enrolled.accepted;
        player->person = message->enrolled.person;
        player->enrolled_answer = message->enrolled;
        return;
    case MU_MSG_ERROR:
    case MU_MSG_BYE:
        on_error(player, &message->error);
        return;
    case MU_MSG_PING:
        player->pings++;
        return;
    case MU_MSG_HELLO:
    case MU_MSG_PUSH:
    case MU_MSG_CREDIT:
    case MU_MSG_XFER_REQ:
    case MU_MSG_LINKS_REQ:
    case MU_MSG_ENROL:
        break;
    }
    MU_ASSERT(!"a message that servers do not send");
}

void mu_player_read(struct mu_player *player)
{
    struct mu_mail *mail = NULL;
    struct mu_error fault;
    must(mu_db_begin(&player->db, &fault), &fault, "begin");
    while ((mail = mu_stage_take(player->stage, player->conn)) != NULL) {
        struct mu_message message;
        struct mu_slice bytes;
        struct mu_error err;
        MU_ASSERT(!player->closed); /* nothing comes after CLOSE */
        if (mail->kind == MU_SERVER_CLOSE) {
            player->closed = true;
            continue;
        }
        bool fits = mu_arena_copy(&player->arena, mail->bytes, &bytes);
        MU_ASSERT(fits);
        must(mu_message_decode(bytes, &player->arena, &message, &err), &err, "decode");
        read_one(player, &message, bytes.len);
    }
    must(mu_db_commit(&player->db, &fault), &fault, "commit");
}
