/* The board: the table of its keys, and what each does. */
#include <stdlib.h>
#include <string.h>

#include "client/tui/screen.h"
#include "client/tui/tui.h"
#include "client/view/text.h"

/* In the order of board_deeds. */
enum row {
    LEFT,
    RIGHT,
    UP,
    DOWN,
    PAGE_UP,
    PAGE_DOWN,
    FIRST,
    LAST,
    OPEN,
    NEW,
    EDIT,
    TEXT,
    ASSIGN,
    TAKE,
    ANSWER,
    DUE,
    LABEL,
    DONE,
    COMMENT,
    CHECK,
    BLOCK,
    PROMISE,
    KUDOS,
    MOVE_LEFT,
    MOVE_RIGHT,
    MOVE_UP,
    MOVE_DOWN,
    MOVE,
    ARCHIVE,
    UNDO,
    RESTORE,
    ACCEPT,
    SEARCH,
    FILTER,
    MINE,
    GOAL,
    CLEAR,
    PALETTE,
    KEYS,
    QUIT,
    ROWS
};

static const struct mu_key_row rows[] = {
    [LEFT] = {"left", "h Left", "column to the left"},
    [RIGHT] = {"right", "l Right Tab", "column to the right"},
    [UP] = {"up", "k Up", "card above"},
    [DOWN] = {"down", "j Down", "card below"},
    [PAGE_UP] = {"page-up", "PgUp C-b", "a page up"},
    [PAGE_DOWN] = {"page-down", "PgDn C-f", "a page down"},
    [FIRST] = {"first", "Home g", "first card"},
    [LAST] = {"last", "End G", "last card"},
    [OPEN] = {"open", "Enter", "the whole card"},
    [NEW] = {"new", "n", "a new card in this column"},
    [EDIT] = {"edit", "e", "edit the title"},
    [TEXT] = {"text", "C-e", "edit the description in your editor"},
    [ASSIGN] = {"assign", "a", "give it to somebody"},
    [TAKE] = {"take", "Space", "take it, or leave it"},
    [ANSWER] = {"answer", "y", "accept or decline what was given to you"},
    [DUE] = {"due", "d", "due date: fri, tomorrow 15:00, none"},
    [LABEL] = {"label", "#", "labels on and off"},
    [DONE] = {"done", "x", "done, or open again"},
    [COMMENT] = {"comment", "c", "say something"},
    [CHECK] = {"check", "t", "tick a checklist item, or add one"},
    [BLOCK] = {"block", "b", "what stops it and whom it waits for; again: it is cleared"},
    [PROMISE] = {"promise", "p", "promise it for today or this week"},
    [KUDOS] = {"kudos", "+", "thank somebody for it"},
    [MOVE_LEFT] = {"move-left", "< S-Left H", "move it a column to the left"},
    [MOVE_RIGHT] = {"move-right", "> S-Right L", "move it a column to the right"},
    [MOVE_UP] = {"move-up", "K S-Up", "move it up"},
    [MOVE_DOWN] = {"move-down", "J S-Down", "move it down"},
    [MOVE] = {"move", "m", "move it to a column by name"},
    [ARCHIVE] = {"archive", "X", "archive it"},
    [UNDO] = {"undo", "z u", "take back your last edit"},
    [RESTORE] = {"restore", "R", "have the value that a conflict set aside"},
    [ACCEPT] = {"accept", "A", "leave a conflict as it stands"},
    [SEARCH] = {"search", "/", "cards that hold these words"},
    [FILTER] = {"filter", "f", "show only: mine, a person, a label, late"},
    [MINE] = {"mine", "o", "only mine, and back"},
    [GOAL] = {"goal", "w", "one goal's lane after the other"},
    [CLEAR] = {"clear", "Esc", "show everything again"},
    [PALETTE] = {"palette", ": C-k", "find a command by name"},
    [KEYS] = {"keys", "?", "this page"},
    [QUIT] = {"quit", "q", "back, or leave the board"},
};
const struct mu_key_table mu_board_keys = {rows, ROWS};

/* -- moving the card ----------------------------------------------------------------------- */

static void moved(struct mu_screen *screen, const struct mu_task_line *task,
                  const struct mu_act_place *place)
{
    struct mu_error err;
    if (!mu_face_may(&screen->face)) {
        return;
    }
    if (mu_act_move(&screen->desk, task, place, &err) == MU_OK) {
        screen->face.focus = task->id;
        mu_face_say(&screen->face, "moved, saved here");
    } else {
        mu_face_fail(&screen->face, &err);
    }
    mu_screen_refresh(screen, false);
}

static void move_aside(struct mu_screen *screen, int by)
{
    const struct mu_card *card = mu_screen_card(screen);
    bool possible = by < 0 ? screen->lane > 0 : screen->lane + 1 < screen->lane_count;
    if (card == NULL || !possible) {
        mu_face_say(&screen->face,
                    card == NULL ? "there is no card here" : "no column on that side");
        return;
    }
    struct mu_task_line task = card->line;
    size_t lane = by < 0 ? screen->lane - 1 : screen->lane + 1;
    struct mu_act_place place = {
        .column = screen->lanes[lane].column->id, .placed = true, .behind = true};
    moved(screen, &task, &place);
}

/* The card at a number, wherever the window stands. */
static bool id_at(struct mu_screen *screen, int64_t index, struct mu_id *out)
{
    struct mu_card_query query = mu_screen_query(screen);
    struct mu_card *cards = NULL;
    size_t count = 0;
    struct mu_error err;
    if (index < 0 ||
        mu_cards_window(&screen->desk.cards, &query, screen->lanes[screen->lane].column->id, index,
                        1, &screen->desk.frame, &cards, &count, &err) != MU_OK) {
        return false;
    }
    *out = count > 0 ? cards[0].line.id : (struct mu_id){{0}};
    return count > 0;
}

static void move_along(struct mu_screen *screen, int by)
{
    const struct mu_card *card = mu_screen_card(screen);
    struct mu_act_place place = {.placed = true, .behind = by > 0};
    if (card == NULL) {
        return;
    }
    struct mu_task_line task = card->line;
    if (id_at(screen, screen->index + by, &place.neighbour)) {
        moved(screen, &task, &place);
    }
}

/* -- the rest ------------------------------------------------------------------------------ */

static void make_new(struct mu_screen *screen)
{
    struct mu_error err;
    struct mu_id task;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_TITLE_MAX);
    if (!mu_face_may(&screen->face) || screen->lane_count == 0 ||
        !mu_ask_line(&screen->face, "new card:", &text, NULL) || text.len == 0 ||
        screen->lane_count == 0) {
        return;
    }
    if (mu_act_add(&screen->desk, screen->lanes[screen->lane].column->id, mu_buf_view(&text), &task,
                   &err) == MU_OK) {
        screen->face.focus = task;
        mu_face_say(&screen->face, "a new card, saved here");
    } else {
        mu_face_fail(&screen->face, &err);
    }
    mu_screen_refresh(screen, false);
}

static void show_keys(struct mu_face *face)
{
    mu_face_keys(face, "Keys of the board",
                 "\n  On a card:  ! late   \xe2\x97\x86 today   \xe2\x97\x87 soon   2/5 checked   "
                 "\xe2\x86\x91 waiting for the server\n"
                 "              \xe2\x89\xa0 two people changed one thing   * changed just now by "
                 "somebody\n"
                 "  The mouse chooses a card, carries it to another column, and scrolls.\n"
                 "  Keys can be changed: muster config set keys \"done=D search=s\"\n");
}

static void show_palette(struct mu_face *face)
{
    size_t row = mu_face_palette(face);
    if (row < ROWS && row != PALETTE) {
        face->act(face, row);
    }
}

static bool act_eye(struct mu_screen *screen, enum row row)
{
    int64_t page = (int64_t)mu_screen_fit(screen);
    int64_t top = screen->lane_count > 0 ? screen->index - screen->tops[screen->lane] : 0;
    size_t lane = screen->lane;
    int64_t index = screen->index;
    if (row == LEFT && lane > 0) {
        lane--;
    } else if (row == RIGHT && lane + 1 < screen->lane_count) {
        lane++;
    } else if (row == UP || row == PAGE_UP) {
        index -= row == UP ? 1 : page;
    } else if (row == DOWN || row == PAGE_DOWN) {
        index += row == DOWN ? 1 : page;
    } else if (row == FIRST) {
        index = 0;
    } else if (row == LAST) {
        index = INT64_MAX / 2;
    } else if (row != LEFT && row != RIGHT) {
        return false;
    }
    /* The eye keeps its height when it goes to another column. */
    index = lane != screen->lane ? screen->tops[lane] + top : index;
    mu_screen_go(screen, lane, index);
    return true;
}

static void act_deed(struct mu_screen *screen, enum row row)
{
    static void (*const deeds[ROWS])(struct mu_face *) = {
        [OPEN] = mu_detail_run,      [EDIT] = mu_deed_edit_title, [TEXT] = mu_deed_edit_text,
        [ASSIGN] = mu_deed_assign,   [TAKE] = mu_deed_take,       [ANSWER] = mu_deed_answer,
        [DUE] = mu_deed_due,         [LABEL] = mu_deed_label,     [DONE] = mu_deed_done,
        [COMMENT] = mu_deed_comment, [CHECK] = mu_deed_check,     [MOVE] = mu_deed_move_menu,
        [ARCHIVE] = mu_deed_archive, [UNDO] = mu_deed_undo,       [PALETTE] = show_palette,
        [KEYS] = show_keys,          [BLOCK] = mu_deed_block,     [PROMISE] = mu_deed_promise,
        [KUDOS] = mu_deed_kudos,
    };
    static void (*const own[ROWS])(struct mu_screen *) = {
        [NEW] = make_new,        [SEARCH] = mu_filter_search, [FILTER] = mu_filter_choose,
        [MINE] = mu_filter_mine, [GOAL] = mu_filter_goal,     [CLEAR] = mu_filter_clear,
    };
    if (deeds[row] != NULL) {
        deeds[row](&screen->face);
    } else if (own[row] != NULL) {
        own[row](screen);
    } else if (row == MOVE_LEFT || row == MOVE_RIGHT) {
        move_aside(screen, row == MOVE_LEFT ? -1 : 1);
    } else if (row == MOVE_UP || row == MOVE_DOWN) {
        move_along(screen, row == MOVE_UP ? -1 : 1);
    } else if (row == RESTORE || row == ACCEPT) {
        mu_deed_settle(&screen->face, row == RESTORE);
    } else if (row == QUIT) {
        screen->face.ended = true;
    }
}

static void act(struct mu_face *face, size_t row)
{
    struct mu_screen *screen = (struct mu_screen *)face;
    if (row >= ROWS || act_eye(screen, (enum row)row)) {
        return;
    }
    if (screen->lane_count == 0 && row != QUIT && row != KEYS && row != CLEAR && row != UNDO) {
        mu_face_say(&screen->face, "there are no columns here");
        return;
    }
    act_deed(screen, (enum row)row);
}

/* -- the mouse ----------------------------------------------------------------------------- */

static void press(struct mu_screen *screen, const struct mu_event *event)
{
    size_t lane = 0;
    int64_t index = 0;
    screen->pressed = (struct mu_id){{0}};
    if (mu_board_hit(screen, event->y, event->x, &lane, &index)) {
        bool there = mu_screen_card_at(screen, lane, index) != NULL;
        mu_screen_go(screen, lane, index);
        screen->pressed = there && event->y >= MU_HEAD_ROWS ? screen->face.focus : screen->pressed;
    }
}

/* A card let go over another column is moved there, onto the place under the mouse. */
static void release(struct mu_screen *screen, const struct mu_event *event)
{
    size_t lane = 0;
    int64_t index = 0;
    const struct mu_card *card = mu_screen_card(screen);
    struct mu_id pressed = screen->pressed;
    screen->pressed = (struct mu_id){{0}};
    if (card == NULL || mu_id_is_zero(pressed) || !mu_id_equal(card->line.id, pressed) ||
        !mu_board_hit(screen, event->y, event->x, &lane, &index) ||
        (lane == screen->lane && index == screen->index)) {
        return;
    }
    struct mu_task_line task = card->line;
    struct mu_act_place place = {.column = screen->lanes[lane].column->id, .placed = true};
    const struct mu_card *under = mu_screen_card_at(screen, lane, index);
    place.neighbour = under != NULL ? under->line.id : place.neighbour;
    place.behind = under != NULL && lane == screen->lane && index > screen->index;
    moved(screen, &task, &place);
}

/* -- the loop ------------------------------------------------------------------------------ */

static void handle(struct mu_screen *screen, const struct mu_event *event)
{
    switch (event->kind) {
    case MU_EVENT_KEY:
        if (event->key != MU_KEY_NONE) {
            act(&screen->face, mu_bindings_find(&screen->face.bindings, event->key));
        }
        return;
    case MU_EVENT_PRESS:
        press(screen, event);
        return;
    case MU_EVENT_RELEASE:
        release(screen, event);
        return;
    case MU_EVENT_WHEEL:
        mu_screen_go(screen, screen->lane, screen->index + event->turn);
        return;
    case MU_EVENT_RESIZE:
    case MU_EVENT_WAKE:
    case MU_EVENT_END:
        return;
    }
}

static void draw(struct mu_face *face)
{
    mu_board_draw((struct mu_screen *)face);
}

static void refresh(struct mu_face *face, bool remote)
{
    mu_screen_refresh((struct mu_screen *)face, remote);
}

static struct mu_event wait_on(struct mu_face *face)
{
    return mu_screen_wait((struct mu_screen *)face);
}

static enum mu_status run(struct mu_screen *screen, const struct mu_tui_options *options,
                          struct mu_error *err)
{
    struct mu_face *face = &screen->face;
    *face = (struct mu_face){.desk = &screen->desk,
                             .readonly = options->readonly,
                             .draw = draw,
                             .refresh = refresh,
                             .wait = wait_on,
                             .act = act};
    MU_TRY(mu_bindings_make(mu_board_keys, mu_lead_keys, options->keys, &face->bindings, err));
    MU_TRY(mu_desk_open(&screen->desk, options, err));
    enum mu_status status = mu_term_start(options->colour, err);
    status = status == MU_OK ? mu_screen_read(screen, false, err) : status;
    screen->news_seq = screen->desk.status.cursor.seq;
    while (status == MU_OK && !face->ended) {
        mu_board_draw(screen);
        mu_term_show(-1, 0);
        struct mu_event event = mu_screen_wait(screen);
        handle(screen, &event);
    }
    mu_term_stop();
    mu_desk_close(&screen->desk);
    return status;
}

enum mu_status mu_tui_board(const struct mu_tui_options *options, struct mu_error *err)
{
    struct mu_screen *screen = calloc(1, sizeof *screen);
    if (screen == NULL) {
        return mu_fail(err, MU_E_NOMEM, "open the board: out of memory");
    }
    enum mu_status status = run(screen, options, err);
    free(screen);
    return status;
}
