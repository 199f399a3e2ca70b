/* From foreign ids to indexes: a hash table in an arena.
 *
 * Slots are chosen by BLAKE2b, so that no file can be made that is slow to read. */
#ifndef MUSTER_CLIENT_IMPORT_ID_MAP_H
#define MUSTER_CLIENT_IMPORT_ID_MAP_H

#include "common/base/arena.h"
#include "common/base/slice.h"

#define MU_ID_MAP_NONE UINT32_MAX

struct mu_id_map_slot {
    struct mu_slice id;
    uint64_t hash;
    uint32_t index;
    bool used;
};

struct mu_id_map {
    struct mu_arena *arena; /* borrowed */
    struct mu_id_map_slot *slots;
    size_t room; /* 0 or a power of two, more than 4/3 of count */
    size_t count;
};

void mu_id_map_init(struct mu_id_map *map, struct mu_arena *arena);
/* Enough for count ids without growing; growing leaves the old table behind in the
 * arena.  False when the arena is full. */
MU_MUST_USE bool mu_id_map_reserve(struct mu_id_map *map, size_t count);
/* MU_ID_MAP_NONE when it is not there. */
uint32_t mu_id_map_find(const struct mu_id_map *map, struct mu_slice id);
/* Sets or replaces; id's bytes stay the caller's.  False when the arena is full. */
MU_MUST_USE bool mu_id_map_set(struct mu_id_map *map, struct mu_slice id, uint32_t index);

#endif
