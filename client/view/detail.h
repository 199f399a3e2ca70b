/* One task with all that hangs on it. */
#ifndef MUSTER_CLIENT_VIEW_DETAIL_H
#define MUSTER_CLIENT_VIEW_DETAIL_H

#include "client/view/conflicts.h"
#include "client/view/json.h"
#include "client/view/tasks.h"
#include "client/view/words.h"

struct mu_item_line {
    struct mu_id id;
    struct mu_slice name;
    bool done;
    struct mu_slice due;
    struct mu_id person;
};

struct mu_checklist_line {
    struct mu_id id;
    struct mu_slice name;
    struct mu_item_line *items; /* in order; deleted ones left out */
    size_t item_count;
    size_t done_count;
};

struct mu_comment_line {
    struct mu_id id;
    struct mu_id author;
    int64_t at_ms;
    struct mu_slice text;
    bool rewritten; /* replaces an earlier one, which is left out */
};

struct mu_attachment_line {
    struct mu_slice name;
    struct mu_slice url;
    int64_t size; /* 0: unknown */
};

struct mu_custom_line {
    struct mu_slice name;
    struct mu_slice value;
};

/* Everything in the arena given. */
struct mu_task_detail {
    struct mu_task_line line;
    struct mu_slice desc;
    struct mu_slice start; /* canonical due, or empty */
    struct mu_slice reason;
    struct mu_slice source_url;
    int64_t created_at_ms, done_at_ms; /* 0: unknown */
    int64_t accepted_at_ms;            /* 0: nobody has taken it on */
    struct mu_slice first_due;         /* canonical, or empty: as it was accepted */
    int64_t due_moves;                 /* since then */
    struct mu_id parent;               /* zero: none */
    char parent_ref[MU_TASK_REF_MAX];  /* "" without one */
    struct mu_id created_by;
    struct mu_checklist_line *checklists;
    size_t checklist_count;
    struct mu_comment_line *comments; /* oldest first */
    size_t comment_count;
    struct mu_attachment_line *attachments;
    size_t attachment_count;
    struct mu_custom_line *customs;
    size_t custom_count;
    struct mu_conflict_line *conflicts; /* newest first, settled ones too */
    size_t conflict_count;
};

/* MU_E_NOT_FOUND when there is no such row. */
MU_MUST_USE enum mu_status mu_task_detail_read(struct mu_db *db, const struct mu_names *names,
                                               struct mu_id id, struct mu_arena *arena,
                                               struct mu_task_detail *out, struct mu_error *err);
/* An item by its place among all items of the task, counted from 1, or by the front of its name.
 * Errors: MU_E_NOT_FOUND, MU_E_USAGE when several fit. */
MU_MUST_USE enum mu_status mu_detail_find_item(const struct mu_task_detail *detail,
                                               struct mu_slice which,
                                               const struct mu_item_line **out,
                                               struct mu_error *err);

/* How texts that people wrote at length are set: as lines of at most width columns, each after
 * indent blanks and ended by '\n'. */
typedef enum mu_status mu_text_setter(struct mu_buf *out, struct mu_slice text, size_t indent,
                                      size_t width);
/* Everything but the history, in lines of at most width columns; the description and comments as
 * they stand, neutralised, or by another setter. */
MU_MUST_USE enum mu_status mu_words_detail_set(struct mu_buf *out,
                                               const struct mu_task_detail *detail,
                                               const struct mu_names *names,
                                               const struct mu_viewpoint *from, size_t width,
                                               mu_text_setter *set);
MU_MUST_USE enum mu_status mu_words_detail(struct mu_buf *out, const struct mu_task_detail *detail,
                                           const struct mu_names *names,
                                           const struct mu_viewpoint *from, size_t width);
/* The task's object with "description", "checklists", "comments", "attachments", "fields",
 * "conflicts", and so on.  Left open: the caller may add "history" and closes it. */
void mu_detail_json(struct mu_json *json, const char *name, const struct mu_task_detail *detail,
                    const struct mu_names *names);

#endif
