#include "client/home/store.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/db/backup.h"

#define REPLICA_CACHE_KIB  65536 /* taken as needed: a first load of a large board */
#define REPLICA_CHECKPOINT 4000  /* pages: the agent checkpoints between its turns */
#define READER_CACHE_KIB   4096

bool mu_store_boot(char out_boot[static MU_BOOT_LEN + 1])
{
    MU_BUF_AUTO struct mu_buf text;
    bool found = false;
    struct mu_error ignored;
    mu_buf_init(&text, (size_t)2 * MU_BOOT_LEN);
    if (mu_file_read("/proc/sys/kernel/random/boot_id", MU_FILE_ANY, &text, &found, &ignored) !=
            MU_OK ||
        !found || text.len < MU_BOOT_LEN) {
        return false;
    }
    memcpy(out_boot, text.data, MU_BOOT_LEN);
    out_boot[MU_BOOT_LEN] = '\0';
    return true;
}

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

enum mu_status mu_store_set_aside(const struct mu_workspace *workspace, struct mu_wall now,
                                  struct mu_error *err)
{
    static const char *const tails[] = {"", "-wal", "-shm"};
    char path[MU_PATH_MAX];
    MU_TRY(mu_store_replica_path(workspace, path, err));
    for (size_t i = 0; i < sizeof tails / sizeof *tails; i++) {
        char from[MU_PATH_MAX];
        char to[MU_PATH_MAX];
        int a = snprintf(from, sizeof from, "%s%s", path, tails[i]);
        int b = snprintf(to, sizeof to, "%s.aside-%" PRId64 "%s", path, now.ms / 1000, tails[i]);
        if (a < 0 || b < 0 || (size_t)a >= sizeof from || (size_t)b >= sizeof to) {
            return mu_fail(err, MU_E_LIMIT, "the path of the replica is too long");
        }
        if (rename(from, to) != 0 && errno != ENOENT) {
            return mu_fail_errno(err, errno, "set aside", from);
        }
    }
    return MU_OK;
}

enum mu_status mu_store_check_replica(const struct mu_workspace *workspace, struct mu_error *err)
{
    struct mu_db db;
    enum mu_status status = mu_store_open_reader(workspace, &db, err);
    if (status == MU_OK) {
        status = mu_db_check(&db, err);
        mu_db_close(&db);
    }
    if (status == MU_E_INVALID) {
        err->status = MU_E_CORRUPT;
    }
    return status == MU_OK ? MU_OK : err->status;
}
