/* What is asked of every operation before its rule looks at it: nothing in here is trusted,
 * it came from a device. */
#include "common/model/decide_shape.h"
#include "common/model/recur.h"
#include "common/model/rhythm.h"

#define BIT(field) MU_FIELD_BIT(MU_##field)

/* Fields that a row of entity is made with, and those that it may never lose. */
static const struct {
    uint32_t entity;
    uint64_t first;
    uint64_t always;
} needs[] = {
    {MU_TEAM, BIT(TEAM_NAME) | BIT(TEAM_ZONE), BIT(TEAM_DAY_END)},
    {MU_PERSON, BIT(PERSON_HANDLE), BIT(PERSON_ROLE) | BIT(PERSON_STATE)},
    {MU_DEVICE,
     BIT(DEVICE_SIGN_KEY) | BIT(DEVICE_BOX_KEY) | BIT(DEVICE_CURVE_KEY) | BIT(DEVICE_INVITE) |
         BIT(DEVICE_PROOF),
     BIT(DEVICE_STATE)},
    {MU_INVITE,
     BIT(INVITE_PERSON) | BIT(INVITE_SIGN_KEY) | BIT(INVITE_CURVE_KEY) | BIT(INVITE_EXPIRES_AT),
     BIT(INVITE_STATE)},
    {MU_BOARD, BIT(BOARD_NAME), 0},
    {MU_COLUMN, BIT(COLUMN_BOARD) | BIT(COLUMN_NAME), BIT(COLUMN_KIND) | BIT(COLUMN_RANK)},
    {MU_TASK, BIT(TASK_COLUMN) | BIT(TASK_TITLE),
     BIT(TASK_BOARD) | BIT(TASK_RANK) | BIT(TASK_STATE)},
    {MU_LABEL, BIT(LABEL_NAME), 0},
    {MU_TASK_LABEL, BIT(TASK_LABEL_TASK) | BIT(TASK_LABEL_LABEL), 0},
    {MU_TASK_HELPER, BIT(TASK_HELPER_TASK) | BIT(TASK_HELPER_PERSON), 0},
    {MU_CHECKLIST, BIT(CHECKLIST_TASK) | BIT(CHECKLIST_NAME), BIT(CHECKLIST_RANK)},
    {MU_ITEM, BIT(ITEM_CHECKLIST) | BIT(ITEM_NAME), BIT(ITEM_TASK) | BIT(ITEM_RANK)},
    {MU_COMMENT, BIT(COMMENT_TASK) | BIT(COMMENT_TEXT), 0},
    {MU_ATTACHMENT, BIT(ATTACHMENT_TASK), 0},
    {MU_CUSTOM_FIELD, BIT(CUSTOM_FIELD_BOARD) | BIT(CUSTOM_FIELD_NAME), 0},
    {MU_CUSTOM_VALUE, BIT(CUSTOM_VALUE_TASK) | BIT(CUSTOM_VALUE_CUSTOM_FIELD), 0},
    {MU_SEALED, BIT(SEALED_TO) | BIT(SEALED_BYTES), 0},
    {MU_WIN, BIT(WIN_PERSON) | BIT(WIN_KIND), 0},
    {MU_KUDOS, BIT(KUDOS_TEXT), 0},
    {MU_KUDOS_TO, BIT(KUDOS_TO_KUDOS) | BIT(KUDOS_TO_PERSON), 0},
    {MU_REACTION, BIT(REACTION_KUDOS) | BIT(REACTION_PERSON) | BIT(REACTION_MARK), 0},
    {MU_FEEDBACK, BIT(FEEDBACK_TO) | BIT(FEEDBACK_VISIBILITY), 0},
    {MU_SERIES,
     BIT(SERIES_RULE) | BIT(SERIES_BASIS) | BIT(SERIES_START_DAY) | BIT(SERIES_COLUMN) |
         BIT(SERIES_TITLE),
     0},
    {MU_ZONE_SINCE, BIT(ZONE_SINCE_PERSON) | BIT(ZONE_SINCE_FROM) | BIT(ZONE_SINCE_ZONE), 0},
    {MU_ABSENCE, BIT(ABSENCE_PERSON) | BIT(ABSENCE_FROM_DAY) | BIT(ABSENCE_TO_DAY), 0},
    {MU_HOLIDAY, BIT(HOLIDAY_CALENDAR) | BIT(HOLIDAY_DAY) | BIT(HOLIDAY_NAME), 0},
    {MU_SCHEDULE, BIT(SCHEDULE_NAME) | BIT(SCHEDULE_KIND), BIT(SCHEDULE_STATE)},
    {MU_SCHEDULE_VERSION,
     BIT(SCHEDULE_VERSION_SCHEDULE) | BIT(SCHEDULE_VERSION_FROM_DAY) | BIT(SCHEDULE_VERSION_DAYS) |
         BIT(SCHEDULE_VERSION_OPEN) | BIT(SCHEDULE_VERSION_DUE) | BIT(SCHEDULE_VERSION_GRACE) |
         BIT(SCHEDULE_VERSION_ZONE_MODE),
     0},
    {MU_QUESTION,
     BIT(QUESTION_VERSION) | BIT(QUESTION_POSITION) | BIT(QUESTION_TEXT) | BIT(QUESTION_KIND), 0},
    {MU_CHECKIN,
     BIT(CHECKIN_SCHEDULE) | BIT(CHECKIN_PERSON) | BIT(CHECKIN_DAY) | BIT(CHECKIN_VERSION), 0},
    {MU_ANSWER, BIT(ANSWER_CHECKIN) | BIT(ANSWER_QUESTION), 0},
    {MU_CHECKIN_ITEM, BIT(CHECKIN_ITEM_CHECKIN) | BIT(CHECKIN_ITEM_KIND) | BIT(CHECKIN_ITEM_ROW),
     0},
    {MU_NUDGE, BIT(NUDGE_TO), 0},
    {MU_GOAL, BIT(GOAL_TITLE), BIT(GOAL_STATE)},
    {MU_TARGET, BIT(TARGET_GOAL) | BIT(TARGET_NAME), BIT(TARGET_DIRECTION) | BIT(TARGET_SOURCE)},
    {MU_READING, BIT(READING_DAY), 0},
    {MU_QUOTA,
     BIT(QUOTA_TARGET) | BIT(QUOTA_PERSON) | BIT(QUOTA_PERIOD_KIND) | BIT(QUOTA_PERIOD) |
         BIT(QUOTA_AMOUNT),
     0},
    {MU_COMMITMENT,
     BIT(COMMITMENT_PERIOD_KIND) | BIT(COMMITMENT_PERIOD) | BIT(COMMITMENT_DUE_AT) |
         BIT(COMMITMENT_HORIZON_AT) | BIT(COMMITMENT_GRACE_UNTIL),
     BIT(COMMITMENT_STATE)},
    {MU_BLOCKER, BIT(BLOCKER_REASON), BIT(BLOCKER_KIND) | BIT(BLOCKER_STATE)},
};

uint64_t mu_shape_first(uint32_t entity)
{
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        if (needs[i].entity == entity) {
            return needs[i].first;
        }
    }
    return 0;
}

uint64_t mu_shape_always(uint32_t entity)
{
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        if (needs[i].entity == entity) {
            return needs[i].first | needs[i].always;
        }
    }
    return 0;
}

struct mu_value mu_arg_value(const struct mu_op *op, uint32_t field)
{
    const struct mu_arg *arg = op == NULL ? NULL : mu_op_find(op, field);
    return arg == NULL ? mu_null() : arg->value;
}

bool mu_arg_has(const struct mu_op *op, uint32_t field)
{
    return mu_arg_value(op, field).kind != MU_NULL;
}

struct mu_id mu_arg_id(const struct mu_op *op, uint32_t field)
{
    struct mu_id id = {0};
    struct mu_value value = mu_arg_value(op, field);
    if (value.kind == MU_BYTES) {
        (void)mu_id_from_slice(value.bytes, &id);
    }
    return id;
}

int64_t mu_arg_int(const struct mu_op *op, uint32_t field)
{
    struct mu_value value = mu_arg_value(op, field);
    return value.kind == MU_INT ? value.number : 0;
}

/* Foreign boards have cards without a title.  What an undo has no value for, it leaves. */
static bool may_lack(const struct mu_case *c, const struct mu_field *field, uint32_t entity)
{
    if (c->intent->number == MU_INTENT_UNDO) {
        return true;
    }
    return c->intent->number == MU_INTENT_IMPORT && field->type == MU_TYPE_TEXT &&
           entity != MU_PERSON;
}

/* Ranges of numbers that the domain's types do not know. */
static const struct {
    uint32_t entity, field;
    int64_t least, most;
} ranges[] = {
    {MU_TEAM, MU_TEAM_DAY_END, 0, MU_DAY_MINUTES - 1},
    {MU_COLUMN, MU_COLUMN_WIP_LIMIT, 0, INT64_MAX},
    {MU_ATTACHMENT, MU_ATTACHMENT_SIZE, 0, INT64_MAX},
    {MU_PERSON, MU_PERSON_WORKDAYS, 1, 0x7f},
    {MU_PERSON, MU_PERSON_DAY_START, 0, MU_DAY_MINUTES - 1},
    {MU_PERSON, MU_PERSON_QUIET_FROM, 0, MU_DAY_MINUTES - 1},
    {MU_PERSON, MU_PERSON_QUIET_TO, 0, MU_DAY_MINUTES - 1},
    {MU_ABSENCE, MU_ABSENCE_FROM_DAY, 0, MU_DAY_MAX},
    {MU_ABSENCE, MU_ABSENCE_TO_DAY, 0, MU_DAY_MAX},
    {MU_HOLIDAY, MU_HOLIDAY_DAY, 0, MU_DAY_MAX},
    {MU_SCHEDULE_VERSION, MU_SCHEDULE_VERSION_FROM_DAY, 0, MU_DAY_MAX},
    {MU_SCHEDULE_VERSION, MU_SCHEDULE_VERSION_DAYS, 0, 0x7f},
    {MU_SCHEDULE_VERSION, MU_SCHEDULE_VERSION_OPEN, 0, MU_DAY_MINUTES - 1},
    {MU_SCHEDULE_VERSION, MU_SCHEDULE_VERSION_DUE, 1, 2 * MU_DAY_MINUTES - 1},
    {MU_SCHEDULE_VERSION, MU_SCHEDULE_VERSION_GRACE, 0, MU_DAY_MINUTES},
    {MU_SCHEDULE_VERSION, MU_SCHEDULE_VERSION_ESCALATE_AFTER, 0, 30},
    {MU_QUESTION, MU_QUESTION_POSITION, 0, MU_QUESTIONS_MAX - 1},
    {MU_QUESTION, MU_QUESTION_EVERY, 1, 366},
    {MU_CHECKIN, MU_CHECKIN_DAY, 0, MU_DAY_MAX},
    {MU_TASK, MU_TASK_SIZE, 0, 10000},
    {MU_GOAL, MU_GOAL_START_DAY, 0, MU_DAY_MAX},
    {MU_GOAL, MU_GOAL_END_DAY, 0, MU_DAY_MAX},
    {MU_GOAL, MU_GOAL_CONFIDENCE, 0, 10},
    {MU_TARGET, MU_TARGET_PRECISION, 0, MU_PRECISION_MAX},
    {MU_TARGET, MU_TARGET_BASELINE, -MU_MEASURE_MAX, MU_MEASURE_MAX},
    {MU_TARGET, MU_TARGET_AIM, -MU_MEASURE_MAX, MU_MEASURE_MAX},
    {MU_READING, MU_READING_VALUE, -MU_MEASURE_MAX, MU_MEASURE_MAX},
    {MU_READING, MU_READING_CONFIDENCE, 0, 10},
    {MU_READING, MU_READING_DAY, 0, MU_DAY_MAX},
    {MU_QUOTA, MU_QUOTA_AMOUNT, 0, MU_MEASURE_MAX},
};

static bool in_range(uint32_t entity, uint32_t field, struct mu_value value)
{
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (ranges[i].entity == entity && ranges[i].field == field) {
            return value.number >= ranges[i].least && value.number <= ranges[i].most;
        }
    }
    if (entity == MU_SERIES && field == MU_SERIES_DUE) {
        return value.number >= 0 && value.number < INT64_C(24) * 60;
    }
    if ((entity == MU_SERIES && field == MU_SERIES_START_DAY) ||
        (entity == MU_TASK && field == MU_TASK_OCCURRENCE) ||
        (entity == MU_FEEDBACK && field == MU_FEEDBACK_WEEK)) {
        return value.number >= MU_RECUR_DAY_MIN && value.number <= MU_RECUR_DAY_MAX;
    }
    if (entity == MU_DEVICE || entity == MU_INVITE) { /* keys and signatures are whole */
        const struct mu_field *known = mu_field_find(entity, field);
        return known->type != MU_TYPE_BYTES || value.bytes.len == known->limit;
    }
    return true;
}

static enum mu_status check_reference(struct mu_case *c, uint32_t entity,
                                      const struct mu_field *field, struct mu_value value)
{
    struct mu_id id = {0};
    (void)mu_id_from_slice(value.bytes, &id);
    struct mu_known *target = NULL;
    MU_TRY(mu_case_look(c, field->limit, id, &target));
    const char *owner = mu_entity_find(entity)->name;
    if (!mu_known_exists(target)) {
        return mu_case_refuse(c, MU_E_NOT_FOUND, "%s.%s names a %s that is not here", owner,
                              field->name, mu_entity_find(field->limit)->name);
    }
    if (field->limit == MU_PERSON && c->intent->number != MU_INTENT_IMPORT &&
        c->intent->number != MU_INTENT_INVITE_CREATE &&
        mu_now_int(target, MU_PERSON_STATE) == MU_PERSON_REMOVED) {
        return mu_case_refuse(c, MU_E_INVALID, "%s.%s names a person who left the team", owner,
                              field->name);
    }
    return MU_OK;
}

enum mu_status mu_case_check_value(struct mu_case *c, uint32_t entity, uint32_t field,
                                   struct mu_value value)
{
    const struct mu_field *known = mu_field_find(entity, field);
    if (known == NULL) {
        /* A conflict row must be able to hold it with its head. */
        return value.kind == MU_BYTES && value.bytes.len > MU_TEXT_MAX
                   ? mu_case_refuse(c, MU_E_LIMIT, "a value of an unknown field is too long")
                   : MU_OK;
    }
    const char *name = mu_entity_find(entity)->name;
    bool is_text = known->type == MU_TYPE_TEXT;
    if (value.kind == MU_NULL || (is_text && value.kind == MU_BYTES && value.bytes.len == 0)) {
        return (mu_shape_always(entity) & MU_FIELD_BIT(field)) != 0 && !may_lack(c, known, entity)
                   ? mu_case_refuse(c, MU_E_INVALID, "%s.%s may not be empty", name, known->name)
                   : MU_OK;
    }
    struct mu_error error = {0};
    enum mu_status status = mu_value_check(entity, field, value, &error);
    if (status != MU_OK) {
        /* What is wrong with a date is said with the date in it: not here. */
        return known->type == MU_TYPE_DUE
                   ? mu_case_refuse(c, status, "%s.%s is not a date", name, known->name)
                   : mu_case_refuse(c, status, "%s", error.text);
    }
    if (!in_range(entity, field, value)) {
        return mu_case_refuse(c, MU_E_INVALID, "%s.%s is out of range", name, known->name);
    }
    return known->type == MU_TYPE_ID && known->limit != 0 ? check_reference(c, entity, known, value)
                                                          : MU_OK;
}

static enum mu_status check_extra(struct mu_case *c, const struct mu_shape *shape,
                                  const struct mu_arg *arg)
{
    bool place = arg->field == MU_ARG_AFTER || arg->field == MU_ARG_BEFORE;
    if (place && (shape->flags & MU_SHAPE_PLACE) != 0) {
        return arg->value.kind == MU_BYTES && arg->value.bytes.len == MU_ID_LEN
                   ? MU_OK
                   : mu_case_refuse(c, MU_E_INVALID, "a place is told by a row's id");
    }
    if (arg->field == MU_ARG_EXPECT && (shape->flags & MU_SHAPE_EXPECT) != 0) {
        return arg->value.kind == MU_INT && arg->value.number >= MU_STATE_OPEN &&
                       arg->value.number <= MU_STATE_DROPPED
                   ? MU_OK
                   : mu_case_refuse(c, MU_E_INVALID, "the state expected is not one");
    }
    return mu_case_refuse(c, MU_E_INVALID, "%s has no argument %u here",
                          mu_intent_find(shape->intent)->name, (unsigned)arg->field);
}

static enum mu_status check_arg(struct mu_case *c, const struct mu_shape *shape,
                                const struct mu_arg *arg)
{
    if (arg->field == 0 || arg->field >= MU_ARG_AFTER) {
        return check_extra(c, shape, arg);
    }
    const struct mu_field *known = mu_field_find(shape->entity, arg->field);
    if (known != NULL && (shape->fields & MU_FIELD_BIT(arg->field)) == 0) {
        return mu_case_refuse(c, MU_E_DENIED, "%s may not set %s.%s",
                              mu_intent_find(shape->intent)->name,
                              mu_entity_find(shape->entity)->name, known->name);
    }
    if (arg->has_base && arg->base.kind == MU_BYTES && arg->base.bytes.len > MU_VALUE_MAX) {
        return mu_case_refuse(c, MU_E_LIMIT, "the text it began with is too long");
    }
    return mu_case_check_value(c, shape->entity, arg->field, arg->value);
}

static bool given_twice(const struct mu_op *op)
{
    for (size_t i = 0; i < op->arg_count; i++) {
        for (size_t j = i + 1; j < op->arg_count; j++) {
            if (op->args[i].field == op->args[j].field) {
                return true;
            }
        }
    }
    return false;
}

static enum mu_status check_first(struct mu_case *c, const struct mu_op *op)
{
    uint64_t first = mu_shape_first(op->entity);
    for (uint32_t field = 1; field < 64; field++) {
        const struct mu_field *known = mu_field_find(op->entity, field);
        if (known != NULL && (first & MU_FIELD_BIT(field)) != 0 && !mu_arg_has(op, field) &&
            !may_lack(c, known, op->entity)) {
            return mu_case_refuse(c, MU_E_INVALID, "a new %s needs its %s",
                                  mu_entity_find(op->entity)->name, known->name);
        }
    }
    return MU_OK;
}

enum mu_status mu_case_check_op(struct mu_case *c, const struct mu_shape *shape)
{
    const struct mu_op *op = c->op;
    const char *name = mu_entity_find(op->entity)->name;
    if (mu_id_is_zero(op->row)) {
        return mu_case_refuse(c, MU_E_INVALID, "a %s without an id", name);
    }
    if (op->arg_count > MU_ARGS_MAX) {
        return mu_case_refuse(c, MU_E_LIMIT, "more than %d arguments", MU_ARGS_MAX);
    }
    if (given_twice(op)) {
        return mu_case_refuse(c, MU_E_INVALID, "an argument is given twice");
    }
    if (mu_op_find(op, MU_ARG_AFTER) != NULL && mu_op_find(op, MU_ARG_BEFORE) != NULL) {
        return mu_case_refuse(c, MU_E_INVALID, "a place is after a row or before one, not both");
    }
    struct mu_known *row = NULL;
    MU_TRY(mu_case_look(c, op->entity, op->row, &row));
    bool exists = mu_known_exists(row);
    if (exists && shape->making == MU_MAKE_MUST) {
        return mu_case_refuse(c, MU_E_EXISTS, "this %s is there already", name);
    }
    if (!exists && shape->making == MU_MAKE_NEVER) {
        return mu_case_refuse(c, MU_E_NOT_FOUND, "there is no such %s", name);
    }
    for (size_t i = 0; i < op->arg_count; i++) {
        MU_TRY(check_arg(c, shape, &op->args[i]));
    }
    return exists || (shape->flags & MU_SHAPE_FILLED) != 0 ? MU_OK : check_first(c, op);
}
