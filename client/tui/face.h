/* What every screen has: the workspace in focus, its keys, a line for messages, and the questions
 * and deeds that are the same wherever they are asked for.  For client/tui alone.
 *
 * A screen holds a face as its first member and gives it the three calls. */
#ifndef MUSTER_CLIENT_TUI_FACE_H
#define MUSTER_CLIENT_TUI_FACE_H

#include "client/tui/act.h"
#include "client/tui/keys.h"

#define MU_LINE_MAX      512 /* bytes of a message, or of a filter's words */
#define MU_FOOT_ROWS     2   /* the last message, the sync truth */
#define MU_PICK_MAX      256
#define MU_PICK_NAME_MAX 96

struct mu_face {
    struct mu_desk *desk; /* of what is in focus; borrowed */
    struct mu_id focus;   /* the task in focus, or zero */
    struct mu_bindings bindings;
    char message[MU_LINE_MAX]; /* neutralised */
    bool message_bad;
    bool readonly; /* nothing is changed from here */
    bool ended;
    bool stale;           /* the last read failed: it is tried again and again */
    bool behind;          /* something changed that has not been read yet */
    int64_t next_read_ms; /* mono: not before, whatever others change */

    /* Everything but the last mu_term_show(), for what is laid over it. */
    void (*draw)(struct mu_face *face);
    /* Read anew; a failure becomes the message and leaves stale.  remote: somebody else changed
     * something. */
    void (*refresh)(struct mu_face *face, bool remote);
    /* Wait for what comes; reads anew when that is called for. */
    struct mu_event (*wait)(struct mu_face *face);
    /* Do what a row of the keys' table says. */
    void (*act)(struct mu_face *face, size_t row);
};

/* The tables of the screens: board.c, lead.c. */
extern const struct mu_key_table mu_board_keys;
extern const struct mu_key_table mu_lead_keys;

/* -- face.c ---------------------------------------------------------------------------------- */

/* The message line.  Text that is neutralised already. */
void mu_face_say(struct mu_face *face, const char *text);
void mu_face_fail(struct mu_face *face, const struct mu_error *err);
/* The two lines at the bottom: the message, the sync truth and a hint of keys. */
void mu_face_foot(const struct mu_face *face, const char *hint);
/* A bar over the whole width, with something at its right end when there is room. */
void mu_face_bar(int y, struct mu_slice left, const char *right);
/* Whether this screen may change things; says so when not. */
bool mu_face_may(struct mu_face *face);
/* Whether there is a workspace to read; says so when not. */
bool mu_face_open(struct mu_face *face);
/* Wait for a key, for news of these desks, or until wake_ms (mono; 0: for none); reads anew when
 * that is called for. */
struct mu_event mu_face_wait(struct mu_face *face, struct mu_desk *desks, size_t count,
                             int64_t wake_ms);
/* Every key of the table, and lines below it; until a key. */
void mu_face_keys(struct mu_face *face, const char *title, const char *below);
/* Any row of the table by name.  The row, or the count of rows when none was chosen. */
size_t mu_face_palette(struct mu_face *face);

/* -- ask.c: questions to the person ---------------------------------------------------------- */

/* A line of text, edited at the bottom.  text: at first what stands there.  False: given up. */
typedef void mu_ask_echo(struct mu_face *face, struct mu_slice text, struct mu_buf *echo);
MU_MUST_USE bool mu_ask_line(struct mu_face *face, const char *what, struct mu_buf *text,
                             mu_ask_echo *echo);
struct mu_pick {
    const char *title;
    char names[MU_PICK_MAX][MU_PICK_NAME_MAX]; /* neutralised */
    size_t count;
    char typed[MU_PICK_NAME_MAX]; /* what was typed to narrow them */
    size_t chosen;                /* at first, and in the end */
    bool makes;                   /* typed text that is no name may be chosen: chosen == count */
};
/* One more to choose from; cut, neutralised here.  Nothing happens when there is no room. */
void mu_pick_add(struct mu_pick *pick, const char *sign, struct mu_slice name);
/* One of several by arrows, number or the front of its name.  False: given up. */
MU_MUST_USE bool mu_ask_pick(struct mu_face *face, struct mu_pick *pick);
/* Lines to read (client/view/mark.h), scrolled by the usual keys until another key: that key, or
 * MU_KEY_ESC. */
uint32_t mu_ask_read(struct mu_face *face, struct mu_slice lines, const char *hint, int *top);

/* -- detail.c, deeds.c: the task in focus ---------------------------------------------------- */

/* It, whole, until it is left. */
void mu_detail_run(struct mu_face *face);

void mu_deed_edit_title(struct mu_face *face);
void mu_deed_edit_text(struct mu_face *face);
void mu_deed_assign(struct mu_face *face);
void mu_deed_take(struct mu_face *face);
void mu_deed_answer(struct mu_face *face);
void mu_deed_due(struct mu_face *face);
void mu_deed_label(struct mu_face *face);
void mu_deed_done(struct mu_face *face);
void mu_deed_move_menu(struct mu_face *face);
void mu_deed_comment(struct mu_face *face);
void mu_deed_check(struct mu_face *face);
void mu_deed_archive(struct mu_face *face);
void mu_deed_settle(struct mu_face *face, bool restore);
void mu_deed_undo(struct mu_face *face);
/* deeds_team.c: raise a roadblock of the task in focus, or clear the oldest; promise it; praise
 * somebody for it. */
void mu_deed_block(struct mu_face *face);
void mu_deed_promise(struct mu_face *face);
void mu_deed_kudos(struct mu_face *face);
/* The same for what a console shows; task and about may be zero. */
void mu_deed_clear(struct mu_face *face, struct mu_id blocker);
void mu_deed_acknowledge(struct mu_face *face, struct mu_id blocker);
void mu_deed_kudos_to(struct mu_face *face, struct mu_id to, struct mu_id task);
void mu_deed_feedback_to(struct mu_face *face, struct mu_id to, struct mu_id task);
void mu_deed_nudge(struct mu_face *face, struct mu_id to, struct mu_id about);
void mu_deed_ack_checkin(struct mu_face *face, struct mu_id checkin);
/* People that can own something, and labels; ids beside the names. */
void mu_pick_people(const struct mu_face *face, struct mu_pick *pick,
                    struct mu_id out_ids[static MU_PICK_MAX]);
void mu_pick_labels(const struct mu_face *face, const struct mu_task_line *task,
                    struct mu_pick *pick, struct mu_id out_ids[static MU_PICK_MAX]);

#endif
