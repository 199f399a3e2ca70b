/* The promises that hold at every moment, checked after each turn of a device, and when a run
 * is at its end.  The server's are in history.c. */
#include <stdio.h>

#include "tests/sim/inside.h"

#define CHECK_EVERY 16 /* turns of a device between the expensive checks */
#define SHOWN_EVERY 2

/* Equal cursors mean equal digests (I6). */
static void same_digest(struct mu_sim *sim, unsigned device, const struct mu_client_status *status)
{
    struct mu_server_status server;
    struct mu_error err = {0};
    if (!sim->server.node.up || status->cursor.seq == 0 || sim->devices[device].doubtful ||
        sim->devices[device].altered ||
        mu_server_status(sim->server.server, &server, &err) != MU_OK ||
        !mu_id_equal(server.head.incarnation, status->cursor.incarnation) ||
        server.head.seq != status->cursor.seq ||
        !mu_hash_equal(server.head.chain, status->cursor.chain)) {
        return;
    }
    if (!mu_hash_equal(server.digest_root, status->digest_root)) {
        mu_sim_fail(sim, "device %u stands at seq %llu with another digest", device,
                    (unsigned long long)status->cursor.seq);
    }
}

/* A repair has put right what was altered, or nothing was: from now on it is believed again. */
static void look_for_repair(struct mu_sim *sim, unsigned device)
{
    struct mu_client_status status;
    struct mu_server_status server;
    struct mu_error err = {0};
    struct mu_client *client = sim->devices[device].client;
    if (sim->server.node.up && mu_server_status(sim->server.server, &server, &err) == MU_OK &&
        mu_client_status(client, &status, &err) == MU_OK &&
        mu_hash_equal(server.head.chain, status.cursor.chain) &&
        mu_hash_equal(server.digest_root, status.digest_root) &&
        mu_client_check(client, &err) == MU_OK) {
        mu_sim_note(sim, "device %u is right again", device);
        sim->devices[device].altered = false;
    }
}

/* Whether an edit that was made unreadable still waits: its bytes are not what they should be. */
static bool holds_poison(struct mu_sim *sim, unsigned device)
{
    struct mu_outbox_entry *entries = NULL;
    struct mu_error err = {0};
    size_t count = 0;
    mu_arena_clear(&sim->scratch);
    if (mu_client_outbox(sim->devices[device].client, &sim->scratch, &entries, &count, &err) !=
        MU_OK) {
        return true;
    }
    for (size_t i = 0; i < count; i++) {
        const struct mu_saved *saved = mu_sim_saved_find(sim, entries[i].mutation);
        if (saved != NULL && saved->poisoned && entries[i].state != MU_REFUSED) {
            return true;
        }
    }
    return false;
}

void mu_sim_check_device(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_client_status status;
    struct mu_error err = {0};
    if (self->doubtful || mu_client_status(self->client, &status, &err) != MU_OK) {
        return;
    }
    if (!self->misled && !mu_sim_was_there(sim, &status.cursor)) {
        mu_sim_fail(sim, "device %u stands at seq %llu of a history that never was", device,
                    (unsigned long long)status.cursor.seq);
        return;
    }
    same_digest(sim, device, &status);
    uint64_t every = sim->options->check_every == 0 ? CHECK_EVERY : sim->options->check_every;
    if (self->turns % every == 0 && self->altered) {
        look_for_repair(sim, device);
    } else if (self->turns % every == 0) {
        enum mu_status checked = mu_client_check(self->client, &err);
        if (checked == MU_E_CORRUPT && !holds_poison(sim, device)) {
            mu_sim_fail(sim, "device %u: %s", device, err.text);
        }
    }
    if (self->turns % (every < SHOWN_EVERY ? every : SHOWN_EVERY) == 0 && !self->altered) {
        mu_sim_check_shown(sim, device);
    }
}

void mu_sim_check_word(struct mu_sim *sim, unsigned device, struct mu_slice line)
{
    static const char *const complaints[] = {"link.lost why=transfer.wrong_digest",
                                             "link.lost why=beacon.forged",
                                             "link.lost why=key.withheld"};
    bool sound = !sim->devices[device].doubtful && !sim->devices[device].altered;
    for (size_t i = 0; i < sizeof complaints / sizeof complaints[0] && sound; i++) {
        struct mu_slice complaint = mu_slice_str(complaints[i]);
        if (line.len >= complaint.len &&
            mu_slice_equal(mu_slice_of(line.data, complaint.len), complaint)) {
            mu_sim_fail(sim, "device %u complains: %s", device, complaints[i]);
        }
    }
}

/* -- is everyone level? ------------------------------------------------------- */

/* Devices in use that this one knows by rows alone: nobody's signature speaks for their keys. */
static uint64_t unvouched(struct mu_sim *sim, unsigned device)
{
    static const char sql[] = "SELECT count(*) FROM device d WHERE d.state = ?1 AND NOT EXISTS"
                              " (SELECT 1 FROM vouched v WHERE v.entity = ?2 AND v.id = d.id)";
    struct mu_stmt stmt = {0};
    struct mu_error err = {0};
    bool row = false;
    uint64_t count = UINT64_MAX;
    if (mu_stmt_prepare(&stmt, &sim->devices[device].replica_db, sql, &err) == MU_OK) {
        mu_stmt_bind_int(&stmt, 1, MU_DEVICE_ACTIVE);
        mu_stmt_bind_int(&stmt, 2, MU_DEVICE);
        if (mu_stmt_step(&stmt, &row, &err) == MU_OK && row) {
            count = (uint64_t)mu_stmt_int(&stmt, 0);
        }
    }
    mu_stmt_finalize(&stmt);
    return count;
}

static bool is_level(struct mu_sim *sim, unsigned device, const struct mu_log_head *head,
                     char out_why[static 128])
{
    struct mu_sim_device *self = &sim->devices[device];
    struct mu_client_status status;
    struct mu_error err = {0};
    if (!self->node.up || mu_client_status(self->client, &status, &err) != MU_OK) {
        (void)snprintf(out_why, 128, "device %u is down", device);
        return false;
    }
    if (self->altered) {
        look_for_repair(sim, device);
    }
    if (self->altered && status.degraded) { /* it says so: then a person helps */
        mu_sim_rebuild(sim, device);
        (void)snprintf(out_why, 128, "device %u is made anew", device);
        return false;
    }
    bool there = status.cursor.seq == head->seq &&
                 mu_hash_equal(status.cursor.chain, head->chain) &&
                 mu_id_equal(status.cursor.incarnation, head->incarnation);
    if (status.link != MU_LINK_LIVE || status.pending > 0 || !there || self->altered) {
        (void)snprintf(out_why, 128, "device %u: link %d, %llu pending, at %llu of %llu%s %.60s",
                       device, (int)status.link, (unsigned long long)status.pending,
                       (unsigned long long)status.cursor.seq, (unsigned long long)head->seq,
                       self->altered ? ", altered" : "", status.parked_reason);
        return false;
    }
    uint64_t strangers = unvouched(sim, device);
    if (strangers > 0) {
        (void)snprintf(out_why, 128, "device %u knows the keys of %llu devices by rows alone",
                       device, (unsigned long long)strangers);
        return false;
    }
    return true;
}

bool mu_sim_level_of(struct mu_sim *sim, uint32_t devices, char out_why[static 128])
{
    struct mu_server_status server;
    struct mu_error err = {0};
    if (!sim->server.node.up || mu_server_status(sim->server.server, &server, &err) != MU_OK) {
        (void)snprintf(out_why, 128, "the server is down");
        return false;
    }
    for (unsigned i = 0; i < sim->device_count; i++) {
        if ((devices >> i & 1) != 0 && !sim->devices[i].hostile && !sim->devices[i].removed &&
            !is_level(sim, i, &server.head, out_why)) {
            return false;
        }
    }
    return true;
}

bool mu_sim_level(struct mu_sim *sim, char out_why[static 128])
{
    return mu_sim_level_of(sim, UINT32_MAX, out_why);
}
