#include "client/import/trello_inside.h"
#include "common/model/domain.h"

/* Files without isUpload: what lies at Trello was uploaded. */
static bool is_upload(const json_t *entry, struct mu_slice url)
{
    static const char *const fronts[] = {"https://trello-attachments.s3.amazonaws.com/",
                                         "https://trello.com/1/cards/"};
    const json_t *told = json_object_get(entry, "isUpload");
    if (json_is_boolean(told)) {
        return json_is_true(told);
    }
    for (size_t i = 0; i < sizeof fronts / sizeof fronts[0]; i++) {
        struct mu_slice front = mu_slice_str(fronts[i]);
        if (url.len >= front.len && mu_slice_equal(mu_slice_of(url.data, front.len), front)) {
            return true;
        }
    }
    return false;
}

static enum mu_status read_attachment(struct trello *t, const json_t *entry, uint32_t raw)
{
    struct mu_slice id = trello_id(entry, "id");
    t->report.in[MU_COUNT_ATTACHMENTS]++;
    if (is_upload(entry, trello_view(entry, "url"))) {
        t->report.in[MU_COUNT_UPLOADS]++;
    }
    bool again = id.len > 0 && mu_id_map_find(&t->attachment_ids, id) != MU_ID_MAP_NONE;
    if (id.len == 0 || again) {
        mu_findings_count(&t->findings, again ? MU_FINDING_SAME_ID : MU_FINDING_NO_ID, 1);
        return MU_OK;
    }
    struct trello_attachment *added = mu_vec_push(&t->attachments, t->arena);
    if (added == NULL) {
        return trello_full(t);
    }
    struct mu_source_attachment *out = &added->attachment;
    out->card = raw;
    added->pos = trello_pos(entry);
    MU_TRY(trello_copy(t, id, MU_SOURCE_ID_MAX, &out->id));
    if (!mu_id_map_set(&t->attachment_ids, out->id, 0)) {
        return trello_full(t);
    }
    MU_TRY(trello_text(t, entry, "url", MU_TITLE_MAX, &out->url));
    MU_TRY(trello_text(t, entry, "name", MU_TITLE_MAX, &out->name));
    if (out->name.len == 0) {
        MU_TRY(trello_text(t, entry, "fileName", MU_TITLE_MAX, &out->name));
    }
    if (out->name.len == 0) {
        out->name = out->url;
    }
    out->is_upload = is_upload(entry, out->url);
    out->bytes = trello_count(entry, "bytes", (int64_t)1 << 53);
    out->at_ms = trello_instant(t, entry, "date");
    return MU_OK;
}

enum mu_status trello_read_attachments(struct trello *t, const json_t *card, uint32_t raw)
{
    const json_t *entries = json_object_get(card, "attachments");
    size_t i;
    json_t *entry;
    json_array_foreach(entries, i, entry)
    {
        MU_TRY(read_attachment(t, entry, raw));
    }
    return MU_OK;
}

static int compare(const void *a, const void *b)
{
    const struct trello_attachment *one = a;
    const struct trello_attachment *other = b;
    if (one->attachment.card != other->attachment.card) {
        return one->attachment.card < other->attachment.card ? -1 : 1;
    }
    return trello_order(one->pos, one->attachment.id, other->pos, other->attachment.id);
}

void trello_place_attachments(struct trello *t, const uint32_t *places)
{
    for (size_t i = 0; i < t->attachments.count; i++) {
        struct trello_attachment *attachment = mu_vec_at(&t->attachments, i);
        attachment->attachment.card = places[attachment->attachment.card];
    }
    mu_vec_sort(&t->attachments, compare);
}
