/* What goes wrong, and how it is put right again.  Each seed likes some faults more than others
 * and never meets some, so that rare things meet one another. */
#include "tests/sim/inside.h"

static const unsigned weights[] = {
#define X(name, text, weight, words) weight,
    MU_SIM_FAULT_MAP(X)
#undef X
};

#define MEND_WEIGHT 8 /* a machine's faults end before everything is healed */

void mu_sim_swizzle(struct mu_sim *sim)
{
    for (size_t i = 0; i < MU_SIM_FAULTS; i++) {
        unsigned more = sim->options->more[i];
        unsigned mood = (unsigned)mu_sim_below(sim, 5);
        unsigned liking = mood == 0 ? 0 : mood < 4 ? 2 : 6; /* on average what the list says */
        sim->weights[i] = weights[i] * (more > 1 ? 2 * more : liking);
    }
}

static void fail_an_operation(struct mu_sim *sim, struct mu_memdisk *disk)
{
    static const enum mu_memdisk_op ops[] = {MU_MEMDISK_READ, MU_MEMDISK_WRITE, MU_MEMDISK_SYNC,
                                             MU_MEMDISK_TRUNCATE};
    mu_sim_count(sim, MU_SIM_DISK_FAULT);
    mu_memdisk_fail(disk, &(struct mu_memdisk_fault){.op = ops[mu_sim_below(sim, 4)],
                                                     .nth = 1 + mu_sim_below(sim, 30)});
}

static void fill(struct mu_sim *sim, struct mu_memdisk *disk)
{
    mu_sim_count(sim, MU_SIM_DISK_FULL);
    mu_memdisk_set_limit(disk, mu_memdisk_used(disk) + mu_sim_below(sim, 20000));
}

static void cut_power_soon(struct mu_sim *sim, struct mu_node *node, enum mu_sim_fault fault)
{
    if (mu_memdisk_has_power(node->disk)) {
        mu_sim_count(sim, fault);
        node->power_fails = true;
        mu_memdisk_cut_power(node->disk, mu_sim_below(sim, 60));
    }
}

static void partition(struct mu_sim *sim, struct mu_sim_device *device)
{
    if (device->cut_up || device->cut_down) {
        device->cut_up = device->cut_down = false;
        return;
    }
    mu_sim_count(sim, MU_SIM_PARTITION);
    uint64_t which = mu_sim_below(sim, 4);
    device->cut_up = which != 0;
    device->cut_down = which != 1;
}

static void move_clock(struct mu_sim *sim, struct mu_node *node)
{
    static const int64_t jumps[] = {
        -86400000, -3600000, -90000, 90000, 3600000, 86400000, INT64_C(2300000000000)};
    mu_sim_count(sim, MU_SIM_CLOCK);
    node->clock_ms =
        mu_sim_chance(sim, 40) ? 0 : jumps[mu_sim_below(sim, sizeof jumps / sizeof jumps[0])];
    mu_memdisk_set_time(node->disk, (struct mu_wall){MU_SIM_START_MS + sim->now_ms});
}

static void crowd(struct mu_sim *sim)
{
    mu_sim_count(sim, MU_SIM_CROWD);
    for (unsigned i = 0; i < sim->device_count; i++) {
        mu_sim_break(sim, i);
    }
}

static void back_up(struct mu_sim *sim)
{
    mu_sim_copy_server(sim, mu_sim_chance(sim, 60));
}

static void restore(struct mu_sim *sim)
{
    if (sim->server.copy_count == 0) {
        mu_sim_copy_server(sim, false);
        return;
    }
    mu_sim_restore_server(sim, (size_t)mu_sim_below(sim, sim->server.copy_count),
                          (enum mu_put_back)mu_sim_below(sim, MU_PUT_BACK_WAYS));
}

static void restore_device(struct mu_sim *sim, unsigned device)
{
    if (sim->devices[device].copy.image != NULL) {
        mu_sim_restore_device(sim, device);
    }
}

/* What runs on a device, and no hostile member. */
static void strike_device(struct mu_sim *sim, unsigned device, enum mu_sim_fault fault)
{
    struct mu_sim_device *self = &sim->devices[device];
    unsigned clone = 0;
    switch ((int)fault) {
    case MU_SIM_STALL:
        mu_sim_count(sim, fault);
        self->stalled_until_ms = sim->now_ms + 1000 + (int64_t)mu_sim_below(sim, 90000);
        break;
    case MU_SIM_DEVICE_POWER:
        cut_power_soon(sim, &self->node, fault);
        break;
    case MU_SIM_DEVICE_KILL:
        mu_sim_count(sim, fault);
        mu_sim_device_stop(sim, device, false);
        break;
    case MU_SIM_DEVICE_COPY:
        mu_sim_count(sim, fault);
        mu_sim_copy_device(sim, device);
        break;
    case MU_SIM_DEVICE_RESTORE:
        restore_device(sim, device);
        break;
    case MU_SIM_CLONE:
        (void)mu_sim_clone_device(sim, device, &clone);
        break;
    case MU_SIM_DAMAGE:
        mu_sim_damage(sim, device);
        break;
    case MU_SIM_ALTER:
        mu_sim_alter(sim, device);
        break;
    case MU_SIM_POISON:
        mu_sim_poison(sim, device);
        break;
    default:
        break;
    }
}

static void strike_machine(struct mu_sim *sim, struct mu_node *node, enum mu_sim_fault fault)
{
    switch ((int)fault) {
    case MU_SIM_DISK_FAULT:
        fail_an_operation(sim, node->disk);
        break;
    case MU_SIM_DISK_FULL:
        fill(sim, node->disk);
        break;
    case MU_SIM_CLOCK:
        move_clock(sim, node);
        break;
    default:
        break;
    }
}

static void strike(struct mu_sim *sim, enum mu_sim_fault fault)
{
    struct mu_sim_server *server = &sim->server;
    unsigned device = (unsigned)mu_sim_below(sim, sim->device_count);
    bool at_server = mu_sim_chance(sim, 35) || sim->devices[device].hostile;
    switch ((int)fault) {
    case MU_SIM_RESET:
        mu_sim_count(sim, fault);
        mu_sim_break(sim, device);
        break;
    case MU_SIM_PARTITION:
        partition(sim, &sim->devices[device]);
        break;
    case MU_SIM_CROWD:
        crowd(sim);
        break;
    case MU_SIM_SERVER_POWER:
        cut_power_soon(sim, &server->node, fault);
        break;
    case MU_SIM_SERVER_KILL:
        mu_sim_count(sim, fault);
        mu_sim_server_stop(sim, false);
        break;
    case MU_SIM_BACKUP:
        back_up(sim);
        break;
    case MU_SIM_RESTORE:
        restore(sim);
        break;
    case MU_SIM_DISK_FAULT:
    case MU_SIM_DISK_FULL:
    case MU_SIM_CLOCK:
        strike_machine(sim, at_server ? &server->node : &sim->devices[device].node, fault);
        break;
    default:
        if (!sim->devices[device].hostile) {
            strike_device(sim, device, fault);
        }
        break;
    }
}

static void mend(struct mu_sim *sim)
{
    const struct mu_sim_device *device = &sim->devices[mu_sim_below(sim, sim->device_count)];
    mu_memdisk_heal(sim->server.node.disk);
    mu_memdisk_heal(device->node.disk);
}

void mu_sim_chaos(struct mu_sim *sim)
{
    uint64_t all = 2 * MEND_WEIGHT;
    for (size_t i = 0; i < MU_SIM_FAULTS; i++) {
        all += sim->weights[i];
    }
    uint64_t throw = mu_sim_below(sim, all);
    for (size_t i = 0; i < MU_SIM_FAULTS; i++) {
        if (throw < sim->weights[i]) {
            strike(sim, (enum mu_sim_fault)i);
            return;
        }
        throw -= sim->weights[i];
    }
    mend(sim);
}

/* Power that was about to go goes now, so that it cannot go later; of the rest some go on with
 * all that they have in memory. */
static bool stops_at_healing(struct mu_sim *sim, const struct mu_node *node)
{
    return mu_sim_chance(sim, 50) || node->power_fails || !node->up;
}

static void end_faults(struct mu_sim *sim, struct mu_node *node)
{
    if (!node->up) {
        mu_memdisk_crash(node->disk, mu_dice_next(&sim->dice));
    }
    mu_memdisk_heal(node->disk);
}

static void heal_device(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    if (stops_at_healing(sim, &self->node)) {
        mu_sim_device_stop(sim, device, true);
    } else {
        mu_sim_doctor(sim, device);
    }
    self->altered = self->altered || (!self->node.up && self->hurt && !self->doubtful);
    end_faults(sim, &self->node);
    self->cut_up = self->cut_down = false;
    self->stalled_until_ms = 0;
}

void mu_sim_heal(struct mu_sim *sim)
{
    sim->healed = true;
    sim->healed_ms = sim->now_ms;
    mu_sim_note(sim, "everything is healed");
    if (stops_at_healing(sim, &sim->server.node)) {
        mu_sim_server_stop(sim, true);
    }
    end_faults(sim, &sim->server.node);
    for (unsigned i = 0; i < sim->device_count; i++) {
        if (!sim->devices[i].hostile) {
            heal_device(sim, i);
        }
    }
}
