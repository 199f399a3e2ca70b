/* What a server and an agent cost that have nothing to do. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/bench/figures.h"
#include "tests/bench/team.h"

#define LOOK_S 10

/* Sum of the voluntary context switches of all threads: each is a sleep that ended. */
static long sleeps(pid_t pid)
{
    char command[128];
    char out[64] = "";
    (void)snprintf(command, sizeof command,
                   "cat /proc/%ld/task/*/status | awk '/^voluntary/ { n += $2 } END { print n }'",
                   (long)pid);
    const char *const words[] = {"/bin/sh", "-c", command, NULL};
    mu_program_must(words, NULL, out, sizeof out);
    return strtol(out, NULL, 10);
}

static double wake_ups(pid_t pid)
{
    struct timespec look = {.tv_sec = LOOK_S};
    long before = sleeps(pid);
    (void)nanosleep(&look, NULL); /* what is measured is this time */
    return (double)(sleeps(pid) - before) / LOOK_S;
}

static double floor_mib(const struct mu_bench_team *team)
{
    char file[300];
    char line[64];
    (void)snprintf(file, sizeof file, "%s/floor-idle.db", team->folder);
    const char *const words[] = {MUSTER_BENCH_FLOORS "/muster-bench-idle", file, NULL};
    pid_t pid = mu_program_start(words, "ready ", line, sizeof line);
    double mib = (double)mu_program_resident_kib(pid) / 1024;
    mu_program_stop(pid);
    return mib;
}

/* The agent is level when its person's board is. */
static void settle(void)
{
    struct timespec while_it_connects = {.tv_sec = 2};
    (void)nanosleep(&while_it_connects, NULL); /* it is not asked, that would wake it */
}

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

void mu_bench_idle(struct mu_bench *bench)
{
    struct mu_bench_team team;
    mu_team_begin(&team, bench->where);
    mu_team_fill(&team, 1000);
    mu_team_restart(&team);
    double floor = floor_mib(&team);
    add(bench, "idle_mib", "idle server, resident", "MiB",
        (double)mu_program_resident_kib(team.server) / 1024, floor, 12);
    add(bench, "idle_wake_ups", "idle server, wake-ups", "/s", wake_ups(team.server), 0, 1);
    pid_t agent = mu_team_agent(&team, "lead");
    settle();
    add(bench, "agent_mib", "idle agent with its server, resident", "MiB",
        (double)mu_program_resident_kib(agent) / 1024, floor, 0);
    add(bench, "agent_wake_ups", "idle agent with its server, wake-ups", "/s", wake_ups(agent), 0,
        1);
    add(bench, "served_wake_ups", "server of one idle agent, wake-ups", "/s", wake_ups(team.server),
        0, 1);
    mu_program_stop(agent);
    mu_team_end(&team);
}
