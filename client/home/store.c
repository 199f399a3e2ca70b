#include "client/home/store.h"

#include <string.h>

#define REPLICA_CACHE_KIB  16384
#define REPLICA_CHECKPOINT 4000 /* pages: the agent checkpoints between its turns */
#define READER_CACHE_KIB   4096

enum mu_status mu_store_replica_path(const struct mu_workspace *workspace,
                                     char out_path[static MU_PATH_MAX], struct mu_error *err)
{
    return mu_path_join(workspace->folder, "replica.db", out_path, err);
}

enum mu_status mu_store_outbox_path(const struct mu_workspace *workspace,
                                    char out_path[static MU_PATH_MAX], struct mu_error *err)
{
    return mu_path_join(workspace->folder, "outbox.db", out_path, err);
}

static enum mu_status open_both(const struct mu_workspace *workspace, struct mu_store *out,
                                struct mu_error *err)
{
    char path[MU_PATH_MAX];
    MU_TRY(mu_store_outbox_path(workspace, path, err));
    const struct mu_db_options outbox = {.path = path,
                                         .application_id = MU_OUTBOX_APPLICATION,
                                         .full_sync = true,
                                         .busy_ms = MU_STORE_BUSY_MS};
    MU_TRY(mu_db_open(&out->outbox, &outbox, err));
    MU_TRY(mu_store_replica_path(workspace, path, err));
    const struct mu_db_options replica = {.path = path,
                                          .application_id = MU_REPLICA_APPLICATION,
                                          .busy_ms = MU_STORE_BUSY_MS,
                                          .cache_kib = REPLICA_CACHE_KIB,
                                          .checkpoint_frames = REPLICA_CHECKPOINT};
    return mu_db_open(&out->replica, &replica, err);
}

enum mu_status mu_store_open(const struct mu_workspace *workspace, struct mu_store *out,
                             struct mu_error *err)
{
    memset(out, 0, sizeof *out);
    MU_TRY(mu_workspace_keys(workspace, &out->keys, err));
    enum mu_status status = open_both(workspace, out, err);
    if (status != MU_OK) {
        mu_store_close(out);
    }
    return status;
}

void mu_store_close(struct mu_store *store)
{
    if (store != NULL) {
        mu_db_close(&store->replica);
        mu_db_close(&store->outbox);
        mu_key_file_deinit(&store->keys);
    }
}

enum mu_status mu_store_open_reader(const struct mu_workspace *workspace, struct mu_db *out,
                                    struct mu_error *err)
{
    char path[MU_PATH_MAX];
    MU_TRY(mu_store_replica_path(workspace, path, err));
    const struct mu_db_options options = {.path = path,
                                          .application_id = MU_REPLICA_APPLICATION,
                                          .read_only = true,
                                          .must_exist = true,
                                          .busy_ms = MU_STORE_BUSY_MS,
                                          .cache_kib = READER_CACHE_KIB};
    return mu_db_open(out, &options, err);
}
