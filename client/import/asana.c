#include "client/import/asana.h"

#include <string.h>

#include "client/import/asana_inside.h"
#include "client/import/json_entry.h"
#include "client/import/json_scan.h"

/* The first byte that is no blank. */
static char first_of(struct mu_slice text)
{
    while (text.len > 0 && strchr(" \t\r\n", text.data[0]) != NULL && text.data[0] != '\0') {
        text = (struct mu_slice){text.data + 1, text.len - 1};
    }
    return mu_json_kind(text);
}

bool mu_asana_is_json(struct mu_slice file)
{
    char first = first_of(mu_json_strip(file));
    return first == '[' || first == '{';
}

static void init(struct asana *a, const struct mu_asana_options *options, struct mu_arena *arena,
                 struct mu_error *err)
{
    *a = (struct asana){.arena = arena, .err = err, .options = options};
    mu_findings_init(&a->findings, arena);
    mu_vec_init(&a->people, sizeof(struct asana_person));
    mu_vec_init(&a->labels, sizeof(struct asana_label));
    mu_vec_init(&a->projects, sizeof(struct asana_project));
    mu_vec_init(&a->homes, sizeof(struct asana_home));
    mu_vec_init(&a->fields, sizeof(struct asana_field));
    mu_vec_init(&a->tasks, sizeof(struct asana_task));
    mu_vec_init(&a->values, sizeof(struct mu_source_value));
    mu_vec_init(&a->comments, sizeof(struct mu_source_comment));
    mu_vec_init(&a->activities, sizeof(struct mu_source_activity));
    mu_vec_init(&a->attachments, sizeof(struct mu_source_attachment));
    mu_vec_init(&a->lists, sizeof(struct mu_source_list));
    mu_vec_init(&a->waiting, sizeof(struct asana_wait));
    mu_vec_init(&a->links, sizeof(struct asana_link));
    struct mu_id_map *maps[] = {&a->person_ids, &a->label_ids, &a->project_ids, &a->field_ids,
                                &a->task_ids,   &a->log_ids,   &a->list_ids,    &a->titles};
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        mu_id_map_init(maps[i], arena);
    }
}

/* -- the root ---------------------------------------------------------------------- */

struct root {
    struct mu_slice data, gid, name, lists, next_page, errors;
};

static enum mu_status read_root(struct asana *a, struct root *out)
{
    static const struct {
        const char *key;
        size_t at;
    } keys[] = {
        {"data", offsetof(struct root, data)},    {"gid", offsetof(struct root, gid)},
        {"id", offsetof(struct root, gid)},       {"name", offsetof(struct root, name)},
        {"lists", offsetof(struct root, lists)},  {"next_page", offsetof(struct root, next_page)},
        {"errors", offsetof(struct root, errors)}};
    struct mu_json_walk walk = mu_json_walk(a->text);
    struct mu_slice key;
    struct mu_slice value;
    *out = (struct root){0};
    while (walk.is_object && mu_json_next(&walk, &key, &value)) {
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            if (!mu_slice_equal(key, mu_slice_str(keys[i].key))) {
                continue;
            }
            if (i == 0 && out->data.len > 0) {
                return mu_json_fail(a->text, (size_t)(key.data - a->text.data), MU_E_INVALID,
                                    "a key stands twice in one object", a->err);
            }
            memcpy((uint8_t *)out + keys[i].at, &value, sizeof value);
        }
    }
    return MU_OK;
}

static enum mu_status no_export(struct asana *a, const char *what)
{
    if (what == NULL) {
        return mu_fail(a->err, MU_E_INVALID, "no tasks of Asana in it");
    }
    return mu_fail(a->err, MU_E_INVALID, "no tasks of Asana in it; it seems to be %s", what);
}

/* -- tasks ---------------------------------------------------------------------------- */

static enum mu_status read_value(struct asana *a, struct mu_slice value)
{
    json_auto_t *json = NULL;
    MU_TRY(mu_json_load(a->text, value, 0, &json, a->err));
    return asana_read_task(a, json);
}

static enum mu_status read_list(struct asana *a, struct mu_slice list)
{
    struct mu_json_walk walk = mu_json_walk(list);
    struct mu_slice key;
    struct mu_slice value;
    while (mu_json_next(&walk, &key, &value)) {
        MU_TRY(read_value(a, value));
    }
    return MU_OK;
}

static enum mu_status read_all(struct asana *a)
{
    struct root root;
    MU_TRY(read_root(a, &root));
    if (first_of(a->text) == '[') {
        MU_TRY(read_list(a, a->text));
    } else if (mu_json_kind(root.data) == '[') {
        a->is_page = mu_json_kind(root.next_page) == '{';
        MU_TRY(read_list(a, root.data));
    } else if (mu_json_kind(root.data) == '{') {
        MU_TRY(read_value(a, root.data));
    } else if (root.lists.len == 0 && root.gid.len > 0 && root.name.len > 0) {
        MU_TRY(read_value(a, a->text));
    } else {
        return no_export(a, root.lists.len > 0 ? "an export of Trello: take 'muster import trello'"
                            : root.errors.len > 0 ? "an answer of Asana that tells of an error"
                                                  : NULL);
    }
    /* An empty project is one. */
    if (a->tasks.count == 0 && a->findings.slots[MU_FINDING_NOT_TASKS].count > 0) {
        return no_export(a, "a list of other things");
    }
    return MU_OK;
}

enum mu_status mu_asana_json(struct mu_slice file, const struct mu_asana_options *options,
                             struct mu_arena *arena, struct mu_source_board *out,
                             struct mu_error *err)
{
    struct asana a;
    init(&a, options, arena, err);
    a.text = mu_json_strip(file);
    if (file.len > MU_ASANA_FILE_MAX) {
        return mu_fail(err, MU_E_LIMIT, "%zu bytes, larger than the %zu that are read", file.len,
                       MU_ASANA_FILE_MAX);
    }
    if (a.text.len == 0) {
        return mu_fail(err, MU_E_INVALID, "the file is empty");
    }
    const char *what = mu_json_seems(a.text);
    if (what != NULL) {
        return no_export(&a, what);
    }
    MU_TRY(mu_json_check(a.text, err));
    MU_TRY(read_all(&a));
    return asana_end(&a, out);
}
