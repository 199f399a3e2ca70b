#include "tests/harness/team.h"

#include "tests/harness/cmocka.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* Every call here is of this form. */
#define MUST(call)                    \
    do {                              \
        struct mu_error err = {0};    \
        if ((call) != MU_OK) {        \
            fail_msg("%s", err.text); \
        }                             \
    } while (0)

void mu_team_begin(struct mu_cast *team)
{
    const struct mu_cast_founding founding = {.team = NULL};
    mu_team_begin_as(team, &founding);
}

void mu_team_begin_as(struct mu_cast *team, const struct mu_cast_founding *founding)
{
    char folder[MU_CAST_PATH - 64];
    assert_non_null(getcwd(folder, sizeof folder));
    assert_int_equal(setenv("TZ", "UTC", 1), 0);
    MUST(mu_cast_found_as(team, MUSTER_PROGRAMS, folder, founding, MU_TEAM_PATIENCE_MS, &err));
}

void mu_team_end(struct mu_cast *team)
{
    for (size_t i = 0; i < team->count; i++) {
        assert_int_equal(mu_team_stop_agent(&team->people[i], SIGTERM), 0);
    }
    assert_int_equal(mu_team_stop_server(team, SIGTERM), 0);
}

void mu_team_serve(struct mu_cast *team)
{
    MUST(mu_cast_serve(team, &err));
}

int mu_team_stop_server(struct mu_cast *team, int signal_number)
{
    return mu_program_stop(&team->server, signal_number, MU_TEAM_PATIENCE_MS);
}

struct mu_actor *mu_team_join(struct mu_cast *team, const char *name)
{
    struct mu_actor *actor = NULL;
    MUST(mu_cast_join(team, name, name, &actor, &err));
    return actor;
}

void mu_team_start_agent(struct mu_cast *team, struct mu_actor *actor)
{
    MUST(mu_cast_agent(team, actor, &err));
}

int mu_team_stop_agent(struct mu_actor *actor, int signal_number)
{
    return mu_program_stop(&actor->agent, signal_number, MU_TEAM_PATIENCE_MS);
}

void mu_team_do(struct mu_cast *team, const struct mu_actor *actor, const char *const *words)
{
    MUST(mu_cast_do(team, actor, words, &err));
}

json_t *mu_team_ask(struct mu_cast *team, const struct mu_actor *actor, const char *const *words)
{
    json_t *told = NULL;
    MUST(mu_cast_ask(team, actor, words, &told, &err));
    return told;
}

json_t *mu_team_server(const struct mu_cast *team)
{
    json_t *told = NULL;
    MUST(mu_cast_server(team, &told, &err));
    return told;
}

void mu_team_level(struct mu_cast *team)
{
    int64_t ignored = 0;
    MUST(mu_cast_level(team, &ignored, &err));
}

static bool has_title(json_t *task, const char *title)
{
    const char *mine = json_string_value(json_object_get(task, "title"));
    return mine != NULL && strcmp(mine, title) == 0;
}

size_t mu_team_task_count(json_t *tasks, const char *title)
{
    size_t index = 0;
    size_t count = 0;
    json_t *task = NULL;
    json_array_foreach(json_object_get(tasks, "tasks"), index, task)
    {
        count += has_title(task, title) ? 1 : 0;
    }
    return count;
}

json_t *mu_team_task(json_t *tasks, const char *title)
{
    size_t index = 0;
    json_t *task = NULL;
    json_t *found = NULL;
    json_array_foreach(json_object_get(tasks, "tasks"), index, task)
    {
        if (has_title(task, title)) {
            assert_null(found);
            found = task;
        }
    }
    return found;
}

void mu_team_says(const char *const *argv, int code, const char *words)
{
    struct mu_ran ran = mu_program_run(argv, NULL, MU_TEAM_PATIENCE_MS);
    bool said = words == NULL || strstr(ran.err, words) != NULL || strstr(ran.out, words) != NULL;
    if (ran.code != code || !said) {
        fail_msg("%s %s: exit %d instead of %d, said: %s%s", argv[0], argv[1], ran.code, code,
                 ran.out, ran.err);
    }
    mu_ran_free(&ran);
}

void mu_team_copy(const char *from, const char *to)
{
    mu_team_says(MU_WORDS("cp", "-r", "--no-target-directory", "--preserve=mode", from, to), 0,
                 NULL);
}

struct mu_actor *mu_team_clone(struct mu_cast *team, const struct mu_actor *actor, const char *name)
{
    assert_true(team->count < MU_CAST_PEOPLE);
    struct mu_actor *copy = &team->people[team->count++];
    *copy = (struct mu_actor){.agent = {.out = -1}};
    (void)snprintf(copy->name, sizeof copy->name, "%s", name);
    (void)snprintf(copy->home, sizeof copy->home, "%.250s/%.30s", team->folder, name);
    mu_team_copy(actor->home, copy->home);
    return copy;
}

void mu_team_all_have(struct mu_cast *team, const char *const *titles)
{
    json_t *first = NULL;
    for (size_t i = 0; i < team->count; i++) {
        json_t *told =
            mu_team_ask(team, &team->people[i], MU_WORDS("list", "--all", "--limit", "0"));
        for (size_t k = 0; titles[k] != NULL; k++) {
            size_t found = mu_team_task_count(told, titles[k]);
            if (found != 1) {
                fail_msg("%s has '%s' %zu times", team->people[i].name, titles[k], found);
            }
        }
        json_t *tasks = json_incref(json_object_get(told, "tasks"));
        json_decref(told);
        if (first != NULL && !json_equal(first, tasks)) {
            fail_msg("%s shows another board than %s", team->people[i].name, team->people[0].name);
        }
        json_decref(first);
        first = tasks;
    }
    json_decref(first);
}

void mu_team_verify(struct mu_cast *team)
{
    for (size_t i = 0; i < team->count; i++) {
        mu_team_do(team, &team->people[i], MU_WORDS("verify"));
    }
    mu_team_says(MU_WORDS(MUSTER_PROGRAMS "/musterd", "check", "--data", team->data), 0, "sound");
}
