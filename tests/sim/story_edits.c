/* What people do in a story. */
#include <stdio.h>
#include <string.h>

#include "tests/sim/story_inside.h"

#define NEWER_FIELD 900 /* of a task; only a later version knows it */

/* An edit under way. */
struct pen {
    struct mu_story *story;
    unsigned device;
    struct mu_entropy entropy;
    struct mu_client_turn turn;
    struct mu_intent intent;
    struct mu_saved saved;
};

static bool take_up(struct pen *pen, struct mu_story *story, unsigned device, uint32_t intent)
{
    *pen =
        (struct pen){.story = story, .device = device, .intent = {.number = intent, .version = 1}};
    if (!story->sim->devices[device].node.up) {
        mu_sim_fail(story->sim, "%s's device is not running", story->names[device]);
        return false;
    }
    pen->turn = mu_sim_device_now(story->sim, device, &pen->entropy);
    return true;
}

static struct mu_op *write(struct pen *pen, uint32_t entity, struct mu_id row)
{
    struct mu_op *op = mu_intent_op(&pen->intent, &pen->story->sim->arena, entity, row);
    MU_ASSERT(op != NULL);
    return op;
}

static void arg(struct pen *pen, struct mu_op *op, uint32_t field, struct mu_value value)
{
    bool fits = mu_op_arg(op, &pen->story->sim->arena, field, value);
    MU_ASSERT(fits);
}

/* The value is followed from now on. */
static struct mu_value follow(struct pen *pen, struct mu_id task, uint32_t field, const char *text)
{
    (void)snprintf(pen->saved.text, sizeof pen->saved.text, "%.31s", text);
    pen->saved.task = task;
    pen->saved.field = field;
    return mu_bytes(mu_slice_str(pen->saved.text));
}

static enum mu_status save(struct pen *pen)
{
    return mu_sim_save(pen->story->sim, pen->device, &pen->turn, &pen->intent, &pen->saved);
}

static void must_save(struct pen *pen)
{
    if (save(pen) != MU_OK) {
        mu_sim_fail(pen->story->sim, "the edit was not saved");
    }
}

static bool column_called(struct mu_story *story, unsigned device, const char *name,
                          struct mu_id *out)
{
    struct mu_stmt stmt = {0};
    bool found =
        mu_story_ask(story, device,
                     "SELECT id FROM board_column WHERE ?1 = '' OR name = ?1 ORDER BY key LIMIT 1",
                     mu_slice_str(name), &stmt);
    if (found) {
        *out = mu_stmt_id(&stmt, 0);
    } else {
        mu_sim_fail(story->sim, "no column is called '%s'", name);
    }
    mu_stmt_finalize(&stmt);
    return found;
}

static bool start_task(struct mu_story *story, const struct mu_story_args *args, struct pen *pen)
{
    struct mu_id column;
    if (story->task_count == MU_STORY_TASKS_MAX ||
        !take_up(pen, story, args->machine, MU_INTENT_TASK_ADD) ||
        !column_called(story, args->machine, "", &column)) {
        return false;
    }
    struct mu_story_task *task = &story->tasks[story->task_count++];
    task->id = mu_entropy_id(&pen->entropy, pen->turn.wall.ms);
    (void)snprintf(task->title, sizeof task->title, "%s", args->texts[0]);
    struct mu_op *op = write(pen, MU_TASK, task->id);
    arg(pen, op, MU_TASK_TITLE, follow(pen, task->id, MU_TASK_TITLE, args->texts[0]));
    struct mu_slice id = {0};
    bool fits = mu_arena_copy(&story->sim->arena, mu_id_view(&column), &id);
    MU_ASSERT(fits);
    arg(pen, op, MU_TASK_COLUMN, mu_bytes(id));
    return true;
}

static void add_task(struct mu_story *story, const struct mu_story_args *args)
{
    struct pen pen;
    if (start_task(story, args, &pen)) {
        must_save(&pen);
    }
}

static void cut_power_while_adding(struct mu_story *story, const struct mu_story_args *args)
{
    struct pen pen;
    if (start_task(story, args, &pen)) {
        struct mu_node *node = &story->sim->devices[args->machine].node;
        node->power_fails = true;
        mu_memdisk_cut_power(node->disk, (uint64_t)args->number);
        (void)save(&pen); /* or not: whichever was said must be true */
        mu_sim_device_stop(story->sim, args->machine, true);
    }
}

static void write_field(struct mu_story *story, const struct mu_story_args *args, uint32_t field)
{
    struct pen pen;
    struct mu_id task;
    if (mu_story_task(story, args->texts[0], &task) &&
        take_up(&pen, story, args->machine, MU_INTENT_TASK_EDIT)) {
        arg(&pen, write(&pen, MU_TASK, task), field, follow(&pen, task, field, args->texts[1]));
        must_save(&pen);
    }
}

static void rename_task(struct mu_story *story, const struct mu_story_args *args)
{
    write_field(story, args, MU_TASK_TITLE);
}

static void write_as_newer(struct mu_story *story, const struct mu_story_args *args)
{
    write_field(story, args, NEWER_FIELD);
}

static void on_task(struct mu_story *story, const struct mu_story_args *args, uint32_t intent,
                    uint32_t field, struct mu_value value)
{
    struct pen pen;
    struct mu_id task;
    if (mu_story_task(story, args->texts[0], &task) &&
        take_up(&pen, story, args->machine, intent)) {
        pen.saved.task = task;
        arg(&pen, write(&pen, MU_TASK, task), field, value);
        must_save(&pen);
    }
}

static void delete_task(struct mu_story *story, const struct mu_story_args *args)
{
    on_task(story, args, MU_INTENT_TASK_DELETE, MU_TASK_DELETED, mu_int(1));
}

static void move_task(struct mu_story *story, const struct mu_story_args *args)
{
    struct mu_id column;
    if (column_called(story, args->machine, args->texts[1], &column)) {
        on_task(story, args, MU_INTENT_TASK_MOVE, MU_TASK_COLUMN, mu_id_value(&column));
    }
}

static void undo(struct mu_story *story, const struct mu_story_args *args)
{
    struct pen pen;
    struct mu_id undone;
    struct mu_error err = {0};
    if (!take_up(&pen, story, args->machine, MU_INTENT_UNDO)) {
        return;
    }
    if (mu_client_undo(story->sim->devices[args->machine].client, &story->sim->arena, &pen.intent,
                       &undone, &err) != MU_OK) {
        mu_sim_fail(story->sim, "nothing to undo: %s", err.text);
        return;
    }
    pen.saved.wild = true;
    pen.saved.task = pen.intent.ops[0].row;
    must_save(&pen);
}

static struct mu_slice hex_of(struct mu_story *story, struct mu_id id)
{
    static const char digits[] = "0123456789ABCDEF";
    uint8_t text[2 * MU_ID_LEN];
    struct mu_slice kept = {0};
    for (size_t i = 0; i < MU_ID_LEN; i++) {
        text[2 * i] = (uint8_t)digits[id.bytes[i] >> 4];
        text[2 * i + 1] = (uint8_t)digits[id.bytes[i] & 15];
    }
    bool fits = mu_arena_copy(&story->sim->arena, mu_slice_of(text, sizeof text), &kept);
    MU_ASSERT(fits);
    return kept;
}

static void remove_member(struct mu_story *story, const struct mu_story_args *args)
{
    struct pen pen;
    struct mu_stmt stmt = {0};
    struct mu_sim_device *other = &story->sim->devices[args->other];
    if (!take_up(&pen, story, args->machine, MU_INTENT_PERSON_REMOVE)) {
        return;
    }
    if (!mu_story_ask(story, args->machine, "SELECT person FROM device WHERE hex(id) = ?1",
                      hex_of(story, other->key.device), &stmt)) {
        mu_sim_fail(story->sim, "%s does not know whose that device is",
                    story->names[args->machine]);
    } else {
        (void)write(&pen, MU_PERSON, mu_stmt_id(&stmt, 0));
        must_save(&pen);
        other->removed = true;
    }
    mu_stmt_finalize(&stmt);
}

const struct mu_story_act mu_story_edits[] = {
    {"%n adds %t", add_task},
    {"%n renames %t to %t", rename_task},
    {"%n writes as newer into %t %t", write_as_newer},
    {"%n moves %t to %t", move_task},
    {"%n deletes %t", delete_task},
    {"%n undoes", undo},
    {"%n removes %o", remove_member},
    {"power cut of %n after %k writes while adding %t", cut_power_while_adding},
    {NULL, NULL}};
