#include "tests/bench/person.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/db/stmt.h"

void mu_bench_must(enum mu_status status, const struct mu_error *err, const char *what)
{
    if (status != MU_OK) {
        (void)fprintf(stderr, "muster-bench: %s: %s\n", what, err->text);
        exit(1);
    }
}

void mu_person_enter(const struct mu_bench_team *team, const char *who, struct mu_bench_person *out)
{
    struct mu_error err = {0};
    char home[300];
    mu_team_home(team, who, home, sizeof home);
    *out = (struct mu_bench_person){0};
    mu_arena_init(&out->arena, (size_t)64 << 20);
    mu_bench_must(mu_home_find(home, &out->home, &err), &err, home);
    mu_bench_must(mu_home_choose(&out->home, NULL, &out->workspace, &err), &err, home);
    mu_bench_must(mu_store_open(&out->workspace, &out->store, &err), &err, home);
    mu_home_zone_find("UTC", &out->arena, &out->zone);
    mu_bench_must(mu_moment_now(&out->moment, &out->zone, &err), &err, "now");
    mu_bench_must(mu_client_open(&out->store.replica, &out->store.outbox, &out->store.keys,
                                 &out->moment.turn, &out->client, &err),
                  &err, home);
}

void mu_person_leave(struct mu_bench_person *person)
{
    mu_client_close(person->client);
    mu_moment_deinit(&person->moment);
    mu_store_close(&person->store);
    mu_arena_deinit(&person->arena);
}

struct mu_id *mu_person_tasks(struct mu_bench_person *person, size_t most, size_t *out_count)
{
    struct mu_stmt stmt = {0};
    struct mu_error err = {0};
    bool row = true;
    struct mu_id *ids = calloc(most, sizeof *ids);
    if (ids == NULL) {
        abort();
    }
    mu_bench_must(mu_stmt_prepare(&stmt, &person->store.replica,
                                  "SELECT id FROM task WHERE no IS NOT NULL ORDER BY no", &err),
                  &err, "tasks");
    for (*out_count = 0; *out_count < most; (*out_count)++) {
        mu_bench_must(mu_stmt_step(&stmt, &row, &err), &err, "tasks");
        if (!row) {
            break;
        }
        ids[*out_count] = mu_stmt_id(&stmt, 0);
    }
    mu_stmt_finalize(&stmt);
    return ids;
}

void mu_person_author(struct mu_bench_person *person, const struct mu_intent *intent)
{
    struct mu_error err = {0};
    struct mu_authored authored;
    mu_moment_deinit(&person->moment);
    mu_bench_must(mu_moment_now(&person->moment, &person->zone, &err), &err, "now");
    mu_bench_must(mu_client_author(person->client, &person->moment.turn, intent, &person->arena,
                                   &authored, &err),
                  &err, "edit");
}

void mu_person_rename(struct mu_bench_person *person, struct mu_id task, const char *title)
{
    struct mu_intent intent = {.number = MU_INTENT_TASK_EDIT, .version = 1};
    mu_arena_clear(&person->arena);
    struct mu_op *op = mu_intent_op(&intent, &person->arena, MU_TASK, task);
    if (op == NULL ||
        !mu_op_arg(op, &person->arena, MU_TASK_TITLE, mu_bytes(mu_slice_str(title)))) {
        abort();
    }
    mu_person_author(person, &intent);
}
