#include "client/demo/cast.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client/home/agent_link.h"
#include "client/view/text.h"

#define LOOK_MS 100 /* how long one waits for an agent's word before looking again */

/* snprintf() into an array that must hold it. */
#define TEXT(buffer, ...)                                                \
    do {                                                                 \
        int text_len_ = snprintf((buffer), sizeof(buffer), __VA_ARGS__); \
        MU_ASSERT(text_len_ >= 0 && (size_t)text_len_ < sizeof(buffer)); \
    } while (0)

static enum mu_status fail_ran(struct mu_error *err, const char *what, const struct mu_ran *ran)
{
    const char *said = ran->err[0] != '\0' ? ran->err : ran->out;
    return mu_fail(err, MU_E_IO, "%s: exit %d: %.*s", what, ran->code,
                   (int)(strcspn(said, "\n") < 160 ? strcspn(said, "\n") : 160), said);
}

/* Take ran's output as JSON when it ended with 0; frees ran. */
static enum mu_status take_json(struct mu_ran *ran, const char *what, json_t **out_told,
                                struct mu_error *err)
{
    json_t *told = ran->code == 0 ? json_loads(ran->out, 0, NULL) : NULL;
    enum mu_status status = told != NULL ? MU_OK : fail_ran(err, what, ran);
    mu_ran_free(ran);
    if (status == MU_OK) {
        *out_told = told;
    }
    return status;
}

/* -- the server ---------------------------------------------------------------------- */

static enum mu_status init_server(struct mu_cast *cast, const struct mu_cast_founding *founding,
                                  struct mu_error *err)
{
    char program[MU_CAST_PATH + 16];
    json_t *told = NULL;
    const char *team = founding->team != NULL ? founding->team : "Orion";
    const char *lead = founding->lead != NULL ? founding->lead : "Ana Ruiz <ana>";
    TEXT(program, "%s/musterd", cast->programs);
    const char *argv[16] = {program,  "init", "--data",   cast->data,          "--team", team,
                            "--lead", lead,   "--listen", "tcp://127.0.0.1:*", "--json"};
    size_t count = 11;
    if (founding->zone != NULL) {
        argv[count++] = "--zone";
        argv[count++] = founding->zone;
    }
    if (founding->public_endpoint != NULL) {
        argv[count++] = "--public";
        argv[count++] = founding->public_endpoint;
    }
    struct mu_ran ran = mu_program_run(argv, NULL, cast->patience_ms);
    MU_TRY(take_json(&ran, "musterd init", &told, err));
    const char *line = json_string_value(json_object_get(told, "invite"));
    if (line != NULL && strlen(line) + 1 < sizeof cast->invite) {
        TEXT(cast->invite, "%s\n", line);
    }
    json_decref(told);
    return line != NULL ? MU_OK : mu_fail(err, MU_E_IO, "musterd init gave no invite");
}

enum mu_status mu_cast_found(struct mu_cast *cast, const char *programs, const char *folder,
                             int patience_ms, struct mu_error *err)
{
    const struct mu_cast_founding founding = {.team = NULL};
    return mu_cast_found_as(cast, programs, folder, &founding, patience_ms, err);
}

enum mu_status mu_cast_found_behind(struct mu_cast *cast, const char *programs, const char *folder,
                                    const char *public_endpoint, int patience_ms,
                                    struct mu_error *err)
{
    const struct mu_cast_founding founding = {.public_endpoint = public_endpoint};
    return mu_cast_found_as(cast, programs, folder, &founding, patience_ms, err);
}

enum mu_status mu_cast_found_as(struct mu_cast *cast, const char *programs, const char *folder,
                                const struct mu_cast_founding *founding, int patience_ms,
                                struct mu_error *err)
{
    memset(cast, 0, sizeof *cast);
    cast->patience_ms = patience_ms;
    if (strlen(folder) > MU_CAST_PATH - 64 || strlen(programs) >= MU_CAST_PATH) {
        return mu_fail(err, MU_E_LIMIT, "the path '%.100s' is too long", folder);
    }
    TEXT(cast->programs, "%s", programs);
    TEXT(cast->folder, "%s", folder);
    TEXT(cast->data, "%s/server", folder);
    if (setenv("MUSTER_NO_AGENT", "1", 1) != 0) { /* NOLINT(concurrency-mt-unsafe): one thread */
        return mu_fail(err, MU_E_NOMEM, "out of memory");
    }
    MU_TRY(init_server(cast, founding, err));
    return mu_cast_serve(cast, err);
}

enum mu_status mu_cast_serve(struct mu_cast *cast, struct mu_error *err)
{
    char program[MU_CAST_PATH + 16];
    char log[MU_CAST_PATH + 32];
    char line[300];
    TEXT(program, "%s/musterd", cast->programs);
    TEXT(log, "%s/musterd.log", cast->folder);
    if (!mu_program_start(&cast->server, MU_WORDS(program, "serve", "--data", cast->data), log) ||
        !mu_program_line(&cast->server, cast->patience_ms, line, sizeof line) ||
        strncmp(line, "ready tcp://", 12) != 0 || strlen(line) >= sizeof cast->endpoint) {
        return mu_fail(err, MU_E_IO, "musterd serve did not become ready; see %.150s", log);
    }
    TEXT(cast->endpoint, "%s", line + 6);
    return MU_OK;
}

enum mu_status mu_cast_server(const struct mu_cast *cast, json_t **out_told, struct mu_error *err)
{
    char program[MU_CAST_PATH + 16];
    TEXT(program, "%s/musterd", cast->programs);
    struct mu_ran ran = mu_program_run(MU_WORDS(program, "status", "--data", cast->data, "--json"),
                                       NULL, cast->patience_ms);
    return take_json(&ran, "musterd status", out_told, err);
}

void mu_cast_end(struct mu_cast *cast)
{
    for (size_t i = 0; i < cast->count; i++) {
        (void)mu_program_stop(&cast->people[i].agent, SIGTERM, cast->patience_ms);
    }
    (void)mu_program_stop(&cast->server, SIGTERM, cast->patience_ms);
}

/* -- commands ------------------------------------------------------------------------ */

struct command {
    char program[MU_CAST_PATH + 16];
    const char *argv[MU_PROGRAM_ARGS];
};

static void make_command(const struct mu_cast *cast, const struct mu_actor *actor,
                         const char *const *words, bool json, struct command *out)
{
    size_t count = 0;
    TEXT(out->program, "%s/muster", cast->programs);
    out->argv[count++] = out->program;
    out->argv[count++] = "--home";
    out->argv[count++] = actor->home;
    if (json) {
        out->argv[count++] = "--json";
    }
    for (; *words != NULL; words++) {
        MU_ASSERT(count < MU_PROGRAM_ARGS - 1);
        out->argv[count++] = *words;
    }
    out->argv[count] = NULL;
}

static struct mu_ran run(const struct mu_cast *cast, const struct mu_actor *actor,
                         const char *const *words, bool json, const char *input)
{
    struct command command;
    make_command(cast, actor, words, json, &command);
    return mu_program_run(command.argv, input, cast->patience_ms);
}

/* A word as one types it into a shell; what could act on a terminal is made visible. */
static void print_word(const char *word)
{
    bool plain =
        word[0] != '\0' && word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                             "0123456789_@%+=:,./-")] == '\0';
    MU_BUF_AUTO struct mu_buf shown;
    mu_buf_init(&shown, 64 * (strlen(word) + 1));
    if (mu_show(&shown, mu_slice_str(word), MU_SHOW_ONE_LINE) == MU_OK) {
        (void)printf(plain ? " %.*s" : " '%.*s'", (int)shown.len, (const char *)shown.data);
    }
}

void mu_cast_type(const struct mu_actor *actor, const char *const *words)
{
    (void)printf("  %s$ muster", actor->name);
    for (size_t i = 0; words[i] != NULL; i++) {
        print_word(words[i]);
    }
    (void)putchar('\n');
    (void)fflush(stdout);
}

enum mu_status mu_cast_show(const struct mu_cast *cast, const struct mu_actor *actor,
                            const char *const *words, struct mu_error *err)
{
    struct command command;
    make_command(cast, actor, words, false, &command);
    mu_cast_type(actor, words);
    int code = mu_program_show(command.argv, cast->patience_ms);
    return code == 0 ? MU_OK : mu_fail(err, MU_E_IO, "muster %.20s ended with %d", words[0], code);
}

struct mu_ran mu_cast_run(const struct mu_cast *cast, const struct mu_actor *actor,
                          const char *const *words, const char *input)
{
    return run(cast, actor, words, false, input);
}

static const char *first_word(const struct mu_actor *actor, const char *const *words,
                              char out_text[static 64])
{
    (void)snprintf(out_text, 64, "%s: muster %.20s", actor->name, words[0]);
    return out_text;
}

enum mu_status mu_cast_do(const struct mu_cast *cast, const struct mu_actor *actor,
                          const char *const *words, struct mu_error *err)
{
    char what[64];
    struct mu_ran ran = run(cast, actor, words, false, NULL);
    enum mu_status status =
        ran.code == 0 ? MU_OK : fail_ran(err, first_word(actor, words, what), &ran);
    mu_ran_free(&ran);
    return status;
}

enum mu_status mu_cast_ask(const struct mu_cast *cast, const struct mu_actor *actor,
                           const char *const *words, json_t **out_told, struct mu_error *err)
{
    char what[64];
    struct mu_ran ran = run(cast, actor, words, true, NULL);
    return take_json(&ran, first_word(actor, words, what), out_told, err);
}

/* -- people -------------------------------------------------------------------------- */

/* An invite is a change like others: the server must have it before it can be used. */
static enum mu_status make_invite(struct mu_cast *cast, const char *name, const char *full_name,
                                  char *out_line, size_t room, struct mu_error *err)
{
    const struct mu_actor *lead = &cast->people[0];
    int64_t ignored = 0;
    json_t *told = NULL;
    MU_TRY(mu_cast_ask(cast, lead, MU_WORDS("invite", name, "--name", full_name), &told, err));
    const char *line = json_string_value(json_object_get(told, "invite"));
    int len = line != NULL ? snprintf(out_line, room, "%s\n", line) : -1;
    json_decref(told);
    if (len < 0 || (size_t)len >= room) {
        return mu_fail(err, MU_E_IO, "muster invite gave no invite");
    }
    return lead->agent.pid == 0 ? mu_cast_do(cast, lead, MU_WORDS("sync"), err)
                                : mu_cast_level(cast, &ignored, err);
}

enum mu_status mu_cast_join(struct mu_cast *cast, const char *name, const char *full_name,
                            struct mu_actor **out_actor, struct mu_error *err)
{
    char invite[700];
    MU_ASSERT(cast->count < MU_CAST_PEOPLE);
    if (cast->count == 0) {
        memcpy(invite, cast->invite, sizeof invite);
    } else {
        MU_TRY(make_invite(cast, name, full_name, invite, sizeof invite, err));
    }
    struct mu_actor *actor = &cast->people[cast->count];
    memset(actor, 0, sizeof *actor);
    TEXT(actor->name, "%s", name);
    TEXT(actor->home, "%s/%s", cast->folder, name);
    struct mu_ran ran = run(cast, actor, MU_WORDS("join", "-"), false, invite);
    enum mu_status status = ran.code == 0 ? MU_OK : fail_ran(err, "muster join", &ran);
    mu_ran_free(&ran);
    if (status == MU_OK) {
        cast->count++;
        *out_actor = actor;
    }
    return status;
}

static void rest(long ms)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = ms * 1000000L}, NULL);
}

enum mu_status mu_cast_agent(struct mu_cast *cast, struct mu_actor *actor, struct mu_error *err)
{
    char program[MU_CAST_PATH + 16];
    char log[MU_CAST_PATH + 48];
    TEXT(program, "%s/muster-agent", cast->programs);
    TEXT(log, "%s/agent-%s.log", cast->folder, actor->name);
    if (!mu_program_start(&actor->agent, MU_WORDS(program, "run", "--home", actor->home), log)) {
        return mu_fail(err, MU_E_IO, "muster-agent cannot be started");
    }
    /* It runs when it answers. */
    struct mu_home home;
    struct mu_agent_link link;
    long long deadline = mu_now_ms() + cast->patience_ms;
    MU_TRY(mu_home_find(actor->home, &home, err));
    while (mu_agent_connect(&home, cast->patience_ms, &link, err) != MU_OK) {
        if (mu_now_ms() >= deadline) {
            return mu_error_wrap(err, "muster-agent of %s", actor->name);
        }
        rest(2);
    }
    mu_agent_disconnect(&link);
    return MU_OK;
}

/* -- being level --------------------------------------------------------------------- */

static enum mu_status is_level(const struct mu_cast *cast, const struct mu_actor *actor,
                               json_t *server, bool *out_level, struct mu_error *err)
{
    json_t *mine = NULL;
    MU_TRY(mu_cast_ask(cast, actor, MU_WORDS("status"), &mine, err));
    const char *link = json_string_value(json_object_get(mine, "link"));
    *out_level = link != NULL && strcmp(link, "live") == 0 &&
                 json_integer_value(json_object_get(mine, "pending")) == 0 &&
                 json_equal(json_object_get(mine, "cursor"), json_object_get(server, "head")) &&
                 json_equal(json_object_get(mine, "digest"), json_object_get(server, "digest"));
    json_decref(mine);
    return MU_OK;
}

/* Until the agent says that something has changed, or for a while. */
static void wait_for_change(const struct mu_actor *actor)
{
    struct mu_home home;
    struct mu_error ignored;
    struct mu_agent_link link;
    char line[MU_AGENT_LINE_MAX];
    bool there = false;
    if (mu_home_find(actor->home, &home, &ignored) != MU_OK ||
        mu_agent_connect(&home, LOOK_MS, &link, &ignored) != MU_OK) {
        rest(LOOK_MS);
        return;
    }
    if (mu_agent_ask(&link, "watch", LOOK_MS, line, &ignored) == MU_OK) {
        enum mu_status status = mu_agent_line(&link, LOOK_MS, line, &there, &ignored);
        (void)status;
    }
    mu_agent_disconnect(&link);
}

/* *out_behind: somebody who is not level, or NULL. */
static enum mu_status look(const struct mu_cast *cast, const struct mu_actor **out_behind,
                           int64_t *out_head, struct mu_error *err)
{
    json_t *server = NULL;
    MU_TRY(mu_cast_server(cast, &server, err));
    enum mu_status status = MU_OK;
    *out_head = json_integer_value(json_object_get(server, "head"));
    *out_behind = NULL;
    for (size_t i = 0; i < cast->count && status == MU_OK && *out_behind == NULL; i++) {
        bool level = true;
        if (cast->people[i].agent.pid != 0) {
            status = is_level(cast, &cast->people[i], server, &level, err);
        }
        *out_behind = level ? NULL : &cast->people[i];
    }
    json_decref(server);
    return status;
}

enum mu_status mu_cast_level(const struct mu_cast *cast, int64_t *out_head, struct mu_error *err)
{
    long long deadline = mu_now_ms() + cast->patience_ms;
    for (;;) {
        const struct mu_actor *behind = NULL;
        MU_TRY(look(cast, &behind, out_head, err));
        if (behind == NULL) {
            return MU_OK;
        }
        if (mu_now_ms() >= deadline) {
            return mu_fail(err, MU_E_IO, "%s does not become level with change %lld of the server",
                           behind->name, (long long)*out_head);
        }
        wait_for_change(behind);
    }
}
