/* Custom fields: each task brings the fields of its projects along, with its values. */
#include <stdio.h>
#include <stdlib.h>

#include "client/import/asana_inside.h"
#include "client/import/json_entry.h"
#include "common/base/check.h"
#include "common/model/domain.h"

/* Asana's word for a kind, and Muster's. */
static const struct {
    const char *theirs;
    const char *ours;
} kinds[] = {{"text", "text"},       {"number", "number"}, {"enum", "list"},
             {"multi_enum", "list"}, {"date", "date"},     {"people", "text"}};

static struct mu_slice type_of(const json_t *entry)
{
    struct mu_slice type = mu_json_view(entry, "resource_subtype");
    return type.len > 0 ? type : mu_json_view(entry, "type");
}

static const char *kind_of(const json_t *entry)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (mu_slice_equal(type_of(entry), mu_slice_str(kinds[i].theirs))) {
            return kinds[i].ours;
        }
    }
    return "text";
}

/* -- values as text ---------------------------------------------------------------- */

static enum mu_status names_text(struct asana *a, const json_t *list, struct mu_slice *out_text)
{
    MU_BUF_AUTO struct mu_buf text;
    mu_buf_init(&text, MU_JSON_ENTRY_MAX);
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct mu_slice name = mu_json_view(json_array_get(list, i), "name");
        if (name.len > 0 && text.len > 0 && mu_buf_append_str(&text, ", ") != MU_OK) {
            return asana_full(a);
        }
        if (mu_buf_append(&text, name.data, name.len) != MU_OK) {
            return asana_full(a);
        }
    }
    return asana_copy(a, mu_buf_view(&text), MU_TEXT_MAX, out_text);
}

/* As few digits as tell it from every other number. */
static enum mu_status number_text(struct asana *a, const json_t *number, struct mu_slice *out_text)
{
    char text[40];
    if (json_is_integer(number)) {
        (void)snprintf(text, sizeof text, "%lld", (long long)json_integer_value(number));
    } else {
        double value = json_number_value(number);
        (void)snprintf(text, sizeof text, "%.15g", value);
        double back = strtod(text, NULL);
        if (back < value || back > value) {
            (void)snprintf(text, sizeof text, "%.17g", value);
        }
    }
    return asana_copy(a, mu_slice_str(text), sizeof text, out_text);
}

/* Empty when the task has no value there. */
static enum mu_status value_text(struct asana *a, const json_t *entry, struct mu_slice *out_text)
{
    static const char *const lists[] = {"multi_enum_values", "people_value", "reference_value"};
    const json_t *number = json_object_get(entry, "number_value");
    const json_t *date = json_object_get(entry, "date_value");
    if (json_is_number(number)) {
        return number_text(a, number, out_text);
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (json_array_size(json_object_get(entry, lists[i])) > 0) {
            return names_text(a, json_object_get(entry, lists[i]), out_text);
        }
    }
    struct mu_slice texts[] = {mu_json_view(entry, "text_value"),
                               mu_json_view(json_object_get(entry, "enum_value"), "name"),
                               mu_json_view(date, "date_time"), mu_json_view(date, "date"),
                               mu_json_view(entry, "display_value")};
    struct mu_slice text = {0};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0] && text.len == 0; i++) {
        text = texts[i];
    }
    return asana_copy(a, text, MU_TEXT_MAX, out_text);
}

/* -- fields -------------------------------------------------------------------------- */

/* A field by its id, made when it is new. */
static enum mu_status field_of(struct asana *a, struct mu_slice id, struct mu_slice name,
                               const char *kind, uint32_t *out_field)
{
    *out_field = mu_id_map_find(&a->field_ids, id);
    if (*out_field != MU_ID_MAP_NONE) {
        return MU_OK;
    }
    struct asana_field *added = mu_vec_push(&a->fields, a->arena);
    *out_field = (uint32_t)(a->fields.count - 1);
    if (added == NULL || !mu_id_map_set(&a->field_ids, id, *out_field)) {
        return asana_full(a);
    }
    a->report.in[MU_COUNT_FIELDS]++;
    added->field.id = id;
    added->field.kind = mu_slice_str(kind);
    return asana_copy(a, name, MU_NAME_MAX, &added->field.name);
}

static enum mu_status put_value(struct asana *a, uint32_t index, uint32_t raw, struct mu_slice text)
{
    struct asana_field *field = mu_vec_at(&a->fields, index);
    if (text.len == 0) {
        return MU_OK;
    }
    a->report.in[MU_COUNT_VALUES]++;
    if (field->mark == raw + 1) {
        return MU_OK;
    }
    field->mark = raw + 1;
    struct mu_source_value *value = mu_vec_push(&a->values, a->arena);
    if (value == NULL) {
        return asana_full(a);
    }
    *value = (struct mu_source_value){.card = raw, .field = index, .text = text};
    return MU_OK;
}

/* What Asana has beside its custom fields and Muster has no place for but these. */
static enum mu_status put_extra(struct asana *a, const char *name, const char *kind, uint32_t raw,
                                struct mu_slice text)
{
    uint32_t field = 0;
    if (text.len == 0) {
        return MU_OK;
    }
    MU_TRY(field_of(a, mu_slice_str(name), mu_slice_str(name), kind, &field));
    return put_value(a, field, raw, text);
}

/* -- tasks that wait for others: by title, which is known when all are read ------------ */

static enum mu_status read_links(struct asana *a, const json_t *list, uint32_t raw, bool blocking)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct asana_link *link = mu_vec_push(&a->links, a->arena);
        if (link == NULL) {
            return asana_full(a);
        }
        link->task = raw;
        link->blocking = blocking;
        MU_TRY(asana_id(a, json_array_get(list, i), &link->id));
        MU_TRY(asana_text(a, json_array_get(list, i), "name", MU_TEXT_MAX, &link->name));
    }
    return MU_OK;
}

static struct mu_slice link_name(const struct asana *a, const struct asana_link *link)
{
    uint32_t known = mu_id_map_find(&a->task_ids, link->id);
    if (known != MU_ID_MAP_NONE) {
        return asana_task_at(a, known)->card.title;
    }
    return link->name.len > 0 ? link->name : link->id;
}

enum mu_status asana_end_links(struct asana *a)
{
    for (size_t i = 0; i < a->links.count;) {
        MU_BUF_AUTO struct mu_buf text;
        const struct asana_link *first = mu_vec_at(&a->links, i);
        const struct asana_link *link = first;
        mu_buf_init(&text, MU_JSON_ENTRY_MAX);
        while (i < a->links.count && link->task == first->task &&
               link->blocking == first->blocking) {
            struct mu_slice name = link_name(a, link);
            if ((text.len > 0 && mu_buf_append_str(&text, "\n") != MU_OK) ||
                mu_buf_append(&text, name.data, name.len) != MU_OK) {
                return asana_full(a);
            }
            i++;
            link = i < a->links.count ? mu_vec_at(&a->links, i) : link;
        }
        struct mu_slice value;
        MU_TRY(asana_copy(a, mu_buf_view(&text), MU_TEXT_MAX, &value));
        MU_TRY(
            put_extra(a, first->blocking ? "Blocking" : "Blocked by", "text", first->task, value));
    }
    return MU_OK;
}

static enum mu_status read_extras(struct asana *a, const json_t *task, uint32_t raw)
{
    const json_t *minutes = json_object_get(task, "actual_time_minutes");
    struct mu_slice text = {0};
    if (json_is_number(minutes)) {
        MU_TRY(number_text(a, minutes, &text));
        MU_TRY(put_extra(a, "Actual time in minutes", "number", raw, text));
    }
    MU_TRY(asana_text(a, task, "approval_status", MU_TEXT_MAX, &text));
    MU_TRY(put_extra(a, "Approval", "list", raw, text));
    MU_TRY(read_links(a, json_object_get(task, "dependencies"), raw, false));
    return read_links(a, json_object_get(task, "dependents"), raw, true);
}

enum mu_status asana_read_fields(struct asana *a, const json_t *task, uint32_t raw)
{
    const json_t *entries = json_object_get(task, "custom_fields");
    size_t i;
    json_t *entry;
    json_array_foreach(entries, i, entry)
    {
        struct mu_slice id;
        struct mu_slice text;
        uint32_t field = 0;
        MU_TRY(asana_id(a, entry, &id));
        if (id.len == 0) {
            mu_findings_count(&a->findings, MU_FINDING_NO_ID, 1);
            continue;
        }
        MU_TRY(field_of(a, id, mu_json_view(entry, "name"), kind_of(entry), &field));
        MU_TRY(value_text(a, entry, &text));
        MU_TRY(put_value(a, field, raw, text));
    }
    return read_extras(a, task, raw);
}
