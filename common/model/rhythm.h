/* What the rules, the views and the commands share about check-ins: ids that every device
 * derives alike, and the small texts that stand in rows of a schedule. */
#ifndef MUSTER_COMMON_MODEL_RHYTHM_H
#define MUSTER_COMMON_MODEL_RHYTHM_H

#include "common/base/error.h"
#include "common/base/id.h"
#include "common/base/slice.h"

#define MU_DAY_MS            INT64_C(86400000)
#define MU_DAY_MAX           2932896 /* 9999-12-31 */
#define MU_DAY_MINUTES       1440
#define MU_WORKDAYS_MON_FRI  0x1f /* of a person who has not said otherwise */
#define MU_DAY_START_DEFAULT (9 * 60)

#define MU_REMINDERS_MAX     8                    /* of one schedule */
#define MU_REMINDER_LEAD_MAX (7 * MU_DAY_MINUTES) /* minutes before due */
#define MU_QUESTIONS_MAX     32                   /* of one version: an intent holds 64 rows */
#define MU_CHECKIN_DAYS_LATE 7                    /* a slot further back is closed */
#define MU_NUDGES_A_DAY      3                    /* of one lead to one person */
#define MU_CLOCK_DOUBT_MS    (2 * 60 * INT64_C(1000))

/* mu_id_derive() of common/seal, lent to layers that may not include it. */
typedef struct mu_id mu_deriver(const char *label, const struct mu_slice *parts, size_t count);

/* The slot of a person on a local day, and the check-in that came for it. */
struct mu_id mu_checkin_id(mu_deriver *derive, struct mu_id schedule, struct mu_id person,
                           int64_t day);
struct mu_id mu_answer_id(mu_deriver *derive, struct mu_id checkin, struct mu_id question);
struct mu_id mu_checkin_item_id(mu_deriver *derive, struct mu_id checkin, int64_t kind,
                                struct mu_id row);
struct mu_id mu_holiday_id(mu_deriver *derive, struct mu_slice calendar, int64_t day);
/* The nth nudge (from 0) of a lead to a person on a day of UTC. */
struct mu_id mu_nudge_id(mu_deriver *derive, struct mu_id from, struct mu_id to, int64_t utc_day,
                         int64_t nth);

/* The civil day of an instant in UTC. */
int64_t mu_utc_day(int64_t ms);
/* 0 = Monday .. 6 = Sunday, as the bits of days are counted. */
int mu_day_weekday(int64_t day);

/* Whether a device's clock is to be doubted: it says so, or was more than two minutes off. */
bool mu_clock_uncertain(int64_t offset_ms, bool doubt);

/* "60,15": minutes before due, in any order.  MU_E_INVALID says what is wrong. */
MU_MUST_USE enum mu_status mu_reminders_parse(struct mu_slice text,
                                              int32_t out_minutes[static MU_REMINDERS_MAX],
                                              size_t *out_count, struct mu_error *err);
/* Lines of a question's choices; what is past the last one is empty. */
struct mu_slice mu_choice_line(struct mu_slice choices, size_t at);
size_t mu_choice_count(struct mu_slice choices);
/* "1" and "5" of a scale. */
bool mu_scale_bounds(struct mu_slice choices, int64_t *out_low, int64_t *out_high);
/* Whether value answers a question of kind (enum mu_ask_kind).  A number is digits, perhaps with
 * a sign and a point: "12,5" and "1e400" are refused.  MU_E_INVALID says what is asked for. */
MU_MUST_USE enum mu_status mu_answer_check(int64_t kind, struct mu_slice choices,
                                           struct mu_slice value, struct mu_error *err);

#endif
