#include "server/core/pins.h"

#include <stdlib.h>
#include <string.h>

struct mu_pin {
    struct mu_pin *next;
    uint32_t entity;
    struct mu_id id;
    uint64_t over_seq;
    size_t len;
    uint8_t bytes[];
};

void mu_pins_init(struct mu_pins *pins, size_t max)
{
    *pins = (struct mu_pins){.max = max};
}

void mu_pins_deinit(struct mu_pins *pins)
{
    mu_pins_hold(pins, 0, 0, 0);
}

static void drop_below(struct mu_pins *pins, struct mu_pin **link, uint64_t oldest, bool all)
{
    while (*link != NULL) {
        struct mu_pin *pin = *link;
        if (!all && pin->over_seq > oldest) {
            link = &pin->next;
            continue;
        }
        *link = pin->next;
        pins->bytes -= sizeof *pin + pin->len;
        free(pin);
    }
}

void mu_pins_hold(struct mu_pins *pins, size_t transfers, uint64_t oldest, uint64_t newest)
{
    pins->transfers = transfers;
    pins->oldest = oldest;
    pins->newest = newest;
    if (pins->bytes == 0) {
        return;
    }
    for (size_t i = 0; i < MU_BUCKET_COUNT; i++) {
        drop_below(pins, &pins->buckets[i], oldest, transfers == 0);
    }
}

bool mu_pins_wants(const struct mu_pins *pins, uint64_t row_seq)
{
    /* A newer cell: the change that set it kept the row for all transfers that run. */
    return pins->transfers > 0 && row_seq <= pins->newest;
}

enum mu_status mu_pins_keep(struct mu_pins *pins, const struct mu_row *row, uint64_t over_seq,
                            struct mu_buf *scratch)
{
    mu_buf_clear(scratch);
    if (row->count > 0) {
        MU_TRY(mu_row_encode(row, scratch));
    }
    size_t size = sizeof(struct mu_pin) + scratch->len;
    if (size > pins->max || pins->bytes > pins->max - size) {
        return MU_E_LIMIT;
    }
    struct mu_pin *pin = malloc(size);
    if (pin == NULL) {
        return MU_E_NOMEM;
    }
    struct mu_pin **bucket = &pins->buckets[mu_id_bucket(row->id)];
    *pin = (struct mu_pin){.next = *bucket,
                           .entity = row->entity,
                           .id = row->id,
                           .over_seq = over_seq,
                           .len = scratch->len};
    if (scratch->len > 0) {
        memcpy(pin->bytes, scratch->data, scratch->len);
    }
    *bucket = pin;
    pins->bytes += size;
    return MU_OK;
}

bool mu_pins_touched(const struct mu_pins *pins, unsigned bucket, uint64_t at_seq)
{
    for (const struct mu_pin *pin = pins->buckets[bucket]; pin != NULL; pin = pin->next) {
        if (pin->over_seq > at_seq) {
            return true;
        }
    }
    return false;
}

bool mu_pins_find(const struct mu_pins *pins, uint32_t entity, struct mu_id id, uint64_t at_seq,
                  struct mu_slice *out_bytes)
{
    /* Newest first: the last that fits is the first change after at_seq. */
    const struct mu_pin *best = NULL;
    for (const struct mu_pin *pin = pins->buckets[mu_id_bucket(id)]; pin != NULL; pin = pin->next) {
        if (pin->over_seq > at_seq && pin->entity == entity && mu_id_equal(pin->id, id)) {
            best = pin;
        }
    }
    if (best != NULL) {
        *out_bytes = mu_slice_of(best->bytes, best->len);
    }
    return best != NULL;
}
