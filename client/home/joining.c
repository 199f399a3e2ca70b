#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/home/home.h"
#include "common/seal/hash.h"
#include "common/seal/invite.h"
#include "common/seal/secret.h"

#define KEY_FILE    "key"
#define MARK_LEN    8 /* bytes of the hash that names the folder */
#define MARK_DIGITS ((size_t)2 * MARK_LEN)
#define NAMES_MAX   1000

/* The folder must not give the invite away, hence a hash. */
static enum mu_status joining_folder(const struct mu_home *home, const uint8_t *invite_secret,
                                     char out_path[static MU_PATH_MAX], struct mu_error *err)
{
    struct mu_hash hash;
    char name[sizeof ".join-" + MARK_DIGITS] = ".join-";
    mu_hash_of(mu_slice_of(invite_secret, MU_INVITE_SECRET_LEN), &hash);
    mu_hex(mu_slice_of(hash.bytes, MARK_LEN), name + strlen(".join-"));
    return mu_path_join(home->data, name, out_path, err);
}

/* MU_E_EXISTS when a folder holds this workspace's key. */
static enum mu_status not_joined_yet(const struct mu_home *home, struct mu_id workspace,
                                     struct mu_error *err)
{
    struct mu_workspace *list = NULL;
    size_t count = 0;
    MU_TRY(mu_home_workspaces(home, &list, &count, err));
    enum mu_status status = MU_OK;
    for (size_t i = 0; i < count && status == MU_OK; i++) {
        MU_KEY_FILE_AUTO struct mu_key_file keys = {.endpoint = ""};
        struct mu_error ignored;
        /* A damaged key of another workspace is no reason against this one. */
        if (mu_workspace_keys(&list[i], &keys, &ignored) == MU_OK &&
            mu_id_equal(keys.workspace, workspace)) {
            status = mu_fail(err, MU_E_EXISTS, "this team is joined already, as '%s' by @%s",
                             list[i].name, keys.handle);
        }
    }
    free(list);
    return status;
}

static enum mu_status begun_before(const char *folder, struct mu_id workspace,
                                   struct mu_key_file *out, bool *out_found, struct mu_error *err)
{
    struct mu_workspace there = {.name = ""};
    memcpy(there.folder, folder, strlen(folder) + 1);
    struct mu_error why;
    enum mu_status status = mu_workspace_keys(&there, out, &why);
    *out_found = status == MU_OK && mu_id_equal(out->workspace, workspace);
    /* Torn by a crash while it was written: the server has not heard of it. */
    if (status == MU_OK || status == MU_E_NOT_FOUND || status == MU_E_CORRUPT ||
        status == MU_E_INVALID) {
        return MU_OK;
    }
    *err = why;
    return status;
}

enum mu_status mu_joining_begin(const struct mu_home *home, const uint8_t *invite_secret,
                                const struct mu_key_file *fresh, struct mu_joining *out,
                                struct mu_error *err)
{
    MU_TRY(mu_folder_make(home->data, err));
    MU_TRY(not_joined_yet(home, fresh->workspace, err));
    char folder[MU_PATH_MAX];
    MU_TRY(joining_folder(home, invite_secret, folder, err));
    MU_TRY(mu_folder_make(folder, err));
    bool found = false;
    MU_TRY(begun_before(folder, fresh->workspace, &out->keys, &found, err));
    memcpy(out->folder, folder, strlen(folder) + 1);
    if (!found) {
        memcpy(&out->keys, fresh, sizeof out->keys);
        struct mu_workspace there = {.name = ""};
        memcpy(there.folder, folder, strlen(folder) + 1);
        enum mu_status status = mu_workspace_keys_write(&there, fresh, err);
        if (status == MU_OK) {
            status = mu_folder_sync(home->data, err);
        }
        if (status != MU_OK) {
            mu_joining_deinit(out);
            return status;
        }
    }
    return MU_OK;
}

void mu_workspace_slug(struct mu_slice team, char out_name[static MU_WORKSPACE_NAME_MAX + 1])
{
    size_t used = 0;
    bool gap = false;
    /* Room is left for "-999" behind it. */
    for (size_t i = 0; i < team.len && used < MU_WORKSPACE_NAME_MAX - 6; i++) {
        unsigned char next = team.data[i];
        if (next >= 'A' && next <= 'Z') {
            next = (unsigned char)(next - 'A' + 'a');
        }
        bool word = (next >= 'a' && next <= 'z') || (next >= '0' && next <= '9');
        if (word) {
            if (gap && used > 0) {
                out_name[used++] = '-';
            }
            out_name[used++] = (char)next;
            gap = false;
        } else if (next < 0x80) {
            gap = true;
        }
    }
    if (used == 0) {
        memcpy(out_name, "team", 4);
        used = 4;
    }
    out_name[used] = '\0';
}

/* rename() would replace an empty folder of that name, so that one is passed over. */
static enum mu_status give_name(const struct mu_home *home, const char *folder,
                                struct mu_slice team, struct mu_workspace *out,
                                struct mu_error *err)
{
    char slug[MU_WORKSPACE_NAME_MAX + 1];
    mu_workspace_slug(team, slug);
    for (int number = 1; number < NAMES_MAX; number++) {
        struct mu_workspace named = {.name = ""};
        (void)snprintf(named.name, sizeof named.name, number == 1 ? "%s" : "%s-%d", slug, number);
        MU_TRY(mu_path_join(home->data, named.name, named.folder, err));
        struct stat info;
        if (lstat(named.folder, &info) == 0) {
            continue;
        }
        if (rename(folder, named.folder) == 0) {
            *out = named;
            return MU_OK;
        }
        if (errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR) {
            return mu_fail_errno(err, errno, "name folder", named.folder);
        }
    }
    return mu_fail(err, MU_E_LIMIT, "too many workspaces named '%s'", slug);
}

enum mu_status mu_joining_finish(const struct mu_home *home, struct mu_joining *joining,
                                 struct mu_slice team, struct mu_workspace *out,
                                 struct mu_error *err)
{
    struct mu_workspace there = {.name = ""};
    memcpy(there.folder, joining->folder, strlen(joining->folder) + 1);
    MU_TRY(mu_workspace_keys_write(&there, &joining->keys, err));
    struct mu_workspace named;
    MU_TRY(give_name(home, joining->folder, team, &named, err));
    memcpy(joining->folder, named.folder, sizeof joining->folder);
    MU_TRY(mu_folder_sync(home->data, err));
    *out = named;
    return MU_OK;
}

void mu_joining_abandon(struct mu_joining *joining)
{
    char path[MU_PATH_MAX];
    struct mu_error ignored;
    if (mu_path_join(joining->folder, KEY_FILE, path, &ignored) == MU_OK) {
        (void)unlink(path);
    }
    (void)rmdir(joining->folder);
}

void mu_joining_deinit(struct mu_joining *joining)
{
    if (joining != NULL) {
        mu_key_file_deinit(&joining->keys);
        joining->folder[0] = '\0';
    }
}
