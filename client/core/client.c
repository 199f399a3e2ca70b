#include "client/core/inside.h"

#include <stdlib.h>
#include <string.h>

#include "client/core/show.h"
#include "client/core/undo.h"
#include "common/seal/secret.h"

/* -- transactions ---------------------------------------------------------- */

enum mu_status mu_client_begin(struct mu_client *client, struct mu_error *err)
{
    MU_TRY(mu_db_begin(client->outbox_db, err));
    enum mu_status status = mu_db_begin(client->replica_db, err);
    if (status != MU_OK) {
        mu_db_rollback(client->outbox_db);
    }
    return status;
}

enum mu_status mu_client_commit(struct mu_client *client, bool *out_outbox_stands,
                                struct mu_error *err)
{
    *out_outbox_stands = false;
    enum mu_status status = mu_db_commit(client->outbox_db, err);
    if (status != MU_OK) {
        mu_db_rollback(client->replica_db);
        return status;
    }
    *out_outbox_stands = true;
    return mu_db_commit(client->replica_db, err);
}

void mu_client_rollback(struct mu_client *client)
{
    mu_db_rollback(client->replica_db);
    mu_db_rollback(client->outbox_db);
}

/* -- opening --------------------------------------------------------------- */

/* A replica of another team under this team's name is found out here. */
static enum mu_status check_workspace(struct mu_client *client, struct mu_error *err)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, (size_t)64 * 1024);
    struct mu_slice value = {0};
    bool found = false;
    MU_TRY(mu_replica_meta(client->replica, MU_META_WORKSPACE, &arena, &value, &found, err));
    if (!found) {
        return mu_replica_meta_set(client->replica, MU_META_WORKSPACE,
                                   mu_id_view(&client->workspace), err);
    }
    if (!mu_slice_equal(value, mu_id_view(&client->workspace))) {
        return mu_fail(err, MU_E_INVALID, "'%s' is the replica of another workspace",
                       client->replica_db->name);
    }
    return MU_OK;
}

/* The first use of an outbox gives this replica its id. */
static enum mu_status find_self(struct mu_client *client, const struct mu_client_turn *turn,
                                struct mu_error *err)
{
    struct mu_outbox_self self = {0};
    bool found = false;
    MU_TRY(mu_outbox_self(&client->outbox, &self, &found, err));
    if (found) {
        return MU_OK;
    }
    MU_TRY(mu_db_begin(client->outbox_db, err));
    enum mu_status status = mu_outbox_self(&client->outbox, &self, &found, err);
    if (status == MU_OK && !found) {
        struct mu_id replica = mu_entropy_id(turn->entropy, turn->wall.ms);
        status = mu_outbox_found(&client->outbox, replica,
                                 mu_entropy_id(turn->entropy, turn->wall.ms), err);
    }
    if (status == MU_OK) {
        return mu_db_commit(client->outbox_db, err);
    }
    mu_db_rollback(client->outbox_db);
    return status;
}

/* Show what the outbox has and the replica does not: a crash came between the two. */
static enum mu_status catch_up(struct mu_client *client, struct mu_error *err)
{
    bool differs = false;
    MU_TRY(mu_show_differs(client, &differs, err));
    if (!differs) {
        return MU_OK;
    }
    MU_TRY(mu_client_begin(client, err));
    bool changed = false;
    bool stands = false;
    enum mu_status status = mu_show_notice(client, &changed, err);
    if (status == MU_OK) {
        return mu_client_commit(client, &stands, err);
    }
    mu_client_rollback(client);
    return status;
}

static void init(struct mu_client *client, struct mu_db *replica_db, struct mu_db *outbox_db,
                 const struct mu_key_file *file, const struct mu_client_turn *turn)
{
    client->replica_db = replica_db;
    client->outbox_db = outbox_db;
    client->file = file;
    client->sealed_due = true;
    client->workspace = file->workspace;
    client->device = file->device;
    client->boot_nonce = mu_entropy_id(turn->entropy, turn->wall.ms);
    client->scrub_bucket = (unsigned)mu_entropy_below(turn->entropy, MU_BUCKET_COUNT);
    if (turn->sabotage != NULL) {
        client->sabotage = *turn->sabotage;
    }
    mu_device_keys_make(file->seed, &client->keys);
    mu_arena_init(&client->output_arena, MU_CLIENT_ARENA_MAX);
    mu_arena_init(&client->turn_arena, MU_CLIENT_ARENA_MAX);
    mu_arena_init(&client->arena, MU_CLIENT_ARENA_MAX);
    mu_arena_init(&client->scratch, MU_CLIENT_ARENA_MAX);
    for (size_t i = 0; i < MU_WORK_COUNT; i++) {
        mu_arena_init(&client->work[i], MU_CLIENT_ARENA_MAX);
    }
    mu_arena_init(&client->session.kept_arena, MU_CLIENT_ARENA_MAX);
    mu_list_init(&client->session.kept, &client->session.kept_arena, sizeof(struct mu_slice));
}

static enum mu_status open_stores(struct mu_client *client, const struct mu_client_turn *turn,
                                  struct mu_error *err)
{
    MU_TRY(mu_replica_open(client->replica_db, &client->replica, err));
    MU_TRY(mu_local_open(&client->local, client->replica_db, err));
    MU_TRY(mu_outbox_open(&client->outbox, client->outbox_db, err));
    mu_undo_open(&client->undo, client->outbox_db);
    MU_TRY(check_workspace(client, err));
    MU_TRY(find_self(client, turn, err));
    return catch_up(client, err);
}

enum mu_status mu_client_open(struct mu_db *replica_db, struct mu_db *outbox_db,
                              const struct mu_key_file *keys, const struct mu_client_turn *turn,
                              struct mu_client **out_client, struct mu_error *err)
{
    if (mu_seal_start() != MU_OK) {
        return mu_fail(err, MU_E_CRYPTO, "libsodium cannot be started");
    }
    struct mu_client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        return mu_fail(err, MU_E_NOMEM, "client");
    }
    init(client, replica_db, outbox_db, keys, turn);
    enum mu_status status = open_stores(client, turn, err);
    if (status != MU_OK) {
        mu_client_close(client);
        return status;
    }
    *out_client = client;
    return MU_OK;
}

void mu_client_close(struct mu_client *client)
{
    if (client == NULL) {
        return;
    }
    mu_queries_deinit(&client->undo);
    mu_outbox_close(&client->outbox);
    mu_queries_deinit(&client->local);
    mu_replica_close(client->replica);
    mu_arena_deinit(&client->session.kept_arena);
    mu_arena_deinit(&client->output_arena);
    mu_arena_deinit(&client->turn_arena);
    mu_arena_deinit(&client->arena);
    mu_arena_deinit(&client->scratch);
    for (size_t i = 0; i < MU_WORK_COUNT; i++) {
        mu_arena_deinit(&client->work[i]);
    }
    mu_device_keys_deinit(&client->keys);
    mu_wipe(&client->key, sizeof client->key);
    free(client);
}

struct mu_replica *mu_client_replica(struct mu_client *client)
{
    return client->replica;
}

void mu_client_sabotage(struct mu_client *client, struct mu_client_sabotage sabotage)
{
    client->sabotage = sabotage;
}
