/* The board as cards: what stands where, in which words, and that a window of it is the same cards
 * as the whole. */
#include "tests/unit/view_fixture.h"

#include "client/view/cards.h"

static struct board board;
static struct mu_names names;
static struct mu_cards cards;
static struct mu_viewpoint from;
static struct mu_card_filter filter;
static const struct mu_card_query query = {.names = &names, .from = &from, .filter = &filter};

static int enter(void **state)
{
    struct mu_error err;
    (void)state;
    view_board(&board, &names);
    assert_int_equal(mu_cards_open(&cards, &board.db, &err), MU_OK);
    /* Tue 24 Nov 2026, 14:00 UTC. */
    from = (struct mu_viewpoint){.now = {INT64_C(1795528800000)},
                                 .zone = mu_zone_utc(),
                                 .zone_name = "UTC",
                                 .day_end_minute = names.day_end_minute};
    filter = (struct mu_card_filter){.due = MU_CARD_DUE_ANY};
    return 0;
}

static int leave(void **state)
{
    (void)state;
    mu_cards_close(&cards);
    board_close(&board);
    return 0;
}

/* The whole board in words, as muster board --plain tells it. */
static void tell(struct mu_buf *out)
{
    struct mu_error err;
    struct mu_lane lanes[MU_LANES_MAX];
    size_t count = 0;
    const struct mu_board_name *work = mu_names_board(&names, id_of(BOARD_WORK));
    mu_buf_init(out, 65536);
    assert_int_equal(mu_cards_lanes(&cards, &query, work, lanes, &count, &err), MU_OK);
    for (size_t i = 0; i < count; i++) {
        struct mu_card *list = NULL;
        size_t card_count = 0;
        assert_int_equal(mu_words_lane(out, &lanes[i]), MU_OK);
        assert_int_equal(mu_buf_append_str(out, "\n"), MU_OK);
        assert_int_equal(mu_cards_window(&cards, &query, lanes[i].column->id, 0, 50, &board.arena,
                                         &list, &card_count, &err),
                         MU_OK);
        assert_int_equal(card_count, lanes[i].count);
        for (size_t j = 0; j < card_count; j++) {
            const char *ref = list[j].line.ref;
            (void)memcpy(list[j].line.ref, list[j].line.no > 0 ? ref : "~new", 5);
            assert_int_equal(mu_buf_append_str(out, "  "), MU_OK);
            assert_int_equal(mu_words_card(out, &list[j]), MU_OK);
            assert_int_equal(mu_buf_append_str(out, "\n"), MU_OK);
        }
    }
    assert_int_equal(mu_buf_append_byte(out, 0), MU_OK);
}

static void tells(const char *expected)
{
    MU_BUF_AUTO struct mu_buf text;
    tell(&text);
    assert_string_equal((const char *)text.data, expected);
}

static void test_cards__tell_the_board_in_words(void **state)
{
    (void)state;

    tells("To do 2\n"
          "  ~new Test \xc3\x84rger\\x1b[2J, nobody\n"
          "  T-1 Call Kowalczyk, @ana, due Fri 3 d\n"
          "Doing 1\n"
          "  T-2 Parser, @kofi +1, #sales #red\n"
          "Shipped 1\n"
          "  T-3 Ship 2.0, done, nobody\n");
}

static void test_cards__a_filter_leaves_what_fits(void **state)
{
    (void)state;
    filter = (struct mu_card_filter){.by_owner = true, .owner = id_of(ANA)};
    tells("To do 1\n  T-1 Call Kowalczyk, @ana, due Fri 3 d\nDoing 0\nShipped 0\n");

    filter = (struct mu_card_filter){.by_label = true, .label = id_of(LABEL_RED)};
    tells("To do 0\nDoing 1\n  T-2 Parser, @kofi +1, #sales #red\nShipped 0\n");

    filter = (struct mu_card_filter){.words = {mu_slice_str("\xc3\xa4r")}, .word_count = 1};
    tells("To do 1\n  ~new Test \xc3\x84rger\\x1b[2J, nobody\nDoing 0\nShipped 0\n");

    filter = (struct mu_card_filter){.words = {mu_slice_str("t-2")}, .word_count = 1};
    tells("To do 0\nDoing 1\n  T-2 Parser, @kofi +1, #sales #red\nShipped 0\n");

    filter = (struct mu_card_filter){.due = MU_CARD_DUE_WEEK};
    tells("To do 1\n  T-1 Call Kowalczyk, @ana, due Fri 3 d\nDoing 0\nShipped 0\n");

    filter = (struct mu_card_filter){.due = MU_CARD_DUE_LATE};
    tells("To do 0\nDoing 0\nShipped 0\n");
}

static void due_reads(int64_t now_ms, const char *due, enum mu_due_mark mark, const char *expected)
{
    struct mu_task_line line = {.due = mu_slice_str(due), .state = MU_STATE_OPEN};
    struct mu_viewpoint then = from;
    enum mu_due_mark found = MU_DUE_UNMARKED;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 256);
    then.now.ms = now_ms;
    assert_int_equal(mu_words_card_due(&text, &line, &then, &found), MU_OK);
    assert_int_equal(mu_buf_append_byte(&text, 0), MU_OK);
    assert_string_equal((const char *)text.data, expected);
    assert_int_equal(found, mark);
}

static void test_cards__a_due_has_a_shape_a_word_and_a_mark(void **state)
{
    (void)state;
    int64_t now = from.now.ms;
    int64_t day = INT64_C(86400000);
    due_reads(now, "", MU_DUE_UNMARKED, "");
    due_reads(now, "2026-11-24", MU_DUE_TODAY, "\xe2\x97\x86 today");
    due_reads(now, "2026-11-24T15:30", MU_DUE_TODAY, "\xe2\x97\x86 today 15:30");
    due_reads(now, "2026-11-24T13:30", MU_DUE_LATE, "! late today");
    due_reads(now, "2026-11-25", MU_DUE_SOON, "\xe2\x97\x87 tomorrow");
    due_reads(now, "2026-11-27", MU_DUE_SOON, "\xe2\x97\x87 Fri 3 d");
    due_reads(now + 4 * day, "2026-11-27", MU_DUE_LATE, "! late 1 d");
    due_reads(now - 30 * day, "2026-11-27", MU_DUE_LATER, "Fri 27 Nov");
}

static void finds(uint64_t task, bool expected, uint64_t column, int64_t index)
{
    struct mu_error err;
    struct mu_id found_column;
    int64_t found_index = -1;
    bool found = false;
    assert_int_equal(
        mu_cards_find(&cards, &query, id_of(task), &found_column, &found_index, &found, &err),
        MU_OK);
    assert_int_equal(found, expected);
    if (expected) {
        assert_true(mu_id_equal(found_column, id_of(column)));
        assert_int_equal(found_index, index);
    }
}

static void test_cards__are_found_where_the_window_has_them(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_card *list = NULL;
    size_t count = 0;

    finds(TASK_CALL, true, COLUMN_TODO, 1);
    finds(TASK_TEST, true, COLUMN_TODO, 0);
    finds(TASK_TRASHED, false, 0, 0);
    finds(9999, false, 0, 0);
    assert_int_equal(mu_cards_window(&cards, &query, id_of(COLUMN_TODO), 1, 5, &board.arena, &list,
                                     &count, &err),
                     MU_OK);
    assert_int_equal(count, 1);
    assert_string_equal(list[0].line.ref, "T-1");
    filter = (struct mu_card_filter){.by_owner = true, .owner = id_of(ANA)};
    finds(TASK_CALL, true, COLUMN_TODO, 0);
    finds(TASK_TEST, false, 0, 0);
}

static void test_cards__a_column_over_its_limit_says_so(void **state)
{
    (void)state;
    struct mu_column_name column = {.name = mu_slice_str("Doing"), .wip_limit = 3};
    struct mu_lane lane = {.column = &column, .count = 4, .open = 4};
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, 256);

    assert_int_equal(mu_words_lane(&text, &lane), MU_OK);
    assert_int_equal(mu_buf_append_byte(&text, 0), MU_OK);

    assert_string_equal((const char *)text.data, "Doing 4/3 over its limit");
}

#define ON_BOARD(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOARD(test_cards__tell_the_board_in_words),
        ON_BOARD(test_cards__a_filter_leaves_what_fits),
        ON_BOARD(test_cards__a_due_has_a_shape_a_word_and_a_mark),
        ON_BOARD(test_cards__are_found_where_the_window_has_them),
        ON_BOARD(test_cards__a_column_over_its_limit_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
