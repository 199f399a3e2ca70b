#include "client/import/vec.h"

#include <stdlib.h>
#include <string.h>

void mu_vec_init(struct mu_vec *vec, size_t size)
{
    *vec = (struct mu_vec){.size = size};
}

bool mu_vec_reserve(struct mu_vec *vec, struct mu_arena *arena, size_t count)
{
    if (count <= vec->room) {
        return true;
    }
    uint8_t *items = mu_arena_array(arena, count, vec->size);
    if (items == NULL) {
        return false;
    }
    if (vec->count > 0) {
        memcpy(items, vec->items, vec->count * vec->size);
    }
    vec->items = items;
    vec->room = count;
    return true;
}

void *mu_vec_push(struct mu_vec *vec, struct mu_arena *arena)
{
    if (vec->count == vec->room) {
        if (vec->room > SIZE_MAX / 2 ||
            !mu_vec_reserve(vec, arena, vec->room == 0 ? 8 : vec->room * 2)) {
            return NULL;
        }
    }
    vec->count++;
    return memset(mu_vec_at(vec, vec->count - 1), 0, vec->size);
}

void *mu_vec_at(const struct mu_vec *vec, size_t index)
{
    MU_ASSERT(index < vec->count);
    return vec->items + index * vec->size;
}

void mu_vec_sort(struct mu_vec *vec, int (*compare)(const void *a, const void *b))
{
    if (vec->count > 1) {
        qsort(vec->items, vec->count, vec->size, compare);
    }
}

bool mu_vec_fronts(const struct mu_vec *vec, struct mu_arena *arena, size_t size, void *out_items,
                   size_t *out_count)
{
    MU_ASSERT(size <= vec->size || vec->count == 0);
    uint8_t *items = mu_arena_array(arena, vec->count, size);
    if (items == NULL && vec->count > 0) {
        return false;
    }
    for (size_t i = 0; i < vec->count; i++) {
        memcpy(items + i * size, mu_vec_at(vec, i), size);
    }
    memcpy(out_items, &items, sizeof items);
    *out_count = vec->count;
    return true;
}
