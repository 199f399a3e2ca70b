#include <string.h>

#include "client/import/csv_inside.h"
#include "common/model/domain.h"

/* -- custom fields ----------------------------------------------------------------- */

/* Known by its name, and by how many before it are called the same. */
static enum mu_status field_id(struct csv_maker *m, size_t index, struct mu_slice *out_id)
{
    const struct mu_csv_custom *custom = &m->map->custom[index];
    size_t same = 0;
    for (size_t i = 0; i < index; i++) {
        same += mu_slice_equal(m->map->custom[i].name, custom->name) ? 1 : 0;
    }
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_put(&line, "csv field ");
    mu_oneline_number(&line, same);
    line.bytes[line.len < MU_ONELINE_MAX ? line.len : MU_ONELINE_MAX - 1] = '\0';
    return csv_text_id(m, line.bytes, custom->name, out_id);
}

enum mu_status csv_make_fields(struct csv_maker *m)
{
    for (size_t i = 0; i < m->map->custom_count; i++) {
        struct mu_source_field *field = mu_vec_push(&m->fields, m->arena);
        if (field == NULL) {
            return csv_full(m);
        }
        field->name = csv_fit(m, m->map->custom[i].name, MU_NAME_MAX);
        field->kind = mu_slice_str("text");
        MU_TRY(field_id(m, i, &field->id));
    }
    return MU_OK;
}

enum mu_status csv_read_values(struct csv_maker *m, const struct mu_csv_row *row, uint32_t entry)
{
    for (uint32_t i = 0; i < m->map->custom_count; i++) {
        uint32_t column = m->map->custom[i].column;
        struct mu_slice text =
            column < row->cell_count ? csv_plain(row->cells[column]) : (struct mu_slice){0};
        if (text.len == 0) {
            continue;
        }
        struct mu_source_value *value = mu_vec_push(&m->values, m->arena);
        if (value == NULL) {
            return csv_full(m);
        }
        *value = (struct mu_source_value){
            .card = entry, .field = i, .text = csv_fit(m, text, MU_TEXT_MAX)};
    }
    return MU_OK;
}

/* -- parents -------------------------------------------------------------------------- */

static struct csv_entry *entry_at(const struct csv_maker *m, size_t index)
{
    return mu_vec_at(&m->cards, index);
}

static enum mu_status learn_titles(struct csv_maker *m)
{
    for (uint32_t i = 0; i < m->cards.count; i++) {
        struct mu_slice name = entry_at(m, i)->card.title;
        uint32_t known = mu_id_map_find(&m->name_ids, name);
        struct csv_title *title = NULL;
        if (known != MU_ID_MAP_NONE) {
            title = mu_vec_at(&m->names, known);
        } else {
            title = mu_vec_push(&m->names, m->arena);
            if (title == NULL ||
                !mu_id_map_set(&m->name_ids, name, (uint32_t)(m->names.count - 1))) {
                return csv_full(m);
            }
        }
        if (title->count < 2) {
            title->entries[title->count] = i;
        }
        title->count++;
    }
    return MU_OK;
}

static void ambiguous(struct csv_maker *m, const struct csv_entry *entry, struct mu_slice name,
                      size_t count)
{
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_put(&line, "line ");
    mu_oneline_number(&line, m->table->rows[entry->row].line);
    mu_oneline_put(&line, ": ");
    mu_oneline_quote(&line, entry->card.title);
    mu_oneline_put(&line, " under ");
    mu_oneline_quote(&line, name);
    mu_oneline_put(&line, ", as ");
    mu_oneline_number(&line, count);
    mu_oneline_put(&line, " rows are called");
    mu_findings_detail(&m->findings, MU_FINDING_PARENT_AMBIGUOUS, &line);
}

/* The row that a cell names, by id or by a title that no other row has but its own. */
static uint32_t parent_of(struct csv_maker *m, uint32_t index, struct mu_slice cell)
{
    const struct csv_entry *entry = entry_at(m, index);
    uint32_t by_id = mu_id_map_find(&m->card_ids, cell);
    if (by_id != MU_ID_MAP_NONE && by_id != index) {
        return by_id;
    }
    uint32_t known = mu_id_map_find(&m->name_ids, cell);
    const struct csv_title *title = known == MU_ID_MAP_NONE ? NULL : mu_vec_at(&m->names, known);
    bool itself = title != NULL && mu_slice_equal(entry->card.title, cell);
    size_t others = title == NULL ? 0 : title->count - (itself ? 1 : 0);
    if (others == 1) {
        return itself && title->entries[0] == index ? title->entries[1] : title->entries[0];
    }
    if (others > 1) {
        ambiguous(m, entry, cell, others);
    } else {
        csv_cell_detail(m, MU_FINDING_PARENT_UNKNOWN, &m->table->rows[entry->row], MU_CSV_PARENT,
                        cell);
    }
    return MU_SOURCE_NONE;
}

static void cut(void *state, const struct mu_source_card *card)
{
    struct csv_maker *m = state;
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_quote(&line, card->title);
    mu_findings_detail(&m->findings, MU_FINDING_PARENT_CIRCLE, &line);
}

enum mu_status csv_find_parents(struct csv_maker *m)
{
    if (m->map->column[MU_CSV_PARENT] == MU_SOURCE_NONE || m->cards.count == 0) {
        return MU_OK;
    }
    MU_TRY(learn_titles(m));
    struct mu_source_card *cards = mu_arena_array(m->arena, m->cards.count, sizeof *cards);
    if (cards == NULL) {
        return csv_full(m);
    }
    for (uint32_t i = 0; i < m->cards.count; i++) {
        struct csv_entry *entry = entry_at(m, i);
        struct mu_slice cell = csv_cell(m, &m->table->rows[entry->row], MU_CSV_PARENT);
        entry->card.parent = cell.len == 0 ? MU_SOURCE_NONE : parent_of(m, i, cell);
        cards[i] = entry->card;
    }
    mu_source_cut_circles(cards, m->cards.count, cut, m);
    for (uint32_t i = 0; i < m->cards.count; i++) {
        entry_at(m, i)->card.parent = cards[i].parent;
    }
    return MU_OK;
}
