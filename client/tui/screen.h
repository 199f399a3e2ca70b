/* The board on a terminal: what is seen and where the eye is, between the files that paint it,
 * read it and act on it.  For client/tui alone. */
#ifndef MUSTER_CLIENT_TUI_SCREEN_H
#define MUSTER_CLIENT_TUI_SCREEN_H

#include "client/tui/face.h"

#define MU_SEEN_MAX  512 /* cards that are compared with those of before */
#define MU_FLASH_MS  2500
#define MU_LANE_GAP  2
#define MU_LANE_MIN  18
#define MU_HEAD_ROWS 3 /* the top bar, the columns' heads, a rule */

struct mu_seen {
    struct mu_id task;
    struct mu_hash print;   /* of its words */
    int64_t flash_until_ms; /* mono; 0: calm */
};

/* Must not move. */
struct mu_screen {
    struct mu_face face; /* its focus is the card in focus */
    struct mu_desk desk;
    struct mu_id board;

    struct mu_lane lanes[MU_LANES_MAX]; /* of the frame, as all that follows */
    size_t lane_count;
    struct mu_card *cards[MU_LANES_MAX]; /* window of each lane that is seen */
    size_t card_count[MU_LANES_MAX];
    int64_t tops[MU_LANES_MAX]; /* number of the first card seen; kept over frames */

    size_t lane;       /* in focus */
    size_t first_lane; /* leftmost that is seen */
    int64_t index;     /* of the card in focus */

    struct mu_card_filter filter;
    char words[MU_LINE_MAX];     /* that the filter's words point into */
    char goal_name[MU_LINE_MAX]; /* of the lane of a goal that is shown */
    struct mu_blocker *blockers; /* open ones, of the frame */
    size_t blocker_count;

    struct mu_seen seen[MU_SEEN_MAX];
    size_t seen_count;
    uint64_t news_seq;
    struct mu_id pressed; /* card under the mouse's button */
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
size_t mu_screen_visible(const struct mu_screen *screen); /* lanes */
int mu_screen_lane_width(const struct mu_screen *screen);
int mu_screen_card_rows(const struct mu_screen *screen);
size_t mu_screen_fit(const struct mu_screen *screen); /* cards of a lane */
/* Wait for what comes; reads anew when somebody else changed something. */
struct mu_event mu_screen_wait(struct mu_screen *screen);

/* -- board_paint.c ------------------------------------------------------------------------ */

/* Everything but the last show. */
void mu_board_draw(struct mu_screen *screen);
/* Which lane and card lie at a place. */
bool mu_board_hit(const struct mu_screen *screen, int y, int x, size_t *out_lane,
                  int64_t *out_index);

/* -- board.c, filter.c --------------------------------------------------------------------- */

/* What is shown. */
void mu_filter_search(struct mu_screen *screen);
void mu_filter_choose(struct mu_screen *screen);
void mu_filter_mine(struct mu_screen *screen);
void mu_filter_clear(struct mu_screen *screen);
/* One lane after the other: each goal, what serves none, everything. */
void mu_filter_goal(struct mu_screen *screen);
/* The query of everything that is read. */
struct mu_card_query mu_screen_query(const struct mu_screen *screen);

#endif
