/* The board on a terminal: what is seen and where the eye is, between the files that paint it,
 * read it and act on it.  For client/tui alone. */
#ifndef MUSTER_CLIENT_TUI_SCREEN_H
#define MUSTER_CLIENT_TUI_SCREEN_H

#include "client/tui/act.h"
#include "client/tui/keys.h"

#define MU_LINE_MAX      512 /* bytes of a message, or of a filter's words */
#define MU_SEEN_MAX      512 /* cards that are compared with those of before */
#define MU_FLASH_MS      2500
#define MU_LANE_GAP      2
#define MU_LANE_MIN      18
#define MU_HEAD_ROWS     3 /* the top bar, the columns' heads, a rule */
#define MU_FOOT_ROWS     2 /* the last message, the sync truth */
#define MU_PICK_MAX      256
#define MU_PICK_NAME_MAX 96

struct mu_seen {
    struct mu_id task;
    struct mu_hash print;   /* of its words */
    int64_t flash_until_ms; /* mono; 0: calm */
};

/* Must not move. */
struct mu_screen {
    struct mu_desk desk;
    struct mu_bindings bindings;
    struct mu_id board;

    struct mu_lane lanes[MU_LANES_MAX]; /* of the frame, as all that follows */
    size_t lane_count;
    struct mu_card *cards[MU_LANES_MAX]; /* window of each lane that is seen */
    size_t card_count[MU_LANES_MAX];
    int64_t tops[MU_LANES_MAX]; /* number of the first card seen; kept over frames */

    size_t lane;        /* in focus */
    size_t first_lane;  /* leftmost that is seen */
    int64_t index;      /* of the card in focus */
    struct mu_id focus; /* that card, or zero */

    struct mu_card_filter filter;
    char words[MU_LINE_MAX]; /* that the filter's words point into */

    char message[MU_LINE_MAX]; /* neutralised */
    bool message_bad;
    struct mu_seen seen[MU_SEEN_MAX];
    size_t seen_count;
    uint64_t news_seq;
    struct mu_id pressed; /* card under the mouse's button */
    bool ended;
};

/* -- screen.c: what is seen -------------------------------------------------------------- */

/* Read the frame anew; the focus stays on its card wherever that went.  remote: cards that
 * differ are marked for a moment. */
MU_MUST_USE enum mu_status mu_screen_read(struct mu_screen *screen, bool remote,
                                          struct mu_error *err);
/* The same, failures becoming the message. */
void mu_screen_refresh(struct mu_screen *screen, bool remote);
/* The card in focus, or NULL. */
const struct mu_card *mu_screen_card(const struct mu_screen *screen);
/* A card of the frame by its number in a lane, or NULL when it is not in the window. */
const struct mu_card *mu_screen_card_at(const struct mu_screen *screen, size_t lane, int64_t index);
/* Take the eye to a place, clamped, and read. */
void mu_screen_go(struct mu_screen *screen, size_t lane, int64_t index);
/* Have the focus on this task after the next read. */
void mu_screen_focus(struct mu_screen *screen, struct mu_id task);
size_t mu_screen_visible(const struct mu_screen *screen); /* lanes */
int mu_screen_lane_width(const struct mu_screen *screen);
int mu_screen_card_rows(const struct mu_screen *screen);
size_t mu_screen_fit(const struct mu_screen *screen); /* cards of a lane */
/* The message line.  Text that is neutralised already. */
void mu_screen_say(struct mu_screen *screen, const char *text);
void mu_screen_fail(struct mu_screen *screen, const struct mu_error *err);
/* Wait for what comes; reads anew when somebody else changed something. */
struct mu_event mu_screen_wait(struct mu_screen *screen);

/* -- board_paint.c ------------------------------------------------------------------------ */

void mu_board_paint(struct mu_screen *screen);
/* Everything but the last show, for what is laid over it. */
void mu_board_draw(struct mu_screen *screen);
/* The line at the bottom. */
void mu_status_draw(struct mu_screen *screen, const char *hint);
/* Which lane and card lie at a place. */
bool mu_board_hit(const struct mu_screen *screen, int y, int x, size_t *out_lane,
                  int64_t *out_index);

/* -- ask.c: questions to the person ------------------------------------------------------- */

/* A line of text, edited at the bottom.  text: at first what stands there.  False: given up. */
typedef void mu_ask_echo(struct mu_screen *screen, struct mu_slice text, struct mu_buf *echo);
MU_MUST_USE bool mu_ask_line(struct mu_screen *screen, const char *what, struct mu_buf *text,
                             mu_ask_echo *echo);
struct mu_pick {
    const char *title;
    char names[MU_PICK_MAX][MU_PICK_NAME_MAX]; /* neutralised */
    size_t count;
    char typed[MU_PICK_NAME_MAX]; /* what was typed to narrow them */
    size_t chosen;                /* at first, and in the end */
    bool makes;                   /* typed text that is no name may be chosen: chosen == count */
};
/* One of several by arrows, number or the front of its name.  False: given up. */
MU_MUST_USE bool mu_ask_pick(struct mu_screen *screen, struct mu_pick *pick);
/* Lines to read, scrolled by the usual keys until another key: that key, or MU_KEY_ESC. */
uint32_t mu_ask_read(struct mu_screen *screen, struct mu_slice lines, const char *hint, int *top);

/* -- the screens -------------------------------------------------------------------------- */

/* board.c */
extern const struct mu_key_row mu_board_rows[];
extern const size_t mu_board_row_count;
void mu_board_act(struct mu_screen *screen, size_t row);
/* detail.c: the card in focus, whole, until it is left. */
void mu_detail_run(struct mu_screen *screen);
/* deeds.c: what both screens do to the card in focus. */
void mu_deed_edit_title(struct mu_screen *screen);
void mu_deed_edit_text(struct mu_screen *screen);
void mu_deed_assign(struct mu_screen *screen);
void mu_deed_take(struct mu_screen *screen);
void mu_deed_due(struct mu_screen *screen);
void mu_deed_label(struct mu_screen *screen);
void mu_deed_done(struct mu_screen *screen);
void mu_deed_move_menu(struct mu_screen *screen);
void mu_deed_comment(struct mu_screen *screen);
void mu_deed_check(struct mu_screen *screen);
void mu_deed_archive(struct mu_screen *screen);
void mu_deed_settle(struct mu_screen *screen, bool restore);
void mu_deed_undo(struct mu_screen *screen);
/* Filters. */
void mu_deed_search(struct mu_screen *screen);
void mu_deed_filter(struct mu_screen *screen);
void mu_deed_mine(struct mu_screen *screen);

#endif
