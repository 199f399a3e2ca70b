/* One cell by the merge rule of its field, and the conflict rows that keep what loses. */
#include <assert.h>

#include "common/base/buf.h"
#include "common/model/decide_inside.h"
#include "common/model/text.h"

bool mu_case_is(const struct mu_case *c, struct mu_id person)
{
    return !mu_id_is_zero(person) && mu_id_equal(c->facts->person, person);
}

bool mu_case_is_lead(const struct mu_case *c)
{
    return c->facts->role >= MU_ROLE_LEAD;
}

enum mu_status mu_case_writer(struct mu_case *c, uint64_t seq, struct mu_writer *out_writer,
                              bool *out_found)
{
    MU_ASSERT(!c->facts->predict);
    if (c->writer_seq != seq) { /* cells of one row mostly share their change */
        c->writer_seq = 0;
        c->writer = (struct mu_writer){0};
        MU_TRY(c->world->writer(c->world->state, seq, &c->writer, &c->writer_found, c->err));
        c->writer_seq = seq;
    }
    *out_writer = c->writer;
    *out_found = c->writer_found;
    return MU_OK;
}

enum mu_status mu_case_seen(struct mu_case *c, const struct mu_cell *cell, bool *out_seen)
{
    *out_seen = true;
    if (cell == NULL || c->facts->predict || cell->seq <= c->facts->base_seq) {
        return MU_OK;
    }
    struct mu_writer writer;
    bool found = false;
    MU_TRY(mu_case_writer(c, cell->seq, &writer, &found));
    *out_seen = found && mu_id_equal(writer.replica, c->facts->replica);
    return MU_OK;
}

/* -- conflict rows ------------------------------------------------------------- */

struct mu_stand mu_case_mine(const struct mu_case *c, struct mu_value value)
{
    return (struct mu_stand){value, c->facts->person, c->facts->at_ms};
}

enum mu_status mu_case_theirs(struct mu_case *c, const struct mu_cell *cell,
                              struct mu_stand *out_stand)
{
    struct mu_writer writer = {0};
    bool found = false;
    MU_TRY(mu_case_writer(c, cell->seq, &writer, &found));
    *out_stand = found ? (struct mu_stand){cell->value, writer.person, writer.at_ms}
                       : (struct mu_stand){.value = cell->value};
    return MU_OK;
}

static enum mu_status put_encoded(struct mu_case *c, struct mu_known *row, uint32_t field,
                                  struct mu_value value)
{
    MU_BUF_AUTO struct mu_buf buf;
    mu_buf_init(&buf, MU_VALUE_MAX + 16);
    if (mu_value_encode(value, &buf) != MU_OK) {
        return mu_case_nomem(c);
    }
    return mu_case_put(c, row, field, mu_bytes(mu_buf_view(&buf)));
}

static enum mu_status put_stand(struct mu_case *c, struct mu_known *row, uint32_t first_field,
                                const struct mu_stand *stand)
{
    MU_TRY(put_encoded(c, row, first_field, stand->value));
    if (mu_id_is_zero(stand->person)) {
        return MU_OK; /* the server itself, or no longer known */
    }
    MU_TRY(mu_case_put_id(c, row, first_field + 1, stand->person));
    return mu_case_put_int(c, row, first_field + 2, stand->at_ms);
}

enum mu_status mu_case_conflict(struct mu_case *c, const struct mu_known *known, uint32_t field,
                                enum mu_conflict_kind kind, const struct mu_stand *kept,
                                const struct mu_stand *lost)
{
    uint8_t field_bytes[4] = {(uint8_t)(field >> 24), (uint8_t)(field >> 16), (uint8_t)(field >> 8),
                              (uint8_t)field};
    struct mu_slice parts[] = {mu_id_view(&c->facts->mutation), mu_id_view(&known->id),
                               mu_slice_of(field_bytes, sizeof field_bytes)};
    struct mu_id id = c->world->derive("conflict", parts, 3);
    struct mu_known *row = NULL;
    MU_TRY(mu_case_make(c, MU_CONFLICT, id, &row));
    MU_TRY(mu_case_put_int(c, row, MU_CONFLICT_ENTITY, known->entity));
    MU_TRY(mu_case_put_id(c, row, MU_CONFLICT_ROW, known->id));
    MU_TRY(mu_case_put_int(c, row, MU_CONFLICT_FIELD, field));
    MU_TRY(mu_case_put_int(c, row, MU_CONFLICT_KIND, kind));
    static_assert(MU_CONFLICT_KEPT_BY == MU_CONFLICT_KEPT + 1 &&
                      MU_CONFLICT_KEPT_AT == MU_CONFLICT_KEPT + 2 &&
                      MU_CONFLICT_LOST_BY == MU_CONFLICT_LOST + 1 &&
                      MU_CONFLICT_LOST_AT == MU_CONFLICT_LOST + 2,
                  "put_stand() counts on it");
    MU_TRY(put_stand(c, row, MU_CONFLICT_KEPT, kept));
    MU_TRY(put_stand(c, row, MU_CONFLICT_LOST, lost));
    MU_TRY(mu_case_put_id(c, row, MU_CONFLICT_MUTATION, c->facts->mutation));
    MU_TRY(mu_case_put_int(c, row, MU_CONFLICT_STATE, MU_CONFLICT_OPEN));
    c->conflict = true;
    return MU_OK;
}

/* -- merge rules --------------------------------------------------------------- */

enum mu_status mu_case_scalar(struct mu_case *c, struct mu_known *known, uint32_t field,
                              struct mu_value value, bool *out_stands)
{
    *out_stands = true;
    const struct mu_cell *cell = mu_now_cell(known, field);
    bool seen = true;
    if (!mu_value_equal(mu_now_value(known, field), value)) {
        MU_TRY(mu_case_seen(c, cell, &seen));
    }
    if (seen) {
        return mu_case_put(c, known, field, value);
    }
    struct mu_stand theirs;
    MU_TRY(mu_case_theirs(c, cell, &theirs));
    struct mu_stand mine = mu_case_mine(c, value);
    /* A tie goes to who arrives later, and that is me. */
    if (theirs.at_ms > mine.at_ms) {
        *out_stands = false;
        return mu_case_conflict(c, known, field, MU_CONFLICT_VALUE, &theirs, &mine);
    }
    MU_TRY(mu_case_conflict(c, known, field, MU_CONFLICT_VALUE, &mine, &theirs));
    return mu_case_put(c, known, field, value);
}

enum mu_status mu_case_force(struct mu_case *c, struct mu_known *known, uint32_t field,
                             struct mu_value value)
{
    const struct mu_cell *cell = mu_now_cell(known, field);
    bool seen = true;
    if (!mu_value_equal(mu_now_value(known, field), value)) {
        MU_TRY(mu_case_seen(c, cell, &seen));
    }
    if (!seen) {
        struct mu_stand theirs;
        MU_TRY(mu_case_theirs(c, cell, &theirs));
        struct mu_stand mine = mu_case_mine(c, value);
        MU_TRY(mu_case_conflict(c, known, field, MU_CONFLICT_VALUE, &mine, &theirs));
    }
    return mu_case_put(c, known, field, value);
}

static struct mu_slice text_of(struct mu_value value)
{
    return value.kind == MU_BYTES ? value.bytes : (struct mu_slice){0};
}

/* The whole of mine beside the text that stands. */
static enum mu_status keep_mine(struct mu_case *c, const struct mu_known *known,
                                const struct mu_arg *arg, const struct mu_cell *cell,
                                struct mu_value stands)
{
    struct mu_stand mine = mu_case_mine(c, arg->value);
    struct mu_stand theirs = mine; /* an earlier operation of this very intent wrote it */
    if (cell->seq > 0) {
        MU_TRY(mu_case_theirs(c, cell, &theirs));
    }
    theirs.value = stands;
    return mu_case_conflict(c, known, arg->field, MU_CONFLICT_TEXT, &theirs, &mine);
}

/* Mine against a text that is not the one I began with. */
static enum mu_status merge_text(struct mu_case *c, struct mu_known *known,
                                 const struct mu_arg *arg, const struct mu_cell *cell,
                                 bool *out_stands)
{
    struct mu_text_versions versions = {text_of(arg->base), text_of(cell->value),
                                        text_of(arg->value)};
    struct mu_text_merged merged = {.text = versions.theirs, .overlap = true};
    if (arg->has_base) {
        size_t max = mu_field_find(known->entity, arg->field)->limit;
        if (mu_text_merge(&versions, max, c->arena, &merged) != MU_OK) {
            return mu_case_nomem(c);
        }
    }
    if (merged.overlap && c->facts->predict) {
        return mu_case_put(c, known, arg->field, arg->value); /* what its author wrote */
    }
    struct mu_value value = merged.text.len > 0 ? mu_bytes(merged.text) : mu_null();
    if (mu_slice_equal(merged.text, versions.theirs)) {
        value = cell->value;
    }
    if (merged.overlap) {
        *out_stands = false;
        MU_TRY(keep_mine(c, known, arg, cell, value));
    }
    return mu_case_put(c, known, arg->field, value);
}

/* With a base, the base tells what the author had before him, whatever else his replica
 * had received by then; without one, the seq does. */
static enum mu_status text(struct mu_case *c, struct mu_known *known, const struct mu_arg *arg,
                           bool *out_stands)
{
    const struct mu_cell *cell = mu_now_cell(known, arg->field);
    bool seen = true;
    if (cell != NULL && arg->has_base) {
        seen = mu_slice_equal(text_of(arg->base), text_of(cell->value));
    } else {
        MU_TRY(mu_case_seen(c, cell, &seen));
    }
    if (seen || mu_value_equal(cell->value, arg->value)) {
        return mu_case_put(c, known, arg->field, arg->value);
    }
    return merge_text(c, known, arg, cell, out_stands);
}

static enum mu_status add_wins(struct mu_case *c, struct mu_known *known, const struct mu_arg *arg)
{
    bool on = arg->value.kind == MU_INT && arg->value.number != 0;
    bool seen = true;
    if (!on) {
        MU_TRY(mu_case_seen(c, mu_now_cell(known, arg->field), &seen));
    }
    return on || seen ? mu_case_put_int(c, known, arg->field, on) : MU_OK;
}

/* The newest cell of the row that the author did not see; its place says nothing. */
static enum mu_status newest_unseen(struct mu_case *c, const struct mu_known *known,
                                    uint32_t deleted_field, const struct mu_cell **out_cell)
{
    *out_cell = NULL;
    for (size_t i = 0; i < known->before.count; i++) {
        const struct mu_cell *cell = &known->before.cells[i];
        const struct mu_field *field = mu_field_find(known->entity, cell->field);
        if (cell->field == deleted_field || (field != NULL && field->merge == MU_MERGE_PLACE)) {
            continue;
        }
        bool seen = true;
        MU_TRY(mu_case_seen(c, cell, &seen));
        if (!seen && (*out_cell == NULL || cell->seq > (*out_cell)->seq)) {
            *out_cell = cell;
        }
    }
    return MU_OK;
}

enum mu_status mu_case_trash(struct mu_case *c, struct mu_known *known, uint32_t field,
                             bool deleted)
{
    if (!deleted || mu_now_int(known, field) == 1) {
        /* Clearing what was never set is no news. */
        return mu_now_has(known, field) ? mu_case_put_int(c, known, field, deleted) : MU_OK;
    }
    const struct mu_cell *unseen = NULL;
    MU_TRY(newest_unseen(c, known, field, &unseen));
    if (unseen == NULL) {
        return mu_case_put_int(c, known, field, 1);
    }
    struct mu_stand theirs;
    MU_TRY(mu_case_theirs(c, unseen, &theirs));
    theirs.value = mu_int(0);
    struct mu_stand mine = mu_case_mine(c, mu_int(1));
    return mu_case_conflict(c, known, field, MU_CONFLICT_DELETE, &theirs, &mine);
}

enum mu_status mu_case_revive(struct mu_case *c, struct mu_known *known, uint32_t deleted_field)
{
    const struct mu_cell *cell = mu_row_cell(&known->before, deleted_field);
    if (cell == NULL || mu_now_int(known, deleted_field) != 1 || known->effect.count == 0) {
        return MU_OK;
    }
    bool seen = true;
    MU_TRY(mu_case_seen(c, cell, &seen));
    if (seen) {
        return MU_OK;
    }
    struct mu_stand theirs;
    MU_TRY(mu_case_theirs(c, cell, &theirs));
    struct mu_stand mine = mu_case_mine(c, mu_int(0));
    MU_TRY(mu_case_conflict(c, known, deleted_field, MU_CONFLICT_DELETE, &mine, &theirs));
    return mu_case_put_int(c, known, deleted_field, 0);
}

static enum mu_status fixed(struct mu_case *c, struct mu_known *known, const struct mu_arg *arg)
{
    struct mu_value now = mu_now_value(known, arg->field);
    if (mu_value_equal(now, arg->value) ||
        (c->intent->number == MU_INTENT_IMPORT && known->before.count > 0)) {
        return MU_OK;
    }
    if (now.kind == MU_NULL) {
        return mu_case_put(c, known, arg->field, arg->value);
    }
    return mu_case_refuse(c, MU_E_INVALID, "%s.%s is set once and stays",
                          mu_entity_find(known->entity)->name,
                          mu_field_find(known->entity, arg->field)->name);
}

enum mu_status mu_case_merge(struct mu_case *c, struct mu_known *known, const struct mu_arg *arg,
                             bool *out_stands)
{
    bool stands = true;
    bool *told = out_stands != NULL ? out_stands : &stands;
    *told = true;
    const struct mu_field *field = mu_field_find(known->entity, arg->field);
    if (field == NULL) { /* a newer version's */
        return mu_case_scalar(c, known, arg->field, arg->value, told);
    }
    switch (field->merge) {
    case MU_MERGE_SCALAR:
        if (field->type == MU_TYPE_BYTES) { /* a print: nobody could choose between two */
            return mu_case_put(c, known, arg->field, arg->value);
        }
        return mu_case_scalar(c, known, arg->field, arg->value, told);
    case MU_MERGE_TEXT:
        return text(c, known, arg, told);
    case MU_MERGE_ADD_WINS:
        return add_wins(c, known, arg);
    case MU_MERGE_TRASH:
        return mu_case_trash(c, known, arg->field,
                             arg->value.kind == MU_INT && arg->value.number == 1);
    case MU_MERGE_FIXED:
        return fixed(c, known, arg);
    case MU_MERGE_STATUS:
    case MU_MERGE_PLACE:
    case MU_MERGE_SERVER:
    case MU_MERGE_GROWS:
        break;
    }
    return mu_case_refuse(c, MU_E_INVALID, "%s.%s is not set like this",
                          mu_entity_find(known->entity)->name, field->name);
}

enum mu_status mu_case_merge_plain(struct mu_case *c, struct mu_known *known, uint64_t skip)
{
    for (size_t i = 0; i < c->op->arg_count; i++) {
        const struct mu_arg *arg = &c->op->args[i];
        const struct mu_field *field = mu_field_find(known->entity, arg->field);
        if (arg->field >= MU_ARG_AFTER) {
            continue;
        }
        if (field != NULL && ((skip & MU_FIELD_BIT(arg->field)) != 0 ||
                              field->merge == MU_MERGE_STATUS || field->merge == MU_MERGE_PLACE ||
                              field->merge == MU_MERGE_SERVER || field->merge == MU_MERGE_GROWS)) {
            continue;
        }
        MU_TRY(mu_case_merge(c, known, arg, NULL));
    }
    return MU_OK;
}
