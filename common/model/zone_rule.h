/* What a zone does after its last recorded change: the POSIX TZ text in the footer of a TZif
 * file (RFC 8536, section 3.3, with its extension of hours to -167 .. 167). */
#ifndef MUSTER_COMMON_MODEL_ZONE_RULE_H
#define MUSTER_COMMON_MODEL_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "common/base/slice.h"

enum mu_zone_day_kind {
    MU_ZONE_DAY_MONTH,  /* weekday of the week-th week of month */
    MU_ZONE_DAY_JULIAN, /* 1 .. 365, 29 February never counted */
    MU_ZONE_DAY_ZERO    /* 0 .. 365 */
};

struct mu_zone_day {
    enum mu_zone_day_kind kind;
    int32_t month, week, weekday; /* 1 .. 12, 1 .. 5 (5: last), 0 = Sunday .. 6 */
    int32_t day;                  /* for the other kinds */
    int32_t second;               /* of that day, local time before the change */
};

struct mu_zone_rule {
    int32_t standard_s; /* local minus UTC */
    int32_t summer_s;
    bool has_summer;
    struct mu_zone_day to_summer;
    struct mu_zone_day to_standard;
};

/* False when text is not such a rule; *out is written only on success. */
bool mu_zone_rule_parse(struct mu_slice text, struct mu_zone_rule *out);

/* A moment from which on offset_s holds. */
struct mu_zone_change {
    int64_t at_s; /* UTC since 1970 */
    int32_t offset_s;
};
/* The last change at or before at_s; INT64_MIN as its moment when there is none. */
struct mu_zone_change mu_zone_rule_last(const struct mu_zone_rule *rule, int64_t at_s);
/* The first change after at_s; false when there is none. */
bool mu_zone_rule_next(const struct mu_zone_rule *rule, int64_t at_s, struct mu_zone_change *out);

#endif
