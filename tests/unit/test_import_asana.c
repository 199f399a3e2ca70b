/* Asana's JSON and tables: ids that no double holds, tasks of several projects once, subtasks under
 * their tasks, and a word about everything that is not what it seems. */
#include "client/import/asana.h"
#include "client/import/csv_map.h"
#include "tests/unit/import_fixture.h"
#include "tests/unit/import_world.h"

static struct mu_arena arena;
static struct mu_buf file;
static struct mu_source_board board;
static struct mu_error err;
static struct import_world world;

static int set_up(void **state)
{
    (void)state;
    mu_arena_init(&arena, ARENA_MAX);
    mu_buf_init(&file, 1);
    err = (struct mu_error){0};
    import_world_open(&world);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    import_world_close(&world);
    mu_arena_deinit(&arena);
    mu_buf_deinit(&file);
    return 0;
}

static enum mu_status try_json(const char *text)
{
    struct mu_asana_options options = {.stem = mu_slice_str("Website")};
    return mu_asana_json(mu_slice_str(text), &options, &arena, &board, &err);
}

static void read_json(const char *text)
{
    if (try_json(text) != MU_OK) {
        fail_msg("%s", err.text);
    }
    assert_true(mu_source_check(&board));
}

static void read_project(void)
{
    struct mu_asana_options options = {.stem = mu_slice_str("asana-project")};
    import_read_board("asana-project.json", &file);
    if (mu_asana_json(mu_buf_view(&file), &options, &arena, &board, &err) != MU_OK) {
        fail_msg("%s", err.text);
    }
}

static void read_table(const char *text)
{
    struct mu_csv_table table;
    struct mu_csv_map map;
    struct mu_csv_origin origin = {mu_slice_str("export"), mu_slice_str("export"), false};
    if (mu_csv_read(mu_slice_str(text), &arena, &table, &err) != MU_OK ||
        mu_csv_map_asana(&table, &arena, &map, &err) != MU_OK ||
        mu_csv_board(&table, &map, &origin, &arena, &board, &err) != MU_OK) {
        fail_msg("%s", err.text);
    }
    assert_true(mu_source_check(&board));
}

static void counts(enum mu_count_kind kind, size_t in, size_t out)
{
    if (board.report.in[kind] != in || board.report.out[kind] != out) {
        fail_msg("%s: %zu in, %zu out", mu_count_key(kind), board.report.in[kind],
                 board.report.out[kind]);
    }
}

static void value_is(const char *title, const char *field, const char *text)
{
    uint32_t card = import_card_index(&board, title);
    for (size_t i = 0; i < board.value_count; i++) {
        if (board.values[i].card == card &&
            mu_slice_equal(board.fields[board.values[i].field].name, mu_slice_str(field))) {
            assert_text(board.values[i].text, text);
            return;
        }
    }
    fail_msg("'%s' has no '%s'", title, field);
}

static const char *detail(enum mu_finding_kind kind, size_t index)
{
    const struct mu_finding *finding = mu_report_find(&board.report, kind);
    assert_non_null(finding);
    assert_true(index < finding->detail_count);
    static char text[512];
    size_t len = finding->details[index].len;
    memcpy(text, finding->details[index].data, len);
    text[len] = '\0';
    return text;
}

/* -- JSON --------------------------------------------------------------------------------- */

static void test_import_asana__a_project_counts_in_and_out(void **state)
{
    (void)state;
    read_project();

    assert_text(board.system, "asana");
    assert_text(board.id, "1204000000000001");
    assert_text(board.name, "Website relaunch");
    counts(MU_COUNT_CARDS, 10, 10);
    counts(MU_COUNT_CARDS_INNER, 3, 3);
    counts(MU_COUNT_LISTS, 4, 4);
    counts(MU_COUNT_MEMBERS, 3, 3);
    counts(MU_COUNT_LABELS, 4, 4);
    counts(MU_COUNT_FIELDS, 9, 9);
    counts(MU_COUNT_VALUES, 12, 12);
    counts(MU_COUNT_CARDS_COMPLETE, 2, 2);
    counts(MU_COUNT_CARDS_DUE, 3, 3);
    assert_int_equal(import_finding(&board, MU_FINDING_MULTI_HOMED), 1);
    assert_string_equal(detail(MU_FINDING_MULTI_HOMED, 0),
                        "'Move the blog': also in 'Quarterly goals'");
    assert_int_equal(import_finding(&board, MU_FINDING_BAD_DATE), 1);
    assert_int_equal(import_finding(&board, MU_FINDING_NO_TITLE), 1);
}

static void test_import_asana__a_task_keeps_all_it_has(void **state)
{
    (void)state;
    read_project();
    const struct mu_source_card *card = import_card(&board, "Home page");

    assert_text(board.lists[card->list].name, "In progress");
    assert_text(board.people[card->owner].name, "Kofi Mensah");
    assert_int_equal(card->helper_count, 2); /* who follows, but not the owner again */
    assert_text(board.people[card->helpers[0]].name, "Ana Ruiz");
    assert_int_equal(card->due.when, MU_WHEN_INSTANT); /* due_at goes before due_on */
    assert_true(card->due.at_ms == INT64_C(1791558000000));
    assert_int_equal(card->start.when, MU_WHEN_DATE);
    assert_true(card->created_ms == INT64_C(1788249600000));
    assert_text(card->url, "https://app.asana.example/0/1204000000000001/1205000000000001");
    assert_non_null(strstr((const char *)card->desc.data, "\n\n"));
    value_is("Home page", "Effort", "2.5");
    value_is("Home page", "Priority", "High");
    value_is("Home page", "Channels", "Web, Print");
    value_is("Home page", "Launch", "2026-11-01");
    value_is("Home page", "Reviewer", "Ana Ruiz");
    value_is("Home page", "Brand Name ", "Orion");
    value_is("Move the blog", "Effort", "3");
    value_is("Move the blog", "Blocked by", "Home page\n1205999999999999");
    value_is("Redirects", "Blocking", "Move the blog");
    value_is("Legal", "Effort", "0.1");
    value_is("Legal", "Approval", "approved");
    card = import_card(&board, "Launch");
    assert_int_equal(card->label_count, 1);
    assert_text(board.labels[card->labels[0]].name, "milestone");
    card = import_card(&board, "Legal");
    assert_true(card->due_complete);
    assert_true(card->ticked_ms == INT64_C(1789145112345));
}

static void test_import_asana__subtasks_stand_under_their_tasks_and_in_their_section(void **state)
{
    (void)state;
    read_project();

    const struct mu_source_card *card = import_card(&board, "Ask the lawyers");
    assert_int_equal(card->parent, import_card_index(&board, "Copy text"));
    assert_int_equal(board.cards[card->parent].parent, import_card_index(&board, "Home page"));
    assert_text(board.lists[card->list].name, "In progress");
    assert_true(card->due_complete);
    card = import_card(&board, "Pictures");
    assert_int_equal(card->parent, import_card_index(&board, "Home page"));
    assert_int_equal(import_card(&board, "Home page")->order, 0);
    assert_int_equal(card->order, 3);
    assert_int_equal(import_card(&board, "Home page")->parent, MU_SOURCE_NONE);
}

static void test_import_asana__ids_never_pass_through_a_double(void **state)
{
    (void)state;
    read_project();
    /* 2^53 and the next one are one double. */
    assert_text(import_card(&board, "The id that a double cannot hold")->id, "9007199254740993");
    assert_text(import_card(&board, "(no title)")->id, "9007199254740992");
    /* As numbers, as exports before 2019 had them. */
    read_json("{\"data\":[{\"id\":9007199254740993,\"name\":\"a\"},"
              "{\"id\":9007199254740992,\"name\":\"b\"}]}");
    assert_text(import_card(&board, "a")->id, "9007199254740993");
    assert_text(import_card(&board, "b")->id, "9007199254740992");
    assert_int_equal(try_json("{\"data\":[{\"id\":90071992547409930000,\"name\":\"a\"}]}"),
                     MU_E_INVALID);
    assert_non_null(strstr(err.text, "line 1, column "));
    assert_non_null(strstr(err.text, "a number is too large"));
}

static void test_import_asana__a_task_of_the_api_comes_in_three_wrappings(void **state)
{
    (void)state;
    static const char *const texts[] = {"{\"data\":{\"gid\":\"1\",\"name\":\"One\"}}",
                                        "{\"gid\":\"1\",\"name\":\"One\",\"notes\":\"n\"}",
                                        "\xef\xbb\xbf\n [{\"gid\":\"1\",\"name\":\"One\"}]",
                                        "{\"data\":[{\"gid\":\"1\",\"name\":\"One\"}]}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_true(mu_asana_is_json(mu_slice_str(texts[i])));
        read_json(texts[i]);
        assert_int_equal(board.card_count, 1);
        assert_text(board.cards[0].id, "1");
        assert_text(board.name, "Website"); /* no project: the file's */
    }
    assert_false(mu_asana_is_json(mu_slice_str("Task ID,Name\n")));
    read_json("{\"data\":[]}");
    assert_int_equal(board.card_count, 0);
}

static void test_import_asana__what_is_no_export_is_told_as_what_it_seems(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } bad[] = {
        {"", "the file is empty"},
        {"<html>", "a web page"},
        {"PK\x03\x04", "a zip archive"},
        {"{\"id\":\"5\",\"name\":\"b\",\"lists\":[],\"cards\":[]}", "an export of Trello"},
        {"{\"errors\":[{\"message\":\"Not Authorized\"}]}", "tells of an error"},
        {"{\"data\":[{\"gid\":\"1\",\"name\":\"P\",\"resource_type\":\"project\"}]}",
         "a list of other things"},
        {"{\"x\":1}", "no tasks of Asana in it"},
        {"{\"data\":[{\"gid\":\"1\",\"name\":\"a\"},", "line 1, column "},
        {"{\"data\":[],\"data\":[]}", "a key stands twice"},
        {"{\"data\":[\n{\"gid\":\"1\",\"gid\":\"2\",\"name\":\"a\"}]}", "line 2, column "},
        {"{\"data\":[{\"name\":\"\\u0000\"}]}", "line 1, column "},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(try_json(bad[i].text), MU_E_INVALID);
        if (strstr(err.text, bad[i].message) == NULL) {
            fail_msg("'%s' does not say '%s'", err.text, bad[i].message);
        }
    }
}

static void test_import_asana__a_task_that_stands_twice_is_taken_once(void **state)
{
    (void)state;
    read_json(
        "{\"data\":[{\"gid\":\"1\",\"name\":\"sub\"},"
        "{\"gid\":\"2\",\"name\":\"top\",\"num_subtasks\":3,"
        "\"subtasks\":[{\"gid\":\"1\",\"name\":\"sub\"}]},"
        "{\"gid\":\"3\",\"name\":\"lost\",\"parent\":{\"gid\":\"77\",\"name\":\"Gone\"}},"
        "{\"gid\":\"4\",\"name\":\"named\",\"parent\":{\"gid\":\"2\"}},"
        "{\"name\":\"no id\"},{\"name\":\"no id\"},{\"gid\":\"1.2E+15\",\"name\":\"mangled\"},"
        "{\"gid\":\"9\",\"resource_type\":\"section\",\"name\":\"a section\"},7],"
        "\"next_page\":{\"offset\":\"x\"}}");
    counts(MU_COUNT_CARDS, 8, 7);
    assert_int_equal(import_finding(&board, MU_FINDING_SAME_ID), 1);
    assert_int_equal(import_card(&board, "sub")->parent, import_card_index(&board, "top"));
    assert_int_equal(import_card(&board, "named")->parent, import_card_index(&board, "top"));
    assert_int_equal(import_finding(&board, MU_FINDING_INNER_MISSING), 1);
    assert_string_equal(detail(MU_FINDING_PARENT_UNKNOWN, 0), "'lost': under 'Gone'");
    assert_int_equal(import_finding(&board, MU_FINDING_NO_ID), 2);
    assert_int_equal(import_finding(&board, MU_FINDING_KEY_DAMAGED), 1);
    assert_int_equal(import_finding(&board, MU_FINDING_NOT_TASKS), 2);
    assert_int_equal(import_finding(&board, MU_FINDING_PAGE), 1);
    for (size_t i = 0; i < board.card_count; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_false(mu_slice_equal(board.cards[i].id, board.cards[k].id));
        }
    }
}

static void test_import_asana__parents_in_a_circle_are_cut(void **state)
{
    (void)state;
    read_json("[{\"gid\":\"1\",\"name\":\"a\",\"parent\":{\"gid\":\"2\"}},"
              "{\"gid\":\"2\",\"name\":\"b\",\"parent\":{\"gid\":\"1\"}},"
              "{\"gid\":\"3\",\"name\":\"c\",\"parent\":{\"gid\":\"3\"}}]");
    assert_int_equal(import_finding(&board, MU_FINDING_PARENT_CIRCLE), 2);
    (void)import_world_import(&world, &board);
}

static void test_import_asana__headings_of_old_exports_are_sections(void **state)
{
    (void)state;
    read_json("{\"data\":[{\"gid\":\"1\",\"name\":\"before\"},"
              "{\"gid\":\"10\",\"name\":\"Next week:\",\"resource_subtype\":\"section\"},"
              "{\"gid\":\"2\",\"name\":\"after\"}]}");
    assert_int_equal(board.card_count, 2);
    assert_text(board.lists[import_card(&board, "before")->list].name, "No section");
    assert_text(board.lists[import_card(&board, "after")->list].name, "Next week");
}

static void test_import_asana__stories_and_attachments_come_along_where_they_are(void **state)
{
    (void)state;
    read_json("{\"data\":{\"gid\":\"1\",\"name\":\"a\",\"stories\":["
              "{\"gid\":\"s2\",\"type\":\"system\",\"resource_subtype\":\"assigned\","
              "\"created_at\":\"2026-01-02T10:00:00Z\",\"text\":\"Ana assigned\\nto you\","
              "\"created_by\":{\"gid\":\"7\",\"name\":\"Ana Ruiz\"}},"
              "{\"gid\":\"s1\",\"type\":\"comment\",\"created_at\":\"2026-01-01T10:00:00Z\","
              "\"text\":\"Two\\nlines\",\"created_by\":{\"gid\":\"7\",\"name\":\"Ana Ruiz\"}}],"
              "\"attachments\":[{\"gid\":\"f1\",\"name\":\"plan.pdf\",\"host\":\"asana\","
              "\"size\":123,\"permanent_url\":\"https://x.example/f1\"}]}}");
    assert_int_equal(board.comment_count, 1);
    assert_text(board.comments[0].text, "Two\nlines");
    assert_text(board.people[board.comments[0].person].name, "Ana Ruiz");
    assert_int_equal(board.activity_count, 1);
    assert_text(board.activities[0].text, "Ana assigned to you");
    assert_int_equal(board.attachment_count, 1);
    assert_true(board.attachments[0].is_upload);
    counts(MU_COUNT_ACTIONS, 2, 2);
    struct mu_plan plan = import_world_import(&world, &board);
    assert_int_equal(plan.counts[MU_PLAN_COMMENTS].created, 1);
}

/* -- a second import ------------------------------------------------------------------------ */

static void nothing_left_to_do(void)
{
    struct mu_plan plan = import_world_plan(&world, &board);
    if (plan.intent_count > 0) {
        for (size_t i = 0; i < MU_PLAN_KINDS; i++) {
            print_message("%s: %zu, %zu, %zu\n", mu_plan_key((enum mu_plan_kind)i),
                          plan.counts[i].created, plan.counts[i].updated, plan.counts[i].unchanged);
        }
        fail_msg("a second import would write something");
    }
}

static void test_import_asana__a_project_arrives_and_a_second_plan_is_empty(void **state)
{
    (void)state;
    read_project();

    struct mu_plan plan = import_world_import(&world, &board);

    assert_int_equal(plan.counts[MU_PLAN_TASKS].created, 10);
    struct mu_row row = import_world_row(
        &world, MU_TASK, import_world_id(&world, &board, "card", "1205000000000002"));
    struct mu_id parent;
    struct mu_id home = import_world_id(&world, &board, "card", "1205000000000001");
    assert_true(mu_id_from_slice(mu_row_text(&row, MU_TASK_PARENT), &parent));
    assert_true(mu_id_equal(parent, home));
    nothing_left_to_do();
}

#define TASK_IN(projects)                                                                          \
    "{\"data\":[{\"gid\":\"1\",\"name\":\"shared\",\"completed\":false,\"memberships\":[" projects \
    "]},{\"gid\":\"2\",\"name\":\"own\",\"memberships\":["
#define HOME_A                                                                                   \
    "{\"project\":{\"gid\":\"A\",\"name\":\"Alpha\"},\"section\":{\"gid\":\"a1\",\"name\":\"To " \
    "do\"}}"
#define HOME_B                                                                             \
    "{\"project\":{\"gid\":\"B\",\"name\":\"Beta\"},\"section\":{\"gid\":\"b1\",\"name\":" \
    "\"Doing\"}}"

static struct mu_id board_of_shared(void)
{
    struct mu_id id;
    struct mu_row row =
        import_world_row(&world, MU_TASK, import_world_id(&world, &board, "card", "1"));
    assert_true(mu_id_from_slice(mu_row_text(&row, MU_TASK_BOARD), &id));
    return id;
}

static void test_import_asana__a_task_of_two_projects_is_one_and_stays_where_it_came_in(
    void **state)
{
    (void)state;
    read_json(TASK_IN(HOME_A "," HOME_B) HOME_A "]}]}");
    (void)import_world_import(&world, &board);
    struct mu_id alpha = import_world_id(&world, &board, "board", "A");

    read_json("{\"data\":[{\"gid\":\"1\",\"name\":\"shared\",\"memberships\":[" HOME_A "," HOME_B
              "]},{\"gid\":\"3\",\"name\":\"of beta\",\"memberships\":[" HOME_B "]}]}");
    assert_text(board.id, "B");
    struct mu_id beta = import_world_id(&world, &board, "board", "B");
    struct mu_plan plan = import_world_import(&world, &board);
    assert_int_equal(plan.counts[MU_PLAN_TASKS].created, 1);
    assert_true(mu_id_equal(board_of_shared(), alpha));
    assert_non_null(mu_report_find(&plan.report, MU_FINDING_OTHER_BOARD));
    nothing_left_to_do();

    /* Taken out of the first, it comes over. */
    read_json("{\"data\":[{\"gid\":\"1\",\"name\":\"shared\",\"memberships\":[" HOME_B "]}]}");
    (void)import_world_import(&world, &board);
    assert_true(mu_id_equal(board_of_shared(), beta));
    nothing_left_to_do();
}

static void test_import_asana__what_the_file_lost_is_told(void **state)
{
    (void)state;
    read_json(TASK_IN(HOME_A) HOME_A "]}]}");
    (void)import_world_import(&world, &board);
    struct mu_plan_kept kept[] = {
        {import_world_id(&world, &board, "card", "1"), mu_slice_str("shared")},
        {import_world_id(&world, &board, "card", "2"), mu_slice_str("own")}};
    read_json("{\"data\":[{\"gid\":\"2\",\"name\":\"own\",\"memberships\":[" HOME_A "]}]}");
    struct mu_plan_options options = {.kept = kept, .kept_count = 2};
    struct mu_plan plan;
    assert_int_equal(mu_plan_make(&board, &world.world, &options, &world.arena, &plan, &err),
                     MU_OK);
    const struct mu_finding *finding = mu_report_find(&plan.report, MU_FINDING_NO_LONGER);
    assert_non_null(finding);
    assert_int_equal(finding->count, 1);
    assert_text(finding->details[0], "'shared'");
    assert_int_equal(plan.intent_count, 0); /* told, and left alone */
}

/* -- tables ---------------------------------------------------------------------------------- */

#define OFFICIAL                                                                                 \
    "Task ID,Created At,Completed At,Last Modified,Name,Section/Column,Assignee,Assignee Email," \
    "Start Date,Due Date,Tags,Notes,Projects,Parent task,Blocked By (Dependencies),"             \
    "Blocking (Dependencies),Effort\n"

static void test_import_asana__the_official_table(void **state)
{
    (void)state;
    read_table(
        OFFICIAL
        "1204000000000001,2026-01-05,,2026-01-09,Fair,Next,Ben Adler,ben@example.com,"
        "2026-01-06,2026-01-20,\"print,urgent\",\"Line\n\"\"two\"\"\",Spring,,,,2.5\n"
        "1204000000000002,2026-01-05,2026-01-08,2026-01-09,Hall,,,,,,,,,Fair,,,\n"
        "1204000000000003,2026-01-05,,2026-01-09,Poster,Later,,,,,,,\"Spring, Big\",,Hall,,\n");
    assert_text(board.name, "Spring");
    assert_text(board.system, "asana");
    assert_int_equal(board.card_count, 3);
    const struct mu_source_card *card = import_card(&board, "Hall");
    assert_int_equal(card->parent, import_card_index(&board, "Fair"));
    assert_text(board.lists[card->list].name, "Next"); /* its parent's */
    assert_true(card->due_complete);
    card = import_card(&board, "Fair");
    assert_text(board.people[card->owner].name, "Ben Adler");
    assert_text(board.people[card->owner].handle, "ben");
    assert_int_equal(card->label_count, 2);
    value_is("Fair", "Effort", "2.5");
    value_is("Poster", "Blocked By (Dependencies)", "Hall");
    assert_int_equal(import_finding(&board, MU_FINDING_MULTI_HOMED), 1);
    assert_string_equal(detail(MU_FINDING_MULTI_HOMED, 0),
                        "line 5, column 'Projects': 'Spring, Big'");
    (void)import_world_import(&world, &board);
    nothing_left_to_do();
}

static void test_import_asana__parents_by_name_are_not_guessed(void **state)
{
    (void)state;
    read_table("Name,Parent Task,Section\n"
               "Report,,A\nReport,,B\nDraft,Report,A\n" /* two are called so */
               "Print,Draft,A\nReport,Report,C\n"       /* two others */
               "Lost,Gone,A\nSelf,Self,A\n");
    assert_int_equal(import_card(&board, "Draft")->parent, MU_SOURCE_NONE);
    assert_int_equal(import_card(&board, "Print")->parent, import_card_index(&board, "Draft"));
    assert_int_equal(import_finding(&board, MU_FINDING_PARENT_AMBIGUOUS), 2);
    assert_string_equal(detail(MU_FINDING_PARENT_AMBIGUOUS, 0),
                        "line 4: 'Draft' under 'Report', as 3 rows are called");
    assert_int_equal(import_finding(&board, MU_FINDING_PARENT_UNKNOWN), 2);
    assert_string_equal(detail(MU_FINDING_PARENT_UNKNOWN, 0),
                        "line 7, column 'Parent Task': 'Gone'");
}

static void test_import_asana__ids_that_a_spreadsheet_rounded_are_no_keys(void **state)
{
    (void)state;
    read_table("Task ID,Created At,Name\n1.21143E+15,2026-01-01,a\n1.21143E+15,2026-01-01,b\n"
               "\"=\"\"1211430000000007\"\"\",2026-01-01,kept\n");
    assert_int_equal(import_finding(&board, MU_FINDING_KEY_DAMAGED), 2);
    assert_string_equal(detail(MU_FINDING_KEY_DAMAGED, 0),
                        "line 2, column 'Task ID': '1.21143E+15'");
    assert_text(import_card(&board, "kept")->id, "1211430000000007");
    assert_false(mu_slice_equal(import_card(&board, "a")->id, import_card(&board, "b")->id));

    /* Shown as numbers, only the first fifteen digits are left. */
    read_table("Task ID,Created At,Name\n1211430000000010,,a\n1211430000000020,,b\n"
               "1211430000000020,,c\n1211430000000030,,d\n");
    assert_int_equal(import_finding(&board, MU_FINDING_KEY_DAMAGED), 4);
    read_table("Task ID,Created At,Name\n1211430000000010,,a\n1211430000000020,,b\n"
               "1211430000000021,,c\n1211430000000030,,d\n");
    assert_int_equal(import_finding(&board, MU_FINDING_KEY_DAMAGED), 0);
}

static void test_import_asana__variants_of_the_table(void **state)
{
    (void)state;
    /* Headings between the tasks. */
    read_table("Task ID,Name,Assignee,Due Date,Tags,Notes\n1,Before,,,,\n2,Next week:,,,,\n"
               "3,After,Ana,,,\n4,Meeting: minutes,,,,\n");
    assert_int_equal(board.card_count, 3);
    assert_int_equal(import_finding(&board, MU_FINDING_SECTION_ROWS), 1);
    assert_text(board.lists[import_card(&board, "After")->list].name, "Next week");
    /* The layout that Asana imports. */
    read_table("Name,Description,Section,Assignee,Due Date,Type,Parent Task\n"
               "Launch,d,Soon,Ana,2026-05-01,Milestone,\nCake,,Soon,,,Task,Launch\n");
    assert_int_equal(board.field_count, 0);
    const struct mu_source_card *card = import_card(&board, "Launch");
    assert_text(board.labels[card->labels[0]].name, "milestone");
    assert_int_equal(import_card(&board, "Cake")->label_count, 0);
    /* A field of somebody's own that is called Type. */
    read_table("gid,name,Type\n1,a,Bug\n2,b,\n");
    assert_int_equal(board.field_count, 1);
    value_is("a", "Type", "Bug");
    /* D/M/YYYY after a spreadsheet. */
    read_table("Task,Projects,DueDate\na,P,13/5/2026\nb,P,4/5/2026\n");
    assert_true(import_card(&board, "b")->due.at_ms == INT64_C(1777852800000));
}

static struct mu_row task_row(const char *id)
{
    return import_world_row(&world, MU_TASK, import_world_id(&world, &board, "card", id));
}

/* Of three people, whose ids are those of their handles. */
static size_t helpers_of(const char *id)
{
    static const char *const handles[] = {"ana", "kofi-mensah", "mia-tanaka"};
    struct mu_id card = import_world_id(&world, &board, "card", id);
    size_t count = 0;
    for (size_t i = 0; i < 3; i++) {
        struct mu_slice handle = mu_slice_str(handles[i]);
        struct mu_id person = world.world.derive("person", &handle, 1);
        struct mu_id pair = mu_pair_id(&world.world, MU_TASK_HELPER, card, person);
        if (import_world_has(&world, MU_TASK_HELPER, pair)) {
            struct mu_row row = import_world_row(&world, MU_TASK_HELPER, pair);
            count += mu_row_int(&row, MU_TASK_HELPER_ON) == 1 ? 1 : 0;
        }
    }
    return count;
}

/* A table knows less than the JSON: what it has no column for stays. */
static void test_import_asana__a_table_takes_nothing_off_that_it_has_no_column_for(void **state)
{
    (void)state;
    read_project();
    (void)import_world_import(&world, &board);
    assert_int_equal(helpers_of("1205000000000001"), 2);
    struct mu_row before = task_row("1205000000000001");

    read_table("Task ID,Name,Projects\n1205000000000001,Home page 2,Website relaunch\n"
               "1205000000000013,Legal,Website relaunch\n");
    (void)import_world_import(&world, &board);
    struct mu_row after = task_row("1205000000000001");
    assert_text(mu_row_text(&after, MU_TASK_TITLE), "Home page 2");
    static const uint32_t kept[] = {MU_TASK_DESC,  MU_TASK_OWNER,      MU_TASK_DUE,
                                    MU_TASK_START, MU_TASK_STATE,      MU_TASK_COLUMN,
                                    MU_TASK_BOARD, MU_TASK_SOURCE_URL, MU_TASK_RANK};
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        const struct mu_cell *one = mu_row_cell(&before, kept[i]);
        const struct mu_cell *other = mu_row_cell(&after, kept[i]);
        assert_non_null(one);
        assert_non_null(other);
        assert_true(mu_value_equal(one->value, other->value));
    }
    after = task_row("1205000000000013");
    assert_int_equal(mu_row_int(&after, MU_TASK_STATE), MU_STATE_DONE);
    assert_int_equal(helpers_of("1205000000000001"), 2);

    /* Nor does an answer of the API that was asked for less. */
    read_json("{\"data\":[{\"gid\":\"1205000000000001\",\"name\":\"Home page 3\"}]}");
    (void)import_world_import(&world, &board);
    after = task_row("1205000000000001");
    assert_text(mu_row_text(&after, MU_TASK_TITLE), "Home page 3");
    assert_true(mu_row_has(&after, MU_TASK_OWNER));
    assert_true(mu_id_equal(mu_row_id(&after, MU_TASK_BOARD), mu_row_id(&before, MU_TASK_BOARD)));
    assert_int_equal(helpers_of("1205000000000001"), 2);

    /* That it was finished comes over, and the JSON says the rest again. */
    read_table("Task ID,Name,Completed At\n1205000000000001,Home page 2,2026-10-08\n");
    (void)import_world_import(&world, &board);
    after = task_row("1205000000000001");
    assert_int_equal(mu_row_int(&after, MU_TASK_STATE), MU_STATE_DONE);
    nothing_left_to_do();
}

#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_WORLD(test_import_asana__a_project_counts_in_and_out),
        WITH_WORLD(test_import_asana__a_task_keeps_all_it_has),
        WITH_WORLD(test_import_asana__subtasks_stand_under_their_tasks_and_in_their_section),
        WITH_WORLD(test_import_asana__ids_never_pass_through_a_double),
        WITH_WORLD(test_import_asana__a_task_of_the_api_comes_in_three_wrappings),
        WITH_WORLD(test_import_asana__what_is_no_export_is_told_as_what_it_seems),
        WITH_WORLD(test_import_asana__a_task_that_stands_twice_is_taken_once),
        WITH_WORLD(test_import_asana__parents_in_a_circle_are_cut),
        WITH_WORLD(test_import_asana__headings_of_old_exports_are_sections),
        WITH_WORLD(test_import_asana__stories_and_attachments_come_along_where_they_are),
        WITH_WORLD(test_import_asana__a_project_arrives_and_a_second_plan_is_empty),
        WITH_WORLD(test_import_asana__a_task_of_two_projects_is_one_and_stays_where_it_came_in),
        WITH_WORLD(test_import_asana__what_the_file_lost_is_told),
        WITH_WORLD(test_import_asana__the_official_table),
        WITH_WORLD(test_import_asana__parents_by_name_are_not_guessed),
        WITH_WORLD(test_import_asana__ids_that_a_spreadsheet_rounded_are_no_keys),
        WITH_WORLD(test_import_asana__variants_of_the_table),
        WITH_WORLD(test_import_asana__a_table_takes_nothing_off_that_it_has_no_column_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
