/* Slots: who is expected to check in when, and what came of it.
 *
 * A slot is no row.  It follows from schedules, calendars and check-ins by a pure function, so
 * every screen and every count says the same:
 *
 *   SCHEDULED -> OPEN -> ON_TIME | IN_GRACE | LATE      by when it was written, not received
 *                   \--> DUE (grace runs) -> MISSED -> LATE, or ON_TIME that arrived late
 *   EXCUSED: a holiday or an absence covers the day
 *
 * Fairness: while its grace runs, that a slot is overdue is for its person and the leads alone:
 * mu_slot_state_for() tells everybody else that it is open.  Excused slots are in no
 * denominator, nor are those that were not expected. */
#ifndef MUSTER_CLIENT_VIEW_SLOTS_H
#define MUSTER_CLIENT_VIEW_SLOTS_H

#include "client/view/schedules.h"

enum mu_slot_state {
    MU_SLOT_SCHEDULED = 1,
    MU_SLOT_OPEN,
    MU_SLOT_DUE, /* past due, within grace */
    MU_SLOT_ON_TIME,
    MU_SLOT_IN_GRACE,
    MU_SLOT_LATE,
    MU_SLOT_MISSED,
    MU_SLOT_EXCUSED
};

struct mu_checkin {
    struct mu_id id;
    struct mu_id schedule, person, version;
    int64_t day;
    struct mu_slice text;
    int64_t authored_ms; /* clamped */
    int64_t received_ms; /* by the server */
    bool uncertain;      /* the device's clock was in doubt */
    int64_t edited_ms;   /* 0: never */
    int64_t edits;
    struct mu_id ack_by; /* zero: nobody yet */
    int64_t ack_ms;
    struct mu_slice ack_note;
    bool pending; /* saved here, not yet confirmed by the server */
};

struct mu_slot {
    const struct mu_schedule *schedule;
    const struct mu_schedule_version *version;
    const struct mu_calendar_person *person;
    int64_t day; /* local */
    struct mu_slot_times times;
    enum mu_slot_state state;
    bool expected;                    /* false: nobody asked, but something came */
    struct mu_day_off off;            /* why EXCUSED */
    bool declared_late;               /* the absence was declared after the slot was due */
    const struct mu_checkin *checkin; /* NULL: nothing came */
    bool arrived_late;                /* written within grace, received after it */
    int64_t silent_since_ms;          /* DUE, MISSED: none of her devices has been heard since
                                       * then, which is before it was due; 0: not so */
};

/* The state of a slot from its times alone. */
enum mu_slot_state mu_slot_judge(const struct mu_slot_times *times, bool written,
                                 int64_t authored_ms, bool excused, int64_t now_ms);
/* As somebody else may know it. */
enum mu_slot_state mu_slot_state_for(const struct mu_slot *slot, struct mu_id viewer,
                                     bool viewer_leads);
/* "scheduled", "open", "due", "on_time", "in_grace", "late", "missed", "excused". */
const char *mu_slot_state_name(enum mu_slot_state state);

/* Since when none of a person's devices has been in contact with the server. */
struct mu_silence {
    struct mu_id person;
    int64_t since_ms;
};

struct mu_slot_query {
    const struct mu_id *schedule; /* NULL: all that are there */
    const struct mu_id *person;   /* NULL: everybody */
    bool current;                 /* instead of days: each person's own today, and yesterday's
                                   * while its grace runs */
    int64_t from_day, to_day;     /* local days of each person, both counted */
    int64_t now_ms;
    const struct mu_silence *silences; /* or NULL */
    size_t silence_count;
};

struct mu_slots {
    struct mu_slot *list; /* by day, schedule's place, handle */
    size_t count;
};

/* calendar and schedules are borrowed for as long as the slots are used; a calendar of one person
 * gives her slots alone.  Errors: those of the store, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_slots_load(struct mu_db *db, const struct mu_calendar *calendar,
                                         const struct mu_schedules *schedules,
                                         const struct mu_slot_query *query, struct mu_arena *arena,
                                         struct mu_slots *out, struct mu_error *err);

/* Whether a slot counts in rates: expected, not excused, and over (or written). */
bool mu_slot_counts(const struct mu_slot *slot);

/* One person's figures over slots; every rate is k of n with n = counted. */
struct mu_slot_counts {
    int64_t counted, on_time, in_grace, late, missed;
    int64_t excused, excused_late; /* beside it */
    int64_t streak;                /* newest first: submitted by the end of grace */
};
void mu_slots_count(const struct mu_slots *slots, struct mu_id person, struct mu_slot_counts *out);

#endif
