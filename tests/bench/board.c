/* A board of many tasks: the commands on it, and its first load on a new device. */
#include <stdio.h>

#include "tests/bench/figures.h"
#include "tests/bench/floor.h"
#include "tests/bench/team.h"

#define RUNS 41

/* Milliseconds of the whole process, the middle of many runs. */
static double time_command(const struct mu_bench_team *team, const char *const *words)
{
    static char out[1 << 20];
    struct mu_samples samples = {0};
    for (int i = 0; i < RUNS; i++) {
        double begin = mu_now_us();
        mu_team_muster(team, "lead", words, NULL, out, sizeof out);
        mu_samples_add(&samples, (mu_now_us() - begin) / 1000);
    }
    double middle = mu_samples_percentile(&samples, 50);
    mu_samples_free(&samples);
    return middle;
}

static void board_of(struct mu_bench *bench, size_t tasks)
{
    const char *const list[] = {"list", NULL};
    bool large = tasks > 10000;
    struct mu_bench_team team;
    mu_team_begin(&team, bench->where);
    mu_team_fill(&team, tasks);
    mu_figure_add(&bench->figures,
                  &(struct mu_figure){.key = large ? "list_100k" : "list_10k",
                                      .what = large ? "muster list at 100,000 tasks"
                                                    : "muster list at 10,000 tasks",
                                      .unit = "ms",
                                      .value = time_command(&team, list),
                                      .goal = large ? 15 : 5});
    double took = mu_team_join(&team, "kofi");
    mu_figure_add(&bench->figures,
                  &(struct mu_figure){.key = large ? "load_100k" : "load_10k",
                                      .what = large ? "first load of 100,000 tasks"
                                                    : "first load of 10,000 tasks",
                                      .unit = "rows/s",
                                      .value = (double)tasks * 2e6 / took, /* each has a label */
                                      .floor = mu_floor_load(team.folder, tasks),
                                      .goal = large ? 0.4 : 0,
                                      .at_least = true});
    mu_team_end(&team);
}

void mu_bench_board(struct mu_bench *bench)
{
    board_of(bench, 10000);
    if (!bench->quick) {
        board_of(bench, 100000);
    }
}
