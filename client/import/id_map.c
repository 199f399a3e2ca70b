#include "client/import/id_map.h"

#include <string.h>

#include "common/seal/hash.h"

void mu_id_map_init(struct mu_id_map *map, struct mu_arena *arena)
{
    *map = (struct mu_id_map){.arena = arena};
}

static uint64_t hash_of(struct mu_slice id)
{
    struct mu_hash hash;
    uint64_t front;
    mu_hash_of(id, &hash);
    memcpy(&front, hash.bytes, sizeof front);
    return front;
}

/* The slot that holds id, or the free one where it belongs. */
static struct mu_id_map_slot *slot_of(const struct mu_id_map *map, struct mu_slice id,
                                      uint64_t hash)
{
    size_t at = (size_t)hash & (map->room - 1);
    for (;;) {
        struct mu_id_map_slot *slot = &map->slots[at];
        if (!slot->used || (slot->hash == hash && mu_slice_equal(slot->id, id))) {
            return slot;
        }
        at = (at + 1) & (map->room - 1);
    }
}

bool mu_id_map_reserve(struct mu_id_map *map, size_t count)
{
    size_t room = map->room == 0 ? 16 : map->room;
    while (room / 4 * 3 <= count) {
        if (room > SIZE_MAX / 2) {
            return false;
        }
        room *= 2;
    }
    if (room == map->room) {
        return true;
    }
    struct mu_id_map grown = {.arena = map->arena, .room = room, .count = map->count};
    grown.slots = mu_arena_array(map->arena, room, sizeof *grown.slots);
    if (grown.slots == NULL) {
        return false;
    }
    for (size_t i = 0; i < map->room; i++) {
        if (map->slots[i].used) {
            *slot_of(&grown, map->slots[i].id, map->slots[i].hash) = map->slots[i];
        }
    }
    *map = grown;
    return true;
}

uint32_t mu_id_map_find(const struct mu_id_map *map, struct mu_slice id)
{
    if (map->count == 0) {
        return MU_ID_MAP_NONE;
    }
    const struct mu_id_map_slot *slot = slot_of(map, id, hash_of(id));
    return slot->used ? slot->index : MU_ID_MAP_NONE;
}

bool mu_id_map_set(struct mu_id_map *map, struct mu_slice id, uint32_t index)
{
    if (!mu_id_map_reserve(map, map->count + 1)) {
        return false;
    }
    uint64_t hash = hash_of(id);
    struct mu_id_map_slot *slot = slot_of(map, id, hash);
    if (!slot->used) {
        map->count++;
    }
    *slot = (struct mu_id_map_slot){.id = id, .hash = hash, .index = index, .used = true};
    return true;
}
