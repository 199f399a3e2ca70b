/* The rules' questions: wrong neighbours scramble a board, a wrong last number gives two tasks
 * one name. */
#include "tests/unit/replica_fixture.h"

#include <stdlib.h>

struct place {
    const char *rank;
    uint64_t number;
};

/* In order: by rank, then id. */
static const struct place places[] = {{"A", 40}, {"a", 11}, {"a", 12}, {"aV", 3}, {"b", 2}};
#define PLACES (sizeof places / sizeof places[0])

static const struct ordered {
    uint32_t entity, parent, rank;
} ordered[] = {{MU_TASK, MU_TASK_COLUMN, MU_TASK_RANK},
               {MU_COLUMN, MU_COLUMN_BOARD, MU_COLUMN_RANK},
               {MU_CHECKLIST, MU_CHECKLIST_TASK, MU_CHECKLIST_RANK},
               {MU_ITEM, MU_ITEM_CHECKLIST, MU_ITEM_RANK}};

static void put(struct board *board, const struct ordered *kind, struct place place,
                struct mu_id parent)
{
    struct mu_row row = row_of(kind->entity, place.number);
    cell_set(board, &row, kind->parent, mu_id_value(&parent));
    if (place.rank != NULL) {
        cell_text(board, &row, kind->rank, place.rank);
    }
    board_apply(board, &row, 1, 1);
}

static void ask(struct board *board, uint32_t entity, struct place from, bool before,
                const struct place *expected)
{
    struct mu_world world = mu_replica_world(board->replica);
    struct mu_error err = {0};
    struct mu_row row;
    bool found = false;
    struct mu_id id = {0};
    if (from.number != 0) {
        id = id_of(from.number);
    }
    assert_int_equal(world.neighbour(world.state, &board->arena, entity, id_of(900),
                                     mu_slice_str(from.rank), id, before, &row, &found, &err),
                     MU_OK);
    assert_int_equal(found, expected != NULL);
    if (found) {
        assert_true(mu_id_equal(row.id, id_of(expected->number)));
    }
}

static void test_replica_world__neighbours_are_those_by_rank_and_id(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    for (size_t k = 0; k < 4; k++) {
        uint32_t entity = ordered[k].entity;
        for (size_t i = 0; i < PLACES; i++) {
            put(&board, &ordered[k], places[(i * 3) % PLACES], id_of(900));
            put(&board, &ordered[k], (struct place){places[i].rank, 500 + i}, id_of(901));
        }
        put(&board, &ordered[k], (struct place){NULL, 600}, id_of(900));

        for (size_t i = 0; i < PLACES; i++) {
            ask(&board, entity, places[i], false, i + 1 < PLACES ? &places[i + 1] : NULL);
            ask(&board, entity, places[i], true, i > 0 ? &places[i - 1] : NULL);
        }
        struct place open_end = {"", 0};
        ask(&board, entity, open_end, false, &places[0]);
        ask(&board, entity, open_end, true, &places[PLACES - 1]);
        ask(&board, entity, (struct place){"aB", 0}, false, &places[3]);
        ask(&board, entity, (struct place){"aB", 0}, true, &places[2]);
    }
    struct mu_world world = mu_replica_world(board.replica);
    struct mu_error err = {0};
    struct mu_row row;
    bool found = true;
    assert_int_equal(world.neighbour(world.state, &board.arena, MU_TASK, id_of(902),
                                     mu_slice_str(""), id_of(1), false, &row, &found, &err),
                     MU_OK);
    assert_false(found);
    board_close(&board);
}

static void column(struct board *board, uint64_t number, int64_t kind, const char *rank,
                   int64_t archived)
{
    struct mu_id parent = id_of(900);
    struct mu_row row = row_of(MU_COLUMN, number);
    cell_set(board, &row, MU_COLUMN_BOARD, mu_id_value(&parent));
    cell_int(board, &row, MU_COLUMN_KIND, kind);
    cell_text(board, &row, MU_COLUMN_RANK, rank);
    if (archived >= 0) {
        cell_int(board, &row, MU_COLUMN_ARCHIVED, archived);
    }
    board_apply(board, &row, 1, 1);
}

static void test_replica_world__the_first_column_of_a_kind_is_the_leftmost_in_use(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    column(&board, 1, MU_KIND_DONE, "a", 1);
    column(&board, 2, MU_KIND_DONE, "c", -1);
    column(&board, 3, MU_KIND_DONE, "b", 0);
    column(&board, 4, MU_KIND_DOING, "a", -1);
    struct mu_world world = mu_replica_world(board.replica);
    struct mu_error err = {0};
    struct mu_row row;
    bool found = false;

    assert_int_equal(world.column_of_kind(world.state, &board.arena, id_of(900), MU_KIND_DONE, &row,
                                          &found, &err),
                     MU_OK);

    assert_true(found);
    assert_true(mu_id_equal(row.id, id_of(3)));
    assert_int_equal(world.column_of_kind(world.state, &board.arena, id_of(900), MU_KIND_REVIEW,
                                          &row, &found, &err),
                     MU_OK);
    assert_false(found);
    board_close(&board);
}

static void test_replica_world__persons_leads_devices_and_numbers(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    struct mu_world world = mu_replica_world(board.replica);
    struct mu_error err = {0};
    struct mu_id id;
    bool found = true;
    int64_t number = 5;
    assert_int_equal(world.last_number(world.state, MU_TASK, &number, &err), MU_OK);
    assert_int_equal(number, 0);
    for (uint64_t i = 1; i <= 3; i++) {
        struct mu_row person = row_of(MU_PERSON, i);
        cell_text(&board, &person, MU_PERSON_HANDLE, i == 1 ? "ana" : (i == 2 ? "ben" : "Ben"));
        cell_int(&board, &person, MU_PERSON_ROLE, i == 3 ? MU_ROLE_MEMBER : MU_ROLE_LEAD);
        cell_int(&board, &person, MU_PERSON_STATE, i == 2 ? MU_PERSON_REMOVED : MU_PERSON_ACTIVE);
        struct mu_row device = row_of(MU_DEVICE, 10 + i);
        struct mu_id owner = id_of(i == 3 ? 1 : i);
        cell_set(&board, &device, MU_DEVICE_PERSON, mu_id_value(&owner));
        cell_int(&board, &device, MU_DEVICE_STATE, MU_DEVICE_ACTIVE);
        struct mu_row task = row_of(MU_TASK, 20 + i);
        cell_int(&board, &task, MU_TASK_NO, 50 - (int64_t)i);
        struct mu_row effects[] = {person, device, task};
        board_apply(&board, effects, 3, i);
    }

    assert_int_equal(world.person_of_handle(world.state, mu_slice_str("ben"), &id, &found, &err),
                     MU_OK);
    assert_true(found);
    assert_true(mu_id_equal(id, id_of(2)));
    assert_int_equal(world.person_of_handle(world.state, mu_slice_str("be"), &id, &found, &err),
                     MU_OK);
    assert_false(found);
    assert_int_equal(world.other_lead(world.state, id_of(1), &found, &err), MU_OK);
    assert_false(found);
    assert_int_equal(world.other_lead(world.state, id_of(2), &found, &err), MU_OK);
    assert_true(found);
    assert_int_equal(world.other_device(world.state, id_of(1), id_of(11), &found, &err), MU_OK);
    assert_true(found);
    assert_int_equal(world.other_device(world.state, id_of(2), id_of(12), &found, &err), MU_OK);
    assert_false(found);
    assert_int_equal(world.last_number(world.state, MU_TASK, &number, &err), MU_OK);
    assert_int_equal(number, 49);
    assert_int_equal(world.last_number(world.state, MU_BOARD, &number, &err), MU_OK);
    assert_int_equal(number, 0);
    board_close(&board);
}

static void test_replica_world__what_is_bound_to_a_task_in_order_of_ids(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    struct mu_id task = id_of(20);
    struct mu_row rows[7];
    for (uint64_t i = 0; i < 4; i++) { /* two wait, one waits for another task, one is over */
        rows[i] = row_of(MU_BLOCKER, 33 - i);
        struct mu_id needed = i == 2 ? id_of(21) : task;
        cell_set(&board, &rows[i], MU_BLOCKER_NEEDS_TASK, mu_id_value(&needed));
        cell_int(&board, &rows[i], MU_BLOCKER_STATE,
                 i == 3 ? MU_BLOCKER_CLEARED : MU_BLOCKER_IN_HAND);
    }
    for (uint64_t i = 0; i < 2; i++) {
        rows[4 + i] = row_of(MU_COMMITMENT, 40 + i);
        cell_set(&board, &rows[4 + i], MU_COMMITMENT_TASK, mu_id_value(&task));
        cell_int(&board, &rows[4 + i], MU_COMMITMENT_STATE,
                 i == 0 ? MU_COMMITMENT_RENEGOTIATED : MU_COMMITMENT_OPEN);
    }
    rows[6] = row_of(MU_GOAL, 50);
    cell_int(&board, &rows[6], MU_GOAL_NO, 7);
    board_apply(&board, rows, 7, 1);
    struct mu_world world = mu_replica_world(board.replica);
    struct mu_error err = {0};

    const struct {
        enum mu_bond bond;
        uint64_t above, expected; /* 0: none */
    } cases[] = {{MU_BOND_BLOCKER, 0, 32},
                 {MU_BOND_BLOCKER, 32, 33},
                 {MU_BOND_BLOCKER, 33, 0},
                 {MU_BOND_COMMITMENT, 0, 41},
                 {MU_BOND_COMMITMENT, 41, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct mu_row row = {0};
        bool found = true;
        struct mu_id above = cases[i].above == 0 ? (struct mu_id){{0}} : id_of(cases[i].above);
        assert_int_equal(
            world.bound(world.state, &board.arena, cases[i].bond, task, above, &row, &found, &err),
            MU_OK);
        assert_int_equal(found, cases[i].expected != 0);
        assert_true(!found || mu_id_equal(row.id, id_of(cases[i].expected)));
    }
    int64_t number = 0;
    assert_int_equal(world.last_number(world.state, MU_GOAL, &number, &err), MU_OK);
    assert_int_equal(number, 7);
    board_close(&board);
}

/* The rules of a client see its own edits. */
static void test_replica_world__rows_are_the_visible_ones(void **state)
{
    (void)state;
    struct board board;
    board_open(&board);
    struct mu_error err = {0};
    struct mu_row edit = row_of(MU_TASK, 1);
    cell_text(&board, &edit, MU_TASK_TITLE, "mine");
    assert_int_equal(mu_replica_overlay(board.replica, &board.arena, &edit, &err), MU_OK);
    struct mu_world world = mu_replica_world(board.replica);
    struct mu_row row;
    bool found = false;

    assert_int_equal(world.row(world.state, &board.arena, MU_TASK, id_of(1), &row, &found, &err),
                     MU_OK);

    assert_true(found);
    assert_true(mu_slice_equal(mu_row_text(&row, MU_TASK_TITLE), mu_slice_str("mine")));
    board_close(&board);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replica_world__neighbours_are_those_by_rank_and_id),
        cmocka_unit_test(test_replica_world__the_first_column_of_a_kind_is_the_leftmost_in_use),
        cmocka_unit_test(test_replica_world__persons_leads_devices_and_numbers),
        cmocka_unit_test(test_replica_world__what_is_bound_to_a_task_in_order_of_ids),
        cmocka_unit_test(test_replica_world__rows_are_the_visible_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
