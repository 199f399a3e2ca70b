/* muster-bench-paths NAME COUNT: one hot path, so many times, on disks in memory with a clock that
 * stands still.  Under callgrind the difference between two counts is the path's instructions and
 * nothing else; check.c does that. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/paths_list.h"
#include "tests/harness/pair.h"

#define TASKS 64

struct team {
    struct mu_pair pair;
    size_t ana, kofi;
    struct mu_id tasks[TASKS];
};

static void edit(struct team *team, size_t who, size_t i)
{
    char title[32];
    mu_arena_clear(&team->pair.clients[who].arena);
    (void)snprintf(title, sizeof title, "title %06zu", i);
    (void)mu_pair_title(&team->pair, who, team->tasks[i % TASKS], title);
}

static void begin(struct team *team)
{
    struct mu_pair *pair = &team->pair;
    mu_pair_open(pair, "paths");
    mu_pair_server_kill(pair);
    pair->options.limits.stream_rows = 0; /* whoever is new gets a transfer */
    mu_pair_server_start(pair);
    team->ana = mu_pair_join(pair);
    mu_pair_settle(pair);
    team->kofi = mu_pair_join(pair);
    for (size_t i = 0; i < TASKS; i++) {
        mu_arena_clear(&pair->clients[team->ana].arena);
        team->tasks[i] = mu_pair_add(pair, team->ana, "a task of the board", MU_KIND_TODO);
    }
    mu_pair_settle(pair);
}

/* Somebody edits, the server decides, both apply it; each change by itself. */
static void edits(struct team *team, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        edit(team, team->ana, i);
        mu_pair_pump(&team->pair);
    }
}

/* All of them made offline, and brought back. */
static void offline(struct team *team, size_t count)
{
    mu_pair_unplug(&team->pair, team->ana, false);
    edits(team, count);
    mu_pair_plug(&team->pair, team->ana);
    mu_pair_settle(&team->pair);
}

/* The same, and somebody else changed as much meanwhile. */
static void collisions(struct team *team, size_t count)
{
    mu_pair_unplug(&team->pair, team->ana, false);
    edits(team, count);
    for (size_t i = 0; i < count; i++) {
        edit(team, team->kofi, i + 1000);
        mu_pair_pump(&team->pair);
    }
    mu_pair_plug(&team->pair, team->ana);
    mu_pair_settle(&team->pair);
}

/* So many tasks more on the board that a new device takes. */
static void transfer(struct team *team, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mu_arena_clear(&team->pair.clients[team->ana].arena);
        (void)mu_pair_add(&team->pair, team->ana, "one more task of the board", MU_KIND_DOING);
    }
    mu_pair_settle(&team->pair);
    mu_path_transfer(&team->pair);
}

static void list(struct team *team, size_t count)
{
    struct mu_pair_client *ana = &team->pair.clients[team->ana];
    for (size_t i = 0; i < count; i++) {
        mu_arena_clear(&ana->arena);
        mu_path_list(&ana->replica_db, &ana->arena);
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(struct team *team, size_t count);
    } paths[] = {{"edits", edits},
                 {"offline", offline},
                 {"collisions", collisions},
                 {"transfer", transfer},
                 {"list", list}};
    static struct team team;
    for (size_t i = 0; argc == 3 && i < sizeof paths / sizeof paths[0]; i++) {
        if (strcmp(argv[1], paths[i].name) == 0) {
            begin(&team);
            paths[i].run(&team, strtoul(argv[2], NULL, 10));
            mu_pair_close(&team.pair);
            return 0;
        }
    }
    return 2;
}
