#include "tests/harness/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char pattern[] = "/tmp/muster-test-XXXXXX";

int mu_folder_enter(void **state)
{
    char *path = malloc(sizeof pattern);
    if (path == NULL) {
        return -1;
    }
    memcpy(path, pattern, sizeof pattern);
    if (mkdtemp(path) == NULL || chdir(path) != 0) {
        free(path);
        return -1;
    }
    *state = path;
    return 0;
}

/* Delete the plain files of the present folder; what is left are folders. */
static void empty_here(void)
{
    DIR *folder = opendir(".");
    if (folder == NULL) {
        return;
    }
    const struct dirent *entry = NULL;
    while ((entry = readdir(folder)) != NULL) {
        (void)unlink(entry->d_name);
    }
    (void)closedir(folder);
}

static void empty_folders_here(void)
{
    DIR *folder = opendir(".");
    if (folder == NULL) {
        return;
    }
    const struct dirent *entry = NULL;
    while ((entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        (void)chmod(entry->d_name, S_IRWXU);
        if (chdir(entry->d_name) == 0) {
            empty_here();
            if (fchdir(dirfd(folder)) != 0) {
                break;
            }
            (void)rmdir(entry->d_name);
        }
    }
    (void)closedir(folder);
}

int mu_folder_leave(void **state)
{
    char *path = *state;
    int failed = chdir(path);
    if (failed == 0) {
        empty_here();
        empty_folders_here();
        failed = chdir("/");
    }
    failed = rmdir(path) != 0 ? -1 : failed;
    free(path);
    return failed;
}
