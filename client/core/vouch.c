#include "client/core/vouch.h"

#include <string.h>

#include "client/core/inside.h"
#include "common/seal/invite.h"
#include "common/seal/sign.h"
#include "common/wire/mutation.h"

/* -- the table ----------------------------------------------------------------- */

static bool take_key(struct mu_slice bytes, uint8_t *out, size_t len)
{
    if (bytes.len != len) {
        return false;
    }
    memcpy(out, bytes.data, len);
    return true;
}

enum mu_status mu_vouch_get(struct mu_client *client, uint32_t entity, struct mu_id id,
                            struct mu_vouched *out, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    bool row = false;
    *out = (struct mu_vouched){0};
    MU_TRY(mu_queries_get(&client->local, MU_LOCAL_VOUCHED_GET, &stmt, err));
    mu_stmt_bind_int(stmt, 1, entity);
    mu_stmt_bind_id(stmt, 2, id);
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    if (status == MU_OK && row) {
        bool whole =
            entity == MU_PERSON ||
            (take_key(mu_stmt_blob(stmt, 2), out->sign, sizeof out->sign) &&
             (entity == MU_INVITE || take_key(mu_stmt_blob(stmt, 3), out->box, sizeof out->box)));
        out->found = whole;
        out->person = mu_stmt_id(stmt, 0);
        out->standing = (int)mu_stmt_int(stmt, 1);
    }
    mu_stmt_reset(stmt);
    return status;
}

static enum mu_status put(struct mu_client *client, uint32_t entity, struct mu_id id,
                          const struct mu_vouched *what, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_queries_get(&client->local, MU_LOCAL_VOUCHED_PUT, &stmt, err));
    mu_stmt_bind_int(stmt, 1, entity);
    mu_stmt_bind_id(stmt, 2, id);
    mu_stmt_bind_id(stmt, 3, what->person);
    mu_stmt_bind_int(stmt, 4, what->standing);
    mu_stmt_bind_blob(stmt, 5, mu_slice_of(what->sign, sizeof what->sign));
    mu_stmt_bind_blob(stmt, 6, mu_slice_of(what->box, sizeof what->box));
    return mu_stmt_run(stmt, err);
}

static enum mu_status revoke(struct mu_client *client, struct mu_id id, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_queries_get(&client->local, MU_LOCAL_VOUCHED_REVOKE, &stmt, err));
    mu_stmt_bind_id(stmt, 1, id);
    return mu_stmt_run(stmt, err);
}

/* -- what a signed operation says ------------------------------------------------ */

static struct mu_slice arg_bytes(const struct mu_op *op, uint32_t field)
{
    const struct mu_arg *arg = mu_op_find(op, field);
    return arg != NULL && arg->value.kind == MU_BYTES ? arg->value.bytes : (struct mu_slice){0};
}

static enum mu_status note_person(struct mu_client *client, const struct mu_op *op,
                                  struct mu_error *err)
{
    const struct mu_arg *role = mu_op_find(op, MU_PERSON_ROLE);
    if (role == NULL || role->value.kind != MU_INT) {
        return MU_OK;
    }
    const struct mu_vouched person = {.person = op->row, .standing = (int)role->value.number};
    return put(client, MU_PERSON, op->row, &person, err);
}

static enum mu_status note_invite(struct mu_client *client, const struct mu_op *op,
                                  struct mu_error *err)
{
    struct mu_vouched invite = {.standing = 1};
    if (!mu_id_from_slice(arg_bytes(op, MU_INVITE_PERSON), &invite.person) ||
        !take_key(arg_bytes(op, MU_INVITE_SIGN_KEY), invite.sign, sizeof invite.sign)) {
        return MU_OK;
    }
    return put(client, MU_INVITE, op->row, &invite, err);
}

/* People and invites that a lead, or the founding, speaks of. */
static enum mu_status note_all(struct mu_client *client, const struct mu_intent *intent,
                               struct mu_error *err)
{
    for (size_t i = 0; i < intent->op_count; i++) {
        const struct mu_op *op = &intent->ops[i];
        if (op->entity == MU_PERSON) {
            MU_TRY(note_person(client, op, err));
        } else if (op->entity == MU_INVITE) {
            MU_TRY(note_invite(client, op, err));
        }
    }
    return MU_OK;
}

/* The proof again, under the key that a lead signed for: a row's could be the server's. */
static enum mu_status note_device(struct mu_client *client, const struct mu_op *op,
                                  struct mu_error *err)
{
    struct mu_device_public keys;
    struct mu_id invite_id;
    struct mu_vouched invite;
    struct mu_slice proof = arg_bytes(op, MU_DEVICE_PROOF);
    if (op->entity != MU_DEVICE || proof.len != MU_SIGN_LEN ||
        !mu_id_from_slice(arg_bytes(op, MU_DEVICE_INVITE), &invite_id) ||
        !take_key(arg_bytes(op, MU_DEVICE_SIGN_KEY), keys.sign, sizeof keys.sign) ||
        !take_key(arg_bytes(op, MU_DEVICE_BOX_KEY), keys.box, sizeof keys.box) ||
        !take_key(arg_bytes(op, MU_DEVICE_CURVE_KEY), keys.curve, sizeof keys.curve)) {
        return MU_OK;
    }
    MU_TRY(mu_vouch_get(client, MU_INVITE, invite_id, &invite, err));
    uint8_t vouched[MU_INVITE_PROOF_LEN];
    mu_invite_proof_bytes(client->workspace, op->row, &keys, vouched);
    if (!invite.found || !mu_sign_verify(invite.sign, MU_SIGN_ENROL,
                                         mu_slice_of(vouched, sizeof vouched), proof.data)) {
        return MU_OK;
    }
    struct mu_vouched device = {.person = invite.person, .standing = 1};
    memcpy(device.sign, keys.sign, sizeof device.sign);
    memcpy(device.box, keys.box, sizeof device.box);
    return put(client, MU_DEVICE, op->row, &device, err);
}

/* -- who says it ------------------------------------------------------------------ */

static enum mu_status by_lead(struct mu_client *client, const struct mu_change *change,
                              bool *out_lead, struct mu_error *err)
{
    struct mu_vouched device;
    struct mu_vouched person;
    MU_TRY(mu_vouch_get(client, MU_DEVICE, change->device, &device, err));
    MU_TRY(mu_vouch_get(client, MU_PERSON, device.person, &person, err));
    *out_lead = device.found && device.standing == 1 && person.found &&
                person.standing >= MU_ROLE_LEAD &&
                mu_sign_verify(device.sign, MU_SIGN_MUTATION, change->mutation, change->signature);
    return MU_OK;
}

enum mu_status mu_vouch_note(struct mu_client *client, const struct mu_change *change,
                             const struct mu_mutation *mutation, struct mu_error *err)
{
    const struct mu_intent *intent = &mutation->intent;
    bool lead = false;
    bool idle = change->verdict == MU_REJECTED || change->verdict == MU_REPEATED;
    if (idle || intent->op_count == 0) {
        return MU_OK;
    }
    switch (intent->number) {
    case MU_INTENT_TEAM_FOUND:
        lead = change->seq == 1 && mu_sign_verify(client->file->server_sign, MU_SIGN_MUTATION,
                                                  change->mutation, change->signature);
        break;
    case MU_INTENT_INVITE_CREATE:
    case MU_INTENT_PERSON_ROLE:
        MU_TRY(by_lead(client, change, &lead, err));
        break;
    case MU_INTENT_DEVICE_ENROL:
        return note_device(client, &intent->ops[0], err);
    case MU_INTENT_DEVICE_REVOKE:
    case MU_INTENT_PERSON_REMOVE:
        return revoke(client, intent->ops[0].row, err);
    default:
        return MU_OK;
    }
    return lead ? note_all(client, intent, err) : MU_OK;
}
