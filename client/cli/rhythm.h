/* What the commands about calendars, schedules and check-ins share: how people write days and
 * hours, and the calendar of a session. */
#ifndef MUSTER_CLIENT_CLI_RHYTHM_H
#define MUSTER_CLIENT_CLI_RHYTHM_H

#include "client/cli/edit.h"
#include "client/view/slots.h"

/* A day as people write it ("today", "fri", "2026-12-24").  Errors: MU_E_USAGE. */
MU_MUST_USE enum mu_status mu_day_parse(struct mu_session *session, struct mu_slice text,
                                        int64_t *out_day, struct mu_error *err);
/* "2026-12-24..2027-01-02", or one day.  MU_E_USAGE, also when it ends before it begins. */
MU_MUST_USE enum mu_status mu_days_parse(struct mu_session *session, struct mu_slice text,
                                         int64_t *out_from, int64_t *out_to, struct mu_error *err);
/* "mon,wed", "mon-fri", "daily"; at least one.  MU_E_USAGE. */
MU_MUST_USE enum mu_status mu_weekdays_parse(struct mu_slice text, unsigned *out_days,
                                             struct mu_error *err);
/* "09:30".  what names it in the error.  MU_E_USAGE. */
MU_MUST_USE enum mu_status mu_minute_parse(const char *text, const char *what, int32_t *out_minute,
                                           struct mu_error *err);
/* "15m", "1h", or minutes.  MU_E_USAGE. */
MU_MUST_USE enum mu_status mu_minutes_parse(const char *text, const char *what, int64_t most,
                                            int64_t *out_minutes, struct mu_error *err);
/* The person whose day it is for who writes: today, where he is by the team's calendar. */
struct mu_book_of_days {
    struct mu_calendar calendar;
    struct mu_schedules schedules;
    const struct mu_calendar_person *self; /* never NULL: the team's when unknown */
    bool leads;
};
/* Everybody's calendar, or one person's alone (self is then that person when it is oneself). */
MU_MUST_USE enum mu_status mu_days_load(struct mu_session *session, const struct mu_id *person,
                                        struct mu_book_of_days *out, struct mu_error *err);
/* The schedule that --schedule names, or the only one that lives; NULL and MU_OK when none is
 * named and there are several or none. */
MU_MUST_USE enum mu_status mu_schedule_meant(struct mu_session *session,
                                             const struct mu_schedules *schedules,
                                             const struct mu_schedule **out, struct mu_error *err);
/* "@kofi" or "@me" as the next word; oneself without. */
MU_MUST_USE enum mu_status mu_person_meant(struct mu_session *session,
                                           const struct mu_person_name **out, struct mu_error *err);

#endif
