/* Goals and targets in words and in JSON. */
#include <inttypes.h>

#include "client/view/goals.h"
#include "client/view/measure.h"
#include "client/view/quotas.h"
#include "client/view/text.h"
#include "client/view/value_words.h"

#define DOT         " \xc2\xb7 "
#define TITLE_WIDTH 48

static const char *const healths[] = {"on_track", "at_risk", "off_track"};
static const char *const states[] = {"draft", "active", "paused", "achieved", "missed", "dropped"};
static const char *const cadences[] = {"weekly", "biweekly", "monthly"};
static const char *const directions[] = {"up", "down", "reach", "stay_below", "yes_no"};
static const char *const sources[] = {"manual", "quotas", "tasks"};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static const char *name_of(const char *const *names, size_t count, int64_t number,
                           const char *otherwise)
{
    return number >= 1 && (uint64_t)number <= count ? names[number - 1] : otherwise;
}

static int64_t parse(const char *const *names, size_t count, struct mu_slice word)
{
    for (size_t i = 0; i < count; i++) {
        if (mu_same_name(word, mu_slice_str(names[i]))) {
            return (int64_t)i + 1;
        }
    }
    return 0;
}

const char *mu_health_name(int64_t health)
{
    return name_of(healths, COUNT(healths), health, "unknown");
}

const char *mu_goal_state_name(int64_t state)
{
    return name_of(states, COUNT(states), state, "?");
}

const char *mu_cadence_name(int64_t cadence)
{
    return name_of(cadences, COUNT(cadences), cadence, "none");
}

const char *mu_direction_name(int64_t direction)
{
    return name_of(directions, COUNT(directions), direction, "?");
}

const char *mu_source_name(int64_t source)
{
    return name_of(sources, COUNT(sources), source, "?");
}

int64_t mu_health_parse(struct mu_slice word)
{
    return parse(healths, COUNT(healths), word);
}

int64_t mu_goal_state_parse(struct mu_slice word)
{
    return parse(states, COUNT(states), word);
}

int64_t mu_cadence_parse(struct mu_slice word)
{
    return parse(cadences, COUNT(cadences), word);
}

int64_t mu_direction_parse(struct mu_slice word)
{
    return parse(directions, COUNT(directions), word);
}

int64_t mu_source_parse(struct mu_slice word)
{
    return parse(sources, COUNT(sources), word);
}

void mu_smart_text(unsigned smart, char out_text[static 10])
{
    static const char letters[] = "SMART";
    for (size_t i = 0; i < 5; i++) {
        out_text[2 * i] = (smart >> i & 1u) != 0 ? letters[i] : '-';
        out_text[2 * i + 1] = i < 4 ? ' ' : '\0';
    }
}

static const struct mu_target *first_uncovered(const struct mu_goal *goal)
{
    for (size_t i = 0; i < goal->target_count; i++) {
        if (goal->targets[i].source == MU_TARGET_QUOTAS) {
            return &goal->targets[i];
        }
    }
    return NULL;
}

static enum mu_status put_achievable(struct mu_buf *out, const struct mu_goal *goal)
{
    const struct mu_target *target = first_uncovered(goal);
    MU_TRY(mu_buf_append_str(out, "A: "));
    if (target != NULL && goal->uncovered > 0) {
        MU_TRY(mu_words_measure(out, goal->uncovered, target->precision, target->unit));
        MU_TRY(mu_buf_append_str(out, " of "));
        MU_TRY(mu_show(out, target->name, MU_SHOW_ONE_LINE));
        MU_TRY(mu_buf_append_str(out, " is uncovered by quotas"));
    } else if (target == NULL && goal->tasks == 0) {
        MU_TRY(mu_buf_append_str(out, "no task leads there yet"));
    }
    if (goal->confidence < 0) {
        bool first = out->len > 0 && out->data[out->len - 1] == ' ';
        MU_TRY(mu_buf_append_str(out, first ? "" : "; "));
        MU_TRY(mu_buf_append_str(out, "its owner has not said how sure he is"));
    }
    return mu_buf_append_byte(out, '\n');
}

enum mu_status mu_words_smart(struct mu_buf *out, const struct mu_goal *goal)
{
    unsigned missing = MU_SMART_ALL & ~goal->smart;
    if ((missing & MU_SMART_S) != 0) {
        MU_TRY(mu_buf_append_str(out, "S: a description says what will be so\n"));
    }
    if ((missing & MU_SMART_M) != 0) {
        MU_TRY(mu_buf_append_str(out, "M: a target with a unit and an aim tells when it is "
                                      "reached\n"));
    }
    if ((missing & MU_SMART_A) != 0) {
        MU_TRY(put_achievable(out, goal));
    }
    if ((missing & MU_SMART_R) != 0) {
        MU_TRY(mu_buf_append_str(out, "R: why it matters, or which goal it serves\n"));
    }
    return (missing & MU_SMART_T) != 0
               ? mu_buf_append_str(out, "T: it begins on a day and ends on a later one\n")
               : MU_OK;
}

static enum mu_status put_health(struct mu_buf *out, int64_t health)
{
    static const char *const words[] = {"on track", "at risk", "off track"};
    return mu_buf_append_str(out, name_of(words, COUNT(words), health, "not to be judged yet"));
}

enum mu_status mu_words_target(struct mu_buf *out, const struct mu_target *target)
{
    MU_TRY(mu_show(out, target->name, MU_SHOW_ONE_LINE));
    MU_TRY(mu_buf_append_str(out, DOT));
    if (target->direction == MU_DIRECTION_YES_NO) {
        MU_TRY(mu_buf_append_str(out, target->reached ? "yes" : "not yet"));
    } else {
        if (target->has_value) {
            MU_TRY(mu_words_measure(out, target->value, target->precision, target->unit));
        } else {
            MU_TRY(mu_buf_append_str(out, "nothing recorded"));
        }
        bool below = target->direction == MU_DIRECTION_STAY_BELOW;
        MU_TRY(mu_buf_append_str(out, below ? ", to stay below " : " of "));
        MU_TRY(mu_words_measure(out, target->aim, target->precision, target->unit));
    }
    if (target->health != 0) {
        MU_TRY(mu_buf_append_str(out, DOT));
        MU_TRY(put_health(out, target->health));
    }
    if (target->progress >= 0 && target->direction != MU_DIRECTION_YES_NO) {
        MU_TRY(mu_buf_printf(out, DOT "%" PRId64 " %%", target->progress / 10));
        if (target->expected >= 0) {
            MU_TRY(mu_buf_printf(out, " of %" PRId64 " %% expected", target->expected / 10));
        }
    }
    return MU_OK;
}

enum mu_status mu_words_goal(struct mu_buf *out, const struct mu_goal *goal,
                             const struct mu_names *names)
{
    char smart[10];
    mu_smart_text(goal->smart, smart);
    MU_TRY(mu_buf_printf(out, "%s ", goal->ref));
    MU_TRY(mu_words_quote(out, goal->title, TITLE_WIDTH));
    MU_TRY(mu_buf_append_str(out, DOT));
    MU_TRY(mu_words_person(out, names, goal->owner));
    MU_TRY(mu_buf_append_str(out, DOT));
    if (goal->state == MU_GOAL_ACTIVE) {
        MU_TRY(put_health(out, goal->health));
    } else {
        MU_TRY(mu_buf_append_str(out, mu_goal_state_name(goal->state)));
    }
    if (goal->own_health != 0 && goal->own_health != goal->health) {
        MU_TRY(mu_buf_append_str(out, " (its owner: "));
        MU_TRY(put_health(out, goal->own_health));
        MU_TRY(mu_buf_append_byte(out, ')'));
    }
    if (goal->pace >= 0 && goal->state == MU_GOAL_ACTIVE) {
        MU_TRY(mu_buf_printf(out, DOT "pace %" PRId64 ".%02" PRId64, goal->pace / 100,
                             goal->pace % 100));
    }
    MU_TRY(mu_buf_printf(out, DOT "%s", smart));
    if (goal->tasks > 0) {
        MU_TRY(mu_buf_printf(out, DOT "%" PRId64 " of %" PRId64 " tasks done", goal->tasks_done,
                             goal->tasks));
    }
    if (goal->proposal != 0) {
        MU_TRY(mu_buf_printf(out, DOT "close it as %s?", mu_goal_state_name(goal->proposal)));
    }
    return goal->pending ? mu_buf_append_str(out, DOT "waiting") : MU_OK;
}

/* -- for programs --------------------------------------------------------------------------- */

/* null unless there is one. */
static void int_json(struct mu_json *json, const char *name, bool there, int64_t number)
{
    if (there) {
        mu_json_int(json, name, number);
    } else {
        mu_json_null(json, name);
    }
}

static enum mu_status put_amount(struct mu_buf *out, int64_t value, const struct mu_target *target)
{
    return mu_words_measure(out, value, target->precision, target->unit);
}

enum mu_status mu_words_quota_sum(struct mu_buf *out, const struct mu_quota_sum *sum,
                                  const struct mu_target *target)
{
    MU_TRY(put_amount(out, sum->brought, target));
    MU_TRY(mu_buf_append_str(out, " of "));
    MU_TRY(put_amount(out, sum->expected, target));
    MU_TRY(mu_buf_append_str(out, " expected"));
    if (sum->excused > 0) {
        MU_TRY(mu_buf_append_str(out, " ("));
        MU_TRY(put_amount(out, sum->expected + sum->excused, target));
        MU_TRY(mu_buf_append_str(out, " less "));
        MU_TRY(put_amount(out, sum->excused, target));
        MU_TRY(mu_buf_append_str(out, " excused)"));
    }
    return mu_buf_printf(out, " \xc2\xb7 %zu of %zu met", sum->met, sum->people);
}

void mu_target_json(struct mu_json *json, const char *name, const struct mu_target *target)
{
    mu_json_object(json, name);
    mu_json_str(json, "ref", target->ref);
    mu_json_id(json, "id", target->id);
    mu_json_text(json, "name", target->name);
    mu_json_text(json, "unit", target->unit);
    mu_json_str(json, "direction", mu_direction_name(target->direction));
    mu_json_str(json, "source", mu_source_name(target->source));
    mu_json_int(json, "precision", target->precision);
    int_json(json, "baseline", target->has_baseline, target->baseline);
    int_json(json, "aim", target->has_aim, target->aim);
    int_json(json, "value", target->has_value, target->value);
    mu_json_int(json, "readings", target->readings);
    mu_json_int(json, "quotas", target->quotas);
    mu_json_bool(json, "reached", target->reached);
    int_json(json, "progress_permille", target->progress >= 0, target->progress);
    int_json(json, "expected_permille", target->expected >= 0, target->expected);
    mu_json_str(json, "health", mu_health_name(target->health));
    mu_json_close(json);
}

static void coverage_json(struct mu_json *json, const struct mu_goal *goal)
{
    mu_json_object(json, "tasks");
    mu_json_int(json, "total", goal->tasks);
    mu_json_int(json, "done", goal->tasks_done);
    mu_json_int(json, "active", goal->tasks_active);
    mu_json_int(json, "owned", goal->tasks_owned);
    mu_json_int(json, "dated", goal->tasks_dated);
    mu_json_close(json);
}

void mu_goal_json(struct mu_json *json, const char *name, const struct mu_goal *goal,
                  const struct mu_names *names)
{
    char smart[10];
    mu_smart_text(goal->smart, smart);
    mu_json_object(json, name);
    mu_json_str(json, "ref", goal->ref);
    mu_json_id(json, "id", goal->id);
    mu_json_text(json, "title", goal->title);
    mu_json_text(json, "description", goal->desc);
    mu_json_text(json, "why", goal->why);
    mu_person_json(json, "owner", goal->owner, names);
    mu_person_json(json, "reviewer", goal->reviewer, names);
    if (goal->parent_ref[0] != '\0') {
        mu_json_str(json, "parent", goal->parent_ref);
    } else {
        mu_json_null(json, "parent");
    }
    int_json(json, "start_day", goal->start_day > 0, goal->start_day);
    int_json(json, "end_day", goal->end_day > 0, goal->end_day);
    mu_json_day(json, "start", goal->start_day);
    mu_json_day(json, "end", goal->end_day);
    mu_json_str(json, "cadence", mu_cadence_name(goal->cadence));
    mu_json_str(json, "state", mu_goal_state_name(goal->state));
    mu_json_text(json, "reason", goal->reason);
    int_json(json, "confidence", goal->confidence >= 0, goal->confidence);
    mu_json_str(json, "smart", smart);
    mu_json_str(json, "health", mu_health_name(goal->health));
    mu_json_str(json, "own_health", mu_health_name(goal->own_health));
    mu_json_text(json, "health_note", goal->health_note);
    int_json(json, "pace_percent", goal->pace >= 0, goal->pace);
    mu_json_int(json, "workdays", goal->workdays);
    mu_json_int(json, "workdays_over", goal->workdays_over);
    mu_json_int(json, "uncovered", goal->uncovered);
    if (goal->proposal != 0) {
        mu_json_str(json, "proposal", mu_goal_state_name(goal->proposal));
    } else {
        mu_json_null(json, "proposal");
    }
    coverage_json(json, goal);
    mu_json_array(json, "targets");
    for (size_t i = 0; i < goal->target_count; i++) {
        mu_target_json(json, NULL, &goal->targets[i]);
    }
    mu_json_close(json);
    mu_json_bool(json, "pending", goal->pending);
}
