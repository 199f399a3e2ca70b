/* Opening a founded workspace, and what may be asked between turns. */
#include "server/core/open.h"

#include <stdlib.h>

#define TURN_MEMORY  ((size_t)96 * 1024 * 1024)
#define INPUT_MEMORY ((size_t)64 * 1024 * 1024)
#define RULE_MEMORY  ((size_t)64 * 1024 * 1024)

static const char SQL_MEMBERS[] = "SELECT count(*) FROM person WHERE state = 1";
static const char SQL_DEVICES[] = "SELECT count(*) FROM device WHERE state = 1";

struct mu_server_limits mu_server_limits_default(void)
{
    return (struct mu_server_limits){
        .sessions_max = 20000,
        .mutations_per_s = 50,
        .mutations_burst = 20000,
        .stream_first = 2000,
        .stream_rows = 20000,
        .pinned_bytes = 8 * 1024 * 1024,
        .silent_ms = 30 * 1000,
    };
}

enum mu_status mu_server_head_read(struct mu_server *server, struct mu_error *err)
{
    bool found = false;
    MU_TRY(mu_log_head(server->log, &server->head, &found, err));
    MU_ASSERT(found);
    return MU_OK;
}

enum mu_status mu_server_begin(struct mu_server *server, const struct mu_turn *turn,
                               struct mu_error *err)
{
    int64_t counter = 0;
    server->turn = turn;
    server->outs.count = 0;
    server->frame_count = 0;
    server->stream_bytes = 0;
    server->beacon = (struct mu_slice){0};
    server->more = false;
    mu_arena_clear(&server->turn_memory);
    MU_TRY(mu_db_begin(server->db, err));
    MU_TRY(mu_db_change_counter(server->db, &counter, err));
    if (counter != server->change_counter) { /* a backup was finished by another process */
        server->change_counter = counter;
        MU_TRY(mu_log_reload(server->log, err));
    }
    bool found = false;
    MU_TRY(mu_log_head(server->log, &server->head, &found, err));
    server->now_ms = turn->wall.ms > server->head.last_ms ? turn->wall.ms : server->head.last_ms;
    return MU_OK;
}

enum mu_status mu_server_end(struct mu_server *server, struct mu_error *err)
{
    MU_TRY(mu_db_commit(server->db, err));
    server->committed = (struct mu_server_known){.incarnation = server->head.incarnation,
                                                 .seq = server->head.seq,
                                                 .chain = server->head.chain};
    return MU_OK;
}

enum mu_status mu_server_make(struct mu_db *db, const struct mu_device_keys *keys,
                              struct mu_server **out_server, struct mu_error *err)
{
    struct mu_server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        return mu_fail(err, MU_E_NOMEM, "no memory for the server");
    }
    server->db = db;
    server->keys = keys;
    server->limits = mu_server_limits_default();
    mu_arena_init(&server->turn_memory, TURN_MEMORY);
    mu_arena_init(&server->input_memory, INPUT_MEMORY);
    mu_arena_init(&server->rule_memory, RULE_MEMORY);
    mu_buf_init(&server->plain, MU_CHANGE_BYTES_MAX);
    mu_buf_init(&server->sealed, MU_MESSAGE_MAX);
    mu_buf_init(&server->rows, MU_CHUNK_BYTES_MAX - MU_CHUNK_PREFIX_MAX);
    mu_buf_init(&server->message, MU_MESSAGE_MAX);
    enum mu_status status = mu_log_open(db, &server->log, err);
    if (status == MU_OK) {
        status = mu_replica_open(db, &server->replica, err);
    }
    if (status != MU_OK) {
        mu_server_close(server);
        return status;
    }
    server->world = mu_replica_world(server->replica);
    *out_server = server;
    return MU_OK;
}

/* Log and replica moved in one transaction: they cannot differ in a sound file. */
static enum mu_status check_level(struct mu_server *server, struct mu_error *err)
{
    struct mu_cursor cursor;
    MU_TRY(mu_replica_cursor(server->replica, &cursor, err));
    if (cursor.seq != server->head.seq || !mu_hash_equal(cursor.chain, server->head.chain)) {
        return mu_fail(err, MU_E_CORRUPT,
                       "'%s': the board stands at change %llu, its log at %llu: restore a backup",
                       server->db->name, (unsigned long long)cursor.seq,
                       (unsigned long long)server->head.seq);
    }
    return MU_OK;
}

static enum mu_status settle(struct mu_server *server, const struct mu_server_options *options,
                             struct mu_error *err)
{
    bool founded = false;
    bool behind = false;
    MU_TRY(mu_log_head(server->log, &server->head, &founded, err));
    if (!founded) {
        return mu_fail(err, MU_E_NOT_FOUND, "'%s' holds no workspace: run 'musterd init'",
                       server->db->name);
    }
    MU_TRY(check_level(server, err));
    MU_TRY(mu_sealer_load(server, err));
    if (options != NULL && options->has_known) {
        MU_TRY(mu_lineage_behind(server, &options->known, &behind, err));
    }
    if (!behind) {
        return MU_OK;
    }
    MU_TRY(mu_lineage_leave(server, options->known.incarnation, NULL, err));
    return mu_server_stand(server, err);
}

enum mu_status mu_server_stand(struct mu_server *server, struct mu_error *err)
{
    struct mu_cursor cursor = {.incarnation = server->head.incarnation,
                               .seq = server->head.seq,
                               .chain = server->head.chain};
    return mu_replica_cursor_set(server->replica, &cursor, err);
}

enum mu_status mu_server_open_with(struct mu_db *db, const struct mu_device_keys *keys,
                                   const struct mu_server_options *options,
                                   const struct mu_turn *turn, struct mu_server **out_server,
                                   struct mu_error *err)
{
    struct mu_server *server = NULL;
    MU_TRY(mu_db_renew_log(db, err));
    MU_TRY(mu_server_make(db, keys, &server, err));
    if (options != NULL) {
        server->limits = options->limits;
        server->prove = options->prove;
        server->prove_state = options->prove_state;
        server->sabotage = options->sabotage;
    }
    mu_pins_init(&server->pins, server->limits.pinned_bytes);
    enum mu_status status = mu_server_begin(server, turn, err);
    if (status == MU_OK) {
        status = settle(server, options, err);
    }
    if (status == MU_OK) {
        status = mu_server_end(server, err);
    }
    if (status != MU_OK) {
        mu_db_rollback(db);
        mu_server_close(server);
        return status;
    }
    *out_server = server;
    return MU_OK;
}

enum mu_status mu_server_open(struct mu_db *db, const struct mu_device_keys *keys,
                              const struct mu_turn *turn, struct mu_server **out_server,
                              struct mu_error *err)
{
    return mu_server_open_with(db, keys, NULL, turn, out_server, err);
}

void mu_server_close(struct mu_server *server)
{
    if (server == NULL) {
        return;
    }
    if (server->open_transaction && !server->broken) {
        struct mu_error ignored;
        enum mu_status status = mu_server_end(server, &ignored);
        (void)status;
    }
    mu_stmt_finalize(&server->find_device);
    mu_stmt_finalize(&server->find_invite);
    mu_replica_close(server->replica);
    mu_log_close(server->log);
    mu_sessions_deinit(&server->sessions);
    mu_recent_clear(&server->recent);
    mu_pins_deinit(&server->pins);
    mu_arena_deinit(&server->turn_memory);
    mu_arena_deinit(&server->input_memory);
    mu_arena_deinit(&server->rule_memory);
    mu_buf_deinit(&server->plain);
    mu_buf_deinit(&server->sealed);
    mu_buf_deinit(&server->rows);
    mu_buf_deinit(&server->message);
    free(server->outs.items);
    mu_sealer_wipe(server);
    free(server);
}

enum mu_status mu_server_restored(struct mu_db *db, const struct mu_turn *turn,
                                  struct mu_error *err)
{
    struct mu_server *server = NULL;
    bool founded = false;
    MU_TRY(mu_server_make(db, NULL, &server, err));
    enum mu_status status = mu_server_begin(server, turn, err);
    if (status == MU_OK) {
        status = mu_log_head(server->log, &server->head, &founded, err);
    }
    if (status == MU_OK && !founded) {
        status = mu_fail(err, MU_E_NOT_FOUND, "'%s' holds no workspace", db->name);
    }
    if (status == MU_OK) {
        status = mu_lineage_mint(server, NULL, err);
    }
    if (status == MU_OK) {
        status = mu_server_stand(server, err);
    }
    if (status == MU_OK) {
        status = mu_server_end(server, err);
    }
    if (status != MU_OK) {
        mu_db_rollback(db);
    }
    mu_server_close(server);
    return status;
}

/* -- questions --------------------------------------------------------------- */

static enum mu_status count_rows(struct mu_server *server, const char *sql, uint64_t *out_count,
                                 struct mu_error *err)
{
    struct mu_stmt stmt = {0};
    bool row = false;
    MU_TRY(mu_stmt_prepare(&stmt, server->db, sql, err));
    enum mu_status status = mu_stmt_step(&stmt, &row, err);
    if (status == MU_OK) {
        *out_count = row ? (uint64_t)mu_stmt_int(&stmt, 0) : 0;
    }
    mu_stmt_finalize(&stmt);
    return status;
}

enum mu_status mu_server_status(struct mu_server *server, struct mu_server_status *out_status,
                                struct mu_error *err)
{
    struct mu_server_status status = {.sessions = 0};
    struct mu_digest digest;
    bool found = false;
    /* Between turns: another process may have finished a backup since the last one. */
    MU_TRY(mu_log_reload(server->log, err));
    MU_TRY(mu_log_head(server->log, &status.head, &found, err));
    MU_ASSERT(found);
    MU_TRY(mu_replica_digest(server->replica, &digest, err));
    status.digest_root = mu_digest_root(&digest);
    MU_TRY(count_rows(server, SQL_MEMBERS, &status.members, err));
    MU_TRY(count_rows(server, SQL_DEVICES, &status.devices, err));
    for (size_t i = 0; i < server->sessions.count; i++) {
        const struct mu_session *session = server->sessions.items[i];
        if (session->state == MU_SESSION_LIVE) {
            uint64_t left = server->head.seq + 1 - session->next_seq;
            status.backlog = left > status.backlog ? left : status.backlog;
        }
        status.sessions += session->state == MU_SESSION_LIVE || session->state == MU_SESSION_APART;
    }
    *out_status = status;
    return MU_OK;
}

struct mu_replica *mu_server_replica(struct mu_server *server)
{
    return server->replica;
}

struct mu_server_known mu_server_known(const struct mu_server *server)
{
    return server->committed;
}

void mu_server_sabotage(struct mu_server *server, struct mu_server_sabotage sabotage)
{
    server->sabotage = sabotage;
}
