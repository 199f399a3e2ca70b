#include "tests/sim/story.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/story_inside.h"

#define LINE_MAX_LEN 256
#define STEP_MS      250
#define PATIENCE_MS  INT64_C(1500000)

/* -- time --------------------------------------------------------------------- */

void mu_story_wait(struct mu_story *story, int64_t ms)
{
    struct mu_sim *sim = story->sim;
    int64_t until_ms = sim->now_ms + ms;
    struct mu_event event;
    while (!mu_sim_failed(sim) && mu_queue_next_ms(&sim->queue) <= until_ms &&
           mu_queue_take(&sim->queue, &event)) {
        mu_sim_step(sim, &event);
    }
    sim->now_ms = until_ms > sim->now_ms ? until_ms : sim->now_ms;
    mu_arena_clear(&sim->arena);
}

void mu_story_level(struct mu_story *story, uint32_t devices)
{
    struct mu_sim *sim = story->sim;
    int64_t until_ms = sim->now_ms + PATIENCE_MS;
    char why[128] = "";
    while (!mu_sim_failed(sim) && !mu_sim_level_of(sim, devices, why)) {
        if (sim->now_ms >= until_ms) {
            mu_sim_fail(sim, "not level: %s", why);
            return;
        }
        mu_story_wait(story, STEP_MS);
    }
}

void mu_story_mend(struct mu_story *story)
{
    struct mu_sim *sim = story->sim;
    mu_memdisk_heal(sim->server.node.disk);
    if (sim->server.node.off) {
        sim->server.node.off = false;
        mu_sim_server_start(sim);
    }
    for (unsigned i = 0; i < sim->device_count; i++) {
        struct mu_sim_device *device = &sim->devices[i];
        device->cut_up = device->cut_down = false;
        device->stalled_until_ms = 0;
        mu_memdisk_heal(device->node.disk);
        if (device->node.off) {
            device->node.off = false;
            mu_sim_device_start(sim, i);
        }
    }
}

/* -- reading ------------------------------------------------------------------- */

struct words {
    char items[MU_STORY_WORDS_MAX][MU_STORY_WORD_MAX];
    bool quoted[MU_STORY_WORDS_MAX];
    size_t count;
};

/* The next word or text from *at on; false at the end, or with *out_bad when it is none. */
static bool take_word(const char **at, struct words *words, bool *out_bad)
{
    const char *from = *at + strspn(*at, " \t");
    if (*from == '\0' || *from == '#') {
        return false;
    }
    bool quoted = *from == '"';
    from += quoted;
    size_t len = strcspn(from, quoted ? "\"" : " \t");
    *out_bad = len >= MU_STORY_WORD_MAX || words->count == MU_STORY_WORDS_MAX ||
               (quoted && from[len] != '"');
    if (*out_bad) {
        return false;
    }
    memcpy(words->items[words->count], from, len);
    words->items[words->count][len] = '\0';
    words->quoted[words->count++] = quoted;
    *at = from + len + quoted;
    return true;
}

static bool split(const char *line, struct words *out)
{
    bool bad = false;
    *out = (struct words){0};
    while (take_word(&line, out, &bad)) {
    }
    return !bad;
}

/* -- matching ------------------------------------------------------------------ */

static bool find_machine(const struct mu_story *story, const char *name, bool server_too,
                         unsigned *out)
{
    if (server_too && strcmp(name, "server") == 0) {
        *out = MU_STORY_SERVER;
        return true;
    }
    for (unsigned i = 0; i < story->sim->device_count; i++) {
        if (strcmp(story->names[i], name) == 0) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool match_place(const struct mu_story *story, char kind, const struct words *words,
                        size_t at, struct mu_story_args *args)
{
    const char *word = words->items[at];
    char *end = NULL;
    switch (kind) {
    case 'n':
        return !words->quoted[at] && find_machine(story, word, false, &args->machine);
    case 'm':
        return !words->quoted[at] && find_machine(story, word, true, &args->machine);
    case 'o':
        return !words->quoted[at] && find_machine(story, word, false, &args->other);
    case 't':
        if (!words->quoted[at] || args->text_count == 3) {
            return false;
        }
        args->texts[args->text_count++] = word;
        return true;
    case 'w':
        args->word = word;
        return !words->quoted[at];
    case 'k':
        args->number = strtoll(word, &end, 10);
        return *word != '\0' && *end == '\0';
    default:
        return false;
    }
}

static bool match(const struct mu_story *story, const char *pattern, const struct words *words,
                  struct mu_story_args *args)
{
    struct words wanted;
    if (!split(pattern, &wanted) || wanted.count != words->count) {
        return false;
    }
    *args = (struct mu_story_args){0};
    for (size_t i = 0; i < wanted.count; i++) {
        const char *word = wanted.items[i];
        bool fits = word[0] == '%' ? match_place(story, word[1], words, i, args)
                                   : !words->quoted[i] && strcmp(word, words->items[i]) == 0;
        if (!fits) {
            return false;
        }
    }
    return true;
}

static bool tell_by(struct mu_story *story, const struct mu_story_act *acts,
                    const struct words *words)
{
    for (; acts->pattern != NULL; acts++) {
        struct mu_story_args args;
        if (match(story, acts->pattern, words, &args)) {
            mu_arena_clear(&story->sim->arena);
            acts->act(story, &args);
            return true;
        }
    }
    return false;
}

static void tell(struct mu_story *story, const struct words *words)
{
    if (!tell_by(story, mu_story_edits, words) && !tell_by(story, mu_story_acts, words) &&
        !tell_by(story, mu_story_expectations, words)) {
        mu_sim_fail(story->sim, "nothing that a story can say");
    }
}

/* -- a whole story -------------------------------------------------------------- */

static bool begin(struct mu_story *story, const struct words *words, struct mu_sim_options *options,
                  struct mu_sim_result *out)
{
    if (words->count < 2 || strcmp(words->items[0], "team") != 0 ||
        words->count - 1 > MU_SIM_DEVICES_MAX / 2) {
        return false;
    }
    options->devices = (unsigned)(words->count - 1);
    for (size_t i = 1; i < words->count; i++) {
        memcpy(story->names[i - 1], words->items[i], MU_STORY_WORD_MAX);
    }
    story->sim = mu_sim_open(options, true, out);
    story->lineage = story->sim->history.incarnation;
    return true;
}

static void end(struct mu_story *story)
{
    mu_story_mend(story);
    mu_story_level(story, UINT32_MAX);
    if (!mu_sim_failed(story->sim)) {
        mu_sim_check_end(story->sim);
    }
}

static void run_lines(struct mu_story *story, FILE *file, const char *path,
                      struct mu_sim_options *options, struct mu_sim_result *out)
{
    char line[LINE_MAX_LEN];
    unsigned number = 0;
    while (!out->failed && fgets(line, sizeof line, file) != NULL) {
        struct words words;
        number++;
        line[strcspn(line, "\n")] = '\0';
        bool read = split(line, &words);
        if (read && words.count == 0) {
            continue;
        }
        if (story->sim == NULL) {
            if (!read || !begin(story, &words, options, out)) {
                out->failed = true;
                (void)snprintf(out->why, sizeof out->why, "a story begins with `team` and names");
            }
        } else if (read) {
            mu_sim_note(story->sim, "-- %s", line);
            tell(story, &words);
        } else {
            mu_sim_fail(story->sim, "words that nobody can read");
        }
    }
    if (!out->failed && story->sim != NULL) {
        end(story);
    }
    if (out->failed) {
        char why[MU_ERROR_TEXT_MAX];
        (void)snprintf(why, sizeof why, "%.200s", out->why);
        (void)snprintf(out->why, sizeof out->why, "%.100s:%u: %s", path, number, why);
    }
}

void mu_story_run(const char *path, const struct mu_sim_options *options, struct mu_sim_result *out)
{
    struct mu_sim_options own = *options;
    struct mu_story story = {.sim = NULL};
    *out = (struct mu_sim_result){0};
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        out->failed = true;
        (void)snprintf(out->why, sizeof out->why, "'%.100s' cannot be read", path);
        return;
    }
    run_lines(&story, file, path, &own, out);
    (void)fclose(file);
    if (story.sim != NULL) {
        mu_sim_close(story.sim);
    } else if (!out->failed) {
        out->failed = true;
        (void)snprintf(out->why, sizeof out->why, "%.100s: nothing happens in it", path);
    }
}
