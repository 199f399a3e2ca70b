/* A growing array in an arena: for readers that cannot know how many will come.
 * Growing doubles and leaves the old array behind in the arena. */
#ifndef MUSTER_CLIENT_IMPORT_VEC_H
#define MUSTER_CLIENT_IMPORT_VEC_H

#include "common/base/arena.h"

struct mu_vec {
    uint8_t *items; /* aligned for any type */
    size_t size;    /* of one item */
    size_t count;
    size_t room;
};

void mu_vec_init(struct mu_vec *vec, size_t size);
/* False when the arena is full. */
MU_MUST_USE bool mu_vec_reserve(struct mu_vec *vec, struct mu_arena *arena, size_t count);
/* A zeroed item at the end, or NULL when the arena is full.  Good until the next push. */
void *mu_vec_push(struct mu_vec *vec, struct mu_arena *arena);
/* index < count (asserted). */
void *mu_vec_at(const struct mu_vec *vec, size_t index);
/* qsort() over the items, NULL and one item included. */
void mu_vec_sort(struct mu_vec *vec, int (*compare)(const void *a, const void *b));
/* An array in the arena of the first `size` bytes of each item: its first member.  *out_items is a
 * pointer to that member's type, whichever it is.  False when the arena is full. */
MU_MUST_USE bool mu_vec_fronts(const struct mu_vec *vec, struct mu_arena *arena, size_t size,
                               void *out_items, size_t *out_count);

#endif
