/* What a device reminds its person of, and when: computed from the replica alone, offline.
 *
 *   check-in    before an own slot is due that is not filled yet
 *   nudge       a lead has asked
 *   escalation  to the lead: somebody missed a slot, told after its grace on a later working day
 *   digest      once a working day, at its beginning: what is due today
 *
 * Nothing is said in quiet hours: it waits until they end, and is dropped when it is of no use
 * any more by then. */
#ifndef MUSTER_CLIENT_VIEW_REMINDERS_H
#define MUSTER_CLIENT_VIEW_REMINDERS_H

#include "client/view/names.h"
#include "client/view/slots.h"

enum mu_notice_kind {
    MU_NOTICE_CHECKIN = 1,
    MU_NOTICE_NUDGE,
    MU_NOTICE_ESCALATION,
    MU_NOTICE_DIGEST
};

struct mu_notice {
    enum mu_notice_kind kind;
    int64_t at_ms;        /* when it was to be said */
    struct mu_id about;   /* a slot, a nudge; zero for a digest */
    struct mu_slice text; /* one line, neutralised */
};

/* Nudges this old are not told any more by a device that comes to know of them. */
#define MU_NUDGE_FRESH_MS (INT64_C(2) * 86400000)

struct mu_notice_query {
    struct mu_id self;
    int64_t since_ms, now_ms;  /* what is to be said after since and up to now */
    const struct mu_id *given; /* nudges that were told already */
    size_t given_count;
};

/* Oldest first.  calendar: everybody's for a lead, else at least one's own.
 * Errors: those of the store, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_notices_load(struct mu_db *db, const struct mu_calendar *calendar,
                                           const struct mu_schedules *schedules,
                                           const struct mu_names *names,
                                           const struct mu_notice_query *query,
                                           struct mu_arena *arena, struct mu_notice **out,
                                           size_t *out_count, struct mu_error *err);

/* "checkin", "nudge", "escalation", "digest". */
const char *mu_notice_kind_name(enum mu_notice_kind kind);

#endif
