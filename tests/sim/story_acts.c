/* What happens to machines, lines, clocks and files in a story. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/story_inside.h"

/* -- machines and lines ------------------------------------------------------------- */

static struct mu_node *node_of(struct mu_story *story, unsigned machine)
{
    return machine == MU_STORY_SERVER ? &story->sim->server.node
                                      : &story->sim->devices[machine].node;
}

static void stop(struct mu_story *story, unsigned machine, bool power)
{
    if (machine == MU_STORY_SERVER) {
        mu_sim_server_stop(story->sim, power);
    } else {
        mu_sim_device_stop(story->sim, machine, power);
    }
}

static void cut(struct mu_story *story, const struct mu_story_args *args)
{
    story->sim->devices[args->machine].cut_up = true;
    story->sim->devices[args->machine].cut_down = true;
}

static void mend(struct mu_story *story, const struct mu_story_args *args)
{
    story->sim->devices[args->machine].cut_up = false;
    story->sim->devices[args->machine].cut_down = false;
}

static void kill_machine(struct mu_story *story, const struct mu_story_args *args)
{
    stop(story, args->machine, false);
}

static void cut_power(struct mu_story *story, const struct mu_story_args *args)
{
    stop(story, args->machine, true);
}

static void switch_off(struct mu_story *story, const struct mu_story_args *args)
{
    stop(story, args->machine, false);
    node_of(story, args->machine)->off = true;
}

static void switch_on(struct mu_story *story, const struct mu_story_args *args)
{
    node_of(story, args->machine)->off = false;
    if (args->machine == MU_STORY_SERVER) {
        mu_sim_server_start(story->sim);
    } else {
        mu_sim_device_start(story->sim, args->machine);
    }
}

static void fill_disk(struct mu_story *story, const struct mu_story_args *args)
{
    struct mu_memdisk *disk = node_of(story, args->machine)->disk;
    mu_memdisk_set_limit(disk, mu_memdisk_used(disk) + 1);
}

static void empty_disk(struct mu_story *story, const struct mu_story_args *args)
{
    mu_memdisk_heal(node_of(story, args->machine)->disk);
}

static void break_transfer(struct mu_story *story, const struct mu_story_args *args)
{
    story->sim->devices[args->machine].chunks_left = (unsigned)args->number + 1;
}

/* -- time ------------------------------------------------------------------------------ */

static bool unit_ms(const char *unit, int64_t *out)
{
    static const struct {
        const char *name;
        int64_t ms;
    } units[] = {{"second", 1000},  {"minute", 60000},   {"hour", 3600000},
                 {"day", 86400000}, {"week", 604800000}, {"year", INT64_C(31557600000)}};
    size_t len = strlen(unit);
    len -= len > 1 && unit[len - 1] == 's';
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strlen(units[i].name) == len && strncmp(units[i].name, unit, len) == 0) {
            *out = units[i].ms;
            return true;
        }
    }
    return false;
}

static void wait(struct mu_story *story, const struct mu_story_args *args)
{
    int64_t ms = 0;
    if (!unit_ms(args->word, &ms) || args->number < 0 || args->number * ms > 86400000) {
        mu_sim_fail(story->sim, "wait at most a day; longer is to sleep");
        return;
    }
    mu_story_wait(story, args->number * ms);
}

/* Every machine is suspended; what is due comes when they wake. */
static void sleep_all(struct mu_story *story, const struct mu_story_args *args)
{
    int64_t ms = 0;
    if (!unit_ms(args->word, &ms) || args->number < 0 || args->number > 1000) {
        mu_sim_fail(story->sim, "nobody sleeps so long");
        return;
    }
    story->sim->now_ms += args->number * ms;
    mu_story_wait(story, 1000);
}

static void set_clock(struct mu_story *story, const struct mu_story_args *args)
{
    int64_t ms = 0;
    if (!unit_ms(args->word, &ms)) {
        mu_sim_fail(story->sim, "by how much?");
        return;
    }
    node_of(story, args->machine)->clock_ms = args->number * ms;
}

static void right_clock(struct mu_story *story, const struct mu_story_args *args)
{
    node_of(story, args->machine)->clock_ms = 0;
}

/* -- copies ------------------------------------------------------------------------------- */

/* Names move with the copies, of which old ones are forgotten. */
static void name_copy(struct mu_story *story, const char *name, size_t count_before)
{
    size_t count = story->sim->server.copy_count;
    size_t forgotten = count_before + 1 - count;
    for (size_t i = 0; i + 1 < count; i++) {
        memcpy(story->copies[i], story->copies[i + forgotten], MU_STORY_WORD_MAX);
    }
    (void)snprintf(story->copies[count - 1], MU_STORY_WORD_MAX, "%s", name);
}

static void copy_server(struct mu_story *story, const struct mu_story_args *args)
{
    size_t before = story->sim->server.copy_count;
    mu_sim_copy_server(story->sim, false);
    name_copy(story, args->word, before);
}

static void back_up_server(struct mu_story *story, const struct mu_story_args *args)
{
    size_t before = story->sim->server.copy_count;
    mu_sim_copy_server(story->sim, true);
    name_copy(story, args->word, before);
}

static void put_back(struct mu_story *story, const struct mu_story_args *args, enum mu_put_back way)
{
    for (size_t i = 0; i < story->sim->server.copy_count; i++) {
        if (strcmp(story->copies[i], args->word) == 0) {
            mu_sim_restore_server(story->sim, i, way);
            return;
        }
    }
    mu_sim_fail(story->sim, "there is no copy '%s' that may still be put back", args->word);
}

static void restore_server(struct mu_story *story, const struct mu_story_args *args)
{
    put_back(story, args, MU_PUT_BACK_RESTORED);
}

static void put_server_back(struct mu_story *story, const struct mu_story_args *args)
{
    put_back(story, args, MU_PUT_BACK_COPIED);
}

static void put_server_back_silently(struct mu_story *story, const struct mu_story_args *args)
{
    put_back(story, args, MU_PUT_BACK_BARE);
}

static void copy_device(struct mu_story *story, const struct mu_story_args *args)
{
    mu_sim_copy_device(story->sim, args->machine);
}

static void put_device_back(struct mu_story *story, const struct mu_story_args *args)
{
    if (story->sim->devices[args->machine].copy.image == NULL) {
        mu_sim_fail(story->sim, "it was never copied");
        return;
    }
    mu_sim_restore_device(story->sim, args->machine);
}

static void clone_device(struct mu_story *story, const struct mu_story_args *args)
{
    unsigned clone = 0;
    if (!mu_sim_clone_device(story->sim, args->machine, &clone)) {
        mu_sim_fail(story->sim, "no room for one more machine");
        return;
    }
    (void)snprintf(story->names[clone], MU_STORY_WORD_MAX, "%s", args->word);
    mu_story_wait(story, 1);
    mu_sim_device_start(story->sim, clone);
}

/* -- damage -------------------------------------------------------------------------------- */

static void poison(struct mu_story *story, const struct mu_story_args *args)
{
    uint64_t before = story->sim->result->faults[MU_SIM_POISON];
    mu_sim_poison(story->sim, args->machine);
    if (story->sim->result->faults[MU_SIM_POISON] == before) {
        mu_sim_fail(story->sim, "nothing of %s waits", story->names[args->machine]);
    }
    mu_sim_device_start(story->sim, args->machine);
}

static void damage(struct mu_story *story, const struct mu_story_args *args)
{
    mu_sim_damage(story->sim, args->machine);
    mu_sim_device_start(story->sim, args->machine);
}

static void rebuild(struct mu_story *story, const struct mu_story_args *args)
{
    mu_sim_rebuild(story->sim, args->machine);
    mu_sim_device_start(story->sim, args->machine);
}

/* Of the second one named; the first match is the thief. */
static void steal(struct mu_story *story, const struct mu_story_args *args)
{
    if (!mu_sim_steal(story->sim, args->machine, args->other)) {
        mu_sim_fail(story->sim, "nothing to steal, or nothing to steal for");
    }
}

static void mislead(struct mu_story *story, const struct mu_story_args *args)
{
    story->sim->devices[args->machine].forge_next = true;
}

static void alter(struct mu_story *story, const struct mu_story_args *args)
{
    mu_sim_alter(story->sim, args->machine);
}

const struct mu_story_act mu_story_acts[] = {
    {"cut %n", cut},
    {"mend %n", mend},
    {"kill %m", kill_machine},
    {"power cut of %m", cut_power},
    {"switch off %m", switch_off},
    {"switch on %m", switch_on},
    {"disk of %m is full", fill_disk},
    {"disk of %m has room", empty_disk},
    {"break the transfer of %n after %k chunks", break_transfer},
    {"wait %k %w", wait},
    {"sleep %k %w", sleep_all},
    {"clock of %m is %k %w ahead", set_clock},
    {"clock of %m is right", right_clock},
    {"copy server as %w", copy_server},
    {"back up server as %w", back_up_server},
    {"server restored from %w", restore_server},
    {"server put back from %w", put_server_back},
    {"server put back silently from %w", put_server_back_silently},
    {"copy %n", copy_device},
    {"%n put back", put_device_back},
    {"clone %n as %w", clone_device},
    {"poison the last edit of %n", poison},
    {"damage the replica of %n", damage},
    {"throw away the replica of %n", rebuild},
    {"alter the rows of %n", alter},
    {"server misleads %n", mislead},
    {"%n gives it the id of the last edit of %o", steal},
    {NULL, NULL}};
