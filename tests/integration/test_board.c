/* The board as people have it: the real program on a real terminal, somebody else editing through
 * a real server. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/integration/board_pane.h"

#include <stdio.h>
#include <string.h>

static struct mu_cast team;
static struct mu_actor *ana;
static struct mu_actor *kofi;

static int leave(void **state)
{
    mu_pane_stop();
    return mu_folder_leave(state);
}

static void gather(void)
{
    mu_board_gather(&team, &ana, &kofi);
}

static void add(const struct mu_actor *actor, const char *title, const char *column)
{
    mu_board_add(&team, actor, title, column);
}

static void open_board(int columns, int rows)
{
    mu_board_open(ana, "", "board", columns, rows);
}

static void test_board__shows_what_others_do_and_keeps_the_eye(void **state)
{
    (void)state;
    gather();
    add(ana, "Alpha", "^doing");
    add(ana, "Beta", "^doing");
    mu_team_start_agent(&team, ana);
    mu_team_start_agent(&team, kofi);
    mu_team_level(&team);
    open_board(80, 24);
    mu_pane_shows("Alpha");
    mu_pane_shows(" Live ");
    KEYS("l", "l", "j");
    mu_pane_shows("\xe2\x96\x8cT-2 Beta");

    add(kofi, "Gamma", "^doing");
    mu_pane_shows("Gamma");
    mu_pane_shows("@kofi");
    mu_team_do(&team, kofi, MU_WORDS("move", "T-2", "--first"));
    mu_pane_shows("moved T-2");
    mu_pane_shows("\xe2\x96\x8cT-2 Beta");
    assert_true(mu_board_line_of("Beta") < mu_board_line_of("Alpha"));

    mu_pane_resize(120, 40);
    mu_pane_shows(" Done 0");
    mu_pane_shows("\xe2\x96\x8cT-2 Beta");
    KEYS(">");
    mu_pane_shows("Review 1");
    mu_team_level(&team);
    json_t *tasks = mu_team_ask(&team, kofi, MU_WORDS("list", "--json"));
    assert_string_equal(json_string_value(json_object_get(mu_team_task(tasks, "Beta"), "column")),
                        "Review");
    json_decref(tasks);
    mu_pane_resize(80, 24);
    KEYS("q");
    mu_board_left_well();
    mu_team_end(&team);
}

static void test_board__edits_are_saved_without_an_agent_and_undone(void **state)
{
    (void)state;
    gather();
    add(ana, "Alpha", "^backlog");
    open_board(80, 24);
    mu_pane_shows("Alpha");
    KEYS("n");
    mu_pane_shows("new card:");
    mu_pane_type("Delta \xe6\x9d\xb1\xe4\xba\xac");
    KEYS("Enter");
    mu_pane_shows("Delta \xe6\x9d\xb1\xe4\xba\xac");
    KEYS("d");
    mu_pane_type("2031-01-03");
    mu_pane_shows("= Fri 3 Jan 2031");
    KEYS("Enter", "Space");
    mu_pane_shows("@ana");
    KEYS("/");
    mu_pane_type("\xe4\xba\xac");
    mu_pane_shows("1 fit");
    mu_pane_loses("Alpha");
    KEYS("Escape");
    mu_pane_shows("Alpha");
    KEYS("e");
    mu_pane_shows("title:  Delta");
    mu_pane_type("!");
    KEYS("Enter");
    mu_pane_shows("\xe4\xba\xac!");
    KEYS("z");
    mu_pane_shows("took back");
    mu_pane_loses("\xe4\xba\xac! ");

    /* Another program of the same person writes: seen by the file alone. */
    add(ana, "Epsilon", "^backlog");
    mu_pane_shows("Epsilon");
    KEYS("q");
    mu_board_left_well();
    mu_team_end(&team);
}

static void test_board__plain_lines_answer_lines(void **state)
{
    (void)state;
    gather();
    add(ana, "Alpha", "^backlog");

    struct mu_ran ran =
        mu_cast_run(&team, ana, MU_WORDS("board", "--plain"), "n Beta\nm 1 doing\nb\n99\n1\nq\n");

    assert_int_equal(ran.code, 0);
    assert_non_null(strstr(ran.out, "1. ~"));
    assert_non_null(strstr(ran.out, "Alpha, nobody"));
    assert_non_null(strstr(ran.out, "Saved here."));
    assert_non_null(strstr(ran.out, "Doing 1\n2. "));
    assert_non_null(strstr(ran.out, "which card? a number from 1 to 2"));
    assert_null(strchr(ran.out, '\033'));
    mu_ran_free(&ran);
    mu_team_end(&team);
}

/* The mouse as a terminal of the old protocol tells it: button, column and line from 1. */
static void mouse(int button, int x, int y)
{
    char told[16];
    (void)snprintf(told, sizeof told, "\033[M%c%c%c", 32 + button, 32 + x, 32 + y);
    mu_pane_type(told);
}

static void test_board__the_mouse_carries_cards(void **state)
{
    (void)state;
    gather();
    add(ana, "Alpha", "^backlog");
    add(ana, "Beta", "^backlog");
    /* The bytes of a mouse may come one by one here. */
    mu_board_open(ana, "ESCDELAY=2000", "board", 80, 24);
    mu_pane_shows("Beta");

    mouse(0, 3, 8); /* Beta, the second card of the first column */
    mu_pane_shows("\xe2\x96\x8c~");
    mouse(3, 25, 5); /* let go in the second column */
    mu_pane_shows("To do 1");
    mu_pane_shows("Backlog 1");
    mouse(64, 25, 5);
    mouse(65, 25, 5);
    add(ana, "Gamma", "^backlog");
    mu_pane_shows("Gamma");
    KEYS("Escape");
    mu_pane_loses("moved, saved here");
    mouse(0, 3, 8); /* Gamma, and up onto Alpha */
    mouse(3, 3, 4);
    mu_pane_shows("moved, saved here");
    assert_true(mu_board_line_of("Gamma") < mu_board_line_of("Alpha"));
    KEYS("q");
    mu_board_left_well();
    mu_team_end(&team);
}

static void test_board__a_conflict_is_shown_and_restored_with_one_key(void **state)
{
    (void)state;
    gather();
    add(ana, "Alpha", "^backlog");
    mu_team_do(&team, ana, MU_WORDS("sync"));
    mu_team_do(&team, kofi, MU_WORDS("sync"));
    mu_team_do(&team, ana, MU_WORDS("edit", "T-1", "--title", "Alpha of Ana"));
    mu_team_do(&team, kofi, MU_WORDS("edit", "T-1", "--title", "Alpha of Kofi"));
    mu_team_do(&team, ana, MU_WORDS("sync"));
    mu_team_do(&team, kofi, MU_WORDS("sync"));
    mu_team_do(&team, ana, MU_WORDS("sync"));
    open_board(80, 24);
    mu_pane_shows("\xe2\x89\xa0 conflict");
    mu_pane_shows("Alpha of Kofi");
    mu_pane_shows(" 1 conflict");
    KEYS("Enter");
    mu_pane_shows("conflicts");
    mu_pane_shows("Alpha of Ana");
    KEYS("R");
    mu_pane_shows("restored what was set aside");
    KEYS("q");
    mu_pane_shows("T-1 Alpha of Ana");
    mu_pane_loses("\xe2\x89\xa0 conflict");
    KEYS("q");
    mu_board_left_well();
    mu_team_end(&team);
}

static void test_board__a_card_is_read_answered_and_ticked(void **state)
{
    (void)state;
    gather();
    mu_team_do(&team, kofi, MU_WORDS("sync"));
    mu_team_do(&team, kofi, MU_WORDS("add", "^backlog", "@ana", "--", "Alpha"));
    mu_team_do(&team, kofi, MU_WORDS("sync"));
    mu_team_do(&team, ana, MU_WORDS("sync"));
    mu_team_do(&team, ana, MU_WORDS("edit", "T-1", "--desc", "# Plan\n\n1. see *all*\n\n<b>x</b>"));
    open_board(80, 24);
    mu_pane_shows("Alpha");
    KEYS("t");
    mu_pane_type("look twice");
    mu_pane_shows("new: look twice");
    KEYS("Enter");
    mu_pane_shows("0/1");
    KEYS("y");
    mu_pane_shows("do you take it on");
    KEYS("Enter");
    mu_pane_shows("is taken on");
    KEYS("Enter");
    mu_pane_shows("  Plan");
    mu_pane_shows("  1. see all");
    mu_pane_shows("  <b>x</b>");
    mu_pane_shows("[ ] look twice");
    mu_pane_shows("state      accepted");
    KEYS(":");
    mu_pane_type("comment");
    KEYS("Enter");
    mu_pane_shows("comment:");
    mu_pane_type("said");
    KEYS("Enter");
    mu_pane_shows("1 comment");
    KEYS("q", "q");
    mu_board_left_well();
    mu_team_end(&team);
}

static void test_board__a_card_is_blocked_promised_and_praised(void **state)
{
    (void)state;
    gather();
    mu_team_do(&team, kofi, MU_WORDS("sync"));
    mu_team_do(&team, kofi, MU_WORDS("add", "^backlog", "@ana", "--", "Alpha"));
    mu_team_do(&team, kofi, MU_WORDS("goal", "add", "Ship", "--why", "people wait"));
    mu_team_do(&team, kofi, MU_WORDS("sync"));
    mu_team_do(&team, ana, MU_WORDS("sync"));
    mu_team_do(&team, ana, MU_WORDS("add", "^backlog", "goal:G-1", "--", "Beta"));
    open_board(80, 24);
    mu_pane_shows("Beta");
    KEYS("b");
    mu_pane_shows("what stops it:");
    mu_pane_type("no key");
    KEYS("Enter");
    mu_pane_shows("whom does it wait for?");
    mu_pane_type("kofi");
    KEYS("Enter");
    mu_pane_shows("\xe2\x96\xa0 blocked");
    KEYS("b");
    mu_pane_shows("what cleared it:");
    KEYS("Enter");
    mu_pane_shows("cleared, saved here");
    mu_pane_loses("\xe2\x96\xa0 blocked");
    KEYS("p");
    mu_pane_shows("by when?");
    KEYS("Enter");
    mu_pane_shows("promised for today");
    KEYS("+");
    mu_pane_type("kofi");
    KEYS("Enter");
    mu_pane_shows("kudos to @kofi:");
    mu_pane_type("thanks");
    KEYS("Enter");
    mu_pane_shows("kudos given");
    KEYS("w");
    mu_pane_shows("G-1 Ship");
    mu_pane_loses("Alpha");
    KEYS("w");
    mu_pane_shows("without a goal");
    mu_pane_loses("Beta");
    KEYS("w");
    mu_pane_shows("Beta");
    mu_pane_shows("Alpha");
    KEYS("q");
    mu_board_left_well();
    mu_team_end(&team);
}

static void test_board__the_editor_has_the_terminal_and_gives_it_back(void **state)
{
    (void)state;
    gather();
    add(ana, "Alpha", "^backlog");
    FILE *file = fopen("editor.sh", "w");
    assert_non_null(file);
    (void)fputs("#!/bin/sh\nread answer\necho \"written: $answer\" >>\"$1\"\n", file);
    (void)fclose(file);
    mu_board_open(ana, "EDITOR=\"sh $PWD/editor.sh\"", "board", 80, 24);
    mu_pane_shows("Alpha");
    KEYS("C-e");
    mu_pane_loses("Alpha");
    mu_pane_type("by hand");
    KEYS("Enter");
    mu_pane_shows("description as edited");
    KEYS("Enter");
    mu_pane_shows("  written: by hand");
    KEYS("q", "q");
    mu_board_left_well();
    mu_team_end(&team);
}

static void test_board__keys_are_changed_and_clashes_are_told(void **state)
{
    (void)state;
    gather();
    add(ana, "Alpha", "^backlog");
    mu_board_open(ana, "MUSTER_KEYS=\"new=N done=D\"", "board", 80, 24);
    mu_pane_shows("Alpha");
    KEYS("n", "N");
    mu_pane_shows("new card:");
    KEYS("Escape");
    KEYS("q");
    mu_board_left_well();
    mu_pane_stop();
    mu_board_open(ana, "MUSTER_KEYS=done=n", "board", 80, 24);
    mu_pane_shows("meant for both");
    mu_pane_shows("EXIT 2");
    mu_team_end(&team);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_board__shows_what_others_do_and_keeps_the_eye),
        IN_FOLDER(test_board__edits_are_saved_without_an_agent_and_undone),
        IN_FOLDER(test_board__plain_lines_answer_lines),
        IN_FOLDER(test_board__the_mouse_carries_cards),
        IN_FOLDER(test_board__a_conflict_is_shown_and_restored_with_one_key),
        IN_FOLDER(test_board__a_card_is_read_answered_and_ticked),
        IN_FOLDER(test_board__a_card_is_blocked_promised_and_praised),
        IN_FOLDER(test_board__the_editor_has_the_terminal_and_gives_it_back),
        IN_FOLDER(test_board__keys_are_changed_and_clashes_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
