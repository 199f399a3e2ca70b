/* Places from neighbours.  At stake: cards that stay where people put them, also when several
 * are put at once, and keys that never run out. */
#include "common/model/rank.h"
#include "tests/harness/cmocka.h"
#include "tests/harness/dice.h"
#include "tests/unit/model_world.h"

static void move(struct stage *s, struct mu_id task)
{
    begin(s, MU_INTENT_TASK_MOVE);
    op(s, MU_TASK, task);
}

static void add(struct stage *s, struct mu_id task, const char *title, enum stage_column column)
{
    op(s, MU_TASK, task);
    with_text(s, MU_TASK_TITLE, title);
    with_id(s, MU_TASK_COLUMN, s->columns[column]);
}

static void test_place__new_rows_go_last_unless_told(void **state)
{
    struct stage *s = *state;
    struct mu_id a = stage_task(s, TODO, "a");
    (void)stage_task(s, TODO, "b");

    begin(s, MU_INTENT_TASK_ADD);
    add(s, stage_id(s), "first", TODO);
    with_id(s, MU_ARG_AFTER, (struct mu_id){0});
    agreed(s, KOFI);
    begin(s, MU_INTENT_TASK_ADD);
    add(s, stage_id(s), "c", TODO);
    with_id(s, MU_ARG_AFTER, a);
    agreed(s, KOFI);
    begin(s, MU_INTENT_TASK_ADD);
    add(s, stage_id(s), "last", TODO);
    with_id(s, MU_ARG_BEFORE, (struct mu_id){0});
    agreed(s, KOFI);
    begin(s, MU_INTENT_TASK_ADD);
    add(s, stage_id(s), "d", TODO);
    with_id(s, MU_ARG_BEFORE, a);
    agreed(s, KOFI);

    assert_order(s, TODO, "first d a c b last");
}

static void test_place__beside_a_neighbour_that_is_elsewhere_or_gone(void **state)
{
    struct stage *s = *state;
    struct mu_id a = stage_task(s, TODO, "a");
    struct mu_id b = stage_task(s, TODO, "b");
    struct mu_id c = stage_task(s, TODO, "c");
    struct mu_id d = stage_task(s, TODO, "d");
    begin(s, MU_INTENT_IMPORT); /* takes its key along into the other column */
    op(s, MU_TASK, b);
    with_id(s, MU_TASK_COLUMN, s->columns[BACKLOG]);
    with(s, MU_TASK_RANK, mu_bytes(mu_row_text(stage_row(s, MU_TASK, b), MU_TASK_RANK)));
    agreed(s, ANA);

    move(s, d);
    with_id(s, MU_ARG_AFTER, b);
    agreed(s, KOFI);
    assert_order(s, TODO, "a d c");
    move(s, c);
    with_id(s, MU_ARG_BEFORE, b);
    agreed(s, KOFI);
    assert_order(s, TODO, "a c d");
    move(s, a);
    with_id(s, MU_ARG_AFTER, stage_id(s));
    agreed(s, KOFI);

    assert_order(s, TODO, "c d a");
}

static void test_place__beside_itself_a_row_stays(void **state)
{
    struct stage *s = *state;
    (void)stage_task(s, TODO, "a");
    struct mu_id b = stage_task(s, TODO, "b");
    (void)stage_task(s, TODO, "c");

    move(s, b);
    with_id(s, MU_ARG_AFTER, b);
    agreed(s, KOFI);
    move(s, b);
    with_id(s, MU_ARG_BEFORE, b);
    agreed(s, KOFI);

    assert_order(s, TODO, "a b c");
}

static void test_place__later_operations_see_earlier_ones(void **state)
{
    struct stage *s = *state;
    struct mu_id a = stage_task(s, TODO, "a");
    struct mu_id b = stage_task(s, TODO, "b");
    struct mu_id c = stage_id(s);
    struct mu_id d = stage_id(s);

    begin(s, MU_INTENT_TASK_ADD);
    add(s, c, "c", TODO);
    with_id(s, MU_ARG_AFTER, a);
    add(s, d, "d", TODO);
    with_id(s, MU_ARG_AFTER, c);
    add(s, stage_id(s), "e", TODO);
    with_id(s, MU_ARG_AFTER, c);
    add(s, stage_id(s), "f", TODO);
    agreed(s, KOFI);
    assert_order(s, TODO, "a c e d b f");
    begin(s, MU_INTENT_TASK_MOVE);
    op(s, MU_TASK, a);
    with_id(s, MU_ARG_AFTER, b);
    op(s, MU_TASK, c);
    with_id(s, MU_ARG_AFTER, a);
    op(s, MU_TASK, d);
    with_id(s, MU_ARG_AFTER, (struct mu_id){0});
    op(s, MU_TASK, a); /* once more: the last word counts */
    with_id(s, MU_ARG_AFTER, d);
    agreed(s, KOFI);

    assert_order(s, TODO, "d a e b c f");
}

/* Chance against an array: moves and additions, several in one intent. */
#define ROWS 40

static void test_place__random_moves_order_as_an_array_does(void **state)
{
    struct stage *s = *state;
    struct mu_dice dice = {.state = 19};
    struct mu_id order[ROWS];
    size_t count = 0;

    for (int round = 0; round < 300; round++) {
        bool adds = count < 4 || (count < ROWS - 4 && mu_dice_below(&dice, 4) == 0);
        begin(s, adds ? MU_INTENT_TASK_ADD : MU_INTENT_TASK_MOVE);
        for (uint64_t ops = 1 + mu_dice_below(&dice, 4); ops > 0; ops--) {
            struct mu_id row = adds ? stage_id(s) : order[mu_dice_below(&dice, count)];
            if (adds) {
                char title[8];
                (void)snprintf(title, sizeof title, "t%zu", count);
                add(s, row, title, TODO);
            } else {
                op(s, MU_TASK, row);
                size_t at = 0;
                while (!mu_id_equal(order[at], row)) {
                    at++;
                }
                memmove(order + at, order + at + 1, (count - at - 1) * sizeof order[0]);
                count--;
            }
            size_t to = (size_t)mu_dice_below(&dice, count + 1);
            if (mu_dice_below(&dice, 2) == 0) {
                with_id(s, MU_ARG_AFTER, to == 0 ? (struct mu_id){0} : order[to - 1]);
            } else {
                with_id(s, MU_ARG_BEFORE, to == count ? (struct mu_id){0} : order[to]);
            }
            memmove(order + to + 1, order + to, (count - to) * sizeof order[0]);
            order[to] = row;
            count++;
        }
        agreed(s, KOFI);

        for (size_t i = 1; i < count; i++) {
            struct mu_slice below = mu_row_text(stage_row(s, MU_TASK, order[i - 1]), MU_TASK_RANK);
            struct mu_slice above = mu_row_text(stage_row(s, MU_TASK, order[i]), MU_TASK_RANK);
            assert_true(mu_slice_compare(below, above) < 0);
        }
    }
}

/* Always between the two newest: the worst that people can do to keys. */
static void test_place__keys_that_grow_long_are_spread(void **state)
{
    struct stage *s = *state;
    struct mu_id low = stage_task(s, TODO, "a");
    struct mu_id high = stage_task(s, TODO, "b");
    size_t longest = 0;
    size_t spreads = 0;

    for (size_t i = 0; i < 700; i++) {
        struct mu_id task = stage_id(s);
        begin(s, MU_INTENT_TASK_ADD);
        add(s, task, "x", TODO);
        with_id(s, MU_ARG_AFTER, low);
        struct mu_decision decision = say(s, KOFI);
        assert_int_equal(decision.verdict, MU_APPLIED);
        spreads += decision.effect_count > 1;
        assert_in_range(decision.effect_count, 1, 1025);
        size_t len = mu_row_text(stage_row(s, MU_TASK, task), MU_TASK_RANK).len;
        longest = len > longest ? len : longest;
        struct mu_slice rank = mu_row_text(stage_row(s, MU_TASK, task), MU_TASK_RANK);
        assert_true(mu_slice_compare(mu_row_text(stage_row(s, MU_TASK, low), MU_TASK_RANK), rank) <
                    0);
        assert_true(mu_slice_compare(rank, mu_row_text(stage_row(s, MU_TASK, high), MU_TASK_RANK)) <
                    0);
        *(i % 2 == 0 ? &low : &high) = task;
    }

    assert_in_range(spreads, 1, 6);
    assert_in_range(longest, 32, MU_RANK_REBALANCE);
}

static void test_place__a_prediction_spreads_nothing(void **state)
{
    struct stage *s = *state;
    struct mu_id rows[2];
    char key[MU_RANK_REBALANCE + 1] = "a0";
    memset(key + 2, 'V', MU_RANK_REBALANCE - 2);
    begin(s, MU_INTENT_IMPORT);
    for (size_t i = 0; i < 2; i++) {
        rows[i] = stage_id(s);
        add(s, rows[i], "x", TODO);
        key[MU_RANK_REBALANCE - 1] = i == 0 ? 'V' : 'W';
        with_text(s, MU_TASK_RANK, key);
    }
    agreed(s, ANA);

    for (int predict = 1; predict >= 0; predict--) {
        begin(s, MU_INTENT_TASK_ADD);
        add(s, stage_id(s), "y", TODO);
        with_id(s, MU_ARG_AFTER, rows[0]);
        s->predict = predict == 1;
        assert_int_equal(say(s, KOFI).effect_count, predict == 1 ? 1 : 3);
    }

    assert_order(s, TODO, "x y x");
    assert_true(mu_row_text(stage_row(s, MU_TASK, rows[0]), MU_TASK_RANK).len < 8);
}

/* A source may give all its rows one key; they order by id, and others find a place. */
static void test_place__among_equal_keys_there_is_room(void **state)
{
    struct stage *s = *state;
    struct mu_id rows[5];
    struct mu_id early = stage_id(s); /* an id that sorts before the others */
    begin(s, MU_INTENT_IMPORT);
    for (size_t i = 0; i < 5; i++) {
        static const char *const titles[] = {"a", "b", "c", "d", "z"};
        rows[i] = stage_id(s);
        add(s, rows[i], titles[i], TODO);
        with_text(s, MU_TASK_RANK, i < 4 ? "a5" : "a6");
    }
    agreed(s, ANA);
    assert_order(s, TODO, "a b c d z");

    begin(s, MU_INTENT_TASK_ADD);
    add(s, early, "x", TODO);
    with_id(s, MU_ARG_AFTER, rows[0]);
    agreed(s, KOFI);
    begin(s, MU_INTENT_TASK_ADD);
    add(s, stage_id(s), "first", TODO);
    with_id(s, MU_ARG_BEFORE, rows[0]);
    agreed(s, KOFI);

    assert_order(s, TODO, "first a b c d x z"); /* as near as their keys let it */
}

static void test_place__columns_checklists_and_items_have_places_too(void **state)
{
    struct stage *s = *state;
    struct mu_id task = stage_task(s, TODO, "task");
    struct mu_id list = stage_id(s);
    struct mu_id items[3];
    begin(s, MU_INTENT_COLUMN_EDIT);
    op(s, MU_COLUMN, s->columns[DONE]);
    with_id(s, MU_ARG_AFTER, (struct mu_id){0});
    agreed(s, KOFI);
    begin(s, MU_INTENT_CHECKLIST_ADD);
    op(s, MU_CHECKLIST, list);
    with_id(s, MU_CHECKLIST_TASK, task);
    with_text(s, MU_CHECKLIST_NAME, "list");
    for (size_t i = 0; i < 3; i++) {
        items[i] = stage_id(s);
        op(s, MU_ITEM, items[i]);
        with_id(s, MU_ITEM_CHECKLIST, list);
        with_text(s, MU_ITEM_NAME, "item");
    }
    agreed(s, KOFI);

    begin(s, MU_INTENT_ITEM_EDIT);
    op(s, MU_ITEM, items[2]);
    with_id(s, MU_ARG_BEFORE, items[1]);
    agreed(s, MIA);

    struct mu_slice ranks[3];
    for (size_t i = 0; i < 3; i++) {
        ranks[i] = mu_row_text(stage_row(s, MU_ITEM, items[i]), MU_ITEM_RANK);
    }
    assert_true(mu_slice_compare(ranks[0], ranks[2]) < 0);
    assert_true(mu_slice_compare(ranks[2], ranks[1]) < 0);
    assert_true(mu_slice_compare(
                    mu_row_text(stage_row(s, MU_COLUMN, s->columns[DONE]), MU_COLUMN_RANK),
                    mu_row_text(stage_row(s, MU_COLUMN, s->columns[BACKLOG]), MU_COLUMN_RANK)) < 0);
    assert_true(mu_rank_valid(mu_row_text(stage_row(s, MU_CHECKLIST, list), MU_CHECKLIST_RANK)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STAGED(test_place__new_rows_go_last_unless_told),
        STAGED(test_place__beside_a_neighbour_that_is_elsewhere_or_gone),
        STAGED(test_place__beside_itself_a_row_stays),
        STAGED(test_place__later_operations_see_earlier_ones),
        STAGED(test_place__random_moves_order_as_an_array_does),
        STAGED(test_place__keys_that_grow_long_are_spread),
        STAGED(test_place__a_prediction_spreads_nothing),
        STAGED(test_place__among_equal_keys_there_is_room),
        STAGED(test_place__columns_checklists_and_items_have_places_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
