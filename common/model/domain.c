#include "common/model/domain.h"

#include <string.h>

#define F(entity, field, number, name, type, limit, merge) \
    {(number), (name), MU_TYPE_##type, (limit), MU_MERGE_##merge},
#define E(entity, number, name, fields) \
    static const struct mu_field fields_of_##entity[] = {fields(F)};
MU_ENTITY_MAP(E)
#undef E
#undef F

static const struct mu_entity entities[] = {
#define E(entity, number, name, fields) \
    {(number), (name), fields_of_##entity, sizeof fields_of_##entity / sizeof(struct mu_field)},
    MU_ENTITY_MAP(E)
#undef E
};

static const struct mu_index indexes[] = {
#define I(entity, name, columns, condition) {MU_##entity, (name), (columns), (condition)},
    MU_INDEX_MAP(I)
#undef I
};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

const struct mu_entity *mu_entities(size_t *out_count)
{
    *out_count = COUNT(entities);
    return entities;
}

const struct mu_index *mu_indexes(size_t *out_count)
{
    *out_count = COUNT(indexes);
    return indexes;
}

const struct mu_entity *mu_entity_find(uint32_t number)
{
    for (size_t i = 0; i < COUNT(entities); i++) {
        if (entities[i].number == number) {
            return &entities[i];
        }
    }
    return NULL;
}

const struct mu_entity *mu_entity_named(const char *name)
{
    for (size_t i = 0; i < COUNT(entities); i++) {
        if (strcmp(entities[i].name, name) == 0) {
            return &entities[i];
        }
    }
    return NULL;
}

const struct mu_field *mu_field_find(uint32_t entity, uint32_t field)
{
    const struct mu_entity *owner = mu_entity_find(entity);
    if (owner == NULL || field == 0 || field > owner->field_count) {
        return NULL;
    }
    return &owner->fields[field - 1];
}

static const char *const type_names[] = {"int", "bool", "enum", "instant", "text",
                                         "due", "rank", "id",   "bytes"};
static const char *const merge_names[] = {"scalar", "text",  "status", "place", "add_wins",
                                          "trash",  "fixed", "server", "grows"};
static const char *const role_names[] = {"guest", "observer", "member", "lead"};
static const char *const state_names[] = {"open",   "assigned", "accepted", "doing",
                                          "review", "done",     "dropped"};
static const char *const kind_names[] = {"backlog", "todo", "doing", "review", "done"};

static const char *name_of(const char *const *names, size_t count, int64_t number)
{
    return number >= 1 && (uint64_t)number <= count ? names[number - 1] : "?";
}

const char *mu_type_name(enum mu_type type)
{
    return name_of(type_names, COUNT(type_names), (int64_t)type + 1);
}

const char *mu_merge_name(enum mu_merge merge)
{
    return name_of(merge_names, COUNT(merge_names), (int64_t)merge + 1);
}

const char *mu_role_name(int64_t role)
{
    return name_of(role_names, COUNT(role_names), role);
}

const char *mu_state_name(int64_t task_state)
{
    return name_of(state_names, COUNT(state_names), task_state);
}

const char *mu_kind_name(int64_t column_kind)
{
    return name_of(kind_names, COUNT(kind_names), column_kind);
}

static int64_t parse(const char *const *names, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], word) == 0) {
            return (int64_t)i + 1;
        }
    }
    return 0;
}

int64_t mu_role_parse(const char *word)
{
    return parse(role_names, COUNT(role_names), word);
}

int64_t mu_kind_parse(const char *word)
{
    return parse(kind_names, COUNT(kind_names), word);
}

uint32_t mu_win_entity(int64_t win_kind)
{
    switch (win_kind) {
    case MU_WIN_TASK:
        return MU_TASK;
    case MU_WIN_GOAL:
        return MU_GOAL;
    case MU_WIN_QUOTA:
        return MU_QUOTA;
    case MU_WIN_STREAK:
        return MU_SCHEDULE;
    case MU_WIN_UNBLOCKED:
        return MU_BLOCKER;
    default:
        return 0;
    }
}
