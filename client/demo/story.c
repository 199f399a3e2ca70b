#include "client/demo/story.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/utf8.h"

#define PATIENCE_MS 20000
#define TITLE_KEPT  160  /* bytes of a title that the two new ones keep */
#define LINES       "12" /* of a board */

/* -- telling -------------------------------------------------------------------------- */

static void tell(const struct mu_story *story, const char *fmt, ...) MU_PRINTF(2, 3);
static void tell(const struct mu_story *story, const char *fmt, ...)
{
    va_list args;
    (void)fputs(story->terminal ? "\n\033[1m" : "\n", stdout);
    va_start(args, fmt);
    (void)vprintf(fmt, args);
    va_end(args);
    (void)fputs(story->terminal ? "\033[0m\n" : "\n", stdout);
    (void)fflush(stdout);
}

/* Something that must be so. */
static void hold(struct mu_story *story, bool holds, const char *what)
{
    (void)printf("  %s %s\n", holds ? "held:" : "DID NOT HOLD:", what);
    (void)fflush(stdout);
    story->broken += holds ? 0 : 1;
}

/* Lines of what a command said, from the end. */
static void print_last_lines(const char *text, size_t count)
{
    const char *at = text + strlen(text);
    for (size_t lines = 0; at > text; at--) {
        if (at[-1] == '\n' && lines++ == count) {
            break;
        }
    }
    for (; *at != '\0'; at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n' ? 1 : 0)) {
        (void)printf("  %.*s\n", (int)strcspn(at, "\n"), at);
    }
    (void)fflush(stdout);
}

/* -- the scenes ----------------------------------------------------------------------- */

static enum mu_status found(struct mu_story *story, const char *programs, const char *folder,
                            struct mu_error *err)
{
    tell(story, "1. Ana founds the team Orion and starts its server");
    MU_TRY(mu_cast_found(&story->cast, programs, folder, PATIENCE_MS, err));
    (void)printf("  $ musterd init --data %s --team Orion --lead 'Ana Ruiz <ana>'\n"
                 "  $ musterd serve --data %s\n  ready %s\n",
                 story->cast.data, story->cast.data, story->cast.endpoint);
    return MU_OK;
}

static enum mu_status gather(struct mu_story *story, struct mu_error *err)
{
    tell(story, "2. Three people join, each with a copy of the board of their own");
    MU_TRY(mu_cast_join(&story->cast, "ana", "Ana Ruiz", &story->ana, err));
    MU_TRY(mu_cast_join(&story->cast, "kofi", "Kofi Mensah", &story->kofi, err));
    MU_TRY(mu_cast_join(&story->cast, "mia", "Mia Tanaka", &story->mia, err));
    for (size_t i = 0; i < story->cast.count; i++) {
        MU_TRY(mu_cast_agent(&story->cast, &story->cast.people[i], err));
    }
    return mu_cast_show(&story->cast, story->ana, MU_WORDS("member", "list", "--pretty"), err);
}

static enum mu_status import(struct mu_story *story, struct mu_error *err)
{
    int64_t head = 0;
    tell(story, "3. Ana brings the team's board from Trello");
    struct mu_ran ran =
        mu_cast_run(&story->cast, story->ana, MU_WORDS("import", "trello", story->board), NULL);
    story->import_code = ran.code;
    if (ran.code != 0) {
        const char *said = strncmp(ran.err, "muster: ", 8) == 0 ? ran.err + 8 : ran.err;
        enum mu_status status = mu_fail(err, MU_E_INVALID, "%.*s", (int)strcspn(said, "\n"), said);
        mu_ran_free(&ran);
        return status;
    }
    mu_cast_type(story->ana, MU_WORDS("import", "trello", story->board));
    print_last_lines(ran.out, 2);
    mu_ran_free(&ran);
    MU_TRY(mu_cast_level(&story->cast, &head, err));
    MU_TRY(mu_cast_show(&story->cast, story->ana, MU_WORDS("list", "--pretty", "--limit", LINES),
                        err));
    (void)printf("  the first board after %.1f s\n",
                 (double)(mu_now_ms() - story->began_ms) / 1000);
    return MU_OK;
}

/* Three tasks to work on; a board with fewer gets some. */
static enum mu_status choose_tasks(struct mu_story *story, struct mu_error *err)
{
    static const char *const more[3] = {"Find a date for the review", "Order a cake",
                                        "Water the plants"};
    int64_t head = 0;
    json_t *told = NULL;
    MU_TRY(mu_cast_ask(&story->cast, story->ana, MU_WORDS("list"), &told, err));
    size_t count = json_array_size(json_object_get(told, "tasks"));
    for (size_t i = count; i < 3; i++) {
        json_decref(told);
        MU_TRY(mu_cast_do(&story->cast, story->ana, MU_WORDS("add", more[i]), err));
        MU_TRY(mu_cast_level(&story->cast, &head, err));
        MU_TRY(mu_cast_ask(&story->cast, story->ana, MU_WORDS("list"), &told, err));
    }
    const char *title = "";
    for (size_t i = 0; i < 3; i++) {
        json_t *task = json_array_get(json_object_get(told, "tasks"), i);
        const char *ref = json_string_value(json_object_get(task, "ref"));
        (void)snprintf(story->ref[i], sizeof story->ref[i], "%s", ref != NULL ? ref : "");
        title = i == 0 ? json_string_value(json_object_get(task, "title")) : title;
    }
    struct mu_slice kept = mu_utf8_cut(mu_slice_str(title), TITLE_KEPT);
    (void)snprintf(story->title[0], sizeof story->title[0], "%.*s, by Friday", (int)kept.len,
                   (const char *)kept.data);
    (void)snprintf(story->title[1], sizeof story->title[1], "%.*s, after the review", (int)kept.len,
                   (const char *)kept.data);
    json_decref(told);
    return MU_OK;
}

static enum mu_status part(struct mu_story *story, struct mu_error *err)
{
    const struct mu_cast *cast = &story->cast;
    MU_TRY(choose_tasks(story, err));
    tell(story, "4. Kofi and Mia lose the network, and all three work on");
    if (mu_program_stop(&story->kofi->agent, SIGTERM, PATIENCE_MS) != 0 ||
        mu_program_stop(&story->mia->agent, SIGTERM, PATIENCE_MS) != 0) {
        return mu_fail(err, MU_E_IO, "muster-agent did not end well");
    }
    (void)snprintf(story->added, sizeof story->added, "Ask Priya about the demo");
    MU_TRY(mu_cast_show(cast, story->kofi,
                        MU_WORDS("edit", story->ref[0], "--title", story->title[0]), err));
    MU_TRY(mu_cast_show(cast, story->mia,
                        MU_WORDS("edit", story->ref[0], "--title", story->title[1]), err));
    MU_TRY(mu_cast_show(cast, story->kofi, MU_WORDS("done", story->ref[1]), err));
    MU_TRY(mu_cast_show(cast, story->mia, MU_WORDS("add", story->added, "@kofi"), err));
    MU_TRY(mu_cast_show(
        cast, story->ana,
        MU_WORDS("comment", story->ref[2], "Nobody here waits for a server to say this"), err));
    return mu_cast_show(cast, story->kofi, MU_WORDS("status"), err);
}

static enum mu_status meet(struct mu_story *story, struct mu_error *err)
{
    int64_t head = 0;
    tell(story, "5. They are back: the same board for all, and nothing lost");
    MU_TRY(mu_cast_agent(&story->cast, story->kofi, err));
    MU_TRY(mu_cast_agent(&story->cast, story->mia, err));
    MU_TRY(mu_cast_level(&story->cast, &head, err));
    MU_TRY(mu_cast_show(&story->cast, story->kofi, MU_WORDS("list", "--pretty", "--limit", LINES),
                        err));
    MU_TRY(mu_cast_show(&story->cast, story->mia, MU_WORDS("list", "--pretty", "--limit", LINES),
                        err));
    return mu_cast_show(&story->cast, story->mia, MU_WORDS("conflicts"), err);
}

/* -- what must hold ------------------------------------------------------------------- */

static void print_level(const char *who, json_t *told, const char *seq)
{
    const char *digest = json_string_value(json_object_get(told, "digest"));
    (void)printf("  %-8s change %" JSON_INTEGER_FORMAT ", digest %.16s\n", who,
                 json_integer_value(json_object_get(told, seq)), digest != NULL ? digest : "");
}

static enum mu_status check_level(struct mu_story *story, struct mu_error *err)
{
    json_t *server = NULL;
    bool same = true;
    MU_TRY(mu_cast_server(&story->cast, &server, err));
    (void)putchar('\n');
    print_level("server", server, "head");
    for (size_t i = 0; i < story->cast.count; i++) {
        json_t *mine = NULL;
        enum mu_status status =
            mu_cast_ask(&story->cast, &story->cast.people[i], MU_WORDS("status"), &mine, err);
        if (status != MU_OK) {
            json_decref(server);
            return status;
        }
        print_level(story->cast.people[i].name, mine, "cursor");
        same = same &&
               json_equal(json_object_get(mine, "cursor"), json_object_get(server, "head")) &&
               json_equal(json_object_get(mine, "digest"), json_object_get(server, "digest"));
        json_decref(mine);
    }
    json_decref(server);
    hold(story, same, "everyone stands where the server stands");
    return MU_OK;
}

static bool text_is(json_t *object, const char *name, const char *text)
{
    const char *mine = json_string_value(json_object_get(object, name));
    return mine != NULL && strcmp(mine, text) == 0;
}

/* One of the two titles stands, the other is on record. */
static bool has_conflict(const struct mu_story *story, json_t *conflicts)
{
    size_t index = 0;
    json_t *conflict = NULL;
    json_array_foreach(json_object_get(conflicts, "conflicts"), index, conflict)
    {
        for (size_t i = 0; i < 2; i++) {
            if (text_is(conflict, "kept", story->title[i]) &&
                text_is(conflict, "lost", story->title[1 - i])) {
                return true;
            }
        }
    }
    return false;
}

static bool has_task(json_t *tasks, const char *name, const char *value, const char *state)
{
    size_t index = 0;
    json_t *task = NULL;
    json_array_foreach(json_object_get(tasks, "tasks"), index, task)
    {
        if (text_is(task, name, value) && (state == NULL || text_is(task, "state", state))) {
            return true;
        }
    }
    return false;
}

static enum mu_status check_boards(struct mu_story *story, struct mu_error *err)
{
    json_t *first = NULL;
    bool same = true;
    bool recorded = true;
    MU_TRY(mu_cast_ask(&story->cast, story->ana, MU_WORDS("list", "--all", "--limit", "0"), &first,
                       err));
    enum mu_status status = MU_OK;
    for (size_t i = 0; i < story->cast.count && status == MU_OK; i++) {
        const struct mu_actor *actor = &story->cast.people[i];
        json_t *tasks = NULL;
        json_t *conflicts = NULL;
        status = mu_cast_ask(&story->cast, actor, MU_WORDS("list", "--all", "--limit", "0"), &tasks,
                             err);
        if (status == MU_OK) {
            status = mu_cast_ask(&story->cast, actor, MU_WORDS("conflicts"), &conflicts, err);
        }
        same = same && json_equal(json_object_get(first, "tasks"), json_object_get(tasks, "tasks"));
        recorded = recorded && has_conflict(story, conflicts);
        json_decref(tasks);
        json_decref(conflicts);
    }
    if (status == MU_OK) {
        hold(story, same, "their boards are alike, task for task");
        hold(story, has_task(first, "ref", story->ref[1], "done"), "what Kofi finished is done");
        hold(story, has_task(first, "title", story->added, NULL), "what Mia added is there");
        hold(story, recorded, "two changed one title: one stands, the other is on record");
    }
    json_decref(first);
    return status;
}

/* -- the whole ------------------------------------------------------------------------ */

enum mu_status mu_story_play(struct mu_story *story, const char *programs, const char *folder,
                             struct mu_error *err)
{
    story->began_ms = mu_now_ms();
    MU_TRY(found(story, programs, folder, err));
    MU_TRY(gather(story, err));
    MU_TRY(import(story, err));
    MU_TRY(part(story, err));
    MU_TRY(meet(story, err));
    MU_TRY(check_level(story, err));
    return check_boards(story, err);
}

void mu_story_invite(const struct mu_story *story)
{
    tell(story, "Now you.  Server and agents are up; in another terminal:");
    (void)printf("  export PATH=%s:$PATH MUSTER_HOME=%s\n"
                 "  muster board                   # the live board; ? tells its keys\n"
                 "  MUSTER_HOME=%s muster lead     # what Ana sees, who leads\n"
                 "  muster list\n"
                 "  muster add 'Try this' @ana due:fri\n"
                 "  muster show %s\n"
                 "  muster conflicts\n"
                 "  muster log\n"
                 "  MUSTER_HOME=%s muster list     # what Kofi sees\n"
                 "  musterd status --data %s\n"
                 "\nCtrl-C here ends it and removes everything.\n",
                 story->cast.programs, story->mia->home, story->ana->home, story->ref[0],
                 story->kofi->home, story->cast.data);
    (void)fflush(stdout);
}
