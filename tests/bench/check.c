#include "tests/bench/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/bench/programs.h"

#define NUMBERS   MUSTER_SOURCE_DIR "/tests/bench/instructions.txt"
#define PATHS     MUSTER_BENCH_FLOORS "/muster-bench-paths"
#define TOLERANCE 0.03 /* a compiler's or a library's update may ask for new numbers */
#define LINE      256

/* Instructions inside `function` for each of `count` times a path is gone. */
struct path {
    const char *name, *scene, *function, *count;
};

static const struct path paths[] = {
    {"author_edit", "edits", "mu_client_author", "32"},
    {"server_edit", "edits", "mu_server_turn", "32"},
    {"client_edit", "edits", "mu_client_run", "32"},
    {"server_bulk", "offline", "mu_server_turn", "128"},
    {"client_bulk", "offline", "mu_client_run", "128"},
    {"client_rebase", "collisions", "mu_rebase_run", "64"},
    {"server_transfer", "transfer", "mu_serve_chunks", "256"},
    {"join_transfer", "transfer", "mu_path_transfer", "256"},
    {"list_64_tasks", "list", "mu_path_list", "16"},
};
#define COUNT (sizeof paths / sizeof paths[0])

/* The line "summary: N" that callgrind writes. */
static double read_summary(const char *file)
{
    char line[LINE];
    double found = -1;
    FILE *in = fopen(file, "r");
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        if (strncmp(line, "summary: ", 9) == 0) {
            found = strtod(line + 9, NULL);
        }
    }
    if (in != NULL) {
        (void)fclose(in);
    }
    return found;
}

static double count_once(const struct path *path, const char *count)
{
    char toggle[128];
    char out[64];
    char to[96];
    (void)snprintf(out, sizeof out, "muster-bench-%ld.callgrind", (long)getpid());
    (void)snprintf(to, sizeof to, "--callgrind-out-file=%s", out);
    (void)snprintf(toggle, sizeof toggle, "--toggle-collect=%s", path->function);
    const char *const words[] = {"/usr/bin/valgrind",
                                 "--quiet",
                                 "--tool=callgrind",
                                 toggle,
                                 to,
                                 PATHS,
                                 path->scene,
                                 count,
                                 NULL};
    char text[64];
    mu_program_must(words, NULL, text, sizeof text);
    double found = read_summary(out);
    (void)unlink(out);
    if (found < 0) {
        (void)fprintf(stderr, "muster-bench: callgrind counted nothing for %s\n", path->name);
        exit(1);
    }
    return found;
}

static double count(const struct path *path)
{
    double times = strtod(path->count, NULL);
    return (count_once(path, path->count) - count_once(path, "0")) / times;
}

static double committed(const char *name)
{
    char line[LINE];
    double found = 0;
    size_t len = strlen(name);
    FILE *in = fopen(NUMBERS, "r");
    while (in != NULL && fgets(line, sizeof line, in) != NULL) {
        if (strncmp(line, name, len) == 0 && line[len] == ' ') {
            found = strtod(line + len, NULL);
        }
    }
    if (in != NULL) {
        (void)fclose(in);
    }
    return found;
}

static int compare(void)
{
    int code = 0;
    (void)printf("%-18s %14s %14s %8s\n", "instructions of", "now", "committed", "change");
    for (size_t i = 0; i < COUNT; i++) {
        double now = count(&paths[i]);
        double before = committed(paths[i].name);
        double change = before > 0 ? now / before - 1 : 1;
        const char *verdict = change > TOLERANCE    ? "MORE"
                              : change < -TOLERANCE ? "less: --record keeps it"
                                                    : "";
        (void)printf("%-18s %14.0f %14.0f %+7.1f%%  %s\n", paths[i].name, now, before, change * 100,
                     verdict);
        (void)fflush(stdout);
        code = change > TOLERANCE ? 1 : code;
    }
    (void)printf(code == 0 ? "no path takes over %.0f%% more than it did\n"
                           : "a path takes over %.0f%% more than it did; if that is meant: "
                             "./dev bench --check --record\n",
                 TOLERANCE * 100);
    return code;
}

static int record_all(void)
{
    double counts[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        counts[i] = count(&paths[i]);
    }
    FILE *out = fopen(NUMBERS, "w");
    if (out == NULL) {
        perror(NUMBERS);
        return 7;
    }
    (void)fprintf(out, "# Instructions of the hot paths, once; ./dev bench --check compares.\n"
                       "# Release build, x86-64, the libraries of Debian 12.\n");
    for (size_t i = 0; i < COUNT; i++) {
        (void)fprintf(out, "%s %.0f\n", paths[i].name, counts[i]);
        (void)printf("%-18s %14.0f\n", paths[i].name, counts[i]);
    }
    return fclose(out) == 0 ? 0 : 7;
}

int mu_bench_check(bool record)
{
    return record ? record_all() : compare();
}
