/* A due date as people mean it: a local date, perhaps a local time, perhaps a zone.
 *
 * Kept as canonical text, so that equal dues are equal bytes:
 *   2026-11-27                       by the end of the working day, in the person's own zone
 *   2026-11-27T17:00                 at that local time
 *   2026-11-27T17:00 Europe/Lisbon   in that zone, whoever looks
 * The instant is computed when needed (common/model/zone.h). */
#ifndef MUSTER_COMMON_MODEL_DUE_H
#define MUSTER_COMMON_MODEL_DUE_H

#include "common/base/error.h"
#include "common/base/slice.h"

#define MU_DUE_ZONE_MAX 64
#define MU_DUE_TEXT_MAX (16 + 1 + MU_DUE_ZONE_MAX)

struct mu_date {
    int32_t year;  /* 1 .. 9999 */
    int32_t month; /* 1 .. 12 */
    int32_t day;   /* 1 .. days of the month */
};

struct mu_due {
    struct mu_date date;
    bool has_time;
    int32_t minute;                 /* of the day, 0 .. 1439; 0 without time */
    char zone[MU_DUE_ZONE_MAX + 1]; /* IANA name, "" = the person's own */
};

/* Accepts the canonical form alone: zone names are [A-Za-z0-9_+-/], at most MU_DUE_ZONE_MAX.
 * Whether the zone exists is for who has its file.  MU_E_INVALID says what is wrong. */
MU_MUST_USE enum mu_status mu_due_parse(struct mu_slice text, struct mu_due *out,
                                        struct mu_error *err);
/* NUL-terminated; due must be valid (asserted). */
void mu_due_format(const struct mu_due *due, char out_text[static MU_DUE_TEXT_MAX + 1]);
/* Whether bytes can stand as a due's zone: 1 .. MU_DUE_ZONE_MAX of [A-Za-z0-9_+-/]. */
bool mu_due_zone_valid(struct mu_slice zone);

/* Proleptic Gregorian days since 1970-01-01, and back (Howard Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms", days_from_civil and civil_from_days). */
int64_t mu_date_to_days(struct mu_date date);
struct mu_date mu_date_from_days(int64_t days);
/* 1 = Monday .. 7 = Sunday. */
int mu_date_weekday(struct mu_date date);
bool mu_date_valid(struct mu_date date);

#endif
