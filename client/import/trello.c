#include "client/import/trello.h"

#include <stdlib.h>

#include "client/import/json_scan.h"
#include "client/import/trello_inside.h"

static void init(struct trello *t, struct mu_arena *arena, struct mu_error *err)
{
    *t = (struct trello){.arena = arena, .err = err};
    mu_findings_init(&t->findings, arena);
    mu_vec_init(&t->lists, sizeof(struct trello_list));
    mu_vec_init(&t->labels, sizeof(struct trello_label));
    mu_vec_init(&t->people, sizeof(struct trello_person));
    mu_vec_init(&t->fields, sizeof(struct trello_field));
    mu_vec_init(&t->cards, sizeof(struct trello_card));
    mu_vec_init(&t->checklists, sizeof(struct trello_checklist));
    mu_vec_init(&t->attachments, sizeof(struct trello_attachment));
    mu_vec_init(&t->values, sizeof(struct mu_source_value));
    mu_vec_init(&t->comments, sizeof(struct mu_source_comment));
    mu_vec_init(&t->activities, sizeof(struct mu_source_activity));
    mu_vec_init(&t->deleted, sizeof(struct mu_source_deleted));
    mu_vec_init(&t->picks, sizeof(struct trello_pick));
    struct mu_id_map *maps[] = {&t->list_ids, &t->label_ids,     &t->person_ids,    &t->field_ids,
                                &t->card_ids, &t->checklist_ids, &t->action_ids,    &t->deleted_ids,
                                &t->pick_ids, &t->item_ids,      &t->attachment_ids};
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        mu_id_map_init(maps[i], arena);
    }
}

/* -- files ------------------------------------------------------------------------ */

/* Newest first; of equal ones the one given first. */
static int compare_files(const void *a, const void *b)
{
    const struct trello_file *one = a;
    const struct trello_file *other = b;
    if (one->changed_ms != other->changed_ms) {
        return one->changed_ms > other->changed_ms ? -1 : 1;
    }
    return (one->number > other->number) - (one->number < other->number);
}

static enum mu_status open_file(struct trello *t, struct trello_file *file, size_t file_max)
{
    if (file->text.len > file_max) {
        return mu_fail(t->err, MU_E_LIMIT, "%zu bytes, larger than the %zu that are read",
                       file->text.len, file_max);
    }
    return trello_file_open(t, file);
}

/* "board.json: " in front of an error, or "file 2: " of several that nobody named. */
static enum mu_status in_file(struct trello *t, const struct trello_file *file,
                              enum mu_status status)
{
    if (status != MU_OK && file->shown != NULL) {
        return mu_error_wrap(t->err, "'%s'", file->shown);
    }
    if (status != MU_OK && t->file_count > 1) {
        return mu_error_wrap(t->err, "file %zu", file->number);
    }
    return status;
}

static enum mu_status same_board(struct trello *t)
{
    for (size_t i = 1; i < t->file_count; i++) {
        if (!mu_slice_equal(t->files[i].board_id, t->files[0].board_id)) {
            return mu_fail(t->err, MU_E_INVALID,
                           "file %zu and file %zu are of different boards: import them one "
                           "after the other",
                           t->files[0].number, t->files[i].number);
        }
    }
    return MU_OK;
}

static enum mu_status open_files(struct trello *t, const struct mu_slice *files, size_t count,
                                 const struct mu_trello_options *options)
{
    size_t file_max = options->file_max > 0 ? options->file_max : MU_TRELLO_FILE_MAX;
    if (count == 0 || count > MU_TRELLO_FILES_MAX) {
        return mu_fail(t->err, count == 0 ? MU_E_INVALID : MU_E_LIMIT,
                       "%zu files given, 1 to %d can be read together", count, MU_TRELLO_FILES_MAX);
    }
    t->files = mu_arena_array(t->arena, count, sizeof *t->files);
    if (t->files == NULL) {
        return trello_full(t);
    }
    t->file_count = count;
    for (size_t i = 0; i < count; i++) {
        t->files[i] = (struct trello_file){
            .text = files[i],
            .number = i + 1,
            .shown = options->names != NULL ? options->names[i] : NULL,
        };
        MU_TRY(in_file(t, &t->files[i], open_file(t, &t->files[i], file_max)));
    }
    MU_TRY(same_board(t));
    if (count > 1) {
        qsort(t->files, count, sizeof *t->files, compare_files);
        mu_findings_count(&t->findings, MU_FINDING_MERGED, count);
    }
    t->newest_board = 0;
    while (t->newest_board < count && t->files[t->newest_board].is_card) {
        t->newest_board++;
    }
    return MU_OK;
}

/* -- arrays, in the order in which they need each other ----------------------------- */

/* One array of every file, newest first.  known tells how many entries there are. */
static enum mu_status read_array(struct trello *t, enum trello_array which, const size_t *known,
                                 trello_entry entry)
{
    for (uint32_t i = 0; i < t->file_count; i++) {
        struct trello_file *file = &t->files[i];
        t->entries_from = *known;
        MU_TRY(in_file(t, file, trello_each(t, i, file->arrays[which], entry)));
    }
    return MU_OK;
}

static enum mu_status read_single_card(struct trello *t, uint32_t index)
{
    json_auto_t *card = NULL;
    t->file = index;
    MU_TRY(trello_load(t, &t->files[index], t->files[index].text, &card));
    mu_findings_count(&t->findings, MU_FINDING_CARD_FILE, 1);
    return trello_read_card(t, card);
}

static enum mu_status read_cards(struct trello *t)
{
    for (uint32_t i = 0; i < t->file_count; i++) {
        struct trello_file *file = &t->files[i];
        t->entries_from = t->cards.count;
        MU_TRY(in_file(t, file,
                       file->is_card
                           ? read_single_card(t, i)
                           : trello_each(t, i, file->arrays[TRELLO_CARDS], trello_read_card)));
    }
    return MU_OK;
}

static enum mu_status read_label_names(struct trello *t)
{
    for (size_t i = 0; i < t->file_count; i++) {
        MU_TRY(in_file(t, &t->files[i], trello_read_label_names(t, &t->files[i])));
    }
    return MU_OK;
}

static enum mu_status read_all(struct trello *t)
{
    MU_TRY(trello_pick_cards(t));
    MU_TRY(read_array(t, TRELLO_MEMBERS, &t->people.count, trello_read_member));
    MU_TRY(read_array(t, TRELLO_LISTS, &t->lists.count, trello_read_list));
    MU_TRY(trello_sort_lists(t));
    MU_TRY(read_array(t, TRELLO_LABELS, &t->labels.count, trello_read_label));
    MU_TRY(read_array(t, TRELLO_FIELDS, &t->fields.count, trello_read_field));
    MU_TRY(read_cards(t));
    MU_TRY(read_label_names(t));
    MU_TRY(trello_sort_cards(t));
    MU_TRY(read_array(t, TRELLO_CHECKLISTS, &t->checklists.count, trello_read_checklist));
    return read_array(t, TRELLO_ACTIONS, &t->action_ids.count, trello_read_action);
}

enum mu_status mu_trello_read_with(const struct mu_slice *files, size_t count,
                                   const struct mu_trello_options *options, struct mu_arena *arena,
                                   struct mu_source_board *out, struct mu_error *err)
{
    struct trello t;
    init(&t, arena, err);
    MU_TRY(open_files(&t, files, count, options));
    MU_TRY(read_all(&t));
    return trello_end(&t, out);
}

enum mu_status mu_trello_read(const struct mu_slice *files, size_t count, struct mu_arena *arena,
                              struct mu_source_board *out, struct mu_error *err)
{
    struct mu_trello_options options = {.names = NULL};
    return mu_trello_read_with(files, count, &options, arena, out, err);
}
