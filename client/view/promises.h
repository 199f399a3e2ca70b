/* Promises and what became of them.
 *
 * Nobody says that a promise was kept: it is judged from the board.  A task's promise is kept when
 * the task was done at or before it was due, by its author's clock; late when that was before the
 * period ended; missed when the period has ended.  One given up for another before its horizon is
 * renegotiated; after it, missed.  What was not kept is excused when a lead has said so, or when
 * its person was away, or held up by a blocker on another, for at least half of the working time
 * from the promise to its due.  What is renegotiated, excused or released is in no rate. */
#ifndef MUSTER_CLIENT_VIEW_PROMISES_H
#define MUSTER_CLIENT_VIEW_PROMISES_H

#include "client/view/books.h"
#include "client/view/json.h"
#include "client/view/names.h"
#include "client/view/tasks.h"
#include "common/model/decide.h"

enum mu_promise_state {
    MU_PROMISE_OPEN = 1, /* due or not: its period lasts */
    MU_PROMISE_KEPT,
    MU_PROMISE_LATE,
    MU_PROMISE_MISSED,
    MU_PROMISE_RENEGOTIATED,
    MU_PROMISE_EXCUSED,
    MU_PROMISE_RELEASED
};
#define MU_PROMISE_STATES 8 /* room for a count of each */

/* What a judgement rests on. */
struct mu_promise_facts {
    int64_t stored;     /* enum mu_commitment_state */
    int64_t done_ms;    /* 0: not done */
    int64_t settled_ms; /* of what is not open; 0: unknown */
    int64_t horizon_ms, due_ms, grace_ms;
    int64_t work_ms; /* from the promise to its due */
    int64_t away_ms; /* of it: absent, or held up by another */
};
enum mu_promise_state mu_promise_judge(const struct mu_promise_facts *facts, int64_t now_ms);

struct mu_promise {
    struct mu_id id;
    char ref[MU_TASK_REF_MAX]; /* its handle */
    struct mu_id person;
    struct mu_id task; /* zero: none */
    char task_ref[MU_TASK_REF_MAX];
    struct mu_id quota;      /* zero: none */
    struct mu_slice title;   /* the task's, or what was promised in words */
    struct mu_period period; /* a day, or a week */
    int64_t promised_ms;
    struct mu_promise_facts facts;
    enum mu_promise_state state;
    bool overdue;                /* open, and past its due */
    bool by_absence, by_blocker; /* what excused it, when no lead did */
    struct mu_slice reason;
    struct mu_id settled_by;
    struct mu_id supersedes; /* zero: the first of its chain */
    struct mu_id successor;  /* what it was carried on as; zero: none */
    unsigned carried;        /* how many times it was moved on before */
    bool pending;            /* the server has not confirmed it */
};

struct mu_promise_filter {
    struct mu_id person;      /* zero: everybody */
    struct mu_id task;        /* zero: any */
    int64_t from_day, to_day; /* periods that begin then, both counted */
};

/* Judged, by person and period, oldest first.  The calendar must hold whom they are of.
 * Errors: those of the store, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_promises_load(const struct mu_books *books,
                                            const struct mu_promise_filter *filter,
                                            struct mu_promise **out, size_t *out_count,
                                            struct mu_error *err);
/* One by its id; *out_found false: no such row. */
MU_MUST_USE enum mu_status mu_promise_get(const struct mu_books *books, struct mu_id id,
                                          struct mu_promise *out, bool *out_found,
                                          struct mu_error *err);
/* How many of each state; counts[MU_PROMISE_KEPT] and so on. */
void mu_promises_count(const struct mu_promise *promises, size_t count,
                       size_t out_counts[static MU_PROMISE_STATES]);
/* While its grace runs, that a promise is overdue is for its person and the leads alone: viewer
 * sees the others' as open. */
void mu_promises_keep_private(struct mu_promise *promises, size_t count,
                              const struct mu_names *names, struct mu_id viewer);
/* The denominator of the kept rate: kept, late and missed. */
size_t mu_promises_judged(const size_t counts[static MU_PROMISE_STATES]);

/* The instants of a promise for a period: due at the end of the last working day of it, horizon
 * at the start of that day, grace until the period is over; where the person is at now_ms. */
struct mu_promise_times {
    int64_t horizon_ms, due_ms, grace_ms;
};
struct mu_promise_times mu_promise_times(const struct mu_calendar *calendar,
                                         const struct mu_calendar_person *person,
                                         struct mu_period period);

/* "open", "kept", "late", "missed", "renegotiated", "excused", "released". */
const char *mu_promise_state_name(enum mu_promise_state state);
/* One line without its end: T-42 'Parser' · kept · due today 17:00 · carried 2 times. */
MU_MUST_USE enum mu_status mu_words_promise(struct mu_buf *out, const struct mu_promise *promise,
                                            const struct mu_viewpoint *from);
/* "today", "tomorrow", "Fri 27 Nov", "this week", "week of 23 Nov". */
MU_MUST_USE enum mu_status mu_words_period(struct mu_buf *out, struct mu_period period,
                                           const struct mu_viewpoint *from);
void mu_promise_json(struct mu_json *json, const char *name, const struct mu_promise *promise,
                     const struct mu_names *names);

#endif
