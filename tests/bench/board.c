/* A board of many tasks: the commands on it, its first load on a new device, and what a task
 * takes on disk and wire. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/bench/crowd.h"
#include "tests/bench/figures.h"
#include "tests/bench/floor.h"
#include "tests/bench/samples.h"
#include "tests/bench/team.h"

#define RUNS 41
#define FLOOR_COMMAND   \
    MUSTER_BENCH_FLOORS \
    "/muster-bench-floor"

/* Keys and words of one size of board. */
struct size {
    size_t tasks;
    const char *list[2], *list_cpu[2], *edit[2], *add[2]; /* key, words */
    const char *load[2], *load_cpu[2], *load_server_cpu[2], *load_bytes[2], *load_peak[2],
        *load_server_peak[2], *disk[2], *work[2];
    double list_goal, load_goal;
};

#define SIZE(n, text, list_most, load_least)                                              \
    {                                                                                     \
        .tasks = n##000, .list = {"list_" #n "k", "muster list at " text " tasks"},       \
        .list_cpu = {"list_cpu_" #n "k", "  its processor time"},                         \
        .edit = {"edit_" #n "k", "muster edit --title at " text " tasks"},                \
        .add = {"add_" #n "k", "muster add at " text " tasks"},                           \
        .load = {"load_" #n "k", "first load of " text " tasks"},                         \
        .load_cpu = {"load_cpu_" #n "k", "  processor time of the new device"},           \
        .load_server_cpu = {"load_server_cpu_" #n "k", "  processor time of the server"}, \
        .load_bytes = {"wire_task_" #n "k", "  a task of it on the wire"},                \
        .load_peak = {"load_peak_" #n "k", "  peak memory of the new device"},            \
        .load_server_peak = {"load_server_peak_" #n "k", "  peak memory of the server"},  \
        .disk = {"disk_task_" #n "k", "a task of " text " on a device's disk"},           \
        .work = {"edit_cpu_" #n "k", "the server's work for an edit at " text " tasks"},  \
        .list_goal = (list_most), .load_goal = (load_least)                               \
    }

static const struct size sizes[] = {SIZE(10, "10,000", 5, 0), SIZE(100, "100,000", 15, 0.4)};

static void add(struct mu_bench *bench, const char *const key[static 2], const char *unit,
                double value, double floor, double goal)
{
    mu_figure_add(&bench->figures, &(struct mu_figure){.key = key[0],
                                                       .what = key[1],
                                                       .unit = unit,
                                                       .value = value,
                                                       .floor = floor,
                                                       .goal = goal,
                                                       .absolute = true});
}

struct times {
    double wall_ms, cpu_ms; /* the middle of many runs */
};

static struct times time_command(const struct mu_bench_team *team, const char *const *words)
{
    static char out[1 << 20];
    struct mu_samples wall = {0};
    struct mu_samples cpu = {0};
    for (int i = 0; i < RUNS; i++) {
        struct mu_program_cost cost = mu_team_muster(team, "lead", words, NULL, out, sizeof out);
        mu_samples_add(&wall, cost.wall_us / 1000);
        mu_samples_add(&cpu, cost.cpu_us / 1000);
    }
    struct times times = {mu_samples_percentile(&wall, 50), mu_samples_percentile(&cpu, 50)};
    mu_samples_free(&wall);
    mu_samples_free(&cpu);
    return times;
}

static double floor_command(const char *what, const char *file)
{
    char out[8192];
    struct mu_samples wall = {0};
    const char *const words[] = {FLOOR_COMMAND, what, file, NULL};
    for (int i = 0; i < RUNS; i++) {
        struct mu_program_cost cost;
        mu_program_measure(words, NULL, out, sizeof out, &cost);
        mu_samples_add(&wall, cost.wall_us / 1000);
    }
    double middle = mu_samples_percentile(&wall, 50);
    mu_samples_free(&wall);
    return middle;
}

static void commands(struct mu_bench *bench, const struct mu_bench_team *team,
                     const struct size *size)
{
    static const char *const list[] = {"list", NULL};
    static const char *const edit[] = {"edit", "T-42", "--title", "Another title", NULL};
    static const char *const new_task[] = {"add", "A task more", NULL};
    char file[300];
    (void)snprintf(file, sizeof file, "%s/floor-commands.db", team->folder);
    mu_floor_commands(team->folder, size->tasks);
    struct times times = time_command(team, list);
    add(bench, size->list, "ms", times.wall_ms, floor_command("list", file), size->list_goal);
    add(bench, size->list_cpu, "ms CPU", times.cpu_ms, 0, 0);
    double floor = floor_command("edit", file);
    add(bench, size->edit, "ms", time_command(team, edit).wall_ms, floor, 0);
    add(bench, size->add, "ms", time_command(team, new_task).wall_ms, floor, 0);
    (void)mu_team_sync(team, "lead");
}

static double size_of(const char *folder, const char *name)
{
    char path[400];
    struct stat about;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return stat(path, &about) == 0 ? (double)about.st_size : 0;
}

static void first_load(struct mu_bench *bench, struct mu_bench_team *team, const struct size *size,
                       size_t run)
{
    char who[32];
    char home[300];
    char replica[400];
    (void)snprintf(who, sizeof who, "new%zu", run);
    mu_team_restart(team);
    double cpu = mu_program_cpu_us(team->server);
    struct mu_program_cost cost = mu_team_join(team, who);
    cpu = mu_program_cpu_us(team->server) - cpu;
    double rows = (double)size->tasks * 2; /* each has a label */
    mu_team_home(team, who, home, sizeof home);
    (void)snprintf(replica, sizeof replica, "%s/data/" MU_BENCH_WORKSPACE "/replica.db", home);
    mu_figure_add(&bench->figures, &(struct mu_figure){.key = size->load[0],
                                                       .what = size->load[1],
                                                       .unit = "rows/s",
                                                       .value = rows * 1e6 / cost.wall_us,
                                                       .floor = mu_floor_load(home, replica),
                                                       .goal = size->load_goal,
                                                       .at_least = true});
    add(bench, size->load_cpu, "s CPU", cost.cpu_us / 1e6, 0, 0);
    add(bench, size->load_server_cpu, "s CPU", cpu / 1e6, 0, 0);
    add(bench, size->load_peak, "MiB", (double)cost.peak_kib / 1024, 0, 0);
    add(bench, size->load_server_peak, "MiB", (double)mu_program_peak_kib(team->server) / 1024, 0,
        0);
    static const char file[] = "data/" MU_BENCH_WORKSPACE "/replica.db";
    add(bench, size->disk, "bytes", size_of(home, file) / (double)size->tasks, 0, 0);
}

/* What a new device takes in, as TCP counts it. */
static void wire(struct mu_bench *bench, struct mu_bench_team *team, const struct size *size)
{
    static struct mu_crowd crowd;
    mu_crowd_begin(&crowd, team, 1);
    (void)mu_crowd_transfer(&crowd, 0);
    double bytes = mu_traffic_of(mu_team_port(team)).in;
    mu_crowd_end(&crowd);
    add(bench, size->load_bytes, "bytes", bytes / (double)size->tasks, 0, 0);
}

#define GROWTH_EDITS 2560

static void growth(struct mu_bench *bench, struct mu_bench_team *team, const struct size *size,
                   const struct mu_id *tasks, size_t task_count)
{
    add(bench, size->work, "us CPU", mu_crowd_changes(team, tasks, task_count, GROWTH_EDITS), 0, 0);
}

static void board_of(struct mu_bench *bench, const struct size *size)
{
    static struct mu_bench_person lead;
    struct mu_bench_team team;
    size_t count = 0;
    mu_team_begin(&team, bench->where);
    mu_team_fill(&team, size->tasks);
    mu_person_enter(&team, "lead", &lead);
    struct mu_id *tasks = mu_person_tasks(&lead, size->tasks, &count);
    mu_person_leave(&lead);
    for (size_t run = 0; run < bench->runs; run++) {
        commands(bench, &team, size);
        first_load(bench, &team, size, run);
        wire(bench, &team, size);
        growth(bench, &team, size, tasks, count);
    }
    free(tasks);
    mu_team_end(&team);
}

void mu_bench_board(struct mu_bench *bench)
{
    board_of(bench, &sizes[0]);
    if (!bench->quick) {
        board_of(bench, &sizes[1]);
    }
}
