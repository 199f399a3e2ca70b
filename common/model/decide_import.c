/* Rows of a foreign board: made with all that they bring, and on a second import updated. */
#include "common/model/decide_inside.h"
#include "common/model/rank.h"

#define BIT(field) MU_FIELD_BIT(MU_##field)

/* As the source orders them, else by neighbours, else last; a row that is there already
 * stays where it is unless told. */
static enum mu_status place(struct mu_case *c, struct mu_known *row, const struct mu_op *op,
                            bool must)
{
    uint32_t rank_field = 0;
    uint32_t parent_field = 0;
    (void)mu_place_fields(row->entity, &rank_field, &parent_field);
    if (mu_arg_has(op, rank_field)) {
        struct mu_slice rank = mu_arg_value(op, rank_field).bytes;
        return rank.len > MU_RANK_REBALANCE
                   ? mu_case_refuse(c, MU_E_LIMIT, "an order key of more than %d bytes",
                                    MU_RANK_REBALANCE)
                   : mu_case_place_at(c, row, rank);
    }
    bool told = mu_op_find(op, MU_ARG_AFTER) != NULL || mu_op_find(op, MU_ARG_BEFORE) != NULL;
    return must || told ? mu_case_place(c, row, op) : MU_OK;
}

/* Nobody comes in by an import: people are inactive until they are invited and enrol. */
static enum mu_status import_person(struct mu_case *c, struct mu_known *person,
                                    const struct mu_op *op, bool made)
{
    uint64_t rights = BIT(PERSON_ROLE) | BIT(PERSON_STATE);
    MU_TRY(mu_case_check_handle(c, op));
    if (!made) {
        bool theirs = mu_now_int(person, MU_PERSON_STATE) == MU_PERSON_INACTIVE ||
                      mu_case_is(c, person->id) || mu_case_is_lead(c);
        return theirs ? mu_case_merge_plain(c, person, rights) : MU_OK;
    }
    int64_t role = mu_arg_has(op, MU_PERSON_ROLE) ? mu_arg_int(op, MU_PERSON_ROLE) : MU_ROLE_MEMBER;
    if (role > MU_ROLE_MEMBER) {
        return mu_case_refuse(c, MU_E_DENIED, "an import makes no leads");
    }
    MU_TRY(mu_case_merge_plain(c, person, rights));
    MU_TRY(mu_case_put_int(c, person, MU_PERSON_ROLE, role));
    return mu_case_put_int(c, person, MU_PERSON_STATE, MU_PERSON_INACTIVE);
}

/* What somebody else said or did is taken from a source, and says so. */
static enum mu_status check_voice(struct mu_case *c, const struct mu_op *op, uint32_t person_field,
                                  uint32_t source_field)
{
    bool other = mu_arg_has(op, person_field) && !mu_case_is(c, mu_arg_id(op, person_field));
    return other && mu_arg_value(op, source_field).bytes.len == 0
               ? mu_case_refuse(c, MU_E_DENIED, "what another person did needs its source")
               : MU_OK;
}

static enum mu_status import_comment(struct mu_case *c, struct mu_known *comment,
                                     const struct mu_op *op, bool made)
{
    if (!made) {
        return mu_case_merge_plain(c, comment, 0);
    }
    MU_TRY(check_voice(c, op, MU_COMMENT_AUTHOR, MU_COMMENT_SOURCE));
    if (mu_arg_has(op, MU_COMMENT_REPLACES)) {
        struct mu_known *old = NULL;
        MU_TRY(mu_case_need(c, MU_COMMENT, mu_arg_id(op, MU_COMMENT_REPLACES), &old));
        bool same = mu_id_equal(mu_now_id(old, MU_COMMENT_TASK), mu_arg_id(op, MU_COMMENT_TASK));
        bool mine =
            mu_now_has(old, MU_COMMENT_SOURCE) || mu_case_is(c, mu_now_id(old, MU_COMMENT_AUTHOR));
        if (!same || !mine) {
            return mu_case_refuse(c, MU_E_DENIED, "that comment cannot be replaced by an import");
        }
    }
    MU_TRY(mu_case_merge_plain(c, comment, 0));
    if (!mu_now_has(comment, MU_COMMENT_AUTHOR) && !mu_now_has(comment, MU_COMMENT_SOURCE)) {
        MU_TRY(mu_case_put_id(c, comment, MU_COMMENT_AUTHOR, c->facts->person));
    }
    return mu_now_has(comment, MU_COMMENT_AT)
               ? MU_OK
               : mu_case_put_int(c, comment, MU_COMMENT_AT, c->facts->at_ms);
}

/* -- tasks ----------------------------------------------------------------------- */

static enum mu_status check_board(struct mu_case *c, const struct mu_known *column,
                                  const struct mu_op *op)
{
    return mu_arg_has(op, MU_TASK_BOARD) &&
                   !mu_id_equal(mu_arg_id(op, MU_TASK_BOARD), mu_now_id(column, MU_COLUMN_BOARD))
               ? mu_case_refuse(c, MU_E_INVALID, "the column is on another board than the task")
               : MU_OK;
}

static enum mu_status put_given(struct mu_case *c, struct mu_known *task, const struct mu_op *op,
                                uint32_t field)
{
    return mu_arg_has(op, field) ? mu_case_put(c, task, field, mu_arg_value(op, field)) : MU_OK;
}

#define APART (BIT(TASK_BOARD) | BIT(TASK_COLUMN) | BIT(TASK_DUE) | BIT(TASK_NO_DATE))

static enum mu_status make_task(struct mu_case *c, struct mu_known *task, const struct mu_op *op)
{
    struct mu_known *column = NULL;
    MU_TRY(mu_case_need(c, MU_COLUMN, mu_arg_id(op, MU_TASK_COLUMN), &column));
    MU_TRY(check_board(c, column, op));
    MU_TRY(mu_case_put(c, task, MU_TASK_BOARD, mu_now_value(column, MU_COLUMN_BOARD)));
    MU_TRY(mu_case_put_id(c, task, MU_TASK_COLUMN, column->id));
    MU_TRY(mu_case_merge_plain(c, task, APART));
    MU_TRY(mu_case_set_dates(c, task, op));
    MU_TRY(put_given(c, task, op, MU_TASK_CREATED_AT));
    MU_TRY(put_given(c, task, op, MU_TASK_CREATED_BY));
    MU_TRY(mu_case_new_task(c, task));
    int64_t state = mu_arg_has(op, MU_TASK_STATE)
                        ? mu_arg_int(op, MU_TASK_STATE)
                        : mu_state_of_kind(mu_now_int(column, MU_COLUMN_KIND));
    if (state == 0) {
        state = mu_now_has(task, MU_TASK_OWNER) ? MU_STATE_ASSIGNED : MU_STATE_OPEN;
    }
    MU_TRY(mu_case_put_int(c, task, MU_TASK_STATE, state));
    if (state == MU_STATE_DONE) {
        MU_TRY(put_given(c, task, op, MU_TASK_DONE_AT));
    }
    MU_TRY(put_given(c, task, op, MU_TASK_ACCEPTED_AT));
    MU_TRY(put_given(c, task, op, MU_TASK_FIRST_DUE));
    MU_TRY(put_given(c, task, op, MU_TASK_DUE_MOVES));
    return place(c, task, op, true);
}

/* A state that the source has and the task has not.  Over one that the importer has not
 * seen it is kept as a conflict, and the task stays where it is. */
static enum mu_status check_state(struct mu_case *c, const struct mu_known *task, int64_t state,
                                  bool *out_stands)
{
    *out_stands = true;
    const struct mu_cell *cell = mu_now_cell(task, MU_TASK_STATE);
    if (state == mu_now_int(task, MU_TASK_STATE)) {
        return MU_OK;
    }
    MU_TRY(mu_case_seen(c, cell, out_stands));
    if (*out_stands) {
        return MU_OK;
    }
    struct mu_stand theirs;
    MU_TRY(mu_case_theirs(c, cell, &theirs));
    struct mu_stand mine = mu_case_mine(c, mu_int(state));
    return mu_case_conflict(c, task, MU_TASK_STATE, MU_CONFLICT_STATUS, &theirs, &mine);
}

/* Board, column, key and state stand or fall together. */
static enum mu_status move_task(struct mu_case *c, struct mu_known *task, const struct mu_op *op)
{
    struct mu_id from = mu_now_id(task, MU_TASK_COLUMN);
    struct mu_id to = mu_arg_has(op, MU_TASK_COLUMN) ? mu_arg_id(op, MU_TASK_COLUMN) : from;
    struct mu_known *column = NULL;
    MU_TRY(mu_case_need(c, MU_COLUMN, to, &column));
    MU_TRY(check_board(c, column, op));
    bool moves = !mu_id_equal(from, to);
    int64_t state = mu_arg_int(op, MU_TASK_STATE);
    if (state == 0 && moves) {
        int64_t from_kind = 0;
        MU_TRY(mu_case_kind_of(c, from, &from_kind));
        state = mu_state_after_move(task, from_kind, mu_now_int(column, MU_COLUMN_KIND));
    }
    state = state == 0 ? mu_now_int(task, MU_TASK_STATE) : state;
    bool stands = true;
    MU_TRY(check_state(c, task, state, &stands));
    if (stands) {
        MU_TRY(mu_case_scalar(c, task, MU_TASK_COLUMN, mu_id_value(&to), &stands));
    }
    if (!stands) {
        return MU_OK;
    }
    MU_TRY(mu_case_put(c, task, MU_TASK_BOARD, mu_now_value(column, MU_COLUMN_BOARD)));
    MU_TRY(mu_case_put_int(c, task, MU_TASK_STATE, state));
    if (state == MU_STATE_DONE) {
        MU_TRY(put_given(c, task, op, MU_TASK_DONE_AT));
    } else if (mu_now_has(task, MU_TASK_DONE_AT)) {
        MU_TRY(mu_case_put(c, task, MU_TASK_DONE_AT, mu_null()));
    }
    return place(c, task, op, moves);
}

static enum mu_status import_task(struct mu_case *c, struct mu_known *task, const struct mu_op *op,
                                  bool made)
{
    if (made) {
        return make_task(c, task, op);
    }
    MU_TRY(mu_case_merge_plain(c, task, APART));
    MU_TRY(mu_case_set_dates(c, task, op));
    return move_task(c, task, op);
}

static enum mu_status import_ordered(struct mu_case *c, struct mu_known *row,
                                     const struct mu_op *op, bool made)
{
    if (row->entity == MU_ITEM) {
        MU_TRY(mu_case_item_task(c, row, op));
    }
    MU_TRY(mu_case_merge_plain(c, row, 0));
    if (made && row->entity == MU_COLUMN && !mu_now_has(row, MU_COLUMN_KIND)) {
        MU_TRY(mu_case_put_int(c, row, MU_COLUMN_KIND, MU_KIND_TODO));
    }
    return place(c, row, op, made);
}

/* Nobody who has joined is spoken for. */
static enum mu_status check_voices(struct mu_case *c, const struct mu_op *op)
{
    for (size_t i = 0; i < op->arg_count; i++) {
        const struct mu_arg *arg = &op->args[i];
        const struct mu_field *field = mu_field_find(op->entity, arg->field);
        struct mu_id id;
        struct mu_known *person = NULL;
        if (field == NULL || field->type != MU_TYPE_ID || field->limit != MU_PERSON ||
            arg->value.kind != MU_BYTES || !mu_id_from_slice(arg->value.bytes, &id) ||
            mu_case_is(c, id)) {
            continue;
        }
        MU_TRY(mu_case_need(c, MU_PERSON, id, &person));
        if (mu_now_int(person, MU_PERSON_STATE) == MU_PERSON_ACTIVE) {
            return mu_case_refuse(c, MU_E_DENIED,
                                  "%s.%s names somebody who has joined: an import cannot speak "
                                  "for them",
                                  mu_entity_find(op->entity)->name, field->name);
        }
    }
    return MU_OK;
}

/* What people promised, said and measured in another workspace: brought along by a lead, before
 * those people join; rows as they were there, and never twice. */
enum mu_status mu_rule_import_said(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *row = NULL;
    if (!mu_case_is_lead(c)) {
        return mu_case_refuse(c, MU_E_DENIED, "a lead brings in what was said elsewhere");
    }
    MU_TRY(check_voices(c, op));
    MU_TRY(mu_case_look(c, op->entity, op->row, &row));
    for (size_t i = 0; i < op->arg_count; i++) {
        MU_TRY(mu_case_put(c, row, op->args[i].field, op->args[i].value));
    }
    return op->entity == MU_GOAL ? mu_case_number(c, &c->goals, row, MU_GOAL_NO) : MU_OK;
}

enum mu_status mu_rule_import(struct mu_case *c, const struct mu_op *op)
{
    struct mu_known *row = NULL;
    MU_TRY(mu_case_look(c, op->entity, op->row, &row));
    bool made = !mu_known_exists(row);
    switch (op->entity) {
    case MU_PERSON:
        return import_person(c, row, op, made);
    case MU_TASK:
        return import_task(c, row, op, made);
    case MU_COLUMN:
    case MU_CHECKLIST:
    case MU_ITEM:
        return import_ordered(c, row, op, made);
    case MU_TASK_LABEL:
    case MU_TASK_HELPER:
        return mu_rule_pair(c, op);
    case MU_CUSTOM_VALUE:
        MU_TRY(mu_case_check_pair(c, row, op));
        return mu_case_merge_plain(c, row, 0);
    case MU_COMMENT:
        return import_comment(c, row, op, made);
    case MU_ACTIVITY:
        MU_TRY(check_voice(c, op, MU_ACTIVITY_PERSON, MU_ACTIVITY_SOURCE));
        return mu_case_merge_plain(c, row, 0);
    default:
        return mu_case_merge_plain(c, row, 0);
    }
}
