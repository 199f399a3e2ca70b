#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client/home/agent_link.h"

#define PROGRAM       "muster-agent"
#define ARGUMENTS_MAX 16
#define STOP_STEP_MS  10

/* -- finding the program ----------------------------------------------------- */

static bool is_program(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

/* Beside our own binary, else in the libexec of the same installation. */
static bool find_beside(const char *program, char out_path[static MU_PATH_MAX])
{
    char self[MU_PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len <= 0) {
        return false;
    }
    self[len] = '\0';
    char *slash = strrchr(self, '/');
    if (slash == NULL) {
        return false;
    }
    *slash = '\0';
    struct mu_error ignored;
    char libexec[64];
    (void)snprintf(libexec, sizeof libexec, "../libexec/muster/%.32s", program);
    return (mu_path_join(self, program, out_path, &ignored) == MU_OK && is_program(out_path)) ||
           (mu_path_join(self, libexec, out_path, &ignored) == MU_OK && is_program(out_path));
}

static bool find_in_path(const char *program, char out_path[static MU_PATH_MAX])
{
    const char *path = getenv("PATH");
    while (path != NULL && *path != '\0') {
        size_t len = strcspn(path, ":");
        char folder[MU_PATH_MAX];
        struct mu_error ignored;
        /* An empty or relative part would run whatever lies in the present folder. */
        if (len > 0 && len < sizeof folder && path[0] == '/') {
            memcpy(folder, path, len);
            folder[len] = '\0';
            if (mu_path_join(folder, program, out_path, &ignored) == MU_OK &&
                is_program(out_path)) {
                return true;
            }
        }
        path += path[len] == ':' ? len + 1 : len;
    }
    return false;
}

enum mu_status mu_program_find(const char *program, char out_path[static MU_PATH_MAX],
                               struct mu_error *err)
{
    if (find_beside(program, out_path) || find_in_path(program, out_path)) {
        return MU_OK;
    }
    return mu_fail(err, MU_E_NOT_FOUND, "the program %s is neither beside muster nor in PATH",
                   program);
}

/* -- running ----------------------------------------------------------------- */

struct command {
    char program[MU_PATH_MAX];
    char *words[ARGUMENTS_MAX];
};

/* execv() wants words it could change; it does not change them. */
static char *word_of(const char *text)
{
    union {
        const char *given;
        char *wanted;
    } word = {.given = text};
    return word.wanted;
}

static enum mu_status make_command(const struct mu_home *home, const char *const *arguments,
                                   struct command *out, struct mu_error *err)
{
    MU_TRY(mu_program_find(PROGRAM, out->program, err));
    size_t count = 0;
    out->words[count++] = word_of(PROGRAM);
    for (size_t i = 0; arguments[i] != NULL; i++) {
        MU_ASSERT(count < ARGUMENTS_MAX - 3);
        out->words[count++] = word_of(arguments[i]);
    }
    if (home->folder[0] != '\0') {
        out->words[count++] = word_of("--home");
        out->words[count++] = word_of(home->folder);
    }
    out->words[count] = NULL;
    return MU_OK;
}

/* In the child: no handler and no mask of ours lives on. */
static void forget_signals(void)
{
    sigset_t none;
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
}

/* In the child of a child: nobody waits for it and no terminal is left to it. */
static void become_daemon(const struct command *command)
{
    int nothing = open("/dev/null", O_RDWR);
    if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(nothing, 1) < 0 || dup2(nothing, 2) < 0 ||
        chdir("/") != 0) {
        _exit(127);
    }
    if (nothing > 2) {
        (void)close(nothing);
    }
    forget_signals();
    (void)execv(command->program, command->words);
    _exit(127);
}

static pid_t wait_for_child(pid_t child, int *out_state)
{
    pid_t ended = 0;
    do {
        ended = waitpid(child, out_state, 0);
    } while (ended < 0 && errno == EINTR);
    return ended;
}

enum mu_status mu_agent_start(const struct mu_home *home, struct mu_error *err)
{
    static const char *const arguments[] = {"run", NULL};
    struct command command;
    MU_TRY(make_command(home, arguments, &command, err));
    pid_t child = fork();
    if (child < 0) {
        return mu_fail_errno(err, errno, "start", command.program);
    }
    if (child == 0) {
        if (setsid() < 0) {
            _exit(127);
        }
        pid_t grandchild = fork();
        if (grandchild == 0) {
            become_daemon(&command);
        }
        _exit(grandchild < 0 ? 127 : 0);
    }
    int state = 0;
    if (wait_for_child(child, &state) != child || !WIFEXITED(state) || WEXITSTATUS(state) != 0) {
        return mu_fail(err, MU_E_IO, PROGRAM " could not be started");
    }
    return MU_OK;
}

/* In the child: input and output as asked for, then the program. */
static void become_command(const struct command *command, const int input[2], const int output[2])
{
    if (dup2(input[0], 0) < 0 || (output[1] >= 0 && dup2(output[1], 1) < 0)) {
        _exit(127);
    }
    (void)close(input[0]);
    (void)close(input[1]);
    if (output[1] >= 0) {
        (void)close(output[0]);
        (void)close(output[1]);
    }
    forget_signals();
    (void)execv(command->program, command->words);
    _exit(127);
}

static void close_pipe(int ends[2])
{
    for (int i = 0; i < 2; i++) {
        if (ends[i] >= 0) {
            (void)close(ends[i]);
            ends[i] = -1;
        }
    }
}

/* What does not fit into the pipe at once would have us wait for the child while it waits for us:
 * inputs are short (an invite), and PIPE_BUF is what fits for certain. */
static void feed(int ends[2], struct mu_slice input)
{
    MU_ASSERT(input.len <= 4096);
    ssize_t put = write(ends[1], input.data, input.len);
    (void)put; /* a child that ended early says itself why */
    (void)close(ends[1]);
    ends[1] = -1;
}

static enum mu_status collect(int from, struct mu_buf *out, struct mu_error *err)
{
    char piece[1024];
    for (;;) {
        ssize_t got = read(from, piece, sizeof piece);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return MU_OK;
        }
        if (mu_buf_append(out, piece, (size_t)got) != MU_OK) {
            return mu_fail(err, MU_E_LIMIT, PROGRAM " said more than expected");
        }
    }
}

enum mu_status mu_agent_run(const struct mu_home *home, const char *const *arguments,
                            struct mu_slice input, struct mu_buf *out_text, int *out_exit,
                            struct mu_error *err)
{
    struct command command;
    MU_TRY(make_command(home, arguments, &command, err));
    int to_child[2] = {-1, -1};
    int from_child[2] = {-1, -1};
    if (pipe(to_child) != 0 || (out_text != NULL && pipe(from_child) != 0)) {
        int why = errno;
        close_pipe(to_child);
        return mu_fail_errno(err, why, "start", command.program);
    }
    pid_t child = fork();
    if (child == 0) {
        become_command(&command, to_child, from_child);
    }
    int why = errno;
    (void)close(to_child[0]);
    to_child[0] = -1;
    if (from_child[1] >= 0) {
        (void)close(from_child[1]);
        from_child[1] = -1;
    }
    if (child < 0) {
        close_pipe(to_child);
        close_pipe(from_child);
        return mu_fail_errno(err, why, "start", command.program);
    }
    void (*before)(int) = signal(SIGPIPE, SIG_IGN);
    feed(to_child, input);
    (void)signal(SIGPIPE, before);
    enum mu_status status = out_text != NULL ? collect(from_child[0], out_text, err) : MU_OK;
    close_pipe(from_child);
    int state = 0;
    if (wait_for_child(child, &state) != child) {
        return mu_fail(err, MU_E_IO, PROGRAM " got lost");
    }
    *out_exit = WIFEXITED(state) ? WEXITSTATUS(state) : 70;
    return status;
}

/* -- stopping ---------------------------------------------------------------- */

/* Whether some agent holds the lock of this home. */
static bool lock_is_held(const struct mu_home *home)
{
    char path[MU_PATH_MAX];
    struct mu_error ignored;
    if (mu_agent_lock_path(home, path, &ignored) != MU_OK) {
        return false;
    }
    int lock = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (lock < 0) {
        return false;
    }
    bool held = flock(lock, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    (void)close(lock);
    return held;
}

enum mu_status mu_agent_stop(const struct mu_home *home, int timeout_ms, bool *out_was_running,
                             struct mu_error *err)
{
    struct mu_agent_link link;
    enum mu_status status = mu_agent_connect(home, timeout_ms, &link, err);
    if (status == MU_E_OFFLINE && !lock_is_held(home)) {
        *out_was_running = false;
        return MU_OK;
    }
    if (status == MU_E_OFFLINE) {
        return mu_fail(err, MU_E_BUSY, "muster-agent is just starting or ending: try again");
    }
    MU_TRY(status);
    char answer[MU_AGENT_LINE_MAX];
    status = mu_agent_ask(&link, "stop", timeout_ms, answer, err);
    mu_agent_disconnect(&link);
    /* It may be gone before its answer is read. */
    if (status != MU_OK && status != MU_E_OFFLINE) {
        return status;
    }
    for (int waited = 0; lock_is_held(home); waited += STOP_STEP_MS) {
        if (waited >= timeout_ms) {
            return mu_fail(err, MU_E_BUSY, "muster-agent (process %ld) does not stop", link.pid);
        }
        (void)nanosleep(&(struct timespec){.tv_nsec = STOP_STEP_MS * 1000000L}, NULL);
    }
    *out_was_running = true;
    return MU_OK;
}
