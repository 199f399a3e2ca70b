/* A sales team's week, sentence by sentence: weekly numbers, feedback, celebration.  The comments
 * tell the story; below each stands who does it and what it must say.  Seven people in five
 * zones, in May 2030, in the sixth week of a quarter of thirteen. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/integration/board_pane.h"
#include "tests/integration/walk.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define GUIDE MUSTER_GUIDES "/first-week-sales.md"

static struct mu_walk walk;
static struct mu_actor *ben, *rita, *sam, *lena, *omar, *kim, *tom;

static int leave(void **state)
{
    mu_pane_stop();
    return mu_folder_leave(state);
}

#define SAYS(actor, says, ...) mu_walk_say(&walk, actor, says, MU_WORDS(__VA_ARGS__))
#define DOES(actor, ...)       mu_walk_do(&walk, actor, MU_WORDS(__VA_ARGS__))

/* What the desktop of actor was told, by a program in place of notify-send. */
static void wait_for_notice(const char *words)
{
    char text[16384] = "";
    for (int i = 0; i < MU_TEAM_PATIENCE_MS / 50; i++) {
        FILE *file = fopen("notices", "r");
        if (file != NULL) {
            size_t len = fread(text, 1, sizeof text - 1, file);
            text[len] = '\0';
            assert_int_equal(fclose(file), 0);
        }
        if (strstr(text, words) != NULL) {
            return;
        }
        (void)nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    fail_msg("nobody was told '%s', but:\n%s", words, text);
}

static bool was_told(const char *words)
{
    static char text[16384];
    FILE *file = fopen("notices", "r");
    if (file == NULL) {
        return false;
    }
    size_t len = fread(text, 1, sizeof text - 1, file);
    text[len] = '\0';
    assert_int_equal(fclose(file), 0);
    return strstr(text, words) != NULL;
}

static void listen_to_desktops(void)
{
    char path[512];
    FILE *file = fopen("notify", "w");
    assert_non_null(file);
    assert_non_null(getcwd(path, sizeof path - 16));
    assert_true(fprintf(file, "#!/bin/sh\necho \"$1|$2\" >> '%s/notices'\n", path) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod("notify", 0755), 0);
    (void)strncat(path, "/notify", 8);
    assert_int_equal(setenv("MUSTER_NOTIFY", path, 1), 0);
}

/* -- manager Ben, six people ------------------------------------------------------------ */

static void gather(void)
{
    const struct mu_cast_founding founding = {
        .team = "Sales", .lead = "Ben Novak <ben>", .zone = "Europe/Berlin"};
    mu_walk_begin(&walk, "2030-03-28 08:00", &founding);
    ben = mu_walk_join(&walk, "ben", "Europe/Berlin");
    rita = mu_walk_join(&walk, "rita", "Europe/Berlin");
    sam = mu_walk_join(&walk, "sam", "Europe/Vienna");
    lena = mu_walk_join(&walk, "lena", "Europe/Lisbon");
    omar = mu_walk_join(&walk, "omar", "Europe/London");
    kim = mu_walk_join(&walk, "kim", "Europe/Athens");
    tom = mu_walk_join(&walk, "tom", "Europe/Helsinki");
    mu_walk_meet(&walk);
}

/* A quarterly target of EUR 360,000. */
static void set_the_target(void)
{
    DOES(ben, "goal", "add", "Sell for EUR 360,000 this quarter", "--desc",
         "more to those who know us", "--why", "it pays for the new product", "--start",
         "2030-04-01", "--end", "2030-06-30", "--confidence", "7");
    DOES(ben, "sync");
    SAYS(ben, "0 of EUR 360,000", "target", "add", "G-1", "sales", "--to", "360,000", "--unit",
         "EUR", "--source", "quotas");
    DOES(ben, "sync");
}

/* Ben sets quotas of EUR 4,600 per person and week; thirteen weeks of six people are 358,800,
 * and the lint says that 1,200 of the target is uncovered. */
static void set_quotas(void)
{
    SAYS(ben, "EUR 1,200 of sales is uncovered by quotas", "quota", "set", "sales", "@rita", "@sam",
         "@lena", "@omar", "@kim", "@tom", "4600", "--times", "13", "--week", "2030-04-01");
    json_t *told = mu_team_ask(&walk.team, ben, MU_WORDS("quota", "list", "sales", "--all"));
    json_t *team = json_object_get(told, "team");
    assert_int_equal(json_integer_value(json_object_get(team, "expected")), 358800);
    assert_int_equal(json_array_size(json_object_get(told, "quotas")), 78);
    json_decref(told);

    /* So he takes that himself. */
    DOES(ben, "quota", "set", "sales", "@ben", "1200", "--week", "2030-06-24");
    mu_walk_hides(&walk, ben, "uncovered", MU_WORDS("goal", "show", "G-1"));
    SAYS(ben, "S M A R T", "goal", "list");
    mu_walk_meet(&walk);
}

/* Each accepts the quota: the acceptance is the commitment. */
static void accept_quotas(void)
{
    for (size_t i = 1; i < walk.team.count; i++) {
        SAYS(&walk.team.people[i], "accepted 13 quotas", "quota", "accept");
    }
    mu_walk_meet(&walk);
    json_t *told = mu_team_ask(&walk.team, rita, MU_WORDS("promises"));
    assert_int_equal(json_array_size(json_object_get(told, "promises")), 13);
    json_decref(told);
}

/* A check-in of the week on Fridays: due at 15:00, with a reminder half an hour before, missed
 * at 17:00, and told to who leads on the next working day. */
static void ask_weekly(void)
{
    SAYS(ben, "Fri 13:00-15:00", "schedule", "add", "numbers", "--kind", "weekly", "--days", "fri",
         "--open", "13:00", "--due", "15:00", "--grace", "2h", "--remind", "30", "--escalate", "1",
         "--from", "2030-05-10", "--question", "number from sales required: Sales this week?",
         "--question", "What helped?", "--question", "What is in the way?", "--question",
         "number: And next week?");
    mu_walk_meet(&walk);
}

/* Two weeks before: Sam meets his quota, and again. */
static void weeks_before(void)
{
    mu_walk_at(&walk, "2030-04-25 09:00");
    DOES(sam, "record", "sales", "4700", "Seebach");
    mu_walk_at(&walk, "2030-05-02 09:00");
    DOES(sam, "record", "sales", "4650", "Alpenbau");
    mu_walk_meet(&walk);
}

/* -- during the week --------------------------------------------------------------------- */

/* In cars and in the basements of clients, recording works without network; a correction is a
 * new reading that points at the old one. */
static void record_offline(void)
{
    assert_int_equal(mu_team_stop_server(&walk.team, SIGTERM), 0);
    mu_walk_at(&walk, "2030-05-07 12:30");
    SAYS(rita, "1 change waiting", "record", "sales", "1850", "--note", "Nordwind renewal");
    DOES(sam, "record", "sales", "4750", "the shared deal");
    DOES(kim, "record", "sales", "6450", "two shops");
    mu_walk_at(&walk, "2030-05-08 09:00");
    DOES(rita, "record", "sales", "3150", "the shared deal");
    DOES(tom, "record", "sales", "4000");
    DOES(omar, "record", "sales", "3500");
    SAYS(kim, "EUR 14,000", "record", "sales", "4650", "two shops", "--correct", "last");
    SAYS(kim, "2 changes waiting", "status");
    mu_team_serve(&walk.team);
    mu_walk_meet(&walk);
    json_t *told = mu_team_ask(&walk.team, ben, MU_WORDS("quota", "list", "sales", "@kim"));
    json_t *quota = json_array_get(json_object_get(told, "quotas"), 0);
    assert_int_equal(json_integer_value(json_object_get(quota, "brought")), 4650);
    json_decref(told);
}

/* Ben had promised to call back three lost accounts. */
static void ben_promises(void)
{
    DOES(ben, "promise", "call back Alpina", "this-week");
    DOES(ben, "promise", "call back Brix", "this-week");
    SAYS(ben, "call back Cordes", "promise", "call back Cordes", "this-week");
}

/* Lena is on leave. */
static void lena_is_away(void)
{
    DOES(lena, "absence", "@me", "2030-05-06..2030-05-10");
    mu_walk_meet(&walk);
}

/* -- Friday ------------------------------------------------------------------------------ */

/* On Friday the weekly check-in has the number filled in from the readings, what helped, what is
 * in the way, and the number of next week. */
static void check_in(void)
{
    mu_walk_at(&walk, "2030-05-10 11:10"); /* 13:10 in Berlin, 14:10 in Athens */
    char surroundings[64];
    (void)snprintf(surroundings, sizeof surroundings, "NO_COLOR=1 TZ=%s",
                   mu_walk_zone(&walk, rita));
    mu_board_open(rita, surroundings, "checkin", 100, 50);
    mu_pane_shows("Sales this week? (empty: 5000, as recorded)");
    KEYS("Enter");
    mu_pane_shows("What helped?");
    mu_pane_type("Sam's demo");
    KEYS("Enter");
    mu_pane_shows("What is in the way?");
    mu_pane_type("the price list is old");
    KEYS("Enter");
    mu_pane_shows("And next week?");
    mu_pane_type("5200");
    KEYS("Enter", "Enter", "Enter", "Enter", "Enter");
    mu_pane_shows("numbers Fri 10 May");
    static char pane[MU_PANE_TEXT_MAX];
    mu_pane_read(pane);
    *strstr(pane, "EXIT 0") = '\0';
    mu_walk_keep(&walk, rita, "muster checkin", pane);
    mu_pane_stop();
    struct mu_actor *const others[] = {sam, kim, tom};
    for (size_t i = 0; i < 3; i++) {
        SAYS(others[i], "on time", "checkin", "--answer", "2=the demo", "--answer", "4=4800");
    }
    mu_walk_meet(&walk);
}

/* Ben called two of the three, and writes why. */
static void ben_calls_two(void)
{
    char handle[16];
    mu_walk_at(&walk, "2030-05-10 12:40");
    mu_walk_handle(&walk, ben, "Alpina", MU_WORDS("promises"), handle);
    DOES(ben, "promise", "done", handle);
    mu_walk_handle(&walk, ben, "Brix", MU_WORDS("promises"), handle);
    DOES(ben, "promise", "done", handle);
    mu_walk_handle(&walk, ben, "Cordes", MU_WORDS("promises"), handle);
    SAYS(ben, "call back Cordes", "renegotiate", handle, "next-week",
         "their buyer is away until Tuesday");
    SAYS(ben, "on time", "checkin", "two of three called", "--answer", "1=0");
    mu_walk_meet(&walk);
}

/* Omar forgot: he is reminded at 14:30 of his own clock ... */
static void omar_is_reminded(void)
{
    mu_walk_at(&walk, "2030-05-10 13:29");
    mu_team_start_agent(&walk.team, omar);
    mu_team_start_agent(&walk.team, ben);
    mu_team_level(&walk.team);
    assert_false(was_told("numbers: due at 15:00"));
    mu_walk_at(&walk, "2030-05-10 13:30");
    wait_for_notice("Muster: sales|numbers: due at 15:00");
}

/* ... and has missed at 17:00; until then that is between him and Ben. */
static void omar_misses(void)
{
    mu_walk_at(&walk, "2030-05-10 15:58");
    SAYS(rita, "open", "checkin", "list", "@omar");
    SAYS(ben, "due since 15:00, grace until 17:00", "checkin", "list", "@omar");
    mu_walk_at_second(&walk, "2030-05-10 16:00", 1);
    SAYS(rita, "missed", "checkin", "list", "@omar");
    SAYS(rita, "missed", "checkin", "missing");
    assert_false(was_told("@omar missed"));
    /* Lena is excused, and has not missed. */
    SAYS(ben, "excused \xc2\xb7 on leave", "checkin", "list", "@lena");
}

/* Ben is told on Monday, after the grace. */
static void ben_is_told(void)
{
    mu_walk_at(&walk, "2030-05-13 06:59");
    assert_false(was_told("@omar missed"));
    mu_walk_at(&walk, "2030-05-13 07:00"); /* nine in Berlin */
    wait_for_notice("@omar missed numbers on Fri 10 May");
    assert_false(was_told("@lena missed"));
    assert_int_equal(mu_team_stop_agent(omar, SIGTERM), 0);
    assert_int_equal(mu_team_stop_agent(ben, SIGTERM), 0);
    mu_walk_meet(&walk);
}

/* -- what came of it ----------------------------------------------------------------------- */

/* Her quota has left what the week was to bring: 27,600 less 4,600 excused.  The team has 21,900
 * of 23,000, three of five are above their quota. */
static void team_has_21900_of_23000(void)
{
    static const char *const figures =
        "EUR 21,900 of EUR 23,000 expected (EUR 27,600 less EUR 4,600 excused) \xc2\xb7 3 of 5 met";
    mu_walk_says(&walk, ben,
                 MU_WORDS(figures, "@lena  week of Mon 6 May  EUR 0 of EUR 4,600 \xc2\xb7 excused",
                          "@rita  week of Mon 6 May  EUR 5,000 of EUR 4,600 \xc2\xb7 met"),
                 MU_WORDS("quota", "list", "sales", "--week", "last"));
    for (size_t i = 0; i < walk.team.count; i++) {
        json_t *told = mu_team_ask(&walk.team, &walk.team.people[i],
                                   MU_WORDS("quota", "list", "sales", "--week", "last"));
        json_t *team = json_object_get(told, "team");
        assert_int_equal(json_integer_value(json_object_get(team, "brought")), 21900);
        assert_int_equal(json_integer_value(json_object_get(team, "expected")), 23000);
        assert_int_equal(json_integer_value(json_object_get(team, "excused")), 4600);
        assert_int_equal(json_integer_value(json_object_get(team, "met")), 3);
        assert_int_equal(json_integer_value(json_object_get(team, "people")), 5);
        json_decref(told);
    }
    /* The absence does not read as a failure: it is in no denominator. */
    SAYS(lena, "excused: away", "promises");
    json_t *hers = mu_team_ask(&walk.team, lena, MU_WORDS("stats", "@me"));
    json_t *figure =
        json_object_get(json_object_get(json_object_get(hers, "stats"), "figures"), "checkins");
    assert_int_equal(json_integer_value(json_object_get(figure, "n")), 0);
    json_decref(hers);
}

/* Ben opens the console: these figures stand there, and his own line is the first. */
static void ben_opens_the_console(void)
{
    static char pane[MU_PANE_TEXT_MAX];
    mu_walk_at(&walk, "2030-05-13 07:15");
    mu_board_open(ben, "NO_COLOR=1 TZ=Europe/Berlin", "lead", 120, 32);
    mu_pane_shows(
        "last week: EUR 21,900 of EUR 23,000 expected (EUR 27,600 less EUR 4,600 excused) "
        "\xc2\xb7 3 of 5 met");
    mu_pane_shows("kept 2 of 3");
    mu_pane_read(pane);
    mu_walk_keep(&walk, ben, "muster lead", pane);
    assert_int_equal(mu_board_line_of("@ben"), 2);
    for (size_t i = 1; i < walk.team.count; i++) {
        char handle[40];
        (void)snprintf(handle, sizeof handle, "@%s", walk.team.people[i].name);
        assert_true(mu_board_line_of("@ben") < mu_board_line_of(handle));
    }
    KEYS("q");
    mu_board_left_well();
    mu_pane_stop();
}

/* Nothing of the server's, and of nobody's home, has the words in the clear. */
static void stands_nowhere(const char *words)
{
    mu_team_says(MU_WORDS("/usr/bin/grep", "-rqF", words, "server"), 1, NULL);
    mu_team_says(MU_WORDS("/usr/bin/grep", "-rqF", words, rita->home), 1, NULL);
}

/* He writes sealed feedback to Omar about the week: what went well, what to improve, and a next
 * step.  The server stores ciphertext alone. */
static void ben_writes_feedback(void)
{
    char handle[16];
    mu_walk_at(&walk, "2030-05-13 07:30");
    SAYS(ben, "sealed", "feedback", "@omar", "--about", "last-week", "--did-well", "two new leads",
         "--improve", "follow-up after 5 days", "--next", "call Nordwind by Tuesday");
    mu_walk_meet(&walk);
    stands_nowhere("two new leads");
    stands_nowhere("follow-up after 5 days");
    stands_nowhere("call Nordwind by Tuesday");
    mu_walk_handle(&walk, omar, "sealed", MU_WORDS("feedback", "list"), handle);
    mu_walk_says(&walk, omar,
                 MU_WORDS("two new leads", "follow-up after 5 days", "call Nordwind by Tuesday"),
                 MU_WORDS("feedback", "read", handle));

    /* Omar turns the next step into a commitment: in his own words now, for all to see. */
    SAYS(omar, "its next step is promised", "feedback", "read", handle, "--promise", "tue");
    SAYS(omar, "'call Nordwind by Tuesday' \xc2\xb7 tomorrow", "promises");
    mu_walk_meet(&walk);
    SAYS(rita, "call Nordwind by Tuesday", "promises", "@omar");
}

/* Ben posts one public kudos to Rita and Sam together, for the deal that they shared ... */
static void ben_celebrates(void)
{
    char handle[16];
    SAYS(ben, "@ben to @rita and @sam: 'the shared deal'", "kudos", "@rita", "@sam",
         "the shared deal");
    /* ... and the wall of wins shows Sam's third week in a row. */
    mu_walk_handle(&walk, ben, "@sam met the quota, the third week in a row", MU_WORDS("wins"),
                   handle);
    SAYS(ben, "the third week in a row", "wins", "post", handle, "steady as a clock");
    mu_walk_meet(&walk);
    mu_walk_says(
        &walk, sam,
        MU_WORDS("Wins", "@sam met the quota, the third week in a row: 'steady as a clock'"),
        MU_WORDS("wins"));
    for (size_t i = 0; i < 2; i++) {
        SAYS(i == 0 ? rita : sam, "@ben to @rita and @sam: 'the shared deal'", "kudos", "list",
             "@me");
    }
}

/* Ben's own line is first in the review, too: two of three, with the reason for all to read. */
static void ben_is_first(void)
{
    const char *const words[] = {"review", "--week", "last", NULL};
    mu_walk_says(&walk, ben, MU_WORDS("2 of 3 (66%)", "21,900 of 23,000", "@ben (lead)"), words);
    const char *said = walk.screens[walk.screen_count - 1].said;
    const char *table = strstr(said, "Who did what");
    assert_non_null(table);
    const char *first = strchr(table, '@');
    assert_non_null(first);
    assert_memory_equal(first, "@ben (lead)", 11);
    SAYS(rita,
         "'call back Cordes' \xc2\xb7 last week \xc2\xb7 missed: moved after its horizon: "
         "'their buyer is away until Tuesday'",
         "promises", "@ben", "--days", "10");
}

static void test_walk__a_sales_team_through_a_week(void **state)
{
    (void)state;
    listen_to_desktops();
    gather();
    set_the_target();
    set_quotas();
    accept_quotas();
    ask_weekly();
    weeks_before();
    mu_walk_at(&walk, "2030-05-06 08:00");
    ben_promises();
    lena_is_away();
    record_offline();
    check_in();
    ben_calls_two();
    omar_is_reminded();
    omar_misses();
    ben_is_told();
    team_has_21900_of_23000();
    ben_opens_the_console();
    ben_writes_feedback();
    ben_celebrates();
    ben_is_first();
    mu_walk_guide(&walk, GUIDE);
    mu_walk_end(&walk);
    assert_int_equal(unsetenv("MUSTER_NOTIFY"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(
        test_walk__a_sales_team_through_a_week, mu_folder_enter, leave)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
