/* Rules of days as people write and read them: "mon,thu", "2 weeks on fri", "month on last fri".
 *
 *   every := 'day' | 'weekday' | N 'days'
 *          | DAY[,DAY..] | 'week' ['on' DAYS] | N 'weeks' ['on' DAYS]
 *          | 'month' ['on' PLACE] | N 'months' ['on' PLACE]
 *   PLACE := 1 .. 31 | 'last' | (1st .. 5th | 'last') DAY */
#ifndef MUSTER_CLIENT_VIEW_RECUR_WORDS_H
#define MUSTER_CLIENT_VIEW_RECUR_WORDS_H

#include "common/base/buf.h"
#include "common/model/recur.h"

/* MU_E_USAGE says what is understood. */
MU_MUST_USE enum mu_status mu_recur_words_parse(const char *text, struct mu_recur *out,
                                                struct mu_error *err);
/* "every 2 weeks on Fri". */
MU_MUST_USE enum mu_status mu_words_recur(struct mu_buf *out, const struct mu_recur *rule);

#endif
