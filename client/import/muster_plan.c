#include "client/import/muster_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/import/plan_inside.h"

#define KEY_LEN (MU_ID_LEN + 4)

enum progress { WAITING, UNDER_WAY, DONE };

struct source_row {
    const struct mu_row *row;
    enum progress progress;
    bool here;    /* in the world */
    bool content; /* to be written, or written already */
    uint8_t key[KEY_LEN];
};

/* A row on the way down to what it needs first. */
struct step {
    size_t row;
    size_t cell; /* the next to look at */
};

struct making {
    const struct mu_export_file *file;
    struct plan plan; /* its intents, arena and world are used */
    struct source_row *rows;
    struct mu_id_map index;
    struct mu_vec steps;
    struct mu_export_plan out;
};

static struct mu_export_count *count_of(struct making *m, uint32_t entity)
{
    return &m->out.counts[entity % MU_ENTITY_NUMBER_MAX];
}

static void make_key(uint32_t entity, struct mu_id id, uint8_t key[static KEY_LEN])
{
    memcpy(key, id.bytes, MU_ID_LEN);
    for (size_t i = 0; i < 4; i++) {
        key[MU_ID_LEN + i] = (uint8_t)(entity >> (8 * i));
    }
}

static uint32_t find(const struct making *m, uint32_t entity, struct mu_id id)
{
    uint8_t key[KEY_LEN];
    make_key(entity, id, key);
    return mu_id_map_find(&m->index, mu_slice_of(key, KEY_LEN));
}

/* -- what is here ------------------------------------------------------------------------ */

static enum mu_status look(struct making *m, uint32_t entity, struct mu_id id, struct mu_row *row,
                           bool *out_found)
{
    struct plan *p = &m->plan;
    *row = (struct mu_row){0};
    mu_arena_clear(&p->scratch);
    return p->world->row(p->world->state, &p->scratch, entity, id, row, out_found, p->err);
}

static bool is_off_pair(const struct mu_row *row)
{
    const struct mu_entity *entity = mu_entity_find(row->entity);
    for (size_t i = 0; i < entity->field_count; i++) {
        if (entity->fields[i].merge == MU_MERGE_ADD_WINS &&
            mu_row_int(row, entity->fields[i].number) == 0) {
            return true;
        }
    }
    return false;
}

/* What the file says of somebody who is here, and nobody has said here. */
static enum mu_status fill_person(struct making *m, const struct mu_row *row,
                                  const struct mu_row *here)
{
    struct mu_arg args[MU_FIELD_COUNT_MAX];
    size_t count = 0;
    for (size_t i = 0; i < row->count; i++) {
        const struct mu_cell *cell = &row->cells[i];
        const struct mu_field *field = mu_field_find(MU_PERSON, cell->field);
        bool wanted = field->merge == MU_MERGE_SCALAR && cell->value.kind != MU_NULL &&
                      mu_content_field_left_out(MU_PERSON, cell->field) == NULL &&
                      !mu_row_has(here, cell->field);
        if (wanted) {
            args[count++] = (struct mu_arg){.field = cell->field, .value = cell->value};
        }
    }
    return count == 0 ? MU_OK : plan_op(&m->plan, MU_PERSON, row->id, args, count);
}

static enum mu_status weigh(struct making *m, size_t index)
{
    struct source_row *source = &m->rows[index];
    const struct mu_row *row = &m->file->rows[index];
    struct mu_export_count *count = count_of(m, row->entity);
    struct mu_row here;
    source->row = row;
    make_key(row->entity, row->id, source->key);
    count->in++;
    if (mu_content_left_out(row->entity) != NULL || is_off_pair(row) ||
        mu_id_map_find(&m->index, mu_slice_of(source->key, KEY_LEN)) != MU_ID_MAP_NONE) {
        count->left_out++;
        return MU_OK;
    }
    if (!mu_id_map_set(&m->index, mu_slice_of(source->key, KEY_LEN), (uint32_t)index)) {
        return plan_full(&m->plan);
    }
    source->content = true;
    MU_TRY(look(m, row->entity, row->id, &here, &source->here));
    if (source->here) {
        source->progress = DONE;
        MU_TRY(row->entity == MU_PERSON ? fill_person(m, row, &here) : MU_OK);
        size_t *which = mu_content_same(row, &here) ? &count->same : &count->other;
        (*which)++;
    } else {
        count->made++;
        m->out.made++;
    }
    return MU_OK;
}

/* -- a row as an operation ---------------------------------------------------------------- */

enum fate { WRITE, LOST, NOT_SAID };

/* Whether a cell can be written now: what it names is here or comes before. */
static enum mu_status fate_of(struct making *m, const struct mu_row *row,
                              const struct mu_cell *cell, enum fate *out_fate)
{
    const struct mu_field *field = mu_field_find(row->entity, cell->field);
    struct mu_id id;
    struct mu_row here;
    bool found = false;
    *out_fate = WRITE;
    if (cell->value.kind == MU_NULL ||
        mu_content_field_left_out(row->entity, cell->field) != NULL ||
        (cell->value.kind == MU_BYTES && cell->value.bytes.len == 0)) {
        *out_fate = NOT_SAID;
        return MU_OK;
    }
    if (field->type != MU_TYPE_ID || field->limit == 0 ||
        !mu_id_from_slice(cell->value.bytes, &id)) {
        return MU_OK;
    }
    uint32_t target = find(m, field->limit, id);
    if (target != MU_ID_MAP_NONE) {
        /* Rows that stand under each other in a circle: one of them will not. */
        *out_fate = m->rows[target].progress == DONE ? WRITE : LOST;
        return MU_OK;
    }
    MU_TRY(look(m, field->limit, id, &here, &found));
    *out_fate = found ? WRITE : LOST;
    return MU_OK;
}

/* What another person said or did says where it came from; so do all rows of that kind that
 * have no source of their own. */
static enum mu_status add_source(struct making *m, const struct mu_row *row, struct mu_arg *args,
                                 size_t *count)
{
    uint32_t field = row->entity == MU_COMMENT    ? (uint32_t)MU_COMMENT_SOURCE
                     : row->entity == MU_ACTIVITY ? (uint32_t)MU_ACTIVITY_SOURCE
                                                  : 0;
    if (field == 0 || mu_row_text(row, field).len > 0) {
        return MU_OK;
    }
    char from[MU_ID_TEXT_LEN + 1];
    char text[sizeof MU_CONTENT_SOURCE + MU_ID_TEXT_LEN];
    mu_id_text(m->file->incarnation, from);
    int len = snprintf(text, sizeof text, "%s%s", MU_CONTENT_SOURCE, from);
    args[*count].field = field;
    MU_TRY(plan_keep(&m->plan, text, (size_t)len, &args[*count].value));
    (*count)++;
    return MU_OK;
}

static enum mu_status add_person(struct making *m, const struct mu_row *row, struct mu_arg *args,
                                 size_t *count)
{
    (void)m;
    int64_t role = mu_row_int(row, MU_PERSON_ROLE);
    role = role == 0 || role > MU_ROLE_MEMBER ? MU_ROLE_MEMBER : role;
    args[(*count)++] = (struct mu_arg){.field = MU_PERSON_ROLE, .value = mu_int(role)};
    args[(*count)++] =
        (struct mu_arg){.field = MU_PERSON_STATE, .value = mu_int(MU_PERSON_INACTIVE)};
    return MU_OK;
}

static enum mu_status write_row(struct making *m, size_t index)
{
    const struct mu_row *row = m->rows[index].row;
    struct mu_arg args[MU_FIELD_COUNT_MAX + 2];
    size_t count = 0;
    memset(args, 0, sizeof args);
    for (size_t i = 0; i < row->count; i++) {
        const struct mu_cell *cell = &row->cells[i];
        const struct mu_field *field = mu_field_find(row->entity, cell->field);
        enum fate fate;
        MU_TRY(fate_of(m, row, cell, &fate));
        /* A key that grew too long is made anew, at the end. */
        bool long_key = field != NULL && field->type == MU_TYPE_RANK &&
                        cell->value.bytes.len > MU_RANK_REBALANCE;
        if (fate == WRITE && !long_key) {
            args[count++] = (struct mu_arg){.field = cell->field, .value = cell->value};
        } else if (fate == LOST) {
            m->out.lost_refs++;
        }
    }
    MU_TRY(add_source(m, row, args, &count));
    MU_TRY(row->entity == MU_PERSON ? add_person(m, row, args, &count) : MU_OK);
    return plan_op(&m->plan, row->entity, row->id, args, count);
}

/* -- order ----------------------------------------------------------------------------------- */

/* The row that a cell names, if it is in the file and has not been begun. */
static uint32_t needed(const struct making *m, const struct mu_row *row, const struct mu_cell *cell)
{
    const struct mu_field *field = mu_field_find(row->entity, cell->field);
    struct mu_id id;
    if (field == NULL || field->type != MU_TYPE_ID || field->limit == 0 ||
        mu_content_field_left_out(row->entity, cell->field) != NULL ||
        cell->value.kind != MU_BYTES || !mu_id_from_slice(cell->value.bytes, &id)) {
        return MU_ID_MAP_NONE;
    }
    uint32_t target = find(m, field->limit, id);
    return target != MU_ID_MAP_NONE && m->rows[target].progress == WAITING ? target
                                                                           : MU_ID_MAP_NONE;
}

static enum mu_status push(struct making *m, size_t row)
{
    struct step *step = mu_vec_push(&m->steps, m->plan.arena);
    if (step == NULL) {
        return plan_full(&m->plan);
    }
    *step = (struct step){row, 0};
    m->rows[row].progress = UNDER_WAY;
    return MU_OK;
}

/* A row after all that it names. */
static enum mu_status write_with_needs(struct making *m, size_t first)
{
    if (!m->rows[first].content || m->rows[first].progress != WAITING) {
        return MU_OK;
    }
    MU_TRY(push(m, first));
    while (m->steps.count > 0) {
        struct step *step = mu_vec_at(&m->steps, m->steps.count - 1);
        size_t index = step->row;
        const struct mu_row *row = m->rows[index].row;
        uint32_t before = MU_ID_MAP_NONE;
        while (before == MU_ID_MAP_NONE && step->cell < row->count) {
            before = needed(m, row, &row->cells[step->cell++]);
        }
        if (before != MU_ID_MAP_NONE) {
            MU_TRY(push(m, before));
            continue;
        }
        MU_TRY(write_row(m, index));
        m->rows[index].progress = DONE;
        m->steps.count--;
    }
    return MU_OK;
}

/* Numbers are given in the order of operations: the lowest comes first. */
struct numbered {
    int64_t no;
    size_t index;
};

static int compare_numbers(const void *a, const void *b)
{
    const struct numbered *one = a;
    const struct numbered *other = b;
    if (one->no != other->no) {
        return one->no < other->no ? -1 : 1;
    }
    return (one->index > other->index) - (one->index < other->index);
}

static int64_t number_of(const struct mu_row *row)
{
    uint32_t field = row->entity == MU_TASK   ? (uint32_t)MU_TASK_NO
                     : row->entity == MU_GOAL ? (uint32_t)MU_GOAL_NO
                                              : 0;
    int64_t no = field == 0 ? 0 : mu_row_int(row, field);
    return field != 0 && no == 0 ? INT64_MAX : no;
}

static enum mu_status write_all(struct making *m)
{
    size_t count = m->file->row_count;
    struct numbered *order = mu_arena_array(m->plan.arena, count, sizeof *order);
    if (order == NULL && count > 0) {
        return plan_full(&m->plan);
    }
    for (size_t i = 0; i < count; i++) {
        order[i] = (struct numbered){number_of(&m->file->rows[i]), i};
    }
    if (count > 1) {
        qsort(order, count, sizeof *order, compare_numbers);
    }
    for (size_t i = 0; i < count; i++) {
        MU_TRY(write_with_needs(m, order[i].index));
    }
    return MU_OK;
}

/* -- the plan -----------------------------------------------------------------------------------
 */

static enum mu_status digest(struct making *m)
{
    struct mu_content content;
    mu_content_init(&content, m->plan.arena);
    for (size_t i = 0; i < m->file->row_count; i++) {
        if (!mu_content_add(&content, &m->file->rows[i])) {
            return plan_full(&m->plan);
        }
    }
    return mu_content_end(&content, &m->out.digest) ? MU_OK : plan_full(&m->plan);
}

static enum mu_status make(struct making *m)
{
    size_t count = m->file->row_count;
    m->rows = mu_arena_array(m->plan.arena, count, sizeof *m->rows);
    if (m->rows == NULL && count > 0) {
        return plan_full(&m->plan);
    }
    MU_TRY(digest(m));
    for (size_t i = 0; i < count; i++) {
        MU_TRY(weigh(m, i));
    }
    return write_all(m);
}

enum mu_status mu_export_plan_make(const struct mu_export_file *file, const struct mu_world *world,
                                   struct mu_arena *arena, struct mu_export_plan *out,
                                   struct mu_error *err)
{
    struct making m = {
        .file = file,
        .plan = {.world = world, .arena = arena, .err = err},
        .out = {.unknown_rows = file->unknown_rows, .unknown_fields = file->unknown_fields}};
    mu_vec_init(&m.plan.intents, sizeof(struct mu_intent));
    mu_vec_init(&m.steps, sizeof(struct step));
    mu_id_map_init(&m.index, arena);
    mu_arena_init(&m.plan.scratch, PLAN_ROW_MAX);
    enum mu_status status = make(&m);
    mu_arena_deinit(&m.plan.scratch);
    if (status == MU_OK) {
        m.out.intents = m.plan.intents.count == 0 ? NULL : mu_vec_at(&m.plan.intents, 0);
        m.out.intent_count = m.plan.intents.count;
        *out = m.out;
    }
    return status;
}

/* -- in words
 * -------------------------------------------------------------------------------------- */

static enum mu_status reasons(const struct mu_export_plan *plan, struct mu_buf *out)
{
    size_t count = 0;
    const struct mu_entity *entities = mu_entities(&count);
    for (size_t i = 0; i < count; i++) {
        const char *reason = mu_content_left_out(entities[i].number);
        size_t rows = plan->counts[entities[i].number % MU_ENTITY_NUMBER_MAX].in;
        if (reason != NULL && rows > 0) {
            MU_TRY(mu_buf_printf(out, "%zu of %s left out: %s\n", rows, entities[i].name, reason));
        }
    }
    if (plan->lost_refs > 0) {
        MU_TRY(mu_buf_printf(
            out, "%zu value%s left out: what they name is not there, or stands under it itself\n",
            plan->lost_refs, plan->lost_refs == 1 ? "" : "s"));
    }
    if (plan->unknown_rows + plan->unknown_fields > 0) {
        MU_TRY(mu_buf_printf(out, "%zu rows and %zu values of a newer version left out\n",
                             plan->unknown_rows, plan->unknown_fields));
    }
    return MU_OK;
}

enum mu_status mu_export_plan_text(const struct mu_export_plan *plan, struct mu_buf *out)
{
    size_t count = 0;
    const struct mu_entity *entities = mu_entities(&count);
    MU_TRY(mu_buf_printf(out, "%-24s%12s%12s%12s%12s\n", "", "in the file", "new", "as it was",
                         "other here"));
    for (size_t i = 0; i < count; i++) {
        const struct mu_export_count *rows =
            &plan->counts[entities[i].number % MU_ENTITY_NUMBER_MAX];
        if (rows->in > 0) {
            MU_TRY(mu_buf_printf(out, "%-24s%12zu%12zu%12zu%12zu\n", entities[i].name, rows->in,
                                 rows->made, rows->same, rows->other));
        }
    }
    return reasons(plan, out);
}
