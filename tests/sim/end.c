/* The promises that are kept in the end, when all is quiet: every edit stands once, was refused
 * to its author's face, or is on record; and everyone holds the same. */
#include <string.h>

#include "common/db/stmt.h"
#include "tests/sim/inside.h"

/* -- every saved edit is somewhere (I8) ---------------------------------------- */

static bool refused_on(struct mu_sim *sim, unsigned device, const struct mu_saved *saved)
{
    struct mu_outbox_entry *entries = NULL;
    size_t count = 0;
    struct mu_error err = {0};
    mu_arena_clear(&sim->scratch);
    if (mu_client_outbox(sim->devices[device].client, &sim->scratch, &entries, &count, &err) !=
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

/* To its author's face, and for a reason that we know of. */
static bool refused_somewhere(struct mu_sim *sim, const struct mu_saved *saved)
{
    if (!saved->rejected && !saved->poisoned && !saved->squatted) {
        return false;
    }
    for (unsigned i = 0; i < sim->device_count; i++) {
        if ((saved->holders >> i & 1) != 0 && refused_on(sim, i, saved)) {
            return true;
        }
    }
    return false;
}

static void count(struct mu_sim *sim, const struct mu_saved *saved)
{
    struct mu_sim_result *result = sim->result;
    result->conflicts += saved->seq != 0 && saved->verdict == MU_APPLIED_CONFLICT;
    result->refused += saved->seq != 0 && saved->verdict == MU_REJECTED;
    result->turned += saved->seq != 0 && saved->verdict == MU_REJECTED && saved->applied;
    result->excused += saved->seq == 0 && saved->excused;
}

/* A refusal in the log stands on a screen too, but where the faults took the edit from its author
 * before he could see it. */
static bool is_told(struct mu_sim *sim, const struct mu_saved *saved)
{
    return saved->holders == 0 || refused_somewhere(sim, saved);
}

static void all_somewhere(struct mu_sim *sim)
{
    for (size_t i = 0; i < sim->saved_count && !mu_sim_failed(sim); i++) {
        const struct mu_saved *saved = &sim->saved[i];
        count(sim, saved);
        if (saved->seq == 0 && !saved->excused && !refused_somewhere(sim, saved)) {
            mu_sim_fail(sim, "a saved edit of device %u (number %zu%s) is nowhere", saved->device,
                        i, saved->applied ? ", once applied" : "");
        } else if (saved->seq != 0 && saved->verdict == MU_REJECTED && !is_told(sim, saved)) {
            mu_sim_fail(sim, "device %u was not told that number %zu was refused", saved->device,
                        i);
        }
    }
}

/* -- nothing is lost in silence (I7) -------------------------------------------- */

/* Is a value somewhere among those that conflict rows hold? */
static bool on_record(struct mu_sim *sim, const char *text)
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
    mu_stmt_bind_blob(&stmt, 1, mu_slice_str(text));
    if (mu_stmt_step(&stmt, &row, &err) != MU_OK) {
        mu_sim_fail(sim, "%s", err.text);
    }
    mu_stmt_finalize(&stmt);
    return row;
}

/* The edit is the machine's own: made there, or on the one that it was copied from. */
static bool is_own(const struct mu_saved *saved, unsigned device)
{
    return saved->device == device || (saved->holders >> device & 1) != 0;
}

/* A later write of the value by somebody who had seen this one, or by the same replica.  An undo
 * knows by the value what it takes back, on a copied machine too. */
static bool overwritten_knowingly(const struct mu_sim *sim, const struct mu_saved *saved)
{
    for (size_t i = 0; i < sim->saved_count; i++) {
        const struct mu_saved *later = &sim->saved[i];
        bool writes = later->wild || later->field == saved->field;
        if (later->seq > saved->seq && later->verdict != MU_REJECTED && writes &&
            mu_id_equal(later->task, saved->task) &&
            (later->seen >= saved->seq || mu_id_equal(later->replica, saved->replica) ||
             (later->wild && is_own(saved, later->device)))) {
            return true;
        }
    }
    return false;
}

static void nothing_lost(struct mu_sim *sim)
{
    struct mu_replica *replica = mu_server_replica(sim->server.server);
    struct mu_error err = {0};
    for (size_t i = 0; i < sim->saved_count && !mu_sim_failed(sim); i++) {
        const struct mu_saved *saved = &sim->saved[i];
        if (saved->text[0] == '\0' || saved->seq == 0 || saved->verdict == MU_REJECTED) {
            continue;
        }
        struct mu_row row = {0};
        bool found = false;
        mu_arena_clear(&sim->scratch);
        if (mu_replica_row(replica, &sim->scratch, MU_TASK, saved->task, &row, &found, &err) !=
                MU_OK ||
            !found) {
            mu_sim_fail(sim, "the task of '%s' is gone", saved->text);
        } else if (!mu_slice_equal(mu_row_text(&row, saved->field), mu_slice_str(saved->text)) &&
                   !on_record(sim, saved->text) && !overwritten_knowingly(sim, saved)) {
            struct mu_slice stands = mu_row_text(&row, saved->field);
            mu_sim_fail(sim, "'%s' (seq %llu, device %u) was lost in silence; '%.*s' stands",
                        saved->text, (unsigned long long)saved->seq, saved->device, (int)stands.len,
                        (const char *)stands.data);
        }
    }
}

/* -- the stores -------------------------------------------------------------------- */

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
        if (sim->devices[i].hostile || sim->devices[i].removed) {
            continue;
        }
        if (mu_client_check(client, &err) != MU_OK) {
            mu_sim_fail(sim, "device %u: %s", i, err.text);
        } else if (mu_client_verify(client, &checked, &from, &err) != MU_OK) {
            mu_sim_fail(sim, "device %u cannot verify its history: %s", i, err.text);
        }
    }
}

void mu_sim_check_end(struct mu_sim *sim)
{
    all_somewhere(sim);
    if (!mu_sim_failed(sim)) {
        check_stores(sim);
    }
    if (!mu_sim_failed(sim)) {
        nothing_lost(sim);
    }
    for (unsigned i = 0; i < sim->device_count && !mu_sim_failed(sim); i++) {
        if (!sim->devices[i].hostile && !sim->devices[i].removed) {
            mu_sim_check_shown(sim, i);
        }
    }
}
