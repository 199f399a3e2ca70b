/* The lead's console as plain data: who and what needs somebody, in rows of words.
 *
 * The rows say what the judging parts of client/view found; nothing is judged here.  A row tells
 * what it is about, so that a screen can open it and act on it.  Leads stand first: what is asked
 * of others they show of themselves. */
#ifndef MUSTER_CLIENT_VIEW_CONSOLE_H
#define MUSTER_CLIENT_VIEW_CONSOLE_H

#include "client/view/mark.h"
#include "client/view/tasks.h"
#include "client/view/words.h"

#define MU_CONSOLE_SECTIONS_MAX 12

enum mu_console_kind {
    MU_CONSOLE_PERSON = 1,
    MU_CONSOLE_TASK,
    MU_CONSOLE_CONFLICT,
    MU_CONSOLE_DEVICE,
    MU_CONSOLE_BLOCKER,
    MU_CONSOLE_GOAL,
    MU_CONSOLE_CHECKIN,
    MU_CONSOLE_PROMISE,
    MU_CONSOLE_PRAISE
};

struct mu_console_row {
    enum mu_console_kind kind;
    struct mu_id id;       /* of what it is about */
    struct mu_id person;   /* who is meant, or zero */
    struct mu_id task;     /* that opens, or zero */
    struct mu_id checkin;  /* of a person or a check-in: that can be acknowledged, or zero */
    struct mu_slice name;  /* "@ana", "T-5", "G-3": neutralised */
    struct mu_slice words; /* phrases between middle dots, neutralised, marked (mark.h) */
};

struct mu_console_section {
    const char *title;
    const char *none; /* what an empty one says, or NULL: then it is left out */
    struct mu_console_row *rows;
    size_t row_count;
    int64_t total; /* rows there would be without a limit */
};

struct mu_console {
    struct mu_console_section sections[MU_CONSOLE_SECTIONS_MAX];
    size_t section_count;
};

/* Everything borrowed. */
struct mu_console_query {
    struct mu_db *db;
    const struct mu_names *names;
    const struct mu_viewpoint *from;
    const struct mu_client_status *status; /* of this device's link */
    struct mu_id self;                     /* who looks, or zero */
    struct mu_id device;                   /* this one */
    struct mu_id person;                   /* this one alone, or zero: the team */
    size_t most;                           /* rows of a section, but for people */
};

/* Memory from the arena.  Errors: those of the store, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_console_read(const struct mu_console_query *query,
                                           struct mu_arena *arena, struct mu_console *out,
                                           struct mu_error *err);

/* A section's head: "Late 2", "Blockers 60, the first 50". */
MU_MUST_USE enum mu_status mu_words_console_head(struct mu_buf *out,
                                                 const struct mu_console_section *section);
/* A row without marks, nothing by place or colour: "@kofi: 3 open, late 1". */
MU_MUST_USE enum mu_status mu_words_console_row(struct mu_buf *out,
                                                const struct mu_console_row *row);

#endif
