/* The figures of accountability: what each is, and how it is counted.
 *
 * Pure: everything is counted from what other views have judged (promises.h, slots.h,
 * blockers.h, quotas.h) and from plain facts of tasks, feedback and kudos, over a window of civil
 * days.  A figure keeps what it was counted from, so that nobody has to believe it.  A rate of
 * fewer than MU_METRIC_FEW is not shown.  docs/metrics.md says the same in words, tested. */
#ifndef MUSTER_CLIENT_VIEW_METRICS_H
#define MUSTER_CLIENT_VIEW_METRICS_H

#include "client/view/blockers.h"
#include "client/view/promises.h"
#include "client/view/quotas.h"
#include "client/view/slots.h"

#define MU_METRIC_DAYS 28 /* the window when nobody says another */
#define MU_METRIC_FEW  3

enum mu_metric_kind {
    MU_METRIC_RATE = 1, /* k of n */
    MU_METRIC_RATIO,    /* k to n, which may be more than one: moves to tasks, sums to quotas */
    MU_METRIC_COUNT,    /* k alone; n is k */
    MU_METRIC_MEDIAN,   /* k is the median in ms, n how many there are */
    MU_METRIC_MOST      /* k is the greatest in ms or number, n how many there are */
};

/* M(NAME, "key", KIND, "what people read", "formula") */
#define MU_METRIC_MAP(M)                                                                           \
    M(KEPT, "kept", RATE, "promises kept", "kept / (kept + late + missed)")                        \
    M(LATE, "late", RATE, "promises late", "late / (kept + late + missed)")                        \
    M(RENEGOTIATED, "renegotiated", RATE, "promises renegotiated", "renegotiated / all promised")  \
    M(EXCUSED, "excused", COUNT, "promises excused", "excused, in no denominator")                 \
    M(RELEASED, "released", COUNT, "promises released", "released, in no denominator")             \
    M(CARRIED, "carried", MOST, "longest carried promise",                                         \
      "longest chain of promises whose last is open")                                              \
    M(ON_TIME, "tasks_on_time", RATE, "tasks on time, by the first date",                          \
      "done at or before the first due / done with a due")                                         \
    M(ON_TIME_NOW, "tasks_on_time_now", RATE, "tasks on time, by the last date",                   \
      "done at or before the due as it is / done with a due")                                      \
    M(DUE_MOVES, "due_moves", RATIO, "due dates moved",                                            \
      "changes of the due after acceptance / tasks accepted, active or done in the window")        \
    M(CHECKIN, "checkins", RATE, "check-ins", "(on time + in grace + late) / (slots - excused)")   \
    M(CHECKIN_ON_TIME, "checkins_on_time", RATE, "check-ins on time",                              \
      "on time / (slots - excused)")                                                               \
    M(STREAK, "streak", COUNT, "check-ins running",                                                \
      "newest slots of the window, one after another, written by the end of grace; excused "       \
      "ones neither count nor break")                                                              \
    M(BLOCKED, "blocker_age", MEDIAN, "age of open blockers",                                      \
      "median of working time from raised to now, open ones")                                      \
    M(BLOCKED_MOST, "blocker_oldest", MOST, "oldest open blocker",                                 \
      "most working time from raised to now, open ones")                                           \
    M(BLOCKER_ACK, "blocker_acknowledged", MEDIAN, "until a blocker is acknowledged",              \
      "median of working time from raised to acknowledged, raised in the window")                  \
    M(OWNED, "owned", RATE, "active tasks with an owner",                                          \
      "active tasks with one owner / active tasks")                                                \
    M(DATED, "dated", RATE, "active tasks with a date", "active tasks with a due / active tasks")  \
    M(QUOTA, "quota", RATIO, "of the quotas", "sum of readings / sum of quotas, excused left out") \
    M(FEEDBACK_AFTER, "feedback_after", MEDIAN, "until feedback on a finished task",               \
      "median of time from done to the first feedback to the owner, done in the window")           \
    M(FEEDBACK, "feedback", RATE, "finished tasks with feedback",                                  \
      "done in the window with feedback to the owner / done in the window")                        \
    M(ANSWERED, "feedback_answered", RATE, "feedback answered",                                    \
      "answered / feedback received in the window")                                                \
    M(KUDOS, "kudos_received", COUNT, "kudos received", "kudos to the person in the window")       \
    M(KUDOS_GIVEN, "kudos_given", COUNT, "kudos given", "kudos by the person in the window")       \
    M(ACKS, "acknowledges_blockers", MEDIAN, "until acknowledging a blocker",                      \
      "median of working time from raised to acknowledged by the person, raised in the window")    \
    M(CHECKIN_ACKS, "acknowledges_checkins", MEDIAN, "until acknowledging a check-in",             \
      "median of time from received to acknowledged by the lead, of the window's days")

enum mu_metric {
#define M(name, key, kind, label, formula) MU_METRIC_##name,
    MU_METRIC_MAP(M)
#undef M
        MU_METRICS
};

struct mu_metric_info {
    const char *key, *label, *formula;
    enum mu_metric_kind kind;
};
const struct mu_metric_info *mu_metric_info(enum mu_metric metric);
/* False when there is no such key. */
bool mu_metric_named(struct mu_slice key, enum mu_metric *out_metric);

/* -- what is counted ----------------------------------------------------------------- */

struct mu_metric_task {
    struct mu_id id;
    struct mu_id owner; /* zero: nobody */
    bool active;        /* open to review, in no archive or trash */
    bool dated;         /* has a due */
    bool accepted;
    int64_t done_ms;              /* 0: not done */
    int64_t first_due_ms, due_ms; /* instants; INT64_MIN: none */
    int64_t due_moves;
};
struct mu_metric_feedback {
    struct mu_id id, from, to;
    struct mu_id task; /* zero: about something else */
    int64_t sent_ms;
    bool answered;
};
struct mu_metric_ack { /* a check-in that somebody acknowledged */
    struct mu_id checkin, by;
    int64_t day;
    int64_t waited_ms; /* from received to acknowledged */
};
struct mu_metric_kudos { /* one for each person thanked */
    struct mu_id id, from, to;
    int64_t at_ms;
};

/* Everything borrowed.  The window: periods and slots by civil day, the rest by instants. */
struct mu_metric_input {
    int64_t from_day, to_day; /* both counted */
    int64_t from_ms, to_ms;   /* to_ms: not counted, and never after now */
    int64_t now_ms;
    const struct mu_promise *promises;
    size_t promise_count;
    const struct mu_slots *slots;
    const struct mu_metric_ack *acks;
    size_t ack_count;
    const struct mu_blocker *blockers; /* open ones, and those raised in the window */
    size_t blocker_count;
    const struct mu_metric_task *tasks;
    size_t task_count;
    const struct mu_quota *quotas;
    size_t quota_count;
    const struct mu_metric_feedback *feedback; /* by sent_ms */
    size_t feedback_count;
    const struct mu_metric_kudos *kudos;
    size_t kudos_count;
};

/* -- what comes of it ------------------------------------------------------------------ */

/* One thing that was counted. */
struct mu_counted {
    uint32_t entity;
    struct mu_id id; /* of a slot: its schedule's, when nothing came */
    int64_t day;     /* of a slot; else 0 */
    const char *as;  /* "kept", "missed", "on_time" */
    int64_t value;   /* what it adds to k: 0 or 1, ms, moves, an amount */
};

struct mu_figure {
    int64_t k, n;
    struct mu_counted *counted; /* in the arena */
    size_t counted_count;
};

struct mu_metrics {
    struct mu_id person; /* zero: the team */
    struct mu_figure figures[MU_METRICS];
};

/* The figures of a person, or of the team: sums over all, never means of rates.  MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_metrics_count(const struct mu_metric_input *input,
                                            struct mu_id person, struct mu_arena *arena,
                                            struct mu_metrics *out, struct mu_error *err);
/* Whether there is enough to show it. */
bool mu_figure_shown(enum mu_metric metric, const struct mu_figure *figure);

/* -- from the replica --------------------------------------------------------------------- */

struct mu_metric_window {
    int64_t from_day, to_day; /* in the team's zone */
    struct mu_id person;      /* load no more than his figures need; zero: all */
};
/* The window of days ending today. */
struct mu_metric_window mu_metric_window(const struct mu_books *books, int64_t days);
/* Memory in the books' arena.  Errors: those of the store, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_metrics_load(const struct mu_books *books,
                                           const struct mu_viewpoint *from,
                                           const struct mu_metric_window *window,
                                           struct mu_metric_input *out, struct mu_error *err);

/* -- words ----------------------------------------------------------------------------------- */

/* "17 of 21 (81%)", "38 min", "3", "too few", neutralised. */
MU_MUST_USE enum mu_status mu_words_figure(struct mu_buf *out, enum mu_metric metric,
                                           const struct mu_figure *figure);
/* {"kept":{"k":17,"n":21,"shown":true}, …}; k is null when it is not shown. */
void mu_metrics_json(struct mu_json *json, const char *name, const struct mu_metrics *metrics,
                     const struct mu_names *names);

#endif
