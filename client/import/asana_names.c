#include <string.h>

#include "client/import/asana_inside.h"
#include "client/import/json_entry.h"
#include "common/base/utf8.h"
#include "common/model/domain.h"

/* An address is nobody's business but its owner's: only what stands before the '@' is kept. */
static enum mu_status handle_of(struct asana *a, const json_t *json,
                                struct mu_source_person *person)
{
    struct mu_slice email = mu_json_view(json, "email");
    const uint8_t *at = email.len == 0 ? NULL : memchr(email.data, '@', email.len);
    if (person->handle.len > 0 || at == NULL) {
        return MU_OK;
    }
    struct mu_slice front = {email.data, (size_t)(at - email.data)};
    return mu_arena_copy(a->arena, mu_utf8_cut(front, MU_SOURCE_ID_MAX), &person->handle)
               ? MU_OK
               : asana_full(a);
}

enum mu_status asana_person(struct asana *a, const json_t *json, uint32_t *out_person)
{
    struct mu_slice id;
    *out_person = MU_SOURCE_NONE;
    MU_TRY(asana_id(a, json, &id));
    if (id.len == 0) {
        return MU_OK;
    }
    uint32_t known = mu_id_map_find(&a->person_ids, id);
    if (known == MU_ID_MAP_NONE) {
        struct asana_person *added = mu_vec_push(&a->people, a->arena);
        known = (uint32_t)(a->people.count - 1);
        if (added == NULL || !mu_id_map_set(&a->person_ids, id, known)) {
            return asana_full(a);
        }
        a->report.in[MU_COUNT_MEMBERS]++;
        added->person = (struct mu_source_person){.id = id, .on_board = true};
    }
    /* The same person may be told here and there with more or less. */
    struct mu_source_person *person =
        &((struct asana_person *)mu_vec_at(&a->people, known))->person;
    if (person->name.len == 0) {
        MU_TRY(asana_text(a, json, "name", MU_NAME_MAX, &person->name));
    }
    *out_person = known;
    return handle_of(a, json, person);
}

enum mu_status asana_label(struct asana *a, struct mu_slice id, struct mu_slice name,
                           struct mu_slice colour, uint32_t *out_label)
{
    *out_label = mu_id_map_find(&a->label_ids, id);
    if (*out_label != MU_ID_MAP_NONE) {
        return MU_OK;
    }
    struct asana_label *added = mu_vec_push(&a->labels, a->arena);
    *out_label = (uint32_t)(a->labels.count - 1);
    if (added == NULL || !mu_id_map_set(&a->label_ids, id, *out_label)) {
        return asana_full(a);
    }
    a->report.in[MU_COUNT_LABELS]++;
    struct mu_source_label *label = &added->label;
    label->id = id;
    label->unnamed = name.len == 0;
    MU_TRY(asana_copy(a, label->unnamed ? mu_slice_str("unnamed tag") : name, MU_NAME_MAX,
                      &label->name));
    return asana_copy(a, colour, MU_SOURCE_COLOUR_MAX, &label->colour);
}

enum mu_status asana_project(struct asana *a, const json_t *json, uint32_t *out_project)
{
    struct mu_slice id;
    *out_project = MU_SOURCE_NONE;
    MU_TRY(asana_id(a, json, &id));
    if (id.len == 0) {
        return MU_OK;
    }
    uint32_t known = mu_id_map_find(&a->project_ids, id);
    if (known == MU_ID_MAP_NONE) {
        struct asana_project *added = mu_vec_push(&a->projects, a->arena);
        known = (uint32_t)(a->projects.count - 1);
        if (added == NULL || !mu_id_map_set(&a->project_ids, id, known)) {
            return asana_full(a);
        }
        added->id = id;
    }
    struct asana_project *project = mu_vec_at(&a->projects, known);
    *out_project = known;
    return project->name.len > 0 ? MU_OK : asana_text(a, json, "name", MU_NAME_MAX, &project->name);
}
