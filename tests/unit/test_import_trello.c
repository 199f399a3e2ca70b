/* Reading one Trello export: that everything in it arrives, whatever is odd about it, and
 * that what is no export is refused with a sentence that helps. */
#include "tests/unit/import_fixture.h"

#include <assert.h>

static struct mu_arena arena;
static struct mu_buf file;
static struct mu_source_board board;

static int set_up(void **state)
{
    (void)state;
    mu_arena_init(&arena, ARENA_MAX);
    mu_buf_init(&file, (size_t)64 * 1024 * 1024);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    mu_arena_deinit(&arena);
    mu_buf_deinit(&file);
    return 0;
}

static void read_file(const char *name)
{
    import_read_board(name, &file);
    import_trello(mu_buf_view(&file), &arena, &board);
}

static void read_text(const char *text)
{
    import_trello(mu_slice_str(text), &arena, &board);
}

/* -- the project's own board --------------------------------------------------------------- */

static void test_import_trello__orion_counts(void **state)
{
    (void)state;
    static const struct {
        enum mu_count_kind kind;
        size_t in, out;
    } expected[] = {
        {MU_COUNT_LISTS, 6, 6},
        {MU_COUNT_LISTS_CLOSED, 1, 1},
        {MU_COUNT_CARDS, 42, 42},
        {MU_COUNT_CARDS_ARCHIVED, 4, 4},
        {MU_COUNT_CARDS_OWNERLESS, 12, 12},
        {MU_COUNT_CARDS_ONE_MEMBER, 22, 22},
        {MU_COUNT_CARDS_SHARED, 8, 8},
        {MU_COUNT_CARDS_DUE, 22, 22},
        {MU_COUNT_CARDS_COMPLETE, 9, 9},
        {MU_COUNT_CARDS_INNER, 0, 0},
        {MU_COUNT_LABELS, 8, 8},
        {MU_COUNT_LABELS_UNNAMED, 2, 2},
        {MU_COUNT_CHECKLISTS, 9, 9},
        {MU_COUNT_ITEMS, 36, 36},
        {MU_COUNT_ITEMS_DONE, 19, 19},
        {MU_COUNT_MEMBERS, 5, 5},
        {MU_COUNT_GONE, 1, 1},
        {MU_COUNT_COMMENTS, 23, 22},
        {MU_COUNT_COMMENTS_CLAIMED, 22, 0},
        {MU_COUNT_ATTACHMENTS, 6, 6},
        {MU_COUNT_UPLOADS, 4, 4},
        {MU_COUNT_FIELDS, 5, 5},
        {MU_COUNT_VALUES, 10, 10},
        {MU_COUNT_ACTIONS, 255, 255},
        {MU_COUNT_ACTIONS_GONE, 16, 16},
        {MU_COUNT_ACTIONS_DELETED, 3, 3},
    };
    read_file("orion.json");

    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        if (board.report.in[expected[i].kind] != expected[i].in ||
            board.report.out[expected[i].kind] != expected[i].out) {
            fail_msg("%s: %zu in, %zu out", mu_count_key(expected[i].kind),
                     board.report.in[expected[i].kind], board.report.out[expected[i].kind]);
        }
    }
    static_assert(sizeof expected / sizeof expected[0] == MU_COUNT_KINDS, "every kind");
    assert_text(board.name, "Orion 2.0");
    assert_text(board.system, "trello");
    assert_int_equal(import_finding(&board, MU_FINDING_OPEN_IN_CLOSED), 2);
    assert_int_equal(import_finding(&board, MU_FINDING_TEMPLATES), 1);
    assert_int_equal(import_finding(&board, MU_FINDING_COMMENTS_MISSING), 0);
    assert_int_equal(import_finding(&board, MU_FINDING_ACTIONS_CUT), 0);
}

static struct mu_slice person(uint32_t index)
{
    assert_true(index < board.person_count);
    return board.people[index].name;
}

static void test_import_trello__who_was_added_last_owns_and_the_others_help(void **state)
{
    (void)state;
    read_file("orion.json");

    const struct mu_source_card *card = import_card(&board, "Search in attachments");
    assert_text(person(card->owner), "Priya Nair");
    assert_int_equal(card->helper_count, 2);
    assert_text(person(card->helpers[0]), "Kofi Mensah");
    assert_text(person(card->helpers[1]), "Mia Tanaka");
    /* Jonas took it first and left, Kofi came later. */
    card = import_card(&board, "Import from the old index");
    assert_text(person(card->owner), "Kofi Mensah");
    assert_int_equal(card->helper_count, 0);
    card = import_card(&board, "Saved searches");
    assert_int_equal(card->owner, MU_SOURCE_NONE);
}

static void test_import_trello__a_card_keeps_all_it_has(void **state)
{
    (void)state;
    read_file("orion.json");
    uint32_t index = import_card_index(&board, "Parser: nested phrases and operators");
    const struct mu_source_card *card = &board.cards[index];

    assert_text(board.lists[card->list].name, "Code Review");
    assert_int_equal(board.lists[card->list].wip_limit, 4);
    assert_int_equal(card->due.when, MU_WHEN_INSTANT);
    assert_true(card->due.at_ms == INT64_C(1778083200000)); /* 2026-05-06 16:00 UTC */
    assert_int_equal(card->start.when, MU_WHEN_INSTANT);
    assert_true(card->created_ms / 1000 == INT64_C(1772445600)); /* 2026-03-02 10:00 UTC */
    assert_text(person(card->creator), "Kofi Mensah");
    assert_int_equal(card->label_count, 1);
    assert_text(board.labels[card->labels[0]].name, "Feature");
    assert_int_equal(card->id_short, 14);
    size_t items = 0;
    for (size_t i = 0; i < board.checklist_count; i++) {
        if (board.checklists[i].card == index) {
            items += board.checklists[i].item_count;
            assert_text(board.checklists[i].items[0].name, "phrases");
            assert_true(board.checklists[i].items[0].done);
            assert_text(board.checklists[i].items[3].name, "which Unicode version?");
            assert_false(board.checklists[i].items[3].done);
        }
    }
    assert_int_equal(items, 5);
    size_t values = 0;
    for (size_t i = 0; i < board.value_count; i++) {
        if (board.values[i].card == index) {
            static const char *const texts[] = {"8", "Nordwind", "High", "true"};
            assert_text(board.values[i].text, texts[values++]);
        }
    }
    assert_int_equal(values, 4);
}

static void test_import_trello__the_log_is_told_in_sentences(void **state)
{
    (void)state;
    read_file("orion.json");
    static const char *const sentences[] = {
        "created the board",
        "added 'Kofi Mensah' to the board",
        "created the card in 'To Do'",
        "moved from 'To Do' to 'In Progress'",
        "set the due date to 2026-01-20 16:00 UTC",
        "moved the due date from 2026-04-07 16:00 UTC to 2026-05-06 16:00 UTC",
        "ticked 'build' in 'Jobs'",
        "ticked complete",
        "joined the card",
        "removed 'Jonas Weber'",
        ("renamed from 'Rename “project” to “library” everywhere?' to 'Say “library” instead of "
         "“project” on screen?'"),
        "attached 'corpus-sizes.png'",
        "set 'Estimate (days)' to '5'",
        "archived",
        "the list 'Retro notes': archived",
        "the list 'In Progress': renamed from 'Doing' to 'In Progress'",
        "the board: changed the settings",
        "card 'Try the new scheduler': commented: 'This belongs to the platform team, not to us.'",
        "card 'Try the new scheduler': deleted the card in 'To Do'",
        "card no. 91: deleted the card in 'Backlog'",
    };
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        bool found = false;
        for (size_t k = 0; k < board.activity_count && !found; k++) {
            found = mu_slice_equal(board.activities[k].text, mu_slice_str(sentences[i]));
        }
        if (!found) {
            fail_msg("nowhere: %s", sentences[i]);
        }
    }
}

static void test_import_trello__secret_addresses_are_left_behind(void **state)
{
    (void)state;
    read_file("orion.json");
    assert_non_null(strstr((const char *)file.data, "@boards.trello.example"));
    for (size_t i = 0; i < board.card_count; i++) {
        const struct mu_slice texts[] = {board.cards[i].title, board.cards[i].desc,
                                         board.cards[i].url};
        for (size_t k = 0; k < 3; k++) {
            for (size_t at = 0; at + 14 <= texts[k].len; at++) {
                assert_true(memcmp(texts[k].data + at, "@boards.trello", 14) != 0);
            }
        }
    }
}

/* -- old and small files ---------------------------------------------------------------------- */

static void test_import_trello__a_file_of_2015_has_its_labels_in_the_cards(void **state)
{
    (void)state;
    read_file("trello-2015.json");

    assert_int_equal(board.label_count, 4);
    static const struct {
        const char *name, *colour;
        bool unnamed;
    } labels[] = {{"Vegetables", "green", false},
                  {"yellow", "yellow", true},
                  {"Tools", "blue", false},
                  {"Urgent", "red", false}};
    for (size_t i = 0; i < 4; i++) {
        bool found = false;
        for (size_t k = 0; k < 4; k++) {
            found =
                found || (mu_slice_equal(board.labels[k].name, mu_slice_str(labels[i].name)) &&
                          mu_slice_equal(board.labels[k].colour, mu_slice_str(labels[i].colour)) &&
                          board.labels[k].unnamed == labels[i].unnamed);
        }
        assert_true(found);
    }
    assert_text(board.cards[0].title, "Order seeds"); /* by position, not by place in the file */
    assert_int_equal(board.cards[0].label_count, 2);
    assert_int_equal(board.cards[1].label_count, 2);
    assert_int_equal(board.checklists[0].items[0].done, true); /* beans before peas */
    assert_int_equal(board.comment_count, 1);
    assert_false(board.cards[0].due_complete);
}

static void test_import_trello__the_export_of_a_card_is_a_board_with_that_card(void **state)
{
    (void)state;
    read_file("trello-card.json");

    assert_text(board.id, "65f00000a1b2c3d4e5f60001");
    assert_text(board.name, "Workshop");
    assert_int_equal(board.card_count, 1);
    assert_int_equal(board.list_count, 1);
    assert_text(board.lists[0].name, "Doing");
    assert_false(board.lists[0].closed);
    assert_text(board.labels[0].name, "Venue");
    assert_text(board.labels[0].colour, "pink_light");
    assert_int_equal(board.checklist_count, 1);
    assert_int_equal(board.comment_count, 1);
    assert_text(person(board.checklists[0].items[0].person), "Sam Okafor");
    assert_int_equal(board.checklists[0].items[0].due.when, MU_WHEN_INSTANT);
    assert_int_equal(import_finding(&board, MU_FINDING_CARD_FILE), 1);
    assert_int_equal(import_finding(&board, MU_FINDING_UNKNOWN_LIST), 0);
}

static void test_import_trello__almost_everything_may_be_missing(void **state)
{
    (void)state;
    read_text("{\"id\":\"b\",\"lists\":[]}");
    assert_text(board.name, "Unnamed board");
    assert_int_equal(board.card_count, 0);

    read_text(
        "\xef\xbb\xbf{\"id\":\"b\",\"name\":\"B\",\"cards\":[{\"id\":\"c\",\"name\":\"x\"}]}");
    assert_int_equal(board.card_count, 1);
    assert_text(board.lists[0].name, "Unknown list");
    assert_true(board.cards[0].hidden);
    assert_int_equal(import_finding(&board, MU_FINDING_UNKNOWN_LIST), 1);

    read_text("{\"id\":\"b\",\"name\":\"B\",\"lists\":[{\"id\":\"l\"}],\"cards\":[{\"id\":\"c\","
              "\"idList\":\"l\",\"name\":\"  \",\"pos\":null,\"due\":\"soon\",\"labels\":null,"
              "\"idMembers\":[null,7,\"\"],\"idLabels\":[\"nope\"],\"attachments\":[{}],"
              "\"customFieldItems\":[{\"idCustomField\":\"none\"}]},7,{\"name\":\"no id\"},"
              "{\"id\":17,\"name\":\"bad id\"}],\"actions\":[{},{\"id\":\"a\"},null],"
              "\"checklists\":[{\"id\":\"k\",\"idCard\":\"other\"}],\"members\":{}}");
    assert_int_equal(board.card_count, 1);
    assert_text(board.cards[0].title, "(no title)");
    assert_text(board.lists[0].name, "Unnamed list");
    assert_int_equal(board.activity_count, 1);
    assert_text(board.activities[0].text, "did something");
    assert_int_equal(import_finding(&board, MU_FINDING_NO_TITLE), 1);
    assert_int_equal(import_finding(&board, MU_FINDING_BAD_DATE), 1);
    assert_int_equal(import_finding(&board, MU_FINDING_UNKNOWN_LABEL), 1);
    assert_int_equal(import_finding(&board, MU_FINDING_UNKNOWN_FIELD), 1);
    assert_int_equal(import_finding(&board, MU_FINDING_UNKNOWN_CARD), 1);
    /* a number, two cards, an attachment, an action, a null */
    assert_int_equal(import_finding(&board, MU_FINDING_NO_ID), 6);
    assert_int_equal(board.report.in[MU_COUNT_CARDS], 3);
    assert_int_equal(board.report.out[MU_COUNT_CARDS], 1);
}

/* -- odd content ------------------------------------------------------------------------------- */

#define LIST "\"lists\":[{\"id\":\"l\",\"name\":\"L\",\"pos\":1}]"

static void test_import_trello__equal_positions_and_numbers_are_no_keys(void **state)
{
    (void)state;
    read_text("{\"id\":\"b\",\"name\":\"B\"," LIST ",\"cards\":["
              "{\"id\":\"c3\",\"idList\":\"l\",\"name\":\"three\",\"pos\":2,\"idShort\":1},"
              "{\"id\":\"c2\",\"idList\":\"l\",\"name\":\"two\",\"pos\":2.0,\"idShort\":1},"
              "{\"id\":\"c4\",\"idList\":\"l\",\"name\":\"four\",\"idShort\":2},"
              "{\"id\":\"c1\",\"idList\":\"l\",\"name\":\"one\",\"pos\":0.5,\"idShort\":1}]}");
    static const char *const order[] = {"one", "two", "three", "four"};
    for (size_t i = 0; i < 4; i++) {
        assert_text(board.cards[i].title, order[i]);
        assert_int_equal(board.cards[i].order, i);
    }
    assert_int_equal(import_finding(&board, MU_FINDING_SAME_SHORT_ID), 2);
}

static void test_import_trello__what_stands_twice_is_taken_once(void **state)
{
    (void)state;
    read_text(
        "{\"id\":\"b\",\"name\":\"B\",\"lists\":[{\"id\":\"l\",\"name\":\"L\",\"pos\":1},"
        "{\"id\":\"l\",\"name\":\"again\"}],\"labels\":[{\"id\":\"g\",\"name\":\"G\"},"
        "{\"id\":\"g\"}],\"members\":[{\"id\":\"m\"},{\"id\":\"m\"}],\"cards\":["
        "{\"id\":\"c\",\"idList\":\"l\",\"name\":\"first\",\"idMembers\":[\"m\",\"m\"],"
        "\"idLabels\":[\"g\",\"g\"],\"attachments\":[{\"id\":\"t\"},{\"id\":\"t\"}]},"
        "{\"id\":\"c\",\"idList\":\"l\",\"name\":\"second\"}],\"checklists\":["
        "{\"id\":\"k\",\"idCard\":\"c\",\"checkItems\":[{\"id\":\"i\"},{\"id\":\"i\"}]},"
        "{\"id\":\"k\",\"idCard\":\"c\"}],\"actions\":[{\"id\":\"a\",\"type\":\"createCard\"},"
        "{\"id\":\"a\",\"type\":\"createCard\"}]}");
    assert_int_equal(board.list_count, 1);
    assert_int_equal(board.label_count, 1);
    assert_int_equal(board.person_count, 1);
    assert_int_equal(board.card_count, 1);
    assert_text(board.cards[0].title, "first");
    assert_int_equal(board.cards[0].helper_count, 0);
    assert_int_equal(board.cards[0].label_count, 1);
    assert_int_equal(board.attachment_count, 1);
    assert_int_equal(board.checklist_count, 1);
    assert_int_equal(board.checklists[0].item_count, 1);
    assert_int_equal(board.activity_count, 1);
    assert_int_equal(import_finding(&board, MU_FINDING_SAME_ID), 8);
    assert_int_equal(board.report.in[MU_COUNT_CARDS], 2);
    assert_int_equal(board.report.out[MU_COUNT_CARDS], 1);
}

static void test_import_trello__hostile_texts_stay_what_they_are(void **state)
{
    (void)state;
    read_text("{\"id\":\"b\",\"name\":\"\\u001b[2J\\u202e\"," LIST ",\"cards\":[{\"id\":\"c\","
              "\"idList\":\"l\",\"name\":\"a\\u001b]0;x\\u0007\\n\\u200d\\ud83d\\udc68\","
              "\"desc\":\"' ; DROP TABLE task; --\"}],\"actions\":[{\"id\":\"a\",\"type\":"
              "\"updateCard\\u001b\",\"data\":{\"card\":{\"id\":\"c\"}}},{\"id\":\"a2\",\"type\":"
              "\"updateCard\",\"data\":{\"card\":{\"id\":\"c\",\"name\":\"y\\u001b[2J\"},\"old\":"
              "{\"name\":\"x\\ny\"}}}]}");
    assert_text(board.cards[0].title, "a\x1b]0;x\x07\n\xe2\x80\x8d\xf0\x9f\x91\xa8");
    /* The log is ours to write: one line, no control characters. */
    for (size_t i = 0; i < board.activity_count; i++) {
        for (size_t k = 0; k < board.activities[i].text.len; k++) {
            assert_true(board.activities[i].text.data[k] >= ' ');
        }
        for (size_t k = 0; k < board.activities[i].kind.len; k++) {
            assert_true(board.activities[i].kind.data[k] >= ' ');
        }
    }
}

/* A board with one card whose title has so many bytes of "é". */
static void append_long_card(size_t title_len)
{
    mu_buf_clear(&file);
    assert_int_equal(mu_buf_append_str(&file,
                                       "{\"id\":\"b\",\"name\":\"B\"," LIST
                                       ",\"cards\":[{\"id\":\"c\",\"idList\":\"l\",\"name\":\""),
                     MU_OK);
    for (size_t i = 0; i < title_len; i += 2) {
        assert_int_equal(mu_buf_append_str(&file, "\xc3\xa9"), MU_OK);
    }
    assert_int_equal(mu_buf_append_str(&file, "\"}]}"), MU_OK);
}

static void test_import_trello__texts_are_cut_at_a_character_and_reported(void **state)
{
    (void)state;
    append_long_card(65536);
    import_trello(mu_buf_view(&file), &arena, &board);
    assert_int_equal(board.cards[0].title.len, 65536);
    assert_int_equal(import_finding(&board, MU_FINDING_TEXT_CUT), 0);

    append_long_card(65538);
    import_trello(mu_buf_view(&file), &arena, &board);
    assert_int_equal(board.cards[0].title.len, 65536);
    assert_int_equal(import_finding(&board, MU_FINDING_TEXT_CUT), 1);
}

/* A log of count comments on one card, newest first, that claims to have 7 more. */
static void append_log(size_t count)
{
    mu_buf_clear(&file);
    assert_int_equal(mu_buf_printf(&file,
                                   "{\"id\":\"b\",\"name\":\"B\"," LIST
                                   ",\"cards\":[{\"id\":\"c\",\"idList\":\"l\",\"name\":\"chatty\","
                                   "\"badges\":{\"comments\":%zu}}],\"actions\":[",
                                   count + 7),
                     MU_OK);
    for (size_t i = count; i > 0; i--) {
        assert_int_equal(mu_buf_printf(&file,
                                       "{\"id\":\"a%zu\",\"type\":\"commentCard\",\"date\":"
                                       "\"2024-01-01T00:00:%02zu.%03zuZ\",\"data\":{\"text\":\"n\","
                                       "\"card\":{\"id\":\"c\"}}}%s",
                                       i, i / 1000 % 60, i % 1000, i == 1 ? "]}" : ","),
                         MU_OK);
    }
}

static void test_import_trello__a_log_cut_at_1000_says_what_is_missing(void **state)
{
    (void)state;
    append_log(1000);
    import_trello(mu_buf_view(&file), &arena, &board);
    assert_int_equal(import_finding(&board, MU_FINDING_ACTIONS_CUT), 1);
    assert_int_equal(import_finding(&board, MU_FINDING_COMMENTS_MISSING), 7);
    assert_text(mu_report_find(&board.report, MU_FINDING_COMMENTS_MISSING)->text,
                "7 of 1,007 comments not in the file (Trello stops at 1,000 actions)");

    append_log(999);
    import_trello(mu_buf_view(&file), &arena, &board);
    assert_int_equal(import_finding(&board, MU_FINDING_ACTIONS_CUT), 0);
    assert_text(mu_report_find(&board.report, MU_FINDING_COMMENTS_MISSING)->text,
                "7 of 1,006 comments not in the file");
    assert_int_equal(board.comments[0].at_ms % 1000, 1); /* oldest first */
}

/* -- what is no export ---------------------------------------------------------------------------
 */

static void test_import_trello__refuses_what_is_no_export(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum mu_status status;
        const char *message;
    } bad[] = {
        {"", MU_E_INVALID, "the file is empty"},
        {"<!DOCTYPE html>", MU_E_INVALID, "a web page"},
        {"PK\x03\x04zip", MU_E_INVALID, "a zip archive"},
        {"\xff\xfe{", MU_E_INVALID, "UTF-16"},
        {"[]", MU_E_INVALID, "a JSON list"},
        {"hello", MU_E_INVALID, "line 1, column 1"},
        {"{}", MU_E_INVALID, "not an export of a Trello board"},
        {"{\"data\":[]}", MU_E_INVALID, "an export of Asana"},
        {"{\"_id\":\"x\",\"cards\":[],\"lists\":[]}", MU_E_INVALID, "an export of Wekan"},
        {"{\"lists\":[]}", MU_E_INVALID, "its id is missing"},
        {"{\"id\":\"b\",\"lists\":[]", MU_E_INVALID, "the file ends in the middle"},
        {"{\"id\":\"b\",\"lists\":[],\"lists\":[]}", MU_E_INVALID, "a key stands twice"},
        {"{\"id\":\"b\",\n\"lists\":[{\"id\":\"x\",\"id\":\"y\"}]}", MU_E_INVALID,
         "line 2, column "},
        {"{\"id\":\"b\",\"lists\":[{\"id\":\"\\ud800\"}]}", MU_E_INVALID, "surrogate"},
        {"{\"id\":\"b\",\"lists\":[{\"id\":\"x\",\"pos\":1e999}]}", MU_E_INVALID,
         "a number is too large"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        import_refused(mu_slice_str(bad[i].text), bad[i].status, bad[i].message);
    }
}

static void test_import_trello__every_file_cut_short_is_refused(void **state)
{
    (void)state;
    static const char *const names[] = {"orion.json", "trello-2015.json", "trello-card.json"};
    for (size_t i = 0; i < 3; i++) {
        import_read_board(names[i], &file);
        size_t end = file.len;
        while (file.data[end - 1] == '\n') {
            end--;
        }
        for (size_t len = 0; len < end; len += i == 0 ? 1009 : 61) {
            import_refused(mu_slice_of(file.data, len), MU_E_INVALID, "");
        }
        import_refused(mu_slice_of(file.data, end - 1), MU_E_INVALID, "ends in the middle");
        mu_buf_deinit(&file);
    }
    mu_buf_init(&file, 1);
}

static void test_import_trello__no_flipped_byte_does_harm(void **state)
{
    (void)state;
    import_read_board("trello-card.json", &file);
    for (size_t at = 0; at < file.len; at++) {
        struct mu_source_board read;
        struct mu_error err = {0};
        uint8_t kept = file.data[at];
        static const uint8_t others[] = {'"', '{', ']', '0', '\\', 0x00, 0xff};
        struct mu_slice view = mu_buf_view(&file);
        file.data[at] = others[at % sizeof others];
        enum mu_status status = mu_trello_read(&view, 1, &arena, &read, &err);
        assert_true(status == MU_OK || (err.status == status && err.text[0] != '\0'));
        file.data[at] = kept;
        mu_arena_clear(&arena);
    }
}

static void test_import_trello__limits_are_kept(void **state)
{
    (void)state;
    struct mu_error err = {0};
    import_read_board("trello-card.json", &file);
    struct mu_slice view = mu_buf_view(&file);
    static const char *const names[] = {"card.json"};
    struct mu_trello_options options = {.names = names, .file_max = view.len};
    assert_int_equal(mu_trello_read_with(&view, 1, &options, &arena, &board, &err), MU_OK);
    options.file_max = view.len - 1;
    assert_int_equal(mu_trello_read_with(&view, 1, &options, &arena, &board, &err), MU_E_LIMIT);
    assert_non_null(strstr(err.text, "'card.json': "));
    assert_non_null(strstr(err.text, "larger than"));
    assert_int_equal(mu_trello_read(&view, 0, &arena, &board, &err), MU_E_INVALID);

    mu_buf_clear(&file);
    assert_int_equal(mu_buf_append_str(&file, "{\"id\":\"b\",\"lists\":"), MU_OK);
    for (size_t i = 0; i < 100000; i++) {
        assert_int_equal(mu_buf_append_byte(&file, '['), MU_OK);
    }
    import_refused(mu_buf_view(&file), MU_E_LIMIT, "nested too deep");

    mu_buf_clear(&file);
    assert_int_equal(mu_buf_append_str(&file, "{\"id\":\"b\",\"lists\":[{\"id\":\"x\",\"z\":[0"),
                     MU_OK);
    for (size_t i = 0; i < (size_t)4 * 1024 * 1024 + 10; i++) {
        assert_int_equal(mu_buf_append(&file, ",0", 2), MU_OK);
    }
    assert_int_equal(mu_buf_append_str(&file, "]}]}"), MU_OK);
    import_refused(mu_buf_view(&file), MU_E_LIMIT, "larger than 8 MiB");
}

static void test_import_trello__too_little_memory_is_an_error_at_every_step(void **state)
{
    (void)state;
    import_read_board("orion.json", &file);
    struct mu_slice view = mu_buf_view(&file);
    import_trello(view, &arena, &board);
    size_t needed = arena.used;
    for (size_t max = 0; max < needed; max += max < 20000 ? 509 : 4999) {
        struct mu_arena small;
        struct mu_error err = {0};
        mu_arena_init(&small, max);
        assert_int_equal(mu_trello_read(&view, 1, &small, &board, &err), MU_E_LIMIT);
        assert_true(err.text[0] != '\0');
        mu_arena_deinit(&small);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(test_import_trello__##name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(orion_counts),
        TEST(who_was_added_last_owns_and_the_others_help),
        TEST(a_card_keeps_all_it_has),
        TEST(the_log_is_told_in_sentences),
        TEST(secret_addresses_are_left_behind),
        TEST(a_file_of_2015_has_its_labels_in_the_cards),
        TEST(the_export_of_a_card_is_a_board_with_that_card),
        TEST(almost_everything_may_be_missing),
        TEST(equal_positions_and_numbers_are_no_keys),
        TEST(what_stands_twice_is_taken_once),
        TEST(hostile_texts_stay_what_they_are),
        TEST(texts_are_cut_at_a_character_and_reported),
        TEST(a_log_cut_at_1000_says_what_is_missing),
        TEST(refuses_what_is_no_export),
        TEST(every_file_cut_short_is_refused),
        TEST(no_flipped_byte_does_harm),
        TEST(limits_are_kept),
        TEST(too_little_memory_is_an_error_at_every_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
