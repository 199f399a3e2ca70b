#include "client/home/home.h"

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/seal/secret.h"

#define KEY_FILE "key"

/* -- folders ----------------------------------------------------------------- */

static enum mu_status absolute(const char *folder, char out_path[static MU_PATH_MAX],
                               struct mu_error *err)
{
    if (folder[0] == '\0') {
        return mu_fail(err, MU_E_USAGE, "the home folder has no name");
    }
    size_t len = strlen(folder);
    while (len > 1 && folder[len - 1] == '/') {
        len--;
    }
    char here[MU_PATH_MAX] = "";
    if (folder[0] != '/' && getcwd(here, sizeof here) == NULL) {
        return mu_fail_errno(err, errno == ERANGE ? ENAMETOOLONG : errno, "find", folder);
    }
    int put = snprintf(out_path, MU_PATH_MAX, "%s%s%.*s", here, here[0] == '\0' ? "" : "/",
                       (int)len, folder);
    if (put < 0 || put >= MU_PATH_MAX) {
        return mu_fail(err, MU_E_USAGE, "the home folder's path is longer than %d bytes",
                       MU_PATH_MAX - 1);
    }
    return MU_OK;
}

static enum mu_status one_folder(const char *folder, struct mu_home *out, struct mu_error *err)
{
    MU_TRY(absolute(folder, out->folder, err));
    MU_TRY(mu_path_join(out->folder, "config", out->config, err));
    MU_TRY(mu_path_join(out->folder, "data", out->data, err));
    MU_TRY(mu_path_join(out->folder, "state", out->state, err));
    return mu_path_join(out->folder, "run", out->runtime, err);
}

/* XDG base directories: relative paths in the environment are to be ignored. */
static const char *xdg(const char *variable)
{
    const char *value = getenv(variable);
    return value != NULL && value[0] == '/' ? value : NULL;
}

static enum mu_status home_of_user(char out_path[static MU_PATH_MAX], struct mu_error *err)
{
    const char *home = getenv("HOME");
    if (home == NULL || home[0] != '/') {
        const struct passwd *user = getpwuid(geteuid());
        home = user != NULL ? user->pw_dir : NULL;
    }
    if (home == NULL || home[0] != '/') {
        return mu_fail(err, MU_E_IO, "no home folder: set HOME, or use --home DIR");
    }
    return absolute(home, out_path, err);
}

static enum mu_status xdg_folder(const char *variable, const char *user_home, const char *fallback,
                                 const char *name, char out_path[static MU_PATH_MAX],
                                 struct mu_error *err)
{
    char base[MU_PATH_MAX];
    const char *given = xdg(variable);
    if (given != NULL) {
        return mu_path_join(given, name, out_path, err);
    }
    MU_TRY(mu_path_join(user_home, fallback, base, err));
    return mu_path_join(base, name, out_path, err);
}

static enum mu_status xdg_folders(struct mu_home *out, struct mu_error *err)
{
    char user_home[MU_PATH_MAX];
    MU_TRY(home_of_user(user_home, err));
    MU_TRY(xdg_folder("XDG_CONFIG_HOME", user_home, ".config", "muster/config", out->config, err));
    MU_TRY(xdg_folder("XDG_DATA_HOME", user_home, ".local/share", "muster", out->data, err));
    MU_TRY(xdg_folder("XDG_STATE_HOME", user_home, ".local/state", "muster", out->state, err));
    const char *runtime = xdg("XDG_RUNTIME_DIR");
    return runtime != NULL ? mu_path_join(runtime, "muster", out->runtime, err)
                           : mu_path_join(out->state, "run", out->runtime, err);
}

enum mu_status mu_home_find(const char *folder, struct mu_home *out, struct mu_error *err)
{
    struct mu_home home = {.folder = ""};
    const char *named = folder != NULL ? folder : getenv("MUSTER_HOME");
    MU_TRY(named != NULL && (folder != NULL || named[0] != '\0') ? one_folder(named, &home, err)
                                                                 : xdg_folders(&home, err));
    *out = home;
    return MU_OK;
}

/* -- workspaces -------------------------------------------------------------- */

static bool is_workspace_name(const char *name)
{
    size_t len = strlen(name);
    return len > 0 && len <= MU_WORKSPACE_NAME_MAX && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static bool has_key(const char *folder)
{
    char path[MU_PATH_MAX];
    struct mu_error ignored;
    struct stat info;
    return mu_path_join(folder, KEY_FILE, path, &ignored) == MU_OK && lstat(path, &info) == 0;
}

static int by_name(const void *a, const void *b)
{
    const struct mu_workspace *left = a;
    const struct mu_workspace *right = b;
    return strcmp(left->name, right->name);
}

static enum mu_status check_data_folder(const struct mu_home *home, bool *out_there,
                                        struct mu_error *err)
{
    char shown[MU_SHOWN_MAX];
    struct stat info;
    if (lstat(home->data, &info) != 0) {
        *out_there = false;
        return errno == ENOENT || errno == ENOTDIR
                   ? MU_OK
                   : mu_fail_errno(err, errno, "look at folder", home->data);
    }
    if (info.st_uid != geteuid()) {
        return mu_fail(err, MU_E_DENIED, "folder '%s' belongs to another user (number %lu)",
                       mu_path_show(home->data, shown), (unsigned long)info.st_uid);
    }
    *out_there = true;
    return MU_OK;
}

enum mu_status mu_home_workspaces(const struct mu_home *home, struct mu_workspace **out_list,
                                  size_t *out_count, struct mu_error *err)
{
    bool there = false;
    MU_TRY(check_data_folder(home, &there, err));
    *out_list = NULL;
    *out_count = 0;
    if (!there) {
        return MU_OK;
    }
    DIR *folder = opendir(home->data);
    if (folder == NULL) {
        return mu_fail_errno(err, errno, "open folder", home->data);
    }
    struct mu_workspace *list = NULL;
    size_t count = 0;
    enum mu_status status = MU_OK;
    const struct dirent *entry = NULL;
    while (status == MU_OK && count < MU_WORKSPACES_MAX && (entry = readdir(folder)) != NULL) {
        struct mu_workspace found = {.name = ""};
        if (!is_workspace_name(entry->d_name) ||
            mu_path_join(home->data, entry->d_name, found.folder, err) != MU_OK ||
            !has_key(found.folder)) {
            continue;
        }
        memcpy(found.name, entry->d_name, strlen(entry->d_name) + 1);
        struct mu_workspace *more = realloc(list, (count + 1) * sizeof *list);
        if (more == NULL) {
            status = mu_fail(err, MU_E_NOMEM, "list workspaces: out of memory");
            break;
        }
        list = more;
        list[count++] = found;
    }
    (void)closedir(folder);
    if (status != MU_OK) {
        free(list);
        return status;
    }
    if (count > 0) {
        qsort(list, count, sizeof *list, by_name);
    }
    *out_list = list;
    *out_count = count;
    return MU_OK;
}

/* "a, b and c" as far as it fits. */
static void name_them(const struct mu_workspace *list, size_t count, char *out_text, size_t room)
{
    size_t used = 0;
    out_text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        const char *before = i == 0 ? "" : (i + 1 == count ? " and " : ", ");
        int put = snprintf(out_text + used, room - used, "%s%s", before, list[i].name);
        if (put < 0 || (size_t)put >= room - used) {
            return;
        }
        used += (size_t)put;
    }
}

static enum mu_status choose(const struct mu_workspace *list, size_t count, const char *name,
                             struct mu_workspace *out, struct mu_error *err)
{
    if (count == 0) {
        return mu_fail(err, MU_E_NOT_FOUND,
                       "no workspace joined here: ask a lead for an invite, then run muster join");
    }
    char names[160];
    name_them(list, count, names, sizeof names);
    bool named = name != NULL && name[0] != '\0';
    if (!named && count > 1) {
        return mu_fail(err, MU_E_USAGE, "several workspaces are joined (%s): say --workspace NAME",
                       names);
    }
    for (size_t i = 0; i < count; i++) {
        if (!named || strcmp(list[i].name, name) == 0) {
            *out = list[i];
            return MU_OK;
        }
    }
    char shown[MU_SHOWN_MAX];
    return mu_fail(err, MU_E_NOT_FOUND, "no workspace '%.48s' here; joined: %s",
                   mu_path_show(name, shown), names);
}

enum mu_status mu_home_choose(const struct mu_home *home, const char *name,
                              struct mu_workspace *out, struct mu_error *err)
{
    struct mu_workspace *list = NULL;
    size_t count = 0;
    MU_TRY(mu_home_workspaces(home, &list, &count, err));
    enum mu_status status = choose(list, count, name, out, err);
    free(list);
    return status;
}

/* -- keys -------------------------------------------------------------------- */

static enum mu_status keys_read(const char *folder, struct mu_key_file *out, bool *out_found,
                                struct mu_error *err)
{
    char path[MU_PATH_MAX];
    MU_TRY(mu_path_join(folder, KEY_FILE, path, err));
    MU_SECRET_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_KEY_FILE_LEN_MAX);
    MU_TRY(mu_file_read(path, MU_FILE_PRIVATE, &bytes, out_found, err));
    if (!*out_found) {
        return MU_OK;
    }
    enum mu_status status = mu_keys_decode(mu_buf_view(&bytes), out, err);
    if (status != MU_OK) {
        char shown[MU_SHOWN_MAX];
        return mu_error_wrap(err, "'%s'", mu_path_show(path, shown));
    }
    return MU_OK;
}

static enum mu_status keys_write(const char *folder, const struct mu_key_file *keys,
                                 struct mu_error *err)
{
    char path[MU_PATH_MAX];
    MU_TRY(mu_path_join(folder, KEY_FILE, path, err));
    MU_SECRET_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_KEY_FILE_LEN_MAX);
    MU_TRY(mu_keys_encode(keys, &bytes, err));
    return mu_file_write(path, mu_buf_view(&bytes), err);
}

enum mu_status mu_workspace_keys(const struct mu_workspace *workspace, struct mu_key_file *out,
                                 struct mu_error *err)
{
    bool found = false;
    MU_TRY(keys_read(workspace->folder, out, &found, err));
    if (!found) {
        return mu_fail(err, MU_E_NOT_FOUND, "workspace '%s' has no key file", workspace->name);
    }
    return MU_OK;
}

enum mu_status mu_workspace_keys_write(const struct mu_workspace *workspace,
                                       const struct mu_key_file *keys, struct mu_error *err)
{
    return keys_write(workspace->folder, keys, err);
}
