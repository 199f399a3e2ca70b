#include <stdio.h>

#include "client/import/iso_time.h"
#include "client/import/trello_inside.h"
#include "common/model/domain.h"

static enum mu_status read_options(struct trello *t, const json_t *entry,
                                   struct mu_source_field *field)
{
    const json_t *options = json_object_get(entry, "options");
    size_t count = json_array_size(options);
    struct mu_source_option *all = mu_arena_array(t->arena, count, sizeof *all);
    if (all == NULL && count > 0) {
        return trello_full(t);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *option = json_array_get(options, i);
        struct mu_slice id = trello_id(option, "id");
        if (id.len == 0) {
            continue;
        }
        MU_TRY(trello_copy(t, id, MU_SOURCE_ID_MAX, &all[kept].id));
        MU_TRY(
            trello_text(t, json_object_get(option, "value"), "text", MU_TEXT_MAX, &all[kept].text));
        kept++;
    }
    field->options = all;
    field->option_count = kept;
    return MU_OK;
}

enum mu_status trello_read_field(struct trello *t, const json_t *entry)
{
    struct mu_slice id = trello_id(entry, "id");
    bool is_new;
    trello_meet(t, &t->field_ids, id, MU_COUNT_FIELDS, &is_new);
    if (!is_new) {
        return MU_OK;
    }
    struct mu_slice copy;
    struct trello_field *added = mu_vec_push(&t->fields, t->arena);
    if (added == NULL || !mu_arena_copy(t->arena, id, &copy) ||
        !mu_id_map_set(&t->field_ids, copy, (uint32_t)(t->fields.count - 1))) {
        return trello_full(t);
    }
    struct mu_source_field *field = &added->field;
    field->id = copy;
    MU_TRY(trello_text(t, entry, "name", MU_NAME_MAX, &field->name));
    MU_TRY(trello_text(t, entry, "type", MU_SOURCE_COLOUR_MAX, &field->kind));
    return read_options(t, entry, field);
}

/* -- values, which stand in the cards --------------------------------------- */

static void unknown_option(struct trello *t, const struct mu_source_field *field,
                           struct mu_slice id)
{
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_quote(&line, field->name);
    mu_oneline_put(&line, ": ");
    mu_oneline_text(&line, id);
    mu_findings_detail(&t->findings, MU_FINDING_UNKNOWN_OPTION, &line);
}

static enum mu_status option_text(struct trello *t, const struct mu_source_field *field,
                                  struct mu_slice id, struct mu_slice *out_text)
{
    *out_text = (struct mu_slice){0};
    for (size_t i = 0; i < field->option_count; i++) {
        if (mu_slice_equal(field->options[i].id, id)) {
            *out_text = field->options[i].text;
            return MU_OK;
        }
    }
    unknown_option(t, field, id);
    return MU_OK;
}

static enum mu_status date_text(struct trello *t, const json_t *value, struct mu_slice *out_text)
{
    char text[MU_ISO_TEXT_MAX + 1];
    mu_iso_format(trello_time(t, value, "date"), text);
    if (text[0] == '\0') { /* not understood: as it stands */
        return trello_text(t, value, "date", MU_TEXT_MAX, out_text);
    }
    return trello_copy(t, mu_slice_str(text), MU_TEXT_MAX, out_text);
}

/* The value as text; empty when there is none. */
static enum mu_status value_text(struct trello *t, const json_t *entry,
                                 const struct mu_source_field *field, struct mu_slice *out_text)
{
    const json_t *value = json_object_get(entry, "value");
    const json_t *number = json_object_get(value, "number");
    if (trello_id(entry, "idValue").len > 0) {
        return option_text(t, field, trello_id(entry, "idValue"), out_text);
    }
    if (json_object_get(value, "date") != NULL) {
        return date_text(t, value, out_text);
    }
    if (json_is_number(number)) {
        char text[40];
        (void)snprintf(text, sizeof text, "%.15g", json_number_value(number));
        return trello_copy(t, mu_slice_str(text), MU_TEXT_MAX, out_text);
    }
    if (json_is_boolean(json_object_get(value, "checked"))) {
        *out_text = mu_slice_str(trello_true(value, "checked") ? "true" : "false");
        return MU_OK;
    }
    static const char *const keys[] = {"text", "number", "checked"};
    *out_text = (struct mu_slice){0};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0] && out_text->len == 0; i++) {
        MU_TRY(trello_text(t, value, keys[i], MU_TEXT_MAX, out_text));
    }
    return MU_OK;
}

enum mu_status trello_read_values(struct trello *t, const json_t *card, uint32_t raw)
{
    const json_t *entries = json_object_get(card, "customFieldItems");
    size_t i;
    json_t *entry;
    json_array_foreach(entries, i, entry)
    {
        t->report.in[MU_COUNT_VALUES]++;
        uint32_t known = mu_id_map_find(&t->field_ids, trello_id(entry, "idCustomField"));
        if (known == MU_ID_MAP_NONE) {
            mu_findings_count(&t->findings, MU_FINDING_UNKNOWN_FIELD, 1);
            continue;
        }
        struct mu_slice text;
        struct trello_field *field = mu_vec_at(&t->fields, known);
        MU_TRY(value_text(t, entry, &field->field, &text));
        if (text.len == 0 || field->mark == (size_t)raw + 1) {
            continue;
        }
        field->mark = (size_t)raw + 1;
        struct mu_source_value *value = mu_vec_push(&t->values, t->arena);
        if (value == NULL) {
            return trello_full(t);
        }
        *value = (struct mu_source_value){.card = raw, .field = known, .text = text};
    }
    return MU_OK;
}

static int compare_values(const void *a, const void *b)
{
    const struct mu_source_value *one = a;
    const struct mu_source_value *other = b;
    if (one->card != other->card) {
        return one->card < other->card ? -1 : 1;
    }
    return (one->field > other->field) - (one->field < other->field);
}

void trello_place_values(struct trello *t, const uint32_t *places)
{
    for (size_t i = 0; i < t->values.count; i++) {
        struct mu_source_value *value = mu_vec_at(&t->values, i);
        value->card = places[value->card];
    }
    mu_vec_sort(&t->values, compare_values);
}
