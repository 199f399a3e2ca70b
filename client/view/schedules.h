/* Schedules of check-ins with all their versions, and which version asks what on which day. */
#ifndef MUSTER_CLIENT_VIEW_SCHEDULES_H
#define MUSTER_CLIENT_VIEW_SCHEDULES_H

#include "client/view/calendar.h"

struct mu_schedule_version {
    struct mu_id id;
    int64_t from_day;
    unsigned days; /* bit 0: Monday; 0: asks nothing */
    int32_t open_minute, due_minute, grace_minutes;
    int zone_mode;             /* enum mu_zone_mode */
    struct mu_slice reminders; /* "60,15" */
    int64_t escalate_after;    /* working days; 0: none */
    struct mu_id escalate_to;  /* zero: every lead */
    int64_t created_ms;
    struct mu_id created_by;
};

struct mu_schedule {
    struct mu_id id;
    struct mu_slice name;
    int kind;                                   /* enum mu_schedule_kind */
    int state;                                  /* enum mu_schedule_state, as last said */
    const struct mu_schedule_version *versions; /* by from_day, then as they were made */
    size_t version_count;
};

struct mu_schedules {
    struct mu_schedule *list; /* by name, then id */
    size_t count;
};

struct mu_question {
    struct mu_id id;
    int64_t position;
    struct mu_slice text;
    int kind; /* enum mu_ask_kind */
    bool required;
    int64_t every; /* slots; at least 1 */
    struct mu_slice choices;
};

/* Errors: those of the store, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_schedules_load(struct mu_db *db, struct mu_arena *arena,
                                             struct mu_schedules *out, struct mu_error *err);
const struct mu_schedule *mu_schedules_find(const struct mu_schedules *schedules, struct mu_id id);
/* By name, case aside.  MU_E_NOT_FOUND names those there are, MU_E_USAGE several. */
MU_MUST_USE enum mu_status mu_schedules_named(const struct mu_schedules *schedules,
                                              struct mu_slice name, const struct mu_schedule **out,
                                              struct mu_error *err);
const struct mu_schedule_version *mu_schedule_version(const struct mu_schedule *schedule,
                                                      struct mu_id version);

/* When a slot opens, is due, and when its grace is over. */
struct mu_slot_times {
    int64_t open_ms, due_ms, grace_ms;
};
struct mu_slot_times mu_version_times(const struct mu_schedule_version *version,
                                      const struct mu_calendar *calendar,
                                      const struct mu_calendar_person *person, int64_t day);

/* The version that asks person on day, with its times; NULL when none does.  Of the versions that
 * hold on that day it is the newest that was made before the slot opened by it (the first version
 * of all: before the slot was due), so that no change reaches a slot that is open or past. */
const struct mu_schedule_version *mu_schedule_asks(const struct mu_schedule *schedule,
                                                   const struct mu_calendar *calendar,
                                                   const struct mu_calendar_person *person,
                                                   int64_t day, struct mu_slot_times *out_times);

/* The questions of a version, by position. */
MU_MUST_USE enum mu_status mu_questions_load(struct mu_db *db, struct mu_id version,
                                             struct mu_arena *arena, struct mu_question **out,
                                             size_t *out_count, struct mu_error *err);
/* Whether a question is asked on day: on every n-th day that its version asks, from the first. */
bool mu_question_is_asked(const struct mu_question *question,
                          const struct mu_schedule_version *version, int64_t day);

#endif
