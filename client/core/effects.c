#include "client/core/effects.h"

#include "client/core/list.h"

enum mu_status mu_effects_encode(const struct mu_row *effects, size_t count, struct mu_buf *out,
                                 struct mu_error *err)
{
    for (size_t i = 0; i < count; i++) {
        enum mu_status status = mu_row_encode(&effects[i], out);
        if (status != MU_OK) {
            return mu_fail(err, status, "effects of an edit: %s", mu_status_text(status));
        }
    }
    return MU_OK;
}

enum mu_status mu_effects_decode(struct mu_slice bytes, struct mu_arena *arena,
                                 struct mu_row **out_effects, size_t *out_count,
                                 struct mu_error *err)
{
    struct mu_list list;
    mu_list_init(&list, arena, sizeof(struct mu_row));
    struct mu_reader reader = mu_reader_of(bytes);
    while (!mu_reader_at_end(&reader)) {
        struct mu_row *effect = mu_list_add(&list);
        enum mu_status status = effect == NULL ? MU_E_NOMEM : mu_row_decode(&reader, arena, effect);
        if (status != MU_OK) {
            return mu_fail(err, status, "stored effects: %s", mu_status_text(status));
        }
    }
    *out_effects = list.items;
    *out_count = list.count;
    return MU_OK;
}

/* -- comparing ------------------------------------------------------------- */

static bool from_server(uint32_t entity, uint32_t number)
{
    const struct mu_field *field = mu_field_find(entity, number);
    return field != NULL && field->merge == MU_MERGE_SERVER;
}

/* The first cell from index on that is not the server's alone. */
static size_t next_cell(const struct mu_row *row, size_t index)
{
    while (index < row->count && from_server(row->entity, row->cells[index].field)) {
        index++;
    }
    return index;
}

static size_t next_row(const struct mu_row *rows, size_t count, size_t index)
{
    while (index < count && next_cell(&rows[index], 0) == rows[index].count) {
        index++;
    }
    return index;
}

static bool same_row(const struct mu_row *a, const struct mu_row *b)
{
    if (a->entity != b->entity || !mu_id_equal(a->id, b->id)) {
        return false;
    }
    size_t i = next_cell(a, 0);
    size_t j = next_cell(b, 0);
    while (i < a->count && j < b->count) {
        if (a->cells[i].field != b->cells[j].field ||
            !mu_value_equal(a->cells[i].value, b->cells[j].value)) {
            return false;
        }
        i = next_cell(a, i + 1);
        j = next_cell(b, j + 1);
    }
    return i == a->count && j == b->count;
}

bool mu_effects_same(const struct mu_row *a, size_t a_count, const struct mu_row *b, size_t b_count)
{
    size_t i = next_row(a, a_count, 0);
    size_t j = next_row(b, b_count, 0);
    while (i < a_count && j < b_count) {
        if (!same_row(&a[i], &b[j])) {
            return false;
        }
        i = next_row(a, a_count, i + 1);
        j = next_row(b, b_count, j + 1);
    }
    return i == a_count && j == b_count;
}

/* -- what they touch ------------------------------------------------------- */

/* Entities whose rows stand in an order under a parent, or are bound to a task while in some
 * state. */
static const struct {
    uint32_t entity, parent, rank;
} places[] = {{MU_TASK, MU_TASK_COLUMN, MU_TASK_RANK},
              {MU_COLUMN, MU_COLUMN_BOARD, MU_COLUMN_RANK},
              {MU_CHECKLIST, MU_CHECKLIST_TASK, MU_CHECKLIST_RANK},
              {MU_ITEM, MU_ITEM_CHECKLIST, MU_ITEM_RANK},
              {MU_BLOCKER, MU_BLOCKER_NEEDS_TASK, MU_BLOCKER_STATE},
              {MU_COMMITMENT, MU_COMMITMENT_TASK, MU_COMMITMENT_STATE}};

#define PLACE_COUNT (sizeof places / sizeof places[0])

static size_t place_of(uint32_t entity)
{
    size_t i = 0;
    while (i < PLACE_COUNT && places[i].entity != entity) {
        i++;
    }
    return i;
}

bool mu_effect_places(const struct mu_row *effect)
{
    size_t place = place_of(effect->entity);
    return place < PLACE_COUNT && (mu_row_cell(effect, places[place].parent) != NULL ||
                                   mu_row_cell(effect, places[place].rank) != NULL);
}

static enum mu_status wrote_place(struct mu_keyset *set, const struct mu_row *row,
                                  struct mu_error *err)
{
    size_t place = place_of(row->entity);
    struct mu_id parent = mu_row_id(row, places[place].parent);
    if (mu_id_is_zero(parent)) {
        return MU_OK;
    }
    return mu_keyset_add(set, mu_touch_place(row->entity, parent), true, NULL, err);
}

/* Whether the answer to column_of_kind() may change. */
static bool alters_kinds(const struct mu_row *effect)
{
    return effect->entity == MU_COLUMN && (mu_row_cell(effect, MU_COLUMN_BOARD) != NULL ||
                                           mu_row_cell(effect, MU_COLUMN_KIND) != NULL ||
                                           mu_row_cell(effect, MU_COLUMN_RANK) != NULL ||
                                           mu_row_cell(effect, MU_COLUMN_ARCHIVED) != NULL);
}

/* Whether the answers to person_of_handle(), other_lead() and other_device() may change. */
static bool alters_people(const struct mu_row *effect)
{
    if (effect->entity == MU_PERSON) {
        return mu_row_cell(effect, MU_PERSON_HANDLE) != NULL ||
               mu_row_cell(effect, MU_PERSON_ROLE) != NULL ||
               mu_row_cell(effect, MU_PERSON_STATE) != NULL;
    }
    return effect->entity == MU_DEVICE && (mu_row_cell(effect, MU_DEVICE_PERSON) != NULL ||
                                           mu_row_cell(effect, MU_DEVICE_STATE) != NULL);
}

enum mu_status mu_effect_touches(struct mu_keyset *set, const struct mu_row *before,
                                 const struct mu_row *effect, struct mu_error *err)
{
    MU_TRY(mu_keyset_add(set, mu_touch_row(effect->entity, effect->id), true, NULL, err));
    if (mu_effect_places(effect)) {
        if (before != NULL) {
            MU_TRY(wrote_place(set, before, err));
        }
        MU_TRY(wrote_place(set, effect, err));
    }
    if (alters_kinds(effect)) {
        MU_TRY(mu_keyset_add(set, mu_touch_kind(), true, NULL, err));
    }
    if (alters_people(effect)) {
        MU_TRY(mu_keyset_add(set, mu_touch_people(), true, NULL, err));
    }
    return MU_OK;
}
