/* A map from 64-bit keys, hashes of something, to 64-bit values: what the oracle remembers. */
#ifndef MUSTER_TESTS_SIM_MAP_H
#define MUSTER_TESTS_SIM_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mu_map_slot {
    uint64_t key, value;
    bool used;
};

/* Zeroed: empty. */
struct mu_map {
    struct mu_map_slot *slots;
    size_t room, count;
};

void mu_map_free(struct mu_map *map);
void mu_map_clear(struct mu_map *map);
/* The place of key's value, made with 0 when there was none.  Valid until the next call. */
uint64_t *mu_map_at(struct mu_map *map, uint64_t key);
/* NULL when there is none. */
const uint64_t *mu_map_get(const struct mu_map *map, uint64_t key);
/* A key of bytes; begin with 0 and go on with what the last call gave. */
uint64_t mu_map_key(uint64_t begun, const void *bytes, size_t len);

#endif
