/* Measured values as people write and read them: whole numbers of 10^-precision of a unit, never
 * floating. */
#ifndef MUSTER_CLIENT_VIEW_MEASURE_H
#define MUSTER_CLIENT_VIEW_MEASURE_H

#include "common/base/buf.h"
#include "common/base/error.h"

/* "1850", "-3", "21.5", "1,850" and "21,900.50" (commas between thousands).  "yes" and "no" are 1
 * and 0 where precision is 0.  MU_E_USAGE says what is wrong: "12,5" (a comma is no point), more
 * decimals than precision, an exponent, no digits; MU_E_LIMIT more than 10^15. */
MU_MUST_USE enum mu_status mu_measure_parse(struct mu_slice text, int precision, int64_t *out,
                                            struct mu_error *err);
/* How many decimals text has behind its point; 0 without one, or when it is no number. */
int mu_measure_decimals(struct mu_slice text);
/* "21,900", "0.5 %", "EUR 21,900": thousands apart, decimals as many as precision but for a whole
 * number; the unit in front when it is three capitals.  unit may be empty. */
MU_MUST_USE enum mu_status mu_words_measure(struct mu_buf *out, int64_t value, int precision,
                                            struct mu_slice unit);

#endif
