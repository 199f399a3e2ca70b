#include "server/core/rate.h"

#define SCALE 1000

/* The device's bucket, or the fullest of its set made the device's. */
static struct mu_rate *find(struct mu_rates *rates, struct mu_id device, int64_t full,
                            int64_t now_ms)
{
    struct mu_rate *set = rates->slots[device.bytes[MU_ID_LEN - 1] % MU_RATE_SETS];
    struct mu_rate *best = &set[0];
    for (size_t i = 0; i < MU_RATE_WAYS; i++) {
        if (mu_id_equal(set[i].device, device)) {
            return &set[i];
        }
        bool unused = mu_id_is_zero(set[i].device);
        if (!mu_id_is_zero(best->device) && (unused || set[i].tokens > best->tokens)) {
            best = &set[i];
        }
    }
    *best = (struct mu_rate){.device = device, .tokens = full, .at_ms = now_ms};
    return best;
}

uint32_t mu_rate_take(struct mu_rates *rates, struct mu_id device, uint32_t cost,
                      struct mu_rate_limit limit, int64_t now_ms)
{
    if (limit.per_s == 0) {
        return 0;
    }
    int64_t full = (int64_t)limit.burst * SCALE;
    int64_t price = (int64_t)(cost < limit.burst ? cost : limit.burst) * SCALE;
    struct mu_rate *rate = find(rates, device, full, now_ms);
    int64_t passed = now_ms > rate->at_ms ? now_ms - rate->at_ms : 0;
    int64_t room = full - rate->tokens;
    /* tokens are thousandths, so a rate per second is one of thousandths per millisecond */
    rate->tokens += passed > room / limit.per_s ? room : passed * limit.per_s;
    rate->at_ms = now_ms;
    if (rate->tokens >= price) {
        rate->tokens -= price;
        return 0;
    }
    int64_t wait = (price - rate->tokens + limit.per_s - 1) / limit.per_s;
    return wait > UINT32_MAX ? UINT32_MAX : (uint32_t)wait;
}
