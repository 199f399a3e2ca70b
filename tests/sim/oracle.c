/* The promises, checked: those of every moment after each turn, the others when all is quiet. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/db/stmt.h"
#include "tests/sim/inside.h"

/* -- always ---------------------------------------------------------------- */

/* One history: whoever stands at seq has this chain there (I1, I6). */
static void same_history(struct mu_sim *sim, uint64_t seq, struct mu_hash chain, const char *who)
{
    while (sim->chain_count <= seq) {
        size_t room = sim->chain_count == 0 ? 256 : sim->chain_count * 2;
        sim->chains = realloc(sim->chains, room * sizeof *sim->chains);
        MU_ASSERT(sim->chains != NULL);
        memset(sim->chains + sim->chain_count, 0, (room - sim->chain_count) * sizeof *sim->chains);
        sim->chain_count = room;
    }
    struct mu_hash none = {0};
    if (mu_hash_equal(sim->chains[seq], none)) {
        sim->chains[seq] = chain;
    } else if (!mu_hash_equal(sim->chains[seq], chain)) {
        mu_sim_fail(sim, "%s has another history at seq %llu", who, (unsigned long long)seq);
    }
}

void mu_sim_check_server(struct mu_sim *sim)
{
    struct mu_server_status status;
    struct mu_error err = {0};
    if (mu_server_status(sim->server.server, &status, &err) != MU_OK) {
        return;
    }
    if (status.head.seq < sim->server.head) {
        mu_sim_fail(sim, "the server went back from seq %llu to %llu",
                    (unsigned long long)sim->server.head, (unsigned long long)status.head.seq);
    }
    sim->server.head = status.head.seq;
    sim->result->changes = status.head.seq;
    same_history(sim, status.head.seq, status.head.chain, "the server");
}

/* Own titles that wait are on the screen (I12).  A power cut may take confirmed rows that were
 * not synced yet; until they have come again there is nothing to show an edit of them on. */
static void shows_what_was_saved(struct mu_sim *sim, unsigned device, uint64_t cursor)
{
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_outbox_entry *entries = NULL;
    size_t count = 0;
    struct mu_error err = {0};
    if (mu_client_outbox(self->client, &sim->arena, &entries, &count, &err) != MU_OK) {
        return;
    }
    for (size_t i = 0; i < sim->saved_count; i++) {
        const struct mu_saved *saved = &sim->saved[i];
        if (saved->device != device || saved->title[0] == '\0' || saved->base_seq > cursor) {
            continue;
        }
        bool waits = false;
        for (size_t j = 0; j < count && !waits; j++) {
            waits =
                mu_id_equal(entries[j].mutation, saved->mutation) && entries[j].state != MU_REFUSED;
        }
        bool newest = true;
        for (size_t j = i + 1; j < sim->saved_count && newest; j++) {
            newest =
                sim->saved[j].device != device || !mu_id_equal(sim->saved[j].task, saved->task);
        }
        struct mu_row row;
        bool found = false;
        if (!waits || !newest ||
            mu_replica_row(mu_client_replica(self->client), &sim->arena, MU_TASK, saved->task, &row,
                           &found, &err) != MU_OK) {
            continue;
        }
        if (!found) {
            mu_sim_fail(sim, "device %u does not show '%s', which waits", device, saved->title);
        }
    }
}

void mu_sim_check_device(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_client_status status;
    struct mu_error err = {0};
    char who[32];
    (void)snprintf(who, sizeof who, "device %u", device);
    if (mu_client_status(self->client, &status, &err) != MU_OK) {
        return;
    }
    if (status.cursor.seq > sim->server.head) {
        mu_sim_fail(sim, "%s is ahead of the server: %llu", who,
                    (unsigned long long)status.cursor.seq);
        return;
    }
    if (status.cursor.seq > 0) {
        same_history(sim, status.cursor.seq, status.cursor.chain, who);
    }
    struct mu_server_status server;
    if (sim->server.node.up && status.cursor.seq == sim->server.head && status.cursor.seq > 0 &&
        mu_server_status(sim->server.server, &server, &err) == MU_OK &&
        !mu_hash_equal(server.digest_root, status.digest_root)) {
        mu_sim_fail(sim, "%s stands at seq %llu with another digest", who,
                    (unsigned long long)status.cursor.seq);
    }
    uint64_t every = sim->options->check_every == 0 ? 16 : sim->options->check_every;
    if (self->turns % every == 0) {
        if (mu_client_check(self->client, &err) == MU_E_CORRUPT) {
            mu_sim_fail(sim, "%s: %s", who, err.text);
        }
        shows_what_was_saved(sim, device, status.cursor.seq);
    }
}

/* -- at the end ------------------------------------------------------------ */

bool mu_sim_level(struct mu_sim *sim, char out_why[static 128])
{
    struct mu_server_status server;
    struct mu_error err = {0};
    if (!sim->server.node.up || mu_server_status(sim->server.server, &server, &err) != MU_OK) {
        (void)snprintf(out_why, 128, "the server is down");
        return false;
    }
    for (unsigned i = 0; i < sim->device_count; i++) {
        struct mu_client_status status;
        if (!sim->devices[i].node.up ||
            mu_client_status(sim->devices[i].client, &status, &err) != MU_OK) {
            (void)snprintf(out_why, 128, "device %u is down", i);
            return false;
        }
        if (status.link != MU_LINK_LIVE || status.pending > 0 ||
            status.cursor.seq != server.head.seq) {
            (void)snprintf(out_why, 128,
                           "device %u: link %d, %llu pending, at %llu of %llu, code %u", i,
                           (int)status.link, (unsigned long long)status.pending,
                           (unsigned long long)status.cursor.seq,
                           (unsigned long long)server.head.seq, (unsigned)status.parked_code);
            return false;
        }
    }
    return true;
}

/* Each change once, and which of the saved edits it is (I1, I2, I8). */
static void count_changes(struct mu_sim *sim)
{
    struct mu_replica *replica = mu_server_replica(sim->server.server);
    struct mu_error err = {0};
    for (uint64_t seq = 1; seq <= sim->server.head; seq++) {
        struct mu_note note;
        bool found = false;
        if (mu_replica_note_get(replica, seq, &note, &found, &err) != MU_OK || !found) {
            mu_sim_fail(sim, "the server has no note of seq %llu: %s", (unsigned long long)seq,
                        err.text);
            return;
        }
        sim->result->conflicts += note.verdict == MU_APPLIED_CONFLICT ? 1 : 0;
        sim->result->refused += note.verdict == MU_REJECTED ? 1 : 0;
        for (size_t i = 0; i < sim->saved_count; i++) {
            struct mu_saved *saved = &sim->saved[i];
            if (!mu_id_equal(saved->mutation, note.mutation)) {
                continue;
            }
            if (saved->seq != 0) {
                mu_sim_fail(sim, "one edit of device %u is seq %llu and seq %llu", saved->device,
                            (unsigned long long)saved->seq, (unsigned long long)seq);
            }
            saved->seq = seq;
            saved->replica = note.replica;
            if (note.verdict == MU_REJECTED) {
                saved->title[0] = '\0'; /* nothing was promised */
            }
            break;
        }
    }
}

static bool refused_here(struct mu_sim *sim, const struct mu_saved *saved)
{
    struct mu_outbox_entry *entries = NULL;
    size_t count = 0;
    struct mu_error err = {0};
    if (mu_client_outbox(sim->devices[saved->device].client, &sim->arena, &entries, &count, &err) !=
        MU_OK) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (mu_id_equal(entries[i].mutation, saved->mutation)) {
            return entries[i].state == MU_REFUSED;
        }
    }
    return false;
}

/* Is a title somewhere among the values that conflict rows hold? */
static bool on_record(struct mu_sim *sim, const char *title)
{
    static const char sql[] = "SELECT 1 FROM conflict WHERE instr(lost, ?1) > 0"
                              " OR instr(kept, ?1) > 0 LIMIT 1";
    struct mu_stmt stmt = {0};
    struct mu_error err = {0};
    bool row = false;
    struct mu_db *db = mu_replica_db(mu_server_replica(sim->server.server));
    if (mu_stmt_prepare(&stmt, db, sql, &err) != MU_OK) {
        mu_sim_fail(sim, "%s", err.text);
        return false;
    }
    mu_stmt_bind_blob(&stmt, 1, mu_slice_str(title));
    if (mu_stmt_step(&stmt, &row, &err) != MU_OK) {
        mu_sim_fail(sim, "%s", err.text);
    }
    mu_stmt_finalize(&stmt);
    return row;
}

/* A later change of the task by somebody whose device had seen this one. */
static bool overwritten_knowingly(struct mu_sim *sim, const struct mu_saved *saved)
{
    for (size_t i = 0; i < sim->saved_count; i++) {
        const struct mu_saved *later = &sim->saved[i];
        if (later->seq > saved->seq &&
            (later->base_seq >= saved->seq || mu_id_equal(later->replica, saved->replica) ||
             later->device == saved->device)) {
            bool may_write = mu_id_equal(later->task, saved->task) || later->title[0] == '\0';
            if (may_write) {
                return true;
            }
        }
    }
    return false;
}

/* Every accepted title stands, was overwritten knowingly, or is on record (I7). */
static void nothing_lost(struct mu_sim *sim)
{
    struct mu_replica *replica = mu_server_replica(sim->server.server);
    struct mu_error err = {0};
    for (size_t i = 0; i < sim->saved_count && !mu_sim_failed(sim); i++) {
        const struct mu_saved *saved = &sim->saved[i];
        if (saved->title[0] == '\0' || saved->seq == 0) {
            continue;
        }
        struct mu_row row = {0};
        bool found = false;
        mu_arena_clear(&sim->arena);
        if (mu_replica_row(replica, &sim->arena, MU_TASK, saved->task, &row, &found, &err) !=
                MU_OK ||
            !found) {
            mu_sim_fail(sim, "the task of '%s' is gone", saved->title);
        } else if (!mu_slice_equal(mu_row_text(&row, MU_TASK_TITLE), mu_slice_str(saved->title)) &&
                   !on_record(sim, saved->title) && !overwritten_knowingly(sim, saved)) {
            mu_sim_fail(sim, "'%s' (seq %llu, device %u) was lost in silence", saved->title,
                        (unsigned long long)saved->seq, saved->device);
        }
    }
}

static void check_stores(struct mu_sim *sim)
{
    struct mu_error err = {0};
    static struct mu_digest kept;
    static struct mu_digest counted;
    struct mu_replica *server = mu_server_replica(sim->server.server);
    if (mu_replica_digest(server, &kept, &err) != MU_OK ||
        mu_replica_recompute(server, &counted, &err) != MU_OK ||
        memcmp(&kept, &counted, sizeof kept) != 0) {
        mu_sim_fail(sim, "the server's digest is not that of its rows %s", err.text);
    }
    for (unsigned i = 0; i < sim->device_count && !mu_sim_failed(sim); i++) {
        struct mu_client *client = sim->devices[i].client;
        uint64_t checked = 0;
        uint64_t from = 0;
        if (mu_client_check(client, &err) != MU_OK) {
            mu_sim_fail(sim, "device %u: %s", i, err.text);
        } else if (mu_client_verify(client, &checked, &from, &err) != MU_OK) {
            mu_sim_fail(sim, "device %u cannot verify its history: %s", i, err.text);
        }
    }
}

void mu_sim_check_end(struct mu_sim *sim)
{
    count_changes(sim);
    for (size_t i = 0; i < sim->saved_count && !mu_sim_failed(sim); i++) {
        mu_arena_clear(&sim->arena);
        if (sim->saved[i].seq == 0 && !refused_here(sim, &sim->saved[i])) {
            mu_sim_fail(sim, "a saved edit of device %u (number %zu) is nowhere",
                        sim->saved[i].device, i);
        }
    }
    if (!mu_sim_failed(sim)) {
        check_stores(sim);
    }
    if (!mu_sim_failed(sim)) {
        nothing_lost(sim);
    }
}
