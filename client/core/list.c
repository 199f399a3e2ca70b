#include "client/core/list.h"

#include <string.h>

#define ROOM_AT_FIRST 16

void mu_list_init(struct mu_list *list, struct mu_arena *arena, size_t size)
{
    *list = (struct mu_list){.arena = arena, .size = size};
}

void *mu_list_add(struct mu_list *list)
{
    if (list->count == list->room) {
        size_t room = list->room == 0 ? ROOM_AT_FIRST : list->room * 2;
        void *grown = mu_arena_array(list->arena, room, list->size);
        if (grown == NULL) {
            return NULL;
        }
        if (list->count > 0) {
            memcpy(grown, list->items, list->count * list->size);
        }
        list->items = grown;
        list->room = room;
    }
    return (char *)list->items + list->count++ * list->size;
}
