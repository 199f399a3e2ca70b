/* A set of the things that pending mutations read and write, in order of arrival.
 *
 * Beside rows there are keys for the answers to questions of the rules: the order of
 * the rows under one parent, the kinds of columns, who there is.  A change that may
 * alter such an answer counts as a write of its key. */
#ifndef MUSTER_CLIENT_CORE_KEYSET_H
#define MUSTER_CLIENT_CORE_KEYSET_H

#include "common/base/arena.h"
#include "common/base/id.h"

/* Kept in the touch table: numbers never change. */
enum mu_touch_kind {
    MU_TOUCH_ROW = 0,    /* entity and id of a row */
    MU_TOUCH_PLACE = 1,  /* the order of entity's rows under the parent id; which are bound to it */
    MU_TOUCH_KIND = 2,   /* which columns there are; no id */
    MU_TOUCH_PEOPLE = 3, /* who there is: handles, leads, their devices; no id */
    MU_TOUCH_POSITION = 4 /* in memory only: a position of the outbox */
};

struct mu_touch_key {
    enum mu_touch_kind kind;
    uint32_t entity;
    struct mu_id id;
};

struct mu_touch {
    struct mu_touch_key key;
    bool wrote;
};

/* Memory from the arena; thrown away with it. */
struct mu_keyset {
    struct mu_arena *arena;
    struct mu_touch *items;
    size_t count;
    size_t room;
    uint32_t *slots; /* index + 1 into items, 0: empty; slot_count is a power of two */
    size_t slot_count;
};

void mu_keyset_init(struct mu_keyset *set, struct mu_arena *arena);
/* A key that is there already only gains wrote.  *out_new may be NULL.  MU_E_NOMEM leaves
 * the set as it was. */
MU_MUST_USE enum mu_status mu_keyset_add(struct mu_keyset *set, struct mu_touch_key key, bool wrote,
                                         bool *out_new, struct mu_error *err);
bool mu_keyset_has(const struct mu_keyset *set, struct mu_touch_key key);
/* NULL when it is not there; borrowed until the next key is added. */
const struct mu_touch *mu_keyset_find(const struct mu_keyset *set, struct mu_touch_key key);

struct mu_touch_key mu_touch_row(uint32_t entity, struct mu_id id);
struct mu_touch_key mu_touch_place(uint32_t entity, struct mu_id parent);
struct mu_touch_key mu_touch_kind(void);
struct mu_touch_key mu_touch_people(void);
struct mu_touch_key mu_touch_position(uint64_t position);

#endif
