/* Time zones of other people, from the bytes of the system's zone files (TZif, RFC 8536).
 *
 * The shell brings the bytes; nothing here opens a file.  A local time that a change of
 * clocks leaves out is the first moment after the gap; one that comes twice is the first. */
#ifndef MUSTER_COMMON_MODEL_ZONE_H
#define MUSTER_COMMON_MODEL_ZONE_H

#include "common/base/arena.h"
#include "common/base/error.h"
#include "common/base/time.h"
#include "common/model/due.h"

#define MU_ZONE_FILE_MAX ((size_t)64 * 1024)

struct mu_zone; /* lives in the arena it was read into */

/* Transitions and the rule of the footer.  MU_E_INVALID for what is no TZif file, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_zone_read(struct mu_slice bytes, struct mu_arena *arena,
                                        const struct mu_zone **out_zone, struct mu_error *err);
/* UTC, without any file. */
const struct mu_zone *mu_zone_utc(void);

struct mu_local {
    struct mu_date date;
    int32_t second;   /* of the day, 0 .. 86399 */
    int32_t offset_s; /* local minus UTC */
};
struct mu_local mu_zone_local(const struct mu_zone *zone, struct mu_wall wall);
/* minute of the day 0 .. 1439. */
struct mu_wall mu_zone_instant(const struct mu_zone *zone, struct mu_date date, int32_t minute);

/* The instant a due runs out: its time, or day_end_minute of its date, in zone (the caller
 * has resolved due->zone or the person's own). */
struct mu_wall mu_due_instant(const struct mu_due *due, const struct mu_zone *zone,
                              int32_t day_end_minute);

#endif
