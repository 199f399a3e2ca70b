#include <math.h>

#include "client/import/trello_inside.h"
#include "common/model/domain.h"

void trello_meet(struct trello *t, const struct mu_id_map *ids, struct mu_slice id,
                 enum mu_count_kind kind, bool *out_new)
{
    uint32_t known = id.len == 0 ? MU_ID_MAP_NONE : mu_id_map_find(ids, id);
    *out_new = id.len > 0 && known == MU_ID_MAP_NONE;
    if (known != MU_ID_MAP_NONE && known < t->entries_from) {
        return;
    }
    t->report.in[kind]++;
    if (id.len == 0) {
        mu_findings_count(&t->findings, MU_FINDING_NO_ID, 1);
    } else if (known != MU_ID_MAP_NONE) {
        mu_findings_count(&t->findings, MU_FINDING_SAME_ID, 1);
    }
}

static enum mu_status add_list(struct trello *t, struct mu_slice id, struct trello_list **out_list)
{
    struct mu_slice copy;
    struct trello_list *list = mu_vec_push(&t->lists, t->arena);
    if (list == NULL || !mu_arena_copy(t->arena, id, &copy) ||
        !mu_id_map_set(&t->list_ids, copy, (uint32_t)(t->lists.count - 1))) {
        return trello_full(t);
    }
    list->list.id = copy;
    *out_list = list;
    return MU_OK;
}

enum mu_status trello_read_list(struct trello *t, const json_t *entry)
{
    struct mu_slice id = trello_id(entry, "id");
    bool is_new;
    trello_meet(t, &t->list_ids, id, MU_COUNT_LISTS, &is_new);
    if (!is_new) {
        return MU_OK;
    }
    struct trello_list *list;
    MU_TRY(add_list(t, id, &list));
    list->pos = trello_pos(entry);
    list->list.closed = trello_true(entry, "closed");
    list->list.wip_limit = trello_count(entry, "softLimit", 1000000);
    if (list->list.closed) {
        t->report.in[MU_COUNT_LISTS_CLOSED]++;
    }
    return trello_text(t, entry, "name", MU_NAME_MAX, &list->list.name);
}

static int compare_lists(const void *a, const void *b)
{
    const struct trello_list *one = a;
    const struct trello_list *other = b;
    return trello_order(one->pos, one->list.id, other->pos, other->list.id);
}

enum mu_status trello_sort_lists(struct trello *t)
{
    mu_vec_sort(&t->lists, compare_lists);
    for (size_t i = 0; i < t->lists.count; i++) {
        const struct trello_list *list = mu_vec_at(&t->lists, i);
        if (!mu_id_map_set(&t->list_ids, list->list.id, (uint32_t)i)) {
            return trello_full(t);
        }
    }
    return MU_OK;
}

enum mu_status trello_list_of(struct trello *t, struct mu_slice id, uint32_t *out_list)
{
    if (id.len == 0) {
        id = mu_slice_str("none");
    }
    uint32_t known = mu_id_map_find(&t->list_ids, id);
    if (known == MU_ID_MAP_NONE) {
        struct trello_list *list;
        MU_TRY(add_list(t, id, &list));
        list->pos = (double)INFINITY;
        list->unknown = true;
        /* A list that its own board does not show; the list of a single card is in use. */
        list->list.closed = t->newest_board < t->file_count;
        known = (uint32_t)(t->lists.count - 1);
    }
    *out_list = known;
    return MU_OK;
}

void trello_learn_list(struct trello *t, struct mu_slice id, struct mu_slice name)
{
    uint32_t known = mu_id_map_find(&t->list_ids, id);
    if (known == MU_ID_MAP_NONE) {
        return;
    }
    struct trello_list *list = mu_vec_at(&t->lists, known);
    struct mu_slice copy;
    if (list->unknown && list->list.name.len == 0 && name.len > 0 && name.len <= MU_NAME_MAX &&
        mu_arena_copy(t->arena, name, &copy)) {
        list->list.name = copy;
    }
}

void trello_end_lists(struct trello *t)
{
    for (size_t i = 0; i < t->lists.count; i++) {
        struct trello_list *list = mu_vec_at(&t->lists, i);
        if (list->list.name.len == 0) {
            bool in_use = list->unknown && !list->list.closed;
            list->list.name = mu_slice_str(in_use          ? "Imported"
                                           : list->unknown ? "Unknown list"
                                                           : "Unnamed list");
        }
    }
}
