/* From one person's replica to another's through the real programs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/core/client.h"
#include "client/home/agent_link.h"
#include "client/home/moment.h"
#include "client/home/store.h"
#include "common/db/stmt.h"
#include "tests/bench/figures.h"
#include "tests/bench/floor.h"
#include "tests/bench/team.h"

#define GAP_MS  5
#define WAIT_MS 20000

static void must(enum mu_status status, const struct mu_error *err, const char *what)
{
    if (status != MU_OK) {
        (void)fprintf(stderr, "muster-bench: %s: %s\n", what, err->text);
        exit(1);
    }
}

/* A person's store with the client on it, as `muster` opens them. */
struct person {
    struct mu_home home;
    struct mu_workspace workspace;
    struct mu_store store;
    struct mu_home_zone zone;
    struct mu_moment moment;
    struct mu_client *client;
    struct mu_arena arena;
};

static void enter(const struct mu_bench_team *team, const char *who, struct person *out)
{
    struct mu_error err = {0};
    char home[300];
    mu_team_home(team, who, home, sizeof home);
    mu_arena_init(&out->arena, (size_t)16 << 20);
    must(mu_home_find(home, &out->home, &err), &err, home);
    must(mu_home_choose(&out->home, NULL, &out->workspace, &err), &err, home);
    must(mu_store_open(&out->workspace, &out->store, &err), &err, home);
    mu_home_zone_find("UTC", &out->arena, &out->zone);
    must(mu_moment_now(&out->moment, &out->zone, &err), &err, "now");
    must(mu_client_open(&out->store.replica, &out->store.outbox, &out->store.keys,
                        &out->moment.turn, &out->client, &err),
         &err, home);
}

static void leave(struct person *person)
{
    mu_client_close(person->client);
    mu_moment_deinit(&person->moment);
    mu_store_close(&person->store);
    mu_arena_deinit(&person->arena);
}

static struct mu_id some_task(struct person *person)
{
    struct mu_stmt stmt = {0};
    struct mu_error err = {0};
    bool row = false;
    must(mu_stmt_prepare(&stmt, &person->store.replica, "SELECT id FROM task LIMIT 1", &err), &err,
         "task");
    must(mu_stmt_step(&stmt, &row, &err), &err, "task");
    struct mu_id id = mu_stmt_id(&stmt, 0);
    mu_stmt_finalize(&stmt);
    return id;
}

static void rename_task(struct person *person, struct mu_id task, const char *title)
{
    struct mu_error err = {0};
    struct mu_authored authored;
    struct mu_intent intent = {.number = MU_INTENT_TASK_EDIT, .version = 1};
    mu_arena_clear(&person->arena);
    struct mu_op *op = mu_intent_op(&intent, &person->arena, MU_TASK, task);
    if (op == NULL ||
        !mu_op_arg(op, &person->arena, MU_TASK_TITLE, mu_bytes(mu_slice_str(title)))) {
        abort();
    }
    mu_moment_deinit(&person->moment);
    must(mu_moment_now(&person->moment, &person->zone, &err), &err, "now");
    must(mu_client_author(person->client, &person->moment.turn, &intent, &person->arena, &authored,
                          &err),
         &err, "edit");
    (void)mu_agent_poke(&person->home, person->workspace.name, true);
}

static bool shows(struct mu_stmt *stmt, struct mu_id task, const char *title)
{
    struct mu_error err = {0};
    bool row = false;
    mu_stmt_reset(stmt);
    mu_stmt_bind_int(stmt, 1, mu_id_key(task));
    must(mu_stmt_step(stmt, &row, &err), &err, "task");
    bool equal = row && mu_slice_equal(mu_stmt_text(stmt, 0), mu_slice_str(title));
    mu_stmt_reset(stmt);
    return equal;
}

/* The agent is up and has its server when it says so. */
static void wait_for_live(struct person *person, struct mu_agent_link *link)
{
    char answer[MU_AGENT_LINE_MAX];
    struct mu_error err = {0};
    struct timespec pause = {.tv_nsec = 20000000};
    for (int i = 0; i < 1000; i++) {
        if (mu_agent_connect(&person->home, 1000, link, &err) == MU_OK) {
            if (mu_agent_ask(link, "status", 1000, answer, &err) == MU_OK &&
                strstr(answer, "live=1") != NULL) {
                return;
            }
            mu_agent_disconnect(link);
        }
        (void)nanosleep(&pause, NULL);
    }
    must(MU_E_OFFLINE, &err, "the agent never got to its server");
}

static void measure(struct person *author, struct person *reader, struct mu_agent_link *watch,
                    size_t edits, struct mu_samples *out)
{
    struct mu_stmt stmt = {0};
    struct mu_error err = {0};
    struct mu_id task = some_task(author);
    char line[MU_AGENT_LINE_MAX];
    struct timespec gap = {.tv_nsec = GAP_MS * 1000000};
    must(mu_stmt_prepare(&stmt, &reader->store.replica, "SELECT title FROM task WHERE key = ?1",
                         &err),
         &err, "task");
    must(mu_agent_ask(watch, "watch", 1000, line, &err), &err, "watch");
    for (size_t i = 0; i < edits; i++) {
        char title[64];
        (void)snprintf(title, sizeof title, "title number %zu", i);
        double begin = mu_now_us();
        rename_task(author, task, title);
        while (!shows(&stmt, task, title)) {
            bool got = false;
            must(mu_agent_line(watch, WAIT_MS, line, &got, &err), &err, "watch");
            if (!got) {
                must(MU_E_OFFLINE, &err, "an edit never arrived");
            }
        }
        mu_samples_add(out, mu_now_us() - begin);
        (void)nanosleep(&gap, NULL); /* the pace of the load */
    }
    mu_stmt_finalize(&stmt);
}

void mu_bench_propagation(struct mu_bench *bench)
{
    struct mu_bench_team team;
    struct mu_samples floor = {0};
    struct mu_samples ours = {0};
    size_t edits = bench->quick ? 200 : 1000;
    mu_team_begin(&team, bench->where);
    mu_team_fill(&team, 1000);
    (void)mu_team_join(&team, "kofi");
    pid_t lead_agent = mu_team_agent(&team, "lead");
    pid_t kofi_agent = mu_team_agent(&team, "kofi");
    static struct person author;
    static struct person reader;
    struct mu_agent_link author_link = {0};
    struct mu_agent_link watch = {0};
    enter(&team, "lead", &author);
    enter(&team, "kofi", &reader);
    wait_for_live(&author, &author_link);
    wait_for_live(&reader, &watch);
    measure(&author, &reader, &watch, edits, &ours);
    mu_agent_disconnect(&author_link);
    mu_agent_disconnect(&watch);
    leave(&author);
    leave(&reader);
    mu_program_stop(lead_agent);
    mu_program_stop(kofi_agent);

    mu_floor_propagation(team.folder, edits, GAP_MS, &floor);
    mu_figure_add(&bench->figures, &(struct mu_figure){.key = "propagation_p50",
                                                       .what = "an edit, replica to replica, p50",
                                                       .unit = "us",
                                                       .value = mu_samples_percentile(&ours, 50),
                                                       .floor = mu_samples_percentile(&floor, 50),
                                                       .goal = 2});
    mu_figure_add(&bench->figures, &(struct mu_figure){.key = "propagation_p99",
                                                       .what = "an edit, replica to replica, p99",
                                                       .unit = "us",
                                                       .value = mu_samples_percentile(&ours, 99),
                                                       .floor = mu_samples_percentile(&floor, 99),
                                                       .goal = 3});
    mu_samples_free(&floor);
    mu_samples_free(&ours);
    mu_team_end(&team);
}
