#include "client/shell/enrol_message.h"

#include <string.h>

#include "common/base/utf8.h"
#include "common/seal/sign.h"
#include "common/wire/mutation.h"

#define MEMORY_MAX ((size_t)256 << 10)

/* The longest front that is whole UTF-8 without controls, or a word that stands for it. */
static struct mu_slice device_name(const char *text)
{
    size_t len = strlen(text);
    len = len < MU_NAME_MAX ? len : MU_NAME_MAX;
    while (len > 0 && !mu_utf8_valid(mu_slice_of(text, len))) {
        len--;
    }
    return len > 0 ? mu_slice_of(text, len) : mu_slice_str("device");
}

static bool fill_intent(const struct mu_enrol_message *parts, const struct mu_device_keys *device,
                        struct mu_arena *arena, struct mu_intent *intent)
{
    uint8_t proof_bytes[MU_INVITE_PROOF_LEN];
    uint8_t proof[MU_SIGN_LEN];
    const struct mu_device_public *keys = &device->public;
    struct mu_id invite_id = mu_invite_id(parts->temporary->public.curve);
    mu_invite_proof_bytes(parts->invite->workspace, parts->keys->device, keys, proof_bytes);
    mu_sign(parts->temporary, MU_SIGN_ENROL, mu_slice_of(proof_bytes, sizeof proof_bytes), proof);
    struct mu_op *op = mu_intent_op(intent, arena, MU_DEVICE, parts->keys->device);
    return op != NULL &&
           mu_op_arg(op, arena, MU_DEVICE_NAME, mu_bytes(device_name(parts->device))) &&
           mu_op_arg(op, arena, MU_DEVICE_SIGN_KEY,
                     mu_bytes(mu_slice_of(keys->sign, sizeof keys->sign))) &&
           mu_op_arg(op, arena, MU_DEVICE_BOX_KEY,
                     mu_bytes(mu_slice_of(keys->box, sizeof keys->box))) &&
           mu_op_arg(op, arena, MU_DEVICE_CURVE_KEY,
                     mu_bytes(mu_slice_of(keys->curve, sizeof keys->curve))) &&
           mu_op_arg(op, arena, MU_DEVICE_INVITE, mu_id_value(&invite_id)) &&
           mu_op_arg(op, arena, MU_DEVICE_PROOF, mu_bytes(mu_slice_of(proof, sizeof proof)));
}

static enum mu_status sign_and_wrap(const struct mu_mutation *mutation,
                                    const struct mu_device_keys *device, struct mu_arena *arena,
                                    struct mu_buf *out)
{
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_MUTATION_BYTES_MAX);
    MU_TRY(mu_mutation_encode(mutation, arena, &bytes));
    uint8_t signature[MU_SIGN_LEN];
    mu_sign(device, MU_SIGN_MUTATION, mu_buf_view(&bytes), signature);
    const struct mu_message message = {
        .kind = MU_MSG_ENROL,
        .enrol = {.protocol_min = MU_PROTOCOL_MIN,
                  .protocol_max = MU_PROTOCOL_MAX,
                  .mutation = {.bytes = mu_buf_view(&bytes),
                               .signature = mu_slice_of(signature, sizeof signature)}}};
    return mu_message_encode(&message, arena, out);
}

enum mu_status mu_enrol_message(const struct mu_enrol_message *parts, struct mu_buf *out,
                                struct mu_error *err)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, MEMORY_MAX);
    MU_DEVICE_KEYS_AUTO struct mu_device_keys device;
    mu_device_keys_make(parts->keys->seed, &device);
    /* A replica of its own: the device's first real one numbers from 1 as well. */
    struct mu_mutation mutation = {.id = mu_entropy_id(parts->turn->entropy, parts->turn->wall.ms),
                                   .replica =
                                       mu_entropy_id(parts->turn->entropy, parts->turn->wall.ms),
                                   .number = 1,
                                   .authored_ms = parts->turn->wall.ms,
                                   .utc_offset_min = parts->turn->utc_offset_min,
                                   .intent = {.number = MU_INTENT_DEVICE_ENROL, .version = 1}};
    size_t zone_len = strlen(parts->turn->zone);
    if (zone_len < sizeof mutation.zone) {
        memcpy(mutation.zone, parts->turn->zone, zone_len + 1);
    }
    enum mu_status status = fill_intent(parts, &device, &arena, &mutation.intent)
                                ? sign_and_wrap(&mutation, &device, &arena, out)
                                : MU_E_NOMEM;
    return status == MU_OK ? MU_OK : mu_fail(err, status, "cannot write the enrolment");
}
