#include "client/import/muster_json.h"

static void bytes_json(struct mu_json *json, const char *name, struct mu_slice bytes,
                       struct mu_arena *scratch)
{
    char *hex = mu_arena_alloc(scratch, 2 * bytes.len + 1);
    if (hex == NULL) {
        json->status = MU_E_NOMEM;
        return;
    }
    mu_hex(bytes, hex);
    mu_json_str(json, name, hex);
}

static const char *enum_word(uint32_t entity, uint32_t field, int64_t number)
{
    if (entity == MU_TASK && field == MU_TASK_STATE) {
        return mu_state_name(number);
    }
    if (entity == MU_PERSON && field == MU_PERSON_ROLE) {
        return mu_role_name(number);
    }
    if (entity == MU_COLUMN && field == MU_COLUMN_KIND) {
        return mu_kind_name(number);
    }
    return NULL;
}

static void value_json(struct mu_json *json, struct mu_arena *scratch, uint32_t entity,
                       const struct mu_field *field, struct mu_value value)
{
    struct mu_id id;
    if (value.kind == MU_NULL) {
        mu_json_null(json, field->name);
    } else if (value.kind == MU_INT && field->type == MU_TYPE_BOOL) {
        mu_json_bool(json, field->name, value.number != 0);
    } else if (value.kind == MU_INT) {
        const char *word = enum_word(entity, field->number, value.number);
        if (word != NULL) {
            mu_json_str(json, field->name, word);
        } else {
            mu_json_int(json, field->name, value.number);
        }
    } else if (field->type == MU_TYPE_ID && mu_id_from_slice(value.bytes, &id)) {
        mu_json_id(json, field->name, id);
    } else if (field->type == MU_TYPE_BYTES) {
        bytes_json(json, field->name, value.bytes, scratch);
    } else {
        mu_json_text(json, field->name, value.bytes);
    }
}

/* A field that a newer version wrote: by number, its bytes as hex. */
static void unknown_json(struct mu_json *json, struct mu_arena *scratch, const struct mu_cell *cell)
{
    mu_json_object(json, NULL);
    mu_json_int(json, "field", cell->field);
    if (cell->value.kind == MU_INT) {
        mu_json_int(json, "int", cell->value.number);
    } else if (cell->value.kind == MU_BYTES) {
        bytes_json(json, "bytes", cell->value.bytes, scratch);
    } else {
        mu_json_null(json, "int");
    }
    mu_json_close(json);
}

void mu_export_row(struct mu_json *json, const struct mu_row *row, struct mu_arena *scratch)
{
    bool unknown = false;
    mu_json_object(json, NULL);
    mu_json_id(json, "id", row->id);
    for (size_t i = 0; i < row->count; i++) {
        const struct mu_field *field = mu_field_find(row->entity, row->cells[i].field);
        unknown = unknown || field == NULL;
        if (field != NULL) {
            value_json(json, scratch, row->entity, field, row->cells[i].value);
        }
    }
    if (unknown) {
        mu_json_array(json, "unknown_fields");
        for (size_t i = 0; i < row->count; i++) {
            if (mu_field_find(row->entity, row->cells[i].field) == NULL) {
                unknown_json(json, scratch, &row->cells[i]);
            }
        }
        mu_json_close(json);
    }
    mu_json_close(json);
}
