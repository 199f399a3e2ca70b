/* Random changes, edits, rewinds and rollbacks beside a plain copy in memory: visible and
 * confirmed rows are those of the copy after every step, and the digest is that of the rows. */
#include "tests/unit/replica_fixture.h"

#define ROWS   24
#define FIELDS 70

struct cell {
    bool set;
    uint64_t seq;
    struct mu_value value;
};

/* What a row should be; exists when a cell is set. */
struct image {
    struct cell cells[FIELDS];
};

struct model {
    struct image visible[ROWS];
    struct image base[ROWS];
    bool dirty[ROWS];
    uint64_t seq;
};

struct run {
    struct board board;
    struct mu_dice dice;
    struct model now;
};

static uint32_t entity_of(size_t row)
{
    static const uint32_t entities[] = {MU_TASK, MU_COLUMN, MU_ITEM, 800, MU_TEAM, 3000000000U};
    return entities[row % 6];
}

static void write(struct image *image, const struct mu_row *effect, uint64_t seq)
{
    for (size_t i = 0; i < effect->count; i++) {
        image->cells[effect->cells[i].field] =
            (struct cell){.set = true, .seq = seq, .value = effect->cells[i].value};
    }
}

static struct mu_row row_from(struct run *run, const struct image *image, size_t number)
{
    struct mu_row row = row_of(entity_of(number), number);
    for (uint32_t field = 1; field < FIELDS; field++) {
        const struct cell *cell = &image->cells[field];
        if (cell->set) {
            assert_int_equal(mu_row_set(&row, &run->board.arena, field, cell->value, cell->seq),
                             MU_OK);
        }
    }
    return row;
}

static void compare(struct run *run)
{
    struct mu_error err = {0};
    struct board *board = &run->board;
    size_t dirty_count = 0;
    for (size_t i = 0; i < ROWS; i++) {
        struct mu_row visible;
        struct mu_row confirmed;
        bool has_visible = false;
        bool has_confirmed = false;
        struct mu_id id = id_of(i);
        const struct image *base = run->now.dirty[i] ? &run->now.base[i] : &run->now.visible[i];
        assert_int_equal(mu_replica_row(board->replica, &board->arena, entity_of(i), id, &visible,
                                        &has_visible, &err),
                         MU_OK);
        assert_int_equal(mu_replica_confirmed(board->replica, &board->arena, entity_of(i), id,
                                              &confirmed, &has_confirmed, &err),
                         MU_OK);
        struct mu_row expected = row_from(run, &run->now.visible[i], i);
        assert_int_equal(has_visible, expected.count > 0);
        if (has_visible) {
            assert_rows_equal(&visible, &expected);
        }
        expected = row_from(run, base, i);
        assert_int_equal(has_confirmed, expected.count > 0);
        if (has_confirmed) {
            assert_rows_equal(&confirmed, &expected);
        }
        dirty_count += run->now.dirty[i];
    }
    struct mu_row_refs dirty;
    assert_int_equal(mu_replica_dirty(board->replica, &board->arena, &dirty, &err), MU_OK);
    assert_int_equal(dirty.count, dirty_count);
    assert_digest_true(board);
}

static struct mu_row effect_on(struct run *run, size_t number)
{
    struct mu_row effect = row_of(entity_of(number), number);
    uint64_t count = 1 + mu_dice_below(&run->dice, 4);
    for (uint64_t i = 0; i < count; i++) {
        uint32_t field = 1 + (uint32_t)mu_dice_below(&run->dice, FIELDS - 1);
        if (mu_dice_below(&run->dice, 2) == 0) {
            field = 1 + (uint32_t)mu_dice_below(&run->dice, 8);
        }
        const struct mu_field *known = mu_field_find(effect.entity, field);
        static const struct mu_field any = {.type = MU_TYPE_TEXT, .limit = 30};
        struct mu_value value = value_for(&run->board, known == NULL ? &any : known, &run->dice);
        value = mu_dice_below(&run->dice, 6) == 0 ? mu_null() : value;
        value = mu_dice_below(&run->dice, 9) == 0 ? mu_int(77) : value; /* perhaps a wrong kind */
        cell_set(&run->board, &effect, field, value);
    }
    return effect;
}

static void apply(struct run *run)
{
    struct mu_row effects[5];
    size_t rows[5];
    size_t count = 1 + mu_dice_below(&run->dice, 5);
    size_t stale_expected = 0;
    bool seen[ROWS] = {false};
    run->now.seq += 1 + mu_dice_below(&run->dice, 3);
    for (size_t i = 0; i < count; i++) {
        rows[i] = mu_dice_below(&run->dice, ROWS);
        effects[i] = effect_on(run, rows[i]);
        bool dirty = run->now.dirty[rows[i]];
        write(dirty ? &run->now.base[rows[i]] : &run->now.visible[rows[i]], &effects[i],
              run->now.seq);
        stale_expected += dirty && !seen[rows[i]];
        seen[rows[i]] = true;
    }
    struct mu_row_refs stale = board_apply(&run->board, effects, count, run->now.seq);
    assert_int_equal(stale.count, stale_expected);
}

static void edit(struct run *run)
{
    struct mu_error err = {0};
    size_t row = mu_dice_below(&run->dice, ROWS);
    struct mu_row effect = effect_on(run, row);
    assert_int_equal(mu_replica_overlay(run->board.replica, &run->board.arena, &effect, &err),
                     MU_OK);
    if (!run->now.dirty[row]) {
        run->now.base[row] = run->now.visible[row];
        run->now.dirty[row] = true;
    }
    write(&run->now.visible[row], &effect, 0);
}

static void give_up(struct run *run, bool settle)
{
    struct mu_error err = {0};
    size_t row = mu_dice_below(&run->dice, ROWS);
    struct mu_row_ref ref = {.entity = entity_of(row), .id = id_of(row)};
    struct mu_arena *arena = &run->board.arena;
    enum mu_status status = settle ? mu_replica_settle(run->board.replica, arena, ref, &err)
                                   : mu_replica_rewind(run->board.replica, arena, ref, &err);
    assert_int_equal(status, MU_OK);
    if (run->now.dirty[row]) {
        run->now.visible[row] = run->now.base[row];
        run->now.dirty[row] = !settle;
    }
}

static void step(struct run *run)
{
    switch (mu_dice_below(&run->dice, 8)) {
    case 0:
    case 1:
        edit(run);
        break;
    case 2:
        give_up(run, false);
        break;
    case 3:
        give_up(run, true);
        break;
    default:
        apply(run);
        break;
    }
}

/* A few steps that are undone again, or not. */
static void input(struct run *run)
{
    struct mu_error err = {0};
    static struct model before;
    before = run->now;
    assert_int_equal(mu_db_savepoint(&run->board.db, &err), MU_OK);
    for (uint64_t i = mu_dice_below(&run->dice, 4); i > 0; i--) {
        step(run);
    }
    if (mu_dice_below(&run->dice, 3) == 0) {
        assert_int_equal(mu_db_rollback_to(&run->board.db, &err), MU_OK);
        run->now = before;
    } else {
        assert_int_equal(mu_db_release(&run->board.db, &err), MU_OK);
    }
}

static void run_seed(uint64_t seed)
{
    static struct run run;
    static struct model committed;
    struct mu_error err = {0};
    run = (struct run){.dice = {.state = seed}};
    board_open(&run.board);
    committed = run.now;
    for (unsigned turn = 0; turn < 30; turn++) {
        for (uint64_t inputs = mu_dice_below(&run.dice, 4); inputs > 0; inputs--) {
            input(&run);
        }
        compare(&run);
        if (mu_dice_below(&run.dice, 4) == 0) {
            mu_db_rollback(&run.board.db);
            run.now = committed;
        } else {
            assert_int_equal(mu_db_commit(&run.board.db, &err), MU_OK);
            committed = run.now;
        }
        assert_int_equal(mu_db_begin(&run.board.db, &err), MU_OK);
        if (mu_dice_below(&run.dice, 8) == 0) {
            board_reopen(&run.board, NULL);
        }
        compare(&run);
    }
    board_close(&run.board);
}

static void test_replica_random__rows_and_digest_are_those_of_a_plain_copy(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        run_seed(seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replica_random__rows_and_digest_are_those_of_a_plain_copy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
