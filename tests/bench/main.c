/* muster-bench: measures Muster beside what the machine allows, in one run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/seal/secret.h"
#include "tests/bench/check.h"
#include "tests/bench/figures.h"

struct part {
    const char *name;
    void (*run)(struct mu_bench *bench);
    bool once; /* it does all runs itself */
};

static const struct part parts[] = {
    {"propagation", mu_bench_propagation, false},
    {"durable", mu_bench_durable, false},
    {"fanout", mu_bench_fanout, false},
    {"absence", mu_bench_absence, false},
    {"board", mu_bench_board, true},
    {"idle", mu_bench_idle, false},
};
#define PARTS (sizeof parts / sizeof parts[0])

static int usage(const char *word)
{
    (void)fprintf(stderr,
                  "muster-bench: '%s' is not understood\n"
                  "usage: muster-bench [--quick] [--json] [--keep] [--folder DIR]\n"
                  "       muster-bench --check [--record]   instructions instead of times\n"
                  "                    [--runs N]   medians of so many (5; 1 with --quick)\n"
                  "                    [--only propagation|durable|fanout|absence|board|idle]\n",
                  word);
    return 2;
}

static int keep_run(const struct mu_figures *figures, const char *path)
{
    FILE *out = fopen(path, "w");
    if (out != NULL) {
        mu_figures_json(figures, out);
    }
    if (out == NULL || fclose(out) != 0) {
        perror(path);
        return 7;
    }
    return 0;
}

int main(int argc, char **argv)
{
    static struct mu_bench bench = {.where = "."};
    static char where[4096];
    const char *only = "";
    const char *keep = NULL;
    bool json = false;
    bool check = false;
    bool record = false;
    long runs = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0) {
            bench.quick = true;
        } else if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--keep") == 0) {
            keep = MUSTER_SOURCE_DIR "/docs/performance.json";
        } else if (strcmp(argv[i], "--check") == 0) {
            check = true;
        } else if (strcmp(argv[i], "--record") == 0) {
            record = true;
        } else if (strcmp(argv[i], "--folder") == 0 && i + 1 < argc) {
            bench.where = argv[++i];
        } else if (strcmp(argv[i], "--runs") == 0 && i + 1 < argc) {
            runs = strtol(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
            only = argv[++i];
        } else {
            return usage(argv[i]);
        }
    }
    runs = runs > 0 ? runs : bench.quick ? 1 : 5;
    bench.runs = runs < MU_RUNS_MAX ? (size_t)runs : MU_RUNS_MAX;
    if (mu_seal_start() != MU_OK) {
        return 70;
    }
    if (chdir(bench.where) != 0) {
        perror(bench.where);
        return 7;
    }
    bench.where = getcwd(where, sizeof where);
    if (getloadavg(&bench.figures.load, 1) != 1) {
        bench.figures.load = 0;
    }
    if (check) {
        return mu_bench_check(record);
    }
    for (size_t i = 0; i < PARTS; i++) {
        bool wanted = *only == '\0' || strcmp(only, parts[i].name) == 0;
        for (size_t run = 0; wanted && run < (parts[i].once ? 1 : bench.runs); run++) {
            parts[i].run(&bench);
        }
    }
    if (json) {
        mu_figures_json(&bench.figures, stdout);
    } else {
        mu_figures_table(&bench.figures);
    }
    return keep != NULL ? keep_run(&bench.figures, keep) : 0;
}
