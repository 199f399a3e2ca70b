/* Visible rows against a replay from nothing, after every step of a random week: two or three
 * people edit the same few tasks, now online, now not.  A rebase that forgets a dependency, or
 * puts effects back in the wrong order, differs from the replay that mu_client_check() makes. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/harness/cmocka.h"
#include "tests/harness/dice.h"
#include "tests/harness/pair.h"

#define TASKS_MAX 24
#define STEPS     220

struct week {
    struct mu_pair pair;
    struct mu_dice dice;
    struct mu_id tasks[TASKS_MAX];
    size_t task_count;
    struct mu_id lists[TASKS_MAX];
    struct mu_id list_tasks[TASKS_MAX];
    size_t list_count;
    struct mu_id items[TASKS_MAX];
    size_t item_count;
    bool held[MU_PAIR_CLIENTS_MAX]; /* its pushes do not get through: much stays pending */
    bool deaf[MU_PAIR_CLIENTS_MAX]; /* nothing gets back: what it pushed comes with the next session
                                     */
};

static bool pass(struct mu_pair *pair, struct mu_pair_frame *frame, void *state)
{
    struct week *week = state;
    struct mu_message message;
    struct mu_arena *arena = &pair->clients[frame->client].arena;
    if (!frame->to_server) {
        return !week->deaf[frame->client];
    }
    if (!week->held[frame->client]) {
        return true;
    }
    assert_int_equal(
        mu_message_decode(mu_slice_of(frame->bytes, frame->len), arena, &message, &pair->err),
        MU_OK);
    return message.kind != MU_MSG_PUSH;
}

static size_t roll(struct week *week, size_t below)
{
    return (size_t)mu_dice_below(&week->dice, below);
}

static struct mu_id fresh(struct week *week)
{
    return mu_entropy_id(&week->pair.entropy, week->pair.wall_ms);
}

static int64_t any_kind(struct week *week)
{
    return (int64_t)roll(week, 5) + 1;
}

/* Refusals are part of a week: what was moved away cannot be edited and the like. */
static void say(struct week *week, size_t who, const struct mu_intent *intent)
{
    struct mu_authored authored;
    enum mu_status status = mu_pair_try(&week->pair, who, intent, &authored);
    assert_true(status == MU_OK || status == MU_E_DENIED || status == MU_E_CONFLICT ||
                status == MU_E_NOT_FOUND || status == MU_E_INVALID);
}

/* -- what people do ------------------------------------------------------------- */

static void add_task(struct week *week, size_t who)
{
    size_t place = week->task_count < TASKS_MAX ? week->task_count++ : roll(week, TASKS_MAX);
    char title[32];
    (void)snprintf(title, sizeof title, "task %zu", roll(week, 1000));
    week->tasks[place] = mu_pair_add(&week->pair, who, title, any_kind(week));
}

static void edit_task(struct week *week, size_t who, struct mu_id task)
{
    struct mu_op *op = NULL;
    struct mu_intent intent =
        mu_pair_intent(&week->pair, who, MU_INTENT_TASK_EDIT, MU_TASK, task, &op);
    char text[64];
    (void)snprintf(text, sizeof text, "line %zu\nand %zu\n", roll(week, 4), roll(week, 4));
    if (roll(week, 2) == 0) {
        mu_pair_arg(&week->pair, who, op, MU_TASK_TITLE, mu_bytes(mu_slice_str(text)));
    }
    if (roll(week, 2) == 0) {
        bool fits = mu_op_arg_based(op, &week->pair.clients[who].arena, MU_TASK_DESC,
                                    mu_bytes(mu_slice_str(text)), mu_null());
        assert_true(fits);
    }
    if (roll(week, 3) == 0) {
        mu_pair_arg(&week->pair, who, op, MU_TASK_NO_DATE, mu_int(1));
    }
    say(week, who, &intent);
}

static void move_task(struct week *week, size_t who, struct mu_id task)
{
    struct mu_op *op = NULL;
    struct mu_intent intent =
        mu_pair_intent(&week->pair, who, MU_INTENT_TASK_MOVE, MU_TASK, task, &op);
    struct mu_id column = mu_pair_column(&week->pair, who, any_kind(week));
    struct mu_id zero = {{0}};
    struct mu_id other = week->tasks[roll(week, week->task_count)];
    mu_pair_arg(&week->pair, who, op, MU_TASK_COLUMN, mu_id_value(&column));
    switch (roll(week, 4)) {
    case 0:
        mu_pair_arg(&week->pair, who, op, MU_ARG_AFTER, mu_id_value(&zero));
        break;
    case 1:
        mu_pair_arg(&week->pair, who, op, MU_ARG_AFTER, mu_id_value(&other));
        break;
    case 2:
        mu_pair_arg(&week->pair, who, op, MU_ARG_BEFORE, mu_id_value(&other));
        break;
    default:
        break;
    }
    say(week, who, &intent);
}

static void status_verb(struct week *week, size_t who, struct mu_id task)
{
    static const uint32_t verbs[] = {MU_INTENT_TASK_ACCEPT, MU_INTENT_TASK_START,
                                     MU_INTENT_TASK_REVIEW, MU_INTENT_TASK_DONE,
                                     MU_INTENT_TASK_REOPEN, MU_INTENT_TASK_DROP};
    struct mu_op *op = NULL;
    struct mu_intent intent = mu_pair_intent(
        &week->pair, who, verbs[roll(week, sizeof verbs / sizeof verbs[0])], MU_TASK, task, &op);
    say(week, who, &intent);
}

static void trash(struct week *week, size_t who, struct mu_id task)
{
    struct mu_op *op = NULL;
    struct mu_intent intent =
        mu_pair_intent(&week->pair, who, MU_INTENT_TASK_DELETE, MU_TASK, task, &op);
    mu_pair_arg(&week->pair, who, op, MU_TASK_DELETED, mu_int((int64_t)roll(week, 2)));
    say(week, who, &intent);
}

static void assign(struct week *week, size_t who, struct mu_id task)
{
    struct mu_op *op = NULL;
    struct mu_intent intent =
        mu_pair_intent(&week->pair, who, MU_INTENT_TASK_ASSIGN, MU_TASK, task, &op);
    const struct mu_id *owner = &week->pair.clients[roll(week, week->pair.count)].person;
    mu_pair_arg(&week->pair, who, op, MU_TASK_OWNER,
                roll(week, 4) == 0 ? mu_null() : mu_id_value(owner));
    say(week, who, &intent);
}

static void comment(struct week *week, size_t who, struct mu_id task)
{
    struct mu_op *op = NULL;
    struct mu_intent intent =
        mu_pair_intent(&week->pair, who, MU_INTENT_COMMENT_ADD, MU_COMMENT, fresh(week), &op);
    mu_pair_arg(&week->pair, who, op, MU_COMMENT_TASK, mu_id_value(&task));
    mu_pair_arg(&week->pair, who, op, MU_COMMENT_TEXT, mu_bytes(mu_slice_str("so be it")));
    say(week, who, &intent);
}

static void checklist(struct week *week, size_t who, struct mu_id task)
{
    size_t place = week->list_count < TASKS_MAX ? week->list_count++ : roll(week, TASKS_MAX);
    struct mu_op *op = NULL;
    week->lists[place] = fresh(week);
    week->list_tasks[place] = task;
    struct mu_intent intent = mu_pair_intent(&week->pair, who, MU_INTENT_CHECKLIST_ADD,
                                             MU_CHECKLIST, week->lists[place], &op);
    mu_pair_arg(&week->pair, who, op, MU_CHECKLIST_TASK, mu_id_value(&task));
    mu_pair_arg(&week->pair, who, op, MU_CHECKLIST_NAME, mu_bytes(mu_slice_str("steps")));
    size_t item = week->item_count < TASKS_MAX ? week->item_count++ : roll(week, TASKS_MAX);
    week->items[item] = fresh(week);
    op = mu_intent_op(&intent, &week->pair.clients[who].arena, MU_ITEM, week->items[item]);
    mu_pair_arg(&week->pair, who, op, MU_ITEM_CHECKLIST, mu_id_value(&week->lists[place]));
    mu_pair_arg(&week->pair, who, op, MU_ITEM_TASK, mu_id_value(&task));
    mu_pair_arg(&week->pair, who, op, MU_ITEM_NAME, mu_bytes(mu_slice_str("step")));
    say(week, who, &intent);
}

static void tick_item(struct week *week, size_t who)
{
    struct mu_op *op = NULL;
    if (week->item_count == 0) {
        return;
    }
    struct mu_intent intent = mu_pair_intent(&week->pair, who, MU_INTENT_ITEM_EDIT, MU_ITEM,
                                             week->items[roll(week, week->item_count)], &op);
    struct mu_id zero = {{0}};
    mu_pair_arg(&week->pair, who, op, MU_ITEM_DONE, mu_int((int64_t)roll(week, 2)));
    if (roll(week, 2) == 0) {
        mu_pair_arg(&week->pair, who, op, MU_ARG_AFTER, mu_id_value(&zero));
    }
    say(week, who, &intent);
}

static void label(struct week *week, size_t who, struct mu_id task)
{
    struct mu_op *op = NULL;
    struct mu_world world = mu_replica_world(mu_client_replica(week->pair.clients[who].client));
    struct mu_slice name = mu_slice_str("urgent");
    struct mu_id id = world.derive("label", &name, 1);
    struct mu_intent intent =
        mu_pair_intent(&week->pair, who, MU_INTENT_TASK_LABEL, MU_LABEL, id, &op);
    mu_pair_arg(&week->pair, who, op, MU_LABEL_NAME, mu_bytes(name));
    op = mu_intent_op(&intent, &week->pair.clients[who].arena, MU_TASK_LABEL,
                      mu_pair_id(&world, MU_TASK_LABEL, task, id));
    mu_pair_arg(&week->pair, who, op, MU_TASK_LABEL_TASK, mu_id_value(&task));
    mu_pair_arg(&week->pair, who, op, MU_TASK_LABEL_LABEL, mu_id_value(&id));
    mu_pair_arg(&week->pair, who, op, MU_TASK_LABEL_ON, mu_int((int64_t)roll(week, 2)));
    say(week, who, &intent);
}

static void change_column(struct week *week, size_t who)
{
    struct mu_op *op = NULL;
    int64_t kind = any_kind(week);
    struct mu_id zero = {{0}};
    struct mu_intent intent = mu_pair_intent(&week->pair, who, MU_INTENT_COLUMN_EDIT, MU_COLUMN,
                                             mu_pair_column(&week->pair, who, kind), &op);
    if (roll(week, 2) == 0) {
        mu_pair_arg(&week->pair, who, op, MU_ARG_AFTER, mu_id_value(&zero));
    } else {
        mu_pair_arg(&week->pair, who, op, MU_COLUMN_WIP_LIMIT, mu_int((int64_t)roll(week, 9)));
    }
    say(week, who, &intent);
}

/* One more column of a kind, sometimes in front of the one there is: what column_of_kind()
 * answers changes under everybody. */
static void new_column(struct week *week, size_t who)
{
    struct mu_op *op = NULL;
    struct mu_id zero = {{0}};
    struct mu_row column =
        mu_pair_row(&week->pair, who, MU_COLUMN, mu_pair_column(&week->pair, who, any_kind(week)));
    struct mu_id board = mu_row_id(&column, MU_COLUMN_BOARD);
    struct mu_intent intent =
        mu_pair_intent(&week->pair, who, MU_INTENT_COLUMN_EDIT, MU_COLUMN, fresh(week), &op);
    mu_pair_arg(&week->pair, who, op, MU_COLUMN_BOARD, mu_id_value(&board));
    mu_pair_arg(&week->pair, who, op, MU_COLUMN_NAME, mu_bytes(mu_slice_str("more")));
    mu_pair_arg(&week->pair, who, op, MU_COLUMN_KIND, mu_int(any_kind(week)));
    if (roll(week, 2) == 0) {
        mu_pair_arg(&week->pair, who, op, MU_ARG_AFTER, mu_id_value(&zero));
    }
    say(week, who, &intent);
}

static void rename_person(struct week *week, size_t who)
{
    struct mu_op *op = NULL;
    struct mu_intent intent = mu_pair_intent(&week->pair, who, MU_INTENT_PERSON_EDIT, MU_PERSON,
                                             week->pair.clients[who].person, &op);
    mu_pair_arg(&week->pair, who, op, MU_PERSON_NAME, mu_bytes(mu_slice_str("K.")));
    say(week, who, &intent);
}

static void undo(struct week *week, size_t who)
{
    struct mu_pair_client *client = &week->pair.clients[who];
    struct mu_intent intent;
    struct mu_id undone;
    if (mu_client_undo(client->client, &client->arena, &intent, &undone, &week->pair.err) ==
        MU_OK) {
        say(week, who, &intent);
    }
}

/* -- the week -------------------------------------------------------------------- */

static void edit(struct week *week, size_t who)
{
    if (week->task_count < 3 || roll(week, 6) == 0) {
        add_task(week, who);
        return;
    }
    struct mu_id task = week->tasks[roll(week, week->task_count)];
    switch (roll(week, 14)) {
    case 0:
    case 1:
        edit_task(week, who, task);
        break;
    case 2:
    case 3:
    case 4:
        move_task(week, who, task);
        break;
    case 5:
    case 6:
        status_verb(week, who, task);
        break;
    case 7:
        trash(week, who, task);
        break;
    case 8:
        assign(week, who, task);
        break;
    case 9:
        comment(week, who, task);
        break;
    case 10:
        checklist(week, who, task);
        break;
    case 11:
        tick_item(week, who);
        break;
    case 12:
        label(week, who, task);
        break;
    default:
        switch (roll(week, 4)) {
        case 0:
            change_column(week, who);
            break;
        case 1:
            new_column(week, who);
            break;
        case 2:
            rename_person(week, who);
            break;
        default:
            undo(week, who);
            break;
        }
        break;
    }
}

static void step(struct week *week)
{
    struct mu_pair *pair = &week->pair;
    size_t who = roll(week, pair->count);
    switch (roll(week, 24)) {
    case 0:
        mu_pair_unplug(pair, who, roll(week, 2) == 0);
        break;
    case 1:
        mu_pair_plug(pair, who);
        mu_pair_run(pair, 31000);
        break;
    case 2:
        mu_pair_run(pair, (int64_t)roll(week, 2000));
        break;
    case 3:
    case 4:
        week->held[who] = roll(week, 3) > 0;
        break;
    case 5:
        week->held[who] = false;
        week->deaf[who] = true;
        edit(week, who);
        mu_pair_pump(pair);
        mu_pair_unplug(pair, who, false);
        week->deaf[who] = false;
        break;
    default:
        edit(week, who);
        if (roll(week, 2) == 0) {
            mu_pair_pump(pair);
        }
        break;
    }
}

static void live_through(uint64_t seed)
{
    struct week *week = calloc(1, sizeof *week);
    assert_non_null(week);
    week->dice.state = seed;
    mu_pair_open(&week->pair, "week");
    week->pair.pass = pass;
    week->pair.pass_state = week;
    for (size_t i = 0; i < 2 + seed % 2; i++) {
        (void)mu_pair_join(&week->pair);
        mu_pair_settle(&week->pair);
    }
    for (size_t i = 0; i < STEPS; i++) {
        step(week);
        mu_pair_check(&week->pair);
    }
    for (size_t i = 0; i < week->pair.count; i++) {
        week->held[i] = false;
        mu_pair_plug(&week->pair, i);
    }
    mu_pair_settle(&week->pair);
    mu_pair_check(&week->pair);
    for (size_t i = 0; i < week->pair.count; i++) {
        uint64_t checked = 0;
        uint64_t from = 0;
        assert_int_equal(
            mu_client_verify(week->pair.clients[i].client, &checked, &from, &week->pair.err),
            MU_OK);
    }
    mu_pair_close(&week->pair);
    free(week);
}

static void test_client_rebase__visible_rows_are_what_a_replay_makes(void **state)
{
    (void)state;
    const char *from = getenv("MUSTER_SEED");
    uint64_t first = from == NULL ? 1 : strtoull(from, NULL, 10);
    const char *count = getenv("MUSTER_SEEDS");
    uint64_t seeds = count == NULL ? 6 : strtoull(count, NULL, 10);
    for (uint64_t seed = first; seed < first + seeds; seed++) {
        print_message("seed %llu\n", (unsigned long long)seed);
        live_through(seed);
    }
}

/* -- one case by hand ------------------------------------------------------------ */

static struct mu_id doing_column(struct mu_pair *pair, size_t who, struct mu_id beside)
{
    struct mu_op *op = NULL;
    struct mu_row column = mu_pair_row(pair, who, MU_COLUMN, beside);
    struct mu_id board = mu_row_id(&column, MU_COLUMN_BOARD);
    struct mu_id id = mu_entropy_id(&pair->entropy, pair->wall_ms);
    struct mu_intent intent = mu_pair_intent(pair, who, MU_INTENT_COLUMN_EDIT, MU_COLUMN, id, &op);
    mu_pair_arg(pair, who, op, MU_COLUMN_BOARD, mu_id_value(&board));
    mu_pair_arg(pair, who, op, MU_COLUMN_NAME, mu_bytes(mu_slice_str("Doing too")));
    mu_pair_arg(pair, who, op, MU_COLUMN_KIND, mu_int(MU_KIND_DOING));
    mu_pair_arg(pair, who, op, MU_ARG_AFTER, mu_id_value(&beside));
    (void)mu_pair_author(pair, who, &intent);
    return id;
}

static void to_front(struct mu_pair *pair, size_t who, struct mu_id column)
{
    struct mu_op *op = NULL;
    struct mu_id zero = {{0}};
    struct mu_intent intent =
        mu_pair_intent(pair, who, MU_INTENT_COLUMN_EDIT, MU_COLUMN, column, &op);
    mu_pair_arg(pair, who, op, MU_ARG_AFTER, mu_id_value(&zero));
    (void)mu_pair_author(pair, who, &intent);
}

/* A pending start is predicted into another column than before, where a later pending edit has
 * put a task already: that one must be out of the way, or the started task lands behind it. */
static void test_client_rebase__a_prediction_that_asks_something_new(void **state)
{
    static struct mu_pair pair;
    struct mu_op *op = NULL;
    (void)state;
    mu_pair_open(&pair, "anew");
    size_t ana = mu_pair_join(&pair);
    mu_pair_settle(&pair);
    size_t kofi = mu_pair_join(&pair);
    mu_pair_settle(&pair);
    struct mu_id second = doing_column(&pair, ana, mu_pair_column(&pair, ana, MU_KIND_DOING));
    struct mu_id task = mu_pair_add(&pair, kofi, "to be started", MU_KIND_TODO);
    mu_pair_settle(&pair);
    mu_pair_unplug(&pair, kofi, false);
    struct mu_intent start = mu_pair_intent(&pair, kofi, MU_INTENT_TASK_START, MU_TASK, task, &op);
    (void)mu_pair_author(&pair, kofi, &start);
    struct mu_id other = mu_entropy_id(&pair.entropy, pair.wall_ms);
    struct mu_intent add = mu_pair_intent(&pair, kofi, MU_INTENT_TASK_ADD, MU_TASK, other, &op);
    mu_pair_arg(&pair, kofi, op, MU_TASK_TITLE, mu_bytes(mu_slice_str("there already")));
    mu_pair_arg(&pair, kofi, op, MU_TASK_COLUMN, mu_id_value(&second));
    mu_pair_arg(&pair, kofi, op, MU_TASK_OWNER, mu_id_value(&pair.clients[kofi].person));
    (void)mu_pair_author(&pair, kofi, &add);

    to_front(&pair, ana, second);
    mu_pair_pump(&pair);
    struct week week = {.held = {[1] = true}};
    pair.pass = pass;
    pair.pass_state = &week;
    mu_pair_plug(&pair, kofi);
    mu_pair_run(&pair, 12000); /* the edits poked it into a try that nobody heard */

    struct mu_row row = mu_pair_row(&pair, kofi, MU_TASK, task);
    assert_int_equal(mu_pair_status(&pair, kofi).pending, 2);
    assert_true(mu_id_equal(mu_row_id(&row, MU_TASK_COLUMN), second));
    mu_pair_check(&pair);
    pair.pass = NULL;
    mu_pair_settle(&pair);
    mu_pair_check(&pair);
    mu_pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_client_rebase__a_prediction_that_asks_something_new),
        cmocka_unit_test(test_client_rebase__visible_rows_are_what_a_replay_makes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
