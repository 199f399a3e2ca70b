/* Which of several files a card is taken from: the one in which it changed last. */
#include "client/import/json_scan.h"
#include "client/import/trello_inside.h"

static enum mu_status pick_of(struct trello *t, struct mu_slice id, struct trello_pick **out_pick)
{
    uint32_t known = mu_id_map_find(&t->pick_ids, id);
    if (known != MU_ID_MAP_NONE) {
        *out_pick = mu_vec_at(&t->picks, known);
        return MU_OK;
    }
    struct mu_slice copy;
    struct trello_pick *pick = mu_vec_push(&t->picks, t->arena);
    if (pick == NULL || !mu_arena_copy(t->arena, id, &copy) ||
        !mu_id_map_set(&t->pick_ids, copy, (uint32_t)(t->picks.count - 1))) {
        return trello_full(t);
    }
    *pick = (struct trello_pick){.id = copy, .file = UINT32_MAX, .changed_ms = INT64_MIN};
    *out_pick = pick;
    return MU_OK;
}

static enum mu_status weigh_card(struct trello *t, const json_t *entry)
{
    struct mu_slice id = trello_id(entry, "id");
    if (id.len == 0) {
        return MU_OK;
    }
    struct trello_pick *pick;
    MU_TRY(pick_of(t, id, &pick));
    int64_t changed_ms = trello_instant(t, entry, "dateLastActivity");
    if (pick->file == UINT32_MAX || changed_ms > pick->changed_ms) {
        pick->file = t->file;
        pick->changed_ms = changed_ms;
    }
    if (t->file == t->newest_board) {
        pick->in_newest = true;
    }
    return MU_OK;
}

/* Deletions and moves to another board. */
static enum mu_status weigh_action(struct trello *t, const json_t *entry)
{
    struct mu_slice type = trello_view(entry, "type");
    if (!mu_slice_equal(type, mu_slice_str("deleteCard")) &&
        !mu_slice_equal(type, mu_slice_str("moveCardFromBoard"))) {
        return MU_OK;
    }
    const json_t *data = json_object_get(entry, "data");
    struct mu_slice id = trello_id(json_object_get(data, "card"), "id");
    uint32_t known = id.len == 0 ? MU_ID_MAP_NONE : mu_id_map_find(&t->pick_ids, id);
    if (known != MU_ID_MAP_NONE) {
        struct trello_pick *pick = mu_vec_at(&t->picks, known);
        pick->deleted = true;
    }
    return MU_OK;
}

static enum mu_status weigh_file(struct trello *t, uint32_t index)
{
    struct trello_file *file = &t->files[index];
    if (!file->is_card) {
        return trello_each(t, index, file->arrays[TRELLO_CARDS], weigh_card);
    }
    t->file = index;
    json_auto_t *card = NULL;
    MU_TRY(trello_load(t, file, file->text, &card));
    return weigh_card(t, card);
}

static void report_only_older(struct trello *t, const struct trello_pick *pick)
{
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_put(&line, "card ");
    mu_oneline_text(&line, pick->id);
    mu_oneline_put(&line, " from file ");
    mu_oneline_number(&line, t->files[pick->file].number);
    mu_findings_detail(&t->findings, MU_FINDING_ONLY_OLDER, &line);
}

static enum mu_status settle(struct trello *t)
{
    for (size_t i = 0; i < t->picks.count; i++) {
        struct trello_pick *pick = mu_vec_at(&t->picks, i);
        if (pick->in_newest) {
            pick->deleted = false; /* it came back */
        }
        bool older = t->newest_board < t->file_count && !pick->in_newest && !pick->deleted &&
                     t->files[pick->file].changed_ms < t->files[t->newest_board].changed_ms;
        if (older) {
            report_only_older(t, pick);
        }
    }
    return MU_OK;
}

enum mu_status trello_pick_cards(struct trello *t)
{
    if (t->file_count == 1) {
        return MU_OK;
    }
    /* Every entry is read again later: what is found amiss is reported then. */
    struct mu_findings findings = t->findings;
    mu_findings_init(&t->findings, t->arena);
    for (uint32_t i = 0; i < t->file_count; i++) {
        MU_TRY(weigh_file(t, i));
    }
    for (uint32_t i = 0; i < t->file_count; i++) {
        MU_TRY(trello_each(t, i, t->files[i].arrays[TRELLO_ACTIONS], weigh_action));
    }
    t->findings = findings;
    return settle(t);
}

bool trello_picked(const struct trello *t, struct mu_slice id)
{
    if (t->file_count == 1) {
        return true;
    }
    uint32_t known = mu_id_map_find(&t->pick_ids, id);
    MU_ASSERT(known != MU_ID_MAP_NONE);
    const struct trello_pick *pick = mu_vec_at(&t->picks, known);
    return pick->file == t->file && !pick->deleted;
}
