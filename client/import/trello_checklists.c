/* Checklists stand at the root of a board's export, and inside the card in that of
 * a single card and in some boards.  They belong to the file their card is taken
 * from; those of other files are older. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "client/import/trello_inside.h"
#include "common/model/domain.h"

/* An item with what orders it. */
struct place {
    struct mu_source_item item;
    double pos;
};

static int compare_items(const void *a, const void *b)
{
    const struct place *one = a;
    const struct place *other = b;
    return trello_order(one->pos, one->item.id, other->pos, other->item.id);
}

static bool is_done(const json_t *entry)
{
    return mu_slice_equal(trello_view(entry, "state"), mu_slice_str("complete"));
}

static enum mu_status read_item(struct trello *t, const json_t *entry, struct mu_slice id,
                                struct place *out_place)
{
    struct mu_source_item item = {.done = is_done(entry)};
    MU_TRY(trello_copy(t, id, MU_SOURCE_ID_MAX, &item.id));
    MU_TRY(trello_text(t, entry, "name", MU_TITLE_MAX, &item.name));
    item.due = trello_time(t, entry, "due");
    MU_TRY(trello_person(t, trello_id(entry, "idMember"), &item.person));
    *out_place = (struct place){.item = item, .pos = trello_pos(entry)};
    return MU_OK;
}

static void count_items(struct trello *t, const json_t *entries)
{
    size_t i;
    json_t *entry;
    json_array_foreach(entries, i, entry)
    {
        t->report.in[MU_COUNT_ITEMS]++;
        if (is_done(entry)) {
            t->report.in[MU_COUNT_ITEMS_DONE]++;
        }
    }
}

/* Sorted, the first of equal ids kept. */
static enum mu_status read_items(struct trello *t, const json_t *entries,
                                 struct mu_source_checklist *checklist)
{
    size_t room = json_array_size(entries);
    struct place *places = mu_arena_array(t->arena, room, sizeof *places);
    struct mu_source_item *items = mu_arena_array(t->arena, room, sizeof *items);
    if ((places == NULL || items == NULL) && room > 0) {
        return trello_full(t);
    }
    size_t count = 0;
    for (size_t i = 0; i < room; i++) {
        const json_t *entry = json_array_get(entries, i);
        struct mu_slice id = trello_id(entry, "id");
        bool again = id.len > 0 && mu_id_map_find(&t->item_ids, id) != MU_ID_MAP_NONE;
        if (id.len == 0 || again) {
            mu_findings_count(&t->findings, again ? MU_FINDING_SAME_ID : MU_FINDING_NO_ID, 1);
            continue;
        }
        MU_TRY(read_item(t, entry, id, &places[count]));
        if (!mu_id_map_set(&t->item_ids, places[count].item.id, 0)) {
            return trello_full(t);
        }
        count++;
    }
    if (count > 1) {
        qsort(places, count, sizeof *places, compare_items);
    }
    for (size_t i = 0; i < count; i++) {
        items[i] = places[i].item;
    }
    checklist->items = items;
    checklist->item_count = count;
    return MU_OK;
}

static enum mu_status add_checklist(struct trello *t, const json_t *entry, struct mu_slice id,
                                    uint32_t card)
{
    uint32_t known = mu_id_map_find(&t->checklist_ids, id);
    if (known != MU_ID_MAP_NONE) {
        mu_findings_count(&t->findings, MU_FINDING_SAME_ID, 1);
        return MU_OK;
    }
    struct mu_slice copy;
    struct trello_checklist *added = mu_vec_push(&t->checklists, t->arena);
    if (added == NULL || !mu_arena_copy(t->arena, id, &copy) ||
        !mu_id_map_set(&t->checklist_ids, copy, (uint32_t)(t->checklists.count - 1))) {
        return trello_full(t);
    }
    added->checklist.id = copy;
    added->checklist.card = card;
    added->pos = trello_pos(entry);
    MU_TRY(trello_text(t, entry, "name", MU_TITLE_MAX, &added->checklist.name));
    return read_items(t, json_object_get(entry, "checkItems"), &added->checklist);
}

static void count_checklist(struct trello *t, const json_t *entry)
{
    t->report.in[MU_COUNT_CHECKLISTS]++;
    count_items(t, json_object_get(entry, "checkItems"));
}

enum mu_status trello_read_checklist(struct trello *t, const json_t *entry)
{
    struct mu_slice id = trello_id(entry, "id");
    uint32_t card = mu_id_map_find(&t->card_ids, trello_id(entry, "idCard"));
    if (id.len > 0 && card != MU_ID_MAP_NONE && trello_card_at(t, card)->file != t->file) {
        return MU_OK; /* the card is taken from a newer file */
    }
    uint32_t known = id.len == 0 ? MU_ID_MAP_NONE : mu_id_map_find(&t->checklist_ids, id);
    if (known != MU_ID_MAP_NONE && known < t->entries_from) {
        return MU_OK; /* also inside its card, or in a newer file */
    }
    if (card == MU_ID_MAP_NONE && t->file != t->newest_board) {
        return MU_OK; /* of a card that has been deleted since */
    }
    count_checklist(t, entry);
    if (id.len == 0) {
        mu_findings_count(&t->findings, MU_FINDING_NO_ID, 1);
        return MU_OK;
    }
    if (card == MU_ID_MAP_NONE) {
        struct mu_oneline line;
        mu_oneline_clear(&line);
        mu_oneline_quote(&line, trello_view(entry, "name"));
        mu_findings_detail(&t->findings, MU_FINDING_UNKNOWN_CARD, &line);
        return MU_OK;
    }
    return add_checklist(t, entry, id, card);
}

enum mu_status trello_read_inner_checklists(struct trello *t, const json_t *card, uint32_t raw)
{
    const json_t *entries = json_object_get(card, "checklists");
    size_t i;
    json_t *entry;
    json_array_foreach(entries, i, entry)
    {
        struct mu_slice id = trello_id(entry, "id");
        count_checklist(t, entry);
        if (id.len == 0) {
            mu_findings_count(&t->findings, MU_FINDING_NO_ID, 1);
            continue;
        }
        MU_TRY(add_checklist(t, entry, id, raw));
    }
    return MU_OK;
}

void trello_place_checklists(struct trello *t, const uint32_t *places)
{
    for (size_t i = 0; i < t->checklists.count; i++) {
        struct trello_checklist *checklist = mu_vec_at(&t->checklists, i);
        checklist->checklist.card = places[checklist->checklist.card];
    }
}

static int compare_checklists(const void *a, const void *b)
{
    const struct trello_checklist *one = a;
    const struct trello_checklist *other = b;
    if (one->checklist.card != other->checklist.card) {
        return one->checklist.card < other->checklist.card ? -1 : 1;
    }
    return trello_order(one->pos, one->checklist.id, other->pos, other->checklist.id);
}

void trello_sort_checklists(struct trello *t)
{
    mu_vec_sort(&t->checklists, compare_checklists);
}
