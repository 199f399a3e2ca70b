#include "tests/sim/sabotage.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/story.h"

#define MORE 8

const struct mu_sabotage mu_sabotages[] = {
    {.name = "server-dedup-by-id",
     .what = "a mutation known by its id is known",
     .server.no_dedup_by_id = true,
     .seeds = 20,
     .more = {MU_SIM_CLONE, MU_SIM_SERVER_EFFECT}},
    {.name = "server-dedup-by-number",
     .what = "numbers are used once, in order",
     .server.no_dedup_by_number = true,
     .seeds = 20,
     .hostile = true},
    {.name = "server-hash-check",
     .what = "a number names one mutation",
     .server.no_hash_check = true,
     .seeds = 40,
     .more = {MU_SIM_DEVICE_COPY, MU_SIM_DEVICE_RESTORE, MU_SIM_CLONE}},
    {.name = "server-rotation",
     .what = "a removal ends the epoch",
     .server.no_rotation = true,
     .seeds = 3,
     .story = "removed"},
    {.name = "server-repeat-kept",
     .what = "every number has its change, so that a deletion leaves a gap",
     .server.no_repeat_kept = true,
     .seeds = 20,
     .more = {MU_SIM_CLONE, MU_SIM_DEVICE_COPY, MU_SIM_DEVICE_RESTORE}},
    {.name = "server-signature-check",
     .what = "a mutation is signed by the device that pushes it",
     .server.no_signature_check = true,
     .seeds = 20,
     .hostile = true},
    {.name = "server-author-check",
     .what = "an id that another device used is no duplicate",
     .server.no_author_check = true,
     .seeds = 3,
     .story = "stolen-id"},
    {.name = "server-claim-check",
     .what = "nobody has seen a history that never was",
     .server.no_claim_check = true,
     .seeds = 10,
     .hostile = true},
    {.name = "server-clamp",
     .what = "no edit is dated after it came",
     .server.no_clamp = true,
     .seeds = 20,
     .more = {MU_SIM_CLOCK}},
    {.name = "server-commit-before-send",
     .what = "what is sent is on disk",
     .server.send_before_commit = true,
     .seeds = 20,
     .more = {MU_SIM_SERVER_KILL, MU_SIM_SERVER_POWER}},
    {.name = "server-every-effect",
     .what = "a change is applied whole",
     .server.skip_effect = true,
     .seeds = 5},
    {.name = "server-incarnation",
     .what = "a database that went back gets a new name",
     .server.no_incarnation = true,
     .seeds = 20,
     .more = {MU_SIM_RESTORE}},
    {.name = "server-credit",
     .what = "nothing is sent that was not asked for",
     .server.no_credit = true,
     .seeds = 5},
    {.name = "server-pins",
     .what = "a transfer shows one moment",
     .server.no_pins = true,
     .seeds = 60,
     .more = {MU_SIM_DAMAGE, MU_SIM_BULKY, MU_SIM_BULKY}},
    {.name = "server-safe-seq",
     .what = "only a finished backup lets devices forget",
     .server.safe_too_soon = true,
     .seeds = 20,
     .more = {MU_SIM_RESTORE}},
    {.name = "server-sync",
     .what = "the server's commits are synced",
     .sim.server_not_synced = true,
     .seeds = 20,
     .more = {MU_SIM_SERVER_POWER}},
    {.name = "client-outbox-sync",
     .what = "what is saved is synced",
     .sim.outbox_not_synced = true,
     .seeds = 20,
     .more = {MU_SIM_DEVICE_POWER}},
    {.name = "client-outbox-replay",
     .what = "what waits is shown again after a crash",
     .client.no_outbox_replay = true,
     .seeds = 20,
     .more = {MU_SIM_DEVICE_POWER, MU_SIM_DAMAGE}},
    {.name = "client-leave-by-change",
     .what = "a mutation waits until its change has come, not its ack",
     .client.leave_on_ack = true,
     .seeds = 20,
     .more = {MU_SIM_RESTORE}},
    {.name = "client-rearm",
     .what = "a lost session makes what was sent wait again",
     .client.no_rearm = true,
     .seeds = 40,
     .more = {MU_SIM_CROWD, MU_SIM_CROWD, MU_SIM_RESET}},
    {.name = "client-chain-check",
     .what = "beacons are compared with the chain of what was applied",
     .client.no_chain_check = true,
     .seeds = 3,
     .story = "two-histories"},
    {.name = "client-contiguity",
     .what = "changes follow one another without a gap",
     .client.no_contiguity = true,
     .seeds = 20,
     .more = {MU_SIM_SWAP}},
    {.name = "client-outbox-kept",
     .what = "a transfer leaves the outbox alone",
     .client.drop_outbox_on_xfer = true,
     .seeds = 20,
     .more = {MU_SIM_RESTORE}},
    {.name = "client-resend",
     .what = "what the server forgot is sent again",
     .client.no_resend = true,
     .seeds = 20,
     .more = {MU_SIM_RESTORE}},
    {.name = "client-journal",
     .what = "what came back is kept until it is backed up",
     .client.no_journal = true,
     .seeds = 20,
     .more = {MU_SIM_RESTORE}},
    {.name = "client-digest-check",
     .what = "rows are compared with the server's digest",
     .client.no_digest_check = true,
     .seeds = 40,
     .more = {MU_SIM_ALTER}},
    {.name = "client-scrub",
     .what = "rows are counted again where they lie",
     .client.no_scrub = true,
     .seeds = 20,
     .more = {MU_SIM_ALTER}},
    {.name = "client-own-check",
     .what = "what another device wrote under an own id is not one's own",
     .client.no_own_check = true,
     .seeds = 3,
     .story = "stolen-before"},
    {.name = "client-fork-check",
     .what = "only what the client holds itself counts as shared",
     .client.no_fork_check = true,
     .seeds = 3,
     .story = "put-back-silently"},
    {.name = "client-doubt",
     .what = "a replica made anew, or a change in the place of one's own, makes it ask",
     .client.no_doubt = true,
     .seeds = 3,
     .story = "forgotten-by-a-former-id"},
    {.name = "client-held",
     .what = "what the rows hold is not shown again over what came after it",
     .client.no_held = true,
     .seeds = 60,
     .more = {MU_SIM_RESTORE, MU_SIM_PARTITION, MU_SIM_DEVICE_POWER}},
    {.name = "client-send-first",
     .what = "what waits is answered before rows of another history come",
     .client.no_send_first = true,
     .seeds = 40,
     .more = {MU_SIM_RESTORE, MU_SIM_DEVICE_POWER}},
    {.name = "client-links",
     .what = "what leads signed before a transfer is asked for",
     .client.no_links = true,
     .seeds = 20,
     .more = {MU_SIM_RESTORE, MU_SIM_DAMAGE}},
    {.name = "client-sync-before-prune",
     .what = "the journal keeps what a power cut could still take from the rows",
     .client.no_sync_before_prune = true,
     .seeds = 3,
     .story = "power-cut-after-backup"},
};
const size_t mu_sabotage_count = sizeof mu_sabotages / sizeof mu_sabotages[0];

const struct mu_sabotage *mu_sabotage_find(const char *name)
{
    for (size_t i = 0; i < mu_sabotage_count; i++) {
        if (strcmp(mu_sabotages[i].name, name) == 0) {
            return &mu_sabotages[i];
        }
    }
    return NULL;
}

void mu_sabotage_apply(const struct mu_sabotage *sabotage, unsigned more,
                       struct mu_sim_options *options)
{
    options->server_sabotage = sabotage->server;
    options->client_sabotage = sabotage->client;
    options->sabotage = sabotage->sim;
    options->hostile = options->hostile || sabotage->hostile;
    for (size_t i = 0; i < MU_SABOTAGE_MORE; i++) {
        if (sabotage->more[i] != MU_SIM_DROP) {
            options->more[sabotage->more[i]] += more;
        }
    }
}

static void run(const struct mu_sabotage *sabotage, uint64_t seed, const char *stories,
                struct mu_sim_result *out)
{
    struct mu_sim_options options = {.seed = seed};
    mu_sabotage_apply(sabotage, MORE, &options);
    if (sabotage->story == NULL) {
        mu_sim_run(&options, out);
        return;
    }
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s.story", stories, sabotage->story);
    struct mu_sim_options sound = {.seed = seed};
    mu_story_run(path, &sound, out);
    if (out->failed) { /* it proves nothing then */
        (void)printf("without sabotage: %s\n", out->why);
        out->failed = false;
        return;
    }
    mu_story_run(path, &options, out);
}

static bool notice(const struct mu_sabotage *sabotage, uint64_t from, const char *stories)
{
    for (uint64_t seed = from; seed < from + sabotage->seeds; seed++) {
        static struct mu_sim_result result;
        run(sabotage, seed, stories, &result);
        if (result.failed) {
            (void)printf("%-26s noticed by seed %" PRIu64 " of %u: %s\n", sabotage->name,
                         seed - from + 1, sabotage->seeds, result.why);
            (void)fflush(stdout);
            return true;
        }
    }
    (void)printf("%-26s NOT NOTICED within %u seeds: %s\n", sabotage->name, sabotage->seeds,
                 sabotage->what);
    (void)fflush(stdout);
    return false;
}

bool mu_sabotage_suite(const char *prefix, uint64_t from, const char *stories)
{
    bool all = true;
    size_t ran = 0;
    for (size_t i = 0; i < mu_sabotage_count; i++) {
        if (strncmp(mu_sabotages[i].name, prefix, strlen(prefix)) == 0) {
            all = notice(&mu_sabotages[i], from, stories) && all;
            ran++;
        }
    }
    (void)printf("%zu safeguards switched off one at a time\n", ran);
    return all && ran > 0;
}
