#include "client/home/editor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/home/file.h"

#define EDITOR_LINE "exec ${VISUAL:-${EDITOR:-vi}} \"$1\""

static bool write_all(int file, struct mu_slice text)
{
    while (text.len > 0) {
        ssize_t done = write(file, text.data, text.len);
        if (done < 0 && errno != EINTR) {
            return false;
        }
        size_t step = done > 0 ? (size_t)done : 0;
        text = mu_slice_of(text.data + step, text.len - step);
    }
    return true;
}

static bool run(const char *path)
{
    int code = -1;
    pid_t child = fork();
    if (child == 0) {
        (void)execl("/bin/sh", "sh", "-c", EDITOR_LINE, "sh", path, (char *)NULL);
        _exit(127);
    }
    while (child > 0 && waitpid(child, &code, 0) < 0 && errno == EINTR) {
    }
    return child > 0 && WIFEXITED(code) && WEXITSTATUS(code) == 0;
}

static enum mu_status edit(const char *path, struct mu_buf *out, struct mu_error *err)
{
    bool found = false;
    if (!run(path)) {
        return mu_fail(err, MU_E_IO, "the editor failed (VISUAL, EDITOR); nothing was saved");
    }
    MU_TRY(mu_file_read(path, MU_FILE_ANY, out, &found, err));
    return found ? MU_OK
                 : mu_fail(err, MU_E_IO, "the editor left no file behind; nothing was saved");
}

enum mu_status mu_editor_edit(const char *folder, const char *name, struct mu_slice before,
                              struct mu_buf *out, struct mu_error *err)
{
    char file_name[64];
    char path[MU_PATH_MAX];
    (void)snprintf(file_name, sizeof file_name, "%s-XXXXXX", name);
    MU_TRY(mu_path_join(folder, file_name, path, err));
    int file = mkstemp(path);
    if (file < 0) {
        return mu_fail_errno(err, errno, "write", path);
    }
    bool written = write_all(file, before);
    (void)close(file);
    enum mu_status status =
        written ? edit(path, out, err) : mu_fail_errno(err, errno, "write", path);
    (void)unlink(path);
    return status;
}
