/* Kudos, wins and feedback among real programs.  At stake: that praise arrives, that sealed words
 * are read by two people and by nobody else, and that what was written offline gets there. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/harness/team.h"

#include <signal.h>
#include <stdlib.h>
#include <time.h>

struct three {
    struct mu_cast team;
    struct mu_actor *ana, *kofi, *mia;
};

static void begin(struct three *three)
{
    mu_team_begin(&three->team);
    three->ana = mu_team_join(&three->team, "ana");
    three->kofi = mu_team_join(&three->team, "kofi");
    three->mia = mu_team_join(&three->team, "mia");
    for (size_t i = 0; i < three->team.count; i++) {
        mu_team_start_agent(&three->team, &three->team.people[i]);
    }
    mu_team_do(&three->team, three->ana, MU_WORDS("add", "Nordwind", "@kofi", "due:fri"));
    mu_team_level(&three->team);
}

/* Run, expect the code and words in what it said. */
static void gives(struct three *three, struct mu_actor *actor, int code, const char *says,
                  const char *const *words)
{
    struct mu_ran ran = mu_cast_run(&three->team, actor, words, NULL);
    const char *said = ran.err[0] != '\0' ? ran.err : ran.out;
    if (ran.code != code || strstr(said, says) == NULL) {
        fail_msg("muster %s: exit %d, not %d, or without '%s':\n%s%s", words[0], ran.code, code,
                 says, ran.out, ran.err);
    }
    mu_ran_free(&ran);
}

static json_t *first(json_t *told, const char *list)
{
    json_t *item = json_array_get(json_object_get(told, list), 0);
    if (item == NULL) {
        fail_msg("'%s' is empty", list);
    }
    return item;
}

static const char *text_of(json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text != NULL ? text : "";
}

static void copy_ref(json_t *object, char out[static 16])
{
    (void)snprintf(out, 16, "%s", text_of(object, "ref"));
}

static void test_kudos__for_several_people_are_on_everyones_wall(void **state)
{
    (void)state;
    struct three t;
    char ref[16];
    begin(&t);

    gives(&t, t.ana, 0, "@ana to @kofi and @mia: 'the shared deal' for T-1 'Nordwind'",
          MU_WORDS("kudos", "@kofi", "@mia", "the shared deal", "--for", "T-1"));
    mu_team_level(&t.team);
    json_t *his = mu_team_ask(&t.team, t.kofi, MU_WORDS("kudos", "list", "@me"));
    json_t *kudos = first(his, "kudos");
    assert_string_equal(text_of(kudos, "from"), "ana");
    assert_int_equal(json_array_size(json_object_get(kudos, "to")), 2);
    assert_string_equal(text_of(json_object_get(kudos, "about"), "ref"), "T-1");
    copy_ref(kudos, ref);
    json_decref(his);
    mu_team_do(&t.team, t.mia, MU_WORDS("kudos", "react", ref, "+1"));
    mu_team_do(&t.team, t.kofi, MU_WORDS("kudos", "react", ref, "+1"));
    mu_team_level(&t.team);
    json_t *hers = mu_team_ask(&t.team, t.ana, MU_WORDS("kudos", "list"));
    json_t *mark = first(first(hers, "kudos"), "marks");
    assert_int_equal(json_integer_value(json_object_get(mark, "count")), 2);
    assert_true(json_is_false(json_object_get(mark, "mine")));
    json_decref(hers);
    mu_team_do(&t.team, t.kofi, MU_WORDS("kudos", "react", ref, "+1", "--off"));
    mu_team_level(&t.team);
    hers = mu_team_ask(&t.team, t.ana, MU_WORDS("kudos", "list"));
    mark = first(first(hers, "kudos"), "marks");
    assert_int_equal(json_integer_value(json_object_get(mark, "count")), 1);
    json_decref(hers);
    mu_team_end(&t.team);
}

static void test_kudos__bad_input_is_one_clear_line(void **state)
{
    (void)state;
    struct three t;
    begin(&t);

    gives(&t, t.ana, 2, "kudos are for others", MU_WORDS("kudos", "@me", "well done me"));
    gives(&t, t.ana, 2, "kudos are for others", MU_WORDS("kudos", "@kofi", "@ana", "us"));
    gives(&t, t.ana, 2, "for whom?", MU_WORDS("kudos", "well done"));
    gives(&t, t.ana, 2, "what for?", MU_WORDS("kudos", "@kofi"));
    gives(&t, t.ana, 3, "no person '@koffi'; did you mean '@kofi'?",
          MU_WORDS("kudos", "@koffi", "x"));
    gives(&t, t.ana, 3, "no task T-99 here", MU_WORDS("kudos", "@kofi", "x", "--for", "T-99"));
    gives(&t, t.ana, 2, "'x' is no kudos", MU_WORDS("kudos", "react", "x", "+1"));
    mu_team_end(&t.team);
}

static void test_wins__are_proposed_and_posted_once(void **state)
{
    (void)state;
    struct three t;
    char ref[16];
    begin(&t);

    mu_team_do(&t.team, t.kofi, MU_WORDS("done", "T-1"));
    mu_team_level(&t.team);
    json_t *wall = mu_team_ask(&t.team, t.mia, MU_WORDS("wins"));
    assert_int_equal(json_array_size(json_object_get(wall, "wins")), 0);
    assert_string_equal(text_of(first(wall, "proposed"), "person"), "kofi");
    copy_ref(first(wall, "proposed"), ref);
    json_decref(wall);

    /* Apart, two people post the same win. */
    assert_int_equal(mu_team_stop_agent(t.mia, SIGTERM), 0);
    assert_int_equal(mu_team_stop_agent(t.ana, SIGTERM), 0);
    mu_team_do(&t.team, t.mia, MU_WORDS("wins", "post", ref, "at last"));
    mu_team_do(&t.team, t.ana, MU_WORDS("wins", "post", ref));
    mu_team_start_agent(&t.team, t.mia);
    mu_team_level(&t.team);
    mu_team_start_agent(&t.team, t.ana);
    mu_team_level(&t.team);
    wall = mu_team_ask(&t.team, t.ana, MU_WORDS("wins"));
    assert_int_equal(json_array_size(json_object_get(wall, "wins")), 1);
    assert_int_equal(json_array_size(json_object_get(wall, "proposed")), 0);
    assert_string_equal(text_of(first(wall, "wins"), "posted_by"), "mia");
    assert_string_equal(text_of(first(wall, "wins"), "text"), "at last");
    json_decref(wall);
    gives(&t, t.kofi, 3, "may have been posted", MU_WORDS("wins", "post", ref));
    gives(&t, t.kofi, 0, "@mia: 'the customer called'",
          MU_WORDS("wins", "post", "@mia", "the customer called"));
    mu_team_end(&t.team);
}

/* No file of the server or of any home has the words in the clear. */
static void stands_nowhere(const char *words)
{
    const char *const argv[] = {"/usr/bin/grep", "-rqF", words, ".", NULL};
    mu_team_says(argv, 1, NULL);
}

static void test_feedback__sealed_is_read_by_two_and_by_nobody_else(void **state)
{
    (void)state;
    struct three t;
    char ref[16];
    begin(&t);

    /* Written and read on devices that were offline. */
    assert_int_equal(mu_team_stop_agent(t.ana, SIGTERM), 0);
    assert_int_equal(mu_team_stop_agent(t.kofi, SIGTERM), 0);
    gives(&t, t.ana, 0, "about T-1 'Nordwind' \xc2\xb7 sealed \xc2\xb7 new",
          MU_WORDS("feedback", "@kofi", "--about", "T-1", "--did-well", "two excellent leads",
                   "--improve", "follow up sooner", "--next", "call Nordwind by Tuesday"));
    mu_team_start_agent(&t.team, t.ana);
    mu_team_level(&t.team);
    mu_team_start_agent(&t.team, t.kofi);
    mu_team_level(&t.team);
    json_t *box = mu_team_ask(&t.team, t.kofi, MU_WORDS("feedback", "list"));
    assert_string_equal(text_of(first(box, "received"), "state"), "new");
    assert_string_equal(text_of(first(box, "received"), "did_well"), "");
    copy_ref(first(box, "received"), ref);
    json_decref(box);
    json_t *opened = mu_team_ask(&t.team, t.kofi, MU_WORDS("feedback", "read", ref));
    json_t *feedback = json_object_get(opened, "feedback");
    assert_string_equal(text_of(feedback, "did_well"), "two excellent leads");
    assert_string_equal(text_of(feedback, "improve"), "follow up sooner");
    assert_string_equal(text_of(feedback, "next_step"), "call Nordwind by Tuesday");
    assert_true(json_is_true(json_object_get(opened, "vouched")));
    json_decref(opened);
    mu_team_do(&t.team, t.kofi, MU_WORDS("feedback", "reply", ref, "I call them on Monday"));
    mu_team_level(&t.team);

    opened = mu_team_ask(&t.team, t.ana, MU_WORDS("feedback", "read", ref));
    feedback = json_object_get(opened, "feedback");
    assert_string_equal(text_of(feedback, "state"), "answered");
    assert_string_equal(text_of(feedback, "reply"), "I call them on Monday");
    json_decref(opened);
    gives(&t, t.mia, 5, "only the two who share it", MU_WORDS("feedback", "read", ref));
    gives(&t, t.ana, 5, "by the one it is for", MU_WORDS("feedback", "reply", ref, "x"));
    stands_nowhere("two excellent leads");
    stands_nowhere("I call them on Monday");
    mu_team_verify(&t.team);
    mu_team_end(&t.team);
}

static void test_feedback__next_step_becomes_a_promise(void **state)
{
    (void)state;
    struct three t;
    char ref[16];
    begin(&t);
    mu_team_do(&t.team, t.ana,
               MU_WORDS("feedback", "@kofi", "--about", "T-1", "--did-well", "two leads",
                        "--improve", "follow up", "--next", "call Nordwind by Tuesday"));
    mu_team_level(&t.team);
    json_t *box = mu_team_ask(&t.team, t.kofi, MU_WORDS("feedback", "list"));
    copy_ref(first(box, "received"), ref);
    json_decref(box);

    gives(&t, t.kofi, 2, "--promise is today",
          MU_WORDS("feedback", "read", ref, "--promise", "now and then"));
    gives(&t, t.ana, 5, "by the one it is for",
          MU_WORDS("feedback", "read", ref, "--promise", "today"));
    gives(&t, t.kofi, 0, "its next step is promised",
          MU_WORDS("feedback", "read", ref, "--promise", "this-week"));
    mu_team_level(&t.team);

    json_t *promises = mu_team_ask(&t.team, t.kofi, MU_WORDS("promises"));
    assert_string_equal(text_of(first(promises, "promises"), "title"), "call Nordwind by Tuesday");
    json_decref(promises);
    box = mu_team_ask(&t.team, t.ana, MU_WORDS("feedback", "list"));
    assert_true(json_is_string(json_object_get(first(box, "sent"), "commitment")));
    json_decref(box);
    struct mu_ran again =
        mu_cast_run(&t.team, t.kofi, MU_WORDS("feedback", "read", ref, "--promise", "today"), NULL);
    assert_int_not_equal(again.code, 0);
    assert_non_null(strstr(again.err, "a promise already"));
    mu_ran_free(&again);
    mu_team_end(&t.team);
}

static void test_feedback__open_is_the_teams(void **state)
{
    (void)state;
    struct three t;
    char ref[16];
    begin(&t);

    mu_team_do(
        &t.team, t.ana,
        MU_WORDS("feedback", "@kofi", "--about", "week", "--did-well", "clear words", "--open"));
    mu_team_level(&t.team);
    json_t *box = mu_team_ask(&t.team, t.mia, MU_WORDS("feedback", "list", "--team"));
    assert_string_equal(text_of(first(box, "team"), "did_well"), "clear words");
    assert_int_equal(strlen(text_of(first(box, "team"), "week")), 10);
    copy_ref(first(box, "team"), ref);
    json_decref(box);
    gives(&t, t.mia, 0, "clear words", MU_WORDS("feedback", "read", ref));
    mu_team_level(&t.team);
    box = mu_team_ask(&t.team, t.ana, MU_WORDS("feedback", "list"));
    assert_string_equal(text_of(first(box, "sent"), "state"), "new"); /* mia is not its reader */
    json_decref(box);
    mu_team_end(&t.team);
}

static void test_feedback__bad_input_is_one_clear_line(void **state)
{
    (void)state;
    struct three t;
    begin(&t);

    gives(&t, t.ana, 2, "what went well", MU_WORDS("feedback", "@kofi", "--about", "T-1"));
    gives(&t, t.ana, 2, "needs a next step",
          MU_WORDS("feedback", "@kofi", "--about", "T-1", "--did-well", "x", "--improve", "y"));
    gives(&t, t.ana, 2, "about what?", MU_WORDS("feedback", "@kofi", "--did-well", "x"));
    gives(&t, t.ana, 2, "for somebody else",
          MU_WORDS("feedback", "@me", "--about", "T-1", "--did-well", "x"));
    gives(&t, t.ana, 3, "no feedback ~zzzz here", MU_WORDS("feedback", "read", "~zzzz"));
    mu_team_do(&t.team, t.ana, MU_WORDS("member", "remove", "@kofi"));
    gives(&t, t.ana, 3, "has left the team",
          MU_WORDS("feedback", "@kofi", "--about", "T-1", "--did-well", "x"));
    gives(&t, t.ana, 3, "has left the team", MU_WORDS("kudos", "@kofi", "x"));
    json_t *box = mu_team_ask(&t.team, t.ana, MU_WORDS("feedback", "list"));
    assert_int_equal(json_array_size(json_object_get(box, "sent")), 0);
    json_decref(box);
    (void)mu_team_stop_agent(t.kofi, SIGTERM);
    mu_team_end(&t.team);
}

/* -- series ------------------------------------------------------------------------ */

static size_t tasks_of(struct three *three, struct mu_actor *actor)
{
    json_t *list = mu_team_ask(&three->team, actor, MU_WORDS("list", "Water", "--all"));
    size_t count = json_array_size(json_object_get(list, "tasks"));
    json_decref(list);
    return count;
}

static void wait_for_tasks(struct three *three, struct mu_actor *actor, size_t count)
{
    const struct timespec rest = {.tv_nsec = 50000000};
    for (int i = 0; i < MU_TEAM_PATIENCE_MS / 50 && tasks_of(three, actor) != count; i++) {
        (void)nanosleep(&rest, NULL);
    }
    assert_int_equal(tasks_of(three, actor), count);
}

static void test_series__devices_apart_make_one_task(void **state)
{
    (void)state;
    struct three t;
    begin(&t);

    gives(
        &t, t.ana, 0, "every 2 days after it is done \xc2\xb7 @mia",
        MU_WORDS("series", "add", "Water the plants", "@mia", "--every", "2 days", "--after-done"));
    mu_team_level(&t.team);
    assert_int_equal(tasks_of(&t, t.kofi), 1);
    assert_int_equal(mu_team_stop_server(&t.team, SIGTERM), 0);
    mu_team_do(&t.team, t.mia, MU_WORDS("done", "T-2"));
    mu_team_do(&t.team, t.kofi, MU_WORDS("done", "T-2"));
    wait_for_tasks(&t, t.mia, 2); /* each made its own, without the other */
    wait_for_tasks(&t, t.kofi, 2);
    mu_team_serve(&t.team);
    mu_team_level(&t.team);

    assert_int_equal(tasks_of(&t, t.ana), 2);
    assert_int_equal(tasks_of(&t, t.kofi), 2);
    json_t *list = mu_team_ask(&t.team, t.ana, MU_WORDS("list", "Water"));
    json_t *next = first(list, "tasks");
    assert_string_equal(text_of(next, "ref"), "T-3");
    assert_string_equal(text_of(next, "owner"), "mia");
    json_decref(list);
    mu_team_end(&t.team);
}

static void test_series__begins_ends_and_refuses_what_is_no_rule(void **state)
{
    (void)state;
    struct three t;
    char ref[16];
    begin(&t);

    gives(&t, t.ana, 2, "'now and then' is no rule",
          MU_WORDS("series", "add", "Water", "--every", "now and then"));
    gives(&t, t.ana, 2, "how often?", MU_WORDS("series", "add", "Water"));
    gives(&t, t.ana, 2, "a series needs a title", MU_WORDS("series", "add", "--every", "fri"));
    gives(&t, t.ana, 2, "a time of the day",
          MU_WORDS("series", "add", "Water", "--every", "fri", "--due", "fri"));
    mu_team_do(&t.team, t.ana,
               MU_WORDS("series", "add", "Water", "--every", "day", "--due", "15:00"));
    assert_int_equal(tasks_of(&t, t.ana), 2); /* today's and the next */
    mu_team_level(&t.team);
    json_t *list = mu_team_ask(&t.team, t.kofi, MU_WORDS("series", "list"));
    copy_ref(first(list, "series"), ref);
    json_decref(list);
    gives(&t, t.kofi, 5, "its owner, its creator or a lead", MU_WORDS("series", "end", ref));
    gives(&t, t.ana, 0, "ended", MU_WORDS("series", "end", ref));
    list = mu_team_ask(&t.team, t.ana, MU_WORDS("series", "list"));
    assert_int_equal(json_array_size(json_object_get(list, "series")), 0);
    json_decref(list);
    mu_team_do(&t.team, t.ana, MU_WORDS("undo")); /* it goes on */
    list = mu_team_ask(&t.team, t.ana, MU_WORDS("series", "list"));
    assert_int_equal(json_array_size(json_object_get(list, "series")), 1);
    json_decref(list);
    mu_team_end(&t.team);
}

/* -- strengths ----------------------------------------------------------------------- */

static void test_skills__are_a_hint_for_who(void **state)
{
    (void)state;
    struct three t;
    begin(&t);
    mu_team_do(&t.team, t.kofi, MU_WORDS("member", "skills", "@me", "unicode, parsing"));
    mu_team_do(&t.team, t.mia, MU_WORDS("member", "skills", "@me", "Parsing,design"));
    mu_team_do(&t.team, t.ana, MU_WORDS("add", "Parser", "--skills", "parsing,unicode"));
    mu_team_level(&t.team);

    gives(&t, t.mia, 5, "by that person or a lead", MU_WORDS("member", "skills", "@kofi", "x"));
    gives(&t, t.ana, 0, "T-2 asks for parsing,unicode: @kofi (2 of 2), @mia (1 of 2)",
          MU_WORDS("list", "--unowned"));
    gives(&t, t.ana, 2, "@kofi (2 of 2), @mia (1 of 2)", MU_WORDS("assign", "T-2"));
    gives(&t, t.ana, 2, "to whom (@kofi, or nobody)?", MU_WORDS("assign", "T-1"));
    mu_team_do(&t.team, t.ana, MU_WORDS("assign", "T-2", "@mia")); /* a hint, not a rule */
    json_t *his = mu_team_ask(&t.team, t.kofi, MU_WORDS("member", "skills", "@me"));
    assert_string_equal(text_of(his, "skills"), "unicode, parsing");
    json_decref(his);
    mu_team_end(&t.team);
}

/* -- figures ----------------------------------------------------------------------- */

static json_t *figure_of(json_t *metrics, const char *key)
{
    json_t *figure = json_object_get(json_object_get(metrics, "figures"), key);
    assert_non_null(figure);
    return figure;
}

static void is_figure(json_t *metrics, const char *key, json_int_t k, json_int_t n)
{
    json_t *figure = figure_of(metrics, key);
    assert_int_equal(json_integer_value(json_object_get(figure, "n")), n);
    assert_int_equal(json_integer_value(json_object_get(figure, "k")), k);
}

/* Kofi promises four tasks for today and finishes three. */
static void keep_three_promises(struct three *three)
{
    static const char *const refs[] = {"T-2", "T-3", "T-4", "T-5"};
    for (size_t i = 0; i < 4; i++) {
        mu_team_do(&three->team, three->ana, MU_WORDS("add", "Work", "@kofi", "due:in 3 d"));
    }
    mu_team_level(&three->team);
    for (size_t i = 0; i < 4; i++) {
        mu_team_do(&three->team, three->kofi, MU_WORDS("promise", refs[i], "today"));
        if (i < 3) {
            mu_team_do(&three->team, three->kofi, MU_WORDS("done", refs[i]));
        }
    }
    mu_team_level(&three->team);
}

/* What it says with --json, into a file of the present folder. */
static void keep(struct three *three, struct mu_actor *actor, const char *path,
                 const char *const *words)
{
    struct mu_ran ran = mu_cast_run(&three->team, actor, words, NULL);
    assert_int_equal(ran.code, 0);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(ran.out, 1, strlen(ran.out), file), strlen(ran.out));
    assert_int_equal(fclose(file), 0);
    mu_ran_free(&ran);
}

static void test_stats__are_recounted_from_the_export_by_a_script(void **state)
{
    (void)state;
    struct three t;
    begin(&t);
    keep_three_promises(&t);
    mu_team_do(&t.team, t.ana, MU_WORDS("kudos", "@kofi", "@mia", "three in a day"));
    mu_team_do(&t.team, t.kofi, MU_WORDS("block", "T-5", "which version", "--needs", "@ana"));
    mu_team_do(&t.team, t.ana,
               MU_WORDS("feedback", "@kofi", "--about", "T-2", "--did-well", "quick"));
    mu_team_level(&t.team);

    keep(&t, t.mia, "export.json", MU_WORDS("export", "json"));
    keep(&t, t.kofi, "stats.json", MU_WORDS("stats", "@me", "--json"));
    keep(&t, t.mia, "team.json", MU_WORDS("stats", "team", "--json"));
    mu_team_says(MU_WORDS(MUSTER_PYTHON, MUSTER_RECOUNT, "export.json", "stats.json"), 0,
                 "0 differ");
    mu_team_says(MU_WORDS(MUSTER_PYTHON, MUSTER_RECOUNT, "export.json", "team.json"), 0,
                 "0 differ");
    mu_team_end(&t.team);
}

static void test_stats__are_k_of_n_and_lead_to_their_changes(void **state)
{
    (void)state;
    struct three t;
    begin(&t);
    keep_three_promises(&t);
    mu_team_do(&t.team, t.ana, MU_WORDS("kudos", "@kofi", "three in a day"));
    mu_team_level(&t.team);

    json_t *mine = mu_team_ask(&t.team, t.kofi, MU_WORDS("stats", "@me", "--explain"));
    json_t *metrics = json_object_get(mine, "stats");
    is_figure(metrics, "kept", 3, 3);
    is_figure(metrics, "tasks_on_time", 3, 3);
    is_figure(metrics, "kudos_received", 1, 1);
    json_t *kept = json_object_get(json_object_get(mine, "explained"), "kept");
    assert_int_equal(json_array_size(json_object_get(kept, "counted")), 3);
    json_t *changes = json_object_get(first(kept, "counted"), "changes");
    assert_true(json_array_size(changes) > 0);
    json_t *log = mu_team_ask(&t.team, t.kofi, MU_WORDS("log", "--limit", "0"));
    bool found = false;
    for (size_t i = 0; i < json_array_size(json_object_get(log, "entries")); i++) {
        json_t *entry = json_array_get(json_object_get(log, "entries"), i);
        found = found || (json_equal(json_object_get(entry, "seq"), json_array_get(changes, 0)) &&
                          strncmp(text_of(entry, "intent"), "commitment.", 11) == 0);
    }
    assert_true(found);
    json_decref(log);
    /* Exactly what a lead sees about him, and on every replica. */
    json_t *hers = mu_team_ask(&t.team, t.ana, MU_WORDS("stats", "@kofi"));
    assert_true(json_equal(json_object_get(hers, "stats"), metrics));
    json_decref(hers);
    json_decref(mine);
    mu_team_end(&t.team);
}

static void test_stats__are_fair(void **state)
{
    (void)state;
    struct three t;
    begin(&t);
    keep_three_promises(&t);

    /* Too few to say anything: not shown. */
    json_t *his = mu_team_ask(&t.team, t.kofi, MU_WORDS("stats", "@me"));
    json_t *owned = figure_of(json_object_get(his, "stats"), "owned");
    assert_int_equal(json_integer_value(json_object_get(owned, "n")), 2);
    assert_true(json_is_null(json_object_get(owned, "k")));
    json_decref(his);
    /* Reciprocal: the lead's figures are everybody's to see, a colleague's are not. */
    mu_team_do(&t.team, t.kofi, MU_WORDS("stats", "@ana"));
    mu_team_do(&t.team, t.kofi, MU_WORDS("stats", "team"));
    gives(&t, t.kofi, 5, "for their person and the leads", MU_WORDS("stats", "@mia"));
    mu_team_do(&t.team, t.ana, MU_WORDS("stats", "@mia"));
    /* The lead stands first though she did less; the others by name, in no ranking. */
    json_t *report = mu_team_ask(&t.team, t.ana, MU_WORDS("report"));
    json_t *people = json_object_get(report, "people");
    assert_int_equal(json_array_size(people), 3);
    assert_string_equal(text_of(json_array_get(people, 0), "person"), "ana");
    assert_string_equal(text_of(json_array_get(people, 1), "person"), "kofi");
    assert_string_equal(text_of(json_array_get(people, 2), "person"), "mia");
    is_figure(json_object_get(report, "team"), "kept", 3, 3);
    json_decref(report);
    report = mu_team_ask(&t.team, t.mia, MU_WORDS("report"));
    people = json_object_get(report, "people");
    assert_int_equal(json_array_size(people), 2);
    assert_string_equal(text_of(json_array_get(people, 0), "person"), "ana");
    assert_string_equal(text_of(json_array_get(people, 1), "person"), "mia");
    json_decref(report);
    mu_team_end(&t.team);
}

static void test_report__comes_as_text_markdown_and_a_page_without_scripts(void **state)
{
    (void)state;
    struct three t;
    begin(&t);
    keep_three_promises(&t);
    mu_team_do(&t.team, t.ana, MU_WORDS("kudos", "@kofi", "<script>alert(1)</script> | *x*"));

    gives(&t, t.ana, 0, "@kofi             3 of 3 (100%)", MU_WORDS("report"));
    gives(&t, t.ana, 0, "\\<script\\>alert(1)\\</script\\> \\| \\*x\\*",
          MU_WORDS("report", "--markdown"));
    gives(&t, t.ana, 0, "no kudos yet for ", MU_WORDS("report"));
    struct mu_ran ran = mu_cast_run(&t.team, t.ana, MU_WORDS("report", "--html"), NULL);
    assert_int_equal(ran.code, 0);
    assert_non_null(strstr(ran.out, "<svg"));
    assert_null(strstr(ran.out, "<script"));
    mu_ran_free(&ran);
    gives(&t, t.ana, 2, "one form at a time", MU_WORDS("report", "--html", "--markdown"));
    gives(&t, t.ana, 0, "What is promised", MU_WORDS("review"));
    gives(&t, t.ana, 0, "Orion", MU_WORDS("review", "--week", "last"));
    gives(&t, t.kofi, 0, "Review", MU_WORDS("review", "T-5")); /* the verb of a task */
    mu_team_end(&t.team);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_kudos__for_several_people_are_on_everyones_wall),
        IN_FOLDER(test_kudos__bad_input_is_one_clear_line),
        IN_FOLDER(test_wins__are_proposed_and_posted_once),
        IN_FOLDER(test_feedback__sealed_is_read_by_two_and_by_nobody_else),
        IN_FOLDER(test_feedback__next_step_becomes_a_promise),
        IN_FOLDER(test_feedback__open_is_the_teams),
        IN_FOLDER(test_feedback__bad_input_is_one_clear_line),
        IN_FOLDER(test_series__devices_apart_make_one_task),
        IN_FOLDER(test_series__begins_ends_and_refuses_what_is_no_rule),
        IN_FOLDER(test_skills__are_a_hint_for_who),
        IN_FOLDER(test_stats__are_k_of_n_and_lead_to_their_changes),
        IN_FOLDER(test_stats__are_recounted_from_the_export_by_a_script),
        IN_FOLDER(test_stats__are_fair),
        IN_FOLDER(test_report__comes_as_text_markdown_and_a_page_without_scripts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
