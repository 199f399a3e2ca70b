/* What holds somebody up, for how long, and whom it waits for.  Ages are working time, in the
 * calendar of who raised it. */
#ifndef MUSTER_CLIENT_VIEW_BLOCKERS_H
#define MUSTER_CLIENT_VIEW_BLOCKERS_H

#include "client/view/books.h"
#include "client/view/json.h"
#include "client/view/names.h"
#include "client/view/tasks.h"

struct mu_blocker {
    struct mu_id id;
    char ref[MU_TASK_REF_MAX];           /* its handle */
    struct mu_id task, commitment, goal; /* zero: none */
    char task_ref[MU_TASK_REF_MAX];
    struct mu_slice title; /* the task's */
    struct mu_slice reason;
    int kind;  /* enum mu_blocker_kind */
    int state; /* enum mu_blocker_state */
    struct mu_id needs_person, needs_task;
    char needs_ref[MU_TASK_REF_MAX]; /* of needs_task */
    struct mu_slice next_action, how;
    struct mu_id raised_by, acked_by, cleared_by;
    int64_t raised_ms, acked_ms, cleared_ms; /* 0: not yet */
    int64_t age_ms;                          /* raised to cleared, or now */
    int64_t ack_ms;                          /* raised to acknowledged; -1: not yet */
    int64_t day_ms;                          /* how long the raiser's working day is */
    bool pending;
};

struct mu_blocker_filter {
    bool open;              /* raised, acknowledged or in hand, and only they */
    struct mu_id task;      /* zero: any */
    struct mu_id raised_by; /* zero: anybody */
    struct mu_id needs;     /* zero: anybody */
    int64_t since_ms;       /* of those that are over: raised then or later */
};

bool mu_blocker_is_open(const struct mu_blocker *blocker);

/* Oldest first.  Errors: those of the store, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_blockers_load(const struct mu_books *books,
                                            const struct mu_blocker_filter *filter,
                                            struct mu_blocker **out, size_t *out_count,
                                            struct mu_error *err);
MU_MUST_USE enum mu_status mu_blocker_get(const struct mu_books *books, struct mu_id id,
                                          struct mu_blocker *out, bool *out_found,
                                          struct mu_error *err);
/* Milliseconds of working time within from_ms..to_ms in which the person was held up by another:
 * by open times of blockers on the task or the commitment, each moment counted once. */
MU_MUST_USE enum mu_status mu_blocked_ms(const struct mu_books *books, struct mu_id person,
                                         struct mu_id task, struct mu_id commitment,
                                         int64_t from_ms, int64_t to_ms, int64_t *out_ms,
                                         struct mu_error *err);

/* "person", "decision", "dependency", "external", "tool"; 0 for another word. */
const char *mu_blocker_kind_name(int64_t kind);
int64_t mu_blocker_kind_parse(struct mu_slice word);
/* "raised", "acknowledged", "in hand", "cleared", "withdrawn". */
const char *mu_blocker_state_name(int64_t state);
/* One line without its end: 2 h 28 min · T-42 'Parser' · 'which version' · needs @ana · raised. */
MU_MUST_USE enum mu_status mu_words_blocker(struct mu_buf *out, const struct mu_blocker *blocker,
                                            const struct mu_names *names);
void mu_blocker_json(struct mu_json *json, const char *name, const struct mu_blocker *blocker,
                     const struct mu_names *names);

#endif
