/* Disks that are copied, and put back later or elsewhere: backups, restores and clones. */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/inside.h"

void mu_sim_copy_free(struct mu_copy *copy)
{
    mu_memdisk_image_free(copy->image);
    free(copy->holds);
    *copy = (struct mu_copy){0};
}

/* -- the server ------------------------------------------------------------- */

static void forget_oldest(struct mu_sim_server *server)
{
    mu_sim_copy_free(&server->copies[0]);
    server->copy_count--;
    memmove(server->copies, server->copies + 1, server->copy_count * sizeof server->copies[0]);
    server->copies[server->copy_count] = (struct mu_copy){0};
}

/* The server is told that everything up to here is safe. */
static void tell_server(struct mu_sim *sim, uint64_t seq)
{
    struct mu_entropy entropy;
    struct mu_turn turn = mu_sim_server_now(sim, &entropy);
    struct mu_error err = {0};
    if (mu_server_backed_up(sim->server.server, &turn, seq, &err) != MU_OK) {
        mu_sim_note(sim, "backup not counted: %s", err.text);
        mu_sim_server_stop(sim, !mu_memdisk_has_power(sim->server.node.disk));
    }
}

void mu_sim_copy_server(struct mu_sim *sim, bool finished)
{
    struct mu_sim_server *server = &sim->server;
    if (!server->node.up) {
        return;
    }
    if (server->copy_count == MU_SIM_COPIES_MAX) {
        forget_oldest(server);
    }
    server->copies[server->copy_count++] = (struct mu_copy){
        .image = mu_memdisk_snapshot(server->node.disk, NULL),
        .known = server->known,
        .has_known = server->has_known,
        .incarnation = sim->history.incarnation,
        .head = server->head,
    };
    mu_sim_note(sim, "the server is copied at seq %llu", (unsigned long long)server->head);
    if (!finished) {
        return;
    }
    mu_sim_count(sim, MU_SIM_BACKUP);
    /* From now on devices may forget what it covers: nothing older may be put back.  Also when it
     * failed: what a failed commit left on the disk nobody knows. */
    tell_server(sim, server->head);
    while (server->copy_count > 1 && !sim->options->sabotage.any_copy) {
        forget_oldest(server);
    }
}

/* `musterd restore` on the files put back. */
static void restored_by_tool(struct mu_sim *sim)
{
    struct mu_db db = {0};
    struct mu_error err = {0};
    struct mu_entropy entropy;
    struct mu_turn turn = mu_sim_server_now(sim, &entropy);
    mu_memdisk_heal(sim->server.node.disk);
    if (sim->options->server_sabotage.no_incarnation) {
        return;
    }
    if (mu_sim_open_server_db(sim, &db, &err) != MU_OK ||
        mu_server_restored(&db, &turn, &err) != MU_OK) {
        mu_sim_fail(sim, "restore: %s", err.text);
    }
    mu_db_close(&db);
}

void mu_sim_restore_server(struct mu_sim *sim, size_t copy, enum mu_put_back way)
{
    struct mu_sim_server *server = &sim->server;
    const struct mu_copy *from = &server->copies[copy];
    mu_sim_count(sim, MU_SIM_RESTORE);
    mu_sim_note(sim, "the server goes back from seq %llu to %llu, way %d",
                (unsigned long long)server->head, (unsigned long long)from->head, (int)way);
    mu_sim_server_stop(sim, false);
    mu_memdisk_restore(server->node.disk, from->image);
    mu_sim_history_branched(sim, from->incarnation, from->head);
    server->head = from->head;
    server->restored = true;
    /* Whoever is told, or finds the file beside the database ahead, must begin a lineage. */
    server->told =
        way == MU_PUT_BACK_RESTORED ||
        (way == MU_PUT_BACK_COPIED && server->has_known && server->known.seq > from->head &&
         mu_id_equal(server->known.incarnation, from->incarnation));
    server->put_back = from->incarnation;
    switch (way) {
    case MU_PUT_BACK_RESTORED:
        restored_by_tool(sim);
        break;
    case MU_PUT_BACK_COPIED:
        break;
    case MU_PUT_BACK_WHOLE:
        server->known = from->known;
        server->has_known = from->has_known;
        break;
    case MU_PUT_BACK_BARE:
    case MU_PUT_BACK_WAYS:
        server->has_known = false;
        break;
    }
}

/* -- devices ----------------------------------------------------------------- */

void mu_sim_copy_device(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    if (self->has_attempt) { /* the oracle does not know yet what is on the disk */
        return;
    }
    mu_sim_copy_free(&self->copy);
    self->copy.image = mu_memdisk_snapshot(self->node.disk, NULL);
    self->copy.saved_count = sim->saved_count;
    self->copy.holds = calloc(sim->saved_count + 1, sizeof *self->copy.holds);
    MU_ASSERT(self->copy.holds != NULL);
    for (size_t i = 0; i < sim->saved_count; i++) {
        self->copy.holds[i] = (sim->saved[i].holders >> device & 1) != 0;
    }
}

/* What the disk of device holds from now on; how many edits are gone from it. */
static unsigned now_holds(struct mu_sim *sim, unsigned device, const struct mu_copy *copy)
{
    uint32_t bit = UINT32_C(1) << device;
    unsigned lost = 0;
    for (size_t i = 0; i < sim->saved_count; i++) {
        bool holds = i < copy->saved_count && copy->holds[i];
        lost += !holds && (sim->saved[i].holders & bit) != 0;
        sim->saved[i].holders = holds ? sim->saved[i].holders | bit : sim->saved[i].holders & ~bit;
    }
    mu_sim_excuse(sim);
    return lost;
}

void mu_sim_restore_device(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    mu_sim_count(sim, MU_SIM_DEVICE_RESTORE);
    mu_sim_note(sim, "device %u is put back", device);
    mu_sim_device_stop(sim, device, false);
    mu_memdisk_restore(self->node.disk, self->copy.image);
    unsigned lost = now_holds(sim, device, &self->copy);
    /* As many numbers as before, for something else: the count alone would tell nothing. */
    self->owed = mu_sim_rough(sim) && mu_sim_chance(sim, 50) && lost < 40 ? lost : 0;
    self->has_attempt = false;
    self->altered = self->hurt && !self->doubtful;
}

bool mu_sim_clone_device(struct mu_sim *sim, unsigned device, unsigned *out_clone)
{
    unsigned clone = sim->device_count;
    char name[64];
    if (clone == MU_SIM_DEVICES_MAX || sim->devices[device].has_attempt) {
        return false;
    }
    struct mu_sim_device *from = &sim->devices[device];
    struct mu_sim_device *to = &sim->devices[clone];
    sim->device_count++;
    mu_sim_count(sim, MU_SIM_CLONE);
    mu_sim_note(sim, "device %u is cloned: device %u", device, clone);
    to->key = from->key;
    mu_device_keys_make(to->key.seed, &to->keys);
    to->person = from->person;
    to->enrolled = true;
    to->hurt = from->hurt;
    to->doubtful = from->doubtful;
    to->altered = from->altered;
    mu_sim_device_disk_name(sim, clone, name);
    to->node.disk = mu_memdisk_new(name);
    mu_memdisk_seed(to->node.disk, mu_dice_next(&sim->dice));
    mu_sim_copy_device(sim, device);
    mu_memdisk_restore(to->node.disk, from->copy.image);
    (void)now_holds(sim, clone, &from->copy);
    mu_sim_device_start_later(sim, clone);
    *out_clone = clone;
    return true;
}
