#include "server/core/recent.h"

#include <stdlib.h>
#include <string.h>

static void drop_first(struct mu_recent *recent)
{
    struct mu_slice *slot = &recent->slots[recent->first % MU_RECENT_COUNT];
    recent->bytes -= slot->len;
    free((void *)(uintptr_t)slot->data);
    *slot = (struct mu_slice){0};
    recent->first++;
}

void mu_recent_clear(struct mu_recent *recent)
{
    while (recent->first < recent->next) {
        drop_first(recent);
    }
    recent->first = 0;
    recent->next = 0;
}

void mu_recent_put(struct mu_recent *recent, uint64_t seq, struct mu_slice sealed)
{
    if (recent->next != seq) {
        mu_recent_clear(recent);
        recent->first = seq;
        recent->next = seq;
    }
    uint8_t *copy = sealed.len > MU_RECENT_BYTES || sealed.len == 0 ? NULL : malloc(sealed.len);
    if (copy == NULL) {
        mu_recent_clear(recent);
        return;
    }
    memcpy(copy, sealed.data, sealed.len);
    while (recent->first < recent->next && (recent->next - recent->first == MU_RECENT_COUNT ||
                                            recent->bytes > MU_RECENT_BYTES - sealed.len)) {
        drop_first(recent);
    }
    recent->slots[seq % MU_RECENT_COUNT] = mu_slice_of(copy, sealed.len);
    recent->bytes += sealed.len;
    recent->next = seq + 1;
}

bool mu_recent_get(const struct mu_recent *recent, uint64_t seq, struct mu_slice *out_sealed)
{
    if (seq < recent->first || seq >= recent->next) {
        return false;
    }
    *out_sealed = recent->slots[seq % MU_RECENT_COUNT];
    return true;
}
