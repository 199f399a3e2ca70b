#include "tests/harness/folder.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_FOLDERS 16

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

/* A test may have taken its own rights away. */
static int open_up(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)where;
    return kind == FTW_D || kind == FTW_DNR ? chmod(path, S_IRWXU) : 0;
}

static int delete (const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)where;
    return kind == FTW_DP || kind == FTW_DNR ? rmdir(path) : unlink(path);
}

int mu_folder_leave(void **state)
{
    char *path = *state;
    int failed = chdir("/");
    (void)nftw(path, open_up, OPEN_FOLDERS, FTW_PHYS);
    if (nftw(path, delete, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS) != 0) {
        failed = -1;
    }
    free(path);
    return failed;
}
