/* Rows that hang on a task. */
#include "client/import/plan_inside.h"

/* -- where a card's own begin: the arrays are sorted by card --------------------- */

#define FIRST_OF(name, array, count)                                     \
    static size_t name(const struct mu_source_board *board, size_t card) \
    {                                                                    \
        size_t low = 0;                                                  \
        size_t high = board->count;                                      \
        while (low < high) {                                             \
            size_t middle = low + (high - low) / 2;                      \
            if (board->array[middle].card < card) {                      \
                low = middle + 1;                                        \
            } else {                                                     \
                high = middle;                                           \
            }                                                            \
        }                                                                \
        return low;                                                      \
    }
FIRST_OF(first_value, values, value_count)
FIRST_OF(first_checklist, checklists, checklist_count)
FIRST_OF(first_attachment, attachments, attachment_count)

/* -- pairs: a label, a helper, a value of a task ---------------------------------- */

/* How the rows of such an entity are made up. */
struct pair_kind {
    enum mu_plan_kind kind;
    uint32_t entity;
    uint32_t task_field;
    uint32_t other_field;
    uint32_t on_field;
};
static const struct pair_kind label_pair = {MU_PLAN_TASK_LABELS, MU_TASK_LABEL, MU_TASK_LABEL_TASK,
                                            MU_TASK_LABEL_LABEL, MU_TASK_LABEL_ON};
static const struct pair_kind helper_pair = {MU_PLAN_HELPERS, MU_TASK_HELPER, MU_TASK_HELPER_TASK,
                                             MU_TASK_HELPER_PERSON, MU_TASK_HELPER_ON};

static struct mu_id label_id(const struct plan_draft *task, uint32_t label)
{
    return mu_pair_id(task->plan->world, MU_TASK_LABEL, task->id, task->plan->labels[label]);
}

static struct mu_id helper_id(const struct plan_draft *task, uint32_t person)
{
    return mu_pair_id(task->plan->world, MU_TASK_HELPER, task->id, task->plan->people[person]);
}

static struct mu_id value_id(const struct plan_draft *task, uint32_t field)
{
    return mu_pair_id(task->plan->world, MU_CUSTOM_VALUE, task->id, task->plan->fields[field]);
}

static void add_tag(struct plan_draft *task, struct mu_id id)
{
    if (task->now.tag_count < PRINT_TAGS_MAX) {
        task->now.tags[task->now.tag_count++] = plan_print_tag(id);
    }
}

/* Marks of rows that the source says nothing of stay: they may be those of labels or helpers.  The
 * others are those of the rows that it does speak of. */
static bool is_spoken_of(const struct plan_draft *task, uint32_t tag)
{
    const struct mu_source_board *board = task->plan->board;
    bool found = false;
    for (uint32_t i = 0; i < board->field_count && !found; i++) {
        found = plan_print_tag(value_id(task, i)) == tag;
    }
    for (uint32_t i = 0; (task->silent & MU_SILENT_LABELS) == 0 && i < board->label_count && !found;
         i++) {
        found = plan_print_tag(label_id(task, i)) == tag;
    }
    for (uint32_t i = 0;
         (task->silent & MU_SILENT_HELPERS) == 0 && i < board->person_count && !found; i++) {
        found = plan_print_tag(helper_id(task, i)) == tag;
    }
    return found;
}

static void keep_tags(struct plan_draft *task)
{
    if ((task->silent & (MU_SILENT_LABELS | MU_SILENT_HELPERS)) == 0) {
        return;
    }
    for (size_t i = 0; i < task->old.tag_count && task->now.tag_count < PRINT_TAGS_MAX; i++) {
        uint32_t tag = task->old.tags[i];
        if (!plan_print_has_tag(&task->now, tag) && !is_spoken_of(task, tag)) {
            task->now.tags[task->now.tag_count++] = tag;
        }
    }
}

void plan_inner_tags(struct plan_draft *task, size_t card)
{
    const struct mu_source_board *board = task->plan->board;
    for (size_t i = 0; i < board->cards[card].label_count; i++) {
        add_tag(task, label_id(task, board->cards[card].labels[i]));
    }
    for (size_t i = 0; i < board->cards[card].helper_count; i++) {
        add_tag(task, helper_id(task, board->cards[card].helpers[i]));
    }
    for (size_t i = first_value(board, card);
         i < board->value_count && board->values[i].card == card; i++) {
        add_tag(task, value_id(task, board->values[i].field));
    }
    keep_tags(task);
}

static enum mu_status switch_pair(struct plan *p, const struct pair_kind *kind, struct mu_id id,
                                  bool on)
{
    struct mu_arg arg = {.field = kind->on_field, .value = mu_int(on ? 1 : 0)};
    p->counts[kind->kind].updated++;
    return plan_op(p, kind->entity, id, &arg, 1);
}

/* A pair that the source has. */
static enum mu_status pair(const struct plan_draft *task, const struct pair_kind *kind,
                           struct mu_id id, struct mu_id other)
{
    struct plan *p = task->plan;
    struct plan_draft draft;
    MU_TRY(plan_draft_begin(p, &draft, kind->entity, id, 0));
    if (!draft.exists) {
        struct mu_value task_value;
        struct mu_value other_value;
        MU_TRY(plan_id(p, task->id, &task_value));
        MU_TRY(plan_id(p, other, &other_value));
        plan_draft_fixed(&draft, kind->task_field, task_value);
        plan_draft_fixed(&draft, kind->other_field, other_value);
        plan_draft_fixed(&draft, kind->on_field, mu_int(1));
        return plan_draft_end(&draft, kind->kind, 0);
    }
    /* What the source had last time already may have been taken off in Muster. */
    bool is_new = !task->has_old || !plan_print_has_tag(&task->old, plan_print_tag(id));
    if (is_new && mu_row_int(&draft.row, kind->on_field) == 0) {
        return switch_pair(p, kind, id, true);
    }
    p->counts[kind->kind].unchanged++;
    return MU_OK;
}

static enum mu_status value(const struct plan_draft *task, uint32_t field, struct mu_value text)
{
    struct plan *p = task->plan;
    struct plan_draft draft;
    struct mu_value task_value;
    struct mu_value field_value;
    MU_TRY(plan_draft_begin(p, &draft, MU_CUSTOM_VALUE, value_id(task, field),
                            MU_CUSTOM_VALUE_SOURCE_PRINT));
    draft.title = task->title;
    MU_TRY(plan_id(p, task->id, &task_value));
    MU_TRY(plan_id(p, p->fields[field], &field_value));
    plan_draft_fixed(&draft, MU_CUSTOM_VALUE_TASK, task_value);
    plan_draft_fixed(&draft, MU_CUSTOM_VALUE_CUSTOM_FIELD, field_value);
    plan_draft_field(&draft, MU_CUSTOM_VALUE_VALUE, text);
    return plan_draft_end(&draft, MU_PLAN_VALUES, MU_CUSTOM_VALUE_SOURCE_PRINT);
}

/* -- what the source took off since the last import -------------------------------- */

static bool is_gone(const struct plan_draft *task, struct mu_id id)
{
    uint32_t tag = plan_print_tag(id);
    return plan_print_has_tag(&task->old, tag) && !plan_print_has_tag(&task->now, tag);
}

static enum mu_status take_off(const struct plan_draft *task, const struct pair_kind *kind,
                               struct mu_id id)
{
    struct plan_draft draft;
    if (!is_gone(task, id)) {
        return MU_OK;
    }
    MU_TRY(plan_draft_begin(task->plan, &draft, kind->entity, id, 0));
    if (!draft.exists || mu_row_int(&draft.row, kind->on_field) == 0) {
        return MU_OK;
    }
    return switch_pair(task->plan, kind, id, false);
}

static bool any_gone(const struct plan_draft *task)
{
    for (size_t i = 0; i < task->old.tag_count; i++) {
        if (!plan_print_has_tag(&task->now, task->old.tags[i])) {
            return true;
        }
    }
    return false;
}

static enum mu_status take_off_gone(const struct plan_draft *task)
{
    const struct mu_source_board *board = task->plan->board;
    /* A print that is full does not hold all that the source has now. */
    if (!task->has_old || task->now.tag_count == PRINT_TAGS_MAX || !any_gone(task)) {
        return MU_OK;
    }
    for (uint32_t i = 0; (task->silent & MU_SILENT_LABELS) == 0 && i < board->label_count; i++) {
        MU_TRY(take_off(task, &label_pair, label_id(task, i)));
    }
    for (uint32_t i = 0; (task->silent & MU_SILENT_HELPERS) == 0 && i < board->person_count; i++) {
        MU_TRY(take_off(task, &helper_pair, helper_id(task, i)));
    }
    for (uint32_t i = 0; i < board->field_count; i++) {
        MU_TRY(is_gone(task, value_id(task, i)) ? value(task, i, mu_null()) : MU_OK);
    }
    return MU_OK;
}

/* -- checklists ----------------------------------------------------------------------- */

static enum mu_status item(struct plan *p, const struct mu_source_item *source_item,
                           struct mu_id task, struct mu_id checklist, struct mu_id id,
                           const struct plan_place *place)
{
    struct plan_draft draft;
    struct mu_value source;
    struct mu_value task_value;
    struct mu_value checklist_value;
    bool news;
    MU_TRY(plan_draft_begin(p, &draft, MU_ITEM, id, MU_ITEM_SOURCE_PRINT));
    draft.title = source_item->name;
    MU_TRY(plan_source(p, "item", source_item->id, &source));
    MU_TRY(plan_id(p, task, &task_value));
    MU_TRY(plan_id(p, checklist, &checklist_value));
    plan_draft_fixed(&draft, MU_ITEM_CHECKLIST, checklist_value);
    plan_draft_fixed(&draft, MU_ITEM_TASK, task_value);
    plan_draft_fixed(&draft, MU_ITEM_SOURCE, source);
    plan_draft_field(&draft, MU_ITEM_NAME, mu_bytes(source_item->name));
    plan_draft_field(&draft, MU_ITEM_DONE, mu_int(source_item->done ? 1 : 0));
    plan_draft_field(&draft, MU_ITEM_PERSON,
                     source_item->person == MU_SOURCE_NONE
                         ? mu_null()
                         : mu_id_value(&p->people[source_item->person]));
    MU_TRY(plan_due_field(&draft, MU_ITEM_DUE, source_item->due, &news));
    MU_TRY(plan_place_draft(&draft, MU_ITEM_RANK, place, true));
    return plan_draft_end(&draft, MU_PLAN_ITEMS, MU_ITEM_SOURCE_PRINT);
}

static enum mu_status items(struct plan *p, const struct mu_source_checklist *list,
                            struct mu_id task, struct mu_id checklist)
{
    struct plan_place *places = mu_arena_array(p->arena, list->item_count, sizeof *places);
    if (places == NULL && list->item_count > 0) {
        return plan_full(p);
    }
    for (size_t i = 0; i < list->item_count; i++) {
        MU_TRY(plan_place_old(p, MU_ITEM, plan_row_id(p, "item", list->items[i].id),
                              MU_ITEM_SOURCE_PRINT, 0, (struct mu_slice){0}, &places[i]));
    }
    MU_TRY(plan_place_all(p, places, list->item_count));
    for (size_t i = 0; i < list->item_count; i++) {
        MU_TRY(item(p, &list->items[i], task, checklist, plan_row_id(p, "item", list->items[i].id),
                    &places[i]));
    }
    return MU_OK;
}

static enum mu_status checklist(struct plan *p, const struct mu_source_checklist *list,
                                struct mu_id task, const struct plan_place *place)
{
    struct plan_draft draft;
    struct mu_value source;
    struct mu_value task_value;
    struct mu_id id = plan_row_id(p, "checklist", list->id);
    MU_TRY(plan_draft_begin(p, &draft, MU_CHECKLIST, id, MU_CHECKLIST_SOURCE_PRINT));
    draft.title = list->name;
    MU_TRY(plan_source(p, "checklist", list->id, &source));
    MU_TRY(plan_id(p, task, &task_value));
    plan_draft_fixed(&draft, MU_CHECKLIST_TASK, task_value);
    plan_draft_fixed(&draft, MU_CHECKLIST_SOURCE, source);
    plan_draft_field(&draft, MU_CHECKLIST_NAME, mu_bytes(list->name));
    MU_TRY(plan_place_draft(&draft, MU_CHECKLIST_RANK, place, true));
    MU_TRY(plan_draft_end(&draft, MU_PLAN_CHECKLISTS, MU_CHECKLIST_SOURCE_PRINT));
    return items(p, list, task, id);
}

static enum mu_status checklists(const struct plan_draft *task, size_t card)
{
    struct plan *p = task->plan;
    const struct mu_source_board *board = p->board;
    size_t begin = first_checklist(board, card);
    size_t end = first_checklist(board, card + 1);
    struct plan_place *places = mu_arena_array(p->arena, end - begin, sizeof *places);
    if (places == NULL && end > begin) {
        return plan_full(p);
    }
    for (size_t i = begin; i < end; i++) {
        MU_TRY(plan_place_old(p, MU_CHECKLIST, plan_row_id(p, "checklist", board->checklists[i].id),
                              MU_CHECKLIST_SOURCE_PRINT, 0, (struct mu_slice){0},
                              &places[i - begin]));
    }
    MU_TRY(plan_place_all(p, places, end - begin));
    for (size_t i = begin; i < end; i++) {
        MU_TRY(checklist(p, &board->checklists[i], task->id, &places[i - begin]));
    }
    return MU_OK;
}

/* -- attachments ------------------------------------------------------------------------ */

static enum mu_status attachment(const struct plan_draft *task,
                                 const struct mu_source_attachment *link)
{
    struct plan *p = task->plan;
    struct plan_draft draft;
    struct mu_value source;
    struct mu_value task_value;
    MU_TRY(plan_draft_begin(p, &draft, MU_ATTACHMENT, plan_row_id(p, "attachment", link->id),
                            MU_ATTACHMENT_SOURCE_PRINT));
    draft.title = link->name;
    MU_TRY(plan_source(p, "attachment", link->id, &source));
    MU_TRY(plan_id(p, task->id, &task_value));
    plan_draft_fixed(&draft, MU_ATTACHMENT_TASK, task_value);
    plan_draft_fixed(&draft, MU_ATTACHMENT_SOURCE, source);
    plan_draft_field(&draft, MU_ATTACHMENT_NAME, mu_bytes(link->name));
    plan_draft_field(&draft, MU_ATTACHMENT_URL, mu_bytes(link->url));
    plan_draft_field(&draft, MU_ATTACHMENT_SIZE, link->bytes > 0 ? mu_int(link->bytes) : mu_null());
    plan_draft_field(&draft, MU_ATTACHMENT_AT, link->at_ms != 0 ? mu_int(link->at_ms) : mu_null());
    return plan_draft_end(&draft, MU_PLAN_ATTACHMENTS, MU_ATTACHMENT_SOURCE_PRINT);
}

/* -- all of a card ----------------------------------------------------------------------- */

enum mu_status plan_inner(const struct plan_draft *task, size_t index)
{
    struct plan *p = task->plan;
    const struct mu_source_board *board = p->board;
    const struct mu_source_card *card = &board->cards[index];
    for (size_t i = 0; i < card->label_count; i++) {
        MU_TRY(
            pair(task, &label_pair, label_id(task, card->labels[i]), p->labels[card->labels[i]]));
    }
    for (size_t i = 0; i < card->helper_count; i++) {
        MU_TRY(pair(task, &helper_pair, helper_id(task, card->helpers[i]),
                    p->people[card->helpers[i]]));
    }
    for (size_t i = first_value(board, index);
         i < board->value_count && board->values[i].card == index; i++) {
        MU_TRY(value(task, board->values[i].field, mu_bytes(board->values[i].text)));
    }
    MU_TRY(take_off_gone(task));
    MU_TRY(checklists(task, index));
    for (size_t i = first_attachment(board, index);
         i < board->attachment_count && board->attachments[i].card == index; i++) {
        MU_TRY(attachment(task, &board->attachments[i]));
    }
    return MU_OK;
}
