/* muster-bench: measures Muster beside what the machine allows, in one run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/seal/secret.h"
#include "tests/bench/figures.h"

struct part {
    const char *name;
    void (*run)(struct mu_bench *bench);
};

static const struct part parts[] = {
    {"propagation", mu_bench_propagation},
    {"durable", mu_bench_durable},
    {"fanout", mu_bench_fanout},
    {"absence", mu_bench_absence},
    {"board", mu_bench_board},
    {"idle", mu_bench_idle},
};
#define PARTS (sizeof parts / sizeof parts[0])

static int usage(const char *word)
{
    (void)fprintf(stderr,
                  "muster-bench: '%s' is not understood\n"
                  "usage: muster-bench [--quick] [--json] [--folder DIR]\n"
                  "                    [--runs N]   medians of so many (5; 1 with --quick)\n"
                  "                    [--only propagation|durable|fanout|absence|board|idle]\n",
                  word);
    return 2;
}

int main(int argc, char **argv)
{
    static struct mu_bench bench = {.where = "."};
    static char where[4096];
    const char *only = "";
    bool json = false;
    long runs = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0) {
            bench.quick = true;
        } else if (strcmp(argv[i], "--json") == 0) {
            json = true;
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
    runs = runs < MU_RUNS_MAX ? runs : MU_RUNS_MAX;
    if (mu_seal_start() != MU_OK) {
        return 70;
    }
    if (chdir(bench.where) != 0) {
        perror(bench.where);
        return 7;
    }
    bench.where = getcwd(where, sizeof where);
    for (long run = 0; run < runs; run++) {
        for (size_t i = 0; i < PARTS; i++) {
            if (*only == '\0' || strcmp(only, parts[i].name) == 0) {
                parts[i].run(&bench);
            }
        }
    }
    if (json) {
        mu_figures_json(&bench.figures);
    } else {
        mu_figures_table(&bench.figures);
    }
    return 0;
}
