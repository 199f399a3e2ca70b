/* Rows as they are now: what the world holds with the effects of this intent over it, so that
 * a later operation sees what an earlier one did. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/model/decide_inside.h"

enum mu_status mu_case_refuse(struct mu_case *c, enum mu_status code, const char *fmt, ...)
{
    MU_ASSERT(code != MU_OK);
    if (c->refused) {
        return c->code; /* the first reason is the one to tell */
    }
    c->refused = true;
    c->code = code;
    size_t used = 0;
    if (c->op != NULL && c->intent->op_count > 1) {
        int len = snprintf(c->reason, sizeof c->reason,
                           "operation %zu: ", (size_t)(c->op - c->intent->ops) + 1);
        used = len > 0 ? (size_t)len : 0;
    }
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(c->reason + used, sizeof c->reason - used, fmt, args);
    va_end(args);
    return code;
}

enum mu_status mu_case_nomem(struct mu_case *c)
{
    return mu_fail(c->err, MU_E_NOMEM, "decide: the turn's memory is used up");
}

/* -- lookup ------------------------------------------------------------------ */

/* SplitMix64's finaliser over entity and id: people choose ids. */
static size_t hash_of(uint32_t entity, struct mu_id id)
{
    uint64_t words[2];
    memcpy(words, id.bytes, sizeof words);
    uint64_t hash = words[0] ^ ((uint64_t)entity << 32);
    for (int i = 0; i < 2; i++) {
        hash = (hash ^ (hash >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
        hash = (hash ^ (hash >> 27)) * UINT64_C(0x94D049BB133111EB);
        hash ^= (hash >> 31) ^ words[1];
    }
    return (size_t)hash;
}

/* The slot of a row in the table: its own, or the empty one where it belongs. */
static struct mu_known **slot_of(const struct mu_case *c, uint32_t entity, struct mu_id id)
{
    size_t at = hash_of(entity, id) & (c->table_room - 1);
    while (c->table[at] != NULL &&
           (c->table[at]->entity != entity || !mu_id_equal(c->table[at]->id, id))) {
        at = (at + 1) & (c->table_room - 1);
    }
    return &c->table[at];
}

static enum mu_status grow(struct mu_case *c)
{
    if (c->known_count < c->known_room) {
        return MU_OK;
    }
    size_t room = c->known_room == 0 ? 16 : c->known_room * 2;
    struct mu_known **known = mu_arena_array(c->arena, room, sizeof(struct mu_known *));
    struct mu_known **table = mu_arena_array(c->arena, room * 2, sizeof(struct mu_known *));
    if (known == NULL || table == NULL) {
        return mu_case_nomem(c);
    }
    if (c->known_count > 0) {
        memcpy(known, c->known, c->known_count * sizeof(struct mu_known *));
    }
    c->known = known;
    c->known_room = room;
    c->table = table;
    c->table_room = room * 2;
    for (size_t i = 0; i < c->known_count; i++) {
        *slot_of(c, known[i]->entity, known[i]->id) = known[i];
    }
    return MU_OK;
}

static enum mu_status add(struct mu_case *c, const struct mu_row *before,
                          struct mu_known **out_known)
{
    MU_TRY(grow(c));
    struct mu_known *known = mu_arena_alloc(c->arena, sizeof *known);
    if (known == NULL) {
        return mu_case_nomem(c);
    }
    *known = (struct mu_known){
        .entity = before->entity,
        .id = before->id,
        .before = *before,
        .effect = {.entity = before->entity, .id = before->id},
    };
    *slot_of(c, known->entity, known->id) = known;
    c->known[c->known_count++] = known;
    *out_known = known;
    return MU_OK;
}

static struct mu_known *find(const struct mu_case *c, uint32_t entity, struct mu_id id)
{
    return c->table_room == 0 ? NULL : *slot_of(c, entity, id);
}

enum mu_status mu_case_look(struct mu_case *c, uint32_t entity, struct mu_id id,
                            struct mu_known **out_known)
{
    struct mu_known *known = find(c, entity, id);
    if (known == NULL) {
        struct mu_row row = {0};
        bool found = false;
        MU_TRY(c->world->row(c->world->state, c->arena, entity, id, &row, &found, c->err));
        if (!found) {
            row = (struct mu_row){0};
        }
        row.entity = entity;
        row.id = id;
        MU_TRY(add(c, &row, &known));
    }
    *out_known = known;
    return MU_OK;
}

enum mu_status mu_case_meet(struct mu_case *c, const struct mu_row *row,
                            struct mu_known **out_known)
{
    struct mu_known *known = find(c, row->entity, row->id);
    if (known == NULL) {
        MU_TRY(add(c, row, &known));
    }
    *out_known = known;
    return MU_OK;
}

enum mu_status mu_case_make(struct mu_case *c, uint32_t entity, struct mu_id id,
                            struct mu_known **out_known)
{
    return mu_case_meet(c, &(struct mu_row){.entity = entity, .id = id}, out_known);
}

enum mu_status mu_case_need(struct mu_case *c, uint32_t entity, struct mu_id id,
                            struct mu_known **out_known)
{
    struct mu_known *known = NULL;
    MU_TRY(mu_case_look(c, entity, id, &known));
    if (!mu_known_exists(known)) {
        return mu_case_refuse(c, MU_E_NOT_FOUND, "there is no such %s here",
                              mu_entity_find(entity)->name);
    }
    *out_known = known;
    return MU_OK;
}

bool mu_known_exists(const struct mu_known *known)
{
    return known->before.count > 0 || known->effect.count > 0;
}

/* -- cells ------------------------------------------------------------------- */

const struct mu_cell *mu_now_cell(const struct mu_known *known, uint32_t field)
{
    const struct mu_cell *cell = mu_row_cell(&known->effect, field);
    return cell != NULL ? cell : mu_row_cell(&known->before, field);
}

struct mu_value mu_now_value(const struct mu_known *known, uint32_t field)
{
    const struct mu_cell *cell = mu_now_cell(known, field);
    return cell != NULL ? cell->value : mu_null();
}

int64_t mu_now_int(const struct mu_known *known, uint32_t field)
{
    struct mu_value value = mu_now_value(known, field);
    return value.kind == MU_INT ? value.number : 0;
}

struct mu_slice mu_now_text(const struct mu_known *known, uint32_t field)
{
    struct mu_value value = mu_now_value(known, field);
    return value.kind == MU_BYTES ? value.bytes : (struct mu_slice){0};
}

struct mu_id mu_now_id(const struct mu_known *known, uint32_t field)
{
    struct mu_id id = {0};
    (void)mu_id_from_slice(mu_now_text(known, field), &id);
    return id;
}

bool mu_now_has(const struct mu_known *known, uint32_t field)
{
    return mu_now_value(known, field).kind != MU_NULL;
}

enum mu_status mu_case_put(struct mu_case *c, struct mu_known *known, uint32_t field,
                           struct mu_value value)
{
    if (mu_value_equal(mu_now_value(known, field), value)) {
        return MU_OK;
    }
    if (mu_row_set(&known->effect, c->arena, field, value, 0) != MU_OK) {
        return mu_case_nomem(c);
    }
    return MU_OK;
}

enum mu_status mu_case_put_int(struct mu_case *c, struct mu_known *known, uint32_t field,
                               int64_t number)
{
    return mu_case_put(c, known, field, mu_int(number));
}

enum mu_status mu_case_put_id(struct mu_case *c, struct mu_known *known, uint32_t field,
                              struct mu_id id)
{
    return mu_case_put(c, known, field, mu_id_value(&id));
}
