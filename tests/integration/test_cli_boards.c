/* Where a command line lands and what it says of it: several boards, files that are none, and what
 * a pipe gets of conflicts. */
#include "tests/harness/cmocka.h"
#include "tests/harness/folder.h"
#include "tests/harness/team.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static void write_file(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void test_cli__asana_comes_in_once_and_tells_what_it_lost(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);
    static const char home[] = "\"memberships\":[{\"project\":{\"gid\":\"9\",\"name\":\"Web\"},"
                               "\"section\":{\"gid\":\"91\",\"name\":\"Doing\"}}]";
    char two[1024];
    char one[1024];
    (void)snprintf(two, sizeof two,
                   "{\"data\":[{\"gid\":\"1204000000000001\",\"name\":\"Logo\",%s,\"subtasks\":["
                   "{\"gid\":\"1204000000000002\",\"name\":\"Sketch\"}]},"
                   "{\"gid\":\"1204000000000003\",\"name\":\"Blog\",%s}]}",
                   home, home);
    (void)snprintf(one, sizeof one,
                   "{\"data\":[{\"gid\":\"1204000000000001\",\"name\":\"Logo 2\",%s,\"subtasks\":["
                   "{\"gid\":\"1204000000000002\",\"name\":\"Sketch\"}]}]}",
                   home);
    write_file("two.json", two);
    write_file("one.json", one);
    write_file("torn.json", "{\"data\":[\n{\"gid\":\"1\",");

    GIVES(ana, 0, "this was --dry-run", "import", "asana", "two.json", "--dry-run");
    GIVES(ana, 0, "saved here", "import", "asana", "two.json");
    GIVES(ana, 0, "Everything is here already", "import", "asana", "two.json");
    GIVES(ana, 0, "\tLogo\topen\tDoing\t", "list");
    GIVES(ana, 0, "1 card is no longer in the file", "import", "asana", "one.json");
    GIVES(ana, 0, "\tLogo 2\topen\tDoing\t", "list");
    GIVES(ana, 0, "\tBlog\topen\tDoing\t", "list");
    GIVES(ana, 2, "'torn.json': line 2, column ", "import", "asana", "torn.json");
    GIVES(ana, 2, "no.json", "import", "asana", "no.json");
    /* The same tasks as a table: known by their ids. */
    write_file("Web.csv", "Task ID,Name,Section/Column,Projects,Effort\n"
                          "1204000000000003,Blog,Doing,Web,3\n");
    GIVES(ana, 0, "1 card stands on another board", "import", "asana", "Web.csv");

    mu_team_end(&team);
}

static void test_cli__a_table_is_mapped_by_a_file_and_its_errors_name_it(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);
    write_file("t.csv", "Key,What,When,Hours\nA-1,Call,31/02/2026,3\nA-2,Write,2026-03-01,\n");
    write_file("map", "# of the old tracker\nid=Key\ntitle=What\ndue=When\nfield:Effort=Hours\n");

    GIVES(ana, 0, "line 2, column 'When': '31/02/2026'", "import", "csv", "t.csv", "--map",
          "file:map");
    GIVES(ana, 0, "Everything is here already", "import", "csv", "t.csv", "--map", "file:map");
    GIVES(ana, 2, "'t.csv': no column 'Wen' in the table", "import", "csv", "t.csv", "--map",
          "title=What,due=Wen");
    GIVES(ana, 2, "'t.csv': ", "import", "csv", "t.csv");
    write_file("t.csv", "Key,What\nA-1,\"Call\nA-2,Write\n");
    GIVES(ana, 2, "'t.csv': line 2", "import", "csv", "t.csv", "--map", "title=What");

    mu_team_end(&team);
}

static char *output(struct mu_cast *team, struct mu_actor *actor, const char *const *words)
{
    struct mu_ran ran = mu_cast_run(team, actor, words, NULL);
    if (ran.code != 0) {
        fail_msg("muster %s: %s", words[0], ran.err);
    }
    char *text = strdup(ran.out);
    assert_non_null(text);
    mu_ran_free(&ran);
    return text;
}

/* From one team's server to another's: what an export holds is there afterwards, and the two
 * have one digest; the people come later. */
static void test_cli__an_export_moves_to_another_workspace_whole(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    struct mu_actor *kofi = mu_team_join(&team, "kofi");
    GIVES(ana, 0, "saved", "add", "Parser", "@kofi", "#core", "due:2026-12-01", "--check", "tests");
    GIVES(ana, 0, "saved", "add", "Second");
    GIVES(ana, 0, "Level", "sync");
    GIVES(kofi, 0, "Level", "sync");
    GIVES(kofi, 0, "saved", "comment", "T-1", "\"quoted\"\nand =more");
    GIVES(kofi, 0, "saved", "start", "T-1");
    GIVES(ana, 0, "saved", "delete", "T-2");
    GIVES(ana, 0, "Level", "sync");
    GIVES(kofi, 0, "Level", "sync");
    GIVES(ana, 0, "Level", "sync");
    char *export = output(&team, ana, MU_WORDS("export", "json"));
    char *digest = output(&team, ana, MU_WORDS("export", "json", "--digest"));
    mu_team_end(&team);

    assert_non_null(strstr(export, "\"content_digest\":\""));
    assert_int_equal(mkdir("other", 0700), 0);
    assert_int_equal(chdir("other"), 0);
    write_file("../export.json", export);
    mu_team_begin(&team);
    ana = mu_team_join(&team, "ana");
    GIVES(ana, 0, "this was --dry-run", "import", "muster", "../export.json", "--dry-run");
    GIVES(ana, 0, "The same: all that the file holds is here", "import", "muster",
          "../export.json");
    GIVES(ana, 0, "Level", "sync");
    GIVES(ana, 0, digest, "export", "json", "--digest");
    GIVES(ana, 0, "Everything is here already", "import", "muster", "../export.json");
    GIVES(ana, 0, "T-1\tParser\tdoing\tDoing\tkofi\t\t", "list");
    write_file("none.json", "{\"kind\":7}");
    GIVES(ana, 2, "'none.json': not an export of Muster", "import", "muster", "none.json");
    /* Kofi comes to what he said. */
    kofi = mu_team_join(&team, "kofi");
    GIVES(kofi, 0, "Parser", "list", "@me");
    GIVES(kofi, 0, "and =more", "show", "T-1");
    mu_team_end(&team);
    assert_int_equal(chdir(".."), 0);
    free(export);
    free(digest);
}

static void test_cli__a_table_goes_out_safe_and_comes_back(void **state)
{
    (void)state;
    struct mu_cast team;
    mu_team_begin(&team);
    struct mu_actor *ana = mu_team_join(&team, "ana");
    assert_int_equal(mu_team_stop_server(&team, SIGTERM), 0);
    GIVES(ana, 0, "saved", "add", "=HYPERLINK(\"http://x\")", "@ana", "#a", "#b", "due:2026-12-01",
          "--desc", "two\nlines, \"quoted\"");
    GIVES(ana, 0, "saved", "add", "-plain", "due:2026-12-02 15:00 Asia/Tokyo");
    import_second(&team, ana);

    char *table = output(&team, ana, MU_WORDS("export", "csv", "--board", "Orion"));
    assert_non_null(strstr(table, "Ref,Title,State,Board,Column,Owner,"));
    assert_non_null(strstr(
        table, ",\"'=HYPERLINK(\"\"http://x\"\")\",accepted,Orion,To do,ana,,2026-12-01,,\"a; b\","
               "\"two\nlines, \"\"quoted\"\"\","));
    assert_non_null(strstr(table, ",'-plain,"));
    assert_null(strstr(table, "Big"));
    write_file("out.csv", table);
    GIVES(ana, 0, "saved here", "import", "csv", "out.csv", "--map",
          "id=Ref,title=Title,owner=Owner,due=Due,labels=Labels,desc=Description,column=Column");
    GIVES(ana, 0, "\t=HYPERLINK(\"http://x\")\tassigned\tTo do\tana\t\t2026-12-01\ta,b\t", "list",
          "--board", "out");
    GIVES(ana, 2, "a table is no JSON", "export", "csv", "--json");
    free(table);

    char *calendar = output(&team, ana, MU_WORDS("export", "ics", "--board", "Orion"));
    assert_memory_equal(calendar, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", 30);
    assert_non_null(
        strstr(calendar, "DTSTART;VALUE=DATE:20261201\r\nDTEND;VALUE=DATE:20261202\r\n"));
    assert_non_null(strstr(calendar, "DTSTART:20261202T060000Z\r\n")); /* 15:00 in Tokyo */
    assert_non_null(strstr(calendar, "SUMMARY:=HYPERLINK(\"http://x\")\r\n"));
    assert_non_null(strstr(calendar, "two\\nlines\\, \"quoted\"\r\n"));
    assert_non_null(strstr(calendar, "END:VEVENT\r\nEND:VCALENDAR\r\n"));
    free(calendar);
    GIVES(ana, 0, "20261201", "export", "ics", "@me", "--board", "Orion");
    GIVES(ana, 3, "no person '@zoe'", "export", "ics", "@zoe");

    /* A stand-up every day; it came from another workspace. */
    write_file("schedule.json",
               "{\"kind\":\"muster-export\",\"rows\":{\"schedule\":[{\"id\":"
               "\"00000000-0000-7000-8000-000000000001\",\"name\":\"stand-up\",\"kind\":1,"
               "\"state\":1,\"created_at\":1700000000000}],\"schedule_version\":[{\"id\":"
               "\"00000000-0000-7000-8000-000000000002\",\"schedule\":"
               "\"00000000-0000-7000-8000-000000000001\",\"from_day\":19000,\"days\":127,"
               "\"open_minute\":1439,\"due_minute\":1500,\"grace_minutes\":15,"
               "\"zone_mode\":1,\"created_at\":1700000000000}]}}");
    GIVES(ana, 0, "saved here", "import", "muster", "schedule.json");
    GIVES(ana, 0, "SUMMARY:Check in: stand-up\r\n", "export", "ics", "@me");

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
        IN_FOLDER(test_cli__asana_comes_in_once_and_tells_what_it_lost),
        IN_FOLDER(test_cli__a_table_is_mapped_by_a_file_and_its_errors_name_it),
        IN_FOLDER(test_cli__an_export_moves_to_another_workspace_whole),
        IN_FOLDER(test_cli__a_table_goes_out_safe_and_comes_back),
        IN_FOLDER(test_cli__a_pipe_gets_conflicts_between_tabs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
