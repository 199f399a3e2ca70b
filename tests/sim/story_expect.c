/* What a story waits for and expects. */
#include <string.h>

#include "common/seal/envelope.h"
#include "tests/sim/story_inside.h"

bool mu_story_task(struct mu_story *story, const char *title, struct mu_id *out)
{
    for (size_t i = 0; i < story->task_count; i++) {
        if (strcmp(story->tasks[i].title, title) == 0) {
            *out = story->tasks[i].id;
            return true;
        }
    }
    mu_sim_fail(story->sim, "no task was added as '%s'", title);
    return false;
}

bool mu_story_ask(struct mu_story *story, unsigned device, const char *sql, struct mu_slice text,
                  struct mu_stmt *out)
{
    struct mu_error err = {0};
    bool row = false;
    struct mu_db *db = mu_replica_db(mu_client_replica(story->sim->devices[device].client));
    if (mu_stmt_prepare(out, db, sql, &err) != MU_OK) {
        mu_sim_fail(story->sim, "%s", err.text);
        return false;
    }
    mu_stmt_bind_text(out, 1, text);
    return mu_stmt_step(out, &row, &err) == MU_OK && row;
}

static void everyone_level(struct mu_story *story, const struct mu_story_args *args)
{
    (void)args;
    mu_story_level(story, UINT32_MAX);
}

static void one_level(struct mu_story *story, const struct mu_story_args *args)
{
    mu_story_level(story, UINT32_C(1) << args->machine);
}

static bool is_on(struct mu_story *story, unsigned device)
{
    if (!story->sim->devices[device].node.up) {
        mu_sim_fail(story->sim, "%s's device is not running", story->names[device]);
    }
    return story->sim->devices[device].node.up;
}

static bool shows(struct mu_story *story, unsigned device, const char *title)
{
    struct mu_stmt stmt = {0};
    bool found = mu_story_ask(story, device, "SELECT 1 FROM task WHERE title = ?1",
                              mu_slice_str(title), &stmt);
    mu_stmt_finalize(&stmt);
    return found;
}

static void expect_shown(struct mu_story *story, const struct mu_story_args *args)
{
    if (is_on(story, args->machine) && !shows(story, args->machine, args->texts[0])) {
        mu_sim_fail(story->sim, "%s does not show '%s'", story->names[args->machine],
                    args->texts[0]);
    }
}

static void expect_not_shown(struct mu_story *story, const struct mu_story_args *args)
{
    if (is_on(story, args->machine) && shows(story, args->machine, args->texts[0])) {
        mu_sim_fail(story->sim, "%s shows '%s'", story->names[args->machine], args->texts[0]);
    }
}

static uint64_t conflicts_on(struct mu_story *story, struct mu_id task)
{
    struct mu_stmt stmt = {0};
    struct mu_error err = {0};
    bool row = false;
    uint64_t count = 0;
    struct mu_db *db = mu_replica_db(mu_server_replica(story->sim->server.server));
    if (mu_stmt_prepare(&stmt, db, "SELECT count(*) FROM conflict WHERE row_id = ?1", &err) ==
        MU_OK) {
        mu_stmt_bind_id(&stmt, 1, task);
        count =
            mu_stmt_step(&stmt, &row, &err) == MU_OK && row ? (uint64_t)mu_stmt_int(&stmt, 0) : 0;
    }
    mu_stmt_finalize(&stmt);
    return count;
}

static void expect_conflict(struct mu_story *story, const struct mu_story_args *args)
{
    struct mu_id task;
    if (mu_story_task(story, args->texts[0], &task) && conflicts_on(story, task) == 0) {
        mu_sim_fail(story->sim, "there is no conflict on '%s'", args->texts[0]);
    }
}

static void expect_no_conflict(struct mu_story *story, const struct mu_story_args *args)
{
    struct mu_id task;
    if (mu_story_task(story, args->texts[0], &task) && conflicts_on(story, task) != 0) {
        mu_sim_fail(story->sim, "there is a conflict on '%s'", args->texts[0]);
    }
}

static void expect_count(struct mu_story *story, const struct mu_story_args *args, bool refused)
{
    struct mu_client_status status;
    struct mu_error err = {0};
    if (!is_on(story, args->machine)) {
        return;
    }
    if (mu_client_status(story->sim->devices[args->machine].client, &status, &err) != MU_OK) {
        mu_sim_fail(story->sim, "%s", err.text);
        return;
    }
    uint64_t count = refused ? status.refused : status.pending;
    if (count != (uint64_t)args->number) {
        mu_sim_fail(story->sim, "%s has %llu of them", story->names[args->machine],
                    (unsigned long long)count);
    }
}

static void expect_pending(struct mu_story *story, const struct mu_story_args *args)
{
    expect_count(story, args, false);
}

static void expect_refused(struct mu_story *story, const struct mu_story_args *args)
{
    expect_count(story, args, true);
}

static void expect_new_lineage(struct mu_story *story, const struct mu_story_args *args)
{
    (void)args;
    if (mu_id_equal(story->lineage, story->sim->history.incarnation)) {
        mu_sim_fail(story->sim, "the server goes on under its old name");
    }
    story->lineage = story->sim->history.incarnation;
}

static void expect_old_lineage(struct mu_story *story, const struct mu_story_args *args)
{
    (void)args;
    if (!mu_id_equal(story->lineage, story->sim->history.incarnation)) {
        mu_sim_fail(story->sim, "the server has a new name");
    }
}

static void expect_resumed(struct mu_story *story, const struct mu_story_args *args)
{
    const struct mu_sim_device *device = &story->sim->devices[args->machine];
    if (device->buckets_before == 0 || device->buckets >= device->buckets_before) {
        mu_sim_fail(story->sim, "%u buckets were sent after %u", device->buckets,
                    device->buckets_before);
    }
}

/* The epoch of the newest change in the server's log; 0: it cannot be read. */
static uint32_t newest_epoch(struct mu_story *story)
{
    struct mu_stmt stmt = {0};
    struct mu_error err = {0};
    struct mu_envelope_head head = {0};
    bool row = false;
    if (mu_stmt_prepare(&stmt, &story->sim->server.db,
                        "SELECT sealed FROM log_change ORDER BY seq DESC LIMIT 1", &err) == MU_OK &&
        mu_stmt_step(&stmt, &row, &err) == MU_OK && row) {
        (void)!mu_envelope_head_read(mu_stmt_blob(&stmt, 0), &head, &err);
    }
    mu_stmt_finalize(&stmt);
    return head.epoch;
}

static void expect_locked_out(struct mu_story *story, const struct mu_story_args *args)
{
    struct mu_stmt stmt = {0};
    struct mu_error err = {0};
    bool row = false;
    uint32_t epoch = newest_epoch(story);
    if (!is_on(story, args->machine) || epoch == 0 ||
        mu_stmt_prepare(&stmt, &story->sim->devices[args->machine].outbox_db,
                        "SELECT 1 FROM epoch_key WHERE epoch = ?1", &err) != MU_OK) {
        mu_sim_fail(story->sim, "no key to look for: %s", err.text);
        return;
    }
    mu_stmt_bind_int(&stmt, 1, epoch);
    if (mu_stmt_step(&stmt, &row, &err) != MU_OK || row) {
        mu_sim_fail(story->sim, "%s holds the key of the last change", story->names[args->machine]);
    }
    mu_stmt_finalize(&stmt);
}

const struct mu_story_act mu_story_expectations[] = {
    {"everyone is level", everyone_level},
    {"%n is level", one_level},
    {"expect %n shows %t", expect_shown},
    {"expect %n does not show %t", expect_not_shown},
    {"expect conflict on %t", expect_conflict},
    {"expect no conflict on %t", expect_no_conflict},
    {"expect %n has %k waiting", expect_pending},
    {"expect %n has %k refused", expect_refused},
    {"expect a new lineage", expect_new_lineage},
    {"expect the old lineage", expect_old_lineage},
    {"expect %n resumed its transfer", expect_resumed},
    {"expect %n cannot open the last change", expect_locked_out},
    {NULL, NULL}};
