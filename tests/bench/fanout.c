/* One change to many: how fast, how soon to the last, and what it costs the server; and all of
 * them coming back at once. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/crowd.h"
#include "tests/bench/figures.h"
#include "tests/bench/floor.h"
#include "tests/bench/samples.h"

#define TASKS       1000
#define BATCH       MU_PUSH_COUNT_MAX
#define WARM_UP     ((size_t)32 * BATCH)
#define ARENA_MAX   ((size_t)64 << 20)
#define PATIENCE_US 60e6

struct audience {
    size_t clients;
    const char *rate_key, *rate, *lone_key, *lone, *last_key, *last, *cpu_key, *cpu, *memory_key,
        *memory;
};

#define AUDIENCE(n, text)                                                               \
    {                                                                                   \
        n, "fanout_" #n, "changes to " text " clients, in full pushes", "lone_p99_" #n, \
            "a lone change to " text " clients, p99", "lone_last_" #n,                  \
            "a lone change to the last of " text ", p50", "fanout_cpu_" #n,             \
            "the server's work for a lone delivery, " text, "kib_per_client_" #n,       \
            "memory of each of " text " clients on the server"                          \
    }

static const struct audience audiences[] = {AUDIENCE(10, "10"), AUDIENCE(200, "200"),
                                            AUDIENCE(1000, "1,000")};
#define AUDIENCES (sizeof audiences / sizeof audiences[0])

/* The author is one of the audience. */
static struct mu_pushed *write_edits(struct mu_crowd *crowd, size_t count,
                                     const struct mu_id *tasks, struct mu_arena *arena)
{
    struct mu_pushed *items = calloc(count, sizeof *items);
    if (items == NULL) {
        abort();
    }
    for (size_t i = 0; i < count; i++) {
        char title[64];
        (void)snprintf(title, sizeof title, "a title for the %zuth time", i);
        items[i] = mu_crowd_edit(crowd, 0, tasks[i % TASKS], title, arena);
    }
    return items;
}

static void take_until(struct mu_crowd *crowd, uint64_t deliveries)
{
    double end = mu_now_us() + PATIENCE_US;
    while (crowd->deliveries < deliveries) {
        (void)mu_crowd_wait(crowd, 1000);
        if (mu_now_us() > end) {
            (void)fprintf(stderr, "muster-bench: changes never arrived\n");
            exit(1);
        }
    }
}

/* Full pushes, one after the other; deliveries a second. */
static double flood(struct mu_crowd *crowd, struct mu_pushed *items, size_t count, size_t listeners)
{
    struct mu_member *member = &crowd->members[0];
    double begin = mu_now_us();
    uint64_t wanted = crowd->deliveries + count * listeners;
    member->acked = 0;
    for (size_t pushed = 0; pushed < count; pushed += BATCH) {
        mu_crowd_push(crowd, 0, items + pushed, BATCH);
        while (member->acked < pushed + BATCH) {
            (void)mu_crowd_wait(crowd, 1000);
        }
    }
    take_until(crowd, wanted);
    return (double)(count * listeners) * 1e6 / (mu_now_us() - begin);
}

/* One change at a time: when it was with each, and when with the last. */
static double trickle(struct mu_crowd *crowd, struct mu_pushed *items, size_t count,
                      size_t listeners, struct mu_samples *each, struct mu_samples *last)
{
    double cpu = mu_program_cpu_us(crowd->team->server);
    for (size_t i = 0; i < count; i++) {
        double begin = mu_now_us();
        double latest = 0;
        mu_crowd_push(crowd, 0, items + i, 1);
        take_until(crowd, crowd->deliveries + listeners);
        for (size_t j = 0; j < listeners; j++) {
            double took = crowd->members[j].changed_us - begin;
            latest = took > latest ? took : latest;
            mu_samples_add(each, took);
        }
        mu_samples_add(last, latest);
    }
    return (mu_program_cpu_us(crowd->team->server) - cpu) / (double)(count * listeners);
}

static void add(struct mu_bench *bench, const char *key, const char *what, const char *unit,
                double value, double floor, double goal, bool at_least)
{
    mu_figure_add(&bench->figures, &(struct mu_figure){.key = key,
                                                       .what = what,
                                                       .unit = unit,
                                                       .value = value,
                                                       .floor = floor,
                                                       .goal = goal,
                                                       .at_least = at_least});
}

/* What the server has in memory when it has worked for one client: its page cache is full of what
 * this board needs, and that is no client's. */
static long warm_up(struct mu_crowd *crowd, const struct mu_id *tasks, struct mu_arena *arena)
{
    (void)mu_crowd_connect(crowd, 0, 1);
    struct mu_pushed *items = write_edits(crowd, WARM_UP, tasks, arena);
    (void)flood(crowd, items, WARM_UP, 1);
    free(items);
    mu_crowd_disconnect(crowd);
    return mu_program_resident_kib(crowd->team->server);
}

static void address(struct mu_bench *bench, struct mu_crowd *crowd, const struct audience *audience,
                    const struct mu_id *tasks)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, ARENA_MAX);
    struct mu_samples each = {0};
    struct mu_samples last = {0};
    struct mu_samples floor_each = {0};
    struct mu_samples floor_last = {0};
    size_t clients = audience->clients;
    size_t flood_count = (clients >= 1000 ? 16 : 64) * BATCH;
    size_t lone_count = bench->quick ? 50 : 200;
    mu_team_restart(crowd->team);
    long alone = warm_up(crowd, tasks, &arena);
    (void)mu_crowd_connect(crowd, 0, clients);
    struct mu_pushed *items = write_edits(crowd, flood_count + lone_count, tasks, &arena);
    struct mu_fanout_floor floor = {.rate_count = flood_count, .lone_count = lone_count};
    struct mu_traffic before = mu_traffic_of(mu_team_port(crowd->team));
    double cpu = trickle(crowd, items, lone_count, clients, &each, &last);
    struct mu_traffic after = mu_traffic_of(mu_team_port(crowd->team));
    double rate = flood(crowd, items + lone_count, flood_count, clients);
    long memory = mu_program_resident_kib(crowd->team->server) - alone;
    mu_crowd_disconnect(crowd);
    mu_floor_fanout(crowd->team->folder, clients, &floor, &floor_each, &floor_last);
    add(bench, audience->rate_key, audience->rate, "/s", rate, floor.rate,
        clients >= 1000 ? 0.6 : 0, true);
    add(bench, audience->lone_key, audience->lone, "us", mu_samples_percentile(&each, 99),
        mu_samples_percentile(&floor_each, 99), 0, false);
    add(bench, audience->last_key, audience->last, "us", mu_samples_percentile(&last, 50),
        mu_samples_percentile(&floor_last, 50), 0, false);
    add(bench, audience->cpu_key, audience->cpu, "us CPU", cpu, floor.cpu, 0, false);
    add(bench, audience->memory_key, audience->memory, "KiB", (double)memory / (double)clients, 0,
        clients >= 200 ? 110 : 0, false);
    if (clients <= 10) {
        double lone = (double)lone_count;
        add(bench, "wire_change", "a small change on the wire, to each client", "bytes",
            (after.in - before.in) / lone / (double)clients, 0, 500, false);
        add(bench, "wire_push", "a small edit on the wire, from its author", "bytes",
            (after.out - before.out) / lone, 0, 500, false);
    }
    free(items);
    mu_samples_free(&each);
    mu_samples_free(&last);
    mu_samples_free(&floor_each);
    mu_samples_free(&floor_last);
}

/* After a restart everybody comes at once. */
static void come_back(struct mu_bench *bench, struct mu_crowd *crowd)
{
    struct mu_fanout_floor floor = {0};
    struct mu_samples unused = {0};
    mu_team_restart(crowd->team);
    double took = mu_crowd_connect(crowd, 0, crowd->count);
    double cpu = mu_program_cpu_us(crowd->team->server);
    mu_crowd_disconnect(crowd);
    mu_floor_fanout(crowd->team->folder, crowd->count, &floor, &unused, &unused);
    mu_figure_add(&bench->figures,
                  &(struct mu_figure){.key = "reconnect",
                                      .what = bench->quick ? "200 clients back after a restart"
                                                           : "1,000 clients back after a restart",
                                      .unit = "ms",
                                      .value = took / 1000,
                                      .floor = floor.connect_us / 1000});
    mu_figure_add(&bench->figures, &(struct mu_figure){.key = "reconnect_cpu",
                                                       .what = "the server's work for one of them",
                                                       .unit = "us CPU",
                                                       .value = cpu / (double)crowd->count});
}

void mu_bench_fanout(struct mu_bench *bench)
{
    static struct mu_bench_person lead;
    static struct mu_crowd crowd;
    struct mu_bench_team team;
    size_t count = 0;
    size_t most = bench->quick ? 200 : 1000;
    mu_team_begin(&team, bench->where);
    mu_team_fill(&team, TASKS);
    mu_person_enter(&team, "lead", &lead);
    struct mu_id *tasks = mu_person_tasks(&lead, TASKS, &count);
    mu_person_leave(&lead);
    mu_crowd_begin(&crowd, &team, most);
    for (size_t i = 0; i < AUDIENCES && audiences[i].clients <= most; i++) {
        address(bench, &crowd, &audiences[i], tasks);
    }
    come_back(bench, &crowd);
    mu_crowd_end(&crowd);
    free(tasks);
    mu_team_end(&team);
}
