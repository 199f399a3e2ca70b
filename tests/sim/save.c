/* An edit is saved, or a fault comes between. */
#include "tests/sim/inside.h"

/* The power may go while it is saved. */
static bool cut_power(struct mu_sim *sim, struct mu_node *node)
{
    if (!mu_memdisk_has_power(node->disk) || !mu_sim_strikes(sim, MU_SIM_AUTHOR_POWER, 100)) {
        return false;
    }
    mu_sim_count(sim, MU_SIM_AUTHOR_POWER);
    node->power_fails = true;
    mu_memdisk_cut_power(node->disk, mu_sim_below(sim, 40));
    return true;
}

static void not_saved(struct mu_sim *sim, unsigned device, enum mu_status status,
                      const struct mu_saved *saved, const struct mu_error *err)
{
    struct mu_sim_device *self = &sim->devices[device];
    if (status == MU_E_IO || status == MU_E_FULL) { /* it may be there all the same */
        self->attempt = *saved;
        self->has_attempt = true;
    }
    if (status == MU_E_IO || status == MU_E_FULL || status == MU_E_CORRUPT) {
        mu_sim_device_stop(sim, device, false);
    } else if ((status == MU_E_INTERNAL || status == MU_E_NOMEM) && !self->doubtful) {
        mu_sim_fail(sim, "an edit failed: %s", err->text);
    }
    if (status == MU_E_CORRUPT && self->doubtful) {
        mu_sim_rebuild(sim, device);
    }
}

enum mu_status mu_sim_save(struct mu_sim *sim, unsigned device, const struct mu_client_turn *turn,
                           const struct mu_intent *intent, struct mu_saved *saved)
{
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_client_status status;
    struct mu_authored authored;
    struct mu_error err = {0};
    enum mu_status result = mu_client_status(self->client, &status, &err);
    if (result != MU_OK) {
        mu_sim_device_stop(sim, device, false);
        return result;
    }
    saved->base = status.cursor;
    saved->device = device;
    saved->holders = UINT32_C(1) << device;
    bool cut = cut_power(sim, &self->node);
    result = mu_client_author(self->client, turn, intent, &sim->arena, &authored, &err);
    const struct mu_intent_rule *rule = mu_intent_find(intent->number);
    mu_sim_note(sim, "device %u: %s %s (number %zu%s%s)", device, rule != NULL ? rule->name : "?",
                result == MU_OK ? "saved" : err.text, sim->saved_count,
                saved->text[0] == '\0' ? "" : ", ", saved->text);
    if (result != MU_OK) {
        not_saved(sim, device, result, saved, &err);
    } else {
        saved->mutation = authored.mutation;
        mu_sim_remember(sim, saved);
        mu_sim_give_device(sim, device, MU_CLIENT_POKE, false, (struct mu_slice){0});
    }
    if (cut || !mu_memdisk_has_power(self->node.disk)) {
        mu_sim_device_stop(sim, device, true);
    }
    return result;
}
