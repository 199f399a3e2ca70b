/* Dates as people write them: "fri", "next fri 15:00", "in 3 wd", "2026-05-31", "31 may".
 *
 *   when   := date [time] | time | offset | 'none'
 *   date   := today | tomorrow | yesterday | weekday | 'next' weekday | eod | eow | eom
 *           | 'in' N unit | YYYY-MM-DD | DD month | month DD [YYYY]
 *   offset := [+-] N (m|h|d|wd|w|mo|y)       wd = working days
 *   time   := HH[:MM][am|pm] | noon | eod    then perhaps a zone: Z, UTC, Europe/Berlin
 *
 * 'fri' is the coming Friday (today while the day's end is ahead), 'next fri' the one of next
 * week.  03/04 is refused with both readings.  A date without a time stays without one. */
#ifndef MUSTER_COMMON_MODEL_WHEN_H
#define MUSTER_COMMON_MODEL_WHEN_H

#include "common/model/due.h"
#include "common/model/zone.h"

struct mu_when_context {
    struct mu_local now;    /* in the zone of who writes */
    int32_t day_end_minute; /* 1020: 17:00 */
};

enum mu_when_kind { MU_WHEN_DUE = 1, MU_WHEN_NO_DATE };

/* Errors: MU_E_USAGE, one line that says what was not understood or the readings to choose
 * from. */
MU_MUST_USE enum mu_status mu_when_parse(struct mu_slice text,
                                         const struct mu_when_context *context,
                                         enum mu_when_kind *out_kind, struct mu_due *out_due,
                                         struct mu_error *err);

#endif
