#include "tests/torture/writer.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/dice.h"

#define KILL_ONE_IN 12
#define CODE_STORE  7

struct writer {
    const struct mu_cast *cast;
    const struct mu_actor *actor;
    unsigned number;
    struct mu_dice dice;
    struct oracle *oracle;
    struct writer_memory *memory;
};

void disk_faults_set(const struct disk_faults *faults, uint64_t seed)
{
    char text[32];
    if (faults == NULL || faults->library == NULL) {
        (void)unsetenv("LD_PRELOAD");
        return;
    }
    (void)snprintf(text, sizeof text, "%u", faults->one_in);
    (void)setenv("MUSTER_FAIL_ONE_IN", text, 1);
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)seed);
    (void)setenv("MUSTER_FAIL_SEED", text, 1);
    (void)setenv("LD_PRELOAD", faults->library, 1);
}

/* Start the command and kill it on its way. */
static void run_and_kill(struct writer *writer, const char *const *words)
{
    char program[MU_CAST_PATH + 16];
    char log[MU_CAST_PATH + 32];
    const char *argv[16] = {program, "--home", writer->actor->home};
    size_t count = 3;
    (void)snprintf(program, sizeof program, "%s/muster", writer->cast->programs);
    (void)snprintf(log, sizeof log, "%s/killed.log", writer->cast->folder);
    for (size_t i = 0; words[i] != NULL && count < 15; i++) {
        argv[count++] = words[i];
    }
    struct mu_program running = {.out = -1};
    if (mu_program_start(&running, argv, log)) {
        long delay = (long)mu_dice_below(&writer->dice, 8000) * 1000;
        (void)nanosleep(&(struct timespec){.tv_nsec = delay}, NULL);
        (void)mu_program_stop(&running, SIGKILL, 5000);
    }
    writer->memory->killed++;
}

/* What came of it; *out_told, when not NULL and it was saved, is the caller's to free. */
static enum outcome type(struct writer *writer, const char *const *words, json_t **out_told)
{
    const char *line[16] = {"--json"};
    size_t count = 1;
    for (size_t i = 0; words[i] != NULL && count < 15; i++) {
        line[count++] = words[i];
    }
    if (mu_dice_below(&writer->dice, KILL_ONE_IN) == 0) {
        run_and_kill(writer, line);
        return MAYBE;
    }
    struct mu_ran ran = mu_cast_run(writer->cast, writer->actor, line, NULL);
    enum outcome outcome = ran.code == 0 ? SAVED : MAYBE;
    json_t *told = ran.code == 0 ? json_loads(ran.out, 0, NULL) : NULL;
    if (outcome == SAVED) {
        writer->memory->said_saved++;
    } else {
        writer->memory->refused++;
    }
    if ((ran.code != 0 && ran.code != CODE_STORE) || (ran.code == 0 && told == NULL)) {
        (void)snprintf(writer->memory->complaint, sizeof writer->memory->complaint,
                       "muster %.20s ended with %d: %.150s", words[0], ran.code, ran.err);
    }
    if (out_told != NULL) {
        *out_told = told;
    } else {
        json_decref(told);
    }
    mu_ran_free(&ran);
    return outcome;
}

static void add(struct writer *writer)
{
    char title[64];
    json_t *told = NULL;
    uint32_t number = writer->memory->task_count;
    struct task_memory *task = &writer->memory->tasks[number];
    task->added = MAYBE;
    writer->memory->task_count = number + 1;
    task_title(writer->number, number, 0, title);
    if (type(writer, MU_WORDS("add", "--", title), &told) == SAVED) {
        const char *ref = json_string_value(json_object_get(json_object_get(told, "task"), "id"));
        (void)snprintf(task->ref, sizeof task->ref, "%s", ref != NULL ? ref : "");
        task->added = SAVED;
    }
    json_decref(told);
}

static void edit(struct writer *writer, struct task_memory *task, uint32_t number)
{
    char title[64];
    uint32_t revision = ++task->asked_revision;
    task_title(writer->number, number, revision, title);
    if (type(writer, MU_WORDS("edit", task->ref, "--title", title), NULL) == SAVED) {
        task->saved_revision = revision;
    }
}

static void comment(struct writer *writer, const struct task_memory *task)
{
    char text[64];
    uint32_t number = writer->memory->comment_count;
    writer->memory->comments[number] = MAYBE;
    writer->memory->comment_count = number + 1;
    comment_text(writer->number, number, text);
    if (type(writer, MU_WORDS("comment", task->ref, text), NULL) == SAVED) {
        writer->memory->comments[number] = SAVED;
    }
}

static void act(struct writer *writer)
{
    struct writer_memory *memory = writer->memory;
    uint64_t roll = mu_dice_below(&writer->dice, 10);
    uint32_t number =
        memory->task_count == 0 ? 0 : (uint32_t)mu_dice_below(&writer->dice, memory->task_count);
    struct task_memory *task = &memory->tasks[number];
    if (memory->task_count == 0 || roll < 4 || task->ref[0] == '\0') {
        add(writer);
    } else if (roll < 7) {
        edit(writer, task, number);
    } else {
        comment(writer, task);
    }
}

pid_t writer_start(const struct mu_cast *cast, unsigned number, uint64_t seed,
                   const struct disk_faults *faults, struct oracle *oracle)
{
    pid_t parent = getpid();
    pid_t child = fork();
    if (child != 0) {
        return child;
    }
    struct writer writer = {.cast = cast,
                            .actor = &cast->people[number],
                            .number = number,
                            .dice = {seed},
                            .oracle = oracle,
                            .memory = &oracle->writers[number]};
    disk_faults_set(faults, seed);
    /* Whoever loses its parent stops by itself. */
    while (!atomic_load(&oracle->stop) && getppid() == parent &&
           writer.memory->task_count < WRITER_TASKS &&
           writer.memory->comment_count < WRITER_COMMENT && writer.memory->complaint[0] == '\0') {
        act(&writer);
    }
    _exit(0);
}
