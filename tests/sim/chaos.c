/* What goes wrong, and how it is put right again. */
#include "tests/sim/inside.h"

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

static void cut_power_soon(struct mu_sim *sim, struct mu_memdisk *disk, enum mu_sim_fault fault)
{
    if (mu_memdisk_has_power(disk)) {
        mu_sim_count(sim, fault);
        mu_memdisk_cut_power(disk, mu_sim_below(sim, 60));
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

void mu_sim_chaos(struct mu_sim *sim)
{
    unsigned device = (unsigned)mu_sim_below(sim, sim->device_count);
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_sim_server *server = &sim->server;
    switch (mu_sim_below(sim, 15)) {
    case 0:
        cut_power_soon(sim, server->node.disk, MU_SIM_SERVER_POWER);
        break;
    case 1:
        mu_sim_count(sim, MU_SIM_SERVER_KILL);
        mu_sim_server_stop(sim, false);
        break;
    case 2:
        cut_power_soon(sim, self->node.disk, MU_SIM_DEVICE_POWER);
        break;
    case 3:
        mu_sim_count(sim, MU_SIM_DEVICE_KILL);
        mu_sim_device_stop(sim, device, false);
        break;
    case 4:
        fail_an_operation(sim, mu_sim_chance(sim, 40) ? server->node.disk : self->node.disk);
        break;
    case 5:
        fill(sim, mu_sim_chance(sim, 40) ? server->node.disk : self->node.disk);
        break;
    case 6:
        mu_memdisk_heal(server->node.disk);
        mu_memdisk_heal(self->node.disk);
        break;
    case 7:
        move_clock(sim, mu_sim_chance(sim, 20) ? &server->node : &self->node);
        break;
    case 8:
        mu_sim_count(sim, MU_SIM_RESET);
        mu_sim_break(sim, device);
        break;
    default:
        partition(sim, self);
        break;
    }
}

/* Power that was about to go goes now, so that it cannot go later. */
static void end_faults(struct mu_sim *sim, struct mu_node *node)
{
    if (!node->up) {
        mu_memdisk_crash(node->disk, mu_dice_next(&sim->dice));
    }
    mu_memdisk_heal(node->disk);
}

void mu_sim_heal(struct mu_sim *sim)
{
    sim->healed = true;
    sim->healed_ms = sim->now_ms;
    mu_sim_note(sim, "everything is healed");
    mu_sim_server_stop(sim, true);
    end_faults(sim, &sim->server.node);
    for (unsigned i = 0; i < sim->device_count; i++) {
        struct mu_sim_device *device = &sim->devices[i];
        mu_sim_device_stop(sim, i, true);
        end_faults(sim, &device->node);
        device->cut_up = device->cut_down = false;
    }
}
