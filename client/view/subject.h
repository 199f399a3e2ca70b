/* What praise is about: a task, a goal, a quota, a blocker, a check-in's schedule; with its
 * reference and its words, as they are now. */
#ifndef MUSTER_CLIENT_VIEW_SUBJECT_H
#define MUSTER_CLIENT_VIEW_SUBJECT_H

#include "client/view/json.h"
#include "client/view/tasks.h"

struct mu_subject {
    uint32_t entity; /* 0: nothing */
    struct mu_id id;
    char ref[MU_TASK_REF_MAX]; /* "T-9", "G-2", else a handle */
    struct mu_slice title;     /* "" when it has none */
};

/* The zero id, or entity 0, gives nothing; a row that is not here only its reference.  Title in
 * the arena.  Errors: those of the store, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_subject_read(struct mu_db *db, uint32_t entity, struct mu_id id,
                                           struct mu_arena *arena, struct mu_subject *out,
                                           struct mu_error *err);
/* T-9, G-2, or the handle of a task, goal, blocker or check-in.  Errors: MU_E_USAGE,
 * MU_E_NOT_FOUND, MU_E_CONFLICT. */
MU_MUST_USE enum mu_status mu_subject_resolve(struct mu_db *db, struct mu_slice ref,
                                              struct mu_arena *arena, struct mu_subject *out,
                                              struct mu_error *err);
/* "T-9 'Nordwind'", neutralised; "" for nothing. */
MU_MUST_USE enum mu_status mu_words_subject(struct mu_buf *out, const struct mu_subject *subject);
/* {"kind":"task","ref":"T-9","title":…}, or null. */
void mu_subject_json(struct mu_json *json, const char *name, const struct mu_subject *subject);

#endif
