/* What was measured of a target, or how sure the owner of a goal is, as it counts now. */
#ifndef MUSTER_CLIENT_VIEW_READINGS_H
#define MUSTER_CLIENT_VIEW_READINGS_H

#include "client/view/books.h"

struct mu_reading {
    struct mu_id id, corrects;
    int64_t value; /* of confidence: 0 to 10 */
    int64_t day;   /* its author's */
    int64_t at_ms;
    struct mu_id by;
    struct mu_slice note;
    bool corrected; /* another stands in its place: it does not count */
};

/* By day, then time.  Errors: those of the store, MU_E_NOMEM. */
MU_MUST_USE enum mu_status mu_readings_of_target(const struct mu_books *books, struct mu_id target,
                                                 struct mu_reading **out, size_t *out_count,
                                                 struct mu_error *err);
MU_MUST_USE enum mu_status mu_readings_of_goal(const struct mu_books *books, struct mu_id goal,
                                               struct mu_reading **out, size_t *out_count,
                                               struct mu_error *err);

#endif
