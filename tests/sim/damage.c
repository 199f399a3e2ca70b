/* What a device's files may suffer, and how it gets well again. */
#include <stdio.h>
#include <string.h>

#include "common/db/backup.h"
#include "common/seal/hash.h"
#include "common/seal/sign.h"
#include "common/wire/mutation.h"
#include "tests/sim/inside.h"

#define REPLICA "replica.db"

void mu_sim_rebuild(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    mu_sim_note(sim, "device %u sets its replica aside", device);
    mu_sim_device_stop(sim, device, false);
    mu_memdisk_remove(self->node.disk, REPLICA);
    self->doubtful = self->altered = false;
}

void mu_sim_doctor(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_error err = {0};
    uint64_t checked = 0;
    uint64_t from = 0;
    if (!self->doubtful || !self->node.up) {
        return;
    }
    if (mu_db_check(&self->replica_db, &err) != MU_OK ||
        mu_client_check(self->client, &err) != MU_OK ||
        mu_client_verify(self->client, &checked, &from, &err) != MU_OK) {
        mu_sim_note(sim, "doctor: device %u: %s", device, err.text);
        mu_sim_rebuild(sim, device);
    }
    self->doubtful = false;
}

void mu_sim_damage(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    const char *name = mu_sim_chance(sim, 70) ? REPLICA : REPLICA "-wal";
    mu_sim_device_stop(sim, device, false);
    int64_t size = mu_memdisk_size(self->node.disk, name);
    if (size <= 0 || (self->hurt && !self->doubtful)) {
        return;
    }
    mu_sim_count(sim, MU_SIM_DAMAGE);
    self->hurt = self->doubtful = true;
    switch (mu_sim_below(sim, 4)) {
    case 0:
        mu_memdisk_remove(self->node.disk, name);
        break;
    case 1:
        (void)mu_memdisk_shorten(self->node.disk, name, (size_t)mu_sim_below(sim, (uint64_t)size));
        break;
    default:
        for (uint64_t i = mu_sim_below(sim, 8) + 1; i > 0; i--) {
            (void)mu_memdisk_flip(self->node.disk, name, (size_t)mu_sim_below(sim, (uint64_t)size),
                                  (uint8_t)(1U << mu_sim_below(sim, 8)));
        }
        break;
    }
}

/* Rows and their digest agree, and are not what the server has: as if an effect had gone wrong. */
static enum mu_status apply_wrongly(struct mu_sim *sim, struct mu_sim_device *self,
                                    struct mu_error *err)
{
    struct mu_replica *replica = mu_client_replica(self->client);
    struct mu_stmt stmt = {0};
    struct mu_row effect = {.entity = MU_TASK};
    struct mu_row_refs stale;
    bool row = false;
    MU_TRY(
        mu_stmt_prepare(&stmt, &self->replica_db, "SELECT id FROM task ORDER BY key LIMIT 1", err));
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    effect.id = mu_stmt_id(&stmt, 0);
    mu_stmt_finalize(&stmt);
    if (status != MU_OK || !row) {
        return status;
    }
    MU_TRY(mu_row_set(&effect, &sim->arena, MU_TASK_NO_DATE, mu_int(1), 0));
    MU_TRY(mu_db_begin(&self->replica_db, err));
    status = mu_replica_apply(replica, &sim->arena, &effect, 1, 1, &stale, err);
    if (status == MU_OK) {
        return mu_db_commit(&self->replica_db, err);
    }
    mu_db_rollback(&self->replica_db);
    return status;
}

static enum mu_status alter(struct mu_sim *sim, struct mu_sim_device *self, struct mu_error *err)
{
    static const char *const ways[] = {
        "UPDATE task SET title = 'altered' WHERE key IN (SELECT key FROM task WHERE title IS NOT"
        " NULL ORDER BY key LIMIT 1)",
        "UPDATE item SET name = 'altered' WHERE key IN (SELECT key FROM item ORDER BY key LIMIT 1)",
        "DELETE FROM comment WHERE key IN (SELECT key FROM comment ORDER BY key DESC LIMIT 1)",
        "UPDATE mu_digest SET sum = zeroblob(32) WHERE bucket = (SELECT min(bucket) FROM mu_digest"
        " WHERE sum <> zeroblob(32))",
    };
    size_t way = (size_t)mu_sim_below(sim, sizeof ways / sizeof ways[0] + 2);
    if (way >= sizeof ways / sizeof ways[0]) {
        MU_TRY(apply_wrongly(sim, self, err));
    } else {
        MU_TRY(mu_db_exec(&self->replica_db, ways[way], err));
    }
    return mu_db_exec(&self->replica_db, "PRAGMA wal_checkpoint(TRUNCATE)", err);
}

/* As if an effect had been skipped, or a bit had flipped where no check of SQLite's finds it. */
void mu_sim_alter(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_error err = {0};
    if (!self->node.up || self->hurt) { /* a repair an hour is all there is */
        return;
    }
    mu_sim_count(sim, MU_SIM_ALTER);
    self->hurt = self->altered = true;
    if (alter(sim, self, &err) != MU_OK) {
        mu_sim_note(sim, "not altered: %s", err.text);
        mu_sim_device_stop(sim, device, false);
    }
}

/* -- poison -------------------------------------------------------------------- */

static enum mu_status put_body(struct mu_sim *sim, unsigned device, uint64_t position,
                               struct mu_slice bytes, struct mu_slice signature,
                               struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, &sim->devices[device].outbox_db,
                           "UPDATE body SET bytes = ?2, signature = ?3 WHERE position = ?1", err));
    mu_stmt_bind_int(&stmt, 1, (int64_t)position);
    mu_stmt_bind_blob(&stmt, 2, bytes);
    mu_stmt_bind_blob(&stmt, 3, signature);
    enum mu_status status = mu_stmt_run(&stmt, err);
    mu_stmt_finalize(&stmt);
    return status;
}

/* Entry and era say the hash of the new bytes, so that what follows is linked to them. */
static enum mu_status put_hash(struct mu_sim *sim, unsigned device, uint64_t position,
                               struct mu_slice bytes, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    struct mu_hash hash;
    mu_hash_of(bytes, &hash);
    static const char *const sql[] = {
        "UPDATE entry SET hash = ?2 WHERE position = ?1",
        "UPDATE era SET last_hash = ?2 WHERE era = (SELECT max(era) FROM era) AND EXISTS"
        " (SELECT 1 FROM entry WHERE position = ?1 AND entry.era = era.era"
        " AND number = last_number)"};
    for (size_t i = 0; i < 2; i++) {
        MU_TRY(mu_stmt_prepare(&stmt, &sim->devices[device].outbox_db, sql[i], err));
        mu_stmt_bind_int(&stmt, 1, (int64_t)position);
        mu_stmt_bind_blob(&stmt, 2, mu_hash_view(&hash));
        enum mu_status status = mu_stmt_run(&stmt, err);
        mu_stmt_finalize(&stmt);
        MU_TRY(status);
    }
    return MU_OK;
}

static enum mu_status poison(struct mu_sim *sim, unsigned device,
                             const struct mu_outbox_entry *entry, struct mu_error *err)
{
    uint8_t signature[MU_SIGN_LEN] = {1, 2, 3};
    uint8_t garbage[40];
    struct mu_slice bytes = entry->bytes;
    if (mu_sim_chance(sim, 60)) { /* signed, and nobody can read it */
        for (size_t i = 0; i < sizeof garbage; i++) {
            garbage[i] = (uint8_t)mu_sim_below(sim, 256);
        }
        bytes = mu_slice_of(garbage, sizeof garbage);
        mu_sign(&sim->devices[device].keys, MU_SIGN_MUTATION, bytes, signature);
    }
    struct mu_db *db = &sim->devices[device].outbox_db;
    MU_TRY(mu_db_begin(db, err));
    enum mu_status status = put_body(sim, device, entry->position, bytes,
                                     mu_slice_of(signature, sizeof signature), err);
    if (status == MU_OK) {
        status = put_hash(sim, device, entry->position, bytes, err);
    }
    if (status == MU_OK) {
        return mu_db_commit(db, err);
    }
    mu_db_rollback(db);
    return status;
}

void mu_sim_poison(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_outbox_entry *entries = NULL;
    struct mu_error err = {0};
    size_t count = 0;
    if (!self->node.up ||
        mu_client_outbox(self->client, &sim->arena, &entries, &count, &err) != MU_OK ||
        count == 0 || entries[count - 1].state != MU_QUEUED) {
        return;
    }
    const struct mu_outbox_entry *last = &entries[count - 1];
    mu_sim_count(sim, MU_SIM_POISON);
    struct mu_saved *saved = mu_sim_saved_find(sim, last->mutation);
    if (saved != NULL) {
        saved->text[0] = '\0'; /* nobody can promise it any more */
        saved->poisoned = true;
    }
    if (poison(sim, device, last, &err) != MU_OK) {
        mu_sim_note(sim, "not poisoned: %s", err.text);
    }
    mu_sim_device_stop(sim, device, !mu_memdisk_has_power(self->node.disk));
}

/* -- a stolen id ----------------------------------------------------------------- */

static enum mu_status put_id(struct mu_sim *sim, unsigned device, uint64_t position,
                             struct mu_id id, struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    MU_TRY(mu_stmt_prepare(&stmt, &sim->devices[device].outbox_db,
                           "UPDATE entry SET mutation = ?2 WHERE position = ?1", err));
    mu_stmt_bind_int(&stmt, 1, (int64_t)position);
    mu_stmt_bind_id(&stmt, 2, id);
    enum mu_status status = mu_stmt_run(&stmt, err);
    mu_stmt_finalize(&stmt);
    return status;
}

static enum mu_status give_id(struct mu_sim *sim, unsigned device,
                              const struct mu_outbox_entry *entry, struct mu_id id,
                              struct mu_error *err)
{
    struct mu_mutation mutation;
    uint8_t signature[MU_SIGN_LEN];
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_MUTATION_BYTES_MAX);
    MU_TRY(mu_mutation_decode(entry->bytes, &sim->arena, &mutation, err));
    mutation.id = id;
    MU_TRY(mu_mutation_encode(&mutation, &sim->arena, &bytes));
    mu_sign(&sim->devices[device].keys, MU_SIGN_MUTATION, mu_buf_view(&bytes), signature);
    MU_TRY(put_body(sim, device, entry->position, mu_buf_view(&bytes),
                    mu_slice_of(signature, sizeof signature), err));
    MU_TRY(put_hash(sim, device, entry->position, mu_buf_view(&bytes), err));
    return put_id(sim, device, entry->position, id, err);
}

bool mu_sim_steal(struct mu_sim *sim, unsigned thief, unsigned victim)
{
    struct mu_sim_device *self = &sim->devices[thief];
    struct mu_outbox_entry *entries = NULL;
    struct mu_error err = {0};
    const struct mu_saved *stolen = NULL;
    size_t count = 0;
    for (size_t i = 0; i < sim->saved_count; i++) {
        stolen = sim->saved[i].device == victim ? &sim->saved[i] : stolen;
    }
    if (stolen == NULL || !self->node.up ||
        mu_client_outbox(self->client, &sim->arena, &entries, &count, &err) != MU_OK ||
        count == 0) {
        return false;
    }
    struct mu_saved *own = mu_sim_saved_find(sim, entries[count - 1].mutation);
    MU_ASSERT(own != NULL);
    own->excused = true; /* what a thief wrote is promised nothing */
    own->text[0] = '\0';
    self->thief = true;
    return give_id(sim, thief, &entries[count - 1], stolen->mutation, &err) == MU_OK;
}
