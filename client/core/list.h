/* Lists in an arena whose length is not known beforehand. */
#ifndef MUSTER_CLIENT_CORE_LIST_H
#define MUSTER_CLIENT_CORE_LIST_H

#include "common/base/arena.h"

/* A list under way: items of one size, moved to twice the room when full. */
struct mu_list {
    struct mu_arena *arena;
    void *items; /* count items; NULL while empty */
    size_t size; /* of one item */
    size_t count;
    size_t room;
};

void mu_list_init(struct mu_list *list, struct mu_arena *arena, size_t size);
/* The place of a new last item, zeroed; NULL when the arena is full. */
void *mu_list_add(struct mu_list *list);

#endif
