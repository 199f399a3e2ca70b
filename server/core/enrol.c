/* ENROL: a new device, vouched for by the key of an invite. */
#include <string.h>

#include "common/seal/hash.h"
#include "common/seal/invite.h"
#include "common/seal/sign.h"
#include "server/core/inside.h"

#define FAULTS_MAX 3

static const char SQL_CURVE_TAKEN[] =
    "SELECT 1 FROM device WHERE curve_key = ?1 UNION ALL SELECT 1 FROM invite WHERE curve_key = ?1";

/* An enrolment as it was read. */
struct enrolment {
    struct mu_pushed pushed;
    struct mu_mutation mutation;
    struct mu_hash hash;
    const struct mu_op *device;
    struct mu_device_public keys;
};

static enum mu_status answer(struct mu_server *server, struct mu_session *session,
                             struct mu_msg_enrolled *enrolled, struct mu_error *err)
{
    struct mu_message message = {.kind = MU_MSG_ENROLLED};
    message.enrolled = *enrolled;
    return mu_out_message(server, session, &message, err);
}

static enum mu_status refuse(struct mu_server *server, struct mu_session *session,
                             enum mu_status code, const char *reason, struct mu_error *err)
{
    struct mu_msg_enrolled enrolled = {.code = (uint32_t)code, .reason = mu_slice_str(reason)};
    MU_TRY(mu_out_log(server, err, "enrol.refused conn=%llu code=%d",
                      (unsigned long long)session->conn.number, (int)code));
    session->faults++;
    return answer(server, session, &enrolled, err);
}

/* What whoever joins is told: the person, the team, and the keys that its invite promised. */
static enum mu_status accept(struct mu_server *server, struct mu_session *session,
                             struct mu_error *err)
{
    struct mu_arena *arena = &server->turn_memory;
    struct mu_row person;
    struct mu_row team;
    bool found = false;
    struct mu_msg_enrolled enrolled = {
        .accepted = true,
        .device = session->device,
        .person = session->person,
        .server_sign = mu_slice_of(server->keys->public.sign, MU_SIGN_PK_LEN),
        .server_box = mu_slice_of(server->keys->public.box, MU_BOX_PK_LEN),
    };
    MU_TRY(
        mu_replica_row(server->replica, arena, MU_PERSON, session->person, &person, &found, err));
    if (found) {
        enrolled.handle = mu_row_text(&person, MU_PERSON_HANDLE);
    }
    MU_TRY(mu_replica_row(server->replica, arena, MU_TEAM, server->head.workspace, &team, &found,
                          err));
    if (found) {
        enrolled.team = mu_row_text(&team, MU_TEAM_NAME);
    }
    return answer(server, session, &enrolled, err);
}

/* -- checks ------------------------------------------------------------------ */

static bool take_key(const struct mu_op *op, uint32_t field, uint8_t out_key[static 32])
{
    const struct mu_arg *arg = mu_op_find(op, field);
    if (arg == NULL || arg->value.kind != MU_BYTES || arg->value.bytes.len != 32) {
        return false;
    }
    memcpy(out_key, arg->value.bytes.data, 32);
    return true;
}

/* NULL, or what is wrong with its form. */
static const char *read_form(struct mu_server *server, const struct mu_msg_enrol *enrol,
                             struct enrolment *out)
{
    struct mu_error fault;
    out->pushed = enrol->mutation;
    if (mu_mutation_decode(enrol->mutation.bytes, &server->input_memory, &out->mutation, &fault) !=
        MU_OK) {
        return "the enrolment cannot be read";
    }
    const struct mu_intent *intent = &out->mutation.intent;
    if (intent->number != MU_INTENT_DEVICE_ENROL || intent->op_count != 1 ||
        intent->ops[0].entity != MU_DEVICE || out->mutation.number != 1) {
        return "only a first mutation, device.enrol of one device, may be sent here";
    }
    out->device = &intent->ops[0];
    if (!take_key(out->device, MU_DEVICE_SIGN_KEY, out->keys.sign) ||
        !take_key(out->device, MU_DEVICE_BOX_KEY, out->keys.box) ||
        !take_key(out->device, MU_DEVICE_CURVE_KEY, out->keys.curve)) {
        return "the enrolment lacks a key of the device";
    }
    mu_hash_of(out->pushed.bytes, &out->hash);
    return NULL;
}

/* NULL, or whose signature is missing. */
static const char *check_signatures(const struct mu_server *server, const struct mu_bearer *invite,
                                    const struct enrolment *enrolment)
{
    uint8_t proved[MU_INVITE_PROOF_LEN];
    const struct mu_arg *named = mu_op_find(enrolment->device, MU_DEVICE_INVITE);
    const struct mu_arg *proof = mu_op_find(enrolment->device, MU_DEVICE_PROOF);
    const struct mu_pushed *pushed = &enrolment->pushed;
    struct mu_id named_id = {{0}};
    if (named == NULL || !mu_id_from_slice(named->value.bytes, &named_id) ||
        !mu_id_equal(named_id, invite->row)) {
        return "the enrolment names another invite";
    }
    mu_invite_proof_bytes(server->head.workspace, enrolment->device->row, &enrolment->keys, proved);
    if (proof == NULL || proof->value.bytes.len != MU_SIGN_LEN ||
        !mu_sign_verify(invite->sign_key, MU_SIGN_ENROL, mu_slice_of(proved, sizeof proved),
                        proof->value.bytes.data)) {
        return "the invite does not vouch for this device";
    }
    if (!mu_sign_verify(enrolment->keys.sign, MU_SIGN_MUTATION, pushed->bytes,
                        pushed->signature.data)) {
        return "the enrolment is not signed by the device";
    }
    return NULL;
}

/* NULL, or what of a new device is in use already: two rows with one CURVE key would let one
 * speak for the other. */
static enum mu_status find_taken(struct mu_server *server, const struct enrolment *enrolment,
                                 const char **out_what, struct mu_error *err)
{
    const struct mu_mutation *mutation = &enrolment->mutation;
    struct mu_stmt stmt = {0};
    struct mu_replica_mark mark;
    struct mu_log_place place;
    bool curve = false;
    bool replica = false;
    bool known = false;
    MU_TRY(mu_stmt_prepare(&stmt, server->db, SQL_CURVE_TAKEN, err));
    mu_stmt_bind_blob(&stmt, 1, mu_slice_of(enrolment->keys.curve, MU_CURVE_PK_LEN));
    enum mu_status status = mu_stmt_step(&stmt, &curve, err);
    mu_stmt_finalize(&stmt);
    MU_TRY(status);
    MU_TRY(mu_log_mark(server->log, mutation->replica, &mark, &replica, err));
    MU_TRY(mu_log_find(server->log, mutation->id, &place, &known, err));
    *out_what = curve     ? "the device's key is in use already"
                : replica ? "the replica id is in use already"
                : known   ? "the mutation's id is in use already"
                          : NULL;
    return MU_OK;
}

/* Whether this very device was enrolled with this invite: its answer was lost on the way. */
static enum mu_status is_enrolled(struct mu_server *server, const struct mu_bearer *invite,
                                  const struct enrolment *enrolment, bool *out_same,
                                  struct mu_error *err)
{
    struct mu_row device;
    bool found = false;
    MU_TRY(mu_replica_row(server->replica, &server->turn_memory, MU_DEVICE, enrolment->device->row,
                          &device, &found, err));
    const struct mu_device_public *keys = &enrolment->keys;
    *out_same =
        found && mu_id_equal(mu_row_id(&device, MU_DEVICE_INVITE), invite->row) &&
        mu_row_int(&device, MU_DEVICE_STATE) == MU_DEVICE_ACTIVE &&
        mu_slice_equal(mu_row_text(&device, MU_DEVICE_SIGN_KEY), mu_slice_of(keys->sign, 32)) &&
        mu_slice_equal(mu_row_text(&device, MU_DEVICE_BOX_KEY), mu_slice_of(keys->box, 32)) &&
        mu_slice_equal(mu_row_text(&device, MU_DEVICE_CURVE_KEY), mu_slice_of(keys->curve, 32));
    return MU_OK;
}

/* -- ENROL ------------------------------------------------------------------- */

static enum mu_status enrol_device(struct mu_server *server, struct mu_session *session,
                                   const struct mu_bearer *invite,
                                   const struct enrolment *enrolment, struct mu_error *err)
{
    struct mu_candidate candidate = {.mutation = &enrolment->mutation,
                                     .bytes = enrolment->pushed.bytes,
                                     .signature = enrolment->pushed.signature,
                                     .hash = enrolment->hash};
    struct mu_author author = {
        .device = enrolment->device->row, .shown = invite->person, .role = MU_ROLE_NONE};
    struct mu_sequenced done;
    char device[MU_ID_TEXT_LEN + 1];
    MU_TRY(mu_sequence(server, &author, &candidate, false, &done, err));
    if (done.verdict == MU_REJECTED) {
        return refuse(server, session, done.code, done.reason, err);
    }
    session->device = enrolment->device->row;
    session->person = invite->person;
    mu_id_text(session->device, device);
    MU_TRY(mu_out_log(server, err, "device.enrolled conn=%llu device=%s seq=%llu",
                      (unsigned long long)session->conn.number, device,
                      (unsigned long long)done.seq));
    return accept(server, session, err);
}

/* An invite is good for one device: that one may ask again, nobody else. */
static enum mu_status enrol_again(struct mu_server *server, struct mu_session *session,
                                  const struct mu_bearer *invite, const struct enrolment *enrolment,
                                  struct mu_error *err)
{
    bool same = false;
    MU_TRY(is_enrolled(server, invite, enrolment, &same, err));
    if (!same) {
        return refuse(server, session, MU_E_DENIED,
                      "this invite was used already; ask for a new one", err);
    }
    session->device = enrolment->device->row;
    session->person = invite->person;
    return accept(server, session, err);
}

enum mu_status mu_serve_enrol(struct mu_server *server, struct mu_session *session,
                              const struct mu_msg_enrol *enrol, struct mu_error *err)
{
    struct enrolment enrolment = {0};
    struct mu_bearer invite;
    if (session->faults >= FAULTS_MAX) {
        return mu_out_bye(server, session, MU_E_DENIED, "too many enrolments went wrong", err);
    }
    if (enrol->protocol_min > MU_PROTOCOL_MAX || enrol->protocol_max < MU_PROTOCOL_MIN) {
        return refuse(server, session, MU_E_VERSION, "client and server speak no common protocol",
                      err);
    }
    const char *wrong = read_form(server, enrol, &enrolment);
    if (wrong != NULL) {
        return refuse(server, session, MU_E_PROTOCOL, wrong, err);
    }
    MU_TRY(mu_access_find(server, session->curve_key, server->now_ms, &invite, err));
    if (invite.admission != MU_ADMIT_INVITE) {
        return refuse(server, session, MU_E_DENIED, "this invite was withdrawn or has expired",
                      err);
    }
    wrong = check_signatures(server, &invite, &enrolment);
    if (wrong != NULL) {
        return refuse(server, session, MU_E_CRYPTO, wrong, err);
    }
    if (invite.spent) {
        return enrol_again(server, session, &invite, &enrolment, err);
    }
    MU_TRY(find_taken(server, &enrolment, &wrong, err));
    if (wrong != NULL) {
        return refuse(server, session, MU_E_EXISTS, wrong, err);
    }
    return enrol_device(server, session, &invite, &enrolment, err);
}
