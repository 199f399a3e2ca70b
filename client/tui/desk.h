/* A workspace held open for a screen: read anew whenever something came, written by intents.
 *
 * Nothing here knows a terminal. */
#ifndef MUSTER_CLIENT_TUI_DESK_H
#define MUSTER_CLIENT_TUI_DESK_H

#include "client/core/client.h"
#include "client/home/agent_link.h"
#include "client/home/moment.h"
#include "client/home/store.h"
#include "client/view/cards.h"
#include "client/view/history.h"

#define MU_DESK_ZONES_MAX 16

/* What a screen is opened with.  Everything borrowed for its life. */
struct mu_tui_options {
    const struct mu_home *home;
    const struct mu_home_zone *zone;
    const struct mu_workspace *workspace;
    const char *board;  /* by name, "" when none was said */
    const char *keys;   /* "done=X search=f", "" for those of the table */
    const char *folder; /* of things that are wanted for a moment, such as an editor's text */
    bool no_agent;      /* never start one */
    bool colour;
    bool readonly; /* nothing is changed from here */
};

struct mu_desk_zone {
    char name[MU_ZONE_MAX + 1];
    const struct mu_zone *zone; /* NULL: there is none of that name */
};

/* Must not move while open. */
struct mu_desk {
    const struct mu_tui_options *options;
    bool open; /* false after its files could not be opened again: only mu_desk_read() helps */
    struct mu_store store;
    struct mu_client *client;
    struct mu_moment moment;
    struct mu_db *db; /* the replica's */
    struct mu_cards cards;

    struct mu_arena held; /* for the life of the desk: zones */
    struct mu_desk_zone zones[MU_DESK_ZONES_MAX];
    size_t zone_count;

    struct mu_arena frame; /* what was read last; cleared by the next mu_desk_read() */
    struct mu_names names;
    struct mu_viewpoint from;
    struct mu_client_status status;
    struct mu_id self; /* zero while the replica does not know this person */
    int64_t counter;   /* of the file, when it was read */

    struct mu_agent_link link; /* socket -1 without an agent */
    int64_t link_retry_ms;     /* mono: not before */
    bool link_gone;            /* nobody tends the link: what it last said of itself is over */
};

/* Errors: those of the store and the client. */
MU_MUST_USE enum mu_status mu_desk_open(struct mu_desk *desk, const struct mu_tui_options *options,
                                        struct mu_error *err);
/* Accepts a zeroed desk. */
void mu_desk_close(struct mu_desk *desk);
/* Read names, status and clock anew; everything in the frame is gone.  Files that failed in a write
 * are closed and opened again first. */
MU_MUST_USE enum mu_status mu_desk_read(struct mu_desk *desk, struct mu_error *err);
/* The clock alone. */
void mu_desk_now(struct mu_desk *desk);
/* The board meant by the options, else the fullest.  MU_E_NOT_FOUND. */
MU_MUST_USE enum mu_status mu_desk_board(struct mu_desk *desk, const struct mu_board_name **out,
                                         struct mu_error *err);

/* -- what comes ------------------------------------------------------------------------------ */

/* Read what the agent said, without waiting; connect to one that has come up.  *out_changed when
 * rows or the link may have changed, by the agent's word or else by the file's. */
void mu_desk_listen(struct mu_desk *desk, bool *out_changed);
/* How long a screen may sleep. */
int mu_desk_patience_ms(const struct mu_desk *desk);
/* A change of the log after seq (the cursor before) as a line of the frame; *out_any false when
 * there is none, or it is one's own. */
MU_MUST_USE enum mu_status mu_desk_news(struct mu_desk *desk, uint64_t seq, struct mu_slice *out,
                                        bool *out_any, struct mu_error *err);
/* What happened to a task, newest last, at most most lines, each ended by '\n'. */
MU_MUST_USE enum mu_status mu_desk_history(struct mu_desk *desk, struct mu_id task, size_t most,
                                           struct mu_buf *out, struct mu_error *err);

/* The newest changes of a person that are kept here, newest first, at most most, each ended by
 * '\n'; far back nobody looks. */
MU_MUST_USE enum mu_status mu_desk_changes(struct mu_desk *desk, struct mu_id person, size_t most,
                                           struct mu_buf *out, struct mu_error *err);

/* -- what is done ---------------------------------------------------------------------------- */

/* Authors an intent whose memory is the frame's; tells the agent.  The frame stays: read anew.
 * When a lock is held by another for too long, MU_E_BUSY and nothing is kept. */
MU_MUST_USE enum mu_status mu_desk_author(struct mu_desk *desk, const struct mu_intent *intent,
                                          struct mu_error *err);

#endif
