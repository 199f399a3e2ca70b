/* PUSH: each mutation takes its number once, in order, or the answer says why not. */
#include <stdio.h>
#include <string.h>

#include "common/base/utf8.h"
#include "common/seal/hash.h"
#include "common/seal/sign.h"
#include "server/core/inside.h"

#define PROOFS_LEAST 4 /* fewer are not worth waking somebody */

/* The replica under whose numbers a push goes on; usually one for the whole push. */
struct thread {
    struct mu_replica_mark mark;
    bool loaded;
    bool marked;
};

/* An item of a push as it was read. */
struct item {
    struct mu_pushed pushed;
    bool readable;
    struct mu_mutation mutation; /* when readable */
    struct mu_hash hash;
    bool known; /* its id stands in the log at place, or earlier in the push */
    struct mu_log_place place;
    char why[MU_REASON_MAX + 1]; /* not readable: what is wrong */
    bool busy;                   /* not readable for want of memory alone */
    bool proven;                 /* its signature was looked at already */
    bool good;                   /* when proven: it is this device's */
};

struct batch {
    struct item *items;
    struct mu_ack *acks;
    size_t count;
    struct thread thread;
};

static void set_reason(struct mu_server *server, struct mu_ack *ack, const char *reason)
{
    if (!mu_arena_copy(&server->turn_memory, mu_slice_str(reason), &ack->reason)) {
        ack->reason = (struct mu_slice){0}; /* its code must do */
    }
}

/* -- reading ----------------------------------------------------------------- */

/* Whether the bytes took more memory than any honest mutation: theirs is the fault then. */
static bool is_greedy(const struct mu_arena *arena)
{
    return arena->used > arena->max / 2;
}

static bool stands_before(const struct item *items, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (items[i].readable && mu_id_equal(items[i].mutation.id, items[at].mutation.id)) {
            return true;
        }
    }
    return false;
}

static enum mu_status read_item(struct mu_server *server, const struct mu_pushed *pushed,
                                struct item *items, size_t at, struct mu_error *err)
{
    struct item *item = &items[at];
    struct mu_error fault;
    item->pushed = *pushed;
    enum mu_status status =
        mu_mutation_decode(pushed->bytes, &server->input_memory, &item->mutation, &fault);
    if (status != MU_OK) {
        item->busy = status == MU_E_NOMEM && !is_greedy(&server->input_memory);
        struct mu_slice why = mu_utf8_cut(mu_slice_str(fault.text), sizeof item->why - 1);
        memcpy(item->why, why.data, why.len);
        return MU_OK;
    }
    item->readable = true;
    mu_hash_of(pushed->bytes, &item->hash);
    if (server->sabotage.no_dedup_by_id) {
        return MU_OK;
    }
    MU_TRY(mu_log_find(server->log, item->mutation.id, &item->place, &item->known, err));
    item->known = item->known || stands_before(items, at);
    return MU_OK;
}

/* -- duplicates --------------------------------------------------------------- */

static enum mu_status load_thread(struct mu_server *server, struct thread *thread,
                                  struct mu_id replica, struct mu_id device, struct mu_error *err)
{
    if (thread->loaded && mu_id_equal(thread->mark.replica, replica)) {
        return MU_OK;
    }
    MU_TRY(mu_log_mark(server->log, replica, &thread->mark, &thread->marked, err));
    if (!thread->marked) {
        thread->mark = (struct mu_replica_mark){.replica = replica, .device = device};
    }
    thread->loaded = true;
    return MU_OK;
}

/* The change that stands in the log at seq; in rule memory and server->plain. */
static enum mu_status kept_change(struct mu_server *server, uint64_t seq,
                                  struct mu_change *out_change, struct mu_error *err)
{
    struct mu_arena *arena = &server->rule_memory;
    struct mu_log_sealed *entries = NULL;
    struct mu_envelope_head head;
    struct mu_epoch_key key;
    size_t count = 0;
    bool found = false;
    mu_arena_clear(arena);
    mu_buf_clear(&server->plain);
    MU_TRY(
        mu_log_read(server->log, arena, (struct mu_log_window){seq, 1, 0}, &entries, &count, err));
    MU_ASSERT(count == 1);
    MU_TRY(mu_envelope_head_read(entries[0].sealed, &head, err));
    MU_TRY(mu_log_epoch_key(server->log, head.epoch, key.bytes, &found, err));
    if (!found) {
        return mu_fail(err, MU_E_CORRUPT, "the key of epoch %u is missing", head.epoch);
    }
    MU_TRY(mu_envelope_open(entries[0].sealed, &key, &server->plain, err));
    return mu_change_decode(mu_buf_view(&server->plain), arena, out_change, err);
}

/* Whether a mutation with a number that is taken is the one that took it. */
static enum mu_status is_repeated(struct mu_server *server, const struct item *item, bool *out_same,
                                  struct mu_error *err)
{
    struct mu_change change;
    struct mu_hash hash;
    *out_same = item->known;
    bool other = mu_id_is_zero(item->place.replica) ||
                 !mu_id_equal(item->place.replica, item->mutation.replica) ||
                 item->place.number != item->mutation.number;
    if (!item->known || other || server->sabotage.no_hash_check) {
        return MU_OK;
    }
    MU_TRY(kept_change(server, item->place.seq, &change, err));
    mu_hash_of(change.mutation, &hash);
    *out_same = mu_hash_equal(hash, item->hash);
    return MU_OK;
}

/* It is here already.  A refusal is told again: its author may never have heard of it. */
static enum mu_status known(struct mu_server *server, const struct item *item, struct mu_ack *ack,
                            struct mu_error *err)
{
    struct mu_note note;
    struct mu_change change;
    bool found = false;
    ack->kind = MU_ACK_DUPLICATE;
    ack->seq = item->place.seq;
    MU_TRY(mu_replica_note_get(server->replica, ack->seq, &note, &found, err));
    if (!found || note.verdict != MU_REJECTED) {
        return MU_OK;
    }
    MU_TRY(kept_change(server, ack->seq, &change, err));
    ack->code = (uint32_t)change.code;
    if (!mu_arena_copy(&server->turn_memory, change.reason, &ack->reason)) {
        ack->reason = (struct mu_slice){0}; /* its code must do */
    }
    return MU_OK;
}

/* -- one mutation ------------------------------------------------------------- */

static struct mu_author author_of(const struct mu_session *session)
{
    return (struct mu_author){.person = session->person,
                              .device = session->device,
                              .shown = session->person,
                              .role = session->role};
}

static struct mu_candidate candidate_of(const struct item *item)
{
    return (struct mu_candidate){.mutation = &item->mutation,
                                 .bytes = item->pushed.bytes,
                                 .signature = item->pushed.signature,
                                 .hash = item->hash};
}

static void count(struct thread *thread, const struct item *item)
{
    thread->mark.last_number = item->mutation.number;
    thread->mark.last_hash = item->hash;
}

static enum mu_status keep(struct mu_server *server, struct mu_session *session,
                           const struct item *item, struct thread *thread, struct mu_ack *ack,
                           struct mu_error *err)
{
    struct mu_author author = author_of(session);
    struct mu_candidate candidate = candidate_of(item);
    struct mu_sequenced done;
    uint32_t intent = item->mutation.intent.number;
    if (intent == MU_INTENT_DEVICE_ENROL || intent == MU_INTENT_TEAM_FOUND) {
        candidate.refused = true;
        candidate.code = MU_E_DENIED;
        candidate.reason = "only an invite enrols a device, only the server founds a team";
    }
    MU_TRY(mu_sequence(server, &author, &candidate, true, &done, err));
    count(thread, item);
    ack->seq = done.seq;
    ack->code = (uint32_t)done.code;
    ack->kind = done.verdict == MU_APPLIED            ? MU_ACK_APPLIED
                : done.verdict == MU_APPLIED_CONFLICT ? MU_ACK_APPLIED_CONFLICT
                                                      : MU_ACK_REJECTED;
    set_reason(server, ack, done.reason);
    return MU_OK;
}

/* The mutation is here already, from a former replica id: its number counts as used, and the log
 * says by what. */
static enum mu_status count_known(struct mu_server *server, const struct mu_session *session,
                                  const struct item *item, struct thread *thread,
                                  struct mu_error *err)
{
    struct mu_author author = author_of(session);
    struct mu_candidate candidate = candidate_of(item);
    count(thread, item);
    return server->sabotage.no_repeat_kept ? mu_log_mark_set(server->log, &thread->mark, err)
                                           : mu_sequence_repeated(server, &author, &candidate, err);
}

static void fork(struct mu_server *server, struct mu_ack *ack, const char *reason)
{
    ack->kind = MU_ACK_FORK;
    set_reason(server, ack, reason);
}

/* Its number is taken: by itself, or by another under the same replica id. */
static enum mu_status repeat(struct mu_server *server, const struct item *item, struct mu_ack *ack,
                             struct mu_error *err)
{
    bool same = false;
    MU_TRY(is_repeated(server, item, &same, err));
    if (same) {
        return known(server, item, ack, err);
    }
    fork(server, ack, "this replica id was used twice: its number is taken");
    return MU_OK;
}

/* Whether the id was used by another device: then it tells nothing about this mutation. */
static enum mu_status is_anothers(struct mu_server *server, const struct mu_session *session,
                                  const struct item *item, bool *out_anothers, struct mu_error *err)
{
    struct mu_note note;
    bool found = false;
    *out_anothers = false;
    if (!item->known || server->sabotage.no_author_check) {
        return MU_OK;
    }
    MU_TRY(mu_replica_note_get(server->replica, item->place.seq, &note, &found, err));
    *out_anothers = found && !mu_id_equal(note.device, session->device);
    return MU_OK;
}

/* Whether what its author says to have seen is of this history.  Devices that a restore caught
 * claim no more than what is shared; without this a liar would make it look as if the server had
 * shown two histories. */
static enum mu_status has_seen_us(struct mu_server *server, const struct mu_mutation *mutation,
                                  bool *out_seen, struct mu_error *err)
{
    static const struct mu_hash nothing;
    struct mu_hash chain;
    bool found = false;
    if (mu_hash_equal(mutation->seen_chain, nothing) || server->sabotage.no_claim_check) {
        *out_seen = true; /* claims nothing */
        return MU_OK;
    }
    MU_TRY(mu_log_chain(server->log, mutation->base_seq, &chain, NULL, &found, err));
    *out_seen = found ? mu_hash_equal(chain, mutation->seen_chain)
                      : mutation->base_seq < server->head.horizon;
    return MU_OK;
}

static void refuse(struct mu_server *server, struct mu_ack *ack, enum mu_status code,
                   const char *reason)
{
    ack->kind = MU_ACK_INVALID;
    ack->code = (uint32_t)code;
    set_reason(server, ack, reason);
}

void mu_server_proof_check(struct mu_server_proof *proof)
{
    proof->good =
        mu_sign_verify(proof->sign_key, MU_SIGN_MUTATION, proof->bytes, proof->signature.data);
}

static bool is_signed(const struct mu_session *session, const struct item *item)
{
    struct mu_server_proof proof = {.sign_key = session->sign_key,
                                    .bytes = item->pushed.bytes,
                                    .signature = item->pushed.signature,
                                    .good = item->good};
    if (!item->proven) {
        mu_server_proof_check(&proof);
    }
    return proof.good;
}

/* By id, number, hash and signature. */
static enum mu_status place(struct mu_server *server, struct mu_session *session, struct item *item,
                            struct thread *thread, struct mu_ack *ack, struct mu_error *err)
{
    const struct mu_mutation *mutation = &item->mutation;
    const struct mu_replica_mark *mark = &thread->mark;
    bool in_order = !server->sabotage.no_dedup_by_number;
    if (item->known) { /* perhaps only earlier in this push: look again */
        MU_TRY(mu_log_find(server->log, mutation->id, &item->place, &item->known, err));
    }
    if (!mu_id_equal(mark->device, session->device)) {
        fork(server, ack, "this replica id belongs to another device");
        return MU_OK;
    }
    bool anothers = false;
    bool seen = false;
    MU_TRY(is_anothers(server, session, item, &anothers, err));
    if (anothers) {
        refuse(server, ack, MU_E_EXISTS, "its id was used by another device");
        return MU_OK;
    }
    if (in_order && mutation->number <= mark->last_number) {
        return repeat(server, item, ack, err);
    }
    if (in_order && mutation->number > mark->last_number + 1) {
        ack->kind = MU_ACK_GAP;
        ack->expected = mark->last_number + 1;
        return MU_OK;
    }
    if (in_order && !server->sabotage.no_hash_check &&
        !mu_hash_equal(mutation->previous, mark->last_hash)) {
        fork(server, ack, "this replica id was used twice: the mutation before is another");
        return MU_OK;
    }
    /* Only now, as the dearest check of all; every signature in the log is good by itself. */
    if (!server->sabotage.no_signature_check && !is_signed(session, item)) {
        refuse(server, ack, MU_E_CRYPTO, "it is not signed by this device");
        return MU_OK;
    }
    if (item->known) {
        MU_TRY(known(server, item, ack, err));
        return count_known(server, session, item, thread, err);
    }
    MU_TRY(has_seen_us(server, mutation, &seen, err));
    if (!seen) {
        fork(server, ack, "it was written in a history that this server has not");
        ack->code = MU_E_CONFLICT;
        return MU_OK;
    }
    return keep(server, session, item, thread, ack, err);
}

static enum mu_status answer(struct mu_server *server, struct mu_session *session,
                             struct item *item, struct thread *thread, struct mu_ack *ack,
                             struct mu_error *err)
{
    if (!item->readable && item->busy) {
        ack->kind = MU_ACK_BUSY;
        ack->retry_ms = 1000;
        return MU_OK;
    }
    if (!item->readable) {
        refuse(server, ack, MU_E_PROTOCOL, item->why);
        return MU_OK;
    }
    ack->mutation = item->mutation.id;
    ack->number = item->mutation.number;
    MU_TRY(load_thread(server, thread, item->mutation.replica, session->device, err));
    return place(server, session, item, thread, ack, err);
}

/* -- the batch ---------------------------------------------------------------- */

/* Items whose signatures place() is going to ask for unless something is wrong with the push: new
 * ones, dense from the number that is next. */
static size_t list_proofs(const struct mu_session *session, struct batch *batch,
                          struct mu_server_proof *proofs)
{
    const struct mu_replica_mark *mark = &batch->thread.mark;
    uint64_t number = mark->last_number;
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        struct item *item = &batch->items[i];
        item->proven = item->readable && !item->known &&
                       mu_id_equal(item->mutation.replica, mark->replica) &&
                       item->mutation.number == number + 1;
        if (item->proven) {
            number++;
            proofs[count++] = (struct mu_server_proof){.sign_key = session->sign_key,
                                                       .bytes = item->pushed.bytes,
                                                       .signature = item->pushed.signature};
        }
    }
    return count;
}

/* The signatures of a bulk push all at once, where somebody helps with that. */
static enum mu_status prove_ahead(struct mu_server *server, const struct mu_session *session,
                                  struct batch *batch, struct mu_error *err)
{
    if (server->prove == NULL || batch->count < PROOFS_LEAST || !batch->items[0].readable) {
        return MU_OK;
    }
    struct mu_server_proof *proofs =
        mu_arena_array(&server->input_memory, batch->count, sizeof *proofs);
    if (proofs == NULL) {
        return MU_OK; /* one after the other then */
    }
    MU_TRY(load_thread(server, &batch->thread, batch->items[0].mutation.replica, session->device,
                       err));
    size_t count = list_proofs(session, batch, proofs);
    server->prove(server->prove_state, proofs, count);
    size_t next = 0;
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->items[i].proven) {
            batch->items[i].good = proofs[next++].good;
        }
    }
    MU_ASSERT(next == count);
    return MU_OK;
}

static enum mu_status send_acks(struct mu_server *server, struct mu_session *session,
                                struct mu_ack *acks, size_t count, struct mu_error *err)
{
    const struct mu_message message = {.kind = MU_MSG_PUSHACK,
                                       .pushack = {.items = acks, .count = count}};
    return mu_out_message(server, session, &message, err);
}

static enum mu_status put_off(struct mu_server *server, struct mu_session *session,
                              struct batch *batch, uint32_t retry_ms, struct mu_error *err)
{
    for (size_t i = 0; i < batch->count; i++) {
        batch->acks[i].kind = MU_ACK_BUSY;
        batch->acks[i].retry_ms = retry_ms;
    }
    return send_acks(server, session, batch->acks, batch->count, err);
}

static enum mu_status run(struct mu_server *server, struct mu_session *session,
                          const struct mu_msg_push *push, struct batch *batch, struct mu_error *err)
{
    size_t invalid = 0;
    for (size_t i = 0; i < batch->count; i++) {
        MU_TRY(read_item(server, &push->items[i], batch->items, i, err));
    }
    MU_TRY(prove_ahead(server, session, batch, err));
    for (size_t i = 0; i < batch->count; i++) {
        bool gone = false;
        MU_TRY(answer(server, session, &batch->items[i], &batch->thread, &batch->acks[i], err));
        invalid += batch->acks[i].kind == MU_ACK_INVALID;
        if (session->state == MU_SESSION_CLOSED) { /* its own transfer was outrun */
            return MU_OK;
        }
        if (server->access_changed) { /* perhaps its own author's */
            MU_TRY(mu_access_recheck(server, session, &gone, err));
        }
        if (gone) {
            MU_TRY(send_acks(server, session, batch->acks, i + 1, err));
            return mu_access_cut(server, session, err);
        }
    }
    if (invalid > 0) {
        char device[MU_ID_TEXT_LEN + 1];
        mu_id_text(session->device, device);
        MU_TRY(mu_out_log(server, err, "push.invalid conn=%llu device=%s count=%zu",
                          (unsigned long long)session->conn.number, device, invalid));
    }
    return send_acks(server, session, batch->acks, batch->count, err);
}

enum mu_status mu_serve_push(struct mu_server *server, struct mu_session *session,
                             const struct mu_msg_push *push, struct mu_error *err)
{
    struct mu_arena *arena = &server->input_memory;
    struct mu_rate_limit limit = {server->limits.mutations_per_s, server->limits.mutations_burst};
    struct batch batch = {.items = mu_arena_array(arena, push->count, sizeof *batch.items),
                          .acks = mu_arena_array(arena, push->count, sizeof *batch.acks),
                          .count = push->count};
    if (batch.items == NULL || batch.acks == NULL) {
        return mu_fail(err, MU_E_NOMEM, "no memory for a push");
    }
    uint32_t retry_ms = mu_rate_take(&server->rates, session->device, (uint32_t)push->count, limit,
                                     server->turn->mono.ms);
    if (retry_ms > 0) {
        return put_off(server, session, &batch, retry_ms, err);
    }
    return run(server, session, push, &batch, err);
}
