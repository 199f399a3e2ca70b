#include "tests/unit/view_fixture.h"

struct maker {
    struct board *board;
    struct mu_row rows[40];
    size_t count;
};

static struct mu_row *make(struct maker *maker, uint32_t entity, uint64_t number)
{
    assert_true(maker->count < 40);
    maker->rows[maker->count] = row_of(entity, number);
    return &maker->rows[maker->count++];
}

static void text(struct maker *maker, struct mu_row *row, uint32_t field, const char *value)
{
    cell_text(maker->board, row, field, value);
}

static void number(struct maker *maker, struct mu_row *row, uint32_t field, int64_t value)
{
    cell_int(maker->board, row, field, value);
}

static void link_to(struct maker *maker, struct mu_row *row, uint32_t field, uint64_t target)
{
    struct mu_id id = id_of(target);
    cell_set(maker->board, row, field, mu_id_value(&id));
}

static void person(struct maker *maker, uint64_t id, const char *handle, const char *name, int role)
{
    struct mu_row *row = make(maker, MU_PERSON, id);
    text(maker, row, MU_PERSON_HANDLE, handle);
    text(maker, row, MU_PERSON_NAME, name);
    number(maker, row, MU_PERSON_ROLE, role);
    number(maker, row, MU_PERSON_STATE, MU_PERSON_ACTIVE);
}

static void column(struct maker *maker, uint64_t id, uint64_t board, const char *name, int kind,
                   const char *rank)
{
    struct mu_row *row = make(maker, MU_COLUMN, id);
    link_to(maker, row, MU_COLUMN_BOARD, board);
    text(maker, row, MU_COLUMN_NAME, name);
    number(maker, row, MU_COLUMN_KIND, kind);
    text(maker, row, MU_COLUMN_RANK, rank);
}

static struct mu_row *task(struct maker *maker, uint64_t id, int64_t no, uint64_t column,
                           const char *title)
{
    static const char *const ranks[] = {"a1", "a0", "a0", "a0", "a2", "a3", "a0"};
    struct mu_row *row = make(maker, MU_TASK, id);
    if (no > 0) {
        number(maker, row, MU_TASK_NO, no);
    }
    link_to(maker, row, MU_TASK_COLUMN, column);
    text(maker, row, MU_TASK_RANK, ranks[id - TASK_CALL]);
    text(maker, row, MU_TASK_TITLE, title);
    number(maker, row, MU_TASK_STATE, MU_STATE_OPEN);
    return row;
}

static void label(struct maker *maker, uint64_t id, uint64_t task_id, uint64_t label_id, int on)
{
    struct mu_row *row = make(maker, MU_TASK_LABEL, id);
    link_to(maker, row, MU_TASK_LABEL_TASK, task_id);
    link_to(maker, row, MU_TASK_LABEL_LABEL, label_id);
    number(maker, row, MU_TASK_LABEL_ON, on);
}

static void tasks(struct maker *maker)
{
    struct mu_row *row = task(maker, TASK_CALL, 1, COLUMN_TODO, "Call Kowalczyk");
    link_to(maker, row, MU_TASK_OWNER, ANA);
    number(maker, row, MU_TASK_STATE, MU_STATE_ACCEPTED);
    text(maker, row, MU_TASK_DUE, "2026-11-27");
    (void)task(maker, TASK_TEST, 0, COLUMN_TODO, "Test \xc3\x84rger\033[2J");
    row = task(maker, TASK_PARSER, 2, COLUMN_DOING, "Parser");
    link_to(maker, row, MU_TASK_OWNER, KOFI);
    number(maker, row, MU_TASK_STATE, MU_STATE_DOING);
    number(maker, row, MU_TASK_NO_DATE, 1);
    label(maker, 60, TASK_PARSER, LABEL_SALES, 1);
    label(maker, 61, TASK_PARSER, LABEL_RED, 1);
    label(maker, 62, TASK_CALL, LABEL_RED, 0);
    row = make(maker, MU_TASK_HELPER, 63);
    link_to(maker, row, MU_TASK_HELPER_TASK, TASK_PARSER);
    link_to(maker, row, MU_TASK_HELPER_PERSON, ANA);
    number(maker, row, MU_TASK_HELPER_ON, 1);
    row = task(maker, TASK_SHIP, 3, COLUMN_DONE, "Ship 2.0");
    number(maker, row, MU_TASK_STATE, MU_STATE_DONE);
    row = task(maker, TASK_ARCHIVED, 4, COLUMN_TODO, "Archived call");
    number(maker, row, MU_TASK_ARCHIVED, 1);
    row = task(maker, TASK_TRASHED, 5, COLUMN_TODO, "Trashed");
    number(maker, row, MU_TASK_DELETED, 1);
    (void)task(maker, TASK_OLD, 6, COLUMN_OLD, "Old");
}

void view_board(struct board *board, struct mu_names *names)
{
    struct mu_error err;
    board_open(board);
    struct maker *maker = mu_arena_alloc(&board->arena, sizeof *maker);
    assert_non_null(maker);
    maker->board = board;

    struct mu_row *row = make(maker, MU_TEAM, TEAM_ORION);
    text(maker, row, MU_TEAM_NAME, "Orion");
    number(maker, row, MU_TEAM_DAY_END, 1080);
    person(maker, ANA, "ana", "Ana Ruiz", MU_ROLE_LEAD);
    person(maker, KOFI, "kofi", "Kofi Mensah", MU_ROLE_MEMBER);
    row = make(maker, MU_BOARD, BOARD_WORK);
    text(maker, row, MU_BOARD_NAME, "Work");
    row = make(maker, MU_BOARD, BOARD_OLD);
    text(maker, row, MU_BOARD_NAME, "Old");
    number(maker, row, MU_BOARD_ARCHIVED, 1);
    column(maker, COLUMN_DOING, BOARD_WORK, "Doing", MU_KIND_DOING, "a1");
    column(maker, COLUMN_TODO, BOARD_WORK, "To do", MU_KIND_TODO, "a0");
    column(maker, COLUMN_DONE, BOARD_WORK, "Shipped", MU_KIND_DONE, "a2");
    column(maker, COLUMN_OLD, BOARD_OLD, "To do", MU_KIND_TODO, "a0");
    row = make(maker, MU_LABEL, LABEL_SALES);
    text(maker, row, MU_LABEL_NAME, "sales");
    row = make(maker, MU_LABEL, LABEL_RED);
    text(maker, row, MU_LABEL_COLOUR, "red");
    tasks(maker);
    (void)board_apply(board, maker->rows, maker->count, 1);
    assert_int_equal(mu_names_load(&board->db, &board->arena, names, &err), MU_OK);
}
