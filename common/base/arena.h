/* Memory that lives as long as one turn: allocate freely, clear once.
 *
 * Blocks come from malloc and are kept across mu_arena_clear() up to the first
 * one.  Every arena is born with a ceiling. */
#ifndef MUSTER_COMMON_BASE_ARENA_H
#define MUSTER_COMMON_BASE_ARENA_H

#include "common/base/error.h"
#include "common/base/slice.h"

struct mu_arena_block;

struct mu_arena {
    struct mu_arena_block *blocks; /* newest first */
    size_t used;                   /* bytes handed out since clear, <= max */
    size_t max;
};

void mu_arena_init(struct mu_arena *arena, size_t max);
void mu_arena_deinit(struct mu_arena *arena);
/* Everything handed out becomes invalid. */
void mu_arena_clear(struct mu_arena *arena);

/* size bytes, zeroed, aligned for any type.  NULL when the ceiling or memory
 * is reached: callers return MU_E_NOMEM or MU_E_LIMIT. */
void *mu_arena_alloc(struct mu_arena *arena, size_t size);
/* count * size with overflow checked. */
void *mu_arena_array(struct mu_arena *arena, size_t count, size_t size);
/* Copies bytes into the arena.  Fails as mu_arena_alloc(); a slice of length 0 never fails. */
MU_MUST_USE bool mu_arena_copy(struct mu_arena *arena, struct mu_slice bytes,
                               struct mu_slice *out_copy);

#define MU_ARENA_AUTO MU_CLEANUP(mu_arena_deinit)

#endif
