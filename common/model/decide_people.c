/* The team, its people, their devices and the invites that bring them in.
 *
 * What decides who may enter (state of persons, devices and invites) does not compete by the
 * clock: a removal, a revocation and a use of an invite stand as they arrive. */
#include "common/model/decide_inside.h"
#include "common/model/handle.h"

static enum mu_status put_if_absent(struct mu_case *c, struct mu_known *row, uint32_t field,
                                    int64_t number)
{
    return mu_now_has(row, field) ? MU_OK : mu_case_put_int(c, row, field, number);
}

/* Every row as the server gives it. */
enum mu_status mu_rule_team_found(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *row = NULL;
    MU_TRY(mu_case_look(c, op->entity, op->row, &row));
    for (size_t i = 0; i < op->arg_count; i++) {
        const struct mu_arg *arg = &op->args[i];
        bool told = arg->field < MU_ARG_AFTER;
        MU_TRY(told ? mu_case_put(c, row, arg->field, arg->value) : MU_OK);
    }
    switch (op->entity) {
    case MU_PERSON:
        MU_TRY(put_if_absent(c, row, MU_PERSON_ROLE, MU_ROLE_MEMBER));
        return put_if_absent(c, row, MU_PERSON_STATE, MU_PERSON_INACTIVE);
    case MU_INVITE:
        return put_if_absent(c, row, MU_INVITE_STATE, MU_INVITE_OPEN);
    case MU_COLUMN:
        MU_TRY(put_if_absent(c, row, MU_COLUMN_KIND, MU_KIND_TODO));
        return mu_now_has(row, MU_COLUMN_RANK) ? MU_OK : mu_case_place(c, row, op);
    default:
        return MU_OK;
    }
}

enum mu_status mu_rule_team_edit(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *team = NULL;
    MU_TRY(mu_case_need(c, MU_TEAM, op->row, &team));
    return mu_case_merge_plain(c, team, 0);
}

/* -- persons ------------------------------------------------------------------ */

static bool is_active_lead(const struct mu_known *person)
{
    return mu_now_int(person, MU_PERSON_ROLE) == MU_ROLE_LEAD &&
           mu_now_int(person, MU_PERSON_STATE) == MU_PERSON_ACTIVE;
}

enum mu_status mu_case_keep_a_lead(struct mu_case *c, const struct mu_known *person)
{
    if (!is_active_lead(person)) {
        return MU_OK;
    }
    bool other = false;
    MU_TRY(c->world->other_lead(c->world->state, person->id, &other, c->err));
    return other ? MU_OK
                 : mu_case_refuse(c, MU_E_CONFLICT,
                                  "the team would be without a lead: make another one first");
}

enum mu_status mu_case_check_handle(struct mu_case *c, const struct mu_op *op)
{
    if (!mu_arg_has(op, MU_PERSON_HANDLE)) {
        return MU_OK;
    }
    struct mu_id id = {0};
    bool found = false;
    struct mu_slice handle = mu_arg_value(op, MU_PERSON_HANDLE).bytes;
    if (!mu_handle_is_valid(handle)) {
        return mu_case_refuse(c, MU_E_INVALID, MU_HANDLE_RULE);
    }
    MU_TRY(c->world->person_of_handle(c->world->state, handle, &id, &found, c->err));
    return found && !mu_id_equal(id, op->row)
               ? mu_case_refuse(c, MU_E_EXISTS, "another person has this handle")
               : MU_OK;
}

static enum mu_status set_role(struct mu_case *c, struct mu_known *person,
                               const struct mu_arg *role)
{
    if (role->value.number != MU_ROLE_LEAD) {
        MU_TRY(mu_case_keep_a_lead(c, person));
    }
    return mu_case_merge(c, person, role, NULL);
}

enum mu_status mu_rule_person_edit(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *person = NULL;
    MU_TRY(mu_case_need(c, MU_PERSON, op->row, &person));
    if (!mu_case_is(c, op->row) && !mu_case_is_lead(c)) {
        return mu_case_refuse(c, MU_E_DENIED, "a person is edited by that person or a lead");
    }
    return mu_case_merge_plain(c, person, 0);
}

enum mu_status mu_rule_person_role(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *person = NULL;
    MU_TRY(mu_case_need(c, MU_PERSON, op->row, &person));
    const struct mu_arg *role = mu_op_find(op, MU_PERSON_ROLE);
    if (role == NULL) {
        return mu_case_refuse(c, MU_E_INVALID, "which role the person gets is not said");
    }
    MU_TRY(set_role(c, person, role));
    return mu_case_merge_plain(c, person, MU_FIELD_BIT(MU_PERSON_ROLE));
}

enum mu_status mu_rule_person_remove(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *person = NULL;
    MU_TRY(mu_case_need(c, MU_PERSON, op->row, &person));
    MU_TRY(mu_case_keep_a_lead(c, person));
    MU_TRY(mu_case_merge_plain(c, person, 0));
    return mu_case_put_int(c, person, MU_PERSON_STATE, MU_PERSON_REMOVED);
}

/* -- invites -------------------------------------------------------------------- */

enum mu_status mu_rule_invite_person(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *person = NULL;
    MU_TRY(mu_case_look(c, MU_PERSON, op->row, &person));
    MU_TRY(mu_case_check_handle(c, op));
    const struct mu_arg *role = mu_op_find(op, MU_PERSON_ROLE);
    if (mu_known_exists(person)) {
        MU_TRY(role != NULL ? set_role(c, person, role) : MU_OK);
        return mu_case_merge_plain(c, person, MU_FIELD_BIT(MU_PERSON_ROLE));
    }
    MU_TRY(mu_case_merge_plain(c, person, 0));
    MU_TRY(put_if_absent(c, person, MU_PERSON_ROLE, MU_ROLE_MEMBER));
    return mu_case_put_int(c, person, MU_PERSON_STATE, MU_PERSON_INACTIVE);
}

/* Who left and is invited again has yet to enrol, and no device of before comes back. */
static enum mu_status invite_again(struct mu_case *c, struct mu_known *person)
{
    bool device = false;
    MU_TRY(c->world->other_device(c->world->state, person->id, (struct mu_id){0}, &device, c->err));
    return device ? mu_case_refuse(c, MU_E_CONFLICT,
                                   "the person left with devices that are still active: "
                                   "revoke them first")
                  : mu_case_put_int(c, person, MU_PERSON_STATE, MU_PERSON_INACTIVE);
}

enum mu_status mu_rule_invite_create(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *invite = NULL;
    struct mu_known *person = NULL;
    MU_TRY(mu_case_look(c, MU_INVITE, op->row, &invite));
    MU_TRY(mu_case_need(c, MU_PERSON, mu_arg_id(op, MU_INVITE_PERSON), &person));
    if (mu_arg_int(op, MU_INVITE_EXPIRES_AT) <= c->facts->received_ms) {
        return mu_case_refuse(c, MU_E_INVALID, "the invite has run out before it got here");
    }
    MU_TRY(mu_case_merge_plain(c, invite, 0));
    MU_TRY(mu_case_put_int(c, invite, MU_INVITE_STATE, MU_INVITE_OPEN));
    MU_TRY(mu_case_put_id(c, invite, MU_INVITE_CREATED_BY, c->facts->person));
    return mu_now_int(person, MU_PERSON_STATE) == MU_PERSON_REMOVED ? invite_again(c, person)
                                                                    : MU_OK;
}

enum mu_status mu_rule_invite_withdraw(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *invite = NULL;
    MU_TRY(mu_case_need(c, MU_INVITE, op->row, &invite));
    if (mu_now_int(invite, MU_INVITE_STATE) == MU_INVITE_USED) {
        return mu_case_refuse(c, MU_E_CONFLICT,
                              "the invite has been used: revoke the device instead");
    }
    MU_TRY(mu_case_merge_plain(c, invite, 0));
    return mu_case_put_int(c, invite, MU_INVITE_STATE, MU_INVITE_WITHDRAWN);
}

/* -- devices --------------------------------------------------------------------- */

enum mu_status mu_rule_device_enrol(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *device = NULL;
    struct mu_known *invite = NULL;
    struct mu_known *person = NULL;
    MU_TRY(mu_case_look(c, MU_DEVICE, op->row, &device));
    MU_TRY(mu_case_need(c, MU_INVITE, mu_arg_id(op, MU_DEVICE_INVITE), &invite));
    int64_t state = mu_now_int(invite, MU_INVITE_STATE);
    if (state != MU_INVITE_OPEN) {
        return mu_case_refuse(c, MU_E_DENIED, "the invite has been %s: ask for another one",
                              state == MU_INVITE_USED ? "used" : "withdrawn");
    }
    if (mu_now_int(invite, MU_INVITE_EXPIRES_AT) <= c->facts->received_ms) {
        return mu_case_refuse(c, MU_E_DENIED, "the invite has run out: ask for another one");
    }
    MU_TRY(mu_case_need(c, MU_PERSON, mu_now_id(invite, MU_INVITE_PERSON), &person));
    if (mu_now_int(person, MU_PERSON_STATE) == MU_PERSON_REMOVED) {
        return mu_case_refuse(c, MU_E_DENIED, "the person invited has left the team");
    }
    MU_TRY(mu_case_merge_plain(c, device, 0));
    MU_TRY(mu_case_put_id(c, device, MU_DEVICE_PERSON, person->id));
    MU_TRY(mu_case_put_int(c, device, MU_DEVICE_STATE, MU_DEVICE_ACTIVE));
    MU_TRY(mu_case_put_int(c, device, MU_DEVICE_ENROLLED_AT, c->facts->received_ms));
    MU_TRY(mu_case_put_int(c, invite, MU_INVITE_STATE, MU_INVITE_USED));
    return mu_case_put_int(c, person, MU_PERSON_STATE, MU_PERSON_ACTIVE);
}

enum mu_status mu_rule_device_revoke(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *device = NULL;
    struct mu_known *person = NULL;
    MU_TRY(mu_case_need(c, MU_DEVICE, op->row, &device));
    struct mu_id owner = mu_now_id(device, MU_DEVICE_PERSON);
    if (!mu_case_is(c, owner) && !mu_case_is_lead(c)) {
        return mu_case_refuse(c, MU_E_DENIED, "a device is revoked by its person or a lead");
    }
    MU_TRY(mu_case_look(c, MU_PERSON, owner, &person));
    if (mu_now_int(device, MU_DEVICE_STATE) == MU_DEVICE_ACTIVE && is_active_lead(person)) {
        bool other = false;
        MU_TRY(c->world->other_device(c->world->state, owner, op->row, &other, c->err));
        MU_TRY(other ? MU_OK : mu_case_keep_a_lead(c, person));
    }
    MU_TRY(mu_case_merge_plain(c, device, 0));
    return mu_case_put_int(c, device, MU_DEVICE_STATE, MU_DEVICE_REVOKED);
}
