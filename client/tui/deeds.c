/* What is done to the card in focus, with the questions that it takes. */
#include <stdio.h>
#include <string.h>

#include "client/home/editor.h"
#include "client/tui/face.h"
#include "client/view/detail.h"
#include "client/view/task_words.h"
#include "client/view/text.h"
#include "common/base/utf8.h"

#define TITLE_ROOM ((size_t)4096)
#define ECHO_ROOM  ((size_t)65536)

/* The task in focus as it is now; its texts live until the next read.  False when there is none
 * that may be changed. */
static bool subject(struct mu_face *face, struct mu_task_line *out)
{
    struct mu_desk *desk = face->desk;
    struct mu_error err;
    bool found = false;
    if (!mu_face_may(face)) {
        return false;
    }
    if (mu_id_is_zero(face->focus)) {
        mu_face_say(face, "there is no card here");
        return false;
    }
    if (mu_task_line_get(desk->db, &desk->names, face->focus, &desk->frame, out, &found, &err) !=
        MU_OK) {
        mu_face_fail(face, &err);
        return false;
    }
    if (!found) {
        mu_face_say(face, "that card is gone");
    }
    return found;
}

/* What came of a deed, and the board as it is now. */
static void finish(struct mu_face *face, struct mu_id task, enum mu_status status,
                   const struct mu_error *err, const char *said)
{
    if (status == MU_OK) {
        face->focus = task;
        mu_face_say(face, said);
    } else {
        mu_face_fail(face, err);
    }
    face->refresh(face, false);
}

static void say_of(char out[static MU_LINE_MAX], const struct mu_task_line *task, const char *what)
{
    (void)snprintf(out, MU_LINE_MAX, "%s %s, saved here", task->ref, what);
}

static const char *text_of(struct mu_buf *text)
{
    return mu_buf_append_byte(text, 0) == MU_OK ? (const char *)text->data : "";
}

/* -- text ---------------------------------------------------------------------------------- */

void mu_deed_edit_title(struct mu_face *face)
{
    struct mu_task_line task;
    struct mu_error err;
    char said[MU_LINE_MAX];
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, TITLE_ROOM);
    if (!subject(face, &task) || mu_buf_append(&text, task.title.data, task.title.len) != MU_OK ||
        !mu_ask_line(face, "title:", &text, NULL)) {
        return;
    }
    say_of(said, &task, "has a new title");
    finish(face, task.id, mu_act_title(face->desk, task.id, mu_buf_view(&text), &err), &err, said);
}

void mu_deed_comment(struct mu_face *face)
{
    struct mu_task_line task;
    struct mu_error err;
    char said[MU_LINE_MAX];
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_TEXT_MAX);
    if (!subject(face, &task) || !mu_ask_line(face, "comment:", &text, NULL) || text.len == 0) {
        return;
    }
    say_of(said, &task, "commented");
    finish(face, task.id, mu_act_comment(face->desk, task.id, mu_buf_view(&text), &err), &err,
           said);
}

static enum mu_status edit_desc(struct mu_face *face, struct mu_id task, struct mu_error *err)
{
    struct mu_task_detail detail;
    MU_BUF_AUTO struct mu_buf base;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&base, MU_TEXT_MAX);
    mu_buf_init(&text, MU_TEXT_MAX + 1);
    MU_TRY(mu_task_detail_read(face->desk->db, &face->desk->names, task, &face->desk->frame,
                               &detail, err));
    MU_TRY(mu_buf_append(&base, detail.desc.data, detail.desc.len));
    mu_term_lend();
    enum mu_status status =
        mu_editor_edit(face->desk->options->folder, "description", mu_buf_view(&base), &text, err);
    mu_term_return();
    MU_TRY(status);
    if (text.len > 0 && text.data[text.len - 1] == '\n' &&
        (base.len == 0 || base.data[base.len - 1] != '\n')) { /* what editors put at the end */
        text.len--;
    }
    if (mu_slice_equal(mu_buf_view(&base), mu_buf_view(&text))) {
        return MU_OK;
    }
    return mu_act_desc(face->desk, task, mu_buf_view(&text), mu_buf_view(&base), err);
}

void mu_deed_edit_text(struct mu_face *face)
{
    struct mu_task_line task;
    struct mu_error err;
    if (subject(face, &task)) {
        finish(face, task.id, edit_desc(face, task.id, &err), &err, "description as edited");
    }
}

/* -- people -------------------------------------------------------------------------------- */

void mu_pick_people(const struct mu_face *face, struct mu_pick *pick,
                    struct mu_id out_ids[static MU_PICK_MAX])
{
    const struct mu_names *names = &face->desk->names;
    for (size_t i = 0; i < names->person_count && pick->count < MU_PICK_MAX; i++) {
        if (names->people[i].state == MU_PERSON_ACTIVE) {
            out_ids[pick->count] = names->people[i].id;
            mu_pick_add(pick, "@", names->people[i].handle);
        }
    }
}

void mu_deed_assign(struct mu_face *face)
{
    struct mu_task_line task;
    struct mu_error err;
    struct mu_pick pick = {.title = "whose task is it?"};
    struct mu_id ids[MU_PICK_MAX] = {{{0}}};
    char what[MU_PICK_NAME_MAX + 16];
    char said[MU_LINE_MAX];
    if (!subject(face, &task)) {
        return;
    }
    mu_pick_add(&pick, "", mu_slice_str("nobody"));
    mu_pick_people(face, &pick, ids);
    if (!mu_ask_pick(face, &pick)) {
        return;
    }
    (void)snprintf(what, sizeof what, "is %s's", pick.names[pick.chosen]);
    say_of(said, &task, pick.chosen == 0 ? "is nobody's" : what);
    finish(face, task.id, mu_act_assign(face->desk, task.id, ids[pick.chosen], &err), &err, said);
}

void mu_deed_take(struct mu_face *face)
{
    struct mu_task_line task;
    struct mu_error err;
    char said[MU_LINE_MAX];
    if (!subject(face, &task)) {
        return;
    }
    bool mine = mu_id_equal(task.owner, face->desk->self);
    say_of(said, &task, mine ? "is nobody's" : "is yours");
    finish(face, task.id,
           mu_act_assign(face->desk, task.id, mine ? (struct mu_id){{0}} : face->desk->self, &err),
           &err, said);
}

/* Yes or no to a task that was given to this person. */
void mu_deed_answer(struct mu_face *face)
{
    struct mu_task_line task;
    struct mu_error err;
    struct mu_pick pick = {.title = "it was given to you: do you take it on?"};
    MU_BUF_AUTO struct mu_buf why;
    char said[MU_LINE_MAX];
    mu_buf_init(&why, MU_TEXT_MAX);
    if (!subject(face, &task)) {
        return;
    }
    if (task.state != MU_STATE_ASSIGNED || !mu_id_equal(task.owner, face->desk->self)) {
        mu_face_say(face, "nothing to answer: only who was given a task accepts or declines it");
        return;
    }
    mu_pick_add(&pick, "", mu_slice_str("accept"));
    mu_pick_add(&pick, "", mu_slice_str("decline, and say why"));
    if (!mu_ask_pick(face, &pick) ||
        (pick.chosen == 1 && !mu_ask_line(face, "why not:", &why, NULL))) {
        return;
    }
    say_of(said, &task, pick.chosen == 0 ? "is taken on" : "is declined");
    finish(face, task.id,
           pick.chosen == 0 ? mu_act_status(face->desk, &task, MU_INTENT_TASK_ACCEPT, &err)
                            : mu_act_decline(face->desk, &task, mu_buf_view(&why), &err),
           &err, said);
}

/* -- dates --------------------------------------------------------------------------------- */

static void echo_due(struct mu_face *face, struct mu_slice text, struct mu_buf *echo)
{
    struct mu_due due;
    struct mu_error err;
    bool none = false;
    enum mu_status status = MU_OK;
    if (text.len == 0) {
        status = mu_buf_append_str(echo, " fri, tomorrow 15:00, in 3 wd, 2026-11-27, none");
    } else if (mu_act_read_due(face->desk, text, &due, &none, &err) != MU_OK) {
        status = mu_buf_printf(echo, " %s", err.text);
    } else if (none) {
        status = mu_buf_append_str(echo, " = no due date");
    } else if (mu_buf_append_str(echo, " = ") == MU_OK) {
        status = mu_words_due(echo, &due, MU_DUE_EXACT, &face->desk->from);
    }
    (void)status;
}

void mu_deed_due(struct mu_face *face)
{
    struct mu_task_line task;
    struct mu_error err;
    MU_BUF_AUTO struct mu_buf text;
    MU_BUF_AUTO struct mu_buf echo;
    mu_buf_init(&text, 256);
    mu_buf_init(&echo, ECHO_ROOM);
    if (!subject(face, &task) || !mu_ask_line(face, "due:", &text, echo_due) || text.len == 0) {
        return;
    }
    enum mu_status status = mu_act_due(face->desk, task.id, mu_buf_view(&text), &echo, &err);
    finish(face, task.id, status, &err, text_of(&echo));
}

/* -- labels -------------------------------------------------------------------------------- */

static bool has_label(const struct mu_task_line *task, struct mu_id label)
{
    for (size_t i = 0; i < task->label_count; i++) {
        if (mu_id_equal(task->labels[i], label)) {
            return true;
        }
    }
    return false;
}

void mu_pick_labels(const struct mu_face *face, const struct mu_task_line *task,
                    struct mu_pick *pick, struct mu_id out_ids[static MU_PICK_MAX])
{
    const struct mu_names *names = &face->desk->names;
    for (size_t i = 0; i < names->label_count && pick->count < MU_PICK_MAX; i++) {
        bool on = task != NULL && has_label(task, names->labels[i].id);
        out_ids[pick->count] = names->labels[i].id;
        mu_pick_add(pick, task == NULL ? "#" : (on ? "[x] #" : "[ ] #"),
                    mu_label_words(&names->labels[i]));
    }
}

void mu_deed_label(struct mu_face *face)
{
    struct mu_task_line task;
    struct mu_error err;
    struct mu_pick pick = {.title = "labels", .makes = true};
    struct mu_id ids[MU_PICK_MAX] = {{{0}}};
    char said[MU_LINE_MAX];
    if (!subject(face, &task)) {
        return;
    }
    mu_pick_labels(face, &task, &pick, ids);
    if (!mu_ask_pick(face, &pick)) {
        return;
    }
    bool made = pick.chosen == pick.count;
    bool on = made || !has_label(&task, ids[pick.chosen]);
    const char *typed = pick.typed[0] == '#' ? pick.typed + 1 : pick.typed;
    say_of(said, &task, on ? "has the label" : "is without the label");
    finish(face, task.id,
           mu_act_label(face->desk, task.id, made ? NULL : &ids[pick.chosen], mu_slice_str(typed),
                        on, &err),
           &err, said);
}

/* -- state and place ----------------------------------------------------------------------- */

void mu_deed_done(struct mu_face *face)
{
    struct mu_task_line task;
    struct mu_error err;
    char said[MU_LINE_MAX];
    if (!subject(face, &task)) {
        return;
    }
    bool done = task.state == MU_STATE_DONE;
    say_of(said, &task, done ? "is open again" : "is done");
    finish(
        face, task.id,
        mu_act_status(face->desk, &task, done ? MU_INTENT_TASK_REOPEN : MU_INTENT_TASK_DONE, &err),
        &err, said);
}

void mu_deed_move_menu(struct mu_face *face)
{
    const struct mu_names *names = &face->desk->names;
    struct mu_task_line task;
    struct mu_error err;
    struct mu_pick pick = {.title = "move to which column?"};
    struct mu_id ids[MU_PICK_MAX];
    char what[MU_PICK_NAME_MAX + 32];
    char said[MU_LINE_MAX];
    if (!subject(face, &task)) {
        return;
    }
    for (size_t i = 0; i < names->column_count && pick.count < MU_PICK_MAX; i++) {
        const struct mu_column_name *column = &names->columns[i];
        if (task.column != NULL && column->board == task.column->board && !column->archived) {
            pick.chosen = column == task.column ? pick.count : pick.chosen;
            ids[pick.count] = column->id;
            mu_pick_add(&pick, "", column->name);
        }
    }
    if (pick.count == 0 || !mu_ask_pick(face, &pick)) {
        return;
    }
    struct mu_act_place place = {.column = ids[pick.chosen]};
    (void)snprintf(what, sizeof what, "moved to %s", pick.names[pick.chosen]);
    say_of(said, &task, what);
    finish(face, task.id, mu_act_move(face->desk, &task, &place, &err), &err, said);
}

void mu_deed_archive(struct mu_face *face)
{
    struct mu_task_line task;
    struct mu_error err;
    char said[MU_LINE_MAX];
    if (subject(face, &task)) {
        say_of(said, &task, "archived; z takes it back");
        finish(face, task.id, mu_act_archive(face->desk, task.id, &err), &err, said);
    }
}

/* -- checklists and conflicts --------------------------------------------------------------- */

/* The items of a task to choose from; ids and whether they are done beside the names. */
static enum mu_status pick_items(struct mu_face *face, struct mu_id task, struct mu_pick *pick,
                                 struct mu_id out_ids[static MU_PICK_MAX],
                                 bool out_done[static MU_PICK_MAX], struct mu_id *out_list,
                                 struct mu_error *err)
{
    struct mu_desk *desk = face->desk;
    struct mu_task_detail detail;
    MU_TRY(mu_task_detail_read(desk->db, &desk->names, task, &desk->frame, &detail, err));
    for (size_t i = 0; i < detail.checklist_count; i++) {
        const struct mu_checklist_line *list = &detail.checklists[i];
        *out_list = list->id;
        for (size_t j = 0; j < list->item_count && pick->count < MU_PICK_MAX; j++) {
            out_ids[pick->count] = list->items[j].id;
            out_done[pick->count] = list->items[j].done;
            mu_pick_add(pick, list->items[j].done ? "[x] " : "[ ] ", list->items[j].name);
        }
    }
    return MU_OK;
}

void mu_deed_check(struct mu_face *face)
{
    struct mu_task_line task;
    struct mu_error err;
    struct mu_pick pick = {.title = "tick or untick, or type a new item", .makes = true};
    struct mu_id ids[MU_PICK_MAX];
    bool done[MU_PICK_MAX];
    struct mu_id list = {{0}};
    char said[MU_LINE_MAX];
    if (!subject(face, &task)) {
        return;
    }
    if (pick_items(face, task.id, &pick, ids, done, &list, &err) != MU_OK) {
        mu_face_fail(face, &err);
        return;
    }
    if (!mu_ask_pick(face, &pick)) {
        return;
    }
    if (pick.chosen == pick.count) {
        say_of(said, &task, "has one more to check");
        finish(face, task.id,
               mu_act_item(face->desk, task.id, list, mu_slice_str(pick.typed), &err), &err, said);
        return;
    }
    say_of(said, &task, done[pick.chosen] ? "unticked" : "ticked");
    finish(face, task.id, mu_act_check(face->desk, ids[pick.chosen], !done[pick.chosen], &err),
           &err, said);
}

void mu_deed_settle(struct mu_face *face, bool restore)
{
    struct mu_task_line task;
    struct mu_error err;
    struct mu_conflict_line *lines = NULL;
    size_t count = 0;
    size_t at = 0;
    if (!subject(face, &task)) {
        return;
    }
    if (mu_conflicts_of(face->desk->db, task.id, &face->desk->frame, &lines, &count, &err) !=
        MU_OK) {
        mu_face_fail(face, &err);
        return;
    }
    while (at < count && lines[at].state != MU_CONFLICT_OPEN) {
        at++;
    }
    if (at == count) {
        mu_face_say(face, "no open conflict on this task");
        return;
    }
    finish(face, task.id, mu_act_settle(face->desk, lines[at].id, restore, &err), &err,
           restore ? "restored what was set aside" : "left as it stands");
}

void mu_deed_undo(struct mu_face *face)
{
    struct mu_error err;
    MU_BUF_AUTO struct mu_buf echo;
    mu_buf_init(&echo, ECHO_ROOM);
    if (!mu_face_may(face)) {
        return;
    }
    enum mu_status status = mu_act_undo(face->desk, &echo, &err);
    finish(face, face->focus, status, &err, text_of(&echo));
}
