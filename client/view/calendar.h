/* When people work: zones with the moves between them, working days, absences, holidays.
 *
 * Loaded once for a screen; everything asked of it afterwards is a pure function.  A civil day
 * is counted from 1970-01-01, a minute from midnight, both where the person is.  Absences and
 * holidays that were taken back are not in it. */
#ifndef MUSTER_CLIENT_VIEW_CALENDAR_H
#define MUSTER_CLIENT_VIEW_CALENDAR_H

#include "client/view/words.h"
#include "common/base/arena.h"
#include "common/db/db.h"

/* The zone of a person from an instant on, until the next one. */
struct mu_zone_stretch {
    int64_t from_ms; /* INT64_MIN: from the first */
    struct mu_slice name;
    const struct mu_zone *zone; /* never NULL: UTC when this system knows no such zone */
};

struct mu_absence {
    struct mu_id id;
    struct mu_id person;
    int64_t from_day, to_day; /* both away */
    int kind;                 /* enum mu_absence_kind */
    int64_t declared_ms;
    struct mu_id declared_by;
    struct mu_id note; /* sealed; zero: none */
    bool withdrawn;
};

struct mu_holiday {
    struct mu_slice calendar; /* "team", or the name of the zone whose people keep it */
    int64_t day;
    struct mu_slice name;
};

struct mu_calendar_person {
    struct mu_id id;
    struct mu_slice handle;
    int role;          /* enum mu_role */
    int state;         /* enum mu_person_state */
    unsigned workdays; /* bit 0: Monday */
    int32_t day_start_minute;
    int32_t quiet_from, quiet_to;        /* minutes; -1: no quiet hours */
    int64_t joined_ms;                   /* first enrolled; INT64_MAX: never */
    const struct mu_zone_stretch *zones; /* at least one, ascending */
    size_t zone_count;
    const struct mu_absence *absences; /* by from_day */
    size_t absence_count;
};

struct mu_calendar {
    struct mu_calendar_person *people; /* by id */
    size_t person_count;
    struct mu_calendar_person team; /* nobody: the team's zone, Monday to Friday, "team" holidays */
    const struct mu_holiday *holidays; /* by day */
    size_t holiday_count;
    int32_t day_end_minute;
};

#define MU_CALENDAR_TEAM "team" /* the calendar that everybody keeps */

/* Everybody, or one person alone when person is not NULL.  from lends its zone_of().
 * Errors: those of the store, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_calendar_load(struct mu_db *db, const struct mu_viewpoint *from,
                                            const struct mu_id *person, struct mu_arena *arena,
                                            struct mu_calendar *out, struct mu_error *err);
/* NULL when there is none. */
const struct mu_calendar_person *mu_calendar_find(const struct mu_calendar *calendar,
                                                  struct mu_id person);

/* -- instants and days ----------------------------------------------------------- */

const struct mu_zone_stretch *mu_person_zone(const struct mu_calendar_person *person,
                                             int64_t at_ms);
struct mu_local mu_person_local(const struct mu_calendar_person *person, int64_t at_ms);
int64_t mu_person_day(const struct mu_calendar_person *person, int64_t at_ms);
/* minute may pass 1439: then it is of the day after.  A local time that a change of clocks or a
 * move leaves out is the first moment after the gap; one that comes twice is the first. */
int64_t mu_person_instant(const struct mu_calendar_person *person, int64_t day, int32_t minute);
/* Monday of the ISO week of day, and the week's number and year. */
int64_t mu_week_monday(int64_t day);
void mu_week_number(int64_t day, int32_t *out_year, int32_t *out_week);
/* First day of the month of day, and of the month after it. */
int64_t mu_month_first(int64_t day);
int64_t mu_month_next(int64_t day);

/* -- working days ------------------------------------------------------------------ */

enum mu_day_kind {
    MU_DAY_WORK = 1,
    MU_DAY_OFF, /* no working day of hers */
    MU_DAY_HOLIDAY,
    MU_DAY_ABSENT
};
struct mu_day_off {
    enum mu_day_kind kind;
    const struct mu_absence *absence; /* of MU_DAY_ABSENT */
    const struct mu_holiday *holiday; /* of MU_DAY_HOLIDAY */
};
/* person: &calendar->team for the team's. */
struct mu_day_off mu_calendar_day(const struct mu_calendar *calendar,
                                  const struct mu_calendar_person *person, int64_t day);
/* Working days from from_day to to_day, both counted; 0 when to_day is before. */
int64_t mu_calendar_workdays(const struct mu_calendar *calendar,
                             const struct mu_calendar_person *person, int64_t from_day,
                             int64_t to_day);
/* The count-th working day after day (count > 0), or day itself for 0; at most ten years on. */
int64_t mu_calendar_workday_after(const struct mu_calendar *calendar,
                                  const struct mu_calendar_person *person, int64_t day,
                                  int64_t count);
/* Working time between two instants: of working days, from day_start to the team's day_end. */
int64_t mu_calendar_work_ms(const struct mu_calendar *calendar,
                            const struct mu_calendar_person *person, int64_t from_ms,
                            int64_t to_ms);
/* Whether at_ms lies in the person's quiet hours, and when they end. */
bool mu_person_is_quiet(const struct mu_calendar_person *person, int64_t at_ms,
                        int64_t *out_until_ms);

#endif
