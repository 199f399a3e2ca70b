/* Quotas: what each was to bring in a period, and brought.
 *
 * What a person brought is the sum of his own readings of the target on the days of the period.
 * Who was away on at least half of his working days of it is excused: the quota leaves what the
 * team was expected to bring, and what was brought all the same counts. */
#ifndef MUSTER_CLIENT_VIEW_QUOTAS_H
#define MUSTER_CLIENT_VIEW_QUOTAS_H

#include "client/view/books.h"
#include "client/view/json.h"
#include "client/view/names.h"
#include "common/model/decide.h"

struct mu_quota {
    struct mu_id id, target, person, set_by;
    struct mu_period period;
    int64_t amount;
    bool accepted; /* this very amount */
    bool has_accepted;
    int64_t accepted_amount, accepted_ms;
    int64_t brought;
    int64_t met_ms; /* when the sum reached it; 0: not yet */
    bool excused, met;
    bool pending;
};

struct mu_quota_filter {
    struct mu_id target;      /* zero: any */
    struct mu_id person;      /* zero: anybody */
    int64_t from_day, to_day; /* periods that begin then, both counted */
};

/* By target, period and person.  Amounts of 0 were taken back: left out. */
MU_MUST_USE enum mu_status mu_quotas_load(const struct mu_books *books,
                                          const struct mu_quota_filter *filter,
                                          struct mu_quota **out, size_t *out_count,
                                          struct mu_error *err);
MU_MUST_USE enum mu_status mu_quota_get(const struct mu_books *books, struct mu_id id,
                                        struct mu_quota *out, bool *out_found,
                                        struct mu_error *err);

/* Sums of quotas, never means of percentages. */
struct mu_quota_sum {
    int64_t brought;                    /* of all, the excused ones included */
    int64_t expected;                   /* without the excused ones */
    int64_t excused;                    /* amounts that left */
    size_t people, met, excused_people; /* people: without the excused ones */
};
struct mu_quota_sum mu_quotas_sum(const struct mu_quota *quotas, size_t count);
void mu_quota_json(struct mu_json *json, const char *name, const struct mu_quota *quota,
                   const struct mu_names *names);

#endif
