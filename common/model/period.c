/* Periods that promises and quotas are for, and the ids of rows that several devices may make. */
#include "common/model/decide.h"
#include "common/model/due.h"
#include "common/model/rhythm.h"

static int64_t month_start(int64_t day)
{
    struct mu_date date = mu_date_from_days(day);
    date.day = 1;
    return mu_date_to_days(date);
}

struct mu_period mu_period_of(int64_t kind, int64_t day)
{
    struct mu_period period = {kind, day};
    if (kind == MU_PERIOD_WEEK) {
        period.day = day - (mu_date_weekday(mu_date_from_days(day)) - 1);
    } else if (kind == MU_PERIOD_MONTH) {
        period.day = month_start(day);
    }
    return period;
}

bool mu_period_valid(struct mu_period period)
{
    bool known = period.kind == MU_PERIOD_DAY || period.kind == MU_PERIOD_WEEK ||
                 period.kind == MU_PERIOD_MONTH;
    return known && period.day >= 0 && period.day <= MU_DAY_MAX &&
           mu_period_of(period.kind, period.day).day == period.day;
}

int64_t mu_period_end(struct mu_period period)
{
    switch (period.kind) {
    case MU_PERIOD_WEEK:
        return period.day + 7;
    case MU_PERIOD_MONTH:
        return month_start(period.day + 31);
    default:
        return period.day + 1;
    }
}

static void be64(int64_t number, uint8_t out[static 8])
{
    for (size_t i = 0; i < 8; i++) {
        out[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
    }
}

static struct mu_id derive(const struct mu_world *world, const char *label, struct mu_id a,
                           struct mu_id b, struct mu_period period)
{
    uint8_t kind[8];
    uint8_t day[8];
    be64(period.kind, kind);
    be64(period.day, day);
    struct mu_slice parts[] = {mu_id_view(&a), mu_id_view(&b), mu_slice_of(kind, sizeof kind),
                               mu_slice_of(day, sizeof day)};
    return world->derive(label, parts, 4);
}

struct mu_id mu_quota_id(const struct mu_world *world, struct mu_id target, struct mu_id person,
                         struct mu_period period)
{
    return derive(world, "quota", target, person, period);
}

struct mu_id mu_commitment_id(const struct mu_world *world, struct mu_id person, struct mu_id about,
                              struct mu_period period)
{
    return derive(world, "commitment", person, about, period);
}

struct mu_id mu_successor_id(const struct mu_world *world, struct mu_id commitment)
{
    struct mu_slice part = mu_id_view(&commitment);
    return world->derive("commitment.next", &part, 1);
}
