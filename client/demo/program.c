#include "client/demo/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TEXT_MAX ((size_t)16 << 20)

long long mu_now_ms(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* execv() does not change what it is given, but does not say so. */
static char *word_of(const char *text)
{
    union {
        const char *given;
        char *wanted;
    } word = {.given = text};
    return word.wanted;
}

/* In the child. */
static void become(const char *const *argv, int in, int out, int err, pid_t parent)
{
    char *words[MU_PROGRAM_ARGS];
    size_t count = 0;
    for (; argv[count] != NULL && count < MU_PROGRAM_ARGS - 1; count++) {
        words[count] = word_of(argv[count]);
    }
    words[count] = NULL;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (words[0] == NULL || getppid() != parent || dup2(in, 0) < 0 || dup2(out, 1) < 0 ||
        dup2(err, 2) < 0) {
        _exit(126);
    }
    (void)execvp(words[0], words);
    _exit(127);
}

/* Close-on-exec, so that no child holds another's pipe open. */
static bool make_pipe(int ends[2])
{
    return pipe(ends) == 0 && fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 &&
           fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0;
}

static void close_all(const int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (fds[i] >= 0) {
            (void)close(fds[i]);
        }
    }
}

static int code_of(int state)
{
    return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
}

static int wait_until(pid_t pid, long long deadline)
{
    for (;;) {
        int state = 0;
        pid_t done = waitpid(pid, &state, WNOHANG);
        if (done == pid) {
            return code_of(state);
        }
        if (done < 0 && errno != EINTR) {
            return -1;
        }
        if (mu_now_ms() >= deadline) {
            (void)kill(pid, SIGKILL);
            (void)waitpid(pid, &state, 0);
            return -1;
        }
        (void)nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
}

/* -- run to the end ------------------------------------------------------------------ */

struct text {
    char *bytes;
    size_t len;
};

/* False at the end of the stream. */
static bool text_read(struct text *text, int fd)
{
    char piece[4096];
    ssize_t got = read(fd, piece, sizeof piece);
    if (got <= 0) {
        return got < 0 && errno == EINTR;
    }
    char *bytes = realloc(text->bytes, text->len + (size_t)got + 1);
    if (bytes == NULL || text->len > TEXT_MAX) {
        abort();
    }
    memcpy(bytes + text->len, piece, (size_t)got);
    text->bytes = bytes;
    text->len += (size_t)got;
    return true;
}

static char *text_take(struct text *text)
{
    char *bytes = realloc(text->bytes, text->len + 1);
    if (bytes == NULL) {
        abort();
    }
    bytes[text->len] = '\0';
    return bytes;
}

static void feed(int fd, const char *input)
{
    size_t len = input != NULL ? strlen(input) : 0;
    for (size_t done = 0; done < len;) {
        ssize_t put = write(fd, input + done, len - done);
        if (put <= 0) {
            break; /* it does not want to hear more */
        }
        done += (size_t)put;
    }
    (void)close(fd);
}

struct mu_ran mu_program_run(const char *const *argv, const char *input, int timeout_ms)
{
    int pipes[6] = {-1, -1, -1, -1, -1, -1};
    pid_t parent = getpid();
    if (!make_pipe(&pipes[0]) || !make_pipe(&pipes[2]) || !make_pipe(&pipes[4])) {
        abort();
    }
    long long deadline = mu_now_ms() + timeout_ms;
    pid_t child = fork();
    if (child == 0) {
        become(argv, pipes[0], pipes[3], pipes[5], parent);
    }
    close_all((const int[]){pipes[0], pipes[3], pipes[5]}, 3);
    (void)signal(SIGPIPE, SIG_IGN);
    feed(pipes[1], input);
    struct text texts[2] = {{0}};
    int fds[2] = {pipes[2], pipes[4]};
    while ((fds[0] >= 0 || fds[1] >= 0) && mu_now_ms() < deadline) {
        struct pollfd polled[2] = {{.fd = fds[0], .events = POLLIN},
                                   {.fd = fds[1], .events = POLLIN}};
        (void)poll(polled, 2, (int)(deadline - mu_now_ms()));
        for (size_t i = 0; i < 2; i++) {
            if (polled[i].revents != 0 && !text_read(&texts[i], fds[i])) {
                (void)close(fds[i]);
                fds[i] = -1;
            }
        }
    }
    close_all(fds, 2);
    return (struct mu_ran){.code = wait_until(child, deadline),
                           .out = text_take(&texts[0]),
                           .err = text_take(&texts[1])};
}

void mu_ran_free(struct mu_ran *ran)
{
    free(ran->out);
    free(ran->err);
    *ran = (struct mu_ran){0};
}

int mu_program_show(const char *const *argv, int timeout_ms)
{
    pid_t parent = getpid();
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    pid_t child = nothing >= 0 ? fork() : -1;
    if (child == 0) {
        become(argv, nothing, 1, 2, parent);
    }
    if (nothing >= 0) {
        (void)close(nothing);
    }
    return child > 0 ? wait_until(child, mu_now_ms() + timeout_ms) : -1;
}

/* -- one that goes on ---------------------------------------------------------------- */

bool mu_program_start(struct mu_program *program, const char *const *argv, const char *log)
{
    int ends[2] = {-1, -1};
    pid_t parent = getpid();
    int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int err = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    *program = (struct mu_program){.out = -1};
    if (nothing < 0 || err < 0 || !make_pipe(ends)) {
        return false;
    }
    pid_t child = fork();
    if (child == 0) {
        become(argv, nothing, ends[1], err, parent);
    }
    close_all((const int[]){nothing, err, ends[1]}, 3);
    if (child < 0) {
        (void)close(ends[0]);
        return false;
    }
    program->pid = child;
    program->out = ends[0];
    return true;
}

static bool take_line(struct mu_program *program, char *out_line, size_t room)
{
    char *end = memchr(program->line, '\n', program->len);
    if (end == NULL) {
        return false;
    }
    size_t len = (size_t)(end - program->line);
    size_t take = len < room ? len : room - 1;
    memcpy(out_line, program->line, take);
    out_line[take] = '\0';
    program->len -= len + 1;
    memmove(program->line, end + 1, program->len);
    return true;
}

bool mu_program_line(struct mu_program *program, int timeout_ms, char *out_line, size_t room)
{
    long long deadline = mu_now_ms() + timeout_ms;
    while (!take_line(program, out_line, room)) {
        struct pollfd polled = {.fd = program->out, .events = POLLIN};
        long long left = deadline - mu_now_ms();
        if (left <= 0 || program->len == sizeof program->line) {
            return false;
        }
        if (poll(&polled, 1, (int)left) > 0) {
            ssize_t got = read(program->out, program->line + program->len,
                               sizeof program->line - program->len);
            if (got <= 0) {
                return false;
            }
            program->len += (size_t)got;
        }
    }
    return true;
}

int mu_program_stop(struct mu_program *program, int signal_number, int timeout_ms)
{
    if (program->pid == 0) {
        return 0;
    }
    if (signal_number != 0) {
        (void)kill(program->pid, signal_number);
    }
    int code = wait_until(program->pid, mu_now_ms() + timeout_ms);
    (void)close(program->out);
    *program = (struct mu_program){.out = -1};
    return code;
}
