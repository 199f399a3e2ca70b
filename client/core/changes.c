#include "client/core/changes.h"

#include "client/core/effects.h"
#include "client/core/held.h"
#include "client/core/inside.h"
#include "client/core/keyring.h"
#include "client/core/output.h"
#include "client/core/touch.h"
#include "client/core/trust.h"
#include "client/core/undo.h"
#include "client/core/vouch.h"
#include "common/seal/hash.h"
#include "common/wire/mutation.h"

/* An own mutation that came back. */
struct own {
    struct mu_outbox_item item;
    uint64_t seq;
    struct mu_id replica;
    uint64_t number;
    enum mu_verdict verdict;
    enum mu_status code;
    struct mu_slice reason;
    bool as_predicted;
};

/* One CHANGES message on its way in. */
struct intake {
    struct mu_client *client;
    struct mu_cursor cursor;
    struct mu_trust trust;
    struct mu_list own; /* struct own */
    struct mu_buf plain;
    bool outbox_empty;
};

/* -- opening ---------------------------------------------------------------- */

/* What is wrong with the bytes, not with us. */
static enum mu_status judge(enum mu_status status, bool *out_fault)
{
    *out_fault = status != MU_OK && status != MU_E_NOMEM;
    return status;
}

static enum mu_status check_head(struct mu_client *client, const struct mu_sealed_change *sealed,
                                 const struct mu_envelope_head *head, struct mu_error *err)
{
    if (head->kind != MU_ENVELOPE_CHANGE || !mu_id_equal(head->workspace, client->workspace) ||
        head->seq != sealed->seq ||
        (!mu_id_is_zero(sealed->incarnation) &&
         !mu_id_equal(head->incarnation, sealed->incarnation))) {
        return mu_fail(err, MU_E_CRYPTO, "it is sealed for another place");
    }
    return MU_OK;
}

static enum mu_status open_envelope(struct mu_client *client, const struct mu_sealed_change *sealed,
                                    struct mu_buf *plain, bool *out_fault, struct mu_error *err)
{
    struct mu_envelope_head head;
    const struct mu_epoch_key *key = NULL;
    bool found = false;
    MU_TRY(judge(mu_envelope_head_read(sealed->bytes, &head, err), out_fault));
    MU_TRY(judge(check_head(client, sealed, &head, err), out_fault));
    MU_TRY(mu_keyring_get(client, head.epoch, &key, &found, err));
    if (!found) {
        return judge(mu_fail(err, MU_E_NOT_FOUND, "no key of epoch %u", (unsigned)head.epoch),
                     out_fault);
    }
    mu_buf_clear(plain);
    return judge(mu_envelope_open(sealed->bytes, key, plain, err), out_fault);
}

static enum mu_status read_plain(struct mu_slice plain, uint64_t seq, struct mu_arena *arena,
                                 struct mu_change *out, struct mu_error *err)
{
    MU_TRY(mu_change_decode(plain, arena, out, err));
    if (out->seq != seq) {
        return mu_fail(err, MU_E_CRYPTO, "it says that it is change %llu",
                       (unsigned long long)out->seq);
    }
    return MU_OK;
}

enum mu_status mu_change_open(struct mu_client *client, const struct mu_sealed_change *sealed,
                              struct mu_arena *arena, struct mu_buf *plain, struct mu_change *out,
                              bool *out_fault, struct mu_error *err)
{
    enum mu_status status = open_envelope(client, sealed, plain, out_fault, err);
    if (status == MU_OK) {
        status = judge(read_plain(mu_buf_view(plain), sealed->seq, arena, out, err), out_fault);
    }
    if (status != MU_OK) {
        return mu_error_wrap(err, "change %llu", (unsigned long long)sealed->seq);
    }
    return MU_OK;
}

/* -- one change ------------------------------------------------------------- */

static bool came_as_predicted(const struct mu_change *change, struct mu_slice predicted,
                              struct mu_arena *arena)
{
    struct mu_row *effects = NULL;
    size_t count = 0;
    struct mu_error ignored = {0};
    return change->verdict == MU_APPLIED &&
           mu_effects_decode(predicted, arena, &effects, &count, &ignored) == MU_OK &&
           mu_effects_same(effects, count, change->effects, change->effect_count);
}

/* *out_as_predicted: the change is an own one, and nothing pending will see a difference. */
static enum mu_status note_own(struct intake *intake, const struct mu_change *change,
                               bool *out_as_predicted, struct mu_error *err)
{
    struct mu_client *client = intake->client;
    *out_as_predicted = false;
    if (intake->outbox_empty) {
        return MU_OK;
    }
    bool displaced = false;
    MU_TRY(mu_outbox_displaced(&client->outbox, change->seq, change->mutation_id, &displaced, err));
    client->session.displaced =
        client->session.displaced || (displaced && !client->sabotage.no_doubt);
    if (!mu_id_equal(change->device, client->device) && !client->sabotage.no_own_check) {
        return MU_OK; /* under whatever id: this device did not write it */
    }
    if (change->verdict == MU_REPEATED) {
        return MU_OK; /* what counts is the change that it repeats, and it was before */
    }
    struct mu_outbox_item item = {0};
    bool found = false;
    MU_TRY(mu_outbox_find(&client->outbox, change->mutation_id, &item, &found, err));
    if (!found) {
        return MU_OK;
    }
    struct mu_slice predicted = {0};
    bool shown = false;
    MU_TRY(
        mu_touch_effects(&client->local, &client->scratch, item.position, &predicted, &shown, err));
    *out_as_predicted = shown && came_as_predicted(change, predicted, &client->scratch);
    struct own *own = mu_list_add(&intake->own);
    struct mu_slice reason = {0};
    if (own == NULL || !mu_arena_copy(&client->arena, change->reason, &reason)) {
        return mu_fail(err, MU_E_NOMEM, "own changes");
    }
    *own = (struct own){.item = item,
                        .seq = change->seq,
                        .replica = change->replica,
                        .number = change->number,
                        .verdict = change->verdict,
                        .code = change->code,
                        .reason = reason,
                        .as_predicted = *out_as_predicted};
    return MU_OK;
}

/* Which answers of the rules it alters; asked before it is applied. */
static enum mu_status gather(struct mu_client *client, const struct mu_change *change,
                             struct mu_error *err)
{
    struct mu_rebase *rebase = &client->rebase;
    for (size_t i = 0; i < change->effect_count && !rebase->idle; i++) {
        const struct mu_row *effect = &change->effects[i];
        struct mu_row before = {0};
        bool found = false;
        if (mu_effect_places(effect)) {
            MU_TRY(mu_replica_confirmed(client->replica, &client->scratch, effect->entity,
                                        effect->id, &before, &found, err));
        }
        MU_TRY(mu_effect_touches(&rebase->changed, found ? &before : NULL, effect, err));
    }
    return MU_OK;
}

static enum mu_status keep_copy(struct mu_client *client, const struct mu_cursor *at,
                                struct mu_slice sealed, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_queries_get(&client->local, MU_LOCAL_COPY_PUT, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)at->seq);
    mu_stmt_bind_blob(stmt, 2, mu_hash_view(&at->chain));
    mu_stmt_bind_blob(stmt, 3, sealed);
    return mu_stmt_run(stmt, err);
}

static enum mu_status apply(struct intake *intake, const struct mu_change *change, bool *out_fault,
                            struct mu_error *err)
{
    struct mu_client *client = intake->client;
    struct mu_row_refs stale = {0};
    enum mu_status status = mu_replica_apply(client->replica, &client->scratch, change->effects,
                                             change->effect_count, change->seq, &stale, err);
    if (status != MU_OK) {
        *out_fault = status == MU_E_CONFLICT || status == MU_E_INVALID;
        return status;
    }
    for (size_t i = 0; i < stale.count; i++) {
        MU_TRY(mu_rebase_stale(&client->rebase, stale.items[i], err));
    }
    return change->verdict == MU_REPEATED ? MU_OK : mu_replica_note(client->replica, change, err);
}

/* A text or a device more: some copy may be missing. */
static bool concerns_sealed(const struct mu_change *change)
{
    for (size_t i = 0; i < change->effect_count; i++) {
        if (change->effects[i].entity == MU_SEALED || change->effects[i].entity == MU_DEVICE) {
            return true;
        }
    }
    return false;
}

static enum mu_status take_one(struct intake *intake, uint64_t seq, struct mu_slice sealed,
                               bool *out_fault, struct mu_error *err)
{
    struct mu_client *client = intake->client;
    struct mu_arena *arena = &client->scratch;
    mu_arena_clear(arena);
    struct mu_change change;
    struct mu_mutation mutation;
    bool as_predicted = false;
    const struct mu_sealed_change as_sealed = {
        .incarnation = intake->cursor.incarnation, .seq = seq, .bytes = sealed};
    MU_TRY(mu_change_open(client, &as_sealed, arena, &intake->plain, &change, out_fault, err));
    if (judge(mu_mutation_decode(change.mutation, arena, &mutation, err), out_fault) != MU_OK) {
        return mu_error_wrap(err, "change %llu", (unsigned long long)seq);
    }
    MU_TRY(mu_trust_take(&intake->trust, &change, &mutation, out_fault, err));
    MU_TRY(note_own(intake, &change, &as_predicted, err));
    if (!as_predicted) {
        MU_TRY(gather(client, &change, err));
    }
    MU_TRY(apply(intake, &change, out_fault, err));
    mu_trust_applied(&intake->trust, &change);
    MU_TRY(mu_vouch_note(client, &change, &mutation, err));
    client->sealed_due = client->sealed_due || concerns_sealed(&change);
    struct mu_hash hash;
    mu_hash_of(sealed, &hash);
    intake->cursor.seq = seq;
    intake->cursor.chain = mu_chain_next(intake->cursor.chain, seq, hash);
    return keep_copy(client, &intake->cursor, sealed, err);
}

/* -- own mutations leave the outbox ------------------------------------------- */

static enum mu_status leave(struct mu_client *client, const struct own *own,
                            const struct mu_outbox_self *self, struct mu_error *err)
{
    const struct mu_outbox_item *item = &own->item;
    if (item->era == self->era && mu_id_equal(own->replica, self->replica) &&
        own->number == item->number) {
        MU_TRY(mu_outbox_accepted(&client->outbox, item->number, item->hash, err));
    }
    bool refused = own->verdict == MU_REJECTED;
    const struct mu_outbox_mark mark = {.position = item->position,
                                        .state = refused ? MU_REFUSED : MU_JOURNAL,
                                        .seq = own->seq,
                                        .code = refused ? (uint32_t)own->code : 0,
                                        .reason = own->reason};
    MU_TRY(mu_outbox_set(&client->outbox, &mark, err));
    if (refused) {
        MU_TRY(mu_undo_forget(client, item->mutation, err));
    } else {
        MU_TRY(mu_held_add(client, item->mutation, err));
    }
    if (client->sabotage.no_journal && !refused) {
        MU_TRY(mu_outbox_drop(&client->outbox, item->position, err));
    }
    client->pending_changed = true;
    return mu_rebase_gone(&client->rebase, item->position, own->as_predicted, err);
}

static enum mu_status leave_all(struct intake *intake, struct mu_error *err)
{
    struct mu_client *client = intake->client;
    const struct own *own = intake->own.items;
    struct mu_outbox_self self = {0};
    bool found = false;
    if (intake->own.count > 0) {
        MU_TRY(mu_outbox_self(&client->outbox, &self, &found, err));
    }
    for (size_t i = 0; i < intake->own.count; i++) {
        MU_TRY(leave(client, &own[i], &self, err));
    }
    return MU_OK;
}

/* -- a whole message ----------------------------------------------------------- */

static enum mu_status begin_intake(struct intake *intake, struct mu_client *client,
                                   struct mu_error *err)
{
    *intake = (struct intake){.client = client};
    mu_buf_init(&intake->plain, MU_MESSAGE_MAX);
    mu_trust_init(&intake->trust, client, &client->arena);
    mu_list_init(&intake->own, &client->arena, sizeof(struct own));
    MU_TRY(mu_replica_cursor(client->replica, &intake->cursor, err));
    return mu_outbox_empty(&client->outbox, &intake->outbox_empty, err);
}

/* All in one savepoint, with one signature checked a replica. */
static enum mu_status take_together(struct intake *intake, const struct mu_msg_changes *changes,
                                    size_t skip, bool *out_fault, struct mu_error *err)
{
    struct mu_db *db = intake->client->replica_db;
    MU_TRY(mu_db_savepoint(db, err));
    enum mu_status status = MU_OK;
    for (size_t i = skip; i < changes->count && status == MU_OK; i++) {
        status = take_one(intake, changes->seq_first + i, changes->sealed[i], out_fault, err);
    }
    if (status == MU_OK) {
        status = mu_trust_settle(&intake->trust, err);
        *out_fault = status != MU_OK;
    }
    if (status == MU_OK) {
        return mu_db_release(db, err);
    }
    struct mu_error undo = {0};
    if (mu_db_rollback_to(db, &undo) != MU_OK) {
        *out_fault = false;
        return mu_fail(err, undo.status, "%s", undo.text);
    }
    return status;
}

/* The same once more, each change by itself, up to the one at fault. */
static enum mu_status take_singly(struct intake *intake, const struct mu_msg_changes *changes,
                                  size_t skip, bool *out_fault, struct mu_error *err)
{
    struct mu_db *db = intake->client->replica_db;
    for (size_t i = skip; i < changes->count; i++) {
        struct mu_cursor before = intake->cursor;
        size_t own_before = intake->own.count;
        MU_TRY(mu_db_savepoint(db, err));
        enum mu_status status =
            take_one(intake, changes->seq_first + i, changes->sealed[i], out_fault, err);
        if (status == MU_OK) {
            status = mu_trust_settle(&intake->trust, err);
            *out_fault = status != MU_OK;
        }
        if (status != MU_OK) {
            struct mu_error undo = {0};
            intake->cursor = before;
            intake->own.count = own_before;
            if (mu_db_rollback_to(db, &undo) != MU_OK) {
                *out_fault = false;
                return mu_fail(err, undo.status, "%s", undo.text);
            }
            return status;
        }
        MU_TRY(mu_db_release(db, err));
    }
    return MU_OK;
}

static enum mu_status take(struct intake *intake, const struct mu_msg_changes *changes, size_t skip,
                           enum mu_intake *out_intake, struct mu_error *out_fault,
                           struct mu_error *err)
{
    struct mu_client *client = intake->client;
    bool fault = false;
    *out_intake = MU_INTAKE_TAKEN;
    struct mu_error why = {0};
    enum mu_status status = take_together(intake, changes, skip, &fault, &why);
    if (status != MU_OK && fault) {
        mu_buf_deinit(&intake->plain);
        MU_TRY(begin_intake(intake, client, err));
        fault = false;
        status = take_singly(intake, changes, skip, &fault, &why);
        if (status != MU_OK && fault) {
            *out_intake = MU_INTAKE_FAULT;
            *out_fault = why;
            status = MU_OK;
        }
    }
    if (status != MU_OK) {
        return mu_fail(err, status, "%s", why.text);
    }
    MU_TRY(leave_all(intake, err));
    client->view_changed = true;
    return mu_replica_cursor_set(client->replica, &intake->cursor, err);
}

/* Whether every epoch's key is here. */
static enum mu_status have_keys(struct mu_client *client, const struct mu_msg_changes *changes,
                                bool *out_have, struct mu_error *err)
{
    *out_have = true;
    for (size_t i = 0; i < changes->count && *out_have; i++) {
        struct mu_envelope_head head;
        struct mu_error ignored = {0};
        const struct mu_epoch_key *key = NULL;
        if (mu_envelope_head_read(changes->sealed[i], &head, &ignored) == MU_OK) {
            MU_TRY(mu_keyring_get(client, head.epoch, &key, out_have, err));
        }
    }
    return MU_OK;
}

enum mu_status mu_changes_take(struct mu_client *client, const struct mu_msg_changes *changes,
                               enum mu_intake *out_intake, struct mu_error *out_fault,
                               struct mu_error *err)
{
    struct intake intake;
    bool have = false;
    MU_TRY(have_keys(client, changes, &have, err));
    if (!have) {
        *out_intake = MU_INTAKE_NO_KEY;
        return MU_OK;
    }
    enum mu_status status = begin_intake(&intake, client, err);
    uint64_t next = intake.cursor.seq + 1;
    size_t skip = changes->seq_first < next ? (size_t)(next - changes->seq_first) : 0;
    if (status == MU_OK && changes->seq_first > next && !client->sabotage.no_contiguity) {
        *out_intake = MU_INTAKE_GAP;
    } else if (status == MU_OK && skip >= changes->count) {
        *out_intake = MU_INTAKE_TAKEN;
    } else if (status == MU_OK) {
        status = take(&intake, changes, skip, out_intake, out_fault, err);
    }
    mu_buf_deinit(&intake.plain);
    return status;
}
