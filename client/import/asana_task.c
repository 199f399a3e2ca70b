#include <string.h>

#include "client/import/asana_inside.h"
#include "client/import/json_entry.h"
#include "client/import/rounded.h"
#include "common/model/domain.h"
#include "common/seal/hash.h"

static bool is_blank(struct mu_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] > ' ') {
            return false;
        }
    }
    return true;
}

static bool text_is(struct mu_slice text, const char *word)
{
    return mu_slice_equal(text, mu_slice_str(word));
}

/* -- who and what ---------------------------------------------------------------- */

/* From name, date of creation and how many tasks before have the same. */
static enum mu_status made_up_id(struct asana *a, const json_t *json, struct mu_slice *out_id)
{
    struct mu_slice parts[] = {mu_json_view(json, "name"), mu_json_view(json, "created_at")};
    struct mu_id same = mu_id_derive("asana title", parts, 2);
    struct mu_slice key;
    if (!mu_arena_copy(a->arena, mu_id_view(&same), &key)) {
        return asana_full(a);
    }
    uint32_t before = mu_id_map_find(&a->titles, key);
    before = before == MU_ID_MAP_NONE ? 0 : before + 1;
    if (!mu_id_map_set(&a->titles, key, before)) {
        return asana_full(a);
    }
    uint8_t bytes[MU_ID_LEN + 4];
    memcpy(bytes, same.bytes, MU_ID_LEN);
    for (size_t i = 0; i < 4; i++) {
        bytes[MU_ID_LEN + i] = (uint8_t)(before >> (8 * i));
    }
    return asana_text_id(a, "asana row", mu_slice_of(bytes, sizeof bytes), out_id);
}

static enum mu_status read_members(struct asana *a, const json_t *json, struct asana_task *task)
{
    const json_t *followers = json_object_get(json, "followers");
    size_t count = json_array_size(followers);
    uint32_t *helpers = mu_arena_array(a->arena, count, sizeof *helpers);
    if (helpers == NULL && count > 0) {
        return asana_full(a);
    }
    struct mu_source_card *card = &task->card;
    MU_TRY(asana_person(a, json_object_get(json, "assignee"), &card->owner));
    MU_TRY(asana_person(a, json_object_get(json, "created_by"), &card->creator));
    card->helpers = helpers;
    for (size_t i = 0; i < count; i++) {
        uint32_t person;
        MU_TRY(asana_person(a, json_array_get(followers, i), &person));
        if (person == MU_SOURCE_NONE || person == card->owner) {
            continue;
        }
        struct asana_person *follower = mu_vec_at(&a->people, person);
        if (follower->mark != task->raw + 1) {
            follower->mark = task->raw + 1;
            helpers[card->helper_count++] = person;
        }
    }
    return MU_OK;
}

static void put_label(struct asana *a, struct asana_task *task, uint32_t *labels, uint32_t index)
{
    struct asana_label *label = mu_vec_at(&a->labels, index);
    if (label->mark != task->raw + 1) {
        label->mark = task->raw + 1;
        labels[task->card.label_count++] = index;
    }
}

/* Tags; a milestone or an approval says so by a label. */
static enum mu_status read_labels(struct asana *a, const json_t *json, struct asana_task *task)
{
    const json_t *tags = json_object_get(json, "tags");
    size_t count = json_array_size(tags);
    uint32_t *labels = mu_arena_array(a->arena, count + 1, sizeof *labels);
    uint32_t label;
    if (labels == NULL) {
        return asana_full(a);
    }
    task->card.labels = labels;
    for (size_t i = 0; i < count; i++) {
        const json_t *tag = json_array_get(tags, i);
        struct mu_slice id;
        MU_TRY(asana_id(a, tag, &id));
        if (id.len > 0) {
            MU_TRY(
                asana_label(a, id, mu_json_view(tag, "name"), mu_json_view(tag, "color"), &label));
            put_label(a, task, labels, label);
        }
    }
    struct mu_slice subtype = mu_json_view(json, "resource_subtype");
    if (text_is(subtype, "milestone") || text_is(subtype, "approval")) {
        const char *word = text_is(subtype, "milestone") ? "milestone" : "approval";
        MU_TRY(
            asana_label(a, mu_slice_str(word), mu_slice_str(word), (struct mu_slice){0}, &label));
        put_label(a, task, labels, label);
    }
    return MU_OK;
}

/* -- where ----------------------------------------------------------------------- */

static enum mu_status put_home(struct asana *a, struct asana_task *task, uint32_t index,
                               const json_t *section)
{
    struct asana_project *project = index == MU_SOURCE_NONE ? NULL : mu_vec_at(&a->projects, index);
    if (project != NULL && project->mark == task->raw + 1) {
        return MU_OK;
    }
    struct asana_home *home = mu_vec_push(&a->homes, a->arena);
    if (home == NULL) {
        return asana_full(a);
    }
    home->task = task->raw;
    home->project = index;
    task->home_count++;
    if (project != NULL) {
        project->mark = task->raw + 1;
        project->tasks += task->under == MU_SOURCE_NONE ? 1 : 0;
    }
    MU_TRY(asana_id(a, section, &home->section));
    return asana_text(a, section, "name", MU_NAME_MAX, &home->section_name);
}

/* memberships, and projects that stand in no membership. */
static enum mu_status read_homes(struct asana *a, const json_t *json, struct asana_task *task)
{
    const json_t *memberships = json_object_get(json, "memberships");
    const json_t *projects = json_object_get(json, "projects");
    size_t i;
    json_t *entry;
    uint32_t project;
    task->homes = a->homes.count;
    json_array_foreach(memberships, i, entry)
    {
        MU_TRY(asana_project(a, json_object_get(entry, "project"), &project));
        MU_TRY(put_home(a, task, project, json_object_get(entry, "section")));
    }
    json_array_foreach(projects, i, entry)
    {
        MU_TRY(asana_project(a, entry, &project));
        MU_TRY(project == MU_SOURCE_NONE ? MU_OK : put_home(a, task, project, NULL));
    }
    if (task->home_count == 0 && a->heading.len > 0 && task->under == MU_SOURCE_NONE) {
        struct asana_home *home = mu_vec_push(&a->homes, a->arena);
        if (home == NULL) {
            return asana_full(a);
        }
        *home = (struct asana_home){task->raw, MU_SOURCE_NONE, a->heading, a->heading_name};
        task->home_count = 1;
    }
    return MU_OK;
}

/* -- one task -------------------------------------------------------------------- */

static enum mu_status read_scalars(struct asana *a, const json_t *json, struct asana_task *task)
{
    struct mu_source_card *card = &task->card;
    const json_t *parent = json_object_get(json, "parent");
    MU_TRY(asana_text(a, json, "name", MU_TEXT_MAX, &card->title));
    if (is_blank(card->title)) {
        asana_detail(a, MU_FINDING_NO_TITLE, card->id, NULL, (struct mu_slice){0});
        card->title = mu_slice_str("(no title)");
    }
    MU_TRY(asana_text(a, json, "notes", MU_TEXT_MAX, &card->desc));
    if (json_object_get(json, "notes") == NULL) {
        MU_TRY(asana_text(a, json, "html_notes", MU_TEXT_MAX, &card->desc));
    }
    MU_TRY(asana_text(a, json, "permalink_url", MU_SOURCE_URL_MAX, &card->url));
    card->due = asana_time(a, json, "due_at");
    card->due = card->due.when != MU_WHEN_NONE ? card->due : asana_time(a, json, "due_on");
    card->start = asana_time(a, json, "start_at");
    card->start = card->start.when != MU_WHEN_NONE ? card->start : asana_time(a, json, "start_on");
    card->due_complete = asana_true(json, "completed");
    card->ticked_ms = card->due_complete ? asana_time(a, json, "completed_at").at_ms : 0;
    card->created_ms = asana_time(a, json, "created_at").at_ms;
    card->changed_ms = asana_time(a, json, "modified_at").at_ms;
    card->parent = MU_SOURCE_NONE;
    const json_t *claimed = json_object_get(json, "num_subtasks");
    json_int_t subtasks = json_is_integer(claimed) ? json_integer_value(claimed) : 0;
    task->claimed = subtasks > 0 && subtasks < INT32_MAX ? (size_t)subtasks : 0;
    MU_TRY(asana_id(a, parent, &task->parent_id));
    return asana_text(a, parent, "name", MU_NAME_MAX, &task->parent_name);
}

/* What an answer of the API was not asked for. */
static unsigned silent(const json_t *json, const struct asana_task *task)
{
    static const struct {
        const char *keys[2];
        unsigned flag;
    } fields[] = {{{"notes", "html_notes"}, MU_SILENT_DESC},
                  {{"assignee", "assignee"}, MU_SILENT_PEOPLE},
                  {{"followers", "followers"}, MU_SILENT_HELPERS},
                  {{"tags", "tags"}, MU_SILENT_LABELS},
                  {{"due_on", "due_at"}, MU_SILENT_DUE},
                  {{"start_on", "start_at"}, MU_SILENT_START},
                  {{"permalink_url", "permalink_url"}, MU_SILENT_URL},
                  {{"completed", "completed"}, MU_SILENT_DONE},
                  {{"memberships", "projects"}, MU_SILENT_LISTS}};
    unsigned flags = 0;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        bool told = json_object_get(json, fields[i].keys[0]) != NULL ||
                    json_object_get(json, fields[i].keys[1]) != NULL;
        flags |= told ? 0 : fields[i].flag;
    }
    /* A heading above, or the task around it, tells the section. */
    bool placed = task->home_count > 0 || task->under != MU_SOURCE_NONE;
    return placed ? flags & ~MU_SILENT_LISTS : flags;
}

static enum mu_status add_task(struct asana *a, const json_t *json, struct mu_slice id,
                               uint32_t under)
{
    uint32_t raw = (uint32_t)a->tasks.count;
    struct asana_task *task = mu_vec_push(&a->tasks, a->arena);
    if (task == NULL || !mu_id_map_set(&a->task_ids, id, raw)) {
        return asana_full(a);
    }
    task->card.id = id;
    task->raw = raw;
    task->under = under;
    MU_TRY(read_scalars(a, json, task));
    MU_TRY(read_homes(a, json, task));
    MU_TRY(read_members(a, json, task));
    MU_TRY(read_labels(a, json, task));
    task->card.silent = silent(json, task);
    a->root_count += under == MU_SOURCE_NONE && (task->parent_id.len == 0 || task->home_count > 0);
    MU_TRY(asana_read_fields(a, json, raw));
    MU_TRY(asana_read_log(a, json, raw));
    return asana_read_attachments(a, json, raw);
}

/* Old exports have headings between the tasks. */
static enum mu_status read_heading(struct asana *a, const json_t *json, struct mu_slice id,
                                   uint32_t under)
{
    struct mu_slice name = mu_json_view(json, "name");
    asana_detail(a, MU_FINDING_SECTION_ROWS, name, NULL, (struct mu_slice){0});
    if (under != MU_SOURCE_NONE) {
        return MU_OK;
    }
    name.len -= name.len > 1 && name.data[name.len - 1] == ':' ? 1 : 0;
    a->heading = id;
    return asana_copy(a, name, MU_NAME_MAX, &a->heading_name);
}

static bool is_task(const json_t *json)
{
    struct mu_slice type = mu_json_view(json, "resource_type");
    return json_is_object(json) && (type.len == 0 || text_is(type, "task")) &&
           (json_object_get(json, "name") != NULL || json_object_get(json, "gid") != NULL);
}

/* The second time: with what the first did not say. */
static void meet_again(struct asana *a, const json_t *json, uint32_t raw, uint32_t under)
{
    struct asana_task *task = asana_task_at(a, raw);
    if (task->under == MU_SOURCE_NONE && task->raw != under) {
        task->under = under;
    }
    asana_detail(a, MU_FINDING_SAME_ID, mu_json_view(json, "name"), NULL, (struct mu_slice){0});
}

/* *out_raw: of the task that it is, MU_SOURCE_NONE when it is none. */
static enum mu_status read_one(struct asana *a, const json_t *json, uint32_t under,
                               uint32_t *out_raw)
{
    struct mu_slice id;
    *out_raw = MU_SOURCE_NONE;
    if (!is_task(json)) {
        asana_detail(a, MU_FINDING_NOT_TASKS, mu_json_view(json, "name"), NULL,
                     mu_json_view(json, "resource_type"));
        return MU_OK;
    }
    MU_TRY(asana_id(a, json, &id));
    bool heading = text_is(mu_json_view(json, "resource_subtype"), "section") ||
                   asana_true(json, "is_rendered_as_separator");
    if (heading && id.len > 0) {
        return read_heading(a, json, id, under);
    }
    a->report.in[MU_COUNT_CARDS]++;
    bool rounded = mu_id_rounded(id);
    if (rounded) {
        asana_detail(a, MU_FINDING_KEY_DAMAGED, mu_json_view(json, "name"), NULL, id);
    } else if (id.len == 0) {
        mu_findings_count(&a->findings, MU_FINDING_NO_ID, 1);
    }
    if (rounded || id.len == 0) {
        MU_TRY(made_up_id(a, json, &id));
    }
    *out_raw = mu_id_map_find(&a->task_ids, id);
    if (*out_raw != MU_ID_MAP_NONE) {
        meet_again(a, json, *out_raw, under);
        return MU_OK;
    }
    *out_raw = (uint32_t)a->tasks.count;
    return add_task(a, json, id, under);
}

/* Subtasks wait on a stack, the first on top: the order is that of the file. */
static enum mu_status put_aside(struct asana *a, const json_t *json, uint32_t raw)
{
    const json_t *inner = json_object_get(json, "subtasks");
    for (size_t i = json_array_size(inner); i > 0; i--) {
        struct asana_wait *waiting = mu_vec_push(&a->waiting, a->arena);
        if (waiting == NULL) {
            return asana_full(a);
        }
        *waiting = (struct asana_wait){json_array_get(inner, i - 1), raw};
    }
    return MU_OK;
}

enum mu_status asana_read_task(struct asana *a, const json_t *json)
{
    struct asana_wait next = {json, MU_SOURCE_NONE};
    for (;;) {
        uint32_t raw;
        MU_TRY(read_one(a, next.json, next.under, &raw));
        if (raw != MU_SOURCE_NONE) {
            MU_TRY(put_aside(a, next.json, raw));
        }
        if (a->waiting.count == 0) {
            return MU_OK;
        }
        next = *(const struct asana_wait *)mu_vec_at(&a->waiting, a->waiting.count - 1);
        a->waiting.count--;
    }
}
