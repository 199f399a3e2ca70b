/* The lead's console on a terminal: what is seen and where the eye is.  For client/tui alone. */
#ifndef MUSTER_CLIENT_TUI_LEAD_H
#define MUSTER_CLIENT_TUI_LEAD_H

#include "client/tui/face.h"
#include "client/tui/tui.h"
#include "client/view/console.h"

#define MU_LEAD_LINES_MAX 8192
#define MU_LEAD_MOST      50 /* rows of a section */

enum mu_lead_line_kind { MU_LEAD_TEAM, MU_LEAD_HEAD, MU_LEAD_NONE, MU_LEAD_ROW };
struct mu_lead_line {
    enum mu_lead_line_kind kind;
    size_t desk;
    const struct mu_console_section *section;
    const struct mu_console_row *row; /* of a row */
};

/* Must not move. */
struct mu_lead {
    struct mu_face face;
    struct mu_desk desks[MU_LEAD_DESKS_MAX];
    size_t desk_count;

    struct mu_console consoles[MU_LEAD_DESKS_MAX]; /* of the frames, as all that follows */
    struct mu_lead_line lines[MU_LEAD_LINES_MAX];
    size_t line_count;

    size_t at;  /* line in focus; a row, where there is one */
    size_t top; /* first line that is seen */
    /* What the row in focus is about: it stays in focus wherever that goes. */
    size_t desk;
    enum mu_console_kind kind;
    struct mu_id id;

    bool alone; /* one person of one desk is shown */
    size_t alone_desk;
    struct mu_id person;
    uint64_t news_seq;
};

/* lead_read.c */
MU_MUST_USE enum mu_status mu_lead_read(struct mu_lead *lead, struct mu_error *err);
void mu_lead_refresh(struct mu_lead *lead, bool remote);
/* The row in focus, or NULL. */
const struct mu_console_row *mu_lead_row(const struct mu_lead *lead);
/* Have the focus on the nearest row at a line, looking in the direction of by. */
void mu_lead_go(struct mu_lead *lead, int64_t line, int by);
size_t mu_lead_fit(void); /* lines that are seen */

/* lead_goal.c: a goal, whole, until it is left. */
void mu_lead_goal(struct mu_lead *lead, struct mu_id id);

/* lead_paint.c */
void mu_lead_draw(struct mu_lead *lead);
/* The line at a place of the screen. */
bool mu_lead_hit(const struct mu_lead *lead, int y, size_t *out_line);

#endif
