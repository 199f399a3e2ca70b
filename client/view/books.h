/* What judgements are made from: the rows of a replica, the team's calendar, and a moment.
 *
 * Promises, blockers and goals are judged by pure functions over these (promises.h, blockers.h,
 * goals.h, quotas.h), so that every screen and every --json shows the same. */
#ifndef MUSTER_CLIENT_VIEW_BOOKS_H
#define MUSTER_CLIENT_VIEW_BOOKS_H

#include "client/view/calendar.h"
#include "client/view/json.h"

/* Everything borrowed. */
struct mu_books {
    struct mu_db *db;
    const struct mu_calendar *calendar; /* of everybody, or of those that are asked about */
    int64_t now_ms;
    struct mu_arena *arena; /* what is read goes here */
};

/* Working time as people say it: "45 min", "2 h 28 min", "1 d 3 h"; a day is day_ms of it. */
MU_MUST_USE enum mu_status mu_words_work(struct mu_buf *out, int64_t work_ms, int64_t day_ms);
/* A civil day as "2026-11-27"; null for 0. */
void mu_json_day(struct mu_json *json, const char *name, int64_t day);
/* How long a person's working day is; of nobody known: the team's. */
int64_t mu_books_day_ms(const struct mu_books *books, struct mu_id person);
/* The person's calendar, or the team's when there is none. */
const struct mu_calendar_person *mu_books_person(const struct mu_books *books, struct mu_id person);

#endif
