/* Messages that begin and end a session: HELLO, WELCOME, KEYS, ERROR, BYE. */
#include "common/wire/codec.h"
#include "common/wire/pb.h"

/* A wrapped key has 101 bytes today (common/seal/wrap.h). */
#define WRAPPED_MAX 256

static enum mu_status check_protocols(uint32_t least, uint32_t most, struct mu_error *err)
{
    return least == 0 || least > most
               ? mu_fail(err, MU_E_PROTOCOL, "protocol range %u to %u is none", least, most)
               : MU_OK;
}

/* ---- Former replicas */

static enum mu_status read_former(Muster__Former *const *from, size_t count, struct mu_arena *arena,
                                  struct mu_former **out, struct mu_error *err)
{
    struct mu_former *former = mu_arena_array(arena, count, sizeof *former);
    if (former == NULL) {
        return mu_fail(err, MU_E_NOMEM, "no memory for %zu former replicas", count);
    }
    for (size_t i = 0; i < count; i++) {
        MU_TRY(mu_pb_id_needed(MU_PB_BYTES(from[i], replica), &former[i].replica, err));
        MU_TRY(mu_pb_hash(MU_PB_BYTES(from[i], last_hash), &former[i].last_hash, err));
        former[i].last_number = from[i]->last_number;
    }
    *out = former;
    return MU_OK;
}

static enum mu_status write_former(const struct mu_former *former, size_t count,
                                   struct mu_arena *arena, Muster__Former ***out)
{
    if (count > MU_FORMER_MAX) {
        return MU_E_LIMIT;
    }
    Muster__Former **pointers = mu_arena_array(arena, count, sizeof *pointers);
    Muster__Former *all = mu_arena_array(arena, count, sizeof *all);
    if (pointers == NULL || all == NULL) {
        return MU_E_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        muster__former__init(&all[i]);
        MU_PB_SET_ID(&all[i], replica, &former[i].replica);
        MU_PB_SET(&all[i], last_number, former[i].last_number);
        MU_PB_SET_HASH(&all[i], last_hash, &former[i].last_hash);
        pointers[i] = &all[i];
    }
    *out = pointers;
    return MU_OK;
}

/* ---- Wrapped keys */

static enum mu_status read_keys(Muster__WrappedKey *const *from, size_t count,
                                struct mu_arena *arena, struct mu_wrapped_key **out,
                                struct mu_error *err)
{
    struct mu_wrapped_key *keys = mu_arena_array(arena, count, sizeof *keys);
    if (keys == NULL) {
        return mu_fail(err, MU_E_NOMEM, "no memory for %zu keys", count);
    }
    for (size_t i = 0; i < count; i++) {
        if (from[i]->epoch == 0) {
            return mu_fail(err, MU_E_PROTOCOL, "a key without its epoch");
        }
        keys[i].epoch = from[i]->epoch;
        MU_TRY(mu_pb_block(MU_PB_BYTES(from[i], wrapped), WRAPPED_MAX, &keys[i].bytes, err));
    }
    *out = keys;
    return MU_OK;
}

static enum mu_status write_keys(const struct mu_wrapped_key *keys, size_t count,
                                 struct mu_arena *arena, Muster__WrappedKey ***out)
{
    if (count > MU_EPOCH_KEYS_MAX) {
        return MU_E_LIMIT;
    }
    Muster__WrappedKey **pointers = mu_arena_array(arena, count, sizeof *pointers);
    Muster__WrappedKey *all = mu_arena_array(arena, count, sizeof *all);
    if (pointers == NULL || all == NULL) {
        return MU_E_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        muster__wrapped_key__init(&all[i]);
        MU_PB_SET(&all[i], epoch, keys[i].epoch);
        MU_PB_SET_BYTES(&all[i], wrapped, keys[i].bytes);
        pointers[i] = &all[i];
    }
    *out = pointers;
    return MU_OK;
}

/* ---- HELLO */

enum mu_status mu_pb_hello_read(const Muster__Hello *pb, struct mu_arena *arena,
                                struct mu_msg_hello *out, struct mu_error *err)
{
    *out = (struct mu_msg_hello){
        .protocol_min = pb->protocol_min,
        .protocol_max = pb->protocol_max,
        .schema = pb->schema,
        .capabilities = pb->capabilities,
        .open_counter = pb->open_counter,
        .cursor = pb->cursor,
        .last_number = pb->last_number,
        .acked_number = pb->acked_number,
        .former_count = pb->n_former,
        .epoch = pb->epoch,
        .client_ms = pb->client_ms,
    };
    MU_TRY(check_protocols(out->protocol_min, out->protocol_max, err));
    MU_TRY(mu_pb_id_needed(MU_PB_BYTES(pb, workspace), &out->workspace, err));
    MU_TRY(mu_pb_id_needed(MU_PB_BYTES(pb, device), &out->device, err));
    MU_TRY(mu_pb_id_needed(MU_PB_BYTES(pb, replica), &out->replica, err));
    MU_TRY(mu_pb_id(MU_PB_BYTES(pb, boot_nonce), &out->boot_nonce, err));
    MU_TRY(mu_pb_id(MU_PB_BYTES(pb, incarnation), &out->incarnation, err));
    MU_TRY(mu_pb_hash(MU_PB_BYTES(pb, chain), &out->chain, err));
    MU_TRY(mu_pb_hash(MU_PB_BYTES(pb, last_hash), &out->last_hash, err));
    MU_TRY(mu_pb_hash(MU_PB_BYTES(pb, acked_hash), &out->acked_hash, err));
    MU_TRY(mu_pb_wall("client_ms", out->client_ms, err));
    if (pb->beacon != NULL) {
        out->has_beacon = true;
        MU_TRY(mu_pb_beacon_read(pb->beacon, arena, &out->beacon, err));
    }
    return read_former(pb->former, pb->n_former, arena, &out->former, err);
}

enum mu_status mu_pb_hello_write(const struct mu_msg_hello *in, struct mu_arena *arena,
                                 Muster__Hello **out)
{
    Muster__Hello *pb = mu_arena_alloc(arena, sizeof *pb);
    if (pb == NULL) {
        return MU_E_NOMEM;
    }
    muster__hello__init(pb);
    MU_PB_SET(pb, protocol_min, in->protocol_min);
    MU_PB_SET(pb, protocol_max, in->protocol_max);
    MU_PB_SET(pb, schema, in->schema);
    MU_PB_SET(pb, capabilities, in->capabilities);
    MU_PB_SET_ID(pb, workspace, &in->workspace);
    MU_PB_SET_ID(pb, device, &in->device);
    MU_PB_SET_ID(pb, replica, &in->replica);
    MU_PB_SET_ID(pb, boot_nonce, &in->boot_nonce);
    MU_PB_SET(pb, open_counter, in->open_counter);
    MU_PB_SET_ID(pb, incarnation, &in->incarnation);
    MU_PB_SET(pb, cursor, in->cursor);
    MU_PB_SET_HASH(pb, chain, &in->chain);
    MU_PB_SET(pb, last_number, in->last_number);
    MU_PB_SET_HASH(pb, last_hash, &in->last_hash);
    MU_PB_SET(pb, acked_number, in->acked_number);
    MU_PB_SET_HASH(pb, acked_hash, &in->acked_hash);
    MU_PB_SET(pb, epoch, in->epoch);
    MU_PB_SET(pb, client_ms, in->client_ms);
    pb->n_former = in->former_count;
    MU_TRY(write_former(in->former, in->former_count, arena, &pb->former));
    if (in->has_beacon) {
        MU_TRY(mu_pb_beacon_write(&in->beacon, arena, &pb->beacon));
    }
    *out = pb;
    return MU_OK;
}

/* ---- WELCOME */

/* A server that refuses need not show its keys. */
static enum mu_status read_server_key(struct mu_pb_bytes field, bool needed, struct mu_slice *out,
                                      struct mu_error *err)
{
    if (!needed && !field.has) {
        *out = (struct mu_slice){0};
        return MU_OK;
    }
    return mu_pb_fixed(field, MU_HASH_LEN, out, err);
}

enum mu_status mu_pb_welcome_read(const Muster__Welcome *pb, struct mu_arena *arena,
                                  struct mu_msg_welcome *out, struct mu_error *err)
{
    *out = (struct mu_msg_welcome){
        .verdict = (enum mu_welcome_verdict)pb->verdict,
        .protocol = pb->protocol,
        .fork_seq = pb->fork_seq,
        .head = pb->head,
        .horizon = pb->horizon,
        .safe_seq = pb->safe_seq,
        .last_number = pb->last_number,
        .former_count = pb->n_former,
        .server_ms = pb->server_ms,
        .epoch = pb->epoch,
        .key_count = pb->n_key,
    };
    bool welcome = out->verdict == MU_WELCOME_OK;
    if (out->verdict < MU_WELCOME_OK || out->verdict > MU_WELCOME_REVOKED) {
        return mu_fail(err, MU_E_PROTOCOL, "verdict %u is unknown", (unsigned)out->verdict);
    }
    MU_TRY(mu_pb_id(MU_PB_BYTES(pb, session), &out->session, err));
    MU_TRY(mu_pb_id(MU_PB_BYTES(pb, incarnation), &out->incarnation, err));
    MU_TRY(mu_pb_id(MU_PB_BYTES(pb, parent_incarnation), &out->parent_incarnation, err));
    MU_TRY(mu_pb_hash(MU_PB_BYTES(pb, fork_chain), &out->fork_chain, err));
    MU_TRY(mu_pb_hash(MU_PB_BYTES(pb, last_hash), &out->last_hash, err));
    MU_TRY(mu_pb_wall("server_ms", out->server_ms, err));
    MU_TRY(read_server_key(MU_PB_BYTES(pb, server_sign), welcome, &out->server_sign, err));
    MU_TRY(read_server_key(MU_PB_BYTES(pb, server_box), welcome, &out->server_box, err));
    MU_TRY(mu_pb_text(MU_PB_BYTES(pb, reason), MU_LINE_MAX, &out->reason, err));
    MU_TRY(read_former(pb->former, pb->n_former, arena, &out->former, err));
    return read_keys(pb->key, pb->n_key, arena, &out->keys, err);
}

enum mu_status mu_pb_welcome_write(const struct mu_msg_welcome *in, struct mu_arena *arena,
                                   Muster__Welcome **out)
{
    Muster__Welcome *pb = mu_arena_alloc(arena, sizeof *pb);
    if (pb == NULL) {
        return MU_E_NOMEM;
    }
    muster__welcome__init(pb);
    MU_PB_SET(pb, verdict, (Muster__WelcomeVerdict)in->verdict);
    MU_PB_SET(pb, protocol, in->protocol);
    MU_PB_SET_ID(pb, session, &in->session);
    MU_PB_SET_ID(pb, incarnation, &in->incarnation);
    MU_PB_SET_ID(pb, parent_incarnation, &in->parent_incarnation);
    MU_PB_SET(pb, fork_seq, in->fork_seq);
    MU_PB_SET_HASH(pb, fork_chain, &in->fork_chain);
    MU_PB_SET(pb, head, in->head);
    MU_PB_SET(pb, horizon, in->horizon);
    MU_PB_SET(pb, safe_seq, in->safe_seq);
    MU_PB_SET(pb, last_number, in->last_number);
    MU_PB_SET_HASH(pb, last_hash, &in->last_hash);
    MU_PB_SET(pb, server_ms, in->server_ms);
    MU_PB_SET(pb, epoch, in->epoch);
    MU_PB_SET_BYTES(pb, server_sign, in->server_sign);
    MU_PB_SET_BYTES(pb, server_box, in->server_box);
    MU_PB_SET_BYTES(pb, reason, mu_pb_line(in->reason, MU_LINE_MAX));
    pb->n_former = in->former_count;
    pb->n_key = in->key_count;
    MU_TRY(write_former(in->former, in->former_count, arena, &pb->former));
    MU_TRY(write_keys(in->keys, in->key_count, arena, &pb->key));
    *out = pb;
    return MU_OK;
}

/* ---- KEYS */

enum mu_status mu_pb_keys_read(const Muster__Keys *pb, struct mu_arena *arena,
                               struct mu_msg_keys *out, struct mu_error *err)
{
    *out = (struct mu_msg_keys){.key_count = pb->n_key};
    return read_keys(pb->key, pb->n_key, arena, &out->keys, err);
}

enum mu_status mu_pb_keys_write(const struct mu_msg_keys *in, struct mu_arena *arena,
                                Muster__Keys **out)
{
    Muster__Keys *pb = mu_arena_alloc(arena, sizeof *pb);
    if (pb == NULL) {
        return MU_E_NOMEM;
    }
    muster__keys__init(pb);
    pb->n_key = in->key_count;
    MU_TRY(write_keys(in->keys, in->key_count, arena, &pb->key));
    *out = pb;
    return MU_OK;
}

/* ---- ERROR and BYE */

enum mu_status mu_pb_error_read(const Muster__Error *pb, struct mu_arena *arena,
                                struct mu_msg_error *out, struct mu_error *err)
{
    (void)arena;
    *out = (struct mu_msg_error){.code = pb->code, .fatal = pb->fatal != 0};
    return mu_pb_text(MU_PB_BYTES(pb, text), MU_LINE_MAX, &out->text, err);
}

enum mu_status mu_pb_error_write(const struct mu_msg_error *in, struct mu_arena *arena,
                                 Muster__Error **out)
{
    Muster__Error *pb = mu_arena_alloc(arena, sizeof *pb);
    if (pb == NULL) {
        return MU_E_NOMEM;
    }
    muster__error__init(pb);
    MU_PB_SET(pb, code, in->code);
    MU_PB_SET_BYTES(pb, text, mu_pb_line(in->text, MU_LINE_MAX));
    MU_PB_SET(pb, fatal, in->fatal);
    *out = pb;
    return MU_OK;
}
