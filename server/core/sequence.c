/* One mutation becomes the next change: decided, applied, sealed, chained, appended.  One that
 * stands in the log already and takes another number becomes one too, without effects: so the
 * numbers of every replica are dense in the log, and one that is missing was taken out. */
#include <string.h>

#include "common/base/utf8.h"
#include "common/model/rhythm.h"
#include "common/seal/hash.h"
#include "server/core/inside.h"

/* A turn's memory is far from a mutation's: less than this left means that it was this
 * mutation that took it all. */
#define MEMORY_SPARE ((size_t)2 * MU_MESSAGE_MAX)

enum mu_status mu_base_of(struct mu_server *server, uint64_t base_seq, struct mu_hash seen_chain,
                          struct mu_base *out, struct mu_error *err)
{
    const struct mu_log_head *head = &server->head;
    struct mu_hash chain;
    int64_t ms = 0;
    bool found = false;
    MU_TRY(mu_log_chain(server->log, base_seq, &chain, &ms, &found, err));
    if (found && mu_hash_equal(chain, seen_chain)) {
        *out = (struct mu_base){.seq = base_seq, .ms = ms};
        return MU_OK;
    }
    /* Written in a history that a restore ended: what all ancestors share was surely seen. */
    *out = (struct mu_base){0};
    if (!mu_id_is_zero(head->parent_incarnation) && base_seq >= head->fork_floor) {
        MU_TRY(mu_log_chain(server->log, head->fork_floor, &chain, &ms, &found, err));
        if (found) {
            *out = (struct mu_base){.seq = head->fork_floor, .ms = ms};
        }
    }
    return MU_OK;
}

/* -- deciding ---------------------------------------------------------------- */

static void refuse(struct mu_decision *decision, enum mu_status code, const char *reason)
{
    struct mu_slice kept = mu_utf8_cut(mu_slice_str(reason), sizeof decision->reason - 1);
    *decision = (struct mu_decision){.verdict = MU_REJECTED, .code = code};
    if (kept.len > 0) {
        memcpy(decision->reason, kept.data, kept.len);
    }
}

/* What the mutation itself is to blame for refuses it; everything else ends the turn. */
static bool is_its_fault(const struct mu_server *server, enum mu_status status)
{
    const struct mu_arena *arena = &server->rule_memory;
    return status == MU_E_LIMIT || status == MU_E_CONFLICT ||
           (status == MU_E_NOMEM && arena->max - arena->used < MEMORY_SPARE);
}

static enum mu_status refuse_fault(const struct mu_server *server, enum mu_status status,
                                   struct mu_decision *decision, struct mu_error *err)
{
    if (!is_its_fault(server, status)) {
        return status;
    }
    refuse(decision, status == MU_E_NOMEM ? MU_E_LIMIT : status,
           status == MU_E_NOMEM ? "it needs more memory than the server grants" : err->text);
    return MU_OK;
}

static enum mu_status decide(struct mu_server *server, const struct mu_author *author,
                             const struct mu_candidate *candidate, struct mu_facts *facts,
                             struct mu_decision *out, struct mu_error *err)
{
    const struct mu_mutation *mutation = candidate->mutation;
    struct mu_base base;
    MU_TRY(mu_base_of(server, mutation->base_seq, mutation->seen_chain, &base, err));
    *facts = (struct mu_facts){
        .mutation = mutation->id,
        .replica = mutation->replica,
        .workspace = server->head.workspace,
        .person = author->person,
        .device = author->device,
        .role = author->role,
        .base_seq = base.seq,
        .at_ms = mu_clamp_time(mutation->authored_ms, mutation->clock_offset_ms, base.ms,
                               server->now_ms),
        .received_ms = server->now_ms,
        .clock_uncertain = mu_clock_uncertain(mutation->clock_offset_ms, mutation->clock_doubt),
    };
    if (server->sabotage.no_clamp) {
        facts->at_ms = mutation->authored_ms + mutation->clock_offset_ms;
    }
    if (candidate->refused) {
        refuse(out, candidate->code, candidate->reason);
        return MU_OK;
    }
    enum mu_status status =
        mu_decide(&server->world, facts, &mutation->intent, &server->rule_memory, out, err);
    if (status == MU_OK) {
        status = mu_room_check(server, out->effects, out->effect_count, err);
    }
    return status == MU_OK ? MU_OK : refuse_fault(server, status, out, err);
}

/* -- writing ----------------------------------------------------------------- */

static enum mu_status encode(struct mu_server *server, const struct mu_author *author,
                             const struct mu_candidate *candidate, const struct mu_facts *facts,
                             const struct mu_decision *decision, struct mu_change *change)
{
    const struct mu_mutation *mutation = candidate->mutation;
    *change = (struct mu_change){
        .seq = server->head.seq + 1,
        .mutation = candidate->bytes,
        .mutation_id = mutation->id,
        .replica = mutation->replica,
        .number = mutation->number,
        .intent = mutation->intent.number,
        .person = author->shown,
        .device = author->device,
        .at_ms = facts->at_ms,
        .received_ms = server->now_ms,
        .verdict = decision->verdict,
        .code = decision->code,
        .reason = mu_slice_str(decision->reason),
        .effects = decision->effects,
        .effect_count = decision->effect_count,
    };
    MU_ASSERT(candidate->signature.len == sizeof change->signature);
    memcpy(change->signature, candidate->signature.data, sizeof change->signature);
    mu_buf_clear(&server->plain);
    return mu_change_encode(change, &server->rule_memory, &server->plain);
}

/* The effects, or none of them. */
static enum mu_status apply(struct mu_server *server, const struct mu_change *change,
                            struct mu_error *err)
{
    struct mu_row_refs stale;
    size_t count = change->effect_count;
    MU_TRY(mu_xfer_guard(server, change->effects, count, change->seq, err));
    if (server->sabotage.skip_effect && count > 1) {
        count--;
    }
    MU_TRY(mu_db_savepoint(server->db, err));
    enum mu_status status = mu_replica_apply(server->replica, &server->rule_memory, change->effects,
                                             count, change->seq, &stale, err);
    if (status == MU_OK) {
        return mu_db_release(server->db, err);
    }
    if (is_its_fault(server, status)) {
        struct mu_error ignored;
        MU_TRY(mu_db_rollback_to(server->db, &ignored));
    }
    return status;
}

static enum mu_status seal(struct mu_server *server, struct mu_error *err)
{
    uint8_t nonce[MU_NONCE_LEN];
    MU_TRY(mu_sealer_check(server, err));
    struct mu_envelope_head head = {.version = MU_ENVELOPE_VERSION,
                                    .kind = MU_ENVELOPE_CHANGE,
                                    .workspace = server->head.workspace,
                                    .incarnation = server->head.incarnation,
                                    .epoch = server->sealer.epoch,
                                    .seq = server->head.seq + 1};
    mu_entropy_draw(server->turn->entropy, nonce, sizeof nonce);
    mu_buf_clear(&server->sealed);
    return mu_envelope_seal(&head, &server->sealer.key, nonce, mu_buf_view(&server->plain),
                            &server->sealed, err);
}

static enum mu_status append(struct mu_server *server, const struct mu_change *change,
                             const struct mu_candidate *candidate, struct mu_error *err)
{
    struct mu_slice sealed = mu_buf_view(&server->sealed);
    struct mu_hash sealed_hash;
    struct mu_log_entry entry = {
        .seq = change->seq,
        .received_ms = server->now_ms,
        .sealed = sealed,
        .mutation = change->mutation_id,
        .replica = change->replica,
        .device = change->device,
        .number = change->number,
        .mutation_hash = candidate->hash,
        .repeated = change->verdict == MU_REPEATED,
    };
    mu_hash_of(sealed, &sealed_hash);
    entry.chain = mu_chain_next(server->head.chain, change->seq, sealed_hash);
    if (server->sabotage.no_dedup_by_id && !entry.repeated) { /* let the same mutation in twice */
        entry.mutation = mu_entropy_id(server->turn->entropy, server->now_ms);
    }
    MU_TRY(mu_log_append(server->log, &entry, err));
    if (!entry.repeated) {
        MU_TRY(mu_replica_note(server->replica, change, err));
    }
    mu_recent_put(&server->recent, change->seq, sealed);
    return mu_server_head_read(server, err);
}

enum mu_status mu_sequence_repeated(struct mu_server *server, const struct mu_author *author,
                                    const struct mu_candidate *candidate, struct mu_error *err)
{
    const struct mu_mutation *mutation = candidate->mutation;
    const struct mu_decision decision = {.verdict = MU_REPEATED};
    struct mu_facts facts = {0};
    struct mu_base base;
    struct mu_change change;
    mu_arena_clear(&server->rule_memory);
    MU_TRY(mu_base_of(server, mutation->base_seq, mutation->seen_chain, &base, err));
    facts.at_ms =
        mu_clamp_time(mutation->authored_ms, mutation->clock_offset_ms, base.ms, server->now_ms);
    enum mu_status status = encode(server, author, candidate, &facts, &decision, &change);
    if (status != MU_OK) {
        return mu_fail(err, status, "encode a repetition: %s", mu_status_text(status));
    }
    MU_TRY(seal(server, err));
    return append(server, &change, candidate, err);
}

enum mu_status mu_sequence(struct mu_server *server, const struct mu_author *author,
                           const struct mu_candidate *candidate, bool keep_refused,
                           struct mu_sequenced *out, struct mu_error *err)
{
    struct mu_decision decision;
    struct mu_facts facts;
    struct mu_change change;
    mu_arena_clear(&server->rule_memory);
    MU_TRY(decide(server, author, candidate, &facts, &decision, err));
    enum mu_status status = encode(server, author, candidate, &facts, &decision, &change);
    if (status == MU_OK && decision.effect_count > 0) {
        status = apply(server, &change, err);
    } else if (status != MU_OK) {
        (void)mu_fail(err, status, "encode a change: %s", mu_status_text(status));
    }
    if (status != MU_OK) {
        MU_TRY(refuse_fault(server, status, &decision, err));
        mu_arena_clear(&server->rule_memory);
        status = encode(server, author, candidate, &facts, &decision, &change);
        if (status != MU_OK) {
            return mu_fail(err, status, "encode a refusal: %s", mu_status_text(status));
        }
    }
    *out = (struct mu_sequenced){.verdict = decision.verdict, .code = decision.code};
    memcpy(out->reason, decision.reason, sizeof out->reason);
    if (decision.verdict == MU_REJECTED && !keep_refused) {
        return MU_OK;
    }
    out->seq = change.seq;
    MU_TRY(seal(server, err));
    MU_TRY(append(server, &change, candidate, err));
    server->access_changed |= mu_access_touched(change.effects, change.effect_count);
    /* In the same transaction, so that no crash leaves the key in use. */
    bool ends_epoch =
        mu_access_revokes(change.effects, change.effect_count) && !server->sabotage.no_rotation;
    return ends_epoch ? mu_sealer_renew(server, err) : MU_OK;
}
