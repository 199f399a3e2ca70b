#include "tests/torture/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What one board was found to hold of one writer's work. */
struct found {
    uint8_t task_count[WRITER_TASKS];
    uint32_t revision[WRITER_TASKS];
    uint8_t comment_count[WRITER_COMMENT];
};

struct check {
    const struct oracle *oracle;
    const struct mu_actor *actor;
    struct found *found; /* [WRITERS] */
    struct reckoning *reckoning;
};

static void fault(struct check *check, const char *what, const char *of)
{
    if (check->reckoning->faults++ < 20) {
        (void)printf("  %s: %s: '%s'\n", check->actor->name, what, of);
    }
}

static void note_task(struct check *check, const char *title)
{
    unsigned writer = 0;
    unsigned task = 0;
    unsigned revision = 0;
    if (sscanf(title, "w%u task %u rev %u", &writer, &task, &revision) !=
            3 || /* NOLINT(cert-err34-c) */
        writer >= WRITERS ||
        task >= check->oracle->writers[writer].task_count) {
        fault(check, "nobody asked for this task", title);
        return;
    }
    struct found *found = &check->found[writer];
    found->task_count[task] =
        (uint8_t)(found->task_count[task] < 9 ? found->task_count[task] + 1 : 9);
    found->revision[task] = revision;
    check->reckoning->tasks++;
}

static void note_comment(struct check *check, const char *text)
{
    unsigned writer = 0;
    unsigned comment = 0;
    if (sscanf(text, "w%u comment %u", &writer, &comment) != 2 || /* NOLINT(cert-err34-c) */
        writer >= WRITERS || comment >= check->oracle->writers[writer].comment_count) {
        fault(check, "nobody asked for this comment", text);
        return;
    }
    uint8_t *count = &check->found[writer].comment_count[comment];
    *count = (uint8_t)(*count < 9 ? *count + 1 : 9);
    check->reckoning->comments++;
}

static void judge_count(struct check *check, uint8_t outcome, unsigned count, const char *name)
{
    if (count > 1) {
        fault(check, "doubled", name);
    } else if (outcome == SAVED && count == 0) {
        fault(check, "was said saved, and is lost", name);
    }
}

static void judge(struct check *check, unsigned writer)
{
    const struct writer_memory *memory = &check->oracle->writers[writer];
    const struct found *found = &check->found[writer];
    char name[64];
    for (uint32_t i = 0; i < memory->task_count; i++) {
        const struct task_memory *task = &memory->tasks[i];
        task_title(writer, i, task->saved_revision, name);
        judge_count(check, task->added, found->task_count[i], name);
        if (found->task_count[i] == 1 && (found->revision[i] < task->saved_revision ||
                                          found->revision[i] > task->asked_revision)) {
            fault(check, "the title said saved is not the one that stands", name);
        }
    }
    for (uint32_t i = 0; i < memory->comment_count; i++) {
        comment_text(writer, i, name);
        judge_count(check, memory->comments[i], found->comment_count[i], name);
    }
}

static void read_board(struct check *check, json_t *told)
{
    size_t index = 0;
    json_t *row = NULL;
    json_t *rows = json_object_get(told, "rows");
    json_array_foreach(json_object_get(rows, "task"), index, row)
    {
        const char *title = json_string_value(json_object_get(row, "title"));
        note_task(check, title != NULL ? title : "(none)");
    }
    json_array_foreach(json_object_get(rows, "comment"), index, row)
    {
        const char *text = json_string_value(json_object_get(row, "text"));
        note_comment(check, text != NULL ? text : "(none)");
    }
}

static enum mu_status check_board(struct mu_cast *cast, struct check *check, struct mu_error *err)
{
    json_t *told = NULL;
    json_t *status = NULL;
    struct mu_ran ran = mu_cast_run(cast, check->actor, MU_WORDS("export", "json"), NULL);
    told = ran.code == 0 ? json_loads(ran.out, 0, NULL) : NULL;
    mu_ran_free(&ran);
    if (told == NULL) {
        return mu_fail(err, MU_E_IO, "%s: muster export json gives no board", check->actor->name);
    }
    memset(check->found, 0, WRITERS * sizeof *check->found);
    read_board(check, told);
    json_decref(told);
    for (unsigned writer = 0; writer < WRITERS; writer++) {
        judge(check, writer);
    }
    MU_TRY(mu_cast_ask(cast, check->actor, MU_WORDS("status"), &status, err));
    if (json_integer_value(json_object_get(status, "refused")) != 0) {
        fault(check, "a change was refused", "muster refused");
    }
    json_decref(status);
    return mu_cast_do(cast, check->actor, MU_WORDS("verify"), err);
}

enum mu_status check_all(struct mu_cast *cast, const struct oracle *oracle, struct reckoning *out,
                         struct mu_error *err)
{
    char program[MU_CAST_PATH + 16];
    struct check check = {.oracle = oracle, .reckoning = out};
    *out = (struct reckoning){0};
    check.found = calloc(WRITERS, sizeof *check.found);
    if (check.found == NULL) {
        return mu_fail(err, MU_E_NOMEM, "out of memory");
    }
    enum mu_status status = MU_OK;
    for (size_t i = 0; i < cast->count && status == MU_OK; i++) {
        check.actor = &cast->people[i];
        out->tasks = 0;
        out->comments = 0;
        status = check_board(cast, &check, err);
    }
    free(check.found);
    MU_TRY(status);
    (void)snprintf(program, sizeof program, "%s/musterd", cast->programs);
    struct mu_ran ran =
        mu_program_run(MU_WORDS(program, "check", "--data", cast->data), NULL, cast->patience_ms);
    if (ran.code != 0) {
        status = mu_fail(err, MU_E_IO, "musterd check: %.180s", ran.err);
    }
    mu_ran_free(&ran);
    return status;
}
