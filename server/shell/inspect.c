#include "server/shell/inspect.h"

#include <inttypes.h>
#include <string.h>

#include "common/db/backup.h"
#include "common/seal/hash.h"
#include "server/core/server.h"
#include "server/shell/backup.h"
#include "server/shell/clock.h"
#include "server/shell/control.h"
#include "server/shell/datadir.h"
#include "server/shell/report.h"

#define ASK_MS      5000
#define READ_COUNT  256
#define READ_BYTES  ((size_t)4 << 20)
#define READ_MEMORY ((size_t)64 << 20)

/* -- status ------------------------------------------------------------------------ */

/* With nobody serving, this process may look with the core itself. */
static enum mu_status status_of_store(struct mu_datadir *dir, bool json, struct mu_buf *out,
                                      struct mu_error *err)
{
    MU_TRY(mu_datadir_lock(dir, err));
    MU_DEVICE_KEYS_AUTO struct mu_device_keys keys = {0};
    MU_TRY(mu_datadir_keys(dir, false, &keys, err));
    struct mu_db db;
    MU_TRY(mu_datadir_db(dir, MU_DATADIR_SERVE, &db, err));
    struct mu_entropy entropy;
    struct mu_turn turn = mu_clock_turn(&entropy);
    struct mu_server *server = NULL;
    struct mu_report report = {.endpoint = NULL};
    enum mu_status status = mu_server_open(&db, &keys, &turn, &server, err);
    if (status == MU_OK) {
        status = mu_server_status(server, &report.server, err);
        mu_backup_note_read(dir, &report.backup);
        mu_server_close(server);
    }
    mu_entropy_deinit(&entropy);
    mu_db_close(&db);
    MU_TRY(status);
    return json ? mu_report_json(&report, out) : mu_report_text(&report, out);
}

enum mu_status mu_inspect_status(const char *data, bool json, struct mu_buf *out,
                                 struct mu_error *err)
{
    MU_DATADIR_AUTO struct mu_datadir dir = {.fd = -1, .lock_fd = -1};
    MU_TRY(mu_datadir_open(data, &dir, err));
    enum mu_status status = mu_control_ask(&dir, json ? "status json" : "status", ASK_MS, out, err);
    return status == MU_E_OFFLINE ? status_of_store(&dir, json, out, err) : status;
}

/* -- check ------------------------------------------------------------------------- */

/* Walk the log from the oldest change kept; the chain must come out as it is written. */
static enum mu_status check_chain(struct mu_log *log, const struct mu_log_head *head,
                                  struct mu_checked *out, struct mu_error *err)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, READ_MEMORY);
    struct mu_hash chain;
    bool known = false;
    uint64_t seq = head->horizon + 1;
    MU_TRY(mu_log_chain(log, head->horizon, &chain, NULL, &known, err));
    if (!known) {
        return mu_fail(err, MU_E_CORRUPT, "the chain at change %" PRIu64 " is missing",
                       head->horizon);
    }
    out->from = seq <= head->seq ? seq : 0;
    while (seq <= head->seq) {
        struct mu_log_sealed *entries = NULL;
        size_t count = 0;
        mu_arena_clear(&arena);
        MU_TRY(mu_log_read(log, &arena, (struct mu_log_window){seq, READ_COUNT, READ_BYTES},
                           &entries, &count, err));
        if (count == 0) {
            return mu_fail(err, MU_E_CORRUPT, "change %" PRIu64 " is missing from the log", seq);
        }
        for (size_t i = 0; i < count; i++, seq++) {
            struct mu_hash change;
            mu_hash_of(entries[i].sealed, &change);
            chain = mu_chain_next(chain, seq, change);
            if (entries[i].seq != seq || !mu_hash_equal(chain, entries[i].chain)) {
                return mu_fail(err, MU_E_CORRUPT, "change %" PRIu64 " breaks the chain", seq);
            }
            out->changes++;
        }
    }
    if (!mu_hash_equal(chain, head->chain)) {
        return mu_fail(err, MU_E_CORRUPT, "the chain does not end as the head says");
    }
    return MU_OK;
}

static enum mu_status check_digest(struct mu_db *db, struct mu_checked *out, struct mu_error *err)
{
    struct mu_replica *replica = NULL;
    MU_TRY(mu_replica_open(db, &replica, err));
    struct mu_digest kept;
    struct mu_digest recomputed;
    enum mu_status status = mu_replica_digest(replica, &kept, err);
    if (status == MU_OK) {
        status = mu_replica_recompute(replica, &recomputed, err);
    }
    mu_replica_close(replica);
    MU_TRY(status);
    for (unsigned bucket = 0; bucket < MU_BUCKET_COUNT; bucket++) {
        if (!mu_hash_equal(kept.buckets[bucket], recomputed.buckets[bucket])) {
            return mu_fail(err, MU_E_CORRUPT, "the rows of bucket %u are not what the digest says",
                           bucket);
        }
    }
    out->digest_root = mu_digest_root(&kept);
    return MU_OK;
}

static enum mu_status check_log(struct mu_db *db, struct mu_checked *out, struct mu_error *err)
{
    struct mu_log *log = NULL;
    MU_TRY(mu_log_open(db, &log, err));
    struct mu_log_head head;
    bool found = false;
    enum mu_status status = mu_log_head(log, &head, &found, err);
    if (status == MU_OK && !found) {
        status = mu_fail(err, MU_E_CORRUPT, "the log has no head");
    }
    if (status == MU_OK) {
        out->head = head.seq;
        status = check_chain(log, &head, out, err);
    }
    mu_log_close(log);
    return status;
}

enum mu_status mu_inspect_database(struct mu_db *db, struct mu_checked *out, struct mu_error *err)
{
    struct mu_checked found = {0};
    MU_TRY(mu_db_check(db, err));
    MU_TRY(check_log(db, &found, err));
    MU_TRY(check_digest(db, &found, err));
    *out = found;
    return MU_OK;
}

enum mu_status mu_inspect_check(const char *data, struct mu_checked *out, struct mu_error *err)
{
    MU_DATADIR_AUTO struct mu_datadir dir = {.fd = -1, .lock_fd = -1};
    MU_TRY(mu_datadir_open(data, &dir, err));
    struct mu_db db;
    MU_TRY(mu_datadir_check_writable(&dir, err));
    MU_TRY(mu_datadir_db(&dir, MU_DATADIR_LOOK, &db, err));
    /* One moment for all of it, while others go on writing. */
    enum mu_status status = mu_db_exec(&db, "BEGIN", err);
    if (status == MU_OK) {
        status = mu_inspect_database(&db, out, err);
    }
    mu_db_close(&db);
    return status;
}
