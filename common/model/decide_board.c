/* Boards, columns and labels. */
#include "common/model/decide_inside.h"

enum mu_status mu_rule_board_edit(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *board = NULL;
    MU_TRY(mu_case_look(c, MU_BOARD, op->row, &board));
    return mu_case_merge_plain(c, board, 0);
}

enum mu_status mu_rule_column_edit(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *column = NULL;
    MU_TRY(mu_case_look(c, MU_COLUMN, op->row, &column));
    bool made = !mu_known_exists(column);
    MU_TRY(mu_case_merge_plain(c, column, 0));
    if (made && !mu_now_has(column, MU_COLUMN_KIND)) {
        MU_TRY(mu_case_put_int(c, column, MU_COLUMN_KIND, MU_KIND_TODO));
    }
    bool placed = mu_op_find(op, MU_ARG_AFTER) != NULL || mu_op_find(op, MU_ARG_BEFORE) != NULL;
    return made || placed ? mu_case_place(c, column, op) : MU_OK;
}

enum mu_status mu_rule_label_edit(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *label = NULL;
    MU_TRY(mu_case_look(c, MU_LABEL, op->row, &label));
    return mu_case_merge_plain(c, label, 0);
}
