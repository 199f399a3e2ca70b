#include "client/core/inside.h"

#include "client/core/changes.h"
#include "client/core/trust.h"
#include "common/seal/hash.h"
#include "common/wire/mutation.h"

/* A change as it is kept. */
struct copy {
    struct mu_hash chain;
    struct mu_slice sealed; /* in the arena; empty where a transfer ended */
};

static enum mu_status copy_at(struct mu_client *client, uint64_t seq, struct mu_arena *arena,
                              struct copy *out, bool *out_found, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    struct copy copy = {0};
    MU_TRY(mu_queries_get(&client->local, MU_LOCAL_COPY_GET, &stmt, err));
    mu_stmt_bind_int(stmt, 1, seq > INT64_MAX ? INT64_MAX : (int64_t)seq);
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    if (status == MU_OK && row) {
        (void)mu_hash_from_slice(mu_stmt_blob(stmt, 0), &copy.chain);
        if (!mu_arena_copy(arena, mu_stmt_blob(stmt, 1), &copy.sealed)) {
            status = mu_fail(err, MU_E_NOMEM, "kept change");
        }
    }
    mu_stmt_reset(stmt);
    if (status == MU_OK) {
        *out = copy;
        *out_found = row;
    }
    return status;
}

/* -- one change --------------------------------------------------------------- */

enum mu_status mu_client_change(struct mu_client *client, uint64_t seq, struct mu_arena *arena,
                                struct mu_change *out_change, bool *out_found, struct mu_error *err)
{
    struct copy copy = {0};
    bool found = false;
    bool fault = false;
    MU_TRY(copy_at(client, seq, arena, &copy, &found, err));
    *out_found = false;
    if (!found || copy.sealed.len == 0) {
        return MU_OK;
    }
    MU_BUF_AUTO struct mu_buf plain;
    mu_buf_init(&plain, MU_MESSAGE_MAX);
    struct mu_change change;
    struct mu_slice kept = {0};
    const struct mu_sealed_change sealed = {.seq = seq, .bytes = copy.sealed};
    MU_TRY(mu_change_open(client, &sealed, arena, &plain, &change, &fault, err));
    if (!mu_arena_copy(arena, mu_buf_view(&plain), &kept)) {
        return mu_fail(err, MU_E_NOMEM, "kept change");
    }
    MU_TRY(mu_change_decode(kept, arena, out_change, err));
    *out_found = true;
    return MU_OK;
}

/* -- all of them, newest first -------------------------------------------------- */

/* The mutation that followed in its replica, already known to be genuine: it names the hash of
 * the one before, so the signature on it speaks for that too. */
struct follower {
    uint64_t seq;
    struct mu_id replica;
    struct mu_id device;
    uint64_t number;
    struct mu_hash previous;
};

/* A change that does nothing because its mutation stands further back, and must be met there. */
struct repetition {
    uint64_t seq;
    struct mu_id mutation;
};

struct inspection {
    struct mu_client *client;
    struct mu_arena memory; /* of both lists */
    struct mu_list followers;
    struct mu_list repetitions; /* not met yet */
    uint64_t checked;
    uint64_t worst_seq;    /* of the first bad change, in the order of the log; none: the highest */
    struct mu_error worst; /* why; OK: none */
};

static const char MISSING[] = "does not follow its author's previous change: that is missing";

/* The lowest is told, and of what is wrong with it the last that was found. */
static enum mu_status bad(struct inspection *inspection, uint64_t seq, const char *why,
                          struct mu_error *err)
{
    (void)mu_fail(err, MU_E_CRYPTO, "change %llu %s", (unsigned long long)seq, why);
    if (seq <= inspection->worst_seq) {
        inspection->worst_seq = seq;
        inspection->worst = *err;
    }
    return MU_E_CRYPTO;
}

static struct follower *follower_of(struct inspection *inspection, struct mu_id replica)
{
    struct follower *followers = inspection->followers.items;
    for (size_t i = 0; i < inspection->followers.count; i++) {
        if (mu_id_equal(followers[i].replica, replica)) {
            return &followers[i];
        }
    }
    return NULL;
}

static enum mu_status check_author(struct inspection *inspection, const struct mu_change *change,
                                   const struct mu_mutation *mutation, struct mu_error *err)
{
    struct follower *follower = follower_of(inspection, change->replica);
    struct mu_hash hash;
    mu_hash_of(change->mutation, &hash);
    if (follower != NULL && mutation->number >= follower->number) {
        return bad(inspection, change->seq, "stands in the log more than once, or before its turn",
                   err);
    }
    /* Every number that a server counts has its change, so one that is missing was taken out. */
    bool gap = follower != NULL && mutation->number + 1 < follower->number;
    uint64_t after = follower != NULL ? follower->seq : 0;
    bool vouched = follower != NULL && !gap && mu_id_equal(follower->device, change->device);
    if (vouched && !mu_hash_equal(follower->previous, hash)) {
        return bad(inspection, change->seq, "is not the one that its author's next one names", err);
    }
    if (!vouched) {
        uint8_t key[MU_SIGN_PK_LEN];
        bool known = false;
        MU_TRY(mu_trust_key(inspection->client, change, mutation, key, &known, err));
        if (!known || !mu_sign_verify(key, MU_SIGN_MUTATION, change->mutation, change->signature)) {
            return bad(inspection, change->seq, "is not signed by its author", err);
        }
    }
    if (follower == NULL) {
        follower = mu_list_add(&inspection->followers);
    }
    if (follower == NULL) {
        return mu_fail(err, MU_E_NOMEM, "authors");
    }
    *follower = (struct follower){.seq = change->seq,
                                  .replica = change->replica,
                                  .device = change->device,
                                  .number = mutation->number,
                                  .previous = mutation->previous};
    return gap ? bad(inspection, after, MISSING, err) : MU_OK;
}

/* -- what is said to stand further back -------------------------------------- */

static void meet(struct inspection *inspection, struct mu_id mutation)
{
    struct repetition *items = inspection->repetitions.items;
    size_t kept = 0;
    for (size_t i = 0; i < inspection->repetitions.count; i++) {
        if (!mu_id_equal(items[i].mutation, mutation)) {
            items[kept++] = items[i];
        }
    }
    inspection->repetitions.count = kept;
}

static enum mu_status note_repetition(struct inspection *inspection, const struct mu_change *change,
                                      struct mu_error *err)
{
    if (change->verdict != MU_REPEATED) {
        meet(inspection, change->mutation_id);
        return MU_OK;
    }
    struct repetition *repetition = mu_list_add(&inspection->repetitions);
    if (repetition == NULL) {
        return mu_fail(err, MU_E_NOMEM, "repetitions");
    }
    *repetition = (struct repetition){.seq = change->seq, .mutation = change->mutation_id};
    return MU_OK;
}

/* -- where the log begins ------------------------------------------------------ */

/* The whole log was walked: every replica's numbers must begin in it, and all that is repeated
 * must stand in it. */
static void check_beginning(struct inspection *inspection)
{
    const struct follower *followers = inspection->followers.items;
    const struct repetition *repetitions = inspection->repetitions.items;
    struct mu_error ignored;
    for (size_t i = 0; i < inspection->followers.count; i++) {
        if (followers[i].number > 1) {
            (void)bad(inspection, followers[i].seq, MISSING, &ignored);
        }
    }
    for (size_t i = 0; i < inspection->repetitions.count; i++) {
        (void)bad(inspection, repetitions[i].seq, "repeats a change that is missing", &ignored);
    }
}

/* -- what its author had seen -------------------------------------------------- */

/* The chain that the author had seen is the one held here: nobody was shown two histories. */
static enum mu_status check_seen(struct inspection *inspection, const struct mu_change *change,
                                 const struct mu_mutation *mutation, struct mu_arena *arena,
                                 struct mu_error *err)
{
    static const struct mu_hash unknown;
    struct copy seen = {0};
    bool found = false;
    if (mutation->base_seq == 0 || mu_hash_equal(mutation->seen_chain, unknown) ||
        change->verdict == MU_REPEATED) { /* nobody asked what that one claims */
        return MU_OK;
    }
    if (mutation->base_seq >= change->seq) {
        return bad(inspection, change->seq,
                   "was written by somebody who was shown a longer history", err);
    }
    MU_TRY(copy_at(inspection->client, mutation->base_seq, arena, &seen, &found, err));
    if (found && !mu_hash_equal(seen.chain, mutation->seen_chain)) {
        return bad(inspection, change->seq, "was written by somebody who was shown another history",
                   err);
    }
    return MU_OK;
}

static enum mu_status check_content(struct inspection *inspection, uint64_t seq,
                                    struct mu_slice sealed, struct mu_arena *arena,
                                    struct mu_error *err)
{
    struct mu_client *client = inspection->client;
    MU_BUF_AUTO struct mu_buf plain;
    mu_buf_init(&plain, MU_MESSAGE_MAX);
    struct mu_change change;
    struct mu_mutation mutation;
    bool fault = false;
    const struct mu_sealed_change as_sealed = {.seq = seq, .bytes = sealed};
    enum mu_status status = mu_change_open(client, &as_sealed, arena, &plain, &change, &fault, err);
    if (status == MU_OK) {
        fault = true;
        status = mu_mutation_decode(change.mutation, arena, &mutation, err);
    }
    if (status != MU_OK) {
        return fault && status != MU_E_NOMEM
                   ? bad(inspection, seq, "cannot be opened: it was changed", err)
                   : status;
    }
    MU_TRY(check_author(inspection, &change, &mutation, err));
    MU_TRY(note_repetition(inspection, &change, err));
    MU_TRY(check_seen(inspection, &change, &mutation, arena, err));
    inspection->checked++;
    return MU_OK;
}

static enum mu_status check_at(struct inspection *inspection, uint64_t seq, const struct copy *copy,
                               const struct mu_hash *before, struct mu_arena *arena,
                               struct mu_error *err)
{
    struct mu_hash hash;
    mu_hash_of(copy->sealed, &hash);
    if (!mu_hash_equal(mu_chain_next(*before, seq, hash), copy->chain)) {
        return bad(inspection, seq, "breaks the chain", err);
    }
    return check_content(inspection, seq, copy->sealed, arena, err);
}

/* From newest back to the first that is held; *out_from is that one. */
static enum mu_status walk(struct inspection *inspection, const struct mu_cursor *cursor,
                           uint64_t *out_from, struct mu_error *err)
{
    struct mu_client *client = inspection->client;
    struct mu_arena *arena = &client->scratch;
    struct copy copy = {0};
    bool found = false;
    mu_arena_clear(arena);
    MU_TRY(copy_at(client, cursor->seq, arena, &copy, &found, err));
    if (!found || !mu_hash_equal(copy.chain, cursor->chain)) {
        return bad(inspection, cursor->seq, "is not where this replica's chain ends", err);
    }
    uint64_t seq = cursor->seq;
    while (copy.sealed.len > 0) {
        struct copy before = {0};
        MU_ARENA_AUTO struct mu_arena held;
        mu_arena_init(&held, MU_CLIENT_ARENA_MAX);
        MU_TRY(copy_at(client, seq - 1, &held, &before, &found, err));
        if (seq > 1 && !found) {
            return bad(inspection, seq - 1, "is missing", err);
        }
        enum mu_status status = check_at(inspection, seq, &copy, &before.chain, arena, err);
        if (status != MU_OK && status != MU_E_CRYPTO) { /* a lower one may be bad as well */
            return status;
        }
        seq--;
        mu_arena_clear(arena);
        copy = (struct copy){.chain = before.chain};
        if (!mu_arena_copy(arena, before.sealed, &copy.sealed)) {
            return mu_fail(err, MU_E_NOMEM, "kept change");
        }
    }
    *out_from = seq + 1;
    if (seq == 0) {
        check_beginning(inspection);
    }
    return inspection->worst.status == MU_OK
               ? MU_OK
               : mu_fail(err, MU_E_CRYPTO, "%s", inspection->worst.text);
}

enum mu_status mu_client_verify(struct mu_client *client, uint64_t *out_checked, uint64_t *out_from,
                                struct mu_error *err)
{
    struct mu_cursor cursor;
    uint64_t from = 1;
    MU_TRY(mu_replica_cursor(client->replica, &cursor, err));
    struct inspection inspection = {.client = client, .worst_seq = UINT64_MAX};
    mu_arena_init(&inspection.memory, MU_CLIENT_ARENA_MAX);
    mu_list_init(&inspection.followers, &inspection.memory, sizeof(struct follower));
    mu_list_init(&inspection.repetitions, &inspection.memory, sizeof(struct repetition));
    enum mu_status status = cursor.seq == 0 ? MU_OK : walk(&inspection, &cursor, &from, err);
    mu_arena_deinit(&inspection.memory);
    if (status == MU_OK) {
        *out_checked = inspection.checked;
        *out_from = from;
    }
    return status;
}
