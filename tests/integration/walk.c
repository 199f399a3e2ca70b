#include "tests/integration/walk.h"

#include "tests/harness/cmocka.h"
#include "tests/harness/pty.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/model/due.h"

#define COLUMNS    100
#define TEXT_MAX   ((size_t)256 * 1024)
#define HANDLE_MIN 4

/* -- the clock ------------------------------------------------------------------------ */

void mu_walk_at_second(struct mu_walk *walk, const char *when, int second)
{
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    struct timespec now;
    assert_int_equal(sscanf(when, "%d-%d-%d %d:%d", &year, &month, &day, &hour, &minute), 5);
    int64_t days = mu_date_to_days((struct mu_date){year, month, day});
    int64_t wanted_s = days * 86400 + hour * 3600 + minute * 60 + second;
    assert_int_equal(clock_gettime(CLOCK_REALTIME, &now), 0);
    int64_t now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    char next[420];
    (void)snprintf(next, sizeof next, "%s.next", walk->clock);
    FILE *file = fopen(next, "w");
    assert_non_null(file);
    assert_true(fprintf(file, "%" PRId64 "\n", wanted_s * 1000 - now_ms) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(rename(next, walk->clock), 0); /* agents read it at any time */
}

void mu_walk_at(struct mu_walk *walk, const char *when)
{
    mu_walk_at_second(walk, when, 0);
}

/* -- the team ------------------------------------------------------------------------- */

void mu_walk_begin(struct mu_walk *walk, const char *when, const struct mu_cast_founding *founding)
{
    char folder[300];
    memset(walk, 0, sizeof *walk);
    assert_non_null(getcwd(folder, sizeof folder));
    (void)snprintf(walk->clock, sizeof walk->clock, "%s/clock", folder);
    assert_int_equal(setenv("MUSTER_CLOCK", walk->clock, 1), 0);
    mu_walk_at(walk, when);
    mu_team_begin_as(&walk->team, founding);
}

void mu_walk_end(struct mu_walk *walk)
{
    mu_team_verify(&walk->team);
    mu_team_end(&walk->team);
    assert_int_equal(unsetenv("MUSTER_CLOCK"), 0);
    assert_int_equal(setenv("TZ", "UTC", 1), 0);
    for (size_t i = 0; i < walk->screen_count; i++) {
        free(walk->screens[i].command);
        free(walk->screens[i].said);
    }
    walk->screen_count = 0;
}

const char *mu_walk_zone(const struct mu_walk *walk, const struct mu_actor *actor)
{
    return walk->zones[actor - walk->team.people];
}

static void be_at(const struct mu_walk *walk, const struct mu_actor *actor)
{
    assert_int_equal(setenv("TZ", mu_walk_zone(walk, actor), 1), 0);
}

struct mu_actor *mu_walk_join(struct mu_walk *walk, const char *name, const char *zone)
{
    char *place = walk->zones[walk->team.count];
    (void)snprintf(place, sizeof walk->zones[0], "%s", zone);
    assert_int_equal(setenv("TZ", zone, 1), 0);
    struct mu_actor *actor = mu_team_join(&walk->team, name);
    mu_walk_do(walk, actor, MU_WORDS("member", "zone", zone));
    mu_walk_do(walk, actor, MU_WORDS("sync"));
    return actor;
}

void mu_walk_meet(struct mu_walk *walk)
{
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < walk->team.count; i++) {
            mu_team_do(&walk->team, &walk->team.people[i], MU_WORDS("sync", "--wait", "30s"));
        }
    }
}

/* -- screens -------------------------------------------------------------------------- */

static void put_word(char *out, size_t room, const char *word)
{
    size_t len = strlen(out);
    bool plain =
        word[0] != '\0' && word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                             "0123456789_@%+=:,./-~^")] == '\0';
    (void)snprintf(out + len, room - len, plain ? " %s" : " \"%s\"", word);
}

static void type(const struct mu_actor *actor, const char *const *words, char out_line[static 1024])
{
    (void)snprintf(out_line, 1024, "%s$ muster", actor->name);
    for (; *words != NULL; words++) {
        put_word(out_line, 1024, *words);
    }
}

/* Without carriage returns, blanks before line ends, and empty lines at the end. */
static char *tidy(const char *said)
{
    char *text = malloc(strlen(said) + 2);
    assert_non_null(text);
    size_t len = 0;
    for (const char *at = said; *at != '\0'; at++) {
        if (*at == '\r') {
            continue;
        }
        while (*at == '\n' && len > 0 && text[len - 1] == ' ') {
            len--;
        }
        text[len++] = *at;
    }
    while (len > 0 && (text[len - 1] == '\n' || text[len - 1] == ' ')) {
        len--;
    }
    text[len++] = '\n';
    text[len] = '\0';
    return text;
}

void mu_walk_keep(struct mu_walk *walk, const struct mu_actor *actor, const char *command,
                  const char *shown)
{
    assert_true(walk->screen_count < MU_WALK_SCREENS);
    struct mu_walk_screen *screen = &walk->screens[walk->screen_count++];
    size_t room = strlen(actor->name) + strlen(command) + 16;
    screen->command = malloc(room);
    assert_non_null(screen->command);
    (void)snprintf(screen->command, room, "%s$ %s", actor->name, command);
    screen->said = tidy(shown);
}

static const struct mu_walk_screen *show(struct mu_walk *walk, const struct mu_actor *actor,
                                         const char *const *words)
{
    char program[MU_CAST_PATH + 16];
    char zone[80];
    char line[1024];
    const char *argv[MU_PROGRAM_ARGS] = {program, "--home", actor->home};
    size_t count = 3;
    be_at(walk, actor);
    (void)snprintf(program, sizeof program, "%s/muster", walk->team.programs);
    (void)snprintf(zone, sizeof zone, "TZ=%s", mu_walk_zone(walk, actor));
    for (size_t i = 0; words[i] != NULL; i++) {
        assert_true(count < MU_PROGRAM_ARGS - 1);
        argv[count++] = words[i];
    }
    struct mu_pty_ran ran = mu_pty_run(argv, MU_WORDS(zone, "NO_COLOR=1", "TERM=xterm-256color"),
                                       COLUMNS, MU_TEAM_PATIENCE_MS);
    type(actor, words, line);
    if (ran.code != 0) {
        fail_msg("%s: exit %d\n%s", line, ran.code, ran.out);
    }
    mu_walk_keep(walk, actor, line + strlen(actor->name) + 2, ran.out);
    mu_pty_free(&ran);
    return &walk->screens[walk->screen_count - 1];
}

void mu_walk_says(struct mu_walk *walk, const struct mu_actor *actor, const char *const *says,
                  const char *const *words)
{
    const struct mu_walk_screen *screen = show(walk, actor, words);
    for (; says != NULL && *says != NULL; says++) {
        if (strstr(screen->said, *says) == NULL) {
            fail_msg("%s: without '%s':\n%s", screen->command, *says, screen->said);
        }
    }
}

void mu_walk_say(struct mu_walk *walk, const struct mu_actor *actor, const char *says,
                 const char *const *words)
{
    mu_walk_says(walk, actor, MU_WORDS(says), words);
}

void mu_walk_hides(struct mu_walk *walk, const struct mu_actor *actor, const char *hidden,
                   const char *const *words)
{
    const struct mu_walk_screen *screen = show(walk, actor, words);
    if (strstr(screen->said, hidden) != NULL) {
        fail_msg("%s: with '%s':\n%s", screen->command, hidden, screen->said);
    }
}

void mu_walk_do(struct mu_walk *walk, const struct mu_actor *actor, const char *const *words)
{
    mu_walk_says(walk, actor, NULL, words);
}

void mu_walk_handle(struct mu_walk *walk, const struct mu_actor *actor, const char *on_line,
                    const char *const *words, char out_handle[static 16])
{
    const struct mu_walk_screen *screen = show(walk, actor, words);
    const char *at = strstr(screen->said, on_line);
    if (at == NULL) {
        fail_msg("%s: without '%s':\n%s", screen->command, on_line, screen->said);
    }
    while (at > screen->said && at[-1] != '\n') {
        at--;
    }
    at = strchr(at, '~');
    assert_non_null(at);
    size_t len = 1 + strspn(at + 1, "abcdefghijklmnopqrstuvwxyz0123456789");
    assert_in_range(len, 1 + HANDLE_MIN, 15);
    memcpy(out_handle, at, len);
    out_handle[len] = '\0';
}

/* -- the guide ------------------------------------------------------------------------- */

/* Handles are another each time: "~k3f9" is "~#". */
static char *without_handles(const char *text)
{
    char *out = malloc(strlen(text) + 1);
    size_t len = 0;
    assert_non_null(out);
    while (*text != '\0') {
        size_t run = *text == '~' ? strspn(text + 1, "abcdefghijklmnopqrstuvwxyz0123456789") : 0;
        if (run >= HANDLE_MIN) {
            out[len++] = '~';
            out[len++] = '#';
            text += 1 + run;
        } else {
            out[len++] = *text++;
        }
    }
    out[len] = '\0';
    return out;
}

static size_t line_len(const char *text)
{
    const char *end = strchr(text, '\n');
    return end != NULL ? (size_t)(end - text) + 1 : strlen(text);
}

/* Line by line; "…" in wanted is any number of lines. */
static bool matches(const char *said, const char *wanted)
{
    while (*wanted != '\0') {
        size_t len = line_len(wanted);
        if (strncmp(wanted, "\xe2\x80\xa6\n", 4) == 0) {
            for (;; said += line_len(said)) {
                if (matches(said, wanted + len)) {
                    return true;
                }
                if (*said == '\0') {
                    return false;
                }
            }
        }
        if (line_len(said) != len || strncmp(said, wanted, len) != 0) {
            return false;
        }
        said += len;
        wanted += len;
    }
    return *said == '\0';
}

/* A shown command, and what stands below it up to the next one. */
static void check_screen(const struct mu_walk *walk, const char *path, const char *command,
                         const char *wanted)
{
    const char *close = "";
    char *line = without_handles(command);
    char *text = without_handles(wanted);
    bool found = false;
    for (size_t i = 0; i < walk->screen_count && !found; i++) {
        char *typed = without_handles(walk->screens[i].command);
        char *said = without_handles(walk->screens[i].said);
        bool same = strcmp(typed, line) == 0;
        found = same && (text[0] == '\0' || matches(said, text));
        close = same ? walk->screens[i].said : close;
        free(typed);
        free(said);
    }
    if (!found) {
        fail_msg("%s shows what did not happen:\n%s\n%s-- the run said (MUSTER_WALK_KEEP=FILE "
                 "keeps all of it):\n%s",
                 path, command, wanted, close);
    }
    free(line);
    free(text);
}

/* "kofi$ muster …" */
static bool is_command(const char *line)
{
    size_t name = strspn(line, "abcdefghijklmnopqrstuvwxyz");
    return name > 0 && strncmp(line + name, "$ muster", 8) == 0;
}

/* A command goes on in the next line behind a backslash.  Returns how much of text it takes. */
static size_t take_command(const char *text, char out_command[static 1024])
{
    size_t taken = 0;
    bool more = true;
    out_command[0] = '\0';
    while (more && text[taken] != '\0') {
        size_t len = line_len(text + taken);
        const char *line = text + taken;
        size_t blanks = taken == 0 ? 0 : strspn(line, " ");
        more = len > 2 && line[len - 2] == '\\';
        size_t room = strlen(out_command);
        (void)snprintf(out_command + room, 1024 - room, "%.*s",
                       (int)(len - blanks - (more ? 2 : 1)), line + blanks);
        taken += len;
    }
    return taken;
}

static void keep_all(const struct mu_walk *walk)
{
    const char *path = getenv("MUSTER_WALK_KEEP");
    if (path == NULL || path[0] == '\0') {
        return;
    }
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (size_t i = 0; i < walk->screen_count; i++) {
        assert_true(fprintf(file, "%s\n%s\n", walk->screens[i].command, walk->screens[i].said) > 0);
    }
    assert_int_equal(fclose(file), 0);
}

void mu_walk_guide(struct mu_walk *walk, const char *path)
{
    static char text[TEXT_MAX];
    static char wanted[TEXT_MAX];
    char command[1024] = "";
    size_t screens = 0;
    bool within = false;
    keep_all(walk);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t len = fread(text, 1, sizeof text - 1, file);
    assert_int_equal(fclose(file), 0);
    text[len] = '\0';
    wanted[0] = '\0';
    for (char *line = text; *line != '\0';) {
        size_t next = line_len(line);
        bool fence = strncmp(line, "```", 3) == 0;
        bool starts = within && is_command(line);
        if ((fence || starts) && command[0] != '\0') {
            check_screen(walk, path, command, wanted);
            screens++;
            command[0] = '\0';
        }
        if (starts) {
            next = take_command(line, command);
            wanted[0] = '\0';
        } else if (command[0] != '\0') {
            (void)strncat(wanted, line, next);
        }
        within = fence ? !within : within;
        line += next;
    }
    assert_true(screens > 0);
}
