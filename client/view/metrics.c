#include "client/view/metrics.h"

#include <stdlib.h>
#include <string.h>

#include "client/core/list.h"

static const struct mu_metric_info infos[] = {
#define M(name, key, kind, label, formula) {(key), (label), (formula), MU_METRIC_##kind},
    MU_METRIC_MAP(M)
#undef M
};

const struct mu_metric_info *mu_metric_info(enum mu_metric metric)
{
    MU_ASSERT(metric >= 0 && metric < MU_METRICS);
    return &infos[metric];
}

bool mu_metric_named(struct mu_slice key, enum mu_metric *out_metric)
{
    for (int i = 0; i < MU_METRICS; i++) {
        if (mu_slice_equal(mu_slice_str(infos[i].key), key)) {
            *out_metric = (enum mu_metric)i;
            return true;
        }
    }
    return false;
}

bool mu_figure_shown(enum mu_metric metric, const struct mu_figure *figure)
{
    switch (mu_metric_info(metric)->kind) {
    case MU_METRIC_RATE:
    case MU_METRIC_MEDIAN:
        return figure->n >= MU_METRIC_FEW;
    case MU_METRIC_RATIO:
        return figure->n > 0;
    case MU_METRIC_COUNT:
    case MU_METRIC_MOST:
        break;
    }
    return true;
}

/* -- counting under way ------------------------------------------------------------- */

struct count {
    const struct mu_metric_input *input;
    struct mu_id person;
    bool team;
    struct mu_arena *arena;
    struct mu_list lists[MU_METRICS]; /* struct mu_counted */
    bool failed;
};

static bool whose(const struct count *c, struct mu_id person)
{
    return c->team || mu_id_equal(c->person, person);
}

static void add(struct count *c, enum mu_metric metric, struct mu_counted what)
{
    struct mu_counted *item = mu_list_add(&c->lists[metric]);
    if (item == NULL) {
        c->failed = true;
        return;
    }
    *item = what;
}

static bool in_window(const struct count *c, int64_t at_ms)
{
    return at_ms >= c->input->from_ms && at_ms < c->input->to_ms;
}

static bool day_in_window(const struct count *c, int64_t day)
{
    return day >= c->input->from_day && day <= c->input->to_day;
}

/* -- promises -------------------------------------------------------------------------- */

static void count_promise(struct count *c, const struct mu_promise *promise)
{
    const char *as = mu_promise_state_name(promise->state);
    struct mu_counted what = {.entity = MU_COMMITMENT, .id = promise->id, .as = as};
    bool judged = promise->state == MU_PROMISE_KEPT || promise->state == MU_PROMISE_LATE ||
                  promise->state == MU_PROMISE_MISSED;
    if (judged) {
        what.value = promise->state == MU_PROMISE_KEPT ? 1 : 0;
        add(c, MU_METRIC_KEPT, what);
        what.value = promise->state == MU_PROMISE_LATE ? 1 : 0;
        add(c, MU_METRIC_LATE, what);
    }
    what.value = promise->state == MU_PROMISE_RENEGOTIATED ? 1 : 0;
    add(c, MU_METRIC_RENEGOTIATED, what);
    what.value = 1;
    if (promise->state == MU_PROMISE_EXCUSED) {
        add(c, MU_METRIC_EXCUSED, what);
    }
    if (promise->state == MU_PROMISE_RELEASED) {
        add(c, MU_METRIC_RELEASED, what);
    }
    if (promise->state == MU_PROMISE_OPEN && promise->carried > 0) {
        what.value = promise->carried;
        add(c, MU_METRIC_CARRIED, what);
    }
}

static void count_promises(struct count *c)
{
    for (size_t i = 0; i < c->input->promise_count; i++) {
        const struct mu_promise *promise = &c->input->promises[i];
        if (whose(c, promise->person) && day_in_window(c, promise->period.day)) {
            count_promise(c, promise);
        }
    }
}

/* -- slots ------------------------------------------------------------------------------- */

static struct mu_counted of_slot(const struct mu_slot *slot, int64_t value)
{
    bool came = slot->checkin != NULL;
    return (struct mu_counted){.entity = came ? MU_CHECKIN : MU_SCHEDULE,
                               .id = came ? slot->checkin->id : slot->schedule->id,
                               .day = slot->day,
                               .as = mu_slot_state_name(slot->state),
                               .value = value};
}

static void count_slots(struct count *c)
{
    for (size_t i = 0; c->input->slots != NULL && i < c->input->slots->count; i++) {
        const struct mu_slot *slot = &c->input->slots->list[i];
        if (!day_in_window(c, slot->day) || !whose(c, slot->person->id) || !mu_slot_counts(slot)) {
            continue;
        }
        bool on_time = slot->state == MU_SLOT_ON_TIME;
        bool came = on_time || slot->state == MU_SLOT_IN_GRACE || slot->state == MU_SLOT_LATE;
        add(c, MU_METRIC_CHECKIN, of_slot(slot, came ? 1 : 0));
        add(c, MU_METRIC_CHECKIN_ON_TIME, of_slot(slot, on_time ? 1 : 0));
    }
}

static void count_acks(struct count *c)
{
    for (size_t i = 0; i < c->input->ack_count; i++) {
        const struct mu_metric_ack *ack = &c->input->acks[i];
        if (whose(c, ack->by) && day_in_window(c, ack->day)) {
            add(c, MU_METRIC_CHECKIN_ACKS,
                (struct mu_counted){.entity = MU_CHECKIN,
                                    .id = ack->checkin,
                                    .day = ack->day,
                                    .as = "acknowledged",
                                    .value = ack->waited_ms > 0 ? ack->waited_ms : 0});
        }
    }
}

/* Of the team nobody has a streak. */
static void count_streak(struct count *c)
{
    if (c->team || c->input->slots == NULL) {
        return;
    }
    for (size_t i = c->input->slots->count; i-- > 0;) {
        const struct mu_slot *slot = &c->input->slots->list[i];
        if (!mu_id_equal(slot->person->id, c->person) || !mu_slot_counts(slot) ||
            !day_in_window(c, slot->day)) {
            continue;
        }
        if (slot->state != MU_SLOT_ON_TIME && slot->state != MU_SLOT_IN_GRACE) {
            return;
        }
        add(c, MU_METRIC_STREAK, of_slot(slot, 1));
    }
}

/* -- blockers -------------------------------------------------------------------------------- */

static void count_blockers(struct count *c)
{
    for (size_t i = 0; i < c->input->blocker_count; i++) {
        const struct mu_blocker *blocker = &c->input->blockers[i];
        struct mu_counted what = {.entity = MU_BLOCKER,
                                  .id = blocker->id,
                                  .as = mu_blocker_state_name(blocker->state),
                                  .value = blocker->age_ms};
        if (whose(c, blocker->raised_by) && mu_blocker_is_open(blocker)) {
            add(c, MU_METRIC_BLOCKED, what);
            add(c, MU_METRIC_BLOCKED_MOST, what);
        }
        if (blocker->ack_ms < 0 || !in_window(c, blocker->raised_ms)) {
            continue;
        }
        what.as = "acknowledged";
        what.value = blocker->ack_ms;
        if (whose(c, blocker->raised_by)) {
            add(c, MU_METRIC_BLOCKER_ACK, what);
        }
        if (whose(c, blocker->acked_by)) {
            add(c, MU_METRIC_ACKS, what);
        }
    }
}

/* -- tasks ------------------------------------------------------------------------------------- */

/* The first feedback about a task to its owner, NULL when there is none. */
static const struct mu_metric_feedback *first_about(const struct mu_metric_input *input,
                                                    const struct mu_metric_task *task)
{
    for (size_t i = 0; i < input->feedback_count; i++) {
        if (mu_id_equal(input->feedback[i].task, task->id) &&
            mu_id_equal(input->feedback[i].to, task->owner)) {
            return &input->feedback[i];
        }
    }
    return NULL;
}

static void count_done(struct count *c, const struct mu_metric_task *task)
{
    const struct mu_metric_feedback *first = first_about(c->input, task);
    struct mu_counted what = {.entity = MU_TASK, .id = task->id};
    if (task->dated && task->first_due_ms != INT64_MIN && task->due_ms != INT64_MIN) {
        what.value = task->done_ms <= task->first_due_ms ? 1 : 0;
        what.as = what.value == 1 ? "on_time" : "late";
        add(c, MU_METRIC_ON_TIME, what);
        what.value = task->done_ms <= task->due_ms ? 1 : 0;
        what.as = what.value == 1 ? "on_time" : "late";
        add(c, MU_METRIC_ON_TIME_NOW, what);
    }
    what.value = first != NULL ? 1 : 0;
    what.as = first != NULL ? "with_feedback" : "without";
    add(c, MU_METRIC_FEEDBACK, what);
    if (first != NULL) {
        int64_t after_ms = first->sent_ms - task->done_ms;
        what = (struct mu_counted){.entity = MU_FEEDBACK,
                                   .id = first->id,
                                   .as = "sent",
                                   .value = after_ms > 0 ? after_ms : 0};
        add(c, MU_METRIC_FEEDBACK_AFTER, what);
    }
}

static void count_tasks(struct count *c)
{
    for (size_t i = 0; i < c->input->task_count; i++) {
        const struct mu_metric_task *task = &c->input->tasks[i];
        bool owned = !mu_id_is_zero(task->owner);
        bool done = task->done_ms != 0 && in_window(c, task->done_ms);
        if (!whose(c, task->owner)) {
            continue;
        }
        struct mu_counted what = {.entity = MU_TASK, .id = task->id};
        if (task->active) {
            what.value = owned ? 1 : 0;
            what.as = owned ? "owned" : "nobodys";
            add(c, MU_METRIC_OWNED, what);
            what.value = task->dated ? 1 : 0;
            what.as = task->dated ? "dated" : "undated";
            add(c, MU_METRIC_DATED, what);
        }
        if (task->accepted && (task->active || done)) {
            what.value = task->due_moves;
            what.as = task->due_moves > 0 ? "moved" : "not_moved";
            add(c, MU_METRIC_DUE_MOVES, what);
        }
        if (done) {
            count_done(c, task);
        }
    }
}

/* -- quotas, feedback, kudos ----------------------------------------------------------------------
 */

static void count_praise(struct count *c)
{
    const struct mu_metric_input *input = c->input;
    for (size_t i = 0; i < input->feedback_count; i++) {
        const struct mu_metric_feedback *feedback = &input->feedback[i];
        if (whose(c, feedback->to) && in_window(c, feedback->sent_ms)) {
            add(c, MU_METRIC_ANSWERED,
                (struct mu_counted){.entity = MU_FEEDBACK,
                                    .id = feedback->id,
                                    .as = feedback->answered ? "answered" : "not_answered",
                                    .value = feedback->answered ? 1 : 0});
        }
    }
    for (size_t i = 0; i < input->kudos_count; i++) {
        const struct mu_metric_kudos *kudos = &input->kudos[i];
        struct mu_counted what = {.entity = MU_KUDOS, .id = kudos->id, .as = "kudos", .value = 1};
        bool again = i > 0 && mu_id_equal(input->kudos[i - 1].id, kudos->id);
        if (!in_window(c, kudos->at_ms)) {
            continue;
        }
        if (whose(c, kudos->to)) {
            add(c, MU_METRIC_KUDOS, what);
        }
        if (whose(c, kudos->from) && !again) { /* to several at once: given once */
            add(c, MU_METRIC_KUDOS_GIVEN, what);
        }
    }
}

static void count_quotas(struct count *c, struct mu_figure *figure)
{
    for (size_t i = 0; i < c->input->quota_count; i++) {
        const struct mu_quota *quota = &c->input->quotas[i];
        if (!whose(c, quota->person) || !day_in_window(c, quota->period.day)) {
            continue;
        }
        add(c, MU_METRIC_QUOTA,
            (struct mu_counted){.entity = MU_QUOTA,
                                .id = quota->id,
                                .as = quota->excused ? "excused"
                                      : quota->met   ? "met"
                                                     : "not_met",
                                .value = quota->brought});
        figure->n += quota->excused ? 0 : quota->amount;
    }
}

/* -- the end
 * ---------------------------------------------------------------------------------------- */

static int by_number(const void *left, const void *right)
{
    const int64_t *a = left;
    const int64_t *b = right;
    return *a < *b ? -1 : (*a > *b ? 1 : 0);
}

/* Of two in the middle, half of their sum, rounded down. */
static bool median(const struct mu_counted *items, size_t count, struct mu_arena *arena,
                   int64_t *out)
{
    *out = 0;
    if (count == 0) {
        return true;
    }
    int64_t *values = mu_arena_array(arena, count, sizeof *values);
    if (values == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        values[i] = items[i].value;
    }
    qsort(values, count, sizeof *values, by_number);
    int64_t high = values[count / 2];
    int64_t low = values[(count - 1) / 2];
    *out = low + (high - low) / 2;
    return true;
}

static void settle(struct count *c, enum mu_metric metric, struct mu_figure *figure)
{
    const struct mu_counted *items = c->lists[metric].items;
    size_t count = c->lists[metric].count;
    enum mu_metric_kind kind = mu_metric_info(metric)->kind;
    figure->counted = c->lists[metric].items;
    figure->counted_count = count;
    if (metric != MU_METRIC_QUOTA) {
        figure->n = (int64_t)count;
    }
    if (kind == MU_METRIC_MEDIAN) {
        c->failed = !median(items, count, c->arena, &figure->k) || c->failed;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        bool most = kind == MU_METRIC_MOST;
        int64_t grown = most ? (items[i].value > figure->k ? items[i].value : figure->k)
                             : figure->k + items[i].value;
        figure->k = grown;
    }
}

enum mu_status mu_metrics_count(const struct mu_metric_input *input, struct mu_id person,
                                struct mu_arena *arena, struct mu_metrics *out,
                                struct mu_error *err)
{
    struct count c = {
        .input = input, .person = person, .team = mu_id_is_zero(person), .arena = arena};
    for (int i = 0; i < MU_METRICS; i++) {
        mu_list_init(&c.lists[i], arena, sizeof(struct mu_counted));
    }
    memset(out, 0, sizeof *out);
    out->person = person;
    count_promises(&c);
    count_slots(&c);
    count_acks(&c);
    count_streak(&c);
    count_blockers(&c);
    count_tasks(&c);
    count_praise(&c);
    count_quotas(&c, &out->figures[MU_METRIC_QUOTA]);
    for (int i = 0; i < MU_METRICS; i++) {
        settle(&c, (enum mu_metric)i, &out->figures[i]);
    }
    return c.failed ? mu_fail(err, MU_E_NOMEM, "count figures: out of memory") : MU_OK;
}
