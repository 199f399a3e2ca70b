/* muster-torture: the real programs under load, killed at random moments, on a disk that fails now
 * and then; in the end nothing that was said to be saved may be lost, doubled or stale. */
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/base/flags.h"
#include "tests/harness/dice.h"
#include "tests/torture/check.h"
#include "tests/torture/proxy.h"
#include "tests/torture/writer.h"

#define PATIENCE_MS 60000
#define FAIL_ONE_IN 400
#define GAP_MAX_MS  250 /* between two strokes of fate */
#define SECONDS_MAX (24 * 3600)
#define EXIT_KILLED (128 + SIGKILL)
#define EXIT_STORE  7
#define EXIT_DISK   74

struct torture {
    struct mu_cast cast;
    struct oracle *oracle;
    struct proxy proxy; /* between clients and server; port 0: none */
    struct disk_faults faults;
    struct mu_dice dice;
    pid_t writers[WRITERS];
    uint64_t server_kills, agent_kills, server_failures, agent_failures, backups;
    char complaint[256]; /* what a program must never do, it did */
};

static void rest(long ms)
{
    (void)nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static bool chance(struct torture *torture, uint64_t one_in)
{
    return mu_dice_below(&torture->dice, one_in) == 0;
}

/* Half of all lives are spent on a failing disk. */
static void draw_disk(struct torture *torture)
{
    disk_faults_set(chance(torture, 2) ? &torture->faults : NULL, mu_dice_next(&torture->dice));
}

/* -- the programs -------------------------------------------------------------------- */

static void note_end(struct torture *torture, const char *name, int code, uint64_t *failures)
{
    if (code == EXIT_STORE || code == EXIT_DISK) {
        (*failures)++;
    } else if (code != 0 && code != EXIT_KILLED) {
        (void)snprintf(torture->complaint, sizeof torture->complaint, "%s ended with %d", name,
                       code);
    }
}

static bool has_ended(const struct mu_program *program)
{
    siginfo_t info = {.si_pid = 0};
    return program->pid != 0 &&
           waitid(P_PID, (id_t)program->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid != 0;
}

static void stop_server(struct torture *torture, int signal_number)
{
    int code = mu_program_stop(&torture->cast.server, signal_number, PATIENCE_MS);
    note_end(torture, "musterd", code, &torture->server_failures);
}

static void stop_agent(struct torture *torture, struct mu_actor *actor, int signal_number)
{
    int code = mu_program_stop(&actor->agent, signal_number, PATIENCE_MS);
    note_end(torture, "muster-agent", code, &torture->agent_failures);
}

/* A disk may fail at once: then it is tried again later. */
static void try_server(struct torture *torture)
{
    struct mu_error err;
    if (mu_cast_serve(&torture->cast, &err) != MU_OK) {
        stop_server(torture, 0);
    }
}

static void try_agent(struct torture *torture, struct mu_actor *actor)
{
    char program[MU_CAST_PATH + 16];
    char log[MU_CAST_PATH + 48];
    (void)snprintf(program, sizeof program, "%s/muster-agent", torture->cast.programs);
    (void)snprintf(log, sizeof log, "%s/agent-%s.log", torture->cast.folder, actor->name);
    if (!mu_program_start(&actor->agent, MU_WORDS(program, "run", "--home", actor->home), log)) {
        (void)snprintf(torture->complaint, sizeof torture->complaint, "no agent can be started");
    }
}

/* Who fell, gets up. */
static void raise_all(struct torture *torture)
{
    if (has_ended(&torture->cast.server)) {
        stop_server(torture, 0);
    }
    if (torture->cast.server.pid == 0) {
        draw_disk(torture);
        try_server(torture);
    }
    for (size_t i = 0; i < torture->cast.count; i++) {
        struct mu_actor *actor = &torture->cast.people[i];
        if (has_ended(&actor->agent)) {
            stop_agent(torture, actor, 0);
        }
        if (actor->agent.pid == 0) {
            draw_disk(torture);
            try_agent(torture, actor);
        }
    }
}

/* A backup beside it all; it may fail on a failing disk, never lie. */
static void back_up(struct torture *torture)
{
    char program[MU_CAST_PATH + 16];
    char file[MU_CAST_PATH + 16];
    (void)snprintf(program, sizeof program, "%s/musterd", torture->cast.programs);
    (void)snprintf(file, sizeof file, "%s/backup", torture->cast.folder);
    (void)unlink(file);
    disk_faults_set(NULL, 0);
    struct mu_ran ran = mu_program_run(
        MU_WORDS(program, "backup", "--data", torture->cast.data, file), NULL, PATIENCE_MS);
    if (ran.code == 0) {
        torture->backups++;
    } else if (ran.code != EXIT_STORE) {
        (void)snprintf(torture->complaint, sizeof torture->complaint,
                       "musterd backup ended with %d: %.150s", ran.code, ran.err);
    }
    mu_ran_free(&ran);
}

/* One stroke of fate. */
static void strike(struct torture *torture)
{
    struct mu_actor *actor =
        &torture->cast.people[mu_dice_below(&torture->dice, torture->cast.count)];
    uint64_t roll = mu_dice_below(&torture->dice, 20);
    if (roll < 6) {
        stop_server(torture, SIGKILL);
        torture->server_kills++;
        rest((long)mu_dice_below(&torture->dice, GAP_MAX_MS));
    } else if (roll < 15) {
        stop_agent(torture, actor, SIGKILL);
        torture->agent_kills++;
        rest((long)mu_dice_below(&torture->dice, GAP_MAX_MS));
    } else if (roll < 17 && actor->agent.pid != 0) {
        (void)kill(actor->agent.pid, SIGSTOP);
        rest((long)mu_dice_below(&torture->dice, GAP_MAX_MS));
        (void)kill(actor->agent.pid, SIGCONT);
    } else if (roll < 18) {
        stop_server(torture, SIGTERM);
    } else if (roll < 19) {
        back_up(torture);
    } else {
        rest(GAP_MAX_MS);
    }
}

/* -- the course of it ---------------------------------------------------------------- */

static bool complains(const struct torture *torture)
{
    bool any = torture->complaint[0] != '\0';
    for (unsigned i = 0; i < WRITERS; i++) {
        any = any || torture->oracle->writers[i].complaint[0] != '\0';
    }
    return any;
}

/* A team whose people reach the server through the bad network, when there is one. */
static enum mu_status found(struct torture *torture, const char *folder, struct mu_error *err)
{
    struct mu_cast *cast = &torture->cast;
    char public[64];
    if (torture->proxy.port == 0) {
        return mu_cast_found(cast, MUSTER_PROGRAMS, folder, PATIENCE_MS, err);
    }
    (void)snprintf(public, sizeof public, "tcp://127.0.0.1:%u", (unsigned)torture->proxy.port);
    MU_TRY(mu_cast_found_behind(cast, MUSTER_PROGRAMS, folder, public, PATIENCE_MS, err));
    const char *colon = strrchr(cast->endpoint, ':');
    unsigned long port = colon != NULL ? strtoul(colon + 1, NULL, 10) : 0;
    return port > 0 && port <= UINT16_MAX &&
                   proxy_start(&torture->proxy, (uint16_t)port, mu_dice_next(&torture->dice))
               ? MU_OK
               : mu_fail(err, MU_E_IO, "no relay to '%.60s' can be started", cast->endpoint);
}

static enum mu_status begin(struct torture *torture, const char *folder, struct mu_error *err)
{
    static const char *const names[WRITERS] = {"ana", "kofi", "mia"};
    char program[MU_CAST_PATH + 16];
    MU_TRY(found(torture, folder, err));
    for (unsigned i = 0; i < WRITERS; i++) {
        struct mu_actor *actor = NULL;
        MU_TRY(mu_cast_join(&torture->cast, names[i], names[i], &actor, err));
    }
    (void)snprintf(program, sizeof program, "%s/musterd", torture->cast.programs);
    struct mu_ran ran = mu_program_run(
        MU_WORDS(program, "recovery-key", "--data", torture->cast.data), NULL, PATIENCE_MS);
    bool ok = ran.code == 0;
    mu_ran_free(&ran);
    for (unsigned i = 0; i < WRITERS && ok; i++) {
        torture->writers[i] = writer_start(&torture->cast, i, mu_dice_next(&torture->dice),
                                           &torture->faults, torture->oracle);
        ok = torture->writers[i] > 0;
    }
    if (ok && torture->proxy.port != 0) {
        proxy_storm(&torture->proxy);
    }
    return ok ? MU_OK : mu_fail(err, MU_E_IO, "the writers cannot be started");
}

static void stop_writers(struct torture *torture)
{
    atomic_store(&torture->oracle->stop, true);
    for (unsigned i = 0; i < WRITERS; i++) {
        if (torture->writers[i] > 0) {
            (void)waitpid(torture->writers[i], NULL, 0);
            torture->writers[i] = 0;
        }
    }
}

/* A last crash of everything, then a good disk, a good network and no more kills. */
static enum mu_status heal(struct torture *torture, int64_t *out_head, struct mu_error *err)
{
    disk_faults_set(NULL, 0);
    if (torture->proxy.port != 0) {
        proxy_calm(&torture->proxy);
    }
    stop_server(torture, SIGKILL);
    MU_TRY(mu_cast_serve(&torture->cast, err));
    for (size_t i = 0; i < torture->cast.count; i++) {
        stop_agent(torture, &torture->cast.people[i], SIGKILL);
        MU_TRY(mu_cast_agent(&torture->cast, &torture->cast.people[i], err));
    }
    return mu_cast_level(&torture->cast, out_head, err);
}

static void print_end(const struct torture *torture, int64_t head, const struct reckoning *found)
{
    uint64_t saved = 0;
    uint64_t killed = 0;
    uint64_t refused = 0;
    for (unsigned i = 0; i < WRITERS; i++) {
        saved += torture->oracle->writers[i].said_saved;
        killed += torture->oracle->writers[i].killed;
        refused += torture->oracle->writers[i].refused;
    }
    (void)printf(
        "%llu changes said saved; %llu commands killed, %llu failed and said so\n"
        "server: %llu kills, %llu ends by its disk, %llu backups; agents: %llu kills, %llu "
        "ends by their disk\n"
        "level at change %lld: %llu tasks and %llu comments on each of %zu boards, %llu "
        "lost, doubled or stale\n",
        (unsigned long long)saved, (unsigned long long)killed, (unsigned long long)refused,
        (unsigned long long)torture->server_kills, (unsigned long long)torture->server_failures,
        (unsigned long long)torture->backups, (unsigned long long)torture->agent_kills,
        (unsigned long long)torture->agent_failures, (long long)head,
        (unsigned long long)found->tasks, (unsigned long long)found->comments, torture->cast.count,
        (unsigned long long)found->faults);
}

static void print_network(const struct torture *torture)
{
    struct proxy_count count = proxy_counted(&torture->proxy);
    if (torture->proxy.port == 0) {
        return;
    }
    (void)printf("network: %llu links, %llu reset, %llu cut, %llu half-open, %llu slow, "
                 "%llu narrow, %llu bytes changed of %llu KiB\n",
                 (unsigned long long)count.links, (unsigned long long)count.reset,
                 (unsigned long long)count.cut, (unsigned long long)count.deaf,
                 (unsigned long long)count.delayed, (unsigned long long)count.throttled,
                 (unsigned long long)count.changed, (unsigned long long)(count.bytes / 1024));
}

static enum mu_status fail_complaint(const struct torture *torture, struct mu_error *err)
{
    const char *text = torture->complaint;
    for (unsigned i = 0; i < WRITERS; i++) {
        if (torture->oracle->writers[i].complaint[0] != '\0') {
            text = torture->oracle->writers[i].complaint;
        }
    }
    return mu_fail(err, MU_E_INTERNAL, "%s", text);
}

static enum mu_status run(struct torture *torture, const char *folder, long seconds,
                          struct mu_error *err)
{
    struct reckoning found;
    int64_t head = 0;
    MU_TRY(begin(torture, folder, err));
    long long deadline = mu_now_ms() + seconds * 1000LL;
    while (mu_now_ms() < deadline && !complains(torture)) {
        raise_all(torture);
        rest((long)mu_dice_below(&torture->dice, GAP_MAX_MS));
        strike(torture);
    }
    stop_writers(torture);
    if (complains(torture)) {
        return fail_complaint(torture, err);
    }
    MU_TRY(heal(torture, &head, err));
    MU_TRY(check_all(&torture->cast, torture->oracle, &found, err));
    print_network(torture);
    print_end(torture, head, &found);
    return found.faults == 0
               ? MU_OK
               : mu_fail(err, MU_E_CORRUPT, "what was said saved is not what the boards hold");
}

/* -- main ---------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

static bool parse_number(const char *text, long max, long *out)
{
    char *end = NULL;
    *out = strtol(text, &end, 10);
    return end != text && *end == '\0' && *out >= 0 && *out <= max;
}

struct options {
    const char *minutes, *seconds, *seed;
    bool no_faults, good_network, keep, help;
};

static enum mu_status read_options(int argc, char **argv, struct options *out, long *out_seconds,
                                   long *out_seed, struct mu_error *err)
{
    const struct mu_flag flags[] = {{"minutes", &out->minutes, NULL},
                                    {"seconds", &out->seconds, NULL},
                                    {"seed", &out->seed, NULL},
                                    {"no-disk-faults", NULL, &out->no_faults},
                                    {"good-network", NULL, &out->good_network},
                                    {"keep", NULL, &out->keep},
                                    {"help", NULL, &out->help}};
    const char *args[16];
    size_t rest_count = 0;
    long number = 0;
    if (argc < 1 || argc > 16) {
        return mu_fail(err, MU_E_USAGE, "too many arguments");
    }
    for (int i = 1; i < argc; i++) {
        args[i - 1] = argv[i];
    }
    MU_TRY(mu_flags_parse(flags, sizeof flags / sizeof flags[0], args, (size_t)argc - 1,
                          &rest_count, err));
    *out_seconds = 60;
    *out_seed = (long)(time(NULL) % 1000000);
    bool ok = rest_count == 0;
    if (ok && out->minutes != NULL) {
        ok = parse_number(out->minutes, SECONDS_MAX / 60, &number);
        *out_seconds = number * 60;
    }
    if (ok && out->seconds != NULL) {
        ok = parse_number(out->seconds, SECONDS_MAX, out_seconds);
    }
    if (ok && out->seed != NULL) {
        ok = parse_number(out->seed, 1000000000, out_seed);
    }
    return ok ? MU_OK : mu_fail(err, MU_E_USAGE, "a number is missing or too large");
}

static const char USAGE[] =
    "usage: muster-torture [--minutes N | --seconds N] [--seed S] [--no-disk-faults]\n"
    "                      [--good-network] [--keep]\n";

int main(int argc, char **argv)
{
    static struct torture torture;
    struct options options = {0};
    struct mu_error err;
    long seconds = 0;
    long seed = 0;
    const char *top = getenv("TMPDIR");
    char folder[200];
    if (read_options(argc, argv, &options, &seconds, &seed, &err) != MU_OK) {
        (void)fprintf(stderr, "muster-torture: %s\n%s", err.text, USAGE);
        return 2;
    }
    if (options.help) {
        return fputs(USAGE, stdout) >= 0 ? 0 : 1;
    }
#ifndef MUSTER_NO_PRELOAD
    torture.faults.library = options.no_faults ? NULL : MUSTER_FAIL_IO;
#endif
    if (!options.good_network && !proxy_open(&torture.proxy)) {
        (void)fprintf(stderr, "muster-torture: no relay can be made\n");
        return 1;
    }
    torture.faults.one_in = FAIL_ONE_IN;
    torture.dice.state = (uint64_t)seed;
    torture.oracle = oracle_make();
    (void)snprintf(folder, sizeof folder, "%.150s/muster-torture-XXXXXX",
                   top != NULL ? top : "/tmp");
    if (torture.oracle == NULL || mkdtemp(folder) == NULL) {
        (void)fprintf(stderr, "muster-torture: no memory or no folder\n");
        return 1;
    }
    (void)printf("torture: seed %ld, %ld s%s%s\n", seed, seconds,
                 torture.faults.library == NULL ? ", a disk that never fails" : "",
                 torture.proxy.port == 0 ? ", a good network" : "");
    (void)fflush(stdout);
    enum mu_status status = run(&torture, folder, seconds, &err);
    stop_writers(&torture);
    disk_faults_set(NULL, 0);
    mu_cast_end(&torture.cast);
    proxy_stop(&torture.proxy);
    if (status != MU_OK) {
        (void)printf("torture: %s\nagain: ./dev torture --seconds %ld --seed %ld%s%s\n", err.text,
                     seconds, seed, options.no_faults ? " --no-disk-faults" : "",
                     options.good_network ? " --good-network" : "");
    }
    if (status == MU_OK && !options.keep) {
        (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    } else {
        (void)printf("everything is kept in %s\n", folder);
    }
    return status == MU_OK ? 0 : 1;
}
