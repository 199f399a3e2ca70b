#include "common/base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_MIN ((size_t)16 * 1024)

struct mu_arena_block {
    struct mu_arena_block *next;
    size_t size;
    size_t used; /* <= size */
    alignas(max_align_t) uint8_t bytes[];
};

void mu_arena_init(struct mu_arena *arena, size_t max)
{
    *arena = (struct mu_arena){.max = max};
}

static void free_blocks(struct mu_arena_block *block)
{
    while (block != NULL) {
        struct mu_arena_block *next = block->next;
        free(block);
        block = next;
    }
}

void mu_arena_deinit(struct mu_arena *arena)
{
    if (arena != NULL) {
        free_blocks(arena->blocks);
        *arena = (struct mu_arena){0};
    }
}

void mu_arena_clear(struct mu_arena *arena)
{
    arena->used = 0;
    struct mu_arena_block *first = arena->blocks;
    while (first != NULL && first->next != NULL) {
        struct mu_arena_block *next = first->next;
        free(first);
        first = next;
    }
    if (first != NULL) {
        first->used = 0;
    }
    arena->blocks = first;
}

void *mu_arena_alloc(struct mu_arena *arena, size_t size)
{
    size_t step = alignof(max_align_t);
    if (size > arena->max - arena->used || size > SIZE_MAX - step) {
        return NULL;
    }
    size = (size + step - 1) / step * step;
    if (size > arena->max - arena->used) {
        return NULL;
    }
    struct mu_arena_block *block = arena->blocks;
    if (block == NULL || size > block->size - block->used) {
        size_t room = size > BLOCK_MIN ? size : BLOCK_MIN;
        block = malloc(sizeof *block + room);
        if (block == NULL) {
            return NULL;
        }
        block->next = arena->blocks;
        block->size = room;
        block->used = 0;
        arena->blocks = block;
    }
    void *memory = block->bytes + block->used;
    block->used += size;
    arena->used += size;
    memset(memory, 0, size);
    return memory;
}

void *mu_arena_array(struct mu_arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        return NULL;
    }
    return mu_arena_alloc(arena, count * size);
}

bool mu_arena_copy(struct mu_arena *arena, struct mu_slice bytes, struct mu_slice *out_copy)
{
    if (bytes.len == 0) {
        *out_copy = (struct mu_slice){0};
        return true;
    }
    uint8_t *copy = mu_arena_alloc(arena, bytes.len);
    if (copy == NULL) {
        return false;
    }
    memcpy(copy, bytes.data, bytes.len);
    *out_copy = (struct mu_slice){.data = copy, .len = bytes.len};
    return true;
}
