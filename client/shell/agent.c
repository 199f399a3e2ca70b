#include "client/shell/agent.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/shell/journal.h"
#include "client/shell/lock.h"

#define ZONE_MEMORY  ((size_t)256 << 10)
#define LINGER_MS    500
#define WAIT_MAX_MS  60000
#define SLEPT_MS     3000 /* asleep for longer: connections are not what they were */
#define POLL_ROOM(n) (1 + MU_CALLERS_POLL_MAX + MU_DEALER_POLL_COUNT * (n))

/* How long the machine has slept since it started, in ms. */
static int64_t slept_ms(void)
{
    struct timespec with_sleep = {0};
    struct timespec without = {0};
    if (clock_gettime(CLOCK_BOOTTIME, &with_sleep) != 0 ||
        clock_gettime(CLOCK_MONOTONIC, &without) != 0) {
        return 0;
    }
    return ((int64_t)with_sleep.tv_sec - (int64_t)without.tv_sec) * 1000 +
           (with_sleep.tv_nsec - without.tv_nsec) / 1000000;
}

/* -- the list ---------------------------------------------------------------------- */

static struct mu_served *find_served(const struct mu_agent *agent, const char *name)
{
    for (size_t i = 0; i < agent->count; i++) {
        if (strcmp(agent->list[i]->workspace.name, name) == 0) {
            return agent->list[i];
        }
    }
    return NULL;
}

static enum mu_status add_served(struct mu_agent *agent, const struct mu_workspace *workspace,
                                 struct mu_error *err)
{
    struct mu_served **list = realloc(agent->list, (agent->count + 1) * sizeof(struct mu_served *));
    struct mu_served *served = malloc(sizeof *served);
    if (list != NULL) {
        agent->list = list;
    }
    if (list == NULL || served == NULL) {
        free(served);
        return mu_fail(err, MU_E_NOMEM, "out of memory");
    }
    mu_served_init(served, &agent->serving, workspace);
    agent->list[agent->count++] = served;
    return MU_OK;
}

static void remove_served(struct mu_agent *agent, size_t at)
{
    mu_served_deinit(agent->list[at], 0);
    free(agent->list[at]);
    agent->count--;
    memmove(&agent->list[at], &agent->list[at + 1],
            (agent->count - at) * sizeof(struct mu_served *));
}

static bool is_listed(const struct mu_workspace *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* Serve what has come, leave what has gone. */
static enum mu_status rescan(struct mu_agent *agent, struct mu_error *err)
{
    struct mu_workspace *found = NULL;
    size_t count = 0;
    MU_TRY(mu_home_workspaces(&agent->home, &found, &count, err));
    for (size_t i = agent->count; i > 0; i--) {
        if (!is_listed(found, count, agent->list[i - 1]->workspace.name)) {
            remove_served(agent, i - 1);
        }
    }
    enum mu_status status = MU_OK;
    for (size_t i = 0; i < count && status == MU_OK; i++) {
        bool wanted = agent->only == NULL || strcmp(agent->only, found[i].name) == 0;
        if (wanted && find_served(agent, found[i].name) == NULL) {
            status = add_served(agent, &found[i], err);
        }
    }
    free(found);
    return status;
}

/* -- opening ----------------------------------------------------------------------- */

static enum mu_status open_parts(struct mu_agent *agent, struct mu_error *err)
{
    if (agent->only != NULL) {
        struct mu_workspace chosen;
        MU_TRY(mu_home_choose(&agent->home, agent->only, &chosen, err));
    }
    MU_TRY(mu_agent_lock(&agent->home, &agent->lock_fd, err));
    agent->serving.context = zmq_ctx_new();
    if (agent->serving.context == NULL) {
        return mu_fail(err, MU_E_NOMEM, "out of memory");
    }
    return rescan(agent, err);
}

enum mu_status mu_agent_open(struct mu_agent *agent, const struct mu_home *home, const char *only,
                             const char *zone, struct mu_error *err)
{
    memset(agent, 0, sizeof *agent);
    agent->home = *home;
    agent->only = only;
    agent->lock_fd = -1;
    agent->callers.listen_fd = -1;
    agent->started_ms = mu_moment_wall().ms;
    mu_arena_init(&agent->zone_arena, ZONE_MEMORY);
    mu_home_zone_find(zone, &agent->zone_arena, &agent->zone);
    agent->serving.zone = &agent->zone;
    enum mu_status status = open_parts(agent, err);
    if (status != MU_OK) {
        mu_agent_close(agent);
    }
    return status;
}

/* One more turn each, to say goodbye while the connections stand. */
static void say_goodbye(struct mu_agent *agent)
{
    for (size_t i = 0; i < agent->count; i++) {
        struct mu_served *served = agent->list[i];
        bool ignored = false;
        served->leaving = true;
        if (served->client != NULL) {
            mu_served_run(served, &ignored);
        }
        mu_served_deinit(served, LINGER_MS);
        free(served);
    }
    free(agent->list);
    agent->list = NULL;
    agent->count = 0;
}

void mu_agent_close(struct mu_agent *agent)
{
    mu_callers_close(&agent->callers);
    say_goodbye(agent);
    if (agent->serving.context != NULL) {
        while (zmq_ctx_term(agent->serving.context) != 0 && zmq_errno() == EINTR) {
        }
        agent->serving.context = NULL;
    }
    if (agent->lock_fd >= 0) {
        (void)close(agent->lock_fd);
        agent->lock_fd = -1;
    }
    mu_arena_deinit(&agent->zone_arena);
}

/* -- requests ---------------------------------------------------------------------- */

static void poke(struct mu_agent *agent, const char *name)
{
    struct mu_served *served = find_served(agent, name);
    struct mu_error err;
    if (served == NULL && rescan(agent, &err) != MU_OK) {
        mu_journal_fail("", &err);
    }
    served = find_served(agent, name);
    if (served != NULL) {
        served->poked = true;
    }
}

static void tell_status(struct mu_agent *agent, char out_answer[static MU_AGENT_LINE_MAX])
{
    size_t live = 0;
    for (size_t i = 0; i < agent->count; i++) {
        struct mu_client_status status;
        struct mu_error ignored;
        if (mu_served_status(agent->list[i], &status, &ignored) == MU_OK &&
            (status.link == MU_LINK_LIVE || status.link == MU_LINK_CATCHING_UP)) {
            live++;
        }
    }
    (void)snprintf(out_answer, MU_AGENT_LINE_MAX,
                   "ok served=%zu live=%zu offline=%zu since=%" PRId64, agent->count, live,
                   agent->count - live, agent->started_ms);
}

static void answer_request(void *context, const char *line,
                           char out_answer[static MU_AGENT_LINE_MAX])
{
    struct mu_agent *agent = context;
    const char *text = "ok";
    if (strcmp(line, "poke") == 0) {
        poke(agent, "");
    } else if (strncmp(line, "poke ", 5) == 0) {
        poke(agent, line + 5);
    } else if (strcmp(line, "status") == 0) {
        tell_status(agent, out_answer);
        return;
    } else if (strcmp(line, "stop") == 0) {
        agent->stopping = true;
    } else {
        text = "error unknown request";
    }
    (void)snprintf(out_answer, MU_AGENT_LINE_MAX, "%s", text);
}

static bool is_known(void *context, const char *workspace)
{
    return find_served(context, workspace) != NULL;
}

/* -- the loop ---------------------------------------------------------------------- */

static void notice_sleep(struct mu_agent *agent)
{
    int64_t slept = slept_ms();
    if (slept - agent->slept_ms >= SLEPT_MS) {
        for (size_t i = 0; i < agent->count; i++) {
            mu_served_reconnect(agent->list[i]);
        }
    }
    agent->slept_ms = slept;
}

static void run_all(struct mu_agent *agent)
{
    for (size_t i = 0; i < agent->count; i++) {
        bool changed = false;
        mu_served_run(agent->list[i], &changed);
        if (changed) {
            mu_callers_changed(&agent->callers, agent->list[i]->workspace.name);
        }
    }
}

static long patience(const struct mu_agent *agent, struct mu_mono end)
{
    int64_t until = end.ms;
    for (size_t i = 0; i < agent->count; i++) {
        struct mu_mono due = mu_served_due(agent->list[i]);
        until = due.ms < until ? due.ms : until;
    }
    int64_t left = until - mu_moment_mono().ms;
    if (left <= 0) {
        return 0;
    }
    return left < WAIT_MAX_MS ? (long)left : WAIT_MAX_MS;
}

/* Returns false when it is time to stop. */
static bool wait_for_work(struct mu_agent *agent, int stop_fd, struct mu_mono end)
{
    zmq_pollitem_t *items = calloc(POLL_ROOM(agent->count), sizeof *items);
    if (items == NULL) {
        return false;
    }
    size_t count = 0;
    items[count++] = (zmq_pollitem_t){.fd = stop_fd, .events = ZMQ_POLLIN};
    size_t caller_count = mu_callers_poll_items(&agent->callers, items + count);
    count += caller_count;
    for (size_t i = 0; i < agent->count; i++) {
        /* One that holds messages back would wake us all the time. */
        if (!agent->list[i]->held_back) {
            count += mu_dealer_poll_items(&agent->list[i]->dealer, items + count);
        }
    }
    int ready = zmq_poll(items, (int)count, patience(agent, end));
    bool called = false;
    for (size_t i = 1; ready > 0 && i <= caller_count; i++) {
        called = called || items[i].revents != 0;
    }
    bool stop = ready > 0 && items[0].revents != 0;
    free(items);
    if (called) {
        const struct mu_callers_answer answer = {
            .context = agent, .request = answer_request, .is_known = is_known};
        mu_callers_serve(&agent->callers, &answer);
    }
    return !stop && !agent->stopping;
}

enum mu_status mu_agent_serve(struct mu_agent *agent, int stop_fd, struct mu_error *err)
{
    const struct mu_mono never = {.ms = INT64_MAX};
    MU_TRY(mu_callers_open(&agent->callers, &agent->home, err));
    agent->slept_ms = slept_ms();
    do {
        notice_sleep(agent);
        run_all(agent);
    } while (wait_for_work(agent, stop_fd, never));
    return MU_OK;
}

/* -- once -------------------------------------------------------------------------- */

enum level { LEVEL, BEHIND, NEVER };

static enum level level_of(struct mu_served *served, struct mu_error *err)
{
    struct mu_client_status status;
    if (mu_served_status(served, &status, err) != MU_OK) {
        return err->status == MU_E_BUSY ? BEHIND : NEVER;
    }
    if (status.link == MU_LINK_PARKED) {
        (void)mu_fail(err, MU_E_CRYPTO, "%s: %s", served->workspace.name,
                      status.parked_reason[0] != '\0' ? status.parked_reason
                                                      : "the server refuses this device");
        return NEVER;
    }
    if (status.link == MU_LINK_LIVE && status.pending == 0 && status.cursor.seq >= status.head) {
        return LEVEL;
    }
    uint64_t missing = status.head > status.cursor.seq ? status.head - status.cursor.seq : 0;
    if (served->server_said[0] != '\0') {
        (void)mu_fail(err, MU_E_OFFLINE, "%s: the server says: %s", served->workspace.name,
                      served->server_said);
    } else if (status.link == MU_LINK_OFFLINE) {
        (void)mu_fail(err, MU_E_OFFLINE,
                      "%s: the server cannot be reached; changes waiting here: %" PRIu64,
                      served->workspace.name, status.pending);
    } else {
        (void)mu_fail(err, MU_E_OFFLINE,
                      "%s: not level yet; to fetch: %" PRIu64 ", to send: %" PRIu64,
                      served->workspace.name, missing, status.pending);
    }
    return BEHIND;
}

static enum level level_of_all(struct mu_agent *agent, struct mu_error *err)
{
    enum level worst = LEVEL;
    for (size_t i = 0; i < agent->count; i++) {
        struct mu_error here;
        enum level level = level_of(agent->list[i], &here);
        if (level > worst) {
            worst = level;
            *err = here;
        }
    }
    return worst;
}

enum mu_status mu_agent_once(struct mu_agent *agent, int64_t wait_ms, int stop_fd,
                             struct mu_error *err)
{
    const struct mu_mono end = {.ms = mu_moment_mono().ms + wait_ms};
    agent->serving.quiet = true;
    for (;;) {
        run_all(agent);
        enum level level = level_of_all(agent, err);
        if (level == LEVEL) {
            return MU_OK;
        }
        if (level == NEVER || mu_moment_mono().ms >= end.ms) {
            return err->status;
        }
        if (!wait_for_work(agent, stop_fd, end)) {
            return mu_fail(err, MU_E_BUSY, "interrupted");
        }
    }
}
