#include "tests/sim/map.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/check.h"

#define FIRST_ROOM ((size_t)256)

void mu_map_free(struct mu_map *map)
{
    free(map->slots);
    *map = (struct mu_map){0};
}

void mu_map_clear(struct mu_map *map)
{
    if (map->room > 0) {
        memset(map->slots, 0, map->room * sizeof *map->slots);
    }
    map->count = 0;
}

/* The slot of key, or the free one where it belongs. */
static struct mu_map_slot *place(const struct mu_map *map, uint64_t key)
{
    size_t at = (size_t)key & (map->room - 1);
    while (map->slots[at].used && map->slots[at].key != key) {
        at = (at + 1) & (map->room - 1);
    }
    return &map->slots[at];
}

static void grow(struct mu_map *map)
{
    struct mu_map wider = {.room = map->room == 0 ? FIRST_ROOM : map->room * 2};
    wider.slots = calloc(wider.room, sizeof *wider.slots);
    MU_ASSERT(wider.slots != NULL);
    for (size_t i = 0; i < map->room; i++) {
        if (map->slots[i].used) {
            *place(&wider, map->slots[i].key) = map->slots[i];
        }
    }
    wider.count = map->count;
    free(map->slots);
    *map = wider;
}

uint64_t *mu_map_at(struct mu_map *map, uint64_t key)
{
    if (map->count * 2 >= map->room) {
        grow(map);
    }
    struct mu_map_slot *slot = place(map, key);
    if (!slot->used) {
        *slot = (struct mu_map_slot){.key = key, .used = true};
        map->count++;
    }
    return &slot->value;
}

const uint64_t *mu_map_get(const struct mu_map *map, uint64_t key)
{
    if (map->room == 0) {
        return NULL;
    }
    const struct mu_map_slot *slot = place(map, key);
    return slot->used ? &slot->value : NULL;
}

/* FNV-1a and the end of SplitMix64, so that the low bits are good ones. */
uint64_t mu_map_key(uint64_t begun, const void *bytes, size_t len)
{
    const uint8_t *at = bytes;
    uint64_t key = begun ^ UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < len; i++) {
        key = (key ^ at[i]) * UINT64_C(0x100000001b3);
    }
    key = (key ^ (key >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    key = (key ^ (key >> 27)) * UINT64_C(0x94d049bb133111eb);
    return key ^ (key >> 31);
}
