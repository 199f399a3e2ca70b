/* The terminal: taken, painted by fields at absolute places, asked for keys, and given back
 * whatever happens.
 *
 * Text is laid out by grapheme cluster (client/view/text.h).  What the terminal library would
 * count otherwise than the layout is drawn in a simpler form that both count alike, so that one
 * odd title never shifts a line. */
#ifndef MUSTER_CLIENT_TUI_TERM_H
#define MUSTER_CLIENT_TUI_TERM_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/error.h"
#include "common/base/slice.h"

enum mu_style {
    MU_STYLE_PLAIN,
    MU_STYLE_DIM,
    MU_STYLE_BOLD,
    MU_STYLE_HEAD,  /* of a column */
    MU_STYLE_FOCUS, /* the head of the column in focus */
    MU_STYLE_BAR,   /* the lines at top and bottom */
    MU_STYLE_LATE,
    MU_STYLE_TODAY,
    MU_STYLE_SOON,
    MU_STYLE_LABEL,
    MU_STYLE_PERSON,
    MU_STYLE_GOOD,
    MU_STYLE_EMPHASIS,
    MU_STYLE_CODE,
    MU_STYLE_COUNT
};

/* Keys that are no character. */
enum mu_key {
    MU_KEY_NONE = 0,
    MU_KEY_ENTER = 0x200000,
    MU_KEY_ESC,
    MU_KEY_TAB,
    MU_KEY_UP,
    MU_KEY_DOWN,
    MU_KEY_LEFT,
    MU_KEY_RIGHT,
    MU_KEY_SHIFT_UP,
    MU_KEY_SHIFT_DOWN,
    MU_KEY_SHIFT_LEFT,
    MU_KEY_SHIFT_RIGHT,
    MU_KEY_PAGE_UP,
    MU_KEY_PAGE_DOWN,
    MU_KEY_HOME,
    MU_KEY_END,
    MU_KEY_BACKSPACE,
    MU_KEY_DELETE
};

enum mu_event_kind {
    MU_EVENT_WAKE,    /* time passed, or somebody else spoke */
    MU_EVENT_KEY,     /* key: a character, or enum mu_key */
    MU_EVENT_PRESS,   /* the mouse, at y and x */
    MU_EVENT_RELEASE, /* and let go */
    MU_EVENT_WHEEL,   /* turn: -1 up, 1 down */
    MU_EVENT_RESIZE,
    MU_EVENT_END /* hung up, or told to end */
};
struct mu_event {
    enum mu_event_kind kind;
    uint32_t key;
    int y, x, turn;
};

/* Errors: MU_E_USAGE a terminal that cannot do it (says what can), MU_E_IO. */
MU_MUST_USE enum mu_status mu_term_start(bool colour, struct mu_error *err);
void mu_term_stop(void);
/* Give the terminal to another program, and take it back. */
void mu_term_lend(void);
void mu_term_return(void);

int mu_term_rows(void);
int mu_term_columns(void);
/* Wait for a key or at most patience_ms, or until one of the other descriptors (-1: none), at most
 * MU_TERM_OTHERS_MAX, has bytes. */
#define MU_TERM_OTHERS_MAX 16
struct mu_event mu_term_wait(const int *others, size_t count, int patience_ms);

void mu_term_erase(void);
/* The front of shown (neutralised) that fits into width columns, "…" when it is cut; the rest of
 * the field is blank.  inverse paints the focus. */
void mu_term_field(int y, int x, int width, struct mu_slice shown, enum mu_style style,
                   bool inverse);
/* The same for a line of a page, with its marks (client/view/mark.h); base is how it looks where
 * there are none. */
void mu_term_marked(int y, int x, int width, struct mu_slice line, enum mu_style base,
                    bool inverse);
/* A line of one glyph. */
void mu_term_rule(int y, int x, int width, enum mu_style style);
/* Where the cursor is to be seen, or nowhere with y -1; then everything at once. */
void mu_term_show(int cursor_y, int cursor_x);

#endif
