#include <string.h>

#include "client/import/trello_inside.h"
#include "common/model/domain.h"

static bool is_blank(struct mu_slice text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] > ' ') {
            return false;
        }
    }
    return true;
}

static enum mu_status read_title(struct trello *t, const json_t *entry, struct trello_card *card)
{
    MU_TRY(trello_text(t, entry, "name", MU_TEXT_MAX, &card->card.title));
    if (is_blank(card->card.title)) {
        struct mu_oneline line;
        mu_oneline_clear(&line);
        mu_oneline_put(&line, "card ");
        mu_oneline_text(&line, card->card.id);
        mu_findings_detail(&t->findings, MU_FINDING_NO_TITLE, &line);
        card->card.title = mu_slice_str("(no title)");
    }
    return MU_OK;
}

static enum mu_status read_members(struct trello *t, const json_t *entry, struct trello_card *card)
{
    const json_t *ids = json_object_get(entry, "idMembers");
    size_t count = json_array_size(ids);
    if (count == 0) {
        return MU_OK;
    }
    card->members = mu_arena_array(t->arena, count, sizeof *card->members);
    card->added_ms = mu_arena_array(t->arena, count, sizeof *card->added_ms);
    if (card->members == NULL || card->added_ms == NULL) {
        return trello_full(t);
    }
    for (size_t i = 0; i < count; i++) {
        const json_t *id = json_array_get(ids, i);
        size_t len = json_string_length(id);
        uint32_t person;
        if (len == 0 || len > MU_SOURCE_ID_MAX) {
            continue;
        }
        MU_TRY(trello_person(t, mu_slice_of(json_string_value(id), len), &person));
        struct trello_person *member = mu_vec_at(&t->people, person);
        if (member->mark != card->raw + 1) {
            member->mark = card->raw + 1;
            card->added_ms[card->member_count] = INT64_MIN;
            card->members[card->member_count++] = person;
        }
    }
    return MU_OK;
}

static void add_label(struct trello *t, struct trello_card *card, uint32_t *labels, uint32_t index)
{
    struct trello_label *label = mu_vec_at(&t->labels, index);
    if (label->mark != card->raw + 1) {
        label->mark = card->raw + 1;
        labels[card->card.label_count++] = index;
    }
}

static void unknown_label(struct trello *t, const struct trello_card *card, struct mu_slice id)
{
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_quote(&line, card->card.title);
    mu_oneline_put(&line, ": label ");
    mu_oneline_text(&line, id);
    mu_findings_detail(&t->findings, MU_FINDING_UNKNOWN_LABEL, &line);
}

/* idLabels, and the copies inside the card: old files have only those. */
static enum mu_status read_labels(struct trello *t, const json_t *entry, struct trello_card *card)
{
    const json_t *inner = json_object_get(entry, "labels");
    const json_t *ids = json_object_get(entry, "idLabels");
    size_t room = json_array_size(inner) + json_array_size(ids);
    uint32_t *labels = mu_arena_array(t->arena, room, sizeof *labels);
    if (labels == NULL && room > 0) {
        return trello_full(t);
    }
    card->card.labels = labels;
    for (size_t i = 0; i < json_array_size(inner); i++) {
        uint32_t label;
        MU_TRY(trello_inner_label(t, json_array_get(inner, i), &label));
        if (label != MU_SOURCE_NONE) {
            add_label(t, card, labels, label);
        }
    }
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const json_t *id = json_array_get(ids, i);
        struct mu_slice view = mu_slice_of(json_string_value(id), json_string_length(id));
        uint32_t label = mu_id_map_find(&t->label_ids, view);
        if (label == MU_ID_MAP_NONE) {
            unknown_label(t, card, view);
        } else {
            add_label(t, card, labels, label);
        }
    }
    return MU_OK;
}

static enum mu_status read_list(struct trello *t, const json_t *entry, struct trello_card *card)
{
    struct mu_slice id = trello_id(entry, "idList");
    size_t known = t->lists.count;
    MU_TRY(trello_list_of(t, id, &card->card.list));
    const struct trello_list *list = mu_vec_at(&t->lists, card->card.list);
    if (list->unknown && list->list.closed) {
        struct mu_oneline line;
        mu_oneline_clear(&line);
        mu_oneline_quote(&line, card->card.title);
        mu_oneline_put(&line, ": list ");
        mu_oneline_text(&line, list->list.id);
        mu_findings_detail(&t->findings, MU_FINDING_UNKNOWN_LIST, &line);
    }
    if (t->lists.count > known && !list->list.closed) {
        t->report.in[MU_COUNT_LISTS]++; /* of a single card */
    }
    return MU_OK;
}

static enum mu_status read_scalars(struct trello *t, const json_t *entry, struct trello_card *card)
{
    struct mu_source_card *out = &card->card;
    const json_t *badges = json_object_get(entry, "badges");
    MU_TRY(trello_text(t, entry, "desc", MU_TEXT_MAX, &out->desc));
    MU_TRY(trello_text(t, entry, "url", MU_SOURCE_URL_MAX, &out->url));
    if (out->url.len == 0) {
        MU_TRY(trello_text(t, entry, "shortUrl", MU_SOURCE_URL_MAX, &out->url));
    }
    MU_TRY(trello_text(t, entry, "shortLink", MU_SOURCE_ID_MAX, &out->short_link));
    out->archived = trello_true(entry, "closed");
    out->is_template = trello_true(entry, "isTemplate");
    out->due = trello_time(t, entry, "due");
    out->start = trello_time(t, entry, "start");
    out->due_complete = trello_true(entry, "dueComplete");
    out->id_short = trello_count(entry, "idShort", INT32_MAX);
    out->created_ms = trello_id_time(out->id);
    out->changed_ms = trello_instant(t, entry, "dateLastActivity");
    out->owner = MU_SOURCE_NONE;
    out->parent = MU_SOURCE_NONE;
    card->pos = trello_pos(entry);
    out->ticked_ms = trello_instant(t, entry, "dateCompleted");
    card->claimed = (size_t)trello_count(badges, "comments", INT32_MAX);
    return trello_person(t, trello_id(entry, "idMemberCreator"), &out->creator);
}

static enum mu_status add_card(struct trello *t, const json_t *entry, struct mu_slice id)
{
    struct mu_slice copy;
    uint32_t raw = (uint32_t)t->cards.count;
    struct trello_card *card = mu_vec_push(&t->cards, t->arena);
    if (card == NULL || !mu_arena_copy(t->arena, id, &copy) ||
        !mu_id_map_set(&t->card_ids, copy, raw)) {
        return trello_full(t);
    }
    card->card.id = copy;
    card->raw = raw;
    card->file = t->file;
    MU_TRY(read_title(t, entry, card));
    MU_TRY(read_scalars(t, entry, card));
    MU_TRY(read_list(t, entry, card));
    MU_TRY(read_members(t, entry, card));
    MU_TRY(read_labels(t, entry, card));
    MU_TRY(trello_read_attachments(t, entry, raw));
    MU_TRY(trello_read_values(t, entry, raw));
    return trello_read_inner_checklists(t, entry, raw);
}

enum mu_status trello_read_card(struct trello *t, const json_t *entry)
{
    struct mu_slice id = trello_id(entry, "id");
    if (id.len > 0 && !trello_picked(t, id)) {
        return MU_OK;
    }
    bool is_new;
    trello_meet(t, &t->card_ids, id, MU_COUNT_CARDS, &is_new);
    return is_new ? add_card(t, entry, id) : MU_OK;
}

static int compare_cards(const void *a, const void *b)
{
    const struct trello_card *one = a;
    const struct trello_card *other = b;
    if (one->card.list != other->card.list) {
        return one->card.list < other->card.list ? -1 : 1;
    }
    return trello_order(one->pos, one->card.id, other->pos, other->card.id);
}

enum mu_status trello_sort_cards(struct trello *t)
{
    mu_vec_sort(&t->cards, compare_cards);
    uint32_t *places = mu_arena_array(t->arena, t->cards.count, sizeof *places);
    if (places == NULL && t->cards.count > 0) {
        return trello_full(t);
    }
    uint32_t order = 0;
    for (size_t i = 0; i < t->cards.count; i++) {
        struct trello_card *card = trello_card_at(t, i);
        bool first = i == 0 || trello_card_at(t, i - 1)->card.list != card->card.list;
        order = first ? 0 : order + 1;
        card->card.order = order;
        places[card->raw] = (uint32_t)i;
        if (!mu_id_map_set(&t->card_ids, card->card.id, (uint32_t)i)) {
            return trello_full(t);
        }
    }
    trello_place_attachments(t, places);
    trello_place_values(t, places);
    trello_place_checklists(t, places);
    return MU_OK;
}
