/* What a console tells of roadblocks, goals and praise, as client/view judges them. */
#include <string.h>

#include "client/view/blockers.h"
#include "client/view/console_inside.h"
#include "client/view/goals.h"
#include "client/view/promises.h"
#include "client/view/quotas.h"
#include "client/view/text.h"
#include "client/view/wins.h"

#define WEEK_MS    (INT64_C(7) * 24 * 60 * 60 * 1000)
#define KUDOS_MOST 2000

/* -- roadblocks ----------------------------------------------------------------------------------
 */

static enum mu_status put_blocker(struct mu_console_draft *draft,
                                  struct mu_console_section *section,
                                  const struct mu_blocker *blocker, struct mu_error *err)
{
    const struct mu_console_query *query = draft->query;
    const struct mu_console_row row = {.kind = MU_CONSOLE_BLOCKER,
                                       .id = blocker->id,
                                       .person = blocker->raised_by,
                                       .task = blocker->task};
    bool asked = mu_id_equal(blocker->needs_person, query->self);
    enum mu_text_mark mark =
        blocker->state == MU_BLOCKER_RAISED ? (asked ? MU_MARK_BAD : MU_MARK_WARN) : MU_MARK_PLAIN;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)1 << 19);
    MU_TRY(mu_words_blocker(&text, blocker, query->names));
    MU_TRY(mu_draft_phrase(draft, mark, mu_buf_view(&text)));
    return mu_draft_row(
        draft, section, &row,
        mu_slice_str(blocker->task_ref[0] != '\0' ? blocker->task_ref : blocker->ref), err);
}

enum mu_status mu_console_blockers(struct mu_console_draft *draft, struct mu_error *err)
{
    const struct mu_blocker_filter filter = {.open = true, .raised_by = draft->query->person};
    struct mu_blocker *blockers = NULL;
    size_t count = 0;
    struct mu_console_section *section =
        mu_draft_section(draft, "Blocked", NULL, draft->query->most);
    if (section == NULL) {
        return MU_E_NOMEM;
    }
    MU_TRY(mu_blockers_load(&draft->books, &filter, &blockers, &count, err));
    for (size_t i = 0; i < count && i < draft->query->most; i++) {
        MU_TRY(put_blocker(draft, section, &blockers[i], err));
    }
    section->total = (int64_t)count;
    return MU_OK;
}

/* -- goals ---------------------------------------------------------------------------------------
 */

static enum mu_status put_goal(struct mu_console_draft *draft, struct mu_console_section *section,
                               const struct mu_goal *goal, struct mu_error *err)
{
    const struct mu_console_row row = {
        .kind = MU_CONSOLE_GOAL, .id = goal->id, .person = goal->owner};
    enum mu_text_mark mark = goal->health == MU_HEALTH_OFF_TRACK  ? MU_MARK_BAD
                             : goal->health == MU_HEALTH_AT_RISK  ? MU_MARK_WARN
                             : goal->health == MU_HEALTH_ON_TRACK ? MU_MARK_GOOD
                                                                  : MU_MARK_PLAIN;
    size_t front = strlen(goal->ref) + 1;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)1 << 19);
    MU_TRY(mu_words_goal(&text, goal, draft->query->names));
    front = front < text.len ? front : 0;
    MU_TRY(mu_draft_phrase(draft, goal->state == MU_GOAL_ACTIVE ? mark : MU_MARK_QUIET,
                           mu_slice_of(text.data + front, text.len - front)));
    if (goal->proposal != 0) {
        MU_TRY(mu_draft_phrase(draft, MU_MARK_WARN,
                               mu_slice_str(goal->proposal == MU_GOAL_ACHIEVED ? "over: achieved?"
                                                                               : "over: missed?")));
    }
    return mu_draft_row(draft, section, &row, mu_slice_str(goal->ref), err);
}

/* What the quotas of a week come to: that of today, and the one before. */
static enum mu_status put_week(struct mu_console_draft *draft, struct mu_console_section *section,
                               const struct mu_goal *goal, const struct mu_target *target,
                               struct mu_period week, struct mu_error *err)
{
    const struct mu_console_row row = {
        .kind = MU_CONSOLE_GOAL, .id = goal->id, .person = goal->owner};
    const struct mu_quota_filter filter = {
        .target = target->id, .from_day = week.day, .to_day = week.day};
    struct mu_quota *quotas = NULL;
    size_t count = 0;
    size_t weekly = 0;
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)1 << 19);
    MU_TRY(mu_quotas_load(&draft->books, &filter, &quotas, &count, err));
    for (size_t i = 0; i < count; i++) {
        if (quotas[i].period.kind == MU_PERIOD_WEEK) {
            quotas[weekly++] = quotas[i];
        }
    }
    if (weekly == 0) {
        return MU_OK;
    }
    struct mu_quota_sum sum = mu_quotas_sum(quotas, weekly);
    MU_TRY(mu_words_period(&text, week, draft->query->from));
    MU_TRY(mu_buf_append_str(&text, ": "));
    MU_TRY(mu_words_quota_sum(&text, &sum, target));
    MU_TRY(mu_draft_phrase(draft, MU_MARK_PLAIN, mu_buf_view(&text)));
    return mu_draft_row(draft, section, &row, target->name, err);
}

static enum mu_status put_weeks(struct mu_console_draft *draft, struct mu_console_section *section,
                                const struct mu_goal *goal, struct mu_error *err)
{
    int64_t today = mu_person_day(&draft->calendar.team, draft->books.now_ms);
    for (size_t i = 0; i < goal->target_count; i++) {
        if (goal->targets[i].source == MU_TARGET_QUOTAS) {
            for (int64_t back = 7; back >= 0; back -= 7) {
                MU_TRY(put_week(draft, section, goal, &goal->targets[i],
                                mu_period_of(MU_PERIOD_WEEK, today - back), err));
            }
        }
    }
    return MU_OK;
}

enum mu_status mu_console_goals(struct mu_console_draft *draft, struct mu_error *err)
{
    const struct mu_goal_filter filter = {.all = false};
    struct mu_goal *goals = NULL;
    size_t count = 0;
    struct mu_console_section *section =
        mu_draft_section(draft, "Goals", NULL, 3 * draft->query->most);
    if (section == NULL) {
        return MU_E_NOMEM;
    }
    MU_TRY(mu_goals_load(&draft->books, &filter, &goals, &count, err));
    for (size_t i = 0; i < count && i < draft->query->most; i++) {
        MU_TRY(put_goal(draft, section, &goals[i], err));
        MU_TRY(put_weeks(draft, section, &goals[i], err));
    }
    section->total = (int64_t)count;
    return MU_OK;
}

/* -- praise --------------------------------------------------------------------------------------
 */

enum mu_status mu_draft_kudos(struct mu_console_draft *draft, struct mu_error *err)
{
    const struct mu_kudos_filter filter = {.since_ms = draft->query->from->now.ms - 4 * WEEK_MS,
                                           .self = draft->query->self,
                                           .most = KUDOS_MOST};
    return mu_kudos_read(draft->query->db, &filter, draft->arena, &draft->kudos,
                         &draft->kudos_count, err);
}

static bool is_to(const struct mu_kudos_line *line, struct mu_id person)
{
    bool found = mu_id_is_zero(person);
    for (size_t i = 0; i < line->to_count && !found; i++) {
        found = mu_id_equal(line->to[i], person);
    }
    return found;
}

bool mu_draft_was_thanked(const struct mu_console_draft *draft, struct mu_id person)
{
    bool found = false;
    for (size_t i = 0; i < draft->kudos_count && !found; i++) {
        found = is_to(&draft->kudos[i], person);
    }
    return found;
}

static enum mu_status put_kudos(struct mu_console_draft *draft, struct mu_console_section *section,
                                const struct mu_kudos_line *line, struct mu_error *err)
{
    const struct mu_console_row row = {.kind = MU_CONSOLE_PRAISE,
                                       .id = line->id,
                                       .person = line->to_count > 0 ? line->to[0] : line->from};
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)1 << 19);
    MU_TRY(mu_words_kudos(&text, line, draft->query->names, draft->query->from));
    MU_TRY(mu_draft_phrase(draft, MU_MARK_GOOD, mu_buf_view(&text)));
    mu_buf_clear(&text);
    MU_TRY(mu_words_when(&text, line->at_ms, draft->query->from));
    return mu_draft_row(draft, section, &row, mu_buf_view(&text), err);
}

static enum mu_status put_win(struct mu_console_draft *draft, struct mu_console_section *section,
                              const struct mu_win_line *line, struct mu_error *err)
{
    const struct mu_console_row row = {
        .kind = MU_CONSOLE_PRAISE, .id = line->id, .person = line->person};
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, (size_t)1 << 19);
    MU_TRY(mu_words_win(&text, line, draft->query->names));
    MU_TRY(mu_draft_phrase(draft, MU_MARK_GOOD, mu_buf_view(&text)));
    mu_buf_clear(&text);
    MU_TRY(mu_words_when(&text, line->at_ms, draft->query->from));
    return mu_draft_row(draft, section, &row, mu_buf_view(&text), err);
}

enum mu_status mu_console_praise(struct mu_console_draft *draft, struct mu_error *err)
{
    const struct mu_console_query *query = draft->query;
    int64_t since_ms = query->from->now.ms - WEEK_MS;
    struct mu_win_line *wins = NULL;
    size_t win_count = 0;
    struct mu_console_section *section =
        mu_draft_section(draft, "Wins and kudos in 7 days", NULL, 2 * query->most);
    if (section == NULL) {
        return MU_E_NOMEM;
    }
    MU_TRY(mu_wins_posted(query->db, since_ms, query->most, draft->arena, &wins, &win_count, err));
    MU_TRY(mu_wins_count_runs(&draft->books, wins, win_count, err));
    for (size_t i = 0; i < win_count; i++) {
        if (mu_id_is_zero(query->person) || mu_id_equal(query->person, wins[i].person)) {
            MU_TRY(put_win(draft, section, &wins[i], err));
        }
    }
    for (size_t i = 0; i < draft->kudos_count && i < query->most; i++) {
        const struct mu_kudos_line *line = &draft->kudos[i];
        if (line->at_ms >= since_ms && is_to(line, query->person)) {
            MU_TRY(put_kudos(draft, section, line, err));
        }
    }
    return MU_OK;
}
