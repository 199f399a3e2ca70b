#include "client/core/keyset.h"

#include <string.h>

#define SLOTS_AT_FIRST 64
#define KEYS_MAX       (UINT32_MAX / 4)

void mu_keyset_init(struct mu_keyset *set, struct mu_arena *arena)
{
    *set = (struct mu_keyset){.arena = arena};
}

struct mu_touch_key mu_touch_row(uint32_t entity, struct mu_id id)
{
    return (struct mu_touch_key){.kind = MU_TOUCH_ROW, .entity = entity, .id = id};
}

struct mu_touch_key mu_touch_place(uint32_t entity, struct mu_id parent)
{
    return (struct mu_touch_key){.kind = MU_TOUCH_PLACE, .entity = entity, .id = parent};
}

struct mu_touch_key mu_touch_kind(void)
{
    return (struct mu_touch_key){.kind = MU_TOUCH_KIND};
}

struct mu_touch_key mu_touch_people(void)
{
    return (struct mu_touch_key){.kind = MU_TOUCH_PEOPLE};
}

struct mu_touch_key mu_touch_position(uint64_t position)
{
    struct mu_touch_key key = {.kind = MU_TOUCH_POSITION};
    for (size_t i = 0; i < 8; i++) {
        key.id.bytes[MU_ID_LEN - 1 - i] = (uint8_t)(position >> (8 * i));
    }
    return key;
}

static bool same(struct mu_touch_key a, struct mu_touch_key b)
{
    return a.kind == b.kind && a.entity == b.entity && mu_id_equal(a.id, b.id);
}

/* Spread by the multiplier of Fibonacci hashing. */
static uint64_t mix(uint64_t value)
{
    value *= UINT64_C(0x9e3779b97f4a7c15);
    return value ^ value >> 32;
}

static size_t hash_of(struct mu_touch_key key)
{
    uint64_t head = 0;
    uint64_t tail = 0;
    memcpy(&head, key.id.bytes, sizeof head);
    memcpy(&tail, key.id.bytes + sizeof head, sizeof tail);
    return (size_t)mix(mix(mix(head) + tail) + (uint64_t)key.entity * 8U + (uint64_t)key.kind);
}

/* The slot that holds key, or the empty one where it belongs. */
static size_t slot_of(const struct mu_keyset *set, struct mu_touch_key key)
{
    size_t mask = set->slot_count - 1;
    size_t slot = hash_of(key) & mask;
    while (set->slots[slot] != 0 && !same(set->items[set->slots[slot] - 1].key, key)) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

static bool grow(struct mu_keyset *set)
{
    size_t slot_count = set->slot_count == 0 ? SLOTS_AT_FIRST : set->slot_count * 2;
    size_t room = slot_count / 2; /* at most half full */
    if (room > KEYS_MAX) {
        return false;
    }
    uint32_t *slots = mu_arena_array(set->arena, slot_count, sizeof *slots);
    struct mu_touch *items = mu_arena_array(set->arena, room, sizeof *items);
    if (slots == NULL || items == NULL) {
        return false;
    }
    if (set->count > 0) {
        memcpy(items, set->items, set->count * sizeof *items);
    }
    set->items = items;
    set->room = room;
    set->slots = slots;
    set->slot_count = slot_count;
    for (size_t i = 0; i < set->count; i++) {
        slots[slot_of(set, items[i].key)] = (uint32_t)i + 1;
    }
    return true;
}

enum mu_status mu_keyset_add(struct mu_keyset *set, struct mu_touch_key key, bool wrote,
                             bool *out_new, struct mu_error *err)
{
    if (set->count == set->room && !grow(set)) {
        return mu_fail(err, MU_E_NOMEM, "touched rows");
    }
    size_t slot = slot_of(set, key);
    bool fresh = set->slots[slot] == 0;
    if (fresh) {
        set->items[set->count++] = (struct mu_touch){.key = key, .wrote = wrote};
        set->slots[slot] = (uint32_t)set->count;
    } else if (wrote) {
        set->items[set->slots[slot] - 1].wrote = true;
    }
    if (out_new != NULL) {
        *out_new = fresh;
    }
    return MU_OK;
}

const struct mu_touch *mu_keyset_find(const struct mu_keyset *set, struct mu_touch_key key)
{
    uint32_t at = set->count == 0 ? 0 : set->slots[slot_of(set, key)];
    return at == 0 ? NULL : &set->items[at - 1];
}

bool mu_keyset_has(const struct mu_keyset *set, struct mu_touch_key key)
{
    return mu_keyset_find(set, key) != NULL;
}
