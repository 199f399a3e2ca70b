#include "tests/bench/programs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/samples.h"

static void die(const char *what)
{
    (void)fprintf(stderr, "muster-bench: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* A child with its standard output in a pipe, and its standard input from one when asked. */
static pid_t spawn(const char *const *words, int *out_output, int *out_input)
{
    int output[2];
    int input[2] = {-1, -1};
    if (pipe(output) != 0 || (out_input != NULL && pipe(input) != 0)) {
        die("pipe");
    }
    (void)fcntl(output[0], F_SETFD, FD_CLOEXEC);
    pid_t pid = fork();
    if (pid < 0) {
        die("fork");
    }
    if (pid == 0) {
        int from = out_input != NULL ? input[0] : open("/dev/null", O_RDONLY | O_CLOEXEC);
        (void)dup2(from, STDIN_FILENO);
        (void)dup2(output[1], STDOUT_FILENO);
        int log = open(MU_BENCH_LOG, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (log >= 0) {
            (void)dup2(log, STDERR_FILENO);
        }
        (void)close(output[1]);
        if (out_input != NULL) {
            (void)close(input[0]);
            (void)close(input[1]);
        }
        char *argv[MU_BENCH_WORDS_MAX + 1] = {NULL};
        for (size_t i = 0; words[i] != NULL && i < MU_BENCH_WORDS_MAX; i++) {
            argv[i] = strdup(words[i]);
        }
        (void)execv(argv[0], argv);
        die(words[0]);
    }
    (void)close(output[1]);
    *out_output = output[0];
    if (out_input != NULL) {
        (void)close(input[0]);
        (void)fcntl(input[1], F_SETFD, FD_CLOEXEC);
        *out_input = input[1];
    }
    return pid;
}

static int run(const char *const *words, const char *input, char *out, size_t out_size,
               struct rusage *usage)
{
    int output = -1;
    int to = -1;
    pid_t pid = spawn(words, &output, &to);
    if (input != NULL && write(to, input, strlen(input)) < 0) {
        die("write");
    }
    (void)close(to);
    size_t len = 0;
    char rest[4096];
    for (;;) {
        bool room = len + 1 < out_size;
        ssize_t got =
            room ? read(output, out + len, out_size - 1 - len) : read(output, rest, sizeof rest);
        if (got <= 0) {
            break;
        }
        len += room ? (size_t)got : 0;
    }
    if (out_size > 0) {
        out[len] = '\0';
    }
    (void)close(output);
    int status = 0;
    (void)wait4(pid, &status, 0, usage);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

int mu_program_run(const char *const *words, const char *input, char *out, size_t out_size)
{
    struct rusage unused;
    return run(words, input, out, out_size, &unused);
}

static void failed(const char *const *words, int code)
{
    (void)fprintf(stderr, "muster-bench: %s %s ended with %d, see " MU_BENCH_LOG "\n", words[0],
                  words[1] != NULL ? words[1] : "", code);
    exit(1);
}

static double us_of(struct timeval time)
{
    return (double)time.tv_sec * 1e6 + (double)time.tv_usec;
}

void mu_program_measure(const char *const *words, const char *input, char *out, size_t out_size,
                        struct mu_program_cost *out_cost)
{
    struct rusage usage = {0};
    double begin = mu_now_us();
    int code = run(words, input, out, out_size, &usage);
    *out_cost = (struct mu_program_cost){.wall_us = mu_now_us() - begin,
                                         .cpu_us = us_of(usage.ru_utime) + us_of(usage.ru_stime),
                                         .peak_kib = usage.ru_maxrss};
    if (code != 0) {
        failed(words, code);
    }
}

void mu_program_must(const char *const *words, const char *input, char *out, size_t out_size)
{
    int code = mu_program_run(words, input, out, out_size);
    if (code != 0) {
        failed(words, code);
    }
}

pid_t mu_program_start(const char *const *words, const char *line, char *out, size_t out_size)
{
    int output = -1;
    pid_t pid = spawn(words, &output, NULL);
    size_t len = 0;
    char byte = 0;
    while (line != NULL && read(output, &byte, 1) == 1) {
        if (byte == '\n') {
            out[len] = '\0';
            if (strncmp(out, line, strlen(line)) == 0) {
                return pid; /* the pipe stays open: what is still printed has a place to go */
            }
            len = 0;
        } else if (len + 1 < out_size) {
            out[len++] = byte;
        }
    }
    if (line != NULL) {
        (void)fprintf(stderr, "muster-bench: %s never said '%s'\n", words[0], line);
        exit(1);
    }
    return pid;
}

void mu_program_stop(pid_t pid)
{
    int status = 0;
    if (pid > 0) {
        (void)kill(pid, SIGTERM);
        (void)waitpid(pid, &status, 0);
    }
}

double mu_program_cpu_us(pid_t pid)
{
    char path[300];
    double sum = 0;
    (void)snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    DIR *tasks = opendir(path);
    const struct dirent *entry = NULL;
    while (tasks != NULL && (entry = readdir(tasks)) != NULL) {
        unsigned long long spent = 0;
        (void)snprintf(path, sizeof path, "/proc/%ld/task/%.20s/schedstat", (long)pid,
                       entry->d_name);
        FILE *file = entry->d_name[0] != '.' ? fopen(path, "r") : NULL;
        if (file != NULL && fscanf(file, "%llu", &spent) == 1) {
            sum += (double)spent / 1000;
        }
        if (file != NULL) {
            (void)fclose(file);
        }
    }
    if (tasks != NULL) {
        (void)closedir(tasks);
    }
    return sum;
}

static long status_kib(pid_t pid, const char *name)
{
    char path[64];
    char line[256];
    long kib = -1;
    (void)snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, name, strlen(name)) == 0) {
            kib = strtol(line + strlen(name), NULL, 10);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return kib;
}

long mu_program_resident_kib(pid_t pid)
{
    return status_kib(pid, "VmRSS:");
}

long mu_program_peak_kib(pid_t pid)
{
    return status_kib(pid, "VmHWM:");
}
