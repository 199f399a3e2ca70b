/* muster-bench: measures Muster beside what the machine allows, in one run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/seal/secret.h"
#include "tests/bench/figures.h"

void mu_figure_add(struct mu_figures *figures, const struct mu_figure *figure)
{
    if (figures->count < MU_FIGURES_MAX) {
        figures->rows[figures->count++] = *figure;
    }
}

static double judged(const struct mu_figure *figure)
{
    return figure->floor > 0 ? figure->value / figure->floor : figure->value;
}

static const char *verdict(const struct mu_figure *figure)
{
    if (figure->goal <= 0) {
        return "";
    }
    bool met = figure->at_least ? judged(figure) >= figure->goal : judged(figure) <= figure->goal;
    return met ? "met" : "MISSED";
}

static void print_table(const struct mu_figures *figures)
{
    (void)printf("%-44s %12s %12s %8s %10s\n", "", "Muster", "floor", "ratio", "goal");
    for (size_t i = 0; i < figures->count; i++) {
        const struct mu_figure *figure = &figures->rows[i];
        char floor[32] = "";
        char ratio[32] = "";
        char goal[32] = "";
        if (figure->floor > 0) {
            (void)snprintf(floor, sizeof floor, "%.1f", figure->floor);
            (void)snprintf(ratio, sizeof ratio, "%.2f", judged(figure));
        }
        if (figure->goal > 0) {
            (void)snprintf(goal, sizeof goal, "%s %g",
                           figure->at_least ? ">=" : "<=", figure->goal);
        }
        (void)printf("%-44s %12.1f %12s %8s %10s  %s  %s\n", figure->what, figure->value, floor,
                     ratio, goal, figure->unit, verdict(figure));
    }
}

static void print_json(const struct mu_figures *figures)
{
    (void)printf("{\"schema\":1,\"figures\":[");
    for (size_t i = 0; i < figures->count; i++) {
        const struct mu_figure *figure = &figures->rows[i];
        (void)printf("%s{\"key\":\"%s\",\"unit\":\"%s\",\"value\":%.3f,\"floor\":%.3f,"
                     "\"ratio\":%.4f,\"goal\":%g}",
                     i > 0 ? "," : "", figure->key, figure->unit, figure->value, figure->floor,
                     figure->floor > 0 ? judged(figure) : 0, figure->goal);
    }
    (void)printf("]}\n");
}

static int usage(const char *word)
{
    (void)fprintf(stderr,
                  "muster-bench: '%s' is not understood\n"
                  "usage: muster-bench [--quick] [--json] [--folder DIR]\n"
                  "                    [--only propagation|board|idle]\n",
                  word);
    return 2;
}

int main(int argc, char **argv)
{
    static struct mu_bench bench = {.where = "."};
    static char where[4096];
    const char *only = "";
    bool json = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0) {
            bench.quick = true;
        } else if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "--folder") == 0 && i + 1 < argc) {
            bench.where = argv[++i];
        } else if (strcmp(argv[i], "--only") == 0 && i + 1 < argc) {
            only = argv[++i];
        } else {
            return usage(argv[i]);
        }
    }
    if (mu_seal_start() != MU_OK) {
        return 70;
    }
    if (chdir(bench.where) != 0) {
        perror(bench.where);
        return 7;
    }
    bench.where = getcwd(where, sizeof where);
    if (*only == '\0' || strcmp(only, "propagation") == 0) {
        mu_bench_propagation(&bench);
    }
    if (*only == '\0' || strcmp(only, "board") == 0) {
        mu_bench_board(&bench, 10000);
        if (!bench.quick) {
            mu_bench_board(&bench, 100000);
        }
    }
    if (*only == '\0' || strcmp(only, "idle") == 0) {
        mu_bench_idle(&bench);
    }
    if (json) {
        print_json(&bench.figures);
    } else {
        print_table(&bench.figures);
    }
    return 0;
}
