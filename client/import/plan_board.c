#include "client/import/kind_guess.h"
#include "client/import/plan_inside.h"

enum mu_status plan_board_row(struct plan *p)
{
    const struct mu_source_board *board = p->board;
    struct plan_draft draft;
    struct mu_value source;
    MU_TRY(plan_draft_begin(p, &draft, MU_BOARD, p->board_id, MU_BOARD_SOURCE_PRINT));
    p->all_is_new = !draft.exists && board->scope.len == 0;
    draft.title = board->name;
    MU_TRY(plan_source(p, "board", board->id, &source));
    plan_draft_fixed(&draft, MU_BOARD_SOURCE, source);
    plan_draft_field(&draft, MU_BOARD_NAME, mu_bytes(board->name));
    plan_draft_field(&draft, MU_BOARD_DESC, mu_bytes(board->desc));
    plan_draft_field(&draft, MU_BOARD_ARCHIVED, mu_int(board->closed ? 1 : 0));
    return plan_draft_end(&draft, MU_PLAN_BOARDS, MU_BOARD_SOURCE_PRINT);
}

/* -- columns ------------------------------------------------------------------ */

static void report_kind(struct plan *p, const struct mu_source_list *list, int64_t kind)
{
    struct mu_oneline line;
    mu_oneline_clear(&line);
    mu_oneline_quote(&line, list->name);
    mu_oneline_put(&line, " as ");
    mu_oneline_put(&line, mu_kind_name(kind));
    mu_findings_detail(&p->findings, MU_FINDING_KINDS_GUESSED, &line);
}

static enum mu_status column(struct plan *p, size_t index, const struct plan_place *place)
{
    const struct mu_source_list *list = &p->board->lists[index];
    struct plan_draft draft;
    struct mu_value board;
    struct mu_value source;
    MU_TRY(plan_draft_begin(p, &draft, MU_COLUMN, p->columns[index], MU_COLUMN_SOURCE_PRINT));
    draft.title = list->name;
    MU_TRY(plan_id(p, p->board_id, &board));
    MU_TRY(plan_source(p, "list", list->id, &source));
    plan_draft_fixed(&draft, MU_COLUMN_BOARD, board);
    plan_draft_fixed(&draft, MU_COLUMN_SOURCE, source);
    plan_draft_field(&draft, MU_COLUMN_NAME, mu_bytes(list->name));
    plan_draft_field(&draft, MU_COLUMN_WIP_LIMIT,
                     list->wip_limit > 0 ? mu_int(list->wip_limit) : mu_null());
    plan_draft_field(&draft, MU_COLUMN_ARCHIVED, mu_int(list->closed ? 1 : 0));
    MU_TRY(plan_place_draft(&draft, MU_COLUMN_RANK, place, true));
    /* Guessed once: whoever corrects it in Muster knows better than the name. */
    p->column_kinds[index] = mu_row_int(&draft.row, MU_COLUMN_KIND);
    if (p->column_kinds[index] == 0) {
        int64_t guess = mu_kind_guess(list->name);
        p->column_kinds[index] = guess == 0 ? MU_KIND_TODO : guess;
        plan_draft_set(&draft, MU_COLUMN_KIND, mu_int(p->column_kinds[index]));
        report_kind(p, list, p->column_kinds[index]);
    }
    return plan_draft_end(&draft, MU_PLAN_COLUMNS, MU_COLUMN_SOURCE_PRINT);
}

enum mu_status plan_columns(struct plan *p)
{
    size_t count = p->board->list_count;
    struct plan_place *places = mu_arena_array(p->arena, count, sizeof *places);
    p->columns = mu_arena_array(p->arena, count, sizeof *p->columns);
    p->column_kinds = mu_arena_array(p->arena, count, sizeof *p->column_kinds);
    if ((places == NULL || p->columns == NULL || p->column_kinds == NULL) && count > 0) {
        return plan_full(p);
    }
    for (size_t i = 0; i < count; i++) {
        p->columns[i] = plan_row_id(p, "list", p->board->lists[i].id);
        MU_TRY(plan_place_old(p, MU_COLUMN, p->columns[i], MU_COLUMN_SOURCE_PRINT, 0,
                              (struct mu_slice){0}, &places[i]));
    }
    MU_TRY(plan_place_all(p, places, count));
    for (size_t i = 0; i < count; i++) {
        MU_TRY(column(p, i, &places[i]));
    }
    return MU_OK;
}

/* -- labels and custom fields --------------------------------------------------- */

static enum mu_status label(struct plan *p, size_t index)
{
    const struct mu_source_label *source_label = &p->board->labels[index];
    struct plan_draft draft;
    struct mu_value source;
    p->labels[index] = plan_row_id(p, "label", source_label->id);
    MU_TRY(plan_draft_begin(p, &draft, MU_LABEL, p->labels[index], MU_LABEL_SOURCE_PRINT));
    draft.title = source_label->name;
    MU_TRY(plan_source(p, "label", source_label->id, &source));
    plan_draft_fixed(&draft, MU_LABEL_SOURCE, source);
    plan_draft_field(&draft, MU_LABEL_NAME, mu_bytes(source_label->name));
    plan_draft_field(&draft, MU_LABEL_COLOUR, mu_bytes(source_label->colour));
    return plan_draft_end(&draft, MU_PLAN_LABELS, MU_LABEL_SOURCE_PRINT);
}

enum mu_status plan_labels(struct plan *p)
{
    p->labels = mu_arena_array(p->arena, p->board->label_count, sizeof *p->labels);
    if (p->labels == NULL && p->board->label_count > 0) {
        return plan_full(p);
    }
    for (size_t i = 0; i < p->board->label_count; i++) {
        MU_TRY(label(p, i));
    }
    return MU_OK;
}

static enum mu_status field(struct plan *p, size_t index)
{
    const struct mu_source_field *source_field = &p->board->fields[index];
    struct plan_draft draft;
    struct mu_value board;
    struct mu_value source;
    p->fields[index] = plan_row_id(p, "field", source_field->id);
    MU_TRY(plan_draft_begin(p, &draft, MU_CUSTOM_FIELD, p->fields[index],
                            MU_CUSTOM_FIELD_SOURCE_PRINT));
    draft.title = source_field->name;
    MU_TRY(plan_id(p, p->board_id, &board));
    MU_TRY(plan_source(p, "field", source_field->id, &source));
    plan_draft_fixed(&draft, MU_CUSTOM_FIELD_BOARD, board);
    plan_draft_fixed(&draft, MU_CUSTOM_FIELD_SOURCE, source);
    plan_draft_field(&draft, MU_CUSTOM_FIELD_NAME, mu_bytes(source_field->name));
    plan_draft_field(&draft, MU_CUSTOM_FIELD_KIND, mu_bytes(source_field->kind));
    return plan_draft_end(&draft, MU_PLAN_FIELDS, MU_CUSTOM_FIELD_SOURCE_PRINT);
}

enum mu_status plan_fields(struct plan *p)
{
    p->fields = mu_arena_array(p->arena, p->board->field_count, sizeof *p->fields);
    if (p->fields == NULL && p->board->field_count > 0) {
        return plan_full(p);
    }
    for (size_t i = 0; i < p->board->field_count; i++) {
        MU_TRY(field(p, i));
    }
    return MU_OK;
}
