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
    char folder[MU_CAST_PATH - 64];
    assert_non_null(getcwd(folder, sizeof folder));
    assert_int_equal(setenv("TZ", "UTC", 1), 0);
    MUST(mu_cast_found(team, MUSTER_PROGRAMS, folder, MU_TEAM_PATIENCE_MS, &err));
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
