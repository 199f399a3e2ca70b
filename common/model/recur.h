/* When a task comes again: a rule, and the civil days that it names.
 *
 * The text is a part of RFC 5545's RRULE, in one canonical form:
 *   FREQ=DAILY[;INTERVAL=n]
 *   FREQ=WEEKLY[;INTERVAL=n][;BYDAY=MO,TH]
 *   FREQ=MONTHLY[;INTERVAL=n][;BYMONTHDAY=n | ;BYDAY=2TU]     n may be -1 (and -1FR): the last
 * What is left out is the start's own weekday, or day of the month.  A month without such a day
 * is passed over.  Weeks begin on Monday.  Days are civil, since 1970-01-01. */
#ifndef MUSTER_COMMON_MODEL_RECUR_H
#define MUSTER_COMMON_MODEL_RECUR_H

#include "common/base/error.h"
#include "common/base/slice.h"
#include "common/model/due.h"

#define MU_RECUR_INTERVAL_MAX 366
#define MU_RECUR_TEXT_MAX     64
#define MU_RECUR_DAY_MIN      (-719162) /* 0001-01-01 */
#define MU_RECUR_DAY_MAX      2932896   /* 9999-12-31 */

enum mu_recur_freq { MU_RECUR_DAILY = 1, MU_RECUR_WEEKLY, MU_RECUR_MONTHLY };

struct mu_recur {
    enum mu_recur_freq freq;
    int32_t interval;  /* 1 .. MU_RECUR_INTERVAL_MAX */
    uint8_t weekdays;  /* WEEKLY: bit 0: Monday; MONTHLY with an ordinal: one bit; 0: the start's */
    int32_t ordinal;   /* MONTHLY by weekday: 1 .. 5, or -1; else 0 */
    int32_t month_day; /* MONTHLY: 1 .. 31, or -1; 0: the start's */
};

/* Accepts the canonical form alone.  MU_E_INVALID says what is wrong. */
MU_MUST_USE enum mu_status mu_recur_parse(struct mu_slice text, struct mu_recur *out,
                                          struct mu_error *err);
/* NUL-terminated; the rule must be valid (asserted). */
void mu_recur_format(const struct mu_recur *rule, char out_text[static MU_RECUR_TEXT_MAX + 1]);
/* The first day >= from that the rule names, counted from start (which itself counts only when
 * the rule names it).  False when there is none any more. */
bool mu_recur_next(const struct mu_recur *rule, int64_t start, int64_t from, int64_t *out_day);
/* From completion: the day that follows when the last one was done on day. */
bool mu_recur_after(const struct mu_recur *rule, int64_t done_day, int64_t *out_day);

#endif
