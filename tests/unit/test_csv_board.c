/* Which column is what, and the board that comes of a table: ids that are the same next
 * time, dates that are never guessed, and a word about everything left out. */
#include "client/import/csv_map.h"
#include "client/import/iso_time.h"
#include "tests/unit/import_fixture.h"

static struct mu_arena arena;
static struct mu_buf file;
static struct mu_csv_table table;
static struct mu_csv_map map;
static struct mu_source_board board;
static struct mu_error err;

static int set_up(void **state)
{
    (void)state;
    mu_arena_init(&arena, ARENA_MAX);
    mu_buf_init(&file, 1);
    err = (struct mu_error){0};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mu_arena_deinit(&arena);
    mu_buf_deinit(&file);
    return 0;
}

static void read_table(struct mu_slice bytes)
{
    if (mu_csv_read(bytes, &arena, &table, &err) != MU_OK) {
        fail_msg("%s", err.text);
    }
}

static void make_board(void)
{
    struct mu_csv_origin origin = {mu_slice_str("sales.csv"), mu_slice_str("Sales"), false};
    if (mu_csv_board(&table, &map, &origin, &arena, &board, &err) != MU_OK) {
        fail_msg("%s", err.text);
    }
    assert_true(mu_source_check(&board));
}

static void read_mapped(const char *text, const char *mapping)
{
    read_table(mu_slice_str(text));
    if (mu_csv_map_parse(mu_slice_str(mapping), &table, &arena, &map, &err) != MU_OK) {
        fail_msg("%s", err.text);
    }
    make_board();
}

/* -- mapping ---------------------------------------------------------------------------- */

static void test_csv_board__a_mapping_names_columns_in_three_ways(void **state)
{
    (void)state;
    read_table(mu_slice_str("Task,\"Due, at last\",E_Mail,email,Section\n"));
    assert_int_equal(mu_csv_map_parse(mu_slice_str(" title = TASK ,due=\"Due, at last\",owner=#3,"
                                                   "labels=email,column=section"),
                                      &table, &arena, &map, &err),
                     MU_OK);
    assert_int_equal(map.column[MU_CSV_TITLE], 0);
    assert_int_equal(map.column[MU_CSV_DUE], 1);
    assert_int_equal(map.column[MU_CSV_OWNER], 2);
    assert_int_equal(map.column[MU_CSV_LABELS], 3);
    assert_int_equal(map.column[MU_CSV_COLUMN], 4);
    assert_int_equal(map.column[MU_CSV_DESC], MU_SOURCE_NONE);
}

static void test_csv_board__a_wrong_mapping_says_what_there_is(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *message;
    } bad[] = {
        {"", "the mapping says no title=COLUMN; the columns are Name, Due, Tag, tag"},
        {"owner=Name", "the mapping says no title=COLUMN"},
        {"title", "a mapping is written field=column"},
        {"title=Nmae", "no column 'Nmae' in the table; there are Name, Due, Tag, tag"},
        {"titel=Name", "no field 'titel' to map a column to; there are title, owner, due"},
        {"title=Name,title=Due", "the field 'title' is mapped twice"},
        {"title=#5", "no column '#5'"},
        {"title=#0", "no column '#0'"},
        {"title=#99999999999999999999", "no column"},
        {"title=Name,fields=Due", "no field 'fields' to map"},
        {"title=Name,field:\xff=Due", "the mapping is not UTF-8"},
        {"title=Name,field=Dew", "no column 'Dew'"},
        {"title=Name\n# a remark, with \"one quote\ndew=Due", "no field 'dew'"},
        {"title=Name,labels=TAG", "'TAG' names several columns; name the one you mean by its "
                                  "place, as #3"},
    };
    read_table(mu_slice_str("Name,Due,Tag,tag\n"));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(mu_csv_map_parse(mu_slice_str(bad[i].text), &table, &arena, &map, &err),
                         MU_E_USAGE);
        if (strstr(err.text, bad[i].message) == NULL) {
            fail_msg("'%s' does not say '%s'", err.text, bad[i].message);
        }
    }
    assert_int_equal(
        mu_csv_map_parse(mu_slice_str("title=Name,labels=tag"), &table, &arena, &map, &err), MU_OK);
    assert_int_equal(map.column[MU_CSV_LABELS], 3); /* as it is written */
}

static void test_csv_board__a_mapping_makes_custom_fields(void **state)
{
    (void)state;
    read_mapped("Name,Effort,Team,Effort,\nA,3,Core,4,x\nB,,,,\n",
                "title=Name\n# a remark, with = and \"\nfield:Hours=#2,field=*\n");
    assert_int_equal(board.field_count, 3);
    assert_text(board.fields[0].name, "Hours");
    assert_text(board.fields[1].name, "Team");
    assert_text(board.fields[2].name, "Effort");
    assert_int_equal(board.value_count, 3);
    assert_text(board.values[0].text, "3");
    assert_text(board.values[2].text, "4");
    assert_int_equal(import_finding(&board, MU_FINDING_COLUMNS_UNUSED), 0);
}

static void test_csv_board__parents_and_helpers_are_named(void **state)
{
    (void)state;
    read_mapped("Key,Name,Under,With,Link\n1,A,,\"ben; ana\",http://x\n2,B,1,,\n3,C,B,,\n",
                "id=Key,title=Name,parent=Under,helpers=With,url=Link");
    const struct mu_source_card *card = import_card(&board, "A");
    assert_int_equal(card->owner, MU_SOURCE_NONE);
    assert_int_equal(card->helper_count, 2);
    assert_text(card->url, "http://x");
    assert_int_equal(import_card(&board, "B")->parent, import_card_index(&board, "A"));
    assert_int_equal(import_card(&board, "C")->parent, import_card_index(&board, "B"));
}

static void test_csv_board__a_file_that_was_cut_off_is_told(void **state)
{
    (void)state;
    read_mapped("Name,Due,Note\nA,,x\nB,2026-0", "title=Name");
    assert_int_equal(import_finding(&board, MU_FINDING_TORN), 1);
    read_mapped("Name,Due,Note\nA,,x\nB", "title=Name");
    assert_int_equal(import_finding(&board, MU_FINDING_TORN), 1);
    read_mapped("Name,Due,Note\nA,,x\nB,,y", "title=Name");
    assert_int_equal(import_finding(&board, MU_FINDING_TORN), 0);
    read_mapped("Name,Due,Note\nA,,x\nB\n", "title=Name");
    assert_int_equal(import_finding(&board, MU_FINDING_TORN), 0);
}

static void test_csv_board__what_an_export_marked_is_unmarked(void **state)
{
    (void)state;
    read_mapped("Name,X\n'=1+1,'-5\n'tis,'x\n", "title=Name,field=X");
    assert_text(board.cards[0].title, "=1+1");
    assert_text(board.values[0].text, "-5");
    assert_text(board.cards[1].title, "'tis");
    assert_text(board.values[1].text, "'x");
}

/* -- tables ------------------------------------------------------------------------------- */

static void test_csv_board__a_sales_table_comes_whole(void **state)
{
    (void)state;
    import_read_board("sales.csv", &file);
    read_table(mu_buf_view(&file));
    assert_int_equal(mu_csv_map_parse(mu_slice_str("title=Aufgabe,owner=Wer,due=Fällig,"
                                                   "column=Status,labels=Tags,done=Erledigt"),
                                      &table, &arena, &map, &err),
                     MU_OK);
    make_board();

    assert_int_equal(table.separator, ';');
    assert_int_equal(board.card_count, 5);
    assert_int_equal(board.list_count, 2);
    assert_text(board.lists[0].name, "In Arbeit");
    assert_text(board.lists[1].name, "Offen");
    const struct mu_source_card *card = import_card(&board, "Vertrag erneuern");
    assert_int_equal(card->due.when, MU_WHEN_DATE);
    assert_true(card->due.at_ms == INT64_C(1778630400000)); /* 13 May */
    assert_int_equal(card->label_count, 2);
    assert_false(card->due_complete);
    card = import_card(&board, "Angebot „Plus“ schicken");
    assert_true(card->due.at_ms == INT64_C(1777852800000)); /* 4 May: the column is D/M */
    assert_text(board.people[card->owner].name, "Rita Vogel");
    assert_text(board.people[card->owner].handle, "");
    assert_text(board.people[card->helpers[0]].handle, "sam");
    card = import_card(&board, "Zurückrufen");
    assert_true(card->due_complete);
    assert_int_equal(card->label_count, 1);
    assert_text(board.people[card->owner].handle, "sam");
    for (size_t i = 0; i < board.person_count; i++) { /* no address is kept */
        assert_null(memchr(board.people[i].name.data, '@', board.people[i].name.len));
    }
    assert_int_equal(import_finding(&board, MU_FINDING_BAD_DATE), 1); /* 31 February */
    assert_int_equal(import_finding(&board, MU_FINDING_ROWS_SKIPPED), 1);
    assert_int_equal(import_finding(&board, MU_FINDING_COLUMNS_UNUSED), 1);
    assert_int_equal(board.report.in[MU_COUNT_CARDS], 6);
    assert_int_equal(board.report.out[MU_COUNT_CARDS], 5);
}

static void test_csv_board__asana_is_known_by_its_header(void **state)
{
    (void)state;
    import_read_board("asana.csv", &file);
    read_table(mu_buf_view(&file));
    assert_int_equal(mu_csv_map_asana(&table, &arena, &map, &err), MU_OK);
    make_board();

    assert_int_equal(table.preamble_count, 2);
    assert_int_equal(board.card_count, 4);
    const struct mu_source_card *card = import_card(&board, "Call the printer");
    assert_text(card->id, "1204000000000001");
    assert_text(card->desc, "He said:\n\"Friday, at the latest\"\n\nColours as in 2025");
    assert_int_equal(card->label_count, 2);
    assert_int_equal(card->due.when, MU_WHEN_DATE);
    assert_int_equal(card->start.when, MU_WHEN_DATE);
    card = import_card(&board, "Book the hall");
    assert_text(board.lists[card->list].name, "Next"); /* the first of that name by list */
    assert_int_equal(import_finding(&board, MU_FINDING_KEY_DAMAGED), 1);
    assert_int_equal(import_finding(&board, MU_FINDING_SAME_KEY), 1);
    size_t done = 0;
    for (size_t i = 0; i < board.card_count; i++) {
        done += board.cards[i].due_complete ? 1 : 0;
        for (size_t k = 0; k < i; k++) {
            assert_false(mu_slice_equal(board.cards[i].id, board.cards[k].id));
        }
    }
    assert_int_equal(done, 1);

    read_table(mu_slice_str("Summary,Owner\nx,y\n"));
    assert_int_equal(mu_csv_map_asana(&table, &arena, &map, &err), MU_E_INVALID);
    assert_non_null(strstr(err.text, "no column 'Name'"));
}

static void test_csv_board__ids_are_the_same_next_time(void **state)
{
    (void)state;
    struct mu_slice ids[3];
    read_mapped("T\nbuy milk\nbuy milk\nread\n", "title=T");
    for (size_t i = 0; i < 3; i++) {
        ids[i] = board.cards[i].id;
    }
    assert_false(mu_slice_equal(ids[0], ids[1]));

    /* A row in front moves none of them. */
    read_mapped("T\nnew\nbuy milk\nread\nbuy milk\n", "title=T");
    assert_true(mu_slice_equal(board.cards[1].id, ids[0]));
    assert_true(mu_slice_equal(board.cards[2].id, ids[2]));
    assert_true(mu_slice_equal(board.cards[3].id, ids[1]));
    assert_text(board.lists[0].name, "Imported");
}

static void test_csv_board__dates_are_never_guessed(void **state)
{
    (void)state;
    static const struct {
        const char *cells[3]; /* of one column */
        const char *first;    /* what comes of the first: "" left out */
    } columns[] = {
        {{"2026-05-31", "", ""}, "2026-05-31"},
        {{"2026-05-31T17:00:00Z", "", ""}, "2026-05-31 17:00 UTC"},
        {{"2026-05-31T17:00:00+02:00", "", ""}, "2026-05-31 15:00 UTC"},
        {{"2026-05-31 17:00", "", ""}, "2026-05-31"},
        {{"2026/05/31", "", ""}, "2026-05-31"},
        {{"31.5.2026", "", ""}, "2026-05-31"},
        {{"3.4.2026", "", ""}, "2026-04-03"},
        {{"3/4/2026", "13/4/2026", ""}, "2026-04-03"},
        {{"3/4/2026", "4/13/2026", ""}, "2026-03-04"},
        {{"3/4/2026", "4/13/2026", "13/4/2026"}, ""},
        {{"3/4/2026", "", ""}, ""},
        {{"4/4/2026", "", ""}, "2026-04-04"},
        {{"3/4/26", "", ""}, ""},
        {{"tomorrow", "", ""}, ""},
        {{"2026-02-30", "", ""}, ""},
        {{"2026-05-31x", "", ""}, ""},
    };
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        char text[256];
        (void)snprintf(text, sizeof text, "T,D\na,%s\nb,%s\nc,%s\n", columns[i].cells[0],
                       columns[i].cells[1], columns[i].cells[2]);
        read_mapped(text, "title=T,due=D");
        char got[MU_ISO_TEXT_MAX + 1];
        mu_iso_format(board.cards[0].due, got);
        if (strcmp(got, columns[i].first) != 0) {
            fail_msg("'%s' gives '%s', not '%s'", columns[i].cells[0], got, columns[i].first);
        }
        assert_true((columns[i].first[0] == '\0') ==
                    (import_finding(&board, MU_FINDING_BAD_DATE) > 0));
    }
}

static void test_csv_board__long_and_hostile_cells(void **state)
{
    (void)state;
    struct mu_buf text;
    mu_buf_init(&text, (size_t)1024 * 1024);
    assert_int_equal(mu_buf_append_str(&text, "T,O,L,I,C\n"), MU_OK);
    for (size_t column = 0; column < 5; column++) {
        for (size_t i = 0; i < 70000; i++) {
            assert_int_equal(mu_buf_append_byte(&text, 'x'), MU_OK);
        }
        assert_int_equal(mu_buf_append_byte(&text, column == 4 ? '\n' : ','), MU_OK);
    }
    assert_int_equal(mu_buf_append_str(&text, "=cmd|'/c calc'!A1,@,;;;,\x1b[2J,\xe2\x80\xae\n"),
                     MU_OK);
    read_table(mu_buf_view(&text));
    assert_int_equal(mu_csv_map_parse(mu_slice_str("title=T,owner=O,labels=L,id=I,column=C"),
                                      &table, &arena, &map, &err),
                     MU_OK);
    make_board();
    assert_int_equal(board.card_count, 2);
    assert_true(import_finding(&board, MU_FINDING_TEXT_CUT) > 0);
    mu_buf_deinit(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_csv_board__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_mapping_names_columns_in_three_ways),
        TEST(a_wrong_mapping_says_what_there_is),
        TEST(a_mapping_makes_custom_fields),
        TEST(parents_and_helpers_are_named),
        TEST(a_file_that_was_cut_off_is_told),
        TEST(what_an_export_marked_is_unmarked),
        TEST(a_sales_table_comes_whole),
        TEST(asana_is_known_by_its_header),
        TEST(ids_are_the_same_next_time),
        TEST(dates_are_never_guessed),
        TEST(long_and_hostile_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
