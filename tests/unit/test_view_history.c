/* The log is where people look when something surprises them: every intent has its sentence,
 * whatever comes in it, and a refusal or a value set aside is told. */
#include "tests/unit/view_fixture.h"

#include "client/view/history.h"
#include "client/view/sentence.h"
#include "common/wire/mutation.h"

/* Tuesday 24 November 2026, 14:02 UTC. */
#define NOW INT64_C(1795528920000)

static struct board board;
static struct mu_names names;
static struct mu_viewpoint from;
static struct mu_history history;
static struct mu_intent intent;

static int enter(void **state)
{
    struct mu_error err;
    (void)state;
    view_board(&board, &names);
    from = (struct mu_viewpoint){.now = {NOW},
                                 .zone = mu_zone_utc(),
                                 .zone_name = "UTC",
                                 .day_end_minute = names.day_end_minute};
    return mu_history_open(&history, &board.db, &names, &from, &board.arena, &err) == MU_OK ? 0
                                                                                            : -1;
}

static int leave(void **state)
{
    (void)state;
    mu_history_close(&history);
    board_close(&board);
    return 0;
}

/* -- building ---------------------------------------------------------------- */

static struct mu_op *op(uint32_t entity, struct mu_id row)
{
    struct mu_op *made = mu_intent_op(&intent, &board.arena, entity, row);
    assert_non_null(made);
    return made;
}

static struct mu_op *begin(uint32_t number, uint32_t entity, uint64_t row)
{
    intent = (struct mu_intent){.number = number, .version = 1};
    return op(entity, id_of(row));
}

static void arg_text(struct mu_op *to, uint32_t field, const char *text)
{
    assert_true(mu_op_arg(to, &board.arena, field, mu_bytes(mu_slice_str(text))));
}

static void arg_int(struct mu_op *to, uint32_t field, int64_t number)
{
    assert_true(mu_op_arg(to, &board.arena, field, mu_int(number)));
}

static void arg_id(struct mu_op *to, uint32_t field, uint64_t number)
{
    struct mu_id id = id_of(number);
    assert_true(mu_op_arg(to, &board.arena, field, mu_id_value(&id)));
}

static void arg_null(struct mu_op *to, uint32_t field)
{
    assert_true(mu_op_arg(to, &board.arena, field, mu_null()));
}

static void reads(const char *expected)
{
    struct mu_error err;
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 4096);
    assert_int_equal(mu_sentence(&history, &intent, &out, &err), MU_OK);
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal((const char *)out.data, expected);
}

/* -- sentences --------------------------------------------------------------- */

static void test_sentence__of_a_new_task(void **state)
{
    (void)state;
    struct mu_op *task = begin(MU_INTENT_TASK_ADD, MU_TASK, TASK_CALL);
    arg_text(task, MU_TASK_TITLE, "Call Kowalczyk");
    arg_id(task, MU_TASK_COLUMN, COLUMN_TODO);
    arg_id(task, MU_TASK_OWNER, ANA);
    arg_text(task, MU_TASK_DUE, "2026-11-27");

    reads("added T-1 'Call Kowalczyk' to 'To do' for @ana, due Fri 27 Nov");
}

static void test_sentence__of_an_edit_names_each_field(void **state)
{
    (void)state;
    struct mu_op *task = begin(MU_INTENT_TASK_EDIT, MU_TASK, TASK_PARSER);
    arg_text(task, MU_TASK_TITLE, "Parser \033[2J");
    arg_text(task, MU_TASK_DUE, "2026-11-27T09:30");
    arg_null(task, MU_TASK_START);
    arg_text(task, MU_TASK_DESC, "long");
    arg_int(task, MU_TASK_ARCHIVED, 1);

    reads("T-2 'Parser': set its title to 'Parser \\x1b[2J', set its due date to Fri 27 Nov 09:30, "
          "removed its start date, edited its description, archived it");
}

static void test_sentence__of_moves_and_verbs(void **state)
{
    (void)state;
    struct mu_op *task = begin(MU_INTENT_TASK_MOVE, MU_TASK, TASK_PARSER);
    arg_id(task, MU_TASK_COLUMN, COLUMN_DONE);
    arg_int(task, MU_ARG_EXPECT, MU_STATE_DOING);
    reads("moved T-2 'Parser' to 'Shipped'");
    task = begin(MU_INTENT_TASK_ASSIGN, MU_TASK, TASK_PARSER);
    arg_id(task, MU_TASK_OWNER, KOFI);
    reads("gave T-2 'Parser' to @kofi");
    task = begin(MU_INTENT_TASK_ASSIGN, MU_TASK, TASK_PARSER);
    arg_null(task, MU_TASK_OWNER);
    reads("took the owner off T-2 'Parser'");
    (void)begin(MU_INTENT_TASK_DONE, MU_TASK, TASK_PARSER);
    reads("finished T-2 'Parser'");
    task = begin(MU_INTENT_TASK_DROP, MU_TASK, TASK_PARSER);
    arg_text(task, MU_TASK_REASON, "no time");
    reads("dropped T-2 'Parser': 'no time'");
    task = begin(MU_INTENT_TASK_DELETE, MU_TASK, TASK_PARSER);
    arg_int(task, MU_TASK_DELETED, 0);
    reads("took out of the trash T-2 'Parser'");
}

static void test_sentence__of_labels_and_helpers(void **state)
{
    (void)state;
    struct mu_op *pair = begin(MU_INTENT_TASK_LABEL, MU_TASK_LABEL, 60);
    arg_id(pair, MU_TASK_LABEL_TASK, TASK_PARSER);
    arg_id(pair, MU_TASK_LABEL_LABEL, LABEL_SALES);
    arg_int(pair, MU_TASK_LABEL_ON, 1);
    pair = op(MU_TASK_LABEL, id_of(61));
    arg_id(pair, MU_TASK_LABEL_LABEL, LABEL_RED);
    arg_int(pair, MU_TASK_LABEL_ON, 0);
    reads("put label 'sales' on T-2 'Parser', took label 'red' off T-2 'Parser'");

    pair = begin(MU_INTENT_TASK_HELP, MU_TASK_HELPER, 63);
    arg_id(pair, MU_TASK_HELPER_TASK, TASK_PARSER);
    arg_id(pair, MU_TASK_HELPER_PERSON, ANA);
    arg_int(pair, MU_TASK_HELPER_ON, 1);
    reads("asked @ana to help with T-2 'Parser'");
}

static void test_sentence__of_parts(void **state)
{
    (void)state;
    struct mu_row rows[2] = {row_of(MU_CHECKLIST, 70), row_of(MU_ITEM, 71)};
    struct mu_id task = id_of(TASK_CALL);
    struct mu_id list = id_of(70);
    cell_set(&board, &rows[0], MU_CHECKLIST_TASK, mu_id_value(&task));
    cell_text(&board, &rows[0], MU_CHECKLIST_NAME, "Steps");
    cell_set(&board, &rows[1], MU_ITEM_TASK, mu_id_value(&task));
    cell_set(&board, &rows[1], MU_ITEM_CHECKLIST, mu_id_value(&list));
    cell_text(&board, &rows[1], MU_ITEM_NAME, "dial");
    (void)board_apply(&board, rows, 2, 2);

    struct mu_op *made = begin(MU_INTENT_COMMENT_ADD, MU_COMMENT, 80);
    arg_id(made, MU_COMMENT_TASK, TASK_CALL);
    arg_text(made, MU_COMMENT_TEXT, "one\ntwo");
    reads("commented on T-1 'Call Kowalczyk': 'one two'");
    made = begin(MU_INTENT_ITEM_EDIT, MU_ITEM, 71);
    arg_int(made, MU_ITEM_DONE, 1);
    reads("ticked 'dial' of T-1 'Call Kowalczyk'");
    made = begin(MU_INTENT_CHECKLIST_ADD, MU_ITEM, 72);
    arg_id(made, MU_ITEM_CHECKLIST, 70);
    arg_id(made, MU_ITEM_TASK, TASK_CALL);
    arg_text(made, MU_ITEM_NAME, "talk");
    reads("added item 'talk' to T-1 'Call Kowalczyk'");
    made = begin(MU_INTENT_CHECKLIST_ADD, MU_CHECKLIST, 73);
    arg_id(made, MU_CHECKLIST_TASK, TASK_CALL);
    arg_text(made, MU_CHECKLIST_NAME, "More");
    (void)op(MU_ITEM, id_of(74));
    (void)op(MU_ITEM, id_of(75));
    reads("added checklist 'More' with 2 items to T-1 'Call Kowalczyk'");
}

static void test_sentence__of_people_boards_and_the_rest(void **state)
{
    (void)state;
    struct mu_op *made = begin(MU_INTENT_TEAM_FOUND, MU_TEAM, TEAM_ORION);
    arg_text(made, MU_TEAM_NAME, "Orion");
    reads("founded the team 'Orion'");
    made = begin(MU_INTENT_TEAM_EDIT, MU_TEAM, TEAM_ORION);
    arg_int(made, MU_TEAM_DAY_END, 1020);
    reads("the team: set its end of the working day to 17:00");
    made = begin(MU_INTENT_INVITE_CREATE, MU_PERSON, KOFI);
    arg_int(made, MU_PERSON_ROLE, MU_ROLE_MEMBER);
    reads("invited @kofi as member");
    made = begin(MU_INTENT_PERSON_ROLE, MU_PERSON, KOFI);
    arg_int(made, MU_PERSON_ROLE, MU_ROLE_LEAD);
    reads("@kofi: set its role to lead");
    made = begin(MU_INTENT_COLUMN_EDIT, MU_COLUMN, COLUMN_DOING);
    arg_int(made, MU_COLUMN_WIP_LIMIT, 3);
    reads("column 'Doing': set its limit to 3");
    (void)begin(MU_INTENT_IMPORT, MU_TASK, TASK_CALL);
    (void)op(MU_COMMENT, id_of(81));
    reads("imported 2 rows, among them 1 task");
    (void)begin(MU_INTENT_UNDO, MU_TASK, TASK_CALL);
    reads("took back an edit of T-1 'Call Kowalczyk'");
    (void)begin(77, MU_TASK, TASK_CALL);
    reads("did something that this version does not know (intent 77)");
}

static void test_sentence__of_goals_promises_and_blockers(void **state)
{
    (void)state;
    struct mu_op *made = begin(MU_INTENT_GOAL_ADD, MU_GOAL, 700);
    arg_text(made, MU_GOAL_TITLE, "Ship 2.0");
    reads("set the goal 'Ship 2.0'");
    made = begin(MU_INTENT_GOAL_STATE, MU_GOAL, 700);
    arg_int(made, MU_GOAL_STATE, MU_GOAL_DROPPED);
    arg_text(made, MU_GOAL_REASON, "no market");
    reads("dropped the goal: 'no market'");
    made = begin(MU_INTENT_COMMITMENT_ADD, MU_COMMITMENT, 701);
    arg_id(made, MU_COMMITMENT_TASK, TASK_CALL);
    reads("promised T-1 'Call Kowalczyk'");
    made = begin(MU_INTENT_COMMITMENT_RENEGOTIATE, MU_COMMITMENT, 702);
    arg_text(made, MU_COMMITMENT_TEXT, "call back");
    arg_text(made, MU_COMMITMENT_REASON, "ill");
    reads("renegotiated the promise of 'call back': 'ill'");
    made = begin(MU_INTENT_BLOCKER_RAISE, MU_BLOCKER, 703);
    arg_text(made, MU_BLOCKER_REASON, "which version");
    arg_id(made, MU_BLOCKER_TASK, TASK_CALL);
    arg_id(made, MU_BLOCKER_NEEDS_PERSON, ANA);
    reads("raised a blocker 'which version' on T-1 'Call Kowalczyk', needs @ana");
    made = begin(MU_INTENT_BLOCKER_STATE, MU_BLOCKER, 703);
    arg_int(made, MU_BLOCKER_STATE, MU_BLOCKER_CLEARED);
    arg_text(made, MU_BLOCKER_HOW, "Unicode 15");
    reads("cleared the blocker: 'Unicode 15'");
}

static void test_sentence__of_rows_that_are_not_here(void **state)
{
    (void)state;
    char handle[MU_HANDLE_LEN + 1];
    char expected[64];
    mu_id_handle(id_of(999), handle);

    (void)begin(MU_INTENT_TASK_DONE, MU_TASK, 999);
    (void)snprintf(expected, sizeof expected, "finished %s", handle);
    reads(expected);
    intent = (struct mu_intent){.number = MU_INTENT_TASK_ADD, .version = 1};
    reads("added nothing");
    intent.number = MU_INTENT_COMMENT_ADD;
    assert_int_equal(intent.op_count, 0);
    struct mu_error err;
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 4096);
    for (uint32_t number = 0; number < 160; number++) {
        intent.number = number;
        assert_int_equal(mu_sentence(&history, &intent, &out, &err), MU_OK);
        mu_buf_clear(&out);
    }
}

/* -- entries ----------------------------------------------------------------- */

static void line_reads(const struct mu_history_entry *entry, const char *expected)
{
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&out, 4096);
    assert_int_equal(mu_words_entry(&out, entry, &names, &from), MU_OK);
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal((const char *)out.data, expected);
}

static struct mu_change change_of(struct mu_buf *bytes)
{
    struct mu_mutation mutation = {
        .id = {{1}}, .replica = {{2}}, .number = 1, .authored_ms = NOW, .intent = intent};
    assert_int_equal(mu_mutation_encode(&mutation, &board.arena, bytes), MU_OK);
    return (struct mu_change){.seq = 7,
                              .mutation = mu_buf_view(bytes),
                              .person = id_of(KOFI),
                              .intent = intent.number,
                              .at_ms = NOW,
                              .received_ms = NOW,
                              .verdict = MU_APPLIED};
}

static void test_entry__tells_what_came_of_it(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_history_entry entry;
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, 65536);
    (void)begin(MU_INTENT_TASK_DONE, MU_TASK, TASK_PARSER);
    struct mu_change change = change_of(&bytes);

    assert_int_equal(mu_history_change(&history, &change, &entry, &err), MU_OK);
    line_reads(&entry, "14:02         @kofi       finished T-2 'Parser'\n");
    change.verdict = MU_APPLIED_CONFLICT;
    assert_int_equal(mu_history_change(&history, &change, &entry, &err), MU_OK);
    line_reads(&entry, "14:02         @kofi       finished T-2 'Parser' "
                       "(a value was set aside: muster conflicts)\n");
    change.verdict = MU_REJECTED;
    change.reason = mu_slice_str("not \033 allowed");
    assert_int_equal(mu_history_change(&history, &change, &entry, &err), MU_OK);
    line_reads(&entry, "14:02         @kofi       finished T-2 'Parser' "
                       "(refused: not \\x1b allowed)\n");
}

static void test_entry__of_a_mutation_that_cannot_be_read(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_history_entry entry;
    const struct mu_change change = {.seq = 7,
                                     .mutation = mu_slice_str("\xff\xff"),
                                     .person = id_of(ANA),
                                     .verdict = MU_APPLIED};

    assert_int_equal(mu_history_change(&history, &change, &entry, &err), MU_OK);

    assert_true(mu_slice_equal(entry.sentence,
                               mu_slice_str("did something that this version cannot read")));
}

static void test_entry__waiting_ones_say_so(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_history_entry entry;
    MU_BUF_AUTO struct mu_buf bytes;
    MU_BUF_AUTO struct mu_buf out;
    mu_buf_init(&bytes, 65536);
    mu_buf_init(&out, 4096);
    (void)begin(MU_INTENT_TASK_DONE, MU_TASK, TASK_PARSER);
    struct mu_change change = change_of(&bytes);
    const struct mu_outbox_entry waiting = {.state = MU_QUEUED,
                                            .authored_ms = NOW,
                                            .intent = MU_INTENT_TASK_DONE,
                                            .bytes = change.mutation};

    assert_int_equal(mu_history_waiting(&history, &waiting, id_of(ANA), &entry, &err), MU_OK);

    line_reads(&entry, "14:02         @ana        finished T-2 'Parser' (waiting)\n");
    assert_int_equal(mu_entry_tabs(&out, &entry, &names), MU_OK);
    assert_int_equal(mu_buf_append_byte(&out, 0), MU_OK);
    assert_string_equal((const char *)out.data, "\t2026-11-24T14:02:00Z\tana\ttask.done\twaiting\t"
                                                "finished T-2 'Parser'\t\n");
    bool touches = false;
    assert_int_equal(mu_history_touches(&history, &intent, id_of(TASK_PARSER), &touches, &err),
                     MU_OK);
    assert_true(touches);
    assert_int_equal(mu_history_touches(&history, &intent, id_of(TASK_CALL), &touches, &err),
                     MU_OK);
    assert_false(touches);
}

static void test_imported__comes_oldest_first(void **state)
{
    (void)state;
    struct mu_error err;
    struct mu_history_entry *entries = NULL;
    size_t count = 0;
    struct mu_id task = id_of(TASK_CALL);
    struct mu_row rows[2] = {row_of(MU_ACTIVITY, 90), row_of(MU_ACTIVITY, 91)};
    for (size_t i = 0; i < 2; i++) {
        cell_set(&board, &rows[i], MU_ACTIVITY_TASK, mu_id_value(&task));
        cell_int(&board, &rows[i], MU_ACTIVITY_AT, NOW - (int64_t)i * 1000);
        cell_text(&board, &rows[i], MU_ACTIVITY_TEXT, i == 0 ? "moved" : "made\n\033");
    }
    (void)board_apply(&board, rows, 2, 2);

    assert_int_equal(mu_history_imported(&history, task, 10, &entries, &count, &err), MU_OK);

    assert_int_equal(count, 2);
    assert_true(mu_slice_equal(entries[0].sentence, mu_slice_str("made \\x1b")));
    assert_true(mu_slice_equal(entries[1].sentence, mu_slice_str("moved")));
}

#define ON_BOARD(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_BOARD(test_sentence__of_a_new_task),
        ON_BOARD(test_sentence__of_an_edit_names_each_field),
        ON_BOARD(test_sentence__of_moves_and_verbs),
        ON_BOARD(test_sentence__of_labels_and_helpers),
        ON_BOARD(test_sentence__of_parts),
        ON_BOARD(test_sentence__of_people_boards_and_the_rest),
        ON_BOARD(test_sentence__of_goals_promises_and_blockers),
        ON_BOARD(test_sentence__of_rows_that_are_not_here),
        ON_BOARD(test_entry__tells_what_came_of_it),
        ON_BOARD(test_entry__of_a_mutation_that_cannot_be_read),
        ON_BOARD(test_entry__waiting_ones_say_so),
        ON_BOARD(test_imported__comes_oldest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
