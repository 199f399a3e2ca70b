/* Coming back: changes that were missed, and edits that were made meanwhile. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/crowd.h"
#include "tests/bench/figures.h"
#include "tests/bench/floor.h"
#include "tests/bench/samples.h"

#define TASKS   1000
#define MISSED  10000
#define OFFLINE 5000

static void add(struct mu_bench *bench, const char *key, const char *what, const char *unit,
                double value, double floor, double goal)
{
    mu_figure_add(&bench->figures, &(struct mu_figure){.key = key,
                                                       .what = what,
                                                       .unit = unit,
                                                       .value = value,
                                                       .floor = floor,
                                                       .goal = goal,
                                                       .absolute = true});
}

static void missed(struct mu_bench *bench, struct mu_bench_team *team, const struct mu_id *tasks)
{
    size_t count = bench->quick ? MISSED / 5 : MISSED;
    add(bench, "edit_cpu_1k", "the server's work for an edit at 1,000 tasks", "us CPU",
        mu_crowd_changes(team, tasks, TASKS, count), 0, 0);
    struct mu_program_cost cost = mu_team_sync(team, "kofi");
    add(bench, "missed", bench->quick ? "2,000 missed changes" : "10,000 missed changes", "ms",
        cost.wall_us / 1000, mu_floor_catch_up(team->folder, count) / 1000, 500);
    add(bench, "missed_cpu", "  processor time of the device", "ms CPU", cost.cpu_us / 1000, 0, 0);
}

/* Edits one by one, as a person's commands make them, but in this process. */
static double author(struct mu_bench_team *team, const struct mu_id *tasks, size_t count)
{
    static struct mu_bench_person lead;
    struct mu_samples each = {0};
    mu_person_enter(team, "lead", &lead);
    for (size_t i = 0; i < count; i++) {
        char title[64];
        (void)snprintf(title, sizeof title, "edited in a train, number %zu", i);
        double begin = mu_now_us();
        mu_person_rename(&lead, tasks[i % TASKS], title);
        mu_samples_add(&each, mu_now_us() - begin);
    }
    mu_person_leave(&lead);
    double middle = mu_samples_percentile(&each, 50);
    mu_samples_free(&each);
    return middle;
}

static void offline(struct mu_bench *bench, struct mu_bench_team *team, const struct mu_id *tasks)
{
    size_t count = bench->quick ? OFFLINE / 5 : OFFLINE;
    double one = author(team, tasks, count);
    double cpu = mu_program_cpu_us(team->server);
    struct mu_program_cost cost = mu_team_sync(team, "lead");
    cpu = mu_program_cpu_us(team->server) - cpu;
    add(bench, "authored", "an edit made offline, p50", "us", one,
        mu_floor_commit(team->folder, count), 0);
    add(bench, "offline",
        bench->quick ? "1,000 offline edits brought back" : "5,000 offline edits brought back",
        "ms", cost.wall_us / 1000, mu_floor_drain(team->folder, count) / 1000, 1000);
    add(bench, "offline_cpu", "  processor time of the device", "ms CPU", cost.cpu_us / 1000, 0, 0);
    add(bench, "offline_server_cpu", "  processor time of the server", "ms CPU", cpu / 1000, 0, 0);
}

void mu_bench_absence(struct mu_bench *bench)
{
    static struct mu_bench_person lead;
    struct mu_bench_team team;
    size_t count = 0;
    mu_team_begin(&team, bench->where);
    mu_team_fill(&team, TASKS);
    mu_person_enter(&team, "lead", &lead);
    struct mu_id *tasks = mu_person_tasks(&lead, TASKS, &count);
    mu_person_leave(&lead);
    (void)mu_team_join(&team, "kofi");
    missed(bench, &team, tasks);
    (void)mu_team_sync(&team, "lead");
    offline(bench, &team, tasks);
    free(tasks);
    mu_team_end(&team);
}
