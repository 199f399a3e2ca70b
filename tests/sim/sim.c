#include "tests/sim/sim.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/inside.h"

#define EDITS_LEAST    60
#define EDITS_SPREAD   120
#define EDIT_GAP_MS    4000
#define CHAOS_GAP_MS   15000
#define HOSTILE_GAP_MS 3000
#define LOOK_MS        500
#define PATIENCE_MS                                                              \
    INT64_C(1500000) /* after the healing: a parked client tries every 5 minutes \
                      */
#define EVENTS_MAX  400000
#define TRACE_PRIME UINT64_C(0x100000001b3)

static const char *const fault_words[] = {
#define X(name, text, weight, words) words,
    MU_SIM_FAULT_MAP(X)
#undef X
};

static const char *const fault_names[] = {
#define X(name, text, weight, words) text,
    MU_SIM_FAULT_MAP(X)
#undef X
};

const char *mu_sim_fault_words(enum mu_sim_fault fault)
{
    return fault_words[fault];
}

const char *mu_sim_fault_name(enum mu_sim_fault fault)
{
    return fault_names[fault];
}

bool mu_sim_fault_find(const char *name, enum mu_sim_fault *out)
{
    for (size_t i = 0; i < MU_SIM_FAULTS; i++) {
        if (strcmp(fault_names[i], name) == 0) {
            *out = (enum mu_sim_fault)i;
            return true;
        }
    }
    return false;
}

void mu_sim_fail(struct mu_sim *sim, const char *fmt, ...)
{
    if (sim->result->failed) {
        return;
    }
    sim->result->failed = true;
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(sim->result->why, sizeof sim->result->why, fmt, args);
    va_end(args);
}

bool mu_sim_failed(const struct mu_sim *sim)
{
    return sim->result->failed;
}

uint64_t mu_sim_below(struct mu_sim *sim, uint64_t limit)
{
    return mu_dice_below(&sim->dice, limit);
}

bool mu_sim_chance(struct mu_sim *sim, unsigned percent)
{
    return mu_dice_below(&sim->dice, 100) < percent;
}

void mu_sim_note_bytes(struct mu_sim *sim, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < len; i++) {
        sim->result->trace = (sim->result->trace ^ at[i]) * TRACE_PRIME;
    }
}

void mu_sim_note(struct mu_sim *sim, const char *fmt, ...)
{
    char line[400];
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(line, sizeof line, fmt, args);
    va_end(args);
    mu_sim_note_bytes(sim, line, len < 0 ? 0 : strlen(line));
    if (sim->options->trace) {
        (void)printf("%10" PRId64 "  %s\n", sim->now_ms, line);
    }
}

void mu_sim_count(struct mu_sim *sim, enum mu_sim_fault fault)
{
    sim->result->faults[fault]++;
    mu_sim_note(sim, "fault: %s", fault_words[fault]);
}

bool mu_sim_rough(const struct mu_sim *sim)
{
    return !sim->healed && !sim->options->calm && !sim->scripted;
}

bool mu_sim_strikes(struct mu_sim *sim, enum mu_sim_fault fault, unsigned usual)
{
    unsigned more = sim->options->more[fault];
    return mu_sim_rough(sim) && mu_dice_below(&sim->dice, usual) < (more == 0 ? 1 : more);
}

/* -- events ---------------------------------------------------------------- */

static void plan(struct mu_sim *sim, enum mu_event_kind kind, int64_t gap_ms)
{
    int64_t in = 1 + (int64_t)mu_sim_below(sim, (uint64_t)gap_ms);
    mu_queue_plan(&sim->queue, &(struct mu_event){.at_ms = sim->now_ms + in, .kind = kind});
}

static void edit_or_heal(struct mu_sim *sim)
{
    if (sim->edits_left == 0) {
        if (!sim->healed) {
            mu_sim_heal(sim);
        }
        return;
    }
    sim->edits_left--;
    /* Often several in a row on one device. */
    unsigned device = (unsigned)mu_sim_below(sim, sim->device_count);
    if (sim->now_ms < sim->devices[device].stalled_until_ms) {
        plan(sim, MU_EVENT_EDIT, EDIT_GAP_MS);
        return;
    }
    for (uint64_t i = mu_sim_below(sim, 3) + 1; i > 0 && !mu_sim_failed(sim); i--) {
        mu_arena_clear(&sim->arena);
        mu_sim_edit(sim, device);
    }
    plan(sim, MU_EVENT_EDIT, EDIT_GAP_MS);
}

static void tick(struct mu_sim *sim, struct mu_node *node, const struct mu_event *event)
{
    if (!node->up || event->at_ms != node->tick_at_ms) {
        return; /* a later wish has taken its place */
    }
    node->tick_at_ms = INT64_MAX;
    if (event->kind == MU_EVENT_SERVER_TICK) {
        mu_sim_give_server(sim, MU_SERVER_TICK, 0, (struct mu_slice){0});
    } else {
        mu_sim_give_device(sim, event->device, MU_CLIENT_TICK, false, (struct mu_slice){0});
    }
}

void mu_sim_step(struct mu_sim *sim, struct mu_event *event)
{
    if (event->at_ms > sim->now_ms) { /* what was due while all slept comes now */
        sim->now_ms = event->at_ms;
    }
    sim->result->events++;
    mu_arena_clear(&sim->arena);
    uint64_t what[] = {(uint64_t)event->at_ms, (uint64_t)event->kind, event->device, event->conn,
                       event->len};
    mu_sim_note_bytes(sim, what, sizeof what);
    mu_sim_note_bytes(sim, event->bytes, event->len);
    switch (event->kind) {
    case MU_EVENT_TO_SERVER:
    case MU_EVENT_TO_DEVICE:
    case MU_EVENT_LOST:
    case MU_EVENT_GONE:
        mu_sim_deliver(sim, event);
        break;
    case MU_EVENT_SERVER_TURN:
        mu_sim_server_turn(sim);
        break;
    case MU_EVENT_DEVICE_TURN:
        mu_sim_device_turn(sim, event->device);
        break;
    case MU_EVENT_SERVER_TICK:
        tick(sim, &sim->server.node, event);
        break;
    case MU_EVENT_DEVICE_TICK:
        tick(sim, &sim->devices[event->device].node, event);
        break;
    case MU_EVENT_SERVER_START:
        mu_sim_server_start(sim);
        break;
    case MU_EVENT_DEVICE_START:
        mu_sim_device_start(sim, event->device);
        break;
    case MU_EVENT_EDIT:
        edit_or_heal(sim);
        break;
    case MU_EVENT_CHAOS:
        if (!sim->healed) {
            mu_sim_chaos(sim);
            plan(sim, MU_EVENT_CHAOS, CHAOS_GAP_MS);
        }
        break;
    case MU_EVENT_HOSTILE:
        if (!sim->healed) {
            mu_sim_hostile_act(sim);
            plan(sim, MU_EVENT_HOSTILE, HOSTILE_GAP_MS);
        }
        break;
    }
    free(event->bytes);
}

/* Until everyone is level, or for as long as is reasonable. */
static void run(struct mu_sim *sim)
{
    int64_t look_ms = 0;
    char why[128] = "";
    struct mu_event event;
    while (!mu_sim_failed(sim) && mu_queue_take(&sim->queue, &event)) {
        mu_sim_step(sim, &event);
        if (sim->result->events > EVENTS_MAX) {
            mu_sim_fail(sim, "more than %d events: something turns in circles (%s)", EVENTS_MAX,
                        why);
        }
        if (!sim->healed || sim->now_ms < look_ms || mu_sim_failed(sim)) {
            continue;
        }
        look_ms = sim->now_ms + LOOK_MS;
        mu_arena_clear(&sim->arena);
        if (mu_sim_level(sim, why)) {
            return;
        }
        if (sim->now_ms > sim->healed_ms + PATIENCE_MS) {
            mu_sim_fail(sim, "not level long after the healing: %s", why);
        }
    }
    if (!mu_sim_failed(sim)) {
        mu_sim_fail(sim, "nothing left to happen, and not level: %s", why);
    }
}

/* How many people, how much work, and whether one of them is hostile. */
static void cast(struct mu_sim *sim)
{
    const struct mu_sim_options *options = sim->options;
    unsigned people = 2 + (unsigned)mu_sim_below(sim, 4);
    unsigned edits = EDITS_LEAST + (unsigned)mu_sim_below(sim, EDITS_SPREAD);
    bool hostile = mu_sim_chance(sim, 25) && mu_sim_rough(sim);
    sim->device_count = options->devices != 0 ? options->devices : people;
    sim->edits_left = options->edits != 0 ? options->edits : edits;
    if (hostile || options->hostile) {
        MU_ASSERT(sim->device_count < MU_SIM_DEVICES_MAX);
        mu_sim_hostile_begin(sim, sim->device_count++);
    }
    mu_sim_swizzle(sim);
}

/* Founded in calm weather; then whatever is sabotaged is. */
static void found(struct mu_sim *sim)
{
    const struct mu_sim_options *options = sim->options;
    struct mu_sim_options calm = *options;
    calm.calm = true;
    calm.server_sabotage = (struct mu_server_sabotage){0};
    calm.client_sabotage = (struct mu_client_sabotage){0};
    sim->options = &calm;
    sim->history.founded = UINT64_MAX;
    mu_sim_found(sim);
    sim->options = options;
    if (sim->server.node.up) {
        mu_server_sabotage(sim->server.server, options->server_sabotage);
    }
    for (unsigned i = 0; i < sim->device_count; i++) {
        if (sim->devices[i].node.up) {
            mu_client_sabotage(sim->devices[i].client, options->client_sabotage);
        }
    }
}

struct mu_sim *mu_sim_open(const struct mu_sim_options *options, bool scripted,
                           struct mu_sim_result *out)
{
    *out = (struct mu_sim_result){.trace = UINT64_C(0xcbf29ce484222325)};
    struct mu_sim *sim = calloc(1, sizeof *sim);
    MU_ASSERT(sim != NULL);
    sim->options = options;
    sim->result = out;
    sim->scripted = scripted;
    sim->dice.state = options->seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    mu_arena_init(&sim->arena, MU_SIM_ARENA_MAX);
    mu_arena_init(&sim->scratch, MU_SIM_ARENA_MAX);
    cast(sim);
    found(sim);
    return sim;
}

void mu_sim_close(struct mu_sim *sim)
{
    sim->result->virtual_ms = sim->now_ms;
    mu_sim_free_machines(sim);
    mu_sim_hostile_free(sim);
    mu_sim_history_free(sim);
    mu_queue_free(&sim->queue);
    mu_arena_deinit(&sim->arena);
    mu_arena_deinit(&sim->scratch);
    free(sim->conns);
    free(sim->saved);
    free(sim);
}

void mu_sim_run(const struct mu_sim_options *options, struct mu_sim_result *out)
{
    struct mu_sim *sim = mu_sim_open(options, false, out);
    plan(sim, MU_EVENT_EDIT, EDIT_GAP_MS);
    if (!options->calm) {
        plan(sim, MU_EVENT_CHAOS, CHAOS_GAP_MS);
    }
    if (sim->hostile != NULL) {
        plan(sim, MU_EVENT_HOSTILE, HOSTILE_GAP_MS);
    }
    run(sim);
    if (!mu_sim_failed(sim)) {
        mu_sim_check_end(sim);
    }
    mu_sim_close(sim);
}
