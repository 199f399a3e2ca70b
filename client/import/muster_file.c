#include "client/import/muster_file.h"

#include <string.h>

#include "client/import/json_entry.h"
#include "client/import/json_scan.h"
#include "client/import/vec.h"

struct reader {
    struct mu_slice text;
    struct mu_arena *arena;
    struct mu_error *err;
    struct mu_vec rows; /* struct mu_row */
    struct mu_export_file out;
    struct mu_slice at; /* the row under way, for errors */
};

static enum mu_status full(struct reader *r)
{
    return mu_fail(r->err, MU_E_LIMIT,
                   "the export needs more than the %zu MiB of memory it may take",
                   r->arena->max / ((size_t)1024 * 1024));
}

/* "line 3, column 5: task.title is no text" */
static enum mu_status bad_value(struct reader *r, uint32_t entity, const char *field,
                                const char *what)
{
    struct mu_error said = {0};
    (void)mu_fail(&said, MU_E_INVALID, "%s.%s %s", mu_entity_find(entity)->name, field, what);
    return mu_json_fail(r->text, (size_t)(r->at.data - r->text.data), MU_E_INVALID, said.text,
                        r->err);
}

/* -- values ---------------------------------------------------------------------------- */

/* The number of a word, as the export writes some enums; 0: none. */
static int64_t number_of_word(uint32_t entity, uint32_t field, struct mu_slice word)
{
    bool state = entity == MU_TASK && field == MU_TASK_STATE;
    bool role = entity == MU_PERSON && field == MU_PERSON_ROLE;
    bool kind = entity == MU_COLUMN && field == MU_COLUMN_KIND;
    const struct mu_field *known = mu_field_find(entity, field);
    for (int64_t i = 1; (state || role || kind) && i <= (int64_t)known->limit; i++) {
        const char *name = state ? mu_state_name(i) : role ? mu_role_name(i) : mu_kind_name(i);
        if (mu_slice_equal(word, mu_slice_str(name))) {
            return i;
        }
    }
    return 0;
}

static enum mu_status text_value(struct reader *r, uint32_t entity, const struct mu_field *field,
                                 struct mu_slice text, struct mu_value *out)
{
    struct mu_id id;
    uint8_t *bytes = NULL;
    switch (field->type) {
    case MU_TYPE_ENUM:
        *out = mu_int(number_of_word(entity, field->number, text));
        return out->number == 0 ? bad_value(r, entity, field->name, "has no such value") : MU_OK;
    case MU_TYPE_ID:
        if (!mu_id_parse(text, &id)) {
            return bad_value(r, entity, field->name, "is no id");
        }
        bytes = mu_arena_alloc(r->arena, MU_ID_LEN);
        if (bytes == NULL) {
            return full(r);
        }
        memcpy(bytes, id.bytes, MU_ID_LEN);
        *out = mu_bytes(mu_slice_of(bytes, MU_ID_LEN));
        return MU_OK;
    case MU_TYPE_BYTES:
        bytes = mu_arena_alloc(r->arena, text.len / 2 + 1);
        if (bytes == NULL) {
            return full(r);
        }
        if (text.len % 2 != 0 || !mu_unhex(text, bytes, text.len / 2)) {
            return bad_value(r, entity, field->name, "is not written in hex digits");
        }
        *out = mu_bytes(mu_slice_of(bytes, text.len / 2));
        return MU_OK;
    case MU_TYPE_TEXT:
    case MU_TYPE_DUE:
    case MU_TYPE_RANK:
        *out = mu_bytes(text);
        return MU_OK;
    case MU_TYPE_INT:
    case MU_TYPE_BOOL:
    case MU_TYPE_WALL:
        return bad_value(r, entity, field->name, "is a text where a number belongs");
    }
    return MU_OK;
}

static bool is_number(enum mu_type type)
{
    return type == MU_TYPE_INT || type == MU_TYPE_BOOL || type == MU_TYPE_ENUM ||
           type == MU_TYPE_WALL;
}

static enum mu_status read_value(struct reader *r, uint32_t entity, const struct mu_field *field,
                                 const json_t *json, struct mu_value *out)
{
    if (json_is_null(json)) {
        *out = mu_null();
        return MU_OK;
    }
    if (json_is_boolean(json) && field->type == MU_TYPE_BOOL) {
        *out = mu_int(json_is_true(json) ? 1 : 0);
        return MU_OK;
    }
    if (json_is_integer(json) && is_number(field->type)) {
        *out = mu_int((int64_t)json_integer_value(json));
    } else if (json_is_string(json)) {
        MU_TRY(text_value(r, entity, field,
                          mu_slice_of(json_string_value(json), json_string_length(json)), out));
    } else {
        return bad_value(r, entity, field->name, "is of another kind than the field");
    }
    struct mu_error wrong = {0};
    return mu_value_check(entity, field->number, *out, &wrong) == MU_OK
               ? MU_OK
               : bad_value(r, entity, field->name, "is no value that it can have");
}

/* -- rows --------------------------------------------------------------------------------- */

static const struct mu_field *field_named(const struct mu_entity *entity, const char *name)
{
    for (size_t i = 0; i < entity->field_count; i++) {
        if (strcmp(entity->fields[i].name, name) == 0) {
            return &entity->fields[i];
        }
    }
    return NULL;
}

static enum mu_status read_row(struct reader *r, const struct mu_entity *entity, json_t *json)
{
    struct mu_row *row = mu_vec_push(&r->rows, r->arena);
    const char *name;
    json_t *member;
    if (row == NULL) {
        return full(r);
    }
    row->entity = entity->number;
    if (!mu_id_parse(mu_json_view(json, "id"), &row->id) || mu_id_is_zero(row->id)) {
        return bad_value(r, entity->number, "id", "is missing or no id");
    }
    json_object_foreach(json, name, member)
    {
        const struct mu_field *field = field_named(entity, name);
        struct mu_value value = mu_null();
        if (strcmp(name, "id") == 0) {
            continue;
        }
        if (field == NULL) {
            r->out.unknown_fields += json_is_array(member) ? json_array_size(member) : 1;
            continue;
        }
        MU_TRY(read_value(r, entity->number, field, member, &value));
        if (value.kind != MU_NULL && mu_row_set(row, r->arena, field->number, value, 0) != MU_OK) {
            return full(r);
        }
    }
    return MU_OK;
}

static enum mu_status read_rows(struct reader *r, const struct mu_entity *entity,
                                struct mu_slice list)
{
    struct mu_json_walk walk = mu_json_walk(list);
    struct mu_slice key;
    while (mu_json_next(&walk, &key, &r->at)) {
        json_auto_t *json = NULL;
        MU_TRY(mu_json_load(r->text, r->at, 0, &json, r->err));
        if (!json_is_object(json)) {
            return bad_value(r, entity->number, "row", "is no object");
        }
        MU_TRY(read_row(r, entity, json));
    }
    return MU_OK;
}

static enum mu_status read_entities(struct reader *r, struct mu_slice all)
{
    struct mu_json_walk walk = mu_json_walk(all);
    struct mu_slice key;
    struct mu_slice list;
    while (mu_json_next(&walk, &key, &list)) {
        char name[64] = {0};
        if (key.len < sizeof name) {
            memcpy(name, key.data, key.len);
        }
        const struct mu_entity *entity = mu_entity_named(name);
        if (entity == NULL) {
            r->out.unknown_rows += mu_json_count(list);
        } else {
            MU_TRY(read_rows(r, entity, list));
        }
    }
    return MU_OK;
}

/* -- the file ------------------------------------------------------------------------------- */

static enum mu_status read_root(struct reader *r, struct mu_slice *out_rows)
{
    struct mu_json_walk walk = mu_json_walk(r->text);
    struct mu_slice key;
    struct mu_slice value;
    bool is_export = false;
    *out_rows = (struct mu_slice){0};
    while (walk.is_object && mu_json_next(&walk, &key, &value)) {
        bool rows = mu_slice_equal(key, mu_slice_str("rows"));
        bool kind = mu_slice_equal(key, mu_slice_str("kind"));
        bool team = mu_slice_equal(key, mu_slice_str("team"));
        bool incarnation = mu_slice_equal(key, mu_slice_str("incarnation"));
        if (rows) {
            *out_rows = value;
        }
        if ((!kind && !team && !incarnation) || mu_json_kind(value) != '"') {
            continue;
        }
        json_auto_t *json = NULL;
        MU_TRY(mu_json_load(r->text, value, 0, &json, r->err));
        struct mu_slice text = mu_slice_of(json_string_value(json), json_string_length(json));
        if (kind) {
            is_export = mu_slice_equal(text, mu_slice_str("muster-export"));
        } else if (incarnation) {
            (void)mu_id_parse(text, &r->out.incarnation);
        } else if (!mu_arena_copy(r->arena, text, &r->out.team)) {
            return full(r);
        }
    }
    if (!is_export || mu_json_kind(*out_rows) != '{') {
        return mu_fail(r->err, MU_E_INVALID, "not an export of Muster (muster export json)");
    }
    return MU_OK;
}

enum mu_status mu_export_read(struct mu_slice file, struct mu_arena *arena,
                              struct mu_export_file *out, struct mu_error *err)
{
    struct reader r = {.text = mu_json_strip(file), .arena = arena, .err = err};
    struct mu_slice rows;
    mu_vec_init(&r.rows, sizeof(struct mu_row));
    if (r.text.len == 0) {
        return mu_fail(err, MU_E_INVALID, "the file is empty");
    }
    if (file.len > MU_EXPORT_FILE_MAX) {
        return mu_fail(err, MU_E_LIMIT, "%zu bytes, larger than the %zu that are read", file.len,
                       MU_EXPORT_FILE_MAX);
    }
    const char *what = mu_json_seems(r.text);
    if (what != NULL) {
        return mu_fail(err, MU_E_INVALID, "not an export of Muster; it seems to be %s", what);
    }
    MU_TRY(mu_json_check(r.text, err));
    MU_TRY(read_root(&r, &rows));
    MU_TRY(read_entities(&r, rows));
    r.out.rows = (struct mu_row *)(void *)r.rows.items;
    r.out.row_count = r.rows.count;
    *out = r.out;
    return MU_OK;
}
