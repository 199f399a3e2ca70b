/* Keys by name: the one table of a screen says what each does, and a person may change them. */
#ifndef MUSTER_CLIENT_TUI_KEYS_H
#define MUSTER_CLIENT_TUI_KEYS_H

#include "client/tui/term.h"

#define MU_KEY_NAMES_MAX 64
#define MU_BINDINGS_MAX  96

/* A row of a screen's table. */
struct mu_key_row {
    const char *name;  /* by which a person changes its keys: "done" */
    const char *keys;  /* "h Left", separated by blanks */
    const char *about; /* one line for the help */
};

struct mu_key_table {
    const struct mu_key_row *rows; /* borrowed */
    size_t count;
};

struct mu_bindings {
    const struct mu_key_row *rows; /* borrowed */
    size_t row_count;
    char keys[MU_BINDINGS_MAX][MU_KEY_NAMES_MAX]; /* as they are now, by row */
};

/* changes: "done=X search=f"; keys of one row are separated by commas: "left=h,Left".  A name that
 * is none of table but of other is for another screen, and left to it.
 * Errors: MU_E_USAGE no such name or key, or one key meant for two (names them). */
MU_MUST_USE enum mu_status mu_bindings_make(struct mu_key_table table, struct mu_key_table other,
                                            const char *changes, struct mu_bindings *out,
                                            struct mu_error *err);
/* The row that a key means, or count of rows. */
size_t mu_bindings_find(const struct mu_bindings *bindings, uint32_t key);

#endif
