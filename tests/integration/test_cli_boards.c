/* Where a command line lands and what it says of it: several boards, files that are none, and what
 * a pipe gets of conflicts. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/harness/team.h"

#include <signal.h>
#include <stdio.h>

static void gives(struct mu_cast *team, struct mu_actor *actor, const char *const *words,
                  const char *input, int code, const char *says)
{
    struct mu_ran ran = mu_cast_run(team, actor, words, input);
    const char *said = ran.err[0] != '\0' ? ran.err : ran.out;
    if (ran.code != code || strstr(said, says) == NULL) {
        fail_msg("muster %s: exit %d, not %d, or without '%s':\n%s%s", words[0], ran.code, code,
                 says, ran.out, ran.err);
    }
    mu_ran_free(&ran);
}

#define GIVES(actor, code, says, ...) gives(&team, actor, MU_WORDS(__VA_ARGS__), NULL, code, says)

/* A second board, with more tasks than the first one and columns of the same names. */
static void import_second(struct mu_cast *team, struct mu_actor *actor)
{
    gives(team, actor,
          MU_WORDS("import", "csv", "-", "--map", "title=Name,column=Col", "--name", "Big"),
          "Name,Col\na,Doing\nb,To do\nc,Doing\nd,To do\n", 0, "saved here");
}

static void test_cli__a_task_lands_where_its_maker_works(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);

    GIVES(ana, 0, "\xc2\xb7 To do \xc2\xb7 saved", "add", "first");
    import_second(&team, ana);

    GIVES(ana, 0, "\xc2\xb7 Doing on Orion \xc2\xb7", "add", "second", "^doing");
    GIVES(ana, 0, "\xc2\xb7 Doing on Big \xc2\xb7", "add", "third", "^doing", "--board", "Big");
    GIVES(ana, 0, " on Big \xc2\xb7", "add", "fourth");
    GIVES(ana, 0, "", "config", "set", "board", "Orion");
    GIVES(ana, 0, " on Orion \xc2\xb7", "add", "fifth");

    mu_team_end(&team);
}

static void test_cli__an_import_error_names_its_file(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);
    FILE *file = fopen("board.json", "w");
    assert_non_null(file);
    assert_true(fputs("{\"id\":\"x\",\n \"lists\": [,]}", file) >= 0);
    assert_int_equal(fclose(file), 0);

    GIVES(ana, 2, "'board.json': line 2, column 12: ", "import", "trello", "board.json");
    file = fopen("empty.csv", "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    GIVES(ana, 2, "'empty.csv': ", "import", "csv", "empty.csv", "--map", "title=a");

    mu_team_end(&team);
}

static void test_cli__a_pipe_gets_conflicts_between_tabs(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    struct mu_actor *kofi = mu_team_join(&team, "kofi");
    GIVES(ana, 0, "saved", "add", "Parser");
    GIVES(ana, 0, "Level", "sync");
    GIVES(kofi, 0, "Level", "sync");
    GIVES(ana, 0, "saved", "edit", "T-1", "--title", "Ana's");
    GIVES(kofi, 0, "saved", "edit", "T-1", "--title", "Kofi's");
    GIVES(ana, 0, "Level", "sync");
    GIVES(kofi, 0, "Level", "sync");

    GIVES(kofi, 0, "\tT-1\ttitle\tkofi\tKofi's\tana\tAna's\topen\n", "conflicts");

    mu_team_end(&team);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, mu_folder_enter, mu_folder_leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_cli__a_task_lands_where_its_maker_works),
        IN_FOLDER(test_cli__an_import_error_names_its_file),
        IN_FOLDER(test_cli__a_pipe_gets_conflicts_between_tabs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
