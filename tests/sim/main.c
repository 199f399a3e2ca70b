/* muster-sim: runs seeds, reports what was met, and how to replay the first failure. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/seal/secret.h"
#include "tests/sim/sabotage.h"
#include "tests/sim/sim.h"
#include "tests/sim/story.h"

/* Where the stories of the sabotage suite are. */
#define SCENARIOS MUSTER_SOURCE_DIR "/tests/sim/scenarios"
#define MORE      8 /* times as often, for each --more */

struct arguments {
    uint64_t seeds;
    uint64_t from;
    bool twice;
    const struct mu_sabotage *sabotage;
    const char *story; /* path, or NULL */
    const char *list;  /* of seeds, or NULL */
    const char *suite; /* prefix of sabotages to run, or NULL */
    struct mu_sim_options options;
};

static int usage(const char *word)
{
    (void)fprintf(stderr,
                  "muster-sim: '%s' is not understood\n"
                  "usage: muster-sim [--seeds N] [--from S] [--devices N] [--edits N] [--calm]\n"
                  "                  [--trace] [--twice] [--check-every N] [--sabotage NAME]\n"
                  "                  [--hostile] [--more FAULT] [--suite PREFIX] [--list FILE]\n"
                  "       muster-sim --story FILE [--trace] [--sabotage NAME]\n"
                  "sabotages:",
                  word);
    for (size_t i = 0; i < mu_sabotage_count; i++) {
        (void)fprintf(stderr, " %s", mu_sabotages[i].name);
    }
    (void)fprintf(stderr, "\n");
    return 2;
}

static bool number(const char *text, uint64_t *out)
{
    char *end = NULL;
    *out = strtoull(text, &end, 10);
    return *text != '\0' && *end == '\0';
}

static bool take_sabotage(struct arguments *arguments, const char *name)
{
    arguments->sabotage = mu_sabotage_find(name);
    if (arguments->sabotage != NULL) {
        mu_sabotage_apply(arguments->sabotage, MORE, &arguments->options);
    }
    return arguments->sabotage != NULL;
}

/* True when word (and perhaps value) was understood; *out_used tells how many. */
static bool take(struct arguments *arguments, const char *word, const char *value, int *out_used)
{
    uint64_t count = 0;
    *out_used = 1;
    if (strcmp(word, "--calm") == 0) {
        arguments->options.calm = true;
        return true;
    }
    if (strcmp(word, "--trace") == 0) {
        arguments->options.trace = true;
        return true;
    }
    if (strcmp(word, "--hostile") == 0) {
        arguments->options.hostile = true;
        return true;
    }
    if (strcmp(word, "--twice") == 0) {
        arguments->twice = true;
        return true;
    }
    *out_used = 2;
    if (value == NULL) {
        return false;
    }
    if (strcmp(word, "--sabotage") == 0) {
        return take_sabotage(arguments, value);
    }
    if (strcmp(word, "--story") == 0) {
        arguments->story = value;
        return true;
    }
    if (strcmp(word, "--list") == 0) {
        arguments->list = value;
        return true;
    }
    if (strcmp(word, "--suite") == 0) {
        arguments->suite = value;
        return true;
    }
    if (strcmp(word, "--more") == 0) {
        enum mu_sim_fault fault;
        bool known = mu_sim_fault_find(value, &fault);
        if (known) {
            arguments->options.more[fault] += MORE;
        }
        return known;
    }
    if (!number(value, &count)) {
        return false;
    }
    if (strcmp(word, "--seeds") == 0) {
        arguments->seeds = count;
    } else if (strcmp(word, "--from") == 0) {
        arguments->from = count;
    } else if (strcmp(word, "--devices") == 0 && count <= 8) {
        arguments->options.devices = (unsigned)count;
    } else if (strcmp(word, "--edits") == 0 && count <= 100000) {
        arguments->options.edits = (unsigned)count;
    } else if (strcmp(word, "--check-every") == 0) {
        arguments->options.check_every = count;
    } else {
        return false;
    }
    return true;
}

static void add(struct mu_sim_result *sum, const struct mu_sim_result *one)
{
    sum->virtual_ms += one->virtual_ms;
    sum->events += one->events;
    sum->edits += one->edits;
    sum->changes += one->changes;
    sum->conflicts += one->conflicts;
    sum->refused += one->refused;
    sum->excused += one->excused;
    sum->turned += one->turned;
    for (size_t i = 0; i < MU_SIM_FAULTS; i++) {
        sum->faults[i] += one->faults[i];
    }
}

static void report(const struct mu_sim_result *sum, uint64_t seeds)
{
    (void)printf("%" PRIu64 " seeds, %" PRIu64 " events, %.1f simulated hours, %" PRIu64
                 " edits, %" PRIu64 " changes, %" PRIu64 " with conflicts, %" PRIu64
                 " refused, %" PRIu64 " refused when sent again, %" PRIu64 " beyond help\n",
                 seeds, sum->events, (double)sum->virtual_ms / 3600000.0, sum->edits, sum->changes,
                 sum->conflicts, sum->refused, sum->turned, sum->excused);
    for (size_t i = 0; i < MU_SIM_FAULTS; i++) {
        (void)printf("%10" PRIu64 "  %s\n", sum->faults[i],
                     mu_sim_fault_words((enum mu_sim_fault)i));
    }
}

static void how_to_replay(const struct arguments *arguments, uint64_t seed, const char *why)
{
    (void)printf("seed %" PRIu64 " failed: %s\nreplay: ./dev sim --seeds 1 --from %" PRIu64
                 " --trace%s%s%s",
                 seed, why, seed, arguments->options.calm ? " --calm" : "",
                 arguments->sabotage != NULL ? " --sabotage " : "",
                 arguments->sabotage != NULL ? arguments->sabotage->name : "");
    for (size_t i = 0; arguments->sabotage == NULL && i < MU_SIM_FAULTS; i++) {
        for (unsigned j = 0; j < arguments->options.more[i] / MORE; j++) {
            (void)printf(" --more %s", mu_sim_fault_name((enum mu_sim_fault)i));
        }
    }
    if (arguments->options.hostile && arguments->sabotage == NULL) {
        (void)printf(" --hostile");
    }
    if (arguments->options.devices != 0) {
        (void)printf(" --devices %u", arguments->options.devices);
    }
    if (arguments->options.edits != 0) {
        (void)printf(" --edits %u", arguments->options.edits);
    }
    if (arguments->options.check_every != 0) {
        (void)printf(" --check-every %" PRIu64, arguments->options.check_every);
    }
    (void)printf("\n");
}

/* -- what is run --------------------------------------------------------------- */

/* Into sum.  False when it failed, or went two ways. */
static bool run_seed(struct arguments *arguments, uint64_t seed, struct mu_sim_result *sum)
{
    struct mu_sim_result one;
    struct mu_sim_result again;
    arguments->options.seed = seed;
    mu_sim_run(&arguments->options, &one);
    add(sum, &one);
    if (one.failed) {
        how_to_replay(arguments, seed, one.why);
        return false;
    }
    if (!arguments->twice) {
        return true;
    }
    mu_sim_run(&arguments->options, &again);
    if (again.trace != one.trace) {
        (void)printf("seed %" PRIu64 " went two ways: traces %016" PRIx64 " and %016" PRIx64 "\n",
                     seed, one.trace, again.trace);
    }
    return again.trace == one.trace;
}

static int run_seeds(struct arguments *arguments)
{
    static struct mu_sim_result sum;
    uint64_t ran = 0;
    bool good = true;
    while (good && ran < arguments->seeds) {
        good = run_seed(arguments, arguments->from + ran, &sum);
        ran++;
    }
    report(&sum, ran);
    return good ? 0 : 1;
}

/* A file with a seed a line, and what it once found. */
static int run_list(struct arguments *arguments)
{
    static struct mu_sim_result sum;
    char line[256];
    uint64_t ran = 0;
    bool good = true;
    FILE *file = fopen(arguments->list, "r");
    if (file == NULL) {
        (void)fprintf(stderr, "muster-sim: '%s' cannot be read\n", arguments->list);
        return 2;
    }
    while (good && fgets(line, sizeof line, file) != NULL) {
        char *end = NULL;
        uint64_t seed = strtoull(line, &end, 10);
        if (end != line) {
            good = run_seed(arguments, seed, &sum);
            ran++;
        }
    }
    (void)fclose(file);
    report(&sum, ran);
    return good && ran > 0 ? 0 : 1;
}

static int tell_story(struct arguments *arguments)
{
    static struct mu_sim_result result;
    for (uint64_t seed = arguments->from; seed < arguments->from + arguments->seeds; seed++) {
        arguments->options.seed = seed;
        mu_story_run(arguments->story, &arguments->options, &result);
        if (result.failed) {
            (void)printf("%s (seed %" PRIu64 ")\n", result.why, seed);
            return 1;
        }
    }
    (void)printf("%s: as told; %" PRIu64 " events in %.1f simulated hours\n", arguments->story,
                 result.events, (double)result.virtual_ms / 3600000.0);
    return 0;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.seeds = 0, .from = 1};
    for (int i = 1; i < argc;) {
        int used = 1;
        if (!take(&arguments, argv[i], i + 1 < argc ? argv[i + 1] : NULL, &used)) {
            return usage(argv[i]);
        }
        i += used;
    }
    if (mu_seal_start() != MU_OK) {
        (void)fprintf(stderr, "muster-sim: no cryptography here\n");
        return 70;
    }
    if (arguments.seeds == 0) {
        arguments.seeds = arguments.story != NULL ? 1 : 100;
    }
    if (arguments.story != NULL) {
        return tell_story(&arguments);
    }
    if (arguments.suite != NULL) {
        return mu_sabotage_suite(arguments.suite, arguments.from, SCENARIOS) ? 0 : 1;
    }
    return arguments.list != NULL ? run_list(&arguments) : run_seeds(&arguments);
}
