/* Real exports, read from outside the tree: what an import must count exactly.  The
 * figures are those of the note that stands beside the samples. */
#include "client/import/csv_map.h"
#include "tests/unit/import_fixture.h"
#include "tests/unit/import_world.h"

struct expected {
    enum mu_count_kind kind;
    size_t in, out;
};

static void check_counts(const struct mu_source_board *board, const struct expected *expected,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t in = board->report.in[expected[i].kind];
        size_t out = board->report.out[expected[i].kind];
        if (in != expected[i].in || out != expected[i].out) {
            fail_msg("%s: %zu in, %zu out, expected %zu and %zu", mu_count_key(expected[i].kind),
                     in, out, expected[i].in, expected[i].out);
        }
    }
}

/* Changes of a due date that a card had: to another, or to none. */
static size_t moves_of_due(const struct mu_source_board *board)
{
    static const char *const fronts[] = {"moved the due date from ",
                                         "removed the due date, it was "};
    size_t count = 0;
    for (size_t i = 0; i < board->activity_count; i++) {
        struct mu_slice text = board->activities[i].text;
        for (size_t k = 0; k < 2; k++) {
            size_t len = strlen(fronts[k]);
            count += text.len > len && memcmp(text.data, fronts[k], len) == 0 ? 1 : 0;
        }
    }
    return count;
}

static void read_sample(const char *name, struct mu_buf *file, struct mu_arena *arena,
                        struct mu_source_board *board)
{
    import_read_sample(name, file);
    mu_arena_init(arena, ARENA_MAX);
    import_trello(mu_buf_view(file), arena, board);
    assert_true(arena->used <= 2 * file->len + (size_t)1024 * 1024);
}

#define SAME(kind, number)                  \
    {                                       \
        MU_COUNT_##kind, (number), (number) \
    }

static void test_import_samples__amirite_counts_exactly(void **state)
{
    (void)state;
    static const struct expected expected[] = {
        SAME(CARDS, 81),
        SAME(CARDS_ARCHIVED, 23),
        SAME(LISTS, 7),
        SAME(LISTS_CLOSED, 0),
        SAME(LABELS, 6),
        SAME(CHECKLISTS, 11),
        SAME(ITEMS, 23),
        SAME(ITEMS_DONE, 12),
        SAME(MEMBERS, 3),
        SAME(ACTIONS, 753),
        SAME(CARDS_OWNERLESS, 80),
        SAME(CARDS_ONE_MEMBER, 0),
        SAME(CARDS_SHARED, 1),
        SAME(CARDS_DUE, 21),
        SAME(CARDS_COMPLETE, 7),
        SAME(COMMENTS, 3),
        {MU_COUNT_COMMENTS_CLAIMED, 3, 0},
        SAME(ACTIONS_DELETED, 6),
    };
    struct mu_buf file;
    struct mu_arena arena;
    struct mu_source_board board;
    read_sample("trello-2018-amirite.json", &file, &arena, &board);

    check_counts(&board, expected, sizeof expected / sizeof expected[0]);
    assert_int_equal(moves_of_due(&board), 12);
    assert_int_equal(import_finding(&board, MU_FINDING_COMMENTS_MISSING), 0);
    assert_int_equal(import_finding(&board, MU_FINDING_ACTIONS_CUT), 0);
    size_t foreign = 0;
    for (size_t i = 0; i < board.card_count; i++) {
        bool ascii = true;
        for (size_t k = 0; k < board.cards[i].title.len; k++) {
            ascii = ascii && board.cards[i].title.data[k] < 0x80;
        }
        for (size_t k = 0; k < board.cards[i].desc.len; k++) {
            ascii = ascii && board.cards[i].desc.data[k] < 0x80;
        }
        foreign += ascii ? 0 : 1;
    }
    assert_int_equal(foreign, 43);

    mu_arena_deinit(&arena);
    mu_buf_deinit(&file);
}

static void test_import_samples__tapmovies_counts_exactly(void **state)
{
    (void)state;
    static const struct expected expected[] = {
        SAME(CARDS, 62),
        SAME(CARDS_ARCHIVED, 1),
        SAME(LISTS, 7),
        SAME(LISTS_CLOSED, 2),
        SAME(LABELS, 6),
        SAME(LABELS_UNNAMED, 6),
        SAME(CHECKLISTS, 0),
        SAME(MEMBERS, 4),
        SAME(ACTIONS, 378),
        SAME(CARDS_OWNERLESS, 22),
        SAME(CARDS_ONE_MEMBER, 21),
        SAME(CARDS_SHARED, 19),
        SAME(CARDS_DUE, 0),
        SAME(COMMENTS, 17),
        {MU_COUNT_COMMENTS_CLAIMED, 17, 0},
        SAME(ACTIONS_GONE, 42),
        SAME(ACTIONS_DELETED, 10),
        SAME(GONE, 2),
    };
    struct mu_buf file;
    struct mu_arena arena;
    struct mu_source_board board;
    read_sample("trello-2017-tapmovies.json", &file, &arena, &board);

    check_counts(&board, expected, sizeof expected / sizeof expected[0]);
    assert_int_equal(import_finding(&board, MU_FINDING_COMMENTS_MISSING), 0);

    mu_arena_deinit(&arena);
    mu_buf_deinit(&file);
}

static void test_import_samples__custom_fields_come_whole(void **state)
{
    (void)state;
    static const struct expected expected[] = {
        SAME(CARDS, 3),           SAME(CARDS_ARCHIVED, 0),
        SAME(LISTS, 3),           SAME(LABELS, 6),
        SAME(LABELS_UNNAMED, 6),  SAME(CHECKLISTS, 0),
        SAME(MEMBERS, 1),         SAME(ACTIONS, 33),
        SAME(CARDS_OWNERLESS, 0), SAME(CARDS_ONE_MEMBER, 3),
        SAME(CARDS_SHARED, 0),    SAME(CARDS_DUE, 0),
        SAME(COMMENTS, 0),        SAME(FIELDS, 5),
    };
    struct mu_buf file;
    struct mu_arena arena;
    struct mu_source_board board;
    read_sample("trello-2021-customfields-wekan.json", &file, &arena, &board);

    check_counts(&board, expected, sizeof expected / sizeof expected[0]);
    uint32_t card = import_card_index(&board, "Write code");
    size_t seen = 0;
    for (size_t i = 0; i < board.value_count; i++) {
        const struct mu_source_value *value = &board.values[i];
        const struct mu_source_field *field = &board.fields[value->field];
        if (value->card != card) {
            continue;
        }
        seen++;
        if (mu_slice_equal(field->kind, mu_slice_str("checkbox"))) {
            assert_text(value->text, "true");
        } else if (mu_slice_equal(field->kind, mu_slice_str("date"))) {
            assert_text(value->text, "2021-01-07 10:00 UTC");
        } else {
            assert_text(value->text, "Hello");
        }
    }
    assert_int_equal(seen, 3);

    mu_arena_deinit(&arena);
    mu_buf_deinit(&file);
}

static void test_import_samples__a_real_board_arrives_and_a_second_plan_is_empty(void **state)
{
    (void)state;
    static const char *const names[] = {"trello-2017-tapmovies.json", "trello-2018-amirite.json",
                                        "trello-2021-customfields-wekan.json"};
    for (size_t i = 0; i < 3; i++) {
        struct mu_buf file;
        struct mu_arena arena;
        struct mu_source_board board;
        struct import_world world;
        import_read_sample(names[i], &file);
        mu_arena_init(&arena, ARENA_MAX);
        import_trello(mu_buf_view(&file), &arena, &board);
        import_world_open(&world);

        struct mu_plan first = import_world_import(&world, &board);
        struct mu_plan second = import_world_plan(&world, &board);

        assert_int_equal(first.counts[MU_PLAN_TASKS].created, board.card_count);
        assert_int_equal(first.counts[MU_PLAN_COLUMNS].created, board.list_count);
        assert_int_equal(first.counts[MU_PLAN_COMMENTS].created, board.comment_count);
        assert_int_equal(first.counts[MU_PLAN_ACTIVITIES].created, board.activity_count);
        assert_int_equal(second.intent_count, 0);
        assert_int_equal(mu_plan_change_count(&second), 0);
        for (size_t k = 0; k < MU_PLAN_KINDS; k++) {
            assert_int_equal(second.counts[k].unchanged,
                             first.counts[k].created + first.counts[k].unchanged);
        }

        import_world_close(&world);
        mu_arena_deinit(&arena);
        mu_buf_deinit(&file);
    }
}

static void test_import_samples__an_api_table_comes_whole(void **state)
{
    (void)state;
    struct mu_buf file;
    struct mu_arena arena;
    struct mu_csv_table table;
    struct mu_csv_map map;
    struct mu_source_board board;
    struct mu_error err = {0};
    struct mu_csv_origin origin = {mu_slice_str("mytasks"), mu_slice_str("My tasks"), false};
    import_read_sample("asana-2026-api-mytasks.scrubbed.csv", &file);
    mu_arena_init(&arena, ARENA_MAX);

    assert_int_equal(mu_csv_read(mu_buf_view(&file), &arena, &table, &err), MU_OK);
    assert_int_equal(mu_csv_map_asana(&table, &arena, &map, &err), MU_OK);
    assert_int_equal(mu_csv_board(&table, &map, &origin, &arena, &board, &err), MU_OK);

    assert_true(mu_source_check(&board));
    assert_int_equal(board.card_count, 192);
    assert_int_equal(table.header.cell_count, 55);
    assert_int_equal(import_finding(&board, MU_FINDING_BAD_DATE), 0);
    size_t lines = 0;
    size_t done = 0;
    for (size_t i = 0; i < board.card_count; i++) {
        const struct mu_source_card *card = &board.cards[i];
        lines += card->desc.len > 0 && memchr(card->desc.data, '\n', card->desc.len) != NULL;
        done += card->due_complete ? 1 : 0;
        assert_int_equal(card->id.len, 16);
    }
    assert_int_equal(done, 34);
    assert_int_equal(lines, 76);
    /* Tasks of many projects: a board of the file.  What is no column of Asana is a field. */
    assert_text(board.system, "asana");
    assert_text(board.name, "My tasks");
    assert_int_equal(board.field_count, 39);
    assert_int_equal(import_finding(&board, MU_FINDING_KEY_DAMAGED), 0);

    mu_arena_deinit(&arena);
    mu_buf_deinit(&file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import_samples__amirite_counts_exactly),
        cmocka_unit_test(test_import_samples__tapmovies_counts_exactly),
        cmocka_unit_test(test_import_samples__custom_fields_come_whole),
        cmocka_unit_test(test_import_samples__an_api_table_comes_whole),
        cmocka_unit_test(test_import_samples__a_real_board_arrives_and_a_second_plan_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
