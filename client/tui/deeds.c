/* What is done to the card in focus, with the questions that it takes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/tui/screen.h"
#include "client/view/detail.h"
#include "client/view/task_words.h"
#include "client/view/text.h"
#include "common/base/utf8.h"

#define TITLE_ROOM  ((size_t)4096)
#define ECHO_ROOM   ((size_t)65536)
#define EDITOR_LINE "exec ${VISUAL:-${EDITOR:-vi}} \"$1\""

/* The task in focus, copied: the frame may change while a question is asked. */
static bool subject(struct mu_screen *screen, struct mu_task_line *out)
{
    const struct mu_card *card = mu_screen_card(screen);
    if (card == NULL) {
        mu_screen_say(screen, "there is no card here; n makes one");
        return false;
    }
    *out = card->line;
    return true;
}

/* What came of a deed, and the board as it is now. */
static void finish(struct mu_screen *screen, struct mu_id task, enum mu_status status,
                   const struct mu_error *err, const char *said)
{
    if (status == MU_OK) {
        mu_screen_focus(screen, task);
        mu_screen_say(screen, said);
    } else {
        mu_screen_fail(screen, err);
    }
    mu_screen_refresh(screen, false);
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

void mu_deed_edit_title(struct mu_screen *screen)
{
    struct mu_task_line task;
    struct mu_error err;
    char said[MU_LINE_MAX];
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, TITLE_ROOM);
    if (!subject(screen, &task) || mu_buf_append(&text, task.title.data, task.title.len) != MU_OK ||
        !mu_ask_line(screen, "title:", &text, NULL)) {
        return;
    }
    say_of(said, &task, "has a new title");
    finish(screen, task.id, mu_act_title(&screen->desk, task.id, mu_buf_view(&text), &err), &err,
           said);
}

void mu_deed_comment(struct mu_screen *screen)
{
    struct mu_task_line task;
    struct mu_error err;
    char said[MU_LINE_MAX];
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_TEXT_MAX);
    if (!subject(screen, &task) || !mu_ask_line(screen, "comment:", &text, NULL) || text.len == 0) {
        return;
    }
    say_of(said, &task, "commented");
    finish(screen, task.id, mu_act_comment(&screen->desk, task.id, mu_buf_view(&text), &err), &err,
           said);
}

static bool write_all(int file, struct mu_slice text)
{
    while (text.len > 0) {
        ssize_t done = write(file, text.data, text.len);
        if (done < 0 && errno != EINTR) {
            return false;
        }
        size_t step = done > 0 ? (size_t)done : 0;
        text = mu_slice_of(text.data + step, text.len - step);
    }
    return true;
}

/* The person's editor on a file; false when it failed. */
static bool run_editor(const char *path)
{
    int code = -1;
    mu_term_lend();
    pid_t child = fork();
    if (child == 0) {
        (void)execl("/bin/sh", "sh", "-c", EDITOR_LINE, "sh", path, (char *)NULL);
        _exit(127);
    }
    while (child > 0 && waitpid(child, &code, 0) < 0 && errno == EINTR) {
    }
    mu_term_return();
    return child > 0 && WIFEXITED(code) && WEXITSTATUS(code) == 0;
}

static enum mu_status edit_file(const char *path, struct mu_slice before, struct mu_buf *out,
                                struct mu_error *err)
{
    bool found = false;
    if (!run_editor(path)) {
        return mu_fail(err, MU_E_IO, "the editor failed (VISUAL, EDITOR); nothing was changed");
    }
    MU_TRY(mu_file_read(path, MU_FILE_ANY, out, &found, err));
    if (out->len > 0 && out->data[out->len - 1] == '\n' &&
        (before.len == 0 || before.data[before.len - 1] != '\n')) {
        out->len--;
    }
    return MU_OK;
}

static enum mu_status edit_desc(struct mu_screen *screen, struct mu_id task, struct mu_error *err)
{
    struct mu_task_detail detail;
    char path[MU_PATH_MAX];
    MU_BUF_AUTO struct mu_buf base;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&base, MU_TEXT_MAX);
    mu_buf_init(&text, MU_TEXT_MAX + 1);
    MU_TRY(mu_task_detail_read(screen->desk.db, &screen->desk.names, task, &screen->desk.frame,
                               &detail, err));
    MU_TRY(mu_buf_append(&base, detail.desc.data, detail.desc.len));
    (void)snprintf(path, sizeof path, "%s/%s-XXXXXX", screen->desk.options->folder, "description");
    int file = mkstemp(path);
    if (file < 0) {
        return mu_fail_errno(err, errno, "write", path);
    }
    bool written = write_all(file, mu_buf_view(&base));
    (void)close(file);
    enum mu_status status = written ? edit_file(path, mu_buf_view(&base), &text, err)
                                    : mu_fail_errno(err, errno, "write", path);
    (void)unlink(path);
    MU_TRY(status);
    if (mu_slice_equal(mu_buf_view(&base), mu_buf_view(&text))) {
        return MU_OK;
    }
    return mu_act_desc(&screen->desk, task, mu_buf_view(&text), mu_buf_view(&base), err);
}

void mu_deed_edit_text(struct mu_screen *screen)
{
    struct mu_task_line task;
    struct mu_error err;
    if (subject(screen, &task)) {
        finish(screen, task.id, edit_desc(screen, task.id, &err), &err, "description as edited");
    }
}

/* -- people -------------------------------------------------------------------------------- */

static void pick_name(struct mu_pick *pick, const char *sign, struct mu_slice name)
{
    MU_BUF_AUTO struct mu_buf shown;
    mu_buf_init(&shown, (size_t)1 << 16);
    if (mu_buf_append_str(&shown, sign) != MU_OK ||
        mu_show(&shown, name, MU_SHOW_ONE_LINE) != MU_OK) {
        return;
    }
    struct mu_slice cut = mu_utf8_cut(mu_buf_view(&shown), MU_PICK_NAME_MAX - 1);
    memcpy(pick->names[pick->count], cut.data, cut.len);
    pick->names[pick->count++][cut.len] = '\0';
}

/* People that can own something; ids beside them. */
static void pick_people(const struct mu_screen *screen, struct mu_pick *pick,
                        struct mu_id out_ids[static MU_PICK_MAX])
{
    const struct mu_names *names = &screen->desk.names;
    for (size_t i = 0; i < names->person_count && pick->count < MU_PICK_MAX; i++) {
        if (names->people[i].state == MU_PERSON_ACTIVE) {
            out_ids[pick->count] = names->people[i].id;
            pick_name(pick, "@", names->people[i].handle);
        }
    }
}

void mu_deed_assign(struct mu_screen *screen)
{
    struct mu_task_line task;
    struct mu_error err;
    struct mu_pick pick = {.title = "whose task is it?"};
    struct mu_id ids[MU_PICK_MAX] = {{{0}}};
    char what[MU_PICK_NAME_MAX + 16];
    char said[MU_LINE_MAX];
    if (!subject(screen, &task)) {
        return;
    }
    pick_name(&pick, "", mu_slice_str("nobody"));
    pick_people(screen, &pick, ids);
    if (!mu_ask_pick(screen, &pick)) {
        return;
    }
    (void)snprintf(what, sizeof what, "is %s's", pick.names[pick.chosen]);
    say_of(said, &task, pick.chosen == 0 ? "is nobody's" : what);
    finish(screen, task.id, mu_act_assign(&screen->desk, task.id, ids[pick.chosen], &err), &err,
           said);
}

void mu_deed_take(struct mu_screen *screen)
{
    struct mu_task_line task;
    struct mu_error err;
    char said[MU_LINE_MAX];
    if (!subject(screen, &task)) {
        return;
    }
    bool mine = mu_id_equal(task.owner, screen->desk.self);
    say_of(said, &task, mine ? "is nobody's" : "is yours");
    finish(
        screen, task.id,
        mu_act_assign(&screen->desk, task.id, mine ? (struct mu_id){{0}} : screen->desk.self, &err),
        &err, said);
}

/* -- dates --------------------------------------------------------------------------------- */

static void echo_due(struct mu_screen *screen, struct mu_slice text, struct mu_buf *echo)
{
    struct mu_due due;
    struct mu_error err;
    bool none = false;
    enum mu_status status = MU_OK;
    if (text.len == 0) {
        status = mu_buf_append_str(echo, " fri, tomorrow 15:00, in 3 wd, 2026-11-27, none");
    } else if (mu_act_read_due(&screen->desk, text, &due, &none, &err) != MU_OK) {
        status = mu_buf_printf(echo, " %s", err.text);
    } else if (none) {
        status = mu_buf_append_str(echo, " = no due date");
    } else if (mu_buf_append_str(echo, " = ") == MU_OK) {
        status = mu_words_due(echo, &due, MU_DUE_EXACT, &screen->desk.from);
    }
    (void)status;
}

void mu_deed_due(struct mu_screen *screen)
{
    struct mu_task_line task;
    struct mu_error err;
    MU_BUF_AUTO struct mu_buf text;
    MU_BUF_AUTO struct mu_buf echo;
    mu_buf_init(&text, 256);
    mu_buf_init(&echo, ECHO_ROOM);
    if (!subject(screen, &task) || !mu_ask_line(screen, "due:", &text, echo_due) || text.len == 0) {
        return;
    }
    enum mu_status status = mu_act_due(&screen->desk, task.id, mu_buf_view(&text), &echo, &err);
    finish(screen, task.id, status, &err, text_of(&echo));
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

static void pick_labels(const struct mu_screen *screen, const struct mu_task_line *task,
                        struct mu_pick *pick, struct mu_id out_ids[static MU_PICK_MAX])
{
    const struct mu_names *names = &screen->desk.names;
    for (size_t i = 0; i < names->label_count && pick->count < MU_PICK_MAX; i++) {
        bool on = task != NULL && has_label(task, names->labels[i].id);
        out_ids[pick->count] = names->labels[i].id;
        pick_name(pick, task == NULL ? "#" : (on ? "[x] #" : "[ ] #"),
                  mu_label_words(&names->labels[i]));
    }
}

void mu_deed_label(struct mu_screen *screen)
{
    struct mu_task_line task;
    struct mu_error err;
    struct mu_pick pick = {.title = "labels", .makes = true};
    struct mu_id ids[MU_PICK_MAX] = {{{0}}};
    char said[MU_LINE_MAX];
    if (!subject(screen, &task)) {
        return;
    }
    pick_labels(screen, &task, &pick, ids);
    if (!mu_ask_pick(screen, &pick)) {
        return;
    }
    bool made = pick.chosen == pick.count;
    bool on = made || !has_label(&task, ids[pick.chosen]);
    const char *typed = pick.typed[0] == '#' ? pick.typed + 1 : pick.typed;
    say_of(said, &task, on ? "has the label" : "is without the label");
    finish(screen, task.id,
           mu_act_label(&screen->desk, task.id, made ? NULL : &ids[pick.chosen],
                        mu_slice_str(typed), on, &err),
           &err, said);
}

/* -- state and place ----------------------------------------------------------------------- */

void mu_deed_done(struct mu_screen *screen)
{
    struct mu_task_line task;
    struct mu_error err;
    char said[MU_LINE_MAX];
    if (!subject(screen, &task)) {
        return;
    }
    bool done = task.state == MU_STATE_DONE;
    say_of(said, &task, done ? "is open again" : "is done");
    finish(screen, task.id,
           mu_act_status(&screen->desk, &task, done ? MU_INTENT_TASK_REOPEN : MU_INTENT_TASK_DONE,
                         &err),
           &err, said);
}

void mu_deed_move_menu(struct mu_screen *screen)
{
    struct mu_task_line task;
    struct mu_error err;
    struct mu_pick pick = {.title = "move to which column?", .chosen = screen->lane};
    struct mu_id ids[MU_LANES_MAX];
    char what[MU_PICK_NAME_MAX + 32];
    char said[MU_LINE_MAX];
    if (!subject(screen, &task)) {
        return;
    }
    for (size_t i = 0; i < screen->lane_count; i++) {
        ids[i] = screen->lanes[i].column->id;
        pick_name(&pick, "", screen->lanes[i].column->name);
    }
    if (!mu_ask_pick(screen, &pick)) {
        return;
    }
    struct mu_act_place place = {.column = ids[pick.chosen]};
    (void)snprintf(what, sizeof what, "moved to %s", pick.names[pick.chosen]);
    say_of(said, &task, what);
    finish(screen, task.id, mu_act_move(&screen->desk, &task, &place, &err), &err, said);
}

void mu_deed_archive(struct mu_screen *screen)
{
    struct mu_task_line task;
    struct mu_error err;
    char said[MU_LINE_MAX];
    if (subject(screen, &task)) {
        say_of(said, &task, "archived; z takes it back");
        finish(screen, task.id, mu_act_archive(&screen->desk, task.id, &err), &err, said);
    }
}

/* -- checklists and conflicts --------------------------------------------------------------- */

void mu_deed_check(struct mu_screen *screen)
{
    struct mu_task_line task;
    struct mu_error err;
    struct mu_task_detail detail;
    struct mu_pick pick = {.title = "tick or untick"};
    struct mu_id ids[MU_PICK_MAX];
    bool done[MU_PICK_MAX];
    char said[MU_LINE_MAX];
    if (!subject(screen, &task)) {
        return;
    }
    if (mu_task_detail_read(screen->desk.db, &screen->desk.names, task.id, &screen->desk.frame,
                            &detail, &err) != MU_OK) {
        mu_screen_fail(screen, &err);
        return;
    }
    for (size_t i = 0; i < detail.checklist_count; i++) {
        const struct mu_checklist_line *list = &detail.checklists[i];
        for (size_t j = 0; j < list->item_count && pick.count < MU_PICK_MAX; j++) {
            ids[pick.count] = list->items[j].id;
            done[pick.count] = list->items[j].done;
            pick_name(&pick, list->items[j].done ? "[x] " : "[ ] ", list->items[j].name);
        }
    }
    if (pick.count == 0) {
        mu_screen_say(screen, "no checklist here; muster check T-42 --add TEXT makes one");
        return;
    }
    if (mu_ask_pick(screen, &pick)) {
        say_of(said, &task, done[pick.chosen] ? "unticked" : "ticked");
        finish(screen, task.id,
               mu_act_check(&screen->desk, ids[pick.chosen], !done[pick.chosen], &err), &err, said);
    }
}

void mu_deed_settle(struct mu_screen *screen, bool restore)
{
    struct mu_task_line task;
    struct mu_error err;
    struct mu_conflict_line *lines = NULL;
    size_t count = 0;
    size_t at = 0;
    if (!subject(screen, &task)) {
        return;
    }
    if (mu_conflicts_of(screen->desk.db, task.id, &screen->desk.frame, &lines, &count, &err) !=
        MU_OK) {
        mu_screen_fail(screen, &err);
        return;
    }
    while (at < count && lines[at].state != MU_CONFLICT_OPEN) {
        at++;
    }
    if (at == count) {
        mu_screen_say(screen, "no open conflict on this task");
        return;
    }
    finish(screen, task.id, mu_act_settle(&screen->desk, lines[at].id, restore, &err), &err,
           restore ? "restored what was set aside" : "left as it stands");
}

void mu_deed_undo(struct mu_screen *screen)
{
    struct mu_error err;
    MU_BUF_AUTO struct mu_buf echo;
    mu_buf_init(&echo, ECHO_ROOM);
    enum mu_status status = mu_act_undo(&screen->desk, &echo, &err);
    finish(screen, screen->focus, status, &err, text_of(&echo));
}

/* -- filters ------------------------------------------------------------------------------- */

static void set_words(struct mu_screen *screen, struct mu_slice text)
{
    screen->filter.word_count = 0;
    struct mu_slice cut = mu_utf8_cut(text, sizeof screen->words - 1);
    memcpy(screen->words, cut.data != NULL ? cut.data : (const uint8_t *)"", cut.len);
    screen->words[cut.len] = '\0';
    const char *at = screen->words + strspn(screen->words, " ");
    while (*at != '\0' && screen->filter.word_count < MU_TASK_WORDS_MAX) {
        size_t len = strcspn(at, " ");
        screen->filter.words[screen->filter.word_count++] = mu_slice_of(at, len);
        at += len + strspn(at + len, " ");
    }
}

static void search_live(struct mu_screen *screen, struct mu_slice text, struct mu_buf *echo)
{
    int64_t count = 0;
    if (!mu_slice_equal(text, mu_slice_str(screen->words))) {
        set_words(screen, text);
        mu_screen_refresh(screen, false);
        mu_board_draw(screen);
    }
    for (size_t i = 0; i < screen->lane_count; i++) {
        count += screen->lanes[i].count;
    }
    if (mu_buf_printf(echo, " %lld fit; Enter keeps, Esc shows all again", (long long)count) !=
        MU_OK) {
        mu_buf_clear(echo);
    }
}

void mu_deed_search(struct mu_screen *screen)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_LINE_MAX);
    if (mu_buf_append_str(&text, screen->words) != MU_OK ||
        !mu_ask_line(screen, "search:", &text, search_live)) {
        set_words(screen, mu_slice_str(""));
    }
    mu_screen_refresh(screen, false);
}

void mu_deed_mine(struct mu_screen *screen)
{
    bool on = screen->filter.by_owner && mu_id_equal(screen->filter.owner, screen->desk.self);
    screen->filter.by_owner = !on;
    screen->filter.owner = screen->desk.self;
    mu_screen_refresh(screen, false);
}

void mu_deed_filter(struct mu_screen *screen)
{
    enum { ALL, MINE, NOBODY, LATE, WEEK, NO_DATE, FIXED };
    static const char *const fixed[FIXED] = {"everything", "mine",          "nobody's",
                                             "late",       "due this week", "without a date"};
    struct mu_pick pick = {.title = "show only"};
    struct mu_id ids[MU_PICK_MAX] = {{{0}}};
    for (size_t i = 0; i < FIXED; i++) {
        pick_name(&pick, "", mu_slice_str(fixed[i]));
    }
    pick_people(screen, &pick, ids);
    size_t people_end = pick.count;
    pick_labels(screen, NULL, &pick, ids);
    if (!mu_ask_pick(screen, &pick)) {
        return;
    }
    struct mu_card_filter *filter = &screen->filter;
    if (pick.chosen == ALL) {
        *filter = (struct mu_card_filter){.due = MU_CARD_DUE_ANY};
        screen->words[0] = '\0';
    } else if (pick.chosen == LATE || pick.chosen == WEEK || pick.chosen == NO_DATE) {
        filter->due = (enum mu_card_due)(MU_CARD_DUE_LATE + (int)(pick.chosen - LATE));
    } else if (pick.chosen < people_end) {
        filter->by_owner = true;
        filter->owner = pick.chosen == MINE ? screen->desk.self : ids[pick.chosen];
    } else {
        filter->by_label = true;
        filter->label = ids[pick.chosen];
    }
    mu_screen_refresh(screen, false);
}
