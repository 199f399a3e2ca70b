/* Tasks as the lists show them: asked for in the order of the board, a row at a time.
 *
 * The default asks for open tasks only and walks the board by its index, so that it costs what
 * it shows and not what the board holds. */
#ifndef MUSTER_CLIENT_VIEW_TASKS_H
#define MUSTER_CLIENT_VIEW_TASKS_H

#include "client/view/names.h"
#include "common/db/stmt.h"
#include "common/model/due.h"

#define MU_TASK_REF_MAX      24 /* "T-9223372036854775807", or a handle, NUL-terminated */
#define MU_TASK_WORDS_MAX    16
#define MU_TASK_LABELS_MAX   16
#define MU_TASK_PEOPLE_SHOWN 64 /* helpers and labels of one line; more are left out */

struct mu_task_line {
    int64_t key;
    struct mu_id id;
    int64_t no; /* 0: the server has not numbered it yet */
    char ref[MU_TASK_REF_MAX];
    struct mu_slice title;
    int state;                           /* enum mu_task_state */
    const struct mu_column_name *column; /* NULL when unknown */
    struct mu_id owner;                  /* zero: nobody */
    struct mu_slice due;                 /* canonical, or empty */
    bool no_date, archived, deleted;
    struct mu_id goal;              /* zero: none */
    char goal_ref[MU_TASK_REF_MAX]; /* "G-2", or ""; */
    bool blocked;                   /* a blocker on it is open */
    bool pending;                   /* has edits that the server has not confirmed */
    uint64_t updated_seq;
    struct mu_id labels[MU_TASK_PEOPLE_SHOWN];
    size_t label_count;
    struct mu_id helpers[MU_TASK_PEOPLE_SHOWN];
    size_t helper_count;
};

enum mu_due_compare {
    MU_DUE_ANY,
    MU_DUE_BEFORE,
    MU_DUE_UNTIL,
    MU_DUE_AT,
    MU_DUE_FROM,
    MU_DUE_AFTER,
    MU_DUE_NONE
};

/* Everything borrowed for the life of the list. */
struct mu_task_filter {
    bool all;   /* done, dropped and archived ones, too */
    bool trash; /* deleted ones, and only they */
    bool by_owner;
    struct mu_id owner;                      /* zero: those that nobody has */
    unsigned states;                         /* bit 1 << state; 0: as all says */
    const struct mu_board_name *board;       /* NULL: every one that is not archived */
    const bool *columns;                     /* by place in names; NULL: every one */
    struct mu_id labels[MU_TASK_LABELS_MAX]; /* all of them */
    size_t label_count;
    struct mu_slice words[MU_TASK_WORDS_MAX]; /* all of them in the title, case aside */
    size_t word_count;
    struct mu_id goal; /* zero: any */
    bool blocked;      /* blocked ones alone */
    enum mu_due_compare due;
    struct mu_due due_bound;
};

/* A list under way.  Opaque but for the caller's memory; must not move. */
struct mu_task_list;

/* names and filter are borrowed; memory of the list from the arena.  Errors: those of the store,
 * MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_task_list_open(struct mu_db *db, const struct mu_names *names,
                                             const struct mu_task_filter *filter,
                                             struct mu_arena *arena, struct mu_task_list **out,
                                             struct mu_error *err);
/* *out_found false at the end.  Slices of *out are good until the next call. */
MU_MUST_USE enum mu_status mu_task_list_next(struct mu_task_list *list, struct mu_task_line *out,
                                             bool *out_found, struct mu_error *err);
/* Accepts NULL. */
void mu_task_list_close(struct mu_task_list *list);

/* One task by its row.  Slices of *out live in the arena.  *out_found false: no such row. */
MU_MUST_USE enum mu_status mu_task_line_get(struct mu_db *db, const struct mu_names *names,
                                            struct mu_id id, struct mu_arena *arena,
                                            struct mu_task_line *out, bool *out_found,
                                            struct mu_error *err);
/* The reference people use: "T-42", or "~k3f9" before there is a number. */
void mu_task_ref(struct mu_id id, int64_t no, char out_ref[static MU_TASK_REF_MAX]);
/* A task by reference: T-42, t-42, 42, ~k3f9, or its whole id.
 * Errors: MU_E_USAGE no reference at all, MU_E_NOT_FOUND, MU_E_CONFLICT a handle of several
 * (names them). */
MU_MUST_USE enum mu_status mu_task_resolve(struct mu_db *db, struct mu_slice ref,
                                           struct mu_id *out_id, struct mu_error *err);

#endif
