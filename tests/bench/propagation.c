/* From one person's replica to another's through the real programs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/db/stmt.h"
#include "tests/bench/figures.h"
#include "tests/bench/floor.h"
#include "tests/bench/person.h"

#define GAP_MS  5
#define WAIT_MS 20000

static bool shows(struct mu_stmt *stmt, struct mu_id task, const char *title)
{
    struct mu_error err = {0};
    bool row = false;
    mu_stmt_reset(stmt);
    mu_stmt_bind_int(stmt, 1, mu_id_key(task));
    mu_bench_must(mu_stmt_step(stmt, &row, &err), &err, "task");
    bool equal = row && mu_slice_equal(mu_stmt_text(stmt, 0), mu_slice_str(title));
    mu_stmt_reset(stmt);
    return equal;
}

/* The agent is up and has its server when it says so. */
static void wait_for_live(struct mu_bench_person *person, struct mu_agent_link *link)
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
    mu_bench_must(MU_E_OFFLINE, &err, "the agent never got to its server");
}

static void measure(struct mu_bench_person *author, struct mu_bench_person *reader,
                    struct mu_agent_link *watch, size_t edits, struct mu_samples *out)
{
    struct mu_stmt stmt = {0};
    struct mu_error err = {0};
    size_t count = 0;
    struct mu_id *tasks = mu_person_tasks(author, 1, &count);
    struct mu_id task = tasks[0];
    free(tasks);
    char line[MU_AGENT_LINE_MAX];
    struct timespec gap = {.tv_nsec = GAP_MS * 1000000};
    mu_bench_must(mu_stmt_prepare(&stmt, &reader->store.replica,
                                  "SELECT title FROM task WHERE key = ?1", &err),
                  &err, "task");
    mu_bench_must(mu_agent_ask(watch, "watch", 1000, line, &err), &err, "watch");
    for (size_t i = 0; i < edits; i++) {
        char title[64];
        (void)snprintf(title, sizeof title, "title number %zu", i);
        double begin = mu_now_us();
        mu_person_rename(author, task, title);
        (void)mu_agent_poke(&author->home, author->workspace.name, true);
        while (!shows(&stmt, task, title)) {
            bool got = false;
            mu_bench_must(mu_agent_line(watch, WAIT_MS, line, &got, &err), &err, "watch");
            if (!got) {
                mu_bench_must(MU_E_OFFLINE, &err, "an edit never arrived");
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
    static struct mu_bench_person author;
    static struct mu_bench_person reader;
    struct mu_agent_link author_link = {0};
    struct mu_agent_link watch = {0};
    mu_person_enter(&team, "lead", &author);
    mu_person_enter(&team, "kofi", &reader);
    wait_for_live(&author, &author_link);
    wait_for_live(&reader, &watch);
    measure(&author, &reader, &watch, edits, &ours);
    mu_agent_disconnect(&author_link);
    mu_agent_disconnect(&watch);
    mu_person_leave(&author);
    mu_person_leave(&reader);
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
