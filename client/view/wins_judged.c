/* Wins that other views judge: of goals, quotas and check-ins. */
#include "client/view/goals.h"
#include "client/view/quotas.h"
#include "client/view/slots.h"
#include "client/view/wins.h"

#define DAY_MS      INT64_C(86400000)
#define RUN_DAYS    400
#define STREAK_DAYS 40 /* twenty working days, and what is in between */

static enum mu_status add(struct mu_win_proposals *proposals, struct mu_win_key key, uint32_t about,
                          int64_t at_ms, struct mu_error *err)
{
    return mu_id_is_zero(key.person) ? MU_OK : mu_wins_add(proposals, &key, about, at_ms, err);
}

/* The highest quarter that all of its targets have reached; 0: none. */
static int64_t quarter_of(const struct mu_goal *goal)
{
    int64_t least = 1000;
    for (size_t i = 0; i < goal->target_count; i++) {
        const struct mu_target *target = &goal->targets[i];
        int64_t progress = target->reached ? 1000 : target->progress;
        least = progress < least ? progress : least;
    }
    return goal->target_count == 0 || least < 250 ? 0 : (least >= 1000 ? 100 : least / 250 * 25);
}

static enum mu_status add_goals(struct mu_win_proposals *proposals, const struct mu_books *books,
                                struct mu_error *err)
{
    const struct mu_goal_filter filter = {.all = false};
    struct mu_goal *goals = NULL;
    size_t count = 0;
    MU_TRY(mu_goals_load(books, &filter, &goals, &count, err));
    for (size_t i = 0; i < count; i++) {
        int64_t level = quarter_of(&goals[i]);
        if (level > 0 && goals[i].state == MU_GOAL_ACTIVE) {
            MU_TRY(add(proposals,
                       (struct mu_win_key){goals[i].owner, MU_WIN_GOAL, goals[i].id, level},
                       MU_GOAL, books->now_ms, err));
        }
    }
    return MU_OK;
}

static enum mu_status add_quotas(struct mu_win_proposals *proposals, const struct mu_books *books,
                                 int64_t since_ms, struct mu_error *err)
{
    const struct mu_quota_filter filter = {.from_day = since_ms / DAY_MS - 31,
                                           .to_day = books->now_ms / DAY_MS + 1};
    struct mu_quota *quotas = NULL;
    size_t count = 0;
    MU_TRY(mu_quotas_load(books, &filter, &quotas, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (quotas[i].met && quotas[i].met_ms >= since_ms) {
            MU_TRY(add(proposals,
                       (struct mu_win_key){quotas[i].person, MU_WIN_QUOTA, quotas[i].id, 0},
                       MU_QUOTA, quotas[i].met_ms, err));
        }
    }
    return MU_OK;
}

/* Quotas of one target and person, by period; the last is the one that was won. */
static size_t run_of(const struct mu_quota *quotas, size_t count)
{
    size_t run = 0;
    int64_t wanted = count > 0 ? quotas[count - 1].period.day : 0;
    for (size_t i = count; i-- > 0 && quotas[i].period.day == wanted;) {
        if (!quotas[i].met && !quotas[i].excused) {
            break;
        }
        run += quotas[i].met ? 1 : 0;
        wanted = mu_period_of(quotas[i].period.kind, wanted - 1).day;
    }
    return run;
}

enum mu_status mu_wins_count_runs(const struct mu_books *books, struct mu_win_line *lines,
                                  size_t count, struct mu_error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct mu_quota quota;
        struct mu_quota *quotas = NULL;
        size_t quota_count = 0;
        bool found = false;
        if (lines[i].kind != MU_WIN_QUOTA) {
            continue;
        }
        MU_TRY(mu_quota_get(books, lines[i].about.id, &quota, &found, err));
        if (!found) {
            continue;
        }
        const struct mu_quota_filter filter = {.target = quota.target,
                                               .person = quota.person,
                                               .from_day = quota.period.day - RUN_DAYS,
                                               .to_day = quota.period.day};
        MU_TRY(mu_quotas_load(books, &filter, &quotas, &quota_count, err));
        lines[i].run = run_of(quotas, quota_count);
        lines[i].monthly = quota.period.kind == MU_PERIOD_MONTH;
    }
    return MU_OK;
}

/* Newest first, of one person and schedule. */
static int64_t streak_of(const struct mu_slots *slots, struct mu_id person, struct mu_id schedule)
{
    int64_t streak = 0;
    for (size_t i = slots->count; i-- > 0;) {
        const struct mu_slot *slot = &slots->list[i];
        if (!mu_id_equal(slot->person->id, person) || !mu_id_equal(slot->schedule->id, schedule) ||
            !mu_slot_counts(slot)) {
            continue;
        }
        if (slot->state != MU_SLOT_ON_TIME && slot->state != MU_SLOT_IN_GRACE) {
            break;
        }
        streak++;
    }
    return streak;
}

static enum mu_status add_streaks(struct mu_win_proposals *proposals, const struct mu_books *books,
                                  struct mu_error *err)
{
    const struct mu_calendar *calendar = books->calendar;
    struct mu_schedules schedules;
    MU_TRY(mu_schedules_load(books->db, books->arena, &schedules, err));
    for (size_t i = 0; i < schedules.count; i++) {
        struct mu_slots slots;
        int64_t today = mu_person_day(&calendar->team, books->now_ms);
        const struct mu_slot_query query = {.schedule = &schedules.list[i].id,
                                            .from_day = today - STREAK_DAYS,
                                            .to_day = today,
                                            .now_ms = books->now_ms};
        MU_TRY(mu_slots_load(books->db, calendar, &schedules, &query, books->arena, &slots, err));
        for (size_t j = 0; slots.count > 0 && j < calendar->person_count; j++) {
            struct mu_id person = calendar->people[j].id;
            int64_t streak = streak_of(&slots, person, schedules.list[i].id);
            int64_t level = streak >= 20 ? 20 : streak >= 10 ? 10 : streak >= 5 ? 5 : 0;
            if (level > 0) {
                MU_TRY(add(proposals,
                           (struct mu_win_key){person, MU_WIN_STREAK, schedules.list[i].id, level},
                           MU_SCHEDULE, books->now_ms, err));
            }
        }
    }
    return MU_OK;
}

enum mu_status mu_wins_add_judged(struct mu_win_proposals *proposals, const struct mu_books *books,
                                  int64_t since_ms, struct mu_error *err)
{
    MU_TRY(add_goals(proposals, books, err));
    MU_TRY(add_quotas(proposals, books, since_ms, err));
    return add_streaks(proposals, books, err);
}
