#include "client/import/content.h"

#include <string.h>

#include "common/seal/hash.h"

/* -- what counts ---------------------------------------------------------------------- */

static const struct {
    uint32_t entity;
    uint32_t field; /* 0: all of it */
    const char *reason;
} left_out[] = {
    {MU_TEAM, 0, "settings of the workspace"},
    {MU_DEVICE, 0, "who may enter the workspace"},
    {MU_INVITE, 0, "who may enter the workspace"},
    {MU_CONFLICT, 0, "made by the server when two edits met; its log tells of them"},
    {MU_SEALED, 0, "sealed for devices of the workspace, and for nobody else to read"},
    {MU_PERSON, MU_PERSON_ROLE, "what somebody may do in the workspace"},
    {MU_PERSON, MU_PERSON_STATE, "who may enter the workspace"},
    {MU_TASK, MU_TASK_NO, "numbers are given by the server, in order"},
    {MU_GOAL, MU_GOAL_NO, "numbers are given by the server, in order"},
};

const char *mu_content_left_out(uint32_t entity)
{
    return mu_content_field_left_out(entity, 0);
}

const char *mu_content_field_left_out(uint32_t entity, uint32_t field)
{
    for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++) {
        if (left_out[i].entity == entity &&
            (left_out[i].field == 0 || left_out[i].field == field)) {
            return left_out[i].reason;
        }
    }
    const struct mu_field *known = field == 0 ? NULL : mu_field_find(entity, field);
    if (field != 0 && known == NULL) {
        return "written by a newer version";
    }
    return known != NULL && known->type == MU_TYPE_ID && known->limit != 0
               ? mu_content_left_out(known->limit)
               : NULL;
}

static bool is_export_source(const struct mu_field *field, struct mu_slice text)
{
    size_t len = sizeof MU_CONTENT_SOURCE - 1;
    return strcmp(field->name, "source") == 0 && field->type == MU_TYPE_TEXT && text.len >= len &&
           memcmp(text.data, MU_CONTENT_SOURCE, len) == 0;
}

/* The cell's value where it is content and says something; else null. */
static struct mu_value said(uint32_t entity, const struct mu_cell *cell)
{
    const struct mu_field *field = mu_field_find(entity, cell->field);
    struct mu_value value = cell->value;
    bool empty = (value.kind == MU_BYTES && value.bytes.len == 0) ||
                 (field != NULL && field->type == MU_TYPE_BOOL && value.number == 0);
    if (field == NULL || empty || mu_content_field_left_out(entity, cell->field) != NULL ||
        (value.kind == MU_BYTES && is_export_source(field, value.bytes))) {
        return mu_null();
    }
    return value;
}

/* A pair that is off. */
static bool is_off(const struct mu_row *row)
{
    const struct mu_entity *entity = mu_entity_find(row->entity);
    for (size_t i = 0; i < entity->field_count; i++) {
        const struct mu_field *field = &entity->fields[i];
        if (field->merge == MU_MERGE_ADD_WINS && mu_row_int(row, field->number) == 0) {
            return true;
        }
    }
    return false;
}

/* -- hashes ------------------------------------------------------------------------------ */

static void add_number(struct mu_hasher *hasher, uint64_t number)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)(number >> (56 - 8 * i));
    }
    mu_hasher_add(hasher, mu_slice_of(bytes, sizeof bytes));
}

static void add_value(struct mu_hasher *hasher, struct mu_value value)
{
    uint8_t kind = value.kind == MU_INT ? 1 : 2;
    mu_hasher_add(hasher, mu_slice_of(&kind, 1));
    if (value.kind == MU_INT) {
        add_number(hasher, (uint64_t)value.number);
    } else {
        add_number(hasher, value.bytes.len);
        mu_hasher_add(hasher, value.bytes);
    }
}

static void hash_row(const struct mu_row *row, struct mu_hash *out)
{
    struct mu_hasher hasher;
    mu_hasher_init(&hasher, NULL);
    add_number(&hasher, row->entity);
    mu_hasher_add(&hasher, mu_id_view(&row->id));
    for (size_t i = 0; i < row->count; i++) {
        struct mu_value value = said(row->entity, &row->cells[i]);
        if (value.kind != MU_NULL) {
            add_number(&hasher, row->cells[i].field);
            add_value(&hasher, value);
        }
    }
    mu_hasher_end(&hasher, out);
}

bool mu_content_same(const struct mu_row *a, const struct mu_row *b)
{
    struct mu_hash one;
    struct mu_hash other;
    hash_row(a, &one);
    hash_row(b, &other);
    return mu_hash_equal(one, other) && is_off(a) == is_off(b);
}

/* -- rows --------------------------------------------------------------------------------- */

struct content_row {
    uint32_t entity;
    struct mu_id id;
    struct mu_hash hash;
    bool has_source; /* an import made it */
    bool named;      /* by other content */
};

/* That a row names a person, a board or a column. */
struct content_ref {
    size_t row;
    uint32_t entity;
    struct mu_id id;
};

void mu_content_init(struct mu_content *content, struct mu_arena *arena)
{
    *content = (struct mu_content){.arena = arena};
    mu_vec_init(&content->rows, sizeof(struct content_row));
    mu_vec_init(&content->refs, sizeof(struct content_ref));
}

static bool add_refs(struct mu_content *content, const struct mu_row *row)
{
    for (size_t i = 0; i < row->count; i++) {
        const struct mu_field *field = mu_field_find(row->entity, row->cells[i].field);
        struct mu_value value = said(row->entity, &row->cells[i]);
        bool counts =
            value.kind == MU_BYTES && field->type == MU_TYPE_ID &&
            (field->limit == MU_PERSON || field->limit == MU_BOARD || field->limit == MU_COLUMN);
        if (!counts) {
            continue;
        }
        struct content_ref *ref = mu_vec_push(&content->refs, content->arena);
        if (ref == NULL) {
            return false;
        }
        ref->row = content->rows.count - 1;
        ref->entity = field->limit;
        (void)mu_id_from_slice(value.bytes, &ref->id);
    }
    return true;
}

bool mu_content_add(struct mu_content *content, const struct mu_row *row)
{
    if (row->count == 0 || mu_entity_find(row->entity) == NULL ||
        mu_content_left_out(row->entity) != NULL || is_off(row)) {
        return true;
    }
    struct content_row *added = mu_vec_push(&content->rows, content->arena);
    if (added == NULL) {
        return false;
    }
    added->entity = row->entity;
    added->id = row->id;
    added->has_source = row->entity == MU_BOARD && mu_row_has(row, MU_BOARD_SOURCE);
    hash_row(row, &added->hash);
    return add_refs(content, row);
}

/* -- which of them count ------------------------------------------------------------------- */

static struct content_row *row_at(const struct mu_content *content, size_t index)
{
    return mu_vec_at(&content->rows, index);
}

/* Persons, boards and columns by id. */
static bool index_rows(struct mu_content *content, struct mu_id_map *map)
{
    mu_id_map_init(map, content->arena);
    for (size_t i = 0; i < content->rows.count; i++) {
        struct content_row *row = row_at(content, i);
        bool counts =
            row->entity == MU_PERSON || row->entity == MU_BOARD || row->entity == MU_COLUMN;
        if (counts && !mu_id_map_set(map, mu_id_view(&row->id), (uint32_t)i)) {
            return false;
        }
    }
    return true;
}

static struct content_row *target_of(const struct mu_content *content, const struct mu_id_map *map,
                                     const struct content_ref *ref)
{
    uint32_t index = mu_id_map_find(map, mu_id_view(&ref->id));
    struct content_row *row = index == MU_ID_MAP_NONE ? NULL : row_at(content, index);
    return row != NULL && row->entity == ref->entity ? row : NULL;
}

/* Columns that anything names, then boards that anything but a column names, or such a column;
 * then persons that a row names which counts itself. */
static void name_rows(struct mu_content *content, const struct mu_id_map *map)
{
    static const uint32_t order[] = {MU_COLUMN, MU_BOARD, MU_PERSON};
    for (size_t i = 0; i < content->rows.count; i++) {
        struct content_row *row = row_at(content, i);
        row->named = row->entity == MU_BOARD ? row->has_source
                                             : row->entity != MU_COLUMN && row->entity != MU_PERSON;
    }
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++) {
        for (size_t i = 0; i < content->refs.count; i++) {
            const struct content_ref *ref = mu_vec_at(&content->refs, i);
            struct content_row *target =
                ref->entity == order[k] ? target_of(content, map, ref) : NULL;
            if (target != NULL && row_at(content, ref->row)->named) {
                target->named = true;
            }
        }
    }
    /* And all columns of a board that counts. */
    for (size_t i = 0; i < content->refs.count; i++) {
        const struct content_ref *ref = mu_vec_at(&content->refs, i);
        const struct content_row *board =
            ref->entity == MU_BOARD ? target_of(content, map, ref) : NULL;
        struct content_row *row = row_at(content, ref->row);
        if (row->entity == MU_COLUMN) {
            row->named = board != NULL && board->named;
        }
    }
}

static int compare_rows(const void *a, const void *b)
{
    const struct content_row *one = a;
    const struct content_row *other = b;
    if (one->entity != other->entity) {
        return one->entity < other->entity ? -1 : 1;
    }
    return mu_id_compare(one->id, other->id);
}

bool mu_content_end(struct mu_content *content, struct mu_content_digest *out)
{
    struct mu_id_map map;
    struct mu_hasher hasher;
    struct mu_content_digest digest = {0};
    if (!index_rows(content, &map)) {
        return false;
    }
    name_rows(content, &map);
    mu_vec_sort(&content->rows, compare_rows);
    mu_hasher_init(&hasher, NULL);
    for (size_t i = 0; i < content->rows.count; i++) {
        const struct content_row *row = row_at(content, i);
        if (row->named) {
            mu_hasher_add(&hasher, mu_hash_view(&row->hash));
            digest.rows++;
        }
    }
    mu_hasher_end(&hasher, &digest.hash);
    *out = digest;
    return true;
}
