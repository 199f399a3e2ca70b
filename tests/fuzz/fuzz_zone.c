/* Zone files of the system: any bytes give an error or a zone that tells a time for every
 * instant. */
#include "common/model/zone.h"
#include "tests/fuzz/fuzz.h"

static void tell(const struct mu_zone *zone, int64_t ms)
{
    struct mu_local local = mu_zone_local(zone, (struct mu_wall){.ms = ms});
    MU_ASSERT(local.second >= 0 && local.second < 86400);
    MU_ASSERT(local.date.month >= 1 && local.date.month <= 12);
    MU_ASSERT(local.date.day >= 1 && local.date.day <= 31);
    (void)mu_zone_instant(zone, local.date, local.second / 60);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MU_ARENA_AUTO struct mu_arena arena;
    mu_arena_init(&arena, (size_t)1024 * 1024);
    const struct mu_zone *zone = NULL;
    struct mu_error err = {0};
    enum mu_status status = mu_zone_read(mu_slice_of(data, size), &arena, &zone, &err);
    if (status != MU_OK) {
        fuzz_check_error(status, &err);
        return 0;
    }
    static const int64_t moments[] = {
        -62135596800000, -5000000000000, -1, 0, 1764000000000, 1780000000000,
        4000000000000,   253402300799999};
    for (size_t i = 0; i < sizeof moments / sizeof moments[0]; i++) {
        tell(zone, moments[i]);
    }
    return 0;
}
