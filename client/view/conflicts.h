/* What was set aside when two people changed one thing: found, told, and by what name asked for. */
#ifndef MUSTER_CLIENT_VIEW_CONFLICTS_H
#define MUSTER_CLIENT_VIEW_CONFLICTS_H

#include "client/view/json.h"
#include "client/view/tasks.h"
#include "client/view/words.h"
#include "common/model/row.h"

struct mu_conflict_line {
    struct mu_id id;
    char ref[MU_HANDLE_LEN + 1]; /* "~k3f9" */
    int kind;                    /* enum mu_conflict_kind */
    int state;                   /* enum mu_conflict_state */
    uint32_t entity;
    uint32_t field; /* 0 for a deletion */
    struct mu_id row;
    struct mu_id task; /* that it is about, or zero */
    struct mu_value kept;
    struct mu_id kept_by; /* zero: nobody known */
    int64_t kept_at_ms;
    struct mu_value lost;
    struct mu_id lost_by;
    int64_t lost_at_ms;
    struct mu_id settled_by;
};

/* Open ones, or all; newest first, at most most.  Memory from the arena. */
MU_MUST_USE enum mu_status mu_conflicts(struct mu_db *db, bool all, size_t most,
                                        struct mu_arena *arena, struct mu_conflict_line **out_lines,
                                        size_t *out_count, struct mu_error *err);
/* Those about one row or its parts. */
MU_MUST_USE enum mu_status mu_conflicts_of(struct mu_db *db, struct mu_id task,
                                           struct mu_arena *arena,
                                           struct mu_conflict_line **out_lines, size_t *out_count,
                                           struct mu_error *err);
/* One by "~k3f9" or its whole id.  Errors: MU_E_USAGE, MU_E_NOT_FOUND, MU_E_CONFLICT. */
MU_MUST_USE enum mu_status mu_conflict_resolve(struct mu_db *db, struct mu_slice ref,
                                               struct mu_arena *arena, struct mu_conflict_line *out,
                                               struct mu_error *err);

/* task: of conflict->task, or NULL.
 * "~k3f9 due date of T-42 'Parser': @mia's Fri 27 Nov stands, @kofi's Sat 28 Nov was set aside" */
MU_MUST_USE enum mu_status mu_words_conflict(struct mu_buf *out,
                                             const struct mu_conflict_line *conflict,
                                             const struct mu_task_line *task,
                                             const struct mu_names *names,
                                             const struct mu_viewpoint *from);
/* For programs in a pipe, with line end: ref, task, field, who and value that stands, who and
 * value that was set aside, state; between tabs, values whole. */
MU_MUST_USE enum mu_status mu_words_conflict_tabs(struct mu_buf *out,
                                                  const struct mu_conflict_line *conflict,
                                                  const struct mu_task_line *task,
                                                  const struct mu_names *names,
                                                  const struct mu_viewpoint *from);
/* Both values whole, on lines of their own, with who and when. */
MU_MUST_USE enum mu_status mu_words_conflict_whole(struct mu_buf *out,
                                                   const struct mu_conflict_line *conflict,
                                                   const struct mu_names *names,
                                                   const struct mu_viewpoint *from, size_t width);
void mu_conflict_json(struct mu_json *json, const char *name,
                      const struct mu_conflict_line *conflict, const struct mu_task_line *task,
                      const struct mu_names *names);
const char *mu_conflict_kind_name(int kind);
const char *mu_conflict_state_name(int state);

#endif
