#include "client/core/trust.h"

#include <string.h>

#include "client/core/inside.h"
#include "common/seal/hash.h"
#include "common/seal/invite.h"
#include "common/wire/mutation.h"

void mu_trust_init(struct mu_trust *trust, struct mu_client *client, struct mu_arena *arena)
{
    *trust = (struct mu_trust){.client = client, .arena = arena};
    mu_list_init(&trust->signers, arena, sizeof(struct mu_signer));
    mu_list_init(&trust->runs, arena, sizeof(struct mu_run));
}

static enum mu_status refuse(bool *out_fault, const struct mu_change *change, const char *why,
                             struct mu_error *err)
{
    *out_fault = true;
    return mu_fail(err, MU_E_CRYPTO, "change %llu %s", (unsigned long long)change->seq, why);
}

/* -- devices and people as confirmed so far ----------------------------------- */

static enum mu_status look_up(struct mu_client *client, struct mu_id device, struct mu_signer *out,
                              struct mu_error *err)
{
    struct mu_arena *arena = &client->work[MU_WORK_KEY];
    mu_arena_clear(arena);
    struct mu_row row = {0};
    struct mu_row person = {0};
    bool found = false;
    *out = (struct mu_signer){.device = device};
    MU_TRY(mu_replica_confirmed(client->replica, arena, MU_DEVICE, device, &row, &found, err));
    struct mu_slice key = found ? mu_row_text(&row, MU_DEVICE_SIGN_KEY) : (struct mu_slice){0};
    if (key.len != MU_SIGN_PK_LEN) {
        return MU_OK;
    }
    out->known = true;
    memcpy(out->key, key.data, MU_SIGN_PK_LEN);
    out->person = mu_row_id(&row, MU_DEVICE_PERSON);
    MU_TRY(
        mu_replica_confirmed(client->replica, arena, MU_PERSON, out->person, &person, &found, err));
    out->active = found && mu_row_int(&row, MU_DEVICE_STATE) == MU_DEVICE_ACTIVE &&
                  mu_row_int(&person, MU_PERSON_STATE) != MU_PERSON_REMOVED;
    out->role = found ? (int)mu_row_int(&person, MU_PERSON_ROLE) : MU_ROLE_NONE;
    return MU_OK;
}

/* Borrowed until the next device is asked for. */
static enum mu_status signer_of(struct mu_trust *trust, struct mu_id device,
                                const struct mu_signer **out, struct mu_error *err)
{
    struct mu_signer *signers = trust->signers.items;
    for (size_t i = 0; i < trust->signers.count; i++) {
        if (mu_id_equal(signers[i].device, device)) {
            *out = &signers[i];
            return MU_OK;
        }
    }
    struct mu_signer fresh;
    MU_TRY(look_up(trust->client, device, &fresh, err));
    struct mu_signer *signer = mu_list_add(&trust->signers);
    if (signer == NULL) {
        return mu_fail(err, MU_E_NOMEM, "devices");
    }
    *signer = fresh;
    *out = signer;
    return MU_OK;
}

void mu_trust_applied(struct mu_trust *trust, const struct mu_change *change)
{
    for (size_t i = 0; i < change->effect_count; i++) {
        if (change->effects[i].entity == MU_DEVICE || change->effects[i].entity == MU_PERSON) {
            trust->signers.count = 0;
            return;
        }
    }
}

/* -- who signs ---------------------------------------------------------------- */

static const struct mu_op *only_op(const struct mu_mutation *mutation)
{
    return mutation->intent.op_count == 1 ? &mutation->intent.ops[0] : NULL;
}

static bool key_arg(const struct mu_op *op, uint32_t field, uint8_t *out, size_t len)
{
    const struct mu_arg *arg = mu_op_find(op, field);
    if (arg == NULL || arg->value.kind != MU_BYTES || arg->value.bytes.len != len) {
        return false;
    }
    memcpy(out, arg->value.bytes.data, len);
    return true;
}

/* The invite's key vouches for the new device's keys, and the invite names its person. */
static enum mu_status check_proof(struct mu_trust *trust, const struct mu_change *change,
                                  const struct mu_op *op, struct mu_id *out_person, bool *out_fault,
                                  struct mu_error *err)
{
    struct mu_client *client = trust->client;
    struct mu_device_public keys;
    uint8_t proof[MU_SIGN_LEN];
    struct mu_id invite_id = {0};
    if (!key_arg(op, MU_DEVICE_SIGN_KEY, keys.sign, sizeof keys.sign) ||
        !key_arg(op, MU_DEVICE_BOX_KEY, keys.box, sizeof keys.box) ||
        !key_arg(op, MU_DEVICE_CURVE_KEY, keys.curve, sizeof keys.curve) ||
        !key_arg(op, MU_DEVICE_PROOF, proof, sizeof proof) ||
        !key_arg(op, MU_DEVICE_INVITE, invite_id.bytes, sizeof invite_id.bytes)) {
        return refuse(out_fault, change, "enrols a device without its keys", err);
    }
    struct mu_arena *arena = &client->work[MU_WORK_KEY];
    mu_arena_clear(arena);
    struct mu_row invite = {0};
    bool found = false;
    MU_TRY(
        mu_replica_confirmed(client->replica, arena, MU_INVITE, invite_id, &invite, &found, err));
    struct mu_slice invite_key =
        found ? mu_row_text(&invite, MU_INVITE_SIGN_KEY) : (struct mu_slice){0};
    uint8_t vouched[MU_INVITE_PROOF_LEN];
    mu_invite_proof_bytes(client->workspace, op->row, &keys, vouched);
    if (invite_key.len != MU_SIGN_PK_LEN ||
        !mu_sign_verify(invite_key.data, MU_SIGN_ENROL, mu_slice_of(vouched, sizeof vouched),
                        proof)) {
        return refuse(out_fault, change, "enrols a device that no invite vouches for", err);
    }
    *out_person = mu_row_id(&invite, MU_INVITE_PERSON);
    return MU_OK;
}

/* A new device signs its own enrolment. */
static enum mu_status enrolling(struct mu_trust *trust, const struct mu_change *change,
                                const struct mu_mutation *mutation, struct mu_signer *out,
                                bool *out_fault, struct mu_error *err)
{
    const struct mu_op *op = only_op(mutation);
    *out = (struct mu_signer){.known = true, .active = true};
    if (op == NULL || !key_arg(op, MU_DEVICE_SIGN_KEY, out->key, sizeof out->key)) {
        return refuse(out_fault, change, "enrols a device without its keys", err);
    }
    out->device = op->row;
    const struct mu_signer *present = NULL;
    MU_TRY(signer_of(trust, op->row, &present, err));
    if (present->known && memcmp(present->key, out->key, sizeof out->key) != 0) {
        return refuse(out_fault, change, "gives a device other keys", err);
    }
    return check_proof(trust, change, op, &out->person, out_fault, err);
}

/* The server founds a team once, and signs nothing else. */
static enum mu_status founding(struct mu_trust *trust, const struct mu_change *change,
                               struct mu_signer *out, bool *out_fault, struct mu_error *err)
{
    if (change->seq != 1 || !mu_id_is_zero(change->person)) {
        return refuse(out_fault, change, "founds the team once more", err);
    }
    *out = (struct mu_signer){
        .device = change->device, .known = true, .active = true, .role = MU_ROLE_SYSTEM};
    memcpy(out->key, trust->client->file->server_sign, MU_SIGN_PK_LEN);
    return MU_OK;
}

/* Refused or done already: it came by a session like any other, whatever it says. */
static bool does_nothing(const struct mu_change *change)
{
    return change->verdict == MU_REJECTED || change->verdict == MU_REPEATED;
}

static enum mu_status author_of(struct mu_trust *trust, const struct mu_change *change,
                                const struct mu_mutation *mutation, struct mu_signer *out,
                                bool *out_fault, struct mu_error *err)
{
    switch (does_nothing(change) ? 0 : mutation->intent.number) {
    case MU_INTENT_TEAM_FOUND:
        return founding(trust, change, out, out_fault, err);
    case MU_INTENT_DEVICE_ENROL:
        return enrolling(trust, change, mutation, out, out_fault, err);
    default:
        break;
    }
    const struct mu_signer *signer = NULL;
    MU_TRY(signer_of(trust, change->device, &signer, err));
    if (!signer->known) {
        return refuse(out_fault, change, "is signed by a device that nobody enrolled", err);
    }
    if (!mu_id_equal(signer->person, change->person)) {
        return refuse(out_fault, change, "names another person than its device's", err);
    }
    *out = *signer;
    return MU_OK;
}

/* -- what they may -------------------------------------------------------------- */

static const struct mu_op *op_on(const struct mu_mutation *mutation, const struct mu_row *effect)
{
    for (size_t i = 0; i < mutation->intent.op_count; i++) {
        const struct mu_op *op = &mutation->intent.ops[i];
        if (op->entity == effect->entity && mu_id_equal(op->row, effect->id)) {
            return op;
        }
    }
    return NULL;
}

/* The cell, if the effect has it, stands in the signed operation. */
static bool signed_for(const struct mu_row *effect, const struct mu_op *op, uint32_t field)
{
    const struct mu_cell *cell = mu_row_cell(effect, field);
    if (cell == NULL) {
        return true;
    }
    const struct mu_arg *arg = op == NULL ? NULL : mu_op_find(op, field);
    return arg != NULL && mu_value_equal(arg->value, cell->value);
}

/* Keys come from who is enrolled or invites, roles from leads: the server is no directory. */
static bool vouched_for(const struct mu_mutation *mutation, const struct mu_signer *author,
                        const struct mu_row *effect)
{
    const struct mu_op *op = NULL;
    switch (effect->entity) {
    case MU_DEVICE:
        op = mutation->intent.number == MU_INTENT_DEVICE_ENROL ? op_on(mutation, effect) : NULL;
        return signed_for(effect, op, MU_DEVICE_SIGN_KEY) &&
               signed_for(effect, op, MU_DEVICE_BOX_KEY) &&
               signed_for(effect, op, MU_DEVICE_CURVE_KEY) &&
               signed_for(effect, op, MU_DEVICE_INVITE) &&
               signed_for(effect, op, MU_DEVICE_PROOF) &&
               (mu_row_cell(effect, MU_DEVICE_PERSON) == NULL ||
                mu_id_equal(mu_row_id(effect, MU_DEVICE_PERSON), author->person));
    case MU_INVITE:
        op = author->role >= MU_ROLE_LEAD ? op_on(mutation, effect) : NULL;
        return signed_for(effect, op, MU_INVITE_SIGN_KEY) &&
               signed_for(effect, op, MU_INVITE_CURVE_KEY) &&
               signed_for(effect, op, MU_INVITE_PERSON);
    case MU_PERSON:
        return author->role >= MU_ROLE_LEAD || mu_row_cell(effect, MU_PERSON_ROLE) == NULL ||
               (mutation->intent.number == MU_INTENT_IMPORT &&
                mu_row_int(effect, MU_PERSON_ROLE) < MU_ROLE_LEAD);
    default:
        return true;
    }
}

static enum mu_status check_rights(const struct mu_change *change,
                                   const struct mu_mutation *mutation,
                                   const struct mu_signer *author, bool *out_fault,
                                   struct mu_error *err)
{
    if (does_nothing(change)) {
        return MU_OK;
    }
    const struct mu_intent_rule *rule = mu_intent_find(mutation->intent.number);
    if (!author->active) {
        return refuse(out_fault, change, "is signed by a device that was revoked", err);
    }
    if (rule != NULL && author->role < rule->role) {
        return refuse(out_fault, change, "does what its author may not", err);
    }
    for (size_t i = 0; i < change->effect_count; i++) {
        if (!vouched_for(mutation, author, &change->effects[i])) {
            return refuse(out_fault, change, "brings keys or roles that nobody signed for", err);
        }
    }
    return MU_OK;
}

/* -- runs ------------------------------------------------------------------------ */

static enum mu_status verify(const struct mu_run *run, struct mu_error *err)
{
    if (mu_sign_verify(run->key, MU_SIGN_MUTATION, run->bytes, run->signature)) {
        return MU_OK;
    }
    return mu_fail(err, MU_E_CRYPTO, "change %llu is not signed by its author",
                   (unsigned long long)run->last_seq);
}

static struct mu_run *run_of(struct mu_trust *trust, struct mu_id replica)
{
    struct mu_run *runs = trust->runs.items;
    for (size_t i = 0; i < trust->runs.count; i++) {
        if (mu_id_equal(runs[i].replica, replica)) {
            return &runs[i];
        }
    }
    return NULL;
}

static bool continues(const struct mu_run *run, const struct mu_mutation *mutation,
                      const struct mu_signer *author)
{
    return run->number + 1 == mutation->number && mu_id_equal(run->device, author->device) &&
           memcmp(run->key, author->key, sizeof run->key) == 0;
}

static enum mu_status add_to_run(struct mu_trust *trust, const struct mu_change *change,
                                 const struct mu_mutation *mutation, const struct mu_signer *author,
                                 bool *out_fault, struct mu_error *err)
{
    struct mu_run *run = run_of(trust, change->replica);
    uint64_t first_seq = change->seq;
    if (run != NULL && continues(run, mutation, author)) {
        if (!mu_hash_equal(run->hash, mutation->previous) &&
            !trust->client->sabotage.no_chain_check) {
            return refuse(out_fault, change, "does not follow its replica's previous one", err);
        }
        first_seq = run->first_seq;
    } else if (run != NULL) {
        *out_fault = true;
        MU_TRY(verify(run, err));
        *out_fault = false;
    } else {
        run = mu_list_add(&trust->runs);
    }
    struct mu_slice bytes = {0};
    if (run == NULL || !mu_arena_copy(trust->arena, change->mutation, &bytes)) {
        return mu_fail(err, MU_E_NOMEM, "signatures to check");
    }
    *run = (struct mu_run){.replica = change->replica,
                           .device = author->device,
                           .first_seq = first_seq,
                           .last_seq = change->seq,
                           .number = mutation->number,
                           .bytes = bytes};
    mu_hash_of(bytes, &run->hash);
    memcpy(run->signature, change->signature, MU_SIGN_LEN);
    memcpy(run->key, author->key, MU_SIGN_PK_LEN);
    return MU_OK;
}

enum mu_status mu_trust_take(struct mu_trust *trust, const struct mu_change *change,
                             const struct mu_mutation *mutation, bool *out_fault,
                             struct mu_error *err)
{
    struct mu_signer author;
    MU_TRY(author_of(trust, change, mutation, &author, out_fault, err));
    MU_TRY(check_rights(change, mutation, &author, out_fault, err));
    return add_to_run(trust, change, mutation, &author, out_fault, err);
}

enum mu_status mu_trust_key(struct mu_client *client, const struct mu_change *change,
                            const struct mu_mutation *mutation,
                            uint8_t out_key[static MU_SIGN_PK_LEN], bool *out_known,
                            struct mu_error *err)
{
    const struct mu_op *op = only_op(mutation);
    struct mu_signer signer;
    switch (does_nothing(change) ? 0 : mutation->intent.number) {
    case MU_INTENT_TEAM_FOUND:
        memcpy(out_key, client->file->server_sign, MU_SIGN_PK_LEN);
        *out_known = change->seq == 1;
        return MU_OK;
    case MU_INTENT_DEVICE_ENROL:
        *out_known = op != NULL && key_arg(op, MU_DEVICE_SIGN_KEY, out_key, MU_SIGN_PK_LEN);
        return MU_OK;
    default:
        break;
    }
    MU_TRY(look_up(client, change->device, &signer, err));
    *out_known = signer.known;
    memcpy(out_key, signer.key, MU_SIGN_PK_LEN);
    return MU_OK;
}

enum mu_status mu_trust_settle(struct mu_trust *trust, struct mu_error *err)
{
    const struct mu_run *runs = trust->runs.items;
    for (size_t i = 0; i < trust->runs.count; i++) {
        MU_TRY(verify(&runs[i], err));
    }
    trust->runs.count = 0;
    return MU_OK;
}
