/* What people do: one edit on one device, chosen by the seed from what that device shows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/db/stmt.h"
#include "common/seal/hash.h"
#include "tests/sim/inside.h"

/* An edit under way. */
struct work {
    struct mu_sim *sim;
    unsigned device;
    struct mu_replica *replica;
    struct mu_entropy entropy;
    struct mu_client_turn turn;
    struct mu_intent intent;
    struct mu_saved saved;
    bool possible;
    bool store_failed;
};

static struct mu_id fresh_id(struct work *work)
{
    return mu_entropy_id(&work->entropy, work->turn.wall.ms);
}

/* A visible row of a table, any; false when there is none. */
static bool some_row(struct work *work, const char *table, const char *condition,
                     struct mu_id *out_id)
{
    char sql[200];
    struct mu_stmt stmt = {0};
    struct mu_error err = {0};
    bool row = false;
    int64_t count = 0;
    (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE %s", table, condition);
    if (mu_stmt_prepare(&stmt, mu_replica_db(work->replica), sql, &err) != MU_OK) {
        work->store_failed = true; /* the disk, found out by a reader */
        return false;
    }
    if (mu_stmt_step(&stmt, &row, &err) == MU_OK && row) {
        count = mu_stmt_int(&stmt, 0);
    }
    mu_stmt_finalize(&stmt);
    if (count == 0) {
        return false;
    }
    (void)snprintf(sql, sizeof sql, "SELECT id FROM %s WHERE %s ORDER BY id LIMIT 1 OFFSET %llu",
                   table, condition, (unsigned long long)mu_sim_below(work->sim, (uint64_t)count));
    row = false;
    if (mu_stmt_prepare(&stmt, mu_replica_db(work->replica), sql, &err) == MU_OK &&
        mu_stmt_step(&stmt, &row, &err) == MU_OK && row) {
        *out_id = mu_stmt_id(&stmt, 0);
    }
    mu_stmt_finalize(&stmt);
    return row;
}

static struct mu_op *op_on(struct work *work, uint32_t entity, struct mu_id row)
{
    struct mu_op *op = mu_intent_op(&work->intent, &work->sim->arena, entity, row);
    MU_ASSERT(op != NULL);
    return op;
}

static void arg(struct work *work, struct mu_op *op, uint32_t field, struct mu_value value)
{
    bool fits = mu_op_arg(op, &work->sim->arena, field, value);
    MU_ASSERT(fits);
}

static void begin(struct work *work, uint32_t intent)
{
    work->intent = (struct mu_intent){.number = intent, .version = 1};
    work->possible = true;
}

/* A field of the task that only a newer version knows. */
#define NEWER_FIELD 900

/* A value that no other edit has, followed from now on. */
static struct mu_slice new_text(struct work *work, struct mu_id task, uint32_t field)
{
    (void)snprintf(work->saved.text, sizeof work->saved.text, "%s %u of %u",
                   field == MU_TASK_TITLE ? "title" : "\xff\xfe newer", ++work->sim->texts,
                   work->device);
    work->saved.task = task;
    work->saved.field = field;
    return mu_slice_str(work->saved.text);
}

static struct mu_row row_of(struct work *work, uint32_t entity, struct mu_id id)
{
    struct mu_row row = {0};
    struct mu_error err = {0};
    bool found = false;
    if (mu_replica_row(work->replica, &work->sim->arena, entity, id, &row, &found, &err) != MU_OK ||
        !found) {
        return (struct mu_row){.entity = entity, .id = id};
    }
    return row;
}

/* -- the edits ------------------------------------------------------------- */

static void add_task(struct work *work)
{
    struct mu_id column;
    struct mu_id person;
    if (!some_row(work, "board_column", "1", &column)) {
        return;
    }
    begin(work, MU_INTENT_TASK_ADD);
    struct mu_id task = fresh_id(work);
    struct mu_op *op = op_on(work, MU_TASK, task);
    arg(work, op, MU_TASK_TITLE, mu_bytes(new_text(work, task, MU_TASK_TITLE)));
    arg(work, op, MU_TASK_COLUMN, mu_id_value(&column));
    if (mu_sim_chance(work->sim, 50) && some_row(work, "person", "1", &person)) {
        arg(work, op, MU_TASK_OWNER, mu_id_value(&person));
    }
    if (mu_sim_chance(work->sim, 50)) {
        arg(work, op, MU_TASK_DUE, mu_bytes(mu_slice_str("2026-11-27")));
    }
}

static void edit_title(struct work *work)
{
    struct mu_id task;
    if (!some_row(work, "task", "1", &task)) {
        add_task(work);
        return;
    }
    begin(work, MU_INTENT_TASK_EDIT);
    arg(work, op_on(work, MU_TASK, task), MU_TASK_TITLE,
        mu_bytes(new_text(work, task, MU_TASK_TITLE)));
}

/* As a later version of Muster would: bytes in a field that this one has never heard of. */
static void edit_as_newer(struct work *work)
{
    struct mu_id task;
    if (!some_row(work, "task", "1", &task)) {
        return;
    }
    mu_sim_count(work->sim, MU_SIM_NEWER);
    begin(work, MU_INTENT_TASK_EDIT);
    arg(work, op_on(work, MU_TASK, task), NEWER_FIELD, mu_bytes(new_text(work, task, NEWER_FIELD)));
}

static void edit_text(struct work *work)
{
    struct mu_id task;
    if (!some_row(work, "task", "1", &task)) {
        return;
    }
    begin(work, MU_INTENT_TASK_EDIT);
    struct mu_row row = row_of(work, MU_TASK, task);
    struct mu_slice base = mu_row_text(&row, MU_TASK_DESC);
    char text[2048];
    size_t keep = base.len < 1500 ? base.len : 1500;
    if (keep > 0) {
        memcpy(text, base.data, keep);
    }
    bool front = mu_sim_chance(work->sim, 50);
    char line[48];
    int len = snprintf(line, sizeof line, "line %llu\n",
                       (unsigned long long)mu_sim_below(work->sim, 100));
    if (front) {
        memmove(text + len, text, keep);
        memcpy(text, line, (size_t)len);
    } else {
        memcpy(text + keep, line, (size_t)len);
    }
    bool fits = mu_op_arg_based(op_on(work, MU_TASK, task), &work->sim->arena, MU_TASK_DESC,
                                mu_bytes(mu_slice_of(text, keep + (size_t)len)), mu_bytes(base));
    MU_ASSERT(fits);
}

static void edit_due(struct work *work)
{
    struct mu_id task;
    char due[16];
    if (!some_row(work, "task", "1", &task)) {
        return;
    }
    begin(work, MU_INTENT_TASK_EDIT);
    (void)snprintf(due, sizeof due, "2026-12-%02llu",
                   (unsigned long long)mu_sim_below(work->sim, 28) + 1);
    arg(work, op_on(work, MU_TASK, task), MU_TASK_DUE, mu_bytes(mu_slice_str(due)));
}

static void move_task(struct work *work)
{
    struct mu_id task;
    struct mu_id column;
    struct mu_id after;
    if (!some_row(work, "task", "1", &task) || !some_row(work, "board_column", "1", &column)) {
        return;
    }
    begin(work, MU_INTENT_TASK_MOVE);
    struct mu_op *op = op_on(work, MU_TASK, task);
    arg(work, op, MU_TASK_COLUMN, mu_id_value(&column));
    if (mu_sim_chance(work->sim, 60) && some_row(work, "task", "1", &after) &&
        !mu_id_equal(after, task)) {
        arg(work, op, mu_sim_chance(work->sim, 50) ? MU_ARG_AFTER : MU_ARG_BEFORE,
            mu_id_value(&after));
    }
}

static void assign_task(struct work *work)
{
    struct mu_id task;
    struct mu_id person;
    if (!some_row(work, "task", "1", &task) || !some_row(work, "person", "1", &person)) {
        return;
    }
    begin(work, MU_INTENT_TASK_ASSIGN);
    arg(work, op_on(work, MU_TASK, task), MU_TASK_OWNER,
        mu_sim_chance(work->sim, 85) ? mu_id_value(&person) : mu_null());
}

static void change_state(struct work *work)
{
    static const uint32_t verbs[] = {
        MU_INTENT_TASK_ACCEPT, MU_INTENT_TASK_DECLINE, MU_INTENT_TASK_START, MU_INTENT_TASK_REVIEW,
        MU_INTENT_TASK_DONE,   MU_INTENT_TASK_REOPEN,  MU_INTENT_TASK_DROP};
    struct mu_id task;
    if (!some_row(work, "task", "1", &task)) {
        return;
    }
    uint32_t verb = verbs[mu_sim_below(work->sim, sizeof verbs / sizeof verbs[0])];
    begin(work, verb);
    struct mu_row row = row_of(work, MU_TASK, task);
    struct mu_op *op = op_on(work, MU_TASK, task);
    arg(work, op, MU_ARG_EXPECT, mu_int(mu_row_int(&row, MU_TASK_STATE)));
    if (verb == MU_INTENT_TASK_DECLINE || verb == MU_INTENT_TASK_DROP) {
        arg(work, op, MU_TASK_REASON, mu_bytes(mu_slice_str("no time")));
    }
}

static void label_task(struct work *work)
{
    static const char *const names[] = {"red", "green", "blue"};
    struct mu_id task;
    if (!some_row(work, "task", "1", &task)) {
        return;
    }
    begin(work, MU_INTENT_TASK_LABEL);
    struct mu_slice name = mu_slice_str(names[mu_sim_below(work->sim, 3)]);
    struct mu_id label = mu_id_derive("label", &name, 1);
    struct mu_world world = mu_replica_world(work->replica);
    struct mu_id pair = mu_pair_id(&world, MU_TASK_LABEL, task, label);
    struct mu_row known = row_of(work, MU_LABEL, label);
    if (known.count == 0) {
        arg(work, op_on(work, MU_LABEL, label), MU_LABEL_NAME, mu_bytes(name));
    }
    struct mu_op *op = op_on(work, MU_TASK_LABEL, pair);
    arg(work, op, MU_TASK_LABEL_TASK, mu_id_value(&task));
    arg(work, op, MU_TASK_LABEL_LABEL, mu_id_value(&label));
    arg(work, op, MU_TASK_LABEL_ON, mu_int(mu_sim_chance(work->sim, 60) ? 1 : 0));
}

/* As long as a comment may be: some of them, and a transfer takes more than one turn. */
static struct mu_slice very_long(struct work *work)
{
    static const char words[] = "and so on ";
    char *text = mu_arena_array(&work->sim->arena, MU_TEXT_MAX, 1);
    MU_ASSERT(text != NULL);
    for (size_t i = 0; i < MU_TEXT_MAX; i++) {
        text[i] = words[i % (sizeof words - 1)];
    }
    return mu_slice_of(text, MU_TEXT_MAX);
}

static void say(struct work *work, struct mu_slice text)
{
    struct mu_id task;
    if (!some_row(work, "task", "1", &task)) {
        return;
    }
    begin(work, MU_INTENT_COMMENT_ADD);
    struct mu_op *op = op_on(work, MU_COMMENT, fresh_id(work));
    arg(work, op, MU_COMMENT_TASK, mu_id_value(&task));
    arg(work, op, MU_COMMENT_TEXT, mu_bytes(text));
}

static void comment(struct work *work)
{
    say(work, mu_slice_str("well done"));
}

static void add_checklist(struct work *work)
{
    struct mu_id task;
    if (!some_row(work, "task", "1", &task)) {
        return;
    }
    begin(work, MU_INTENT_CHECKLIST_ADD);
    struct mu_id list = fresh_id(work);
    struct mu_op *op = op_on(work, MU_CHECKLIST, list);
    arg(work, op, MU_CHECKLIST_TASK, mu_id_value(&task));
    arg(work, op, MU_CHECKLIST_NAME, mu_bytes(mu_slice_str("steps")));
    for (unsigned i = 0; i < 2; i++) {
        op = op_on(work, MU_ITEM, fresh_id(work));
        arg(work, op, MU_ITEM_CHECKLIST, mu_id_value(&list));
        arg(work, op, MU_ITEM_TASK, mu_id_value(&task));
        arg(work, op, MU_ITEM_NAME, mu_bytes(mu_slice_str(i == 0 ? "one" : "two")));
    }
}

static void check_item(struct work *work)
{
    struct mu_id item;
    if (!some_row(work, "item", "1", &item)) {
        add_checklist(work);
        return;
    }
    begin(work, MU_INTENT_ITEM_EDIT);
    arg(work, op_on(work, MU_ITEM, item), MU_ITEM_DONE,
        mu_int(mu_sim_chance(work->sim, 50) ? 1 : 0));
}

static void settle_conflict(struct work *work)
{
    struct mu_id conflict;
    if (!some_row(work, "conflict", "state = 1", &conflict)) {
        return;
    }
    begin(work,
          mu_sim_chance(work->sim, 50) ? MU_INTENT_CONFLICT_RESTORE : MU_INTENT_CONFLICT_ACCEPT);
    struct mu_row row = row_of(work, MU_CONFLICT, conflict);
    work->saved.wild = work->intent.number == MU_INTENT_CONFLICT_RESTORE;
    work->saved.task = mu_row_id(&row, MU_CONFLICT_ROW);
    (void)op_on(work, MU_CONFLICT, conflict);
}

static void delete_task(struct work *work)
{
    struct mu_id task;
    if (!some_row(work, "task", "1", &task)) {
        return;
    }
    begin(work, MU_INTENT_TASK_DELETE);
    arg(work, op_on(work, MU_TASK, task), MU_TASK_DELETED,
        mu_int(mu_sim_chance(work->sim, 70) ? 1 : 0));
}

static void rename_column(struct work *work)
{
    struct mu_id column;
    char name[32];
    if (!some_row(work, "board_column", "1", &column)) {
        return;
    }
    begin(work, MU_INTENT_COLUMN_EDIT);
    (void)snprintf(name, sizeof name, "column %llu",
                   (unsigned long long)mu_sim_below(work->sim, 100));
    arg(work, op_on(work, MU_COLUMN, column), MU_COLUMN_NAME, mu_bytes(mu_slice_str(name)));
}

static void undo(struct work *work)
{
    struct mu_id undone;
    struct mu_error err = {0};
    struct mu_client *client = work->sim->devices[work->device].client;
    work->possible =
        mu_client_undo(client, &work->sim->arena, &work->intent, &undone, &err) == MU_OK;
    work->saved.wild = work->possible;
    for (size_t i = 0; i < work->intent.op_count && work->possible; i++) {
        if (work->intent.ops[i].entity == MU_TASK) {
            work->saved.task = work->intent.ops[i].row;
        }
    }
}

/* -- praise ---------------------------------------------------------------- */

static void post_win(struct work *work)
{
    struct mu_id task;
    struct mu_id person;
    if (!some_row(work, "task", "state = 6", &task) || !some_row(work, "person", "1", &person)) {
        return;
    }
    struct mu_world world = mu_replica_world(work->replica);
    const struct mu_win_key key = {.person = person, .kind = MU_WIN_TASK, .about = task};
    begin(work, MU_INTENT_WIN_POST);
    struct mu_op *op = op_on(work, MU_WIN, mu_win_id(&world, &key));
    arg(work, op, MU_WIN_PERSON, mu_id_value(&person));
    arg(work, op, MU_WIN_KIND, mu_int(MU_WIN_TASK));
    arg(work, op, MU_WIN_ABOUT, mu_id_value(&task));
}

static void give_kudos(struct work *work)
{
    struct mu_id person;
    if (!some_row(work, "person", "1", &person)) {
        return;
    }
    struct mu_world world = mu_replica_world(work->replica);
    struct mu_id kudos = fresh_id(work);
    begin(work, MU_INTENT_KUDOS_GIVE);
    arg(work, op_on(work, MU_KUDOS, kudos), MU_KUDOS_TEXT, mu_bytes(mu_slice_str("well done")));
    struct mu_op *op = op_on(work, MU_KUDOS_TO, mu_pair_id(&world, MU_KUDOS_TO, kudos, person));
    arg(work, op, MU_KUDOS_TO_KUDOS, mu_id_value(&kudos));
    arg(work, op, MU_KUDOS_TO_PERSON, mu_id_value(&person));
}

static void mark_kudos(struct work *work)
{
    struct mu_id kudos;
    struct mu_id self = work->sim->devices[work->device].person;
    if (mu_id_is_zero(self) || !some_row(work, "kudos", "1", &kudos)) {
        give_kudos(work);
        return;
    }
    struct mu_world world = mu_replica_world(work->replica);
    struct mu_slice mark = mu_slice_str("+1");
    begin(work, MU_INTENT_KUDOS_REACT);
    struct mu_op *op = op_on(work, MU_REACTION, mu_reaction_id(&world, kudos, self, mark));
    arg(work, op, MU_REACTION_KUDOS, mu_id_value(&kudos));
    arg(work, op, MU_REACTION_PERSON, mu_id_value(&self));
    arg(work, op, MU_REACTION_MARK, mu_bytes(mark));
    arg(work, op, MU_REACTION_ON, mu_int(mu_sim_chance(work->sim, 60) ? 1 : 0));
}

static void give_feedback(struct work *work)
{
    struct mu_id task;
    struct mu_id person;
    if (!some_row(work, "task", "1", &task) || !some_row(work, "person", "1", &person)) {
        return;
    }
    begin(work, MU_INTENT_FEEDBACK_SEND);
    struct mu_op *op = op_on(work, MU_FEEDBACK, fresh_id(work));
    arg(work, op, MU_FEEDBACK_TO, mu_id_value(&person));
    arg(work, op, MU_FEEDBACK_TASK, mu_id_value(&task));
    arg(work, op, MU_FEEDBACK_VISIBILITY, mu_int(MU_VISIBLE_TEAM));
    arg(work, op, MU_FEEDBACK_DID_WELL, mu_bytes(mu_slice_str("clear words")));
}

static void answer_feedback(struct work *work)
{
    struct mu_id feedback;
    if (!some_row(work, "feedback", "1", &feedback)) {
        give_feedback(work);
        return;
    }
    begin(work, mu_sim_chance(work->sim, 50) ? MU_INTENT_FEEDBACK_READ : MU_INTENT_FEEDBACK_REPLY);
    struct mu_op *op = op_on(work, MU_FEEDBACK, feedback);
    if (work->intent.number == MU_INTENT_FEEDBACK_REPLY) {
        arg(work, op, MU_FEEDBACK_REPLY, mu_bytes(mu_slice_str("thanks")));
    }
}

#define SERIES_START 20780

static void begin_series(struct work *work)
{
    struct mu_id column;
    struct mu_id owner;
    if (!some_row(work, "board_column", "1", &column) || !some_row(work, "person", "1", &owner)) {
        return;
    }
    begin(work, MU_INTENT_SERIES_ADD);
    struct mu_op *op = op_on(work, MU_SERIES, fresh_id(work));
    arg(work, op, MU_SERIES_RULE, mu_bytes(mu_slice_str("FREQ=DAILY")));
    arg(work, op, MU_SERIES_BASIS, mu_int(MU_SERIES_FROM_DUE));
    arg(work, op, MU_SERIES_START_DAY, mu_int(SERIES_START));
    arg(work, op, MU_SERIES_COLUMN, mu_id_value(&column));
    arg(work, op, MU_SERIES_TITLE, mu_bytes(mu_slice_str("numbers")));
    arg(work, op, MU_SERIES_OWNER, mu_id_value(&owner));
}

/* Few days and few series: devices that are apart make the same ones. */
static void series_comes_due(struct work *work)
{
    struct mu_id series;
    if (!some_row(work, "series", "1", &series)) {
        begin_series(work);
        return;
    }
    if (mu_sim_chance(work->sim, 5)) {
        begin(work, MU_INTENT_SERIES_EDIT);
        arg(work, op_on(work, MU_SERIES, series), MU_SERIES_ENDED, mu_int(1));
        return;
    }
    struct mu_world world = mu_replica_world(work->replica);
    int64_t day = SERIES_START + (int64_t)mu_sim_below(work->sim, 6);
    begin(work, MU_INTENT_SERIES_OCCUR);
    struct mu_op *op = op_on(work, MU_TASK, mu_occurrence_id(&world, series, day));
    arg(work, op, MU_TASK_SERIES, mu_id_value(&series));
    arg(work, op, MU_TASK_OCCURRENCE, mu_int(day));
}

static void praise(struct work *work)
{
    static void (*const edits[])(struct work *) = {
        post_win,        give_kudos,   mark_kudos,       mark_kudos,       give_feedback,
        answer_feedback, begin_series, series_comes_due, series_comes_due, series_comes_due};
    edits[mu_sim_below(work->sim, sizeof edits / sizeof edits[0])](work);
}

static void choose(struct work *work)
{
    static void (*const edits[])(struct work *) = {
        add_task,     add_task,        edit_title,  edit_title,    edit_title,    edit_text,
        edit_text,    edit_due,        move_task,   move_task,     assign_task,   change_state,
        change_state, label_task,      label_task,  comment,       add_checklist, check_item,
        check_item,   settle_conflict, delete_task, rename_column, undo,          edit_as_newer,
        praise,       praise};
    if (mu_sim_strikes(work->sim, MU_SIM_BULKY, 400)) {
        mu_sim_count(work->sim, MU_SIM_BULKY);
        say(work, very_long(work));
        return;
    }
    edits[mu_sim_below(work->sim, sizeof edits / sizeof edits[0])](work);
}

void mu_sim_edit(struct mu_sim *sim, unsigned device)
{
    struct mu_sim_device *self = &sim->devices[device];
    if (!self->node.up || self->hostile) {
        return;
    }
    struct work work = {.sim = sim, .device = device, .replica = mu_client_replica(self->client)};
    work.turn = mu_sim_device_now(sim, device, &work.entropy);
    choose(&work);
    if (work.store_failed) {
        mu_sim_device_stop(sim, device, false);
    } else if (work.possible && !mu_sim_failed(sim)) {
        (void)mu_sim_save(sim, device, &work.turn, &work.intent, &work.saved);
    }
}
