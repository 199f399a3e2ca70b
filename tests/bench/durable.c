/* Durable mutations: clients that each have one push on its way, as the real ones do. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tests/bench/crowd.h"
#include "tests/bench/figures.h"
#include "tests/bench/floor.h"
#include "tests/bench/samples.h"

#define TASKS       10000
#define ARENA_MAX   ((size_t)512 << 20)
#define PATIENCE_US 120e6

/* A device may save up 20,000 mutations: each load has devices of its own. */
struct load {
    const char *key, *what;
    size_t clients, batch, total;
};

static const struct load loads[] = {
    {"durable_1", "durable edits, 1 client, one a push", 1, 1, 4000},
    {"durable_8", "durable edits, 8 clients, one a push", 8, 1, 16000},
    {"durable_64", "durable edits, 64 clients, one a push", 64, 1, 32000},
    {"durable_1_full", "durable edits, 1 client, 64 a push", 1, 64, 12800},
    {"durable_8_full", "durable edits, 8 clients, 64 a push", 8, 64, 40960},
    {"durable_64_full", "durable edits, 64 clients, 64 a push", 64, 64, 40960},
};
#define LOADS (sizeof loads / sizeof loads[0])

struct writer {
    struct mu_pushed *items;
    size_t count, pushed;
};

/* Everything is signed beforehand: what is measured is the server. */
static void write_edits(struct mu_crowd *crowd, size_t first, const struct load *load, size_t each,
                        const struct mu_id *tasks, size_t task_count, struct mu_arena *arena,
                        struct writer *writers)
{
    for (size_t i = 0; i < load->clients; i++) {
        writers[i] =
            (struct writer){.items = calloc(each, sizeof *writers[i].items), .count = each};
        if (writers[i].items == NULL) {
            abort();
        }
        for (size_t j = 0; j < each; j++) {
            char title[64];
            (void)snprintf(title, sizeof title, "edit %zu of client %zu", j, i);
            size_t task = (j * load->clients + i) % (task_count - task_count % load->clients);
            writers[i].items[j] = mu_crowd_edit(crowd, first + i, tasks[task], title, arena);
        }
    }
}

static void push_next(struct mu_crowd *crowd, size_t at, struct writer *writer, size_t batch)
{
    size_t left = writer->count - writer->pushed;
    size_t count = left < batch ? left : batch;
    if (count > 0) {
        mu_crowd_push(crowd, at, writer->items + writer->pushed, count);
        writer->pushed += count;
    }
}

/* Microseconds until the last mutation was answered. */
static double drive(struct mu_crowd *crowd, size_t first, const struct load *load,
                    struct writer *writers)
{
    double begin = mu_now_us();
    size_t waiting = load->clients;
    for (size_t i = 0; i < load->clients; i++) {
        crowd->members[first + i].acked = 0;
        push_next(crowd, first + i, &writers[i], load->batch);
    }
    while (waiting > 0) {
        (void)mu_crowd_wait(crowd, 1000);
        waiting = 0;
        for (size_t i = 0; i < load->clients; i++) {
            struct writer *writer = &writers[i];
            if (crowd->members[first + i].acked == writer->pushed) {
                push_next(crowd, first + i, writer, load->batch);
            }
            waiting += crowd->members[first + i].acked < writer->count;
        }
        if (mu_now_us() > begin + PATIENCE_US) {
            (void)fprintf(stderr, "muster-bench: pushes were never answered\n");
            exit(1);
        }
    }
    return mu_now_us() - begin;
}

static void run_load(struct mu_bench *bench, struct mu_crowd *crowd, size_t first,
                     const struct load *load, const struct mu_id *tasks, size_t task_count)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, ARENA_MAX);
    size_t total = bench->quick ? load->total / 4 : load->total;
    size_t each = total / load->clients;
    struct writer *writers = calloc(load->clients, sizeof *writers);
    if (writers == NULL) {
        abort();
    }
    (void)mu_crowd_connect(crowd, first, load->clients);
    write_edits(crowd, first, load, each, tasks, task_count, &arena, writers);
    uint64_t refusals = crowd->refusals;
    double cpu = mu_program_cpu_us(crowd->team->server);
    double took = drive(crowd, first, load, writers);
    cpu = mu_program_cpu_us(crowd->team->server) - cpu;
    double done = (double)(each * load->clients);
    if (crowd->refusals != refusals) {
        (void)fprintf(stderr, "muster-bench: %llu edits were not simply applied\n",
                      (unsigned long long)(crowd->refusals - refusals));
        exit(1);
    }
    mu_crowd_disconnect(crowd);
    mu_figure_add(&bench->figures,
                  &(struct mu_figure){.key = load->key,
                                      .what = load->what,
                                      .unit = "/s",
                                      .value = done * 1e6 / took,
                                      .floor = mu_floor_durable(crowd->team->folder, load->clients,
                                                                load->batch, each * load->clients),
                                      .goal = 0.5,
                                      .at_least = true});
    if (load->batch > 1 && load->clients == 8) {
        mu_figure_add(&bench->figures, &(struct mu_figure){.key = "durable_cpu",
                                                           .what = "the server's work for an edit "
                                                                   "of a full push",
                                                           .unit = "us CPU",
                                                           .value = cpu / done});
    }
    for (size_t i = 0; i < load->clients; i++) {
        free(writers[i].items);
    }
    free(writers);
}

static double size_of(const char *folder, const char *name)
{
    char path[400];
    struct stat about;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return stat(path, &about) == 0 ? (double)about.st_size : 0;
}

void mu_bench_durable(struct mu_bench *bench)
{
    static struct mu_bench_person lead;
    static struct mu_crowd crowd;
    struct mu_bench_team team;
    size_t task_count = 0;
    size_t members = 0;
    for (size_t i = 0; i < LOADS; i++) {
        members += loads[i].clients;
    }
    mu_team_begin(&team, bench->where);
    mu_team_fill(&team, TASKS);
    mu_person_enter(&team, "lead", &lead);
    struct mu_id *tasks = mu_person_tasks(&lead, TASKS, &task_count);
    mu_person_leave(&lead);
    mu_crowd_begin(&crowd, &team, members);
    mu_team_restart(&team); /* its write-ahead log is in the database then */
    double before = size_of(team.server_data, "muster.db");
    uint64_t head = 0;
    size_t first = 0;
    for (size_t i = 0; i < LOADS; i++) {
        run_load(bench, &crowd, first, &loads[i], tasks, task_count);
        head = i == 0 ? crowd.place.head : head;
        first += loads[i].clients;
    }
    (void)mu_crowd_connect(&crowd, 0, 1);
    double changes = (double)(crowd.place.head - head);
    mu_team_restart(&team);
    mu_figure_add(
        &bench->figures,
        &(struct mu_figure){.key = "disk_change",
                            .what = "a small change on the server's disk",
                            .unit = "bytes",
                            .value = (size_of(team.server_data, "muster.db") - before) / changes,
                            .goal = 1024});
    mu_crowd_end(&crowd);
    free(tasks);
    mu_team_end(&team);
}
