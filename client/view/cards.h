/* A board as columns of cards: counted, asked for by the window that is seen, and in words.
 *
 * A board of ten thousand tasks costs what its window shows: places in a column are found by the
 * index of the board.  Only with a filter is a column walked from its top. */
#ifndef MUSTER_CLIENT_VIEW_CARDS_H
#define MUSTER_CLIENT_VIEW_CARDS_H

#include "client/view/blockers.h"
#include "client/view/tasks.h"
#include "client/view/words.h"

#define MU_LANES_MAX 64 /* columns of one board that are shown */

enum mu_due_mark { MU_DUE_UNMARKED, MU_DUE_LATER, MU_DUE_SOON, MU_DUE_TODAY, MU_DUE_LATE };

/* Texts are neutralised and live in the arena of the window. */
struct mu_card {
    struct mu_task_line line; /* its slices, too */
    struct mu_slice title;
    struct mu_slice people; /* "@ana +1", or "" */
    struct mu_slice due;    /* "! late 2 d", "\u25c6 today", "\u25c7 tomorrow", "27 Nov", or "" */
    enum mu_due_mark due_mark;
    struct mu_slice labels;  /* "#sales #red" */
    struct mu_slice blocked; /* "blocked 2 h 28 min", or "" */
    int64_t item_count, done_count;
    int64_t comment_count;
    bool conflict; /* an open one is about this task */
    bool closed;   /* done or dropped */
};

struct mu_lane {
    const struct mu_column_name *column; /* borrowed from the names */
    int64_t count;                       /* cards that the filter lets through */
    int64_t open;                        /* tasks that count against its limit; 0 without one */
};

enum mu_card_due { MU_CARD_DUE_ANY, MU_CARD_DUE_LATE, MU_CARD_DUE_WEEK, MU_CARD_DUE_NONE };

/* Everything borrowed. */
struct mu_card_filter {
    bool by_owner;
    struct mu_id owner; /* zero: those that nobody has */
    bool by_label;
    struct mu_id label;
    bool by_goal;
    struct mu_id goal; /* zero: those that serve none */
    enum mu_card_due due;
    struct mu_slice words[MU_TASK_WORDS_MAX]; /* each in the title or the reference, case aside */
    size_t word_count;
};
bool mu_card_filter_on(const struct mu_card_filter *filter);

/* Questions about one replica, prepared once.  Must not move. */
struct mu_cards {
    struct mu_db *db; /* borrowed */
    struct mu_stmt window, walk, count, open, place, before, labels, helpers, pending, items,
        comments, conflict;
};
MU_MUST_USE enum mu_status mu_cards_open(struct mu_cards *cards, struct mu_db *db,
                                         struct mu_error *err);
/* Accepts a zeroed one. */
void mu_cards_close(struct mu_cards *cards);

/* What is asked: whose names, when and where, and what is let through.  Borrowed. */
struct mu_card_query {
    const struct mu_names *names;
    const struct mu_viewpoint *from;
    const struct mu_card_filter *filter;
    const struct mu_blocker *blockers; /* open ones, oldest first */
    size_t blocker_count;
};
/* The columns of a board in order, at most MU_LANES_MAX, each with its counts. */
MU_MUST_USE enum mu_status mu_cards_lanes(struct mu_cards *cards, const struct mu_card_query *query,
                                          const struct mu_board_name *board,
                                          struct mu_lane out_lanes[static MU_LANES_MAX],
                                          size_t *out_count, struct mu_error *err);
/* Cards of a column from number first (0, 1, ..), at most most of them. */
MU_MUST_USE enum mu_status mu_cards_window(struct mu_cards *cards,
                                           const struct mu_card_query *query, struct mu_id column,
                                           int64_t first, size_t most, struct mu_arena *arena,
                                           struct mu_card **out_cards, size_t *out_count,
                                           struct mu_error *err);
/* Where a card stands.  *out_found false when it is gone, or the filter hides it. */
MU_MUST_USE enum mu_status mu_cards_find(struct mu_cards *cards, const struct mu_card_query *query,
                                         struct mu_id task, struct mu_id *out_column,
                                         int64_t *out_index, bool *out_found, struct mu_error *err);

/* "! late 2 d" and its mark; nothing without a due, or for what is done. */
MU_MUST_USE enum mu_status mu_words_card_due(struct mu_buf *out, const struct mu_task_line *line,
                                             const struct mu_viewpoint *from,
                                             enum mu_due_mark *out_mark);
/* The head of a column: "Doing 4/3, over its limit", "To do 12". */
MU_MUST_USE enum mu_status mu_words_lane(struct mu_buf *out, const struct mu_lane *lane);
/* A card in one line of words, nothing by colour or shape alone:
 * "T-2 Parser, @kofi +1, no date, 2 of 5 checked, #sales, waiting". */
MU_MUST_USE enum mu_status mu_words_card(struct mu_buf *out, const struct mu_card *card);

#endif
