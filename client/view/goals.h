/* Goals, their targets, and how they go.
 *
 * Expected is what a steady pace would have brought: the way from baseline to aim by the share of
 * the goal's working days (the team's calendar) that are over.  A target is on track at 0.9 of it
 * or more, at risk at 0.7 or more, off track below; one that is to stay below is on track while
 * its latest value does.  A goal goes as its worst target; it is at risk at the least when its
 * owner's confidence fell in two readings running.  The owner's own word stands beside it. */
#ifndef MUSTER_CLIENT_VIEW_GOALS_H
#define MUSTER_CLIENT_VIEW_GOALS_H

#include "client/view/books.h"
#include "client/view/json.h"
#include "client/view/names.h"
#include "client/view/tasks.h"

/* What SMART asks; set: it is there. */
#define MU_SMART_S   1u  /* a description in words */
#define MU_SMART_M   2u  /* a target with a unit whose aim is not its baseline */
#define MU_SMART_A   4u  /* quotas or tasks cover it, and its owner says how sure he is */
#define MU_SMART_R   8u  /* why, or what it serves */
#define MU_SMART_T   16u /* begins before it ends */
#define MU_SMART_ALL 31u

struct mu_target {
    struct mu_id id, goal;
    char ref[MU_TASK_REF_MAX]; /* its handle */
    struct mu_slice name, unit;
    int direction; /* enum mu_direction */
    int source;    /* enum mu_target_source */
    int precision;
    int64_t baseline, aim;
    bool has_baseline, has_aim;
    bool has_value;
    int64_t value;    /* the latest reading; of quotas the sum of readings; of tasks those done */
    int64_t readings; /* how many count */
    int64_t quotas;   /* sum of all quotas set for it */
    bool reached;
    /* In thousandths of the way from baseline to aim; -1: cannot be said. */
    int64_t progress, expected;
    int health; /* enum mu_goal_health, 0: cannot be said */
};

struct mu_goal {
    struct mu_id id;
    int64_t no;
    char ref[MU_TASK_REF_MAX]; /* "G-2", or a handle */
    struct mu_slice title, desc, why, reason, health_note;
    struct mu_id parent, owner, reviewer, created_by;
    char parent_ref[MU_TASK_REF_MAX];
    int64_t start_day, end_day; /* 0: not said */
    int cadence, state;         /* enum mu_cadence, enum mu_goal_state; cadence 0: none */
    int64_t confidence;         /* -1: not said */
    int own_health;             /* as its owner says, 0: nothing */
    bool pending;

    struct mu_target *targets;
    size_t target_count;
    int64_t tasks, tasks_done, tasks_active, tasks_owned, tasks_dated; /* its own and below it */
    int64_t workdays, workdays_over;
    bool confidence_falls; /* two readings running */
    int health;            /* 0: cannot be said */
    int64_t pace;          /* progress to expected of the worst target, in hundredths; -1 */
    unsigned smart;        /* MU_SMART_* that are there */
    int64_t uncovered;     /* of the first target that quotas should cover; 0: nothing */
    int proposal;          /* MU_GOAL_ACHIEVED or MU_GOAL_MISSED to close it as; 0: none */
};

struct mu_goal_filter {
    bool all;           /* ended ones, too */
    struct mu_id owner; /* zero: anybody's */
};

/* In the order of their numbers, those without one last.  Errors: those of the store,
 * MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_goals_load(const struct mu_books *books,
                                         const struct mu_goal_filter *filter, struct mu_goal **out,
                                         size_t *out_count, struct mu_error *err);
MU_MUST_USE enum mu_status mu_goal_get(const struct mu_books *books, struct mu_id id,
                                       struct mu_goal *out, bool *out_found, struct mu_error *err);
/* G-2, g-2, 2, ~k3f9, or the whole id.  Errors: MU_E_USAGE, MU_E_NOT_FOUND, MU_E_CONFLICT. */
MU_MUST_USE enum mu_status mu_goal_resolve(struct mu_db *db, struct mu_slice ref,
                                           struct mu_id *out_id, struct mu_error *err);
void mu_goal_ref(struct mu_id id, int64_t no, char out_ref[static MU_TASK_REF_MAX]);
/* A target by its name (of a goal that is not ended) or handle.  MU_E_USAGE when several fit. */
MU_MUST_USE enum mu_status mu_target_resolve(struct mu_db *db, struct mu_slice ref,
                                             struct mu_id *out_id, struct mu_error *err);

/* A task of a goal's tree, or below one: depth 0 hangs on the goal itself. */
struct mu_branch {
    struct mu_task_line line;
    unsigned depth;
};
#define MU_BRANCHES_MAX 5000
/* Tasks of the goal and their parts, each parent before its parts; ones in the trash left out. */
MU_MUST_USE enum mu_status mu_goal_tree(const struct mu_books *books, const struct mu_names *names,
                                        struct mu_id goal, struct mu_branch **out,
                                        size_t *out_count, struct mu_error *err);
/* The parts of a task, the same. */
MU_MUST_USE enum mu_status mu_task_tree(const struct mu_books *books, const struct mu_names *names,
                                        struct mu_id task, struct mu_branch **out,
                                        size_t *out_count, struct mu_error *err);

/* "on_track", "at_risk", "off_track", "unknown". */
const char *mu_health_name(int64_t health);
const char *mu_goal_state_name(int64_t state);
const char *mu_cadence_name(int64_t cadence);
const char *mu_direction_name(int64_t direction);
const char *mu_source_name(int64_t source);
int64_t mu_health_parse(struct mu_slice word); /* 0: no such word, in all of these */
int64_t mu_goal_state_parse(struct mu_slice word);
int64_t mu_cadence_parse(struct mu_slice word);
int64_t mu_direction_parse(struct mu_slice word);
int64_t mu_source_parse(struct mu_slice word);
/* "S M - R T". */
void mu_smart_text(unsigned smart, char out_text[static 10]);
/* A line for each letter that is missing: "A: nobody says how sure he is; …". */
MU_MUST_USE enum mu_status mu_words_smart(struct mu_buf *out, const struct mu_goal *goal);
/* One line without its end: G-2 'Ship 2.0' · @ana · on track · pace 0.97 · S M - R T · 5 of 14
 * tasks done. */
MU_MUST_USE enum mu_status mu_words_goal(struct mu_buf *out, const struct mu_goal *goal,
                                         const struct mu_names *names);
/* sales · EUR 21,900 of EUR 360,000 · on track. */
MU_MUST_USE enum mu_status mu_words_target(struct mu_buf *out, const struct mu_target *target);
/* EUR 21,900 of EUR 23,000 expected (EUR 27,600 less EUR 4,600 excused) · 3 of 5 met. */
struct mu_quota_sum;
MU_MUST_USE enum mu_status mu_words_quota_sum(struct mu_buf *out, const struct mu_quota_sum *sum,
                                              const struct mu_target *target);
void mu_target_json(struct mu_json *json, const char *name, const struct mu_target *target);
/* Left open: the caller may add "tree", and closes it. */
void mu_goal_json(struct mu_json *json, const char *name, const struct mu_goal *goal,
                  const struct mu_names *names);

#endif
