#include "client/core/predict.h"

#include "client/core/effects.h"
#include "client/core/inside.h"
#include "client/core/tracking_world.h"
#include "common/model/rhythm.h"
#include "common/wire/mutation.h"

/* Who this device speaks for.  Read through the world: a change of role or person must
 * predict again. */
static enum mu_status who(struct mu_client *client, const struct mu_world *world,
                          struct mu_arena *arena, struct mu_facts *facts, bool *out_known,
                          struct mu_error *err)
{
    struct mu_row device = {0};
    struct mu_row person = {0};
    bool found = false;
    MU_TRY(world->row(world->state, arena, MU_DEVICE, client->device, &device, &found, err));
    if (!found) {
        *out_known = false;
        return MU_OK;
    }
    facts->person = mu_row_id(&device, MU_DEVICE_PERSON);
    MU_TRY(world->row(world->state, arena, MU_PERSON, facts->person, &person, &found, err));
    if (found && mu_row_int(&device, MU_DEVICE_STATE) == MU_DEVICE_ACTIVE &&
        mu_row_int(&person, MU_PERSON_STATE) != MU_PERSON_REMOVED) {
        facts->role = (int)mu_row_int(&person, MU_PERSON_ROLE);
    }
    *out_known = true;
    return MU_OK;
}

static enum mu_status add_writes(struct mu_client *client, struct mu_arena *arena,
                                 const struct mu_decision *decision, struct mu_keyset *touches,
                                 struct mu_error *err)
{
    for (size_t i = 0; i < decision->effect_count; i++) {
        const struct mu_row *effect = &decision->effects[i];
        struct mu_row before = {0};
        bool found = false;
        if (mu_effect_places(effect)) {
            MU_TRY(mu_replica_row(client->replica, arena, effect->entity, effect->id, &before,
                                  &found, err));
        }
        MU_TRY(mu_effect_touches(touches, found ? &before : NULL, effect, err));
    }
    return MU_OK;
}

static const struct mu_decision nothing_loaded = {
    .verdict = MU_REJECTED,
    .code = MU_E_OFFLINE,
    .reason = "this device has not loaded the board yet: connect to the server once"};

enum mu_status mu_predict(struct mu_client *client, const struct mu_mutation *mutation,
                          struct mu_arena *arena, struct mu_prediction *out, struct mu_error *err)
{
    struct mu_prediction prediction = {0};
    mu_keyset_init(&prediction.touches, arena);
    struct mu_tracking_world tracking = {.inner = mu_replica_world(client->replica),
                                         .touches = &prediction.touches};
    struct mu_world world = mu_tracking_world(&tracking);
    struct mu_facts facts = {
        .mutation = mutation->id,
        .replica = mutation->replica,
        .workspace = client->workspace,
        .device = client->device,
        .base_seq = mutation->base_seq,
        .at_ms = mutation->authored_ms + mutation->clock_offset_ms,
        .clock_uncertain = mu_clock_uncertain(mutation->clock_offset_ms, mutation->clock_doubt),
        .predict = true};
    facts.received_ms = facts.at_ms;
    bool known = false;
    MU_TRY(who(client, &world, arena, &facts, &known, err));
    if (known) {
        MU_TRY(mu_decide(&world, &facts, &mutation->intent, arena, &prediction.decision, err));
    } else {
        prediction.decision = nothing_loaded;
    }
    if (prediction.decision.verdict == MU_REJECTED) {
        prediction.decision.effect_count = 0;
    }
    MU_TRY(add_writes(client, arena, &prediction.decision, &prediction.touches, err));
    *out = prediction;
    return MU_OK;
}

enum mu_status mu_predict_read(struct mu_slice bytes, struct mu_arena *arena,
                               struct mu_mutation *out, struct mu_error *err)
{
    enum mu_status status = mu_mutation_decode(bytes, arena, out, err);
    if (status != MU_OK && status != MU_E_NOMEM) {
        *out = (struct mu_mutation){0};
        return MU_OK;
    }
    return status;
}
