#include <stdlib.h>
#include <string.h>

#include "client/import/asana_inside.h"
#include "common/model/domain.h"

#define NO_SECTION "No section"

/* -- which board ------------------------------------------------------------------- */

/* The project that all tasks of the file's list are in; MU_SOURCE_NONE: there is none. */
static uint32_t common_project(const struct asana *a)
{
    for (size_t i = 0; i < a->projects.count; i++) {
        const struct asana_project *project = mu_vec_at(&a->projects, i);
        if (project->tasks == a->root_count && a->root_count > 0) {
            return (uint32_t)i;
        }
    }
    return MU_SOURCE_NONE;
}

static enum mu_status name_board(struct asana *a, uint32_t project, struct mu_source_board *board)
{
    struct mu_slice name = a->options->name.len > 0 ? a->options->name : a->options->stem;
    board->system = mu_slice_str("asana");
    board->scope = mu_slice_str("*");
    if (project != MU_SOURCE_NONE) {
        const struct asana_project *common = mu_vec_at(&a->projects, project);
        board->id = common->id;
        name = a->options->name.len > 0 || common->name.len == 0 ? name : common->name;
    } else {
        MU_TRY(asana_part_id(a, "file", name, &board->id));
    }
    MU_TRY(asana_copy(a, name, MU_NAME_MAX, &board->name));
    if (board->name.len == 0) {
        board->name = mu_slice_str("Imported from Asana");
    }
    return MU_OK;
}

/* -- sections as lists ---------------------------------------------------------------- */

static enum mu_status list_of(struct asana *a, struct mu_slice id, struct mu_slice name,
                              uint32_t *out_list)
{
    *out_list = mu_id_map_find(&a->list_ids, id);
    if (*out_list != MU_ID_MAP_NONE) {
        return MU_OK;
    }
    struct mu_source_list *list = mu_vec_push(&a->lists, a->arena);
    *out_list = (uint32_t)(a->lists.count - 1);
    if (list == NULL || !mu_id_map_set(&a->list_ids, id, *out_list)) {
        return asana_full(a);
    }
    a->report.in[MU_COUNT_LISTS]++;
    list->id = id;
    list->name = name.len > 0 ? name : mu_slice_str(NO_SECTION);
    return MU_OK;
}

/* In the board's project; on a board of a file, sections of several projects that are called
 * the same are one. */
static enum mu_status place(struct asana *a, struct asana_task *task, uint32_t project,
                            bool *out_placed)
{
    const struct asana_home *home = NULL;
    for (size_t i = 0; i < task->home_count && home == NULL; i++) {
        const struct asana_home *at = mu_vec_at(&a->homes, task->homes + i);
        bool fits =
            project == MU_SOURCE_NONE || at->project == MU_SOURCE_NONE || at->project == project;
        home = fits ? at : NULL;
    }
    *out_placed = home != NULL;
    if (home == NULL) {
        return MU_OK;
    }
    struct mu_slice id = home->section;
    if (project == MU_SOURCE_NONE && home->section_name.len > 0) {
        MU_TRY(asana_text_id(a, "asana section", home->section_name, &id));
    }
    return list_of(a, id.len > 0 ? id : mu_slice_str("none"), home->section_name, &task->card.list);
}

/* Who has no section of his own stands where his parent does: parents come first in reading
 * order, or were named; then one pass is not enough, but no more than are nested. */
static enum mu_status place_all(struct asana *a, uint32_t project)
{
    for (size_t i = 0; i < a->tasks.count; i++) {
        bool placed = false;
        struct asana_task *task = asana_task_at(a, i);
        MU_TRY(place(a, task, project, &placed));
        task->card.list = placed ? task->card.list : MU_SOURCE_NONE;
    }
    for (size_t i = 0; i < a->tasks.count; i++) {
        struct asana_task *task = asana_task_at(a, i);
        const struct asana_task *up = task;
        while (up->card.list == MU_SOURCE_NONE && up->card.parent != MU_SOURCE_NONE) {
            up = asana_task_at(a, up->card.parent);
        }
        task->card.list = up->card.list;
        if (task->card.list == MU_SOURCE_NONE) {
            MU_TRY(list_of(a, mu_slice_str("none"), (struct mu_slice){0}, &task->card.list));
        }
    }
    return MU_OK;
}

/* -- parents, by place in reading order ------------------------------------------------- */

static void cut(void *state, const struct mu_source_card *card)
{
    asana_detail(state, MU_FINDING_PARENT_CIRCLE, card->title, NULL, (struct mu_slice){0});
}

static enum mu_status find_parents(struct asana *a)
{
    for (size_t i = 0; i < a->tasks.count; i++) {
        struct asana_task *task = asana_task_at(a, i);
        uint32_t named = task->parent_id.len == 0 ? MU_ID_MAP_NONE
                                                  : mu_id_map_find(&a->task_ids, task->parent_id);
        task->card.parent = task->under != MU_SOURCE_NONE ? task->under : named;
        if (task->card.parent == MU_SOURCE_NONE && task->parent_id.len > 0) {
            asana_detail(a, MU_FINDING_PARENT_UNKNOWN, task->card.title, "under",
                         task->parent_name.len > 0 ? task->parent_name : task->parent_id);
        }
    }
    struct mu_source_card *cards = mu_arena_array(a->arena, a->tasks.count, sizeof *cards);
    if (cards == NULL) {
        return a->tasks.count > 0 ? asana_full(a) : MU_OK;
    }
    for (size_t i = 0; i < a->tasks.count; i++) {
        cards[i] = asana_task_at(a, i)->card;
    }
    mu_source_cut_circles(cards, a->tasks.count, cut, a);
    for (size_t i = 0; i < a->tasks.count; i++) {
        struct asana_task *task = asana_task_at(a, i);
        task->card.parent = cards[i].parent;
        if (task->card.parent != MU_SOURCE_NONE) {
            asana_task_at(a, task->card.parent)->inner++;
        }
    }
    return MU_OK;
}

/* -- other projects -------------------------------------------------------------------- */

static enum mu_status find_homes(struct asana *a, struct asana_task *task, uint32_t project)
{
    struct mu_slice *homes = mu_arena_array(a->arena, task->home_count, sizeof *homes);
    if (homes == NULL && task->home_count > 0) {
        return asana_full(a);
    }
    for (size_t i = 0; i < task->home_count; i++) {
        const struct asana_home *home = mu_vec_at(&a->homes, task->homes + i);
        if (home->project == MU_SOURCE_NONE || home->project == project) {
            continue;
        }
        const struct asana_project *other = mu_vec_at(&a->projects, home->project);
        homes[task->card.home_count++] = other->id;
        if (task->home_count > 1) {
            asana_detail(a, MU_FINDING_MULTI_HOMED, task->card.title, "also in", other->name);
        }
    }
    task->card.homes = homes;
    return MU_OK;
}

/* -- order ------------------------------------------------------------------------------- */

static int compare_tasks(const void *a, const void *b)
{
    const struct asana_task *one = a;
    const struct asana_task *other = b;
    if (one->card.list != other->card.list) {
        return one->card.list < other->card.list ? -1 : 1;
    }
    return (one->raw > other->raw) - (one->raw < other->raw);
}

static int compare_values(const void *a, const void *b)
{
    const struct mu_source_value *one = a;
    const struct mu_source_value *other = b;
    if (one->card != other->card) {
        return one->card < other->card ? -1 : 1;
    }
    return (one->field > other->field) - (one->field < other->field);
}

static int compare_comments(const void *a, const void *b)
{
    const struct mu_source_comment *one = a;
    const struct mu_source_comment *other = b;
    if (one->at_ms != other->at_ms) {
        return one->at_ms < other->at_ms ? -1 : 1;
    }
    return mu_slice_compare(one->id, other->id);
}

static int compare_activities(const void *a, const void *b)
{
    const struct mu_source_activity *one = a;
    const struct mu_source_activity *other = b;
    if (one->at_ms != other->at_ms) {
        return one->at_ms < other->at_ms ? -1 : 1;
    }
    return mu_slice_compare(one->id, other->id);
}

static int compare_attachments(const void *a, const void *b)
{
    const struct mu_source_attachment *one = a;
    const struct mu_source_attachment *other = b;
    if (one->card != other->card) {
        return one->card < other->card ? -1 : 1;
    }
    return mu_slice_compare(one->id, other->id);
}

/* From places in reading order to final indexes, everywhere. */
static enum mu_status sort_all(struct asana *a)
{
    uint32_t *places = mu_arena_array(a->arena, a->tasks.count, sizeof *places);
    if (places == NULL) {
        return a->tasks.count > 0 ? asana_full(a) : MU_OK; /* nothing hangs on no task */
    }
    mu_vec_sort(&a->tasks, compare_tasks);
    for (size_t i = 0; i < a->tasks.count; i++) {
        struct asana_task *task = asana_task_at(a, i);
        bool first = i == 0 || asana_task_at(a, i - 1)->card.list != task->card.list;
        task->card.order = first ? 0 : asana_task_at(a, i - 1)->card.order + 1;
        places[task->raw] = (uint32_t)i;
    }
    for (size_t i = 0; i < a->tasks.count; i++) {
        struct mu_source_card *card = &asana_task_at(a, i)->card;
        card->parent = card->parent == MU_SOURCE_NONE ? MU_SOURCE_NONE : places[card->parent];
    }
#define PLACE(vec, type, compare)                   \
    for (size_t i = 0; i < a->vec.count; i++) {     \
        struct type *entry = mu_vec_at(&a->vec, i); \
        entry->card = places[entry->card];          \
    }                                               \
    mu_vec_sort(&a->vec, compare)
    PLACE(values, mu_source_value, compare_values);
    PLACE(comments, mu_source_comment, compare_comments);
    PLACE(activities, mu_source_activity, compare_activities);
    PLACE(attachments, mu_source_attachment, compare_attachments);
#undef PLACE
    return MU_OK;
}

/* -- the board ----------------------------------------------------------------------------- */

static enum mu_status fill(struct asana *a, struct mu_source_board *board)
{
#define UNWRAP(vec, array, count)                                                                 \
    MU_TRY(mu_vec_fronts(&a->vec, a->arena, sizeof board->array[0], &board->array, &board->count) \
               ? MU_OK                                                                            \
               : asana_full(a))
    UNWRAP(lists, lists, list_count);
    UNWRAP(labels, labels, label_count);
    UNWRAP(people, people, person_count);
    UNWRAP(tasks, cards, card_count);
    UNWRAP(comments, comments, comment_count);
    UNWRAP(attachments, attachments, attachment_count);
    UNWRAP(fields, fields, field_count);
    UNWRAP(values, values, value_count);
    UNWRAP(activities, activities, activity_count);
#undef UNWRAP
    return MU_OK;
}

/* What is not counted entry by entry is in the file as it is in the board. */
static void count(struct asana *a, const struct mu_source_board *board)
{
    static const enum mu_count_kind own[] = {
        MU_COUNT_LISTS,       MU_COUNT_CARDS,  MU_COUNT_LABELS, MU_COUNT_MEMBERS, MU_COUNT_COMMENTS,
        MU_COUNT_ATTACHMENTS, MU_COUNT_FIELDS, MU_COUNT_VALUES, MU_COUNT_ACTIONS};
    size_t in[MU_COUNT_KINDS];
    mu_source_count(board, a->report.out);
    a->report.out[MU_COUNT_ACTIONS] += board->comment_count;
    memcpy(in, a->report.out, sizeof in);
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        in[own[i]] = a->report.in[own[i]];
    }
    memcpy(a->report.in, in, sizeof in);
}

enum mu_status asana_end(struct asana *a, struct mu_source_board *out)
{
    struct mu_source_board board = {0};
    uint32_t project = common_project(a);
    MU_TRY(asana_end_links(a));
    MU_TRY(find_parents(a));
    MU_TRY(place_all(a, project));
    for (size_t i = 0; i < a->tasks.count; i++) {
        struct asana_task *task = asana_task_at(a, i);
        MU_TRY(find_homes(a, task, project));
        if (task->claimed > task->inner) {
            mu_findings_count(&a->findings, MU_FINDING_INNER_MISSING, task->claimed - task->inner);
        }
    }
    MU_TRY(sort_all(a));
    MU_TRY(fill(a, &board));
    MU_TRY(name_board(a, project, &board));
    count(a, &board);
    asana_report(a, &board);
    if (!mu_findings_end(&a->findings, &a->report)) {
        return asana_full(a);
    }
    board.report = a->report;
    MU_ASSERT(mu_source_check(&board));
    *out = board;
    return MU_OK;
}
