/* ENROL and ENROLLED: how a device with an invite becomes one of the team. */
#include "common/wire/codec.h"
#include "common/wire/pb.h"

#define HANDLE_MAX 64

enum mu_status mu_pb_enrol_read(const Muster__Enrol *pb, struct mu_arena *arena,
                                struct mu_msg_enrol *out, struct mu_error *err)
{
    *out = (struct mu_msg_enrol){
        .protocol_min = pb->protocol_min,
        .protocol_max = pb->protocol_max,
    };
    if (out->protocol_min == 0 || out->protocol_min > out->protocol_max) {
        return mu_fail(err, MU_E_PROTOCOL, "protocol range %u to %u is none", out->protocol_min,
                       out->protocol_max);
    }
    if (pb->mutation == NULL) {
        return mu_fail(err, MU_E_PROTOCOL, "mutation is missing");
    }
    return mu_pb_pushed_read(pb->mutation, arena, &out->mutation, err);
}

enum mu_status mu_pb_enrol_write(const struct mu_msg_enrol *in, struct mu_arena *arena,
                                 Muster__Enrol **out)
{
    Muster__Enrol *pb = mu_arena_alloc(arena, sizeof *pb);
    if (pb == NULL) {
        return MU_E_NOMEM;
    }
    muster__enrol__init(pb);
    MU_PB_SET(pb, protocol_min, in->protocol_min);
    MU_PB_SET(pb, protocol_max, in->protocol_max);
    MU_TRY(mu_pb_pushed_write(&in->mutation, arena, &pb->mutation));
    *out = pb;
    return MU_OK;
}

enum mu_status mu_pb_enrolled_read(const Muster__Enrolled *pb, struct mu_arena *arena,
                                   struct mu_msg_enrolled *out, struct mu_error *err)
{
    (void)arena;
    *out = (struct mu_msg_enrolled){.accepted = pb->accepted != 0, .code = pb->code};
    MU_TRY(mu_pb_text(MU_PB_BYTES(pb, handle), HANDLE_MAX, &out->handle, err));
    MU_TRY(mu_pb_text(MU_PB_BYTES(pb, team), MU_NAME_MAX, &out->team, err));
    MU_TRY(mu_pb_text(MU_PB_BYTES(pb, reason), MU_LINE_MAX, &out->reason, err));
    if (!out->accepted) {
        MU_TRY(mu_pb_id(MU_PB_BYTES(pb, device), &out->device, err));
        return mu_pb_id(MU_PB_BYTES(pb, person), &out->person, err);
    }
    MU_TRY(mu_pb_id_needed(MU_PB_BYTES(pb, device), &out->device, err));
    MU_TRY(mu_pb_id_needed(MU_PB_BYTES(pb, person), &out->person, err));
    MU_TRY(mu_pb_fixed(MU_PB_BYTES(pb, server_sign), MU_HASH_LEN, &out->server_sign, err));
    return mu_pb_fixed(MU_PB_BYTES(pb, server_box), MU_HASH_LEN, &out->server_box, err);
}

enum mu_status mu_pb_enrolled_write(const struct mu_msg_enrolled *in, struct mu_arena *arena,
                                    Muster__Enrolled **out)
{
    Muster__Enrolled *pb = mu_arena_alloc(arena, sizeof *pb);
    if (pb == NULL) {
        return MU_E_NOMEM;
    }
    muster__enrolled__init(pb);
    MU_PB_SET(pb, accepted, in->accepted);
    MU_PB_SET_ID(pb, device, &in->device);
    MU_PB_SET_ID(pb, person, &in->person);
    MU_PB_SET_BYTES(pb, handle, mu_pb_line(in->handle, HANDLE_MAX));
    MU_PB_SET_BYTES(pb, team, mu_pb_line(in->team, MU_NAME_MAX));
    MU_PB_SET_BYTES(pb, server_sign, in->server_sign);
    MU_PB_SET_BYTES(pb, server_box, in->server_box);
    MU_PB_SET(pb, code, in->code);
    MU_PB_SET_BYTES(pb, reason, mu_pb_line(in->reason, MU_LINE_MAX));
    *out = pb;
    return MU_OK;
}
