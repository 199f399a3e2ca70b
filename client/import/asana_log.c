/* Stories and attachments.  Asana's export leaves them out; who fetches them by the API puts them
 * into the task as "stories" and "attachments". */
#include "client/import/asana_inside.h"
#include "client/import/json_entry.h"
#include "common/model/domain.h"

/* Whether an entry of the log or an attachment is to be taken; its id. */
static enum mu_status meet(struct asana *a, const json_t *json, struct mu_slice *out_id,
                           bool *out_new)
{
    *out_new = false;
    MU_TRY(asana_id(a, json, out_id));
    if (out_id->len == 0) {
        mu_findings_count(&a->findings, MU_FINDING_NO_ID, 1);
        return MU_OK;
    }
    *out_new = mu_id_map_find(&a->log_ids, *out_id) == MU_ID_MAP_NONE;
    if (!*out_new) {
        mu_findings_count(&a->findings, MU_FINDING_SAME_ID, 1);
        return MU_OK;
    }
    return mu_id_map_set(&a->log_ids, *out_id, 0) ? MU_OK : asana_full(a);
}

static bool is_comment(const json_t *story)
{
    return mu_slice_equal(mu_json_view(story, "type"), mu_slice_str("comment")) ||
           mu_slice_equal(mu_json_view(story, "resource_subtype"), mu_slice_str("comment_added"));
}

static enum mu_status read_comment(struct asana *a, const json_t *story, struct mu_slice id,
                                   uint32_t raw)
{
    struct mu_source_comment *comment = mu_vec_push(&a->comments, a->arena);
    if (comment == NULL) {
        return asana_full(a);
    }
    a->report.in[MU_COUNT_COMMENTS]++;
    comment->id = id;
    comment->card = raw;
    comment->at_ms = asana_time(a, story, "created_at").at_ms;
    MU_TRY(asana_person(a, json_object_get(story, "created_by"), &comment->person));
    return asana_text(a, story, "text", MU_TEXT_MAX, &comment->text);
}

static enum mu_status read_activity(struct asana *a, const json_t *story, struct mu_slice id,
                                    uint32_t raw)
{
    struct mu_source_activity *entry = mu_vec_push(&a->activities, a->arena);
    if (entry == NULL) {
        return asana_full(a);
    }
    struct mu_slice kind = mu_json_view(story, "resource_subtype");
    struct mu_slice text = mu_json_view(story, "text");
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_whole(&line, text.len > 0 ? text : kind);
    mu_oneline_put(&line, line.len == 0 ? "a change" : "");
    entry->id = id;
    entry->card = raw;
    entry->deleted = MU_SOURCE_NONE;
    entry->at_ms = asana_time(a, story, "created_at").at_ms;
    MU_TRY(asana_person(a, json_object_get(story, "created_by"), &entry->person));
    MU_TRY(asana_copy(a, kind.len > 0 ? kind : mu_slice_str("story"), 64, &entry->kind));
    return mu_oneline_take(&line, a->arena, &entry->text) ? MU_OK : asana_full(a);
}

enum mu_status asana_read_log(struct asana *a, const json_t *task, uint32_t raw)
{
    const json_t *stories = json_object_get(task, "stories");
    size_t i;
    json_t *story;
    json_array_foreach(stories, i, story)
    {
        struct mu_slice id;
        bool is_new;
        a->report.in[MU_COUNT_ACTIONS]++;
        MU_TRY(meet(a, story, &id, &is_new));
        if (is_new) {
            MU_TRY(is_comment(story) ? read_comment(a, story, id, raw)
                                     : read_activity(a, story, id, raw));
        }
    }
    return MU_OK;
}

enum mu_status asana_read_attachments(struct asana *a, const json_t *task, uint32_t raw)
{
    static const char *const urls[] = {"permanent_url", "view_url", "download_url"};
    const json_t *attachments = json_object_get(task, "attachments");
    size_t i;
    json_t *entry;
    json_array_foreach(attachments, i, entry)
    {
        struct mu_slice id;
        bool is_new;
        a->report.in[MU_COUNT_ATTACHMENTS]++;
        MU_TRY(meet(a, entry, &id, &is_new));
        if (!is_new) {
            continue;
        }
        struct mu_source_attachment *link = mu_vec_push(&a->attachments, a->arena);
        if (link == NULL) {
            return asana_full(a);
        }
        const json_t *size = json_object_get(entry, "size");
        json_int_t bytes = json_is_integer(size) ? json_integer_value(size) : 0;
        link->id = id;
        link->card = raw;
        link->bytes = bytes > 0 ? bytes : 0;
        link->at_ms = asana_time(a, entry, "created_at").at_ms;
        link->is_upload = mu_slice_equal(mu_json_view(entry, "host"), mu_slice_str("asana"));
        MU_TRY(asana_text(a, entry, "name", MU_TITLE_MAX, &link->name));
        for (size_t k = 0; k < sizeof urls / sizeof urls[0] && link->url.len == 0; k++) {
            MU_TRY(asana_text(a, entry, urls[k], MU_TITLE_MAX, &link->url));
        }
    }
    return MU_OK;
}
