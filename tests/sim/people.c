/* What people do: one edit on one device, chosen by the seed from what that device shows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/db/stmt.h"
#include "common/seal/hash.h"
#include "tests/sim/work.h"

struct mu_id mu_work_id(struct mu_sim_work *work)
{
    return mu_entropy_id(&work->entropy, work->turn.wall.ms);
}

/* A visible row of a table, any; false when there is none. */
bool mu_work_some(struct mu_sim_work *work, const char *table, const char *condition,
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

struct mu_op *mu_work_op(struct mu_sim_work *work, uint32_t entity, struct mu_id row)
{
    struct mu_op *op = mu_intent_op(&work->intent, &work->sim->arena, entity, row);
    MU_ASSERT(op != NULL);
    return op;
}

void mu_work_arg(struct mu_sim_work *work, struct mu_op *op, uint32_t field, struct mu_value value)
{
    bool fits = mu_op_arg(op, &work->sim->arena, field, value);
    MU_ASSERT(fits);
}

void mu_work_begin(struct mu_sim_work *work, uint32_t intent)
{
    work->intent = (struct mu_intent){.number = intent, .version = 1};
    work->possible = true;
}

/* A field of the task that only a newer version knows. */
#define NEWER_FIELD 900

/* A value that no other edit has, followed from now on. */
static struct mu_slice new_text(struct mu_sim_work *work, struct mu_id task, uint32_t field)
{
    (void)snprintf(work->saved.text, sizeof work->saved.text, "%s %u of %u",
                   field == MU_TASK_TITLE ? "title" : "\xff\xfe newer", ++work->sim->texts,
                   work->device);
    work->saved.task = task;
    work->saved.field = field;
    return mu_slice_str(work->saved.text);
}

struct mu_row mu_work_row(struct mu_sim_work *work, uint32_t entity, struct mu_id id)
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

static void add_task(struct mu_sim_work *work)
{
    struct mu_id column;
    struct mu_id person;
    if (!mu_work_some(work, "board_column", "1", &column)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_TASK_ADD);
    struct mu_id task = mu_work_id(work);
    struct mu_op *op = mu_work_op(work, MU_TASK, task);
    mu_work_arg(work, op, MU_TASK_TITLE, mu_bytes(new_text(work, task, MU_TASK_TITLE)));
    mu_work_arg(work, op, MU_TASK_COLUMN, mu_id_value(&column));
    if (mu_sim_chance(work->sim, 50) && mu_work_some(work, "person", "1", &person)) {
        mu_work_arg(work, op, MU_TASK_OWNER, mu_id_value(&person));
    }
    if (mu_sim_chance(work->sim, 50)) {
        mu_work_arg(work, op, MU_TASK_DUE, mu_bytes(mu_slice_str("2026-11-27")));
    }
}

static void edit_title(struct mu_sim_work *work)
{
    struct mu_id task;
    if (!mu_work_some(work, "task", "1", &task)) {
        add_task(work);
        return;
    }
    mu_work_begin(work, MU_INTENT_TASK_EDIT);
    mu_work_arg(work, mu_work_op(work, MU_TASK, task), MU_TASK_TITLE,
                mu_bytes(new_text(work, task, MU_TASK_TITLE)));
}

/* As a later version of Muster would: bytes in a field that this one has never heard of. */
static void edit_as_newer(struct mu_sim_work *work)
{
    struct mu_id task;
    if (!mu_work_some(work, "task", "1", &task)) {
        return;
    }
    mu_sim_count(work->sim, MU_SIM_NEWER);
    mu_work_begin(work, MU_INTENT_TASK_EDIT);
    mu_work_arg(work, mu_work_op(work, MU_TASK, task), NEWER_FIELD,
                mu_bytes(new_text(work, task, NEWER_FIELD)));
}

static void edit_text(struct mu_sim_work *work)
{
    struct mu_id task;
    if (!mu_work_some(work, "task", "1", &task)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_TASK_EDIT);
    struct mu_row row = mu_work_row(work, MU_TASK, task);
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
    bool fits = mu_op_arg_based(mu_work_op(work, MU_TASK, task), &work->sim->arena, MU_TASK_DESC,
                                mu_bytes(mu_slice_of(text, keep + (size_t)len)), mu_bytes(base));
    MU_ASSERT(fits);
}

static void edit_due(struct mu_sim_work *work)
{
    struct mu_id task;
    char due[16];
    if (!mu_work_some(work, "task", "1", &task)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_TASK_EDIT);
    (void)snprintf(due, sizeof due, "2026-12-%02llu",
                   (unsigned long long)mu_sim_below(work->sim, 28) + 1);
    mu_work_arg(work, mu_work_op(work, MU_TASK, task), MU_TASK_DUE, mu_bytes(mu_slice_str(due)));
}

static void move_task(struct mu_sim_work *work)
{
    struct mu_id task;
    struct mu_id column;
    struct mu_id after;
    if (!mu_work_some(work, "task", "1", &task) ||
        !mu_work_some(work, "board_column", "1", &column)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_TASK_MOVE);
    struct mu_op *op = mu_work_op(work, MU_TASK, task);
    mu_work_arg(work, op, MU_TASK_COLUMN, mu_id_value(&column));
    if (mu_sim_chance(work->sim, 60) && mu_work_some(work, "task", "1", &after) &&
        !mu_id_equal(after, task)) {
        mu_work_arg(work, op, mu_sim_chance(work->sim, 50) ? MU_ARG_AFTER : MU_ARG_BEFORE,
                    mu_id_value(&after));
    }
}

static void assign_task(struct mu_sim_work *work)
{
    struct mu_id task;
    struct mu_id person;
    if (!mu_work_some(work, "task", "1", &task) || !mu_work_some(work, "person", "1", &person)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_TASK_ASSIGN);
    mu_work_arg(work, mu_work_op(work, MU_TASK, task), MU_TASK_OWNER,
                mu_sim_chance(work->sim, 85) ? mu_id_value(&person) : mu_null());
}

static void change_state(struct mu_sim_work *work)
{
    static const uint32_t verbs[] = {
        MU_INTENT_TASK_ACCEPT, MU_INTENT_TASK_DECLINE, MU_INTENT_TASK_START, MU_INTENT_TASK_REVIEW,
        MU_INTENT_TASK_DONE,   MU_INTENT_TASK_REOPEN,  MU_INTENT_TASK_DROP};
    struct mu_id task;
    if (!mu_work_some(work, "task", "1", &task)) {
        return;
    }
    uint32_t verb = verbs[mu_sim_below(work->sim, sizeof verbs / sizeof verbs[0])];
    mu_work_begin(work, verb);
    struct mu_row row = mu_work_row(work, MU_TASK, task);
    struct mu_op *op = mu_work_op(work, MU_TASK, task);
    mu_work_arg(work, op, MU_ARG_EXPECT, mu_int(mu_row_int(&row, MU_TASK_STATE)));
    if (verb == MU_INTENT_TASK_DECLINE || verb == MU_INTENT_TASK_DROP) {
        mu_work_arg(work, op, MU_TASK_REASON, mu_bytes(mu_slice_str("no time")));
    }
}

static void label_task(struct mu_sim_work *work)
{
    static const char *const names[] = {"red", "green", "blue"};
    struct mu_id task;
    if (!mu_work_some(work, "task", "1", &task)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_TASK_LABEL);
    struct mu_slice name = mu_slice_str(names[mu_sim_below(work->sim, 3)]);
    struct mu_id label = mu_id_derive("label", &name, 1);
    struct mu_world world = mu_replica_world(work->replica);
    struct mu_id pair = mu_pair_id(&world, MU_TASK_LABEL, task, label);
    struct mu_row known = mu_work_row(work, MU_LABEL, label);
    if (known.count == 0) {
        mu_work_arg(work, mu_work_op(work, MU_LABEL, label), MU_LABEL_NAME, mu_bytes(name));
    }
    struct mu_op *op = mu_work_op(work, MU_TASK_LABEL, pair);
    mu_work_arg(work, op, MU_TASK_LABEL_TASK, mu_id_value(&task));
    mu_work_arg(work, op, MU_TASK_LABEL_LABEL, mu_id_value(&label));
    mu_work_arg(work, op, MU_TASK_LABEL_ON, mu_int(mu_sim_chance(work->sim, 60) ? 1 : 0));
}

/* As long as a comment may be: some of them, and a transfer takes more than one turn. */
static struct mu_slice very_long(struct mu_sim_work *work)
{
    static const char words[] = "and so on ";
    char *text = mu_arena_array(&work->sim->arena, MU_TEXT_MAX, 1);
    MU_ASSERT(text != NULL);
    for (size_t i = 0; i < MU_TEXT_MAX; i++) {
        text[i] = words[i % (sizeof words - 1)];
    }
    return mu_slice_of(text, MU_TEXT_MAX);
}

static void say(struct mu_sim_work *work, struct mu_slice text)
{
    struct mu_id task;
    if (!mu_work_some(work, "task", "1", &task)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_COMMENT_ADD);
    struct mu_op *op = mu_work_op(work, MU_COMMENT, mu_work_id(work));
    mu_work_arg(work, op, MU_COMMENT_TASK, mu_id_value(&task));
    mu_work_arg(work, op, MU_COMMENT_TEXT, mu_bytes(text));
}

static void comment(struct mu_sim_work *work)
{
    say(work, mu_slice_str("well done"));
}

static void add_checklist(struct mu_sim_work *work)
{
    struct mu_id task;
    if (!mu_work_some(work, "task", "1", &task)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_CHECKLIST_ADD);
    struct mu_id list = mu_work_id(work);
    struct mu_op *op = mu_work_op(work, MU_CHECKLIST, list);
    mu_work_arg(work, op, MU_CHECKLIST_TASK, mu_id_value(&task));
    mu_work_arg(work, op, MU_CHECKLIST_NAME, mu_bytes(mu_slice_str("steps")));
    for (unsigned i = 0; i < 2; i++) {
        op = mu_work_op(work, MU_ITEM, mu_work_id(work));
        mu_work_arg(work, op, MU_ITEM_CHECKLIST, mu_id_value(&list));
        mu_work_arg(work, op, MU_ITEM_TASK, mu_id_value(&task));
        mu_work_arg(work, op, MU_ITEM_NAME, mu_bytes(mu_slice_str(i == 0 ? "one" : "two")));
    }
}

static void check_item(struct mu_sim_work *work)
{
    struct mu_id item;
    if (!mu_work_some(work, "item", "1", &item)) {
        add_checklist(work);
        return;
    }
    mu_work_begin(work, MU_INTENT_ITEM_EDIT);
    mu_work_arg(work, mu_work_op(work, MU_ITEM, item), MU_ITEM_DONE,
                mu_int(mu_sim_chance(work->sim, 50) ? 1 : 0));
}

static void settle_conflict(struct mu_sim_work *work)
{
    struct mu_id conflict;
    if (!mu_work_some(work, "conflict", "state = 1", &conflict)) {
        return;
    }
    mu_work_begin(work, mu_sim_chance(work->sim, 50) ? MU_INTENT_CONFLICT_RESTORE
                                                     : MU_INTENT_CONFLICT_ACCEPT);
    struct mu_row row = mu_work_row(work, MU_CONFLICT, conflict);
    work->saved.wild = work->intent.number == MU_INTENT_CONFLICT_RESTORE;
    work->saved.task = mu_row_id(&row, MU_CONFLICT_ROW);
    (void)mu_work_op(work, MU_CONFLICT, conflict);
}

static void delete_task(struct mu_sim_work *work)
{
    struct mu_id task;
    if (!mu_work_some(work, "task", "1", &task)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_TASK_DELETE);
    mu_work_arg(work, mu_work_op(work, MU_TASK, task), MU_TASK_DELETED,
                mu_int(mu_sim_chance(work->sim, 70) ? 1 : 0));
}

static void rename_column(struct mu_sim_work *work)
{
    struct mu_id column;
    char name[32];
    if (!mu_work_some(work, "board_column", "1", &column)) {
        return;
    }
    mu_work_begin(work, MU_INTENT_COLUMN_EDIT);
    (void)snprintf(name, sizeof name, "column %llu",
                   (unsigned long long)mu_sim_below(work->sim, 100));
    mu_work_arg(work, mu_work_op(work, MU_COLUMN, column), MU_COLUMN_NAME,
                mu_bytes(mu_slice_str(name)));
}

static void undo(struct mu_sim_work *work)
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

static void choose(struct mu_sim_work *work)
{
    static void (*const edits[])(struct mu_sim_work *) = {
        add_task,      add_task,        edit_title,    edit_title,    edit_title,    edit_text,
        edit_text,     edit_due,        move_task,     move_task,     assign_task,   change_state,
        change_state,  label_task,      label_task,    comment,       add_checklist, check_item,
        check_item,    settle_conflict, delete_task,   rename_column, undo,          edit_as_newer,
        mu_sim_rhythm, mu_sim_rhythm,   mu_sim_rhythm, mu_sim_praise, mu_sim_praise, mu_sim_goals,
        mu_sim_goals,  mu_sim_goals,    mu_sim_goals};
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
    struct mu_sim_work work = {
        .sim = sim, .device = device, .replica = mu_client_replica(self->client)};
    work.turn = mu_sim_device_now(sim, device, &work.entropy);
    choose(&work);
    if (work.store_failed) {
        mu_sim_device_stop(sim, device, false);
    } else if (work.possible && !mu_sim_failed(sim)) {
        (void)mu_sim_save(sim, device, &work.turn, &work.intent, &work.saved);
    }
}
