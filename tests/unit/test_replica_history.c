/* Who changed a row, and when: every change that touched it is found, none that did not, also
 * where a state transfer brought the row without its changes; and what the rules ask. */
#include "tests/unit/replica_fixture.h"

#define ROWS 12
#define SEQS 400

/* Which seqs touched each row. */
struct truth {
    bool touched[ROWS][SEQS + 1];
};

static uint32_t entity_of(size_t row)
{
    return row % 3 == 2 ? 4242 : (row % 3 == 1 ? MU_PERSON : MU_TASK);
}

static void note(struct board *board, uint64_t seq)
{
    struct mu_error err = {0};
    struct mu_change change = {.seq = seq,
                               .mutation_id = id_of(seq),
                               .replica = id_of(1000 + seq % 3),
                               .person = id_of(2000 + seq % 5),
                               .device = id_of(3000 + seq % 7),
                               .intent = MU_INTENT_TASK_EDIT,
                               .at_ms = -(int64_t)seq,
                               .received_ms = (int64_t)seq * 1000,
                               .verdict = MU_APPLIED_CONFLICT};
    assert_int_equal(mu_replica_note(board->replica, &change, &err), MU_OK);
}

static void change(struct board *board, struct truth *truth, struct mu_dice *dice, uint64_t seq)
{
    struct mu_row effects[4];
    size_t count = mu_dice_below(dice, 5);
    for (size_t i = 0; i < count; i++) {
        size_t row = mu_dice_below(dice, ROWS);
        effects[i] = row_of(entity_of(row), row);
        cell_text(board, &effects[i], 2 + (uint32_t)mu_dice_below(dice, 2), "x");
        truth->touched[row][seq] = true;
    }
    if (seq % 2 == 0) {
        note(board, seq); /* before or after, as the caller likes */
    }
    board_apply(board, effects, count, seq);
    if (seq % 2 == 1) {
        note(board, seq);
    }
}

/* The history of each row, in pages, is that of truth below each of some seqs. */
static void compare(struct board *board, const struct truth *truth, uint64_t up_to)
{
    struct mu_error err = {0};
    static const size_t pages[] = {1, 3, 1000};
    for (size_t row = 0; row < ROWS; row++) {
        for (size_t page = 0; page < 3; page++) {
            uint64_t before = page == 2 ? 0 : up_to / (page + 1);
            uint64_t expect = before == 0 ? up_to : before - 1;
            for (bool more = true; more;) {
                uint64_t *seqs = NULL;
                size_t count = 0;
                assert_int_equal(mu_replica_touched(board->replica, &board->arena, id_of(row),
                                                    before, pages[page], &seqs, &count, &err),
                                 MU_OK);
                for (size_t i = 0; i < count; i++) {
                    while (expect > 0 && !truth->touched[row][expect]) {
                        expect--;
                    }
                    assert_int_equal(seqs[i], expect--);
                    before = seqs[i];
                }
                more = count == pages[page] && before > 1;
            }
            while (expect > 0) {
                assert_false(truth->touched[row][expect--]);
            }
        }
    }
}

static void test_replica_history__every_touch_is_found(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct board board;
        static struct truth truth;
        struct mu_dice dice = {.state = seed};
        struct mu_error err = {0};
        truth = (struct truth){0};
        board_open(&board);
        for (uint64_t seq = 1; seq <= SEQS; seq++) {
            change(&board, &truth, &dice, seq);
            if (seq % 10 == 0) { /* an edit that nobody has confirmed is no history */
                struct mu_row edit = row_of(MU_TASK, 3 * mu_dice_below(&dice, 4));
                cell_text(&board, &edit, 5, "mine");
                assert_int_equal(mu_replica_overlay(board.replica, &board.arena, &edit, &err),
                                 MU_OK);
            }
        }
        compare(&board, &truth, SEQS);
        struct mu_note last;
        bool found = false;
        assert_int_equal(mu_replica_note_get(board.replica, SEQS, &last, &found, &err), MU_OK);
        assert_true(found);
        board_close(&board);
    }
}

static void test_replica_history__a_row_nobody_touched_has_none(void **state)
{
    (void)state;
    struct board board;
    struct mu_error err = {0};
    uint64_t *seqs = NULL;
    size_t count = 7;
    board_open(&board);
    struct mu_row edit = row_of(MU_TASK, 1);
    cell_text(&board, &edit, 5, "mine");
    assert_int_equal(mu_replica_overlay(board.replica, &board.arena, &edit, &err), MU_OK);
    for (uint64_t row = 1; row <= 2; row++) {
        count = 7;
        assert_int_equal(
            mu_replica_touched(board.replica, &board.arena, id_of(row), 0, 10, &seqs, &count, &err),
            MU_OK);
        assert_int_equal(count, 0);
    }
    board_close(&board);
}

static void move_everything(struct board *from, struct board *to)
{
    struct mu_error err = {0};
    struct mu_row_refs stale;
    for (unsigned bucket = 0; bucket < MU_BUCKET_COUNT; bucket++) {
        struct mu_buf rows MU_BUF_AUTO;
        mu_buf_init(&rows, 1 << 20);
        board_bucket(from, bucket, 1 << 18, &rows);
        assert_int_equal(mu_replica_bucket_replace(to->replica, &to->arena, bucket,
                                                   mu_buf_view(&rows), &stale, &err),
                         MU_OK);
    }
}

/* What was followed is found, and nothing else than the truth, in one page or in many. */
static void compare_gaps(struct board *board, const struct truth *truth,
                         const struct truth *followed)
{
    struct mu_error err = {0};
    for (size_t row = 0; row < ROWS; row++) {
        static struct truth told;
        told = (struct truth){0};
        uint64_t before = 0;
        for (bool more = true; more;) {
            uint64_t *seqs = NULL;
            size_t count = 0;
            assert_int_equal(mu_replica_touched(board->replica, &board->arena, id_of(row), before,
                                                1 + row * 5, &seqs, &count, &err),
                             MU_OK);
            for (size_t i = 0; i < count; i++) {
                assert_true(before == 0 || seqs[i] < before);
                before = seqs[i];
                told.touched[row][before] = true;
            }
            more = count > 0;
        }
        for (uint64_t seq = 1; seq <= SEQS; seq++) {
            assert_true(truth->touched[row][seq] || !told.touched[row][seq]);
            assert_true(told.touched[row][seq] || !followed->touched[row][seq]);
        }
    }
}

/* Follows changes, sleeps, gets a transfer, follows again, twice. */
static void test_replica_history__a_transfer_leaves_a_gap_but_loses_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        struct board server;
        struct board client;
        static struct truth truth;
        static struct truth followed;
        struct mu_dice server_dice = {.state = seed};
        truth = (struct truth){0};
        followed = (struct truth){0};
        board_open(&server);
        board_open(&client);
        for (uint64_t seq = 1; seq <= SEQS; seq++) {
            struct mu_dice client_dice = server_dice;
            change(&server, &truth, &server_dice, seq);
            if (seq <= 100 || (seq > 200 && seq <= 210) || seq > 300) {
                change(&client, &followed, &client_dice, seq);
            }
            if (seq == 200 || seq == 300) {
                move_everything(&server, &client);
            }
            if (seq == 200 || seq == 205 || seq == 300) {
                compare_gaps(&client, &truth, &followed);
            }
        }
        compare(&server, &truth, SEQS);
        compare_gaps(&client, &truth, &followed);
        board_close(&client);
        board_close(&server);
    }
}

static void test_replica_history__rows_of_a_first_transfer_tell_what_their_cells_know(void **state)
{
    (void)state;
    struct board server;
    struct board client;
    struct mu_error err = {0};
    board_open(&server);
    board_open(&client);
    for (uint64_t seq = 1; seq <= 6; seq++) {
        struct mu_row effect = row_of(MU_TASK, 1);
        cell_int(&server, &effect, seq % 2 == 0 ? MU_TASK_NO : (uint32_t)seq + 1, 1);
        board_apply(&server, &effect, 1, seq);
    }
    move_everything(&server, &client);
    uint64_t *seqs = NULL;
    size_t count = 0;

    assert_int_equal(
        mu_replica_touched(client.replica, &client.arena, id_of(1), 0, 10, &seqs, &count, &err),
        MU_OK);

    static const uint64_t known[] = {6, 5, 3, 1}; /* 2 and 4 were overwritten */
    assert_int_equal(count, 4);
    assert_memory_equal(seqs, known, sizeof known);
    board_close(&client);
    board_close(&server);
}

static void test_replica_history__a_note_tells_who_and_when(void **state)
{
    (void)state;
    struct board board;
    struct mu_error err = {0};
    struct mu_note found_note;
    bool found = true;
    board_open(&board);
    note(&board, 41);
    note(&board, 42);
    assert_int_equal(mu_replica_note_get(board.replica, 43, &found_note, &found, &err), MU_OK);
    assert_false(found);

    assert_int_equal(mu_replica_note_get(board.replica, 42, &found_note, &found, &err), MU_OK);

    assert_true(found);
    assert_int_equal(found_note.seq, 42);
    assert_true(mu_id_equal(found_note.mutation, id_of(42)));
    assert_true(mu_id_equal(found_note.replica, id_of(1000)));
    assert_true(mu_id_equal(found_note.person, id_of(2002)));
    assert_true(mu_id_equal(found_note.device, id_of(3000)));
    assert_int_equal(found_note.intent, MU_INTENT_TASK_EDIT);
    assert_int_equal(found_note.verdict, MU_APPLIED_CONFLICT);
    assert_int_equal(found_note.at_ms, -42);
    assert_int_equal(found_note.received_ms, 42000);

    struct mu_world world = mu_replica_world(board.replica);
    struct mu_writer writer;
    assert_int_equal(world.writer(world.state, 42, &writer, &found, &err), MU_OK);
    assert_true(found);
    assert_true(mu_id_equal(writer.replica, id_of(1000)));
    assert_int_equal(writer.at_ms, -42);
    board_close(&board);
}

static void test_replica_history__what_a_dead_lineage_said_can_be_forgotten(void **state)
{
    (void)state;
    struct board board;
    struct mu_error err = {0};
    struct mu_note old;
    bool found = true;
    uint64_t *seqs = NULL;
    size_t count = 0;
    board_open(&board);
    struct mu_row effect = row_of(MU_TASK, 1);
    cell_int(&board, &effect, MU_TASK_NO, 1);
    for (uint64_t seq = 1; seq <= 5; seq++) {
        board_apply(&board, &effect, 1, seq);
        note(&board, seq);
    }

    assert_int_equal(mu_replica_history_drop(board.replica, 3, &err), MU_OK);

    assert_int_equal(mu_replica_note_get(board.replica, 4, &old, &found, &err), MU_OK);
    assert_false(found);
    assert_int_equal(mu_replica_note_get(board.replica, 3, &old, &found, &err), MU_OK);
    assert_true(found);
    assert_int_equal(
        mu_replica_touched(board.replica, &board.arena, effect.id, 4, 10, &seqs, &count, &err),
        MU_OK);
    assert_int_equal(count, 0); /* the way back from 5 is gone; the row is to be replaced */
    board_close(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replica_history__every_touch_is_found),
        cmocka_unit_test(test_replica_history__a_row_nobody_touched_has_none),
        cmocka_unit_test(test_replica_history__a_transfer_leaves_a_gap_but_loses_nothing),
        cmocka_unit_test(test_replica_history__rows_of_a_first_transfer_tell_what_their_cells_know),
        cmocka_unit_test(test_replica_history__a_note_tells_who_and_when),
        cmocka_unit_test(test_replica_history__what_a_dead_lineage_said_can_be_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
