#include "client/core/undo.h"

#include "client/core/inside.h"
#include "client/core/list.h"
#include "common/wire/mutation.h"

/* How many edits back. */
#define UNDO_KEPT 200

enum query { PUT, NEWEST, MARK, FORGET, UNMARK, PRUNE, QUERY_COUNT };

static const char *const sql[QUERY_COUNT] = {
    [PUT] = "INSERT OR REPLACE INTO undo (position, mutation, inverse) VALUES (?1, ?2, ?3)",
    [NEWEST] = "SELECT position, mutation, inverse FROM undo WHERE undone_by IS NULL"
               " ORDER BY position DESC LIMIT 1",
    [MARK] = "UPDATE undo SET undone_by = ?2 WHERE position = ?1",
    [FORGET] = "DELETE FROM undo WHERE mutation = ?1",
    [UNMARK] = "UPDATE undo SET undone_by = NULL WHERE undone_by = ?1",
    [PRUNE] = "DELETE FROM undo WHERE position <= (SELECT position FROM undo"
              " ORDER BY position DESC LIMIT 1 OFFSET ?1)",
};

void mu_undo_open(struct mu_queries *undo, struct mu_db *outbox_db)
{
    mu_queries_init(undo, outbox_db, sql, QUERY_COUNT);
}

/* -- the inverse of an edit -------------------------------------------------- */

/* The field that takes a row of entity away again, and the value that does; 0: none. */
static uint32_t removal(uint32_t entity, int64_t *out_value)
{
    *out_value = 1;
    switch (entity) {
    case MU_TASK:
        return MU_TASK_DELETED;
    case MU_CHECKLIST:
        return MU_CHECKLIST_DELETED;
    case MU_ITEM:
        return MU_ITEM_DELETED;
    case MU_BOARD:
        return MU_BOARD_ARCHIVED;
    case MU_COLUMN:
        return MU_COLUMN_ARCHIVED;
    case MU_SERIES:
        return MU_SERIES_ENDED;
    case MU_REACTION:
        *out_value = 0;
        return MU_REACTION_ON;
    case MU_ABSENCE:
        return MU_ABSENCE_WITHDRAWN;
    case MU_HOLIDAY:
        return MU_HOLIDAY_DELETED;
    case MU_TARGET:
        return MU_TARGET_DELETED;
    case MU_GOAL:
        *out_value = MU_GOAL_DROPPED;
        return MU_GOAL_STATE;
    case MU_BLOCKER:
        *out_value = MU_BLOCKER_WITHDRAWN;
        return MU_BLOCKER_STATE;
    case MU_QUOTA:
        *out_value = 0;
        return MU_QUOTA_AMOUNT;
    case MU_TASK_LABEL:
        *out_value = 0;
        return MU_TASK_LABEL_ON;
    case MU_TASK_HELPER:
        *out_value = 0;
        return MU_TASK_HELPER_ON;
    default:
        return 0;
    }
}

static enum mu_status no_memory(struct mu_error *err)
{
    return mu_fail(err, MU_E_NOMEM, "undo");
}

/* A row made by the edit goes where such rows go. */
static enum mu_status unmake(struct mu_intent *inverse, struct mu_arena *arena,
                             const struct mu_row *effect, struct mu_error *err)
{
    int64_t value = 0;
    uint32_t field = removal(effect->entity, &value);
    if (field == 0) {
        return MU_OK;
    }
    const struct mu_cell *cell = mu_row_cell(effect, field);
    struct mu_op *op = mu_intent_op(inverse, arena, effect->entity, effect->id);
    if (op == NULL ||
        !mu_op_arg_based(op, arena, field, mu_int(value), cell == NULL ? mu_null() : cell->value)) {
        return no_memory(err);
    }
    return MU_OK;
}

static bool reversible(uint32_t entity, uint32_t number)
{
    const struct mu_field *field = mu_field_find(entity, number);
    return field != NULL && field->merge != MU_MERGE_SERVER && field->merge != MU_MERGE_FIXED &&
           field->merge != MU_MERGE_GROWS;
}

/* Each cell goes back to what it was, where it still has what the edit set. */
static enum mu_status unset(struct mu_intent *inverse, struct mu_arena *arena,
                            const struct mu_row *before, const struct mu_row *effect,
                            struct mu_error *err)
{
    struct mu_op *op = NULL;
    for (size_t i = 0; i < effect->count; i++) {
        const struct mu_cell *cell = &effect->cells[i];
        const struct mu_cell *was = mu_row_cell(before, cell->field);
        struct mu_value value = was == NULL ? mu_null() : was->value;
        if (!reversible(effect->entity, cell->field) || mu_value_equal(value, cell->value)) {
            continue;
        }
        if (op == NULL) {
            op = mu_intent_op(inverse, arena, effect->entity, effect->id);
        }
        if (op == NULL || !mu_op_arg_based(op, arena, cell->field, value, cell->value)) {
            return no_memory(err);
        }
    }
    return MU_OK;
}

static enum mu_status invert(struct mu_client *client, const struct mu_decision *decision,
                             struct mu_arena *arena, struct mu_intent *out, struct mu_error *err)
{
    *out = (struct mu_intent){.number = MU_INTENT_UNDO, .version = 1};
    for (size_t i = 0; i < decision->effect_count; i++) {
        const struct mu_row *effect = &decision->effects[i];
        struct mu_row before = {0};
        bool found = false;
        MU_TRY(mu_replica_row(client->replica, arena, effect->entity, effect->id, &before, &found,
                              err));
        MU_TRY(found ? unset(out, arena, &before, effect, err) : unmake(out, arena, effect, err));
    }
    return MU_OK;
}

/* -- keeping it -------------------------------------------------------------- */

/* As an unsigned mutation: an intent has no bytes of its own. */
static enum mu_status store(struct mu_client *client, const struct mu_mutation *mutation,
                            uint64_t position, const struct mu_intent *inverse,
                            struct mu_arena *arena, struct mu_error *err)
{
    struct mu_mutation shell = *mutation;
    shell.intent = *inverse;
    MU_BUF_AUTO struct mu_buf bytes;
    mu_buf_init(&bytes, MU_DB_VALUE_MAX);
    enum mu_status status = mu_mutation_encode(&shell, arena, &bytes);
    if (status == MU_E_LIMIT) {
        mu_buf_clear(&bytes); /* too much to take back in one step */
    } else if (status != MU_OK) {
        return mu_fail(err, status, "undo: %s", mu_status_text(status));
    }
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_queries_get(&client->undo, PUT, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)position);
    mu_stmt_bind_id(stmt, 2, mutation->id);
    mu_stmt_bind_blob(stmt, 3, mu_buf_view(&bytes));
    MU_TRY(mu_stmt_run(stmt, err));
    MU_TRY(mu_queries_get(&client->undo, PRUNE, &stmt, err));
    mu_stmt_bind_int(stmt, 1, UNDO_KEPT);
    return mu_stmt_run(stmt, err);
}

struct kept {
    uint64_t position;
    struct mu_id mutation;
    bool possible;
    struct mu_intent inverse;
};

static enum mu_status newest(struct mu_client *client, struct mu_arena *arena, struct kept *out,
                             bool *out_found, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    struct mu_slice bytes = {0};
    bool row = false;
    MU_TRY(mu_queries_get(&client->undo, NEWEST, &stmt, err));
    enum mu_status status = mu_stmt_step(stmt, &row, err);
    struct kept kept = {0};
    if (status == MU_OK && row) {
        kept.position = (uint64_t)mu_stmt_int(stmt, 0);
        kept.mutation = mu_stmt_id(stmt, 1);
        if (!mu_arena_copy(arena, mu_stmt_blob(stmt, 2), &bytes)) {
            status = no_memory(err);
        }
    }
    mu_stmt_reset(stmt);
    MU_TRY(status);
    if (bytes.len > 0) {
        struct mu_mutation shell;
        MU_TRY(mu_mutation_decode(bytes, arena, &shell, err));
        kept.inverse = shell.intent;
        kept.possible = kept.inverse.op_count > 0;
    }
    *out = kept;
    *out_found = row;
    return MU_OK;
}

static bool names(const struct mu_intent *inverse, const struct mu_op *wanted)
{
    for (size_t i = 0; i < inverse->op_count; i++) {
        if (inverse->ops[i].entity == wanted->entity &&
            mu_id_equal(inverse->ops[i].row, wanted->row)) {
            return true;
        }
    }
    return false;
}

/* The edit that an undo takes back is the newest left, if it speaks of the same rows. */
static enum mu_status mark(struct mu_client *client, const struct mu_mutation *undo,
                           struct mu_arena *arena, struct mu_error *err)
{
    struct kept kept;
    bool found = false;
    MU_TRY(newest(client, arena, &kept, &found, err));
    for (size_t i = 0; found && i < undo->intent.op_count; i++) {
        found = names(&kept.inverse, &undo->intent.ops[i]);
    }
    if (!found) {
        return MU_OK;
    }
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_queries_get(&client->undo, MARK, &stmt, err));
    mu_stmt_bind_int(stmt, 1, (int64_t)kept.position);
    mu_stmt_bind_id(stmt, 2, undo->id);
    return mu_stmt_run(stmt, err);
}

enum mu_status mu_undo_record(struct mu_client *client, const struct mu_mutation *mutation,
                              uint64_t position, const struct mu_decision *decision,
                              struct mu_arena *arena, struct mu_error *err)
{
    if (mutation->intent.number == MU_INTENT_UNDO) {
        return mark(client, mutation, arena, err);
    }
    if (mutation->intent.number == MU_INTENT_SEALED_COPY ||
        mutation->intent.number == MU_INTENT_SERIES_OCCUR ||
        mutation->intent.number == MU_INTENT_FEEDBACK_READ) {
        return MU_OK; /* no person asked for it */
    }
    struct mu_intent inverse;
    MU_TRY(invert(client, decision, arena, &inverse, err));
    return store(client, mutation, position, &inverse, arena, err);
}

enum mu_status mu_undo_forget(struct mu_client *client, struct mu_id mutation, struct mu_error *err)
{
    struct mu_stmt *stmt = NULL;
    MU_TRY(mu_queries_get(&client->undo, FORGET, &stmt, err));
    mu_stmt_bind_id(stmt, 1, mutation);
    MU_TRY(mu_stmt_run(stmt, err));
    MU_TRY(mu_queries_get(&client->undo, UNMARK, &stmt, err));
    mu_stmt_bind_id(stmt, 1, mutation);
    return mu_stmt_run(stmt, err);
}

/* -- taking it back ---------------------------------------------------------- */

/* Of one operation, what still stands as the edit set it. */
static enum mu_status still(struct mu_client *client, struct mu_arena *arena,
                            const struct mu_op *op, struct mu_intent *out, struct mu_error *err)
{
    struct mu_row row = {0};
    bool found = false;
    MU_TRY(mu_replica_row(client->replica, arena, op->entity, op->row, &row, &found, err));
    struct mu_op *copy = NULL;
    for (size_t i = 0; found && i < op->arg_count; i++) {
        const struct mu_arg *arg = &op->args[i];
        const struct mu_cell *cell = mu_row_cell(&row, arg->field);
        if (!mu_value_equal(cell == NULL ? mu_null() : cell->value, arg->base)) {
            continue;
        }
        if (copy == NULL) {
            copy = mu_intent_op(out, arena, op->entity, op->row);
        }
        if (copy == NULL || !mu_op_arg_based(copy, arena, arg->field, arg->value, arg->base)) {
            return no_memory(err);
        }
    }
    return MU_OK;
}

static enum mu_status overtaken(const struct kept *kept, struct mu_error *err)
{
    const struct mu_op *op = &kept->inverse.ops[0];
    const struct mu_entity *entity = mu_entity_find(op->entity);
    const struct mu_field *field = mu_field_find(op->entity, op->args[0].field);
    char id[MU_ID_TEXT_LEN + 1];
    mu_id_text(op->row, id);
    return mu_fail(err, MU_E_CONFLICT, "'%s' of %s '%s' was changed since",
                   field == NULL ? "?" : field->name, entity == NULL ? "row" : entity->name, id);
}

enum mu_status mu_client_undo(struct mu_client *client, struct mu_arena *arena,
                              struct mu_intent *out_intent, struct mu_id *out_undone,
                              struct mu_error *err)
{
    struct kept kept;
    bool found = false;
    MU_TRY(newest(client, arena, &kept, &found, err));
    if (!found) {
        return mu_fail(err, MU_E_NOT_FOUND, "there is nothing to take back");
    }
    if (!kept.possible) {
        return mu_fail(err, MU_E_DENIED, "the last edit cannot be taken back");
    }
    struct mu_intent intent = {.number = MU_INTENT_UNDO, .version = 1};
    for (size_t i = 0; i < kept.inverse.op_count; i++) {
        MU_TRY(still(client, arena, &kept.inverse.ops[i], &intent, err));
    }
    if (intent.op_count == 0) {
        return overtaken(&kept, err);
    }
    *out_intent = intent;
    *out_undone = kept.mutation;
    return MU_OK;
}
